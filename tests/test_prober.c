/* SPDX-License-Identifier: BSD-2-Clause
 * Probing a text that comes in pieces: the same answer however it is cut; where a log wraps; and
 * that a run which lies across the seam is judged as one. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <tsmparse/runs.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static tsmp_probe_result probe(const char *text, size_t length, size_t chunk)
{
    tsmp_prober *prober;
    tsmp_probe_result result = {.size = sizeof result};
    assert_int_equal(tsmp_prober_new(NULL, &prober), TSMP_OK);
    for (size_t at = 0; at < length; at += chunk)
        assert_int_equal(tsmp_prober_feed(prober, text + at,
                                          length - at < chunk ? length - at : chunk), TSMP_OK);
    assert_int_equal(tsmp_prober_result(prober, &result), TSMP_OK);
    tsmp_prober_free(prober);
    return result;
}

#define OLD "03/11/2024 22:00:09 Scheduler has been started by Dsmcad.\n"
#define NEW "03/12/2024 22:00:09 Scheduler has been started by Dsmcad.\n"

static const struct {
    const char *name, *text;
    uint32_t order;
    uint64_t wrap_line; /* 0 = does not wrap */
} rows[] = {
    {"nothing", "", 0, 0},
    /* 1 June and 12 May: newest first, which only the false order takes for going forward. */
    {"rows of the activity log", "01/06/2024 01:00:00 ANR0403I x\n12/05/2024 01:00:00 ANR0403I x\n",
     TSMP_ORDER_MDY | TSMP_ORDER_DMY, 0},
    {"rows of events", "01/06/2024 01:00:00      01/06/2024 01:00:09      A   B   Completed\n"
                       "12/05/2024 01:00:00                               A   B   Missed\n",
     TSMP_ORDER_MDY | TSMP_ORDER_DMY, 0},
    {"a log goes forward", "01/06/2024 01:00:00 x\n12/05/2024 01:00:00 x\n", TSMP_ORDER_MDY, 0},
    {"undecided", "03/04/2024 01:00:00 x\n", TSMP_ORDER_MDY | TSMP_ORDER_DMY, 0},
    {"decided late", "03/04/2024 01:00:00 x\n03/25/2024 01:00:00 x\n", TSMP_ORDER_MDY, 0},
    {"no newline", "03/04/2024 01:00:00 x\n03/25/2024 01:00:00 x", TSMP_ORDER_MDY, 0},
    {"wraps", "03/25/2024 01:00:00 x\n03/25/2024 01:00:00 END OF DATA\n"
              "ut line\n03/20/2024 01:00:00 y\n", TSMP_ORDER_MDY, 3},
    {"wraps, padded", "03/25/2024 01:00:00 x\r\n03/25/2024 01:00:00 END OF DATA   \r\n"
                      "03/20/2024 01:00:00 y\r\n", TSMP_ORDER_MDY, 3},
    {"wraps, order undecided", NEW "03/12/2024 22:00:10 END OF DATA\n" OLD,
     TSMP_ORDER_MDY | TSMP_ORDER_DMY, 3},
    {"a name prints the marker", "03/25/2024 01:00:00 x\n03/25/2024 01:00:00 END OF DATA\n"
                                 "03/25/2024 01:00:01 y\n", TSMP_ORDER_MDY, 0},
    {"same second", "03/25/2024 01:00:00 x\n03/25/2024 01:00:00 END OF DATA\n"
                    "03/25/2024 01:00:00 y\n", TSMP_ORDER_MDY, 0},
    {"no stamp", "03/25/2024 01:00:00 x\nEND OF DATA\n03/20/2024 01:00:00 y\n", TSMP_ORDER_MDY, 0},
    {"more on the line", "03/25/2024 01:00:00 x\n03/25/2024 01:00:00 END OF DATA [Sent]\n"
                         "03/20/2024 01:00:00 y\n", TSMP_ORDER_MDY, 0},
    {"last line", "03/25/2024 01:00:00 x\n03/25/2024 01:00:00 END OF DATA\n", TSMP_ORDER_MDY, 0},
    {"the later true one", "03/25/2024 01:00:00 x\n03/25/2024 01:00:00 END OF DATA\n"
                           "03/25/2024 01:00:01 y\n03/25/2024 01:00:02 END OF DATA\n"
                           "03/20/2024 01:00:00 y\n", TSMP_ORDER_MDY, 5},
    /* Both orders go back at the seam; that must not be taken for a proof against either. */
    {"seam is no evidence", "01/02/2024 01:00:00 a\n02/02/2024 01:00:00 b\n"
                            "02/02/2024 01:00:00 END OF DATA\n01/01/2024 01:00:00 c\n",
     TSMP_ORDER_MDY | TSMP_ORDER_DMY, 4},
};

static void answers(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        size_t length = strlen(rows[i].text);
        for (size_t chunk = 1; chunk <= length + 1; chunk++) {
            tsmp_probe_result result = probe(rows[i].text, length, chunk);
            if (result.date_order != rows[i].order || result.wrap_line != rows[i].wrap_line)
                fail_msg("%s, pieces of %zu: order %u, wrap line %u", rows[i].name, chunk,
                         (unsigned)result.date_order, (unsigned)result.wrap_line);
            if (result.wrap_offset != 0) /* behind a newline, and that of the marker */
                assert_memory_equal(rows[i].text + result.wrap_offset - 1, "\n", 1);
        }
        tsmp_probe_result whole = {.size = sizeof whole};
        assert_int_equal(tsmp_probe(rows[i].text, length, NULL, &whole), TSMP_OK);
        tsmp_probe_result pieces = probe(rows[i].text, length, 3);
        assert_memory_equal(&whole, &pieces, sizeof whole);
    }
}

