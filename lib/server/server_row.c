/* SPDX-License-Identifier: BSD-2-Clause
 * Cells become a record: an event of a schedule, a message of the activity log, or a row of any
 * other table with the names that its own head gives. */
#include "server.h"

#include "number.h"

#include <stdio.h>

static const char *const statuses[] = {
    "Completed", "Failed - no restart", "Failed", "Future", "In Progress", "Missed", "Pending",
    "Restarted", "Severed", "Started", "Uncertain",
};

bool status_known(const char *text, size_t length)
{
    for (size_t i = 0; i < sizeof statuses / sizeof *statuses; i++)
        if (strlen(statuses[i]) == length && memcmp(statuses[i], text, length) == 0)
            return true;
    return false;
}

uint16_t row_unnamed(struct line *line, size_t index)
{
    char name[32];
    int n = snprintf(name, sizeof name, "column_%zu", index + 1);
    uint16_t id = line_name(line, name, (size_t)n);
    return id != 0 ? id : TSMP_FIELD_VALUE;
}

struct stamp server_stamp(const char *text, size_t length, uint32_t known)
{
    size_t whole = length, dot = 19;
    bool fraction = length > dot + 1 && length <= dot + 7 && text[dot] == '.';
    for (size_t i = dot + 1; fraction && i < length; i++)
        fraction = text[i] >= '0' && text[i] <= '9';
    if (fraction)
        whole = dot;
    struct stamp stamp = stamp_read(text, whole, known);
    if (!fraction || stamp.length != whole)
        return stamp;
    stamp.length = (uint8_t)length;
    int64_t micros = 0;
    for (size_t i = dot + 1; i < dot + 7; i++)
        micros = micros * 10 + (i < length ? text[i] - '0' : 0);
    if (stamp.flags == 0)
        stamp.time += micros;
    return stamp;
}

/* A time that fills its cell, or an empty cell. False: there is something else in it. */
static bool add_time(struct line *line, uint16_t id, const struct cell *cell)
{
    tsmp_field *field = line_add(line, id, TSMP_TYPE_TIME, cell->text, cell->length);
    field->flags = TSMP_FLAG_NO_TIME;
    if (cell->length == 0)
        return true;
    struct order *order = &line->state->order;
    struct stamp stamp = server_stamp(cell->text, cell->length, 0);
    if (stamp.length != cell->length)
        return false;
    order_learn(order, &stamp);
    stamp = server_stamp(cell->text, cell->length, order_known(order, stamp.form));
    field->number = stamp.time;
    field->flags = stamp.flags;
    return true;
}

static void add_cell(struct line *line, uint16_t id, const struct cell *cell)
{
    tsmp_field *field = line_add(line, id, TSMP_TYPE_TEXT, cell->text, cell->length);
    if (cell->doubt > 0) {
        field->flags |= TSMP_FLAG_TEXT_AMBIGUOUS;
        line->record->flags |= TSMP_FLAG_TEXT_AMBIGUOUS;
    }
}

static bool add_result(struct line *line, const struct cell *cell)
{
    struct number number = number_read(cell->text, cell->length, true, 0);
    if (number.length != cell->length || cell->length == 0)
        return false;
    line_add_number(line, TSMP_FIELD_RESULT, &number, cell->text, cell->length);
    return true;
}

/* "Failed  1": the server's web pages show the return code behind the status. */
static struct cell split_status(struct cell *status)
{
    size_t digits = status->length;
    while (digits > 0 && status->text[digits - 1] >= '0' && status->text[digits - 1] <= '9')
        digits--;
    size_t from = digits;
    if (from > 0 && status->text[from - 1] == '-')
        from--;
    struct cell code = {status->text + from, status->length - from, 0};
    if (digits == status->length || from == 0 || status->text[from - 1] != ' ')
        return (struct cell){status->text, 0, 0};
    status->length = trim_end(status->text, from);
    return code;
}

static bool add_status(struct line *line, struct cell status, const struct cell *result)
{
    struct cell code = split_status(&status);
    add_cell(line, TSMP_FIELD_STATUS, &status);
    if (result == NULL && code.length > 0)
        return add_result(line, &code);
    return status.length > 0 && code.length == 0;
}

