/* SPDX-License-Identifier: BSD-2-Clause */
#include "rows.h"

#include "plain.h"
#include "query.h"
#include "reader.h"

enum {
    STAMP = 19,       /* bytes of date and time */
    SIZE_WINDOW = 16, /* a size ends in these */
    CELL_WINDOW = 32, /* class, state and two blanks */
    LEFT = 21,        /* bytes before the date that are looked at, be they the line's or not */
};

/* Distances from the date. The compiler makes a function of each. */
struct layout {
    int size_end; /* back */
    int class_at, state_at, path_at;
    uint32_t fields;
};
static const struct layout layouts[] = {
    [ROWS_BARE] = {2, 23, 35, 38, 5}, /* 4.2 */
    [ROWS_UNIT] = {5, 23, 35, 38, 6}, /* 5.x */
    [ROWS_WIDE] = {5, 32, 53, 56, 6}, /* 6.x on */
};
enum { LETTER = 4 }; /* of a unit, so far before the date */

/* ---- what is known of rows --------------------------------------------------------------------- */

/* stamp_read_decided() must read the date of the row that is learned from, and of those that are
 * like it. */
static bool learn_stamp(const struct order *order, struct rows *rows, const char *text, size_t length,
                        const tsmp_field *field)
{
    /* Century, year, month, day; by order. */
    static const char digits[3][9] = {"\6\7\10\11\0\1\3\4", "\6\7\10\11\3\4\0\1", "\0\1\2\3\5\6\10\11"};
    struct stamp stamp;
    rows->form = stamp_likely_form(text, length);
    rows->order = rows->form < STAMP_FORMS ? order_known(order, rows->form) : 0;
    if (rows->order == 0 || (rows->order & (rows->order - 1)) != 0 ||
        !stamp_read_decided(text, length, rows->order, rows->form, &stamp) ||
        stamp.length != field->length)
        return false;
    int class_at = layouts[rows->layout].class_at;
    for (int i = 0; i < 32; i++) {
        bool digit = i < STAMP && text[i] >= '0' && text[i] <= '9';
        rows->stamp[i] = digit ? '0' : i < class_at ? text[i] : '\0';
        rows->stamp_above[i] = digit ? '\11' : i < class_at ? '\0' : '\xFF';
        rows->stamp_digits[i] = '\x80'; /* 0 */
    }
    memcpy(rows->stamp_digits,
           digits[rows->order == TSMP_ORDER_MDY ? 0 : rows->order == TSMP_ORDER_DMY ? 1 : 2], 8);
    memcpy(rows->stamp_digits + 8, "\13\14\16\17", 4);
    memcpy(rows->stamp_digits + 16 + 12, "\1\2", 2); /* the seconds, in the second half */
    return true;
}

static void learn_size(struct rows *rows, const char *text, size_t length, char mark)
{
    for (size_t i = 0; i < length; i++)
        if (text[i] == ',' || text[i] == '.' || text[i] == '\'')
            mark = text[i];
    rows->mark = mark != '\0' ? mark : ',';
    int before = SIZE_WINDOW + layouts[rows->layout].size_end - (int)rows->time_at;
    memset(rows->blanks, ' ', sizeof rows->blanks);
    for (int i = 0; i < SIZE_WINDOW; i++) {
        rows->size[i] = i % 4 == 0 ? rows->mark : '0';
        rows->size_above[i] = i % 4 == 0 ? '\0' : '\11';
        rows->before[i] = i < before ? '\xFF' : '\0';
    }
}

static void learn_fields(struct rows *rows)
{
    const struct layout *layout = &layouts[rows->layout];
    uint32_t time_at = rows->time_at;
    tsmp_field *made = rows->fields;
    *made++ = (tsmp_field){.id = TSMP_FIELD_SIZE, .type = TSMP_TYPE_NUMBER,
                           .text = time_at - (uint32_t)layout->size_end};
    if (layout->fields == PLAIN_FIELDS)
        *made++ = (tsmp_field){.id = TSMP_FIELD_UNIT, .type = TSMP_TYPE_TEXT, .length = 1,
                               .text = time_at - LETTER + 1};
    *made++ = (tsmp_field){.id = TSMP_FIELD_BACKUP_TIME, .type = TSMP_TYPE_TIME, .length = STAMP,
                           .text = time_at};
    *made++ = (tsmp_field){.id = TSMP_FIELD_MANAGEMENT_CLASS, .type = TSMP_TYPE_TEXT,
                           .text = time_at + (uint32_t)layout->class_at};
    *made++ = (tsmp_field){.id = TSMP_FIELD_STATE, .type = TSMP_TYPE_WORD, .length = 1,
                           .text = time_at + (uint32_t)layout->state_at};
    *made = (tsmp_field){.id = TSMP_FIELD_PATH, .type = TSMP_TYPE_TEXT,
                         .text = time_at + (uint32_t)layout->path_at};
}

