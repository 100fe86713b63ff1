/* SPDX-License-Identifier: BSD-2-Clause
 * A value that does not fit its cell goes on in the lines below: broken at a blank, or inside a
 * word with "-" in the last place of the cell; the next piece is indented by one blank, or is a
 * time right-justified under its date. */
#include "server.h"

enum { WIDE = 1024 };

/* What is known of the newest piece of each cell of a row. */
struct piece {
    uint32_t start, end; /* in its line */
    uint32_t word;       /* bytes of its first word */
    char last;
    bool any, date, time;
};

/* One line of a row, cut into cells. */
struct placed {
    struct cell cells[TABLE_MAX_COLUMNS];
    struct piece pieces[TABLE_MAX_COLUMNS];
    bool sure;
    bool widened;      /* TABs were made blanks: the cells lie in `wide` */
    char wide[WIDE];
};

static void place(const struct table *table, const char *text, size_t length, struct placed *placed)
{
    placed->sure = cells_cut(table->columns, table->count, text, length, placed->cells);
    for (size_t i = 0; i < table->count; i++) {
        const struct cell *cell = &placed->cells[i];
        struct piece *piece = &placed->pieces[i];
        *piece = (struct piece){.any = cell->length > 0};
        if (!piece->any)
            continue;
        piece->start = (uint32_t)(cell->text - text);
        piece->end = piece->start + (uint32_t)cell->length;
        while (piece->word < cell->length && cell->text[piece->word] != ' ')
            piece->word++;
        piece->last = cell->text[cell->length - 1];
        piece->date = date_alone(cell->text, cell->length);
        piece->time = time_alone(cell->text, cell->length);
    }
}

/* TABs at the front as blanks; false: there is no room. */
static bool widen(const struct group_line *line, size_t tab, struct placed *placed, size_t *length)
{
    size_t used = 0;
    for (size_t i = 0; i < line->length; i++) {
        size_t n = line->text[i] == '\t' ? tab - used % tab : 1;
        if (n > WIDE - used)
            return false;
        memset(placed->wide + used, line->text[i] == '\t' ? ' ' : line->text[i], n);
        used += n;
    }
    *length = used;
    return true;
}

static bool filled(const struct column *column, const struct piece *piece)
{
    return piece->end >= column->to || piece->end - piece->start >= column->to - column->from;
}

/* Did what follows not fit behind `piece`? Only then would the server have broken the value. */
static bool had_to_break(const struct column *column, const struct piece *piece, uint32_t word)
{
    uint32_t used = piece->end - piece->start;
    if (piece->start <= column->from + 1 && piece->end > column->from)
        used = piece->end - column->from;
    return used + 1 + word > column->to - column->from ||
           (piece->last == '-' && filled(column, piece));
}

/* Each piece must stand under one it can go on with. */
static bool goes_on(const struct table *table, const struct piece *pieces,
                    const struct placed *next)
{
    bool sign = false, fits = true, any = false;
    if (!next->sure)
        return false;
    for (size_t i = 0; i < table->count; i++) {
        const struct column *column = &table->columns[i];
        const struct piece *over = &pieces[i], *under = &next->pieces[i];
        if (!under->any)
            continue;
        if (!over->any)
            return false;
        any = true;
        bool split = over->date && under->time;
        bool indented = under->start == column->from + 1 && over->start <= column->from + 1;
        bool must = had_to_break(column, over, under->word);
        /* The whole table may stand beside its rule. */
        bool moved = must && under->start == over->start + 1;
        if (i == 0 && !split && !moved && !(indented && over->start <= column->from && must))
            return false;
        if (table->meaning == MEANS_MESSAGE && column->role == ROLE_MESSAGE)
            sign = true;
        sign |= split || indented || moved;
        fits &= must || split;
    }
    return any && (sign || fits);
}

/* Cut the line; the newest pieces of its row are `pieces`. False: it is no part of the row. */
static bool go_on(const struct table *table, struct piece *pieces, const struct group_line *line,
                  struct placed *next)
{
    struct group_line inner = *line;
    next->widened = false;
    if (table->boxed && !box_inner(&inner))
        return false;
    if (blank_line(inner.text, inner.length))
        return false;
    if (inner.text[0] == '\t') {
        /* Somebody's editor made TABs of blanks: how wide they were is seen by what then fits. */
        static const uint8_t widths[] = {8, 4, 2};
        uint8_t fits = table->tab;
        size_t length;
        for (size_t i = 0; fits == 0 && i < sizeof widths; i++)
            if (widen(&inner, widths[i], next, &length)) {
                place(table, next->wide, length, next);
                if (next->sure && goes_on(table, pieces, next))
                    fits = widths[i];
            }
        if (fits == 0 || !widen(&inner, fits, next, &length))
            return false;
        next->widened = true;
        place(table, next->wide, length, next);
    } else {
        place(table, inner.text, inner.length, next);
    }
    if (!goes_on(table, pieces, next))
        return false;
    for (size_t i = 0; i < table->count; i++)
        if (next->pieces[i].any)
            pieces[i] = next->pieces[i];
    return true;
}

static bool dots_only(const char *text, size_t length)
{
    length = trim_end(text, length);
    for (size_t i = 0; i < length; i++)
        if (text[i] != '.')
            return false;
    return true;
}

