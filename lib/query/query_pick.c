/* SPDX-License-Identifier: BSD-2-Clause
 * The window of `restore -pick`: numbered versions to choose from. Not `query backup`: the date
 * stands first, and sizes have decimals. */
#include "query.h"

static bool add_text(struct line *line, const char *name, const char *text, size_t length)
{
    uint16_t id = line_name(line, name, strlen(name));
    if (id != 0)
        line_add_text(line, id, text, length);
    return !line->nomem;
}

/* "   170. | 12-09-2031 19:57:09       2.74 KB  A   /fen/inittab" */
bool pick_row(struct line *line)
{
    const char *text = line->text;
    size_t length = line->length, at = blanks_at(text, length, 0);
    const char *number_text = text + at;
    size_t digits = 0;
    while (at + digits < length && number_text[digits] >= '0' && number_text[digits] <= '9')
        digits++;
    struct number number = number_read(number_text, digits, true, 0);
    at += digits;
    if (digits == 0 || length - at < 5 || memcmp(text + at, ". | ", 4) != 0)
        return false;
    at += 4;
    at += blanks_at(text, length, at);
    const char *time_text = text + at;
    struct stamp stamp = order_read(&line->state->order, time_text, length - at);
    at += stamp.length;
    size_t gap = blanks_at(text, length, at);
    at += gap;
    const char *size_text = text + at;
    struct quantity size = quantity_read(size_text, length - at, line->state->decimal);
    at += size.length;
    size_t after = blanks_at(text, length, at);
    at += after;
    if (stamp.length == 0 || gap == 0 || size.length == 0 || size.unit != TSMP_WORD_BYTES || after == 0 ||
        length - at < 5 || (text[at] != 'A' && text[at] != 'I') || memcmp(text + at + 1, "   ", 3) != 0)
        return false;
    uint16_t number_id = line_name(line, "#", 1);
    uint16_t time_id = line_name(line, "Backup Date/Time", 16);
    uint16_t size_id = line_name(line, "File Size", 9);
    if (line->nomem)
        return false;
    row_made(line, TSMP_KIND_TABLE_ROW);
    if (size_text[size.length - 2] != ' ')
        line->record->flags |= TSMP_FLAG_ROUNDED;
    line->record->flags |= number.flags | size.number.flags;
    if (number_id != 0)
        line_add_number(line, number_id, &number, number_text, digits);
    size_t time_length = stamp.length;
    row_stamp(line, time_text, time_length, &stamp);
    if (time_id != 0)
        row_add_time(line, time_id, &stamp, time_text, time_length);
    if (size_id != 0)
        line_add_number(line, size_id, &size.number, size_text, size.length);
    return add_text(line, "A/I", text + at, 1) && add_text(line, "File", text + at + 4, length - at - 4);
}

/* The ruler below the rows: "0---------10--------20---". */
static bool is_ruler(const char *text, size_t length)
{
    size_t at = blanks_at(text, length, 0);
    if (!STARTS(text + at, length - at, "0---------10---"))
        return false;
    for (; at < length; at++)
        if (text[at] != '-' && !(text[at] >= '0' && text[at] <= '9'))
            return false;
    return true;
}

bool pick_line(struct line *line)
{
    const char *text = line->text;
    size_t length = trim_end(text, line->length);
    if (is_ruler(text, length)) {
        line->record->kind = TSMP_KIND_TABLE_HEAD;
        line_add_text(line, TSMP_FIELD_TEXT, text, length);
        return true;
    }
    /* "<U>=Up  <D>=Down": what may be typed */
    if (length < 5 || text[0] != '<' || memchr(text, '=', length) == NULL)
        return false;
    line->record->kind = TSMP_KIND_BANNER;
    line_add_word(line, TSMP_FIELD_STATE, TSMP_WORD_SCROLL, text, 0);
    line_add_text(line, TSMP_FIELD_TEXT, text, length);
    return true;
}

bool pick_head(const char *text, size_t length)
{
    static const char words[] = " Scrollable PICK Window - ";
    if (length < 2)
        return false;
    if ((*text == '#' || *text == ' ') &&
        same_words(text, length, "# Backup Date/Time File Size A/I File"))
        return true;
    /* Not at the start or the end, and in the first columns. */
    enum { P = 12, COLUMNS = 38 + sizeof words - 1 };
    return FIND(text + 1, length - 2 < COLUMNS ? length - 2 : COLUMNS, words, P) != NULL;
}
