/* SPDX-License-Identifier: BSD-2-Clause
 * What the judge asks of the witness: each answer by halving, none by looking at all rows. */
#include "witness.h"

const tsmp_statistic *witness_statistic(const tsmp_witness_session *session, uint32_t name)
{
    for (uint64_t i = 0; i < session->statistic_count; i++)
        if (session->statistics[i].name == name)
            return &session->statistics[i];
    return NULL;
}

bool witness_count(const tsmp_witness_session *session, uint32_t name, int64_t *count)
{
    const tsmp_statistic *statistic = witness_statistic(session, name);
    if (statistic == NULL || statistic->flags != 0 || statistic->power != 0)
        return false;
    *count = statistic->number;
    return true;
}

/* What is looked for, and how a row stands to it: < 0 before, 0 in it, > 0 behind. */
struct wanted {
    const struct tsmp_witness *witness;
    tsmp_text node, name;
    int64_t from, to;
    size_t base; /* of the rows, the first that is looked at */
};
typedef int place_of(const struct wanted *wanted, size_t i);

static int in_time(const struct wanted *wanted, int64_t time)
{
    return time < wanted->from ? -1 : time > wanted->to;
}

static int place_event(const struct wanted *wanted, size_t i)
{
    const tsmp_witness_event *event = witness_event_at(wanted->witness, i);
    int order = witness_compare_names(event->node, wanted->node);
    return order != 0 ? order : witness_compare_names(event->schedule, wanted->name);
}

static int place_session(const struct wanted *wanted, size_t i)
{
    const tsmp_witness_session *session = witness_session_at(wanted->witness, i);
    int order = witness_compare_names(session->node, wanted->node);
    return order != 0 ? order : in_time(wanted, session->last);
}

static int place_message(const struct wanted *wanted, size_t i)
{
    const tsmp_witness_message *message = witness_message_at(wanted->witness, i);
    int order = witness_compare_names(message->node, wanted->node);
    return order != 0 ? order : in_time(wanted, message->time);
}

static int place_space(const struct wanted *wanted, size_t i)
{
    const tsmp_witness_filespace *space = witness_space_at(wanted->witness, i);
    int order = witness_compare_names(space->node, wanted->node);
    return order != 0 ? order : witness_compare_spaces(space->name, wanted->name);
}

static int place_inspected(const struct wanted *wanted, size_t i)
{
    const uint32_t *places = wanted->witness->inspected.items;
    int64_t count = 0;
    (void)witness_count(witness_session_at(wanted->witness, places[i]),
                        TSMP_STATISTIC_OBJECTS_INSPECTED, &count);
    return in_time(wanted, count);
}

static int place_interval(const struct wanted *wanted, size_t i)
{
    const struct witness_text *interval = (const struct witness_text *)wanted->witness->intervals.items + i;
    return interval->log_last < wanted->from ? -1 : interval->log_first > wanted->from;
}

/* The first row of `count` that is not before what is wanted, or with `behind` the first that is. */
static size_t edge(const struct wanted *wanted, size_t count, place_of *place, bool behind)
{
    size_t low = 0, high = count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int order = place(wanted, middle);
        if (order < 0 || (behind && order == 0))
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static struct reach find(const struct wanted *wanted, size_t count, place_of *place)
{
    size_t from = edge(wanted, count, place, false);
    return (struct reach){from, edge(wanted, count, place, true)};
}

struct reach witness_events_of(const struct tsmp_witness *witness, tsmp_text node, tsmp_text schedule)
{
    struct wanted wanted = {.witness = witness, .node = node, .name = schedule};
    return find(&wanted, witness->events.count, place_event);
}

static int place_scheduled(const struct wanted *wanted, size_t i)
{
    return in_time(wanted, witness_event_at(wanted->witness, wanted->base + i)->scheduled);
}

static int place_logged(const struct wanted *wanted, size_t i)
{
    const tsmp_witness_event *event = witness_event_at(wanted->witness, wanted->base + i);
    return event->scheduled != TSMP_NO_TIME ? 1 : in_time(wanted, event->completed);
}

struct reach witness_events_in(const struct tsmp_witness *witness, struct reach events, bool logged,
                               int64_t from, int64_t to)
{
    struct wanted wanted = {.witness = witness, .from = from, .to = to, .base = events.from};
    struct reach found = find(&wanted, events.to - events.from, logged ? place_logged : place_scheduled);
    return (struct reach){events.from + found.from, events.from + found.to};
}

struct reach witness_sessions_of(const struct tsmp_witness *witness, tsmp_text node, int64_t from, int64_t to)
{
    struct wanted wanted = {.witness = witness, .node = node, .from = from, .to = to};
    return find(&wanted, witness->sessions.count, place_session);
}

struct reach witness_messages_of(const struct tsmp_witness *witness, tsmp_text node, int64_t from, int64_t to)
{
    struct wanted wanted = {.witness = witness, .node = node, .from = from, .to = to};
    return find(&wanted, witness->messages.count, place_message);
}

struct reach witness_spaces_of(const struct tsmp_witness *witness, tsmp_text node, tsmp_text name)
{
    struct wanted wanted = {.witness = witness, .node = node, .name = name};
    return find(&wanted, witness->spaces.count, place_space);
}

struct reach witness_inspected(const struct tsmp_witness *witness, int64_t count)
{
    struct wanted wanted = {.witness = witness, .from = count, .to = count};
    return find(&wanted, witness->inspected.count, place_inspected);
}

bool witness_covers(const struct tsmp_witness *witness, int64_t from, int64_t to, bool *sets)
{
    struct wanted wanted = {.witness = witness, .from = from};
    size_t i = edge(&wanted, witness->intervals.count, place_interval, false);
    const struct witness_text *intervals = witness->intervals.items;
    *sets = false;
    if (i == witness->intervals.count || intervals[i].log_first > from || intervals[i].log_last < to)
        return false;
    *sets = intervals[i].sets > 0;
    return true;
}

bool witness_broken(const struct tsmp_witness *witness, int64_t from, int64_t to)
{
    const struct witness_gap *gaps = witness->gaps.items;
    for (size_t i = 0; i < witness->gaps.count; i++)
        if (gaps[i].from <= to && gaps[i].to >= from)
            return true;
    return false;
}
