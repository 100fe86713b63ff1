/* SPDX-License-Identifier: BSD-2-Clause
 * Polls, and how a run is opened and closed. Its body is log_body.c's. */
#include "log.h"

#include "body.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static const char rule[] = "------------------------------------------------------------";

/* ---- polls ----------------------------------------------------------------------------------- */

static void add_word(char *to, size_t size, const char *word)
{
    size_t n = strlen(to);
    snprintf(to + n, size - n, "%s%s", n > 0 ? " " : "", word);
}

void log_asking(const struct run *run, char *objects, char *options, size_t size)
{
    const struct schedule *schedule = run->schedule;
    const struct node *node = run->node;
    char names[256] = "";
    objects[0] = options[0] = '\0';
    switch (schedule->action) {
    case ACTION_COMMAND: snprintf(objects, size, "/opt/tools/dump.sh"); return;
    case ACTION_MACRO: snprintf(objects, size, "/opt/tools/clean.mac"); return;
    case ACTION_INCREMENTAL:
        for (size_t i = 0; i < node->volume_count; i++)
            add_word(names, sizeof names, node->volumes[i].asked);
        if (!node->verbose)
            add_word(options, size, "-quiet");
        if (schedule->asking == ASK_OBJECTS)
            snprintf(objects, size, "%s", names);
        if (schedule->asking == ASK_OPTION)
            add_word(options, size, "-domain='");
        if (schedule->asking == ASK_OPTION)
            snprintf(options + strlen(options), size - strlen(options), "%s'", names);
        if (schedule->asking == ASK_ALL_LOCAL)
            add_word(options, size, "-domain=ALL-LOCAL");
        if (run->shape == SHAPE_BY_DATE)
            add_word(options, size, "-incrbydate");
        return;
    default:
        for (size_t i = 0; i < run->part_count; i++) {
            char name[64];
            selection_name(run, i, name, sizeof name);
            bool blank = strchr(name, ' ') != NULL;
            char quoted[70];
            snprintf(quoted, sizeof quoted, "%s%s%s", blank ? "\"" : "", name, blank ? "\"" : "");
            add_word(objects, size, quoted);
        }
        if (schedule->action == ACTION_SELECTIVE)
            add_word(options, size, "-subdir=yes");
    }
}

static void announce(struct sheet *sheet, const struct run *next)
{
    char objects[320], options[400], clock[64], date[64];
    log_asking(next, objects, options, sizeof objects);
    sheet_say(sheet, 0, "Next operation scheduled:");
    sheet_say(sheet, 0, "%s", rule);
    sheet_say(sheet, 0, "%-23s%s", "Schedule Name:", next->schedule->name);
    sheet_say(sheet, 0, "%-23s%s", "Action:", action_name(next->schedule->action));
    sheet_say(sheet, 0, "%-23s%s", "Objects:", objects);
    sheet_say(sheet, 0, "%-23s%s", "Options:", options);
    sheet_say(sheet, 0, "%-23s%s on %s", "Server Window Start:",
              print_clock(clock, sheet->format, next->nominal),
              print_date(date, sheet->format, next->nominal));
    sheet_say(sheet, 0, "%s", rule);
}

void log_poll(struct sheet *sheet, const struct node *node, const struct run *next)
{
    char now[64], before[64];
    if (node->acceptor)
        sheet_say(sheet, 0, "Scheduler has been started by Dsmcad.");
    sheet_say(sheet, 0, "%s", node->product);
    sheet_say(sheet, 0, "Querying server for next scheduled event.");
    sheet_say(sheet, 0, "Node Name: %s", node->name);
    sheet->time += 1;
    sheet_say(sheet, 0, "Session established with server %s: Linux/x86_64", node->server);
    sheet_say(sheet, 0, "  Server Version 8, Release 1, Level 22.000");
    sheet_say(sheet, 0, "  Server date/time: %s  Last access: %s",
              print_stamp(now, sheet->format, sheet->time + node->skew),
              print_stamp(before, sheet->format, sheet->time + node->skew - 14400));
    sheet_bare(sheet, 0, "%s", "");
    if (next == NULL) {
        sheet_say(sheet, 0, "No schedule returned from server.");
        return;
    }
    sheet_say(sheet, 0, "--- SCHEDULEREC QUERY BEGIN");
    sheet_say(sheet, 0, "--- SCHEDULEREC QUERY END");
    announce(sheet, next);
}

