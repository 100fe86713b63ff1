/* SPDX-License-Identifier: BSD-2-Clause
 * The hot path of `query backup` (lib/rows.c) against the ordinary way: the same rows, and rows that are
 * nearly so, must give the same records to the last member, in whatever pieces and whenever resumed.
 * Built three times: with what the processor has, without its widest instructions, and portable. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "plain.h"
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

/* ---- reading ------------------------------------------------------------------------------------ */

static tsmp_reader *new_reader(const tsmp_options *options, bool ordinary)
{
    tsmp_reader *reader;
    assert_int_equal(tsmp_reader_new(options, NULL, &reader), TSMP_OK);
    reader->ordinary = ordinary;
    plain_choose(reader); /* and not only behind a megabyte */
    return reader;
}

/* What the reader knows behind the last record, which must not hang on the way. */
static void add_token(tsmp_reader *reader, struct text *to)
{
    char token[8192];
    uint64_t length;
    if (tsmp_reader_token(reader, token, sizeof token, &length) == TSMP_OK)
        text_add(to, token, (size_t)length);
}

static void take(tsmp_reader *reader, bool tokens, struct text *to)
{
    tsmp_batch *batch;
    while (tsmp_reader_next(reader, &batch) == TSMP_OK) {
        const tsmp_view *view = tsmp_batch_view(batch);
        for (uint64_t i = 0; i < view->record_count; i++)
            show_exact(view, &view->records[i], to);
        tsmp_batch_unref(batch);
        if (tokens)
            add_token(reader, to);
    }
}

/* Everything that comes out of the text, exactly, in pieces of `chunk` behind a first one of `first`
 * bytes; in one piece, and a token behind each batch where `chunk` is 0. How many of its bytes took the
 * hot path. */
static uint64_t read_all(bool ordinary, const char *bytes, size_t length, size_t first, size_t chunk,
                         const tsmp_options *options, struct text *to)
{
    tsmp_reader *reader = new_reader(options, ordinary);
    bool tokens = chunk == 0;
    chunk = tokens ? length : chunk;
    text_clear(to);
    for (size_t at = 0, n = first > 0 ? first : chunk; at < length; at += n, n = chunk) {
        n = n < length - at ? n : length - at;
        char *piece = malloc(n); /* of its exact size: reads outside are seen by sanitizers */
        memcpy(piece, bytes + at, n);
        assert_int_equal(tsmp_reader_lend(reader, piece, n, free, piece), TSMP_OK);
        take(reader, tokens, to);
    }
    assert_int_equal(tsmp_reader_end(reader), TSMP_OK);
    take(reader, tokens, to);
    uint64_t hot = reader->plain_bytes;
    tsmp_reader_free(reader);
    return hot;
}

/* Both ways, the text as a whole; how many bytes took the hot one. */
static uint64_t same_both(const char *bytes, size_t length, const tsmp_options *options,
                          struct text *ordinary, struct text *hot, const char *what)
{
    assert_int_equal(read_all(true, bytes, length, 0, 0, options, ordinary), 0);
    uint64_t taken = read_all(false, bytes, length, 0, 0, options, hot);
    if (!text_same(ordinary, hot))
        fail_msg("%s: the hot path differs on\n%.*s", what, (int)length, bytes);
    return taken;
}

/* ---- documents ---------------------------------------------------------------------------------- */

static const char head[] =
    "             Size        Backup Date                Mgmt Class           A/I File\n"
    "             ----        -----------                ----------           --- ----\n";

