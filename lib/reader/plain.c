/* SPDX-License-Identifier: BSD-2-Clause */
#include "ends.h"

#include "reader.h"

#if defined(PLAIN_AVX2)
#include <cpuid.h>
#endif

/* Where plain_kind() looks for them. */
#define K(length, action, type) {length, TSMP_WORD_##action, TSMP_WORD_##type}
const struct plain_kind plain_kinds[8] = {
    K(12, REBIND, UNKNOWN), K(11, EXPIRE, UNKNOWN), K(12, SEND, DIRECTORY), K(15, SEND, SPECIAL),
    K(16, SEND, SYMLINK),   K(11, UPDATE, UNKNOWN), K(11, DELETE, UNKNOWN), K(14, SEND, FILE),
};
#undef K
const char plain_texts[8][16] = {"Rebinding-->    ", "Expiring-->     ", "Directory-->    ",
                                 "Special File--> ", "Symbolic Link-->", "Updating-->     ",
                                 "Deleting-->     ", "Normal File-->  "};

bool plain_next_stamp(struct line_state *state, const char *line, size_t length)
{
    uint32_t flags = state->stamp.flags;
    int64_t before = state->stamp.time;
    if (!line_take_stamp(state, line, length) || state->stamp_length < 16 ||
        state->stamp_length > 24 || length <= state->stamp_length ||
        line[state->stamp_length] != ' ')
        return false;
    if ((state->stamp.flags & TSMP_FLAG_TIME_BACK) != 0)
        return false; /* a time that is known, and steps back */
    if (flags != 0 || state->stamp.flags != 0)
        return flags == state->stamp.flags;
    return state->stamp.time >= before && state->stamp.time - before < INT64_C(3600000000);
}

/* The line from `line` to `newline`, if it is a plain one. */
PLAIN_INLINE bool is_plain(struct line_state *state, struct plain_stamp *stamp, const char *line,
                           const char *newline, size_t max_line, const struct plain_sets *sets,
                           struct plain *plain)
{
    size_t skip = stamp->length + 1, length = (size_t)(newline - line);
    const char *text = line + skip;
    if (length < skip + PLAIN_SHORTEST || length > max_line)
        return false;
    bool same = plain_quick(stamp, line, sets, plain);
    if ((!same && !plain_head(text, sets, plain)) || !plain_tail(text, newline, sets, plain))
        return false;
    if (!same) { /* then its stamp is another one */
        if (!plain_next_stamp(state, line, skip + plain->length) ||
            state->stamp_length != stamp->length)
            return false;
        plain_expect(state, stamp);
    }
    return true;
}

/* Where the line at `line` ends, if it is a plain one, whose first `skip` and PLAIN_SHORTEST bytes hold no newline;
 * NULL: not before `end`. */
PLAIN_INLINE const char *plain_end(const char *line, const char *end, size_t skip, near_finder *near)
{
    const char *from = line + skip + PLAIN_SHORTEST;
    if ((size_t)(end - line) < skip + PLAIN_SHORTEST)
        return NULL;
    const char *newline = near(from, end);
    return newline != NULL ? newline : memchr(from, '\n', (size_t)(end - from));
}

/* Nothing is stored here, so the ends are the only thing that one line waits for; where records are made it
 * waits for memory, and a block of ends is no gain. */
PLAIN_INLINE void skim_lines(struct line_state *state, const char *text, size_t length,
                             size_t max_line, ends_filler *fill, struct skim *skim)
{
    uint64_t counts[8] = {0}; /* by kind */
    const char *line = text, *last = text, *end = text + length, *newline;
    struct plain_stamp stamp;
    struct plain plain;
    struct plain_sets sets;
    struct ends ends;
    plain_expect(state, &stamp);
    plain_sets_init(&sets, state);
    ends_init(&ends);
    while (stamp.length != 0 && (newline = ends_next(&ends, line, end, fill)) != NULL &&
           is_plain(state, &stamp, line, newline, max_line, &sets, &plain)) {
        counts[plain.kind]++;
        last = line;
        line = newline + 1;
    }
    /* Stamps of different flags never stand in one stretch: plain_next_stamp(). One that steps back,
     * and is that of the line before as well, has a time all the same. */
    const uint32_t untimed = TSMP_FLAG_NO_TIME | TSMP_FLAG_DATE_AMBIGUOUS | TSMP_FLAG_TIME_IMPOSSIBLE;
    *skim = (struct skim){.bytes = (size_t)(line - text), .last = (size_t)(last - text),
                          .time = stamp.time, .timed = line > text && (stamp.flags & untimed) == 0};
    for (size_t i = 0; i < 8; i++) {
        skim->lines += counts[i];
        skim->bare |= counts[i] > 0 && (sets.ends >> i & 1u) == 0 ? line_other(plain_kinds[i].action) : 0;
        switch (plain_kinds[i].action) {
        case TSMP_WORD_SEND: skim->sent += counts[i]; break;
        case TSMP_WORD_UPDATE: skim->updated += counts[i]; break;
        case TSMP_WORD_EXPIRE: skim->expired += counts[i]; break;
        case TSMP_WORD_REBIND: skim->rebound += counts[i]; break;
        default: skim->deleted += counts[i];
        }
    }
}

