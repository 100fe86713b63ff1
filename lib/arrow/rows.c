/* SPDX-License-Identifier: BSD-2-Clause
 * Rows: a record, or what a run shows, to the end of each column. */
#include "table.h"

#include <string.h>

static bool time_is_known(uint32_t flags)
{
    return (flags & (TSMP_FLAG_NO_TIME | TSMP_FLAG_DATE_AMBIGUOUS | TSMP_FLAG_TIME_IMPOSSIBLE)) == 0;
}

static bool number_is_known(uint32_t flags)
{
    return (flags & (TSMP_FLAG_OVERFLOW | TSMP_FLAG_NUMBER_AMBIGUOUS)) == 0;
}

/* ---- records ---------------------------------------------------------------------------------- */

struct row {
    const struct table *table;
    const tsmp_batch *batch;
    const tsmp_view *view;
    const tsmp_record *record;
    const tsmp_field *slots[MAX_COLUMNS]; /* by column; NULL: the record has none */
};

static const tsmp_field *field_at(const struct row *row, uint32_t index)
{
    return (const tsmp_field *)((const char *)row->view->fields +
                                (size_t)(row->record->first_field + index) * row->view->field_stride);
}

/* The name that a word field, or the name of a user's pattern, stands for. */
static const char *word_of(const struct row *row, const tsmp_field *field)
{
    if (row->record->kind == TSMP_KIND_CUSTOM && field->id == TSMP_FIELD_NAME)
        return tsmp_batch_field_name(row->batch, (uint32_t)field->number);
    if (field->type != TSMP_TYPE_WORD)
        return NULL;
    bool statistic = row->record->kind == TSMP_KIND_STATISTIC && field->id == TSMP_FIELD_NAME;
    const struct names *names = &row->table->names;
    uint64_t id = (uint64_t)field->number;
    return statistic ? NAME_OF(names->statistic, id) : NAME_OF(names->word, id);
}

/* Can the column hold the field's value, so that nothing of it is lost? */
static bool fits(const struct row *row, const struct column *column, const tsmp_field *field)
{
    int64_t ignored;
    switch (column->type) {
    case TYPE_INT:
        return (field->type == TSMP_TYPE_NUMBER || field->type == TSMP_TYPE_OFFSET) &&
               number_is_known(field->flags) && whole_of(field->number, field->power, &ignored);
    case TYPE_DOUBLE: return field->type == TSMP_TYPE_NUMBER && number_is_known(field->flags);
    case TYPE_TIME: return field->type == TSMP_TYPE_TIME && time_is_known(field->flags);
    default: return field->type == TSMP_TYPE_TEXT || word_of(row, field) != NULL;
    }
}

static ArrowErrorCode put_other(const struct row *row, const tsmp_field *field,
                                struct ArrowArray *column)
{
    struct ArrowArray *item = column->children[0];
    const char *name = tsmp_batch_field_name(row->batch, field->id), *word = word_of(row, field);
    if (name == NULL)
        return NANOARROW_OK;
    NANOARROW_RETURN_NOT_OK(put_utf8(item->children[0], name, strlen(name)));
    if (word != NULL)
        NANOARROW_RETURN_NOT_OK(put_utf8(item->children[1], word, strlen(word)));
    else
        NANOARROW_RETURN_NOT_OK(put_utf8(item->children[1], row->view->text + field->text,
                                         field->length));
    return ArrowArrayFinishElement(item);
}

/* Put each field into the slot of its column, and what has none into `other`. */
static ArrowErrorCode sort_fields(struct row *row, const uint8_t *places, struct ArrowArray *other)
{
    memset(row->slots, 0, sizeof row->slots);
    bool candidates = false; /* of what stands behind it nothing is known to be right */
    for (uint32_t i = 0; i < row->record->field_count; i++) {
        const tsmp_field *field = field_at(row, i);
        uint8_t place = field->id < 256 && !candidates ? places[field->id] : 0;
        candidates |= field->id == TSMP_FIELD_CANDIDATES;
        if (place != 0 && row->slots[place] == NULL &&
            fits(row, &row->table->columns[place], field))
            row->slots[place] = field;
        else
            NANOARROW_RETURN_NOT_OK(put_other(row, field, other));
    }
    return ArrowArrayFinishElement(other);
}

static ArrowErrorCode put_field(const struct row *row, size_t place, struct ArrowArray **columns)
{
    const struct column *column = &row->table->columns[place];
    const tsmp_field *field = row->slots[place];
    bool pair = place + 1 < row->table->count && row->table->columns[place + 1].bytes;
    int64_t whole = 0;
    if (field == NULL) {
        NANOARROW_RETURN_NOT_OK(ArrowArrayAppendNull(columns[0], 1));
        return pair ? ArrowArrayAppendNull(columns[1], 1) : NANOARROW_OK;
    }
    switch (column->type) {
    case TYPE_INT:
        whole_of(field->number, field->power, &whole);
        return ArrowArrayAppendInt(columns[0], whole);
    case TYPE_DOUBLE:
        return ArrowArrayAppendDouble(columns[0], value_of(field->number, field->power));
    case TYPE_TIME: return ArrowArrayAppendInt(columns[0], field->number);
    default: break;
    }
    const char *word = word_of(row, field);
    const char *bytes = word != NULL ? word : row->view->text + field->text;
    uint64_t length = word != NULL ? strlen(word) : field->length;
    return pair ? put_text(columns, bytes, length) : put_utf8(columns[0], bytes, length);
}

