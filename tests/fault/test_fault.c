/* SPDX-License-Identifier: BSD-2-Clause
 * The n-th allocation fails, for every n: the answer is TSMP_E_NOMEM or that of the good run,
 * handles stay usable as their comments say, nothing is lost and nothing leaks. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "case.h"
#include "drive.h"

#include <stdlib.h>
#include <string.h>

static const char log_text[] =
    "03/13/2024 01:09:00 --- SCHEDULEREC OBJECT END EARLIER 03/13/2024 01:00:00\n"
    "03/13/2024 01:09:00 Scheduled event 'EARLIER' completed successfully.\n"
    "03/14/2024 01:00:00 Scheduler has been started by Dsmcad.\n"
    "03/14/2024 01:00:00 Node Name: WREN\r\n"
    "03/14/2024 01:00:01 Next operation scheduled:\n"
    "03/14/2024 01:00:01 ------------------------------------------------------------\n"
    "03/14/2024 01:00:01 Schedule Name:         DAILY\n"
    "03/14/2024 01:00:01 Action:                Incremental\n"
    "03/14/2024 01:00:01 Objects:               /a /b\n"
    "03/14/2024 01:00:01 Options:               \n"
    "03/14/2024 01:00:01 Server Window Start:   01:00:00 on 03/14/2024\n"
    "03/14/2024 01:00:01 ------------------------------------------------------------\n"
    "03/14/2024 01:00:02 --- SCHEDULEREC OBJECT BEGIN DAILY 03/14/2024 01:00:00\n"
    "03/14/2024 01:00:02 Incremental backup of volume '/a'\n"
    "03/14/2024 01:00:02 Incremental backup of volume '/b'\n"
    "03/14/2024 01:00:03 ANS1228E Sending of object '/a/x' failed.\n"
    "03/14/2024 01:00:03 ANS4007E Error processing '/a/x': access to the object is denied\n"
    "03/14/2024 01:00:03 Normal File-->             4,096 /a/name with\nnewline [Sent]\n"
    "a line that only a pattern knows: 17 widgets\n"
    "03/14/2024 01:00:04 Successful incremental backup of '/a'\n"
    "03/14/2024 01:00:04 ANS1802E Incremental backup of '/b' finished with 1 failure(s)\n"
    "03/14/2024 01:00:05 --- SCHEDULEREC STATUS BEGIN\n"
    "03/14/2024 01:00:05 Total number of objects inspected:      12,345\n"
    "03/14/2024 01:00:05 Total number of objects failed:              1\n"
    "03/14/2024 01:00:05 Total number of bytes transferred:        1.23 MB\n"
    "03/14/2024 01:00:05 Elapsed processing time:              00:00:03\n"
    "03/14/2024 01:00:05 --- SCHEDULEREC STATUS END\n"
    "03/14/2024 01:00:05 --- SCHEDULEREC OBJECT END DAILY 03/14/2024 01:00:00\n"
    "03/14/2024 01:00:05 ANS1512E Scheduled event 'DAILY' failed.  Return code = 12.\n"
    "03/14/2024 01:00:05 Sending results for scheduled event 'DAILY'.\n"
    "03/14/2024 01:00:05 Results sent to server for scheduled event 'DAILY'.\n"
    "03/18/2024 01:00:05 Querying server for next scheduled event.\n"
    "no newline at the end";

static const struct pattern_text patterns[] = {
    {"widgets", "(?<count>\\d+) (?<what>widgets)$", 31},
    {"broken", "(", 1},
    {"empty", "^never(?<x>.*)*$", 16},
};

/* The log in UTF-16, little end first, as a wide-character client writes it. */
static char *wide(size_t *length)
{
    size_t count = sizeof log_text - 1;
    char *bytes = malloc(2 * count + 2);
    assert_non_null(bytes);
    memcpy(bytes, "\xFF\xFE", 2);
    for (size_t i = 0; i < count; i++) {
        bytes[2 * i + 2] = log_text[i];
        bytes[2 * i + 3] = 0;
    }
    *length = 2 * count + 2;
    return bytes;
}

static const struct row {
    const char *name;
    enum way way;
    size_t chunk;
    uint32_t jitter;
    uint64_t max_line;
    uint32_t batch;
    bool late, probe, with_patterns, utf16;
} rows[] = {
    {.name = "fed whole", .way = WAY_FEED},
    {.name = "lent whole, looked at late", .way = WAY_LEND, .late = true},
    {.name = "fed in bytes", .way = WAY_FEED, .chunk = 1, .batch = 3},
    {.name = "lent in pieces", .way = WAY_LEND, .chunk = 7, .late = true},
    {.name = "mixed, random pieces", .way = WAY_MIXED, .chunk = 90, .jitter = 4711, .batch = 2},
    {.name = "mixed, random pieces, all input first", .way = WAY_MIXED, .chunk = 40, .jitter = 5, .late = true},
    {.name = "long lines cut", .way = WAY_MIXED, .chunk = 33, .jitter = 9, .max_line = 16},
    {.name = "probed first", .way = WAY_FEED, .chunk = 100, .probe = true},
    {.name = "patterns", .way = WAY_LEND, .chunk = 50, .with_patterns = true, .batch = 2},
    {.name = "UTF-16", .way = WAY_MIXED, .chunk = 51, .jitter = 77, .utf16 = true},
    {.name = "UTF-16 in bytes, probed", .way = WAY_LEND, .chunk = 1, .probe = true, .utf16 = true},
};

