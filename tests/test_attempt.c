/* SPDX-License-Identifier: BSD-2-Clause
 * What a new attempt of an event forgets of the one before, and what it keeps. */
#include "run_state.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#include <string.h>

static struct run_volume *volume_of(struct tsmp_run *run, const char *name)
{
    bool full;
    struct run_volume *volume = volumes_get(&run->allocator, &run->volumes, name, strlen(name), 9, &full);
    assert_non_null(volume);
    return volume;
}

/* A run that has seen something of everything. */
static struct tsmp_run *attempted(void)
{
    tsmp_allocator allocator = memory_default();
    struct tsmp_run *run = run_new(&allocator);
    assert_non_null(run);
    struct run_volume *walked = volume_of(run, "/walked");
    walked->begins = walked->ends = 2;
    walked->outcome = TSMP_WORD_FAILURES;
    walked->failures = walked->begin_line = walked->end_line = 3;
    walked->journal = true;
    (void)volume_of(run, "/ended alone");
    run->volumes.items[1].ends = 1;
    static const uint32_t ids[] = {TSMP_EVIDENCE_OBJECTS_NOT_STORED, TSMP_EVIDENCE_FORGEABLE, TSMP_EVIDENCE_E04, TSMP_EVIDENCE_LIMIT,
                                   TSMP_EVIDENCE_E13, TSMP_EVIDENCE_E17, TSMP_EVIDENCE_FOREIGN, TSMP_EVIDENCE_E03};
    for (size_t i = 0; i < sizeof ids / sizeof *ids; i++)
        assert_true(run_find(run, 100, ids[i], i + 1, (tsmp_text){"", 0}, (tsmp_text){"name", 4}));
    run->weak_left_out = run->strong_left_out = 4;
    run->statistics_seen = 5;
    memset(run->statistic_places, 6, sizeof run->statistic_places);
    run->elapsed_line = run->finished_line = run->command_line = run->back_line = 7;
    for (int step = 0; step < CLOSE_COUNT; step++)
        run->at[step] = 8;
    run->closings = run->back_steps = 9;
    run->back = run->clock = run->begin_time = run->status_time = 10;
    run->lines = (struct run_lines){11, 12, 13, 14, 15, 16};
    run->disorder = run->in_status = run->in_command = run->stopped = run->moved_on = true;
    run->command_seen = run->command_finished = true;
    run->name_open = NAME_MESSAGE;
    run->view.claim = TSMP_CLAIM_FAILURE;
    run->view.has_return_code = 1;
    run->view.return_code = 12;
    run->view.errors = 17;
    return run;
}

static void forgets(void **state)
{
    (void)state;
    struct tsmp_run *run = attempted();
    run_restart(run);
    assert_int_equal(run->weak_left_out, 0);
    assert_int_equal(run->statistic_count, 0);
    assert_int_equal(run->statistics_seen, 0);
    for (size_t i = 0; i < sizeof run->statistic_places; i++)
        assert_int_equal(run->statistic_places[i], 0);
    const uint64_t lines[] = {run->elapsed_line, run->finished_line, run->command_line, run->back_line};
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++)
        assert_int_equal(lines[i], 0);
    for (int step = 0; step < CLOSE_COUNT; step++)
        assert_int_equal(run->at[step], 0);
    assert_int_equal(run->closings, 0);
    assert_int_equal(run->back_steps, 0);
    assert_int_equal(run->back, 0);
    assert_int_equal(run->clock, TSMP_NO_TIME);
    assert_int_equal(run->begin_time, TSMP_NO_TIME);
    assert_int_equal(run->status_time, TSMP_NO_TIME);
    const struct run_lines none = {0};
    assert_memory_equal(&run->lines, &none, sizeof none);
    assert_false(run->disorder || run->in_status || run->in_command || run->stopped || run->moved_on);
    assert_false(run->command_seen || run->command_finished);
    assert_int_equal(run->name_open, NAME_CLOSED);
    assert_int_equal(run->view.claim, TSMP_CLAIM_NONE);
    assert_int_equal(run->view.has_return_code, 0);
    assert_int_equal(run->view.return_code, 0);
    tsmp_run_free(run);
}

static void keeps(void **state)
{
    (void)state;
    struct tsmp_run *run = attempted();
    run_restart(run);
    const struct run_volume *walked = &run->volumes.items[0], *ended = &run->volumes.items[1];
    assert_int_equal(run->volumes.count, 2);
    assert_true(walked->earlier);
    assert_false(ended->earlier); /* it was never begun */
    assert_int_equal(walked->begin_line, 3);
    assert_int_equal(walked->begins, 0);
    assert_int_equal(walked->ends, 0);
    assert_int_equal(ended->ends, 0);
    assert_int_equal(walked->outcome, 0);
    assert_int_equal(walked->failures, 0);
    assert_int_equal(walked->end_line, 0);
    assert_false(walked->journal);
    static const uint32_t stay[] = {TSMP_EVIDENCE_FORGEABLE, TSMP_EVIDENCE_LIMIT, TSMP_EVIDENCE_E17, TSMP_EVIDENCE_FOREIGN};
    assert_int_equal(run->finding_count, 4);
    for (size_t i = 0; i < 4; i++)
        assert_int_equal(run->findings[i].id, stay[i]);
    assert_int_equal(run->strong_left_out, 4);
    assert_int_equal(run->view.errors, 17);
    run_restart(run); /* once begun it stays so */
    assert_true(walked->earlier);
    assert_false(ended->earlier);
    tsmp_run_free(run);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(forgets), cmocka_unit_test(keeps)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
