/* SPDX-License-Identifier: BSD-2-Clause
 * tsmp_tokenize: a line becomes typed spans, left to right. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "text.h"

#include <tsmparse/tsmparse.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char letters[] = "?TCWNSRPQ%D>"; /* by TSMP_TOKEN_... */

/* One letter and the bytes for each token: "T[...] C[...]". */
static void show(struct text *out, const char *line, size_t length, uint32_t capacity)
{
    tsmp_token tokens[32];
    char *copy = malloc(length > 0 ? length : 1);
    assert_non_null(copy);
    assert_true(capacity <= 32);
    memcpy(copy, line, length);
    uint32_t count = tsmp_tokenize(copy, length, tokens, capacity), end = 0;
    assert_true(count <= capacity);
    text_clear(out);
    text_put(out, "");
    for (uint32_t i = 0; i < count; i++) {
        assert_true(tokens[i].type >= 1 && tokens[i].type <= TSMP_TOKEN_REST);
        assert_true(tokens[i].offset >= end); /* left to right, not overlapping */
        for (uint32_t k = end; k < tokens[i].offset; k++)
            assert_true(strchr(" \t'\"", copy[k]) != NULL);
        end = tokens[i].offset + tokens[i].length;
        assert_true(end <= length);
        assert_int_equal(tokens[i].reserved, 0);
        text_put(out, i > 0 ? " " : "");
        text_add(out, &letters[tokens[i].type], 1);
        text_put(out, "[");
        text_add(out, copy + tokens[i].offset, tokens[i].length);
        text_put(out, "]");
    }
    for (size_t k = end; k < length; k++)
        assert_true(strchr(" \t'\"", copy[k]) != NULL);
    free(copy);
}

static const struct {
    const char *line;
    uint32_t capacity;
    const char *tokens;
} rows[] = {
    {"", 8, ""},
    {"   \t ", 8, ""},
    {"04/25/2031 06:05:04", 8, "T[04/25/2031 06:05:04]"},
    {"04/25/2031 06:05:04 ANS1228E Sending of object '/reed/a b' failed.", 16,
     "T[04/25/2031 06:05:04] C[ANS1228E] W[Sending] W[of] W[object] Q[/reed/a b] W[failed.]"},
    {"Normal File-->            85,113 /var/log/secure [Sent]", 8,
     "W[Normal] W[File-->] N[85,113] P[/var/log/secure] W[[Sent]]"},
    {"Total number of bytes transferred:       154.35 MB", 8,
     "W[Total] W[number] W[of] W[bytes] W[transferred:] S[154.35 MB]"},
    {"rate: 81,100.46 KB/sec", 8, "W[rate:] R[81,100.46 KB/sec]"},
    {"ratio: 73.69% time: 24:56:18", 8, "W[ratio:] %[73.69%] W[time:] D[24:56:18]"},
    {"drive c:\\reed\\tide \\\\host\\c$\\x", 8, "W[drive] P[c:\\reed\\tide] P[\\\\host\\c$\\x]"},
    {"\"quoted 'name'\" 'it", 8, "Q[quoted 'name'] W['it]"},
    {"''", 8, "Q[]"},
    {"'", 8, "W[']"},
    {"12 apples -3 +4 12x", 8, "N[12] W[apples] N[-3] W[+4] W[12x]"},
    {"ANE4952I ANR0482W ANX0001I ANS12E", 8, "C[ANE4952I] C[ANR0482W] W[ANX0001I] W[ANS12E]"},
    {"one two three", 2, "W[one] >[two three]"},
    {"one two", 2, "W[one] W[two]"},
    {"one two  ", 2, "W[one] W[two]"},
    {"one two", 1, ">[one two]"},
    {"one", 1, "W[one]"},
    {"04/25/2031 06:05:04 x", 1, ">[04/25/2031 06:05:04 x]"},
    {"4 096  B", 4, "S[4 096  B]"},
};

static void lines_become_tokens(void **state)
{
    (void)state;
    struct text out = {0};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        show(&out, rows[i].line, strlen(rows[i].line), rows[i].capacity);
        if (strcmp(out.bytes, rows[i].tokens) != 0)
            fail_msg("'%s'\n  gives   %s\n  and not %s", rows[i].line, out.bytes, rows[i].tokens);
    }
    text_free(&out);
}

static void values_are_exact(void **state)
{
    (void)state;
    tsmp_token tokens[8];
    static const char line[] = "04/25/2031 06:05:04 1,023.94 MB 11.765 00:01:01 -3%";
    assert_int_equal(tsmp_tokenize(line, sizeof line - 1, tokens, 8), 5);
    assert_int_equal(tokens[0].number, INT64_C(1934863504) * 1000000);
    assert_int_equal(tokens[1].number, INT64_C(102394) * 1024 * 1024);
    assert_int_equal(tokens[1].power, -2);
    assert_int_equal(tokens[2].number, 11765);
    assert_int_equal(tokens[3].number, 61);
    assert_int_equal(tokens[4].number, -3);
    static const char unsure[] = "03/04/2031 06:05:04 1.544 sec";
    assert_true(tsmp_tokenize(unsure, sizeof unsure - 1, tokens, 8) >= 2);
    assert_int_equal(tokens[0].flags, TSMP_FLAG_DATE_AMBIGUOUS);
    assert_int_equal(tokens[1].flags, TSMP_FLAG_NUMBER_AMBIGUOUS);
}

static void misuse(void **state)
{
    (void)state;
    tsmp_token token;
    assert_int_equal(tsmp_tokenize(NULL, 3, &token, 1), 0);
    assert_int_equal(tsmp_tokenize("abc", 3, NULL, 1), 0);
    assert_int_equal(tsmp_tokenize("abc", 3, &token, 0), 0);
    assert_int_equal(tsmp_tokenize("abc", UINT64_C(1) << 32, &token, 1), 0);
}

/* A small array holds the same tokens as a large one, and a REST only when something is left. */
static void rest_only_for_what_is_left(void **state)
{
    (void)state;
    tsmp_token token;
    static const char stamp[] = "17.09.2025  22:04:11 ";
    assert_int_equal(tsmp_tokenize(stamp, sizeof stamp - 1, &token, 1), 1);
    assert_int_equal(token.type, TSMP_TOKEN_STAMP);
    assert_int_equal(token.length, 20);
    static const char more[] = "17.09.2025 22:04:11 .";
    assert_int_equal(tsmp_tokenize(more, sizeof more - 1, &token, 1), 1);
    assert_int_equal(token.type, TSMP_TOKEN_REST);
    assert_int_equal(token.length, sizeof more - 1);
}

/* Any bytes, any room: the tokens stay inside, in order, and leave nothing but blanks and quotes. */
static void any_bytes(void **state)
{
    (void)state;
    static const char bytes[] = " \t'\"0123456789:./-,%BKMGTsec\\ANSE\xC2\xA0\xE2\x80\xAF\0x[]";
    struct text out = {0};
    uint32_t seed = 12345;
    for (int round = 0; round < 20000; round++) {
        char line[48];
        size_t length = (seed >> 8) % sizeof line;
        for (size_t i = 0; i < length; i++) {
            seed = seed * 1664525 + 1013904223;
            line[i] = bytes[(seed >> 16) % (sizeof bytes - 1)];
        }
        seed = seed * 1664525 + 1013904223;
        show(&out, line, length, 1 + (seed >> 20) % 32);
    }
    text_free(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lines_become_tokens), cmocka_unit_test(values_are_exact),
        cmocka_unit_test(misuse), cmocka_unit_test(rest_only_for_what_is_left),
        cmocka_unit_test(any_bytes)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
