/* SPDX-License-Identifier: BSD-2-Clause
 * What may befall a run, and what the judge must make of it when it sees nothing but a whole log. */
#include "run.h"

#include <tsmparse/runs.h>

#define COMPLETE (1u << TSMP_VERDICT_COMPLETE)
#define EXCEPTIONS (1u << TSMP_VERDICT_EXCEPTIONS)
#define INCOMPLETE (1u << TSMP_VERDICT_INCOMPLETE)
#define FAILED (1u << TSMP_VERDICT_FAILED)
#define RUNNING (1u << TSMP_VERDICT_RUNNING)
#define MISSED (1u << TSMP_VERDICT_MISSED)
#define UNKNOWN (1u << TSMP_VERDICT_UNKNOWN)

#define INC (1u << ACTION_INCREMENTAL)
#define SEL (1u << ACTION_SELECTIVE)
#define ARC (1u << ACTION_ARCHIVE)
#define IMG (1u << ACTION_IMAGE)
#define CMD (1u << ACTION_COMMAND)
#define MAC (1u << ACTION_MACRO)
#define ANY (INC | SEL | ARC | IMG | CMD | MAC)

static const struct shape_info shapes[SHAPE_COUNT] = {
    [SHAPE_GOOD] = {"good", TRUTH_COMPLETE, 0, COMPLETE, "", INC},
    [SHAPE_SELECTIVE] = {"selective", TRUTH_COMPLETE, 0, COMPLETE, "", SEL},
    [SHAPE_ARCHIVE] = {"archive", TRUTH_COMPLETE, 0, COMPLETE, "", ARC},
    [SHAPE_IMAGE] = {"image", TRUTH_COMPLETE, 0, COMPLETE, "", IMG},
    [SHAPE_COMMAND] = {"command", TRUTH_COMPLETE, 0, COMPLETE, "command_only", CMD},
    [SHAPE_JOURNAL] = {"journal", TRUTH_COMPLETE, 0, COMPLETE, "", INC},
    [SHAPE_SESSION_BACK] = {"session came back", TRUTH_COMPLETE, 0, COMPLETE, "", INC},
    [SHAPE_RETRIED] = {"second attempt", TRUTH_COMPLETE, 0, COMPLETE, "", INC},
    [SHAPE_WARNED] = {"harmless warning", TRUTH_COMPLETE, 0, COMPLETE, "", INC},
    [SHAPE_PRE_COMMAND] = {"command around", TRUTH_COMPLETE, 0, COMPLETE, "?side_command", INC},

    [SHAPE_MACRO] = {"macro", TRUTH_COMPLETE, 0, UNKNOWN, "action_unproven ?not_closed "
                     "?summary_missing", MAC},
    [SHAPE_BY_DATE] = {"incremental by date", TRUTH_COMPLETE, 0, UNKNOWN, "partial_by_options", INC},
    [SHAPE_FILTERED] = {"volume lines filtered", TRUTH_COMPLETE, 0, UNKNOWN, "E14 ?E08", INC},
    [SHAPE_UNSENT] = {"results not sent", TRUTH_COMPLETE, 0, UNKNOWN, "E15", INC | SEL},

    [SHAPE_OBJECTS_FAILED] = {"objects failed", TRUTH_EXCEPTIONS, SEEN_LOG, EXCEPTIONS,
                              "objects_not_stored", INC},
    [SHAPE_JOURNAL_DISAGREES] = {"journal disagrees", TRUTH_EXCEPTIONS, SEEN_LOG, EXCEPTIONS,
                                 "objects_not_stored E10", INC},

    [SHAPE_EARLY_QUIT] = {"early quit", TRUTH_INCOMPLETE, SEEN_LOG, INCOMPLETE, "E05 ?E02 ?E08", INC},
    [SHAPE_QUIT_BEFORE_FIRST] = {"quit before first volume", TRUTH_INCOMPLETE, SEEN_LOG, INCOMPLETE,
                                 "E07 E14 ?E08", INC},
    [SHAPE_OPEN_VOLUME] = {"volume without end", TRUTH_INCOMPLETE, SEEN_LOG, INCOMPLETE, "E02 ?E07",
                           INC},
    [SHAPE_NEVER_BEGUN] = {"volume never begun", TRUTH_INCOMPLETE, SEEN_LOG, INCOMPLETE, "E08", INC},
    [SHAPE_STOPPED] = {"walk stopped (ANS1999E)", TRUTH_INCOMPLETE, SEEN_LOG, INCOMPLETE, "E03 ?E07",
                       INC},
    [SHAPE_USER_ABORT] = {"user abort", TRUTH_INCOMPLETE, SEEN_LOG, INCOMPLETE, "E04 ?E02 ?E08 ?E07",
                          INC},
    [SHAPE_MEMORY_OUT] = {"memory out, Successful line", TRUTH_INCOMPLETE, SEEN_LOG, INCOMPLETE,
                          "E04 ?E07", INC},
    [SHAPE_NO_DOMAIN] = {"no domain", TRUTH_INCOMPLETE, SEEN_LOG, INCOMPLETE,
                         "E03 ?E07 ?E14 ?E08", INC},
    [SHAPE_NOT_READY] = {"file system not ready", TRUTH_INCOMPLETE, SEEN_LOG, INCOMPLETE,
                         "E03 ?E08 ?E07 ?E14", INC},
    [SHAPE_STORAGE_FULL] = {"storage full", TRUTH_INCOMPLETE, SEEN_LOG, INCOMPLETE, "E04 ?E02 ?E07",
                            INC},
    [SHAPE_SESSION_LOST] = {"session lost", TRUTH_INCOMPLETE, SEEN_LOG, INCOMPLETE, "E05 E13 ?E02 ?E08",
                            INC},
    [SHAPE_CRASH] = {"crash", TRUTH_INCOMPLETE, SEEN_LOG, INCOMPLETE, "E05 ?E02 ?E08", INC},
    [SHAPE_NOT_FOUND] = {"path not found", TRUTH_INCOMPLETE, SEEN_LOG, INCOMPLETE, "E03 ?E08 ?E14",
                         SEL | ARC},
    [SHAPE_NOT_DONE] = {"selection not done", TRUTH_INCOMPLETE, SEEN_LOG, UNKNOWN, "E08 ?E14", SEL | ARC},

    [SHAPE_UNMOUNTED] = {"unmounted, ALL-LOCAL", TRUTH_INCOMPLETE, 0, COMPLETE, "", INC},
    [SHAPE_WALK_CUT] = {"walk cut, perfect ending", TRUTH_INCOMPLETE, 0, COMPLETE, "", INC},
    [SHAPE_STALE] = {"stale file data", TRUTH_INCOMPLETE, 0, COMPLETE, "", INC},

    [SHAPE_FAILED] = {"event failed", TRUTH_FAILED, SEEN_LOG, FAILED, "reported_failure ?E02 ?E08 "
                      "?E07 ?summary_missing ?not_closed", INC},
    [SHAPE_CONFLICTED] = {"failed, yet complete", TRUTH_FAILED, SEEN_LOG, FAILED, "reported_failure",
                          INC},
    [SHAPE_COMMAND_FAILED] = {"command failed", TRUTH_FAILED, SEEN_LOG, FAILED, "E18", CMD},
    [SHAPE_COMMAND_ISSUED] = {"command only issued", TRUTH_FAILED, SEEN_LOG, FAILED,
                              "E18 ?forgeable", CMD}, /* the event line may be its output */

    [SHAPE_MISSED] = {"missed", TRUTH_MISSED, SEEN_LOG, MISSED, "E20", ANY},
    [SHAPE_DOWN] = {"scheduler down", TRUTH_MISSED, SEEN_LOG, MISSED, "E20", ANY},

    [SHAPE_RUNNING] = {"still running", TRUTH_RUNNING, SEEN_LOG, RUNNING, "not_closed", INC},
    [SHAPE_EXECUTING] = {"about to begin", TRUTH_RUNNING, SEEN_LOG, RUNNING, "not_closed", INC},
};

const struct shape_info *shape_info(enum shape shape)
{
    return &shapes[shape];
}

const char *truth_name(enum truth truth)
{
    static const char *const names[] = {"complete", "exceptions", "incomplete", "failed", "missed",
                                        "running"};
    return names[truth];
}

bool shape_fits(enum shape shape, const struct node *node, const struct schedule *schedule)
{
    bool named = schedule->asking == ASK_OBJECTS || schedule->asking == ASK_OPTION;
    if ((shapes[shape].actions & (1u << schedule->action)) == 0)
        return false;
    switch (shape) {
    case SHAPE_JOURNAL:
    case SHAPE_JOURNAL_DISAGREES: return node->journal;
    /* Where only the journal's entries are looked at, there is no walk to be cut. */
    case SHAPE_GOOD:
    case SHAPE_WALK_CUT:
    case SHAPE_STALE: return !node->journal;
    case SHAPE_NEVER_BEGUN: return named && node->volume_count > 1;
    case SHAPE_UNMOUNTED: return !named && node->volume_count > 1;
    default: return true;
    }
}
