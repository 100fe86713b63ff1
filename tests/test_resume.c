/* SPDX-License-Identifier: BSD-2-Clause
 * A resume changes nothing (invariant 2): over every case, a reader and its runs that are thrown
 * away and made again of their tokens behind each single record give the records, runs and
 * verdicts that an unbroken reading gives, and come to the same tokens. And a token that does not
 * fit its text, its options or itself is refused.
 *
 * usage: test_resume FORMAT [TEST-PATTERN] */
#include "reading.h"
#include "show.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct trip {
    const struct input *input;
    tsmp_options options;
    tsmp_reader *reader;
    tsmp_runs *runs;
    struct text exact, shown, tokens;
    struct text token, runs_token; /* the last ones */
    bool ends_open; /* a token was refused, as the last line has no newline */
};

static void add_languages(struct trip *trip)
{
    const struct text *table = &trip->input->setup.language;
    if (table->length > 0)
        assert_int_equal(tsmp_reader_add_language(trip->reader, table->bytes, table->length), TSMP_OK);
}

static struct trip start(const struct input *input)
{
    struct trip trip = {.input = input, .options = input->setup.options};
    if (input->setup.probe)
        reading_probe(input->bytes.bytes, input->bytes.length, &trip.options);
    trip.options.batch_records = 1;
    assert_int_equal(tsmp_reader_new(&trip.options, NULL, &trip.reader), TSMP_OK);
    assert_int_equal(tsmp_runs_new(NULL, NULL, &trip.runs), TSMP_OK);
    add_languages(&trip);
    return trip;
}

static void end(struct trip *trip)
{
    tsmp_reader_free(trip->reader);
    tsmp_runs_free(trip->runs);
    text_free(&trip->exact);
    text_free(&trip->shown);
    text_free(&trip->tokens);
    text_free(&trip->token);
    text_free(&trip->runs_token);
}

static void drain(struct trip *trip)
{
    tsmp_run *run;
    while (tsmp_runs_next(trip->runs, &run) == TSMP_OK) {
        tsmp_verdict *verdict;
        assert_int_equal(tsmp_judge(run, &trip->input->setup.context, NULL, &verdict), TSMP_OK);
        show_run(tsmp_run_view_of(run), tsmp_verdict_view_of(verdict), &trip->shown);
        tsmp_verdict_free(verdict);
        tsmp_run_free(run);
    }
}

static int32_t reader_token(void *handle, char *buffer, uint64_t size, uint64_t *length)
{
    return tsmp_reader_token(handle, buffer, size, length);
}

static int32_t runs_token(void *handle, char *buffer, uint64_t size, uint64_t *length)
{
    return tsmp_runs_token(handle, buffer, size, length);
}

/* False: there is none here. */
static bool take_token(int32_t (*make)(void *, char *, uint64_t, uint64_t *), void *handle,
                       struct text *to)
{
    uint64_t length = 0;
    text_clear(to);
    int32_t status = make(handle, NULL, 0, &length);
    if (status == TSMP_E_MISUSE)
        return false;
    assert_int_equal(status, TSMP_MORE);
    char *buffer = malloc((size_t)length); /* of its exact size */
    assert_non_null(buffer);
    uint64_t again = 0;
    assert_int_equal(make(handle, buffer, length - 1, &again), TSMP_MORE);
    assert_int_equal(make(handle, buffer, length, &again), TSMP_OK);
    assert_int_equal(again, length);
    text_add(to, buffer, (size_t)length);
    free(buffer);
    return true;
}

/* One batch, and the tokens behind it. False: there was none. */
static bool step(struct trip *trip)
{
    tsmp_batch *batch;
    int32_t status = tsmp_reader_next(trip->reader, &batch);
    if (status == TSMP_MORE) {
        assert_int_equal(tsmp_reader_end(trip->reader), TSMP_OK);
        status = tsmp_reader_next(trip->reader, &batch);
    }
    if (status == TSMP_END)
        return false;
    assert_int_equal(status, TSMP_OK);
    const tsmp_view *view = tsmp_batch_view(batch);
    for (uint64_t i = 0; i < view->record_count; i++)
        show_exact(view, &view->records[i], &trip->exact);
    assert_int_equal(tsmp_runs_add(trip->runs, batch), TSMP_OK);
    tsmp_batch_unref(batch);
    drain(trip);
    trip->ends_open = !take_token(reader_token, trip->reader, &trip->token);
    assert_true(take_token(runs_token, trip->runs, &trip->runs_token));
    text_add(&trip->tokens, trip->token.bytes, trip->token.length);
    text_put(&trip->tokens, "\n");
    text_add(&trip->tokens, trip->runs_token.bytes, trip->runs_token.length);
    text_put(&trip->tokens, "\n");
    return true;
}

