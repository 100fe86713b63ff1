/* SPDX-License-Identifier: BSD-2-Clause
 * Which expected starts have no run. A start counts only where the text covers it: behind the first
 * stamp of the node's logs, and with its window over. Nothing is said of a log that could not be read. */
#include "report.h"

#include "schedule.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define SECOND INT64_C(1000000)
#define LOOK_BACK (INT64_C(40) * 86400) /* older nights have been looked at long ago */
enum { WINDOW = 3600, MOST_SLOTS = 200000 };

/* The logs of one node, and its runs: a stretch of those that were seen. */
struct group {
    const char *node; /* "" where no log says it: then of one file only */
    int file;         /* the last of its files */
    int64_t first, last; /* local microseconds of the first and last stamp, or TSMP_NO_TIME */
    bool bad;
    size_t from, to;
};

struct slot {
    const char *schedule;
    const struct zone *zone;
    int64_t instant, until, local; /* seconds */
    bool met;
};

struct matching {
    struct report *report;
    const struct event_starts *events;
    const struct zone *machine;
    struct group group;
    int64_t *firsts; /* of each file */
    struct slot *slots; /* of the group and one schedule, in order of time */
    size_t count, capacity;
};

static tsmp_text text_of(const char *string)
{
    return (tsmp_text){string, strlen(string)};
}

/* ---- where the texts begin -------------------------------------------------------------------------------- */

static int32_t look_first(const tsmp_batch *batch, void *context)
{
    const uint32_t unknown = TSMP_FLAG_NO_TIME | TSMP_FLAG_DATE_AMBIGUOUS | TSMP_FLAG_TIME_IMPOSSIBLE;
    int64_t *first = context;
    const tsmp_view *view = tsmp_batch_view(batch);
    for (uint64_t i = 0; i < view->record_count; i++) {
        const tsmp_record *record = &view->records[i];
        if ((record->flags & TSMP_FLAG_STAMPED) != 0 && (record->flags & unknown) == 0) {
            *first = record->time;
            return TSMP_END;
        }
    }
    return TSMP_OK;
}

/* Of a log that wraps, and of a pipe, only its runs tell. */
static int64_t first_of_file(struct report *report, int file)
{
    struct text text = report->files[file].text;
    int64_t first = TSMP_NO_TIME;
    if (text.repeats && !text.wrapped)
        read_again(&text, report->options, 0, 1, look_first, &first);
    return first;
}

static void widen(struct group *group, int64_t first, int64_t last)
{
    if (first != TSMP_NO_TIME && (group->first == TSMP_NO_TIME || first < group->first))
        group->first = first;
    if (last != TSMP_NO_TIME && (group->last == TSMP_NO_TIME || last > group->last))
        group->last = last;
}

static void add_file(struct matching *matching, int file)
{
    struct group *group = &matching->group;
    group->file = file > group->file ? file : group->file;
    group->bad |= matching->report->files[file].bad;
    widen(group, matching->firsts[file], TSMP_NO_TIME);
}

/* ---- slots --------------------------------------------------------------------------------------------- */

static bool add_slot(struct matching *matching, struct slot slot)
{
    if (matching->count == matching->capacity) {
        size_t wanted = matching->capacity * 2 + 64;
        struct slot *bigger = wanted <= 2 * MOST_SLOTS ? realloc(matching->slots, wanted * sizeof *bigger) : NULL;
        if (bigger == NULL)
            return false;
        matching->slots = bigger;
        matching->capacity = wanted;
    }
    matching->slots[matching->count++] = slot;
    return true;
}

static bool same_schedule(const char *a, const char *b)
{
    return a[0] != '\0' && strcasecmp(a, b) == 0;
}

/* Where the look begins: at the log's first stamp. */
static int64_t begin_of(const struct group *group, const struct zone *zone, int64_t now)
{
    int64_t begin = now - LOOK_BACK;
    if (group->first == TSMP_NO_TIME)
        return begin;
    enum zone_kind kind;
    int64_t first = zone_instant(zone, group->first / SECOND, false, &kind);
    return first > begin ? first : begin;
}

/* The moment up to which the log is taken to go. Without --now or --at it is the last one it shows. */
static bool now_of(const struct matching *matching, const struct zone *zone, int64_t *now)
{
    const struct options *options = matching->report->options;
    enum zone_kind kind;
    if (options->now || options->at != NULL) {
        *now = policy_now(options, zone);
        return true;
    }
    if (matching->group.last == TSMP_NO_TIME)
        return false;
    *now = zone_instant(zone, matching->group.last / SECOND, false, &kind);
    return true;
}

