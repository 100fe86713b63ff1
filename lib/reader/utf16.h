/* SPDX-License-Identifier: BSD-2-Clause
 * UTF-16 input as UTF-8 text, so that the original length can be counted back from the text. */
#ifndef TSMP_UTF16_H
#define TSMP_UTF16_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct utf16 {
    bool big;
    bool have_byte; /* half a unit */
    unsigned char byte;
    uint16_t high; /* high surrogate that waits for its low one */
    bool odd_tail; /* the input ended in half a unit */
};

void utf16_init(struct utf16 *decoder, bool big);
/* Writes at most 3 bytes a unit (and 3 for a unit that waited). Lone surrogates stay, as three
 * bytes (not valid UTF-8, and so shown as raw bytes), since nothing may be lost. */
size_t utf16_decode(struct utf16 *decoder, const char *bytes, size_t length, char *to);
size_t utf16_finish(struct utf16 *decoder, char *to);
/* Input bytes behind `length` bytes of text; `end` when it is the end of the input. */
size_t utf16_length(const char *text, size_t length, const struct utf16 *end);

#endif
