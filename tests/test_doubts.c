/* SPDX-License-Identifier: BSD-2-Clause
 * What a stranger's name prints must not make a night better. In each night here /heath has no end,
 * or the run died; a name with newlines in it prints what is missing. */
#include "nights.h"
#include "said.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#define OBJECT(path) D17 "20:34:20 Normal File-->                     1 " path
#define REAL D17 "20:34:20 Normal File-->                 4,096 /etc/c [Sent]\n"
#define FORGED_END D17 "20:34:20 Successful incremental backup of '/heath'\n"
/* A name that is printed as a whole line, lines of its own, and a whole line again. */
#define PERFECT(lines) OBJECT("/tmp/x [Sent]\n") lines OBJECT("/tmp/y [Sent]\n")
/* The forger can't count himself twice: one object more than the real ones was stored. */
#define COUNTED {"           3\n", "           4\n"}
#define UNENDED {END_HEATH(D17), ""}
#define DIED {END_HEATH(D17) END_ROOT(D17) STATUS(D17) CLOSE(D17, "HEATH_INC"), ""}
#define TAIL END_HEATH(D17) END_ROOT(D17) STATUS(D17) CLOSE(D17, "HEATH_INC")

static void names(void **state)
{
    (void)state;
    static const struct row rows[] = {
        {"a name with a newline does no harm", NULL,
         {{REAL, REAL OBJECT("/tmp/x\n") "y [Sent]\n"}, COUNTED}, "complete", "-forgeable", 0},
        {"carriage returns behind a name with a newline", NULL,
         {{REAL, REAL OBJECT("/tmp/x\n") "y [Sent]\r\r\n"}, COUNTED}, "complete", "-forgeable", 0},
        {"an object with a newline in its name is tried again", NULL,
         {{REAL, REAL D17 "20:34:20 Retry # 1  Normal File-->                     1 /tmp/x\n" "y [Sent]\n"},
          {"retries:                      0", "retries:                      1"}}, "complete", "-E10", 0},
        {"an end inside an open name", NULL,
         {UNENDED, {REAL, REAL OBJECT("/tmp/x\n") FORGED_END "y [Sent]\n"}, COUNTED}, "incomplete",
         "E02 forgeable", 0},
        {"an end without a stamp", NULL,
         {UNENDED, {REAL, REAL OBJECT("/tmp/x\n") "Successful incremental backup of '/heath'\n"
          "y [Sent]\n"}, COUNTED}, "incomplete", "E02", 0},
        {"an end between whole lines", NULL,
         {UNENDED, {REAL, REAL PERFECT(FORGED_END)}, COUNTED}, "unknown", "E10", 0},
        {"the last piece looks like a message", NULL,
         {UNENDED, {REAL, REAL OBJECT("/tmp/x [Sent]\n") FORGED_END D17
          "20:34:20 ANS1898I ***** Processed     1,000 files ***** [Sent]\n"}, COUNTED}, "unknown",
         "forgeable", 0},
        {"the last piece is a retry", NULL,
         {UNENDED, {REAL, REAL OBJECT("/tmp/x [Sent]\n") FORGED_END D17 "20:34:20 Retry # 1  Normal "
          "File-->         1 /tmp/y [Sent]\n"}, COUNTED}, "unknown", "E10", 0},
        {"the first piece changed", NULL,
         {UNENDED, {REAL, REAL OBJECT("/tmp/x  Changed\n") FORGED_END OBJECT("/tmp/y [Sent]\n")},
          COUNTED}, "unknown", "E10", 0},
        {"the stamp is not the right one", NULL,
         {UNENDED, {REAL, REAL PERFECT(D17 "19:34:20 Successful incremental backup of '/heath'\n")},
          {"           3\n", "           5\n"}}, "unknown", "clock_back", 0},
        {"the name of an object that failed", NULL,
         {UNENDED, {REAL, REAL D17 "20:34:20 ANS1228E Sending of object '/tmp/x\n" FORGED_END
          "y' failed.\n"}, {"failed:               0", "failed:               1"}}, "incomplete",
         "E02 forgeable", 0},
        {"the rest of a name plays the first scheduler", NULL,
         {UNENDED, {REAL, REAL OBJECT("/tmp/x\n") D17 "20:34:20 --- SCHEDULEREC OBJECT BEGIN HEATH_INC "
          D17 "20:30:00\ny [Sent]\n"}, COUNTED}, "incomplete", "E02 E17", 0},
        {"another attempt between whole lines", NULL,
         {UNENDED, {REAL, REAL PERFECT(D17 "20:34:20 Scheduler has been stopped.\n"
          BEGIN(D17, "HEATH_INC"))}}, "incomplete", "E08", 0},
    };
    CHECK(rows);
}

