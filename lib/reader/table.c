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
    if (line->facts == NULL)
        return line_client(state, line->text, line->length);
    if ((*line->facts & GROUP_ASKED) == 0)
        *line->facts |= line_client(state, line->text, line->length) ? GROUP_ASKED | GROUP_CLIENT
                                                                    : GROUP_ASKED;
    return (*line->facts & GROUP_CLIENT) != 0;
}

bool table_same_view(const struct line_state *a, const struct table *s, const struct line_state *b,
                     const struct table *t)
{
    return a->mode == b->mode && a->in_status == b->in_status && a->after_open == b->after_open &&
           a->name_open == b->name_open && a->foreign == b->foreign &&
           a->in_action == b->in_action && a->outcomes == b->outcomes && a->admin_sure == b->admin_sure &&
           a->decimal == b->decimal && a->have_last == b->have_last && a->format == b->format &&
           a->order.option == b->order.option &&
           memcmp(a->order.possible, b->order.possible, sizeof a->order.possible) == 0 &&
           s->format == t->format && s->room == t->room && s->shape == t->shape &&
           s->meaning == t->meaning && s->aside == t->aside && s->count == t->count &&
           s->query.forced == t->query.forced && s->query.asked == t->query.asked &&
           s->query.row_open == t->query.row_open && s->query.row_width == t->query.row_width &&
           s->query.colon == t->query.colon && s->query.row == t->query.row;
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
