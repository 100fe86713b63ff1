/* SPDX-License-Identifier: BSD-2-Clause
 * One large log on two threads. The second begins in the log's middle and knows nothing of what stands
 * before; some nights later it knows the same as whoever has read all of it, since only the last
 * announcements and the last few runs matter. At certain places behind the middle it notes what it
 * knows (tsmp_runs_mark()). When the first thread comes to such a place and knows just the same, all
 * that follows is the same for both, and what the second has read since then is taken. If that never
 * happens the first reads on alone, and nothing is lost but work: what comes out is the same. Where no more
 * is wanted of a run than a note of its verdict, the second judges those that it finds. */
#include "input.h"
#include "report.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

enum {
    MARKS = 48,              /* places where the two may meet */
    LEAST = 16 * 1024 * 1024, /* bytes of a log that is worth a second thread */
    BEFORE = 16 * 1024 * 1024, /* bytes, at most, before the middle */
    RUNS = 4 * 1024 * 1024,  /* about the memory of runs that wait to be taken */
    SEVERAL = 32,            /* runs that are taken together, and ... */
    NOTES = 1024 * 1024,     /* ... bytes of notes: to wake a thread takes longer than to make one */
    LARGEST = 128 * 1024,    /* bytes of a mark: runs of very many volumes make larger ones */
    STACK = 1024 * 1024
};

struct mark {
    char *bytes; /* NULL: not there */
    uint64_t length, next_line;
    uint64_t runs; /* finished before it */
    uint64_t bytes_read;
};

struct waiting {
    struct ahead_run found;
    size_t cost;
};

struct ahead {
    struct reading reading; /* its own, with the same options and files */
    struct text text;
    uint64_t from, step; /* mark i is at from + (i + 1) * step */
    tsmp_reader *reader;
    tsmp_runs *runs;
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t moved;
    /* Under the lock. */
    struct mark marks[MARKS];
    size_t passed; /* marks that it has come by */
    struct waiting *queue;
    size_t first, count, capacity; /* of the queue; first: taken or dropped already */
    size_t cost;
    uint64_t finished, read; /* finished: those in the queue, and that were there */
    uint64_t fixed; /* of them, those that stood before the last mark: they stay what they are */
    uint64_t met; /* what it had read where the two met */
    bool full, over, stop, good;
    char error[256];
};

/* What a run takes, as far as it shows: volumes, and what was found in its lines. */
static size_t cost_of(const tsmp_run *run)
{
    const tsmp_run_view *view = tsmp_run_view_of(run);
    uint64_t found = view->warnings + view->errors + view->severe + view->failed + view->skipped;
    return 4096 + (size_t)(view->volume_count * 256 + (found < 1000 ? found : 1000) * 256);
}

static void free_found(struct ahead_run *found)
{
    tsmp_run_free(found->run);
    note_free(found->note);
}

/* A good run between two others of its series is only counted: of three the report would keep none but the
 * last, whatever stands before them. So the queue of a quiet log stays short. The lock is held. */
static bool pass_over(struct ahead *ahead, struct note *note)
{
    if (note == NULL || ahead->count - ahead->first < 2 || ahead->finished - ahead->fixed < 2)
        return false;
    struct ahead_run *last = &ahead->queue[ahead->count - 1].found;
    const struct ahead_run *before = &ahead->queue[ahead->count - 2].found;
    if (before->note == NULL || last->note == NULL || before->note->cost != last->note->cost ||
        !note_follows(before->note, last->note) || !note_follows(last->note, note))
        return false;
    last->passed++;
    last->passed_commands += last->note->action == TSMP_WORD_COMMAND;
    last->passed_with_volumes += note_inspected(last->note);
    note_free(last->note);
    last->note = note;
    return true;
}

/* Is there as much as is taken together? Runs are still to be judged, so not many wait for others. */
static bool has_several(const struct ahead *ahead)
{
    return ahead->reading.sink.digest != NULL ? ahead->cost > NOTES
                                              : ahead->count - ahead->first >= SEVERAL;
}

