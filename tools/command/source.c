/* SPDX-License-Identifier: BSD-2-Clause
 * Files, standard input, gzip and zstd. Plain read() only: a mapped log that somebody truncates
 * would kill the process. All facts come from the open descriptor, never from the name again. */
#include "source.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum { RAW = 256 * 1024 };

struct source {
    int fd;
    bool standard, regular;
    int64_t age;
    off_t start;   /* where the text begins in the file: standard input may have been read from */
    uint64_t size; /* of a regular file from there, when it was opened */
    uint64_t raw_taken;
    struct unpacker *unpacker; /* NULL: plain */
    uint64_t max_bytes, given;
    char raw[RAW];
    size_t raw_at, raw_length;
    char error[256];
};

static long fail(struct source *source, const char *what, const char *more)
{
    snprintf(source->error, sizeof source->error, "%s%s", what, more);
    return -1;
}

static const char shorter[] = "became shorter while it was read; read it again",
                  unreadable[] = "cannot be read to its end: ",
                  too_long[] = "holds more than %" PRIu64 " bytes of text; --max-bytes allows more";

static long read_raw(struct source *source, char *to, size_t size)
{
    for (;;) {
        ssize_t n = read(source->fd, to, size);
        if (n >= 0) {
            source->raw_taken += (uint64_t)n;
            if (n == 0 && source->regular && source->raw_taken < source->size)
                return fail(source, shorter, "");
            return (long)n;
        }
        if (errno == EAGAIN || errno == EWOULDBLOCK) {
            struct pollfd ready = {.fd = source->fd, .events = POLLIN};
            poll(&ready, 1, -1);
        } else if (errno != EINTR) {
            return fail(source, unreadable, strerror(errno));
        }
    }
}

/* Bytes that are wanted before it is known how the text is packed. */
static bool fill_head(struct source *source)
{
    while (source->raw_length < 4) {
        long n = read_raw(source, source->raw + source->raw_length, RAW - source->raw_length);
        if (n < 0)
            return false;
        if (n == 0)
            break;
        source->raw_length += (size_t)n;
    }
    return true;
}

const char *source_why_not(int error)
{
    switch (error) {
    case ENOENT: return "there is no such file; check the path";
    case ENOTDIR: return "a part of this path is not a directory; check the path";
    case EACCES:
    case EPERM: return "no permission to read it; run as root or as the log's owner";
    case ELOOP: return "this symbolic link leads in a circle; name the log itself";
    case EBADF: return "standard input is closed; name a file or redirect one";
    case ENXIO: return "this is a device or socket; to read one use '-' and redirect it";
    default: return strerror(error);
    }
}

static const char *why_not(const struct source *source, const struct stat *facts, int error)
{
    if (error != 0)
        return source_why_not(error);
    if (S_ISDIR(facts->st_mode))
        return "this is a directory; name the log file in it";
    if (!source->standard && !S_ISREG(facts->st_mode))
        return "this is not a regular file; to read a pipe or device use '-' and redirect it";
    return NULL;
}

/* Seek to the beginning, of what is read, not always of the file. */
static bool rewind_raw(struct source *source, uint64_t to)
{
    if (lseek(source->fd, source->start + (off_t)to, SEEK_SET) < 0)
        return fail(source, "cannot be read a second time: ", strerror(errno)), false;
    source->raw_at = source->raw_length = 0;
    source->raw_taken = to;
    return true;
}

/* Where the text begins. Standard input may be opened again when it stands at its end. */
static off_t beginning(const struct source *source)
{
    static off_t standard = -1;
    if (!source->standard)
        return 0;
    if (standard < 0)
        return standard = lseek(source->fd, 0, SEEK_CUR);
    return lseek(source->fd, standard, SEEK_SET);
}

struct source *source_open(const char *path, uint64_t max_bytes, char *error, size_t error_size)
{
    struct source *source = calloc(1, sizeof *source);
    if (source == NULL) {
        snprintf(error, error_size, "no memory");
        return NULL;
    }
    struct stat facts = {0};
    source->standard = strcmp(path, "-") == 0;
    source->max_bytes = max_bytes;
    /* O_NONBLOCK: opening a FIFO must not wait for a writer. */
    do
        source->fd = source->standard
                         ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
    while (source->fd < 0 && errno == EINTR);
    int failed = source->fd < 0 || fstat(source->fd, &facts) != 0 ? errno : 0;
    const char *why = why_not(source, &facts, failed);
    if (why != NULL) {
        snprintf(error, error_size, "%s", why);
        source_close(source);
        return NULL;
    }
    source->start = S_ISREG(facts.st_mode) ? beginning(source) : -1;
    source->regular = source->start >= 0;
    if (source->regular) {
        source->size = facts.st_size > source->start ? (uint64_t)(facts.st_size - source->start) : 0;
        source->age = (int64_t)time(NULL) - (int64_t)facts.st_mtime;
        if (source->age < 0)
            source->age = 0; /* a clock that is wrong */
    }
    if (!fill_head(source)) {
        snprintf(error, error_size, "%s", source->error);
        source_close(source);
        return NULL;
    }
    why = packed_otherwise(source->raw, source->raw_length);
    if (why != NULL) {
        snprintf(error, error_size, "%s", why);
        source_close(source);
        return NULL;
    }
    enum packing packing = packing_of(source->raw, source->raw_length);
    if (packing != PACKING_NONE && (source->unpacker = unpacker_new(packing)) == NULL) {
        snprintf(error, error_size, "no memory");
        source_close(source);
        return NULL;
    }
    return source;
}

