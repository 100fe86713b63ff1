/* SPDX-License-Identifier: BSD-2-Clause
 * Records in, runs out: a state machine over the life of a scheduler. It trusts a line only where
 * the client prints it; the same words elsewhere are noted as doubt, never as proof. */
#include "run_state.h"

#include <string.h>

enum { DEFAULT_VOLUMES = 65536, DEFAULT_FINDINGS = 1000, DEFAULT_DEFINITIONS = 64 };

bool note(const struct item *item, struct tsmp_run *run, uint32_t id, tsmp_text name)
{
    return run_find(run, item->runs->max_findings, id, item->record->line, (tsmp_text){"", 0}, name);
}

bool doubt(const struct item *item, struct tsmp_run *run, uint32_t id)
{
    return note(item, run, id, (tsmp_text){"", 0});
}

/* ---- runs come and go ------------------------------------------------------------------------- */

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

static bool release_oldest(struct tsmp_runs *runs)
{
    if (!make_ready(runs, runs->retired[0]))
        return false;
    runs->retired_count--;
    memmove(runs->retired, runs->retired + 1, runs->retired_count * sizeof *runs->retired);
    return true;
}

bool run_retire(struct tsmp_runs *runs, struct tsmp_run *run)
{
    if (runs->retired_count == RETIRED && !release_oldest(runs))
        return false;
    runs->retired[runs->retired_count++] = run;
    return true;
}

bool run_retire_open(struct tsmp_runs *runs)
{
    if (runs->open == NULL)
        return true;
    if (!run_retire(runs, runs->open))
        return false;
    runs->open = NULL;
    return true;
}

struct tsmp_run *run_open(const struct item *item)
{
    struct tsmp_runs *runs = item->runs;
    if (!run_retire_open(runs))
        return NULL;
    struct tsmp_run *run = run_new(&runs->allocator);
    if (run == NULL || !string_set(&run->allocator, &run->node, runs->node.bytes,
                                   runs->node.length)) {
        tsmp_run_free(run);
        return NULL;
    }
    run->view.first_line = run->view.last_line = item->record->line;
    run->view.first_offset = item->record->offset;
    run->view.end_offset = item->record->offset + item->record->length;
    run->view.started = item_time(item);
    runs->open = run;
    return run;
}

bool run_overlap(const struct item *item, struct tsmp_run *run)
{
    if (run == NULL || run->view.interactive || run->missed || run->overlapped)
        return true;
    run->overlapped = true;
    return doubt(item, run, TSMP_EVIDENCE_E17);
}

struct tsmp_run *run_headless(const struct item *item)
{
    /* No scheduler goes on without a word behind a run: the two ran side by side, and the lines of
     * this one may stand in the other. */
    struct tsmp_run *before = item->runs->open;
    bool aside = before != NULL && before->at[CLOSE_EVENT] != 0 && !before->moved_on;
    struct tsmp_run *run = run_open(item);
    item->runs->executing_line = 0; /* this is what was executed; its begin record is lost */
    if (run == NULL || !doubt(item, run, TSMP_EVIDENCE_HEAD_MISSING))
        return NULL;
    if (aside && !(run_overlap(item, before) && run_overlap(item, run)))
        return NULL;
    return run;
}

/* ---- records in ------------------------------------------------------------------------------- */

/* A command that did not end with 0. */
static bool is_bad_end(const struct item *item)
{
    const tsmp_field *code = item_field(item, TSMP_FIELD_RETURN_CODE);
    return item->record->kind == TSMP_KIND_COMMAND && code != NULL &&
           (code->number != 0 || (code->flags & TSMP_FLAG_OVERFLOW) != 0);
}

/* What a name may have printed does not count, but what speaks against the run does: messages, a
 * command's bad end, and a scheduler that begins anew. */
static bool speaks_against(const struct item *item)
{
    return is_bad_end(item) || item->record->kind == TSMP_KIND_MESSAGE || item->record->kind == TSMP_KIND_OBJECT ||
           (item->record->kind == TSMP_KIND_VOLUME_END && item_field(item, TSMP_FIELD_CODE) != NULL) ||
           (item->record->kind == TSMP_KIND_EVENT && item_field(item, TSMP_FIELD_CODE) != NULL) ||
           (item->record->kind == TSMP_KIND_SCHEDREC &&
            item_word(item, TSMP_FIELD_BLOCK) == TSMP_WORD_OBJECT &&
            item_word(item, TSMP_FIELD_EDGE) == TSMP_WORD_BEGIN) ||
           (item->record->kind == TSMP_KIND_SCHEDULER && mark_is_move(item));
}

