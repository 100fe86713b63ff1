/* SPDX-License-Identifier: BSD-2-Clause
 * How a run was closed: proven, cut off, or still going on. */
#include "judge.h"

enum { DEFAULT_FRESH = 24 * 3600 };

bool judge_block_closed(const struct tsmp_run *run)
{
    return run->view.interactive ? run->elapsed_line != 0 : run->at[CLOSE_STATUS_END] != 0;
}

/* Will no more lines come? A text that ends inside a run may be cut, or the run goes on. */
static bool has_ended(const struct judging *judging)
{
    const struct tsmp_run *run = judging->run;
    int64_t fresh = judging->context.fresh > 0 ? judging->context.fresh : DEFAULT_FRESH;
    if (run->stopped || !run->end_of_text || judging->context.age > fresh)
        return true;
    if (run->view.interactive)
        return run->statistic_count > 0 || run->finished_line != 0;
    return run->at[CLOSE_STATUS_END] != 0 || run->at[CLOSE_END] != 0 || run->at[CLOSE_EVENT] != 0;
}

void find_running(struct judging *judging)
{
    const struct tsmp_run *run = judging->run;
    bool begun = run->view.interactive ? run->head_seen
                                       : run->at[CLOSE_BEGIN] != 0 || run->only_executing;
    judging->over = has_ended(judging);
    judging->running = begun && !judging->over;
}

/* Begun, and neither going on nor closed. */
void weigh_open(struct judging *judging)
{
    const struct tsmp_run *run = judging->run;
    if (judging->running)
        return;
    if (run->only_executing) {
        reason_plain(judging, TSMP_EVIDENCE_E05, 5, "the scheduler said that it executes the "
                     "command now, and no run began", run->view.first_line,
                     run->view.last_line);
        judging->incomplete = true;
        return;
    }
    if (run->view.interactive || run->at[CLOSE_BEGIN] == 0 || run->at[CLOSE_EVENT] != 0 ||
        run->at[CLOSE_STATUS_END] != 0)
        return;
    reason_plain(judging, TSMP_EVIDENCE_E05, 5, run->stopped
                     ? "the run was begun, and then the scheduler stopped or began anew, without "
                       "statistics or an event line"
                     : "the run was begun, but it has neither statistics nor an event line",
                 run->at[CLOSE_BEGIN], run->view.last_line);
    judging->incomplete = true;
}

static bool interactive_closed(struct judging *judging)
{
    const struct tsmp_run *run = judging->run;
    if (!run->head_seen)
        reason_plain(judging, TSMP_EVIDENCE_HEAD_MISSING, 0, "what came before this command is not "
                     "in the text", run->view.first_line, 0);
    if (run->elapsed_line == 0 && !judging->running)
        reason_plain(judging, TSMP_EVIDENCE_NOT_CLOSED, 0, run->statistic_count > 0
                         ? "the command's statistics do not come to their end"
                         : "the command has no statistics",
                     run->view.first_line, run->view.last_line);
    return run->head_seen && run->elapsed_line != 0;
}

/* Each line once and in order. A command has no statistics. */
static bool all_in_order(const struct tsmp_run *run, bool command)
{
    for (int step = 0; step < CLOSE_COUNT; step++) {
        bool block = step == CLOSE_STATUS_BEGIN || step == CLOSE_STATUS_END;
        if (run->at[step] == 0 && !(command && block))
            return false;
    }
    return !run->disorder;
}

bool prove_closed(struct judging *judging)
{
    const struct tsmp_run *run = judging->run;
    if (run->view.interactive)
        return interactive_closed(judging);
    bool all = all_in_order(run, run->view.action == TSMP_WORD_COMMAND);
    uint64_t event = run->at[CLOSE_EVENT];
    if (run->view.claim == TSMP_CLAIM_SUCCESS && run->at[CLOSE_SENT] == 0)
        reason_plain(judging, TSMP_EVIDENCE_E15, 3, "the event is said to be completed, but nothing "
                     "says that its results were sent to the server", event,
                     run->at[CLOSE_SENDING]);
    else if (!all && event != 0)
        reason_plain(judging, TSMP_EVIDENCE_NOT_CLOSED, 0, "the lines that close the run are not "
                     "all there, or not in order", event, 0);
    else if (!all && run->at[CLOSE_STATUS_END] != 0)
        reason_plain(judging, TSMP_EVIDENCE_NOT_CLOSED, 0, "the run has statistics, but no event "
                     "line says how it ended", run->at[CLOSE_STATUS_END], 0);
    else if (!all && run->at[CLOSE_BEGIN] == 0 && !run->only_executing)
        reason_plain(judging, TSMP_EVIDENCE_NOT_CLOSED, 0, "no line says how this run ended",
                     run->view.last_line, 0);
    return all;
}

/* `completed successfully` only says that the command was started. */
void weigh_command(struct judging *judging)
{
    const struct tsmp_run *run = judging->run;
    char buffer[NUMBER_TEXT];
    if (run->command_finished && run->view.return_code != 0) {
        reason_named(judging, TSMP_EVIDENCE_E18, 4, "the scheduled command ended with return code %",
                     number_text(run->view.return_code, buffer), run->command_line, 0);
        judging->failed = true;
    } else if (run->command_finished) {
        reason_plain(judging, TSMP_EVIDENCE_COMMAND_ONLY, 0, "the scheduled command ended with "
                     "return code 0; what it did is not in this log", run->command_line, 0);
    } else if (run->at[CLOSE_EVENT] != 0) {
        reason_plain(judging, TSMP_EVIDENCE_E18, 4, "the scheduled command's return code is not in "
                     "the log: the event line only says that it was started",
                     run->at[CLOSE_EVENT], 0);
        judging->failed = true;
    }
}

/* Seconds from begin to end, as the client counted them, else by the stamps; -1 = not known. */
static int64_t taken(const struct tsmp_run *run)
{
    int64_t elapsed;
    if (judge_count(run, TSMP_STATISTIC_ELAPSED_TIME, &elapsed))
        return elapsed;
    if (run->view.started == TSMP_NO_TIME || run->view.ended == TSMP_NO_TIME)
        return -1;
    return (run->view.ended - run->view.started) / 1000000;
}

void weigh_limit(struct judging *judging)
{
    const struct tsmp_run *run = judging->run;
    int64_t limit = judging->context.limit, now = judging->context.now;
    if (limit <= 0)
        return;
    char buffers[2][NUMBER_TEXT];
    if (!judging->running) {
        int64_t seconds = taken(run);
        tsmp_text arguments[] = {number_text(seconds, buffers[0]), number_text(limit, buffers[1])};
        if (seconds > limit)
            reason(judging, TSMP_EVIDENCE_TOO_LONG, 1, "the run took % seconds, and % are allowed",
                   arguments, run->view.first_line, run->view.last_line);
        return;
    }
    /* Stamps far behind `now` tell no less than that; those before it only that the clock differs. */
    if (now <= 0 || run->view.started == TSMP_NO_TIME || now <= run->view.started ||
        limit > INT64_MAX / 1000000 || (uint64_t)now - (uint64_t)run->view.started <= (uint64_t)limit * 1000000)
        return;
    uint64_t seconds = ((uint64_t)now - (uint64_t)run->view.started) / 1000000;
    tsmp_text arguments[] = {number_text((int64_t)seconds, buffers[0]), number_text(limit, buffers[1])};
    reason(judging, TSMP_EVIDENCE_TOO_LONG, 3, "the run has gone on for % seconds, and % are allowed: it "
           "hangs, or its end is not in the text", arguments, run->view.first_line,
           run->view.last_line);
    judging->unsure = true;
}
