/* SPDX-License-Identifier: BSD-2-Clause
 * The client's statistics as the server logged them, set against those of the client's own log. */
#include "judge.h"

#include "witness.h"

#include <string.h>

enum { PROXIES = 64 }; /* sets of one number of objects that are looked at */

/* STRANGE: nothing shows that it is this run's. Of what a name may print, no number of objects that the
 * client was still to inspect is likely to be right. */
enum agreement { AGREES, DIFFERS, UNTOLD, STRANGE };

/* A count as the server logged it, in the client's own format: 1.234 has no decimals here. */
static bool logged_count(const tsmp_witness_session *set, uint32_t name, int64_t *count)
{
    const tsmp_statistic *statistic = witness_statistic(set, name);
    if (statistic == NULL || (statistic->flags & ~(uint32_t)TSMP_FLAG_NUMBER_AMBIGUOUS) != 0)
        return false;
    *count = statistic->number;
    return statistic->power == 0 || statistic->flags != 0;
}

/* The client rounds from KB on, and so do both texts. */
static bool near_enough(const struct tsmp_run *run, const tsmp_witness_session *set, uint32_t name)
{
    int64_t a, b;
    if (!judge_whole(judge_statistic(run, name), &a) || !judge_whole(witness_statistic(set, name), &b))
        return true;
    if (name == TSMP_STATISTIC_ELAPSED_TIME)
        return apart(a, b) <= 2;
    return apart(a, b) <= larger(a, b) / 100 + 1024;
}

static enum agreement compare(const struct tsmp_run *run, const tsmp_witness_session *set, int64_t *ours,
                              int64_t *theirs, uint32_t *name)
{
    static const uint32_t needed[] = {TSMP_STATISTIC_OBJECTS_INSPECTED, TSMP_STATISTIC_OBJECTS_FAILED};
    static const uint32_t others[] = {
        TSMP_STATISTIC_OBJECTS_BACKED_UP, TSMP_STATISTIC_OBJECTS_ARCHIVED, TSMP_STATISTIC_OBJECTS_UPDATED,
        TSMP_STATISTIC_OBJECTS_REBOUND, TSMP_STATISTIC_OBJECTS_DELETED, TSMP_STATISTIC_OBJECTS_EXPIRED};
    enum { NEEDED = sizeof needed / sizeof *needed, OTHERS = sizeof others / sizeof *others };
    bool untold = false, inspected = false;
    size_t stored = 0;
    for (size_t i = 0; i < NEEDED + OTHERS; i++) {
        *name = i < NEEDED ? needed[i] : others[i - NEEDED];
        if (!judge_count(run, *name, ours) || !logged_count(set, *name, theirs))
            untold |= i < NEEDED;
        else if (*ours != *theirs)
            return DIFFERS;
        else
            stored += *name == TSMP_STATISTIC_OBJECTS_BACKED_UP || *name == TSMP_STATISTIC_OBJECTS_ARCHIVED;
        inspected |= i == 0 && !untold;
    }
    *name = 0;
    if ((set->flags & TSMP_WITNESS_TWICE) != 0 ||
        !near_enough(run, set, TSMP_STATISTIC_BYTES_TRANSFERRED) ||
        !near_enough(run, set, TSMP_STATISTIC_ELAPSED_TIME))
        return DIFFERS;
    return !inspected ? STRANGE : untold || stored == 0 ? UNTOLD : AGREES;
}

static bool counts(const tsmp_witness_session *set)
{
    return (set->flags & TSMP_WITNESS_FORGEABLE) == 0;
}

bool server_has_statistics(const struct judging *judging, int64_t from, int64_t to)
{
    struct reach sets = witness_sessions_of(judging->context.witness, judging->server.node, from, to);
    for (size_t i = sets.from; i < sets.to; i++)
        if (counts(witness_session_at(judging->context.witness, i)))
            return true;
    return false;
}

