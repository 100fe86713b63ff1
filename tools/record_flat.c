/* SPDX-License-Identifier: BSD-2-Clause
 * A record as a row: of CSV, for programs; of a table, for people. */
#include "record.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* A value that is a word, number or time of ours, so that it needs no quotes. */
static bool is_bare(const struct row *row, const tsmp_field *field)
{
    return field_word(row, field) != NULL ||
           ((field->type == TSMP_TYPE_NUMBER || field->type == TSMP_TYPE_OFFSET) &&
            number_is_known(field)) ||
           (field->type == TSMP_TYPE_TIME && time_is_known(field->flags));
}

static void put_bare(FILE *out, const struct row *row, const tsmp_field *field)
{
    const char *word = field_word(row, field);
    if (word != NULL)
        fputs(word, out);
    else if (field->type == TSMP_TYPE_TIME)
        print_time(out, field->number, true, false);
    else
        print_number(out, field->number, field->power);
}

char *flat_value(const struct row *row, const tsmp_field *field, size_t *length)
{
    char *text = NULL;
    FILE *out = open_memstream(&text, length);
    if (out == NULL)
        return NULL;
    if (is_bare(row, field))
        put_bare(out, row, field);
    else
        fwrite(field_bytes(row, field), 1, field->length, out);
    return fclose(out) == 0 ? text : NULL;
}

/* The first field of the column. */
static const tsmp_field *find(const struct row *row, const struct column *column)
{
    for (uint32_t i = 0; i < row->record->field_count; i++) {
        const tsmp_field *field = row_field(row, i);
        if (field->id == TSMP_FIELD_CANDIDATES) /* behind it none is known to be the right one */
            return NULL;
        if (field->id == column->id)
            return field;
    }
    return NULL;
}

static bool has_column(const struct row *row, const tsmp_field *field,
                       const struct column *columns, size_t count)
{
    for (size_t k = 0; k < count; k++)
        if (columns[k].id == field->id)
            return find(row, &columns[k]) == field;
    return field_name(row, field) == NULL;
}

/* Fields that have no column: a user's groups, a table's own columns, what is newer than this
 * list, a second field of one name. As JSON, so that it can be read back. NULL: there are none. */
static char *others(const struct row *row, const struct column *columns, size_t count,
                    size_t *length)
{
    char *text = NULL;
    FILE *out = NULL;
    for (uint32_t i = 0; i < row->record->field_count; i++) {
        const tsmp_field *field = row_field(row, i);
        if (has_column(row, field, columns, count))
            continue;
        bool first = out == NULL;
        if (first && (out = open_memstream(&text, length)) == NULL)
            return NULL;
        size_t n = 0;
        char *value = flat_value(row, field, &n);
        fputs(first ? "{" : ",", out);
        print_json_pair(out, field_name(row, field), value != NULL ? value : "", n);
        free(value);
    }
    if (out == NULL)
        return NULL;
    putc('}', out);
    return fclose(out) == 0 ? text : NULL;
}

/* ---- CSV --------------------------------------------------------------------------------------- */

void csv_head(FILE *out, const struct column *columns, size_t count)
{
    fputs("line,offset,length,time,kind,format,flags", out);
    for (size_t i = 0; i < count; i++) /* a session's own time must not pass for the record's */
        fprintf(out, ",%s%s", columns[i].id == TSMP_FIELD_TIME ? "field_" : "",
                columns[i].name);
    fputs(",other\r\n", out);
}

static void csv_flags(FILE *out, uint32_t flags)
{
    const char *blank = "";
    for (uint32_t bit = 1; bit != 0 && bit <= flags; bit <<= 1) {
        const char *name = (flags & bit) != 0 ? tsmp_name("flag", bit) : NULL;
        if (name == NULL)
            continue;
        fprintf(out, "%s%s", blank, name);
        blank = " ";
    }
}

static void csv_cell(FILE *out, const struct row *row, const struct column *column)
{
    const tsmp_field *field = find(row, column);
    if (field != NULL && is_bare(row, field))
        put_bare(out, row, field);
    else if (field != NULL)
        print_csv(out, field_bytes(row, field), field->length);
    else if (column->id == TSMP_FIELD_TEXT && shows_text(row->record))
        print_csv(out, row->view->text + row->record->text, row->record->text_length);
}

void csv_record(FILE *out, const struct row *row, const struct column *columns, size_t count)
{
    const tsmp_record *record = row->record;
    const char *kind = tsmp_name("kind", record->kind), *format = tsmp_name("format", record->format);
    fprintf(out, "%" PRIu64 ",%" PRIu64 ",%" PRIu64 ",", record->line, record->offset,
            record->length);
    if (time_is_known(record->flags))
        print_time(out, record->time, true, false);
    fprintf(out, ",%s,%s,", kind != NULL ? kind : "unknown", format != NULL ? format : "unknown");
    csv_flags(out, row_flags(row));
    for (size_t i = 0; i < count; i++) {
        putc(',', out);
        csv_cell(out, row, &columns[i]);
    }
    putc(',', out);
    size_t n = 0;
    char *rest = others(row, columns, count, &n);
    if (rest != NULL)
        print_csv(out, rest, n);
    free(rest);
    fputs("\r\n", out);
}

