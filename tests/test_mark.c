/* SPDX-License-Identifier: BSD-2-Clause
 * Marks: a text read from its middle by somebody who knows nothing of what stands before. Where its
 * mark equals that of a reading of the whole text, all that follows must be the same, once the line
 * numbers are shifted; and it must come to be equal. */
#include "nights.h"
#include "show.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct pair {
    tsmp_reader *reader;
    tsmp_runs *runs;
    uint64_t shift; /* of the runs that come now */
    struct text text;
};

static void begin(struct pair *pair, uint64_t offset)
{
    tsmp_options options = {.size = sizeof options, .date_order = TSMP_ORDER_MDY,
                            .decimal = TSMP_DECIMAL_POINT, .first_offset = offset, .first_line = 1};
    *pair = (struct pair){0};
    assert_int_equal(tsmp_reader_new(&options, NULL, &pair->reader), TSMP_OK);
    assert_int_equal(tsmp_runs_new(NULL, NULL, &pair->runs), TSMP_OK);
}

static void take(struct pair *pair)
{
    tsmp_run *run;
    while (tsmp_runs_next(pair->runs, &run) == TSMP_OK) {
        tsmp_verdict *verdict;
        char lines[512];
        assert_int_equal(tsmp_run_shift(run, pair->shift), TSMP_OK);
        assert_int_equal(tsmp_judge(run, NULL, NULL, &verdict), TSMP_OK);
        const tsmp_run_view *view = tsmp_run_view_of(run);
        const tsmp_verdict_view *judged = tsmp_verdict_view_of(verdict);
        show_run(view, judged, &pair->text);
        snprintf(lines, sizeof lines, "lines %" PRIu64 "-%" PRIu64 " bytes %" PRIu64 "-%" PRIu64 "\n",
                 view->first_line, view->last_line, view->first_offset, view->end_offset);
        text_put(&pair->text, lines);
        for (uint64_t i = 0; i < view->volume_count; i++) {
            snprintf(lines, sizeof lines, "volume %" PRIu64 " %" PRIu64 "\n",
                     view->volumes[i].begin_line, view->volumes[i].end_line);
            text_put(&pair->text, lines);
        }
        for (uint64_t i = 0; i < view->statistic_count; i++) {
            snprintf(lines, sizeof lines, "statistic %" PRIu64 "\n", view->statistics[i].line);
            text_put(&pair->text, lines);
        }
        for (uint64_t i = 0; i < judged->evidence_count; i++)
            for (uint64_t k = 0; k < judged->evidence[i].line_count; k++) {
                snprintf(lines, sizeof lines, "evidence %" PRIu64 "\n", judged->evidence[i].lines[k]);
                text_put(&pair->text, lines);
            }
        tsmp_verdict_free(verdict);
        tsmp_run_free(run);
    }
}

static void feed(struct pair *pair, const char *bytes, size_t length)
{
    int32_t status;
    if (length > 0)
        assert_int_equal(tsmp_reader_feed(pair->reader, bytes, length), TSMP_OK);
    else
        assert_int_equal(tsmp_reader_end(pair->reader), TSMP_OK);
    while ((status = tsmp_runs_pull(pair->runs, pair->reader)) == TSMP_OK)
        take(pair);
    take(pair);
    assert_int_equal(status, length > 0 ? TSMP_MORE : TSMP_END);
}

static void end(struct pair *pair)
{
    tsmp_reader_free(pair->reader);
    tsmp_runs_free(pair->runs);
    text_free(&pair->text);
}

static char *mark_of(struct pair *pair, uint64_t *line)
{
    uint64_t length = 0;
    assert_int_equal(tsmp_runs_mark(pair->runs, pair->reader, NULL, 0, &length, line), TSMP_MORE);
    char *mark = calloc(1, (size_t)length + 1);
    assert_non_null(mark);
    assert_int_equal(tsmp_runs_mark(pair->runs, pair->reader, mark, length, &length, line), TSMP_OK);
    return mark;
}

/* Read `text` whole and from `cut` on, and compare marks behind each line; where they are equal first,
 * 0 = nowhere. */
static size_t meet(const char *text, size_t cut)
{
    struct pair whole, half;
    size_t length = strlen(text), at = cut, met = 0;
    begin(&whole, 0);
    begin(&half, cut);
    if (cut > 0)
        feed(&whole, text, cut);
    while (at < length && met == 0) {
        size_t line = strcspn(text + at, "\n") + 1;
        feed(&whole, text + at, line);
        feed(&half, text + at, line);
        at += line;
        uint64_t line_whole, line_half;
        char *a = mark_of(&whole, &line_whole), *b = mark_of(&half, &line_half);
        if (strcmp(a, b) == 0) {
            met = at;
            half.shift = line_whole - line_half;
        }
        free(a);
        free(b);
    }
    if (met > 0) {
        text_clear(&whole.text);
        text_clear(&half.text);
        if (at < length) {
            feed(&whole, text + at, length - at);
            feed(&half, text + at, length - at);
        }
        feed(&whole, NULL, 0);
        feed(&half, NULL, 0);
        assert_int_equal(tsmp_runs_end(whole.runs), TSMP_OK);
        assert_int_equal(tsmp_runs_end(half.runs), TSMP_OK);
        take(&whole);
        take(&half);
        if (!text_same(&whole.text, &half.text))
            fail_msg("cut at %zu, met at %zu: whole\n%.*s\nhalf\n%.*s", cut, met,
                     (int)whole.text.length, whole.text.bytes, (int)half.text.length,
                     half.text.bytes);
    }
    end(&whole);
    end(&half);
    return met;
}

