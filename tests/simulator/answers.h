/* SPDX-License-Identifier: BSD-2-Clause
 * What dsmc answers on the machine when it is asked behind a run: file spaces, and canaries. */
#ifndef SIMULATOR_ANSWERS_H
#define SIMULATOR_ANSWERS_H

#include "nights.h"

/* Seconds behind a run's end at which the questions are asked. */
enum { ASKED_AFTER = 300, TOUCHED_BEFORE = 600 };

/* `query filespace`, asked behind this run. */
void answer_filespaces(struct sheet *sheet, const struct nights *nights, const struct run *run);
/* `query backup PATH -inactive -detail` of a volume's early or late canary, asked behind this run. */
void answer_canary(struct sheet *sheet, const struct nights *nights, const struct run *run,
                   const struct volume *volume, bool late);
void canary_path(const struct node *node, const struct volume *volume, bool late, char *to, size_t size);
/* When that canary was written before this run. */
int64_t canary_touched(const struct run *run);

#endif