void source_close(struct source *source)
{
    if (source == NULL)
        return;
    unpacker_free(source->unpacker);
    if (source->fd >= 0 && !source->standard)
        close(source->fd);
    free(source);
}

static long read_packed(struct source *source, char *to, size_t size)
{
    for (;;) {
        const char *in = source->raw + source->raw_at, *why;
        size_t left = source->raw_length - source->raw_at;
        long n = unpacker_step(source->unpacker, &in, &left, to, size, &why);
        source->raw_at = source->raw_length - left;
        if (n != 0)
            return n > 0 ? n : fail(source, why, "; nothing of it is proven");
        n = read_raw(source, source->raw, RAW);
        if (n < 0)
            return n;
        source->raw_at = 0;
        source->raw_length = (size_t)n;
        if (n == 0 && unpacker_at_end(source->unpacker))
            return 0;
        if (n == 0) {
            snprintf(source->error, sizeof source->error, "its %s data ends too early: the file "
                     "is cut", unpacker_name(source->unpacker));
            return -1;
        }
    }
}

static long read_plain(struct source *source, char *to, size_t size)
{
    size_t n = source->raw_length - source->raw_at;
    if (n == 0)
        return read_raw(source, to, size);
    if (n > size)
        n = size;
    memcpy(to, source->raw + source->raw_at, n);
    source->raw_at += n;
    return (long)n;
}

long source_read(struct source *source, char *to, size_t size)
{
    if (source->error[0] != '\0')
        return -1;
    long n = source->unpacker != NULL ? read_packed(source, to, size) : read_plain(source, to, size);
    if (n <= 0)
        return n;
    source->given += (uint64_t)n;
    if (source->given > source->max_bytes) {
        snprintf(source->error, sizeof source->error, too_long, source->max_bytes);
        return -1;
    }
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

bool source_repeats(const struct source *source)
{
    return source->regular;
}

bool source_seek(struct source *source, uint64_t offset)
{
    if (!source->regular || source->error[0] != '\0')
        return false;
    if (source->unpacker == NULL) {
        source->given = offset;
        return rewind_raw(source, offset);
    }
    unpacker_reset(source->unpacker);
    source->given = 0;
    if (!rewind_raw(source, 0))
        return false;
    char skipped[4096];
    while (source->given < offset) {
        uint64_t left = offset - source->given;
        if (source_read(source, skipped, left < sizeof skipped ? (size_t)left : sizeof skipped) <= 0)
            return false;
    }
    return true;
}

size_t source_tail(struct source *source, char *to, size_t size)
{
    if (!source->regular || source->unpacker != NULL)
        return 0;
    uint64_t wanted = source->size < size ? source->size : size;
    off_t from = source->start + (off_t)(source->size - wanted);
    size_t done = 0;
    while (done < wanted) {
        ssize_t n = pread(source->fd, to + done, (size_t)wanted - done, from + (off_t)done);
        if (n <= 0 && !(n < 0 && errno == EINTR))
            return 0;
        done += n > 0 ? (size_t)n : 0;
    }
    return done;
}

uint64_t source_size(const struct source *source)
{
    return source->regular && source->unpacker == NULL ? source->size : 0;
}

long source_read_at(const struct source *source, uint64_t offset, char *to, size_t size, char *error,
                    size_t error_size)
{
    ssize_t n;
    do {
        n = pread(source->fd, to, size, source->start + (off_t)offset);
    } while (n < 0 && errno == EINTR);
    if (n < 0)
        snprintf(error, error_size, "%s%s", unreadable, strerror(errno));
    else if (n == 0 && offset < source->size)
        snprintf(error, error_size, "%s", shorter);
    else if (offset + (uint64_t)n > source->max_bytes)
        snprintf(error, error_size, too_long, source->max_bytes);
    else
        return (long)n;
    return -1;
}
