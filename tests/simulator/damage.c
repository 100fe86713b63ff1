/* SPDX-License-Identifier: BSD-2-Clause */
#include "damage.h"

#include <stdio.h>
#include <stdlib.h>

const char *damage_name(enum damage damage)
{
    static const char *const names[DAMAGE_COUNT] = {
        "none", "forged name", "forged output", "hole", "clock set", "summer time", "two schedulers",
        "doubled lines", "head cut", "ring overwritten", "cut off"};
    return names[damage];
}

bool damage_forges(enum damage damage)
{
    return damage == DAMAGE_FORGED_NAME || damage == DAMAGE_FORGED_OUTPUT;
}

bool damage_is_harmless(enum damage damage)
{
    return damage == DAMAGE_NONE || damage == DAMAGE_SUMMER_TIME;
}

void damage_prepare(struct sheet *sheet, struct run *run)
{
    struct chance *chance = &run->chance;
    sheet->set_by = 0;
    switch (run->damage) {
    case DAMAGE_FORGED_NAME:
        run->inspected++;
        if (run->node->verbose) {
            run->stored++;
        } else { /* a quiet client names only what it could not store */
            run->failed++;
            run->truth = run->truth == TRUTH_COMPLETE ? TRUTH_EXCEPTIONS : run->truth;
            run->seen |= run->truth == TRUTH_EXCEPTIONS ? (uint32_t)SEEN_LOG : 0u;
        }
        break;
    case DAMAGE_CLOCK_SET:
    case DAMAGE_SUMMER_TIME:
        sheet->set_at = chance_between(chance, run->started + 1, run->ended);
        sheet->set_by = run->damage == DAMAGE_SUMMER_TIME ? 3600 : chance_between(chance, 300, 9000);
        if (run->damage == DAMAGE_CLOCK_SET && sheet->set_by > 3300 && sheet->set_by < 3900)
            sheet->set_by = 3000; /* else it could be taken for summer time */
        if (chance_happens(chance, 1, 2))
            sheet->set_by = -sheet->set_by;
        run->set_at = sheet->set_at;
        run->set_by = sheet->set_by;
        if (run->set_by < 0 && run->ended - run->started < -run->set_by)
            run->seen &= ~(uint32_t)SEEN_CANARY; /* it ended before it began: there is no window */
        if (run->set_by < 0) /* what the server wrote in the middle may stand before its start */
            run->seen &= ~(uint32_t)SEEN_SERVER;
        break;
    default: break;
    }
}

/* A line behind which names stand, or behind which a command prints; the last one if there is none. */
static size_t place_of(const struct sheet *own, uint32_t tag, struct chance *chance)
{
    size_t places = 0;
    for (size_t i = 0; i < own->count; i++)
        places += (own->lines[i].tags & tag) != 0;
    if (places == 0)
        return SIZE_MAX;
    size_t wanted = (size_t)chance_below(chance, places);
    for (size_t i = 0; i < own->count; i++)
        if ((own->lines[i].tags & tag) != 0 && wanted-- == 0)
            return i;
    return SIZE_MAX;
}

/* A name with newlines in it: the line before the first, what the name prints, and the rest. */
static void forged_name(struct sheet *log, const struct sheet *own, struct run *run)
{
    size_t place = place_of(own, TAG_NAMES, &run->chance);
    if (place == SIZE_MAX) {
        sheet_copy(log, own, 0, own->count);
        return;
    }
    sheet_copy(log, own, 0, place + 1);
    log->run = run->id;
    log->time = own->lines[place].time;
    if (run->node->verbose)
        sheet_say(log, 0, "Normal File-->%18s /tmp/.x/", "611");
    else
        sheet_say(log, 0, "ANS1228E Sending of object '/tmp/.x/");
    struct sheet forged = {.format = log->format, .time = log->time, .run = run->id};
    forge_lines(&forged, run);
    sheet_copy(log, &forged, 0, forged.count);
    sheet_free(&forged);
    sheet_bare(log, 0, run->node->verbose ? "end [Sent]" : "end' failed.");
    sheet_copy(log, own, place + 1, own->count);
}

/* Behind the begin record a command of the schedule's prints whatever it likes. */
static void forged_output(struct sheet *log, const struct sheet *own, struct run *run)
{
    /* A return code that the client never printed, the command may print itself: nobody can tell. */
    if (run->shape == SHAPE_COMMAND_ISSUED)
        run->seen &= ~(uint32_t)SEEN_LOG;
    bool command = run->schedule->action == ACTION_COMMAND;
    size_t place = command ? place_of(own, TAG_OUTPUT, &run->chance) : 2;
    if (place >= own->count)
        place = own->count - 1;
    sheet_copy(log, own, 0, place + 1);
    log->run = run->id;
    log->time = own->lines[place].time;
    if (!command) {
        sheet_say(log, 0, "Executing Operating System command or script:");
        sheet_bare(log, 0, "   /opt/tools/freeze.sh");
    }
    struct sheet forged = {.format = log->format, .time = log->time, .run = run->id};
    forge_lines(&forged, run);
    sheet_copy(log, &forged, 0, forged.count);
    sheet_free(&forged);
    if (!command)
        sheet_say(log, 0, "Finished command.  Return code is: 0");
    sheet_copy(log, own, place + 1, own->count);
}

static void hole(struct sheet *log, const struct sheet *own, struct run *run)
{
    size_t from = (size_t)chance_below(&run->chance, own->count);
    size_t most = (own->count - from) / 2 + 1;
    size_t to = from + 1 + (size_t)chance_below(&run->chance, most);
    to = to < own->count ? to : own->count;
    /* Nobody can see what is not there, nor set a date against a walk that does not show. */
    for (size_t i = from; i < to; i++) {
        run->seen &= (own->lines[i].tags & TAG_AGAINST) != 0 ? ~(uint32_t)SEEN_LOG : UINT32_MAX;
        run->seen &= (own->lines[i].tags & TAG_BEGIN) != 0 ? ~(uint32_t)SEEN_FILESPACE : UINT32_MAX;
    }
    sheet_copy(log, own, 0, from);
    sheet_copy(log, own, to, own->count);
}

static void doubled(struct sheet *log, const struct sheet *own, struct run *run)
{
    size_t from = (size_t)chance_below(&run->chance, own->count);
    size_t to = from + 1 + (size_t)chance_below(&run->chance, 4);
    to = to < own->count ? to : own->count;
    sheet_copy(log, own, 0, to);
    sheet_copy(log, own, from, own->count);
}

void damage_apply(struct sheet *log, const struct sheet *own, struct run *run)
{
    switch (run->damage) {
    case DAMAGE_FORGED_NAME: forged_name(log, own, run); return;
    case DAMAGE_FORGED_OUTPUT: forged_output(log, own, run); return;
    case DAMAGE_HOLE: hole(log, own, run); return;
    case DAMAGE_DOUBLED: doubled(log, own, run); return;
    default: sheet_copy(log, own, 0, own->count);
    }
}

void damage_weave(struct sheet *log, const struct sheet *one, const struct sheet *other)
{
    size_t i = 0, k = 0;
    while (i < one->count || k < other->count) {
        if (k == other->count || (i < one->count && one->lines[i].time <= other->lines[k].time)) {
            sheet_copy(log, one, i, i + 1);
            i++;
        } else {
            sheet_copy(log, other, k, k + 1);
            k++;
        }
    }
}
