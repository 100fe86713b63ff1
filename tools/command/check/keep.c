/* SPDX-License-Identifier: BSD-2-Clause
 * Which runs a report keeps, to judge by or to show: with --last the newest of each series, else those
 * that are not complete, and the newest of each file. */
#include "report.h"

#include <stdlib.h>
#include <string.h>

/* The report stays readable, and memory bounded. With --last a run that is not kept is not judged, and
 * there may be a few for each of thousands of machines. */
enum { SHOWN = 1000, NEWEST = 20000, KEPT_BYTES = 16 * 1024 * 1024 };

/* What runs of one series have in common, so that most of the others need no look: the schedule and
 * the file, or the schedule and the node. */
struct series {
    uint32_t in_file, of_node; /* of_node 0: it names none */
};

static uint32_t hash(uint32_t from, const void *bytes, size_t length)
{
    const unsigned char *at = bytes;
    for (size_t i = 0; i < length; i++)
        from = (from ^ at[i]) * 16777619u;
    return from;
}

static struct series series_of(const struct note *note)
{
    uint32_t schedule = hash(2166136261u + note->interactive, note->schedule, note->schedule_length);
    bool named = note->node_length > 0 && !note->interactive;
    return (struct series){hash(schedule, &note->file, sizeof note->file),
                           named ? hash(schedule, note->node, note->node_length) | 1 : 0};
}

static bool same(const char *a, size_t a_length, const char *b, size_t b_length)
{
    return a_length == b_length && (a_length == 0 || memcmp(a, b, a_length) == 0);
}

/* Two runs of one thing: one schedule of one node, or commands typed into one file. */
static bool same_series(const struct note *a, const struct note *b)
{
    if (a->interactive != b->interactive || !same(a->schedule, a->schedule_length, b->schedule,
                                                  b->schedule_length))
        return false;
    return a->file == b->file || (a->node_length > 0 && !a->interactive &&
                                  same(a->node, a->node_length, b->node, b->node_length));
}

/* Is `b`, which comes later in the text, also the later run? 0 = that is not known. */
static int newer(const struct note *a, const struct note *b)
{
    if (a->scheduled != TSMP_NO_TIME && b->scheduled != TSMP_NO_TIME &&
        a->scheduled != b->scheduled)
        return b->scheduled > a->scheduled ? 1 : -1;
    if (a->file == b->file)
        return 1;
    if (a->started != TSMP_NO_TIME && b->started != TSMP_NO_TIME)
        return b->started >= a->started ? 1 : -1;
    return 0;
}

bool note_follows(const struct note *before, const struct note *note)
{
    return before->verdict == TSMP_VERDICT_COMPLETE && before->file == note->file &&
           before->scheduled != TSMP_NO_TIME && note->scheduled != TSMP_NO_TIME &&
           before->scheduled <= note->scheduled && same_series(before, note);
}

static void remove_note(struct report *report, size_t at)
{
    report->cost -= report->notes[at]->cost;
    note_free(report->notes[at]);
    size_t behind = --report->note_count - at;
    memmove(report->notes + at, report->notes + at + 1, behind * sizeof *report->notes);
    memmove(report->series + at, report->series + at + 1, behind * sizeof *report->series);
}

static bool is_full(const struct report *report, const struct note *note)
{
    return report->note_count >= (report->options->last ? NEWEST : SHOWN) ||
           report->cost + note->cost > KEPT_BYTES;
}

/* Runs that are complete give way to those that are not: these are what the report is for. */
static void make_room(struct report *report, const struct note *note)
{
    for (size_t i = report->note_count; i-- > 0 && is_full(report, note);)
        if (report->notes[i]->verdict == TSMP_VERDICT_COMPLETE)
            remove_note(report, i);
}

static bool grow(struct report *report)
{
    if (report->note_count < report->note_capacity)
        return true;
    size_t wanted = report->note_capacity * 2 + 16;
    struct note **notes = realloc(report->notes, wanted * sizeof *notes);
    if (notes != NULL)
        report->notes = notes;
    struct series *series = realloc(report->series, wanted * sizeof *series);
    if (series != NULL)
        report->series = series;
    if (notes == NULL || series == NULL)
        return false;
    report->note_capacity = wanted;
    return true;
}

void report_put(struct report *report, struct note *note)
{
    bool last = report->options->last;
    if (!last && note->verdict != TSMP_VERDICT_COMPLETE)
        make_room(report, note);
    report->no_room = is_full(report, note);
    if (report->no_room) {
        report->left_out += last || note->verdict != TSMP_VERDICT_COMPLETE;
        report->files[note->file].left_out |= last;
        note_free(note);
        return;
    }
    if (!grow(report)) {
        report->no_memory = true;
        note_free(note);
        return;
    }
    report->cost += note->cost;
    report->series[report->note_count] = series_of(note);
    report->notes[report->note_count++] = note;
}

void report_keep(struct report *report, struct note *note)
{
    bool last = report->options->last;
    struct series wanted = series_of(note);
    for (size_t i = report->note_count; i-- > 0;) {
        const struct series *series = &report->series[i];
        if (series->in_file != wanted.in_file && (wanted.of_node == 0 || series->of_node != wanted.of_node))
            continue;
        struct note *old = report->notes[i];
        if (!same_series(old, note))
            continue;
        int order = newer(old, note);
        if (last && order < 0) {
            note_free(note);
            return;
        }
        if (order > 0 && (last || (old->verdict == TSMP_VERDICT_COMPLETE && !report->options->why &&
                                   old->file == note->file)))
            remove_note(report, i);
        break;
    }
    report_put(report, note);
}

struct note *report_renew(struct report *report, const tsmp_run_view *run, const tsmp_verdict_view *verdict)
{
    struct note *old = report->note_count > 0 ? report->notes[report->note_count - 1] : NULL;
    if (old == NULL || report->options->last || report->options->why ||
        old->verdict != TSMP_VERDICT_COMPLETE || old->file != report->at)
        return NULL;
    const struct note facts = {
        .file = report->at, .interactive = run->interactive != 0, .scheduled = run->scheduled,
        .started = run->started, .schedule = (char *)(uintptr_t)run->schedule.bytes,
        .schedule_length = (size_t)run->schedule.length, .node = (char *)(uintptr_t)run->node.bytes,
        .node_length = (size_t)run->node.length};
    bool same_node = same(old->node, old->node_length, facts.node, facts.node_length);
    if (!same_series(old, &facts) || newer(old, &facts) <= 0 || !note_renew(old, run, verdict))
        return NULL;
    if (!same_node)
        report->series[report->note_count - 1] = series_of(old);
    return old;
}
