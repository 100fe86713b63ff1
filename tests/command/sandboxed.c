/* SPDX-License-Identifier: BSD-2-Clause
 * What a process can still do behind sandbox_enter(). Each is first done without it, so that what
 * fails later fails because of it. */
#include "sandbox.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

static int failures;

static void expect(const char *what, bool holds)
{
    printf("%s: %s\n", holds ? "ok" : "not ok", what);
    failures += !holds;
}

static bool can_create(const char *path)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (fd < 0)
        return false;
    close(fd);
    return unlink(path) == 0;
}

static bool can_run(void)
{
    int status = 0;
    pid_t child = fork();
    if (child == 0) {
        execl("/bin/true", "true", (char *)NULL);
        _exit(errno == EACCES ? 99 : 98);
    }
    return child > 0 && waitpid(child, &status, 0) == child && WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

/* A refused connection is an answer of the network; a refused call is the sandbox's. */
static bool can_call(void)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(9)};
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    bool can = fd < 0 || connect(fd, (struct sockaddr *)&address, sizeof address) == 0 || errno != EACCES;
    if (fd >= 0)
        close(fd);
    return can;
}

int main(int argc, char **argv)
{
    char path[4096], log[4104];
    if (argc != 3) /* a folder outside of /tmp, and whether the kernel can refuse connections */
        return 2;
    snprintf(path, sizeof path, "%s/sandboxed-%ld", argv[1], (long)getpid());
    snprintf(log, sizeof log, "%s.log", path);
    int open_before = open(log, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    expect("a file can be made before", open_before >= 0 && can_create(path));
    expect("a program can be run before", can_run());
    if (!sandbox_enter()) {
        unlink(log);
        printf("no Landlock here\n");
        return 77;
    }
    expect("no file can be made", !can_create(path) && errno == EACCES);
    expect("none can be removed", unlink(log) != 0 && errno == EACCES);
    expect("none can be opened to be written", open(log, O_WRONLY | O_CLOEXEC) < 0 && errno == EACCES);
    expect("it can still be read", access(log, R_OK) == 0 && open(log, O_RDONLY | O_CLOEXEC) >= 0);
    expect("what was open can be written", write(open_before, "x", 1) == 1);
    expect("no program can be run", !can_run());
    if (strcmp(argv[2], "1") == 0)
        expect("nobody can be called", !can_call());
    FILE *temporary = tmpfile();
    expect("there are files without a name", temporary != NULL && fputs("kept", temporary) >= 0 && fclose(temporary) == 0);
    return failures > 0;
}
