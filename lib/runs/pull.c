/* SPDX-License-Identifier: BSD-2-Clause
 * From a reader straight into runs. Plain object lines only move counts, so no records are made of
 * them; all other lines become records and take the ordinary way. The result is the same as that of
 * tsmp_reader_next() and tsmp_runs_add(), and a test says so for every case. */
#include "plain.h"
#include "reader.h"
#include "run_state.h"

/* Would the next plain object lines do no more than count? */
static bool may_skim(const struct tsmp_runs *runs, const struct tsmp_reader *reader)
{
    const struct tsmp_run *run = runs->open;
    return run != NULL && !run->view.interactive && !run->stopped &&
           run->at[CLOSE_STATUS_BEGIN] == 0 && run->name_open == NAME_CLOSED &&
           !runs->block_open && runs->marker_end == 0 && reader_is_plain(reader) &&
           reader->state.format == TSMP_FORMAT_SCHEDULE_LOG;
}

/* What body_object() and the rooms before it do for each of them. */
static void count(struct tsmp_runs *runs, const struct skim *skim, uint64_t last_line,
                  uint64_t end_offset)
{
    struct tsmp_run *run = runs->open;
    tsmp_run_view *view = &run->view;
    runs->last_line = view->last_line = last_line;
    view->end_offset = end_offset;
    if (skim->timed) {
        runs->last_time = view->ended = skim->time;
        if (run_is_active(run))
            run->clock = skim->time; /* plain_next_stamp() saw that it only went forward */
    }
    view->sent += skim->sent;
    view->updated += skim->updated;
    view->expired += skim->expired;
    view->rebound += skim->rebound;


    view->deleted += skim->deleted;
    run->lines.tries += skim->sent;
    run->lines.others += skim->updated + skim->expired + skim->rebound + skim->deleted;
}

static void skim(struct tsmp_runs *runs, struct tsmp_reader *reader, struct piece *piece)
{
    const char *text = piece->block->bytes + piece->at;
    size_t length = piece->block->length - piece->at;
    if (!plain_likely(&reader->state, text, length))
        return;
    struct skim skim;
    plain_skim(reader, text, length, &skim);
    if (skim.lines == 0)
        return;
    line_skimmed(&reader->state, reader->offset + skim.last);
    reader->offset += skim.bytes;
    reader->line += skim.lines;
    piece->at += skim.bytes;
    piece->seen = 0;
    count(runs, &skim, reader->line - 1, reader->offset);
}

int32_t tsmp_runs_pull(tsmp_runs *runs, tsmp_reader *reader)
{
    if (runs == NULL || reader == NULL || runs->ended || runs->failed)
        return TSMP_E_MISUSE;
    while (runs->ready_first == runs->ready_count) {
        struct piece *piece = may_skim(runs, reader) ? input_piece(&reader->input) : NULL;
        if (piece != NULL)
            skim(runs, reader, piece); /* the line behind them, if there is one, is no such line */
        tsmp_batch *batch;
        int32_t status = reader_next(reader, true, &batch);
        if (status != TSMP_OK)
            return status;
        status = tsmp_runs_add(runs, batch);
        tsmp_batch_unref(batch);
        if (status != TSMP_OK)
            return status;
    }
    return TSMP_OK;
}
