/* SPDX-License-Identifier: BSD-2-Clause
 * Records and their fields, as tsmparse records shows and selects them. */
#ifndef TSMPARSE_RECORD_H
#define TSMPARSE_RECORD_H

#include "command.h"
#include "out.h"

#include <stdatomic.h>

/* One record with what its offsets point into. */
struct row {
    const tsmp_batch *batch;
    const tsmp_view *view;
    const tsmp_record *record;
};

/* ---- names.c ---- */
enum name_group { NAME_KIND, NAME_FORMAT, NAME_FIELD, NAME_STATISTIC, NAME_WORD };
/* tsmp_name(), remembered. NULL = there is no such id. */
const char *name_of(enum name_group group, uint32_t id);
/* The same for a flag: one bit. */
const char *flag_name(uint32_t bit);

/* ---- records.c; what is asked for every field of every line is inline ---- */
/* May the record's or field's time be shown as one? */
static inline bool time_is_known(uint32_t flags)
{
    return (flags & (TSMP_FLAG_NO_TIME | TSMP_FLAG_DATE_AMBIGUOUS | TSMP_FLAG_TIME_IMPOSSIBLE)) == 0;
}

/* Has the field a number that may be used? */
static inline bool number_is_known(const tsmp_field *field)
{
    return (field->flags & (TSMP_FLAG_OVERFLOW | TSMP_FLAG_NUMBER_AMBIGUOUS)) == 0;
}

/* Field `index` of the record. */
static inline const tsmp_field *row_field(const struct row *row, uint32_t index)
{
    return &row->view->fields[row->record->first_field + index];
}

/* Its name; NULL = a field that this command and its library do not know. */
static inline const char *field_name(const struct row *row, const tsmp_field *field)
{
    return field->id < TSMP_FIELD_CUSTOM ? name_of(NAME_FIELD, field->id)
                                         : tsmp_batch_field_name(row->batch, field->id);
}

static inline const char *field_bytes(const struct row *row, const tsmp_field *field)
{
    return row->view->text + field->text;
}

/* Is the record's text one of its values? Only where no rule read it. */
static inline bool shows_text(const tsmp_record *record)
{
    return record->kind == TSMP_KIND_UNKNOWN || record->kind == TSMP_KIND_MORE;
}

/* The schema's name of a word, of a statistic or of a user's pattern, NULL = it is no word. */
const char *field_word(const struct row *row, const tsmp_field *field);
/* The record's flags and those of its fields: what is doubtful about a value is so about the row. */
uint32_t row_flags(const struct row *row);

/* ---- where.c ---- */
/* `known[i]` becomes true when a record had the field that condition i asks for; of several threads. */
bool row_fits(const struct row *row, const struct options *options, atomic_bool *known);
/* Exact comparison of two decimal numbers, "-12.50" and the like: -1, 0, 1. */
int compare_decimals(const char *a, const char *b);

/* ---- columns.c ---- */
enum { MAX_COLUMNS = 128 };
struct column {
    const char *name;
    uint32_t id; /* TSMP_FIELD_ */
    enum { COLUMN_TEXT, COLUMN_NUMBER, COLUMN_TIME, COLUMN_WORD } type;
};
/* The columns of the chosen kinds (NULL = all): every field they have, each once, in an order that
 * depends on nothing else. How many. */
size_t columns_of(const char *kinds, struct column *columns);
bool kind_is_chosen(const char *kinds, const char *kind);

/* ---- record_json.c ---- */
void json_record(struct out *out, const struct row *row);
/* The same without the opening brace: other members may stand in front. */
void json_record_members(struct out *out, const struct row *row);

/* ---- record_flat.c ---- */
/* One value as text, not yet made safe: ours where it is known, else as it stands in the log. The
 * caller frees it; NULL: no memory. */
char *flat_value(const struct row *row, const tsmp_field *field, size_t *length);
/* The first field of the column, NULL = the record has none. */
const tsmp_field *row_find(const struct row *row, const struct column *column);
/* Fields that have no column: a user's groups, a table's own columns, what is newer than the list
 * of columns, a second field of one name. As JSON, so that it can be read back. NULL: there are
 * none. The caller frees it. */
char *row_others(const struct row *row, const struct column *columns, size_t count,
                 size_t *length);
void csv_head(struct out *out, const struct column *columns, size_t count);
void csv_record(struct out *out, const struct row *row, const struct column *columns, size_t count);

/* ---- record_table.c ---- */
struct table {
    size_t width; /* columns of the terminal, 0 = the output is none, and nothing is cut */
    bool single;  /* one kind: each of its fields has a column of its own */
    bool short_time;
    struct column columns[MAX_COLUMNS]; /* those that are shown, in this order */
    size_t widths[MAX_COLUMNS], count;
};
/* Choose and order the columns so that what matters fits. */
void table_plan(struct table *table, const struct column *columns, size_t count, size_t width,
                bool single);
void table_first_line(FILE *out, const struct table *table);
void table_record(FILE *out, const struct row *row, const struct table *table);

/* ---- printers.c ---- */
struct printers;
/* Makes a batch into text, on any thread. */
typedef void batch_printer(void *context, struct out *out, const tsmp_batch *batch);
/* NULL: `threads` is less than 2, or there is no memory or no thread to be had: print it yourself. The
 * thread that calls these functions is one of them. */
struct printers *printers_new(unsigned threads, FILE *file, batch_printer *print, void *context);
/* Behind all that were added before. A reference is kept until some later call here. False: `file`
 * did not take what was written. */
bool printers_add(struct printers *printers, const tsmp_batch *batch);
/* Until all is written, and no batch is kept. */
void printers_drain(struct printers *printers);
/* Drained before. */
void printers_free(struct printers *printers);

#endif
