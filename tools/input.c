/* SPDX-License-Identifier: BSD-2-Clause
 * Files into batches, in order of time. A text is looked through before it is read where that
 * changes what its lines mean: the order of dates, and the place where a log wraps. */
#include "command.h"
#include "source.h"

#include <stdlib.h>
#include <string.h>

enum { HEAD = 1024 * 1024, CHUNK = 256 * 1024, TAIL = 64 * 1024, MAX_JOINED = 16 };

/* A file, open, with its beginning in memory: a pipe can be read only once. */
struct part {
    struct source *source;
    char *head;
    size_t length;
    bool whole; /* the head is all there is */
};

/* Input that is lent to the reader until it says that no record needs it. */
struct chunk {
    struct reading *reading;
    char bytes[CHUNK];
};

struct reading {
    struct text *text;
    const struct options *options;
    tsmp_options known; /* the caller's options and what the probe found */
    struct sink sink;
    struct chunk *spare; /* one that the reader does not need any more */
    struct part parts[MAX_JOINED];
    uint64_t wrap_offset, wrap_line;
    uint64_t offset, line;     /* where the next joined part begins */
    bool marker_last;          /* the last record was a wrap marker */
    uint64_t markers_inside;   /* wrap markers with text behind them, in file order */
    bool quiet;                /* read_again: nothing is counted */
    bool continued;            /* the file ends like a log that wraps */
};

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

static bool fail(struct reading *reading, int part, const char *message)
{
    struct text *text = reading->text;
    if (text->error[0] == '\0') {
        snprintf(text->error, sizeof text->error, "%s", message);
        text->at = part;
        if (!reading->quiet)
            complain(text->paths[part], message);
    }
    return false;
}

/* ---- looking through it first ---------------------------------------------------------------- */

static bool fill_head(struct reading *reading, int index)
{
    struct part *part = &reading->parts[index];
    part->head = malloc(HEAD);
    if (part->head == NULL)
        return fail(reading, index, "no memory");
    while (part->length < HEAD) {
        long n = source_read(part->source, part->head + part->length, HEAD - part->length);
        if (n < 0)
            return fail(reading, index, source_error(part->source));
        if (n == 0) {
            part->whole = true;
            return true;
        }
        part->length += (size_t)n;
    }
    return true;
}

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
    static char chunk[CHUNK];
    long n = 0;
    bool decided = false;
    while (!part->whole && !decided && (n = source_read(part->source, chunk, sizeof chunk)) > 0) {
        if (all)
            tsmp_prober_feed(prober, chunk, (uint64_t)n);
        else
            decided = decides(prober, chunk, (size_t)n);
        tail_add(tail, chunk, (size_t)n);
    }
    if (n < 0 || (!part->whole && !source_seek(part->source, part->length)))
        return fail(reading, index, source_error(part->source));
    return true;
}

