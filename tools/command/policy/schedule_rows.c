/* SPDX-License-Identifier: BSD-2-Clause
 * What dsmadmc says of schedules: the rows of `query event` are starts, those of `query schedule` are
 * definitions, as far as their period can be told from the row alone. */
#include "schedule.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* More than any server lists; a wrong file must not fill the memory. */
enum { MOST_ROWS = 500000, LONGEST_NAME = 255 };

static const tsmp_field *field_of(const tsmp_view *view, const tsmp_record *record, uint16_t id)
{
    for (uint32_t i = 0; i < record->field_count; i++)
        if (view->fields[record->first_field + i].id == id)
            return &view->fields[record->first_field + i];
    return NULL;
}

static char *copy_of(const tsmp_view *view, const tsmp_field *field)
{
    if (field == NULL || field->length > LONGEST_NAME)
        return strdup("");
    return strndup(view->text + field->text, field->length);
}

/* Room for one more. */
static bool reserve(void **items, size_t count, size_t size)
{
    if ((count & (count - 1)) != 0) /* grown at each power of two */
        return true;
    void *bigger = count < MOST_ROWS ? realloc(*items, (count > 0 ? count * 2 : 1) * size) : NULL;
    if (bigger != NULL)
        *items = bigger;
    return bigger != NULL;
}

static int32_t take_event(struct event_starts *events, const tsmp_view *view, const tsmp_record *record)
{
    const uint32_t unknown = TSMP_FLAG_NO_TIME | TSMP_FLAG_DATE_AMBIGUOUS | TSMP_FLAG_TIME_IMPOSSIBLE;
    const tsmp_field *time = field_of(view, record, TSMP_FIELD_SCHEDULED);
    void *items = events->items;
    if (time == NULL || (time->flags & unknown) != 0)
        return TSMP_OK;
    bool good = reserve(&items, events->count, sizeof *events->items);
    events->items = items;
    if (!good)
        return TSMP_E_NOMEM;
    struct event_start *event = &events->items[events->count++];
    *event = (struct event_start){.schedule = copy_of(view, field_of(view, record, TSMP_FIELD_SCHEDULE)),
                                  .node = copy_of(view, field_of(view, record, TSMP_FIELD_NODE)),
                                  .scheduled = time->number};
    return event->schedule != NULL && event->node != NULL ? TSMP_OK : TSMP_E_NOMEM;
}

/* ---- query schedule -------------------------------------------------------------------------------------- */

/* Columns of the table, and labels of -detail. */
enum column { NAME, START, LASTS, PERIOD, DAY, COLUMNS };

static enum column column_of(const char *name)
{
    static const struct {
        const char *name;
        enum column column;
    } names[] = {{"Schedule Name", NAME}, {"Start Date/Time", START}, {"Duration", LASTS},
                 {"Period", PERIOD}, {"Day", DAY}, {"Day of Week", DAY}};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (strcmp(names[i].name, name) == 0)
            return names[i].column;
    return COLUMNS;
}

/* "4 H", "30 Minute(s)": a number and the letter of its unit; 0 = it is none. */
static long amount(const char *text, char *unit)
{
    char *end;
    long number = strtol(text, &end, 10);
    while (*end == ' ')
        end++;
    *unit = (char)(*end & ~0x20);
    if (strncasecmp(end, "mo", 2) == 0) /* months: M are minutes */
        *unit = 'X';
    return end != text && number > 0 && number < 10000 ? number : 0;
}

/* The time of day in "01/01/2026 22:00:00", of which the date's order need not be known. */
static bool time_of_day(const char *text, int *hour, int *minute)
{
    const char *colon = strchr(text, ':');
    if (colon == NULL || colon < text + 2)
        return false;
    *hour = (colon[-2] - '0') * 10 + colon[-1] - '0';
    *minute = (colon[1] - '0') * 10 + colon[2] - '0';
    for (int i = -2; i < 3; i++)
        if (i != 0 && (colon[i] < '0' || colon[i] > '9'))
            return false;
    return *hour < 24 && *minute < 60 && strpbrk(colon, "APap") == NULL;
}

static uint32_t days_of(const char *text)
{
    if (strcasecmp(text, "any") == 0)
        return 0x7F;
    if (strncasecmp(text, "weekday", 7) == 0)
        return 0x3E;
    if (strncasecmp(text, "weekend", 7) == 0)
        return 0x41;
    int day = strlen(text) >= 3 ? cron_weekday(text, 3) : -1;
    return day < 0 ? 0 : 1u << day;
}

