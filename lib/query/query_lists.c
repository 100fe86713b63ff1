/* SPDX-License-Identifier: BSD-2-Clause
 * Rows of `query inclexcl` and `query access` (and `delete access`, which numbers them). They are
 * table rows with the names that the head prints. */
#include "query.h"

/* Field of the column called `name`; 0 = no memory, or too many names. */
static bool add_cell(struct line *line, const char *name, const char *text, size_t length)
{
    uint16_t id = line_name(line, name, strlen(name));
    if (id != 0)
        line_add_text(line, id, text, length);
    return !line->nomem;
}

/* ---- query inclexcl -------------------------------------------------------------------------- */

/* "Excl Filespace /var/run                       /opt/x/incl.excl": pattern in 30 columns, source
 * behind it. A longer pattern pushes the source right; then it is not known where the pattern
 * ends, unless there is but one blank. */
enum { PATTERN = 15, PATTERN_WIDTH = 30 };

static size_t source_at(const char *text, size_t length, size_t pattern, bool *sure)
{
    size_t edge = pattern + PATTERN_WIDTH, found = 0, runs = 0;
    *sure = true;
    if (length > edge + 1 && text[edge] == ' ' && text[edge - 1] == ' ' && text[edge + 1] != ' ')
        return edge + 1; /* the fill of a short pattern */
    for (size_t at = pattern + PATTERN_WIDTH; at + 1 < length; at++) {
        if (text[at] != ' ' || text[at + 1] == ' ')
            continue;
        runs++;
        found = found == 0 ? at + 1 : found;
    }
    *sure = runs == 1;
    return found;
}

bool inclexcl_row(struct line *line)
{
    const char *text = line->text;
    size_t length = trim_end(text, line->length);
    if (length < PATTERN + 2 || text[4] != ' ' ||
        (memcmp(text, "Excl", 4) != 0 && memcmp(text, "Incl", 4) != 0))
        return false;
    size_t function = word_at(text, length, 5), end = 5 + function;
    for (size_t i = 5; i < end; i++)
        if (!((text[i] >= 'A' && text[i] <= 'Z') || (text[i] >= 'a' && text[i] <= 'z')))
            return false;
    size_t pattern = end + blanks_at(text, length, end);
    if (function == 0 || pattern == end || pattern < PATTERN || pattern >= length)
        return false;
    bool sure;
    size_t source = source_at(text, length, pattern, &sure);
    row_made(line, TSMP_KIND_TABLE_ROW);
    if (!add_cell(line, "Mode", text, 4) || !add_cell(line, "Function", text + 5, function))
        return false;
    if (source == 0 || !sure) { /* the two stay together */
        line->record->flags |= TSMP_FLAG_SPLIT_AMBIGUOUS;
        line_add_text(line, TSMP_FIELD_TEXT, text + pattern, length - pattern);
        return true;
    }
    return add_cell(line, "Pattern", text + pattern, trim_end(text + pattern, source - pattern)) &&
           add_cell(line, "Source File", text + source, length - source);
}

/* ---- query access ---------------------------------------------------------------------------- */

bool access_row(struct line *line)
{
    const char *text = line->text;
    size_t length = trim_end(text, line->length), at = blanks_at(text, length, 0);
    struct number index = count_read(text + at, length - at);
    const char *index_text = text + at;
    if (index.length > 0)
        at += index.length + blanks_at(text, length, at + index.length);
    const char *type = text + at;
    size_t type_length = word_at(text, length, at);
    if (!IS(type, type_length, "Backup") && !IS(type, type_length, "Archive"))
        return false;
    at += type_length;
    const char *words[2];
    size_t lengths[2];
    for (size_t i = 0; i < 2; i++) {
        size_t gap = blanks_at(text, length, at);
        at += gap;
        words[i] = text + at;
        lengths[i] = word_at(text, length, at);
        at += lengths[i];
        if (gap == 0 || lengths[i] == 0)
            return false;
    }
    size_t gap = blanks_at(text, length, at);
    at += gap;
    if (gap == 0 || at == length)
        return false;
    row_made(line, TSMP_KIND_TABLE_ROW);
    if (index.length > 0) {
        uint16_t id = line_name(line, "Index", 5);
        if (line->nomem)
            return false;
        if (id != 0)
            line_add_number(line, id, &index, index_text, index.length);
        line->record->flags |= index.flags;
    }
    return add_cell(line, "Type", type, type_length) && add_cell(line, "Node", words[0], lengths[0]) &&
           add_cell(line, "User", words[1], lengths[1]) &&
           add_cell(line, "Path", text + at, length - at);
}
