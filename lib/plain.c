/* SPDX-License-Identifier: BSD-2-Clause */
#include "plain.h"

#include "reader.h"

/* Where plain_kind() looks for them. */
#define K(text, length, action, type) {text, length, TSMP_WORD_##action, TSMP_WORD_##type}
const struct plain_kind plain_kinds[8] = {
    K("Rebinding-->    ", 12, REBIND, UNKNOWN),  K("Updating-->     ", 11, UPDATE, UNKNOWN),
    K("Deleting-->     ", 11, DELETE, UNKNOWN),  K("Normal File-->  ", 14, SEND, FILE),
    K("Special File--> ", 15, SEND, SPECIAL),    K("Expiring-->     ", 11, EXPIRE, UNKNOWN),
    K("Directory-->    ", 12, SEND, DIRECTORY),  K("Symbolic Link-->", 16, SEND, SYMLINK),
};
#undef K

bool plain_likely(const struct line_state *state, const char *text, size_t length)
{
    size_t n = state->stamp_length;
    if (state->mode != LINE_STAMPED || n < 16 || n > 24 || length < n + 1 + PLAIN_SHORTEST)
        return false;
    text += n + 1;
    return plain_has_kind(text, plain_kind(text));
}

bool plain_next_stamp(struct line_state *state, const char *line, size_t length)
{
    bool flagged = state->stamp.flags != 0;
    int64_t before = state->stamp.time;
    if (!line_take_stamp(state, line, length) || state->stamp_length < 16 ||
        state->stamp_length > 24 || length <= state->stamp_length ||
        line[state->stamp_length] != ' ')
        return false;
    if (flagged || state->stamp.flags != 0)
        return flagged && state->stamp.flags != 0;
    return state->stamp.time >= before && state->stamp.time - before < INT64_C(3600000000);
}

/* The next plain line of a stretch; `end` is where its newline stands. */
PLAIN_INLINE bool next_plain(struct line_state *state, struct plain_stamp *stamp,
                              const char *line, size_t end, size_t max_line, struct plain *plain)
{
    size_t length = end > 0 && line[end - 1] == '\r' ? end - 1 : end;
    if (end > max_line)
        return false;
    if (!plain_same_stamp(stamp, line, length)) {
        if (!plain_next_stamp(state, line, length))
            return false;
        plain_expect(state, stamp);
    }
    size_t skip = stamp->length + 1;
    plain->length = length;
    return plain_read(line + skip, length - skip, plain);
}

void plain_skim(struct line_state *state, const char *text, size_t length, size_t max_line,
                newlines_scan *scan, uint16_t *positions, struct skim *skim)
{
    uint64_t counts[8] = {0}; /* by kind */
    size_t start = 0, last = 0;
    bool going = true, timed = false;
    int64_t time = 0;
    struct plain_stamp stamp;
    plain_expect(state, &stamp);
    while (going) {
        const char *from = text + start;
        size_t size = length - start < NEWLINES_BLOCK ? length - start : NEWLINES_BLOCK;
        size_t count = scan(from, size, positions), done = 0;
        going = count > 0;
        for (size_t i = 0; i < count; i++) {
            struct plain plain;
            if (!next_plain(state, &stamp, from + done, positions[i] - done, max_line, &plain)) {
                going = false;
                break;
            }
            counts[plain.kind - plain_kinds]++;
            last = start + done;
            done = (size_t)positions[i] + 1;
            timed |= stamp.flags == 0;
            time = stamp.flags == 0 ? stamp.time : time;
        }
        start += done;
    }
    *skim = (struct skim){.bytes = start, .last = last, .time = time, .timed = timed};
    for (size_t i = 0; i < 8; i++) {
        skim->lines += counts[i];
        switch (plain_kinds[i].action) {
        case TSMP_WORD_SEND: skim->sent += counts[i]; break;
        case TSMP_WORD_UPDATE: skim->updated += counts[i]; break;
        case TSMP_WORD_EXPIRE: skim->expired += counts[i]; break;
        case TSMP_WORD_REBIND: skim->rebound += counts[i]; break;
        default: skim->deleted += counts[i];
        }
    }
}

PLAIN_INLINE unsigned lowest_bit(unsigned bits)
{
#if defined(__GNUC__)
    return (unsigned)__builtin_ctz(bits);
#else
    unsigned at = 0;
    while ((bits >> at & 1u) == 0)
        at++;
    return at;
#endif
}

/* The number that plain_size() found; `text` is its 16 bytes. */
PLAIN_INLINE int64_t size_value(const char *text, const struct plain *plain)
{
#if defined(__SSE2__)
    /* In groups of three, or at most three digits: each digit has its place, so all are weighed
     * at once. 12 instructions instead of some 60. */
    if ((plain->digits & 0x1111u) == 0) {
        __m128i digits = _mm_subs_epu8(_mm_loadu_si128((const __m128i *)(const void *)text),
                                       _mm_set1_epi8('0')); /* blanks and commas become 0 */
        const __m128i weights = _mm_set_epi16(1, 10, 100, 0, 1, 10, 100, 0);
        __m128i low = _mm_madd_epi16(_mm_unpacklo_epi8(digits, _mm_setzero_si128()), weights);
        __m128i high = _mm_madd_epi16(_mm_unpackhi_epi8(digits, _mm_setzero_si128()), weights);
        /* pairs: [d1*100, d2*10+d3, d5*100, d6*10+d7], and so on */
        low = _mm_add_epi32(low, _mm_srli_epi64(low, 32));
        high = _mm_add_epi32(high, _mm_srli_epi64(high, 32));
        int64_t first = _mm_cvtsi128_si32(low),
                second = _mm_cvtsi128_si32(_mm_unpackhi_epi64(low, low)),
                third = _mm_cvtsi128_si32(high),
                fourth = _mm_cvtsi128_si32(_mm_unpackhi_epi64(high, high));
        return ((first * 1000 + second) * 1000 + third) * 1000 + fourth;
    }
#endif
    int64_t value = 0;
    for (unsigned rest = plain->digits; rest != 0; rest &= rest - 1)
        value = value * 10 + (text[lowest_bit(rest)] - '0');
    return value;
}

