/* SPDX-License-Identifier: BSD-2-Clause
 * What the dates of a stream show: the order of day, month and year, and whether time goes back. */
#ifndef TSMP_ORDER_H
#define TSMP_ORDER_H

#include "clock.h"

#include <stdbool.h>

struct order {
    uint8_t option; /* tsmp_options.date_order: of the stamps, and of all dates where there is none */
    uint8_t stamps; /* form of the first stamp, and 1; 0 = none yet */
    /* One set of TSMP_ORDER_ per form: a log may change its DATEFORMAT. 0 = nothing learned yet. */
    uint8_t possible[16];
    bool running;   /* `newest` is known */
    int64_t newest; /* of the stamps */
};

void order_init(struct order *order, uint32_t option);
/* What to read dates of this form with, 0 = all. */
uint32_t order_known(const struct order *order, uint8_t form);
/* stamp_read() of a date that may be decided already; then it is quick, and there is nothing to
 * learn from it. */
struct stamp order_read(const struct order *order, const char *text, size_t length);
/* False: it is not decided, or not written as most are; ask the other one. */
bool order_read_decided(const struct order *order, const char *text, size_t length, struct stamp *stamp);
/* Take what a date proves. One that contradicts what was learned starts anew; the option stands. */
void order_learn(struct order *order, const struct stamp *stamp);
/* The stamp at the start of a line, read with all that is known; length 0 = there is none. Flagged
 * TIME_BACK when it is older than one before by an hour at most: the hour that comes twice when
 * summer time ends, or a clock that was set. */
struct stamp order_stamp(struct order *order, const char *text, size_t length);
/* Older lines may follow (a log that wraps): going back means nothing here. */
void order_seam(struct order *order);

#endif
