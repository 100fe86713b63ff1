/* SPDX-License-Identifier: BSD-2-Clause
 * Rows of `query backup`, in all three layouts: without a unit (4.2), with one (5.x), with a wide
 * class column (6.x on). The widths differ, the order of the parts does not. */
#include "query.h"

bool backup_row(struct line *line)
{
    const char *text = line->text;
    size_t length = line->length;
    size_t at = blanks_at(text, length, 0), api = 0;
    if (length - at > 4 && memcmp(text + at, "API ", 4) == 0) {
        api = at + 1;
        at += 3 + blanks_at(text, length, at + 3);
    }
    struct row_start start;
    if (!row_start_read(&line->state->order, text, length, at, &start))
        return false;
    at = start.end;
    size_t gap = blanks_at(text, length, at);
    at += gap;
    size_t class_at = at, class_length = word_at(text, length, at);
    at += class_length;
    size_t after = blanks_at(text, length, at);
    at += after;
    if (gap == 0 || class_length == 0 || after == 0)
        return false;
    /* Exactly two blanks end the row's own part: what follows is the name, blanks and all. A copy
     * with its blanks squeezed has one, and can't be trusted with names. */
    if (length - at < 4 || (text[at] != 'A' && text[at] != 'I') || text[at + 1] != ' ' ||
        text[at + 2] != ' ')
        return false;
    bool active = text[at] == 'A';
    row_made(line, TSMP_KIND_BACKUP_VERSION);
    row_start_add(line, &start, TSMP_FIELD_BACKUP_TIME);
    line_add_text(line, TSMP_FIELD_MANAGEMENT_CLASS, text + class_at, class_length);
    line_add_word(line, TSMP_FIELD_STATE, active ? TSMP_WORD_ACTIVE : TSMP_WORD_INACTIVE,
                  text + at, 1);
    line_add_text(line, TSMP_FIELD_PATH, text + at + 3, length - at - 3);
    if (api > 0)
        line_add(line, TSMP_FIELD_API, TSMP_TYPE_NUMBER, text + api - 1, 3)->number = 1;
    return true;
}
