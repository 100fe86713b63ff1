/* SPDX-License-Identifier: BSD-2-Clause */
#include "log.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

enum { CHUNK = 256 * 1024, HEAD = 4 * 1024 * 1024, TAIL = 64 * 1024 };

struct log {
    FILE *file;
    tsmp_options options;
    tsmp_reader *reader;
    tsmp_runs *runs;
    tsmp_context context;
    uint64_t wrap_offset, wrap_line; /* the older lines begin here; 0 = it does not wrap */
    uint64_t left;                   /* bytes of this stretch that are not read yet */
    bool second;                     /* the stretch behind the older lines */
    bool ended, runs_ended, failed;
    char error[320];
    char chunk[CHUNK];
};

static int32_t fail(struct log *log, const char *text)
{
    log->failed = true;
    snprintf(log->error, sizeof log->error, "%s", text);
    return TSMP_E_MISUSE;
}

static bool undecided(uint32_t order)
{
    return (order & (order - 1)) != 0;
}

/* Does the text end with the client's own mark that it goes on at its beginning? */
static bool continued(const char *tail, size_t length)
{
    static const char mark[] = "Continued at beginning of file";
    const size_t n = sizeof mark - 1;
    while (length > 0 && memchr("\r\n \t", tail[length - 1], 4) != NULL)
        length--;
    size_t from = length;
    while (from > 0 && tail[from - 1] != '\n')
        from--;
    tsmp_token tokens[2];
    if (length - from <= n || memcmp(tail + length - n, mark, n) != 0 ||
        tsmp_tokenize(tail + from, length - from, tokens, 2) == 0)
        return false;
    size_t at = tokens[0].length;
    while (tail[from + at] == ' ')
        at++;
    return tokens[0].type == TSMP_TOKEN_STAMP && tokens[0].offset == 0 && from + at + n == length;
}

static bool ends_continued(FILE *file)
{
    char *tail = malloc(TAIL);
    bool found = false;
    if (tail != NULL && fseek(file, 0, SEEK_END) == 0) {
        long size = ftell(file);
        if (fseek(file, size > TAIL ? size - TAIL : 0, SEEK_SET) == 0)
            found = continued(tail, fread(tail, 1, TAIL, file));
    }
    free(tail);
    return found;
}

/* Look through at most `most` bytes from the beginning. */
static bool probe(struct log *log, uint64_t most, tsmp_probe_result *result)
{
    tsmp_prober *prober;
    size_t n;
    *result = (tsmp_probe_result){.size = sizeof *result};
    rewind(log->file);
    if (tsmp_prober_new(NULL, &prober) != TSMP_OK)
        return false;
    while (most > 0 && (n = fread(log->chunk, 1, most < CHUNK ? (size_t)most : CHUNK, log->file)) > 0) {
        tsmp_prober_feed(prober, log->chunk, n);
        most -= n;
    }
    tsmp_prober_result(prober, result);
    tsmp_prober_free(prober);
    return !ferror(log->file);
}

/* Fill the options from what the text shows, as the command does. */
static bool plan(struct log *log)
{
    tsmp_probe_result found;
    bool wraps = ends_continued(log->file);
    if (!probe(log, HEAD, &found))
        return false;
    if ((undecided(found.date_order) || found.wrap_offset != 0 || wraps) &&
        !probe(log, UINT64_MAX, &found))
        return false;
    log->options.size = sizeof log->options;
    log->options.date_order = undecided(found.date_order) ? 0 : found.date_order;
    log->options.decimal = found.decimal;
    log->options.format = found.format == TSMP_FORMAT_ERROR_LOG ? found.format : 0;
    if (wraps && found.wrap_offset != 0) {
        log->wrap_offset = found.wrap_offset;
        log->wrap_line = found.wrap_line;
        log->options.format = TSMP_FORMAT_SCHEDULE_LOG;
    }
    return true;
}

