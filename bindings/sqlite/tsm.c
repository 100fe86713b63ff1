/* SPDX-License-Identifier: BSD-2-Clause
 * An SQLite extension: logs of the TSM client as table-valued functions.
 *
 *     select load_extension('tsm');
 *     select * from tsm_records('dsmsched.log');
 *     select * from tsm_runs('dsmsched.log');
 *     select * from tsm_check('dsmsched.log');      -- a row a reason
 *
 * Names are shown as text: bytes that are not UTF-8 are SQLite's to deal with, and text_bytes and
 * path_bytes have them as blobs. */
#include <sqlite3ext.h>
SQLITE_EXTENSION_INIT1

#include "../hosts/log.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum table { RECORDS, RUNS, CHECK };

static const char *const schemas[] = {
    "create table x(line integer, offset integer, length integer, time text, kind text, format text,"
    " flags integer, code text, action text, path text, size integer, status text, volume text,"
    " outcome text, name text, value text, text text, path_bytes blob, text_bytes blob,"
    " file hidden)",
    "create table x(schedule text, node text, action text, scheduled text, started text, ended text,"
    " claim text, return_code integer, verdict text, inspected integer, backed_up integer,"
    " failed integer, bytes_transferred integer, volumes integer, first_line integer,"
    " last_line integer, file hidden)",
    ("create table x(verdict text, schedule text, started text, id text, strength integer,"
     " reason text, line integer, file hidden)")};
static const int hidden[] = {19, 16, 7};

struct virtual_table {
    sqlite3_vtab base;
    enum table table;
};

struct cursor {
    sqlite3_vtab_cursor base;
    enum table table;
    struct log *log;
    tsmp_batch *batch;
    tsmp_run *run;
    tsmp_verdict *verdict;
    uint64_t index; /* record of the batch, or reason of the run */
    sqlite3_int64 row;
    bool end;
};

static int connect(sqlite3 *db, void *which, int argc, const char *const *argv, sqlite3_vtab **out,
                   char **error)
{
    (void)argc, (void)argv, (void)error;
    enum table table = *(const enum table *)which;
    int code = sqlite3_declare_vtab(db, schemas[table]);
    struct virtual_table *made = code == SQLITE_OK ? sqlite3_malloc(sizeof *made) : NULL;
    if (made == NULL)
        return code == SQLITE_OK ? SQLITE_NOMEM : code;
    *made = (struct virtual_table){.table = table};
    sqlite3_vtab_config(db, SQLITE_VTAB_DIRECTONLY); /* it reads files: not from within a schema */
    *out = &made->base;
    return SQLITE_OK;
}

static int disconnect(sqlite3_vtab *table)
{
    sqlite3_free(table);
    return SQLITE_OK;
}

static int best_index(sqlite3_vtab *base, sqlite3_index_info *info)
{
    int file = hidden[((struct virtual_table *)base)->table];
    for (int i = 0; i < info->nConstraint; i++) {
        if (info->aConstraint[i].iColumn != file || !info->aConstraint[i].usable ||
            info->aConstraint[i].op != SQLITE_INDEX_CONSTRAINT_EQ)
            continue;
        info->aConstraintUsage[i].argvIndex = 1;
        info->aConstraintUsage[i].omit = 1;
        info->estimatedCost = 1000;
        return SQLITE_OK;
    }
    return SQLITE_CONSTRAINT; /* a file must be named */
}

static int open_cursor(sqlite3_vtab *base, sqlite3_vtab_cursor **out)
{
    struct cursor *cursor = sqlite3_malloc(sizeof *cursor);
    if (cursor == NULL)
        return SQLITE_NOMEM;
    *cursor = (struct cursor){.table = ((struct virtual_table *)base)->table};
    *out = &cursor->base;
    return SQLITE_OK;
}

static void clear(struct cursor *cursor)
{
    tsmp_batch_unref(cursor->batch);
    tsmp_run_free(cursor->run);
    tsmp_verdict_free(cursor->verdict);
    cursor->batch = NULL;
    cursor->run = NULL;
    cursor->verdict = NULL;
}

static int close_cursor(sqlite3_vtab_cursor *base)
{
    struct cursor *cursor = (struct cursor *)base;
    clear(cursor);
    log_close(cursor->log);
    sqlite3_free(cursor);
    return SQLITE_OK;
}

