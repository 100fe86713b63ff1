/* SPDX-License-Identifier: BSD-2-Clause
 * Files are read, their runs judged, counted, and kept or printed. */
#include "report.h"
#include "join.h"

#include "policy.h"

#include <stdlib.h>
#include <string.h>

/* What stands in the spool before each run's text. `unread` is what is printed instead when the
 * file turns out not to be readable to its end; 0 = the same. `length` 0: it is a good run, which
 * nobody wants to see as long as the file can be read. */
struct entry {
    uint64_t length, unread;
};

/* ---- rows and JSON, as text in the spool ---- */

/* The run's text, with `verdict`, behind `*text`. False: no memory. */
static bool render(struct report *report, const tsmp_run_view *run,
                   const tsmp_verdict_view *judged, uint32_t verdict, char **text, size_t *length)
{
    *text = NULL;
    FILE *out = open_memstream(text, length);
    if (out == NULL)
        return false;
    if (report->options->format == FORMAT_JSON)
        json_run(out, report->files[report->at].label, run, judged, verdict);
    else
        row_run(out, run, verdict);
    if (report->rows && report->options->format == FORMAT_JSON)
        putc('\n', out);
    bool good = !ferror(out);
    return fclose(out) == 0 && good;
}

static void put_in_spool(struct report *report, const tsmp_run_view *run,
                         const tsmp_verdict_view *judged, uint32_t verdict)
{
    uint32_t unread = unread_verdict(verdict, judged, false);
    char *texts[2] = {NULL, NULL};
    size_t lengths[2] = {0, 0};
    bool shown = !report->options->bad || verdict != TSMP_VERDICT_COMPLETE;
    bool good = (!shown || render(report, run, judged, verdict, &texts[0], &lengths[0])) &&
                (unread == verdict ||
                 render(report, run, judged, unread, &texts[1], &lengths[1]));
    struct entry entry = {lengths[0], lengths[1]};
    good = good && spool_add(&report->spool, &entry, sizeof entry) &&
           (lengths[0] == 0 || spool_add(&report->spool, texts[0], lengths[0])) &&
           (lengths[1] == 0 || spool_add(&report->spool, texts[1], lengths[1]));
    report->no_memory |= !good && !report->spool.failed; /* of that it is spoken at the end */
    free(texts[0]);
    free(texts[1]);
}

uint64_t report_print_entry(struct report *report, uint64_t at, bool unread, const char **before)
{
    struct entry entry;
    if (!spool_read(&report->spool, at, &entry, sizeof entry))
        return UINT64_MAX;
    bool second = unread && entry.unread > 0;
    at += sizeof entry;
    if (second || entry.length > 0) {
        if (before != NULL) {
            fputs(*before, stdout);
            *before = ",";
        }
        spool_print(&report->spool, second ? at + entry.length : at,
                    second ? entry.unread : entry.length, stdout);
    }
    return at + entry.length + entry.unread;
}

/* ---- judging ---- */

static void count_run(struct report *report, const struct note *note)
{
    struct file_result *file = &report->files[note->file];
    file->counts[note->verdict]++;
    file->runs++;
    report->counts[note->verdict]++;
    report->runs_seen++;
    report->commands += note->action == TSMP_WORD_COMMAND;
    report->with_volumes += note_inspected(note);
    report->worst = tsmp_verdict_worse(report->worst, note->verdict);
}

/* Judged with all that is known of it; the history has it now, if there is one. */
static int32_t judge(const struct report *report, const tsmp_run *run, tsmp_verdict **judged)
{
    struct joined joined;
    int32_t status = join_judge(report->options, run, report->files[report->at].text.age, &joined, judged);
    if (status == TSMP_OK &&
        !history_keep(report->options, run, &joined.context, tsmp_verdict_view_of(*judged))) {
        tsmp_verdict_free(*judged);
        status = TSMP_E_NOMEM;
    }
    join_free(&joined);
    return status;
}

