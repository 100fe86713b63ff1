/* SPDX-License-Identifier: BSD-2-Clause */
#include "tail.h"

#include <string.h>

/* Numbers modulo the prime 2^61 - 1: products are taken apart in halves, since C11 has no wider
 * type than 64 bits everywhere. */
#define PRIME ((UINT64_C(1) << 61) - 1)
#define BASE UINT64_C(0x5DEECE66D1A3F7B)

static uint64_t reduced(uint64_t value)
{
    value = (value & PRIME) + (value >> 61);
    return value >= PRIME ? value - PRIME : value;
}

static uint64_t product(uint64_t a, uint64_t b)
{
    uint64_t a_high = a >> 32, a_low = a & UINT32_MAX, b_high = b >> 32, b_low = b & UINT32_MAX;
    uint64_t middle = a_high * b_low + a_low * b_high, low = a_low * b_low;
    /* 2^64 counts 8, and 2^61 counts 1 */
    return reduced(a_high * b_high * 8 + (middle >> 29) +
                   ((middle & ((UINT64_C(1) << 29) - 1)) << 32) + (low & PRIME) + (low >> 61));
}

/* No digit is 0, so that bytes of value 0 in front count too. */
static uint64_t digit(char byte)
{
    return (uint64_t)(unsigned char)byte + 1;
}

uint64_t hash_bytes(uint64_t before, const void *bytes, size_t length)
{
    const char *at = bytes;
    uint64_t hash = before;
    for (size_t i = 0; i < length; i++)
        hash = reduced(product(hash, BASE) + digit(at[i]));
    return hash;
}

size_t hash_find(const char *bytes, size_t length, uint64_t hash, size_t wanted)
{
    if (wanted == 0 || length < wanted)
        return 0;
    uint64_t first = 1; /* what the first digit counts, once it leaves */
    for (size_t i = 0; i < wanted; i++)
        first = product(first, BASE);
    uint64_t now = hash_bytes(0, bytes, wanted);
    for (size_t end = wanted;; end++) {
        if (now == hash)
            return end;
        if (end == length)
            return 0;
        uint64_t leaves = product(first, digit(bytes[end - wanted]));
        now = reduced(product(now, BASE) + digit(bytes[end]) + PRIME - leaves);
    }
}

void tail_push(struct tail *tail, const char *bytes, size_t length)
{
    if (length == 0)
        return;
    if (length > TAIL_MOST) {
        bytes += length - TAIL_MOST;
        length = TAIL_MOST;
    }
    size_t first = TAIL_MOST - tail->at < length ? TAIL_MOST - tail->at : length;
    memcpy(tail->bytes + tail->at, bytes, first);
    memcpy(tail->bytes, bytes + first, length - first);
    tail->at = (tail->at + length) % TAIL_MOST;
    tail->length = tail->length + length < TAIL_MOST ? tail->length + length : TAIL_MOST;
}

static size_t put_unit(char *to, uint32_t unit, bool big)
{
    to[big ? 1 : 0] = (char)(unsigned char)(unit & 0xFF);
    to[big ? 0 : 1] = (char)(unsigned char)(unit >> 8);
    return 2;
}

void tail_push_utf16(struct tail *tail, const char *text, size_t length, bool big)
{
    /* Two bytes of input became three of text at most. */
    size_t at = length > TAIL_MOST / 2 * 3 ? length - TAIL_MOST / 2 * 3 : 0;
    while (at < length && ((unsigned char)text[at] & 0xC0) == 0x80)
        at++;
    while (at < length) {
        const unsigned char *c = (const unsigned char *)text + at;
        size_t more = c[0] >= 0xF0 ? 3 : c[0] >= 0xE0 ? 2 : c[0] >= 0xC0 ? 1 : 0;
        if (more > length - at - 1)
            return; /* never: the decoder writes whole characters */
        uint32_t value = more == 0 ? c[0] : c[0] & (0x3Fu >> more);
        for (size_t i = 1; i <= more; i++)
            value = value << 6 | (c[i] & 0x3Fu);
        char raw[4];
        size_t made;
        if (value >= 0x10000) {
            value -= 0x10000;
            made = put_unit(raw, 0xD800u + (value >> 10), big);
            made += put_unit(raw + 2, 0xDC00u + (value & 0x3FFu), big);
        } else {
            made = put_unit(raw, value, big);
        }
        tail_push(tail, raw, made);
        at += more + 1;
    }
}

uint64_t tail_hash(const struct tail *tail)
{
    size_t from = tail->length < TAIL_MOST ? 0 : tail->at;
    uint64_t hash = hash_bytes(0, tail->bytes + from, tail->length - from);
    return hash_bytes(hash, tail->bytes, from);
}

void tail_copy(const struct tail *tail, char *to, size_t length)
{
    for (size_t i = 0; i < length; i++)
        to[i] = tail->bytes[(tail->at + TAIL_MOST - length + i) % TAIL_MOST];
}
