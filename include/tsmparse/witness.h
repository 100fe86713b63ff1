/* SPDX-License-Identifier: BSD-2-Clause
 *
 * witness.h - what the server says of the nights: events, statistics, distress, file spaces
 *
 * The client's log says what the client claims. The server is the second witness: it has a row for
 * each event (`query event`), the client's statistics and its own messages in the activity log
 * (`query actlog`), and a date of the last whole incremental backup for each file space (`query
 * filespace` of dsmc; `select node_name, filespace_name, backup_end from filespaces` or `query
 * filespace f=d` of dsmadmc). Texts go in through readers, in any order and number; then it is closed
 * and given to the judge:
 *
 *     tsmp_witness_new(NULL, NULL, &witness);
 *     for each text, for each batch of its reader: tsmp_witness_add(witness, batch);
 *     tsmp_witness_end(witness);
 *     context.witness = witness;  ... tsmp_judge(run, &context, NULL, &verdict) ...
 *     tsmp_witness_free(witness);
 *
 * Rules for all of it
 *   - Another text begins where the offset of a record does not grow: each with a reader of its own
 *     whose first_offset is 0. Records that are none of these kinds are ignored.
 *   - All times are the server's clock, local, microseconds since 1970-01-01 as if UTC, or
 *     TSMP_NO_TIME. A row whose date is undecided is not kept, but counted.
 *   - Names of nodes and schedules are compared whole, letters without case; never as part of one
 *     another. Text is bytes of what was read, raw, not NUL-terminated.
 *   - The activity log holds text of others: only whole messages of the numbers below count. Behind a
 *     message of a client that does not come to its end, a name may have printed what follows: those
 *     rows are flagged, and speak against a run but never for it.
 *   - A handle belongs to one thread at a time. Behind tsmp_witness_end() it is immutable: any
 *     threads may read it and judge with it at once.
 *   - Memory is O(rows kept), at most `max_rows` of each kind.
 *   - int32_t results are TSMP_ status codes. Structs grow at their end; step by the strides.
 */
#ifndef TSMPARSE_WITNESS_H
#define TSMPARSE_WITNESS_H

#include <tsmparse/runs.h>

