/* SPDX-License-Identifier: BSD-2-Clause
 * tsmparse reconcile: what the server reported of its events, what the logs prove, the difference
 * first. Here the logs are read; of their runs only those of the events' days are kept. */
#include "reconcile.h"

#include "policy.h"

#include <stdlib.h>
#include <string.h>

/* A run may be told of in another zone than its event. */
#define DAY INT64_C(86400000000)
enum { REASON = 400, NAME = 256 };

struct log {
    struct reconciling *reconciling;
    struct text text;
    tsmp_runs *runs;
    uint64_t seen;
    bool ended;
};

static tsmp_text put(char **to, tsmp_text text, size_t most)
{
    size_t n = text.length < most ? (size_t)text.length : most;
    if (n > 0)
        memcpy(*to, text.bytes, n);
    *to += n;
    return (tsmp_text){*to - n, n};
}

/* The reason that decides. That objects were not stored makes no run unknown. */
static const tsmp_evidence *deciding(const tsmp_verdict_view *verdict)
{
    const tsmp_evidence *best = NULL;
    for (uint64_t i = 0; i < verdict->evidence_count; i++) {
        const tsmp_evidence *e = &verdict->evidence[i];
        bool weak = verdict->verdict == TSMP_VERDICT_UNKNOWN &&
                    (e->id == TSMP_EVIDENCE_OBJECTS_NOT_STORED || e->strength == 1);
        if (!weak && (best == NULL || e->strength > best->strength))
            best = e;
    }
    return best != NULL || verdict->evidence_count == 0 ? best : &verdict->evidence[0];
}

static bool keep(struct log *log, const tsmp_run_view *view, const tsmp_verdict_view *verdict, uint32_t shown)
{
    struct reconciling *reconciling = log->reconciling;
    if (reconciling->run_count == reconciling->run_capacity) {
        size_t wanted = reconciling->run_capacity * 2 + 64;
        struct ran *bigger = realloc(reconciling->runs, wanted * sizeof *bigger);
        if (bigger == NULL)
            return false;
        reconciling->runs = bigger;
        reconciling->run_capacity = wanted;
    }
    const tsmp_evidence *why = deciding(verdict);
    bool unread = shown != verdict->verdict;
    tsmp_text node = view->node.length > 0 ? view->node : reconciling->options->context.node;
    tsmp_text text = unread ? (tsmp_text){unread_text, strlen(unread_text)}
                     : why != NULL ? why->text : (tsmp_text){NULL, 0};
    char *to = malloc((node.length < NAME ? (size_t)node.length : NAME) +
                      (view->schedule.length < NAME ? (size_t)view->schedule.length : NAME) +
                      (text.length < REASON ? (size_t)text.length : REASON) + 1);
    if (to == NULL)
        return false;
    struct ran *ran = &reconciling->runs[reconciling->run_count++];
    *ran = (struct ran){.text = to, .scheduled = view->scheduled, .started = view->started,
                        .ended = view->ended, .first_line = view->first_line, .last_line = view->last_line,
                        .verdict = shown, .claim = view->claim, .proof = verdict->proof,
                        .file = log->text.paths[0],
                        .id = unread ? "unread" : why != NULL ? tsmp_name("evidence", why->id) : NULL};
    ran->node = put(&to, node, NAME);
    ran->schedule = put(&to, view->schedule, NAME);
    ran->reason = put(&to, text, REASON);
    return true;
}

static int64_t run_time(const tsmp_run_view *view)
{
    return view->scheduled != TSMP_NO_TIME ? view->scheduled : view->started;
}

/* Is it of the days that the events are of? */
static bool is_near(const struct reconciling *reconciling, const tsmp_run_view *view)
{
    int64_t time = run_time(view);
    return time != TSMP_NO_TIME && reconciling->from != TSMP_NO_TIME &&
           time >= reconciling->from - DAY && time <= reconciling->to + DAY;
}

static int32_t take_run(struct log *log, const tsmp_run *run)
{
    struct reconciling *reconciling = log->reconciling;
    const tsmp_run_view *view = tsmp_run_view_of(run);
    tsmp_context context = reconciling->options->context;
    tsmp_verdict *judged;
    void *memory;
    log->seen++;
    if (view->interactive) {
        reconciling->interactive++;
        return TSMP_OK;
    }
    if (!is_near(reconciling, view)) {
        *(run_time(view) == TSMP_NO_TIME ? &reconciling->undated : &reconciling->outside) += 1;
        return TSMP_OK;
    }
    context.age = log->text.age;
    int32_t status = policy_context(reconciling->options, view, &context, &memory)
                         ? tsmp_judge(run, &context, NULL, &judged) : TSMP_E_NOMEM;
    free(memory);
    if (status != TSMP_OK)
        return status;
    const tsmp_verdict_view *verdict = tsmp_verdict_view_of(judged);
    uint32_t shown = verdict->verdict;
    if (log->ended && log->text.error[0] != '\0')
        shown = unread_verdict(shown, verdict, true);
    bool good = keep(log, view, verdict, shown);
    tsmp_verdict_free(judged);
    return good ? TSMP_OK : TSMP_E_NOMEM;
}

