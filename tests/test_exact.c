/* SPDX-License-Identifier: BSD-2-Clause
 * Everything that is said of the runs of every case, to the letter: exact.txt holds each sentence
 * with its strength, and sums over all the rest: every number of the runs, the same judged with
 * other contexts and under small limits, and the same of texts with a line removed, doubled,
 * moved or copied, and cut there. The documents show what must come out; this shows when anything else changes with it.
 *
 * usage: test_exact EXACT.TXT            an input that is not in it yet is not compared
 *        test_exact --update EXACT.TXT   write it anew; then read what changed, as git shows it
 *        test_exact --show NAME          all that the sums are of (NAME: part of an input's name) */
#include "reading.h"
#include "show.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *file;

static void say_evidence(const tsmp_verdict_view *verdict, struct text *to)
{
    for (uint64_t i = 0; i < verdict->evidence_count; i++) {
        const tsmp_evidence *evidence = &verdict->evidence[i];
        text_put(to, "  ");
        text_number(to, evidence->strength);
        text_put(to, " ");
        text_put(to, tsmp_name("evidence", evidence->id));
        text_put(to, " ");
        text_quoted(to, evidence->text.bytes, (size_t)evidence->text.length, false);
        text_put(to, "\n");
    }
}

static void say_rest(const tsmp_run_view *run, struct text *to)
{
    text_put(to, "  at ");
    text_number(to, run->first_offset);
    text_put(to, "-");
    text_number(to, run->end_offset);
    text_put(to, run->claim == TSMP_CLAIM_SUCCESS ? " success" : " ");
    text_quoted(to, run->scheduled_text.bytes, (size_t)run->scheduled_text.length, false);
    for (uint64_t i = 0; i < run->statistic_count; i++) {
        const tsmp_statistic *statistic = &run->statistics[i];
        char number[160];
        snprintf(number, sizeof number, " %" PRIu32 "/%" PRIu32 "=%" PRId64 "e%" PRId32 "/%" PRIx32
                 ":%" PRIu64, statistic->name, statistic->unit, statistic->number,
                 statistic->power, statistic->flags, statistic->line);
        text_put(to, number);
    }
    for (uint64_t i = 0; i < run->volume_count; i++) {
        text_put(to, " ");
        text_number(to, run->volumes[i].flags);
        text_put(to, ":");
        text_number(to, run->volumes[i].failures);
    }
    text_put(to, "\n");
}

static tsmp_batch *next(tsmp_reader *reader)
{
    tsmp_batch *batch = NULL;
    int32_t status = tsmp_reader_next(reader, &batch);
    assert_true(status == TSMP_OK || status == TSMP_END);
    return batch;
}

/* Runs of a text, judged; `all`: not the sentences alone. */
static void runs_of(const struct input *input, const char *bytes, size_t length,
                    const tsmp_runs_options *runs_options, const tsmp_context *context, bool all,
                    struct text *to)
{
    tsmp_options options = input->setup.options;
    tsmp_reader *reader = NULL;
    tsmp_runs *runs = NULL;
    tsmp_batch *batch;
    tsmp_run *run;
    if (input->setup.probe)
        reading_probe(bytes, length, &options);
    assert_int_equal(tsmp_reader_new(&options, NULL, &reader), TSMP_OK);
    if (input->setup.language.length > 0)
        assert_int_equal(tsmp_reader_add_language(reader, input->setup.language.bytes,
                                                  input->setup.language.length), TSMP_OK);
    assert_int_equal(tsmp_runs_new(runs_options, NULL, &runs), TSMP_OK);
    assert_int_equal(tsmp_reader_feed(reader, bytes, length), TSMP_OK);
    assert_int_equal(tsmp_reader_end(reader), TSMP_OK);
    while ((batch = next(reader)) != NULL) {
        assert_int_equal(tsmp_runs_add(runs, batch), TSMP_OK);
        tsmp_batch_unref(batch);
    }
    assert_int_equal(tsmp_runs_end(runs), TSMP_OK);
    while (tsmp_runs_next(runs, &run) == TSMP_OK) {
        tsmp_verdict *verdict = NULL;
        assert_int_equal(tsmp_judge(run, context, NULL, &verdict), TSMP_OK);
        if (all) {
            show_run(tsmp_run_view_of(run), tsmp_verdict_view_of(verdict), to);
            say_rest(tsmp_run_view_of(run), to);
        }
        say_evidence(tsmp_verdict_view_of(verdict), to);
        tsmp_verdict_free(verdict);
        tsmp_run_free(run);
    }
    tsmp_runs_free(runs);
    tsmp_reader_free(reader);
}

