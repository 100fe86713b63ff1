/* SPDX-License-Identifier: BSD-2-Clause
 * The marks of a scheduled run: SCHEDULEREC, event lines, results, and what the scheduler says
 * about itself. */
#include "run_state.h"

#include <string.h>

static bool is_text(const struct string *string, tsmp_text text)
{
    return string_is(string, text.bytes, (size_t)text.length);
}

static bool same_key(const struct tsmp_run *run, tsmp_text schedule, tsmp_text key)
{
    return is_text(&run->schedule, schedule) && is_text(&run->key, key);
}

static bool close_step(const struct item *item, struct tsmp_run *run, enum closing step)
{
    if (run->at[step] != 0)
        return doubt(item, run, TSMP_EVIDENCE_FORGEABLE); /* the client prints it once */
    run->at[step] = item->record->line;
    if (run->closings > (uint32_t)step) /* one that is left out is missed by `at` */
        run->disorder = true;
    run->closings = (uint32_t)step + 1;
    return true;
}

/* ---- OBJECT BEGIN --------------------------------------------------------------------------------- */

/* An earlier run of the same event: this is a retry. Foreign blocks have no key to go by. */
static bool take_up_retired(struct tsmp_runs *runs, tsmp_text schedule, tsmp_text key)
{
    for (size_t i = runs->retired_count; i-- > 0;) {
        struct tsmp_run *run = runs->retired[i];
        if (run->missed || run->view.interactive || run->view.attempts == 0 ||
            !same_key(run, schedule, key))
            continue;
        runs->retired_count--;
        memmove(runs->retired + i, runs->retired + i + 1,
                (runs->retired_count - i) * sizeof *runs->retired);
        if (!run_retire_open(runs)) {
            tsmp_run_free(run);
            return false;
        }
        runs->open = run;
        return true;
    }
    return true;
}

static bool begin_new(const struct item *item, tsmp_text schedule, tsmp_text key, bool foreign)
{
    struct tsmp_runs *runs = item->runs;
    struct tsmp_run *before = run_is_active(runs->open) ? runs->open : NULL;
    struct tsmp_run *run = run_open(item);
    if (run == NULL)
        return false;
    run->view.attempts = 1;
    run->view.scheduled = item_time_field(item, TSMP_FIELD_SCHEDULED);
    if (!string_set(&run->allocator, &run->schedule, schedule.bytes, (size_t)schedule.length) ||
        !string_set(&run->allocator, &run->key, key.bytes, (size_t)key.length) ||
        (foreign && !doubt(item, run, TSMP_EVIDENCE_FOREIGN)))
        return false;
    return before == NULL || (run_overlap(item, before) && run_overlap(item, run));
}

static bool object_begin(const struct item *item)
{
    struct tsmp_runs *runs = item->runs;
    tsmp_text schedule = item_text(item, TSMP_FIELD_SCHEDULE);
    tsmp_text key = item_text(item, TSMP_FIELD_SCHEDULED);
    bool foreign = (item->record->flags & TSMP_FLAG_FOREIGN) != 0;
    runs->executing_line = 0;
    struct tsmp_run *run = runs->open;
    bool again = !foreign && run != NULL && run->view.attempts > 0 && !run->view.interactive &&
                 same_key(run, schedule, key);
    /* the client never begins twice without ending: a copied line, or a second writer */
    if (again && run_is_active(run))
        return doubt(item, run, TSMP_EVIDENCE_E17);
    if (!again && !foreign && !run_is_active(run)) {
        if (!take_up_retired(runs, schedule, key))
            return false;
        again = runs->open != run;
    }
    if (again) {
        run_restart(runs->open);
        runs->open->view.attempts++;
    } else if (!begin_new(item, schedule, key, foreign)) {
        return false;
    }
    run = runs->open;
    run->begin_time = item_time(item);
    run_extend(item, run);
    if (runs->mixed_line != 0 && !doubt(item, run, TSMP_EVIDENCE_E17))
        return false;
    if (runs->forgot_line != 0 && !doubt(item, run, TSMP_EVIDENCE_LIMIT))
        return false;
    runs->mixed_line = runs->forgot_line = 0;
    return definition_apply(runs, run) && close_step(item, run, CLOSE_BEGIN);
}

bool mark_unbegun(const struct item *item, bool end_of_text)
{
    struct tsmp_runs *runs = item->runs;
    struct tsmp_run *run = run_open(item);
    if (run == NULL)
        return false;
    run->only_executing = true;
    run->stopped = !end_of_text;
    run->view.first_line = runs->executing_line;
    run->view.first_offset = runs->executing_offset;
    runs->executing_line = 0;
    struct definition *definition = definition_latest(runs);
    if (definition == NULL)
        return true;
    definition->settled = true;
    run->view.scheduled = definition->window_time;
    return string_set(&run->allocator, &run->schedule, definition->schedule.bytes,
                      definition->schedule.length) &&
           string_set(&run->allocator, &run->key, definition->window.bytes,
                      definition->window.length);
}

