/* SPDX-License-Identifier: BSD-2-Clause
 * The confusion matrix: shapes, and what was done to the text, against verdicts. */
#ifndef SIMULATOR_MATRIX_H
#define SIMULATOR_MATRIX_H

#include "judged.h"

enum { VERDICTS = 8 }; /* 0: there is no such run in the text */

struct matrix {
    uint64_t clean[SHAPE_COUNT][VERDICTS];             /* by shape, text whole */
    uint64_t blind[SHAPE_COUNT];                       /* said to be good, and no proof can see */
    uint64_t damaged[DAMAGE_COUNT][TRUTH_COUNT][VERDICTS]; /* by damage and truth */
    uint64_t runs, bad, good;
    uint64_t breaches;      /* bad, visible, and said to be good */
    uint64_t false_alarms;  /* good, text whole, and said to be bad */
    uint64_t unknown;       /* good, text whole, and not proven */
    uint64_t misjudged;     /* text whole, and another verdict than this shape's */
    uint64_t misfired;      /* text whole, and other evidence than this shape's */
    uint64_t strangers, strangers_good;
};

/* What was found wrong with one run; NULL: nothing. Adds it to the matrix. `proofs`: set of enum
 * witness that the judge had. */
const char *matrix_add(struct matrix *matrix, const struct run *run, const struct judged *judged,
                       uint32_t proofs);
void matrix_print(const struct matrix *matrix);

#endif
