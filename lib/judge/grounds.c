/* SPDX-License-Identifier: BSD-2-Clause
 * Why: on which lines each proof stands, and what would make a verdict another one. It tells what the
 * judge has found, and weighs nothing itself. */
#include "judge.h"

#include <limits.h>
#include <string.h>

/* ---- what would change it ------------------------------------------------------------------------ */

static const struct change {
    uint32_t id;
    const char *reason; /* how the reason's text begins; NULL: any other of this id */
    const char *change;
} changes[] = {
    {TSMP_EVIDENCE_E01, NULL, "a version of the canary that the server took while this run went on"},
    {TSMP_EVIDENCE_E02, NULL,
     "a line 'Successful incremental backup of '%'' (or ANS1802E, which counts its failures) between "
     "the volume's begin line and the statistics; an end line anywhere else is not the client's, and "
     "alone, without the begin line, it would prove nothing"},
    {TSMP_EVIDENCE_E03, "the walk of volume",
     "another attempt of the event in which the walk of '%' comes to its end; nothing in this one takes "
     "the message back, and no policy may"},
    {TSMP_EVIDENCE_E03, NULL,
     "another attempt without this message: what it names mounted, or no longer asked for; a policy may "
     "pass it over for one volume by its exact name, until a given day"},
    {TSMP_EVIDENCE_E04, NULL,
     "another attempt of the event without this message; nothing in this one makes up for it, also not "
     "the volumes' end lines, and no policy may pass it over"},
    {TSMP_EVIDENCE_E05, NULL,
     "the rest of the run behind its last line: statistics and an event line; or another attempt that is "
     "closed"},
    {TSMP_EVIDENCE_E06, NULL,
     "the client's statistics (ANE4952I to ANE4964I) in the server's activity log for the time of this run; "
     "is all of that time in it?"},
    {TSMP_EVIDENCE_E07, "the client inspected no object",
     "a line 'Total number of objects inspected' over 0: is the domain empty, are its volumes mounted?"},
    {TSMP_EVIDENCE_E07, NULL, "a count like those of the earlier runs; or, if it is right, that somebody accepts this run"},
    {TSMP_EVIDENCE_E08, "'%' was asked for, and which",
     "volumes named without wildcards, in the schedule or by a domain"},
    {TSMP_EVIDENCE_E08, "'%' was asked for, and no line", "a line that says that '%' was done"},
    {TSMP_EVIDENCE_E08, "volume '%' was walked by each",
     "a line 'Incremental backup of volume '%''; or, if it is retired, a domain that leaves it out, or that somebody "
     "accepts this run"},
    {TSMP_EVIDENCE_E08, NULL,
     "a line 'Incremental backup of volume '%'' and the line that ends it, in the last attempt; or that "
     "nothing asks for it: leave it out of the schedule or of the domain"},
    {TSMP_EVIDENCE_E09, NULL, "a last incremental date of file space '%' that is not before this run's begin"},
    {TSMP_EVIDENCE_E10, "the elapsed time",
     "stamps of the run's begin and of its statistics that are as far apart as 'Elapsed processing time' says"},
    {TSMP_EVIDENCE_E10, "more lines name objects", "lines of objects that are no more than the statistics count"},
    {TSMP_EVIDENCE_E10, "the server", "a server and a client that say the same of this run"},
    {TSMP_EVIDENCE_E10, NULL, "statistics whose numbers can all be true at once"},
    {TSMP_EVIDENCE_E11, NULL, "a run as long as the earlier ones; or, if it is right, that somebody accepts this run"},
    {TSMP_EVIDENCE_E12, NULL, "a client's log that tells of the session that was closed and of the one behind it"},
    {TSMP_EVIDENCE_E14, NULL,
     "the volumes' lines, each begin and each end; statistics alone never prove that a volume was walked"},
    {TSMP_EVIDENCE_E15, NULL,
     "a line 'Results sent to server for scheduled event' behind 'Sending results', in this log: until then "
     "the server may not know of the run"},
    {TSMP_EVIDENCE_E16, NULL, "the begin record of '%' with the same start, which the text does not have; is its head cut?"},
    {TSMP_EVIDENCE_E17, NULL, "a log that one scheduler writes alone"},
    {TSMP_EVIDENCE_E18, "the scheduled command's", "a line 'Finished command.  Return code is:' with 0"},
    {TSMP_EVIDENCE_E18, NULL, "a return code of 0 of the command itself"},
    {TSMP_EVIDENCE_E20, "the window", "a begin record with this nominal start, or a poll that announces another one before it"},
    {TSMP_EVIDENCE_E20, NULL, "a run of this schedule with a nominal or real start in that time, in this node's logs"},
    {TSMP_EVIDENCE_E21, NULL, "an event that the server says has ended"},
    {TSMP_EVIDENCE_REPORTED_FAILURE, NULL, "another attempt that the client does not call a failure"},
    {TSMP_EVIDENCE_OBJECTS_NOT_STORED, NULL,
     "a run in which no object fails; a policy may pass over its message until a given day, if the counts "
     "agree"},
    {TSMP_EVIDENCE_FORGEABLE, "volume '%' has an end line",
     "the begin line of '%' before its end line"},
    {TSMP_EVIDENCE_FORGEABLE, NULL,
     "a text without this line; what such a line says never counts for a run, and that it is there keeps "
     "the run from being proven"},
    {TSMP_EVIDENCE_HEAD_MISSING, NULL, "the text before its first line: --joined dsmsched.pru dsmsched.log"},
    {TSMP_EVIDENCE_FOREIGN, NULL, "a block as the client prints it"},
    {TSMP_EVIDENCE_LIMIT, NULL, "a higher limit, so that all is weighed"},
    {TSMP_EVIDENCE_DEFINITION_UNKNOWN, NULL,
     "the block 'Next operation scheduled' for this start, whole, before the run; or a domain by --domain or "
     "a policy"},
    {TSMP_EVIDENCE_SUMMARY_MISSING, NULL,
     "each line of the statistics: objects inspected, backed up, updated, rebound, deleted, expired, failed, "
     "bytes transferred and elapsed time"},
    {TSMP_EVIDENCE_INTERRUPTED, NULL, "another run that is not interrupted"},
    {TSMP_EVIDENCE_NOT_CLOSED, "the run has begun", "its end: statistics, event line, results sent"},
    {TSMP_EVIDENCE_NOT_CLOSED, NULL,
     "each closing line once and in order: begin, statistics begin and end, object end, event line, sending "
     "results, results sent"},
    {TSMP_EVIDENCE_CLOCK_BACK, NULL, "stamps that do not go back, but for the hour at the end of summer time"},
    {TSMP_EVIDENCE_ACTION_UNPROVEN, NULL, "nothing that this log could hold: judge what the run made"},
    {TSMP_EVIDENCE_PARTIAL_BY_OPTIONS, NULL, "a run without option '%'"},
    {TSMP_EVIDENCE_LANGUAGE, NULL, "a language that is known: LANGUAGE in the client's options, or --language"},
    {TSMP_EVIDENCE_PROOF_MISSING, NULL, "that proof; or a policy that does not ask for it"},
    {TSMP_EVIDENCE_TOO_LONG, NULL, "the end of the run in the text; or a longer limit"},
};

