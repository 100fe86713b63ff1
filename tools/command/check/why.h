/* SPDX-License-Identifier: BSD-2-Clause
 * check --why: the judge's own reasoning, shown. Nothing is weighed here. */
#ifndef TSMPARSE_WHY_H
#define TSMPARSE_WHY_H

#include <tsmparse/runs.h>

#include <stdbool.h>
#include <stdio.h>

/* What is kept of it for a report. */
struct why;

/* A copy; *why is NULL where the judge was not asked. `*cost` grows by its memory. False: no memory. */
bool why_copy(struct why **why, const tsmp_verdict_view *verdict, size_t *cost);
/* For people, below the reasons of a run. `verdict`: what is shown. Takes NULL. */
void why_print(const struct why *why, uint32_t verdict);
void why_free(struct why *why);
/* `"why":[...],`, or nothing where the judge was not asked. */
void why_json(FILE *out, const tsmp_verdict_view *verdict);

#endif