/* The same log, asked for other things, older, or where there is little room. */
static void other_ways(const struct input *input, struct text *to)
{
    static const tsmp_text elsewhere[] = {{"/elsewhere", 10}, {"-/tmp", 5}, {"ALL-LOCAL", 9}};
    const struct text *bytes = &input->bytes;
    tsmp_context context = input->setup.context;
    tsmp_runs_options few = {.size = sizeof few, .max_volumes = 1, .max_evidence = 3,
                             .max_schedules = 1, .now = INT64_C(1950000000) * 1000000};
    context.size = sizeof context;
    runs_of(input, bytes->bytes, bytes->length, NULL, &context, true, to);
    runs_of(input, bytes->bytes, bytes->length, &few, &context, true, to);
    context.age = 90000;
    context.proofs = TSMP_PROOF_CLOSED;
    runs_of(input, bytes->bytes, bytes->length, NULL, &context, true, to);
    context.proofs = TSMP_PROOF_CLOSED | TSMP_PROOF_VOLUMES | TSMP_PROOF_SUMMARY;
    context.age = 100;
    context.fresh = 99;
    context.domain = elsewhere;
    context.domain_count = sizeof elsewhere / sizeof *elsewhere;
    runs_of(input, bytes->bytes, bytes->length, NULL, &context, true, to);
}

enum deed {
    DEED_REMOVE, DEED_DOUBLE, DEED_MOVE_TO_END, DEED_COPY, DEED_CUT_HEAD, DEED_CUT_TAIL, DEED_COUNT
};

/* One line of the text, and another one; `to` becomes the text with one of the deeds done. */
static void alter(struct text *to, const struct text *from, const size_t line[2],
                  const size_t other[2], enum deed deed)
{
    const char *bytes = from->bytes;
    text_clear(to);
    if (deed != DEED_CUT_HEAD)
        text_add(to, bytes, deed == DEED_REMOVE || deed == DEED_MOVE_TO_END ? line[0] : line[1]);
    if (deed == DEED_DOUBLE)
        text_add(to, bytes + line[0], line[1] - line[0]);
    if (deed == DEED_COPY)
        text_add(to, bytes + other[0], other[1] - other[0]);
    if (deed != DEED_CUT_TAIL)
        text_add(to, bytes + line[1], from->length - line[1]);
    if (deed == DEED_MOVE_TO_END)
        text_add(to, bytes + line[0], line[1] - line[0]);
}

static void line_at(const struct text *text, size_t at, size_t line[2])
{
    const char *newline = memchr(text->bytes + at, '\n', text->length - at);
    line[0] = at;
    line[1] = newline != NULL ? (size_t)(newline - text->bytes) + 1 : text->length;
}

static void altered(const struct input *input, struct text *to)
{
    const struct text *bytes = &input->bytes;
    tsmp_runs_options few = {.size = sizeof few, .max_volumes = 2, .max_evidence = 2};
    tsmp_context context = input->setup.context;
    struct text changed = {0};
    size_t line[2] = {0, 0}, other[2] = {0, 0}, count = 0;
    context.size = sizeof context;
    bool wide = bytes->length > 1 && (unsigned char)bytes->bytes[0] >= 0xFE;
    for (; !wide && line[1] < bytes->length; count++) {
        line_at(bytes, line[1], line);
        for (enum deed deed = DEED_REMOVE; deed < DEED_COUNT; deed++) {
            if (deed == DEED_COPY) /* lines at a distance that grows and comes around again */
                for (size_t step = 0; step < count % 5 + 1; step++)
                    line_at(bytes, other[1] < bytes->length ? other[1] : 0, other);
            alter(&changed, bytes, line, other, deed);
            context.age = (count + deed) % 4 == 1 ? 90000 : input->setup.context.age;
            runs_of(input, changed.bytes, changed.length, (count + deed) % 5 == 2 ? &few : NULL,
                    &context, true, to);
        }
    }
    text_free(&changed);
}

static void add_sum(struct text *to, const struct text *of)
{
    uint64_t sum = UINT64_C(0xCBF29CE484222325);
    char shown[32];
    for (size_t i = 0; i < of->length; i++)
        sum = (sum ^ (unsigned char)of->bytes[i]) * UINT64_C(0x100000001B3);
    snprintf(shown, sizeof shown, " %016" PRIx64, sum);
    text_put(to, shown);
}

