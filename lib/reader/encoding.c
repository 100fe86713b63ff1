/* SPDX-License-Identifier: BSD-2-Clause */
#include "encoding.h"

#include <tsmparse/tsmparse.h>

#include <errno.h>
#include <string.h>

#ifdef TSMP_ICONV
#include <iconv.h>
#endif

bool is_ascii(const char *text, size_t length)
{
    unsigned char bits = 0;
    for (size_t i = 0; i < length; i++)
        bits |= (unsigned char)text[i];
    return bits < 0x80;
}

bool is_utf8(const char *text, size_t length)
{
    const unsigned char *s = (const unsigned char *)text;
    for (size_t at = 0; at < length;) {
        unsigned char c = s[at++];
        if (c < 0x80)
            continue;
        size_t more = c >= 0xF0 ? 3 : c >= 0xE0 ? 2 : 1;
        if (c < 0xC2 || c > 0xF4 || more > length - at)
            return false;
        unsigned char least = c == 0xE0 ? 0xA0 : c == 0xF0 ? 0x90 : 0x80;
        unsigned char most = c == 0xED ? 0x9F : c == 0xF4 ? 0x8F : 0xBF;
        for (; more > 0; more--, at++) {
            if (s[at] < least || s[at] > most)
                return false;
            least = 0x80;
            most = 0xBF;
        }
    }
    return true;
}

#ifdef TSMP_ICONV
int32_t encoding_open(struct encoding *encoding, uint32_t id)
{
    static const char *const names[] = {
        [TSMP_ENCODING_ISO_8859_1] = "ISO-8859-1", [TSMP_ENCODING_ISO_8859_15] = "ISO-8859-15",
        [TSMP_ENCODING_CP1252] = "CP1252",         [TSMP_ENCODING_CP850] = "CP850",
        [TSMP_ENCODING_CP437] = "CP437",           [TSMP_ENCODING_EUC_JP] = "EUC-JP"};
    *encoding = (struct encoding){.id = id};
    if (id >= sizeof names / sizeof *names || names[id] == NULL)
        return TSMP_OK;
    iconv_t converter = iconv_open("UTF-8", names[id]);
    if (converter == (iconv_t)-1) /* NOLINT: that is what it returns */
        return errno == ENOMEM ? TSMP_E_NOMEM : TSMP_E_ENCODING;
    encoding->converter = converter;
    return TSMP_OK;
}

void encoding_close(struct encoding *encoding)
{
    if (encoding->converter != NULL)
        iconv_close(encoding->converter);
    encoding->converter = NULL;
}

struct converted encoding_convert(const struct encoding *encoding, const char *bytes,
                                  size_t length, char *to)
{
    struct converted result = {.length = length};
    if (is_ascii(bytes, length)) {
        memcpy(to, bytes, length);
        return result;
    }
    result.changed = true;
    char *from = (char *)(uintptr_t)bytes, *at = to; /* iconv only reads it */
    size_t left = length, room = length * ENCODING_GROWTH;
    while (left > 0) {
        if (iconv(encoding->converter, &from, &left, &at, &room) != (size_t)-1)
            break;
        /* A byte that begins no character stays. In one that the line's end cuts, too. */
        result.undecodable = true;
        *at++ = *from++;
        room--;
        left--;
        iconv(encoding->converter, NULL, NULL, NULL, NULL);
    }
    result.length = (size_t)(at - to);
    return result;
}
#else
int32_t encoding_open(struct encoding *encoding, uint32_t id)
{
    *encoding = (struct encoding){.id = id};
    return id >= TSMP_ENCODING_ISO_8859_1 && id <= TSMP_ENCODING_EUC_JP ? TSMP_E_ENCODING : TSMP_OK;
}

void encoding_close(struct encoding *encoding)
{
    (void)encoding;
}

struct converted encoding_convert(const struct encoding *encoding, const char *bytes,
                                  size_t length, char *to)
{
    (void)encoding;
    memcpy(to, bytes, length);
    return (struct converted){.length = length};
}
#endif
