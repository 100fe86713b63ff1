/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef TSMPARSE_WRITE_ALL_H
#define TSMPARSE_WRITE_ALL_H

#include <errno.h>
#include <stdbool.h>
#include <unistd.h>

/* All of it into a file, however often that is interrupted. False: errno tells. */
static inline bool write_all(int fd, const char *bytes, size_t length)
{
    while (length > 0) {
        ssize_t n = write(fd, bytes, length);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return false;
        bytes += n;
        length -= (size_t)n;
    }
    return true;
}

#endif
