/* SPDX-License-Identifier: BSD-2-Clause
 * The reader's contract: options, misuse, limits, encodings, and what batches outlive. That the
 * way of feeding does not matter is tested with every case (test_cases). */
#include "reading.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LINE "04/25/2031 06:05:04 Scheduler has been stopped.\n"

static tsmp_reader *reader_with(const tsmp_options *options)
{
    tsmp_reader *reader = NULL;
    assert_int_equal(tsmp_reader_new(options, NULL, &reader), TSMP_OK);
    assert_non_null(reader);
    return reader;
}

/* ---- options ---------------------------------------------------------------------------------------- */

static void options_are_checked(void **state)
{
    (void)state;
    struct {
        tsmp_options options;
        char tail[16];
    } longer = {.options = {.size = sizeof longer}};
    const struct {
        const char *what;
        tsmp_options options;
        int32_t status;
    } rows[] = {
        {"defaults", {.size = sizeof(tsmp_options)}, TSMP_OK},
        {"an older, shorter struct", {.size = 8}, TSMP_OK},
        {"size not set", {.size = 0}, TSMP_E_MISUSE},
        {"a size that holds nothing", {.size = 7}, TSMP_E_MISUSE},
        {"one order", {.size = sizeof(tsmp_options), .date_order = TSMP_ORDER_YMD}, TSMP_OK},
        {"a set of orders", {.size = sizeof(tsmp_options), .date_order = 3}, TSMP_E_MISUSE},
        {"no such order", {.size = sizeof(tsmp_options), .date_order = 8}, TSMP_E_MISUSE},
        {"no such decimal mark", {.size = sizeof(tsmp_options), .decimal = 4}, TSMP_E_MISUSE},
        {"no such format", {.size = sizeof(tsmp_options), .format = 10000}, TSMP_E_MISUSE},
        {"the shortest line", {.size = sizeof(tsmp_options), .max_line = 16}, TSMP_OK},
        {"a line too short", {.size = sizeof(tsmp_options), .max_line = 15}, TSMP_E_MISUSE},
        {"a line too long", {.size = sizeof(tsmp_options), .max_line = UINT64_C(1) << 40}, TSMP_E_MISUSE},
        {"a batch too large", {.size = sizeof(tsmp_options), .batch_records = UINT32_MAX}, TSMP_E_MISUSE},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        tsmp_reader *reader = (tsmp_reader *)&longer; /* must be overwritten */
        int32_t status = tsmp_reader_new(&rows[i].options, NULL, &reader);
        if (status != rows[i].status || (reader != NULL) != (status == TSMP_OK))
            fail_msg("%s: status %d", rows[i].what, status);
        tsmp_reader_free(reader);
    }
    tsmp_reader *reader;
    assert_int_equal(tsmp_reader_new(&longer.options, NULL, &reader), TSMP_OK); /* newer, and zero */
    tsmp_reader_free(reader);
    longer.tail[15] = 1;
    assert_int_equal(tsmp_reader_new(&longer.options, NULL, &reader), TSMP_E_MISUSE);
}

