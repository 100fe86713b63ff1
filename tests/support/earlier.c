/* SPDX-License-Identifier: BSD-2-Clause */
#include "earlier.h"

#include <string.h>

size_t earlier_split(const char *list, tsmp_text names[NAMES_MOST])
{
    size_t count = 0;
    while (*list != '\0') {
        size_t n = strcspn(list, ",");
        names[count++] = (tsmp_text){list, n};
        list += n + (list[n] == ',');
    }
    return count;
}

static int64_t before(int64_t time, int64_t ago)
{
    return time != TSMP_NO_TIME ? time - ago : TSMP_NO_TIME;
}

void earlier_make(struct made *made, const struct group groups[GROUPS], const tsmp_run_view *run)
{
    made->count = 0;
    for (const struct group *group = groups; group < groups + GROUPS; group++) {
        for (int i = 0; i < group->nights; i++) {
            size_t at = made->count++;
            int64_t ago = (int64_t)made->count * DAY;
            tsmp_earlier *item = &made->items[at];
            *item = (tsmp_earlier){
                .scheduled = before(run->scheduled, ago), .started = before(run->started, ago),
                .elapsed = group->elapsed, .inspected = group->inspected, .transferred = group->transferred,
                .flags = group->flags, .verdict = group->verdict != 0 ? group->verdict : TSMP_VERDICT_COMPLETE,
                .volumes = made->names[at]};
            item->volume_count = earlier_split(group->volumes != NULL ? group->volumes : "/,/heath", made->names[at]);
        }
    }
}
