/* SPDX-License-Identifier: BSD-2-Clause
 * Names, versions and the schema as JSON, against the table it is made from. That it is valid
 * JSON and agrees with the headers is looked at by check_schema.py, on what this prints with
 * --json. */
#include "text.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#include <tsmparse/runs.h>

#include <stdio.h>
#include <string.h>

static void every_name(void **state)
{
    (void)state;
    struct text schema = {0};
    char group[24], name[48], pair[80];
    unsigned long id;
    size_t count = 0;
    assert_true(text_load(&schema, SCHEMA_DEF));
    const char *json = tsmp_schema_json();
    for (char *line = strtok(schema.bytes, "\n"); line != NULL; line = strtok(NULL, "\n")) {
        if (line[0] == '#' || sscanf(line, "%23s %lu %47s", group, &id, name) != 3)
            continue;
        assert_non_null(tsmp_name(group, (uint32_t)id));
        assert_string_equal(tsmp_name(group, (uint32_t)id), name);
        snprintf(pair, sizeof pair, "\"%s\":%lu", name, id);
        if (strstr(json, pair) == NULL)
            fail_msg("%s %s is not in the JSON", group, name);
        count++;
    }
    assert_true(count > 150);
    text_free(&schema);
}

static void names_that_are_none(void **state)
{
    (void)state;
    assert_null(tsmp_name(NULL, 1));
    assert_null(tsmp_name("", 1));
    assert_null(tsmp_name("kinds", 1));
    assert_null(tsmp_name("kind", 0));
    assert_null(tsmp_name("kind", UINT32_MAX));
    assert_null(tsmp_name("flag", 3));
}

static void versions(void **state)
{
    (void)state;
    char expected[40];
    snprintf(expected, sizeof expected, "%d.%d.%d", TSMP_VERSION_MAJOR, TSMP_VERSION_MINOR,
             TSMP_VERSION_PATCH);
    assert_string_equal(tsmp_version(), expected);
    assert_string_equal(tsmp_version(), PROJECT_VERSION);
    assert_int_equal(tsmp_abi_version(), TSMP_ABI_VERSION);
}

/* Real offsets, for check_schema.py to compare: what this compiler did with the structs. */
#define MEMBER(type, member)                                                                   \
    printf("%s %s %zu %zu\n", #type, #member, offsetof(type, member), sizeof(((type *)0)->member))
#define SIZE(type) printf("%s . 0 %zu\n", #type, sizeof(type))

static void print_layout(void)
{
    SIZE(tsmp_record);
    MEMBER(tsmp_record, offset);
    MEMBER(tsmp_record, length);
    MEMBER(tsmp_record, line);
    MEMBER(tsmp_record, time);
    MEMBER(tsmp_record, text);
    MEMBER(tsmp_record, text_length);
    MEMBER(tsmp_record, first_field);
    MEMBER(tsmp_record, field_count);
    MEMBER(tsmp_record, flags);
    MEMBER(tsmp_record, kind);
    MEMBER(tsmp_record, format);
    MEMBER(tsmp_record, why);
    MEMBER(tsmp_record, stamp_length);
    SIZE(tsmp_field);
    MEMBER(tsmp_field, text);
    MEMBER(tsmp_field, length);
    MEMBER(tsmp_field, id);
    MEMBER(tsmp_field, type);
    MEMBER(tsmp_field, power);
    MEMBER(tsmp_field, number);
    MEMBER(tsmp_field, flags);
    MEMBER(tsmp_field, reserved);
    SIZE(tsmp_token);
    MEMBER(tsmp_token, offset);
    MEMBER(tsmp_token, number);
    MEMBER(tsmp_token, flags);
    SIZE(tsmp_view);
    MEMBER(tsmp_view, records);
    MEMBER(tsmp_view, text);
    SIZE(tsmp_options);
    MEMBER(tsmp_options, max_line);
    MEMBER(tsmp_options, first_line);
    SIZE(tsmp_run_view);
    MEMBER(tsmp_run_view, schedule);
    MEMBER(tsmp_run_view, claim);
    MEMBER(tsmp_run_view, volumes);
    MEMBER(tsmp_run_view, severe);
    SIZE(tsmp_volume);
    MEMBER(tsmp_volume, end_line);
    SIZE(tsmp_statistic);
    MEMBER(tsmp_statistic, line);
    SIZE(tsmp_evidence);
    MEMBER(tsmp_evidence, lines);
    MEMBER(tsmp_evidence, change);
    SIZE(tsmp_ground);
    MEMBER(tsmp_ground, lines);
    MEMBER(tsmp_verdict_view, grounds);
    SIZE(tsmp_verdict_view);
    MEMBER(tsmp_verdict_view, evidence);
    SIZE(tsmp_context);
    MEMBER(tsmp_context, domain_count);
    MEMBER(tsmp_context, waivers);
    MEMBER(tsmp_context, now);
    SIZE(tsmp_expected);
    MEMBER(tsmp_expected, until);
    SIZE(tsmp_waiver);
    MEMBER(tsmp_waiver, until);
    MEMBER(tsmp_waiver, flags);
}

int main(int argc, char **argv)
{
    if (argc == 2 && strcmp(argv[1], "--json") == 0) {
        puts(tsmp_schema_json());
        return 0;
    }
    if (argc == 2 && strcmp(argv[1], "--layout") == 0) {
        print_layout();
        return 0;
    }
    const struct CMUnitTest tests[] = {cmocka_unit_test(every_name),
                                       cmocka_unit_test(names_that_are_none),
                                       cmocka_unit_test(versions)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