static int32_t begin(struct log *log, uint64_t offset, uint64_t line, uint64_t length)
{
    tsmp_options options = log->options;
    options.first_offset = offset;
    options.first_line = line;
    tsmp_reader_free(log->reader);
    log->reader = NULL;
    log->left = length;
    if (fseek(log->file, (long)offset, SEEK_SET) != 0)
        return fail(log, strerror(errno));
    return tsmp_reader_new(&options, NULL, &log->reader);
}

struct log *log_open(const char *path, char *error, size_t size)
{
    struct log *log = calloc(1, sizeof *log);
    struct stat facts;
    const char *why = log == NULL ? "no memory" : NULL;
    if (why == NULL && (log->file = fopen(path, "rb")) == NULL)
        why = strerror(errno);
    else if (why == NULL && fstat(fileno(log->file), &facts) != 0)
        why = strerror(errno);
    else if (why == NULL && !S_ISREG(facts.st_mode))
        why = "this is not a regular file";
    if (why == NULL && !plan(log))
        why = "cannot be read, or no memory";
    if (why == NULL) {
        log->context.size = sizeof log->context;
        log->context.age = (int64_t)(time(NULL) - facts.st_mtime);
        if (begin(log, log->wrap_offset, log->wrap_line, UINT64_MAX) != TSMP_OK ||
            tsmp_runs_new(NULL, NULL, &log->runs) != TSMP_OK)
            why = "no memory";
    }
    if (why == NULL)
        return log;
    snprintf(error, size, "%s", why);
    log_close(log);
    return NULL;
}

void log_close(struct log *log)
{
    if (log == NULL)
        return;
    tsmp_reader_free(log->reader);
    tsmp_runs_free(log->runs);
    if (log->file != NULL)
        fclose(log->file);
    free(log);
}

const char *log_error(const struct log *log)
{
    return log->failed ? log->error : "no memory";
}

int32_t log_next(struct log *log, tsmp_batch **batch)
{
    for (;;) {
        int32_t status = log->failed ? TSMP_E_MISUSE : tsmp_reader_next(log->reader, batch);
        if (status == TSMP_OK || status < 0)
            return status;
        if (status == TSMP_END) {
            if (log->wrap_offset == 0 || log->second)
                return TSMP_END;
            log->second = true;
            if ((status = begin(log, 0, 1, log->wrap_offset)) != TSMP_OK)
                return status;
            continue;
        }
        size_t n = log->left < CHUNK ? (size_t)log->left : CHUNK;
        n = n > 0 ? fread(log->chunk, 1, n, log->file) : 0;
        if (ferror(log->file))
            return fail(log, "cannot be read to its end");
        log->left -= n;
        status = n > 0 ? tsmp_reader_feed(log->reader, log->chunk, n) : tsmp_reader_end(log->reader);
        if (status != TSMP_OK)
            return status;
    }
}

int32_t log_next_run(struct log *log, tsmp_run **run, tsmp_verdict **verdict)
{
    for (;;) {
        int32_t status = tsmp_runs_next(log->runs, run);
        if (status == TSMP_OK) {
            status = tsmp_judge(*run, &log->context, NULL, verdict);
            if (status != TSMP_OK)
                tsmp_run_free(*run);
            return status;
        }
        if (status != TSMP_MORE)
            return status;
        tsmp_batch *batch = NULL;
        status = log_next(log, &batch);
        if (status < 0)
            return status;
        status = status == TSMP_OK ? tsmp_runs_add(log->runs, batch) : tsmp_runs_end(log->runs);
        tsmp_batch_unref(batch);
        if (status < 0)
            return status;
    }
}

/* ---- one answer ------------------------------------------------------------------------------- */

int log_exit_code(uint32_t verdict)
{
    switch (verdict) {
    case TSMP_VERDICT_COMPLETE: return 0;
    case TSMP_VERDICT_EXCEPTIONS: return 1;
    case TSMP_VERDICT_INCOMPLETE:
    case TSMP_VERDICT_FAILED:
    case TSMP_VERDICT_MISSED: return 2;
    default: return 3;
    }
}

struct newest {
    tsmp_run *run;
    tsmp_verdict *verdict;
};

