/* SPDX-License-Identifier: BSD-2-Clause
 * When all rows are there: whose session it was, which statistics belong together, and an order in
 * which everything is found without looking at the rest. */
#include "witness.h"

#include "volumes.h"

#include <string.h>

/* Session numbers begin anew when the server does. */
#define OWNER_REACH (7 * 24 * WITNESS_HOUR)

/* ---- names ------------------------------------------------------------------------------------ */

static unsigned char lower(char c)
{
    return (unsigned char)(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
}

static int compare_bytes(tsmp_text a, tsmp_text b, bool fold)
{
    uint64_t n = a.length < b.length ? a.length : b.length;
    for (uint64_t i = 0; i < n; i++) {
        int apart = fold ? lower(a.bytes[i]) - lower(b.bytes[i])
                         : (unsigned char)a.bytes[i] - (unsigned char)b.bytes[i];
        if (apart != 0)
            return apart;
    }
    return a.length < b.length ? -1 : a.length > b.length;
}

int witness_compare_names(tsmp_text a, tsmp_text b)
{
    return compare_bytes(a, b, true);
}

static bool is_windows(tsmp_text name)
{
    return name.length >= 2 && (name.bytes[1] == ':' || (name.bytes[0] == '\\' && name.bytes[1] == '\\'));
}

int witness_compare_spaces(tsmp_text a, tsmp_text b)
{
    bool fold = is_windows(a);
    if (fold != is_windows(b))
        return fold ? 1 : -1;
    a.length = a.length > 0 ? volume_key_length(a.bytes, (size_t)a.length) : 0;
    b.length = b.length > 0 ? volume_key_length(b.bytes, (size_t)b.length) : 0;
    return compare_bytes(a, b, fold);
}

static int compare_times(int64_t a, int64_t b)
{
    return (a > b) - (a < b);
}

static int compare_numbers(uint64_t a, uint64_t b)
{
    return (a > b) - (a < b);
}

/* ---- a stable sort ------------------------------------------------------------------------------ */

typedef int comparison(const void *a, const void *b, const void *context);

static void merge(const char *from, char *to, size_t left, size_t middle, size_t right, size_t size,
                  comparison *compare, const void *context)
{
    size_t a = left, b = middle;
    for (size_t i = left; i < right; i++) {
        bool first = a < middle && (b >= right || compare(from + a * size, from + b * size, context) <= 0);
        memcpy(to + i * size, from + (first ? a++ : b++) * size, size);
    }
}

/* Time and memory do not depend on what stands in the rows. False: no memory. */
static bool sort(const struct tsmp_witness *witness, struct rows *rows, size_t size, comparison *compare,
                 const void *context)
{
    size_t count = rows->count;
    if (count < 2)
        return true;
    char *other = count > SIZE_MAX / size ? NULL : memory_get(&witness->allocator, count * size);
    if (other == NULL)
        return false;
    char *items = rows->items, *from = items, *to = other;
    for (size_t width = 1; width < count; width *= 2) {
        for (size_t left = 0; left < count; left += 2 * width) {
            size_t middle = count - left > width ? left + width : count;
            size_t right = count - left > 2 * width ? left + 2 * width : count;
            merge(from, to, left, middle, right, size, compare, context);
        }
        char *swapped = from;
        from = to;
        to = swapped;
    }
    if (from != items)
        memcpy(items, from, count * size);
    memory_put(&witness->allocator, other);
    return true;
}

/* ---- orders --------------------------------------------------------------------------------------- */

static int by_event(const void *a, const void *b, const void *context)
{
    const tsmp_witness_event *x = a, *y = b;
    (void)context;
    int order = witness_compare_names(x->node, y->node);
    order = order != 0 ? order : witness_compare_names(x->schedule, y->schedule);
    order = order != 0 ? order : compare_times(x->scheduled, y->scheduled);
    /* Those of the activity log have no scheduled time. */
    order = order != 0 || x->scheduled != TSMP_NO_TIME ? order : compare_times(x->completed, y->completed);
    order = order != 0 ? order : compare_numbers(x->order, y->order);
    return order != 0 ? order : compare_numbers(x->line, y->line);
}

static int by_message(const void *a, const void *b, const void *context)
{
    const tsmp_witness_message *x = a, *y = b;
    (void)context;
    int order = witness_compare_names(x->node, y->node);
    order = order != 0 ? order : compare_times(x->time, y->time);
    order = order != 0 ? order : compare_numbers(x->number, y->number);
    order = order != 0 ? order : compare_numbers(x->session, y->session);
    return order != 0 ? order : compare_numbers(x->flags, y->flags);
}

static int by_space(const void *a, const void *b, const void *context)
{
    const tsmp_witness_filespace *x = a, *y = b;
    (void)context;
    int order = witness_compare_names(x->node, y->node);
    order = order != 0 ? order : witness_compare_spaces(x->name, y->name);
    order = order != 0 ? order : compare_times(x->asked, y->asked);
    order = order != 0 ? order : compare_numbers(x->order, y->order);
    return order != 0 ? order : compare_numbers(x->line, y->line);
}

static int by_owner(const void *a, const void *b, const void *context)
{
    const struct witness_owner *x = a, *y = b;
    (void)context;
    int order = compare_numbers(x->session, y->session);
    return order != 0 ? order : compare_times(x->time, y->time);
}

/* Sets that may be one stand side by side. */
static int by_set(const void *a, const void *b, const void *context)
{
    const tsmp_witness_session *x = &((const struct witness_set *)a)->view;
    const tsmp_witness_session *y = &((const struct witness_set *)b)->view;
    (void)context;
    int order = witness_compare_names(x->node, y->node);
    order = order != 0 ? order : compare_numbers(x->session, y->session);
    order = order != 0 ? order : compare_numbers(x->flags & TSMP_WITNESS_FORGEABLE,
                                                 y->flags & TSMP_WITNESS_FORGEABLE);
    return order != 0 ? order : compare_times(x->first, y->first);
}

static int by_session(const void *a, const void *b, const void *context)
{
    const tsmp_witness_session *x = a, *y = b;
    (void)context;
    int order = witness_compare_names(x->node, y->node);
    order = order != 0 ? order : compare_times(x->last, y->last);
    return order != 0 ? order : compare_numbers(x->session, y->session);
}

static int by_inspected(const void *a, const void *b, const void *context)
{
    const struct tsmp_witness *witness = context;
    int64_t x = 0, y = 0;
    (void)witness_count(witness_session_at(witness, *(const uint32_t *)a),
                        TSMP_STATISTIC_OBJECTS_INSPECTED, &x);
    (void)witness_count(witness_session_at(witness, *(const uint32_t *)b),
                        TSMP_STATISTIC_OBJECTS_INSPECTED, &y);
    return compare_times(x, y);
}

static int by_first(const void *a, const void *b, const void *context)
{
    const struct witness_text *x = a, *y = b;
    (void)context;
    return compare_times(x->log_first, y->log_first);
}

/* ---- when was it asked -------------------------------------------------------------------------- */

static void date_rows(struct tsmp_witness *witness)
{
    struct witness_text *texts = witness->texts.items;
    tsmp_witness_event *events = witness->events.items;
    tsmp_witness_filespace *spaces = witness->spaces.items;
    for (size_t i = 0; i < witness->texts.count; i++)
        if (texts[i].asked == TSMP_NO_TIME)
            texts[i].asked = texts[i].newest;
    for (size_t i = 0; i < witness->events.count; i++)
        events[i].asked = texts[events[i].order].asked;
    for (size_t i = 0; i < witness->spaces.count; i++)
        spaces[i].asked = texts[spaces[i].order].asked;
}

/* Stretches of time that the activity log covers, those that overlap as one. */
static bool join_intervals(struct tsmp_witness *witness)
{
    struct rows *intervals = &witness->intervals;
    const struct witness_text *texts = witness->texts.items;
    bool full;
    witness->view.log_first = witness->view.log_last = TSMP_NO_TIME;
    for (size_t i = 0; i < witness->texts.count; i++) {
        if (texts[i].log_first == TSMP_NO_TIME)
            continue;
        struct witness_text *interval = witness_row(witness, intervals, sizeof *interval, &full);
        if (interval == NULL)
            return false;
        *interval = texts[i];
    }
    if (!sort(witness, intervals, sizeof *texts, by_first, NULL))
        return false;
    struct witness_text *items = intervals->items;
    size_t count = 0;
    for (size_t i = 0; i < intervals->count; i++) {
        if (count == 0 || items[i].log_first > items[count - 1].log_last) {
            items[count++] = items[i];
            continue;
        }
        if (items[i].log_last > items[count - 1].log_last)
            items[count - 1].log_last = items[i].log_last;
        items[count - 1].sets += items[i].sets;
    }
    intervals->count = count;
    if (count > 0) {
        witness->view.log_first = items[0].log_first;
        witness->view.log_last = items[count - 1].log_last;
    }
    return true;
}

/* ---- sessions ------------------------------------------------------------------------------------- */

/* Whose session it was: who held that number last before its statistics. */
static void name_set(const struct tsmp_witness *witness, tsmp_witness_session *set)
{
    const struct witness_owner *owners = witness->owners.items;
    size_t low = 0, high = witness->owners.count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        bool before = owners[middle].session < set->session ||
                      (owners[middle].session == set->session && owners[middle].time <= set->last);
        if (before)
            low = middle + 1;
        else
            high = middle;
    }
    const struct witness_owner *found = NULL;
    if (low > 0 && owners[low - 1].session == set->session &&
        set->last - owners[low - 1].time <= OWNER_REACH)
        found = &owners[low - 1];
    else if (low < witness->owners.count && owners[low].session == set->session &&
             owners[low].time - set->last <= OWNER_REACH)
        found = &owners[low];
    if (found != NULL)
        set->node = found->node;
}

