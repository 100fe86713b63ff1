/* SPDX-License-Identifier: BSD-2-Clause
 * Why a verdict is as it is: over all cases, each reason's effect must add up to the verdict, and each
 * proof must be told as it stands. */
#include "reading.h"
#include "said.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { EVERY_PROOF = 1 | 2 | 4 | 8 | 16 | 32 | 64 };

static uint64_t seen[8]; /* runs by verdict, so that the test is known to have seen them */

static void check_evidence(const char *name, const tsmp_verdict_view *view)
{
    uint32_t worst = 0;
    for (uint64_t i = 0; i < view->evidence_count; i++) {
        const tsmp_evidence *e = &view->evidence[i];
        if ((e->effect != 0) != (e->change.length > 0))
            fail_msg("%s: %s has effect %u and %s change", name, tsmp_name("evidence", e->id), e->effect,
                     e->change.length > 0 ? "a" : "no");
        worst = e->effect != 0 ? tsmp_verdict_worse(worst, e->effect) : worst;
    }
    /* What makes it complete is the proofs, and no reason. */
    uint32_t wanted = view->verdict == TSMP_VERDICT_COMPLETE ? 0 : view->verdict;
    if (worst != wanted) {
        for (uint64_t i = 0; i < view->evidence_count; i++)
            print_error("  %s %s: %.*s\n", tsmp_name("evidence", view->evidence[i].id),
                        view->evidence[i].effect != 0 ? tsmp_name("verdict", view->evidence[i].effect) : "-",
                        (int)view->evidence[i].text.length, view->evidence[i].text.bytes);
        fail_msg("%s: it is %s, and its reasons make it %s", name, tsmp_name("verdict", view->verdict),
                 worst != 0 ? tsmp_name("verdict", worst) : "complete");
    }
}

static void check_grounds(const char *name, const tsmp_run_view *run, const tsmp_verdict_view *view)
{
    uint32_t stands = 0, asked = 0;
    assert_int_equal(view->ground_stride, sizeof(tsmp_ground));
    for (uint64_t i = 0; i < view->ground_count; i++) {
        const tsmp_ground *g = &view->grounds[i];
        assert_non_null(tsmp_name("proof", g->proof));
        assert_true(g->text.length > 0);
        assert_int_equal((stands | asked) & g->proof, 0);
        stands |= g->stands != 0 ? g->proof : 0;
        asked |= g->asked != 0 ? g->proof : 0;
        for (uint64_t k = 0; k < g->line_count; k++)
            if (g->lines[k] == 0)
                fail_msg("%s: proof %s rests on no line", name, tsmp_name("proof", g->proof));
        /* What the text proves stands on lines of it. */
        if (g->stands != 0 && g->proof <= TSMP_PROOF_SUMMARY)
            assert_true(g->line_count > 0);
    }
    if (run->first_line != 0 || run->attempts != 0)
        assert_int_equal(stands, view->proof);
    if (view->verdict == TSMP_VERDICT_COMPLETE || view->verdict == TSMP_VERDICT_EXCEPTIONS)
        assert_int_equal(asked & ~stands, 0);
}

/* The first of each effect and of each ground, as tests/said has them. */
static void keep_new(const char *name, const tsmp_verdict_view *view)
{
    static struct text known;
    struct text said = {0}, row = {0};
    for (uint64_t i = 0; i < view->evidence_count + view->ground_count; i++) {
        const tsmp_evidence *e = i < view->evidence_count ? &view->evidence[i] : NULL;
        const tsmp_ground *g = e == NULL ? &view->grounds[i - view->evidence_count] : NULL;
        text_clear(&row);
        text_put(&row, e != NULL ? "  " : g->stands != 0 ? "  stands, " : "  does not stand, ");
        text_put(&row, e != NULL ? tsmp_name("evidence", e->id) : g->asked != 0 ? "asked: " : "not asked: ");
        text_put(&row, e != NULL ? ": " : tsmp_name("proof", g->proof));
        text_put(&row, e == NULL ? ": " : e->effect != 0 ? tsmp_name("verdict", e->effect) : "-");
        text_put(&row, e != NULL ? "; " : "");
        text_quoted(&row, e != NULL ? e->change.bytes : g->text.bytes,
                    (size_t)(e != NULL ? e->change.length : g->text.length), true);
        text_add(&row, "", 1);
        if (known.length > 0 && strstr(known.bytes, row.bytes) != NULL)
            continue;
        if (known.length > 0)
            known.length--; /* the end of what was known */
        text_put(&known, row.bytes);
        text_add(&known, "", 1);
        text_put(&said, row.bytes);
        for (uint64_t k = 0; g != NULL && k < g->line_count; k++) {
            text_put(&said, k > 0 ? "," : " ");
            text_number(&said, g->lines[k]);
        }
        text_put(&said, "\n");
    }
    if (said.length > 0)
        said_row(name, &said);
    text_free(&said);
    text_free(&row);
}

