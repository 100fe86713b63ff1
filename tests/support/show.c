/* SPDX-License-Identifier: BSD-2-Clause */
#include "show.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CHECK(showing, record, condition, why)                                                 \
    do {                                                                                       \
        if (!(condition))                                                                      \
            fail_msg("%s: line %llu, offset %llu: %s", (showing)->name,                        \
                     (unsigned long long)(record)->line, (unsigned long long)(record)->offset, why); \
    } while (0)

static const char *name_of(const char *group, uint32_t id)
{
    const char *name = tsmp_name(group, id);
    return name != NULL ? name : "?";
}

void show_time(struct text *to, int64_t microseconds)
{
    int64_t seconds = microseconds / 1000000, days = seconds / 86400, left = seconds % 86400;
    if (left < 0) {
        left += 86400;
        days--;
    }
    /* Counted up from 1970 by whole years: slow, and nothing of the library's own way. */
    int64_t year = 1970;
    for (;;) {
        bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
        int64_t n = leap ? 366 : 365;
        if (days >= n) {
            days -= n;
            year++;
        } else if (days < 0) {
            year--;
            leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
            days += leap ? 366 : 365;
        } else
            break;
    }
    bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    static const int months[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    int month = 0;
    while (days >= months[month] + (month == 1 && leap)) {
        days -= months[month] + (month == 1 && leap);
        month++;
    }
    char out[64];
    snprintf(out, sizeof out, "%04d-%02d-%02dT%02d:%02d:%02d", (int)year, month + 1, (int)days + 1,
             (int)(left / 3600), (int)(left / 60 % 60), (int)(left % 60));
    text_put(to, out);
}

/* ---- invariants ------------------------------------------------------------------------------ */

static void check_field(const struct showing *showing, const tsmp_batch *batch,
                        const tsmp_record *record, const tsmp_field *field)
{
    const char *name = tsmp_batch_field_name(batch, field->id);
    CHECK(showing, record, name != NULL, "a field without a name");
    CHECK(showing, record, tsmp_name("type", field->type) != NULL, "a field without a type");
    CHECK(showing, record, field->reserved == 0, "reserved is not zero");
    if ((field->flags & TSMP_FLAG_JOINED) == 0) {
        CHECK(showing, record, field->text >= record->text, "a span before its record");
        CHECK(showing, record,
              field->text + field->length <= record->text + record->text_length,
              "a span behind its record");
    } else {
        CHECK(showing, record,
              field->text + field->length <= tsmp_batch_view(batch)->text_length,
              "a joined span outside the batch");
    }
    if (field->type == TSMP_TYPE_WORD && field->id != TSMP_FIELD_NAME)
        CHECK(showing, record, tsmp_name("word", (uint32_t)field->number) != NULL,
              "a word that has no name");
    if (field->type == TSMP_TYPE_OFFSET)
        CHECK(showing, record, (uint64_t)field->number < record->offset,
              "continues a record that is not before it");
}

/* What is looked at once per input; the readings that follow must give the same bytes. */
static void check_names(const struct showing *showing, const tsmp_batch *batch,
                        const tsmp_record *record)
{
    uint32_t known = 0;
    for (unsigned bit = 0; bit < 32; bit++)
        if (tsmp_name("flag", 1u << bit) != NULL)
            known |= 1u << bit;
    CHECK(showing, record, tsmp_name("kind", record->kind) != NULL, "a kind without a name");
    CHECK(showing, record, tsmp_name("format", record->format) != NULL, "a format without a name");
    CHECK(showing, record, tsmp_name("why", record->why) != NULL, "a reason without a name");
    CHECK(showing, record, (record->flags & ~known) == 0, "a flag without a name");
    CHECK(showing, record, record->kind != TSMP_KIND_UNKNOWN || record->why != TSMP_WHY_NONE,
          "unknown without a reason");
    const tsmp_field *fields = tsmp_batch_view(batch)->fields;
    for (uint32_t i = 0; i < record->field_count; i++)
        check_field(showing, batch, record, &fields[record->first_field + i]);
}

static void check_bytes(const struct showing *showing, const tsmp_view *view,
                        const tsmp_record *record, const char *bytes)
{
    if ((record->flags & TSMP_FLAG_TRANSCODED) != 0)
        return;
    size_t bom = (record->flags & TSMP_FLAG_BOM) != 0 ? 3 : 0;
    const char *start = bytes + (record->offset - showing->base);
    size_t end = (size_t)record->length;
    CHECK(showing, record, record->text_length <= record->length, "more text than bytes");
    if ((record->flags & TSMP_FLAG_PREFIXED) != 0) { /* then the text ends where the line does */
        end -= start[end - 1] == '\n';
        end -= end > 0 && start[end - 1] == '\r' && start[end] == '\n';
        CHECK(showing, record, bom + record->text_length < end, "a prefix of no bytes");
        bom = end - record->text_length;
    }
    start += bom;
    CHECK(showing, record,
          record->text_length == 0 ||
              memcmp(view->text + record->text, start, record->text_length) == 0,
          "the text is not the bytes at its offset");
}

/* Whether the record's bytes end with a newline; in UTF-16 that is a unit of two bytes. */
static bool ends_line(const struct showing *showing, const tsmp_record *record, const char *bytes)
{
    const char *end = bytes + (record->offset - showing->base) + record->length;
    bool little = showing->encoding == TSMP_ENCODING_UTF_16LE;
    bool big = showing->encoding == TSMP_ENCODING_UTF_16BE;
    if (!little && !big && showing->length >= 2) { /* else its mark tells */
        little = memcmp(bytes, "\xFF\xFE", 2) == 0;
        big = memcmp(bytes, "\xFE\xFF", 2) == 0;
    }
    if (!little && !big)
        return end[-1] == '\n';
    return (record->flags & TSMP_FLAG_NO_NEWLINE) == 0 && record->length >= 2 &&
           end[big ? -1 : -2] == '\n' && end[big ? -2 : -1] == '\0';
}

static void next_place(struct showing *showing, const tsmp_record *record, const char *bytes)
{
    showing->offset = record->offset + record->length;
    showing->line = record->line + ends_line(showing, record, bytes);
    if (showing->place_count == showing->place_capacity) {
        showing->place_capacity = showing->place_capacity * 2 + 64;
        showing->places = realloc(showing->places, showing->place_capacity * sizeof *showing->places);
        if (showing->places == NULL)
            exit(99);
    }
    showing->places[showing->place_count].offset = record->offset;
    showing->places[showing->place_count++].line = record->line;
}

void show_check(struct showing *showing, const tsmp_batch *batch, const tsmp_record *record,
                const char *bytes, bool deep)
{
    const tsmp_view *view = tsmp_batch_view(batch);
    CHECK(showing, record, record->offset == showing->offset, "records do not tile the input");
    CHECK(showing, record, record->length > 0, "an empty record");
    CHECK(showing, record, record->line == showing->line, "not the line number that was next");
    CHECK(showing, record, record->text + record->text_length <= view->text_length,
          "text outside its batch");
    CHECK(showing, record, record->stamp_length <= record->text_length, "a stamp outside its record");
    CHECK(showing, record, record->first_field == showing->fields, "fields are not in a row");
    showing->fields = record->first_field + (uint64_t)record->field_count;
    CHECK(showing, record, showing->fields <= view->field_count, "fields outside the batch");
    check_bytes(showing, view, record, bytes);
    if (deep)
        check_names(showing, batch, record);
    next_place(showing, record, bytes);
}

/* ---- records for people ------------------------------------------------------------------------ */

static void decimal(struct text *to, int64_t number, int power)
{
    char digits[32];
    uint64_t size = number < 0 ? (uint64_t)0 - (uint64_t)number : (uint64_t)number;
    int n = snprintf(digits, sizeof digits, "%0*llu", 1 - power, (unsigned long long)size);
    text_put(to, number < 0 ? "-" : "");
    text_add(to, digits, (size_t)(n + power));
    if (power < 0) {
        text_put(to, ".");
        text_add(to, digits + n + power, (size_t)-power);
    }
}

static void flags_of(struct text *to, uint32_t flags, uint32_t leave_out)
{
    for (unsigned bit = 0; bit < 32; bit++) {
        if ((flags & ~leave_out & 1u << bit) == 0)
            continue;
        text_put(to, " +");
        text_put(to, name_of("flag", 1u << bit));
    }
}

static void show_field(const struct showing *showing, const tsmp_batch *batch,
                       const tsmp_record *record, const tsmp_field *field, struct text *to)
{
    const tsmp_view *view = tsmp_batch_view(batch);
    const char *bytes = view->text + field->text;
    text_put(to, " ");
    const char *name = tsmp_batch_field_name(batch, field->id);
    text_quoted(to, name, strlen(name), true);
    text_put(to, "=");
    uint32_t flags = field->flags & ~TSMP_FLAG_JOINED;
    if (flags != 0) {
        /* its number must not be used: show what is printed, and why */
        text_quoted(to, bytes, field->length, field->type == TSMP_TYPE_TEXT);
        for (unsigned bit = 0; bit < 32; bit++) {
            if ((flags & 1u << bit) == 0)
                continue;
            text_put(to, "!");
            text_put(to, name_of("flag", 1u << bit));
        }
        return;
    }
    switch (field->type) {
    case TSMP_TYPE_NUMBER: decimal(to, field->number, field->power); break;
    case TSMP_TYPE_TIME: show_time(to, field->number); break;
    case TSMP_TYPE_WORD:
        if (field->id == TSMP_FIELD_NAME && record->kind == TSMP_KIND_CUSTOM)
            text_put(to, tsmp_batch_field_name(batch, (uint32_t)field->number));
        else
            text_put(to, name_of(field->id == TSMP_FIELD_NAME ? "statistic" : "word",
                                 (uint32_t)field->number));
        break;
    case TSMP_TYPE_OFFSET: {
        uint64_t line = 0;
        for (size_t i = 0; i < showing->place_count; i++)
            if (showing->places[i].offset == (uint64_t)field->number)
                line = showing->places[i].line;
        CHECK(showing, record, line != 0, "continues what is no record");
        text_number(to, line);
        break;
    }
    default: text_quoted(to, bytes, field->length, true); break;
    }
}

static void show_heading(struct showing *showing, const tsmp_record *record, struct text *to)
{
    uint32_t bad = record->flags & (TSMP_FLAG_DATE_AMBIGUOUS | TSMP_FLAG_TIME_IMPOSSIBLE);
    bool timed = (record->flags & TSMP_FLAG_NO_TIME) == 0;
    if (showing->any && showing->format == record->format &&
        (!timed || (showing->time == record->time && showing->time_flags == bad)))
        return;
    text_put(to, "@ ");
    text_put(to, name_of("format", record->format));
    if (timed) {
        text_put(to, " ");
        if (bad != 0)
            flags_of(to, bad, 0);
        else
            show_time(to, record->time);
        showing->time = record->time;
        showing->time_flags = bad;
    }
    text_put(to, "\n");
    showing->format = record->format;
    showing->any = true;
}

void show_record(struct showing *showing, const tsmp_batch *batch, const tsmp_record *record,
                 struct text *to)
{
    const tsmp_view *view = tsmp_batch_view(batch);
    show_heading(showing, record, to);
    text_number(to, record->line);
    text_put(to, (record->flags & TSMP_FLAG_STAMPED) != 0        ? ": "
                 : (record->flags & TSMP_FLAG_TIME_CARRIED) != 0 ? "~ "
                                                                 : "- ");
    text_put(to, name_of("kind", record->kind));
    for (uint32_t i = 0; i < record->field_count; i++)
        show_field(showing, batch, record, &view->fields[record->first_field + i], to);
    if (record->kind == TSMP_KIND_UNKNOWN || record->kind == TSMP_KIND_MORE) {
        text_put(to, " ");
        text_quoted(to, view->text + record->text + record->stamp_length,
                    record->text_length - record->stamp_length, false);
    }
    if (record->why != 0 && record->kind != TSMP_KIND_MORE) {
        text_put(to, " why=");
        text_put(to, name_of("why", record->why));
    }
    flags_of(to, record->flags, TSMP_FLAG_STAMPED | TSMP_FLAG_TIME_CARRIED | TSMP_FLAG_NO_TIME |
                                    TSMP_FLAG_DATE_AMBIGUOUS | TSMP_FLAG_TIME_IMPOSSIBLE);
    text_put(to, "\n");
}

/* ---- exactly ----------------------------------------------------------------------------------- */

void show_exact(const tsmp_view *view, const tsmp_record *record, struct text *to)
{
    tsmp_record copy = *record;
    copy.text = 0; /* where it lies depends on the way */
    copy.first_field = 0;
    text_add(to, &copy, sizeof copy);
    text_add(to, view->text + record->text, record->text_length);
    for (uint32_t i = 0; i < record->field_count; i++) {
        tsmp_field field = view->fields[record->first_field + i];
        bool joined = (field.flags & TSMP_FLAG_JOINED) != 0;
        const char *bytes = view->text + field.text;
        field.text = joined ? 0 : field.text - record->text;
        text_add(to, &field, sizeof field);
        if (joined) /* it stands apart from its record */
            text_add(to, bytes, field.length);
    }
}

/* ---- runs ---------------------------------------------------------------------------------------- */

static void time_or_none(struct text *to, const char *label, int64_t time)
{
    if (time == TSMP_NO_TIME)
        return;
    text_put(to, label);
    show_time(to, time);
}

static void count(struct text *to, const char *label, uint64_t number, bool *any, const char *head)
{
    if (number == 0)
        return;
    if (!*any)
        text_put(to, head);
    *any = true;
    text_put(to, " ");
    text_put(to, label);
    text_put(to, "=");
    text_number(to, number);
}

static void show_volumes(const tsmp_run_view *run, struct text *to)
{
    for (uint64_t i = 0; i < run->volume_count; i++) {
        const tsmp_volume *volume =
            (const tsmp_volume *)(const void *)((const char *)run->volumes + i * run->volume_stride);
        text_put(to, "  volume ");
        text_quoted(to, volume->name.bytes, (size_t)volume->name.length, true);
        text_put(to, " ");
        text_put(to, name_of("word", volume->outcome));
        text_put(to, " lines=");
        text_number(to, volume->begin_line);
        text_put(to, "-");
        text_number(to, volume->end_line);
        if (volume->failures > 0) {
            text_put(to, " failures=");
            text_number(to, volume->failures);
        }
        text_put(to, (volume->flags & 2) != 0 ? " journal\n" : "\n");
    }
}

static void show_verdict(const tsmp_verdict_view *verdict, struct text *to)
{
    for (uint64_t i = 0; i < verdict->evidence_count; i++) {
        const tsmp_evidence *evidence = (const tsmp_evidence *)(const void *)(
            (const char *)verdict->evidence + i * verdict->evidence_stride);
        text_put(to, "  evidence ");
        text_put(to, name_of("evidence", evidence->id));
        text_put(to, evidence->line_count > 0 ? " lines=" : "");
        for (uint64_t k = 0; k < evidence->line_count; k++) {
            text_put(to, k > 0 ? "," : "");
            text_number(to, evidence->lines[k]);
        }
        text_put(to, "\n");
    }
    text_put(to, "  verdict ");
    text_put(to, name_of("verdict", verdict->verdict));
    text_put(to, " claim=");
    text_put(to, name_of("claim", verdict->claim));
    text_put(to, " proof=");
    bool first = true;
    for (unsigned bit = 0; bit < 32; bit++) {
        if ((verdict->proof & 1u << bit) == 0)
            continue;
        text_put(to, first ? "" : ",");
        text_put(to, name_of("proof", 1u << bit));
        first = false;
    }
    text_put(to, first ? "none\n" : "\n");
}

void show_run(const tsmp_run_view *run, const tsmp_verdict_view *verdict, struct text *to)
{
    text_put(to, "run ");
    if (run->interactive)
        text_put(to, "interactive");
    else
        text_quoted(to, run->schedule.bytes, (size_t)run->schedule.length, true);
    time_or_none(to, " scheduled=", run->scheduled);
    if (run->scheduled == TSMP_NO_TIME && run->scheduled_text.length > 0) {
        text_put(to, " scheduled=");
        text_quoted(to, run->scheduled_text.bytes, (size_t)run->scheduled_text.length, false);
    }
    text_put(to, " action=");
    text_put(to, run->action != 0 ? name_of("word", run->action) : "none");
    if (run->node.length > 0) {
        text_put(to, " node=");
        text_quoted(to, run->node.bytes, (size_t)run->node.length, true);
    }
    text_put(to, " lines=");
    text_number(to, run->first_line);
    text_put(to, "-");
    text_number(to, run->last_line);
    text_put(to, "\n");
    if (run->started != TSMP_NO_TIME || run->ended != TSMP_NO_TIME || run->has_return_code ||
        run->attempts > 1) {
        text_put(to, " ");
        time_or_none(to, " started=", run->started);
        time_or_none(to, " ended=", run->ended);
        if (run->has_return_code) {
            text_put(to, " return_code=");
            decimal(to, run->return_code, 0);
        }
        if (run->attempts > 1) {
            text_put(to, " attempts=");
            text_number(to, run->attempts);
        }
        text_put(to, "\n");
    }
    show_volumes(run, to);
    bool any = false;
    const char *head = "  counts";
    count(to, "sent", run->sent, &any, head);
    count(to, "updated", run->updated, &any, head);
    count(to, "expired", run->expired, &any, head);
    count(to, "rebound", run->rebound, &any, head);
    count(to, "deleted", run->deleted, &any, head);
    count(to, "failed", run->failed, &any, head);
    count(to, "skipped", run->skipped, &any, head);
    count(to, "retried", run->retried, &any, head);
    count(to, "I", run->informational, &any, head);
    count(to, "W", run->warnings, &any, head);
    count(to, "E", run->errors, &any, head);
    count(to, "S", run->severe, &any, head);
    count(to, "statistics", run->statistic_count, &any, head);
    text_put(to, any ? "\n" : "");
    show_verdict(verdict, to);
}
