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
enum { WINDOW = 3600, MOST_SLOTS = 20000 };

/* The logs of one node. */
struct group {
    const char *node; /* "" where no log says it */
    int file;         /* the last of its files; the only one where there is no node */
    int64_t first, last; /* local microseconds of the first and last stamp, or TSMP_NO_TIME */
    bool bad;
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
    struct group *groups;
    size_t group_count;
    struct slot *slots; /* of one group and schedule */
    size_t count, capacity;
};

static tsmp_text text_of(const char *string)
{
    return (tsmp_text){string, strlen(string)};
}

/* ---- groups -------------------------------------------------------------------------------------------- */

static void widen(struct group *group, int64_t first, int64_t last)
{
    if (first != TSMP_NO_TIME && (group->first == TSMP_NO_TIME || first < group->first))
        group->first = first;
    if (last != TSMP_NO_TIME && (group->last == TSMP_NO_TIME || last > group->last))
        group->last = last;
}

static struct group *group_of(struct matching *matching, const char *node, int file)
{
    for (size_t i = 0; i < matching->group_count; i++) {
        struct group *group = &matching->groups[i];
        if (node[0] != '\0' ? strcasecmp(group->node, node) == 0
                            : group->node[0] == '\0' && group->file == file)
            return group;
    }
    struct group *bigger = realloc(matching->groups, (matching->group_count + 1) * sizeof *bigger);
    if (bigger == NULL)
        return NULL;
    matching->groups = bigger;
    bigger[matching->group_count] = (struct group){.node = node, .file = file, .first = TSMP_NO_TIME,
                                                   .last = TSMP_NO_TIME};
    return &bigger[matching->group_count++];
}

static int32_t look_first(const tsmp_batch *batch, void *context)
{
    int64_t *first = context;
    const tsmp_view *view = tsmp_batch_view(batch);
    for (uint64_t i = 0; i < view->record_count; i++) {
        const tsmp_record *record = &view->records[i];
        if ((record->flags & TSMP_FLAG_STAMPED) != 0 &&
            (record->flags & (TSMP_FLAG_NO_TIME | TSMP_FLAG_DATE_AMBIGUOUS | TSMP_FLAG_TIME_IMPOSSIBLE)) == 0) {
            *first = record->time;
            return TSMP_END;
        }
    }
    return TSMP_OK;
}

/* Where a file's text begins in time. Of a log that wraps, and of a pipe, only its runs tell. */
static int64_t first_of_file(struct report *report, int file)
{
    struct text text = report->files[file].text;
    int64_t first = TSMP_NO_TIME;
    if (text.repeats && !text.wrapped)
        read_again(&text, report->options, 0, 1, look_first, &first);
    return first;
}

/* A run that names no node, having lost its head, is of the node that its file speaks of. */
static bool name_nodes(struct report *report)
{
    struct seen *seen = &report->seen;
    for (size_t i = 0, from = 0; i < seen->count; i++) {
        if (seen->items[i].file != seen->items[from].file)
            from = i; /* a file's runs stand together */
        size_t k = from;
        while (k < seen->count && seen->items[k].file == seen->items[i].file && seen->items[k].node[0] == '\0')
            k++;
        if (seen->items[i].node[0] != '\0' || k == seen->count || seen->items[k].file != seen->items[i].file)
            continue;
        char *node = strdup(seen->items[k].node);
        if (node == NULL)
            return false;
        free(seen->items[i].node);
        seen->items[i].node = node;
        from = i; /* every one from here on is named */
    }
    return true;
}

/* Each file belongs to the node that its runs name; --node names it for all. */
static bool make_groups(struct matching *matching)
{
    struct report *report = matching->report;
    const char *given = report->options->node;
    for (int file = 0; file < report->file_count; file++) {
        int64_t first = first_of_file(report, file);
        bool any = false;
        for (size_t i = 0; i < report->seen.count; i++) {
            const struct seen_run *run = &report->seen.items[i];
            if (run->file != file)
                continue;
            struct group *group = group_of(matching, given != NULL ? given : run->node, file);
            if (group == NULL)
                return false;
            any = true;
            group->file = file;
            group->bad |= report->files[file].bad;
            widen(group, first, TSMP_NO_TIME);
            widen(group, run->started, run->ended);
        }
        if (any)
            continue;
        struct group *group = group_of(matching, given != NULL ? given : "", file);
        if (group == NULL)
            return false;
        group->file = file;
        group->bad |= report->files[file].bad;
        widen(group, first, TSMP_NO_TIME);
    }
    return true;
}