static void misuse_changes_nothing(void **state)
{
    (void)state;
    tsmp_reader *reader = reader_with(NULL);
    tsmp_batch *batch;
    tsmp_allocator holed = {0};
    assert_int_equal(tsmp_reader_new(NULL, NULL, NULL), TSMP_E_MISUSE);
    assert_int_equal(tsmp_reader_new(NULL, &holed, &(tsmp_reader *){NULL}), TSMP_E_MISUSE);
    assert_int_equal(tsmp_reader_feed(NULL, "x", 1), TSMP_E_MISUSE);
    assert_int_equal(tsmp_reader_feed(reader, NULL, 1), TSMP_E_MISUSE);
    assert_int_equal(tsmp_reader_lend(NULL, "x", 1, NULL, NULL), TSMP_E_MISUSE);
    assert_int_equal(tsmp_reader_lend(reader, NULL, 1, NULL, NULL), TSMP_E_MISUSE);
    assert_int_equal(tsmp_reader_next(NULL, &batch), TSMP_E_MISUSE);
    assert_int_equal(tsmp_reader_next(reader, NULL), TSMP_E_MISUSE);
    assert_int_equal(tsmp_reader_end(NULL), TSMP_E_MISUSE);
    assert_int_equal(tsmp_reader_add_pattern(NULL, "a", "b", 1), TSMP_E_MISUSE);
    assert_int_equal(tsmp_reader_add_pattern(reader, NULL, "b", 1), TSMP_E_MISUSE);
    assert_int_equal(tsmp_reader_add_pattern(reader, "a", NULL, 1), TSMP_E_MISUSE);
    assert_non_null(tsmp_reader_error(NULL));
    assert_non_null(tsmp_reader_error(reader));
    assert_null(tsmp_batch_view(NULL));
    assert_null(tsmp_batch_ref(NULL));
    tsmp_batch_unref(NULL);
    tsmp_reader_free(NULL);
    /* it still works */
    assert_int_equal(tsmp_reader_feed(reader, NULL, 0), TSMP_OK);
    assert_int_equal(tsmp_reader_next(reader, &batch), TSMP_MORE);
    assert_null(batch);
    assert_int_equal(tsmp_reader_feed(reader, LINE, sizeof LINE - 1), TSMP_OK);
    assert_int_equal(tsmp_reader_end(reader), TSMP_OK);
    assert_int_equal(tsmp_reader_end(reader), TSMP_OK); /* twice does no harm */
    assert_int_equal(tsmp_reader_feed(reader, "x", 1), TSMP_E_MISUSE);
    assert_string_not_equal(tsmp_reader_error(reader), "");
    assert_int_equal(tsmp_reader_lend(reader, "x", 1, NULL, NULL), TSMP_E_MISUSE);
    assert_int_equal(tsmp_reader_next(reader, &batch), TSMP_OK);
    assert_int_equal(tsmp_batch_view(batch)->record_count, 1);
    tsmp_batch_unref(batch);
    assert_int_equal(tsmp_reader_next(reader, &batch), TSMP_END);
    assert_int_equal(tsmp_reader_next(reader, &batch), TSMP_END);
    assert_null(batch);
    tsmp_reader_free(reader);
}

/* ---- input ------------------------------------------------------------------------------------------- */

/* Short inputs that test the edges of lines and encodings: the ways must agree, and the lengths. */
static const struct {
    const char *what, *bytes;
    size_t length;
    uint64_t records;
} edges[] = {
    {"nothing", "", 0, 0},
    {"a newline", "\n", 1, 1},
    {"newlines", "\n\n\n", 3, 3},
    {"a CR", "\r", 1, 1},
    {"CR LF", "\r\n", 2, 1},
    {"CR CR LF", "\r\r\n", 3, 1},
    {"LF CR", "\n\r", 2, 2},
    {"no newline", "abc", 3, 1},
    {"a NUL", "\0", 1, 1},
    {"NUL lines", "\0\n\0\n", 4, 2},
    {"half a BOM", "\xEF\xBB", 2, 1},
    {"a BOM alone", "\xEF\xBB\xBF", 3, 1},
    {"a BOM and a line", "\xEF\xBB\xBF" "a\n", 5, 1},
    {"a BOM inside", "a\n\xEF\xBB\xBF" "b\n", 7, 2},
    {"half of UTF-16's mark", "\xFF", 1, 1},
    {"the other half", "\xFE", 1, 1},
    {"UTF-16's mark alone", "\xFF\xFE", 2, 1},
    {"and big", "\xFE\xFF", 2, 1},
    {"a mark and half a unit", "\xFF\xFE\x41", 3, 1},
    {"a line", "\xFF\xFE\x41\0\n\0", 6, 1},
    {"a big line", "\xFE\xFF\0\x41\0\n", 6, 1},
    {"two lines and half a unit", "\xFF\xFE\n\0\n\0\x41", 7, 3},
    {"a surrogate pair", "\xFF\xFE\x3D\xD8\x26\xDC\n\0", 8, 1},
    {"a lone high surrogate", "\xFF\xFE\x3D\xD8\n\0", 6, 1},
    {"a lone low surrogate", "\xFF\xFE\x26\xDC\n\0", 6, 1},
    {"a high surrogate at the end", "\xFF\xFE\x3D\xD8", 4, 1},
    {"a high surrogate and half a unit", "\xFF\xFE\x3D\xD8\x26", 5, 1},
    {"two high surrogates", "\xFF\xFE\x3D\xD8\x3D\xD8\n\0", 8, 1},
    {"not a mark", "\xFF\x41\n", 3, 1},
    {"a unit that holds a newline byte", "\xFF\xFE\x0A\x0A\n\0", 6, 1},
};

