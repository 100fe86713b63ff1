/* SPDX-License-Identifier: BSD-2-Clause
 * What a follower prints: records as JSON Lines or runs as rows, and where text is missing. */
#include "follow_print.h"
#include "join.h"

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

static void print_run(struct follower *follower, struct follow_print *print, const tsmp_run_view *run,
                      const tsmp_verdict_view *judged)
{
    FILE *out = print->out.file;
    out_flush(&print->out);
    if (!print->json) {
        row_run(out, run, judged->verdict);
        return;
    }
    fprintf(out, "{\"id\":\"run:%" PRIu64 "\",\"kind\":\"run\",\"run\":", run->first_offset);
    json_run(out, follower->path, run, judged, judged->verdict);
    fputs("}\n", out);
    fflush(out);
}

void follow_print_run(struct follower *follower, const tsmp_run *run, bool open, void *context)
{
    struct follow_print *print = context;
    struct joined joined;
    tsmp_verdict *verdict = NULL;
    if (follower->failed)
        return;
    /* Before a gap: what comes next is not what followed, so nothing is running any more. */
    int64_t age = follower->closing ? INT64_MAX / 4 : print->options->context.age;
    bool good = join_judge(print->options, run, age, &joined, &verdict) == TSMP_OK;
    const tsmp_run_view *view = tsmp_run_view_of(run);
    const tsmp_verdict_view *judged = good ? tsmp_verdict_view_of(verdict) : NULL;
    /* Judged without its history it would be another run. */
    if (history_failed(print->options) == NULL && good && (!open || judged->verdict != TSMP_VERDICT_RUNNING) &&
        !printed(follower, view, judged->verdict)) {
        print_run(follower, print, view, judged);
        good = history_keep(print->options, run, &joined.context, judged);
    }
    if (!good || history_failed(print->options) != NULL)
        follower_fail(follower, good ? history_failed(print->options) : "no memory");
    tsmp_verdict_free(verdict);
    join_free(&joined);
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
