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
    struct ahead *ahead;       /* who reads its second half meanwhile; or NULL */
};

/* Note why the text could not be read, and say it once; always false. */
bool input_fail(struct reading *reading, int part, const char *message);
/* look.c: what the text shows before it is read: the order of its dates, its decimal mark, and where it
 * wraps. Fills reading->known, wrap_offset and continued. */
bool input_look(struct reading *reading);
/* A reader with all that was said and found, for text from reading->offset and line on. NULL: that
 * failed, and was said. */
tsmp_reader *input_reader(struct reading *reading, int index);

/* Room for a piece of input, and what is called when the reader needs it no more: both on the thread that
 * reads. NULL: no memory. */
struct chunk *input_chunk(struct reading *reading);
void input_give_back(void *context);

/* ---- ahead.c: the second half of a large log on a thread of its own ---- */

/* NULL: it is no plain file, or too small, or there is no thread. */
struct ahead *ahead_start(const struct reading *reading);
/* Places where the two may meet, as offsets: to be asked for one after the other; UINT64_MAX: there
 * are no more. */
uint64_t ahead_mark(const struct ahead *ahead, size_t index);
/* Joins the thread if it runs, and frees all. */
void ahead_free(struct ahead *ahead);
/* Behind ahead_end(), or behind the last run: what it read behind the place where the two met, and
 * why it could not read to the file's end; NULL: it could. */
uint64_t ahead_bytes(const struct ahead *ahead);
const char *ahead_error(const struct ahead *ahead);

#endif
