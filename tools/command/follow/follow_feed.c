/* SPDX-License-Identifier: BSD-2-Clause
 * Bytes of the files into one text, and what comes out of it. */
#include "follow.h"

#include <stdlib.h>
#include <string.h>
#include <zlib.h>

bool follower_fail(struct follower *follower, const char *what)
{
    if (!follower->failed)
        snprintf(follower->error, sizeof follower->error, "%s", what);
    follower->failed = true;
    return false;
}

/* What the caller adds to each reader. */
static bool equip(struct follower *follower)
{
    const struct options *command = follower->command;
    for (size_t i = 0; command != NULL && i < command->pattern_count; i++) {
        const char *pattern = command->patterns[i], *equal = strchr(pattern, '=');
        char name[80];
        snprintf(name, sizeof name, "%.*s", (int)(equal - pattern < 64 ? equal - pattern : 64), pattern);
        if (tsmp_reader_add_pattern(follower->reader, name, equal + 1, strlen(equal + 1)) != TSMP_OK)
            return follower_fail(follower, tsmp_reader_error(follower->reader));
    }
    if (command != NULL && add_languages(command, follower->reader) != TSMP_OK)
        return follower_fail(follower, tsmp_reader_error(follower->reader));
    return true;
}

bool feed_begin(struct follower *follower)
{
    tsmp_options options = follower->options;
    options.first_offset = follower->stream;
    options.first_line = follower->line;
    follower->boundary = follower->stream;
    follower->recent_length = 0;
    if (tsmp_reader_new(&options, NULL, &follower->reader) != TSMP_OK ||
        tsmp_runs_new(NULL, NULL, &follower->runs) != TSMP_OK)
        return follower_fail(follower, "no memory");
    return equip(follower);
}

static bool drain_runs(struct follower *follower, bool open)
{
    tsmp_run *run;
    while (tsmp_runs_next(follower->runs, &run) == TSMP_OK) {
        follower->sink.run(follower, run, open, follower->sink.context);
        tsmp_run_free(run);
    }
    return true;
}

/* Keep 4 KiB in front of the boundary, and all that the reader holds. */
static void forget(struct follower *follower)
{
    uint64_t first = follower->stream - follower->recent_length;
    uint64_t wanted = follower->boundary > FOLLOW_TAIL ? follower->boundary - FOLLOW_TAIL : 0;
    if (wanted <= first || wanted - first < FOLLOW_CHUNK / 4)
        return;
    size_t drop = (size_t)(wanted - first);
    follower->recent_length -= drop;
    memmove(follower->recent, follower->recent + drop, follower->recent_length);
}

bool feed_drain(struct follower *follower)
{
    tsmp_batch *batch;
    int32_t status;
    while ((status = tsmp_reader_next(follower->reader, &batch)) == TSMP_OK) {
        const tsmp_view *view = tsmp_batch_view(batch);
        const tsmp_record *last = &view->records[view->record_count - 1];
        follower->boundary = last->offset + last->length;
        follower->line = last->line + ((last->flags & (TSMP_FLAG_CUT | TSMP_FLAG_NO_NEWLINE)) == 0);
        follower->sink.batch(follower, batch, follower->sink.context);
        status = tsmp_runs_add(follower->runs, batch);
        tsmp_batch_unref(batch);
        if (status != TSMP_OK)
            break;
        drain_runs(follower, false);
    }
    forget(follower);
    return status >= 0 || follower_fail(follower, "no memory");
}

