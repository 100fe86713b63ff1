/* SPDX-License-Identifier: BSD-2-Clause
 * Rows without a head: -comma (quoted as in RFC 4180, a quoted newline too) and -tab, and rows of a
 * table of which the head was left out (-dataonly). What nothing has named is a row only where its
 * shape leaves no doubt. */
#include "server.h"

#include <stdio.h>

enum { QUOTED_LINES = 16 };

struct values {
    struct cell cells[TABLE_MAX_COLUMNS];
    size_t count;
    size_t first_code, first_stamp; /* index of the first such field, SIZE_MAX = none */
    size_t micros;                  /* fields with a time of a SELECT */
    size_t status;                  /* index of a known status, SIZE_MAX = none */
    bool open;                      /* a quotation is not closed */
    bool odd;                       /* quoted otherwise than is allowed, or too many fields */
    bool escaped;                   /* a quote stands doubled in a field */
};

/* ---- delimited ----------------------------------------------------------------------------------- */

/* The end of a quoted field that begins at `at`; the cell is what stands between the quotes. */
static size_t quoted(const char *text, size_t length, size_t at, struct values *values,
                     struct cell *cell)
{
    size_t from = at + 1, to = from;
    for (;; to++) {
        if (to >= length) {
            values->open = true;
            break;
        }
        if (text[to] != '"')
            continue;
        if (to + 1 >= length || text[to + 1] != '"')
            break;
        values->escaped = true;
        to++;
    }
    if (to > length)
        to = length;
    *cell = (struct cell){text + from, to - from, 0};
    return to < length ? to + 1 : length;
}

static void look(struct values *values, const struct cell *cell)
{
    size_t index = values->count;
    struct stamp stamp = server_stamp(cell->text, cell->length, 0);
    if (stamp.length > 0 && stamp.length == cell->length) {
        if (values->first_stamp == SIZE_MAX)
            values->first_stamp = index;
        values->micros += cell->length == 26 && cell->text[19] == '.';
    }
    if (server_code(cell->text, cell->length) > 0 && values->first_code == SIZE_MAX)
        values->first_code = index;
    if (status_known(cell->text, cell->length) && values->status == SIZE_MAX)
        values->status = index;
}

static void split(const char *text, size_t length, char separator, struct values *values)
{
    values->count = values->micros = 0;
    values->first_code = values->first_stamp = values->status = SIZE_MAX;
    values->open = values->odd = values->escaped = false;
    size_t at = 0;
    for (;;) {
        struct cell cell = {text + at, 0, 0};
        if (separator == ',' && at < length && text[at] == '"')
            at = quoted(text, length, at, values, &cell);
        size_t plain = at;
        while (at < length && text[at] != separator)
            at++;
        if (cell.text == text + plain)
            cell.length = at - plain;
        else if (at > plain) {
            /* Something behind the closing quote: not by the book, so nothing is taken off. */
            values->odd = true;
            cell = (struct cell){cell.text - 1, (size_t)(text + at - cell.text) + 1, 0};
        }
        if (values->count < TABLE_MAX_COLUMNS) {
            look(values, &cell);
            values->cells[values->count++] = cell;
        } else {
            values->odd = true;
        }
        if (at >= length)
            return;
        at++;
    }
}

/* The rows of events in full: domain, schedule, node, three times, status, result, reason. */
static const uint8_t event_roles[] = {ROLE_DOMAIN, ROLE_SCHEDULE, ROLE_NODE, ROLE_SCHEDULED,
                                      ROLE_ACTUAL, ROLE_COMPLETED, ROLE_STATUS, ROLE_RESULT,
                                      ROLE_REASON};
/* The short ones, and those of administrative schedules. */
static const uint8_t short_roles[] = {ROLE_SCHEDULED, ROLE_ACTUAL, ROLE_SCHEDULE, ROLE_NODE,
                                      ROLE_STATUS};
static const uint8_t admin_roles[] = {ROLE_SCHEDULED, ROLE_ACTUAL, ROLE_SCHEDULE, ROLE_STATUS};

