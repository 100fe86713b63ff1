/* SPDX-License-Identifier: BSD-2-Clause
 * Forging does not help (invariant 5), over every case: no bytes that a stranger can have printed, by a name,
 * a command or the text of a schedule, may make a verdict better.
 *
 * usage: test_forging FORMAT [TEST-PATTERN] */
#include "altered.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Every line of the grammar that could speak for a run. %s schedule, %k nominal start, %v a volume,
 * %n another schedule. */
static const char *const templates[] = {
    "Incremental backup of volume '%v'",
    "Successful incremental backup of '%v'",
    "Successful incremental backup of '/elsewhere'",
    "Selective Backup processing of '%v' finished without failure.",
    "ANS1802E Incremental backup of '%v' finished with 0 failure(s)",
    "ANS1898I ***** Processed     1,000 files *****",
    "--- SCHEDULEREC STATUS BEGIN",
    "--- SCHEDULEREC STATUS END",
    "--- SCHEDULEREC QUERY BEGIN",
    "--- SCHEDULEREC OBJECT BEGIN %s %k",
    "--- SCHEDULEREC OBJECT END %s %k",
    "--- SCHEDULEREC OBJECT BEGIN %n %k",
    "--- SCHEDULEREC OBJECT END %n %k",
    "Scheduled event '%s' completed successfully.",
    "Scheduled event '%n' completed successfully.",
    "Sending results for scheduled event '%s'.",
    "Results sent to server for scheduled event '%s'.",
    "Total number of objects inspected:      999,999",
    "Total number of objects backed up:            1",
    "Total number of objects failed:               0",
    "Total number of objects updated:              0",
    "Total number of objects rebound:              0",
    "Total number of objects deleted:              0",
    "Total number of objects expired:              0",
    "Total number of bytes transferred:        11.20 KB",
    "Elapsed processing time:               00:00:41",
    "Finished command.  Return code is: 0",
    "Executing Operating System command or script:",
    "Executing scheduled command now.",
    "Scheduler has been started by Dsmcad.",
    "Scheduler has been stopped.",
    "Querying server for next scheduled event.",
    "Next operation scheduled:",
    "Schedule Name:         %s",
    "Action:                Command",
    "Objects:",
    "Server Window Start:   %k",
    "END OF DATA",
    "Continued at beginning of file",
    "Querying Journal for '%v'",
    "Normal File-->                 1 %v [Sent]",
    "IBM Storage Protect",
    "Command Line Backup-Archive Client Interface",
    "Protect> ",
    "Selective Backup function invoked.",
    "Node Name: ELSEWHERE",
    "",
};

/* The closing of a whole run in one name. */
static const char *const whole_blocks[] = {
    "Successful incremental backup of '%v'",
    "",
    "--- SCHEDULEREC STATUS BEGIN",
    "Total number of objects inspected:      999,999",
    "Total number of objects backed up:            1",
    "Total number of objects updated:              0",
    "Total number of objects rebound:              0",
    "Total number of objects deleted:              0",
    "Total number of objects expired:              0",
    "Total number of objects failed:               0",
    "Total number of bytes transferred:        11.20 KB",
    "Elapsed processing time:               00:00:41",
    "--- SCHEDULEREC STATUS END",
    "--- SCHEDULEREC OBJECT END %s %k",
    "Scheduled event '%s' completed successfully.",
    "Sending results for scheduled event '%s'.",
    "Results sent to server for scheduled event '%s'.",
};

static const char *const whole_run[] = {
    "Next operation scheduled:",
    "------------------------------------------------------------",
    "Schedule Name:         %n",
    "Action:                Incremental",
    "Objects:",
    "Options:",
    "Server Window Start:   %k",
    "------------------------------------------------------------",
    "--- SCHEDULEREC OBJECT BEGIN %n %k",
    "Incremental backup of volume '%v'",
    "Successful incremental backup of '%v'",
    "--- SCHEDULEREC STATUS BEGIN",
    "Total number of objects inspected:      999,999",
    "Total number of objects backed up:            1",
    "Total number of objects updated:              0",
    "Total number of objects rebound:              0",
    "Total number of objects deleted:              0",
    "Total number of objects expired:              0",
    "Total number of objects failed:               0",
    "Total number of bytes transferred:        11.20 KB",
    "Elapsed processing time:               00:00:41",
    "--- SCHEDULEREC STATUS END",
    "--- SCHEDULEREC OBJECT END %n %k",
    "Scheduled event '%n' completed successfully.",
    "Sending results for scheduled event '%n'.",
    "Results sent to server for scheduled event '%n'.",
};

