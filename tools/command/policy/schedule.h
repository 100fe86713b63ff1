/* SPDX-License-Identifier: BSD-2-Clause
 * Starts that are expected, by the policy or by the server's list of events, against the runs that
 * were seen. What is expected, over and not there becomes a run of its own: `missed`. */
#ifndef TSMPARSE_SCHEDULE_H
#define TSMPARSE_SCHEDULE_H

#include "policy.h"

struct report;

/* Of each scheduled run, what tells whether it is one that was expected. */
struct seen_run {
    int file;
    char *schedule, *node; /* NUL-terminated; a longer name, or one with a NUL, is none that is expected */
    int64_t scheduled, started, ended; /* local microseconds or TSMP_NO_TIME */
};

struct seen {
    struct seen_run *items;
    size_t count, capacity;
    bool over; /* more runs than are kept: nothing is said to be missed */
};

/* Is anything expected at all? */
bool schedule_wanted(const struct options *options);
/* Note a run of `file`. False: no memory. */
bool seen_take(struct seen *seen, int file, const tsmp_run_view *run);
/* Those of a part behind those of the whole; the part has none any more. False: no memory. */
bool seen_merge(struct seen *seen, struct seen *part);
void seen_free(struct seen *seen);

/* What the server says: starts by `query event`, definitions by `query schedule`. */
struct event_start {
    char *schedule, *node;
    int64_t scheduled; /* local microseconds */
};
struct event_starts {
    struct event_start *items; /* by node and schedule */
    size_t count;
    struct policy_schedule *rows; /* for the nodes whose logs name the schedule; names are owned */
    size_t row_count;
    size_t untold; /* schedules whose starts their row does not tell */
};
/* The rows in options->schedules. False: it is no use, and that was said. */
bool events_read(struct event_starts *events, const struct options *options);
void events_free(struct event_starts *events);

/* All files have been read: judge and report the runs that are not there. `events` may be empty. */
void schedule_report(struct report *report, const struct event_starts *events);

#endif
