/* SPDX-License-Identifier: BSD-2-Clause
 * Stamps of every DATEFORMAT and TIMEFORMAT, and what is none. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "clock.h"
#include "show.h"

#include <tsmparse/tsmparse.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MDY = TSMP_ORDER_MDY, DMY = TSMP_ORDER_DMY, YMD = TSMP_ORDER_YMD };
enum { AMBIGUOUS = TSMP_FLAG_DATE_AMBIGUOUS, IMPOSSIBLE = TSMP_FLAG_TIME_IMPOSSIBLE };

struct row {
    const char *text;
    uint32_t known;
    uint8_t length; /* 0 = no stamp */
    uint8_t orders;
    const char *time; /* NULL with flags */
    uint32_t flags;
};

static const struct row stamps[] = {
    /* each DATEFORMAT */
    {"04/25/2031 06:05:04 x", 0, 19, MDY, "2031-04-25T06:05:04", 0},
    {"25-04-2031 06:05:04 x", 0, 19, DMY, "2031-04-25T06:05:04", 0},
    {"2031-04-25 06:05:04 x", 0, 19, YMD, "2031-04-25T06:05:04", 0},
    {"25.04.2031 06:05:04 x", 0, 19, DMY, "2031-04-25T06:05:04", 0},
    {"2031.04.25 06:05:04 x", 0, 19, YMD, "2031-04-25T06:05:04", 0},
    {"2031/04/25 06:05:04 x", 0, 19, YMD, "2031-04-25T06:05:04", 0},
    {"25/04/2031 06:05:04 x", 0, 19, DMY, "2031-04-25T06:05:04", 0},
    /* short years: two blanks of fill */
    {"04/25/31   06:05:04 x", 0, 19, MDY, "2031-04-25T06:05:04", 0},
    {"25-04-31   06:05:04 x", 0, 19, DMY, "2031-04-25T06:05:04", 0},
    {"25.04.31   06:05:04 x", 0, 19, DMY, "2031-04-25T06:05:04", 0},
    {"69/04/25   06:05:04 x", 0, 19, YMD, "2069-04-25T06:05:04", 0},
    {"70/04/25   06:05:04 x", 0, 19, YMD, "1970-04-25T06:05:04", 0},
    {"04/25/31 06:05:04 x", 0, 17, MDY, "2031-04-25T06:05:04", 0},
    /* points with the year last are day first, whatever the numbers */
    {"03.04.2031 06:05:04", 0, 19, DMY, "2031-04-03T06:05:04", 0},
    /* either way, the same day, and decided by what is known */
    {"03/04/2031 06:05:04", 0, 19, MDY | DMY, NULL, AMBIGUOUS},
    {"05/05/2031 06:05:04", 0, 19, MDY | DMY, "2031-05-05T06:05:04", 0},
    {"03/04/2031 06:05:04", MDY, 19, MDY | DMY, "2031-03-04T06:05:04", 0},
    {"03/04/2031 06:05:04", DMY, 19, MDY | DMY, "2031-04-03T06:05:04", 0},
    {"03/04/2031 06:05:04", MDY | DMY, 19, MDY | DMY, NULL, AMBIGUOUS},
    {"25/04/2031 06:05:04", MDY, 19, DMY, "2031-04-25T06:05:04", 0},
    {"03/04/05   06:05:04", 0, 19, MDY | DMY | YMD, NULL, AMBIGUOUS},
    {"03/04/05   06:05:04", YMD, 19, MDY | DMY | YMD, "2003-04-05T06:05:04", 0},
    {"31/04/05   06:05:04", 0, 19, YMD, "2031-04-05T06:05:04", 0},
    /* each TIMEFORMAT */
    {"04/25/2031 23,05,04 x", 0, 19, MDY, "2031-04-25T23:05:04", 0},
    {"04/25/2031 23.05.04 x", 0, 19, MDY, "2031-04-25T23:05:04", 0},
    {"04/25/2031 11:05:04A x", 0, 20, MDY, "2031-04-25T11:05:04", 0},
    {"04/25/2031 11:05:04P x", 0, 20, MDY, "2031-04-25T23:05:04", 0},
    {"04/25/2031 12:05:04A x", 0, 20, MDY, "2031-04-25T00:05:04", 0},
    {"04/25/2031 12:05:04P x", 0, 20, MDY, "2031-04-25T12:05:04", 0},
    {"04/25/2031 A 11:05:04 x", 0, 21, MDY, "2031-04-25T11:05:04", 0},
    {"04/25/2031 P 11:05:04 x", 0, 21, MDY, "2031-04-25T23:05:04", 0},
    {"04/25/2031 11:05:04 PM x", 0, 22, MDY, "2031-04-25T23:05:04", 0},
    {"04/25/2031 11:05:04 am x", 0, 22, MDY, "2031-04-25T11:05:04", 0},
    {"04/25/2031  9:05:04 AM x", 0, 22, MDY, "2031-04-25T09:05:04", 0},
    /* a lone letter behind an hour that no 12-hour clock has is the first word of the text */
    {"04/25/2031 23:05:04 A word", 0, 19, MDY, "2031-04-25T23:05:04", 0},
    {"04/25/2031 23:05:04 Apple", 0, 19, MDY, "2031-04-25T23:05:04", 0},
    /* nothing, or little, behind it */
    {"04/25/2031 06:05:04", 0, 19, MDY, "2031-04-25T06:05:04", 0},
    {"04/25/2031 06:05:04 ", 0, 19, MDY, "2031-04-25T06:05:04", 0},
    {"04/25/2031 06:05:04\tx", 0, 19, MDY, "2031-04-25T06:05:04", 0},
    /* in no calendar, on no clock: a stamp, but no time */
    {"02/30/2031 06:05:04", 0, 19, 0, NULL, IMPOSSIBLE},
    {"00/00/2031 06:05:04", 0, 19, 0, NULL, IMPOSSIBLE},
    {"02/29/2032 06:05:04", 0, 19, MDY, "2032-02-29T06:05:04", 0},
    {"02/29/2031 06:05:04", 0, 19, 0, NULL, IMPOSSIBLE},
    {"29.02.1900 06:05:04", 0, 19, 0, NULL, IMPOSSIBLE},
    {"29.02.2000 06:05:04", 0, 19, DMY, "2000-02-29T06:05:04", 0},
    {"04/25/2031 24:00:00", 0, 19, MDY, NULL, IMPOSSIBLE},
    {"04/25/2031 06:60:00", 0, 19, MDY, NULL, IMPOSSIBLE},
    {"04/25/2031 06:00:60", 0, 19, MDY, NULL, IMPOSSIBLE},
    {"04/25/2031 13:00:00A", 0, 20, MDY, NULL, IMPOSSIBLE},
    {"04/25/2031 00:00:00P", 0, 20, MDY, NULL, IMPOSSIBLE},
    /* far years */
    {"2038-01-19 03:14:08", 0, 19, YMD, "2038-01-19T03:14:08", 0},
    {"1969-12-31 23:59:59", 0, 19, YMD, "1969-12-31T23:59:59", 0},
    {"9999-12-31 23:59:59", 0, 19, YMD, "9999-12-31T23:59:59", 0},
    {"0000-01-01 00:00:00", 0, 19, 0, NULL, IMPOSSIBLE},
    /* none */
    {"", 0, 0, 0, NULL, 0},
    {"04/25/2031", 0, 0, 0, NULL, 0},
    {"04/25/2031 06:05", 0, 0, 0, NULL, 0},
    {"04/25/2031T06:05:04", 0, 0, 0, NULL, 0},
    {"04/25-2031 06:05:04", 0, 0, 0, NULL, 0},
    {"04/25/2031 06:05.04", 0, 0, 0, NULL, 0},
    {"04/25/2031 06:05:04x", 0, 0, 0, NULL, 0},
    {"4/25/2031 06:05:04 x", 0, 0, 0, NULL, 0},
    {"04/25/20310 6:05:04 x", 0, 0, 0, NULL, 0},
    {"104/25/2031 06:05:04", 0, 0, 0, NULL, 0},
    {" 04/25/2031 06:05:04", 0, 0, 0, NULL, 0},
    {"04/25/2031        06:05:04", 0, 0, 0, NULL, 0},
    {"2031-04-25 a6:05:04 ", 0, 0, 0, NULL, 0},
    {"XX/25/2031 06:05:04", 0, 0, 0, NULL, 0},
};

