/* SPDX-License-Identifier: BSD-2-Clause
 * List form: a row too wide for the screen is printed as "LABEL: value" lines, labels right-aligned,
 * a blank line behind each row (or none, where somebody took it off: then the first label comes
 * again). A column without a value leaves "LABEL:", or no line at all. */
#include "server.h"

enum { LABEL_MAX = 64 };

struct label {
    struct cell name, value;
    size_t colon;
};

/* What the names of columns hold; a blank is not among it. */
static bool is_word(char c)
{
    switch (c) {
    case '_': case '(': case ')': case '[': case ']': case '/': case '-': case '.': case '#':
    case '%': case '*': case '+': case ',': case '\'': case '&': case '?': return true;
    default:
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
               (c & 0x80) != 0;
    }
}

/* "  LABEL: value". Labels have words with one blank between; those of the client's own lists end
 * in dots or blanks before the colon, and are not of this form. */
static bool label_read(const struct group_line *line, struct label *label)
{
    size_t from = 0;
    while (from < line->length && line->text[from] == ' ')
        from++;
    size_t at = from;
    if (at == line->length || line->text[at] == '-' || line->text[at] == '.' ||
        memchr(line->text + at, ':', line->length - at) == NULL)
        return false;
    for (; at < line->length && line->text[at] != ':'; at++) {
        char c = line->text[at];
        if ((!is_word(c) && c != ' ') || (c == ' ' && line->text[at - 1] == ' '))
            return false;
    }
    if (at == line->length || at == from || at - from > LABEL_MAX)
        return false;
    char end = line->text[at - 1];
    if (end == ' ' || end == '.' || (at + 1 < line->length && line->text[at + 1] != ' '))
        return false;
    label->name = (struct cell){line->text + from, at - from, 0};
    label->value = cell_trim(line->text + at + 1, line->length - at - 1);
    label->colon = at;
    return !line_statistic_label(line->text + from, line->length - from);
}

static bool same(const struct cell *a, const struct cell *b)
{
    return a->length == b->length && memcmp(a->text, b->text, a->length) == 0;
}

/* A value that went on in the next line stands under itself. */
static bool value_goes_on(const struct group_line *line, size_t colon)
{
    size_t at = 0;
    while (at < line->length && line->text[at] == ' ')
        at++;
    return at > colon + 1 && at < line->length;
}

static bool near(size_t a, size_t b)
{
    return a == b || a + 1 == b || b + 1 == a;
}

/* Does the list's first row begin here? Two labels, aligned, or a date and its message. */
static bool begins(const struct line_state *state, const struct label *first,
                   const struct label *second)
{
    if (role_of(first->name.text, first->name.length) == ROLE_DATE &&
        role_of(second->name.text, second->name.length) == ROLE_MESSAGE)
        return server_code(second->value.text, second->value.length) > 0;
    if (same(&first->name, &second->name))
        return false;
    return first->colon == second->colon ||
           (state->mode == LINE_ADMIN && near(first->colon, second->colon));
}

size_t list_frame(const struct line_state *state, struct group *group, bool last)
{
    const struct table *table = state->table;
    struct label first, label;
    if (!label_read(&group->lines[0], &first))
        return SIZE_MAX;
    bool open = table->room == TABLE_SERVER && table->shape == SHAPE_LIST;
    bool alone = state->mode == LINE_ADMIN && table->select_count == 1 && first.value.length > 0;
    bool again = false;
    for (size_t i = 0; open && i < table->count; i++)
        again |= table->columns[i].from == first.colon;
    size_t count = group->asked == SERVER_LIST && group->known > 1 ? group->known : 1;
    for (; count < group->count; count++) {
        const struct group_line *line = &group->lines[count];
        if (!label_read(line, &label)) {
            if (!blank_line(line->text, line->length) && value_goes_on(line, first.colon) &&
                (count > 1 || again))
                continue;
            break;
        }
        if (count == 1 ? !begins(state, &first, &label) : !near(label.colon, first.colon))
            break;
        if (same(&label.name, &first.name))
            break;
    }
    if (count == group->count && !last)
        return 0;
    return count > 1 || alone || again ? count : SIZE_MAX;
}

/* The value whose first line is `from`, with the lines below that have no label. */
static struct cell join_value(struct line *line, size_t from, size_t to, struct cell value)
{
    const struct group *group = line->group;
    size_t bytes = 0;
    for (size_t i = from; i < to; i++)
        bytes += group->lines[i].length + 1;
    char *room = line_join(line, bytes);
    if (room == NULL)
        return value;
    memcpy(room, value.text, value.length);
    size_t used = value.length, doubt = 0;
    for (size_t i = from + 1; i < to; i++) {
        struct cell more = cell_trim(group->lines[i].text, group->lines[i].length);
        used = piece_append(room, used, &more, false, &doubt);
    }
    return (struct cell){room, used, doubt};
}

static uint16_t label_field(struct line *line, const struct column *columns, size_t count,
                            const struct cell *name)
{
    uint16_t id = line_name(line, name->text, name->length);
    char numbered[LABEL_MAX + 3];
    for (unsigned n = 2; n < 10 && id != 0; n++) {
        bool taken = false;
        for (size_t i = 0; i < count; i++)
            taken |= columns[i].field == id;
        if (!taken)
            break;
        memcpy(numbered, name->text, name->length);
        numbered[name->length] = ' ';
        numbered[name->length + 1] = (char)('0' + n);
        id = line_name(line, numbered, name->length + 2);
    }
    return id != 0 ? id : TSMP_FIELD_VALUE;
}

bool list_line(struct line *line)
{
    struct table *table = line->state->table;
    const struct group *group = line->group;
    struct column columns[TABLE_MAX_LINES];
    struct cell cells[TABLE_MAX_LINES];
    uint8_t roles[TABLE_MAX_LINES] = {0};
    size_t count = 0;
    for (size_t i = 0; i < group->count;) {
        struct label label, next;
        if (!label_read(&group->lines[i], &label))
            return false;
        size_t to = i + 1;
        while (to < group->count && !label_read(&group->lines[to], &next))
            to++;
        uint16_t field = label_field(line, columns, count, &label.name);
        columns[count] = (struct column){.from = (uint32_t)label.colon, .field = field};
        columns[count].role = roles[count] = (uint8_t)role_of(label.name.text, label.name.length);
        if (line->nomem)
            return false;
        cells[count] = label.value;
        if (i > 0 || to > i + 1)
            cells[count] = join_value(line, i, to, label.value);
        count++;
        i = to;
    }
    enum server_meaning meaning = meaning_of(roles, count);
    table_close(table);
    table->room = TABLE_SERVER;
    table->shape = SHAPE_LIST;
    table->meaning = (uint8_t)meaning;
    table->count = 1;
    /* cppcheck-suppress uninitvar ; a group has a line at least */
    table->columns[0] = columns[0];
    server_found(line, format_of(meaning, SHAPE_LIST));
    return row_add(line, meaning, columns, cells, count);
}
