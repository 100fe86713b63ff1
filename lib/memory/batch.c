/* SPDX-License-Identifier: BSD-2-Clause */
#include "block.h"

#include <string.h>

struct block *block_own(const tsmp_allocator *allocator, size_t capacity)
{
    if (capacity > SIZE_MAX - sizeof(struct block))
        return NULL;
    struct block *block = memory_get(allocator, sizeof *block + capacity);
    if (block == NULL)
        return NULL;
    *block = (struct block){.allocator = *allocator, .bytes = (char *)(block + 1),
                            .capacity = capacity};
    atomic_init(&block->users, 1);
    return block;
}

struct block *block_lent(const tsmp_allocator *allocator, const void *bytes, size_t length,
                         void (*release)(void *), void *context)
{
    struct block *block = memory_get(allocator, sizeof *block);
    if (block == NULL)
        return NULL;
    *block = (struct block){.allocator = *allocator, .bytes = bytes, .length = length,
                            .release = release, .context = context};
    atomic_init(&block->users, 1);
    return block;
}

void block_ref(struct block *block)
{
    atomic_fetch_add_explicit(&block->users, 1, memory_order_relaxed);
}

void block_unref(struct block *block)
{
    if (block == NULL || atomic_fetch_sub_explicit(&block->users, 1, memory_order_acq_rel) != 1)
        return;
    if (block->release != NULL)
        block->release(block->context);
    tsmp_allocator allocator = block->allocator;
    memory_put(&allocator, block);
}

static bool names_put(struct names *names, const char *name, size_t length)
{
    void *items = names->items;
    bool good = memory_reserve(&names->allocator, &items, &names->capacity, names->count, 1,
                               sizeof *names->items);
    names->items = items;
    char *copy = good ? memory_get(&names->allocator, length + 1) : NULL;
    if (copy == NULL)
        return false;
    memcpy(copy, name, length);
    copy[length] = '\0';
    names->items[names->count++] = (struct string){copy, length};
    return true;
}

static struct names *names_copy(const tsmp_allocator *allocator, const struct names *from)
{
    struct names *names = memory_get_zeroed(allocator, sizeof *names);
    if (names == NULL)
        return NULL;
    names->allocator = *allocator;
    atomic_init(&names->users, 1);
    bool good = true;
    for (size_t i = 0; from != NULL && good && i < from->count; i++)
        good = names_put(names, from->items[i].bytes, from->items[i].length);
    if (good)
        return names;
    names_unref(names);
    return NULL;
}

uint16_t names_add(const tsmp_allocator *allocator, struct names **names, const char *name,
                   size_t length, bool *full)
{
    struct names *had = *names;
    *full = false;
    for (size_t i = 0; had != NULL && i < had->count; i++)
        if (string_is(&had->items[i], name, length))
            return (uint16_t)(TSMP_FIELD_CUSTOM + i);
    if (had != NULL && had->count == NAMES_MAX) {
        *full = true;
        return 0;
    }
    if (had == NULL || atomic_load_explicit(&had->users, memory_order_acquire) > 1) {
        struct names *own = names_copy(allocator, had);
        if (own == NULL)
            return 0;
        names_unref(had);
        *names = had = own;
    }
    return names_put(had, name, length) ? (uint16_t)(TSMP_FIELD_CUSTOM + had->count - 1) : 0;
}

void names_ref(struct names *names)
{
    atomic_fetch_add_explicit(&names->users, 1, memory_order_relaxed);
}

void names_unref(struct names *names)
{
    if (names == NULL || atomic_fetch_sub_explicit(&names->users, 1, memory_order_acq_rel) != 1)
        return;
    for (size_t i = 0; i < names->count; i++)
        string_clear(&names->allocator, &names->items[i]);
    memory_put(&names->allocator, names->items);
    tsmp_allocator allocator = names->allocator;
    memory_put(&allocator, names);
}

/* ---- batches --------------------------------------------------------------------------------- */

struct pool *pool_new(const tsmp_allocator *allocator)
{
    struct pool *pool = memory_get_zeroed(allocator, sizeof *pool);
    if (pool == NULL)
        return NULL;
    pool->allocator = *allocator;
    atomic_init(&pool->users, 1);
    atomic_init(&pool->free, NULL);
    return pool;
}

static void batch_free(struct tsmp_batch *batch)
{
    if (batch == NULL)
        return;
    tsmp_allocator allocator = batch->allocator;
    memory_put(&allocator, batch->records);
    memory_put(&allocator, batch->fields);
    memory_put(&allocator, batch);
}

void pool_unref(struct pool *pool)
{
    if (pool == NULL || atomic_fetch_sub_explicit(&pool->users, 1, memory_order_acq_rel) != 1)
        return;
    batch_free(atomic_load_explicit(&pool->free, memory_order_acquire));
    tsmp_allocator allocator = pool->allocator;
    memory_put(&allocator, pool);
}

struct tsmp_batch *batch_new(struct pool *pool, struct block *block, size_t records)
{
    struct tsmp_batch *batch = atomic_exchange_explicit(&pool->free, NULL, memory_order_acq_rel);
    if (batch != NULL && batch->record_capacity < records) {
        batch_free(batch);
        batch = NULL;
    }
    if (batch == NULL) {
        batch = memory_get_zeroed(&pool->allocator, sizeof *batch);
        if (batch == NULL)
            return NULL;
        batch->allocator = pool->allocator;
        batch->records = memory_get(&batch->allocator, records * sizeof *batch->records);
        if (batch->records == NULL) {
            batch_free(batch);
            return NULL;
        }
        batch->record_capacity = records;
    }
    atomic_init(&batch->users, 1);
    batch->pool = pool;
    atomic_fetch_add_explicit(&pool->users, 1, memory_order_relaxed);
    batch->block = block;
    block_ref(block);
    batch->view = (tsmp_view){.size = sizeof batch->view, .record_stride = sizeof(tsmp_record),
                              .field_stride = sizeof(tsmp_field)};
    return batch;
}

const tsmp_view *tsmp_batch_view(const tsmp_batch *batch)
{
    return batch != NULL ? &batch->view : NULL;
}

const char *tsmp_batch_field_name(const tsmp_batch *batch, uint32_t id)
{
    if (id < TSMP_FIELD_CUSTOM)
        return tsmp_name("field", id);
    size_t index = id - TSMP_FIELD_CUSTOM;
    if (batch == NULL || batch->names == NULL || index >= batch->names->count)
        return NULL;
    return batch->names->items[index].bytes;
}

tsmp_batch *tsmp_batch_ref(tsmp_batch *batch)
{
    if (batch != NULL)
        atomic_fetch_add_explicit(&batch->users, 1, memory_order_relaxed);
    return batch;
}

void tsmp_batch_unref(tsmp_batch *batch)
{
    if (batch == NULL || atomic_fetch_sub_explicit(&batch->users, 1, memory_order_acq_rel) != 1)
        return;
    struct pool *pool = batch->pool;
    struct tsmp_batch *none = NULL;
    block_unref(batch->block);
    names_unref(batch->names);
    batch->block = NULL;
    batch->names = NULL;
    if (!atomic_compare_exchange_strong_explicit(&pool->free, &none, batch, memory_order_acq_rel,
                                                 memory_order_relaxed))
        batch_free(batch);
    pool_unref(pool);
}
