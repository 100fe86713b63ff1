/* SPDX-License-Identifier: BSD-2-Clause
 * Nights and their verdicts: one good night, and what is changed in it. A row says what the log
 * looks like, what the verdict must be for each run, and which reasons must and must not be given. */
#ifndef TEST_NIGHTS_H
#define TEST_NIGHTS_H

#include "reading.h"

#define POLL(day, time, name, objects, options, window)                                           \
    day time " Querying server for next scheduled event.\n" day time " Node Name: LAPWING\n"      \
    day time " Next operation scheduled:\n" day time " Schedule Name:         " name "\n"         \
    day time " Action:                Incremental\n" day time " Objects:               " objects  \
    "\n" day time " Options:               " options "\n" day time " Server Window Start:   "     \
    window "\n"
#define D17 "02/17/2031 "
#define D18 "02/18/2031 "
#define D19 "02/19/2031 "
#define STATISTICS(day)                                                                           \
    day "20:34:51 Total number of objects inspected:        1,204\n"                              \
    day "20:34:51 Total number of objects backed up:            3\n"                              \
    day "20:34:51 Total number of objects updated:              0\n"                              \
    day "20:34:51 Total number of objects rebound:              0\n"                              \
    day "20:34:51 Total number of objects deleted:              0\n"                              \
    day "20:34:51 Total number of objects expired:              0\n"                              \
    day "20:34:51 Total number of objects failed:               0\n"                              \
    day "20:34:51 Total number of retries:                      0\n"                              \
    day "20:34:51 Total number of bytes transferred:        11.20 KB\n"                           \
    day "20:34:51 Data transfer time:                        0.13 sec\n"                          \
    day "20:34:51 Elapsed processing time:               00:00:41\n"
#define BEGIN(day, name) day "20:34:10 --- SCHEDULEREC OBJECT BEGIN " name " " day "20:30:00\n"
#define VOLUMES(day)                                                                              \
    day "20:34:10 Incremental backup of volume '/'\n"                                             \
    day "20:34:10 Incremental backup of volume '/heath'\n"                                        \
    day "20:34:20 Normal File-->                 4,096 /heath/a [Sent]\n"                         \
    day "20:34:20 Normal File-->                 4,096 /heath/b [Sent]\n"                         \
    day "20:34:20 Normal File-->                 4,096 /etc/c [Sent]\n"
#define END_HEATH(day) day "20:34:51 Successful incremental backup of '/heath'\n\n"
#define END_ROOT(day) day "20:34:51 Successful incremental backup of '/'\n\n"
#define STATUS(day)                                                                               \
    day "20:34:51 --- SCHEDULEREC STATUS BEGIN\n" STATISTICS(day)                                 \
    day "20:34:51 --- SCHEDULEREC STATUS END\n"
#define EVENT(day, name) day "20:34:51 Scheduled event '" name "' completed successfully.\n"
#define SENT(day, name)                                                                           \
    day "20:34:51 Sending results for scheduled event '" name "'.\n"                              \
    day "20:34:51 Results sent to server for scheduled event '" name "'.\n\n"
#define CLOSE(day, name)                                                                          \
    day "20:34:51 --- SCHEDULEREC OBJECT END " name " " day "20:30:00\n" EVENT(day, name)         \
        SENT(day, name)
#define RUN(day, name)                                                                            \
    day "20:34:10 \nExecuting scheduled command now.\n" BEGIN(day, name) VOLUMES(day)             \
        END_HEATH(day) END_ROOT(day) STATUS(day) CLOSE(day, name)
#define HEATH_17 POLL(D17, "20:34:09", "HEATH_INC", "", "-verbose", "20:30:00 on 02/17/2031")
#define HEATH_18 POLL(D17, "20:34:52", "HEATH_INC", "", "-verbose", "20:30:00 on 02/18/2031")
#define STOPPED(day, time) day time " Scheduler has been stopped.\n"

#define GOOD_NIGHT HEATH_17 RUN(D17, "HEATH_INC") HEATH_18 STOPPED(D17, "20:34:52")

struct edit {
    const char *from, *to; /* the first place; `to` NULL cuts the text off in front of it */
};

struct row {
    const char *what;
    const char *text; /* NULL: the good night */
    struct edit edits[5];
    const char *verdicts; /* of all runs, in order */
    const char *reasons;  /* that must be given; -X must not */
    int64_t age;
    const char *server[4]; /* what the server says, a text each: the witness */
    uint32_t proofs;       /* asked for */
    int64_t skew;          /* of the server's clock, seconds */
    const char *node;
};

/* Fails the test with the row's name when a verdict or a reason is another one. Dates are MDY. */
void nights_check(const struct row *rows, size_t count);
#define CHECK(rows) nights_check(rows, sizeof rows / sizeof *rows)

#endif
