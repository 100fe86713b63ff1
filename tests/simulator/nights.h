/* SPDX-License-Identifier: BSD-2-Clause
 * A node's log over many nights, and the truth about each of its runs. */
#ifndef SIMULATOR_NIGHTS_H
#define SIMULATOR_NIGHTS_H

#include "damage.h"
#include "run.h"

/* How often things go wrong. */
enum mix {
    MIX_EVEN,  /* every shape about as often as every other: to judge the judge */
    MIX_MONTH, /* as in a bad month of a real site */
};

struct nights {
    struct node node;
    struct sheet log;   /* the file, as it is read */
    struct run *runs;
    uint32_t count, capacity;
    uint32_t events;    /* of them, those of the node's own schedules, in order of time */
    int64_t first_day;
    int64_t age;        /* seconds since the log was last written */
    bool wrapped;
    struct sheet own, other; /* for use while it is made */
};

/* The same for every call with the same numbers. What `nights` held before is used again. */
void nights_make(struct nights *nights, uint64_t seed, uint32_t index, uint32_t count, enum mix mix);
void nights_free(struct nights *nights);

#endif
