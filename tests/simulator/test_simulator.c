/* SPDX-License-Identifier: BSD-2-Clause
 * The simulator itself: the same for the same seed, every line of it known to the reader, and its
 * truth about what its own text says. */
#include "answers.h"
#include "judged.h"
#include "server.h"

#include <tsmparse/runs.h>

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

enum { NODES = 120, NIGHTS = 12 };

static uint64_t fnv(uint64_t hash, const char *bytes, size_t length)
{
    for (size_t i = 0; i < length; i++)
        hash = (hash ^ (unsigned char)bytes[i]) * UINT64_C(1099511628211);
    return hash;
}

/* The figure was seen once and is the same on every machine, or simulated figures mean nothing. */
static void same_for_the_same_seed(void **state)
{
    (void)state;
    struct nights nights = {0}, again = {0};
    uint64_t hash = UINT64_C(14695981039346656037);
    for (uint32_t index = 0; index < 20; index++) {
        nights_make(&nights, 7, index, NIGHTS, MIX_EVEN);
        nights_make(&again, 8, index, NIGHTS, MIX_EVEN); /* what was there before leaves no trace */
        nights_make(&again, 7, index, NIGHTS, MIX_EVEN);
        assert_int_equal(nights.log.length, again.log.length);
        assert_memory_equal(nights.log.bytes, again.log.bytes, nights.log.length);
        assert_int_equal(nights.count, again.count);
        hash = fnv(hash, nights.log.bytes, nights.log.length);
    }
    assert_int_equal(hash, UINT64_C(0x9f676ed90f815623));
    nights_free(&nights);
    nights_free(&again);
}

static bool forged(const struct nights *nights)
{
    for (uint32_t i = 0; i < nights->count; i++)
        if (damage_forges((enum damage)nights->runs[i].damage))
            return true;
    return nights->wrapped; /* its first line behind the mark is cut */
}

/* What the client prints is known, line by line; only forgers and torn lines print what is not. */
static void every_line_is_known(void **state)
{
    (void)state;
    struct nights nights = {0};
    struct judging_result result = {0};
    for (uint32_t index = 0; index < NODES; index++) {
        nights_make(&nights, 3, index, NIGHTS, MIX_EVEN);
        if (forged(&nights))
            continue;
        uint64_t before = result.unknown;
        count_unknown(&result, &nights.log);
        bool torn = nights.log.length > 0 && nights.log.bytes[nights.log.length - 1] != '\n';
        if (result.unknown - before > torn)
            fail_msg("%s: %d lines are unknown", nights.node.name, (int)(result.unknown - before));
    }
    assert_true(result.records > 10000);
    nights_free(&nights);
    judging_result_free(&result);
}

/* So is what the server and the client answer. */
static void every_answer_is_known(void **state)
{
    (void)state;
    struct nights nights = {0};
    struct judging_result result = {0};
    struct sheet sheet = {0};
    for (uint32_t index = 0; index < NODES / 4; index++) {
        nights_make(&nights, 9, index, NIGHTS, MIX_EVEN);
        const struct run *last = &nights.runs[nights.events - 1];
        for (int what = 0; what < 5; what++) {
            if (what == 1 && forged(&nights)) /* the server logs what names print, too */
                continue;
            sheet_clear(&sheet);
            switch (what) {
            case 0: server_events(&sheet, &nights); break;
            case 1: server_log(&sheet, &nights, 0, nights.events); break;
            case 2: answer_filespaces(&sheet, &nights, last); break;
            default: answer_canary(&sheet, &nights, last, &nights.node.volumes[0], what == 4);
            }
            count_unknown(&result, &sheet);
            if (result.unknown > 0)
                fail_msg("%s, answer %d: %d lines are unknown", nights.node.name, what,
                         (int)result.unknown);
        }
    }
    assert_true(result.records > 3000);
    sheet_free(&sheet);
    nights_free(&nights);
    judging_result_free(&result);
}

