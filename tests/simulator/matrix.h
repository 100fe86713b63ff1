/* SPDX-License-Identifier: BSD-2-Clause
 * The confusion matrix: shapes, and what was done to the text, against verdicts, for one set of
 * proofs that the judge was given. */
#ifndef SIMULATOR_MATRIX_H
#define SIMULATOR_MATRIX_H

#include "judged.h"

enum { VERDICTS = 8, EVIDENCE_MOST = 64 }; /* verdict 0: there is no such run in the text */

struct matrix {
    const char *name;
    uint32_t given; /* set of enum witness */
    bool asked;     /* each of them is asked for */
    uint64_t clean[SHAPE_COUNT][VERDICTS];                 /* by shape, text whole */
    uint64_t blind[SHAPE_COUNT];  /* text whole, said to be good, and no proof here can see */
    uint64_t fired[SHAPE_COUNT][EVIDENCE_MOST];            /* text whole */
    uint64_t damaged[DAMAGE_COUNT][TRUTH_COUNT][VERDICTS]; /* by damage and truth */
    uint64_t runs, bad, good;
    uint64_t breaches;      /* bad, visible, and said to be good; or good without a proof asked for */
    uint64_t false_alarms;  /* good, text whole, and said to be bad */
    uint64_t unknown;       /* good, text whole, and not proven */
    uint64_t misjudged;     /* text whole, and another verdict than this shape's */
    uint64_t misfired;      /* text whole, and other evidence than this shape's */
    uint64_t strangers, strangers_good;
};

/* What was found wrong with one run; NULL: nothing. Adds it to the matrix. */
const char *matrix_add(struct matrix *matrix, const struct run *run, const struct judged *judged);
/* Does it keep what docs/simulator.md promises? */
bool matrix_is_good(const struct matrix *matrix);
/* All verdicts for one set of proofs. */
void matrix_print(const struct matrix *matrix);
/* Which part of each shape's runs is said to be good, by set of proofs. */
void matrix_compare(const struct matrix *matrices, size_t count);
/* Which evidence was given in which shape. */
void matrix_print_evidence(const struct matrix *matrix);

#endif