/* The entry of an input: its name, which is its document and its place there, and what is said. */
static void entry_of(const struct input *input, struct text *entry)
{
    struct text rest = {0}, sentences = {0};
    text_add(&rest, "", 0);
    runs_of(input, input->bytes.bytes, input->bytes.length, NULL, &input->setup.context, false,
            &sentences);
    other_ways(input, &rest);
    if (rest.length > 0) {
        struct text changes = {0};
        altered(input, &changes);
        text_put(entry, "=");
        add_sum(entry, &input->bytes);
        add_sum(entry, &rest);
        add_sum(entry, &changes);
        text_put(entry, " ");
        text_put(entry, input->name);
        text_put(entry, "\n");
        text_add(entry, sentences.bytes, sentences.length);
        text_free(&changes);
    }
    text_free(&rest);
    text_free(&sentences);
}

/* Names hold the line of the input in its document, which moves: the sums and what is said count. */
static bool same_entry(const char *a, size_t length_a, const struct text *b)
{
    enum { SUMS = 1 + 3 * 17 };
    const char *rest_a = memchr(a, '\n', length_a), *rest_b = strchr(b->bytes, '\n');
    size_t left_a = length_a - (size_t)(rest_a - a), left_b = b->length - (size_t)(rest_b - b->bytes);
    return memcmp(a, b->bytes, SUMS) == 0 && left_a == left_b && memcmp(rest_a, rest_b, left_a) == 0;
}

enum found { NOT_THERE, SAME, DIFFERENT };

/* An input is known by its bytes; documents may ask the same bytes in several ways. */
static enum found compare(const struct text *all, const struct text *entry, struct text *before)
{
    enum { KEY = 1 + 17 };
    enum found found = NOT_THERE;
    for (const char *at = all->bytes; at != NULL && *at != '\0';) {
        const char *end = strstr(at, "\n= ");
        size_t length = end != NULL ? (size_t)(end - at) + 1 : strlen(at);
        if (length > KEY && memcmp(at, entry->bytes, KEY) == 0) {
            if (same_entry(at, length, entry))
                return SAME;
            found = DIFFERENT;
            text_add(before, at, length);
        }
        at = end != NULL ? end + 1 : NULL;
    }
    return found;
}

static void all_is_said_as_before(void **state)
{
    const struct documents *documents = *state;
    struct text all = {0};
    size_t compared = 0, wrong = 0;
    assert_true(text_load(&all, file));
    for (size_t d = 0; d < documents->count; d++)
        for (size_t i = 0; i < documents->items[d].count; i++) {
            struct text entry = {0}, before = {0};
            entry_of(&documents->items[d].inputs[i], &entry);
            enum found found = entry.length > 0 ? compare(&all, &entry, &before) : NOT_THERE;
            compared += found != NOT_THERE;
            if (found == DIFFERENT) {
                wrong++;
                print_error("was:\n%sis:\n%s", before.bytes, entry.bytes);
            }
            text_free(&before);
            text_free(&entry);
        }
    text_free(&all);
    if (wrong > 0)
        fail_msg("%zu of %zu inputs: something else is said (meant so? test_exact --update)", wrong,
                 compared);
    assert_true(compared > 100);
}

static int update(const struct documents *documents, const char *path)
{
    struct text all = {0};
    for (size_t d = 0; d < documents->count; d++)
        for (size_t i = 0; i < documents->items[d].count; i++)
            entry_of(&documents->items[d].inputs[i], &all);
    FILE *out = fopen(path, "wb");
    bool good = out != NULL && fwrite(all.bytes, 1, all.length, out) == all.length;
    good &= out != NULL && fclose(out) == 0;
    text_free(&all);
    return good ? 0 : 1;
}

static int show(const struct documents *documents, const char *name)
{
    for (size_t d = 0; d < documents->count; d++)
        for (size_t i = 0; i < documents->items[d].count; i++) {
            const struct input *input = &documents->items[d].inputs[i];
            struct text all = {0};
            if (strstr(input->name, name) == NULL)
                continue;
            other_ways(input, &all);
            altered(input, &all);
            printf("%s\n%s", input->name, all.length > 0 ? all.bytes : "");
            text_free(&all);
        }
    return 0;
}

int main(int argc, char **argv)
{
    if (argc < 2)
        return 2;
    struct documents documents = documents_load(CASES, NULL);
    int result;
    if (argc == 3 && strcmp(argv[1], "--update") == 0) {
        result = update(&documents, argv[2]);
    } else if (argc == 3 && strcmp(argv[1], "--show") == 0) {
        result = show(&documents, argv[2]);
    } else {
        file = argv[1];
        struct CMUnitTest tests[] = {
            cmocka_unit_test_prestate(all_is_said_as_before, &documents),
        };
        result = cmocka_run_group_tests(tests, NULL, NULL);
    }
    documents_free(&documents);
    return result;
}
