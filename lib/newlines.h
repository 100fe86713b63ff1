/* SPDX-License-Identifier: BSD-2-Clause
 * Where the newlines of a stretch of text are: the one scan over all bytes, so it has a version
 * for each kind of machine. All give the same. */
#ifndef TSMP_NEWLINES_H
#define TSMP_NEWLINES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Most bytes looked at in one call: little enough that what lies behind the last line that was
 * wanted is no loss. */
enum { NEWLINES_BLOCK = 4096 };

/* Offsets of the newlines in `length` (at most NEWLINES_BLOCK) bytes, ascending; `out` has room
 * for `length` of them and 8 more. Returns how many. Reads nothing outside. */
typedef size_t newlines_scan(const char *text, size_t length, uint16_t *out);

newlines_scan newlines_portable;

/* The machine's versions, for the choice and for the test that compares them: the last that runs
 * here is the fastest. `index` from 0 on; NULL behind the last. A version that this processor
 * can't run is left out. */
newlines_scan *newlines_version(unsigned index, const char **name);
newlines_scan *newlines_best(void);

#endif
