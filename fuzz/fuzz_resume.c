/* SPDX-License-Identifier: BSD-2-Clause
 * A reader and its runs, thrown away and made again of their tokens behind each batch, give what an
 * unbroken reading gives. And a forged token, its seal made good, harms nobody: what is taken is
 * written back as it came, and the records still tile the text and show its bytes.
 *
 * Head: 0 what is forged (0 nothing, 1 the reader's state, 2 the runs'; from 3 on again), 1 how many bytes of
 * the state are changed: the last bytes of the input say which and how, three bytes each, 2 records
 * in a batch, 3 longest line, 4 where the forged token is made, 5 pieces, 7 date order, 8 encoding. */
#include "fuzz.h"

#include "pack.h"

#include <stdlib.h>
#include <string.h>

struct trip {
    const char *bytes;
    size_t length;
    tsmp_options options;
    tsmp_reader *reader;
    tsmp_runs *runs;
    uint64_t offset; /* where the next record must begin */
    struct notes records, verdicts, token, runs_token;
    bool ended;
};

static void note_record(struct trip *trip, const tsmp_view *view, const tsmp_record *record)
{
    struct notes *to = &trip->records;
    CHECK(record->offset == trip->offset && record->length > 0);
    trip->offset += record->length;
    CHECK(trip->offset <= trip->length);
    CHECK(record->text <= view->text_length && record->text_length <= view->text_length - record->text);
    CHECK(tsmp_name("kind", record->kind) != NULL && tsmp_name("format", record->format) != NULL);
    CHECK(record->time > INT64_MIN / 4 && record->time < INT64_MAX / 4);
    const uint64_t numbers[] = {record->offset, record->length, record->line, (uint64_t)record->time,
                                record->flags, record->kind, record->format, record->why, record->stamp_length};
    size_t at = note_begin(to);
    note_bytes(to, numbers, sizeof numbers);
    note_text(to, view->text + record->text, record->text_length);
    for (uint32_t i = 0; i < record->field_count; i++) {
        const tsmp_field *field = &view->fields[record->first_field + i];
        CHECK(field->text <= view->text_length && field->length <= view->text_length - field->text);
        const uint64_t values[] = {field->id, field->type, (uint64_t)field->power, (uint64_t)field->number,
                                   field->flags};
        note_bytes(to, values, sizeof values);
        note_text(to, view->text + field->text, field->length);
    }
    note_end(to, at);
}

static void take_runs(struct trip *trip)
{
    tsmp_run *run;
    while (trip->runs != NULL && tsmp_runs_next(trip->runs, &run) == TSMP_OK) {
        tsmp_verdict *verdict;
        CHECK(tsmp_judge(run, NULL, NULL, &verdict) == TSMP_OK);
        CHECK(tsmp_name("verdict", tsmp_verdict_view_of(verdict)->verdict) != NULL);
        note_run(&trip->verdicts, tsmp_run_view_of(run), tsmp_verdict_view_of(verdict));
        tsmp_verdict_free(verdict);
        tsmp_run_free(run);
    }
}

/* One batch. False: there are no more. */
static bool step(struct trip *trip)
{
    tsmp_batch *batch;
    int32_t status = tsmp_reader_next(trip->reader, &batch);
    if (status == TSMP_MORE) {
        CHECK(tsmp_reader_end(trip->reader) == TSMP_OK);
        trip->ended = true;
        status = tsmp_reader_next(trip->reader, &batch);
    }
    if (status == TSMP_END)
        return false;
    CHECK(status == TSMP_OK);
    const tsmp_view *view = tsmp_batch_view(batch);
    for (uint64_t i = 0; i < view->record_count; i++)
        note_record(trip, view, &view->records[i]);
    CHECK(tsmp_runs_add(trip->runs, batch) == TSMP_OK);
    tsmp_batch_unref(batch);
    take_runs(trip);
    return true;
}

/* False: there is none behind a line without newline. */
static bool take_tokens(struct trip *trip)
{
    uint64_t length = 0;
    int32_t status = tsmp_reader_token(trip->reader, NULL, 0, &length);
    if (status != TSMP_MORE)
        return CHECK(status == TSMP_E_MISUSE && trip->ended), false;
    trip->token.length = trip->runs_token.length = 0;
    for (; trip->token.length < length;)
        note_bytes(&trip->token, "", 1);
    CHECK(tsmp_reader_token(trip->reader, trip->token.bytes, length, &length) == TSMP_OK);
    CHECK(tsmp_runs_token(trip->runs, NULL, 0, &length) == TSMP_MORE);
    for (; trip->runs_token.length < length;)
        note_bytes(&trip->runs_token, "", 1);
    CHECK(tsmp_runs_token(trip->runs, trip->runs_token.bytes, length, &length) == TSMP_OK);
    return true;
}

static void drop(struct trip *trip)
{
    tsmp_reader_free(trip->reader);
    tsmp_runs_free(trip->runs);
    trip->reader = NULL;
    trip->runs = NULL;
}

