/* SPDX-License-Identifier: BSD-2-Clause
 * Run a command and tell what it took: usage: launch [-o FILE] COMMAND [ARG...]
 * One line on standard output: seconds of wall clock, of user and of system time, and the peak of its
 * memory in KiB; the command's own output goes to FILE, or is thrown away. The system counts for a child what its parent
 * was when it was made, too: this one is as small as can be, where a script's interpreter is not. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

extern char **environ;

static double seconds(long whole, long part, double unit)
{
    return (double)whole + (double)part / unit;
}

int main(int argc, char **argv)
{
    const char *output = "/dev/null";
    if (argc > 2 && strcmp(argv[1], "-o") == 0) {
        output = argv[2];
        argv += 2;
        argc -= 2;
    }
    if (argc < 2)
        return fprintf(stderr, "usage: launch [-o FILE] COMMAND [ARG...]\n"), 2;
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, output, O_WRONLY | O_CREAT | O_TRUNC, 0600);
    struct timespec from, to;
    struct rusage usage;
    pid_t child;
    int status;
    clock_gettime(CLOCK_MONOTONIC, &from);
    int failed = posix_spawnp(&child, argv[1], &actions, NULL, argv + 1, environ);
    posix_spawn_file_actions_destroy(&actions);
    if (failed != 0)
        return fprintf(stderr, "launch: %s: %s\n", argv[1], strerror(failed)), 2;
    while (wait4(child, &status, 0, &usage) < 0)
        if (errno != EINTR)
            return perror("launch"), 2;
    clock_gettime(CLOCK_MONOTONIC, &to);
    printf("%.6f %.6f %.6f %ld\n",
           seconds(to.tv_sec - from.tv_sec, to.tv_nsec - from.tv_nsec, 1e9),
           seconds(usage.ru_utime.tv_sec, usage.ru_utime.tv_usec, 1e6),
           seconds(usage.ru_stime.tv_sec, usage.ru_stime.tv_usec, 1e6), usage.ru_maxrss);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 1;
}