static const struct zone *zone_of(const struct matching *matching, const struct policy_schedule *schedule)
{
    const struct policy *policy = matching->report->options->policy;
    if (schedule->zone != NULL || policy == NULL)
        return schedule->zone != NULL ? schedule->zone : matching->machine;
    return policy_zone_of(policy, text_of(matching->group.node), text_of(schedule->name));
}

static bool slots_by_definition(struct matching *matching, const struct policy_schedule *schedule)
{
    const struct zone *zone = zone_of(matching, schedule);
    struct start start;
    int64_t now;
    if (!now_of(matching, zone, &now))
        return true;
    for (int64_t from = begin_of(&matching->group, zone, now); cron_next(&schedule->cron, zone, from, now, &start);
         from = start.instant + 1)
        if (start.instant + schedule->window <= now &&
            !add_slot(matching, (struct slot){.schedule = schedule->name, .zone = zone, .instant = start.instant,
                                              .until = start.instant + schedule->window, .local = start.local}))
            return false;
    return true;
}

/* How long its window is open stands in the policy, or it is as IBM's default has it. */
static int64_t window_of(const struct matching *matching, const char *schedule)
{
    const struct policy *policy = matching->report->options->policy;
    for (size_t i = 0; policy != NULL && i < policy->schedule_count; i++)
        if (same_schedule(policy->schedules[i].name, schedule) &&
            globs_fit(&policy->schedules[i].nodes, text_of(matching->group.node)))
            return policy->schedules[i].window;
    return WINDOW;
}

/* The server's list has the group's node from `from` to `to`. */
static void find_events(const struct matching *matching, size_t *from, size_t *to)
{
    const struct event_starts *events = matching->events;
    size_t low = 0, high = events->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (strcasecmp(events->items[middle].node, matching->group.node) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    *from = *to = low;
    while (*to < events->count && strcasecmp(events->items[*to].node, matching->group.node) == 0)
        ++*to;
}

static bool slots_by_events(struct matching *matching, const char *name)
{
    const struct policy_schedule schedule = {.name = name};
    const struct zone *zone = zone_of(matching, &schedule);
    int64_t now, window = window_of(matching, name);
    size_t from, to;
    if (matching->group.node[0] == '\0' || !now_of(matching, zone, &now))
        return true;
    find_events(matching, &from, &to);
    int64_t begin = begin_of(&matching->group, zone, now);
    for (size_t i = from; i < to; i++) {
        const struct event_start *event = &matching->events->items[i];
        enum zone_kind kind;
        int64_t local = event->scheduled / SECOND, instant = zone_instant(zone, local, false, &kind);
        if (same_schedule(event->schedule, name) && instant + window <= now && instant >= begin &&
            !add_slot(matching, (struct slot){.schedule = event->schedule, .zone = zone, .instant = instant,
                                              .until = instant + window, .local = local}))
            return false;
    }
    return true;
}

static int by_instant(const void *a, const void *b)
{
    const struct slot *x = a, *y = b;
    if (x->instant != y->instant)
        return x->instant > y->instant ? 1 : -1;
    return (x->until < y->until) - (x->until > y->until);
}

/* In order, and what is told twice once, with the longer window. */
static void sort_slots(struct matching *matching)
{
    size_t kept = 0;
    if (matching->count == 0)
        return;
    qsort(matching->slots, matching->count, sizeof *matching->slots, by_instant);
    for (size_t i = 1; i < matching->count; i++)
        if (matching->slots[i].instant != matching->slots[kept].instant)
            matching->slots[++kept] = matching->slots[i];
    matching->count = kept + 1;
}

/* ---- matching ------------------------------------------------------------------------------------------- */

/* The slot whose window holds this moment: the last that begins before it, or one of those shortly
 * before that, whose windows may be longer. */
static struct slot *slot_at(struct matching *matching, int64_t instant)
{
    size_t low = 0, high = matching->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (matching->slots[middle].instant <= instant)
            low = middle + 1;
        else
            high = middle;
    }
    for (int back = 0; back < 16 && low > 0; back++, low--)
        if (instant <= matching->slots[low - 1].until)
            return &matching->slots[low - 1];
    return NULL;
}