static bool add_event(struct line *line, const struct cell *const *by_role)
{
    static const struct {
        uint8_t role;
        uint16_t field;
    } order[] = {
        {ROLE_DOMAIN, TSMP_FIELD_DOMAIN},       {ROLE_SCHEDULE, TSMP_FIELD_SCHEDULE},
        {ROLE_NODE, TSMP_FIELD_NODE},           {ROLE_SCHEDULED, TSMP_FIELD_SCHEDULED},
        {ROLE_ACTUAL, TSMP_FIELD_ACTUAL},       {ROLE_COMPLETED, TSMP_FIELD_COMPLETED},
        {ROLE_STATUS, TSMP_FIELD_STATUS},       {ROLE_RESULT, TSMP_FIELD_RESULT},
        {ROLE_REASON, TSMP_FIELD_REASON},
    };
    bool good = true;
    line->record->kind = TSMP_KIND_SERVER_EVENT;
    for (size_t i = 0; i < sizeof order / sizeof *order; i++) {
        const struct cell *cell = by_role[order[i].role];
        if (cell == NULL)
            continue;
        switch (order[i].role) {
        case ROLE_SCHEDULED: case ROLE_ACTUAL: case ROLE_COMPLETED:
            good &= add_time(line, order[i].field, cell);
            break;
        case ROLE_STATUS:
            good &= add_status(line, *cell, by_role[ROLE_RESULT]);
            break;
        case ROLE_RESULT:
            good &= cell->length == 0 || add_result(line, cell);
            break;
        case ROLE_SCHEDULE:
            good &= cell->length > 0;
            add_cell(line, order[i].field, cell);
            break;
        default:
            add_cell(line, order[i].field, cell);
            break;
        }
    }
    return good;
}

static bool add_logged(struct line *line, const struct cell *const *by_role)
{
    tsmp_record *record = line->record;
    const struct cell *date = by_role[ROLE_DATE];
    bool good = true;
    if (date != NULL) {
        uint64_t before = line->batch->view.field_count;
        good = add_time(line, TSMP_FIELD_TIME, date) && date->length > 0;
        const tsmp_field *field = &line->batch->fields[before];
        record->flags &= ~(uint32_t)(TSMP_FLAG_NO_TIME | TSMP_FLAG_TIME_CARRIED |
                                     TSMP_FLAG_DATE_AMBIGUOUS | TSMP_FLAG_TIME_IMPOSSIBLE);
        record->time = field->number;
        record->flags |= field->flags;
        line->batch->view.field_count = before; /* it is the record's own time */
        record->field_count--;
    }
    if (server_code(by_role[ROLE_MESSAGE]->text, by_role[ROLE_MESSAGE]->length) > 0)
        return message_add(line, by_role[ROLE_MESSAGE], by_role[ROLE_NODE], by_role[ROLE_SESSION],
                           by_role[ROLE_SCHEDULE]) && good;
    record->kind = TSMP_KIND_SERVER_MESSAGE;
    add_cell(line, TSMP_FIELD_TEXT, by_role[ROLE_MESSAGE]);
    return false;
}

bool row_add(struct line *line, enum server_meaning meaning, const struct column *columns,
             const struct cell *cells, size_t count)
{
    /* What the record of such a row has a field of its own for. */
    static const uint32_t taken[] = {
        [MEANS_ROW] = 0,
        [MEANS_EVENT] = 1u << ROLE_DOMAIN | 1u << ROLE_SCHEDULE | 1u << ROLE_NODE |
                        1u << ROLE_SCHEDULED | 1u << ROLE_ACTUAL | 1u << ROLE_COMPLETED |
                        1u << ROLE_STATUS | 1u << ROLE_RESULT | 1u << ROLE_REASON,
        [MEANS_MESSAGE] = 1u << ROLE_DATE | 1u << ROLE_MESSAGE | 1u << ROLE_NODE |
                          1u << ROLE_SESSION | 1u << ROLE_SCHEDULE,
    };
    const struct cell *by_role[ROLE_COUNT] = {NULL};
    bool good = true;
    for (size_t i = 0; i < count; i++)
        if ((taken[meaning] >> columns[i].role & 1u) != 0 && by_role[columns[i].role] == NULL)
            by_role[columns[i].role] = &cells[i];
    if (meaning == MEANS_EVENT)
        good = add_event(line, by_role);
    else if (meaning == MEANS_MESSAGE)
        good = add_logged(line, by_role);
    else
        line->record->kind = TSMP_KIND_TABLE_ROW;
    for (size_t i = 0; i < count; i++)
        if (by_role[columns[i].role] != &cells[i])
            add_cell(line, columns[i].field, &cells[i]);
    if (!good)
        line->record->why = TSMP_WHY_DAMAGED;
    return true;
}
