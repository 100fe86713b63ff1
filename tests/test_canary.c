/* SPDX-License-Identifier: BSD-2-Clause
 * The canary: each answer with each of its reasons, however the text is cut and whenever memory runs
 * out. The texts are written after the documented output of `query backup`, with names of our own. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "clock.h"

#include <tsmparse/canary.h>

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PATH "/knoll/.canary/zz~late"

/* Client 07:00:00, server 07:41:00: 41 minutes ahead. */
#define CLIENT "IBM Storage Protect\n" \
    "Command Line Backup-Archive Client Interface\n" \
    "  Client Version 8, Release 1, Level 23.0 \n" \
    "  Client date/time: 2031-06-15 07:00:00\n" \
    "(c) Copyright by IBM Corporation and other(s) 1990, 2031. All Rights Reserved. \n\n"
#define SESSION_AT(server) "Node Name: CURLEW\nSession established with server PLOVER: Linux/x86_64\n" \
    "  Server Version 8, Release 1, Level 23.000\n" \
    "  Server date/time: " server "  Last access: 2031-06-15 02:00:00\n\n"
#define BANNER CLIENT SESSION_AT("2031-06-15 07:41:00")
#define HEAD "             Size        Backup Date                Mgmt Class           A/I File\n" \
             "             ----        -----------                ----------           --- ----\n"
#define VERSION(size, time, state, path) size "  " time "             STANDARD             " state "  " path "\n"
#define ROW(time, state) VERSION("           120  B", time, state, PATH)
#define MODIFIED(time) "         Modified: " time " Accessed: 2031-06-15 00:00:00 Inode changed: 2031-06-15 00:00:00\n"
#define NO_MATCH "ANS1092W No files matching search criteria were found\n"
/* The canary was written at 21:50 of the client, the run lasted from 22:00 to 23:00. */
#define WRITTEN "2031-06-14 21:50:00"
#define GOOD ROW("2031-06-14 22:43:00", "A") MODIFIED(WRITTEN)
#define OLD ROW("2031-06-13 22:43:00", "A") MODIFIED("2031-06-13 21:50:00")

static int64_t at(const char *text)
{
    struct stamp stamp = stamp_read(text, strlen(text), TSMP_ORDER_YMD);
    assert_int_equal(stamp.flags, 0);
    assert_int_equal(stamp.length, strlen(text));
    return stamp.time;
}

static tsmp_canary_question usual(uint32_t flags)
{
    return (tsmp_canary_question){
        .size = sizeof(tsmp_canary_question), .flags = flags, .path = {PATH, sizeof PATH - 1},
        .bytes = 120, .modified = at(WRITTEN), .window_start = at("2031-06-14 22:00:00"),
        .window_end = at("2031-06-14 23:00:00")};
}

/* Read `text` in pieces of `chunk` and ask. NULL: `status` says why. */
static tsmp_canary *ask(const char *text, size_t chunk, const tsmp_canary_question *question,
                        const tsmp_allocator *allocator, int32_t *status)
{
    tsmp_options options = {.size = sizeof options, .batch_records = chunk < 9 ? 1 : 0};
    tsmp_reader *reader;
    tsmp_canary *canary;
    tsmp_batch *batch;
    size_t length = strlen(text);
    *status = tsmp_canary_new(question, allocator, &canary);
    if (*status != TSMP_OK)
        return NULL;
    assert_int_equal(tsmp_reader_new(&options, NULL, &reader), TSMP_OK);
    for (size_t from = 0; from <= length && *status == TSMP_OK; from += chunk) {
        if (from < length)
            assert_int_equal(tsmp_reader_feed(reader, text + from, length - from < chunk ? length - from : chunk),
                             TSMP_OK);
        if (from + chunk > length)
            assert_int_equal(tsmp_reader_end(reader), TSMP_OK);
        while (*status == TSMP_OK && tsmp_reader_next(reader, &batch) == TSMP_OK) {
            *status = tsmp_canary_add(canary, batch);
            tsmp_batch_unref(batch);
        }
    }
    tsmp_reader_free(reader);
    assert_null(tsmp_canary_view_of(canary));
    if (*status == TSMP_OK)
        *status = tsmp_canary_end(canary);
    else
        assert_int_equal(tsmp_canary_end(canary), TSMP_E_MISUSE);
    if (*status == TSMP_OK)
        return canary;
    tsmp_canary_free(canary);
    return NULL;
}

