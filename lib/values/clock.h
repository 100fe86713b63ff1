/* SPDX-License-Identifier: BSD-2-Clause
 * Printed dates and times. */
#ifndef TSMP_CLOCK_H
#define TSMP_CLOCK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* How many values `form` takes: separator x place and width of the year. */
#define STAMP_FORMS 9

struct stamp {
    int64_t time;   /* microseconds, local, since 1970 as if UTC; 0 when a flag is set */
    uint32_t flags; /* TSMP_FLAG_DATE_AMBIGUOUS, TSMP_FLAG_TIME_IMPOSSIBLE */
    uint8_t length; /* bytes without trailing blank; 0 = none */
    uint8_t orders; /* TSMP_ORDER_ set this date allows, before `known`; 0 = it is in no calendar */
    uint8_t form;   /* below STAMP_FORMS: separator and year width */
};

/* Date, blanks, time (with AM/PM) at the start of `text`. `known`: the orders still possible,
 * 0 = all; a date that contradicts it is read by its own parts. */
struct stamp stamp_read(const char *text, size_t length, uint32_t known);
/* The same, or time first as in "20:00:00 on 06/09/2022": for fields inside lines. */
struct stamp stamp_read_inner(const char *text, size_t length, uint32_t known);
/* A date alone, with a blank or the end behind it: midnight of that day. */
struct stamp stamp_read_date(const char *text, size_t length, uint32_t known);
/* The commonest stamp, four digits of year and 24 hours, under one order that is decided: the same
 * answer as stamp_read() gives, or false, and then that must be asked. `form`: of the stamp. */
bool stamp_read_decided(const char *text, size_t length, uint32_t order, uint8_t form,
                        struct stamp *stamp);
/* Its form, before it is known whether it is a stamp at all. */
uint8_t stamp_likely_form(const char *text, size_t length);
/* "2027-03-31", with `time` "2027-03-31 22:00:00", into `buffer`, which has CLOCK_TEXT bytes; the bytes
 * written. For the years that a stamp may have, 0 to 9999. */
enum { CLOCK_TEXT = 40 };
size_t clock_text(int64_t microseconds, bool time, char *buffer);
/* Microseconds since 1970 of a date of the Gregorian calendar. */
int64_t clock_from_parts(int year, int month, int day, int hour, int minute, int second);

#endif
