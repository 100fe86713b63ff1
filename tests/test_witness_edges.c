/* SPDX-License-Identifier: BSD-2-Clause
 * Where the limits lie of what the server says: times on its clock, and its counts, each through its
 * range. The good night of LAPWING runs from 20:34:10 to 20:34:51 (nights.h). */
#include "answers.h"
#include "said.h"
#include "sweep.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#define EVENT_OF(scheduled, actual, completed, status) ROW("LAPWING", "HEATH_INC", scheduled, actual, completed, status)
#define AT "02/17/2031 "
#define FINE "Completed,0,-"
#define STATISTICS_AT(time) TOTALS(time, "LAPWING", "168", "1,204")
#define LATER "02/17/2031 23:30:00\tANR0403I Session 190 ended for node RUFF (AIX). (SESSION: 190)\n"
#define FAILED "20:34:51 Scheduled event 'HEATH_INC' completed successfully."
#define SAYS_FAILED {FAILED, "20:34:51 ANS1512E Scheduled event 'HEATH_INC' failed.  Return code = 12."}

#define WARNED(day, result) ROW("LAPWING", "HEATH_INC", "02/" day "/2031 20:30:00", "02/" day "/2031 20:34:10", "02/" day "/2031 20:34:52", "Completed," result ",-")
/* One night stands 396 times in one answer, and three before it: with this one 400 rows. */
#define FOUR(row) row row row row
#define SIXTEEN(row) FOUR(FOUR(row))
#define NIGHT_16 WARNED("16", "4")
#define WARNED_ROWS WARNED("13", "4") WARNED("14", "4") WARNED("15", "4") SIXTEEN(SIXTEEN(NIGHT_16)) \
    SIXTEEN(FOUR(NIGHT_16 NIGHT_16)) FOUR(NIGHT_16) FOUR(NIGHT_16) FOUR(NIGHT_16)

