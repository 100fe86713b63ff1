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

struct names *names_new(const tsmp_allocator *allocator)
{
    struct names *names = memory_get_zeroed(allocator, sizeof *names);
    if (names == NULL)
        return NULL;
    names->allocator = *allocator;
    atomic_init(&names->users, 1);
    return names;
}

size_t names_add(struct names *names, const char *name, size_t length)
{
    for (size_t i = 0; i < names->count; i++)
        if (strlen(names->items[i]) == length && memcmp(names->items[i], name, length) == 0)
            return i;
    void *items = names->items;
    if (!memory_reserve(&names->allocator, &items, &names->capacity, names->count, 1,
                        sizeof *names->items))
        return SIZE_MAX;
    names->items = items;
    char *copy = memory_get(&names->allocator, length + 1);
    if (copy == NULL)
        return SIZE_MAX;
    memcpy(copy, name, length);
    copy[length] = '\0';
    names->items[names->count] = copy;
    return names->count++;
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
        memory_put(&names->allocator, names->items[i]);
    memory_put(&names->allocator, names->items);
    tsmp_allocator allocator = names->allocator;
    memory_put(&allocator, names);
}

struct tsmp_batch *batch_new(const tsmp_allocator *allocator, struct block *block,
                             struct names *names, size_t records)
{
    struct tsmp_batch *batch = memory_get_zeroed(allocator, sizeof *batch);
    if (batch == NULL)
        return NULL;
    batch->allocator = *allocator;
    atomic_init(&batch->users, 1);
    batch->records = memory_get(allocator, records * sizeof *batch->records);
    if (batch->records == NULL) {
        memory_put(allocator, batch);
        return NULL;
    }
    batch->record_capacity = records;
    batch->block = block;
    block_ref(block);
    if (names != NULL) {
        batch->names = names;
        names_ref(names);
    }
    batch->view.size = sizeof batch->view;
    batch->view.record_stride = sizeof(tsmp_record);
    batch->view.field_stride = sizeof(tsmp_field);
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
    return batch->names->items[index];
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
    tsmp_allocator allocator = batch->allocator;
    memory_put(&allocator, batch->records);
    memory_put(&allocator, batch->fields);
    block_unref(batch->block);
    names_unref(batch->names);
    memory_put(&allocator, batch);
}