/* Rows as they are printed, of each layout and in each form of the date that is in use. */
static const struct document {
    const char *name;
    uint32_t order;
    const char *rows[3]; /* the second is the one to be changed */
} documents[] = {
    {"8.1", 0, {"     1,234,567  B  2031-09-18 03:10:11             STANDARD             A  /dunes/a\n",
                "        12,048  B  2031-09-18 23:59:02             LONGTERM_7Y          I  /dunes/b c.dat\n",
                "            12  B  2032-02-29 00:00:00             DEFAULT              A  /\n"}},
    {"8.1, in KB", 0,
     {"     1,234,567  B  2031-09-18 03:10:11             STANDARD             A  /dunes/a\n",
      " 1,244,997,334 KB  2031-12-31 03:10:11             YEARS7               I  /dunes/big.img\n",
      "             7 GB  2031-09-18 03:10:11             STANDARD             A  /dunes/c\n"}},
    {"8.1, German", 0,
     {"     1.234.567  B  18.09.2031 03:10:11             STANDARD             A  /dunes/a\n",
      "        12.048  B  19.09.2031 23:59:02             LONGTERM_7Y          I  /dunes/b\n",
      "            12  B  29.02.2032 00:00:00             DEFAULT              A  /\n"}},
    {"8.1, Swiss, points in the time", TSMP_ORDER_DMY,
     {"     1'234'567  B  18/09/2031 03.10.11             STANDARD             A  /dunes/a\n",
      "        12'048  B  01/09/2031 23.59.02             LONGTERM_7Y          I  /dunes/b\n",
      "           120  B  29/02/2032 00.00.00             DEFAULT              A  /x\n"}},
    {"5.x", TSMP_ORDER_MDY,
     {"     1,024  B  12/30/2031 19:57:09    STANDARD    A  /fen/reed\n",
      "   983,512  B  01/02/2032 07:00:00    STANDARD    I  /fen/rush\n",
      "         0  B  11/12/2031 07:00:00    X           A  /fen/sedge\n"}},
    {"4.2", TSMP_ORDER_DMY,
     {" 12,048  24-12-2031 02:01:29    STANDARD    A  /fen/sedge/tables\n",
      "    512  08-12-2031 02:46:53    STANDARD    I  /weir/3\n",
      "999,999  31-01-2032 12:46:53    DEFAULT     A  /weir/4\n"}},
};
enum { DOCUMENTS = sizeof documents / sizeof *documents };

static void put(struct text *to, const char *line)
{
    text_add(to, line, strlen(line));
}

/* A name so long that rows in front of it are far from the end of the input. */
static void put_last(struct text *to, const struct document *document)
{
    const char *row = document->rows[0];
    text_add(to, row, strlen(row) - 1);
    for (int i = 0; i < 20; i++)
        put(to, "/a name that goes on");
    put(to, "\n");
}

static tsmp_options options_of(const struct document *document)
{
    return (tsmp_options){.size = sizeof(tsmp_options), .date_order = document->order,
                          .batch_records = 5};
}

/* ---- tests --------------------------------------------------------------------------------------- */

/* The documents are what the hot path is for: but for heads and the first row of each it takes all. */
static void takes_rows(void **state)
{
    (void)state;
    struct text bytes = {0}, ordinary = {0}, hot = {0};
    for (size_t i = 0; i < DOCUMENTS; i++) {
        const struct document *document = &documents[i];
        tsmp_options options = options_of(document);
        text_clear(&bytes);
        put(&bytes, head);
        for (int k = 0; k < 3; k++)
            put(&bytes, document->rows[0]); /* decides the date, and is learned from */
        size_t before = bytes.length;
        for (int k = 0; k < 3; k++)
            put(&bytes, document->rows[k]);
        size_t rows = bytes.length - before;
        put_last(&bytes, document);
        uint64_t taken = same_both(bytes.bytes, bytes.length, &options, &ordinary, &hot, document->name);
        if (taken < rows)
            fail_msg("%s: the hot path took %u bytes of %u", document->name, (unsigned)taken,
                     (unsigned)rows);
    }
    text_free(&bytes);
    text_free(&ordinary);
    text_free(&hot);
}

/* Each byte of a row becomes one of each kind, is doubled, or is missing. */
static void near_misses(void **state)
{
    (void)state;
    static const char others[] = "\0\t\n\r\v \"',-./0123456789:ABGIKMPTXabkp\x7F\x80\xA0\xC3\xFF";
    struct text bytes = {0}, ordinary = {0}, hot = {0};
    for (size_t i = 0; i < DOCUMENTS; i++) {
        const struct document *document = &documents[i];
        tsmp_options options = options_of(document);
        const char *row = document->rows[1];
        size_t length = strlen(row), count = sizeof others - 1;
        for (size_t at = 0; at < length; at++)
            for (size_t other = 0; other < count + 2; other++) {
                text_clear(&bytes);
                put(&bytes, head);
                put(&bytes, document->rows[0]);
                put(&bytes, document->rows[0]);
                text_add(&bytes, row, at);
                if (other < count)
                    text_add(&bytes, &others[other], 1);
                else if (other == count)
                    text_add(&bytes, row + at, 2 - (at + 1 == length));
                text_add(&bytes, row + at + 1, length - at - 1);
                put(&bytes, document->rows[2]);
                put_last(&bytes, document);
                same_both(bytes.bytes, bytes.length, &options, &ordinary, &hot, document->name);
            }
    }
    text_free(&bytes);
    text_free(&ordinary);
    text_free(&hot);
}

