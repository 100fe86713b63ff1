/* SPDX-License-Identifier: BSD-2-Clause
 * The caller's allocator, and a growing array on top of it. */
#ifndef TSMP_MEMORY_H
#define TSMP_MEMORY_H

#include <tsmparse/tsmparse.h>

#include <stdbool.h>
#include <string.h>

/* malloc, realloc and free as a tsmp_allocator. */
tsmp_allocator memory_default(void);
/* The caller's allocator or the default; false when a member is missing. */
bool memory_choose(const tsmp_allocator *wanted, tsmp_allocator *chosen);

void *memory_get(const tsmp_allocator *from, size_t size);
void *memory_get_zeroed(const tsmp_allocator *from, size_t size);
static inline void memory_put(const tsmp_allocator *to, void *memory)
{
    if (memory != NULL)
        to->release(memory, to->context);
}

/* Make room for `more` items behind `count`; grows by doubling so that adding stays linear.
 * On false nothing changed. */
bool memory_grow(const tsmp_allocator *from, void **items, size_t *capacity, size_t count,
                 size_t more, size_t item_size);
static inline bool memory_reserve(const tsmp_allocator *from, void **items, size_t *capacity, size_t count,
                                  size_t more, size_t item_size)
{
    return more <= *capacity - count || memory_grow(from, items, capacity, count, more, item_size);
}

/* A caller's size-first struct (uint32_t size, its own length, is the first member) into one of
 * ours: members that an older caller does not have become 0. NULL gives all 0. False: it has
 * members that we do not know and that are not 0, or no size. */
bool memory_take_struct(const void *given, void *known, size_t size);

/* A copy of some bytes; NULL bytes with length 0 is an empty string. */
struct string {
    char *bytes;
    size_t length;
};
bool string_set(const tsmp_allocator *from, struct string *string, const char *bytes,
                size_t length);
static inline void string_clear(const tsmp_allocator *from, struct string *string)
{
    memory_put(from, string->bytes);
    *string = (struct string){0};
}
static inline bool string_is(const struct string *string, const char *bytes, size_t length)
{
    return string->length == length && (length == 0 || memcmp(string->bytes, bytes, length) == 0);
}

#endif