void rows_learn(struct tsmp_reader *reader, const tsmp_batch *batch, const tsmp_record *record)
{
    if (record->kind != TSMP_KIND_BACKUP_VERSION)
        return;
    const tsmp_field *field = batch->fields + record->first_field, *size = field++;
    const char *text = batch->view.text + record->text;
    char mark = reader->rows.mark;
    bool unit = field->id == TSMP_FIELD_UNIT;
    field += unit;
    uint64_t time_at = field[0].text - record->text, gap = field[0].text - size->text - size->length,
             class_at = field[1].text - field[0].text, state_at = field[2].text - field[0].text;
    reader->rows.layout = ROWS_NONE;
    struct rows rows = {.time_at = (uint32_t)time_at};
    for (uint8_t i = ROWS_BARE; i <= ROWS_WIDE; i++) /* NOLINT(bugprone-too-small-loop-variable): to 3 */
        if (unit == (layouts[i].fields == PLAIN_FIELDS) && gap == (uint64_t)layouts[i].size_end &&
            class_at == (uint64_t)layouts[i].class_at && state_at == (uint64_t)layouts[i].state_at)
            rows.layout = i;
    if (rows.layout == ROWS_NONE || time_at > SIZE_WINDOW + gap ||
        !learn_stamp(&reader->state.order, &rows, text + time_at, record->text_length - (size_t)time_at,
                     &field[0]))
        return;
    learn_size(&rows, batch->view.text + size->text, size->length, mark);
    learn_fields(&rows);
    reader->rows = rows;
}

/* ---- one row ----------------------------------------------------------------------------------- */

static inline uint64_t word_of(const char *text, int from)
{
    return line_word(text + from);
}

/* What stands between size and date, but for the letter of a unit. All of these are at `date`. */
PLAIN_INLINE bool row_between(const struct layout *layout, const char *date)
{
    bool unit = layout->fields == PLAIN_FIELDS;
    uint64_t expected = word_of(unit ? "\0\0\0 \0B  " : "\0\0\0\0\0\0  ", 0),
             counts = word_of(unit ? "\0\0\0\xFF\0\xFF\xFF\xFF" : "\0\0\0\0\0\0\xFF\xFF", 0);
    return ((word_of(date, -8) & counts) ^ expected) == 0;
}

bool rows_likely(const struct tsmp_reader *reader, const struct piece *piece, const char *line)
{
    const struct rows *rows = &reader->rows;
    const struct line_state *state = &reader->state;
    const struct layout *layout = &layouts[rows->layout];
    const char *bytes = piece->block->bytes, *date = line + rows->time_at;
    size_t looked_at = rows->time_at + (size_t)layout->class_at + CELL_WINDOW,
           most = rows->time_at + (size_t)layout->path_at + PLAIN_WINDOW;
    return rows->layout != ROWS_NONE && reader->table.room == TABLE_QUERY &&
           reader->table.format == TSMP_FORMAT_QUERY_BACKUP && state->mode == LINE_CONSOLE &&
           !state->foreign && !state->name_open && date - bytes >= LEFT &&
           piece->block->length - (size_t)(line - bytes) >= looked_at && reader->max_line >= most &&
           order_known(&state->order, rows->form) == rows->order && row_between(layout, date);
}

