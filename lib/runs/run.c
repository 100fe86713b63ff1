/* SPDX-License-Identifier: BSD-2-Clause */
#include "run.h"

#include <string.h>

/* ---- its memory ------------------------------------------------------------------------------- */

/* The room stands behind the run, in the same piece of memory. */
#define ROOM_AT ((sizeof(struct tsmp_run) + 15) / 16 * 16)

static char *room_of(const struct tsmp_run *run)
{
    return (char *)(uintptr_t)run + ROOM_AT;
}

static bool in_room(const struct tsmp_run *run, const void *memory)
{
    uintptr_t at = (uintptr_t)memory, from = (uintptr_t)room_of(run);
    return at >= from && at - from < RUN_ROOM;
}

static void *room_get(uint64_t size, void *context)
{
    struct tsmp_run *run = context;
    if (size > RUN_ROOM - run->room_used)
        return run->outer.alloc(size, run->outer.context);
    char *memory = room_of(run) + run->room_used;
    run->room_used += ((size_t)size + 15) / 16 * 16;
    return memory;
}

static void *room_resize(void *memory, uint64_t size, void *context)
{
    struct tsmp_run *run = context;
    if (memory == NULL)
        return room_get(size, context);
    if (!in_room(run, memory))
        return run->outer.resize(memory, size, run->outer.context);
    char *bigger = room_get(size, context);
    if (bigger == NULL)
        return NULL;
    /* How much it held is not written down; what stands behind that in the room does no harm. */
    size_t most = (size_t)(room_of(run) + RUN_ROOM - (char *)memory);
    memmove(bigger, memory, size < most ? (size_t)size : most);
    return bigger;
}

/* What is given back to the room is not used again. */
static void room_put(void *memory, void *context)
{
    struct tsmp_run *run = context;
    if (!in_room(run, memory))
        run->outer.release(memory, run->outer.context);
}

struct tsmp_run *run_new(const tsmp_allocator *allocator)
{
    struct tsmp_run *run = memory_get(allocator, ROOM_AT + RUN_ROOM);
    if (run == NULL)
        return NULL;
    memset(run, 0, sizeof *run);
    run->outer = *allocator;
    run->allocator = (tsmp_allocator){room_get, room_resize, room_put, run};
    run->view.size = sizeof run->view;
    run->view.volume_stride = sizeof(tsmp_volume);
    run->view.statistic_stride = sizeof(tsmp_statistic);
    run->view.scheduled = run->view.started = run->view.ended = TSMP_NO_TIME;
    run->begin_time = run->status_time = run->clock = TSMP_NO_TIME;
    return run;
}

/* A failed object has two messages, the second with the reason: they make one finding. */
static bool join_last(struct tsmp_run *run, uint32_t id, uint64_t line, tsmp_text code,
                      tsmp_text name)
{
    if (id != TSMP_EVIDENCE_OBJECTS_NOT_STORED || run->finding_count == 0 || name.length == 0)
        return false;
    struct finding *last = &run->findings[run->finding_count - 1];
    if (last->id != id || last->line2 != 0 || code.length != 8 || last->code[0] == '\0' ||
        memcmp(last->code, code.bytes, 8) == 0 ||
        !string_is(&last->name, name.bytes, (size_t)name.length))
        return false;
    last->line2 = line;
    memcpy(last->code2, code.bytes, 8);
    return true;
}

bool run_find(struct tsmp_run *run, size_t most, uint32_t id, uint64_t line, tsmp_text code,
              tsmp_text name)
{
    bool weak = id == TSMP_EVIDENCE_OBJECTS_NOT_STORED || id == TSMP_EVIDENCE_E13;
    if (join_last(run, id, line, code, name))
        return true;
    /* Half of the room is kept for what may decide: no number of failed objects hides an abort. */
    if (run->finding_count >= (weak ? most - most / 2 : most)) {
        if (weak)
            run->weak_left_out++;
        else
            run->strong_left_out++;
        return true;
    }
    void *items = run->findings;
    bool good = memory_reserve(&run->allocator, &items, &run->finding_capacity,
                               run->finding_count, 1, sizeof *run->findings);
    run->findings = items;
    if (!good)
        return false;
    struct finding *finding = &run->findings[run->finding_count];
    *finding = (struct finding){.id = id, .line = line};
    if (code.length == 8)
        memcpy(finding->code, code.bytes, 8);
    if (!string_set(&run->allocator, &finding->name, name.bytes, (size_t)name.length))
        return false;
    run->finding_count++;
    return true;
}

