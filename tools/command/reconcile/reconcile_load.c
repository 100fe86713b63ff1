/* SPDX-License-Identifier: BSD-2-Clause
 * tsmparse reconcile --load: false and unproven successes by night, hour, server and schedule, with
 * the server's own signs of distress beside them. Was it the busy night? */
#include "reconcile.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define HOUR INT64_C(3600000000)
#define SLACK INT64_C(300000000)
enum { LATE = 15 * 60, KEY = 80, GROUPS = 4 };

/* What is counted of the events of one group. */
struct sums {
    uint64_t events, completed, bad, unproven, late;
    int64_t latest; /* seconds */
    uint64_t timed_out, idle, lost; /* ANR0481W, ANR0482W, the other messages */
};

/* An event, or a message of the server: both have a place in each group. */
struct fact {
    char key[KEY];
    size_t length;
    struct sums sums;
};

static const char *const groups[GROUPS] = {"night", "hour", "server", "schedule"};

static void set_key(struct fact *fact, tsmp_text text)
{
    fact->length = text.length < KEY ? (size_t)text.length : KEY;
    if (fact->length > 0)
        memcpy(fact->key, text.bytes, fact->length);
}

/* "2031-05-14" of its evening: what begins before noon is of the night that began the day before. */
static void key_of(struct fact *fact, int group, int64_t time, tsmp_text server, tsmp_text schedule)
{
    char text[40] = "-";
    fact->length = 0;
    if (group == 2) {
        set_key(fact, server.length > 0 ? server : (tsmp_text){"(not named)", 11});
    } else if (group == 3) {
        set_key(fact, schedule);
    } else if (time != TSMP_NO_TIME) {
        FILE *out = fmemopen(text, sizeof text, "w");
        if (out != NULL) {
            print_time(out, group == 0 ? time - 12 * HOUR : time, true, false);
            fclose(out);
        }
        set_key(fact, group == 0 ? (tsmp_text){text, 10} : (tsmp_text){text + 11, 2});
    } else {
        set_key(fact, (tsmp_text){text, 1});
    }
}

static int64_t time_of(const tsmp_witness_event *event)
{
    return event->scheduled != TSMP_NO_TIME ? event->scheduled
           : event->actual != TSMP_NO_TIME ? event->actual : event->completed;
}

static void count_message(struct sums *sums, const tsmp_witness_message *message)
{
    sums->timed_out += message->number == 481;
    sums->idle += message->number == 482;
    sums->lost += message->number == 444 || message->number == 480 || message->number == 483 ||
                  message->number == 484;
}

static int compare_names(tsmp_text a, tsmp_text b)
{
    uint64_t n = a.length < b.length ? a.length : b.length;
    for (uint64_t i = 0; i < n; i++) {
        int x = a.bytes[i] >= 'A' && a.bytes[i] <= 'Z' ? a.bytes[i] + 32 : (unsigned char)a.bytes[i];
        int y = b.bytes[i] >= 'A' && b.bytes[i] <= 'Z' ? b.bytes[i] + 32 : (unsigned char)b.bytes[i];
        if (x != y)
            return x - y;
    }
    return a.length < b.length ? -1 : a.length > b.length;
}

/* Messages of the node while its event went on. They are in order of node and time. */
static void count_own(struct sums *sums, const tsmp_witness_view *witness, const tsmp_witness_event *event)
{
    uint64_t low = 0, high = witness->message_count;
    if (event->actual == TSMP_NO_TIME || event->completed == TSMP_NO_TIME)
        return;
    while (low < high) {
        uint64_t middle = low + (high - low) / 2;
        const tsmp_witness_message *message = &witness->messages[middle];
        int order = compare_names(message->node, event->node);
        if (order < 0 || (order == 0 && message->time < event->actual - SLACK))
            low = middle + 1;
        else
            high = middle;
    }
    for (; low < witness->message_count && witness->messages[low].time <= event->completed + SLACK &&
           compare_names(witness->messages[low].node, event->node) == 0; low++)
        count_message(sums, &witness->messages[low]);
}

