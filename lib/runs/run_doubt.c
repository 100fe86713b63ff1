/* SPDX-License-Identifier: BSD-2-Clause
 * What may be forged. A name with a newline in it prints lines of its own making, stamps included,
 * and so does a command that the scheduler starts. What such a line says in the run's favour does
 * not count, and that it stands there at all keeps the run from being proven. */
#include "run_state.h"

#include "line.h"

#include <string.h>

/* A path has at most 32,767 UTF-16 units (Windows): what stands further away is no name's. */
#define NAME_REACH (128 * 1024)

static void text_of(const struct item *item, const char **text, size_t *length)
{
    *text = item->view->text + item->record->text;
    *length = item->record->text_length;
    while (*length > 0 && ((*text)[*length - 1] == '\r' || (*text)[*length - 1] == '\n'))
        (*length)--;
}

static uint16_t outcome_of(const struct item *item)
{
    const char *text;
    size_t length, end;
    text_of(item, &text, &length);
    return line_outcome(text, length, &end);
}

static bool holds_quote(const struct item *item)
{
    const char *text;
    size_t length;
    text_of(item, &text, &length);
    return memchr(text, '\'', length) != NULL;
}

/* A line that says nothing by itself: inside a name it is just a part of it. */
static bool is_passive(const struct item *item)
{
    const tsmp_record *record = item->record;
    return record->kind == TSMP_KIND_MORE || record->kind == TSMP_KIND_BLANK ||
           record->kind == TSMP_KIND_UNKNOWN;
}

bool doubt_record(const struct item *item, struct tsmp_run *run, bool *credited)
{
    const tsmp_record *record = item->record;
    bool object = record->kind == TSMP_KIND_OBJECT;
    bool piece = record->kind == TSMP_KIND_MORE && (record->flags & TSMP_FLAG_CUT) != 0;
    *credited = true;
    if ((record->flags & TSMP_FLAG_CUT) != 0 && !piece && !doubt(item, run, TSMP_EVIDENCE_LIMIT))
        return false;
    if (run->name_open != NAME_CLOSED && record->offset > run->name_offset &&
        record->offset - run->name_offset > NAME_REACH)
        run->name_open = NAME_CLOSED;
    enum open_name open = run->name_open;
    uint16_t status = object ? 0 : outcome_of(item);
    bool outcome = object ? (record->flags & TSMP_FLAG_OPEN_NAME) == 0 : status != 0;
    if (open == NAME_OBJECT && outcome) {
        run->name_open = NAME_CLOSED;
        if (is_passive(item))
            body_outcome(run, status);
    }
    if (open == NAME_MESSAGE && record->kind == TSMP_KIND_MORE && holds_quote(item))
        run->name_open = NAME_CLOSED;
    bool strange = open != NAME_CLOSED ? !is_passive(item) : outcome && !object && !piece;
    if (strange && !doubt(item, run, TSMP_EVIDENCE_FORGEABLE))
        return false;
    *credited = open == NAME_CLOSED;
    if ((record->flags & TSMP_FLAG_OPEN_NAME) != 0) {
        run->name_open = object ? NAME_OBJECT : NAME_MESSAGE;
        run->name_offset = record->offset;
        const tsmp_field *retry = item_field(item, TSMP_FIELD_RETRY);
        run->name_retry = retry != NULL && retry->number > 0;
        run->name_sent = object && item_word(item, TSMP_FIELD_ACTION) == TSMP_WORD_SEND;
    }
    return true;
}
