/* SPDX-License-Identifier: BSD-2-Clause
 * Lines that stand in a log night for night, as most of a quiet one's do: what such a line means is
 * known from the last time. A record depends on the line's bytes and on a few things that the reader
 * remembers, so equal bytes under an equal state make an equal record, but for its place and its time.
 *
 * Only lines are kept that change nothing else: no dates (the order of dates is learned from them), no
 * messages, no objects, no names that go on. How many are kept is bounded, and who fills the log with
 * lines that are alike makes them be forgotten, not the reader slow. */
#ifndef TSMP_REPEAT_H
#define TSMP_REPEAT_H

#include "foreign.h"
#include "line.h"

enum { REPEAT_SETS = 32, REPEAT_WAYS = 4, REPEAT_BYTES = 112, REPEAT_FIELDS = 4, REPEAT_LEAST = 8 };

struct repeat {
    uint32_t key, after; /* of the state before and behind it; see repeat_key() */
    uint8_t length;      /* of the bytes, with the line's end; 0 = nothing is kept here */
    uint8_t text_length; /* without it */
    uint8_t next;        /* the line that came behind it last time, and 1; 0 = not known */
    uint8_t field_count;
    bool used;           /* it came again since it was kept */
    uint16_t kind;
    char bytes[REPEAT_BYTES]; /* behind the stamp and its blank */
    tsmp_field fields[REPEAT_FIELDS];
};

struct repeats {
    tsmp_allocator allocator;
    struct repeat lines[REPEAT_SETS * REPEAT_WAYS];
    uint8_t last; /* the line before this one, and 1; 0 = it is not kept */
};

/* NULL: no memory, and then nothing is kept. */
struct repeats *repeats_new(const tsmp_allocator *allocator);
void repeats_free(struct repeats *repeats);

/* May lines be kept, and found again, in this state? Of a reader that pull.c reads line by line. */
static inline bool repeat_may(const struct line_state *state)
{
    return state->format == TSMP_FORMAT_SCHEDULE_LOG && state->stamp.flags == 0;
}

/* All else of the state that such a line is read by; `stamp`: bytes of the stamp. */
static inline uint32_t repeat_key(const struct line_state *state, size_t stamp)
{
    return (uint32_t)stamp | (uint32_t)state->in_status << 8 | state->decimal << 16;
}
enum { REPEAT_NO_KEY = 0 }; /* no stamp has no bytes */

/* Are these `n` bytes, REPEAT_LEAST at least, the same? A call would cost more. */
static inline bool repeat_same(const char *a, const char *b, size_t n)
{
    size_t at = 0;
    for (; n - at >= 16; at += 16)
        if (((line_word(a + at) ^ line_word(b + at)) | (line_word(a + at + 8) ^ line_word(b + at + 8))) != 0)
            return false;
    if (n - at > 8 && line_word(a + at) != line_word(b + at))
        return false;
    return line_word(a + n - 8) == line_word(b + n - 8);
}

/* The line at `text`, behind its stamp, if it is the one that came behind the last line the time before;
 * bytes up to `end` may be looked at. Nearly always it is, and then nobody need look for
 * its end. NULL: it is another one. */
static inline const struct repeat *repeat_next(struct repeats *repeats, uint32_t key, const char *text,
                                               const char *end)
{
    uint8_t next = repeats->last != 0 ? repeats->lines[repeats->last - 1].next : 0;
    if (next == 0)
        return NULL;
    struct repeat *repeat = &repeats->lines[next - 1];
    if (repeat->key != key || (size_t)(end - text) < repeat->length ||
        !repeat_same(text, repeat->bytes, repeat->length))
        return NULL;
    repeat->used = true;
    repeats->last = next;
    return repeat;
}

/* Any line that is kept; `length`: with its end. NULL: this one is not. */
const struct repeat *repeat_find(struct repeats *repeats, uint32_t key, const char *text, size_t length);
/* What the line at `base` leaves behind it; `record` is the one that is made of it. The same as
 * line_parse_taken(), for what can be kept. */
static inline void repeat_leave(const struct repeat *repeat, struct line_state *state, tsmp_record *record,
                                const char *base)
{
    state->have_time = true;
    state->last_time = state->stamp.time;
    state->last_time_flags = 0; /* repeat_may() */
    state->acceptor = false;
    state->in_status = (repeat->after >> 8 & 1) != 0;
    state->decimal = repeat->after >> 16;
    if (state->marks != 0 || !state->language_seen || record->kind == TSMP_KIND_SCHEDREC ||
        record->kind == TSMP_KIND_BANNER)
        language_hear(state, record, repeat->fields, base, repeat->bytes, repeat->text_length);
    if (record->kind == TSMP_KIND_BLANK)
        return;
    state->last_offset = record->offset;
    state->have_last = true;
    state->after_open = record->kind == TSMP_KIND_VOLUME_END;
    state->name_open = false;
}

/* Keep this line. `key`: repeat_key() before it was read; `state` behind it. */
void repeat_keep(struct repeats *repeats, uint32_t key, const struct line_state *state, const char *text,
                 size_t length, const tsmp_record *record, const tsmp_field *fields);

#endif
