/* SPDX-License-Identifier: BSD-2-Clause */
#include "altered.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

bool was_there(const struct base *base, const char *key)
{
    for (size_t i = 0; i < base->whole.judged_count; i++)
        if (strcmp(base->whole.judged[i].key, key) == 0)
            return true;
    return false;
}

void not_better(struct base *base, const char *bytes, size_t length, int floor,
                       const char *what, size_t at)
{
    reading_make(&base->other, base->input->name, bytes, length, &base->setup, READING_WHOLE,
                 WANT_JUDGED);
    for (size_t i = 0; i < base->other.judged_count; i++) {
        const struct judged *judged = &base->other.judged[i];
        int now = standing_level(judged->standing.verdict), before = reading_best(&base->whole, judged->key);
        /* runs of no name can't be told apart */
        bool nameless = strcmp(judged->key, " @ ") == 0;
        if (now > before && now > (nameless ? RUNNING_IS_FAIR : floor))
            fail_msg("%s: %s at %zu makes run '%s' %s", base->input->name, what, at, judged->key,
                     tsmp_name("verdict", judged->standing.verdict));
    }
}

void not_lost(struct base *base, uint64_t removed, unsigned excuse, const char *what, size_t at,
                     const struct text *printed)
{
    const struct judged *lost = reading_lost(&base->whole, &base->other, removed, excuse);
    if (lost != NULL)
        fail_msg("%s: %s at %zu, and run '%s' is not %s for what made it so any more; printed was:\n%.*s",
                 base->input->name, what, at, lost->key, tsmp_name("verdict", lost->standing.verdict),
                 printed != NULL ? (int)printed->length : 0, printed != NULL ? printed->bytes : "");
}

struct lines lines_of(const struct input *input)
{
    struct lines lines = {calloc(input->bytes.length + 1, sizeof(struct line)), 0};
    tsmp_reader *reader;
    tsmp_batch *batch;
    assert_non_null(lines.items);
    assert_int_equal(tsmp_reader_new(&input->setup.options, NULL, &reader), TSMP_OK);
    assert_int_equal(tsmp_reader_feed(reader, input->bytes.bytes, input->bytes.length), TSMP_OK);
    assert_int_equal(tsmp_reader_end(reader), TSMP_OK);
    uint64_t base = input->setup.options.first_offset;
    while (tsmp_reader_next(reader, &batch) == TSMP_OK) {
        const tsmp_view *view = tsmp_batch_view(batch);
        for (uint64_t i = 0; i < view->record_count; i++) {
            const tsmp_record *record = &view->records[i];
            struct line *line = &lines.items[lines.count++];
            *line = (struct line){.from = (size_t)(record->offset - base),
                                  .to = (size_t)(record->offset - base + record->length),
                                  .kind = record->kind,
                                  .stamp = record->stamp_length,
                                  .stamped = (record->flags & TSMP_FLAG_STAMPED) != 0,
                                  .opens = (record->flags & TSMP_FLAG_OPEN_NAME) != 0};
            for (uint32_t k = 0; k < record->field_count; k++) {
                const tsmp_field *field = &view->fields[record->first_field + k];
                if (field->id == TSMP_FIELD_STATE || field->id == TSMP_FIELD_OUTCOME ||
                    field->id == TSMP_FIELD_BLOCK)
                    line->word = (uint16_t)field->number;
                if (field->id == TSMP_FIELD_RETURN_CODE)
                    line->return_code = field->number;
                if (field->id == TSMP_FIELD_NAME && record->kind == TSMP_KIND_STATISTIC)
                    line->statistic = (uint32_t)field->number;
            }
        }
        tsmp_batch_unref(batch);
    }
    tsmp_reader_free(reader);
    return lines;
}

void over(void **state, void (*property)(struct base *))
{
    const struct documents *documents = *state;
    for (size_t d = 0; d < documents->count; d++) {
        for (size_t i = 0; i < documents->items[d].count; i++) {
            struct base base = {.input = &documents->items[d].inputs[i]};
            base.setup = base.input->setup;
            base.setup.options.batch_records = 16;
            reading_make(&base.whole, base.input->name, base.input->bytes.bytes,
                         base.input->bytes.length, &base.input->setup, READING_WHOLE, WANT_JUDGED);
            if (base.whole.judged_count > 0)
                property(&base);
            reading_free(&base.whole);
            reading_free(&base.other);
        }
    }
}