/* "absent: before_window 12; other_paths 11 14" */
static void show(const tsmp_canary_view *view, char *to, size_t size)
{
    int n = snprintf(to, size, "%s:", tsmp_name("canary", view->answer));
    for (uint64_t i = 0; i < view->reason_count; i++) {
        const tsmp_canary_reason *reason = &view->reasons[i];
        assert_true(reason->text.length > 0);
        n += snprintf(to + n, size - (size_t)n, "%s %s", i > 0 ? ";" : "", tsmp_name("canary_reason", reason->id));
        for (uint64_t k = 0; k < reason->line_count; k++)
            n += snprintf(to + n, size - (size_t)n, " %llu", (unsigned long long)reason->lines[k]);
    }
    assert_true((size_t)n < size);
}

#define WHOLE (TSMP_CANARY_SIZE | TSMP_CANARY_MODIFIED | TSMP_CANARY_UNTIL)
#define KNOWN (WHOLE | TSMP_CANARY_KNOWN)

/* The banner has 11 lines and the head 2: the first row is line 14. */
static const struct {
    const char *name;
    uint32_t flags;
    const char *text, *answer;
} cases[] = {
    {"stored by the run", WHOLE, BANNER HEAD GOOD, "present: in_window 14"},
    {"nothing told but the window", TSMP_CANARY_UNTIL, BANNER HEAD ROW("2031-06-14 22:43:00", "A"),
     "present: in_window 14"},
    {"a later run stored it again", WHOLE,
     BANNER HEAD ROW("2031-06-15 06:00:00", "A") MODIFIED("2031-06-15 05:00:00")
     ROW("2031-06-14 22:43:00", "I") MODIFIED(WRITTEN), "present: in_window 16"},
    {"an error beside a good row is told", WHOLE, BANNER "ANS1228E Sending of object '/knoll/x' failed.\n" HEAD GOOD,
     "present: in_window 15; error_message 12"},
    {"at the edge of the slack", WHOLE, BANNER HEAD ROW("2031-06-14 22:40:55", "A") MODIFIED(WRITTEN),
     "present: in_window 14"},
    {"the clocks count: by the server's clock it is behind the end", WHOLE,
     BANNER HEAD ROW("2031-06-14 23:40:59", "A") MODIFIED(WRITTEN), "present: in_window 14"},
    {"the clocks count: by the server's clock it is inside", WHOLE,
     BANNER HEAD ROW("2031-06-14 22:39:00", "A") MODIFIED("2031-06-13 21:50:00"),
     "unknown: before_window 14; hour_off 14; stored_before"},

    {"the newest is of the night before", WHOLE, BANNER HEAD OLD, "absent: before_window 14"},
    {"the same without -detail", WHOLE, BANNER HEAD ROW("2031-06-13 22:43:00", "A"), "absent: before_window 14"},
    {"stored only days later", WHOLE,
     BANNER HEAD ROW("2031-06-15 04:43:00", "A") MODIFIED(WRITTEN) ROW("2031-06-13 22:43:00", "I"),
     "absent: after_window 14"},
    {"the same, and none older is kept", WHOLE, BANNER HEAD ROW("2031-06-15 04:43:00", "A") MODIFIED(WRITTEN),
     "unknown: after_window 14; retention"},
    {"it may not have changed", TSMP_CANARY_UNTIL, BANNER HEAD ROW("2031-06-13 22:43:00", "A"),
     "unknown: before_window 14; perhaps_unchanged"},
    {"another run stored it first", WHOLE, BANNER HEAD ROW("2031-06-14 20:00:00", "A") MODIFIED(WRITTEN),
     "unknown: before_window 14; stored_before"},
    {"an hour off", WHOLE, BANNER HEAD ROW("2031-06-14 21:43:00", "A"), "unknown: before_window 14; hour_off 14"},
    {"an hour off, later", WHOLE, BANNER HEAD ROW("2031-06-15 00:30:00", "A") ROW("2031-06-13 22:00:00", "I"),
     "unknown: after_window 14; hour_off 14"},
    {"the file is gone", WHOLE, BANNER HEAD ROW("2031-06-13 22:43:00", "I"),
     "unknown: before_window 14; only_inactive"},
    {"two file spaces", WHOLE, BANNER HEAD GOOD ROW("2031-06-13 22:43:00", "A"),
     "unknown: several_active 14 16"},
    {"two file spaces, both old", WHOLE, BANNER HEAD OLD ROW("2031-06-12 22:43:00", "A"),
     "unknown: before_window 14; several_active 14 16"},

    {"another size", WHOLE, BANNER HEAD VERSION("           121  B", "2031-06-14 22:43:00", "A", PATH) MODIFIED(WRITTEN),
     "unknown: size_differs 14"},
    {"a rounded size", WHOLE, BANNER HEAD VERSION("             1 KB", "2031-06-14 22:43:00", "A", PATH) MODIFIED(WRITTEN),
     "present: in_window 14"},
    {"a rounded size that can't be", WHOLE,
     BANNER HEAD VERSION("             2 KB", "2031-06-14 22:43:00", "A", PATH) MODIFIED(WRITTEN), "unknown: size_differs 14"},
    {"a size past all numbers", WHOLE,
     BANNER HEAD VERSION("99,999,999,999,999,999,999  B", "2031-06-14 22:43:00", "A", PATH) MODIFIED(WRITTEN),
     "unknown: size_unclear 14"},
    {"a second later", WHOLE, BANNER HEAD ROW("2031-06-14 22:43:00", "A") MODIFIED("2031-06-14 21:50:01"),
     "unknown: modified_differs 14"},
    {"modified an hour off", WHOLE, BANNER HEAD ROW("2031-06-14 22:43:00", "A") MODIFIED("2031-06-14 20:50:00"),
     "unknown: hour_off 14"},
    {"inside, without -detail", WHOLE, BANNER HEAD ROW("2031-06-14 22:43:00", "A"), "unknown: modified_missing 14"},

    {"no match, from a query that found it before", KNOWN, BANNER NO_MATCH, "absent: no_match 12"},
    {"the letter of 4.2", KNOWN, BANNER "ANS1092E No files matching search criteria were found\n",
     "absent: no_match 12"},
    {"no match, never asked before", WHOLE, BANNER NO_MATCH, "unknown: no_match 12"},
    {"no match, not told when it changed", TSMP_CANARY_UNTIL | TSMP_CANARY_KNOWN, BANNER NO_MATCH,
     "unknown: no_match 12; perhaps_unchanged"},
    {"no match without a session", KNOWN, CLIENT NO_MATCH, "unknown: no_match 7; no_session"},
    {"no match and an error", KNOWN, BANNER "ANS1071E Invalid domain name entered: '/x'\n" NO_MATCH,
     "unknown: error_message 12; no_match 13"},
    {"no match beside a path in other case", KNOWN,
     BANNER HEAD VERSION("           120  B", "2031-06-14 22:43:00", "A", "/Knoll/.canary/zz~late") NO_MATCH,
     "unknown: no_match 15; other_case 14"},
    {"an archive's answer is none of ours", KNOWN, BANNER "Protect> q ar /knoll/x\n" NO_MATCH, "unknown: no_answer"},

    {"no session", KNOWN, CLIENT "ANS1017E Session rejected: TCP/IP connection failure.\n",
     "unknown: error_message 7; no_session"},
    {"a password", KNOWN, CLIENT "Node Name: CURLEW\nPlease enter your user id <CURLEW>: \n",
     "unknown: password 8; no_session"},
    {"a password, by its message", KNOWN, CLIENT "ANS1051I Invalid user id or password submitted.\n",
     "unknown: password 7; no_session"},
    {"nothing behind the banner", KNOWN, BANNER, "unknown: no_answer"},
    {"a head alone is no answer", KNOWN, BANNER HEAD, "unknown: no_answer"},
    {"no text", KNOWN, "", "unknown: no_session"},
    {"garbage", KNOWN, "floor wax\n", "unknown: not_understood 1; no_session"},
    {"a line of it hides what is absent", WHOLE, BANNER HEAD OLD "\nfloor wax\n",
     "unknown: not_understood 17; before_window 14"},

    {"no banner", WHOLE, HEAD GOOD, "unknown: skew_unknown 3"},
    {"a banner without the client's clock", WHOLE, SESSION_AT("2031-06-15 07:41:00") HEAD GOOD,
     "unknown: skew_unknown 8"},
    {"clocks days apart", WHOLE, CLIENT SESSION_AT("2031-06-18 07:41:00") HEAD GOOD, "unknown: skew_large 14"},
    {"dates of undecided order", WHOLE, BANNER HEAD ROW("06/05/31   22:43:00", "A"),
     "unknown: date_undecided 14"},

    {"API rows", KNOWN, BANNER HEAD "API " ROW("2031-06-14 22:43:00", "A"), "unknown: no_answer; api_rows 14"},
    {"a file beside it", WHOLE, BANNER HEAD VERSION("           120  B", "2031-06-14 22:43:00", "A", "/knoll/.canary/!early")
     GOOD, "present: in_window 15; other_paths 14"},
    {"a row below a name of somebody else", WHOLE,
     BANNER HEAD VERSION("           120  B", "2031-06-14 22:43:00", "A", "/knoll/eve/x") GOOD,
     "unknown: forgeable 15; other_paths 14"},
    {"a banner below such a name", WHOLE,
     BANNER HEAD VERSION("           120  B", "2031-06-14 22:43:00", "A", "/knoll/eve/x") BANNER HEAD GOOD,
     "unknown: forgeable 28; other_paths 14"},
    {"a name that the terminal broke is not the canary's", WHOLE, BANNER HEAD ROW("2031-06-14 22:43:00", "A") "-and-more\n",
     "unknown: not_understood 15; no_answer"},
    {"cut within a longer name", TSMP_CANARY_UNTIL,
     BANNER HEAD "           120  B  2031-06-14 22:43:00             STANDARD             A  " PATH,
     "unknown: not_understood 14; no_answer"},
    {"cut behind the row", WHOLE, BANNER HEAD OLD "     ", "unknown: not_understood 16; before_window 14"},
    {"two queries, each with its clocks", WHOLE, CLIENT SESSION_AT("2031-06-15 07:00:00") NO_MATCH BANNER HEAD GOOD,
     "present: in_window 26"},
};

