/* SPDX-License-Identifier: BSD-2-Clause
 * What rows of the client's queries are read with: counts, quick dates, commands, heads. */
#include "clock.h"
#include "number.h"
#include "order.h"
#include "query.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

/* Read `text` in a block of its exact size, so that a look behind it is found. */
#define EXACTLY(copy, text, length) \
    char *copy = malloc((length) > 0 ? (length) : 1); \
    assert_non_null(copy); \
    memcpy(copy, (text), (length))

static void counts(void **state)
{
    static const struct {
        const char *text;
        size_t length; /* 0 = no count */
        int64_t value;
        uint32_t flags;
    } rows[] = {
        {"0", 1, 0, 0},
        {"512  B", 3, 512, 0},
        {"1,024 KB", 5, 1024, 0},
        {"1.024  B", 5, 1024, 0},
        {"1'234'567  B", 9, 1234567, 0},
        {"4 096  B", 5, 4096, 0},
        {"4 096", 5, 4096, 0},
        {"1\xC2\xA0" "024", 6, 1024, 0},
        {"1\xE2\x80\xAF" "024  B", 7, 1024, 0},
        {"1\xA0" "024  B", 5, 1024, 0},
        {"1234567", 7, 1234567, 0},
        {"1234 567", 4, 1234, 0},         /* a group has three digits before it at most */
        {"512 12-09-2031", 3, 512, 0},
        {"512 2031-09-12", 3, 512, 0},
        {"12 345 67", 6, 12345, 0},
        {"1,024.", 0, 0, 0},
        {"2.74 KB", 0, 0, 0},
        {"1,23,456", 0, 0, 0},
        {"1,234.567", 0, 0, 0},           /* two kinds of marks: one is the decimal's */
        {"12,3456", 0, 0, 0},
        {",123", 0, 0, 0},
        {"", 0, 0, 0},
        {"x", 0, 0, 0},
        {"-5", 0, 0, 0},
        {"999,999,999,999,999,999 KB", 23, 999999999999999999, 0},
        {"9,223,372,036,854,775,807  B", 25, INT64_MAX, 0},
        {"9,223,372,036,854,775,808  B", 25, 0, TSMP_FLAG_OVERFLOW},
        {"99999999999999999999999999  B", 26, 0, TSMP_FLAG_OVERFLOW},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        size_t length = strlen(rows[i].text);
        EXACTLY(copy, rows[i].text, length);
        struct number number = count_read(copy, length);
        if (number.length != rows[i].length)
            fail_msg("'%s': %zu bytes, not %zu", rows[i].text, number.length, rows[i].length);
        if (number.length > 0 && (number.value != rows[i].value || number.flags != rows[i].flags))
            fail_msg("'%s': %lld", rows[i].text, (long long)number.value);
        free(copy);
    }
}

/* The quick way gives what the long way gives, or nothing. */
static void check_decided(const char *text, size_t length, size_t *agreed)
{
    for (uint32_t order = TSMP_ORDER_MDY; order <= TSMP_ORDER_YMD; order <<= 1) {
        EXACTLY(copy, text, length);
        struct stamp quick, slow = stamp_read(copy, length, order);
        uint8_t form = stamp_likely_form(copy, length);
        if (form < STAMP_FORMS && stamp_read_decided(copy, length, order, form, &quick)) {
            if (quick.time != slow.time || quick.length != slow.length || quick.flags != slow.flags ||
                quick.form != slow.form || (slow.orders & order) == 0)
                fail_msg("'%.*s' is read otherwise the quick way", (int)length, text);
            ++*agreed;
        }
        free(copy);
    }
}

static void decided_stamps(void **state)
{
    static const char *const texts[] = {
        "09/18/2031 03:10:11", "18-09-2031 23:59:59   STANDARD", "18.09.2031 03.10.11",
        "2031-02-28 03:10:11", "2031/12/31 00:00:00 X", "2031.02.28 03,10,11", "12/12/1999 12:00:00 AM",
        "12/12/1999 12:00:00 pm", "09/18/31   03:10:11", "01/02/0000 03:10:11",
    };
    static const char bytes[] = "0123456789/-.:, AaPpMx\t\r";
    size_t agreed = 0;
    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        char text[40];
        size_t length = strlen(texts[i]);
        memcpy(text, texts[i], length);
        for (size_t cut = 0; cut <= length; cut++)
            check_decided(text, cut, &agreed);
        for (size_t at = 0; at < length; at++) {
            for (size_t k = 0; k < sizeof bytes; k++) {
                text[at] = bytes[k];
                check_decided(text, length, &agreed);
                for (size_t other = 0; other < length; other += 3) { /* and a second one */
                    char was = text[other];
                    text[other] = bytes[(k * 7 + at) % sizeof bytes];
                    check_decided(text, length, &agreed);
                    text[other] = was;
                }
            }
            text[at] = texts[i][at];
        }
    }
    assert_true(agreed > 1000);
}

