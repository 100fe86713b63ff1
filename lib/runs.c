/* SPDX-License-Identifier: BSD-2-Clause
 * Records in, runs out: a state machine over the life of a scheduler. It trusts a line only where
 * the client prints it; the same words elsewhere are noted as doubt, never as proof. */
#include "run.h"

#include <string.h>

enum { DEFAULT_VOLUMES = 65536, DEFAULT_FINDINGS = 1000, DEFINITIONS = 64 };
#define DAY INT64_C(86400000000)

struct tsmp_runs {
    tsmp_allocator allocator;
    size_t max_volumes, max_findings;
    struct tsmp_run *open;   /* the run that lines belong to */
    struct tsmp_run *closed; /* the one before: late lines may still belong to it */
    struct tsmp_run **ready;
    size_t ready_first, ready_count, ready_capacity;
    struct definition definitions[DEFINITIONS];
    size_t definition_count;
    struct definition block; /* the one being printed */
    bool block_open;
    struct string node;
    bool head_seen; /* console: the next command's head was in the text */
    bool ended, failed;
    int64_t last_time;
    uint64_t marker_end; /* offset behind a wrap marker that was the last record, 0 = it was not */
};

int32_t tsmp_runs_new(const tsmp_runs_options *options, const tsmp_allocator *allocator,
                      tsmp_runs **runs)
{
    tsmp_allocator chosen;
    if (runs == NULL || !memory_choose(allocator, &chosen) ||
        (options != NULL && options->size < sizeof *options))
        return TSMP_E_MISUSE;
    *runs = memory_get_zeroed(&chosen, sizeof **runs);
    if (*runs == NULL)
        return TSMP_E_NOMEM;
    (*runs)->allocator = chosen;
    (*runs)->max_volumes = options != NULL && options->max_volumes > 0 ? options->max_volumes
                                                                      : DEFAULT_VOLUMES;
    (*runs)->max_findings = options != NULL && options->max_evidence > 0 ? options->max_evidence
                                                                        : DEFAULT_FINDINGS;
    (*runs)->last_time = TSMP_NO_TIME;
    (*runs)->block.window_time = TSMP_NO_TIME;
    return TSMP_OK;
}

static void clear_definition(struct tsmp_runs *runs, struct definition *definition)
{
    string_clear(&runs->allocator, &definition->schedule);
    string_clear(&runs->allocator, &definition->action);
    string_clear(&runs->allocator, &definition->objects);
    string_clear(&runs->allocator, &definition->options);
    string_clear(&runs->allocator, &definition->window);
    *definition = (struct definition){.window_time = TSMP_NO_TIME};
}

void tsmp_runs_free(tsmp_runs *runs)
{
    if (runs == NULL)
        return;
    tsmp_run_free(runs->open);
    tsmp_run_free(runs->closed);
    for (size_t i = runs->ready_first; i < runs->ready_count; i++)
        tsmp_run_free(runs->ready[i]);
    memory_put(&runs->allocator, runs->ready);
    for (size_t i = 0; i < runs->definition_count; i++)
        clear_definition(runs, &runs->definitions[i]);
    clear_definition(runs, &runs->block);
    string_clear(&runs->allocator, &runs->node);
    tsmp_allocator allocator = runs->allocator;
    memory_put(&allocator, runs);
}

/* ---- one record, with what it says --------------------------------------------------------- */

struct item {
    struct tsmp_runs *runs;
    const tsmp_view *view;
    const tsmp_record *record;
};

static const tsmp_field *field_of(const struct item *item, uint16_t id)
{
    const tsmp_field *field = item->view->fields + item->record->first_field;
    for (uint32_t i = 0; i < item->record->field_count; i++)
        if (field[i].id == id)
            return &field[i];
    return NULL;
}

static tsmp_text text_of(const struct item *item, uint16_t id)
{
    const tsmp_field *field = field_of(item, id);
    if (field == NULL)
        return (tsmp_text){"", 0};
    return (tsmp_text){item->view->text + field->text, field->length};
}

static uint32_t word_of(const struct item *item, uint16_t id)
{
    const tsmp_field *field = field_of(item, id);
    return field != NULL ? (uint32_t)field->number : 0;
}

static bool has_time(uint32_t flags)
{
    return (flags & (TSMP_FLAG_NO_TIME | TSMP_FLAG_DATE_AMBIGUOUS | TSMP_FLAG_TIME_IMPOSSIBLE)) == 0;
}

