/* SPDX-License-Identifier: BSD-2-Clause
 * The runs that were seen. */
#include "schedule.h"

#include <stdlib.h>
#include <string.h>

/* Half a million runs are more than any log has; a hostile one must not fill the memory. */
enum { MOST_SEEN = 500000, LONGEST_NAME = 255 };

bool schedule_wanted(const struct options *options)
{
    return options->schedules != NULL ||
           (options->policy != NULL && options->policy->schedule_count > 0);
}

/* A copy that ends with a NUL; empty for what is no name. */
static char *copy(tsmp_text text)
{
    bool good = text.length > 0 && text.length <= LONGEST_NAME &&
                memchr(text.bytes, '\0', (size_t)text.length) == NULL;
    return good ? strndup(text.bytes, (size_t)text.length) : strdup("");
}

static bool reserve(void **items, size_t *capacity, size_t count, size_t size)
{
    if (count < *capacity)
        return true;
    size_t wanted = *capacity * 2 + 64;
    void *bigger = realloc(*items, wanted * size);
    if (bigger == NULL)
        return false;
    *items = bigger;
    *capacity = wanted;
    return true;
}

static bool append(struct seen *seen, struct seen_run run)
{
    void *items = seen->items;
    if (seen->count >= MOST_SEEN) {
        seen->over = true;
        free(run.schedule);
        free(run.node);
        return true;
    }
    bool good = run.schedule != NULL && run.node != NULL &&
                reserve(&items, &seen->capacity, seen->count, sizeof *seen->items);
    seen->items = items;
    if (!good) {
        free(run.schedule);
        free(run.node);
        return false;
    }
    seen->items[seen->count++] = run;
    return true;
}

bool seen_take(struct seen *seen, int file, const tsmp_run_view *run)
{
    return run->interactive ||
           append(seen, (struct seen_run){.file = file, .schedule = copy(run->schedule),
                                          .node = copy(run->node), .scheduled = run->scheduled,
                                          .started = run->started, .ended = run->ended});
}

bool seen_merge(struct seen *seen, struct seen *part)
{
    bool good = true;
    for (size_t i = 0; i < part->count; i++)
        good &= append(seen, part->items[i]);
    seen->over |= part->over;
    free(part->items);
    *part = (struct seen){0};
    return good;
}

void seen_free(struct seen *seen)
{
    for (size_t i = 0; i < seen->count; i++) {
        free(seen->items[i].schedule);
        free(seen->items[i].node);
    }
    free(seen->items);
    *seen = (struct seen){0};
}
