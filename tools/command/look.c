/* SPDX-License-Identifier: BSD-2-Clause
 * Looking through a text before it is read, as far as that changes what its lines mean: its head;
 * more of it where the head leaves the order of dates open; all of it where the log may wrap. */
#include "input.h"

#include <stdlib.h>
#include <string.h>

enum { TAIL = 64 * 1024 };

/* Does the text end with a log's own mark that it goes on at its beginning? */
static bool ends_in_continued(const char *tail, size_t length)
{
    static const char mark[] = "Continued at beginning of file";
    while (length > 0 && memchr("\r\n \t", tail[length - 1], 4) != NULL)
        length--;
    size_t from = length;
    while (from > 0 && tail[from - 1] != '\n')
        from--;
    const char *line = tail + from;
    size_t n = length - from;
    tsmp_token token;
    if (n < sizeof mark || tsmp_tokenize(line, n, &token, 1) == 0 ||
        memcmp(line + n - (sizeof mark - 1), mark, sizeof mark - 1) != 0)
        return false;
    /* With room for one token the first is a REST unless it stands alone; ask for two. */
    tsmp_token two[2];
    tsmp_tokenize(line, n, two, 2);
    size_t at = two[0].length;
    while (at < n && line[at] == ' ')
        at++;
    return two[0].type == TSMP_TOKEN_STAMP && two[0].offset == 0 && at == n - (sizeof mark - 1);
}

/* The last bytes of a text that comes in pieces. */
struct tail {
    char bytes[2 * TAIL];
    size_t length;
};

static void tail_add(struct tail *tail, const char *bytes, size_t length)
{
    if (length > TAIL) {
        bytes += length - TAIL;
        length = TAIL;
    }
    if (tail->length + length > sizeof tail->bytes) {
        size_t kept = TAIL < tail->length ? TAIL : tail->length;
        memmove(tail->bytes, tail->bytes + tail->length - kept, kept);
        tail->length = kept;
    }
    memcpy(tail->bytes + tail->length, bytes, length);
    tail->length += length;
}

static bool undecided(uint32_t order)
{
    return (order & (order - 1)) != 0;
}

/* Has the prober seen what decides? Asking ends its open line, so a piece is cut at a newline. */
static bool decides(tsmp_prober *prober, const char *bytes, size_t length)
{
    tsmp_probe_result result = {.size = sizeof result};
    size_t whole = length;
    while (whole > 0 && bytes[whole - 1] != '\n')
        whole--;
    tsmp_prober_feed(prober, bytes, whole);
    bool decided = whole > 0 && tsmp_prober_result(prober, &result) == TSMP_OK &&
                   !undecided(result.date_order);
    tsmp_prober_feed(prober, bytes + whole, length - whole);
    return decided;
}

/* The rest of a part behind its head, through the prober; then back to where the head ends. `all`:
 * to its end, else until the order of dates is decided. */
static bool probe_rest(struct reading *reading, int index, tsmp_prober *prober, struct tail *tail,
                       bool all)
{
    struct part *part = &reading->parts[index];
    char *chunk = part->whole ? NULL : malloc(CHUNK);
    long n = 0;
    bool decided = false;
    if (chunk == NULL && !part->whole)
        return input_fail(reading, index, "no memory");
    while (!part->whole && !decided && (n = source_read(part->source, chunk, CHUNK)) > 0) {
        if (all)
            tsmp_prober_feed(prober, chunk, (uint64_t)n);
        else
            decided = decides(prober, chunk, (size_t)n);
        tail_add(tail, chunk, (size_t)n);
    }
    free(chunk);
    if (n < 0 || (!part->whole && !source_seek(part->source, part->length)))
        return input_fail(reading, index, source_error(part->source));
    return true;
}

/* Look through the heads, and through everything where the heads leave a question. */
bool input_look(struct reading *reading)
{
    struct text *text = reading->text;
    tsmp_prober *prober;
    tsmp_probe_result result = {.size = sizeof result};
    struct tail *tail = calloc(1, sizeof *tail);
    if (tail == NULL || tsmp_prober_new(NULL, &prober) != TSMP_OK) {
        free(tail);
        return input_fail(reading, 0, "no memory");
    }
    bool good = true, all = text->repeats && text->count > 1, further = false;
    for (int i = 0; good && i < text->count; i++) {
        struct part *part = &reading->parts[i];
        if (text->count == 1 && text->repeats && !part->whole) {
            /* A result ends the open line, so ask a second prober what the head shows. Most often that is all. */
            if (tsmp_probe(part->head, part->length, NULL, &result) != TSMP_OK) {
                good = input_fail(reading, 0, "no memory");
                break;
            }
            char *end = malloc(TAIL);
            size_t n = end != NULL ? source_tail(part->source, end, TAIL) : 0;
            reading->continued = n > 0 && ends_in_continued(end, n);
            all = result.wrap_offset != 0 || reading->continued;
            further = undecided(result.date_order) && reading->options->reader.date_order == 0;
            free(end);
            if (!all && !further)
                break;
        }
        tsmp_prober_feed(prober, part->head, part->length);
        tail_add(tail, part->head, part->length);
        if ((all || further) && !part->whole)
            good = probe_rest(reading, i, prober, tail, all);
        tsmp_prober_result(prober, &result); /* a part ends its last line */
    }
    tsmp_options *known = &reading->known;
    *known = reading->options->reader;
    if (known->date_order == 0 && !undecided(result.date_order))
        known->date_order = result.date_order;
    if (known->decimal == 0)
        known->decimal = result.decimal;
    if (known->format == 0 && result.format == TSMP_FORMAT_ERROR_LOG)
        known->format = result.format;
    bool seen_whole = text->count == 1 && (reading->parts[0].whole || all);
    reading->continued |= seen_whole && ends_in_continued(tail->bytes, tail->length);
    if (good && seen_whole && result.wrap_offset != 0 && reading->continued) {
        reading->wrap_offset = result.wrap_offset;
        reading->wrap_line = result.wrap_line;
        text->wrapped = true;
    }
    tsmp_prober_free(prober);
    free(tail);
    return good;
}