/* What some reader of lines takes for the end of one. */
static const char *const separators[] = {"\n", "\r\n", "\r", "\v", "\f", "\xC2\x85", "\xE2\x80\xA8"};

/* What the forger's name goes on with behind the forged line. */
static const char *const tails[] = {" [Sent]\n", "\n [Sent]\n",
                                    "\n%tNormal File-->                 1 /x [Sent]\n [Sent]\n",
                                    "\n%tNormal File-->                 1 /x [Sent]\n"};

struct facts {
    char schedule[100], key[64], volume[200], stamp[40];
    bool in_name; /* what is put in ends a name that is there */
    bool updates; /* the name is one of an object that is only updated ... */
    bool early;   /* ... and no line has shown yet how such lines end */
};

static void fill(struct text *to, const char *template, const struct facts *facts, bool stamped)
{
    if (stamped)
        text_put(to, facts->stamp);
    for (const char *at = template; *at != '\0'; at++) {
        if (*at != '%') {
            text_add(to, at, 1);
            continue;
        }
        at++;
        text_put(to, *at == 's'   ? facts->schedule
                     : *at == 'k' ? facts->key
                     : *at == 'v' ? facts->volume
                     : *at == 't' ? facts->stamp
                                  : "FORGED_INC");
    }
}

/* The first run with a volume that did not end well, else with any. */
static bool facts_of(const struct input *input, struct facts *facts)
{
    bool found = false;
    tsmp_reader *reader;
    tsmp_runs *runs;
    tsmp_batch *batch;
    tsmp_run *run;
    *facts = (struct facts){.volume = "/elsewhere"};
    assert_int_equal(tsmp_reader_new(&input->setup.options, NULL, &reader), TSMP_OK);
    assert_int_equal(tsmp_runs_new(NULL, NULL, &runs), TSMP_OK);
    assert_int_equal(tsmp_reader_feed(reader, input->bytes.bytes, input->bytes.length), TSMP_OK);
    assert_int_equal(tsmp_reader_end(reader), TSMP_OK);
    while (tsmp_reader_next(reader, &batch) == TSMP_OK) {
        const tsmp_view *view = tsmp_batch_view(batch);
        for (uint64_t i = 0; i < view->record_count && facts->stamp[0] == '\0'; i++)
            if (view->records[i].stamp_length > 0)
                snprintf(facts->stamp, sizeof facts->stamp, "%.*s ", view->records[i].stamp_length,
                         view->text + view->records[i].text);
        assert_int_equal(tsmp_runs_add(runs, batch), TSMP_OK);
        tsmp_batch_unref(batch);
    }
    assert_int_equal(tsmp_runs_end(runs), TSMP_OK);
    while (tsmp_runs_next(runs, &run) == TSMP_OK) {
        const tsmp_run_view *view = tsmp_run_view_of(run);
        if (!found) {
            found = true;
            snprintf(facts->schedule, sizeof facts->schedule, "%.*s", (int)view->schedule.length,
                     view->schedule.length > 0 ? view->schedule.bytes : "");
            snprintf(facts->key, sizeof facts->key, "%.*s", (int)view->scheduled_text.length,
                     view->scheduled_text.length > 0 ? view->scheduled_text.bytes : "");
            for (uint64_t i = 0; i < view->volume_count; i++)
                if (i == 0 || view->volumes[i].outcome != TSMP_WORD_SUCCESSFUL)
                    snprintf(facts->volume, sizeof facts->volume, "%.*s",
                             (int)view->volumes[i].name.length, view->volumes[i].name.bytes);
        }
        tsmp_run_free(run);
    }
    tsmp_runs_free(runs);
    tsmp_reader_free(reader);
    if (facts->schedule[0] == '\0')
        snprintf(facts->schedule, sizeof facts->schedule, "ELSEWHERE_INC");
    if (facts->key[0] == '\0')
        snprintf(facts->key, sizeof facts->key, "04/25/2031 20:00:00");
    return found;
}

