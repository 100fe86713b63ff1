/* SPDX-License-Identifier: BSD-2-Clause
 * Where the limits lie of what is unlike earlier runs: each number goes through its range. The good
 * night inspects 1,204 objects in 41 seconds and sends 11.20 KB. */
#include "said.h"
#include "sweep.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#define ASKED (TSMP_PROOF_CLOSED | TSMP_PROOF_VOLUMES | TSMP_PROOF_SUMMARY | TSMP_PROOF_BASELINE)
#define INSPECTED "inspected:        1,204"
#define WITH_MOOR "/,/heath,/moor"
/* Begun 2 seconds before its statistics. */
#define SHORT {"00:00:41", "00:00:02"}, {"20:34:10 --- SCHEDULEREC OBJECT BEGIN", "20:34:49 --- SCHEDULEREC OBJECT BEGIN"}

static void counts(void **state)
{
    (void)state;
    static const struct sweep sweeps[] = {
        {"usual objects", 0, 2500, .groups = {{10, SWEPT, 40, 11000}}, .proofs = ASKED},
        {"objects of a small run", 0, 60, .edits = {{INSPECTED, "inspected:            @"}},
         .groups = {{10, 24, 40, 11000}}, .proofs = ASKED},
        {"objects of a small run that stores none", 0, 13, .edits = {{INSPECTED, "inspected:            @"}, {"backed up:            3", "backed up:            0"},
         {VOLUMES(D17), D17 "20:34:10 Incremental backup of volume '/'\n" D17 "20:34:10 Incremental backup of volume '/heath'\n"}},
         .groups = {{10, 24, 40, 11000}}, .proofs = ASKED},
        {"usual objects of a small run", 0, 40, .edits = {{INSPECTED, "inspected:            7"}},
         .groups = {{10, SWEPT, 40, 11000}}, .proofs = ASKED},
        {"how many earlier runs", 0, 12, .groups = {{NIGHTS_SWEPT, 2500, 40, 11000}}, .proofs = ASKED},
        {"how many runs as low", 0, 4, .groups = {{NIGHTS_SWEPT, 1204, 40, 11000}, {10, 2500, 40, 11000}}, .proofs = ASKED},
        {"what the low ones counted", 1195, 1215, .groups = {{2, SWEPT, 40, 11000}, {10, 2500, 40, 11000}}, .proofs = ASKED},
        {"only one of them may be lower", 1195, 1215, .groups = {{1, 900, 40, 11000}, {1, SWEPT, 40, 11000}, {10, 2500, 40, 11000}}},
        {"an even count of runs", 2300, 2520, .groups = {{3, SWEPT, 40, 11000}, {3, 2500, 40, 11000}}, .proofs = ASKED},
        {"how far the newest thirty reach", 0, 34, .groups = {{NIGHTS_SWEPT, 1200, 40, 11000}, {30, 9000, 40, 11000}},
         .proofs = ASKED},
        {"runs that differ, above", 1204, 2500, .groups = {{3, 1204, 40, 11000}, {3, SWEPT, 40, 11000}, {3, 1800, 40, 11000}},
         .proofs = ASKED},
        {"runs that differ, a little", 1480, 1620, .groups = {{2, 1560, 40, 11000}, {1, 1520, 40, 11000}, {2, SWEPT, 40, 11000}},
         .proofs = ASKED},
        {"a fifth where runs differ by less", 1500, 1600, .groups = {{1, 1505, 40, 11000}, {2, 1445, 40, 11000}, {2, SWEPT, 40, 11000}}, .proofs = ASKED},
        {"runs that differ, below", 400, 1300, .groups = {{3, 500, 40, 11000}, {3, SWEPT, 40, 11000}, {3, 602, 40, 11000}},
         .proofs = ASKED},
        {"runs without a count", 0, 8, .groups = {{NIGHTS_SWEPT, -1, 40, 11000}, {4, 1200, 40, 11000}}, .proofs = ASKED},
        {"runs that counted none", 0, 12, .groups = {{NIGHTS_SWEPT, 0, 40, 11000}, {5, 1200, 40, 11000}}, .proofs = ASKED},
    };
    SWEEP(sweeps);
}

