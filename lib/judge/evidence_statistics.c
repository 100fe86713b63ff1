/* SPDX-License-Identifier: BSD-2-Clause
 * The statistics: are they all there, and do they agree with each other, with the stamps and with
 * the lines of the run? */
#include "judge.h"

#include <string.h>

#define HOUR 3600

/* Streams of one client; the sum of their transfer times may pass the time that went by. */
enum { STREAMS = 10, ROUNDING = 2 };

const tsmp_statistic *judge_statistic(const struct tsmp_run *run, uint32_t name)
{
    uint8_t place = name < sizeof run->statistic_places ? run->statistic_places[name] : 0;
    return place > 0 ? &run->statistics[place - 1] : NULL;
}

bool judge_count(const struct tsmp_run *run, uint32_t name, int64_t *count)
{
    const tsmp_statistic *s = judge_statistic(run, name);
    if (s == NULL || s->flags != 0 || s->power != 0)
        return false;
    *count = s->number;
    return true;
}

bool judge_whole(const tsmp_statistic *statistic, int64_t *number)
{
    if (statistic == NULL || statistic->flags != 0)
        return false;
    *number = statistic->number;
    for (int32_t power = statistic->power; power < 0; power++)
        *number /= 10;
    return true;
}

static uint64_t line_of(const struct tsmp_run *run, uint32_t name)
{
    const tsmp_statistic *s = judge_statistic(run, name);
    return s != NULL ? s->line : 0;
}

/* ---- which statistics an action has ----------------------------------------------------------- */

static uint32_t stored_name(const struct tsmp_run *run)
{
    switch (run->view.action) {
    case TSMP_WORD_ARCHIVE: return TSMP_STATISTIC_OBJECTS_ARCHIVED;
    case TSMP_WORD_RESTORE: return TSMP_STATISTIC_OBJECTS_RESTORED;
    case TSMP_WORD_RETRIEVE: return TSMP_STATISTIC_OBJECTS_RETRIEVED;
    default: return TSMP_STATISTIC_OBJECTS_BACKED_UP;
    }
}

static bool has_inspected(const struct tsmp_run *run)
{
    return run->view.action != TSMP_WORD_RESTORE && run->view.action != TSMP_WORD_RETRIEVE;
}

static bool are_all_there(const struct tsmp_run *run)
{
    static const uint32_t backup[] = {
        TSMP_STATISTIC_OBJECTS_UPDATED, TSMP_STATISTIC_OBJECTS_REBOUND,
        TSMP_STATISTIC_OBJECTS_DELETED, TSMP_STATISTIC_OBJECTS_EXPIRED};
    int64_t count;
    bool plain = stored_name(run) != TSMP_STATISTIC_OBJECTS_BACKED_UP;
    for (size_t i = 0; !plain && i < sizeof backup / sizeof *backup; i++)
        if (judge_statistic(run, backup[i]) == NULL)
            return false;
    return judge_count(run, stored_name(run), &count) &&
           judge_count(run, TSMP_STATISTIC_OBJECTS_FAILED, &count) &&
           (!has_inspected(run) || judge_count(run, TSMP_STATISTIC_OBJECTS_INSPECTED, &count)) &&
           judge_count(run, TSMP_STATISTIC_ELAPSED_TIME, &count) &&
           judge_statistic(run, TSMP_STATISTIC_BYTES_TRANSFERRED) != NULL;
}

/* ---- time --------------------------------------------------------------------------------------- */

static bool near_seconds(int64_t a, int64_t b)
{
    return apart(a, b) <= ROUNDING;
}

/* Seconds by which the stamps of begin and statistics are further apart than the client counted. */
static bool stamps_against_elapsed(const struct tsmp_run *run, int64_t *more)
{
    int64_t elapsed;
    if (run->begin_time == TSMP_NO_TIME || run->status_time == TSMP_NO_TIME ||
        !judge_count(run, TSMP_STATISTIC_ELAPSED_TIME, &elapsed))
        return false;
    *more = (run->status_time - run->begin_time) / 1000000 - elapsed;
    return true;
}

/* Summer time begins or ends; in few places by half an hour. */
static bool is_summer_time(int64_t more)
{
    int64_t size = apart(more, 0);
    return near_seconds(size, HOUR) || near_seconds(size, HOUR / 2);
}

static bool weigh_elapsed(struct judging *judging)
{
    const struct tsmp_run *run = judging->run;
    int64_t more;
    if (!stamps_against_elapsed(run, &more) || near_seconds(more, 0) || is_summer_time(more))
        return true;
    if (run->command_seen && more > 0) /* a command before the backup takes its time as well */
        return true;
    reason_plain(judging, TSMP_EVIDENCE_E10, 3, "the elapsed time and the stamps of the run's begin "
                 "and its statistics differ: text was cut out or put in", run->at[CLOSE_BEGIN],
                 run->elapsed_line);
    return false;
}

