/* SPDX-License-Identifier: BSD-2-Clause
 * The server's word on the run: its event's row, and whether it logged statistics of the node at all. All
 * of it is weighed on the server's own clock, from the start to the end that the event's row tells. */
#include "judge.h"

#include "witness.h"

#include <string.h>

/* The same event is scheduled at the same time in both texts, but for what a row leaves out. */
#define SAME_START SERVER_SLACK
enum { WARNED_NIGHTS = 5, WARNED_LOOK = 400, HUNG = 24 * 3600 };

tsmp_text time_text(int64_t time, char buffer[CLOCK_TEXT])
{
    return (tsmp_text){buffer, clock_text(time, true, buffer)};
}

static bool is_walk(const struct tsmp_run *run)
{
    return run->view.action != TSMP_WORD_COMMAND && run->view.action != TSMP_WORD_MACRO &&
           run->view.action != TSMP_WORD_OTHER;
}

static uint64_t line_of_end(const struct tsmp_run *run)
{
    return run->at[CLOSE_EVENT] != 0 ? run->at[CLOSE_EVENT] : run->view.last_line;
}

/* ---- which event it is -------------------------------------------------------------------------- */

static bool is_forgeable(const tsmp_witness_event *event)
{
    return (event->flags & TSMP_WITNESS_FORGEABLE) != 0;
}

/* Of two rows about one event: one that a name may have printed never hides another, and of two
 * answers the later one counts. Where one text holds both, the one that is not good. */
static bool is_better(const tsmp_witness_event *a, const tsmp_witness_event *b)
{
    if (is_forgeable(a) != is_forgeable(b))
        return !is_forgeable(a);
    if (a->order != b->order)
        return a->order > b->order;
    return a->state != TSMP_EVENT_COMPLETED && b->state == TSMP_EVENT_COMPLETED;
}

static const tsmp_witness_event *choose(const struct tsmp_witness *witness, struct reach events,
                                        int64_t wanted, bool logged)
{
    struct reach near = witness_events_in(witness, events, logged, wanted - SAME_START,
                                          wanted + SAME_START);
    const tsmp_witness_event *best = NULL;
    int64_t best_apart = INT64_MAX;
    for (size_t i = near.from; i < near.to; i++) {
        const tsmp_witness_event *event = witness_event_at(witness, i);
        int64_t by = apart(logged ? event->completed : event->scheduled, wanted);
        if ((is_forgeable(event) && event->state == TSMP_EVENT_COMPLETED) ||
            (logged && event->state == TSMP_EVENT_MISSED))
            continue;
        bool first = best == NULL || (is_forgeable(best) && !is_forgeable(event));
        /* In the log a message that is not good is not outdone by another that is nearer. */
        if (logged && best != NULL && (best->state == TSMP_EVENT_COMPLETED) != (event->state == TSMP_EVENT_COMPLETED)) {
            if (event->state == TSMP_EVENT_COMPLETED)
                continue;
            first = true;
        }
        if (first || (is_forgeable(event) == is_forgeable(best) &&
                      (by < best_apart || (by == best_apart && is_better(event, best))))) {
            best = event;
            best_apart = by;
        }
    }
    return best;
}

static void find_event(struct judging *judging)
{
    const struct tsmp_run *run = judging->run;
    const struct tsmp_witness *witness = judging->context.witness;
    struct server_run *server = &judging->server;
    int64_t skew = judging->context.skew;
    server->node = run->view.node.length > 0 ? run->view.node : judging->context.node;
    if (server->node.length == 0 || run->view.schedule.length == 0)
        return;
    struct reach events = witness_events_of(witness, server->node, run->view.schedule);
    if (run->view.scheduled != TSMP_NO_TIME) {
        server->event = choose(witness, events, run->view.scheduled, false);
        if (server->event == NULL && skew != 0)
            server->event = choose(witness, events, run->view.scheduled + skew, false);
    }
    if (server->event == NULL && run->view.ended != TSMP_NO_TIME)
        server->event = choose(witness, events, run->view.ended + skew, true);
}

