/* SPDX-License-Identifier: BSD-2-Clause
 * What the rooms of the witness share: witness.c the handle, witness_rows.c and witness_log.c
 * what records say, witness_sort.c what belongs together, witness_find.c the questions of the judge. */
#ifndef TSMP_WITNESS_INNER_H
#define TSMP_WITNESS_INNER_H

#include "memory.h"
#include "order.h"

#include <tsmparse/witness.h>

#define WITNESS_SECOND INT64_C(1000000)
#define WITNESS_HOUR (3600 * WITNESS_SECOND)

/* Statistics of this many sessions may stand between each other's lines. */
enum { WITNESS_RING = 64, WITNESS_STATISTICS = 64 };

/* A growing array. */
struct rows {
    void *items;
    size_t count, capacity;
};

/* Bytes that stay where they are until the end. */
struct piece {
    struct piece *next;
    size_t used, size;
    char bytes[];
};

/* Statistics of one session, while they come in. */
struct witness_set {
    tsmp_witness_session view;
    struct rows statistics; /* tsmp_statistic */
};

/* That a session was a node's. */
struct witness_owner {
    uint64_t session;
    int64_t time;
    tsmp_text node;
};

/* One text, and of the activity log in it from when to when it reaches. */
struct witness_text {
    int64_t asked;  /* server's clock of its banner, TSMP_NO_TIME = it has none */
    int64_t newest; /* the newest date of the server in it */
    int64_t log_first, log_last;
    uint64_t sets; /* statistics of clients in it, of anybody */
};

/* Where lines that are no rows of the log stand behind a message that holds a name: rows may be missing
 * there, for the name may have printed those lines. */
struct witness_gap {
    int64_t from, to;
    int64_t before; /* `to` of another one that it was joined with, TSMP_NO_TIME = none */
};

struct tsmp_witness {
    tsmp_allocator allocator;
    tsmp_witness_options options;
    tsmp_witness_view view;
    bool ended, failed;
    struct piece *pieces;
    struct rows events, sets, messages, spaces, owners, texts;
    struct rows sessions;   /* tsmp_witness_session, made at the end */
    struct rows gaps;       /* struct witness_gap, few: each run looks at all of them */
    struct rows inspected;  /* uint32_t: sessions by objects inspected */
    struct rows intervals;  /* struct witness_text: what the activity log covers, in order */
    uint32_t ring[WITNESS_RING]; /* of sets, the ones used last; + 1 */
    size_t ring_at;
    /* of the text that is being read */
    bool any;
    uint64_t offset;
    uint64_t printed, width; /* bytes of the lines before this one (witness_width), and of this one */
    bool forgeable; /* a name may have printed what comes from here on */
    bool suffixed;  /* messages end with the session, as those of newer servers do */
    bool open;      /* a client's message did not */
    uint64_t open_at; /* what was printed before the last one that did not */
    /* Rows that were there before the last message of a client about an object: those behind it may
     * be part of a name that this message holds. */
    struct {
        uint64_t at; /* what was printed before it */
        int64_t time;
        bool named; /* there was one in this text */
        size_t events, sets, messages, owners;
    } before;
    bool gap; /* no row of the log yet behind such lines */
    tsmp_text node, server;
    int64_t client_time, server_time;
    struct order dates; /* of dates in cells that the reader takes for text */
};

/* ---- witness.c ---- */
/* A copy that lives as long as the witness; false: no memory. */
bool witness_keep(struct tsmp_witness *witness, tsmp_text text, tsmp_text *kept);
/* One more row. NULL: no memory, or there are max_rows (`*full`, counted). */
void *witness_row(struct tsmp_witness *witness, struct rows *rows, size_t size, bool *full);

/* ---- witness_rows.c ---- */
/* False: no memory (of all that take rows). */
bool witness_record(struct tsmp_witness *witness, const tsmp_batch *batch, const tsmp_view *view,
                    const tsmp_record *record);

/* One record, with what it says. */
struct witness_entry {
    struct tsmp_witness *witness;
    const tsmp_batch *batch;
    const tsmp_view *view;
    const tsmp_record *record;
};