/* Lines of each run are where they are said to be, and all of the text is somebody's. */
static void lines_tile_the_text(void **state)
{
    (void)state;
    struct nights nights = {0};
    for (uint32_t index = 0; index < NODES; index++) {
        nights_make(&nights, 4, index, NIGHTS, MIX_EVEN);
        size_t at = 0;
        for (size_t i = 0; i < nights.log.count; i++) {
            assert_int_equal(nights.log.lines[i].at, at);
            at += nights.log.lines[i].length;
            assert_true(nights.log.lines[i].run == NO_RUN || nights.log.lines[i].run < nights.count);
        }
        assert_int_equal(at, nights.log.length);
    }
    nights_free(&nights);
}

/* What is inspected is the sum over the volumes; what is missing is missing somewhere; a run that
 * is worse than good is seen by somebody, or is the kind that nobody sees. */
static void truth_adds_up(void **state)
{
    (void)state;
    struct nights nights = {0};
    uint64_t shapes[SHAPE_COUNT] = {0}, damages[DAMAGE_COUNT] = {0};
    for (uint32_t index = 0; index < NODES * 4; index++) {
        nights_make(&nights, 5, index, NIGHTS, MIX_EVEN);
        for (uint32_t i = 0; i < nights.count; i++) {
            const struct run *run = &nights.runs[i];
            uint64_t inspected = 0, stored = 0;
            bool lost = false;
            shapes[run->shape]++;
            damages[run->damage]++;
            for (size_t k = 0; k < run->part_count; k++) {
                inspected += run->parts[k].inspected;
                stored += run->parts[k].stored;
                lost |= !run->parts[k].late && run->parts[k].volume->canaries;
                lost |= run->parts[k].fate > FATE_FAILURES || !run->parts[k].dated;
            }
            if (run->part_count > 0) {
                assert_true(run->inspected >= inspected && run->inspected <= inspected + 4);
                assert_true(run->stored >= stored && run->stored <= stored + 1);
                assert_true(run->stored + run->failed <= run->inspected);
            }
            if (run->truth == TRUTH_INCOMPLETE && run->schedule->action == ACTION_INCREMENTAL &&
                run->shape != SHAPE_STALE && run->shape != SHAPE_WALK_CUT)
                assert_true(lost);
            if (run->truth == TRUTH_COMPLETE)
                assert_int_equal(run->seen, 0);
            assert_true(run->started + nights.node.skew >= run->nominal && run->ended > run->started);
        }
    }
    for (int shape = 0; shape < SHAPE_COUNT; shape++)
        if (shapes[shape] == 0)
            fail_msg("no run is '%s'", shape_info((enum shape)shape)->name);
    for (int damage = 0; damage < DAMAGE_COUNT; damage++)
        if (damages[damage] == 0)
            fail_msg("no text is damaged by '%s'", damage_name((enum damage)damage));
    nights_free(&nights);
}

/* A month of a real site: most nights are good, busy nights are worse. */
static void a_month_is_mostly_good(void **state)
{
    (void)state;
    struct nights nights = {0};
    uint64_t runs[2] = {0}, bad[2] = {0};
    for (uint32_t index = 0; index < NODES * 4; index++) {
        nights_make(&nights, 6, index, 30, MIX_MONTH);
        for (uint32_t i = 0; i < nights.count; i++) {
            const struct run *run = &nights.runs[i];
            runs[run->load > 60]++;
            bad[run->load > 60] += run->truth != TRUTH_COMPLETE && run->truth != TRUTH_EXCEPTIONS;
        }
    }
    assert_true(bad[0] * 100 < runs[0] * 2);
    assert_true(bad[1] * 100 > runs[1] * 2 && bad[1] * 100 < runs[1] * 8);
    nights_free(&nights);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(same_for_the_same_seed), cmocka_unit_test(every_line_is_known),
        cmocka_unit_test(every_answer_is_known),
        cmocka_unit_test(lines_tile_the_text), cmocka_unit_test(truth_adds_up),
        cmocka_unit_test(a_month_is_mostly_good)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
