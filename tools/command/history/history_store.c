/* SPDX-License-Identifier: BSD-2-Clause
 * The file itself. Whatever is not surely ours is left as it is: another program's database, one of a
 * newer version, a damaged one, what is no ordinary file. A run that is stored is never lost: it is
 * only replaced by a longer reading of the same run, or one that is as long and proves as much. */
#include "history.h"

#include <errno.h>
#include <fcntl.h>
#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum {
    APPLICATION = 0x54534D50, /* "TSMP" in the header */
    HEADER = 100,
    BUSY = 30000,             /* milliseconds that another writer may take */
    LOOKED_THROUGH = 4 << 20  /* bytes of a file that is looked through before each use: it costs by size */
};

/* Columns of a run in both tables. A time that is not known is the least number, so that the key
 * holds; a number that is not known is NULL. */
#define COLUMNS                                                                                    \
    "node BLOB NOT NULL, schedule BLOB NOT NULL, scheduled INTEGER NOT NULL, "                     \
    "started INTEGER NOT NULL, at INTEGER NOT NULL, ended INTEGER NOT NULL, "                      \
    "action INTEGER NOT NULL, elapsed INTEGER, inspected INTEGER, transferred INTEGER, "           \
    "verdict INTEGER NOT NULL, base INTEGER NOT NULL, claim INTEGER NOT NULL, "                    \
    "proof INTEGER NOT NULL, flags INTEGER NOT NULL, known INTEGER NOT NULL, "                     \
    "good INTEGER NOT NULL, stored INTEGER NOT NULL, "
#define NAMES                                                                                      \
    "node, schedule, scheduled, started, at, ended, action, elapsed, inspected, transferred, "     \
    "verdict, base, claim, proof, flags, known, good, stored"
#define NO_TIME "-9223372036854775808"

static const char schema[] =
    "CREATE TABLE volume_sets (id INTEGER PRIMARY KEY, names BLOB NOT NULL UNIQUE);"
    "CREATE TABLE runs (id INTEGER PRIMARY KEY, " COLUMNS
    "volumes INTEGER REFERENCES volume_sets, accepted INTEGER NOT NULL DEFAULT 0, "
    "UNIQUE (node, schedule, scheduled, started));"
    "CREATE INDEX runs_good ON runs (node, schedule, action, at) WHERE good = 1;"
    "CREATE INDEX runs_time ON runs (node, schedule, at);"
    "PRAGMA application_id = 1414745424; PRAGMA user_version = 1;";

static const char pending[] =
    "CREATE TEMP TABLE pending (id INTEGER PRIMARY KEY, " COLUMNS "names BLOB NOT NULL);"
    "CREATE INDEX temp.pending_good ON pending (node, schedule, action, at) WHERE good = 1;";

/* A run whose head was pruned has no start of its own: it is the one of the same nominal start. */
#define SAME "p.node = r.node AND p.schedule = r.schedule AND p.scheduled = r.scheduled"
static const char flush[] =
    "UPDATE temp.pending AS p SET started = (SELECT r.started FROM main.runs AS r WHERE " SAME
    " AND r.started <> " NO_TIME " ORDER BY r.ended DESC LIMIT 1)"
    " WHERE p.started = " NO_TIME " AND p.scheduled <> " NO_TIME
    " AND EXISTS (SELECT 1 FROM main.runs AS r WHERE " SAME " AND r.started <> " NO_TIME ");"
    "UPDATE OR IGNORE main.runs AS r SET started = (SELECT p.started FROM temp.pending AS p WHERE " SAME
    " AND p.started <> " NO_TIME " ORDER BY p.ended DESC LIMIT 1)"
    " WHERE r.id IN (SELECT r.id FROM temp.pending AS p CROSS JOIN main.runs AS r ON " SAME
    " AND r.started = " NO_TIME " WHERE p.started <> " NO_TIME " AND p.scheduled <> " NO_TIME ");"
    "INSERT OR IGNORE INTO main.volume_sets (names) SELECT DISTINCT names FROM temp.pending"
    " WHERE length(names) > 0;"
    "INSERT INTO main.runs (" NAMES ", volumes) SELECT " NAMES
    ", (SELECT s.id FROM main.volume_sets AS s WHERE s.names = p.names) FROM temp.pending AS p"
    " WHERE true ORDER BY p.id"
    " ON CONFLICT (node, schedule, scheduled, started) DO UPDATE SET at = excluded.at,"
    " ended = excluded.ended, action = excluded.action, elapsed = excluded.elapsed,"
    " transferred = excluded.transferred, verdict = excluded.verdict, base = excluded.base,"
    " claim = excluded.claim, proof = excluded.proof, flags = excluded.flags, known = excluded.known,"
    " stored = excluded.stored, volumes = excluded.volumes,"
    " good = CASE WHEN excluded.good = 1 OR (runs.accepted > 0 AND runs.ended = excluded.ended AND"
    " runs.inspected IS excluded.inspected) THEN 1 ELSE 0 END,"
    " accepted = CASE WHEN runs.ended = excluded.ended AND runs.inspected IS excluded.inspected"
    " THEN runs.accepted ELSE 0 END, inspected = excluded.inspected"
    " WHERE excluded.ended > runs.ended OR (excluded.ended = runs.ended AND excluded.known >= runs.known);";