static void give_rest(struct trip *trip, size_t from)
{
    const struct text *bytes = &trip->input->bytes;
    if (from < bytes->length)
        assert_int_equal(tsmp_reader_lend(trip->reader, bytes->bytes + from, bytes->length - from,
                                          NULL, NULL), TSMP_OK);
}

/* Throw reader and runs away, and go on with others. */
static void resume(struct trip *trip)
{
    const struct text *bytes = &trip->input->bytes;
    tsmp_token_view view = {.size = sizeof view};
    assert_int_equal(tsmp_token_view_of(trip->token.bytes, trip->token.length, &view), TSMP_OK);
    size_t at = (size_t)(view.offset - trip->options.first_offset);
    assert_true(at <= bytes->length && view.tail_length <= at);
    assert_true(view.tail_length == (at < 4096 ? at : 4096));
    tsmp_reader_free(trip->reader);
    tsmp_runs_free(trip->runs);
    trip->runs = NULL;
    int32_t status = tsmp_reader_resume(&trip->options, NULL, trip->token.bytes, trip->token.length,
                                        bytes->bytes + (at - view.tail_length), view.tail_length,
                                        &trip->reader);
    if (status != TSMP_OK)
        fail_msg("%s: at %zu a token is refused: %d", trip->input->name, at, (int)status);
    status = tsmp_runs_resume(NULL, NULL, trip->runs_token.bytes, trip->runs_token.length, &trip->runs);
    if (status != TSMP_OK)
        fail_msg("%s: at %zu the token of the runs is refused: %d", trip->input->name, at, (int)status);
    add_languages(trip);
    give_rest(trip, at);
}

static void finish(struct trip *trip)
{
    assert_int_equal(tsmp_runs_end(trip->runs), TSMP_OK);
    drain(trip);
}

static void first_difference(const struct input *input, const char *what, const struct text *a,
                             const struct text *b)
{
    size_t at = 0, line = 1, from = 0;
    while (at < a->length && at < b->length && a->bytes[at] == b->bytes[at])
        if (a->bytes[at++] == '\n')
            line++, from = at;
    fail_msg("%s: %s differ in line %zu:\n%.*s\n%.*s", input->name, what, line,
             (int)(a->length - from < 400 ? a->length - from : 400), a->bytes + from,
             (int)(b->length - from < 400 ? b->length - from : 400), b->bytes + from);
}

static void compare(const struct input *input, const char *what, const struct text *a,
                    const struct text *b)
{
    if (!text_same(a, b))
        first_difference(input, what, a, b);
}

static void for_each(void **state, void (*check)(const struct input *))
{
    const struct documents *documents = *state;
    for (size_t i = 0; i < documents->count; i++)
        for (size_t k = 0; k < documents->items[i].count; k++)
            check(&documents->items[i].inputs[k]);
}

static void check_each_record(const struct input *input)
{
    struct trip whole = start(input), broken = start(input);
    give_rest(&whole, 0);
    while (step(&whole))
        continue;
    finish(&whole);
    give_rest(&broken, 0);
    while (step(&broken) && !broken.ends_open)
        resume(&broken);
    finish(&broken);
    compare(input, "records", &whole.exact, &broken.exact);
    compare(input, "tokens", &whole.tokens, &broken.tokens);
    compare(input, "runs", &whole.shown, &broken.shown);
    end(&whole);
    end(&broken);
}

static void behind_each_record(void **state)
{
    for_each(state, check_each_record);
}

