/* SPDX-License-Identifier: BSD-2-Clause
 * What the server says, set against one good night: each kind of evidence where it is right, where
 * something harmless explains it, and where it can't be known. */
#include "answers.h"
#include "nights.h"
#include "said.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#include <string.h>

static void statistics(void **state)
{
    (void)state;
    static const struct row rows[] = {
        {"the server agrees", NULL, {{0}}, "complete", "-E06 -E10", .server = {DONE, LOG(GOOD)}, .proofs = ALL_FOUR},
        {"nothing of this node", NULL, {{0}}, "unknown", "E06", .server = {DONE, LOG("")}},
        {"the end is not in the row", NULL, {{0}}, "unknown", "E06", .server = {
            "2031-02-17 20:30:00      2031-02-17 20:34:10      HEATH_INC         LAPWING           Completed\n", LOG("")}},
        {"only the log tells of the event", NULL, {{0}}, "unknown", "E06", .server = {LOG(
            "02/17/2031 20:34:52\tANR2507I Schedule HEATH_INC for domain MOOR started at 02/17/2031 20:34:10 "
            "for node LAPWING completed successfully at 02/17/2031 20:34:52. (SESSION: 168)\n")}},
        {"nobody has statistics", NULL, {{0}}, "complete", "-E06", .server = {DONE, OPENED CLOSED}},
        {"nobody has, and they are asked for", NULL, {{0}}, "unknown", "proof_missing -E06",
         .server = {DONE, OPENED CLOSED}, .proofs = ALL_FOUR},
        {"no log at all", NULL, {{0}}, "complete", "-E06", .server = {DONE}},
        {"the log ends before the run", NULL, {{0}}, "complete", "-E06",
         .server = {DONE, OPENED TOTALS("02/17/2031 20:33:00", "RUFF", "190", "77,001")}},
        {"the log begins behind the run's start", NULL, {{0}}, "complete", "-E06",
         .server = {DONE, TOTALS("02/17/2031 20:34:30", "RUFF", "190", "77,001") CLOSED}},
        {"two logs with a hole between them", NULL, {{0}}, "complete", "-E06", .server = {DONE, OPENED OF_RUFF, CLOSED}},
        {"two logs that overlap", NULL, {{0}}, "unknown", "E06",
         .server = {DONE, OPENED "02/17/2031 20:34:40\tANR0403I Session 9 ended for node RUFF (AIX). (SESSION: 9)\n",
                    OF_RUFF CLOSED}},
        {"the same log twice", NULL, {{0}}, "complete", "-E06 -E10", .server = {DONE, LOG(GOOD), LOG(GOOD)}, .proofs = ALL_FOUR},
        {"a scheduled command", NULL, {{"Action:                Incremental", "Action:                Command"}},
         "failed", "-E06", .server = {DONE, LOG("")}},
        {"under a later session", NULL, {{0}}, "complete", "-E06", .server = {DONE, LOG(
            "02/17/2031 20:34:12\tANR0406I Session 151 started for node LAPWING (Linux x86-64) (Tcp/Ip 192.0.2.5(40001)). (SESSION: 151)\n"
            TOTALS("02/17/2031 20:34:51", "LAPWING", "9168", "1,204"))}, .proofs = ALL_FOUR},
        {"newer servers name the session alone", NULL, {{0}}, "complete", "-E06", .server = {DONE, LOG(
            "02/17/2031 20:34:12\tANR0406I Session 168 started for node LAPWING (Linux x86-64) (Tcp/Ip 192.0.2.5(40001)). (SESSION: 168)\n"
            "02/17/2031 20:34:51\tANE4952I Total number of objects inspected: 1,204 (SESSION: 168)\n"
            "02/17/2031 20:34:51\tANE4954I Total number of objects backed up: 3 (SESSION: 168)\n"
            "02/17/2031 20:34:51\tANE4959I Total number of objects failed: 0 (SESSION: 168)\n")}, .proofs = ALL_FOUR},
        {"statistics of nobody known", NULL, {{0}}, "complete", "-E06", .server = {DONE, LOG(
            "02/17/2031 20:34:51\tANE4952I Total number of objects inspected: 1,204 (SESSION: 168)\n")}},
        {"an agent's statistics", NULL, {{0}}, "complete", "-E06",
         .server = {DONE, LOG(TOTALS("02/17/2031 20:34:51", "WARREN", "168", "1,204"))}},
        {"of a node whose name is longer", NULL, {{0}}, "unknown", "E06",
         .server = {DONE, LOG(TOTALS("02/17/2031 20:34:51", "LAPWING-1", "168", "1,205"))}},
        {"letters of a name count without case", NULL, {{0}}, "complete", "-E06",
         .server = {DONE, LOG(TOTALS("02/17/2031 20:34:51", "Lapwing", "168", "1,204"))}, .proofs = ALL_FOUR},
        {"of another night", NULL, {{0}}, "unknown", "E06",
         .server = {DONE, LOG(TOTALS("02/17/2031 19:34:51", "LAPWING", "168", "1,204"))}},
        {"others were inspected", NULL, {{0}}, "unknown", "E10 -E06",
         .server = {DONE, LOG(TOTALS("02/17/2031 20:34:51", "LAPWING", "168", "1,203"))}},
        {"others failed", NULL, {{0}}, "unknown", "E10", .server = {DONE, LOG(
            TOTALS_WITH("02/17/2031 20:34:51", "LAPWING", "168", "1,204", "3", "1", "11.20 KB", "00:00:41"))}},
        {"other bytes", NULL, {{0}}, "unknown", "E10", .server = {DONE, LOG(
            TOTALS_WITH("02/17/2031 20:34:51", "LAPWING", "168", "1,204", "3", "0", "91.20 KB", "00:00:41"))}},
        {"another time", NULL, {{0}}, "unknown", "E10", .server = {DONE, LOG(
            TOTALS_WITH("02/17/2031 20:34:51", "LAPWING", "168", "1,204", "3", "0", "11.20 KB", "00:00:21"))}},
        {"a second backup at that time", NULL, {{0}}, "complete", "-E10",
         .server = {DONE, LOG(GOOD TOTALS("02/17/2031 20:34:52", "LAPWING", "170", "1"))}, .proofs = ALL_FOUR},
        {"numbers that stand twice", NULL, {{0}}, "unknown", "E10",
         .server = {DONE, LOG(GOOD TOTALS("02/17/2031 20:34:51", "LAPWING", "168", "1,204,000"))}},
        {"printed by a name", NULL, {{0}}, "unknown", "E06", .server = {DONE, LOG(NAME_BEGINS GOOD NAME_ENDS)}},
        {"printed by a name, with its owner", NULL, {{0}}, "unknown", "E06", .server = {DONE, LOG(NAME_BEGINS
            "02/17/2031 20:34:12\tANR0406I Session 168 started for node LAPWING (Linux x86-64) (Tcp/Ip 192.0.2.5(40001)). (SESSION: 168)\n"
            GOOD NAME_ENDS)}},
        {"printed by a name that ends its message first", NULL, {{0}}, "unknown", "E06", .server = {DONE, LOG(
            "02/17/2031 20:34:20\tANE4007E (Session: 150, Node: LAPWING)  Error processing '/heath/x': gone (SESSION: 150)\n" GOOD NAME_ENDS)}},
        {"printed by a name that guesses the session", NULL, {{0}}, "unknown", "E06", .server = {DONE, LOG(
            "02/17/2031 20:34:20\tANE4007E (Session: 150, Node: LAPWING)  Error processing '/heath/x': gone (SESSION: 149)\n" GOOD
            "02/17/2031 20:34:20\tANE4007E (Session: 150, Node: LAPWING)  Error processing '/heath/y" NAME_ENDS)}},
        {"printed by a name behind which its message ends", NULL, {{0}}, "unknown", "E06", .server = {DONE, LOG(
            "02/17/2031 20:34:20\tANE4037E Object '/heath/x': gone (SESSION: 149)\n"
            LOGGED("02/17/2031 20:34:51", "ANE4952I", "LAPWING", "168", "Total number of objects inspected: 1,204")
            "02/17/2031 20:34:51\tANE4954I (Session: 168, Node: LAPWING)  Total number of objects backed up: 3" NAME_ENDS)}},
        {"the same where no session stands in front", NULL, {{0}}, "unknown", "E06", .server = {DONE, LOG(
            "02/17/2031 20:34:20\tANE4037E Object '/heath/x': gone (SESSION: 149)\n"
            LOGGED("02/17/2031 20:34:51", "ANE4952I", "LAPWING", "168", "Total number of objects inspected: 1,204")
            "02/17/2031 20:34:51\tANE4954I Total number of objects backed up: 3  (SESSION: 168)" NAME_ENDS)}},
        {"whole messages about objects", NULL, {{0}}, "complete", "-E06", .server = {DONE, LOG(
            "02/17/2031 20:34:20\tANE4007E (Session: 150, Node: LAPWING)  Error processing '/heath/x" NAME_ENDS GOOD
            "02/17/2031 20:34:52\tANE4007E (Session: 150, Node: LAPWING)  Error processing '/heath/y" NAME_ENDS)}, .proofs = ALL_FOUR},
        {"echoed by an administrator", NULL, {{0}}, "unknown", "E06", .server = {DONE, LOG(
            "02/17/2031 20:34:51\tANR2017I Administrator EVE issued command: ISSUE MESSAGE I \"ANE4952I (Session: 168, Node: LAPWING)  Total number of objects inspected: 1,204  (SESSION: 168)\"  (SESSION: 7)\n"
            "02/17/2031 20:34:51\tANR1496I ANE4952I (Session: 168, Node: LAPWING)  Total number of objects inspected: 1,204  (SESSION: 168)\n")}},
    };
    CHECK(rows);
}

