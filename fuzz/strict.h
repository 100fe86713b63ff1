/* SPDX-License-Identifier: BSD-2-Clause
 * Readers of what the command prints, made by their grammars and by nothing of the command: JSON
 * (RFC 8259, and no key twice), CSV (RFC 4180), text that is safe for a terminal. What does not keep
 * to its grammar stops the process. */
#ifndef FUZZ_STRICT_H
#define FUZZ_STRICT_H

#include "drive.h"

enum json_type { JSON_NULL, JSON_TRUE, JSON_FALSE, JSON_NUMBER, JSON_STRING, JSON_ARRAY, JSON_OBJECT };

/* A value; of an object's or array's values `first` is the first and `next` the one behind. -1: none. */
struct json_value {
    enum json_type type;
    size_t from, to;         /* as it is written; of a string what is in its quotes */
    size_t key_from, key_to; /* of an object's member */
    int first, next, count;
};

struct json {
    const char *text;
    size_t length, at;
    struct json_value *values; /* 0 is the outermost */
    int count, capacity;
};

/* One value and nothing behind it. The values of the text before are gone. */
void json_read(struct json *json, const char *text, size_t length);
void json_free(struct json *json);
/* The member of this name, whose letters need no escape; -1: there is none. */
int json_member(const struct json *json, int object, const char *name);
bool json_is(const struct json *json, int value, const char *written);
/* What a string says, behind `to`. */
void json_say(const struct json *json, int value, struct notes *to);
/* The bytes that a string holds in base64, behind `to`. */
void json_base64(const struct json *json, int value, struct notes *to);

struct cell {
    size_t from, length; /* in `said` */
    bool quoted;
};

struct csv {
    struct notes said; /* of all cells of the row, without quotes */
    struct cell *cells;
    size_t count, capacity;
};

/* The row at `at`; where the next one begins. */
size_t csv_read(struct csv *csv, const char *text, size_t length, size_t at);
void csv_free(struct csv *csv);

bool text_is_utf8(const char *text, size_t length);
/* UTF-8 without a character that a terminal, or who reads it, would be misled by: controls but the
 * newline, DEL, C1, marks of direction, separators of lines. With `returns` also CR LF. */
void text_is_safe(const char *text, size_t length, bool returns);

#endif
