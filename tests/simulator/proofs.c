/* SPDX-License-Identifier: BSD-2-Clause */
#include "proofs.h"

#include "answers.h"
#include "server.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MICRO INT64_C(1000000)

static void need(int32_t status)
{
    if (status < 0) {
        fprintf(stderr, "simulator: the library says %d\n", (int)status);
        exit(1);
    }
}

static void free_canaries(struct proofs *proofs)
{
    for (size_t i = 0; i < CANARIES_MOST; i++) {
        tsmp_canary_free(proofs->canaries[i]);
        proofs->canaries[i] = NULL;
    }
}

void proofs_free(struct proofs *proofs)
{
    free_canaries(proofs);
    tsmp_witness_free(proofs->witness);
    proofs->witness = NULL;
    sheet_free(&proofs->sheet);
}

/* ---- earlier runs ---------------------------------------------------------------------------- */

static tsmp_earlier *add_earlier(struct proofs *proofs, const struct schedule *schedule)
{
    if (proofs->earlier_count == EARLIER_MOST) {
        fputs("simulator: too many nights for one machine\n", stderr);
        exit(1);
    }
    size_t at = proofs->earlier_count++;
    proofs->earlier_of[at] = schedule;
    proofs->earlier[at] = (tsmp_earlier){.volumes = proofs->volumes[at], .elapsed = -1, .inspected = -1,
                                         .transferred = -1};
    return &proofs->earlier[at];
}

/* Good nights before the first one. */
static void add_foregone(struct proofs *proofs, const struct nights *nights)
{
    const struct node *node = &nights->node;
    struct chance chance = chance_of(nights->node.index, 0xF0E);
    const struct schedule *schedule = &node->schedules[0];
    for (int64_t night = 1; night <= FOREGONE; night++) {
        tsmp_earlier *earlier = add_earlier(proofs, schedule);
        tsmp_text *volumes = proofs->volumes[proofs->earlier_count - 1];
        int64_t nominal = nights->first_day + schedule->clock - night * NIGHT, inspected = 0;
        for (size_t i = 0; i < node->volume_count; i++) {
            const char *name = node->volumes[i].name;
            inspected += (int64_t)(node->journal ? chance_below(&chance, 300) + 2
                                                 : volume_objects(&node->volumes[i], 0, &chance));
            volumes[i] = (tsmp_text){name, strlen(name)};
        }
        earlier->scheduled = nominal * MICRO;
        earlier->started = (nominal + 300) * MICRO;
        earlier->elapsed = inspected / chance_between(&chance, 800, 4000) + 40;
        earlier->inspected = inspected;
        earlier->transferred = inspected * 10000;
        earlier->flags = node->journal ? TSMP_EARLIER_JOURNAL : 0;
        earlier->verdict = TSMP_VERDICT_COMPLETE;
        earlier->volume_count = node->volume_count;
    }
}

static int64_t statistic(const tsmp_run_view *run, uint32_t name)
{
    for (uint64_t i = 0; i < run->statistic_count; i++)
        if (run->statistics[i].name == name && run->statistics[i].flags == 0) {
            int64_t number = run->statistics[i].number;
            for (int32_t power = run->statistics[i].power; power < 0; power++)
                number /= 10;
            return number;
        }
    return -1;
}