/* Go on with new handles. False: a token was refused. */
static bool resume(struct trip *trip)
{
    tsmp_token_view view = {.size = sizeof view};
    drop(trip);
    if (tsmp_token_view_of(trip->token.bytes, trip->token.length, &view) != TSMP_OK)
        return false;
    if (view.offset > trip->length || view.tail_length > view.offset)
        return false; /* a log that is shorter now: the caller sees it before the library does */
    size_t at = (size_t)view.offset, tail = (size_t)view.tail_length;
    uint64_t found = 0;
    int32_t status = tsmp_token_find(trip->token.bytes, trip->token.length, trip->bytes, trip->length, &found);
    CHECK(status == TSMP_OK ? found >= tail && found <= trip->length
                            : status == TSMP_END || status == TSMP_E_TOKEN);
    status = tsmp_reader_resume(&trip->options, NULL, trip->token.bytes, trip->token.length,
                                        trip->bytes + at - tail, tail, &trip->reader);
    CHECK(status == TSMP_OK || status == TSMP_E_TOKEN);
    if (status == TSMP_OK)
        status = tsmp_runs_resume(NULL, NULL, trip->runs_token.bytes, trip->runs_token.length, &trip->runs);
    CHECK(status == TSMP_OK || status == TSMP_E_TOKEN);
    if (status != TSMP_OK)
        return drop(trip), false;
    trip->offset = view.offset;
    trip->ended = false;
    CHECK(tsmp_reader_lend(trip->reader, trip->bytes + at, trip->length - at, NULL, NULL) == TSMP_OK);
    return true;
}

static struct trip start(const char *bytes, size_t length, const tsmp_options *options)
{
    struct trip trip = {.bytes = bytes, .length = length, .options = *options};
    CHECK(tsmp_reader_new(&trip.options, NULL, &trip.reader) == TSMP_OK);
    CHECK(tsmp_runs_new(NULL, NULL, &trip.runs) == TSMP_OK);
    CHECK(tsmp_reader_lend(trip.reader, bytes, length, NULL, NULL) == TSMP_OK);
    return trip;
}

static void finish(struct trip *trip)
{
    if (trip->reader != NULL) {
        while (step(trip))
            continue;
        CHECK(trip->offset == trip->length);
        CHECK(tsmp_runs_end(trip->runs) == TSMP_OK);
        take_runs(trip);
    }
    drop(trip);
}

static void clear(struct trip *trip)
{
    free(trip->records.bytes);
    free(trip->verdicts.bytes);
    free(trip->token.bytes);
    free(trip->runs_token.bytes);
}

static void unbroken_and_broken(const char *bytes, size_t length, const tsmp_options *options)
{
    struct trip whole = start(bytes, length, options), parted = start(bytes, length, options);
    finish(&whole);
    while (step(&parted) && take_tokens(&parted))
        CHECK(resume(&parted));
    finish(&parted);
    notes_equal(&whole.records, &parted.records, "records");
    notes_equal(&whole.verdicts, &parted.verdicts, "verdicts");
    clear(&whole);
    clear(&parted);
}

/* Change bytes of the state that a token holds, and seal it again. */
static void forge(struct notes *token, char kind, const uint8_t *edits, size_t count)
{
    tsmp_allocator allocator = memory_default();
    struct pack read, write;
    uint64_t length = 0;
    CHECK(pack_reader(&read, &allocator, kind, token->bytes, token->length));
    for (size_t i = 0; i < count && read.length > 0; i++)
        read.bytes[((size_t)edits[3 * i] << 8 | edits[3 * i + 1]) % read.length] = edits[3 * i + 2];
    pack_writer(&write, &allocator);
    pack_bytes(&write, read.bytes, read.length);
    CHECK(pack_print(&write, kind, token->bytes, token->length, &length) == TSMP_OK);
    token->length = (size_t)length;
    pack_free(&read);
    pack_free(&write);
}

static void forged(const char *bytes, size_t length, const tsmp_options *options, const uint8_t *data,
                   const uint8_t *edits, size_t count)
{
    struct trip trip = start(bytes, length, options);
    uint32_t steps = head_byte(data, 4);
    while (step(&trip) && steps-- > 0)
        continue;
    if (take_tokens(&trip)) {
        forge(head_byte(data, 0) % 3 == 1 ? &trip.token : &trip.runs_token,
              head_byte(data, 0) % 3 == 1 ? 'r' : 'n', edits, count);
        struct notes token = {0}, runs_token = {0};
        note_bytes(&token, trip.token.bytes, trip.token.length);
        note_bytes(&runs_token, trip.runs_token.bytes, trip.runs_token.length);
        if (resume(&trip)) {
            CHECK(take_tokens(&trip));
            CHECK(trip.token.length == token.length && memcmp(trip.token.bytes, token.bytes, token.length) == 0);
            CHECK(trip.runs_token.length == runs_token.length &&
                  memcmp(trip.runs_token.bytes, runs_token.bytes, runs_token.length) == 0);
        }
        free(token.bytes);
        free(runs_token.bytes);
    }
    finish(&trip);
    clear(&trip);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < HEAD)
        return 0;
    size_t count = head_byte(data, 1) % 64;
    if (count > (size - HEAD) / 3)
        count = (size - HEAD) / 3;
    uint32_t batch = head_byte(data, 2), line = head_byte(data, 3), order = head_byte(data, 7) & 3;
    tsmp_options options = {.size = sizeof options,
                            .batch_records = batch > 0 ? batch : 1,
                            .max_line = line > 0 ? 15 + line : 0,
                            .date_order = order < 3 ? order : TSMP_ORDER_YMD};
    if (data[8] != '\n')
        options.encoding = head_byte(data, 8) % (TSMP_ENCODING_UTF_16BE + 1);
    tsmp_reader *reader = NULL;
    if (tsmp_reader_new(&options, NULL, &reader) == TSMP_E_ENCODING)
        options.encoding = TSMP_ENCODING_BYTES;
    tsmp_reader_free(reader);
    size_t length = size - HEAD - 3 * count;
    char *text = malloc(length > 0 ? length : 1); /* of its exact size: reads past it show */
    CHECK(text != NULL);
    memcpy(text, data + HEAD, length);
    if (head_byte(data, 0) % 3 == 0)
        unbroken_and_broken(text, length, &options);
    else
        forged(text, length, &options, data, data + size - 3 * count, count);
    free(text);
    return 0;
}
