/* SPDX-License-Identifier: BSD-2-Clause
 * The token of runs: the run that is open, those that may still be joined, and what the scheduler
 * has announced. Every member is named here or in the list below (tests/hygiene/resumed.py looks). */
#include "line.h"
#include "resume.h"
#include "run_state.h"

/* Not in a token: allocator, and what run_finish() makes of the rest: shown, and of the view size
 * volume_stride statistic_stride schedule node scheduled_text volume_count volumes statistic_count
 * statistics. Room and places of arrays: retired_count ready ready_first ready_count ready_capacity
 * definition_capacity statistic_capacity outer room_used finding_capacity capacity nodes node_capacity root
 * key_length. Options: now. A handle that is ended or failed has no token. */

/* So that no log is long enough for it to be counted over. */
#define TIMES_MOST (UINT32_MAX / 2)

static void constant(struct pack *pack, uint32_t *value, const char *group)
{
    pack_u32(pack, value, UINT16_MAX);
    pack_need(pack, *value == 0 || tsmp_name(group, *value) != NULL);
}

static void number(struct pack *pack, uint64_t *value)
{
    pack_u64(pack, value, INT64_MAX);
}

/* A line number; 0 = there is none. */
static void line(struct pack *pack, uint64_t *value)
{
    if (*value != 0)
        *value += pack->shift;
    uint64_t behind = *value != 0 ? pack->behind - *value : 0;
    number(pack, pack->behind != 0 ? &behind : value);
}

/* Room for `count` items that were written, each of a byte at least, so that no number makes more
 * memory than its token has bytes. */
static void *room(struct pack *pack, size_t count, size_t size)
{
    pack_need(pack, count <= pack->length - pack->at);
    if (!pack_good(pack) || count == 0)
        return NULL;
    void *items = memory_get_zeroed(pack->allocator, count * size);
    pack->nomem |= items == NULL;
    return items;
}

/* `blocks`: that were printed so far. */
static void walk_definition(struct pack *pack, struct definition *definition, uint64_t blocks)
{
    uint64_t ago = definition->used != 0 ? blocks - definition->used + 1 : 0;
    pack_string(pack, &definition->node);
    pack_string(pack, &definition->schedule);
    pack_string(pack, &definition->action);
    pack_string(pack, &definition->objects);
    pack_string(pack, &definition->options);
    pack_string(pack, &definition->window);
    pack_time(pack, &definition->window_time, true);
    pack_time(pack, &definition->announced, true);
    line(pack, &definition->line);
    number(pack, pack->behind != 0 ? &ago : &definition->used);
    pack_u32(pack, &definition->parts, UINT32_MAX);
    pack_bool(pack, &definition->spoiled);
    pack_bool(pack, &definition->settled);
}

static void walk_view(struct pack *pack, tsmp_run_view *view)
{
    constant(pack, &view->action, "word");
    pack_time(pack, &view->scheduled, true);
    pack_time(pack, &view->started, true);
    pack_time(pack, &view->ended, true);
    constant(pack, &view->claim, "claim");
    pack_u32(pack, &view->has_return_code, 1);
    pack_i64(pack, &view->return_code);
    pack_u32(pack, &view->attempts, TIMES_MOST);
    pack_u32(pack, &view->interactive, 1);
    line(pack, &view->first_line);
    line(pack, &view->last_line);
    uint64_t *const numbers[] = {&view->first_offset,
        &view->end_offset, &view->sent, &view->updated, &view->expired, &view->rebound,
        &view->deleted, &view->failed, &view->skipped, &view->retried, &view->informational,
        &view->warnings, &view->errors, &view->severe, &view->volumes_left_out};
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
        number(pack, numbers[i]);
}

static void walk_volume(struct pack *pack, struct run_volume *volume)
{
    constant(pack, &volume->outcome, "word");
    pack_u32(pack, &volume->begins, TIMES_MOST);
    pack_u32(pack, &volume->ends, TIMES_MOST);
    pack_bool(pack, &volume->journal);
    pack_bool(pack, &volume->earlier);
    number(pack, &volume->failures);
    line(pack, &volume->begin_line);
    line(pack, &volume->end_line);
}

/* The tree over them hangs on their order, and is made anew. */
static void walk_volumes(struct pack *pack, struct volumes *volumes, size_t most)
{
    size_t count = volumes->count;
    pack_size(pack, &count, most);
    for (size_t i = 0; i < count && pack_good(pack); i++) {
        if (!pack->reading) {
            pack_string(pack, &volumes->items[i].name);
            walk_volume(pack, &volumes->items[i]);
            continue;
        }
        struct string name = {0};
        bool full = false;
        pack_string(pack, &name);
        struct run_volume *volume = NULL;
        if (pack_good(pack)) {
            volume = volumes_get(pack->allocator, volumes, name.length > 0 ? name.bytes : "",
                                 name.length, most, &full);
            pack->nomem |= volume == NULL && !full;
            pack->bad |= volumes->count != i + 1; /* a name twice, or too long */
        }
        string_clear(pack->allocator, &name);
        if (pack_good(pack))
            walk_volume(pack, volume);
    }
}

