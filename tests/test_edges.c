/* SPDX-License-Identifier: BSD-2-Clause
 * Where the limits lie of what a log proves by itself: times against stamps, counts against lines and
 * against each other. Each number goes through its range. */
#include "said.h"
#include "sweep.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#include "judge.h"

#include <stdio.h>

#define BEGIN_AT "20:34:10 --- SCHEDULEREC OBJECT BEGIN"

static void times(void **state)
{
    (void)state;
    static const struct sweep sweeps[] = {
        {"elapsed time", 0, 120, AS_CLOCK, .edits = {{"00:00:41", "@"}}},
        {"elapsed time, half an hour more", 1830, 1850, AS_CLOCK, .edits = {{"00:00:41", "@"}}},
        {"elapsed time, an hour more", 3630, 3650, AS_CLOCK, .edits = {{"00:00:41", "@"}}},
        {"begin an hour before", 70440, 70460, AS_CLOCK, .edits = {{BEGIN_AT, "@ --- SCHEDULEREC OBJECT BEGIN"}}},
        {"begin half an hour before", 72240, 72260, AS_CLOCK, .edits = {{BEGIN_AT, "@ --- SCHEDULEREC OBJECT BEGIN"}}},
        {"begin, and a command before the backup", 74030, 74060, AS_CLOCK, .edits = {{BEGIN_AT, "@ --- SCHEDULEREC OBJECT BEGIN"},
         {D17 "20:34:10 Incremental backup of volume '/'\n", D17 "20:34:10 Executing Operating System command or script:\n   /opt/dump\n"
          D17 "20:34:10 Finished command.  Return code is: 0\n" D17 "20:34:10 Incremental backup of volume '/'\n"}}},
        {"the clock goes back by about an hour", 70470, 70500, AS_CLOCK, .edits = {{"*20:34:51", "@"}}},
        {"the clock goes back by half an hour", 72270, 72300, AS_CLOCK, .edits = {{"*20:34:51", "@"}}},
        {"the clock goes back, and how far before", 74040, 74099, AS_CLOCK, .edits = {{"*20:34:51", "19:34:51"},
         {"20:34:20 Normal File-->                 4,096 /etc/c", "@ Normal File-->                 4,096 /etc/c"}}},
        {"the clock goes back twice", 74040, 74064, AS_CLOCK, .edits = {{"*20:34:51", "19:34:51"},
         {"20:34:20 Normal File-->                 4,096 /heath/b", "@ Normal File-->                 4,096 /heath/b"}}},
        {"transfer time", 420, 450, AS_NUMBER, .edits = {{"       0.13 sec", "  @.00 sec"}}},
        {"transfer time of eleven volumes", 460, 480, AS_NUMBER, .edits = {{"       0.13 sec", "  @.00 sec"},
         {D17 "20:34:10 Incremental backup of volume '/'\n", D17 "20:34:10 Incremental backup of volume '/'\n"
          D17 "20:34:10 Incremental backup of volume '/1'\n" D17 "20:34:10 Incremental backup of volume '/2'\n"
          D17 "20:34:10 Incremental backup of volume '/3'\n" D17 "20:34:10 Incremental backup of volume '/4'\n"
          D17 "20:34:10 Incremental backup of volume '/5'\n" D17 "20:34:10 Incremental backup of volume '/6'\n"
          D17 "20:34:10 Incremental backup of volume '/7'\n" D17 "20:34:10 Incremental backup of volume '/8'\n"
          D17 "20:34:10 Incremental backup of volume '/9'\n"}}},
    };
    SWEEP(sweeps);
}

