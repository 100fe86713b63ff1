/* SPDX-License-Identifier: BSD-2-Clause
 * The volumes of a run as one piece of bytes, the same for the same set. */
#include "history.h"

#include <stdlib.h>
#include <string.h>

/* Sets are kept once, so this bounds a row of them, not a night. */
enum { MOST = 1024 * 1024, HEAD = 4 };

static int by_name(const void *a, const void *b)
{
    const tsmp_text *x = a, *y = b;
    size_t n = (size_t)(x->length < y->length ? x->length : y->length);
    int order = n > 0 ? memcmp(x->bytes, y->bytes, n) : 0;
    return order != 0 ? order : x->length < y->length ? -1 : x->length > y->length;
}

bool volumes_pack(const tsmp_run_view *run, tsmp_text *packed)
{
    size_t count = 0, length = 0;
    *packed = (tsmp_text){0};
    if (run->volume_count == 0 || run->volumes_left_out > 0)
        return true;
    tsmp_text *names = calloc((size_t)run->volume_count, sizeof *names);
    if (names == NULL)
        return false;
    for (uint64_t i = 0; i < run->volume_count && length <= MOST; i++) {
        if ((run->volumes[i].flags & TSMP_VOLUME_BEGUN) == 0)
            continue;
        names[count++] = run->volumes[i].name;
        length += HEAD + (run->volumes[i].name.length < MOST ? (size_t)run->volumes[i].name.length : MOST);
    }
    char *bytes = length > 0 && length <= MOST ? malloc(length) : NULL;
    if (bytes != NULL) {
        size_t at = 0;
        qsort(names, count, sizeof *names, by_name);
        for (size_t i = 0; i < count; i++) {
            for (unsigned k = 0; k < HEAD; k++)
                bytes[at++] = (char)(names[i].length >> (8 * k) & 0xFF);
            if (names[i].length > 0)
                memcpy(bytes + at, names[i].bytes, (size_t)names[i].length);
            at += (size_t)names[i].length;
        }
        *packed = (tsmp_text){bytes, length};
    }
    free(names);
    return bytes != NULL || length == 0 || length > MOST;
}

size_t volumes_unpack(tsmp_text packed, tsmp_text *names)
{
    size_t count = 0;
    for (uint64_t at = 0; at < packed.length; count++) {
        uint64_t length = 0;
        if (packed.length - at < HEAD)
            return 0;
        for (unsigned k = 0; k < HEAD; k++)
            length |= (uint64_t)(unsigned char)packed.bytes[at++] << (8 * k);
        if (packed.length - at < length)
            return 0;
        if (names != NULL)
            names[count] = (tsmp_text){packed.bytes + at, length};
        at += length;
    }
    return count;
}
