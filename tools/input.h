/* SPDX-License-Identifier: BSD-2-Clause
 * What input.c (reading a text) and look.c (looking through it first) share. */
#ifndef TSMPARSE_INPUT_H
#define TSMPARSE_INPUT_H

#include "command.h"
#include "source.h"

enum { HEAD = 1024 * 1024, CHUNK = 256 * 1024, MAX_JOINED = 16 };

/* A file, open, with its beginning in memory: a pipe can be read only once. */
struct part {
    struct source *source;
    char *head;
    size_t length;
    bool whole; /* the head is all there is */
};

/* Input that is lent to the reader until it says that no record needs it. */
struct chunk {
    struct reading *reading;
    char bytes[CHUNK];
};

struct reading {
    struct text *text;
    const struct options *options;
    tsmp_options known; /* the caller's options and what the probe found */
    struct sink sink;
    struct chunk *spare; /* one that the reader does not need any more */
    struct part parts[MAX_JOINED];
    uint64_t wrap_offset, wrap_line;
    uint64_t offset, line;     /* where the next joined part begins */
    bool marker_last;          /* the last record was a wrap marker */
    uint64_t markers_inside;   /* wrap markers with text behind them, in file order */
    bool quiet;                /* read_again: nothing is counted */
    bool continued;            /* the file ends like a log that wraps */
};

/* Note why the text could not be read, and say it once; always false. */
bool input_fail(struct reading *reading, int part, const char *message);
/* look.c: what the text shows before it is read: the order of its dates, its decimal mark, and where it
 * wraps. Fills reading->known, wrap_offset and continued. */
bool input_look(struct reading *reading);

#endif
