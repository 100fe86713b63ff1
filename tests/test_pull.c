/* SPDX-License-Identifier: BSD-2-Clause
 * tsmp_runs_pull() against tsmp_reader_next() and tsmp_runs_add(): the same runs, counts, lines
 * and verdicts, for every case, in any pieces, and for long verbose runs with every kind of
 * trouble between their plain lines. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "case.h"
#include "plain.h"
#include "run_state.h"
#include "show.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void show_counts(const tsmp_run_view *run, struct text *to)
{
    char line[512];
    snprintf(line, sizeof line,
             "sent %" PRIu64 " updated %" PRIu64 " expired %" PRIu64 " rebound %" PRIu64
             " deleted %" PRIu64 " failed %" PRIu64 " skipped %" PRIu64 " retried %" PRIu64
             " lines %" PRIu64 "-%" PRIu64 " bytes %" PRIu64 "-%" PRIu64 " ended %" PRId64 "\n",
             run->sent, run->updated, run->expired, run->rebound, run->deleted, run->failed,
             run->skipped, run->retried, run->first_line, run->last_line, run->first_offset,
             run->end_offset, run->ended);
    text_put(to, line);
}

/* What the judge and later lines look at, though no view shows it. */
static void show_inside(const struct tsmp_run *run, struct text *to)
{
    char line[256];
    snprintf(line, sizeof line, "tries %" PRIu64 " others %" PRIu64 " clock %" PRId64 " open %d\n",
             (uint64_t)run->lines.tries, (uint64_t)run->lines.others, run->clock,
             (int)run->name_open);
    text_put(to, line);
}

static void take_runs(tsmp_runs *runs, const tsmp_context *context, struct text *to)
{
    tsmp_run *run;
    while (tsmp_runs_next(runs, &run) == TSMP_OK) {
        tsmp_verdict *verdict;
        assert_int_equal(tsmp_judge(run, context, NULL, &verdict), TSMP_OK);
        show_run(tsmp_run_view_of(run), tsmp_verdict_view_of(verdict), to);
        show_counts(tsmp_run_view_of(run), to);
        show_inside(run, to);
        tsmp_verdict_free(verdict);
        tsmp_run_free(run);
    }
}

static int32_t drain(tsmp_reader *reader, tsmp_runs *runs, bool pulls, const tsmp_context *context,
                     struct text *to)
{
    int32_t status;
    if (pulls) {
        while ((status = tsmp_runs_pull(runs, reader)) == TSMP_OK)
            take_runs(runs, context, to);
        return status;
    }
    tsmp_batch *batch;
    while ((status = tsmp_reader_next(reader, &batch)) == TSMP_OK) {
        assert_int_equal(tsmp_runs_add(runs, batch), TSMP_OK);
        tsmp_batch_unref(batch);
    }
    return status;
}

/* All that reader and runs remember between two lines. */
static void show_memory(tsmp_reader *reader, tsmp_runs *runs, struct text *to)
{
    static char token[1 << 20];
    uint64_t length;
    if (tsmp_reader_token(reader, token, sizeof token, &length) == TSMP_OK)
        text_add(to, token, (size_t)length);
    text_put(to, "\n");
    if (tsmp_runs_token(runs, token, sizeof token, &length) == TSMP_OK)
        text_add(to, token, (size_t)length);
    text_put(to, "\n");
}

/* A user's own pattern for lines that no rule fits, or NULL. */
static const char *pattern;

