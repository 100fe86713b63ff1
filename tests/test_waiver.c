/* SPDX-License-Identifier: BSD-2-Clause
 * Messages that are known to be harmless: what a waiver silences, what it must not, and that no name
 * a user can give a file makes use of one. Limits and proofs that are asked for, too. */
#include "nights.h"
#include "said.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LATE (INT64_C(4000000000) * 1000000)  /* 2096 */
#define EARLY (INT64_C(1900000000) * 1000000) /* 2030 */
#define SENT_A D17 "20:34:20 Normal File-->                 4,096 /heath/a [Sent]\n"
#define FAILED(name, reason)                                                                       \
    D17 "20:34:20 ANS1228E Sending of object '" name "' failed.\n" D17 "20:34:20 " reason "\n"
#define CHANGED(name) FAILED(name, "ANS4037E Object '" name "' changed during processing.")
#define COUNT_0 "failed:               0"
#define COUNT_1 "failed:               1"
#define COUNT_2 "failed:               2"
#define END_ROOT_FAILED D17 "20:34:51 ANS1802E Incremental backup of '/' finished with 1 failure(s)\n"

struct trial {
    const char *what;
    struct edit edits[4]; /* of the good night */
    const char *code, *object;
    int64_t until; /* 0 = LATE */
    uint32_t flags;
    const char *verdict;
    const char *reasons; /* that must be given; -X must not */
};

static void edited(struct text *text, const char *what, const struct edit *edits)
{
    text_clear(text);
    text_put(text, GOOD_NIGHT);
    for (size_t i = 0; i < 4 && edits[i].from != NULL; i++) {
        const char *place = strstr(text->bytes, edits[i].from);
        if (place == NULL)
            fail_msg("%s: '%s' is not in the text", what, edits[i].from);
        struct text next = {0};
        text_add(&next, text->bytes, (size_t)(place - text->bytes));
        text_put(&next, edits[i].to);
        text_put(&next, place + strlen(edits[i].from));
        text_free(text);
        *text = next;
    }
}

/* Judge the one run of a text. Free the result with text_free. */
static struct text judged(const char *what, const struct text *text, const tsmp_context *context)
{
    struct setup setup = {.options = {.size = sizeof setup.options, .date_order = TSMP_ORDER_MDY},
                          .context = *context};
    struct reading reading = {0};
    struct text out = {0};
    reading_make(&reading, what, text->bytes, text->length, &setup, READING_WHOLE,
                 WANT_RUNS | WANT_JUDGED | WANT_SAID);
    assert_int_equal(reading.judged_count, 1);
    said_row(what, &reading.said);
    text_put(&out, "verdict ");
    text_put(&out, tsmp_name("verdict", reading.judged[0].standing.verdict));
    text_put(&out, "\n");
    text_add(&out, reading.runs.bytes, reading.runs.length);
    reading_free(&reading);
    return out;
}

static void expect(const char *what, const struct text *got, const char *verdict, const char *reasons)
{
    char wanted[100], words[200];
    snprintf(wanted, sizeof wanted, "verdict %s\n", verdict);
    if (strncmp(got->bytes, wanted, strlen(wanted)) != 0)
        fail_msg("%s: it is not %s:\n%s", what, verdict, got->bytes);
    snprintf(words, sizeof words, "%s", reasons);
    for (char *word = strtok(words, " "); word != NULL; word = strtok(NULL, " ")) {
        bool unwanted = word[0] == '-';
        snprintf(wanted, sizeof wanted, "evidence %s ", word + unwanted);
        if ((strstr(got->bytes, wanted) != NULL) == unwanted)
            fail_msg("%s: %s\n%s", what, word, got->bytes);
    }
}

static void try_all(const struct trial *trials, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const struct trial *t = &trials[i];
        tsmp_waiver waiver = {.code = {t->code, 8},
                              .object = {t->object, strlen(t->object)},
                              .reason = {"known", 5},
                              .until = t->until != 0 ? t->until : LATE,
                              .flags = t->flags};
        tsmp_context context = {.size = sizeof context, .waivers = &waiver, .waiver_count = 1};
        struct text text = {0};
        edited(&text, t->what, t->edits);
        struct text got = judged(t->what, &text, &context);
        expect(t->what, &got, t->verdict, t->reasons);
        text_free(&got);
        text_free(&text);
    }
}
#define TRY(trials) try_all(trials, sizeof trials / sizeof *trials)

