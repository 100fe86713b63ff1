/* SPDX-License-Identifier: BSD-2-Clause
 * Users' own patterns: what they make of a line, when they are asked, and what they may cost. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <tsmparse/tsmparse.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static tsmp_reader *reader_of(void)
{
    tsmp_reader *reader;
    assert_int_equal(tsmp_reader_new(NULL, NULL, &reader), TSMP_OK);
    return reader;
}

static int32_t add(tsmp_reader *reader, const char *name, const char *pattern)
{
    return tsmp_reader_add_pattern(reader, name, pattern, strlen(pattern));
}

/* What became of each line. */
struct seen {
    char text[400]; /* "name group=value ...", "-" when no pattern took it */
    uint16_t kind, why;
};

static void show(const tsmp_batch *batch, const tsmp_record *record, struct seen *seen)
{
    const tsmp_view *view = tsmp_batch_view(batch);
    size_t n = 0, room = sizeof seen->text;
    *seen = (struct seen){.text = "-", .kind = record->kind, .why = record->why};
    for (uint32_t k = 0; k < record->field_count && record->kind == TSMP_KIND_CUSTOM; k++) {
        const tsmp_field *field = &view->fields[record->first_field + k];
        const char *name = tsmp_batch_field_name(batch, field->id);
        assert_non_null(name);
        if (field->id == TSMP_FIELD_NAME)
            n += (size_t)snprintf(seen->text + n, room - n, "%s",
                                  tsmp_batch_field_name(batch, (uint32_t)field->number));
        else
            n += (size_t)snprintf(seen->text + n, room - n, " %s=%.*s", name, (int)field->length,
                                  view->text + field->text);
    }
}

/* Read all; the reader is gone before the last batch is looked at: the names live with the batch. */
static struct seen *read_all(tsmp_reader *reader, const char *text, size_t expected)
{
    struct seen *seen = calloc(expected, sizeof *seen);
    tsmp_batch *batches[200];
    size_t count = 0, records = 0;
    assert_non_null(seen);
    assert_int_equal(tsmp_reader_feed(reader, text, strlen(text)), TSMP_OK);
    assert_int_equal(tsmp_reader_end(reader), TSMP_OK);
    while (count < 200 && tsmp_reader_next(reader, &batches[count]) == TSMP_OK)
        count++;
    tsmp_reader_free(reader);
    for (size_t i = 0; i < count; i++) {
        const tsmp_view *view = tsmp_batch_view(batches[i]);
        for (uint64_t k = 0; k < view->record_count; k++) {
            assert_true(records < expected);
            show(batches[i], &view->records[k], &seen[records++]);
        }
        tsmp_batch_unref(batches[i]);
    }
    assert_int_equal(records, expected);
    return seen;
}

static void groups_become_fields(void **state)
{
    (void)state;
    tsmp_reader *reader = reader_of();
    assert_int_equal(add(reader, "tide", "^tide (?<height>\\d+)(?: at (?<place>\\w+))?$"), TSMP_OK);
    assert_int_equal(add(reader, "moon", "^(moon) (?<phase>[a-z]+)"), TSMP_OK);
    assert_int_equal(add(reader, "plain", "^nothing named"), TSMP_OK);
    assert_int_equal(add(reader, "late", "^tide"), TSMP_OK);
    struct seen *seen = read_all(reader, "04/25/2031 06:05:04 tide 12 at quay\n"
                                         "04/25/2031 06:05:04 tide 7\n"
                                         "04/25/2031 06:05:04 moon full\n"
                                         "04/25/2031 06:05:04 nothing named here\n"
                                         "04/25/2031 06:05:04 tide high\n"
                                         "04/25/2031 06:05:04 something else\n"
                                         "04/25/2031 06:05:04 Scheduler has been stopped.\n", 7);
    assert_string_equal(seen[0].text, "tide height=12 place=quay");
    assert_string_equal(seen[1].text, "tide height=7");
    assert_string_equal(seen[2].text, "moon phase=full");
    assert_string_equal(seen[3].text, "plain");
    assert_string_equal(seen[4].text, "late"); /* the first that fits, in order of adding */
    assert_string_equal(seen[5].text, "-");
    assert_int_equal(seen[5].kind, TSMP_KIND_UNKNOWN);
    assert_int_equal(seen[5].why, TSMP_WHY_NO_RULE);
    assert_int_equal(seen[6].kind, TSMP_KIND_SCHEDULER);
    free(seen);
}

