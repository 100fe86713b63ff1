/* SPDX-License-Identifier: BSD-2-Clause */
#include "drive.h"

#include "plain.h"
#include "reader.h"

#include <stdlib.h>
#include <string.h>

struct driver {
    const struct plan *plan;
    struct answer *answer;
    tsmp_allocator allocator;
    const tsmp_allocator *given; /* NULL without a heap */
    uint64_t failed;             /* of the heap, when the call began */
    uint64_t tries;
    uint64_t lent;               /* pieces not yet given back */
    uint32_t random;
    tsmp_batch **kept;
    size_t kept_count, kept_capacity;
    tsmp_runs *runs;
    tsmp_regions *regions;
    uint64_t next_offset, next_line, first_offset;
    unsigned char *starts;       /* by input byte: a record begins here */
    bool transcoded;
};

/* ---- calls that may run out of memory -------------------------------------------------------- */

static void before(struct driver *driver)
{
    driver->failed = driver->plan->heap != NULL ? driver->plan->heap->failed : 0;
}

/* Whether to call again. Memory that is refused for good comes back after a few tries, since what
 * is to be shown is that nothing was lost by then. */
static bool again(struct driver *driver, int32_t status)
{
    struct heap *heap = driver->plan->heap;
    if (status != TSMP_E_NOMEM) {
        driver->tries = 0;
        return false;
    }
    CHECK(heap != NULL && heap->failed > driver->failed);
    if (++driver->tries > 3 && heap->fail_count == UINT64_MAX)
        heap->fail_at = 0;
    before(driver);
    return true;
}

/* ---- records --------------------------------------------------------------------------------- */

static void check_text(const struct driver *driver, const tsmp_view *view,
                       const tsmp_record *record)
{
    CHECK(record->text <= view->text_length);
    CHECK(record->text_length <= view->text_length - record->text);
    if (driver->transcoded)
        return;
    const char *from = driver->plan->bytes + (record->offset - driver->first_offset);
    const char *text = view->text + record->text;
    uint64_t length = record->text_length, end = record->length, begin;
    if (end > 0 && from[end - 1] == '\n')
        end -= end > 1 && from[end - 2] == '\r' ? 2 : 1;
    CHECK(length <= end);
    begin = end - length;
    CHECK(length == 0 || memcmp(from + begin, text, (size_t)length) == 0);
    CHECK(length == 0 || memchr(text, '\n', (size_t)length) == NULL);
    if ((record->flags & TSMP_FLAG_BOM) != 0) {
        CHECK(begin >= 3 && memcmp(from, "\xEF\xBB\xBF", 3) == 0);
        from += 3;
        begin -= 3;
    }
    CHECK(begin == 0 || (record->flags & TSMP_FLAG_PREFIXED) != 0);
    while (begin > 0) /* the marks of a paste */
        CHECK(strchr("> #\t", from[--begin]) != NULL);
}

static void check_field(const struct driver *driver, const tsmp_batch *batch,
                        const tsmp_record *record, const tsmp_field *field)
{
    if ((field->flags & TSMP_FLAG_JOINED) == 0) {
        CHECK(field->text >= record->text);
        CHECK(field->text - record->text <= record->text_length);
        CHECK(field->length <= record->text_length - (field->text - record->text));
    }
    CHECK(tsmp_batch_field_name(batch, field->id) != NULL);
    CHECK(tsmp_name("type", field->type) != NULL);
    if (field->type == TSMP_TYPE_OFFSET) {
        uint64_t of = (uint64_t)field->number;
        CHECK(of < record->offset && of >= driver->first_offset);
        CHECK(driver->starts[of - driver->first_offset]);
    }
}

/* Whether the record's bytes end with a newline; in UTF-16 that is a unit of two bytes. */
static bool ends_line(const struct driver *driver, const tsmp_record *record)
{
    const char *bytes = driver->plan->bytes;
    const char *end = bytes + (driver->next_offset - driver->first_offset);
    uint32_t encoding = driver->plan->options.encoding;
    bool little = encoding == TSMP_ENCODING_UTF_16LE, big = encoding == TSMP_ENCODING_UTF_16BE;
    if (!little && !big && driver->plan->length >= 2) { /* else its mark tells */
        little = memcmp(bytes, "\xFF\xFE", 2) == 0;
        big = memcmp(bytes, "\xFE\xFF", 2) == 0;
    }
    if (!little && !big)
        return end[-1] == '\n';
    return (record->flags & TSMP_FLAG_NO_NEWLINE) == 0 && record->length >= 2 &&
           end[big ? -1 : -2] == '\n' && end[big ? -2 : -1] == '\0';
}