static void find_window(struct judging *judging)
{
    const tsmp_run_view *run = &judging->run->view;
    struct server_run *server = &judging->server;
    const tsmp_witness_event *event = server->event;
    bool lasts = run->started != TSMP_NO_TIME && run->ended != TSMP_NO_TIME && run->ended >= run->started;
    int64_t length = lasts ? run->ended - run->started : 0;
    if (event != NULL && event->actual != TSMP_NO_TIME && (event->completed != TSMP_NO_TIME || lasts)) {
        server->from = event->actual;
        server->to = event->completed != TSMP_NO_TIME ? event->completed : event->actual + length;
        server->timed = server->to >= server->from;
    } else if (event != NULL && event->completed != TSMP_NO_TIME && lasts) {
        server->from = event->completed - length;
        server->to = event->completed;
        server->timed = true;
    } else if (judging->context.skew != 0 && lasts) {
        server->from = run->started + judging->context.skew;
        server->to = run->ended + judging->context.skew;
        server->timed = true;
    }
}

static void no_statistics(struct judging *judging)
{
    struct server_run *server = &judging->server;
    char buffer[CLOCK_TEXT];
    bool sets;
    bool covered = witness_covers(judging->context.witness, server->from, server->to, &sets);
    if (!covered) {
        server->no_proof = "the activity log does not reach over the time of the run";
    } else if (!sets) {
        server->no_proof = "the activity log holds no statistics of any client, so that they are missing "
                           "says nothing";
    } else if (judging->context.witness->view.left_out > 0) {
        server->no_proof = "not all of what the server says was kept";
        reason_plain(judging, TSMP_EVIDENCE_LIMIT, 0, "not all of what the server says was kept, and no statistics of "
                     "this node are among it", line_of_end(judging->run), 0);
        judging->unsure = true;
    } else if (server_nameless(judging)) {
        server->no_proof = "statistics were logged at that time, and whose they are can't be told";
    } else if (server_proxied(judging)) {
        server->no_proof = "the same statistics were logged for another node, which may work for this one";
    } else {
        tsmp_text arguments[] = {time_text(server->to, buffer), server->node};
        struct reach doubtful = witness_sessions_of(judging->context.witness, server->node,
                                                    server->from - SERVER_SLACK, server->to + SERVER_SLACK);
        /* Those that count were not taken for this run's only because they do not say how many objects
         * were inspected. */
        bool untold = server_has_statistics(judging, server->from - SERVER_SLACK, server->to + SERVER_SLACK);
        server->no_proof = untold ? "the statistics that it logged do not say how many objects were inspected"
                                  : "it logged no statistics of the client";
        reason(judging, TSMP_EVIDENCE_E06, 4, untold
                   ? "the server says that the event completed at %, but the statistics of node '%' in its log "
                     "do not say how many objects were inspected"
               : doubtful.to > doubtful.from
                   ? "the server says that the event completed at %, but all statistics of node '%' in its log "
                     "stand where a name may have printed them"
                   : "the server says that the event completed at %, but logged no statistics of node '%' while "
                     "it went on", arguments, line_of_end(judging->run), 0);
        judging->unsure = true;
    }
}

/* ---- what the event's row says ------------------------------------------------------------------- */

