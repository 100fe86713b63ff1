/* SPDX-License-Identifier: BSD-2-Clause
 * The values of a record as flat text, and a record as a row of CSV. */
#include "record.h"

#include <stdlib.h>
#include <string.h>

/* A value that is a word, number or time of ours, so that it needs no quotes. False: it is none. */
static bool put_bare(struct out *out, const struct row *row, const tsmp_field *field)
{
    const char *word = field_word(row, field);
    if (word != NULL)
        out_text(out, word);
    else if (field->type == TSMP_TYPE_TIME && time_is_known(field->flags))
        out_time(out, field->number);
    else if ((field->type == TSMP_TYPE_NUMBER || field->type == TSMP_TYPE_OFFSET) &&
             number_is_known(field))
        out_number(out, field->number, field->power);
    else
        return false;
    return true;
}

char *flat_value(const struct row *row, const tsmp_field *field, size_t *length)
{
    char *text = NULL;
    char room[OUT_SMALL];
    struct out out = {.file = open_memstream(&text, length), .start = room, .size = sizeof room};
    if (out.file == NULL)
        return NULL;
    if (!put_bare(&out, row, field))
        out_bytes(&out, field_bytes(row, field), field->length);
    out_flush(&out);
    return fclose(out.file) == 0 ? text : NULL;
}

const tsmp_field *row_find(const struct row *row, const struct column *column)
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
            return row_find(row, &columns[k]) == field;
    return field_name(row, field) == NULL;
}

char *row_others(const struct row *row, const struct column *columns, size_t count,
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

void csv_head(struct out *out, const struct column *columns, size_t count)
{
    out_text(out, "line,offset,length,time,kind,format,flags");
    for (size_t i = 0; i < count; i++) { /* a session's own time must not pass for the record's */
        out_text(out, columns[i].id == TSMP_FIELD_TIME ? ",field_" : ",");
        out_text(out, columns[i].name);
    }
    out_text(out, ",other\r\n");
}

static void csv_flags(struct out *out, uint32_t flags)
{
    const char *blank = "";
    for (uint32_t bit = 1; bit != 0 && bit <= flags; bit <<= 1) {
        const char *name = (flags & bit) != 0 ? flag_name(bit) : NULL;
        if (name == NULL)
            continue;
        out_text(out, blank);
        out_text(out, name);
        blank = " ";
    }
}

static void csv_commas(struct out *out, size_t count)
{
    memset(out_room(out, MAX_COLUMNS + 1), ',', count);
    out->used += count;
}

/* The fields of a row, each at its column; those from `first` on and before `end` may be set. It is
 * a long list to clear for every line, so who reads it clears what was set. */
struct cells {
    const tsmp_field *at[MAX_COLUMNS];
    size_t first, end;
    bool all; /* no field is without a cell */
};

/* row_find() of every column at once: there are some sixty, and a line has fields for five. */
static void find_cells(struct cells *cells, const struct row *row, const struct column *columns,
                       size_t count)
{
    enum { IDS = 256 };
    static _Thread_local const struct column *placed;
    static _Thread_local size_t places[IDS]; /* the column of an id, from 1; 0 = it has none */
    if (placed != columns) {
        memset(places, 0, sizeof places);
        for (size_t i = 0; i < count; i++)
            if (columns[i].id < IDS)
                places[columns[i].id] = i + 1;
        placed = columns;
    }
    cells->first = count;
    cells->end = 0;
    cells->all = true;
    for (uint32_t i = 0; i < row->record->field_count; i++) {
        const tsmp_field *field = row_field(row, i);
        size_t end = field->id < IDS ? places[field->id] : 0;
        bool candidates = field->id == TSMP_FIELD_CANDIDATES; /* behind it none is known to be right */
        if (candidates || end == 0 || cells->at[end - 1] != NULL) {
            cells->all = false;
            if (candidates)
                return;
            continue;
        }
        cells->at[end - 1] = field;
        cells->first = end - 1 < cells->first ? end - 1 : cells->first;
        cells->end = end > cells->end ? end : cells->end;
    }
}

void csv_record(struct out *out, const struct row *row, const struct column *columns, size_t count)
{
    const tsmp_record *record = row->record;
    const char *kind = name_of(NAME_KIND, record->kind), *format = name_of(NAME_FORMAT, record->format);
    static _Thread_local struct cells cells;
    static _Thread_local struct out_before line, offset;
    find_cells(&cells, row, columns, count);
    out_growing(out, &line, record->line);
    out_char(out, ',');
    out_growing(out, &offset, record->offset);
    out_char(out, ',');
    out_unsigned(out, record->length);
    out_char(out, ',');
    if (time_is_known(record->flags))
        out_time(out, record->time);
    out_char(out, ',');
    out_text(out, kind != NULL ? kind : "unknown");
    out_char(out, ',');
    out_text(out, format != NULL ? format : "unknown");
    out_char(out, ',');
    csv_flags(out, row_flags(row));
    bool shows = shows_text(record);
    size_t first = shows ? 0 : cells.first, end = shows ? count : cells.end;
    csv_commas(out, first < end ? first : 0); /* most cells are empty */
    for (size_t i = first; i < end; i++) {
        const tsmp_field *field = cells.at[i];
        cells.at[i] = NULL;
        out_char(out, ',');
        if (field == NULL && shows && columns[i].id == TSMP_FIELD_TEXT)
            out_csv(out, row->view->text + record->text, record->text_length);
        else if (field != NULL && !put_bare(out, row, field))
            out_csv(out, field_bytes(row, field), field->length);
    }
    csv_commas(out, count - end + 1);
    size_t n = 0;
    char *rest = cells.all ? NULL : row_others(row, columns, count, &n);
    if (rest != NULL)
        out_csv(out, rest, n);
    free(rest);
    out_text(out, "\r\n");
}