/* A run is told by its nominal start, and else by when it began. */
static struct slot *slot_of(struct matching *matching, const struct seen_run *run)
{
    const int64_t times[] = {run->scheduled, run->started};
    for (size_t t = 0; t < 2; t++) {
        for (int second = 0; second < 2 && times[t] != TSMP_NO_TIME; second++) {
            enum zone_kind kind;
            int64_t instant = zone_instant(matching->slots[0].zone, times[t] / SECOND, second == 1, &kind);
            struct slot *slot = slot_at(matching, instant);
            if (slot != NULL)
                return slot;
        }
    }
    return NULL;
}

/* Marks what was met; true when runs of the schedule stand there whose time is not known. */
static bool meet(struct matching *matching, const char *schedule)
{
    const struct report *report = matching->report;
    bool unsure = report->seen.over;
    for (size_t i = matching->group.from; i < matching->group.to; i++) {
        const struct seen_run *run = &report->seen.items[i];
        /* A run that lost its head names no schedule: it may be this one. */
        if (run->schedule[0] != '\0' && !same_schedule(run->schedule, schedule))
            continue;
        struct slot *slot = slot_of(matching, run);
        if (slot != NULL)
            slot->met = true;
        else
            unsure |= run->scheduled == TSMP_NO_TIME && run->started == TSMP_NO_TIME;
    }
    return unsure;
}

static void report_missed(struct matching *matching, const struct slot *slot, bool unsure)
{
    struct report *report = matching->report;
    tsmp_expected expected = {.size = sizeof expected, .unsure = unsure,
                              .schedule = text_of(slot->schedule), .node = text_of(matching->group.node),
                              .scheduled = slot->local * SECOND,
                              .until = zone_local(slot->zone, slot->until) * SECOND};
    tsmp_run *run = NULL;
    if (expected.until < expected.scheduled) /* the clock was set back in its window */
        expected.until = expected.scheduled;
    report->at = matching->group.file;
    if (tsmp_run_expected(&expected, NULL, &run) != TSMP_OK || report_take(report, run) != TSMP_OK)
        report->no_memory = true;
    tsmp_run_free(run);
}

/* Do the node's logs name this schedule? */
static bool is_named(const struct matching *matching, const char *schedule)
{
    for (size_t i = matching->group.from; i < matching->group.to; i++)
        if (same_schedule(matching->report->seen.items[i].schedule, schedule))
            return true;
    return false;
}

static bool match_schedule(struct matching *matching, const char *name)
{
    const struct policy *policy = matching->report->options->policy;
    const struct event_starts *events = matching->events;
    matching->count = 0;
    for (size_t i = 0; policy != NULL && i < policy->schedule_count; i++)
        if (same_schedule(policy->schedules[i].name, name) &&
            globs_fit(&policy->schedules[i].nodes, text_of(matching->group.node)) &&
            !slots_by_definition(matching, &policy->schedules[i]))
            return false;
    for (size_t i = 0; i < events->row_count; i++)
        if (same_schedule(events->rows[i].name, name) && is_named(matching, name) &&
            !slots_by_definition(matching, &events->rows[i]))
            return false;
    if (!slots_by_events(matching, name))
        return false;
    sort_slots(matching);
    if (matching->count == 0)
        return true;
    bool unsure = meet(matching, name);
    /* A log without any stamp may have been emptied at any time: only the newest start counts. */
    size_t from = matching->group.first == TSMP_NO_TIME ? matching->count - 1 : 0;
    for (size_t i = from; i < matching->count; i++)
        if (!matching->slots[i].met)
            report_missed(matching, &matching->slots[i], unsure);
    return true;
}

static int by_name(const void *a, const void *b)
{
    return strcasecmp(*(const char *const *)a, *(const char *const *)b);
}

/* Each schedule of which anything is expected of the group's node, once. */
static bool match_group(struct matching *matching)
{
    const struct policy *policy = matching->report->options->policy;
    const struct event_starts *events = matching->events;
    size_t count = 0, from, to, of_policy = policy != NULL ? policy->schedule_count : 0;
    if (matching->group.bad)
        return true;
    find_events(matching, &from, &to);
    const char **names = calloc(of_policy + events->row_count + (to - from) + 1, sizeof *names);
    if (names == NULL)
        return false;
    for (size_t i = 0; i < of_policy; i++)
        names[count++] = policy->schedules[i].name;
    for (size_t i = 0; i < events->row_count; i++)
        names[count++] = events->rows[i].name;
    for (size_t i = from; i < to; i++)
        if (i == from || !same_schedule(events->items[i].schedule, events->items[i - 1].schedule))
            names[count++] = events->items[i].schedule;
    qsort(names, count, sizeof *names, by_name);
    bool good = true;
    for (size_t i = 0; good && i < count; i++)
        if (i == 0 || strcasecmp(names[i], names[i - 1]) != 0)
            good = match_schedule(matching, names[i]);
    free(names);
    return good;
}

