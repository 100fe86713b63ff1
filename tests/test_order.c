/* SPDX-License-Identifier: BSD-2-Clause
 * The order of dates is learned from the dates of a stream, each form of stamp for itself. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "order.h"

#include <tsmparse/tsmparse.h>

#include <string.h>

enum { BACK = TSMP_FLAG_TIME_BACK, AMBIGUOUS = TSMP_FLAG_DATE_AMBIGUOUS };
enum { MDY = TSMP_ORDER_MDY, DMY = TSMP_ORDER_DMY, YMD = TSMP_ORDER_YMD };

static struct stamp stamp_of(const char *text)
{
    struct stamp stamp = stamp_read(text, strlen(text), 0);
    assert_true(stamp.length > 0);
    return stamp;
}

static const struct {
    uint32_t option;
    const char *dates[4]; /* as they come */
    uint32_t known;       /* of the last one's form afterwards; 0 = all possible or none seen */
} rows[] = {
    {0, {"03/04/2031 06:05:04"}, MDY | DMY},
    {0, {"03/04/2031 06:05:04", "13/04/2031 06:05:04"}, DMY},
    {0, {"13/04/2031 06:05:04", "03/04/2031 06:05:04"}, DMY},
    {0, {"04/13/2031 06:05:04", "03/04/2031 06:05:04"}, MDY},
    {MDY, {"03/04/2031 06:05:04"}, MDY},
    {DMY, {"03/04/2031 06:05:04"}, DMY},
    /* another form knows nothing of it */
    {0, {"13/04/2031 06:05:04", "03-04-2031 06:05:04"}, MDY | DMY},
    {0, {"03/04/05   06:05:04"}, MDY | DMY | YMD},
    {0, {"03/04/05   06:05:04", "31/04/05   06:05:04"}, YMD},
    /* a contradiction starts anew: the scheduler got another locale */
    {0, {"13/04/2031 06:05:04", "04/13/2031 06:05:04"}, MDY},
    /* but not where the order was said */
    {DMY, {"13/04/2031 06:05:04", "04/13/2031 06:05:04"}, DMY},
    /* a day of no calendar proves nothing */
    {0, {"13/04/2031 06:05:04", "40/40/2031 06:05:04"}, DMY},
};

static void orders_are_learned(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct order order;
        struct stamp stamp = {0};
        memset(&order, 0xA5, sizeof order);
        order_init(&order, rows[i].option);
        for (size_t k = 0; k < 4 && rows[i].dates[k] != NULL; k++) {
            stamp = stamp_of(rows[i].dates[k]);
            order_learn(&order, &stamp);
        }
        if (order_known(&order, stamp.form) != rows[i].known)
            fail_msg("row %zu knows %u", i, order_known(&order, stamp.form));
    }
}

static void nothing_is_known_at_first(void **state)
{
    (void)state;
    struct order order;
    struct stamp none = {0};
    order_init(&order, 0);
    order_learn(&order, &none);
    for (uint8_t form = 0; form < STAMP_FORMS; form++)
        assert_int_equal(order_known(&order, form), 0);
}

