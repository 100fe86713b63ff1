/* SPDX-License-Identifier: BSD-2-Clause
 * Numbers of every NUMBERFORMAT, quantities with units, durations, and what they prove about the
 * decimal mark. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "number.h"

#include <tsmparse/tsmparse.h>

#include <stdlib.h>
#include <string.h>

enum { POINT = TSMP_DECIMAL_POINT, COMMA = TSMP_DECIMAL_COMMA,
       BOTH = TSMP_DECIMAL_COMMA_BOTH };
enum { OVER = TSMP_FLAG_OVERFLOW, UNSURE = TSMP_FLAG_NUMBER_AMBIGUOUS };

/* A copy of the bytes alone, so that a sanitizer sees a step too far. */
static char *exactly(const char *text)
{
    size_t length = strlen(text);
    char *copy = malloc(length > 0 ? length : 1);
    assert_non_null(copy);
    memcpy(copy, text, length);
    return copy;
}

static const struct {
    const char *text;
    bool integer;
    uint32_t decimal;
    size_t length; /* 0 = no number */
    int64_t value;
    int power;
    uint32_t flags;
} numbers[] = {
    /* counts: every mark groups */
    {"0", true, 0, 1, 0, 0, 0},
    {"007", true, 0, 3, 7, 0, 0},
    {"1,234,567", true, 0, 9, 1234567, 0, 0},
    {"1.234.567", true, 0, 9, 1234567, 0, 0},
    {"1'234'567", true, 0, 9, 1234567, 0, 0},
    {"1 234 567", true, 0, 9, 1234567, 0, 0},
    {"1\xA0" "234", true, 0, 5, 1234, 0, 0},
    {"1\xC2\xA0" "234", true, 0, 6, 1234, 0, 0},
    {"1\xE2\x80\xAF" "234\xE2\x80\xAF" "567", true, 0, 13, 1234567, 0, 0},
    {"11.765", true, 0, 6, 11765, 0, 0},
    {"-3", true, 0, 2, -3, 0, 0},
    {"-1,204", true, 0, 6, -1204, 0, 0},
    /* where it ends */
    {"12 /path", true, 0, 2, 12, 0, 0},
    {"12 34", true, 0, 2, 12, 0, 0},
    {"12 3456", true, 0, 2, 12, 0, 0},
    {"1234 567", true, 0, 4, 1234, 0, 0},
    {"12,", true, 0, 2, 12, 0, 0},
    {"12.", true, 0, 2, 12, 0, 0},
    {"12x", true, 0, 2, 12, 0, 0},
    {"12'x", true, 0, 2, 12, 0, 0},
    /* with decimals */
    {"81,100.46", false, 0, 9, 8110046, -2, 0},
    {"81.100,46", false, 0, 9, 8110046, -2, 0},
    {"81 100,46", false, 0, 9, 8110046, -2, 0},
    {"81'100.46", false, 0, 9, 8110046, -2, 0},
    {"1,000,46", false, 0, 8, 100046, -2, 0},
    {"0.00", false, 0, 4, 0, -2, 0},
    {"13.27", false, 0, 5, 1327, -2, 0},
    {"13,27", false, 0, 5, 1327, -2, 0},
    {"-13.27", false, 0, 6, -1327, -2, 0},
    {"1,234,567", false, 0, 9, 1234567, 0, 0},
    {"12", false, 0, 2, 12, 0, 0},
    /* one mark and three digits: either */
    {"11.765", false, 0, 6, 11765, 0, UNSURE},
    {"11.765", false, POINT, 6, 11765, -3, 0},
    {"11.765", false, COMMA, 6, 11765, 0, 0},
    {"11,765", false, 0, 6, 11765, 0, UNSURE},
    {"11,765", false, COMMA, 6, 11765, -3, 0},
    {"11,765", false, POINT, 6, 11765, 0, 0},
    {"11,765", false, BOTH, 6, 11765, 0, 0},
    /* the edge of what is kept */
    {"9223372036854775807", true, 0, 19, INT64_MAX, 0, 0},
    {"9223372036854775808", true, 0, 19, 0, 0, OVER},
    {"-9223372036854775807", true, 0, 20, -INT64_MAX, 0, 0},
    {"99,999,999,999,999,999,999", true, 0, 26, 0, 0, OVER},
    {"0.1234567890123456789", false, 0, 21, 0, 0, OVER},
    {"2147483648", true, 0, 10, 2147483648, 0, 0},
    {"9007199254740993", true, 0, 16, 9007199254740993, 0, 0},
    /* none */
    {"", true, 0, 0, 0, 0, 0},
    {"-", true, 0, 0, 0, 0, 0},
    {"--1", true, 0, 0, 0, 0, 0},
    {"+1", true, 0, 0, 0, 0, 0},
    {",1", true, 0, 0, 0, 0, 0},
    {" 1", true, 0, 0, 0, 0, 0},
    {">0", true, 0, 0, 0, 0, 0},
    {"\xC2\xA0" "1", true, 0, 0, 0, 0, 0},
};

