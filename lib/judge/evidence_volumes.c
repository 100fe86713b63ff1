/* SPDX-License-Identifier: BSD-2-Clause
 * Was every volume walked to its end? */
#include "judge.h"

bool judge_incremental(const struct tsmp_run *run)
{
    return run->view.action == TSMP_WORD_INCREMENTAL || run->view.action == 0;
}

static bool is_restore(const struct tsmp_run *run)
{
    return run->view.action == TSMP_WORD_RESTORE || run->view.action == TSMP_WORD_RETRIEVE;
}

/* A volume that was begun, and no line ends it. */
static void never_ended(struct judging *judging, const struct run_volume *volume, bool gated)
{
    const struct tsmp_run *run = judging->run;
    tsmp_text name = text_of_string(&volume->name);
    uint64_t closed = run->at[CLOSE_STATUS_BEGIN] != 0 ? run->at[CLOSE_STATUS_BEGIN]
                                                       : run->at[CLOSE_EVENT];
    if (!judging->over)
        return;
    if (judge_incremental(run) && !gated) {
        reason_named(judging, TSMP_EVIDENCE_E02, 5, "volume '%' was begun and never finished", name,
                     volume->begin_line, closed);
        judging->incomplete = true;
        return;
    }
    /* What other actions print at a volume's end is not known well enough to miss it. */
    reason_named(judging, TSMP_EVIDENCE_NOT_CLOSED, 2, "volume '%' was begun, and no line says how "
                 "it ended", name, volume->begin_line, closed);
    judging->unsure = true;
}

static void with_failures(struct judging *judging, const struct run_volume *volume)
{
    char buffer[NUMBER_TEXT];
    tsmp_text arguments[] = {text_of_string(&volume->name),
                             number_text((int64_t)volume->failures, buffer)};
    bool known = volume->failures > 0 && judge_volume_failures(judging->run) <= judging->waived;
    judging->exceptions |= !known;
    if (known)
        reason(judging, TSMP_EVIDENCE_OBJECTS_NOT_STORED, 0, "volume '%' was walked to its end, and "
               "% of its objects failed, no more than are known as harmless", arguments,
               volume->end_line, 0);
    else if (volume->failures > 0)
        reason(judging, TSMP_EVIDENCE_OBJECTS_NOT_STORED, 2, "volume '%' was walked to its end, and "
               "% of its objects failed", arguments, volume->end_line, 0);
    else
        reason(judging, TSMP_EVIDENCE_OBJECTS_NOT_STORED, 2, "volume '%' was walked to its end, and "
               "objects of it failed", arguments, volume->end_line, 0);
}

/* One volume: true when it proves itself. */
static bool weigh_volume(struct judging *judging, const struct run_volume *volume, bool gated)
{
    const struct tsmp_run *run = judging->run;
    tsmp_text name = text_of_string(&volume->name);
    if (volume->outcome == TSMP_WORD_STOPPED && run->view.claim != TSMP_CLAIM_FAILURE)
        judging->incomplete = true; /* its message is a finding of its own */
    if (volume->outcome == TSMP_WORD_FAILURES)
        with_failures(judging, volume);
    if (volume->begins > 0 && volume->ends == 0) {
        never_ended(judging, volume, gated);
        return false;
    }
    if (volume->earlier && volume->begins == 0) {
        if (!judging->over)
            return false;
        reason_named(judging, TSMP_EVIDENCE_E08, 4, "volume '%' was begun in an earlier attempt and "
                     "not in the last one", name, volume->begin_line, run->at[CLOSE_BEGIN]);
        judging->incomplete = true;
        return false;
    }
    if (judge_incremental(run) && volume->begins == 0) {
        bool head = run->view.interactive ? run->head_seen : run->at[CLOSE_BEGIN] != 0;
        if (head) /* else its begin line may stand in what is missing */
            reason_named(judging, TSMP_EVIDENCE_FORGEABLE, 3, "volume '%' has an end line but no "
                         "begin line", name, volume->end_line, 0);
        return false;
    }
    return volume->outcome != TSMP_WORD_STOPPED;
}