/* The reader may have taken much more than it has given records of, and in any pieces. */
static void check_pieces(const struct input *input)
{
    static const size_t pieces[] = {1, 2, 3, 7, 61, 4096};
    struct trip whole = start(input);
    give_rest(&whole, 0);
    while (step(&whole))
        continue;
    for (size_t p = 0; p < sizeof pieces / sizeof *pieces; p++) {
        struct trip trip = start(input);
        const struct text *bytes = &input->bytes;
        for (size_t at = 0; at < bytes->length; at += pieces[p]) {
            size_t n = bytes->length - at < pieces[p] ? bytes->length - at : pieces[p];
            assert_int_equal(tsmp_reader_feed(trip.reader, bytes->bytes + at, n), TSMP_OK);
            tsmp_batch *batch;
            while (pieces[p] % 2 == 1 && tsmp_reader_next(trip.reader, &batch) == TSMP_OK) {
                assert_int_equal(tsmp_runs_add(trip.runs, batch), TSMP_OK);
                tsmp_batch_unref(batch);
                drain(&trip);
                take_token(reader_token, trip.reader, &trip.token);
            }
        }
        while (step(&trip))
            continue;
        compare(input, "tokens after pieces", &whole.token, &trip.token);
        end(&trip);
    }
    end(&whole);
}

static void any_pieces(void **state)
{
    for_each(state, check_pieces);
}

/* Bytes before the place that are others, fewer, or moved. */
static void check_refused(const struct input *input)
{
    struct trip trip = start(input);
    give_rest(&trip, 0);
    size_t records = 0;
    while (step(&trip) && !trip.ends_open && ++records < 12)
        continue;
    tsmp_token_view view = {.size = sizeof view};
    if (trip.ends_open || tsmp_token_view_of(trip.token.bytes, trip.token.length, &view) != TSMP_OK ||
        view.tail_length < 2) {
        end(&trip);
        return;
    }
    size_t at = (size_t)(view.offset - trip.options.first_offset), tail = (size_t)view.tail_length;
    char *before = malloc(tail);
    assert_non_null(before);
    memcpy(before, input->bytes.bytes + at - tail, tail);
    tsmp_reader *reader;
    const char *token = trip.token.bytes;
    size_t length = trip.token.length;
    for (size_t i = 0; i < tail; i += tail / 16 + 1) {
        before[i] ^= 1;
        assert_int_equal(tsmp_reader_resume(&trip.options, NULL, token, length, before, tail, &reader),
                         TSMP_E_TOKEN);
        assert_null(reader);
        before[i] ^= 1;
    }
    assert_int_equal(tsmp_reader_resume(&trip.options, NULL, token, length, before + 1, tail - 1, &reader),
                     TSMP_E_TOKEN);
    tsmp_options other = trip.options;
    other.max_line = 12345;
    assert_int_equal(tsmp_reader_resume(&other, NULL, token, length, before, tail, &reader), TSMP_E_TOKEN);
    other = trip.options;
    other.repair ^= TSMP_REPAIR_QUOTED;
    assert_int_equal(tsmp_reader_resume(&other, NULL, token, length, before, tail, &reader), TSMP_E_TOKEN);
    other = trip.options;
    other.date_order = other.date_order == TSMP_ORDER_DMY ? TSMP_ORDER_MDY : TSMP_ORDER_DMY;
    assert_int_equal(tsmp_reader_resume(&other, NULL, token, length, before, tail, &reader), TSMP_E_TOKEN);
    assert_int_equal(tsmp_reader_resume(&trip.options, NULL, token, length, before, tail, &reader), TSMP_OK);
    /* without its languages, or with a pattern that was not there */
    assert_int_equal(tsmp_reader_add_pattern(reader, "stranger", "^x", 2), TSMP_OK);
    assert_int_equal(tsmp_reader_feed(reader, "x", 1), TSMP_E_TOKEN);
    tsmp_reader_free(reader);
    free(before);
    end(&trip);
}

static void others_are_refused(void **state)
{
    for_each(state, check_refused);
}