/* Put the statistics of one set behind those of another. */
static bool join_sets(struct tsmp_witness *witness, struct witness_set *to, const struct witness_set *from)
{
    const tsmp_statistic *more = from->statistics.items;
    for (size_t i = 0; i < from->statistics.count; i++) {
        tsmp_statistic *known = to->statistics.items;
        size_t k = 0;
        while (k < to->statistics.count && known[k].name != more[i].name)
            k++;
        if (k < to->statistics.count) {
            if (known[k].number != more[i].number || known[k].power != more[i].power)
                to->view.flags |= TSMP_WITNESS_TWICE;
            continue;
        }
        if (to->statistics.count >= WITNESS_STATISTICS)
            break;
        if (!memory_reserve(&witness->allocator, &to->statistics.items, &to->statistics.capacity,
                            to->statistics.count, 1, sizeof *more))
            return false;
        ((tsmp_statistic *)to->statistics.items)[to->statistics.count++] = more[i];
    }
    to->view.last = from->view.last > to->view.last ? from->view.last : to->view.last;
    to->view.unread += from->view.unread;
    to->view.flags |= from->view.flags;
    return true;
}

static bool make_sessions(struct tsmp_witness *witness)
{
    struct witness_set *sets = witness->sets.items;
    bool full;
    for (size_t i = 0; i < witness->sets.count; i++)
        if (sets[i].view.node.length == 0)
            name_set(witness, &sets[i].view);
    if (!sort(witness, &witness->sets, sizeof *sets, by_set, NULL))
        return false;
    struct witness_set *last = NULL;
    for (size_t i = 0; i < witness->sets.count; i++) {
        bool one = last != NULL && last->view.session == sets[i].view.session &&
                   witness_compare_names(last->view.node, sets[i].view.node) == 0 &&
                   ((last->view.flags ^ sets[i].view.flags) & TSMP_WITNESS_FORGEABLE) == 0 &&
                   sets[i].view.first - last->view.last <= WITNESS_HOUR;
        if (one) {
            if (!join_sets(witness, last, &sets[i]))
                return false;
            sets[i].view.first = TSMP_NO_TIME; /* it is part of another one */
        } else {
            last = &sets[i];
        }
    }
    for (size_t i = 0; i < witness->sets.count; i++) {
        if (sets[i].view.first == TSMP_NO_TIME)
            continue;
        tsmp_witness_session *session = witness_row(witness, &witness->sessions, sizeof *session, &full);
        if (session == NULL)
            return false;
        *session = sets[i].view;
        session->statistic_count = sets[i].statistics.count;
        session->statistics = sets[i].statistics.items;
    }
    return sort(witness, &witness->sessions, sizeof(tsmp_witness_session), by_session, NULL);
}

