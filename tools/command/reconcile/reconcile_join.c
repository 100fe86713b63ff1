/* SPDX-License-Identifier: BSD-2-Clause
 * Events of the server and runs of the logs, side by side. Both are in order of node, schedule and
 * start, so each run is found by halving. */
#include "reconcile.h"

#include <stdlib.h>
#include <string.h>

#define NEAR INT64_C(300000000) /* as the judge's own slack */
enum { HUNG = 24 * 3600 };

static int lower(char c)
{
    return c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : (unsigned char)c;
}

/* Names of nodes and schedules: whole, without case. */
static int compare(tsmp_text a, tsmp_text b)
{
    uint64_t n = a.length < b.length ? a.length : b.length;
    for (uint64_t i = 0; i < n; i++)
        if (lower(a.bytes[i]) != lower(b.bytes[i]))
            return lower(a.bytes[i]) - lower(b.bytes[i]);
    return a.length < b.length ? -1 : a.length > b.length;
}

static int compare_times(int64_t a, int64_t b)
{
    return (a > b) - (a < b);
}

static int by_run(const void *a, const void *b)
{
    const struct ran *x = a, *y = b;
    int order = compare(x->node, y->node);
    order = order != 0 ? order : compare(x->schedule, y->schedule);
    order = order != 0 ? order : compare_times(x->scheduled, y->scheduled);
    order = order != 0 ? order : strcmp(x->file, y->file);
    return order != 0 ? order : (x->first_line > y->first_line) - (x->first_line < y->first_line);
}

/* The same event in two logs: the worse one stands for both. */
static void drop_doubles(struct reconciling *reconciling)
{
    size_t kept = 0;
    for (size_t i = 0; i < reconciling->run_count; i++) {
        struct ran *run = &reconciling->runs[i];
        struct ran *last = kept > 0 ? &reconciling->runs[kept - 1] : NULL;
        bool one = last != NULL && run->scheduled != TSMP_NO_TIME && run->scheduled == last->scheduled &&
                   compare(run->node, last->node) == 0 && compare(run->schedule, last->schedule) == 0 &&
                   run->node.length > 0;
        if (!one) {
            reconciling->runs[kept++] = *run;
        } else if (tsmp_verdict_worse(run->verdict, last->verdict) == run->verdict) {
            free(last->text);
            *last = *run;
        } else {
            free(run->text);
        }
    }
    reconciling->run_count = kept;
}

/* ---- events ----------------------------------------------------------------------------------- */

static bool is_logged(const tsmp_witness_event *event)
{
    return (event->flags & TSMP_WITNESS_LOGGED) != 0;
}

/* Rows that are of one event stand side by side. Which one counts is the judge's rule: the latest
 * answer, one that nobody can have printed before others, and of one answer the one that is not good. */
static bool is_better(const tsmp_witness_event *a, const tsmp_witness_event *b)
{
    bool doubt_a = (a->flags & TSMP_WITNESS_FORGEABLE) != 0, doubt_b = (b->flags & TSMP_WITNESS_FORGEABLE) != 0;
    if (doubt_a != doubt_b)
        return doubt_b;
    if (a->order != b->order)
        return a->order > b->order;
    return a->state != TSMP_EVENT_COMPLETED && b->state == TSMP_EVENT_COMPLETED;
}

/* Of `query event`, or, when there is no such row at all, of the activity log. Places of those that
 * count, in order. NULL: no memory. */
static const tsmp_witness_event **events_of(const struct reconciling *reconciling, size_t *count)
{
    const tsmp_witness_view *view = reconciling->witness;
    const tsmp_witness_event **events = calloc((size_t)view->event_count + 1, sizeof *events);
    bool rows = false;
    *count = 0;
    for (uint64_t i = 0; i < view->event_count && !rows; i++)
        rows = !is_logged(&view->events[i]);
    for (uint64_t i = 0; events != NULL && i < view->event_count; i++) {
        const tsmp_witness_event *event = &view->events[i];
        if (is_logged(event) == rows)
            continue;
        const tsmp_witness_event *last = *count > 0 ? events[*count - 1] : NULL;
        bool one = last != NULL && compare(last->node, event->node) == 0 &&
                   compare(last->schedule, event->schedule) == 0 &&
                   (rows ? last->scheduled == event->scheduled : last->completed == event->completed);
        if (!one)
            events[(*count)++] = event;
        else if (is_better(event, last))
            events[*count - 1] = event;
    }
    return events;
}

static int64_t start_of(const tsmp_witness_event *event)
{
    return is_logged(event) ? event->completed : event->scheduled;
}