static void count_entry(struct sums *sums, const struct entry *entry)
{
    const tsmp_witness_event *event = entry->event;
    sums->events = 1;
    sums->completed = event->state == TSMP_EVENT_COMPLETED;
    sums->bad = entry->stand == FALSE_SUCCESS;
    sums->unproven = entry->stand == UNPROVEN ||
                     (entry->stand == NO_LOG && event->state == TSMP_EVENT_COMPLETED);
    if (event->scheduled != TSMP_NO_TIME && event->actual != TSMP_NO_TIME &&
        event->actual > event->scheduled) {
        sums->latest = (event->actual - event->scheduled) / 1000000;
        sums->late = sums->latest > LATE;
    }
}

static int by_key(const void *a, const void *b)
{
    const struct fact *x = a, *y = b;
    size_t n = x->length < y->length ? x->length : y->length;
    int order = memcmp(x->key, y->key, n);
    return order != 0 ? order : (x->length > y->length) - (x->length < y->length);
}

static void add_sums(struct sums *to, const struct sums *from)
{
    to->events += from->events;
    to->completed += from->completed;
    to->bad += from->bad;
    to->unproven += from->unproven;
    to->late += from->late;
    to->latest = from->latest > to->latest ? from->latest : to->latest;
    to->timed_out += from->timed_out;
    to->idle += from->idle;
    to->lost += from->lost;
}

/* One for each key, in their order. */
static size_t join(struct fact *facts, size_t count)
{
    size_t kept = 0;
    if (count > 0)
        qsort(facts, count, sizeof *facts, by_key);
    for (size_t i = 0; i < count; i++) {
        if (kept > 0 && by_key(&facts[kept - 1], &facts[i]) == 0)
            add_sums(&facts[kept - 1].sums, &facts[i].sums);
        else
            facts[kept++] = facts[i];
    }
    return kept;
}

/* NULL: no memory. */
static struct fact *facts_of(const struct reconciling *reconciling, int group, size_t *count)
{
    const tsmp_witness_view *witness = reconciling->witness;
    struct fact *facts = calloc(reconciling->entry_count + (size_t)witness->message_count + 1, sizeof *facts);
    *count = 0;
    for (size_t i = 0; facts != NULL && i < reconciling->entry_count; i++) {
        const struct entry *entry = &reconciling->entries[i];
        if (entry->event == NULL)
            continue;
        struct fact *fact = &facts[(*count)++];
        key_of(fact, group, time_of(entry->event), entry->event->server, entry->event->schedule);
        count_entry(&fact->sums, entry);
        if (group == 3)
            count_own(&fact->sums, witness, entry->event);
    }
    for (uint64_t i = 0; facts != NULL && group != 3 && i < witness->message_count; i++) {
        const tsmp_witness_message *message = &witness->messages[i];
        if (message->time < reconciling->from - HOUR || message->time > reconciling->to + 24 * HOUR)
            continue;
        struct fact *fact = &facts[(*count)++];
        key_of(fact, group, message->time, message->server, message->schedule);
        count_message(&fact->sums, message);
    }
    if (facts != NULL)
        *count = join(facts, *count);
    return facts;
}

static void print_row(const struct fact *fact)
{
    const struct sums *s = &fact->sums;
    fputs("  ", stdout);
    print_cell(stdout, fact->key, fact->length, 20);
    for (size_t n = fact->length; n < 20; n++)
        putchar(' ');
    printf(" %8" PRIu64 " %9" PRIu64 " %6" PRIu64 " %8" PRIu64 " %6" PRIu64 " %7" PRId64 " %9" PRIu64 " %9" PRIu64
           " %6" PRIu64 "\n", s->events, s->completed, s->bad, s->unproven, s->late, s->latest / 60, s->timed_out,
           s->idle, s->lost);
}

static void json_row(const struct fact *fact, int group)
{
    const struct sums *s = &fact->sums;
    putchar('{');
    print_json_pair(stdout, groups[group], fact->key, fact->length);
    printf(",\"events\":%" PRIu64 ",\"completed\":%" PRIu64 ",\"false_success\":%" PRIu64
           ",\"unproven_success\":%" PRIu64 ",\"late\":%" PRIu64 ",\"latest_seconds\":%" PRId64
           ",\"ANR0481W\":%" PRIu64 ",\"ANR0482W\":%" PRIu64 ",\"sessions_lost\":%" PRIu64 "}", s->events,
           s->completed, s->bad, s->unproven, s->late, s->latest, s->timed_out, s->idle, s->lost);
}

