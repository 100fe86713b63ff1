/* SPDX-License-Identifier: BSD-2-Clause
 * Every constant that the schema names must be shown by some case: a record kind, a statistic, a
 * reason, an evidence id, a verdict that no case shows is not tested, not documented and no seed.
 * What is reserved for later stands in the list below, with the reason. */
#include "reading.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Not shown by a case, and why not. A line here that a case does show fails, too. */
static const struct reserved {
    const char *group, *name, *reason;
} reserved[] = {
    {"kind", "custom", "needs a user's pattern: test_pattern"},
    {"why", "none", "is no reason"},
    {"why", "pattern_limit", "needs a user's pattern: test_pattern"},
    {"word", "output", "no rule gives it yet"},
    {"repair", "collapsed", "is noticed, not done"},
    {"proof", "baseline", "needs earlier runs: test_history_evidence"},
    {"proof", "canary", "needs answers about canaries: test_canary_evidence"},
    {"evidence", "E01", "needs answers about canaries: test_canary_evidence"},
    {"evidence", "E11", "needs earlier runs: test_history_evidence"},
};

/* Groups that no reader gives: test_canary asks that a case of its own shows each of theirs. */
static const char *const elsewhere[] = {"canary", "canary_reason"};

enum { MOST = 512 };

static struct shown {
    char group[24], name[48];
    uint32_t id;
    bool seen;
} constants[MOST];
static size_t constant_count;

static void read_schema(void)
{
    struct text schema = {0};
    assert_true(text_load(&schema, SCHEMA_DEF));
    for (char *line = strtok(schema.bytes, "\n"); line != NULL; line = strtok(NULL, "\n")) {
        struct shown *c = &constants[constant_count];
        unsigned long id;
        if (line[0] == '#' || sscanf(line, "%23s %lu %47s", c->group, &id, c->name) != 3)
            continue;
        c->id = (uint32_t)id;
        assert_true(++constant_count < MOST);
        assert_non_null(tsmp_name(c->group, c->id));
        assert_string_equal(tsmp_name(c->group, c->id), c->name);
    }
    text_free(&schema);
    assert_true(constant_count > 100);
}

static void see(const char *group, uint32_t id)
{
    for (size_t i = 0; i < constant_count; i++)
        if (constants[i].id == id && strcmp(constants[i].group, group) == 0)
            constants[i].seen = true;
}

static void see_set(const char *group, uint32_t set)
{
    for (unsigned bit = 0; bit < 32; bit++)
        if ((set & 1u << bit) != 0)
            see(group, 1u << bit);
}

static void see_batch(const tsmp_batch *batch)
{
    const tsmp_view *view = tsmp_batch_view(batch);
    for (uint64_t i = 0; i < view->record_count; i++) {
        const tsmp_record *record = &view->records[i];
        see("kind", record->kind);
        see("format", record->format);
        see("why", record->why);
        see_set("flag", record->flags);
        for (uint32_t k = 0; k < record->field_count; k++) {
            const tsmp_field *field = &view->fields[record->first_field + k];
            see("field", field->id);
            see("type", field->type);
            see_set("flag", field->flags);
            if (field->type == TSMP_TYPE_WORD)
                see(field->id == TSMP_FIELD_NAME ? "statistic" : "word", (uint32_t)field->number);
        }
    }
}

static void see_run(const tsmp_run *run, const tsmp_context *context)
{
    const tsmp_run_view *view = tsmp_run_view_of(run);
    tsmp_verdict *verdict;
    assert_int_equal(tsmp_judge(run, context, NULL, &verdict), TSMP_OK);
    const tsmp_verdict_view *judged = tsmp_verdict_view_of(verdict);
    see("word", view->action);
    for (uint64_t i = 0; i < view->volume_count; i++)
        see("word", view->volumes[i].outcome);
    see("verdict", judged->verdict);
    see("claim", judged->claim);
    see_set("proof", judged->proof);
    for (uint64_t i = 0; i < judged->evidence_count; i++)
        see("evidence", judged->evidence[i].id);
    tsmp_verdict_free(verdict);
}

