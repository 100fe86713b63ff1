/* SPDX-License-Identifier: BSD-2-Clause */
#include "order.h"

void order_init(struct order *order, uint32_t option)
{
    for (size_t form = 0; form < sizeof order->possible; form++)
        order->possible[form] = (uint8_t)(option & 7u);
}

uint32_t order_known(const struct order *order, uint8_t form)
{
    return order->possible[form & 15u];
}

void order_learn(struct order *order, const struct stamp *stamp)
{
    /* A date that is in no calendar proves nothing. */
    if (stamp->length == 0 || stamp->orders == 0) return;
    uint8_t *possible = &order->possible[stamp->form & 15u];
    uint8_t left = (uint8_t)(*possible & stamp->orders);
    *possible = left ? left : stamp->orders;
}
