/* SPDX-License-Identifier: BSD-2-Clause
 * What rows of the client's queries share: size, unit and time at their left, and the lines of
 * -detail behind them. */
#include "query.h"

bool same_words(const char *text, size_t length, const char *words)
{
    size_t at = blanks_at(text, length, 0);
    length = trim_end(text, length);
    for (; at < length && *words != '\0'; words++) {
        if (text[at] != *words)
            return false;
        at += *words == ' ' ? blanks_at(text, length, at) : 1;
    }
    return at == length && *words == '\0';
}

void row_stamp(struct line *line, const char *text, size_t length, struct stamp *stamp)
{
    order_learn(&line->state->order, stamp);
    /* One order left: the stamp is decided already, or it is no date at all. */
    if ((stamp->orders & (stamp->orders - 1u)) != 0)
        *stamp = stamp_read(text, length, order_known(&line->state->order, stamp->form));
}

void row_add_time(struct line *line, uint16_t id, const struct stamp *stamp, const char *text,
                  size_t length)
{
    tsmp_field *field = line_add(line, id, TSMP_TYPE_TIME, text, length);
    field->number = stamp->time;
    field->flags = stamp->flags;
    line->record->flags |= stamp->flags;
}

/* Bytes of a unit with a blank behind it, 0 = none. */
static size_t unit_at(const char *text, size_t length)
{
    if (length > 1 && text[0] == 'B' && text[1] == ' ')
        return 1;
    if (length > 2 && text[1] == 'B' && text[2] == ' ' &&
        (text[0] == 'K' || text[0] == 'M' || text[0] == 'G' || text[0] == 'T'))
        return 2;
    return 0;
}

bool row_start_read(const struct order *order, const char *text, size_t length, size_t at,
                    struct row_start *start)
{
    if (at >= length || text[at] < '0' || text[at] > '9')
        return false;
    start->size_text = text + at;
    start->size = count_read(text + at, length - at);
    if (start->size.length == 0)
        return false;
    at += start->size.length;
    size_t gap = blanks_at(text, length, at);
    at += gap;
    start->unit = text + at;
    start->unit_length = unit_at(text + at, length - at);
    if (start->unit_length > 0) {
        at += start->unit_length;
        size_t behind = blanks_at(text, length, at);
        at += behind;
        gap = gap > 0 ? behind : 0;
    }
    /* Two blanks stand before the date; one means that somebody squeezed them. */
    if (gap < 2)
        return false;
    start->time_text = text + at;
    start->stamp = order_read(order, text + at, length - at);
    start->end = at + start->stamp.length;
    return start->stamp.length > 0;
}

void row_start_add(struct line *line, const struct row_start *start, uint16_t time_field)
{
    struct number size = start->size;
    unsigned kilos = 0;
    if (start->unit_length == 2) {
        static const char units[] = "KMGT";
        kilos = (unsigned)(strchr(units, start->unit[0]) - units) + 1;
        line->record->flags |= TSMP_FLAG_ROUNDED;
    }
    number_scale(&size, kilos);
    line->record->flags |= size.flags;
    line_add_number(line, TSMP_FIELD_SIZE, &size, start->size_text, start->size.length);
    if (start->unit_length > 0)
        line_add_text(line, TSMP_FIELD_UNIT, start->unit, start->unit_length);
    struct stamp stamp = start->stamp;
    row_stamp(line, start->time_text, start->stamp.length, &stamp);
    row_add_time(line, time_field, &stamp, start->time_text, start->stamp.length);
}

void row_made(struct line *line, uint16_t kind)
{
    struct table *table = line->state->table;
    line->record->kind = kind;
    table->query.row = line->record->offset;
    table->query.row_width = (uint32_t)line->length;
    table->query.row_open = true;
}

void row_more(struct line *line)
{
    line->record->kind = TSMP_KIND_MORE;
    line_add(line, TSMP_FIELD_OF, TSMP_TYPE_OFFSET, line->text, 0)->number =
        (int64_t)line->state->table->query.row;
}

