/* SPDX-License-Identifier: BSD-2-Clause
 * Files read by several threads, each file by one of them into a report of its own, and put together
 * in the order of the files: what is printed does not depend on who was first. */
#include "report.h"

#include <pthread.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
    MOST_THREADS = 64, DEFAULT_THREADS = 8,
    PENDING = 4 * 1024 * 1024, /* bytes of reports that wait for an earlier file, before no more files
                                  are begun */
    STACK = 1024 * 1024
};

struct gathering {
    struct report *report, *parts; /* a part for each file */
    file_handler *each;
    pthread_mutex_t lock;
    pthread_cond_t moved; /* `turn` did */
    int next, turn;       /* the file that is begun next; the one that is put into the report next */
    bool *done;           /* read, not put in */
    bool merging;
    bool halves; /* two threads for each file */
    size_t pending;
};

unsigned processors(void)
{
    long count = sysconf(_SC_NPROCESSORS_ONLN);
#ifdef CPU_COUNT
    cpu_set_t set; /* a container, or taskset, may allow fewer */
    if (sched_getaffinity(0, sizeof set, &set) == 0)
        count = CPU_COUNT(&set);
#endif
    return count < 1 ? 1 : count > DEFAULT_THREADS ? DEFAULT_THREADS : (unsigned)count;
}

/* Standard input has one reading place, however often it is named. */
static bool shares_input(const struct options *options)
{
    int named = 0;
    for (int i = 0; i < options->file_count; i++)
        named += strcmp(options->files[i], "-") == 0;
    return named > 1;
}

static size_t bytes_of(const struct report *part)
{
    return part->cost + spool_memory(&part->spool);
}

/* Put in what is read and has its turn. One thread at a time, and not under the lock: it prints. */
static void put_in(struct gathering *gathering)
{
    struct report *report = gathering->report;
    if (gathering->merging)
        return; /* that thread will see it */
    gathering->merging = true;
    while (gathering->turn < report->file_count && gathering->done[gathering->turn]) {
        struct report *part = &gathering->parts[gathering->turn];
        size_t bytes = bytes_of(part);
        pthread_mutex_unlock(&gathering->lock);
        report_merge(report, part);
        if (gathering->each != NULL)
            gathering->each(report, &report->files[part->at]);
        pthread_mutex_lock(&gathering->lock);
        gathering->pending -= bytes;
        gathering->turn++;
        pthread_cond_broadcast(&gathering->moved);
    }
    gathering->merging = false;
}

static void *read_files(void *context)
{
    struct gathering *gathering = context;
    struct report *report = gathering->report;
    pthread_mutex_lock(&gathering->lock);
    for (;;) {
        /* The file that has its turn is being read or done, so this ends. */
        while (gathering->next < report->file_count && gathering->next != gathering->turn &&
               gathering->pending > PENDING)
            pthread_cond_wait(&gathering->moved, &gathering->lock);
        if (gathering->next == report->file_count)
            break;
        int at = gathering->next++;
        pthread_mutex_unlock(&gathering->lock);
        struct report *part = &gathering->parts[at];
        *part = (struct report){.options = report->options, .rows = report->rows,
                                .files = report->files, .file_count = report->file_count,
                                .at = at, .halves = gathering->halves};
        report_read_file(part);
        pthread_mutex_lock(&gathering->lock);
        gathering->pending += bytes_of(part);
        gathering->done[at] = true;
        put_in(gathering);
    }
    pthread_mutex_unlock(&gathering->lock);
    return NULL;
}

/* As many threads as can be had beside this one, which reads, too. */
static void run_threads(struct gathering *gathering, unsigned wanted)
{
    pthread_t threads[MOST_THREADS];
    pthread_attr_t attributes;
    unsigned count = 0;
    if (wanted > 1 && pthread_attr_init(&attributes) == 0) {
        pthread_attr_setstacksize(&attributes, STACK);
        while (count < wanted - 1 && count < MOST_THREADS &&
               pthread_create(&threads[count], &attributes, read_files, gathering) == 0)
            count++;
        pthread_attr_destroy(&attributes);
    }
    read_files(gathering);
    for (unsigned i = 0; i < count; i++)
        pthread_join(threads[i], NULL);
}

bool gather(struct report *report, file_handler *each)
{
    size_t count = (size_t)report->file_count;
    struct gathering gathering = {.report = report, .each = each,
                                  .parts = calloc(count, sizeof *gathering.parts),
                                  .done = calloc(count, sizeof *gathering.done)};
    bool good = gathering.parts != NULL && gathering.done != NULL;
    unsigned wanted = report->options->threads != 0 ? report->options->threads : processors();
    gathering.halves = wanted / 2 >= count;
    if (wanted > count || shares_input(report->options))
        wanted = shares_input(report->options) ? 1 : (unsigned)count;
    if (good) {
        pthread_mutex_init(&gathering.lock, NULL);
        pthread_cond_init(&gathering.moved, NULL);
        run_threads(&gathering, wanted);
        pthread_cond_destroy(&gathering.moved);
        pthread_mutex_destroy(&gathering.lock);
    }
    free(gathering.parts);
    free(gathering.done);
    return good;
}