/* What differs between the ways. */
struct row_ways {
    field_copier *fields;
    /* Each of these is false when it is none. All up to the class: */
    bool (*stamp)(const struct rows *rows, const char *date, int64_t *time);
    /* The size that ends with the window at `text`. */
    bool (*size)(const struct rows *rows, const char *text, uint32_t *length, int64_t *size);
    /* Bit i of `blanks`: byte i is a blank; of `low`: it is one or a control byte. */
    void (*cells)(const struct rows *rows, const char *text, uint32_t *blanks, uint32_t *low);
    near_finder *near;
};

/* Are they blanks and then a number with a mark before each group of three, to the end of the window?
 * That is what count_read() takes without a further look. `good`: bytes that are digits, or marks in
 * their places; `blanks`: bytes that are blank, or do not count. */
PLAIN_INLINE bool is_size(uint32_t good, uint32_t blanks)
{
    uint32_t first = good & (0 - good);
    return (((good | blanks) ^ 0xFFFFu) | ((good + first) ^ 0x10000u) | (first & 0x1111u)) == 0;
}

/* "KB", "MB", ...; false: some other letter, or more than there is room for. */
static bool large_unit(char letter, tsmp_field *size, tsmp_field *unit)
{
    static const char letters[] = "KMGT";
    const char *found = memchr(letters, letter, 4);
    if (found == NULL)
        return false;
    unsigned bits = 10 * (unsigned)(found - letters + 1);
    if (size->number > INT64_MAX >> bits)
        return false;
    size->number <<= bits;
    unit->text--;
    unit->length = 2;
    return true;
}

/* A class of any bytes but blanks and control bytes, blanks, A or I, two blanks. */
PLAIN_INLINE bool row_cells(const struct rows *rows, const struct layout *layout,
                            const struct row_ways *ways, const char *date, tsmp_field *class)
{
    const uint32_t end = UINT32_C(1) << (layout->path_at - layout->class_at);
    uint32_t blanks, low;
    ways->cells(rows, date + layout->class_at, &blanks, &low);
    /* With the state counted in, blanks go on from the end of the class to that of the two. */
    uint32_t behind = (blanks | end >> 3) & (end - 1), first = behind & (0 - behind);
    uint32_t wrong = ((blanks ^ low) & (end - 1)) | ((behind + first) ^ end) | (first & 1u) |
                     (~blanks & end >> 4);
    unsigned char state = (unsigned char)date[layout->state_at];
    class[0].length = plain_lowest(behind);
    /* A and I differ by this one bit. */
    class[1].number = (state & 8u) == 0 ? TSMP_WORD_ACTIVE : TSMP_WORD_INACTIVE;
    return (wrong | ((state | 8u) ^ (unsigned)'I')) == 0;
}

/* The row at `line`: its fields, the length of its text, whether its size is rounded and where the next
 * line begins. NULL: it is none, and nothing was made. */
PLAIN_INLINE const char *next_row(const struct rows *rows, const struct layout *layout,
                                  const struct row_ways *ways, const char *line, const char *end,
                                  size_t max_line, uint64_t text, tsmp_field *field,
                                  uint32_t *text_length, bool *rounded)
{
    const char *date = line + rows->time_at, *path = date + layout->path_at;
    tsmp_field *rest = field + layout->fields - 4; /* time, class, state, path */
    if (end - date < layout->class_at + CELL_WINDOW || !row_between(layout, date))
        return NULL;
    ways->fields(field, rows->fields, text);
    if (!ways->size(rows, date - layout->size_end - SIZE_WINDOW, &field->length, &field->number) ||
        !ways->stamp(rows, date, &rest[0].number) || !row_cells(rows, layout, ways, date, &rest[1]))
        return NULL;
    field->text -= field->length;
    *rounded = layout->fields == PLAIN_FIELDS && date[-LETTER] != ' ';
    if (*rounded && !large_unit(date[-LETTER], field, field + 1))
        return NULL;
    const char *newline = ways->near(path, end);
    if (newline == NULL) {
        newline = memchr(path, '\n', (size_t)(end - path));
        if (newline == NULL || (size_t)(newline - line) > max_line)
            return NULL;
    }
    const char *next = newline + 1;
    newline -= newline[-1] == '\r' ? 1 : 0;
    *text_length = (uint32_t)(newline - line);
    rest[3].length = (uint32_t)(newline - path);
    return newline > path ? next : NULL;
}

/* ---- records ----------------------------------------------------------------------------------- */

