/* SPDX-License-Identifier: BSD-2-Clause
 * The runs' contract: calls and their order, limits, what lives how long. What a run holds is
 * tested with the cases. */
#include "text.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#include <tsmparse/runs.h>

#include <stdio.h>
#include <string.h>

#define AT "04/25/2031 20:00:04 "
#define DEFINITION(schedule)                                                                   \
    AT "Next operation scheduled:\n" AT "Schedule Name:         " schedule "\n"                \
    AT "Action:                Incremental\n" AT "Objects:\n" AT "Options:\n"                  \
    AT "Server Window Start:   20:00:00 on 04/25/2031\n"
#define BEGIN(schedule) AT "--- SCHEDULEREC OBJECT BEGIN " schedule " 04/25/2031 20:00:00\n"
#define CLOSE(schedule) CLOSE_WITH(schedule, "9", "0")
#define CLOSE_WITH(schedule, inspected, failed)                                                \
    AT "--- SCHEDULEREC STATUS BEGIN\n" AT "Total number of objects inspected:  " inspected "\n" \
    AT "Total number of objects backed up:  1\n" AT "Total number of objects updated:  0\n"    \
    AT "Total number of objects rebound:  0\n" AT "Total number of objects deleted:  0\n"      \
    AT "Total number of objects expired:  0\n" AT "Total number of objects failed:  " failed "\n" \
    AT "Total number of bytes transferred:  7 KB\n" AT "Elapsed processing time:  00:00:00\n"  \
    AT "--- SCHEDULEREC STATUS END\n" AT "--- SCHEDULEREC OBJECT END " schedule                \
    " 04/25/2031 20:00:00\n" AT "Scheduled event '" schedule "' completed successfully.\n"     \
    AT "Sending results for scheduled event '" schedule "'.\n"                                 \
    AT "Results sent to server for scheduled event '" schedule "'.\n"

static void add_text(tsmp_runs *runs, const char *text, size_t length)
{
    tsmp_reader *reader;
    tsmp_batch *batch;
    assert_int_equal(tsmp_reader_new(NULL, NULL, &reader), TSMP_OK);
    assert_int_equal(tsmp_reader_feed(reader, text, length), TSMP_OK);
    assert_int_equal(tsmp_reader_end(reader), TSMP_OK);
    while (tsmp_reader_next(reader, &batch) == TSMP_OK) {
        assert_int_equal(tsmp_runs_add(runs, batch), TSMP_OK);
        tsmp_batch_unref(batch); /* it keeps no reference */
    }
    tsmp_reader_free(reader);
}

static uint32_t verdict_of(const tsmp_run *run)
{
    tsmp_verdict *verdict;
    assert_int_equal(tsmp_judge(run, NULL, NULL, &verdict), TSMP_OK);
    uint32_t found = tsmp_verdict_view_of(verdict)->verdict;
    tsmp_verdict_free(verdict);
    return found;
}

static void misuse(void **state)
{
    (void)state;
    tsmp_runs *runs = NULL;
    tsmp_run *run;
    tsmp_allocator holed = {0};
    tsmp_runs_options options = {.size = 2};
    assert_int_equal(tsmp_runs_new(NULL, NULL, NULL), TSMP_E_MISUSE);
    assert_int_equal(tsmp_runs_new(NULL, &holed, &runs), TSMP_E_MISUSE);
    assert_int_equal(tsmp_runs_new(&options, NULL, &runs), TSMP_E_MISUSE);
    assert_int_equal(tsmp_runs_new(NULL, NULL, &runs), TSMP_OK);
    assert_int_equal(tsmp_runs_add(runs, NULL), TSMP_E_MISUSE);
    assert_int_equal(tsmp_runs_next(runs, NULL), TSMP_E_MISUSE);
    assert_int_equal(tsmp_runs_next(NULL, &run), TSMP_E_MISUSE);
    assert_int_equal(tsmp_runs_end(NULL), TSMP_E_MISUSE);
    assert_int_equal(tsmp_runs_next(runs, &run), TSMP_MORE);
    assert_null(run);
    assert_int_equal(tsmp_runs_end(runs), TSMP_OK);
    assert_int_equal(tsmp_runs_end(runs), TSMP_OK);
    assert_int_equal(tsmp_runs_next(runs, &run), TSMP_END);
    assert_null(run);
    /* nothing more after the end */
    tsmp_reader *reader;
    tsmp_batch *batch;
    assert_int_equal(tsmp_reader_new(NULL, NULL, &reader), TSMP_OK);
    assert_int_equal(tsmp_reader_feed(reader, "x\n", 2), TSMP_OK);
    assert_int_equal(tsmp_reader_end(reader), TSMP_OK);
    assert_int_equal(tsmp_reader_next(reader, &batch), TSMP_OK);
    assert_int_equal(tsmp_runs_add(runs, batch), TSMP_E_MISUSE);
    assert_int_equal(tsmp_runs_add(NULL, batch), TSMP_E_MISUSE);
    tsmp_batch_unref(batch);
    tsmp_reader_free(reader);
    tsmp_runs_free(runs);
    tsmp_runs_free(NULL);
    tsmp_run_free(NULL);
    assert_null(tsmp_run_view_of(NULL));
}

