/* SPDX-License-Identifier: BSD-2-Clause
 * The reader's life: options in, bytes in, batches of records out. */
#include "reader.h"

#include "language.h"
#include "query.h"
#include "resume.h"
#include "server.h"

#include <stdio.h>

enum { DEFAULT_LINE = 1024 * 1024, DEFAULT_BATCH = 512 };

int32_t reader_fail(struct tsmp_reader *reader, int32_t status, const char *text)
{
    snprintf(reader->error, sizeof reader->error, "%s", text);
    return status;
}

static int32_t read_options(struct tsmp_reader *reader, const tsmp_options *given)
{
    tsmp_options options = {0};
    if (given != NULL) {
        size_t known = given->size < sizeof options ? given->size : sizeof options;
        if (given->size < 8)
            return TSMP_E_MISUSE;
        for (size_t i = sizeof options; i < given->size; i++)
            if (((const char *)given)[i] != 0)
                return TSMP_E_MISUSE;
        memcpy(&options, given, known);
    }
    if (options.date_order > 4 || options.date_order == 3 ||
        options.decimal > TSMP_DECIMAL_COMMA_BOTH || options.format > TSMP_FORMAT_PICK_WINDOW ||
        options.max_line > UINT32_MAX / 2 || (options.max_line > 0 && options.max_line < 16) ||
        options.batch_records > 1u << 20 || options.encoding > TSMP_ENCODING_UTF_16BE ||
        (options.repair & ~(TSMP_REPAIR_WRAPPED_NAME | TSMP_REPAIR_QUOTED |
                            TSMP_REPAIR_INDENTED)) != 0)
        return TSMP_E_MISUSE;
    reader->max_line = options.max_line > 0 ? options.max_line : DEFAULT_LINE;
    reader->batch_records = options.batch_records > 0 ? options.batch_records : DEFAULT_BATCH;
    reader->offset = options.first_offset;
    reader->line = options.first_line > 0 ? options.first_line : 1;
    reader->state.forced_format = options.format;
    reader->state.format = (uint16_t)options.format;
    reader->state.decimal = options.decimal;
    reader->state.decimal_given = options.decimal != 0;
    if (server_format(options.format)) {
        reader->state.mode = LINE_ADMIN;
        reader->state.admin_sure = true;
    }
    order_init(&reader->state.order, options.date_order);
    if (query_owns(options.format)) {
        reader->table.format = reader->table.query.forced = (uint16_t)options.format;
        reader->table.room = TABLE_QUERY;
    }
    reader->repair = options.repair;
    reader->state.join_names = (options.repair & TSMP_REPAIR_WRAPPED_NAME) != 0;
    input_encoding(&reader->input, options.encoding);
    int32_t status = encoding_open(&reader->encoding, options.encoding);
    reader->raw_kept = reader->encoding.converter != NULL;
    return status;
}

int32_t tsmp_reader_new(const tsmp_options *options, const tsmp_allocator *allocator,
                        tsmp_reader **reader)
{
    tsmp_allocator chosen;
    if (reader == NULL || !memory_choose(allocator, &chosen))
        return TSMP_E_MISUSE;
    *reader = NULL;
    struct tsmp_reader *made = memory_get_zeroed(&chosen, sizeof *made);
    if (made == NULL)
        return TSMP_E_NOMEM;
    made->allocator = chosen;
    made->first_record = true;
    made->state.table = &made->table;
    made->state.allocator = &made->allocator;
    input_init(&made->input, &made->allocator);
    made->pool = pool_new(&chosen);
    int32_t status = made->pool != NULL ? read_options(made, options) : TSMP_E_NOMEM;
    if (status != TSMP_OK) {
        pool_unref(made->pool);
        memory_put(&chosen, made);
        return status;
    }
    *reader = made;
    return TSMP_OK;
}

void tsmp_reader_free(tsmp_reader *reader)
{
    if (reader == NULL)
        return;
    input_clear(&reader->input);
    memory_put(&reader->allocator, reader->held);
    memory_put(&reader->allocator, reader->raw);
    memory_put(&reader->allocator, reader->hits);
    patterns_free(reader->patterns);
    language_free(&reader->allocator, reader->languages);
    encoding_close(&reader->encoding);
    names_unref(reader->state.names);
    repeats_free(reader->repeats);
    pool_unref(reader->pool);
    tsmp_allocator allocator = reader->allocator;
    memory_put(&allocator, reader);
}

/* Is it too late to add patterns and languages? */
static bool begun(const struct tsmp_reader *reader)
{
    return (reader->input.started && !reader->resumed) || reader->input.head_length > 0 ||
           reader->input.ended;
}

/* What was added, and in which order, so that a token can tell. */
static void count_in(struct tsmp_reader *reader, const void *bytes, size_t length)
{
    uint64_t size = length;
    for (int i = 0; i < 64; i += 8) {
        char part = (char)(unsigned char)(size >> i & 0xFF);
        reader->added = hash_bytes(reader->added, &part, 1);
    }
    reader->added = hash_bytes(reader->added, bytes, length);
}