/* Behind the others; waits while too much of them waits. False: nobody wants it any more. */
static bool queue_run(struct ahead *ahead, tsmp_run *run)
{
    struct waiting waiting = {.found = {.run = run}};
    if (ahead->reading.sink.digest != NULL)
        waiting.found.note = ahead->reading.sink.digest(run, ahead->reading.sink.context);
    if (waiting.found.note != NULL) {
        tsmp_run_free(run);
        waiting.found.run = NULL;
        waiting.cost = waiting.found.note->cost + sizeof waiting;
    } else {
        waiting.cost = cost_of(run);
    }
    pthread_mutex_lock(&ahead->lock);
    bool passed = !ahead->stop && pass_over(ahead, waiting.found.note);
    while (!passed && ahead->cost > RUNS && !ahead->stop) {
        ahead->full = true;
        pthread_cond_broadcast(&ahead->moved);
        pthread_cond_wait(&ahead->moved, &ahead->lock);
    }
    ahead->full = false;
    bool good = !ahead->stop;
    if (good && !passed && ahead->count == ahead->capacity && ahead->first > 0) {
        ahead->count -= ahead->first;
        memmove(ahead->queue, ahead->queue + ahead->first, ahead->count * sizeof *ahead->queue);
        ahead->first = 0;
    } else if (good && !passed && ahead->count == ahead->capacity) {
        size_t wanted = ahead->capacity * 2 + 64;
        struct waiting *bigger = realloc(ahead->queue, wanted * sizeof *bigger);
        good = bigger != NULL;
        if (good) {
            ahead->queue = bigger;
            ahead->capacity = wanted;
        }
    }
    if (good && !passed) {
        ahead->queue[ahead->count++] = waiting;
        ahead->cost += waiting.cost;
        ahead->finished++;
        if (has_several(ahead))
            pthread_cond_broadcast(&ahead->moved);
    }
    pthread_mutex_unlock(&ahead->lock);
    if (!good && !passed)
        free_found(&waiting.found);
    return good;
}

static bool pull_ahead(struct ahead *ahead)
{
    for (;;) {
        int32_t status = tsmp_runs_pull(ahead->runs, ahead->reader), taken = TSMP_OK;
        tsmp_run *run;
        while (status >= 0 && (taken = tsmp_runs_next(ahead->runs, &run)) == TSMP_OK)
            if (!queue_run(ahead, run))
                return false;
        if (status != TSMP_OK || taken < 0)
            return status >= 0 && taken >= 0;
    }
}

static bool make_mark(struct mark *mark, tsmp_runs *runs, tsmp_reader *reader)
{
    if (tsmp_runs_mark(runs, reader, NULL, 0, &mark->length, &mark->next_line) != TSMP_MORE ||
        mark->length > LARGEST)
        return false;
    mark->bytes = malloc((size_t)mark->length);
    if (mark->bytes != NULL && tsmp_runs_mark(runs, reader, mark->bytes, mark->length, &mark->length,
                                              &mark->next_line) == TSMP_OK)
        return true;
    free(mark->bytes);
    mark->bytes = NULL;
    return false;
}

/* Its knowledge at a mark; without memory for that there is none, and they can't meet there. */
static void pass_mark(struct ahead *ahead)
{
    struct mark mark = {0};
    make_mark(&mark, ahead->runs, ahead->reader);
    pthread_mutex_lock(&ahead->lock);
    mark.runs = ahead->fixed = ahead->finished;
    mark.bytes_read = ahead->read;
    ahead->marks[ahead->passed++] = mark;
    pthread_cond_broadcast(&ahead->moved);
    pthread_mutex_unlock(&ahead->lock);
}

uint64_t ahead_mark(const struct ahead *ahead, size_t index)
{
    return index < MARKS ? ahead->from + (index + 1) * ahead->step : UINT64_MAX;
}

/* Where to begin in the first piece: at a line, and where there is one at the scheduler's question for
 * work. It tells the node; a schedule that was read without that would be another one for ever. NULL:
 * no line begins here. */