static void runs_of(const char *bytes, size_t length, size_t chunk, bool pulls,
                    const tsmp_options *options, const tsmp_context *context, struct text *to)
{
    tsmp_reader *reader;
    tsmp_runs *runs;
    text_clear(to);
    assert_int_equal(tsmp_reader_new(options, NULL, &reader), TSMP_OK);
    if (pattern != NULL)
        assert_int_equal(tsmp_reader_add_pattern(reader, "own", pattern, strlen(pattern)), TSMP_OK);
    plain_choose(reader); /* and not only behind a megabyte */
    assert_int_equal(tsmp_runs_new(NULL, NULL, &runs), TSMP_OK);
    for (size_t at = 0; at < length; at += chunk) {
        size_t n = length - at < chunk ? length - at : chunk;
        if (at / chunk % 2 == 0)
            assert_int_equal(tsmp_reader_lend(reader, bytes + at, n, NULL, NULL), TSMP_OK);
        else
            assert_int_equal(tsmp_reader_feed(reader, bytes + at, n), TSMP_OK);
        assert_int_equal(drain(reader, runs, pulls, context, to), TSMP_MORE);
        take_runs(runs, context, to);
        /* To write a token costs as much as to read many small pieces. */
        if (chunk > 1000 || (n > 1 ? at / chunk % 8 == 0 : at % 500 == 0))
            show_memory(reader, runs, to);
    }
    assert_int_equal(tsmp_reader_end(reader), TSMP_OK);
    assert_int_equal(drain(reader, runs, pulls, context, to), TSMP_END);
    char last[96];
    snprintf(last, sizeof last, "last line %" PRIu64 " at %" PRId64 "\n", runs->last_line,
             runs->last_time);
    text_put(to, last);
    assert_int_equal(tsmp_runs_end(runs), TSMP_OK);
    take_runs(runs, context, to);
    tsmp_runs_free(runs);
    tsmp_reader_free(reader);
}

static void compare(const char *name, const char *bytes, size_t length, const tsmp_options *options,
                    const tsmp_context *context)
{
    struct text added = {0}, pulled = {0};
    static const size_t chunks[] = {1u << 30, 4000, 333, 61, 1};
    for (size_t i = 0; i < sizeof chunks / sizeof *chunks; i++) {
        if (chunks[i] == 1 && length > 20000)
            continue;
        runs_of(bytes, length, chunks[i], false, options, context, &added);
        runs_of(bytes, length, chunks[i], true, options, context, &pulled);
        if (!text_same(&added, &pulled))
            fail_msg("%s, pieces of %zu: pulled\n%.*s\nadded\n%.*s", name, chunks[i],
                     (int)pulled.length, pulled.bytes, (int)added.length, added.bytes);
    }
    text_free(&added);
    text_free(&pulled);
}

static void every_case(void **state)
{
    (void)state;
    struct documents documents = documents_load(CASES, NULL);
    assert_true(documents.count > 10);
    for (size_t d = 0; d < documents.count; d++)
        for (size_t i = 0; i < documents.items[d].count; i++) {
            const struct input *input = &documents.items[d].inputs[i];
            compare(input->name, input->bytes.bytes, input->bytes.length, &input->setup.options,
                    &input->setup.context);
        }
    documents_free(&documents);
}

static uint32_t seed;

static unsigned below(unsigned n)
{
    seed = seed * 1664525u + 1013904223u;
    return (seed >> 8) % n;
}

static unsigned second;

static void line(struct text *to, const char *text)
{
    char stamp[40];
    snprintf(stamp, sizeof stamp, "2027-03-%02u %02u:%02u:%02u ", 1 + second / 86400 % 28,
             second / 3600 % 24, second / 60 % 60, second % 60);
    text_put(to, stamp);
    text_put(to, text);
    text_put(to, below(50) == 0 ? "\r\n" : "\n");
}

/* ---- lines that come again --------------------------------------------------------------------- */

/* Each case several times behind itself: its lines are known from the time before, and what stands
 * between them may have changed what they mean. */