#define RUN(alias)                                                                                 \
    alias ".node, " alias ".schedule, " alias ".scheduled, " alias ".started, " alias ".ended, "    \
    alias ".action, " alias ".elapsed, " alias ".inspected, " alias ".transferred, "                \
    alias ".verdict, " alias ".base, " alias ".claim, " alias ".proof, " alias ".flags, "
#define JOINED " FROM main.runs AS r LEFT JOIN main.volume_sets AS s ON s.id = r.volumes"

static const char select_main[] =
    "SELECT " RUN("r") "s.names, r.accepted" JOINED " WHERE r.node = ?1 AND r.schedule = ?2 AND"
    " r.action = ?3 AND r.good = 1 AND r.at < ?4 ORDER BY r.at DESC LIMIT ?5";
static const char select_pending[] =
    "SELECT " RUN("p") "p.names, 0 FROM temp.pending AS p WHERE p.node = ?1 AND p.schedule = ?2 AND"
    " p.action = ?3 AND p.good = 1 AND p.at < ?4 ORDER BY p.at DESC LIMIT ?5";
static const char insert_pending[] =
    "INSERT INTO temp.pending (" NAMES ", names)"
    " VALUES (?1,?2,?3,?4,?5,?6,?7,?8,?9,?10,?11,?12,?13,?14,?15,?16,?17,?18,?19)";

struct history {
    sqlite3 *database;
    sqlite3_stmt *earlier[2], *insert;
    uint64_t waiting, stored;
    const char *error;
};

/* ---- errors ------------------------------------------------------------------------------------- */

/* SQLite's own sentences may hold names out of the file. */
static const char *meaning(int status)
{
    switch (status & 0xFF) {
    case SQLITE_CORRUPT: return "the history is damaged, and was left as it is: restore a copy, or move it away";
    case SQLITE_NOTADB: return "this is no history: another kind of file, or a damaged one; it was left as it is";
    case SQLITE_FULL: return "the disk is full: what is stored stays, nothing was added";
    case SQLITE_READONLY: return "the history can't be written: the file or its folder is read-only";
    case SQLITE_BUSY:
    case SQLITE_LOCKED: return "another program has held the history for too long: try again";
    case SQLITE_CANTOPEN: return "the history, or the files beside it, can't be opened or made";
    case SQLITE_PERM:
    case SQLITE_AUTH: return "the history may not be opened";
    case SQLITE_NOMEM: return "no memory";
    case SQLITE_TOOBIG: return "a name is too long for the history";
    case SQLITE_IOERR: return "the history can't be read or written (disk full, a limit on the size of files, or a "
                              "device error): what is stored stays";
    case SQLITE_ERROR: return "the history has not the tables that it should have: it was left as it is";
    default: return "the history can't be used";
    }
}

static bool fail(struct history *history, int status)
{
    if (history->error == NULL)
        history->error = meaning(status);
    return false;
}

