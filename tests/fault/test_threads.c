/* SPDX-License-Identifier: BSD-2-Clause
 * One handle belongs to one thread, a batch to all: readers on threads of their own, whose batches
 * are read by several other threads and dropped there while the reader goes on, or is gone. Made
 * for ThreadSanitizer; in other builds it checks that all see the same. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <tsmparse/runs.h>

#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { READERS = 3, LOOKERS = 4, NIGHTS = 12, ROOM = 16 };

/* Batches on their way from the readers to those who look at them. */
struct queue {
    pthread_mutex_t lock;
    pthread_cond_t changed;
    tsmp_batch *items[ROOM];
    size_t count, writers;
};

struct sums {
    uint64_t records, fields, bytes;
};

static char *text;
static size_t text_length;

static void make_text(void)
{
    size_t room = 1 << 18;
    text = malloc(room);
    assert_non_null(text);
    for (int night = 1; night <= NIGHTS; night++) {
        text_length += (size_t)snprintf(
            text + text_length, room - text_length,
            "2025-10-%02d 21:00:01 --- SCHEDULEREC OBJECT BEGIN CROSSING 2025-10-%02d 21:00:00\n"
            "2025-10-%02d 21:00:01 Incremental backup of volume '/ferry'\n", night, night, night);
        for (int file = 0; file < 60; file++)
            text_length += (size_t)snprintf(text + text_length, room - text_length,
                                            "2025-10-%02d 21:00:0%d Normal File-->             %5d "
                                            "/ferry/%d [Sent]\n", night, file % 10, file * 7, file);
        text_length += (size_t)snprintf(text + text_length, room - text_length,
                                        "2025-10-%02d 21:00:09 a line of no kind, 42 of it\n"
                                        "2025-10-%02d 21:00:10 Scheduled event 'CROSSING' "
                                        "completed successfully.\n", night, night);
    }
}

static void put(struct queue *queue, tsmp_batch *batch)
{
    pthread_mutex_lock(&queue->lock);
    while (queue->count == ROOM)
        pthread_cond_wait(&queue->changed, &queue->lock);
    queue->items[queue->count++] = batch;
    pthread_cond_broadcast(&queue->changed);
    pthread_mutex_unlock(&queue->lock);
}

static tsmp_batch *take(struct queue *queue)
{
    tsmp_batch *batch = NULL;
    pthread_mutex_lock(&queue->lock);
    while (queue->count == 0 && queue->writers > 0)
        pthread_cond_wait(&queue->changed, &queue->lock);
    if (queue->count > 0)
        batch = queue->items[--queue->count];
    pthread_cond_broadcast(&queue->changed);
    pthread_mutex_unlock(&queue->lock);
    return batch;
}

static void released(void *context)
{
    free(context); /* whichever thread drops the last batch comes here */
}

/* Reads the text; every batch goes out, some twice, and is judged here at the same time. */
static void *read_text(void *context)
{
    struct queue *queue = context;
    tsmp_reader *reader = NULL;
    tsmp_runs *runs = NULL;
    tsmp_options options = {.size = sizeof options, .batch_records = 20};
    bool good = tsmp_reader_new(&options, NULL, &reader) == TSMP_OK &&
                tsmp_runs_new(NULL, NULL, &runs) == TSMP_OK &&
                tsmp_reader_add_pattern(reader, "kindless", "(?<n>\\d+) of it", 15) == TSMP_OK;
    for (size_t at = 0, piece = 0; good && at <= text_length; piece++) {
        size_t length = text_length - at < 3001 ? text_length - at : 3001;
        char *lent = malloc(length + 1);
        good = lent != NULL;
        if (!good)
            break;
        memcpy(lent, text + at, length);
        if (length == 0) {
            free(lent);
            good = tsmp_reader_end(reader) == TSMP_OK;
        } else if (piece % 3 == 0) {
            good = tsmp_reader_feed(reader, lent, length) == TSMP_OK;
            free(lent);
        } else {
            good = tsmp_reader_lend(reader, lent, length, released, lent) == TSMP_OK;
        }
        tsmp_batch *batch;
        while (good && tsmp_reader_next(reader, &batch) == TSMP_OK) {
            put(queue, tsmp_batch_ref(batch)); /* to be looked at while the runs read it */
            good = tsmp_runs_add(runs, batch) == TSMP_OK;
            put(queue, batch);
        }
        if (length == 0)
            break;
        at += length;
    }
    tsmp_reader_free(reader); /* its batches are still looked at */
    size_t found = 0;
    tsmp_run *run;
    good = good && tsmp_runs_end(runs) == TSMP_OK;
    while (good && tsmp_runs_next(runs, &run) == TSMP_OK) {
        tsmp_verdict *verdict = NULL;
        good = tsmp_judge(run, NULL, NULL, &verdict) == TSMP_OK;
        tsmp_verdict_free(verdict);
        tsmp_run_free(run);
        found++;
    }
    tsmp_runs_free(runs);
    pthread_mutex_lock(&queue->lock);
    queue->writers--;
    pthread_cond_broadcast(&queue->changed);
    pthread_mutex_unlock(&queue->lock);
    return good && found == NIGHTS ? queue : NULL;
}

static void *look(void *context)
{
    struct sums *sums = calloc(1, sizeof *sums);
    tsmp_batch *batch;
    while (sums != NULL && (batch = take(context)) != NULL) {
        const tsmp_view *view = tsmp_batch_view(batch);
        sums->records += view->record_count;
        for (uint64_t i = 0; i < view->field_count; i++)
            if (tsmp_batch_field_name(batch, view->fields[i].id) != NULL)
                sums->fields += view->fields[i].length;
        for (uint64_t i = 0; i < view->text_length; i++)
            sums->bytes += (unsigned char)view->text[i];
        tsmp_batch_unref(batch);
    }
    return sums;
}

static void batches_cross_threads(void **state)
{
    (void)state;
    struct queue queue = {.writers = READERS};
    pthread_t readers[READERS], lookers[LOOKERS];
    make_text();
    pthread_mutex_init(&queue.lock, NULL);
    pthread_cond_init(&queue.changed, NULL);
    for (size_t i = 0; i < LOOKERS; i++)
        assert_int_equal(pthread_create(&lookers[i], NULL, look, &queue), 0);
    for (size_t i = 0; i < READERS; i++)
        assert_int_equal(pthread_create(&readers[i], NULL, read_text, &queue), 0);
    struct sums all = {0};
    void *result;
    for (size_t i = 0; i < READERS; i++) {
        pthread_join(readers[i], &result);
        assert_non_null(result);
    }
    for (size_t i = 0; i < LOOKERS; i++) {
        pthread_join(lookers[i], &result);
        const struct sums *sums = result;
        assert_non_null(sums);
        all.records += sums->records;
        all.fields += sums->fields;
        all.bytes += sums->bytes;
        free(result);
    }
    uint64_t lines = 0, bytes = 0;
    for (size_t i = 0; i < text_length; i++) {
        lines += text[i] == '\n';
        bytes += (unsigned char)text[i];
    }
    assert_int_equal(all.records, 2 * READERS * lines);
    assert_int_equal(all.bytes, 2 * READERS * bytes);
    assert_true(all.fields > 0);
    pthread_mutex_destroy(&queue.lock);
    pthread_cond_destroy(&queue.changed);
    free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(batches_cross_threads)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