/* ---- what closes a run ------------------------------------------------------------------------------ */

/* The scheduler asked for work again behind its event line: another one is not about this run, but
 * about one of the same name whose beginning is lost. */
static bool is_past(const struct tsmp_run *run, bool event)
{
    return event && run->at[CLOSE_EVENT] != 0 && run->moved_on;
}

/* The run that a line with this name closes; `event`: the event line. A run whose head is cut learns
 * its name here. */
static bool run_named(const struct item *item, tsmp_text schedule, bool event, struct tsmp_run **named)
{
    struct tsmp_runs *runs = item->runs;
    struct tsmp_run *open = runs->open;
    *named = NULL;
    if (open != NULL && !open->view.interactive &&
        (open->at[CLOSE_SENT] == 0 || !open->moved_on) && !is_past(open, event)) {
        bool nameless = open->schedule.length == 0 && open->at[CLOSE_BEGIN] == 0;
        if (nameless && !string_set(&open->allocator, &open->schedule, schedule.bytes,
                                    (size_t)schedule.length))
            return false;
        if (nameless || is_text(&open->schedule, schedule)) {
            *named = open;
            return true;
        }
    }
    for (size_t i = runs->retired_count; *named == NULL && i-- > 0;) {
        struct tsmp_run *run = runs->retired[i];
        if (!run->missed && !run->view.interactive && run->at[CLOSE_SENT] == 0 &&
            !is_past(run, event) && is_text(&run->schedule, schedule))
            *named = run;
    }
    return true;
}

/* A closing line that no run answers to. It never closes the run that is open. */
static struct tsmp_run *orphan(const struct item *item, tsmp_text schedule)
{
    struct tsmp_runs *runs = item->runs;
    struct tsmp_run *run = run_is_active(runs->open) ? runs->open : run_headless(item);
    if (run == NULL || !note(item, run, TSMP_EVIDENCE_E16, schedule))
        return NULL;
    if (run->schedule.length == 0 && run->at[CLOSE_BEGIN] == 0 &&
        !string_set(&run->allocator, &run->schedule, schedule.bytes, (size_t)schedule.length))
        return NULL;
    run_extend(item, run);
    return run;
}

static bool object_end(const struct item *item)
{
    struct tsmp_runs *runs = item->runs;
    tsmp_text schedule = item_text(item, TSMP_FIELD_SCHEDULE);
    tsmp_text key = item_text(item, TSMP_FIELD_SCHEDULED);
    int64_t time = item_time_field(item, TSMP_FIELD_SCHEDULED);
    struct tsmp_run *run;
    if (!run_named(item, schedule, false, &run))
        return false;
    if (run != NULL && run->key.length == 0 && run->at[CLOSE_BEGIN] == 0 &&
        (item->record->flags & TSMP_FLAG_FOREIGN) == 0) {
        run->view.scheduled = time;
        definition_settle(runs, schedule, key, time);
        if (!string_set(&run->allocator, &run->key, key.bytes, (size_t)key.length))
            return false;
    }
    if (run == NULL || !same_key(run, schedule, key))
        return orphan(item, schedule) != NULL;
    run_extend(item, run);
    /* It went on after it seemed to be over. */
    if ((run->stopped || run != runs->open) &&
        !(run_overlap(item, run) && run_overlap(item, runs->open)))
        return false;
    if (run->in_command && !doubt(item, run, TSMP_EVIDENCE_FORGEABLE))
        return false;
    return close_step(item, run, CLOSE_END);
}

static bool status_edge(const struct item *item, bool begin)
{
    struct tsmp_runs *runs = item->runs;
    struct tsmp_run *run = runs->open;
    if (run == NULL || run->view.interactive || run->only_executing || run->at[CLOSE_SENT] != 0)
        run = run_headless(item);
    if (run == NULL)
        return false;
    run_extend(item, run);
    if (run->stopped && !run_overlap(item, run))
        return false;
    if (run->in_command && !doubt(item, run, TSMP_EVIDENCE_FORGEABLE))
        return false;
    run->in_status = begin;
    if (begin && run->at[CLOSE_STATUS_BEGIN] == 0)
        run->status_time = item_time(item);
    return close_step(item, run, begin ? CLOSE_STATUS_BEGIN : CLOSE_STATUS_END);
}

bool mark_schedrec(const struct item *item)
{
    bool begin = item_word(item, TSMP_FIELD_EDGE) == TSMP_WORD_BEGIN;
    struct tsmp_runs *runs = item->runs;
    switch (item_word(item, TSMP_FIELD_BLOCK)) {
    case TSMP_WORD_OBJECT: return begin ? object_begin(item) : object_end(item);
    case TSMP_WORD_STATUS: return status_edge(item, begin);
    default:
        if (begin && runs->in_query)
            runs->mixed_line = item->record->line;
        runs->in_query = begin;
        return true;
    }
}