static int told(struct cursor *cursor, const char *text)
{
    sqlite3_free(cursor->base.pVtab->zErrMsg);
    cursor->base.pVtab->zErrMsg = sqlite3_mprintf("tsm: %s", text);
    return SQLITE_ERROR;
}

/* Is there a row at this place of what is held? */
static bool holds(const struct cursor *cursor)
{
    if (cursor->table == RECORDS)
        return cursor->batch != NULL && cursor->index < tsmp_batch_view(cursor->batch)->record_count;
    if (cursor->run == NULL)
        return false;
    uint64_t rows = 1; /* a run without any reason has a row too */
    if (cursor->table == CHECK && tsmp_verdict_view_of(cursor->verdict)->evidence_count > 1)
        rows = tsmp_verdict_view_of(cursor->verdict)->evidence_count;
    return cursor->index < rows;
}

static int settle(struct cursor *cursor)
{
    while (!holds(cursor)) {
        clear(cursor);
        cursor->index = 0;
        int32_t status = cursor->table == RECORDS
                             ? log_next(cursor->log, &cursor->batch)
                             : log_next_run(cursor->log, &cursor->run, &cursor->verdict);
        if (status == TSMP_OK)
            continue;
        cursor->batch = NULL;
        cursor->run = NULL;
        cursor->verdict = NULL;
        cursor->end = true;
        return status == TSMP_END ? SQLITE_OK : told(cursor, log_error(cursor->log));
    }
    return SQLITE_OK;
}

static int filter(sqlite3_vtab_cursor *base, int number, const char *text, int argc,
                  sqlite3_value **argv)
{
    struct cursor *cursor = (struct cursor *)base;
    char error[320], both[1024];
    (void)number, (void)text;
    clear(cursor);
    log_close(cursor->log);
    cursor->log = NULL;
    cursor->end = false;
    cursor->index = 0;
    cursor->row = 0;
    const char *path = argc == 1 ? (const char *)sqlite3_value_text(argv[0]) : NULL;
    if (path == NULL)
        return told(cursor, "name a file: tsm_runs('dsmsched.log')");
    cursor->log = log_open(path, error, sizeof error);
    if (cursor->log == NULL) {
        snprintf(both, sizeof both, "%.600s: %s", path, error);
        return told(cursor, both);
    }
    return settle(cursor);
}

static int next(sqlite3_vtab_cursor *base)
{
    struct cursor *cursor = (struct cursor *)base;
    cursor->index++;
    cursor->row++;
    return settle(cursor);
}

static int eof(sqlite3_vtab_cursor *base)
{
    return ((struct cursor *)base)->end;
}

static int rowid(sqlite3_vtab_cursor *base, sqlite3_int64 *out)
{
    *out = ((struct cursor *)base)->row;
    return SQLITE_OK;
}

/* ---- values ----------------------------------------------------------------------------------- */

static void put_text(sqlite3_context *out, const char *bytes, uint64_t length)
{
    sqlite3_result_text64(out, bytes, length, SQLITE_TRANSIENT, SQLITE_UTF8);
}

static void put_name(sqlite3_context *out, const char *group, uint32_t id)
{
    const char *name = tsmp_name(group, id);
    if (name != NULL)
        sqlite3_result_text(out, name, -1, SQLITE_STATIC);
}

static void put_number(sqlite3_context *out, int64_t number, int power)
{
    double value = (double)number;
    if (power == 0) {
        sqlite3_result_int64(out, number);
        return;
    }
    for (; power < 0; power++)
        value /= 10;
    for (; power > 0; power--)
        value *= 10;
    sqlite3_result_double(out, value);
}