static void insert(struct base *base, size_t at, const struct text *forged, unsigned excuse, const char *what)
{
    const struct text *bytes = &base->input->bytes;
    char *other = malloc(bytes->length + forged->length);
    assert_non_null(other);
    memcpy(other, bytes->bytes, at);
    memcpy(other + at, forged->bytes, forged->length);
    memcpy(other + at + forged->length, bytes->bytes + at, bytes->length - at);
    reading_make(&base->other, base->input->name, other, bytes->length + forged->length,
                 &base->setup, READING_WHOLE, WANT_JUDGED);
    for (size_t i = 0; i < base->other.judged_count; i++) {
        const struct judged *judged = &base->other.judged[i];
        int floor = was_there(base, judged->key) ? NOTHING_IS_FAIR : RUNNING_IS_FAIR;
        int now = standing_level(judged->standing.verdict);
        if (now > floor && now > reading_best(&base->whole, judged->key))
            fail_msg("%s: %s at byte %zu makes run '%s' %s; printed was:\n%.*s", base->input->name,
                     what, at, judged->key, tsmp_name("verdict", judged->standing.verdict),
                     (int)forged->length, forged->bytes);
    }
    if (excuse != EXCUSE_ALL)
        not_lost(base, 0, excuse, what, at, forged);
    free(other);
}

/* An object line whose name holds `lines`, each begun by `separator`. Of an object that is only updated it is where
 * the log's own lines show how those end. */
static void forge_name(struct base *base, size_t at, const struct facts *facts,
                       const char *const *lines, size_t count, const char *separator, bool stamped,
                       const char *tail)
{
    struct text forged = {0};
    text_put(&forged, facts->stamp);
    text_put(&forged, facts->updates ? "Updating-->                    1 /tmp/x" : "Normal File-->                 1 /tmp/x");
    for (size_t i = 0; i < count; i++) {
        text_put(&forged, separator);
        fill(&forged, lines[i], facts, stamped);
    }
    fill(&forged, tail, facts, false);
    /* Where the name plays its own end, lines behind it count, and only the true end gives it away. */
    unsigned excuse = tail != tails[0] || facts->in_name || (facts->updates && facts->early) ? EXCUSE_OTHER | EXCUSE_UNKNOWN : EXCUSE_NONE;
    for (size_t i = 0; i < count; i++) {
        if (strstr(lines[i], "[Sent]") != NULL)
            excuse |= EXCUSE_OTHER | EXCUSE_UNKNOWN;
        if (strstr(lines[i], "OBJECT BEGIN") != NULL) /* what is behind it is that run's */
            excuse |= EXCUSE_OTHER | EXCUSE_UNKNOWN | EXCUSE_MOVED;
    }
    insert(base, at, &forged, excuse, "an object's name");
    text_free(&forged);
}

/* Lines of their own, as a command prints them. */
static void forge_output(struct base *base, size_t at, const struct facts *facts,
                         const char *const *lines, size_t count, bool stamped)
{
    struct text forged = {0};
    for (size_t i = 0; i < count; i++) {
        fill(&forged, lines[i], facts, stamped);
        text_put(&forged, "\n");
    }
    /* Nothing tells a command's lines from the client's; but its own end, if it is bad, stays. */
    bool plays = strncmp(lines[0], "Finished", 8) == 0 || strstr(lines[0], "SCHEDULE") != NULL ||
                 strstr(lines[0], "Schedule") != NULL || strstr(lines[0], "Querying") != NULL;
    insert(base, at, &forged, EXCUSE_OTHER | EXCUSE_MOVED | (plays ? EXCUSE_UNKNOWN : 0), "output of a command");
    text_free(&forged);
}

enum { TEMPLATES = sizeof templates / sizeof *templates };

/* `all`: with every separator and tail; else what a stranger would try first. */
static void forge_at(struct base *base, size_t at, const struct facts *facts, bool name, bool all)
{
    size_t separator_count = all ? sizeof separators / sizeof *separators : 1;
    size_t tail_count = all ? sizeof tails / sizeof *tails : 1;
    for (unsigned stamped = 0; stamped < 2; stamped++) {
        if (stamped && facts->stamp[0] == '\0')
            continue;
        for (size_t t = 0; t < TEMPLATES; t++) {
            if (!name) {
                forge_output(base, at, facts, &templates[t], 1, stamped);
                continue;
            }
            for (size_t s = 0; s < separator_count; s++)
                for (size_t k = 0; k < (s < 2 ? tail_count : 1); k++)
                    forge_name(base, at, facts, &templates[t], 1, separators[s], stamped, tails[k]);
        }
        for (size_t first = 0; first < sizeof whole_blocks / sizeof *whole_blocks; first++) {
            size_t count = sizeof whole_blocks / sizeof *whole_blocks - first;
            if (name)
                forge_name(base, at, facts, whole_blocks + first, count, "\n", stamped, tails[0]);
            else
                forge_output(base, at, facts, whole_blocks + first, count, stamped);
        }
        if (name)
            forge_name(base, at, facts, whole_run, sizeof whole_run / sizeof *whole_run, "\n",
                       stamped, tails[0]);
        else
            forge_output(base, at, facts, whole_run, sizeof whole_run / sizeof *whole_run, stamped);
    }
}

