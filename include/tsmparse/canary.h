/* SPDX-License-Identifier: BSD-2-Clause
 *
 * canary.h - was this one file really stored by that run?
 *
 * A canary is a file that is rewritten before each run and then left alone. When the walk came to
 * it, the server has a new version of it: that is proof, whatever the log claims. The answer is
 * read off what
 *
 *     dsmc query backup PATH -inactive -detail -dateformat=3 -timeformat=1 -numberformat=1
 *
 * prints. One handle is one question:
 *
 *     tsmp_canary_new(&question, NULL, &canary);
 *     for each batch: tsmp_canary_add(canary, batch);
 *     tsmp_canary_end(canary);
 *     ... tsmp_canary_view_of(canary)->answer ...
 *     tsmp_canary_free(canary);
 *
 * Rules for all of it
 *   - Three answers: present and absent are proven, all else is unknown. No row, no banner, a date
 *     of undecided order, a line that was not understood: unknown, never absent.
 *   - Backup dates are of the server's clock, modified times of the client's. The banner above the
 *     rows shows both clocks; what is compared is first brought to the client's.
 *   - Rows of another path never count. Below a row from outside the canary's own directory, or a
 *     line that was not understood, no row is proof: a name that holds a newline may have printed it.
 *   - Times are local, microseconds since 1970-01-01 as if UTC, or TSMP_NO_TIME.
 *   - A handle belongs to one thread at a time. Behind tsmp_canary_end() it is immutable.
 *   - Memory is O(versions of the canary that are kept + nights).
 *   - int32_t results are TSMP_ status codes. Structs grow at their end; step by the strides.
 */
#ifndef TSMPARSE_CANARY_H
#define TSMPARSE_CANARY_H

#include <tsmparse/runs.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct tsmp_canary tsmp_canary;

/* Which members of the question are set, and what the caller vouches for. */
#define TSMP_CANARY_SIZE 1u
#define TSMP_CANARY_MODIFIED 2u
#define TSMP_CANARY_UNTIL 4u /* window_end is set; without it the window is open at its end */
#define TSMP_CANARY_SKEW 8u  /* skew is set, and wins over the banner's */
#define TSMP_CANARY_KNOWN 16u /* this very query has found the canary before: file space, spelling
                                 and include list are right, so that "no match" is an answer */
#define TSMP_CANARY_CHANGES 32u /* the canary was rewritten before each of the nights */

/* RETExtra NOLIMIT */
#define TSMP_CANARY_NO_LIMIT 0xFFFFFFFFu

/* Zero it, set `size`, `path` and `window_start`, and what else is known. */
typedef struct tsmp_canary_question {
    uint32_t size;  /* sizeof(tsmp_canary_question) */
    uint32_t flags; /* set of TSMP_CANARY_... */
    tsmp_text path; /* as the client prints it, without {braces}; copied */
    uint64_t bytes; /* size of the canary as it was written */
    int64_t modified;     /* when it was written, client's clock; whole seconds are compared */
    int64_t window_start; /* of the run, client's clock */
    int64_t window_end;
    int64_t skew;  /* server's clock minus client's, microseconds */
    int64_t slack; /* microseconds by which clocks may be off beyond the skew; 0 = 5 seconds, at
                      most 10 minutes */
    const int64_t *nights; /* scheduled starts, client's clock, each later than the one before;
                              copied. The last one lasts until window_end, or is left open.
                              At most 65,536 */
    uint64_t night_count;
    uint32_t versions_kept; /* VERExists of the management class, 0 = not known */
    uint32_t days_kept;     /* RETExtra, 0 = not known, TSMP_CANARY_NO_LIMIT */
    uint32_t max_versions;  /* kept; default 4,096. Past it nothing is absent */
    uint32_t reserved;
} tsmp_canary_question;