static void see_regions(tsmp_regions *regions)
{
    tsmp_region region = {.size = sizeof region};
    assert_int_equal(tsmp_regions_end(regions), TSMP_OK);
    for (uint64_t i = 0; tsmp_regions_get(regions, i, &region) == TSMP_OK; i++) {
        see("brand", region.brand);
        see("language", region.language);
        see("clue", region.clue);
    }
    tsmp_regions_free(regions);
}

static void see_input(const struct input *input)
{
    tsmp_options options = input->setup.options;
    tsmp_reader *reader;
    tsmp_runs *runs;
    tsmp_regions *regions;
    tsmp_batch *batch;
    tsmp_run *run;
    see("encoding", options.encoding);
    see_set("repair", options.repair);
    if (input->setup.probe)
        reading_probe(input->bytes.bytes, input->bytes.length, &options);
    int32_t status = tsmp_reader_new(&options, NULL, &reader);
    if (status == TSMP_E_ENCODING) /* a build that converts nothing */
        return;
    assert_int_equal(status, TSMP_OK);
    assert_int_equal(tsmp_runs_new(NULL, NULL, &runs), TSMP_OK);
    assert_int_equal(tsmp_reader_feed(reader, input->bytes.bytes, input->bytes.length), TSMP_OK);
    assert_int_equal(tsmp_reader_end(reader), TSMP_OK);
    assert_int_equal(tsmp_regions_new(0, NULL, &regions), TSMP_OK);
    while (tsmp_reader_next(reader, &batch) == TSMP_OK) {
        see_batch(batch);
        assert_int_equal(tsmp_regions_add(regions, batch), TSMP_OK);
        assert_int_equal(tsmp_runs_add(runs, batch), TSMP_OK);
        tsmp_batch_unref(batch);
    }
    see_regions(regions);
    assert_int_equal(tsmp_runs_end(runs), TSMP_OK);
    while (tsmp_runs_next(runs, &run) == TSMP_OK) {
        see_run(run, &input->setup.context);
        tsmp_run_free(run);
    }
    tsmp_runs_free(runs);
    tsmp_reader_free(reader);
}

static const struct reserved *is_reserved(const struct shown *constant)
{
    for (size_t i = 0; i < sizeof reserved / sizeof *reserved; i++)
        if (strcmp(reserved[i].group, constant->group) == 0 &&
            strcmp(reserved[i].name, constant->name) == 0)
            return &reserved[i];
    return NULL;
}

static bool is_elsewhere(const struct shown *constant)
{
    for (size_t i = 0; i < sizeof elsewhere / sizeof *elsewhere; i++)
        if (strcmp(elsewhere[i], constant->group) == 0)
            return true;
    return false;
}

static void every_constant_is_shown(void **state)
{
    const struct documents *documents = *state;
    read_schema();
    for (size_t d = 0; d < documents->count; d++)
        for (size_t i = 0; i < documents->items[d].count; i++)
            see_input(&documents->items[d].inputs[i]);
    see("why", TSMP_WHY_NONE);
    size_t missing = 0;
    for (size_t i = 0; i < constant_count; i++) {
        const struct reserved *later = is_reserved(&constants[i]);
        if (is_elsewhere(&constants[i]))
            continue;
        if (constants[i].seen && later != NULL && strcmp(later->name, "none") != 0)
            print_error("%s %s is shown by a case: take it off the list (%s)\n",
                        constants[i].group, constants[i].name, later->reason);
        else if (!constants[i].seen && later == NULL)
            print_error("%s %s is shown by no case\n", constants[i].group, constants[i].name);
        else
            continue;
        missing++;
    }
    for (size_t i = 0; i < sizeof reserved / sizeof *reserved; i++) {
        bool found = false;
        for (size_t k = 0; k < constant_count; k++)
            found |= is_reserved(&constants[k]) == &reserved[i];
        if (!found)
            fail_msg("%s %s is reserved, but the schema does not have it", reserved[i].group,
                     reserved[i].name);
    }
    if (missing > 0)
        fail_msg("%zu constants; see above", missing);
}

int main(void)
{
    struct documents documents = documents_load(CASES, NULL);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_prestate(every_constant_is_shown, &documents)};
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    documents_free(&documents);
    return failed;
}