static void test_cases(void **state)
{
    (void)state;
    char shown[600];
    int32_t status;
    bool bad = false;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const size_t chunks[] = {1u << 20, 1, 7};
        tsmp_canary_question question = usual(cases[i].flags);
        for (size_t k = 0; k < sizeof chunks / sizeof *chunks; k++) {
            tsmp_canary *canary = ask(cases[i].text, chunks[k], &question, NULL, &status);
            assert_non_null(canary);
            show(tsmp_canary_view_of(canary), shown, sizeof shown);
            if (strcmp(shown, cases[i].answer) != 0) {
                bad = true;
                print_error("%s (pieces of %zu):\n  %s\nnot\n  %s\n", cases[i].name, chunks[k], shown, cases[i].answer);
            }
            assert_int_equal(tsmp_canary_end(canary), TSMP_OK);
            tsmp_canary_free(canary);
        }
    }
    assert_false(bad);
}

/* Those that the table above can't show: more of the question, or times that lie elsewhere. */
static void test_times(void **state)
{
    (void)state;
    static const struct {
        const char *modified, *start, *end, *text, *answer;
        int64_t skew_minutes; /* 0 = by the banner */
        uint32_t most;
    } times[] = {
        {"2031-06-14 22:10:00", "2031-06-14 22:00:00", "2031-06-14 23:00:00", BANNER HEAD OLD,
         "unknown: before_window 14; changed_late", 0, 0},
        {"2031-06-15 21:50:00", "2031-06-15 22:00:00", "2031-06-15 23:00:00", BANNER HEAD GOOD,
         "unknown: before_window 14; not_yet", 0, 0},
        {WRITTEN, "2031-06-14 22:00:00", "2031-06-14 23:00:00", HEAD GOOD, "present: in_window 3", 41, 0},
        {WRITTEN, "2031-06-14 22:00:00", "2031-06-14 23:00:00", HEAD ROW("2031-06-13 21:00:00", "A"),
         "absent: before_window 3", 41, 0},
        {WRITTEN, "2031-06-14 22:00:00", "2031-06-14 23:00:00", BANNER HEAD OLD ROW("2031-06-12 22:43:00", "I"),
         "unknown: limit 16; before_window 14", 0, 1},
    };
    char shown[300];
    int32_t status;
    for (size_t i = 0; i < sizeof times / sizeof *times; i++) {
        tsmp_canary_question question = usual(WHOLE);
        question.modified = at(times[i].modified);
        question.window_start = at(times[i].start);
        question.window_end = at(times[i].end);
        question.max_versions = times[i].most;
        question.skew = times[i].skew_minutes * 60 * 1000000;
        question.flags |= times[i].skew_minutes != 0 ? TSMP_CANARY_SKEW : 0;
        tsmp_canary *canary = ask(times[i].text, 1u << 20, &question, NULL, &status);
        assert_non_null(canary);
        show(tsmp_canary_view_of(canary), shown, sizeof shown);
        assert_string_equal(shown, times[i].answer);
        assert_int_equal(tsmp_canary_view_of(canary)->versions_left_out, times[i].most == 1);
        tsmp_canary_free(canary);
    }
}

