/* SPDX-License-Identifier: BSD-2-Clause
 * What stands in a run: volumes, objects, statistics, commands. Messages: run_message.c. */
#include "run_state.h"

#include "line.h"

#include <string.h>

static struct tsmp_run *interactive_run(const struct item *item, bool begins)
{
    struct tsmp_runs *runs = item->runs;
    struct tsmp_run *run = runs->open;
    bool mine = run != NULL && run->view.interactive;
    if (mine && (run->elapsed_line == 0 || !begins))
        return run;
    if (!begins)
        return NULL;
    bool seen = runs->head_seen || mine; /* the command before it is its head */
    run = run_open(item);
    if (run != NULL) {
        run->view.interactive = 1;
        run->view.attempts = 1;
        run->view.action = TSMP_WORD_INCREMENTAL;
        run->definition_known = true; /* the command line asked; the log shows its answer */
        run->head_seen = seen;
        runs->head_seen = false;
    }
    return run;
}

/* The run that a volume, object or statistic line belongs to; begins one where it must. False: no
 * memory; `*found` NULL: none. */
static bool run_for(const struct item *item, bool begins, struct tsmp_run **found)
{
    struct tsmp_run *run = item->runs->open;
    if (item_interactive(item)) {
        *found = interactive_run(item, begins);
        return *found != NULL || !begins;
    }
    bool over = run != NULL && run->at[CLOSE_EVENT] != 0 && run->moved_on; /* though its results are not sent */
    if (run != NULL && !run->view.interactive && !run->only_executing && run->at[CLOSE_SENT] == 0 && !over) {
        *found = run;
        /* Its process is gone, and yet it goes on: these are another one's lines. */
        if (!run->stopped || run->overlapped)
            return true;
        run->overlapped = true;
        return doubt(item, run, TSMP_EVIDENCE_E17);
    }
    *found = begins ? run_headless(item) : NULL;
    return *found != NULL || !begins;
}

/* ---- volumes ------------------------------------------------------------------------------------ */

/* May this line say something in the run's favour? Not behind the statistics, and not when a
 * command may have printed it. */
static bool in_place(const struct item *item, struct tsmp_run *run, bool *good)
{
    bool late = !run->view.interactive && run->at[CLOSE_STATUS_BEGIN] != 0;
    *good = true;
    if (late || run->in_command)
        *good = doubt(item, run, TSMP_EVIDENCE_FORGEABLE);
    return !late && !run->in_command;
}

/* The volume of this name; NULL when there is no room for it, and then that is noted. */
static bool volume_named(const struct item *item, struct tsmp_run *run, tsmp_text name,
                         struct run_volume **volume)
{
    bool full;
    *volume = volumes_get(&run->allocator, &run->volumes, name.bytes, (size_t)name.length,
                          item->runs->max_volumes, &full);
    if (*volume != NULL)
        return true;
    if (!full)
        return false;
    run->view.volumes_left_out++;
    if (run->volumes_full)
        return true;
    run->volumes_full = true;
    return doubt(item, run, TSMP_EVIDENCE_LIMIT);
}

/* A volume that only a list was looked at of (by snapshot difference, by date), or a virtual machine, whose
 * lines are not known well enough: of a run with such a one nothing is proven. */
static bool note_unproven(const struct item *item, struct tsmp_run *run, tsmp_text name)
{
    tsmp_text words = item_text(item, TSMP_FIELD_TEXT);
    if (words.length == 0)
        return true;
    bool machine = false;
    for (size_t i = 0; i + 2 <= words.length && !machine; i++)
        machine = memcmp(words.bytes + i, "VM", 2) == 0 ||
                  (i + 6 <= words.length && memcmp(words.bytes + i, "irtual", 6) == 0);
    uint32_t id = machine ? TSMP_EVIDENCE_ACTION_UNPROVEN : TSMP_EVIDENCE_PARTIAL_BY_OPTIONS;
    for (size_t i = 0; i < run->finding_count; i++)
        if (run->findings[i].id == id)
            return true;
    return note(item, run, id, name);
}

static bool begin_volume(const struct item *item, struct tsmp_run *run)
{
    tsmp_text name = item_text(item, TSMP_FIELD_VOLUME);
    struct run_volume *volume;
    if (!volume_named(item, run, name, &volume))
        return false;
    if (volume == NULL)
        return true;
    if (volume->begins > 0 && !note(item, run, TSMP_EVIDENCE_FORGEABLE, name))
        return false;
    if (volume->begins++ == 0)
        volume->begin_line = item->record->line;
    return true;
}