/* A name reaches so far and no further: behind that the server's word counts again. Blanks by which a table
 * sets its cells apart are none of its bytes. */
static void reach_of_a_name(void **state)
{
    (void)state;
    static const char row[] = "02/17/2031 20:34:21\tANR0403I Session 150 ended for node RUFF (AIX) in good order. (SESSION: 150)\n";
    static const char cell[] = "                                                                                      wader\n";
    static const struct {
        const char *name, *line;
        size_t printed; /* of a line */
        size_t most;    /* between the name and the server's word */
        const char *verdict, *evidence;
    } tries[] = {{"behind a broken name", row, sizeof row - 2, 120 * 1024, "unknown", "E06"},
                 {"far behind a broken name", row, sizeof row - 2, 132 * 1024, "complete", "-E06"},
                 {"behind a broken name in a table", cell, 5, 120 * 1024, "unknown", "E06"}};
    for (size_t i = 0; i < sizeof tries / sizeof *tries; i++) {
        struct text log = {0};
        text_put(&log, OPENED NAME_BEGINS);
        for (size_t at = 0; at < tries[i].most; at += tries[i].printed)
            text_put(&log, tries[i].line);
        text_put(&log, GOOD OF_RUFF CLOSED);
        assert_true(log.length > 120 * 1024);
        const struct row rows[] = {{tries[i].name, NULL, {{0}}, tries[i].verdict, tries[i].evidence,
                                    .server = {DONE, log.bytes}, .proofs = ALL_FOUR}};
        CHECK(rows);
        text_free(&log);
    }
}