/* Every answer and every reason of the schema stands in a case. */
static void test_each_reason(void **state)
{
    (void)state;
    static const char *const elsewhere = "changed_late not_yet limit"; /* test_times */
    static const char *const groups[] = {"canary", "canary_reason"};
    for (size_t g = 0; g < 2; g++)
        for (uint32_t id = 1; tsmp_name(groups[g], id) != NULL; id++) {
            const char *name = tsmp_name(groups[g], id);
            bool found = strstr(elsewhere, name) != NULL;
            for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
                found |= strstr(cases[i].answer, name) != NULL;
            if (!found)
                fail_msg("no case has %s %s", groups[g], name);
        }
}

static void test_view(void **state)
{
    (void)state;
    int32_t status;
    tsmp_canary_question question = usual(WHOLE);
    tsmp_canary *canary = ask(BANNER HEAD VERSION("            12 KB", "2031-06-14 22:43:00", "A", PATH) MODIFIED(WRITTEN)
                              ROW("2031-06-13 22:43:00", "I"), 1u << 20, &question, NULL, &status);
    assert_non_null(canary);
    const tsmp_canary_view *view = tsmp_canary_view_of(canary);
    assert_int_equal(view->size, sizeof *view);
    assert_int_equal(view->version_stride, sizeof(tsmp_canary_version));
    assert_int_equal(view->reason_stride, sizeof(tsmp_canary_reason));
    assert_int_equal(view->night_stride, sizeof(tsmp_canary_night));
    assert_int_equal(view->skew, INT64_C(41) * 60 * 1000000);
    assert_int_equal(view->asked, at("2031-06-15 07:00:00"));
    assert_int_equal(view->version_count, 2);
    const tsmp_canary_version *first = view->versions, *second = view->versions + 1;
    assert_int_equal(first->bytes, 12 * 1024);
    assert_int_equal(first->unit, 1024);
    assert_int_equal(first->flags, TSMP_CANARY_VERSION_HAS_SIZE | TSMP_CANARY_VERSION_ROUNDED |
                                       TSMP_CANARY_VERSION_IN_WINDOW);
    assert_int_equal(first->modified, at(WRITTEN));
    assert_int_equal(first->backup_time, at("2031-06-14 22:43:00"));
    assert_int_equal(second->state, TSMP_WORD_INACTIVE);
    assert_true(second->modified == TSMP_NO_TIME);
    assert_int_equal(second->unit, 1);
    tsmp_canary_free(canary);
}

