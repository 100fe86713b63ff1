/* SPDX-License-Identifier: BSD-2-Clause
 * A line printed twice never makes a verdict better (invariant 6), whatever the text: also where it
 * has been altered before, so that a doubled mark meets a run that is already in doubt.
 *
 * usage: test_twice FORMAT */
#include "reading.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

/* Longer ones are left to the fuzzer: the time grows with the square of their lines. */
enum { LONGEST = 8192 };

struct lines {
    size_t *starts; /* of each line, and behind the last one */
    size_t count;
};

static struct lines lines_of(const struct text *text)
{
    struct lines lines = {calloc(text->length + 2, sizeof *lines.starts), 0};
    assert_non_null(lines.starts);
    for (size_t at = 0; at < text->length; at++)
        if (text->bytes[at] == '\n')
            lines.starts[++lines.count] = at + 1;
    return lines;
}

enum deed { DEED_REMOVE, DEED_DOUBLE, DEED_SWAP, DEED_COPY, DEED_COUNT };

static void add_line(struct text *to, const struct text *from, const struct lines *lines, size_t i)
{
    text_add(to, from->bytes + lines->starts[i], lines->starts[i + 1] - lines->starts[i]);
}

static void alter(struct text *to, const struct text *from, const struct lines *lines, size_t at,
                  enum deed deed)
{
    to->length = 0;
    for (size_t i = 0; i < lines->count; i++) {
        if (i == at && deed == DEED_SWAP && i + 1 < lines->count) {
            add_line(to, from, lines, i + 1);
            add_line(to, from, lines, i++);
            continue;
        }
        if (i != at || deed != DEED_REMOVE)
            add_line(to, from, lines, i);
        if (i == at && deed == DEED_DOUBLE)
            add_line(to, from, lines, i);
        if (i == at && deed == DEED_COPY) /* from anywhere */
            add_line(to, from, lines, (i * 7 + 3) % lines->count);
    }
}

static const char *const deeds[] = {"removed", "printed twice", "swapped with the next",
                                    "followed by a copy of another"};

static void compare(const struct input *input, const struct reading *before,
                    const struct reading *after, size_t at, enum deed deed, size_t twice)
{
    for (size_t i = 0; i < after->judged_count; i++) {
        const struct judged *judged = &after->judged[i];
        int now = standing_level(judged->standing.verdict);
        bool known = false;
        for (size_t k = 0; k < before->judged_count; k++)
            known |= strcmp(before->judged[k].key, judged->key) == 0;
        /* A run that is new, or can't be told from others, may look as if it went on. */
        int fair = known && strcmp(judged->key, " @ ") != 0 ? 0 : 1;
        if (now > fair && now > reading_best(before, judged->key))
            fail_msg("%s: line %zu is %s; then line %zu printed twice makes run '%s' %s",
                     input->name, at + 1, deeds[deed], twice + 1, judged->key,
                     tsmp_name("verdict", judged->standing.verdict));
    }
}

static void twice_in(const struct input *input)
{
    struct lines lines = lines_of(&input->bytes);
    struct text altered = {0}, doubled = {0};
    struct reading before = {0}, after = {0};
    struct setup setup = input->setup;
    setup.options.batch_records = 16;
    for (size_t at = 0; at < lines.count; at++) {
        for (enum deed deed = DEED_REMOVE; deed < DEED_COUNT; deed++) {
            alter(&altered, &input->bytes, &lines, at, deed);
            struct lines left = lines_of(&altered);
            reading_make(&before, input->name, altered.bytes, altered.length, &setup,
                         READING_WHOLE, WANT_JUDGED);
            for (size_t twice = 0; before.judged_count > 0 && twice < left.count; twice++) {
                alter(&doubled, &altered, &left, twice, DEED_DOUBLE);
                reading_make(&after, input->name, doubled.bytes, doubled.length, &setup,
                             READING_WHOLE, WANT_JUDGED);
                compare(input, &before, &after, at, deed, twice);
            }
            free(left.starts);
        }
    }
    free(lines.starts);
    text_free(&altered);
    text_free(&doubled);
    reading_free(&before);
    reading_free(&after);
}

static void a_doubled_line_never_helps(void **state)
{
    const struct documents *documents = *state;
    size_t looked_at = 0;
    for (size_t d = 0; d < documents->count; d++)
        for (size_t i = 0; i < documents->items[d].count; i++) {
            const struct input *input = &documents->items[d].inputs[i];
            const struct text *bytes = &input->bytes;
            bool wide = bytes->length > 1 && (unsigned char)bytes->bytes[0] >= 0xFE;
            if (bytes->length > LONGEST || wide || input->setup.options.max_line > 0)
                continue;
            twice_in(input);
            looked_at++;
        }
    assert_true(looked_at > 0);
}

int main(int argc, char **argv)
{
    struct CMUnitTest tests[] = {
        cmocka_unit_test(a_doubled_line_never_helps),
    };
    return reading_main(argc, argv, tests, sizeof tests / sizeof *tests);
}
