/* SPDX-License-Identifier: BSD-2-Clause
 * The columns of each table. A field that is not listed here is not lost: it stands in `other`. */
#include "table.h"

#include <stdio.h>
#include <string.h>

#define F(name) TSMP_FIELD_##name

static const struct {
    uint16_t kind;
    uint16_t fields[12];
} kinds[] = {
    {TSMP_KIND_MESSAGE, {F(CODE), F(SEVERITY), F(TEXT), F(OBJECT), F(COMMAND)}},
    {TSMP_KIND_OBJECT, {F(ACTION), F(OBJECT_TYPE), F(SIZE), F(PATH), F(STATUS), F(RETRY),
                        F(DESTINATION)}},
    {TSMP_KIND_VOLUME_BEGIN, {F(VOLUME)}},
    {TSMP_KIND_VOLUME_END, {F(VOLUME), F(OUTCOME), F(FAILURES), F(CODE)}},
    {TSMP_KIND_STATISTIC, {F(NAME), F(VALUE), F(UNIT), F(LABEL), F(CODE), F(NODE), F(SESSION)}},
    {TSMP_KIND_PROGRESS, {F(OBJECTS)}},
    {TSMP_KIND_SCHEDREC, {F(BLOCK), F(EDGE), F(SCHEDULE), F(SCHEDULED)}},
    {TSMP_KIND_EVENT, {F(SCHEDULE), F(OUTCOME), F(RETURN_CODE), F(CODE)}},
    {TSMP_KIND_SCHEDULE_FIELD, {F(LABEL), F(VALUE), F(SCHEDULED)}},
    {TSMP_KIND_SCHEDULER, {F(STATE), F(SCHEDULE)}},
    {TSMP_KIND_COMMAND, {F(STATE), F(RETURN_CODE), F(COMMAND)}},
    {TSMP_KIND_SESSION, {F(STATE), F(NAME), F(VERSION), F(TIME), F(LAST_ACCESS)}},
    {TSMP_KIND_BANNER, {F(STATE), F(TEXT), F(VERSION), F(TIME)}},
    {TSMP_KIND_TABLE_HEAD, {F(TEXT)}},
    {TSMP_KIND_LABEL, {F(LABEL), F(VALUE)}},
    {TSMP_KIND_MARKER, {F(STATE)}},
    {TSMP_KIND_MORE, {F(OF)}},
    {TSMP_KIND_BACKUP_VERSION, {F(SIZE), F(UNIT), F(BACKUP_TIME), F(MANAGEMENT_CLASS), F(STATE),
                                F(PATH), F(API)}},
    {TSMP_KIND_ARCHIVE_VERSION, {F(SIZE), F(UNIT), F(ARCHIVE_TIME), F(PATH), F(EXPIRES),
                                 F(DESCRIPTION)}},
    {TSMP_KIND_FILESPACE, {F(NUMBER), F(LAST_INCREMENTAL), F(FS_TYPE), F(NAME)}},
    {TSMP_KIND_SERVER_EVENT, {F(DOMAIN), F(SCHEDULE), F(NODE), F(SCHEDULED), F(ACTUAL),
                              F(COMPLETED), F(STATUS), F(RESULT), F(REASON)}},
    {TSMP_KIND_SERVER_MESSAGE, {F(CODE), F(SEVERITY), F(TEXT), F(NODE), F(SESSION), F(SCHEDULE)}},
};

static const uint16_t whole[] = {F(SIZE), F(RETRY), F(FAILURES), F(OBJECTS), F(RETURN_CODE), F(API),
                                 F(NUMBER), F(RESULT), F(SESSION), F(OF)};
static const uint16_t times[] = {F(SCHEDULED), F(TIME), F(LAST_ACCESS), F(BACKUP_TIME),
                                 F(ARCHIVE_TIME), F(EXPIRES), F(LAST_INCREMENTAL), F(ACTUAL),
                                 F(COMPLETED), F(MODIFIED), F(ACCESSED), F(INODE_CHANGED)};