void proofs_remember(struct proofs *proofs, const struct run *truth, const tsmp_run_view *run,
                     const tsmp_verdict_view *verdict)
{
    if ((proofs->given & SEEN_HISTORY) == 0 || run->started == TSMP_NO_TIME)
        return;
    tsmp_earlier *earlier = add_earlier(proofs, truth->schedule);
    tsmp_text *volumes = proofs->volumes[proofs->earlier_count - 1];
    bool journal = false;
    for (uint64_t i = 0; i < run->volume_count; i++) {
        if ((run->volumes[i].flags & TSMP_VOLUME_BEGUN) == 0)
            continue;
        journal |= (run->volumes[i].flags & TSMP_VOLUME_JOURNAL) != 0;
        /* The run goes away; the model's own name of the volume stays. */
        for (size_t k = 0; k < truth->node->volume_count; k++) {
            const char *name = truth->node->volumes[k].name;
            if (run->volumes[i].name.length == strlen(name) && earlier->volume_count < VOLUMES_MOST &&
                memcmp(run->volumes[i].name.bytes, name, strlen(name)) == 0)
                volumes[earlier->volume_count++] = (tsmp_text){name, strlen(name)};
        }
    }
    earlier->scheduled = run->scheduled;
    earlier->started = run->started;
    earlier->elapsed = statistic(run, TSMP_STATISTIC_ELAPSED_TIME);
    earlier->inspected = statistic(run, TSMP_STATISTIC_OBJECTS_INSPECTED);
    earlier->transferred = statistic(run, TSMP_STATISTIC_BYTES_TRANSFERRED);
    earlier->flags = journal ? TSMP_EARLIER_JOURNAL : 0;
    earlier->verdict = verdict->verdict;
}

/* ---- texts ----------------------------------------------------------------------------------- */

/* Whoever collects texts of a night knows how that server prints: few of them decide it themselves. */
static uint32_t order_of(const struct format *format)
{
    static const uint8_t orders[] = {0, TSMP_ORDER_MDY, TSMP_ORDER_DMY, TSMP_ORDER_YMD, TSMP_ORDER_DMY,
                                     TSMP_ORDER_YMD, TSMP_ORDER_YMD, TSMP_ORDER_DMY, TSMP_ORDER_MDY};
    return orders[format->date];
}

/* All batches of the text to one of the two. */
static void read_text(const struct sheet *text, tsmp_witness *witness, tsmp_canary *canary)
{
    tsmp_options options = {.size = sizeof options};
    tsmp_reader *reader;
    tsmp_batch *batch;
    if (text->length == 0)
        return;
    options.date_order = order_of(text->format);
    need(tsmp_reader_new(&options, NULL, &reader));
    need(tsmp_reader_feed(reader, text->bytes, text->length));
    need(tsmp_reader_end(reader));
    while (tsmp_reader_next(reader, &batch) == TSMP_OK) {
        need(witness != NULL ? tsmp_witness_add(witness, batch) : tsmp_canary_add(canary, batch));
        tsmp_batch_unref(batch);
    }
    tsmp_reader_free(reader);
}

static void add_server(struct proofs *proofs, const struct nights *nights)
{
    struct sheet *sheet = &proofs->sheet;
    sheet_clear(sheet);
    server_events(sheet, nights);
    read_text(sheet, proofs->witness, NULL);
    /* A text each night, as it is collected in the morning. */
    for (uint32_t i = 0; i < nights->events; i++) {
        int64_t day = nights->first_day + (int64_t)nights->runs[i].night * NIGHT;
        sheet_clear(sheet);
        sheet->format = server_format(nights->node.server);
        server_noise(sheet, day, 1);
        server_log(sheet, nights, i, i + 1);
        server_noise(sheet, day + 2 * NIGHT, 1);
        read_text(sheet, proofs->witness, NULL);
    }
}

static void add_filespaces(struct proofs *proofs, const struct nights *nights)
{
    struct sheet *sheet = &proofs->sheet;
    sheet_clear(sheet);
    for (uint32_t i = 0; i < nights->events; i++)
        if (nights->runs[i].truth != TRUTH_MISSED && nights->runs[i].schedule->action == ACTION_INCREMENTAL)
            answer_filespaces(sheet, nights, &nights->runs[i]);
    read_text(sheet, proofs->witness, NULL);
}