int32_t report_take(struct report *report, const tsmp_run *run)
{
    struct file_result *file = &report->files[report->at];
    const tsmp_run_view *view = tsmp_run_view_of(run);
    tsmp_verdict *judged;
    int32_t status = judge(report, run, &judged);
    if (status != TSMP_OK)
        return status;
    const tsmp_verdict_view *verdict = tsmp_verdict_view_of(judged);
    uint32_t shown = verdict->verdict;
    if (report->ended && file->bad)
        shown = unread_verdict(shown, verdict, true);
    bool json = report->options->format == FORMAT_JSON;
    uint64_t spool_at = report->spool.length;
    if (report->rows || json)
        put_in_spool(report, view, verdict, shown);
    if (!report->rows) {
        bool kept = !json && !report->options->last;
        struct note *note = kept ? report_renew(report, view, verdict) : NULL;
        kept = note != NULL;
        if (!kept)
            note = note_new(view, verdict);
        if (note == NULL) {
            tsmp_verdict_free(judged);
            return TSMP_E_NOMEM;
        }
        note->file = report->at;
        note->verdict = shown;
        note->spool_at = spool_at;
        if (!report->options->last)
            count_run(report, note);
        if (json && !report->options->last)
            note_free(note); /* its text is in the spool */
        else if (!kept)
            report_keep(report, note);
    }
    tsmp_verdict_free(judged);
    return report->no_memory ? TSMP_E_NOMEM : TSMP_OK;
}

/* ---- what another thread found ---- */

/* Is all that is wanted of a run its note? */
static bool only_notes(const struct report *report)
{
    const struct options *options = report->options;
    return !report->rows && options->format != FORMAT_JSON && !options->why &&
           options->history == NULL && !schedule_wanted(options);
}

/* On the other thread, which so has its part of the judge's work. */
static struct note *digest(const tsmp_run *run, void *context)
{
    const struct report *report = context;
    tsmp_verdict *judged;
    if (judge(report, run, &judged) != TSMP_OK)
        return NULL;
    const tsmp_verdict_view *verdict = tsmp_verdict_view_of(judged);
    struct note *note = note_new(tsmp_run_view_of(run), verdict);
    if (note != NULL)
        note->file = report->at;
    tsmp_verdict_free(judged);
    return note;
}

static void take_note(struct report *report, const struct ahead_run *found)
{
    struct file_result *file = &report->files[report->at];
    note_shift(found->note, report->shift);
    if (report->options->last) {
        report->left_out += report->no_room ? found->passed : 0; /* nor were they */
    } else {
        file->counts[TSMP_VERDICT_COMPLETE] += found->passed;
        file->runs += found->passed;
        report->counts[TSMP_VERDICT_COMPLETE] += found->passed;
        report->runs_seen += found->passed;
        report->commands += found->passed_commands;
        report->with_volumes += found->passed_with_volumes;
        count_run(report, found->note);
    }
    report->no_room = false;
    report_keep(report, found->note);
}

static int32_t take(struct report *report, tsmp_run *run)
{
    if (report->shift > 0)
        tsmp_run_shift(run, report->shift);
    int32_t status = report_take(report, run);
    if (schedule_wanted(report->options) &&
        !seen_take(&report->seen, report->at, tsmp_run_view_of(run)))
        status = TSMP_E_NOMEM;
    tsmp_run_free(run);
    return status;
}

static int32_t take_runs(struct report *report)
{
    tsmp_run *run;
    int32_t status;
    while ((status = tsmp_runs_next(report->runs, &run)) == TSMP_OK) {
        status = take(report, run);
        if (status != TSMP_OK)
            return status;
    }
    return status < 0 ? status : TSMP_OK;
}

static int32_t add(const tsmp_batch *batch, void *context)
{
    struct report *report = context;
    int32_t status = tsmp_runs_add(report->runs, batch);
    return status == TSMP_OK ? take_runs(report) : status;
}

