/* SPDX-License-Identifier: BSD-2-Clause
 * Printed numbers against a slow and plain oracle: every NUMBERFORMAT with every mark that groups,
 * and every short text over the bytes that numbers are made of. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "number.h"

#include <tsmparse/tsmparse.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- every NUMBERFORMAT ---------------------------------------------------------------------- */

static const struct style {
    const char *name, *group;
    char decimal;
    uint32_t means;
} styles[] = {
    {"1", ",", '.', TSMP_DECIMAL_POINT},
    {"2", ",", ',', TSMP_DECIMAL_COMMA_BOTH},
    {"3", " ", ',', TSMP_DECIMAL_COMMA},
    {"3, U+00A0", "\xC2\xA0", ',', TSMP_DECIMAL_COMMA},
    {"3, U+202F", "\xE2\x80\xAF", ',', TSMP_DECIMAL_COMMA},
    {"3, ISO 8859", "\xA0", ',', TSMP_DECIMAL_COMMA},
    {"3, CP850", "\xFF", ',', TSMP_DECIMAL_COMMA},
    {"4", " ", '.', TSMP_DECIMAL_POINT},
    {"4, U+00A0", "\xC2\xA0", '.', TSMP_DECIMAL_POINT},
    {"5", ".", ',', TSMP_DECIMAL_COMMA},
    {"6", "'", ',', TSMP_DECIMAL_COMMA},
    {"6, with a point", "'", '.', TSMP_DECIMAL_POINT},
    {"6, U+2019", "\xE2\x80\x99", '.', TSMP_DECIMAL_POINT},
    {"none", "", '.', TSMP_DECIMAL_POINT},
    {"none, comma", "", ',', TSMP_DECIMAL_COMMA},
};

/* Digits from the right, a mark behind every third. */
static void print_grouped(char *to, uint64_t value, const char *group)
{
    char digits[32];
    size_t n = (size_t)snprintf(digits, sizeof digits, "%llu", (unsigned long long)value);
    *to = '\0';
    for (size_t i = 0; i < n; i++) {
        if (i > 0 && (n - i) % 3 == 0)
            strcat(to, group);
        memcpy(to + strlen(to), (char[]){digits[i], '\0'}, 2);
    }
}

static const uint64_t values[] = {0, 5, 12, 123, 999, 1000, 1001, 9999, 10000, 123456, 1000000,
                                  27843114, 43868543141u, 999999999999u, INT64_MAX};

static void whole_numbers(void **state)
{
    (void)state;
    for (size_t s = 0; s < sizeof styles / sizeof *styles; s++) {
        for (size_t v = 0; v < sizeof values / sizeof *values; v++) {
            for (uint32_t decimal = 0; decimal <= TSMP_DECIMAL_COMMA_BOTH; decimal++) {
                char text[96];
                print_grouped(text, values[v], styles[s].group);
                size_t length = strlen(text);
                strcat(text, " /srv");
                struct number number = number_read(text, strlen(text), true, decimal);
                if (number.length != length || number.value != (int64_t)values[v] ||
                    number.power != 0 || number.flags != 0)
                    fail_msg("NUMBERFORMAT %s: %s: read %lld, %zu bytes, flags %x", styles[s].name,
                             text, (long long)number.value, number.length, number.flags);
            }
        }
    }
}

/* With two decimals, as the client prints them, nothing is left to decide. */
static void with_decimals(void **state)
{
    (void)state;
    for (size_t s = 0; s < sizeof styles / sizeof *styles; s++) {
        for (size_t v = 0; v < sizeof values / sizeof *values - 1; v++) {
            for (uint32_t decimal = 0; decimal <= TSMP_DECIMAL_COMMA_BOTH; decimal++) {
                char text[96], number_text[8];
                print_grouped(text, values[v], styles[s].group);
                bool grouped = values[v] >= 1000 && styles[s].group[0] != '\0';
                snprintf(number_text, sizeof number_text, "%c%02d", styles[s].decimal, (int)(v % 100));
                strcat(text, number_text);
                size_t length = strlen(text);
                struct number number = number_read(text, length, false, decimal);
                if (number.length != length || number.power != -2 || number.flags != 0 ||
                    number.value != (int64_t)(values[v] * 100 + v % 100))
                    fail_msg("NUMBERFORMAT %s: %s: read %lld, power %d, %zu bytes, flags %x",
                             styles[s].name, text, (long long)number.value, number.power,
                             number.length, number.flags);
                uint32_t shown = number_decimal_evidence(text, length);
                uint32_t expected = styles[s].means == TSMP_DECIMAL_COMMA_BOTH && !grouped
                                        ? TSMP_DECIMAL_COMMA : styles[s].means;
                if (shown != expected)
                    fail_msg("NUMBERFORMAT %s: %s shows %u", styles[s].name, text, shown);
            }
        }
    }
}

