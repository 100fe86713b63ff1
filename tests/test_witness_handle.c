/* SPDX-License-Identifier: BSD-2-Clause
 * The handle of what the server says: any pieces give the same rows, memory may run out at each
 * allocation, what is past a limit is counted, and calls that are wrong are refused. */
#include "heap.h"
#undef CHECK /* nights.h has another */

#include "answers.h"
#include "nights.h"
#include "server.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#include <string.h>

static const char *const all_texts[] = {DONE OTHERS OWN("Failed,12,-"), LOG(TIMED_OUT TURNED_AWAY("LAPWING") IDLE GOOD),
    LOG("02/17/2031 20:34:51\tANE4952I Total number of objects inspected: 5 (SESSION: 100)\n"), ASKED ROOT HEATH("2031-02-16 20:34:50")};
enum { TEXTS = sizeof all_texts / sizeof *all_texts };

static void all(struct text texts[TEXTS])
{
    for (size_t i = 0; i < TEXTS; i++)
        text_put(&texts[i], all_texts[i]);
}

static void show_text(struct text *to, tsmp_text text)
{
    text_quoted(to, text.bytes, (size_t)text.length, false);
    text_put(to, " ");
}

static void show_number(struct text *to, int64_t number)
{
    text_number(to, (uint64_t)number);
    text_put(to, " ");
}

/* All that a witness shows. */
static void show(const tsmp_witness *witness, struct text *to)
{
    const tsmp_witness_view *view = tsmp_witness_view_of(witness);
    assert_int_equal(view->size, sizeof *view);
    assert_int_equal(view->statistic_stride, sizeof(tsmp_statistic));
    for (uint64_t i = 0; i < view->event_count; i++) {
        const tsmp_witness_event *e = &view->events[i];
        const tsmp_text texts[] = {e->domain, e->schedule, e->node, e->status, e->reason};
        for (size_t k = 0; k < sizeof texts / sizeof *texts; k++)
            show_text(to, texts[k]);
        const int64_t numbers[] = {e->scheduled, e->actual, e->completed, e->asked, e->result, e->state, e->flags, (int64_t)e->order, (int64_t)e->line};
        for (size_t k = 0; k < sizeof numbers / sizeof *numbers; k++)
            show_number(to, numbers[k]);
        text_put(to, "\n");
    }
    for (uint64_t i = 0; i < view->session_count; i++) {
        const tsmp_witness_session *s = &view->sessions[i];
        show_text(to, s->node);
        show_number(to, (int64_t)s->session);
        show_number(to, s->first);
        show_number(to, s->last);
        show_number(to, s->flags);
        for (uint64_t k = 0; k < s->statistic_count; k++) {
            show_number(to, s->statistics[k].name);
            show_number(to, s->statistics[k].number);
        }
        text_put(to, "\n");
    }
    for (uint64_t i = 0; i < view->message_count; i++) {
        show_text(to, view->messages[i].code);
        show_text(to, view->messages[i].node);
        show_number(to, view->messages[i].time);
    }
    for (uint64_t i = 0; i < view->filespace_count; i++) {
        show_text(to, view->filespaces[i].node);
        show_text(to, view->filespaces[i].name);
        show_number(to, view->filespaces[i].last_incremental);
        show_number(to, view->filespaces[i].asked);
        show_number(to, view->filespaces[i].skew);
    }
    text_add(to, "", 1);
}

static void pieces_do_not_matter(void **state)
{
    (void)state;
    struct text texts[TEXTS] = {{0}}, whole = {0}, other = {0};
    all(texts);
    for (size_t chunk = 0; chunk < 8; chunk++) {
        tsmp_witness *witness;
        struct text *to = chunk == 0 ? &whole : &other;
        assert_int_equal(server_make(texts, TEXTS, chunk, NULL, NULL, &witness), TSMP_OK);
        text_clear(to);
        show(witness, to);
        assert_string_equal(whole.bytes, to->bytes);
        tsmp_witness_free(witness);
    }
    /* one for each node and session; the lone line of another answer is RUFF's */
    assert_non_null(strstr(whole.bytes, "\"LAPWING\" 168 "));
    assert_non_null(strstr(whole.bytes, "\"RUFF\" 100 "));
    for (size_t i = 0; i < TEXTS; i++)
        text_free(&texts[i]);
    text_free(&whole);
    text_free(&other);
}

