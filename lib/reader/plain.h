/* SPDX-License-Identifier: BSD-2-Clause
 * The hot path: a plain object line of a stamped log, as nearly all lines of a verbose log are:
 *
 *     2024-03-01 21:07:44 Normal File-->            12,345 /srv/data/a.dat [Sent]
 *
 * Such a line is recognised by a handful of wide compares; whatever differs, however little, takes
 * the ordinary way through line_parse(), which is the one that decides what lines mean. A test
 * holds the two together, so the answer is the same with and without this room. */
#ifndef TSMP_PLAIN_H
#define TSMP_PLAIN_H

#include "line.h"

#include <assert.h>

/* TSMP_PORTABLE, TSMP_NARROW: for the tests that hold the ways together. */
#if defined(__SSE2__) && defined(__GNUC__) && !defined(TSMP_PORTABLE)
#define PLAIN_SSE2
#include <emmintrin.h>
/* The same with 32 bytes at once, for processors that have it: chosen when a reader is made. */
#if defined(__x86_64__) && !defined(TSMP_NARROW)
#define PLAIN_AVX2
#include <immintrin.h>
#define PLAIN_WIDE __attribute__((target("avx2,bmi,bmi2,popcnt")))
#endif
#elif defined(__aarch64__) && defined(__ARM_NEON) && defined(__GNUC__) && !defined(TSMP_PORTABLE)
#define PLAIN_NEON
#include <arm_neon.h>
#endif

/* A compiler that is careful with size would call these for every line. */
#if defined(__GNUC__)
#define PLAIN_INLINE static inline __attribute__((always_inline))
#else
#define PLAIN_INLINE static inline
#endif

/* Behind the stamp: the kind from the left, the size up to column 32, a blank, the path. */
enum { PLAIN_SIZE_AT = 16, PLAIN_SIZE_END = 32, PLAIN_SHORTEST = 33 };

struct plain_kind {
    uint8_t length, action, type;
};

/* Number of the lowest bit that is set; one is. */
PLAIN_INLINE unsigned plain_lowest(unsigned bits)
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

/* One line that was recognised. */
struct plain {
    unsigned kind;          /* index of plain_kinds */
    unsigned digits, first; /* bit i: byte 16 + i is a digit; the number's first byte */
    size_t length;          /* from the text behind the stamp, without its end, like the next */
    size_t path_end;
    bool sent;              /* ends in " [Sent]"; else it has no outcome */
};

extern const struct plain_kind plain_kinds[8];
/* Their texts, filled with blanks: no size of this layout begins before byte 16. */
extern const char plain_texts[8][16];

/* The only kind that the line can have: a perfect hash of the first two bytes. A switch would be
 * mispredicted at every other line, which costs more than all of this function; of both bytes at
 * once, for that is one load. */
PLAIN_INLINE unsigned plain_kind(const char *text)
{
    unsigned both = (unsigned char)text[0] | (unsigned)(unsigned char)text[1] << 8;
    return both * 185u >> 8 & 7u;
}

/* What the bytes of a size are compared with. Taken before the loop over lines, and so that the
 * compiler can't know the value: it would make all of them anew for every line, 15 instructions. */
struct plain_sets {
#if defined(PLAIN_SSE2)
    __m128i blank, comma, zero, nine;
#endif
    unsigned ends; /* bit i: a line of kind i ends in " [Sent]"; else it has no outcome */
};

#if defined(PLAIN_SSE2)
PLAIN_INLINE __m128i plain_set(char byte)
{
    __m128i set = _mm_set1_epi8(byte);
    __asm__("" : "+x"(set));
    return set;
}
#endif

PLAIN_INLINE void plain_sets_init(struct plain_sets *sets, const struct line_state *state)
{
    sets->ends = 0;
    for (unsigned i = 0; i < 8; i++) {
        uint8_t other = line_other(plain_kinds[i].action);
        sets->ends |= (unsigned)(other == 0 || (state->outcomes & other) != 0) << i;
    }
#if defined(PLAIN_SSE2)
    sets->blank = plain_set(' ');
    sets->comma = plain_set(',');
    sets->zero = plain_set('0');
    sets->nine = plain_set(9);
#endif
}

