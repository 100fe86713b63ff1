/* SPDX-License-Identifier: BSD-2-Clause
 * What a reader must know at a record's end to go on as if it had read all before. */
#ifndef TSMP_RESUME_H
#define TSMP_RESUME_H

#include "pack.h"
#include "reader.h"

/* Write the state behind the last record handed out, or read it into a new reader with the same
 * options: without offset, line and the tail, so that states of two places can be compared. */
void resume_state(struct pack *pack, struct tsmp_reader *reader);
/* Patterns and languages of a resumed reader are all there: are they those of the token? */
bool resume_begin(struct tsmp_reader *reader);
/* A time of a stamp: in range, so that sums of times stay in theirs; `none`: or TSMP_NO_TIME. */
void pack_time(struct pack *pack, int64_t *time, bool none);

#endif