/* Stamps as they follow each other: what the last one is. */
static const struct {
    const char *name;
    uint32_t option;
    const char *stamps[4]; /* NULL between them: a seam */
    uint32_t flags;
} followed[] = {
    {"forward", 0, {"2031-10-26 02:59:58", "2031-10-26 02:59:59"}, 0},
    {"the same second", 0, {"2031-10-26 02:59:58", "2031-10-26 02:59:58"}, 0},
    {"the hour that comes twice", 0, {"2031-10-26 02:59:58", "2031-10-26 02:00:00"}, BACK},
    {"all of it", 0, {"2031-10-26 02:59:58", "2031-10-26 02:00:00", "2031-10-26 02:59:57"}, BACK},
    {"and on", 0, {"2031-10-26 02:59:58", "2031-10-26 02:00:00", "2031-10-26 02:59:58"}, 0},
    {"more than an hour is no hour twice", 0, {"2031-10-26 02:59:58", "2031-10-26 01:59:57"}, 0},
    {"then it counts from there", 0,
     {"2031-10-26 02:59:58", "2031-10-26 01:30:00", "2031-10-26 01:29:59"}, BACK},
    {"behind a seam", 0, {"2031-10-26 02:59:58", NULL, "2031-10-26 02:00:00"}, 0},
    /* told of the newest, not of the one that the order was learned from */
    {"behind one that was read quickly", 0, {"2031-10-26 01:00:00", "2031-10-26 01:30:00", "2031-10-26 01:10:00"}, BACK},
    {"undecided dates tell nothing", 0, {"03/04/2031 02:59:58", "03/04/2031 02:00:00"}, AMBIGUOUS},
    /* 25 April, then the DATEFORMAT changes: 1 May as 05/01 is 5 January under what was learned */
    {"a format that looks the same", 0, {"25/04/2031 23:00:00", "05/01/2031 23:00:00"}, AMBIGUOUS},
    {"until a date decides", 0,
     {"25/04/2031 23:00:00", "05/01/2031 23:00:00", "05/13/2031 23:00:00", "06/01/2031 23:00:00"}, 0},
    {"the option stands", DMY, {"25/04/2031 23:00:00", "05/01/2031 23:00:00"}, 0},
    {"going back under every order proves nothing", 0,
     {"25/04/2031 23:00:00", "01/02/2031 23:00:00"}, 0},
};

static void stamps_follow_each_other(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof followed / sizeof *followed; i++) {
        struct order order;
        struct stamp stamp = {0};
        order_init(&order, followed[i].option);
        for (size_t k = 0; k < 4; k++) {
            const char *text = followed[i].stamps[k];
            if (text == NULL)
                order_seam(&order);
            else
                stamp = order_stamp(&order, text, strlen(text));
        }
        if (stamp.flags != followed[i].flags)
            fail_msg("%s: flags %x", followed[i].name, stamp.flags);
    }
}

/* The first decides the order; the second is then read at once, or anew behind a seam. */
static const struct {
    const char *first, *second;
} quick[] = {
    {"25/04/2031 10:00:00", "26/04/2031 10:00:00"},     {"25/04/2031 10:00:00", "05/05/2031 10:00:00"},
    {"25/04/2031 10:00:00", "12/12/2031 10:00:00"},     {"04/25/2031 10:00:00", "05/05/2031 10:00:00"},
    {"04/25/2031 10:00:00", "05/13/2031 10:00:00"},     {"25-04-2031 10:00:00", "05-05-2031 10:00:00"},
    {"25.04.2031 10:00:00", "05.05.2031 10:00:00"},     {"2031-04-25 10:00:00", "2031-05-05 10:00:00"},
    {"2031/04/25 10:00:00", "2031/05/05 10:00:00"},     {"25/04/2031 10:00:00", "25/04/2031 10:00:00"},
    {"25/04/2031 10:00:00", "99/99/2031 10:00:00"},     {"25/04/2031 10:00:00", "04/26/2031 10:00:00"},
};

static void a_stamp_tells_the_same_by_both_ways(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof quick / sizeof *quick; i++) {
        struct stamp stamps[2];
        for (int seam = 0; seam < 2; seam++) {
            struct order order;
            order_init(&order, 0);
            (void)order_stamp(&order, quick[i].first, strlen(quick[i].first));
            if (seam)
                order_seam(&order);
            stamps[seam] = order_stamp(&order, quick[i].second, strlen(quick[i].second));
        }
        if (stamps[0].time != stamps[1].time || stamps[0].length != stamps[1].length ||
            stamps[0].orders != stamps[1].orders || stamps[0].flags != stamps[1].flags ||
            stamps[0].form != stamps[1].form)
            fail_msg("%s: orders %u, not %u", quick[i].second, (unsigned)stamps[0].orders, (unsigned)stamps[1].orders);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(orders_are_learned),
                                       cmocka_unit_test(nothing_is_known_at_first),
                                       cmocka_unit_test(stamps_follow_each_other),
                                       cmocka_unit_test(a_stamp_tells_the_same_by_both_ways)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