static void silences_what_it_names(void **state)
{
    (void)state;
    static const struct trial trials[] = {
        {"one object, counted once", {{SENT_A, CHANGED("/heath/a")}, {COUNT_0, COUNT_1}},
         "ANS4037E", "/heath/*", 0, 0, "complete", "waived"},
        {"any object", {{SENT_A, CHANGED("/heath/a")}, {COUNT_0, COUNT_1}}, "ANS4037E", "", 0, 0,
         "complete", "waived"},
        {"the volume counts it as well", {{SENT_A, CHANGED("/heath/a")}, {COUNT_0, COUNT_1},
                                          {END_ROOT(D17), END_ROOT_FAILED}},
         "ANS4037E", "/heath/a", 0, 0, "complete", "waived"},
        {"an error of which no more is known", {{SENT_A, D17 "20:34:20 ANS9998E Cannot.\n"}},
         "ANS9998E", "", 0, 0, "complete", "waived -objects_not_stored"},
        {"two objects, each counted", {{SENT_A, CHANGED("/heath/a") CHANGED("/heath/b")}, {COUNT_0, COUNT_2}},
         "ANS4037E", "/heath/*", 0, 0, "complete", "waived"},
        {"over folders", {{SENT_A, CHANGED("/heath/x/y/a.tmp")}, {COUNT_0, COUNT_1}}, "ANS4037E",
         "/heath/**.tmp", 0, 0, "complete", "waived"},
        {"a volume by its exact name", {{SENT_A, D17 "20:34:20 ANS4021E Error processing '/mnt/usb': "
                                                 "file system not ready\n"}},
         "ANS4021E", "/mnt/usb", 0, TSMP_WAIVER_VOLUME, "complete", "waived -E03"},
    };
    TRY(trials);
}

static void weighs_all_else(void **state)
{
    (void)state;
    static const struct trial trials[] = {
        {"another code", {{SENT_A, CHANGED("/heath/a")}, {COUNT_0, COUNT_1}}, "ANS4005E", "", 0, 0,
         "exceptions", "objects_not_stored -waived"},
        {"the first of two codes has no reason in it",
         {{SENT_A, CHANGED("/heath/a")}, {COUNT_0, COUNT_1}}, "ANS1228E", "", 0, 0, "exceptions",
         "objects_not_stored -waived"},
        {"another folder", {{SENT_A, CHANGED("/etc/a")}, {COUNT_0, COUNT_1}}, "ANS4037E", "/heath/*",
         0, 0, "exceptions", "objects_not_stored -waived"},
        {"a folder below", {{SENT_A, CHANGED("/heath/x/a")}, {COUNT_0, COUNT_1}}, "ANS4037E",
         "/heath/*", 0, 0, "exceptions", "objects_not_stored -waived"},
        {"a folder below, by ?", {{SENT_A, CHANGED("/heath/x/a")}, {COUNT_0, COUNT_1}}, "ANS4037E",
         "/heath/x?a", 0, 0, "exceptions", "objects_not_stored -waived"},
        {"the day is past", {{SENT_A, CHANGED("/heath/a")}, {COUNT_0, COUNT_1}}, "ANS4037E",
         "/heath/*", EARLY, 0, "exceptions", "objects_not_stored waiver_void -waived"},
        {"two failed, one is explained", {{SENT_A, CHANGED("/heath/a")}, {COUNT_0, COUNT_2}},
         "ANS4037E", "/heath/*", 0, 0, "exceptions", "waived objects_not_stored"},
        {"one object twice explains one failure",
         {{SENT_A, CHANGED("/heath/a") CHANGED("/heath/a")}, {COUNT_0, COUNT_2}}, "ANS4037E",
         "/heath/*", 0, 0, "exceptions", "waived objects_not_stored"},
        {"one is known, one is not",
         {{SENT_A, CHANGED("/heath/a") CHANGED("/etc/b")}, {COUNT_0, COUNT_2}}, "ANS4037E",
         "/heath/*", 0, 0, "exceptions", "waived objects_not_stored"},
        {"the volume counts more than is known",
         {{SENT_A, CHANGED("/heath/a")}, {COUNT_0, COUNT_1},
          {END_ROOT(D17), D17 "20:34:51 ANS1802E Incremental backup of '/' finished with 2 failure(s)\n"}},
         "ANS4037E", "/heath/*", 0, 0, "exceptions", "waived objects_not_stored E10"},
        {"named, and not counted", {{SENT_A, CHANGED("/heath/a")}}, "ANS4037E", "/heath/*", 0, 0,
         "unknown", "waived E10"},
    };
    TRY(trials);
}

