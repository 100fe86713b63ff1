/* SPDX-License-Identifier: BSD-2-Clause
 * Pieces of input in, batches of records out. A batch points into one block of text; a line that
 * lies in several pieces is put together in `carry` and gets a block and a batch of its own. */
#include "block.h"
#include "line.h"
#include "pattern.h"
#include "utf16.h"

#include <stdio.h>

enum { OWN_BLOCK = 64 * 1024, DEFAULT_LINE = 1024 * 1024, DEFAULT_BATCH = 512 };

struct piece {
    struct block *block;
    size_t at;   /* first byte not yet in a record */
    size_t seen; /* bytes from `at` on known to hold no newline */
};

struct tsmp_reader {
    tsmp_allocator allocator;
    uint64_t max_line;
    uint32_t batch_records;
    struct line_state state;
    struct patterns *patterns;

    struct piece *pieces;
    size_t first, count, capacity; /* pieces in use: [first, count) */
    char *carry;                   /* beginning of a line whose end is in a later piece */
    size_t carry_length, carry_capacity;
    struct block *spare; /* a block of ours that no batch needs any more */

    char head[3]; /* the first bytes, until they tell the encoding */
    size_t head_length;
    bool started, ended, in_cut, utf16;
    struct utf16 decoder;

    uint64_t offset, line; /* of the next record */
    bool first_record;
    char error[192];
};

static int32_t fail(struct tsmp_reader *reader, int32_t status, const char *text)
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
        options.decimal > TSMP_DECIMAL_COMMA || options.format > TSMP_FORMAT_CONSOLE ||
        options.max_line > UINT32_MAX / 2 || (options.max_line > 0 && options.max_line < 16) ||
        options.batch_records > 1u << 20)
        return TSMP_E_MISUSE;
    reader->max_line = options.max_line > 0 ? options.max_line : DEFAULT_LINE;
    reader->batch_records = options.batch_records > 0 ? options.batch_records : DEFAULT_BATCH;
    reader->offset = options.first_offset;
    reader->line = options.first_line > 0 ? options.first_line : 1;
    reader->state.forced_format = options.format;
    reader->state.format = (uint16_t)options.format;
    reader->state.decimal = options.decimal;
    order_init(&reader->state.order, options.date_order);
    return TSMP_OK;
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
    int32_t status = read_options(made, options);
    if (status != TSMP_OK) {
        memory_put(&chosen, made);
        return status;
    }
    *reader = made;
    return TSMP_OK;
}

static void drop_first_piece(struct tsmp_reader *reader)
{
    struct block *block = reader->pieces[reader->first].block;
    if (block->capacity > 0 && reader->spare == NULL)
        reader->spare = block; /* used again once its batches are gone */
    else
        block_unref(block);
    reader->first++;
    if (reader->first == reader->count)
        reader->first = reader->count = 0;
}

void tsmp_reader_free(tsmp_reader *reader)
{
    if (reader == NULL)
        return;
    while (reader->first < reader->count)
        block_unref(reader->pieces[reader->first++].block);
    block_unref(reader->spare);
    memory_put(&reader->allocator, reader->pieces);
    memory_put(&reader->allocator, reader->carry);
    patterns_free(reader->patterns);
    tsmp_allocator allocator = reader->allocator;
    memory_put(&allocator, reader);
}

int32_t tsmp_reader_add_pattern(tsmp_reader *reader, const char *name, const char *pattern,
                                uint64_t length)
{
    if (reader == NULL || name == NULL || (pattern == NULL && length > 0) ||
        length > UINT32_MAX || strlen(name) > 64)
        return TSMP_E_MISUSE;
    if (reader->started || reader->head_length > 0 || reader->ended)
        return fail(reader, TSMP_E_MISUSE, "patterns are added before the first input");
    if (reader->patterns == NULL) {
        reader->patterns = patterns_new(&reader->allocator);
        if (reader->patterns == NULL)
            return fail(reader, TSMP_E_NOMEM, "no memory");
        reader->state.patterns = reader->patterns;
    }
    int32_t status = patterns_add(reader->patterns, name, pattern, (size_t)length, reader->error,
                                  sizeof reader->error);
    return status == TSMP_E_NOMEM ? fail(reader, status, "no memory") : status;
}

/* ---- taking input -------------------------------------------------------------------------- */