static void numbers_are_exact(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
        char *text = exactly(numbers[i].text);
        struct number n = number_read(text, strlen(numbers[i].text), numbers[i].integer,
                                      numbers[i].decimal);
        free(text);
        if (n.length != numbers[i].length || n.value != numbers[i].value ||
            (n.power != numbers[i].power && (n.flags & OVER) == 0) || n.flags != numbers[i].flags)
            fail_msg("row %zu, '%s': %zu bytes, %lld x 10^%d, flags %u", i, numbers[i].text,
                     n.length, (long long)n.value, n.power, n.flags);
    }
}

/* 400 digits: no step outside, no wrong value. */
static void very_long_numbers(void **state)
{
    (void)state;
    char *text = malloc(400);
    assert_non_null(text);
    memset(text, '9', 400);
    struct number n = number_read(text, 400, true, 0);
    assert_int_equal(n.length, 400);
    assert_int_equal(n.flags, OVER);
    assert_int_equal(n.value, 0);
    memset(text, '0', 400);
    n = number_read(text, 400, true, 0);
    assert_int_equal(n.length, 400);
    assert_int_equal(n.flags, 0);
    assert_int_equal(n.value, 0);
    free(text);
}

static const struct {
    const char *text;
    uint32_t evidence;
} proofs[] = {
    {"81,100.46", POINT}, {"81.100,46", COMMA}, {"13.27", POINT},       {"13,27", COMMA},
    {"1,234,567", POINT}, {"1.234.567", COMMA}, {"11.765", 0},          {"11,765", 0},
    {"12", 0},            {"1 234", 0},         {"1'234", 0},           {"1 234,50", COMMA},
    {"1'234.5", POINT},   {"", 0},              {"x", 0},               {"1,000,46", BOTH},
};

static void decimal_marks_are_proven(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof proofs / sizeof *proofs; i++)
        if (number_decimal_evidence(proofs[i].text, strlen(proofs[i].text)) != proofs[i].evidence)
            fail_msg("'%s' proves %u", proofs[i].text,
                     number_decimal_evidence(proofs[i].text, strlen(proofs[i].text)));
}