static bool outlives_attempt(uint32_t id)
{
    return id == TSMP_EVIDENCE_FORGEABLE || id == TSMP_EVIDENCE_LIMIT || id == TSMP_EVIDENCE_E17 ||
           id == TSMP_EVIDENCE_FOREIGN;
}

void run_restart(struct tsmp_run *run)
{
    /* What an earlier attempt lost, the later one may make good, if it begins the same volumes
     * again. Doubt about the text stays. */
    for (size_t i = 0; i < run->volumes.count; i++) {
        struct run_volume *volume = &run->volumes.items[i];
        volume->earlier |= volume->begins > 0;
        volume->begins = volume->ends = 0;
        volume->outcome = 0;
        volume->failures = volume->end_line = 0;
        volume->journal = false;
    }
    size_t kept = 0;
    for (size_t i = 0; i < run->finding_count; i++) {
        if (outlives_attempt(run->findings[i].id))
            run->findings[kept++] = run->findings[i];
        else
            string_clear(&run->allocator, &run->findings[i].name);
    }
    run->finding_count = kept;
    run->weak_left_out = 0;
    run->statistic_count = 0;
    run->statistics_seen = 0;
    memset(run->statistic_places, 0, sizeof run->statistic_places);
    run->elapsed_line = run->finished_line = run->command_line = run->back_line = 0;
    memset(run->at, 0, sizeof run->at);
    run->closings = run->back_steps = 0;
    run->back = 0;
    run->clock = run->begin_time = run->status_time = TSMP_NO_TIME;
    run->lines = (struct run_lines){0};
    run->disorder = run->in_status = run->in_command = run->stopped = run->moved_on = false;
    run->command_seen = run->command_finished = false;
    run->name_open = NAME_CLOSED;
    run->view.claim = TSMP_CLAIM_NONE;
    run->view.has_return_code = 0;
    run->view.return_code = 0;
}

bool run_finish(struct tsmp_run *run)
{
    const struct volumes *volumes = &run->volumes;
    memory_put(&run->allocator, run->shown);
    run->shown = memory_get_zeroed(&run->allocator, volumes->count * sizeof *run->shown);
    if (run->shown == NULL)
        return false;
    for (size_t i = 0; i < volumes->count; i++) {
        const struct run_volume *volume = &volumes->items[i];
        run->shown[i] = (tsmp_volume){
            .name = text_of_string(&volume->name),
            .outcome = volume->outcome != 0 ? volume->outcome : TSMP_WORD_UNFINISHED,
            .flags = (volume->begins > 0 ? 1u : 0u) | (volume->journal ? 2u : 0u),
            .failures = volume->failures,
            .begin_line = volume->begin_line,
            .end_line = volume->end_line};
    }
    tsmp_run_view *view = &run->view;
    view->schedule = text_of_string(&run->schedule);
    view->node = text_of_string(&run->node);
    view->scheduled_text = text_of_string(&run->key);
    view->volume_count = volumes->count;
    view->volumes = run->shown;
    view->statistic_count = run->statistic_count;
    view->statistics = run->statistics;
    return true;
}

const tsmp_run_view *tsmp_run_view_of(const tsmp_run *run)
{
    return run != NULL ? &run->view : NULL;
}

void tsmp_run_free(tsmp_run *run)
{
    if (run == NULL)
        return;
    tsmp_allocator allocator = run->allocator;
    volumes_clear(&allocator, &run->volumes);
    for (size_t i = 0; i < run->finding_count; i++)
        string_clear(&allocator, &run->findings[i].name);
    string_clear(&allocator, &run->schedule);
    string_clear(&allocator, &run->node);
    string_clear(&allocator, &run->key);
    string_clear(&allocator, &run->objects);
    string_clear(&allocator, &run->options);
    memory_put(&allocator, run->shown);
    memory_put(&allocator, run->statistics);
    memory_put(&allocator, run->findings);
    allocator = run->outer;
    memory_put(&allocator, run);
}