static void events(void **state)
{
    (void)state;
    static const struct sweep sweeps[] = {
        {"scheduled", 73480, 74120, AS_CLOCK, .server = {EVENT_OF(AT "@", AT "20:34:10", AT "20:34:52", FINE), LOG(GOOD)}, .proofs = ALL_FOUR},
        {"scheduled, by a clock that is two hours ahead", 80690, 81310, AS_CLOCK, .skew = 7200,
         .server = {EVENT_OF(AT "@", AT "22:34:10", AT "22:34:52", FINE), LOG(STATISTICS_AT(AT "22:34:51") LATER)}, .proofs = ALL_FOUR},
        {"two events, and which is nearer", 73750, 73850, AS_CLOCK,
         .server = {EVENT_OF(AT "@", AT "20:34:10", AT "20:34:52", "Failed,12,-") EVENT_OF(AT "20:30:03", AT "20:34:10", AT "20:34:52", FINE), LOG(GOOD)}},
        {"begun", 73740, 74400, AS_CLOCK, .server = {EVENT_OF(AT "20:30:00", AT "@", AT "20:45:00", FINE), LOG(STATISTICS_AT(AT "20:29:00"))}, .proofs = ALL_FOUR},
        {"ended", 73800, 74400, AS_CLOCK, .server = {EVENT_OF(AT "20:30:00", AT "20:30:10", AT "@", FINE), LOG(STATISTICS_AT(AT "20:39:00"))}, .proofs = ALL_FOUR},
        {"begun, without an end", 73700, 74500, AS_CLOCK, .server = {EVENT_OF(AT "20:30:00", AT "@", "", FINE), LOG(GOOD)}, .proofs = ALL_FOUR},
        {"begun, without an end, and all in one second", 73700, 74500, AS_CLOCK,
         .edits = {{"*20:34:51", "20:34:10"}, {"*20:34:20", "20:34:10"}, {"00:00:41", "00:00:00"}},
         .server = {EVENT_OF(AT "20:30:00", AT "@", "", FINE), LOG(TOTALS_WITH(AT "20:34:10", "LAPWING", "168", "1,204", "3", "0", "11.20 KB", "00:00:00"))},
         .proofs = ALL_FOUR},
        {"ended, without a begin", 73700, 74500, AS_CLOCK, .server = {EVENT_OF(AT "20:30:00", "", AT "@", FINE), LOG(GOOD)}, .proofs = ALL_FOUR},
        {"the statistics' time", 73700, 74500, AS_CLOCK, .server = {DONE, LOG(STATISTICS_AT(AT "@"))}, .proofs = ALL_FOUR},
        {"the result", 0, 13, AS_NUMBER, .server = {OWN("Completed,@,-"), LOG(GOOD)}, .proofs = ALL_FOUR},
        {"the result of a failure", 0, 13, AS_NUMBER, .server = {OWN("Failed,@,-"), LOG(GOOD)}, .proofs = ALL_FOUR},
        {"the result of a failure, and nothing agrees", 0, 13, AS_NUMBER, .server = {OWN("Failed,@,-"), LOG("")}},
        {"a failure that both tell", 0, 1, AS_NUMBER, .edits = {SAYS_FAILED}, .server = {OWN("Failed,12,-"), LOG(GOOD)}},
        {"a failure that both tell, and nothing agrees", 0, 1, AS_NUMBER, .edits = {SAYS_FAILED}, .server = {OWN("Failed,12,-"), LOG("")}},
        {"a failure that both tell, of half a night", 0, 1, AS_NUMBER, .edits = {SAYS_FAILED, {END_HEATH(D17), ""}},
         .server = {OWN("Failed,12,-"), LOG(GOOD)}},
        {"a command", 0, 9, AS_NUMBER, .edits = {{"Action:                Incremental", "Action:                Command"}},
         .server = {OWN("Completed,@,-")}, .proofs = TSMP_PROOF_CLOSED | TSMP_PROOF_SERVER},
        {"a macro", 0, 0, AS_NUMBER, .edits = {{"Action:                Incremental", "Action:                Macro"}},
         .server = {OWN("Completed,@,-")}, .proofs = ALL_FOUR},
        {"an action that nobody knows", 0, 0, AS_NUMBER, .edits = {{"Action:                Incremental", "Action:                Deploy"}},
         .server = {OWN("Completed,@,-")}, .proofs = ALL_FOUR},
        {"severed", 0, 0, AS_NUMBER, .server = {OWN("Severed,,-"), LOG(GOOD)}},
        {"missed", 0, 0, AS_NUMBER, .server = {OWN("Missed,,-"), LOG(GOOD)}},
        {"uncertain", 0, 0, AS_NUMBER, .server = {OWN("Uncertain,,-"), LOG(GOOD)}, .proofs = ALL_FOUR},
        {"statistics by a clock that is two hours ahead, without an event", 80700, 81500, AS_CLOCK, .skew = 7200,
         .server = {LOG(STATISTICS_AT(AT "@") LATER)}, .proofs = ALL_FOUR},
        {"a broken log by a clock that is an hour ahead", 77400, 78300, AS_CLOCK, .skew = 3600, .server = {LOG(
         AT "@\tANE4007E (Session: 150, Node: LAPWING)  Error processing '/heath/x\nsomething else\n")}},
        {"logged by a clock that is an hour ahead", 77300, 78300, AS_CLOCK, .skew = 3600, .server = {LOG(
         AT "@\tANR2507I Schedule HEATH_INC for domain MOOR started at 02/17/2031 21:34:10 for node LAPWING completed "
         "successfully at 02/17/2031 @. (SESSION: 168)\n")}},
        {"logged", 73700, 74600, AS_CLOCK, .server = {LOG(
         AT "@\tANR2507I Schedule HEATH_INC for domain MOOR started at 02/17/2031 20:34:10 for node LAPWING completed "
         "successfully at 02/17/2031 @. (SESSION: 168)\n")}},
        {"logged as failed, and as good", 74000, 74200, AS_CLOCK, .server = {LOG(
         AT "@\tANR2507I Schedule HEATH_INC for domain MOOR started at 02/17/2031 20:34:10 for node LAPWING completed "
         "successfully at 02/17/2031 @. (SESSION: 168)\n"
         AT "20:36:00\tANR2579E Schedule HEATH_INC in domain MOOR for node LAPWING failed (return code 12). (SESSION: 168)\n")}},
        {"hours that it hangs", 74000, 74200, AS_CLOCK, .server = {EVENT_OF(AT "20:30:00", "02/18/2031 @", "", "Started,,")
         ROW("RUFF", "HEATH_INC", "02/19/2031 20:30:00", "02/19/2031 20:31:00", "02/19/2031 20:35:00", FINE)}},
        {"minutes that it may take", 74000, 74200, AS_CLOCK, .fresh = 600, .server = {EVENT_OF(AT "20:30:00", "02/19/2031 @", "", "In Progress,,")
         ROW("RUFF", "HEATH_INC", "02/19/2031 20:30:00", "02/19/2031 20:31:00", "02/19/2031 20:45:00", FINE)}},
        {"two failures in one answer", 1, 3, AS_NUMBER, .server = {OWN("Failed,2,-") OWN("Failed,@,-"), LOG(GOOD)}},
        {"two completions in one answer", 3, 5, AS_NUMBER, .server = {OWN("Completed,4,-") OWN("Completed,@,-"), LOG(GOOD)}, .proofs = ALL_FOUR},
        {"a failure and a completion in one answer", 0, 1, AS_NUMBER, .server = {OWN("Completed,0,-") OWN("Failed,@,-"), LOG(GOOD)}},
        {"a completion and a failure in one answer", 0, 1, AS_NUMBER, .server = {OWN("Failed,@,-") OWN("Completed,0,-"), LOG(GOOD)}},
        {"two answers, the later fails", 0, 1, AS_NUMBER, .server = {OWN("Completed,0,-"), OWN("Failed,@,-"), LOG(GOOD)}},
        {"two answers, the later is good", 0, 1, AS_NUMBER, .server = {OWN("Failed,@,-"), OWN("Completed,0,-"), LOG(GOOD)}},
        {"without a result", 0, 0, AS_NUMBER, .server = {OWN("Completed,,-"), LOG(GOOD)}, .proofs = ALL_FOUR},
        {"a command without a result", 0, 0, AS_NUMBER, .edits = {{"Action:                Incremental", "Action:                Command"}},
         .server = {OWN("Completed,,-")}, .proofs = TSMP_PROOF_CLOSED | TSMP_PROOF_SERVER},
        {"open, and when it began is not told", 0, 0, AS_NUMBER, .server = {EVENT_OF(AT "20:30:00", "", "", "Started,,") OTHERS}, .proofs = ALL_FOUR},
        {"ended, and the log has no times", 0, 0, AS_NUMBER, .edits = {{"*" D17 "20:3", "99/99/2031 20:3"}, {"*99/99/2031 20:30:00", D17 "20:30:00"}},
         .server = {EVENT_OF(AT "20:30:00", "", AT "20:34:52", FINE), LOG(GOOD)}, .proofs = ALL_FOUR},
        {"a skew, and the log has no times", 0, 0, AS_NUMBER, .edits = {{"*" D17 "20:3", "99/99/2031 20:3"}}, .skew = 60, .server = {LOG(GOOD)}, .proofs = ALL_FOUR},
        {"four hundred rows", 0, 0, AS_NUMBER, .server = {WARNED_ROWS OWN("Completed,4,-"), LOG(GOOD)}},
        {"one more", 0, 0, AS_NUMBER, .server = {WARNED_ROWS NIGHT_16 OWN("Completed,4,-"), LOG(GOOD)}},
        {"logged as missed", 73700, 74600, AS_CLOCK, .server = {LOG(
         AT "@\tANR2578W Schedule HEATH_INC in domain MOOR for node LAPWING has missed its scheduled start up window.\n")}},
        {"logged as failed by a name, and as good", 74000, 74200, AS_CLOCK, .server = {LOG(NAME_BEGINS
         AT "@\tANR2579E Schedule HEATH_INC in domain MOOR for node LAPWING failed (return code 12). (SESSION: 168)\n" NAME_ENDS
         AT "20:34:52\tANR2507I Schedule HEATH_INC for domain MOOR started at 02/17/2031 20:34:10 for node LAPWING completed "
         "successfully at 02/17/2031 20:34:52. (SESSION: 168)\n")}},
        {"logged as good by a name, and as failed", 74000, 74200, AS_CLOCK, .server = {LOG(NAME_BEGINS
         AT "@\tANR2507I Schedule HEATH_INC for domain MOOR started at 02/17/2031 20:34:10 for node LAPWING completed "
         "successfully at 02/17/2031 @. (SESSION: 168)\n" NAME_ENDS
         AT "20:34:52\tANR2579E Schedule HEATH_INC in domain MOOR for node LAPWING failed (return code 12). (SESSION: 168)\n")}},
        {"logged as failed by a name, and as failed", 74000, 74200, AS_CLOCK, .server = {LOG(NAME_BEGINS
         AT "@\tANR2579E Schedule HEATH_INC in domain MOOR for node LAPWING failed (return code 11). (SESSION: 168)\n" NAME_ENDS
         AT "20:34:52\tANR2579E Schedule HEATH_INC in domain MOOR for node LAPWING failed (return code 12). (SESSION: 168)\n")}},
        {"two failures by a name", 74080, 74100, AS_CLOCK, .server = {LOG(NAME_BEGINS
         AT "@\tANR2579E Schedule HEATH_INC in domain MOOR for node LAPWING failed (return code 11). (SESSION: 168)\n"
         AT "20:34:52\tANR2579E Schedule HEATH_INC in domain MOOR for node LAPWING failed (return code 12). (SESSION: 168)\n" NAME_ENDS)}},
        {"a skew alone", 0, 0, AS_NUMBER, .skew = 600, .server = {LOG(STATISTICS_AT(AT "20:44:51"))}, .proofs = ALL_FOUR},
    };
    SWEEP(sweeps);
}

