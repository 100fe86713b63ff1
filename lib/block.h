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

struct tsmp_batch {
    tsmp_allocator allocator;
    atomic_uint users;
    struct block *block;
    struct names *names; /* may be NULL */
    tsmp_view view;
    tsmp_record *records;
    tsmp_field *fields;
    size_t record_capacity;
    size_t field_capacity;
};

struct tsmp_batch *batch_new(const tsmp_allocator *allocator, struct block *block, size_t records);

#endif
