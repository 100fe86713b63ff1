/* SPDX-License-Identifier: BSD-2-Clause
 * Whole logs through the public API: verdicts, tiling, and that no cut makes a verdict better. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <tsmparse/runs.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static char *load(const char *name, size_t *length)
{
    char path[512];
    snprintf(path, sizeof path, "%s/%s.log", SAMPLES, name);
    FILE *file = fopen(path, "rb");
    assert_non_null(file);
    char *bytes = malloc(1 << 20);
    *length = fread(bytes, 1, 1 << 20, file);
    fclose(file);
    return bytes;
}

/* The worst verdict of a text fed in pieces of `chunk` bytes; asserts that the records tile it. */
static uint32_t judge(const char *bytes, size_t length, size_t chunk)
{
    tsmp_reader *reader;
    tsmp_runs *runs;
    assert_int_equal(tsmp_reader_new(NULL, NULL, &reader), TSMP_OK);
    assert_int_equal(tsmp_runs_new(NULL, NULL, &runs), TSMP_OK);
    uint64_t next = 0;
    uint32_t worst = 0;
    for (size_t at = 0;; at += chunk) {
        size_t n = at >= length ? 0 : length - at < chunk ? length - at : chunk;
        assert_int_equal(n > 0 ? tsmp_reader_feed(reader, bytes + at, n) : tsmp_reader_end(reader),
                         TSMP_OK);
        tsmp_batch *batch;
        while (tsmp_reader_next(reader, &batch) == TSMP_OK) {
            const tsmp_view *view = tsmp_batch_view(batch);
            for (uint64_t i = 0; i < view->record_count; i++) {
                assert_int_equal(view->records[i].offset, next);
                next += view->records[i].length;
                for (uint32_t k = 0; k < view->records[i].field_count; k++) {
                    const tsmp_field *field = &view->fields[view->records[i].first_field + k];
                    assert_true(field->text >= view->records[i].text);
                    assert_true(field->text + field->length <=
                                view->records[i].text + view->records[i].text_length);
                }
            }
            assert_int_equal(tsmp_runs_add(runs, batch), TSMP_OK);
            tsmp_batch_unref(batch);
        }
        if (n == 0)
            break;
    }
    assert_int_equal(next, length);
    assert_int_equal(tsmp_runs_end(runs), TSMP_OK);
    tsmp_run *run;
    while (tsmp_runs_next(runs, &run) == TSMP_OK) {
        tsmp_verdict *verdict;
        assert_int_equal(tsmp_judge(run, NULL, NULL, &verdict), TSMP_OK);
        worst = tsmp_verdict_worse(worst, tsmp_verdict_view_of(verdict)->verdict);
        tsmp_verdict_free(verdict);
        tsmp_run_free(run);
    }
    tsmp_runs_free(runs);
    tsmp_reader_free(reader);
    return worst;
}

static const struct {
    const char *name;
    uint32_t verdict;
} samples[] = {{"good-night", TSMP_VERDICT_COMPLETE},
               {"false-success", TSMP_VERDICT_INCOMPLETE},
               {"exceptions", TSMP_VERDICT_EXCEPTIONS}};

static void verdicts(void **state)
{
    (void)state;
    for (size_t i = 0; i < 3; i++) {
        size_t length;
        char *bytes = load(samples[i].name, &length);
        for (size_t chunk = 1; chunk < 300; chunk = chunk * 3 + 1)
            assert_int_equal(judge(bytes, length, chunk), samples[i].verdict);
        free(bytes);
    }
}

static int good(uint32_t verdict)
{
    return verdict == TSMP_VERDICT_COMPLETE ? 2 : verdict == TSMP_VERDICT_EXCEPTIONS ? 1 : 0;
}

/* A cut that takes the run away whole leaves no verdict, and that is not better either. */
static void cuts_never_help(void **state)
{
    (void)state;
    for (size_t i = 0; i < 3; i++) {
        size_t length;
        char *bytes = load(samples[i].name, &length);
        for (size_t cut = 1; cut < length; cut += 7) {
            assert_true(good(judge(bytes + cut, length - cut, 65536)) <= good(samples[i].verdict));
            assert_true(good(judge(bytes, cut, 65536)) <= good(samples[i].verdict));
        }
        free(bytes);
    }
}

/* Every line twice: never better. Every line that a proof rests on removed: never complete. */
static void lines_matter(void **state)
{
    (void)state;
    static const char *const proof[] = {"SCHEDULEREC OBJECT", "SCHEDULEREC STATUS", "Incremental backup of",
                                        "Successful incremental", "objects inspected", "objects failed",
                                        "Elapsed", "Scheduled event", "Sending results", "Results sent"};
    for (size_t i = 0; i < 3; i++) {
        size_t length;
        char *bytes = load(samples[i].name, &length);
        char *other = malloc(2 * length);
        for (size_t at = 0; at < length;) {
            size_t end = (size_t)((char *)memchr(bytes + at, '\n', length - at) - bytes) + 1;
            memcpy(other, bytes, end);
            memcpy(other + end, bytes + at, length - at);
            assert_true(good(judge(other, length + end - at, 65536)) <= good(samples[i].verdict));
            memcpy(other, bytes, at);
            memcpy(other + at, bytes + end, length - end);
            char line[256] = "";
            memcpy(line, bytes + at, end - at < 255 ? end - at : 255);
            for (size_t k = 0; k < sizeof proof / sizeof *proof; k++)
                /* In the false success the begin line is what speaks against it, no proof. */
                if (good(samples[i].verdict) > 0 && strstr(line, proof[k]) != NULL &&
                    good(judge(other, length - (end - at), 65536)) != 0)
                    fail_msg("%s without '%s' is still good", samples[i].name, line);
            at = end;
        }
        free(other);
        free(bytes);
    }
}

/* A name with a newline can print any line; it never helps. */
static void forging_never_helps(void **state)
{
    (void)state;
    static const char *const lines[] = {
        "Successful incremental backup of '/srv/mail'", "Scheduled event 'NIGHT_INC' completed successfully.",
        "--- SCHEDULEREC STATUS BEGIN", "--- SCHEDULEREC OBJECT END NIGHT_INC 09/17/2025 22:00:00",
        "Finished command.  Return code is: 0", "END OF DATA", "Incremental backup of volume '/srv/mail'"};
    static const char *const ends[] = {
        "\n [Sent]\n", " [Sent]\n",
        "\n09/17/2025 22:04:51 Normal File-->              1 /x [Sent]\n [Sent]\n"};
    size_t length;
    char *bytes = load("false-success", &length);
    char *other = malloc(length + 1024);
    const char *place = strstr(bytes, "09/17/2025 22:04:51 Normal");
    assert_non_null(place);
    size_t at = (size_t)(place - bytes);
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
        for (size_t stamped = 0; stamped < 2; stamped++) {
            for (size_t e = 0; e < 3; e++) {
                char name[512];
                int n = snprintf(name, sizeof name, "09/17/2025 22:04:51 Normal File-->"
                                 "                 1 /tmp/x\n%s%s%s",
                                 stamped ? "09/17/2025 22:04:51 " : "", lines[i], ends[e]);
                memcpy(other, bytes, at);
                memcpy(other + at, name, (size_t)n);
                memcpy(other + at + n, bytes + at, length - at);
                assert_int_equal(good(judge(other, length + (size_t)n, 65536)), 0);
            }
        }
    }
    free(other);
    free(bytes);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(verdicts), cmocka_unit_test(cuts_never_help),
                                       cmocka_unit_test(lines_matter),
                                       cmocka_unit_test(forging_never_helps)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
