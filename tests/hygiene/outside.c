/* SPDX-License-Identifier: BSD-2-Clause
 * A program of somebody else: it knows the installed headers and the library, nothing more. It
 * reads a log from memory and prints the verdict of each run. */
#include <stdio.h>
#include <string.h>

#include <tsmparse/runs.h>
#include <tsmparse/tsmparse.h>

static const char text[] =
    "04/25/2031 20:00:04 --- SCHEDULEREC OBJECT BEGIN REED_INC 04/25/2031 20:00:00\n"
    "04/25/2031 20:00:04 Incremental backup of volume '/reed'\n"
    "04/25/2031 20:00:09 Scheduler has been stopped.\n";

int main(void)
{
    tsmp_reader *reader = NULL;
    tsmp_runs *runs = NULL;
    tsmp_batch *batch = NULL;
    tsmp_run *run = NULL;
    if (tsmp_abi_version() != TSMP_ABI_VERSION)
        return 2;
    if (tsmp_reader_new(NULL, NULL, &reader) != TSMP_OK || tsmp_runs_new(NULL, NULL, &runs) != TSMP_OK)
        return 3;
    if (tsmp_reader_feed(reader, text, strlen(text)) != TSMP_OK || tsmp_reader_end(reader) != TSMP_OK)
        return 4;
    while (tsmp_reader_next(reader, &batch) == TSMP_OK) {
        if (tsmp_runs_add(runs, batch) != TSMP_OK)
            return 5;
        tsmp_batch_unref(batch);
    }
    if (tsmp_runs_end(runs) != TSMP_OK)
        return 6;
    while (tsmp_runs_next(runs, &run) == TSMP_OK) {
        tsmp_verdict *verdict = NULL;
        if (tsmp_judge(run, NULL, NULL, &verdict) != TSMP_OK)
            return 7;
        printf("%.*s %s\n", (int)tsmp_run_view_of(run)->schedule.length,
               tsmp_run_view_of(run)->schedule.bytes,
               tsmp_name("verdict", tsmp_verdict_view_of(verdict)->verdict));
        tsmp_verdict_free(verdict);
        tsmp_run_free(run);
    }
    tsmp_runs_free(runs);
    tsmp_reader_free(reader);
    return 0;
}
