/* SPDX-License-Identifier: BSD-2-Clause
 * The hot path (lib/reader/plain.c) against the ordinary way: the same lines, plain ones and ones that are
 * nearly so, must give the same records to the last member. Built three times: with what the
 * processor has, without its widest instructions, and portable. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "ends.h"
#include "reader.h"
#include "show.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static uint32_t seed = 1;

static unsigned below(unsigned n)
{
    seed = seed * 1664525u + 1013904223u;
    return (seed >> 8) % n;
}

static const char *pick(const char *const *list, unsigned count)
{
    return list[below(count)];
}

#define DIRECTORY64 "/a/directory/whose/name/is/sixty-four/bytes/with/the/last/slash/"

/* A line of a verbose log; one in four has something odd about it. */
static size_t make_line(char *to, size_t room, unsigned *second)
{
    static const char *const kinds[] = {
        "Normal File-->", "Directory-->", "Symbolic Link-->", "Special File-->", "Updating-->",
        "Expiring-->", "Rebinding-->", "Deleting-->", "Normal File-->", "Normal File-->"};
    static const char *const odd_kinds[] = {
        "Retry # 2  Normal File-->", "Normal file-->", "Restoring-->", "Fifo-->", "Normal File->",
        "ANS1228E Sending of object", "Updating -->", "Deleting ", "Archiving ", "Directory--> "};
    static const char *const paths[] = {
        "/", "/srv/data/a.dat", "/home/x y/b [Sent]", "C:\\data\\c.txt", "", " ", "'quoted'",
        "/tmp/\xE4\xF6", "/a/very/long/name/that/goes/on/and/on/and/on/and/on/and/on/and/on/x.bin",
        "123 /x", "/x -->y", "345", "/d", "/x]", "/x*", DIRECTORY64 "a", DIRECTORY64 DIRECTORY64 "a",
        DIRECTORY64 DIRECTORY64 DIRECTORY64 "a"};
    static const char *const sizes[] = {"0", "7", "85", "512", "1,024", "85,113", "123,456",
                                        "1,234,567", "12,345,678", "123,456,789", "1,234,567,890",
                                        "999,999,999,999", "4096", "12345678901"};
    static const char *const odd_sizes[] = {"1,2", ",123", "12,34,567", "1.234", "1'234", "", "x",
                                            "99999999999999999999", "1,234,", "-5", "1 024",
                                            "9,999,999,999,999", "0,123", "1234,567", "1,234567", "1234,567,890",
                                            "12 7", "1,234 567", "5 12,345", "1,,234"};
    static const char *const ends[] = {" [Sent]", " [Sent]", " [Sent]", "", "  Changed",
                                       " ** Unsuccessful **", " [Skipped]", " [Sent] ", "[Sent]",
                                       " [Targetless]", " [Failed]"};
    bool odd = below(4) == 0;
    if (below(6) == 0)
        *second += below(40) == 0 ? 5000 : below(20) == 0 ? 86399 : 1;
    char stamp[40];
    unsigned hour = *second / 3600 % 24, minute = *second / 60 % 60, s = *second % 60;
    switch (odd ? below(8) : 0) {
    case 1: snprintf(stamp, sizeof stamp, "11/20/23   %02u:%02u:%02u", hour, minute, s); break;
    case 2: snprintf(stamp, sizeof stamp, "20.11.2023 %02u.%02u.%02u", hour, minute, s); break;
    case 3: snprintf(stamp, sizeof stamp, "31/02/2023 %02u:%02u:%02u", hour, minute, s); break;
    case 4: snprintf(stamp, sizeof stamp, "11/20/2023 %02u:%02u:%02u PM", hour, minute, s); break;
    case 5: snprintf(stamp, sizeof stamp, "no stamp"); break;
    default: snprintf(stamp, sizeof stamp, "2023-11-20 %02u:%02u:%02u", hour, minute, s);
    }
    const char *kind = odd && below(2) == 0 ? pick(odd_kinds, 10) : pick(kinds, 10);
    const char *size = odd && below(2) == 0 ? pick(odd_sizes, 20) : pick(sizes, 14);
    int width = 32 - (int)strlen(kind);
    if (odd && below(3) == 0)
        width += (int)below(5) - 2;
    int n = snprintf(to, room, "%s%s%s%*s%s%s%s%s", stamp, odd && below(8) == 0 ? "  " : " ", kind,
                     width > 0 ? width : 1, size, odd && below(8) == 0 ? "" : " ", pick(paths, 18),
                     pick(ends, odd ? 11 : 3), below(9) == 0 ? "\r\n" : "\n");
    return (size_t)n;
}