static void edges_of_lines(void **state)
{
    (void)state;
    struct reading whole = {0}, other = {0};
    for (size_t i = 0; i < sizeof edges / sizeof *edges; i++) {
        const char *bytes = edges[i].bytes;
        size_t length = edges[i].length;
        reading_make(&whole, edges[i].what, bytes, length, NULL, READING_WHOLE,
                     WANT_EXACT | WANT_RECORDS);
        uint64_t records = 0;
        for (const char *at = whole.records.bytes; at != NULL && *at != '\0';
             at = strchr(at, '\n') + 1)
            records += *at != '@';
        if (records != edges[i].records)
            fail_msg("%s: %llu records\n%s", edges[i].what, (unsigned long long)records,
                     whole.records.bytes);
        for (size_t split = 0; split <= length; split++) {
            for (unsigned lend = 0; lend < 2; lend++) {
                reading_make(&other, edges[i].what, bytes, length, NULL,
                             &(struct way){.split = split, .lend = lend}, WANT_EXACT);
                assert_true(text_same(&whole.exact, &other.exact));
                reading_make(&other, edges[i].what, bytes, length, NULL,
                             &(struct way){.chunk = 1, .lend = lend, .late = split % 2}, WANT_EXACT);
                assert_true(text_same(&whole.exact, &other.exact));
            }
        }
    }
    reading_free(&whole);
    reading_free(&other);
}

/* Lines around the limit, in every encoding: cut without loss, and the ways agree. */
static void long_lines_are_cut(void **state)
{
    (void)state;
    struct reading whole = {0}, other = {0};
    struct setup setup = {.options = {.size = sizeof setup.options, .max_line = 32}};
    char bytes[600];
    for (size_t length = 28; length < 150; length++) {
        for (unsigned kind = 0; kind < 3; kind++) {
            size_t n = 0;
            if (kind == 2)
                bytes[n++] = (char)0xFF, bytes[n++] = (char)0xFE;
            for (size_t i = 0; i < length; i++) {
                char c = kind == 1 && i + 1 == length ? '\r' : (char)('a' + i % 26);
                bytes[n++] = c;
                if (kind == 2)
                    bytes[n++] = i % 3 == 0 ? 0x20 : 0; /* three bytes of UTF-8, or one */
            }
            bytes[n++] = '\n';
            if (kind == 2)
                bytes[n++] = 0;
            bytes[n++] = 'x';
            reading_make(&whole, "long", bytes, n, &setup, READING_WHOLE, WANT_EXACT | WANT_RECORDS);
            for (size_t chunk = 1; chunk < 80; chunk += 3) {
                reading_make(&other, "long", bytes, n, &setup,
                             &(struct way){.chunk = chunk, .lend = chunk % 2, .keep = true}, WANT_EXACT);
                if (!text_same(&whole.exact, &other.exact))
                    fail_msg("%zu bytes, kind %u, chunks of %zu differ", length, kind, chunk);
            }
        }
    }
    reading_free(&whole);
    reading_free(&other);
}

/* What is behind a cut is never read as a line, and the next line is. */
static void the_rest_of_a_cut_line_is_nothing(void **state)
{
    (void)state;
    struct reading reading = {0};
    struct setup setup = {.options = {.size = sizeof setup.options, .max_line = 20}};
    static const char bytes[] = "xxxxxxxxxxxxxxxxxxxx" LINE LINE;
    setup.options.max_line = 64;
    char text[400];
    memset(text, 'x', 64);
    memcpy(text + 64, bytes + 20, sizeof bytes - 20);
    reading_make(&reading, "cut", text, 64 + sizeof bytes - 21, &setup, READING_WHOLE, WANT_RECORDS);
    assert_non_null(strstr(reading.records.bytes, "1- unknown"));
    assert_non_null(strstr(reading.records.bytes, "1- more of=1 \"04/25/2031"));
    assert_non_null(strstr(reading.records.bytes, "2: scheduler state=stopped"));
    reading_free(&reading);
}

/* ---- batches ------------------------------------------------------------------------------------------ */

static void batches_hold_what_was_asked_for(void **state)
{
    (void)state;
    char text[100 * (sizeof LINE - 1)];
    for (size_t i = 0; i < 100; i++)
        memcpy(text + i * (sizeof LINE - 1), LINE, sizeof LINE - 1);
    for (uint32_t most = 1; most < 130; most += 8) {
        tsmp_options options = {.size = sizeof options, .batch_records = most};
        tsmp_reader *reader = reader_with(&options);
        tsmp_batch *batch;
        uint64_t records = 0;
        assert_int_equal(tsmp_reader_feed(reader, text, sizeof text), TSMP_OK);
        assert_int_equal(tsmp_reader_end(reader), TSMP_OK);
        while (tsmp_reader_next(reader, &batch) == TSMP_OK) {
            const tsmp_view *view = tsmp_batch_view(batch);
            assert_int_equal(view->size, sizeof *view);
            assert_int_equal(view->record_stride, sizeof(tsmp_record));
            assert_int_equal(view->field_stride, sizeof(tsmp_field));
            assert_true(view->record_count >= 1 && view->record_count <= most);
            records += view->record_count;
            tsmp_batch_unref(batch);
        }
        assert_int_equal(records, 100);
        tsmp_reader_free(reader);
    }
}