bool body_volume_begin(const struct item *item)
{
    struct tsmp_run *run;
    bool good;
    if (!run_for(item, true, &run))
        return false;
    run_extend(item, run);
    if (!note_unproven(item, run, item_text(item, TSMP_FIELD_VOLUME)))
        return false;
    return in_place(item, run, &good) ? begin_volume(item, run) : good;
}

/* Where runs overlap, an end belongs to the one that has begun the volume. */
static struct tsmp_run *beginner(struct tsmp_runs *runs, struct tsmp_run *run, tsmp_text name)
{
    if (!run->overlapped)
        return run;
    const struct run_volume *volume = volumes_find(&run->volumes, name.bytes, (size_t)name.length);
    if (volume != NULL && volume->begins > volume->ends)
        return run;
    for (size_t i = runs->retired_count; i-- > 0;) {
        struct tsmp_run *other = runs->retired[i];
        if (!other->overlapped || other->at[CLOSE_EVENT] != 0)
            continue;
        volume = volumes_find(&other->volumes, name.bytes, (size_t)name.length);
        if (volume != NULL && volume->begins > volume->ends)
            return other;
    }
    return run;
}

static bool end_volume(const struct item *item, struct tsmp_run *run, tsmp_text name)
{
    uint32_t outcome = item_word(item, TSMP_FIELD_OUTCOME);
    const tsmp_field *failures = item_field(item, TSMP_FIELD_FAILURES);
    struct run_volume *volume;
    if (!volume_named(item, run, name, &volume))
        return false;
    if (volume != NULL) {
        /* The client prints ANS1802E twice in some logs; a success comes once, and not behind it. */
        if (volume->ends > 0 && outcome == TSMP_WORD_SUCCESSFUL &&
            !note(item, run, TSMP_EVIDENCE_FORGEABLE, name))
            return false;
        /* The worse of two ends stands. */
        if (volume->outcome == 0 || outcome != TSMP_WORD_SUCCESSFUL)
            volume->outcome = volume->outcome == TSMP_WORD_STOPPED ? volume->outcome : outcome;
        if (failures != NULL && failures->flags == 0 && failures->number > 0 &&
            (uint64_t)failures->number > volume->failures)
            volume->failures = (uint64_t)failures->number;
        /* What a name may have printed is weighed against the volume, but ends no walk. */
        volume->ends += !item->in_name;
        volume->end_line = item->record->line;
    }
    if (outcome != TSMP_WORD_STOPPED)
        return true;
    return run_find(run, item->runs->max_findings, TSMP_EVIDENCE_E03, item->record->line,
                    item_text(item, TSMP_FIELD_CODE), name);
}

bool body_volume_end(const struct item *item)
{
    tsmp_text name = item_text(item, TSMP_FIELD_VOLUME);
    bool coded = item_field(item, TSMP_FIELD_CODE) != NULL;
    struct tsmp_run *run;
    bool good;
    if (!run_for(item, !coded || item_interactive(item), &run))
        return false;
    if (run == NULL) /* an error log's line, without a run around it */
        return true;
    run_extend(item, run);
    if (!note_unproven(item, run, name))
        return false;
    if (coded)
        run->view.errors++;
    else if (!in_place(item, run, &good))
        return good;
    return end_volume(item, beginner(item->runs, run, name), name);
}

/* ---- statistics ----------------------------------------------------------------------------------- */

/* One summary's: so that it needs one allocation and not three. */
enum { USUAL_STATISTICS = 20 };

static bool reserve_statistic(struct tsmp_run *run)
{
    void *items = run->statistics;
    size_t more = run->statistic_capacity == 0 ? USUAL_STATISTICS : 1;
    bool good = memory_reserve(&run->allocator, &items, &run->statistic_capacity, run->statistic_count, more,
                               sizeof *run->statistics);
    run->statistics = items;
    return good;
}

static inline bool add_statistic(const struct item *item, struct tsmp_run *run)
{
    const tsmp_field *value = item_field_at(item, 1, TSMP_FIELD_VALUE);
    const tsmp_field *named = item_field_at(item, 0, TSMP_FIELD_NAME);
    const tsmp_field *unit = item_field_at(item, 2, TSMP_FIELD_UNIT);
    uint32_t name = named != NULL ? (uint32_t)named->number : 0;
    uint64_t bit = UINT64_C(1) << (name & 63u); /* the schema has half as many */
    if ((run->statistics_seen & bit) != 0)
        return doubt(item, run, TSMP_EVIDENCE_FORGEABLE);
    if (run->statistic_count == run->statistic_capacity && !reserve_statistic(run))
        return false;
    if (value == NULL || value->type != TSMP_TYPE_NUMBER)
        return true;
    run->statistics_seen |= bit;
    run->statistic_places[name & 63u] = (uint8_t)(run->statistic_count + 1);
    run->statistics[run->statistic_count++] = (tsmp_statistic){
        .name = name, .unit = unit != NULL ? (uint32_t)unit->number : 0, .number = value->number,
        .power = value->power, .flags = value->flags, .line = item->record->line};
    if (name == TSMP_STATISTIC_ELAPSED_TIME)
        run->elapsed_line = item->record->line;
    return true;
}

