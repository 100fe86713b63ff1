/* SPDX-License-Identifier: BSD-2-Clause
 * The answer for the run's window. A version that was stored inside it, of the size and time that
 * were written, is proof. Without one, absent is said only where nothing else explains it. */
#include "canary.h"

#include <string.h>

static const char *const texts[CANARY_REASONS] = {
    [TSMP_CANARY_REASON_IN_WINDOW] = "a version was stored inside the window",
    [TSMP_CANARY_REASON_BEFORE_WINDOW] = "the newest version is older than the window",
    [TSMP_CANARY_REASON_AFTER_WINDOW] = "versions were stored behind the window, none inside it",
    [TSMP_CANARY_REASON_NO_MATCH] =
        /* NOLINTNEXTLINE(bugprone-suspicious-missing-comma): one sentence */
        "the server knows no such file: never stored, or asked for in the wrong file space "
        "({braces}), spelling or case, as the wrong node, or excluded",
    [TSMP_CANARY_REASON_NO_SESSION] = "no session with the server was established",
    [TSMP_CANARY_REASON_PASSWORD] = "the client asks for a password or a key",
    [TSMP_CANARY_REASON_ERROR_MESSAGE] = "the client reports an error",
    [TSMP_CANARY_REASON_NO_ANSWER] = "neither a row nor \"no match\" was printed",
    [TSMP_CANARY_REASON_NOT_UNDERSTOOD] = "lines were not understood",
    [TSMP_CANARY_REASON_SKEW_UNKNOWN] =
        "the banner with both clocks is missing, and backup dates are of the server's clock",
    [TSMP_CANARY_REASON_SKEW_LARGE] = "the clocks of client and server are more than a day apart",
    [TSMP_CANARY_REASON_DATE_UNDECIDED] = "the order of a date's parts is not decided",
    [TSMP_CANARY_REASON_SIZE_DIFFERS] = "the version stored inside the window has another size",
    [TSMP_CANARY_REASON_SIZE_UNCLEAR] = "the size printed can't be compared",
    [TSMP_CANARY_REASON_MODIFIED_DIFFERS] =
        "the version stored inside the window was modified at another time",
    [TSMP_CANARY_REASON_MODIFIED_MISSING] =
        "the modified time can't be compared: it is not printed (-detail), or its date is not decided",
    [TSMP_CANARY_REASON_HOUR_OFF] =
        "it is off by an hour or less: summer time may have begun or ended",
    [TSMP_CANARY_REASON_SEVERAL_ACTIVE] =
        "several versions are active: more than one file space has this path",
    [TSMP_CANARY_REASON_ONLY_INACTIVE] =
        "no version is active: the file was gone or excluded when it was last looked for",
    [TSMP_CANARY_REASON_PERHAPS_UNCHANGED] =
        "a file that did not change gets no new version, and it is not told when it changed",
    [TSMP_CANARY_REASON_CHANGED_LATE] =
        "the canary was written behind the start of the window: the walk may have passed it before",
    [TSMP_CANARY_REASON_STORED_BEFORE] =
        "another run had stored it before the window, so that nothing was left to store",
    [TSMP_CANARY_REASON_RETENTION] = "retention may have removed the version",
    [TSMP_CANARY_REASON_OTHER_CASE] = "the same path in other case is stored",
    [TSMP_CANARY_REASON_API_ROWS] = "rows of API programs do not count",
    [TSMP_CANARY_REASON_OTHER_PATHS] = "rows of other paths do not count",
    [TSMP_CANARY_REASON_FORGEABLE] =
        "a file's name may have printed the row: ask for the canary alone",
    [TSMP_CANARY_REASON_LIMIT] = "more versions than are kept",
    [TSMP_CANARY_REASON_NOT_YET] = "it was asked before the window began",
};

static void give(struct tsmp_canary *canary, uint32_t id, const struct seen *seen)
{
    tsmp_canary_view *view = &canary->view;
    tsmp_canary_reason *reason = &canary->reasons[view->reason_count];
    struct seen *kept = &canary->kept[view->reason_count++];
    *kept = *seen;
    *reason = (tsmp_canary_reason){.id = id, .text = {texts[id], strlen(texts[id])},
                                   .lines = kept->lines, .line_count = kept->count};
}

/* The reason, when something was seen that is one. */
static bool give_seen(struct tsmp_canary *canary, uint32_t id)
{
    if (canary->seen[id].count == 0)
        return false;
    give(canary, id, &canary->seen[id]);
    return true;
}

static bool give_all(struct tsmp_canary *canary, const uint32_t *ids, size_t count)
{
    bool any = false;
    for (size_t i = 0; i < count; i++)
        any |= give_seen(canary, ids[i]);
    return any;
}

/* What explains the answer and does not make it. */
static void give_notes(struct tsmp_canary *canary)
{
    static const uint32_t notes[] = {TSMP_CANARY_REASON_OTHER_CASE, TSMP_CANARY_REASON_API_ROWS,
                                     TSMP_CANARY_REASON_OTHER_PATHS};
    give_all(canary, notes, sizeof notes / sizeof *notes);
}