/* Everything that comes out of the text, exactly. */
static void read_all(bool ordinary, const char *bytes, size_t length, size_t chunk,
                     const tsmp_options *options, struct text *to)
{
    tsmp_reader *reader;
    assert_int_equal(tsmp_reader_new(options, NULL, &reader), TSMP_OK);
    reader->ordinary = ordinary;
    plain_choose(reader); /* and not only behind a megabyte */
    to->length = 0;
    for (size_t at = 0;; at += chunk) {
        size_t n = at >= length ? 0 : length - at < chunk ? length - at : chunk;
        assert_int_equal(n > 0 ? tsmp_reader_lend(reader, bytes + at, n, NULL, NULL)
                               : tsmp_reader_end(reader), TSMP_OK);
        tsmp_batch *batch;
        while (tsmp_reader_next(reader, &batch) == TSMP_OK) {
            const tsmp_view *view = tsmp_batch_view(batch);
            for (uint64_t i = 0; i < view->record_count; i++)
                show_exact(view, &view->records[i], to);
            tsmp_batch_unref(batch);
        }
        if (n == 0)
            break;
    }
    tsmp_reader_free(reader);
}

static void same_records(void **state)
{
    (void)state;
    enum { LINES = 4000, ROOM = 512 * LINES };
    char *bytes = malloc(ROOM);
    struct text ordinary = {0}, other = {0};
    for (unsigned round = 0; round < 6; round++) {
        size_t length = 0;
        unsigned second = 3600;
        for (unsigned i = 0; i < LINES; i++)
            length += make_line(bytes + length, 512, &second);
        tsmp_options options = {.size = sizeof options, .max_line = round % 2 == 0 ? 0 : 230,
                                .batch_records = round == 5 ? 7 : 0};
        static const size_t chunks[] = {1u << 20, 5000, 61};
        read_all(true, bytes, length, 1u << 20, &options, &ordinary);
        assert_true(ordinary.length > length);
        for (unsigned c = 0; c < 3; c++) {
            read_all(false, bytes, length, chunks[c], &options, &other);
            if (!text_same(&ordinary, &other))
                fail_msg("round %u, pieces of %zu: the hot path differs", round, chunks[c]);
        }
    }
    free(bytes);
    text_free(&ordinary);
    text_free(&other);
}

/* Every end of every line, and no other, by one way. */
static void same_ends(const char *text, size_t length, ends_filler *fill)
{
    struct ends ends;
    const char *line = text, *end = text + length, *newline;
    ends_init(&ends);
    do {
        const char *expected = memchr(line, '\n', (size_t)(end - line));
        newline = ends_next(&ends, line, end, fill);
        assert_ptr_equal(newline, expected);
        line = newline != NULL ? newline + 1 : line;
    } while (newline != NULL);
}

/* Texts of all lengths up to some blocks, of long lines, of usual ones and of nothing but ends. */
static void finds_ends(void **state)
{
    (void)state;
    static const unsigned lengths[] = {100000, 900, 110, 55, 12, 2, 1};
    for (size_t length = 0; length < 3 * ENDS_MOST; length += length < 700 ? 1 : 1 + below(97)) {
        char *exact = malloc(length > 0 ? length : 1); /* over-reads are seen by sanitizers */
        for (unsigned k = 0; k < sizeof lengths / sizeof *lengths; k++) {
            for (size_t i = 0; i < length; i++)
                exact[i] = below(lengths[k]) == 0 ? '\n' : below(9) == 0 ? '\r' : (char)(11 + below(240));
            same_ends(exact, length, ends_narrow);
#if defined(PLAIN_AVX2)
            if (plain_is_wide())
                same_ends(exact, length, ends_wide);
#endif
        }
        free(exact);
    }
}

/* The search for a newline that is near, by every way there is; `at` NULL = there is none. */
static void find_near(const char *from, const char *end, const char *at, bool wide)
{
    bool near = end - from >= PLAIN_WINDOW && at != NULL && at - from < PLAIN_WINDOW;
    const char *found = plain_near_newline(from, end);
#if defined(PLAIN_SSE2) || defined(PLAIN_NEON)
    assert_ptr_equal(found, near ? at : NULL);
#else
    assert_null(found);
    (void)near;
#endif
    (void)wide;
#if defined(PLAIN_AVX2)
    if (wide)
        assert_ptr_equal(plain_near_wide(from, end), near ? at : NULL);
#endif
}

/* A newline in every place of every length, and none outside. */
static void finds_newlines(void **state)
{
    (void)state;
    bool wide = plain_is_wide();
    for (size_t length = 0; length < 300; length++) {
        char *exact = malloc(length > 0 ? length : 1); /* over-reads are seen by sanitizers */
        for (size_t i = 0; i < length; i++)
            exact[i] = (char)(below(9) == 0 ? '\r' : 11 + below(240));
        assert_null(plain_newline(exact, exact + length));
        for (size_t at = 0; at < length; at++) {
            exact[at] = '\n';
            assert_ptr_equal(plain_newline(exact, exact + length), exact + at);
            find_near(exact, exact + length, exact + at, wide);
            exact[length - 1] = '\n'; /* the first of two */
            find_near(exact, exact + length, exact + at, wide);
            exact[length - 1] = at + 1 == length ? '\n' : 'x';
            for (size_t from = 0; from < length; from += 1 + length / 5)
                assert_ptr_equal(plain_newline(exact + from, exact + length),
                                 from <= at ? exact + at : NULL);
            exact[at] = 'x';
        }
        free(exact);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(finds_newlines), cmocka_unit_test(finds_ends),
                                       cmocka_unit_test(same_records)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
