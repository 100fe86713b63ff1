/* SPDX-License-Identifier: BSD-2-Clause
 * The server's date of the last whole incremental backup of each file space: a walk that came to its
 * end moves it, one that did not leaves it where it was. */
#include "judge.h"

#include "witness.h"

/* Between clocks of which nothing is known there may lie any two zones. */
#define ANY_ZONE (14 * WITNESS_HOUR)

/* The run's time on the server's clock, as far as it is known for a row. */
struct times {
    int64_t from, to;
    int64_t slack;
};

static bool times_for(const struct judging *judging, const tsmp_witness_filespace *space, struct times *times)
{
    const tsmp_run_view *run = &judging->run->view;
    if (judging->server.timed) {
        *times = (struct times){judging->server.from, judging->server.to, SERVER_SLACK};
        return true;
    }
    if (run->started == TSMP_NO_TIME || run->ended == TSMP_NO_TIME)
        return false;
    bool known = space->skew != TSMP_NO_TIME;
    int64_t skew = known ? space->skew : 0;
    *times = (struct times){run->started + skew, run->ended + skew, known ? SERVER_SLACK : ANY_ZONE};
    return true;
}

/* Words of Objects between blanks; one with a tail behind its name asks for a part only. */
static bool asked_in_part(const struct tsmp_run *run, tsmp_text name)
{
    const struct string *objects = &run->objects;
    for (size_t at = 0; at < objects->length;) {
        while (at < objects->length && (objects->bytes[at] == ' ' || objects->bytes[at] == '"' ||
                                        objects->bytes[at] == '\''))
            at++;
        size_t from = at;
        while (at < objects->length && objects->bytes[at] != ' ' && objects->bytes[at] != '"' &&
               objects->bytes[at] != '\'')
            at++;
        tsmp_text word = {objects->bytes + from, at - from};
        if (word.length > 0 && witness_compare_spaces(word, name) == 0 &&
            volume_key_length(word.bytes, (size_t)word.length) != word.length && word.length > 1)
            return true;
    }
    return false;
}

enum moved { MOVED, STOOD_STILL, NOT_TOLD };

/* What the first answer behind the run's end says; an answer that may have come before it says
 * nothing, and of two dates in one answer the older one counts. */
static enum moved look(const struct judging *judging, struct reach spaces,
                       const tsmp_witness_filespace **said)
{
    const struct tsmp_witness *witness = judging->context.witness;
    const tsmp_witness_filespace *first = NULL;
    struct times times = {.slack = ANY_ZONE}, mine;
    for (size_t i = spaces.from; i < spaces.to; i++) {
        const tsmp_witness_filespace *space = witness_space_at(witness, i);
        if ((space->flags & TSMP_WITNESS_API) != 0 || !times_for(judging, space, &mine))
            continue;
        if (first != NULL && space->order != first->order)
            break;
        /* A date in the run's time or behind it needs no other proof that it was asked later. */
        bool later = space->asked != TSMP_NO_TIME && space->asked >= mine.to - WITNESS_SECOND;
        bool dated = space->last_incremental != TSMP_NO_TIME;
        if (!later && !(dated && space->last_incremental >= mine.from - mine.slack && mine.slack != ANY_ZONE))
            continue;
        if (first == NULL || !dated || (first->last_incremental != TSMP_NO_TIME &&
                                        space->last_incremental < first->last_incremental)) {
            first = space;
            times = mine;
        }
    }
    *said = first;
    if (first == NULL)
        return NOT_TOLD;
    int64_t still = times.from - times.slack;
    /* When summer time ends inside the run, its volumes may end up to an hour before it began. */
    if (first->last_incremental == TSMP_NO_TIME || first->last_incremental < still - WITNESS_HOUR)
        return STOOD_STILL;
    if (first->last_incremental < still)
        return NOT_TOLD;
    /* Between zones: it may be the date of the run before. A later date may be of another run. */
    if (times.slack == ANY_ZONE && first->last_incremental < times.from)
        return NOT_TOLD;
    bool good = first->last_incremental <= times.to + times.slack &&
                (first->flags & TSMP_WITNESS_FORGEABLE) == 0;
    return good ? MOVED : NOT_TOLD;
}

static void stood_still(struct judging *judging, const struct run_volume *volume,
                        const tsmp_witness_filespace *space)
{
    tsmp_text name = text_of_string(&volume->name);
    if (space->last_incremental == TSMP_NO_TIME) {
        reason_named(judging, TSMP_EVIDENCE_E09, 4, "the server has no date of an incremental backup for file space "
                     "'%', though its walk is said to have ended well", name, volume->begin_line, volume->end_line);
    } else {
        char buffer[CLOCK_TEXT];
        tsmp_text arguments[] = {name, time_text(space->last_incremental, buffer)};
        reason(judging, TSMP_EVIDENCE_E09, 4, "the server's date of the last incremental backup of file space "
               "'%' stands still at %, before this run began", arguments, volume->begin_line,
               volume->end_line);
    }
    judging->incomplete = true;
}

/* A walk with failures, a part, or one whose objects are not known: whether it moves the date is not
 * known well enough to miss it. */
static bool must_move(const struct judging *judging, const struct run_volume *volume, bool gated)
{
    const struct tsmp_run *run = judging->run;
    return !gated && run->view.action == TSMP_WORD_INCREMENTAL && run->definition_known && !run->view.interactive &&
           volume->outcome == TSMP_WORD_SUCCESSFUL && !asked_in_part(run, text_of_string(&volume->name));
}

uint32_t weigh_filespaces(struct judging *judging)
{
    const struct tsmp_run *run = judging->run;
    const struct tsmp_witness *witness = judging->context.witness;
    struct server_run *server = &judging->server;
    tsmp_text option, nobody = {NULL, 0};
    bool gated = options_gate(run, &option), all = true, seen = false;
    server->no_spaces = "no answer behind the run's end has a row for each of its volumes";
    if (!judge_incremental(run) || witness->spaces.count == 0) {
        server->no_spaces = "no file spaces were given";
        return 0;
    }
    for (size_t i = 0; i < run->volumes.count; i++) {
        const struct run_volume *volume = &run->volumes.items[i];
        const tsmp_witness_filespace *said = NULL;
        if (volume->begins == 0 && !volume->earlier)
            continue;
        struct reach spaces = witness_spaces_of(witness, server->node, text_of_string(&volume->name));
        if (spaces.from == spaces.to) /* texts that name no node */
            spaces = witness_spaces_of(witness, nobody, text_of_string(&volume->name));
        enum moved moved = look(judging, spaces, &said);
        if (moved == STOOD_STILL && must_move(judging, volume, gated))
            stood_still(judging, volume, said);
        if (moved == STOOD_STILL)
            server->no_spaces = "a date stands still";
        all &= moved == MOVED;
        seen = true;
    }
    return all && seen && !gated ? TSMP_PROOF_FILESPACE : 0;
}
