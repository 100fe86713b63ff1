/* SPDX-License-Identifier: BSD-2-Clause
 * Bytes on their way in: pieces fed or lent, in order, with UTF-16 already turned into UTF-8. */
#ifndef TSMP_INPUT_H
#define TSMP_INPUT_H

#include "block.h"
#include "tail.h"
#include "utf16.h"

struct piece {
    struct block *block;
    size_t at;   /* first byte not yet in a record */
    size_t seen; /* bytes from `at` on known to hold no newline */
    size_t told; /* bytes before it are in the tail, or held by the reader */
};

struct input {
    const tsmp_allocator *allocator;
    struct piece *pieces;
    size_t first, count, capacity; /* pieces in use: [first, count) */
    struct block *spare;           /* a block of ours that no batch may need any more */
    char head[3];                  /* the first bytes, until they tell the encoding */
    size_t head_length;
    bool started, ended, utf16;
    bool named; /* UTF-16 without a look at its first bytes */
    struct utf16 decoder;
    struct tail tail; /* what stands before the next record */
};

void input_init(struct input *input, const tsmp_allocator *allocator);
void input_clear(struct input *input);
/* `id`: TSMP_ENCODING_..., before the first byte. Only UTF-16 matters here. */
void input_encoding(struct input *input, uint32_t id);
/* TSMP_OK, or TSMP_E_NOMEM and nothing was taken. */
int32_t input_feed(struct input *input, const char *bytes, size_t length);
int32_t input_lend(struct input *input, const char *bytes, size_t length,
                   void (*release)(void *context), void *context);
int32_t input_end(struct input *input);
/* The first piece that has bytes left, NULL = none now. */
struct piece *input_piece(struct input *input);
/* Records were made of all before the first piece's `at`: let the tail have it. */
void input_settle(struct input *input);
/* The reader took bytes out of the piece, up to `at`, and tells the tail of them itself. */
void input_took(struct input *input, struct piece *piece, size_t at);
/* More input may be put right behind what the piece holds, so a line at its end can wait there. */
bool input_grows(const struct input *input, const struct piece *piece);

#endif
