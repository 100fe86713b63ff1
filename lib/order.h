/* SPDX-License-Identifier: BSD-2-Clause
 * The order of day, month and year, learned from the dates of a stream. */
#ifndef TSMP_ORDER_H
#define TSMP_ORDER_H

#include "clock.h"

/* One set of TSMP_ORDER_ per form of the stamp: a log may change its DATEFORMAT. 0 = nothing
 * learned yet. */
struct order {
    uint8_t possible[16];
};

/* `option`: tsmp_options.date_order. */
void order_init(struct order *order, uint32_t option);
/* What to read stamps of this form with, 0 = all. */
uint32_t order_known(const struct order *order, uint8_t form);
/* Take what the stamp proves; a stamp that contradicts what was learned starts anew. */
void order_learn(struct order *order, const struct stamp *stamp);

#endif
