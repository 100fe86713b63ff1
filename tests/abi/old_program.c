/* SPDX-License-Identifier: BSD-2-Clause
 * A program that was built against an earlier version's headers (old/) and meets the library of
 * today: it fills the structs that it knows, in the size that they had, steps through arrays by their
 * strides, and must get the answers that it got then. */
#include <tsmparse/canary.h>
#include <tsmparse/runs.h>
#include <tsmparse/tsmparse.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MUST(condition) ((condition) ? (void)0 : failed(__LINE__, #condition))

static void failed(int line, const char *what)
{
    fprintf(stderr, "old_program.c:%d: does not hold: %s\n", line, what);
    exit(1);
}

static const char text[] =
    "04/25/2031 19:00:00 Next operation scheduled:\n"
    "04/25/2031 19:00:00 Schedule Name:         REED_INC\n"
    "04/25/2031 19:00:00 Action:                Incremental\n"
    "04/25/2031 19:00:00 Objects:               /reed\n"
    "04/25/2031 19:00:00 Options:\n"
    "04/25/2031 19:00:00 Server Window Start:   20:00:00 on 04/25/2031\n"
    "04/25/2031 20:00:04 --- SCHEDULEREC OBJECT BEGIN REED_INC 04/25/2031 20:00:00\n"
    "04/25/2031 20:00:04 Incremental backup of volume '/reed'\n"
    "04/25/2031 20:00:05 Normal File-->             1,204 /reed/a [Sent]\n"
    "04/25/2031 20:00:09 Successful incremental backup of '/reed'\n"
    "04/25/2031 20:00:09 --- SCHEDULEREC STATUS BEGIN\n"
    "04/25/2031 20:00:09 Total number of objects inspected:          812\n"
    "04/25/2031 20:00:09 Total number of objects backed up:            1\n"
    "04/25/2031 20:00:09 Total number of objects updated:              0\n"
    "04/25/2031 20:00:09 Total number of objects rebound:              0\n"
    "04/25/2031 20:00:09 Total number of objects deleted:              0\n"
    "04/25/2031 20:00:09 Total number of objects expired:              0\n"
    "04/25/2031 20:00:09 Total number of objects failed:               0\n"
    "04/25/2031 20:00:09 Total number of bytes transferred:         1.17 KB\n"
    "04/25/2031 20:00:09 Elapsed processing time:               00:00:05\n"
    "04/25/2031 20:00:09 --- SCHEDULEREC STATUS END\n"
    "04/25/2031 20:00:09 --- SCHEDULEREC OBJECT END REED_INC 04/25/2031 20:00:00\n"
    "04/25/2031 20:00:09 Scheduled event 'REED_INC' completed successfully.\n"
    "04/25/2031 20:00:09 Sending results for scheduled event 'REED_INC'.\n"
    "04/25/2031 20:00:09 Results sent to server for scheduled event 'REED_INC'.\n";

static uint64_t allocations;

static void *get(uint64_t size, void *context)
{
    (void)context;
    allocations++;
    return malloc((size_t)size);
}

static void *resize(void *memory, uint64_t size, void *context)
{
    (void)context;
    allocations += memory == NULL;
    return realloc(memory, (size_t)size);
}

static void put(void *memory, void *context)
{
    (void)context;
    allocations -= memory != NULL;
    free(memory);
}

static void records(const tsmp_batch *batch, uint64_t *sent)
{
    const tsmp_view *view = tsmp_batch_view(batch);
    MUST(view->size >= sizeof *view && view->record_stride >= sizeof(tsmp_record) &&
         view->field_stride >= sizeof(tsmp_field));
    for (uint64_t i = 0; i < view->record_count; i++) {
        const tsmp_record *record =
            (const void *)((const char *)view->records + i * view->record_stride);
        if (record->kind != TSMP_KIND_OBJECT)
            continue;
        for (uint32_t k = 0; k < record->field_count; k++) {
            const tsmp_field *field = (const void *)((const char *)view->fields +
                                                     (record->first_field + k) * view->field_stride);
            if (field->id == TSMP_FIELD_SIZE)
                *sent += (uint64_t)field->number;
            if (field->id == TSMP_FIELD_PATH)
                MUST(field->length == 7 && memcmp(view->text + field->text, "/reed/a", 7) == 0);
        }
    }
}

