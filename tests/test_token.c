/* SPDX-License-Identifier: BSD-2-Clause
 * Tokens besides what test_resume shows over the cases: calls in the wrong order, users' patterns,
 * runs that are pulled, memory that runs out, texts that only look like tokens. */
#include "nights.h"
#include "show.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

static char token[1 << 16], other[1 << 16];

static uint64_t token_of(tsmp_reader *reader)
{
    uint64_t length = 0;
    assert_int_equal(tsmp_reader_token(reader, token, sizeof token, &length), TSMP_OK);
    return length;
}

static size_t records(tsmp_reader *reader, struct text *to)
{
    tsmp_batch *batch;
    size_t count = 0;
    while (tsmp_reader_next(reader, &batch) == TSMP_OK) {
        const tsmp_view *view = tsmp_batch_view(batch);
        for (uint64_t i = 0; i < view->record_count; i++, count++)
            if (to != NULL)
                show_exact(view, &view->records[i], to);
        tsmp_batch_unref(batch);
    }
    return count;
}

static void misuse(void **state)
{
    (void)state;
    tsmp_reader *reader, *made;
    tsmp_runs *runs, *again;
    uint64_t length = 0, at;
    tsmp_token_view view = {.size = sizeof view}, none = {0};
    assert_int_equal(tsmp_reader_new(NULL, NULL, &reader), TSMP_OK);
    assert_int_equal(tsmp_runs_new(NULL, NULL, &runs), TSMP_OK);
    assert_int_equal(tsmp_reader_token(NULL, token, 9, &length), TSMP_E_MISUSE);
    assert_int_equal(tsmp_reader_token(reader, NULL, 9, &length), TSMP_E_MISUSE);
    assert_int_equal(tsmp_reader_token(reader, token, 9, NULL), TSMP_E_MISUSE);
    assert_int_equal(tsmp_runs_token(NULL, token, 9, &length), TSMP_E_MISUSE);
    assert_int_equal(tsmp_runs_token(runs, NULL, 9, &length), TSMP_E_MISUSE);
    assert_int_equal(tsmp_runs_token(runs, token, 9, NULL), TSMP_E_MISUSE);
    length = token_of(reader);
    assert_int_equal(tsmp_token_view_of(NULL, length, &view), TSMP_E_MISUSE);
    assert_int_equal(tsmp_token_view_of(token, length, NULL), TSMP_E_MISUSE);
    assert_int_equal(tsmp_token_view_of(token, length, &none), TSMP_E_MISUSE);
    assert_int_equal(tsmp_token_find(token, length, "x", 1, NULL), TSMP_E_MISUSE);
    assert_int_equal(tsmp_token_find(token, length, NULL, 1, &at), TSMP_E_MISUSE);
    assert_int_equal(tsmp_token_find(token, length, "x", 1, &at), TSMP_END);
    assert_int_equal(tsmp_reader_resume(NULL, NULL, NULL, 1, "", 0, &made), TSMP_E_MISUSE);
    assert_int_equal(tsmp_reader_resume(NULL, NULL, token, length, NULL, 1, &made), TSMP_E_MISUSE);
    assert_int_equal(tsmp_reader_resume(NULL, NULL, token, length, NULL, 0, NULL), TSMP_E_MISUSE);
    assert_int_equal(tsmp_runs_resume(NULL, NULL, NULL, 1, &again), TSMP_E_MISUSE);
    assert_int_equal(tsmp_runs_resume(NULL, NULL, token, length, NULL), TSMP_E_MISUSE);
    /* a reader that has read nothing yet can be resumed too */
    assert_int_equal(tsmp_reader_resume(NULL, NULL, token, length, NULL, 0, &made), TSMP_OK);
    tsmp_reader_free(made);
    tsmp_reader_free(reader);
    /* runs that wait must be asked for, and there is no token behind the end */
    assert_int_equal(tsmp_runs_end(runs), TSMP_OK);
    assert_int_equal(tsmp_runs_token(runs, token, sizeof token, &length), TSMP_E_MISUSE);
    tsmp_runs_free(runs);
}

