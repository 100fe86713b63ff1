/* SPDX-License-Identifier: BSD-2-Clause
 * Files into batches, in order of time. A text is looked through before it is read where that
 * changes what its lines mean: the order of dates, and the place where a log wraps. */
#include "input.h"

#include <stdlib.h>
#include <string.h>

void complain(const char *file, const char *message)
{
    fputs("tsmparse: ", stderr);
    if (file != NULL) {
        print_safe(stderr, file, strlen(file), SIZE_MAX);
        fputs(": ", stderr);
    }
    print_safe(stderr, message, strlen(message), SIZE_MAX);
    fputc('\n', stderr);
}

bool input_fail(struct reading *reading, int part, const char *message)
{
    struct text *text = reading->text;
    if (text->error[0] == '\0') {
        snprintf(text->error, sizeof text->error, "%s", message);
        text->at = part;
        if (!reading->quiet && !text->held)
            complain(text->paths[part], message);
    }
    return false;
}

static bool fill_head(struct reading *reading, int index)
{
    struct part *part = &reading->parts[index];
    part->head = malloc(HEAD);
    if (part->head == NULL)
        return input_fail(reading, index, "no memory");
    while (part->length < HEAD) {
        long n = source_read(part->source, part->head + part->length, HEAD - part->length);
        if (n < 0)
            return input_fail(reading, index, source_error(part->source));
        if (n == 0) {
            part->whole = true;
            return true;
        }
        part->length += (size_t)n;
    }
    return true;
}

/* ---- reading it ------------------------------------------------------------------------------ */

/* Of so many the first batches tell as well what stands in front of all. */
enum { PREFIX_LINES = 10000 };

static void count(struct reading *reading, const tsmp_view *view)
{
    struct tally *tally = &reading->text->tally;
    for (uint64_t i = 0; i < view->record_count; i++) {
        const tsmp_record *record = &view->records[i];
        tally->kinds[record->kind & 255u]++;
        if (record->kind != TSMP_KIND_BLANK)
            tally->formats[record->format & 255u]++;
        tally->not_text += record->why == TSMP_WHY_NOT_TEXT;
        if (tally->records < PREFIX_LINES && (record->kind == TSMP_KIND_UNKNOWN || record->kind == TSMP_KIND_MORE))
            tally->prefixed[prefix_of(view->text + record->text, record->text_length)]++;
        if (record->kind == TSMP_KIND_SCHEDULER && record->field_count > 0)
            tally->queries += view->fields[record->first_field].number == TSMP_WORD_QUERYING;
        if (record->kind == TSMP_KIND_BLANK)
            continue;
        if (reading->marker_last && record->offset != 0)
            reading->markers_inside++;
        reading->marker_last = record->kind == TSMP_KIND_MARKER && record->field_count > 0 &&
                               view->fields[record->first_field].number == TSMP_WORD_WRAP;
    }
    if (view->record_count == 0)
        return;
    const tsmp_record *last = &view->records[view->record_count - 1];
    tally->records += view->record_count;
    if (last->line > tally->last_line)
        tally->last_line = last->line;
    reading->offset = last->offset + last->length;
    reading->line = last->line + 1;
}

static int32_t give(struct reading *reading, tsmp_reader *reader)
{
    tsmp_batch *batch;
    int32_t status;
    if (reading->text->pulled)
        return reading->sink.pull(reader, reading->sink.context);
    while ((status = tsmp_reader_next(reader, &batch)) == TSMP_OK) {
        if (!reading->quiet)
            count(reading, tsmp_batch_view(batch));
        status = reading->sink.batch(batch, reading->sink.context);
        tsmp_batch_unref(batch);
        if (status != TSMP_OK)
            return status;
    }
    return status < 0 ? status : TSMP_OK;
}

tsmp_reader *input_reader(struct reading *reading, int index)
{
    const struct options *options = reading->options;
    tsmp_options known = reading->known;
    tsmp_reader *reader;
    known.first_offset = reading->offset;
    known.first_line = reading->line;
    int32_t status = tsmp_reader_new(&known, NULL, &reader);
    if (status != TSMP_OK) {
        input_fail(reading, index, status == TSMP_E_NOMEM ? "no memory"
                             : status == TSMP_E_MISUSE ? "the library does not take these options together"
                                                       : "the library was built without this encoding");
        return NULL;
    }
    if (add_languages(options, reader) != TSMP_OK) {
        input_fail(reading, index, tsmp_reader_error(reader));
        tsmp_reader_free(reader);
        return NULL;
    }
    for (size_t i = 0; i < options->pattern_count; i++) {
        const char *equals = strchr(options->patterns[i], '=');
        char name[65] = "";
        size_t n = (size_t)(equals - options->patterns[i]);
        memcpy(name, options->patterns[i], n < sizeof name - 1 ? n : sizeof name - 1);
        if (tsmp_reader_add_pattern(reader, name, equals + 1, strlen(equals + 1)) != TSMP_OK) {
            input_fail(reading, index, tsmp_reader_error(reader));
            tsmp_reader_free(reader);
            return NULL;
        }
    }
    return reader;
}

