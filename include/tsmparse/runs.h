/* SPDX-License-Identifier: BSD-2-Clause
 *
 * runs.h - scheduled runs and interactive commands, and what they prove
 *
 * Batches go in, runs come out, and each run is judged:
 *
 *     tsmp_runs_new(NULL, NULL, &runs);
 *     for each batch: tsmp_runs_add(runs, batch);
 *                     while (tsmp_runs_next(runs, &run) == TSMP_OK) {
 *                         tsmp_judge(run, NULL, NULL, &verdict);
 *                         ... tsmp_verdict_view_of(verdict) ...
 *                         tsmp_verdict_free(verdict);
 *                         tsmp_run_free(run);
 *                     }
 *     tsmp_runs_end(runs); and the inner loop once more
 *     tsmp_runs_free(runs);
 *
 * A run is the records of one scheduled event, keyed by (schedule, nominal start), or of one
 * interactive command. Attempts of one event are one run: the last one counts. A window that was
 * announced and passed without a run is a run too, with the verdict `missed`; of other starts that
 * were to be, only the caller knows (tsmp_run_expected). A wrapped log
 * (SCHEDLOGMAX) is to be fed in order of time: first what stands behind END OF DATA, then the
 * file's beginning (tsmp_probe finds the place).
 *
 * Rules for all of it
 *   - A handle belongs to one thread at a time. A finished run and a verdict are immutable: any
 *     threads may read them at once; they outlive the handle that they came from.
 *   - Memory is O(volumes + findings kept) for each of the few runs that are open or may still be
 *     joined, whatever the length of the log. Finished runs wait until they are asked for.
 *   - Text in views is bytes of the log: raw, not NUL-terminated, to be escaped before it is shown.
 *   - int32_t results are TSMP_ status codes. Every _free takes NULL.
 *   - Members may be added at the end of a struct. Callers step through arrays by the strides.
 *     Structs that the caller fills begin with `size`: an older caller's shorter one is taken, a
 *     longer one is TSMP_E_MISUSE unless all that the library does not know is 0.
 */
#ifndef TSMPARSE_RUNS_H
#define TSMPARSE_RUNS_H

#include <tsmparse/tsmparse.h>