/* As SQLite's own date functions write it, so that they can be used on it. */
static void put_time(sqlite3_context *out, int64_t time, bool known)
{
    if (!known)
        return;
    int64_t seconds = time / 1000000, days = seconds / 86400, rest = seconds % 86400;
    if (rest < 0) {
        rest += 86400;
        days--;
    }
    /* civil date from days since 1970-01-01, in eras of 400 years that begin in March */
    int64_t z = days + 719468, era = (z >= 0 ? z : z - 146096) / 146097, doe = z - era * 146097;
    int64_t yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
    int64_t doy = doe - (365 * yoe + yoe / 4 - yoe / 100), mp = (5 * doy + 2) / 153;
    int64_t month = mp < 10 ? mp + 3 : mp - 9, year = yoe + era * 400 + (month <= 2);
    char text[64];
    int n = snprintf(text, sizeof text, "%04lld-%02lld-%02lld %02lld:%02lld:%02lld",
                     (long long)year, (long long)month, (long long)(doy - (153 * mp + 2) / 5 + 1),
                     (long long)(rest / 3600), (long long)(rest / 60 % 60), (long long)(rest % 60));
    sqlite3_result_text(out, text, n, SQLITE_TRANSIENT);
}

static void record_column(const struct cursor *cursor, sqlite3_context *out, int column)
{
    static const uint16_t fields[] = {TSMP_FIELD_CODE, TSMP_FIELD_ACTION, TSMP_FIELD_PATH,
                                      TSMP_FIELD_SIZE, TSMP_FIELD_STATUS, TSMP_FIELD_VOLUME,
                                      TSMP_FIELD_OUTCOME, TSMP_FIELD_NAME, TSMP_FIELD_VALUE};
    const tsmp_view *view = tsmp_batch_view(cursor->batch);
    const tsmp_record *record =
        (const tsmp_record *)((const char *)view->records +
                              (size_t)cursor->index * view->record_stride);
    const uint32_t bad_time = TSMP_FLAG_NO_TIME | TSMP_FLAG_DATE_AMBIGUOUS | TSMP_FLAG_TIME_IMPOSSIBLE;
    switch (column) {
    case 0: sqlite3_result_int64(out, (sqlite3_int64)record->line); return;
    case 1: sqlite3_result_int64(out, (sqlite3_int64)record->offset); return;
    case 2: sqlite3_result_int64(out, (sqlite3_int64)record->length); return;
    case 3: put_time(out, record->time, (record->flags & bad_time) == 0); return;
    case 4: put_name(out, "kind", record->kind); return;
    case 5: put_name(out, "format", record->format); return;
    case 6: sqlite3_result_int64(out, record->flags); return;
    case 16: put_text(out, view->text + record->text, record->text_length); return;
    case 18: sqlite3_result_blob64(out, view->text + record->text, record->text_length,
                                   SQLITE_TRANSIENT); return;
    default: break;
    }
    uint16_t wanted = column == 17 ? TSMP_FIELD_PATH : fields[column - 7];
    for (uint32_t i = 0; i < record->field_count; i++) {
        const tsmp_field *field =
            (const tsmp_field *)((const char *)view->fields +
                                 (size_t)(record->first_field + i) * view->field_stride);
        if (field->id == TSMP_FIELD_CANDIDATES)
            return; /* of what stands behind it nothing is known to be right */
        if (field->id != wanted)
            continue;
        bool statistic = record->kind == TSMP_KIND_STATISTIC && wanted == TSMP_FIELD_NAME;
        if (column == 17)
            sqlite3_result_blob64(out, view->text + field->text, field->length, SQLITE_TRANSIENT);
        else if (field->type == TSMP_TYPE_WORD)
            put_name(out, statistic ? "statistic" : "word", (uint32_t)field->number);
        else if (field->type == TSMP_TYPE_NUMBER &&
                 (field->flags & (TSMP_FLAG_OVERFLOW | TSMP_FLAG_NUMBER_AMBIGUOUS)) == 0)
            put_number(out, field->number, field->power);
        else if (field->type == TSMP_TYPE_TEXT)
            put_text(out, view->text + field->text, field->length);
        return;
    }
}

static void put_statistic(sqlite3_context *out, const tsmp_run_view *run, uint32_t name)
{
    for (uint64_t i = 0; i < run->statistic_count; i++) {
        const tsmp_statistic *found =
            (const tsmp_statistic *)((const char *)run->statistics +
                                     (size_t)i * run->statistic_stride);
        if (found->name != name)
            continue;
        if ((found->flags & (TSMP_FLAG_OVERFLOW | TSMP_FLAG_NUMBER_AMBIGUOUS)) == 0)
            put_number(out, found->number, found->power);
        return;
    }
}

static void put_some(sqlite3_context *out, tsmp_text text)
{
    if (text.length > 0)
        put_text(out, text.bytes, text.length);
}