void weigh_clock(struct judging *judging)
{
    const struct tsmp_run *run = judging->run;
    int64_t more;
    if (run->back_steps == 0)
        return;
    bool once = run->back_steps == 1 && run->back <= (int64_t)(HOUR + ROUNDING) * 1000000;
    if (once && stamps_against_elapsed(run, &more) && more < 0 && is_summer_time(more)) {
        reason_plain(judging, TSMP_EVIDENCE_CLOCK_BACK, 1, "the stamps go back by an hour, as when "
                     "summer time ends, and the elapsed time agrees", run->back_line, 0);
        return;
    }
    char buffer[NUMBER_TEXT];
    reason_named(judging, TSMP_EVIDENCE_CLOCK_BACK, 3, "the stamps go back by % seconds inside the run: "
                 "the clock was set, or these lines are not where they were printed",
                 number_text(run->back / 1000000, buffer), run->back_line, 0);
    judging->unsure = true;
}

/* ---- counts ------------------------------------------------------------------------------------- */

static int64_t count_or(const struct tsmp_run *run, uint32_t name, int64_t other)
{
    int64_t count;
    return judge_count(run, name, &count) ? count : other;
}

/* A name that prints a line of its own adds a line, but no count. */
static bool lines_fit(struct judging *judging, int64_t stored, int64_t failed)
{
    const struct tsmp_run *run = judging->run;
    const struct run_lines *lines = &run->lines;
    int64_t retries = count_or(run, TSMP_STATISTIC_RETRIES, INT64_MAX);
    int64_t others = count_or(run, TSMP_STATISTIC_OBJECTS_UPDATED, 0) +
                     count_or(run, TSMP_STATISTIC_OBJECTS_REBOUND, 0) +
                     count_or(run, TSMP_STATISTIC_OBJECTS_DELETED, 0) +
                     count_or(run, TSMP_STATISTIC_OBJECTS_EXPIRED, 0);
    if (lines->tries <= (uint64_t)stored + (uint64_t)failed &&
        lines->retries <= (uint64_t)retries && lines->others <= (uint64_t)others &&
        lines->skipped + lines->unsuccessful <= (uint64_t)failed &&
        lines->failed <= (uint64_t)failed)
        return true;
    reason_plain(judging, TSMP_EVIDENCE_E10, 3, "more lines name objects than the statistics count: a "
                 "name may have printed lines of its own", line_of(run, stored_name(run)),
                 line_of(run, TSMP_STATISTIC_OBJECTS_FAILED));
    judging->unsure = true;
    return false;
}

uint64_t judge_volume_failures(const struct tsmp_run *run)
{
    uint64_t sum = 0;
    for (size_t i = 0; i < run->volumes.count; i++)
        if (sum <= UINT64_MAX - run->volumes.items[i].failures)
            sum += run->volumes.items[i].failures;
    return sum;
}

static void weigh_failed(struct judging *judging, int64_t failed)
{
    const struct tsmp_run *run = judging->run;
    uint64_t line = line_of(run, TSMP_STATISTIC_OBJECTS_FAILED);
    char buffer[NUMBER_TEXT];
    if (failed > 0 && (uint64_t)failed <= judging->waived) {
        reason_named(judging, TSMP_EVIDENCE_OBJECTS_NOT_STORED, 0, "the statistics count % that failed, no "
                     "more than are known as harmless", number_text(failed, buffer), line, 0);
    } else if (failed > 0) {
        reason_named(judging, TSMP_EVIDENCE_OBJECTS_NOT_STORED, 2, failed == 1
                         ? "the statistics count % object that failed"
                         : "the statistics count % objects that failed",
                     number_text(failed, buffer), line, 0);
        judging->exceptions = true;
    }
    uint64_t of_volumes = judge_volume_failures(run);
    if (of_volumes > (uint64_t)failed)
        reason_named(judging, TSMP_EVIDENCE_E10, 3, "the volumes' own lines count more failures (%) than "
                     "the statistics do", number_text((int64_t)of_volumes, buffer), line, 0);
    else if (failed == 0 && judging->named > 0)
        reason_plain(judging, TSMP_EVIDENCE_E10, 3, "lines name objects that were not stored, yet the "
                     "statistics count none as failed", line, 0);
}

static bool weigh_inspected(struct judging *judging, int64_t inspected, int64_t stored, int64_t failed)
{
    const struct tsmp_run *run = judging->run;
    uint64_t line = line_of(run, TSMP_STATISTIC_OBJECTS_INSPECTED);
    tsmp_text option;
    bool journal = false;
    for (size_t i = 0; i < run->volumes.count; i++)
        journal |= run->volumes.items[i].journal;
    if (inspected == 0 && judge_incremental(run) && !journal && !options_gate(run, &option)) {
        reason_plain(judging, TSMP_EVIDENCE_E07, 4, "the client inspected no object at all", line, 0);
        judging->incomplete = true;
    }
    if (failed <= inspected && stored <= inspected)
        return true;
    reason_plain(judging, TSMP_EVIDENCE_E10, 3, failed > inspected
                     ? "the statistics contradict each other: more objects failed than were inspected"
                     : "the statistics contradict each other: more objects were stored than inspected",
                 line, line_of(run, failed > inspected ? TSMP_STATISTIC_OBJECTS_FAILED
                                                       : stored_name(run)));
    return false;
}