PLAIN_INLINE const char *make_rows(struct tsmp_reader *reader, const struct piece *piece,
                                   const char *line, const struct layout *layout,
                                   const struct row_ways *ways, tsmp_batch *batch)
{
    struct line_state *state = &reader->state;
    struct query *query = &reader->table.query;
    const struct rows rows = reader->rows; /* ours alone: what is stored can't change it */
    const size_t room = (size_t)(reader->batch_records - batch->view.record_count),
                 fields = (batch->field_capacity - (size_t)batch->view.field_count) / PLAIN_FIELDS,
                 max_line = (size_t)reader->max_line;
    tsmp_record *first = batch->records + batch->view.record_count, *record = first,
                *last = first + (room < fields ? room : fields);
    tsmp_field *field = batch->fields + batch->view.field_count;
    /* What is the same in each; where a line stands in the input and in the batch differs by `ahead`. */
    const tsmp_record same = {
        .time = state->have_time ? state->last_time : 0, .field_count = layout->fields,
        .flags = state->have_time ? TSMP_FLAG_TIME_CARRIED | state->last_time_flags
                                  : TSMP_FLAG_NO_TIME,
        .kind = TSMP_KIND_BACKUP_VERSION,
        .format = (uint16_t)(state->forced_format != 0 ? state->forced_format
                                                       : TSMP_FORMAT_QUERY_BACKUP)};
    const char *from = line, *base = batch->view.text,
               *end = piece->block->bytes + piece->block->length;
    const uint64_t ahead = reader->offset - (uint64_t)(line - base);
    uint64_t number = reader->line;
    uint32_t first_field = (uint32_t)batch->view.field_count;
    for (; record < last; record++) {
        uint64_t text = (uint64_t)(line - base);
        uint32_t text_length;
        bool rounded;
        const char *next = next_row(&rows, layout, ways, line, end, max_line, text, field,
                                    &text_length, &rounded);
        if (next == NULL)
            break;
        record->offset = text + ahead;
        record->length = (uint64_t)(next - line);
        record->line = number++;
        record->time = same.time;
        record->text = text;
        record->text_length = text_length;
        record->first_field = first_field;
        memcpy(&record->field_count, &same.field_count,
               sizeof same - offsetof(tsmp_record, field_count));
        if (rounded)
            record->flags |= TSMP_FLAG_ROUNDED;
        first_field += layout->fields;
        field += layout->fields;
        line = next;
    }
    if (record == first)
        return line;
    batch->view.record_count += (uint64_t)(record - first);
    batch->view.field_count = first_field;
    reader->offset += (uint64_t)(line - from);
    reader->line = number;
    reader->plain_bytes += (uint64_t)(line - from);
    /* What row_made() and the last steps of line_parse() leave behind, and did for the row before. */
    query->row = state->last_offset = record[-1].offset;
    query->row_width = record[-1].text_length;
    query->row_open = true;
    state->after_open = false;
    return line;
}

/* ---- the narrow way, and the portable one ------------------------------------------------------ */

#define LOAD16(from) _mm_loadu_si128((const __m128i *)(const void *)(from))

PLAIN_INLINE bool stamp_narrow(const struct rows *rows, const char *date, int64_t *time)
{
#if defined(PLAIN_SSE2)
    unsigned fits = 0xFFFF;
    for (int i = 0; i < 32; i += 16) {
        __m128i digits = _mm_xor_si128(LOAD16(date + i), LOAD16(rows->stamp + i));
        fits &= (unsigned)_mm_movemask_epi8(
            _mm_cmpeq_epi8(_mm_min_epu8(digits, LOAD16(rows->stamp_above + i)), digits));
    }
    if (fits != 0xFFFF)
        return false;
#else
    for (int i = 0; i < layouts[rows->layout].class_at; i++)
        if ((unsigned char)(date[i] ^ rows->stamp[i]) > (unsigned char)rows->stamp_above[i])
            return false;
#endif
    struct stamp stamp;
    bool good = stamp_read_decided(date, STAMP, rows->order, rows->form, &stamp);
    *time = good ? stamp.time : 0;
    return good;
}

