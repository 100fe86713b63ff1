/* SPDX-License-Identifier: BSD-2-Clause
 * Every document of tests/cases: each input gives what the document says, and gives the same to
 * the last bit whichever way it is fed.
 *
 * usage: test_cases FORMAT            test one folder
 *        test_cases --update FORMAT   write what comes out into the documents; read the diff
 *        test_cases --inputs FOLDER   compare the inputs with what cases/extract.py wrote there */
#include "reading.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SPLIT_ALL = 4096 };

/* ---- what the document says ---------------------------------------------------------------------- */

static void report(const struct input *input, const char *what, const char *expected, size_t length,
                   const struct text *got)
{
    size_t at = 0, line = 1, start = 0;
    while (at < length && at < got->length && expected[at] == got->bytes[at]) {
        if (expected[at] == '\n') {
            line++;
            start = at + 1;
        }
        at++;
    }
    size_t want_end = start, got_end = start;
    while (want_end < length && expected[want_end] != '\n')
        want_end++;
    while (got_end < got->length && got->bytes[got_end] != '\n')
        got_end++;
    fail_msg("%s: %s differ at line %zu of the block\n  expected: %.*s\n  got:      %.*s\n"
             "(%s --update writes what comes out into the document)",
             input->name, what, line, (int)(want_end - start), expected + start,
             (int)(got_end - start), got->length > start ? got->bytes + start : "", "test_cases");
}

static void compare_block(const struct document *document, const struct input *input,
                          const struct block_text *block, const char *what, const struct text *got)
{
    const char *expected = document->source.bytes + block->from;
    size_t length = block->to - block->from;
    if (block->present && (length != got->length ||
                           (length > 0 && memcmp(expected, got->bytes, length) != 0)))
        report(input, what, expected, length, got);
}

/* ---- ways ------------------------------------------------------------------------------------------ */

static void same(const struct input *input, const struct setup *setup, const struct reading *first,
                 struct reading *other, const struct way *way)
{
    char name[300];
    snprintf(name, sizeof name, "%s (split %zu, chunk %zu%s%s%s, batches of %u)", input->name,
             way->split, way->chunk, way->lend ? ", lent" : "", way->late ? ", late" : "",
             way->keep ? ", kept" : "", (unsigned)setup->options.batch_records);
    reading_make(other, name, input->bytes.bytes, input->bytes.length, setup, way,
                 WANT_EXACT | WANT_RUNS);
    if (!text_same(&first->exact, &other->exact))
        fail_msg("%s: other records than in one piece", name);
    if (!text_same(&first->runs, &other->runs))
        fail_msg("%s: other runs or verdicts than in one piece", name);
}

/* A long input is not split everywhere, or the time would grow with its square: around the ends
 * of lines, where the state changes, and at every 13th byte. */
static bool split_here(const struct text *bytes, size_t at)
{
    if (bytes->length <= SPLIT_ALL || at % 13 == 0)
        return true;
    for (size_t i = at > 1 ? at - 2 : 0; i < at + 2 && i < bytes->length; i++)
        if (bytes->bytes[i] == '\n')
            return true;
    return false;
}

static void every_way(const struct input *input, const struct reading *first)
{
    static const struct way ways[] = {
        {.lend = true},
        {.keep = true},
        {.lend = true, .keep = true},
        {.chunk = 1},
        {.chunk = 1, .late = true},
        {.chunk = 1, .lend = true},
        {.chunk = 1, .lend = true, .late = true, .keep = true},
        {.chunk = 2, .lend = true},
        {.chunk = 3, .late = true},
        {.chunk = 7, .keep = true},
        {.chunk = 61, .lend = true, .keep = true},
        {.chunk = 64},
    };
    struct reading other = {0};
    for (size_t i = 0; i < sizeof ways / sizeof *ways; i++)
        same(input, &input->setup, first, &other, &ways[i]);
    struct setup small = input->setup;
    for (small.options.batch_records = 1; small.options.batch_records <= 3;
         small.options.batch_records++) {
        same(input, &small, first, &other, &(const struct way){.keep = true});
        same(input, &small, first, &other, &(const struct way){.chunk = 5, .lend = true});
    }
    for (size_t at = 1; at < input->bytes.length; at++) {
        if (!split_here(&input->bytes, at))
            continue;
        same(input, &input->setup, first, &other,
             &(const struct way){.split = at, .lend = at % 2 == 0, .late = at % 3 == 0});
        same(input, &input->setup, first, &other,
             &(const struct way){.split = at, .lend = at % 2 != 0});
    }
    reading_free(&other);
}

