/* SPDX-License-Identifier: BSD-2-Clause
 * Any text as tables of the Arrow C data interface, walked by its specification and by nothing of the
 * library that made them: every array has the buffers and children of its format, its offsets rise and
 * stay inside, its nulls are counted right, its text is UTF-8; whatever the size of arrays and pieces
 * the rows are the same, and those of records are the records. What is released is so once; a child
 * that was moved out lives on; a source that fails makes the stream fail for good.
 *
 * Head: 0 which table (0 records of all kinds, 1 runs, 2 evidence, 3 volumes, from 4 on records of one
 * kind), 1 rows in an array, 2 length of pieces, 3 which batch fails, 4 date order, 5 records in a
 * batch, 6 which child is moved out, 8 encoding. */
#include "fuzz.h"
#include "strict.h"

#include <tsmparse/arrow.h>

#include <stdlib.h>
#include <string.h>

/* ---- the interface, as its specification has it ---------------------------------------------- */

struct ArrowSchema {
    const char *format, *name, *metadata;
    int64_t flags, n_children;
    struct ArrowSchema **children, *dictionary;
    void (*release)(struct ArrowSchema *);
    void *private_data;
};

struct ArrowArray {
    int64_t length, null_count, offset, n_buffers, n_children;
    const void **buffers;
    struct ArrowArray **children, *dictionary;
    void (*release)(struct ArrowArray *);
    void *private_data;
};

struct ArrowArrayStream {
    int (*get_schema)(struct ArrowArrayStream *, struct ArrowSchema *);
    int (*get_next)(struct ArrowArrayStream *, struct ArrowArray *);
    const char *(*get_last_error)(struct ArrowArrayStream *);
    void (*release)(struct ArrowArrayStream *);
    void *private_data;
};

static bool has_bit(const void *bits, int64_t at)
{
    return (((const unsigned char *)bits)[at / 8] >> (at % 8) & 1) != 0;
}

static bool is_valid(const struct ArrowArray *array, int64_t at)
{
    return array->buffers[0] == NULL || has_bit(array->buffers[0], at);
}

static int32_t offset_at(const struct ArrowArray *array, int64_t at)
{
    int32_t offset;
    memcpy(&offset, (const char *)array->buffers[1] + at * (int64_t)sizeof offset, sizeof offset);
    return offset;
}

/* The buffers and children of the format, and what must hold of each. All bytes are read. */
static void check_array(const struct ArrowSchema *schema, const struct ArrowArray *array)
{
    const char *format = schema->format;
    bool text = strcmp(format, "u") == 0 || strcmp(format, "z") == 0, list = strcmp(format, "+l") == 0;
    bool holder = strcmp(format, "+s") == 0, flag = strcmp(format, "b") == 0;
    bool wide = strcmp(format, "l") == 0 || strcmp(format, "L") == 0 || strcmp(format, "g") == 0 ||
                strncmp(format, "tsu:", 4) == 0;
    int64_t nulls = 0;
    CHECK(text || list || holder || flag || wide);
    CHECK(array->release != NULL && schema->release != NULL && array->offset == 0 && array->length >= 0);
    CHECK(array->dictionary == NULL && array->n_children == schema->n_children);
    CHECK(array->n_buffers == (holder ? 1 : text ? 3 : 2));
    CHECK(array->n_children == 0 || list || holder);
    for (int64_t i = 0; i < array->length; i++)
        nulls += !is_valid(array, i);
    CHECK(array->null_count == nulls || (array->null_count == -1 && array->buffers[0] != NULL));
    CHECK(nulls == 0 || (schema->flags & 2) != 0); /* nullable */
    if (text || list) {
        CHECK(array->length == 0 || array->buffers[1] != NULL);
        for (int64_t i = 0; i < array->length; i++)
            CHECK(offset_at(array, i) <= offset_at(array, i + 1));
        CHECK(array->length == 0 || offset_at(array, 0) >= 0);
    }
    for (int64_t i = 0; strcmp(format, "u") == 0 && i < array->length; i++)
        CHECK(text_is_utf8((const char *)array->buffers[2] + offset_at(array, i),
                           (size_t)(offset_at(array, i + 1) - offset_at(array, i))));
    CHECK(!list || array->n_children == 1);
    for (int64_t i = 0; i < array->n_children; i++) {
        const struct ArrowArray *child = array->children[i];
        CHECK(schema->children[i]->name != NULL && text_is_utf8(schema->children[i]->name, strlen(schema->children[i]->name)));
        CHECK(child->length >= (holder ? array->length : array->length > 0 ? offset_at(array, array->length) : 0));
        check_array(schema->children[i], child);
    }
}