static ArrowErrorCode put_record(struct row *row, const uint8_t *places, struct ArrowArray **columns)
{
    const tsmp_record *record = row->record;
    const struct table *table = row->table;
    size_t at = 0;
    NANOARROW_RETURN_NOT_OK(ArrowArrayAppendUInt(columns[at++], record->offset));
    NANOARROW_RETURN_NOT_OK(ArrowArrayAppendUInt(columns[at++], record->line));
    NANOARROW_RETURN_NOT_OK(ArrowArrayAppendUInt(columns[at++], record->length));
    NANOARROW_RETURN_NOT_OK(put_time(columns[at++], record->time, time_is_known(record->flags)));
    if (table->kind == 0)
        NANOARROW_RETURN_NOT_OK(put_name(columns[at++], NAME_OF(table->names.kind, record->kind)));
    NANOARROW_RETURN_NOT_OK(put_name(columns[at++], NAME_OF(table->names.format, record->format)));
    NANOARROW_RETURN_NOT_OK(ArrowArrayAppendUInt(columns[at++], record->flags));
    if (table->kind == 0) {
        NANOARROW_RETURN_NOT_OK(record->why != TSMP_WHY_NONE
                                    ? put_name(columns[at], NAME_OF(table->names.why, record->why))
                                    : ArrowArrayAppendNull(columns[at], 1));
        return put_text(&columns[at + 1], row->view->text + record->text, record->text_length);
    }
    NANOARROW_RETURN_NOT_OK(sort_fields(row, places, columns[table->count - 1]));
    for (; at + 1 < table->count; at++)
        if (!table->columns[at].bytes)
            NANOARROW_RETURN_NOT_OK(put_field(row, at, &columns[at]));
    return NANOARROW_OK;
}

ArrowErrorCode append_records(const struct table *table, const tsmp_batch *batch,
                              struct ArrowArray *array, int64_t *rows)
{
    struct row row = {.table = table, .batch = batch, .view = tsmp_batch_view(batch)};
    uint8_t places[256] = {0};
    for (size_t i = 0; i < table->count; i++)
        if (table->columns[i].field > 0 && table->columns[i].field < 256)
            places[table->columns[i].field] = (uint8_t)i;
    for (uint64_t i = 0; i < row.view->record_count; i++) {
        row.record = (const tsmp_record *)((const char *)row.view->records +
                                           (size_t)i * row.view->record_stride);
        if (table->kind != 0 && row.record->kind != table->kind)
            continue;
        NANOARROW_RETURN_NOT_OK(put_record(&row, places, array->children));
        ++*rows;
    }
    return NANOARROW_OK;
}

/* ---- runs ------------------------------------------------------------------------------------- */

static ArrowErrorCode put_text_or_null(struct ArrowArray **columns, tsmp_text text)
{
    if (text.length > 0)
        return put_text(columns, text.bytes, text.length);
    NANOARROW_RETURN_NOT_OK(ArrowArrayAppendNull(columns[0], 1));
    return ArrowArrayAppendNull(columns[1], 1);
}

static ArrowErrorCode put_moment(struct ArrowArray *column, int64_t time)
{
    return put_time(column, time, time != TSMP_NO_TIME);
}

static ArrowErrorCode put_statistics(struct ArrowArray *column, const tsmp_run_view *run)
{
    struct ArrowArray *item = column->children[0];
    for (uint64_t i = 0; i < run->statistic_count; i++) {
        const tsmp_statistic *statistic =
            (const tsmp_statistic *)((const char *)run->statistics +
                                     (size_t)i * run->statistic_stride);
        NANOARROW_RETURN_NOT_OK(put_name(item->children[0], tsmp_name("statistic", statistic->name)));
        NANOARROW_RETURN_NOT_OK(
            number_is_known(statistic->flags)
                ? ArrowArrayAppendDouble(item->children[1],
                                         value_of(statistic->number, statistic->power))
                : ArrowArrayAppendNull(item->children[1], 1));
        NANOARROW_RETURN_NOT_OK(put_name(item->children[2], tsmp_name("word", statistic->unit)));
        NANOARROW_RETURN_NOT_OK(ArrowArrayFinishElement(item));
    }
    return ArrowArrayFinishElement(column);
}

