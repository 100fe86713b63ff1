/* SPDX-License-Identifier: BSD-2-Clause
 * Tables: output of `dsmc query ...` and of dsmadmc. A table is a state between its head and the
 * first line that can't be part of it; a row of a server's table may go on over several lines. */
#ifndef TSMP_TABLE_H
#define TSMP_TABLE_H

#include "line.h"

enum { TABLE_MAX_COLUMNS = 64, TABLE_MAX_FIELDS = 160, TABLE_MAX_LINES = 128 };

/* Who reads the rows of the open table: server_*.c or query_*.c; 0 = no table is open. */
enum table_room { TABLE_CLOSED, TABLE_SERVER, TABLE_QUERY };

struct column {
    uint32_t from, to; /* cell's extent in the line: first byte, one past the last */
    uint16_t field;    /* TSMP_FIELD_..., or a name that the table brought (TSMP_FIELD_CUSTOM on) */
    uint8_t role;      /* what the room makes of it */
};

/* What the client's queries keep. */
struct query {
    uint16_t forced;    /* the query that the options name: rows need no head then */
    uint16_t asked;     /* the query that the last prompt's command asks for */
    bool row_open;      /* lines of its own may follow the last row */
    uint32_t row_width; /* bytes of that row */
    uint32_t colon;     /* where the colon of a list's first label stands */
    uint64_t row;       /* offset of the last row */
};

struct table {
    uint16_t format; /* TSMP_FORMAT_... of the table that is open, 0 = none */
    uint8_t room;    /* enum table_room */
    uint8_t shape;   /* the room's own: how rows are laid out */
    uint8_t meaning; /* the room's own: what a row is */
    bool boxed;      /* lines stand between | and | */
    char separator;  /* of delimited rows */
    uint8_t tab;     /* columns a TAB is wide, where the head showed it; 0 = not known */
    uint8_t aside;   /* the last line was an order, or an answer that data follow at once */
    uint16_t count;
    struct column columns[TABLE_MAX_COLUMNS];
    /* Columns of the SELECT that the server was given, for rows that have no head. */
    uint16_t select_count;
    uint16_t select[TABLE_MAX_COLUMNS];
    uint8_t select_role[TABLE_MAX_COLUMNS];
    uint8_t select_meaning;
    /* Dates inside a server's messages are in the server's format, whatever that of the row is. */
    struct order inner;
    struct query query;
};

/* Lines that the reader holds, the oldest first, without their newlines. */
struct group_line {
    const char *text;
    size_t length;
    uint8_t *facts; /* what was found out about it (enum group_facts), NULL = nothing is kept */
};

/* A line is held while several others are looked at, and asked the same with each of them. */
enum group_facts {
    GROUP_ASKED = 1, GROUP_CLIENT = 2, /* group_client() */
    GROUP_LOOKED = 4, GROUP_BREAKS = 8, GROUP_RULE = 16, GROUP_LARGE = 32 /* head_frame() */
};
struct group {
    struct group_line lines[TABLE_MAX_LINES];
    size_t count;
    uint8_t what; /* the room's own: what table_frame() saw in these lines, 0 = nothing special */
    /* The first `known` lines alone were not enough for the frame that said so with `asked` as its
     * `what`: it can go on behind them. 0 = they were not looked at yet. */
    size_t known;
    uint8_t asked;
};

/* How many of the held lines belong together, from the first on: 1 for a line of its own, 0 when
 * the next line must be seen to tell. `last`: there is no next line, so never 0. Looks, changes
 * only group->what, and depends on nothing but the state and the lines that it needs: lines
 * behind them that happen to be held must not change the answer. */
size_t table_frame(const struct line_state *state, struct group *group, bool last);

/* line_client() of a held line, asked once: a line is held while several others are looked at. */
bool group_client(const struct line_state *state, const struct group_line *line);
/* Is all that line_client() looks at the same in both? The columns of a table are not among it. */
bool table_same_view(const struct line_state *a, const struct table *s, const struct line_state *b,
                     const struct table *t);

/* Parse a held group, or a line while a table is open; false: it is no table's business, and a
 * table that can't go on behind such a line is closed. */
bool table_line(struct line *line);
/* A line that opens a table? Tried on lines that no other rule fits. */
bool table_head(struct line *line);
/* Another rule took the line, though a table is open or was asked for. */
void table_passed(struct line *line);
static inline void table_close(struct table *table)
{
    table->format = 0;
    table->room = TABLE_CLOSED;
    table->count = 0;
}

#endif
