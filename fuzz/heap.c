/* SPDX-License-Identifier: BSD-2-Clause */
#include "heap.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Before each block: its size, padded so that the block keeps malloc's alignment. */
union head {
    uint64_t size;
    max_align_t align;
};

static bool refuse(struct heap *heap)
{
    heap->asked++;
    if (heap->fail_at == 0 || heap->asked < heap->fail_at ||
        heap->asked - heap->fail_at >= heap->fail_count)
        return false;
    heap->failed++;
    return true;
}

static void *get(struct heap *heap, uint64_t size)
{
    CHECK(size > 0 && size < UINT64_C(1) << 40);
    union head *head = malloc(sizeof *head + (size_t)size);
    CHECK(head != NULL);
    head->size = size;
    heap->live++;
    heap->bytes += size;
    if (heap->bytes > heap->peak)
        heap->peak = heap->bytes;
    memset(head + 1, 0xA5, (size_t)size); /* nobody may count on zeros */
    return head + 1;
}

static void put(struct heap *heap, void *memory)
{
    union head *head = (union head *)memory - 1;
    CHECK(heap->live > 0 && heap->bytes >= head->size);
    heap->live--;
    heap->bytes -= head->size;
    memset(memory, 0x5A, (size_t)head->size);
    free(head);
}

static void *heap_get(uint64_t size, void *context)
{
    struct heap *heap = context;
    return refuse(heap) ? NULL : get(heap, size);
}

static void *heap_resize(void *memory, uint64_t size, void *context)
{
    struct heap *heap = context;
    if (refuse(heap))
        return NULL;
    void *bigger = get(heap, size);
    if (memory != NULL) { /* always to another place: a kept old pointer shows */
        uint64_t old = ((union head *)memory - 1)->size;
        memcpy(bigger, memory, (size_t)(old < size ? old : size));
        put(heap, memory);
    }
    return bigger;
}

static void heap_put(void *memory, void *context)
{
    if (memory != NULL)
        put(context, memory);
}

tsmp_allocator heap_allocator(struct heap *heap)
{
    return (tsmp_allocator){heap_get, heap_resize, heap_put, heap};
}

void broken(const char *file, int line, const char *what)
{
    fprintf(stderr, "%s:%d: does not hold: %s\n", file, line, what);
    fflush(stderr);
    abort();
}
