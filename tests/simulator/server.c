/* SPDX-License-Identifier: BSD-2-Clause */
#include "server.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* What becomes of the event on the server. */
struct saying {
    const char *status;
    int result;       /* -1: none */
    bool statistics;  /* the client sent its totals */
};

static struct saying saying_of(const struct run *run)
{
    switch (run->shape) {
    case SHAPE_WARNED:
    case SHAPE_SESSION_BACK:
    case SHAPE_STOPPED:
    case SHAPE_NO_DOMAIN:
    case SHAPE_NOT_READY:
    case SHAPE_STORAGE_FULL:
    case SHAPE_NOT_FOUND: return (struct saying){"Completed", 8, run->status};
    case SHAPE_OBJECTS_FAILED:
    case SHAPE_JOURNAL_DISAGREES: return (struct saying){"Completed", 4, run->status};
    case SHAPE_UNSENT: return (struct saying){"In Progress", -1, run->status};
    case SHAPE_RUNNING: return (struct saying){"In Progress", -1, false};
    case SHAPE_EXECUTING: return (struct saying){"Started", -1, false};
    /* The client was told to end and did: that is a success, says the server. */
    case SHAPE_EARLY_QUIT: return (struct saying){"Completed", 0, false};
    case SHAPE_SESSION_LOST:
    case SHAPE_CRASH: return (struct saying){"Severed", -1, false};
    case SHAPE_FAILED:
    case SHAPE_CONFLICTED:
    case SHAPE_COMMAND_FAILED: return (struct saying){"Failed", run->return_code, run->status};
    case SHAPE_MISSED:
    case SHAPE_DOWN: return (struct saying){"Missed", -1, false};
    default: return (struct saying){"Completed", run->failed > 0 ? 4 : 0, run->status};
    }
}

const struct format *server_format(const char *server)
{
    static const struct format formats[] = {{3, 1, 1, false}, {1, 1, 1, false}, {2, 1, 1, false},
                                            {8, 1, 1, false}};
    return &formats[(unsigned char)server[strlen(server) - 1] % 4];
}

static bool is_missed(const struct run *run)
{
    return run->truth == TRUTH_MISSED;
}

void server_events(struct sheet *sheet, const struct nights *nights)
{
    static const char *const reasons[] = {
        "All operations completed successfully.",
        "\"The operation completed successfully, but some files were not processed.\"",
        "\"The operation completed successfully, but with warnings.\"",
        "The operation completed with errors."};
    const struct format *format = server_format(nights->node.server);
    sheet->format = format;
    for (uint32_t i = 0; i < nights->events; i++) {
        const struct run *run = &nights->runs[i];
        struct saying saying = saying_of(run);
        char nominal[64], actual[64] = "", completed[64] = "", result[16] = "";
        bool ended = !is_missed(run) && saying.result >= 0;
        print_stamp(nominal, format, run->nominal);
        if (!is_missed(run))
            print_stamp(actual, format, run_server_clock(run, run->first_started));
        if (ended)
            print_stamp(completed, format, run_server_clock(run, run->ended) + 1);
        if (ended)
            snprintf(result, sizeof result, "%d", saying.result);
        const char *reason = !ended ? "" : saying.result == 0 ? reasons[0] : saying.result == 4 ? reasons[1]
                                       : saying.result == 8 ? reasons[2] : reasons[3];
        sheet->run = run->id;
        sheet->time = run->nominal;
        sheet_bare(sheet, 0, "SHORE,%s,%s,%s,%s,%s,%s,%s,%s", run->schedule->name, nights->node.name,
                   nominal, actual, completed, saying.status, result, reason);
    }
}

/* ---- the activity log ------------------------------------------------------------------------ */

static void entry(struct sheet *sheet, int64_t time, const char *text)
{
    char stamp[64];
    sheet->time = time;
    sheet_bare(sheet, 0, "%s\t%s", print_stamp(stamp, sheet->format, time), text);
}

static uint32_t session_of(const struct nights *nights, const struct run *run)
{
    return 1000 + nights->node.index * 131 + run->id * 7;
}

static void total(struct sheet *sheet, const struct nights *nights, const struct run *run, int code,
                  const char *label, const char *value)
{
    char text[256];
    uint32_t session = session_of(nights, run);
    snprintf(text, sizeof text,
             "ANE%dI (Session: %" PRIu32 ", Node: %s)  %-34s %12s  (SESSION: %" PRIu32 ")", code, session,
             nights->node.name, label, value, session);
    entry(sheet, run_server_clock(run, run->ended), text);
}

