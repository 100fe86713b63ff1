/* SPDX-License-Identifier: BSD-2-Clause
 * What the C hosts share: a log file as batches and runs, in order of time, as the command reads it.
 * Plain files only. Nothing is written anywhere; errors are text. */
#ifndef HOST_LOG_H
#define HOST_LOG_H

#include <tsmparse/runs.h>
#include <tsmparse/tsmparse.h>

#include <stdbool.h>
#include <stddef.h>

struct log;

/* NULL: `error` says why, for people. */
struct log *log_open(const char *path, char *error, size_t size);
void log_close(struct log *log);
/* The next batch (TSMP_OK; the caller's), TSMP_END, or negative: see log_error. */
int32_t log_next(struct log *log, tsmp_batch **batch);
/* The next run and its verdict (TSMP_OK; both the caller's), TSMP_END, or negative. Use this or
 * log_next, not both. */
int32_t log_next_run(struct log *log, tsmp_run **run, tsmp_verdict **verdict);
const char *log_error(const struct log *log);

/* The newest run of each schedule, as one answer. */
struct log_answer {
    uint32_t verdict; /* worst; TSMP_VERDICT_UNKNOWN without any run */
    uint64_t schedules, false_successes;
    uint64_t inspected, backed_up, failed, sent_bytes; /* sums of their statistics */
    int64_t ended; /* newest end, local seconds since 1970; -1 = not known */
};

/* False: the log cannot be read to its end; `error` says why. */
bool log_check(const char *path, struct log_answer *answer, char *error, size_t size);
/* 0 complete, 1 exceptions, 2 incomplete, failed or missed, 3 else: as the command ends. */
int log_exit_code(uint32_t verdict);

#endif