static void counts(void **state)
{
    (void)state;
    static const struct sweep sweeps[] = {
        {"objects inspected", 0, 6, AS_NUMBER, .edits = {{"inspected:        1,204", "inspected:            @"}}},
        {"objects inspected, and one failed", 0, 6, AS_NUMBER, .edits = {{"inspected:        1,204", "inspected:            @"},
         {"failed:               0", "failed:               2"}}},
        {"objects inspected with an option", 0, 6, AS_NUMBER, .edits = {{"inspected:        1,204", "inspected:            @"},
         {"-verbose", "-incrbydate"}}},
        {"objects inspected by journal", 0, 6, AS_NUMBER, .edits = {{"inspected:        1,204", "inspected:            @"},
         {D17 "20:34:20 Normal File", D17 "20:34:11 Querying Journal for '/heath'\n" D17 "20:34:20 Normal File"}}},
        {"objects inspected, and no line of a volume", 0, 2, AS_NUMBER, .edits = {{"inspected:        1,204", "inspected:            @"},
         {VOLUMES(D17) END_HEATH(D17) END_ROOT(D17), ""}, {"backed up:            3", "backed up:            0"}}, .domain = "/heath"},
        {"objects backed up", 0, 6, AS_NUMBER, .edits = {{"backed up:            3", "backed up:            @"}}},
        {"objects failed", 0, 4, AS_NUMBER, .edits = {{"failed:               0", "failed:               @"}}},
        {"objects failed, and the volume says two", 0, 4, AS_NUMBER, .edits = {{"failed:               0", "failed:               @"},
         {END_HEATH(D17), D17 "20:34:51 ANS1802E Incremental backup of '/heath' finished with 2 failure(s)\n"}}},
        {"the volume's failures", 0, 4, AS_NUMBER, .edits = {{"failed:               0", "failed:               2"},
         {END_HEATH(D17), D17 "20:34:51 ANS1802E Incremental backup of '/heath' finished with @ failure(s)\n"}}},
        {"objects failed, and two volumes tell of some", 0, 4, AS_NUMBER, .edits = {{"failed:               0", "failed:               @"},
         {END_HEATH(D17), D17 "20:34:51 ANS1802E Incremental backup of '/heath' finished with 2 failure(s)\n"},
         {END_ROOT(D17), D17 "20:34:51 ANS1802E Incremental backup of '/' finished with 1 failure(s)\n"}}},
        {"objects failed, and two lines say so", 0, 4, AS_NUMBER, .edits = {{"failed:               0", "failed:               @"},
         {END_HEATH(D17), D17 "20:34:30 ANS1228E Sending of object '/heath/x' failed.\n"
          D17 "20:34:30 ANS1228E Sending of object '/heath/y' failed.\n" END_HEATH(D17)}}},
        {"objects failed, and two lines name them", 0, 4, AS_NUMBER, .edits = {{"failed:               0", "failed:               @"},
         {END_HEATH(D17), D17 "20:34:30 Normal File-->                 4,096 /heath/x ** Unsuccessful **\n"
          D17 "20:34:30 Normal File-->                 4,096 /heath/y ** Unsuccessful **\n" END_HEATH(D17)}}},
        {"updated", 0, 3, AS_NUMBER, .edits = {{"updated:              0", "updated:              @"},
         {END_HEATH(D17), D17 "20:34:30 Updating-->                 4,096 /heath/x [Sent]\n" END_HEATH(D17)}}},
        {"expired", 0, 3, AS_NUMBER, .edits = {{"expired:              0", "expired:              @"},
         {END_HEATH(D17), D17 "20:34:30 Expiring-->                 4,096 /heath/x [Sent]\n"
          D17 "20:34:30 Expiring-->                 4,096 /heath/y [Sent]\n" END_HEATH(D17)}}},
        {"retries", 0, 3, AS_NUMBER, .edits = {{"retries:                      0", "retries:                      @"},
         {END_HEATH(D17), D17 "20:34:30 Retry # 1  Normal File-->                 4,096 /heath/a [Sent]\n" END_HEATH(D17)}}},
        {"bytes transferred", 0, 2, AS_NUMBER, .edits = {{"       11.20 KB", "            @  B"}}},
        {"bytes transferred, and none stored", 0, 2, AS_NUMBER, .edits = {{"       11.20 KB", "            @  B"},
         {"backed up:            3", "backed up:            0"}}},
        {"LAN-free bytes", 0, 2, AS_NUMBER, .edits = {{"       11.20 KB", "            0  B"},
         {D17 "20:34:51 Data transfer time", D17 "20:34:51 LanFree data bytes:            @  B\n" D17 "20:34:51 Data transfer time"}}},
    };
    SWEEP(sweeps);
}

