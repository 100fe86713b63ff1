/* SPDX-License-Identifier: BSD-2-Clause
 * Encodings: what is UTF-8, told by an oracle that decodes; characters of each code page that tell
 * it from its neighbours; what a page has no character for. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "encoding.h"

#include <tsmparse/tsmparse.h>

#include <stdlib.h>
#include <string.h>

/* One character at the start, 0 bytes = none: decode, then ask whether this was the only way. */
static size_t decode(const unsigned char *s, size_t length)
{
    static const uint32_t least[5] = {0, 0, 0x80, 0x800, 0x10000};
    size_t n = s[0] < 0x80 ? 1 : (s[0] & 0xE0) == 0xC0 ? 2 : (s[0] & 0xF0) == 0xE0 ? 3
             : (s[0] & 0xF8) == 0xF0 ? 4 : 0;
    if (n == 0 || n > length)
        return 0;
    uint32_t c = n == 1 ? s[0] : s[0] & (0x7Fu >> n);
    for (size_t i = 1; i < n; i++) {
        if ((s[i] & 0xC0) != 0x80)
            return 0;
        c = c << 6 | (s[i] & 0x3Fu);
    }
    return c < least[n] || c > 0x10FFFF || (c >= 0xD800 && c <= 0xDFFF) ? 0 : n;
}

static bool well_formed(const unsigned char *s, size_t length)
{
    for (size_t at = 0, n; at < length; at += n)
        if ((n = decode(s + at, length - at)) == 0)
            return false;
    return true;
}

static void what_is_utf8(void **state)
{
    (void)state;
    unsigned char *text = malloc(4); /* of its exact size: reads past it show under a sanitizer */
    assert_non_null(text);
    for (uint32_t n = 0; n < 0x1000000; n += n < 0x10000 ? 1 : 5) {
        /* the first two bytes are all of 16 bits, the other two walk */
        text[0] = (unsigned char)(n >> 8);
        text[1] = (unsigned char)n;
        text[2] = (unsigned char)(n >> 16 ^ n * 7);
        text[3] = (unsigned char)(n * 31);
        for (size_t length = 1; length <= 4; length++) {
            unsigned char *at = text + 4 - length;
            if (is_utf8((const char *)at, length) != well_formed(at, length))
                fail_msg("%02x %02x %02x %02x, the last %zu", text[0], text[1], text[2], text[3], length);
        }
    }
    assert_true(is_utf8("", 0));
    free(text);
}

static const struct {
    uint32_t encoding;
    const char *bytes, *text;
    bool changed, undecodable;
} rows[] = {
    {TSMP_ENCODING_ISO_8859_1, "plain", "plain", false, false},
    {TSMP_ENCODING_ISO_8859_1, "\xA4\xE4", "\xC2\xA4\xC3\xA4", true, false},
    {TSMP_ENCODING_ISO_8859_15, "\xA4\xE4", "\xE2\x82\xAC\xC3\xA4", true, false},
    {TSMP_ENCODING_CP1252, "\x80\x9F\xFF", "\xE2\x82\xAC\xC5\xB8\xC3\xBF", true, false},
    {TSMP_ENCODING_CP1252, "a\x81z", "a\x81z", true, true},
    {TSMP_ENCODING_CP850, "\x81\x84\xFF\xD5", "\xC3\xBC\xC3\xA4\xC2\xA0\xC4\xB1", true, false},
    {TSMP_ENCODING_CP437, "\x81\x84\xFF\xD5", "\xC3\xBC\xC3\xA4\xC2\xA0\xE2\x95\x92", true, false},
    {TSMP_ENCODING_EUC_JP, "\xC6\xFC\xCB\xDC.txt", "\xE6\x97\xA5\xE6\x9C\xAC.txt", true, false},
    {TSMP_ENCODING_EUC_JP, "\x8E\xB1", "\xEF\xBD\xB1", true, false}, /* half width */
    {TSMP_ENCODING_EUC_JP, "a\xC6", "a\xC6", true, true},
    {TSMP_ENCODING_EUC_JP, "\xC6\n", "\xC6\n", true, true},
    {TSMP_ENCODING_EUC_JP, "\xC6\xFC\xC6 \xC6\xFC", "\xE6\x97\xA5\xC6 \xE6\x97\xA5", true, true},
};

static void characters(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct encoding encoding;
        int32_t status = encoding_open(&encoding, rows[i].encoding);
#ifndef TSMP_ICONV
        assert_int_equal(status, TSMP_E_ENCODING);
        continue;
#endif
        if (status == TSMP_E_ENCODING)
            skip(); /* this system can't: that is an answer, and the reader gives it */
        assert_int_equal(status, TSMP_OK);
        size_t length = strlen(rows[i].bytes);
        char *to = malloc(length * ENCODING_GROWTH);
        assert_non_null(to);
        struct converted text = encoding_convert(&encoding, rows[i].bytes, length, to);
        if (text.length != strlen(rows[i].text) || memcmp(to, rows[i].text, text.length) != 0 ||
            text.changed != rows[i].changed || text.undecodable != rows[i].undecodable)
            fail_msg("row %zu: %zu bytes, changed %d, undecodable %d", i, text.length, text.changed,
                     text.undecodable);
        free(to);
        encoding_close(&encoding);
    }
}

/* Any bytes: never more than there is room for, and what is ASCII stays where it stood. */
static void any_bytes(void **state)
{
    (void)state;
    for (uint32_t id = TSMP_ENCODING_ISO_8859_1; id <= TSMP_ENCODING_EUC_JP; id++) {
        struct encoding encoding;
#ifndef TSMP_ICONV
        assert_int_equal(encoding_open(&encoding, id), TSMP_E_ENCODING);
        continue;
#endif
        if (encoding_open(&encoding, id) != TSMP_OK)
            skip();
        for (unsigned first = 0; first < 256; first++) {
            for (unsigned second = 0; second < 256; second++) {
                const char bytes[4] = {(char)first, (char)second, '/', '\n'};
                char to[4 * ENCODING_GROWTH];
                struct converted text = encoding_convert(&encoding, bytes, 4, to);
                assert_true(text.length >= 2 && text.length <= sizeof to);
                if (memcmp(to + text.length - 2, "/\n", 2) != 0)
                    fail_msg("encoding %u, %02x %02x takes the next byte with it", id, first, second);
                if (!text.undecodable && !is_utf8(to, text.length))
                    fail_msg("encoding %u, %02x %02x is no UTF-8", id, first, second);
            }
        }
        encoding_close(&encoding);
    }
}

/* Options that can't be: said so, never ignored. */
static void refused(void **state)
{
    (void)state;
    tsmp_reader *reader;
    tsmp_options options = {.size = sizeof options, .encoding = TSMP_ENCODING_UTF_16BE + 1};
    assert_int_equal(tsmp_reader_new(&options, NULL, &reader), TSMP_E_MISUSE);
    options = (tsmp_options){.size = sizeof options, .repair = TSMP_REPAIR_COLLAPSED};
    assert_int_equal(tsmp_reader_new(&options, NULL, &reader), TSMP_E_MISUSE);
    struct encoding encoding;
    int32_t able = encoding_open(&encoding, TSMP_ENCODING_CP850);
    encoding_close(&encoding);
    options = (tsmp_options){.size = sizeof options, .encoding = TSMP_ENCODING_CP850};
    assert_int_equal(tsmp_reader_new(&options, NULL, &reader), able);
    tsmp_reader_free(reader);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(what_is_utf8), cmocka_unit_test(characters),
                                       cmocka_unit_test(any_bytes), cmocka_unit_test(refused)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
