/* SPDX-License-Identifier: BSD-2-Clause
 * The last bytes before a place of the input: kept in a ring, and a hash of them that can be moved
 * along a text byte by byte, to find them again where a log's front was cut off. */
#ifndef TSMP_TAIL_H
#define TSMP_TAIL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { TAIL_MOST = 4096 };

struct tail {
    char bytes[TAIL_MOST];
    size_t length; /* of these so many are known ... */
    size_t at;     /* ... and this is where the next one goes */
};

void tail_push(struct tail *tail, const char *bytes, size_t length);
/* The same for text that was UTF-16: as the bytes that it was read from. */
void tail_push_utf16(struct tail *tail, const char *text, size_t length, bool big);
uint64_t tail_hash(const struct tail *tail);
/* The last `length` bytes in order. */
void tail_copy(const struct tail *tail, char *to, size_t length);

/* Hash of bytes: as of a number in a large base, so that its first digit can be taken away. It
 * tells what accident changed; it is no seal against somebody who wants to find another text. */
uint64_t hash_bytes(uint64_t before, const void *bytes, size_t length);
/* Where in `bytes` stand the `wanted` bytes of this hash? One past their end; 0 = nowhere. */
size_t hash_find(const char *bytes, size_t length, uint64_t hash, size_t wanted);

#endif
