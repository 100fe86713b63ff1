/* SPDX-License-Identifier: BSD-2-Clause
 * The proofs besides the log, made out of simulated texts for the library: earlier runs, canaries'
 * answers, the server's rows and file spaces. */
#ifndef SIMULATOR_PROOFS_H
#define SIMULATOR_PROOFS_H

#include "nights.h"

#include <tsmparse/canary.h>
#include <tsmparse/witness.h>

enum { EARLIER_MOST = 400, CANARIES_MOST = 2 * VOLUMES_MOST, FOREGONE = 12 };

struct proofs {
    uint32_t given; /* set of enum witness: what the judge gets */
    bool asked;     /* and asks for, so that one that is missing counts */
    /* of one machine */
    tsmp_earlier earlier[EARLIER_MOST];
    const struct schedule *earlier_of[EARLIER_MOST];
    size_t earlier_count;
    tsmp_text volumes[EARLIER_MOST][VOLUMES_MOST];
    tsmp_witness *witness;
    /* of one run */
    tsmp_earlier chosen[EARLIER_MOST];
    tsmp_canary *canaries[CANARIES_MOST];
    const tsmp_canary_view *views[CANARIES_MOST];
    struct sheet sheet; /* for use in between */
};

/* Before the runs of a machine are judged: good nights that came before, and what the server says. */
void proofs_begin(struct proofs *proofs, const struct nights *nights);
/* Fill in the context for a run; `truth` is the run that it was, NULL when it never was. What is filled
 * in holds until the next call. */
void proofs_of_run(struct proofs *proofs, const struct nights *nights, const tsmp_run_view *run,
                   const struct run *truth, tsmp_context *context);
/* This run was judged: it is an earlier one from now on. */
void proofs_remember(struct proofs *proofs, const struct run *truth, const tsmp_run_view *run,
                     const tsmp_verdict_view *verdict);
void proofs_free(struct proofs *proofs);

#endif