/* Only those that take the first argument, which all reasons of their kind have, hold a %. */
const char *change_text(uint32_t id, const char *text)
{
    for (size_t i = 0; i < sizeof changes / sizeof *changes; i++) {
        const struct change *change = &changes[i];
        if (change->id == id && (change->reason == NULL ||
                                 strncmp(change->reason, text, strlen(change->reason)) == 0))
            return change->change;
    }
    return "a text in which this does not stand";
}

/* ---- grounds ---------------------------------------------------------------------------------------- */

enum { GROUND_LINES = 16 };

struct ground {
    const char *text;
    uint64_t lines[GROUND_LINES];
    size_t count;
};

static void add_line(struct ground *ground, uint64_t line)
{
    if (line != 0 && ground->count < GROUND_LINES)
        ground->lines[ground->count++] = line;
}

static void of_closed(const struct judging *judging, bool stands, struct ground *ground)
{
    const struct tsmp_run *run = judging->run;
    bool command = run->view.action == TSMP_WORD_COMMAND;
    for (int step = 0; step < CLOSE_COUNT; step++)
        add_line(ground, run->at[step]);
    if (run->view.interactive) {
        add_line(ground, run->view.first_line);
        add_line(ground, run->elapsed_line);
        ground->text = stands ? "the command's head was seen, and its statistics come to their end; cut before "
                                "either, it would be unknown"
                              : "it needs the command's head and the last line of its statistics";
    } else if (stands) {
        ground->text = command
                           ? "begin, object end, event line, sending results and results sent stand once each and "
                             "in order; without one of them, or with one twice, the run would be unknown"
                           : "begin, statistics, object end, event line, sending results and results sent stand once "
                             "each and in order; without one of them, or with one twice, the run would be unknown "
                             "or worse";
    } else {
        ground->text = judging->all.unsure && !run->disorder && run->at[CLOSE_SENT] != 0
                           ? "the lines that close the run are there, and another reason says why they can't be believed"
                           : "it needs begin, statistics, object end, event line, sending results and results sent, "
                             "each once and in order";
    }
}

