/* SPDX-License-Identifier: BSD-2-Clause
 * What the library answered, written down entry by entry so that two answers can be compared. */
#include "drive.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void note_bytes(struct notes *notes, const void *bytes, size_t length)
{
    if (notes->capacity - notes->length < length) {
        notes->capacity = (notes->length + length) * 2 + 4096;
        notes->bytes = realloc(notes->bytes, notes->capacity);
        CHECK(notes->bytes != NULL);
    }
    if (length > 0)
        memcpy(notes->bytes + notes->length, bytes, length);
    notes->length += length;
}

void note_number(struct notes *notes, uint64_t number)
{
    note_bytes(notes, &number, sizeof number);
}

void note_text(struct notes *notes, const char *bytes, uint64_t length)
{
    CHECK(length == 0 || bytes != NULL);
    note_number(notes, length);
    note_bytes(notes, bytes, (size_t)length);
}

/* An entry is its length and then its bytes: so the first one that differs can be found. */
size_t note_begin(struct notes *notes)
{
    size_t at = notes->length;
    note_number(notes, 0);
    return at;
}

void note_end(struct notes *notes, size_t at)
{
    uint64_t length = notes->length - at - sizeof length;
    memcpy(notes->bytes + at, &length, sizeof length);
}

void note_run(struct notes *notes, const tsmp_run_view *run, const tsmp_verdict_view *verdict)
{
    size_t at = note_begin(notes);
    const uint64_t numbers[] = {
        verdict->verdict, verdict->claim, verdict->proof, verdict->evidence_count, run->action,
        (uint64_t)run->scheduled, (uint64_t)run->started, (uint64_t)run->ended, run->claim,
        run->has_return_code, (uint64_t)run->return_code, run->attempts, run->interactive,
        run->first_line, run->last_line, run->first_offset, run->end_offset, run->volume_count,
        run->statistic_count, run->sent, run->updated, run->expired, run->rebound, run->deleted,
        run->failed, run->skipped, run->retried, run->informational, run->warnings, run->errors,
        run->severe};
    note_bytes(notes, numbers, sizeof numbers);
    note_text(notes, run->schedule.bytes, run->schedule.length);
    note_text(notes, run->node.bytes, run->node.length);
    note_text(notes, run->scheduled_text.bytes, run->scheduled_text.length);
    for (uint64_t i = 0; i < run->volume_count; i++) {
        const tsmp_volume *volume =
            (const void *)((const char *)run->volumes + i * run->volume_stride);
        note_text(notes, volume->name.bytes, volume->name.length);
        note_number(notes, volume->outcome);
        note_number(notes, volume->flags);
        note_number(notes, volume->failures);
        note_number(notes, volume->begin_line);
        note_number(notes, volume->end_line);
    }
    for (uint64_t i = 0; i < run->statistic_count; i++) {
        const tsmp_statistic *statistic =
            (const void *)((const char *)run->statistics + i * run->statistic_stride);
        note_number(notes, statistic->name);
        note_number(notes, statistic->unit);
        note_number(notes, (uint64_t)statistic->number);
        note_number(notes, (uint64_t)statistic->power);
        note_number(notes, statistic->flags);
        note_number(notes, statistic->line);
    }
    for (uint64_t i = 0; i < verdict->evidence_count; i++) {
        const tsmp_evidence *evidence =
            (const void *)((const char *)verdict->evidence + i * verdict->evidence_stride);
        note_number(notes, evidence->id);
        note_number(notes, evidence->strength);
        note_text(notes, evidence->text.bytes, evidence->text.length);
        for (uint64_t k = 0; k < evidence->line_count; k++)
            note_number(notes, evidence->lines[k]);
    }
    note_end(notes, at);
}

static void show(const char *whose, const char *entry, size_t length)
{
    fprintf(stderr, "%s:", whose);
    for (size_t i = 0; i < length && i < 1024; i++) {
        unsigned char c = (unsigned char)entry[i];
        fprintf(stderr, c > 0x20 && c < 0x7F ? " %c" : " %02x", c);
    }
    fprintf(stderr, "\n");
}

void notes_equal(const struct notes *one, const struct notes *other, const char *what)
{
    if (one->length == other->length &&
        (one->length == 0 || memcmp(one->bytes, other->bytes, one->length) == 0))
        return;
    size_t at = 0;
    for (size_t entry = 0; at < one->length && at < other->length; entry++) {
        uint64_t length, length2;
        memcpy(&length, one->bytes + at, sizeof length);
        memcpy(&length2, other->bytes + at, sizeof length2);
        const char *a = one->bytes + at + sizeof length, *b = other->bytes + at + sizeof length;
        if (length != length2 || memcmp(a, b, (size_t)length) != 0) {
            fprintf(stderr, "%s %zu (from 0) differs\n", what, entry);
            show("one  ", a, (size_t)length);
            show("other", b, (size_t)length2);
            broken(__FILE__, __LINE__, "two ways, one answer");
        }
        at += sizeof length + (size_t)length;
    }
    fprintf(stderr, "%s: %zu bytes of notes in one way, %zu in the other\n", what, one->length,
            other->length);
    broken(__FILE__, __LINE__, "two ways, one answer");
}

void answers_equal(const struct answer *one, const struct answer *other)
{
    if (one->records_good && other->records_good) {
        CHECK(one->refused == other->refused);
        notes_equal(&one->records, &other->records, "record");
    }
    if (one->regions_good && other->regions_good)
        notes_equal(&one->regions, &other->regions, "region");
    if (one->verdicts_good && other->verdicts_good) {
        notes_equal(&one->verdicts, &other->verdicts, "run");
        CHECK(one->worst == other->worst);
    }
}

void answer_free(struct answer *answer)
{
    free(answer->records.bytes);
    free(answer->verdicts.bytes);
    free(answer->regions.bytes);
    for (size_t i = 0; i < answer->judged_count; i++)
        free(answer->judged[i].key.bytes);
    free(answer->judged);
    *answer = (struct answer){0};
}