/* Lines that a name printed hide what was logged between its message and the next row, and nothing
 * that was logged between two such names. */
static void between_two_names(void **state)
{
    (void)state;
    static const char first[] = "02/17/2031 19:10:00\tANE4007E (Session: 120, Node: RUFF)  Error processing "
        "'/reed/a\nno row of any log\n': access to the object is denied  (SESSION: 120)\n"
        "02/17/2031 19:20:00\tANR0403I Session 120 ended for node RUFF (AIX). (SESSION: 120)\n";
    static const char second[] = "02/17/2031 21:10:00\tANE4007E (Session: 121, Node: RUFF)  Error processing "
        "'/reed/b\nno row of any log\n': access to the object is denied  (SESSION: 121)\n"
        "02/17/2031 21:20:00\tANR0403I Session 121 ended for node RUFF (AIX). (SESSION: 121)\n";
    struct text log = {0};
    text_put(&log, OPENED);
    text_put(&log, first);
    for (int i = 0; i < 6000; i++)
        text_put(&log, "02/17/2031 19:30:00\tANR0403I Session 122 ended for node RUFF (AIX) in good order. (SESSION: 122)\n");
    text_put(&log, GOOD);
    text_put(&log, second);
    text_put(&log, OF_RUFF CLOSED);
    const struct row rows[] = {
        {"between two broken names", NULL, {{0}}, "complete", "-E06 -forgeable", .server = {DONE, log.bytes}, .proofs = ALL_FOUR}};
    CHECK(rows);
    text_free(&log);
}

