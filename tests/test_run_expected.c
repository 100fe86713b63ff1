/* SPDX-License-Identifier: BSD-2-Clause
 * Runs that were expected and are not there: what is shown of them, and what the judge says. */
#include "run.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

/* 2031-02-17T20:30:00 and four hours on. */
#define SCHEDULED (INT64_C(1929126600) * 1000000)
#define UNTIL (SCHEDULED + INT64_C(14400) * 1000000)

static const tsmp_expected heath = {.size = sizeof heath, .schedule = {"HEATH_INC", 9},
                                    .node = {"LAPWING", 7}, .scheduled = SCHEDULED, .until = UNTIL};

static void expect_text(tsmp_text got, const char *wanted)
{
    assert_int_equal(got.length, strlen(wanted));
    assert_memory_equal(got.bytes, wanted, strlen(wanted));
}

static void judged(const tsmp_run *run, const tsmp_context *context, uint32_t verdict, const char *text)
{
    tsmp_verdict *made;
    assert_int_equal(tsmp_judge(run, context, NULL, &made), TSMP_OK);
    const tsmp_verdict_view *view = tsmp_verdict_view_of(made);
    assert_int_equal(view->verdict, verdict);
    assert_int_equal(view->proof, 0);
    assert_int_equal(view->claim, TSMP_CLAIM_NONE);
    assert_int_equal(view->evidence_count, 1);
    assert_int_equal(view->evidence[0].id, TSMP_EVIDENCE_E20);
    assert_int_equal(view->evidence[0].line_count, 0);
    expect_text(view->evidence[0].text, text);
    tsmp_verdict_free(made);
}

static void is_missed(void **state)
{
    (void)state;
    tsmp_run *run;
    assert_int_equal(tsmp_run_expected(&heath, NULL, &run), TSMP_OK);
    const tsmp_run_view *view = tsmp_run_view_of(run);
    expect_text(view->schedule, "HEATH_INC");
    expect_text(view->node, "LAPWING");
    expect_text(view->scheduled_text, "2031-02-17 20:30:00");
    assert_int_equal(view->scheduled, SCHEDULED);
    assert_int_equal(view->started, TSMP_NO_TIME);
    assert_int_equal(view->first_line, 0);
    assert_int_equal(view->attempts, 0);
    judged(run, NULL, TSMP_VERDICT_MISSED, "a run was expected at 2031-02-17 20:30:00 (to start until "
                                           "2031-02-18 00:30:00), and there is none");
    /* No context makes it anything else. */
    const tsmp_context context = {.size = sizeof context, .proofs = 1, .limit = 1, .now = 1, .age = 1000000};
    judged(run, &context, TSMP_VERDICT_MISSED, "a run was expected at 2031-02-17 20:30:00 (to start until "
                                               "2031-02-18 00:30:00), and there is none");
    tsmp_run_free(run);
}

static void is_unknown_where_runs_have_no_time(void **state)
{
    (void)state;
    tsmp_expected unsure = heath;
    tsmp_run *run;
    unsure.unsure = 1;
    unsure.node.length = 0;
    assert_int_equal(tsmp_run_expected(&unsure, NULL, &run), TSMP_OK);
    judged(run, NULL, TSMP_VERDICT_UNKNOWN, "a run was expected at 2031-02-17 20:30:00 (to start until "
                                            "2031-02-18 00:30:00), and those of its schedule whose time "
                                            "is not known may or may not be it");
    tsmp_run_free(run);
}

static void shows_days_of_leap_years(void **state)
{
    (void)state;
    static const struct {
        int64_t seconds;
        const char *text;
    } rows[] = {{0, "1970-01-01 00:00:00"},           {951782399, "2000-02-28 23:59:59"},
                {951782400, "2000-02-29 00:00:00"},   {951868800, "2000-03-01 00:00:00"},
                {1709251199, "2024-02-29 23:59:59"},  {4107542399, "2100-02-28 23:59:59"},
                {4107542400, "2100-03-01 00:00:00"},  {-1, "1969-12-31 23:59:59"},
                {253402300799, "9999-12-31 23:59:59"}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        tsmp_expected expected = heath;
        tsmp_run *run;
        expected.scheduled = expected.until = rows[i].seconds * 1000000;
        assert_int_equal(tsmp_run_expected(&expected, NULL, &run), TSMP_OK);
        expect_text(tsmp_run_view_of(run)->scheduled_text, rows[i].text);
        tsmp_run_free(run);
    }
}

static void wrong_ones_are_misuse(void **state)
{
    (void)state;
    tsmp_run *run = NULL;
    for (int i = 0; i < 6; i++) {
        tsmp_expected expected = heath;
        switch (i) {
        case 0: expected.size = 0; break;
        case 1: expected.schedule.length = 0; break;
        case 2: expected.schedule.bytes = NULL; break;
        case 3: expected.node.bytes = NULL; break;
        case 4: expected.scheduled = TSMP_NO_TIME; break;
        case 5: expected.until = expected.scheduled - 1; break;
        default: break;
        }
        assert_int_equal(tsmp_run_expected(&expected, NULL, &run), TSMP_E_MISUSE);
        assert_null(run);
    }
    assert_int_equal(tsmp_run_expected(NULL, NULL, &run), TSMP_E_MISUSE);
    assert_int_equal(tsmp_run_expected(&heath, NULL, NULL), TSMP_E_MISUSE);
}

static int left;

static void *get(uint64_t size, void *context)
{
    (void)context;
    return left-- > 0 ? malloc((size_t)size) : NULL;
}

static void *resize(void *memory, uint64_t size, void *context)
{
    (void)context;
    return left-- > 0 ? realloc(memory, (size_t)size) : NULL;
}

static void put(void *memory, void *context)
{
    (void)context;
    free(memory);
}

static void every_allocation_may_fail(void **state)
{
    (void)state;
    const tsmp_allocator allocator = {get, resize, put, NULL};
    static char name[4096]; /* the room of a run does not hold it, so all else is asked for */
    tsmp_expected large = heath;
    memset(name, 'H', sizeof name);
    large.schedule = (tsmp_text){name, RUN_ROOM};
    int32_t status = TSMP_E_NOMEM;
    int tries = 0;
    for (; status == TSMP_E_NOMEM; tries++) {
        tsmp_run *run = NULL;
        left = tries;
        status = tsmp_run_expected(&large, &allocator, &run);
        assert_int_equal(run != NULL, status == TSMP_OK);
        left = 1;
        tsmp_run_free(run);
    }
    assert_int_equal(status, TSMP_OK);
    assert_true(tries > 4);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(is_missed),
        cmocka_unit_test(is_unknown_where_runs_have_no_time),
        cmocka_unit_test(shows_days_of_leap_years),
        cmocka_unit_test(wrong_ones_are_misuse),
        cmocka_unit_test(every_allocation_may_fail),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
