/* SPDX-License-Identifier: BSD-2-Clause
 * One scheduled event of one night: what really happened, what the client prints of it, and who is
 * able to see what went wrong. */
#ifndef SIMULATOR_RUN_H
#define SIMULATOR_RUN_H

#include "world.h"

/* What was really inspected. */
enum truth { TRUTH_COMPLETE, TRUTH_EXCEPTIONS, TRUTH_INCOMPLETE, TRUTH_FAILED, TRUTH_MISSED,
             TRUTH_RUNNING, TRUTH_COUNT };

/* Proofs that are able to see what is wrong with a run. */
enum witness { SEEN_LOG = 1, SEEN_HISTORY = 2, SEEN_CANARY = 4, SEEN_FILESPACE = 8, SEEN_SERVER = 16,
               SEEN_ALL = 31 };

enum shape {
    /* all was inspected */
    SHAPE_GOOD, SHAPE_SELECTIVE, SHAPE_ARCHIVE, SHAPE_IMAGE, SHAPE_COMMAND, SHAPE_JOURNAL,
    SHAPE_SESSION_BACK, SHAPE_RETRIED, SHAPE_WARNED, SHAPE_PRE_COMMAND,
    /* the same, and the log can't prove it */
    SHAPE_MACRO, SHAPE_BY_DATE, SHAPE_FILTERED, SHAPE_UNSENT,
    /* all was inspected, and objects were not stored */
    SHAPE_OBJECTS_FAILED, SHAPE_JOURNAL_DISAGREES,
    /* something was not inspected */
    SHAPE_EARLY_QUIT, SHAPE_QUIT_BEFORE_FIRST, SHAPE_OPEN_VOLUME, SHAPE_NEVER_BEGUN, SHAPE_STOPPED,
    SHAPE_USER_ABORT, SHAPE_MEMORY_OUT, SHAPE_NO_DOMAIN, SHAPE_NOT_READY, SHAPE_STORAGE_FULL,
    SHAPE_SESSION_LOST, SHAPE_CRASH, SHAPE_NOT_FOUND, SHAPE_NOT_DONE,
    /* the same, and nothing in the log is odd */
    SHAPE_UNMOUNTED, SHAPE_WALK_CUT, SHAPE_STALE,
    SHAPE_FAILED, SHAPE_CONFLICTED, SHAPE_COMMAND_FAILED, SHAPE_COMMAND_ISSUED,
    SHAPE_MISSED, SHAPE_DOWN,
    SHAPE_RUNNING, SHAPE_EXECUTING,
    SHAPE_COUNT
};

enum fate { FATE_DONE, FATE_FAILURES, FATE_STOPPED, FATE_OPEN, FATE_NEVER };

/* A volume in a run. */
struct part {
    const struct volume *volume;
    enum fate fate;
    uint64_t inspected, stored, failed;
    bool early, late;  /* the canaries there were stored */
    bool dated;        /* the server's last incremental date moved */
    int64_t begins, ends;
};

struct run {
    const struct node *node;
    const struct schedule *schedule;
    uint32_t id, night;
    enum shape shape;
    enum truth truth;
    uint32_t seen;    /* set of enum witness */
    int64_t nominal, started, ended; /* ended: when the statistics were printed, or it stopped */
    int64_t first_started;           /* of the first attempt; `started` is the last one's */
    struct part parts[VOLUMES_MOST];
    size_t part_count;
    uint64_t inspected, stored, updated, expired, failed, retries, bytes;
    bool status, event, sent, volumes_shown, finished; /* what is printed of its end */
    int return_code;
    uint32_t load; /* of the server */
    bool distress; /* the server closed a session of it, and the client noticed nothing */
    struct chance chance;
    /* of the damage done to its text */
    uint32_t damage; /* enum damage */
    int64_t set_at, set_by; /* of the client's clock, when it is set inside the run */
    bool gone;       /* no line of it is left */
    bool beside;     /* the text of one near it is damaged */
    char key[64];    /* its nominal start as printed */
};

struct shape_info {
    const char *name;
    enum truth truth;
    uint32_t seen;      /* by a log that is whole; others as the run turns out */
    uint32_t verdicts;  /* set of 1 << TSMP_VERDICT_...: of a whole log without other proofs */
    const char *evidence; /* names: given; ?name: may be given. All others may not */
    uint32_t actions;   /* set of 1 << enum action that it can befall */
};

const struct shape_info *shape_info(enum shape shape);
const char *truth_name(enum truth truth);
/* Can this shape befall that schedule on that node? */
bool shape_fits(enum shape shape, const struct node *node, const struct schedule *schedule);
/* Decide all of the run; nominal, node, schedule, night, id and chance are set. */
void run_plan(struct run *run, enum shape shape);

/* What the clocks of client and server show at a time of the run's, inside it or soon behind it. */
int64_t run_client_clock(const struct run *run, int64_t time);
int64_t run_server_clock(const struct run *run, int64_t time);

#endif