static void every_case_again(void **state)
{
    (void)state;
    struct documents documents = documents_load(CASES, NULL);
    size_t again = 0;
    for (size_t d = 0; d < documents.count; d++)
        for (size_t i = 0; i < documents.items[d].count; i++) {
            const struct input *input = &documents.items[d].inputs[i];
            struct text log = {0};
            for (unsigned round = 0; round < 4 && input->bytes.length < 50000; round++)
                text_add(&log, input->bytes.bytes, input->bytes.length);
            compare(input->name, log.bytes, log.length, &input->setup.options, &input->setup.context);
            again += log.length > 0;
            text_free(&log);
        }
    assert_true(again > 100);
    documents_free(&documents);
}

/* A night's lines in any order and number, so that each comes in every state that the ones before it can
 * leave: inside and outside of the statistics, behind a mark of decimals, an acceptor's line, a name that
 * goes on, another stamp. */
static void shuffled(void **state)
{
    (void)state;
    static const char *const lines[] = {
        "--- SCHEDULEREC STATUS BEGIN", "--- SCHEDULEREC STATUS BEGIN", "--- SCHEDULEREC STATUS END",
        "--- SCHEDULEREC QUERY BEGIN", "--- SCHEDULEREC QUERY END", "Next operation scheduled:",
        "------------------------------------------------------------", "Schedule Name:         DEEP",
        "Action:                Incremental", "Objects:", "Options:",
        "Server Window Start:   22:00:00 on 2027-03-02", "Server Window Start:   22:00:00 on 03/02/2027",
        "Server Window Start:   22:00:00 on 03/02/2027", "Server Window Start:   22:00:00 on 25/02/2027",
        "Executing scheduled command now.",
        "--- SCHEDULEREC OBJECT BEGIN DEEP 2027-03-02 22:00:00",
        "--- SCHEDULEREC OBJECT END DEEP 2027-03-02 22:00:00", "Incremental backup of volume '/pit'",
        "Incremental backup of volume '/pit/deep'", "Successful incremental backup of '/pit'",
        "Successful incremental backup of '/pit/deep'", "Scheduled event 'DEEP' completed successfully.",
        "Sending results for scheduled event 'DEEP'.", "Results sent to server for scheduled event 'DEEP'.",
        "Scheduler has been started by Dsmcad.", "Querying server for next scheduled event.",
        "Node Name: MOLE", "Session established with server S1: Linux/x86_64",
        "Total number of objects inspected:        1,204", "Total number of objects inspected:        1.204",
        "Total number of objects failed:               0", "Total number of bytes transferred:     1.234 MB",
        "Total number of bytes transferred:     1,234 MB", "Data transfer time:                    1.50 sec",
        "Data transfer time:                    1,50 sec", "Elapsed processing time:               00:10:00",
        "Total number of moles:                       12", "(dsmcad) Scheduler has been stopped.",
        "(dsmcad) Node Name: MOLE", "Normal File-->             1,024 /pit/open",
        "ANS1228E Sending of object '/pit/i' failed.", "ANS1802E Incremental backup of '/pit' finished with 1 failure(s)",
        "IBM Storage Protect Backup-Archive Client Version 8, Release 1, Level 22.0", "END OF DATA",
        "Was soll das denn sein", "tsm> query backup /pit", ""};
    enum { LINES = sizeof lines / sizeof *lines };
    for (seed = 1; seed <= 60; seed++) {
        uint32_t keep = seed;
        struct text log = {0};
        second = 22 * 3600;
        const char *order[40];
        for (unsigned i = 0; i < 40; i++)
            order[i] = lines[below(LINES)];
        for (unsigned round = 0; round < 12; round++)
            for (unsigned i = 0; i < 40; i++) {
                if (below(30) == 0)
                    second += below(9) == 0 ? 86400 : 1;
                if (below(300) == 0)
                    second -= second > 3600 ? 3600 : 0;
                if (below(25) == 0)
                    order[i] = lines[below(LINES)];
                if (below(40) == 0)
                    text_put(&log, "\n");
                if (below(12) != 0)
                    line(&log, order[i]);
            }
        tsmp_options options = {.size = sizeof options, .decimal = keep % 5 == 0 ? TSMP_DECIMAL_COMMA : 0};
        char name[32];
        snprintf(name, sizeof name, "shuffled, seed %u", (unsigned)keep);
        compare(name, log.bytes, log.length, &options, NULL);
        text_free(&log);
        seed = keep;
    }
}

