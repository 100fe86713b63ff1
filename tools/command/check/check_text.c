/* SPDX-License-Identifier: BSD-2-Clause
 * The report of tsmparse check for people: the answer in its first line, then why, with the log's
 * own lines. It names no cause that the log does not show. */
#include "report.h"
#include "join.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum { NAME = 80, SENTENCE = 400, LINE = 160 };

/* 2025-09-17 22:00, or :05 behind it when the seconds say something. */
static void print_when(FILE *to, int64_t time)
{
    char text[32] = "";
    FILE *out = fmemopen(text, sizeof text, "w");
    if (out == NULL)
        return;
    print_time(out, time, true, false);
    fclose(out);
    char *t = strchr(text, 'T');
    if (t != NULL)
        *t = ' ';
    size_t n = strlen(text);
    if (n > 3 && strcmp(text + n - 3, ":00") == 0)
        text[n - 3] = '\0';
    fputs(text, to);
}

static void print_run_name(FILE *out, const struct note *note)
{
    if (note->interactive) {
        fprintf(out, "the command at line %" PRIu64, note->first_line);
        return;
    }
    if (note->schedule_length == 0) {
        fprintf(out, "the run at line %" PRIu64, note->first_line);
    } else {
        fputs("the run of ", out);
        print_safe(out, note->schedule, note->schedule_length, NAME);
    }
    if (note->scheduled != TSMP_NO_TIME) {
        fputs(" for ", out);
        print_when(out, note->scheduled);
    } else if (note->scheduled_length > 0) {
        fputs(" for ", out);
        print_safe(out, note->scheduled_text, note->scheduled_length, NAME);
    }
}

static void print_upper(FILE *out, const char *word)
{
    for (; *word != '\0'; word++)
        putc(*word >= 'a' && *word <= 'z' ? *word - 'a' + 'A' : *word, out);
}

static const char *plural(uint64_t count)
{
    return count == 1 ? "" : "s";
}

/* ---- the first line ---- */

/* Says only what the proofs say: a command has no volumes, a restore inspects nothing. */
static void say_complete(FILE *out, const struct report *report, const struct note *note)
{
    uint64_t runs = report->runs_seen;
    if (runs > 1) {
        fprintf(out, "all %" PRIu64 " runs are proven", runs);
        if (report->with_volumes > 0)
            fputs(report->with_volumes == runs ? ": each inspected every volume that it was asked for"
                  : ": every volume that was asked for was inspected", out);
        if (report->commands > 0)
            fputs(report->with_volumes > 0 ? ", every scheduled command ended with return code 0"
                                           : ": every scheduled command ended with return code 0", out);
    } else if (note == NULL) {
        fputs("the run is proven", out);
    } else if (note->action == TSMP_WORD_COMMAND) {
        print_run_name(out, note);
        fputs(": its command ended with return code 0", out);
    } else if (!note_inspected(note)) {
        print_run_name(out, note);
        fputs(" came to its end, and its statistics are whole", out);
    } else {
        print_run_name(out, note);
        fputs(" inspected every volume that it was asked for", out);
        fprintf(out, " (%" PRIu64 " of %" PRIu64, note->volumes_ended, note->volumes);
        if (note->inspected >= 0)
            fprintf(out, ", %" PRId64 " object%s", note->inspected,
                    plural((uint64_t)note->inspected));
        putc(')', out);
    }
}

/* The reason that decides. That objects were not stored makes no run unknown: what is missing or
 * doubtful does, however weak it is in itself. */
static const struct reason *deciding(const struct note *note, uint32_t verdict)
{
    for (size_t i = 0; verdict == TSMP_VERDICT_UNKNOWN && i < note->reason_count; i++)
        if (note->reasons[i].id != TSMP_EVIDENCE_OBJECTS_NOT_STORED &&
            note->reasons[i].id != TSMP_EVIDENCE_E13 &&
            note->reasons[i].id != TSMP_EVIDENCE_SIDE_COMMAND)
            return &note->reasons[i];
    return note->reason_count > 0 ? &note->reasons[0] : NULL;
}

/* An object's name is whoever's, and this line is sent to whoever is called at night: it stands below. */
static bool names_object(const struct reason *reason)
{
    static const char begin[] = "object '";
    return reason->id == TSMP_EVIDENCE_OBJECTS_NOT_STORED && reason->length >= sizeof begin - 1 &&
           memcmp(reason->text, begin, sizeof begin - 1) == 0;
}