static void walk_statistics(struct pack *pack, struct tsmp_run *run)
{
    pack_u64(pack, &run->statistics_seen, UINT64_MAX);
    pack_size(pack, &run->statistic_count, UINT16_MAX);
    if (pack->reading) {
        run->statistics = room(pack, run->statistic_count, sizeof *run->statistics);
        run->statistic_capacity = run->statistic_count = run->statistics != NULL ? run->statistic_count : 0;
    }
    for (size_t i = 0; i < run->statistic_count; i++) {
        tsmp_statistic *statistic = &run->statistics[i];
        constant(pack, &statistic->name, "statistic");
        constant(pack, &statistic->unit, "word");
        pack_i64(pack, &statistic->number);
        pack_i32(pack, &statistic->power, -30, 0);
        pack_u32(pack, &statistic->flags, UINT32_MAX);
        line(pack, &statistic->line);
        pack_need(pack, statistic->name != 0);
        uint8_t *place = &run->statistic_places[statistic->name & 63u];
        if (*place == 0) /* a forged token may have a name twice: the first stands */
            *place = (uint8_t)(i + 1);
    }
}

static void walk_findings(struct pack *pack, struct tsmp_run *run, size_t most)
{
    pack_size(pack, &run->finding_count, most);
    if (pack->reading) {
        run->findings = room(pack, run->finding_count, sizeof *run->findings);
        run->finding_capacity = run->finding_count = run->findings != NULL ? run->finding_count : 0;
    }
    for (size_t i = 0; i < run->finding_count; i++) {
        struct finding *finding = &run->findings[i];
        constant(pack, &finding->id, "evidence");
        line(pack, &finding->line);
        line(pack, &finding->line2);
        pack_bytes(pack, finding->code, sizeof finding->code);
        pack_bytes(pack, finding->code2, sizeof finding->code2);
        pack_need(pack, finding->code[sizeof finding->code - 1] == '\0' &&
                            finding->code2[sizeof finding->code2 - 1] == '\0');
        pack_string(pack, &finding->name);
        pack_bool(pack, &finding->broken);
        pack_need(pack, finding->id != 0);
    }
    number(pack, &run->weak_left_out);
    number(pack, &run->strong_left_out);
}

static void walk_closing(struct pack *pack, struct tsmp_run *run)
{
    uint8_t open = (uint8_t)run->name_open;
    pack_bool(pack, &run->in_status);
    pack_bool(pack, &run->in_command);
    pack_bool(pack, &run->command_seen);
    pack_bool(pack, &run->command_finished);
    pack_u8(pack, &open, NAME_MESSAGE);
    run->name_open = (enum open_name)open;
    number(pack, &run->name_offset);
    pack_bool(pack, &run->name_retry);
    pack_bool(pack, &run->name_sent);
    pack_u8(pack, &run->bare, LINE_OTHERS);
    for (size_t i = 0; i < CLOSE_COUNT; i++)
        line(pack, &run->at[i]);
    pack_u32(pack, &run->closings, CLOSE_COUNT);
    pack_bool(pack, &run->disorder);
    line(pack, &run->finished_line);
    line(pack, &run->command_line);
    line(pack, &run->elapsed_line);
}

static void walk_clock(struct pack *pack, struct tsmp_run *run)
{
    pack_time(pack, &run->begin_time, true);
    pack_time(pack, &run->status_time, true);
    pack_time(pack, &run->clock, true);
    pack_i64(pack, &run->back);
    pack_need(pack, run->back >= 0 && run->back <= INT64_MAX / 4);
    pack_u32(pack, &run->back_steps, TIMES_MOST);
    line(pack, &run->back_line);
}

static void walk_run(struct pack *pack, struct tsmp_runs *runs, struct tsmp_run *run)
{
    walk_view(pack, &run->view);
    pack_string(pack, &run->schedule);
    pack_string(pack, &run->node);
    pack_string(pack, &run->key);
    pack_string(pack, &run->objects);
    pack_string(pack, &run->options);
    bool *const facts[] = {&run->definition_known, &run->missed, &run->only_executing,
        &run->end_of_text, &run->stopped, &run->overlapped, &run->moved_on, &run->tables,
        &run->language, &run->head_seen, &run->volumes_full};
    for (size_t i = 0; i < sizeof facts / sizeof *facts; i++)
        pack_bool(pack, facts[i]);
    walk_closing(pack, run);
    walk_clock(pack, run);
    uint64_t *const lines[] = {&run->lines.tries, &run->lines.retries, &run->lines.others,
        &run->lines.skipped, &run->lines.unsuccessful, &run->lines.failed};
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++)
        number(pack, lines[i]);
    walk_volumes(pack, &run->volumes, runs->max_volumes);
    walk_statistics(pack, run);
    walk_findings(pack, run, runs->max_findings);
}

static void walk_some_run(struct pack *pack, struct tsmp_runs *runs, struct tsmp_run **run)
{
    bool there = *run != NULL;
    pack_bool(pack, &there);
    if (!pack_good(pack) || !there)
        return;
    if (pack->reading) {
        *run = run_new(&runs->allocator);
        pack->nomem |= *run == NULL;
    }
    if (*run != NULL)
        walk_run(pack, runs, *run);
}

