/* SPDX-License-Identifier: BSD-2-Clause
 * Where lines end, looked for ahead of reading them. A line begins where the one before ends: who looks for
 * each end when the line is reached must wait for one search after the other, and a processor that could
 * work on five lines works on two. A block of ends beforehand breaks that chain: a quarter less time a line,
 * though with a quarter more instructions. */
#ifndef TSMP_ENDS_H
#define TSMP_ENDS_H

#include "plain.h"

/* Bytes that are looked through at once: few at first, for who knows how many lines are of use. */
enum { ENDS_FIRST = 256, ENDS_MOST = 2048 };

struct ends {
    const char *from;     /* the block */
    unsigned count, next; /* ends in it, and the first of them that was not given yet */
    unsigned reach;       /* bytes of the next block */
    uint16_t at[ENDS_MOST + 2]; /* two more are written than there are */
};

/* ends_narrow() or its wide twin. */
typedef void ends_filler(struct ends *ends, const char *from);

static inline void ends_init(struct ends *ends)
{
    ends->from = NULL;
    ends->count = ends->next = 0;
    ends->reach = ENDS_FIRST;
}

#if defined(PLAIN_SSE2) || (defined(PLAIN_NEON) && __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__)
#define ENDS_BY_MASK
#endif

#if defined(ENDS_BY_MASK)
/* Which of 64 bytes end a line: bit i for byte i. */
PLAIN_INLINE uint64_t ends_mask(const char *from)
{
#if defined(PLAIN_NEON)
    const uint8x16_t newline = vdupq_n_u8('\n'), bits = vreinterpretq_u8_u64(vdupq_n_u64(UINT64_C(0x8040201008040201)));
    uint8x16_t same[4];
    for (int i = 0; i < 4; i++)
        same[i] = vandq_u8(vceqq_u8(vld1q_u8((const uint8_t *)from + 16 * i), newline), bits);
    /* Neighbours are added three times, so eight bytes become one. */
    uint8x16_t sums = vpaddq_u8(vpaddq_u8(same[0], same[1]), vpaddq_u8(same[2], same[3]));
    return vgetq_lane_u64(vreinterpretq_u64_u8(vpaddq_u8(sums, sums)), 0);
#else
    uint64_t mask = 0;
    for (int i = 0; i < 64; i += 16)
        mask |= (uint64_t)(unsigned)_mm_movemask_epi8(_mm_cmpeq_epi8(
                    _mm_loadu_si128((const __m128i *)(const void *)(from + i)), _mm_set1_epi8('\n'))) << i;
    return mask;
#endif
}

/* The lowest bit that is set; of none, any. */
PLAIN_INLINE unsigned ends_lowest(uint64_t mask)
{
    return (unsigned)__builtin_ctzll(mask | UINT64_C(1) << 63);
}

/* Bit i of `mask`: the byte `at` + i ends a line. A plain line has more than 50 bytes, so most often there is one
 * of them, or none, or two: these are written without asking, since none could predict the answer, and count
 * if they are there. */
PLAIN_INLINE unsigned ends_put(struct ends *ends, unsigned count, unsigned at, uint64_t mask)
{
    uint64_t rest = mask & (mask - 1);
    ends->at[count] = (uint16_t)(at + ends_lowest(mask));
    ends->at[count + 1] = (uint16_t)(at + ends_lowest(rest));
    count += (unsigned)(mask != 0) + (unsigned)(rest != 0);
    while (__builtin_expect((rest &= rest - 1) != 0, 0))
        ends->at[count++] = (uint16_t)(at + ends_lowest(rest));
    return count;
}
#endif

/* Find the ends of the lines in the `reach` bytes at `from`. */
static inline void ends_narrow(struct ends *ends, const char *from)
{
    unsigned count = 0;
#if defined(ENDS_BY_MASK)
    for (unsigned at = 0; at < ends->reach; at += 64)
        count = ends_put(ends, count, at, ends_mask(from + at));
#else
    const char *end = from + ends->reach;
    for (const char *at = from; (at = memchr(at, '\n', (size_t)(end - at))) != NULL; at++)
        ends->at[count++] = (uint16_t)(at - from);
#endif
    ends->count = count;
}

#if defined(PLAIN_AVX2)
/* The same, by instructions that need not be told what to make of no bit. */
PLAIN_WIDE static inline void ends_wide(struct ends *ends, const char *from)
{
    const __m256i newline = _mm256_set1_epi8('\n');
    uint16_t *to = ends->at;
    for (unsigned at = 0, reach = ends->reach; at < reach; at += 64) {
        const __m256i *bytes = (const __m256i *)(const void *)(from + at);
        uint32_t low = (uint32_t)_mm256_movemask_epi8(_mm256_cmpeq_epi8(_mm256_loadu_si256(bytes), newline)),
                 high = (uint32_t)_mm256_movemask_epi8(_mm256_cmpeq_epi8(_mm256_loadu_si256(bytes + 1), newline));
        uint64_t mask = low | (uint64_t)high << 32, rest = _blsr_u64(mask);
        to[0] = (uint16_t)(at + _tzcnt_u64(mask));
        to[1] = (uint16_t)(at + _tzcnt_u64(rest));
        for (int i = 2; __builtin_expect((rest = _blsr_u64(rest)) != 0, 0); i++)
            to[i] = (uint16_t)(at + _tzcnt_u64(rest));
        to += _mm_popcnt_u64(mask);
    }
    ends->count = (unsigned)(to - ends->at);
}
#endif

/* Where the line at `line` ends, which is the first, or the one behind the line that was given last; NULL: not
 * before `end`. */
PLAIN_INLINE const char *ends_next(struct ends *ends, const char *line, const char *end, ends_filler *fill)
{
    if (ends->next == ends->count) {
        if ((size_t)(end - line) < ends->reach)
            return memchr(line, '\n', (size_t)(end - line));
        ends->from = line;
        ends->count = ends->next = 0;
        fill(ends, line);
        if (ends->count == 0)
            return memchr(line + ends->reach, '\n', (size_t)(end - line) - ends->reach);
        ends->reach = ends->reach < ENDS_MOST ? 2 * ends->reach : ENDS_MOST;
    }
    return ends->from + ends->at[ends->next++];
}

#endif