static const char *begin_in(const char *bytes, size_t length)
{
    static const char question[] = "Querying server for next scheduled event.";
    const char *line = memchr(bytes, '\n', length);
    const char *asked = line == NULL ? NULL
                        : memmem(line, length - (size_t)(line - bytes), question, sizeof question - 1);
    while (asked != NULL && *asked != '\n')
        asked--;
    return asked != NULL ? asked + 1 : line != NULL ? line + 1 : NULL;
}

/* From a line behind `from` to the end of the file. */
static bool read_ahead(struct ahead *ahead)
{
    struct source *source = ahead->reading.parts[0].source;
    uint64_t at = ahead->from;
    for (bool begun = false;;) {
        pthread_mutex_lock(&ahead->lock);
        bool stop = ahead->stop;
        ahead->read = at - ahead->from;
        pthread_mutex_unlock(&ahead->lock);
        if (stop)
            return false;
        if (begun && at == ahead_mark(ahead, ahead->passed))
            pass_mark(ahead);
        struct chunk *chunk = input_chunk(&ahead->reading);
        if (chunk == NULL)
            return false;
        uint64_t left = ahead_mark(ahead, ahead->passed) - at;
        long n = source_read_at(source, at, chunk->bytes, left < CHUNK ? (size_t)left : CHUNK,
                                ahead->error, sizeof ahead->error);
        const char *bytes = chunk->bytes;
        size_t length = n > 0 ? (size_t)n : 0;
        if (!begun) {
            bytes = begin_in(bytes, length);
            if (bytes == NULL) {
                input_give_back(chunk);
                return false; /* no line of a log is so long */
            }
            length -= (size_t)(bytes - chunk->bytes);
            ahead->reading.offset = at + (uint64_t)(bytes - chunk->bytes);
            ahead->reader = input_reader(&ahead->reading, 0);
            if (ahead->reader == NULL) {
                input_give_back(chunk);
                return false;
            }
            begun = true;
        }
        if (n <= 0) { /* what was read before an error is looked at all the same */
            input_give_back(chunk);
            return tsmp_reader_end(ahead->reader) == TSMP_OK && pull_ahead(ahead) && n == 0;
        }
        at += (uint64_t)n;
        if (tsmp_reader_lend(ahead->reader, bytes, length, input_give_back, chunk) != TSMP_OK) {
            input_give_back(chunk);
            return false;
        }
        if (!pull_ahead(ahead))
            return false;
    }
}

static void *run_ahead(void *context)
{
    struct ahead *ahead = context;
    bool good = read_ahead(ahead);
    pthread_mutex_lock(&ahead->lock);
    ahead->good = good;
    ahead->over = true;
    pthread_cond_broadcast(&ahead->moved);
    pthread_mutex_unlock(&ahead->lock);
    return NULL;
}

struct ahead *ahead_start(const struct reading *reading)
{
    uint64_t size = source_size(reading->parts[0].source);
    if (size < LEAST || size > reading->options->max_bytes / 2)
        return NULL;
    struct ahead *ahead = calloc(1, sizeof *ahead);
    if (ahead == NULL)
        return NULL;
    ahead->text = (struct text){.paths = reading->text->paths, .count = 1};
    ahead->reading = (struct reading){.text = &ahead->text, .options = reading->options, .line = 1,
                                      .known = reading->known, .quiet = true,
                                      .sink = reading->sink};
    ahead->reading.parts[0].source = reading->parts[0].source;
    /* Before the middle: the first has some nights more to read until the two know the same. */
    ahead->from = size / 2 - (size / 20 < BEFORE ? size / 20 : BEFORE);
    ahead->step = size / 128;
    pthread_attr_t attributes;
    pthread_mutex_init(&ahead->lock, NULL);
    pthread_cond_init(&ahead->moved, NULL);
    bool good = tsmp_runs_new(reading->sink.ahead, NULL, &ahead->runs) == TSMP_OK &&
                pthread_attr_init(&attributes) == 0;
    if (good) {
        pthread_attr_setstacksize(&attributes, STACK);
        good = pthread_create(&ahead->thread, &attributes, run_ahead, ahead) == 0;
        pthread_attr_destroy(&attributes);
    }
    if (good)
        return ahead;
    tsmp_runs_free(ahead->runs);
    pthread_cond_destroy(&ahead->moved);
    pthread_mutex_destroy(&ahead->lock);
    free(ahead);
    return NULL;
}

