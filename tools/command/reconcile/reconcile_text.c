/* SPDX-License-Identifier: BSD-2-Clause
 * tsmparse reconcile for people: the answer first, then each difference, then what agrees as counts. */
#include "reconcile.h"

#include <inttypes.h>
#include <string.h>

enum { NAME = 80, SENTENCE = 300, SHOWN = 100 };

static const struct {
    const char *name, *title;
} stands[STANDS] = {
    [FALSE_SUCCESS] = {"false_success", "false successes: the server says completed, the log shows that it is not so"},
    [UNPROVEN] = {"unproven_success", "unproven successes: the server says completed, and nothing proves it"},
    [NO_LOG] = {"no_log", "events without a log"},
    [DENIED] = {"denied", "runs of events that the server calls missed, uncertain or still to come"},
    [NOT_KNOWN] = {"not_on_server", "runs that the server does not know"},
    [LEFT_OPEN] = {"left_open", "events that the server still has open"},
    [YET_COMPLETE] = {"failed_yet_complete", "failed, says the server, yet complete"},
    [UNSAID] = {"exceptions_unsaid", "completed with result 0, says the server, yet objects were not stored"},
    [AGREE] = {"agree", "agreeing"},
};

const char *stand_name(enum stand stand)
{
    return stands[stand].name;
}

static tsmp_text node_of(const struct entry *entry)
{
    return entry->event != NULL ? entry->event->node : entry->ran->node;
}

static tsmp_text schedule_of(const struct entry *entry)
{
    return entry->event != NULL ? entry->event->schedule : entry->ran->schedule;
}

static int64_t time_of(const struct entry *entry)
{
    return entry->event != NULL ? entry->event->scheduled : entry->ran->scheduled;
}

/* ---- what is said of several nights ------------------------------------------------------------- */

/* Entries that say the same of one schedule of a node, one after the other. */
struct group {
    const struct entry *first, *last;
    uint64_t count;
};

static bool same_text(tsmp_text a, tsmp_text b)
{
    return a.length == b.length && (a.length == 0 || memcmp(a.bytes, b.bytes, (size_t)a.length) == 0);
}

static size_t past_digits(tsmp_text text, size_t at, bool quoted)
{
    while (!quoted && at < text.length && text.bytes[at] >= '0' && text.bytes[at] <= '9')
        at++;
    return at;
}

/* Numbers and times are those of a night; names, which stand in quotes, are not. */
static bool same_reason(tsmp_text a, tsmp_text b)
{
    bool quoted = false;
    size_t i = 0, k = 0;
    for (;;) {
        i = past_digits(a, i, quoted);
        k = past_digits(b, k, quoted);
        if (i == a.length || k == b.length)
            return i == a.length && k == b.length;
        if (a.bytes[i] != b.bytes[k])
            return false;
        quoted ^= a.bytes[i] == '\'';
        i++;
        k++;
    }
}

static bool says_the_same(const struct entry *a, const struct entry *b)
{
    if ((a->event == NULL) != (b->event == NULL) || (a->ran == NULL) != (b->ran == NULL))
        return false;
    if (a->event != NULL &&
        (!same_text(a->event->status, b->event->status) || a->event->result != b->event->result ||
         ((a->event->flags ^ b->event->flags) & TSMP_WITNESS_HAS_RESULT) != 0))
        return false;
    if (a->ran == NULL)
        return true;
    const char *id_a = a->ran->id != NULL ? a->ran->id : "", *id_b = b->ran->id != NULL ? b->ran->id : "";
    return a->ran->verdict == b->ran->verdict && strcmp(id_a, id_b) == 0 &&
           same_reason(a->ran->reason, b->ran->reason);
}

static void print_name(const struct group *group)
{
    tsmp_text node = node_of(group->first), schedule = schedule_of(group->first);
    int64_t first = time_of(group->first), last = time_of(group->last);
    if (node.length > 0)
        print_safe(stdout, node.bytes, (size_t)node.length, NAME);
    else
        fputs("a node that is not named", stdout);
    fputs(", ", stdout);
    print_safe(stdout, schedule.bytes, (size_t)schedule.length, NAME);
    if (group->count > 1)
        printf(", %" PRIu64 " times", group->count);
    if (first == TSMP_NO_TIME || last == TSMP_NO_TIME)
        return;
    fputs(group->count > 1 ? " from " : " for ", stdout);
    print_minute(stdout, first);
    if (group->count > 1) {
        fputs(" to ", stdout);
        print_minute(stdout, last);
    }
}

static void print_server(const tsmp_witness_event *event)
{
    if (event == NULL) {
        fputs("the server has no event", stdout);
        return;
    }
    fputs("the server says ", stdout);
    print_safe(stdout, event->status.bytes, (size_t)event->status.length, NAME);
    if ((event->flags & TSMP_WITNESS_HAS_RESULT) != 0)
        printf(" (%" PRId64 ")", event->result);
}

/* Of several nights the newest is shown. */
static void print_group(const struct group *group)
{
    const struct ran *run = group->last->ran;
    fputs("  ", stdout);
    print_name(group);
    fputs(": ", stdout);
    print_server(group->last->event);
    if (run == NULL) {
        fputs(", and no log has it\n", stdout);
        return;
    }
    printf(", the log %s", tsmp_name("verdict", run->verdict));
    if (run->reason.length > 0) {
        fputs(": ", stdout);
        print_safe(stdout, run->reason.bytes, (size_t)run->reason.length, SENTENCE);
        if (run->id != NULL)
            printf(" (%s)", run->id);
    }
    fputs(group->count > 1 ? "\n      the last in " : "\n      ", stdout);
    print_safe(stdout, run->file, strlen(run->file), SENTENCE);
    printf(", lines %" PRIu64 " to %" PRIu64 "\n", run->first_line, run->last_line);
}