/* Do the 16 bytes before column 32 hold blanks and then a number of digits and commas, with a digit
 * at both ends? That is what line_object() asks of one. Bit i stands for byte i. */
PLAIN_INLINE bool plain_size(const char *text, const struct plain_sets *sets, struct plain *plain)
{
    unsigned blanks = 0, commas = 0, digits = 0;
#if defined(PLAIN_SSE2)
    __m128i bytes = _mm_loadu_si128((const __m128i *)(const void *)text);
    blanks = (unsigned)_mm_movemask_epi8(_mm_cmpeq_epi8(bytes, sets->blank));
    commas = (unsigned)_mm_movemask_epi8(_mm_cmpeq_epi8(bytes, sets->comma));
    /* bytes - '0', as unsigned, below 10 */
    __m128i shifted = _mm_sub_epi8(bytes, sets->zero);
    digits = (unsigned)_mm_movemask_epi8(
        _mm_cmpeq_epi8(_mm_min_epu8(shifted, sets->nine), shifted));
#else
    (void)sets;
    for (unsigned i = 0; i < 16; i++) {
        unsigned bit = 1u << i;
        blanks |= text[i] == ' ' ? bit : 0;
        commas |= text[i] == ',' ? bit : 0;
        digits |= text[i] >= '0' && text[i] <= '9' ? bit : 0;
    }
#endif
    unsigned first = blanks + 1; /* if only blanks are before it */
    plain->digits = digits;
    plain->first = first;
    /* No branch between these: which sizes come next can't be predicted. */
    unsigned wrong = blanks & first;               /* a blank behind it */
    wrong |= (blanks | digits | commas) ^ 0xFFFFu; /* something else stands there */
    wrong |= ~digits & (first | 0x8000u);          /* it begins with a digit, and ends with one at column 32 */
    return wrong == 0;
}

/* The value of 16 bytes, which are 0 to 9 and 0 where there is no digit, in groups of three
 * with a byte between that ends at the last: each has its place, so all are weighed at once. */
#if defined(PLAIN_SSE2)
typedef int64_t digit_weigher(__m128i digits);