static int64_t time_of(const struct item *item)
{
    return has_time(item->record->flags) ? item->record->time : TSMP_NO_TIME;
}

static int64_t time_field(const struct item *item, uint16_t id)
{
    const tsmp_field *field = field_of(item, id);
    return field != NULL && has_time(field->flags) ? field->number : TSMP_NO_TIME;
}

static bool find(const struct item *item, struct tsmp_run *run, uint32_t id, tsmp_text name)
{
    return run_find(run, id, item->record->line, name.bytes, (size_t)name.length,
                    item->runs->max_findings);
}

static bool doubt(const struct item *item, struct tsmp_run *run, uint32_t id)
{
    return find(item, run, id, (tsmp_text){"", 0});
}

/* ---- runs come and go ---------------------------------------------------------------------- */

static bool make_ready(struct tsmp_runs *runs, struct tsmp_run *run)
{
    if (runs->ready_first > 0 && runs->ready_first == runs->ready_count)
        runs->ready_first = runs->ready_count = 0;
    void *items = runs->ready;
    bool good = memory_reserve(&runs->allocator, &items, &runs->ready_capacity, runs->ready_count,
                               1, sizeof(struct tsmp_run *));
    runs->ready = items;
    if (!good || !run_finish(run))
        return false;
    runs->ready[runs->ready_count++] = run;
    return true;
}

static bool release_closed(struct tsmp_runs *runs)
{
    if (runs->closed == NULL)
        return true;
    if (!make_ready(runs, runs->closed))
        return false;
    runs->closed = NULL;
    return true;
}

static bool close_open(struct tsmp_runs *runs)
{
    if (runs->open == NULL)
        return true;
    if (!release_closed(runs))
        return false;
    runs->closed = runs->open;
    runs->open = NULL;
    return true;
}

static struct tsmp_run *open_run(const struct item *item)
{
    struct tsmp_runs *runs = item->runs;
    if (!close_open(runs))
        return NULL;
    struct tsmp_run *run = run_new(&runs->allocator);
    if (run == NULL || !string_set(&runs->allocator, &run->node, runs->node.bytes,
                                   runs->node.length)) {
        tsmp_run_free(run);
        return NULL;
    }
    run->view.first_line = item->record->line;
    run->view.first_offset = item->record->offset;
    run->view.started = time_of(item);
    runs->open = run;
    return run;
}

static void extend(const struct item *item, struct tsmp_run *run)
{
    run->view.last_line = item->record->line;
    run->view.end_offset = item->record->offset + item->record->length;
    if (time_of(item) != TSMP_NO_TIME)
        run->view.ended = time_of(item);
}

/* A scheduled text of which the beginning is not there: a cut or pruned head. */
static struct tsmp_run *headless(const struct item *item)
{
    struct tsmp_run *run = open_run(item);
    if (run != NULL && !doubt(item, run, TSMP_EVIDENCE_HEAD_MISSING))
        return NULL;
    return run;
}

static bool close_step(const struct item *item, struct tsmp_run *run, enum closing step)
{
    if (run->at[step] != 0)
        return doubt(item, run, TSMP_EVIDENCE_FORGEABLE); /* the client prints it once */
    run->at[step] = item->record->line;
    if (run->closings != (uint32_t)step)
        run->disorder = true;
    run->closings = (uint32_t)step + 1;
    return true;
}

/* ---- definitions --------------------------------------------------------------------------- */

static uint32_t action_word(const struct string *action)
{
    static const struct {
        const char *text;
        uint32_t word;
    } actions[] = {{"Incremental", TSMP_WORD_INCREMENTAL}, {"Selective", TSMP_WORD_SELECTIVE},
                   {"Archive", TSMP_WORD_ARCHIVE}, {"Restore", TSMP_WORD_RESTORE},
                   {"Retrieve", TSMP_WORD_RETRIEVE}, {"Command", TSMP_WORD_COMMAND},
                   {"Macro", TSMP_WORD_MACRO}, {"Image Backup", TSMP_WORD_IMAGE},
                   {"Imagebackup", TSMP_WORD_IMAGE}};
    for (size_t i = 0; i < sizeof actions / sizeof *actions; i++)
        if (string_is(action, actions[i].text, strlen(actions[i].text)))
            return actions[i].word;
    return action->length > 0 ? TSMP_WORD_OTHER : 0;
}

static struct definition *definition_of(struct tsmp_runs *runs, const char *name, size_t length)
{
    for (size_t i = 0; i < runs->definition_count; i++)
        if (string_is(&runs->definitions[i].schedule, name, length))
            return &runs->definitions[i];
    return NULL;
}