static int32_t take_runs(struct log *log)
{
    tsmp_run *run;
    int32_t status;
    while ((status = tsmp_runs_next(log->runs, &run)) == TSMP_OK) {
        status = take_run(log, run);
        tsmp_run_free(run);
        if (status != TSMP_OK)
            return status;
    }
    return status < 0 ? status : TSMP_OK;
}

static int32_t add(const tsmp_batch *batch, void *context)
{
    struct log *log = context;
    int32_t status = tsmp_runs_add(log->runs, batch);
    return status == TSMP_OK ? take_runs(log) : status;
}

static int32_t pull(tsmp_reader *reader, void *context)
{
    struct log *log = context;
    for (;;) {
        int32_t status = tsmp_runs_pull(log->runs, reader);
        int32_t taken = status < 0 ? status : take_runs(log);
        if (status != TSMP_OK || taken != TSMP_OK)
            return taken;
    }
}

/* No run of a text that was not read to its end is a good one. */
static void degrade(struct reconciling *reconciling, size_t from)
{
    for (size_t i = from; i < reconciling->run_count; i++) {
        struct ran *ran = &reconciling->runs[i];
        if (ran->verdict != TSMP_VERDICT_COMPLETE && ran->verdict != TSMP_VERDICT_EXCEPTIONS &&
            ran->verdict != TSMP_VERDICT_RUNNING)
            continue;
        ran->verdict = TSMP_VERDICT_UNKNOWN;
        ran->reason = (tsmp_text){unread_text, strlen(unread_text)};
        ran->id = "unread";
    }
}

static void read_log(struct reconciling *reconciling, char **path)
{
    struct log log = {.reconciling = reconciling, .text = {.paths = path, .count = 1}};
    struct sink sink = {add, pull, &log, NULL};
    tsmp_runs_options options = {.size = sizeof options};
    size_t from = reconciling->run_count;
    if (reconciling->options->now)
        options.now = policy_local_now(reconciling->options);
    if (tsmp_runs_new(&options, NULL, &log.runs) != TSMP_OK) {
        reconciling->no_memory = true;
        return;
    }
    bool good = read_text(&log.text, reconciling->options, &sink);
    log.ended = true;
    if (tsmp_runs_end(log.runs) != TSMP_OK || take_runs(&log) != TSMP_OK)
        good = false;
    tsmp_runs_free(log.runs);
    if (!good) {
        reconciling->unreadable++;
        degrade(reconciling, from);
    }
    reconciling->no_runs += good && log.seen == 0;
}

/* The days that the events are of. Those still to come reach past them. */
static void find_days(struct reconciling *reconciling)
{
    const tsmp_witness_view *witness = reconciling->witness;
    reconciling->from = reconciling->to = TSMP_NO_TIME;
    for (uint64_t i = 0; i < witness->event_count; i++) {
        const tsmp_witness_event *event = &witness->events[i];
        int64_t time = event->scheduled != TSMP_NO_TIME ? event->scheduled
                       : event->actual != TSMP_NO_TIME ? event->actual : event->completed;
        if (event->state == TSMP_EVENT_FUTURE || time == TSMP_NO_TIME)
            continue;
        if (reconciling->from == TSMP_NO_TIME || time < reconciling->from)
            reconciling->from = time;
        if (reconciling->to == TSMP_NO_TIME || time > reconciling->to)
            reconciling->to = time;
    }
}

void print_minute(FILE *out, int64_t time)
{
    char text[32] = "-";
    FILE *to = time != TSMP_NO_TIME ? fmemopen(text, sizeof text, "w") : NULL;
    if (to != NULL) {
        print_time(to, time, true, false);
        fclose(to);
    }
    size_t n = strlen(text);
    if (n > 10 && text[10] == 'T')
        text[10] = ' ';
    if (n > 3 && strcmp(text + n - 3, ":00") == 0)
        text[n - 3] = '\0';
    fputs(text, out);
}

int reconcile_main(const struct options *options)
{
    static struct reconciling reconciling;
    reconciling = (struct reconciling){.options = options,
                                       .witness = tsmp_witness_view_of(options->context.witness)};
    if (options->server_count == 0) {
        wrong("name what the server says with --events (or --actlog alone)", "");
        return 2;
    }
    if (reconciling.witness == NULL)
        return 3; /* why was said */
    find_days(&reconciling);
    for (int i = 0; i < options->file_count; i++)
        read_log(&reconciling, options->files + i);
    bool good = reconcile_join(&reconciling);
    if (good && options->format == FORMAT_JSON)
        reconcile_json(&reconciling);
    else if (good)
        reconcile_text(&reconciling);
    if (!good || reconciling.no_memory) {
        complain(NULL, "no memory");
        reconciling.worst = tsmp_verdict_worse(reconciling.worst, TSMP_VERDICT_UNKNOWN);
    }
    for (size_t i = 0; i < reconciling.run_count; i++)
        free(reconciling.runs[i].text);
    free(reconciling.runs);
    free(reconciling.entries);
    return exit_code(reconciling.worst);
}
