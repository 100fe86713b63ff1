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
