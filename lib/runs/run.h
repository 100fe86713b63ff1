/* SPDX-License-Identifier: BSD-2-Clause
 * One run while it grows, and when it is done: what was begun, what ended, how it was closed, and
 * what was noticed on the way. The judge reads it; only the rooms of runs.c write it. */
#ifndef TSMP_RUN_H
#define TSMP_RUN_H

#include "volumes.h"

#include <tsmparse/runs.h>

/* Something that the judge must weigh: an evidence id with the lines it rests on. */
struct finding {
    uint32_t id;
    uint64_t line, line2; /* 0 = there is none */
    char code[9];         /* of the message, or empty */
    char code2[9];        /* a second message about the same object */
    bool broken;          /* the name goes on behind its line, or was cut: it is not this name */
    struct string name;   /* of the object, volume or schedule */
};

/* The lines that close a run, in the order in which they must come, each once. */
enum closing {
    CLOSE_BEGIN, CLOSE_STATUS_BEGIN, CLOSE_STATUS_END, CLOSE_END, CLOSE_EVENT, CLOSE_SENDING,
    CLOSE_SENT, CLOSE_COUNT
};

/* What goes on in the following lines: a name that holds a newline. */
enum open_name { NAME_CLOSED, NAME_OBJECT, NAME_MESSAGE };

/* Lines of this attempt, to be set against the statistics. */
struct run_lines {
    uint64_t tries;   /* objects sent for the first time, whatever came of it */
    uint64_t retries; /* lines with `Retry #` */
    uint64_t others;  /* updated, expired, rebound, deleted */
    uint64_t skipped, unsuccessful;
    uint64_t failed; /* ANS1228E */
};

/* Bytes behind each run for its names, volumes and statistics: those of most runs need no other memory. */
enum { RUN_ROOM = 2304 };

struct tsmp_run {
    tsmp_allocator allocator; /* of all that the run holds: out of its room while that lasts, else ... */
    tsmp_allocator outer;     /* ... the caller's */
    size_t room_used;
    tsmp_run_view view;
    struct string schedule, node, key, objects, options;
    bool definition_known;
    bool missed;
    bool only_executing; /* `Executing scheduled command now.` and no begin record */
    bool end_of_text;    /* nothing came after it in the text */
    bool stopped;        /* the scheduler ended or began anew before the run was closed */
    bool overlapped;     /* another run's lines stand between its own */
    bool moved_on;       /* the scheduler polled again behind it */
    bool tables;         /* interactive: rows of a query stand in it */
    bool language;       /* lines of a language that is not known stand in it */
    bool head_seen;      /* interactive: what came before it was seen */
    bool in_status, in_command;
    bool command_seen, command_finished;
    enum open_name name_open;
    uint64_t name_offset;     /* where that name began */
    bool name_retry;          /* its line began with `Retry #` */
    bool name_sent;           /* it is of an object that is sent, and counts once its outcome is there */
    uint8_t bare;             /* kinds of objects that are not sent, by line_other(), that stood without an outcome */
    uint64_t at[CLOSE_COUNT]; /* line of each, 0 = not seen */
    uint32_t closings;        /* the one behind the last that was seen */
    bool disorder;
    uint64_t finished_line; /* `Restore processing finished.` */
    uint64_t command_line;  /* of the return code that is not zero, else of the last one */
    int64_t begin_time, status_time;
    int64_t clock;       /* the stamp before */
    int64_t back;        /* how far the clock went back, microseconds, all steps */
    uint32_t back_steps;
    uint64_t back_line;  /* of the first step */
    struct run_lines lines;
    struct volumes volumes;
    bool volumes_full;
    tsmp_volume *shown;
    tsmp_statistic *statistics;
    size_t statistic_count, statistic_capacity;
    uint64_t statistics_seen; /* bit by name */
    uint8_t statistic_places[64]; /* in `statistics`, and 1; 0 = it is not there */
    uint64_t elapsed_line;
    struct finding *findings;
    size_t finding_count, finding_capacity;
    uint64_t weak_left_out;   /* messages about single objects past the limit */
    uint64_t strong_left_out; /* findings past the limit that may be anything */
};

struct tsmp_run *run_new(const tsmp_allocator *allocator);
/* Note something; past `most` it is counted. NULL texts are none. False: no memory. */
bool run_find(struct tsmp_run *run, size_t most, uint32_t id, uint64_t line, tsmp_text code,
              tsmp_text name);
/* Forget what an earlier attempt of the event showed, but for the volumes that it began. */
void run_restart(struct tsmp_run *run);
/* Fill the view. False: no memory. */
bool run_finish(struct tsmp_run *run);

static inline tsmp_text text_of_string(const struct string *string)
{
    return (tsmp_text){string->bytes, string->length};
}

#endif