static bool time_or_empty(const struct cell *cell)
{
    return cell->length == 0 || server_stamp(cell->text, cell->length, 0).length == cell->length;
}

static bool number_or_empty(const struct cell *cell)
{
    for (size_t i = cell->length > 1 && cell->text[0] == '-' ? 1 : 0; i < cell->length; i++)
        if (cell->text[i] < '0' || cell->text[i] > '9')
            return false;
    return true;
}

/* Roles of the fields when they are those of an event; how many fields are part of it. */
static const uint8_t *event_shape(const struct values *values, size_t *count)
{
    const struct cell *cells = values->cells;
    *count = values->count;
    if (values->count >= sizeof event_roles && time_or_empty(&cells[3]) && time_or_empty(&cells[4]) &&
        time_or_empty(&cells[5]) && cells[1].length > 0 && number_or_empty(&cells[7]) &&
        (values->status == 6 || (values->first_stamp >= 3 && values->first_stamp <= 5)) &&
        cells[6].length > 0) {
        *count = sizeof event_roles;
        return event_roles;
    }
    bool dated = values->count > 2 && values->first_stamp == 0 && time_or_empty(&cells[1]);
    if (dated && values->count == sizeof short_roles && values->status == 4)
        return short_roles;
    if (dated && values->count == sizeof admin_roles && values->status == 3)
        return admin_roles;
    return NULL;
}

/* Is there no doubt that this is a row of the server's? */
static bool certain(const struct values *values)
{
    size_t count;
    if (values->count < 2)
        return false;
    if (values->first_stamp == 0 && values->first_code != SIZE_MAX)
        return true;
    return values->micros > 0 || event_shape(values, &count) != NULL;
}

static char separator_of(const struct line_state *state, const struct group_line *line)
{
    const struct table *table = state->table;
    if (table->room == TABLE_SERVER && table->shape == SHAPE_VALUES)
        return table->separator;
    return memchr(line->text, '\t', line->length) != NULL ? '\t' : ',';
}

/* A new row, message or log line begins here: then a quotation before it was never closed. */
static bool begins_anew(const struct group_line *line)
{
    size_t look = line->length < 26 ? line->length : 26;
    return admin_beside(line->text, line->length) || server_stamp(line->text, look, 0).length > 0 ||
           stamp_read(line->text, line->length < 19 ? line->length : 19, 0).length > 0;
}

/* Lines of one row: one, or more where a newline is quoted. 0: the next must be seen. */
static size_t quoted_lines(const struct group *group, char separator, bool last,
                           struct values *values)
{
    const struct group_line *first = &group->lines[0];
    split(first->text, first->length, separator, values);
    if (!values->open)
        return 1;
    /* Only quotes count, so the lines are looked at one by one and never put together here. */
    for (size_t i = 1; i < group->count && i < QUOTED_LINES; i++) {
        const struct group_line *line = &group->lines[i];
        if (begins_anew(line))
            return 1;
        size_t quotes = 0;
        for (size_t k = 0; k < line->length; k++)
            quotes += line->text[k] == '"';
        if (quotes % 2 == 1)
            return i + 1;
    }
    return last || group->count >= QUOTED_LINES ? 1 : 0;
}

size_t values_frame(const struct line_state *state, struct group *group, bool last)
{
    const struct table *table = state->table;
    bool open = table->room == TABLE_SERVER && table->shape == SHAPE_VALUES;
    const struct group_line *line = &group->lines[0];
    char separator = separator_of(state, line);
    struct values values;
    bool has = memchr(line->text, separator, line->length) != NULL;
    /* One value alone can only be told by what was asked for. */
    if (!has && !((table->aside == 1 || (open && table->count == 1)) && table->select_count == 1 &&
                  state->mode == LINE_ADMIN))
        return SIZE_MAX;
    size_t count = quoted_lines(group, separator, last, &values);
    bool forced = server_format(state->forced_format);
    bool asked = state->mode == LINE_ADMIN && (table->aside == 1 || open);
    bool named = table->select_count > 0 && (open || values.count == table->select_count);
    bool like = open && values.count == table->count;
    if (certain(&values) || (forced && values.count > 1) ||
        (asked && (named || like || values.first_stamp != SIZE_MAX)))
        return count;
    /* A row that lacks its end, or has a comma too many. */
    if (open && separator == '\t' && values.count > 1)
        return count;
    return open && values.count + 1 >= table->count && values.count > 2 ? count : SIZE_MAX;
}

