/* SPDX-License-Identifier: BSD-2-Clause
 * What happens to a log by rotation: names, copies, compressed ones, lines that are cut. */
#include "writer.h"

#include <zlib.h>

static void half(void)
{
    make_line(w.half);
    put(w.half, 40);
}

static void rest(void)
{
    put(w.half + 40, strlen(w.half) - 40);
    w.half[0] = '\0';
}

void shift(void)
{
    for (int i = 8; i > 0; i--) {
        char from[16], to[16];
        snprintf(from, sizeof from, ".%d", i);
        snprintf(to, sizeof to, ".%d", i + 1);
        rename(beside(from), beside(to));
        snprintf(from, sizeof from, ".%d.gz", i);
        snprintf(to, sizeof to, ".%d.gz", i + 1);
        rename(beside(from), beside(to));
    }
    need(rename(w.path, beside(".1")) == 0, "rename");
}

void rotate(void)
{
    shift();
    create();
}

void rotate_and_write(void)
{
    rotate();
    lines(2);
}

static void pack(const char *plain, const char *gz)
{
    static char text[MOST * LONGEST];
    if (access(beside(plain), F_OK) != 0)
        return;
    size_t n = whole(beside(plain), text, sizeof text);
    gzFile out = gzopen(beside(gz), "wb");
    need(out != NULL && (n == 0 || gzwrite(out, text, (unsigned)n) == (int)n) && gzclose(out) == Z_OK, "gzip");
    need(unlink(beside(plain)) == 0, "unlink");
}

void compress_one(void) { pack(".1", ".1.gz"); }

static void copy(void)
{
    static char text[MOST * LONGEST];
    rename(beside(".1"), beside(".2"));
    size_t n = whole(w.path, text, sizeof text);
    int fd = open(beside(".1"), O_WRONLY | O_CREAT | O_TRUNC, 0600);
    need(fd >= 0 && write(fd, text, n) == (ssize_t)n && close(fd) == 0, "copy");
}

static void cut_and_write(void)
{
    cut();
    lines(2);
}

static void delete_and_create(void)
{
    need(unlink(w.path) == 0, "unlink");
    create();
}

/* A kilobyte that is the same in each file. */
static void head(void)
{
    for (int i = 0; i < 16; i++, w.heads++)
        put("IBM Tivoli Storage Manager Command Line Backup-Archive Client !!\n", 65);
}

static void rotate_with_head(void)
{
    rotate();
    head();
}

static void odd_bytes(void) { make_line(w.half); put(w.half, 41); put("\xC3", 1); }
static void odd_rest(void) { put("\xBC", 1); put(w.half + 41, strlen(w.half) - 42); put("\r", 1); }
static void line_feed(void) { put("\n", 1); }

/* Under the names that files have while they are packed, and afterwards. Not deflated, so that the half of it has
 * half of the text. */
static char packed[MOST * LONGEST];
static size_t packed_length;

static void pack_half(void)
{
    static char text[MOST * LONGEST];
    size_t n = whole(beside(".1"), text, sizeof text);
    gzFile out = gzopen(beside(".1.gz"), "wb0");
    need(out != NULL && gzwrite(out, text, (unsigned)n) == (int)n && gzclose(out) == Z_OK, "gzip");
    packed_length = whole(beside(".1.gz"), packed, sizeof packed);
    need(truncate(beside(".1.gz"), (off_t)(packed_length - 40)) == 0, "truncate");
}

static void pack_rest(void)
{
    int fd = open(beside(".1.gz"), O_WRONLY | O_APPEND);
    need(fd >= 0 && write(fd, packed + packed_length - 40, 40) == 40 && close(fd) == 0, "gzip");
    need(unlink(beside(".1")) == 0, "unlink");
}

/* By a packer that is not known here; what it makes must not be taken for text. */
static void pack_otherwise(void)
{
    static const char bytes[] = "\xFD" "7zXZ\0\0\4" OLD;
    int fd = open(beside(".1.xz"), O_WRONLY | O_CREAT | O_TRUNC, 0600);
    need(fd >= 0 && write(fd, bytes, sizeof bytes - 1) == (ssize_t)sizeof bytes - 1 && close(fd) == 0, "xz");
    need(unlink(beside(".1")) == 0, "unlink");
}

/* A file that was there before the follower came; it is compressed a day later than the others. */
static void begin_with_old(void)
{
    int fd = open(beside(".1"), O_WRONLY | O_CREAT, 0600);
    need(fd >= 0 && write(fd, OLD, strlen(OLD)) == (ssize_t)strlen(OLD) && close(fd) == 0, "old");
    lines(2);
}

static void rotate_and_compress_all(void)
{
    rotate_and_write();
    for (int i = 2; i > 0; i--) {
        char plain[8], gz[16];
        snprintf(plain, sizeof plain, ".%d", i);
        snprintf(gz, sizeof gz, ".%d.gz", i);
        pack(plain, gz);
    }
}

/* A writer that has not heard of the rotation. */
static int old_fd;

static void rotate_unheard(void)
{
    shift();
    old_fd = w.fd;
    w.fd = -1;
    create();
}

static void write_late(void)
{
    need(write(old_fd, "late\n", 5) == 5 && close(old_fd) == 0, "late");
}

const struct scenario rotating[] = {
    {"rename", two, {two, rotate, one, two, rotate, one}, false, false, false, false},
    {"rename-late-writer", two, {one, shift, one, create, two, one}, false, false, false, false},
    {"two-rotations", two, {rotate_and_write, rotate_and_write, one, rotate_and_write, rotate, two}, false, false, false, false},
    {"compress", two, {two, rotate_and_write, compress_one, one, rotate_and_write, compress_one}, false, false, false, false},
    {"two-rotations-compress", two, {rotate_and_write, compress_one, rotate_and_write, one, two, one}, false, false, false, false},
    {"copytruncate", three, {one, copy, one, cut, two, one}, false, false, true, false},
    {"copytruncate-twice", three, {one, copy, cut_and_write, copy, cut_and_write, one}, false, false, true, false},
    {"copytruncate-hole", three, {one, copy, cut, one, two, one}, true, false, true, false},
    {"truncate-regrow", two, {two, cut, many, one, cut, many}, false, false, true, false},
    {"delete-create", two, {two, delete_and_create, two, one, delete_and_create, two}, false, false, true, false},
    {"same-head", head, {two, rotate_with_head, one, two, rotate_with_head, one}, false, false, false, false},
    {"half-line", two, {half, shift, rest, create, two, one}, false, false, false, false},
    {"half-line-over", two, {half, rotate, rest, two, one, one}, false, false, false, false},
    {"odd-cuts", two, {odd_bytes, odd_rest, line_feed, odd_bytes, odd_rest, line_feed}, false, false, false, false},
    {"delete-rotate", two, {two, delete_and_create, two, rotate_and_write, compress_one, one}, false, false, true, false},
    {"half-compressed", two, {two, rotate_and_write, pack_half, pack_rest, rotate_and_write, one}, false, false, false, false},
    {"packed-otherwise", two, {two, rotate_and_write, pack_otherwise, rotate_and_write, one, one}, false, false, true, false},
    {"old-compressed", begin_with_old, {two, rotate_and_compress_all, one, rotate_and_compress_all, one, one}, false, false, false, false},
    {"late-then-compressed", two, {rotate_unheard, two, write_late, rotate_and_write, rotate_and_compress_all, one}, false, false, true, false},
    {.name = NULL},
};