static void times(void **state)
{
    (void)state;
    static const struct sweep sweeps[] = {
        {"usual time", 0, 450, .groups = {{10, 1200, SWEPT, 11000}}, .proofs = ASKED},
        {"usual time of a short run", 15, 70, .edits = {SHORT}, .groups = {{10, 1200, SWEPT, 11000}}, .proofs = ASKED},
        {"how many runs with times", 0, 8, .groups = {{NIGHTS_SWEPT, 1200, 420, 11000}, {4, 1200, -1, 11000}}, .proofs = ASKED},
        {"runs that took no time", 0, 8, .groups = {{NIGHTS_SWEPT, 1200, 0, 11000}, {6, 1200, 420, 11000}}, .proofs = ASKED},
        {"how many runs as fast", 0, 4, .groups = {{NIGHTS_SWEPT, 1200, 41, 11000}, {10, 1200, 420, 11000}}, .proofs = ASKED},
        {"how fast they were", 35, 50, .groups = {{2, 1200, SWEPT, 11000}, {10, 1200, 420, 11000}}, .proofs = ASKED},
        {"usual bytes of a slow run", 114650, 114720, .groups = {{10, 1200, 420, SWEPT}}, .proofs = ASKED},
        {"how many runs with bytes", 0, 8, .groups = {{NIGHTS_SWEPT, 1200, 420, 200000}, {4, 1200, 420, -1}}, .proofs = ASKED},
        {"runs that sent none", 0, 12, .groups = {{NIGHTS_SWEPT, 1200, 420, 0}, {6, 1200, 420, 200000}}, .proofs = ASKED},
        {"bytes of runs without a count", 0, 6, .groups = {{NIGHTS_SWEPT, -1, 420, 0}, {5, 1200, 420, 200000}}, .proofs = ASKED},
        {"times of runs without a count", 0, 12, .groups = {{NIGHTS_SWEPT, -1, 40, 11000}, {5, 1200, 420, 11000}}, .proofs = ASKED},
        {"usual rate", 100, 200, .groups = {{10, SWEPT, 100, 11000}}},
        {"how many runs at that rate", 0, 4, .groups = {{NIGHTS_SWEPT, 2937, 100, 11000}, {10, 130, 100, 11000}}},
        {"at what rate", 2930, 2940, .groups = {{2, SWEPT, 100, 11000}, {10, 130, 100, 11000}}},
        {"one of them faster", 2930, 2940, .groups = {{1, 5000, 100, 11000}, {1, SWEPT, 100, 11000}, {10, 130, 100, 11000}}},
        {"kilobytes sent", 1, 40, .edits = {{"11.20 KB", "@.05 KB"}}, .groups = {{10, 1200, 420, 200000}}},
        {"a run that took no time", 0, 2, .edits = {{"00:00:41", "00:00:00"},
         {"20:34:10 --- SCHEDULEREC OBJECT BEGIN", "20:34:51 --- SCHEDULEREC OBJECT BEGIN"}}, .groups = {{10, 1200, 61, 11000}}},
    };
    SWEEP(sweeps);
}

/* Three lines less, so that no object may be counted. */
#define NO_LINES {D17 "20:34:20 Normal File-->                 4,096 /heath/a [Sent]\n", ""}, \
    {D17 "20:34:20 Normal File-->                 4,096 /heath/b [Sent]\n", ""}, \
    {D17 "20:34:20 Normal File-->                 4,096 /etc/c [Sent]\n", ""}, {"backed up:            3", "backed up:            0"}
#define CONSOLE "Incremental backup of volume '/'\nIncremental backup of volume '/heath'\nSuccessful incremental backup of '/heath'\n" \
    "Successful incremental backup of '/'\n\n\nTotal number of objects inspected:        1,204\nTotal number of objects backed up:            3\n" \
    "Total number of objects updated:              0\nTotal number of objects rebound:              0\nTotal number of objects deleted:              0\n" \
    "Total number of objects expired:              0\nTotal number of objects failed:               0\nTotal number of bytes transferred:        11.20 KB\n" \
    "Elapsed processing time:               00:00:41\n"

static void odd_runs(void **state)
{
    (void)state;
    static const struct sweep sweeps[] = {
        {"no object at all", 0, 30, .edits = {NO_LINES, {INSPECTED, "inspected:            0"}}, .groups = {{10, SWEPT, 40, 11000}}, .proofs = ASKED},
        {"no object at all, of a selective backup", 0, 30, .edits = {NO_LINES, {INSPECTED, "inspected:            0"},
         {"Action:                Incremental", "Action:                Selective"}}, .groups = {{10, SWEPT, 40, 11000}}, .proofs = ASKED},
        {"a run without times", 0, 6, .edits = {{"*" D17, "99/99/2031 "}}, .groups = {{NIGHTS_SWEPT, 2500, 40, 11000}}, .proofs = ASKED},
        {"a run whose clock was set", 0, 6, .edits = {{"20:34:20 Normal File-->                 4,096 /etc/c", "20:14:20 Normal File-->                 4,096 /etc/c"}},
         .groups = {{NIGHTS_SWEPT, 1200, 40, 11000}}, .proofs = ASKED},
        {"a run whose volume has no end", 0, 6, .edits = {{END_HEATH(D17), ""}}, .groups = {{NIGHTS_SWEPT, 1200, 40, 11000}}, .proofs = ASKED},
        {"a run with more lines than objects", 0, 6, .edits = {{"backed up:            3", "backed up:            2"}},
         .groups = {{NIGHTS_SWEPT, 1200, 40, 11000}}, .proofs = ASKED},
        {"without its definition", 0, 6, .edits = {{"Schedule Name:", "Schedule  Nam:"}}, .groups = {{NIGHTS_SWEPT, 1200, 40, 11000, WITH_MOOR}}, .proofs = ASKED},
        {"without its definition, with a domain", 0, 6, .edits = {{"Schedule Name:", "Schedule  Nam:"}},
         .groups = {{NIGHTS_SWEPT, 1200, 40, 11000, WITH_MOOR}}, .proofs = ASKED, .domain = "ALL-LOCAL"},
        {"of a console", 0, 6, .text = CONSOLE, .groups = {{NIGHTS_SWEPT, 2500, 40, 11000, WITH_MOOR}}, .proofs = ASKED},
        {"of a console, with a domain", 0, 6, .text = CONSOLE, .groups = {{NIGHTS_SWEPT, 2500, 40, 11000, WITH_MOOR}}, .proofs = ASKED, .domain = "ALL-LOCAL"},
        {"volumes without a name", 0, 6, .groups = {{NIGHTS_SWEPT, 1200, 40, 11000, ",/,/heath"}}, .proofs = ASKED},
        {"older runs stand first", 0, 30, .groups = {{NIGHTS_SWEPT, 1200, 40, 11000}, {34, 2500, 40, 11000}}, .proofs = ASKED,
         .oldest_first = true},
        {"how far the newest thirty reach, older runs first", 0, 34, .groups = {{NIGHTS_SWEPT, 1200, 40, 11000}, {30, 9000, 40, 11000}},
         .proofs = ASKED, .oldest_first = true},
        {"bytes that can't be read", 0, 1, .edits = {{"11.20 KB", "99999999999999999999 KB"}}, .groups = {{10, 1200, 420, 200000}}, .proofs = ASKED},
        {"bytes of the same run", 0, 1, .edits = {{"11.20 KB", "11.20  B"}}, .groups = {{10, 1200, 420, 200000}}, .proofs = ASKED},
    };
    SWEEP(sweeps);
}

