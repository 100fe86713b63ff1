/* SPDX-License-Identifier: BSD-2-Clause
 * Any text as the answer to a canary's question: whole, in pieces and with failing memory it is one
 * answer, inside its limits, and what proves it is really there.
 *
 * Head: 0 the question's flags, 1 where the window begins, 2 how long it is, 3 length of pieces,
 * 4 which allocation fails, 5 most versions, 6 nights, 7 size and skew. The text is a console's or
 * anything else; the seeds are the cases. */
#include "fuzz.h"

#include <tsmparse/canary.h>

#include <stdlib.h>
#include <string.h>

#define HOUR INT64_C(3600000000)
enum { NIGHTS = 4 };

struct asked {
    tsmp_canary_question question;
    int64_t nights[NIGHTS];
};

static void ask(struct asked *asked, const uint8_t *data)
{
    static const char path[] = "/srv/canary/kestrel.txt";
    uint32_t flags = head_byte(data, 0), at = head_byte(data, 1), count = head_byte(data, 6) % (NIGHTS + 1);
    int64_t start = INT64_C(1758067200) * 1000000 + at * HOUR; /* 2025-09-17 */
    *asked = (struct asked){.question = {.size = sizeof asked->question,
                                         .flags = flags & (TSMP_CANARY_SIZE | TSMP_CANARY_MODIFIED | TSMP_CANARY_UNTIL |
                                                           TSMP_CANARY_SKEW | TSMP_CANARY_KNOWN | TSMP_CANARY_CHANGES),
                                         .path = {path, sizeof path - 1},
                                         .bytes = head_byte(data, 7) * 17,
                                         .modified = start - HOUR,
                                         .window_start = start,
                                         .window_end = start + head_byte(data, 2) * HOUR / 4,
                                         .skew = (int64_t)head_byte(data, 7) * 1000000 - 128000000,
                                         .max_versions = head_byte(data, 5) % 8,
                                         .versions_kept = flags >> 6,
                                         .days_kept = at % 40}};
    for (uint32_t i = 0; i < count; i++)
        asked->nights[i] = start - (int64_t)(count - i) * 24 * HOUR;
    asked->question.nights = asked->nights;
    asked->question.night_count = count;
}

static void note_answer(struct notes *to, const tsmp_canary_view *view, const struct asked *asked)
{
    uint64_t most = asked->question.max_versions > 0 ? asked->question.max_versions : 4096;
    uint64_t proven = 0;
    CHECK(view->size >= sizeof *view && view->reason_count >= 1 && view->version_count <= most);
    CHECK(tsmp_name("canary", view->answer) != NULL && view->night_count == asked->question.night_count);
    const uint64_t numbers[] = {view->answer, (uint64_t)view->skew, (uint64_t)view->asked, view->reason_count,
                                view->version_count, view->versions_left_out};
    note_bytes(to, numbers, sizeof numbers);
    for (uint64_t i = 0; i < view->reason_count; i++) {
        const tsmp_canary_reason *reason =
            (const void *)((const char *)view->reasons + i * view->reason_stride);
        CHECK(tsmp_name("canary_reason", reason->id) != NULL && reason->line_count <= 8);
        note_number(to, reason->id);
        note_text(to, reason->text.bytes, reason->text.length);
        for (uint64_t k = 0; k < reason->line_count; k++)
            note_number(to, reason->lines[k]);
    }
    for (uint64_t i = 0; i < view->version_count; i++) {
        const tsmp_canary_version *version =
            (const void *)((const char *)view->versions + i * view->version_stride);
        const uint64_t values[] = {version->state, version->flags, (uint64_t)version->backup_time,
                                   (uint64_t)version->skew, (uint64_t)version->modified, version->bytes,
                                   version->unit, version->line};
        CHECK(version->line > 0 && (version->state == TSMP_WORD_ACTIVE || version->state == TSMP_WORD_INACTIVE));
        proven += (version->flags & TSMP_CANARY_VERSION_IN_WINDOW) != 0 &&
                  (version->flags & TSMP_CANARY_VERSION_FORGEABLE) == 0;
        note_bytes(to, values, sizeof values);
    }
    /* Present is proven by a row, or by one that was not kept. */
    CHECK(view->answer != TSMP_CANARY_PRESENT || proven > 0 || view->versions_left_out > 0);
    for (uint64_t i = 0; i < view->night_count; i++) {
        const tsmp_canary_night *night =
            (const void *)((const char *)view->nights + i * view->night_stride);
        CHECK(night->start == asked->nights[i] && tsmp_name("canary", night->answer) != NULL);
        const uint64_t values[] = {night->answer, night->reason, night->versions, night->line};
        note_bytes(to, values, sizeof values);
    }
}

/* False: memory ran out, and the handle was spent. */
static bool answer(const char *text, size_t length, size_t chunk, const struct asked *asked,
                   const tsmp_allocator *allocator, struct notes *to)
{
    tsmp_reader *reader = NULL;
    tsmp_canary *canary = NULL;
    int32_t status = tsmp_canary_new(&asked->question, allocator, &canary);
    CHECK(status == TSMP_OK || (status == TSMP_E_NOMEM && allocator != NULL) || status == TSMP_E_MISUSE);
    CHECK(tsmp_reader_new(NULL, NULL, &reader) == TSMP_OK);
    for (size_t at = 0; status == TSMP_OK;) {
        tsmp_batch *batch = NULL;
        int32_t next = tsmp_reader_next(reader, &batch);
        if (next == TSMP_OK) {
            status = tsmp_canary_add(canary, batch);
            tsmp_batch_unref(batch);
        } else if (next == TSMP_END) {
            status = tsmp_canary_end(canary);
            break;
        } else if (at == length) {
            CHECK(tsmp_reader_end(reader) == TSMP_OK);
        } else {
            size_t n = chunk > 0 && chunk < length - at ? chunk : length - at;
            CHECK(tsmp_reader_feed(reader, text + at, n) == TSMP_OK);
            at += n;
        }
    }
    CHECK(status == TSMP_OK || status == TSMP_E_NOMEM || (status == TSMP_E_MISUSE && canary == NULL));
    if (status == TSMP_OK)
        note_answer(to, tsmp_canary_view_of(canary), asked);
    tsmp_canary_free(canary);
    tsmp_reader_free(reader);
    return status == TSMP_OK;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < HEAD)
        return 0;
    struct asked asked;
    struct notes whole = {0}, other = {0};
    const char *text = (const char *)data + HEAD;
    size_t length = size - HEAD;
    ask(&asked, data);
    bool good = answer(text, length, 0, &asked, NULL, &whole);
    bool again = answer(text, length, 1 + head_byte(data, 3) % 97, &asked, NULL, &other);
    CHECK(good == again && whole.length == other.length &&
          (whole.length == 0 || memcmp(whole.bytes, other.bytes, whole.length) == 0));
    other.length = 0;
    struct heap heap = {.fail_at = head_byte(data, 4) + 1, .fail_count = 1};
    tsmp_allocator allocator = heap_allocator(&heap);
    if (answer(text, length, 61, &asked, &allocator, &other))
        CHECK(whole.length == other.length &&
              (whole.length == 0 || memcmp(whole.bytes, other.bytes, whole.length) == 0));
    CHECK(heap.live == 0);
    free(whole.bytes);
    free(other.bytes);
    return 0;
}