static ArrowErrorCode put_run(struct ArrowArray **at, const tsmp_run_view *run,
                              const tsmp_verdict_view *verdict)
{
    const uint64_t counts[] = {run->sent, run->updated, run->expired, run->rebound, run->deleted,
                               run->failed, run->skipped, run->retried, run->informational,
                               run->warnings, run->errors, run->severe, run->volume_count,
                               run->first_line, run->last_line};
    NANOARROW_RETURN_NOT_OK(put_text_or_null(at, run->schedule));
    NANOARROW_RETURN_NOT_OK(put_text_or_null(at + 2, run->node));
    at += 4;
    NANOARROW_RETURN_NOT_OK(put_name(*at++, tsmp_name("word", run->action)));
    NANOARROW_RETURN_NOT_OK(put_moment(*at++, run->scheduled));
    NANOARROW_RETURN_NOT_OK(put_moment(*at++, run->started));
    NANOARROW_RETURN_NOT_OK(put_moment(*at++, run->ended));
    NANOARROW_RETURN_NOT_OK(ArrowArrayAppendUInt(*at++, run->interactive));
    NANOARROW_RETURN_NOT_OK(ArrowArrayAppendUInt(*at++, run->attempts));
    NANOARROW_RETURN_NOT_OK(put_name(*at++, tsmp_name("claim", run->claim)));
    NANOARROW_RETURN_NOT_OK(run->has_return_code ? ArrowArrayAppendInt(*at, run->return_code)
                                                 : ArrowArrayAppendNull(*at, 1));
    at++;
    NANOARROW_RETURN_NOT_OK(put_name(*at++, tsmp_name("verdict", verdict->verdict)));
    NANOARROW_RETURN_NOT_OK(put_set(*at++, "proof", verdict->proof));
    for (size_t i = 0; i < sizeof counts / sizeof *counts; i++)
        NANOARROW_RETURN_NOT_OK(ArrowArrayAppendUInt(*at++, counts[i]));
    return put_statistics(*at, run);
}

static ArrowErrorCode put_evidence(struct ArrowArray **at, const tsmp_run_view *run,
                                   const tsmp_verdict_view *verdict, const tsmp_evidence *evidence)
{
    NANOARROW_RETURN_NOT_OK(put_name(*at++, tsmp_name("verdict", verdict->verdict)));
    NANOARROW_RETURN_NOT_OK(put_name(*at++, tsmp_name("evidence", evidence->id)));
    NANOARROW_RETURN_NOT_OK(ArrowArrayAppendUInt(*at++, evidence->strength));
    NANOARROW_RETURN_NOT_OK(put_text_or_null(at, evidence->text));
    at += 2;
    NANOARROW_RETURN_NOT_OK(ArrowArrayAppendUInt(*at++, run->first_line));
    for (uint64_t i = 0; i < evidence->line_count; i++)
        NANOARROW_RETURN_NOT_OK(ArrowArrayAppendUInt((*at)->children[0], evidence->lines[i]));
    return ArrowArrayFinishElement(*at);
}

static ArrowErrorCode put_volume(struct ArrowArray **at, const tsmp_volume *volume)
{
    NANOARROW_RETURN_NOT_OK(put_text_or_null(at, volume->name));
    at += 2;
    NANOARROW_RETURN_NOT_OK(
        put_name(*at++, tsmp_name("word", volume->outcome != 0 ? volume->outcome
                                                               : TSMP_WORD_UNFINISHED)));
    NANOARROW_RETURN_NOT_OK(ArrowArrayAppendUInt(*at++, volume->failures));
    NANOARROW_RETURN_NOT_OK(ArrowArrayAppendUInt(*at++, volume->begin_line));
    return ArrowArrayAppendUInt(*at, volume->end_line);
}

ArrowErrorCode append_run(uint32_t which, const tsmp_run_view *run,
                          const tsmp_verdict_view *verdict, struct ArrowArray *array, int64_t *rows)
{
    struct ArrowArray **columns = array->children;
    if (which == TSMP_TABLE_RUNS) {
        ++*rows;
        return put_run(columns, run, verdict);
    }
    bool evidence = which == TSMP_TABLE_EVIDENCE;
    uint64_t count = evidence ? verdict->evidence_count : run->volume_count;
    for (uint64_t i = 0; i < count; i++) {
        NANOARROW_RETURN_NOT_OK(put_text_or_null(columns, run->schedule));
        NANOARROW_RETURN_NOT_OK(put_moment(columns[2], run->scheduled));
        NANOARROW_RETURN_NOT_OK(put_moment(columns[3], run->started));
        if (evidence)
            NANOARROW_RETURN_NOT_OK(put_evidence(
                columns + 4, run, verdict,
                (const tsmp_evidence *)((const char *)verdict->evidence +
                                        (size_t)i * verdict->evidence_stride)));
        else
            NANOARROW_RETURN_NOT_OK(
                put_volume(columns + 4, (const tsmp_volume *)((const char *)run->volumes +
                                                              (size_t)i * run->volume_stride)));
        ++*rows;
    }
    return NANOARROW_OK;
}
