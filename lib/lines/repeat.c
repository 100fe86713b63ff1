/* SPDX-License-Identifier: BSD-2-Clause */
#include "repeat.h"

struct repeats *repeats_new(const tsmp_allocator *allocator)
{
    struct repeats *repeats = memory_get_zeroed(allocator, sizeof *repeats);
    if (repeats != NULL)
        repeats->allocator = *allocator;
    return repeats;
}

void repeats_free(struct repeats *repeats)
{
    if (repeats == NULL)
        return;
    tsmp_allocator allocator = repeats->allocator;
    memory_put(&allocator, repeats);
}

/* Where a line would be kept: any of all its bytes may be the one that tells it from others. */
static size_t set_of(const char *text, size_t length)
{
    uint64_t hash = length, by = UINT64_C(0x9E3779B97F4A7C15);
    for (size_t at = 0; length - at > 8; at += 8)
        hash = (hash ^ line_word(text + at)) * by, hash ^= hash >> 32;
    hash = (hash ^ line_word(text + length - 8)) * by;
    return (size_t)(hash >> 59) * REPEAT_WAYS;
}

static const struct repeat *found(struct repeats *repeats, struct repeat *repeat)
{
    if (repeats->last != NULL)
        repeats->last->next = repeat;
    else if (repeats->gap != NULL)
        repeats->gap->far = repeat;
    repeats->last = repeat;
    repeat->used = true;
    return repeat;
}

const struct repeat *repeat_find(struct repeats *repeats, uint32_t key, const char *text, size_t length)
{
    struct repeat *expected = repeat_expected(repeats);
    if (expected != NULL && repeat_comes(repeats, expected, key, text, text + length))
        return expected;
    size_t set = length >= REPEAT_LEAST && length <= REPEAT_BYTES ? set_of(text, length) : SIZE_MAX;
    for (size_t i = 0; set != SIZE_MAX && i < REPEAT_WAYS; i++) {
        struct repeat *repeat = &repeats->lines[set + i];
        if (repeat->length == length && repeat->key == key &&
            repeat_same(text, repeat->bytes, length))
            return found(repeats, repeat);
    }
    repeat_pass(repeats);
    return NULL;
}

/* Does the line leave nothing behind but what repeats hold? */
static bool is_closed(const struct line_state *state, const tsmp_record *record, const tsmp_field *fields)
{
    switch (record->kind) {
    case TSMP_KIND_BLANK: case TSMP_KIND_SCHEDREC: case TSMP_KIND_SCHEDULE_FIELD:
    case TSMP_KIND_SCHEDULER: case TSMP_KIND_VOLUME_BEGIN: case TSMP_KIND_VOLUME_END:
    case TSMP_KIND_STATISTIC: case TSMP_KIND_EVENT: case TSMP_KIND_BANNER: case TSMP_KIND_SESSION:
    case TSMP_KIND_TABLE_HEAD:
        break;
    default: return false;
    }
    if (record->flags != TSMP_FLAG_STAMPED || record->why != 0 || state->acceptor ||
        record->format != TSMP_FORMAT_SCHEDULE_LOG || record->field_count > REPEAT_FIELDS)
        return false;
    for (uint32_t i = 0; i < record->field_count; i++)
        if (fields[i].type == TSMP_TYPE_TIME || fields[i].type == TSMP_TYPE_OFFSET)
            return false;
    return true;
}

/* An empty place, or that of a line that has not come again; SIZE_MAX: there is none, but the next new
 * line finds one, unless these come again before it. */
static size_t place_for(struct repeats *repeats, size_t set)
{
    for (size_t i = set; i < set + REPEAT_WAYS; i++)
        if (repeats->lines[i].length == 0)
            return i;
    for (size_t i = set; i < set + REPEAT_WAYS; i++)
        if (!repeats->lines[i].used)
            return i;
    for (size_t i = set; i < set + REPEAT_WAYS; i++)
        repeats->lines[i].used = false;
    return SIZE_MAX;
}

void repeat_keep(struct repeats *repeats, uint32_t key, const struct line_state *state, const char *text,
                 size_t length, const tsmp_record *record, const tsmp_field *fields, bool plain, bool body)
{
    if (length < REPEAT_LEAST || length > REPEAT_BYTES || !repeat_may(state) ||
        !is_closed(state, record, fields))
        return;
    size_t index = place_for(repeats, set_of(text, length));
    if (index == SIZE_MAX)
        return;
    struct repeat *repeat = &repeats->lines[index];
    *repeat = (struct repeat){.key = key, .length = (uint8_t)length,
                              .text_length = (uint8_t)(record->text_length - record->stamp_length - 1u),
                              .field_count = (uint8_t)record->field_count, .plain = plain, .body = body,
                              .after = repeat_key(state, record->stamp_length),
                              .kind = record->kind};
    memcpy(repeat->bytes, text, length);
    memcpy(repeat->fields, fields, record->field_count * sizeof *fields);
    (void)found(repeats, repeat);
    repeat->used = false;
}
