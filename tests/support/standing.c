/* SPDX-License-Identifier: BSD-2-Clause */
#include "standing.h"

int standing_level(uint32_t verdict)
{
    switch (verdict) {
    case TSMP_VERDICT_COMPLETE: return 3;
    case TSMP_VERDICT_EXCEPTIONS: return 2;
    case TSMP_VERDICT_RUNNING: return 1;
    default: return 0;
    }
}

bool standing_bad(uint32_t verdict)
{
    return verdict == TSMP_VERDICT_MISSED || verdict == TSMP_VERDICT_INCOMPLETE || verdict == TSMP_VERDICT_FAILED;
}

bool standing_make(struct standing *standing, const tsmp_run_view *run, const tsmp_verdict_view *verdict)
{
    *standing = (struct standing){.verdict = verdict->verdict, .first_line = run->first_line,
                                  .last_line = run->last_line};
    for (uint64_t i = 0; i < verdict->evidence_count; i++) {
        const tsmp_evidence *evidence =
            (const void *)((const char *)verdict->evidence + i * verdict->evidence_stride);
        if (evidence->id >= 64 || evidence->line_count > 2)
            return false;
        standing->shown |= UINT64_C(1) << evidence->id;
        if (!standing_bad(evidence->effect) || standing->against_count == AGAINST)
            continue;
        struct against *against = &standing->against[standing->against_count++];
        against->id = evidence->id;
        for (uint64_t k = 0; k < evidence->line_count; k++)
            against->lines[k] = evidence->lines[k];
    }
    return true;
}

/* Evidence that rested on a line which is not there any more is not missed. With its first line a run's name and
 * action go; one outside may be what shows that it is over. */
static uint64_t must_show(const struct standing *was, uint64_t removed)
{
    uint64_t ids = 0;
    if (!standing_bad(was->verdict) || (removed != 0 && (removed <= was->first_line || removed > was->last_line)))
        return 0;
    for (size_t i = 0; i < was->against_count; i++) {
        const struct against *against = &was->against[i];
        if (removed == 0 || (against->lines[0] != removed && against->lines[1] != removed))
            ids |= UINT64_C(1) << against->id;
    }
    return ids;
}

/* Is it said of the run that its lines can't be believed? */
static bool is_doubted(const struct standing *standing)
{
    const uint64_t doubts = UINT64_C(1) << TSMP_EVIDENCE_FORGEABLE | UINT64_C(1) << TSMP_EVIDENCE_E16 |
                            UINT64_C(1) << TSMP_EVIDENCE_E17;
    return (standing->shown & doubts) != 0;
}

bool standing_lost(const struct standing *was, const struct standing *now, uint64_t removed, unsigned excuse)
{
    uint64_t ids = must_show(was, removed);
    if (ids == 0)
        return false;
    if (now == NULL)
        return true;
    bool bad = standing_bad(now->verdict);
    bool holds = bad && ((ids & ~now->shown) == 0 || tsmp_verdict_worse(was->verdict, now->verdict) != was->verdict);
    bool excused = is_doubted(now) && (((excuse & EXCUSE_OTHER) != 0 && bad) ||
                                       ((excuse & EXCUSE_UNKNOWN) != 0 && now->verdict == TSMP_VERDICT_UNKNOWN));
    return !holds && !excused;
}
