/* SPDX-License-Identifier: BSD-2-Clause
 * Opening a file that a stranger may have put there, and looking for text in it. */
#include "follow.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

uint64_t hash_of(const char *bytes, size_t length)
{
    uint64_t hash = UINT64_C(0xCBF29CE484222325); /* FNV-1a */
    for (size_t i = 0; i < length; i++)
        hash = (hash ^ (unsigned char)bytes[i]) * UINT64_C(0x100000001B3);
    return hash;
}

void file_folder(const char *path, char *folder, size_t size)
{
    const char *slash = strrchr(path, '/');
    if (slash != NULL)
        snprintf(folder, size, "%.*s", (int)(slash - path) + 1, path);
    else
        snprintf(folder, size, "./");
}

bool file_before(struct timespec a, struct timespec b)
{
    return a.tv_sec < b.tv_sec || (a.tv_sec == b.tv_sec && a.tv_nsec < b.tv_nsec);
}

/* Everything is asked of the descriptor, never of the name a second time. */
static const char *refusal(const struct follower *follower, const struct stat *facts, const struct stat *link)
{
    uint64_t own = geteuid(), owner = facts->st_uid;
    if (!S_ISREG(facts->st_mode))
        return "it is no regular file";
    if (follower->owner_known && owner != follower->owner && owner != 0 && owner != own)
        return "its owner is another one than before";
    if (link != NULL && link->st_uid != 0 && link->st_uid != own && link->st_uid != owner)
        return "it is a symbolic link of a stranger";
    return NULL;
}

int file_open(struct follower *follower, const char *path, struct stat *facts, const char **why)
{
    enum { HOW = O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK };
    struct stat link;
    bool linked = false;
    *why = NULL;
    int fd = open(path, HOW | O_NOFOLLOW);
    if (fd < 0 && (errno == ELOOP || errno == EMLINK)) {
        if (lstat(path, &link) != 0 || !S_ISLNK(link.st_mode))
            return -1;
        linked = true;
        fd = open(path, HOW);
    }
    if (fd < 0) {
        bool missing = errno == ENOENT || errno == ENOTDIR;
        if (linked && (missing || errno == ELOOP)) /* somebody set it up wrong: waiting would look like a quiet night */
            *why = missing ? "it is a symbolic link to nowhere" : "it is a symbolic link that leads back to itself";
        else if (!missing)
            *why = errno == ENXIO ? "it is no regular file" : strerror(errno); /* a socket */
        return -1;
    }
    *why = fstat(fd, facts) != 0 ? strerror(errno) : refusal(follower, facts, linked ? &link : NULL);
    if (*why != NULL) {
        close(fd);
        return -1;
    }
    if (!follower->owner_known) {
        follower->owner_known = true;
        follower->owner = facts->st_uid;
    }
    return fd;
}

int file_open_log(struct follower *follower, struct stat *facts)
{
    const char *why;
    int fd = file_open(follower, follower->path, facts, &why);
    follower->refused = why != NULL;
    if (why != NULL)
        snprintf(follower->error, sizeof follower->error, "%s", why);
    return fd;
}

long file_read(int fd, char *to, size_t length, uint64_t at)
{
    size_t got = 0;
    while (got < length) {
        ssize_t n = pread(fd, to + got, length - got, (off_t)(at + got));
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return -1;
        if (n == 0)
            break;
        got += (size_t)n;
    }
    return (long)got;
}

bool file_holds(int fd, uint64_t at, const char *bytes, size_t length)
{
    char there[FOLLOW_TAIL];
    if (length > sizeof there || length > at)
        return false;
    return file_read(fd, there, length, at - length) == (long)length &&
           memcmp(there, bytes, length) == 0;
}

/* Bytes alone that may stand in two places. */
enum { LEAST = 24 };

/* The client keeps some days: all but the last lines of what we know may be gone. */
static uint64_t find_front(int fd, const char *bytes, size_t length)
{
    char there[FOLLOW_TAIL];
    long n = file_read(fd, there, length, 0);
    for (size_t left = n > 0 ? (size_t)n : 0; left >= LEAST; left--) {
        const char *from = bytes + (length - left);
        if ((left == length || from[-1] == '\n') && memcmp(from, there, left) == 0)
            return left;
    }
    return 0;
}

uint64_t file_find(int fd, const char *bytes, size_t length)
{
    static char window[FOLLOW_TAIL + FOLLOW_CHUNK];
    uint64_t found = 0, at = 0;
    size_t kept = 0;
    if (length < LEAST || length > FOLLOW_TAIL)
        return 0;
    for (;;) {
        long n = file_read(fd, window + kept, FOLLOW_CHUNK, at);
        if (n <= 0)
            return n < 0 ? 0 : found > 0 ? found : find_front(fd, bytes, length);
        size_t have = kept + (size_t)n;
        const char *from = window, *end = window + have, *hit;
        while ((hit = memmem(from, (size_t)(end - from), bytes, length)) != NULL) {
            found = at - kept + (uint64_t)(hit - window) + length;
            from = hit + 1;
        }
        at += (uint64_t)n;
        kept = have < length - 1 ? have : length - 1;
        memmove(window, window + have - kept, kept);
    }
}

bool file_same(int a, int b)
{
    char x[FOLLOW_TAIL], y[FOLLOW_TAIL];
    struct stat one, other;
    long n = file_read(a, x, sizeof x, 0);
    return fstat(a, &one) == 0 && fstat(b, &other) == 0 && one.st_size == other.st_size && n >= 0 &&
           file_read(b, y, sizeof y, 0) == n && memcmp(x, y, (size_t)n) == 0;
}
