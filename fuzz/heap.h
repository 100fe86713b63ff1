/* SPDX-License-Identifier: BSD-2-Clause
 * An allocator for tests: it counts, it fails when told to, and each block has its exact size, so
 * that a sanitizer sees every byte read or written past it. */
#ifndef FUZZ_HEAP_H
#define FUZZ_HEAP_H

#include <tsmparse/tsmparse.h>

struct heap {
    uint64_t live;       /* blocks not yet released: 0 at the end, or there is a leak */
    uint64_t asked;      /* allocations and growths asked for */
    uint64_t failed;     /* ... and refused */
    uint64_t fail_at;    /* the first to refuse, counted from 1; 0 = none */
    uint64_t fail_count; /* how many in a row; UINT64_MAX = from fail_at on */
    uint64_t bytes;      /* held now, and the most that was ever held */
    uint64_t peak;
};

/* The heap is the allocator's context: it must outlive all that is made from it. */
tsmp_allocator heap_allocator(struct heap *heap);

/* Stop the process with a message when an oracle is broken: libFuzzer and cmocka both see it. */
void broken(const char *file, int line, const char *what);
#define CHECK(condition) ((condition) ? (void)0 : broken(__FILE__, __LINE__, #condition))

#endif