const char *history_error(const struct history *history)
{
    return history->error != NULL ? history->error : "no error";
}

static bool run_sql(struct history *history, const char *sql)
{
    int status = sqlite3_exec(history->database, sql, NULL, NULL, NULL);
    return status == SQLITE_OK || fail(history, status);
}

/* ---- opening ------------------------------------------------------------------------------------ */

static uint32_t big_endian(const unsigned char *at)
{
    return (uint32_t)at[0] << 24 | (uint32_t)at[1] << 16 | (uint32_t)at[2] << 8 | at[3];
}

/* What stands in a database's header, before SQLite is let near it: opening alone may write. */
static const char *header_fault(const unsigned char *header, ssize_t length)
{
    if (length == 0)
        return NULL; /* new */
    if (length < HEADER || memcmp(header, "SQLite format 3", 16) != 0)
        return "this is no history: another kind of file, or a damaged one; it was left as it is";
    uint32_t version = big_endian(header + 60), application = big_endian(header + 68);
    if (application == 0 && version == 0 && big_endian(header + 28) <= 1)
        return NULL; /* another process is about to make it */
    if (application != APPLICATION)
        return "this is another program's database; it was left as it is";
    if (version > HISTORY_SCHEMA)
        return "a newer version of tsmparse wrote this history; it was left as it is";
    return version == 0 ? "the history is damaged, and was left as it is: restore a copy, or move it away" : NULL;
}

static const char *cannot_open(void)
{
    switch (errno) {
    case ENOENT: return "there is no such file or folder";
    case ELOOP: return "the history must not be a symbolic link: name the file itself";
    case EISDIR: return "this is a folder: name a file";
    case EACCES:
    case EPERM: return "the history may not be opened";
    case EROFS: return "the history can't be written: the file or its folder is read-only";
    case ENOSPC: return "the disk is full: what is stored stays, nothing was added";
    default: return "the history can't be opened";
    }
}

/* Only an ordinary file, and a new one only for its owner. */
static const char *file_fault(const char *path, bool write, uint64_t *size)
{
    unsigned char header[HEADER];
    struct stat status;
    int fd = open(path, (write ? O_RDWR | O_CREAT : O_RDONLY) | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC, 0600);
    if (fd < 0)
        return cannot_open();
    const char *fault = NULL;
    if (fstat(fd, &status) != 0 || !S_ISREG(status.st_mode))
        fault = "the history must be an ordinary file";
    ssize_t length = fault == NULL ? pread(fd, header, sizeof header, 0) : 0;
    if (fault == NULL)
        fault = length < 0 ? "the history can't be read" : header_fault(header, length);
    if (fault == NULL && length == 0 && !write)
        fault = "the history is empty";
    *size = fault == NULL ? (uint64_t)status.st_size : 0;
    close(fd);
    return fault;
}

static int64_t pragma(struct history *history, const char *sql)
{
    sqlite3_stmt *statement = NULL;
    int64_t value = -1;
    int status = sqlite3_prepare_v2(history->database, sql, -1, &statement, NULL);
    if (status == SQLITE_OK && (status = sqlite3_step(statement)) == SQLITE_ROW)
        value = sqlite3_column_int64(statement, 0);
    sqlite3_finalize(statement);
    if (value < 0)
        fail(history, status);
    return value;
}

static bool is_whole(struct history *history)
{
    sqlite3_stmt *statement = NULL;
    int status = sqlite3_prepare_v2(history->database, "PRAGMA quick_check(1)", -1, &statement, NULL);
    bool good = status == SQLITE_OK && (status = sqlite3_step(statement)) == SQLITE_ROW &&
                sqlite3_column_text(statement, 0) != NULL &&
                strcmp((const char *)sqlite3_column_text(statement, 0), "ok") == 0;
    sqlite3_finalize(statement);
    return good || fail(history, status == SQLITE_ROW || status == SQLITE_DONE ? SQLITE_CORRUPT : status);
}