/* What says that something was not inspected is no message about one object. */
static void never_silences_what_decides(void **state)
{
    (void)state;
    static const struct trial trials[] = {
        {"an abort", {{SENT_A, D17 "20:34:20 ANS2820E An interrupt has occurred.\n"}}, "ANS2820E", "",
         0, 0, "incomplete", "E04 waiver_void -waived"},
        {"an abort, named as a volume", {{SENT_A, D17 "20:34:20 ANS1074W The '/' was aborted.\n"}},
         "ANS1074W", "/", 0, TSMP_WAIVER_VOLUME, "incomplete", "E04 -waived"},
        {"a severe error", {{SENT_A, D17 "20:34:20 ANS1311S Server out of data storage space\n"}},
         "ANS1311S", "", 0, 0, "incomplete", "E04 waiver_void -waived"},
        {"a stopped walk", {{END_ROOT(D17), D17 "20:34:51 ANS1999E Incremental processing of '/' stopped.\n"}},
         "ANS1999E", "/", 0, TSMP_WAIVER_VOLUME, "incomplete", "E03 waiver_void -waived"},
        {"no domain at all", {{SENT_A, D17 "20:34:20 ANS1149E No domain is available for incremental "
                                           "backup.\n"}},
         "ANS1149E", "", 0, 0, "incomplete", "E03 waiver_void -waived"},
        {"a volume by a glob", {{SENT_A, D17 "20:34:20 ANS4021E Error processing '/mnt/usb': file "
                                         "system not ready\n"}},
         "ANS4021E", "/mnt/*", 0, 0, "incomplete", "E03 waiver_void -waived"},
        {"a volume by a glob that is no glob there",
         {{SENT_A, D17 "20:34:20 ANS4021E Error processing '/mnt/usb': file system not ready\n"}},
         "ANS4021E", "/mnt/*", 0, TSMP_WAIVER_VOLUME, "incomplete", "E03 -waived"},
        {"another volume", {{SENT_A, D17 "20:34:20 ANS4021E Error processing '/mnt/usb2': file system not "
                                         "ready\n"}},
         "ANS4021E", "/mnt/usb", 0, TSMP_WAIVER_VOLUME, "incomplete", "E03 -waived"},
        {"a volume without an end", {{SENT_A, CHANGED("/heath/a")}, {COUNT_0, COUNT_1},
                                     {END_ROOT(D17), ""}},
         "ANS4037E", "", 0, 0, "incomplete", "waived E02"},
        {"statistics that lack a line",
         {{SENT_A, CHANGED("/heath/a")}, {COUNT_0, COUNT_1},
          {D17 "20:34:51 Total number of objects expired:              0\n", ""}},
         "ANS4037E", "", 0, 0, "unknown", "waived summary_missing"},
        {"results that were not sent", {{SENT_A, CHANGED("/heath/a")}, {COUNT_0, COUNT_1},
                                        {SENT(D17, "HEATH_INC"), ""}},
         "ANS4037E", "", 0, 0, "unknown", "waived E15"},
    };
    TRY(trials);
}