/* A line that a user's pattern takes has more fields than any of the client's. */
static void patterns(void **state)
{
    (void)state;
    struct text log = {0};
    second = 22 * 3600;
    for (unsigned round = 0; round < 20; round++, second++) {
        line(&log, "Incremental backup of volume '/pit'");
        line(&log, "mole 1 2 3 4 5 6 7 8 9 10 11 12");
    }
    pattern = "mole (?<a>\\d) (?<b>\\d) (?<c>\\d) (?<d>\\d) (?<e>\\d) (?<f>\\d) (?<g>\\d) (?<h>\\d) (?<i>\\d) "
              "(?<j>\\d+) (?<k>\\d+) (?<l>\\d+)";
    compare("patterns", log.bytes, log.length, NULL, NULL);
    pattern = NULL;
    text_free(&log);
}

/* ---- long runs ------------------------------------------------------------------------------- */

static void object(struct text *to)
{
    static const char *const plain[] = {
        "Normal File-->             1,024 /pit/a [Sent]", "Directory-->               4,096 /pit [Sent]",
        "Updating-->                    7 /pit/b", "Expiring-->                   12 /pit/c [Sent]",
        "Rebinding-->           1,234,567 /pit/dr", "Deleting-->                    0 /pit/e",
        "Special File-->                0 /pit/f [Sent]", "Symbolic Link-->               9 /pit/g [Sent]"};
    static const char *const odd[] = {
        "Normal File-->             1,024 /pit/h  Changed",
        "Retry # 1  Normal File-->             1,024 /pit/h [Sent]",
        "Normal File-->             1,024 /pit/i ** Unsuccessful **",
        "ANS1228E Sending of object '/pit/i' failed.",
        "ANS1898I ***** Processed     1,000 files *****",
        "Normal File-->             1,024 /pit/j\nScheduled event 'DEEP' completed successfully. [Sent]",
        "Normal File-->             1,024 /pit/k [Skipped]", "Successful incremental backup of '/pit'",
        "Scheduled event 'DEEP' completed successfully.", "Incremental backup of volume '/pit/z'",
        "Finished command.  Return code is: 0", "", "no such line", "END OF DATA",
        "Querying server for next scheduled event.", "--- SCHEDULEREC STATUS BEGIN",
        "Normal File-->             1,024 /pit/open", "Normal File-->             1,024 /pit/open",
        "Updating-->                    7 /pit/b [Sent]", "Rebinding-->                   7 /pit/b [Sent]"};
    if (below(30) == 0)
        second += below(20) == 0 ? 4000 : 1;
    if (below(400) == 0)
        second -= second > 3600 ? 3600 : 0;
    line(to, below(40) == 0 ? odd[below(sizeof odd / sizeof *odd)] : plain[below(8)]);
}