#define SIDE {D17 "20:34:10 Incremental backup of volume '/'\n", D17 "20:34:10 Executing Operating System command or script:\n   /opt/dump\n" \
    D17 "20:34:10 Finished command.  Return code is: @\n" D17 "20:34:10 Incremental backup of volume '/'\n"}

static void nights_before(void **state)
{
    (void)state;
    static const struct sweep sweeps[] = {
        {"the fifth night's result", 0, 13, AS_NUMBER, .server = {WARNED("13", "@") WARNED("14", "8") WARNED("15", "4") WARNED("16", "8") WARNED("17", "4"), LOG(GOOD)}},
        {"this night's result", 0, 13, AS_NUMBER, .server = {WARNED("13", "4") WARNED("14", "8") WARNED("15", "4") WARNED("16", "8") WARNED("17", "@"), LOG(GOOD)}},
        {"one night stands twice", 3, 5, AS_NUMBER, .server = {WARNED("14", "8") WARNED("15", "@") WARNED("15", "4") WARNED("16", "8") WARNED("17", "4"), LOG(GOOD)}},
        {"a command that failed explains it", 0, 3, AS_NUMBER, .edits = {SIDE},
         .server = {WARNED("13", "4") WARNED("14", "8") WARNED("15", "4") WARNED("16", "8") WARNED("17", "4"), LOG(GOOD)}},
        {"a warning, and a command that failed behind it explains it", 0, 3, AS_NUMBER, .edits = {SIDE,
         {D17 "20:34:10 Executing Operating", D17 "20:34:10 ANS1809W A session with the server has been disconnected.\n" D17 "20:34:10 Executing Operating"}},
         .server = {WARNED("13", "4") WARNED("14", "8") WARNED("15", "4") WARNED("16", "8") WARNED("17", "4"), LOG(GOOD)}},
        {"a command that failed behind a warning explains it", 0, 3, AS_NUMBER, .edits = {SIDE,
         {"Incremental backup of volume '/'\n", "Incremental backup of volume '/'\n" D17 "20:34:11 ANS1809W A session with the server has been disconnected.\n"}},
         .server = {WARNED("13", "4") WARNED("14", "8") WARNED("15", "4") WARNED("16", "8") WARNED("17", "4"), LOG(GOOD)}},
    };
    SWEEP(sweeps);
}

