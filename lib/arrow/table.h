/* SPDX-License-Identifier: BSD-2-Clause
 * Tables of the Arrow streams: which columns, and how a row is filled in. */
#ifndef TSMP_ARROW_TABLE_H
#define TSMP_ARROW_TABLE_H

#include <tsmparse/arrow.h>

#include <nanoarrow.h>

#include <stdbool.h>

enum { MAX_COLUMNS = 48 };

enum type { TYPE_UINT, TYPE_INT, TYPE_BOOL, TYPE_DOUBLE, TYPE_TIME, TYPE_TEXT, TYPE_BYTES,
            TYPE_PAIRS, TYPE_STATISTICS, TYPE_LINES };

struct column {
    const char *name;
    enum type type;
    uint16_t field; /* of a record; 0 = none */
    bool prefixed;  /* the name is field_NAME */
    bool bytes;     /* the name is NAME_bytes */
};

/* Names of constants by id; looked up once, since tsmp_name searches. */
struct names {
    const char *kind[64], *format[64], *why[64], *word[256], *statistic[128];
};

struct table {
    struct names names;
    struct column columns[MAX_COLUMNS];
    size_t count;
    uint32_t kind;
};

/* The columns of a table of records; of all kinds with kind 0. False: there is no such kind. */
bool table_of_records(struct table *table, uint32_t kind);
/* The columns of TSMP_TABLE_RUNS, EVIDENCE, VOLUMES. False: there is no such table. */
bool table_of_runs(struct table *table, uint32_t which);
/* How a field's values are held in its column. */
enum type field_type(uint32_t kind, uint16_t field);
/* The name at `id` of an array of struct names, or NULL. */
#define NAME_OF(array, id) ((id) < sizeof(array) / sizeof *(array) ? (array)[id] : NULL)
ArrowErrorCode table_schema(const struct table *table, struct ArrowSchema *schema);

/* ---- values.c: one value to the end of a column --------------------------------------------- */

/* Text and, where it is not UTF-8, the bytes in the column behind it. */
ArrowErrorCode put_text(struct ArrowArray **columns, const char *bytes, uint64_t length);
/* Text alone: each byte that is not UTF-8 becomes U+FFFD. */
ArrowErrorCode put_utf8(struct ArrowArray *column, const char *bytes, uint64_t length);
/* A name; null when it is NULL. */
ArrowErrorCode put_name(struct ArrowArray *column, const char *name);
ArrowErrorCode put_set(struct ArrowArray *column, const char *group, uint32_t set);
ArrowErrorCode put_time(struct ArrowArray *column, int64_t time, bool known);
double value_of(int64_t number, int power);
/* number x 10^power to the nearest whole number. False: it does not fit. */
bool whole_of(int64_t number, int power, int64_t *whole);

/* ---- rows ----------------------------------------------------------------------------------- */

/* Append what a batch has; `rows` grows. */
ArrowErrorCode append_records(const struct table *table, const tsmp_batch *batch,
                              struct ArrowArray *array, int64_t *rows);
ArrowErrorCode append_run(uint32_t which, const tsmp_run_view *run,
                          const tsmp_verdict_view *verdict, struct ArrowArray *array,
                          int64_t *rows);

#endif
