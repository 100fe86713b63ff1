/* SPDX-License-Identifier: BSD-2-Clause
 * The witness as an object: made, filled with batches, closed, freed. */
#include "witness.h"

#include <string.h>

#define DEFAULT_ROWS 1000000u
enum { PIECE = 64 * 1024 };

bool witness_keep(struct tsmp_witness *witness, tsmp_text text, tsmp_text *kept)
{
    *kept = (tsmp_text){NULL, 0};
    if (text.length == 0)
        return true;
    size_t length = (size_t)text.length;
    struct piece *piece = witness->pieces;
    if (piece == NULL || piece->size - piece->used < length) {
        size_t size = length > PIECE ? length : PIECE;
        piece = size > SIZE_MAX / 2 ? NULL : memory_get(&witness->allocator, sizeof *piece + size);
        if (piece == NULL)
            return false;
        *piece = (struct piece){.next = witness->pieces, .size = size};
        witness->pieces = piece;
    }
    char *to = piece->bytes + piece->used;
    memcpy(to, text.bytes, length);
    piece->used += length;
    *kept = (tsmp_text){to, length};
    return true;
}

void *witness_row(struct tsmp_witness *witness, struct rows *rows, size_t size, bool *full)
{
    *full = rows->count >= witness->options.max_rows;
    if (*full) {
        witness->view.left_out++;
        return NULL;
    }
    if (!memory_reserve(&witness->allocator, &rows->items, &rows->capacity, rows->count, 1, size))
        return NULL;
    char *row = (char *)rows->items + rows->count++ * size;
    memset(row, 0, size);
    return row;
}

int32_t tsmp_witness_new(const tsmp_witness_options *options, const tsmp_allocator *allocator,
                         tsmp_witness **witness)
{
    tsmp_allocator chosen;
    tsmp_witness_options known;
    if (witness == NULL || !memory_choose(allocator, &chosen) ||
        !memory_take_struct(options, &known, sizeof known) ||
        (known.flags & ~TSMP_WITNESS_NAMED_ONLY) != 0)
        return TSMP_E_MISUSE;
    *witness = NULL;
    struct tsmp_witness *made = memory_get_zeroed(&chosen, sizeof *made);
    if (made == NULL)
        return TSMP_E_NOMEM;
    made->allocator = chosen;
    made->options = known;
    /* Places are kept in 32 bits. */
    if (known.max_rows == 0 || known.max_rows > UINT32_MAX / 2)
        made->options.max_rows = known.max_rows == 0 ? DEFAULT_ROWS : UINT32_MAX / 2;
    *witness = made;
    return TSMP_OK;
}

void tsmp_witness_free(tsmp_witness *witness)
{
    if (witness == NULL)
        return;
    tsmp_allocator allocator = witness->allocator;
    struct rows *all[] = {&witness->events, &witness->messages, &witness->spaces, &witness->owners,
                          &witness->texts, &witness->sessions, &witness->inspected,
                          &witness->intervals, &witness->gaps};
    for (size_t i = 0; i < witness->sets.count; i++)
        memory_put(&allocator, ((struct witness_set *)witness->sets.items)[i].statistics.items);
    memory_put(&allocator, witness->sets.items);
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        memory_put(&allocator, all[i]->items);
    while (witness->pieces != NULL) {
        struct piece *next = witness->pieces->next;
        memory_put(&allocator, witness->pieces);
        witness->pieces = next;
    }
    memory_put(&allocator, witness);
}

int32_t tsmp_witness_add(tsmp_witness *witness, const tsmp_batch *batch)
{
    if (witness == NULL || batch == NULL || witness->ended || witness->failed)
        return TSMP_E_MISUSE;
    const tsmp_view *view = tsmp_batch_view(batch);
    for (uint64_t i = 0; i < view->record_count; i++)
        if (!witness_record(witness, batch, view, &view->records[i])) {
            witness->failed = true;
            return TSMP_E_NOMEM;
        }
    return TSMP_OK;
}

int32_t tsmp_witness_end(tsmp_witness *witness)
{
    if (witness == NULL || witness->failed)
        return TSMP_E_MISUSE;
    if (witness->ended)
        return TSMP_OK;
    if (!witness_sort(witness)) {
        witness->failed = true;
        return TSMP_E_NOMEM;
    }
    tsmp_witness_view *view = &witness->view;
    view->size = sizeof *view;
    view->event_stride = sizeof(tsmp_witness_event);
    view->session_stride = sizeof(tsmp_witness_session);
    view->message_stride = sizeof(tsmp_witness_message);
    view->filespace_stride = sizeof(tsmp_witness_filespace);
    view->statistic_stride = sizeof(tsmp_statistic);
    view->event_count = witness->events.count;
    view->events = witness->events.items;
    view->session_count = witness->sessions.count;
    view->sessions = witness->sessions.items;
    view->message_count = witness->messages.count;
    view->messages = witness->messages.items;
    view->filespace_count = witness->spaces.count;
    view->filespaces = witness->spaces.items;
    witness->ended = true;
    return TSMP_OK;
}

const tsmp_witness_view *tsmp_witness_view_of(const tsmp_witness *witness)
{
    return witness != NULL && witness->ended ? &witness->view : NULL;
}
