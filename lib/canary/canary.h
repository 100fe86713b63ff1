/* SPDX-License-Identifier: BSD-2-Clause
 * What the rooms of the canary share: canary.c reads the rows, canary_answer.c weighs them for the
 * run's window, canary_nights.c counts them night by night. */
#ifndef TSMP_CANARY_H
#define TSMP_CANARY_H

#include "memory.h"

#include <tsmparse/canary.h>

#define CANARY_SECOND INT64_C(1000000)
#define CANARY_HOUR (3600 * CANARY_SECOND)

enum { CANARY_LINES = 8, CANARY_REASONS = TSMP_CANARY_REASON_NOT_YET + 1 };

/* Where something was seen: line numbers, the first few. */
struct seen {
    uint64_t count;
    uint64_t lines[CANARY_LINES];
};

struct tsmp_canary {
    tsmp_allocator allocator;
    tsmp_canary_question question; /* its path and nights are ours */
    struct string path;
    int64_t *nights;
    size_t directory; /* bytes of the path up to its last separator */
    bool ended, failed;

    tsmp_canary_version *versions;
    size_t count, capacity;
    uint64_t left_out;

    /* of the query that is being read */
    int64_t client_time, server_time;
    bool rows;            /* one was seen: its banner is over */
    uint64_t session;     /* line of the server's name, 0 = not yet */
    uint64_t last_row;    /* offset of the last row of the canary itself */
    bool last_is_canary;
    bool name_over;       /* a line of -detail stood behind it: its name can't go on */
    bool tainted;         /* a name may print what comes from here on */

    struct seen seen[CANARY_REASONS]; /* by reason: what was seen while reading */

    tsmp_canary_reason reasons[CANARY_REASONS];
    struct seen kept[CANARY_REASONS]; /* lines of the reasons given */
    tsmp_canary_night *night_items;
    tsmp_canary_view view;
};

void seen_add(struct seen *seen, uint64_t line);
/* What may hide a row, so that nothing is absent? */
bool canary_is_blind(const struct tsmp_canary *canary);
/* When it was stored by the client's clock; TSMP_NO_TIME: not known. */
int64_t canary_stored(const tsmp_canary_version *version);
/* Weigh what was read; fills the view. */
void canary_answer(struct tsmp_canary *canary);
void canary_nights(struct tsmp_canary *canary);

#endif
