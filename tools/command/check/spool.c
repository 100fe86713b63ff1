/* SPDX-License-Identifier: BSD-2-Clause */
#include "report.h"

#include <stdlib.h>
#include <string.h>

enum { IN_MEMORY = 1024 * 1024 };
#define AT_END UINT64_MAX

static bool spill(struct spool *spool)
{
    spool->file = tmpfile();
    if (spool->file == NULL ||
        fwrite(spool->memory, 1, (size_t)spool->length, spool->file) != spool->length)
        return false;
    free(spool->memory);
    spool->memory = NULL;
    spool->capacity = 0;
    spool->place = AT_END;
    return true;
}

/* Only where it is not there already: a seek drops what was read ahead, and the runs are read one
 * behind the other. */
static bool go_to(struct spool *spool, uint64_t place)
{
    if (spool->place == place)
        return true;
    spool->place = place;
    return (place == AT_END ? fseeko(spool->file, 0, SEEK_END)
                            : fseeko(spool->file, (off_t)place, SEEK_SET)) == 0;
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
        spool->failed |= !go_to(spool, AT_END) || fwrite(bytes, 1, length, spool->file) != length;
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
    spool->failed = !go_to(spool, at) || fread(to, 1, length, spool->file) != length;
    spool->place = at + length;
    return !spool->failed;
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
