/* SPDX-License-Identifier: BSD-2-Clause
 * Success is proven (invariant 6), over every case: no cut, no line removed that counts as proof and no
 * line printed twice may make a verdict better.
 *
 * usage: test_invariants FORMAT [TEST-PATTERN] */
#include "altered.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A long input is not cut everywhere, or the time would grow with its square: around the ends of
 * lines, and at every 7th byte. */
static bool cut_here(const struct text *bytes, size_t at)
{
    if (bytes->length <= 4096 || at % 7 == 0)
        return true;
    for (size_t i = at > 2 ? at - 3 : 0; i < at + 2 && i < bytes->length; i++)
        if (bytes->bytes[i] == '\n')
            return true;
    return false;
}

static void cuts(struct base *base)
{
    const struct text *bytes = &base->input->bytes;
    for (size_t at = 1; at < bytes->length; at++) {
        if (!cut_here(bytes, at))
            continue;
        char *tail = malloc(bytes->length - at), *head = malloc(at); /* of their exact size */
        assert_true(tail != NULL && head != NULL);
        memcpy(tail, bytes->bytes + at, bytes->length - at);
        memcpy(head, bytes->bytes, at);
        not_better(base, tail, bytes->length - at, RUNNING_IS_FAIR, "a head cut", at);
        not_better(base, head, at, RUNNING_IS_FAIR, "a tail cut", at);
        free(tail);
        free(head);
    }
}

/* ---- lines ------------------------------------------------------------------------------------------ */

/* Lines that speak for a run: without one of them it must not look better. A volume's begin is
 * left out: without its end it speaks against the run, and only `complete` runs are asked. */
static bool counts_as_proof(const struct line *line)
{
    switch (line->kind) {
    case TSMP_KIND_SCHEDREC:
    case TSMP_KIND_SCHEDULE_FIELD:
    case TSMP_KIND_STATISTIC:
    case TSMP_KIND_SESSION:
    case TSMP_KIND_TABLE_HEAD: return true;
    case TSMP_KIND_SCHEDULER: return true;
    case TSMP_KIND_COMMAND: return line->word == TSMP_WORD_FINISHED && line->return_code == 0;
    case TSMP_KIND_EVENT: return line->word == TSMP_WORD_COMPLETED;
    case TSMP_KIND_VOLUME_END: return line->word == TSMP_WORD_SUCCESSFUL;
    default: return false;
    }
}

/* A line that stands twice speaks against its run; taking one away gives back what was printed. */
static bool doubled(const struct lines *lines, size_t i, const char *bytes)
{
    size_t length = lines->items[i].to - lines->items[i].from;
    for (size_t k = 0; k < lines->count; k++)
        if (k != i && lines->items[k].to - lines->items[k].from == length &&
            memcmp(bytes + lines->items[k].from, bytes + lines->items[i].from, length) == 0)
            return true;
    return false;
}

/* The lines that a complete scheduled run can't be without. */
static bool complete_needs(const struct line *line, uint32_t action)
{
    if (line->kind == TSMP_KIND_SCHEDREC)
        return line->word == TSMP_WORD_OBJECT ||
               (line->word == TSMP_WORD_STATUS && action != TSMP_WORD_COMMAND);
    if (line->kind == TSMP_KIND_SCHEDULER)
        return line->word == TSMP_WORD_SENDING_RESULTS || line->word == TSMP_WORD_RESULTS_SENT;
    if (line->kind == TSMP_KIND_STATISTIC)
        return line->statistic == TSMP_STATISTIC_OBJECTS_INSPECTED ||
               line->statistic == TSMP_STATISTIC_OBJECTS_FAILED ||
               line->statistic == TSMP_STATISTIC_ELAPSED_TIME;
    return line->kind == TSMP_KIND_EVENT || line->kind == TSMP_KIND_COMMAND ||
           line->kind == TSMP_KIND_VOLUME_END || line->kind == TSMP_KIND_VOLUME_BEGIN;
}

static const struct judged *complete_around(const struct base *base, size_t line)
{
    for (size_t i = 0; i < base->whole.judged_count; i++) {
        const struct judged *judged = &base->whole.judged[i];
        if (judged->standing.verdict == TSMP_VERDICT_COMPLETE && judged->attempts == 1 &&
            judged->standing.first_line <= line && line <= judged->standing.last_line && strcmp(judged->key, "interactive") != 0)
            return judged;
    }
    return NULL;
}

static void lines_matter(struct base *base)
{
    const struct input *input = base->input;
    const struct text *bytes = &input->bytes;
    if (input->setup.options.max_line > 0 || input->setup.options.first_line > 0 ||
        (bytes->length > 1 && ((unsigned char)bytes->bytes[0] >= 0xFE)))
        return;
    struct lines lines = lines_of(input);
    char *other = malloc(2 * bytes->length + 1);
    assert_non_null(other);
    for (size_t i = 0; i < lines.count; i++) {
        const struct line *line = &lines.items[i];
        size_t length = line->to - line->from;
        memcpy(other, bytes->bytes, line->to);
        memcpy(other + line->to, bytes->bytes + line->from, bytes->length - line->from);
        not_better(base, other, bytes->length + length, NOTHING_IS_FAIR, "a line printed twice", i + 1);
        /* One of a schedule's definition leaves nothing known of what was to be done. */
        bool defines = line->kind == TSMP_KIND_SCHEDULE_FIELD ||
                       (line->kind == TSMP_KIND_SCHEDULER && line->word == TSMP_WORD_NEXT_OPERATION);
        bool in_name = i > 0 && lines.items[i - 1].opens; /* twice, it may end the name and be the client's */
        if (!defines && !in_name)
            not_lost(base, 0, EXCUSE_NONE, "a line printed twice", i + 1, NULL);
        const struct judged *complete = complete_around(base, i + 1);
        bool needed = complete != NULL && complete_needs(line, complete->action);
        if (!needed && (!counts_as_proof(line) || doubled(&lines, i, bytes->bytes)))
            continue;
        memcpy(other, bytes->bytes, line->from);
        memcpy(other + line->from, bytes->bytes + line->to, bytes->length - line->to);
        not_better(base, other, bytes->length - length, RUNNING_IS_FAIR, "a line removed", i + 1);
        bool holds_counts = line->kind == TSMP_KIND_SCHEDREC && line->word == TSMP_WORD_STATUS;
        if (!defines && !holds_counts) /* what is counted stands only within its block */
            not_lost(base, i + 1, EXCUSE_NONE, "a line removed", i + 1, NULL);
        if (needed && reading_best(&base->other, complete->key) == 3)
            fail_msg("%s: without line %zu the run is still complete", input->name, i + 1);
    }
    free(other);
    free(lines.items);
}

/* ---- all of it over all documents ---------------------------------------------------------------------- */

static void cuts_never_help(void **state)
{
    over(state, cuts);
}

static void lines_are_needed_once(void **state)
{
    over(state, lines_matter);
}

int main(int argc, char **argv)
{
    struct CMUnitTest tests[] = {
        cmocka_unit_test(cuts_never_help),
        cmocka_unit_test(lines_are_needed_once),
    };
    return reading_main(argc, argv, tests, sizeof tests / sizeof *tests);
}
