/* SPDX-License-Identifier: BSD-2-Clause */
#include "answers.h"

#include <stdio.h>
#include <string.h>

enum { VERSIONS_KEPT = 4 };

/* Scripts ask with formats of their own choice. */
static const struct format iso = {.date = 3, .time = 1, .number = 1};

static void banner(struct sheet *sheet, const struct nights *nights, const struct run *run)
{
    int64_t time = run->ended + ASKED_AFTER;
    char stamp[64], before[64];
    const struct node *node = &nights->node;
    sheet->format = &iso;
    sheet->time = time;
    sheet_bare(sheet, 0, "IBM Storage Protect");
    sheet_bare(sheet, 0, "Command Line Backup-Archive Client Interface");
    sheet_bare(sheet, 0, "  Client Version 8, Release 1, Level 22.0 ");
    sheet_bare(sheet, 0, "  Client date/time: %s", print_stamp(stamp, &iso, run_client_clock(run, time)));
    sheet_bare(sheet, 0, "(c) Copyright by IBM Corporation and other(s) 1990, 2031. All Rights Reserved. ");
    sheet_bare(sheet, 0, "%s", "");
    sheet_bare(sheet, 0, "Node Name: %s", node->name);
    sheet_bare(sheet, 0, "Session established with server %s: Linux/x86_64", node->server);
    sheet_bare(sheet, 0, "  Server Version 8, Release 1, Level 22.000");
    sheet_bare(sheet, 0, "  Server date/time: %s  Last access: %s",
               print_stamp(stamp, &iso, run_server_clock(run, time)),
               print_stamp(before, &iso, run_server_clock(run, time) - 4));
    sheet_bare(sheet, 0, "%s", "");
}

/* The part of this volume in a run that walks volumes; NULL: it has none. */
static const struct part *part_of(const struct run *run, const struct volume *volume)
{
    if (run->schedule->action != ACTION_INCREMENTAL || run->truth == TRUTH_MISSED ||
        run->shape == SHAPE_EXECUTING)
        return NULL;
    for (size_t i = 0; i < run->part_count; i++)
        if (run->parts[i].volume == volume)
            return &run->parts[i];
    return NULL;
}

void answer_filespaces(struct sheet *sheet, const struct nights *nights, const struct run *run)
{
    const struct node *node = &nights->node;
    banner(sheet, nights, run);
    sheet_bare(sheet, 0, "  #     Last Incr Date          Type    File Space Name");
    sheet_bare(sheet, 0, "--------------------------------------------------------------------------------");
    for (size_t i = 0; i < node->volume_count; i++) {
        const struct volume *volume = &node->volumes[i];
        /* There were good nights before the first one. */
        int64_t moved = nights->first_day - 4 * 3600 + node->skew;
        char stamp[64];
        for (uint32_t k = 0; k < nights->events && nights->runs[k].ended <= run->ended; k++) {
            const struct part *part = part_of(&nights->runs[k], volume);
            if (part != NULL && part->dated && nights->runs[k].shape != SHAPE_BY_DATE)
                moved = run_server_clock(&nights->runs[k], part->ends);
        }
        sheet_bare(sheet, 0, "%3u     %s     %-8s%s", (unsigned)i + 1,
                   print_stamp(stamp, &iso, moved), volume->type, volume->name);
    }
    sheet_bare(sheet, 0, "%s", "");
}

void canary_path(const struct node *node, const struct volume *volume, bool late, char *to, size_t size)
{
    char mark = node->windows ? '\\' : '/';
    const char *root = strcmp(volume->name, "/") == 0 ? "" : volume->name;
    snprintf(to, size, "%s%c%s%ccanary", root, mark, late ? "zz-last" : "aa-first", mark);
}

int64_t canary_touched(const struct run *run)
{
    return run->first_started - TOUCHED_BEFORE;
}

void answer_canary(struct sheet *sheet, const struct nights *nights, const struct run *run,
                   const struct volume *volume, bool late)
{
    const struct run *stored[VERSIONS_KEPT];
    size_t count = 0;
    char path[128], stamp[64], touched[64];
    canary_path(&nights->node, volume, late, path, sizeof path);
    banner(sheet, nights, run);
    sheet_bare(sheet, 0, "             Size        Backup Date                Mgmt Class           A/I File");
    sheet_bare(sheet, 0, "             ----        -----------                ----------           --- ----");
    for (uint32_t k = nights->events; k-- > 0 && count < VERSIONS_KEPT;) {
        const struct run *other = &nights->runs[k];
        const struct part *part = other->ended <= run->ended ? part_of(other, volume) : NULL;
        if (part != NULL && (late ? part->late : part->early))
            stored[count++] = other;
    }
    for (size_t i = 0; i < count; i++) {
        const struct part *part = part_of(stored[i], volume);
        int64_t time = late ? part->ends - 1 : part->begins + 1;
        sheet_bare(sheet, 0, "           120  B  %s             STANDARD             %s  %s",
                   print_stamp(stamp, &iso, run_server_clock(stored[i], time)), i == 0 ? "A" : "I", path);
        sheet_bare(sheet, 0, "         Modified: %s Accessed: %s Inode changed: %s",
                   print_stamp(touched, &iso, canary_touched(stored[i])), touched, touched);
    }
    if (count == 0)
        sheet_bare(sheet, 0, "ANS1092W No files matching search criteria were found");
    sheet_bare(sheet, 0, "%s", "");
}