/* A run comes out while the text goes on, and lives on when its maker is gone. */
static void runs_come_one_by_one(void **state)
{
    (void)state;
    static const char first[] = DEFINITION("REED_INC") BEGIN("REED_INC")
        AT "Incremental backup of volume '/reed'\n" AT "Successful incremental backup of '/reed'\n"
        CLOSE("REED_INC");
    tsmp_runs *runs;
    tsmp_run *run, *other = NULL;
    assert_int_equal(tsmp_runs_new(NULL, NULL, &runs), TSMP_OK);
    add_text(runs, first, sizeof first - 1);
    assert_int_equal(tsmp_runs_next(runs, &run), TSMP_MORE); /* late lines, or a retry, may come */
    int32_t status = TSMP_MORE;
    for (int i = 0; status == TSMP_MORE && i < 64; i++) {
        char begin[160];
        snprintf(begin, sizeof begin, BEGIN("R%d_INC"), i);
        add_text(runs, begin, strlen(begin));
        static const char volume[] = AT "Incremental backup of volume '/salt'\n";
        add_text(runs, volume, sizeof volume - 1);
        status = tsmp_runs_next(runs, &run);
    }
    assert_int_equal(status, TSMP_OK); /* not only at the end: memory stays bounded */
    assert_int_equal(tsmp_runs_end(runs), TSMP_OK);
    for (tsmp_run *next; tsmp_runs_next(runs, &next) == TSMP_OK; other = next)
        tsmp_run_free(other);
    assert_non_null(other);
    tsmp_runs_free(runs);
    const tsmp_run_view *view = tsmp_run_view_of(run);
    assert_int_equal(view->size, sizeof *view);
    assert_int_equal(view->volume_stride, sizeof(tsmp_volume));
    assert_int_equal(view->statistic_stride, sizeof(tsmp_statistic));
    assert_int_equal(view->schedule.length, 8);
    assert_memory_equal(view->schedule.bytes, "REED_INC", 8);
    assert_int_equal(view->action, TSMP_WORD_INCREMENTAL);
    assert_int_equal(view->claim, TSMP_CLAIM_SUCCESS);
    assert_int_equal(view->attempts, 1);
    assert_int_equal(view->interactive, 0);
    assert_int_equal(view->has_return_code, 0);
    assert_int_equal(view->volume_count, 1);
    assert_memory_equal(view->volumes[0].name.bytes, "/reed", 5);
    assert_int_equal(view->volumes[0].outcome, TSMP_WORD_SUCCESSFUL);
    assert_int_equal(view->statistic_count, 9);
    assert_int_equal(view->first_offset, strstr(first, "--- SCHEDULEREC OBJECT BEGIN") - first - 20);
    assert_int_equal(view->end_offset, sizeof first - 1);
    assert_int_equal(verdict_of(run), TSMP_VERDICT_COMPLETE);
    assert_int_equal(tsmp_run_view_of(other)->volumes[0].outcome, TSMP_WORD_UNFINISHED);
    assert_int_equal(verdict_of(other) == TSMP_VERDICT_COMPLETE, 0);
    tsmp_run_free(run);
    tsmp_run_free(other);
}

