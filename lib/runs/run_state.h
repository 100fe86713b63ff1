/* SPDX-License-Identifier: BSD-2-Clause
 * What the rooms that make runs out of records share. Each room takes one kind of line:
 * definitions.c the announced schedules, run_marks.c what begins and closes a run, run_body.c what
 * stands in it, run_doubt.c what may be forged. runs.c hands the records out. */
#ifndef TSMP_RUN_STATE_H
#define TSMP_RUN_STATE_H

#include "run.h"

/* An announced schedule: the block behind "Next operation scheduled". */
struct definition {
    struct string node, schedule, action, objects, options, window;
    int64_t window_time; /* TSMP_NO_TIME when not known, like the next */
    int64_t announced;
    uint64_t line;
    uint64_t used;  /* when it was announced last, in blocks */
    uint32_t parts; /* of the block that were read */
    bool spoiled;   /* something stood in the block that is none of its lines */
    bool settled;   /* its run came, or it is known that none has to */
};

enum { RETIRED = 4 };

struct tsmp_runs {
    tsmp_allocator allocator;
    size_t max_volumes, max_findings, max_definitions;
    int64_t now;           /* TSMP_NO_TIME = not known */
    struct tsmp_run *open; /* the run that lines belong to */
    /* The runs before it, oldest first: late lines and retries may still belong to them. */
    struct tsmp_run *retired[RETIRED];
    size_t retired_count;
    struct tsmp_run **ready;
    size_t ready_first, ready_count, ready_capacity;
    struct definition *definitions;
    size_t definition_count, definition_capacity;
    struct definition block; /* the one being printed */
    bool block_open;
    bool block_mixed; /* two were found in one, and none has been announced since */
    uint64_t blocks;
    uint64_t mixed_line;  /* blocks of two schedulers were found mixed, 0 = no */
    uint64_t forgot_line; /* a pending schedule was forgotten for want of room, 0 = no */
    uint64_t executing_line; /* of `Executing scheduled command now.` without a run yet */
    uint64_t executing_offset;
    bool in_query;
    struct string node;
    bool head_seen; /* console: the next command's head was in the text */
    bool ended, failed;
    int64_t last_time;
    uint64_t last_line;  /* of the last stamped record */
    uint64_t marker_end; /* offset behind a wrap marker that was the last record, 0 = it was not */
};

/* ---- one record, with what it says ------------------------------------------------------------ */

struct item {
    struct tsmp_runs *runs;
    const tsmp_view *view;
    const tsmp_record *record;
    bool in_name; /* a name that is open may have printed it */
};

/* Asked several times for every line: calls cost more than what is in them. */
static inline const tsmp_field *item_field(const struct item *item, uint16_t id)
{
    const tsmp_field *field = item->view->fields + item->record->first_field;
    for (uint32_t i = 0; i < item->record->field_count; i++)
        if (field[i].id == id)
            return &field[i];
    return NULL;
}

/* The same where the rules of its line always give it as the field of this number: one look. */
static inline const tsmp_field *item_field_at(const struct item *item, uint32_t index, uint16_t id)
{
    const tsmp_field *field = item->view->fields + item->record->first_field + index;
    return index < item->record->field_count && field->id == id ? field : item_field(item, id);
}

static inline tsmp_text item_text(const struct item *item, uint16_t id)
{
    const tsmp_field *field = item_field(item, id);
    if (field == NULL)
        return (tsmp_text){"", 0};
    return (tsmp_text){item->view->text + field->text, field->length};
}

static inline uint32_t item_word(const struct item *item, uint16_t id)
{
    const tsmp_field *field = item_field(item, id);
    return field != NULL ? (uint32_t)field->number : 0;
}

static inline bool item_has_time(uint32_t flags)
{
    return (flags & (TSMP_FLAG_NO_TIME | TSMP_FLAG_DATE_AMBIGUOUS | TSMP_FLAG_TIME_IMPOSSIBLE)) == 0;
}

/* The record's time, or a field's, or TSMP_NO_TIME: an undecided date is no time. */
static inline int64_t item_time(const struct item *item)
{
    return item_has_time(item->record->flags) ? item->record->time : TSMP_NO_TIME;
}

static inline int64_t item_time_field(const struct item *item, uint16_t id)
{
    const tsmp_field *field = item_field(item, id);
    return field != NULL && item_has_time(field->flags) ? field->number : TSMP_NO_TIME;
}

/* Is it a line of dsmc's console, so that no scheduler stands behind it? */
static inline bool item_interactive(const struct item *item)
{
    return item->record->format == TSMP_FORMAT_CONSOLE &&
           (item->record->flags & TSMP_FLAG_STAMPED) == 0;
}

/* Note something about a run, resting on this record. False: no memory (of all rooms' functions). */
bool note(const struct item *item, struct tsmp_run *run, uint32_t id, tsmp_text name);
bool doubt(const struct item *item, struct tsmp_run *run, uint32_t id);

/* One record into the runs. False: no memory. */
bool runs_take(const struct item *item);
/* The same of a stamped line of a schedule log of which is_usual() is known. */
bool runs_take_usual(const struct item *item);
/* May a line of this kind, which can't end an open name, be one? */
static inline bool runs_are_usual(const struct tsmp_runs *runs, uint16_t kind)
{
    const struct tsmp_run *run = runs->open;
    return runs->marker_end == 0 && (!runs->block_open || kind == TSMP_KIND_SCHEDULE_FIELD) &&
           (run == NULL || (run->name_open == NAME_CLOSED && !run->view.interactive));
}

