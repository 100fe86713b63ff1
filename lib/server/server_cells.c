/* SPDX-License-Identifier: BSD-2-Clause
 * Columns and cells. The rule of dashes under a head gives the columns, but not to the byte: gaps
 * have 1 to 5 blanks, values may be longer than their dashes or stand beside them. So two cells
 * are parted at the blanks that lie between their dashes, and where that leaves a doubt it is told. */
#include "server.h"

size_t rule_read(const char *text, size_t length, struct column *columns, size_t capacity)
{
    size_t count = 0, longest = 0, at = 0;
    while (at < length) {
        size_t from = at;
        while (at < length && text[at] == '-')
            at++;
        if (at > from) {
            if (count < capacity)
                columns[count++] = (struct column){.from = (uint32_t)from, .to = (uint32_t)at};
            else
                columns[count - 1].to = (uint32_t)at; /* too many: the last takes the rest */
            if (at - from > longest)
                longest = at - from;
        } else if (text[at] == ' ' || text[at] == '\r') {
            at++;
        } else {
            return 0;
        }
    }
    return longest >= 3 ? count : 0;
}

bool box_edge(const char *text, size_t length)
{
    length = trim_end(text, length);
    if (length < 3 || text[0] != '+' || text[length - 1] != '+')
        return false;
    for (size_t i = 0; i < length; i++)
        if (text[i] != '-' && text[i] != '+')
            return false;
    return true;
}

bool box_inner(struct group_line *line)
{
    if (line->length < 2 || line->text[0] != '|')
        return false;
    size_t length = trim_end(line->text, line->length);
    if (length < 2 || line->text[length - 1] != '|')
        return false;
    line->text++;
    line->length = length - 2;
    return true;
}

static bool all_digits(const char *text, size_t length)
{
    for (size_t i = 0; i < length; i++)
        if (text[i] < '0' || text[i] > '9')
            return false;
    return length > 0;
}

bool date_alone(const char *text, size_t length)
{
    size_t first = 0;
    while (first < length && text[first] >= '0' && text[first] <= '9')
        first++;
    if ((first != 2 && first != 4) || length < first + 6 || length > first + 8)
        return false;
    char mark = text[first];
    return (mark == '/' || mark == '-' || mark == '.') && all_digits(text + first + 1, 2) &&
           text[first + 3] == mark && all_digits(text + first + 4, length - first - 4);
}

bool time_alone(const char *text, size_t length)
{
    size_t hours = length > 1 && text[1] >= '0' && text[1] <= '9' ? 2 : 1;
    if (length < hours + 6 || !all_digits(text, hours))
        return false;
    char mark = text[hours];
    if ((mark != ':' && mark != '.' && mark != ',') || !all_digits(text + hours + 1, 2) ||
        text[hours + 3] != mark || !all_digits(text + hours + 4, 2))
        return false;
    const char *rest = text + hours + 6;
    size_t left = length - hours - 6;
    if (left > 1 && rest[0] == '.')
        return all_digits(rest + 1, left - 1);
    while (left > 0 && *rest == ' ')
        rest++, left--;
    return left == 0 || IS(rest, left, "AM") || IS(rest, left, "PM") || IS(rest, left, "A") ||
           IS(rest, left, "P");
}

/* Where the cell ends whose dashes end at `low`, when the next dashes begin at `high`. */
static size_t boundary(const char *text, size_t length, size_t low, size_t high, bool *sure)
{
    if (low >= length)
        return length;
    size_t end = high < length ? high : length;
    size_t best = low, widest = 0, runs = 0;
    for (size_t at = low; at < end;) {
        size_t from = at;
        while (at < end && text[at] == ' ')
            at++;
        runs += at > from;
        if (at - from > widest) {
            widest = at - from;
            best = from;
        }
        while (at < end && text[at] != ' ')
            at++;
    }
    if (widest > 0) {
        /* Two runs: a word stands in the gap that may be of either cell. */
        *sure &= runs == 1;
        return best;
    }
    if (end < high && end == length)
        return length; /* the line ends in the gap, so nothing can be of the next cell */
    *sure = false;
    size_t after = high;
    while (after < length && text[after] != ' ')
        after++;
    return after;
}

/* Where all cells are there with two blanks or more between them the dashes are not needed. */
static bool cut_by_blanks(const char *text, size_t length, struct cell *cells, size_t count)
{
    size_t found = 0, at = 0;
    while (at < length && text[at] == ' ')
        at++;
    while (at < length) {
        size_t from = at;
        while (at < length && !(text[at] == ' ' && (at + 1 == length || text[at + 1] == ' ')))
            at++;
        if (found == count)
            return false;
        cells[found++] = cell_trim(text + from, at - from);
        while (at < length && text[at] == ' ')
            at++;
    }
    return found == count;
}

/* The column that a stretch of the line stands under, `count` = it can't be told. */
static size_t column_under(const struct column *columns, size_t count, size_t from, size_t to)
{
    size_t best = count, most = 0, second = 0;
    for (size_t i = 0; i < count; i++) {
        size_t low = from > columns[i].from ? from : columns[i].from;
        size_t high = to < columns[i].to ? to : columns[i].to;
        size_t over = high > low ? high - low : 0;
        if (over > most) {
            second = most;
            most = over;
            best = i;
        } else if (over > second) {
            second = over;
        }
    }
    return most * 2 > to - from && second * 4 <= most ? best : count;
}

/* Where a value stands beside its dashes each stretch between two blanks may still be mostly under
 * one column, and no two under the same. */
static bool cut_by_place(const struct column *columns, size_t count, const char *text, size_t length,
                         struct cell *cells)
{
    bool taken[TABLE_MAX_COLUMNS] = {false};
    for (size_t i = 0; i < count; i++)
        cells[i] = (struct cell){text + length, 0, 0};
    for (size_t at = 0; at < length;) {
        while (at < length && text[at] == ' ')
            at++;
        size_t from = at;
        while (at < length && !(text[at] == ' ' && (at + 1 == length || text[at + 1] == ' ')))
            at++;
        if (at == from)
            break;
        size_t index = column_under(columns, count, from, at);
        if (index == count || taken[index])
            return false;
        taken[index] = true;
        cells[index] = cell_trim(text + from, at - from);
    }
    return true;
}

bool cells_cut(const struct column *columns, size_t count, const char *text, size_t length,
               struct cell *cells)
{
    bool sure = true;
    size_t begin = 0;
    for (size_t i = 0; i < count; i++) {
        size_t end = i + 1 < count
                         ? boundary(text, length, columns[i].to, columns[i + 1].from, &sure)
                         : length;
        if (end < begin)
            end = begin;
        cells[i] = cell_trim(text + begin, end - begin);
        begin = end;
    }
    if (sure)
        return true;
    struct cell others[TABLE_MAX_COLUMNS];
    if (!cut_by_blanks(text, length, others, count) &&
        !cut_by_place(columns, count, text, length, others))
        return false;
    memcpy(cells, others, count * sizeof *cells);
    return true;
}
