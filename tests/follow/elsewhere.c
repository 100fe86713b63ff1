/* SPDX-License-Identifier: BSD-2-Clause
 * Folders and links that turn to something else, files whose size comes first, and nothing at all. */
#include "writer.h"

static void hide_folder(void)
{
    char other[300];
    snprintf(other, sizeof other, "%s-away", w.folder);
    need(rename(w.folder, other) == 0, "rename");
}
static void show_folder(void)
{
    char other[300];
    snprintf(other, sizeof other, "%s-away", w.folder);
    need(rename(other, w.folder) == 0, "rename");
}

static void link_other(void)
{
    need(symlink(beside("-b"), beside("-new")) == 0, "symlink");
    w.fd = (close(w.fd), open(beside("-b"), O_WRONLY | O_CREAT | O_APPEND, 0600));
    need(w.fd >= 0 && rename(beside("-new"), w.path) == 0, "rename");
}

/* The size comes first, what is written later. */
static void grow(void)
{
    struct stat facts;
    make_line(w.half);
    need(fstat(w.fd, &facts) == 0 && ftruncate(w.fd, facts.st_size + (off_t)strlen(w.half)) == 0, "grow");
    w.place = (uint64_t)facts.st_size;
}

static void fill_in(void)
{
    int fd = open(w.path, O_WRONLY); /* not at the end */
    need(fd >= 0 && pwrite(fd, w.half, strlen(w.half), (off_t)w.place) == (ssize_t)strlen(w.half) && close(fd) == 0,
         "fill");
}

static void nothing(void) {}

const struct scenario elsewhere[] = {
    {"folder-away", two, {one, hide_folder, one, show_folder, rotate, one}, false, false, false, false},
    {"symlink", two, {one, link_other, two, one, one, two}, false, false, false, false},
    {"size-first", two, {grow, fill_in, one, grow, fill_in, one}, false, false, false, false},
    {"idle", two, {nothing, one, nothing, two, nothing, one}, false, false, false, false},
    {.name = NULL},
};