/* The lines of the group as one text, in joined room. */
static struct cell whole(struct line *line)
{
    const struct group *group = line->group;
    if (group->count == 1)
        return (struct cell){line->text, line->length, 0};
    size_t length = 0, used = 0;
    for (size_t i = 0; i < group->count; i++)
        length += group->lines[i].length + 1;
    char *room = line_join(line, length);
    if (room == NULL)
        return (struct cell){line->text, line->length, 0};
    for (size_t i = 0; i < group->count; i++) {
        if (i > 0)
            room[used++] = '\n';
        memcpy(room + used, group->lines[i].text, group->lines[i].length);
        used += group->lines[i].length;
    }
    return (struct cell){room, used, 0};
}

/* Doubled quotes stand for one. */
static void unescape(struct line *line, struct cell *cell)
{
    size_t at = 0;
    while (at + 1 < cell->length && !(cell->text[at] == '"' && cell->text[at + 1] == '"'))
        at++;
    if (at + 1 >= cell->length)
        return;
    char *room = line_join(line, cell->length);
    if (room == NULL)
        return;
    size_t used = 0;
    for (size_t i = 0; i < cell->length; i++) {
        room[used++] = cell->text[i];
        i += cell->text[i] == '"' && i + 1 < cell->length && cell->text[i + 1] == '"';
    }
    *cell = (struct cell){room, used, 0};
}

static const uint16_t role_fields[ROLE_COUNT] = {
    [ROLE_DATE] = TSMP_FIELD_TIME,           [ROLE_MESSAGE] = TSMP_FIELD_TEXT,
    [ROLE_DOMAIN] = TSMP_FIELD_DOMAIN,       [ROLE_SCHEDULE] = TSMP_FIELD_SCHEDULE,
    [ROLE_NODE] = TSMP_FIELD_NODE,           [ROLE_SCHEDULED] = TSMP_FIELD_SCHEDULED,
    [ROLE_ACTUAL] = TSMP_FIELD_ACTUAL,       [ROLE_COMPLETED] = TSMP_FIELD_COMPLETED,
    [ROLE_STATUS] = TSMP_FIELD_STATUS,       [ROLE_RESULT] = TSMP_FIELD_RESULT,
    [ROLE_REASON] = TSMP_FIELD_REASON,       [ROLE_SESSION] = TSMP_FIELD_SESSION,
};

/* Roles of a row's fields, by what was asked for or by their shape. */
static enum server_meaning give_roles(const struct table *table, struct values *values,
                                      struct column *columns, bool *damaged)
{
    size_t count;
    bool open = table->room == TABLE_SERVER && table->shape == SHAPE_VALUES;
    if (table->select_count > 0 && (table->select_count == values->count ||
                                    (open && values->count < table->select_count))) {
        *damaged |= table->select_count != values->count;
        for (size_t i = 0; i < values->count; i++)
            columns[i] = (struct column){.field = table->select[i], .role = table->select_role[i]};
        return (enum server_meaning)table->select_meaning;
    }
    for (size_t i = 0; i < values->count; i++)
        columns[i] = (struct column){.role = ROLE_OTHER};
    if (values->first_stamp == 0 && values->first_code != SIZE_MAX) {
        struct cell *message = &values->cells[values->first_code], *end = &values->cells[values->count - 1];
        columns[0].role = ROLE_DATE;
        columns[values->first_code].role = ROLE_MESSAGE;
        if (values->first_code == 1 && message < end && message->text[-1] != '"') {
            /* A comma that is not quoted: the message stands last, so it takes what is left. */
            message->length = (size_t)(end->text - message->text) + end->length;
            values->count = 2;
            *damaged = true;
        }
        return MEANS_MESSAGE;
    }
    const uint8_t *roles = event_shape(values, &count);
    /* Behind whole rows one that lacks its end: what is there still stands in its place. */
    if (roles == NULL && open && table->meaning == MEANS_EVENT &&
        table->count == sizeof event_roles && count < table->count) {
        roles = event_roles;
        *damaged = true;
    }
    if (roles == NULL)
        return MEANS_ROW;
    if (count < values->count) {
        /* A comma too many: the reason stands last, so it takes what is left; told all the same. */
        struct cell *reason = &values->cells[count - 1], *end = &values->cells[values->count - 1];
        reason->length = (size_t)(end->text - reason->text) + end->length;
        values->count = count;
        *damaged = true;
    }
    for (size_t i = 0; i < count; i++)
        columns[i] = (struct column){.field = role_fields[roles[i]], .role = roles[i]};
    return MEANS_EVENT;
}

