/* SPDX-License-Identifier: BSD-2-Clause
 * What tsmparse check and tsmparse runs know: of each file its counts, and of the runs that are
 * to be shown what is needed to show them. */
#ifndef TSMPARSE_REPORT_H
#define TSMPARSE_REPORT_H

#include "command.h"
#include "schedule.h"
#include "why.h"

/* ---- spool.c: text that can be printed only when more is known ---- */

/* In memory while it is small, in a temporary file without a name when it is not. Zero it. */
struct spool {
    char *memory; /* the end of it: what is not in the file */
    size_t capacity;
    uint64_t length, filed; /* of all; of what is in the file */
    FILE *file;             /* only its descriptor is used: a stream gives up a write() that was interrupted */
    bool failed;
};
bool spool_add(struct spool *spool, const void *bytes, size_t length);
bool spool_read(struct spool *spool, uint64_t at, void *to, size_t length);
/* `length` bytes from `at` on to `out`. */
bool spool_print(struct spool *spool, uint64_t at, uint64_t length, FILE *out);
void spool_clear(struct spool *spool);
/* All of `from` behind what `spool` has. */
bool spool_append(struct spool *spool, struct spool *from);
/* Bytes of memory that it takes. */
size_t spool_memory(const struct spool *spool);

/* ---- what is kept of a run ---- */

enum { SHOWN_LINES = 3, SHOWN_REASONS = 20 };

struct reason {
    uint32_t id, strength;
    char *text;
    size_t length;
    uint64_t lines[SHOWN_LINES];
    size_t line_count; /* of all lines it rests on; the first ones are in `lines` */
};

struct note {
    int file; /* in report->files */
    char *schedule, *node, *scheduled_text;
    size_t schedule_length, node_length, scheduled_length;
    bool interactive, has_return_code;
    int64_t scheduled, started, return_code;
    uint32_t verdict, claim, proof, action;
    uint64_t first_line, last_line, first_offset;
    uint64_t volumes, volumes_ended;
    int64_t inspected, failed; /* objects by the statistics, -1 = not known */
    struct reason *reasons;    /* strongest first, at most SHOWN_REASONS */
    size_t reason_count;
    uint64_t reasons_left; /* not kept */
    struct why *why;       /* NULL where nobody asks */
    uint64_t spool_at;     /* of its JSON */
    size_t cost;
};

struct file_result {
    char *label; /* the path, or "a + b" */
    struct text text;
    bool bad; /* could not be read to its end */
    const char *failure; /* why it is bad, where text.error does not tell; or NULL. Static text */
    uint64_t runs, counts[8]; /* by verdict */
    uint64_t spool_from, spool_to;
    bool left_out; /* --last: it has runs that are not kept, and so were not weighed */
};

/* Of all files; or, while they are read, of one: it knows nothing of the others, so that each may
 * have a thread. */
struct report {
    const struct options *options;
    tsmp_runs *runs;
    bool rows;  /* tsmparse runs: nothing is kept but printed rows */
    bool ended; /* what comes now is what was open at the end of the text */
    bool no_memory;
    bool no_room;   /* for the note that came last */
    bool halves;    /* a large file may be read by two threads */
    uint64_t shift; /* to be added to the line numbers of the runs that come now */
    struct file_result *files;
    int file_count, at; /* at: the file that is read */
    int bad_files;
    struct note **notes;
    struct series *series; /* of each note */
    size_t note_count, note_capacity, cost;
    uint64_t left_out; /* runs that are not kept: with --last any, else such as are not good */
    uint64_t runs_seen, commands, with_volumes, counts[8];
    uint32_t worst;
    struct spool spool;
    struct seen seen; /* where starts are expected */
};

typedef void file_handler(struct report *report, struct file_result *file);
/* Read and judge every file, several at once; each file's runs are printed by `each` (may be NULL)
 * when it and all files before it have been read to their ends. */