/* "11.765" and "11,765": flagged until the stream has decided, and read as it has. */
static void one_group_alone(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        uint32_t decimal;
        int64_t value;
        int power;
        uint32_t flags;
    } rows[] = {
        {"11.765", 0, 11765, 0, TSMP_FLAG_NUMBER_AMBIGUOUS},
        {"11,765", 0, 11765, 0, TSMP_FLAG_NUMBER_AMBIGUOUS},
        {"11.765", TSMP_DECIMAL_POINT, 11765, -3, 0},
        {"11,765", TSMP_DECIMAL_POINT, 11765, 0, 0},
        {"11.765", TSMP_DECIMAL_COMMA, 11765, 0, 0},
        {"11,765", TSMP_DECIMAL_COMMA, 11765, -3, 0},
        {"11,765", TSMP_DECIMAL_COMMA_BOTH, 11765, 0, 0},
        {"11 765", 0, 11765, 0, 0},
        {"1234,567", 0, 1234567, -3, 0}, /* no group has four digits */
        {"0,567", 0, 567, -3, 0},        /* and none begins with 0 */
        {"-11.765", TSMP_DECIMAL_COMMA, -11765, 0, 0},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct number number = number_read(rows[i].text, strlen(rows[i].text), false, rows[i].decimal);
        if (number.length != strlen(rows[i].text) || number.value != rows[i].value ||
            number.power != rows[i].power || number.flags != rows[i].flags)
            fail_msg("row %zu, %s: read %lld, power %d, %zu bytes, flags %x", i, rows[i].text,
                     (long long)number.value, number.power, number.length, number.flags);
    }
}

static void learning(void **state)
{
    (void)state;
    static const struct {
        uint32_t known;
        const char *text;
        uint32_t learned;
    } rows[] = {
        {0, "123", 0}, {0, "1,234", 0}, {0, "1.234", 0}, {0, "1 234", 0},
        {0, "1,234,567", TSMP_DECIMAL_POINT}, {0, "1.234.567", TSMP_DECIMAL_COMMA},
        {0, "0,55", TSMP_DECIMAL_COMMA}, {0, "0.55", TSMP_DECIMAL_POINT},
        {0, "1,234,56", TSMP_DECIMAL_COMMA_BOTH},
        {TSMP_DECIMAL_COMMA, "1,234,56", TSMP_DECIMAL_COMMA_BOTH},
        {TSMP_DECIMAL_COMMA_BOTH, "0,55", TSMP_DECIMAL_COMMA_BOTH},
        {TSMP_DECIMAL_COMMA_BOTH, "0.55", TSMP_DECIMAL_POINT},
        {TSMP_DECIMAL_POINT, "1.234", TSMP_DECIMAL_POINT},
        {TSMP_DECIMAL_POINT, "1.234,56", TSMP_DECIMAL_COMMA},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if (number_decimal_learn(rows[i].known, rows[i].text, strlen(rows[i].text)) != rows[i].learned)
            fail_msg("row %zu: %s", i, rows[i].text);
}

static void groupings(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        bool whole;
        uint32_t mark;
    } rows[] = {
        {"123", true, 0}, {"1,204", true, ','}, {"1,204", false, 0}, {"1.204", true, '.'},
        {"1,204.50", false, ','}, {"-1.204,50", false, '.'}, {"1 204", false, ' '}, {"1'204", false, '\''},
        {"1\xC2\xA0" "204", false, 0xA0}, {"1\xA0" "204", false, 0xA0}, {"1\xE2\x80\xAF" "204", false, 0x202F},
        {"1\xE2\x80\x99" "204", false, 0x2019}, {"0.55", false, 0}, {"", true, 0},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if (number_grouping(rows[i].text, strlen(rows[i].text), rows[i].whole) != rows[i].mark)
            fail_msg("row %zu: %s", i, rows[i].text);
}

static void overflow(void **state)
{
    (void)state;
    static const char *const texts[] = {"9223372036854775808", "9,223,372,036,854,775,808",
                                        "99999999999999999999999999999999", "8589934592.00 TB",
                                        "0.1234567890123456789"};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        struct quantity quantity = quantity_read(texts[i], strlen(texts[i]), TSMP_DECIMAL_POINT);
        bool fraction = strcmp(texts[i], "0.1234567890123456789") == 0;
        struct number number = fraction
            ? number_read(texts[i], strlen(texts[i]), false, TSMP_DECIMAL_POINT) : quantity.number;
        if ((number.flags & TSMP_FLAG_OVERFLOW) == 0 || number.value != 0)
            fail_msg("%s: read %lld", texts[i], (long long)number.value);
    }
}

/* ---- every short text ------------------------------------------------------------------------ */