/* False: its starts can't be told from the row. */
static bool define(struct policy_schedule *schedule, char *const *row)
{
    char unit, of_window;
    long period = amount(row[PERIOD], &unit), window = amount(row[LASTS], &of_window);
    int hour, minute;
    uint32_t days = days_of(row[DAY]);
    if (!time_of_day(row[START], &hour, &minute) || period == 0 || window == 0 || days == 0)
        return false;
    schedule->window = window * (of_window == 'D' ? 86400 : of_window == 'H' ? 3600 : of_window == 'M' ? 60 : 0);
    schedule->cron = (struct cron){.minutes = UINT64_C(1) << minute, .hours = 1u << hour, .days = 0xFFFFFFFE,
                                   .months = 0x1FFE, .weekdays = days, .any_day = true, .any_weekday = days == 0x7F};
    bool one_day = (days & (days - 1)) == 0;
    if (unit == 'H' && period < 24 && 24 % period == 0 && days == 0x7F) {
        schedule->cron.hours = 0;
        for (int h = hour; h < hour + 24; h += (int)period)
            schedule->cron.hours |= 1u << h % 24;
    } else if (period != 1 || (unit != 'D' && !(unit == 'W' && one_day))) {
        return false;
    }
    return schedule->window > 0;
}

static int32_t take_definition(struct event_starts *events, const tsmp_batch *batch, const tsmp_record *record)
{
    const tsmp_view *view = tsmp_batch_view(batch);
    char *row[COLUMNS] = {NULL};
    int32_t status = TSMP_OK;
    for (uint32_t i = 0; i < record->field_count; i++) {
        const tsmp_field *field = &view->fields[record->first_field + i];
        const char *name = tsmp_batch_field_name(batch, field->id);
        enum column column = name != NULL ? column_of(name) : COLUMNS;
        if (column < COLUMNS && row[column] == NULL && (row[column] = copy_of(view, field)) == NULL)
            status = TSMP_E_NOMEM;
    }
    bool whole = true;
    for (int i = 0; i < COLUMNS; i++)
        whole &= row[i] != NULL;
    struct policy_schedule schedule = {.name = row[NAME]};
    if (status == TSMP_OK && whole && row[NAME][0] != '\0') {
        void *items = events->rows;
        if (!define(&schedule, row)) {
            events->untold++;
        } else if (!reserve(&items, events->row_count, sizeof *events->rows)) {
            status = TSMP_E_NOMEM;
        } else {
            events->rows = items;
            events->rows[events->row_count++] = schedule;
            row[NAME] = NULL; /* the row's now */
        }
    }
    for (int i = 0; i < COLUMNS; i++)
        free(row[i]);
    return status;
}

/* ---- the file --------------------------------------------------------------------------------------------- */

static int32_t take_rows(const tsmp_batch *batch, void *context)
{
    const tsmp_view *view = tsmp_batch_view(batch);
    int32_t status = TSMP_OK;
    for (uint64_t i = 0; i < view->record_count && status == TSMP_OK; i++) {
        const tsmp_record *record = &view->records[i];
        if (record->kind == TSMP_KIND_SERVER_EVENT)
            status = take_event(context, view, record);
        else if (record->kind == TSMP_KIND_TABLE_ROW)
            status = take_definition(context, batch, record);
    }
    return status;
}

static int by_node(const void *a, const void *b)
{
    const struct event_start *x = a, *y = b;
    int order = strcasecmp(x->node, y->node);
    return order != 0 ? order : strcasecmp(x->schedule, y->schedule);
}

bool events_read(struct event_starts *events, const struct options *options)
{
    char *path = (char *)(uintptr_t)options->schedules; /* only read */
    struct text text = {.paths = &path, .count = 1};
    struct options plain = *options;
    struct sink sink = {take_rows, NULL, events};
    char message[160];
    if (path == NULL)
        return true;
    plain.joined = false;
    if (!read_text(&text, &plain, &sink))
        return false;
    if (events->untold > 0) {
        snprintf(message, sizeof message, "the starts of %zu of its schedules can't be told from their rows: give "
                 "what `query event` prints for them", events->untold);
        complain(path, message);
    }
    if (events->count + events->row_count == 0) {
        complain(path, "it holds no rows of `query event` or `query schedule` whose starts can be told");
        return false;
    }
    if (events->count > 0)
        qsort(events->items, events->count, sizeof *events->items, by_node);
    return true;
}

void events_free(struct event_starts *events)
{
    for (size_t i = 0; i < events->count; i++) {
        free(events->items[i].schedule);
        free(events->items[i].node);
    }
    for (size_t i = 0; i < events->row_count; i++)
        free((void *)(uintptr_t)events->rows[i].name);
    free(events->items);
    free(events->rows);
    *events = (struct event_starts){0};
}