static void take_record(struct driver *driver, const tsmp_batch *batch, const tsmp_record *record)
{
    const tsmp_view *view = tsmp_batch_view(batch);
    const struct plan *plan = driver->plan;
    struct notes *notes = &driver->answer->records;
    uint64_t end = driver->first_offset + plan->length;
    CHECK(record->offset == driver->next_offset);
    CHECK(record->length > 0 && record->length <= end - record->offset);
    CHECK(record->line == driver->next_line);
    CHECK(tsmp_name("kind", record->kind) != NULL);
    CHECK(tsmp_name("format", record->format) != NULL);
    CHECK(tsmp_name("why", record->why) != NULL);
    CHECK(record->stamp_length <= record->text_length);
    CHECK(record->first_field <= view->field_count);
    CHECK(record->field_count <= view->field_count - record->first_field);
    driver->transcoded = (record->flags & TSMP_FLAG_TRANSCODED) != 0;
    check_text(driver, view, record);
    driver->starts[record->offset - driver->first_offset] = 1;
    size_t at = note_begin(notes);
    const uint64_t numbers[] = {record->offset, record->length, record->line,
                                (uint64_t)record->time, record->field_count, record->flags,
                                record->kind, record->format, record->why, record->stamp_length};
    note_bytes(notes, numbers, sizeof numbers);
    note_text(notes, view->text + record->text, record->text_length);
    for (uint32_t i = 0; i < record->field_count; i++) {
        const tsmp_field *field = (const void *)((const char *)view->fields +
                                  (size_t)(record->first_field + i) * view->field_stride);
        check_field(driver, batch, record, field);
        /* Names that the text or a pattern brings get their ids as memory allows. */
        bool own = field->id >= TSMP_FIELD_CUSTOM;
        const char *name = tsmp_batch_field_name(batch, field->id);
        note_text(notes, own ? name : "", own ? strlen(name) : 0);
        const uint64_t values[] = {field->text - record->text, field->length,
                                   own ? TSMP_FIELD_CUSTOM : field->id, field->type, (uint64_t)field->power, (uint64_t)field->number,
                                   field->flags};
        note_bytes(notes, values, sizeof values);
    }
    note_end(notes, at);
    driver->next_offset += record->length;
    driver->next_line += ends_line(driver, record);
}

static void take_batch(struct driver *driver, const tsmp_batch *batch)
{
    const tsmp_view *view = tsmp_batch_view(batch);
    uint64_t most = driver->plan->options.batch_records;
    CHECK(view->size >= sizeof *view && view->record_stride >= sizeof(tsmp_record) &&
          view->field_stride >= sizeof(tsmp_field));
    /* Lines that make one record stay together, also where a batch has no room for them. */
    most = most == 0 ? 512 : most < 128 ? 128 : most;
    CHECK(view->record_count > 0 && view->record_count <= most);
    for (uint64_t i = 0; i < view->record_count; i++)
        take_record(driver, batch, (const void *)((const char *)view->records +
                                                  i * view->record_stride));
}

/* ---- runs ------------------------------------------------------------------------------------ */

static void check_verdict(const struct driver *driver, const tsmp_run_view *run,
                          const tsmp_verdict_view *verdict)
{
    CHECK(tsmp_name("verdict", verdict->verdict) != NULL);
    CHECK(tsmp_name("claim", verdict->claim) != NULL);
    CHECK(run->first_line <= run->last_line && run->first_offset <= run->end_offset);
    CHECK(run->end_offset <= driver->first_offset + driver->plan->length);
    uint32_t most = driver->plan->runs_options.max_volumes;
    CHECK(most == 0 || run->volume_count <= most);
    uint32_t all = TSMP_PROOF_CLOSED | TSMP_PROOF_VOLUMES | TSMP_PROOF_SUMMARY;
    if (verdict->verdict == TSMP_VERDICT_COMPLETE)
        CHECK((verdict->proof & all) == all || (run->action == TSMP_WORD_COMMAND &&
                                                (verdict->proof & TSMP_PROOF_CLOSED) != 0));
    for (uint64_t i = 0; i < verdict->evidence_count; i++) {
        const tsmp_evidence *evidence =
            (const void *)((const char *)verdict->evidence + i * verdict->evidence_stride);
        CHECK(tsmp_name("evidence", evidence->id) != NULL);
        CHECK(evidence->strength <= 5);
        for (uint64_t k = 0; k < evidence->line_count; k++)
            CHECK(evidence->lines[k] > 0);
    }
}