/* Is text[0, length) one number? Written as the grammar is said, tried by every way to cut it. */
struct reading {
    bool valid, fraction;
    size_t whole; /* bytes before the fraction */
};

static bool all_digits(const char *text, size_t length)
{
    for (size_t i = 0; i < length; i++)
        if (text[i] < '0' || text[i] > '9')
            return false;
    return length > 0;
}

static bool is_whole(const char *text, size_t length, char *mark)
{
    *mark = '\0';
    if (all_digits(text, length))
        return true;
    for (size_t first = 1; first <= 3 && first + 4 <= length; first++) {
        if (!all_digits(text, first) || text[0] == '0' || (length - first) % 4 != 0)
            continue;
        char c = text[first];
        if (c != ',' && c != '.' && c != ' ' && c != '\'')
            continue;
        bool good = true;
        for (size_t at = first; at < length; at += 4)
            good &= text[at] == c && all_digits(text + at + 1, 3);
        if (good) {
            *mark = c;
            return true;
        }
    }
    return false;
}

static struct reading is_number(const char *text, size_t length, bool integer)
{
    struct reading reading = {0};
    char mark;
    if (is_whole(text, length, &mark))
        return (struct reading){true, false, length};
    for (size_t at = 1; !integer && at + 1 < length; at++) {
        char c = text[at];
        if ((c == '.' || c == ',') && is_whole(text, at, &mark) &&
            all_digits(text + at + 1, length - at - 1) && (c != mark || c == ','))
            reading = (struct reading){true, true, at};
    }
    return reading;
}

static int64_t digits_of(const char *text, size_t length)
{
    int64_t value = 0;
    for (size_t i = 0; i < length; i++)
        if (text[i] >= '0' && text[i] <= '9')
            value = value * 10 + (text[i] - '0');
    return value;
}

static void check_text(const char *text, size_t length, bool integer)
{
    struct number number = number_read(text, length, integer, 0);
    size_t longest = length;
    struct reading reading = {0};
    /* it never ends between two digits */
    while (longest > 0 && ((longest < length && text[longest] >= '0' && text[longest] <= '9') ||
                           !(reading = is_number(text, longest, integer)).valid))
        longest--;
    char mark;
    bool lone = longest > 4 && !integer && !reading.fraction && is_whole(text, longest, &mark) &&
                (mark == ',' || mark == '.') && longest <= 7;
    int power = reading.fraction ? -(int)(longest - reading.whole - 1) : 0;
    if (number.length != longest ||
        (longest > 0 && (number.value != digits_of(text, longest) || number.power != power ||
                         number.flags != (lone ? TSMP_FLAG_NUMBER_AMBIGUOUS : 0u))))
        fail_msg("'%.*s' (%s): %zu bytes, %lld, power %d, flags %x; should be %zu bytes, power %d%s",
                 (int)length, text, integer ? "whole" : "any", number.length,
                 (long long)number.value, number.power, number.flags, longest, power,
                 lone ? ", ambiguous" : "");
}

static void every_short_text(void **state)
{
    (void)state;
    static const char alphabet[] = {'0', '1', ',', '.', ' ', 'x'};
    enum { LONGEST = 8, LETTERS = sizeof alphabet };
    char *text = malloc(LONGEST); /* of its exact size: reads past it show under a sanitizer */
    assert_non_null(text);
    for (size_t length = 0; length <= LONGEST; length++) {
        size_t count = 1;
        for (size_t i = 0; i < length; i++)
            count *= LETTERS;
        for (size_t n = 0; n < count; n++) {
            char *at = text + LONGEST - length;
            for (size_t i = 0, left = n; i < length; i++, left /= LETTERS)
                at[i] = alphabet[left % LETTERS];
            check_text(at, length, false);
            check_text(at, length, true);
        }
    }
    free(text);
}

static void durations(void **state)
{
    (void)state;
    for (int hours = 0; hours < 1200; hours += 7) {
        for (int minute = 0; minute < 62; minute++) {
            for (size_t m = 0; m < 3; m++) {
                char text[64], mark = ":.,"[m];
                snprintf(text, sizeof text, "%02d%c%02d%c%02d", hours, mark, minute, mark, minute / 2);
                int64_t expected = minute > 59 ? -1 : (hours * 60 + minute) * 60 + minute / 2;
                assert_int_equal(duration_read(text, strlen(text)), expected);
            }
        }
    }
    assert_int_equal(duration_read("00:00:60", 8), -1);
    assert_int_equal(duration_read("00:00.00", 8), -1);
    assert_int_equal(duration_read("0:00:00", 7), -1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(whole_numbers), cmocka_unit_test(with_decimals),
        cmocka_unit_test(one_group_alone), cmocka_unit_test(learning), cmocka_unit_test(overflow), cmocka_unit_test(groupings),
        cmocka_unit_test(every_short_text), cmocka_unit_test(durations)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
