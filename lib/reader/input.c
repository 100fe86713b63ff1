/* SPDX-License-Identifier: BSD-2-Clause */
#include "input.h"

#include <string.h>
#include <tsmparse/tsmparse.h>

enum { OWN_BLOCK = 64 * 1024 };

void input_init(struct input *input, const tsmp_allocator *allocator)
{
    *input = (struct input){.allocator = allocator};
}

void input_clear(struct input *input)
{
    while (input->first < input->count)
        block_unref(input->pieces[input->first++].block);
    block_unref(input->spare);
    memory_put(input->allocator, input->pieces);
    *input = (struct input){.allocator = input->allocator};
}

void input_encoding(struct input *input, uint32_t id)
{
    if (id != TSMP_ENCODING_UTF_16LE && id != TSMP_ENCODING_UTF_16BE)
        return;
    input->named = input->utf16 = true;
    utf16_init(&input->decoder, id == TSMP_ENCODING_UTF_16BE);
}

static void tell(struct input *input, const char *text, size_t length)
{
    if (input->utf16)
        tail_push_utf16(&input->tail, text, length, input->decoder.big);
    else
        tail_push(&input->tail, text, length);
}

void input_settle(struct input *input)
{
    if (input->first == input->count)
        return;
    struct piece *piece = &input->pieces[input->first];
    tell(input, piece->block->bytes + piece->told, piece->at - piece->told);
    piece->told = piece->at;
}

void input_took(struct input *input, struct piece *piece, size_t at)
{
    input_settle(input);
    piece->at = piece->told = at;
    piece->seen = 0;
}

static void drop_first(struct input *input)
{
    input_settle(input);
    struct block *block = input->pieces[input->first].block;
    if (block->capacity > 0 && input->spare == NULL)
        input->spare = block; /* used again once its batches are gone */
    else
        block_unref(block);
    input->first++;
    if (input->first == input->count)
        input->first = input->count = 0;
}

static bool reserve(struct input *input)
{
    if (input->first > 0 && input->count == input->capacity) {
        memmove(input->pieces, input->pieces + input->first,
                (input->count - input->first) * sizeof *input->pieces);
        input->count -= input->first;
        input->first = 0;
    }
    void *items = input->pieces;
    bool good = memory_reserve(input->allocator, &items, &input->capacity, input->count, 1,
                               sizeof *input->pieces);
    input->pieces = items;
    return good;
}

static struct block *take_block(struct input *input, size_t length)
{
    struct block *spare = input->spare;
    if (spare != NULL && atomic_load_explicit(&spare->users, memory_order_acquire) == 1) {
        input->spare = NULL;
        if (spare->capacity >= length) {
            spare->length = 0;
            return spare;
        }
        block_unref(spare);
    }
    return block_own(input->allocator, length > OWN_BLOCK ? length : OWN_BLOCK);
}

/* Room for `length` more bytes at the end of the input, in one stretch. NULL: no memory. */
static char *room(struct input *input, size_t length, struct block **where)
{
    if (input->count > input->first) {
        struct block *last = input->pieces[input->count - 1].block;
        if (last->capacity >= length && last->capacity - length >= last->length) {
            *where = last;
            return (char *)(uintptr_t)last->bytes + last->length;
        }
    }
    if (!reserve(input))
        return NULL;
    struct block *block = take_block(input, length);
    if (block == NULL)
        return NULL;
    input->pieces[input->count++] = (struct piece){.block = block};
    *where = block;
    return (char *)(uintptr_t)block->bytes;
}