#define TWENTY ",/1,/2,/3,/4,/5,/6,/7,/8,/9,/10,/11,/12,/13,/14,/15,/16,/17,/18,/19,/20"

static void volumes(void **state)
{
    (void)state;
    static const struct sweep sweeps[] = {
        {"nights with a volume more", 0, 20, .groups = {{NIGHTS_SWEPT, 1200, 40, 11000, WITH_MOOR}, {10, 1200, 40, 11000}},
         .proofs = ASKED},
        {"nights since it came back", 0, 20, .groups = {{NIGHTS_SWEPT, 1200, 40, 11000, WITH_MOOR}, {1, 1200, 40, 11000},
         {6, 1200, 40, 11000, WITH_MOOR}}, .proofs = ASKED},
        {"nights between", 0, 30, .groups = {{6, 1200, 40, 11000, WITH_MOOR}, {NIGHTS_SWEPT, 1200, 40, 11000},
         {6, 1200, 40, 11000, WITH_MOOR}}, .proofs = ASKED},
        {"nights without names of volumes", 0, 12, .groups = {{NIGHTS_SWEPT, 1200, 40, 11000, ""}, {6, 1200, 40, 11000, WITH_MOOR}},
         .proofs = ASKED},
        {"a volume that only ends", 0, 0, .edits = {{"Incremental backup of volume '/'\n", "\n"}},
         .groups = {{10, 1200, 40, 11000}}, .proofs = ASKED},
        {"a volume that only begins", 0, 0, .edits = {{END_HEATH(D17), ""}}, .groups = {{10, 1200, 40, 11000}}, .proofs = ASKED},
        {"nights with one volume of two", 0, 12, .groups = {{NIGHTS_SWEPT, 1200, 40, 11000, "/"}, {6, 1200, 40, 11000}},
         .proofs = ASKED},
        {"twenty volumes more", 5, 5, .groups = {{NIGHTS_SWEPT, 1200, 40, 11000, "/,/heath" TWENTY}}, .proofs = ASKED},
        {"twenty-two volumes more", 5, 5, .groups = {{NIGHTS_SWEPT, 1200, 40, 11000, "/,/heath,/moor,/fen" TWENTY}}, .proofs = ASKED},
        {"the other domain", 0, 12, .edits = {{"-verbose", "-domain='-/moor /'"}},
         .groups = {{NIGHTS_SWEPT, 1200, 40, 11000, WITH_MOOR}}, .proofs = ASKED},
        {"a domain without it", 0, 6, .groups = {{NIGHTS_SWEPT, 1200, 40, 11000, WITH_MOOR}}, .domain = "/,ALL-LOCAL,-/moor"},
        {"a selective backup", 0, 12, .edits = {{"Action:                Incremental", "Action:                Selective"}},
         .groups = {{NIGHTS_SWEPT, 2500, 40, 11000, WITH_MOOR}}, .proofs = ASKED},
        {"an archive", 0, 6, .edits = {{"Action:                Incremental", "Action:                Archive"}},
         .groups = {{NIGHTS_SWEPT, 2500, 40, 11000}}, .proofs = ASKED},
    };
    SWEEP(sweeps);
}

int main(void)
{
    static char name[] = "history_edges";
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(counts), cmocka_unit_test(times), cmocka_unit_test(odd_runs), cmocka_unit_test(volumes),
        cmocka_unit_test_prestate(said_as_before, name)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
