/* SPDX-License-Identifier: BSD-2-Clause
 * The summary block: "label: number unit". Columns moved between versions, so the label and the
 * order of the parts decide, never the column. */
#include "line.h"

#include "number.h"

static const struct statistic {
    const char *label;
    uint8_t length;
    uint8_t name;
} statistics[] = {
#define S(text, id) {text, sizeof(text) - 1, TSMP_STATISTIC_##id}
    S("Total number of objects inspected:", OBJECTS_INSPECTED),
    S("Total number of objects assigned:", OBJECTS_ASSIGNED),
    S("Total number of objects backed up:", OBJECTS_BACKED_UP),
    S("Total number of objects archived:", OBJECTS_ARCHIVED),
    S("Total number of objects updated:", OBJECTS_UPDATED),
    S("Total number of objects rebound:", OBJECTS_REBOUND),
    S("Total number of objects deleted:", OBJECTS_DELETED),
    S("Total number of objects expired:", OBJECTS_EXPIRED),
    S("Total number of objects failed:", OBJECTS_FAILED),
    S("Total number of objects encrypted:", OBJECTS_ENCRYPTED),
    S("Total objects deduplicated:", OBJECTS_DEDUPLICATED),
    S("Total number of objects grew:", OBJECTS_GREW),
    S("Total number of objects restored:", OBJECTS_RESTORED),
    S("Total number of objects retrieved:", OBJECTS_RETRIEVED),
    S("Total number of retries:", RETRIES),
    S("Total number of bytes inspected:", BYTES_INSPECTED),
    S("Total number of bytes processed:", BYTES_PROCESSED),
    S("Total number of bytes transferred:", BYTES_TRANSFERRED),
    S("LanFree bytes transferred:", LANFREE_BYTES_TRANSFERRED),
    S("LanFree data bytes:", LANFREE_BYTES_TRANSFERRED),
    S("Total bytes before deduplication:", BYTES_BEFORE_DEDUP),
    S("Total bytes after deduplication:", BYTES_AFTER_DEDUP),
    S("Data transfer time:", DATA_TRANSFER_TIME),
    S("Network data transfer rate:", NETWORK_RATE),
    S("Aggregate data transfer rate:", AGGREGATE_RATE),
    S("Objects compressed by:", COMPRESSED_BY),
    S("Deduplication reduction:", DEDUP_REDUCTION),
    S("Subfile objects reduced by:", SUBFILE_REDUCTION),
    S("Total data reduction ratio:", DATA_REDUCTION),
    S("Elapsed processing time:", ELAPSED_TIME),
    S("Total number of subfile objects:", SUBFILE_OBJECTS),
    S("Data encryption type:", ENCRYPTION_TYPE),
    S("Total number of virtual machines backed up successfully:", VMS_BACKED_UP),
    S("Total number of virtual machines failed:", VMS_FAILED),
    S("Total number of virtual machines processed:", VMS_PROCESSED),
#undef S
};

static bool add_value(struct line *line, uint8_t name, const char *value, size_t n)
{
    struct quantity quantity = {0};
    if (name == TSMP_STATISTIC_ELAPSED_TIME) {
        quantity.number.value = duration_read(value, n);
        quantity.length = quantity.number.value >= 0 ? n : 0;
        quantity.unit = TSMP_WORD_SECONDS;
    } else if (name == TSMP_STATISTIC_ENCRYPTION_TYPE) {
        line_add_text(line, TSMP_FIELD_VALUE, value, n);
        line_add_word(line, TSMP_FIELD_UNIT, TSMP_WORD_TEXT, value + n, 0);
        return true;
    } else {
        quantity = quantity_read(value, n, line->state->decimal);
    }
    if (quantity.length != n)
        return false;
    line_add_number(line, TSMP_FIELD_VALUE, &quantity.number, value, n);
    if (quantity.number.flags != 0)
        line->record->flags |= quantity.number.flags;
    line_add_word(line, TSMP_FIELD_UNIT, quantity.unit, value, n);
    /* What this number proves about the decimal mark helps the next ones. */
    if (line->state->decimal == 0 && quantity.unit != TSMP_WORD_COUNT)
        line->state->decimal = number_decimal_evidence(value, n);
    return true;
}

bool line_statistic(struct line *line)
{
    const char *text = line->text;
    size_t length = trim_end(text, line->length);
    while (length > 0 && (*text == ' ' || *text == '\t'))
        text++, length--;
    for (size_t i = 0; i < sizeof statistics / sizeof *statistics; i++) {
        const struct statistic *s = &statistics[i];
        if (length <= s->length || memcmp(text, s->label, s->length) != 0)
            continue;
        const char *value = text + s->length;
        size_t n = length - s->length;
        while (n > 0 && (*value == ' ' || *value == '\t'))
            value++, n--;
        tsmp_record *record = line->record;
        uint64_t before = line->batch->view.field_count;
        uint32_t flags = record->flags;
        line_add_word(line, TSMP_FIELD_NAME, s->name, text, s->length - 1u);
        if (n > 0 && add_value(line, s->name, value, n)) {
            record->kind = TSMP_KIND_STATISTIC;
            line_add_text(line, TSMP_FIELD_LABEL, text, s->length - 1u);
            return true;
        }
        line->batch->view.field_count = before;
        record->field_count = 0;
        record->flags = flags;
        return false;
    }
    if (!line->state->in_status)
        return false;
    /* The set of lines depends on options and version: what is not known stays a pair. */
    const char *colon = memchr(text, ':', length);
    if (colon == NULL || colon == text)
        return false;
    const char *value = colon + 1;
    size_t n = length - (size_t)(value - text);
    while (n > 0 && *value == ' ')
        value++, n--;
    line->record->kind = TSMP_KIND_LABEL;
    line_add_text(line, TSMP_FIELD_LABEL, text, (size_t)(colon - text));
    line_add_text(line, TSMP_FIELD_VALUE, value, n);
    return true;
}
