/* SPDX-License-Identifier: BSD-2-Clause
 * gzip (any number of members) and zstd (any number of frames), in constant memory. */
#include "source.h"

#include <stdlib.h>
#include <string.h>
#include <zlib.h>
#include <zstd.h>

struct unpacker {
    enum packing packing;
    z_stream gzip;
    ZSTD_DStream *zstd;
    bool begun; /* a member or frame is open */
};

enum packing packing_of(const char *head, size_t length)
{
    if (length >= 3 && memcmp(head, "\x1F\x8B\x08", 3) == 0)
        return PACKING_GZIP;
    if (length >= 4 && memcmp(head, "\x28\xB5\x2F\xFD", 4) == 0)
        return PACKING_ZSTD;
    return PACKING_NONE;
}

const char *packed_otherwise(const char *head, size_t length)
{
    static const struct {
        const char *mark;
        size_t at, length;
        const char *message;
    } kinds[] = {
        {"\xFD" "7zXZ", 0, 6, "is packed by xz, which is not read; unpack it first (xz -dc)"},
        {"1AY&SY", 4, 6, "is packed by bzip2, which is not read; unpack it first (bzip2 -dc)"},
        {"PK\3\4", 0, 4, "is a zip archive, which is not read; unpack it first"},
        {"7z\xBC\xAF\x27\x1C", 0, 6, "is a 7z archive, which is not read; unpack it first"}};
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        if (length >= kinds[i].at + kinds[i].length && memcmp(head + kinds[i].at, kinds[i].mark, kinds[i].length) == 0)
            return kinds[i].message;
    return NULL;
}

struct unpacker *unpacker_new(enum packing packing)
{
    struct unpacker *unpacker = calloc(1, sizeof *unpacker);
    if (unpacker == NULL)
        return NULL;
    unpacker->packing = packing;
    bool good = packing == PACKING_GZIP ? inflateInit2(&unpacker->gzip, 15 + 16) == Z_OK
                                        : (unpacker->zstd = ZSTD_createDStream()) != NULL;
    if (!good) {
        free(unpacker);
        return NULL;
    }
    return unpacker;
}

void unpacker_free(struct unpacker *unpacker)
{
    if (unpacker == NULL)
        return;
    if (unpacker->packing == PACKING_GZIP)
        inflateEnd(&unpacker->gzip);
    else
        ZSTD_freeDStream(unpacker->zstd);
    free(unpacker);
}

void unpacker_reset(struct unpacker *unpacker)
{
    if (unpacker->packing == PACKING_GZIP)
        inflateReset(&unpacker->gzip);
    else
        ZSTD_DCtx_reset(unpacker->zstd, ZSTD_reset_session_only);
    unpacker->begun = false;
}

static long step_gzip(struct unpacker *unpacker, const char **in, size_t *in_length, char *to,
                      size_t size, const char **error)
{
    z_stream *z = &unpacker->gzip;
    z->next_out = (Bytef *)to;
    z->avail_out = (uInt)size;
    while (*in_length > 0 && z->avail_out == size) {
        z->next_in = (Bytef *)(uintptr_t)*in;
        z->avail_in = (uInt)*in_length;
        bool begun = unpacker->begun;
        unpacker->begun = true;
        int status = inflate(z, Z_NO_FLUSH);
        *in += *in_length - z->avail_in;
        *in_length = z->avail_in;
        if (status == Z_STREAM_END) {
            unpacker->begun = false;
            inflateReset(z);
        } else if (status != Z_OK && status != Z_BUF_ERROR) {
            *error = begun || z->total_in > 10 ? "its gzip data is damaged"
                                               : "something that is not gzip stands behind its "
                                                 "gzip data";
            return -1;
        }
    }
    return (long)(size - z->avail_out);
}

static long step_zstd(struct unpacker *unpacker, const char **in, size_t *in_length, char *to,
                      size_t size, const char **error)
{
    ZSTD_outBuffer out = {to, size, 0};
    /* A full output buffer may have left bytes inside: ask again even without input. */
    do {
        ZSTD_inBuffer from = {*in, *in_length, 0};
        size_t status = ZSTD_decompressStream(unpacker->zstd, &out, &from);
        *in += from.pos;
        *in_length -= from.pos;
        if (ZSTD_isError(status)) {
            *error = "its zstd data is damaged, or something else stands behind it";
            return -1;
        }
        if (from.pos > 0 || out.pos > 0)
            unpacker->begun = status != 0;
    } while (*in_length > 0 && out.pos == 0);
    return (long)out.pos;
}

long unpacker_step(struct unpacker *unpacker, const char **in, size_t *in_length, char *to,
                   size_t size, const char **error)
{
    return unpacker->packing == PACKING_GZIP ? step_gzip(unpacker, in, in_length, to, size, error)
                                             : step_zstd(unpacker, in, in_length, to, size, error);
}

bool unpacker_at_end(const struct unpacker *unpacker)
{
    return !unpacker->begun;
}

const char *unpacker_name(const struct unpacker *unpacker)
{
    return unpacker->packing == PACKING_GZIP ? "gzip" : "zstd";
}