static void says_failed(struct judging *judging, uint32_t proof)
{
    const struct tsmp_run *run = judging->run;
    const tsmp_witness_event *event = judging->server.event;
    bool whole = (proof & WALKED) == WALKED;
    char buffer[NUMBER_TEXT];
    tsmp_text arguments[] = {event->status, number_text(event->result, buffer)};
    judging->server.no_proof = "it says that the event did not complete";
    if (run->view.claim == TSMP_CLAIM_FAILURE) {
        if (whole && judging->server.agreed)
            reason(judging, TSMP_EVIDENCE_REPORTED_FAILURE, 0, "the server says % too, although its own "
                   "statistics and the client's log are whole: failed, yet complete", arguments,
                   line_of_end(run), 0);
        return;
    }
    bool told = (event->flags & TSMP_WITNESS_HAS_RESULT) != 0;
    if (judging->server.agreed && whole) {
        reason(judging, TSMP_EVIDENCE_REPORTED_FAILURE, 2, told
                   ? "the server says % with result %, although its own statistics and the client's log are "
                     "whole: failed, yet complete"
                   : "the server says %, although its own statistics and the client's log are whole: "
                     "failed, yet complete", arguments, line_of_end(run), 0);
        return;
    }
    reason(judging, TSMP_EVIDENCE_E10, 3, told ? "the server says % with result % of this event"
                                               : "the server says % of this event",
           arguments, line_of_end(run), 0);
    judging->unsure = true;
}

/* Completed with a warning, night after night. A command behind the backup that fails explains it. */
static void warned_nights(struct judging *judging)
{
    const struct tsmp_run *run = judging->run;
    const struct tsmp_witness *witness = judging->context.witness;
    const tsmp_witness_event *event = judging->server.event;
    struct reach events = witness_events_of(witness, event->node, event->schedule);
    int64_t night = TSMP_NO_TIME;
    size_t nights = 0, looked = 0;
    char buffer[NUMBER_TEXT];
    if (event->scheduled == TSMP_NO_TIME)
        return;
    for (size_t i = 0; i < run->finding_count; i++)
        if (run->findings[i].id == TSMP_EVIDENCE_SIDE_COMMAND)
            return;
    for (size_t i = (size_t)(event - witness_event_at(witness, 0)) + 1;
         i-- > events.from && looked++ < WARNED_LOOK;) {
        const tsmp_witness_event *before = witness_event_at(witness, i);
        if (before->scheduled == TSMP_NO_TIME || before->state != TSMP_EVENT_COMPLETED ||
            (before->flags & TSMP_WITNESS_HAS_RESULT) == 0 || (before->result != 4 && before->result != 8))
            break;
        nights += before->scheduled != night;
        night = before->scheduled;
    }
    if (nights >= WARNED_NIGHTS)
        reason_named(judging, TSMP_EVIDENCE_E19, 2, "the server has the result 4 or 8 for the last % events "
                     "of this schedule: objects are left out night after night, or a message is",
                     number_text((int64_t)nights, buffer), line_of_end(run), 0);
}

/* Still open on the server, long after it began. */
static void still_open(struct judging *judging)
{
    const tsmp_witness_event *event = judging->server.event;
    int64_t fresh = judging->context.fresh > 0 ? judging->context.fresh : HUNG;
    judging->server.no_proof = "the event is still open";
    if (event->asked == TSMP_NO_TIME || event->actual == TSMP_NO_TIME ||
        (event->asked - event->actual) / 1000000 <= fresh)
        return;
    char buffer[CLOCK_TEXT];
    tsmp_text arguments[] = {event->status, time_text(event->actual, buffer)};
    reason(judging, TSMP_EVIDENCE_E21, 3, "the server still says % of this event, which began at %: it hangs, "
           "or its result was lost", arguments, judging->run->view.first_line, line_of_end(judging->run));
    judging->unsure = true;
}

static uint32_t says_completed(struct judging *judging, uint32_t proof, size_t sets)
{
    const struct tsmp_run *run = judging->run;
    const tsmp_witness_event *event = judging->server.event;
    struct server_run *server = &judging->server;
    bool told = (event->flags & TSMP_WITNESS_HAS_RESULT) != 0;
    warned_nights(judging);
    settle(judging);
    if (!is_walk(run)) {
        /* Its statistics, if it has any, are its own affair. */
        server->no_proof = "it logs no statistics of commands and macros";
        if (run->view.action == TSMP_WORD_COMMAND && told && event->result == 0 &&
            (proof & TSMP_PROOF_CLOSED) != 0)
            return TSMP_PROOF_SERVER;
        return 0;
    }
    if (!server->timed) {
        server->no_proof = "it does not tell when the event began and ended";
        return 0;
    }
    if (sets == 0) {
        no_statistics(judging);
        return 0;
    }
    server->no_proof = "the statistics that it logged are not, or not whole, those of the client's log";
    bool good = !told || event->result == 0 || event->result == 4 || event->result == 8;
    return server->agreed && good ? TSMP_PROOF_SERVER : 0;
}

