/* SPDX-License-Identifier: BSD-2-Clause
 * What a run prints between its begin and its statistics. */
#ifndef SIMULATOR_BODY_H
#define SIMULATOR_BODY_H

#include "run.h"

void log_body(struct sheet *sheet, const struct run *run);
/* What a selective backup, an archive or an image asks for as its `index`-th object. */
void selection_name(const struct run *run, size_t index, char *to, size_t size);

#endif
