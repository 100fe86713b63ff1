/* SPDX-License-Identifier: BSD-2-Clause
 * tsmp_probe: what a whole text shows that one line can't. Pieces, wrapping: test_prober. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <tsmparse/tsmparse.h>

#include <string.h>

enum { MDY = TSMP_ORDER_MDY, DMY = TSMP_ORDER_DMY, YMD = TSMP_ORDER_YMD };

static const struct {
    const char *what, *text;
    uint32_t format, order, decimal;
    uint64_t lines, dates;
} rows[] = {
    {"nothing", "", 0, 0, 0, 0, 0},
    {"no dates", "hello\nworld", 0, 0, 0, 2, 0},
    {"one undecided", "03/04/2031 06:05:04 x\n", 0, MDY | DMY, 0, 1, 1},
    {"a part over 12", "03/04/2031 06:05:04 x\n03/25/2031 06:05:04 x\n", 0, MDY, 0, 2, 2},
    {"days first", "25/03/2031 06:05:04 x\n", 0, DMY, 0, 1, 1},
    {"years first", "2031-03-04 06:05:04 x\n", 0, YMD, 0, 1, 1},
    {"points", "03.04.2031 06:05:04 x\n", 0, DMY, 0, 1, 1},
    {"forward as months and days", "03/04/2031 06:05:04 x\n03/05/2031 06:05:04 x\n04/01/2031 06:05:04 x\n",
     0, MDY, 0, 3, 3},
    {"forward as days and months", "01/02/2031 06:05:04 x\n02/02/2031 06:05:04 x\n01/03/2031 06:05:04 x\n",
     0, DMY, 0, 3, 3},
    {"forward either way", "03/04/2031 06:05:04 x\n03/05/2031 06:05:04 x\n", 0, MDY | DMY, 0, 2, 2},
    /* neither order goes forward: nothing can be said */
    {"back either way", "05/06/2031 06:05:04 x\n02/03/2031 06:05:04 x\n", 0, MDY | DMY, 0, 2, 2},
    {"the commonest form counts",
     "25/03/2031 06:05:04 x\n2031-03-26 06:05:04 x\n2031-03-26 06:05:05 x\n", 0, YMD, 0, 3, 2},
    {"impossible days", "40/40/2031 06:05:04 x\n", 0, 0, 0, 1, 0},
    {"schedule log", "03/25/2031 06:05:04 Querying server for next scheduled event.\n",
     TSMP_FORMAT_SCHEDULE_LOG, MDY, 0, 1, 1},
    {"by its marks", "03/25/2031 06:05:04 --- SCHEDULEREC QUERY BEGIN\n", TSMP_FORMAT_SCHEDULE_LOG,
     MDY, 0, 1, 1},
    {"by its volumes", "03/25/2031 06:05:04 Incremental backup of volume '/'\n",
     TSMP_FORMAT_SCHEDULE_LOG, MDY, 0, 1, 1},
    {"error log", "03/25/2031 06:05:04 ANS1228E Sending of object '/x' failed.\n",
     TSMP_FORMAT_ERROR_LOG, MDY, 0, 1, 1},
    {"messages in a schedule log",
     "03/25/2031 06:05:04 ANS1228E Sending of object '/x' failed.\n"
     "03/25/2031 06:05:04 Scheduler has been stopped.\n", TSMP_FORMAT_SCHEDULE_LOG, MDY, 0, 2, 2},
    {"acceptor log", "03/25/2031 06:05:04 (dsmcad) Command will be executed in 1 minute.\n",
     TSMP_FORMAT_ACCEPTOR_LOG, MDY, 0, 1, 1},
    {"console", "IBM Storage Protect\nCommand Line Backup-Archive Client Interface\n",
     TSMP_FORMAT_CONSOLE, 0, 0, 2, 0},
    {"console, its end", "Total number of objects inspected:  1\n", TSMP_FORMAT_CONSOLE, 0, 0, 1, 0},
    {"point", "Network data transfer rate:  81,100.46 KB/sec\n", 0, 0, TSMP_DECIMAL_POINT, 1, 0},
    {"comma", "Data transfer time:  1.544,64 sec\n", 0, 0, TSMP_DECIMAL_COMMA, 1, 0},
    {"undecided", "Data transfer time:  1.544 sec\n", 0, 0, 0, 1, 0},
    {"counts prove nothing", "Total number of objects inspected:  1.544.007\n", TSMP_FORMAT_CONSOLE,
     0, 0, 1, 0},
    {"CR LF", "03/25/2031 06:05:04 Scheduler has been stopped.\r\n\r\n", TSMP_FORMAT_SCHEDULE_LOG,
     MDY, 0, 2, 1},
};

static void what_a_text_shows(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        tsmp_probe_result result = {.size = sizeof result};
        assert_int_equal(tsmp_probe(rows[i].text, strlen(rows[i].text), NULL, &result), TSMP_OK);
        if (result.format != rows[i].format || result.date_order != rows[i].order ||
            result.decimal != rows[i].decimal || result.lines != rows[i].lines ||
            result.dates != rows[i].dates)
            fail_msg("%s: format %u, order %u, decimal %u, %llu lines, %llu dates", rows[i].what,
                     result.format, result.date_order, result.decimal,
                     (unsigned long long)result.lines, (unsigned long long)result.dates);
        assert_int_equal(result.wrap_offset, 0);
    }
}

static void misuse(void **state)
{
    (void)state;
    tsmp_probe_result result = {.size = sizeof result};
    assert_int_equal(tsmp_probe("x", 1, NULL, NULL), TSMP_E_MISUSE);
    assert_int_equal(tsmp_probe(NULL, 1, NULL, &result), TSMP_E_MISUSE);
    assert_int_equal(tsmp_probe(NULL, 0, NULL, &result), TSMP_OK);
    assert_int_equal(tsmp_probe("x", UINT64_MAX, NULL, &result), TSMP_E_MISUSE);
    result.size = 8;
    assert_int_equal(tsmp_probe("x", 1, NULL, &result), TSMP_E_MISUSE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(what_a_text_shows), cmocka_unit_test(misuse)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
