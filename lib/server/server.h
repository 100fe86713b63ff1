/* SPDX-License-Identifier: BSD-2-Clause
 * What the server prints through dsmadmc: tables, lists, delimited rows, and the lines around them.
 *   server_frame    which lines belong together
 *   server_cells    columns from a rule of dashes, cells of lines
 *   server_pieces   values that go on in the lines below
 *   server_head     heads of tables: names of columns, what a table is
 *   server_row      cells to records: events, activity log, any other row
 *   server_list     LABEL: value
 *   server_values   -comma and -tab, and rows without a head
 *   server_message  messages of the activity log
 *   server_admin    banner, prompts, answers of the administrative client */
#ifndef TSMP_SERVER_H
#define TSMP_SERVER_H

#include "table.h"

/* What server_frame() saw (group->what). */
enum server_what {
    SERVER_NOTHING,
    SERVER_HEAD,
    SERVER_ROW,
    SERVER_LIST,
    SERVER_VALUES, /* delimited */
    SERVER_LOOSE,  /* a row without a head */
    SERVER_ADMIN,  /* a prompt with what was typed, the banner, the pager, a box's edge */
};

/* How the rows of the open table are laid out. */
enum server_shape { SHAPE_TABLE = 1, SHAPE_LIST, SHAPE_VALUES, SHAPE_LOOSE };

/* What a row is. */
enum server_meaning { MEANS_ROW, MEANS_EVENT, MEANS_MESSAGE };

/* What a column is in it. */
enum server_role {
    ROLE_OTHER, ROLE_DATE, ROLE_MESSAGE, ROLE_DOMAIN, ROLE_SCHEDULE, ROLE_NODE, ROLE_SCHEDULED,
    ROLE_ACTUAL, ROLE_COMPLETED, ROLE_STATUS, ROLE_RESULT, ROLE_REASON, ROLE_SESSION, ROLE_COUNT
};

struct cell {
    const char *text;
    size_t length;
    size_t doubt; /* one past the first place where the pieces may have been put together wrongly;
                     0 = there is none */
};

/* ---- server_cells.c ---------------------------------------------------------------------------- */

/* Columns of a rule ("-----  ---"); 0 = it is none. */
size_t rule_read(const char *text, size_t length, struct column *columns, size_t capacity);
/* A box's edge, "+----+". */
bool box_edge(const char *text, size_t length);
/* The inner text of a line of a box, when the line is one. */
bool box_inner(struct group_line *line);
/* Cut a line into the cells of the columns, blanks at their ends taken off. False: where a cell
 * ends can't be told (the line is cut at the best place all the same). */
bool cells_cut(const struct column *columns, size_t count, const char *text, size_t length,
               struct cell *cells);
/* A date alone, a time alone. */
bool date_alone(const char *text, size_t length);
bool time_alone(const char *text, size_t length);

/* ---- server_pieces.c --------------------------------------------------------------------------- */

/* How many of the lines, from the first on, make a row; 0 = the next must be seen, SIZE_MAX = no
 * row begins here. */
size_t cells_row(const struct table *table, const struct group *group, bool last);
/* The cells of such a row (line->group), put together. False: where cells end can't be told. */
bool cells_join(struct line *line, const struct table *table, struct cell *cells);
/* One more piece of a value behind what stands in `to`, which has room for it and a blank. `edge`:
 * the piece before it ends in the last place of its cell, so a "-" there is the mark of a broken
 * word; or a real one: which can't be seen, and *doubt becomes where. The new length. */
size_t piece_append(char *to, size_t used, const struct cell *piece, bool edge, size_t *doubt);

/* ---- server_head.c ----------------------------------------------------------------------------- */

size_t head_frame(const struct line_state *state, struct group *group, bool last);
bool head_line(struct line *line);
enum server_role role_of(const char *name, size_t length);
/* What a table with these columns is. */
enum server_meaning meaning_of(const uint8_t *roles, size_t count);
uint16_t format_of(enum server_meaning meaning, enum server_shape shape);

/* ---- server_row.c ------------------------------------------------------------------------------ */

/* One record out of cells; roles and fields are those of the columns. */
bool row_add(struct line *line, enum server_meaning meaning, const struct column *columns,
             const struct cell *cells, size_t count);
/* A field id for column `index` that has no name. */
uint16_t row_unnamed(struct line *line, size_t index);
bool status_known(const char *text, size_t length);
/* Date and time, fractions of a second too. */
struct stamp server_stamp(const char *text, size_t length, uint32_t known);

/* ---- server_message.c -------------------------------------------------------------------------- */

/* Bytes of a code at the start of text, 0 = none. */
size_t server_code(const char *text, size_t length);
bool message_add(struct line *line, const struct cell *message, const struct cell *node,
                 const struct cell *session, const struct cell *schedule);
/* Does the code stand for a fact that the activity log keeps (ANE, sessions, schedules)? */
bool message_keeps(const char *code);

/* ---- server_list.c ----------------------------------------------------------------------------- */

size_t list_frame(const struct line_state *state, struct group *group, bool last);
bool list_line(struct line *line);

/* ---- server_values.c --------------------------------------------------------------------------- */

size_t values_frame(const struct line_state *state, struct group *group, bool last);
bool values_line(struct line *line);
size_t loose_frame(const struct line_state *state, struct group *group, bool last);
bool loose_line(struct line *line);

/* ---- server_admin.c ---------------------------------------------------------------------------- */

size_t admin_frame(const struct line_state *state, struct group *group, bool last);
bool admin_line(struct line *line);
/* A line of the administrative client that no table can hold: an order, an answer, the pager. */
bool admin_beside(const char *text, size_t length);
/* Parse an unstamped line where dsmadmc is known to be, or found out here. */
bool admin_parse(struct line *line);

/* ---- server_frame.c ---------------------------------------------------------------------------- */

/* Is it one of the server's formats, or one that never holds any of these? */
bool server_format(uint32_t format);
bool client_format(uint32_t format);
size_t server_frame(const struct line_state *state, struct group *group, bool last);
bool server_line(struct line *line);
/* Is a table with a head open, and its rows known by their shape? */
bool server_typed(const struct table *table);
/* The stream is dsmadmc's. */
void server_found(struct line *line, uint16_t format);
/* Flag what lies in text put together. */
void server_joined(struct line *line, uint64_t first);

static inline bool blank_line(const char *text, size_t length)
{
    for (size_t i = 0; i < length; i++)
        if (text[i] != ' ' && text[i] != '\t' && text[i] != '\r')
            return false;
    return true;
}

static inline struct cell cell_trim(const char *text, size_t length)
{
    while (length > 0 && (*text == ' ' || *text == '\t'))
        text++, length--;
    while (length > 0 && (text[length - 1] == ' ' || text[length - 1] == '\t' || text[length - 1] == '\r'))
        length--;
    return (struct cell){text, length, 0};
}

#endif
