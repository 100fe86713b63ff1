/* SPDX-License-Identifier: BSD-2-Clause
 * What the rooms of the judge share. Each evidence_*.c weighs one side of a run and adds reasons;
 * judge.c makes the verdict out of them. */
#ifndef TSMP_JUDGE_H
#define TSMP_JUDGE_H

#include "clock.h"
#include "run.h"

#include <tsmparse/witness.h>

struct tsmp_verdict {
    tsmp_allocator allocator;
    tsmp_verdict_view view;
    tsmp_evidence *items;
    size_t count, capacity;
    tsmp_ground *grounds;
    size_t ground_count;
};

/* What a rule makes of a run. */
struct marks {
    bool incomplete, failed, unsure, suspect, exceptions;
};

/* The run as the server sees it, on the server's clock. */
struct server_run {
    tsmp_text node;
    const tsmp_witness_event *event; /* NULL: the server has none, or it can't be told which */
    int64_t from, to;                /* when the event says that the run was */
    bool timed;                      /* from and to are known */
    bool agreed; /* statistics that the server logged are those of the client's log */
    const char *no_proof;  /* why the server proves nothing; NULL: it does, or was not asked */
    const char *no_spaces; /* the same for the file spaces */
};

struct judging {
    const struct tsmp_run *run;
    tsmp_context context;
    struct tsmp_verdict *verdict;
    bool running;    /* open, and nothing says that it ended */
    bool over;       /* nothing more will come: closed, or cut off */
    /* Of the rule that is weighed, until settle(): then they are in `all`. */
    bool incomplete; /* something was not inspected */
    bool failed;
    bool unsure;     /* the text can't be believed, or is not all there */
    bool suspect;    /* unlike what is known from elsewhere, which alone proves no loss */
    bool exceptions; /* objects were not stored */
    struct marks all; /* of the rules before */
    size_t settled;   /* evidence that has its effect */
    uint64_t named;  /* of them, those that a line names or counts */
    uint64_t waived; /* different objects whose messages were waived: so many failures may be counted */
    struct waiver_use *uses; /* of each waiver of the context, once the first message came by */
    uint32_t explained; /* set of TSMP_PROOF_... of which a reason says why they do not stand */
    bool nomem;
    struct server_run server;
};

/* Add one reason. Every % of `text` is replaced by the next of `arguments`; the lines that are 0
 * are left out. The text is one sentence without its full stop. */
void reason(struct judging *judging, uint32_t id, uint32_t strength, const char *text,
            const tsmp_text *arguments, uint64_t line, uint64_t line2);
void reason_plain(struct judging *judging, uint32_t id, uint32_t strength, const char *text,
                  uint64_t line, uint64_t line2);
void reason_named(struct judging *judging, uint32_t id, uint32_t strength, const char *text,
                  tsmp_text name, uint64_t line, uint64_t line2);
/* A rule is done: what it gave since the last call has the effect of the marks that it set or, where
 * it set none, that the proofs `lost` do not stand although they are asked for. */
void settle_reasons(struct judging *judging, uint32_t lost);
static inline void settle_proof(struct judging *judging, uint32_t proof, bool stands)
{
    /* Most rules have nothing to say of most runs. */
    if (judging->settled != judging->verdict->count || judging->incomplete || judging->failed ||
        judging->unsure || judging->suspect || judging->exceptions)
        settle_reasons(judging, stands ? 0 : proof);
}
static inline void settle(struct judging *judging)
{
    settle_proof(judging, 0, true);
}
/* The proofs that the verdict needs. */
uint32_t asked_for(const struct judging *judging);
/* Say why a proof does not stand, if it is asked for and could decide; else judge.c says only that it
 * does not. Of several calls for one proof the first counts. Only of a run that is over. */
void proof_missing(struct judging *judging, uint32_t proof, const char *text,
                   const tsmp_text *arguments);
/* A number as text, in `buffer`. */
#define NUMBER_TEXT 24
tsmp_text number_text(int64_t number, char buffer[NUMBER_TEXT]);

static inline int64_t apart(int64_t a, int64_t b)
{
    return a > b ? a - b : b - a;
}

static inline int64_t larger(int64_t a, int64_t b)
{
    return a > b ? a : b;
}