/* Text that the client chose from few words: it has no bytes that are not UTF-8. */
static const uint16_t words[] = {F(CODE), F(SEVERITY), F(ACTION), F(OBJECT_TYPE), F(STATUS),
                                 F(OUTCOME), F(UNIT), F(BLOCK), F(EDGE), F(STATE)};

static bool is_in(const uint16_t *fields, size_t count, uint16_t field)
{
    for (size_t i = 0; i < count; i++)
        if (fields[i] == field)
            return true;
    return false;
}

#define IS_IN(fields, field) is_in(fields, sizeof fields / sizeof *fields, field)

enum type field_type(uint32_t kind, uint16_t field)
{
    if (IS_IN(whole, field))
        return TYPE_INT;
    if (IS_IN(times, field))
        return TYPE_TIME;
    return field == F(VALUE) && kind == TSMP_KIND_STATISTIC ? TYPE_DOUBLE : TYPE_TEXT;
}

static void add(struct table *table, const char *name, enum type type)
{
    table->columns[table->count++] = (struct column){.name = name, .type = type};
}

static void add_text(struct table *table, const char *name)
{
    add(table, name, TYPE_TEXT);
    add(table, name, TYPE_BYTES);
    table->columns[table->count - 1].bytes = true;
}

static void add_field(struct table *table, uint16_t field)
{
    const char *name = tsmp_name("field", field);
    enum type type = field_type(table->kind, field);
    bool prefixed = field == F(TIME);
    add(table, name, type);
    table->columns[table->count - 1].field = field;
    table->columns[table->count - 1].prefixed = prefixed;
    if (type != TYPE_TEXT || IS_IN(words, field) ||
        (field == F(NAME) && table->kind == TSMP_KIND_STATISTIC))
        return;
    add(table, name, TYPE_BYTES);
    table->columns[table->count - 1].bytes = true;
}

static void fill(const char **names, size_t count, const char *group)
{
    for (size_t i = 0; i < count; i++)
        names[i] = tsmp_name(group, (uint32_t)i);
}

#define FILL(array, group) fill(array, sizeof(array) / sizeof *(array), group)

static void begin(struct table *table, uint32_t kind)
{
    *table = (struct table){.kind = kind};
    FILL(table->names.kind, "kind");
    FILL(table->names.format, "format");
    FILL(table->names.why, "why");
    FILL(table->names.word, "word");
    FILL(table->names.statistic, "statistic");
}

bool table_of_records(struct table *table, uint32_t kind)
{
    static const char *const places[] = {"offset", "line", "length"};
    begin(table, kind);
    for (size_t i = 0; i < sizeof places / sizeof *places; i++)
        add(table, places[i], TYPE_UINT);
    add(table, "time", TYPE_TIME);
    if (kind == 0)
        add(table, "kind", TYPE_TEXT);
    add(table, "format", TYPE_TEXT);
    add(table, "flags", TYPE_UINT);
    if (kind == 0) {
        add(table, "why", TYPE_TEXT);
        add_text(table, "text");
        return true;
    }
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        for (size_t k = 0; kinds[i].kind == kind && kinds[i].fields[k] != 0; k++)
            add_field(table, kinds[i].fields[k]);
    add(table, "other", TYPE_PAIRS);
    return tsmp_name("kind", kind) != NULL;
}

bool table_of_runs(struct table *table, uint32_t which)
{
    begin(table, 0);
    add_text(table, "schedule");
    if (which == TSMP_TABLE_RUNS) {
        static const char *const counts[] = {
            "sent", "updated", "expired", "rebound", "deleted", "failed", "skipped", "retried",
            "informational", "warnings", "errors", "severe", "volumes", "first_line", "last_line"};
        add_text(table, "node");
        add(table, "action", TYPE_TEXT);
        add(table, "scheduled", TYPE_TIME);
        add(table, "started", TYPE_TIME);
        add(table, "ended", TYPE_TIME);
        add(table, "interactive", TYPE_BOOL);
        add(table, "attempts", TYPE_UINT);
        add(table, "claim", TYPE_TEXT);
        add(table, "return_code", TYPE_INT);
        add(table, "verdict", TYPE_TEXT);
        add(table, "proof", TYPE_TEXT);
        for (size_t i = 0; i < sizeof counts / sizeof *counts; i++)
            add(table, counts[i], TYPE_UINT);
        add(table, "statistics", TYPE_STATISTICS);
        return true;
    }
    add(table, "scheduled", TYPE_TIME);
    add(table, "started", TYPE_TIME);
    if (which == TSMP_TABLE_EVIDENCE) {
        add(table, "verdict", TYPE_TEXT);
        add(table, "id", TYPE_TEXT);
        add(table, "strength", TYPE_UINT);
        add_text(table, "text");
        add(table, "first_line", TYPE_UINT);
        add(table, "lines", TYPE_LINES);
        return true;
    }
    add_text(table, "name");
    add(table, "outcome", TYPE_TEXT);
    add(table, "failures", TYPE_UINT);
    add(table, "begin_line", TYPE_UINT);
    add(table, "end_line", TYPE_UINT);
    return which == TSMP_TABLE_VOLUMES;
}