/* A window that came and went without a run. */
static bool report_missed(const struct item *item, struct definition *definition)
{
    struct tsmp_runs *runs = item->runs;
    struct tsmp_run *run = run_new(&runs->allocator);
    if (run == NULL)
        return false;
    run->missed = true;
    run->view.scheduled = definition->window_time;
    run->view.action = action_word(&definition->action);
    run->view.first_line = run->view.last_line = definition->line;
    bool good = string_set(&runs->allocator, &run->schedule, definition->schedule.bytes,
                           definition->schedule.length) &&
                string_set(&runs->allocator, &run->key, definition->window.bytes,
                           definition->window.length) &&
                string_set(&runs->allocator, &run->node, runs->node.bytes, runs->node.length) &&
                run_find(run, TSMP_EVIDENCE_E20, definition->line, definition->window.bytes,
                         definition->window.length, 1);
    if (good && item->record != NULL)
        good = run_find(run, TSMP_EVIDENCE_E20, item->record->line, "", 0, 2);
    if (good && runs->open == NULL)
        good = release_closed(runs);
    if (good && make_ready(runs, run))
        return true;
    tsmp_run_free(run);
    return false;
}

/* The block is whole: it takes the place of the schedule's earlier one. */
static bool take_block(const struct item *item)
{
    struct tsmp_runs *runs = item->runs;
    struct definition *block = &runs->block;
    struct definition *old = definition_of(runs, block->schedule.bytes, block->schedule.length);
    runs->block_open = false;
    if (block->schedule.length == 0)
        return true;
    if (old != NULL) {
        bool other = !string_is(&old->window, block->window.bytes, block->window.length);
        int64_t now = time_of(item);
        if (other && !old->ran && old->window_time != TSMP_NO_TIME && now != TSMP_NO_TIME &&
            now >= old->window_time && block->window_time != TSMP_NO_TIME &&
            block->window_time > old->window_time && !report_missed(item, old))
            return false;
        block->ran = !other && old->ran;
        clear_definition(runs, old);
    } else if (runs->definition_count < DEFINITIONS) {
        old = &runs->definitions[runs->definition_count++];
    } else {
        clear_definition(runs, block);
        return true;
    }
    *old = *block;
    *block = (struct definition){.window_time = TSMP_NO_TIME};
    return true;
}

static bool schedule_field(const struct item *item)
{
    struct tsmp_runs *runs = item->runs;
    tsmp_text label = text_of(item, TSMP_FIELD_LABEL), value = text_of(item, TSMP_FIELD_VALUE);
    struct definition *block = &runs->block;
    struct string *into = NULL;
    switch (label.length) {
    case 13: /* Schedule Name */
        clear_definition(runs, block);
        block->line = item->record->line;
        runs->block_open = true;
        into = &block->schedule;
        break;
    case 6: into = &block->action; break;
    case 7: into = label.bytes[1] == 'b' ? &block->objects : &block->options; break;
    default: into = &block->window; break;
    }
    if (!runs->block_open)
        return true;
    if (!string_set(&runs->allocator, into, value.bytes, (size_t)value.length))
        return false;
    if (into != &block->window)
        return true;
    block->window_time = time_field(item, TSMP_FIELD_SCHEDULED);
    block->line = item->record->line;
    return take_block(item);
}

/* The definition that was announced for this run; its window is the run's nominal start. */
static bool apply_definition(struct tsmp_runs *runs, struct tsmp_run *run)
{
    struct definition *definition = definition_of(runs, run->schedule.bytes, run->schedule.length);
    if (definition == NULL)
        return true;
    if (definition->window_time == TSMP_NO_TIME || definition->window_time == run->view.scheduled)
        definition->ran = true;
    run->definition_known = true;
    run->view.action = action_word(&definition->action);
    return string_set(&run->allocator, &run->objects, definition->objects.bytes,
                      definition->objects.length);
}

/* ---- the marks of a scheduled run ------------------------------------------------------------ */

static bool same_key(const struct tsmp_run *run, tsmp_text schedule, tsmp_text key)
{
    return string_is(&run->schedule, schedule.bytes, (size_t)schedule.length) &&
           string_is(&run->key, key.bytes, (size_t)key.length);
}