bool values_line(struct line *line)
{
    struct table *table = line->state->table;
    struct column columns[TABLE_MAX_COLUMNS];
    struct values values;
    struct group_line raw = {line->text, line->length};
    char separator = separator_of(line->state, &raw);
    bool open = table->room == TABLE_SERVER && table->shape == SHAPE_VALUES;
    struct cell text = whole(line);
    split(text.text, text.length, separator, &values);
    bool damaged = values.open || values.odd;
    enum server_meaning meaning = give_roles(table, &values, columns, &damaged);
    for (size_t i = 0; i < values.count; i++) {
        if (values.escaped)
            unescape(line, &values.cells[i]);
        if (columns[i].field == 0)
            columns[i].field = row_unnamed(line, i);
    }
    if (line->nomem)
        return false;
    damaged |= open && table->meaning == meaning && table->count != values.count;
    if (!open || meaning != table->meaning)
        table->count = (uint16_t)values.count;
    table->room = TABLE_SERVER;
    table->shape = SHAPE_VALUES;
    table->meaning = (uint8_t)meaning;
    table->separator = separator;
    server_found(line, format_of(meaning, SHAPE_VALUES));
    (void)row_add(line, meaning, columns, values.cells, values.count);
    if (damaged)
        line->record->why = TSMP_WHY_DAMAGED;
    return true;
}

/* ---- rows of a table whose head is not there ------------------------------------------------------- */

/* The stamp in front of a row, with fractions or without. */
static size_t stamp_front(const struct group_line *line)
{
    size_t end = line->length < 26 ? line->length : 26;
    if (end == 26 && (line->length == 26 || line->text[26] == ' ') &&
        server_stamp(line->text, 26, 0).length == 26)
        return 26;
    return stamp_read(line->text, line->length, 0).length;
}

static size_t blanks_at(const struct group_line *line, size_t at)
{
    size_t from = at;
    while (at < line->length && line->text[at] == ' ')
        at++;
    return at - from;
}

/* "STAMP  ANR0403I ...": where the message begins, 0 = it is none. */
static size_t loose_message(const struct group_line *line)
{
    size_t stamp = stamp_front(line);
    if (stamp == 0)
        return 0;
    size_t at = stamp + blanks_at(line, stamp);
    return at > stamp && server_code(line->text + at, line->length - at) > 0 ? at : 0;
}

