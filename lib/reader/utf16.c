/* SPDX-License-Identifier: BSD-2-Clause */
#include "utf16.h"

void utf16_init(struct utf16 *decoder, bool big)
{
    *decoder = (struct utf16){.big = big};
}

static size_t put(uint32_t c, char *to)
{
    unsigned char *out = (unsigned char *)to;
    if (c < 0x80) {
        out[0] = (unsigned char)c;
        return 1;
    }
    if (c < 0x800) {
        out[0] = (unsigned char)(0xC0 | c >> 6);
        out[1] = (unsigned char)(0x80 | (c & 0x3F));
        return 2;
    }
    if (c < 0x10000) {
        out[0] = (unsigned char)(0xE0 | c >> 12);
        out[1] = (unsigned char)(0x80 | (c >> 6 & 0x3F));
        out[2] = (unsigned char)(0x80 | (c & 0x3F));
        return 3;
    }
    out[0] = (unsigned char)(0xF0 | c >> 18);
    out[1] = (unsigned char)(0x80 | (c >> 12 & 0x3F));
    out[2] = (unsigned char)(0x80 | (c >> 6 & 0x3F));
    out[3] = (unsigned char)(0x80 | (c & 0x3F));
    return 4;
}

static size_t unit(struct utf16 *decoder, uint16_t u, char *to)
{
    size_t n = 0;
    if (decoder->high != 0) {
        if (u >= 0xDC00 && u <= 0xDFFF) {
            uint32_t c = 0x10000 + ((uint32_t)(decoder->high - 0xD800) << 10) + (u - 0xDC00u);
            decoder->high = 0;
            return put(c, to);
        }
        n = put(decoder->high, to);
        decoder->high = 0;
    }
    if (u >= 0xD800 && u <= 0xDBFF) {
        decoder->high = u;
        return n;
    }
    return n + put(u, to + n);
}

size_t utf16_decode(struct utf16 *decoder, const char *bytes, size_t length, char *to)
{
    size_t n = 0;
    for (size_t i = 0; i < length; i++) {
        unsigned char c = (unsigned char)bytes[i];
        if (!decoder->have_byte) {
            decoder->byte = c;
            decoder->have_byte = true;
            continue;
        }
        decoder->have_byte = false;
        unsigned first = decoder->byte;
        n += unit(decoder, (uint16_t)(decoder->big ? first << 8 | c : (unsigned)c << 8 | first),
                  to + n);
    }
    return n;
}

size_t utf16_finish(struct utf16 *decoder, char *to)
{
    size_t n = 0;
    if (decoder->high != 0)
        n = put(decoder->high, to);
    decoder->high = 0;
    if (decoder->have_byte) {
        decoder->have_byte = false;
        decoder->odd_tail = true;
        n += put(0xFFFD, to + n);
    }
    return n;
}

size_t utf16_length(const char *text, size_t length, const struct utf16 *end)
{
    size_t units = 0;
    for (size_t i = 0; i < length; i++) {
        unsigned char c = (unsigned char)text[i];
        if ((c & 0xC0) != 0x80)
            units += c >= 0xF0 ? 2 : 1;
    }
    return units * 2 - (end != NULL && end->odd_tail && units > 0 ? 1 : 0);
}
