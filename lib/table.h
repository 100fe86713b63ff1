/* SPDX-License-Identifier: BSD-2-Clause
 * Tables: output of `dsmc query ...` and of dsmadmc. A table is a state between its head and the
 * first line that can't be part of it; a row of a server's table may go on over several lines. */
#ifndef TSMP_TABLE_H
#define TSMP_TABLE_H

#include "line.h"

enum { TABLE_MAX_COLUMNS = 64, TABLE_MAX_FIELDS = 80, TABLE_MAX_LINES = 40 };

struct column {
    uint32_t from, to; /* cell's extent in the line: first byte, one past the last */
    uint16_t field;    /* TSMP_FIELD_..., or a name that the table brought (TSMP_FIELD_CUSTOM on) */
};

struct table {
    uint16_t format; /* TSMP_FORMAT_... of the table that is open, 0 = none */
    uint16_t count;
    uint64_t head_line; /* bytes and lines are the reader's business; this is for row records */
    struct column columns[TABLE_MAX_COLUMNS];
};

/* Lines that the reader holds, the oldest first, without their newlines. */
struct group_line {
    const char *text;
    size_t length;
};
struct group {
    struct group_line lines[TABLE_MAX_LINES];
    size_t count;
};

/* How many of the held lines belong together, from the first on: 1 for a line of its own, 0 when
 * the next line must be seen to tell. `last`: there is no next line, so never 0. Looks, changes
 * nothing, and depends on nothing but what is held. */
size_t table_frame(const struct line_state *state, const struct group *group, bool last);

/* Parse a line while a table is open; false: it is no part of the table, which is then closed. */
bool table_line(struct line *line);
/* A line that opens a table? Tried on lines that no other rule fits. */
bool table_head(struct line *line);

#endif
