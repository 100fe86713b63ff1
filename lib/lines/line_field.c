/* SPDX-License-Identifier: BSD-2-Clause
 * The stamp of a line, and what a rule puts into its record: numbers, times, names that the text
 * brought, text put together. */
#include "line.h"

#include "number.h"

void line_add_number(struct line *line, uint16_t id, const struct number *number,
                     const char *text, size_t length)
{
    tsmp_field *field = line_add(line, id, TSMP_TYPE_NUMBER, text, length);
    field->number = number->value;
    field->power = number->power;
    field->flags = number->flags;
}

/* "D T" or "T on D" in the usual columns, in an order that is known: what stamp_read_inner() would make of
 * it, and nothing can be learned from it. */
static bool decided_time(const struct order *order, const char *text, size_t length, struct stamp *stamp)
{
    enum { DATE = 10, TIME = 8, BOTH = DATE + 1 + TIME };
    static const char on[] = " on ";
    char turned[BOTH];
    if (length == BOTH)
        return order_read_decided(order, text, length, stamp);
    if (length != BOTH + 3 || memcmp(text + TIME, on, 4) != 0)
        return false;
    memcpy(turned, text + TIME + 4, DATE);
    turned[DATE] = ' ';
    memcpy(turned + DATE + 1, text, TIME);
    return order_read_decided(order, turned, BOTH, stamp);
}

void line_add_time(struct line *line, uint16_t id, const char *text, size_t length)
{
    struct stamp stamp;
    if (decided_time(&line->state->order, text, length, &stamp)) {
        tsmp_field *field = line_add(line, id, TSMP_TYPE_TIME, text, length);
        field->number = stamp.time;
        return;
    }
    stamp = stamp_read_inner(text, length, 0);
    if (stamp.length > 0) {
        order_learn(&line->state->order, &stamp);
        if ((stamp.orders & (stamp.orders - 1)) != 0) /* of one, no knowledge makes another */
            stamp = stamp_read_inner(text, length, order_known(&line->state->order, stamp.form));
    }
    tsmp_field *field = line_add(line, id, TSMP_TYPE_TIME, text, length);
    field->number = stamp.time;
    field->flags = stamp.length > 0 ? stamp.flags : TSMP_FLAG_NO_TIME;
}

/* The second goes on and the date is the same: only that is read. False: read it all. */
static bool later_today(struct line_state *state, const char *text, size_t length)
{
    enum { TIME_AT = 11, LENGTH = 19 }; /* HH:MM:SS behind a date of ten columns */
    const char *before = state->stamp_text;
    if (state->stamp_length != LENGTH || length <= LENGTH + 1 || text[LENGTH] != ' ' ||
        state->stamp.flags != 0 || !state->order.running ||
        state->stamp_known != order_known(&state->order, state->stamp.form) || memcmp(text, before, TIME_AT) != 0 ||
        text[13] != before[13] || text[16] != before[16])
        return false;
    char behind = text[LENGTH + 1]; /* AM or PM would belong to the stamp */
    if (behind == 'A' || behind == 'a' || behind == 'P' || behind == 'p')
        return false;
    int then[3], now[3];
    for (int i = 0; i < 3; i++) {
        const char *was = before + TIME_AT + 3 * i, *is = text + TIME_AT + 3 * i;
        if (was[0] < '0' || was[0] > '9' || was[1] < '0' || was[1] > '9' || is[0] < '0' ||
            is[0] > '9' || is[1] < '0' || is[1] > '9')
            return false;
        then[i] = (was[0] - '0') * 10 + was[1] - '0';
        now[i] = (is[0] - '0') * 10 + is[1] - '0';
    }
    if (now[0] > 23 || now[1] > 59 || now[2] > 59)
        return false;
    int seconds = ((now[0] - then[0]) * 60 + now[1] - then[1]) * 60 + now[2] - then[2];
    int64_t time = state->stamp.time + seconds * INT64_C(1000000);
    if (time < state->order.newest)
        return false;
    state->order.newest = state->stamp.time = time;
    memcpy(state->stamp_text, text, LENGTH);
    return true;
}

bool line_take_stamp(struct line_state *state, const char *text, size_t length)
{
    if (line_same_stamp(state, text, length))
        return true;
    if (later_today(state, text, length))
        return true;
    struct stamp stamp = order_stamp(&state->order, text, length);
    if (stamp.length == 0)
        return false;
    state->stamp = stamp;
    state->stamp_known = order_known(&state->order, stamp.form);
    state->stamp_length = 0;
    if (stamp.length <= sizeof state->stamp_text) {
        memcpy(state->stamp_text, text, stamp.length);
        state->stamp_length = stamp.length;
    }
    return true;
}

uint16_t line_name(struct line *line, const char *name, size_t length)
{
    bool full;
    if (line->nomem)
        return 0; /* the ids must not depend on where memory ran out */
    uint16_t id = names_add(line->state->allocator, &line->state->names, name, length, &full);
    line->nomem |= id == 0 && !full;
    return id;
}

char *line_join(struct line *line, size_t length)
{
    if (line->joined_capacity - line->joined_length < length)
        return NULL;
    char *room = line->joined + line->joined_length;
    line->joined_length += length;
    return room;
}
