/* SPDX-License-Identifier: BSD-2-Clause
 * Verdicts of two answers compared: which may differ, and in which way only. */
#include "drive.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void note_judged(struct answer *answer, const tsmp_run_view *run, const tsmp_verdict_view *verdict)
{
    if (answer->judged_count == answer->judged_capacity) {
        answer->judged_capacity = answer->judged_capacity * 2 + 8;
        answer->judged = realloc(answer->judged, answer->judged_capacity * sizeof *answer->judged);
        CHECK(answer->judged != NULL);
    }
    struct judged *judged = &answer->judged[answer->judged_count++];
    *judged = (struct judged){.named = run->schedule.length > 0 || run->scheduled_text.length > 0,
                              .placed = run->schedule.length > 0 && run->scheduled_text.length > 0};
    CHECK(standing_make(&judged->standing, run, verdict));
    note_number(&judged->key, run->interactive);
    note_text(&judged->key, run->schedule.bytes, run->schedule.length);
    note_text(&judged->key, run->scheduled_text.bytes, run->scheduled_text.length);
}

static bool has_key(const struct judged *judged, const struct notes *key)
{
    return judged->key.length == key->length && memcmp(judged->key.bytes, key->bytes, key->length) == 0;
}

/* Several runs may have one key, and be bad for different reasons: one that is still so for this one's is enough. */
static bool is_lost(const struct judged *was, const struct answer *after, uint64_t removed, unsigned excuse)
{
    bool there = false;
    for (size_t i = 0; i < after->judged_count; i++) {
        if (!has_key(&after->judged[i], &was->key))
            continue;
        there = true;
        if (!standing_lost(&was->standing, &after->judged[i].standing, removed, excuse))
            return false;
    }
    return there || standing_lost(&was->standing, NULL, removed, excuse);
}

const struct judged *lost_against(const struct answer *before, const struct answer *after, uint64_t removed,
                                  unsigned excuse)
{
    bool moved = false;
    for (size_t i = 0; i < after->judged_count; i++)
        moved |= (excuse & EXCUSE_MOVED) != 0 && standing_bad(after->judged[i].standing.verdict);
    for (size_t i = 0; i < before->judged_count && !moved; i++) {
        const struct judged *was = &before->judged[i];
        if (was->placed && is_lost(was, after, removed, excuse))
            return was;
    }
    return NULL;
}

int best_level(const struct answer *answer, const struct notes *key)
{
    int best = -1;
    for (size_t i = 0; i < answer->judged_count; i++) {
        int level = standing_level(answer->judged[i].standing.verdict);
        if (has_key(&answer->judged[i], key) && level > best)
            best = level;
    }
    return best;
}

size_t count_level(const struct answer *answer, int level)
{
    size_t count = 0;
    for (size_t i = 0; i < answer->judged_count; i++)
        count += standing_level(answer->judged[i].standing.verdict) >= level;
    return count;
}