static void judge(tsmp_run *run, const tsmp_allocator *allocator, const char *domain, uint32_t expected)
{
    tsmp_text asked = {domain, strlen(domain)};
    tsmp_context context = {.size = sizeof context, .domain = &asked, .domain_count = 1};
    tsmp_verdict *verdict = NULL;
    MUST(tsmp_judge(run, &context, allocator, &verdict) == TSMP_OK);
    const tsmp_verdict_view *view = tsmp_verdict_view_of(verdict);
    MUST(view->size >= sizeof *view && view->evidence_stride >= sizeof(tsmp_evidence));
    MUST(view->verdict == expected && view->claim == TSMP_CLAIM_SUCCESS);
    tsmp_verdict_free(verdict);
}

int main(void)
{
    tsmp_allocator allocator = {get, resize, put, NULL};
    tsmp_options options = {.size = sizeof options, .batch_records = 3, .date_order = TSMP_ORDER_MDY};
    tsmp_runs_options runs_options = {.size = sizeof runs_options, .max_volumes = 10};
    tsmp_probe_result probed = {.size = sizeof probed};
    tsmp_token tokens[16];
    tsmp_message_info info = {.size = sizeof info};
    tsmp_reader *reader = NULL;
    tsmp_runs *runs = NULL;
    tsmp_batch *batch = NULL;
    tsmp_run *run = NULL;
    uint64_t sent = 0, judged = 0;

    MUST(tsmp_abi_version() == TSMP_ABI_VERSION);
    MUST(tsmp_tokenize("04/25/2031 20:00:04 1,204 B", 27, tokens, 16) == 2);
    MUST(tokens[0].type == TSMP_TOKEN_STAMP && tokens[1].number == 1204);
    MUST(tsmp_message_lookup("ANS1999E", 8, &info) == TSMP_OK && info.confidence == 'A');
    MUST(tsmp_probe(text, strlen(text), &allocator, &probed) == TSMP_OK);
    MUST(probed.format == TSMP_FORMAT_SCHEDULE_LOG && probed.date_order == TSMP_ORDER_MDY);

    MUST(tsmp_reader_new(&options, &allocator, &reader) == TSMP_OK);
    MUST(tsmp_runs_new(&runs_options, &allocator, &runs) == TSMP_OK);
    MUST(tsmp_reader_feed(reader, text, strlen(text)) == TSMP_OK);
    MUST(tsmp_reader_end(reader) == TSMP_OK);
    while (tsmp_reader_next(reader, &batch) == TSMP_OK) {
        records(batch, &sent);
        MUST(tsmp_runs_add(runs, batch) == TSMP_OK);
        tsmp_batch_unref(batch);
    }
    MUST(sent == 1204);
    MUST(tsmp_runs_end(runs) == TSMP_OK);
    for (; tsmp_runs_next(runs, &run) == TSMP_OK; judged++) {
        const tsmp_run_view *view = tsmp_run_view_of(run);
        MUST(view->size >= sizeof *view && view->volume_count == 1 && view->statistic_count == 9);
        const tsmp_volume *volume = view->volumes;
        MUST(view->volume_stride >= sizeof *volume && volume->outcome == TSMP_WORD_SUCCESSFUL);
        MUST(view->schedule.length == 8 && memcmp(view->schedule.bytes, "REED_INC", 8) == 0);
        judge(run, &allocator, "/reed", TSMP_VERDICT_COMPLETE);
        tsmp_run_free(run);
    }
    MUST(judged == 1);
    tsmp_runs_free(runs);
    tsmp_reader_free(reader);

    tsmp_text path = {"/reed/a", 7};
    tsmp_canary_question question = {.size = sizeof question, .path = path};
    tsmp_canary *canary = NULL;
    (void)tsmp_canary_new(&question, &allocator, &canary);
    tsmp_canary_free(canary);
    MUST(allocations == 0);
    puts("an earlier version's program gets its answers");
    return 0;
}
