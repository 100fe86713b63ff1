/* SPDX-License-Identifier: BSD-2-Clause
 * Announced schedules: what a run was asked to do, and the windows that pass without a run.
 *
 * A poll announces the next operation only. So another block tells about the one before it as well:
 * what was announced for later than now and is passed over was deleted or changed on the server;
 * what was announced for a time that is over by now, and did not run, was missed. */
#include "run_state.h"

#include <string.h>

#define DAY INT64_C(86400000000)

enum {
    PART_NAME = 1, PART_ACTION = 2, PART_OBJECTS = 4, PART_OPTIONS = 8, PART_WINDOW = 16,
    PARTS = 31
};

void definition_clear(struct tsmp_runs *runs, struct definition *definition)
{
    string_clear(&runs->allocator, &definition->node);
    string_clear(&runs->allocator, &definition->schedule);
    string_clear(&runs->allocator, &definition->action);
    string_clear(&runs->allocator, &definition->objects);
    string_clear(&runs->allocator, &definition->options);
    string_clear(&runs->allocator, &definition->window);
    *definition = (struct definition){.window_time = TSMP_NO_TIME, .announced = TSMP_NO_TIME};
}

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

static bool same_node(const struct tsmp_runs *runs, const struct definition *definition)
{
    return string_is(&definition->node, runs->node.bytes, runs->node.length);
}

static struct definition *definition_of(struct tsmp_runs *runs, const char *name, size_t length)
{
    for (size_t i = 0; i < runs->definition_count; i++)
        if (same_node(runs, &runs->definitions[i]) &&
            string_is(&runs->definitions[i].schedule, name, length))
            return &runs->definitions[i];
    return NULL;
}

struct definition *definition_latest(struct tsmp_runs *runs)
{
    struct definition *latest = NULL;
    for (size_t i = 0; i < runs->definition_count; i++)
        if (latest == NULL || runs->definitions[i].used > latest->used)
            latest = &runs->definitions[i];
    return latest;
}

/* ---- windows without a run -------------------------------------------------------------------- */

static bool report_missed(struct tsmp_runs *runs, struct definition *definition, uint64_t later)
{
    /* What is over comes first; only a run that still goes on is left open. */
    if (runs->open != NULL && !run_is_active(runs->open) && !run_retire_open(runs))
        return false;
    struct tsmp_run *run = run_new(&runs->allocator);
    if (run == NULL)
        return false;
    definition->settled = true;
    run->missed = true;
    run->view.scheduled = definition->window_time;
    run->view.action = action_word(&definition->action);
    run->view.first_line = run->view.last_line = definition->line;
    bool good = string_set(&run->allocator, &run->schedule, definition->schedule.bytes,
                           definition->schedule.length) &&
                string_set(&run->allocator, &run->key, definition->window.bytes,
                           definition->window.length) &&
                string_set(&run->allocator, &run->node, definition->node.bytes,
                           definition->node.length) &&
                run_find(run, 1, TSMP_EVIDENCE_E20, definition->line, (tsmp_text){"", 0},
                         text_of_string(&definition->window));
    if (good) {
        run->findings[0].line2 = later;
        good = run_retire(runs, run);
    }
    if (!good)
        tsmp_run_free(run);
    return good;
}

static bool is_pending(const struct tsmp_runs *runs, const struct definition *definition)
{
    return !definition->settled && definition->window_time != TSMP_NO_TIME &&
           same_node(runs, definition);
}

/* What does an announcement of `window` at this moment tell about the earlier ones? */
static bool settle_earlier(const struct item *item, const struct definition *block)
{
    struct tsmp_runs *runs = item->runs;
    int64_t now = item_time(item);
    if (now == TSMP_NO_TIME || block->window_time == TSMP_NO_TIME)
        return true;
    for (size_t i = 0; i < runs->definition_count; i++) {
        struct definition *other = &runs->definitions[i];
        if (!is_pending(runs, other) || block->window_time <= other->window_time)
            continue;
        if (now < other->window_time)
            other->settled = true;
        else if (!report_missed(runs, other, item->record->line))
            return false;
    }
    return true;
}