#ifdef __cplusplus
extern "C" {
#endif

/* A file space whose text does not name its node is left out, else it may be any run's: for texts of
 * many nodes. */
#define TSMP_WITNESS_NAMED_ONLY 1u

/* Zero it, set `size`, set what is wanted: 0 always means the default. */
typedef struct tsmp_witness_options {
    uint32_t size;  /* sizeof(tsmp_witness_options) */
    uint32_t flags; /* TSMP_WITNESS_... */
    uint64_t max_rows; /* kept of each kind; default 1,000,000. Past it rows are counted, and then
                          nothing is absent any more */
} tsmp_witness_options;

/* Status of an event, by the words of the server. */
#define TSMP_EVENT_OTHER 0u
#define TSMP_EVENT_COMPLETED 1u
#define TSMP_EVENT_FAILED 2u
#define TSMP_EVENT_FAILED_NO_RESTART 3u
#define TSMP_EVENT_FUTURE 4u
#define TSMP_EVENT_IN_PROGRESS 5u
#define TSMP_EVENT_MISSED 6u
#define TSMP_EVENT_PENDING 7u
#define TSMP_EVENT_RESTARTED 8u
#define TSMP_EVENT_SEVERED 9u
#define TSMP_EVENT_STARTED 10u
#define TSMP_EVENT_UNCERTAIN 11u

/* Flags of rows. */
#define TSMP_WITNESS_FORGEABLE 1u /* a name may have printed it */
#define TSMP_WITNESS_TWICE 2u     /* it, or a number of it, stands twice and differs */
#define TSMP_WITNESS_DAMAGED 4u   /* statistics: lines of the set were not understood */
#define TSMP_WITNESS_NEVER 8u     /* file space: no whole incremental yet, says the row */
#define TSMP_WITNESS_API 16u      /* file space: of a program, not of the walk */
#define TSMP_WITNESS_HAS_RESULT 32u
#define TSMP_WITNESS_LOGGED 64u   /* event: out of the activity log, so `scheduled` is not known */

/* A row of `query event`; or ANR2507I, ANR2578W, ANR2579E of the activity log. */
typedef struct tsmp_witness_event {
    tsmp_text domain, schedule, node;
    tsmp_text status; /* as printed; of the activity log: the message's code */
    tsmp_text reason;
    int64_t scheduled, actual, completed;
    int64_t result; /* return code, with TSMP_WITNESS_HAS_RESULT */
    int64_t asked;  /* not before this was the question asked */
    uint32_t state; /* TSMP_EVENT_... */
    uint32_t flags;
    uint64_t order; /* in which of the texts, from 0 */
    uint64_t line;
    tsmp_text server; /* by the banner above it; empty: there is none */
} tsmp_witness_event;

/* What the server logged of one session's statistics (ANE4952I to ANE4977I and their like). */
typedef struct tsmp_witness_session {
    tsmp_text node; /* empty: nothing tells whose it is */
    uint64_t session;
    int64_t first, last; /* of its statistics */
    uint64_t statistic_count;
    const tsmp_statistic *statistics; /* each name once; `line` in its own text */
    uint32_t flags;
    uint32_t unread; /* statistics that were not understood */
} tsmp_witness_session;

/* A message that may tell of trouble: ANR0444W, ANR0480W to ANR0484W, ANR2568E, ANR2571W,
 * ANR2576W. */
typedef struct tsmp_witness_message {
    tsmp_text code;
    tsmp_text node, schedule;
    uint64_t session; /* 0 = it names none */
    int64_t time;
    uint32_t number; /* 481 of ANR0481W */
    uint32_t flags;
    uint64_t line;
    tsmp_text server; /* by the banner above it; empty: there is none */
} tsmp_witness_message;

typedef struct tsmp_witness_filespace {
    tsmp_text node; /* empty: the text does not tell */
    tsmp_text name, type;
    int64_t last_incremental; /* TSMP_NO_TIME with TSMP_WITNESS_NEVER: there was none */
    int64_t asked; /* the banner's server time; else not before this, by the newest date beside it */
    int64_t skew;  /* server's clock minus client's, by the banner; TSMP_NO_TIME: not known */
    uint32_t flags;
    uint32_t reserved;
    uint64_t order; /* in which of the texts, from 0 */
    uint64_t line;
} tsmp_witness_filespace;

typedef struct tsmp_witness_view {
    uint32_t size; /* sizeof(tsmp_witness_view) of the library */
    uint32_t event_stride;
    uint32_t session_stride;
    uint32_t message_stride;
    uint32_t filespace_stride;
    uint32_t statistic_stride;
    uint64_t event_count;
    const tsmp_witness_event *events; /* by node, schedule, scheduled, text */
    uint64_t session_count;
    const tsmp_witness_session *sessions; /* by node, last */
    uint64_t message_count;
    const tsmp_witness_message *messages; /* by node, time */
    uint64_t filespace_count;
    const tsmp_witness_filespace *filespaces; /* by node, name, asked */
    int64_t log_first, log_last; /* of the activity log; it may have holes */
    uint64_t undated;  /* rows with a date whose order is not decided, or that is none */
    uint64_t damaged;  /* rows that are not whole, or whose names may be put together wrongly */
    uint64_t left_out; /* rows past max_rows */
} tsmp_witness_view;

/* Make a handle. `options` and `allocator` may be NULL (defaults, malloc); both are copied.
 * TSMP_OK, TSMP_E_MISUSE, TSMP_E_NOMEM. */
TSMP_API int32_t tsmp_witness_new(const tsmp_witness_options *options,
                                  const tsmp_allocator *allocator, tsmp_witness **witness);
TSMP_API void tsmp_witness_free(tsmp_witness *witness);
/* Take a batch, in the order in which its reader gave them; no reference to it is kept. TSMP_OK;
 * TSMP_E_NOMEM: the handle is spent, free it; TSMP_E_MISUSE: NULL, or behind the end or
 * TSMP_E_NOMEM. */
TSMP_API int32_t tsmp_witness_add(tsmp_witness *witness, const tsmp_batch *batch);
/* No more batches: put in order. Calling it again does nothing. Results as of tsmp_witness_add. */
TSMP_API int32_t tsmp_witness_end(tsmp_witness *witness);
/* What it keeps; NULL before tsmp_witness_end(). Lives as long as the handle. */
TSMP_API const tsmp_witness_view *tsmp_witness_view_of(const tsmp_witness *witness);

#ifdef __cplusplus
}
#endif
#endif
