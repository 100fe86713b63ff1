/* SPDX-License-Identifier: BSD-2-Clause
 * What bindings are measured against: all records of a file, in C, through the public API. Prints
 * the number of records and the nanoseconds of processor time that it took.
 *
 * usage: baseline records|columns FILE */
#include <tsmparse/tsmparse.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { CHUNK = 256 * 1024, HEAD = 4 * 1024 * 1024, COLUMNS = 7 };

/* Members of all records, as a caller's own arrays. */
struct columns {
    uint64_t *values[COLUMNS];
    size_t count, capacity;
};

static void add(struct columns *columns, const tsmp_record *record)
{
    if (columns->count == columns->capacity) {
        columns->capacity = columns->capacity * 2 + 4096;
        for (int i = 0; i < COLUMNS; i++)
            columns->values[i] = realloc(columns->values[i], columns->capacity * sizeof(uint64_t));
    }
    size_t at = columns->count++;
    columns->values[0][at] = record->offset;
    columns->values[1][at] = record->length;
    columns->values[2][at] = record->line;
    columns->values[3][at] = (uint64_t)record->time;
    columns->values[4][at] = record->flags;
    columns->values[5][at] = record->kind;
    columns->values[6][at] = record->format;
}

int main(int argc, char **argv)
{
    FILE *file = argc == 3 ? fopen(argv[2], "rb") : NULL;
    if (file == NULL)
        return fprintf(stderr, "usage: baseline records|columns FILE\n"), 2;
    int wanted = strcmp(argv[1], "columns") == 0;
    struct timespec begin, end;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &begin);
    /* The head is looked through first, as all bindings do. */
    char *head = malloc(HEAD), *chunk = malloc(CHUNK);
    size_t n = fread(head, 1, HEAD, file);
    tsmp_probe_result probe = {.size = sizeof probe};
    tsmp_options options = {.size = sizeof options};
    if (tsmp_probe(head, n, NULL, &probe) != TSMP_OK)
        return 1;
    options.date_order = (probe.date_order & (probe.date_order - 1)) == 0 ? probe.date_order : 0;
    options.decimal = probe.decimal;
    tsmp_reader *reader;
    if (tsmp_reader_new(&options, NULL, &reader) != TSMP_OK)
        return 1;
    struct columns columns = {0};
    uint64_t records = 0, sum = 0;
    tsmp_reader_feed(reader, head, n);
    int32_t status;
    do {
        tsmp_batch *batch;
        while ((status = tsmp_reader_next(reader, &batch)) == TSMP_OK) {
            const tsmp_view *view = tsmp_batch_view(batch);
            for (uint64_t i = 0; i < view->record_count; i++) {
                sum += view->records[i].kind; /* each record is looked at */
                if (wanted)
                    add(&columns, &view->records[i]);
            }
            records += view->record_count;
            tsmp_batch_unref(batch);
        }
        n = fread(chunk, 1, CHUNK, file);
        if (n > 0)
            tsmp_reader_feed(reader, chunk, n);
        else
            tsmp_reader_end(reader);
    } while (status == TSMP_MORE);
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &end);
    printf("%llu %lld %llu\n", (unsigned long long)records,
           (long long)(end.tv_sec - begin.tv_sec) * 1000000000 + (end.tv_nsec - begin.tv_nsec), (unsigned long long)sum);
    for (int i = 0; i < COLUMNS; i++)
        free(columns.values[i]);
    tsmp_reader_free(reader);
    free(head);
    free(chunk);
    fclose(file);
    return 0;
}
