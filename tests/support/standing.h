/* SPDX-License-Identifier: BSD-2-Clause
 * What the judge made of a run, and why: so that two readings of a log can be compared, one of which a stranger
 * or an accident has changed. The tests and the fuzz targets ask the same. */
#ifndef TEST_STANDING_H
#define TEST_STANDING_H

#include <tsmparse/runs.h>

#include <stdbool.h>
#include <stddef.h>

/* Evidence that makes a run missed, incomplete or failed by itself, and the lines that it rests on. */
struct against {
    uint32_t id;
    uint64_t lines[2]; /* 0 = none */
};
enum { AGAINST = 8 }; /* of a run, are kept */

struct standing {
    uint32_t verdict; /* TSMP_VERDICT_... */
    uint64_t first_line, last_line;
    uint64_t shown; /* ids of all its evidence, one bit each */
    struct against against[AGAINST];
    size_t against_count;
};

/* False: evidence that is none. */
bool standing_make(struct standing *standing, const tsmp_run_view *run, const tsmp_verdict_view *verdict);

/* 3 complete, 2 exceptions, 1 running, 0 all else: what an alarm would make of it. */
int standing_level(uint32_t verdict);
/* Is it missed, incomplete or failed: more than that nothing proves it good? */
bool standing_bad(uint32_t verdict);

/* What a run of which it is said that its lines can't be believed may have come to: bad for another reason;
 * unknown. And, where a forged line begins a run: anything, while some run is bad. ALL: nothing is asked. */
enum excuse { EXCUSE_NONE = 0, EXCUSE_OTHER = 1, EXCUSE_UNKNOWN = 2, EXCUSE_MOVED = 4, EXCUSE_ALL = 8 };

/* Was it bad, and is it not so now, or not for what made it so? It may be bad for another reason if it is called
 * worse then. `now`: NULL = it is not there. `removed`: the line that was taken out, 0 = none; only a run in which
 * it stood, behind the first line, is compared. */
bool standing_lost(const struct standing *was, const struct standing *now, uint64_t removed, unsigned excuse);

#endif
