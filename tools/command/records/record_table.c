/* SPDX-License-Identifier: BSD-2-Clause
 * Records as a table for people. On a terminal it is made to fit: columns that matter least are left
 * out, the longest text comes last and gets what is left, and what is still too long is cut with an
 * ellipsis. Elsewhere all columns stand in their fixed order, and nothing is cut. */
#include "record.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum { LINE_WIDTH = 7, LONG_TIME = 19, SHORT_TIME = 14, KIND_WIDTH = 14, GAP = 2,
       TEXT_LEAST = 28, NARROW = 110 };

/* Left out first, from the left, where the terminal is too narrow for all. */
static const uint32_t least[] = {
    TSMP_FIELD_DESTINATION, TSMP_FIELD_OBJECT_TYPE, TSMP_FIELD_RETRY, TSMP_FIELD_OBJECT,
    TSMP_FIELD_SEVERITY, TSMP_FIELD_RETURN_CODE, TSMP_FIELD_UNIT, TSMP_FIELD_SESSION, TSMP_FIELD_NODE,
    TSMP_FIELD_EDGE, TSMP_FIELD_LAST_ACCESS, TSMP_FIELD_ACTION, TSMP_FIELD_FAILURES, TSMP_FIELD_SIZE};
/* What gets the room that is left, and stands last: the first of these that is there. */
static const uint32_t longest[] = {TSMP_FIELD_PATH, TSMP_FIELD_TEXT, TSMP_FIELD_VALUE,
                                   TSMP_FIELD_VOLUME, TSMP_FIELD_NAME};

static size_t natural(const struct column *column)
{
    static const size_t widths[] = {[COLUMN_TEXT] = 20, [COLUMN_NUMBER] = 13, [COLUMN_TIME] = 19,
                                    [COLUMN_WORD] = 8};
    size_t name = strlen(column->name);
    return name > widths[column->type] ? name : widths[column->type];
}

static void remove_column(struct table *table, size_t at)
{
    memmove(table->columns + at, table->columns + at + 1,
            (table->count - at - 1) * sizeof *table->columns);
    table->count--;
}

static size_t index_of(const struct table *table, uint32_t id)
{
    for (size_t i = 0; i < table->count; i++)
        if (table->columns[i].id == id)
            return i;
    return SIZE_MAX;
}

/* Columns of the terminal that all but the last column take. */
static size_t taken(const struct table *table)
{
    size_t used = LINE_WIDTH + GAP + (table->short_time ? SHORT_TIME : LONG_TIME) + GAP;
    for (size_t i = 0; i + 1 < table->count; i++)
        used += natural(&table->columns[i]) + GAP;
    return used;
}

void table_plan(struct table *table, const struct column *columns, size_t count, size_t width,
                bool single)
{
    *table = (struct table){.width = width, .single = single, .count = single ? count : 0,
                            .short_time = width > 0 && width < NARROW};
    memcpy(table->columns, columns, table->count * sizeof *columns);
    for (size_t i = 0; width > 0 && i < sizeof longest / sizeof *longest; i++) {
        size_t at = index_of(table, longest[i]);
        if (at == SIZE_MAX || table->columns[at].type != COLUMN_TEXT)
            continue;
        struct column last = table->columns[at];
        remove_column(table, at);
        table->columns[table->count++] = last;
        break;
    }
    for (size_t i = 0; width > 0 && i < sizeof least / sizeof *least; i++) {
        size_t at = index_of(table, least[i]);
        if (at != SIZE_MAX && at + 1 < table->count && taken(table) + TEXT_LEAST > width)
            remove_column(table, at);
    }
    for (size_t i = 0; i < table->count; i++)
        table->widths[i] = natural(&table->columns[i]);
    size_t used = taken(table);
    if (width > 0 && table->count > 0)
        table->widths[table->count - 1] = used + 8 < width ? width - used : 8;
}

static void pad(FILE *out, size_t count)
{
    while (count-- > 0)
        putc(' ', out);
}

/* A line of the table goes through here: it is cut where the terminal ends. */
static void put_line(FILE *out, const char *line, size_t length, size_t width)
{
    while (length > 0 && line[length - 1] == ' ')
        length--;
    if (width == 0)
        fwrite(line, 1, length, out);
    else
        print_cut(out, line, length, width);
    putc('\n', out);
}

static void put_cell(FILE *out, const char *text, size_t length, size_t width, bool right, bool cut)
{
    char *cell = NULL;
    size_t bytes = 0;
    FILE *to = open_memstream(&cell, &bytes);
    if (to == NULL)
        return;
    size_t columns = print_cell(to, text, length, cut ? width : SIZE_MAX);
    fclose(to);
    if (right && columns < width)
        pad(out, width - columns);
    fwrite(cell, 1, bytes, out);
    if (!right && columns < width)
        pad(out, width - columns);
    free(cell);
}

