/* SPDX-License-Identifier: BSD-2-Clause
 * The summary block: "label: number unit". Columns moved between versions, so the label and the
 * order of the parts decide, never the column. */
#include "line.h"

#include "number.h"

static const struct statistic {
    const char *label;
    uint8_t length;
    uint8_t name;
    uint8_t unit; /* TSMP_WORD_...: what its value is counted in */
} statistics[] = {
#define S(text, id, unit) {text, sizeof(text) - 1, TSMP_STATISTIC_##id, TSMP_WORD_##unit}
    S("Total number of objects inspected:", OBJECTS_INSPECTED, COUNT),
    S("Total number of objects assigned:", OBJECTS_ASSIGNED, COUNT),
    S("Total number of objects backed up:", OBJECTS_BACKED_UP, COUNT),
    S("Total number of objects archived:", OBJECTS_ARCHIVED, COUNT),
    S("Total number of objects updated:", OBJECTS_UPDATED, COUNT),
    S("Total number of objects rebound:", OBJECTS_REBOUND, COUNT),
    S("Total number of objects deleted:", OBJECTS_DELETED, COUNT),
    S("Total number of objects expired:", OBJECTS_EXPIRED, COUNT),
    S("Total number of objects failed:", OBJECTS_FAILED, COUNT),
    S("Total number of objects encrypted:", OBJECTS_ENCRYPTED, COUNT),
    S("Total objects deduplicated:", OBJECTS_DEDUPLICATED, COUNT),
    S("Total number of objects grew:", OBJECTS_GREW, COUNT),
    S("Total number of objects restored:", OBJECTS_RESTORED, COUNT),
    S("Total number of objects retrieved:", OBJECTS_RETRIEVED, COUNT),
    S("Total number of retries:", RETRIES, COUNT),
    S("Total number of bytes inspected:", BYTES_INSPECTED, BYTES),
    S("Total number of bytes processed:", BYTES_PROCESSED, BYTES),
    S("Total number of bytes transferred:", BYTES_TRANSFERRED, BYTES),
    S("LanFree bytes transferred:", LANFREE_BYTES_TRANSFERRED, BYTES),
    S("LanFree data bytes:", LANFREE_BYTES_TRANSFERRED, BYTES),
    S("Total bytes before deduplication:", BYTES_BEFORE_DEDUP, BYTES),
    S("Total bytes after deduplication:", BYTES_AFTER_DEDUP, BYTES),
    S("Data transfer time:", DATA_TRANSFER_TIME, SECONDS),
    S("Network data transfer rate:", NETWORK_RATE, BYTES_PER_SECOND),
    S("Aggregate data transfer rate:", AGGREGATE_RATE, BYTES_PER_SECOND),
    S("Objects compressed by:", COMPRESSED_BY, PERCENT),
    S("Deduplication reduction:", DEDUP_REDUCTION, PERCENT),
    S("Subfile objects reduced by:", SUBFILE_REDUCTION, PERCENT),
    S("Total data reduction ratio:", DATA_REDUCTION, PERCENT),
    S("Elapsed processing time:", ELAPSED_TIME, SECONDS),
    S("Total number of subfile objects:", SUBFILE_OBJECTS, COUNT),
    S("Data encryption type:", ENCRYPTION_TYPE, TEXT),
    S("Total number of virtual machines backed up successfully:", VMS_BACKED_UP, COUNT),
    S("Total number of virtual machines failed:", VMS_FAILED, COUNT),
    S("Total number of virtual machines processed:", VMS_PROCESSED, COUNT),
#undef S
};

/* The only statistic whose label may begin the text: a perfect hash of the label's length and of two
 * bytes before its end, which is at the first colon (none has two). One compare instead of up to
 * 35: of the summary's lines this was the dearest step. */
static const struct statistic *statistic_at(const char *text, size_t length)
{
    static const uint8_t slots[64] = { /* number in the table, 0 = none */
        5, 0, 6, 23, 19, 0, 16, 0, 0, 11, 0, 17, 0, 1, 10, 0,
        0, 0, 15, 0, 0, 0, 0, 0, 0, 0, 29, 0, 0, 34, 20, 24,
        18, 4, 0, 30, 0, 31, 25, 0, 0, 0, 0, 12, 8, 33, 14, 2,
        26, 13, 35, 22, 27, 0, 3, 21, 32, 0, 28, 0, 0, 9, 7, 0,
    };
    enum { SHORTEST = 19, LONGEST = 56 };
    size_t window = length < LONGEST ? length : LONGEST;
    if (length < SHORTEST || (text[0] < 'A' || text[0] > 'T'))
        return NULL;
    const char *colon = memchr(text + SHORTEST - 1, ':', window - (SHORTEST - 1));
    if (colon == NULL)
        return NULL;
    unsigned n = (unsigned)(colon - text) + 1;
    unsigned hash = n * 7u + (unsigned char)colon[-5] * 12u + (unsigned char)colon[-6] * 9u;
    unsigned slot = slots[hash >> 1 & 63u];
    const struct statistic *found = &statistics[slot - (slot > 0)];
    return slot > 0 && found->length == n && memcmp(text, found->label, n) == 0 ? found : NULL;
}

