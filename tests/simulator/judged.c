/* SPDX-License-Identifier: BSD-2-Clause */
#include "judged.h"

#include <tsmparse/runs.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void judging_result_free(struct judging_result *result)
{
    free(result->judged);
    *result = (struct judging_result){0};
}

static void need(int32_t status)
{
    if (status < 0) {
        fprintf(stderr, "simulator: the library says %d\n", (int)status);
        exit(1);
    }
}

/* ---- whose run is it? ------------------------------------------------------------------------ */

/* The run of the truth with this schedule and nominal start, as time or as printed. */
static const struct run *by_key(const struct nights *nights, const tsmp_run_view *view)
{
    for (uint32_t i = 0; i < nights->count; i++) {
        const struct run *run = &nights->runs[i];
        bool same = view->schedule.length == strlen(run->schedule->name) &&
                    memcmp(view->schedule.bytes, run->schedule->name, (size_t)view->schedule.length) == 0;
        bool printed = view->scheduled_text.length == strlen(run->key) &&
                       memcmp(view->scheduled_text.bytes, run->key, (size_t)view->scheduled_text.length) == 0;
        if (same && (view->scheduled != TSMP_NO_TIME ? view->scheduled == run->nominal * 1000000
                                                     : printed))
            return run;
    }
    return NULL;
}

/* A run that has lost its name: whose are most of its lines? */
static const struct run *by_lines(const struct nights *nights, const tsmp_run_view *view)
{
    const struct sheet *log = &nights->log;
    uint64_t line = 1;
    for (size_t i = 0; i < log->count; i++) {
        if (line >= view->first_line && log->lines[i].run != NO_RUN)
            return &nights->runs[log->lines[i].run];
        for (size_t k = 0; k < log->lines[i].length; k++)
            line += log->bytes[log->lines[i].at + k] == '\n';
    }
    return NULL;
}

static const struct run *owner(const struct nights *nights, const tsmp_run_view *view)
{
    bool nameless = view->schedule.length == 0 || view->scheduled_text.length == 0;
    return nameless ? by_lines(nights, view) : by_key(nights, view);
}

/* ---- verdicts -------------------------------------------------------------------------------- */

static bool is_good(uint32_t verdict)
{
    return verdict == TSMP_VERDICT_COMPLETE || verdict == TSMP_VERDICT_EXCEPTIONS;
}

static void judge_one(struct judging_result *result, const struct nights *nights, const tsmp_run *run,
                      struct proofs *proofs)
{
    tsmp_context context = {.size = sizeof context, .age = nights->age};
    const tsmp_run_view *seen = tsmp_run_view_of(run);
    const struct run *truth = owner(nights, seen);
    proofs_of_run(proofs, nights, seen, truth, &context);
    tsmp_verdict *verdict;
    need(tsmp_judge(run, &context, NULL, &verdict));
    const tsmp_verdict_view *view = tsmp_verdict_view_of(verdict);
    if (truth == NULL) {
        result->strangers++;
        result->strangers_good += is_good(view->verdict);
    } else {
        struct judged *judged = &result->judged[truth->id];
        bool first = judged->runs++ == 0;
        bool better = tsmp_verdict_worse(judged->best, view->verdict) == judged->best;
        judged->verdict = first ? view->verdict : tsmp_verdict_worse(judged->verdict, view->verdict);
        judged->best = first || better ? view->verdict : judged->best;
        judged->lacking |= is_good(view->verdict) ? ~view->proof : 0;
        proofs_remember(proofs, truth, seen, view);
        for (uint64_t i = 0; i < view->evidence_count; i++)
            judged->evidence |= UINT64_C(1) << view->evidence[i].id;
    }
    tsmp_verdict_free(verdict);
}

static void take_runs(struct judging_result *result, const struct nights *nights, tsmp_runs *runs,
                      struct proofs *proofs)
{
    tsmp_run *run;
    while (tsmp_runs_next(runs, &run) == TSMP_OK) {
        judge_one(result, nights, run, proofs);
        tsmp_run_free(run);
    }
}

/* ---- reading --------------------------------------------------------------------------------- */

static tsmp_options look(const struct sheet *text, tsmp_probe_result *probe)
{
    tsmp_options options = {.size = sizeof options};
    *probe = (tsmp_probe_result){.size = sizeof *probe};
    need(tsmp_probe(text->bytes, text->length, NULL, probe));
    if ((probe->date_order & (probe->date_order - 1)) == 0)
        options.date_order = probe->date_order;
    options.decimal = probe->decimal;
    return options;
}

static void read_stretch(struct judging_result *result, const struct nights *nights, tsmp_runs *runs,
                         const tsmp_options *options, size_t from, size_t to, struct proofs *proofs)
{
    tsmp_reader *reader;
    int32_t status;
    need(tsmp_reader_new(options, NULL, &reader));
    need(tsmp_reader_lend(reader, nights->log.bytes + from, to - from, NULL, NULL));
    need(tsmp_reader_end(reader));
    while ((status = tsmp_runs_pull(runs, reader)) == TSMP_OK)
        take_runs(result, nights, runs, proofs);
    need(status);
    tsmp_reader_free(reader);
}

void judge_nights(struct judging_result *result, const struct nights *nights, struct proofs *proofs)
{
    if (result->capacity < nights->count) {
        free(result->judged);
        result->judged = malloc(nights->count * sizeof *result->judged);
        result->capacity = result->judged != NULL ? nights->count : 0;
    }
    if (result->judged == NULL)
        exit(1);
    memset(result->judged, 0, nights->count * sizeof *result->judged);
    proofs_begin(proofs, nights);
    tsmp_probe_result probe;
    tsmp_options options = look(&nights->log, &probe);
    tsmp_runs *runs;
    need(tsmp_runs_new(NULL, NULL, &runs));
    size_t length = nights->log.length, seam = 0;
    if (nights->wrapped && probe.wrap_offset != 0) {
        seam = (size_t)probe.wrap_offset;
        options.format = TSMP_FORMAT_SCHEDULE_LOG;
        options.first_offset = probe.wrap_offset;
        options.first_line = probe.wrap_line;
        read_stretch(result, nights, runs, &options, seam, length, proofs);
        options.first_offset = 0;
        options.first_line = 0;
        length = seam;
    }
    read_stretch(result, nights, runs, &options, 0, length, proofs);
    need(tsmp_runs_end(runs));
    take_runs(result, nights, runs, proofs);
    tsmp_runs_free(runs);
}

void count_unknown(struct judging_result *result, const struct sheet *text)
{
    tsmp_probe_result probe;
    tsmp_options options = look(text, &probe);
    tsmp_reader *reader;
    tsmp_batch *batch;
    need(tsmp_reader_new(&options, NULL, &reader));
    need(tsmp_reader_feed(reader, text->bytes, text->length));
    need(tsmp_reader_end(reader));
    while (tsmp_reader_next(reader, &batch) == TSMP_OK) {
        const tsmp_view *view = tsmp_batch_view(batch);
        for (uint64_t i = 0; i < view->record_count; i++) {
            result->records++;
            result->unknown += view->records[i].kind == TSMP_KIND_UNKNOWN;
        }
        tsmp_batch_unref(batch);
    }
    tsmp_reader_free(reader);
}
