/* SPDX-License-Identifier: BSD-2-Clause
 * What is done to the text of a run, or of a whole log, after or while it is printed. */
#ifndef SIMULATOR_DAMAGE_H
#define SIMULATOR_DAMAGE_H

#include "run.h"

enum damage {
    DAMAGE_NONE,
    DAMAGE_FORGED_NAME,   /* a file's name holds newlines and lines of a log */
    DAMAGE_FORGED_OUTPUT, /* a command prints lines of a log */
    DAMAGE_HOLE,          /* the disk was full: lines are missing */
    DAMAGE_CLOCK_SET,
    DAMAGE_SUMMER_TIME,   /* begins or ends inside the run */
    DAMAGE_INTERWOVEN,    /* two schedulers write into one log */
    DAMAGE_DOUBLED,       /* lines stand there twice */
    DAMAGE_HEAD_CUT,      /* pruned: the log begins inside this run */
    DAMAGE_WRAPPED,       /* the ring was overwritten up to this run */
    DAMAGE_CUT_OFF,       /* the file ends inside this run */
    DAMAGE_COUNT
};

enum { DAMAGE_OF_RUNS = DAMAGE_HEAD_CUT }; /* those before it befall a single run */

const char *damage_name(enum damage damage);
/* Does it put lines into the log that are not the client's? */
bool damage_forges(enum damage damage);
/* Can the judge be asked to see through it: is what is left all that it needs? */
bool damage_is_harmless(enum damage damage);

/* What must be known before the run is printed: counts that a forger's file adds, the clock. */
void damage_prepare(struct sheet *sheet, struct run *run);
/* The printed lines of the run, damaged, into the log. */
void damage_apply(struct sheet *log, const struct sheet *own, struct run *run);
/* Lines of both in order of their times. */
void damage_weave(struct sheet *log, const struct sheet *one, const struct sheet *other);

/* ---- forge.c --------------------------------------------------------------------------------- */

/* Lines that somebody wants the reader to believe, chosen by the run's chance. */
void forge_lines(struct sheet *forged, struct run *run);

#endif
