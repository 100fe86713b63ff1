/* SPDX-License-Identifier: BSD-2-Clause
 * Messages of the server about the node's sessions while the run went on: signs of trouble, none of
 * them a verdict where the client says how it went on, or where the server's totals agree. */
#include "judge.h"

#include "witness.h"

/* An acceptor that was refused comes before the run of the one that was not. */
#define REFUSED_BEFORE (12 * SERVER_SLACK)

/* Does the client's log tell of a session that was lost? Then it was noticed, and what follows is
 * what came of it. */
static bool is_told(const struct tsmp_run *run)
{
    for (size_t i = 0; i < run->finding_count; i++)
        if (run->findings[i].id == TSMP_EVIDENCE_E13)
            return true;
    return run->weak_left_out > 0; /* it may be among those that were not kept */
}

struct distress {
    const tsmp_witness_message *closed;  /* ANR0444W, 0480W, 0481W, 0483W, 0484W */
    const tsmp_witness_message *idle;    /* ANR0482W */
    const tsmp_witness_message *refused; /* ANR2568E, ANR2576W */
    int64_t count;
};

static void look(const struct judging *judging, struct distress *distress)
{
    const struct server_run *server = &judging->server;
    const struct tsmp_witness *witness = judging->context.witness;
    struct reach messages = witness_messages_of(witness, server->node, server->from - REFUSED_BEFORE,
                                                server->to + SERVER_SLACK);
    for (size_t i = messages.from; i < messages.to; i++) {
        const tsmp_witness_message *message = witness_message_at(witness, i);
        bool inside = message->time >= server->from;
        switch (message->number) {
        case 444: case 480: case 481: case 483: case 484:
            if (inside && distress->count++ == 0)
                distress->closed = message;
            break;
        case 482:
            if (inside)
                distress->idle = message;
            break;
        case 2568: case 2576:
            if (distress->refused == NULL)
                distress->refused = message;
            break;
        default:
            break;
        }
    }
}

static void session_closed(struct judging *judging, const struct distress *distress)
{
    const struct tsmp_run *run = judging->run;
    char when[CLOCK_TEXT], number[NUMBER_TEXT];
    tsmp_text arguments[] = {distress->closed->code, time_text(distress->closed->time, when),
                             number_text(distress->count, number)};
    bool told = is_told(run);
    reason(judging, TSMP_EVIDENCE_E12, told ? 1 : 3, told
               ? "the server closed a session of this node while the run went on (%, %; % in all), and the "
                 "client noticed it"
               : "the server closed a session of this node while the run went on (%, %; % in all), and the "
                 "client's log says nothing of it",
           arguments, run->view.first_line, run->view.last_line);
    judging->unsure |= !told;
    settle(judging);
}

static void refused(struct judging *judging, const struct distress *distress)
{
    char when[CLOCK_TEXT];
    tsmp_text arguments[] = {distress->refused->code, time_text(distress->refused->time, when)};
    bool agreed = judging->server.agreed;
    reason(judging, TSMP_EVIDENCE_E17, agreed ? 1 : 3, agreed
               ? "the server turned away another scheduler of this node (%, %); its statistics agree with "
                 "this log all the same"
               : "the server turned away another scheduler of this node (%, %): two of them share it",
           arguments, judging->run->view.first_line, 0);
    judging->unsure |= !agreed;
    settle(judging);
}

void weigh_distress(struct judging *judging)
{
    const struct server_run *server = &judging->server;
    struct distress distress = {NULL, NULL, NULL, 0};
    char when[CLOCK_TEXT];
    if (!server->timed)
        return;
    look(judging, &distress);
    if (distress.closed != NULL)
        session_closed(judging, &distress);
    if (distress.refused != NULL)
        refused(judging, &distress);
    /* The walk's own session is idle while much is sent: normal, when statistics follow. */
    if (distress.idle != NULL &&
        !server_has_statistics(judging, distress.idle->time, server->to + SERVER_SLACK)) {
        tsmp_text arguments[] = {time_text(distress.idle->time, when)};
        reason(judging, TSMP_EVIDENCE_E13, 1, "the server closed an idle session of this node (ANR0482W, %), "
               "and logged no statistics behind it", arguments, judging->run->view.first_line, 0);
    }
}