/* Whole cells: what sizes, dates, times and classes may look like, and what only looks so. */
static void odd_cells(void **state)
{
    (void)state;
    static const char *const sizes[] = {
        "0", "7", "85", "512", "1,024", "12,345,678", "999,999,999", "1,244,997,334", "43,868,543,141",
        "4096", "12345678901234", "1,2", ",123", "12,34,567", "1,234,", "1,,234", "0,123", "1234,567",
        "1,234567", "-5", "1 024", "12 7", "2.74", "1.024", "1.024,5", "1'024", "1,024.512", "", "x",
        "9,999,999,999,999", "99,999,999,999,999,999", "1,234,567,890,123", "123,456,789,012", ",024",
        "1\xC2\xA0" "024", "1\xA0" "024", "API     1,024"};
    static const char *const units[] = {" B", "KB", "MB", "GB", "TB", "PB", "  ", "BB", "kB", "B "};
    static const char *const dates[] = {
        "2031-09-18", "2031-02-29", "2032-02-29", "2100-02-29", "2000-02-29", "1999-12-31", "2099-12-31",
        "2031-00-10", "2031-13-10", "2031-04-31", "2031-04-30", "2031-12-00", "2031-01-32", "0000-01-01",
        "2031/09/18", "2031.09.18", "18-09-2031", "09/18/2031", "18.09.2031", "31-09-18", "9999-12-31",
        "203a-09-18", "1900-02-29", "2001-01-01", "2131-01-01"};
    static const char *const times[] = {"00:00:00", "23:59:59", "24:00:00", "12:60:00", "12:00:60",
                                        "12.00.00", "12,00,00", "12:00.00", "1:00:00", "12:00:0x",
                                        "99:99:99"};
    static const char *const classes[] = {
        "STANDARD             ", "A                    ", "DEFAULT              ", "TWENTY_BYTES_IN_ALL_ ",
        "TWENTY_ONE_BYTES_HERE", "TWO WORDS            ", " RIGHT               ", "                     ",
        "\xC4\xD6\xDC                  ", "WITH\tTAB             ", "A  /x                ",
        "I  A                 ", "CR\r                  "};
    static const char *const gaps[] = {"", " ", "  ", "   ", " \t"};
    struct text bytes = {0}, ordinary = {0}, hot = {0};
    tsmp_options options = {.size = sizeof options, .batch_records = 3};
    uint64_t taken = 0;
    for (unsigned round = 0; round < 4000; round++) {
        text_clear(&bytes);
        put(&bytes, head);
        for (unsigned i = 0; i < 6; i++) {
            char row[256];
            unsigned odd = i < 2 ? 0 : below(8); /* which of its cells is; none of them in most */
            snprintf(row, sizeof row, "%14s %s  %s %s             %s%c%s/dunes/%u%s",
                     odd == 1 ? sizes[below(37)] : sizes[below(8)], odd == 2 ? units[below(10)] : " B",
                     odd == 3 ? dates[below(25)] : "2031-09-18", odd == 4 ? times[below(11)] : "03:10:11",
                     odd == 5 ? classes[below(13)] : classes[below(3)],
                     odd == 6 ? "AIBQai\t"[below(7)] : below(2) ? 'A' : 'I',
                     odd == 6 ? gaps[below(5)] : "  ", i, below(5) ? "\n" : "\r\n");
            put(&bytes, row);
            if (i > 1 && below(12) == 0)
                put(&bytes, below(2) ? "\n" : "ANS1898I ***** Processed     1,000 files *****\n");
            if (i > 1 && below(12) == 0)
                put(&bytes, "         Modified: 2031-09-17 10:00:00  Accessed: 2031-09-17 10:00:00\n");
        }
        put_last(&bytes, &documents[0]);
        taken += same_both(bytes.bytes, bytes.length, &options, &ordinary, &hot, "odd cells");
    }
    assert_true(taken > 4000 * 100);
    text_free(&bytes);
    text_free(&ordinary);
    text_free(&hot);
}

