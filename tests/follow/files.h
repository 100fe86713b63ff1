/* SPDX-License-Identifier: BSD-2-Clause
 * A folder of a test's own, with a log in it that a follower follows. Each of these tests is one file. */
#ifndef TEST_FILES_H
#define TEST_FILES_H

#include "follow.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#include <fcntl.h>
#include <ftw.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* The command's, of which nothing else is linked here. */
int32_t add_languages(const struct options *options, tsmp_reader *reader)
{
    (void)options;
    (void)reader;
    return TSMP_OK;
}

#define COUNT(list) (sizeof(list) / sizeof *(list))

static char folder[64] = "/dev/shm/tsmparse-parts-XXXXXX"; /* in memory: thousands of files are written */
static char log_path[96];

/* The log's path and this behind it; four are good at a time. */
static const char *beside(const char *suffix)
{
    static char names[4][128];
    static int next;
    char *name = names[next++ % 4];
    snprintf(name, sizeof names[0], "%s%s", log_path, suffix);
    return name;
}

static void write_file(const char *path, const char *bytes, size_t length)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, bytes, length), length);
    assert_int_equal(close(fd), 0);
}

static inline void put_file(const char *suffix, const char *text)
{
    write_file(beside(suffix), text, strlen(text));
}

static int opened(const char *suffix)
{
    int fd = open(beside(suffix), O_RDONLY);
    assert_true(fd >= 0);
    return fd;
}

static inline struct follower fresh(void)
{
    struct follower follower = {.path = log_path, .fd = -1, .next_fd = -1, .line = 1};
    follower.options.size = sizeof follower.options;
    for (size_t i = 0; i < FOLLOW_LATE; i++)
        follower.late[i].fd = -1;
    place_new(&follower, 0);
    return follower;
}

/* A sink that takes nothing. */
static inline void no_batch(struct follower *follower, const tsmp_batch *batch, void *context)
{
    (void)follower;
    (void)batch;
    (void)context;
}

static inline void no_run(struct follower *follower, const tsmp_run *run, bool open, void *context)
{
    (void)follower;
    (void)run;
    (void)open;
    (void)context;
}

static inline void no_gap(struct follower *follower, enum gap_reason reason, void *context)
{
    (void)follower;
    (void)reason;
    (void)context;
}

static const struct follow_sink nowhere __attribute__((unused)) = {no_batch, no_run, no_gap, NULL};

static int remove_one(const char *path, const struct stat *facts, int kind, struct FTW *at)
{
    (void)facts;
    (void)kind;
    return at->level > 0 ? remove(path) : 0;
}

static int clear(void **state)
{
    (void)state;
    nftw(folder, remove_one, 8, FTW_DEPTH | FTW_PHYS);
    return 0;
}

static int run_in_folder(const struct CMUnitTest *tests, size_t count)
{
    if (access("/dev/shm", W_OK) != 0)
        strcpy(folder, "/tmp/tsmparse-parts-XXXXXX");
    if (mkdtemp(folder) == NULL)
        return 2;
    snprintf(log_path, sizeof log_path, "%s/dsmsched.log", folder);
    int result = _cmocka_run_group_tests("tests", tests, count, NULL, NULL);
    rmdir(folder);
    return result;
}
#define RUN(tests) run_in_folder(tests, COUNT(tests))

#define S1 "03/14/2031 20:00:01 "
#define S2 "03/14/2031 20:00:02 "

#endif
