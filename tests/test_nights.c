/* SPDX-License-Identifier: BSD-2-Clause
 * What a run claims against what it proves: nights as the client prints them, and the verdicts. */
#include "nights.h"
#include "said.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static const char two_nights[] = HEATH_17 RUN(D17, "HEATH_INC") HEATH_18 STOPPED(D17, "20:34:52")
    POLL(D18, "20:34:09", "HEATH_INC", "", "-verbose", "20:30:00 on 02/18/2031")
    RUN(D18, "HEATH_INC");

/* Nights on which readers that look for phrases said "success". */
static void nights(void **state)
{
    (void)state;
    static const struct row rows[] = {
        {"complete", NULL, {{0}}, "complete", "-E02 -E14 -forgeable -E17", 0},
        {"early quit: a volume never finished", NULL, {{END_HEATH(D17), ""}}, "incomplete", "E02", 0},
        {"early quit before the first volume", NULL,
         {{VOLUMES(D17), ""}, {END_HEATH(D17), ""}, {END_ROOT(D17), ""}, {"       1,204", "           0"},
          {"           3\n", "           0\n"}}, "incomplete", "E07 E14", 0},
        {"the log stops in object lines", NULL, {{END_HEATH(D17), NULL}}, "running", "-E05", 0},
        {"the log stopped in object lines long ago", NULL, {{END_HEATH(D17), NULL}}, "incomplete",
         "E05", 90000},
        {"claims success, no statistics", NULL, {{STATUS(D17), ""}}, "unknown", "summary_missing", 0},
        {"an interrupt, then success", NULL,
         {{END_HEATH(D17), D17 "20:34:30 ANS2820E An interrupt has occurred. The current operation "
           "will end and the client will shut down.\n"}}, "incomplete", "E04 E02", 0},
        {"failed, and an object is named like an event line", NULL,
         {{"Scheduled event 'HEATH_INC' completed successfully.",
           "ANS1512E Scheduled event 'HEATH_INC' failed.  Return code = 12."},
          {"/heath/b [Sent]", "/heath/Scheduled event 'HEATH_INC' completed successfully. [Sent]"}},
         "failed", "reported_failure -forgeable", 0},
        {"the server was full", NULL,
         {{END_HEATH(D17), D17 "20:34:30 ANS1329S Server out of data storage space\n"},
          {"Scheduled event 'HEATH_INC' completed successfully.",
           "ANS1512E Scheduled event 'HEATH_INC' failed.  Return code = 12."}}, "failed",
         "E04 reported_failure", 0},
        {"three objects failed", NULL,
         {{END_HEATH(D17), D17 "20:34:51 ANS1802E Incremental backup of '/heath' finished with 3 "
           "failure(s)\n"}, {"failed:               0", "failed:               3"}},
         "exceptions", "objects_not_stored -E10", 0},
    };
    CHECK(rows);
}

