/* SPDX-License-Identifier: BSD-2-Clause */
#include "report.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { IN_MEMORY = 1024 * 1024 };

static bool write_all(int fd, const char *bytes, size_t length, uint64_t at)
{
    for (size_t done = 0; done < length;) {
        ssize_t n = pwrite(fd, bytes + done, length - done, (off_t)(at + done));
        if (n == 0 || (n < 0 && errno != EINTR))
            return false;
        done += n > 0 ? (size_t)n : 0;
    }
    return true;
}

static bool read_all(int fd, char *to, size_t length, uint64_t at)
{
    for (size_t done = 0; done < length;) {
        ssize_t n = pread(fd, to + done, length - done, (off_t)(at + done));
        if (n == 0 || (n < 0 && errno != EINTR))
            return false;
        done += n > 0 ? (size_t)n : 0;
    }
    return true;
}

static size_t in_memory(const struct spool *spool)
{
    return (size_t)(spool->length - spool->filed);
}

/* What is in memory goes into the file. */
static bool spill(struct spool *spool)
{
    if (spool->file == NULL)
        spool->file = tmpfile();
    if (spool->file == NULL || !write_all(fileno(spool->file), spool->memory, in_memory(spool), spool->filed))
        return false;
    spool->filed = spool->length;
    return true;
}

static bool make_room(struct spool *spool, size_t length)
{
    size_t needed = in_memory(spool) + length;
    if (needed <= spool->capacity)
        return true;
    size_t wanted = spool->capacity * 2 + length;
    char *bigger = realloc(spool->memory, wanted);
    if (bigger == NULL)
        return false;
    spool->memory = bigger;
    spool->capacity = wanted;
    return true;
}

bool spool_add(struct spool *spool, const void *bytes, size_t length)
{
    if (!spool->failed && in_memory(spool) + length > IN_MEMORY)
        spool->failed = !spill(spool);
    if (spool->failed || !make_room(spool, length)) {
        spool->failed = true;
        return false;
    }
    memcpy(spool->memory + in_memory(spool), bytes, length);
    spool->length += length;
    return true;
}

bool spool_read(struct spool *spool, uint64_t at, void *to, size_t length)
{
    if (spool->failed || at + length > spool->length)
        return false;
    size_t of_file = at >= spool->filed ? 0 : (size_t)(spool->filed - at);
    if (of_file > length)
        of_file = length;
    if (of_file > 0 && !read_all(fileno(spool->file), to, of_file, at)) {
        spool->failed = true;
        return false;
    }
    if (of_file < length)
        memcpy((char *)to + of_file, spool->memory + (at + of_file - spool->filed), length - of_file);
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