/* Whoever frees early loses nothing but memory that was given back. */
static void freed_early(void **state)
{
    (void)state;
    static const char text[] = DEFINITION("REED_INC") BEGIN("REED_INC")
        AT "Incremental backup of volume '/reed'\n" CLOSE("REED_INC") BEGIN("SALT_INC");
    tsmp_runs *runs;
    assert_int_equal(tsmp_runs_new(NULL, NULL, &runs), TSMP_OK);
    add_text(runs, text, sizeof text - 1);
    tsmp_runs_free(runs);
    assert_int_equal(tsmp_runs_new(NULL, NULL, &runs), TSMP_OK);
    add_text(runs, text, sizeof text - 1);
    assert_int_equal(tsmp_runs_end(runs), TSMP_OK);
    tsmp_runs_free(runs);
}

/* A run with `volumes` volumes, all well. */
static tsmp_run *run_of(size_t volumes, const tsmp_runs_options *options, const char *extra,
                        const char *close)
{
    struct text text = {0};
    char line[120];
    tsmp_runs *runs;
    tsmp_run *run;
    text_put(&text, DEFINITION("REED_INC") BEGIN("REED_INC"));
    for (size_t i = 0; i < volumes; i++) {
        snprintf(line, sizeof line, AT "Incremental backup of volume '/v%zu'\n", i);
        text_put(&text, line);
    }
    for (size_t i = 0; i < volumes; i++) {
        snprintf(line, sizeof line, AT "Successful incremental backup of '/v%zu'\n", i);
        text_put(&text, line);
    }
    text_put(&text, extra);
    text_put(&text, close);
    assert_int_equal(tsmp_runs_new(options, NULL, &runs), TSMP_OK);
    add_text(runs, text.bytes, text.length);
    assert_int_equal(tsmp_runs_end(runs), TSMP_OK);
    assert_int_equal(tsmp_runs_next(runs, &run), TSMP_OK);
    tsmp_runs_free(runs);
    text_free(&text);
    return run;
}

/* Past a limit nothing is lost from the count, and the run can't be complete any more. */
static void limits(void **state)
{
    (void)state;
    tsmp_runs_options options = {.size = sizeof options, .max_volumes = 5};
    tsmp_run *run = run_of(5, &options, "", CLOSE("REED_INC"));
    assert_int_equal(tsmp_run_view_of(run)->volume_count, 5);
    assert_int_equal(verdict_of(run), TSMP_VERDICT_COMPLETE);
    tsmp_run_free(run);
    run = run_of(6, &options, "", CLOSE("REED_INC"));
    assert_int_equal(tsmp_run_view_of(run)->volume_count, 5);
    assert_int_equal(verdict_of(run), TSMP_VERDICT_UNKNOWN);
    tsmp_run_free(run);
    struct text extra = {0};
    char line[100];
    for (int i = 0; i < 50; i++) {
        snprintf(line, sizeof line, AT "ANS1228E Sending of object '/v0/x%d' failed.\n", i);
        text_put(&extra, line);
    }
    static const char close[] = CLOSE_WITH("REED_INC", "120", "50");
    tsmp_runs_options few = {.size = sizeof few, .max_evidence = 10};
    run = run_of(2, &few, extra.bytes, close);
    assert_int_equal(tsmp_run_view_of(run)->errors, 50);
    assert_int_not_equal(verdict_of(run), TSMP_VERDICT_COMPLETE);
    tsmp_run_free(run);
    few.max_evidence = 1000;
    run = run_of(2, &few, extra.bytes, close);
    assert_int_equal(verdict_of(run), TSMP_VERDICT_EXCEPTIONS);
    tsmp_run_free(run);
    text_free(&extra);
}

/* Three thousand volumes: found by name, and not in a time that grows with their square (the
 * test's time limit would notice). */
static void many_volumes(void **state)
{
    (void)state;
    tsmp_run *run = run_of(3000, NULL, "", CLOSE("REED_INC"));
    assert_int_equal(tsmp_run_view_of(run)->volume_count, 3000);
    assert_int_equal(verdict_of(run), TSMP_VERDICT_COMPLETE);
    tsmp_run_free(run);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(misuse), cmocka_unit_test(runs_come_one_by_one),
        cmocka_unit_test(freed_early), cmocka_unit_test(limits), cmocka_unit_test(many_volumes)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
