/* SPDX-License-Identifier: BSD-2-Clause
 * What is kept of a run for the report: a copy, since the run itself may be large. */
#include "report.h"

#include <stdlib.h>
#include <string.h>

/* Longer names are shown cut anyway, and cost memory that a hostile log could ask for. */
enum { LONGEST = 1024 };

const char unread_text[] = "the text could not be read to its end, so nothing of it is proven";

static bool copy(struct note *note, char **to, size_t *to_length, tsmp_text text)
{
    size_t n = text.length < LONGEST ? (size_t)text.length : LONGEST;
    *to = malloc(n + 1);
    if (*to == NULL)
        return false;
    if (n > 0)
        memcpy(*to, text.bytes, n);
    *to_length = n;
    note->cost += n + 1;
    return true;
}

static int64_t count_of(const tsmp_run_view *run, uint32_t name)
{
    for (uint64_t i = 0; i < run->statistic_count; i++)
        if (run->statistics[i].name == name && run->statistics[i].power == 0 &&
            (run->statistics[i].flags & (TSMP_FLAG_OVERFLOW | TSMP_FLAG_NUMBER_AMBIGUOUS)) == 0)
            return run->statistics[i].number;
    return -1;
}

/* The strongest reasons, each strength in the judge's order. */
static bool take_reasons(struct note *note, const tsmp_verdict_view *verdict)
{
    uint64_t count = verdict->evidence_count;
    size_t most = count < SHOWN_REASONS ? (size_t)count : SHOWN_REASONS;
    note->reasons_left = count - most;
    note->reasons = calloc(most + 1, sizeof *note->reasons);
    if (note->reasons == NULL)
        return false;
    note->cost += (most + 1) * sizeof *note->reasons;
    for (uint32_t strength = 6; strength-- > 0;) {
        for (uint64_t i = 0; i < count && note->reason_count < most; i++) {
            const tsmp_evidence *e = &verdict->evidence[i];
            if ((e->strength < 5 ? e->strength : 5) != strength)
                continue;
            struct reason *reason = &note->reasons[note->reason_count++];
            *reason = (struct reason){.id = e->id, .strength = e->strength,
                                      .line_count = (size_t)e->line_count};
            for (size_t k = 0; k < SHOWN_LINES && k < e->line_count; k++)
                reason->lines[k] = e->lines[k];
            if (!copy(note, &reason->text, &reason->length, e->text))
                return false;
        }
    }
    return true;
}

/* All but what is copied. */
static void take_facts(struct note *note, const tsmp_run_view *run, const tsmp_verdict_view *verdict)
{
    note->interactive = run->interactive != 0;
    note->has_return_code = run->has_return_code != 0;
    note->return_code = run->return_code;
    note->scheduled = run->scheduled;
    note->started = run->started;
    note->verdict = verdict->verdict;
    note->claim = verdict->claim;
    note->proof = verdict->proof;
    note->action = run->action;
    note->first_line = run->first_line;
    note->last_line = run->last_line;
    note->first_offset = run->first_offset;
    note->volumes = run->volume_count;
    for (uint64_t i = 0; i < run->volume_count; i++)
        note->volumes_ended += run->volumes[i].outcome == TSMP_WORD_SUCCESSFUL ||
                               run->volumes[i].outcome == TSMP_WORD_FAILURES;
    note->inspected = count_of(run, TSMP_STATISTIC_OBJECTS_INSPECTED);
    note->failed = count_of(run, TSMP_STATISTIC_OBJECTS_FAILED);
}

struct note *note_new(const tsmp_run_view *run, const tsmp_verdict_view *verdict)
{
    struct note *note = calloc(1, sizeof *note);
    if (note == NULL)
        return NULL;
    note->cost = sizeof *note;
    take_facts(note, run, verdict);
    if (!copy(note, &note->schedule, &note->schedule_length, run->schedule) ||
        !copy(note, &note->node, &note->node_length, run->node) ||
        !copy(note, &note->scheduled_text, &note->scheduled_length, run->scheduled_text) ||
        !take_reasons(note, verdict) || !why_copy(&note->why, verdict, &note->cost)) {
        note_free(note);
        return NULL;
    }
    return note;
}

/* Do copies of these texts lie here already, or fit in their place? */
static bool fits(size_t length, tsmp_text text)
{
    return length == text.length && length < LONGEST;
}

bool note_renew(struct note *note, const tsmp_run_view *run, const tsmp_verdict_view *verdict)
{
    if (note->reason_count > 0 || note->why != NULL || verdict->evidence_count > 0 ||
        verdict->ground_count > 0 || !fits(note->schedule_length, run->schedule) ||
        !fits(note->node_length, run->node) || !fits(note->scheduled_length, run->scheduled_text))
        return false;
    const tsmp_text texts[] = {run->schedule, run->node, run->scheduled_text};
    char *const places[] = {note->schedule, note->node, note->scheduled_text};
    for (size_t i = 0; i < 3; i++)
        if (texts[i].length > 0)
            memcpy(places[i], texts[i].bytes, (size_t)texts[i].length);
    note->volumes_ended = 0;
    take_facts(note, run, verdict);
    return true;
}

void note_shift(struct note *note, uint64_t lines)
{
    note->first_line += lines;
    note->last_line += lines;
    for (size_t i = 0; i < note->reason_count; i++)
        for (size_t k = 0; k < SHOWN_LINES && k < note->reasons[i].line_count; k++)
            note->reasons[i].lines[k] += lines;
}

bool note_inspected(const struct note *note)
{
    return (note->proof & TSMP_PROOF_VOLUMES) != 0 && note->action != TSMP_WORD_RESTORE &&
           note->action != TSMP_WORD_RETRIEVE && note->action != TSMP_WORD_COMMAND;
}

void note_free(struct note *note)
{
    if (note == NULL)
        return;
    for (size_t i = 0; note->reasons != NULL && i < note->reason_count; i++)
        free(note->reasons[i].text);
    free(note->reasons);
    why_free(note->why);
    free(note->schedule);
    free(note->node);
    free(note->scheduled_text);
    free(note);
}

uint32_t unread_verdict(uint32_t verdict, const tsmp_verdict_view *view, bool open)
{
    switch (verdict) {
    case TSMP_VERDICT_FAILED:
    case TSMP_VERDICT_UNKNOWN: return verdict;
    case TSMP_VERDICT_INCOMPLETE:
        /* What the text says stays true; what it lacks may stand in the part that was not read. */
        for (uint64_t i = 0; i < view->evidence_count; i++)
            if (view->evidence[i].strength >= 5 && (view->evidence[i].id == TSMP_EVIDENCE_E03 ||
                                                    view->evidence[i].id == TSMP_EVIDENCE_E04))
                return verdict;
        return open ? TSMP_VERDICT_UNKNOWN : verdict;
    case TSMP_VERDICT_MISSED: return open ? TSMP_VERDICT_UNKNOWN : verdict;
    default: return TSMP_VERDICT_UNKNOWN;
    }
}