static void long_runs(void **state)
{
    (void)state;
    for (seed = 1; seed <= 40; seed++) {
        uint32_t keep = seed;
        struct text log = {0};
        second = 22 * 3600;
        for (unsigned run = 0; run < 3; run++) {
            char key[80];
            line(&log, "");
            text_put(&log, "Executing scheduled command now.\n");
            snprintf(key, sizeof key, "--- SCHEDULEREC OBJECT BEGIN DEEP 2027-03-%02u 22:00:00", run + 1);
            line(&log, key);
            line(&log, "Incremental backup of volume '/pit'");
            for (unsigned i = 0, n = below(900); i < n; i++)
                object(&log);
            line(&log, "Successful incremental backup of '/pit'");
            line(&log, "--- SCHEDULEREC STATUS BEGIN");
            line(&log, "Total number of objects inspected:        1,204");
            line(&log, "Total number of objects failed:               0");
            line(&log, "--- SCHEDULEREC STATUS END");
            snprintf(key, sizeof key, "--- SCHEDULEREC OBJECT END DEEP 2027-03-%02u 22:00:00", run + 1);
            line(&log, key);
            line(&log, "Scheduled event 'DEEP' completed successfully.");
            line(&log, "Sending results for scheduled event 'DEEP'.");
            line(&log, "Results sent to server for scheduled event 'DEEP'.");
            second = 22 * 3600 + 86400 * (run + 1);
        }
        tsmp_options options = {.size = sizeof options, .max_line = keep % 3 == 0 ? 60 : 0};
        if (keep % 4 == 0) { /* ends amid objects */
            line(&log, "--- SCHEDULEREC OBJECT BEGIN DEEP 2027-03-09 22:00:00");
            for (unsigned i = 0; i < 9; i++, second++)
                line(&log, "Updating-->                    7 /pit/b");
        }
        char name[32];
        snprintf(name, sizeof name, "seed %u", (unsigned)keep);
        compare(name, log.bytes, log.length, &options, NULL);
        text_free(&log);
        seed = keep;
    }
}

/* A line that no run is extended by brings the time that steps back; those that repeat its stamp
 * have that time, and so has the run. */
static void clock_set_back(void **state)
{
    (void)state;
    static const char log[] = "2027-03-01 22:05:46 --- SCHEDULEREC OBJECT BEGIN DEEP 2027-03-01 22:00:00\n"
                              "2027-03-01 22:04:51 no such line\n"
                              "2027-03-01 22:04:51 Updating-->                    7 /pit/b\n"
                              "2027-03-01 22:04:51 Updating-->                    7 /pit/c\n";
    compare("set back", log, sizeof log - 1, NULL, NULL);
}

/* A volume's line begins a run, and the next ones come as they did the time before: they have the time
 * that a step back is told by. */
static void begun_by_body(void **state)
{
    (void)state;
    struct text log = {0};
    second = 22 * 3600;
    for (unsigned round = 0; round < 12; round++, second += 60) {
        line(&log, "Incremental backup of volume '/pit'");
        line(&log, "Incremental backup of volume '/pit/deep'");
        compare("begun by body", log.bytes, log.length, NULL, NULL);
        line(&log, "Successful incremental backup of '/pit'");
        line(&log, "Scheduled event 'DEEP' completed successfully.");
        line(&log, "Sending results for scheduled event 'DEEP'.");
        line(&log, "Results sent to server for scheduled event 'DEEP'.");
        line(&log, "Querying server for next scheduled event.");
    }
    text_free(&log);
}

static void misuse(void **state)
{
    (void)state;
    tsmp_reader *reader;
    tsmp_runs *runs;
    assert_int_equal(tsmp_reader_new(NULL, NULL, &reader), TSMP_OK);
    assert_int_equal(tsmp_runs_new(NULL, NULL, &runs), TSMP_OK);
    assert_int_equal(tsmp_runs_pull(NULL, reader), TSMP_E_MISUSE);
    assert_int_equal(tsmp_runs_pull(runs, NULL), TSMP_E_MISUSE);
    assert_int_equal(tsmp_runs_pull(runs, reader), TSMP_MORE);
    assert_int_equal(tsmp_runs_end(runs), TSMP_OK);
    assert_int_equal(tsmp_runs_pull(runs, reader), TSMP_E_MISUSE);
    tsmp_reader_free(reader);
    tsmp_runs_free(runs);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(every_case), cmocka_unit_test(every_case_again),
                                       cmocka_unit_test(shuffled), cmocka_unit_test(patterns),
                                       cmocka_unit_test(long_runs),
                                       cmocka_unit_test(clock_set_back), cmocka_unit_test(begun_by_body),
                                       cmocka_unit_test(misuse)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