static void check_run(const struct input *input, const tsmp_run *run, uint32_t proofs)
{
    tsmp_verdict *plain, *why;
    tsmp_context context = input->setup.context;
    context.proofs = proofs != 0 ? proofs : context.proofs;
    assert_int_equal(tsmp_judge(run, &context, NULL, &plain), TSMP_OK);
    context.want = TSMP_WANT_WHY;
    assert_int_equal(tsmp_judge(run, &context, NULL, &why), TSMP_OK);
    const tsmp_verdict_view *a = tsmp_verdict_view_of(plain), *b = tsmp_verdict_view_of(why);
    const tsmp_run_view *view = tsmp_run_view_of(run);
    assert_int_equal(a->verdict, b->verdict);
    assert_int_equal(a->proof, b->proof);
    assert_int_equal(a->evidence_count, b->evidence_count);
    assert_int_equal(a->ground_count, 0);
    for (uint64_t i = 0; i < a->evidence_count; i++) {
        assert_int_equal(a->evidence[i].effect, b->evidence[i].effect);
        assert_int_equal(a->evidence[i].change.length, 0);
    }
    keep_new(input->name, b);
    check_evidence(input->name, b);
    if (b->verdict != TSMP_VERDICT_MISSED)
        check_grounds(input->name, view, b);
    seen[b->verdict]++;
    tsmp_verdict_free(plain);
    tsmp_verdict_free(why);
}

static int64_t left;

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

/* Every allocation fails once: said, and nothing is left behind (a sanitizer sees that). */
static void check_memory(const tsmp_run *run, const tsmp_context *given)
{
    const tsmp_allocator allocator = {get, resize, put, NULL};
    tsmp_context context = *given;
    tsmp_verdict *verdict;
    int32_t status = TSMP_E_NOMEM;
    context.want = TSMP_WANT_WHY;
    for (int64_t at = 0; status == TSMP_E_NOMEM; at++) {
        left = at;
        verdict = NULL;
        status = tsmp_judge(run, &context, &allocator, &verdict);
        assert_int_equal(verdict != NULL, status == TSMP_OK);
    }
    assert_int_equal(status, TSMP_OK);
    tsmp_verdict_free(verdict);
}

/* A pull goes no further while runs are ready: they are taken behind each. */
static void check_ready(const struct input *input, tsmp_runs *runs)
{
    tsmp_run *run;
    while (tsmp_runs_next(runs, &run) == TSMP_OK) {
        check_run(input, run, 0);
        check_run(input, run, TSMP_PROOF_CLOSED);
        check_run(input, run, TSMP_PROOF_SUMMARY);
        check_run(input, run, EVERY_PROOF);
        check_memory(run, &input->setup.context);
        tsmp_run_free(run);
    }
}

static void over_all_cases(void **state)
{
    const struct documents *documents = *state;
    for (size_t d = 0; d < documents->count; d++) {
        for (size_t i = 0; i < documents->items[d].count; i++) {
            const struct input *input = &documents->items[d].inputs[i];
            tsmp_reader *reader;
            tsmp_runs *runs;
            int32_t status;
            assert_int_equal(tsmp_reader_new(&input->setup.options, NULL, &reader), TSMP_OK);
            assert_int_equal(tsmp_runs_new(NULL, NULL, &runs), TSMP_OK);
            assert_int_equal(tsmp_reader_feed(reader, input->bytes.bytes, input->bytes.length), TSMP_OK);
            assert_int_equal(tsmp_reader_end(reader), TSMP_OK);
            do {
                status = tsmp_runs_pull(runs, reader);
                check_ready(input, runs);
            } while (status == TSMP_OK);
            assert_int_equal(status, TSMP_END);
            assert_int_equal(tsmp_runs_end(runs), TSMP_OK);
            check_ready(input, runs);
            tsmp_runs_free(runs);
            tsmp_reader_free(reader);
        }
    }
    for (uint32_t verdict = TSMP_VERDICT_COMPLETE; verdict <= TSMP_VERDICT_UNKNOWN; verdict++)
        assert_true(seen[verdict] > 0);
}

static void expected_runs(void **state)
{
    (void)state;
    tsmp_expected expected = {.size = sizeof expected, .schedule = {"HEATH_INC", 9}, .scheduled = 1, .until = 2};
    for (uint32_t unsure = 0; unsure < 2; unsure++) {
        tsmp_run *run;
        tsmp_verdict *verdict;
        const tsmp_context context = {.size = sizeof context, .want = TSMP_WANT_WHY};
        expected.unsure = unsure;
        assert_int_equal(tsmp_run_expected(&expected, NULL, &run), TSMP_OK);
        assert_int_equal(tsmp_judge(run, &context, NULL, &verdict), TSMP_OK);
        const tsmp_verdict_view *view = tsmp_verdict_view_of(verdict);
        assert_int_equal(view->ground_count, 0);
        keep_new("expected", view);
        check_evidence("expected", view);
        tsmp_verdict_free(verdict);
        tsmp_run_free(run);
    }
}

static int load(void **state)
{
    static struct documents documents;
    documents = documents_load(CASES, "schedule_log");
    *state = &documents;
    return documents.count < 50;
}

static int load_console(void **state)
{
    static struct documents documents;
    documents = documents_load(CASES, "console");
    *state = &documents;
    return documents.count < 2;
}

static int drop(void **state)
{
    documents_free(*state);
    return 0;
}

static void over_console(void **state)
{
    memset(seen, 1, sizeof seen); /* which verdicts there are is the other's to count */
    over_all_cases(state);
}

int main(void)
{
    static char name[] = "why";
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(over_all_cases, load, drop),
        cmocka_unit_test_setup_teardown(over_console, load_console, drop),
        cmocka_unit_test(expected_runs),
        cmocka_unit_test_prestate(said_as_before, name),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