/* Where a name begins is the machine's, where it ends is a user's choice. */
static void names_do_not_help(void **state)
{
    (void)state;
    static const struct trial trials[] = {
        {"a quote in the name", {{SENT_A, CHANGED("/heath/a' failed '/tmp/b")}, {COUNT_0, COUNT_1}},
         "ANS4037E", "/heath/**", 0, 0, "exceptions", "waiver_void -waived"},
        {"a control byte in the name", {{SENT_A, CHANGED("/heath/a\033[2K")}, {COUNT_0, COUNT_1}},
         "ANS4037E", "/heath/**", 0, 0, "exceptions", "waiver_void -waived"},
        {"a name that goes on in the next line",
         {{SENT_A, D17 "20:34:20 ANS4037E Object '/heath/a\nb' changed during processing.\n"},
          {COUNT_0, COUNT_1}},
         "ANS4037E", "", 0, 0, "exceptions", "waiver_void -waived"},
        {"a name that prints the message that is known",
         {{SENT_A, D17 "20:34:20 ANS4005E Error processing '/etc/a\n" D17
                       "20:34:20 ANS4037E Object '/heath/a' changed during processing.\n"},
          {COUNT_0, COUNT_1}},
         "ANS4037E", "/heath/**", 0, 0, "incomplete", "forgeable objects_not_stored"},
        {"an object's name that prints it",
         {{SENT_A, D17 "20:34:20 Normal File-->                 4,096 /etc/a\n" D17
                       "20:34:20 ANS4037E Object '/heath/a' changed during processing.\n [Sent]\n"},
          {COUNT_0, COUNT_1}},
         "ANS4037E", "/heath/**", 0, 0, "unknown", "forgeable"},
        {"dots do not lead out of a folder", {{SENT_A, CHANGED("/heath/../etc/shadow")}, {COUNT_0, COUNT_1}},
         "ANS4037E", "/heath/*", 0, 0, "exceptions", "-waived"},
    };
    TRY(trials);
}

static void run_without_time_is_weighed(void **state)
{
    (void)state;
    tsmp_waiver waiver = {.code = {"ANS4037E", 8}, .reason = {"known", 5}, .until = LATE};
    tsmp_context context = {.size = sizeof context, .waivers = &waiver, .waiver_count = 1};
    struct setup setup = {.options = {.size = sizeof setup.options}, .context = context};
    struct reading reading = {0};
    /* 02/03: a day or a month? Nothing in the text decides it. */
    struct text text = {0};
    const struct edit edits[4] = {{SENT_A, CHANGED("/heath/a")}, {COUNT_0, COUNT_1}};
    edited(&text, "undecided", edits);
    for (size_t i = 0; i + 10 < text.length; i++)
        if (memcmp(text.bytes + i, "02/1", 4) == 0)
            memcpy(text.bytes + i, "02/03/2031", 10);
    reading_make(&reading, "undecided", text.bytes, text.length, &setup, READING_WHOLE, WANT_RUNS);
    text_add(&reading.runs, "", 1);
    assert_null(strstr(reading.runs.bytes, "evidence waived"));
    assert_non_null(strstr(reading.runs.bytes, "evidence waiver_void"));
    reading_free(&reading);
    text_free(&text);
}

/* A hostile name may not cost more than its length. The pattern goes back at every byte of it. */
static void long_names_do_not_fit(void **state)
{
    (void)state;
    struct text name = {0}, text = {0}, line = {0};
    for (int i = 0; i < 3000; i++)
        text_put(&name, "ab");
    text_put(&name, "/abc");
    text_put(&line, D17 "20:34:20 ANS4037E Object '/heath/");
    text_add(&line, name.bytes, name.length);
    text_put(&line, "' changed during processing.\n");
    const struct edit edits[4] = {{SENT_A, line.bytes}, {COUNT_0, COUNT_1}};
    edited(&text, "long", edits);
    static const struct {
        const char *glob, *verdict;
    } globs[] = {{"/heath/**", "complete"}, {"/heath/**ab*c", "exceptions"}};
    for (size_t i = 0; i < 2; i++) {
        tsmp_waiver waiver = {.code = {"ANS4037E", 8}, .reason = {"known", 5}, .until = LATE,
                              .object = {globs[i].glob, strlen(globs[i].glob)}};
        tsmp_context context = {.size = sizeof context, .waivers = &waiver, .waiver_count = 1};
        struct text got = judged(globs[i].glob, &text, &context);
        expect(globs[i].glob, &got, globs[i].verdict, "");
        text_free(&got);
    }
    text_free(&name);
    text_free(&text);
    text_free(&line);
}

