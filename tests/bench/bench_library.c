/* SPDX-License-Identifier: BSD-2-Clause
 * In-process figures: how many bytes a second the library takes, in batches and pulled into runs.
 * usage: bench_library FILE read|records|runs|pull|totals|bytes [ROUNDS]. `bytes` is runs, fed one
 * byte at a time. `file` is records, once, with the file read piece by piece as programs do: for the
 * processor time of the whole process, beside that of `wc -l`. `totals` prints "objects bytes sent", as the peers in peers/ do; the others print
 * a rate, by processor time, which other programs disturb least, and what was found. */
#define _POSIX_C_SOURCE 200809L
#include <fcntl.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <tsmparse/runs.h>
#include <tsmparse/tsmparse.h>

enum { PIECE = 256 * 1024 };

static uint64_t records, objects, bytes_named, sent, runs_seen;
static bool totals;

static void check(int32_t status)
{
    if (status < 0) {
        fprintf(stderr, "status %" PRId32 "\n", status);
        exit(1);
    }
}

static void take_runs(tsmp_runs *runs)
{
    tsmp_run *run;
    while (tsmp_runs_next(runs, &run) == TSMP_OK) {
        runs_seen++;
        sent += tsmp_run_view_of(run)->sent;
        tsmp_run_free(run);
    }
}

static void take_batches(tsmp_reader *reader, tsmp_runs *runs)
{
    tsmp_batch *batch;
    while (tsmp_reader_next(reader, &batch) == TSMP_OK) {
        const tsmp_view *view = tsmp_batch_view(batch);
        records += view->record_count;
        for (uint64_t i = 0; i < view->record_count; i++) {
            const tsmp_record *record = &view->records[i];
            if (record->kind != TSMP_KIND_OBJECT)
                continue;
            objects++;
            if (!totals)
                continue;
            for (uint32_t k = 0; k < record->field_count; k++) {
                const tsmp_field *field = &view->fields[record->first_field + k];
                if (field->id == TSMP_FIELD_SIZE)
                    bytes_named += (uint64_t)field->number;
                else if (field->id == TSMP_FIELD_STATUS)
                    sent += field->number == TSMP_WORD_SENT;
            }
        }
        if (runs != NULL)
            check(tsmp_runs_add(runs, batch));
        tsmp_batch_unref(batch);
    }
}

static void pull(tsmp_reader *reader, tsmp_runs *runs)
{
    int32_t status;
    while ((status = tsmp_runs_pull(runs, reader)) == TSMP_OK)
        take_runs(runs);
    check(status);
}

static void give_back(void *buffer)
{
    *(bool *)buffer = true;
}

/* One buffer is enough: no batch is kept, so each piece is given back when it was read. */
static int read_file(const char *path)
{
    static char bytes[PIECE / 2];
    bool free_again = true;
    int file = open(path, O_RDONLY);
    ssize_t n = 0;
    tsmp_reader *reader;
    check(tsmp_reader_new(NULL, NULL, &reader));
    while (file >= 0 && free_again && (n = read(file, bytes, sizeof bytes)) > 0) {
        free_again = false;
        check(tsmp_reader_lend(reader, bytes, (uint64_t)n, give_back, &free_again));
        take_batches(reader, NULL);
    }
    if (file < 0 || !free_again || n < 0)
        return 1;
    check(tsmp_reader_end(reader));
    take_batches(reader, NULL);
    tsmp_reader_free(reader);
    close(file);
    printf("records %" PRIu64 ", objects %" PRIu64 "\n", records, objects);
    return 0;
}

int main(int argc, char **argv)
{
    if (argc < 3)
        return 2;
    if (strcmp(argv[2], "file") == 0)
        return read_file(argv[1]);
    FILE *file = fopen(argv[1], "rb");
    if (file == NULL || fseek(file, 0, SEEK_END) != 0)
        return 1;
    size_t length = (size_t)ftell(file);
    char *bytes = malloc(length);
    rewind(file);
    if (bytes == NULL || fread(bytes, 1, length, file) != length)
        return 1;
    fclose(file);
    int rounds = argc > 3 ? atoi(argv[3]) : 5;
    totals = strcmp(argv[2], "totals") == 0;
    double best = 1e9;
    for (int round = 0; round < rounds; round++) {
        records = objects = bytes_named = sent = runs_seen = 0;
        struct timespec from, to;
        clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &from);
        if (strcmp(argv[2], "read") == 0) { /* the bandwidth of memory, as one thread sees it */
            uint64_t sum[4] = {0};
            for (size_t i = 0; i + 32 <= length; i += 32)
                for (int k = 0; k < 4; k++) {
                    uint64_t word;
                    memcpy(&word, bytes + i + 8 * k, 8);
                    sum[k] += word;
                }
            records = sum[0] ^ sum[1] ^ sum[2] ^ sum[3];
        } else {
            tsmp_reader *reader;
            tsmp_runs *runs;
            bool pulls = strcmp(argv[2], "pull") == 0, bytewise = strcmp(argv[2], "bytes") == 0,
                 with_runs = pulls || bytewise || argv[2][1] == 'u';
            size_t piece = bytewise ? 1 : PIECE;
            check(tsmp_reader_new(NULL, NULL, &reader));
            check(tsmp_runs_new(NULL, NULL, &runs));
            for (size_t at = 0; at < length; at += piece) {
                size_t n = length - at < piece ? length - at : piece;
                check(bytewise ? tsmp_reader_feed(reader, bytes + at, n)
                               : tsmp_reader_lend(reader, bytes + at, n, NULL, NULL));
                if (pulls)
                    pull(reader, runs);
                else
                    take_batches(reader, with_runs ? runs : NULL);
                take_runs(runs);
            }
            check(tsmp_reader_end(reader));
            if (pulls)
                pull(reader, runs);
            else
                take_batches(reader, with_runs ? runs : NULL);
            check(tsmp_runs_end(runs));
            take_runs(runs);
            tsmp_reader_free(reader);
            tsmp_runs_free(runs);
        }
        clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &to);
        double seconds = (double)(to.tv_sec - from.tv_sec) + (double)(to.tv_nsec - from.tv_nsec) / 1e9;
        if (seconds < best)
            best = seconds;
    }
    if (totals)
        printf("%" PRIu64 " %" PRIu64 " %" PRIu64 "\n", objects, bytes_named, sent);
    else
        printf("%s: %.3f GB/s; records %" PRIu64 ", objects %" PRIu64 ", runs %" PRIu64
               ", sent %" PRIu64 "\n", argv[2], (double)length / best / 1e9, records, objects,
               runs_seen, sent);
    free(bytes);
    return 0;
}
