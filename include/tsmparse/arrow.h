/* SPDX-License-Identifier: BSD-2-Clause
 *
 * arrow.h - records, runs and verdicts as tables, by the Arrow C stream interface
 *
 * Its own small library, libtsmparse-arrow, so that who needs no tables links nothing more:
 *
 *     tsmp_batch_source source = {my_next, my_error, my_release, me, NULL};
 *     tsmp_arrow_options options = {.size = sizeof options, .kind = TSMP_KIND_OBJECT};
 *     struct ArrowArrayStream stream;
 *     tsmp_arrow_stream(&source, &options, &stream);
 *     ... give the stream away: it is moved, and released by who has it ...
 *
 * Columns. Text is UTF-8; of bytes that are not, each is U+FFFD, and the column NAME_bytes has what
 * was printed (else it is null). Times are local, without zone, in microseconds; null where there is
 * none or its date order is undecided. Numbers that must not be used are null.
 *   records: offset, line, length, time, kind, format, flags, why, text
 *   records of one kind: offset, line, length, time, format, flags, then the fields of the kind (a
 *     field named as one of these is field_NAME), then `other`: a list of {name, value} with the
 *     printed text of every field that has no column, or does not fit its column
 *   runs: schedule, node, action, scheduled, started, ended, interactive, attempts, claim,
 *     return_code, verdict, proof, then counts of objects, messages and volumes, first_line, last_line,
 *     and the statistics as `statistics`: a list of {name, value, unit}
 *   evidence: schedule, scheduled, started, verdict, id, strength, text, first_line (of the run), lines
 *   volumes: schedule, scheduled, started, name, outcome, failures, begin_line, end_line
 */
#ifndef TSMPARSE_ARROW_H
#define TSMPARSE_ARROW_H

#include <tsmparse/runs.h>
#include <tsmparse/tsmparse.h>

#ifdef __cplusplus
extern "C" {
#endif

/* The public struct of the Arrow C stream interface; define or include it before it is used. */
struct ArrowArrayStream;

/* Where batches come from. The stream calls it on the thread that pulls the stream, one call at a
 * time. */
typedef struct tsmp_batch_source {
    /* TSMP_OK with a reference in *batch that the stream then owns, TSMP_END, or a negative number:
     * the stream fails, and goes on failing. */
    int32_t (*next)(void *context, tsmp_batch **batch);
    /* What went wrong, for people; lives until the next call. May be NULL, and may give NULL. */
    const char *(*error)(void *context);
    /* Exactly once, when the stream is released; also when it was never pulled. May be NULL. */
    void (*release)(void *context);
    void *context;
    /* Set to 1 behind that call, for languages whose code must not run then. May be NULL. */
    uint32_t *released;
} tsmp_batch_source;

#define TSMP_TABLE_RECORDS 0u
#define TSMP_TABLE_RUNS 1u
#define TSMP_TABLE_EVIDENCE 2u
#define TSMP_TABLE_VOLUMES 3u

/* Zero it, set `size`, set what is wanted: 0 always means the default. */
typedef struct tsmp_arrow_options {
    uint32_t size;  /* sizeof(tsmp_arrow_options) */
    uint32_t table; /* TSMP_TABLE_... */
    uint32_t kind;  /* RECORDS: only records of this TSMP_KIND_..., with its columns; 0 = all */
    uint32_t rows;  /* an array is full with so many; what one batch gives stays together. Default
                       65,536 */
    const tsmp_context *context; /* the judge's, for the other tables; copied, but for its domain,
                                    which must live as long as the stream. May be NULL */
} tsmp_arrow_options;

/* Make a stream over what `source` gives; `source` is copied, `options` may be NULL. On TSMP_OK the
 * stream owns the source; else nothing was taken. TSMP_E_MISUSE, TSMP_E_NOMEM. */
TSMP_API int32_t tsmp_arrow_stream(const tsmp_batch_source *source,
                                   const tsmp_arrow_options *options,
                                   struct ArrowArrayStream *stream);

/* The same for Python: *capsule becomes a new reference to a PyCapsule "arrow_array_stream" (the Arrow
 * PyCapsule interface), which releases the stream unless it was moved out. Hold the interpreter's
 * lock. Only in a process that runs Python and shows its symbols; else TSMP_E_MISUSE. */
TSMP_API int32_t tsmp_arrow_capsule(const tsmp_batch_source *source,
                                    const tsmp_arrow_options *options, void **capsule);

#ifdef __cplusplus
}
#endif
#endif