/* Nothing new to the server, but not good: without them nobody could tell what the answer rests on. */
static bool is_known_bad(const struct entry *entry)
{
    return entry->stand == AGREE &&
           (entry->verdict == TSMP_VERDICT_INCOMPLETE || entry->verdict == TSMP_VERDICT_FAILED ||
            entry->verdict == TSMP_VERDICT_MISSED);
}

static bool is_listed(const struct entry *entry)
{
    return !entry->told && (entry->stand != AGREE || is_known_bad(entry));
}

/* The entry at `from` and, behind it, those of the same node and schedule that say the same. */
static struct group take_group(struct entry *entries, size_t from, size_t to, bool each)
{
    struct entry *first = &entries[from];
    struct group group = {first, first, 1};
    first->told = true;
    for (size_t i = from + 1; !each && i < to; i++) {
        struct entry *entry = &entries[i];
        if (!same_text(node_of(first), node_of(entry)) || !same_text(schedule_of(first), schedule_of(entry)))
            break;
        if (!is_listed(entry) || !says_the_same(first, entry))
            continue;
        entry->told = true;
        group.last = entry;
        group.count++;
    }
    return group;
}

/* Of the entries from `from` to `to`, `count` are listed. */
static void print_list(const struct reconciling *reconciling, size_t from, size_t to, uint64_t count)
{
    uint64_t left = count;
    for (size_t i = from, shown = 0; i < to && shown < SHOWN; i++) {
        if (!is_listed(&reconciling->entries[i]))
            continue;
        struct group group = take_group(reconciling->entries, i, to, reconciling->options->each);
        print_group(&group);
        left -= group.count;
        shown++;
    }
    if (left > 0)
        printf("  and %" PRIu64 " more (--format=json has all)\n", left);
}

static void print_differences(const struct reconciling *reconciling)
{
    size_t at = 0;
    for (enum stand stand = 0; stand < AGREE; stand++) {
        size_t count = (size_t)reconciling->stands[stand];
        if (count == 0)
            continue;
        printf("\n%s: %zu\n", stands[stand].title, count);
        print_list(reconciling, at, at + count, count);
        at += count;
    }
}

static uint64_t count_known_bad(const struct reconciling *reconciling)
{
    uint64_t count = 0;
    for (size_t i = 0; i < reconciling->entry_count; i++)
        count += is_known_bad(&reconciling->entries[i]);
    return count;
}

static void print_known_bad(const struct reconciling *reconciling)
{
    uint64_t count = count_known_bad(reconciling);
    if (count == 0)
        return;
    printf("\nnot good, and the server does not say otherwise: %" PRIu64 "\n", count);
    print_list(reconciling, reconciling->differences, reconciling->entry_count, count);
}

static void print_answer(const struct reconciling *reconciling)
{
    for (const char *word = tsmp_name("verdict", reconciling->worst); *word != '\0'; word++)
        putchar(*word >= 'a' && *word <= 'z' ? *word - 'a' + 'A' : *word);
    if (reconciling->entry_count == 0) {
        fputs(": nothing to reconcile: the server has no event of a node that is past, and no log a run of "
              "those days.\n", stdout);
        return;
    }
    printf(": of %" PRIu64 " event%s that the server calls completed, %" PRIu64 " %s false and %" PRIu64
           " unproven", reconciling->completed, reconciling->completed == 1 ? "" : "s",
           reconciling->stands[FALSE_SUCCESS], reconciling->stands[FALSE_SUCCESS] == 1 ? "is" : "are",
           reconciling->stands[UNPROVEN] + reconciling->stands[NO_LOG]);
    uint64_t bad = count_known_bad(reconciling);
    if (bad > 0)
        printf("; %" PRIu64 " more %s not good, and the server does not say otherwise", bad, bad == 1 ? "is" : "are");
    fputs(" (", stdout);
    print_minute(stdout, reconciling->from);
    fputs(" to ", stdout);
    print_minute(stdout, reconciling->to);
    fputs(").\n", stdout);
}

static void print_agreeing(const struct reconciling *reconciling)
{
    const char *comma = ": ";
    printf("\nagreeing: %" PRIu64, reconciling->stands[AGREE]);
    for (uint32_t verdict = 1; verdict < 8; verdict++) {
        if (reconciling->agreeing[verdict] == 0)
            continue;
        printf("%s%" PRIu64 " %s", comma, reconciling->agreeing[verdict], tsmp_name("verdict", verdict));
        comma = ", ";
    }
    putchar('\n');
    if (reconciling->to_come > 0)
        printf("still to come: %" PRIu64 "\n", reconciling->to_come);
    if (reconciling->undated > 0)
        printf("not compared: %" PRIu64 " run%s whose dates can be read in two ways (--date-order tells which)\n",
               reconciling->undated, reconciling->undated == 1 ? "" : "s");
    if (reconciling->outside + reconciling->interactive > 0)
        printf("not compared: %" PRIu64 " run%s of other days, %" PRIu64 " command%s of the console\n",
               reconciling->outside, reconciling->outside == 1 ? "" : "s",
               reconciling->interactive, reconciling->interactive == 1 ? "" : "s");
    if (reconciling->unreadable + reconciling->no_runs > 0)
        printf("logs: %" PRIu64 " not read to their ends, %" PRIu64 " without any run\n",
               reconciling->unreadable, reconciling->no_runs);
}

void reconcile_text(const struct reconciling *reconciling)
{
    print_answer(reconciling);
    if (reconciling->options->load) {
        if (!reconcile_load(reconciling, false))
            complain(NULL, "no memory");
        return;
    }
    print_differences(reconciling);
    print_known_bad(reconciling);
    print_agreeing(reconciling);
}