static int32_t opens(const struct trip *trip, bool runs, const char *token, size_t length)
{
    tsmp_reader *reader = NULL;
    tsmp_runs *made = NULL;
    int32_t status;
    if (runs) {
        status = tsmp_runs_resume(NULL, NULL, token, length, &made);
    } else {
        tsmp_token_view view = {.size = sizeof view};
        status = tsmp_token_view_of(token, length, &view);
        if (status == TSMP_OK) {
            size_t at = (size_t)(view.offset - trip->options.first_offset), tail = (size_t)view.tail_length;
            status = tsmp_reader_resume(&trip->options, NULL, token, length,
                                        trip->input->bytes.bytes + at - tail, tail, &reader);
        }
    }
    tsmp_runs_free(made);
    tsmp_reader_free(reader);
    return status;
}

/* Every byte changed in a few ways, every length, and what stands behind: refused. */
static void check_damage(const struct input *input)
{
    struct trip trip = start(input);
    give_rest(&trip, 0);
    size_t records = 0;
    while (step(&trip) && !trip.ends_open && ++records < 25)
        continue;
    if (trip.ends_open) {
        end(&trip);
        return;
    }
    struct text *tokens[] = {&trip.token, &trip.runs_token};
    for (int t = 0; t < 2; t++) {
        size_t length = tokens[t]->length;
        char *token = malloc(length + 1);
        assert_non_null(token);
        memcpy(token, tokens[t]->bytes, length);
        token[length] = 'A';
        assert_int_equal(opens(&trip, t == 1, token, length), TSMP_OK);
        assert_int_equal(opens(&trip, t == 0, token, length), TSMP_E_TOKEN); /* the other kind */
        assert_int_equal(opens(&trip, t == 1, token, length + 1), TSMP_E_TOKEN);
        for (size_t i = 0; i < length; i++) {
            static const char others[] = "A_z9. \n\x80";
            char was = token[i];
            for (size_t k = 0; k < sizeof others; k++) {
                token[i] = others[k];
                if (others[k] != was)
                    assert_int_equal(opens(&trip, t == 1, token, length), TSMP_E_TOKEN);
            }
            token[i] = was;
            assert_int_equal(opens(&trip, t == 1, token, i), TSMP_E_TOKEN);
        }
        free(token);
    }
    end(&trip);
}

static void damage_is_refused(void **state)
{
    const struct documents *documents = *state;
    for (size_t i = 0; i < documents->count; i++)
        check_damage(&documents->items[i].inputs[0]);
}

/* The client cut the log's front off: the place is found again. */
static void check_pruned(const struct input *input)
{
    struct trip trip = start(input);
    give_rest(&trip, 0);
    const struct text *bytes = &input->bytes;
    while (step(&trip) && !trip.ends_open) {
        tsmp_token_view view = {.size = sizeof view};
        assert_int_equal(tsmp_token_view_of(trip.token.bytes, trip.token.length, &view), TSMP_OK);
        size_t at = (size_t)(view.offset - trip.options.first_offset);
        size_t front = (at - (size_t)view.tail_length) / 2;
        uint64_t found = 0;
        assert_int_equal(tsmp_token_find(trip.token.bytes, trip.token.length, bytes->bytes + front,
                                         bytes->length - front, &found), TSMP_OK);
        /* A text that repeats itself may have the stretch earlier; else it is the place. */
        assert_true(found >= view.tail_length && found <= at - front);
        if (found != at - front)
            assert_memory_equal(bytes->bytes + front + found - view.tail_length,
                                bytes->bytes + at - view.tail_length, (size_t)view.tail_length);
        bool earlier = found != at - front;
        assert_int_equal(tsmp_token_find(trip.token.bytes, trip.token.length, bytes->bytes + front,
                                         at - front - 1, &found), earlier ? TSMP_OK : TSMP_END);
        if (bytes->length > 65536)
            break;
    }
    end(&trip);
}

static void found_again(void **state)
{
    for_each(state, check_pruned);
}

int main(int argc, char **argv)
{
    struct CMUnitTest tests[] = {
        cmocka_unit_test(behind_each_record),
        cmocka_unit_test(any_pieces),
        cmocka_unit_test(others_are_refused),
        cmocka_unit_test(damage_is_refused),
        cmocka_unit_test(found_again),
    };
    return reading_main(argc, argv, tests, sizeof tests / sizeof *tests);
}
