/* SPDX-License-Identifier: BSD-2-Clause
 * The writer of test_follow: a log with a number in each line, and what a scenario does to it. */
#ifndef TEST_WRITER_H
#define TEST_WRITER_H

#include "follow.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { MOST = 4096, LONGEST = 512 };

struct writer {
    char folder[256], path[300];
    int fd;
    bool append;
    unsigned written; /* lines */
    unsigned heads;   /* lines without a number */
    uint64_t place, limit; /* of a log that wraps */
    char half[LONGEST];
};
extern struct writer w;

/* A line that must never come out. */
#define OLD "02/16/2031 23:59:59 Normal File-->  1 /heath/old= [Sent]\n"

void need(bool good, const char *what);
/* The log's path and this behind it; eight are good at a time. */
const char *beside(const char *suffix);
const char *pru(void);
void create(void);
void put(const char *bytes, size_t length);
size_t make_line(char *to);
void lines(unsigned count);
size_t whole(const char *path, char *to, size_t room);

/* Deeds that more than one subject needs. */
void one(void);
void two(void);
void three(void);
void many(void);
void cut(void);
void shift(void); /* the log has no file then */
void rotate(void);
void rotate_and_write(void);
void compress_one(void);

struct scenario {
    const char *name;
    void (*begin)(void);
    void (*deeds[6])(void);
    bool no_append, wraps;
    bool loses; /* lines may be lost, and then a gap says so; else no gap is allowed, ... */
    bool doubt; /* ... but here one may stand though nothing is lost: all that was read may be pruned */
};
/* Each ends with one that has no name. */
extern const struct scenario rotating[], pruning[], elsewhere[];

/* ---- outcome.c ---- */
extern const struct follow_sink taken;
void outcome_clear(void);
/* What stands in the log and beside it, before that is removed: nothing of it may be missing. */
void outcome_look_beside(void);
unsigned outcome_gaps(void);
/* What is wrong with what came out, or NULL. */
const char *outcome_judge(const struct scenario *scenario);
void outcome_print(void);

#endif