struct schedules {
    struct newest *items;
    size_t count;
};

static bool same(const tsmp_run_view *a, const tsmp_run_view *b)
{
    return a->interactive == b->interactive && a->schedule.length == b->schedule.length &&
           (a->schedule.length == 0 ||
            memcmp(a->schedule.bytes, b->schedule.bytes, (size_t)a->schedule.length) == 0);
}

static bool keep(struct schedules *schedules, struct newest item)
{
    for (size_t i = 0; i < schedules->count; i++) {
        struct newest *old = &schedules->items[i];
        if (!same(tsmp_run_view_of(old->run), tsmp_run_view_of(item.run)))
            continue;
        tsmp_run_free(old->run);
        tsmp_verdict_free(old->verdict);
        *old = item;
        return true;
    }
    void *more = realloc(schedules->items, (schedules->count + 1) * sizeof *schedules->items);
    if (more == NULL)
        return false;
    schedules->items = more;
    schedules->items[schedules->count++] = item;
    return true;
}

static uint64_t statistic(const tsmp_run_view *run, uint32_t name)
{
    for (uint64_t i = 0; i < run->statistic_count; i++) {
        const tsmp_statistic *found =
            (const tsmp_statistic *)((const char *)run->statistics +
                                     (size_t)i * run->statistic_stride);
        if (found->name != name ||
            (found->flags & (TSMP_FLAG_OVERFLOW | TSMP_FLAG_NUMBER_AMBIGUOUS)) != 0)
            continue;
        double value = (double)found->number;
        for (int32_t power = found->power; power < 0; power++)
            value /= 10;
        for (int32_t power = found->power; power > 0; power--)
            value *= 10;
        return value > 0 && value < 1e18 ? (uint64_t)value : 0;
    }
    return 0;
}

static void add(struct log_answer *answer, const struct newest *item)
{
    const tsmp_run_view *run = tsmp_run_view_of(item->run);
    const tsmp_verdict_view *verdict = tsmp_verdict_view_of(item->verdict);
    answer->verdict = tsmp_verdict_worse(answer->verdict, verdict->verdict);
    answer->schedules++;
    answer->false_successes += verdict->claim == TSMP_CLAIM_SUCCESS &&
                               (verdict->verdict == TSMP_VERDICT_INCOMPLETE ||
                                verdict->verdict == TSMP_VERDICT_FAILED);
    answer->inspected += statistic(run, TSMP_STATISTIC_OBJECTS_INSPECTED);
    answer->backed_up += statistic(run, TSMP_STATISTIC_OBJECTS_BACKED_UP);
    answer->failed += statistic(run, TSMP_STATISTIC_OBJECTS_FAILED);
    answer->sent_bytes += statistic(run, TSMP_STATISTIC_BYTES_TRANSFERRED);
    if (run->ended != TSMP_NO_TIME && run->ended / 1000000 > answer->ended)
        answer->ended = run->ended / 1000000;
}

bool log_check(const char *path, struct log_answer *answer, char *error, size_t size)
{
    struct schedules schedules = {NULL, 0};
    struct newest item;
    *answer = (struct log_answer){.ended = -1};
    struct log *log = log_open(path, error, size);
    if (log == NULL)
        return false;
    int32_t status;
    while ((status = log_next_run(log, &item.run, &item.verdict)) == TSMP_OK)
        if (!keep(&schedules, item)) {
            tsmp_run_free(item.run);
            tsmp_verdict_free(item.verdict);
            status = TSMP_E_NOMEM;
            break;
        }
    if (status < 0)
        snprintf(error, size, "%s", log_error(log));
    log_close(log);
    for (size_t i = 0; i < schedules.count; i++) {
        add(answer, &schedules.items[i]);
        tsmp_run_free(schedules.items[i].run);
        tsmp_verdict_free(schedules.items[i].verdict);
    }
    free(schedules.items);
    if (answer->verdict == 0)
        answer->verdict = TSMP_VERDICT_UNKNOWN;
    return status >= 0;
}