static void document_holds(void **state)
{
    const struct document *document = *state;
    struct reading first = {0};
    for (size_t i = 0; i < document->count; i++) {
        const struct input *input = &document->inputs[i];
        reading_make(&first, input->name, input->bytes.bytes, input->bytes.length, &input->setup,
                     READING_WHOLE, WANT_EXACT | WANT_RECORDS | WANT_RUNS);
        compare_block(document, input, &input->records, "records", &first.records);
        compare_block(document, input, &input->runs, "runs", &first.runs);
        every_way(input, &first);
    }
    reading_free(&first);
}

/* ---- --update ---------------------------------------------------------------------------------------- */

static void put_block(struct text *out, const struct document *document, size_t *done,
                      const struct block_text *block, const struct text *got)
{
    if (!block->present)
        return;
    text_add(out, document->source.bytes + *done, block->from - *done);
    text_add(out, got->bytes, got->length);
    *done = block->to;
}

static int update(const struct documents *documents)
{
    for (size_t d = 0; d < documents->count; d++) {
        const struct document *document = &documents->items[d];
        struct text out = {0};
        struct reading first = {0};
        size_t done = 0;
        for (size_t i = 0; i < document->count; i++) {
            const struct input *input = &document->inputs[i];
            reading_make(&first, input->name, input->bytes.bytes, input->bytes.length,
                         &input->setup, READING_WHOLE, WANT_RECORDS | WANT_RUNS);
            bool records_first = input->records.from <= input->runs.from;
            put_block(&out, document, &done, records_first ? &input->records : &input->runs,
                      records_first ? &first.records : &first.runs);
            put_block(&out, document, &done, records_first ? &input->runs : &input->records,
                      records_first ? &first.runs : &first.records);
        }
        text_add(&out, document->source.bytes + done, document->source.length - done);
        if (!text_same(&out, &document->source)) {
            FILE *file = fopen(document->path, "wb");
            if (file == NULL || fwrite(out.bytes, 1, out.length, file) != out.length ||
                fclose(file) != 0) {
                fprintf(stderr, "%s: cannot be written\n", document->path);
                return 1;
            }
            printf("%s\n", document->path);
        }
        text_free(&out);
        reading_free(&first);
    }
    return 0;
}

/* ---- --inputs ------------------------------------------------------------------------------------------ */

/* The script and this program each read the documents: both must find the same bytes. */
static int compare_inputs(const struct documents *documents, const char *folder)
{
    size_t count = 0;
    for (size_t d = 0; d < documents->count; d++) {
        for (size_t i = 0; i < documents->items[d].count; i++) {
            const struct input *input = &documents->items[d].inputs[i];
            char name[160], path[700];
            struct text bytes = {0};
            snprintf(name, sizeof name, "%s", documents->items[d].name);
            name[strlen(name) - 3] = '\0';
            *strchr(name, '/') = '-';
            snprintf(path, sizeof path, "%s/%s-%zu", folder, name, i + 1);
            if (!text_load(&bytes, path) || !text_same(&bytes, &input->bytes)) {
                fprintf(stderr, "%s: not the bytes of %s\n", path, input->name);
                return 1;
            }
            text_free(&bytes);
            count++;
        }
    }
    printf("%zu inputs are the same\n", count);
    return count > 0 ? 0 : 1;
}

int main(int argc, char **argv)
{
    if (argc == 3 && strcmp(argv[1], "--inputs") == 0) {
        struct documents all = documents_load(CASES, NULL);
        int status = compare_inputs(&all, argv[2]);
        documents_free(&all);
        return status;
    }
    bool updates = argc == 3 && strcmp(argv[1], "--update") == 0;
    if (argc != 2 && !updates) {
        fputs("usage: test_cases FORMAT | --update FORMAT | --inputs FOLDER\n", stderr);
        return 2;
    }
    struct documents documents = documents_load(CASES, argv[argc - 1]);
    int failed;
    if (updates) {
        failed = update(&documents);
    } else {
        struct CMUnitTest *tests = calloc(documents.count, sizeof *tests);
        if (documents.count == 0 || tests == NULL)
            return 99;
        for (size_t i = 0; i < documents.count; i++)
            tests[i] = (struct CMUnitTest){.name = documents.items[i].name,
                                           .test_func = document_holds,
                                           .initial_state = &documents.items[i]};
        failed = _cmocka_run_group_tests(argv[1], tests, documents.count, NULL, NULL);
        free(tests);
    }
    documents_free(&documents);
    return failed;
}