/* Value `at`, in a form that does not tell how the array was cut. */
static void note_value(struct notes *to, const struct ArrowSchema *schema, const struct ArrowArray *array, int64_t at)
{
    const char *format = schema->format;
    note_number(to, is_valid(array, at));
    if (!is_valid(array, at))
        return;
    if (format[0] == 'u' || format[0] == 'z') {
        note_text(to, (const char *)array->buffers[2] + offset_at(array, at),
                  (uint64_t)(offset_at(array, at + 1) - offset_at(array, at)));
    } else if (format[0] == 'b') {
        note_number(to, has_bit(array->buffers[1], at));
    } else if (strcmp(format, "+s") == 0) {
        for (int64_t i = 0; i < array->n_children; i++)
            note_value(to, schema->children[i], array->children[i], at);
    } else if (strcmp(format, "+l") == 0) {
        note_number(to, (uint64_t)(offset_at(array, at + 1) - offset_at(array, at)));
        for (int32_t i = offset_at(array, at); i < offset_at(array, at + 1); i++)
            note_value(to, schema->children[0], array->children[0], i);
    } else {
        note_bytes(to, (const char *)array->buffers[1] + at * 8, 8);
    }
}

/* ---- the source ------------------------------------------------------------------------------- */

struct source {
    const char *text;
    size_t length, at, chunk;
    tsmp_reader *reader;
    uint32_t given, fail_at; /* 0: never */
    int released;
    struct notes *records; /* offset, length and text of each, as they were given; or NULL */
    bool ended;
};

static void note_records(struct source *source, const tsmp_batch *batch)
{
    const tsmp_view *view = tsmp_batch_view(batch);
    for (uint64_t i = 0; source->records != NULL && i < view->record_count; i++) {
        const tsmp_record *record = &view->records[i];
        note_number(source->records, record->offset);
        note_number(source->records, record->length);
        note_text(source->records, view->text + record->text, record->text_length);
    }
}

static int32_t next(void *context, tsmp_batch **batch)
{
    struct source *source = context;
    int32_t status;
    CHECK(source->released == 0);
    if (source->fail_at != 0 && ++source->given == source->fail_at)
        return TSMP_E_MISUSE;
    while ((status = tsmp_reader_next(source->reader, batch)) == TSMP_MORE) {
        size_t left = source->length - source->at, n = source->chunk > 0 && source->chunk < left ? source->chunk : left;
        if (n == 0) {
            CHECK(!source->ended && tsmp_reader_end(source->reader) == TSMP_OK);
            source->ended = true;
            continue;
        }
        CHECK(tsmp_reader_feed(source->reader, source->text + source->at, n) == TSMP_OK);
        source->at += n;
    }
    if (status == TSMP_OK)
        note_records(source, *batch);
    return status;
}

static const char *why(void *context)
{
    return ((struct source *)context)->given % 2 == 0 ? NULL : "the source failed";
}

static void gone(void *context)
{
    ((struct source *)context)->released++;
}

/* ---- tables ------------------------------------------------------------------------------------- */

struct ask {
    tsmp_options options;
    uint32_t table, kind, moved;
};

static int column(const struct ArrowSchema *schema, const char *name, const char *format)
{
    for (int64_t i = 0; i < schema->n_children; i++)
        if (strcmp(schema->children[i]->name, name) == 0 && strcmp(schema->children[i]->format, format) == 0)
            return (int)i;
    return -1;
}

/* A row of all records is the record: its place, and its text or, where that is no UTF-8, its bytes. */
static void note_as_record(struct notes *to, const struct ArrowSchema *schema, const struct ArrowArray *array, int64_t at)
{
    static const char *const places[] = {"offset", "length"};
    for (int i = 0; i < 2; i++) {
        int place = column(schema, places[i], "L");
        CHECK(place >= 0);
        note_bytes(to, (const char *)array->children[place]->buffers[1] + at * 8, 8);
    }
    int text = column(schema, "text", "u"), bytes = column(schema, "text_bytes", "z");
    CHECK(text >= 0 && bytes >= 0);
    const struct ArrowArray *said = array->children[is_valid(array->children[bytes], at) ? bytes : text];
    note_text(to, (const char *)said->buffers[2] + offset_at(said, at),
              (uint64_t)(offset_at(said, at + 1) - offset_at(said, at)));
}