static const uint32_t blinds[] = {
    TSMP_CANARY_REASON_PASSWORD, TSMP_CANARY_REASON_ERROR_MESSAGE, TSMP_CANARY_REASON_NOT_UNDERSTOOD,
    TSMP_CANARY_REASON_LIMIT};

bool canary_is_blind(const struct tsmp_canary *canary)
{
    for (size_t i = 0; i < sizeof blinds / sizeof *blinds; i++)
        if (canary->seen[blinds[i]].count > 0)
            return true;
    return false;
}

/* ---- a version inside the window --------------------------------------------------------------- */

static bool is_inside(const tsmp_canary_question *question, int64_t stored)
{
    return stored != TSMP_NO_TIME && stored >= question->window_start - question->slack &&
           ((question->flags & TSMP_CANARY_UNTIL) == 0 ||
            stored <= question->window_end + question->slack);
}

static int64_t seconds_of(int64_t time)
{
    int64_t rest = time % CANARY_SECOND;
    return (time - rest) / CANARY_SECOND - (rest < 0);
}

/* 0, or why the version is not the one that was written. */
static uint32_t differs(const tsmp_canary_question *question, const tsmp_canary_version *version)
{
    if ((version->flags & TSMP_CANARY_VERSION_FORGEABLE) != 0)
        return TSMP_CANARY_REASON_FORGEABLE;
    if ((question->flags & TSMP_CANARY_SIZE) != 0) {
        if ((version->flags & TSMP_CANARY_VERSION_HAS_SIZE) == 0)
            return TSMP_CANARY_REASON_SIZE_UNCLEAR;
        uint64_t apart = version->bytes > question->bytes ? version->bytes - question->bytes
                                                          : question->bytes - version->bytes;
        if (apart >= version->unit) /* which way the client rounds is not known */
            return TSMP_CANARY_REASON_SIZE_DIFFERS;
    }
    if ((question->flags & TSMP_CANARY_MODIFIED) != 0) {
        if (version->modified == TSMP_NO_TIME)
            return TSMP_CANARY_REASON_MODIFIED_MISSING;
        int64_t apart = seconds_of(version->modified) - seconds_of(question->modified);
        if (apart == 3600 || apart == -3600)
            return TSMP_CANARY_REASON_HOUR_OFF;
        if (apart != 0)
            return TSMP_CANARY_REASON_MODIFIED_DIFFERS;
    }
    return 0;
}

/* What all versions together show. */
struct weighed {
    uint64_t inside, active;
    struct seen good, newest, behind, hour_off, undecided, no_skew, actives;
    struct seen bad[CANARY_REASONS]; /* inside, but not what was written */
    int64_t newest_time;
    bool older;         /* a version from before the window is still kept */
    bool stored_before; /* the canary's present content was stored before the window */
};

static void weigh_one(const struct tsmp_canary *canary, tsmp_canary_version *version,
                      struct weighed *weighed)
{
    const tsmp_canary_question *question = &canary->question;
    int64_t stored = canary_stored(version);
    if (version->state == TSMP_WORD_ACTIVE) {
        weighed->active++;
        seen_add(&weighed->actives, version->line);
    }
    if (version->backup_time == TSMP_NO_TIME) {
        seen_add(&weighed->undecided, version->line);
    } else if (stored == TSMP_NO_TIME) {
        seen_add(&weighed->no_skew, version->line);
    } else if (is_inside(question, stored)) {
        uint32_t reason = differs(question, version);
        version->flags |= TSMP_CANARY_VERSION_IN_WINDOW;
        weighed->inside++;
        seen_add(reason == 0 ? &weighed->good : &weighed->bad[reason], version->line);
    } else {
        bool before = stored < question->window_start;
        int64_t slack = CANARY_HOUR + question->slack;
        if (before ? stored >= question->window_start - slack : stored <= question->window_end + slack)
            seen_add(&weighed->hour_off, version->line);
        if (before) {
            weighed->older = true;
            if ((question->flags & TSMP_CANARY_MODIFIED) != 0 &&
                (stored >= question->modified - question->slack ||
                 (version->modified != TSMP_NO_TIME &&
                  seconds_of(version->modified) >= seconds_of(question->modified))))
                weighed->stored_before = true;
        } else {
            seen_add(&weighed->behind, version->line);
        }
        if (weighed->newest.count == 0 || stored > weighed->newest_time) {
            weighed->newest_time = stored;
            weighed->newest = (struct seen){1, {version->line}};
        }
    }
}

/* ---- no version inside ------------------------------------------------------------------------- */

