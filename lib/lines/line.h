/* SPDX-License-Identifier: BSD-2-Clause
 * One line of text becomes one record. What a line means depends only on its bytes, the options
 * and what stood before it, so that chunking can't matter. */
#ifndef TSMP_LINE_H
#define TSMP_LINE_H

#include "block.h"
#include "clock.h"
#include "order.h"

#include <string.h>

/* What kind of text the stream is in: logs have stamps, dsmc's console and dsmadmc have none. */
enum line_mode { LINE_UNDECIDED, LINE_CONSOLE, LINE_STAMPED, LINE_ADMIN };

struct patterns;
struct language;
struct table;
struct group;

/* What the reader remembers between lines. */
struct line_state {
    enum line_mode mode;
    uint32_t forced_format;
    uint32_t decimal; /* TSMP_DECIMAL_..., 0 = not known yet */
    bool decimal_given; /* by option: not learned */
    uint16_t format; /* of stamped lines, once one has shown it */
    bool acceptor;   /* the last stamped line was the client acceptor's */
    bool in_status;  /* between SCHEDULEREC STATUS BEGIN and END */
    bool after_open; /* the last record may go on in the next line */
    bool join_names; /* TSMP_REPAIR_WRAPPED_NAME */
    bool name_open;  /* a name that was begun has not ended: what follows may be its text */
    bool foreign;    /* another product's text goes on (foreign.h) */
    bool language_seen; /* some line was understood */
    uint8_t marks;   /* since the last line that was */
    bool admin_sure; /* LINE_ADMIN, by what no other program prints; else by the look of a table */
    uint8_t outcomes; /* kinds whose lines were seen to end in an outcome, by line_other() */
    bool in_action;  /* between "User Action is Required" and the answer */
    struct order order;
    struct patterns *patterns; /* may be NULL */
    const struct language *languages; /* may be NULL */
    struct table *table;       /* the table that is open */
    const tsmp_allocator *allocator;
    struct names *names; /* of fields that the schema does not know; NULL = none yet */
    /* The last stamp: thousands of lines share one second, so it is parsed once. */
    char stamp_text[32];
    size_t stamp_length;
    struct stamp stamp;
    uint32_t stamp_known; /* the orders that it was read with */
    bool have_time;
    int64_t last_time;
    uint32_t last_time_flags;
    uint64_t last_offset; /* of the record that a continuation belongs to */
    bool have_last;
};

/* The most fields a built-in rule gives. */
#define LINE_MAX_FIELDS 8

/* A record being made. */
struct line {
    struct line_state *state;
    tsmp_batch *batch;
    tsmp_record *record;
    const char *base;   /* the view's text */
    const char *text;   /* what stands behind the stamp */
    size_t length;
    const char *printed;       /* `text` as it is printed, where that was translated */
    size_t printed_length;
    const struct group *group; /* the lines that make the record, when there may be several */
    char *joined;              /* room for text put together from them, behind all other text */
    size_t joined_length, joined_capacity;
    bool nomem;
};

/* Parse `record`'s text; room for its fields must have been reserved. `group` has all lines that
 * belong to it (its first is the record's own), or is NULL. `joined` is room for text put together
 * from them; how much was used comes back. False: no memory. */
bool line_parse(struct line_state *state, tsmp_batch *batch, tsmp_record *record,
                const struct group *group, char *joined, size_t *joined_length);
/* The same for a line of a stamped log where no table is open and nothing is translated. */
bool line_parse_logged(struct line_state *state, tsmp_batch *batch, tsmp_record *record);
/* The same where it is known whether a stamp was there: line_take_stamp() was asked. */
bool line_parse_taken(struct line_state *state, tsmp_batch *batch, tsmp_record *record, bool stamped);
/* Read the stamp at the start of the line, if there is one, into state->stamp. */
bool line_take_stamp(struct line_state *state, const char *text, size_t length);
/* Plain object lines went by (plain.h), the last of them at `last_offset`. */
void line_skimmed(struct line_state *state, uint64_t last_offset);
/* One of the further lines of such a group: a `more` record. */
void line_more(struct line_state *state, tsmp_batch *batch, tsmp_record *record);
/* Is it a line of the backup client's console? Looks, and leaves nothing behind. */
bool line_client(const struct line_state *state, const char *text, size_t length);
/* A stamped line of the client's logs? */
bool line_logged(const struct line_state *state, const char *text, size_t length);
/* Must lines be held until it is known which belong together? Not in logs and on dsmc's console,
 * where nearly all bytes of the world are. */
bool line_holds(const struct line_state *state);
/* The most fields that the next record can have. */
size_t line_most_fields(const struct line_state *state);
/* Field id for a name that the text brought. 0: no memory (then nomem is set) or too many names. */
uint16_t line_name(struct line *line, const char *name, size_t length);
/* `length` bytes of the joined text; NULL = there is no room left for it. */
char *line_join(struct line *line, size_t length);

/* The rooms of the grammar: each returns false when no rule of its own fits. */
bool line_object(struct line *line);
bool line_schedule(struct line *line);
bool line_console(struct line *line);
bool line_message(struct line *line);
/* A line of the error log that has no message code: a message all the same. */
bool line_codeless(struct line *line);
bool line_statistic(struct line *line);
/* Only those whose label is known. */
bool line_statistic_known(struct line *line);
/* "Label: value" in a message of the server. Each client has a decimal mark of its own, so nothing
 * is known of it and nothing learned. */
bool line_statistic_text(struct line *line, const char *text, size_t length);
/* Does the text begin with the label of a statistic? */
bool line_statistic_label(const char *text, size_t length);

