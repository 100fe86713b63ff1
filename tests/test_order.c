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

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(orders_are_learned),
                                       cmocka_unit_test(nothing_is_known_at_first)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