/* The C library's calendar ends in 2038 on some machines, and begins in 1970 on others. */
static void next_day(int *year, int *month, int *day)
{
    static const int lengths[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    bool leap = *year % 4 == 0 && (*year % 100 != 0 || *year % 400 == 0);
    if (++*day <= lengths[*month - 1] + (*month == 2 && leap))
        return;
    *day = 1;
    if (++*month <= 12)
        return;
    *month = 1;
    ++*year;
}

/* Each day of 800 years, each second of one, against a calendar that is only counted on. */
static void times_as_text(void **state)
{
    (void)state;
    enum { DAYS = 400 * 365 + 97 }; /* of 400 years: from 1570 on */
    int year = 1570, month = 1, day = 1;
    for (int64_t i = 0; i < 2 * DAYS + 86400; i++) {
        bool days = i < 2 * DAYS;
        int64_t seconds = days ? (i - DAYS) * 86400 + i % 86400 : i - 2 * DAYS;
        int rest = (int)(days ? i % 86400 : i - 2 * DAYS);
        char wanted[80], buffer[CLOCK_TEXT];
        if (i == 2 * DAYS)
            year = 1970, month = 1, day = 1;
        snprintf(wanted, sizeof wanted, "%04d-%02d-%02d %02d:%02d:%02d", year, month, day, rest / 3600,
                 rest / 60 % 60, rest % 60);
        tsmp_text shown = time_text(seconds * 1000000 + i % 1000000, buffer);
        assert_int_equal(shown.length, 19);
        assert_memory_equal(shown.bytes, wanted, 19);
        if (days)
            next_day(&year, &month, &day);
    }
}

/* Each line of the statistics is left out, or said in a unit that is not a count. */
static void missing_statistics(void **state)
{
    (void)state;
#define WITHOUT(line) {"without: " line, 0, 0, AS_NUMBER, .edits = {{D17 "20:34:51 " line, D17 "20:34:51 Something else"}}}
#define ODD(from, to) {"odd: " to, 0, 0, AS_NUMBER, .edits = {{from, to}}}
    static const struct sweep sweeps[] = {
        WITHOUT("Total number of objects inspected"), WITHOUT("Total number of objects backed up"),
        WITHOUT("Total number of objects updated"), WITHOUT("Total number of objects rebound"),
        WITHOUT("Total number of objects deleted"), WITHOUT("Total number of objects expired"),
        WITHOUT("Total number of objects failed"), WITHOUT("Total number of retries"),
        WITHOUT("Total number of bytes transferred"), WITHOUT("Data transfer time"), WITHOUT("Elapsed processing time"),
        ODD("inspected:        1,204", "inspected:        1,2.04"), ODD("failed:               0", "failed:             0.5"),
        ODD("backed up:            3", "backed up:          3.5"), ODD("00:00:41", "00:00:4x"),
        ODD("inspected:        1,204", "inspected:      1204.50"), ODD("failed:               0", "failed:            0.00"),
        ODD("       0.13 sec", "99999999999999999999 sec"), ODD("11.20 KB", "0.000 KB"), ODD("11.20 KB", "99999999999999999999 KB"),
        ODD("inspected:        1,204", "inspected:           -5"), ODD("00:00:41", "-00:00:01"), ODD("failed:               0", "failed:              -1"),
        ODD("11.20 KB", "11.20 ZZ"), ODD("       0.13 sec", "       1.234 sec"),
        ODD("inspected:        1,204", "inspected: 99999999999999999999999"),
#define OF_ACTION(action, verb) {action ", and its statistics", 0, 4, AS_NUMBER, .edits = {{"Action:                Incremental", "Action:                " action}, \
    {"Total number of objects backed up:            3", "Total number of objects " verb ":            @"}}}, \
    {action ", without any inspected", 0, 4, AS_NUMBER, .edits = {{"Action:                Incremental", "Action:                " action}, \
    {"Total number of objects backed up:            3", "Total number of objects " verb ":            @"}, \
    {D17 "20:34:51 Total number of objects inspected:        1,204\n", ""}}}
        OF_ACTION("Archive", "archived"), OF_ACTION("Restore", "restored"), OF_ACTION("Retrieve", "retrieved"),
        OF_ACTION("Selective", "backed up"), OF_ACTION("Macro", "backed up"), OF_ACTION("Image Backup", "backed up"),
        {"an archive with a line of an expired object", 0, 1, AS_NUMBER, .edits = {{"Action:                Incremental", "Action:                Archive"},
         {"Total number of objects backed up:            3", "Total number of objects archived:            3"},
         {D17 "20:34:51 Total number of objects deleted:              0\n", ""},
         {END_HEATH(D17), D17 "20:34:30 Expiring-->                 4,096 /heath/x [Sent]\n" END_HEATH(D17)},
         {"expired:              0", "expired:              @"}}},
        {"no statistics at all", 0, 0, AS_NUMBER, .edits = {{STATUS(D17), ""}}},
        {"statistics without their block", 0, 0, AS_NUMBER, .edits = {{D17 "20:34:51 --- SCHEDULEREC STATUS BEGIN\n", ""},
         {D17 "20:34:51 --- SCHEDULEREC STATUS END\n", ""}}},
        {"an empty block", 0, 0, AS_NUMBER, .edits = {{STATISTICS(D17), ""}}},
        {"failed and inspected, and little more", 0, 3, AS_NUMBER, .edits = {{"failed:               0", "failed:               @"},
         {"inspected:        1,204", "inspected:            1"}, {D17 "20:34:51 Elapsed processing time", D17 "20:34:51 Else"}}},
    };
    SWEEP(sweeps);
}