#define PROMISE "Completed,4,\"All operations completed successfully, but some files were not processed.\""
#define NIGHT(day, status)                                                                        \
    ROW("LAPWING", "HEATH_INC", "02/" day "/2031 20:30:00", "02/" day "/2031 20:34:10", "02/" day "/2031 20:34:52", status)

static void events(void **state)
{
    (void)state;
    static const struct row rows[] = {
        {"failed, says the server", NULL, {{0}}, "unknown", "E10", .server = {OWN("Failed,12,-") OTHERS}},
        {"failed, yet complete", NULL, {{0}}, "complete", "reported_failure -E10", .server = {OWN("Failed,12,-"), LOG(GOOD)}},
        {"failed and no proof", NULL, {{0}}, "unknown", "proof_missing", .server = {OWN("Failed,12,-"), LOG(GOOD)}, .proofs = ALL_FOUR},
        {"severed", NULL, {{0}}, "unknown", "E10", .server = {OWN("Severed,,") OTHERS}},
        {"a reason with a comma of its own", NULL, {{0}}, "unknown", "E06", .server = {
            OWN("Completed,4,All operations completed successfully, but some files were not processed."), LOG("")}},
        {"a row that ends in its result", NULL, {{0}}, "complete", "-E10", .server = {OTHERS
            "MOOR,HEATH_INC,LAPWING,02/17/2031 20:30:00,02/17/2031 20:34:10,02/17/2031 20:34:52,Failed,1"}},
        {"a row that ends in its status", NULL, {{0}}, "complete", "-E10", .server = {OTHERS
            "MOOR,HEATH_INC,LAPWING,02/17/2031 20:30:00,02/17/2031 20:34:10,02/17/2031 20:34:52,Fail\n"}},
        {"missed, says the server", NULL, {{0}}, "unknown", "E10",
         .server = {ROW("LAPWING", "HEATH_INC", "02/17/2031 20:30:00", "", "", "Missed,,") OTHERS}},
        {"its record is gone", NULL, {{0}}, "complete", "-E10",
         .server = {ROW("LAPWING", "HEATH_INC", "02/17/2031 20:30:00", "", "", "Uncertain,,") OTHERS}},
        {"a status of no manual", NULL, {{0}}, "complete", "-E10", .server = {OWN("Haunted,,") OTHERS}},
        {"another answer, later", NULL, {{0}}, "complete", "-E21",
         .server = {OWN("In Progress,,") OTHERS, DONE, LOG(GOOD)}, .proofs = ALL_FOUR},
        {"two rows of one answer", NULL, {{0}}, "unknown", "E10", .server = {OWN("Failed,12,-") DONE, LOG("")}},
        {"of a node whose name is longer", NULL, {{0}}, "complete", "-E10",
         .server = {ROW("LAPWING2", "HEATH_INC", "02/17/2031 20:30:00", "", "", "Missed,,") OTHERS}},
        {"of the day before", NULL, {{0}}, "complete", "-E10",
         .server = {ROW("LAPWING", "HEATH_INC", "02/16/2031 20:30:00", "", "", "Missed,,") OTHERS}},
        {"the server lives an hour ahead", NULL, {{0}}, "unknown", "E10", .skew = 3600,
         .server = {ROW("LAPWING", "HEATH_INC", "02/17/2031 21:30:00", "", "", "Missed,,") OTHERS}},
        {"an hour ahead, untold", NULL, {{0}}, "complete", "-E10",
         .server = {ROW("LAPWING", "HEATH_INC", "02/17/2031 21:30:00", "", "", "Missed,,") OTHERS}},
        {"whose log it is can't be told", NULL, {{"Node Name: LAPWING", "Node Name:"}}, "unknown", "proof_missing",
         .server = {DONE, LOG(GOOD)}, .proofs = ALL_FOUR},
        {"the caller tells it", NULL, {{" Node Name: LAPWING", " Session"}, {" Node Name: LAPWING", " Session"}}, "complete", "-E06",
         .server = {DONE, LOG(GOOD)}, .proofs = ALL_FOUR, .node = "LAPWING"},
        {"open for two days", NULL, {{0}}, "unknown", "E21", .server = {OWN("Started,,")
            ROW("RUFF", "HEATH_INC", "02/19/2031 20:30:00", "02/19/2031 20:31:00", "02/19/2031 20:35:00", "Completed,0,-")}},
        {"open as it was asked", NULL, {{0}}, "complete", "-E21", .server = {OWN("Started,,") OTHERS}},
        {"a warning each night", NULL, {{0}}, "complete", "E19", .server = {
            NIGHT("13", PROMISE) NIGHT("14", PROMISE) NIGHT("15", PROMISE) NIGHT("16", "Completed,8,-") NIGHT("17", PROMISE)}},
        {"a warning each night, but one", NULL, {{0}}, "complete", "-E19", .server = {
            NIGHT("13", PROMISE) NIGHT("14", PROMISE) NIGHT("15", "Completed,0,-") NIGHT("16", "Completed,8,-") NIGHT("17", PROMISE)}},
        {"a warning each night, which a command behind the backup explains", NULL, {{END_ROOT(D17), END_ROOT(D17)
            D17 "20:34:51 ANS1228E Sending of object '/heath/x' failed.\n" D17 "20:34:51 Executing Operating System command or script:\n   /opt/thaw\n"
            D17 "20:34:51 Finished command.  Return code is: 4\n"}, {"failed:               0", "failed:               1"}}, "exceptions", "-E19 side_command", .server = {
            NIGHT("13", PROMISE) NIGHT("14", PROMISE) NIGHT("15", PROMISE) NIGHT("16", "Completed,8,-") NIGHT("17", PROMISE)}},
        {"four nights are few", NULL, {{0}}, "complete", "-E19", .server = {
            NIGHT("14", PROMISE) NIGHT("15", PROMISE) NIGHT("16", "Completed,8,-") NIGHT("17", PROMISE)}},
        {"one night, told by five answers", NULL, {{0}}, "complete", "-E19", .server = {
            NIGHT("17", PROMISE) NIGHT("17", PROMISE) NIGHT("17", PROMISE) NIGHT("17", PROMISE) NIGHT("17", PROMISE)}},
        {"no results in the rows", NULL, {{0}}, "complete", "-E19", .server = {
            NIGHT("13", "Completed,,") NIGHT("14", "Completed,,") NIGHT("15", "Completed,,") NIGHT("16", "Completed,,") NIGHT("17", "Completed,,")}},
    };
    CHECK(rows);
}