/* Shapes and documented relatives of the false success. */
static void false_successes(void **state)
{
    (void)state;
    static const struct row rows[] = {
        {"stopped without statistics", NULL,
         {{END_HEATH(D17), ""}, {STATUS(D17) CLOSE(D17, "HEATH_INC"), STOPPED(D17, "20:34:51")}},
         "incomplete", "E05", 0},
        {"a volume that was asked for was never begun", NULL,
         {{"Objects:               \n", "Objects:               / /heath/ \"/old mill/\"\n"}},
         "incomplete", "E08", 0},
        {"a volume of the options' domain was never begun", NULL,
         {{"-verbose", "-quiet -domain=\"ALL-LOCAL / '/old mill'\""}}, "incomplete", "E08", 0},
        {"memory ran out, and yet the volumes succeed", NULL,
         {{END_HEATH(D17), D17 "20:34:30 ANS1074W The operation was stopped by the user.\n"
           END_HEATH(D17)}}, "incomplete", "E04", 0},
        {"server storage ran out for an object", NULL,
         {{END_HEATH(D17), D17 "20:34:30 ANS1311E Server out of data storage space\n"
           END_HEATH(D17)}}, "incomplete", "E04", 0},
        {"a volume's walk was stopped", NULL,
         {{END_HEATH(D17), D17 "20:34:30 ANS1999E Incremental processing of '/heath' stopped.\n"}},
         "incomplete", "E03", 0},
        {"no domain", NULL,
         {{END_HEATH(D17), D17 "20:34:30 ANS1149E No domain is available for incremental backup.\n"
           END_HEATH(D17)}}, "incomplete", "E03", 0},
        {"a file system does not exist", NULL,
         {{END_HEATH(D17), D17 "20:34:30 ANS4000E Error processing '/moor': file space does not "
           "exist\n" END_HEATH(D17)}}, "incomplete", "E03", 0},
        {"the volumes' failures are not counted", NULL,
         {{END_HEATH(D17), D17 "20:34:51 ANS1802E Incremental backup of '/heath' finished with 1 "
           "failure(s)\n"}}, "exceptions", "E10", 0},
        {"the session came back", NULL,
         {{END_HEATH(D17), D17 "20:34:30 ANS1809W A session with the server has been "
           "disconnected.\n" END_HEATH(D17)}}, "complete", "-E13", 0},
        {"failed, though every volume was walked", NULL,
         {{"Scheduled event 'HEATH_INC' completed successfully.",
           "ANS1512E Das geplante Ereignis 'HEATH_INC' ist fehlgeschlagen.  Code = 12."}}, "failed",
         "reported_failure", 0},
        {"an error that nobody knows", NULL,
         {{END_HEATH(D17), D17 "20:34:30 ANS6666E Something.\n" END_HEATH(D17)}}, "exceptions",
         "objects_not_stored", 0},
        {"results were not sent", NULL, {{SENT(D17, "HEATH_INC"), ""}}, "unknown", "E15", 0},
    };
    CHECK(rows);
}

static void statistics(void **state)
{
    (void)state;
    static const struct row rows[] = {
        {"more failed than inspected", NULL, {{"       1,204", "           2"},
          {"failed:               0", "failed:               9"}}, "unknown", "E10", 0},
        {"the elapsed time differs", NULL, {{"00:00:41", "00:20:41"}}, "unknown", "E10", 0},
        {"the elapsed time differs by a second", NULL, {{"00:00:41", "00:00:40"}}, "complete", "-E10", 0},
        {"sending took longer than the run", NULL, {{"       0.13", "9,000.00"}}, "unknown", "E10", 0},
        {"several streams sent at once", NULL, {{"       0.13", "  200.00"}}, "complete", "-E10", 0},
        {"more lines than objects", NULL, {{"           3\n", "           2\n"}}, "unknown", "E10", 0},
        {"a line of the statistics is missing", NULL,
         {{D17 "20:34:51 Total number of objects failed:               0\n", ""}}, "unknown",
         "summary_missing", 0},
        {"objects were stored, and no byte was sent", NULL, {{"        11.20 KB", "            0  B"}},
         "complete", "E10", 0},
        {"stamps go back", NULL, {{D17 "20:34:20 Normal File-->                 4,096 /etc/c",
           D17 "20:14:20 Normal File-->                 4,096 /etc/c"}}, "unknown", "clock_back", 0},
    };
    CHECK(rows);
}

#define DIED HEATH_17 D17 "20:34:10 \nExecuting scheduled command now.\n" BEGIN(D17, "HEATH_INC")   \
    VOLUMES(D17) END_ROOT(D17) D17 "20:34:30 Scheduler has been started by Dsmcad.\n"
#define OTHER POLL(D17, "20:34:31", "MOOR_INC", "", "", "20:30:00 on 02/17/2031")                   \
    RUN(D17, "MOOR_INC")