bool body_statistic(const struct item *item)
{
    struct tsmp_run *run;
    if (!run_for(item, true, &run))
        return false;
    if (run->in_command)
        return true;
    if (!run->view.interactive && !run->in_status && run->at[CLOSE_BEGIN] != 0)
        return doubt(item, run, TSMP_EVIDENCE_FORGEABLE); /* outside of its block */
    run_extend(item, run);
    return add_statistic(item, run);
}

bool body_again(const struct item *item, struct tsmp_run *run)
{
    switch (item->record->kind) {
    case TSMP_KIND_STATISTIC: return add_statistic(item, run);
    case TSMP_KIND_VOLUME_BEGIN:
        return note_unproven(item, run, item_text(item, TSMP_FIELD_VOLUME)) && begin_volume(item, run);
    default: return end_volume(item, run, item_text(item, TSMP_FIELD_VOLUME));
    }
}

/* ---- objects ---------------------------------------------------------------------------------------- */

/* Hot: nearly every line of a verbose log. The fields of an object stand in a fixed order. */
bool body_object(const struct item *item)
{
    struct tsmp_run *run = item->runs->open;
    if (run == NULL || (run->view.interactive && run->elapsed_line != 0) ||
        run->at[CLOSE_STATUS_BEGIN] != 0 || run->stopped) {
        if (!run_for(item, true, &run))
            return false;
        /* Objects come before the statistics: what closes the run is not the client's. */
        if (run->at[CLOSE_STATUS_BEGIN] != 0 && !doubt(item, run, TSMP_EVIDENCE_FORGEABLE))
            return false;
    }
    run_extend(item, run);
    const tsmp_field *field = item->view->fields + item->record->first_field;
    int64_t action = field[0].number, status = field[4].number;
    bool retry = field[5].number > 0;
    uint8_t other = line_other(action);
    if (other != 0 && status == TSMP_WORD_NONE && (item->record->flags & TSMP_FLAG_OPEN_NAME) == 0)
        run->bare |= other;
    /* So one of its kind before it was not at its end, and nobody knows what the lines behind that were. */
    if ((run->bare & other) != 0 && status != TSMP_WORD_NONE) {
        run->bare &= (uint8_t)~other;
        if (!doubt(item, run, TSMP_EVIDENCE_FORGEABLE))
            return false;
    }
    run->view.retried += retry;
    run->lines.retries += retry;
    run->lines.tries += !retry && action == TSMP_WORD_SEND && status != TSMP_WORD_NONE;
    if (status == TSMP_WORD_FAILED) {
        run->view.failed++;
        run->lines.unsuccessful++;
    } else if (status == TSMP_WORD_SKIPPED) {
        run->view.skipped++;
        run->lines.skipped++;
    } else if (status != TSMP_WORD_CHANGED) {
        run->view.sent += action == TSMP_WORD_SEND && status == TSMP_WORD_SENT;
        run->view.updated += action == TSMP_WORD_UPDATE;
        run->view.expired += action == TSMP_WORD_EXPIRE;
        run->view.rebound += action == TSMP_WORD_REBIND;
        run->view.deleted += action == TSMP_WORD_DELETE;
        run->lines.others += other != 0;
    }
    return true;
}

void body_outcome(struct tsmp_run *run, uint16_t status)
{
    run->lines.tries += run->name_sent && !run->name_retry;
    run->view.sent += run->name_sent && status == TSMP_WORD_SENT;
    run->view.failed += status == TSMP_WORD_FAILED;
    run->view.skipped += status == TSMP_WORD_SKIPPED;
    run->lines.unsuccessful += status == TSMP_WORD_FAILED;
    run->lines.skipped += status == TSMP_WORD_SKIPPED;
}

/* ---- commands ------------------------------------------------------------------------------------------- */

