/* SPDX-License-Identifier: BSD-2-Clause
 * check --history FILE: each run is set against the earlier ones of its series, and kept when its
 * file was read to its end. */
#include "history.h"
#include "join.h"

#include <inttypes.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

struct history_use {
    struct history *history; /* NULL: it is no use, or not any more */
    const char *failed;      /* what follows from that for the report */
    uint64_t nameless, timeless;
};

static struct history_use use;

static const char not_used[] = "the history could not be used";
static const char not_kept[] = "the history could not be used to its end, so not every run is kept";

bool history_begin(struct options *options)
{
    char error[320];
    if (options->history_path == NULL)
        return true;
    use = (struct history_use){.history = NULL};
    options->history = &use;
    options->threads = 1; /* one handle, and runs in their order */
    signal(SIGXFSZ, SIG_IGN); /* a limit on the size of files is a disk that is full */
    use.history = history_open(options->history_path, true, error, sizeof error);
    if (use.history == NULL) {
        complain(options->history_path, error);
        use.failed = not_used;
    }
    return true;
}

static void give_up(const struct options *options)
{
    complain(options->history_path, history_error(use.history));
    use.failed = not_kept;
    history_close(use.history);
    use.history = NULL;
}

static void tell(const struct options *options, uint64_t count, const char *lack, const char *help)
{
    char message[160];
    snprintf(message, sizeof message, "%" PRIu64 " run%s %s, and %s neither compared nor kept: %s", count,
             count == 1 ? " has" : "s have", lack, count == 1 ? "was" : "were", help);
    if (count > 0)
        complain(options->history_path, message);
}

void history_end(struct options *options)
{
    if (options->history == NULL)
        return;
    tell(options, use.nameless, "no node", "name it with --node");
    tell(options, use.timeless, "no date that is certain", "see --date-order");
    history_close(use.history);
    use.history = NULL;
    options->history = NULL;
}

const char *history_failed(const struct options *options)
{
    return options->history != NULL ? use.failed : NULL;
}

void history_file(const struct options *options, bool good)
{
    if (options->history != NULL && use.history != NULL && !history_flush(use.history, good))
        give_up(options);
}

void history_json(const struct options *options)
{
    if (options->history == NULL)
        return;
    printf("\"history\":{\"usable\":%s,\"kept\":%" PRIu64 ",\"without_node\":%" PRIu64
           ",\"without_time\":%" PRIu64 "},", use.failed == NULL ? "true" : "false",
           use.history != NULL ? history_stored(use.history) : 0, use.nameless, use.timeless);
}

/* ---- what a run is to the history ------------------------------------------------------------------ */

/* Bytes or a plain count; -1 = not known. */
static int64_t number_of(const tsmp_run_view *run, uint32_t name)
{
    for (uint64_t i = 0; i < run->statistic_count; i++) {
        const tsmp_statistic *s = &run->statistics[i];
        if (s->name != name || s->power > 0 || (s->flags & (TSMP_FLAG_OVERFLOW | TSMP_FLAG_NUMBER_AMBIGUOUS)) != 0)
            continue;
        int64_t number = s->number;
        for (int32_t power = s->power; power < 0; power++)
            number /= 10;
        return number;
    }
    return -1;
}

/* Whose run is it? A log says so itself, else the command line does; a path would make one node of two
 * that name their logs alike. */
static tsmp_text node_of(const struct options *options, const tsmp_run_view *run)
{
    if (run->node.length > 0 || options->node == NULL)
        return run->node;
    return (tsmp_text){options->node, strlen(options->node)};
}

static bool has_key(const struct stored *run)
{
    return run->node.length > 0 && (run->scheduled != TSMP_NO_TIME || run->started != TSMP_NO_TIME);
}

static struct stored stored_of(const struct options *options, const tsmp_run_view *run)
{
    struct stored stored = {
        .node = node_of(options, run), .schedule = run->schedule, .scheduled = run->scheduled,
        .started = run->started, .ended = run->ended, .action = run->action, .claim = run->claim,
        .elapsed = number_of(run, TSMP_STATISTIC_ELAPSED_TIME),
        .inspected = number_of(run, TSMP_STATISTIC_OBJECTS_INSPECTED),
        .transferred = number_of(run, TSMP_STATISTIC_BYTES_TRANSFERRED),
        .flags = run->interactive ? (uint32_t)HISTORY_FLAG_INTERACTIVE : 0u};
    for (uint64_t i = 0; i < run->volume_count; i++)
        if ((run->volumes[i].flags & TSMP_VOLUME_JOURNAL) != 0)
            stored.flags |= TSMP_EARLIER_JOURNAL;
    return stored;
}

