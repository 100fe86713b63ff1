/* SPDX-License-Identifier: BSD-2-Clause
 * Runs past their limits: what is too much is counted and said, and never makes a run look better. */
#include "nights.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The verdict of the last run, its evidence as "id id ...", and its view's counts. */
struct outcome {
    uint32_t verdict;
    char reasons[4000];
    uint64_t evidence, volumes, volumes_left_out, runs;
};

static void judge_all(tsmp_runs *runs, struct outcome *outcome)
{
    tsmp_run *run;
    while (tsmp_runs_next(runs, &run) == TSMP_OK) {
        tsmp_verdict *verdict;
        assert_int_equal(tsmp_judge(run, NULL, NULL, &verdict), TSMP_OK);
        const tsmp_verdict_view *view = tsmp_verdict_view_of(verdict);
        outcome->runs++;
        outcome->verdict = view->verdict;
        outcome->evidence = view->evidence_count;
        outcome->volumes = tsmp_run_view_of(run)->volume_count;
        outcome->volumes_left_out = tsmp_run_view_of(run)->volumes_left_out;
        outcome->reasons[0] = '\0';
        for (uint64_t i = 0; i < view->evidence_count && i < 100; i++) {
            size_t n = strlen(outcome->reasons);
            snprintf(outcome->reasons + n, sizeof outcome->reasons - n, "%s ",
                     tsmp_name("evidence", view->evidence[i].id));
        }
        tsmp_verdict_free(verdict);
        tsmp_run_free(run);
    }
}

static struct outcome read_with(const tsmp_runs_options *options, const struct text *text)
{
    tsmp_options reading = {.size = sizeof reading, .date_order = TSMP_ORDER_MDY};
    struct outcome outcome = {0};
    tsmp_reader *reader;
    tsmp_runs *runs;
    tsmp_batch *batch;
    assert_int_equal(tsmp_reader_new(&reading, NULL, &reader), TSMP_OK);
    assert_int_equal(tsmp_runs_new(options, NULL, &runs), TSMP_OK);
    assert_int_equal(tsmp_reader_feed(reader, text->bytes, text->length), TSMP_OK);
    assert_int_equal(tsmp_reader_end(reader), TSMP_OK);
    while (tsmp_reader_next(reader, &batch) == TSMP_OK) {
        assert_int_equal(tsmp_runs_add(runs, batch), TSMP_OK);
        tsmp_batch_unref(batch);
        judge_all(runs, &outcome);
    }
    assert_int_equal(tsmp_runs_end(runs), TSMP_OK);
    judge_all(runs, &outcome);
    tsmp_runs_free(runs);
    tsmp_reader_free(reader);
    return outcome;
}

static void put_line(struct text *text, const char *before, unsigned number, const char *after)
{
    text_put(text, before);
    text_number(text, number);
    text_put(text, after);
}

/* More failed objects than findings: counted, and an abort behind them is still seen. */
static void failed_objects(void **state)
{
    (void)state;
    tsmp_runs_options options = {.size = sizeof options, .max_evidence = 10};
    for (int abort = 0; abort < 2; abort++) {
        struct text text = {0};
        text_put(&text, HEATH_17 BEGIN(D17, "HEATH_INC") VOLUMES(D17));
        for (unsigned i = 0; i < 50; i++)
            put_line(&text, D17 "20:34:20 ANS1228E Sending of object '/heath/", i, "' failed.\n");
        if (abort)
            text_put(&text, D17 "20:34:30 ANS2820E An interrupt has occurred.\n");
        text_put(&text, END_HEATH(D17) END_ROOT(D17) STATUS(D17) CLOSE(D17, "HEATH_INC"));
        text_add(&text, "", 1);
        text.length--;
        char *failed = strstr(text.bytes, "failed:               0");
        assert_non_null(failed);
        memcpy(failed, "failed:              50", 23);
        struct outcome outcome = read_with(&options, &text);
        assert_int_equal(outcome.verdict,
                         abort ? TSMP_VERDICT_INCOMPLETE : TSMP_VERDICT_EXCEPTIONS);
        assert_true(outcome.evidence < 20);
        assert_non_null(strstr(outcome.reasons, "limit "));
        assert_int_equal(strstr(outcome.reasons, "E04 ") != NULL, abort);
        text_free(&text);
    }
}

