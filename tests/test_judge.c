/* SPDX-License-Identifier: BSD-2-Clause
 * The judge's contract: calls, the context, the order of verdicts, and that every verdict says
 * why. Which evidence speaks for what is tested with the cases. */
#include "reading.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#include <stdio.h>
#include <string.h>

typedef void judging(const struct input *input, const tsmp_run *run);

static void each_run(const struct documents *documents, judging *look)
{
    for (size_t d = 0; d < documents->count; d++) {
        for (size_t i = 0; i < documents->items[d].count; i++) {
            const struct input *input = &documents->items[d].inputs[i];
            tsmp_reader *reader;
            tsmp_runs *runs;
            tsmp_batch *batch;
            tsmp_run *run;
            assert_int_equal(tsmp_reader_new(&input->setup.options, NULL, &reader), TSMP_OK);
            assert_int_equal(tsmp_runs_new(NULL, NULL, &runs), TSMP_OK);
            assert_int_equal(tsmp_reader_feed(reader, input->bytes.bytes, input->bytes.length), TSMP_OK);
            assert_int_equal(tsmp_reader_end(reader), TSMP_OK);
            while (tsmp_reader_next(reader, &batch) == TSMP_OK) {
                assert_int_equal(tsmp_runs_add(runs, batch), TSMP_OK);
                tsmp_batch_unref(batch);
            }
            assert_int_equal(tsmp_runs_end(runs), TSMP_OK);
            while (tsmp_runs_next(runs, &run) == TSMP_OK) {
                look(input, run);
                tsmp_run_free(run);
            }
            tsmp_runs_free(runs);
            tsmp_reader_free(reader);
        }
    }
}

static uint32_t verdict_with(const tsmp_run *run, const tsmp_context *context)
{
    tsmp_verdict *verdict;
    assert_int_equal(tsmp_judge(run, context, NULL, &verdict), TSMP_OK);
    uint32_t found = tsmp_verdict_view_of(verdict)->verdict;
    tsmp_verdict_free(verdict);
    return found;
}

/* Each verdict but `complete` gives at least one reason; each reason has words and a name. */
static void says_why(const struct input *input, const tsmp_run *run)
{
    tsmp_verdict *verdict;
    assert_int_equal(tsmp_judge(run, &input->setup.context, NULL, &verdict), TSMP_OK);
    const tsmp_verdict_view *view = tsmp_verdict_view_of(verdict);
    const tsmp_run_view *seen = tsmp_run_view_of(run);
    assert_int_equal(view->size, sizeof *view);
    assert_int_equal(view->evidence_stride, sizeof(tsmp_evidence));
    assert_int_equal(view->claim, seen->claim);
    if (view->verdict != TSMP_VERDICT_COMPLETE && view->evidence_count == 0)
        fail_msg("%s: %s, and no reason", input->name, tsmp_name("verdict", view->verdict));
    for (uint64_t i = 0; i < view->evidence_count; i++) {
        const tsmp_evidence *evidence = &view->evidence[i];
        assert_non_null(tsmp_name("evidence", evidence->id));
        assert_true(evidence->strength <= 5);
        assert_true(evidence->text.length > 0);
        for (uint64_t k = 0; k < evidence->line_count; k++)
            assert_true(evidence->lines[k] >= 1);
    }
    tsmp_verdict_free(verdict);
}

static void verdicts_say_why(void **state)
{
    each_run(*state, says_why);
}

/* Judging twice gives the same, and asking for fewer proofs never makes it worse. */
static void asks(const struct input *input, const tsmp_run *run)
{
    tsmp_context context = input->setup.context;
    uint32_t verdict = verdict_with(run, &context);
    assert_int_equal(verdict_with(run, &context), verdict);
    context.proofs = TSMP_PROOF_CLOSED;
    uint32_t less = verdict_with(run, &context);
    if (tsmp_verdict_worse(less, verdict) != verdict)
        fail_msg("%s: asked for less, it is %s instead of %s", input->name,
                 tsmp_name("verdict", less), tsmp_name("verdict", verdict));
}

static void proofs_are_asked_for(void **state)
{
    each_run(*state, asks);
}

