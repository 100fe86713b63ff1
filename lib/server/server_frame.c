/* SPDX-License-Identifier: BSD-2-Clause
 * Which lines of dsmadmc's output belong together, and who reads them. None of this is asked once
 * a stream is a backup client's console or a stamped log: names of objects could forge a head
 * there, and lines that count would be swallowed as its rows. */
#include "server.h"

bool server_format(uint32_t format)
{
    return format == TSMP_FORMAT_QUERY_EVENT || format == TSMP_FORMAT_ACTIVITY_LOG ||
           format == TSMP_FORMAT_SERVER_TABLE || format == TSMP_FORMAT_SERVER_LIST;
}

bool client_format(uint32_t format)
{
    return format != 0 && !server_format(format);
}

bool server_typed(const struct table *table)
{
    return table->room == TABLE_SERVER && table->shape == SHAPE_TABLE && table->meaning != MEANS_ROW;
}

void server_found(struct line *line, uint16_t format)
{
    struct line_state *state = line->state;
    state->mode = LINE_ADMIN;
    state->admin_sure |= format == TSMP_FORMAT_QUERY_EVENT || format == TSMP_FORMAT_ACTIVITY_LOG;
    state->table->aside = 0;
    if (state->table->room == TABLE_SERVER)
        state->table->format = format;
    line->record->format = state->forced_format != 0 ? (uint16_t)state->forced_format : format;
}

void server_joined(struct line *line, uint64_t first)
{
    const tsmp_record *record = line->record;
    for (uint64_t i = first; i < line->batch->view.field_count; i++) {
        tsmp_field *field = &line->batch->fields[i];
        if (field->text >= record->text &&
            field->text + field->length <= record->text + record->text_length)
            continue;
        field->flags |= TSMP_FLAG_JOINED;
        line->record->flags |= TSMP_FLAG_JOINED;
    }
}

/* A row of the open table? */
static size_t table_rows(const struct line_state *state, struct group *group, bool last)
{
    const struct table *table = state->table;
    struct column rule[2];
    size_t count = cells_row(table, group, last);
    if (count == SIZE_MAX || count == 0)
        return count;
    /* A rule right below: it was no row but the heading of another table. */
    bool typed = table->meaning != MEANS_ROW;
    if (!typed && count == 1 && group->count > 1 &&
        rule_read(group->lines[1].text, group->lines[1].length, rule, 2) > 0)
        return SIZE_MAX;
    group->what = SERVER_ROW;
    return count;
}

size_t server_frame(const struct line_state *state, struct group *group, bool last)
{
    const struct table *table = state->table;
    const struct group_line *first = &group->lines[0];
    if (blank_line(first->text, first->length) || client_format(state->forced_format))
        return 1;
    bool open = table->room == TABLE_SERVER && table->shape == SHAPE_TABLE;
    size_t count = admin_frame(state, group, last);
    if (count != SIZE_MAX) {
        group->what = SERVER_ADMIN;
        return count;
    }
    /* Only a look at the text told that this is the server's: then lines of a client are none of
     * its rows. */
    if ((!state->admin_sure && group_client(state, first)) ||
        (!server_typed(table) && line_logged(state, first->text, first->length)))
        return 1;
    if (open && (count = table_rows(state, group, last)) != SIZE_MAX)
        return count;
    if (admin_beside(first->text, first->length) ||
        group_client(state, first))
        return 1;
    static const struct {
        size_t (*frame)(const struct line_state *, struct group *, bool);
        uint8_t what;
    } others[] = {{values_frame, SERVER_VALUES}, {loose_frame, SERVER_LOOSE},
                  {head_frame, SERVER_HEAD},     {list_frame, SERVER_LIST}};
    for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
        /* A stamp that no row has: a log's. */
        if (i == 2 && stamp_read(first->text, first->length, 0).length > 0)
            return 1;
        count = others[i].frame(state, group, last);
        if (count == SIZE_MAX)
            continue;
        group->what = others[i].what;
        return count;
    }
    return 1;
}

static bool row_line(struct line *line)
{
    struct table *table = line->state->table;
    struct cell cells[TABLE_MAX_COLUMNS];
    bool sure = cells_join(line, table, cells);
    server_found(line, table->format);
    (void)row_add(line, (enum server_meaning)table->meaning, table->columns, cells, table->count);
    if (!sure)
        line->record->why = TSMP_WHY_DAMAGED;
    return true;
}

/* A line that is no part of the open table. */
static bool beside(struct line *line)
{
    struct table *table = line->state->table;
    /* A message may stand between rows. */
    if (line->state->mode == LINE_ADMIN && admin_beside(line->text, line->length))
        return false;
    table->aside = 0;
    /* Rows whose shape is known are known again behind a blank line; others could be anything. */
    if (line->state->mode != LINE_ADMIN ||
        (table->meaning == MEANS_ROW && table->shape != SHAPE_LIST))
        table_close(table);
    return false;
}

bool server_line(struct line *line)
{
    uint64_t first = line->batch->view.field_count;
    line->record->flags |= TSMP_FLAG_NO_TIME;
    bool good = false;
    switch (line->group != NULL ? line->group->what : SERVER_NOTHING) {
    case SERVER_HEAD: good = head_line(line); break;
    case SERVER_ROW: good = row_line(line); break;
    case SERVER_LIST: good = list_line(line); break;
    case SERVER_VALUES: good = values_line(line); break;
    case SERVER_LOOSE: good = loose_line(line); break;
    case SERVER_ADMIN: good = admin_line(line); break;
    default:
        line->record->flags &= ~(uint32_t)TSMP_FLAG_NO_TIME;
        return beside(line);
    }
    if (good) {
        server_joined(line, first);
        return true;
    }
    line->batch->view.field_count = first;
    line->record->field_count = 0;
    line->record->flags &= ~(uint32_t)TSMP_FLAG_NO_TIME;
    return false;
}
