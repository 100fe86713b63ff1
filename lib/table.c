/* SPDX-License-Identifier: BSD-2-Clause
 * Who reads a table: the client's queries (query_*.c) or the server's output (server_*.c). Nothing
 * else is done here. */
#include "table.h"

size_t table_frame(const struct line_state *state, struct group *group, bool last)
{
    (void)state;
    (void)group;
    (void)last;
    return 1;
}

bool table_line(struct line *line)
{
    table_close(line->state->table);
    return false;
}

bool table_head(struct line *line)
{
    (void)line;
    return false;
}

void table_close(struct table *table)
{
    table->format = 0;
    table->room = TABLE_CLOSED;
    table->count = 0;
}
