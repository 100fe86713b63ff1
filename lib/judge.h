/* SPDX-License-Identifier: BSD-2-Clause
 * What the rooms of the judge share. Each evidence_*.c weighs one side of a run and adds reasons;
 * judge.c makes the verdict out of them. */
#ifndef TSMP_JUDGE_H
#define TSMP_JUDGE_H

#include "run.h"

struct tsmp_verdict {
    tsmp_allocator allocator;
    tsmp_verdict_view view;
    tsmp_evidence *items;
    size_t count, capacity;
};

struct judging {
    const struct tsmp_run *run;
    tsmp_context context;
    struct tsmp_verdict *verdict;
    bool running;    /* open, and nothing says that it ended */
    bool over;       /* nothing more will come: closed, or cut off */
    bool incomplete; /* something was not inspected */
    bool failed;
    bool unsure;     /* the text can't be believed, or is not all there */
    bool exceptions; /* objects were not stored */
    uint64_t named;  /* of them, those that a line names or counts */
    uint64_t waived; /* different objects whose messages were waived: so many failures may be counted */
    struct waiver_use *uses; /* of each waiver of the context, once the first message came by */
    bool nomem;
};

/* Add one reason. Every % of `text` is replaced by the next of `arguments`; the lines that are 0
 * are left out. The text is one sentence without its full stop. */
void reason(struct judging *judging, uint32_t id, uint32_t strength, const char *text,
            const tsmp_text *arguments, uint64_t line, uint64_t line2);
void reason_plain(struct judging *judging, uint32_t id, uint32_t strength, const char *text,
                  uint64_t line, uint64_t line2);
void reason_named(struct judging *judging, uint32_t id, uint32_t strength, const char *text,
                  tsmp_text name, uint64_t line, uint64_t line2);
/* A number as text, in `buffer`. */
tsmp_text number_text(int64_t number, char buffer[24]);

const tsmp_statistic *judge_statistic(const struct tsmp_run *run, uint32_t name);
/* A count that can be relied on. */
bool judge_count(const struct tsmp_run *run, uint32_t name, int64_t *count);
/* Failed objects as the volumes' own end lines count them. */
uint64_t judge_volume_failures(const struct tsmp_run *run);
/* Is it an incremental backup, as far as the text tells? */
bool judge_incremental(const struct tsmp_run *run);

/* Is the whole block of statistics there? Scheduled runs have marks around it. */
bool judge_block_closed(const struct tsmp_run *run);

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
/* Was every volume begun that was asked for? */
bool expected_begun(struct judging *judging);

/* ---- evidence_statistics.c ------------------------------------------------------------------------ */
bool prove_summary(struct judging *judging);
void weigh_clock(struct judging *judging);

#endif
