/* SPDX-License-Identifier: BSD-2-Clause
 * Every DATEFORMAT with every TIMEFORMAT on every day that can be printed, also those of no
 * calendar, against an oracle that counts days one by one. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "clock.h"

#include <tsmparse/tsmparse.h>

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MDY = TSMP_ORDER_MDY, DMY = TSMP_ORDER_DMY, YMD = TSMP_ORDER_YMD };

/* `can`: the orders that this form may stand for. Points are day first where the year is last. */
static const struct date_form {
    const char *name;
    uint32_t order, can;
    char mark;
    int year_digits;
} dates[] = {
    {"1, MM/DD/YYYY", MDY, MDY | DMY, '/', 4}, {"2, DD-MM-YYYY", DMY, MDY | DMY, '-', 4},
    {"3, YYYY-MM-DD", YMD, YMD, '-', 4},       {"4, DD.MM.YYYY", DMY, DMY, '.', 4},
    {"5, YYYY.MM.DD", YMD, YMD, '.', 4},       {"6, YYYY/MM/DD", YMD, YMD, '/', 4},
    {"7, DD/MM/YYYY", DMY, MDY | DMY, '/', 4}, {"MM/DD/YY", MDY, MDY | DMY | YMD, '/', 2},
    {"DD/MM/YY", DMY, MDY | DMY | YMD, '/', 2}, {"DD-MM-YY", DMY, MDY | DMY | YMD, '-', 2},
    {"DD.MM.YY", DMY, DMY, '.', 2},            {"YY/MM/DD", YMD, MDY | DMY | YMD, '/', 2},
};

static const struct time_form {
    const char *name;
    char mark;
    enum { HOURS_24, HALF_BEHIND, HALF_APART, HALF_BEFORE, WORD_BEHIND } half;
} times[] = {
    {"1, 23:00:00", ':', HOURS_24},       {"2, 23,00,00", ',', HOURS_24},
    {"3, 23.00.00", '.', HOURS_24},       {"4, 11:00:00P", ':', HALF_BEHIND},
    {"4, 11:00:00 P", ':', HALF_APART},   {"5, P 11:00:00", ':', HALF_BEFORE},
    {"11:00:00 PM", ':', WORD_BEHIND},    {"4 with points", '.', HALF_BEHIND},
};

/* ---- the oracle ------------------------------------------------------------------------------ */

enum { FIRST_YEAR = 1970, LAST_YEAR = 2070 };
static int64_t numbers[LAST_YEAR - FIRST_YEAR][13][32]; /* days since 1970, -1 = no such day */

static void count_days(void)
{
    memset(numbers, 0xFF, sizeof numbers);
    int64_t number = 0;
    for (int year = FIRST_YEAR; year < LAST_YEAR; year++) {
        for (int month = 1; month <= 12; month++) {
            int last = month == 2 ? 28 : month == 4 || month == 6 || month == 9 || month == 11 ? 30 : 31;
            if (month == 2 && year % 4 == 0) /* 2000 was one, 2100 is not reached */
                last = 29;
            for (int day = 1; day <= last; day++)
                numbers[year - FIRST_YEAR][month][day] = number++;
        }
    }
}

static int64_t number_of(int year, int month, int day)
{
    if (year < 100)
        year += year < 70 ? 2000 : 1900;
    if (year < FIRST_YEAR || year >= LAST_YEAR || month < 1 || month > 12 || day < 1 || day > 31)
        return -1;
    return numbers[year - FIRST_YEAR][month][day];
}

/* The three parts as they are printed, under `order`. */
static int64_t day_under(const int part[3], uint32_t order)
{
    return order == MDY   ? number_of(part[2], part[0], part[1])
           : order == DMY ? number_of(part[2], part[1], part[0])
                          : number_of(part[0], part[1], part[2]);
}

/* ---- printing -------------------------------------------------------------------------------- */

static size_t print_date(char *to, const struct date_form *form, int year, int month, int day,
                         int part[3])
{
    int short_year = form->year_digits == 2 ? year % 100 : year;
    part[0] = form->order == MDY ? month : form->order == DMY ? day : short_year;
    part[1] = form->order == DMY ? month : form->order == MDY ? day : month;
    part[2] = form->order == YMD ? day : short_year;
    int first = form->order == YMD ? form->year_digits : 2;
    int last = form->order == YMD ? 2 : form->year_digits;
    return (size_t)sprintf(to, "%0*d%c%02d%c%0*d", first, part[0], form->mark, part[1], form->mark,
                           last, part[2]);
}

static size_t print_time(char *to, const struct time_form *form, int hour, int minute, int second)
{
    if (form->half == HOURS_24)
        return (size_t)sprintf(to, "%02d%c%02d%c%02d", hour, form->mark, minute, form->mark, second);
    char half = hour < 12 ? 'A' : 'P';
    int shown = hour % 12 == 0 ? 12 : hour % 12;
    const char *before = form->half == HALF_BEFORE ? (half == 'A' ? "A " : "P ") : "";
    const char *behind = form->half == HALF_BEFORE ? "" : form->half == HALF_BEHIND ? (half == 'A' ? "A" : "P")
                       : form->half == HALF_APART ? (half == 'A' ? " A" : " P") : half == 'A' ? " AM" : " PM";
    return (size_t)sprintf(to, "%s%02d%c%02d%c%02d%s", before, shown, form->mark, minute, form->mark,
                           second, behind);
}