/* A walk that was stopped is seen also where its message is past the limit. */
static void a_stopped_walk(void **state)
{
    (void)state;
    tsmp_runs_options options = {.size = sizeof options, .max_evidence = 4};
    struct text text = {0};
    text_put(&text, HEATH_17 BEGIN(D17, "HEATH_INC") VOLUMES(D17));
    for (unsigned i = 0; i < 9; i++)
        put_line(&text, D17 "20:34:20 ANS4021E Error processing '/mnt/", i, "': file system not ready\n");
    text_put(&text, D17 "20:34:51 ANS1999E Incremental processing of '/heath' stopped.\n");
    text_put(&text, END_ROOT(D17) STATUS(D17) CLOSE(D17, "HEATH_INC"));
    struct outcome outcome = read_with(&options, &text);
    assert_int_equal(outcome.verdict, TSMP_VERDICT_INCOMPLETE);
    assert_null(strstr(outcome.reasons, "E02 "));
    text_free(&text);
}

static void volumes(void **state)
{
    (void)state;
    enum { MANY = 40 };
    struct text text = {0};
    text_put(&text, HEATH_17 BEGIN(D17, "HEATH_INC"));
    for (unsigned i = 0; i < MANY; i++)
        put_line(&text, D17 "20:34:10 Incremental backup of volume '/v", i, "'\n");
    for (unsigned i = 0; i < MANY; i++)
        put_line(&text, D17 "20:34:51 Successful incremental backup of '/v", i, "'\n");
    text_put(&text, STATUS(D17) CLOSE(D17, "HEATH_INC"));
    struct outcome whole = read_with(NULL, &text);
    assert_int_equal(whole.verdict, TSMP_VERDICT_COMPLETE);
    assert_int_equal(whole.volumes, MANY);
    assert_int_equal(whole.volumes_left_out, 0);
    tsmp_runs_options options = {.size = sizeof options, .max_volumes = 10};
    struct outcome few = read_with(&options, &text);
    assert_int_equal(few.verdict, TSMP_VERDICT_UNKNOWN);
    assert_int_equal(few.volumes, 10);
    assert_int_equal(few.volumes_left_out, 2 * (MANY - 10));
    assert_string_equal(few.reasons, "limit ");
    text_free(&text);
}

/* A pending schedule that is forgotten is told by the run behind it, which knows nothing of it. */
static void schedules(void **state)
{
    (void)state;
    struct text text = {0};
    text_put(&text, POLL(D17, "18:00:00", "MOOR_INC", "", "", "21:30:00 on 02/17/2031"));
    text_put(&text, HEATH_17 RUN(D17, "HEATH_INC"));
    tsmp_runs_options options = {.size = sizeof options, .max_schedules = 1};
    assert_int_equal(read_with(NULL, &text).verdict, TSMP_VERDICT_COMPLETE);
    struct outcome one = read_with(&options, &text);
    assert_int_equal(one.verdict, TSMP_VERDICT_UNKNOWN);
    assert_string_equal(one.reasons, "limit ");
    text_free(&text);
}

/* The one to be forgotten is one whose run came, also where it was announced later. */
static void settled_schedules_go_first(void **state)
{
    (void)state;
    struct text text = {0};
    text_put(&text, POLL(D17, "18:00:00", "MOOR_INC", "", "", "20:30:00 on 02/19/2031"));
    text_put(&text, HEATH_17 RUN(D17, "HEATH_INC"));
    text_put(&text, POLL(D17, "20:34:52", "FEN_INC", "", "", "20:30:00 on 02/18/2031"));
    text_put(&text, RUN(D18, "FEN_INC"));
    tsmp_runs_options two = {.size = sizeof two, .max_schedules = 2};
    struct outcome outcome = read_with(&two, &text);
    assert_int_equal(outcome.runs, 2);
    assert_int_equal(outcome.verdict, TSMP_VERDICT_COMPLETE);
    assert_string_equal(outcome.reasons, "");
    /* Where all are still to come it is the one that was announced longest ago. */
    text_clear(&text);
    text_put(&text, POLL(D17, "18:00:00", "MOOR_INC", "", "", "20:30:00 on 02/19/2031"));
    text_put(&text, POLL(D17, "18:00:01", "FEN_INC", "", "", "20:30:00 on 02/19/2031"));
    text_put(&text, HEATH_17 RUN(D17, "HEATH_INC"));
    outcome = read_with(&two, &text);
    assert_int_equal(outcome.verdict, TSMP_VERDICT_UNKNOWN);
    assert_string_equal(outcome.reasons, "limit ");
    text_free(&text);
}