static void run_column(const struct cursor *cursor, sqlite3_context *out, int column)
{
    static const uint32_t statistics[] = {
        TSMP_STATISTIC_OBJECTS_INSPECTED, TSMP_STATISTIC_OBJECTS_BACKED_UP,
        TSMP_STATISTIC_OBJECTS_FAILED, TSMP_STATISTIC_BYTES_TRANSFERRED};
    const tsmp_run_view *run = tsmp_run_view_of(cursor->run);
    switch (column) {
    case 0: put_some(out, run->schedule); break;
    case 1: put_some(out, run->node); break;
    case 2: put_name(out, "word", run->action); break;
    case 3: put_time(out, run->scheduled, run->scheduled != TSMP_NO_TIME); break;
    case 4: put_time(out, run->started, run->started != TSMP_NO_TIME); break;
    case 5: put_time(out, run->ended, run->ended != TSMP_NO_TIME); break;
    case 6: put_name(out, "claim", run->claim); break;
    case 7:
        if (run->has_return_code)
            sqlite3_result_int64(out, run->return_code);
        break;
    case 8: put_name(out, "verdict", tsmp_verdict_view_of(cursor->verdict)->verdict); break;
    case 13: sqlite3_result_int64(out, (sqlite3_int64)run->volume_count); break;
    case 14: sqlite3_result_int64(out, (sqlite3_int64)run->first_line); break;
    case 15: sqlite3_result_int64(out, (sqlite3_int64)run->last_line); break;
    default: put_statistic(out, run, statistics[column - 9]); break;
    }
}

static void check_column(const struct cursor *cursor, sqlite3_context *out, int column)
{
    const tsmp_run_view *run = tsmp_run_view_of(cursor->run);
    const tsmp_verdict_view *verdict = tsmp_verdict_view_of(cursor->verdict);
    const tsmp_evidence *reason = NULL;
    if (cursor->index < verdict->evidence_count)
        reason = (const tsmp_evidence *)((const char *)verdict->evidence +
                                         (size_t)cursor->index * verdict->evidence_stride);
    switch (column) {
    case 0: put_name(out, "verdict", verdict->verdict); return;
    case 1: put_some(out, run->schedule); return;
    case 2: put_time(out, run->started, run->started != TSMP_NO_TIME); return;
    default: break;
    }
    if (reason == NULL)
        return;
    switch (column) {
    case 3: put_name(out, "evidence", reason->id); break;
    case 4: sqlite3_result_int64(out, reason->strength); break;
    case 5: put_some(out, reason->text); break;
    default:
        if (reason->line_count > 0)
            sqlite3_result_int64(out, (sqlite3_int64)reason->lines[0]);
    }
}

static int column(sqlite3_vtab_cursor *base, sqlite3_context *out, int index)
{
    const struct cursor *cursor = (const struct cursor *)base;
    if (index >= hidden[cursor->table])
        return SQLITE_OK;
    if (cursor->table == RECORDS)
        record_column(cursor, out, index);
    else if (cursor->table == RUNS)
        run_column(cursor, out, index);
    else
        check_column(cursor, out, index);
    return SQLITE_OK;
}

static const sqlite3_module module = {
    .xConnect = connect, .xBestIndex = best_index, .xDisconnect = disconnect, .xOpen = open_cursor,
    .xClose = close_cursor, .xFilter = filter, .xNext = next, .xEof = eof, .xColumn = column,
    .xRowid = rowid};

TSMP_API int sqlite3_tsm_init(sqlite3 *db, char **error, const sqlite3_api_routines *api);
int sqlite3_tsm_init(sqlite3 *db, char **error, const sqlite3_api_routines *api)
{
    static const char *const names[] = {"tsm_records", "tsm_runs", "tsm_check"};
    static const enum table tables[] = {RECORDS, RUNS, CHECK};
    SQLITE_EXTENSION_INIT2(api);
    if (tsmp_abi_version() != TSMP_ABI_VERSION) {
        *error = sqlite3_mprintf("tsm: libtsmparse has another ABI; install both of one release");
        return SQLITE_ERROR;
    }
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        int code = sqlite3_create_module_v2(db, names[i], &module, (void *)&tables[i], NULL);
        if (code != SQLITE_OK)
            return code;
    }
    return SQLITE_OK;
}
