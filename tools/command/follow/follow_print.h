/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef TSMPARSE_FOLLOW_PRINT_H
#define TSMPARSE_FOLLOW_PRINT_H

#include "follow.h"
#include "record.h"
#include "report.h"

struct follow_print {
    struct out out;
    bool json;
    const char *kinds; /* comma list, NULL = all */
    const struct options *options; /* what a run is judged by */
};

/* The sink's calls; their context is the above. */
void follow_print_batch(struct follower *follower, const tsmp_batch *batch, void *context);
void follow_print_run(struct follower *follower, const tsmp_run *run, bool open, void *context);
void follow_print_gap(struct follower *follower, enum gap_reason reason, void *context);

#endif