/* The same runs without a batch for us: verbose logs are mostly lines that only count. */
static int32_t pull(tsmp_reader *reader, void *context)
{
    struct report *report = context;
    for (;;) {
        int32_t status = tsmp_runs_pull(report->runs, reader);
        int32_t taken = status < 0 ? status : take_runs(report);
        if (status != TSMP_OK || taken != TSMP_OK)
            return taken;
    }
}

/* Take what another thread has read, where both know the same. */
static int32_t meet(struct ahead *ahead, size_t index, tsmp_reader *reader, void *context)
{
    struct report *report = context;
    struct ahead_run found;
    if (!ahead_meets(ahead, index, report->runs, reader, &report->shift))
        return TSMP_OK;
    while (ahead_next(ahead, &found)) {
        int32_t status = found.note == NULL ? take(report, found.run) : TSMP_OK;
        if (found.note != NULL)
            take_note(report, &found);
        if (status != TSMP_OK)
            return status;
    }
    tsmp_runs_free(report->runs);
    report->runs = ahead_end(ahead);
    return TSMP_END;
}

/* No run of a text that was not read to its end is a good one: it may be cut, or not be what was
 * written. */
static void degrade(struct report *report, struct file_result *file)
{
    static const uint32_t good[] = {TSMP_VERDICT_COMPLETE, TSMP_VERDICT_EXCEPTIONS,
                                    TSMP_VERDICT_RUNNING};
    for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
        file->counts[TSMP_VERDICT_UNKNOWN] += file->counts[good[i]];
        report->counts[TSMP_VERDICT_UNKNOWN] += file->counts[good[i]];
        report->counts[good[i]] -= file->counts[good[i]];
        file->counts[good[i]] = 0;
    }
    for (size_t i = 0; i < report->note_count; i++) {
        struct note *note = report->notes[i];
        bool is_good = note->verdict == TSMP_VERDICT_COMPLETE ||
                       note->verdict == TSMP_VERDICT_EXCEPTIONS ||
                       note->verdict == TSMP_VERDICT_RUNNING;
        if (note->file == report->at && is_good)
            note->verdict = TSMP_VERDICT_UNKNOWN;
    }
}

/* "a + b" for joined files. */
static char *label_of(const struct options *options, int at)
{
    int count = options->joined ? options->file_count : 1;
    size_t length = 1;
    for (int i = 0; i < count; i++)
        length += strlen(options->files[at + i]) + 3;
    char *label = calloc(1, length);
    for (int i = 0; label != NULL && i < count; i++) {
        strcat(label, i > 0 ? " + " : "");
        strcat(label, options->files[at + i]);
    }
    return label;
}

/* Why a file without runs has none. Of the newest runs it is known only at the end who has any. */
static void tell_why(struct report *report, struct file_result *file)
{
    if (!report->rows && file->runs == 0 && file->text.pulled && !file->bad)
        read_tally(&file->text, report->options);
}

void report_read_file(struct report *report)
{
    tsmp_runs_options options = {.size = sizeof options};
    struct file_result *file = &report->files[report->at];
    file->text.paths = report->options->files + report->at;
    file->text.count = report->options->joined ? report->options->file_count : 1;
    file->text.held = true;
    file->label = label_of(report->options, report->at);
    if (report->options->now || report->options->at != NULL)
        options.now = policy_local_now(report->options);
    if (file->label == NULL || tsmp_runs_new(&options, NULL, &report->runs) != TSMP_OK) {
        file->bad = true;
        file->failure = "no memory";
        report->bad_files++;
        return;
    }
    struct sink sink = {.batch = add, .pull = pull, .context = report, .meet = meet,
                        .ahead = report->halves ? &options : NULL,
                        .digest = only_notes(report) ? digest : NULL};
    file->bad = !read_text(&file->text, report->options, &sink);
    report->ended = true;
    if (!report->no_memory && (tsmp_runs_end(report->runs) != TSMP_OK ||
                               take_runs(report) != TSMP_OK))
        report->no_memory = true;
    if (report->no_memory && !file->bad) {
        file->failure = "no memory, or no room for temporary files";
        file->bad = true;
    }
    report->no_memory = false;
    report->bad_files += file->bad;
    history_file(report->options, !file->bad);
    if (file->bad)
        degrade(report, file);
    if (!report->options->last)
        tell_why(report, file);
    file->spool_to = report->spool.length;
    tsmp_runs_free(report->runs);
    report->runs = NULL;
}