#define STOPPED_HEATH {END_HEATH(D17), D17 "20:34:30 ANS1999E Incremental processing of '/heath' stopped.\n"}
#define FAILS {"Scheduled event 'HEATH_INC' completed successfully.", "ANS1512E Scheduled event 'HEATH_INC' failed.  Return code = @."}

#define MACHINES(good, failed, all) {D17 "20:34:51 Total number of bytes", good failed all D17 "20:34:51 Total number of bytes"}
#define VMS_GOOD(n) D17 "20:34:51 Total number of virtual machines backed up successfully: " n "\n"
#define VMS_FAILED(n) D17 "20:34:51 Total number of virtual machines failed: " n "\n"
#define VMS_ALL(n) D17 "20:34:51 Total number of virtual machines processed: " n "\n"

static void machines(void **state)
{
    (void)state;
    static const struct sweep sweeps[] = {
        {"machines that are good", 1, 3, AS_NUMBER, .edits = {MACHINES(VMS_GOOD("@"), VMS_FAILED("0"), VMS_ALL("2"))}},
        {"machines that failed", 0, 2, AS_NUMBER, .edits = {MACHINES(VMS_GOOD("2"), VMS_FAILED("@"), VMS_ALL("2"))}},
        {"machines, and how many are good is not told", 0, 1, AS_NUMBER, .edits = {MACHINES("", VMS_FAILED("0"), VMS_ALL("@"))}},
        {"machines, and how many failed is not told", 1, 3, AS_NUMBER, .edits = {MACHINES(VMS_GOOD("@"), "", VMS_ALL("2"))}},
        {"machines, and how many there are is not told", 0, 1, AS_NUMBER, .edits = {MACHINES(VMS_GOOD("@"), VMS_FAILED("0"), "")}},
    };
    SWEEP(sweeps);
}