/* "STAMP [STAMP] SCHEDULE [NODE] STATUS", the status a known one. */
static bool loose_event(const struct group_line *line, struct values *values)
{
    enum { NO_START = 15 };
    size_t stamp = stamp_front(line);
    if (stamp == 0)
        return false;
    struct group_line rest = {line->text + stamp, line->length - stamp};
    size_t gap = blanks_at(&rest, 0);
    rest.text += gap;
    rest.length = trim_end(rest.text, rest.length - gap);
    *values = (struct values){.cells = {{line->text, stamp, 0}}, .count = 2};
    size_t actual = stamp_read(rest.text, rest.length, 0).length;
    values->cells[1] = (struct cell){rest.text, actual, 0};
    if (actual == 0 && gap < NO_START)
        return false; /* a copy whose blanks were lost */
    rest.text += actual;
    rest.length -= actual;
    while (values->count < 4) {
        size_t skip = blanks_at(&rest, 0);
        rest.text += skip;
        rest.length -= skip;
        struct cell status = {rest.text, rest.length, 0};
        if (values->count > 2 && status_known(status.text, status.length))
            break;
        size_t n = 0;
        while (n < rest.length && rest.text[n] != ' ')
            n++;
        if (n == 0)
            return false;
        values->cells[values->count++] = (struct cell){rest.text, n, 0};
        rest.text += n;
        rest.length -= n;
    }
    size_t skip = blanks_at(&rest, 0);
    values->cells[values->count++] = (struct cell){rest.text + skip, rest.length - skip, 0};
    return status_known(rest.text + skip, rest.length - skip);
}

size_t loose_frame(const struct line_state *state, struct group *group, bool last)
{
    (void)state;
    struct values values;
    size_t message = loose_message(&group->lines[0]);
    if (message == 0)
        return loose_event(&group->lines[0], &values) ? 1 : SIZE_MAX;
    size_t first = group->asked == SERVER_LOOSE && group->known > 1 ? group->known : 1;
    for (size_t i = first; i < group->count; i++) {
        const struct group_line *line = &group->lines[i];
        if (blank_line(line->text, line->length) || blanks_at(line, 0) + 1 < message)
            return i;
    }
    return last ? group->count : 0;
}

/* The pieces of a message: there is no rule, so the longest one shows how wide the cell is. */
static struct cell loose_join(struct line *line, size_t from)
{
    const struct group *group = line->group;
    size_t bytes = 0, edge = 0;
    for (size_t i = 0; i < group->count; i++) {
        size_t end = trim_end(group->lines[i].text, group->lines[i].length);
        bytes += group->lines[i].length + 1;
        edge = end > edge ? end : edge;
    }
    char *room = group->count > 1 ? line_join(line, bytes) : NULL;
    struct cell message = cell_trim(line->text + from, line->length - from);
    if (room == NULL)
        return message;
    size_t used = 0, doubt = 0;
    for (size_t i = 0; i < group->count; i++) {
        const struct group_line *piece = &group->lines[i];
        size_t skip = i == 0 ? from : 0;
        struct cell cell = cell_trim(piece->text + skip, piece->length - skip);
        size_t before = i > 0 ? trim_end(piece[-1].text, piece[-1].length) : 0;
        used = piece_append(room, used, &cell, before == edge, &doubt);
    }
    return (struct cell){room, used, doubt};
}

bool loose_line(struct line *line)
{
    struct table *table = line->state->table;
    const struct group_line first = {line->text, line->length};
    struct column columns[5];
    struct values values;
    size_t message = loose_message(&first);
    const uint8_t *roles = NULL;
    static const uint8_t message_roles[] = {ROLE_DATE, ROLE_MESSAGE};
    if (message > 0) {
        values.cells[0] = (struct cell){line->text, stamp_front(&first), 0};
        values.cells[1] = loose_join(line, message);
        values.count = 2;
        roles = message_roles;
    } else {
        (void)loose_event(&first, &values);
        roles = values.count == sizeof short_roles ? short_roles : admin_roles;
    }
    for (size_t i = 0; i < values.count; i++)
        columns[i] = (struct column){.field = role_fields[roles[i]], .role = roles[i]};
    enum server_meaning meaning = message > 0 ? MEANS_MESSAGE : MEANS_EVENT;
    table_close(table);
    table->room = TABLE_SERVER;
    table->shape = SHAPE_LOOSE;
    table->meaning = (uint8_t)meaning;
    server_found(line, format_of(meaning, SHAPE_LOOSE));
    return row_add(line, meaning, columns, values.cells, values.count);
}
