/* SPDX-License-Identifier: BSD-2-Clause
 * Which bytes make a record, and batches of them. A batch points into one block of text. Lines that
 * lie whole in a piece of the input stay where they are (whole.c); a line that lies in several
 * pieces, and lines that may belong together (a server's wrapped table), are held and copied. */
#include "reader.h"

#include "language.h"

enum { HELD_BATCH = 64, HELD_BLOCK = 16 * 1024 };

bool converts(const struct tsmp_reader *reader)
{
    return reader->encoding.converter != NULL && !reader->input.utf16;
}

/* What a paste puts in front of a line: marks of a quotation or a comment, or the indent of a code
 * block. Decided line by line, so that nothing hangs on where reading began. */
static size_t prefix_length(uint32_t repair, const char *text, size_t length)
{
    size_t at = 0;
    if ((repair & TSMP_REPAIR_QUOTED) != 0)
        while (at < length && (text[at] == '>' || text[at] == '#'))
            at += at + 1 < length && text[at + 1] == ' ' ? 2 : 1;
    if ((repair & TSMP_REPAIR_INDENTED) != 0) {
        if (at < length && text[at] == '\t')
            at++;
        else if (length - at >= 4 && memcmp(text + at, "    ", 4) == 0)
            at += 4;
    }
    return at;
}

/* Bytes in front of a line that are no part of its text. */
static size_t lead(const struct tsmp_reader *reader, const char *text, size_t length, bool first,
                   uint32_t *flags)
{
    size_t skip = 0;
    if (first && reader->first_record && length >= 3 && memcmp(text, "\xEF\xBB\xBF", 3) == 0) {
        *flags |= TSMP_FLAG_BOM;
        skip = 3;
    }
    if (reader->repair != 0 && !(first && reader->in_cut)) {
        size_t prefix = prefix_length(reader->repair, text + skip, length - skip);
        *flags |= prefix > 0 ? TSMP_FLAG_PREFIXED : 0;
        skip += prefix;
    }
    return skip;
}

/* The place and the flags of a record that lies `found` at text offset `at` of the batch. */
static tsmp_record *place_record(struct tsmp_reader *reader, tsmp_batch *batch, size_t at,
                                 const struct found *found)
{
    const char *text = batch->view.text + at;
    size_t length = found->text - (found->newline ? 1 : 0);
    if (found->newline && length > 0 && text[length - 1] == '\r')
        length--;
    tsmp_record *record = &batch->records[batch->view.record_count];
    *record = (tsmp_record){.length = found->length, .offset = reader->offset,
                            .line = reader->line};
    bool end = !found->newline && !found->cut;
    if (end)
        record->flags |= TSMP_FLAG_NO_NEWLINE;
    if (reader->input.utf16) {
        record->flags |= TSMP_FLAG_TRANSCODED;
        record->length = utf16_length(text, found->text, end ? &reader->input.decoder : NULL);
    }
    record->flags |= (found->changed ? TSMP_FLAG_TRANSCODED : 0) |
                     (found->undecodable ? TSMP_FLAG_UNDECODABLE : 0);
    if (reader->encoding.id == TSMP_ENCODING_UTF_8 && !is_utf8(text, length))
        record->flags |= TSMP_FLAG_UNDECODABLE;
    size_t skip = lead(reader, text, length, true, &record->flags);
    record->text = at + skip;
    record->text_length = (uint32_t)(length - skip);
    return record;
}

/* The record that place_record() made is whole: the next one begins behind it. */
static void keep_record(struct tsmp_reader *reader, tsmp_batch *batch, const struct found *found)
{
    reader->offset += batch->records[batch->view.record_count].length;
    reader->line += found->newline;
    reader->first_record = false;
    batch->view.record_count++;
}

/* A piece of a line over the limit. Its rest is never read as a line: it may be made to look like
 * one. */
static void cut_record(struct tsmp_reader *reader, tsmp_batch *batch, tsmp_record *record,
                       bool goes_on)
{
    struct line_state *state = &reader->state;
    record->flags |= TSMP_FLAG_CUT | (state->have_time ? TSMP_FLAG_TIME_CARRIED
                                                       : TSMP_FLAG_NO_TIME);
    record->why = TSMP_WHY_LINE_TOO_LONG;
    record->format = state->format;
    record->first_field = (uint32_t)batch->view.field_count;
    record->kind = reader->in_cut ? TSMP_KIND_MORE : TSMP_KIND_UNKNOWN;
    if (state->have_time) {
        record->time = state->last_time;
        record->flags |= state->last_time_flags;
    }
    if (reader->in_cut) {
        batch->fields[batch->view.field_count++] =
            (tsmp_field){.text = record->text, .id = TSMP_FIELD_OF, .type = TSMP_TYPE_OFFSET,
                         .number = (int64_t)state->last_offset};
        record->field_count = 1;
    } else {
        state->last_offset = record->offset;
        state->have_last = true;
        state->after_open = true;
    }
    reader->in_cut = goes_on;
}

