/* SPDX-License-Identifier: BSD-2-Clause
 *
 * runs.h - scheduled runs and interactive commands, and what they prove
 *
 * Batches go in, runs come out, and each run is judged:
 *
 *     tsmp_runs_new(NULL, NULL, &runs);
 *     for each batch: tsmp_runs_add(runs, batch);
 *                     while (tsmp_runs_next(runs, &run) == TSMP_OK) judge it;
 *     tsmp_runs_end(runs); and the same loop once more
 *
 * A run is the records of one scheduled event, keyed by (schedule, nominal start), or of one
 * interactive command. A wrapped log (SCHEDLOGMAX) is to be fed in order of time: first what
 * stands behind END OF DATA, then the file's beginning (tsmp_probe finds the place).
 */
#ifndef TSMPARSE_RUNS_H
#define TSMPARSE_RUNS_H

#include <tsmparse/tsmparse.h>

#ifdef __cplusplus
extern "C" {
#endif

/* INT64_MIN: this time is not known (no stamp, or its date order is undecided). */
#define TSMP_NO_TIME INT64_MIN

typedef struct tsmp_runs tsmp_runs;
typedef struct tsmp_run tsmp_run;
typedef struct tsmp_verdict tsmp_verdict;

typedef struct tsmp_runs_options {
    uint32_t size;
    uint32_t max_volumes;  /* kept per run; default 65536. Past it: counted, never `complete` */
    uint32_t max_evidence; /* findings kept per run; default 1000 */
    uint32_t reserved;
} tsmp_runs_options;

typedef struct tsmp_volume {
    tsmp_text name;
    uint32_t outcome; /* TSMP_WORD_ successful, failures, stopped, unfinished */
    uint32_t flags;   /* bit 0: begin line seen; bit 1: walked by journal */
    uint64_t failures;
    uint64_t begin_line; /* 0 = not seen */
    uint64_t end_line;
} tsmp_volume;

typedef struct tsmp_statistic {
    uint32_t name; /* TSMP_STATISTIC_... */
    uint32_t unit; /* TSMP_WORD_ count, bytes, seconds, bytes_per_second, percent, text */
    int64_t number;
    int32_t power; /* value is number x 10^power */
    uint32_t flags;
    uint64_t line;
} tsmp_statistic;

typedef struct tsmp_run_view {
    uint32_t size;
    uint32_t volume_stride;
    uint32_t statistic_stride;
    uint32_t action;    /* TSMP_WORD_ incremental, selective, archive, restore, retrieve, command, macro,
                           image, other; 0 = the text does not say */
    tsmp_text schedule; /* empty for an interactive command */
    tsmp_text node;
    tsmp_text scheduled_text; /* nominal start as printed */
    int64_t scheduled;        /* local microseconds or TSMP_NO_TIME, like the next two */
    int64_t started;
    int64_t ended;
    uint32_t claim;       /* TSMP_CLAIM_... */
    uint32_t has_return_code;
    int64_t return_code;
    uint32_t attempts; /* BEGIN records joined under this key */
    uint32_t interactive;
    uint64_t first_line, last_line, first_offset, end_offset;
    uint64_t volume_count;
    const tsmp_volume *volumes;
    uint64_t statistic_count;
    const tsmp_statistic *statistics;
    uint64_t sent, updated, expired, rebound, deleted, failed, skipped, retried; /* objects */
    uint64_t informational, warnings, errors, severe;                            /* messages */
} tsmp_run_view;

TSMP_API int32_t tsmp_runs_new(const tsmp_runs_options *options, const tsmp_allocator *allocator,
                               tsmp_runs **runs);
TSMP_API void tsmp_runs_free(tsmp_runs *runs);
/* Take a batch in order; keeps no reference. On TSMP_E_NOMEM the handle is spent: free it. */
TSMP_API int32_t tsmp_runs_add(tsmp_runs *runs, const tsmp_batch *batch);
/* No more batches: what is still open becomes a run that is open. */
TSMP_API int32_t tsmp_runs_end(tsmp_runs *runs);
/* The next finished run (TSMP_OK; free with tsmp_run_free), TSMP_MORE or TSMP_END. */
TSMP_API int32_t tsmp_runs_next(tsmp_runs *runs, tsmp_run **run);
/* Lives as long as the run. */
TSMP_API const tsmp_run_view *tsmp_run_view_of(const tsmp_run *run);
TSMP_API void tsmp_run_free(tsmp_run *run);

/* What the judge may know besides the run. Zero it and set `size`. */
typedef struct tsmp_context {
    uint32_t size;
    uint32_t proofs;     /* proofs asked for, TSMP_PROOF_...; 0 = closed, volumes and summary */
    int64_t age;         /* seconds since the log was last written, -1 or 0 = just now */
    int64_t fresh;       /* an open run older than this is not running; 0 = 24 h */
    const tsmp_text *domain; /* volumes that a default-domain incremental must show; may be NULL */
    uint64_t domain_count;
} tsmp_context;

typedef struct tsmp_evidence {
    uint32_t id;       /* TSMP_EVIDENCE_... */
    uint32_t strength; /* 1 (note) to 5; 0 = neutral */
    tsmp_text text;    /* one sentence; log bytes in it are raw: escape before showing */
    const uint64_t *lines; /* line numbers it rests on */
    uint64_t line_count;
} tsmp_evidence;

typedef struct tsmp_verdict_view {
    uint32_t size;
    uint32_t evidence_stride;
    uint32_t verdict; /* TSMP_VERDICT_... */
    uint32_t claim;   /* TSMP_CLAIM_... */
    uint32_t proof;   /* set of TSMP_PROOF_... that stand */
    uint32_t reserved;
    uint64_t evidence_count;
    const tsmp_evidence *evidence;
} tsmp_verdict_view;

/* Judge a run. The run is not changed; the verdict owns all it shows and outlives the run.
 * `context` may be NULL. TSMP_OK, TSMP_E_NOMEM, TSMP_E_MISUSE. */
TSMP_API int32_t tsmp_judge(const tsmp_run *run, const tsmp_context *context,
                            const tsmp_allocator *allocator, tsmp_verdict **verdict);
TSMP_API const tsmp_verdict_view *tsmp_verdict_view_of(const tsmp_verdict *verdict);
TSMP_API void tsmp_verdict_free(tsmp_verdict *verdict);
/* The worse of two verdicts, for "the worst run": complete < exceptions < running < unknown <
 * missed < incomplete < failed. 0 counts as better than all. */
TSMP_API uint32_t tsmp_verdict_worse(uint32_t a, uint32_t b);

#ifdef __cplusplus
}
#endif
#endif