/* Rows of all forms, other lines between, and long names. */
static void mix(struct text *bytes, unsigned documents_used, unsigned lines)
{
    static const char *const others[] = {
        "\n", "   \n", "ANS1092W No files matching search criteria were found\n", "not a row\n",
        "         Modified: 2031-09-17 10:00:00  Accessed: 2031-09-17 10:00:00\n", "Protect> q ba /\n",
        "Press 'Q' to quit, 'C' to continuous scroll, or 'Enter' to continue.\n", "\t\n", "IBM \n",
        "FlashCopy Manager \n", "         4,096  B  2031-09-18 03:10:11             STANDARD\n",
        "API     4,096  B  2031-09-18 03:10:11             STANDARD             A  /x\n", head,
        "        Size  Archive Date - Time    File - Expires on - Description\n"};
    char row[700];
    text_clear(bytes);
    put(bytes, head);
    for (unsigned i = 0, document = 0; i < lines; i++) {
        if (below(8) == 0)
            document = below(documents_used);
        const char *plain = documents[document].rows[below(3)];
        size_t n = strlen(plain) - 1;
        memcpy(row, plain, n);
        for (unsigned more = below(5) > 0 ? 0 : below(2) > 0 ? below(20) : below(200); more > 0;
             more--)
            row[n++] = (char)(below(40) > 0 ? 'a' + below(26) : 128 + below(128));
        strcpy(row + n, below(9) > 0 ? "\n" : "\r\n");
        put(bytes, row);
        if (below(20) == 0)
            put(bytes, others[below(below(8) ? 13 : 14)]);
    }
}

static void in_any_mix(void **state)
{
    (void)state;
    struct text bytes = {0}, ordinary = {0}, hot = {0};
    uint64_t taken = 0;
    for (unsigned round = 0; round < 24; round++) {
        mix(&bytes, round % 3 == 0 ? 1 : DOCUMENTS, 600);
        tsmp_options options = {.size = sizeof options,
                                .max_line = round % 4 == 1 ? 230 : round % 4 == 3 ? 120 : 0,
                                .batch_records = round % 4 == 2 ? 7 : 0,
                                .date_order = round % 5 < 2 ? round % 5 : TSMP_ORDER_YMD,
                                .format = round % 6 == 5   ? TSMP_FORMAT_QUERY_BACKUP
                                          : round % 6 == 4 ? TSMP_FORMAT_CONSOLE : 0,
                                .repair = round % 8 == 7 ? TSMP_REPAIR_WRAPPED_NAME : 0};
        static const size_t chunks[] = {1u << 20, 5000, 300};
        same_both(bytes.bytes, bytes.length, &options, &ordinary, &hot, "a mix");
        read_all(true, bytes.bytes, bytes.length, 0, bytes.length, &options, &ordinary);
        for (unsigned c = 0; c < 3; c++) {
            taken += read_all(false, bytes.bytes, bytes.length, 0, chunks[c], &options, &hot);
            if (!text_same(&ordinary, &hot))
                fail_msg("round %u, pieces of %zu: the hot path differs", round, chunks[c]);
        }
    }
    assert_true(taken > 100000);
    text_free(&bytes);
    text_free(&ordinary);
    text_free(&hot);
}

/* Behind other lines that stay open, in what is forced to be a query as well. */
static void behind_others(void **state)
{
    (void)state;
    static const char *const before[] = {
        "2031-09-17 22:00:00 Scheduler has been stopped.\n",
        "Last access: 09/18/2031 22:00:00\n",
        "IBM Storage Protect\nCommand Line Backup-Archive Client Interface\n",
        "  Client Version 8, Release 1, Level 22.0\n  Client date/time: 09/18/2031 03:11:20\n",
        "Data Protection for Microsoft SQL Server\n", "Incremental backup of volume '/x'\n",
        "Normal File-->             4,096 /an open name\n",
        "        Size  Archive Date - Time    File - Expires on - Description\n"};
    struct text bytes = {0}, ordinary = {0}, hot = {0};
    for (unsigned i = 0; i < 8; i++)
        for (unsigned with_head = 0; with_head < 4; with_head++) {
            tsmp_options options = {.size = sizeof options, .batch_records = 50,
                                    .format = with_head > 1 ? TSMP_FORMAT_QUERY_BACKUP : 0};
            text_clear(&bytes);
            put(&bytes, with_head % 2 ? head : before[i]);
            for (unsigned k = 0; k < 6; k++)
                put(&bytes, documents[0].rows[k % 3]);
            put(&bytes, before[i]);
            for (unsigned k = 0; k < 6; k++)
                put(&bytes, documents[0].rows[k % 3]);
            put_last(&bytes, &documents[0]);
            same_both(bytes.bytes, bytes.length, &options, &ordinary, &hot, before[i]);
        }
    text_free(&bytes);
    text_free(&ordinary);
    text_free(&hot);
}