static int32_t append(struct input *input, const char *a, size_t a_length, const char *b,
                      size_t b_length)
{
    size_t length = a_length + b_length;
    if (length == 0)
        return TSMP_OK;
    struct block *block;
    /* a UTF-16 unit becomes at most three bytes; the last of the piece before may add one unit */
    size_t needed = input->utf16 ? length / 2 * 3 + 8 : length;
    char *to = room(input, needed, &block);
    if (to == NULL)
        return TSMP_E_NOMEM;
    size_t written = length;
    if (input->utf16) {
        written = utf16_decode(&input->decoder, a, a_length, to);
        written += utf16_decode(&input->decoder, b, b_length, to + written);
    } else {
        if (a_length > 0)
            memcpy(to, a, a_length);
        if (b_length > 0)
            memcpy(to + a_length, b, b_length);
    }
    block->length += written;
    return TSMP_OK;
}

/* The first two bytes tell: UTF-16 by its BOM, else bytes. True: decided. */
static bool decide_encoding(struct input *input, const char *head, size_t length)
{
    const unsigned char *c = (const unsigned char *)head;
    if (length >= 2 && ((c[0] == 0xFF && c[1] == 0xFE) || (c[0] == 0xFE && c[1] == 0xFF))) {
        input->utf16 = true;
        utf16_init(&input->decoder, c[0] == 0xFE);
        return true;
    }
    return length >= 2 || (length == 1 && c[0] != 0xFF && c[0] != 0xFE);
}

int32_t input_feed(struct input *input, const char *bytes, size_t length)
{
    input->started |= input->named;
    if (input->started)
        return append(input, bytes, length, NULL, 0);
    char head[2] = {0};
    size_t known = input->head_length;
    memcpy(head, input->head, known);
    for (size_t i = 0; known < 2 && i < length; i++)
        head[known++] = bytes[i];
    if (!decide_encoding(input, head, known)) {
        memcpy(input->head, head, known);
        input->head_length = known;
        return TSMP_OK;
    }
    int32_t status = append(input, input->head, input->head_length, bytes, length);
    if (status == TSMP_OK)
        input->started = true;
    else
        input->utf16 = false;
    return status;
}

int32_t input_lend(struct input *input, const char *bytes, size_t length,
                   void (*release)(void *context), void *context)
{
    input->started |= input->named;
    /* What must be looked at or converted first is not worth keeping. */
    bool copy = input->utf16 || length == 0 || input->head_length > 0;
    if (!input->started && !copy)
        copy = !decide_encoding(input, bytes, length < 2 ? length : 2) || input->utf16;
    if (copy) {
        input->utf16 = input->utf16 && input->started;
        int32_t status = length > 0 ? input_feed(input, bytes, length) : TSMP_OK;
        if (status == TSMP_OK && release != NULL)
            release(context);
        return status;
    }
    if (!reserve(input))
        return TSMP_E_NOMEM;
    struct block *block = block_lent(input->allocator, bytes, length, release, context);
    if (block == NULL)
        return TSMP_E_NOMEM;
    input->started = true;
    input->pieces[input->count++] = (struct piece){.block = block};
    return TSMP_OK;
}

int32_t input_end(struct input *input)
{
    if (!input->started && input->head_length > 0) {
        int32_t status = append(input, input->head, input->head_length, NULL, 0);
        if (status != TSMP_OK)
            return status;
        input->started = true;
    }
    if (input->utf16) { /* half a unit at the end stays as a replacement of its own length */
        struct block *block;
        char *to = room(input, 8, &block);
        if (to == NULL)
            return TSMP_E_NOMEM;
        block->length += utf16_finish(&input->decoder, to);
    }
    input->ended = true;
    return TSMP_OK;
}

struct piece *input_piece(struct input *input)
{
    while (input->first < input->count) {
        struct piece *piece = &input->pieces[input->first];
        if (piece->at < piece->block->length)
            return piece;
        if (input_grows(input, piece) && piece->block->capacity > piece->block->length)
            return NULL; /* the next input may be put behind it */
        drop_first(input);
    }
    return NULL;
}

bool input_grows(const struct input *input, const struct piece *piece)
{
    return piece == &input->pieces[input->count - 1] && piece->block->capacity > 0 &&
           !input->ended;
}
