/* SPDX-License-Identifier: BSD-2-Clause */
#include "run.h"

#include <string.h>

struct tsmp_run *run_new(const tsmp_allocator *allocator)
{
    struct tsmp_run *run = memory_get_zeroed(allocator, sizeof *run);
    if (run == NULL)
        return NULL;
    run->allocator = *allocator;
    run->view.size = sizeof run->view;
    run->view.volume_stride = sizeof(tsmp_volume);
    run->view.statistic_stride = sizeof(tsmp_statistic);
    run->view.scheduled = run->view.started = run->view.ended = TSMP_NO_TIME;
    run->begin_time = run->status_time = TSMP_NO_TIME;
    return run;
}

size_t volume_name_length(const char *name, size_t length)
{
    while (length > 1 && (name[length - 1] == '/' || name[length - 1] == '\\'))
        length--;
    return length;
}

struct run_volume *run_volume(struct tsmp_run *run, const char *name, size_t length, size_t most,
                              bool *full)
{
    length = volume_name_length(name, length);
    *full = false;
    for (size_t i = 0; i < run->volume_count; i++)
        if (string_is(&run->volumes[i].name, name, length))
            return &run->volumes[i];
    if (run->volume_count >= most) {
        *full = true;
        return NULL;
    }
    void *items = run->volumes;
    bool good = memory_reserve(&run->allocator, &items, &run->volume_capacity, run->volume_count,
                               1, sizeof *run->volumes);
    run->volumes = items;
    if (!good)
        return NULL;
    struct run_volume *volume = &run->volumes[run->volume_count];
    *volume = (struct run_volume){0};
    if (!string_set(&run->allocator, &volume->name, name, length))
        return NULL;
    run->volume_count++;
    return volume;
}

bool run_find(struct tsmp_run *run, uint32_t id, uint64_t line, const char *name, size_t length,
              size_t most)
{
    if (run->finding_count >= most) {
        /* The last place tells that there was more, and that is enough not to be complete. */
        if (run->finding_count > 0)
            run->findings[run->finding_count - 1].id = TSMP_EVIDENCE_LIMIT;
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
    if (!string_set(&run->allocator, &finding->name, name, length))
        return false;
    run->finding_count++;
    return true;
}

static void clear_volumes(struct tsmp_run *run)
{
    for (size_t i = 0; i < run->volume_count; i++)
        string_clear(&run->allocator, &run->volumes[i].name);
    run->volume_count = 0;
}

static void clear_findings(struct tsmp_run *run)
{
    for (size_t i = 0; i < run->finding_count; i++)
        string_clear(&run->allocator, &run->findings[i].name);
    run->finding_count = 0;
}

void run_restart(struct tsmp_run *run)
{
    clear_volumes(run);
    run->statistic_count = 0;
    memset(run->at, 0, sizeof run->at);
    run->closings = 0;
    run->disorder = run->in_status = run->in_command = run->name_open = run->stopped = false;
    run->command_seen = run->command_finished = false;
    run->view.claim = TSMP_CLAIM_NONE;
    run->view.has_return_code = 0;
    run->elapsed_line = 0;
    /* What an earlier attempt lost, the later one may have made good; doubt about the text stays. */
    size_t kept = 0;
    for (size_t i = 0; i < run->finding_count; i++) {
        uint32_t id = run->findings[i].id;
        if (id == TSMP_EVIDENCE_FORGEABLE || id == TSMP_EVIDENCE_LIMIT || id == TSMP_EVIDENCE_E17)
            run->findings[kept++] = run->findings[i];
        else
            string_clear(&run->allocator, &run->findings[i].name);
    }
    run->finding_count = kept;
}

bool run_finish(struct tsmp_run *run)
{
    memory_put(&run->allocator, run->shown);
    run->shown = memory_get_zeroed(&run->allocator, run->volume_count * sizeof *run->shown);
    if (run->shown == NULL)
        return false;
    for (size_t i = 0; i < run->volume_count; i++) {
        const struct run_volume *volume = &run->volumes[i];
        run->shown[i] = (tsmp_volume){
            .name = {volume->name.bytes, volume->name.length},
            .outcome = volume->outcome != 0 ? volume->outcome : TSMP_WORD_UNFINISHED,
            .flags = (volume->begins > 0 ? 1u : 0u) | (volume->journal ? 2u : 0u),
            .failures = volume->failures,
            .begin_line = volume->begin_line,
            .end_line = volume->end_line};
    }
    tsmp_run_view *view = &run->view;
    view->schedule = (tsmp_text){run->schedule.bytes, run->schedule.length};
    view->node = (tsmp_text){run->node.bytes, run->node.length};
    view->scheduled_text = (tsmp_text){run->key.bytes, run->key.length};
    view->volume_count = run->volume_count;
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
    clear_volumes(run);
    clear_findings(run);
    string_clear(&allocator, &run->schedule);
    string_clear(&allocator, &run->node);
    string_clear(&allocator, &run->key);
    string_clear(&allocator, &run->objects);
    memory_put(&allocator, run->volumes);
    memory_put(&allocator, run->shown);
    memory_put(&allocator, run->statistics);
    memory_put(&allocator, run->findings);
    memory_put(&allocator, run);
}