static bool index_inspected(struct tsmp_witness *witness)
{
    int64_t count;
    bool full;
    for (size_t i = 0; i < witness->sessions.count; i++) {
        if (!witness_count(witness_session_at(witness, i), TSMP_STATISTIC_OBJECTS_INSPECTED, &count))
            continue;
        uint32_t *place = witness_row(witness, &witness->inspected, sizeof *place, &full);
        if (place == NULL)
            return false;
        *place = (uint32_t)i;
    }
    return sort(witness, &witness->inspected, sizeof(uint32_t), by_inspected, witness);
}

/* The same log may have been given twice. */
static void drop_doubles(struct rows *messages)
{
    tsmp_witness_message *items = messages->items;
    size_t count = 0;
    for (size_t i = 0; i < messages->count; i++)
        if (count == 0 || by_message(&items[count - 1], &items[i], NULL) != 0)
            items[count++] = items[i];
    messages->count = count;
}

bool witness_sort(struct tsmp_witness *witness)
{
    date_rows(witness);
    if (!join_intervals(witness) ||
        !sort(witness, &witness->owners, sizeof(struct witness_owner), by_owner, NULL) ||
        !make_sessions(witness) || !index_inspected(witness) ||
        !sort(witness, &witness->events, sizeof(tsmp_witness_event), by_event, NULL) ||
        !sort(witness, &witness->messages, sizeof(tsmp_witness_message), by_message, NULL) ||
        !sort(witness, &witness->spaces, sizeof(tsmp_witness_filespace), by_space, NULL))
        return false;
    drop_doubles(&witness->messages);
    return true;
}