/* Read once: only what the witness asks for is refused. */
static size_t read_all(tsmp_batch *batches[TEXTS])
{
    for (size_t i = 0; i < TEXTS; i++) {
        tsmp_options options = {.size = sizeof options};
        tsmp_reader *reader;
        size_t length = strlen(all_texts[i]);
        reading_probe(all_texts[i], length, &options);
        assert_int_equal(tsmp_reader_new(&options, NULL, &reader), TSMP_OK);
        assert_int_equal(tsmp_reader_feed(reader, all_texts[i], length), TSMP_OK);
        assert_int_equal(tsmp_reader_end(reader), TSMP_OK);
        assert_int_equal(tsmp_reader_next(reader, &batches[i]), TSMP_OK);
        tsmp_reader_free(reader);
    }
    return TEXTS;
}

static void memory_runs_out(void **state)
{
    (void)state;
    tsmp_batch *batches[TEXTS];
    size_t count = read_all(batches);
    uint64_t n = 1;
    for (;; n++) {
        struct heap heap = {.fail_at = n, .fail_count = 1};
        tsmp_allocator allocator = heap_allocator(&heap);
        tsmp_witness *witness = NULL;
        int32_t status = tsmp_witness_new(NULL, &allocator, &witness);
        for (size_t i = 0; i < count && status == TSMP_OK; i++)
            status = tsmp_witness_add(witness, batches[i]);
        if (status == TSMP_OK)
            status = tsmp_witness_end(witness);
        assert_int_equal(status, heap.failed > 0 ? TSMP_E_NOMEM : TSMP_OK);
        tsmp_witness_free(witness);
        assert_int_equal(heap.live, 0);
        if (heap.failed == 0)
            break;
    }
    assert_true(n > 20);
    for (size_t i = 0; i < count; i++)
        tsmp_batch_unref(batches[i]);
}

/* The verdict, too, is made or it is said that there is no memory. */
static void memory_runs_out_for_the_judge(void **state)
{
    (void)state;
    struct text texts[TEXTS] = {{0}};
    tsmp_witness *witness;
    tsmp_reader *reader;
    tsmp_runs *runs;
    tsmp_batch *batch;
    tsmp_run *run;
    tsmp_options options = {.size = sizeof options, .date_order = TSMP_ORDER_MDY};
    all(texts);
    assert_int_equal(server_make(texts, TEXTS, 0, NULL, NULL, &witness), TSMP_OK);
    assert_int_equal(tsmp_reader_new(&options, NULL, &reader), TSMP_OK);
    assert_int_equal(tsmp_runs_new(NULL, NULL, &runs), TSMP_OK);
    assert_int_equal(tsmp_reader_feed(reader, GOOD_NIGHT, sizeof GOOD_NIGHT - 1), TSMP_OK);
    assert_int_equal(tsmp_reader_end(reader), TSMP_OK);
    while (tsmp_reader_next(reader, &batch) == TSMP_OK) {
        assert_int_equal(tsmp_runs_add(runs, batch), TSMP_OK);
        tsmp_batch_unref(batch);
    }
    assert_int_equal(tsmp_runs_end(runs), TSMP_OK);
    assert_int_equal(tsmp_runs_next(runs, &run), TSMP_OK);
    tsmp_context context = {.size = sizeof context, .witness = witness, .proofs = ALL_FOUR};
    uint64_t n = 1;
    for (;; n++) {
        struct heap heap = {.fail_at = n, .fail_count = 1};
        tsmp_allocator allocator = heap_allocator(&heap);
        tsmp_verdict *verdict = NULL;
        int32_t status = tsmp_judge(run, &context, &allocator, &verdict);
        assert_int_equal(status, heap.failed > 0 ? TSMP_E_NOMEM : TSMP_OK);
        if (status == TSMP_OK)
            assert_int_equal(tsmp_verdict_view_of(verdict)->verdict, TSMP_VERDICT_INCOMPLETE);
        tsmp_verdict_free(verdict);
        assert_int_equal(heap.live, 0);
        if (heap.failed == 0)
            break;
    }
    assert_true(n > 10); /* E09, E10, E12, E17 at the least */
    tsmp_run_free(run);
    tsmp_runs_free(runs);
    tsmp_reader_free(reader);
    tsmp_witness_free(witness);
    for (size_t i = 0; i < TEXTS; i++)
        text_free(&texts[i]);
}