#define ASKED_AT(time) CLIENT(time) SERVER("LAPWING", time)

/* Sentences name times of the server's: dates of each month, and of a leap year. */
static void dates(void **state)
{
    (void)state;
    static const struct sweep sweeps[] = {
        {"a volume's date in January", 0, 0, AS_NUMBER, .server = {ASKED ROOT HEATH("2031-01-01 00:00:00")}},
        {"a volume's date in leap years", 0, 0, AS_NUMBER, .server = {ASKED ROOT HEATH("2028-02-29 23:59:59")}},
        {"a volume's date at the end of a year", 0, 0, AS_NUMBER, .server = {ASKED ROOT HEATH("2030-12-31 09:08:07")}},
        {"a volume's date in March", 0, 0, AS_NUMBER, .server = {ASKED ROOT HEATH("2030-03-01 10:20:30")}},
        {"a volume's date in October", 0, 0, AS_NUMBER, .server = {ASKED ROOT HEATH("2030-10-10 10:10:10")}},
        {"a volume's date in November", 0, 0, AS_NUMBER, .server = {ASKED ROOT HEATH("2029-11-30 00:10:00")}},
        {"a volume's date long ago", 0, 0, AS_NUMBER, .server = {ASKED ROOT HEATH("1999-12-31 23:59:59")}},
        {"a volume's date in 2000", 0, 0, AS_NUMBER, .server = {ASKED ROOT HEATH("2000-02-29 12:00:00")}},
    };
    SWEEP(sweeps);
}

