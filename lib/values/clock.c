/* SPDX-License-Identifier: BSD-2-Clause */
#include "clock.h"

#include <stdbool.h>
#include <string.h>
#include <tsmparse/tsmparse.h>

struct date {
    int part[3];
    size_t length; /* 0 = none */
    uint8_t form;
    uint8_t candidates; /* orders the form can have at all */
};

struct time {
    int hour, minute, second;
    size_t length; /* 0 = none */
    bool impossible;
};

enum { YEAR_LAST, YEAR_FIRST, YEAR_SHORT };

static bool digit(char byte)
{
    return byte >= '0' && byte <= '9';
}

static bool blank(char byte)
{
    return byte == ' ' || byte == '\t' || byte == '\r' || byte == '\n';
}

static bool ends(const char *text, size_t length, size_t at)
{
    return at >= length || blank(text[at]);
}

static int two(const char *text)
{
    return (text[0] - '0') * 10 + (text[1] - '0');
}

int64_t clock_from_parts(int year, int month, int day, int hour, int minute, int second)
{
    /* Years that begin in March put the leap day at the end, so that months need no table. */
    int64_t y = month <= 2 ? (int64_t)year - 1 : year;
    int64_t era = (y >= 0 ? y : y - 399) / 400;
    int64_t of_era = y - era * 400;
    int64_t of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
    int64_t days = era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719468;
    return (((days * 24 + hour) * 60 + minute) * 60 + second) * INT64_C(1000000);
}

static bool in_calendar(int year, int month, int day)
{
    static const uint8_t days[12] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    if (year < 1 || month < 1 || month > 12 || day < 1) return false;
    bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    return day <= days[month - 1] + (month == 2 && leap ? 1 : 0);
}

static struct date date_read(const char *text, size_t length)
{
    struct date date = {{0, 0, 0}, 0, 0, 0};
    if (length < 8 || !digit(text[0]) || !digit(text[1])) return date;
    size_t first = 2;
    if (digit(text[2])) {
        if (!digit(text[3])) return date;
        first = 4;
    }
    char mark = text[first];
    uint8_t marks = mark == '/' ? 0 : mark == '-' ? 1 : mark == '.' ? 2 : 9;
    if (marks == 9 || length < first + 6) return date;
    const char *rest = text + first;
    if (!digit(rest[1]) || !digit(rest[2]) || rest[3] != mark || !digit(rest[4]) ||
        !digit(rest[5]))
        return date;
    size_t end = first + 6;
    uint8_t years = YEAR_SHORT;
    date.part[0] = two(text);
    date.part[1] = two(rest + 1);
    date.part[2] = two(rest + 4);
    if (first == 4) {
        years = YEAR_FIRST;
        date.part[0] = date.part[0] * 100 + two(text + 2);
        date.candidates = TSMP_ORDER_YMD;
    } else {
        if (length >= 10 && digit(rest[6]) && digit(rest[7])) {
            years = YEAR_LAST;
            date.part[2] = date.part[2] * 100 + two(rest + 6);
            end += 2;
        }
        /* Points with the year last are always day first; short years never stand in front of
         * points. */
        date.candidates = mark == '.' ? TSMP_ORDER_DMY : TSMP_ORDER_MDY | TSMP_ORDER_DMY;
        if (years == YEAR_SHORT && mark != '.') date.candidates |= TSMP_ORDER_YMD;
    }
    if (end < length && digit(text[end])) return date;
    date.form = (uint8_t)(marks * 3 + years);
    date.length = end;
    return date;
}

/* The date under one order: false when the calendar has no such day. */
static bool date_under(const struct date *date, uint32_t order, int *year, int *month, int *day)
{
    switch (order) {
    case TSMP_ORDER_MDY: *month = date->part[0]; *day = date->part[1]; *year = date->part[2]; break;
    case TSMP_ORDER_DMY: *day = date->part[0]; *month = date->part[1]; *year = date->part[2]; break;
    default: *year = date->part[0]; *month = date->part[1]; *day = date->part[2]; break;
    }
    if (date->form % 3 == YEAR_SHORT) *year += *year < 70 ? 2000 : 1900;
    return in_calendar(*year, *month, *day);
}

