/* SPDX-License-Identifier: BSD-2-Clause
 * When a schedule starts: the five fields of cron, or a time of day with days of the week. */
#ifndef TSMPARSE_CRON_H
#define TSMPARSE_CRON_H

#include "zone.h"

struct cron {
    uint64_t minutes;  /* bit 0 to 59 */
    uint32_t hours, days, months, weekdays; /* bits 0-23, 1-31, 1-12, 0 (Sunday) to 6 */
    bool any_day, any_weekday; /* the field begins with `*`: then the other one alone decides */
};

/* "0 22 * * 1-5": minute, hour, day of the month, month, day of the week (0 or 7 is Sunday), each
 * `*`, numbers, ranges, lists, steps, and English names of months and weekdays. False: *why says what
 * is wrong at byte *at. */
bool cron_read(struct cron *cron, const char *text, size_t *at, const char **why);
/* "22:00", every day. */
bool cron_daily(struct cron *cron, const char *text);
/* "mon" to "sun"; -1 = none of them. 0 is Sunday. */
int cron_weekday(const char *text, size_t length);

/* One start that is expected. */
struct start {
    int64_t instant;
    int64_t local;       /* as the definition says, even where no clock shows that */
    enum zone_kind kind;
};
/* The next start at or behind the instant `from` and before `to`; false: there is none. A time of day
 * that the clock shows twice starts once, at the first; one that it skips starts when the clock is
 * set forward, and times that become one start so are one. */
bool cron_next(const struct cron *cron, const struct zone *zone, int64_t from, int64_t to,
               struct start *start);

#endif
