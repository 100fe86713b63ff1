/* SPDX-License-Identifier: BSD-2-Clause
 * Earlier runs of a table's row: so many nights of one kind, and before them others. */
#ifndef TEST_EARLIER_H
#define TEST_EARLIER_H

#include <tsmparse/runs.h>

#define DAY (INT64_C(86400) * 1000000)

enum { GROUPS = 6, EARLIER_MOST = 64, NAMES_MOST = 24 };

/* The groups go from the newest night to older ones. */
struct group {
    int nights;
    int64_t inspected, elapsed, transferred;
    const char *volumes; /* between commas; NULL = "/,/heath" */
    uint32_t verdict;    /* 0 = complete */
    uint32_t flags;
};

struct made {
    tsmp_earlier items[EARLIER_MOST];
    tsmp_text names[EARLIER_MOST][NAMES_MOST];
    size_t count;
};

/* Names between commas; how many. */
size_t earlier_split(const char *list, tsmp_text names[NAMES_MOST]);
/* A run a day, the newest a day before `run`. */
void earlier_make(struct made *made, const struct group groups[GROUPS], const tsmp_run_view *run);

#endif
