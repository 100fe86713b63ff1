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

/* TSMP_PORTABLE: for the test that holds the ways together. */
#if defined(__SSE2__) && defined(__GNUC__) && !defined(TSMP_PORTABLE)
#define PLAIN_SSE2
#include <emmintrin.h>
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
    char text[16]; /* filled with blanks: no size of this layout begins before byte 16 */
    uint8_t length, action, type;
};

/* One line that was recognised. */
struct plain {
    const struct plain_kind *kind;
    unsigned digits, first; /* bit i: byte 16 + i is a digit; the number's first byte */
    size_t length;          /* of the line, without its end */
    size_t path_end;        /* from the text behind the stamp */
    bool sent;              /* ends in " [Sent]"; else it has no outcome */
};

extern const struct plain_kind plain_kinds[8];

/* The only kind that the line can have: a perfect hash of the first two bytes. A switch would be
 * mispredicted at every other line, which costs more than all of this function. */
PLAIN_INLINE const struct plain_kind *plain_kind(const char *text)
{
    return &plain_kinds[((unsigned char)text[0] * 11u + (unsigned char)text[1] * 12u) >> 2 & 7u];
}

/* Do the 16 bytes before column 32 hold blanks and then a number, plain or in groups of three by
 * commas? Bit i stands for byte i; commas can be at 12, 8, 4 and 0. */
PLAIN_INLINE bool plain_size(const char *text, struct plain *plain)
{
    unsigned blanks = 0, commas = 0, digits = 0;
#if defined(PLAIN_SSE2)
    __m128i bytes = _mm_loadu_si128((const __m128i *)(const void *)text);
    blanks = (unsigned)_mm_movemask_epi8(_mm_cmpeq_epi8(bytes, _mm_set1_epi8(' ')));
    commas = (unsigned)_mm_movemask_epi8(_mm_cmpeq_epi8(bytes, _mm_set1_epi8(',')));
    /* bytes - '0', as unsigned, below 10 */
    __m128i shifted = _mm_sub_epi8(bytes, _mm_set1_epi8('0'));
    digits = (unsigned)_mm_movemask_epi8(
        _mm_cmpeq_epi8(_mm_min_epu8(shifted, _mm_set1_epi8(9)), shifted));
#else
    for (unsigned i = 0; i < 16; i++) {
        unsigned bit = 1u << i;
        blanks |= text[i] == ' ' ? bit : 0;
        commas |= text[i] == ',' ? bit : 0;
        digits |= text[i] >= '0' && text[i] <= '9' ? bit : 0;
    }
#endif
    unsigned number = ~blanks & 0xFFFFu;
    unsigned first = number & (0u - number);
    plain->digits = digits;
    plain->first = first;
    /* No branch between these: which sizes come next can't be predicted. */
    unsigned wrong = (digits | commas) ^ number;     /* something else stands there */
    wrong |= ~digits & 0x8000u;                      /* it must end at column 32 */
    wrong |= (number + first) ^ 0x10000u;            /* in one stretch */
    wrong |= commas & first;                         /* that begins with a digit */
    wrong |= (commas ^ (number & 0x1111u)) & (commas != 0 ? 0xFFFFu : 0u);
    return wrong == 0;
}

/* The stamp that lines are expected to have: kept apart from the state, since the compiler can't
 * know that storing a record leaves that alone and would load it anew for every line. */
struct plain_stamp {
    uint64_t head, middle, tail; /* its first 16 bytes and its last 8 */
    size_t length;               /* 0 = none that this room can compare */
    int64_t time;
    uint32_t flags;
};

static inline void plain_expect(const struct line_state *state, struct plain_stamp *stamp)
{
    size_t n = state->stamp_length;
    *stamp = (struct plain_stamp){0};
    if (n < 16 || n > 24)
        return;
    *stamp = (struct plain_stamp){line_word(state->stamp_text), line_word(state->stamp_text + 8),
                                  line_word(state->stamp_text + n - 8), n, state->stamp.time,
                                  state->stamp.flags};
}

