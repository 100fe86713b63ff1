/* SPDX-License-Identifier: BSD-2-Clause
 * One run while it grows, and when it is done: what was begun, what ended, how it was closed, and
 * what was noticed on the way. The judge reads it; only runs.c writes it. */
#ifndef TSMP_RUN_H
#define TSMP_RUN_H

#include "memory.h"

#include <tsmparse/runs.h>

struct run_volume {
    struct string name; /* trailing separators off */
    uint32_t outcome;   /* TSMP_WORD_... ; 0 = not ended */
    uint32_t begins, ends;
    bool journal;
    uint64_t failures, begin_line, end_line;
};

/* Something that the judge must weigh: an evidence id with the line it rests on. */
struct finding {
    uint32_t id;
    uint64_t line;
    struct string name;
};

/* The lines that close a run, in the order in which they must come, each once. */
enum closing {
    CLOSE_BEGIN, CLOSE_STATUS_BEGIN, CLOSE_STATUS_END, CLOSE_END, CLOSE_EVENT, CLOSE_SENDING,
    CLOSE_SENT, CLOSE_COUNT
};

struct definition {
    struct string schedule, action, objects, options, window;
    int64_t window_time; /* TSMP_NO_TIME when not known */
    uint64_t line;
    bool ran; /* a run with this schedule and window was seen */
};

struct tsmp_run {
    tsmp_allocator allocator;
    tsmp_run_view view;
    struct string schedule, node, key, objects;
    bool definition_known;
    bool missed;
    bool end_of_text;  /* nothing came after it in the text */
    bool stopped;      /* the scheduler ended or began anew before the run was closed */
    bool head_seen;    /* interactive: what came before it was seen */
    bool in_status, in_command, name_open, journal;
    bool command_seen, command_finished;
    uint64_t at[CLOSE_COUNT];     /* line of each, 0 = not seen */
    uint32_t closings;            /* how many were seen, for their order */
    bool disorder;
    int64_t begin_time, status_time;
    struct run_volume *volumes;
    size_t volume_count, volume_capacity;
    tsmp_volume *shown;
    tsmp_statistic *statistics;
    size_t statistic_count, statistic_capacity;
    struct finding *findings;
    size_t finding_count, finding_capacity;
    uint64_t elapsed_line;
};

struct tsmp_run *run_new(const tsmp_allocator *allocator);
/* Volume of this name, made when new and there is room; NULL: no memory or no room (`full`). */
struct run_volume *run_volume(struct tsmp_run *run, const char *name, size_t length, size_t most,
                              bool *full);
bool run_find(struct tsmp_run *run, uint32_t id, uint64_t line, const char *name, size_t length,
              size_t most);
/* Forget what an earlier attempt of the event showed; counts go on. */
void run_restart(struct tsmp_run *run);
/* Fill the view. False: no memory. */
bool run_finish(struct tsmp_run *run);

/* A volume's name without trailing separators, but never empty. */
size_t volume_name_length(const char *name, size_t length);

#endif