static void attempts(void **state)
{
    (void)state;
    static const char again[] = DIED HEATH_17 RUN(D17, "HEATH_INC");
    static const char other_between[] = DIED OTHER HEATH_17 RUN(D17, "HEATH_INC");
    static const char one_volume_less[] = DIED HEATH_17 D17 "20:34:10 \nExecuting scheduled command "
        "now.\n" BEGIN(D17, "HEATH_INC") D17 "20:34:10 Incremental backup of volume '/'\n"
        END_ROOT(D17) STATUS(D17) CLOSE(D17, "HEATH_INC");
    static const char two_at_once[] = HEATH_17
        POLL(D17, "20:34:09", "MOOR_INC", "", "", "20:30:00 on 02/17/2031")
        BEGIN(D17, "HEATH_INC") BEGIN(D17, "MOOR_INC") VOLUMES(D17) END_HEATH(D17) END_ROOT(D17)
        STATUS(D17) CLOSE(D17, "HEATH_INC") CLOSE(D17, "MOOR_INC");
    static const char mixed_polls[] = D17 "20:34:09 Schedule Name:         HEATH_INC\n" HEATH_17
        RUN(D17, "HEATH_INC");
    static const struct row rows[] = {
        {"the second attempt is whole", again, {{0}}, "complete", "-E05 -E17", 0},
        {"the second attempt has yet to begin a volume", one_volume_less,
         {{D17 "20:34:51 Successful incremental backup of '/'", NULL}}, "running", "-E08", 0},
        {"the second attempt forgets two failures of the first", again,
         {{D17 "20:34:30 Scheduler has been started", D17 "20:34:21 ANS1228E Sending of object "
           "'/heath/x' failed.\n" D17 "20:34:22 ANS1228E Sending of object '/heath/y' failed.\n"
           D17 "20:34:30 Scheduler has been started"}}, "complete", "-objects_not_stored -E05", 0},
        {"another run between the attempts", other_between, {{0}}, "complete complete", "-E17", 0},
        {"the second attempt begins one volume less", one_volume_less, {{0}}, "incomplete", "E08", 0},
        {"the same event fails and is tried again", two_nights,
         {{"Scheduled event 'HEATH_INC' completed", "Scheduled event 'HEATH_INC' completed"}},
         "complete complete", "-E17", 0},
        {"two at once", two_at_once, {{0}}, "unknown unknown", "E17", 0},
        {"a poll inside the run", NULL, {{END_HEATH(D17), D17 "20:34:30 Querying server for next "
           "scheduled event.\n" END_HEATH(D17)}}, "unknown", "E17", 0},
        {"half a block of another scheduler", mixed_polls, {{"Querying", "Nothing"},
          {D17 "20:34:09 Next operation scheduled:\n", ""}}, "unknown", "definition_unknown", 0},
        {"half a block of another scheduler, and the name twice", mixed_polls, {{"Querying", "Nothing"},
          {D17 "20:34:09 Next operation scheduled:\n" D17 "20:34:09 Schedule Name:         HEATH_INC\n",
           D17 "20:34:09 Schedule Name:         HEATH_INC\n" D17
           "20:34:09 Schedule Name:         HEATH_INC\n"}}, "unknown", "E17 definition_unknown", 0},
        {"executed is said twice", NULL, {{"Executing scheduled command now.\n",
           "Executing scheduled command now.\nExecuting scheduled command now.\n"}}, "complete", "",
         0},
        {"executed, and no run began", NULL, {{BEGIN(D17, "HEATH_INC"), NULL}}, "running", "", 0},
        {"executed, and the scheduler stopped", NULL, {{BEGIN(D17, "HEATH_INC") VOLUMES(D17)
           END_HEATH(D17) END_ROOT(D17) STATUS(D17) CLOSE(D17, "HEATH_INC"), ""}}, "incomplete",
         "E05", 0},
        {"a block that is not the client's", "--- SCHEDULEREC OBJECT BEGIN rsync-07\n", {{"---",
           D17 "20:34:10 ---"}}, "unknown", "foreign", 0},
        {"two runs side by side, and one begin record is lost", two_at_once,
         {{BEGIN(D17, "MOOR_INC"), ""}}, "unknown unknown", "E17", 0},
        {"the next night has lost its beginning, and the results of this one were not sent", two_nights,
         {{SENT(D17, "HEATH_INC"), ""}, {BEGIN(D18, "HEATH_INC"), ""},
          {D18 "20:34:51 --- SCHEDULEREC OBJECT END HEATH_INC " D18 "20:30:00\n", ""},
          {D18 "20:34:51 Scheduled event 'HEATH_INC' completed successfully.",
           D18 "20:34:51 ANS1512E Scheduled event 'HEATH_INC' failed.  Return code = 12."}},
         "unknown failed", "E15 head_missing -forgeable", 0},
        {"an event line without a run", NULL, {{BEGIN(D17, "HEATH_INC"), ""}}, "unknown",
         "head_missing", 0},
    };
    CHECK(rows);
}

