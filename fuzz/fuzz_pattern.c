/* SPDX-License-Identifier: BSD-2-Clause
 * Users' own patterns: one that does not compile is refused, one that costs too much on a hundred lines is
 * switched off, and either way the answer is the same for every way to give the text.
 *
 * Head as in fuzz_stream; then the pattern, a newline, and the text. */
#include "fuzz.h"

#include <stdlib.h>
#include <string.h>

/* A line on which the pattern by itself costs too much, so often that it has to be switched off, and then the
 * text: drive_check.c looks that it is. */
static void often(const struct plan *plan, const struct pattern_text *pattern)
{
    enum { TIMES = 101, LONGEST = 200 };
    struct plan alone = *plan;
    struct answer once, many;
    alone.patterns = pattern;
    alone.pattern_count = 1;
    drive(&alone, &once);
    if (once.limited > 0 && once.limited_length <= LONGEST) {
        struct notes text = {0};
        const char *line = plan->bytes + once.limited_at;
        note_bytes(&text, "\n", 1); /* at the very beginning its first bytes might tell of an encoding */
        for (int i = 0; i < TIMES; i++) {
            note_bytes(&text, line, (size_t)once.limited_length);
            if (line[once.limited_length - 1] != '\n')
                note_bytes(&text, "\n", 1);
        }
        note_bytes(&text, plan->bytes, plan->length);
        alone.bytes = text.bytes;
        alone.length = text.length;
        drive(&alone, &many);
        CHECK(many.limited >= TIMES);
        answer_free(&many);
        free(text.bytes);
    }
    answer_free(&once);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < HEAD)
        return 0;
    const char *start = (const char *)data + HEAD;
    const char *newline = memchr(start, '\n', size - HEAD);
    if (newline == NULL || newline - start > 64)
        return 0;
    struct pattern_text patterns[2] = {{"plain", "(?<word>[a-z]+) (?<rest>.*)$", 28}, {"given", NULL, 0}};
    size_t pattern_length = (size_t)(newline - start);
    char *pattern = malloc(pattern_length > 0 ? pattern_length : 1);
    CHECK(pattern != NULL);
    memcpy(pattern, start, pattern_length);
    struct pattern_text *given = &patterns[(head_byte(data, 4) & 1) != 0];
    struct pattern_text *other = &patterns[(head_byte(data, 4) & 1) == 0];
    *other = patterns[0];
    *given = (struct pattern_text){"given", pattern, pattern_length};

    struct plan plan = {.length = size - HEAD - pattern_length - 1, .patterns = patterns,
                        .pattern_count = 2, .no_runs = true};
    char *text = malloc(plan.length > 0 ? plan.length : 1);
    CHECK(text != NULL);
    memcpy(text, newline + 1, plan.length);
    plan.bytes = text;
    plan.options = (tsmp_options){.size = sizeof plan.options, .batch_records = 24};

    struct answer whole, again;
    drive(&plan, &whole);
    often(&plan, given);
    struct heap heap = {.fail_at = head_byte(data, 5), .fail_count = 1 + head_byte(data, 6) % 4};
    plan.heap = &heap;
    plan.way = WAY_MIXED;
    plan.chunk = 1 + head_byte(data, 2);
    plan.jitter = head_byte(data, 3);
    drive(&plan, &again);
    answers_equal(&whole, &again);
    answer_free(&whole);
    answer_free(&again);
    free(text);
    free(pattern);
    return 0;
}