/* In the client's own number format, as it sends them. */
static void totals(struct sheet *sheet, const struct nights *nights, const struct run *run)
{
    const struct format *format = &nights->node.format;
    bool archive = run->schedule->action == ACTION_ARCHIVE;
    const struct {
        int code;
        const char *label;
        uint64_t count;
    } counts[] = {{4952, "Total number of objects inspected:", run->inspected},
                  {archive ? 4953 : 4954, archive ? "Total number of objects archived:"
                                                  : "Total number of objects backed up:", run->stored},
                  {4958, "Total number of objects updated:", run->updated},
                  {4960, "Total number of objects rebound:", 0},
                  {4957, "Total number of objects deleted:", 0},
                  {4970, "Total number of objects expired:", run->expired},
                  {4959, "Total number of objects failed:",
                   run->shape == SHAPE_JOURNAL_DISAGREES ? 0 : run->failed}};
    char value[64];
    for (size_t i = 0; i < sizeof counts / sizeof *counts; i++)
        total(sheet, nights, run, counts[i].code, counts[i].label,
              print_count(value, format, counts[i].count));
    total(sheet, nights, run, 4961, "Total number of bytes transferred:",
          print_bytes(value, format, run->bytes));
    total(sheet, nights, run, 4964, "Elapsed processing time:",
          print_duration(value, format, run->ended - run->started));
}

static void say(struct sheet *sheet, const struct nights *nights, const struct run *run, int64_t time,
                const char *code, const char *what, const char *after)
{
    char text[256];
    uint32_t session = session_of(nights, run);
    snprintf(text, sizeof text, "%s Session %" PRIu32 " %sfor node %s (Linux x86-64)%s (SESSION: %" PRIu32
             ")", code, session, what, nights->node.name, after, session);
    entry(sheet, run_server_clock(run, time), text);
}

/* The client sends its messages about files to the server as well, with the names as they are: this one
 * prints the totals that its owner would like to be seen. */
static void forged_totals(struct sheet *sheet, const struct nights *nights, const struct run *run)
{
    char text[256];
    uint32_t session = session_of(nights, run);
    snprintf(text, sizeof text, "ANE4037E (Session: %" PRIu32 ", Node: %s)  Object '/tmp/.x/", session,
             nights->node.name);
    entry(sheet, run_server_clock(run, run->ended), text);
    totals(sheet, nights, run);
    snprintf(text, sizeof text, "end' changed during processing.  Object skipped. (SESSION: %" PRIu32 ")",
             session);
    sheet_bare(sheet, 0, "%s", text);
}

static void run_log(struct sheet *sheet, const struct nights *nights, const struct run *run)
{
    struct saying saying = saying_of(run);
    int64_t middle = run->started + (run->ended - run->started) / 2;
    if (is_missed(run)) {
        char text[256];
        snprintf(text, sizeof text, "ANR2578W Schedule %s in domain SHORE for node %s has missed its "
                 "scheduled start up window.", run->schedule->name, nights->node.name);
        entry(sheet, run->nominal + 7200, text);
        return;
    }
    say(sheet, nights, run, run->first_started, "ANR0406I", "started ",
        " (Tcp/Ip 192.0.2.7(41207)).");
    if (run->distress || run->shape == SHAPE_SESSION_BACK)
        say(sheet, nights, run, middle, "ANR0481W", "",
            " terminated - client did not respond within 60 seconds.");
    if (run->shape == SHAPE_SESSION_LOST || run->shape == SHAPE_CRASH)
        say(sheet, nights, run, run->ended, "ANR0480W", "",
            " terminated - connection with client severed.");
    if (run->load > 60 && saying.statistics) /* the walk's own session, while much is sent: harmless */
        say(sheet, nights, run, middle, "ANR0482W", "",
            " terminated - idle for more than 15 minutes.");
    if (run->damage == DAMAGE_FORGED_NAME)
        forged_totals(sheet, nights, run);
    if (saying.statistics && run->schedule->action != ACTION_COMMAND)
        totals(sheet, nights, run);
    say(sheet, nights, run, run->ended + 1, "ANR0403I", "ended ", ".");
}

void server_log(struct sheet *sheet, const struct nights *nights, uint32_t from, uint32_t to)
{
    sheet->format = server_format(nights->node.server);
    for (uint32_t i = from; i < to; i++) {
        sheet->run = i;
        run_log(sheet, nights, &nights->runs[i]);
    }
}

void server_noise(struct sheet *sheet, int64_t from, uint32_t days)
{
    sheet->run = NO_RUN;
    for (uint32_t day = 0; day < days; day++) {
        int64_t midnight = from + (int64_t)day * NIGHT;
        char text[256];
        entry(sheet, midnight + 60, "ANR2017I Administrator OPERATOR issued command: QUERY EVENT * * "
              "begindate=today-1");
        snprintf(text, sizeof text, "ANE4952I (Session: %" PRIu32 ", Node: KNOT)  Total number of objects "
                 "inspected:       88,001  (SESSION: %" PRIu32 ")", day + 1, day + 1);
        entry(sheet, midnight + 3600, text);
        snprintf(text, sizeof text, "ANR0403I Session %" PRIu32 " ended for node KNOT (Linux x86-64). "
                 "(SESSION: %" PRIu32 ")", day + 1, day + 1);
        entry(sheet, midnight + 3660, text);
    }
}