/* `decimal`: what is known of the mark; what the value proves comes back. */
static bool add_value(struct line *line, const struct statistic *statistic, const char *value,
                      size_t n, uint32_t *decimal)
{
    struct quantity quantity = {0};
    if (statistic->name == TSMP_STATISTIC_ELAPSED_TIME) {
        quantity.number.value = duration_read(value, n);
        quantity.length = quantity.number.value >= 0 ? n : 0;
        quantity.unit = TSMP_WORD_SECONDS;
    } else if (statistic->unit == TSMP_WORD_TEXT) {
        line_add_text(line, TSMP_FIELD_VALUE, value, n);
        line_add_word(line, TSMP_FIELD_UNIT, TSMP_WORD_TEXT, value + n, 0);
        return true;
    } else {
        quantity = quantity_read(value, n, *decimal);
    }
    /* A plain number stands for any unit (other programs print the block so), but a size is never a
     * count of objects. */
    if (quantity.length != n ||
        (quantity.unit != statistic->unit && quantity.unit != TSMP_WORD_COUNT))
        return false;
    if (quantity.length == n && statistic->unit == TSMP_WORD_BYTES)
        quantity.unit = TSMP_WORD_BYTES; /* the label says so */
    line_add_number(line, TSMP_FIELD_VALUE, &quantity.number, value, n);
    if (quantity.number.flags != 0)
        line->record->flags |= quantity.number.flags;
    line_add_word(line, TSMP_FIELD_UNIT, quantity.unit, value, n);
    /* What this number proves about the decimal mark helps the next ones. */
    if (quantity.unit != TSMP_WORD_COUNT && quantity.length > 0 && value[n - 1] > '9')
        *decimal = quantity.point ? TSMP_DECIMAL_POINT : number_decimal_learn(*decimal, value, n);
    return true;
}

static bool known(struct line *line, const char *text, size_t length, uint32_t *decimal)
{
    const struct statistic *s = statistic_at(text, length);
    if (s == NULL || length == s->length)
        return false;
    const char *value = text + s->length;
    size_t n = length - s->length, blanks = line_blanks(value, n);
    value += blanks;
    n -= blanks;
    while (n > 0 && (*value == ' ' || *value == '\t'))
        value++, n--;
    tsmp_record *record = line->record;
    uint64_t before = line->batch->view.field_count;
    uint32_t flags = record->flags;
    line_add_word(line, TSMP_FIELD_NAME, s->name, text, s->length - 1u);
    if (n > 0 && add_value(line, s, value, n, decimal)) {
        record->kind = TSMP_KIND_STATISTIC;
        line_add_text(line, TSMP_FIELD_LABEL, text, s->length - 1u);
        return true;
    }
    line->batch->view.field_count = before;
    record->field_count = 0;
    record->flags = flags;
    return false;
}

bool line_statistic_text(struct line *line, const char *text, size_t length)
{
    uint32_t decimal = 0;
    if (length > 0 && text[length - 1] == '.')
        length--; /* older servers end the sentence */
    return known(line, text, length, &decimal);
}

bool line_statistic_label(const char *text, size_t length)
{
    return statistic_at(text, length) != NULL;
}

bool line_statistic_known(struct line *line)
{
    const char *text = line->text;
    size_t length = trim_end(text, line->length);
    while (length > 0 && (*text == ' ' || *text == '\t'))
        text++, length--;
    uint32_t decimal = line->state->decimal;
    if (!known(line, text, length, &decimal))
        return false;
    if (!line->state->decimal_given)
        line->state->decimal = decimal;
    return true;
}

bool line_statistic(struct line *line)
{
    if (line_statistic_known(line))
        return true;
    if (!line->state->in_status)
        return false;
    const char *text = line->text;
    size_t length = trim_end(text, line->length);
    while (length > 0 && (*text == ' ' || *text == '\t'))
        text++, length--;
    /* The set of lines depends on options and version: what is not known, or
     * has no value of its kind, stays a pair. */
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