/* ---- before it is judged --------------------------------------------------------------------------- */

struct collecting {
    struct joined *joined;
    bool no_memory;
};

/* A run that is read anew stands in the file and among those that wait. */
static bool is_there(const struct joined *joined, const struct stored *run)
{
    for (size_t i = 0; i < joined->earlier_count; i++)
        if (joined->earlier[i].scheduled == run->scheduled && joined->earlier[i].started == run->started)
            return true;
    return false;
}

/* Names and their bytes in one piece: the row goes away with the next one. */
static bool copy_volumes(tsmp_earlier *earlier, tsmp_text packed)
{
    size_t count = volumes_unpack(packed, NULL);
    if (count == 0)
        return true;
    tsmp_text *names = malloc(count * sizeof *names + (size_t)packed.length);
    if (names == NULL)
        return false;
    char *bytes = (char *)(names + count);
    memcpy(bytes, packed.bytes, (size_t)packed.length);
    volumes_unpack((tsmp_text){bytes, packed.length}, names);
    earlier->volumes = names;
    earlier->volume_count = count;
    return true;
}

static bool collect(const struct stored *run, void *context)
{
    struct collecting *to = context;
    struct joined *joined = to->joined;
    if (is_there(joined, run) || joined->earlier_count == 2 * HISTORY_EARLIER)
        return true;
    tsmp_earlier *earlier = &joined->earlier[joined->earlier_count];
    *earlier = (tsmp_earlier){
        .scheduled = run->scheduled, .started = run->started, .elapsed = run->elapsed,
        .inspected = run->inspected, .transferred = run->transferred, .verdict = run->base,
        .flags = (run->flags & TSMP_EARLIER_JOURNAL) | (run->accepted > 0 ? TSMP_EARLIER_PROVEN : 0u)};
    if (!copy_volumes(earlier, run->volumes)) {
        to->no_memory = true;
        return false;
    }
    joined->earlier_count++;
    return true;
}

bool history_join(const struct options *options, const tsmp_run_view *run, struct joined *joined)
{
    struct collecting to = {.joined = joined};
    if (options->history == NULL || use.history == NULL)
        return true;
    struct stored of = stored_of(options, run);
    if (!has_key(&of))
        return true;
    joined->earlier = calloc(2 * HISTORY_EARLIER, sizeof *joined->earlier);
    if (joined->earlier == NULL)
        return false;
    int64_t before = run->started != TSMP_NO_TIME ? run->started : run->scheduled;
    if (!history_earlier(use.history, &of, before, collect, &to) && !to.no_memory)
        give_up(options);
    return !to.no_memory;
}

/* ---- when it has been judged ----------------------------------------------------------------------- */

/* A measure for others is what its own log proves, and nothing speaks against: were more asked for, the first
 * five runs could never become the baseline that they are asked to have. */
static int32_t base_verdict(const tsmp_run *run, const tsmp_context *context, const tsmp_verdict_view *verdict,
                            uint32_t *base)
{
    tsmp_context own = *context;
    tsmp_verdict *judged;
    *base = verdict->verdict;
    if (context->proofs == 0)
        return TSMP_OK;
    own.proofs = 0;
    int32_t status = tsmp_judge(run, &own, NULL, &judged);
    if (status == TSMP_OK) {
        *base = tsmp_verdict_view_of(judged)->verdict;
        tsmp_verdict_free(judged);
    }
    return status;
}

bool history_keep(const struct options *options, const tsmp_run *run, const tsmp_context *context,
                  const tsmp_verdict_view *verdict)
{
    if (options->history == NULL || use.history == NULL)
        return true;
    const tsmp_run_view *view = tsmp_run_view_of(run);
    struct stored stored = stored_of(options, view);
    if (!has_key(&stored)) {
        use.nameless += stored.node.length == 0;
        use.timeless += stored.node.length > 0;
        return true;
    }
    stored.verdict = verdict->verdict;
    stored.proof = verdict->proof;
    if (base_verdict(run, context, verdict, &stored.base) != TSMP_OK || !volumes_pack(view, &stored.volumes))
        return false;
    bool good = history_add(use.history, &stored);
    free((void *)(uintptr_t)stored.volumes.bytes);
    if (!good)
        give_up(options);
    return true;
}
