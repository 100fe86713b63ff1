/* SPDX-License-Identifier: BSD-2-Clause
 * The standard streams, before anything is read or printed. */
#include "standard.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#ifdef __GLIBC__
#include <poll.h>
#include <stdio_ext.h>

/* A stream drops what an interrupted write() did not take, and marks an error. So it does for one
 * that would have to wait, where whoever started us left the pipe non-blocking. Here both are tried
 * again. */
static ssize_t write_patiently(void *nothing, const char *bytes, size_t length)
{
    size_t done = 0;
    (void)nothing;
    while (done < length) {
        ssize_t n = write(STDOUT_FILENO, bytes + done, length - done);
        if (n >= 0) {
            done += (size_t)n;
        } else if (errno == EAGAIN || errno == EWOULDBLOCK) {
            struct pollfd ready = {.fd = STDOUT_FILENO, .events = POLLOUT};
            poll(&ready, 1, -1);
        } else if (errno != EINTR) {
            break;
        }
    }
    return (ssize_t)done;
}

static void be_patient(void)
{
    FILE *patient = fopencookie(NULL, "w", (cookie_io_functions_t){.write = write_patiently});
    if (patient == NULL)
        return;
    if (isatty(STDOUT_FILENO))
        setvbuf(patient, NULL, _IOLBF, 0);
    __fsetlocking(patient, FSETLOCKING_BYCALLER); /* one thread prints: no lock for each byte */
    stdout = patient;
}
#else
/* Elsewhere standard output can't be replaced. One that does not wait is opened anew: the flag belongs
 * to whoever shares the old one. A socket can't be, and what it does not take is an error. So is an
 * interrupted write(), but no signal handler of the command is there to interrupt. */
static void be_patient(void)
{
    int flags = fcntl(STDOUT_FILENO, F_GETFL);
    if (flags < 0 || (flags & O_NONBLOCK) == 0)
        return;
    /* Without waiting as well: a named pipe whose reader has gone would wait for another one. */
    int waits = open("/dev/fd/1", O_WRONLY | O_NOCTTY | O_NONBLOCK | (flags & O_APPEND));
    if (waits >= 0) {
        if (fcntl(waits, F_SETFL, flags & O_APPEND) == 0)
            dup2(waits, STDOUT_FILENO);
        close(waits);
    }
}
#endif

/* A file that is opened must never become standard output because that was closed. The stand-in
 * can neither be read nor be written from its side, so that use of it is an error. */
static void keep_standard_streams(void)
{
    for (int fd = 0; fd < 3; fd++)
        if (fcntl(fd, F_GETFD) < 0 && errno == EBADF)
            open("/dev/null", fd == STDIN_FILENO ? O_WRONLY : O_RDONLY);
}

void standard_streams(void)
{
    keep_standard_streams();
    be_patient();
}
