/* SPDX-License-Identifier: BSD-2-Clause
 * Translation tables. An invented language is made of the template by turning every letter; each
 * of its lines must give what the English one gives. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <tsmparse/tsmparse.h>

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static char turned(char c)
{
    if (c >= 'a' && c <= 'z')
        return (char)('a' + (c - 'a' + 7) % 26);
    return c >= 'A' && c <= 'Z' ? (char)('A' + (c - 'A' + 7) % 26) : c;
}

/* The template with its right sides turned. */
static char *invent(void)
{
    const char *template = tsmp_language_template();
    char *table = malloc(strlen(template) + 1);
    assert_non_null(table);
    bool right = false, comment = true;
    size_t n = 0;
    for (const char *at = template; *at != '\0'; at++) {
        if (at == template || at[-1] == '\n')
            comment = *at == '#', right = false;
        table[n++] = right && !comment ? turned(*at) : *at;
        right |= *at == '\t';
    }
    table[n] = '\0';
    return table;
}

/* ---- reading one line ------------------------------------------------------------------------ */

struct seen {
    char text[2048]; /* kind and fields */
    size_t records, fields;
    uint16_t kind;
    uint32_t joined;
};

static void see(const char *table, const char *line, bool stamped, struct seen *seen)
{
    char log[1024];
    tsmp_reader *reader;
    tsmp_batch *batch;
    *seen = (struct seen){0};
    assert_int_equal(tsmp_reader_new(NULL, NULL, &reader), TSMP_OK);
    if (table != NULL)
        assert_int_equal(tsmp_reader_add_language(reader, table, strlen(table)), TSMP_OK);
    int n = snprintf(log, sizeof log, "%s%s%s\n",
                     stamped ? "2031-02-17 20:34:10 --- SCHEDULEREC STATUS BEGIN\n" : "",
                     stamped ? "2031-02-17 20:34:51 " : "", line);
    assert_int_equal(tsmp_reader_feed(reader, log, (uint64_t)n), TSMP_OK);
    assert_int_equal(tsmp_reader_end(reader), TSMP_OK);
    while (tsmp_reader_next(reader, &batch) == TSMP_OK) {
        const tsmp_view *view = tsmp_batch_view(batch);
        for (uint64_t i = 0; i < view->record_count; i++) {
            const tsmp_record *record = &view->records[i];
            seen->text[0] = '\0';
            seen->records++;
            seen->kind = record->kind;
            seen->fields = record->field_count;
            for (uint32_t k = 0; k < record->field_count; k++) {
                const tsmp_field *field = &view->fields[record->first_field + k];
                size_t at = strlen(seen->text);
                assert_true(field->text + field->length <= view->text_length);
                snprintf(seen->text + at, sizeof seen->text - at, "%u/%u %lld^%d %x '%.*s'; ", field->id,
                         field->type, (long long)field->number, field->power,
                         field->flags & ~(uint32_t)TSMP_FLAG_JOINED, (int)field->length,
                         view->text + field->text);
                seen->joined += (field->flags & TSMP_FLAG_JOINED) != 0;
            }
        }
        tsmp_batch_unref(batch);
    }
    tsmp_reader_free(reader);
}

static bool ends_with(const char *text, const char *end)
{
    return strlen(text) >= strlen(end) && strcmp(text + strlen(text) - strlen(end), end) == 0;
}

/* What may stand in the holes of this line. */
static const char *filling(const char *form)
{
    if (ends_with(form, "-->{}"))
        return "            1,204 /heath/it's {} here";
    if (strstr(form, "Elapsed") != NULL)
        return "00:00:41";
    if (strstr(form, "Window Start") != NULL)
        return "20:30:00 on 2031-02-17";
    if (strstr(form, "date/time") != NULL)
        return "2031-02-17 20:30:00";
    if (strstr(form, "Total ") != NULL || strstr(form, ":") != NULL || strstr(form, "Return code") != NULL)
        return "1,204";
    return "it's /heath";
}

static void fill(char *to, const char *form, size_t length, const char *with)
{
    *to = '\0';
    for (size_t i = 0; i < length; i++) {
        if (i + 1 < length && form[i] == '{' && form[i + 1] == '}') {
            strcat(to, with);
            i++;
        } else {
            strncat(to, form + i, 1);
        }
    }
}

static void same(const char *table, const char *english, const char *invented, bool stamped)
{
    struct seen one, other;
    see(NULL, english, stamped, &one);
    see(table, invented, stamped, &other);
    if (one.kind == TSMP_KIND_UNKNOWN || one.kind == TSMP_KIND_MORE)
        fail_msg("'%s' is not understood: the template is wrong", english);
    if (one.records != other.records || one.kind != other.kind || strcmp(one.text, other.text) != 0)
        fail_msg("'%s' is kind %u: %s\n'%s' is kind %u: %s", english, one.kind, one.text, invented,
                 other.kind, other.text);
    if (other.fields > 0 && other.joined == 0)
        fail_msg("'%s': nothing says that it was translated", invented);
}