/* Past the limit rows are counted, and then nothing is missing any more. */
static void limits(void **state)
{
    (void)state;
    struct text texts[TEXTS] = {{0}};
    tsmp_witness_options options = {.size = sizeof options, .max_rows = 2};
    tsmp_witness *witness;
    all(texts);
    assert_int_equal(server_make(texts, TEXTS, 0, &options, NULL, &witness), TSMP_OK);
    const tsmp_witness_view *view = tsmp_witness_view_of(witness);
    assert_true(view->event_count == 2 && view->session_count <= 2 && view->message_count <= 2);
    assert_true(view->left_out > 3);
    tsmp_witness_free(witness);
    options = (tsmp_witness_options){.size = sizeof options, .flags = TSMP_WITNESS_NAMED_ONLY};
    struct text nameless = {0};
    text_put(&nameless, HEAD ROOT);
    assert_int_equal(server_make(&nameless, 1, 0, &options, NULL, &witness), TSMP_OK);
    view = tsmp_witness_view_of(witness);
    assert_true(view->filespace_count == 0 && view->damaged == 1);
    tsmp_witness_free(witness);
    text_free(&nameless);
    for (size_t i = 0; i < TEXTS; i++)
        text_free(&texts[i]);
}

static void misuse(void **state)
{
    (void)state;
    tsmp_witness *witness = NULL;
    tsmp_witness_options unknown = {.size = sizeof unknown, .flags = 2}, none = {0};
    tsmp_allocator holed = {0};
    assert_int_equal(tsmp_witness_new(NULL, NULL, NULL), TSMP_E_MISUSE);
    assert_int_equal(tsmp_witness_new(&unknown, NULL, &witness), TSMP_E_MISUSE);
    assert_int_equal(tsmp_witness_new(&none, NULL, &witness), TSMP_E_MISUSE);
    assert_int_equal(tsmp_witness_new(NULL, &holed, &witness), TSMP_E_MISUSE);
    assert_int_equal(tsmp_witness_new(NULL, NULL, &witness), TSMP_OK);
    assert_null(tsmp_witness_view_of(witness));
    assert_int_equal(tsmp_witness_add(witness, NULL), TSMP_E_MISUSE);
    assert_int_equal(tsmp_witness_end(witness), TSMP_OK);
    assert_int_equal(tsmp_witness_end(witness), TSMP_OK);
    assert_int_equal(tsmp_witness_view_of(witness)->event_count, 0);
    tsmp_witness_free(witness);
    tsmp_witness_free(NULL);
    assert_int_equal(tsmp_witness_end(NULL), TSMP_E_MISUSE);
    assert_null(tsmp_witness_view_of(NULL));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pieces_do_not_matter), cmocka_unit_test(memory_runs_out),
        cmocka_unit_test(memory_runs_out_for_the_judge), cmocka_unit_test(limits), cmocka_unit_test(misuse)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