bool feed_bytes(struct follower *follower, const char *bytes, size_t length)
{
    if (follower->recent_capacity - follower->recent_length < length) {
        size_t room = (follower->recent_length + length) * 2;
        char *bigger = realloc(follower->recent, room);
        if (bigger == NULL)
            return follower_fail(follower, "no memory");
        follower->recent = bigger;
        follower->recent_capacity = room;
    }
    memcpy(follower->recent + follower->recent_length, bytes, length);
    if (tsmp_reader_feed(follower->reader, bytes, length) != TSMP_OK)
        return follower_fail(follower, tsmp_reader_error(follower->reader));
    follower->recent_length += length;
    if (follower->head_length < FOLLOW_HEAD && follower->at == follower->head_length) {
        size_t more = FOLLOW_HEAD - follower->head_length < length ? FOLLOW_HEAD - follower->head_length : length;
        memcpy(follower->head + follower->head_length, bytes, more);
        follower->head_length += more;
    }
    follower->crc = (uint32_t)crc32(follower->crc, (const Bytef *)bytes, (uInt)length);
    follower->at += length;
    follower->stream += length;
    return feed_drain(follower);
}

bool feed_end(struct follower *follower)
{
    follower->closing = true;
    if (tsmp_reader_end(follower->reader) != TSMP_OK || !feed_drain(follower) ||
        tsmp_runs_end(follower->runs) != TSMP_OK)
        return follower_fail(follower, "no memory");
    drain_runs(follower, true);
    follower->closing = false;
    tsmp_reader_free(follower->reader);
    tsmp_runs_free(follower->runs);
    follower->reader = NULL;
    follower->runs = NULL;
    return true;
}

bool feed_resume(struct follower *follower, const char *reader, size_t reader_length, const char *runs,
                 size_t runs_length)
{
    tsmp_token_view view = {.size = sizeof view};
    int32_t status = tsmp_token_view_of(reader, reader_length, &view);
    if (status == TSMP_OK && (view.offset != follower->boundary || view.tail_length > follower->recent_length))
        status = TSMP_E_TOKEN;
    if (status == TSMP_OK)
        status = tsmp_reader_resume(&follower->options, NULL, reader, reader_length, follower->recent,
                                    follower->recent_length, &follower->reader);
    if (status == TSMP_OK)
        status = tsmp_runs_resume(NULL, NULL, runs, runs_length, &follower->runs);
    follower->line = view.line;
    if (status != TSMP_OK)
        return follower_fail(follower, status == TSMP_E_TOKEN ? "its state does not fit the options or the text"
                                                              : "no memory");
    return equip(follower);
}

bool feed_rewind(struct follower *follower)
{
    uint64_t length = 0, pending = follower->stream - follower->boundary;
    if (pending == 0)
        return true;
    if (tsmp_reader_token(follower->reader, NULL, 0, &length) != TSMP_MORE)
        return follower_fail(follower, tsmp_reader_error(follower->reader));
    char *token = malloc((size_t)length);
    if (token == NULL || tsmp_reader_token(follower->reader, token, length, &length) != TSMP_OK) {
        free(token);
        return follower_fail(follower, "no memory");
    }
    tsmp_reader_free(follower->reader);
    follower->reader = NULL;
    follower->recent_length -= (size_t)pending;
    follower->stream = follower->boundary;
    int32_t status = tsmp_reader_resume(&follower->options, NULL, token, length, follower->recent,
                                        follower->recent_length, &follower->reader);
    free(token);
    return status == TSMP_OK ? equip(follower) : follower_fail(follower, "the state can't be taken up again");
}

size_t feed_tail(const struct follower *follower, const char **bytes)
{
    const struct place *place = &follower->places[follower->place_count - 1];
    uint64_t end = follower->stream;
    uint64_t first = follower->stream - follower->recent_length;
    uint64_t from = end > FOLLOW_TAIL ? end - FOLLOW_TAIL : 0;
    if (from < place->stream)
        from = place->stream;
    if (from < first)
        from = first;
    if (from >= end) /* nothing of this file yet */
        return 0;
    uint64_t physical = place->file + (end - place->stream);
    if (place->removed > 0 && physical - place->removed < end - from)
        from = end - (physical - place->removed);
    *bytes = follower->recent + (from - first);
    return (size_t)(end - from);
}