#define KB INT64_C(1024)
static const struct {
    const char *text;
    uint32_t decimal;
    size_t length;
    uint16_t unit;
    int64_t value;
    int power;
    uint32_t flags;
} quantities[] = {
    {"0  B", 0, 4, TSMP_WORD_BYTES, 0, 0, 0},
    {"4 096  B", 0, 8, TSMP_WORD_BYTES, 4096, 0, 0},
    {"12 B", 0, 4, TSMP_WORD_BYTES, 12, 0, 0},
    {"11.20 KB", 0, 8, TSMP_WORD_BYTES, 1120 * KB, -2, 0},
    {"1,023.94 MB", 0, 11, TSMP_WORD_BYTES, 102394 * KB * KB, -2, 0},
    {"1.01 GB", 0, 7, TSMP_WORD_BYTES, 101 * KB * KB * KB, -2, 0},
    {"4.51 TB", 0, 7, TSMP_WORD_BYTES, 451 * KB * KB * KB * KB, -2, 0},
    {"67,87 TB", 0, 8, TSMP_WORD_BYTES, 6787 * KB * KB * KB * KB, -2, 0},
    {"2.00 PB", 0, 7, TSMP_WORD_BYTES, 200 * KB * KB * KB * KB * KB, -2, 0},
    {"81,100.46 KB/sec", 0, 16, TSMP_WORD_BYTES_PER_SECOND, 8110046 * KB, -2, 0},
    {"3.10 MB/sec", 0, 11, TSMP_WORD_BYTES_PER_SECOND, 310 * KB * KB, -2, 0},
    {"1.544,64 sec", 0, 12, TSMP_WORD_SECONDS, 154464, -2, 0},
    {"1.544 sec", 0, 9, TSMP_WORD_SECONDS, 1544, 0, UNSURE},
    {"1.544 sec", POINT, 9, TSMP_WORD_SECONDS, 1544, -3, 0},
    {"37.47%", 0, 6, TSMP_WORD_PERCENT, 3747, -2, 0},
    {"0%", 0, 2, TSMP_WORD_PERCENT, 0, 0, 0},
    {"-3%", 0, 3, TSMP_WORD_PERCENT, -3, 0, 0},
    {"12", 0, 2, TSMP_WORD_COUNT, 12, 0, 0},
    {"12 apples", 0, 2, TSMP_WORD_COUNT, 12, 0, 0},
    {"12 KBytes", 0, 2, TSMP_WORD_COUNT, 12, 0, 0},
    {"1.544", 0, 5, TSMP_WORD_COUNT, 1544, 0, 0},
    {"99,999,999 TB", 0, 13, TSMP_WORD_BYTES, 0, 0, OVER},
    {"KB", 0, 0, TSMP_WORD_COUNT, 0, 0, 0},
    {"", 0, 0, TSMP_WORD_COUNT, 0, 0, 0},
};

static void quantities_are_scaled(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof quantities / sizeof *quantities; i++) {
        char *text = exactly(quantities[i].text);
        struct quantity q = quantity_read(text, strlen(quantities[i].text), quantities[i].decimal);
        free(text);
        if (q.length != quantities[i].length || q.unit != quantities[i].unit ||
            q.number.value != quantities[i].value || q.number.power != quantities[i].power ||
            q.number.flags != quantities[i].flags)
            fail_msg("'%s': %zu bytes, unit %u, %lld x 10^%d, flags %u", quantities[i].text,
                     q.length, q.unit, (long long)q.number.value, q.number.power, q.number.flags);
    }
}

static void durations(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        int64_t seconds;
    } rows[] = {{"00:00:00", 0},      {"00:00:41", 41},     {"24:56:18", 89778},
                {"123:00:01", 442801}, {"00.00.18", 18},     {"00,01,00", 60},
                {"00:60:00", -1},     {"00:00:60", -1},     {"0:00:01", -1},
                {"00:00", -1},        {"00:00.01", -1},     {"00:00:001", -1},
                {"", -1},             {"x0:00:00", -1},     {"-1:00:00", -1},
                {"9999999999:00:00", -1}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char *text = exactly(rows[i].text);
        int64_t seconds = duration_read(text, strlen(rows[i].text));
        free(text);
        if (seconds != rows[i].seconds)
            fail_msg("'%s' is %lld", rows[i].text, (long long)seconds);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(numbers_are_exact), cmocka_unit_test(very_long_numbers),
        cmocka_unit_test(decimal_marks_are_proven), cmocka_unit_test(quantities_are_scaled),
        cmocka_unit_test(durations)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
