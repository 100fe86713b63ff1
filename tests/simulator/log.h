/* SPDX-License-Identifier: BSD-2-Clause
 * What the scheduler writes into dsmsched.log. */
#ifndef SIMULATOR_LOG_H
#define SIMULATOR_LOG_H

#include "run.h"

/* The scheduler asks for work and is told of `next`; NULL: there is none. Prints at sheet->time, which
 * moves on a little. */
void log_poll(struct sheet *sheet, const struct node *node, const struct run *next);
/* The scheduler's process is over, and asks again later. */
void log_rest(struct sheet *sheet, const struct node *node);
/* All that the run prints. Behind it sheet->time is its end. */
void log_run(struct sheet *sheet, struct run *run);
/* The statistics block, with its marks; also what a forger would print. */
void log_statistics(struct sheet *sheet, const struct run *run);
/* Words of a schedule's Objects or Options field. */
void log_asking(const struct run *run, char *objects, char *options, size_t size);

#endif