const tsmp_field *witness_field_of(const struct witness_entry *entry, uint16_t id);
tsmp_text witness_text_at(const struct witness_entry *entry, uint16_t id);
/* `*undecided` when there is a date, and which one it is can't be told. */
int64_t witness_time_at(const struct witness_entry *entry, uint16_t id, bool *undecided);
bool witness_number_at(const struct witness_entry *entry, uint16_t id, int64_t *number);
/* Of a row that is kept now. */
uint32_t witness_doubt_flag(const struct tsmp_witness *witness);
bool witness_keep_event(const struct witness_entry *entry, const tsmp_witness_event *event);
/* The text that is being read. */
struct witness_text *witness_text_of(struct tsmp_witness *witness);
/* A date that the server shows: the question was not asked before it. */
void witness_saw_time(struct tsmp_witness *witness, int64_t time);

/* ---- witness_log.c ---- */
bool witness_logged(const struct witness_entry *entry);
/* A line of the log that is no row. */
void witness_rest(const struct witness_entry *entry);
/* What comes from here on may be part of a name that this message holds. */
void witness_mark(struct tsmp_witness *witness);
/* How much of a line may be a name's. */
uint64_t witness_width(const tsmp_view *view, const tsmp_record *record);
/* Any record: does it stand where only rows of the log should? */
bool witness_place(const struct witness_entry *entry);

/* ---- witness_sort.c ---- */
bool witness_sort(struct tsmp_witness *witness);
int witness_compare_names(tsmp_text a, tsmp_text b);
/* Names of file spaces and volumes, without what the client may print behind them; on Windows
 * letters count without case. */
int witness_compare_spaces(tsmp_text a, tsmp_text b);

/* ---- witness_find.c ---- */
struct reach {
    size_t from, to;
};
struct reach witness_events_of(const struct tsmp_witness *witness, tsmp_text node, tsmp_text schedule);
/* Of these, those that were scheduled from `from` to `to`; with `logged` those that the activity log
 * tells, by the time of their message. */
struct reach witness_events_in(const struct tsmp_witness *witness, struct reach events, bool logged,
                               int64_t from, int64_t to);
struct reach witness_sessions_of(const struct tsmp_witness *witness, tsmp_text node, int64_t from,
                                 int64_t to);
struct reach witness_messages_of(const struct tsmp_witness *witness, tsmp_text node, int64_t from,
                                 int64_t to);
struct reach witness_spaces_of(const struct tsmp_witness *witness, tsmp_text node, tsmp_text name);
/* Sessions that inspected so many objects: places in witness->inspected. */
struct reach witness_inspected(const struct tsmp_witness *witness, int64_t count);
/* Does the activity log reach over all of this time without a hole, and hold statistics of anybody
 * (`*sets`)? */
bool witness_covers(const struct tsmp_witness *witness, int64_t from, int64_t to, bool *sets);
/* May the log lack rows at some time from `from` to `to`, since a name printed something else there? */
bool witness_broken(const struct tsmp_witness *witness, int64_t from, int64_t to);
/* A count of the set; false: it has none that can be used. */
bool witness_count(const tsmp_witness_session *session, uint32_t name, int64_t *count);
const tsmp_statistic *witness_statistic(const tsmp_witness_session *session, uint32_t name);

static inline const tsmp_witness_event *witness_event_at(const struct tsmp_witness *witness, size_t i)
{
    return (const tsmp_witness_event *)witness->events.items + i;
}

static inline const tsmp_witness_session *witness_session_at(const struct tsmp_witness *witness, size_t i)
{
    return (const tsmp_witness_session *)witness->sessions.items + i;
}

static inline const tsmp_witness_message *witness_message_at(const struct tsmp_witness *witness, size_t i)
{
    return (const tsmp_witness_message *)witness->messages.items + i;
}

static inline const tsmp_witness_filespace *witness_space_at(const struct tsmp_witness *witness, size_t i)
{
    return (const tsmp_witness_filespace *)witness->spaces.items + i;
}

#endif
