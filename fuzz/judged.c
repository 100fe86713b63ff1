/* SPDX-License-Identifier: BSD-2-Clause
 * Verdicts of two answers compared: which may differ, and in which way only. */
#include "drive.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

bool is_bad(uint32_t verdict)
{
    return verdict == TSMP_VERDICT_MISSED || verdict == TSMP_VERDICT_INCOMPLETE || verdict == TSMP_VERDICT_FAILED;
}

static void note_against(struct judged *judged, const tsmp_verdict_view *verdict)
{
    for (uint64_t i = 0; i < verdict->evidence_count; i++) {
        const tsmp_evidence *evidence =
            (const void *)((const char *)verdict->evidence + i * verdict->evidence_stride);
        CHECK(evidence->id < 64 && evidence->line_count <= 2);
        judged->shown |= UINT64_C(1) << evidence->id;
        if (!is_bad(evidence->effect) || judged->against_count == AGAINST)
            continue;
        struct against *against = &judged->against[judged->against_count++];
        *against = (struct against){.id = evidence->id};
        for (uint64_t k = 0; k < evidence->line_count; k++)
            against->lines[k] = evidence->lines[k];
    }
}

void note_judged(struct answer *answer, const tsmp_run_view *run, const tsmp_verdict_view *verdict)
{
    if (answer->judged_count == answer->judged_capacity) {
        answer->judged_capacity = answer->judged_capacity * 2 + 8;
        answer->judged = realloc(answer->judged, answer->judged_capacity * sizeof *answer->judged);
        CHECK(answer->judged != NULL);
    }
    struct judged *judged = &answer->judged[answer->judged_count++];
    *judged = (struct judged){.verdict = verdict->verdict, .first_line = run->first_line, .last_line = run->last_line,
                              .named = run->schedule.length > 0 || run->scheduled_text.length > 0,
                              .placed = run->schedule.length > 0 && run->scheduled_text.length > 0};
    note_against(judged, verdict);
    note_number(&judged->key, run->interactive);
    note_text(&judged->key, run->schedule.bytes, run->schedule.length);
    note_text(&judged->key, run->scheduled_text.bytes, run->scheduled_text.length);
}

int level_of(uint32_t verdict)
{
    switch (verdict) {
    case TSMP_VERDICT_COMPLETE: return 3;
    case TSMP_VERDICT_EXCEPTIONS: return 2;
    case TSMP_VERDICT_RUNNING: return 1;
    default: return 0;
    }
}

static bool same_key(const struct judged *one, const struct judged *other)
{
    return one->key.length == other->key.length &&
           memcmp(one->key.bytes, other->key.bytes, one->key.length) == 0;
}

/* Of those of its key in the other answer, the one of the worst verdict. */
static const struct judged *worst_of(const struct answer *answer, const struct judged *wanted)
{
    const struct judged *worst = NULL;
    for (size_t i = 0; i < answer->judged_count; i++) {
        const struct judged *judged = &answer->judged[i];
        if (same_key(judged, wanted) &&
            (worst == NULL || tsmp_verdict_worse(worst->verdict, judged->verdict) == judged->verdict))
            worst = judged;
    }
    return worst;
}

/* Evidence that rested on a line which is not there any more is not missed. */
static uint64_t must_show(const struct judged *judged, uint64_t removed)
{
    uint64_t ids = 0;
    for (size_t i = 0; i < judged->against_count; i++) {
        const struct against *against = &judged->against[i];
        if (removed == 0 || (against->lines[0] != removed && against->lines[1] != removed))
            ids |= UINT64_C(1) << against->id;
    }
    return ids;
}

/* With its first line a run's name and action go; one outside may be what shows that it is over. */
static bool is_inside(const struct judged *judged, uint64_t removed)
{
    return removed == 0 || (judged->first_line < removed && removed <= judged->last_line);
}

/* Is it said of the run that its lines can't be believed? */
static bool is_doubted(const struct judged *judged)
{
    const uint64_t doubts = UINT64_C(1) << TSMP_EVIDENCE_FORGEABLE | UINT64_C(1) << TSMP_EVIDENCE_E16 |
                            UINT64_C(1) << TSMP_EVIDENCE_E17;
    return (judged->shown & doubts) != 0;
}

static bool some_bad(const struct answer *answer)
{
    for (size_t i = 0; i < answer->judged_count; i++)
        if (is_bad(answer->judged[i].verdict))
            return true;
    return false;
}

const struct judged *lost_against(const struct answer *before, const struct answer *after, uint64_t removed,
                                  unsigned excuse)
{
    for (size_t i = 0; i < before->judged_count; i++) {
        const struct judged *was = &before->judged[i];
        uint64_t ids = is_bad(was->verdict) && was->placed && is_inside(was, removed) ? must_show(was, removed) : 0;
        if (ids == 0)
            continue;
        const struct judged *now = worst_of(after, was);
        bool holds = now != NULL && is_bad(now->verdict) &&
                     ((ids & ~now->shown) == 0 || tsmp_verdict_worse(was->verdict, now->verdict) != was->verdict);
        bool excused = now != NULL && is_doubted(now) &&
                       (((excuse & EXCUSE_OTHER) != 0 && is_bad(now->verdict)) ||
                        ((excuse & EXCUSE_UNKNOWN) != 0 && now->verdict == TSMP_VERDICT_UNKNOWN));
        if (!holds && !excused && !((excuse & EXCUSE_MOVED) != 0 && some_bad(after)))
            return was;
    }
    return NULL;
}

int best_level(const struct answer *answer, const struct notes *key)
{
    int best = -1;
    for (size_t i = 0; i < answer->judged_count; i++) {
        const struct judged *judged = &answer->judged[i];
        if (judged->key.length == key->length &&
            memcmp(judged->key.bytes, key->bytes, key->length) == 0 &&
            level_of(judged->verdict) > best)
            best = level_of(judged->verdict);
    }
    return best;
}

size_t count_level(const struct answer *answer, int level)
{
    size_t count = 0;
    for (size_t i = 0; i < answer->judged_count; i++)
        count += level_of(answer->judged[i].verdict) >= level;
    return count;
}