/* The six fields that line_object() gives, in its order, as far as the kind tells them. Copying
 * them whole and then setting what differs is half the work of setting all. */
#define F(name, kind_of, size, value) \
    {.id = TSMP_FIELD_##name, .type = TSMP_TYPE_##kind_of, .length = size, .number = value}
#define K(size, action, type) \
    {F(ACTION, WORD, size, TSMP_WORD_##action), F(OBJECT_TYPE, WORD, size, TSMP_WORD_##type), \
     F(SIZE, NUMBER, 0, 0), F(PATH, TEXT, 0, 0), F(STATUS, WORD, 0, TSMP_WORD_SENT), \
     F(RETRY, NUMBER, 0, 0)}
static const tsmp_field templates[8][6] = {
    K(12, REBIND, UNKNOWN), K(11, UPDATE, UNKNOWN), K(11, DELETE, UNKNOWN), K(14, SEND, FILE),
    K(15, SEND, SPECIAL),   K(11, EXPIRE, UNKNOWN), K(12, SEND, DIRECTORY), K(16, SEND, SYMLINK)};
#undef K
#undef F

/* `text`: offset behind the stamp. */
PLAIN_INLINE void put_fields(tsmp_field *field, const char *line, uint64_t text, size_t length,
                              const struct plain *plain)
{
    uint32_t first = PLAIN_SIZE_AT + lowest_bit(plain->first);
    uint32_t path_end = (uint32_t)plain->path_end;
    memcpy(field, templates[plain->kind - plain_kinds], sizeof templates[0]);
    field[0].text = field[1].text = field[5].text = text;
    field[2].text = text + first;
    field[2].length = PLAIN_SIZE_END - first;
    field[2].number = size_value(line + PLAIN_SIZE_AT, plain);
    field[3].text = text + PLAIN_SHORTEST;
    field[3].length = path_end - PLAIN_SHORTEST;
    field[4].text = text + path_end;
    field[4].length = (uint32_t)length - path_end;
    if (!plain->sent)
        field[4].number = TSMP_WORD_NONE;
}

void plain_records(struct tsmp_reader *reader, struct piece *piece, size_t start, tsmp_batch *batch)
{
    struct line_state *state = &reader->state;
    size_t room = batch->record_capacity - (size_t)batch->view.record_count;
    size_t fields = (batch->field_capacity - (size_t)batch->view.field_count) / 6;
    tsmp_record *record = batch->records + batch->view.record_count;
    tsmp_field *field = batch->fields + batch->view.field_count;
    size_t most = room < fields ? room : fields, made = 0;
    size_t max_line = (size_t)reader->max_line;
    uint64_t offset = reader->offset, number = reader->line, text = piece->at - start;
    uint32_t first_field = (uint32_t)batch->view.field_count;
    uint16_t format = state->format;
    struct plain_stamp stamp;
    plain_expect(state, &stamp);
    bool going = most > 0;
    while (going) {
        const char *from = piece->block->bytes + piece->at;
        size_t size = piece->block->length - piece->at, done = 0;
        if (size > NEWLINES_BLOCK)
            size = NEWLINES_BLOCK;
        size_t count = reader->scan(from, size, reader->positions);
        going = count > 0;
        for (size_t i = 0; i < count; i++) {
            const char *line = from + done;
            size_t end = reader->positions[i] - done;
            struct plain plain;
            if (made == most || !next_plain(state, &stamp, line, end, max_line, &plain)) {
                going = false;
                break;
            }
            size_t skip = stamp.length + 1;
            *record = (tsmp_record){
                .offset = offset + done, .length = end + 1, .line = number + made,
                .time = stamp.time, .text = text + done, .text_length = (uint32_t)plain.length,
                .first_field = first_field, .field_count = 6,
                .flags = TSMP_FLAG_STAMPED | stamp.flags, .kind = TSMP_KIND_OBJECT,
                .format = format, .stamp_length = (uint16_t)stamp.length};
            put_fields(field, line + skip, text + done + skip, plain.length - skip, &plain);
            first_field += 6;
            field += 6;
            record++;
            made++;
            done += end + 1;
        }
        offset += done;
        text += done;
        piece->at += done;
    }
    reader->offset = offset;
    reader->line = number + made;
    if (made == 0)
        return;
    batch->view.record_count += made;
    batch->view.field_count += made * 6;
    batch->view.text_length = piece->at - start;
    piece->seen = 0;
    reader->first_record = false;
    line_skimmed(state, record[-1].offset);
}
