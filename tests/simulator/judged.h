/* SPDX-License-Identifier: BSD-2-Clause
 * A simulated log through the library, and its verdicts beside the truth. */
#ifndef SIMULATOR_JUDGED_H
#define SIMULATOR_JUDGED_H

#include "proofs.h"

/* What the judge made of one run of the truth. */
struct judged {
    uint32_t verdict;  /* the worst of the runs that it was taken for; 0: there is none */
    uint32_t best;     /* the best of them */
    uint64_t evidence; /* bits 1 << TSMP_EVIDENCE_... of all of them */
    uint32_t lacking;  /* TSMP_PROOF_... that do not stand in one of them that is said to be good */
    uint32_t runs;
};

struct judging_result {
    struct judged *judged; /* one for each of nights->runs */
    uint32_t capacity;
    uint64_t strangers;      /* runs that never were, whatever was said of them */
    uint64_t strangers_good; /* of them, those that are said to be complete, or nearly */
    uint64_t records, unknown; /* of the text */
};

/* Read the log as the command does: look through it, put a ring in order, pull the runs, judge each in
 * the order in which they come, with what `proofs` says is given. */
void judge_nights(struct judging_result *result, const struct nights *nights, struct proofs *proofs);
/* Records that no rule fits; the text is read record by record. */
void count_unknown(struct judging_result *result, const struct sheet *text);
void judging_result_free(struct judging_result *result);

#endif
