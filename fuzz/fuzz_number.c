/* SPDX-License-Identifier: BSD-2-Clause
 * Numbers and clocks against slow and obvious ones. Half of it prints what it then reads, so that
 * the truth is known; the other half reads any bytes and reckons with strings of digits.
 *
 * Head: 0 what is printed, 1 how, 2 grouping, 3 digits behind the decimal mark, 4 unit; then 12
 * bytes of value. All of the input is also read as it is. */
#include "fuzz.h"

#include "clock.h"
#include "number.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static uint64_t take(const uint8_t *data, size_t size, size_t at, size_t count)
{
    uint64_t value = 0;
    for (size_t i = at; i < at + count && i < size; i++)
        value = value << 8 | data[i];
    return value;
}

/* ---- numbers that were printed ---------------------------------------------------------------- */

static const char *const groupings[] = {"", ",", ".", "'", " ", "\xC2\xA0", "\xE2\x80\xAF", "\xA0"};

/* `value` in digits, grouped by threes from the right. */
static size_t print_grouped(char *to, uint64_t value, const char *group)
{
    char digits[24];
    int count = snprintf(digits, sizeof digits, "%" PRIu64, value);
    size_t length = 0;
    for (int i = 0; i < count; i++) {
        if (i > 0 && (count - i) % 3 == 0)
            length += (size_t)sprintf(to + length, "%s", group);
        to[length++] = digits[i];
    }
    to[length] = '\0';
    return length;
}

static void printed_count(const uint8_t *data, size_t size)
{
    const char *group = groupings[head_byte(data, 2) % 8];
    uint64_t value = take(data, size, HEAD, 8) >> 1 >> head_byte(data, 3) % 63;
    char text[96];
    size_t length = print_grouped(text, value, group);
    struct number number = number_read(text, length, true, 0);
    CHECK(number.length == length && number.flags == 0);
    CHECK(number.value == (int64_t)value && number.power == 0);
    /* The same marks with decimals: the other mark, of , and . */
    uint32_t places = 1 + head_byte(data, 1) % 4, decimals = head_byte(data, 4) % 10;
    char mark = *group == ',' ? '.' : *group == '.' ? ',' : (head_byte(data, 0) & 2) != 0 ? ',' : '.';
    uint32_t means = mark == '.' ? TSMP_DECIMAL_POINT : TSMP_DECIMAL_COMMA;
    text[length] = mark;
    uint64_t whole = value;
    for (uint32_t i = 0; i < places; i++) {
        text[length + 1 + i] = (char)('0' + decimals);
        if (whole > ((uint64_t)INT64_MAX - decimals) / 10)
            return; /* more than fits */
        whole = whole * 10 + decimals;
    }
    length += 1 + places;
    number = number_read(text, length, false, means);
    CHECK(number.length == length && number.flags == 0);
    CHECK(number.value == (int64_t)whole && number.power == -(int)places);
    bool plain = strlen(group) == 0 || value < 1000;
    if (places != 3 || (!plain && (*group == ',' || *group == '.')))
        CHECK(number_decimal_evidence(text, length) == means);
    if (places == 3 && value >= 1 && value < 1000) /* 11.765: only the other numbers can tell */
        CHECK((number_read(text, length, false, 0).flags & TSMP_FLAG_NUMBER_AMBIGUOUS) != 0);
}

/* ---- numbers as they come --------------------------------------------------------------------- */

/* The digits of the span, without marks and leading zeros, are those of the value. */
static void any_number(const char *text, size_t length, bool integer, uint32_t decimal)
{
    struct number number = number_read(text, length, integer, decimal);
    CHECK(number.length <= length);
    if (number.length == 0) {
        CHECK(number.value == 0 && number.flags == 0);
        return;
    }
    CHECK(number.power <= 0 && (!integer || number.power == 0));
    struct number again = number_read(text, number.length, integer, decimal);
    CHECK(memcmp(&again.value, &number.value, sizeof number.value) == 0 &&
          again.length == number.length && again.power == number.power);
    if ((number.flags & TSMP_FLAG_OVERFLOW) != 0) {
        CHECK(number.value == 0);
        return;
    }
    char digits[32] = "", value[32];
    size_t count = 0, tail = 0;
    for (size_t i = 0; i < number.length; i++) {
        bool digit = text[i] >= '0' && text[i] <= '9';
        tail = digit ? tail + 1 : 0;
        if (digit && (count > 0 || text[i] != '0')) {
            CHECK(count < sizeof digits - 1);
            digits[count++] = text[i];
        }
    }
    digits[count] = '\0';
    CHECK(number.power == 0 || (size_t)-number.power == tail);
    snprintf(value, sizeof value, "%" PRIu64,
             number.value < 0 ? (uint64_t)0 - (uint64_t)number.value : (uint64_t)number.value);
    CHECK(strcmp(value, count > 0 ? digits : "0") == 0);
    CHECK(number.value >= 0 || text[0] == '-');
}

static void any_quantity(const char *text, size_t length, uint32_t decimal)
{
    struct quantity quantity = quantity_read(text, length, decimal);
    CHECK(quantity.length <= length);
    if (quantity.length > 0)
        CHECK(quantity.number.length <= quantity.length && tsmp_name("word", quantity.unit) != NULL);
    int64_t seconds = duration_read(text, length);
    if (seconds >= 0) { /* the same from its parts */
        long long hours = 0;
        int minutes = 0, rest = 0;
        char copy[32], again[48];
        CHECK(length < sizeof copy);
        memcpy(copy, text, length);
        copy[length] = '\0';
        CHECK(sscanf(copy, "%lld%*c%2d%*c%2d", &hours, &minutes, &rest) == 3);
        CHECK(seconds == hours * 3600 + minutes * 60 + rest);
        snprintf(again, sizeof again, "%02lld", hours);
        CHECK(strlen(again) <= length);
    }
}