/* A built-in rule always comes first: a pattern can't take a line away from it. */
static void built_in_rules_come_first(void **state)
{
    (void)state;
    tsmp_reader *reader = reader_of();
    assert_int_equal(add(reader, "all", "."), TSMP_OK);
    struct seen *seen = read_all(reader, "04/25/2031 06:05:04 Scheduler has been stopped.\n"
                                         "04/25/2031 06:05:04 Normal File-->  1 /x [Sent]\n"
                                         "04/25/2031 06:05:04 other\n", 3);
    assert_string_equal(seen[0].text, "-");
    assert_string_equal(seen[1].text, "-");
    assert_string_equal(seen[2].text, "all");
    free(seen);
}

static void bad_patterns_are_refused(void **state)
{
    (void)state;
    tsmp_reader *reader = reader_of();
    assert_int_equal(add(reader, "tide", "tide ("), TSMP_E_PATTERN);
    assert_non_null(strstr(tsmp_reader_error(reader), "tide"));
    assert_non_null(strstr(tsmp_reader_error(reader), "6"));
    assert_int_equal(add(reader, "byte", "\\C"), TSMP_E_PATTERN);
    char name[80];
    memset(name, 'n', sizeof name);
    name[64] = '\0';
    assert_int_equal(add(reader, name, "a"), TSMP_OK);
    name[64] = 'n';
    name[65] = '\0';
    assert_int_equal(add(reader, name, "a"), TSMP_E_MISUSE);
    assert_int_equal(tsmp_reader_add_pattern(reader, "empty", NULL, 0), TSMP_OK);
    assert_int_equal(tsmp_reader_feed(reader, "x", 1), TSMP_OK);
    assert_int_equal(add(reader, "late", "a"), TSMP_E_MISUSE);
    tsmp_reader_free(reader);
}

/* A pattern that burns its limit gives an unknown with that reason; after 100 hits it is switched
 * off, and says so even on lines that it would have matched. Another one still works. */
static void costly_patterns_are_switched_off(void **state)
{
    (void)state;
    tsmp_reader *reader = reader_of();
    assert_int_equal(add(reader, "costly", "^(?:(?:a+)+b|calm)$"), TSMP_OK);
    assert_int_equal(add(reader, "fine", "^fine"), TSMP_OK);
    char text[16000] = "";
    size_t n = 0;
    n += (size_t)snprintf(text + n, sizeof text - n, "04/25/2031 06:05:04 calm\n");
    for (int i = 0; i < 120; i++)
        n += (size_t)snprintf(text + n, sizeof text - n,
                              "04/25/2031 06:05:04 aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaac\n");
    n += (size_t)snprintf(text + n, sizeof text - n, "04/25/2031 06:05:04 calm\n"
                                                     "04/25/2031 06:05:04 fine\n");
    struct seen *seen = read_all(reader, text, 123);
    assert_string_equal(seen[0].text, "costly");
    for (uint64_t i = 1; i <= 121; i++) {
        assert_int_equal(seen[i].kind, TSMP_KIND_UNKNOWN);
        assert_int_equal(seen[i].why, TSMP_WHY_PATTERN_LIMIT);
    }
    assert_string_equal(seen[122].text, "fine");
    assert_int_equal(seen[122].why, TSMP_WHY_NONE);
    free(seen);
}

/* More named groups than any built-in rule has fields. */
static void many_groups(void **state)
{
    (void)state;
    tsmp_reader *reader = reader_of();
    char pattern[4000] = "^x", expected[400] = "many";
    for (int i = 0; i < 40; i++) {
        snprintf(pattern + strlen(pattern), sizeof pattern - strlen(pattern), "(?<g%d>.)", i);
        snprintf(expected + strlen(expected), sizeof expected - strlen(expected), " g%d=%c", i,
                 'a' + i % 26);
    }
    assert_int_equal(add(reader, "many", pattern), TSMP_OK);
    char text[100] = "04/25/2031 06:05:04 x";
    for (int i = 0; i < 40; i++)
        snprintf(text + strlen(text), sizeof text - strlen(text), "%c", 'a' + i % 26);
    strcat(text, "\n");
    struct seen *seen = read_all(reader, text, 1);
    assert_string_equal(seen[0].text, expected);
    free(seen);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(groups_become_fields), cmocka_unit_test(built_in_rules_come_first),
        cmocka_unit_test(bad_patterns_are_refused),
        cmocka_unit_test(costly_patterns_are_switched_off), cmocka_unit_test(many_groups)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