/* The bit in `outcomes` of an object's line of this action, 0 = of another: one that is sent is known to end in an
 * outcome. */
enum { LINE_OTHERS = 15 };
static inline uint8_t line_other(int64_t action)
{
    return action == TSMP_WORD_UPDATE   ? 1
           : action == TSMP_WORD_EXPIRE ? 2
           : action == TSMP_WORD_REBIND ? 4
           : action == TSMP_WORD_DELETE ? 8
                                        : 0;
}

/* Does text end in one of the outcomes of an object line? The outcome, 0 = none, and where the
 * text before it ends. */
uint16_t line_outcome(const char *text, size_t length, size_t *path_end);

static inline tsmp_field *line_add(struct line *line, uint16_t id, uint8_t type, const char *text,
                                   size_t length)
{
    tsmp_field *field = &line->batch->fields[line->batch->view.field_count++];
    *field = (tsmp_field){.text = (uint64_t)(text - line->base), .length = (uint32_t)length,
                          .id = id, .type = type};
    line->record->field_count++;
    return field;
}

static inline void line_add_text(struct line *line, uint16_t id, const char *text, size_t length)
{
    line_add(line, id, TSMP_TYPE_TEXT, text, length);
}

static inline tsmp_field *line_add_word(struct line *line, uint16_t id, uint16_t word, const char *text,
                                 size_t length)
{
    tsmp_field *field = line_add(line, id, TSMP_TYPE_WORD, text, length);
    field->number = word;
    return field;
}

struct number;
void line_add_number(struct line *line, uint16_t id, const struct number *number,
                     const char *text, size_t length);
/* A date and time inside a line, "D T" or "T on D"; also learns the date order from it. */
void line_add_time(struct line *line, uint16_t id, const char *text, size_t length);

/* Eight bytes at once, to be compared. */
static inline uint64_t line_word(const char *text)
{
    uint64_t word;
    memcpy(&word, text, sizeof word);
    return word;
}

/* How many blanks the text begins with: columns are filled with them, so eight at once. */
static inline size_t line_blanks(const char *text, size_t length)
{
    size_t n = 0;
    for (; length - n >= 8; n += 8) {
        uint64_t other = line_word(text + n) ^ UINT64_C(0x2020202020202020);
#if defined(__BYTE_ORDER__) && __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
        if (other != 0)
            return n + (unsigned)__builtin_ctzll(other) / 8;
#else
        if (other != 0)
            break;
#endif
    }
    while (n < length && text[n] == ' ')
        n++;
    return n;
}

/* Does the line begin with the stamp of the one before, as it was printed? Of the usual lengths by
 * three loads instead of a call. */
static inline bool line_same_stamp(const struct line_state *state, const char *text, size_t length)
{
    size_t n = state->stamp_length;
    if (n == 0 || length < n || (length > n && text[n] != ' '))
        return false;
    if (n < 16 || n > 24)
        return memcmp(text, state->stamp_text, n) == 0;
    const char *then = state->stamp_text;
    return ((line_word(text) ^ line_word(then)) | (line_word(text + 8) ^ line_word(then + 8)) |
            (line_word(text + n - 8) ^ line_word(then + n - 8))) == 0;
}

/* The same of a text that is longer than a stamp of a usual length. */
static inline bool line_same_usual_stamp(const struct line_state *state, const char *text, size_t n)
{
    const char *then = state->stamp_text;
    return text[n] == ' ' &&
           ((line_word(text) ^ line_word(then)) | (line_word(text + 8) ^ line_word(then + 8)) |
            (line_word(text + n - 8) ^ line_word(then + n - 8))) == 0;
}

/* Literal prefix of the rest of a line. */
#define STARTS(text, length, literal) \
    ((length) >= sizeof(literal) - 1 && memcmp((text), (literal), sizeof(literal) - 1) == 0)
#define IS(text, length, literal) \
    ((length) == sizeof(literal) - 1 && memcmp((text), (literal), sizeof(literal) - 1) == 0)

/* "PREFIX...SUFFIX" around a name that may hold anything: anchored at both ends. */
static inline bool line_between(const char *text, size_t length, const char *prefix, size_t before,
                                const char *suffix, size_t after, const char **name, size_t *n)
{
    if (length < before + after || memcmp(text, prefix, before) != 0 ||
        memcmp(text + length - after, suffix, after) != 0)
        return false;
    *name = text + before;
    *n = length - before - after;
    return true;
}
#define BETWEEN(text, length, prefix, suffix, name, n) \
    line_between(text, length, prefix, sizeof(prefix) - 1, suffix, sizeof(suffix) - 1, name, n)

/* Where `wanted` begins, NULL = nowhere. `rare`: which of its bytes few texts hold; only where that
 * stands the rest is compared. */
static inline const char *line_find(const char *text, size_t length, const char *wanted, size_t n,
                                    size_t rare)
{
    while (length >= n) {
        const char *hit = memchr(text + rare, wanted[rare], length - n + 1);
        if (hit == NULL)
            return NULL;
        if (memcmp(hit - rare, wanted, n) == 0)
            return hit - rare;
        length -= (size_t)(hit - rare - text) + 1;
        text = hit - rare + 1;
    }
    return NULL;
}
#define FIND(text, length, literal, rare) line_find(text, length, literal, sizeof(literal) - 1, rare)

static inline size_t trim_end(const char *text, size_t length)
{
    while (length > 0 && (text[length - 1] == ' ' || text[length - 1] == '\t'))
        length--;
    return length;
}

#endif