static void take_run(struct text *text, const tsmp_runs_options *given, tsmp_run **run)
{
    tsmp_options options = {.size = sizeof options, .date_order = TSMP_ORDER_MDY};
    tsmp_reader *reader;
    tsmp_runs *runs;
    assert_int_equal(tsmp_reader_new(&options, NULL, &reader), TSMP_OK);
    assert_int_equal(tsmp_runs_new(given, NULL, &runs), TSMP_OK);
    assert_int_equal(tsmp_reader_feed(reader, text->bytes, text->length), TSMP_OK);
    assert_int_equal(tsmp_reader_end(reader), TSMP_OK);
    int32_t status;
    do
        status = tsmp_runs_pull(runs, reader);
    while (status == TSMP_OK);
    assert_int_equal(status, TSMP_END);
    assert_int_equal(tsmp_runs_end(runs), TSMP_OK);
    assert_int_equal(tsmp_runs_next(runs, run), TSMP_OK);
    tsmp_runs_free(runs);
    tsmp_reader_free(reader);
}

/* So many names are compared with each other that a hostile log takes no time: what stands behind explains no
 * failure. */
static void so_many_are_compared(void **state)
{
    (void)state;
    for (int objects = 511; objects < 516; objects++) {
        struct text lines = {0}, text = {0};
        char line[300], what[40], failed[40], inspected[40];
        for (int i = 0; i < objects; i++) {
            snprintf(line, sizeof line, CHANGED("/heath/%d"), i, i);
            text_put(&lines, line);
        }
        snprintf(what, sizeof what, "%d objects", objects);
        snprintf(failed, sizeof failed, "failed:             %d", objects);
        snprintf(inspected, sizeof inspected, "inspected:        9,999");
        const struct edit edits[4] = {{SENT_A, lines.bytes}, {COUNT_0, failed}, {"inspected:        1,204", inspected}};
        edited(&text, what, edits);
        tsmp_waiver waiver = {.code = {"ANS4037E", 8}, .reason = {"known", 5}, .until = LATE};
        tsmp_context context = {.size = sizeof context, .waivers = &waiver, .waiver_count = 1};
        const tsmp_runs_options many = {.size = sizeof many, .max_evidence = 5000};
        tsmp_run *run;
        tsmp_verdict *verdict;
        take_run(&text, &many, &run);
        assert_int_equal(tsmp_judge(run, &context, NULL, &verdict), TSMP_OK);
        struct text said = {0};
        said_verdict(&said, tsmp_verdict_view_of(verdict));
        said_row(what, &said);
        text_free(&said);
        tsmp_verdict_free(verdict);
        tsmp_run_free(run);
        text_free(&lines);
        text_free(&text);
    }
}

static void sentence_names_all(void **state)
{
    (void)state;
    struct text text = {0};
    const struct edit edits[4] = {{SENT_A, CHANGED("/heath/a")}, {COUNT_0, COUNT_1}};
    edited(&text, "sentence", edits);
    tsmp_run *run;
    take_run(&text, NULL, &run);
    tsmp_waiver waivers[] = {
        {.code = {"ANS4005E", 8}, .reason = {"other", 5}, .until = LATE},
        {.code = {"ANS4037E", 8}, .reason = {"a log that grows", 16},
         .until = INT64_C(1961884799) * 1000000} /* 2032-03-02T23:59:59 */};
    tsmp_context context = {.size = sizeof context, .waivers = waivers, .waiver_count = 2};
    tsmp_verdict *verdict;
    assert_int_equal(tsmp_judge(run, &context, NULL, &verdict), TSMP_OK);
    const tsmp_verdict_view *view = tsmp_verdict_view_of(verdict);
    static const char wanted[] = "message ANS4037E (1) about '/heath/a' is known as harmless until "
                                 "2032-03-02: a log that grows";
    bool found = false;
    for (uint64_t i = 0; i < view->evidence_count; i++)
        if (view->evidence[i].id == TSMP_EVIDENCE_WAIVED) {
            assert_int_equal(view->evidence[i].text.length, sizeof wanted - 1);
            assert_memory_equal(view->evidence[i].text.bytes, wanted, sizeof wanted - 1);
            found = true;
        }
    assert_true(found);
    tsmp_verdict_free(verdict);
    tsmp_run_free(run);
    text_free(&text);
}

