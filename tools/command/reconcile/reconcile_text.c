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

static void print_name(const struct entry *entry)
{
    tsmp_text node = entry->event != NULL ? entry->event->node : entry->ran->node;
    tsmp_text schedule = entry->event != NULL ? entry->event->schedule : entry->ran->schedule;
    int64_t time = entry->event != NULL ? entry->event->scheduled : entry->ran->scheduled;
    if (node.length > 0)
        print_safe(stdout, node.bytes, (size_t)node.length, NAME);
    else
        fputs("a node that is not named", stdout);
    fputs(", ", stdout);
    print_safe(stdout, schedule.bytes, (size_t)schedule.length, NAME);
    if (time != TSMP_NO_TIME) {
        fputs(" for ", stdout);
        print_minute(stdout, time);
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

static void print_entry(const struct entry *entry)
{
    const struct ran *run = entry->ran;
    fputs("  ", stdout);
    print_name(entry);
    fputs(": ", stdout);
    print_server(entry->event);
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
    fputs("\n      ", stdout);
    print_safe(stdout, run->file, strlen(run->file), SENTENCE);
    printf(", lines %" PRIu64 " to %" PRIu64 "\n", run->first_line, run->last_line);
}

static void print_differences(const struct reconciling *reconciling)
{
    size_t at = 0;
    for (enum stand stand = 0; stand < AGREE; stand++) {
        uint64_t count = reconciling->stands[stand];
        if (count == 0)
            continue;
        printf("\n%s: %" PRIu64 "\n", stands[stand].title, count);
        for (uint64_t i = 0; i < count; i++, at++)
            if (i < SHOWN)
                print_entry(&reconciling->entries[at]);
        if (count > SHOWN)
            printf("  and %" PRIu64 " more (--format=json has all)\n", count - SHOWN);
    }
}

/* Nothing new to the server, but not good: without them nobody could tell what the answer rests on. */
static bool is_known_bad(const struct entry *entry)
{
    return entry->stand == AGREE &&
           (entry->verdict == TSMP_VERDICT_INCOMPLETE || entry->verdict == TSMP_VERDICT_FAILED ||
            entry->verdict == TSMP_VERDICT_MISSED);
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
    uint64_t count = count_known_bad(reconciling), shown = 0;
    if (count == 0)
        return;
    printf("\nnot good, and the server does not say otherwise: %" PRIu64 "\n", count);
    for (size_t i = 0; i < reconciling->entry_count && shown < SHOWN; i++)
        if (is_known_bad(&reconciling->entries[i])) {
            print_entry(&reconciling->entries[i]);
            shown++;
        }
    if (count > SHOWN)
        printf("  and %" PRIu64 " more (--format=json has all)\n", count - SHOWN);
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
    if (reconciling->outside + reconciling->interactive > 0)
        printf("not compared: %" PRIu64 " runs of other days, %" PRIu64 " commands of the console\n",
               reconciling->outside, reconciling->interactive);
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