static bool prove_restore(struct judging *judging)
{
    const struct tsmp_run *run = judging->run;
    if (run->finished_line == 0 && judging->over)
        reason_plain(judging, TSMP_EVIDENCE_NOT_CLOSED, 2, "no line says that the restore was "
                     "finished", run->view.first_line, run->view.last_line);
    return run->finished_line != 0;
}

static bool prove_asked_for(struct judging *judging)
{
    const struct tsmp_run *run = judging->run;
    if (run->view.interactive)
        return true;
    if (!run->definition_known && judging->context.domain_count == 0) {
        if (run->at[CLOSE_BEGIN] != 0)
            reason_plain(judging, TSMP_EVIDENCE_DEFINITION_UNKNOWN, 0, "the schedule's definition is "
                         "not in the text, so it is not known which volumes were asked for",
                         run->at[CLOSE_BEGIN], 0);
        return false;
    }
    return !judging->over || expected_begun(judging);
}

/* Lines of its volumes were read that prove no volume: weigh_findings() has said so. */
static bool has_unproven(const struct tsmp_run *run)
{
    for (size_t i = 0; i < run->finding_count; i++)
        if (run->findings[i].id == TSMP_EVIDENCE_PARTIAL_BY_OPTIONS ||
            run->findings[i].id == TSMP_EVIDENCE_ACTION_UNPROVEN)
            return true;
    return false;
}

bool prove_volumes(struct judging *judging)
{
    const struct tsmp_run *run = judging->run;
    if (is_restore(run))
        return prove_restore(judging);
    tsmp_text option;
    bool gated = options_gate(run, &option);
    bool all = true;
    size_t begun = 0, ended = 0;
    for (size_t i = 0; i < run->volumes.count; i++) {
        const struct run_volume *volume = &run->volumes.items[i];
        begun += volume->begins > 0;
        ended += volume->ends > 0;
        bool good = weigh_volume(judging, volume, gated);
        settle_proof(judging, TSMP_PROOF_VOLUMES, good);
        all &= good;
    }
    bool partial = gated || options_one_kind(run, &option);
    if (partial)
        reason_named(judging, TSMP_EVIDENCE_PARTIAL_BY_OPTIONS, 1, "option '%' asks the client not "
                     "to look at every object, so that it did is not proven", option, run->at[CLOSE_BEGIN], 0);
    settle_proof(judging, TSMP_PROOF_VOLUMES, !partial);
    if (run->view.action == TSMP_WORD_MACRO || run->view.action == TSMP_WORD_OTHER) {
        reason_plain(judging, TSMP_EVIDENCE_ACTION_UNPROVEN, 0, "what a run with this action did is "
                     "not told volume by volume, so nothing proves it", run->at[CLOSE_BEGIN], 0);
        return false;
    }
    bool block = run->view.interactive ? run->statistic_count > 0
                                       : run->at[CLOSE_STATUS_BEGIN] != 0 || run->statistic_count > 0;
    if (block && begun + ended == 0)
        reason_plain(judging, TSMP_EVIDENCE_E14, 1, "there are statistics but no volume lines: "
                     "nothing proves that the volumes were walked",
                     run->at[CLOSE_STATUS_BEGIN] != 0 ? run->at[CLOSE_STATUS_BEGIN]
                                                      : run->view.first_line,
                     run->at[CLOSE_STATUS_END] != 0 ? run->at[CLOSE_STATUS_END]
                                                    : run->view.last_line);
    settle_proof(judging, TSMP_PROOF_VOLUMES, begun + ended > 0);
    all &= prove_asked_for(judging);
    return all && !partial && !has_unproven(run) && (judge_incremental(run) ? begun > 0 : ended > 0);
}
