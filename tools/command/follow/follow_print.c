/* SPDX-License-Identifier: BSD-2-Clause
 * What a follower prints: records as JSON Lines or runs as rows, and where text is missing. */
#include "follow_print.h"

#include <inttypes.h>
#include <string.h>

void follow_print_batch(struct follower *follower, const tsmp_batch *batch, void *context)
{
    struct follow_print *print = context;
    if (!print->json)
        return;
    struct row row = {batch, tsmp_batch_view(batch), NULL};
    for (uint64_t i = 0; i < row.view->record_count; i++) {
        row.record = &row.view->records[i];
        const char *kind = tsmp_name("kind", row.record->kind);
        if (kind == NULL || !kind_is_chosen(print->kinds, kind))
            continue;
        uint64_t generation, file;
        follower_name(follower, row.record->offset, &generation, &file);
        out_text(&print->out, "{\"id\":\"");
        out_unsigned(&print->out, generation);
        out_char(&print->out, ':');
        out_unsigned(&print->out, file);
        out_text(&print->out, "\",");
        json_record_members(&print->out, &row);
        if (print->out.used > print->out.size / 2) { /* whole lines: who is killed cuts none */
            out_flush(&print->out);
            fflush(print->out.file);
        }
    }
}

/* Was this run printed as it is? It is from now on. */
static bool printed(struct follower *follower, const tsmp_run_view *run, uint32_t verdict)
{
    struct printed now = {run->first_offset, run->end_offset, verdict, run->attempts};
    for (size_t i = 0; i < follower->printed_count; i++) {
        struct printed *before = &follower->printed[i];
        if (before->offset != now.offset)
            continue;
        bool same = before->end == now.end && before->verdict == now.verdict && before->attempts == now.attempts;
        *before = now;
        return same;
    }
    if (follower->printed_count == FOLLOW_PRINTED) {
        memmove(follower->printed, follower->printed + 1, (FOLLOW_PRINTED - 1) * sizeof now);
        follower->printed_count--;
    }
    follower->printed[follower->printed_count++] = now;
    return false;
}

void follow_print_run(struct follower *follower, const tsmp_run *run, bool open, void *context)
{
    struct follow_print *print = context;
    tsmp_context judged_by = print->context;
    tsmp_verdict *verdict;
    if (follower->closing) /* what comes next is not what followed: nothing is running any more */
        judged_by.age = INT64_MAX / 4;
    if (tsmp_judge(run, &judged_by, NULL, &verdict) != TSMP_OK) {
        follower_fail(follower, "no memory");
        return;
    }
    const tsmp_run_view *view = tsmp_run_view_of(run);
    const tsmp_verdict_view *judged = tsmp_verdict_view_of(verdict);
    if ((!open || judged->verdict != TSMP_VERDICT_RUNNING) && !printed(follower, view, judged->verdict)) {
        out_flush(&print->out);
        if (print->json) {
            fprintf(print->out.file, "{\"id\":\"run:%" PRIu64 "\",\"kind\":\"run\",\"run\":", view->first_offset);
            json_run(print->out.file, follower->path, view, judged, judged->verdict);
            fputs("}\n", print->out.file);
            fflush(print->out.file);
        } else {
            row_run(print->out.file, view, judged->verdict);
        }
    }
    tsmp_verdict_free(verdict);
}

void follow_print_gap(struct follower *follower, enum gap_reason reason, void *context)
{
    struct follow_print *print = context;
    const struct place *place = follower_place(follower);
    out_flush(&print->out);
    if (print->json)
        fprintf(print->out.file,
                "{\"id\":\"gap:%" PRIu64 "\",\"kind\":\"gap\",\"reason\":\"%s\",\"offset\":%" PRIu64 ",\"line\":%" PRIu64 "}\n",
                place->generation, gap_names[reason], follower->stream, follower->line);
    else
        fprintf(print->out.file, "gap         text is missing before line %" PRIu64 " (%s): no run across it is complete\n",
                follower->line, gap_names[reason]);
}