/* What follows a last line without newline is the rest of that line, and no new one. */
static void broken_last_line(void **state)
{
    (void)state;
    static const char *const texts[] = {"a\nb", "x", ("\xFF\xFE" "a\0\n\0b"), "\xFE\xFF\0a\0\n\n"};
    static const size_t lengths[] = {3, 1, 7, 7};
    for (size_t i = 0; i < 4; i++) {
        tsmp_reader *reader;
        uint64_t length;
        assert_int_equal(tsmp_reader_new(NULL, NULL, &reader), TSMP_OK);
        assert_int_equal(tsmp_reader_feed(reader, texts[i], lengths[i]), TSMP_OK);
        records(reader, NULL);
        token_of(reader);
        assert_int_equal(tsmp_reader_end(reader), TSMP_OK);
        records(reader, NULL);
        assert_int_equal(tsmp_reader_token(reader, token, sizeof token, &length), TSMP_E_MISUSE);
        assert_string_equal(tsmp_reader_error(reader), "nothing can follow a line without a newline");
        tsmp_reader_free(reader);
    }
}

static void not_tokens(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "", "tsmp2r", "tsmp2r.", "tsmp1r.AAAAAAAAAAAAAAAAAAAAAAAA", "tsmp3r.AAAAAAAAAAAAAAAAAAAAAAAAAAAA",
        "tsmp2r.AAAAAAAAAAAAAAAAAAAAAAAAAAAA", "tsmp2n.AAAAAAAAAAAAAAAAAAAAAAAAAAAA", "tsmp2r.AAAAAAAAAAA",
        "tsmp2r:AAAAAAAAAAAAAAAAAAAAAAAAAAAA", "Tsmp2r.AAAAAAAAAAAAAAAAAAAAAAAAAAAA"};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        tsmp_token_view view = {.size = sizeof view};
        tsmp_reader *reader;
        tsmp_runs *runs;
        uint64_t at, length = strlen(texts[i]);
        assert_int_equal(tsmp_token_view_of(texts[i], length, &view), TSMP_E_TOKEN);
        at = 7;
        assert_int_equal(tsmp_token_find(texts[i], length, "x", 1, &at), TSMP_E_TOKEN);
        assert_int_equal(at, 0);
        assert_int_equal(tsmp_reader_resume(NULL, NULL, texts[i], length, "", 0, &reader), TSMP_E_TOKEN);
        assert_int_equal(tsmp_runs_resume(NULL, NULL, texts[i], length, &runs), TSMP_E_TOKEN);
        assert_null(reader);
        assert_null(runs);
        /* more bytes than there can be are a caller's mistake */
        assert_int_equal(tsmp_reader_resume(NULL, NULL, texts[i], length, "", SIZE_MAX / 2, &reader), TSMP_E_TOKEN);
        assert_int_equal(tsmp_reader_resume(NULL, NULL, texts[i], length, "", SIZE_MAX / 2 + 1, &reader), TSMP_E_MISUSE);
        assert_int_equal(tsmp_token_find(texts[i], length, "x", SIZE_MAX / 2, &at), TSMP_E_TOKEN);
        assert_int_equal(tsmp_token_find(texts[i], length, "x", SIZE_MAX / 2 + 1, &at), TSMP_E_MISUSE);
    }
    /* an older caller's shorter struct */
    tsmp_reader *reader;
    assert_int_equal(tsmp_reader_new(NULL, NULL, &reader), TSMP_OK);
    assert_int_equal(tsmp_reader_feed(reader, "x\ny\n", 4), TSMP_OK);
    assert_int_equal(tsmp_reader_end(reader), TSMP_OK);
    records(reader, NULL);
    uint64_t length = token_of(reader);
    tsmp_token_view shorter = {.size = 24, .tail_length = 77};
    assert_int_equal(tsmp_token_view_of(token, length, &shorter), TSMP_OK);
    assert_int_equal(shorter.offset, 4);
    assert_int_equal(shorter.line, 3);
    assert_int_equal(shorter.tail_length, 77);
    tsmp_reader_free(reader);
}

