/* SPDX-License-Identifier: BSD-2-Clause
 * Time zones by their IANA names. The C library is asked once for the changes of a zone, while there
 * is one thread; what is left is a table, and the arithmetic on it needs no environment. */
#ifndef TSMPARSE_ZONE_H
#define TSMPARSE_ZONE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Seconds since 1970, UTC ("instant") or as the wall clock shows them, as if that were UTC
 * ("local"). */
struct zone {
    char name[64]; /* empty: the zone of this machine */
    struct zone_span {
        int64_t from;   /* instant from which on it holds */
        int64_t offset; /* local = instant + offset */
    } *spans;
    size_t count;
    int64_t begin, end; /* of what was asked for; behind it the last offset is taken */
};

enum zone_kind { ZONE_ONCE, ZONE_GAP, ZONE_TWICE };

/* Read a zone's changes between two instants; NULL or "" is the zone of this machine. Sets and puts
 * back TZ: only while there is one thread. NULL: there is no such zone, or no memory. */
struct zone *zone_load(const char *name, int64_t begin, int64_t end);
void zone_free(struct zone *zone);
int64_t zone_local(const struct zone *zone, int64_t instant);
/* The instant at which the wall clock shows `local`. Where it shows it twice, the first one or, with
 * `second`, the second one; where it never does, since the clock is set forward past it, the moment
 * at which that happens. */
int64_t zone_instant(const struct zone *zone, int64_t local, bool second, enum zone_kind *kind);

#endif
