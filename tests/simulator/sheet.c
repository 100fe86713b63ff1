/* SPDX-License-Identifier: BSD-2-Clause */
#include "sheet.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { DAY = 86400 };

static void *grown(void *memory, size_t *capacity, size_t needed, size_t size)
{
    if (needed <= *capacity)
        return memory;
    size_t wanted = *capacity > 0 ? *capacity * 2 : 256;
    while (wanted < needed)
        wanted *= 2;
    void *more = realloc(memory, wanted * size);
    if (more == NULL) {
        fputs("simulator: no memory\n", stderr);
        exit(1);
    }
    *capacity = wanted;
    return more;
}

void sheet_free(struct sheet *sheet)
{
    free(sheet->bytes);
    free(sheet->lines);
    *sheet = (struct sheet){0};
}

void sheet_clear(struct sheet *sheet)
{
    sheet->length = sheet->count = 0;
    sheet->run = NO_RUN;
}

void sheet_raw(struct sheet *sheet, uint32_t tags, const char *bytes, size_t length)
{
    sheet->bytes = grown(sheet->bytes, &sheet->capacity, sheet->length + length, 1);
    sheet->lines = grown(sheet->lines, &sheet->line_capacity, sheet->count + 1, sizeof *sheet->lines);
    memcpy(sheet->bytes + sheet->length, bytes, length);
    sheet->lines[sheet->count++] = (struct sheet_line){
        .at = sheet->length, .length = length, .time = sheet->time, .run = sheet->run, .tags = tags};
    sheet->length += length;
}

int64_t sheet_clock(const struct sheet *sheet)
{
    return sheet->time + (sheet->set_by != 0 && sheet->time >= sheet->set_at ? sheet->set_by : 0);
}

__attribute__((format(printf, 4, 0)))
static void put(struct sheet *sheet, uint32_t tags, bool stamped, const char *text, va_list arguments)
{
    char line[4096];
    size_t n = 0;
    if (stamped) {
        print_stamp(line, sheet->format, sheet_clock(sheet));
        n = strlen(line);
        line[n++] = ' ';
    }
    int length = vsnprintf(line + n, sizeof line - n - 2, text, arguments);
    n += (size_t)length < sizeof line - n - 2 ? (size_t)length : sizeof line - n - 3;
    if (sheet->format->crlf)
        line[n++] = '\r';
    line[n++] = '\n';
    sheet_raw(sheet, tags, line, n);
}

void sheet_say(struct sheet *sheet, uint32_t tags, const char *text, ...)
{
    va_list arguments;
    va_start(arguments, text);
    put(sheet, tags, true, text, arguments);
    va_end(arguments);
}

void sheet_bare(struct sheet *sheet, uint32_t tags, const char *text, ...)
{
    va_list arguments;
    va_start(arguments, text);
    put(sheet, tags, false, text, arguments);
    va_end(arguments);
}

void sheet_copy(struct sheet *sheet, const struct sheet *other, size_t from, size_t to)
{
    for (size_t i = from; i < to; i++) {
        const struct sheet_line *line = &other->lines[i];
        sheet_raw(sheet, line->tags, other->bytes + line->at, line->length);
        struct sheet_line *made = &sheet->lines[sheet->count - 1];
        made->time = line->time;
        made->run = line->run;
    }
}

/* ---- dates and times ------------------------------------------------------------------------- */

int64_t day_of(int year, int month, int day)
{
    int64_t y = month <= 2 ? year - 1 : year;
    int64_t of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
    int64_t era = y / 400, of_era = y % 400;
    int64_t days = era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719468;
    return days * DAY;
}

static void civil(int64_t time, int *year, int *month, int *day)
{
    int64_t z = time / DAY + 719468, era = z / 146097, of_era = z % 146097;
    int64_t y = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
    int64_t of_year = of_era - (365 * y + y / 4 - y / 100), m = (5 * of_year + 2) / 153;
    *day = (int)(of_year - (153 * m + 2) / 5 + 1);
    *month = (int)(m < 10 ? m + 3 : m - 9);
    *year = (int)(y + era * 400 + (*month <= 2));
}