PLAIN_INLINE bool size_narrow(const struct rows *rows, const char *text, uint32_t *length,
                              int64_t *size)
{
    uint32_t good = 0, blanks = 0;
#if defined(PLAIN_SSE2)
    __m128i bytes = LOAD16(text), digits = _mm_xor_si128(bytes, LOAD16(rows->size)),
            before = LOAD16(rows->before),
            fits = _mm_andnot_si128(
                before, _mm_cmpeq_epi8(_mm_min_epu8(digits, LOAD16(rows->size_above)), digits));
    good = (uint32_t)_mm_movemask_epi8(fits);
    blanks = (uint32_t)_mm_movemask_epi8(
        _mm_or_si128(before, _mm_cmpeq_epi8(bytes, LOAD16(rows->blanks))));
    *size = plain_weigh(_mm_and_si128(digits, fits));
#else
    *size = 0;
    for (unsigned i = 0; i < SIZE_WINDOW; i++) {
        unsigned digit = (unsigned char)(text[i] ^ rows->size[i]);
        bool before = rows->before[i] != 0,
             fits = !before && digit <= (unsigned char)rows->size_above[i];
        good |= (uint32_t)fits << i;
        blanks |= (uint32_t)(before || text[i] == ' ') << i;
        if (fits && i % 4 != 0)
            *size = *size * 10 + digit;
    }
#endif
    if (!is_size(good, blanks))
        return false;
    *length = SIZE_WINDOW - plain_lowest(good);
    return true;
}

PLAIN_INLINE void cells_narrow(const struct rows *rows, const char *text, uint32_t *blanks,
                               uint32_t *low)
{
    *blanks = *low = 0;
#if defined(PLAIN_SSE2)
    __m128i blank = LOAD16(rows->blanks);
    for (int i = 0; i < CELL_WINDOW; i += 16) {
        __m128i bytes = LOAD16(text + i);
        *blanks |= (uint32_t)_mm_movemask_epi8(_mm_cmpeq_epi8(bytes, blank)) << i;
        *low |= (uint32_t)_mm_movemask_epi8(_mm_cmpeq_epi8(_mm_min_epu8(bytes, blank), bytes)) << i;
    }
#else
    (void)rows;
    for (unsigned i = 0; i < CELL_WINDOW; i++) {
        *blanks |= (uint32_t)(text[i] == ' ') << i;
        *low |= (uint32_t)((unsigned char)text[i] <= ' ') << i;
    }
#endif
}

/* One function a layout. */
#define EACH_LAYOUT(ways) \
    switch (reader->rows.layout) { \
    case ROWS_BARE: return make_rows(reader, piece, line, &layouts[ROWS_BARE], ways, batch); \
    case ROWS_UNIT: return make_rows(reader, piece, line, &layouts[ROWS_UNIT], ways, batch); \
    case ROWS_WIDE: return make_rows(reader, piece, line, &layouts[ROWS_WIDE], ways, batch); \
    default: return line; \
    }

static const char *rows_narrow(struct tsmp_reader *reader, const struct piece *piece,
                               const char *line, tsmp_batch *batch)
{
    const struct row_ways ways = {plain_fields, stamp_narrow, size_narrow, cells_narrow,
                                  plain_near_newline};
    EACH_LAYOUT(&ways)
}

/* ---- the wide way ------------------------------------------------------------------------------ */

#if defined(PLAIN_AVX2)
#define LOAD32(from) _mm256_loadu_si256((const __m256i *)(const void *)(from))

/* All bytes up to the class are compared at once, and all digits weighed at once: 40 instructions,
 * where stamp_read_decided() takes 130. Of years from 2000 to 2099 only. */