/* The first of the events that is not before this node, schedule and time. */
static size_t edge(const tsmp_witness_event *const *events, size_t count, const struct ran *run, int64_t time)
{
    size_t low = 0, high = count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int order = compare(events[middle]->node, run->node);
        order = order != 0 ? order : compare(events[middle]->schedule, run->schedule);
        order = order != 0 ? order : compare_times(start_of(events[middle]), time);
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* The event nearest to that time that no other run has; `count` when there is none. */
static size_t nearest(const tsmp_witness_event *const *events, const struct ran *const *pairs, size_t count,
                      const struct ran *run, int64_t time)
{
    size_t best = count;
    int64_t best_apart = NEAR + 1;
    if (time == TSMP_NO_TIME)
        return count;
    for (size_t i = edge(events, count, run, time - NEAR); i < count; i++) {
        int64_t apart = start_of(events[i]) - time;
        if (compare(events[i]->node, run->node) != 0 || compare(events[i]->schedule, run->schedule) != 0 ||
            apart > NEAR)
            break;
        apart = apart < 0 ? -apart : apart;
        if (pairs[i] == NULL && apart < best_apart) {
            best = i;
            best_apart = apart;
        }
    }
    return best;
}

static size_t event_of(const struct reconciling *reconciling, const tsmp_witness_event *const *events,
                       const struct ran *const *pairs, size_t count, const struct ran *run)
{
    int64_t skew = reconciling->options->context.skew;
    bool logged = count > 0 && is_logged(events[0]);
    int64_t time = logged ? run->ended : run->scheduled;
    if (time == TSMP_NO_TIME || run->node.length == 0)
        return count;
    size_t found = logged ? count : nearest(events, pairs, count, run, time);
    return found < count || (skew == 0 && !logged) ? found : nearest(events, pairs, count, run, time + skew);
}

/* ---- how they stand ------------------------------------------------------------------------------ */

static bool ran(const struct ran *run)
{
    return run != NULL && run->verdict != TSMP_VERDICT_MISSED;
}

static enum stand completed(const struct entry *entry)
{
    const tsmp_witness_event *event = entry->event;
    if (entry->ran == NULL)
        return NO_LOG;
    switch (entry->ran->verdict) {
    case TSMP_VERDICT_COMPLETE: return AGREE;
    case TSMP_VERDICT_EXCEPTIONS:
        return (event->flags & TSMP_WITNESS_HAS_RESULT) != 0 && event->result == 0 ? UNSAID : AGREE;
    case TSMP_VERDICT_UNKNOWN:
    case TSMP_VERDICT_RUNNING: return UNPROVEN;
    default: return FALSE_SUCCESS;
    }
}

static enum stand stand_of(const struct reconciling *reconciling, const struct entry *entry)
{
    const tsmp_witness_event *event = entry->event;
    int64_t fresh = reconciling->options->context.fresh > 0 ? reconciling->options->context.fresh : HUNG;
    if (event == NULL)
        return ran(entry->ran) ? NOT_KNOWN : AGREE;
    switch (event->state) {
    case TSMP_EVENT_COMPLETED:
        return completed(entry);
    case TSMP_EVENT_FAILED:
    case TSMP_EVENT_FAILED_NO_RESTART:
    case TSMP_EVENT_SEVERED:
        if (entry->ran == NULL)
            return NO_LOG;
        return entry->ran->verdict == TSMP_VERDICT_COMPLETE || entry->ran->verdict == TSMP_VERDICT_EXCEPTIONS
                   ? YET_COMPLETE : AGREE;
    case TSMP_EVENT_MISSED:
        return ran(entry->ran) ? DENIED : AGREE;
    case TSMP_EVENT_UNCERTAIN:
    case TSMP_EVENT_OTHER:
        return ran(entry->ran) ? DENIED : NO_LOG;
    case TSMP_EVENT_FUTURE:
    case TSMP_EVENT_PENDING:
        return ran(entry->ran) ? DENIED : AGREE;
    default:
        if (entry->ran != NULL && entry->ran->verdict == TSMP_VERDICT_RUNNING)
            return AGREE;
        bool old = event->asked != TSMP_NO_TIME && event->actual != TSMP_NO_TIME &&
                   (event->asked - event->actual) / 1000000 > fresh;
        return old || ran(entry->ran) ? LEFT_OPEN : AGREE;
    }
}

/* The verdict over both: where they differ, what the log proves is no longer all. */
static uint32_t verdict_of(const struct entry *entry)
{
    uint32_t log = entry->ran != NULL ? entry->ran->verdict : 0;
    switch (entry->stand) {
    case FALSE_SUCCESS:
    case UNPROVEN: return log;
    case NO_LOG:
        return entry->event->state == TSMP_EVENT_COMPLETED || entry->event->state == TSMP_EVENT_UNCERTAIN ||
                       entry->event->state == TSMP_EVENT_OTHER
                   ? TSMP_VERDICT_UNKNOWN : TSMP_VERDICT_FAILED;
    case DENIED:
    case NOT_KNOWN:
    case LEFT_OPEN: return tsmp_verdict_worse(log, TSMP_VERDICT_UNKNOWN);
    case YET_COMPLETE:
    case UNSAID: return tsmp_verdict_worse(log, TSMP_VERDICT_EXCEPTIONS);
    default:
        if (log != 0)
            return log;
        return entry->event == NULL ? TSMP_VERDICT_UNKNOWN
               : entry->event->state == TSMP_EVENT_MISSED ? TSMP_VERDICT_MISSED : TSMP_VERDICT_RUNNING;
    }
}

static bool add_entry(struct reconciling *reconciling, const tsmp_witness_event *event, const struct ran *run)
{
    if (event != NULL && run == NULL &&
        (event->state == TSMP_EVENT_FUTURE || event->state == TSMP_EVENT_PENDING)) {
        reconciling->to_come++;
        return true;
    }
    if (reconciling->entry_count == reconciling->entry_capacity) {
        size_t wanted = reconciling->entry_capacity * 2 + 64;
        struct entry *bigger = realloc(reconciling->entries, wanted * sizeof *bigger);
        if (bigger == NULL)
            return false;
        reconciling->entries = bigger;
        reconciling->entry_capacity = wanted;
    }
    struct entry *entry = &reconciling->entries[reconciling->entry_count++];
    *entry = (struct entry){.event = event, .ran = run};
    entry->stand = stand_of(reconciling, entry);
    entry->verdict = verdict_of(entry);
    reconciling->stands[entry->stand]++;
    reconciling->completed += event != NULL && event->state == TSMP_EVENT_COMPLETED;
    if (entry->stand == AGREE)
        reconciling->agreeing[entry->verdict]++;
    else
        reconciling->differences++;
    reconciling->worst = tsmp_verdict_worse(reconciling->worst, entry->verdict);
    return true;
}

static int by_stand(const void *a, const void *b)
{
    const struct entry *x = a, *y = b;
    if (x->stand != y->stand)
        return x->stand < y->stand ? -1 : 1;
    tsmp_text node_x = x->event != NULL ? x->event->node : x->ran->node;
    tsmp_text node_y = y->event != NULL ? y->event->node : y->ran->node;
    int order = compare(node_x, node_y);
    order = order != 0 ? order : compare(x->event != NULL ? x->event->schedule : x->ran->schedule,
                                         y->event != NULL ? y->event->schedule : y->ran->schedule);
    return order != 0 ? order : compare_times(x->event != NULL ? x->event->scheduled : x->ran->scheduled,
                                              y->event != NULL ? y->event->scheduled : y->ran->scheduled);
}

/* A run of days that the events are not of says nothing of the server. */
static bool is_inside(const struct reconciling *reconciling, const struct ran *run)
{
    int64_t time = run->scheduled != TSMP_NO_TIME ? run->scheduled : run->started;
    return time >= reconciling->from - NEAR && time <= reconciling->to + NEAR;
}

bool reconcile_join(struct reconciling *reconciling)
{
    size_t count;
    if (reconciling->run_count > 0)
        qsort(reconciling->runs, reconciling->run_count, sizeof *reconciling->runs, by_run);
    drop_doubles(reconciling);
    const tsmp_witness_event **events = events_of(reconciling, &count);
    const struct ran **pairs = calloc(count + 1, sizeof *pairs);
    bool good = events != NULL && pairs != NULL;
    for (size_t i = 0; good && i < reconciling->run_count; i++) {
        struct ran *run = &reconciling->runs[i];
        size_t at = event_of(reconciling, events, pairs, count, run);
        run->paired = at < count;
        if (run->paired)
            pairs[at] = run;
    }
    for (size_t i = 0; good && i < count; i++)
        good = add_entry(reconciling, events[i], pairs[i]);
    for (size_t i = 0; good && i < reconciling->run_count; i++) {
        if (reconciling->runs[i].paired)
            continue;
        if (is_inside(reconciling, &reconciling->runs[i]))
            good = add_entry(reconciling, NULL, &reconciling->runs[i]);
        else
            reconciling->outside++;
    }
    free(events);
    free(pairs);
    if (good && reconciling->entry_count > 0)
        qsort(reconciling->entries, reconciling->entry_count, sizeof *reconciling->entries, by_stand);
    if (reconciling->worst == 0 || reconciling->unreadable > 0)
        reconciling->worst = tsmp_verdict_worse(reconciling->worst, TSMP_VERDICT_UNKNOWN);
    return good;
}
