/* SPDX-License-Identifier: BSD-2-Clause
 * What the rooms of tsmparse reconcile share: reconcile.c reads the logs, _join.c sets runs and the
 * server's events side by side, _text.c, _json.c and _load.c show it. */
#ifndef TSMPARSE_RECONCILE_H
#define TSMPARSE_RECONCILE_H

#include "report.h"

#include <tsmparse/witness.h>

/* How the server's word and the log stand to each other. The first ones are shown first. */
enum stand {
    FALSE_SUCCESS, /* the server says completed, the log that something is missing */
    UNPROVEN,      /* ... and the log proves nothing */
    NO_LOG,        /* ... or another end, and there is no log of it */
    DENIED,        /* missed or gone, says the server, and a log shows a run */
    NOT_KNOWN,     /* a run that the server does not know */
    LEFT_OPEN,     /* still open on the server, and not in the log, or long since */
    YET_COMPLETE,  /* failed, says the server, and the log is whole */
    UNSAID,        /* completed with 0, says the server, and the log names objects that were not stored */
    AGREE,
    STANDS
};

/* A run of a log. */
struct ran {
    char *text; /* node, schedule and reason, one behind the other; the caller's to free */
    tsmp_text node, schedule, reason;
    const char *id; /* of the reason; static text, NULL = there is none */
    const char *file;
    int64_t scheduled, started, ended;
    uint64_t first_line, last_line;
    uint32_t verdict, claim, proof;
    bool paired;
};

struct entry {
    const tsmp_witness_event *event; /* NULL: the server has none */
    const struct ran *ran;           /* NULL: no log has it */
    enum stand stand;
    uint32_t verdict; /* of both together */
    bool told;        /* by the text view, with others that say the same */
};

struct reconciling {
    const struct options *options;
    const tsmp_witness_view *witness;
    struct ran *runs;
    size_t run_count, run_capacity;
    struct entry *entries; /* differences first */
    size_t entry_count, entry_capacity, differences;
    uint64_t stands[STANDS], agreeing[8]; /* by verdict */
    uint64_t completed;                   /* events that the server calls so */
    uint64_t to_come, outside, interactive; /* events, runs, commands that are not compared */
    uint64_t undated;                       /* runs whose dates can be read in two ways: not compared */
    uint64_t unreadable, no_runs;           /* logs */
    int64_t from, to; /* of the events' scheduled starts; TSMP_NO_TIME: there are none */
    uint32_t worst;
    bool no_memory;
};

/* False: no memory. */
bool reconcile_join(struct reconciling *reconciling);
/* "false_success" and so on. */
const char *stand_name(enum stand stand);
void reconcile_text(const struct reconciling *reconciling);
void reconcile_json(const struct reconciling *reconciling);
/* The load view, as text or as `"load":{...}`. False: no memory. */
bool reconcile_load(const struct reconciling *reconciling, bool json);
/* 2031-05-14 01:00, or :05 behind it when the seconds say something. */
void print_minute(FILE *out, int64_t time);

#endif
