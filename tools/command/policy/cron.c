/* SPDX-License-Identifier: BSD-2-Clause */
#include "cron.h"

#include <string.h>

#define DAY INT64_C(86400)

static const char *const months[] = {"jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep",
                                     "oct", "nov", "dec"};
static const char *const weekdays[] = {"sun", "mon", "tue", "wed", "thu", "fri", "sat"};

/* ---- reading --------------------------------------------------------------------------------------- */

struct field {
    const char *what;
    unsigned least, most;
    const char *const *names; /* the first stands for `least` */
    unsigned name_count;
};

static bool same_word(const char *text, size_t length, const char *word)
{
    if (strlen(word) != length)
        return false;
    for (size_t i = 0; i < length; i++)
        if ((text[i] | 0x20) != word[i])
            return false;
    return true;
}

int cron_weekday(const char *text, size_t length)
{
    for (int i = 0; i < 7; i++)
        if (same_word(text, length, weekdays[i]))
            return i;
    return -1;
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* A number or a name; false: neither, or out of range. */
static bool read_value(const struct field *field, const char **text, unsigned *value)
{
    const char *at = *text;
    if (is_digit(*at)) {
        unsigned number = 0;
        for (; is_digit(*at); at++)
            if (number < 1000)
                number = number * 10 + (unsigned)(*at - '0');
        *text = at;
        *value = number;
        return number >= field->least && number <= field->most;
    }
    size_t n = 0;
    while ((at[n] >= 'a' && at[n] <= 'z') || (at[n] >= 'A' && at[n] <= 'Z'))
        n++;
    for (unsigned i = 0; i < field->name_count; i++)
        if (same_word(at, n, field->names[i])) {
            *text = at + n;
            *value = field->least + i;
            return true;
        }
    return false;
}

/* One part of a list: *, a, a-b, with /step. */
static bool read_part(const struct field *field, const char **text, uint64_t *bits, const char **why)
{
    unsigned from = field->least, to = field->most, step = 1;
    bool open = **text == '*';
    if (open) {
        (*text)++;
    } else {
        *why = "this is no number or name that may stand here";
        if (!read_value(field, text, &from))
            return false;
        to = from;
        if (**text == '-') {
            (*text)++;
            if (!read_value(field, text, &to))
                return false;
            *why = "a range ends before it begins";
            if (to < from)
                return false;
            open = true;
        }
    }
    if (**text == '/') {
        const struct field steps = {"step", 1, 1000, NULL, 0};
        (*text)++;
        *why = "a step is a number over 0";
        if (!read_value(&steps, text, &step))
            return false;
        to = open ? to : field->most;
    }
    for (unsigned i = from; i <= to; i += step)
        *bits |= UINT64_C(1) << i;
    return true;
}

static bool read_field(const struct field *field, const char **text, uint64_t *bits, const char **why)
{
    *bits = 0;
    for (;;) {
        if (!read_part(field, text, bits, why))
            return false;
        if (**text != ',')
            break;
        (*text)++;
    }
    *why = "what stands here belongs to no field";
    return **text == '\0' || **text == ' ' || **text == '\t';
}

bool cron_read(struct cron *cron, const char *text, size_t *at, const char **why)
{
    static const struct field fields[] = {{"minute", 0, 59, NULL, 0},
                                          {"hour", 0, 23, NULL, 0},
                                          {"day of the month", 1, 31, NULL, 0},
                                          {"month", 1, 12, months, 12},
                                          {"day of the week", 0, 7, weekdays, 7}};
    const char *place = text;
    uint64_t bits[5];
    bool any[5];
    for (int i = 0; i < 5; i++) {
        place += strspn(place, " \t");
        *why = "there are fewer than five fields";
        any[i] = *place == '*';
        *at = (size_t)(place - text);
        if (*place == '\0' || !read_field(&fields[i], &place, &bits[i], why))
            return false;
    }
    place += strspn(place, " \t");
    *at = (size_t)(place - text);
    *why = "there are more than five fields";
    *cron = (struct cron){.minutes = bits[0], .hours = (uint32_t)bits[1], .days = (uint32_t)bits[2],
                          .months = (uint32_t)bits[3],
                          .weekdays = (uint32_t)((bits[4] | bits[4] >> 7) & 0x7F),
                          .any_day = any[2], .any_weekday = any[4]};
    return *place == '\0';
}

bool cron_daily(struct cron *cron, const char *text)
{
    if (!is_digit(text[0]) || !is_digit(text[1]) || text[2] != ':' || !is_digit(text[3]) ||
        !is_digit(text[4]) || text[5] != '\0')
        return false;
    int hour = (text[0] - '0') * 10 + text[1] - '0', minute = (text[3] - '0') * 10 + text[4] - '0';
    *cron = (struct cron){.minutes = hour > 23 || minute > 59 ? 0 : UINT64_C(1) << minute,
                          .hours = hour > 23 ? 0 : UINT32_C(1) << hour,
                          .days = 0xFFFFFFFE, .months = 0x1FFE, .weekdays = 0x7F,
                          .any_day = true, .any_weekday = true};
    return hour <= 23 && minute <= 59;
}

/* ---- starts ---------------------------------------------------------------------------------------- */

/* The date of a day since 1970: years from March on, so that the leap day is the last. */
static void date_of(int64_t day, unsigned *month, unsigned *day_of_month)
{
    int64_t z = day + 719468, of_era = z - (z >= 0 ? z : z - 146096) / 146097 * 146097;
    int64_t year = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
    int64_t of_year = of_era - (365 * year + year / 4 - year / 100), m = (5 * of_year + 2) / 153;
    *day_of_month = (unsigned)(of_year - (153 * m + 2) / 5 + 1);
    *month = (unsigned)(m < 10 ? m + 3 : m - 9);
}

/* As cron has it: where both days are restricted, either is enough. */
static bool is_day(const struct cron *cron, int64_t day)
{
    unsigned month, of_month, of_week = (unsigned)(((day + 4) % 7 + 7) % 7);
    date_of(day, &month, &of_month);
    bool in_month = (cron->days >> of_month & 1) != 0, in_week = (cron->weekdays >> of_week & 1) != 0;
    return (cron->months >> month & 1) != 0 &&
           (cron->any_day || cron->any_weekday ? in_month && in_week : in_month || in_week);
}

/* The first start of a day at or behind `from`. */
static bool first_of_day(const struct cron *cron, const struct zone *zone, int64_t day, int64_t from,
                         struct start *start)
{
    for (int minute = 0; minute < 24 * 60; minute++) {
        if ((cron->hours >> minute / 60 & 1) == 0 || (cron->minutes >> minute % 60 & 1) == 0)
            continue;
        start->local = day * DAY + minute * 60;
        start->instant = zone_instant(zone, start->local, false, &start->kind);
        if (start->instant >= from)
            return true;
    }
    return false;
}

bool cron_next(const struct cron *cron, const struct zone *zone, int64_t from, int64_t to,
               struct start *start)
{
    int64_t local = zone_local(zone, from), last = zone_local(zone, to);
    int64_t first_day = (local >= 0 ? local : local - DAY + 1) / DAY - 1;
    for (int64_t day = first_day; day * DAY <= last + DAY; day++)
        if (is_day(cron, day) && first_of_day(cron, zone, day, from, start))
            return start->instant < to;
    return false;
}