/* ---- table ------------------------------------------------------------------------------------- */

enum { LINE_WIDTH = 7, TIME_WIDTH = 19, KIND_WIDTH = 15, GAP = 2, FIXED = LINE_WIDTH + TIME_WIDTH + 2 * GAP };

static size_t natural(const struct column *column)
{
    static const size_t widths[] = {[COLUMN_TEXT] = 24, [COLUMN_NUMBER] = 15, [COLUMN_TIME] = 19,
                                    [COLUMN_WORD] = 10};
    size_t name = strlen(column->name);
    return name > widths[column->type] ? name : widths[column->type];
}

/* Columns of the terminal for column `index`: text shares what the others leave. */
static size_t width_of(const struct column *columns, size_t count, size_t index, size_t width)
{
    size_t used = FIXED, texts = 0;
    if (columns[index].type != COLUMN_TEXT || width == 0)
        return natural(&columns[index]);
    for (size_t i = 0; i < count; i++) {
        if (columns[i].type == COLUMN_TEXT)
            texts++;
        else
            used += natural(&columns[i]);
        used += i > 0 ? GAP : 0;
    }
    size_t share = width > used ? (width - used) / texts : 0;
    return share < 8 ? 8 : share;
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

void table_head(FILE *out, const struct column *columns, size_t count, size_t width, bool single)
{
    char *line = NULL;
    size_t length = 0;
    FILE *to = open_memstream(&line, &length);
    if (to == NULL)
        return;
    fprintf(to, "%*s  %-*s", LINE_WIDTH, "LINE", TIME_WIDTH, "TIME");
    if (!single)
        fprintf(to, "  %-*s  VALUES", KIND_WIDTH, "KIND");
    for (size_t i = 0; single && i < count; i++) {
        char name[40];
        size_t n = 0;
        for (const char *at = columns[i].name; *at != '\0' && n < sizeof name - 1; at++)
            name[n++] = (char)(*at >= 'a' && *at <= 'z' ? *at - 'a' + 'A' : *at);
        fputs("  ", to);
        put_cell(to, name, n, width_of(columns, count, i, width), columns[i].type == COLUMN_NUMBER,
                 width > 0);
    }
    fclose(to);
    put_line(out, line, length, width);
    free(line);
}

static void put_pairs(FILE *out, const struct row *row)
{
    for (uint32_t i = 0; i < row->record->field_count; i++) {
        const tsmp_field *field = row_field(row, i);
        const char *name = field_name(row, field);
        size_t n;
        char *value = flat_value(row, field, &n);
        if (name != NULL && value != NULL) {
            fputs(i > 0 ? " " : "", out);
            print_safe(out, name, strlen(name), SIZE_MAX);
            putc('=', out);
            print_safe(out, value, n, SIZE_MAX);
        }
        free(value);
    }
    if (shows_text(row->record)) {
        fputs(row->record->field_count > 0 ? " text=" : "text=", out);
        print_safe(out, row->view->text + row->record->text, row->record->text_length, SIZE_MAX);
    }
}

void table_record(FILE *out, const struct row *row, const struct column *columns, size_t count,
                  size_t width, bool single)
{
    char *line = NULL;
    size_t length = 0;
    FILE *to = open_memstream(&line, &length);
    if (to == NULL)
        return;
    bool known = time_is_known(row->record->flags);
    fprintf(to, "%*" PRIu64 "  ", LINE_WIDTH, row->record->line);
    print_time(to, row->record->time, known, false);
    pad(to, known ? 0 : TIME_WIDTH - 1);
    if (!single) {
        const char *kind = tsmp_name("kind", row->record->kind);
        fprintf(to, "  %-*s  ", KIND_WIDTH, kind != NULL ? kind : "unknown");
        put_pairs(to, row);
    }
    for (size_t i = 0; single && i < count; i++) {
        const tsmp_field *field = find(row, &columns[i]);
        size_t n = 0, wide = width_of(columns, count, i, width);
        char *value = field != NULL ? flat_value(row, field, &n) : NULL;
        const char *text = value;
        if (field == NULL && columns[i].id == TSMP_FIELD_TEXT && shows_text(row->record)) {
            text = row->view->text + row->record->text;
            n = row->record->text_length;
        }
        fputs("  ", to);
        put_cell(to, text != NULL ? text : "", text != NULL ? n : 0, wide,
                 columns[i].type == COLUMN_NUMBER, width > 0);
        free(value);
    }
    if (single) {
        size_t n = 0;
        char *rest = others(row, columns, count, &n);
        if (rest != NULL) {
            fputs("  ", to);
            print_safe(to, rest, n, SIZE_MAX);
        }
        free(rest);
    }
    fclose(to);
    put_line(out, line, length, width);
    free(line);
}