static void of_volumes(const struct judging *judging, bool stands, struct ground *ground)
{
    const struct tsmp_run *run = judging->run;
    for (size_t i = 0; i < run->volumes.count; i++) {
        add_line(ground, run->volumes.items[i].begin_line);
        add_line(ground, run->volumes.items[i].end_line);
    }
    add_line(ground, run->finished_line);
    bool restore = run->view.action == TSMP_WORD_RESTORE || run->view.action == TSMP_WORD_RETRIEVE;
    if (restore)
        ground->text = stands ? "the line that says that the restore was finished; without it nothing is proven"
                              : "it needs the line that says that the restore was finished";
    else if (!judge_incremental(run))
        ground->text = stands ? "each volume that was asked for has its end line; without one of them the run would "
                                "be unknown"
                              : "it needs the end line of each volume that was asked for";
    else
        ground->text = stands ? "each volume that was begun or asked for has its begin line and then its end line; "
                                "without one of the end lines, or with a volume asked for that was not begun, the run "
                                "would be incomplete"
                              : "it needs, of each volume that was begun or asked for, the begin line and then the "
                                "end line, and the schedule's definition or a domain to know what was asked for";
}

static void of_summary(const struct judging *judging, bool stands, struct ground *ground)
{
    const struct tsmp_run *run = judging->run;
    for (size_t i = 0; i < run->statistic_count; i++)
        add_line(ground, run->statistics[i].line);
    ground->text = stands ? "the statistics are whole, and agree with each other, with the stamps and with the lines of "
                            "the run; without one of those that every run has, or with one that contradicts, the run "
                            "would be unknown"
                          : "it needs statistics that are whole, and agree with each other, with the stamps and with "
                            "the lines of the run";
}

static void ground_of(const struct judging *judging, uint32_t proof, bool stands, struct ground *ground)
{
    switch (proof) {
    case TSMP_PROOF_CLOSED: of_closed(judging, stands, ground); break;
    case TSMP_PROOF_VOLUMES: of_volumes(judging, stands, ground); break;
    case TSMP_PROOF_SUMMARY: of_summary(judging, stands, ground); break;
    case TSMP_PROOF_BASELINE:
        ground->text = stands ? "as many objects were inspected, and for as long, as by the earlier runs"
                              : "it needs enough earlier runs of this schedule that are proven (--history), and a "
                                "run like them";
        break;
    case TSMP_PROOF_CANARY:
        ground->text = stands ? "the server took each canary while this run went on"
                              : "it needs the answer for each canary that the server took it while this run went on";
        break;
    case TSMP_PROOF_FILESPACE:
        ground->text = stands ? "the server's last incremental date of each file space moved with this run"
                              : "it needs the server's file spaces behind the run's end, with dates that moved";
        break;
    case TSMP_PROOF_SERVER:
        ground->text = stands ? "the server has the event completed, and statistics that are those of this log"
                              : "it needs the server's event, completed, and its statistics of this run";
        break;
    default: ground->text = "this library does not know it"; break;
    }
}

static bool keep(struct judging *judging, uint32_t proof, bool stands, const struct ground *from)
{
    struct tsmp_verdict *verdict = judging->verdict;
    size_t length = strlen(from->text);
    char *text = memory_get(&verdict->allocator, length);
    uint64_t *lines = memory_get(&verdict->allocator, (from->count + 1) * sizeof *lines);
    if (text == NULL || lines == NULL) {
        memory_put(&verdict->allocator, text);
        memory_put(&verdict->allocator, lines);
        return false;
    }
    memcpy(text, from->text, length);
    memcpy(lines, from->lines, from->count * sizeof *lines);
    verdict->grounds[verdict->ground_count++] = (tsmp_ground){
        .proof = proof, .stands = stands, .asked = (asked_for(judging) & proof) != 0,
        .text = {text, length}, .lines = lines, .line_count = from->count};
    return true;
}

void say_grounds(struct judging *judging, uint32_t proof)
{
    struct tsmp_verdict *verdict = judging->verdict;
    uint32_t shown = proof | asked_for(judging);
    verdict->grounds = memory_get_zeroed(&verdict->allocator, CHAR_BIT * sizeof shown * sizeof *verdict->grounds);
    if (verdict->grounds == NULL) {
        judging->nomem = true;
        return;
    }
    for (uint32_t bit = 1; bit != 0 && !judging->nomem; bit <<= 1) {
        struct ground ground = {.count = 0};
        if ((shown & bit) == 0)
            continue;
        ground_of(judging, bit, (proof & bit) != 0, &ground);
        judging->nomem = !keep(judging, bit, (proof & bit) != 0, &ground);
    }
}
