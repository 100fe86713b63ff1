/* SPDX-License-Identifier: BSD-2-Clause
 * A text that was altered against the text as it stood: no verdict may be better, and what made a run bad may
 * not be lost. */
#ifndef TSMP_TEST_ALTERED_H
#define TSMP_TEST_ALTERED_H

#include "reading.h"

/* How good the text as it stands is, and what may be compared with it. */
struct base {
    const struct input *input;
    struct setup setup; /* the input's, with small batches: thousands of them are made */
    struct reading whole, other;
};

/* A text cut behind its beginning may well show a run that goes on. */
enum { RUNNING_IS_FAIR = 1, NOTHING_IS_FAIR = 0 };

/* Is there a run of this key in the text as it stands? */
bool was_there(const struct base *base, const char *key);
/* Every run of the altered text against the one of the same schedule and nominal start: a run that
 * was not there before must not be good. `floor`: levels up to it are no improvement. */
void not_better(struct base *base, const char *bytes, size_t length, int floor, const char *what, size_t at);
/* What made a run bad still does, and is said: a true alarm does not become "not known". `printed` may be NULL. */
void not_lost(struct base *base, uint64_t removed, unsigned excuse, const char *what, size_t at,
              const struct text *printed);
struct line {
    size_t from, to;
    uint16_t kind, word; /* kind, and its state, outcome or block */
    uint32_t statistic;
    int64_t return_code;
    size_t stamp; /* bytes of its stamp, 0 = none */
    bool stamped, opens; /* opens: a name goes on behind it */
};

struct lines {
    struct line *items;
    size_t count;
};

/* What each line is, asked of the library once. Only for text that is not transcoded or cut. */
struct lines lines_of(const struct input *input);

/* Try `property` with every input of the documents in `*state` that has runs. */
void over(void **state, void (*property)(struct base *));

#endif
