/* SPDX-License-Identifier: BSD-2-Clause */
#include "report.h"

#include <stdlib.h>
#include <string.h>

enum { IN_MEMORY = 1024 * 1024 };

static bool spill(struct spool *spool)
{
    spool->file = tmpfile();
    if (spool->file == NULL ||
        fwrite(spool->memory, 1, (size_t)spool->length, spool->file) != spool->length)
        return false;
    free(spool->memory);
    spool->memory = NULL;
    spool->capacity = 0;
    return true;
}

bool spool_add(struct spool *spool, const void *bytes, size_t length)
{
    if (spool->file == NULL && spool->length + length > IN_MEMORY)
        spool->failed |= !spill(spool);
    if (spool->file == NULL && !spool->failed && spool->length + length > spool->capacity) {
        size_t wanted = spool->capacity * 2 + length;
        char *bigger = realloc(spool->memory, wanted);
        spool->failed |= bigger == NULL;
        if (bigger != NULL) {
            spool->memory = bigger;
            spool->capacity = wanted;
        }
    }
    if (spool->failed)
        return false;
    if (spool->file != NULL)
        spool->failed |= fwrite(bytes, 1, length, spool->file) != length;
    else
        memcpy(spool->memory + spool->length, bytes, length);
    spool->length += length;
    return !spool->failed;
}

bool spool_read(struct spool *spool, uint64_t at, void *to, size_t length)
{
    if (spool->failed || at + length > spool->length)
        return false;
    if (spool->file == NULL) {
        memcpy(to, spool->memory + at, length);
        return true;
    }
    if (fseeko(spool->file, (off_t)at, SEEK_SET) != 0 ||
        fread(to, 1, length, spool->file) != length ||
        fseeko(spool->file, 0, SEEK_END) != 0) {
        spool->failed = true;
        return false;
    }
    return true;
}

bool spool_print(struct spool *spool, uint64_t at, uint64_t length, FILE *out)
{
    char piece[8192];
    while (length > 0) {
        size_t n = length < sizeof piece ? (size_t)length : sizeof piece;
        if (!spool_read(spool, at, piece, n))
            return false;
        fwrite(piece, 1, n, out);
        at += n;
        length -= n;
    }
    return true;
}

bool spool_append(struct spool *spool, struct spool *from)
{
    char piece[8192];
    for (uint64_t at = 0; at < from->length;) {
        uint64_t left = from->length - at;
        size_t n = left < sizeof piece ? (size_t)left : sizeof piece;
        if (!spool_read(from, at, piece, n) || !spool_add(spool, piece, n))
            return false;
        at += n;
    }
    return true;
}

size_t spool_memory(const struct spool *spool)
{
    return spool->capacity;
}

void spool_clear(struct spool *spool)
{
    free(spool->memory);
    if (spool->file != NULL)
        fclose(spool->file);
    *spool = (struct spool){.failed = spool->failed};
}