/* ---- the cross product ------------------------------------------------------------------------ */

static void check(const char *text, size_t length, const struct date_form *form, const int part[3],
                  int64_t seconds, uint32_t known)
{
    int64_t day = -1;
    uint32_t orders = 0;
    bool ambiguous = false;
    for (uint32_t order = MDY; order <= YMD; order <<= 1)
        if ((form->can & order) != 0 && day_under(part, order) >= 0)
            orders |= order;
    uint32_t left = known != 0 && (orders & known) != 0 ? orders & known : orders;
    for (uint32_t order = MDY; order <= YMD; order <<= 1) {
        if ((left & order) == 0)
            continue;
        ambiguous |= day >= 0 && day_under(part, order) != day;
        day = day_under(part, order);
    }
    uint32_t flags = orders == 0 ? TSMP_FLAG_TIME_IMPOSSIBLE : ambiguous ? TSMP_FLAG_DATE_AMBIGUOUS : 0;
    int64_t expected = flags != 0 ? 0 : (day * 86400 + seconds) * 1000000;
    struct stamp stamp = stamp_read(text, strlen(text), known);
    if (stamp.length != length || stamp.flags != flags || stamp.time != expected ||
        stamp.orders != orders)
        fail_msg("'%s', known %u: length %u, flags %x, orders %u, time %lld; should be %zu, %x, %u, %lld",
                 text, known, stamp.length, stamp.flags, stamp.orders, (long long)stamp.time, length,
                 flags, orders, (long long)expected);
}

static void every_form(void **state)
{
    (void)state;
    static const int years[] = {1999, 2000, 2024, 2031};
    static const int hours[] = {0, 1, 11, 12, 13, 23};
    count_days();
    for (size_t d = 0; d < sizeof dates / sizeof *dates; d++) {
        for (size_t y = 0; y < sizeof years / sizeof *years; y++) {
            for (int month = 0; month <= 13; month++) {
                for (int day = 0; day <= 32; day++) {
                    size_t t = (size_t)(month + day) % (sizeof times / sizeof *times);
                    int hour = hours[(size_t)(day + (int)y) % (sizeof hours / sizeof *hours)];
                    int minute = day % 60, second = (day * 7 + month) % 60, part[3];
                    char text[64];
                    size_t length = print_date(text, &dates[d], years[y], month, day, part);
                    while (length < 11) /* a short date is filled */
                        text[length++] = ' ';
                    length += print_time(text + length, &times[t], hour, minute, second);
                    strcpy(text + length, " text");
                    for (uint32_t known = 0; known < 8; known++)
                        check(text, length, &dates[d], part, (hour * 60 + minute) * 60 + second, known);
                }
            }
        }
    }
}

/* Every second of a day in every TIMEFORMAT, and the times that no clock shows. */
static void every_time(void **state)
{
    (void)state;
    char text[64];
    for (size_t t = 0; t < sizeof times / sizeof *times; t++) {
        for (int second = 0; second < 86400; second += 7) {
            size_t length = (size_t)sprintf(text, "2031-04-25 ");
            length += print_time(text + length, &times[t], second / 3600, second / 60 % 60, second % 60);
            struct stamp stamp = stamp_read(text, length, 0);
            if (stamp.length != length || stamp.flags != 0 ||
                stamp.time != (number_of(2031, 4, 25) * 86400 + second) * 1000000)
                fail_msg("'%s' is %lld", text, (long long)stamp.time);
        }
    }
    static const char *const impossible[] = {"24:00:00", "24.00.00", "99:00:00", "23:60:00", "23:59:60",
                                             "13:00:00A", "A 13:00:00", "P 00:00:00"};
    for (size_t i = 0; i < sizeof impossible / sizeof *impossible; i++) {
        size_t length = (size_t)sprintf(text, "2031-04-25 %s", impossible[i]);
        struct stamp stamp = stamp_read(text, length, 0);
        if (stamp.length != length || stamp.flags != TSMP_FLAG_TIME_IMPOSSIBLE || stamp.time != 0)
            fail_msg("'%s': length %u, flags %x", text, stamp.length, stamp.flags);
    }
}

/* In a line the time may stand first, with a word between in any language. */
static void time_first(void **state)
{
    (void)state;
    static const char *const words[] = {" on ", " am ", " le ", "  ", " "};
    for (size_t d = 0; d < sizeof dates / sizeof *dates; d++) {
        for (size_t t = 0; t < sizeof times / sizeof *times; t++) {
            for (size_t w = 0; w < sizeof words / sizeof *words; w++) {
                char text[64];
                int part[3];
                size_t length = print_time(text, &times[t], 21, 4, 11);
                if (strcmp(words[w], " am ") == 0 && times[t].half != HOURS_24)
                    continue; /* is it the half of the day? */
                length += (size_t)sprintf(text + length, "%s", words[w]);
                length += print_date(text + length, &dates[d], 2031, 4, 25, part);
                struct stamp stamp = stamp_read_inner(text, length, dates[d].order);
                if (stamp.length != length || stamp.flags != 0 ||
                    stamp.time != (number_of(2031, 4, 25) * 86400 + 75851) * INT64_C(1000000))
                    fail_msg("'%s': length %u, flags %x, %lld", text, stamp.length, stamp.flags,
                             (long long)stamp.time);
            }
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(every_form), cmocka_unit_test(every_time),
                                       cmocka_unit_test(time_first)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