#define TSMP_CANARY_VERSION_HAS_SIZE 1u
#define TSMP_CANARY_VERSION_ROUNDED 2u   /* the client rounded the size: KB and above */
#define TSMP_CANARY_VERSION_FORGEABLE 4u /* a name may have printed it */
#define TSMP_CANARY_VERSION_IN_WINDOW 8u

/* A row of the canary's own path. */
typedef struct tsmp_canary_version {
    uint32_t state; /* TSMP_WORD_ active or inactive */
    uint32_t flags; /* TSMP_CANARY_VERSION_... */
    int64_t backup_time; /* server's clock, as printed; TSMP_NO_TIME: undecided */
    int64_t skew;        /* of the banner above it, TSMP_NO_TIME: not known */
    int64_t modified;    /* TSMP_NO_TIME: not printed, or undecided */
    uint64_t bytes;
    uint64_t unit;       /* bytes that the last printed digit stands for: 1, 1024, ... */
    uint64_t line;
} tsmp_canary_version;

typedef struct tsmp_canary_reason {
    uint32_t id; /* TSMP_CANARY_REASON_... */
    uint32_t reserved;
    tsmp_text text;        /* one sentence without its full stop; static storage */
    const uint64_t *lines; /* line numbers it rests on, the first eight */
    uint64_t line_count;
} tsmp_canary_reason;

typedef struct tsmp_canary_night {
    int64_t start;   /* as asked */
    uint32_t answer; /* TSMP_CANARY_PRESENT, _ABSENT, _UNKNOWN */
    uint32_t reason; /* TSMP_CANARY_REASON_... */
    uint64_t versions; /* stored between this start and the next one */
    uint64_t line;     /* of the first of them, 0 = none */
} tsmp_canary_night;

typedef struct tsmp_canary_view {
    uint32_t size; /* sizeof(tsmp_canary_view) of the library */
    uint32_t version_stride;
    uint32_t reason_stride;
    uint32_t night_stride;
    uint32_t answer; /* TSMP_CANARY_PRESENT, _ABSENT, _UNKNOWN: for the window */
    uint32_t reserved;
    int64_t skew;  /* of the last banner or as given; TSMP_NO_TIME: not known */
    int64_t asked; /* the client's clock when it was asked; TSMP_NO_TIME: not known */
    uint64_t reason_count; /* at least 1 */
    const tsmp_canary_reason *reasons;
    uint64_t version_count;
    const tsmp_canary_version *versions; /* as printed, first to last */
    uint64_t versions_left_out;
    uint64_t night_count;
    const tsmp_canary_night *nights; /* as asked */
    tsmp_text path;       /* as asked, like the next two */
    int64_t window_start;
    int64_t window_end;   /* TSMP_NO_TIME: open */
} tsmp_canary_view;

/* Ask. `allocator` may be NULL (malloc); question and allocator are copied. TSMP_OK, TSMP_E_NOMEM;
 * TSMP_E_MISUSE: no path, no start, an end before the start, nights out of order, a slack out of
 * its range, an unknown flag. */
TSMP_API int32_t tsmp_canary_new(const tsmp_canary_question *question,
                                 const tsmp_allocator *allocator, tsmp_canary **canary);
TSMP_API void tsmp_canary_free(tsmp_canary *canary);
/* Take a batch, in the order in which the reader gave them; no reference to it is kept. TSMP_OK;
 * TSMP_E_NOMEM: the handle is spent, free it; TSMP_E_MISUSE: NULL, or behind the end or
 * TSMP_E_NOMEM. */
TSMP_API int32_t tsmp_canary_add(tsmp_canary *canary, const tsmp_batch *batch);
/* No more batches: answer. Calling it again does nothing. Results as of tsmp_canary_add. */
TSMP_API int32_t tsmp_canary_end(tsmp_canary *canary);
/* The answer; NULL before tsmp_canary_end(). Lives as long as the handle. */
TSMP_API const tsmp_canary_view *tsmp_canary_view_of(const tsmp_canary *canary);

#ifdef __cplusplus
}
#endif
#endif