bool definition_none(const struct item *item)
{
    struct tsmp_runs *runs = item->runs;
    int64_t now = item_time(item);
    for (size_t i = 0; now != TSMP_NO_TIME && i < runs->definition_count; i++) {
        struct definition *other = &runs->definitions[i];
        if (!is_pending(runs, other))
            continue;
        if (now < other->window_time)
            other->settled = true;
        else if (!report_missed(runs, other, item->record->line))
            return false;
    }
    return true;
}

/* How long a window is open stands nowhere: a day behind its start, and behind the last time that
 * it was still announced, it is surely over. */
bool definitions_end(struct tsmp_runs *runs)
{
    int64_t end = runs->last_time;
    if (runs->now != TSMP_NO_TIME && (end == TSMP_NO_TIME || runs->now > end))
        end = runs->now;
    for (size_t i = 0; end != TSMP_NO_TIME && i < runs->definition_count; i++) {
        struct definition *definition = &runs->definitions[i];
        int64_t since = definition->window_time;
        if (definition->settled || since == TSMP_NO_TIME)
            continue;
        if (definition->announced != TSMP_NO_TIME && definition->announced > since)
            since = definition->announced;
        if (end - DAY > since && !report_missed(runs, definition, runs->last_line))
            return false;
    }
    return true;
}

/* ---- the block ----------------------------------------------------------------------------------- */

/* A place for one more definition: a new one, or that of the oldest, of a settled one if any. */
static struct definition *make_room(struct tsmp_runs *runs)
{
    if (runs->definition_count < runs->max_definitions) {
        void *items = runs->definitions;
        bool good = memory_reserve(&runs->allocator, &items, &runs->definition_capacity,
                                   runs->definition_count, 1, sizeof *runs->definitions);
        runs->definitions = items;
        if (!good)
            return NULL;
        struct definition *made = &runs->definitions[runs->definition_count++];
        *made = (struct definition){.window_time = TSMP_NO_TIME, .announced = TSMP_NO_TIME};
        return made;
    }
    struct definition *oldest = &runs->definitions[0];
    for (size_t i = 1; i < runs->definition_count; i++) {
        struct definition *other = &runs->definitions[i];
        if (other->settled != oldest->settled ? other->settled : other->used < oldest->used)
            oldest = other;
    }
    if (!oldest->settled)
        runs->forgot_line = oldest->line;
    return oldest;
}

/* "20:00:00 on 06/09/2022" and "06/09/2022 20:00:00": dates need no order to be the same. */
static bool same_moment(const struct definition *definition, tsmp_text key, int64_t time)
{
    if (definition->window_time != TSMP_NO_TIME && time != TSMP_NO_TIME)
        return definition->window_time == time;
    const struct string *window = &definition->window;
    size_t date = 0, length = (size_t)key.length;
    while (date < length && key.bytes[date] != ' ')
        date++;
    size_t clock = date;
    while (clock < length && key.bytes[clock] == ' ')
        clock++;
    size_t clock_length = length - clock;
    return date > 0 && clock_length > 0 && window->length > date + clock_length &&
           memcmp(window->bytes, key.bytes + clock, clock_length) == 0 &&
           memcmp(window->bytes + window->length - date, key.bytes, date) == 0;
}

/* A text that begins inside a poll has its first block without a node: it is not missed when a run, or
 * another block, of that name and moment shows, whosever it is. */
static void settle_nameless(struct tsmp_runs *runs, tsmp_text schedule, tsmp_text key, int64_t time)
{
    for (size_t i = 0; i < runs->definition_count; i++) {
        struct definition *definition = &runs->definitions[i];
        if (definition->node.length == 0 &&
            string_is(&definition->schedule, schedule.bytes, (size_t)schedule.length) &&
            same_moment(definition, key, time))
            definition->settled = true;
    }
}