int32_t tsmp_reader_add_pattern(tsmp_reader *reader, const char *name, const char *pattern,
                                uint64_t length)
{
    if (reader == NULL || name == NULL || (pattern == NULL && length > 0) ||
        length > UINT32_MAX || strlen(name) > 64)
        return TSMP_E_MISUSE;
    if (begun(reader))
        return reader_fail(reader, TSMP_E_MISUSE, "patterns are added before the first input");
    if (reader->patterns == NULL) {
        reader->patterns = patterns_new(&reader->allocator, &reader->state.names);
        if (reader->patterns == NULL)
            return reader_fail(reader, TSMP_E_NOMEM, "no memory");
        reader->state.patterns = reader->patterns;
    }
    int32_t status = patterns_add(reader->patterns, name, pattern, (size_t)length, reader->error,
                                  sizeof reader->error);
    if (status == TSMP_OK) {
        count_in(reader, name, strlen(name));
        count_in(reader, pattern, (size_t)length);
    }
    return status == TSMP_E_NOMEM ? reader_fail(reader, status, "no memory") : status;
}

int32_t tsmp_reader_add_language(tsmp_reader *reader, const char *bytes, uint64_t length)
{
    if (reader == NULL || (bytes == NULL && length > 0) || length > SIZE_MAX / 2)
        return TSMP_E_MISUSE;
    if (begun(reader))
        return reader_fail(reader, TSMP_E_MISUSE, "languages are added before the first input");
    int32_t status = language_add(&reader->allocator, &reader->languages, bytes, (size_t)length,
                                  reader->error, sizeof reader->error);
    reader->state.languages = reader->languages;
    if (status == TSMP_OK)
        count_in(reader, bytes, (size_t)length);
    return status == TSMP_E_NOMEM ? reader_fail(reader, status, "no memory") : status;
}

/* ---- taking input -------------------------------------------------------------------------- */

static int32_t check_input(struct tsmp_reader *reader, const void *bytes, uint64_t length)
{
    if (reader == NULL || (bytes == NULL && length > 0) || length > SIZE_MAX / 4)
        return TSMP_E_MISUSE;
    if (reader->input.ended)
        return reader_fail(reader, TSMP_E_MISUSE, "input after tsmp_reader_end");
    if (reader->resumed && !resume_begin(reader))
        return reader_fail(reader, TSMP_E_TOKEN, "the patterns or languages are not those of the token");
    return TSMP_OK;
}

static int32_t told(struct tsmp_reader *reader, int32_t status)
{
    return status == TSMP_E_NOMEM ? reader_fail(reader, status, "no memory for the input") : status;
}

int32_t tsmp_reader_feed(tsmp_reader *reader, const void *bytes, uint64_t length)
{
    int32_t status = check_input(reader, bytes, length);
    if (status != TSMP_OK || length == 0)
        return status;
    return told(reader, input_feed(&reader->input, bytes, (size_t)length));
}

int32_t tsmp_reader_lend(tsmp_reader *reader, const void *bytes, uint64_t length,
                         void (*release)(void *context), void *context)
{
    int32_t status = check_input(reader, bytes, length);
    if (status != TSMP_OK)
        return status;
    return told(reader, input_lend(&reader->input, bytes, (size_t)length, release, context));
}

int32_t tsmp_reader_end(tsmp_reader *reader)
{
    if (reader == NULL)
        return TSMP_E_MISUSE;
    if (reader->resumed && !resume_begin(reader))
        return reader_fail(reader, TSMP_E_TOKEN, "the patterns or languages are not those of the token");
    return reader->input.ended ? TSMP_OK : told(reader, input_end(&reader->input));
}

int32_t reader_next(struct tsmp_reader *reader, bool skims, tsmp_batch **batch)
{
    *batch = NULL;
    for (;;) {
        if (reader->held_length > 0 || line_holds(&reader->state) || copies(reader)) {
            int32_t status = next_held(reader, batch);
            if (status != TSMP_OK || *batch != NULL)
                return status;
            continue;
        }
        struct piece *piece = input_piece(&reader->input);
        if (piece == NULL)
            return reader->input.ended ? TSMP_END : TSMP_MORE;
        int32_t status = next_whole(reader, piece, skims, batch);
        if (status != TSMP_MORE)
            return status;
        if (input_grows(&reader->input, piece))
            return TSMP_MORE;
        if (!put_held(reader, piece->block->bytes + piece->at, piece->block->length - piece->at))
            return reader_fail(reader, TSMP_E_NOMEM, "no memory for a long line");
        input_took(&reader->input, piece, piece->block->length);
    }
}

int32_t tsmp_reader_next(tsmp_reader *reader, tsmp_batch **batch)
{
    return reader == NULL || batch == NULL ? TSMP_E_MISUSE : reader_next(reader, false, batch);
}

const char *tsmp_reader_error(const tsmp_reader *reader)
{
    return reader != NULL ? reader->error : "no reader";
}