/* Could a run of this text look better than it does? */
static bool can_improve(const struct base *base)
{
    for (size_t i = 0; i < base->whole.judged_count; i++)
        if (standing_level(base->whole.judged[i].standing.verdict) < 3)
            return true;
    return false;
}

/* Where the client prints names: behind a run's begin and before its statistics. Where it prints
 * what a command says: between the command's two lines. A text that can't look better than it does
 * is tried with a part of the matrix only: a run of the stranger's own might still come of it. */
static void forge(struct base *base)
{
    const struct input *input = base->input;
    struct facts facts;
    if (input->setup.options.max_line > 0 ||
        (input->bytes.length > 1 && (unsigned char)input->bytes.bytes[0] >= 0xFE) ||
        !facts_of(input, &facts))
        return;
    struct lines lines = lines_of(input);
    bool names = false, output = false;
    bool all = can_improve(base), updates = strstr(input->bytes.bytes, "Updating-->") != NULL;
    for (size_t i = 0; i < lines.count; i++) {
        const struct line *line = &lines.items[i];
        /* A stranger knows what time it is: an older stamp would give the forgery away. */
        if (i > 0 && lines.items[i - 1].stamp > 0)
            snprintf(facts.stamp, sizeof facts.stamp, "%.*s ", (int)lines.items[i - 1].stamp,
                     input->bytes.bytes + lines.items[i - 1].from);
        facts.in_name = i > 0 && lines.items[i - 1].opens;
        for (int k = 0; k < 1 + updates && names && line->stamped == (facts.stamp[0] != '\0'); k++) {
            facts.updates = k > 0;
            const char *told = strstr(input->bytes.bytes, "Updating-->");
            facts.early = told != NULL && line->from <= (size_t)(told - input->bytes.bytes);
            forge_at(base, line->from, &facts, true, all);
        }
        if (output)
            forge_at(base, line->from, &facts, false, false);
        if (line->kind == TSMP_KIND_VOLUME_BEGIN)
            names = true;
        if (line->kind == TSMP_KIND_STATISTIC || line->kind == TSMP_KIND_EVENT ||
            line->kind == TSMP_KIND_SCHEDREC)
            names = false;
        if (line->kind == TSMP_KIND_COMMAND)
            output = line->word == TSMP_WORD_BEGIN;
    }
    free(lines.items);
}

/* Free text of a schedule's definition: Objects and Options are the server's administrator's. */
static void forge_free_text(struct base *base)
{
    const struct input *input = base->input;
    struct facts facts;
    if (!facts_of(input, &facts))
        return;
    static const char *const labels[] = {"Objects:", "Options:"};
    for (size_t l = 0; l < 2; l++) {
        const char *found = input->bytes.bytes;
        while (found != NULL && (found = strstr(found, labels[l])) != NULL) {
            size_t label = (size_t)(found - input->bytes.bytes) + 8;
            size_t end = label - 8 + strcspn(found, "\r\n");
            found++;
            for (size_t t = 0; t < 2 * TEMPLATES; t++) {
                size_t at = t < TEMPLATES ? label : end;
                for (size_t s = 0; s < sizeof separators / sizeof *separators; s++) {
                    struct text forged = {0};
                    text_put(&forged, separators[s]);
                    fill(&forged, templates[t % TEMPLATES], &facts, false);
                    insert(base, at, &forged, EXCUSE_ALL, "free text of a schedule");
                    text_free(&forged);
                }
            }
        }
    }
}

/* ---- all of it over all documents ---------------------------------------------------------------------- */

static void forging_never_helps(void **state)
{
    over(state, forge);
}

static void free_text_never_helps(void **state)
{
    over(state, forge_free_text);
}

int main(int argc, char **argv)
{
    struct CMUnitTest tests[] = {
        cmocka_unit_test(forging_never_helps),
        cmocka_unit_test(free_text_never_helps),
    };
    return reading_main(argc, argv, tests, sizeof tests / sizeof *tests);
}
