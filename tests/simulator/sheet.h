/* SPDX-License-Identifier: BSD-2-Clause
 * Text that is being printed: its bytes, and of each line when it was printed, by which run, and
 * what may be done to it. */
#ifndef SIMULATOR_SHEET_H
#define SIMULATOR_SHEET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* How a machine prints dates, times and numbers: DATEFORMAT 1 to 7 and 8 for MM/DD/YY, TIMEFORMAT 1
 * to 5, NUMBERFORMAT 1 to 6 and 7 for groups behind U+202F. */
struct format {
    uint8_t date, time, number;
    bool crlf;
};

#define NO_RUN UINT32_MAX

enum tag {
    TAG_AGAINST = 1, /* speaks against the run */
    TAG_FOR = 2,     /* speaks for the run */
    TAG_NAMES = 4,   /* behind it the client prints names of objects */
    TAG_OUTPUT = 8,  /* behind it stands what a command prints */
    TAG_BEGIN = 16,  /* a volume's walk begins */
};

struct sheet_line {
    size_t at, length; /* with its end of line */
    int64_t time;      /* as printed, seconds since 1970 as if UTC */
    uint32_t run;      /* of the truth, or NO_RUN */
    uint32_t tags;
};

struct sheet {
    char *bytes;
    size_t length, capacity;
    struct sheet_line *lines;
    size_t count, line_capacity;
    /* of the lines that come */
    const struct format *format;
    int64_t time;
    uint32_t run;
    int64_t set_at, set_by; /* from then on the clock shows so many seconds more */
};

void sheet_free(struct sheet *sheet);
void sheet_clear(struct sheet *sheet);
/* What the clock shows now. */
int64_t sheet_clock(const struct sheet *sheet);
/* One line, without and with a stamp. */
void sheet_bare(struct sheet *sheet, uint32_t tags, const char *text, ...)
    __attribute__((format(printf, 3, 4)));
void sheet_say(struct sheet *sheet, uint32_t tags, const char *text, ...)
    __attribute__((format(printf, 3, 4)));
/* Bytes as they are; `length` may hold newlines. It counts as one line. */
void sheet_raw(struct sheet *sheet, uint32_t tags, const char *bytes, size_t length);
/* Lines `from` to `to` - 1 of another sheet, with all that is known of them. */
void sheet_copy(struct sheet *sheet, const struct sheet *other, size_t from, size_t to);

/* ---- what is printed; `to` has room for 64 bytes --------------------------------------------- */

const char *print_date(char *to, const struct format *format, int64_t time);
const char *print_clock(char *to, const struct format *format, int64_t time);
/* Date and time as at the start of a line: the date is filled to 10 columns. */
const char *print_stamp(char *to, const struct format *format, int64_t time);
const char *print_count(char *to, const struct format *format, uint64_t number);
/* `hundredths` of anything, as 1,234.56. */
const char *print_decimal(char *to, const struct format *format, uint64_t hundredths);
/* Bytes with their unit: "0  B", "11.20 KB". */
const char *print_bytes(char *to, const struct format *format, uint64_t bytes);
/* HH:MM:SS, hours may pass 23. */
const char *print_duration(char *to, const struct format *format, int64_t seconds);

/* 2025-09-17 as seconds since 1970. */
int64_t day_of(int year, int month, int day);

#endif