static void skim_narrow(struct tsmp_reader *reader, const char *text, size_t length, struct skim *skim)
{
    skim_lines(&reader->state, text, length, (size_t)reader->max_line, ends_narrow, skim);
}

#if defined(PLAIN_AVX2)
PLAIN_WIDE static void skim_wide(struct tsmp_reader *reader, const char *text, size_t length,
                                 struct skim *skim)
{
    skim_lines(&reader->state, text, length, (size_t)reader->max_line, ends_wide, skim);
}

bool plain_is_wide(void)
{
    unsigned a, b, c, d, low, high;
    if (__get_cpuid(1, &a, &b, &c, &d) == 0 || (c & bit_OSXSAVE) == 0 || (c & bit_AVX) == 0 || (c & bit_POPCNT) == 0)
        return false;
    __asm__("xgetbv" : "=a"(low), "=d"(high) : "c"(0));
    if ((low & 6u) != 6u) /* the system does not keep the wide registers */
        return false;
    const unsigned needed = bit_AVX2 | bit_BMI | bit_BMI2;
    return __get_cpuid_count(7, 0, &a, &b, &c, &d) != 0 && (b & needed) == needed;
}
#else
bool plain_is_wide(void)
{
    return false;
}
#endif

void plain_choose(struct tsmp_reader *reader)
{
    reader->way = plain_is_wide() ? PLAIN_IS_WIDE : PLAIN_IS_NARROW;
}

bool plain_goes_wide(struct tsmp_reader *reader)
{
    enum { ASK_BEHIND = 1024 * 1024 };
    if (reader->way == PLAIN_UNASKED && reader->plain_bytes > ASK_BEHIND)
        plain_choose(reader);
    return reader->way == PLAIN_IS_WIDE;
}

void plain_skim(struct tsmp_reader *reader, const char *text, size_t length, struct skim *skim)
{
#if defined(PLAIN_AVX2)
    if (plain_goes_wide(reader))
        skim_wide(reader, text, length, skim);
    else
#endif
        skim_narrow(reader, text, length, skim);
    reader->plain_bytes += skim->bytes;
}

/* What differs between the ways. */
struct ways {
    near_finder *near;
    field_copier *fields;
#if defined(PLAIN_SSE2)
    digit_weigher *weigh;
#endif
};

/* The number that plain_size() found; `text` is its 16 bytes. */
PLAIN_INLINE int64_t size_value(const char *text, const struct plain *plain, const struct ways *ways)
{
#if defined(PLAIN_SSE2)
    /* In groups of three, or at most three digits. Else commas stand elsewhere, or none. */
    unsigned other = ~plain->digits & (0u - plain->first) & 0xFFFFu; /* commas */
    if (((plain->digits & 0x1111u) | (other & 0xEEEEu)) == 0)
        return ways->weigh(_mm_subs_epu8(_mm_loadu_si128((const __m128i *)(const void *)text),
                                         _mm_set1_epi8('0'))); /* blanks and commas become 0 */
#else
    (void)ways;
#endif
    int64_t value = 0;
    for (unsigned rest = plain->digits; rest != 0; rest &= rest - 1)
        value = value * 10 + (text[plain_lowest(rest)] - '0');
    return value;
}

/* The six fields that line_object() gives, in its order, as far as the kind tells them; `text` counts
 * from behind the stamp. */