/* The file may have been made by hand to do more than hold rows: nothing in it is run. */
static void harden(sqlite3 *database)
{
    sqlite3_db_config(database, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
    sqlite3_db_config(database, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
    sqlite3_db_config(database, SQLITE_DBCONFIG_ENABLE_TRIGGER, 0, NULL);
    sqlite3_db_config(database, SQLITE_DBCONFIG_ENABLE_VIEW, 0, NULL);
    sqlite3_db_config(database, SQLITE_DBCONFIG_ENABLE_LOAD_EXTENSION, 0, NULL);
    sqlite3_limit(database, SQLITE_LIMIT_LENGTH, 16 << 20);
    sqlite3_limit(database, SQLITE_LIMIT_ATTACHED, 0);
}

/* Made in the journal mode that writes the header at once, so that its version is always to be seen. */
static bool make_tables(struct history *history)
{
    if (!run_sql(history, "BEGIN EXCLUSIVE"))
        return false;
    int64_t version = pragma(history, "PRAGMA user_version");
    int64_t tables = pragma(history, "SELECT count(*) FROM sqlite_schema");
    bool made = version == 0 && tables == 0;
    bool good = version >= 0 && (made ? run_sql(history, schema) && run_sql(history, "COMMIT")
                                      : run_sql(history, "ROLLBACK"));
    if (!good && !sqlite3_get_autocommit(history->database))
        sqlite3_exec(history->database, "ROLLBACK", NULL, NULL, NULL);
    if (good && made) /* another process may be quicker; then it does it */
        sqlite3_exec(history->database, "PRAGMA journal_mode = WAL", NULL, NULL, NULL);
    return good;
}

static bool prepare(struct history *history, bool write)
{
    const char *sql[] = {select_main, select_pending, insert_pending};
    sqlite3_stmt **to[] = {&history->earlier[0], &history->earlier[1], &history->insert};
    if (!run_sql(history, pending))
        return false;
    for (size_t i = 0; i < (write ? 3u : 1u); i++) {
        int status = sqlite3_prepare_v3(history->database, sql[i], -1, SQLITE_PREPARE_PERSISTENT, to[i], NULL);
        if (status != SQLITE_OK)
            return fail(history, status);
    }
    return true;
}

static bool is_ours(struct history *history)
{
    int64_t application = pragma(history, "PRAGMA application_id");
    int64_t version = pragma(history, "PRAGMA user_version");
    if (application < 0 || version < 0)
        return false;
    if (application != APPLICATION)
        history->error = "this is another program's database; it was left as it is";
    else if (version > HISTORY_SCHEMA)
        history->error = "a newer version of tsmparse wrote this history; it was left as it is";
    return history->error == NULL;
}

static bool open_database(struct history *history, const char *path, bool write, uint64_t size)
{
    int flags = write ? SQLITE_OPEN_READWRITE : SQLITE_OPEN_READONLY;
    int status = sqlite3_open_v2(path, &history->database, flags | SQLITE_OPEN_NOMUTEX, NULL);
    if (status != SQLITE_OK)
        return fail(history, status);
    harden(history->database);
    sqlite3_busy_timeout(history->database, BUSY);
    /* Until it is known to be good, closing it writes nothing. */
    sqlite3_db_config(history->database, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, NULL);
    bool fresh = write && pragma(history, "PRAGMA user_version") == 0;
    if (history->error != NULL || (fresh && !make_tables(history)) || !is_ours(history))
        return false;
    if ((!write || size <= LOOKED_THROUGH) && !is_whole(history))
        return false;
    sqlite3_db_config(history->database, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 0, NULL);
    return run_sql(history, "PRAGMA synchronous = FULL") && prepare(history, write);
}

struct history *history_open(const char *path, bool write, char *error, size_t size)
{
    uint64_t bytes = 0;
    const char *fault = *path == '\0' ? "the history's name is empty" : file_fault(path, write, &bytes);
    struct history *history = fault == NULL ? calloc(1, sizeof *history) : NULL;
    if (history != NULL && open_database(history, path, write, bytes))
        return history;
    snprintf(error, size, "%s", fault != NULL ? fault : history == NULL ? "no memory" : history_error(history));
    history_close(history);
    return NULL;
}

void history_close(struct history *history)
{
    if (history == NULL)
        return;
    sqlite3_finalize(history->earlier[0]);
    sqlite3_finalize(history->earlier[1]);
    sqlite3_finalize(history->insert);
    sqlite3_close(history->database);
    free(history);
}

/* ---- writing ------------------------------------------------------------------------------------ */

static int bind_text(sqlite3_stmt *statement, int at, tsmp_text text)
{
    return sqlite3_bind_blob64(statement, at, text.length > 0 ? text.bytes : "", text.length, SQLITE_STATIC);
}

static int bind_known(sqlite3_stmt *statement, int at, int64_t value)
{
    return value < 0 ? sqlite3_bind_null(statement, at) : sqlite3_bind_int64(statement, at, value);
}

static bool is_good(uint32_t verdict)
{
    return verdict == TSMP_VERDICT_COMPLETE || verdict == TSMP_VERDICT_EXCEPTIONS;
}

bool history_add(struct history *history, const struct stored *run)
{
    sqlite3_stmt *to = history->insert;
    uint32_t proof = run->proof & 7;
    const int64_t numbers[] = {run->verdict, run->base, run->claim, run->proof, run->flags,
                               (proof & 1) + (proof >> 1 & 1) + (proof >> 2), is_good(run->base),
                               (int64_t)time(NULL)};
    int64_t at = run->started != TSMP_NO_TIME ? run->started : run->scheduled;
    int status = bind_text(to, 1, run->node) | bind_text(to, 2, run->schedule) |
                 sqlite3_bind_int64(to, 3, run->scheduled) | sqlite3_bind_int64(to, 4, run->started) |
                 sqlite3_bind_int64(to, 5, at) | sqlite3_bind_int64(to, 6, run->ended) |
                 sqlite3_bind_int64(to, 7, run->action) | bind_known(to, 8, run->elapsed) |
                 bind_known(to, 9, run->inspected) | bind_known(to, 10, run->transferred);
    for (int i = 0; i < (int)(sizeof numbers / sizeof *numbers); i++)
        status |= sqlite3_bind_int64(to, 11 + i, numbers[i]);
    status |= bind_text(to, 19, run->volumes);
    if (status != SQLITE_OK)
        status = SQLITE_TOOBIG;
    else if (sqlite3_step(to) != SQLITE_DONE)
        status = sqlite3_errcode(history->database);
    sqlite3_reset(to);
    sqlite3_clear_bindings(to);
    history->waiting += status == SQLITE_OK;
    return status == SQLITE_OK || fail(history, status);
}

bool history_flush(struct history *history, bool good)
{
    if (history->waiting == 0)
        return true;
    uint64_t count = history->waiting;
    history->waiting = 0;
    if (good) {
        if (!run_sql(history, "BEGIN IMMEDIATE"))
            return false;
        if (!run_sql(history, flush) || !run_sql(history, "COMMIT")) {
            if (!sqlite3_get_autocommit(history->database))
                sqlite3_exec(history->database, "ROLLBACK", NULL, NULL, NULL);
            return false;
        }
        history->stored += count;
    }
    return run_sql(history, "DELETE FROM temp.pending");
}

uint64_t history_stored(const struct history *history)
{
    return history->stored;
}

/* ---- reading ------------------------------------------------------------------------------------ */

static tsmp_text column_text(sqlite3_stmt *row, int at)
{
    const void *bytes = sqlite3_column_blob(row, at);
    return (tsmp_text){bytes != NULL ? bytes : "", (uint64_t)sqlite3_column_bytes(row, at)};
}

static int64_t column_known(sqlite3_stmt *row, int at)
{
    int64_t value = sqlite3_column_type(row, at) == SQLITE_INTEGER ? sqlite3_column_int64(row, at) : -1;
    return value < 0 ? -1 : value;
}

static uint32_t column_id(sqlite3_stmt *row, int at)
{
    int64_t value = sqlite3_column_int64(row, at);
    return value < 0 || value > UINT32_MAX ? 0 : (uint32_t)value;
}

static bool step_all(struct history *history, sqlite3_stmt *rows, stored_handler *handler, void *context)
{
    int status;
    bool more = true;
    while (more && (status = sqlite3_step(rows)) == SQLITE_ROW) {
        struct stored run = {
            .node = column_text(rows, 0), .schedule = column_text(rows, 1),
            .scheduled = sqlite3_column_int64(rows, 2), .started = sqlite3_column_int64(rows, 3),
            .ended = sqlite3_column_int64(rows, 4), .action = column_id(rows, 5),
            .elapsed = column_known(rows, 6), .inspected = column_known(rows, 7),
            .transferred = column_known(rows, 8), .verdict = column_id(rows, 9), .base = column_id(rows, 10),
            .claim = column_id(rows, 11), .proof = column_id(rows, 12), .flags = column_id(rows, 13),
            .volumes = column_text(rows, 14), .accepted = sqlite3_column_int64(rows, 15)};
        more = handler(&run, context);
    }
    return !more || status == SQLITE_DONE || fail(history, status);
}

bool history_earlier(struct history *history, const struct stored *of, int64_t before,
                     stored_handler *handler, void *context)
{
    bool good = true;
    for (size_t i = 0; good && i < 2; i++) {
        sqlite3_stmt *rows = history->earlier[i];
        int status = bind_text(rows, 1, of->node) | bind_text(rows, 2, of->schedule) |
                     sqlite3_bind_int64(rows, 3, of->action) | sqlite3_bind_int64(rows, 4, before) |
                     sqlite3_bind_int(rows, 5, HISTORY_EARLIER);
        good = status == SQLITE_OK ? step_all(history, rows, handler, context)
                                   : fail(history, SQLITE_TOOBIG);
        sqlite3_reset(rows);
        sqlite3_clear_bindings(rows);
    }
    return good;
}

static bool bind_name(sqlite3_stmt *statement, int at, const char *name)
{
    return (name == NULL ? sqlite3_bind_null(statement, at)
                         : bind_text(statement, at, (tsmp_text){name, strlen(name)})) == SQLITE_OK;
}

bool history_each(struct history *history, const char *node, const char *schedule,
                  stored_handler *handler, void *context)
{
    static const char *const sql[] = {
        "SELECT " RUN("r") "s.names, r.accepted" JOINED " WHERE (?2 IS NULL OR r.schedule = ?2)"
        " ORDER BY r.node, r.schedule, r.at, r.id",
        "SELECT " RUN("r") "s.names, r.accepted" JOINED " WHERE r.node = ?1 AND (?2 IS NULL OR r.schedule = ?2)"
        " ORDER BY r.node, r.schedule, r.at, r.id"};
    sqlite3_stmt *rows = NULL;
    int status = sqlite3_prepare_v2(history->database, sql[node != NULL], -1, &rows, NULL);
    bool good = status == SQLITE_OK || fail(history, status);
    good = good && (node == NULL || bind_name(rows, 1, node)) && bind_name(rows, 2, schedule) &&
           step_all(history, rows, handler, context);
    sqlite3_finalize(rows);
    return good;
}

bool history_accept(struct history *history, const char *node, const char *schedule, int64_t scheduled,
                    uint64_t *count)
{
    sqlite3_stmt *update = NULL;
    int status = sqlite3_prepare_v2(history->database, "UPDATE main.runs SET accepted = ?4, good = 1"
                                    " WHERE node = ?1 AND schedule = ?2 AND scheduled = ?3", -1, &update, NULL);
    bool good = status == SQLITE_OK && bind_name(update, 1, node) && bind_name(update, 2, schedule) &&
                sqlite3_bind_int64(update, 3, scheduled) == SQLITE_OK &&
                sqlite3_bind_int64(update, 4, (int64_t)time(NULL)) == SQLITE_OK;
    if (good && (status = sqlite3_step(update)) == SQLITE_DONE)
        *count = (uint64_t)sqlite3_changes(history->database);
    sqlite3_finalize(update);
    return status == SQLITE_DONE || fail(history, status);
}