/* ---- groups ---------------------------------------------------------------------------------------------- */

/* A run that names no node, having lost its head, is of the node that its file speaks of; --node says
 * it for all. */
static bool name_nodes(struct report *report)
{
    struct seen *seen = &report->seen;
    const char *given = report->options->node;
    for (size_t from = 0, to; from < seen->count; from = to) {
        const char *node = given;
        for (to = from; to < seen->count && seen->items[to].file == seen->items[from].file; to++)
            if (node == NULL && seen->items[to].node[0] != '\0')
                node = seen->items[to].node;
        for (size_t i = from; node != NULL && i < to; i++) {
            if (given == NULL && seen->items[i].node[0] != '\0')
                continue;
            char *copy = strdup(node);
            if (copy == NULL)
                return false;
            free(seen->items[i].node);
            seen->items[i].node = copy;
        }
    }
    return true;
}

static int by_node(const void *a, const void *b)
{
    const struct seen_run *x = a, *y = b;
    int order = strcasecmp(x->node, y->node);
    return order != 0 ? order : (x->file > y->file) - (x->file < y->file);
}

static bool same_group(const struct seen_run *a, const struct seen_run *b)
{
    return strcasecmp(a->node, b->node) == 0 && (a->node[0] != '\0' || a->file == b->file);
}

static struct group no_group(const char *node)
{
    return (struct group){.node = node, .first = TSMP_NO_TIME, .last = TSMP_NO_TIME};
}

/* Files in which no run was seen belong to the node that is given, or stand each for itself. */
static bool match_silent(struct matching *matching, const bool *spoke, bool any)
{
    struct report *report = matching->report;
    const char *given = report->options->node;
    matching->group = no_group(given != NULL ? given : "");
    if (given != NULL && any)
        return true;
    for (int file = 0; file < report->file_count; file++) {
        if (spoke[file])
            continue;
        if (given == NULL)
            matching->group = no_group("");
        add_file(matching, file);
        if (given == NULL && !match_group(matching))
            return false;
    }
    return given == NULL || report->file_count == 0 || match_group(matching);
}

static bool match_all(struct matching *matching, bool *spoke)
{
    struct report *report = matching->report;
    struct seen *seen = &report->seen;
    if (seen->count > 0)
        qsort(seen->items, seen->count, sizeof *seen->items, by_node);
    for (size_t from = 0, to; from < seen->count; from = to) {
        matching->group = no_group(seen->items[from].node);
        matching->group.from = from;
        for (to = from; to < seen->count && same_group(&seen->items[to], &seen->items[from]); to++) {
            const struct seen_run *run = &seen->items[to];
            if (to == from || run->file != run[-1].file)
                add_file(matching, run->file);
            spoke[run->file] = true;
            widen(&matching->group, run->started, run->ended);
        }
        matching->group.to = to;
        for (int file = 0; report->options->node != NULL && file < report->file_count; file++)
            add_file(matching, file); /* also those without a run */
        if (!match_group(matching))
            return false;
    }
    return match_silent(matching, spoke, seen->count > 0);
}

void schedule_report(struct report *report, const struct event_starts *events)
{
    struct matching matching = {.report = report, .events = events};
    int64_t now = policy_now(report->options, NULL);
    /* Only here are threads over, and the zone may be asked for again. */
    struct zone *machine = zone_load(NULL, now - 2 * LOOK_BACK, now + LOOK_BACK);
    size_t files = (size_t)report->file_count;
    bool *spoke = calloc(files + 1, sizeof *spoke);
    matching.firsts = calloc(files + 1, sizeof *matching.firsts);
    matching.machine = machine;
    bool good = machine != NULL && spoke != NULL && matching.firsts != NULL && name_nodes(report);
    for (int file = 0; good && file < report->file_count; file++)
        matching.firsts[file] = first_of_file(report, file);
    if (!good || !match_all(&matching, spoke))
        report->no_memory = true;
    zone_free(machine);
    free(spoke);
    free(matching.firsts);
    free(matching.slots);
}