PLAIN_INLINE int64_t plain_weigh(__m128i digits)
{
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
#if defined(PLAIN_AVX2)
/* The same in half of the instructions. */
PLAIN_WIDE static inline int64_t plain_weigh_wide(__m128i digits)
{
    /* hundreds, and tens with ones; then both; then two groups each */
    __m128i parts = _mm_maddubs_epi16(digits, _mm_set1_epi32(100 << 8 | 10 << 16 | 1 << 24));
    parts = _mm_madd_epi16(parts, _mm_set1_epi16(1));
    parts = _mm_madd_epi16(_mm_packus_epi32(parts, parts), _mm_set1_epi32(1000 | 1 << 16));
    uint64_t halves = (uint64_t)_mm_cvtsi128_si64(parts);
    return (int64_t)((halves & UINT32_MAX) * 1000000 + (halves >> 32));
}
#endif
#endif

/* The six fields of a record, the same as of others of its kind but for the place of its text. What
 * differs is set behind them, which is half the work of setting all. */
enum { PLAIN_FIELDS = 6 };
typedef void field_copier(tsmp_field *to, const tsmp_field *from, uint64_t text);

PLAIN_INLINE void plain_fields(tsmp_field *to, const tsmp_field *from, uint64_t text)
{
    memcpy(to, from, PLAIN_FIELDS * sizeof *to);
    for (int i = 0; i < PLAIN_FIELDS; i++)
        to[i].text += text;
}

#if defined(PLAIN_AVX2)
/* A field fills a register, and its text is the first member. */
PLAIN_WIDE static inline void plain_fields_wide(tsmp_field *to, const tsmp_field *from, uint64_t text)
{
    static_assert(sizeof *to == sizeof(__m256i) && offsetof(tsmp_field, text) == 0, "tsmp_field");
    __m256i start = _mm256_set_epi64x(0, 0, 0, (int64_t)text);
#define PUT(i) \
    _mm256_storeu_si256((__m256i *)(void *)(to + (i)), \
                        _mm256_add_epi64(_mm256_loadu_si256((const __m256i *)(const void *)(from + (i))), \
                                         start))
    PUT(0);
    PUT(1);
    PUT(2);
    PUT(3);
    PUT(4);
    PUT(5);
#undef PUT
}
#endif

/* The stamp that lines are expected to have: kept apart from the state, since the compiler can't
 * know that storing a record leaves that alone and would load it anew for every line. */
struct plain_stamp {
#if defined(PLAIN_SSE2)
    __m128i head, tail; /* its first 16 bytes; its last 15 and the blank behind it */
#else
    uint64_t head, middle, tail; /* its first 16 bytes and its last 8 */
#endif
    size_t length; /* 0 = none that this room can compare */
    int64_t time;
    uint32_t flags;
};

static inline void plain_expect(const struct line_state *state, struct plain_stamp *stamp)
{
    size_t n = state->stamp_length;
    *stamp = (struct plain_stamp){.time = state->stamp.time, .flags = state->stamp.flags};
    if (n < 16 || n > 24)
        return;
    char text[24 + 1];
    memcpy(text, state->stamp_text, n);
    text[n] = ' ';
#if defined(PLAIN_SSE2)
    stamp->head = _mm_loadu_si128((const __m128i *)(const void *)text);
    stamp->tail = _mm_loadu_si128((const __m128i *)(const void *)(text + n - 15));
#else
    stamp->head = line_word(text);
    stamp->middle = line_word(text + 8);
    stamp->tail = line_word(text + n - 8);
#endif
    stamp->length = n;
}

PLAIN_INLINE bool plain_has_kind(const char *text, unsigned kind)
{
    const char *expected = plain_texts[kind];
    return ((line_word(text) ^ line_word(expected)) |
            (line_word(text + 8) ^ line_word(expected + 8))) == 0;
}

/* Kind, size and the blank behind it: PLAIN_SHORTEST bytes that hold no newline if they are right,
 * which is why the search for the line's end begins behind them. `text`: behind the stamp. */
PLAIN_INLINE bool plain_head(const char *text, const struct plain_sets *sets, struct plain *plain)
{
    plain->kind = plain_kind(text);
    return plain_has_kind(text, plain->kind) && text[PLAIN_SIZE_END] == ' ' &&
           plain_size(text + PLAIN_SIZE_AT, sets, plain);
}

/* Has the line the stamp that is expected, and behind it such a head? All of it by one mask, for nearly every
 * line has. False: ask for each. The line has PLAIN_SHORTEST bytes behind its stamp. */
PLAIN_INLINE bool plain_quick(const struct plain_stamp *stamp, const char *line, const struct plain_sets *sets,
                              struct plain *plain)
{
    size_t n = stamp->length;
    const char *text = line + n + 1;
#if defined(PLAIN_SSE2)
#define LOAD(from) _mm_loadu_si128((const __m128i *)(const void *)(from))
    plain->kind = plain_kind(text);
    __m128i same = _mm_and_si128(_mm_cmpeq_epi8(LOAD(line), stamp->head), _mm_cmpeq_epi8(LOAD(line + n - 15), stamp->tail));
    same = _mm_and_si128(same, _mm_cmpeq_epi8(LOAD(text), LOAD(plain_texts[plain->kind])));
    __m128i bytes = LOAD(text + PLAIN_SIZE_AT), shifted = _mm_sub_epi8(bytes, sets->zero),
            digit = _mm_cmpeq_epi8(_mm_min_epu8(shifted, sets->nine), shifted), blank = _mm_cmpeq_epi8(bytes, sets->blank);
    same = _mm_and_si128(same, _mm_or_si128(_mm_or_si128(digit, blank), _mm_cmpeq_epi8(bytes, sets->comma)));
#undef LOAD
    unsigned digits = (unsigned)_mm_movemask_epi8(digit), blanks = (unsigned)_mm_movemask_epi8(blank), first = blanks + 1;
    plain->digits = digits;
    plain->first = first;
    /* as in plain_size() */
    unsigned wrong = (unsigned)_mm_movemask_epi8(same) ^ 0xFFFFu;
    wrong |= (blanks & first) | (~digits & (first | 0x8000u));
    return wrong == 0 && text[PLAIN_SIZE_END] == ' ';
#else
    return line[n] == ' ' &&
           ((line_word(line) ^ stamp->head) | (line_word(line + 8) ^ stamp->middle) |
            (line_word(line + n - 8) ^ stamp->tail)) == 0 &&
           plain_head(text, sets, plain);
#endif
}

/* The rest of the line, which ends before `newline`: as lines of its kind do, or a name goes on behind it, or it
 * tells something new of how the client prints. */
PLAIN_INLINE bool plain_tail(const char *text, const char *newline, const struct plain_sets *sets,
                             struct plain *plain)
{
    /* Three digits behind a blank might belong to the number: some countries group so. */
    if ((unsigned char)text[PLAIN_SHORTEST] - (unsigned)'0' < 10)
        return false;
    size_t length = (size_t)(newline - text);
    plain->sent = true;
    plain->length = length;
    plain->path_end = length - 7;
    bool ends = (sets->ends >> plain->kind & 1u) != 0;
    if (length >= PLAIN_SHORTEST + 7 && line_word(newline - 7) == line_word(" [Sent]\n"))
        return ends;
    /* The same behind a carriage return, or no outcome. */
    length -= newline[-1] == '\r' ? 1 : 0;
    plain->length = length;
    plain->path_end = length - 7;
    if (length >= PLAIN_SHORTEST + 7 && memcmp(text + length - 7, " [Sent]", 7) == 0)
        return ends;
    char last = text[length - 1];
    plain->path_end = length;
    plain->sent = false;
    return !ends && last != ']' && last != 'd' && last != '*'; /* no other outcome */
}

/* So many bytes are looked at for a newline before memchr() is called. */
enum { PLAIN_WINDOW = 128 };

#if defined(PLAIN_SSE2)
/* Bit i: byte i of 16, of 64 is a newline. No loop: compilers do not unroll it by themselves. */
PLAIN_INLINE uint64_t plain_newlines16(const char *from)
{
    __m128i bytes = _mm_loadu_si128((const __m128i *)(const void *)from);
    return (unsigned)_mm_movemask_epi8(_mm_cmpeq_epi8(bytes, _mm_set1_epi8('\n')));
}

PLAIN_INLINE uint64_t plain_newlines(const char *from)
{
    return plain_newlines16(from) | plain_newlines16(from + 16) << 16 |
           plain_newlines16(from + 32) << 32 | plain_newlines16(from + 48) << 48;
}
#endif

/* The first newline in [from, end) if it is near, NULL = look on. How long the path is can't be
 * predicted, so both halves of the window are always compared: the branch between them was
 * mispredicted at every fourth line, which cost more than the compares. */
PLAIN_INLINE const char *plain_near_newline(const char *from, const char *end)
{
    if (end - from < PLAIN_WINDOW)
        return NULL;
#if defined(PLAIN_SSE2)
    uint64_t low = plain_newlines(from), high = plain_newlines(from + 64);
    uint64_t none = 0u - (uint64_t)(low == 0);
    uint64_t mask = low | (high & none);
    if (mask != 0)
        return from + (none & 64u) + (unsigned)__builtin_ctzll(mask);
#elif defined(PLAIN_NEON)
    const uint8x16_t newline = vdupq_n_u8('\n');
    for (int round = 0; round < PLAIN_WINDOW / 16; round++, from += 16) {
        uint8x16_t same = vceqq_u8(vld1q_u8((const uint8_t *)from), newline);
        uint64_t mask = vget_lane_u64( /* four bits a byte */
            vreinterpret_u64_u8(vshrn_n_u16(vreinterpretq_u16_u8(same), 4)), 0);
        if (mask != 0)
            return from + __builtin_ctzll(mask) / 4;
    }
#endif
    return NULL;
}

#if defined(PLAIN_AVX2)
PLAIN_WIDE static inline const char *plain_near_wide(const char *from, const char *end)
{
    if (end - from < PLAIN_WINDOW)
        return NULL;
    __m256i newline = _mm256_set1_epi8('\n');
    uint32_t masks[4];
#define MASK(i) \
    masks[i] = (uint32_t)_mm256_movemask_epi8(_mm256_cmpeq_epi8( \
        _mm256_loadu_si256((const __m256i *)(const void *)(from + 32 * (i))), newline))
    MASK(0);
    MASK(1);
    MASK(2);
    MASK(3);
#undef MASK
    uint64_t low = masks[0] | (uint64_t)masks[1] << 32, high = masks[2] | (uint64_t)masks[3] << 32;
    uint64_t none = 0u - (uint64_t)(low == 0);
    uint64_t mask = low | (high & none);
    return mask != 0 ? from + (none & 64u) + (unsigned)__builtin_ctzll(mask) : NULL;
}
#endif

/* plain_near_newline() or its wide twin: what differs between the ways. */
typedef const char *near_finder(const char *from, const char *end);

/* The same, near or far. */
PLAIN_INLINE const char *plain_newline(const char *from, const char *end)
{
    const char *near = plain_near_newline(from, end);
    return near != NULL ? near : memchr(from, '\n', (size_t)(end - from));
}

/* May such a line begin at `text`? A cheap guess from its first bytes, before its end is known. */
PLAIN_INLINE bool plain_likely(const struct line_state *state, const char *text, size_t length)
{
    size_t n = state->stamp_length;
    if (state->mode != LINE_STAMPED || n < 16 || n > 24 || length < n + 1 + PLAIN_SHORTEST)
        return false;
    text += n + 1;
    return plain_has_kind(text, plain_kind(text));
}
/* Take the stamp of a line that has another one than the line before. False: it has none, or one
 * that steps back or far ahead, which is for the ordinary way to see. */
bool plain_next_stamp(struct line_state *state, const char *line, size_t length);

/* ---- what is done with them ------------------------------------------------------------------ */

struct skim {
    size_t bytes; /* looked at and counted: whole lines from the start of the text */
    size_t last;  /* where the last of them begins */
    uint64_t lines;
    uint64_t sent, updated, expired, rebound, deleted;
    uint8_t bare; /* kinds that stood without an outcome: bits of line_other() */
    int64_t time; /* of the last line whose time is known */
    bool timed;
};

struct tsmp_reader;
struct piece;
/* Has this processor what the wide way needs? */
bool plain_is_wide(void);
/* Let the reader take the widest way that there is. It does so by itself behind a megabyte. */
void plain_choose(struct tsmp_reader *reader);
/* Does it take the wide way, and is it time for it? */
bool plain_goes_wide(struct tsmp_reader *reader);
/* Only count: up to the first other line. `text` is the start of a line. */
void plain_skim(struct tsmp_reader *reader, const char *text, size_t length, struct skim *skim);
/* Records of them, from where the piece stands up to the first other line or until the batch is
 * full. `start`: text offset 0 of the batch in the piece. */
void plain_records(struct tsmp_reader *reader, struct piece *piece, size_t start,
                   struct tsmp_batch *batch);

#endif
