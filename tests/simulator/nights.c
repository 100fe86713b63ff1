/* SPDX-License-Identifier: BSD-2-Clause */
#include "nights.h"

#include "log.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void nights_free(struct nights *nights)
{
    sheet_free(&nights->log);
    sheet_free(&nights->own);
    sheet_free(&nights->other);
    free(nights->runs);
}

static struct run *add_run(struct nights *nights, const struct schedule *schedule, uint32_t night,
                           uint64_t seed)
{
    if (nights->count == nights->capacity) {
        nights->capacity = nights->capacity * 2 + 64;
        nights->runs = realloc(nights->runs, nights->capacity * sizeof *nights->runs);
        if (nights->runs == NULL)
            exit(1);
    }
    struct run *run = &nights->runs[nights->count];
    *run = (struct run){.node = &nights->node, .schedule = schedule, .id = nights->count,
                        .night = night,
                        .nominal = nights->first_day + (int64_t)night * NIGHT + schedule->clock,
                        .chance = chance_of(seed ^ nights->node.index, nights->count + 1),
                        .load = server_load(seed, nights->node.server, night)};
    nights->count++;
    return run;
}

/* ---- what happens ---------------------------------------------------------------------------- */

/* An ordinary night. */
static enum shape draw_good(struct run *run)
{
    struct chance *chance = &run->chance;
    switch (run->schedule->action) {
    case ACTION_SELECTIVE: return SHAPE_SELECTIVE;
    case ACTION_ARCHIVE: return SHAPE_ARCHIVE;
    case ACTION_COMMAND: return SHAPE_COMMAND;
    case ACTION_MACRO: return SHAPE_MACRO;
    case ACTION_IMAGE: return SHAPE_IMAGE;
    default: break;
    }
    if (chance_happens(chance, run->load > 60 ? 100 : 3, 1000))
        return SHAPE_SESSION_BACK;
    if (chance_happens(chance, 30, 1000))
        return SHAPE_OBJECTS_FAILED;
    if (chance_happens(chance, 20, 1000))
        return chance_happens(chance, 1, 2) ? SHAPE_WARNED : SHAPE_PRE_COMMAND;
    return run->node->journal ? SHAPE_JOURNAL : SHAPE_GOOD;
}

/* Where a server is busy, clients are told to end, and end well. */
static enum shape draw_quit(struct run *run)
{
    static const enum shape quits[] = {SHAPE_EARLY_QUIT, SHAPE_OPEN_VOLUME, SHAPE_WALK_CUT,
                                       SHAPE_NEVER_BEGUN};
    enum shape quit = quits[chance_below(&run->chance, 4)];
    return shape_fits(quit, run->node, run->schedule) ? quit : SHAPE_COUNT;
}

static enum shape draw(struct run *run, enum mix mix, bool last)
{
    struct chance *chance = &run->chance;
    bool busy = run->load > 60;
    if (mix == MIX_MONTH && !chance_happens(chance, busy ? 40 : 5, 1000))
        return draw_good(run);
    if (mix == MIX_MONTH && busy && chance_happens(chance, 2, 3)) {
        enum shape quit = draw_quit(run);
        if (quit != SHAPE_COUNT)
            return quit;
    }
    for (;;) {
        enum shape shape = (enum shape)chance_below(chance, SHAPE_COUNT);
        bool open = shape == SHAPE_RUNNING || shape == SHAPE_EXECUTING;
        /* At the end of a text these can't be told from what is to come. */
        bool absent = shape == SHAPE_MISSED || shape == SHAPE_DOWN || shape == SHAPE_CRASH;
        if (shape_fits(shape, run->node, run->schedule) && (!open || last) && (!absent || !last))
            return shape;
    }
}

static enum damage draw_damage(struct run *run, enum mix mix, bool last)
{
    bool open = run->truth == TRUTH_RUNNING || run->truth == TRUTH_MISSED || last;
    if (open || !chance_happens(&run->chance, mix == MIX_EVEN ? 250 : 2, 1000))
        return DAMAGE_NONE;
    enum damage damage = (enum damage)chance_between(&run->chance, DAMAGE_NONE + 1, DAMAGE_OF_RUNS - 1);
    bool names = run->schedule->action == ACTION_INCREMENTAL && run->shape != SHAPE_NO_DOMAIN &&
                 run->shape != SHAPE_QUIT_BEFORE_FIRST && run->shape != SHAPE_FILTERED;
    return damage == DAMAGE_FORGED_NAME && !names ? DAMAGE_NONE : damage;
}

/* ---- the log --------------------------------------------------------------------------------- */