static void filespaces(void **state)
{
    (void)state;
    static const struct sweep sweeps[] = {
        {"a volume's date", 70300, 74800, AS_CLOCK, .server = {ASKED ROOT HEATH("2031-02-17 @")}, .proofs = SPACES},
        {"asked", 74000, 74500, AS_CLOCK, .proofs = SPACES,
         .server = {ASKED_AT("2031-02-17 @") HEAD ROOT HEATH("2031-02-17 20:34:50")}},
        {"asked, and still", 74000, 74500, AS_CLOCK, .proofs = SPACES,
         .server = {ASKED_AT("2031-02-17 @") HEAD ROOT HEATH("2031-02-16 20:34:50")}},
        {"a date between unknown zones", 74000, 74500, AS_CLOCK, .proofs = SPACES,
         .server = {SERVER("LAPWING", "2031-02-18 03:00:00") HEAD ROOT HEATH("2031-02-17 @")}},
        {"a date between unknown zones, in the morning", 20000, 25000, AS_CLOCK, .proofs = SPACES,
         .server = {SERVER("LAPWING", "2031-02-18 23:00:00") HEAD ROOT HEATH("2031-02-17 @")}},
        {"a date between unknown zones, next day", 37900, 38300, AS_CLOCK, .proofs = SPACES,
         .server = {SERVER("LAPWING", "2031-02-19 23:00:00") HEAD ROOT HEATH("2031-02-18 @")}},
        {"a date by an event's clock", 73700, 74500, AS_CLOCK, .proofs = SPACES,
         .server = {DONE, ASKED ROOT HEATH("2031-02-17 @")}},
        {"without times", 0, 0, AS_CLOCK, .proofs = SPACES, .edits = {{"*" D17, "99/99/2031 "}},
         .server = {ASKED ROOT HEATH("2031-02-16 20:34:50")}},
        {"without times, and no date at all", 0, 0, AS_CLOCK, .proofs = SPACES, .edits = {{"*" D17, "99/99/2031 "}},
         .server = {ASKED ROOT "  1     00/00/0   00:00:00      XFS     /heath\n"}},
        {"a part is asked for", 0, 0, AS_CLOCK, .edits = {{"Objects:               ", "Objects:               /heath/sub/*"}},
         .server = {ASKED ROOT HEATH("2031-02-16 20:34:50")}},
        {"a part is asked for in quotes", 0, 0, AS_CLOCK, .edits = {{"Objects:               ", "Objects:               \"/heath/\" '/'"}},
         .server = {ASKED ROOT HEATH("2031-02-16 20:34:50")}},
        {"the whole is asked for", 0, 0, AS_CLOCK, .edits = {{"Objects:               ", "Objects:               /heath /"}},
         .server = {ASKED ROOT HEATH("2031-02-16 20:34:50")}},
        {"two are asked for, the other in part", 0, 0, AS_CLOCK, .edits = {{"Objects:               ", "Objects:               / \"/heath/\""}},
         .server = {ASKED SPACE("2031-02-16 20:34:51", "EXT4", "/") HEATH("2031-02-16 20:34:50")}},
        {"an option leaves objects out", 0, 0, AS_CLOCK, .edits = {{"-verbose", "-incrbydate"}},
         .server = {ASKED ROOT HEATH("2031-02-16 20:34:50")}},
        {"no definition", 0, 0, AS_CLOCK, .edits = {{"Schedule Name:", "Schedule  Nam:"}},
         .server = {ASKED ROOT HEATH("2031-02-16 20:34:50")}},
#define UNDATED(type, name) "  1     00/00/0   00:00:00      " type "     " name "\n"
        {"no date at all", 0, 0, AS_CLOCK, .server = {ASKED ROOT UNDATED("XFS", "/heath")}, .proofs = SPACES},
        {"no date of any", 0, 0, AS_CLOCK, .server = {HEAD UNDATED("EXT4", "/") UNDATED("XFS", "/heath")}, .proofs = SPACES},
        {"a date, and none for the same name", 0, 0, AS_CLOCK, .server = {ASKED ROOT HEATH("2031-02-17 20:34:50") UNDATED("XFS", "/heath")}, .proofs = SPACES},
        {"none, and a date for the same name", 0, 0, AS_CLOCK, .server = {ASKED ROOT UNDATED("XFS", "/heath") HEATH("2031-02-17 20:34:50")}, .proofs = SPACES},
        {"two dates of one name", 74000, 74200, AS_CLOCK, .server = {ASKED ROOT HEATH("2031-02-17 20:34:50") HEATH("2031-02-17 @")}, .proofs = SPACES},
        {"two dates of one name, the other way", 74000, 74200, AS_CLOCK, .server = {ASKED ROOT HEATH("2031-02-17 @") HEATH("2031-02-17 20:34:50")}, .proofs = SPACES},
        {"an older date of one name", 74000, 74200, AS_CLOCK, .server = {ASKED ROOT HEATH("2031-02-16 20:34:50") HEATH("2031-02-17 @")}, .proofs = SPACES},
        {"the root is asked for", 0, 0, AS_CLOCK, .edits = {{"Objects:               ", "Objects:               '/' '/heath'"}},
         .server = {ASKED SPACE("2031-02-16 20:34:51", "EXT4", "/") HEATH("2031-02-17 20:34:50")}},
        {"of a program's own spaces", 0, 0, AS_CLOCK, .server = {ASKED ROOT SPACE("2031-02-16 20:34:50", "API:X", "/heath")}, .proofs = SPACES},
#define LISTED(node, name, end) "     NODE_NAME: " node "\nFILESPACE_NAME: " name "\nFILESPACE_TYPE: XFS\n    BACKUP_END: " end "\n\n"
#define LIST(end) LISTED("LAPWING", "/", "2031-02-17 20:34:51.000000") LISTED("LAPWING", "/heath", end) LISTED("RUFF", "/heath", "2031-02-18 20:34:51.000000")
        {"a list of dates", 73700, 74500, AS_CLOCK, .server = {LIST("2031-02-17 @.000000")}, .proofs = SPACES},
        {"a list, and no date", 0, 0, AS_CLOCK, .server = {LIST("")}, .proofs = SPACES},
        {"a list, and what is no date", 0, 0, AS_CLOCK, .server = {LIST("2031-02-17 20:34:50 of old")}, .proofs = SPACES},
        {"a list, and a date of two kinds", 0, 0, AS_CLOCK, .server = {LIST("02/03/2031 20:34:50")}, .proofs = SPACES},
        {"a list without names", 0, 0, AS_CLOCK, .server = {LISTED("LAPWING", "", "2031-02-16 20:34:50.000000") LIST("2031-02-17 20:34:50.000000")}, .proofs = SPACES},
        {"a client's list without its last newline", 0, 0, AS_CLOCK, .server = {ASKED ROOT "  1     2031-02-16 20:34:50     XFS     /heath"}, .proofs = SPACES},
        {"whose log it is can't be told, and one file space", 0, 0, AS_CLOCK, .edits = {{"Node Name: LAPWING", "Node Name:"}},
         .server = {ASKED HEATH("2031-02-17 20:34:50")}},
        {"only one of two", 0, 0, AS_CLOCK, .server = {ASKED ROOT}, .proofs = SPACES},
    };
    SWEEP(sweeps);
}

