/* SPDX-License-Identifier: BSD-2-Clause
 * What is said of the rows of a table, to the letter: a file of tests/said for each program that has
 * tables. A row tells by itself which reasons must be given; the file shows when their words,
 * strengths or lines change. Written anew when SAID_UPDATE is set; then read what changed, as git
 * shows it. */
#ifndef TEST_SAID_H
#define TEST_SAID_H

#include "text.h"

#include <tsmparse/runs.h>

/* One verdict and its reasons as text. */
void said_verdict(struct text *to, const tsmp_verdict_view *verdict);
/* Behind all that was kept before: a row. */
void said_row(const char *row, const struct text *what);
/* The last test of a program: all that was kept is what tests/said/NAME.txt holds. `state`: the name. */
void said_as_before(void **state);

#endif
