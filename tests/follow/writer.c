/* SPDX-License-Identifier: BSD-2-Clause
 * Writing lines and finding names. */
#include "writer.h"

struct writer w;

void need(bool good, const char *what)
{
    if (good)
        return;
    fprintf(stderr, "%s: %s\n", what, strerror(errno));
    exit(2);
}

const char *beside(const char *suffix)
{
    static char names[8][320];
    static int next;
    char *name = names[next++ % 8];
    snprintf(name, sizeof names[0], "%s%s", w.path, suffix);
    return name;
}

const char *pru(void)
{
    static char name[300];
    snprintf(name, sizeof name, "%.*s.pru", (int)(strlen(w.path) - 4), w.path);
    return name;
}

void create(void)
{
    if (w.fd >= 0)
        close(w.fd);
    int fd = open(w.path, O_WRONLY | O_CREAT | (w.append ? O_APPEND : 0), 0600);
    w.fd = fcntl(fd, F_DUPFD, 100); /* the low ones are the follower's */
    need(w.fd >= 0 && close(fd) == 0, "create");
}

void put(const char *bytes, size_t length)
{
    need(write(w.fd, bytes, length) == (ssize_t)length, "write");
}

size_t make_line(char *to)
{
    unsigned n = w.written++;
    return (size_t)snprintf(to, LONGEST, "02/17/2031 %02u:%02u:%02u Normal File-->  1,0%02u /heath/seq=%06u= [Sent]\n",
                            n / 3600 % 24, n / 60 % 60, n % 60, n % 100, n);
}

void lines(unsigned count)
{
    char line[LONGEST];
    for (unsigned i = 0; i < count; i++) {
        size_t n = make_line(line);
        put(line, n);
    }
}

void one(void) { lines(1); }
void two(void) { lines(2); }
void three(void) { lines(3); }
void many(void) { lines(9); }

size_t whole(const char *path, char *to, size_t room)
{
    int fd = open(path, O_RDONLY);
    need(fd >= 0, path);
    ssize_t n = read(fd, to, room);
    close(fd);
    return n > 0 ? (size_t)n : 0;
}

void cut(void) { need(ftruncate(w.fd, 0) == 0, "truncate"); }