static char *two(char *to, int number)
{
    *to++ = (char)('0' + number / 10 % 10);
    *to++ = (char)('0' + number % 10);
    return to;
}

static char *parts(char *to, int a, int b, int c, char mark)
{
    to = two(to, a);
    *to++ = mark;
    to = two(to, b);
    *to++ = mark;
    return two(to, c);
}

const char *print_date(char *to, const struct format *format, int64_t time)
{
    static const char marks[] = "?/--..///"; /* by DATEFORMAT */
    int year, month, day;
    char *at = to, mark = marks[format->date];
    civil(time, &year, &month, &day);
    switch (format->date) {
    case 3: case 5: case 6:
        at = two(at, year / 100);
        at = parts(at, year, month, day, mark);
        break;
    case 1: case 8:
        at = parts(at, month, day, format->date == 8 ? year : year / 100, mark);
        break;
    default: at = parts(at, day, month, year / 100, mark);
    }
    if (format->date == 1 || format->date == 2 || format->date == 4 || format->date == 7)
        at = two(at, year); /* its last two digits */
    *at = '\0';
    return to;
}

const char *print_clock(char *to, const struct format *format, int64_t time)
{
    static const char marks[] = "?:,.::";
    int second = (int)(time % DAY), hour = second / 3600;
    char half = hour < 12 ? 'A' : 'P', *at = to;
    bool halves = format->time >= 4;
    if (format->time == 5) {
        *at++ = half;
        *at++ = ' ';
    }
    at = parts(at, halves ? (hour + 11) % 12 + 1 : hour, second / 60 % 60, second % 60,
               marks[format->time]);
    if (format->time == 4)
        *at++ = half;
    *at = '\0';
    return to;
}

const char *print_stamp(char *to, const struct format *format, int64_t time)
{
    print_date(to, format, time);
    size_t n = strlen(to);
    while (n < 10)
        to[n++] = ' ';
    to[n++] = ' ';
    print_clock(to + n, format, time);
    return to;
}

const char *print_duration(char *to, const struct format *format, int64_t seconds)
{
    char mark = format->time == 2 ? ',' : format->time == 3 ? '.' : ':';
    snprintf(to, 64, "%02d%c%02d%c%02d", (int)(seconds / 3600), mark, (int)(seconds / 60 % 60), mark,
             (int)(seconds % 60));
    return to;
}

/* ---- numbers --------------------------------------------------------------------------------- */

static const char *group_mark(const struct format *format)
{
    static const char *const marks[] = {"", ",", ",", " ", " ", ".", "'", "\xE2\x80\xAF"};
    return marks[format->number];
}

const char *print_count(char *to, const struct format *format, uint64_t number)
{
    char digits[24];
    size_t n = (size_t)snprintf(digits, sizeof digits, "%" PRIu64, number);
    const char *mark = group_mark(format);
    char *at = to;
    for (size_t i = 0; i < n; i++) {
        if (i > 0 && (n - i) % 3 == 0)
            for (const char *c = mark; *c != '\0'; c++)
                *at++ = *c;
        *at++ = digits[i];
    }
    *at = '\0';
    return to;
}

const char *print_decimal(char *to, const struct format *format, uint64_t hundredths)
{
    print_count(to, format, hundredths / 100);
    char *at = to + strlen(to);
    *at++ = format->number == 1 || format->number == 4 ? '.' : ',';
    at = two(at, (int)(hundredths % 100));
    *at = '\0';
    return to;
}

const char *print_bytes(char *to, const struct format *format, uint64_t bytes)
{
    static const char *const units[] = {"  B", " KB", " MB", " GB", " TB"};
    size_t unit = 0;
    uint64_t scale = 1;
    while (unit < 4 && bytes / scale >= 1024) {
        scale *= 1024;
        unit++;
    }
    if (unit == 0)
        print_count(to, format, bytes);
    else
        print_decimal(to, format, bytes / scale * 100 + bytes % scale * 100 / scale);
    strcat(to, units[unit]);
    return to;
}