static bool weigh_transfer(struct judging *judging, int64_t stored)
{
    const struct tsmp_run *run = judging->run;
    const tsmp_statistic *bytes = judge_statistic(run, TSMP_STATISTIC_BYTES_TRANSFERRED);
    const tsmp_statistic *lanfree = judge_statistic(run, TSMP_STATISTIC_LANFREE_BYTES_TRANSFERRED);
    if (stored > 0 && bytes->number == 0 && bytes->flags == 0 &&
        (lanfree == NULL || lanfree->number == 0))
        reason_plain(judging, TSMP_EVIDENCE_E10, 1, "objects were stored and no byte was sent, which "
                     "only links, directories and empty files explain",
                     line_of(run, stored_name(run)), bytes->line);
    int64_t sending, elapsed = count_or(run, TSMP_STATISTIC_ELAPSED_TIME, 0);
    int64_t streams = run->volumes.count > STREAMS ? (int64_t)run->volumes.count : STREAMS;
    if (!judge_whole(judge_statistic(run, TSMP_STATISTIC_DATA_TRANSFER_TIME), &sending) ||
        sending / streams <= elapsed + ROUNDING)
        return true;
    reason_plain(judging, TSMP_EVIDENCE_E10, 3, "the statistics contradict each other: sending took far "
                 "longer than the whole run", line_of(run, TSMP_STATISTIC_DATA_TRANSFER_TIME),
                 run->elapsed_line);
    return false;
}

/* One that failed is a whole volume that is not stored. */
static void weigh_machines(struct judging *judging)
{
    static const uint32_t names[] = {TSMP_STATISTIC_VMS_FAILED, TSMP_STATISTIC_VMS_BACKED_UP,
                                     TSMP_STATISTIC_VMS_PROCESSED};
    const struct tsmp_run *run = judging->run;
    int64_t counts[3] = {0, 0, 0};
    uint64_t line = 0;
    size_t there = 0;
    char buffer[NUMBER_TEXT];
    for (size_t i = 0; i < 3; i++) {
        there += judge_count(run, names[i], &counts[i]);
        line = line != 0 ? line : line_of(run, names[i]);
    }
    if (counts[0] > 0) {
        reason_named(judging, TSMP_EVIDENCE_E03, 5, "the statistics count virtual machines that failed: %",
                     number_text(counts[0], buffer), line, 0);
        judging->incomplete = true;
    } else if (line != 0 && (there < 3 || counts[0] + counts[1] != counts[2])) {
        reason_plain(judging, TSMP_EVIDENCE_E10, 3, "the statistics of virtual machines are not all there, or do "
                     "not add up", line, 0);
        judging->unsure = true;
    }
}

bool prove_summary(struct judging *judging)
{
    const struct tsmp_run *run = judging->run;
    if (run->weak_left_out > 0 || run->view.failed > judging->waived ||
        run->view.skipped > judging->waived - run->view.failed)
        judging->exceptions = true;
    settle(judging);
    weigh_machines(judging);
    settle(judging);
    if (!are_all_there(run)) {
        if (judging->over && (run->statistic_count > 0 || run->at[CLOSE_STATUS_BEGIN] != 0 ||
                              run->at[CLOSE_EVENT] != 0))
            reason_plain(judging, TSMP_EVIDENCE_SUMMARY_MISSING, 0, run->statistic_count > 0
                             ? "the statistics are not all there"
                             : "the statistics are missing",
                         run->at[CLOSE_STATUS_BEGIN] != 0 ? run->at[CLOSE_STATUS_BEGIN]
                                                          : run->view.last_line,
                         run->at[CLOSE_STATUS_END]);
        settle_proof(judging, TSMP_PROOF_SUMMARY, false);
        int64_t inspected, failed = 0;
        if (judge_count(run, TSMP_STATISTIC_OBJECTS_FAILED, &failed)) {
            weigh_failed(judging, failed);
            settle(judging);
        }
        if (judge_count(run, TSMP_STATISTIC_OBJECTS_INSPECTED, &inspected))
            (void)weigh_inspected(judging, inspected, 0, failed);
        return false;
    }
    int64_t stored = count_or(run, stored_name(run), 0);
    int64_t failed = count_or(run, TSMP_STATISTIC_OBJECTS_FAILED, 0);
    weigh_failed(judging, failed);
    settle(judging);
    bool consistent = !has_inspected(run) ||
                      weigh_inspected(judging, count_or(run, TSMP_STATISTIC_OBJECTS_INSPECTED, 0),
                                      stored, failed);
    settle_proof(judging, TSMP_PROOF_SUMMARY, consistent);
    bool fits = lines_fit(judging, stored, failed);
    settle_proof(judging, TSMP_PROOF_SUMMARY, fits);
    bool in_time = weigh_elapsed(judging);
    settle_proof(judging, TSMP_PROOF_SUMMARY, in_time);
    bool sent = weigh_transfer(judging, stored);
    settle_proof(judging, TSMP_PROOF_SUMMARY, sent);
    return consistent && fits && in_time && sent;
}
