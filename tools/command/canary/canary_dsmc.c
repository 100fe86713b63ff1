/* SPDX-License-Identifier: BSD-2-Clause
 * Running dsmc: no shell, nothing to read, no terminal to ask on, a time-out, a limit on what it
 * may print, and an exit code that is looked at. */
#include "canary.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#ifdef __linux__
#include <sys/prctl.h>
#endif

enum { MOST = 4 * 1024 * 1024, SLICE = 100 /* ms */, GRACE = 2000 /* ms to end a session */ };

struct child {
    pid_t pid; /* its process group, too */
    int output;
    bool ended;
    int status;
};

static int64_t now(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (int64_t)time.tv_sec * 1000 + time.tv_nsec / 1000000;
}

/* The environment with one language, so that the answer is in the words that are known. */
static char **plain_environment(void)
{
    static char language[] = "LC_ALL=C";
    size_t count = 0, kept = 0;
    while (environ[count] != NULL)
        count++;
    char **made = calloc(count + 2, sizeof *made);
    if (made == NULL)
        return NULL;
    for (size_t i = 0; i < count; i++)
        if (strncmp(environ[i], "LC_ALL=", 7) != 0 && strncmp(environ[i], "LANGUAGE=", 9) != 0)
            made[kept++] = environ[i];
    made[kept] = language;
    return made;
}

/* Behind fork: only calls that a signal handler may make. */
static void become(const char *program, char **words, char **environment, int output, int report)
{
    int nothing = open("/dev/null", O_RDONLY);
    setsid(); /* a group to kill, and no terminal: a password can't be asked for */
#ifdef __linux__
    prctl(PR_SET_PDEATHSIG, SIGTERM);
#endif
    if (nothing >= 0 && dup2(nothing, 0) == 0 && dup2(output, 1) == 1 && dup2(output, 2) == 2) {
        environ = environment;
        execvp(program, words);
    }
    int problem = errno;
    ssize_t told = write(report, &problem, sizeof problem);
    _exit(told > 0 ? 127 : 126);
}

/* 0, or errno. */
static int start(const char *program, char **words, struct child *child)
{
    int output[2], report[2], problem = 0;
    char **environment = plain_environment();
    if (environment == NULL)
        return ENOMEM;
    if (pipe2(output, O_CLOEXEC) != 0) {
        free(environment);
        return errno;
    }
    if (pipe2(report, O_CLOEXEC) != 0) {
        problem = errno;
        close(output[0]);
        close(output[1]);
        free(environment);
        return problem;
    }
    fflush(NULL);
    child->pid = fork();
    if (child->pid == 0)
        become(program, words, environment, output[1], report[1]);
    if (child->pid < 0)
        problem = errno;
    close(output[1]);
    close(report[1]);
    free(environment);
    /* Closed by the exec that went well; else it says why not. */
    while (child->pid > 0 && read(report[0], &problem, sizeof problem) < 0 && errno == EINTR)
        continue;
    close(report[0]);
    if (problem != 0) {
        close(output[0]);
        if (child->pid > 0)
            waitpid(child->pid, &child->status, 0);
        return problem;
    }
    fcntl(output[0], F_SETFL, O_NONBLOCK);
    child->output = output[0];
    return 0;
}

/* It stays a zombie, so that its number is nobody else's when its group is killed. */
static void look_whether_ended(struct child *child)
{
    siginfo_t info = {0};
    if (!child->ended && waitid(P_PID, (id_t)child->pid, &info, WEXITED | WNOHANG | WNOWAIT) == 0 &&
        info.si_pid == child->pid)
        child->ended = true;
}

/* All that is there now. False: end of output; `*full`: it was more than is taken. */
static bool take_output(struct child *child, struct said *said, bool *full)
{
    for (;;) {
        if (said->length == MOST) {
            *full = true;
            return true;
        }
        ssize_t n = read(child->output, said->bytes + said->length, MOST - said->length);
        if (n == 0)
            return false;
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return errno == EAGAIN || errno == EWOULDBLOCK;
        said->length += (size_t)n;
    }
}

/* Terminated first, so that its session can end; what is still there then is killed. */
static void stop(struct child *child)
{
    if (!child->ended)
        kill(-child->pid, SIGTERM);
    for (int64_t until = now() + GRACE; !child->ended && now() < until;) {
        poll(NULL, 0, SLICE);
        look_whether_ended(child);
    }
    kill(-child->pid, SIGKILL);
    while (waitpid(child->pid, &child->status, 0) < 0 && errno == EINTR)
        continue;
}

static void listen_to(struct child *child, int timeout, struct said *said)
{
    int64_t until = now() + (int64_t)timeout * 1000;
    bool open = true, full = false;
    while (!child->ended || open) {
        struct pollfd wait = {.fd = open ? child->output : -1, .events = POLLIN};
        bool last = child->ended; /* what a process of its own still holds open is not waited for */
        poll(&wait, 1, last ? 0 : SLICE);
        if (open)
            open = take_output(child, said, &full);
        if (last || full)
            break;
        look_whether_ended(child);
        if (!child->ended && now() >= until) {
            snprintf(said->error, sizeof said->error,
                     "did not end within %d seconds and was stopped; does it ask for a password?", timeout);
            break;
        }
    }
    if (full)
        snprintf(said->error, sizeof said->error, "printed more than %d MiB and was stopped", MOST >> 20);
}

void run_dsmc(const char *program, const char *path, int timeout, struct said *said)
{
    static char verb[] = "query", noun[] = "backup", inactive[] = "-inactive", detail[] = "-detail",
                date[] = "-dateformat=3", time[] = "-timeformat=1", number[] = "-numberformat=1",
                scroll[] = "-scrollprompt=no";
    struct child child = {0};
    char *name = strdup(program), *asked = strdup(path);
    char *words[] = {name, verb, noun, asked, inactive, detail, date, time, number, scroll, NULL};
    said->bytes = malloc(MOST);
    int problem = name != NULL && asked != NULL && said->bytes != NULL ? start(program, words, &child) : ENOMEM;
    if (problem != 0) {
        snprintf(said->error, sizeof said->error, "could not be run: %s", strerror(problem));
    } else {
        listen_to(&child, timeout, said);
        /* Also what it left behind: its group is its own. */
        stop(&child);
        close(child.output);
        said->ran = said->error[0] == '\0' && WIFEXITED(child.status);
        said->code = WIFEXITED(child.status) ? WEXITSTATUS(child.status) : 0;
        if (said->error[0] == '\0' && !said->ran)
            snprintf(said->error, sizeof said->error, "was ended by signal %d", WTERMSIG(child.status));
        else if (said->ran && said->code != 0 && said->code != 8) /* 8: warnings, "no match" among them */
            snprintf(said->error, sizeof said->error, "ended with %d, so its answer is not used", said->code);
    }
    free(name);
    free(asked);
}
