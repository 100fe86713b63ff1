/* SPDX-License-Identifier: BSD-2-Clause
 * Any text, in every way a reader can be given it: one answer, whatever the pieces, lent or fed,
 * with the hot path and without, as batches or pulled, and however often memory runs out. And with
 * little room for a run's volumes and findings: no more than that, and nothing that looks better for
 * it. The checks on each record are in drive_check.c.
 *
 * Head: 0 longest line (small: the recovery is hot), 1 records in a batch, 2 length of pieces,
 * 3 seed of their lengths, 4 which allocation fails, 5 how many fail, 6 switches and how little room,
 * 7 date order and what is repaired, 8 encoding and whether with a language (a newline: neither). */
#include "fuzz.h"

#include <stdlib.h>
#include <string.h>

enum { SWITCH_PROBE = 1, SWITCH_LATE = 2, SWITCH_OFFSET = 4, SWITCH_FEW = 8 };

/* Each input, not only those whose head asks for it: few logs that are kept name more volumes than
 * a limit, and fewer would by chance also have the switch. */
static void in_little_room(struct plan *plan, const struct answer *whole, uint32_t room)
{
    struct answer little;
    plan->runs_options = (tsmp_runs_options){.size = sizeof plan->runs_options,
                                             .max_volumes = 1 + (room & 3),
                                             .max_evidence = 2 + (room >> 2 & 3)};
    plan->way = WAY_FEED;
    drive(plan, &little);
    for (size_t i = 0; i < little.judged_count; i++)
        CHECK(standing_level(little.judged[i].standing.verdict) <= best_level(whole, &little.judged[i].key));
    answer_free(&little);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < HEAD)
        return 0;
    struct plan plan = {.length = size - HEAD};
    char *text = malloc(plan.length > 0 ? plan.length : 1); /* of its exact size: reads past it show */
    CHECK(text != NULL);
    memcpy(text, data + HEAD, plan.length);
    plan.bytes = text;

    uint32_t line = head_byte(data, 0), batch = head_byte(data, 1), switches = head_byte(data, 6), order = head_byte(data, 7) & 3;
    plan.options = (tsmp_options){.size = sizeof plan.options,
                                  .max_line = line > 0 ? 15 + line : 0,
                                  .batch_records = batch == 0 ? 24 : batch == 255 ? 0 : batch,
                                  .date_order = order < 3 ? order : TSMP_ORDER_YMD};
    plan.options.repair = head_byte(data, 7) >> 2 & (TSMP_REPAIR_WRAPPED_NAME | TSMP_REPAIR_QUOTED |
                                                     TSMP_REPAIR_INDENTED);
    if (data[8] != '\n') {
        plan.language = head_byte(data, 8) > 127;
        plan.options.encoding = head_byte(data, 8) % (TSMP_ENCODING_UTF_16BE + 1);
    }
    tsmp_reader *reader = NULL;
    if (tsmp_reader_new(&plan.options, NULL, &reader) == TSMP_E_ENCODING)
        plan.options.encoding = TSMP_ENCODING_BYTES; /* a build that converts nothing */
    tsmp_reader_free(reader);
    if ((switches & SWITCH_OFFSET) != 0) {
        plan.options.first_offset = UINT32_MAX;
        plan.options.first_line = 4000000000u;
    }
    if ((switches & SWITCH_FEW) != 0)
        plan.runs_options = (tsmp_runs_options){.size = sizeof plan.runs_options, .max_volumes = 2,
                                                .max_evidence = 3};
    plan.probe = (switches & SWITCH_PROBE) != 0;

    struct answer whole, other;
    plan.ordinary = true; /* and all others by the hot path */
    drive(&plan, &whole);
    plan.ordinary = false;

    plan.way = WAY_LEND; /* whole: as far ahead as the hot paths can look */
    drive(&plan, &other);
    answers_equal(&whole, &other);
    answer_free(&other);

    uint32_t chunk = head_byte(data, 2);
    plan.chunk = chunk > 0 ? chunk : 61;
    plan.jitter = head_byte(data, 3) * 0x9E3779B9u;
    plan.way = WAY_FEED;
    drive(&plan, &other);
    answers_equal(&whole, &other);
    answer_free(&other);

    plan.pull = true;
    drive(&plan, &other);
    answers_equal(&whole, &other);
    answer_free(&other);
    plan.pull = false;

    plan.way = WAY_LEND;
    plan.late = (switches & SWITCH_LATE) != 0;
    drive(&plan, &other);
    answers_equal(&whole, &other);
    answer_free(&other);

    struct heap heap = {.fail_at = head_byte(data, 4) + 1};
    uint32_t count = head_byte(data, 5);
    heap.fail_count = count < 200 ? count + 1 : UINT64_MAX;
    plan.way = WAY_MIXED;
    plan.heap = &heap;
    drive(&plan, &other);
    answers_equal(&whole, &other);
    answer_free(&other);
    plan.heap = NULL;

    if ((switches & SWITCH_FEW) == 0)
        in_little_room(&plan, &whole, switches >> 4);
    answer_free(&whole);
    free(text);
    return 0;
}
