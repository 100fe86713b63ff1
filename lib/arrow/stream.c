/* SPDX-License-Identifier: BSD-2-Clause
 * The stream itself: it pulls batches until an array is full, or the source ends. */
#include "table.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { DEFAULT_ROWS = 65536 };

struct stream {
    tsmp_batch_source source;
    struct table table;
    uint32_t which, rows;
    tsmp_context context;
    tsmp_runs *runs; /* NULL: a table of records */
    bool ended;
    int failed; /* an errno; the stream goes on failing with it */
    char error[256];
};

static int fail(struct stream *stream, int code, const char *text)
{
    stream->failed = code;
    snprintf(stream->error, sizeof stream->error, "%s", text);
    return code;
}

static int told(struct stream *stream, ArrowErrorCode code)
{
    return code == NANOARROW_OK ? 0 : fail(stream, code, code == ENOMEM ? "no memory" : "the rows do "
                                           "not fit into an array; ask for fewer rows");
}

static int get_schema(struct ArrowArrayStream *self, struct ArrowSchema *out)
{
    struct stream *stream = self->private_data;
    ArrowErrorCode code = table_schema(&stream->table, out);
    if (code != NANOARROW_OK)
        ArrowSchemaRelease(out);
    return told(stream, code);
}

static int take_runs(struct stream *stream, struct ArrowArray *array, int64_t *rows)
{
    tsmp_run *run;
    int32_t status;
    while ((status = tsmp_runs_next(stream->runs, &run)) == TSMP_OK) {
        tsmp_verdict *verdict = NULL;
        status = tsmp_judge(run, &stream->context, NULL, &verdict);
        ArrowErrorCode code = status != TSMP_OK
                                  ? ENOMEM
                                  : append_run(stream->which, tsmp_run_view_of(run),
                                               tsmp_verdict_view_of(verdict), array, rows);
        tsmp_verdict_free(verdict);
        tsmp_run_free(run);
        if (code != NANOARROW_OK)
            return told(stream, code);
    }
    return status < 0 ? fail(stream, ENOMEM, "no memory") : 0;
}

/* One batch from the source into the array. */
static int step(struct stream *stream, struct ArrowArray *array, int64_t *rows)
{
    tsmp_batch *batch = NULL;
    int32_t status = stream->source.next(stream->source.context, &batch);
    if (status < 0 || (status == TSMP_OK && batch == NULL)) {
        const char *text = stream->source.error != NULL
                               ? stream->source.error(stream->source.context) : NULL;
        return fail(stream, status == TSMP_E_NOMEM ? ENOMEM : EIO,
                    text != NULL ? text : "the input cannot be read to its end");
    }
    int code = 0;
    stream->ended = status != TSMP_OK;
    if (stream->runs == NULL) {
        if (batch != NULL)
            code = told(stream, append_records(&stream->table, batch, array, rows));
    } else {
        status = batch != NULL ? tsmp_runs_add(stream->runs, batch) : tsmp_runs_end(stream->runs);
        code = status < 0 ? fail(stream, ENOMEM, "no memory") : take_runs(stream, array, rows);
    }
    tsmp_batch_unref(batch);
    return code;
}

static int get_next(struct ArrowArrayStream *self, struct ArrowArray *out)
{
    struct stream *stream = self->private_data;
    struct ArrowSchema schema;
    int64_t rows = 0;
    out->release = NULL;
    if (stream->failed != 0 || stream->ended)
        return stream->failed;
    ArrowErrorCode code = table_schema(&stream->table, &schema);
    if (code == NANOARROW_OK)
        code = ArrowArrayInitFromSchema(out, &schema, NULL);
    ArrowSchemaRelease(&schema);
    if (code == NANOARROW_OK)
        code = ArrowArrayStartAppending(out);
    int failed = told(stream, code);
    while (failed == 0 && !stream->ended && rows < stream->rows)
        failed = step(stream, out, &rows);
    if (failed == 0 && rows > 0) {
        out->length = rows;
        failed = told(stream, ArrowArrayFinishBuildingDefault(out, NULL));
    }
    if ((failed != 0 || rows == 0) && out->release != NULL)
        ArrowArrayRelease(out);
    return failed;
}

static const char *get_last_error(struct ArrowArrayStream *self)
{
    const struct stream *stream = self->private_data;
    return stream->error[0] != '\0' ? stream->error : NULL;
}

static void release(struct ArrowArrayStream *self)
{
    struct stream *stream = self->private_data;
    if (stream->source.release != NULL)
        stream->source.release(stream->source.context);
    if (stream->source.released != NULL)
        *stream->source.released = 1;
    tsmp_runs_free(stream->runs);
    free(stream);
    self->private_data = NULL;
    self->release = NULL;
}

/* An older caller's shorter struct is taken; what a newer one sets is refused. */
static bool read_options(const tsmp_arrow_options *given, tsmp_arrow_options *options)
{
    *options = (tsmp_arrow_options){0};
    if (given == NULL)
        return true;
    if (given->size < 8)
        return false;
    for (size_t i = sizeof *options; i < given->size; i++)
        if (((const char *)given)[i] != 0)
            return false;
    memcpy(options, given, given->size < sizeof *options ? given->size : sizeof *options);
    return true;
}

int32_t tsmp_arrow_stream(const tsmp_batch_source *source, const tsmp_arrow_options *given,
                          struct ArrowArrayStream *out)
{
    tsmp_arrow_options options;
    if (source == NULL || source->next == NULL || out == NULL || !read_options(given, &options) ||
        tsmp_abi_version() != TSMP_ABI_VERSION)
        return TSMP_E_MISUSE;
    struct stream *stream = calloc(1, sizeof *stream);
    if (stream == NULL)
        return TSMP_E_NOMEM;
    bool records = options.table == TSMP_TABLE_RECORDS;
    bool known = records ? table_of_records(&stream->table, options.kind)
                         : table_of_runs(&stream->table, options.table);
    stream->source = *source;
    stream->which = options.table;
    stream->rows = options.rows > 0 ? options.rows : DEFAULT_ROWS;
    stream->context.size = sizeof stream->context;
    if (options.context != NULL)
        memcpy(&stream->context, options.context, options.context->size < sizeof stream->context
                                                      ? options.context->size
                                                      : sizeof stream->context);
    int32_t status = known ? TSMP_OK : TSMP_E_MISUSE;
    if (known && !records)
        status = tsmp_runs_new(NULL, NULL, &stream->runs);
    if (status != TSMP_OK) {
        free(stream);
        return status;
    }
    *out = (struct ArrowArrayStream){get_schema, get_next, get_last_error, release, stream};
    return TSMP_OK;
}
