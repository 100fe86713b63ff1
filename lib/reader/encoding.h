/* SPDX-License-Identifier: BSD-2-Clause
 * Input in a named encoding, line by line, as UTF-8. All of these encodings are ASCII where ASCII
 * is, and none has a newline inside a character, so that lines are cut before. UTF-16 is not among
 * them: utf16.h. */
#ifndef TSMP_ENCODING_H
#define TSMP_ENCODING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A byte becomes at most so many. */
enum { ENCODING_GROWTH = 3 };

struct encoding {
    uint32_t id;     /* TSMP_ENCODING_... */
    void *converter; /* iconv's; NULL = nothing to convert */
};

/* TSMP_OK, TSMP_E_ENCODING: it can't be converted here, TSMP_E_NOMEM. */
int32_t encoding_open(struct encoding *encoding, uint32_t id);
void encoding_close(struct encoding *encoding);

struct converted {
    size_t length;
    bool changed;     /* the text is not the bytes any more */
    bool undecodable; /* bytes that are no character; they were kept */
};
/* `to` has room for ENCODING_GROWTH times `length`. */
struct converted encoding_convert(const struct encoding *encoding, const char *bytes,
                                  size_t length, char *to);

bool is_ascii(const char *text, size_t length);
/* Well formed, by the table of the Unicode Standard: no surrogates, no longer forms than needed. */
bool is_utf8(const char *text, size_t length);

#endif
