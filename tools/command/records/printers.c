/* SPDX-License-Identifier: BSD-2-Clause
 * Batches made into text by several threads and written in their order. The reader goes on while
 * others print what it has read: to print a record costs several times what it costs to read it. */
#include "record.h"

#include <pthread.h>
#include <stdlib.h>

enum { ROOM = 256 * 1024, STACK = 1024 * 1024 };

/* A batch and its text. Slots are used in a circle, each for one batch after the other. */
struct slot {
    struct out out; /* first: out_flush() gives it to before_write() */
    struct printers *printers;
    tsmp_batch *batch;
    uint64_t number; /* of the batch */
    bool printed;
};

struct printers {
    batch_printer *print;
    void *context;
    FILE *file;
    pthread_mutex_t lock;
    pthread_cond_t moved;            /* any of the numbers did */
    uint64_t added, taken, written;  /* batches: all before these are that far */
    bool over, writing, failed;
    struct slot *slots;
    uint64_t slot_count;
    pthread_t *threads;
    unsigned count;
};

/* A text that is longer than its room is written from within, when all before it is. */
static void before_write(struct out *out)
{
    struct slot *slot = (struct slot *)out;
    struct printers *printers = slot->printers;
    pthread_mutex_lock(&printers->lock);
    while (printers->written != slot->number || printers->writing)
        pthread_cond_wait(&printers->moved, &printers->lock);
    pthread_mutex_unlock(&printers->lock);
}

/* Under the lock, which is let go meanwhile: write what is printed and has its turn. */
static void write_printed(struct printers *printers)
{
    if (printers->writing)
        return; /* that thread will see it */
    printers->writing = true;
    for (;;) {
        struct slot *slot = &printers->slots[printers->written % printers->slot_count];
        if (printers->written == printers->taken || !slot->printed)
            break;
        pthread_mutex_unlock(&printers->lock);
        slot->out.before = NULL; /* it is its turn */
        out_flush(&slot->out);
        bool failed = ferror(printers->file) != 0;
        pthread_mutex_lock(&printers->lock);
        printers->failed |= failed;
        slot->printed = false;
        printers->written++;
        pthread_cond_broadcast(&printers->moved);
    }
    printers->writing = false;
    pthread_cond_broadcast(&printers->moved);
}

/* Under the lock: make the text of the next batch. */
static void print_next(struct printers *printers)
{
    struct slot *slot = &printers->slots[printers->taken % printers->slot_count];
    slot->number = printers->taken++;
    slot->out.before = before_write;
    pthread_mutex_unlock(&printers->lock);
    printers->print(printers->context, &slot->out, slot->batch);
    pthread_mutex_lock(&printers->lock);
    slot->printed = true;
    write_printed(printers);
}

static void *print_all(void *context)
{
    struct printers *printers = context;
    pthread_mutex_lock(&printers->lock);
    for (;;) {
        while (printers->taken == printers->added && !printers->over)
            pthread_cond_wait(&printers->moved, &printers->lock);
        if (printers->taken == printers->added)
            break;
        print_next(printers);
    }
    pthread_mutex_unlock(&printers->lock);
    return NULL;
}

/* Only this thread drops batches: what they were read from is the reader's thread's. */
static void drop(struct slot *slot)
{
    tsmp_batch_unref(slot->batch);
    slot->batch = NULL;
}

static void free_all(struct printers *printers)
{
    for (size_t i = 0; printers->slots != NULL && i < printers->slot_count; i++)
        free(printers->slots[i].out.start);
    free(printers->slots);
    pthread_cond_destroy(&printers->moved);
    pthread_mutex_destroy(&printers->lock);
    free(printers->threads);
    free(printers);
}

struct printers *printers_new(unsigned threads, FILE *file, batch_printer *print, void *context)
{
    struct printers *printers = calloc(1, sizeof *printers);
    pthread_attr_t attributes;
    if (printers == NULL || threads < 2) {
        free(printers);
        return NULL;
    }
    pthread_mutex_init(&printers->lock, NULL);
    pthread_cond_init(&printers->moved, NULL);
    printers->print = print;
    printers->context = context;
    printers->file = file;
    printers->threads = calloc(threads, sizeof *printers->threads);
    /* One for each thread and two to wait; more would only keep text and records out of the caches. */
    printers->slot_count = threads + 2;
    printers->slots = calloc((size_t)printers->slot_count, sizeof *printers->slots);
    bool good = printers->threads != NULL && printers->slots != NULL;
    for (size_t i = 0; good && i < printers->slot_count; i++) {
        struct slot *slot = &printers->slots[i];
        slot->printers = printers;
        slot->out = (struct out){.file = file, .start = malloc(ROOM), .size = ROOM};
        good = slot->out.start != NULL;
    }
    if (good && pthread_attr_init(&attributes) == 0) {
        pthread_attr_setstacksize(&attributes, STACK);
        while (printers->count < threads - 1 &&
               pthread_create(&printers->threads[printers->count], &attributes, print_all,
                              printers) == 0)
            printers->count++;
        pthread_attr_destroy(&attributes);
    }
    if (printers->count > 0)
        return printers;
    free_all(printers);
    return NULL;
}

bool printers_add(struct printers *printers, const tsmp_batch *batch)
{
    pthread_mutex_lock(&printers->lock);
    /* No slot is free: print, too, or wait for who does. */
    while (printers->added - printers->written == printers->slot_count) {
        if (printers->taken < printers->added)
            print_next(printers);
        else
            pthread_cond_wait(&printers->moved, &printers->lock);
    }
    struct slot *slot = &printers->slots[printers->added % printers->slot_count];
    pthread_mutex_unlock(&printers->lock);
    drop(slot);
    slot->batch = tsmp_batch_ref((tsmp_batch *)(uintptr_t)batch);
    pthread_mutex_lock(&printers->lock);
    printers->added++;
    bool good = !printers->failed;
    pthread_cond_broadcast(&printers->moved);
    pthread_mutex_unlock(&printers->lock);
    return good;
}

void printers_drain(struct printers *printers)
{
    pthread_mutex_lock(&printers->lock);
    while (printers->written != printers->added) {
        if (printers->taken < printers->added)
            print_next(printers);
        else
            pthread_cond_wait(&printers->moved, &printers->lock);
    }
    pthread_mutex_unlock(&printers->lock);
    for (size_t i = 0; i < printers->slot_count; i++)
        drop(&printers->slots[i]);
}

void printers_free(struct printers *printers)
{
    pthread_mutex_lock(&printers->lock);
    printers->over = true;
    pthread_cond_broadcast(&printers->moved);
    pthread_mutex_unlock(&printers->lock);
    for (unsigned i = 0; i < printers->count; i++)
        pthread_join(printers->threads[i], NULL);
    free_all(printers);
}