/* No row of the canary at all. */
static uint32_t answer_nothing(struct tsmp_canary *canary)
{
    const tsmp_canary_question *question = &canary->question;
    bool blind = give_all(canary, blinds, sizeof blinds / sizeof *blinds);
    bool no_match = give_seen(canary, TSMP_CANARY_REASON_NO_MATCH);
    static const struct seen none;
    if (canary->session == 0)
        give(canary, TSMP_CANARY_REASON_NO_SESSION, &none);
    else if (!no_match)
        give(canary, TSMP_CANARY_REASON_NO_ANSWER, &none);
    bool told = no_match && !blind && canary->session != 0 &&
                (question->flags & TSMP_CANARY_KNOWN) != 0;
    bool rows = canary->rows; /* "no match" beside rows: two queries, and which is which? */
    if (told && (question->flags & TSMP_CANARY_MODIFIED) == 0)
        give(canary, TSMP_CANARY_REASON_PERHAPS_UNCHANGED, &none);
    else if (told && question->modified > question->window_start)
        give(canary, TSMP_CANARY_REASON_CHANGED_LATE, &none);
    else if (told && !rows)
        return TSMP_CANARY_ABSENT;
    return TSMP_CANARY_UNKNOWN;
}

/* Rows, and none of them inside the window. */
static uint32_t answer_outside(struct tsmp_canary *canary, const struct weighed *weighed)
{
    const tsmp_canary_question *question = &canary->question;
    static const struct seen none;
    bool doubt = give_all(canary, blinds, sizeof blinds / sizeof *blinds);
    if (weighed->newest_time < question->window_start)
        give(canary, TSMP_CANARY_REASON_BEFORE_WINDOW, &weighed->newest);
    else
        give(canary, TSMP_CANARY_REASON_AFTER_WINDOW, &weighed->behind);
    const struct {
        bool holds;
        uint32_t reason;
        const struct seen *seen;
    } doubts[] = {
        {weighed->hour_off.count > 0, TSMP_CANARY_REASON_HOUR_OFF, &weighed->hour_off},
        {weighed->active > 1, TSMP_CANARY_REASON_SEVERAL_ACTIVE, &weighed->actives},
        {weighed->active == 0, TSMP_CANARY_REASON_ONLY_INACTIVE, &none},
        {(question->flags & TSMP_CANARY_MODIFIED) == 0, TSMP_CANARY_REASON_PERHAPS_UNCHANGED, &none},
        {(question->flags & TSMP_CANARY_MODIFIED) != 0 &&
             question->modified > question->window_start, TSMP_CANARY_REASON_CHANGED_LATE, &none},
        {weighed->stored_before, TSMP_CANARY_REASON_STORED_BEFORE, &none},
        /* The oldest go first: one from before the window shows that none inside it has gone. */
        {weighed->behind.count > 0 && !weighed->older, TSMP_CANARY_REASON_RETENTION, &none},
    };
    for (size_t i = 0; i < sizeof doubts / sizeof *doubts; i++)
        if (doubts[i].holds) {
            give(canary, doubts[i].reason, doubts[i].seen);
            doubt = true;
        }
    return doubt ? TSMP_CANARY_UNKNOWN : TSMP_CANARY_ABSENT;
}

/* ---- the answer -------------------------------------------------------------------------------- */

static uint32_t answer(struct tsmp_canary *canary)
{
    struct weighed weighed = {0};
    tsmp_canary_view *view = &canary->view;
    for (size_t i = 0; i < canary->count; i++)
        weigh_one(canary, &canary->versions[i], &weighed);
    if (canary->count == 0)
        return answer_nothing(canary);
    if (weighed.good.count > 0 && weighed.active <= 1) {
        give(canary, TSMP_CANARY_REASON_IN_WINDOW, &weighed.good);
        give_seen(canary, TSMP_CANARY_REASON_ERROR_MESSAGE);
        return TSMP_CANARY_PRESENT;
    }
    if (weighed.good.count > 0)
        give(canary, TSMP_CANARY_REASON_SEVERAL_ACTIVE, &weighed.actives);
    for (uint32_t id = 0; id < CANARY_REASONS && weighed.inside > 0; id++)
        if (weighed.bad[id].count > 0)
            give(canary, id, &weighed.bad[id]);
    if (weighed.undecided.count > 0)
        give(canary, TSMP_CANARY_REASON_DATE_UNDECIDED, &weighed.undecided);
    if (weighed.no_skew.count > 0 && !give_seen(canary, TSMP_CANARY_REASON_SKEW_LARGE))
        give(canary, TSMP_CANARY_REASON_SKEW_UNKNOWN, &weighed.no_skew);
    if (view->reason_count > 0) {
        give_all(canary, blinds, sizeof blinds / sizeof *blinds);
        return TSMP_CANARY_UNKNOWN;
    }
    return answer_outside(canary, &weighed);
}

void canary_answer(struct tsmp_canary *canary)
{
    tsmp_canary_view *view = &canary->view;
    const tsmp_canary_question *question = &canary->question;
    view->answer = answer(canary);
    if (view->answer != TSMP_CANARY_PRESENT && view->asked != TSMP_NO_TIME &&
        view->asked < question->window_start) {
        static const struct seen none;
        give(canary, TSMP_CANARY_REASON_NOT_YET, &none);
        view->answer = TSMP_CANARY_UNKNOWN;
    }
    give_notes(canary);
}
