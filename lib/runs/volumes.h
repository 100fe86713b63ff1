/* SPDX-License-Identifier: BSD-2-Clause
 * The volumes of a run, found by name. */
#ifndef TSMP_VOLUMES_H
#define TSMP_VOLUMES_H

#include "memory.h"

struct run_volume {
    struct string name; /* as first printed */
    size_t key_length;  /* what counts when names are compared: `name` without its tail */
    uint32_t outcome;   /* TSMP_WORD_... ; 0 = not ended */
    uint32_t begins, ends;
    bool journal;
    bool earlier; /* begun in an earlier attempt of the event */
    uint64_t failures, begin_line, end_line;
};

/* Up to so many are compared one by one: half the instructions of a tree, where there are five. */
enum { VOLUMES_FEW = 8 };

/* Else a crit-bit tree over the items. A hash would be shorter, but names may be chosen by whoever can
 * print into the log, and a tree can't be made slow. */
struct volumes {
    struct run_volume *items;
    size_t count, capacity;
    struct volume_node *nodes; /* count - 1 of them, where there are more than few */
    size_t node_capacity;
    uint32_t root;
};

/* Length of a volume's name without what may stand behind it in one line and not in the other: the
 * trailing separator or its wildcard. Never 0 for a name that is not empty. */
static inline size_t volume_key_length(const char *name, size_t length)
{
    size_t end = length;
    if (end > 1 && name[end - 1] == '*' && (name[end - 2] == '/' || name[end - 2] == '\\'))
        end--;
    while (end > 1 && (name[end - 1] == '/' || name[end - 1] == '\\'))
        end--;
    return end;
}

struct run_volume *volumes_find(const struct volumes *volumes, const char *name, size_t length);
/* The volume of this name, made when it is new. NULL: no memory, or `most` are there (`*full`). */
struct run_volume *volumes_get(const tsmp_allocator *allocator, struct volumes *volumes,
                               const char *name, size_t length, size_t most, bool *full);
void volumes_clear(const tsmp_allocator *allocator, struct volumes *volumes);

#endif