/* ---- clocks ------------------------------------------------------------------------------------ */

static bool leap(int year)
{
    return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

static const int months[12] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};

static int days_of(int year, int month)
{
    return months[month - 1] + (month == 2 && leap(year));
}

/* Day by day, so to say: every year and month is walked. */
static int64_t slow_clock(int year, int month, int day, int hour, int minute, int second)
{
    int64_t days = day - 1;
    for (int y = 1970; y < year; y++)
        days += leap(y) ? 366 : 365;
    for (int y = year; y < 1970; y++)
        days -= leap(y) ? 366 : 365;
    for (int m = 1; m < month; m++)
        days += days_of(year, m);
    return (((days * 24 + hour) * 60 + minute) * 60 + second) * 1000000;
}

static bool is_day(int year, int month, int day)
{
    return month >= 1 && month <= 12 && day >= 1 && day <= days_of(year, month);
}

static void printed_stamp(const uint8_t *data, size_t size)
{
    uint64_t bits = take(data, size, HEAD, 8);
    uint32_t how = head_byte(data, 1), marks = head_byte(data, 2) % 3, clock = head_byte(data, 3) % 5;
    bool two_digits = (head_byte(data, 4) & 1) != 0;
    int year = two_digits ? 1970 + (int)(bits % 100) : 1 + (int)(bits % 9999);
    int month = 1 + (int)((bits >> 16) % 12);
    int day = 1 + (int)((bits >> 24) % (uint64_t)days_of(year, month));
    int hour = (int)(bits >> 32 & 255) % 24, minute = (int)(bits >> 40 & 255) % 60,
        second = (int)(bits >> 48 & 255) % 60;
    char mark = "/-."[marks], date[32], time[32], text[80];
    uint32_t order = mark == '.' ? TSMP_ORDER_DMY : 1u << how % 3;
    int shown = two_digits ? year % 100 : year, width = two_digits ? 2 : 4;
    if (order == TSMP_ORDER_YMD)
        snprintf(date, sizeof date, "%0*d%c%02d%c%02d", width, shown, mark, month, mark, day);
    else
        snprintf(date, sizeof date, "%02d%c%02d%c%0*d", order == TSMP_ORDER_MDY ? month : day, mark,
                 order == TSMP_ORDER_MDY ? day : month, mark, width, shown);
    int half = hour % 12 == 0 ? 12 : hour % 12;
    char between = ":.,::"[clock];
    snprintf(time, sizeof time, "%02d%c%02d%c%02d%s%s", clock >= 3 ? half : hour, between, minute,
             between, second, clock == 3 ? " " : "", clock < 3 ? "" : hour < 12 ? "AM" : "PM");
    int length = snprintf(text, sizeof text, "%-10s %s", date, time);

    int64_t truth = slow_clock(year, month, day, hour, minute, second);
    CHECK(clock_from_parts(year, month, day, hour, minute, second) == truth);
    struct stamp stamp = stamp_read(text, (size_t)length, order);
    CHECK(stamp.length == length && stamp.flags == 0 && stamp.time == truth);
    CHECK((stamp.orders & order) != 0);
    struct stamp blind = stamp_read(text, (size_t)length, 0);
    CHECK(blind.length == length);
    CHECK(blind.flags == TSMP_FLAG_DATE_AMBIGUOUS || (blind.flags == 0 && blind.time == truth));
    if (blind.flags != 0) { /* then another order is a day too */
        int a = 0, b = 0, c = 0;
        CHECK(sscanf(date, "%d%*c%d%*c%d", &a, &b, &c) == 3);
        int last = two_digits ? (c < 70 ? 2000 + c : 1900 + c) : c;
        int first = two_digits ? (a < 70 ? 2000 + a : 1900 + a) : a;
        CHECK(is_day(last, a, b) + is_day(last, b, a) + (two_digits && is_day(first, b, c)) >= 2);
    }
    /* The window's form: time first. */
    if (clock < 3) {
        length = snprintf(text, sizeof text, "%s on %s", time, date);
        stamp = stamp_read_inner(text, (size_t)length, order);
        CHECK(stamp.length == length && stamp.flags == 0 && stamp.time == truth);
    }
}

static void any_stamp(const char *text, size_t length)
{
    for (uint32_t known = 0; known < 8; known++) {
        struct stamp stamp = stamp_read(text, length, known);
        struct stamp inner = stamp_read_inner(text, length, known);
        CHECK(stamp.length <= length && inner.length <= length);
        CHECK(stamp.form < STAMP_FORMS && stamp.orders < 8);
        CHECK(stamp.length == 0 || inner.length == stamp.length);
        CHECK(stamp.flags == 0 || stamp.time == 0);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < HEAD)
        return 0;
    if ((head_byte(data, 0) & 1) == 0)
        printed_count(data, size);
    else
        printed_stamp(data, size);
    size_t length = size - HEAD < 200 ? size - HEAD : 200;
    for (size_t cut = 0; cut <= length; cut += cut < 40 ? 1 : 17) { /* every length: reads past it show */
        char *text = malloc(cut > 0 ? cut : 1);
        CHECK(text != NULL);
        memcpy(text, data + HEAD, cut);
        for (uint32_t decimal = 0; decimal <= 2; decimal++) {
            any_number(text, cut, true, decimal);
            any_number(text, cut, false, decimal);
            any_quantity(text, cut, decimal);
        }
        any_stamp(text, cut);
        free(text);
    }
    return 0;
}
