/* SPDX-License-Identifier: BSD-2-Clause
 * A number of a night goes through a range, and what is said is kept where it changes: so each limit
 * of the judge stands in a file of tests/said, with what it is on both sides. */
#ifndef TEST_SWEEP_H
#define TEST_SWEEP_H

#include "earlier.h"
#include "nights.h"

#define SWEPT INT64_MIN   /* in a group: the number itself */
#define NIGHTS_SWEPT (-1) /* so many nights as the number says */

enum swept_as { AS_NUMBER, AS_CLOCK /* of seconds: 20:34:51 */ };

struct sweep {
    const char *what;
    int64_t from, to;
    enum swept_as as;
    const char *text;            /* NULL: the good night; `@` is the number, here and in all that follows */
    struct edit edits[6];        /* a `from` that begins with `*` is changed in every place */
    const char *server[4];
    struct group groups[GROUPS];
    uint32_t proofs;
    int64_t skew;                /* of the server's clock, seconds */
    const char *domain;          /* between commas */
    int64_t fresh, age, limit;   /* SWEPT: the number itself */
    int64_t now;                 /* seconds */
    bool oldest_first;           /* of the groups' runs */
};

/* Of the first run of the text. Dates are MDY. */
void sweep_all(const struct sweep *sweeps, size_t count);
#define SWEEP(sweeps) sweep_all(sweeps, sizeof sweeps / sizeof *sweeps)

#endif