/* The block is whole: it takes the place of the schedule's earlier one. */
static bool take_block(const struct item *item)
{
    struct tsmp_runs *runs = item->runs;
    struct definition *block = &runs->block;
    runs->block_open = false;
    runs->mixed_line = 0;
    if (block->schedule.length == 0)
        return true;
    block->used = ++runs->blocks;
    block->announced = item_time(item);
    if (!settle_earlier(item, block))
        return false;
    if (runs->node.length > 0 && block->window_time != TSMP_NO_TIME)
        settle_nameless(runs, text_of_string(&block->schedule), (tsmp_text){"", 0}, block->window_time);
    struct definition *old = definition_of(runs, block->schedule.bytes, block->schedule.length);
    if (old != NULL)
        block->settled = old->settled &&
                         string_is(&old->window, block->window.bytes, block->window.length);
    else
        old = make_room(runs);
    if (old == NULL)
        return false;
    definition_clear(runs, old);
    *old = *block;
    *block = (struct definition){.window_time = TSMP_NO_TIME, .announced = TSMP_NO_TIME};
    return string_set(&runs->allocator, &old->node, runs->node.bytes, runs->node.length);
}

/* The free text of a schedule may hold a newline, and then what was asked for is not what the labels
 * say. The window still holds. */
void definition_spoil(struct tsmp_runs *runs)
{
    runs->block.spoiled = true;
}

bool definition_field(const struct item *item)
{
    struct tsmp_runs *runs = item->runs;
    tsmp_text label = item_text(item, TSMP_FIELD_LABEL), value = item_text(item, TSMP_FIELD_VALUE);
    struct definition *block = &runs->block;
    /* No scheduler polls while it runs: somebody else wrote this line. */
    if (run_is_active(runs->open))
        return doubt(item, runs->open, TSMP_EVIDENCE_FORGEABLE);
    struct string *into = &block->window;
    uint32_t part = PART_WINDOW;
    switch (label.length) {
    case 13: /* Schedule Name */
        part = PART_NAME;
        into = &block->schedule;
        break;
    case 6:
        part = PART_ACTION;
        into = &block->action;
        break;
    case 7:
        part = label.bytes[1] == 'b' ? PART_OBJECTS : PART_OPTIONS;
        into = part == PART_OBJECTS ? &block->objects : &block->options;
        break;
    default: break;
    }
    if (part == PART_NAME && !runs->block_open && !runs->block_mixed) {
        definition_clear(runs, block);
        runs->block_open = true;
    } else if (runs->block_open && (block->parts & part) != 0) {
        /* Two blocks in one: two schedulers write here, and whose objects these are is not told, also
         * not behind one more name. */
        runs->block_open = false;
        runs->block_mixed = true;
        runs->mixed_line = item->record->line;
    }
    if (!runs->block_open)
        return true;
    block->parts |= part;
    block->line = item->record->line;
    if (!string_set(&runs->allocator, into, value.bytes, (size_t)value.length))
        return false;
    if (part != PART_WINDOW)
        return true;
    block->window_time = item_time_field(item, TSMP_FIELD_SCHEDULED);
    return take_block(item);
}

/* ---- a run and its definition -------------------------------------------------------------------- */

bool definition_apply(struct tsmp_runs *runs, struct tsmp_run *run)
{
    settle_nameless(runs, text_of_string(&run->schedule), text_of_string(&run->key), run->view.scheduled);
    struct definition *definition = definition_of(runs, run->schedule.bytes, run->schedule.length);
    /* A block for another window may have asked for other volumes. */
    if (definition == NULL ||
        !same_moment(definition, text_of_string(&run->key), run->view.scheduled))
        return true;
    definition->settled = true;
    run->definition_known = !definition->spoiled && definition->parts == PARTS;
    run->view.action = action_word(&definition->action);
    return string_set(&run->allocator, &run->objects, definition->objects.bytes,
                      definition->objects.length) &&
           string_set(&run->allocator, &run->options, definition->options.bytes,
                      definition->options.length);
}

void definition_settle(struct tsmp_runs *runs, tsmp_text schedule, tsmp_text key, int64_t time)
{
    struct definition *definition = definition_of(runs, schedule.bytes, (size_t)schedule.length);
    if (definition != NULL && same_moment(definition, key, time))
        definition->settled = true;
    settle_nameless(runs, schedule, key, time);
}