static bool dispatch(const struct item *item)
{
    switch (item->record->kind) {
    case TSMP_KIND_OBJECT: return body_object(item);
    case TSMP_KIND_SCHEDREC: return mark_schedrec(item);
    case TSMP_KIND_EVENT: return mark_event(item);
    case TSMP_KIND_SCHEDULER: return mark_scheduler(item);
    case TSMP_KIND_SCHEDULE_FIELD: return definition_field(item);
    case TSMP_KIND_VOLUME_BEGIN: return body_volume_begin(item);
    case TSMP_KIND_VOLUME_END: return body_volume_end(item);
    case TSMP_KIND_STATISTIC: return body_statistic(item);
    case TSMP_KIND_COMMAND: return body_command(item);
    case TSMP_KIND_MESSAGE: return body_message(item);
    case TSMP_KIND_BANNER: return body_banner(item);
    case TSMP_KIND_SESSION: return body_session(item);
    case TSMP_KIND_MARKER:
        if (item_word(item, TSMP_FIELD_STATE) == TSMP_WORD_WRAP)
            item->runs->marker_end = item->record->offset + item->record->length;
        return true;
    default: return true;
    }
}

/* Where dates stay undecided no time is known, and times are not compared; no proof rests on them:
 * the order of lines and the printed keys are enough. */

/* Only logs of the client's own doing make runs; the server's answers to queries do not. */
static bool is_log(uint16_t format)
{
    return format == TSMP_FORMAT_SCHEDULE_LOG || format == TSMP_FORMAT_CONSOLE ||
           format == TSMP_FORMAT_UNKNOWN;
}

/* A command that backs up or restores prints no table: a name may have. */
static bool watch_tables(const struct item *item, struct tsmp_run *run)
{
    uint16_t kind = item->record->kind;
    if (!run->view.interactive)
        return true;
    bool row = kind == TSMP_KIND_TABLE_HEAD || kind == TSMP_KIND_BACKUP_VERSION ||
               kind == TSMP_KIND_ARCHIVE_VERSION || kind == TSMP_KIND_FILESPACE ||
               kind == TSMP_KIND_TABLE_ROW || kind == TSMP_KIND_LABEL;
    if (!row || run->elapsed_line != 0 || run->tables)
        return true;
    run->tables = true;
    return doubt(item, run, TSMP_EVIDENCE_FORGEABLE);
}

static bool take_doubted(const struct item *item)
{
    const tsmp_record *record = item->record;
    struct tsmp_runs *runs = item->runs;
    bool log = is_log(record->format);
    if (log && (record->flags & TSMP_FLAG_STAMPED) != 0) {
        runs->last_line = record->line;
        if (item_time(item) != TSMP_NO_TIME)
            runs->last_time = item_time(item);
    }
    struct tsmp_run *run = runs->open;
    /* In file order what stands behind a marker is older text, so the run is cut there. Fed in
     * order of time the text jumps at the marker, and the run just goes on. */
    if (runs->marker_end != 0 && run != NULL && record->offset == runs->marker_end)
        run->stopped = true;
    runs->marker_end = 0;
    bool credited = true;
    /* Of an empty line nothing that was asked for can be missing. */
    if (runs->block_open && record->kind != TSMP_KIND_SCHEDULE_FIELD && record->kind != TSMP_KIND_BLANK)
        definition_spoil(runs);
    if (run != NULL) { /* a line that looks like another log's may be a name's as well */
        if ((record->flags & TSMP_FLAG_STAMPED) != 0 && item_time(item) != TSMP_NO_TIME)
            doubt_clock(run, item_time(item), record->line);
        if ((record->kind != TSMP_KIND_OBJECT || run->name_open != NAME_CLOSED ||
             (record->flags & (TSMP_FLAG_OPEN_NAME | TSMP_FLAG_CUT)) != 0) &&
            !((doubt_is_idle(item, run) || doubt_record(item, run, &credited)) &&
              watch_tables(item, run)))
            return false;
    }
    if (!log || (!credited && !speaks_against(item)))
        return true;
    if (record->why == TSMP_WHY_LANGUAGE && run != NULL && !run->language &&
        (run->view.interactive || run_is_active(run))) {
        run->language = true;
        if (!doubt(item, run, TSMP_EVIDENCE_LANGUAGE))
            return false;
    }
    struct item known = *item;
    known.in_name = !credited;
    if (!dispatch(&known))
        return false;
    /* The run may have begun with this very line. */
    return runs->open == NULL || runs->open == run || doubt_record(item, runs->open, &credited);
}