/* ---- schema ----------------------------------------------------------------------------------- */

static ArrowErrorCode member(struct ArrowSchema *schema, const char *name, enum ArrowType type)
{
    NANOARROW_RETURN_NOT_OK(ArrowSchemaSetType(schema, type));
    return ArrowSchemaSetName(schema, name);
}

static ArrowErrorCode list_of_structs(struct ArrowSchema *schema, bool statistics)
{
    NANOARROW_RETURN_NOT_OK(ArrowSchemaSetType(schema, NANOARROW_TYPE_LIST));
    struct ArrowSchema *item = schema->children[0];
    NANOARROW_RETURN_NOT_OK(ArrowSchemaSetTypeStruct(item, statistics ? 3 : 2));
    NANOARROW_RETURN_NOT_OK(member(item->children[0], "name", NANOARROW_TYPE_STRING));
    NANOARROW_RETURN_NOT_OK(member(item->children[1], "value", statistics ? NANOARROW_TYPE_DOUBLE
                                                                          : NANOARROW_TYPE_STRING));
    return statistics ? member(item->children[2], "unit", NANOARROW_TYPE_STRING) : NANOARROW_OK;
}

static ArrowErrorCode column_schema(const struct column *column, struct ArrowSchema *schema)
{
    static const enum ArrowType types[] = {
        [TYPE_UINT] = NANOARROW_TYPE_UINT64, [TYPE_INT] = NANOARROW_TYPE_INT64,
        [TYPE_BOOL] = NANOARROW_TYPE_BOOL, [TYPE_DOUBLE] = NANOARROW_TYPE_DOUBLE,
        [TYPE_TEXT] = NANOARROW_TYPE_STRING, [TYPE_BYTES] = NANOARROW_TYPE_BINARY};
    switch (column->type) {
    case TYPE_TIME:
        return ArrowSchemaSetTypeDateTime(schema, NANOARROW_TYPE_TIMESTAMP,
                                          NANOARROW_TIME_UNIT_MICRO, NULL);
    case TYPE_PAIRS:
    case TYPE_STATISTICS: return list_of_structs(schema, column->type == TYPE_STATISTICS);
    case TYPE_LINES:
        NANOARROW_RETURN_NOT_OK(ArrowSchemaSetType(schema, NANOARROW_TYPE_LIST));
        return ArrowSchemaSetType(schema->children[0], NANOARROW_TYPE_UINT64);
    default: return ArrowSchemaSetType(schema, types[column->type]);
    }
}

ArrowErrorCode table_schema(const struct table *table, struct ArrowSchema *schema)
{
    ArrowSchemaInit(schema);
    NANOARROW_RETURN_NOT_OK(ArrowSchemaSetTypeStruct(schema, (int64_t)table->count));
    for (size_t i = 0; i < table->count; i++) {
        const struct column *column = &table->columns[i];
        char name[96];
        snprintf(name, sizeof name, "%s%.64s%s", column->prefixed ? "field_" : "", column->name,
                 column->bytes ? "_bytes" : "");
        NANOARROW_RETURN_NOT_OK(column_schema(column, schema->children[i]));
        NANOARROW_RETURN_NOT_OK(ArrowSchemaSetName(schema->children[i], name));
    }
    return NANOARROW_OK;
}
