/* SPDX-License-Identifier: BSD-2-Clause
 * A growing buffer of bytes for tests. No memory ends the test program: nothing here is tested. */
#ifndef TEST_TEXT_H
#define TEST_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct text {
    char *bytes; /* always a NUL behind `length`, once anything was added */
    size_t length, capacity;
};

void text_add(struct text *text, const void *bytes, size_t length);
void text_put(struct text *text, const char *string);
void text_number(struct text *text, uint64_t number);
/* Bytes as "..." with \" \\ and \xHH for all that is not printable ASCII; bare when it is a plain
 * word and `bare` is set. */
void text_quoted(struct text *text, const char *bytes, size_t length, bool bare);
void text_clear(struct text *text); /* empty, keeps its memory */
void text_free(struct text *text);
bool text_same(const struct text *a, const struct text *b);
/* A whole file, or false. */
bool text_load(struct text *text, const char *path);

#endif
