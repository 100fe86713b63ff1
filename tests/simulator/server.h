/* SPDX-License-Identifier: BSD-2-Clause
 * What the server says of a machine's nights: its events and its activity log. */
#ifndef SIMULATOR_SERVER_H
#define SIMULATOR_SERVER_H

#include "nights.h"

/* How the n-th server prints; the machine's own server is named in its node. */
const struct format *server_format(const char *server);
/* Rows of `query event * * format=detailed -comma -dataonly=yes`, one for each run. */
void server_events(struct sheet *sheet, const struct nights *nights);
/* Rows of `query actlog -tab` about the runs `from` to `to` - 1: sessions, statistics, signs of
 * trouble. Each line's time is the server's. */
void server_log(struct sheet *sheet, const struct nights *nights, uint32_t from, uint32_t to);
/* Rows of other machines and of people, one day at a time. */
void server_noise(struct sheet *sheet, int64_t from, uint32_t days);

#endif