const tsmp_statistic *judge_statistic(const struct tsmp_run *run, uint32_t name);
/* A count that can be relied on. */
bool judge_count(const struct tsmp_run *run, uint32_t name, int64_t *count);
/* Whole units of a statistic, without its decimals; false: it is not there, or can't be relied on. */
bool judge_whole(const tsmp_statistic *statistic, int64_t *number);
/* Failed objects as the volumes' own end lines count them. */
uint64_t judge_volume_failures(const struct tsmp_run *run);
/* Is it an incremental backup, as far as the text tells? */
bool judge_incremental(const struct tsmp_run *run);

/* Is the whole block of statistics there? Scheduled runs have marks around it. */
bool judge_block_closed(const struct tsmp_run *run);

/* All volumes were walked, and the statistics agree. */
#define WALKED ((uint32_t)(TSMP_PROOF_VOLUMES | TSMP_PROOF_SUMMARY))

/* ---- evidence_findings.c: messages, and lines that can't be believed -------------------------- */
void weigh_findings(struct judging *judging);

/* ---- waivers.c ----------------------------------------------------------------------------------- */
/* Are the caller's waivers well formed? */
bool waivers_good(const tsmp_context *context);
/* Is this finding passed over, as known to be harmless? Counted for waivers_say(). */
bool waived(struct judging *judging, const struct finding *f);
/* Show what was passed over, and what could not be. */
void waivers_say(struct judging *judging);
/* What was counted, and the memory for it, goes. */
void waivers_free(struct judging *judging);

/* ---- grounds.c: TSMP_WANT_WHY ------------------------------------------------------------------- */
/* What would have to be otherwise for a reason not to be given: a sentence whose % stands for the
 * reason's own first argument. */
const char *change_text(uint32_t id, const char *text);
/* Whether and on what each proof stands, once that is decided. */
void say_grounds(struct judging *judging, uint32_t proof);

/* ---- evidence_closing.c ------------------------------------------------------------------------- */
void find_running(struct judging *judging);
void weigh_open(struct judging *judging);
bool prove_closed(struct judging *judging);
/* Did it take longer than the caller allows? */
void weigh_limit(struct judging *judging);
void weigh_command(struct judging *judging);

/* ---- evidence_volumes.c, expected.c ------------------------------------------------------------- */
bool prove_volumes(struct judging *judging);
/* Options that make the client look at less than every object of a volume. */
bool options_gate(const struct tsmp_run *run, tsmp_text *option);
/* Options that make it pass over one kind of object. */
bool options_one_kind(const struct tsmp_run *run, tsmp_text *option);
/* Was every volume begun that was asked for? */
bool expected_begun(struct judging *judging);
bool domain_leaves_out(const struct judging *judging, tsmp_text volume);
bool objects_hold(const struct tsmp_run *run, tsmp_text path);

/* ---- evidence_statistics.c ------------------------------------------------------------------------ */
bool prove_summary(struct judging *judging);
void weigh_clock(struct judging *judging);

/* ---- evidence_server.c, evidence_distress.c, evidence_filespace.c: context.witness ---------------- */
/* Clocks of client and server, and what is logged a moment later: 5 minutes. */
#define SERVER_SLACK INT64_C(300000000)
/* 2031-05-14 01:40:00, in `buffer`. */
tsmp_text time_text(int64_t time, char buffer[CLOCK_TEXT]);
/* The proofs server and filespace, as far as they stand; `proof`: those that the log gave. */
uint32_t weigh_server(struct judging *judging, uint32_t proof);
uint32_t weigh_filespaces(struct judging *judging);
void weigh_distress(struct judging *judging);
/* evidence_totals.c: sets of the node that may be this run's; whether one agrees is noted. */
size_t server_totals(struct judging *judging, uint32_t proof);
/* Another node has them, which may work for this one; nothing tells whose they are. */
bool server_proxied(const struct judging *judging);
bool server_nameless(const struct judging *judging);
/* Were statistics of this node logged from `from` to `to`? Those that a name may have printed do not
 * count. */
bool server_has_statistics(const struct judging *judging, int64_t from, int64_t to);

/* ---- evidence_history.c, evidence_canary.c: what is known from elsewhere ---------------------- */
/* `summary`: the statistics of this run can be relied on. */
bool prove_baseline(struct judging *judging, bool summary);
bool prove_canary(struct judging *judging);

#endif
