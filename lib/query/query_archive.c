/* SPDX-License-Identifier: BSD-2-Clause
 * Rows of `query archive`: "607  B  12/03/2016 11:51:24    /a b Never Archive Date: 12/03/2016".
 * Name, expiry and description stand apart by one blank each, and names and descriptions have
 * blanks themselves. So all the places where an expiry may stand are looked for: one = decided;
 * several = the record is flagged, and each way to read it is shown. */
#include "query.h"

#define DAY INT64_C(86400000000)

enum { MOST_CANDIDATES = 8 };

struct candidate {
    size_t name_end, expires, expires_end, description;
    struct stamp stamp; /* length 0 = Never */
};

struct candidates {
    struct candidate items[MOST_CANDIDATES];
    size_t count; /* also those there was no room for */
};

/* An expiry at `at`, with a blank or the end behind it: its bytes, 0 = none. An archive expires
 * on the day it was made at the earliest, so a date before that is some other date. */
static size_t expiry_at(const struct line *line, const char *text, size_t length,
                        const struct stamp *made, bool odd, struct stamp *stamp)
{
    *stamp = (struct stamp){0};
    if (STARTS(text, length, "Never") && (length == 5 || text[5] == ' '))
        return 5;
    *stamp = stamp_read_date(text, length, 0);
    if (stamp->length == 0 || stamp->form != made->form || (stamp->orders == 0 && !odd))
        return 0;
    *stamp = stamp_read_date(text, length, order_known(&line->state->order, stamp->form));
    if (stamp->flags == 0 && made->flags == 0 && stamp->time < made->time - made->time % DAY)
        return 0;
    return stamp->length;
}

/* What is let pass: rows of the usual form must be told apart without what never stands there. */
enum strictness { USUAL, NO_DESCRIPTION, IMPOSSIBLE_DATE };

/* `text` is what stands behind the time. */
static void look(const struct line *line, const char *text, size_t length,
                 const struct stamp *made, enum strictness strict, struct candidates *found)
{
    found->count = 0;
    for (size_t at = 1; at + 1 < length; at++) {
        if (text[at] != ' ' || text[at + 1] == ' ')
            continue;
        struct stamp stamp;
        size_t n = expiry_at(line, text + at + 1, length - at - 1, made,
                             strict == IMPOSSIBLE_DATE, &stamp);
        if (n == 0)
            continue;
        size_t end = at + 1 + n, description = end;
        if (description < length)
            description++;
        /* a date of a short year is filled to ten columns */
        for (size_t fill = n; n > 5 && fill < 10 && description < length && text[description] == ' ';
             fill++)
            description++;
        if (strict == USUAL && trim_end(text + description, length - description) == 0)
            continue;
        if (found->count < MOST_CANDIDATES)
            found->items[found->count] = (struct candidate){at, at + 1, end, description, stamp};
        found->count++;
    }
}

/* "  RetInit:STARTED  ObjHeld:NO" at the end, which -detail adds. */
struct held {
    size_t from; /* where it begins; the length of the text when it is not there */
    const char *init, *held;
    size_t init_length, held_length;
};

static struct held held_at_end(const char *text, size_t length)
{
    struct held none = {.from = length}, held = {0};
    size_t end = trim_end(text, length), at = end;
    while (at > 0 && text[at - 1] != ' ')
        at--;
    if (!IS(text + at, end - at, "ObjHeld:YES") && !IS(text + at, end - at, "ObjHeld:NO"))
        return none;
    held.held = text + at + 8;
    held.held_length = end - at - 8;
    if (at < 2 || text[at - 2] != ' ')
        return none;
    end = at = at - 2;
    while (at > 0 && text[at - 1] != ' ')
        at--;
    if (!STARTS(text + at, end - at, "RetInit:") || end - at == 8 || at < 2 || text[at - 2] != ' ')
        return none;
    held.init = text + at + 8;
    held.init_length = end - at - 8;
    held.from = at - 2;
    return held;
}

static void add_candidate(struct line *line, const char *text, size_t length,
                          const struct candidate *way)
{
    const char *expires = text + way->expires;
    line_add_text(line, TSMP_FIELD_PATH, text, way->name_end);
    if (way->stamp.length == 0) {
        line_add_word(line, TSMP_FIELD_EXPIRES, TSMP_WORD_NEVER, expires, 5);
    } else {
        tsmp_field *field = line_add(line, TSMP_FIELD_EXPIRES, TSMP_TYPE_TIME, expires,
                                     way->expires_end - way->expires);
        field->number = way->stamp.time;
        field->flags = way->stamp.flags;
    }
    line_add_text(line, TSMP_FIELD_DESCRIPTION, text + way->description,
                  trim_end(text + way->description, length - way->description));
}

bool archive_row(struct line *line, bool headless)
{
    struct row_start start;
    size_t at = blanks_at(line->text, line->length, 0);
    if (!row_start_read(&line->state->order, line->text, line->length, at, &start))
        return false;
    size_t gap = blanks_at(line->text, line->length, start.end);
    const char *rest = line->text + start.end + gap;
    size_t length = line->length - start.end - gap;
    /* Four blanks; only a table's head makes up for other numbers of them. */
    if (gap < 2 || length == 0 || (headless && (gap != 4 || start.unit_length == 0)))
        return false;
    struct stamp made = start.stamp;
    row_stamp(line, start.time_text, start.stamp.length, &made);
    struct held held = held_at_end(rest, length);
    struct candidates found;
    for (enum strictness strict = USUAL; strict <= IMPOSSIBLE_DATE; strict++) {
        look(line, rest, held.from, &made, strict, &found);
        if (found.count > 0)
            break;
    }
    if (found.count == 0 || (headless && found.count > 1))
        return false;
    row_made(line, TSMP_KIND_ARCHIVE_VERSION);
    row_start_add(line, &start, TSMP_FIELD_ARCHIVE_TIME);
    if (found.count > 1) {
        line->record->flags |= TSMP_FLAG_SPLIT_AMBIGUOUS;
        line_add(line, TSMP_FIELD_CANDIDATES, TSMP_TYPE_NUMBER, rest, held.from)->number =
            (int64_t)found.count;
    }
    for (size_t i = 0; i < found.count && i < MOST_CANDIDATES; i++)
        add_candidate(line, rest, held.from, &found.items[i]);
    if (found.count == 1)
        line->record->flags |= found.items[0].stamp.flags;
    if (held.held != NULL) {
        line_add_text(line, TSMP_FIELD_RETENTION_STARTED, held.init, held.init_length);
        line_add_word(line, TSMP_FIELD_HELD, held.held_length == 3 ? TSMP_WORD_YES : TSMP_WORD_NO,
                      held.held, held.held_length);
    }
    return true;
}
