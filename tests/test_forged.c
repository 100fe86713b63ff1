/* SPDX-License-Identifier: BSD-2-Clause
 * Tokens that somebody else wrote: each number in a token is made another one, and which of them are taken
 * stands in tests/said/forged.txt. What is taken must be whole: it is written again as it was read. */
#include "answers.h"
#include "nights.h"
#include "pack.h"
#include "said.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#include <string.h>

static const struct sample {
    const char *what, *text;
    size_t length; /* 0 = up to its NUL */
    bool runs;     /* the token of the runs, else of the reader */
} samples[] = {
    {"a schedule log, in a name", HEATH_17 BEGIN(D17, "HEATH_INC") D17 "20:34:20 Normal File-->                 4,096 /heath/a\n", 0, false},
    {"a table of the server", "ANS8000I Server command: 'select node_name, 7, state from nodes'.\n\nNODE_NAME        Unnamed[2]     STATE\n"
     "------------     ----------     ------------------\nLAPWING                   7     Yes\n", 0, false},
    {"columns of a caller's own", "Node Name                Platform     Policy Domain      Days Since     Odd Words\n"
     "--------------------     --------     --------------     ----------     ---------\n"
     "AVOCET                   Linux        SHORE                      <1            25\n", 0, false},
    {"file spaces, with their session", ASKED ROOT, 0, false},
    {"two bytes a letter", "\xFF\xFE" "a\0\n\0b\0\n", 8, false},
    {"a run that goes on", HEATH_17 BEGIN(D17, "HEATH_INC") VOLUMES(D17) D17 "20:34:21 ANS1228E Sending of object '/heath/x' failed.\n"
     D17 "20:34:21 ANS4037E Object '/heath/x' changed during processing.\n" END_HEATH(D17)
     D17 "20:34:51 --- SCHEDULEREC STATUS BEGIN\n" D17 "20:34:51 Total number of objects inspected:        1,204\n"
     D17 "20:34:51 Data transfer time:                        0.13 sec\n", 0, true},
    {"a run that is over, and half a block", HEATH_17 BEGIN(D17, "HEATH_INC") CLOSE(D17, "HEATH_INC") HEATH_18
     D17 "20:34:52 Next operation scheduled:\n" D17 "20:34:52 Schedule Name:         MOOR_INC\n", 0, true},
};

static char token[1 << 14], again[1 << 14];

/* The token of a sample, and the bytes in it. */
static uint64_t token_of(const struct sample *sample, uint64_t *offset)
{
    size_t length = sample->length > 0 ? sample->length : strlen(sample->text);
    tsmp_options options = {.size = sizeof options, .date_order = TSMP_ORDER_MDY};
    tsmp_reader *reader;
    tsmp_runs *runs;
    uint64_t n;
    assert_int_equal(tsmp_reader_new(&options, NULL, &reader), TSMP_OK);
    assert_int_equal(tsmp_runs_new(NULL, NULL, &runs), TSMP_OK);
    assert_int_equal(tsmp_reader_feed(reader, sample->text, length), TSMP_OK);
    while (tsmp_runs_pull(runs, reader) == TSMP_OK)
        ;
    assert_int_equal(tsmp_reader_token(reader, token, sizeof token, &n), TSMP_OK);
    tsmp_token_view view = {.size = sizeof view};
    assert_int_equal(tsmp_token_view_of(token, n, &view), TSMP_OK);
    *offset = view.offset;
    if (sample->runs)
        assert_int_equal(tsmp_runs_token(runs, token, sizeof token, &n), TSMP_OK);
    tsmp_runs_free(runs);
    tsmp_reader_free(reader);
    return n;
}

/* 0: refused, 1: taken, and written as it was, 2: taken as something else. */
static int taken(const struct sample *sample, uint64_t length, uint64_t offset)
{
    tsmp_options options = {.size = sizeof options, .date_order = TSMP_ORDER_MDY};
    tsmp_reader *reader;
    tsmp_runs *runs;
    uint64_t n = 0;
    int32_t status = sample->runs ? tsmp_runs_resume(NULL, NULL, token, length, &runs)
                                  : tsmp_reader_resume(&options, NULL, token, length, sample->text, offset, &reader);
    if (status != TSMP_OK) {
        assert_int_equal(status, TSMP_E_TOKEN);
        return 0;
    }
    status = sample->runs ? tsmp_runs_token(runs, again, sizeof again, &n) : tsmp_reader_token(reader, again, sizeof again, &n);
    if (sample->runs)
        tsmp_runs_free(runs);
    else
        tsmp_reader_free(reader);
    return status == TSMP_OK && n == length && memcmp(token, again, (size_t)n) == 0 ? 1 : 2;
}

