/* SPDX-License-Identifier: BSD-2-Clause
 * Probing: the same answer however the text is cut, an answer that can be true, and as many lines that are
 * no UTF-8 as a reader that is not the library's counts.
 *
 * Head: 2 length of pieces, 3 seed of their lengths, 4 which allocation fails. */
#include "fuzz.h"
#include "strict.h"

#include <stdlib.h>
#include <string.h>

static void plausible(const tsmp_probe_result *result, const char *text, size_t length)
{
    CHECK(tsmp_name("format", result->format) != NULL);
    CHECK(result->date_order < 8 && result->decimal <= TSMP_DECIMAL_COMMA_BOTH);
    CHECK(result->dates <= result->lines && result->lines <= length);
    CHECK((result->wrap_offset == 0) == (result->wrap_line == 0));
    CHECK(result->wrap_offset < length || length == 0);
    CHECK(tsmp_name("encoding", result->encoding) != NULL && result->not_utf8 <= result->lines);
    CHECK((result->repair & ~(TSMP_REPAIR_QUOTED | TSMP_REPAIR_INDENTED | TSMP_REPAIR_COLLAPSED)) == 0);
    bool wide = result->encoding == TSMP_ENCODING_UTF_16LE || result->encoding == TSMP_ENCODING_UTF_16BE;
    if (result->wrap_offset > 0 && !wide) {
        uint64_t lines = 1;
        for (uint64_t i = 0; i < result->wrap_offset; i++)
            lines += text[i] == '\n';
        CHECK(text[result->wrap_offset - 1] == '\n' && result->wrap_line == lines);
    }
}

/* Of a line that is longer only the beginning is looked at, and a character may be cut there. */
enum { LOOKED_AT = 4096 };

static void counts_not_utf8(const tsmp_probe_result *result, const char *text, size_t length)
{
    uint64_t count = 0;
    size_t at = length >= 3 && memcmp(text, "\xEF\xBB\xBF", 3) == 0 ? 3 : 0;
    if (length >= 2 && (memcmp(text, "\xFF\xFE", 2) == 0 || memcmp(text, "\xFE\xFF", 2) == 0))
        return; /* UTF-16: whose bytes are not looked at */
    for (size_t end, begin = 0; begin < length; begin = at = end + 1) {
        const char *newline = memchr(text + begin, '\n', length - begin);
        end = newline != NULL ? (size_t)(newline - text) : length;
        if (end - begin <= LOOKED_AT && end > at)
            count += !text_is_utf8(text + at, end - at);
    }
    CHECK(result->not_utf8 == count);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < HEAD)
        return 0;
    size_t length = size - HEAD;
    char *text = malloc(length > 0 ? length : 1);
    CHECK(text != NULL);
    memcpy(text, data + HEAD, length);
    struct heap heap = {.fail_at = head_byte(data, 4), .fail_count = 1};
    tsmp_allocator allocator = heap_allocator(&heap);
    tsmp_probe_result whole = {.size = sizeof whole}, pieces = {.size = sizeof pieces};

    int32_t status = tsmp_probe(text, length, &allocator, &whole);
    if (status == TSMP_E_NOMEM)
        status = tsmp_probe(text, length, &allocator, &whole);
    CHECK(status == TSMP_OK);
    plausible(&whole, text, length);
    counts_not_utf8(&whole, text, length);

    tsmp_prober *prober = NULL;
    heap.asked = 0;
    if (tsmp_prober_new(&allocator, &prober) == TSMP_E_NOMEM)
        CHECK(tsmp_prober_new(&allocator, &prober) == TSMP_OK);
    uint32_t random = head_byte(data, 3) | 1, most = 1 + head_byte(data, 2);
    for (size_t at = 0; at < length;) {
        random = random * 1664525u + 1013904223u;
        size_t piece = head_byte(data, 3) == 0 ? most : (random >> 16) % (most + 1);
        if (piece > length - at)
            piece = length - at;
        char *bytes = malloc(piece > 0 ? piece : 1);
        CHECK(bytes != NULL);
        memcpy(bytes, text + at, piece);
        CHECK(tsmp_prober_feed(prober, bytes, piece) == TSMP_OK);
        free(bytes);
        at += piece;
    }
    CHECK(tsmp_prober_result(prober, &pieces) == TSMP_OK);
    CHECK(memcmp(&whole, &pieces, sizeof whole) == 0);
    CHECK(tsmp_prober_result(prober, &pieces) == TSMP_OK); /* asking changes nothing */
    CHECK(memcmp(&whole, &pieces, sizeof whole) == 0);
    tsmp_prober_free(prober);
    CHECK(heap.live == 0);
    free(text);
    return 0;
}