/* ---- nights ------------------------------------------------------------------------------------ */

static void test_nights(void **state)
{
    (void)state;
    /* stored in the nights of the 14th (twice), the 12th and the 11th; not of the 13th */
    static const char rows[] =
        BANNER HEAD ROW("2031-06-15 05:00:00", "A") ROW("2031-06-14 22:43:00", "I")
        ROW("2031-06-12 22:43:00", "I") ROW("2031-06-11 22:43:00", "I");
    static const char *const starts[] = {"2031-06-10 22:00:00", "2031-06-11 22:00:00", "2031-06-12 22:00:00",
                                         "2031-06-13 22:00:00", "2031-06-14 22:00:00"};
    static const struct {
        const char *text;
        uint32_t flags, kept, days;
        const char *answer;
    } nights[] = {
        /* 10th: older than all that is kept, and no limit is known */
        {rows, TSMP_CANARY_CHANGES, 0, 0, "unknown retention 0, present in_window 1, present in_window 1, "
                                          "absent before_window 0, present in_window 2"},
        {rows, TSMP_CANARY_CHANGES, 5, TSMP_CANARY_NO_LIMIT, "absent before_window 0, present in_window 1, "
                                          "present in_window 1, absent before_window 0, present in_window 2"},
        {rows, TSMP_CANARY_CHANGES, 4, TSMP_CANARY_NO_LIMIT, "unknown retention 0, present in_window 1, "
                                          "present in_window 1, absent before_window 0, present in_window 2"},
        {rows, TSMP_CANARY_CHANGES, 5, 30, "absent before_window 0, present in_window 1, present in_window 1, "
                                          "absent before_window 0, present in_window 2"},
        {rows, TSMP_CANARY_CHANGES, 5, 4, "unknown retention 0, present in_window 1, present in_window 1, "
                                          "absent before_window 0, present in_window 2"},
        {rows, 0, 5, TSMP_CANARY_NO_LIMIT, "unknown perhaps_unchanged 0, present in_window 1, present in_window 1, "
                                          "unknown perhaps_unchanged 0, present in_window 2"},
        {BANNER HEAD ROW("2031-06-13 22:20:00", "A") ROW("2031-06-11 22:43:00", "I"), TSMP_CANARY_CHANGES, 0, 0,
         "unknown retention 0, present in_window 1, present in_window 1, unknown hour_off 0, unknown not_yet 0"},
        {BANNER NO_MATCH, TSMP_CANARY_CHANGES, 0, 0, "unknown no_match 0, unknown no_match 0, unknown no_match 0, "
                                                     "unknown no_match 0, unknown no_match 0"},
        {BANNER HEAD ROW("2031-06-14 22:43:00", "A") ROW("2031-06-13 22:43:00", "A"), TSMP_CANARY_CHANGES, 0, 0,
         "unknown several_active 0, unknown several_active 0, unknown several_active 0, "
         "unknown several_active 1, unknown several_active 1"},
        {HEAD ROW("2031-06-14 22:43:00", "A"), TSMP_CANARY_CHANGES, 0, 0,
         "unknown skew_unknown 0, unknown skew_unknown 0, unknown skew_unknown 0, unknown skew_unknown 0, "
         "unknown skew_unknown 0"},
    };
    int64_t times[5];
    for (size_t i = 0; i < 5; i++)
        times[i] = at(starts[i]);
    for (size_t i = 0; i < sizeof nights / sizeof *nights; i++) {
        char shown[600] = "";
        int32_t status;
        tsmp_canary_question question = usual(nights[i].flags);
        question.nights = times;
        question.night_count = 5;
        question.versions_kept = nights[i].kept;
        question.days_kept = nights[i].days;
        tsmp_canary *canary = ask(nights[i].text, 1u << 20, &question, NULL, &status);
        assert_non_null(canary);
        const tsmp_canary_view *view = tsmp_canary_view_of(canary);
        assert_int_equal(view->night_count, 5);
        for (uint64_t k = 0; k < view->night_count; k++) {
            const tsmp_canary_night *night = &view->nights[k];
            size_t n = strlen(shown);
            assert_int_equal(night->start, times[k]);
            assert_int_equal(night->line != 0, night->versions != 0);
            snprintf(shown + n, sizeof shown - n, "%s%s %s %llu", k > 0 ? ", " : "", tsmp_name("canary", night->answer),
                     tsmp_name("canary_reason", night->reason), (unsigned long long)night->versions);
        }
        assert_string_equal(shown, nights[i].answer);
        tsmp_canary_free(canary);
    }
}

