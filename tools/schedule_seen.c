/* SPDX-License-Identifier: BSD-2-Clause
 * The runs that were seen, and the starts that the server lists. */
#include "schedule.h"

#include <stdlib.h>
#include <string.h>

/* Half a million runs are more than any log has; a hostile one must not fill the memory. */
enum { MOST_SEEN = 500000, MOST_EVENTS = 500000, LONGEST_NAME = 255 };

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
    void *bigger = reallocarray(*items, wanted, size);
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

bool seen_add(struct seen *seen, int file, const tsmp_run_view *run)
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

/* ---- the server's list --------------------------------------------------------------------------------- */

static const tsmp_field *field_of(const tsmp_view *view, const tsmp_record *record, uint16_t id)
{
    for (uint32_t i = 0; i < record->field_count; i++)
        if (view->fields[record->first_field + i].id == id)
            return &view->fields[record->first_field + i];
    return NULL;
}

static tsmp_text text_of(const tsmp_view *view, const tsmp_record *record, uint16_t id)
{
    const tsmp_field *field = field_of(view, record, id);
    return field != NULL ? (tsmp_text){view->text + field->text, field->length} : (tsmp_text){"", 0};
}

static int32_t take_events(const tsmp_batch *batch, void *context)
{
    struct event_starts *events = context;
    const tsmp_view *view = tsmp_batch_view(batch);
    for (uint64_t i = 0; i < view->record_count; i++) {
        const tsmp_record *record = &view->records[i];
        const tsmp_field *time = field_of(view, record, TSMP_FIELD_SCHEDULED);
        const uint32_t unknown = TSMP_FLAG_NO_TIME | TSMP_FLAG_DATE_AMBIGUOUS | TSMP_FLAG_TIME_IMPOSSIBLE;
        if (record->kind != TSMP_KIND_SERVER_EVENT || time == NULL || (time->flags & unknown) != 0)
            continue;
        void *items = events->items;
        bool good = events->count < MOST_EVENTS &&
                    reserve(&items, &events->capacity, events->count, sizeof *events->items);
        events->items = items;
        if (!good)
            return TSMP_E_NOMEM;
        struct event_start *event = &events->items[events->count];
        *event = (struct event_start){.schedule = copy(text_of(view, record, TSMP_FIELD_SCHEDULE)),
                                      .node = copy(text_of(view, record, TSMP_FIELD_NODE)),
                                      .scheduled = time->number};
        events->count++;
        if (event->schedule == NULL || event->node == NULL)
            return TSMP_E_NOMEM;
    }
    return TSMP_OK;
}

bool events_read(struct event_starts *events, const struct options *options)
{
    char *path = (char *)(uintptr_t)options->schedules; /* only read */
    struct text text = {.paths = &path, .count = 1};
    struct options plain = *options;
    struct sink sink = {take_events, NULL, events};
    if (path == NULL)
        return true;
    plain.joined = false;
    if (!read_text(&text, &plain, &sink))
        return false;
    if (events->count == 0)
        complain(path, "it holds no rows of `query event` whose start can be told");
    return events->count > 0;
}

void events_free(struct event_starts *events)
{
    for (size_t i = 0; i < events->count; i++) {
        free(events->items[i].schedule);
        free(events->items[i].node);
    }
    free(events->items);
    *events = (struct event_starts){0};
}
