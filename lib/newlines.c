/* SPDX-License-Identifier: BSD-2-Clause */
#include "newlines.h"

#include <string.h>

#if defined(__x86_64__) && defined(__GNUC__)
#include <cpuid.h>
#include <immintrin.h>
#elif defined(__aarch64__) && defined(__ARM_NEON)
#include <arm_neon.h>
#endif

size_t newlines_portable(const char *text, size_t length, uint16_t *out)
{
    size_t count = 0, at = 0;
    while (at < length) {
        const char *newline = memchr(text + at, '\n', length - at);
        if (newline == NULL)
            break;
        at = (size_t)(newline - text);
        out[count++] = (uint16_t)at++;
    }
    return count;
}

#if defined(__x86_64__) && defined(__GNUC__)

/* Two positions are always written, as many as 64 bytes of a log mostly hold, and counted exactly:
 * a loop whose length depends on the text would be mispredicted at almost every line. That is what
 * the room for 8 more is for. */
static inline size_t put(uint64_t mask, size_t at, uint16_t *out)
{
    const uint64_t guard = UINT64_C(1) << 63; /* the count of an empty mask is undefined */
    size_t count = (size_t)__builtin_popcountll(mask);
    out[0] = (uint16_t)(at + (size_t)__builtin_ctzll(mask | guard));
    mask &= mask - 1;
    out[1] = (uint16_t)(at + (size_t)__builtin_ctzll(mask | guard));
    mask &= mask - 1;
    for (size_t i = 2; i < count; i++) {
        out[i] = (uint16_t)(at + (size_t)__builtin_ctzll(mask));
        mask &= mask - 1;
    }
    return count;
}

/* What is left of a block behind the last whole step. */
static inline size_t put_rest(const char *text, size_t at, size_t length, uint16_t *out)
{
    size_t count = 0;
    for (; at < length; at++) {
        out[count] = (uint16_t)at;
        count += text[at] == '\n';
    }
    return count;
}

/* SSE2 is part of every x86-64. */
static size_t newlines_sse2(const char *text, size_t length, uint16_t *out)
{
    const __m128i newline = _mm_set1_epi8('\n');
    size_t count = 0, at = 0;
    for (; at + 64 <= length; at += 64) {
        uint64_t mask = 0;
        for (int i = 0; i < 4; i++) {
            __m128i bytes = _mm_loadu_si128((const __m128i *)(const void *)(text + at + 16 * i));
            mask |= (uint64_t)(uint16_t)_mm_movemask_epi8(_mm_cmpeq_epi8(bytes, newline)) << 16 * i;
        }
        count += put(mask, at, out + count);
    }
    return count + put_rest(text, at, length, out + count);
}

__attribute__((target("avx2,bmi,popcnt")))
static size_t newlines_avx2(const char *text, size_t length, uint16_t *out)
{
    const __m256i newline = _mm256_set1_epi8('\n');
    size_t count = 0, at = 0;
    for (; at + 64 <= length; at += 64) {
        __m256i low = _mm256_loadu_si256((const __m256i *)(const void *)(text + at));
        __m256i high = _mm256_loadu_si256((const __m256i *)(const void *)(text + at + 32));
        uint64_t mask = (uint32_t)_mm256_movemask_epi8(_mm256_cmpeq_epi8(low, newline)) |
                        (uint64_t)(uint32_t)_mm256_movemask_epi8(_mm256_cmpeq_epi8(high, newline))
                            << 32;
        count += put(mask, at, out + count);
    }
    return count + put_rest(text, at, length, out + count);
}

/* Asked of the processor itself: the compiler's own check needs a static constructor. */
static bool has_avx2(void)
{
    unsigned a, b, c, d;
    if (__get_cpuid_count(7, 0, &a, &b, &c, &d) == 0 || (b & bit_AVX2) == 0 || (b & bit_BMI) == 0)
        return false;
    __cpuid(1, a, b, c, d); /* where there is a leaf 7 there is a leaf 1 */
    if ((c & bit_OSXSAVE) == 0 || (c & bit_POPCNT) == 0)
        return false;
    unsigned low, high; /* does the system save the wide registers? */
    __asm__ volatile("xgetbv" : "=a"(low), "=d"(high) : "c"(0));
    (void)high;
    return (low & 6) == 6;
}

#elif defined(__aarch64__) && defined(__ARM_NEON)

/* What is left of a block behind the last whole step. */
static inline size_t put_rest(const char *text, size_t at, size_t length, uint16_t *out)
{
    size_t count = 0;
    for (; at < length; at++) {
        out[count] = (uint16_t)at;
        count += text[at] == '\n';
    }
    return count;
}

static size_t newlines_neon(const char *text, size_t length, uint16_t *out)
{
    const uint8x16_t newline = vdupq_n_u8('\n');
    size_t count = 0, at = 0;
    for (; at + 16 <= length; at += 16) {
        uint8x16_t same = vceqq_u8(vld1q_u8((const uint8_t *)text + at), newline);
        /* four bits a byte */
        uint64_t mask = vget_lane_u64(
            vreinterpret_u64_u8(vshrn_n_u16(vreinterpretq_u16_u8(same), 4)), 0);
        for (mask &= UINT64_C(0x8888888888888888); mask != 0; mask &= mask - 1)
            out[count++] = (uint16_t)(at + (size_t)__builtin_ctzll(mask) / 4);
    }
    return count + put_rest(text, at, length, out + count);
}

#endif

newlines_scan *newlines_version(unsigned index, const char **name)
{
    static const struct {
        newlines_scan *scan;
        const char *name;
    } versions[] = {
        {newlines_portable, "portable"},
#if defined(__x86_64__) && defined(__GNUC__)
        {newlines_sse2, "sse2"},
        {newlines_avx2, "avx2"},
#elif defined(__aarch64__) && defined(__ARM_NEON)
        {newlines_neon, "neon"},
#endif
    };
    unsigned count = (unsigned)(sizeof versions / sizeof *versions);
#if defined(__x86_64__) && defined(__GNUC__)
    if (!has_avx2())
        count--;
#endif
    if (index >= count)
        return NULL;
    *name = versions[index].name;
    return versions[index].scan;
}

/* Asks the processor once: in a virtual machine each question costs more than a short log. */
newlines_scan *newlines_best(void)
{
#if defined(__x86_64__) && defined(__GNUC__)
    return has_avx2() ? newlines_avx2 : newlines_sse2;
#elif defined(__aarch64__) && defined(__ARM_NEON)
    return newlines_neon;
#else
    return newlines_portable;
#endif
}