static void dates_alone(void **state)
{
    static const struct {
        const char *text;
        uint32_t known;
        uint8_t length;
        uint32_t flags;
        int64_t days;
    } rows[] = {
        {"2031-09-18", 0, 10, 0, 22540},
        {"2031-09-18 x", 0, 10, 0, 22540},
        {"09/18/2031", 0, 10, 0, 22540},
        {"09/08/2031", 0, 10, TSMP_FLAG_DATE_AMBIGUOUS, 0},
        {"09/08/2031", TSMP_ORDER_MDY, 10, 0, 22530},
        {"09/18/31", 0, 8, 0, 22540},
        {"2031-02-31", 0, 10, TSMP_FLAG_TIME_IMPOSSIBLE, 0},
        {"2031-09-18x", 0, 0, 0, 0},
        {"2031-09-1", 0, 0, 0, 0},
        {"Never", 0, 0, 0, 0},
        {"", 0, 0, 0, 0},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        size_t length = strlen(rows[i].text);
        EXACTLY(copy, rows[i].text, length);
        struct stamp stamp = stamp_read_date(copy, length, rows[i].known);
        free(copy);
        if (stamp.length != rows[i].length || stamp.flags != rows[i].flags ||
            stamp.time != rows[i].days * INT64_C(86400000000))
            fail_msg("'%s': %u bytes, flags %u, day %lld", rows[i].text, (unsigned)stamp.length,
                     (unsigned)stamp.flags, (long long)(stamp.time / INT64_C(86400000000)));
    }
}

static void commands(void **state)
{
    static const struct {
        const char *text;
        uint16_t format;
    } rows[] = {
        {"q ba /x", TSMP_FORMAT_QUERY_BACKUP},
        {"query backup /x -inactive", TSMP_FORMAT_QUERY_BACKUP},
        {" Q Archive \"/x\"", TSMP_FORMAT_QUERY_ARCHIVE},
        {"q ar", TSMP_FORMAT_QUERY_ARCHIVE},
        {"que fi", TSMP_FORMAT_QUERY_FILESPACE},
        {"q sched", TSMP_FORMAT_QUERY_SCHEDULE},
        {"q sess", TSMP_FORMAT_QUERY_SESSION},
        {"q opt", TSMP_FORMAT_QUERY_OPTIONS},
        {"q incl", TSMP_FORMAT_QUERY_INCLEXCL},
        {"q mg", TSMP_FORMAT_QUERY_MGMTCLASS},
        {"q acc", TSMP_FORMAT_QUERY_ACCESS},
        {"delete access", TSMP_FORMAT_QUERY_ACCESS},
        {"delete archive /x", 0},
        {"q a", 0},           /* access or archive */
        {"q s", 0},
        {"q i", 0},           /* image as well */
        {"query backupset", 0},
        {"query", 0},
        {"q", 0},
        {"", 0},
        {"quit", 0},
        {"incremental /x", 0},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        size_t length = strlen(rows[i].text);
        EXACTLY(copy, rows[i].text, length);
        uint16_t format = query_asked(copy, length);
        free(copy);
        if (format != rows[i].format)
            fail_msg("'%s' asks for %u", rows[i].text, (unsigned)format);
    }
}

static void heads(void **state)
{
    static const struct {
        const char *text, *words;
        bool same;
    } rows[] = {
        {"   Size      Backup Date  ", "Size Backup Date", true},
        {"Size Backup Date", "Size Backup Date", true},
        {"Size Backup", "Size Backup Date", false},
        {"Size Backup Date x", "Size Backup Date", false},
        {"SizeBackup Date", "Size Backup Date", false},
        {"", "Size", false},
        {"   ", "Size", false},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        size_t length = strlen(rows[i].text);
        EXACTLY(copy, rows[i].text, length);
        if (same_words(copy, length, rows[i].words) != rows[i].same)
            fail_msg("'%s'", rows[i].text);
        free(copy);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(counts),   cmocka_unit_test(decided_stamps), cmocka_unit_test(dates_alone),
        cmocka_unit_test(commands), cmocka_unit_test(heads),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