/* Look through the heads, and through everything where the heads leave a question. */
static bool probe(struct reading *reading)
{
    struct text *text = reading->text;
    tsmp_prober *prober;
    tsmp_probe_result result = {.size = sizeof result};
    struct tail *tail = calloc(1, sizeof *tail);
    if (tail == NULL || tsmp_prober_new(NULL, &prober) != TSMP_OK) {
        free(tail);
        return fail(reading, 0, "no memory");
    }
    bool good = true, all = text->repeats && text->count > 1, further = false;
    for (int i = 0; good && i < text->count; i++) {
        struct part *part = &reading->parts[i];
        tsmp_prober_feed(prober, part->head, part->length);
        tail_add(tail, part->head, part->length);
        if (text->count == 1 && text->repeats && !part->whole) {
            /* A result ends the open line, so ask a second prober what the head shows. */
            tsmp_probe_result head = {.size = sizeof head};
            tsmp_probe(part->head, part->length, NULL, &head);
            char *end = malloc(TAIL);
            size_t n = end != NULL ? source_tail(part->source, end, TAIL) : 0;
            reading->continued = n > 0 && ends_in_continued(end, n);
            all = head.wrap_offset != 0 || reading->continued;
            further = undecided(head.date_order) && reading->options->reader.date_order == 0;
            free(end);
        }
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

/* ---- reading it ------------------------------------------------------------------------------ */

static void count(struct reading *reading, const tsmp_view *view)
{
    struct tally *tally = &reading->text->tally;
    for (uint64_t i = 0; i < view->record_count; i++) {
        const tsmp_record *record = &view->records[i];
        tally->kinds[record->kind & 255u]++;
        if (record->kind != TSMP_KIND_BLANK)
            tally->formats[record->format & 255u]++;
        tally->not_text += record->why == TSMP_WHY_NOT_TEXT;
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

static tsmp_reader *new_reader(struct reading *reading, int index)
{
    const struct options *options = reading->options;
    tsmp_options known = reading->known;
    tsmp_reader *reader;
    known.first_offset = reading->offset;
    known.first_line = reading->line;
    int32_t status = tsmp_reader_new(&known, NULL, &reader);
    if (status != TSMP_OK) {
        fail(reading, index, status == TSMP_E_NOMEM ? "no memory"
                             : status == TSMP_E_MISUSE ? "the library does not take these options together"
                                                       : "the library was built without this encoding");
        return NULL;
    }
    if (add_languages(options, reader) != TSMP_OK) {
        fail(reading, index, tsmp_reader_error(reader));
        tsmp_reader_free(reader);
        return NULL;
    }
    for (size_t i = 0; i < options->pattern_count; i++) {
        const char *equals = strchr(options->patterns[i], '=');
        char name[65] = "";
        size_t n = (size_t)(equals - options->patterns[i]);
        memcpy(name, options->patterns[i], n < sizeof name - 1 ? n : sizeof name - 1);
        if (tsmp_reader_add_pattern(reader, name, equals + 1, strlen(equals + 1)) != TSMP_OK) {
            fail(reading, index, tsmp_reader_error(reader));
            tsmp_reader_free(reader);
            return NULL;
        }
    }
    return reader;
}

static struct chunk *take_chunk(struct reading *reading)
{
    struct chunk *chunk = reading->spare;
    reading->spare = NULL;
    if (chunk == NULL)
        chunk = malloc(sizeof *chunk);
    if (chunk != NULL)
        chunk->reading = reading;
    return chunk;
}

static void give_back(void *context)
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

/* What the source still has, at most `left` bytes, lent piece by piece. */
static int32_t read_rest(struct reading *reading, int index, tsmp_reader *reader, uint64_t left,
                         bool *good)
{
    struct source *source = reading->parts[index].source;
    int32_t status = TSMP_OK;
    while (status == TSMP_OK && left > 0) {
        struct chunk *chunk = take_chunk(reading);
        if (chunk == NULL)
            return TSMP_E_NOMEM;
        long n = source_read(source, chunk->bytes, left < CHUNK ? (size_t)left : CHUNK);
        if (n <= 0) {
            give_back(chunk);
            if (n < 0)
                *good = fail(reading, index, source_error(source));
            return TSMP_OK;
        }
        left -= (uint64_t)n;
        reading->text->tally.bytes += (uint64_t)n;
        status = tsmp_reader_lend(reader, chunk->bytes, (uint64_t)n, give_back, chunk);
        if (status != TSMP_OK)
            give_back(chunk);
        else
            status = give(reading, reader);
    }
    return status;
}

/* One part from its byte `from` on, `length` bytes of it at most, through a reader of its own. */
static bool read_stretch(struct reading *reading, int index, uint64_t from, uint64_t length)
{
    struct part *part = &reading->parts[index];
    tsmp_reader *reader = new_reader(reading, index);
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
        good = fail(reading, index, source_error(part->source));
    if (good && status == TSMP_OK && !part->whole)
        status = read_rest(reading, index, reader, left, &good);
    if (status == TSMP_OK)
        status = tsmp_reader_end(reader);
    if (status == TSMP_OK)
        status = give(reading, reader);
    tsmp_reader_free(reader);
    if (status < 0)
        fail(reading, index, "no memory");
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
        return fail(reading, 0, "was written to while it was read; read it again");
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
            return fail(reading, i, error);
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

bool read_text(struct text *text, const struct options *options, const struct sink *sink)
{
    struct reading reading = {.text = text, .options = options, .sink = *sink, .line = 1,
                              .known = options->reader};
    text->error[0] = '\0';
    if (text->count > MAX_JOINED)
        return fail(&reading, MAX_JOINED, "is one file too many for --joined");
    bool good = open_parts(&reading);
    for (int i = 0; good && i < text->count; i++)
        good = fill_head(&reading, i);
    good = good && probe(&reading);
    /* A text that may have to be counted, joined or put in order is looked at record by record. */
    text->pulled = sink->pull != NULL && good && text->count == 1 && text->repeats &&
                   !reading.continued;
    text->known = reading.known;
    text->tally.transcoded = has_mark(&reading.parts[0]) || options->reader.encoding != 0;
    if (good && text->wrapped) {
        good = read_wrapped(&reading);
    } else {
        /* What was read before an error is looked at all the same: bad news in it is true. */
        for (int i = 0; i < text->count && reading.parts[i].source != NULL; i++) {
            reading.parts[i].whole |= text->error[0] != '\0';
            good &= read_stretch(&reading, i, 0, UINT64_MAX);
        }
        if (good && reading.marker_last && reading.markers_inside > 0)
            good = fail(&reading, 0, "wraps (SCHEDLOGMAX), and its order could not be found; read "
                        "it alone and from a plain file");
    }
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
    text->tally = seen.tally;
}