static void walk_definitions(struct pack *pack, struct tsmp_runs *runs)
{
    pack_size(pack, &runs->definition_count, runs->max_definitions);
    if (pack->reading) {
        runs->definitions = room(pack, runs->definition_count, sizeof *runs->definitions);
        runs->definition_capacity = runs->definition_count =
            runs->definitions != NULL ? runs->definition_count : 0;
    }
    for (size_t i = 0; i < runs->definition_count; i++)
        walk_definition(pack, &runs->definitions[i], runs->blocks);
    walk_definition(pack, &runs->block, runs->blocks);
    pack_bool(pack, &runs->block_open);
    pack_bool(pack, &runs->block_mixed);
    uint64_t none = 0; /* only how long ago matters, so that a reading from another line has the same */
    number(pack, pack->behind != 0 ? &none : &runs->blocks);
}

static void walk_runs(struct pack *pack, struct tsmp_runs *runs)
{
    pack_same(pack, runs->max_volumes);
    pack_same(pack, runs->max_findings);
    pack_same(pack, runs->max_definitions);
    walk_some_run(pack, runs, &runs->open);
    size_t count = runs->retired_count;
    pack_size(pack, &count, RETIRED);
    for (size_t i = 0; i < count && pack_good(pack); i++) {
        walk_some_run(pack, runs, &runs->retired[i]);
        pack_need(pack, runs->retired[i] != NULL);
        if (pack->reading && runs->retired[i] != NULL)
            runs->retired_count = i + 1;
    }
    walk_definitions(pack, runs);
    line(pack, &runs->mixed_line);
    line(pack, &runs->forgot_line);
    line(pack, &runs->executing_line);
    number(pack, &runs->executing_offset);
    pack_bool(pack, &runs->in_query);
    pack_string(pack, &runs->node);
    pack_bool(pack, &runs->head_seen);
    pack_time(pack, &runs->last_time, true);
    line(pack, &runs->last_line);
    number(pack, &runs->marker_end);
}

int32_t tsmp_runs_token(tsmp_runs *runs, char *buffer, uint64_t size, uint64_t *length)
{
    if (runs == NULL || length == NULL || (buffer == NULL && size > 0) || runs->ended ||
        runs->failed || runs->ready_first != runs->ready_count)
        return TSMP_E_MISUSE;
    struct pack pack;
    pack_writer(&pack, &runs->allocator);
    walk_runs(&pack, runs);
    int32_t status = pack_print(&pack, 'n', buffer, size, length);
    pack_free(&pack);
    return status;
}

int32_t tsmp_runs_resume(const tsmp_runs_options *options, const tsmp_allocator *allocator,
                         const char *token, uint64_t length, tsmp_runs **runs)
{
    tsmp_runs *made;
    if (token == NULL || runs == NULL)
        return TSMP_E_MISUSE;
    *runs = NULL;
    int32_t status = tsmp_runs_new(options, allocator, &made);
    if (status != TSMP_OK)
        return status;
    struct pack pack;
    if (pack_reader(&pack, &made->allocator, 'n', token, length)) {
        walk_runs(&pack, made);
        pack_need(&pack, pack.at == pack.length);
    }
    status = pack.nomem ? TSMP_E_NOMEM : pack.bad ? TSMP_E_TOKEN : TSMP_OK;
    pack_free(&pack);
    if (status == TSMP_OK)
        *runs = made;
    else
        tsmp_runs_free(made);
    return status;
}

int32_t tsmp_runs_mark(tsmp_runs *runs, tsmp_reader *reader, char *buffer, uint64_t size,
                       uint64_t *length, uint64_t *next_line)
{
    if (runs == NULL || reader == NULL || length == NULL || next_line == NULL ||
        (buffer == NULL && size > 0) || runs->ended || runs->failed || runs->ready_first != runs->ready_count)
        return TSMP_E_MISUSE;
    struct pack pack;
    pack_writer(&pack, &runs->allocator);
    pack.behind = reader->line + 1;
    *next_line = reader->line;
    reader->wanted = reader->added;
    number(&pack, &reader->offset);
    resume_state(&pack, reader);
    walk_runs(&pack, runs);
    int32_t status = pack_print(&pack, 'm', buffer, size, length);
    pack_free(&pack);
    return status;
}

int32_t tsmp_run_shift(tsmp_run *run, uint64_t lines)
{
    if (run == NULL || run->shown == NULL)
        return TSMP_E_MISUSE;
    /* The walk has the list of line numbers. */
    struct tsmp_runs limits = {.max_volumes = SIZE_MAX, .max_findings = SIZE_MAX};
    struct pack pack;
    pack_writer(&pack, &run->allocator);
    pack.shift = lines;
    pack.dry = true;
    walk_run(&pack, &limits, run);
    for (size_t i = 0; i < run->volumes.count; i++) {
        run->shown[i].begin_line = run->volumes.items[i].begin_line;
        run->shown[i].end_line = run->volumes.items[i].end_line;
    }
    return TSMP_OK;
}