/* 'A' or 'P' with its length in *used; 0 = none here. */
static char half_read(const char *text, size_t length, size_t *used)
{
    if (length == 0) return 0;
    char half = text[0] == 'A' || text[0] == 'a' ? 'A' : text[0] == 'P' || text[0] == 'p' ? 'P' : 0;
    if (!half) return 0;
    bool large = text[0] < 'a';
    if (length > 1 && text[1] == (large ? 'M' : 'm') && ends(text, length, 2)) {
        *used = 2;
        return half;
    }
    if (large && ends(text, length, 1)) {
        *used = 1;
        return half;
    }
    return 0;
}

/* `apart`: whether AM or PM may stand behind a blank; in "20:00:00 am 09.06.2022" it may not. */
static struct time time_read(const char *text, size_t length, bool apart)
{
    struct time time = {0, 0, 0, 0, false};
    size_t at = 0, used = 0;
    char half = 0;
    if (length == 0) return time;
    if (!digit(text[0])) {
        /* Not in small letters: in "21.04.11 am 25.04.31" the word stands before a date. */
        half = text[0] < 'a' ? half_read(text, length, &used) : 0;
        if (!half || used >= length || text[used] != ' ') return time;
        at = used + 1;
        if (at >= length || !digit(text[at])) return time;
    }
    if (length - at < 7) return time;
    if (digit(text[at + 1])) {
        if (length - at < 8) return time;
        time.hour = two(text + at);
        at += 2;
    } else {
        time.hour = text[at] - '0';
        at++;
    }
    char mark = text[at];
    if ((mark != ':' && mark != '.' && mark != ',') || !digit(text[at + 1]) ||
        !digit(text[at + 2]) || text[at + 3] != mark || !digit(text[at + 4]) ||
        !digit(text[at + 5]))
        return time;
    time.minute = two(text + at + 1);
    time.second = two(text + at + 4);
    at += 6;
    if (!half && at < length) {
        bool away = text[at] == ' ';
        size_t from = at + (away ? 1 : 0);
        /* Behind a blank a lone letter may be the first word of the text instead: only hours of
         * a 12-hour clock can have it. */
        if ((!away || apart) && (half = half_read(text + from, length - from, &used)) != 0) {
            if (away && used == 1 && (time.hour < 1 || time.hour > 12)) half = 0;
            else at = from + used;
        }
    }
    if (!ends(text, length, at)) return time;
    /* A 24-hour clock that prints AM and PM all the same is read as what it says. */
    if (half == 'A') {
        if (time.hour == 12) time.hour = 0;
        else if (time.hour > 12) time.impossible = true;
    } else if (half == 'P') {
        if (time.hour == 0) time.impossible = true;
        else if (time.hour < 12) time.hour += 12;
    }
    if (time.hour > 23 || time.minute > 59 || time.second > 59) time.impossible = true;
    time.length = at;
    return time;
}

static struct stamp join(const struct date *date, const struct time *time, size_t length,
                         uint32_t known)
{
    struct stamp stamp = {0, 0, (uint8_t)length, 0, date->form};
    int year = 0, month = 0, day = 0;
    for (uint32_t order = TSMP_ORDER_MDY; order <= TSMP_ORDER_YMD; order <<= 1)
        if ((date->candidates & order) && date_under(date, order, &year, &month, &day))
            stamp.orders = (uint8_t)(stamp.orders | order);
    uint32_t left = stamp.orders;
    if (known && (left & known)) left &= known;
    if (left == 0 || time->impossible) {
        stamp.flags = TSMP_FLAG_TIME_IMPOSSIBLE;
        return stamp;
    }
    /* 05/05/2021 is the same day either way. */
    bool first = true;
    for (uint32_t order = TSMP_ORDER_MDY; order <= TSMP_ORDER_YMD; order <<= 1) {
        if ((left & order) == 0) continue;
        (void)date_under(date, order, &year, &month, &day);
        int64_t read = clock_from_parts(year, month, day, time->hour, time->minute, time->second);
        if (!first && read != stamp.time) {
            stamp.time = 0;
            stamp.flags = TSMP_FLAG_DATE_AMBIGUOUS;
            break;
        }
        stamp.time = read;
        first = false;
    }
    return stamp;
}