/* A name that stays open reaches so far and no further: the text behind it counts again. */
static void open_names_end(void **state)
{
    (void)state;
    struct text text = {0};
    text_put(&text, HEATH_17 D17 "20:34:10 \nExecuting scheduled command now.\n" BEGIN(D17, "HEATH_INC")
             VOLUMES(D17) D17 "20:34:21 Normal File-->                 1 /heath/\n");
    for (int i = 0; i < 3000; i++)
        text_put(&text, D17 "20:34:21 ANS1898I ***** Processed     1,000 files *****\n");
    text_put(&text, END_HEATH(D17) END_ROOT(D17) STATUS(D17) CLOSE(D17, "HEATH_INC"));
    struct outcome outcome = read_with(NULL, &text);
    assert_int_equal(outcome.runs, 1);
    assert_int_equal(outcome.verdict, TSMP_VERDICT_UNKNOWN);
    text_free(&text);
}

/* What the caller's clock says of a log that just ends. */
static void now(void **state)
{
    (void)state;
    struct text text = {0};
    text_put(&text, HEATH_17);
    tsmp_runs_options options = {.size = sizeof options};
    assert_int_equal(read_with(&options, &text).runs, 0);
    options.now = INT64_C(1929211200000000); /* 2031-02-18T20:00:00 */
    assert_int_equal(read_with(&options, &text).runs, 0);
    options.now += INT64_C(3600000000);
    assert_int_equal(read_with(&options, &text).verdict, TSMP_VERDICT_MISSED);
    text_free(&text);
}

/* A caller built against an older or a newer header. */
static void sizes(void **state)
{
    (void)state;
    struct {
        tsmp_runs_options options;
        uint64_t more;
    } newer = {{.size = sizeof newer, .max_volumes = 1}, 0};
    struct {
        tsmp_context context;
        uint64_t more;
    } context = {{.size = sizeof context}, 0};
    struct text text = {0};
    tsmp_runs *runs;
    text_put(&text, HEATH_17 RUN(D17, "HEATH_INC"));
    assert_int_equal(read_with(&newer.options, &text).volumes, 1);
    newer.more = 1;
    assert_int_equal(tsmp_runs_new(&newer.options, NULL, &runs), TSMP_E_MISUSE);
    tsmp_runs_options older = {.size = 8, .max_volumes = 1, .max_evidence = 1, .max_schedules = 1};
    assert_int_equal(read_with(&older, &text).volumes, 1);
    assert_null(strstr(read_with(&older, &text).reasons, "definition"));

    tsmp_reader *reader;
    tsmp_batch *batch;
    tsmp_run *run;
    tsmp_verdict *verdict;
    assert_int_equal(tsmp_reader_new(NULL, NULL, &reader), TSMP_OK);
    assert_int_equal(tsmp_runs_new(NULL, NULL, &runs), TSMP_OK);
    assert_int_equal(tsmp_reader_feed(reader, text.bytes, text.length), TSMP_OK);
    assert_int_equal(tsmp_reader_end(reader), TSMP_OK);
    while (tsmp_reader_next(reader, &batch) == TSMP_OK) {
        assert_int_equal(tsmp_runs_add(runs, batch), TSMP_OK);
        tsmp_batch_unref(batch);
    }
    assert_int_equal(tsmp_runs_end(runs), TSMP_OK);
    assert_int_equal(tsmp_runs_next(runs, &run), TSMP_OK);
    assert_int_equal(tsmp_judge(run, &context.context, NULL, &verdict), TSMP_OK);
    tsmp_verdict_free(verdict);
    context.more = 1;
    assert_int_equal(tsmp_judge(run, &context.context, NULL, &verdict), TSMP_E_MISUSE);
    context.context.size = 8;
    assert_int_equal(tsmp_judge(run, &context.context, NULL, &verdict), TSMP_OK);
    tsmp_verdict_free(verdict);
    tsmp_run_free(run);
    tsmp_runs_free(runs);
    tsmp_reader_free(reader);
    text_free(&text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(failed_objects), cmocka_unit_test(a_stopped_walk),
        cmocka_unit_test(volumes), cmocka_unit_test(schedules), cmocka_unit_test(settled_schedules_go_first),
        cmocka_unit_test(open_names_end),
        cmocka_unit_test(now), cmocka_unit_test(sizes)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