/* Released, an array leaves what was moved out of it alone. */
static void let_go(const struct ArrowSchema *schema, struct ArrowArray *array, uint32_t moved)
{
    int64_t which = moved > 0 && array->n_children > 0 ? (int64_t)moved % array->n_children : -1;
    struct ArrowArray child = {0};
    if (which >= 0) {
        child = *array->children[which];
        array->children[which]->release = NULL;
    }
    array->release(array);
    CHECK(array->release == NULL);
    if (which >= 0) {
        check_array(schema->children[which], &child);
        child.release(&child);
        CHECK(child.release == NULL);
    }
}

/* All rows of the table, and the records that they were made of. False: the source failed. */
static bool read_table(const struct ask *ask, struct source *source, uint32_t rows, struct notes *values,
                       struct notes *as_records)
{
    tsmp_arrow_options options = {.size = sizeof options, .table = ask->table, .kind = ask->kind, .rows = rows};
    tsmp_batch_source given = {next, why, gone, source, NULL};
    struct ArrowArrayStream stream;
    struct ArrowSchema schema;
    struct ArrowArray array;
    int failed;
    CHECK(tsmp_reader_new(&ask->options, NULL, &source->reader) == TSMP_OK);
    CHECK(tsmp_arrow_stream(&given, &options, &stream) == TSMP_OK && stream.release != NULL);
    CHECK(stream.get_schema(&stream, &schema) == 0 && strcmp(schema.format, "+s") == 0);
    while ((failed = stream.get_next(&stream, &array)) == 0 && array.release != NULL) {
        check_array(&schema, &array);
        CHECK(array.length > 0);
        for (int64_t i = 0; i < array.length; i++) {
            size_t at = note_begin(values);
            note_value(values, &schema, &array, i);
            note_end(values, at);
            if (as_records != NULL)
                note_as_record(as_records, &schema, &array, i);
        }
        let_go(&schema, &array, ask->moved);
    }
    if (failed != 0) {
        CHECK(source->fail_at != 0 && stream.get_last_error(&stream) != NULL && array.release == NULL);
        CHECK(stream.get_next(&stream, &array) == failed && array.release == NULL);
    }
    schema.release(&schema);
    CHECK(schema.release == NULL && source->released == 0);
    stream.release(&stream);
    CHECK(stream.release == NULL && source->released == 1);
    tsmp_reader_free(source->reader);
    return failed == 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < HEAD)
        return 0;
    uint32_t which = head_byte(data, 0), order = head_byte(data, 4) & 3, batch = head_byte(data, 5);
    struct ask ask = {.table = which < 4 ? which : 0, .kind = which >= 4 ? which - 4 : 0, .moved = head_byte(data, 6)};
    ask.options = (tsmp_options){.size = sizeof ask.options, .date_order = order < 3 ? order : TSMP_ORDER_YMD,
                                 .batch_records = batch == 0 ? 7 : batch};
    if (data[8] != '\n')
        ask.options.encoding = head_byte(data, 8) % (TSMP_ENCODING_UTF_16BE + 1);
    tsmp_reader *reader = NULL;
    if (tsmp_reader_new(&ask.options, NULL, &reader) == TSMP_E_ENCODING)
        ask.options.encoding = TSMP_ENCODING_BYTES;
    tsmp_reader_free(reader);
    if (ask.kind > 0 && tsmp_name("kind", ask.kind) == NULL)
        ask.kind = 0;
    bool all = ask.table == TSMP_TABLE_RECORDS && ask.kind == 0;
    const char *text = (const char *)data + HEAD;
    struct notes whole = {0}, pieces = {0}, broken_off = {0}, records = {0}, as_records = {0};
    struct source source = {.text = text, .length = size - HEAD, .records = all ? &records : NULL};
    CHECK(read_table(&ask, &source, 0, &whole, all ? &as_records : NULL));
    CHECK(records.length == as_records.length &&
          (records.length == 0 || memcmp(records.bytes, as_records.bytes, records.length) == 0));
    source = (struct source){.text = text, .length = size - HEAD, .chunk = 1 + head_byte(data, 2)};
    CHECK(read_table(&ask, &source, 1 + head_byte(data, 1) % 64, &pieces, NULL));
    notes_equal(&whole, &pieces, "row");
    source = (struct source){.text = text, .length = size - HEAD, .fail_at = 1 + head_byte(data, 3)};
    (void)read_table(&ask, &source, 3, &broken_off, NULL);
    CHECK(broken_off.length <= whole.length &&
          (broken_off.length == 0 || memcmp(broken_off.bytes, whole.bytes, broken_off.length) == 0));
    free(whole.bytes);
    free(pieces.bytes);
    free(broken_off.bytes);
    free(records.bytes);
    free(as_records.bytes);
    return 0;
}
