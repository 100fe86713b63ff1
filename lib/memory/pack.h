/* SPDX-License-Identifier: BSD-2-Clause
 * A state as a row of bytes, and as a printable token. One walk over a state writes it or reads it
 * back, so that the two can't come apart. What is read is hostile until its place has checked it. */
#ifndef TSMP_PACK_H
#define TSMP_PACK_H

#include "memory.h"

/* Grows when the walk over any state changes: a token of another number is refused. */
#define PACK_VERSION "2"

struct pack {
    const tsmp_allocator *allocator;
    bool reading;
    bool bad;   /* reading: this can't be what was written */
    bool nomem;
    unsigned char *bytes;
    size_t length, capacity, at; /* reading: `at` of `length` */
    /* Writing, what is not a token: */
    uint64_t behind; /* 0, or line numbers are written as how far before this one they are */
    uint64_t shift;  /* is added to each line number that stands in the state */
    bool dry;        /* nothing is written */
};

void pack_writer(struct pack *pack, const tsmp_allocator *allocator);
/* Take a printable token apart. False: it is none of this `kind` and version, or damaged (`bad`),
 * or no memory. */
bool pack_reader(struct pack *pack, const tsmp_allocator *allocator, char kind, const char *token,
                 uint64_t length);
/* Write the token. TSMP_OK, TSMP_MORE when `size` is too small (*length tells), TSMP_E_NOMEM. */
int32_t pack_print(struct pack *pack, char kind, char *buffer, uint64_t size, uint64_t *length);
void pack_free(struct pack *pack);
static inline bool pack_good(const struct pack *pack)
{
    return !pack->bad && !pack->nomem;
}

/* Each takes what it finds, or puts there what was written; more than `most` is bad. */
void pack_u64(struct pack *pack, uint64_t *value, uint64_t most);
void pack_i64(struct pack *pack, int64_t *value);
void pack_u32(struct pack *pack, uint32_t *value, uint32_t most);
void pack_i32(struct pack *pack, int32_t *value, int32_t least, int32_t most);
void pack_u16(struct pack *pack, uint16_t *value, uint16_t most);
void pack_u8(struct pack *pack, uint8_t *value, uint8_t most);
void pack_size(struct pack *pack, size_t *value, size_t most);
void pack_bool(struct pack *pack, bool *value);
/* `length` bytes. */
void pack_bytes(struct pack *pack, void *bytes, size_t length);
void pack_string(struct pack *pack, struct string *string);
/* Something that must be as it was: an option. */
void pack_same(struct pack *pack, uint64_t value);
/* Reading: a condition that what was read must meet. */
static inline void pack_need(struct pack *pack, bool holds)
{
    pack->bad |= pack->reading && !holds;
}

#endif
