/* SPDX-License-Identifier: BSD-2-Clause
 * Files, standard input, gzip and zstd. Plain read() only: a mapped log that somebody truncates
 * would kill the process. */
#include "command.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>
#include <zlib.h>
#include <zstd.h>

enum { RAW = 256 * 1024 };

struct source {
    int fd;
    enum { PLAIN, GZIP, ZSTD } packing;
    int64_t age;
    bool regular;
    z_stream gzip;
    bool gzip_ready, member_open;
    ZSTD_DStream *zstd;
    size_t frame_open;
    char raw[RAW];
    size_t raw_at, raw_length;
    bool raw_end;
    char error[256];
};

static long read_again(int fd, char *to, size_t size)
{
    ssize_t n;
    do
        n = read(fd, to, size);
    while (n < 0 && errno == EINTR);
    return (long)n;
}

/* 1 more, 0 end, -1 error */
static int fill(struct source *source)
{
    long n = read_again(source->fd, source->raw, RAW);
    if (n < 0) {
        snprintf(source->error, sizeof source->error, "cannot be read to its end: %s",
                 strerror(errno));
        return -1;
    }
    source->raw_at = 0;
    source->raw_length = (size_t)n;
    source->raw_end = n == 0;
    return n > 0;
}

struct source *source_open(const char *path, char *error, size_t error_size)
{
    struct source *source = calloc(1, sizeof *source);
    if (source == NULL) {
        snprintf(error, error_size, "no memory");
        return NULL;
    }
    bool standard = strcmp(path, "-") == 0;
    source->fd = standard ? STDIN_FILENO
                          : open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
    struct stat facts;
    const char *why = NULL;
    if (source->fd < 0 || fstat(source->fd, &facts) != 0)
        why = errno == ENOENT ? "there is no such file; check the path"
              : errno == EACCES ? "no permission to read it; run as the log's owner or root"
                                : strerror(errno);
    else if (S_ISDIR(facts.st_mode))
        why = "this is a directory; name the log file in it";
    else if (!standard && !S_ISREG(facts.st_mode))
        why = "this is not a regular file; to read a pipe or device use '-' and redirect it";
    if (why != NULL) {
        snprintf(error, error_size, "%s", why);
        if (source->fd > STDIN_FILENO)
            close(source->fd);
        free(source);
        return NULL;
    }
    source->regular = S_ISREG(facts.st_mode) && !standard;
    source->age = source->regular ? (int64_t)(time(NULL) - facts.st_mtime) : 0;
    if (fill(source) < 0) {
        snprintf(error, error_size, "%s", source->error);
        source_close(source);
        return NULL;
    }
    const unsigned char *c = (const unsigned char *)source->raw;
    if (source->raw_length >= 3 && c[0] == 0x1F && c[1] == 0x8B && c[2] == 8)
        source->packing = GZIP;
    else if (source->raw_length >= 4 && memcmp(c, "\x28\xB5\x2F\xFD", 4) == 0)
        source->packing = ZSTD;
    if (source->packing == GZIP)
        source->gzip_ready = inflateInit2(&source->gzip, 15 + 16) == Z_OK;
    if (source->packing == ZSTD)
        source->zstd = ZSTD_createDStream();
    if ((source->packing == GZIP && !source->gzip_ready) ||
        (source->packing == ZSTD && source->zstd == NULL)) {
        snprintf(error, error_size, "no memory");
        source_close(source);
        return NULL;
    }
    return source;
}

static long unpack_gzip(struct source *source, char *to, size_t size)
{
    z_stream *z = &source->gzip;
    z->next_out = (Bytef *)to;
    z->avail_out = (uInt)size;
    while (z->avail_out == size) {
        if (source->raw_at == source->raw_length) {
            int more = source->raw_end ? 0 : fill(source);
            if (more < 0)
                return -1;
            if (more == 0) {
                if (!source->member_open)
                    return 0;
                snprintf(source->error, sizeof source->error, "the gzip data ends too early");
                return -1;
            }
        }
        z->next_in = (Bytef *)source->raw + source->raw_at;
        z->avail_in = (uInt)(source->raw_length - source->raw_at);
        source->member_open = true;
        int status = inflate(z, Z_NO_FLUSH);
        source->raw_at = source->raw_length - z->avail_in;
        if (status == Z_STREAM_END) {
            source->member_open = false;
            inflateReset(z);
        } else if (status != Z_OK && status != Z_BUF_ERROR) {
            snprintf(source->error, sizeof source->error, "the gzip data is damaged");
            return -1;
        }
    }
    return (long)(size - z->avail_out);
}

static long unpack_zstd(struct source *source, char *to, size_t size)
{
    ZSTD_outBuffer out = {to, size, 0};
    while (out.pos == 0) {
        if (source->raw_at == source->raw_length) {
            int more = source->raw_end ? 0 : fill(source);
            if (more < 0)
                return -1;
            if (more == 0) {
                if (source->frame_open == 0)
                    return 0;
                snprintf(source->error, sizeof source->error, "the zstd data ends too early");
                return -1;
            }
        }
        ZSTD_inBuffer in = {source->raw, source->raw_length, source->raw_at};
        source->frame_open = ZSTD_decompressStream(source->zstd, &out, &in);
        source->raw_at = in.pos;
        if (ZSTD_isError(source->frame_open)) {
            snprintf(source->error, sizeof source->error, "the zstd data is damaged");
            return -1;
        }
    }
    return (long)out.pos;
}

long source_read(struct source *source, char *to, size_t size)
{
    if (source->packing == GZIP)
        return unpack_gzip(source, to, size);
    if (source->packing == ZSTD)
        return unpack_zstd(source, to, size);
    if (source->raw_at < source->raw_length) {
        size_t n = source->raw_length - source->raw_at;
        if (n > size)
            n = size;
        memcpy(to, source->raw + source->raw_at, n);
        source->raw_at += n;
        return (long)n;
    }
    long n = read_again(source->fd, to, size);
    if (n < 0)
        snprintf(source->error, sizeof source->error, "cannot be read to its end: %s",
                 strerror(errno));
    return n;
}

const char *source_error(const struct source *source)
{
    return source->error;
}

int64_t source_age(const struct source *source)
{
    return source->age;
}

bool source_plain(const struct source *source)
{
    return source->regular && source->packing == PLAIN;
}

void source_close(struct source *source)
{
    if (source->gzip_ready)
        inflateEnd(&source->gzip);
    ZSTD_freeDStream(source->zstd);
    if (source->fd > STDIN_FILENO)
        close(source->fd);
    free(source);
}