/* A record of several lines needs a larger batch, which is then used again: it may hold no more than
 * was asked for all the same, since who fills it in counts to there. */
static void a_batch_that_is_used_again(void **state)
{
    (void)state;
    static const char text[] =
        "   AIN:\n"
        "  NAME:\n"
        "04/25/31 06:05:04\n"
        "\n"
        "04/25/31 06:05:04 Normal File-->                 1 /srv/a [Sent]\n"
        "04/25/31 06:05:04 Normal File-->                 1 /srv/b [Sent]\n"
        "\n"
        "04/25/31 06:05:04 Normal File-->                 1 /srv/c [Sent]\n";
    tsmp_options options = {.size = sizeof options, .batch_records = 1, .date_order = TSMP_ORDER_YMD};
    tsmp_reader *reader;
    tsmp_batch *batch;
    uint64_t count = 0, larger = 0;
    assert_int_equal(tsmp_reader_new(&options, NULL, &reader), TSMP_OK);
    assert_int_equal(tsmp_reader_feed(reader, text, sizeof text - 1), TSMP_OK);
    assert_int_equal(tsmp_reader_end(reader), TSMP_OK);
    while (tsmp_reader_next(reader, &batch) == TSMP_OK) {
        const tsmp_view *view = tsmp_batch_view(batch);
        count += view->record_count;
        larger += view->record_count > 1;
        tsmp_batch_unref(batch);
    }
    assert_int_equal(count, 8);
    assert_int_equal(larger, 1); /* that of the two lines which make one record */
    tsmp_reader_free(reader);
}

static void fields_have_names(void **state)
{
    (void)state;
    tsmp_reader *reader = reader_with(NULL);
    tsmp_batch *batch;
    assert_int_equal(tsmp_reader_feed(reader, LINE, sizeof LINE - 1), TSMP_OK);
    assert_int_equal(tsmp_reader_end(reader), TSMP_OK);
    assert_int_equal(tsmp_reader_next(reader, &batch), TSMP_OK);
    assert_string_equal(tsmp_batch_field_name(batch, TSMP_FIELD_STATE), "state");
    assert_string_equal(tsmp_batch_field_name(NULL, TSMP_FIELD_PATH), "path");
    assert_null(tsmp_batch_field_name(batch, 0));
    assert_null(tsmp_batch_field_name(batch, TSMP_FIELD_CUSTOM - 1));
    assert_null(tsmp_batch_field_name(batch, TSMP_FIELD_CUSTOM));
    assert_null(tsmp_batch_field_name(batch, UINT32_MAX));
    tsmp_batch_unref(batch);
    tsmp_reader_free(reader);
}

struct loan {
    char *bytes;
    int released;
};

static void take_back(void *context)
{
    struct loan *loan = context;
    loan->released++;
    free(loan->bytes);
    loan->bytes = NULL;
}

static struct loan loan_of(const char *bytes, size_t length)
{
    struct loan loan = {malloc(length), 0};
    assert_non_null(loan.bytes);
    memcpy(loan.bytes, bytes, length);
    return loan;
}

static void lent_bytes_come_back_once(void **state)
{
    (void)state;
    /* the batch keeps them, and outlives the reader */
    struct loan loan = loan_of(LINE, sizeof LINE - 1);
    tsmp_reader *reader = reader_with(NULL);
    tsmp_batch *batch;
    assert_int_equal(tsmp_reader_feed(reader, LINE, sizeof LINE - 1), TSMP_OK);
    while (tsmp_reader_next(reader, &batch) == TSMP_OK)
        tsmp_batch_unref(batch);
    assert_int_equal(tsmp_reader_lend(reader, loan.bytes, sizeof LINE - 1, take_back, &loan), TSMP_OK);
    assert_int_equal(tsmp_reader_next(reader, &batch), TSMP_OK);
    assert_int_equal(loan.released, 0);
    tsmp_reader_free(reader);
    assert_int_equal(loan.released, 0);
    const tsmp_view *view = tsmp_batch_view(batch);
    assert_ptr_equal(view->text, loan.bytes); /* no copy was made */
    assert_memory_equal(view->text + view->records[0].text, LINE, sizeof LINE - 2);
    assert_ptr_equal(tsmp_batch_ref(batch), batch);
    tsmp_batch_unref(batch);
    assert_int_equal(loan.released, 0);
    tsmp_batch_unref(batch);
    assert_int_equal(loan.released, 1);

    /* nobody read them: free gives them back */
    loan = loan_of(LINE, sizeof LINE - 1);
    reader = reader_with(NULL);
    assert_int_equal(tsmp_reader_lend(reader, loan.bytes, sizeof LINE - 1, take_back, &loan), TSMP_OK);
    tsmp_reader_free(reader);
    assert_int_equal(loan.released, 1);

    /* no bytes at all: at once */
    reader = reader_with(NULL);
    loan = loan_of(LINE, sizeof LINE - 1);
    assert_int_equal(tsmp_reader_lend(reader, loan.bytes, 0, take_back, &loan), TSMP_OK);
    assert_int_equal(loan.released, 1);
    /* no release asked for */
    assert_int_equal(tsmp_reader_lend(reader, LINE, sizeof LINE - 1, NULL, NULL), TSMP_OK);
    assert_int_equal(tsmp_reader_end(reader), TSMP_OK);
    /* a call that fails never releases */
    loan = loan_of(LINE, sizeof LINE - 1);
    assert_int_equal(tsmp_reader_lend(reader, loan.bytes, 5, take_back, &loan), TSMP_E_MISUSE);
    assert_int_equal(loan.released, 0);
    free(loan.bytes);
    tsmp_reader_free(reader);
}