/* Names and limits of users' patterns go on: a pattern near its limit is not given a new life. */
static void patterns_go_on(void **state)
{
    (void)state;
    static const char slow[] = "^(?<all>(a+)+)$", good[] = "^b (?<rest>.*)$";
    static const char first[] = "b one\nb two\n", hit[] = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaX\n";
    struct text whole = {0}, parts = {0};
    for (int broken = 0; broken < 2; broken++) {
        tsmp_reader *reader;
        assert_int_equal(tsmp_reader_new(NULL, NULL, &reader), TSMP_OK);
        struct text *to = broken ? &parts : &whole;
        char before[8192];
        size_t all = 0, given = 0;
        for (int i = 0; i < 130; i++) {
            if (i == 0 || (broken && i % 10 == 0)) {
                if (broken && i > 0) {
                    uint64_t n = token_of(reader);
                    tsmp_token_view view = {.size = sizeof view};
                    assert_int_equal(tsmp_token_view_of(token, n, &view), TSMP_OK);
                    tsmp_reader_free(reader);
                    given = (size_t)view.offset; /* what was held is given again */
                    assert_int_equal(tsmp_reader_resume(NULL, NULL, token, n, before, given, &reader), TSMP_OK);
                    assert_int_equal(tsmp_reader_token(reader, other, sizeof other, &n), TSMP_E_MISUSE);
                }
                assert_int_equal(tsmp_reader_add_pattern(reader, "slow", slow, sizeof slow - 1), TSMP_OK);
                assert_int_equal(tsmp_reader_add_pattern(reader, "good", good, sizeof good - 1), TSMP_OK);
            }
            const char *line = i % 13 == 0 ? first : hit;
            assert_true(all + strlen(line) <= sizeof before);
            memcpy(before + all, line, strlen(line));
            all += strlen(line);
            assert_int_equal(tsmp_reader_feed(reader, before + given, all - given), TSMP_OK);
            given = all;
            records(reader, to);
        }
        assert_int_equal(tsmp_reader_end(reader), TSMP_OK);
        records(reader, to);
        tsmp_reader_free(reader);
    }
    assert_true(text_same(&whole, &parts));
    assert_true(whole.length > 1000);
    text_free(&whole);
    text_free(&parts);
}

static void other_patterns_are_refused(void **state)
{
    (void)state;
    static const struct { const char *name, *pattern; bool good; } rows[] = {
        {"one", "^x", true}, {"one", "^y", false}, {"two", "^x", false}, {NULL, NULL, false}};
    tsmp_reader *reader;
    assert_int_equal(tsmp_reader_new(NULL, NULL, &reader), TSMP_OK);
    assert_int_equal(tsmp_reader_add_pattern(reader, "one", "^x", 2), TSMP_OK);
    assert_int_equal(tsmp_reader_feed(reader, "x\n", 2), TSMP_OK);
    assert_int_equal(tsmp_reader_end(reader), TSMP_OK);
    records(reader, NULL);
    uint64_t length = token_of(reader);
    tsmp_reader_free(reader);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        assert_int_equal(tsmp_reader_resume(NULL, NULL, token, length, "x\n", 2, &reader), TSMP_OK);
        if (rows[i].name != NULL)
            assert_int_equal(tsmp_reader_add_pattern(reader, rows[i].name, rows[i].pattern, 2), TSMP_OK);
        assert_int_equal(tsmp_reader_lend(reader, "x\n", 2, NULL, NULL), rows[i].good ? TSMP_OK : TSMP_E_TOKEN);
        assert_int_equal(tsmp_reader_end(reader), rows[i].good ? TSMP_OK : TSMP_E_TOKEN);
        tsmp_reader_free(reader);
    }
}

/* ---- runs --------------------------------------------------------------------------------------- */