void report_read(struct report *report, const struct options *options, file_handler *each);
/* Read and judge file `report->at` into a report that is new, on any thread. */
void report_read_file(struct report *report);
/* Judge a run of file `report->at`, count it and keep what is to be shown. TSMP_OK or an error. */
int32_t report_take(struct report *report, const tsmp_run *run);
/* Behind all that is in the report. Nothing of `part` is to be used or freed afterwards. */
void report_merge(struct report *report, struct report *part);
void report_free(struct report *report);
/* ---- keep.c; each takes the note ---- */
/* Put a run behind the others, as long as there is room. */
void report_put(struct report *report, struct note *note);
/* The same, in place of an older run of its series that need not be shown any more; or, with --last,
 * not at all where it is the older one. */
void report_keep(struct report *report, struct note *note);
/* What that would do with this run and the last note, if it comes to the same without a new one: in a quiet
 * log each good run takes the place of the one before. NULL: report_keep() has to see it. */
struct note *report_renew(struct report *report, const tsmp_run_view *run, const tsmp_verdict_view *verdict);

/* Print the run whose text begins at `at` in the spool, unless nobody wants to see it (--bad); `unread`:
 * of a file that was not read to its end. `*before` is printed in front of it, and is "," from then on;
 * NULL = nothing is. Where the next one begins. */
uint64_t report_print_entry(struct report *report, uint64_t at, bool unread, const char **before);
/* Copy what a report shows of a run. NULL: no memory. */
struct note *note_new(const tsmp_run_view *run, const tsmp_verdict_view *verdict);
/* The same into a note that is not needed any more, where neither has reasons and the texts are as long.
 * False: it does not fit, and nothing changed. */
bool note_renew(struct note *note, const tsmp_run_view *run, const tsmp_verdict_view *verdict);
/* Its line numbers, where they were counted from another line. */
void note_shift(struct note *note, uint64_t lines);
/* Behind `before` a run of the same series comes in the same text: does it take its place in any case? */
bool note_follows(const struct note *before, const struct note *note);
/* Did the run prove that it looked at its volumes? A restore or a command looks at none. */
bool note_inspected(const struct note *note);
void note_free(struct note *note);
/* The verdict of a run in a text that could not be read to its end: never a good one. `open`: it
 * was open where the text ended, so what it lacks proves nothing either. */
uint32_t unread_verdict(uint32_t verdict, const tsmp_verdict_view *view, bool open);
extern const char unread_text[];

/* ---- gather.c ---- */
/* report_read_file() and report_merge() for all files, in their order, and `each` behind it. False:
 * no memory, and none was read. */
bool gather(struct report *report, file_handler *each);

/* ---- runs.c ---- */
/* One run as a row of text. */
void row_run(FILE *out, const tsmp_run_view *run, uint32_t verdict);

/* ---- run_json.c ---- */
/* One run as an object, without newline. `verdict`: what is shown; another one than the judge's
 * adds the reason for that to the evidence. */
void json_run(FILE *out, const char *file, const tsmp_run_view *run,
              const tsmp_verdict_view *judged, uint32_t verdict);

/* ---- lines.c ---- */
struct shown_line {
    uint64_t line;
    char *text;
    size_t length;
};
struct lines {
    struct shown_line *items; /* by number, each once */
    size_t count, capacity;
};
/* The log's own lines that the notes of a file rest on, in one pass over it. */
void lines_read(struct lines *lines, const struct report *report, int file);
const struct shown_line *lines_find(const struct lines *lines, uint64_t line);
void lines_free(struct lines *lines);

/* ---- check.c, check_text.c ---- */
/* Why a file's text proves nothing as a whole, NULL when it holds runs. Static text. */
const char *why_no_run(const struct file_result *file);
/* What check and reconcile end with. */
int exit_code(uint32_t verdict);
/* The report for people; `verdict` is the one over everything. */
void check_text(struct report *report, uint32_t verdict);

#endif