static void logs(void **state)
{
    (void)state;
    static const struct sweep sweeps[] = {
        {"the log begins", 73700, 74500, AS_CLOCK, .server = {DONE, AT "@\tANR0406I Session 100 started for node RUFF (AIX) (Tcp/Ip 192.0.2.4(40000)). (SESSION: 100)\n"
         TOTALS(AT "21:32:00", "RUFF", "190", "77,001") CLOSED}},
        {"the log ends", 73700, 74500, AS_CLOCK, .server = {DONE, OPENED TOTALS(AT "19:32:00", "RUFF", "190", "77,001")
         AT "@\tANR0403I Session 190 ended for node RUFF (AIX). (SESSION: 190)\n"}},
        {"bytes that the server counts, KB", 0, 30, AS_NUMBER, .server = {DONE, LOG(
         TOTALS_WITH(AT "20:34:51", "LAPWING", "168", "1,204", "3", "0", "@.30 KB", "00:00:41"))}},
        {"bytes that the server counts", 10000, 13000, AS_NUMBER, .server = {DONE, LOG(
         TOTALS_WITH(AT "20:34:51", "LAPWING", "168", "1,204", "3", "0", "@  B", "00:00:41"))}},
        {"the time that the server counts", 0, 90, AS_CLOCK, .server = {DONE, LOG(
         TOTALS_WITH(AT "20:34:51", "LAPWING", "168", "1,204", "3", "0", "11.20 KB", "@"))}},
        {"what the server counts as failed", 0, 2, AS_NUMBER, .server = {DONE, LOG(
         TOTALS_WITH(AT "20:34:51", "LAPWING", "168", "1,204", "3", "@", "11.20 KB", "00:00:41"))}},
        {"what the server counts as stored", 2, 4, AS_NUMBER, .server = {DONE, LOG(
         TOTALS_WITH(AT "20:34:51", "LAPWING", "168", "1,204", "@", "0", "11.20 KB", "00:00:41"))}},
        {"objects failed, and no more", 0, 1, AS_NUMBER, .server = {DONE, LOG(
         LOGGED(AT "20:34:51", "ANE4959I", "LAPWING", "168", "Total number of objects failed: @"))}, .proofs = ALL_FOUR},
        {"objects inspected, and no more", 1203, 1205, AS_NUMBER, .server = {DONE, LOG(
         LOGGED(AT "20:34:51", "ANE4952I", "LAPWING", "168", "Total number of objects inspected: @"))}, .proofs = ALL_FOUR},
        {"objects inspected and failed, and no more", 1203, 1205, AS_NUMBER, .server = {DONE, LOG(
         LOGGED(AT "20:34:51", "ANE4952I", "LAPWING", "168", "Total number of objects inspected: @")
         LOGGED(AT "20:34:51", "ANE4959I", "LAPWING", "168", "Total number of objects failed: 0"))}, .proofs = ALL_FOUR},
#define NAMELESS(code, text) AT "20:34:51\t" code " " text " (SESSION: 168)\n"
#define OWNED AT "20:34:12\tANR0406I Session 168 started for node LAPWING (Linux x86-64) (Tcp/Ip 192.0.2.5(40001)). (SESSION: 168)\n"
        {"half of a set does not name its node", 2, 4, AS_NUMBER, .server = {DONE, LOG(OWNED
         LOGGED(AT "20:34:51", "ANE4952I", "LAPWING", "168", "Total number of objects inspected: 1,204")
         NAMELESS("ANE4954I", "Total number of objects backed up: @") NAMELESS("ANE4959I", "Total number of objects failed: 0"))}, .proofs = ALL_FOUR},
        {"both halves tell what was inspected", 1203, 1205, AS_NUMBER, .server = {DONE, LOG(OWNED GOOD
         NAMELESS("ANE4952I", "Total number of objects inspected: @"))}, .proofs = ALL_FOUR},
        {"both halves, and how long it took", 40, 42, AS_NUMBER, .server = {DONE, LOG(OWNED GOOD
         NAMELESS("ANE4952I", "Total number of objects inspected: 1,204") NAMELESS("ANE4964I", "Elapsed processing time: 00:00:@"))}, .proofs = ALL_FOUR},
        {"a message is like one that counts", 2701, 2703, AS_NUMBER, .server = {DONE, LOG(
         AT "20:34:20\tANR@W Session 151 for node LAPWING (Linux x86-64) something. (SESSION: 151)\n" GOOD)}},
        {"two sets that differ", 1203, 1205, AS_NUMBER, .server = {DONE, LOG(
         TOTALS(AT "20:34:50", "LAPWING", "167", "1,205") TOTALS(AT "20:34:51", "LAPWING", "168", "@"))}, .proofs = ALL_FOUR},
        {"two sets, and one is strange", 1203, 1205, AS_NUMBER, .server = {DONE, LOG(
         LOGGED(AT "20:34:50", "ANE4959I", "LAPWING", "167", "Total number of objects failed: 0") TOTALS(AT "20:34:51", "LAPWING", "168", "@"))}, .proofs = ALL_FOUR},
        {"a count with dots", 1, 9, AS_NUMBER, .edits = {{"inspected:        1,204", "inspected:        1,200"}}, .server = {DONE, LOG(
         TOTALS(AT "20:34:51", "LAPWING", "168", "@.200"))}, .proofs = ALL_FOUR},
        {"a count with decimals", 1, 9, AS_NUMBER, .server = {DONE, LOG(TOTALS(AT "20:34:51", "LAPWING", "168", "1204.@0"))}, .proofs = ALL_FOUR},
        {"a count that is too long", 0, 0, AS_NUMBER, .server = {DONE, LOG(TOTALS(AT "20:34:51", "LAPWING", "168", "99999999999999999999"))}, .proofs = ALL_FOUR},
        {"bytes that are too long", 0, 0, AS_NUMBER, .server = {DONE, LOG(
         TOTALS_WITH(AT "20:34:51", "LAPWING", "168", "1,204", "3", "0", "99999999999999999999 KB", "00:00:41"))}, .proofs = ALL_FOUR},
        {"nameless, and some more", 1203, 1205, AS_NUMBER, .server = {DONE, LOG(
         AT "20:34:51\tANE4952I Total number of objects inspected: @ (SESSION: 168)\n"
         AT "20:34:51\tANE4954I Total number of objects backed up: 3 (SESSION: 168)\n"
         AT "20:34:51\tANE4959I Total number of objects failed: 0 (SESSION: 168)\n")}, .proofs = ALL_FOUR},
        {"two sessions are closed", 74040, 74100, AS_CLOCK, .server = {DONE, LOG(
         AT "20:34:20\tANR0480W Session 150 for node LAPWING (Linux x86-64) terminated - connection with client severed. (SESSION: 150)\n"
         AT "@\tANR0481W Session 151 for node LAPWING (Linux x86-64) terminated - client did not respond within 60 seconds. (SESSION: 151)\n" GOOD)}},
        {"another node's, as many", 1203, 1205, AS_NUMBER, .server = {DONE, LOG(TOTALS(AT "20:34:51", "WARREN", "168", "@"))}},
        {"when another node's were logged", 73700, 74500, AS_CLOCK, .server = {DONE, LOG(TOTALS(AT "@", "WARREN", "168", "1,204"))}},
        {"when a nameless one's were logged", 73700, 74500, AS_CLOCK, .server = {DONE, LOG(
         AT "@\tANE4952I Total number of objects inspected: 1,204 (SESSION: 168)\n")}},
        {"a session is closed", 73700, 74500, AS_CLOCK, .server = {DONE, LOG(
         AT "@\tANR0481W Session 151 for node LAPWING (Linux x86-64) terminated - client did not respond within 60 seconds. (SESSION: 151)\n" GOOD)}},
        {"an idle session is closed", 73700, 74500, AS_CLOCK, .server = {DONE, LOG(
         AT "@\tANR0482W Session 151 for node LAPWING (Linux x86-64) terminated - idle for more than 15 minutes. (SESSION: 151)\n")}},
        {"another scheduler is turned away", 70400, 74500, AS_CLOCK, .server = {DONE, LOG(
         AT "@\tANR2568E A session for node LAPWING was turned away. (SESSION: 149)\n")}},
        {"a message says that two schedulers answer for the node", 2567, 2577, AS_NUMBER, .server = {DONE, LOG(
         AT "20:34:20\tANR@W An attempt was made to update an event record for a scheduled operation which has already been executed - "
         "multiple client schedulers may be active for node LAPWING. (SESSION: 149)\n" GOOD)}},
        {"a name breaks the log", 73700, 74600, AS_CLOCK, .server = {DONE, LOG(
         AT "@\tANE4007E (Session: 150, Node: LAPWING)  Error processing '/heath/x\nsomething else\n" GOOD)}},
        {"a name breaks the log, and no event is known", 73700, 74600, AS_CLOCK, .server = {LOG(
         AT "@\tANE4007E (Session: 150, Node: LAPWING)  Error processing '/heath/x\nsomething else\n" GOOD)}},
    };
    SWEEP(sweeps);
}

int main(void)
{
    static char name[] = "witness_edges";
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(events), cmocka_unit_test(nights_before), cmocka_unit_test(dates), cmocka_unit_test(filespaces),
        cmocka_unit_test(logs), cmocka_unit_test_prestate(said_as_before, name)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