static void malformed_waivers_are_misuse(void **state)
{
    (void)state;
    struct text text = {0};
    text_put(&text, GOOD_NIGHT);
    tsmp_run *run;
    take_run(&text, NULL, &run);
    const tsmp_waiver good = {.code = {"ANS4037E", 8}, .reason = {"x", 1}, .until = 1};
    for (int i = 0; i < 8; i++) {
        tsmp_waiver waiver = good;
        tsmp_context context = {.size = sizeof context, .waivers = &waiver, .waiver_count = 1};
        tsmp_verdict *verdict = NULL;
        switch (i) {
        case 1: waiver.code.length = 7; break;
        case 2: waiver.reason.length = 0; break;
        case 3: waiver.until = 0; break;
        case 4: waiver.until = TSMP_NO_TIME; break;
        case 5: waiver.flags = TSMP_WAIVER_VOLUME; break;
        case 6: waiver.reserved = 1; break;
        case 7: context.waivers = NULL; break;
        default: break;
        }
        assert_int_equal(tsmp_judge(run, &context, NULL, &verdict), i == 0 ? TSMP_OK : TSMP_E_MISUSE);
        tsmp_verdict_free(verdict);
    }
    tsmp_run_free(run);
    text_free(&text);
}

/* ---- over all cases ---------------------------------------------------------------------------------- */

enum { MOST_CODES = 64 };

/* A waiver for each code that stands anywhere in the text, for any object. */
static size_t waive_all(const struct text *text, tsmp_waiver *waivers)
{
    size_t count = 0;
    for (size_t i = 0; i + 8 <= text->length && count < MOST_CODES; i++)
        if (memcmp(text->bytes + i, "ANS", 3) == 0)
            waivers[count++] = (tsmp_waiver){.code = {text->bytes + i, 8}, .reason = {"all", 3}, .until = LATE};
    return count;
}

/* However much is waived: a run with exceptions may become complete, and nothing else may change; what
 * proofs stand never does. */
static void all_waived_changes_no_more(void **state)
{
    (void)state;
    struct documents documents = documents_load(CASES, "schedule_log");
    size_t changed = 0, kept = 0;
    for (size_t d = 0; d < documents.count; d++) {
        for (size_t i = 0; i < documents.items[d].count; i++) {
            const struct input *input = &documents.items[d].inputs[i];
            tsmp_waiver waivers[MOST_CODES];
            struct setup setup = input->setup;
            struct reading plain = {0}, waived = {0};
            setup.context.waiver_count = 0;
            reading_make(&plain, input->name, input->bytes.bytes, input->bytes.length, &setup, READING_WHOLE,
                         WANT_JUDGED);
            setup.context.waivers = waivers;
            setup.context.waiver_count = waive_all(&input->bytes, waivers);
            reading_make(&waived, input->name, input->bytes.bytes, input->bytes.length, &setup, READING_WHOLE,
                         WANT_JUDGED);
            assert_int_equal(plain.judged_count, waived.judged_count);
            for (size_t k = 0; k < plain.judged_count; k++) {
                uint32_t before = plain.judged[k].standing.verdict, after = waived.judged[k].standing.verdict;
                bool good = before == after ||
                            (before == TSMP_VERDICT_EXCEPTIONS && after == TSMP_VERDICT_COMPLETE);
                if (!good)
                    fail_msg("%s: %s became %s", input->name, tsmp_name("verdict", before),
                             tsmp_name("verdict", after));
                changed += before != after;
                kept += before == after && before != TSMP_VERDICT_COMPLETE;
            }
            reading_free(&plain);
            reading_free(&waived);
        }
    }
    documents_free(&documents);
    assert_true(changed > 2);
    assert_true(kept > 50);
}

/* ---- limits, and proofs that are asked for ------------------------------------------------------------ */