static void judge(struct driver *driver, tsmp_run *run)
{
    tsmp_verdict *verdict = NULL;
    int32_t status;
    before(driver);
    do {
        status = tsmp_judge(run, NULL, driver->given, &verdict);
        CHECK(status == TSMP_OK || (status == TSMP_E_NOMEM && verdict == NULL));
    } while (again(driver, status));
    const tsmp_run_view *view = tsmp_run_view_of(run);
    const tsmp_verdict_view *judged = tsmp_verdict_view_of(verdict);
    check_verdict(driver, view, judged);
    note_run(&driver->answer->verdicts, view, judged);
    driver->answer->worst = tsmp_verdict_worse(driver->answer->worst, judged->verdict);
    note_judged(driver->answer, view, judged->verdict);
    tsmp_verdict_free(verdict);
    tsmp_run_free(run);
}

static void runs_spent(struct driver *driver)
{
    tsmp_run *run;
    CHECK(tsmp_runs_end(driver->runs) == TSMP_E_MISUSE);
    while (tsmp_runs_next(driver->runs, &run) == TSMP_OK)
        tsmp_run_free(run);
    tsmp_runs_free(driver->runs);
    driver->runs = NULL;
    driver->answer->verdicts_good = false;
}

/* `batch` NULL: no more of them. */
static void give_runs(struct driver *driver, const tsmp_batch *batch)
{
    if (driver->runs == NULL)
        return;
    before(driver);
    int32_t status = batch != NULL ? tsmp_runs_add(driver->runs, batch)
                                   : tsmp_runs_end(driver->runs);
    if (again(driver, status)) {
        runs_spent(driver);
        return;
    }
    CHECK(status == TSMP_OK);
    tsmp_run *run = NULL;
    while ((status = tsmp_runs_next(driver->runs, &run)) == TSMP_OK)
        judge(driver, run);
    CHECK(status == (batch != NULL ? TSMP_MORE : TSMP_END) && run == NULL);
}

/* ---- regions --------------------------------------------------------------------------------- */

/* `batch` NULL: no more of them; then they must tile the input. */
static void give_regions(struct driver *driver, const tsmp_batch *batch)
{
    struct answer *answer = driver->answer;
    if (driver->regions == NULL)
        return;
    before(driver);
    int32_t status = batch != NULL ? tsmp_regions_add(driver->regions, batch)
                                   : tsmp_regions_end(driver->regions);
    if (again(driver, status)) {
        answer->regions_good = false;
    } else {
        CHECK(status == TSMP_OK);
    }
    if (answer->regions_good && batch != NULL)
        return;
    uint64_t next = driver->first_offset;
    tsmp_region region = {.size = sizeof region};
    for (uint64_t i = 0; answer->regions_good &&
                         tsmp_regions_get(driver->regions, i, &region) == TSMP_OK; i++) {
        size_t at = note_begin(&answer->regions);
        CHECK(region.offset == next && region.length > 0 && region.records >= region.unknown);
        CHECK(tsmp_name("format", region.format) != NULL && tsmp_name("clue", region.clue) != NULL);
        next = region.offset + region.length;
        note_bytes(&answer->regions, &region, sizeof region);
        note_end(&answer->regions, at);
    }
    CHECK(!answer->regions_good || tsmp_regions_left(driver->regions) > 0 ||
          next == driver->next_offset);
    tsmp_regions_free(driver->regions);
    driver->regions = NULL;
}

/* ---- input ----------------------------------------------------------------------------------- */