void log_rest(struct sheet *sheet, const struct node *node)
{
    if (node->acceptor)
        sheet_say(sheet, 0, "Scheduler has been stopped.");
    else
        sheet_say(sheet, 0, "Command will be executed in 4 hours.");
}

/* ---- statistics ------------------------------------------------------------------------------ */

static void count(struct sheet *sheet, const char *what, uint64_t number)
{
    char label[80], value[64];
    snprintf(label, sizeof label, "Total number of %s:", what);
    print_count(value, sheet->format, number);
    sheet_say(sheet, TAG_FOR, "%-34s %12s", label, value);
}

static void measure(struct sheet *sheet, const char *label, const char *value, const char *unit)
{
    sheet_say(sheet, TAG_FOR, "%-34s %12s%s", label, value, unit);
}

/* The number ends in a column of its own, and its unit stands behind that. */
static void bytes(struct sheet *sheet, const char *label, uint64_t number)
{
    char value[64];
    print_bytes(value, sheet->format, number);
    size_t n = strlen(value) - 3;
    sheet_say(sheet, TAG_FOR, "%-34s %12.*s%s", label, (int)n, value, value + n);
}

void log_statistics(struct sheet *sheet, const struct run *run)
{
    static const char *const stored[] = {"objects backed up", "objects backed up", "objects archived",
                                         "", "", "objects backed up"};
    char value[64];
    bool none = run->shape == SHAPE_QUIT_BEFORE_FIRST || run->shape == SHAPE_NO_DOMAIN;
    bool disagrees = run->shape == SHAPE_JOURNAL_DISAGREES; /* IT22781 */
    int64_t elapsed = run->ended - run->started;
    int64_t sending = none ? 0 : elapsed * 30;
    sheet_say(sheet, TAG_FOR, "--- SCHEDULEREC STATUS BEGIN");
    count(sheet, "objects inspected", run->inspected);
    count(sheet, stored[run->schedule->action], run->stored);
    count(sheet, "objects updated", run->updated);
    count(sheet, "objects rebound", 0);
    count(sheet, "objects deleted", 0);
    count(sheet, "objects expired", run->expired);
    count(sheet, "objects failed", disagrees ? 0 : run->failed);
    if (!run->node->old_statistics) {
        count(sheet, "objects encrypted", 0);
        count(sheet, "objects grew", 0);
        count(sheet, "retries", run->retries);
        bytes(sheet, "Total number of bytes inspected:", run->inspected * 41000);
    }
    bytes(sheet, "Total number of bytes transferred:", run->bytes);
    measure(sheet, "Data transfer time:", print_decimal(value, sheet->format, (uint64_t)sending),
            " sec");
    uint64_t rate = run->bytes / 1024 * 100 / (uint64_t)(elapsed > 0 ? elapsed : 1);
    measure(sheet, "Network data transfer rate:", print_decimal(value, sheet->format, rate * 3),
            " KB/sec");
    measure(sheet, "Aggregate data transfer rate:", print_decimal(value, sheet->format, rate),
            " KB/sec");
    measure(sheet, "Objects compressed by:", "0", "%");
    if (!run->node->old_statistics)
        measure(sheet, "Total data reduction ratio:", print_decimal(value, sheet->format, 9912), "%");
    measure(sheet, "Elapsed processing time:", print_duration(value, sheet->format, elapsed), "");
    sheet_say(sheet, TAG_FOR, "--- SCHEDULEREC STATUS END");
}

/* ---- a run ----------------------------------------------------------------------------------- */