static void say_reason(FILE *out, const struct note *note, uint32_t verdict)
{
    const struct reason *reason = deciding(note, verdict);
    size_t objects = 0;
    for (size_t i = 0; i < note->reason_count; i++)
        objects += names_object(&note->reasons[i]);
    if (reason != NULL && names_object(reason))
        fputs(objects == 1 && note->reasons_left == 0 ? "an object was not stored" : "objects were not stored", out);
    else if (reason != NULL)
        print_safe(out, reason->text, reason->length, SENTENCE);
    else
        fputs("it is not proven", out);
}

static void say_bad(FILE *out, const struct note *note, uint32_t verdict)
{
    print_run_name(out, note);
    if (verdict == TSMP_VERDICT_EXCEPTIONS) {
        fputs((note->proof & TSMP_PROOF_VOLUMES) != 0 ? " inspected everything, but " : ": ", out);
        if (note->failed > 0)
            fprintf(out, "%" PRId64 " object%s not stored", note->failed,
                   note->failed == 1 ? " was" : "s were");
        else
            say_reason(out, note, verdict);
        return;
    }
    fputs(note->claim == TSMP_CLAIM_SUCCESS ? " claims success, but " : ": ", out);
    say_reason(out, note, verdict);
}

/* The newest of the runs with the worst verdict: that is the one to look at first. */
static const struct note *chosen(const struct report *report, uint32_t verdict)
{
    for (size_t i = report->note_count; i-- > 0;)
        if (report->notes[i]->verdict == verdict)
            return report->notes[i];
    return NULL;
}

static void say_unproven(FILE *out, const struct report *report)
{
    const struct file_result *file = NULL;
    for (int i = 0; i < report->file_count && file == NULL; i++)
        if (why_no_run(&report->files[i]) != NULL)
            file = &report->files[i];
    if (file == NULL || file->left_out) {
        fputs(file == NULL ? "nothing is proven" : "there are more runs than are kept, so they were not all weighed; "
                                                   "name fewer files at once", out);
        return;
    }
    fputs("there is no run in ", out);
    if (report->file_count == 1)
        fputs("this text", out);
    else
        print_safe(out, file->label, strlen(file->label), NAME);
    fprintf(out, ", so nothing is proven: %s", why_no_run(file));
}

static void say_answer(FILE *out, const struct report *report, uint32_t verdict)
{
    const struct note *note = chosen(report, verdict);
    print_upper(out, tsmp_name("verdict", verdict));
    fputs(": ", out);
    bool unread = verdict == TSMP_VERDICT_UNKNOWN && report->bad_files > 0;
    const char *failed = report->options->canaries_bad ? "not every canary's answer could be read"
                         : report->options->server_bad ? "not all that the server says could be read"
                                                       : history_failed(report->options);
    if (verdict == TSMP_VERDICT_COMPLETE) {
        say_complete(out, report, note);
    } else if (unread) {
        fputs(report->file_count == 1 ? "the log could not be read to its end, so nothing is proven"
                                      : "some input could not be read, so nothing is proven of it",
              out);
    } else if (note != NULL) {
        if (report->file_count > 1) {
            print_safe(out, report->files[note->file].label,
                       strlen(report->files[note->file].label), NAME);
            fputs(": ", out);
        }
        say_bad(out, note, verdict);
    } else if (failed != NULL && report->runs_seen > 0) {
        fprintf(out, "%s", failed);
        failed = NULL;
    } else {
        say_unproven(out, report);
    }
    if (failed != NULL)
        fprintf(out, " (and %s)", failed);
    uint64_t others = report->runs_seen - report->counts[TSMP_VERDICT_COMPLETE];
    others -= note != NULL && verdict != TSMP_VERDICT_COMPLETE && others > 0 && !unread;
    if (others > 0)
        fprintf(out, " (%" PRIu64 "%s run%s not good)", others, note != NULL && !unread ? " more" : "",
               others == 1 ? " is" : "s are");
    if (!unread && report->bad_files > 0)
        fputs(" (and some input could not be read)", out);
    fputs(".\n", out);
}

/* The first line may become a monitor's line, which ends at a '|': behind it numbers are read. */
static void print_answer(const struct report *report, uint32_t verdict)
{
    char *line = NULL;
    size_t length = 0;
    FILE *out = open_memstream(&line, &length);
    if (out == NULL) {
        puts("UNKNOWN: no memory.");
        return;
    }
    say_answer(out, report, verdict);
    fclose(out);
    for (size_t i = 0; i < length; i++) {
        if (line[i] == '|')
            fputs("\\x7c", stdout);
        else
            putchar(line[i]);
    }
    free(line);
}

/* ---- why ---- */