static size_t skip_blanks(const char *text, size_t length, size_t at, size_t most)
{
    size_t from = at;
    while (at < length && at - from < most && text[at] == ' ') at++;
    return at;
}

struct stamp stamp_read(const char *text, size_t length, uint32_t known)
{
    struct stamp none = {0, 0, 0, 0, 0};
    /* Most lines of an unstamped text leave here. */
    if (length < 16 || !digit(text[0])) return none;
    struct date date = date_read(text, length);
    if (date.length == 0) return none;
    /* The date is filled to 10 columns, which makes 3 blanks of a short one; an hour of one digit
     * may have its own fill. */
    size_t at = skip_blanks(text, length, date.length, 4);
    if (at == date.length) return none;
    struct time time = time_read(text + at, length - at, true);
    if (time.length == 0) return none;
    return join(&date, &time, at + time.length, known);
}

static struct stamp time_first(const char *text, size_t length, uint32_t known, bool apart)
{
    struct stamp none = {0, 0, 0, 0, 0};
    struct time time = time_read(text, length, apart);
    if (time.length == 0) return none;
    size_t at = skip_blanks(text, length, time.length, 3);
    if (at == time.length) return none;
    /* The word between ("on") is translated: any short one will do. */
    if (at < length && !digit(text[at])) {
        size_t from = at;
        while (at < length && at - from < 8 && !blank(text[at]) && !digit(text[at])) at++;
        /* Only "am" is both a half of the day and a word between (German). */
        size_t used = 0;
        char half = half_read(text + from, length - from, &used);
        if (!apart && half && (half == 'P' || text[from] == 'A')) return none;
        from = at;
        at = skip_blanks(text, length, at, 3);
        if (at == from) return none;
    }
    struct date date = date_read(text + at, length - at);
    if (date.length == 0 || !ends(text, length, at + date.length)) return none;
    return join(&date, &time, at + date.length, known);
}

struct stamp stamp_read_inner(const char *text, size_t length, uint32_t known)
{
    struct stamp stamp = stamp_read(text, length, known);
    if (stamp.length > 0 && (stamp.flags & TSMP_FLAG_TIME_IMPOSSIBLE) == 0) return stamp;
    /* With points in both, "21.04.11 25.04.31" looks like a date first. */
    struct stamp other = time_first(text, length, known, false);
    if (other.length == 0) other = time_first(text, length, known, true);
    bool better = other.length > 0 && (other.flags & TSMP_FLAG_TIME_IMPOSSIBLE) == 0;
    return stamp.length == 0 || better ? other : stamp;
}

struct stamp stamp_read_date(const char *text, size_t length, uint32_t known)
{
    struct stamp none = {0, 0, 0, 0, 0};
    const struct time midnight = {0, 0, 0, 0, false};
    struct date date = date_read(text, length);
    if (date.length == 0 || !ends(text, length, date.length)) return none;
    return join(&date, &midnight, date.length, known);
}

uint8_t stamp_likely_form(const char *text, size_t length)
{
    if (length < 19) return STAMP_FORMS;
    bool first = digit(text[2]);
    char mark = first ? text[4] : text[2];
    uint8_t marks = mark == '/' ? 0 : mark == '-' ? 1 : mark == '.' ? 2 : 9;
    if (marks == 9) return STAMP_FORMS;
    return (uint8_t)(marks * 3 + (first ? YEAR_FIRST : YEAR_LAST));
}

/* Are the bytes of eight that `where` names (by 0xFF) digits? False, too, where the others are no
 * marks: a carry out of one of them can make a digit look like none, but nothing look like a digit. */
static bool digits_at(const char *text, const char *where)
{
    uint64_t bytes, mask;
    memcpy(&bytes, text, sizeof bytes);
    memcpy(&mask, where, sizeof mask);
    /* '0' to '9' become 0 to 9, and only they stay below 0x80 with 0x76 added. */
    bytes ^= UINT64_C(0x3030303030303030);
    uint64_t above = (bytes + UINT64_C(0x7676767676767676)) | bytes;
    return (above & mask & UINT64_C(0x8080808080808080)) == 0;
}