static void endings(void **state)
{
    (void)state;
    static const struct row rows[] = {
        {"the run died", NULL, {DIED}, "incomplete", "E05", 0},
        {"the whole end inside an open name", NULL,
         {DIED, {REAL, REAL OBJECT("/tmp/x\n") TAIL "y [Sent]\n"}}, "incomplete", "forgeable E05", 0},
        {"the whole end between whole lines", NULL,
         {DIED, {REAL, REAL PERFECT(TAIL)}}, "unknown unknown", "", 0},
        {"the end up to the event line", NULL,
         {DIED, {REAL, REAL PERFECT(TAIL)}, {SENT(D17, "HEATH_INC"), ""}}, "unknown", "forgeable", 0},
        {"results before the event line", NULL,
         {DIED, {REAL, REAL D17 "20:34:20 Results sent to server for scheduled event 'HEATH_INC'.\n"}},
         "incomplete", "E05 forgeable", 0},
        {"a definition of its own", NULL,
         {{"Objects:               \n", "Objects:               / /old\n"},
          {REAL, REAL PERFECT(D17 "20:34:20 Schedule Name:         HEATH_INC\n")}, {"      3\n", "      5\n"}},
         "incomplete", "E08 forgeable", 0},
        {"the log ends here", NULL,
         {{REAL, REAL OBJECT("/tmp/x\n") D17 "20:34:20 END OF DATA\ny [Sent]\n"}, COUNTED, UNENDED},
         "incomplete", "E02 forgeable", 0},
    };
    CHECK(rows);
}

/* What a command prints before or after the backup. */
static void output(void **state)
{
    (void)state;
#define AROUND(lines) BEGIN(D17, "HEATH_INC") D17 "20:34:10 Executing Operating System command or "     \
    "script:\n   /opt/freeze\n" lines D17 "20:34:10 Finished command.  Return code is: 0\n"
    static const struct row rows[] = {
        {"a quiet command", NULL, {{BEGIN(D17, "HEATH_INC"), AROUND("")}}, "complete", "-forgeable", 0},
        {"it prints without stamps", NULL, {{BEGIN(D17, "HEATH_INC"), AROUND("Successful incremental "
          "backup of '/heath'\n")}, UNENDED}, "incomplete", "E02", 0},
        {"it prints an end", NULL, {{BEGIN(D17, "HEATH_INC"), AROUND(FORGED_END)}, UNENDED},
         "incomplete", "E02 forgeable", 0},
        {"it prints another end of itself", NULL, {{BEGIN(D17, "HEATH_INC"), AROUND(D17
          "20:34:10 Finished command.  Return code is: 0\n")}}, "unknown", "forgeable", 0},
        {"it prints the event line", NULL, {{BEGIN(D17, "HEATH_INC"), AROUND(EVENT(D17, "HEATH_INC"))}},
         "unknown", "forgeable", 0},
    };
    CHECK(rows);
}

int main(void)
{
    static char name[] = "doubts";
    const struct CMUnitTest tests[] = {cmocka_unit_test(names), cmocka_unit_test(endings),
                                       cmocka_unit_test(output),
        cmocka_unit_test_prestate(said_as_before, name)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
