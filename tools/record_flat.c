/* SPDX-License-Identifier: BSD-2-Clause
 * The values of a record as flat text, and a record as a row of CSV. */
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
    const tsmp_field *field = row_find(row, column);
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
    char *rest = row_others(row, columns, count, &n);
    if (rest != NULL)
        print_csv(out, rest, n);
    free(rest);
    fputs("\r\n", out);
}
