/* SPDX-License-Identifier: BSD-2-Clause
 * What must hold of every record, run and region, whatever the text. */
#include "driver.h"

#include <string.h>

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

/* A pattern alone that cost too much on so many lines is not asked any more, and each line that it would have
 * been asked about says so. */
static void check_limit(struct driver *driver, const tsmp_record *record)
{
    enum { LINES = 100 };
    struct answer *answer = driver->answer;
    if (driver->plan->pattern_count != 1)
        return;
    CHECK(answer->limited < LINES || record->kind != TSMP_KIND_CUSTOM);
    CHECK(answer->limited < LINES || record->kind != TSMP_KIND_UNKNOWN || record->why != TSMP_WHY_NO_RULE);
    if (record->why == TSMP_WHY_PATTERN_LIMIT && answer->limited++ == 0) {
        answer->limited_at = record->offset - driver->first_offset;
        answer->limited_length = record->length;
    }
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
    check_limit(driver, record);
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

void take_batch(struct driver *driver, const tsmp_batch *batch)
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

void judge(struct driver *driver, tsmp_run *run)
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
    note_judged(driver->answer, view, judged);
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

void give_runs(struct driver *driver, const tsmp_batch *batch)
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

void give_regions(struct driver *driver, const tsmp_batch *batch)
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
