/* SPDX-License-Identifier: BSD-2-Clause
 * What is known of a run besides its log: what the policy asks, earlier runs out of the history, and answers about
 * canaries. Opened once, asked for every run, and told of every verdict. */
#ifndef TSMPARSE_JOIN_H
#define TSMPARSE_JOIN_H

#include "command.h"

#include <tsmparse/canary.h>

enum { MAX_CANARIES = 64 };

/* One --canary PATH=FILE. */
struct canary_file {
    char *path; /* as the client prints it */
    char *bytes; /* what dsmc printed */
    size_t length;
};

/* What the judge was told of one run, and what of it is to be given back. */
struct joined {
    tsmp_context context;
    void *waivers;
    tsmp_earlier *earlier;
    size_t earlier_count;
    /* Allocated where there are canaries: kilobytes on the stack would be zeroed for every run. */
    struct canary_answer {
        tsmp_canary *canary;
        tsmp_canary_view view;
    } *answers;
    const tsmp_canary_view **list; /* of the answers */
    size_t canary_count;
};

/* ---- join.c ---- */
/* Judge a run of a text of this age (seconds, as in tsmp_context) with all that is known of it. TSMP_OK or
 * TSMP_E_NOMEM; join_free() in either case. */
int32_t join_judge(const struct options *options, const tsmp_run *run, int64_t age, struct joined *joined,
                   tsmp_verdict **verdict);
void join_free(struct joined *joined);

/* ---- canary_join.c ---- */
/* Read the files of every --canary. False: one is no use, and that was said; the others are read. */
bool canaries_open(struct options *options);
void canaries_close(struct options *options);
bool canaries_ask(const struct options *options, const tsmp_run_view *run, struct joined *joined);

/* ---- history_use.c, or history_none.c ---- */
/* Open the history that the command line names. It may be no use: then that was said, history_failed()
 * tells it, and nothing is read or kept. False: no memory. */
bool history_begin(struct options *options);
void history_end(struct options *options);
bool history_join(const struct options *options, const tsmp_run_view *run, struct joined *joined);
/* The run was judged: keep it. False: no memory. */
bool history_keep(const struct options *options, const tsmp_run *run, const tsmp_context *context,
                  const tsmp_verdict_view *verdict);
/* A file was read, to its end or not; or there are no more. */
void history_file(const struct options *options, bool good);
/* Did something go wrong, so that not every run was set against it or kept? Then a sentence that says
 * so, else NULL. */
const char *history_failed(const struct options *options);
void history_json(const struct options *options);
/* tsmparse history */
int history_main(struct options *options);

#endif
