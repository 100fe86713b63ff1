/* SPDX-License-Identifier: BSD-2-Clause
 * What the rooms of `tsmparse canary` share. */
#ifndef TSMPARSE_CANARY_TOOL_H
#define TSMPARSE_CANARY_TOOL_H

#include "command.h"

#include <tsmparse/canary.h>

enum { MAX_NIGHTS = 4096 };
#define SECOND INT64_C(1000000)

/* What the command line asks. */
struct ask {
    struct options *options;
    tsmp_canary_question question;
    const char *path; /* as asked for, with braces */
    bool since;
    const char *dsmc; /* program to run, NULL = read a file */
    int timeout;      /* seconds */
    int64_t nights[MAX_NIGHTS];
};

/* The text that the answer is read off, and how it was had. */
struct said {
    char *bytes;
    size_t length;
    char error[320]; /* why it is no use; empty: it is */
    bool ran;        /* dsmc ended by itself, with `code` */
    int code;
};

/* ---- canary.c ---- */
/* "2026-03-14T22:00:00", a blank for the T, seconds may be missing. */
bool canary_time(const char *text, int64_t *time);
/* The path as the client prints it: "{/home}/x" and "{/home/}/x" are /home/x. False: no room. */
bool canary_path(const char *asked, char *to, size_t size);
/* All of a file, or said->error. The caller frees said->bytes. */
void canary_read(const struct options *options, const char *path, struct said *said);
/* A reader that has the whole text, which must outlive it. `known`: in, what the caller says of the
 * text; out, what it is read with. A status; tsmp_reader_free() in any case. */
int32_t canary_reader(const struct options *options, const char *bytes, size_t length, tsmp_options *known,
                      tsmp_reader **reader);

/* ---- canary_files.c ---- */
int canary_files(const struct options *options, bool write, char **words, int count);

/* ---- canary_dsmc.c ---- */
/* Run `program query backup PATH ...` and take what it prints on both of its streams. */
void run_dsmc(const char *program, const char *path, int timeout, struct said *said);

/* ---- canary_report.c ---- */
/* Print the answer; the exit code. `view` is NULL when there was nothing to read. */
int canary_report(const struct ask *ask, const struct said *said, const tsmp_canary_view *view,
                  const tsmp_options *known);

#endif