struct lent {
    struct driver *driver;
    char *bytes;
};

static void give_back(void *context)
{
    struct lent *lent = context;
    CHECK(lent->driver->lent > 0);
    lent->driver->lent--;
    free(lent->bytes);
    free(lent);
}

static uint32_t roll(struct driver *driver)
{
    uint32_t x = driver->random; /* xorshift: same answer everywhere */
    x ^= x << 13;
    x ^= x >> 17;
    x ^= x << 5;
    return driver->random = x;
}

static size_t piece_length(struct driver *driver, size_t left)
{
    size_t chunk = driver->plan->chunk;
    if (driver->plan->jitter != 0)
        chunk = roll(driver) % (chunk + 1);
    else if (chunk == 0)
        return left;
    return chunk < left ? chunk : left;
}

/* Each piece lies in a block of its own exact size, freed as soon as it may be. */
static void give_piece(struct driver *driver, tsmp_reader *reader, const char *from, size_t length)
{
    bool lend = driver->plan->way == WAY_LEND ||
                (driver->plan->way == WAY_MIXED && (roll(driver) & 1) != 0);
    int32_t status;
    char *bytes = malloc(length > 0 ? length : 1);
    CHECK(bytes != NULL);
    if (length > 0)
        memcpy(bytes, from, length);
    before(driver);
    if (!lend) {
        do {
            status = tsmp_reader_feed(reader, bytes, length);
        } while (again(driver, status));
        CHECK(status == TSMP_OK);
        free(bytes);
        return;
    }
    struct lent *lent = malloc(sizeof *lent);
    CHECK(lent != NULL);
    *lent = (struct lent){driver, bytes};
    driver->lent++;
    uint64_t out = driver->lent;
    do {
        status = tsmp_reader_lend(reader, bytes, length, give_back, lent);
        CHECK(status == TSMP_OK || driver->lent == out);
    } while (again(driver, status));
    CHECK(status == TSMP_OK);
}

static void keep(struct driver *driver, tsmp_batch *batch)
{
    if (driver->kept_count == driver->kept_capacity) {
        driver->kept_capacity = driver->kept_capacity * 2 + 16;
        driver->kept = realloc(driver->kept, driver->kept_capacity * sizeof(tsmp_batch *));
        CHECK(driver->kept != NULL);
    }
    driver->kept[driver->kept_count++] = batch;
}

static void take_runs(struct driver *driver)
{
    tsmp_run *run = NULL;
    while (tsmp_runs_next(driver->runs, &run) == TSMP_OK)
        judge(driver, run);
}

static void take_all(struct driver *driver, tsmp_reader *reader, int32_t last)
{
    int32_t pulled;
    while (driver->plan->pull && (pulled = tsmp_runs_pull(driver->runs, reader)) != last) {
        CHECK(pulled == TSMP_OK);
        take_runs(driver);
    }
    while (!driver->plan->pull) {
        tsmp_batch *batch = NULL;
        before(driver);
        int32_t status = tsmp_reader_next(reader, &batch);
        if (again(driver, status))
            continue;
        if (status == TSMP_OK && driver->plan->late) {
            keep(driver, batch);
        } else if (status == TSMP_OK) {
            take_batch(driver, batch);
            give_regions(driver, batch);
            give_runs(driver, batch);
            tsmp_batch_unref(batch);
        } else {
            CHECK(status == last && batch == NULL);
            return;
        }
    }
}

/* The widest that there is, though no input is long enough to be worth it. */
static enum plain_way hot_way(void)
{
    static enum plain_way way = PLAIN_UNASKED;
    if (way == PLAIN_UNASKED)
        way = plain_is_wide() ? PLAIN_IS_WIDE : PLAIN_IS_NARROW;
    return way;
}