static void limits(void **state)
{
    (void)state;
    static const struct {
        const char *what, *from, *to;
        int64_t limit, now; /* now: seconds behind the run's begin, 0 = not known */
        const char *verdict, *reasons;
    } rows[] = {
        {"in time", NULL, NULL, 41, 0, "complete", "-too_long"},
        {"no limit", NULL, NULL, 0, 100000, "complete", "-too_long"},
        {"too long is a note on a run that has ended", NULL, NULL, 40, 0, "complete", "too_long"},
        {"open, and still in time", END_HEATH(D17), NULL, 3600, 3600, "running", "-too_long"},
        {"open for too long", END_HEATH(D17), NULL, 3600, 3601, "unknown", "too_long"},
        {"open, and the limit is longer than time", END_HEATH(D17), NULL, INT64_C(18446744073710), 3601, "running",
         "-too_long"},
        {"open, and now is not known", END_HEATH(D17), NULL, 3600, 0, "running", "-too_long"},
        {"open, and now is before it", END_HEATH(D17), NULL, 3600, -10, "running", "-too_long"},
    };
    /* 2031-02-17T20:34:10 */
    const int64_t begun = INT64_C(1929126850) * 1000000;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        tsmp_context context = {.size = sizeof context, .limit = rows[i].limit,
                                .now = rows[i].now != 0 ? begun + rows[i].now * 1000000 : 0};
        struct text text = {0};
        text_put(&text, GOOD_NIGHT);
        if (rows[i].from != NULL) {
            char *cut = strstr(text.bytes, rows[i].from);
            assert_non_null(cut);
            text.length = (size_t)(cut - text.bytes);
            *cut = '\0';
        }
        struct text got = judged(rows[i].what, &text, &context);
        expect(rows[i].what, &got, rows[i].verdict, rows[i].reasons);
        text_free(&got);
        text_free(&text);
    }
}

static void missing_proofs_are_named(void **state)
{
    (void)state;
    const uint32_t all = TSMP_PROOF_CLOSED | TSMP_PROOF_VOLUMES | TSMP_PROOF_SUMMARY;
    struct text text = {0};
    tsmp_run *run;
    text_put(&text, GOOD_NIGHT);
    take_run(&text, NULL, &run);
    static const struct {
        uint32_t proofs;
        uint32_t verdict;
        uint64_t missing;
    } rows[] = {{0, TSMP_VERDICT_COMPLETE, 0},
                {1 | 2 | 4, TSMP_VERDICT_COMPLETE, 0},
                {1 | 2 | 4 | 1u << 30, TSMP_VERDICT_UNKNOWN, 1},
                {1u << 30 | 1u << 31, TSMP_VERDICT_UNKNOWN, 2}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        tsmp_context context = {.size = sizeof context, .proofs = rows[i].proofs};
        tsmp_verdict *verdict;
        assert_int_equal(tsmp_judge(run, &context, NULL, &verdict), TSMP_OK);
        const tsmp_verdict_view *view = tsmp_verdict_view_of(verdict);
        uint64_t missing = 0;
        for (uint64_t k = 0; k < view->evidence_count; k++)
            missing += view->evidence[k].id == TSMP_EVIDENCE_PROOF_MISSING;
        assert_int_equal(view->verdict, rows[i].verdict);
        assert_int_equal(missing, rows[i].missing);
        assert_int_equal(view->proof, all);
        tsmp_verdict_free(verdict);
    }
    tsmp_run_free(run);
    text_free(&text);
}

int main(void)
{
    static char name[] = "waiver";
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(silences_what_it_names),
        cmocka_unit_test(weighs_all_else),
        cmocka_unit_test(never_silences_what_decides),
        cmocka_unit_test(names_do_not_help),
        cmocka_unit_test(run_without_time_is_weighed),
        cmocka_unit_test(long_names_do_not_fit),
        cmocka_unit_test(so_many_are_compared),
        cmocka_unit_test(sentence_names_all),
        cmocka_unit_test(malformed_waivers_are_misuse),
        cmocka_unit_test(all_waived_changes_no_more),
        cmocka_unit_test(limits),
        cmocka_unit_test(missing_proofs_are_named),
        cmocka_unit_test_prestate(said_as_before, name),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
