/* SPDX-License-Identifier: BSD-2-Clause
 * Tables of translated lines (language.tsv tells their form). A line that fits a translated form is
 * put together again in English, and the one grammar reads that; names and numbers are copied. */
#ifndef TSMP_LANGUAGE_H
#define TSMP_LANGUAGE_H

#include "line.h"

struct language;

/* Add a table to the list. TSMP_OK, TSMP_E_NOMEM, TSMP_E_LANGUAGE with the reason in `error`. */
int32_t language_add(const tsmp_allocator *allocator, struct language **languages, const char *bytes,
                     size_t length, char *error, size_t error_size);
void language_free(const tsmp_allocator *allocator, struct language *languages);

/* English is longer than the line by so much at most. */
enum { LANGUAGE_ROOM = 512 };
/* Put the line's text into English, in its joined text. False: no form fits. */
bool language_translate(struct line *line);
/* Back to the text as it is printed, for the rules that want that. */
void language_restore(struct line *line);

#endif