static bool reserve_pieces(struct tsmp_reader *reader, size_t more)
{
    if (reader->first > 0 && reader->count + more > reader->capacity) {
        memmove(reader->pieces, reader->pieces + reader->first,
                (reader->count - reader->first) * sizeof *reader->pieces);
        reader->count -= reader->first;
        reader->first = 0;
    }
    void *items = reader->pieces;
    bool good = memory_reserve(&reader->allocator, &items, &reader->capacity, reader->count, more,
                               sizeof *reader->pieces);
    reader->pieces = items;
    return good;
}

static struct block *take_block(struct tsmp_reader *reader, size_t length)
{
    struct block *spare = reader->spare;
    if (spare != NULL &&
        atomic_load_explicit(&spare->users, memory_order_acquire) == 1) {
        reader->spare = NULL;
        if (spare->capacity >= length) {
            spare->length = 0;
            return spare;
        }
        block_unref(spare);
    }
    return block_own(&reader->allocator, length > OWN_BLOCK ? length : OWN_BLOCK);
}

/* Room for `length` more bytes at the end of the input, in one stretch. NULL: no memory. */
static char *room(struct tsmp_reader *reader, size_t length, struct block **where)
{
    if (reader->count > reader->first) {
        struct block *last = reader->pieces[reader->count - 1].block;
        if (last->capacity >= length && last->capacity - length >= last->length) {
            *where = last;
            return (char *)(uintptr_t)last->bytes + last->length;
        }
    }
    if (!reserve_pieces(reader, 1))
        return NULL;
    struct block *block = take_block(reader, length);
    if (block == NULL)
        return NULL;
    reader->pieces[reader->count++] = (struct piece){block, 0, 0};
    *where = block;
    return (char *)(uintptr_t)block->bytes;
}

static int32_t append(struct tsmp_reader *reader, const char *a, size_t a_length, const char *b,
                      size_t b_length)
{
    size_t length = a_length + b_length;
    if (length == 0)
        return TSMP_OK;
    struct block *block;
    /* a UTF-16 unit becomes at most three bytes; the last of the piece before may add one unit */
    size_t needed = reader->utf16 ? length / 2 * 3 + 8 : length;
    char *to = room(reader, needed, &block);
    if (to == NULL)
        return fail(reader, TSMP_E_NOMEM, "no memory for the input");
    size_t written = length;
    if (reader->utf16) {
        written = utf16_decode(&reader->decoder, a, a_length, to);
        written += utf16_decode(&reader->decoder, b, b_length, to + written);
    } else {
        memcpy(to, a, a_length);
        if (b_length > 0)
            memcpy(to + a_length, b, b_length);
    }
    block->length += written;
    return TSMP_OK;
}

/* The first three bytes tell: UTF-16 by its BOM, else bytes. True: decided. */
static bool decide_encoding(struct tsmp_reader *reader, const char *head, size_t length, bool end)
{
    const unsigned char *c = (const unsigned char *)head;
    if (length >= 2 && ((c[0] == 0xFF && c[1] == 0xFE) || (c[0] == 0xFE && c[1] == 0xFF))) {
        reader->utf16 = true;
        utf16_init(&reader->decoder, c[0] == 0xFE);
        return true;
    }
    return end || length >= 2 || (length == 1 && c[0] != 0xFF && c[0] != 0xFE);
}

static int32_t intake(struct tsmp_reader *reader, const char *bytes, size_t length)
{
    if (reader->started)
        return append(reader, bytes, length, NULL, 0);
    char head[2] = {0};
    size_t known = reader->head_length;
    memcpy(head, reader->head, known);
    for (size_t i = 0; known < 2 && i < length; i++)
        head[known++] = bytes[i];
    if (!decide_encoding(reader, head, known, false)) {
        memcpy(reader->head, head, known);
        reader->head_length = known;
        return TSMP_OK;
    }
    int32_t status = append(reader, reader->head, reader->head_length, bytes, length);
    if (status == TSMP_OK)
        reader->started = true;
    else
        reader->utf16 = false;
    return status;
}

static int32_t check_input(struct tsmp_reader *reader, const void *bytes, uint64_t length)
{
    if (reader == NULL || (bytes == NULL && length > 0) || length > SIZE_MAX / 4)
        return TSMP_E_MISUSE;
    if (reader->ended)
        return fail(reader, TSMP_E_MISUSE, "input after tsmp_reader_end");
    return TSMP_OK;
}

