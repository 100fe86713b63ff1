/* SPDX-License-Identifier: BSD-2-Clause
 * Drives the library over a text in one of its ways and writes down all that it answered, so that
 * two ways can be compared. What must hold for every input is checked on the way: records tile
 * the input, spans lie inside, text is the input's text, lines are counted right, text is never
 * an error, memory that runs out is said so, nothing is lost by it, nothing leaks. */
#ifndef FUZZ_DRIVE_H
#define FUZZ_DRIVE_H

#include "heap.h"
#include "standing.h"

#include <tsmparse/runs.h>

#include <stdbool.h>
#include <stddef.h>

struct notes {
    char *bytes;
    size_t length, capacity;
};

struct pattern_text {
    const char *name;
    const char *pattern;
    uint64_t length;
};

enum way { WAY_FEED, WAY_LEND, WAY_MIXED };

struct plan {
    const char *bytes;
    size_t length;
    tsmp_options options; /* size 0 = none given */
    tsmp_runs_options runs_options;
    const struct pattern_text *patterns;
    size_t pattern_count;
    enum way way;
    size_t chunk;    /* most bytes in a piece; 0 = all in one */
    uint32_t jitter; /* not 0: pieces of 0 to `chunk` bytes, chosen by this seed */
    bool language;   /* with a table: the template's, English in English */
    bool probe;      /* look through all of it first and use the answer */
    bool late;       /* take batches only when all was given, look at them when the reader is gone */
    bool no_runs;
    bool ordinary;   /* nothing by the hot path, whose answers must be the same */
    bool pull;       /* runs out of tsmp_runs_pull(), and no records; without `heap` and `late` */
    struct heap *heap;
};

/* A run by its schedule and nominal start, and what was judged of it. */
struct judged {
    struct notes key;
    bool named; /* by a schedule or a start; else the key is that of all that have neither */
    bool placed; /* by both; a closing mark that is printed twice may give a headless run the start that it lacks */
    struct standing standing;
};

/* What a drive saw. */
struct answer {
    struct notes records;
    struct notes verdicts; /* runs and what was judged of them */
    struct notes regions;
    bool regions_good;     /* false: the regions handle was spent for want of memory */
    bool records_good;     /* false: the reader (or a pattern) could not be made for want of memory */
    bool verdicts_good;    /* false: the runs handle was spent for want of memory */
    bool refused;          /* a user pattern did not compile */
    uint64_t limited;      /* records on which the only pattern cost too much, or of which it was not asked */
    uint64_t limited_at, limited_length; /* the first of them */
    uint32_t worst;
    struct judged *judged;
    size_t judged_count, judged_capacity;
};

void drive(const struct plan *plan, struct answer *answer);
void answer_free(struct answer *answer);
/* Stops the process when two answers differ where both are good; says at which record. */
void answers_equal(const struct answer *one, const struct answer *other);

/* standing_level() of the best verdict of the run with this key; -1 when there is no such run. */
int best_level(const struct answer *answer, const struct notes *key);
/* How many verdicts are of this level or a better one. */
size_t count_level(const struct answer *answer, int level);
/* The first run whose place is known that standing_lost() says it of. */
const struct judged *lost_against(const struct answer *before, const struct answer *after, uint64_t removed,
                                  unsigned excuse);

/* Notes: an entry is what stands between begin and end. */
size_t note_begin(struct notes *notes);
void note_end(struct notes *notes, size_t at);
void note_bytes(struct notes *notes, const void *bytes, size_t length);
void note_number(struct notes *notes, uint64_t number);
void note_text(struct notes *notes, const char *bytes, uint64_t length);
void note_run(struct notes *notes, const tsmp_run_view *run, const tsmp_verdict_view *verdict);
void note_judged(struct answer *answer, const tsmp_run_view *run, const tsmp_verdict_view *verdict);
void notes_equal(const struct notes *one, const struct notes *other, const char *what);

#endif