bool frame_reserve(struct tsmp_reader *reader, tsmp_batch *batch, size_t others)
{
    size_t most = line_most_fields(&reader->state) + others;
    if (reader->patterns != NULL && patterns_max_fields(reader->patterns) > most)
        most = patterns_max_fields(reader->patterns) + others;
    if (batch->field_capacity - batch->view.field_count >= most)
        return true;
    void *items = batch->fields;
    size_t more = batch->fields == NULL ? batch->record_capacity * 6 + most : most;
    bool good = memory_reserve(&batch->allocator, &items, &batch->field_capacity,
                               (size_t)batch->view.field_count, more, sizeof *batch->fields);
    batch->fields = items;
    return good;
}

bool frame_line(struct tsmp_reader *reader, tsmp_batch *batch, size_t at,
                const struct found *found, const struct group *group, char *joined,
                size_t *joined_length)
{
    size_t none = 0;
    if (!frame_reserve(reader, batch, 0))
        return false;
    tsmp_record *record = place_record(reader, batch, at, found);
    uint64_t fields = batch->view.field_count;
    if (found->cut || reader->in_cut) {
        cut_record(reader, batch, record, found->cut);
        *(joined_length != NULL ? joined_length : &none) = 0;
    } else if (!line_parse(&reader->state, batch, record, group, joined,
                           joined_length != NULL ? joined_length : &none)) {
        batch->view.field_count = fields;
        return false;
    }
    keep_record(reader, batch, found);
    return true;
}

int32_t frame_finish(struct tsmp_reader *reader, tsmp_batch *made, tsmp_batch **batch)
{
    made->view.records = made->records;
    made->view.fields = made->fields;
    made->names = reader->state.names;
    if (made->names != NULL)
        names_ref(made->names);
    *batch = made;
    return TSMP_OK;
}

int32_t frame_no_batch(struct tsmp_reader *reader, tsmp_batch *made)
{
    tsmp_batch_unref(made);
    return reader_fail(reader, TSMP_E_NOMEM, "no memory for a batch");
}

size_t frame_cut(const struct tsmp_reader *reader, const char *text)
{
    size_t at = (size_t)reader->max_line;
    while (reader->input.utf16 && at > 1 && ((unsigned char)text[at] & 0xC0) == 0x80)
        at--;
    return at;
}

/* ---- held lines ------------------------------------------------------------------------------ */

bool put_held(struct tsmp_reader *reader, const char *bytes, size_t length)
{
    void *items = reader->held;
    bool good = memory_reserve(&reader->allocator, &items, &reader->held_capacity,
                               reader->held_length, length, 1);
    reader->held = items;
    if (good && reader->raw_kept) {
        items = reader->raw;
        good = memory_reserve(&reader->allocator, &items, &reader->raw_capacity, reader->raw_length,
                              length, 1);
        reader->raw = items;
    }
    if (!good)
        return false;
    if (reader->raw_kept) {
        memcpy(reader->raw + reader->raw_length, bytes, length);
        reader->raw_length += length;
    }
    memcpy(reader->held + reader->held_length, bytes, length);
    reader->held_length += length;
    return true;
}

/* Room for `more` input bytes, and for the line that they end as text. */
static bool room_for_text(struct tsmp_reader *reader, size_t more)
{
    size_t raw = reader->held_length - reader->lines_length + more;
    void *items = reader->held;
    bool good = memory_reserve(&reader->allocator, &items, &reader->held_capacity,
                               reader->held_length, more + raw * ENCODING_GROWTH, 1);
    reader->held = items;
    return good;
}

/* The first `raw` held bytes behind the whole lines are one more of these: make them text. */
static void add_held_line(struct tsmp_reader *reader, size_t raw, bool newline, bool cut)
{
    char *line = reader->held + reader->lines_length, *end = reader->held + reader->held_length;
    struct found found = {.length = raw, .text = raw, .newline = newline, .cut = cut};
    if (converts(reader) && reader->first_record && reader->line_count == 0 && raw >= 3 &&
        memcmp(line, "\xEF\xBB\xBF", 3) == 0)
        encoding_close(&reader->encoding); /* it says itself what it is */
    if (converts(reader)) { /* room_for_text() was asked for each byte */
        size_t behind = (size_t)(end - line) - raw;
        struct converted text = encoding_convert(&reader->encoding, line, raw, end);
        memcpy(end + text.length, line + raw, behind);
        memmove(line, end, text.length + behind);
        found.text = text.length;
        found.changed = text.changed;
        found.undecodable = text.undecodable;
        reader->held_length = reader->lines_length + text.length + behind;
    }
    reader->lines[reader->line_count++] = found;
    reader->lines_length += found.text;
}