bool stamp_read_decided(const char *text, size_t length, uint32_t order, uint8_t form,
                        struct stamp *stamp)
{
    /* Where day, month and year stand, by order. */
    static const uint8_t places[3][3] = {{3, 0, 6}, {0, 3, 6}, {8, 5, 0}};
    if (length < 19 || text[10] != ' ' || text[13] != text[16] ||
        (text[13] != ':' && text[13] != '.' && text[13] != ',') || (length > 19 && text[19] != ' '))
        return false;
    /* "AM" and "PM" take the long way, and so does a word that begins like them. */
    if (length > 20 && (text[20] == 'A' || text[20] == 'P' || text[20] == 'a' || text[20] == 'p'))
        return false;
    bool first = form % 3 == YEAR_FIRST;
    if (first != (order == TSMP_ORDER_YMD) || text[first ? 4 : 2] != text[first ? 7 : 5])
        return false;
    if (text[2] == '.' && order != TSMP_ORDER_DMY) return false;
    /* Where digits must stand, in the bytes from 0, 8 and 11 on. */
    static const char places_of_digits[2][8] = {"\xFF\xFF\0\xFF\xFF\0\xFF\xFF",
                                                "\xFF\xFF\xFF\xFF\0\xFF\xFF"};
    if (!digits_at(text, places_of_digits[first]) || !digits_at(text + 8, "\xFF\xFF\0\xFF\xFF\0\xFF\xFF") ||
        !digits_at(text + 11, "\xFF\xFF\0\xFF\xFF\0\xFF\xFF"))
        return false;
    const uint8_t *place = places[order == TSMP_ORDER_MDY ? 0 : order == TSMP_ORDER_DMY ? 1 : 2];
    int day = two(text + place[0]), month = two(text + place[1]);
    int year = two(text + place[2]) * 100 + two(text + place[2] + 2);
    int hour = two(text + 11), minute = two(text + 14), second = two(text + 17);
    if (!in_calendar(year, month, day) || hour > 23 || minute > 59 || second > 59) return false;
    *stamp = (struct stamp){.time = clock_from_parts(year, month, day, hour, minute, second),
                            .length = 19, .orders = (uint8_t)order, .form = form};
    return true;
}

/* ---- shown ------------------------------------------------------------------------------------- */

static size_t put_number(char *to, int64_t number, size_t digits)
{
    while (digits == 4 && number > 9999) /* no stamp has such years; what the caller gives may */
        number /= 10;
    for (size_t i = digits; i-- > 0; number /= 10)
        to[i] = (char)('0' + number % 10);
    return digits;
}

size_t clock_text(int64_t microseconds, bool time, char *buffer)
{
    /* Counted from the first of March 400 years before our reckoning, so that the leap day comes last in
     * a year of 365.2425 days and nothing is negative. */
    int64_t seconds = microseconds / 1000000 - (microseconds % 1000000 < 0) + (INT64_C(719468) + 146097) * 86400;
    seconds = seconds > 0 ? seconds : 0;
    int64_t z = seconds / 86400, rest = seconds % 86400, era = z / 146097, of_era = z % 146097;
    int64_t year = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
    int64_t day = of_era - (365 * year + year / 4 - year / 100), march = (5 * day + 2) / 153;
    int64_t month = march < 10 ? march + 3 : march - 9;
    size_t n = put_number(buffer, year + era * 400 - 400 + (march >= 10), 4);
    buffer[n++] = '-';
    n += put_number(buffer + n, month, 2);
    buffer[n++] = '-';
    n += put_number(buffer + n, day - (153 * march + 2) / 5 + 1, 2);
    if (!time)
        return n;
    buffer[n++] = ' ';
    n += put_number(buffer + n, rest / 3600, 2);
    buffer[n++] = ':';
    n += put_number(buffer + n, rest / 60 % 60, 2);
    buffer[n++] = ':';
    return n + put_number(buffer + n, rest % 60, 2);
}