#define F(name, kind_of, at, size, value) \
    {.id = TSMP_FIELD_##name, .type = TSMP_TYPE_##kind_of, .text = at, .length = size, .number = value}
#define K(size, action, type) \
    {F(ACTION, WORD, 0, size, TSMP_WORD_##action), F(OBJECT_TYPE, WORD, 0, size, TSMP_WORD_##type), \
     F(SIZE, NUMBER, PLAIN_SIZE_END, 0, 0), F(PATH, TEXT, PLAIN_SHORTEST, 0, 0), \
     F(STATUS, WORD, 0, 0, TSMP_WORD_SENT), F(RETRY, NUMBER, 0, 0, 0)}
static const tsmp_field templates[8][PLAIN_FIELDS] = {
    K(12, REBIND, UNKNOWN), K(11, EXPIRE, UNKNOWN), K(12, SEND, DIRECTORY), K(15, SEND, SPECIAL),
    K(16, SEND, SYMLINK),   K(11, UPDATE, UNKNOWN), K(11, DELETE, UNKNOWN), K(14, SEND, FILE)};
#undef K
#undef F

/* `text`: offset behind the stamp. */
PLAIN_INLINE void put_fields(tsmp_field *field, const char *line, uint64_t text, const struct plain *plain,
                             const struct ways *ways)
{
    uint32_t digits = PLAIN_SIZE_END - PLAIN_SIZE_AT - plain_lowest(plain->first);
    ways->fields(field, templates[plain->kind], text);
    field[2].text -= digits;
    field[2].length = digits;
    field[2].number = size_value(line + PLAIN_SIZE_AT, plain, ways);
    field[3].length = (uint32_t)plain->path_end - PLAIN_SHORTEST;
    field[4].text = text + plain->path_end;
    field[4].length = (uint32_t)(plain->length - plain->path_end);
    if (!plain->sent)
        field[4].number = TSMP_WORD_NONE;
}

PLAIN_INLINE void make_records(struct tsmp_reader *reader, struct piece *piece, size_t start,
                               const struct ways *ways, tsmp_batch *batch)
{
    struct line_state *state = &reader->state;
    /* What was asked for, and not what there is room for: a batch that is used again may be larger. */
    size_t room = (size_t)(reader->batch_records - batch->view.record_count);
    size_t fields = (batch->field_capacity - (size_t)batch->view.field_count) / PLAIN_FIELDS;
    tsmp_record *first = batch->records + batch->view.record_count, *record = first,
                *last = first + (room < fields ? room : fields);
    tsmp_field *field = batch->fields + batch->view.field_count;
    size_t max_line = (size_t)reader->max_line;
    uint64_t number = reader->line;
    uint32_t first_field = (uint32_t)batch->view.field_count;
    const char *from = piece->block->bytes + piece->at, *base = piece->block->bytes + start;
    const char *line = from, *end = piece->block->bytes + piece->block->length, *newline;
    struct plain_stamp stamp;
    struct plain plain;
    struct plain_sets sets;
    plain_expect(state, &stamp);
    plain_sets_init(&sets, state);
    if (stamp.length == 0)
        return;
    /* What is the same in each; where a line stands in the input and in the batch differs by `ahead`. */
    const size_t skip = stamp.length + 1;
    const tsmp_record same = {.field_count = PLAIN_FIELDS, .kind = TSMP_KIND_OBJECT,
                              .format = state->format, .stamp_length = (uint16_t)stamp.length};
    const uint64_t ahead = reader->offset - (uint64_t)(line - base);
    for (; record < last && (newline = plain_end(line, end, skip, ways->near)) != NULL &&
           is_plain(state, &stamp, line, newline, max_line, &sets, &plain);
         record++, line = newline + 1) {
        uint64_t text = (uint64_t)(line - base);
        record->offset = text + ahead;
        record->length = (uint64_t)(newline - line) + 1;
        record->line = number++;
        record->time = stamp.time;
        record->text = text;
        record->text_length = (uint32_t)(skip + plain.length);
        record->first_field = first_field;
        memcpy(&record->field_count, &same.field_count,
               sizeof same - offsetof(tsmp_record, field_count));
        record->flags = TSMP_FLAG_STAMPED | stamp.flags;
        put_fields(field, line + skip, text + skip, &plain, ways);
        first_field += PLAIN_FIELDS;
        field += PLAIN_FIELDS;
    }
    if (record == first)
        return;
    reader->offset += (uint64_t)(line - from);
    reader->plain_bytes += (uint64_t)(line - from);
    reader->line = number;
    piece->at += (size_t)(line - from);
    batch->view.record_count += (uint64_t)(record - first);
    batch->view.field_count = first_field;
    batch->view.text_length = piece->at - start;
    piece->seen = 0;
    reader->first_record = false;
    line_skimmed(state, record[-1].offset);
}

#if defined(PLAIN_AVX2)
PLAIN_WIDE static void records_wide(struct tsmp_reader *reader, struct piece *piece, size_t start,
                                    tsmp_batch *batch)
{
    const struct ways ways = {plain_near_wide, plain_fields_wide, plain_weigh_wide};
    make_records(reader, piece, start, &ways, batch);
}
#endif

static void records_narrow(struct tsmp_reader *reader, struct piece *piece, size_t start,
                           tsmp_batch *batch)
{
    const struct ways ways = {
        plain_near_newline, plain_fields,
#if defined(PLAIN_SSE2)
        plain_weigh,
#endif
    };
    make_records(reader, piece, start, &ways, batch);
}

void plain_records(struct tsmp_reader *reader, struct piece *piece, size_t start, tsmp_batch *batch)
{
#if defined(PLAIN_AVX2)
    if (plain_goes_wide(reader))
        records_wide(reader, piece, start, batch);
    else
#endif
        records_narrow(reader, piece, start, batch);
}
