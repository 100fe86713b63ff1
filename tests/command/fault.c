/* SPDX-License-Identifier: BSD-2-Clause
 * Preloaded by the tests: the n-th read() of a regular file goes wrong in a chosen way. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

ssize_t read(int fd, void *to, size_t size);

ssize_t read(int fd, void *to, size_t size)
{
    static ssize_t (*true_read)(int, void *, size_t);
    static long count;
    if (true_read == NULL) {
        void *found = dlsym(RTLD_NEXT, "read");
        memcpy(&true_read, &found, sizeof true_read);
    }
    struct stat facts;
    const char *at = getenv("FAULT_AT"), *kind = getenv("FAULT_KIND");
    if (at == NULL || kind == NULL || fstat(fd, &facts) != 0 || !S_ISREG(facts.st_mode))
        return true_read(fd, to, size);
    count++;
    long wanted = strtol(at, NULL, 10);
    const char *once = getenv("FAULT_ONCE");
    if (count < wanted || (count > wanted && once != NULL && *once == '1'))
        return true_read(fd, to, size);
    if (strcmp(kind, "eio") == 0 || strcmp(kind, "eintr") == 0) {
        errno = *(kind + 1) == 'i' && kind[2] == 'o' ? EIO : EINTR;
        return -1;
    }
    if (strcmp(kind, "truncate") == 0) {
        if (truncate(getenv("FAULT_PATH"), 0) != 0)
            return -1;
        return true_read(fd, to, size);
    }
    if (strcmp(kind, "swap") == 0) { /* somebody writes PATH.new over PATH, in place */
        static char bytes[65536];
        char path[4096];
        snprintf(path, sizeof path, "%s.new", getenv("FAULT_PATH"));
        int from = open(path, O_RDONLY), into = open(getenv("FAULT_PATH"), O_WRONLY);
        ssize_t n;
        while ((n = true_read(from, bytes, sizeof bytes)) > 0)
            if (write(into, bytes, (size_t)n) != n)
                return -1;
        close(from);
        close(into);
        return true_read(fd, to, size);
    }
    return true_read(fd, to, size > 7 ? 7 : size); /* short */
}
