/* SPDX-License-Identifier: BSD-2-Clause
 * Versions night by night, against the list of scheduled starts. A night without one was missed
 * only if the canary had changed before it and retention can't have removed its version. */
#include "canary.h"

#define DAY (24 * CANARY_HOUR)

/* What holds for the rows as a whole: 0, or why no empty night is absent. */
static uint32_t common_doubt(const struct tsmp_canary *canary)
{
    if (canary->count == 0) {
        if (canary->session == 0)
            return TSMP_CANARY_REASON_NO_SESSION;
        return canary->seen[TSMP_CANARY_REASON_NO_MATCH].count > 0 ? TSMP_CANARY_REASON_NO_MATCH
                                                                   : TSMP_CANARY_REASON_NO_ANSWER;
    }
    if (canary->left_out > 0)
        return TSMP_CANARY_REASON_LIMIT;
    if (canary_is_blind(canary))
        return TSMP_CANARY_REASON_NOT_UNDERSTOOD;
    uint64_t active = 0;
    for (size_t i = 0; i < canary->count; i++) {
        if (canary->versions[i].backup_time == TSMP_NO_TIME)
            return TSMP_CANARY_REASON_DATE_UNDECIDED;
        if (canary->versions[i].skew == TSMP_NO_TIME)
            return TSMP_CANARY_REASON_SKEW_UNKNOWN;
        active += canary->versions[i].state == TSMP_WORD_ACTIVE;
    }
    if (active > 1)
        return TSMP_CANARY_REASON_SEVERAL_ACTIVE;
    return (canary->question.flags & TSMP_CANARY_CHANGES) == 0 ? TSMP_CANARY_REASON_PERHAPS_UNCHANGED : 0;
}

/* Would a version of this night still be kept, though none older is? */
static bool still_kept(const struct tsmp_canary *canary, int64_t night)
{
    const tsmp_canary_question *question = &canary->question;
    if (question->versions_kept == 0 || question->days_kept == 0 ||
        canary->count >= question->versions_kept)
        return false;
    return question->days_kept == TSMP_CANARY_NO_LIMIT ||
           (canary->view.asked != TSMP_NO_TIME &&
            (canary->view.asked - night) / DAY < question->days_kept);
}

static void judge(const struct tsmp_canary *canary, tsmp_canary_night *night, int64_t end, uint32_t doubt)
{
    const tsmp_canary_question *question = &canary->question;
    int64_t start = night->start - question->slack;
    bool older = false, hour_off = false, forgeable = false;
    uint64_t active = 0;
    for (size_t i = 0; i < canary->count; i++) {
        const tsmp_canary_version *version = &canary->versions[i];
        int64_t stored = canary_stored(version);
        active += version->state == TSMP_WORD_ACTIVE;
        if (stored == TSMP_NO_TIME)
            continue;
        if (stored >= start && stored < end) {
            if ((version->flags & TSMP_CANARY_VERSION_FORGEABLE) != 0) {
                forgeable = true;
                continue;
            }
            if (night->versions++ == 0)
                night->line = version->line;
        } else if (stored < start) {
            older = true; /* of the night before, or of this one if summer time ended */
            hour_off |= stored >= start - CANARY_HOUR;
        }
    }
    night->answer = TSMP_CANARY_UNKNOWN;
    if (night->versions > 0 && active <= 1) {
        night->answer = TSMP_CANARY_PRESENT;
        night->reason = TSMP_CANARY_REASON_IN_WINDOW;
    } else if (forgeable) {
        night->reason = TSMP_CANARY_REASON_FORGEABLE;
    } else if (doubt != 0) {
        night->reason = doubt;
    } else if (end == INT64_MAX || (canary->view.asked != TSMP_NO_TIME && canary->view.asked < night->start)) {
        night->reason = TSMP_CANARY_REASON_NOT_YET; /* it is not over, as far as is told */
    } else if (hour_off) {
        night->reason = TSMP_CANARY_REASON_HOUR_OFF;
    } else if (older || still_kept(canary, night->start)) {
        night->answer = TSMP_CANARY_ABSENT;
        night->reason = TSMP_CANARY_REASON_BEFORE_WINDOW;
    } else {
        night->reason = TSMP_CANARY_REASON_RETENTION;
    }
}

void canary_nights(struct tsmp_canary *canary)
{
    const tsmp_canary_question *question = &canary->question;
    uint32_t doubt = common_doubt(canary);
    uint64_t count = question->night_count;
    for (uint64_t i = 0; i < count; i++) {
        tsmp_canary_night *night = &canary->night_items[i];
        int64_t end = INT64_MAX;
        if (i + 1 < count)
            end = question->nights[i + 1] - question->slack;
        else if ((question->flags & TSMP_CANARY_UNTIL) != 0 && question->window_end > question->nights[i])
            end = question->window_end + question->slack;
        night->start = question->nights[i];
        judge(canary, night, end, doubt);
    }
}
