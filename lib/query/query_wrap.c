/* SPDX-License-Identifier: BSD-2-Clause
 * Rows that the terminal broke: the rest of a name stands in the next line, without a mark. It is
 * put together with its row only where the options ask for that (`repair`), and then flagged. */
#include "query.h"

/* A terminal is no narrower: only a row that fills it can have been broken by it. */
enum { LEAST_WIDTH = 80 };

/* What query_frame() saw. */
enum { BROKEN_ROW = 32 };

/* Does it begin as rows do? Then it is a cut row, and nothing else's rest. */
static bool begins_row(const char *text, size_t length)
{
    size_t at = blanks_at(text, length, 0);
    if (STARTS(text + at, length - at, "API "))
        return true;
    size_t from = at;
    while (at < length && ((text[at] >= '0' && text[at] <= '9') || text[at] == ',' ||
                           text[at] == '.' || text[at] == '\''))
        at++;
    if (at == from || text[from] < '0' || text[from] > '9')
        return false;
    return at == length || blanks_at(text, length, at) > 1 || STARTS(text + at, length - at, " KB") ||
           STARTS(text + at, length - at, " B") || STARTS(text + at, length - at, " | ");
}

/* Columns on a terminal of UTF-8; in other encodings a little more than there are. */
static size_t width_of(const char *text, size_t length)
{
    size_t width = 0;
    for (size_t i = 0; i < length; i++)
        width += ((unsigned char)text[i] & 0xC0) != 0x80;
    return width;
}

bool wrap_rest(struct line *line)
{
    const struct query *query = &line->state->table->query;
    if (begins_row(line->text, line->length)) {
        line->record->kind = TSMP_KIND_UNKNOWN;
        line->record->why = TSMP_WHY_DAMAGED;
        return true;
    }
    if (!query->row_open || query->row_width < LEAST_WIDTH ||
        width_of(line->text, line->length) > query->row_width ||
        memchr(line->text, '\0', line->length) != NULL)
        return false;
    row_more(line);
    line->record->why = TSMP_WHY_NO_RULE;
    return true;
}

/* ---- put together ---------------------------------------------------------------------------- */

/* Lines that stand behind rows and are no rest of a name, whatever their length. */
static bool is_other(const char *text, size_t length)
{
    static const char *const starts[] = {
        "ANS", "ANE", "ANR", "Press '", "Protect>", "tsm>", "pick>", "Node Name:", "Accessing as node:",
        "Session established ", "Please enter ", "Total ", "Incremental backup ", "Successful ",
        "Retry # ", "Normal File-->", "Directory-->", "IBM ", "Tivoli ", "Terminated",
    };
    for (size_t i = 0; i < sizeof starts / sizeof *starts; i++) {
        size_t n = strlen(starts[i]);
        if (length >= n && memcmp(text, starts[i], n) == 0)
            return true;
    }
    size_t at = 0;
    while (at < length && (text[at] == ' ' || text[at] == '\t'))
        at++;
    return at == length || (at > 0 && detail_begins(text + at, length - at)) ||
           begins_row(text, length) || stamp_read(text, length, 0).length > 0 ||
           memchr(text, '\0', length) != NULL || query_words(text, length);
}

size_t query_frame(const struct line_state *state, struct group *group, bool last)
{
    const struct group_line *first = &group->lines[0];
    size_t width = first->length < LEAST_WIDTH || !state->join_names
                       ? 0 : width_of(first->text, first->length);
    if (width < LEAST_WIDTH || !begins_row(first->text, first->length))
        return 1;
    /* All pieces but the last fill the terminal, as the first does. */
    size_t count = 1;
    for (bool full = true; full; count++) {
        if (count == group->count && !last)
            return 0;
        if (count == group->count)
            break;
        const struct group_line *next = &group->lines[count];
        size_t n = width_of(next->text, next->length);
        if (n > width || is_other(next->text, next->length))
            break;
        full = n == width;
    }
    group->what = count > 1 ? BROKEN_ROW : 0;
    return count;
}

bool wrap_join(struct line *line)
{
    const struct group *group = line->group;
    if (group == NULL || group->what != BROKEN_ROW)
        return false;
    size_t length = 0;
    for (size_t i = 0; i < group->count; i++)
        length += group->lines[i].length;
    char *text = line_join(line, length);
    if (text == NULL)
        return false;
    line->text = text;
    line->length = length;
    for (size_t i = 0; i < group->count; i++) {
        memcpy(text, group->lines[i].text, group->lines[i].length);
        text += group->lines[i].length;
    }
    return true;
}

void wrap_mark(struct line *line, const char *text, size_t length)
{
    const tsmp_record *record = line->record;
    uint64_t join = (uint64_t)(line->text - line->base), own = (uint64_t)(text - line->base);
    for (uint32_t i = 0; i < record->field_count; i++) {
        tsmp_field *field = &line->batch->fields[record->first_field + i];
        if (field->text - join + field->length <= length)
            field->text = field->text - join + own;
        else
            field->flags |= TSMP_FLAG_JOINED;
    }
    line->record->flags |= TSMP_FLAG_JOINED;
    line->text = text;
    line->length = length;
}