/* Cut in two at each byte, and in pieces of each length. */
static void in_any_pieces(void **state)
{
    (void)state;
    struct text bytes = {0}, ordinary = {0}, hot = {0};
    for (size_t i = 0; i < DOCUMENTS; i++) {
        tsmp_options options = options_of(&documents[i]);
        text_clear(&bytes);
        put(&bytes, head);
        for (int k = 0; k < 7; k++)
            put(&bytes, documents[i].rows[k % 3]);
        read_all(true, bytes.bytes, bytes.length, 0, bytes.length, &options, &ordinary);
        for (size_t at = 1; at < bytes.length; at++) {
            read_all(false, bytes.bytes, bytes.length, at, bytes.length, &options, &hot);
            if (!text_same(&ordinary, &hot))
                fail_msg("%s, cut at %zu: the hot path differs", documents[i].name, at);
            read_all(false, bytes.bytes, bytes.length, 0, at, &options, &hot);
            if (!text_same(&ordinary, &hot))
                fail_msg("%s, pieces of %zu: the hot path differs", documents[i].name, at);
        }
    }
    text_free(&bytes);
    text_free(&ordinary);
    text_free(&hot);
}

/* Thrown away and made again of its token behind each batch, of one record and of several. */
static void resumed(void **state)
{
    (void)state;
    struct text bytes = {0}, ordinary = {0}, hot = {0};
    for (unsigned round = 0; round < 6; round++) {
        mix(&bytes, round % 2 == 0 ? 1 : DOCUMENTS, 60);
        tsmp_options options = {.size = sizeof options, .batch_records = 1 + round * 2};
        read_all(true, bytes.bytes, bytes.length, 0, bytes.length, &options, &ordinary);
        text_clear(&hot);
        tsmp_reader *reader = new_reader(&options, false), *other = NULL;
        uint64_t at = 0, length;
        for (;;) {
            assert_int_equal(tsmp_reader_lend(reader, bytes.bytes + at, bytes.length - at, NULL, NULL),
                             TSMP_OK);
            assert_int_equal(tsmp_reader_end(reader), TSMP_OK);
            tsmp_batch *batch;
            if (tsmp_reader_next(reader, &batch) != TSMP_OK)
                break;
            const tsmp_view *view = tsmp_batch_view(batch);
            for (uint64_t i = 0; i < view->record_count; i++)
                show_exact(view, &view->records[i], &hot);
            const tsmp_record *last = &view->records[view->record_count - 1];
            at = last->offset + last->length;
            tsmp_batch_unref(batch);
            assert_int_equal(tsmp_reader_token(reader, NULL, 0, &length), TSMP_MORE);
            char *buffer = malloc((size_t)length);
            assert_int_equal(tsmp_reader_token(reader, buffer, length, &length), TSMP_OK);
            assert_int_equal(tsmp_reader_resume(&options, NULL, buffer, length, bytes.bytes, at, &other),
                             TSMP_OK);
            free(buffer);
            tsmp_reader_free(reader);
            reader = other;
            plain_choose(reader);
        }
        tsmp_reader_free(reader);
        assert_int_equal(at, bytes.length);
        if (!text_same(&ordinary, &hot))
            fail_msg("round %u: resumed, the hot path differs", round);
    }
    text_free(&bytes);
    text_free(&ordinary);
    text_free(&hot);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(takes_rows),    cmocka_unit_test(near_misses),   cmocka_unit_test(odd_cells),
        cmocka_unit_test(in_any_mix),    cmocka_unit_test(behind_others), cmocka_unit_test(in_any_pieces),
        cmocka_unit_test(resumed)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