static const struct row inner[] = {
    {"20:00:00 on 04/25/2031", 0, 22, MDY, "2031-04-25T20:00:00", 0},
    {"20.00.00 on 2031-04-25", 0, 22, YMD, "2031-04-25T20:00:00", 0},
    {"20:00:00 on 04/25/31", 0, 20, MDY, "2031-04-25T20:00:00", 0},
    {"08:00:00 PM on 25.04.2031", 0, 25, DMY, "2031-04-25T20:00:00", 0},
    {"08:00:00P on 25.04.2031", 0, 23, DMY, "2031-04-25T20:00:00", 0},
    {"P 08:00:00 on 25.04.2031", 0, 24, DMY, "2031-04-25T20:00:00", 0},
    {"20:00:00 am 25.04.2031", 0, 22, DMY, "2031-04-25T20:00:00", 0},
    {"20:00:00 le 25/04/2031", 0, 22, DMY, "2031-04-25T20:00:00", 0},
    {"20:00:00 25.04.2031", 0, 19, DMY, "2031-04-25T20:00:00", 0},
    {"20:00:00 on 03/04/2031", 0, 22, MDY | DMY, NULL, AMBIGUOUS},
    {"04/25/2031 20:00:00", 0, 19, MDY, "2031-04-25T20:00:00", 0},
    {"20:00:00", 0, 0, 0, NULL, 0},
    {"20:00:00 on", 0, 0, 0, NULL, 0},
    {"20:00:00 somewhere 04/25/2031", 0, 0, 0, NULL, 0},
    {"20:00:00 on 04/25/2031x", 0, 0, 0, NULL, 0},
    {"on 04/25/2031", 0, 0, 0, NULL, 0},
};