static bool object_begin(const struct item *item)
{
    struct tsmp_runs *runs = item->runs;
    tsmp_text schedule = text_of(item, TSMP_FIELD_SCHEDULE);
    tsmp_text key = text_of(item, TSMP_FIELD_SCHEDULED);
    struct tsmp_run *run = runs->open != NULL ? runs->open : runs->closed;
    bool foreign = (item->record->flags & TSMP_FLAG_FOREIGN) != 0;
    if (run != NULL && !run->view.interactive && !foreign && same_key(run, schedule, key) &&
        run->view.attempts > 0) {
        if (runs->open == NULL) {
            runs->open = runs->closed;
            runs->closed = NULL;
        } else if (run->at[CLOSE_EVENT] == 0 && !run->stopped) {
            /* the client never begins twice without ending: a copied line, or a second writer */
            return doubt(item, run, TSMP_EVIDENCE_E17);
        }
        run_restart(run);
        run->view.attempts++;
    } else {
        bool inside = runs->open != NULL && !runs->open->view.interactive && !runs->open->stopped &&
                      runs->open->at[CLOSE_EVENT] == 0;
        run = open_run(item);
        if (run == NULL)
            return false;
        run->view.attempts = 1;
        run->view.scheduled = time_field(item, TSMP_FIELD_SCHEDULED);
        if (!string_set(&runs->allocator, &run->schedule, schedule.bytes,
                        (size_t)schedule.length) ||
            !string_set(&runs->allocator, &run->key, key.bytes, (size_t)key.length))
            return false;
        if (foreign && !doubt(item, run, TSMP_EVIDENCE_FOREIGN))
            return false;
        if (inside && !doubt(item, run, TSMP_EVIDENCE_E17))
            return false;
        if (inside && !doubt(item, runs->closed, TSMP_EVIDENCE_E17))
            return false;
    }
    run->begin_time = time_of(item);
    extend(item, run);
    return apply_definition(runs, run) && close_step(item, run, CLOSE_BEGIN);
}

/* The run that a line with this name (and key) closes. */
static struct tsmp_run *run_named(struct tsmp_runs *runs, tsmp_text schedule)
{
    if (runs->open != NULL && !runs->open->view.interactive &&
        string_is(&runs->open->schedule, schedule.bytes, (size_t)schedule.length))
        return runs->open;
    if (runs->closed != NULL && !runs->closed->view.interactive &&
        string_is(&runs->closed->schedule, schedule.bytes, (size_t)schedule.length))
        return runs->closed;
    return NULL;
}

static bool object_end(const struct item *item)
{
    struct tsmp_runs *runs = item->runs;
    tsmp_text schedule = text_of(item, TSMP_FIELD_SCHEDULE);
    tsmp_text key = text_of(item, TSMP_FIELD_SCHEDULED);
    struct tsmp_run *run = run_named(runs, schedule);
    if (run == NULL || !same_key(run, schedule, key)) {
        run = runs->open != NULL && !runs->open->view.interactive ? runs->open : headless(item);
        if (run == NULL)
            return false;
        extend(item, run);
        return find(item, run, TSMP_EVIDENCE_E16, schedule);
    }
    extend(item, run);
    if (run->stopped || run != runs->open) { /* it went on after it seemed to be over */
        if (!doubt(item, run, TSMP_EVIDENCE_E17))
            return false;
        if (run != runs->open && runs->open != NULL && !doubt(item, runs->open, TSMP_EVIDENCE_E17))
            return false;
    }
    return close_step(item, run, CLOSE_END);
}

static bool status_edge(const struct item *item, bool begin)
{
    struct tsmp_run *run = item->runs->open;
    if (run == NULL || run->view.interactive)
        run = headless(item);
    if (run == NULL)
        return false;
    extend(item, run);
    if (run->stopped && !doubt(item, run, TSMP_EVIDENCE_E17))
        return false;
    run->in_status = begin;
    if (begin)
        run->status_time = time_of(item);
    return close_step(item, run, begin ? CLOSE_STATUS_BEGIN : CLOSE_STATUS_END);
}

static bool schedrec(const struct item *item)
{
    bool begin = word_of(item, TSMP_FIELD_EDGE) == TSMP_WORD_BEGIN;
    switch (word_of(item, TSMP_FIELD_BLOCK)) {
    case TSMP_WORD_OBJECT: return begin ? object_begin(item) : object_end(item);
    case TSMP_WORD_STATUS: return status_edge(item, begin);
    default: return true;
    }
}