#define NOTICED D17 "20:34:10 Incremental backup of volume '/'\n"

static void distress(void **state)
{
    (void)state;
    static const struct row rows[] = {
        {"a session was closed", NULL, {{0}}, "unknown", "E12", .server = {DONE, LOG(TIMED_OUT GOOD)}},
        {"closed, and the client noticed", NULL, {{NOTICED, D17 "20:34:10 ANS1809W A session with the server has been disconnected.\n" NOTICED}},
         "complete", "E12", .server = {DONE, LOG(TIMED_OUT GOOD)}},
        {"another node's", NULL, {{0}}, "complete", "-E12", .server = {DONE, LOG(
            "02/17/2031 20:34:30\tANR0481W Session 151 for node LAPWING1 (Linux x86-64) terminated - client did not respond within 60 seconds. (SESSION: 151)\n" GOOD)}},
        {"before the run", NULL, {{0}}, "complete", "-E12", .server = {DONE, LOG(
            "02/17/2031 20:04:30\tANR0481W Session 151 for node LAPWING (Linux x86-64) terminated - client did not respond within 60 seconds. (SESSION: 151)\n" GOOD)}},
        {"when the run was can't be told", NULL, {{0}}, "complete", "-E12",
         .server = {ROW("LAPWING", "HEATH_INC", "02/17/2031 20:30:00", "", "", "Completed,0,-") OTHERS, LOG(TIMED_OUT GOOD)}},
        {"in an ISSUE MESSAGE", NULL, {{0}}, "complete", "-E12", .server = {DONE, LOG(
            "02/17/2031 20:34:30\tANR1497W ANR0481W Session 151 for node LAPWING (Linux x86-64) terminated. (SESSION: 151)\n" GOOD)}},
        {"idle, and statistics follow", NULL, {{0}}, "complete", "-E12 -E13", .server = {DONE, LOG(IDLE GOOD)}},
        {"idle, and none follow", NULL, {{0}}, "unknown", "E06 E13", .server = {DONE, LOG(IDLE)}},
        {"two acceptors", NULL, {{0}}, "unknown", "E17", .server = {DONE, OPENED TURNED_AWAY("LAPWING") CLOSED}},
        {"two acceptors of another node", NULL, {{0}}, "complete", "-E17", .server = {DONE, OPENED TURNED_AWAY("LAPWING-2") TURNED_AWAY("X") CLOSED}},
        {"two acceptors, and the totals agree", NULL, {{0}}, "complete", "E17", .server = {DONE, LOG(TURNED_AWAY("LAPWING") GOOD)}},
    };
    CHECK(rows);
}