static void check(const struct row *row, const struct stamp *stamp)
{
    struct text time = {0};
    if (stamp->length != row->length)
        fail_msg("'%s': %u bytes long, not %u", row->text, stamp->length, row->length);
    if (row->length == 0)
        return;
    if (stamp->orders != row->orders)
        fail_msg("'%s': orders %u, not %u", row->text, stamp->orders, row->orders);
    if (stamp->flags != row->flags)
        fail_msg("'%s': flags %u, not %u", row->text, stamp->flags, row->flags);
    assert_true(stamp->form < STAMP_FORMS);
    if (row->time == NULL) {
        assert_int_equal(stamp->time, 0);
        return;
    }
    show_time(&time, stamp->time);
    if (strcmp(time.bytes, row->time) != 0)
        fail_msg("'%s': %s, not %s", row->text, time.bytes, row->time);
    text_free(&time);
}

/* The bytes without a NUL behind them, so that a sanitizer sees a step too far. */
static struct stamp read_exactly(const char *text, uint32_t known,
                                 struct stamp (*read)(const char *, size_t, uint32_t))
{
    size_t length = strlen(text);
    char *copy = malloc(length > 0 ? length : 1);
    assert_non_null(copy);
    memcpy(copy, text, length);
    struct stamp stamp = read(copy, length, known);
    free(copy);
    return stamp;
}

static void at_the_start_of_a_line(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof stamps / sizeof *stamps; i++) {
        struct stamp stamp = read_exactly(stamps[i].text, stamps[i].known, stamp_read);
        check(&stamps[i], &stamp);
    }
}

static void inside_a_line(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof inner / sizeof *inner; i++) {
        struct stamp stamp = read_exactly(inner[i].text, inner[i].known, stamp_read_inner);
        check(&inner[i], &stamp);
    }
}

/* Every beginning of every row: no step outside, and never a stamp longer than the text. */
static void cut_anywhere(void **state)
{
    (void)state;
    char text[64];
    for (size_t i = 0; i < sizeof stamps / sizeof *stamps; i++) {
        for (size_t n = 0; n <= strlen(stamps[i].text); n++) {
            snprintf(text, sizeof text, "%.*s", (int)n, stamps[i].text);
            assert_true(read_exactly(text, 0, stamp_read).length <= n);
            assert_true(read_exactly(text, 0, stamp_read_inner).length <= n);
        }
    }
}

/* Each day has its own number, one more than the day before, over 400 years. */
static void days_follow_each_other(void **state)
{
    (void)state;
    static const int lengths[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    int64_t expected = -10958; /* 1940-01-01, in days from 1970 */
    for (int year = 1940; year < 2340; year++) {
        bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
        for (int month = 1; month <= 12; month++) {
            for (int day = 1; day <= lengths[month - 1] + (month == 2 && leap); day++) {
                int64_t micro = clock_from_parts(year, month, day, 0, 0, 0);
                assert_int_equal(micro, expected * INT64_C(86400000000));
                expected++;
            }
        }
    }
    assert_int_equal(clock_from_parts(1970, 1, 1, 0, 0, 0), 0);
    assert_int_equal(clock_from_parts(1970, 1, 1, 0, 0, 1), 1000000);
    assert_int_equal(clock_from_parts(1969, 12, 31, 23, 59, 59), -1000000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(at_the_start_of_a_line), cmocka_unit_test(inside_a_line),
        cmocka_unit_test(cut_anywhere), cmocka_unit_test(days_follow_each_other)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