/* Is it a line of a schedule log with a time, that neither is said to be doubtful nor comes where doubt
 * may be? Nearly all are, and then none of the questions of take_doubted() has an answer. */
static bool is_usual(const struct item *item)
{
    const uint32_t looked_at = TSMP_FLAG_STAMPED | TSMP_FLAG_NO_TIME | TSMP_FLAG_DATE_AMBIGUOUS |
                               TSMP_FLAG_TIME_IMPOSSIBLE | TSMP_FLAG_OPEN_NAME | TSMP_FLAG_CUT;
    const tsmp_record *record = item->record;
    return record->format == TSMP_FORMAT_SCHEDULE_LOG &&
           (record->flags & looked_at) == TSMP_FLAG_STAMPED && record->why == TSMP_WHY_NONE &&
           runs_are_usual(item->runs, record->kind) &&
           (item->runs->open == NULL || record->kind == TSMP_KIND_OBJECT || doubt_ends_plain(item));
}

bool runs_take(const struct item *item)
{
    return is_usual(item) ? runs_take_usual(item) : take_doubted(item);
}

bool runs_take_usual(const struct item *item)
{
    const tsmp_record *record = item->record;
    struct tsmp_runs *runs = item->runs;
    runs->last_line = record->line;
    runs->last_time = record->time;
    doubt_clock(runs->open, record->time, record->line);
    return dispatch(item);
}

int32_t tsmp_runs_add(tsmp_runs *runs, const tsmp_batch *batch)
{
    if (runs == NULL || batch == NULL || runs->ended || runs->failed)
        return TSMP_E_MISUSE;
    const tsmp_view *view = tsmp_batch_view(batch);
    struct item item = {.runs = runs, .view = view};
    for (uint64_t i = 0; i < view->record_count; i++) {
        item.record = &view->records[i];
        if (!runs_take(&item)) {
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
    tsmp_record last = {.line = runs->executing_line, .offset = runs->executing_offset,
                        .flags = TSMP_FLAG_NO_TIME};
    struct item item = {.runs = runs, .record = &last};
    bool good = runs->executing_line == 0 || mark_unbegun(&item, true);
    if (good && runs->open != NULL)
        runs->open->end_of_text = true;
    good = good && run_retire_open(runs) && definitions_end(runs);
    while (good && runs->retired_count > 0)
        good = release_oldest(runs);
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

/* ---- the handle --------------------------------------------------------------------------------- */

int32_t tsmp_runs_new(const tsmp_runs_options *options, const tsmp_allocator *allocator,
                      tsmp_runs **runs)
{
    tsmp_allocator chosen;
    tsmp_runs_options known;
    if (runs == NULL || !memory_choose(allocator, &chosen) ||
        !memory_take_struct(options, &known, sizeof known))
        return TSMP_E_MISUSE;
    *runs = NULL;
    struct tsmp_runs *made = memory_get_zeroed(&chosen, sizeof *made);
    if (made == NULL)
        return TSMP_E_NOMEM;
    made->allocator = chosen;
    made->max_volumes = known.max_volumes > 0 ? known.max_volumes : DEFAULT_VOLUMES;
    made->max_findings = known.max_evidence > 0 ? known.max_evidence : DEFAULT_FINDINGS;
    made->max_definitions = known.max_schedules > 0 ? known.max_schedules : DEFAULT_DEFINITIONS;
    made->now = known.now != 0 ? known.now : TSMP_NO_TIME;
    made->last_time = TSMP_NO_TIME;
    made->block.window_time = TSMP_NO_TIME;
    *runs = made;
    return TSMP_OK;
}

void tsmp_runs_free(tsmp_runs *runs)
{
    if (runs == NULL)
        return;
    tsmp_run_free(runs->open);
    for (size_t i = 0; i < runs->retired_count; i++)
        tsmp_run_free(runs->retired[i]);
    for (size_t i = runs->ready_first; i < runs->ready_count; i++)
        tsmp_run_free(runs->ready[i]);
    memory_put(&runs->allocator, runs->ready);
    for (size_t i = 0; i < runs->definition_count; i++)
        definition_clear(runs, &runs->definitions[i]);
    memory_put(&runs->allocator, runs->definitions);
    definition_clear(runs, &runs->block);
    string_clear(&runs->allocator, &runs->node);
    tsmp_allocator allocator = runs->allocator;
    memory_put(&allocator, runs);
}