#ifdef __cplusplus
extern "C" {
#endif

/* This time is not known: there is no stamp, or the order of its date is undecided. */
#define TSMP_NO_TIME INT64_MIN

typedef struct tsmp_runs tsmp_runs;
typedef struct tsmp_run tsmp_run;
typedef struct tsmp_verdict tsmp_verdict;
typedef struct tsmp_witness tsmp_witness; /* what the server says: witness.h */

/* ---- runs ------------------------------------------------------------------------------------ */

/* Zero it, set `size`, set what is wanted: 0 always means the default. */
typedef struct tsmp_runs_options {
    uint32_t size;          /* sizeof(tsmp_runs_options) */
    uint32_t max_volumes;   /* kept per run; default 65,536. Past it: counted, never `complete` */
    uint32_t max_evidence;  /* findings kept per run; default 1,000. Past it: counted; half of the
                               room is kept for what may decide, so that failed objects, however
                               many, do not hide an abort */
    uint32_t max_schedules; /* announced schedules remembered; default 64. Past it the oldest is
                               forgotten, and the next run says so and is not `complete` */
    int64_t now; /* local time, microseconds since 1970 as if UTC: windows that passed before it
                    without a run are `missed` although the log does not go on past them. 0 = only
                    what the log itself shows */
} tsmp_runs_options;

#define TSMP_VOLUME_BEGUN 1u   /* its begin line was seen (in the last attempt) */
#define TSMP_VOLUME_JOURNAL 2u /* walked by journal: few objects are inspected, by design */

typedef struct tsmp_volume {
    tsmp_text name;   /* as printed first */
    uint32_t outcome; /* TSMP_WORD_ successful, failures, stopped, unfinished */
    uint32_t flags;   /* TSMP_VOLUME_... */
    uint64_t failures;   /* objects, as its own end line counts them */
    uint64_t begin_line; /* 0 = not seen */
    uint64_t end_line;
} tsmp_volume;

typedef struct tsmp_statistic {
    uint32_t name; /* TSMP_STATISTIC_... */
    uint32_t unit; /* TSMP_WORD_ count, bytes, seconds, bytes_per_second, percent, text */
    int64_t number;
    int32_t power; /* the value is number x 10^power */
    uint32_t flags; /* TSMP_FLAG_OVERFLOW, NUMBER_AMBIGUOUS: the number is not to be used */
    uint64_t line;
} tsmp_statistic;

typedef struct tsmp_run_view {
    uint32_t size; /* sizeof(tsmp_run_view) of the library */
    uint32_t volume_stride;
    uint32_t statistic_stride;
    uint32_t action;    /* TSMP_WORD_ incremental, selective, archive, restore, retrieve, command,
                           macro, image, other; 0 = the text does not say */
    tsmp_text schedule; /* empty for an interactive command, or when its head is missing */
    tsmp_text node;
    tsmp_text scheduled_text; /* nominal start as printed; of a missed run, the window as announced */
    int64_t scheduled;        /* local microseconds or TSMP_NO_TIME, like the next two */
    int64_t started;          /* of the first attempt */
    int64_t ended;            /* last stamp that belongs to it */
    uint32_t claim;           /* TSMP_CLAIM_...: what the text says of itself */
    uint32_t has_return_code;
    int64_t return_code; /* of the event line, or of the scheduled command itself */
    uint32_t attempts;   /* BEGIN records joined under this key; 0 = none seen */
    uint32_t interactive; /* 1: a command of dsmc's console */
    uint64_t first_line, last_line;   /* in a log that wraps, first may be behind last */
    uint64_t first_offset, end_offset; /* bytes; end_offset is behind the last line */
    uint64_t volume_count;
    const tsmp_volume *volumes; /* in order of their first line */
    uint64_t statistic_count;
    const tsmp_statistic *statistics; /* of the last attempt, as printed */
    uint64_t sent, updated, expired, rebound, deleted, failed, skipped, retried; /* object lines */
    uint64_t informational, warnings, errors, severe; /* messages, by the letter of their code */
    uint64_t volumes_left_out; /* lines of volumes past max_volumes */
} tsmp_run_view;

/* Make a handle. `options` and `allocator` may be NULL (defaults, malloc); both are copied.
 * TSMP_OK, TSMP_E_MISUSE, TSMP_E_NOMEM. */
TSMP_API int32_t tsmp_runs_new(const tsmp_runs_options *options, const tsmp_allocator *allocator,
                               tsmp_runs **runs);
/* Also frees the runs that nobody asked for; not those that were handed out. */
TSMP_API void tsmp_runs_free(tsmp_runs *runs);
/* Take a batch, in the order in which the reader gave them; no reference to it is kept. TSMP_OK;
 * TSMP_E_NOMEM: the handle is spent, free it; TSMP_E_MISUSE: NULL, or behind tsmp_runs_end or
 * TSMP_E_NOMEM. */
TSMP_API int32_t tsmp_runs_add(tsmp_runs *runs, const tsmp_batch *batch);
/* Take all that the reader has, without a batch being made for the caller: the same runs as
 * tsmp_reader_next() and tsmp_runs_add() give, several times as fast on a verbose log. TSMP_OK: a
 * finished run waits for tsmp_runs_next(), call again behind it; TSMP_MORE: give the reader more
 * input; TSMP_END: it is at its end, call tsmp_runs_end(). On TSMP_E_NOMEM runs are spent. */
TSMP_API int32_t tsmp_runs_pull(tsmp_runs *runs, tsmp_reader *reader);
/* No more batches: what is still open becomes a run that is open. Calling it again does nothing.
 * Results as of tsmp_runs_add. */
TSMP_API int32_t tsmp_runs_end(tsmp_runs *runs);
/* What is open or may still be joined as a token, like tsmp_reader_token(): of the same place as the
 * reader's when all its batches were added. It holds the names of the volumes and what was found, so
 * it grows with the run: some kilobytes, megabytes for the largest. Finished runs must have been
 * asked for (TSMP_E_MISUSE). It is as trusted as whoever can write it: a forged one can claim a run. */
TSMP_API int32_t tsmp_runs_token(tsmp_runs *runs, char *buffer, uint64_t size, uint64_t *length);
/* A handle that goes on from there. `options`: as before; `now` may be another. Results as of
 * tsmp_reader_resume(). */
TSMP_API int32_t tsmp_runs_resume(const tsmp_runs_options *options, const tsmp_allocator *allocator,
                                  const char *token, uint64_t length, tsmp_runs **runs);
/* What the two know, as text that can be compared: where two pairs stand at the same offset of one
 * text and their marks are equal, all that follows is the same for both, but that line numbers
 * differ where one of them began in the middle, counting from another line. So two threads can
 * read a text at once: the second begins in its middle, knowing nothing, and the first goes on
 * there until it knows the same. The reader's records must all have been taken, and finished runs
 * been asked for. Like a token the mark is written to `buffer`, and `*next_line` is the line that the
 * reader comes to next. TSMP_OK; TSMP_MORE: it needs `*length` bytes; TSMP_E_MISUSE; TSMP_E_NOMEM.
 * Only for handles of this process and of equal options. */
TSMP_API int32_t tsmp_runs_mark(tsmp_runs *runs, tsmp_reader *reader, char *buffer, uint64_t size,
                                uint64_t *length, uint64_t *next_line);
/* Add `lines` to the line numbers of a run, before anybody else sees it. TSMP_OK, TSMP_E_MISUSE. */
TSMP_API int32_t tsmp_run_shift(tsmp_run *run, uint64_t lines);
/* The next finished run, about in the order of their ends: TSMP_OK; it is the caller's, free it with
 * tsmp_run_free. TSMP_MORE: none yet (the last few are held back for retries). TSMP_END: none any
 * more. `*run` is NULL then. */
TSMP_API int32_t tsmp_runs_next(tsmp_runs *runs, tsmp_run **run);
/* What the run shows; never fails (NULL for NULL) and lives as long as the run. */
TSMP_API const tsmp_run_view *tsmp_run_view_of(const tsmp_run *run);
/* With the allocator that made it. */
TSMP_API void tsmp_run_free(tsmp_run *run);

/* A start that was to be, by a schedule's definition, and of which a text shows no run although it
 * covers that time. Zero it and set `size`. */
typedef struct tsmp_expected {
    uint32_t size;      /* sizeof(tsmp_expected) */
    uint32_t unsure;    /* not 0: runs of this schedule whose time is not known stand in the text, so
                           that one of them may be it: the verdict is `unknown`, not `missed` */
    tsmp_text schedule; /* not empty */
    tsmp_text node;
    int64_t scheduled;  /* local microseconds */
    int64_t until;      /* the same: by then it should have started */
} tsmp_expected;

/* A run of which the text shows nothing, to be judged (`missed`, E20) and freed as the others; it has
 * no lines. All is copied. TSMP_OK, TSMP_E_NOMEM, TSMP_E_MISUSE; `*run` is set on TSMP_OK only. */
TSMP_API int32_t tsmp_run_expected(const tsmp_expected *expected, const tsmp_allocator *allocator,
                                   tsmp_run **run);

/* ---- verdicts --------------------------------------------------------------------------------- */

/* A message that is known to be harmless here: it is no reason against a run any more, and the
 * verdict shows as evidence `waived` that it was passed over. It may only silence
 *   - a message about one object that was not stored, or an error of which no more is known, whose
 *     code is `code` (of two messages about one object the second one, which has the reason) and
 *     whose quoted name `object` fits: `*` stands for any bytes within one part of a path, `**` for
 *     any bytes, `?` for one byte within a part; all others, also \, stand for themselves. A name
 *     that holds a quote, a control byte or a line break, or that was cut, never fits;
 *   - with TSMP_WAIVER_VOLUME a message that leaves out (E03) the volume or path with exactly the
 *     name `object`; never that the walk of a volume was stopped;
 *   - a note on a lost session (E13).
 * Aborts, volumes without an end, a run that never closed and doubt about the text stay what they
 * are, and no waiver makes a proof stand: failed objects that the statistics or a volume's end line
 * count need as many waived objects, by different names. A waiver that fits but may not be used
 * shows as `waiver_void`. */
typedef struct tsmp_waiver {
    tsmp_text code;   /* 8 bytes, as ANS4037E */
    tsmp_text object; /* as said above; empty: any, also of a message that names none */
    tsmp_text reason; /* why it is harmless, for people; not empty */
    int64_t until;    /* local microseconds since 1970 as if UTC: a run with a later stamp, or with
                         none that is known, is judged without this waiver. Must be over 0 */
    uint32_t flags;   /* TSMP_WAIVER_... */
    uint32_t reserved;
} tsmp_waiver;

#define TSMP_WAIVER_VOLUME 1u /* `object` is the exact name of a volume, and must not be empty */

#define TSMP_EARLIER_JOURNAL 1u /* a volume of it was walked by journal */
#define TSMP_EARLIER_PROVEN 2u  /* known to be good whatever its verdict: proven by other means, or
                                   accepted by a person who looked */

/* An earlier run of the same node, schedule and action: what the baseline is made of. Zero it and set
 * every member but `flags`: 0 is a value of each, and a run of 0 seconds or bytes would make others
 * look slow or large. `inspected`, `transferred` and `elapsed` are the run's statistics of these names
 * (TSMP_STATISTIC_OBJECTS_INSPECTED, _BYTES_TRANSFERRED, _ELAPSED_TIME), multiplied out. Only
 * runs whose verdict is complete or exceptions, or that are _PROVEN, are used, and of them the newest
 * thirty that began before the run that is judged: a false run must not make the next one look
 * right. Runs with another set of volumes may stand among them; the judge looks at the sets. */
typedef struct tsmp_earlier {
    int64_t scheduled;   /* nominal start, local microseconds as in tsmp_run_view, or TSMP_NO_TIME */
    int64_t started;     /* TSMP_NO_TIME: `scheduled` stands for it */
    int64_t elapsed;     /* seconds, -1 = not known */
    int64_t inspected;   /* objects, -1 = not known */
    int64_t transferred; /* bytes, -1 = not known */
    uint32_t flags;      /* TSMP_EARLIER_... */
    uint32_t verdict;    /* TSMP_VERDICT_... */
    uint64_t volume_count;    /* 0 = not known */
    const tsmp_text *volumes; /* that it began, in any order; NULL when there are none */
} tsmp_earlier;

struct tsmp_canary_view; /* canary.h */

/* What the judge may know besides the run. Zero it and set `size`; 0 means the default. All that it
 * points to is only read during the call. */
typedef struct tsmp_context {
    uint32_t size;       /* sizeof(tsmp_context) */
    uint32_t proofs;     /* set of TSMP_PROOF_... asked for; 0 = closed, volumes and summary. One that
                            does not stand makes a run that nothing else speaks against `unknown`,
                            with evidence `proof_missing` for each when the set was given */
    int64_t age;         /* seconds since the log was last written; 0 or less = just now */
    int64_t fresh;       /* a run that is open and older than this is not running; 0 = 24 h */
    const tsmp_text *domain; /* volumes that an incremental without Objects must show, as words of a
                                DOMAIN option: names, `-name` to leave one out; ALL-LOCAL and its
                                like ask for nothing by name. May be NULL */
    uint64_t domain_count;
    const tsmp_waiver *waivers; /* the first that fits a message counts. Read during the call; what
                                   is wrong with one (see there) is TSMP_E_MISUSE. May be NULL */
    uint64_t waiver_count;
    int64_t limit;       /* seconds that a run may take; 0 = any. Evidence `too_long`: a note on a run
                            that has ended; an open one is not `running` any more, but `unknown` */
    int64_t now;         /* local microseconds since 1970 as if UTC, against which an open run's
                            `limit` is measured; 0 = not known */
    const tsmp_witness *witness; /* what the server says, behind tsmp_witness_end(). Read during the
                                    call; may be NULL */
    tsmp_text node; /* of this log, where its text does not tell */
    int64_t skew;   /* server's clock minus client's, microseconds, at most 26 hours (else
                       TSMP_E_MISUSE); 0 = the same, or not known: where the server's row tells when
                       the run was, it is not needed */
    const tsmp_earlier *earlier; /* in any order; this very run among them is left out. May be NULL */
    uint64_t earlier_count;
    const struct tsmp_canary_view *const *canaries; /* answers to questions about this run: window from
                                its start to its end. An absent one is E01. May be NULL */
    uint64_t canary_count;
    uint32_t earlier_stride; /* sizeof(tsmp_earlier) of the caller; 0 = of this header */
    uint32_t want;           /* set of TSMP_WANT_... */
} tsmp_context;

#define TSMP_WANT_WHY 1u /* fill tsmp_evidence.change and tsmp_verdict_view.grounds */

/* One reason. */
typedef struct tsmp_evidence {
    uint32_t id;       /* TSMP_EVIDENCE_... */
    uint32_t strength; /* 1 (note) to 5 (alone enough); 0 = neutral, it only explains */
    tsmp_text text;    /* one sentence without its full stop; may hold bytes of the log */
    const uint64_t *lines; /* line numbers that it rests on */
    uint64_t line_count;
    uint32_t effect;   /* TSMP_VERDICT_... that it makes of a run in which nothing is worse; 0 = it only
                          explains, or tells how a failure that is told came about */
    uint32_t reserved;
    tsmp_text change;  /* TSMP_WANT_WHY, and it has an effect: what would have to be otherwise; one
                          sentence without its full stop. Else empty */
} tsmp_evidence;

/* TSMP_WANT_WHY: one proof, as the judge found it. */
typedef struct tsmp_ground {
    uint32_t proof;  /* TSMP_PROOF_... */
    uint32_t stands;
    uint32_t asked;  /* the verdict needs it */
    uint32_t reserved;
    tsmp_text text;  /* what it rests on and what would break it, or what it needs */
    const uint64_t *lines; /* of those, the first ones */
    uint64_t line_count;
} tsmp_ground;

typedef struct tsmp_verdict_view {
    uint32_t size; /* sizeof(tsmp_verdict_view) of the library */
    uint32_t evidence_stride;
    uint32_t verdict; /* TSMP_VERDICT_... */
    uint32_t claim;   /* TSMP_CLAIM_... of the run; success with incomplete is a false success */
    uint32_t proof;   /* set of TSMP_PROOF_... that stand */
    uint32_t reserved;
    uint64_t evidence_count; /* at least 1 unless the verdict is `complete` */
    const tsmp_evidence *evidence;
    uint32_t ground_stride;
    uint32_t reserved2;
    uint64_t ground_count; /* of the proofs that stand or are asked for; 0 without TSMP_WANT_WHY */
    const tsmp_ground *grounds;
} tsmp_verdict_view;

/* Judge a run. It is not changed, and may be judged again with another context. The verdict owns
 * all it shows and outlives the run; free it with tsmp_verdict_free. `context` and `allocator` may
 * be NULL. TSMP_OK, TSMP_E_NOMEM, TSMP_E_MISUSE; `*verdict` is set on TSMP_OK only. */
TSMP_API int32_t tsmp_judge(const tsmp_run *run, const tsmp_context *context,
                            const tsmp_allocator *allocator, tsmp_verdict **verdict);
/* Never fails (NULL for NULL); lives as long as the verdict. */
TSMP_API const tsmp_verdict_view *tsmp_verdict_view_of(const tsmp_verdict *verdict);
TSMP_API void tsmp_verdict_free(tsmp_verdict *verdict);
/* The worse of two verdicts, for "the worst run": complete < exceptions < running < unknown <
 * missed < incomplete < failed. 0 counts as better than all, a number that is none as worse. */
TSMP_API uint32_t tsmp_verdict_worse(uint32_t a, uint32_t b);

#ifdef __cplusplus
}
#endif
#endif
