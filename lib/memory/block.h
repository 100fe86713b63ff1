/* SPDX-License-Identifier: BSD-2-Clause
 * Counted memory that text stands in, and the batch of records that points into it. */
#ifndef TSMP_BLOCK_H
#define TSMP_BLOCK_H

#include "memory.h"

#include <stdatomic.h>

/* Text that the reader and any number of batches share: lent by the caller, or ours. */
struct block {
    tsmp_allocator allocator;
    atomic_uint users;
    const char *bytes;
    size_t length;   /* bytes that hold input; only grows, and only behind what batches see */
    size_t capacity; /* of ours; 0 = lent */
    void (*release)(void *context);
    void *context;
};

struct block *block_own(const tsmp_allocator *allocator, size_t capacity);
struct block *block_lent(const tsmp_allocator *allocator, const void *bytes, size_t length,
                         void (*release)(void *), void *context);
void block_ref(struct block *block);
void block_unref(struct block *block);

/* Names of fields that no schema knows: groups of users' patterns, columns of tables. Shared by a
 * reader and its batches, and never changed once a batch has it: adding makes a new one then. */
struct names {
    tsmp_allocator allocator;
    atomic_uint users;
    struct string *items; /* NUL-terminated behind their length */
    size_t count;
    size_t capacity;
};
enum { NAMES_MAX = 1024 };
/* Field id of `name`, added when new. 0 = no memory, or more names than NAMES_MAX (`*full`):
 * hostile tables must not fill the memory with column names. */
uint16_t names_add(const tsmp_allocator *allocator, struct names **names, const char *name,
                   size_t length, bool *full);
void names_ref(struct names *names);
void names_unref(struct names *names);

/* A reader's batches are all of one size and come and go all the time: the arrays of one that
 * nobody needs any more wait here for the next. Counted, since batches outlive their reader, and
 * any thread may drop the last reference to one. */
struct pool {
    tsmp_allocator allocator;
    atomic_uint users;
    _Atomic(struct tsmp_batch *) free; /* at most one */
};
struct pool *pool_new(const tsmp_allocator *allocator);
void pool_unref(struct pool *pool);

struct tsmp_batch {
    tsmp_allocator allocator;
    atomic_uint users;
    struct pool *pool;
    struct block *block;
    struct names *names; /* may be NULL */
    tsmp_view view;
    tsmp_record *records;
    tsmp_field *fields;
    size_t record_capacity;
    size_t field_capacity;
};

/* An empty batch over `block` with room for at least `records`. NULL: no memory. */
struct tsmp_batch *batch_new(struct pool *pool, struct block *block, size_t records);

#endif
