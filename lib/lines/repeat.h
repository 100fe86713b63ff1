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
    struct repeat *next; /* the line that was found behind it last time; NULL = not known */
    struct repeat *far;  /* the same where lines that are not kept stood between them */
    uint32_t key, after; /* of the state before and behind it; see repeat_key() */
    uint8_t length;      /* of the bytes, with the line's end; 0 = nothing is kept here */
    uint8_t text_length; /* without it */
    uint8_t field_count;
    bool used;           /* it came again since it was kept */
    bool plain, body;    /* as repeat_keep() was told */
    uint16_t kind;
    char bytes[REPEAT_BYTES]; /* behind the stamp and its blank */
    tsmp_field fields[REPEAT_FIELDS];
};

struct repeats {
    tsmp_allocator allocator;
    struct repeat lines[REPEAT_SETS * REPEAT_WAYS];
    struct repeat *last; /* the line before this one; NULL: it is not kept, and before that was ... */
    struct repeat *gap;  /* ... this one */
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
    uint64_t other = (line_word(a) ^ line_word(b)) | (line_word(a + n - 8) ^ line_word(b + n - 8));
    if (n <= 16)
        return other == 0;
    /* Of 17 to 48 bytes, as nearly all lines have: no loop, and no branch but this. */
    other |= (line_word(a + 8) ^ line_word(b + 8)) | (line_word(a + n - 16) ^ line_word(b + n - 16));
    if (n <= 32)
        return other == 0;
    other |= (line_word(a + 16) ^ line_word(b + 16)) | (line_word(a + n - 24) ^ line_word(b + n - 24));
    for (size_t at = 24; at + 24 < n; at += 8)
        other |= line_word(a + at) ^ line_word(b + at);
    return other == 0;
}

/* The line that came behind the last one the time before; NULL: it is not known. */
static inline struct repeat *repeat_expected(struct repeats *repeats)
{
    return repeats->last != NULL ? repeats->last->next : repeats->gap != NULL ? repeats->gap->far : NULL;
}

/* Is it the one at `text`, behind its stamp? Bytes up to `end` may be looked at. Nearly always it is,
 * and then nobody need look for its end. */
static inline bool repeat_comes(struct repeats *repeats, struct repeat *repeat, uint32_t key, const char *text,
                                const char *end)
{
    if (repeat->key != key || (size_t)(end - text) < repeat->length ||
        !repeat_same(text, repeat->bytes, repeat->length))
        return false;
    repeat->used = true;
    repeats->last = repeat;
    return true;
}

/* Any line that is kept; `length`: with its end. NULL: this one is not. */
const struct repeat *repeat_find(struct repeats *repeats, uint32_t key, const char *text, size_t length);
/* A line that can't be kept, for it has no stamp. */
static inline void repeat_pass(struct repeats *repeats)
{
    repeats->gap = repeats->last != NULL ? repeats->last : repeats->gap;
    repeats->last = NULL;
}
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

/* Keep this line. `key`: repeat_key() before it was read; `state` behind it; `plain`, `body`: for the caller. */
void repeat_keep(struct repeats *repeats, uint32_t key, const struct line_state *state, const char *text,
                 size_t length, const tsmp_record *record, const tsmp_field *fields, bool plain, bool body);

#endif