bool ahead_meets(struct ahead *ahead, size_t index, tsmp_runs *runs, tsmp_reader *reader,
                 uint64_t *lines)
{
    struct mark own = {0};
    pthread_mutex_lock(&ahead->lock);
    while (ahead->passed <= index && !ahead->over && !ahead->full)
        pthread_cond_wait(&ahead->moved, &ahead->lock);
    struct mark other = ahead->passed > index ? ahead->marks[index] : (struct mark){0};
    pthread_mutex_unlock(&ahead->lock);
    bool same = other.bytes != NULL && make_mark(&own, runs, reader) &&
                own.length == other.length &&
                memcmp(own.bytes, other.bytes, (size_t)own.length) == 0 &&
                own.next_line >= other.next_line;
    free(own.bytes);
    if (!same)
        return false;
    *lines = own.next_line - other.next_line;
    /* What it finished before is the first thread's. */
    struct ahead_run found;
    for (uint64_t i = 0; i < other.runs && ahead_next(ahead, &found); i++)
        free_found(&found);
    pthread_mutex_lock(&ahead->lock);
    ahead->met = other.bytes_read;
    pthread_mutex_unlock(&ahead->lock);
    return true;
}

bool ahead_next(struct ahead *ahead, struct ahead_run *found)
{
    pthread_mutex_lock(&ahead->lock);
    bool wait = ahead->first == ahead->count;
    while (wait && !ahead->over && !(ahead->first < ahead->count && (ahead->full || has_several(ahead))))
        pthread_cond_wait(&ahead->moved, &ahead->lock);
    bool there = ahead->first < ahead->count;
    if (there) {
        struct waiting *waiting = &ahead->queue[ahead->first++];
        *found = waiting->found;
        ahead->cost -= waiting->cost;
        if (ahead->first == ahead->count)
            ahead->first = ahead->count = 0;
        if (ahead->full && ahead->cost <= RUNS / 2)
            pthread_cond_broadcast(&ahead->moved);
    }
    pthread_mutex_unlock(&ahead->lock);
    return there;
}

static void join(struct ahead *ahead)
{
    pthread_mutex_lock(&ahead->lock);
    ahead->stop = true;
    pthread_cond_broadcast(&ahead->moved);
    pthread_mutex_unlock(&ahead->lock);
    pthread_join(ahead->thread, NULL);
    tsmp_reader_free(ahead->reader);
    free(ahead->reading.spare);
}

tsmp_runs *ahead_end(struct ahead *ahead)
{
    tsmp_runs *runs = ahead->runs;
    join(ahead);
    ahead->runs = NULL;
    return runs;
}

uint64_t ahead_bytes(const struct ahead *ahead)
{
    return ahead->read - ahead->met;
}

const char *ahead_error(const struct ahead *ahead)
{
    return ahead->good ? NULL : ahead->error[0] != '\0' ? ahead->error : "no memory";
}

void ahead_free(struct ahead *ahead)
{
    if (ahead == NULL)
        return;
    if (ahead->runs != NULL)
        tsmp_runs_free(ahead_end(ahead));
    for (size_t i = ahead->first; i < ahead->count; i++)
        free_found(&ahead->queue[i].found);
    for (size_t i = 0; i < MARKS; i++)
        free(ahead->marks[i].bytes);
    pthread_cond_destroy(&ahead->moved);
    pthread_mutex_destroy(&ahead->lock);
    free(ahead->queue);
    free(ahead);
}