void table_first_line(FILE *out, const struct table *table)
{
    char *line = NULL;
    size_t length = 0;
    FILE *to = open_memstream(&line, &length);
    if (to == NULL)
        return;
    fprintf(to, "%*s  %-*s", LINE_WIDTH, "LINE", table->short_time ? SHORT_TIME : LONG_TIME, "TIME");
    if (!table->single)
        fprintf(to, "  %-*s  VALUES", KIND_WIDTH, "KIND");
    for (size_t i = 0; i < table->count; i++) {
        char name[40];
        size_t n = 0;
        for (const char *at = table->columns[i].name; *at != '\0' && n < sizeof name - 1; at++)
            name[n++] = (char)(*at >= 'a' && *at <= 'z' ? *at - 'a' + 'A' : *at);
        fputs("  ", to);
        put_cell(to, name, n, table->widths[i], table->columns[i].type == COLUMN_NUMBER,
                 table->width > 0);
    }
    fclose(to);
    put_line(out, line, length, table->width);
    free(line);
}

static void put_pair(FILE *out, const struct row *row, const tsmp_field *field, bool named)
{
    const char *name = field_name(row, field);
    size_t n;
    char *value = flat_value(row, field, &n);
    if (name != NULL && value != NULL) {
        putc(' ', out);
        if (named) {
            print_safe(out, name, strlen(name), SIZE_MAX);
            putc('=', out);
        }
        print_safe(out, value, n, SIZE_MAX);
    }
    free(value);
}

/* All fields of a record of any kind. Where they will be cut, its names come first. */
static void put_pairs(FILE *out, const struct row *row, bool names_first)
{
    const char *text = row->view->text + row->record->text;
    if (shows_text(row->record) && names_first) {
        putc(' ', out);
        print_safe(out, text, row->record->text_length, SIZE_MAX);
    }
    for (int pass = names_first ? 0 : 1; pass < 2; pass++) {
        for (uint32_t i = 0; i < row->record->field_count; i++) {
            const tsmp_field *field = row_field(row, i);
            bool first = field->type == TSMP_TYPE_TEXT && field_word(row, field) == NULL;
            if (!names_first || first == (pass == 0))
                put_pair(out, row, field, pass == 1);
        }
    }
    if (shows_text(row->record) && !names_first) {
        fputs(" text=", out);
        print_safe(out, text, row->record->text_length, SIZE_MAX);
    }
}

static void put_time(FILE *out, const struct row *row, bool shorter)
{
    char text[32] = "";
    bool known = time_is_known(row->record->flags);
    FILE *to = fmemopen(text, sizeof text, "w");
    if (to == NULL)
        return;
    print_time(to, row->record->time, known, false);
    fclose(to);
    const char *shown = text;
    if (shorter && known) {
        char *t = strchr(text, 'T');
        if (t != NULL)
            *t = ' ';
        shown = strchr(text + 1, '-') + 1; /* the year is the same for pages */
    }
    fprintf(out, "%-*s", shorter ? SHORT_TIME : LONG_TIME, shown);
}

static void put_columns(FILE *out, const struct row *row, const struct table *table)
{
    for (size_t i = 0; i < table->count; i++) {
        const struct column *column = &table->columns[i];
        const tsmp_field *field = row_find(row, column);
        size_t n = 0;
        char *value = field != NULL ? flat_value(row, field, &n) : NULL;
        const char *text = value;
        if (field == NULL && column->id == TSMP_FIELD_TEXT && shows_text(row->record)) {
            text = row->view->text + row->record->text;
            n = row->record->text_length;
        }
        fputs("  ", out);
        put_cell(out, text != NULL ? text : "", text != NULL ? n : 0, table->widths[i],
                 column->type == COLUMN_NUMBER, table->width > 0);
        free(value);
    }
}

void table_record(FILE *out, const struct row *row, const struct table *table)
{
    char *line = NULL;
    size_t length = 0;
    FILE *to = open_memstream(&line, &length);
    if (to == NULL)
        return;
    fprintf(to, "%*" PRIu64 "  ", LINE_WIDTH, row->record->line);
    put_time(to, row, table->short_time);
    if (table->single) {
        size_t n = 0;
        put_columns(to, row, table);
        /* On a terminal columns were left out on purpose; elsewhere nothing is. */
        char *rest = table->width > 0 && table->count > 0
                         ? NULL : row_others(row, table->columns, table->count, &n);
        if (rest != NULL) {
            fputs("  ", to);
            print_safe(to, rest, n, SIZE_MAX);
        }
        free(rest);
    } else {
        const char *kind = tsmp_name("kind", row->record->kind);
        fprintf(to, "  %-*s ", KIND_WIDTH, kind != NULL ? kind : "unknown");
        put_pairs(to, row, table->width > 0);
    }
    fclose(to);
    put_line(out, line, length, table->width);
    free(line);
}