static void *drop_in_a_thread(void *argument)
{
    tsmp_batch *batch = argument;
    const tsmp_view *view = tsmp_batch_view(batch);
    uint64_t sum = 0;
    for (uint64_t i = 0; i < view->record_count; i++)
        sum += view->records[i].length;
    tsmp_batch_unref(batch);
    return (void *)(uintptr_t)sum;
}

static void batches_cross_threads(void **state)
{
    (void)state;
    enum { ROUNDS = 50, THREADS = 4 };
    for (int round = 0; round < ROUNDS; round++) {
        struct loan loan = loan_of(LINE LINE LINE, 3 * (sizeof LINE - 1));
        tsmp_reader *reader = reader_with(NULL);
        tsmp_batch *batch = NULL;
        pthread_t threads[THREADS];
        assert_int_equal(tsmp_reader_lend(reader, loan.bytes, 3 * (sizeof LINE - 1), take_back, &loan),
                         TSMP_OK);
        assert_int_equal(tsmp_reader_end(reader), TSMP_OK);
        uint64_t expected = 0, counted = 0;
        while (tsmp_reader_next(reader, &batch) == TSMP_OK) {
            for (uint64_t i = 0; i < tsmp_batch_view(batch)->record_count; i++)
                expected += tsmp_batch_view(batch)->records[i].length * THREADS;
            for (int i = 0; i < THREADS; i++)
                assert_int_equal(
                    pthread_create(&threads[i], NULL, drop_in_a_thread, tsmp_batch_ref(batch)), 0);
            tsmp_batch_unref(batch);
            for (int i = 0; i < THREADS; i++) {
                void *sum;
                assert_int_equal(pthread_join(threads[i], &sum), 0);
                counted += (uintptr_t)sum;
            }
        }
        tsmp_reader_free(reader);
        assert_int_equal(counted, expected);
        assert_int_equal(loan.released, 1);
    }
}

/* Input of a size that no block of the reader's own holds, in one call. */
static void a_large_piece(void **state)
{
    (void)state;
    size_t count = 20000, length = count * (sizeof LINE - 1);
    char *text = malloc(length);
    assert_non_null(text);
    for (size_t i = 0; i < count; i++)
        memcpy(text + i * (sizeof LINE - 1), LINE, sizeof LINE - 1);
    struct reading fed = {0}, lent = {0};
    reading_make(&fed, "large", text, length, NULL, READING_WHOLE, WANT_EXACT);
    reading_make(&lent, "large", text, length, NULL, &(struct way){.lend = true, .chunk = 70001},
                 WANT_EXACT);
    assert_true(text_same(&fed.exact, &lent.exact));
    reading_free(&fed);
    reading_free(&lent);
    free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(options_are_checked),
        cmocka_unit_test(misuse_changes_nothing),
        cmocka_unit_test(edges_of_lines),
        cmocka_unit_test(long_lines_are_cut),
        cmocka_unit_test(the_rest_of_a_cut_line_is_nothing),
        cmocka_unit_test(batches_hold_what_was_asked_for),
        cmocka_unit_test(a_batch_that_is_used_again),
        cmocka_unit_test(fields_have_names),
        cmocka_unit_test(lent_bytes_come_back_once),
        cmocka_unit_test(batches_cross_threads),
        cmocka_unit_test(a_large_piece),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