void proofs_begin(struct proofs *proofs, const struct nights *nights)
{
    proofs->earlier_count = 0;
    if ((proofs->given & SEEN_HISTORY) != 0)
        add_foregone(proofs, nights);
    tsmp_witness_free(proofs->witness);
    proofs->witness = NULL;
    if ((proofs->given & (SEEN_SERVER | SEEN_FILESPACE)) == 0)
        return;
    need(tsmp_witness_new(NULL, NULL, &proofs->witness));
    if ((proofs->given & SEEN_SERVER) != 0)
        add_server(proofs, nights);
    if ((proofs->given & SEEN_FILESPACE) != 0)
        add_filespaces(proofs, nights);
    need(tsmp_witness_end(proofs->witness));
}

/* ---- one run --------------------------------------------------------------------------------- */

static void ask_canary(struct proofs *proofs, const struct nights *nights, const tsmp_run_view *run,
                       const struct run *truth, const struct volume *volume, bool late, size_t at)
{
    char path[128];
    canary_path(&nights->node, volume, late, path, sizeof path);
    tsmp_canary_question question = {
        .size = sizeof question, .path = {path, strlen(path)}, .bytes = 120,
        .flags = TSMP_CANARY_SIZE | TSMP_CANARY_MODIFIED | TSMP_CANARY_UNTIL | TSMP_CANARY_KNOWN |
                 TSMP_CANARY_CHANGES,
        .modified = canary_touched(truth) * MICRO, .window_start = run->started, .window_end = run->ended};
    sheet_clear(&proofs->sheet);
    answer_canary(&proofs->sheet, nights, truth, volume, late);
    need(tsmp_canary_new(&question, NULL, &proofs->canaries[at]));
    read_text(&proofs->sheet, NULL, proofs->canaries[at]);
    need(tsmp_canary_end(proofs->canaries[at]));
    proofs->views[at] = tsmp_canary_view_of(proofs->canaries[at]);
}

static void ask_canaries(struct proofs *proofs, const struct nights *nights, const tsmp_run_view *run,
                         const struct run *truth, tsmp_context *context)
{
    size_t count = 0;
    free_canaries(proofs);
    bool asked = truth != NULL && truth->truth != TRUTH_MISSED && truth->id < nights->events &&
                 truth->schedule->action == ACTION_INCREMENTAL && run->started != TSMP_NO_TIME &&
                 run->ended != TSMP_NO_TIME && run->ended >= run->started;
    for (size_t i = 0; asked && i < nights->node.volume_count; i++) {
        const struct volume *volume = &nights->node.volumes[i];
        for (int late = 0; volume->canaries && late < 2; late++)
            ask_canary(proofs, nights, run, truth, volume, late == 1, count++);
    }
    context->canaries = proofs->views;
    context->canary_count = count;
}

void proofs_of_run(struct proofs *proofs, const struct nights *nights, const tsmp_run_view *run,
                   const struct run *truth, tsmp_context *context)
{
    context->witness = proofs->witness;
    context->node = (tsmp_text){nights->node.name, strlen(nights->node.name)};
    if ((proofs->given & SEEN_CANARY) != 0)
        ask_canaries(proofs, nights, run, truth, context);
    for (size_t i = 0; truth != NULL && i < proofs->earlier_count; i++)
        if (proofs->earlier_of[i] == truth->schedule)
            proofs->chosen[context->earlier_count++] = proofs->earlier[i];
    context->earlier = proofs->chosen;
    if (!proofs->asked)
        return;
    context->proofs = TSMP_PROOF_CLOSED | TSMP_PROOF_VOLUMES | TSMP_PROOF_SUMMARY;
    context->proofs |= (proofs->given & SEEN_HISTORY) != 0 ? TSMP_PROOF_BASELINE : 0u;
    context->proofs |= (proofs->given & SEEN_CANARY) != 0 ? TSMP_PROOF_CANARY : 0u;
    context->proofs |= (proofs->given & SEEN_FILESPACE) != 0 ? TSMP_PROOF_FILESPACE : 0u;
    context->proofs |= (proofs->given & SEEN_SERVER) != 0 ? TSMP_PROOF_SERVER : 0u;
}