PLAIN_WIDE static inline bool stamp_wide(const struct rows *rows, const char *date, int64_t *time)
{
    /* Days of the year before each month, and of the month; by the years since a leap year. */
#define USUAL \
    {{0, 31}, {31, 28}, {59, 31}, {90, 30}, {120, 31}, {151, 30}, {181, 31}, {212, 31}, {243, 30}, \
     {273, 31}, {304, 30}, {334, 31}}
    static const struct {
        uint16_t before, days;
    } months[4][16] = {{{0, 31}, {31, 29}, {60, 31}, {91, 30}, {121, 31}, {152, 30}, {182, 31},
                        {213, 31}, {244, 30}, {274, 31}, {305, 30}, {335, 31}},
                       USUAL, USUAL, USUAL};
#undef USUAL
    __m256i bytes = _mm256_xor_si256(LOAD32(date), LOAD32(rows->stamp));
    __m256i fits = _mm256_cmpeq_epi8(_mm256_min_epu8(bytes, LOAD32(rows->stamp_above)), bytes);
    __m256i digits = _mm256_shuffle_epi8(bytes, LOAD32(rows->stamp_digits));
    __m256i pairs = _mm256_maddubs_epi16(digits, _mm256_set1_epi16(10 | 1 << 8));
    __m128i parts = _mm_or_si128(_mm256_castsi256_si128(pairs), _mm256_extracti128_si256(pairs, 1));
    parts = _mm_sub_epi16(parts, _mm_setr_epi16(20, 0, 1, 1, 0, 0, 0, 0));
    __m128i most = _mm_setr_epi16(0, 99, 11, 30, 23, 59, 59, 0);
    __m128i in_range = _mm_cmpeq_epi16(_mm_min_epu16(parts, most), parts);
    if ((_mm256_movemask_epi8(fits) & (_mm_movemask_epi8(in_range) | ~0xFFFF)) != -1)
        return false;
    /* Four times the days of the years; days of the month; seconds of the hours; seconds. */
    __m128i sums = _mm_madd_epi16(parts, _mm_setr_epi16(0, 1461, 0, 1, 3600, 60, 1, 0));
    uint64_t days = (uint64_t)_mm_cvtsi128_si64(sums), seconds = (uint64_t)_mm_extract_epi64(sums, 1);
    unsigned year = (unsigned)_mm_extract_epi16(parts, 1), month = (unsigned)_mm_extract_epi16(parts, 2);
    unsigned of_month = (unsigned)(days >> 32), before = months[year & 3][month].before;
    if (of_month >= months[year & 3][month].days)
        return false;
    uint64_t day = 10957 + (((uint32_t)days + 3) >> 2) + before + of_month;
    *time = (int64_t)(day * 86400 + (uint32_t)seconds + (seconds >> 32)) * 1000000;
    return true;
}

PLAIN_WIDE static inline bool size_wide(const struct rows *rows, const char *text, uint32_t *length,
                                        int64_t *size)
{
    __m128i bytes = LOAD16(text), digits = _mm_xor_si128(bytes, LOAD16(rows->size)),
            before = LOAD16(rows->before),
            fits = _mm_andnot_si128(
                before, _mm_cmpeq_epi8(_mm_min_epu8(digits, LOAD16(rows->size_above)), digits)),
            blank = _mm_or_si128(before, _mm_cmpeq_epi8(bytes, LOAD16(rows->blanks)));
    uint32_t good = (uint32_t)_mm_movemask_epi8(fits);
    if (!is_size(good, (uint32_t)_mm_movemask_epi8(blank)))
        return false;
    *length = SIZE_WINDOW - plain_lowest(good);
    *size = plain_weigh_wide(_mm_and_si128(digits, fits));
    return true;
}

PLAIN_WIDE static inline void cells_wide(const struct rows *rows, const char *text, uint32_t *blanks,
                                         uint32_t *low)
{
    __m256i bytes = LOAD32(text), blank = LOAD32(rows->blanks);
    *blanks = (uint32_t)_mm256_movemask_epi8(_mm256_cmpeq_epi8(bytes, blank));
    *low = (uint32_t)_mm256_movemask_epi8(_mm256_cmpeq_epi8(_mm256_min_epu8(bytes, blank), bytes));
}

PLAIN_WIDE static const char *rows_wide(struct tsmp_reader *reader, const struct piece *piece,
                                        const char *line, tsmp_batch *batch)
{
    const struct row_ways ways = {plain_fields_wide, stamp_wide, size_wide, cells_wide, plain_near_wide};
    EACH_LAYOUT(&ways)
}
#endif

const char *rows_records(struct tsmp_reader *reader, const struct piece *piece, const char *line,
                         tsmp_batch *batch)
{
#if defined(PLAIN_AVX2)
    if (plain_goes_wide(reader))
        return rows_wide(reader, piece, line, batch);
#endif
    return rows_narrow(reader, piece, line, batch);
}
