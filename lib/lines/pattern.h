/* SPDX-License-Identifier: BSD-2-Clause
 * Users' own line patterns (PCRE2): tried on lines that no built-in rule fits. */
#ifndef TSMP_PATTERN_H
#define TSMP_PATTERN_H

#include "line.h"

struct patterns;

/* `names` is the reader's: what the patterns name is added there. */
struct patterns *patterns_new(const tsmp_allocator *allocator, struct names **names);
void patterns_free(struct patterns *patterns);
/* The most fields that a match of any pattern gives. */
size_t patterns_max_fields(const struct patterns *patterns);
/* Compile and add. On TSMP_E_PATTERN `error` holds why and where. */
int32_t patterns_add(struct patterns *patterns, const char *name, const char *pattern,
                     size_t length, char *error, size_t error_size);
/* How many there are, and how often one hit the limits: what a token keeps of them. */
size_t patterns_count(const struct patterns *patterns);
uint32_t *patterns_hits(struct patterns *patterns, size_t index);
/* Try them on an unknown line; a match makes it `custom`. False: no memory. */
bool patterns_try(struct patterns *patterns, struct line *line);

#endif