bool body_command(const struct item *item)
{
    struct tsmp_run *run = item->runs->open;
    if (run == NULL || run->view.interactive || run->at[CLOSE_SENT] != 0)
        return true;
    run_extend(item, run);
    if (item_word(item, TSMP_FIELD_STATE) == TSMP_WORD_BEGIN) {
        if (run->in_command && !doubt(item, run, TSMP_EVIDENCE_FORGEABLE))
            return false;
        run->in_command = run->command_seen = true;
        return true;
    }
    /* One end too many: output of the command may have printed the other. */
    if (!run->in_command && !doubt(item, run, TSMP_EVIDENCE_FORGEABLE))
        return false;
    const tsmp_field *code = item_field(item, TSMP_FIELD_RETURN_CODE);
    bool ends = run->in_command;
    run->in_command = false;
    if (code == NULL)
        return true;
    int64_t number = (code->flags & TSMP_FLAG_OVERFLOW) != 0 ? -1 : code->number;
    if (run->view.action != TSMP_WORD_COMMAND) { /* one that runs before or after the work itself */
        tsmp_text printed = {item->view->text + code->text, code->length};
        return number == 0 || note(item, run, TSMP_EVIDENCE_SIDE_COMMAND, printed);
    }
    /* Of two codes the one that is not 0 stands, whichever of them is the command's. */
    if ((ends && !run->command_finished) || (run->view.return_code == 0 && number != 0)) {
        run->view.has_return_code = 1;
        run->view.return_code = number;
        run->command_line = item->record->line;
    }
    run->command_finished |= ends || number != 0;
    return true;
}

/* ---- banner and session -------------------------------------------------------------------------------- */

static uint32_t function_action(tsmp_text text)
{
    return text.bytes[0] == 'S'   ? TSMP_WORD_SELECTIVE
           : text.bytes[0] == 'A' ? TSMP_WORD_ARCHIVE
           : text.bytes[2] == 's' ? TSMP_WORD_RESTORE
                                  : TSMP_WORD_RETRIEVE;
}

static bool function(const struct item *item, tsmp_text text)
{
    static const char finished[] = " processing finished.";
    size_t tail = sizeof finished - 1;
    struct tsmp_run *run = item->runs->open;
    if (text.length > tail && memcmp(text.bytes + text.length - tail, finished, tail) == 0) {
        if (run != NULL && run->finished_line == 0 &&
            (run->view.interactive ? run->elapsed_line == 0 : run_is_active(run))) {
            run_extend(item, run);
            run->finished_line = item->record->line;
        }
        return true;
    }
    bool begins = item_interactive(item);
    /* It names the function first: what was before it is another command. */
    if (begins && run != NULL && run->view.interactive && run->statistic_count > 0 &&
        !run_retire_open(item->runs))
        return false;
    if (!run_for(item, begins, &run))
        return false;
    if (run == NULL)
        return true;
    if (run->view.interactive)
        run->view.action = function_action(text);
    run_extend(item, run);
    return true;
}

static bool journal(const struct item *item)
{
    tsmp_text name = item_text(item, TSMP_FIELD_VOLUME);
    struct tsmp_run *run = item->runs->open;
    if (run == NULL || run->in_command)
        return true;
    struct run_volume *volume = volumes_find(&run->volumes, name.bytes, (size_t)name.length);
    if (volume != NULL)
        volume->journal = true;
    run_extend(item, run);
    return true;
}

bool body_banner(const struct item *item)
{
    struct tsmp_runs *runs = item->runs;
    struct tsmp_run *run = runs->open;
    switch (item_word(item, TSMP_FIELD_STATE)) {
    case TSMP_WORD_FUNCTION: return function(item, item_text(item, TSMP_FIELD_TEXT));
    case TSMP_WORD_JOURNAL: return journal(item);
    case TSMP_WORD_INTERRUPTED:
        if (run == NULL || (run->view.interactive && run->elapsed_line != 0) ||
            (!run->view.interactive && !run_is_active(run)))
            return true;
        run_extend(item, run);
        return doubt(item, run, TSMP_EVIDENCE_INTERRUPTED);
    case TSMP_WORD_PROMPT:
    case TSMP_WORD_INTERFACE:
        if (!item_interactive(item))
            return true;
        runs->head_seen = true;
        if (run == NULL || !run->view.interactive)
            return true;
        run->stopped = run->elapsed_line == 0; /* the next command is asked for: this one is over */
        return run_retire_open(runs);
    default: return true;
    }
}

bool body_session(const struct item *item)
{
    uint32_t state = item_word(item, TSMP_FIELD_STATE);
    if (state == TSMP_WORD_SERVER_TIME && item_interactive(item))
        item->runs->head_seen = true;
    if (state != TSMP_WORD_NODE)
        return true;
    tsmp_text name = item_text(item, TSMP_FIELD_NAME);
    return string_set(&item->runs->allocator, &item->runs->node, name.bytes, (size_t)name.length);
}