static uint32_t weigh_event(struct judging *judging, uint32_t proof, size_t sets)
{
    const tsmp_witness_event *event = judging->server.event;
    switch (event->state) {
    case TSMP_EVENT_COMPLETED:
        return says_completed(judging, proof, sets);
    case TSMP_EVENT_FAILED:
    case TSMP_EVENT_FAILED_NO_RESTART:
    case TSMP_EVENT_SEVERED:
        says_failed(judging, proof);
        return 0;
    case TSMP_EVENT_MISSED:
        judging->server.no_proof = "it says that the event was missed";
        reason_plain(judging, TSMP_EVIDENCE_E10, 3, "the server says that this event was missed, yet the log "
                     "shows a run", judging->run->view.first_line, 0);
        judging->unsure = true;
        return 0;
    case TSMP_EVENT_IN_PROGRESS:
    case TSMP_EVENT_STARTED:
    case TSMP_EVENT_RESTARTED:
    case TSMP_EVENT_PENDING:
        still_open(judging);
        return 0;
    default: /* Uncertain: its record is gone, which says nothing */
        judging->server.no_proof = "its record of the event does not tell";
        return 0;
    }
}

/* A name that printed lines of its own may have hidden rows of the log. */
static void weigh_broken(struct judging *judging)
{
    const struct server_run *server = &judging->server;
    const tsmp_run_view *run = &judging->run->view;
    bool known = server->timed || (run->started != TSMP_NO_TIME && run->ended != TSMP_NO_TIME);
    int64_t from = server->timed ? server->from : run->started + judging->context.skew;
    int64_t to = server->timed ? server->to : run->ended + judging->context.skew;
    if (!known || !witness_broken(judging->context.witness, from - SERVER_SLACK, to + SERVER_SLACK))
        return;
    reason_plain(judging, TSMP_EVIDENCE_FORGEABLE, 3, "lines that are none of its rows stand in the server's activity "
                 "log at the time of this run, behind a message that holds a name: it may have printed them, and "
                 "hidden others", line_of_end(judging->run), 0);
    judging->unsure = true;
}

/* What the server says was given to be set against this run. A log that lost the line that names its node
 * must not be better for it. */
static void weigh_nameless(struct judging *judging)
{
    const struct tsmp_witness *witness = judging->context.witness;
    bool named = witness->spaces.count > 0 &&
                 witness_space_at(witness, witness->spaces.count - 1)->node.length > 0; /* the last in order */
    if (!named && witness->events.count + witness->sessions.count + witness->messages.count == 0)
        return;
    reason_plain(judging, TSMP_EVIDENCE_HEAD_MISSING, 0, "whose log this is can't be told, so what the server says "
                 "can't be set against it", judging->run->view.first_line, 0);
    judging->unsure = true;
}

uint32_t weigh_server(struct judging *judging, uint32_t proof)
{
    struct server_run *server = &judging->server;
    size_t sets = 0;
    find_event(judging);
    find_window(judging);
    weigh_broken(judging);
    settle(judging);
    if (server->node.length == 0)
        weigh_nameless(judging);
    settle(judging);
    if (server->node.length == 0)
        server->no_proof = "whose log this is can't be told";
    else if (server->event == NULL)
        server->no_proof = "it has no event of this node, schedule and start";
    if (server->timed && is_walk(judging->run))
        sets = server_totals(judging, proof);
    settle(judging);
    uint32_t proven = server->event != NULL ? weigh_event(judging, proof, sets) : 0;
    settle(judging);
    weigh_distress(judging);
    if (proven != 0)
        server->no_proof = NULL;
    return proven;
}