/* A second scheduler writes into the same file at the same time. */
static void weave_other(struct nights *nights, uint32_t id, uint64_t seed)
{
    static const struct schedule other = {.name = "MOOR_INC", .action = ACTION_INCREMENTAL,
                                          .asking = ASK_NOTHING, .clock = 21 * 3600};
    struct run *run = add_run(nights, &other, nights->runs[id].night, seed);
    const struct run *first = &nights->runs[id];
    run->nominal = first->nominal;
    run_plan(run, nights->node.journal ? SHAPE_JOURNAL : SHAPE_GOOD);
    run->damage = DAMAGE_INTERWOVEN;
    struct sheet *sheet = &nights->other;
    struct node twin = nights->node; /* of a cluster, say */
    twin.name[0] = 'X';
    sheet_clear(sheet);
    sheet->format = &nights->node.format;
    sheet->time = run->started - 5;
    sheet->run = run->id;
    log_poll(sheet, &twin, run);
    log_run(sheet, run);
    log_rest(sheet, &twin);
    damage_weave(&nights->log, &nights->own, sheet);
}

static void print_run(struct nights *nights, uint32_t id, uint64_t seed)
{
    struct run *run = &nights->runs[id];
    struct sheet *own = &nights->own;
    sheet_clear(own);
    own->format = &nights->node.format;
    damage_prepare(own, run);
    log_run(own, run);
    own->set_by = 0;
    nights->log.run = id;
    nights->log.time = own->time;
    if (run->damage == DAMAGE_INTERWOVEN)
        weave_other(nights, id, seed);
    else
        damage_apply(&nights->log, own, run);
    nights->log.time = nights->runs[id].ended + 1; /* the array may have moved */
}

static void poll(struct nights *nights, int64_t time, const struct run *next)
{
    struct sheet *log = &nights->log;
    log->time = time > log->time ? time : log->time + 1;
    log->run = next != NULL ? next->id : NO_RUN;
    log_poll(log, &nights->node, next);
    log_rest(log, &nights->node);
}

static bool is_absent(const struct run *run)
{
    return run->shape == SHAPE_MISSED || run->shape == SHAPE_DOWN;
}

/* One event: asked for, and run, and asked again behind it. */
static void event(struct nights *nights, uint32_t id, const struct run *after, bool *announced,
                  uint64_t seed)
{
    const struct run *run = &nights->runs[id];
    struct chance chance = chance_of(seed, (uint64_t)id << 32 | nights->node.index);
    if (!*announced || (run->shape != SHAPE_DOWN && chance_happens(&chance, 1, 3)))
        poll(nights, run->started - chance_between(&chance, 60, 7200), run);
    *announced = false;
    if (is_absent(run)) {
        if (run->shape == SHAPE_MISSED && after != NULL) {
            poll(nights, run->nominal + chance_between(&chance, 7200, 10800), after);
            *announced = true;
        }
        return;
    }
    bool crashed = run->shape == SHAPE_CRASH;
    bool open = run->truth == TRUTH_RUNNING;
    /* The process that runs it polls first. */
    nights->log.time = run->started - 3;
    nights->log.run = id;
    log_poll(&nights->log, &nights->node, run);
    print_run(nights, id, seed);
    if (crashed || open)
        return;
    /* Where it has said that it stopped, the acceptor starts another one. */
    nights->log.run = after != NULL ? after->id : NO_RUN;
    log_poll(&nights->log, &nights->node, after);
    log_rest(&nights->log, &nights->node);
    *announced = after != NULL;
}

static void plan_all(struct nights *nights, uint64_t seed, uint32_t count, enum mix mix)
{
    const struct node *node = &nights->node;
    uint32_t events = count * (uint32_t)node->schedule_count;
    for (uint32_t night = 0; night < count; night++)
        for (size_t k = node->schedule_count; k-- > 0;) { /* the second one comes at noon */
            struct run *run = add_run(nights, &node->schedules[k], night, seed);
            bool last = run->id + 1 == events;
            enum shape shape = draw(run, mix, last);
            run_plan(run, shape);
            run->damage = draw_damage(run, mix, last);
        }
}

/* ---- the file -------------------------------------------------------------------------------- */

/* Pruned: whole lines are gone from the front. */
static void prune(struct nights *nights, struct chance *chance)
{
    struct sheet *log = &nights->log;
    size_t cut = (size_t)chance_below(chance, log->count / 2);
    struct sheet kept = {.format = log->format};
    sheet_copy(&kept, log, cut, log->count);
    sheet_free(log);
    *log = kept;
}

/* A ring of SCHEDLOGMAX: its newest lines stand in front, and behind the mark what was not yet
 * overwritten, whose first line is cut. */
