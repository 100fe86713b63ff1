/* SPDX-License-Identifier: BSD-2-Clause
 * What was noticed while the run was read: messages, and lines that can't be believed. */
#include "judge.h"

#include "message_class.h"

#include <string.h>

static tsmp_text code_text(const char *code)
{
    return (tsmp_text){code, strlen(code)};
}

/* Does it stand against a success, or is it only how a failure that is told came about? */
static void lower(struct judging *judging)
{
    if (judging->run->view.claim != TSMP_CLAIM_FAILURE)
        judging->incomplete = true;
}

static void left_out(struct judging *judging, const struct finding *f)
{
    tsmp_text arguments[] = {text_of_string(&f->name), code_text(f->code)};
    bool path = memcmp(f->code, "ANS1076", 7) == 0 || memcmp(f->code, "ANS1092", 7) == 0;
    if (memcmp(f->code, "ANS1999", 7) == 0 && f->name.length > 0)
        reason(judging, f->id, 5, "the walk of volume '%' was stopped (%)", arguments, f->line, 0);
    else if (f->name.length > 0)
        reason(judging, f->id, 5, path ? "'%' was asked for and not found (%)"
                                       : "'%' was left out (%)", arguments, f->line, 0);
    else
        reason(judging, f->id, 5, path ? "what was asked for was not found (%)"
                                       : "a file system was left out (%)", arguments + 1,
               f->line, 0);
    lower(judging);
}

static void aborted(struct judging *judging, const struct finding *f)
{
    tsmp_text arguments[] = {code_text(f->code)};
    reason(judging, f->id, 5, message_refuses(f->code)
               ? "message % says that a session with the server was refused or ended"
               : "message % says that the client was stopped or gave up", arguments, f->line, 0);
    lower(judging);
}

static void not_stored(struct judging *judging, const struct finding *f)
{
    tsmp_text arguments[] = {text_of_string(&f->name), code_text(f->code), code_text(f->code2)};
    bool object = message_class(f->code) == MESSAGE_OBJECT;
    judging->exceptions = true;
    judging->named += object;
    if (!object)
        reason_named(judging, f->id, 2, "an error was reported that may concern objects (%)",
                     arguments[1], f->line, 0);
    else if (f->name.length == 0)
        reason_named(judging, f->id, 2, "an object was not stored (%)", arguments[1], f->line, 0);
    else if (f->line2 != 0)
        reason(judging, f->id, 2, "object '%' was not stored (%, %)", arguments, f->line, f->line2);
    else
        reason(judging, f->id, 2, "object '%' was not stored (%)", arguments, f->line, 0);
}

static void weigh_doubt(struct judging *judging, const struct finding *f)
{
    const struct tsmp_run *run = judging->run;
    tsmp_text name = text_of_string(&f->name);
    judging->unsure = true;
    switch (f->id) {
    case TSMP_EVIDENCE_E16:
        reason_named(judging, f->id, 3, "a closing line for '%' has no begin record of the same "
                     "name and time", name, f->line, 0);
        break;
    case TSMP_EVIDENCE_E17:
        reason_plain(judging, f->id, 3, "two schedulers write into this log, or a mark is doubled: "
                     "whose lines these are can't be told", f->line, run->at[CLOSE_BEGIN]);
        break;
    case TSMP_EVIDENCE_HEAD_MISSING:
        reason_plain(judging, f->id, 0, "the text begins inside this run", f->line, 0);
        break;
    case TSMP_EVIDENCE_FOREIGN:
        reason_plain(judging, f->id, 3, "this block is not printed as the client prints it, so it "
                     "is not the client's", f->line, 0);
        break;
    case TSMP_EVIDENCE_PARTIAL_BY_OPTIONS:
        reason_named(judging, f->id, 1, "of volume '%' the client looked only at what a list or a date named, so "
                     "that it looked at every object is not proven", name, f->line, 0);
        break;
    case TSMP_EVIDENCE_ACTION_UNPROVEN:
        reason_named(judging, f->id, 0, "what the client prints of a virtual machine, as '%', is not known well "
                     "enough to prove that it was stored", name, f->line, 0);
        break;
    case TSMP_EVIDENCE_LANGUAGE:
        reason_plain(judging, f->id, 0, "lines of this run are in a language that is not known, so what "
                     "they say is not weighed", f->line, 0);
        break;
    case TSMP_EVIDENCE_LIMIT:
        reason_plain(judging, f->id, 0, "a limit was passed, so not everything was looked at",
                     f->line, 0);
        break;
    default:
        if (f->name.length > 0)
            reason_named(judging, TSMP_EVIDENCE_FORGEABLE, 3, "volume '%' is begun or ended twice: "
                         "a name or a command's output may have printed that line", name, f->line, 0);
        else
            reason_plain(judging, TSMP_EVIDENCE_FORGEABLE, 3, "a line stands where the client does "
                         "not print it: a name or a command's output may have printed it", f->line,
                         0);
    }
}

static void weigh_left_out(struct judging *judging)
{
    const struct tsmp_run *run = judging->run;
    char buffer[NUMBER_TEXT];
    if (run->weak_left_out > 0) {
        judging->exceptions = true;
        reason_named(judging, TSMP_EVIDENCE_LIMIT, 0, "% more messages about objects were counted "
                     "and are not shown", number_text((int64_t)run->weak_left_out, buffer), 0, 0);
        settle(judging);
    }
    if (run->strong_left_out > 0) {
        judging->unsure = true;
        reason_named(judging, TSMP_EVIDENCE_LIMIT, 0, "% more findings were counted and are not "
                     "kept, so not everything was weighed",
                     number_text((int64_t)run->strong_left_out, buffer), 0, 0);
    }
}

void weigh_findings(struct judging *judging)
{
    const struct tsmp_run *run = judging->run;
    bool recovered = judge_block_closed(run);
    for (size_t i = 0; i < run->finding_count; i++) {
        const struct finding *f = &run->findings[i];
        if (waived(judging, f))
            continue;
        switch (f->id) {
        case TSMP_EVIDENCE_OBJECTS_NOT_STORED: not_stored(judging, f); break;
        case TSMP_EVIDENCE_E03: left_out(judging, f); break;
        case TSMP_EVIDENCE_E04: aborted(judging, f); break;
        case TSMP_EVIDENCE_E13:
            /* Normal for the session of the walk while much is sent; it comes back. */
            if (!recovered)
                reason_named(judging, f->id, 1, "the session was lost (%), and no statistics "
                             "follow", code_text(f->code), f->line, 0);
            break;
        case TSMP_EVIDENCE_SIDE_COMMAND:
            reason_named(judging, f->id, 2, "a command before or after the backup itself ended "
                         "with return code %", text_of_string(&f->name), f->line, 0);
            break;
        case TSMP_EVIDENCE_INTERRUPTED:
            reason_plain(judging, f->id, 5, "the text says that the command was interrupted",
                         f->line, 0);
            lower(judging);
            break;
        default: weigh_doubt(judging, f);
        }
        settle(judging);
    }
    weigh_left_out(judging);
    settle(judging);
    waivers_say(judging);
    settle(judging);
}