/* ---- slots --------------------------------------------------------------------------------------------- */

static bool add_slot(struct matching *matching, struct slot slot)
{
    for (size_t i = 0; i < matching->count; i++)
        if (matching->slots[i].instant == slot.instant)
            return true; /* told twice */
    if (matching->count == matching->capacity) {
        size_t wanted = matching->capacity * 2 + 64;
        struct slot *bigger = realloc(matching->slots, wanted * sizeof *bigger);
        if (bigger == NULL || wanted > MOST_SLOTS)
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

/* Where the look begins: at the log's first stamp. Of a log without any, which may have been emptied
 * at any time, only the newest start that is over counts. */
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
static bool now_of(const struct matching *matching, const struct group *group, const struct zone *zone,
                   int64_t *now)
{
    const struct options *options = matching->report->options;
    enum zone_kind kind;
    if (options->now || options->at != NULL) {
        *now = policy_now(options, zone);
        return true;
    }
    if (group->last == TSMP_NO_TIME)
        return false;
    *now = zone_instant(zone, group->last / SECOND, false, &kind);
    return true;
}

static bool slots_by_policy(struct matching *matching, const struct group *group, const char *schedule)
{
    const struct policy *policy = matching->report->options->policy;
    for (size_t i = 0; policy != NULL && i < policy->schedule_count; i++) {
        const struct policy_schedule *s = &policy->schedules[i];
        const struct zone *zone = s->zone != NULL ? s->zone
                                                  : policy_zone_of(policy, text_of(group->node), text_of(s->name));
        struct start start;
        int64_t now;
        if (!same_schedule(s->name, schedule) || !globs_fit(&s->nodes, text_of(group->node)) ||
            !now_of(matching, group, zone, &now))
            continue;
        for (int64_t from = begin_of(group, zone, now); cron_next(&s->cron, zone, from, now, &start);
             from = start.instant + 1)
            if (start.instant + s->window <= now &&
                !add_slot(matching, (struct slot){.schedule = s->name, .zone = zone, .instant = start.instant,
                                                  .until = start.instant + s->window, .local = start.local}))
                return false;
    }
    return true;
}

/* How long its window is open stands in the policy, or it is as IBM's default has it. */
static int64_t window_of(const struct policy *policy, const char *node, const char *schedule)
{
    for (size_t i = 0; policy != NULL && i < policy->schedule_count; i++)
        if (same_schedule(policy->schedules[i].name, schedule) &&
            globs_fit(&policy->schedules[i].nodes, text_of(node)))
            return policy->schedules[i].window;
    return WINDOW;
}

static bool slots_by_events(struct matching *matching, const struct group *group, const char *schedule,
                            const struct zone *machine)
{
    const struct policy *policy = matching->report->options->policy;
    for (size_t i = 0; i < matching->events->count; i++) {
        const struct event_start *event = &matching->events->items[i];
        const struct zone *zone = policy != NULL ? policy_zone_of(policy, text_of(group->node), text_of(schedule))
                                                 : machine;
        enum zone_kind kind;
        int64_t now, local = event->scheduled / SECOND;
        int64_t instant = zone_instant(zone, local, false, &kind);
        int64_t until = instant + window_of(policy, group->node, schedule);
        if (same_schedule(event->schedule, schedule) && strcasecmp(event->node, group->node) == 0 &&
            now_of(matching, group, zone, &now) && until <= now && instant >= begin_of(group, zone, now) &&
            !add_slot(matching, (struct slot){.schedule = event->schedule, .zone = zone, .instant = instant,
                                              .until = until, .local = local}))
            return false;
    }
    return true;
}

static int by_instant(const void *a, const void *b)
{
    int64_t x = ((const struct slot *)a)->instant, y = ((const struct slot *)b)->instant;
    return (x > y) - (x < y);
}

/* ---- matching ------------------------------------------------------------------------------------------- */

/* The slot whose window holds this moment, the latest where several do. */
static struct slot *slot_at(struct matching *matching, int64_t instant)
{
    for (size_t i = matching->count; i-- > 0;)
        if (matching->slots[i].instant <= instant && instant <= matching->slots[i].until)
            return &matching->slots[i];
    return NULL;
}

/* A run is told by its nominal start, as written or as a moment, and else by when it began. */
static struct slot *slot_of(struct matching *matching, const struct seen_run *run)
{
    const int64_t times[] = {run->scheduled, run->started};
    for (size_t i = 0; i < matching->count && run->scheduled != TSMP_NO_TIME; i++)
        if (matching->slots[i].local == run->scheduled / SECOND)
            return &matching->slots[i];
    for (size_t t = 0; t < 2 && matching->count > 0; t++) {
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
static bool meet(struct matching *matching, const struct group *group, const char *schedule)
{
    const struct report *report = matching->report;
    bool unsure = report->seen.over;
    for (size_t i = 0; i < report->seen.count; i++) {
        const struct seen_run *run = &report->seen.items[i];
        const char *node = report->options->node != NULL ? report->options->node : run->node;
        bool ours = group->node[0] != '\0' ? strcasecmp(node, group->node) == 0
                                           : node[0] == '\0' && run->file == group->file;
        if (!ours)
            continue;
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

static void report_missed(struct matching *matching, const struct group *group, const struct slot *slot,
                          bool unsure)
{
    struct report *report = matching->report;
    tsmp_expected expected = {.size = sizeof expected, .unsure = unsure,
                              .schedule = text_of(slot->schedule), .node = text_of(group->node),
                              .scheduled = slot->local * SECOND,
                              .until = zone_local(slot->zone, slot->until) * SECOND};
    tsmp_run *run = NULL;
    if (expected.until < expected.scheduled) /* the clock was set back in its window */
        expected.until = expected.scheduled;
    report->at = group->file;
    if (tsmp_run_expected(&expected, NULL, &run) != TSMP_OK || report_take(report, run) != TSMP_OK)
        report->no_memory = true;
    tsmp_run_free(run);
}

static bool match(struct matching *matching, const struct group *group, const char *schedule,
                  const struct zone *machine)
{
    matching->count = 0;
    if (!slots_by_policy(matching, group, schedule) ||
        !slots_by_events(matching, group, schedule, machine))
        return false;
    if (matching->count == 0)
        return true;
    qsort(matching->slots, matching->count, sizeof *matching->slots, by_instant);
    bool unsure = meet(matching, group, schedule);
    size_t from = group->first == TSMP_NO_TIME ? matching->count - 1 : 0;
    for (size_t i = from; i < matching->count; i++)
        if (!matching->slots[i].met)
            report_missed(matching, group, &matching->slots[i], unsure);
    return true;
}

/* Was the schedule of this number named before? */
static bool named_before(const struct matching *matching, size_t at, const char *name)
{
    const struct policy *policy = matching->report->options->policy;
    size_t count = policy != NULL ? policy->schedule_count : 0;
    for (size_t i = 0; i < at && i < count; i++)
        if (same_schedule(policy->schedules[i].name, name))
            return true;
    for (size_t i = count; i < at; i++)
        if (same_schedule(matching->events->items[i - count].schedule, name))
            return true;
    return false;
}

static bool match_all(struct matching *matching, const struct zone *machine)
{
    const struct policy *policy = matching->report->options->policy;
    size_t count = policy != NULL ? policy->schedule_count : 0;
    for (size_t g = 0; g < matching->group_count; g++) {
        const struct group *group = &matching->groups[g];
        for (size_t i = 0; !group->bad && i < count + matching->events->count; i++) {
            const char *name = i < count ? policy->schedules[i].name
                                         : matching->events->items[i - count].schedule;
            if (!named_before(matching, i, name) && !match(matching, group, name, machine))
                return false;
        }
    }
    return true;
}

void schedule_report(struct report *report, const struct event_starts *events)
{
    struct matching matching = {.report = report, .events = events};
    int64_t now = policy_now(report->options, NULL);
    /* Only here are threads over, and the zone may be asked for again. */
    struct zone *machine = zone_load(NULL, now - 2 * LOOK_BACK, now + LOOK_BACK);
    if (machine == NULL || !name_nodes(report) || !make_groups(&matching) || !match_all(&matching, machine))
        report->no_memory = true;
    zone_free(machine);
    free(matching.groups);
    free(matching.slots);
}