/* Take input up to the end of a line. TSMP_OK: one more whole line is held; TSMP_MORE: the input
 * does not have it yet; TSMP_END: there is none. */
static int32_t hold_line(struct tsmp_reader *reader)
{
    size_t limit = (size_t)reader->max_line;
    for (;;) {
        size_t begun = reader->held_length - reader->lines_length;
        struct piece *piece = input_piece(&reader->input);
        if (piece == NULL) {
            if (!reader->input.ended)
                return TSMP_MORE;
            if (begun == 0)
                return TSMP_END;
            add_held_line(reader, begun, false, false);
            return TSMP_OK;
        }
        const char *text = piece->block->bytes + piece->at;
        size_t left = piece->block->length - piece->at, window = limit + 1 - begun;
        if (window > left)
            window = left;
        const char *newline = memchr(text, '\n', window);
        size_t take = newline != NULL ? (size_t)(newline - text) + 1 : window;
        bool cut = newline == NULL && begun + take > limit;
        if ((converts(reader) && !room_for_text(reader, take)) || !put_held(reader, text, take))
            return reader_fail(reader, TSMP_E_NOMEM, "no memory for a long line");
        input_took(&reader->input, piece, piece->at + take);
        if (newline == NULL && !cut)
            continue;
        /* One byte more than the limit was there; what is behind the cut begins the next piece. */
        size_t length = cut ? frame_cut(reader, reader->held + reader->lines_length) : begun + take;
        add_held_line(reader, length, newline != NULL, cut);
        return TSMP_OK;
    }
}

/* The first `count` held lines, which stand at `text`, without their ends and a BOM. */
static void fill_group(const struct tsmp_reader *reader, const char *text, size_t count,
                       struct group *group)
{
    group->count = count;
    for (size_t i = 0; i < count; i++) {
        const struct found *found = &reader->lines[i];
        size_t length = found->text - (found->newline ? 1 : 0);
        if (found->newline && length > 0 && text[length - 1] == '\r')
            length--;
        uint32_t flags = 0;
        size_t skip = lead(reader, text, length, i == 0, &flags);
        group->lines[i] = (struct group_line){text + skip, length - skip, NULL};
        text += found->text;
    }
}

/* Let what was found out about held lines be kept with them, until something changes that the
 * answers rest on. */
static void keep_facts(struct tsmp_reader *reader, struct group *group)
{
    if (!table_same_view(&reader->state, &reader->table, &reader->facts_state, &reader->facts_table)) {
        reader->facts_state = reader->state;
        reader->facts_table = reader->table;
        for (size_t i = 0; i < reader->line_count; i++)
            reader->lines[i].facts = 0;
    }
    for (size_t i = 0; i < group->count; i++)
        group->lines[i].facts = &reader->lines[i].facts;
}

/* How many of the held lines make the next record and what belongs to it; 0 = wait for more. */
static size_t frame(struct tsmp_reader *reader, bool end)
{
    size_t count = reader->line_count;
    const struct found *newest = &reader->lines[count - 1];
    uint8_t before = reader->what;
    reader->what = 0;
    if (!line_holds(&reader->state) || reader->in_cut || reader->lines[0].cut)
        return 1;
    bool last = end || count == TABLE_MAX_LINES || reader->lines_length > reader->max_line;
    if (newest->cut) {
        count--;
        last = true;
    }
    struct group group;
    group.what = 0;
    group.known = reader->waiting < count ? reader->waiting : 0;
    group.asked = before;
    fill_group(reader, reader->held, count, &group);
    keep_facts(reader, &group);
    size_t taken = table_frame(&reader->state, &group, last);
    reader->what = group.what;
    return taken == 0 && last ? 1 : taken;
}

