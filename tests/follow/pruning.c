/* SPDX-License-Identifier: BSD-2-Clause
 * What the client itself does to its log: it prunes (SCHEDLOGRETENTION), and wraps (SCHEDLOGMAX). These
 * are IBM's words, not a client that was watched. */
#include "writer.h"

/* The client prunes: the front goes to the .pru, in the old version by writing the file anew. */
static char pruned[MOST * LONGEST];
static size_t pruned_length;

static size_t front_of(const char *text, size_t n)
{
    size_t front = n / 2;
    while (front > 0 && text[front - 1] != '\n')
        front--;
    return front;
}

static void prune_copy(void)
{
    pruned_length = whole(w.path, pruned, sizeof pruned);
    size_t front = front_of(pruned, pruned_length);
    int fd = open(pru(), O_WRONLY | O_CREAT | O_APPEND, 0600);
    need(fd >= 0 && write(fd, pruned, front) == (ssize_t)front && close(fd) == 0, "pru");
    memmove(pruned, pruned + front, pruned_length - front);
    pruned_length -= front;
}

static void prune_write(void) { put(pruned, pruned_length); }

static void prune_in_place(void)
{
    prune_copy();
    cut();
    prune_write();
}

static void prune_by_rename(void)
{
    prune_copy();
    int fd = open(beside("tmp"), O_WRONLY | O_CREAT | O_TRUNC, 0600);
    need(fd >= 0 && write(fd, pruned, pruned_length) == (ssize_t)pruned_length && close(fd) == 0, "prune");
    need(rename(beside("tmp"), w.path) == 0, "rename");
    create();
}

static void remove_pru(void)
{
    unlink(pru());
}

/* A log that wraps. */
static void wrap_lines(unsigned count)
{
    char line[LONGEST], mark[LONGEST];
    for (unsigned i = 0; i < count; i++) {
        unsigned n = w.written;
        size_t length = make_line(line);
        size_t marked = (size_t)snprintf(mark, sizeof mark, "02/17/2031 %02u:%02u:%02u END OF DATA\n", n / 3600 % 24,
                                         n / 60 % 60, n % 60);
        if (w.place + length + 60 > w.limit) {
            size_t end = (size_t)snprintf(mark, sizeof mark, "02/17/2031 %02u:%02u:%02u Continued at beginning of file\n",
                                          n / 3600 % 24, n / 60 % 60, n % 60);
            need(pwrite(w.fd, mark, end, (off_t)w.place) == (ssize_t)end, "pwrite");
            w.place = 0;
            marked = (size_t)snprintf(mark, sizeof mark, "02/17/2031 %02u:%02u:%02u END OF DATA\n", n / 3600 % 24,
                                      n / 60 % 60, n % 60);
        }
        memcpy(line + length, mark, marked);
        need(pwrite(w.fd, line, length + marked, (off_t)w.place) == (ssize_t)(length + marked), "pwrite");
        w.place += length;
    }
}

static void wrap_two(void) { wrap_lines(2); }
static void wrap_three(void) { wrap_lines(3); }
static void wrap_lap(void) { wrap_lines(11); }

static void to_max(void) /* from retention: all goes to the .pru */
{
    pruned_length = whole(w.path, pruned, sizeof pruned);
    int fd = open(pru(), O_WRONLY | O_CREAT | O_APPEND, 0600);
    need(fd >= 0 && write(fd, pruned, pruned_length) == (ssize_t)pruned_length && close(fd) == 0, "pru");
    cut();
    w.place = 0;
}

const struct scenario pruning[] = {
    {"prune-in-pieces", many, {one, prune_copy, cut, prune_write, one, two}, false, false, false, false},
    {"prune-in-place", many, {two, prune_in_place, one, two, prune_in_place, one}, false, false, false, true},
    {"prune-rotate-prune", many, {one, prune_in_place, rotate_and_write, prune_in_place, one, two}, false, false, true, false},
    {"prune-each-file", two, {rotate_and_write, prune_in_place, rotate_and_write, prune_in_place, one, one}, false, false, true, false},
    {"prune-unread-rotate", two, {many, prune_in_place, rotate_and_write, prune_in_place, one, one}, false, false, true, false},
    {"prune-rename-rotate", two, {many, prune_by_rename, rotate_and_write, prune_by_rename, one, one}, false, false, true, false},
    {"prune-drop-pru", many, {one, prune_in_place, rotate_and_write, remove_pru, prune_in_place, one}, false, false, true, false},
    {"prune-unread-away", two, {rotate_and_write, prune_in_place, shift, create, one, one}, false, false, true, false},
    {"prune-rename-compress", many, {one, prune_by_rename, two, rotate_and_write, compress_one, one}, false, false, true, false},
    {"prune-twice-compress", two, {many, prune_in_place, prune_by_rename, two, rotate_and_write, compress_one}, false, false, true, false},
    {"prune-by-rename", many, {two, prune_by_rename, one, two, prune_by_rename, one}, false, false, false, true},
    {"wrap", wrap_three, {wrap_two, wrap_three, wrap_two, wrap_three, wrap_two, wrap_two}, true, true, true, false},
    {"wrap-lapped", wrap_three, {wrap_two, wrap_lap, wrap_two, wrap_lap, wrap_two, wrap_two}, true, true, true, false},
    {"retention-to-max", many, {two, to_max, wrap_two, wrap_three, wrap_two, wrap_three}, true, true, true, false},
    {.name = NULL},
};