int32_t tsmp_reader_feed(tsmp_reader *reader, const void *bytes, uint64_t length)
{
    int32_t status = check_input(reader, bytes, length);
    return status != TSMP_OK || length == 0 ? status : intake(reader, bytes, (size_t)length);
}

int32_t tsmp_reader_lend(tsmp_reader *reader, const void *bytes, uint64_t length,
                         void (*release)(void *context), void *context)
{
    int32_t status = check_input(reader, bytes, length);
    if (status != TSMP_OK)
        return status;
    char head[2] = {0};
    size_t known = length < 2 ? (size_t)length : 2;
    if (known > 0)
        memcpy(head, bytes, known);
    bool copy = reader->utf16 || length == 0;
    if (!reader->started && !copy)
        copy = reader->head_length > 0 || !decide_encoding(reader, head, known, false) ||
               reader->utf16;
    if (copy) { /* must be looked at or converted: not worth keeping */
        reader->utf16 = reader->utf16 && reader->started;
        status = length > 0 ? intake(reader, bytes, (size_t)length) : TSMP_OK;
        if (status == TSMP_OK && release != NULL)
            release(context);
        return status;
    }
    if (!reserve_pieces(reader, 1))
        return fail(reader, TSMP_E_NOMEM, "no memory for the input");
    struct block *block = block_lent(&reader->allocator, bytes, (size_t)length, release, context);
    if (block == NULL)
        return fail(reader, TSMP_E_NOMEM, "no memory for the input");
    reader->started = true;
    reader->pieces[reader->count++] = (struct piece){block, 0, 0};
    return TSMP_OK;
}

int32_t tsmp_reader_end(tsmp_reader *reader)
{
    if (reader == NULL)
        return TSMP_E_MISUSE;
    if (reader->ended)
        return TSMP_OK;
    if (!reader->started && reader->head_length > 0) {
        decide_encoding(reader, reader->head, reader->head_length, true);
        int32_t status = append(reader, reader->head, reader->head_length, NULL, 0);
        if (status != TSMP_OK) {
            reader->utf16 = false;
            return status;
        }
        reader->started = true;
    }
    if (reader->utf16) { /* half a unit at the end stays as a replacement of its own length */
        struct block *block;
        char *to = room(reader, 8, &block);
        if (to == NULL)
            return fail(reader, TSMP_E_NOMEM, "no memory for the input");
        block->length += utf16_finish(&reader->decoder, to);
    }
    reader->ended = true;
    return TSMP_OK;
}

/* ---- giving records ------------------------------------------------------------------------ */

/* What the scan for the next line found. */
struct found {
    size_t length;  /* of the stretch that makes the record, with its newline */
    bool newline;
    bool cut;       /* over the limit: the line goes on */
};

static bool put_carry(struct tsmp_reader *reader, const char *bytes, size_t length)
{
    void *items = reader->carry;
    bool good = memory_reserve(&reader->allocator, &items, &reader->carry_capacity,
                               reader->carry_length, length, 1);
    reader->carry = items;
    if (!good)
        return false;
    memcpy(reader->carry + reader->carry_length, bytes, length);
    reader->carry_length += length;
    return true;
}