static bool event_line(const struct item *item, struct tsmp_run *run)
{
    if (run->at[CLOSE_EVENT] != 0) {
        /* Two that differ: the worse one stands, and neither can be believed to the end. */
        if (item_word(item, TSMP_FIELD_OUTCOME) != TSMP_WORD_COMPLETED)
            run->view.claim = TSMP_CLAIM_FAILURE;
        return doubt(item, run, TSMP_EVIDENCE_FORGEABLE);
    }
    if (run->in_command && !doubt(item, run, TSMP_EVIDENCE_FORGEABLE))
        return false;
    bool completed = item_word(item, TSMP_FIELD_OUTCOME) == TSMP_WORD_COMPLETED;
    run->view.claim = completed ? TSMP_CLAIM_SUCCESS : TSMP_CLAIM_FAILURE;
    const tsmp_field *code = item_field(item, TSMP_FIELD_RETURN_CODE);
    bool overflow = code != NULL && (code->flags & TSMP_FLAG_OVERFLOW) != 0;
    int64_t number = code == NULL ? 0 : overflow ? -1 : code->number;
    /* The code behind a success takes none away that a command ended with. */
    if (code != NULL && (completed ? !(run->command_finished && number == 0) : !overflow)) {
        run->view.has_return_code = 1;
        run->view.return_code = number;
    }
    return close_step(item, run, CLOSE_EVENT);
}

bool mark_event(const struct item *item)
{
    struct tsmp_runs *runs = item->runs;
    tsmp_text schedule = item_text(item, TSMP_FIELD_SCHEDULE);
    struct tsmp_run *run;
    if (!run_named(item, schedule, true, &run))
        return false;
    if (run == NULL) {
        run = orphan(item, schedule);
        if (run == NULL)
            return false;
        if (run->at[CLOSE_BEGIN] != 0) /* another run's: it says nothing about this one */
            return true;
        return event_line(item, run);
    }
    run_extend(item, run);
    if (run != runs->open && !(run_overlap(item, run) && run_overlap(item, runs->open)))
        return false;
    return event_line(item, run);
}

static bool results(const struct item *item, enum closing step)
{
    tsmp_text schedule = item_text(item, TSMP_FIELD_SCHEDULE);
    struct tsmp_run *run;
    if (!run_named(item, schedule, false, &run))
        return false;
    if (run == NULL)
        return orphan(item, schedule) != NULL;
    /* Only an event that has ended has results. */
    if (run->at[CLOSE_BEGIN] != 0 && run->at[CLOSE_EVENT] == 0)
        return doubt(item, run, TSMP_EVIDENCE_FORGEABLE);
    run_extend(item, run);
    return close_step(item, run, step);
}

/* ---- the scheduler about itself ---------------------------------------------------------------------- */

/* The process that runs an event never says this before it has closed it. */
static bool scheduler_moves(const struct item *item)
{
    struct tsmp_runs *runs = item->runs;
    struct tsmp_run *run = runs->open;
    runs->block_open = runs->in_query = false;
    if (runs->executing_line != 0 && !mark_unbegun(item, false))
        return false;
    if (run == NULL || run->view.interactive)
        return true;
    run->moved_on = true;
    if (run->at[CLOSE_EVENT] == 0)
        run->stopped = true;
    return true;
}

static bool is_move(uint32_t state)
{
    return state == TSMP_WORD_STARTED || state == TSMP_WORD_STOPPED || state == TSMP_WORD_QUERYING;
}

bool mark_is_move(const struct item *item)
{
    return is_move(item_word(item, TSMP_FIELD_STATE));
}

bool mark_scheduler(const struct item *item)
{
    struct tsmp_runs *runs = item->runs;
    uint32_t state = item_word(item, TSMP_FIELD_STATE);
    if (is_move(state))
        return scheduler_moves(item);
    switch (state) {
    case TSMP_WORD_SENDING_RESULTS: return results(item, CLOSE_SENDING);
    case TSMP_WORD_RESULTS_SENT: return results(item, CLOSE_SENT);
    case TSMP_WORD_NEXT_OPERATION:
        runs->block_open = runs->block_mixed = false;
        return true;
    case TSMP_WORD_NO_SCHEDULE:
        return run_is_active(runs->open) ? doubt(item, runs->open, TSMP_EVIDENCE_FORGEABLE)
                                         : definition_none(item);
    case TSMP_WORD_EXECUTING:
        /* No scheduler says so while it runs: a name may have printed it. */
        if (run_is_active(runs->open))
            return doubt(item, runs->open, TSMP_EVIDENCE_FORGEABLE);
        if (runs->executing_line != 0) /* twice without a word between is a doubled line */
            return true;
        runs->executing_line = item->record->line;
        runs->executing_offset = item->record->offset;
        return true;
    default: return true;
    }
}