struct chunk *input_chunk(struct reading *reading)
{
    struct chunk *chunk = reading->spare;
    reading->spare = NULL;
    if (chunk == NULL)
        chunk = malloc(sizeof *chunk);
    if (chunk != NULL)
        chunk->reading = reading;
    return chunk;
}

void input_give_back(void *context)
{
    struct chunk *chunk = context;
    if (chunk->reading->spare == NULL)
        chunk->reading->spare = chunk;
    else
        free(chunk);
}

/* The head stays where it is until all is read. */
static int32_t lend_head(struct reading *reading, tsmp_reader *reader, const char *bytes,
                         size_t length)
{
    int32_t status = tsmp_reader_lend(reader, bytes, length, NULL, NULL);
    return status == TSMP_OK ? give(reading, reader) : status;
}

static void give_up(struct reading *reading)
{
    ahead_free(reading->ahead);
    reading->ahead = NULL;
}

/* At a mark: may the rest be taken from who has read it meanwhile? TSMP_END: it was. */
static int32_t meet(struct reading *reading, size_t index, tsmp_reader *reader, bool *good)
{
    int32_t status = reading->sink.meet(reading->ahead, index, reader, reading->sink.context);
    if (status == TSMP_END) {
        const char *error = ahead_error(reading->ahead);
        reading->text->tally.bytes += ahead_bytes(reading->ahead);
        if (error != NULL)
            *good = input_fail(reading, 0, error);
    }
    if (status != TSMP_OK || ahead_mark(reading->ahead, index + 1) == UINT64_MAX)
        give_up(reading);
    return status;
}

/* What the source still has, at most `left` bytes, lent piece by piece. TSMP_END: another thread has
 * read the rest. */
static int32_t read_rest(struct reading *reading, int index, tsmp_reader *reader, uint64_t left,
                         bool *good)
{
    struct source *source = reading->parts[index].source;
    int32_t status = TSMP_OK;
    uint64_t at = reading->parts[index].length;
    size_t mark = 0;
    while (status == TSMP_OK && left > 0) {
        uint64_t most = left < CHUNK ? left : CHUNK;
        if (reading->ahead != NULL && ahead_mark(reading->ahead, mark) - at < most)
            most = ahead_mark(reading->ahead, mark) - at;
        struct chunk *chunk = input_chunk(reading);
        if (chunk == NULL)
            return TSMP_E_NOMEM;
        long n = source_read(source, chunk->bytes, (size_t)most);
        if (n <= 0) {
            input_give_back(chunk);
            if (n < 0)
                *good = input_fail(reading, index, source_error(source));
            return TSMP_OK;
        }
        left -= (uint64_t)n;
        at += (uint64_t)n;
        reading->text->tally.bytes += (uint64_t)n;
        status = tsmp_reader_lend(reader, chunk->bytes, (uint64_t)n, input_give_back, chunk);
        if (status != TSMP_OK)
            input_give_back(chunk);
        else
            status = give(reading, reader);
        if (status == TSMP_OK && reading->ahead != NULL && at == ahead_mark(reading->ahead, mark))
            status = meet(reading, mark++, reader, good);
    }
    return status;
}

/* One part from its byte `from` on, `length` bytes of it at most, through a reader of its own. */
static bool read_stretch(struct reading *reading, int index, uint64_t from, uint64_t length)
{
    struct part *part = &reading->parts[index];
    tsmp_reader *reader = input_reader(reading, index);
    if (reader == NULL)
        return false;
    int32_t status = TSMP_OK;
    uint64_t left = length;
    bool good = true, at_head = from < part->length || part->whole;
    if (at_head) {
        uint64_t n = part->length - from < left ? part->length - from : left;
        status = lend_head(reading, reader, part->head + from, (size_t)n);
        left -= n;
        reading->text->tally.bytes += n;
    }
    /* Behind the head the source already stands at the right place, unless this is a jump. */
    if (!part->whole && left > 0 && status == TSMP_OK &&
        (reading->wrap_offset != 0 || !at_head) &&
        !source_seek(part->source, at_head ? part->length : from))
        good = input_fail(reading, index, source_error(part->source));
    if (good && status == TSMP_OK && !part->whole)
        status = read_rest(reading, index, reader, left, &good);
    bool rest = status != TSMP_END || reading->sink.meet == NULL;
    if (!rest)
        status = TSMP_OK;
    if (status == TSMP_OK && rest)
        status = tsmp_reader_end(reader);
    if (status == TSMP_OK && rest)
        status = give(reading, reader);
    tsmp_reader_free(reader);
    if (status < 0)
        input_fail(reading, index, "no memory");
    return good && status == TSMP_OK;
}

/* Older lines stand behind the marker: first these, then the beginning. */
static bool read_wrapped(struct reading *reading)
{
    uint64_t offset = reading->wrap_offset;
    if (reading->known.format == 0) /* the first line may be cut: it is no console output */
        reading->known.format = TSMP_FORMAT_SCHEDULE_LOG;
    reading->offset = offset;
    reading->line = reading->wrap_line;
    bool good = read_stretch(reading, 0, offset, UINT64_MAX);
    reading->offset = 0;
    reading->line = 1;
    good = good && read_stretch(reading, 0, 0, offset);
    if (good && !reading->marker_last)
        return input_fail(reading, 0, "was written to while it was read; read it again");
    return good;
}

