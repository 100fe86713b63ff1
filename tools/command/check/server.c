/* SPDX-License-Identifier: BSD-2-Clause
 * What the server said, read into a witness for the judge. */
#include "command.h"

#include <tsmparse/witness.h>

#include <stdlib.h>
#include <string.h>

enum kind { EVENTS, ACTLOG, FILESPACES };

struct server_file {
    char *path;
    enum kind kind;
};

bool take_server(struct options *options, const char *name, const char *value, bool *good)
{
    static const char *const names[] = {"--events", "--actlog", "--filespaces"};
    size_t kind = 0;
    *good = true;
    while (kind < 3 && strcmp(name, names[kind]) != 0)
        kind++;
    if (kind == 3)
        return false;
    struct server_file *more = realloc(options->server, (options->server_count + 1) * sizeof *more);
    if (more == NULL)
        return *good = wrong("no memory for ", name), true;
    options->server = more;
    more[options->server_count++] = (struct server_file){(char *)(uintptr_t)value, (enum kind)kind};
    return true;
}

/* Rows of the kind that a file should hold, as its batches go by. */
struct seen {
    tsmp_witness *witness;
    enum kind kind;
    uint64_t rows;
};

static bool is_wanted(enum kind kind, const tsmp_record *record)
{
    switch (kind) {
    case EVENTS: return record->kind == TSMP_KIND_SERVER_EVENT;
    case ACTLOG: return record->format == TSMP_FORMAT_ACTIVITY_LOG;
    default: return record->kind == TSMP_KIND_FILESPACE || record->kind == TSMP_KIND_TABLE_ROW;
    }
}

static int32_t add(const tsmp_batch *batch, void *context)
{
    struct seen *seen = context;
    const tsmp_view *view = tsmp_batch_view(batch);
    for (uint64_t i = 0; i < view->record_count; i++)
        seen->rows += is_wanted(seen->kind, &view->records[i]);
    return tsmp_witness_add(seen->witness, batch);
}

/* "No match found" and the like: the server has nothing to say, and says so. */
static bool is_empty(const struct text *text)
{
    return text->tally.records == text->tally.kinds[TSMP_KIND_BLANK] ||
           (text->tally.kinds[TSMP_KIND_MESSAGE] > 0 && text->tally.formats[TSMP_FORMAT_SERVER_TABLE] > 0);
}

static bool read_file(const struct options *options, const struct server_file *file, tsmp_witness *witness)
{
    static const char *const nothing[] = {
        "holds no event: is it what `query event` printed?",
        "holds no message of an activity log: is it what `query actlog` printed?",
        "holds no file space: is it what `query filespace` printed?"};
    struct text text = {.paths = (char **)(uintptr_t)&file->path, .count = 1};
    struct seen seen = {witness, file->kind, 0};
    struct sink sink = {.batch = add, .context = &seen};
    if (!read_text(&text, options, &sink))
        return false;
    if (seen.rows > 0 || is_empty(&text))
        return true;
    complain(file->path, nothing[file->kind]);
    return false;
}

static void say_doubts(const tsmp_witness_view *view, bool several)
{
    char message[200];
    if (view->damaged > 0) {
        snprintf(message, sizeof message, "%llu rows of the server are not whole%s, and are left out",
                 (unsigned long long)view->damaged, several ? ", or do not name their node" : "");
        complain(NULL, message);
    }
    if (view->undated > 0) {
        snprintf(message, sizeof message, "%llu rows of the server have dates whose order is not decided, and are left "
                 "out; ask with -dateformat=3", (unsigned long long)view->undated);
        complain(NULL, message);
    }
    if (view->left_out > 0) {
        snprintf(message, sizeof message, "%llu rows of the server are left out: there are too many",
                 (unsigned long long)view->left_out);
        complain(NULL, message);
    }
}

bool server_open(struct options *options, bool several)
{
    if (options->server_count == 0)
        return true;
    tsmp_witness *witness = NULL;
    /* What is told of the client's logs need not hold for these. */
    struct options own = {.max_bytes = options->max_bytes, .reader.size = sizeof own.reader,
                          .context.size = sizeof own.context};
    tsmp_witness_options wanted = {.size = sizeof wanted, .flags = several ? TSMP_WITNESS_NAMED_ONLY : 0};
    bool good = tsmp_witness_new(&wanted, NULL, &witness) == TSMP_OK, read = true;
    for (size_t i = 0; good && i < options->server_count; i++)
        read &= read_file(&own, &options->server[i], witness);
    /* A handle that ran out of memory has said so, and is of no more use. */
    if (!good || tsmp_witness_end(witness) != TSMP_OK) {
        complain(NULL, "no memory for what the server says");
        tsmp_witness_free(witness);
        return false;
    }
    say_doubts(tsmp_witness_view_of(witness), several);
    options->context.witness = witness;
    return read;
}

void server_close(struct options *options)
{
    tsmp_witness_free((tsmp_witness *)(uintptr_t)options->context.witness);
    options->context.witness = NULL;
    free(options->server);
}