/* ---- misuse and memory ------------------------------------------------------------------------- */

static void test_misuse(void **state)
{
    (void)state;
    tsmp_canary *canary;
    tsmp_canary_question q = usual(WHOLE), good = q;
    int64_t backwards[] = {at("2031-06-14 22:00:00"), at("2031-06-13 22:00:00")};
    assert_int_equal(tsmp_canary_new(NULL, NULL, &canary), TSMP_E_MISUSE);
    assert_int_equal(tsmp_canary_new(&q, NULL, NULL), TSMP_E_MISUSE);
#define REFUSED(member, value) \
    q = good, q.member = value, assert_int_equal(tsmp_canary_new(&q, NULL, &canary), TSMP_E_MISUSE)
    REFUSED(size, 0);
    REFUSED(flags, 64);
    REFUSED(path.length, 0);
    REFUSED(window_start, TSMP_NO_TIME);
    REFUSED(window_end, q.window_start - 1);
    REFUSED(modified, INT64_MAX);
    REFUSED(slack, -1);
    REFUSED(slack, INT64_C(601) * 1000000);
    REFUSED(night_count, 1);
    q = good;
    q.flags |= TSMP_CANARY_SKEW;
    q.skew = INT64_C(27) * 3600 * 1000000;
    assert_int_equal(tsmp_canary_new(&q, NULL, &canary), TSMP_E_MISUSE);
    q = good;
    q.nights = backwards;
    q.night_count = 2;
    assert_int_equal(tsmp_canary_new(&q, NULL, &canary), TSMP_E_MISUSE);
    assert_int_equal(tsmp_canary_new(&good, NULL, &canary), TSMP_OK);
    assert_int_equal(tsmp_canary_add(canary, NULL), TSMP_E_MISUSE);
    assert_int_equal(tsmp_canary_add(NULL, NULL), TSMP_E_MISUSE);
    assert_int_equal(tsmp_canary_end(NULL), TSMP_E_MISUSE);
    assert_null(tsmp_canary_view_of(NULL));
    tsmp_canary_free(canary);
    tsmp_canary_free(NULL);
}