/* One record out of `length` bytes at text offset `at` of the batch's block. */
static bool add_record(struct tsmp_reader *reader, tsmp_batch *batch, size_t at,
                       const struct found *found)
{
    const char *text = batch->view.text + at;
    size_t skip = 0;
    size_t length = found->length - (found->newline ? 1 : 0);
    if (found->newline && length > 0 && text[length - 1] == '\r')
        length--;
    tsmp_record *record = &batch->records[batch->view.record_count];
    uint64_t fields = batch->view.field_count;
    memset(record, 0, sizeof *record);
    if (!found->newline && !found->cut)
        record->flags |= TSMP_FLAG_NO_NEWLINE;
    record->length = found->length;
    if (reader->utf16) {
        record->flags |= TSMP_FLAG_TRANSCODED;
        record->length = utf16_length(text, found->length,
                                      !found->newline && !found->cut ? &reader->decoder : NULL);
    }
    if (reader->first_record && length >= 3 && memcmp(text, "\xEF\xBB\xBF", 3) == 0) {
        record->flags |= TSMP_FLAG_BOM;
        skip = 3;
    }
    record->offset = reader->offset;
    record->line = reader->line;
    record->text = at + skip;
    record->text_length = (uint32_t)(length - skip);
    if (found->cut || reader->in_cut) {
        /* The rest of a cut line is never read as a line: it may be made to look like one. */
        record->flags |= TSMP_FLAG_CUT | (reader->state.have_time ? TSMP_FLAG_TIME_CARRIED
                                                                  : TSMP_FLAG_NO_TIME);
        record->why = TSMP_WHY_LINE_TOO_LONG;
        record->format = reader->state.format;
        record->first_field = (uint32_t)fields;
        record->kind = reader->in_cut ? TSMP_KIND_MORE : TSMP_KIND_UNKNOWN;
        if (reader->state.have_time) {
            record->time = reader->state.last_time;
            record->flags |= reader->state.last_time_flags;
        }
        if (reader->in_cut) {
            batch->fields[batch->view.field_count++] =
                (tsmp_field){.text = record->text, .id = TSMP_FIELD_OF, .type = TSMP_TYPE_OFFSET,
                             .number = (int64_t)reader->state.last_offset};
            record->field_count = 1;
        } else {
            reader->state.last_offset = record->offset;
            reader->state.have_last = true;
            reader->state.after_open = true;
        }
        reader->in_cut = found->cut;
    } else if (!line_parse(&reader->state, batch, record)) {
        batch->view.field_count = fields;
        return false;
    }
    reader->offset += record->length;
    reader->line += found->newline;
    reader->first_record = false;
    batch->view.record_count++;
    return true;
}

static bool reserve_fields(struct tsmp_reader *reader, tsmp_batch *batch)
{
    size_t most = LINE_MAX_FIELDS;
    if (reader->patterns != NULL && patterns_max_fields(reader->patterns) > most)
        most = patterns_max_fields(reader->patterns);
    if (batch->field_capacity - batch->view.field_count >= most)
        return true;
    void *items = batch->fields;
    size_t more = batch->fields == NULL ? (size_t)reader->batch_records * 6 + most : most;
    bool good = memory_reserve(&batch->allocator, &items, &batch->field_capacity,
                               (size_t)batch->view.field_count, more, sizeof *batch->fields);
    batch->fields = items;
    return good;
}

static int32_t finish(tsmp_batch *made, tsmp_batch **batch)
{
    made->view.records = made->records;
    made->view.fields = made->fields;
    *batch = made;
    return TSMP_OK;
}

static tsmp_batch *begin_batch(struct tsmp_reader *reader, struct block *block, const char *text,
                               size_t records)
{
    tsmp_batch *batch = batch_new(&reader->allocator, block,
                                  reader->patterns != NULL ? patterns_names(reader->patterns)
                                                           : NULL, records);
    if (batch != NULL)
        batch->view.text = text;
    return batch;
}

/* The carried line is whole: a block and a batch of its own. */
static int32_t next_carried(struct tsmp_reader *reader, const struct found *found,
                            tsmp_batch **batch)
{
    struct block *block = block_own(&reader->allocator, found->length);
    if (block == NULL)
        return fail(reader, TSMP_E_NOMEM, "no memory for a batch");
    memcpy((char *)(uintptr_t)block->bytes, reader->carry, found->length);
    block->length = found->length;
    tsmp_batch *made = begin_batch(reader, block, block->bytes, 1);
    block_unref(block);
    if (made == NULL || !reserve_fields(reader, made) || !add_record(reader, made, 0, found)) {
        tsmp_batch_unref(made);
        return fail(reader, TSMP_E_NOMEM, "no memory for a batch");
    }
    made->view.text_length = found->length;
    reader->carry_length -= found->length;
    memmove(reader->carry, reader->carry + found->length, reader->carry_length);
    return finish(made, batch);
}

/* Whether `length` bytes (the line so far) make a record, given how the scan ended. */
static bool scan(struct tsmp_reader *reader, const char *text, size_t length, size_t seen,
                 struct found *found)
{
    size_t limit = (size_t)reader->max_line;
    size_t window = length > limit + 1 ? limit + 1 : length;
    const char *newline = seen < window ? memchr(text + seen, '\n', window - seen) : NULL;
    *found = (struct found){0};
    if (newline != NULL) {
        found->length = (size_t)(newline - text) + 1;
        found->newline = true;
        return true;
    }
    if (length > limit) {
        found->length = limit;
        found->cut = true;
        return true;
    }
    return false;
}

