/* SPDX-License-Identifier: BSD-2-Clause */
#include "nights.h"
#include "said.h"
#include "server.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void apply(struct text *text, const struct row *row)
{
    const char *from = row->text != NULL ? row->text : GOOD_NIGHT;
    text_clear(text);
    text_add(text, from, strlen(from));
    for (size_t i = 0; i < 5 && row->edits[i].from != NULL; i++) {
        const struct edit *edit = &row->edits[i];
        text_add(text, "", 1);
        const char *place = strstr(text->bytes, edit->from);
        if (place == NULL)
            fail_msg("%s: '%s' is not in the text", row->what, edit->from);
        size_t at = (size_t)(place - text->bytes);
        struct text next = {0};
        text_add(&next, text->bytes, at);
        if (edit->to != NULL) {
            text_add(&next, edit->to, strlen(edit->to));
            text_add(&next, place + strlen(edit->from), strlen(place) - strlen(edit->from));
        }
        text_free(text);
        *text = next;
    }
}

static void expect(const struct row *row, const struct reading *reading)
{
    char got[200] = "";
    for (size_t i = 0; i < reading->judged_count; i++)
        snprintf(got + strlen(got), sizeof got - strlen(got), "%s%s", i > 0 ? " " : "",
                 tsmp_name("verdict", reading->judged[i].standing.verdict));
    if (strcmp(got, row->verdicts) != 0)
        fail_msg("%s: verdicts are '%s', not '%s'\n%.*s", row->what, got, row->verdicts,
                 (int)reading->runs.length, reading->runs.bytes);
    char words[200], wanted[300];
    snprintf(words, sizeof words, "%s", row->reasons != NULL ? row->reasons : "");
    for (char *word = strtok(words, " "); word != NULL; word = strtok(NULL, " ")) {
        bool unwanted = word[0] == '-';
        snprintf(wanted, sizeof wanted, "evidence %s ", word + unwanted);
        bool given = strstr(reading->runs.bytes, wanted) != NULL;
        if (given == unwanted)
            fail_msg("%s: reason %s is %sgiven\n%.*s", row->what, word + unwanted,
                     given ? "" : "not ", (int)reading->runs.length, reading->runs.bytes);
    }
}

/* How good the first run is with what the server says, one line of which may stand twice. */
static int level_with(const struct row *row, const struct text *answers, size_t count, struct setup *setup,
                      const struct text *text, struct reading *reading)
{
    tsmp_witness *witness;
    assert_int_equal(server_make(answers, count, 0, NULL, NULL, &witness), TSMP_OK);
    setup->context.witness = witness;
    reading_make(reading, row->what, text->bytes, text->length, setup, READING_WHOLE, WANT_JUDGED);
    tsmp_witness_free(witness);
    return reading->judged_count > 0 ? standing_level(reading->judged[0].standing.verdict) : 0;
}

static size_t count_lines(const struct text *text)
{
    size_t lines = 0;
    for (size_t i = 0; i < text->length; i++)
        lines += text->bytes[i] == '\n';
    return lines;
}

/* No row of the server that is given twice makes the run better. Of many rows alike each table entry
 * tries an eighth, and of thousands some: each is one more reading of them all. */
static void double_rows(const struct row *row, size_t turn, struct text *answers, size_t count,
                        struct setup *setup, const struct text *text, struct reading *reading)
{
    int before = level_with(row, answers, count, setup, text, reading);
    for (size_t i = 0; i < count; i++) {
        struct text whole = answers[i];
        size_t lines = count_lines(&whole), every = lines > 8 * 32 ? lines / 32 : 8;
        for (size_t from = 0, to; from < whole.length; from = to) {
            const char *end = memchr(whole.bytes + from, '\n', whole.length - from);
            to = end != NULL ? (size_t)(end - whole.bytes) + 1 : whole.length;
            if (turn++ % every != 0)
                continue;
            answers[i] = (struct text){0};
            text_add(&answers[i], whole.bytes, to);
            text_add(&answers[i], whole.bytes + from, whole.length - from);
            int after = level_with(row, answers, count, setup, text, reading);
            if (after > before)
                fail_msg("%s: a row of the server that stands twice makes it better: %.*s", row->what,
                         (int)(to - from), whole.bytes + from);
            text_free(&answers[i]);
        }
        answers[i] = whole;
    }
}

void nights_check(const struct row *rows, size_t count)
{
    struct text text = {0};
    struct reading reading = {0};
    for (size_t i = 0; i < count; i++) {
        struct setup setup = {.options = {.size = sizeof setup.options,
                                          .date_order = TSMP_ORDER_MDY},
                              .context = {.size = sizeof setup.context, .age = rows[i].age}};
        struct text answers[4] = {{0}};
        size_t said = 0;
        for (; said < 4 && rows[i].server[said] != NULL; said++)
            text_put(&answers[said], rows[i].server[said]);
        tsmp_witness *witness = NULL;
        if (said > 0)
            assert_int_equal(server_make(answers, said, 0, NULL, NULL, &witness), TSMP_OK);
        setup.context.witness = witness;
        setup.context.proofs = rows[i].proofs;
        setup.context.skew = rows[i].skew * 1000000;
        if (rows[i].node != NULL)
            setup.context.node = (tsmp_text){rows[i].node, strlen(rows[i].node)};
        apply(&text, &rows[i]);
        reading_make(&reading, rows[i].what, text.bytes, text.length, &setup, READING_WHOLE,
                     WANT_RUNS | WANT_JUDGED | WANT_SAID);
        text_add(&reading.runs, "", 1);
        expect(&rows[i], &reading);
        said_row(rows[i].what, &reading.said);
        tsmp_witness_free(witness);
        if (said > 0)
            double_rows(&rows[i], i, answers, said, &setup, &text, &reading);
        while (said > 0)
            text_free(&answers[--said]);
    }
    reading_free(&reading);
    text_free(&text);
}
