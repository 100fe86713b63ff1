/* SPDX-License-Identifier: BSD-2-Clause */
#include "order.h"

#include <tsmparse/tsmparse.h>

#define HOUR INT64_C(3600000000)
/* Clocks are set, and summer time ends; a wrong order of the date shows in days and months. */
#define SLACK (25 * HOUR)

void order_init(struct order *order, uint32_t option)
{
    *order = (struct order){.option = (uint8_t)(option & 7u)};
    for (size_t form = 0; form < sizeof order->possible; form++)
        order->possible[form] = order->option;
}

static bool is_forced(const struct order *order, uint8_t form)
{
    return order->option != 0 && (order->stamps == 0 || order->stamps == form + 1);
}

uint32_t order_known(const struct order *order, uint8_t form)
{
    return is_forced(order, form) ? order->option : order->possible[form & 15u];
}

void order_learn(struct order *order, const struct stamp *stamp)
{
    /* A date that is in no calendar proves nothing. */
    if (stamp->length == 0 || stamp->orders == 0 || is_forced(order, stamp->form)) return;
    uint8_t *possible = &order->possible[stamp->form & 15u];
    uint8_t left = (uint8_t)(*possible & stamp->orders);
    *possible = left ? left : stamp->orders;
}

/* Would another order than the one that was learned keep time going forward? */
static bool fits_better(const struct order *order, const struct stamp *stamp, const char *text,
                        size_t length)
{
    for (uint32_t other = TSMP_ORDER_MDY; other <= TSMP_ORDER_YMD; other <<= 1) {
        if ((stamp->orders & other) == 0) continue;
        struct stamp read = stamp_read(text, length, other);
        if (read.flags == 0 && read.time >= order->newest - SLACK) return true;
    }
    return false;
}

/* Nearly every stamp is written as most are, in an order that is known, and later than the one before: then
 * this is all, and half of the instructions of what stands below. */
static bool goes_on(struct order *order, const char *text, size_t length, struct stamp *stamp)
{
    if (!order->running || order->stamps == 0 || !order_read_decided(order, text, length, stamp) ||
        stamp->time < order->newest)
        return false;
    /* Of a date that could be read both ways the other one is told as well. */
    bool turns = stamp->orders != TSMP_ORDER_YMD && text[2] != '.';
    const char *day = stamp->orders == TSMP_ORDER_DMY ? text : text + 3;
    if (turns && (day[0] == '0' || (day[0] == '1' && day[1] <= '2')))
        stamp->orders = TSMP_ORDER_MDY | TSMP_ORDER_DMY;
    order->newest = stamp->time;
    return true;
}

struct stamp order_stamp(struct order *order, const char *text, size_t length)
{
    struct stamp stamp;
    if (goes_on(order, text, length, &stamp)) return stamp;
    stamp = stamp_read(text, length, 0);
    if (stamp.length == 0) return stamp;
    if (order->stamps == 0) order->stamps = (uint8_t)(stamp.form + 1);
    order_learn(order, &stamp);
    if ((stamp.orders & (stamp.orders - 1)) != 0) /* of one order, no knowledge makes another */
        stamp = stamp_read(text, length, order_known(order, stamp.form));
    if (stamp.flags != 0) return stamp;
    bool back = order->running && stamp.time < order->newest;
    if (back && stamp.time < order->newest - SLACK && !is_forced(order, stamp.form) &&
        fits_better(order, &stamp, text, length)) {
        /* The DATEFORMAT may have changed to one that looks the same: nothing is known again. */
        order->possible[stamp.form & 15u] = stamp.orders;
        return stamp_read(text, length, stamp.orders);
    }
    if (back && order->newest - stamp.time <= HOUR) {
        stamp.flags |= TSMP_FLAG_TIME_BACK;
    } else {
        order->newest = stamp.time;
        order->running = true;
    }
    return stamp;
}

void order_seam(struct order *order)
{
    order->running = false;
}

bool order_read_decided(const struct order *order, const char *text, size_t length, struct stamp *stamp)
{
    uint8_t form = stamp_likely_form(text, length);
    uint32_t known = form < STAMP_FORMS ? order_known(order, form) : 0;
    return known != 0 && (known & (known - 1)) == 0 &&
           stamp_read_decided(text, length, known, form, stamp);
}

struct stamp order_read(const struct order *order, const char *text, size_t length)
{
    struct stamp stamp;
    return order_read_decided(order, text, length, &stamp) ? stamp : stamp_read(text, length, 0);
}