static const char nights[] =
    GOOD_NIGHT HEATH_18 RUN(D18, "HEATH_INC") POLL(D18, "20:34:52", "HEATH_INC", "", "-verbose",
    "20:30:00 on 02/19/2031") "02/19/2031 20:34:10 ANS1512E Scheduled event 'HEATH_INC' failed.  Return code = 12.\n"
    RUN(D19, "HEATH_INC") "02/19/2031 21:00:00 Incremental backup of volume '/heath'\n";

static void show_runs(tsmp_runs *runs, struct text *to)
{
    tsmp_run *run;
    while (tsmp_runs_next(runs, &run) == TSMP_OK) {
        tsmp_verdict *verdict;
        assert_int_equal(tsmp_judge(run, NULL, NULL, &verdict), TSMP_OK);
        show_run(tsmp_run_view_of(run), tsmp_verdict_view_of(verdict), to);
        tsmp_verdict_free(verdict);
        tsmp_run_free(run);
    }
}

static void pull_all(tsmp_runs *runs, tsmp_reader *reader, struct text *to)
{
    while (tsmp_runs_pull(runs, reader) == TSMP_OK)
        show_runs(runs, to);
    show_runs(runs, to);
}

/* Read up to any byte, pull what there is, go on in another process. */
static void pulled_runs(void **state)
{
    (void)state;
    struct text whole = {0}, parts = {0};
    for (size_t cut = 0; cut < sizeof nights; cut += cut == 0 ? 1 : 37) {
        struct text *to = cut == 0 ? &whole : &parts;
        tsmp_reader *reader;
        tsmp_runs *runs;
        text_clear(&parts);
        assert_int_equal(tsmp_reader_new(NULL, NULL, &reader), TSMP_OK);
        assert_int_equal(tsmp_runs_new(NULL, NULL, &runs), TSMP_OK);
        size_t from = 0;
        if (cut > 0) {
            assert_int_equal(tsmp_reader_feed(reader, nights, cut), TSMP_OK);
            pull_all(runs, reader, to);
            uint64_t length = token_of(reader), runs_length;
            assert_int_equal(tsmp_runs_token(runs, other, sizeof other, &runs_length), TSMP_OK);
            tsmp_token_view view = {.size = sizeof view};
            assert_int_equal(tsmp_token_view_of(token, length, &view), TSMP_OK);
            from = (size_t)view.offset;
            tsmp_reader_free(reader);
            tsmp_runs_free(runs);
            assert_int_equal(tsmp_reader_resume(NULL, NULL, token, length, nights, from, &reader), TSMP_OK);
            assert_int_equal(tsmp_runs_resume(NULL, NULL, other, runs_length, &runs), TSMP_OK);
        }
        assert_int_equal(tsmp_reader_feed(reader, nights + from, sizeof nights - 1 - from), TSMP_OK);
        assert_int_equal(tsmp_reader_end(reader), TSMP_OK);
        pull_all(runs, reader, to);
        assert_int_equal(tsmp_runs_end(runs), TSMP_OK);
        show_runs(runs, to);
        tsmp_reader_free(reader);
        tsmp_runs_free(runs);
        if (cut > 0 && !text_same(&whole, &parts))
            fail_msg("cut at %zu:\n%s\nis not\n%s", cut, parts.bytes, whole.bytes);
    }
    assert_non_null(strstr(whole.bytes, "complete"));
    text_free(&whole);
    text_free(&parts);
}

static void other_options_are_refused(void **state)
{
    (void)state;
    tsmp_runs *runs;
    uint64_t length;
    assert_int_equal(tsmp_runs_new(NULL, NULL, &runs), TSMP_OK);
    assert_int_equal(tsmp_runs_token(runs, token, sizeof token, &length), TSMP_OK);
    tsmp_runs_free(runs);
    tsmp_runs_options rows[] = {{.size = sizeof *rows, .max_volumes = 3}, {.size = sizeof *rows, .max_evidence = 3},
                                {.size = sizeof *rows, .max_schedules = 3}};
    for (size_t i = 0; i < 3; i++)
        assert_int_equal(tsmp_runs_resume(&rows[i], NULL, token, length, &runs), TSMP_E_TOKEN);
    tsmp_runs_options later = {.size = sizeof later, .now = 1};
    assert_int_equal(tsmp_runs_resume(&later, NULL, token, length, &runs), TSMP_OK);
    tsmp_runs_free(runs);
}

