/* SPDX-License-Identifier: BSD-2-Clause
 * Who reads a table: the client's queries (query_*.c) or the server's output (server_*.c). Nothing
 * else is done here. */
#include "query.h"
#include "server.h"

size_t table_frame(const struct line_state *state, struct group *group, bool last)
{
    if (state->foreign)
        return 1;
    return state->table->room == TABLE_QUERY ? query_frame(state, group, last)
                                             : server_frame(state, group, last);
}

bool group_client(const struct line_state *state, const struct group_line *line)
{
    enum { ASKED = 1, CLIENT = 2 };
    if (line->facts == NULL)
        return line_client(state, line->text, line->length);
    if ((*line->facts & ASKED) == 0)
        *line->facts = line_client(state, line->text, line->length) ? ASKED | CLIENT : ASKED;
    return (*line->facts & CLIENT) != 0;
}

bool table_line(struct line *line)
{
    return line->state->table->room == TABLE_QUERY ? query_line(line) : server_line(line);
}

bool table_head(struct line *line)
{
    return line->state->mode != LINE_ADMIN && query_head(line);
}

void table_passed(struct line *line)
{
    if (line->state->table->room != TABLE_SERVER)
        query_passed(line);
}

void table_close(struct table *table)
{
    table->format = 0;
    table->room = TABLE_CLOSED;
    table->count = 0;
}