static void open_run(struct sheet *sheet, const struct run *run)
{
    sheet_say(sheet, TAG_FOR, "%s", "");
    sheet_bare(sheet, TAG_FOR, "Executing scheduled command now.");
    if (run->shape == SHAPE_EXECUTING)
        return;
    sheet_say(sheet, TAG_FOR, "--- SCHEDULEREC OBJECT BEGIN %s %s", run->schedule->name, run->key);
}

static void say_results(struct sheet *sheet, const struct run *run)
{
    const char *name = run->schedule->name;
    sheet_say(sheet, TAG_FOR, "Sending results for scheduled event '%s'.", name);
    sheet_say(sheet, TAG_FOR, "Results sent to server for scheduled event '%s'.", name);
    sheet_bare(sheet, 0, "%s", "");
}

static void close_run(struct sheet *sheet, const struct run *run)
{
    const char *name = run->schedule->name;
    bool failed = run->shape == SHAPE_FAILED || run->shape == SHAPE_CONFLICTED;
    sheet_say(sheet, TAG_FOR, "--- SCHEDULEREC OBJECT END %s %s", name, run->key);
    if (failed)
        sheet_say(sheet, TAG_AGAINST, "ANS1512E Scheduled event '%s' failed.  Return code = %d.", name,
                  run->return_code);
    else
        sheet_say(sheet, TAG_FOR, "Scheduled event '%s' completed successfully.", name);
    if (run->sent)
        say_results(sheet, run);
}

/* The first attempt: half of the volumes, then the session breaks off. */
static void first_attempt(struct sheet *sheet, struct run *run)
{
    bool reported = run->id % 2 == 0;
    open_run(sheet, run);
    for (size_t i = 0; i < run->part_count; i++)
        sheet_say(sheet, 0, "Incremental backup of volume '%s'", run->parts[i].volume->name);
    sheet->time += 40;
    sheet_say(sheet, 0, "ANS1809W A session with the server has been disconnected. An attempt will be "
              "made to reestablish the connection.");
    if (reported) {
        sheet_say(sheet, 0, "ANS1512E Scheduled event '%s' failed.  Return code = 12.",
                  run->schedule->name);
        say_results(sheet, run);
    } else {
        log_rest(sheet, run->node);
        log_poll(sheet, run->node, run);
    }
    sheet->time += 1200;
}

static void run_command(struct sheet *sheet, const struct run *run)
{
    sheet_say(sheet, TAG_OUTPUT, "Executing Operating System command or script:");
    sheet_bare(sheet, TAG_OUTPUT, "   /opt/tools/dump.sh");
    sheet->time = run->ended;
    if (run->finished)
        sheet_say(sheet, run->return_code != 0 ? TAG_AGAINST : TAG_FOR,
                  "Finished command.  Return code is: %d", run->return_code);
}

void log_run(struct sheet *sheet, struct run *run)
{
    enum action action = run->schedule->action;
    print_stamp(run->key, sheet->format, run->nominal);
    sheet->run = run->id;
    sheet->time = run->started;
    if (run->shape == SHAPE_RETRIED) {
        first_attempt(sheet, run);
        int64_t away = sheet->time - run->started;
        run->started += away;
        run->ended += away;
        for (size_t i = 0; i < run->part_count; i++) {
            run->parts[i].begins += away;
            run->parts[i].ends += away;
        }
    }
    open_run(sheet, run);
    if (run->shape == SHAPE_EXECUTING)
        return;
    if (action == ACTION_COMMAND)
        run_command(sheet, run);
    else if (action != ACTION_MACRO)
        log_body(sheet, run);
    sheet->time = run->ended;
    if (run->status)
        log_statistics(sheet, run);
    if (run->event)
        close_run(sheet, run);
    if (run->shape == SHAPE_EARLY_QUIT || run->shape == SHAPE_SESSION_LOST)
        sheet_say(sheet, TAG_AGAINST, "Scheduler has been stopped.");
}
