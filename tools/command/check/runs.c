/* SPDX-License-Identifier: BSD-2-Clause
 * tsmparse runs: a row, or a line of JSON, per run. */
#include "report.h"

#include <inttypes.h>

static void print_text_or_dash(FILE *out, tsmp_text text)
{
    if (text.length == 0)
        fputs("-", out);
    else
        print_safe(out, text.bytes, (size_t)text.length, 60);
}

static void print_count(FILE *out, const char *label, const tsmp_run_view *run, uint32_t name)
{
    for (uint64_t i = 0; i < run->statistic_count; i++) {
        if (run->statistics[i].name != name)
            continue;
        fputs(label, out);
        print_number(out, run->statistics[i].number, run->statistics[i].power);
    }
}

void row_run(FILE *out, const tsmp_run_view *run, uint32_t verdict)
{
    uint64_t good = 0;
    for (uint64_t i = 0; i < run->volume_count; i++)
        good += run->volumes[i].outcome == TSMP_WORD_SUCCESSFUL;
    fprintf(out, "%-11s %-7s ", tsmp_name("verdict", verdict), tsmp_name("claim", run->claim));
    print_text_or_dash(out, run->schedule);
    fputs("  ", out);
    if (run->scheduled != TSMP_NO_TIME)
        print_time(out, run->scheduled, true, false);
    else
        print_text_or_dash(out, run->scheduled_text);
    fputs("  ", out);
    print_time(out, run->started, run->started != TSMP_NO_TIME, false);
    fputs("  ", out);
    print_time(out, run->ended, run->ended != TSMP_NO_TIME, false);
    fprintf(out, "  volumes %" PRIu64 "/%" PRIu64, good, run->volume_count);
    print_count(out, "  inspected ", run, TSMP_STATISTIC_OBJECTS_INSPECTED);
    print_count(out, "  failed ", run, TSMP_STATISTIC_OBJECTS_FAILED);
    fprintf(out, "  lines %" PRIu64 "-%" PRIu64 "\n", run->first_line, run->last_line);
}

/* The rows of a file wait until it is known that it could be read to its end. */
static void print_file(struct report *report, struct file_result *file)
{
    for (uint64_t at = file->spool_from; at < file->spool_to;)
        at = report_print_entry(report, at, file->bad, NULL);
    fflush(stdout);
    if (report->spool.failed)
        complain(file->label, "its rows could not be kept until its end: no memory, or no room for temporary files");
    report->bad_files += report->spool.failed;
    spool_clear(&report->spool);
}

int runs_main(const struct options *options)
{
    static struct report report;
    report = (struct report){.rows = true};
    report_read(&report, options, print_file);
    int bad = report.bad_files;
    report_free(&report);
    return bad > 0;
}