static bool open_parts(struct reading *reading)
{
    struct text *text = reading->text;
    char error[256];
    text->repeats = true;
    for (int i = 0; i < text->count; i++) {
        struct source *source = source_open(text->paths[i], reading->options->max_bytes, error,
                                            sizeof error);
        reading->parts[i].source = source;
        if (source == NULL) {
            text->repeats = false;
            return input_fail(reading, i, error);
        }
        text->repeats &= source_repeats(source);
        text->age = source_age(source);
    }
    return true;
}

static void close_parts(struct reading *reading)
{
    for (int i = 0; i < reading->text->count; i++) {
        source_close(reading->parts[i].source);
        free(reading->parts[i].head);
    }
    free(reading->spare);
}

/* A log in UTF-16 has no place in its middle where reading could begin anew. */
static bool has_mark(const struct part *part)
{
    return part->length >= 2 && (memcmp(part->head, "\xFF\xFE", 2) == 0 ||
                                 memcmp(part->head, "\xFE\xFF", 2) == 0);
}

/* Text whose bytes are zero by turns, without a mark that says so. */
static const char *looks_utf16(const struct part *part)
{
    size_t pairs = part->length / 2 < 32 ? part->length / 2 : 32, zeros[2] = {0, 0};
    for (size_t i = 0; i < 2 * pairs; i++)
        zeros[i & 1] += part->head[i] == '\0';
    if (pairs < 8 || zeros[0] + zeros[1] < pairs * 3 / 4 || (zeros[0] > 0 && zeros[1] > 0))
        return NULL;
    return zeros[1] > 0 ? "it looks like UTF-16 without a mark; read it with --encoding=utf_16le"
                        : "it looks like UTF-16 without a mark; read it with --encoding=utf_16be";
}

bool read_text(struct text *text, const struct options *options, const struct sink *sink)
{
    struct reading reading = {.text = text, .options = options, .sink = *sink, .line = 1,
                              .known = options->reader};
    text->error[0] = '\0';
    if (text->count > MAX_JOINED)
        return input_fail(&reading, MAX_JOINED, "is one file too many for --joined");
    bool good = open_parts(&reading);
    for (int i = 0; good && i < text->count; i++)
        good = fill_head(&reading, i);
    good = good && input_look(&reading);
    /* A text that may have to be counted, joined or put in order is looked at record by record. */
    text->pulled = sink->pull != NULL && good && text->count == 1 && text->repeats &&
                   !reading.continued;
    text->known = reading.known;
    text->tally.utf16 = looks_utf16(&reading.parts[0]);
    text->tally.transcoded = has_mark(&reading.parts[0]) || options->reader.encoding != 0;
    if (text->pulled && sink->ahead != NULL && !text->wrapped && !text->tally.transcoded)
        reading.ahead = ahead_start(&reading);
    if (good && text->wrapped) {
        good = read_wrapped(&reading);
    } else {
        /* What was read before an error is looked at all the same: bad news in it is true. */
        for (int i = 0; i < text->count && reading.parts[i].source != NULL; i++) {
            reading.parts[i].whole |= text->error[0] != '\0';
            good &= read_stretch(&reading, i, 0, UINT64_MAX);
        }
        if (good && reading.marker_last && reading.markers_inside > 0)
            good = input_fail(&reading, 0, "wraps (SCHEDLOGMAX), and its order could not be found; read "
                        "it alone and from a plain file");
    }
    give_up(&reading);
    if (sink->end != NULL)
        sink->end(sink->context);
    close_parts(&reading);
    return good && text->error[0] == '\0';
}

bool read_again(struct text *text, const struct options *options, uint64_t offset, uint64_t line,
                batch_handler *handler, void *context)
{
    struct text again = {.paths = text->paths, .count = text->count};
    struct reading reading = {.text = &again, .options = options, .line = 1, .quiet = true,
                              .sink = {handler, NULL, context}, .known = text->known};
    bool good = open_parts(&reading);
    for (int i = 0; good && i < text->count; i++) {
        if (i == 0 && offset > 0) {
            reading.offset = offset;
            reading.line = line;
        }
        good = read_stretch(&reading, i, i == 0 ? offset : 0, UINT64_MAX);
    }
    close_parts(&reading);
    return good;
}

static int32_t count_batch(const tsmp_batch *batch, void *context)
{
    count(context, tsmp_batch_view(batch));
    return TSMP_OK;
}

void read_tally(struct text *text, const struct options *options)
{
    struct text seen = {.paths = text->paths, .count = text->count};
    struct reading counting = {.text = &seen};
    read_again(text, options, 0, 1, count_batch, &counting);
    seen.tally.bytes = text->tally.bytes;
    seen.tally.transcoded = text->tally.transcoded;
    seen.tally.utf16 = text->tally.utf16;
    text->tally = seen.tally;
}