/* How a run ends, and how long it takes. */
static void endings(void **state)
{
    (void)state;
    static const struct sweep sweeps[] = {
        {"a volume is stopped", 0, 0, AS_NUMBER, .edits = {STOPPED_HEATH}},
        {"a volume is stopped, and the event fails", 12, 12, AS_NUMBER, .edits = {STOPPED_HEATH, FAILS}},
        {"the event fails", 0, 12, AS_NUMBER, .edits = {FAILS}},
        {"the event fails without a code", 0, 0, AS_NUMBER, .edits = {{"Scheduled event 'HEATH_INC' completed successfully.",
         "ANS1512E Scheduled event 'HEATH_INC' failed."}}},
        {"without times", 0, 0, AS_NUMBER, .edits = {{"*" D17, "99/99/2031 "}}},
        {"a path is not found", 1075, 1077, AS_NUMBER, .edits = {{END_ROOT(D17), D17 "20:34:51 ANS@E The specified directory path '/heath/none' could not be found.\n" END_ROOT(D17)}}},
        {"nothing matches", 1091, 1093, AS_NUMBER, .edits = {{END_ROOT(D17), D17 "20:34:51 ANS@W No files matching search criteria were found\n" END_ROOT(D17)}}},
        {"a walk of a volume without a name is stopped", 0, 0, AS_NUMBER, .edits = {{END_HEATH(D17), D17 "20:34:30 ANS1999E Incremental processing of '' stopped.\n"}}},
#define OPEN_END {STATUS(D17) CLOSE(D17, "HEATH_INC") HEATH_18 STOPPED(D17, "20:34:52"), ""}
        {"seconds that a whole run may take", 38, 44, AS_NUMBER, .limit = SWEPT},
        {"the same by its stamps", 38, 44, AS_NUMBER, .limit = SWEPT, .edits = {{"Elapsed processing", "Else"}}},
        {"without times it takes none", 38, 44, AS_NUMBER, .limit = SWEPT, .edits = {{"Elapsed processing", "Else"}, {"*" D17, "99/99/2031 "}}},
        {"no limit", -1, 1, AS_NUMBER, .limit = SWEPT},
        {"seconds that an open run may take", 3555, 3615, AS_NUMBER, .limit = SWEPT, .edits = {OPEN_END}, .now = INT64_C(1929130450)},
        {"an open run, and the clock is behind it", 1, 2, AS_NUMBER, .limit = SWEPT, .edits = {OPEN_END}, .now = INT64_C(1929126000)},
        {"an open run, and no clock", 1, 2, AS_NUMBER, .limit = SWEPT, .edits = {OPEN_END}},
        {"an open run without times", 1, 2, AS_NUMBER, .limit = SWEPT, .edits = {OPEN_END, {"*" D17, "99/99/2031 "}}, .now = INT64_C(1929130450)},
        {"an open run, and no limit that can be passed", INT64_MAX / 1000000, INT64_MAX / 1000000 + 1, AS_NUMBER, .limit = SWEPT, .edits = {OPEN_END},
         .now = INT64_C(1929130450)},
        {"seconds since the log was written", 86398, 86403, AS_NUMBER, .edits = {OPEN_END}, .age = SWEPT},
        {"seconds that it may be silent", 98, 103, AS_NUMBER, .edits = {OPEN_END}, .age = 100, .fresh = SWEPT},
    };
    SWEEP(sweeps);
}

int main(void)
{
    static char name[] = "edges";
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(times), cmocka_unit_test(counts), cmocka_unit_test(missing_statistics), cmocka_unit_test(times_as_text), cmocka_unit_test(machines), cmocka_unit_test(endings),
        cmocka_unit_test_prestate(said_as_before, name)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