struct heap {
    long left; /* allocations that are still granted */
    long open;
};

static void *heap_resize(void *memory, uint64_t size, void *context)
{
    struct heap *heap = context;
    if (heap->left-- <= 0)
        return NULL;
    void *bigger = realloc(memory, (size_t)size);
    heap->open += memory == NULL && bigger != NULL;
    return bigger;
}

static void *heap_alloc(uint64_t size, void *context)
{
    return heap_resize(NULL, size, context);
}

static void heap_release(void *memory, void *context)
{
    struct heap *heap = context;
    heap->open -= memory != NULL;
    free(memory);
}

static void test_memory(void **state)
{
    (void)state;
    int64_t night = at("2031-06-14 22:00:00");
    tsmp_canary_question question = usual(WHOLE);
    question.nights = &night;
    question.night_count = 1;
    for (long granted = 0;; granted++) {
        struct heap heap = {granted, 0};
        tsmp_allocator allocator = {heap_alloc, heap_resize, heap_release, &heap};
        int32_t status;
        tsmp_canary *canary = ask(BANNER HEAD GOOD, 1u << 20, &question, &allocator, &status);
        if (canary == NULL) {
            assert_int_equal(status, TSMP_E_NOMEM);
            assert_int_equal(heap.open, 0);
            assert_true(granted < 20);
            continue;
        }
        assert_int_equal(tsmp_canary_view_of(canary)->answer, TSMP_CANARY_PRESENT);
        tsmp_canary_free(canary);
        assert_int_equal(heap.open, 0);
        assert_true(granted >= 4);
        break;
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_cases),  cmocka_unit_test(test_times),  cmocka_unit_test(test_each_reason),
        cmocka_unit_test(test_view),   cmocka_unit_test(test_nights), cmocka_unit_test(test_misuse),
        cmocka_unit_test(test_memory),
    };
    return cmocka_run_group_tests_name("canary", tests, NULL, NULL);
}