/* The bytes of a token with `value` instead of the one at `at`. */
static uint64_t forge(const unsigned char *bytes, size_t count, size_t at, uint64_t value, char kind)
{
    tsmp_allocator allocator = memory_default();
    struct pack pack;
    unsigned char copy[sizeof token];
    uint64_t length;
    memcpy(copy, bytes, count);
    pack_writer(&pack, &allocator);
    pack_bytes(&pack, copy, at);
    pack_u64(&pack, &value, UINT64_MAX);
    pack_bytes(&pack, copy + at + 1, count - at - 1);
    assert_int_equal(pack_print(&pack, kind, token, sizeof token, &length), TSMP_OK);
    pack_free(&pack);
    return length;
}

/* Small numbers, those beside each power of two that has a size_t everywhere, and the greatest. */
static size_t values_of(uint64_t *values)
{
    size_t count = 0;
    for (uint64_t i = 0; i < 34; i++)
        values[count++] = i;
    for (int bits = 6; bits <= 32; bits++) {
        values[count++] = (UINT64_C(1) << bits) - 1;
        if (bits < 32)
            values[count++] = UINT64_C(1) << bits;
    }
    values[count++] = INT64_MAX;
    values[count++] = UINT64_MAX; /* a time that is not known */
    return count;
}

static void put_taken(struct text *said, const int *how, const uint64_t *values, size_t count)
{
    bool any = false;
    for (size_t from = 0, to; from < count; from = to) {
        for (to = from + 1; to < count && how[to] == how[from];)
            to++;
        if (how[from] == 0)
            continue;
        text_put(said, any ? ", " : " ");
        text_number(said, values[from]);
        if (to - from > 1) {
            text_put(said, " to ");
            text_number(said, values[to - 1]);
        }
        text_put(said, how[from] == 2 ? " as another" : "");
        any = true;
    }
    text_put(said, any ? "\n" : " none\n");
}

static void numbers(void **state)
{
    (void)state;
    static uint64_t values[128];
    size_t count = values_of(values);
    for (size_t s = 0; s < sizeof samples / sizeof *samples; s++) {
        const struct sample *sample = &samples[s];
        tsmp_allocator allocator = memory_default();
        struct text said = {0}, line = {0}, before = {0};
        struct pack pack;
        uint64_t offset, length = token_of(sample, &offset);
        assert_int_equal(taken(sample, length, offset), 1);
        char kind = sample->runs ? 'n' : 'r';
        assert_true(pack_reader(&pack, &allocator, kind, token, length));
        size_t first = 0;
        for (size_t at = 0; at <= pack.length; at++) {
            int how[128];
            text_clear(&line);
            for (size_t i = 0; i < count && at < pack.length; i++)
                how[i] = taken(sample, forge(pack.bytes, pack.length, at, values[i], kind), offset);
            if (at < pack.length)
                put_taken(&line, how, values, count);
            if (at > 0 && !text_same(&line, &before)) { /* bytes of one kind are told together */
                text_put(&said, "  ");
                text_number(&said, first);
                text_put(&said, at - first > 1 ? "-" : ":");
                if (at - first > 1) {
                    text_number(&said, at - 1);
                    text_put(&said, ":");
                }
                text_add(&said, before.bytes, before.length);
                first = at;
            }
            text_clear(&before);
            text_add(&before, line.bytes, line.length);
        }
        said_row(sample->what, &said);
        pack_free(&pack);
        text_free(&said);
        text_free(&line);
        text_free(&before);
    }
}

int main(void)
{
    static char name[] = "forged";
    const struct CMUnitTest tests[] = {cmocka_unit_test(numbers), cmocka_unit_test_prestate(said_as_before, name)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
