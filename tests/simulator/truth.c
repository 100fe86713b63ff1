/* SPDX-License-Identifier: BSD-2-Clause */
#include "truth.h"

#include <inttypes.h>

static void string(FILE *to, const char *name, const char *value)
{
    fprintf(to, "\"%s\":\"", name);
    for (; *value != '\0'; value++)
        fprintf(to, *value == '"' || *value == '\\' ? "\\%c" : "%c", *value);
    fputc('"', to);
}

static void time_of(FILE *to, const char *name, int64_t time)
{
    static const struct format iso = {.date = 3, .time = 1, .number = 1};
    char date[64], clock[64];
    fprintf(to, ",\"%s\":\"%sT%s\"", name, print_date(date, &iso, time), print_clock(clock, &iso, time));
}

static void part_of(FILE *to, const struct part *part)
{
    static const char *const fates[] = {"done", "failures", "stopped", "open", "never"};
    fputc('{', to);
    string(to, "name", part->volume->name);
    fprintf(to, ",\"fate\":\"%s\",\"inspected\":%" PRIu64 ",\"stored\":%" PRIu64 "}", fates[part->fate],
            part->inspected, part->stored);
}

void truth_print(FILE *to, const struct nights *nights, const struct run *run)
{
    static const char *const witnesses[] = {"log", "history", "canary", "filespace", "server"};
    bool absent = run->truth == TRUTH_MISSED, first = true;
    fputc('{', to);
    string(to, "node", nights->node.name);
    fputc(',', to);
    string(to, "server", nights->node.server);
    fputc(',', to);
    string(to, "schedule", run->schedule->name);
    fputc(',', to);
    string(to, "action", action_name(run->schedule->action));
    time_of(to, "scheduled", run->nominal);
    if (!absent)
        time_of(to, "started", run->started);
    fprintf(to, ",\"truth\":\"%s\",\"shape\":\"%s\",\"damage\":\"%s\",\"in_text\":%s,\"load\":%" PRIu32,
            truth_name(run->truth), shape_info(run->shape)->name, damage_name((enum damage)run->damage),
            run->gone ? "false" : "true", run->load);
    fputs(",\"seen_by\":[", to);
    for (unsigned i = 0; i < sizeof witnesses / sizeof *witnesses; i++) {
        if ((run->seen & (1u << i)) == 0)
            continue;
        fprintf(to, "%s\"%s\"", first ? "" : ",", witnesses[i]);
        first = false;
    }
    fprintf(to, "],\"inspected\":%" PRIu64 ",\"stored\":%" PRIu64 ",\"failed\":%" PRIu64 ",\"volumes\":[",
            absent ? 0 : run->inspected, absent ? 0 : run->stored, absent ? 0 : run->failed);
    for (size_t i = 0; !absent && i < run->part_count; i++) {
        if (i > 0)
            fputc(',', to);
        part_of(to, &run->parts[i]);
    }
    fputs("]}\n", to);
}
