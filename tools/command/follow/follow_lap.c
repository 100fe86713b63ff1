/* SPDX-License-Identifier: BSD-2-Clause
 * Logs that wrap (SCHEDLOGMAX): the client writes "Continued at beginning of file", goes on at
 * offset 0 of the same file, whose size stays, and marks its end by END OF DATA; what stands behind
 * that is older. A file name can print both lines, so neither is believed alone: END OF DATA only at
 * the end of the file or where time goes back behind it, and nothing is read at the beginning until
 * the first bytes there have changed. */
#include "follow.h"

#include <stdlib.h>
#include <string.h>

enum marker { MARKER_NONE, MARKER_END, MARKER_CONTINUED };

/* Does a line hold nothing but a stamp and one of the client's marks? */
static enum marker marker_of(const char *line, size_t length)
{
    static const char *const marks[] = {"END OF DATA", "Continued at beginning of file"};
    while (length > 0 && memchr("\r\n \t", line[length - 1], 4) != NULL)
        length--;
    tsmp_token two[2]; /* with room for one it would be a REST */
    if (length > 120 || tsmp_tokenize(line, length, two, 2) == 0 || two[0].type != TSMP_TOKEN_STAMP ||
        two[0].offset != 0)
        return MARKER_NONE;
    size_t at = two[0].length;
    while (at < length && line[at] == ' ')
        at++;
    for (int i = 0; i < 2; i++)
        if (length - at == strlen(marks[i]) && memcmp(line + at, marks[i], length - at) == 0)
            return i == 0 ? MARKER_END : MARKER_CONTINUED;
    return MARKER_NONE;
}

/* Is what stands behind the marker older than what stands before it? The text before it is what was
 * read last; `from` and `to` are the marker's line in `bytes`. */
static bool older_behind(const struct follower *follower, const char *bytes, size_t from, size_t to,
                         size_t length)
{
    enum { AROUND = 64 * 1024 };
    const char *before = NULL;
    size_t tail = feed_tail(follower, &before);
    size_t own = from < AROUND ? from : AROUND, behind = length - to < AROUND ? length - to : AROUND;
    if (own < from)
        tail = 0; /* a stretch with no hole in it */
    size_t around = own + (to - from) + behind; /* the marker is in it */
    char *text = malloc(tail + around);
    if (text == NULL)
        return false;
    memcpy(text, tail > 0 ? before : "", tail);
    memcpy(text + tail, bytes + from - own, around);
    tsmp_probe_result result = {.size = sizeof result};
    bool older = tsmp_probe(text, tail + around, NULL, &result) == TSMP_OK &&
                 result.wrap_offset == tail + own + (to - from);
    free(text);
    return older;
}

/* Bytes that nobody has written: a file that grew before its content came, or one that its writer
 * went on in behind its end after it was cut. */
static size_t before_hole(struct follower *follower, const char *bytes, size_t length)
{
    if (follower->stream == 0 || follower->at == 0)
        follower->utf16 = length >= 2 && (memcmp(bytes, "\xFF\xFE", 2) == 0 || memcmp(bytes, "\xFE\xFF", 2) == 0);
    if (follower->utf16 || follower->options.encoding == TSMP_ENCODING_UTF_16LE ||
        follower->options.encoding == TSMP_ENCODING_UTF_16BE)
        return length;
    const char *hole = length > 0 ? memchr(bytes, '\0', length) : NULL;
    return hole != NULL ? (size_t)(hole - bytes) : length;
}

size_t lap_usable(struct follower *follower, const char *bytes, size_t length, bool end)
{
    size_t limit = before_hole(follower, bytes, length);
    end = end && limit == length;
    follower->marker_read = follower->unmarked = false;
    bool bounded = false;
    for (size_t from = 0; from < limit;) {
        const char *newline = memchr(bytes + from, '\n', limit - from);
        size_t to = newline != NULL ? (size_t)(newline - bytes) + 1 : limit;
        if (newline == NULL && !end)
            break;
        enum marker marker = to - from < 160 ? marker_of(bytes + from, to - from) : MARKER_NONE;
        if (marker == MARKER_END &&
            ((end && to == length) || older_behind(follower, bytes, from, to, limit)))
            return from;
        if (marker == MARKER_CONTINUED && newline != NULL && (follower->lapped || (end && to == length))) {
            follower->marker_read = true;
            limit = to;
            bounded = true;
        }
        from = to;
    }
    if (!follower->lapped || bounded)
        return limit;
    /* Older text stands behind the place, and no mark tells where it begins: it is being written. */
    follower->unmarked = true;
    return 0;
}

uint64_t lap_seam(int fd)
{
    static char bytes[FOLLOW_CHUNK];
    tsmp_prober *prober;
    tsmp_probe_result result = {.size = sizeof result};
    if (tsmp_prober_new(NULL, &prober) != TSMP_OK)
        return 0;
    long n;
    for (uint64_t at = 0; (n = file_read(fd, bytes, sizeof bytes, at)) > 0; at += (uint64_t)n)
        tsmp_prober_feed(prober, bytes, (uint64_t)n);
    if (tsmp_prober_result(prober, &result) != TSMP_OK)
        result.wrap_offset = 0;
    tsmp_prober_free(prober);
    return result.wrap_offset;
}

size_t lap_left(struct follower *follower, const char *now, const char *tail, size_t length)
{
    enum { LEAST = 24 };
    size_t same = 0;
    while (same < length && now[length - same - 1] == tail[length - same - 1])
        same++;
    uint64_t seam = same >= LEAST && !follower->left ? lap_seam(follower->fd) : 0;
    /* All that differs must be new text: it ends at the client's mark, or in the line that it cut. */
    const char *newline = same < length ? memrchr(now, '\n', length - same) : NULL;
    uint64_t from = follower->at - length;
    size_t cut = newline != NULL ? (size_t)(newline - now) + 1 : 0;
    return seam > from && seam <= follower->at - same && from + cut <= seam ? same : 0;
}

bool lap_begun(struct follower *follower, enum step *step)
{
    char now[FOLLOW_HEAD];
    if (!follower->at_end || follower->left)
        return false;
    long n = file_read(follower->fd, now, follower->head_length, 0);
    if (n < 0 || ((size_t)n == follower->head_length && memcmp(now, follower->head, follower->head_length) == 0))
        return false;
    *step = STEP_WORK;
    return true;
}
