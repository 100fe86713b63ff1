/* SPDX-License-Identifier: BSD-2-Clause */
#include "memory.h"

#include <stdlib.h>
#include <string.h>

static void *default_alloc(uint64_t size, void *context)
{
    (void)context;
    return size > SIZE_MAX ? NULL : malloc((size_t)size);
}

static void *default_resize(void *memory, uint64_t size, void *context)
{
    (void)context;
    return size > SIZE_MAX ? NULL : realloc(memory, (size_t)size);
}

static void default_release(void *memory, void *context)
{
    (void)context;
    free(memory);
}

tsmp_allocator memory_default(void)
{
    return (tsmp_allocator){default_alloc, default_resize, default_release, NULL};
}

bool memory_choose(const tsmp_allocator *wanted, tsmp_allocator *chosen)
{
    *chosen = wanted != NULL ? *wanted : memory_default();
    return chosen->alloc != NULL && chosen->resize != NULL && chosen->release != NULL;
}

void *memory_get(const tsmp_allocator *from, size_t size)
{
    return from->alloc(size > 0 ? size : 1, from->context);
}

void *memory_get_zeroed(const tsmp_allocator *from, size_t size)
{
    void *memory = memory_get(from, size);
    if (memory != NULL)
        memset(memory, 0, size);
    return memory;
}

bool memory_grow(const tsmp_allocator *from, void **items, size_t *capacity, size_t count,
                 size_t more, size_t item_size)
{
    if (more > SIZE_MAX / 2 / item_size - count)
        return false;
    size_t wanted = *capacity < 8 ? 8 : *capacity * 2;
    if (wanted < count + more)
        wanted = count + more;
    if (wanted > SIZE_MAX / item_size)
        return false;
    void *bigger = from->resize(*items, wanted * item_size, from->context);
    if (bigger == NULL)
        return false;
    *items = bigger;
    *capacity = wanted;
    return true;
}

bool memory_take_struct(const void *given, void *known, size_t size)
{
    memset(known, 0, size);
    if (given == NULL)
        return true;
    uint32_t length;
    memcpy(&length, given, sizeof length);
    if (length < sizeof length)
        return false;
    const char *bytes = given;
    for (size_t i = size; i < length; i++)
        if (bytes[i] != 0)
            return false;
    memcpy(known, bytes, length < size ? length : size);
    return true;
}

bool string_set(const tsmp_allocator *from, struct string *string, const char *bytes,
                size_t length)
{
    char *copy = NULL;
    if (length > 0 && length == string->length) { /* a node says its name with every poll */
        memmove(string->bytes, bytes, length);
        return true;
    }
    if (length > 0) {
        copy = memory_get(from, length);
        if (copy == NULL)
            return false;
        memcpy(copy, bytes, length);
    }
    memory_put(from, string->bytes);
    string->bytes = copy;
    string->length = length;
    return true;
}
