/* SPDX-License-Identifier: BSD-2-Clause
 * The message catalogue: the number decides, the letter may differ; and the table itself. */
#include "text.h"

#include "message_class.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#include <tsmparse/tsmparse.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int32_t look(const char *code, tsmp_message_info *info)
{
    *info = (tsmp_message_info){.size = sizeof *info};
    return tsmp_message_lookup(code, strlen(code), info);
}

static const struct {
    const char *code;
    int32_t status;
    const char *found;
} rows[] = {
    {"ANS1802E", TSMP_OK, "ANS1802E"}, {"ANS1802W", TSMP_OK, "ANS1802E"},
    {"ANS1802", TSMP_OK, "ANS1802E"},  {"ANS1898I", TSMP_OK, "ANS1898I"},
    {"ANS1228E", TSMP_OK, "ANS1228E"}, {"ANS0000X", TSMP_END, NULL},
    /* one number with two letters */
    {"ANS7900I", TSMP_OK, "ANS7900I"}, {"ANS7900W", TSMP_OK, "ANS7900W"},
    {"ANS7900E", TSMP_OK, "ANS7900I"}, {"ANS1092W", TSMP_OK, "ANS1092W"},
    {"ANE4952I", TSMP_OK, "ANE4952I"}, {"ANR4952I", TSMP_END, NULL},
    {"ANS18O2E", TSMP_END, NULL},      {"ANX1802E", TSMP_END, NULL},
    {"ANS9999Z", TSMP_END, NULL},      {"XYZ1802E", TSMP_END, NULL},
    {"ans1802e", TSMP_END, NULL},      {"ANS180", TSMP_END, NULL},
    {"ANS1802EE", TSMP_END, NULL},     {"", TSMP_END, NULL},
    {"ZZZZZZZZ", TSMP_END, NULL},      {"AAAAAAA", TSMP_END, NULL},
};

static void codes_are_found(void **state)
{
    (void)state;
    tsmp_message_info info;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        if (look(rows[i].code, &info) != rows[i].status)
            fail_msg("%s: another status than %d", rows[i].code, rows[i].status);
        if (rows[i].found != NULL)
            assert_string_equal(info.code, rows[i].found);
    }
}

/* Each row of the table is found under its own code, with all of its columns. */
static void the_whole_table(void **state)
{
    (void)state;
    struct text table = {0};
    size_t count = 0;
    assert_true(text_load(&table, MESSAGES_TSV));
    char *line = strchr(table.bytes, '\n');
    assert_non_null(line);
    for (line++; *line != '\0'; count++) {
        char *columns[7];
        for (size_t i = 0; i < 7; i++) {
            columns[i] = line;
            line += strcspn(line, i < 6 ? "\t\n" : "\n");
            assert_int_equal(*line, i < 6 ? '\t' : '\n');
            *line++ = '\0';
        }
        tsmp_message_info info;
        assert_int_equal(look(columns[0], &info), TSMP_OK);
        assert_string_equal(info.code, columns[0]);
        assert_string_equal(info.meaning, columns[2]);
        assert_string_equal(info.category, columns[3]);
        assert_string_equal(info.weight, columns[4]);
        assert_int_equal(info.confidence, columns[5][0]);
        assert_string_equal(info.source, columns[6]);
        assert_true(strchr("ABC", columns[5][0]) != NULL);
        assert_true(strcmp(columns[4], "yes") == 0 || strcmp(columns[4], "no") == 0 ||
                    strcmp(columns[4], "maybe") == 0);
        /* Categories may be shorter than what they are asked for: under ASan a read past one shows. */
        char warning[9];
        snprintf(warning, sizeof warning, "%.7sW", columns[0]);
        assert_true(message_class(columns[0]) <= MESSAGE_ERROR);
        assert_true(message_class(warning) <= MESSAGE_ERROR);
        assert_true((message_class(warning) == MESSAGE_OBJECT) <=
                    (strncmp(columns[3], "file-", 5) == 0));
    }
    assert_true(count > 300);
    text_free(&table);
}

/* All codes that there can be: a slot of the hash that two of them meet must tell them apart. */
static void every_code(void **state)
{
    (void)state;
    struct text table = {0};
    assert_true(text_load(&table, MESSAGES_TSV));
    static const char prefixes[] = "SER";
    static bool in_table[3][10000];
    size_t found = 0, expected = 0;
    for (const char *line = strchr(table.bytes, '\n'); line[1] != '\0'; line = strchr(line + 1, '\n')) {
        const char *prefix = strchr(prefixes, line[3]);
        char number[5] = {line[4], line[5], line[6], line[7], '\0'};
        assert_non_null(prefix);
        in_table[prefix - prefixes][atoi(number)] = true;
    }
    for (int i = 0; i < 30000; i++) {
        char code[16];
        tsmp_message_info info;
        snprintf(code, sizeof code, "AN%c%04dQ", "SER"[i / 10000], i % 10000);
        bool known = look(code, &info) == TSMP_OK;
        found += known;
        expected += in_table[i / 10000][i % 10000];
        if (known != in_table[i / 10000][i % 10000])
            fail_msg("%s is %s", code, known ? "found, and not in the table" : "not found");
        if (known)
            assert_memory_equal(info.code, code, 7);
    }
    assert_int_equal(found, expected);
    assert_true(found > 300);
    text_free(&table);
}

static void misuse(void **state)
{
    (void)state;
    tsmp_message_info info = {.size = sizeof info};
    assert_int_equal(tsmp_message_lookup(NULL, 8, &info), TSMP_E_MISUSE);
    assert_int_equal(tsmp_message_lookup("ANS1802E", 8, NULL), TSMP_E_MISUSE);
    info.size = 4;
    assert_int_equal(tsmp_message_lookup("ANS1802E", 8, &info), TSMP_E_MISUSE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(codes_are_found),
                                       cmocka_unit_test(the_whole_table),
                                       cmocka_unit_test(every_code), cmocka_unit_test(misuse)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