/* ---- runs come and go (runs.c) ---------------------------------------------------------------- */

/* A new open run at this record; the one before is retired. NULL: no memory. */
struct tsmp_run *run_open(const struct item *item);
/* The same for text whose beginning is not there. */
struct tsmp_run *run_headless(const struct item *item);
bool run_retire(struct tsmp_runs *runs, struct tsmp_run *run);
bool run_retire_open(struct tsmp_runs *runs);
/* This record belongs to the run, so the run reaches to its end. */
static inline void run_extend(const struct item *item, struct tsmp_run *run)
{
    run->view.last_line = item->record->line;
    run->view.end_offset = item->record->offset + item->record->length;
    if (item_time(item) != TSMP_NO_TIME)
        run->view.ended = item_time(item);
}
/* Open, scheduled, begun, and not closed by its event line? */
static inline bool run_is_active(const struct tsmp_run *run)
{
    return run != NULL && !run->view.interactive && run->at[CLOSE_EVENT] == 0 && !run->stopped;
}
/* Its lines stand between those of another run: note it once. NULL is no run. */
bool run_overlap(const struct item *item, struct tsmp_run *run);

/* ---- definitions.c ------------------------------------------------------------------------------- */

void definition_clear(struct tsmp_runs *runs, struct definition *definition);
bool definition_field(const struct item *item);
bool definition_none(const struct item *item); /* "No schedule returned from server." */
/* A record that is no part of the block that is being printed. */
void definition_spoil(struct tsmp_runs *runs);
bool definition_apply(struct tsmp_runs *runs, struct tsmp_run *run);
/* The run of this name and key was seen, though it can't be joined. */
void definition_settle(struct tsmp_runs *runs, tsmp_text schedule, tsmp_text key, int64_t time);
/* The definition that was announced last, NULL = there is none. */
struct definition *definition_latest(struct tsmp_runs *runs);
bool definitions_end(struct tsmp_runs *runs);

/* ---- run_marks.c ----------------------------------------------------------------------------------- */

bool mark_schedrec(const struct item *item);
bool mark_event(const struct item *item);
bool mark_scheduler(const struct item *item);
/* Does the scheduler begin anew, or end? */
bool mark_is_move(const struct item *item);
/* `Executing` was said, and no begin record came before the text went on or ended. */
bool mark_unbegun(const struct item *item, bool end_of_text);

/* ---- run_body.c ------------------------------------------------------------------------------------- */

bool body_volume_begin(const struct item *item);
bool body_volume_end(const struct item *item);
bool body_statistic(const struct item *item);
/* Lines of the body that follow each other under one stamp, in a run that is open and that none of the
 * rooms before them would doubt: pull.c. Asked before them: */
static inline bool body_goes_on(const struct tsmp_runs *runs)
{
    const struct tsmp_run *run = runs->open;
    return run_is_active(run) && !run->only_executing && !run->in_command && !run->overlapped &&
           run->at[CLOSE_SENT] == 0 && run->name_open == NAME_CLOSED && runs->marker_end == 0 && !runs->block_open;
}
/* ... of each: does it stand where it counts? ... */
static inline bool body_in_place(const struct tsmp_run *run, uint16_t kind)
{
    return kind == TSMP_KIND_STATISTIC ? run->in_status || run->at[CLOSE_BEGIN] == 0
                                       : run->at[CLOSE_STATUS_BEGIN] == 0;
}
/* ... and then taken. The run is extended by the last of them only. */
bool body_again(const struct item *item, struct tsmp_run *run);
bool body_object(const struct item *item);
/* The end of an object's line, printed behind the newlines in its name. */
void body_outcome(struct tsmp_run *run, uint16_t status);
bool body_message(const struct item *item);
bool body_command(const struct item *item);
bool body_banner(const struct item *item);
bool body_session(const struct item *item);

/* ---- run_doubt.c ------------------------------------------------------------------------------------- */

/* Look at a record before its room does. `*credited`: what it says may count in the run's favour. */
bool doubt_record(const struct item *item, struct tsmp_run *run, bool *credited);
/* A line that can't end in an outcome, by its last byte. */
static inline bool doubt_ends_plain(const struct item *item)
{
    const tsmp_record *record = item->record;
    if (record->text_length == 0)
        return true;
    char last = item->view->text[record->text + record->text_length - 1];
    return last != ']' && last != 'd' && last != '*' && last != '\r' && last != '\n';
}
/* Where no name is open, most lines can't raise a doubt: they end in no outcome and open no name. */
static inline bool doubt_is_idle(const struct item *item, const struct tsmp_run *run)
{
    const tsmp_record *record = item->record;
    if (run->name_open != NAME_CLOSED || (record->flags & (TSMP_FLAG_OPEN_NAME | TSMP_FLAG_CUT)) != 0)
        return false;
    return doubt_ends_plain(item);
}
/* Streams write their lines a moment after they took the stamp. */
#define DOUBT_SLACK INT64_C(2000000)
/* The stamps of a run that goes on: do they step back? */
static inline void doubt_clock(struct tsmp_run *run, int64_t time, uint64_t line)
{
    if (!run_is_active(run))
        return;
    if (run->clock != TSMP_NO_TIME && run->clock - time > DOUBT_SLACK) {
        if (run->back_steps++ == 0)
            run->back_line = line;
        run->back += run->clock - time;
    }
    run->clock = time;
}

#endif