/* The line has bytes enough for the stamp and what stands behind it. */
PLAIN_INLINE bool plain_same_stamp(const struct plain_stamp *stamp, const char *line)
{
    size_t n = stamp->length;
    return line[n] == ' ' &&
           ((line_word(line) ^ stamp->head) | (line_word(line + 8) ^ stamp->middle) |
            (line_word(line + n - 8) ^ stamp->tail)) == 0;
}

PLAIN_INLINE bool plain_has_kind(const char *text, const struct plain_kind *kind)
{
    return ((line_word(text) ^ line_word(kind->text)) |
            (line_word(text + 8) ^ line_word(kind->text + 8))) == 0;
}

/* Kind, size and the blank behind it: PLAIN_SHORTEST bytes that hold no newline if they are right,
 * which is why the search for the line's end begins behind them. `text`: behind the stamp. */
PLAIN_INLINE bool plain_head(const char *text, struct plain *plain)
{
    plain->kind = plain_kind(text);
    return plain_has_kind(text, plain->kind) && text[PLAIN_SIZE_END] == ' ' &&
           plain_size(text + PLAIN_SIZE_AT, plain);
}

/* The rest of the line, whose `length` is known by now. */
PLAIN_INLINE bool plain_tail(const char *text, size_t length, struct plain *plain)
{
    /* Three digits behind a blank might belong to the number: some countries group so. */
    if (length > PLAIN_SHORTEST && text[PLAIN_SHORTEST] >= '0' && text[PLAIN_SHORTEST] <= '9')
        return false;
    if (length >= PLAIN_SHORTEST + 7 && memcmp(text + length - 7, " [Sent]", 7) == 0) {
        plain->path_end = length - 7;
        plain->sent = true;
        return true;
    }
    char last = text[length - 1];
    plain->path_end = length;
    plain->sent = false;
    /* Without an outcome a stored object's name goes on in the next line; the others have none. */
    return plain->kind->action != TSMP_WORD_SEND && last != ']' && last != 'd' && last != '*';
}

/* The first newline in [from, end), NULL = none. Paths are short, so a call of memchr() would cost
 * more than the search. */
PLAIN_INLINE const char *plain_newline(const char *from, const char *end)
{
#if defined(PLAIN_SSE2)
    const __m128i newline = _mm_set1_epi8('\n');
    for (int round = 0; round < 4 && end - from >= 32; round++, from += 32) {
        __m128i low = _mm_loadu_si128((const __m128i *)(const void *)from);
        __m128i high = _mm_loadu_si128((const __m128i *)(const void *)(from + 16));
        unsigned mask = (unsigned)_mm_movemask_epi8(_mm_cmpeq_epi8(low, newline)) |
                        (unsigned)_mm_movemask_epi8(_mm_cmpeq_epi8(high, newline)) << 16;
        if (mask != 0)
            return from + __builtin_ctz(mask);
    }
#elif defined(PLAIN_NEON)
    const uint8x16_t newline = vdupq_n_u8('\n');
    for (int round = 0; round < 8 && end - from >= 16; round++, from += 16) {
        uint8x16_t same = vceqq_u8(vld1q_u8((const uint8_t *)from), newline);
        uint64_t mask = vget_lane_u64( /* four bits a byte */
            vreinterpret_u64_u8(vshrn_n_u16(vreinterpretq_u16_u8(same), 4)), 0);
        if (mask != 0)
            return from + __builtin_ctzll(mask) / 4;
    }
#endif
    return memchr(from, '\n', (size_t)(end - from));
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
    int64_t time; /* of the last line whose time is known */
    bool timed;
};

/* Only count: up to the first other line. `text` is the start of a line. */
void plain_skim(struct line_state *state, const char *text, size_t length, size_t max_line,
                struct skim *skim);

struct tsmp_reader;
struct piece;
/* Records of them, from where the piece stands up to the first other line or until the batch is
 * full. `start`: text offset 0 of the batch in the piece. */
void plain_records(struct tsmp_reader *reader, struct piece *piece, size_t start,
                   struct tsmp_batch *batch);

#endif
