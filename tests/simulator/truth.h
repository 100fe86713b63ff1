/* SPDX-License-Identifier: BSD-2-Clause
 * The truth about a run as a line of JSON, for whoever judges the printed files. */
#ifndef SIMULATOR_TRUTH_H
#define SIMULATOR_TRUTH_H

#include "nights.h"

#include <stdio.h>

void truth_print(FILE *to, const struct nights *nights, const struct run *run);

#endif
