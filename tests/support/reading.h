/* SPDX-License-Identifier: BSD-2-Clause
 * Read bytes one way or another and write down what came out, so that ways can be compared. On
 * each way the invariants that need no second reading are checked: the records tile the input,
 * every span lies inside its record, every constant has a name, what was lent is given back. */
#ifndef TEST_READING_H
#define TEST_READING_H

#include "case.h"
#include "standing.h"

/* How the bytes are given. */
struct way {
    size_t split; /* two pieces, the first of this length; 0 = by `chunk` */
    size_t chunk; /* pieces of this length; 0 = one piece */
    bool lend;    /* each piece a heap block of its exact size, freed by its release */
    bool late;    /* batches are only asked for behind the last piece */
    bool keep;    /* batches are looked at when the reader is gone */
};

/* One run and its verdict, short. */
struct judged {
    char key[256]; /* schedule, nominal start as printed; "interactive" where there is none */
    uint32_t claim, action, attempts;
    struct standing standing;
};

enum { WANT_EXACT = 1, WANT_RECORDS = 2, WANT_RUNS = 4, WANT_JUDGED = 8, WANT_SAID = 16 };

/* What came out. Zero it before the first use; it may be used again and again. */
struct reading {
    struct text exact;   /* every member of every record and field */
    struct text records; /* for people: what a ```records block shows */
    struct text runs;    /* what a ```runs block shows */
    struct text said;    /* every verdict with its sentences (said.h) */
    struct judged *judged;
    size_t judged_count, judged_capacity;
};

/* Fails the test (cmocka) with `name` when an invariant is broken. `want`: WANT_... set. */
void reading_make(struct reading *reading, const char *name, const char *bytes, size_t length,
                  const struct setup *setup, const struct way *way, unsigned want);
void reading_free(struct reading *reading);
/* What the command does first: ask tsmp_probe, and put its answer into the options. */
void reading_probe(const char *bytes, size_t length, tsmp_options *options);

/* Runs to be judged: the same call without records, for many readings of similar bytes. */
#define READING_WHOLE (&(const struct way){0})

/* The main of a program whose tests each get the documents of one folder of tests/cases.
 * usage: PROGRAM FORMAT [TEST]; no document is an error. */
struct CMUnitTest;
int reading_main(int argc, char **argv, struct CMUnitTest *tests, size_t count);

/* The first run of a text whose dates are MM/DD; the caller's. */
tsmp_run *reading_run(const struct text *text);

/* The first run with a name that standing_lost() says it of. */
const struct judged *reading_lost(const struct reading *before, const struct reading *after, uint64_t removed,
                                  unsigned excuse);
/* The best level among the runs with this key; 0 when there is none. */
int reading_best(const struct reading *reading, const char *key);

#endif
