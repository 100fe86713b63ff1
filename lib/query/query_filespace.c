/* SPDX-License-Identifier: BSD-2-Clause
 * Rows of `query filespace`: "  3     2024-09-13 04:16:26     EXT4    /home". A file space that
 * was never backed up as a whole prints zeros for its date: that is no date, and not the year
 * 2000. */
#include "query.h"

/* "00/00/0   00:00:00": every digit is zero. Its bytes, 0 = it is something else. */
static size_t never_at(const char *text, size_t length)
{
    size_t at = 0, zeros = 0, marks = 0;
    for (; at < length && text[at] != ' '; at++) {
        if (text[at] == '0')
            zeros++;
        else if (text[at] == '/' || text[at] == '-' || text[at] == '.')
            marks++;
        else
            return 0;
    }
    if (marks != 2 || zeros < 3 || zeros > 8)
        return 0;
    size_t gap = blanks_at(text, length, at), end = at + gap;
    zeros = 0;
    for (; end < length && text[end] != ' '; end++) {
        if (text[end] == '0')
            zeros++;
        else if (text[end] != ':' && text[end] != '.' && text[end] != ',')
            return 0;
    }
    return gap > 0 && zeros == 6 ? end : 0;
}

bool filespace_row(struct line *line)
{
    const char *text = line->text;
    size_t length = line->length, at = blanks_at(text, length, 0);
    const char *number_text = text + at;
    struct number number = count_read(number_text, length - at);
    if (number.length == 0)
        return false;
    at += number.length;
    size_t gap = blanks_at(text, length, at);
    at += gap;
    if (gap < 2)
        return false;
    const char *time_text = text + at;
    size_t never = never_at(time_text, length - at);
    struct stamp stamp = {0};
    if (never == 0)
        stamp = order_read(&line->state->order, time_text, length - at);
    size_t time_length = never > 0 ? never : stamp.length;
    at += time_length;
    gap = blanks_at(text, length, at);
    at += gap;
    size_t type_at = at, type_length = word_at(text, length, at);
    at += type_length;
    size_t after = blanks_at(text, length, at);
    at += after;
    if (time_length == 0 || gap == 0 || type_length == 0 || after == 0 || at == length)
        return false;
    row_made(line, TSMP_KIND_FILESPACE);
    line->record->flags |= number.flags;
    line_add_number(line, TSMP_FIELD_NUMBER, &number, number_text, number.length);
    if (never > 0) {
        line_add(line, TSMP_FIELD_LAST_INCREMENTAL, TSMP_TYPE_TIME, time_text, never)->flags =
            TSMP_FLAG_NO_TIME;
    } else {
        row_stamp(line, time_text, time_length, &stamp);
        row_add_time(line, TSMP_FIELD_LAST_INCREMENTAL, &stamp, time_text, time_length);
    }
    line_add_text(line, TSMP_FIELD_FS_TYPE, text + type_at, type_length);
    /* The column is filled with blanks, so those at the end are not the name's as a rule. */
    line_add_text(line, TSMP_FIELD_NAME, text + at, trim_end(text + at, length - at));
    return true;
}