/* "dsmsched.log: 3 runs: 2 complete, 1 failed", where that is news. */
static void print_summary(const struct file_result *file)
{
    const char *why = why_no_run(file), *comma = ": ";
    if (why == NULL && file->runs == 1 && !file->text.wrapped)
        return;
    putchar('\n');
    print_safe(stdout, file->label, strlen(file->label), SIZE_MAX);
    printf(": %" PRIu64 " run%s", file->runs, plural(file->runs));
    for (uint32_t verdict = 1; verdict < 8; verdict++) {
        if (file->counts[verdict] == 0)
            continue;
        printf("%s%" PRIu64 " %s", comma, file->counts[verdict], tsmp_name("verdict", verdict));
        comma = ", ";
    }
    if (file->text.error[0] != '\0') {
        fputs("; not read to its end: ", stdout);
        print_safe(stdout, file->text.error, strlen(file->text.error), SENTENCE);
    } else if (why != NULL) {
        printf("; %s", why);
    }
    if (file->text.wrapped)
        fputs("; the log wraps (SCHEDLOGMAX) and was put in order", stdout);
    putchar('\n');
}

static void print_lines(const struct lines *lines, const struct reason *reason)
{
    size_t named = 0;
    for (size_t k = 0; k < SHOWN_LINES && k < reason->line_count; k++) {
        const struct shown_line *line = lines_find(lines, reason->lines[k]);
        if (line == NULL) { /* standard input can't be read again: say where to look */
            printf("%s%" PRIu64, named == 0 ? "    line " : ", ", reason->lines[k]);
            named++;
            continue;
        }
        printf("    %6" PRIu64 "  ", line->line);
        print_safe(stdout, line->text, line->length, LINE);
        putchar('\n');
    }
    if (named > 0)
        putchar('\n');
    if (reason->line_count > SHOWN_LINES)
        printf("            and %zu more lines\n", reason->line_count - SHOWN_LINES);
}

static void print_note(const struct report *report, const struct note *note,
                       const struct lines *lines)
{
    const struct file_result *file = &report->files[note->file];
    putchar('\n');
    print_safe(stdout, file->label, strlen(file->label), SIZE_MAX);
    fputs(": ", stdout);
    print_run_name(stdout, note);
    if (note->first_line == 0)
        printf(": %s (the text has nothing of it)\n", tsmp_name("verdict", note->verdict));
    else
        printf(", lines %" PRIu64 " to %" PRIu64 ": %s (the text claims %s)\n", note->first_line,
               note->last_line, tsmp_name("verdict", note->verdict), tsmp_name("claim", note->claim));
    if (file->bad && note->verdict == TSMP_VERDICT_UNKNOWN)
        printf("  %s\n", unread_text);
    for (size_t i = 0; i < note->reason_count; i++) {
        const struct reason *reason = &note->reasons[i];
        const char *name = tsmp_name("evidence", reason->id);
        printf("  %s: ", name != NULL ? name : "other");
        print_safe(stdout, reason->text, reason->length, SENTENCE);
        putchar('\n');
        print_lines(lines, reason);
    }
    if (note->reasons_left > 0)
        printf("  and %" PRIu64 " more; --format=json has them all\n", note->reasons_left);
    fputs("  proven:", stdout);
    for (uint32_t bit = 1; bit != 0 && bit <= note->proof; bit <<= 1)
        if ((note->proof & bit) != 0 && tsmp_name("proof", bit) != NULL)
            printf(" %s", tsmp_name("proof", bit));
    puts(note->proof == 0 ? " nothing" : "");
    why_print(note->why, note->verdict);
}

void check_text(struct report *report, uint32_t verdict)
{
    print_answer(report, verdict);
    fflush(stdout); /* whoever waits for the answer has it, whatever comes now */
    for (int i = 0; i < report->file_count; i++) {
        struct lines lines;
        if (report->files[i].label == NULL)
            continue;
        if (!report->options->bad || report->files[i].counts[TSMP_VERDICT_COMPLETE] < report->files[i].runs ||
            why_no_run(&report->files[i]) != NULL)
            print_summary(&report->files[i]);
        lines_read(&lines, report, i);
        for (size_t k = 0; k < report->note_count; k++)
            if (report->notes[k]->file == i &&
                (!report->options->bad || report->notes[k]->verdict != TSMP_VERDICT_COMPLETE))
                print_note(report, report->notes[k], &lines);
        lines_free(&lines);
    }
    if (report->left_out > 0)
        printf("\n%" PRIu64 " more runs are not shown%s\n", report->left_out,
               report->options->last ? "" : "; --format=json has them all");
}