static tsmp_reader *make_reader(struct driver *driver)
{
    const struct plan *plan = driver->plan;
    tsmp_options options = plan->options;
    tsmp_reader *reader = NULL;
    int32_t status;
    if (plan->probe) {
        tsmp_probe_result found = {.size = sizeof found};
        before(driver);
        do {
            status = tsmp_probe(plan->bytes, plan->length, driver->given, &found);
        } while (again(driver, status));
        CHECK(status == TSMP_OK);
        options.size = sizeof options;
        if ((found.date_order & (found.date_order - 1)) == 0)
            options.date_order = found.date_order;
        options.decimal = found.decimal;
        options.format = found.format;
        CHECK(found.wrap_offset <= plan->length);
    }
    before(driver);
    do {
        status = tsmp_reader_new(options.size > 0 ? &options : NULL, driver->given, &reader);
    } while (again(driver, status));
    if (status == TSMP_E_ENCODING) { /* not on this system: then as it is */
        options.encoding = 0;
        status = tsmp_reader_new(&options, NULL, &reader);
    }
    CHECK(status == TSMP_OK);
    reader->ordinary = plan->ordinary;
    reader->way = hot_way();
    before(driver);
    if (plan->language) {
        const char *table = tsmp_language_template();
        do {
            status = tsmp_reader_add_language(reader, table, strlen(table));
        } while (again(driver, status));
        CHECK(status == TSMP_OK);
    }
    for (size_t i = 0; i < plan->pattern_count; i++) {
        const struct pattern_text *pattern = &plan->patterns[i];
        before(driver);
        do {
            status = tsmp_reader_add_pattern(reader, pattern->name, pattern->pattern,
                                             pattern->length);
        } while (again(driver, status));
        CHECK(status == TSMP_OK || status == TSMP_E_PATTERN);
        CHECK(status == TSMP_OK || tsmp_reader_error(reader)[0] != '\0');
        driver->answer->refused |= status == TSMP_E_PATTERN;
    }
    return reader;
}

static void read_all(struct driver *driver, tsmp_reader *reader)
{
    const struct plan *plan = driver->plan;
    for (size_t at = 0; at < plan->length;) {
        size_t length = piece_length(driver, plan->length - at);
        give_piece(driver, reader, plan->bytes + at, length);
        at += length;
        if (!plan->late)
            take_all(driver, reader, TSMP_MORE);
    }
    int32_t status;
    before(driver);
    do {
        status = tsmp_reader_end(reader);
    } while (again(driver, status));
    CHECK(status == TSMP_OK);
    take_all(driver, reader, TSMP_END);
    tsmp_reader_free(reader);
    for (size_t i = 0; i < driver->kept_count; i++) { /* the reader is gone: batches live on */
        take_batch(driver, driver->kept[i]);
        give_regions(driver, driver->kept[i]);
        give_runs(driver, driver->kept[i]);
        tsmp_batch_unref(driver->kept[i]);
    }
    CHECK(plan->pull || driver->next_offset == driver->first_offset + plan->length);
    CHECK(driver->lent == 0);
    give_regions(driver, NULL);
    give_runs(driver, NULL);
}

void drive(const struct plan *plan, struct answer *answer)
{
    struct driver driver = {.plan = plan, .answer = answer, .random = plan->jitter | 1};
    *answer = (struct answer){.records_good = !plan->pull, .verdicts_good = !plan->no_runs,
                               .regions_good = !plan->no_runs && !plan->pull};
    if (plan->heap != NULL) {
        driver.allocator = heap_allocator(plan->heap);
        driver.given = &driver.allocator;
    }
    driver.first_offset = driver.next_offset = plan->options.first_offset;
    driver.next_line = plan->options.first_line > 0 ? plan->options.first_line : 1;
    driver.starts = calloc(plan->length + 1, 1);
    CHECK(driver.starts != NULL);
    if (!plan->no_runs) {
        int32_t status;
        before(&driver);
        do {
            status = tsmp_runs_new(plan->runs_options.size > 0 ? &plan->runs_options : NULL,
                                   driver.given, &driver.runs);
        } while (again(&driver, status));
        CHECK(status == TSMP_OK);
    }
    if (!plan->no_runs && !plan->pull) {
        int32_t status;
        before(&driver);
        do {
            status = tsmp_regions_new(5, driver.given, &driver.regions);
        } while (again(&driver, status));
        CHECK(status == TSMP_OK);
    }
    read_all(&driver, make_reader(&driver));
    tsmp_regions_free(driver.regions);
    tsmp_runs_free(driver.runs);
    free(driver.kept);
    free(driver.starts);
    CHECK(plan->heap == NULL || (plan->heap->live == 0 && plan->heap->bytes == 0));
}
