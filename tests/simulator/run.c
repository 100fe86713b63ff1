/* SPDX-License-Identifier: BSD-2-Clause
 * A run is decided before a line of it is printed: what was walked, what was stored, when, how it
 * ended, and who is able to see that. */
#include "damage.h"

#include <string.h>

enum { VERBOSE_MOST = 24 }; /* objects of a verbose run: each prints lines */

/* Journal entries instead of a walk. */
static bool by_journal(const struct run *run)
{
    return run->node->journal && run->schedule->action == ACTION_INCREMENTAL;
}

static void parts_make(struct run *run)
{
    struct chance *chance = &run->chance;
    const struct node *node = run->node;
    bool walks = run->schedule->action == ACTION_INCREMENTAL;
    size_t selected = node->volume_count > 1 && run->id % 2 == 0 ? 2 : 1;
    run->part_count = walks ? node->volume_count : selected;
    for (size_t i = 0; i < run->part_count; i++) {
        struct part *part = &run->parts[i];
        uint64_t all = volume_objects(&node->volumes[i], run->night, chance);
        uint64_t changed = all * node->volumes[i].changes / 100000;
        changed = changed / 2 + chance_below(chance, changed + 2);
        if (node->verbose && changed > VERBOSE_MOST / run->part_count)
            changed = VERBOSE_MOST / run->part_count;
        if (walks && node->volumes[i].canaries)
            changed += 2;
        *part = (struct part){.volume = &node->volumes[i], .inspected = all, .stored = changed,
                              .early = node->volumes[i].canaries, .late = node->volumes[i].canaries,
                              .dated = walks};
        if (by_journal(run))
            part->inspected = part->stored + chance_below(chance, 20);
        if (run->schedule->action == ACTION_IMAGE)
            part->inspected = part->stored = 1;
    }
}

/* The walk of this part ends when `parts` of 100 are done. */
static void cut_walk(struct part *part, int64_t parts)
{
    part->inspected = part->inspected * (uint64_t)parts / 100;
    part->stored = part->stored * (uint64_t)parts / 100;
    part->early = part->early && parts > 0;
    part->late = part->dated = false;
}

static void lose(struct part *part, enum fate fate, int64_t parts)
{
    part->fate = fate;
    cut_walk(part, fate == FATE_NEVER ? 0 : parts);
}

/* Volumes behind the `from`-th are not begun; that one is open. */
static void quit(struct run *run, size_t from, bool streams)
{
    for (size_t i = from; i < run->part_count; i++)
        lose(&run->parts[i], i == from || streams ? FATE_OPEN : FATE_NEVER,
             chance_between(&run->chance, 1, 94));
}

static struct part *one_of(struct run *run)
{
    return &run->parts[chance_below(&run->chance, run->part_count)];
}

static void fail_objects(struct run *run, struct part *part)
{
    part->fate = FATE_FAILURES;
    part->failed = chance_below(&run->chance, 3) + 1;
    run->failed = part->failed;
}

/* What befell the volumes. */
static void befall(struct run *run)
{
    struct chance *chance = &run->chance;
    struct part *part = one_of(run);
    size_t from = (size_t)(part - run->parts);
    switch (run->shape) {
    case SHAPE_OBJECTS_FAILED:
    case SHAPE_JOURNAL_DISAGREES: fail_objects(run, part); break;
    case SHAPE_EARLY_QUIT:
    case SHAPE_SESSION_LOST:
    case SHAPE_CRASH:
    case SHAPE_USER_ABORT:
    case SHAPE_FAILED:
    case SHAPE_RUNNING: quit(run, from, run->node->streams); break;
    case SHAPE_QUIT_BEFORE_FIRST:
    case SHAPE_NO_DOMAIN:
        for (size_t i = 0; i < run->part_count; i++)
            lose(&run->parts[i], FATE_NEVER, 0);
        break;
    case SHAPE_OPEN_VOLUME: lose(part, FATE_OPEN, chance_between(chance, 1, 94)); break;
    case SHAPE_STORAGE_FULL:
        if (chance_happens(chance, 1, 2))
            lose(part, FATE_OPEN, chance_between(chance, 1, 94));
        else
            cut_walk(part, chance_between(chance, 1, 94));
        break;
    case SHAPE_NEVER_BEGUN:
    case SHAPE_NOT_READY: lose(part, FATE_NEVER, 0); break;
    case SHAPE_UNMOUNTED: lose(&run->parts[run->part_count - 1], FATE_NEVER, 0); break;
    case SHAPE_STOPPED: lose(part, FATE_STOPPED, chance_between(chance, 1, 94)); break;
    case SHAPE_MEMORY_OUT: cut_walk(part, chance_between(chance, 1, 94)); break;
    case SHAPE_NOT_FOUND:
    case SHAPE_NOT_DONE: lose(part, FATE_NEVER, 0); break;
    case SHAPE_WALK_CUT:
        cut_walk(part, chance_between(chance, 1, 94));
        part->dated = chance_happens(chance, 1, 2); /* IC29368: it moved all the same */
        break;
    case SHAPE_STALE: /* IT27757: changed files are looked at and not seen to have changed */
        part->stored /= 2;
        part->late = false;
        break;
    default: break;
    }
}

