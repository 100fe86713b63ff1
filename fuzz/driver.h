/* SPDX-License-Identifier: BSD-2-Clause
 * One drive, for the files that make it: drive.c gives the text to a reader, drive_check.c looks at
 * what came out of it. */
#ifndef FUZZ_DRIVER_H
#define FUZZ_DRIVER_H

#include "drive.h"

struct driver {
    const struct plan *plan;
    struct answer *answer;
    tsmp_allocator allocator;
    const tsmp_allocator *given; /* NULL without a heap */
    uint64_t failed;             /* of the heap, when the call began */
    uint64_t tries;
    uint64_t lent;               /* pieces not yet given back */
    uint32_t random;
    tsmp_batch **kept;
    size_t kept_count, kept_capacity;
    tsmp_runs *runs;
    tsmp_regions *regions;
    uint64_t next_offset, next_line, first_offset;
    unsigned char *starts;       /* by input byte: a record begins here */
    bool transcoded;
};

/* Before a call that may run out of memory. */
static inline void before(struct driver *driver)
{
    driver->failed = driver->plan->heap != NULL ? driver->plan->heap->failed : 0;
}

/* Whether to call again. Memory that is refused for good comes back after a few tries, since what
 * is to be shown is that nothing was lost by then. */
bool again(struct driver *driver, int32_t status);

/* ---- drive_check.c ---- */
void take_batch(struct driver *driver, const tsmp_batch *batch);
void judge(struct driver *driver, tsmp_run *run);
/* `batch` NULL: no more of them; then the regions must tile the input. */
void give_runs(struct driver *driver, const tsmp_batch *batch);
void give_regions(struct driver *driver, const tsmp_batch *batch);

#endif