static void missed(void **state)
{
    (void)state;
    static const char next_day[] = HEATH_17
        POLL(D18, "08:22:54", "HEATH_INC", "", "", "20:30:00 on 02/18/2031");
    static const char changed[] = POLL(D17, "18:00:00", "HEATH_INC", "", "", "20:30:00 on 02/17/2031")
        POLL(D17, "19:00:00", "HEATH_INC", "", "", "22:30:00 on 02/18/2031")
        D19 "01:00:00 Scheduler has been stopped.\n";
    static const char passed_over[] = POLL(D17, "18:00:00", "HEATH_INC", "", "",
                                           "20:30:00 on 02/17/2031")
        POLL(D17, "19:00:00", "MOOR_INC", "", "", "22:30:00 on 02/18/2031")
        D19 "01:00:00 Scheduler has been stopped.\n";
    static const char sooner[] = POLL(D17, "18:00:00", "HEATH_INC", "", "", "20:30:00 on 02/17/2031")
        POLL(D17, "19:00:00", "MOOR_INC", "", "", "19:30:00 on 02/17/2031")
        D19 "01:00:00 Scheduler has been stopped.\n";
    static const char withdrawn[] = POLL(D17, "18:00:00", "HEATH_INC", "", "",
                                         "20:30:00 on 02/17/2031")
        D17 "19:00:00 No schedule returned from server.\n"
        D19 "01:00:00 Scheduler has been stopped.\n";
    static const char withdrawn_late[] = POLL(D17, "18:00:00", "HEATH_INC", "", "",
                                              "20:30:00 on 02/17/2031")
        D17 "21:00:00 No schedule returned from server.\n"
        D17 "21:00:01 Scheduler has been stopped.\n";
    static const char nameless[] = POLL(D17, "18:00:00", "HEATH_INC", "", "", "20:30:00 on 02/17/2031")
        POLL(D17, "19:00:00", "", "", "", "22:30:00 on 02/18/2031")
        D17 "20:00:00 Scheduler has been stopped.\n";
    static const char cut_in_a_poll[] = HEATH_17 HEATH_17 RUN(D17, "HEATH_INC") D19
        "01:00:00 Scheduler has been stopped.\n";
    static const char cut_and_missed[] = HEATH_17 HEATH_17 D19 "01:00:00 Scheduler has been stopped.\n";
    static const char goes_on[] = HEATH_17 D19 "01:00:00 Scheduler has been stopped.\n";
    static const char goes_on_a_little[] = HEATH_17 D18 "01:00:00 Scheduler has been stopped.\n";
    static const struct row rows[] = {
        {"the next poll is for the next day", next_day, {{0}}, "missed", "E20", 0},
        {"changed before its time came", changed, {{0}}, "", "", 0},
        {"passed over before its time came", passed_over, {{0}}, "", "", 0},
        {"another schedule comes sooner", sooner, {{0}}, "missed missed", "E20", 0},
        {"withdrawn before its time came", withdrawn, {{0}}, "", "", 0},
        {"withdrawn when the time of one had come", withdrawn_late, {{0}}, "missed", "E20", 0},
        {"a block without a name tells nothing", nameless, {{0}}, "", "", 0},
        {"the text begins inside a poll, behind the node's name", cut_in_a_poll,
         {{D17 "20:34:09 Querying server for next scheduled event.\n" D17 "20:34:09 Node Name: LAPWING\n", ""}},
         "complete", "-E20", 0},
        {"so it does, and the window is missed once", cut_and_missed,
         {{D17 "20:34:09 Querying server for next scheduled event.\n" D17 "20:34:09 Node Name: LAPWING\n", ""}},
         "missed", "E20", 0},
        {"the log goes on past it", goes_on, {{0}}, "missed", "E20", 0},
        {"the window may still be open", goes_on_a_little, {{0}}, "", "", 0},
        {"a poll that just ends", HEATH_17, {{0}}, "", "", 0},
        {"two nights that ran", two_nights, {{0}}, "complete complete", "-E20", 0},
        {"the second night's run is missing", two_nights, {{RUN(D18, "HEATH_INC"),
           D19 "21:00:00 Scheduler has been stopped.\n"}}, "complete missed", "E20", 0},
    };
    CHECK(rows);
}

