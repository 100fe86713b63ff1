/* SPDX-License-Identifier: BSD-2-Clause
 * Lines that lie whole in a piece of the input: they stay where they are, and a batch points at them.
 * Nearly all bytes of the world take this way, and of those the lines of a stamped log a short one. */
#include "plain.h"
#include "reader.h"

/* Does a line, or a piece of one over the limit, begin at `text`? */
static bool scan(struct tsmp_reader *reader, const char *text, size_t length, size_t seen,
                 struct found *found)
{
    size_t limit = (size_t)reader->max_line;
    size_t window = length > limit + 1 ? limit + 1 : length;
    const char *newline = seen < window ? memchr(text + seen, '\n', window - seen) : NULL;
    *found = (struct found){0};
    if (newline != NULL) {
        found->length = found->text = (size_t)(newline - text) + 1;
        found->newline = true;
        return true;
    }
    if (length > limit) {
        found->length = found->text = frame_cut(reader, text);
        found->cut = true;
        return true;
    }
    return false;
}

/* Lines behind each other of which no byte has to be changed, joined or held: what is left of
 * frame_line() then. A quarter of its instructions. Up to `most` records, or to a line that is none of
 * these, or that plain.c may take. False: no memory, nothing of that line was added. */
static bool add_direct(struct tsmp_reader *reader, struct piece *piece, size_t start, tsmp_batch *batch)
{
    struct line_state *state = &reader->state;
    const char *base = piece->block->bytes + start, *line = piece->block->bytes + piece->at,
               *end = piece->block->bytes + piece->block->length;
    bool good = true;
    /* The other things that reader_is_direct() asks for no line can change. */
    while (batch->view.record_count < reader->batch_records) {
        bool logged = state->mode == LINE_STAMPED && reader->table.format == 0 && !state->foreign;
        if (logged ? plain_likely(state, line, (size_t)(end - line)) : line_holds(state))
            break;
        if (!logged && rows_likely(reader, piece, line)) {
            const char *behind = rows_records(reader, piece, line, batch);
            if (behind > line) {
                line = behind;
                continue;
            }
        }
        const char *newline = plain_newline(line, end);
        if (newline == NULL || (size_t)(newline - line) > reader->max_line)
            break;
        size_t most = logged ? LINE_MAX_FIELDS : TABLE_MAX_FIELDS;
        good = (batch->field_capacity - batch->view.field_count >= most && reader->patterns == NULL) ||
               frame_reserve(reader, batch, 0);
        if (!good)
            break;
        size_t length = (size_t)(newline - line);
        length -= length > 0 && newline[-1] == '\r' ? 1 : 0;
        uint64_t fields = batch->view.field_count;
        tsmp_record *record = &batch->records[batch->view.record_count];
        *record = (tsmp_record){.length = (uint64_t)(newline + 1 - line), .offset = reader->offset,
                                .line = reader->line, .text = (uint64_t)(line - base),
                                .text_length = (uint32_t)length,
                                .first_field = (uint32_t)fields};
        size_t joined = 0;
        good = logged ? line_parse_logged(state, batch, record)
                      : line_parse(state, batch, record, NULL, NULL, &joined);
        if (!good) {
            batch->view.field_count = fields;
            break;
        }
        if (!logged)
            rows_learn(reader, batch, record);
        reader->offset += record->length;
        reader->line++;
        batch->view.record_count++;
        line = newline + 1;
    }
    piece->at = (size_t)(line - piece->block->bytes);
    batch->view.text_length = piece->at - start;
    return good;
}

int32_t next_whole(struct tsmp_reader *reader, struct piece *piece, bool skims,
                   tsmp_batch **batch)
{
    struct found found;
    size_t length = piece->block->length - piece->at;
    if (!scan(reader, piece->block->bytes + piece->at, length, piece->seen, &found)) {
        piece->seen = length;
        return TSMP_MORE;
    }
    size_t start = piece->at;
    tsmp_batch *made = batch_new(reader->pool, piece->block, reader->batch_records);
    if (made == NULL)
        return frame_no_batch(reader, NULL);
    made->view.text = piece->block->bytes + start;
    do {
        if (!frame_line(reader, made, piece->at - start, &found, NULL, NULL, NULL)) {
            if (made->view.record_count > 0)
                break; /* what is there is good; the rest comes with the next call */
            return frame_no_batch(reader, made);
        }
        piece->at += found.length;
        piece->seen = 0;
        made->view.text_length = piece->at - start;
        if (reader_is_direct(reader)) {
            if (!add_direct(reader, piece, start, made))
                break;
            length = piece->block->length - piece->at;
            if (reader_is_plain(reader) && plain_likely(&reader->state, piece->block->bytes + piece->at, length)) {
                if (skims)
                    break;
                plain_records(reader, piece, start, made);
            }
        }
        length = piece->block->length - piece->at;
        if (made->view.record_count >= reader->batch_records || line_holds(&reader->state) ||
            made->view.text_length > UINT32_MAX / 4)
            break;
        if (!scan(reader, piece->block->bytes + piece->at, length, 0, &found)) {
            piece->seen = length;
            break;
        }
    } while (true);
    return frame_finish(reader, made, batch);
}