/* A line over the limit is looked at only in part, and alike in any pieces. */
static void long_line(void **state)
{
    (void)state;
    enum { LONG = 100000 };
    char *text = malloc(LONG + 200);
    size_t n = (size_t)sprintf(text, "03/25/2024 01:00:00 ");
    memset(text + n, 'x', LONG);
    n += LONG;
    n += (size_t)sprintf(text + n, "END OF DATA\n03/25/2024 01:00:01 END OF DATA\n"
                         "03/20/2024 01:00:00 y\n");
    tsmp_probe_result one = probe(text, n, n), small = probe(text, n, 17);
    assert_memory_equal(&one, &small, sizeof one);
    assert_int_equal(one.lines, 3);
    assert_int_equal(one.wrap_line, 3);
    assert_memory_equal(text + one.wrap_offset, "03/20", 5);
    free(text);
}

static void misuse(void **state)
{
    (void)state;
    tsmp_prober *prober;
    tsmp_probe_result result = {.size = 4};
    assert_int_equal(tsmp_prober_new(NULL, NULL), TSMP_E_MISUSE);
    assert_int_equal(tsmp_prober_new(NULL, &prober), TSMP_OK);
    assert_int_equal(tsmp_prober_feed(prober, NULL, 1), TSMP_E_MISUSE);
    assert_int_equal(tsmp_prober_feed(prober, NULL, 0), TSMP_OK);
    assert_int_equal(tsmp_prober_feed(NULL, "x", 1), TSMP_E_MISUSE);
    assert_int_equal(tsmp_prober_result(prober, NULL), TSMP_E_MISUSE);
    assert_int_equal(tsmp_prober_result(prober, &result), TSMP_E_MISUSE);
    tsmp_prober_free(prober);
    tsmp_prober_free(NULL);
}

static void feed(tsmp_runs *runs, const char *text, size_t length, uint64_t offset, uint64_t line)
{
    tsmp_options options = {.size = sizeof options, .first_offset = offset, .first_line = line,
                            .format = TSMP_FORMAT_SCHEDULE_LOG};
    tsmp_reader *reader;
    tsmp_batch *batch;
    assert_int_equal(tsmp_reader_new(&options, NULL, &reader), TSMP_OK);
    assert_int_equal(tsmp_reader_feed(reader, text, length), TSMP_OK);
    assert_int_equal(tsmp_reader_end(reader), TSMP_OK);
    while (tsmp_reader_next(reader, &batch) == TSMP_OK) {
        assert_int_equal(tsmp_runs_add(runs, batch), TSMP_OK);
        tsmp_batch_unref(batch);
    }
    tsmp_reader_free(reader);
}

/* The verdicts of a text that is fed from `from` to its end, then from its beginning. */
static uint32_t judge(const char *text, size_t from, uint64_t line)
{
    tsmp_runs *runs;
    tsmp_run *run;
    uint32_t worst = 0;
    assert_int_equal(tsmp_runs_new(NULL, NULL, &runs), TSMP_OK);
    feed(runs, text + from, strlen(text) - from, from, line);
    if (from > 0)
        feed(runs, text, from, 0, 1);
    assert_int_equal(tsmp_runs_end(runs), TSMP_OK);
    while (tsmp_runs_next(runs, &run) == TSMP_OK) {
        tsmp_verdict *verdict;
        assert_int_equal(tsmp_judge(run, NULL, NULL, &verdict), TSMP_OK);
        worst = tsmp_verdict_worse(worst, tsmp_verdict_view_of(verdict)->verdict);
        tsmp_verdict_free(verdict);
        tsmp_run_free(run);
    }
    tsmp_runs_free(runs);
    return worst;
}

/* A run that goes on over the end of the file, and one that is going on when it is read. */
static void across_the_seam(void **state)
{
    (void)state;
    static const char open[] =
        "03/25/2024 22:00:05 Incremental backup of volume '/home'\n"
        "03/25/2024 22:00:05 END OF DATA\n";
    static const char head[] =
        "03/25/2024 22:00:01 --- SCHEDULEREC OBJECT BEGIN NIGHT 03/25/2024 22:00:00\n"
        "03/25/2024 22:00:02 Continued at beginning of file\n";
    char text[1024];
    snprintf(text, sizeof text, "%s%s", open, head);
    assert_int_equal(judge(text, strlen(open), 3), TSMP_VERDICT_RUNNING);
    /* Read in the order of the file both halves are cut: never running, never good. */
    uint32_t verdict = judge(text, 0, 1);
    assert_true(verdict != TSMP_VERDICT_COMPLETE && verdict != TSMP_VERDICT_EXCEPTIONS);
    /* A marker in the middle of a text ends the run before it. */
    snprintf(text, sizeof text, "%s%s", head, "03/20/2024 22:00:02 Querying server\n");
    assert_int_equal(judge(text, 0, 1), TSMP_VERDICT_INCOMPLETE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(answers), cmocka_unit_test(long_line),
                                       cmocka_unit_test(misuse), cmocka_unit_test(across_the_seam)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