static void wrap(struct nights *nights, struct chance *chance)
{
    struct sheet *log = &nights->log;
    size_t seam = log->count / 2 + (size_t)chance_below(chance, log->count / 3);
    size_t oldest = (size_t)chance_below(chance, seam / 2);
    /* The mark stands inside this one, or inside its announcement. */
    if (log->lines[seam].run != NO_RUN && log->lines[seam].run == log->lines[seam - 1].run)
        nights->runs[log->lines[seam].run].damage = DAMAGE_WRAPPED;
    struct sheet made = {.format = log->format, .run = NO_RUN};
    sheet_copy(&made, log, seam, log->count);
    made.time = log->lines[log->count - 1].time;
    sheet_say(&made, 0, "END OF DATA");
    const struct sheet_line *line = &log->lines[oldest];
    size_t gone = line->length > 2 ? line->length / 2 : 0;
    made.run = line->run;
    made.time = line->time;
    sheet_raw(&made, 0, log->bytes + line->at + gone, line->length - gone);
    sheet_copy(&made, log, oldest + 1, seam);
    made.run = NO_RUN;
    made.time = log->lines[seam - 1].time;
    sheet_say(&made, 0, "Continued at beginning of file");
    sheet_free(log);
    *log = made;
    nights->wrapped = true;
}

/* The machine went down while it wrote: the file ends in the middle of a line. */
static void cut_off(struct nights *nights, struct chance *chance)
{
    struct sheet *log = &nights->log;
    struct run *last = &nights->runs[nights->events - 1];
    size_t first = log->count;
    while (first > 0 && (log->lines[first - 1].run == last->id || log->lines[first - 1].run == NO_RUN))
        first--;
    if (first >= log->count || is_absent(last) || last->truth == TRUTH_RUNNING)
        return;
    size_t place = first + (size_t)chance_below(chance, log->count - first);
    struct sheet_line *line = &log->lines[place];
    line->length = (size_t)chance_below(chance, line->length);
    log->count = place + 1;
    log->length = line->at + line->length;
    last->damage = DAMAGE_CUT_OFF;
    nights->age = chance_happens(chance, 1, 2) ? 0 : 3 * NIGHT;
}

static uint32_t *lines_of_runs(const struct nights *nights)
{
    uint32_t *lines = calloc(nights->count, sizeof *lines);
    if (lines == NULL)
        exit(1);
    for (size_t i = 0; i < nights->log.count; i++)
        if (nights->log.lines[i].run != NO_RUN)
            lines[nights->log.lines[i].run]++;
    return lines;
}

static void damage_file(struct nights *nights, struct chance *chance)
{
    uint64_t what = chance_below(chance, 10);
    if (what == 2)
        cut_off(nights, chance);
    if (what > 1)
        return;
    uint32_t *before = lines_of_runs(nights);
    if (what == 0)
        prune(nights, chance);
    else
        wrap(nights, chance);
    uint32_t *left = lines_of_runs(nights);
    for (uint32_t i = 0; i < nights->count; i++) {
        if (left[i] == before[i])
            continue;
        nights->runs[i].damage = nights->wrapped ? DAMAGE_WRAPPED : DAMAGE_HEAD_CUT;
        nights->runs[i].gone = left[i] == 0;
        if (nights->runs[i].truth == TRUTH_MISSED) /* only its announcement could tell */
            nights->runs[i].seen &= ~(uint32_t)SEEN_LOG;
    }
    free(before);
    free(left);
}

/* Lines that are doubled, missing or not the client's may be taken for a neighbour's. */
static void mark_neighbours(struct nights *nights)
{
    enum { NEAR = 4 }; /* so many finished runs may still take a line */
    for (uint32_t i = 0; i < nights->events; i++) {
        uint32_t from = i > NEAR ? i - NEAR : 0, last = nights->events - 1;
        uint32_t to = last - i > NEAR ? i + NEAR : last;
        nights->runs[i].beside = false;
        for (uint32_t k = from; k <= to; k++)
            nights->runs[i].beside |= k != i && nights->runs[k].damage != DAMAGE_NONE;
    }
}

void nights_make(struct nights *nights, uint64_t seed, uint32_t index, uint32_t count, enum mix mix)
{
    nights->count = 0;
    nights->wrapped = false;
    nights->age = 0;
    nights->first_day = day_of(2031, 2, 17);
    node_make(&nights->node, seed, index);
    sheet_clear(&nights->log);
    nights->log.format = &nights->node.format;
    nights->log.time = nights->first_day;
    plan_all(nights, seed, count, mix);
    uint32_t events = nights->events = nights->count;
    bool announced = false;
    for (uint32_t i = 0; i < events; i++) {
        /* The array moves when a second scheduler comes in. */
        const struct run after = i + 1 < events ? nights->runs[i + 1] : (struct run){0};
        event(nights, i, i + 1 < events ? &after : NULL, &announced, seed);
    }
    struct chance chance = chance_of(seed ^ 0xDA3A6E, index);
    if (mix == MIX_EVEN)
        damage_file(nights, &chance);
    mark_neighbours(nights);
}