static bool event(const struct item *item)
{
    struct tsmp_runs *runs = item->runs;
    tsmp_text schedule = text_of(item, TSMP_FIELD_SCHEDULE);
    struct tsmp_run *run = run_named(runs, schedule);
    bool completed = word_of(item, TSMP_FIELD_OUTCOME) == TSMP_WORD_COMPLETED;
    bool orphan = run == NULL;
    if (orphan) {
        run = headless(item);
        if (run == NULL || !string_set(&runs->allocator, &run->schedule, schedule.bytes,
                                       (size_t)schedule.length) ||
            !find(item, run, TSMP_EVIDENCE_E16, schedule))
            return false;
    }
    extend(item, run);
    if (!orphan && run->at[CLOSE_EVENT] != 0)
        return doubt(item, run, TSMP_EVIDENCE_FORGEABLE);
    if (run->view.claim != TSMP_CLAIM_FAILURE)
        run->view.claim = completed ? TSMP_CLAIM_SUCCESS : TSMP_CLAIM_FAILURE;
    const tsmp_field *code = field_of(item, TSMP_FIELD_RETURN_CODE);
    if (code != NULL && (code->flags & TSMP_FLAG_OVERFLOW) == 0) {
        run->view.has_return_code = 1;
        run->view.return_code = code->number;
    }
    return close_step(item, run, CLOSE_EVENT);
}

static bool results(const struct item *item, enum closing step)
{
    tsmp_text schedule = text_of(item, TSMP_FIELD_SCHEDULE);
    struct tsmp_run *run = run_named(item->runs, schedule);
    if (run == NULL) {
        run = headless(item);
        if (run == NULL || !string_set(&item->runs->allocator, &run->schedule, schedule.bytes,
                                       (size_t)schedule.length) ||
            !find(item, run, TSMP_EVIDENCE_E16, schedule))
            return false;
    }
    extend(item, run);
    return close_step(item, run, step);
}

static bool scheduler(const struct item *item)
{
    struct tsmp_runs *runs = item->runs;
    struct tsmp_run *run = runs->open;
    switch (word_of(item, TSMP_FIELD_STATE)) {
    case TSMP_WORD_SENDING_RESULTS: return results(item, CLOSE_SENDING);
    case TSMP_WORD_RESULTS_SENT: return results(item, CLOSE_SENT);
    case TSMP_WORD_STARTED:
    case TSMP_WORD_STOPPED:
    case TSMP_WORD_QUERYING:
        /* The process that ran the event never says this before it has closed it. */
        if (run != NULL && !run->view.interactive && run->at[CLOSE_EVENT] == 0)
            run->stopped = true;
        return true;
    default: return true;
    }
}

/* ---- what happens inside a run ----------------------------------------------------------------- */

static bool command(const struct item *item)
{
    struct tsmp_run *run = item->runs->open;
    if (run == NULL || run->view.interactive)
        return true;
    extend(item, run);
    if (word_of(item, TSMP_FIELD_STATE) == TSMP_WORD_BEGIN) {
        run->in_command = run->command_seen = true;
        return true;
    }
    const tsmp_field *code = field_of(item, TSMP_FIELD_RETURN_CODE);
    if (!run->in_command) /* one end too many: output of the command may have printed the other */
        return doubt(item, run, TSMP_EVIDENCE_FORGEABLE);
    run->in_command = false;
    if (run->view.action != TSMP_WORD_COMMAND || code == NULL)
        return true;
    if (run->command_finished && !doubt(item, run, TSMP_EVIDENCE_FORGEABLE))
        return false;
    run->command_finished = true;
    run->view.has_return_code = 1;
    run->view.return_code = (code->flags & TSMP_FLAG_OVERFLOW) != 0 ? -1 : code->number;
    return true;
}

static bool interactive(const struct item *item)
{
    return item->record->format == TSMP_FORMAT_CONSOLE &&
           (item->record->flags & TSMP_FLAG_STAMPED) == 0;
}

/* The run that a volume, object or statistic line belongs to; begins one where it must. */
static struct tsmp_run *run_for(const struct item *item, bool begins)
{
    struct tsmp_runs *runs = item->runs;
    struct tsmp_run *run = runs->open;
    if (interactive(item)) {
        if (run != NULL && run->view.interactive && run->elapsed_line == 0)
            return run;
        if (!begins)
            return run != NULL && run->view.interactive ? run : NULL;
        bool seen = runs->head_seen || (run != NULL && run->elapsed_line != 0);
        run = open_run(item);
        if (run != NULL) {
            run->view.interactive = 1;
            run->view.attempts = 1;
            run->view.action = TSMP_WORD_INCREMENTAL;
            run->definition_known = true; /* the command line asked; the log shows its answer */
            run->head_seen = seen;
            runs->head_seen = false;
        }
        return run;
    }
    if (run != NULL && !run->view.interactive && run->at[CLOSE_SENT] == 0)
        return run;
    return begins ? headless(item) : NULL;
}