static void every_line(void **state)
{
    (void)state;
    char *table = invent();
    size_t count = 0;
    for (char *line = table; *line != '\0'; line = strchr(line, '\n') + 1) {
        const char *tab = strchr(line, '\t'), *end = strchr(line, '\n');
        if (line[0] == '#' || line[0] == '\n' || strncmp(line, "language\t", 9) == 0 ||
            strncmp(line, "{}", 2) == 0 || strncmp(line, "Retry", 5) == 0)
            continue;
        char form[256], english[512], invented[512];
        assert_true(tab != NULL && tab < end);
        snprintf(form, sizeof form, "%.*s", (int)(tab - line), line);
        fill(english, line, (size_t)(tab - line), filling(form));
        fill(invented, tab + 1, (size_t)(end - tab - 1), filling(form));
        same(table, english, invented, true);
        count++;
    }
    assert_true(count > 70);
    free(table);
}

/* Beginnings and ends of an object's line are put together; a name may look like an end. */
static void objects(void **state)
{
    (void)state;
    static const char *const kinds[] = {"Normal File-->", "Directory-->", "Expiring-->"};
    static const char *const ends[] = {" [Sent]", "  Changed", " ** Unsuccessful **", " [Skipped]", ""};
    static const char *const names[] = {"/heath/a", "/heath/ [Sent]", "/heath/Uvython Mpsl-->", "/heath/ b"};
    static const char *const retries[] = {"", "Retry # 1  "};
    char *table = invent();
    for (size_t r = 0; r < 2; r++)
        for (size_t k = 0; k < 3; k++)
            for (size_t e = 0; e < 5; e++)
                for (size_t n = 0; n < 4; n++) {
                    char english[256], invented[256];
                    snprintf(english, sizeof english, "%s%s            1,204 %s%s", retries[r], kinds[k],
                             names[n], ends[e]);
                    size_t head = strlen(retries[r]) + strlen(kinds[k]), tail = strlen(ends[e]);
                    strcpy(invented, english);
                    for (size_t i = 0; i < strlen(english); i++)
                        if (i < head || i >= strlen(english) - tail)
                            invented[i] = turned(english[i]);
                    same(table, english, invented, true);
                    same(table, english, invented, false);
                }
    free(table);
}

/* English stays known, and what no form fits stays as it was. */
static void other_lines(void **state)
{
    (void)state;
    static const char *const lines[] = {"Incremental backup of volume '/heath'", "ANS1228E Sending of object 'x' failed.",
                                        "Wholly unknown", "Total number of objects inspected:  1,204"};
    char *table = invent();
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
        struct seen one, other;
        see(NULL, lines[i], true, &one);
        see(table, lines[i], true, &other);
        assert_int_equal(one.kind, other.kind);
        assert_string_equal(one.text, other.text);
        assert_int_equal(other.joined, 0);
    }
    free(table);
}

static void malformed(void **state)
{
    (void)state;
    static const struct {
        const char *table, *line;
    } rows[] = {
        {"", "line 0"},
        {"# nothing\n", "line 1"},
        {"Node Name: {}\tX: {}\n", "line 1"},
        {"language\tX\n", "line 1"},
        {"language\tX\nNode Name: {}\n", "line 2"},
        {"language\tX\nNode Name: {}\tX: {}\tY\n", "line 2"},
        {"language\tX\nNode Name: {}\tX:\n", "line 2"},
        {"language\tX\nNode Name: {}\tX: {}{}\n", "line 2"},
        {"language\tX\n\n# c\nNot a line of the client\tX\n", "line 4"},
        {"language\tX\nNode Name: {}\t{}\n", "line 2"},
        {"language\tX\n{} [Sent]\tSent {}\n", "line 2"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        tsmp_reader *reader;
        assert_int_equal(tsmp_reader_new(NULL, NULL, &reader), TSMP_OK);
        if (tsmp_reader_add_language(reader, rows[i].table, strlen(rows[i].table)) != TSMP_E_LANGUAGE ||
            strstr(tsmp_reader_error(reader), rows[i].line) == NULL)
            fail_msg("row %zu: %s", i, tsmp_reader_error(reader));
        tsmp_reader_free(reader);
    }
}

static void when(void **state)
{
    (void)state;
    const char *template = tsmp_language_template();
    tsmp_reader *reader;
    assert_int_equal(tsmp_reader_new(NULL, NULL, &reader), TSMP_OK);
    assert_int_equal(tsmp_reader_add_language(NULL, template, 1), TSMP_E_MISUSE);
    assert_int_equal(tsmp_reader_add_language(reader, NULL, 1), TSMP_E_MISUSE);
    assert_int_equal(tsmp_reader_add_language(reader, template, strlen(template)), TSMP_OK);
    assert_int_equal(tsmp_reader_add_language(reader, template, strlen(template)), TSMP_OK);
    assert_int_equal(tsmp_reader_feed(reader, "x\n", 2), TSMP_OK);
    assert_int_equal(tsmp_reader_add_language(reader, template, strlen(template)), TSMP_E_MISUSE);
    tsmp_reader_free(reader);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_line), cmocka_unit_test(objects), cmocka_unit_test(other_lines),
        cmocka_unit_test(malformed), cmocka_unit_test(when)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