/* ---- memory ---------------------------------------------------------------------------------------- */

struct store {
    uint64_t asked, fail_at, live;
};

static void *store_resize(void *memory, uint64_t size, void *context)
{
    struct store *store = context;
    if (++store->asked == store->fail_at)
        return NULL;
    store->live += memory == NULL;
    void *made = realloc(memory, size > 0 ? (size_t)size : 1);
    assert_non_null(made);
    return made;
}

static void *store_get(uint64_t size, void *context)
{
    return store_resize(NULL, size, context);
}

static void store_put(void *memory, void *context)
{
    struct store *store = context;
    store->live -= memory != NULL;
    free(memory);
}

/* Each allocation of a resume fails once: that is said, nothing leaks, and no token is damaged. */
static void memory_runs_out(void **state)
{
    (void)state;
    enum { CUT = sizeof nights / 2 };
    tsmp_reader *reader;
    tsmp_runs *runs;
    assert_int_equal(tsmp_reader_new(NULL, NULL, &reader), TSMP_OK);
    assert_int_equal(tsmp_runs_new(NULL, NULL, &runs), TSMP_OK);
    assert_int_equal(tsmp_reader_add_pattern(reader, "one", "^x(?<y>.)", 9), TSMP_OK);
    assert_int_equal(tsmp_reader_feed(reader, nights, CUT), TSMP_OK);
    struct text shown = {0};
    pull_all(runs, reader, &shown);
    text_free(&shown);
    uint64_t length = token_of(reader), runs_length;
    assert_int_equal(tsmp_runs_token(runs, other, sizeof other, &runs_length), TSMP_OK);
    tsmp_token_view view = {.size = sizeof view};
    assert_int_equal(tsmp_token_view_of(token, length, &view), TSMP_OK);
    tsmp_reader_free(reader);
    tsmp_runs_free(runs);
    int failures = 0;
    for (uint64_t n = 1;; n++) {
        struct store store = {.fail_at = n};
        tsmp_allocator allocator = {store_get, store_resize, store_put, &store};
        char again[1 << 14];
        uint64_t size;
        int32_t status = tsmp_reader_resume(NULL, &allocator, token, length, nights, view.offset, &reader);
        if (status == TSMP_OK)
            status = tsmp_reader_add_pattern(reader, "one", "^x(?<y>.)", 9);
        if (status == TSMP_OK)
            status = tsmp_reader_token(reader, again, sizeof again, &size);
        if (status == TSMP_OK)
            assert_memory_equal(again, token, (size_t)length);
        if (status == TSMP_OK)
            status = tsmp_runs_resume(NULL, &allocator, other, runs_length, &runs);
        if (status == TSMP_OK) {
            status = tsmp_runs_token(runs, again, sizeof again, &size);
            if (status == TSMP_OK)
                assert_memory_equal(again, other, (size_t)runs_length);
            tsmp_runs_free(runs);
        }
        tsmp_reader_free(reader);
        if (store.live != 0)
            fail_msg("allocation %llu: %llu blocks leak", (unsigned long long)n, (unsigned long long)store.live);
        if (store.asked < n)
            break;
        assert_int_equal(status, TSMP_E_NOMEM);
        failures++;
    }
    assert_true(failures > 20);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(misuse),
        cmocka_unit_test(broken_last_line),
        cmocka_unit_test(not_tokens),
        cmocka_unit_test(patterns_go_on),
        cmocka_unit_test(other_patterns_are_refused),
        cmocka_unit_test(pulled_runs),
        cmocka_unit_test(other_options_are_refused),
        cmocka_unit_test(memory_runs_out),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