/* The first `count` held lines, which stand at text offset `at`, become records. */
static bool add_group(struct tsmp_reader *reader, tsmp_batch *batch, size_t at, size_t count,
                      char *joined, size_t *joined_length)
{
    struct line_state state = reader->state;
    struct table table = reader->table;
    struct group group;
    fill_group(reader, batch->view.text + at, count, &group);
    group.what = reader->what;
    uint64_t fields = batch->view.field_count;
    if (count == 1) {
        if (frame_line(reader, batch, at, &reader->lines[0], &group, joined, joined_length))
            return true;
        goto undo;
    }
    if (!frame_reserve(reader, batch, count))
        return false;
    tsmp_record *head = place_record(reader, batch, at, &reader->lines[0]);
    if (line_parse(&reader->state, batch, head, &group, joined, joined_length)) {
        keep_record(reader, batch, &reader->lines[0]);
        size_t from = at + reader->lines[0].text;
        for (size_t i = 1; i < count; i++) {
            tsmp_record *more = place_record(reader, batch, from, &reader->lines[i]);
            line_more(&reader->state, batch, more);
            keep_record(reader, batch, &reader->lines[i]);
            from += reader->lines[i].text;
        }
        return true;
    }
undo:
    batch->view.field_count = fields;
    /* Names that were added stay: they cost nothing, and the next try finds them. */
    state.names = reader->state.names;
    reader->state = state;
    reader->table = table;
    return false;
}

/* The held lines that became records stand before the next one. */
static void tell_tail(struct tsmp_reader *reader, size_t count, size_t length)
{
    struct input *input = &reader->input;
    if (input->utf16) {
        tail_push_utf16(&input->tail, reader->held, length, input->decoder.big);
    } else if (!reader->raw_kept) {
        tail_push(&input->tail, reader->held, length);
    } else {
        size_t raw = 0;
        for (size_t i = 0; i < count; i++)
            raw += reader->lines[i].length;
        tail_push(&input->tail, reader->raw, raw);
        reader->raw_length -= raw;
        memmove(reader->raw, reader->raw + raw, reader->raw_length);
    }
}

static void drop_held(struct tsmp_reader *reader, size_t count, size_t length)
{
    tell_tail(reader, count, length);
    reader->line_count -= count;
    reader->waiting = 0;
    reader->lines_length -= length;
    reader->held_length -= length;
    memmove(reader->lines, reader->lines + count, reader->line_count * sizeof *reader->lines);
    memmove(reader->held, reader->held + length, reader->held_length);
}

int32_t next_held(struct tsmp_reader *reader, tsmp_batch **batch)
{
    tsmp_batch *made = NULL;
    struct block *block = NULL;
    int32_t status = TSMP_OK;
    size_t records = reader->batch_records < HELD_BATCH ? reader->batch_records : HELD_BATCH;
    size_t used = 0;
    bool full = false;
    while (!full) {
        size_t count = 0;
        if (reader->line_count > reader->waiting || status == TSMP_END)
            count = reader->line_count > 0 ? frame(reader, status == TSMP_END) : 0;
        if (count == 0) {
            reader->waiting = reader->line_count;
            if (status == TSMP_END)
                break;
            if (reader->line_count == 0 && reader->held_length == 0 &&
                !line_holds(&reader->state) && !copies(reader))
                break; /* the lines may stay where they are again */
            status = hold_line(reader);
            if (status < 0 || status == TSMP_MORE || (status == TSMP_END && reader->line_count == 0))
                break;
            continue;
        }
        /* Should there be no room for them, they are framed anew, not from where another waited. */
        reader->waiting = 0;
        size_t length = 0;
        for (size_t i = 0; i < count; i++)
            length += reader->lines[i].text;
        /* Every byte of a group may be in a joined text once, with a blank behind each piece. */
        size_t join = line_holds(&reader->state) ? 2 * length + 64 : 0;
        if (reader->languages != NULL)
            join += length + LANGUAGE_ROOM;
        if (made == NULL) {
            if (records < count)
                records = count;
            block = block_own(&reader->allocator,
                              length + join + (line_holds(&reader->state) || copies(reader)
                                                   ? (size_t)HELD_BLOCK : 0));
            made = block != NULL ? batch_new(reader->pool, block, records) : NULL;
            block_unref(block);
            if (made == NULL)
                return frame_no_batch(reader, NULL);
            made->view.text = block->bytes;
        } else if (block->capacity - used < length + join ||
                   records - (size_t)made->view.record_count < count) {
            break;
        }
        char *to = (char *)(uintptr_t)block->bytes + used;
        memcpy(to, reader->held, length);
        if (!add_group(reader, made, used, count, to + length, &join)) {
            if (made->view.record_count == 0)
                return frame_no_batch(reader, made);
            break;
        }
        used += length + join;
        block->length = used;
        drop_held(reader, count, length);
        full = made->view.record_count == records;
    }
    if (made == NULL)
        return status;
    made->view.text_length = used;
    return frame_finish(reader, made, batch);
}