static bool volume_begin(const struct item *item)
{
    tsmp_text name = text_of(item, TSMP_FIELD_VOLUME);
    struct tsmp_run *run = run_for(item, true);
    if (run == NULL)
        return false;
    extend(item, run);
    if (run->in_command)
        return true;
    bool full;
    struct run_volume *volume = run_volume(run, name.bytes, (size_t)name.length,
                                           item->runs->max_volumes, &full);
    if (volume == NULL)
        return full && doubt(item, run, TSMP_EVIDENCE_LIMIT);
    if (volume->begins > 0 && !find(item, run, TSMP_EVIDENCE_FORGEABLE, name))
        return false;
    volume->begins++;
    if (volume->begin_line == 0)
        volume->begin_line = item->record->line;
    return true;
}

static bool volume_end(const struct item *item)
{
    tsmp_text name = text_of(item, TSMP_FIELD_VOLUME);
    uint32_t outcome = word_of(item, TSMP_FIELD_OUTCOME);
    bool coded = field_of(item, TSMP_FIELD_CODE) != NULL;
    struct tsmp_run *run = run_for(item, !coded);
    if (run == NULL)
        return coded;
    extend(item, run);
    if (coded)
        run->view.errors++;
    if (run->in_command)
        return true;
    bool full;
    struct run_volume *volume = run_volume(run, name.bytes, (size_t)name.length,
                                           item->runs->max_volumes, &full);
    if (volume == NULL)
        return full && doubt(item, run, TSMP_EVIDENCE_LIMIT);
    const tsmp_field *failures = field_of(item, TSMP_FIELD_FAILURES);
    bool same = volume->ends > 0 && volume->outcome == outcome && coded;
    if (volume->ends > 0 && !same && outcome == TSMP_WORD_SUCCESSFUL &&
        !find(item, run, TSMP_EVIDENCE_FORGEABLE, name))
        return false;
    /* The worse of two ends stands; the client prints ANS1802E twice in some logs. */
    if (volume->ends == 0 || outcome != TSMP_WORD_SUCCESSFUL)
        volume->outcome = volume->outcome == TSMP_WORD_STOPPED ? volume->outcome : outcome;
    if (failures != NULL && (uint64_t)failures->number > volume->failures)
        volume->failures = (uint64_t)failures->number;
    volume->ends++;
    volume->end_line = item->record->line;
    if (outcome == TSMP_WORD_STOPPED)
        return find(item, run, TSMP_EVIDENCE_E03, name);
    return true;
}

static bool statistic(const struct item *item)
{
    struct tsmp_run *run = run_for(item, false);
    if (run == NULL || run->in_command || (!run->view.interactive && !run->in_status))
        return true;
    extend(item, run);
    const tsmp_field *value = field_of(item, TSMP_FIELD_VALUE);
    uint32_t name = word_of(item, TSMP_FIELD_NAME);
    for (size_t i = 0; i < run->statistic_count; i++)
        if (run->statistics[i].name == name)
            return doubt(item, run, TSMP_EVIDENCE_FORGEABLE);
    void *items = run->statistics;
    bool good = memory_reserve(&run->allocator, &items, &run->statistic_capacity,
                               run->statistic_count, 1, sizeof *run->statistics);
    run->statistics = items;
    if (!good)
        return false;
    if (value == NULL || value->type != TSMP_TYPE_NUMBER)
        return true;
    run->statistics[run->statistic_count++] = (tsmp_statistic){
        .name = name, .unit = word_of(item, TSMP_FIELD_UNIT), .number = value->number,
        .power = value->power, .flags = value->flags, .line = item->record->line};
    if (name == TSMP_STATISTIC_ELAPSED_TIME)
        run->elapsed_line = item->record->line;
    return true;
}

