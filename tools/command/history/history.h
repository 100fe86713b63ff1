/* SPDX-License-Identifier: BSD-2-Clause
 * Runs of every night in one SQLite file: what the judge sets a run against. docs/history.md tells
 * what is kept. One handle, one thread. Names are bytes and only ever bound, never part of SQL. */
#ifndef TSMPARSE_HISTORY_H
#define TSMPARSE_HISTORY_H

#include "command.h"

enum {
    HISTORY_SCHEMA = 1,   /* user_version; a greater one is of a newer program */
    HISTORY_EARLIER = 40, /* good runs handed to the judge, which takes the newest 30 */
    HISTORY_FLAG_INTERACTIVE = 0x100 /* beside TSMP_EARLIER_... in `flags` */
};

/* A run as it is kept. Times are local microseconds as in tsmp_run_view. */
struct stored {
    tsmp_text node, schedule;
    tsmp_text volumes; /* packed, in order of name: volumes_pack() */
    int64_t scheduled, started, ended;         /* or TSMP_NO_TIME */
    int64_t elapsed, inspected, transferred;   /* -1 = not known */
    uint32_t action, verdict, claim, proof, flags;
    uint32_t base; /* its verdict where only the log's own proofs are asked for: what makes it a measure */
    int64_t accepted; /* when somebody did, seconds since 1970; 0 = nobody */
};

struct history;

/* `write`: it is made when there is none. NULL: `error` says why, and no file was changed. */
struct history *history_open(const char *path, bool write, char *error, size_t size);
void history_close(struct history *history);
/* Why a call failed; static text. */
const char *history_error(const struct history *history);
/* Keep a run until history_flush(): in a temporary place, so that a file that turns out to be no use
 * leaves nothing, and nobody else waits while it is read. */
bool history_add(struct history *history, const struct stored *run);
/* All that was added into the file, in one transaction; `good` false: forget it. */
bool history_flush(struct history *history, bool good);
uint64_t history_stored(const struct history *history); /* runs that were flushed */

typedef bool stored_handler(const struct stored *run, void *context); /* false: enough */
/* Good runs of one series that began before `before`, newest first, and those that were added. */
bool history_earlier(struct history *history, const struct stored *of, int64_t before,
                     stored_handler *handler, void *context);
/* All runs, of one node or schedule where these are not NULL, in order of node, schedule, time. */
bool history_each(struct history *history, const char *node, const char *schedule,
                  stored_handler *handler, void *context);
/* Runs of this node, schedule and nominal start are good from now on: a person looked. How many. */
bool history_accept(struct history *history, const char *node, const char *schedule, int64_t scheduled,
                    uint64_t *count);

/* ---- history_volumes.c ---- */
/* The names that a run began, as one piece: of each its length, low byte first in four, and its bytes. Empty when
 * there are none or too many. False: no memory. The caller frees packed->bytes. */
bool volumes_pack(const tsmp_run_view *run, tsmp_text *packed);
/* How many names stand in it; 0 for a piece that is damaged. `names` (may be NULL): room for them. */
size_t volumes_unpack(tsmp_text packed, tsmp_text *names);

#endif