/* Nights of two months, some of them with trouble, and a run that is open at the end. */
static char *nights(void)
{
    static const struct edit edits[] = {
        {END_HEATH(D17), ""}, {"[Sent]", "** Unsuccessful **"}, {"4,096 /heath/a", "4,096 /heath/\xE9"},
        {SENT(D17, "HEATH_INC"), ""}, {"1,204", "1,2O4"},
        {VOLUMES(D17), VOLUMES(D17) D17 "20:34:21 ANS1228E Sending of object '/etc/d' failed.\n"}};
    size_t size = 64 * (sizeof GOOD_NIGHT + 200), length = 0;
    char *text = malloc(size);
    assert_non_null(text);
    for (unsigned day = 1; day <= 28; day++) {
        char night[sizeof GOOD_NIGHT + 200], stamp[24];
        strcpy(night, HEATH_17 RUN(D17, "HEATH_INC"));
        const struct edit *edit = &edits[day % 7 < 6 ? day % 7 : 0];
        char *place = day % 2 == 0 ? strstr(night, edit->from) : NULL;
        if (place != NULL) {
            char rest[sizeof night];
            strcpy(rest, place + strlen(edit->from));
            place[0] = '\0';
            strcat(night, edit->to);
            strcat(night, rest);
        }
        snprintf(stamp, sizeof stamp, "02/%02u/2031", day);
        for (char *at = night; (at = strstr(at, "02/17/2031")) != NULL; at += 10)
            memcpy(at, stamp, 10);
        length += (size_t)snprintf(text + length, size - length, "%s", night);
        assert_true(length < size);
    }
    char *last = strstr(text + length - 1600, "--- SCHEDULEREC STATUS BEGIN");
    assert_non_null(last);
    *last = '\0';
    return text;
}

static void the_middle_is_as_good(void **state)
{
    (void)state;
    char *text = nights();
    size_t length = strlen(text), cuts = 0, met = 0, longest = 0;
    for (size_t at = 0, line = 0; at < length / 2; at += strcspn(text + at, "\n") + 1, line++) {
        if (line % 5 != 0)
            continue;
        size_t place = meet(text, at);
        cuts++;
        met += place > 0;
        longest = place > at && place - at > longest ? place - at : longest;
        /* Runs that end later are held back, and so are known from where they begin: the last four. */
        assert_true(at == 0 || place == 0 || place - at > 4 * 1000);
    }
    /* Only a cut between the node's line and its schedule never gets to know the same. */
    assert_true(cuts > 50 && met > cuts * 8 / 10);
    assert_true(longest < 9 * sizeof GOOD_NIGHT);
    free(text);
}

/* What is not told again is not known: whoever did not read it never knows the same. */
static void what_was_said_once_keeps_them_apart(void **state)
{
    (void)state;
    char *text = nights(), *all = malloc(strlen(text) + 4096);
    assert_non_null(all);
    strcpy(all, POLL("01/31/2031 ", "20:00:00", "MONTHLY", "", "", "20:30:00 on 12/31/2031"));
    size_t head = strlen(all);
    strcat(all, text);
    assert_int_equal(meet(all, head), 0);
    assert_int_equal(meet(all, 0), strcspn(all, "\n") + 1);
    free(text);
    free(all);
}

static void misuse(void **state)
{
    (void)state;
    struct pair pair;
    uint64_t length = 0, line = 0;
    char room[8];
    begin(&pair, 0);
    assert_int_equal(tsmp_runs_mark(NULL, pair.reader, NULL, 0, &length, &line), TSMP_E_MISUSE);
    assert_int_equal(tsmp_runs_mark(pair.runs, NULL, NULL, 0, &length, &line), TSMP_E_MISUSE);
    assert_int_equal(tsmp_runs_mark(pair.runs, pair.reader, NULL, 9, &length, &line), TSMP_E_MISUSE);
    assert_int_equal(tsmp_runs_mark(pair.runs, pair.reader, NULL, 0, NULL, &line), TSMP_E_MISUSE);
    assert_int_equal(tsmp_runs_mark(pair.runs, pair.reader, NULL, 0, &length, NULL), TSMP_E_MISUSE);
    assert_int_equal(tsmp_runs_mark(pair.runs, pair.reader, room, sizeof room, &length, &line),
                     TSMP_MORE);
    assert_true(length > sizeof room);
    assert_int_equal(line, 1);
    assert_int_equal(tsmp_run_shift(NULL, 1), TSMP_E_MISUSE);
    feed(&pair, NULL, 0);
    assert_int_equal(tsmp_runs_end(pair.runs), TSMP_OK);
    assert_int_equal(tsmp_runs_mark(pair.runs, pair.reader, NULL, 0, &length, &line), TSMP_E_MISUSE);
    end(&pair);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(the_middle_is_as_good),
                                       cmocka_unit_test(what_was_said_once_keeps_them_apart),
                                       cmocka_unit_test(misuse)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