/* Hot: nearly every line of a verbose log. The fields of an object stand in a fixed order. */
static bool object(const struct item *item)
{
    struct tsmp_run *run = item->runs->open;
    if (run == NULL || (run->view.interactive && run->elapsed_line != 0)) {
        if (!interactive(item))
            return true;
        run = run_for(item, true);
        if (run == NULL)
            return false;
    }
    extend(item, run);
    const tsmp_field *field = item->view->fields + item->record->first_field;
    int64_t action = field[0].number, status = field[4].number;
    run->view.retried += field[5].number > 0;
    if (status == TSMP_WORD_FAILED)
        run->view.failed++;
    else if (status == TSMP_WORD_SKIPPED)
        run->view.skipped++;
    else if (status != TSMP_WORD_CHANGED) {
        run->view.sent += action == TSMP_WORD_SEND && status == TSMP_WORD_SENT;
        run->view.updated += action == TSMP_WORD_UPDATE;
        run->view.expired += action == TSMP_WORD_EXPIRE;
        run->view.rebound += action == TSMP_WORD_REBIND;
        run->view.deleted += action == TSMP_WORD_DELETE;
    }
    return true;
}

static bool message(const struct item *item)
{
    struct tsmp_run *run = item->runs->open;
    if (run == NULL || (!run->view.interactive && run->at[CLOSE_EVENT] != 0) ||
        (run->view.interactive && run->elapsed_line != 0))
        return true;
    extend(item, run);
    tsmp_text code = text_of(item, TSMP_FIELD_CODE);
    if (code.length != 8)
        return true;
    char letter = code.bytes[7];
    run->view.informational += letter == 'I';
    run->view.warnings += letter == 'W';
    run->view.errors += letter == 'E';
    run->view.severe += letter == 'S';
    if (letter == 'I' && memcmp(code.bytes, "ANS1074", 7) != 0)
        return true;
    /* What it means for the verdict is the judge's: a claim may still come. */
    return find(item, run, TSMP_EVIDENCE_OBJECTS_NOT_STORED, code);
}

static bool banner(const struct item *item)
{
    struct tsmp_runs *runs = item->runs;
    tsmp_text text = text_of(item, TSMP_FIELD_TEXT);
    struct tsmp_run *run = runs->open;
    switch (word_of(item, TSMP_FIELD_STATE)) {
    case TSMP_WORD_FUNCTION:
        if (text.length > 18 && memcmp(text.bytes + text.length - 9, "finished.", 9) == 0)
            return true;
        if (interactive(item))
            runs->head_seen = true;
        run = run_for(item, interactive(item));
        if (run == NULL)
            return !interactive(item);
        if (run->view.interactive)
            run->view.action = text.bytes[0] == 'S' ? TSMP_WORD_SELECTIVE
                               : text.bytes[0] == 'A' ? TSMP_WORD_ARCHIVE
                               : text.bytes[2] == 's' ? TSMP_WORD_RESTORE : TSMP_WORD_RETRIEVE;
        extend(item, run);
        return true;
    case TSMP_WORD_JOURNAL:
        if (run != NULL)
            run->journal = true;
        return true;
    case TSMP_WORD_INTERRUPTED:
        return run == NULL || doubt(item, run, TSMP_EVIDENCE_INTERRUPTED);
    case TSMP_WORD_PROMPT:
    case TSMP_WORD_INTERFACE:
        if (!interactive(item))
            return true;
        runs->head_seen = true;
        if (run != NULL && run->view.interactive)
            return close_open(runs);
        return true;
    default: return true;
    }
}

static bool session(const struct item *item)
{
    if (word_of(item, TSMP_FIELD_STATE) == TSMP_WORD_SERVER_TIME && interactive(item))
        item->runs->head_seen = true;
    if (word_of(item, TSMP_FIELD_STATE) != TSMP_WORD_NODE)
        return true;
    tsmp_text name = text_of(item, TSMP_FIELD_NAME);
    return string_set(&item->runs->allocator, &item->runs->node, name.bytes, (size_t)name.length);
}

/* A name with a newline in it prints lines of its own making. While one is open, or when its end
 * turns up later, nothing in the run can be told from what the name's maker wrote. */
static bool watch_names(const struct item *item, struct tsmp_run *run)
{
    const tsmp_record *record = item->record;
    bool outcome = record->kind == TSMP_KIND_MORE && (record->flags & TSMP_FLAG_OUTCOME_SEEN) != 0;
    if ((record->flags & TSMP_FLAG_CUT) != 0)
        return doubt(item, run, TSMP_EVIDENCE_LIMIT);
    if (outcome && !run->name_open)
        return doubt(item, run, TSMP_EVIDENCE_FORGEABLE);
    if (outcome) {
        run->name_open = false;
        return true;
    }
    bool passive = record->kind == TSMP_KIND_MORE || record->kind == TSMP_KIND_UNKNOWN ||
                   (record->kind == TSMP_KIND_BLANK && (record->flags & TSMP_FLAG_STAMPED) == 0);
    if (run->name_open && !passive) {
        run->name_open = false;
        if (!doubt(item, run, TSMP_EVIDENCE_FORGEABLE))
            return false;
    }
    if ((record->flags & TSMP_FLAG_OPEN_NAME) != 0)
        run->name_open = true;
    return true;
}