/* An open run that is older than `fresh` is not running any more. */
static void ages(const struct input *input, const tsmp_run *run)
{
    tsmp_context context = {.size = sizeof context};
    if (verdict_with(run, &context) != TSMP_VERDICT_RUNNING)
        return;
    static const struct {
        int64_t age, fresh;
        bool running;
    } rows[] = {{0, 0, true},       {-1, 0, true},     {86400, 0, true},  {86401, 0, false},
                {3600, 3600, true}, {3601, 3600, false}, {100000, 200000, true}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        context.age = rows[i].age;
        context.fresh = rows[i].fresh;
        bool running = verdict_with(run, &context) == TSMP_VERDICT_RUNNING;
        if (running != rows[i].running)
            fail_msg("%s: age %lld, fresh %lld", input->name, (long long)rows[i].age,
                     (long long)rows[i].fresh);
    }
}

static void old_runs_do_not_run(void **state)
{
    each_run(*state, ages);
}

/* A volume that is nowhere in the text, in the caller's domain: never complete (where a domain
 * counts: the schedule names no objects). */
static void wants_more(const struct input *input, const tsmp_run *run)
{
    static const tsmp_text domain[] = {{"/nowhere/to/be/found", 20}};
    tsmp_context context = {.size = sizeof context, .domain = domain, .domain_count = 1};
    const tsmp_run_view *view = tsmp_run_view_of(run);
    if (view->interactive || view->action != TSMP_WORD_INCREMENTAL ||
        strstr(input->bytes.bytes, "Objects:               /") != NULL ||
        strstr(input->bytes.bytes, "-incrbydate") != NULL)
        return;
    uint32_t verdict = verdict_with(run, &context);
    if (verdict == TSMP_VERDICT_COMPLETE || verdict == TSMP_VERDICT_EXCEPTIONS)
        fail_msg("%s: %s without a volume of the domain", input->name, tsmp_name("verdict", verdict));
}

static void the_domain_counts(void **state)
{
    each_run(*state, wants_more);
}

static void the_order_of_verdicts(void **state)
{
    (void)state;
    static const uint32_t order[] = {0, TSMP_VERDICT_COMPLETE, TSMP_VERDICT_EXCEPTIONS,
                                     TSMP_VERDICT_RUNNING, TSMP_VERDICT_UNKNOWN, TSMP_VERDICT_MISSED,
                                     TSMP_VERDICT_INCOMPLETE, TSMP_VERDICT_FAILED};
    enum { COUNT = sizeof order / sizeof *order };
    for (size_t a = 0; a < COUNT; a++)
        for (size_t b = 0; b < COUNT; b++)
            assert_int_equal(tsmp_verdict_worse(order[a], order[b]), order[a > b ? a : b]);
    assert_int_equal(tsmp_verdict_worse(99, TSMP_VERDICT_FAILED), 99); /* not known is not good */
    assert_int_equal(tsmp_verdict_worse(TSMP_VERDICT_FAILED, 99), 99);
}

static void cannot_be_judged(const struct input *input, const tsmp_run *run)
{
    (void)input;
    tsmp_verdict *verdict = NULL;
    tsmp_context context = {.size = 2};
    tsmp_allocator holed = {0};
    assert_int_equal(tsmp_judge(NULL, NULL, NULL, &verdict), TSMP_E_MISUSE);
    assert_int_equal(tsmp_judge(run, NULL, NULL, NULL), TSMP_E_MISUSE);
    assert_int_equal(tsmp_judge(run, &context, NULL, &verdict), TSMP_E_MISUSE);
    assert_int_equal(tsmp_judge(run, NULL, &holed, &verdict), TSMP_E_MISUSE);
    context = (tsmp_context){.size = sizeof context};
    const int64_t skews[] = {INT64_MIN, INT64_MAX, INT64_C(93600000001), -INT64_C(93600000001)};
    for (size_t i = 0; i < sizeof skews / sizeof *skews; i++) {
        context.skew = skews[i];
        assert_int_equal(tsmp_judge(run, &context, NULL, &verdict), TSMP_E_MISUSE);
    }
    context.skew = -INT64_C(93600000000);
    assert_int_equal(tsmp_judge(run, &context, NULL, &verdict), TSMP_OK);
    tsmp_verdict_free(verdict);
}

static void misuse(void **state)
{
    each_run(*state, cannot_be_judged);
    tsmp_verdict_free(NULL);
    assert_null(tsmp_verdict_view_of(NULL));
}

int main(void)
{
    struct documents documents = documents_load(CASES, NULL);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_prestate(verdicts_say_why, &documents),
        cmocka_unit_test_prestate(proofs_are_asked_for, &documents),
        cmocka_unit_test_prestate(old_runs_do_not_run, &documents),
        cmocka_unit_test_prestate(the_domain_counts, &documents),
        cmocka_unit_test(the_order_of_verdicts),
        cmocka_unit_test_prestate(misuse, &documents)};
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    documents_free(&documents);
    return failed;
}