static void commands(void **state)
{
    (void)state;
#define COMMAND D17 "20:34:10 Executing Operating System command or script:\n   /opt/dump\n"
#define FINISHED(code) D17 "20:34:51 Finished command.  Return code is: " code "\n"
#define COMMAND_RUN(body) POLL(D17, "20:34:09", "HEATH_INC", "/opt/dump", "",                        \
                               "20:30:00 on 02/17/2031") BEGIN(D17, "HEATH_INC") body              \
        CLOSE(D17, "HEATH_INC")
    static const char zero[] = COMMAND_RUN(COMMAND FINISHED("0"));
    static const char three[] = COMMAND_RUN(COMMAND FINISHED("3"));
    static const char none[] = COMMAND_RUN(COMMAND);
    static const char printed[] = COMMAND_RUN(COMMAND FINISHED("0") FINISHED("3"));
    static const char without[] = BEGIN(D17, "HEATH_INC") COMMAND FINISHED("0")
        CLOSE(D17, "HEATH_INC");
    static const char message[] = COMMAND_RUN(COMMAND D17
        "20:34:40 ANS1999E Incremental processing of '/x' stopped.\n" D17
        "20:34:41 ANS1074W The operation was stopped by the user.\n" FINISHED("0"));
    static const char below_zero[] = COMMAND_RUN(COMMAND FINISHED("-4"));
    static const struct edit command = {"Incremental", "Command"};
    const struct row rows[] = {
        {"its return code is 0", zero, {command}, "complete", "command_only -E18", 0},
        {"its return code is 3", three, {command}, "failed", "E18", 0},
        {"its return code is below 0", below_zero, {command}, "failed", "E18", 0},
        {"it prints what a client says", message, {command, {D17
           "20:34:40 ANS1999E Incremental processing of '/x' stopped.\n", ""}}, "complete", "-E04", 0},
        {"it has no return code", none, {command}, "failed", "E18", 0},
        {"its output plays a return code", printed, {command}, "failed", "E18 forgeable", 0},
        {"nothing says that it was a command", without, {{0}}, "unknown", "definition_unknown", 0},
        {"the run was no command", zero, {{0}}, "incomplete", "E08", 0},
    };
    CHECK(rows);
}

int main(void)
{
    static char name[] = "nights";
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nights), cmocka_unit_test(false_successes), cmocka_unit_test(statistics),
        cmocka_unit_test(attempts), cmocka_unit_test(missed), cmocka_unit_test(commands),
        cmocka_unit_test_prestate(said_as_before, name)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