/* A line that began in an earlier piece: take what this piece has of it. */
static int32_t go_on_carry(struct tsmp_reader *reader, tsmp_batch **batch, bool *made)
{
    struct piece *piece = &reader->pieces[reader->first];
    const char *text = piece->block->bytes + piece->at;
    size_t left = piece->block->length - piece->at;
    size_t limit = (size_t)reader->max_line;
    *made = false;
    size_t wanted = limit + 1 > reader->carry_length ? limit + 1 - reader->carry_length : 0;
    size_t window = left < wanted ? left : wanted;
    const char *newline = window > 0 ? memchr(text, '\n', window) : NULL;
    size_t take = newline != NULL ? (size_t)(newline - text) + 1 : window;
    size_t before = reader->carry_length;
    if (!put_carry(reader, text, take))
        return fail(reader, TSMP_E_NOMEM, "no memory for a long line");
    struct found found;
    if (!scan(reader, reader->carry, reader->carry_length, before, &found)) {
        piece->at += take;
        return TSMP_OK;
    }
    int32_t status = next_carried(reader, &found, batch);
    if (status != TSMP_OK) {
        reader->carry_length = before; /* as if nothing had been taken */
        return status;
    }
    piece->at += take;
    *made = true;
    return TSMP_OK;
}

/* Lines that lie whole in the first piece, as many as fit in a batch. */
static int32_t next_whole(struct tsmp_reader *reader, tsmp_batch **batch)
{
    struct piece *piece = &reader->pieces[reader->first];
    struct found found;
    size_t length = piece->block->length - piece->at;
    if (!scan(reader, piece->block->bytes + piece->at, length, piece->seen, &found)) {
        piece->seen = length;
        return TSMP_MORE;
    }
    size_t start = piece->at;
    size_t records = reader->batch_records;
    tsmp_batch *made = begin_batch(reader, piece->block, piece->block->bytes + start, records);
    if (made == NULL)
        return fail(reader, TSMP_E_NOMEM, "no memory for a batch");
    do {
        if (!reserve_fields(reader, made) || !add_record(reader, made, piece->at - start, &found)) {
            if (made->view.record_count > 0)
                break; /* what is there is good; the rest comes with the next call */
            tsmp_batch_unref(made);
            return fail(reader, TSMP_E_NOMEM, "no memory for a batch");
        }
        piece->at += found.length;
        piece->seen = 0;
        made->view.text_length = piece->at - start;
        if (made->view.record_count == records || made->view.text_length > UINT32_MAX / 4)
            break;
        length = piece->block->length - piece->at;
        if (!scan(reader, piece->block->bytes + piece->at, length, 0, &found)) {
            piece->seen = length;
            break;
        }
    } while (true);
    return finish(made, batch);
}

int32_t tsmp_reader_next(tsmp_reader *reader, tsmp_batch **batch)
{
    if (reader == NULL || batch == NULL)
        return TSMP_E_MISUSE;
    *batch = NULL;
    struct found found;
    if (reader->carry_length > 0 &&
        scan(reader, reader->carry, reader->carry_length, 0, &found))
        return next_carried(reader, &found, batch);
    while (reader->first < reader->count) {
        struct piece *piece = &reader->pieces[reader->first];
        bool last = reader->first + 1 == reader->count;
        if (piece->at == piece->block->length) {
            if (last && piece->block->capacity > piece->block->length && !reader->ended)
                break; /* the next input may be put behind it */
            drop_first_piece(reader);
            continue;
        }
        if (reader->carry_length > 0) {
            bool made;
            int32_t status = go_on_carry(reader, batch, &made);
            if (status != TSMP_OK || made)
                return status;
            continue;
        }
        int32_t status = next_whole(reader, batch);
        if (status != TSMP_MORE)
            return status;
        if (last && piece->block->capacity > 0 && !reader->ended)
            break;
        if (!put_carry(reader, piece->block->bytes + piece->at,
                       piece->block->length - piece->at))
            return fail(reader, TSMP_E_NOMEM, "no memory for a long line");
        piece->at = piece->block->length;
    }
    if (!reader->ended)
        return TSMP_MORE;
    if (reader->carry_length == 0)
        return TSMP_END;
    found = (struct found){.length = reader->carry_length};
    return next_carried(reader, &found, batch);
}

const char *tsmp_reader_error(const tsmp_reader *reader)
{
    return reader != NULL ? reader->error : "no reader";
}
