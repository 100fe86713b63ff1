/* SPDX-License-Identifier: BSD-2-Clause
 * tsmparse check: the verdict over everything that was read, its exit code, and its JSON. */
#include "report.h"
#include "join.h"

#include <inttypes.h>
#include <string.h>

/* What could not be read, or was not kept, may hide anything. */
static uint32_t overall(const struct report *report)
{
    uint32_t worst = report->worst == 0 ? TSMP_VERDICT_UNKNOWN : report->worst;
    if (report->bad_files > 0 || report->left_out > 0 || report->options->canaries_bad ||
        report->options->server_bad || history_failed(report->options) != NULL)
        worst = tsmp_verdict_worse(worst, TSMP_VERDICT_UNKNOWN);
    return worst;
}

int exit_code(uint32_t verdict)
{
    switch (verdict) {
    case TSMP_VERDICT_COMPLETE: return 0;
    case TSMP_VERDICT_EXCEPTIONS: return 1;
    case TSMP_VERDICT_INCOMPLETE:
    case TSMP_VERDICT_FAILED:
    case TSMP_VERDICT_MISSED: return 2;
    default: return 3;
    }
}

/* Texts that are not of a backup, by their format's name: a newer library may know more of them. */
static const char *other_format(const struct tally *tally, uint64_t lines)
{
    uint64_t client = 0, server = 0, foreign = 0;
    for (uint32_t id = TSMP_FORMAT_CONSOLE + 1; id < 256; id++) {
        const char *name = tally->formats[id] > 0 ? tsmp_name("format", id) : NULL;
        if (name == NULL)
            continue;
        if (strcmp(name, "foreign") == 0)
            foreign += tally->formats[id];
        else if (strncmp(name, "query_", 6) == 0 && strcmp(name, "query_event") != 0)
            client += tally->formats[id];
        else
            server += tally->formats[id];
    }
    if (client + server + foreign <= lines / 2)
        return NULL;
    if (foreign > client + server)
        return "this is the output of another product";
    return server > client ? "this is the server's answer to a query, not a log of a backup"
                           : "this is the client's answer to a query, not a log of a backup";
}

/* Why a text holds no run, as far as what was seen in it can tell. */
const char *why_no_run(const struct file_result *file)
{
    const struct tally *tally = &file->text.tally;
    if (file->bad)
        return "it could not be read to its end";
    if (file->runs > 0)
        return NULL;
    if (file->left_out)
        return "its runs were not weighed: there are more than are kept; name fewer files at once";
    if (tally->bytes == 0)
        return "it is empty";
    uint64_t lines = tally->records - tally->kinds[TSMP_KIND_BLANK];
    if (lines == 0)
        return "it holds only blank lines";
    if (tally->not_text > lines / 4)
        return tally->utf16 != NULL ? tally->utf16 : "it is no text: most of it is bytes that no log has";
    if (tally->formats[TSMP_FORMAT_ERROR_LOG] > lines / 2)
        return "this is an error log (dsmerror.log); runs stand in the schedule log";
    if (tally->formats[TSMP_FORMAT_ACCEPTOR_LOG] > lines / 2)
        return "this is the acceptor's log (dsmwebcl.log); runs stand in the schedule log";
    const char *other = other_format(tally, lines);
    if (other != NULL)
        return other;
    const char *prefix = prefix_sentence(tally->prefixed);
    if (prefix != NULL && tally->kinds[TSMP_KIND_UNKNOWN] + tally->kinds[TSMP_KIND_MORE] > lines / 2)
        return prefix;
    if (tally->queries > 0)
        return "the scheduler asked for work, but no run begins in this text";
    if (tally->kinds[TSMP_KIND_UNKNOWN] + tally->kinds[TSMP_KIND_MORE] > lines / 2)
        return "hardly a line of it is known: it is no log of this client, or it is in a language "
               "that is not known";
    return "no run begins in this text";
}

static void json_files(const struct report *report)
{
    fputs("\"files\":[", stdout);
    for (int i = 0; i < report->file_count; i++) {
        const struct file_result *file = &report->files[i];
        const char *why = why_no_run(file);
        uint32_t worst = file->bad || file->runs == 0 ? TSMP_VERDICT_UNKNOWN : 0;
        for (uint32_t verdict = 1; verdict < 8; verdict++)
            if (file->counts[verdict] > 0)
                worst = tsmp_verdict_worse(worst, verdict);
        fputs(i > 0 ? ",{" : "{", stdout);
        print_json_pair(stdout, "file", file->label != NULL ? file->label : "",
                        file->label != NULL ? strlen(file->label) : 0);
        printf(",\"verdict\":\"%s\",\"runs\":%" PRIu64 ",\"bytes\":%" PRIu64 ",\"wrapped\":%s,",
               tsmp_name("verdict", worst), file->runs, file->text.tally.bytes,
               file->text.wrapped ? "true" : "false");
        if (file->text.error[0] != '\0')
            print_json_pair(stdout, "error", file->text.error, strlen(file->text.error));
        else
            fputs("\"error\":null", stdout);
        fputs(",\"why\":", stdout);
        if (why != NULL)
            print_json(stdout, why, strlen(why));
        else
            fputs("null", stdout);
        putchar('}');
    }
    fputs("],", stdout);
}

static void check_json(struct report *report, uint32_t verdict)
{
    const char *comma = "";
    printf("{\"schema\":1,\"verdict\":\"%s\",\"unreadable_files\":%d,\"runs_left_out\":%" PRIu64 ",",
           tsmp_name("verdict", verdict), report->bad_files, report->left_out);
    json_files(report);
    history_json(report->options);
    fputs("\"runs\":[", stdout);
    if (report->options->last) {
        for (size_t i = 0; i < report->note_count; i++)
            report_print_entry(report, report->notes[i]->spool_at,
                               report->files[report->notes[i]->file].bad, &comma);
    } else {
        for (int i = 0; i < report->file_count; i++) {
            struct file_result *file = &report->files[i];
            for (uint64_t at = file->spool_from; at < file->spool_to;)
                at = report_print_entry(report, at, file->bad, &comma);
        }
    }
    puts("]}");
}

int check_main(const struct options *options)
{
    static struct report report;
    report = (struct report){0};
    report_read(&report, options, NULL);
    history_file(options, true); /* windows without a run, which no file shows */
    uint32_t verdict = overall(&report);
    if (report.spool.failed) /* or it fails when it is read again */
        verdict = tsmp_verdict_worse(verdict, TSMP_VERDICT_UNKNOWN);
    if (options->format == FORMAT_JSON)
        check_json(&report, verdict);
    else
        check_text(&report, verdict);
    if (report.spool.failed) {
        complain(NULL, "the report is not whole: no memory, or no room for temporary files");
        verdict = tsmp_verdict_worse(verdict, TSMP_VERDICT_UNKNOWN);
    }
    report_free(&report);
    return exit_code(verdict);
}