/* Every n, for a stretch of `count` failures; the caller tries again. Returns how many n failed. */
static uint64_t every_n(struct plan *plan, const struct answer *good, uint64_t count)
{
    for (uint64_t n = 1;; n++) {
        struct heap heap = {.fail_at = n, .fail_count = count};
        struct answer answer;
        plan->heap = &heap;
        drive(plan, &answer);
        answers_equal(good, &answer);
        assert_true(answer.records_good);
        answer_free(&answer);
        if (heap.failed == 0)
            return n - 1;
    }
}

static void caller_tries_again(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const struct row *row = &rows[i];
        size_t length = sizeof log_text - 1;
        char *bytes = row->utf16 ? wide(&length) : NULL;
        struct plan plan = {.bytes = bytes != NULL ? bytes : log_text, .length = length,
                            .options = {.size = sizeof(tsmp_options), .max_line = row->max_line,
                                        .batch_records = row->batch},
                            .way = row->way, .chunk = row->chunk, .jitter = row->jitter,
                            .probe = row->probe, .late = row->late};
        if (row->with_patterns) {
            plan.patterns = patterns;
            plan.pattern_count = sizeof patterns / sizeof *patterns;
        }
        struct answer good;
        drive(&plan, &good);
        assert_true(good.records_good && good.verdicts_good && good.refused == row->with_patterns);
        uint64_t once = every_n(&plan, &good, 1);
        uint64_t twice = every_n(&plan, &good, 2);
        uint64_t on = every_n(&plan, &good, UINT64_MAX);
        print_message("# %s: %d allocations failed once, %d twice, %d from there on\n", row->name,
                      (int)once, (int)twice, (int)on);
        assert_true(once >= 10);
        answer_free(&good);
        free(bytes);
    }
}

/* ---- a caller who gives up at the first error --------------------------------------------------- */

static void released(void *context)
{
    ++*(int *)context;
}

struct hands {
    tsmp_reader *reader;
    tsmp_runs *runs;
    tsmp_batch *batch;
    tsmp_run *run;
    tsmp_verdict *verdict;
    int lent, given_back;
};

static int32_t all_calls(struct hands *hands, const tsmp_allocator *allocator)
{
    int32_t status = tsmp_reader_new(NULL, allocator, &hands->reader);
    if (status == TSMP_OK)
        status = tsmp_runs_new(NULL, allocator, &hands->runs);
    if (status == TSMP_OK)
        status = tsmp_reader_add_pattern(hands->reader, patterns[0].name, patterns[0].pattern,
                                         patterns[0].length);
    size_t half = sizeof log_text / 2;
    if (status == TSMP_OK)
        status = tsmp_reader_feed(hands->reader, log_text, half);
    if (status == TSMP_OK) {
        status = tsmp_reader_lend(hands->reader, log_text + half, sizeof log_text - 1 - half,
                                  released, &hands->given_back);
        hands->lent = status == TSMP_OK;
    }
    if (status == TSMP_OK)
        status = tsmp_reader_end(hands->reader);
    while (status == TSMP_OK) {
        status = tsmp_reader_next(hands->reader, &hands->batch);
        if (status != TSMP_OK)
            break;
        status = tsmp_runs_add(hands->runs, hands->batch);
        if (status != TSMP_OK)
            return status;
        tsmp_batch_unref(hands->batch);
        hands->batch = NULL;
    }
    if (status == TSMP_END)
        status = tsmp_runs_end(hands->runs);
    while (status == TSMP_OK) {
        status = tsmp_runs_next(hands->runs, &hands->run);
        if (status == TSMP_OK)
            status = tsmp_judge(hands->run, NULL, allocator, &hands->verdict);
        if (status != TSMP_OK)
            break;
        tsmp_verdict_free(hands->verdict);
        tsmp_run_free(hands->run);
        hands->verdict = NULL;
        hands->run = NULL;
    }
    return status;
}

static void caller_gives_up(void **state)
{
    (void)state;
    uint64_t n = 1;
    for (;; n++) {
        struct heap heap = {.fail_at = n, .fail_count = n % 2 == 0 ? 1 : UINT64_MAX};
        tsmp_allocator allocator = heap_allocator(&heap);
        struct hands hands = {0};
        int32_t status = all_calls(&hands, &allocator);
        bool refused = heap.failed > 0;
        tsmp_verdict_free(hands.verdict);
        tsmp_run_free(hands.run);
        tsmp_batch_unref(hands.batch);
        tsmp_runs_free(hands.runs);
        tsmp_reader_free(hands.reader);
        assert_int_equal(heap.live, 0);
        assert_int_equal(hands.given_back, hands.lent);
        if (!refused) {
            assert_int_equal(status, TSMP_END);
            break;
        }
        assert_true(status == TSMP_E_NOMEM || status == TSMP_END);
    }
    print_message("# %d allocations\n", (int)(n - 1));
    assert_true(n > 30);
}

/* ---- every input of the cases --------------------------------------------------------------------- */

static void cases(void **state)
{
    (void)state;
    struct documents documents = documents_load(CASES, NULL);
    uint64_t total = 0;
    for (size_t d = 0; d < documents.count; d++) {
        for (size_t i = 0; i < documents.items[d].count; i++) {
            const struct input *input = &documents.items[d].inputs[i];
            struct plan plan = {.bytes = input->bytes.bytes, .length = input->bytes.length,
                                .options = input->setup.options};
            struct answer good;
            drive(&plan, &good);
            plan.way = WAY_MIXED;
            plan.chunk = plan.length / 4 + 1;
            plan.jitter = 3;
            total += every_n(&plan, &good, 1);
            total += every_n(&plan, &good, UINT64_MAX);
            answer_free(&good);
        }
    }
    print_message("# %d allocations\n", (int)total);
    assert_true(total > 500);
    documents_free(&documents);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(caller_tries_again),
                                       cmocka_unit_test(caller_gives_up),
                                       cmocka_unit_test(cases)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