/* Of the hours (of one night each) in which the server was in distress: how many of the events, and how
 * many of the false and unproven successes began in them. */
struct busy {
    uint64_t hours, all, completed, bad, completed_in, bad_in;
};

static bool find_busy(const struct reconciling *reconciling, struct busy *busy)
{
    const tsmp_witness_view *witness = reconciling->witness;
    struct fact *facts = calloc(reconciling->entry_count + (size_t)witness->message_count + 1, sizeof *facts);
    size_t count = 0;
    if (facts == NULL)
        return false;
    for (size_t i = 0; i < reconciling->entry_count; i++) {
        const struct entry *entry = &reconciling->entries[i];
        if (entry->event == NULL || time_of(entry->event) == TSMP_NO_TIME)
            continue;
        int64_t hour = time_of(entry->event) / HOUR;
        memcpy(facts[count].key, &hour, sizeof hour);
        facts[count].length = sizeof hour;
        count_entry(&facts[count++].sums, entry);
    }
    for (uint64_t i = 0; i < witness->message_count; i++) {
        int64_t hour = witness->messages[i].time / HOUR;
        memcpy(facts[count].key, &hour, sizeof hour);
        facts[count].length = sizeof hour;
        count_message(&facts[count++].sums, &witness->messages[i]);
    }
    count = join(facts, count);
    for (size_t i = 0; i < count; i++) {
        const struct sums *s = &facts[i].sums;
        bool is_busy = s->timed_out + s->idle + s->lost + s->late > 0;
        uint64_t bad = s->bad + s->unproven;
        busy->all += s->events > 0;
        busy->completed += s->completed;
        busy->bad += bad;
        if (!is_busy || s->events == 0)
            continue;
        busy->hours++;
        busy->completed_in += s->completed;
        busy->bad_in += bad;
    }
    free(facts);
    return true;
}

static void say_busy(const struct busy *busy)
{
    if (busy->bad == 0) {
        puts("busy hours: no success is false or unproven.");
        return;
    }
    printf("busy hours: in %" PRIu64 " of %" PRIu64 " hours the server closed sessions or starts were late; %" PRIu64
           " of %" PRIu64 " false or unproven successes began in them, and %" PRIu64 " of all %" PRIu64
           " completed events.\n", busy->hours, busy->all, busy->bad_in, busy->bad, busy->completed_in,
           busy->completed);
}

bool reconcile_load(const struct reconciling *reconciling, bool json)
{
    struct busy busy = {0};
    if (!find_busy(reconciling, &busy))
        return false;
    if (json)
        printf("\"load\":{\"busy\":{\"hours\":%" PRIu64 ",\"of_hours\":%" PRIu64 ",\"not_proven\":%" PRIu64
               ",\"of_not_proven\":%" PRIu64 ",\"completed\":%" PRIu64 ",\"of_completed\":%" PRIu64 "}", busy.hours,
               busy.all, busy.bad_in, busy.bad, busy.completed_in, busy.completed);
    else
        say_busy(&busy);
    for (int group = 0; group < GROUPS; group++) {
        size_t count;
        struct fact *facts = facts_of(reconciling, group, &count);
        if (facts == NULL)
            return false;
        if (json)
            printf(",\"by_%s\":[", groups[group]);
        else
            printf("\nby %-18s %8s %9s %6s %8s %6s %7s %9s %9s %6s\n", groups[group], "events", "completed", "false",
                   "unproven", "late", "latest", "ANR0481W", "ANR0482W", "lost");
        for (size_t i = 0; i < count; i++) {
            if (json && i > 0)
                putchar(',');
            if (json)
                json_row(&facts[i], group);
            else
                print_row(&facts[i]);
        }
        if (json)
            putchar(']');
        free(facts);
    }
    if (json)
        fputs("},", stdout);
    return true;
}