/* May a row begin with this line? Rows whose shape is known must have it. */
static bool row_begins(const struct table *table, const struct group_line *line,
                       struct placed *first)
{
    struct group_line inner = *line;
    struct column rule[1];
    if (table->boxed && !box_inner(&inner))
        return false;
    if (blank_line(inner.text, inner.length) || inner.text[0] == '\t' ||
        dots_only(inner.text, inner.length) || rule_read(inner.text, inner.length, rule, 1) > 0)
        return false;
    place(table, inner.text, inner.length, first);
    first->widened = false;
    for (size_t i = 0; i < table->count; i++) {
        const struct cell *cell = &first->cells[i];
        uint8_t role = table->columns[i].role;
        if (role != ROLE_DATE && role != ROLE_SCHEDULED)
            continue;
        size_t n = 0;
        while (n < cell->length && cell->text[n] != ' ')
            n++;
        if (!date_alone(cell->text, n))
            return false;
    }
    if (table->meaning != MEANS_MESSAGE)
        return true;
    for (size_t i = 0; i < table->count; i++)
        if (table->columns[i].role == ROLE_MESSAGE)
            return server_code(first->cells[i].text, first->cells[i].length) > 0;
    return true;
}

size_t cells_row(const struct table *table, const struct group *group, bool last)
{
    struct placed placed;
    struct piece pieces[TABLE_MAX_COLUMNS];
    if (!row_begins(table, &group->lines[0], &placed))
        return SIZE_MAX;
    memcpy(pieces, placed.pieces, table->count * sizeof *pieces);
    size_t count = 1;
    for (; count < group->count; count++) {
        const struct group_line *line = &group->lines[count];
        if (admin_beside(line->text, line->length) || !go_on(table, pieces, line, &placed))
            return count;
    }
    return last ? count : 0;
}

/* ---- putting pieces together ------------------------------------------------------------------- */

/* Does the "-" at the end of text break the "(SESSION: n)" that the server puts behind messages? */
static bool breaks_session(const char *text, size_t length, const struct cell *next)
{
    static const char label[] = "(SESSION: ";
    size_t from = length - 1, n = 0;
    while (from > 0 && length - from < 32 && text[from] != '(')
        from--;
    size_t front = length - 1 - from;
    if (text[from] != '(' || front + next->length < sizeof label)
        return false;
    for (; n < front + next->length; n++) {
        char c = n < front ? text[from + n] : next->text[n - front];
        if (n < sizeof label - 1 ? c != label[n] : (c < '0' || c > '9'))
            break;
    }
    /* One that ends in front of the mark is not broken by it. */
    return n >= sizeof label && n >= front && (n == front + next->length ||
           next->text[n - front] == ')' || next->text[n - front] == ',');
}

size_t piece_append(char *to, size_t used, const struct cell *piece, bool edge, size_t *doubt)
{
    bool mark = used > 0 && to[used - 1] == '-';
    bool inside = mark && used > 1 && to[used - 2] != ' ';
    if (inside && breaks_session(to, used, piece)) {
        used--;
    } else {
        if (*doubt == 0 && (inside || (mark && edge)))
            *doubt = used;
        if (mark && edge)
            used--;
        else if (used > 0)
            to[used++] = ' ';
    }
    memcpy(to + used, piece->text, piece->length);
    return used + piece->length;
}

/* The cell of column `index`; its pieces were found to be `bytes` long with a blank behind each. */
static bool join_column(struct line *line, const struct table *table, size_t index, size_t bytes,
                        struct cell *cell)
{
    const struct group *group = line->group;
    const struct column *column = &table->columns[index];
    char *room = line_join(line, bytes);
    if (room == NULL)
        return false;
    struct placed placed;
    struct piece pieces[TABLE_MAX_COLUMNS];
    (void)row_begins(table, &group->lines[0], &placed);
    memcpy(pieces, placed.pieces, table->count * sizeof *pieces);
    size_t used = 0;
    size_t doubt = 0;
    bool edge = false;
    for (size_t i = 0;;) {
        if (placed.pieces[index].any) {
            if (placed.widened && doubt == 0)
                doubt = used + 1;
            used = piece_append(room, used, &placed.cells[index], edge, &doubt);
            edge = filled(column, &placed.pieces[index]);
        }
        if (++i == group->count)
            break;
        (void)go_on(table, pieces, &group->lines[i], &placed);
    }
    if (doubt == 0 && used > 0 && room[used - 1] == '-' && edge)
        doubt = used;
    *cell = (struct cell){room, used, doubt};
    return true;
}

bool cells_join(struct line *line, const struct table *table, struct cell *cells)
{
    const struct group *group = line->group;
    struct placed first, placed;
    struct piece pieces[TABLE_MAX_COLUMNS];
    size_t bytes[TABLE_MAX_COLUMNS];
    bool more[TABLE_MAX_COLUMNS];
    if (!row_begins(table, &group->lines[0], &first))
        return false;
    bool sure = first.sure;
    memcpy(pieces, first.pieces, table->count * sizeof *pieces);
    for (size_t i = 0; i < table->count; i++) {
        cells[i] = first.cells[i];
        /* A "-" in the last place whose rest is not there, or a real one. */
        if (pieces[i].any && pieces[i].last == '-' && filled(&table->columns[i], &pieces[i]))
            cells[i].doubt = cells[i].length;
        bytes[i] = cells[i].length + 1;
        more[i] = false;
    }
    for (size_t k = 1; k < group->count; k++) {
        (void)go_on(table, pieces, &group->lines[k], &placed);
        sure &= placed.sure;
        for (size_t i = 0; i < table->count; i++)
            if (placed.pieces[i].any) {
                bytes[i] += placed.cells[i].length + 1;
                more[i] = true;
            }
    }
    for (size_t i = 0; i < table->count; i++)
        if (more[i] && !join_column(line, table, i, bytes[i], &cells[i]))
            sure = false;
    return sure;
}
