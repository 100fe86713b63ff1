/* SPDX-License-Identifier: BSD-2-Clause
 * A buffer in front of a stream: what is printed for every line of a log is made here, piece by
 * piece, without a call for each. The stream keeps the marks of errors: ferror() and fflush() tell
 * of a full disk as if every piece had been written to it. */
#ifndef TSMPARSE_OUT_H
#define TSMPARSE_OUT_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

enum { OUT_SMALL = 512, OUT_PIECE = 64 };

/* Set file, start and size (OUT_SMALL at least), the rest to 0; nothing else is needed, and nothing
 * to end it but a flush. */
struct out {
    FILE *file;
    char *start;
    size_t used, size;
    void (*before)(struct out *out); /* asked before anything is written; or NULL */
    struct { /* out_time()'s: many lines have the second of the line before, and nearly all its day */
        bool known;
        int64_t second, day;
        size_t date; /* bytes before the hours */
        char text[OUT_PIECE];
    } last;
};

/* Hand all to the stream. What it refuses is gone; it has marked that. */
void out_flush(struct out *out);
/* Any number of bytes, where there is no room for them in the buffer. */
void out_long(struct out *out, const char *bytes, size_t length);
void out_unsigned(struct out *out, uint64_t value);
/* The same of numbers of which most have all digits but the last four from the one before. */
struct out_before {
    uint64_t high; /* without its last four digits; 0: none is kept */
    size_t length;
    char text[16]; /* room for those of the greatest uint64_t */
};
void out_growing(struct out *out, struct out_before *before, uint64_t value);
/* number x 10^power, exactly, without exponent. */
void out_number(struct out *out, int64_t number, int power);
/* Microseconds since 1970 as 2019-03-26T03:07:11. */
void out_time(struct out *out, int64_t time);

/* ---- print.c ---- */
/* As print_json() and print_json_pair(). */
bool out_json(struct out *out, const char *bytes, size_t length);
void out_json_pair(struct out *out, const char *key, const char *bytes, size_t length);
/* `,"key_b64":` behind a text that was not UTF-8. */
void out_json_b64(struct out *out, const char *key, const char *bytes, size_t length);
/* A quoted cell of RFC 4180; a spreadsheet never takes it for a formula. */
void out_csv(struct out *out, const char *bytes, size_t length);

/* Where `length` bytes, OUT_SMALL at most, may be written; out->used is for the caller to move. */
static inline char *out_room(struct out *out, size_t length)
{
    if (out->size - out->used < length)
        out_flush(out);
    return out->start + out->used;
}

static inline void out_bytes(struct out *out, const char *bytes, size_t length)
{
    if (out->size - out->used < length) {
        out_long(out, bytes, length);
        return;
    }
    memcpy(out->start + out->used, bytes, length);
    out->used += length;
}

static inline void out_char(struct out *out, char c)
{
    *out_room(out, 1) = c;
    out->used++;
}

/* Inline, so that the length of a literal is known and no call is made to copy it. */
static inline void out_text(struct out *out, const char *text)
{
    out_bytes(out, text, strlen(text));
}

#endif
