/* SPDX-License-Identifier: BSD-2-Clause
 * What the command prints of a log, caught, and the log as it was read, for fuzz_export. */
#ifndef FUZZ_EXPORT_H
#define FUZZ_EXPORT_H

#include "drive.h"

#include "record.h"
#include "strict.h"

/* What the last verb printed, and what it said on standard error. */
extern struct notes printed, complained;
extern char log_path[128];

struct log {
    const tsmp_batch **batches;
    size_t count, capacity;
    size_t batch; /* of the row that next_row() gave last, and it */
    uint64_t record;
    tsmp_runs *runs;
    struct options options;
    bool whole;    /* the command read it to its end */
    bool in_order; /* and did not put another part of it first */
};

/* ---- export_log.c ---- */
void write_log(const char *bytes, size_t length);
void read_log(struct log *log, const char *bytes, size_t length);
void forget_log(struct log *log);
void first_row(struct log *log);
bool next_row(struct log *log, struct row *row);
/* The verb's exit code; `printed` is what it printed, and safe. So are its complaints. `returns`: lines
 * end with CR LF. */
int print_all(int (*verb)(const struct options *), const struct options *options, bool returns);
/* One more line of what is printed; false: there is none. */
bool next_line(size_t *at, const char **line, size_t *length);

/* ---- export_records.c ---- */
void records_json(struct log *log);
void records_csv(struct log *log);
void records_table(struct log *log);
/* Does the member, or the one beside it in base64, say these bytes? */
void says_text(const struct json *json, int object, const char *key, const char *bytes, uint64_t length);
/* Nothing that a spreadsheet would run, also where its cells end at a semicolon. */
void is_no_formula(const char *cell, size_t length);

/* ---- fuzz_export.c ---- */
/* What `check`, or a verb that ends as it does, prints as text. */
void check_as_text(struct log *log, int (*verb)(const struct options *));

/* ---- export_verbs.c ---- */
void reconcile_verb(struct log *log);
void follow_verb(struct log *log);

#endif