static void filespaces(void **state)
{
    (void)state;
    static const struct row rows[] = {
        {"both moved", NULL, {{0}}, "complete", "-E09", .server = {ASKED ROOT HEATH("2031-02-17 20:34:50")}, .proofs = SPACES},
        {"one stands still", NULL, {{0}}, "incomplete", "E09", .server = {ASKED ROOT HEATH("2031-02-16 20:34:50")}},
        {"one never had a date", NULL, {{0}}, "incomplete", "E09", .server = {ASKED ROOT HEATH("00/00/0   00:00:00")}},
        {"one has no row", NULL, {{0}}, "unknown", "proof_missing -E09", .server = {ASKED ROOT}, .proofs = SPACES},
        {"of a program", NULL, {{0}}, "complete", "-E09", .server = {ASKED ROOT SPACE("2031-02-16 20:34:50", "API:DB2", "/heath")}},
        {"-incrbydate", NULL, {{"-verbose", "-incrbydate"}}, "unknown", "-E09", .server = {ASKED ROOT HEATH("2031-02-16 20:34:50")}},
        {"selective", NULL, {{"Action:                Incremental", "Action:                Selective"}}, "complete", "-E09",
         .server = {ASKED ROOT HEATH("2031-02-16 20:34:50")}},
        {"a part of it was asked for", NULL, {{"Objects:               ", "Objects:               / /heath/"}}, "complete", "-E09",
         .server = {ASKED ROOT HEATH("2031-02-16 20:34:50")}},
        {"all of it was asked for by name", NULL, {{"Objects:               ", "Objects:               / /heath"}}, "incomplete", "E09",
         .server = {ASKED ROOT HEATH("2031-02-16 20:34:50")}},
        {"what was asked for is not known", HEATH_17 RUN(D17, "HEATH_INC"), {{"02/17/2031 20:34:09 Schedule Name:         HEATH_INC", "02/17/2031 20:34:09 Schedule Name:         OTHER"}},
         "unknown", "-E09", .server = {ASKED ROOT HEATH("2031-02-16 20:34:50")}},
        {"walked with failures", NULL, {{"Successful incremental backup of '/heath'", "ANS1802E Incremental backup of '/heath' finished with 1 failure(s)"}},
         "exceptions", "-E09", .server = {ASKED ROOT HEATH("2031-02-16 20:34:50")}},
        {"asked while it ran", NULL, {{0}}, "unknown", "-E09 proof_missing", .proofs = SPACES,
         .server = {CLIENT("2031-02-17 20:34:20") SERVER("LAPWING", "2031-02-17 20:34:20") HEAD SPACE("2031-02-16 20:34:51", "EXT4", "/") HEATH("2031-02-16 20:34:50")}},
        {"nothing tells when it was asked", NULL, {{0}}, "unknown", "-E09 proof_missing", .proofs = SPACES,
         .server = {HEAD SPACE("2031-02-16 20:34:51", "EXT4", "/") HEATH("2031-02-16 20:34:50")}},
        {"before and behind", NULL, {{0}}, "complete", "-E09", .proofs = SPACES,
         .server = {CLIENT("2031-02-17 20:00:00") SERVER("LAPWING", "2031-02-17 20:00:00") HEAD SPACE("2031-02-16 20:34:51", "EXT4", "/") HEATH("2031-02-16 20:34:50"),
                    ASKED ROOT HEATH("2031-02-17 20:34:50")}},
        {"moved by another run only", NULL, {{0}}, "unknown", "-E09 proof_missing", .proofs = SPACES,
         .server = {CLIENT("2031-02-19 06:00:00") SERVER("LAPWING", "2031-02-19 06:00:01") HEAD SPACE("2031-02-18 20:34:51", "EXT4", "/") HEATH("2031-02-18 20:34:50")}},
        {"the server lives three hours behind", NULL, {{0}}, "complete", "-E09", .proofs = SPACES,
         .server = {CLIENT("2031-02-18 06:00:00") SERVER("LAPWING", "2031-02-18 03:00:00") HEAD SPACE("2031-02-17 17:34:51", "EXT4", "/") HEATH("2031-02-17 17:34:50")}},
        {"three hours behind, and still", NULL, {{0}}, "incomplete", "E09",
         .server = {CLIENT("2031-02-18 06:00:00") SERVER("LAPWING", "2031-02-18 03:00:00") HEAD SPACE("2031-02-17 17:34:51", "EXT4", "/") HEATH("2031-02-16 17:34:50")}},
        {"clocks that nothing tells apart", NULL, {{0}}, "complete", "-E09",
         .server = {SERVER("LAPWING", "2031-02-18 03:00:00") HEAD SPACE("2031-02-17 17:34:51", "EXT4", "/") HEATH("2031-02-17 17:34:50")}},
        {"another node's", NULL, {{0}}, "complete", "-E09",
         .server = {CLIENT("2031-02-18 06:00:00") SERVER("LAPWING-2", "2031-02-18 06:00:01") HEAD ROOT HEATH("2031-02-16 20:34:50")}},
        {"within the hour before: summer time may have ended inside the run", NULL, {{0}}, "complete", "-E09",
         .server = {ASKED ROOT HEATH("2031-02-17 19:34:20")}},
        {"within the hour before is no proof", NULL, {{0}}, "unknown", "proof_missing -E09",
         .server = {ASKED ROOT HEATH("2031-02-17 19:34:20")}, .proofs = SPACES},
        {"more than an hour before", NULL, {{0}}, "incomplete", "E09",
         .server = {ASKED ROOT HEATH("2031-02-17 19:20:00")}},
        {"two rows of one name", NULL, {{0}}, "incomplete", "E09",
         .server = {ASKED ROOT HEATH("2031-02-16 20:34:50") HEATH("2031-02-17 20:34:50")}},
    };
    CHECK(rows);
}

int main(void)
{
    static char name[] = "witness";
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(between_two_names), cmocka_unit_test(reach_of_a_name), cmocka_unit_test(statistics), cmocka_unit_test(events), cmocka_unit_test(distress),
        cmocka_unit_test(filespaces),
        cmocka_unit_test_prestate(said_as_before, name)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
