/* SPDX-License-Identifier: BSD-2-Clause */
#include "beside.h"
#include "strict.h"

#include <locale.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct notes printed, complained;
char log_path[128];
static char folder[64];

static void clean_up(void)
{
    unlink(log_path);
    if (beside_path[0] != '\0')
        unlink(beside_path);
    rmdir(folder);
    free(printed.bytes);
    free(complained.bytes);
}

/* The name of the log, which is printed as well, is no better than those in it. */
static void set_up(void)
{
    const char *root = access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp";
    CHECK(setlocale(LC_CTYPE, "C.UTF-8") != NULL || setlocale(LC_CTYPE, "") != NULL);
    snprintf(folder, sizeof folder, "%s/fuzz-export-XXXXXX", root);
    CHECK(mkdtemp(folder) != NULL);
    snprintf(log_path, sizeof log_path, "%s/=a|b\x1b[2J\xe2\x80\xae\",;\xff.log", folder);
    atexit(clean_up);
}

void write_log(const char *bytes, size_t length)
{
    if (folder[0] == '\0')
        set_up();
    FILE *file = fopen(log_path, "wb");
    CHECK(file != NULL && fwrite(bytes, 1, length, file) == length);
    CHECK(fclose(file) == 0);
}

/* ---- what is printed --------------------------------------------------------------------------- */

static ssize_t take(void *nothing, const char *bytes, size_t length)
{
    (void)nothing;
    note_bytes(&printed, bytes, length);
    return (ssize_t)length;
}

int print_all(int (*verb)(const struct options *), const struct options *options, bool returns)
{
    FILE *out = stdout, *err = stderr;
    char *complaint = NULL;
    size_t length = 0;
    printed.length = complained.length = 0;
    FILE *mine = fopencookie(NULL, "w", (cookie_io_functions_t){.write = take});
    FILE *bad = open_memstream(&complaint, &length);
    CHECK(mine != NULL && bad != NULL);
    stdout = mine;
    stderr = bad;
    int code = verb(options);
    stdout = out;
    stderr = err;
    CHECK(fclose(mine) == 0 && fclose(bad) == 0);
    CHECK(length == 0 || complaint[length - 1] == '\n');
    text_is_safe(complaint, length, false);
    note_bytes(&complained, complaint, length);
    free(complaint);
    text_is_safe(printed.bytes, printed.length, returns);
    return code;
}

bool next_line(size_t *at, const char **line, size_t *length)
{
    if (*at >= printed.length)
        return false;
    const char *end = memchr(printed.bytes + *at, '\n', printed.length - *at);
    CHECK(end != NULL);
    *line = printed.bytes + *at;
    *length = (size_t)(end - *line);
    *at += *length + 1;
    return true;
}

/* ---- what was read ----------------------------------------------------------------------------- */


static int32_t look_only(const tsmp_batch *batch, void *context)
{
    (void)batch;
    (void)context;
    return TSMP_OK;
}

static void keep(struct log *log, tsmp_batch *batch)
{
    if (log->count == log->capacity) {
        log->capacity = log->capacity * 2 + 16;
        log->batches = realloc(log->batches, log->capacity * sizeof *log->batches);
        CHECK(log->batches != NULL);
    }
    log->batches[log->count++] = batch;
    CHECK(tsmp_runs_add(log->runs, batch) == TSMP_OK);
}

/* The command finds out how the log is to be read; then it is read so. What it reads itself may not be
 * kept. */
void read_log(struct log *log, const char *bytes, size_t length)
{
    char *paths[] = {log_path};
    struct text text = {.paths = paths, .count = 1};
    FILE *err = stderr, *none = fopen("/dev/null", "w");
    tsmp_reader *reader;
    tsmp_batch *batch;
    CHECK(none != NULL);
    stderr = none;
    log->whole = read_text(&text, &log->options, &(struct sink){.batch = look_only});
    stderr = err;
    fclose(none);
    log->in_order = !text.wrapped;
    CHECK(tsmp_runs_new(NULL, NULL, &log->runs) == TSMP_OK);
    CHECK(tsmp_reader_new(&text.known, NULL, &reader) == TSMP_OK);
    for (size_t i = 0; i < log->options.pattern_count; i++) {
        const char *pattern = log->options.patterns[i], *equals = strchr(pattern, '=');
        char name[32];
        snprintf(name, sizeof name, "%.*s", (int)(equals - pattern), pattern);
        CHECK(tsmp_reader_add_pattern(reader, name, equals + 1, strlen(equals + 1)) == TSMP_OK);
    }
    CHECK(tsmp_reader_feed(reader, bytes, length) == TSMP_OK && tsmp_reader_end(reader) == TSMP_OK);
    while (tsmp_reader_next(reader, &batch) == TSMP_OK)
        keep(log, batch);
    tsmp_reader_free(reader);
    CHECK(tsmp_runs_end(log->runs) == TSMP_OK);
}

void forget_log(struct log *log)
{
    for (size_t i = 0; i < log->count; i++)
        tsmp_batch_unref((tsmp_batch *)(uintptr_t)log->batches[i]);
    free(log->batches);
    tsmp_runs_free(log->runs);
}

bool next_row(struct log *log, struct row *row)
{
    if (log->batch < log->count && log->record == tsmp_batch_view(log->batches[log->batch])->record_count) {
        log->batch++;
        log->record = 0;
    }
    if (log->batch == log->count)
        return false;
    row->batch = log->batches[log->batch];
    row->view = tsmp_batch_view(row->batch);
    row->record = &row->view->records[log->record++];
    return true;
}

void first_row(struct log *log)
{
    log->batch = 0;
    log->record = 0;
}