static bool is_open(const struct run *run)
{
    return run->shape == SHAPE_EARLY_QUIT || run->shape == SHAPE_SESSION_LOST ||
           run->shape == SHAPE_CRASH || run->shape == SHAPE_RUNNING || run->shape == SHAPE_EXECUTING;
}

static void sum_up(struct run *run)
{
    struct chance *chance = &run->chance;
    for (size_t i = 0; i < run->part_count; i++) {
        run->inspected += run->parts[i].inspected;
        run->stored += run->parts[i].stored;
    }
    if (run->stored + run->failed > run->inspected)
        run->inspected = run->stored + run->failed;
    if (run->schedule->action == ACTION_INCREMENTAL && run->inspected > 0) {
        run->updated = chance_below(chance, 4);
        run->expired = chance_below(chance, 6);
        run->retries = run->stored > 0 ? chance_below(chance, 3) : 0;
    }
    run->bytes = run->stored * (uint64_t)chance_between(chance, 300, 3000000);
}

/* Times: the walk takes longer where more is inspected and where the server is loaded. */
static void set_times(struct run *run)
{
    struct chance *chance = &run->chance;
    int64_t rate = chance_between(chance, 800, 4000);
    int64_t elapsed = (int64_t)run->inspected / rate + chance_between(chance, 20, 60);
    elapsed += elapsed * (int64_t)run->load / 50;
    if (elapsed > 10000)
        elapsed = 10000 + elapsed % 700;
    int64_t late = chance_between(chance, 5, run->load > 60 ? 2700 : 600);
    /* The window is told in the server's time. */
    run->started = run->first_started = run->nominal - run->node->skew + late;
    run->ended = run->started + elapsed;
    bool streams = run->node->streams || run->schedule->action != ACTION_INCREMENTAL;
    int64_t at = run->started;
    for (size_t i = 0; i < run->part_count; i++) {
        struct part *part = &run->parts[i];
        int64_t share = elapsed / (int64_t)run->part_count;
        part->begins = streams ? run->started : at;
        part->ends = streams ? run->started + chance_between(chance, 3, elapsed - 2) : at + share - 1;
        at += share;
    }
}

/* What the server's own log and events show. */
static void see_by_server(struct run *run)
{
    run->distress = run->truth == TRUTH_INCOMPLETE && run->status &&
                    chance_happens(&run->chance, run->load > 60 ? 3 : 1, 4);
    bool otherwise = run->shape == SHAPE_EARLY_QUIT || run->shape == SHAPE_SESSION_LOST ||
                     run->shape == SHAPE_CRASH || run->truth == TRUTH_FAILED;
    if (run->distress || (otherwise && run->shape != SHAPE_COMMAND_ISSUED))
        run->seen |= SEEN_SERVER;
}

static void see(struct run *run)
{
    uint64_t all = 0;
    run->seen = shape_info(run->shape)->seen;
    see_by_server(run);
    for (size_t i = 0; i < run->part_count; i++) {
        const struct part *part = &run->parts[i];
        all += part->volume->objects;
        if (run->truth != TRUTH_INCOMPLETE || run->schedule->action != ACTION_INCREMENTAL)
            continue;
        if (part->volume->canaries && (!part->early || !part->late))
            run->seen |= SEEN_CANARY;
        if (!part->dated && part->fate == FATE_DONE)
            run->seen |= SEEN_FILESPACE;
        if (part->fate == FATE_NEVER)
            run->seen |= SEEN_HISTORY;
    }
    if (run->truth == TRUTH_INCOMPLETE && !by_journal(run) && run->inspected < all * 2 / 5 &&
        run->schedule->action == ACTION_INCREMENTAL)
        run->seen |= SEEN_HISTORY;
}

void run_plan(struct run *run, enum shape shape)
{
    run->shape = shape;
    run->truth = shape_info(shape)->truth;
    run->status = run->event = run->sent = run->volumes_shown = run->finished = true;
    parts_make(run);
    befall(run);
    sum_up(run);
    set_times(run);
    if (is_open(run))
        run->status = run->event = run->sent = false;
    if (run->schedule->action == ACTION_COMMAND || run->schedule->action == ACTION_MACRO) {
        run->status = false;
        run->part_count = 0;
    }
    if (shape == SHAPE_UNSENT)
        run->sent = false;
    if (shape == SHAPE_FILTERED)
        run->volumes_shown = false;
    if (shape == SHAPE_FAILED || shape == SHAPE_CONFLICTED)
        run->return_code = 12;
    if (shape == SHAPE_COMMAND_FAILED)
        run->return_code = (int)chance_between(&run->chance, 1, 255);
    if (shape == SHAPE_COMMAND_ISSUED)
        run->finished = false;
    if (shape == SHAPE_FAILED && chance_happens(&run->chance, 1, 2))
        run->status = false;
    see(run);
}

int64_t run_client_clock(const struct run *run, int64_t time)
{
    return time + (time >= run->set_at ? run->set_by : 0);
}

int64_t run_server_clock(const struct run *run, int64_t time)
{
    bool both = run->damage == DAMAGE_SUMMER_TIME; /* else only the client's was set */
    return (both ? run_client_clock(run, time) : time) + run->node->skew;
}