static bool take(const struct item *item)
{
    const tsmp_record *record = item->record;
    struct tsmp_runs *runs = item->runs;
    if (record->format == TSMP_FORMAT_ACCEPTOR_LOG || record->format == TSMP_FORMAT_ERROR_LOG)
        return true;
    if (time_of(item) != TSMP_NO_TIME)
        runs->last_time = time_of(item);
    struct tsmp_run *run = runs->open;
    /* In file order what stands behind a marker is older text, so the run is cut there. Fed in
     * order of time the text jumps at the marker, and the run just goes on. */
    if (runs->marker_end != 0 && run != NULL && record->offset == runs->marker_end)
        run->stopped = true;
    runs->marker_end = 0;
    if (run != NULL && (record->kind != TSMP_KIND_OBJECT || run->name_open ||
                        (record->flags & (TSMP_FLAG_OPEN_NAME | TSMP_FLAG_CUT)) != 0) &&
        !watch_names(item, run))
        return false;
    switch (record->kind) {
    case TSMP_KIND_OBJECT: {
        if (!object(item))
            return false;
        bool opens = run == NULL && runs->open != NULL;
        return !opens || watch_names(item, runs->open);
    }
    case TSMP_KIND_SCHEDREC: return schedrec(item);
    case TSMP_KIND_EVENT: return event(item);
    case TSMP_KIND_SCHEDULER: return scheduler(item);
    case TSMP_KIND_SCHEDULE_FIELD: return schedule_field(item);
    case TSMP_KIND_VOLUME_BEGIN: return volume_begin(item);
    case TSMP_KIND_VOLUME_END: return volume_end(item);
    case TSMP_KIND_STATISTIC: return statistic(item);
    case TSMP_KIND_COMMAND: return command(item);
    case TSMP_KIND_MESSAGE: return message(item);
    case TSMP_KIND_BANNER: return banner(item);
    case TSMP_KIND_SESSION: return session(item);
    case TSMP_KIND_MARKER:
        if (word_of(item, TSMP_FIELD_STATE) == TSMP_WORD_WRAP)
            runs->marker_end = record->offset + record->length;
        return true;
    default: return true;
    }
}

int32_t tsmp_runs_add(tsmp_runs *runs, const tsmp_batch *batch)
{
    if (runs == NULL || batch == NULL || runs->ended || runs->failed)
        return TSMP_E_MISUSE;
    const tsmp_view *view = tsmp_batch_view(batch);
    struct item item = {runs, view, NULL};
    for (uint64_t i = 0; i < view->record_count; i++) {
        item.record = &view->records[i];
        if (!take(&item)) {
            runs->failed = true;
            return TSMP_E_NOMEM;
        }
    }
    return TSMP_OK;
}

int32_t tsmp_runs_end(tsmp_runs *runs)
{
    if (runs == NULL || runs->failed)
        return TSMP_E_MISUSE;
    if (runs->ended)
        return TSMP_OK;
    if (runs->open != NULL)
        runs->open->end_of_text = true;
    bool good = close_open(runs) && release_closed(runs);
    struct item item = {runs, NULL, NULL};
    for (size_t i = 0; good && i < runs->definition_count; i++) {
        struct definition *definition = &runs->definitions[i];
        if (!definition->ran && definition->window_time != TSMP_NO_TIME &&
            runs->last_time != TSMP_NO_TIME && runs->last_time > definition->window_time + DAY)
            good = report_missed(&item, definition);
    }
    runs->ended = true;
    runs->failed = !good;
    return good ? TSMP_OK : TSMP_E_NOMEM;
}

int32_t tsmp_runs_next(tsmp_runs *runs, tsmp_run **run)
{
    if (runs == NULL || run == NULL)
        return TSMP_E_MISUSE;
    *run = NULL;
    if (runs->ready_first < runs->ready_count) {
        *run = runs->ready[runs->ready_first++];
        return TSMP_OK;
    }
    return runs->ended ? TSMP_END : TSMP_MORE;
}