/* ---- lines of -detail ------------------------------------------------------------------------ */

static const struct detail {
    const char *label;
    uint8_t length;
    uint8_t type;
    uint16_t field;
} details[] = {
#define D(text, type, id) {text ":", sizeof(text), TSMP_TYPE_##type, TSMP_FIELD_##id}
    D("Modified", TIME, MODIFIED),
    D("Accessed", TIME, ACCESSED),
    D("Inode changed", TIME, INODE_CHANGED),
    D("Compression Type", TEXT, COMPRESSION),
    D("Compressed", TEXT, COMPRESSED),
    D("Encryption Type", TEXT, ENCRYPTION),
    D("Client-deduplicated", TEXT, CLIENT_DEDUPLICATED),
    D("Media Class", TEXT, MEDIA_CLASS),
    D("Volume ID", TEXT, VOLUME_ID),
    D("Restore Order", TEXT, RESTORE_ORDER),
#undef D
};

static const struct detail *detail_at(const char *text, size_t length)
{
    for (size_t i = 0; i < sizeof details / sizeof *details; i++)
        if (length > details[i].length && details[i].label[0] == text[0] &&
            memcmp(text, details[i].label, details[i].length) == 0 &&
            (text[details[i].length] == ' ' || text[details[i].length] == '\t'))
            return &details[i];
    return NULL;
}

bool detail_begins(const char *text, size_t length)
{
    return detail_at(text, length) != NULL;
}

static size_t gap_at(const char *text, size_t length, size_t at)
{
    size_t from = at;
    while (at < length && (text[at] == ' ' || text[at] == '\t'))
        at++;
    return at - from;
}

/* Where the value ends: before two blanks, a TAB, or one blank and the next label. */
static size_t value_end(const char *text, size_t length, size_t at)
{
    for (; at < length; at++) {
        if (text[at] == '\t')
            return at;
        if (text[at] == ' ' && (at + 1 == length || text[at + 1] == ' ' || text[at + 1] == '\t' ||
                                detail_at(text + at + 1, length - at - 1) != NULL))
            return at;
    }
    return length;
}

static bool add_detail(struct line *line, const struct detail *detail, const char *text, size_t length)
{
    if (detail->type == TSMP_TYPE_TIME) {
        struct stamp stamp = stamp_read(text, length, 0);
        if (stamp.length != length)
            return false;
        row_stamp(line, text, length, &stamp);
        row_add_time(line, detail->field, &stamp, text, length);
    } else if (IS(text, length, "YES") || IS(text, length, "NO")) {
        line_add_word(line, detail->field, length == 3 ? TSMP_WORD_YES : TSMP_WORD_NO, text, length);
    } else {
        line_add_text(line, detail->field, text, length);
    }
    return true;
}

bool detail_line(struct line *line)
{
    const char *text = line->text;
    size_t length = trim_end(text, line->length);
    size_t at = gap_at(text, length, 0);
    const struct detail *detail = at > 0 && at < length ? detail_at(text + at, length - at) : NULL;
    if (detail == NULL || !line->state->table->query.row_open)
        return false;
    row_more(line);
    while (detail != NULL) {
        size_t from = at + detail->length;
        from += gap_at(text, length, from);
        /* a date of a short year is filled with blanks: it does not end at two of them */
        struct stamp stamp = {0};
        if (detail->type == TSMP_TYPE_TIME)
            stamp = stamp_read(text + from, length - from, 0);
        size_t end = stamp.length > 0 ? from + stamp.length : value_end(text, length, from);
        if (!add_detail(line, detail, text + from, end - from))
            break; /* what is not understood stays in the record's text */
        at = end + gap_at(text, length, end);
        detail = at < length ? detail_at(text + at, length - at) : NULL;
    }
    return true;
}