static void merge_spool(struct report *report, struct report *part)
{
    struct file_result *file = &report->files[part->at];
    file->spool_from = report->spool.length;
    file->spool_to += file->spool_from;
    if (report->rows || (report->spool.length == 0 && !report->spool.failed)) {
        report->spool = part->spool; /* rows are printed before the next file's come */
        return;
    }
    if (part->spool.failed || !spool_append(&report->spool, &part->spool))
        report->spool.failed = true;
    part->spool.failed = false;
    spool_clear(&part->spool);
}

void report_merge(struct report *report, struct report *part)
{
    struct file_result *file = &report->files[part->at];
    if (file->text.error[0] != '\0')
        complain(file->text.paths[file->text.at], file->text.error);
    if (file->failure != NULL)
        complain(file->label, file->failure);
    report->at = part->at;
    merge_spool(report, part);
    for (size_t i = 0; i < part->note_count; i++) {
        struct note *note = part->notes[i];
        note->spool_at += file->spool_from;
        if (report->options->last)
            report_keep(report, note);
        else
            report_put(report, note);
    }
    free(part->notes);
    free(part->series);
    report->no_memory |= !seen_merge(&report->seen, &part->seen);
    if (report->no_memory) {
        complain(file->label, "no memory");
        report->bad_files += !file->bad;
        file->bad = true;
        report->no_memory = false;
    }
    report->bad_files += part->bad_files;
    report->left_out += part->left_out;
    report->runs_seen += part->runs_seen;
    report->commands += part->commands;
    report->with_volumes += part->with_volumes;
    for (uint32_t verdict = 0; verdict < 8; verdict++)
        report->counts[verdict] += part->counts[verdict];
    report->worst = tsmp_verdict_worse(report->worst, part->worst);
}

/* Runs that are expected and not there stand behind all others, and so in the last file's text. */
static void add_missing(struct report *report)
{
    struct event_starts events = {0};
    if (events_read(&events, report->options))
        schedule_report(report, &events);
    else
        report->bad_files++;
    events_free(&events);
    if (report->file_count > 0)
        report->files[report->file_count - 1].spool_to = report->spool.length;
    if (report->no_memory) {
        complain(NULL, "no memory, so what was missed is not told");
        report->bad_files++;
        report->no_memory = false;
    }
}

void report_read(struct report *report, const struct options *options, file_handler *each)
{
    report->options = options;
    report->file_count = options->joined ? 1 : options->file_count;
    report->files = calloc((size_t)report->file_count, sizeof *report->files);
    if (report->files == NULL || !gather(report, each)) {
        complain(NULL, "no memory");
        report->file_count = 0;
        report->bad_files++;
        return;
    }
    if (schedule_wanted(options) && !report->rows)
        add_missing(report);
    for (size_t i = 0; options->last && i < report->note_count; i++)
        count_run(report, report->notes[i]);
    for (int i = 0; options->last && i < report->file_count; i++)
        tell_why(report, &report->files[i]);
}

void report_free(struct report *report)
{
    for (size_t i = 0; i < report->note_count; i++)
        note_free(report->notes[i]);
    for (int i = 0; i < report->file_count; i++)
        free(report->files[i].label);
    free(report->notes);
    free(report->series);
    free(report->files);
    seen_free(&report->seen);
    spool_clear(&report->spool);
}