static void say_difference(struct judging *judging, int64_t ours, int64_t theirs, uint32_t name,
                           size_t sets)
{
    const struct tsmp_run *run = judging->run;
    const tsmp_statistic *own = judge_statistic(run, name != 0 ? name : TSMP_STATISTIC_OBJECTS_INSPECTED);
    const char *word = name != 0 ? tsmp_name("statistic", name) : NULL;
    char buffers[2][NUMBER_TEXT];
    if (sets == 1 && word != NULL) {
        tsmp_text arguments[] = {number_text(theirs, buffers[0]), {word, strlen(word)},
                                 number_text(ours, buffers[1])};
        reason(judging, TSMP_EVIDENCE_E10, 3, "the server's statistics count % (%), the client's own %",
               arguments, own != NULL ? own->line : 0, 0);
    } else {
        reason_plain(judging, TSMP_EVIDENCE_E10, 3, "the statistics that the server logged for this time are "
                     "not those of the client's log", own != NULL ? own->line : 0, 0);
    }
    judging->unsure = true;
}

/* What the server logged for the node from its start to its end, set against the client's log. The
 * session's number does not help: statistics may come under a later one than the data did. */
size_t server_totals(struct judging *judging, uint32_t proof)
{
    const struct tsmp_run *run = judging->run;
    const struct tsmp_witness *witness = judging->context.witness;
    struct server_run *server = &judging->server;
    struct reach sets = witness_sessions_of(witness, server->node, server->from - SERVER_SLACK,
                                            server->to + SERVER_SLACK);
    int64_t ours = 0, theirs = 0, a, b;
    uint32_t name = 0, of;
    size_t count = 0, differ = 0;
    for (size_t i = sets.from; i < sets.to; i++) {
        const tsmp_witness_session *set = witness_session_at(witness, i);
        if (!counts(set))
            continue;
        if ((proof & TSMP_PROOF_SUMMARY) == 0) {
            count++;
            continue;
        }
        enum agreement agreement = compare(run, set, &a, &b, &of);
        count += agreement != STRANGE;
        server->agreed |= agreement == AGREES;
        if (agreement == DIFFERS && differ++ == 0) {
            ours = a;
            theirs = b;
            name = of;
        }
    }
    if (!server->agreed && differ > 0 && differ == count)
        say_difference(judging, ours, theirs, name, differ);
    return count;
}

/* Another node's statistics that are those of this run: it works for this node (ASNODENAME). */
bool server_proxied(const struct judging *judging)
{
    const struct tsmp_witness *witness = judging->context.witness;
    const struct server_run *server = &judging->server;
    int64_t inspected, a, b;
    uint32_t name;
    if (!judge_count(judging->run, TSMP_STATISTIC_OBJECTS_INSPECTED, &inspected))
        return false;
    struct reach places = witness_inspected(witness, inspected);
    const uint32_t *place = witness->inspected.items;
    for (size_t i = places.from; i < places.to && i < places.from + PROXIES; i++) {
        const tsmp_witness_session *set = witness_session_at(witness, place[i]);
        if (counts(set) && set->last >= server->from - SERVER_SLACK &&
            set->last <= server->to + SERVER_SLACK &&
            compare(judging->run, set, &a, &b, &name) == AGREES)
            return true;
    }
    return false;
}

/* Statistics whose node nothing tells may be this one's, when so many objects were inspected. */
bool server_nameless(const struct judging *judging)
{
    const struct server_run *server = &judging->server;
    struct reach sets = witness_sessions_of(judging->context.witness, (tsmp_text){NULL, 0},
                                            server->from - SERVER_SLACK, server->to + SERVER_SLACK);
    int64_t a, b;
    uint32_t name;
    for (size_t i = sets.from; i < sets.to && i < sets.from + PROXIES; i++) {
        enum agreement agreement = compare(judging->run, witness_session_at(judging->context.witness, i), &a, &b, &name);
        if (agreement == AGREES || agreement == UNTOLD)
            return true;
    }
    return false;
}
