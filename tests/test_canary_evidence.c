/* SPDX-License-Identifier: BSD-2-Clause
 * Answers about canaries joined to a run: where an absent one proves a loss, where it must prove
 * nothing, and where a present one is no proof. */
#include "nights.h"
#include "said.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#include <tsmparse/canary.h>

#include <stdio.h>
#include <string.h>

#define COUNT(list) (sizeof(list) / sizeof *(list))
#define SECOND INT64_C(1000000)

enum { CANARIES_MOST = 3 };

struct case_of {
    const char *what;
    struct edit edits[5];
    struct {
        uint32_t answer; /* 0 = no more */
        const char *path;
        int64_t from, to; /* seconds that the window begins before and ends behind the run */
        bool open;        /* at its end */
    } canaries[CANARIES_MOST];
    uint32_t proofs, verdict; /* 0 = complete */
    const char *reasons;      /* that must be given, -X must not */
    bool proof;
    bool goes_on; /* the text ends inside the run */
};

static tsmp_run *night(const struct case_of *c)
{
    struct text text = {0};
    text_put(&text, GOOD_NIGHT);
    for (size_t i = 0; i < 5 && c->edits[i].from != NULL; i++) {
        struct text next = {0};
        text_add(&text, "", 1);
        const char *place = strstr(text.bytes, c->edits[i].from);
        assert_non_null(place);
        text_add(&next, text.bytes, (size_t)(place - text.bytes));
        if (c->edits[i].to != NULL) {
            text_put(&next, c->edits[i].to);
            text_put(&next, place + strlen(c->edits[i].from));
        }
        text_free(&text);
        text = next;
    }
    tsmp_run *run = reading_run(&text);
    text_free(&text);
    return run;
}

static const tsmp_canary_reason why = {.id = TSMP_CANARY_REASON_NO_MATCH, .text = {"a reason", 8}};

static void fill(const struct case_of *c, const tsmp_run_view *run, tsmp_canary_view *views,
                 const tsmp_canary_view **list, tsmp_context *context)
{
    for (size_t i = 0; i < CANARIES_MOST && c->canaries[i].answer != 0; i++) {
        views[i] = (tsmp_canary_view){
            .size = sizeof *views, .answer = c->canaries[i].answer, .reasons = &why, .reason_count = 1,
            .path = {c->canaries[i].path, strlen(c->canaries[i].path)},
            .window_start = run->started - c->canaries[i].from * SECOND,
            .window_end = c->canaries[i].open ? TSMP_NO_TIME
                                              : run->ended + c->canaries[i].to * SECOND};
        list[i] = &views[i];
        context->canary_count = i + 1;
    }
}

static bool gives(const tsmp_verdict_view *verdict, const char *name)
{
    for (uint64_t i = 0; i < verdict->evidence_count; i++)
        if (strcmp(tsmp_name("evidence", verdict->evidence[i].id), name) == 0)
            return true;
    return false;
}

static void check(const struct case_of *cases, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const struct case_of *c = &cases[i];
        tsmp_run *run = night(c);
        tsmp_canary_view views[CANARIES_MOST];
        const tsmp_canary_view *list[CANARIES_MOST];
        tsmp_context context = {.size = sizeof context, .canaries = list, .proofs = c->proofs};
        fill(c, tsmp_run_view_of(run), views, list, &context);
        tsmp_verdict *verdict;
        assert_int_equal(tsmp_judge(run, &context, NULL, &verdict), TSMP_OK);
        const tsmp_verdict_view *view = tsmp_verdict_view_of(verdict);
        if (view->verdict != (c->verdict != 0 ? c->verdict : TSMP_VERDICT_COMPLETE))
            fail_msg("%s: %s", c->what, tsmp_name("verdict", view->verdict));
        if (((view->proof & TSMP_PROOF_CANARY) != 0) != c->proof)
            fail_msg("%s: canary stands: %d", c->what, !c->proof);
        char words[100];
        snprintf(words, sizeof words, "%s", c->reasons != NULL ? c->reasons : "-E01");
        for (char *word = strtok(words, " "); word != NULL; word = strtok(NULL, " "))
            if (gives(view, word + (word[0] == '-')) == (word[0] == '-'))
                fail_msg("%s: %s", c->what, word);
        struct text said = {0};
        said_verdict(&said, view);
        said_row(c->what, &said);
        text_free(&said);
        tsmp_verdict_free(verdict);
        tsmp_run_free(run);
    }
}

#define P TSMP_CANARY_PRESENT
#define A TSMP_CANARY_ABSENT
#define U TSMP_CANARY_UNKNOWN
#define EARLY "/etc/.canary"
#define LATE "/heath/.canary"
#define ASKED (7u | TSMP_PROOF_CANARY)
#define OBJECTS(list) {"Objects:               ", "Objects:               " list}
#define LOCKED "02/17/2031 20:34:20 ANS4987E Error processing '/heath/.canary': the object is in use by another process\n"

static void answers(void **state)
{
    (void)state;
    static const struct case_of cases[] = {
        {.what = "no canary"},
        {.what = "all present", .canaries = {{P, EARLY}, {P, LATE}}, .proofs = ASKED, .proof = true,
         .reasons = "-proof_missing -E01"},
        {.what = "one absent", .canaries = {{P, EARLY}, {A, LATE}}, .verdict = TSMP_VERDICT_INCOMPLETE,
         .reasons = "E01"},
        {.what = "the early one absent", .canaries = {{A, EARLY}, {P, LATE}},
         .verdict = TSMP_VERDICT_INCOMPLETE, .reasons = "E01"},
        {.what = "one unknown", .canaries = {{P, EARLY}, {U, LATE}}, .reasons = "proof_missing -E01"},
        {.what = "unknown, and asked for", .canaries = {{U, LATE}}, .proofs = ASKED,
         .verdict = TSMP_VERDICT_UNKNOWN, .reasons = "proof_missing -E01"},
        {.what = "none, and asked for", .proofs = ASKED, .verdict = TSMP_VERDICT_UNKNOWN,
         .reasons = "proof_missing"},
        {.what = "another answer than these", .canaries = {{99, LATE}}, .proofs = ASKED,
         .verdict = TSMP_VERDICT_UNKNOWN, .reasons = "proof_missing -E01"},

        {.what = "the window as long as the slack allows", .canaries = {{P, LATE, 0, 600}}, .proof = true},
        {.what = "present in a longer window", .canaries = {{P, LATE, 0, 601}}, .reasons = "proof_missing"},
        {.what = "present in a window without end", .canaries = {{P, LATE, .open = true}},
         .reasons = "proof_missing"},
        {.what = "present in a window from before", .canaries = {{P, LATE, 1, 0}}, .reasons = "proof_missing"},
        {.what = "present in a part of it", .canaries = {{P, LATE, -1, 0}}, .reasons = "proof_missing"},
        {.what = "absent in a part of it", .canaries = {{A, LATE, 0, -1}}, .reasons = "proof_missing -E01"},
        {.what = "absent in a longer time", .canaries = {{A, LATE, 1, 0}}, .reasons = "proof_missing -E01"},

        {.what = "open while the run looked at it", .edits = {{"02/17/2031 20:34:20 Normal File-->                 4,096 /heath/b [Sent]\n",
         LOCKED}, {"failed:               0", "failed:               1"}}, .canaries = {{A, LATE}},
         .verdict = TSMP_VERDICT_EXCEPTIONS, .reasons = "objects_not_stored proof_missing -E01"},
        {.what = "another file was open", .edits = {{"02/17/2031 20:34:20 Normal File-->                 4,096 /heath/b [Sent]\n",
         LOCKED}, {"failed:               0", "failed:               1"}}, .canaries = {{A, "/heath/.canary2"}},
         .verdict = TSMP_VERDICT_INCOMPLETE, .reasons = "E01"},
        {.what = "the schedule names it", .edits = {OBJECTS("/ /heath")}, .canaries = {{A, LATE}},
         .verdict = TSMP_VERDICT_INCOMPLETE, .reasons = "E01"},
        {.what = "the schedule names other volumes", .edits = {OBJECTS("/ /heath"), {"volume '/'", "volume '/dale'"},
         {"backup of '/'", "backup of '/dale'"}, {"/ /heath", "/dale /heath"}}, .canaries = {{A, "/moor/.canary"}, {A, "/heath2/.canary"}},
         .reasons = "proof_missing -E01"},
        {.what = "the schedule names a volume that was not begun", .edits = {OBJECTS("/dale /heath"), {"volume '/'", "volume '/x'"},
         {"backup of '/'", "backup of '/x'"}}, .canaries = {{A, "/dale/.canary"}},
         .verdict = TSMP_VERDICT_INCOMPLETE, .reasons = "E01 E08"},
#define DRIVE(letter) "'\\\\lapwing\\" letter "$'"
        {.what = "the schedule names drives", .edits = {OBJECTS("c: d:"), {"volume '/'", "volume " DRIVE("c")},
         {"backup of '/'", "backup of " DRIVE("c")}, {"volume '/heath'", "volume " DRIVE("d")},
         {"backup of '/heath'", "backup of " DRIVE("d")}}, .canaries = {{A, "\\\\lapwing\\d$\\zz-last\\canary"}},
         .verdict = TSMP_VERDICT_INCOMPLETE, .reasons = "E01"},
        {.what = "the schedule names its folder in braces", .edits = {OBJECTS("/ {/heath}/lake")},
         .canaries = {{A, "/heath/lake/.canary"}}, .verdict = TSMP_VERDICT_INCOMPLETE, .reasons = "E01"},
#define NO_DEFINITION {HEATH_17, ""}
        {.what = "what was asked for is not known", .edits = {NO_DEFINITION}, .canaries = {{A, EARLY}},
         .verdict = TSMP_VERDICT_UNKNOWN, .reasons = "definition_unknown proof_missing -E01"},
        {.what = "but this volume was begun", .edits = {NO_DEFINITION}, .canaries = {{A, LATE}},
         .verdict = TSMP_VERDICT_INCOMPLETE, .reasons = "E01"},
        {.what = "present, whatever the schedule names", .edits = {OBJECTS("/ /heath")},
         .canaries = {{P, "/moor/.canary"}}, .proof = true},
        {.what = "an archive stores no version", .edits = {{"Action:                Incremental",
         "Action:                Archive"}}, .canaries = {{A, LATE}}, .verdict = TSMP_VERDICT_UNKNOWN,
         .reasons = "proof_missing -E01"},
        {.what = "the run goes on", .edits = {{END_HEATH(D17), NULL}}, .canaries = {{A, LATE}},
         .verdict = TSMP_VERDICT_RUNNING, .reasons = "-E01 -proof_missing"},
        {.what = "a failed run is failed", .edits = {{"Scheduled event 'HEATH_INC' completed successfully.",
         "ANS1512E Scheduled event 'HEATH_INC' failed.  Return code = 12."}}, .canaries = {{A, LATE}},
         .verdict = TSMP_VERDICT_FAILED, .reasons = "E01"},
        {.what = "open, and its answer is not known", .edits = {{"02/17/2031 20:34:20 Normal File-->                 4,096 /heath/b [Sent]\n",
         LOCKED}, {"failed:               0", "failed:               1"}}, .canaries = {{U, LATE}},
         .verdict = TSMP_VERDICT_EXCEPTIONS, .reasons = "objects_not_stored proof_missing -E01"},
        {.what = "the volume itself", .edits = {NO_DEFINITION}, .canaries = {{A, "/heath"}},
         .verdict = TSMP_VERDICT_UNKNOWN, .reasons = "proof_missing -E01"},
        {.what = "beside the volume", .edits = {NO_DEFINITION}, .canaries = {{A, "/heather/.canary"}},
         .verdict = TSMP_VERDICT_UNKNOWN, .reasons = "proof_missing -E01"},
        {.what = "below it, as Windows has it", .edits = {NO_DEFINITION}, .canaries = {{A, "/heath\\canary"}},
         .verdict = TSMP_VERDICT_INCOMPLETE, .reasons = "E01"},
        {.what = "a selective backup stores versions too", .edits = {{"Action:                Incremental",
         "Action:                Selective"}, OBJECTS("/ /heath")}, .canaries = {{A, LATE}},
         .verdict = TSMP_VERDICT_INCOMPLETE, .reasons = "E01"},
        {.what = "a selective backup of nothing that is named", .edits = {{"Action:                Incremental",
         "Action:                Selective"}}, .canaries = {{A, EARLY}}, .reasons = "proof_missing -E01"},
        {.what = "a run without times", .edits = {{"02/17/2031 20:34:10 \n", "99/99/2031 20:34:10 \n"}}, .canaries = {{A, LATE, 1, 0}},
         .reasons = "proof_missing -E01"},
        {.what = "the schedule names one letter", .edits = {OBJECTS("x")}, .canaries = {{A, EARLY}},
         .verdict = TSMP_VERDICT_INCOMPLETE, .reasons = "E08 proof_missing -E01"},
        {.what = "a selective backup of the root", .edits = {{"Action:                Incremental",
         "Action:                Selective"}, OBJECTS("/")}, .canaries = {{A, EARLY}},
         .verdict = TSMP_VERDICT_INCOMPLETE, .reasons = "E01"},
        {.what = "present does not heal what the log shows", .edits = {{END_HEATH(D17), ""}},
         .canaries = {{P, EARLY}, {P, LATE}}, .verdict = TSMP_VERDICT_INCOMPLETE, .reasons = "E02",
         .proof = true},
    };
    check(cases, COUNT(cases));
}

/* More than are named; holes in the list; a list without a reason. */
static void odd_lists(void **state)
{
    (void)state;
    enum { MANY = 250 };
    static const tsmp_canary_view *list[MANY];
    tsmp_canary_view absent = {.size = sizeof absent, .answer = A, .path = {LATE, sizeof LATE - 1}};
    tsmp_run *run = night(&(struct case_of){0});
    tsmp_context context = {.size = sizeof context, .canaries = list, .canary_count = MANY};
    tsmp_verdict *verdict;
    absent.window_start = tsmp_run_view_of(run)->started;
    absent.window_end = tsmp_run_view_of(run)->ended;
    assert_int_equal(tsmp_judge(run, &context, NULL, &verdict), TSMP_OK);
    assert_int_equal(tsmp_verdict_view_of(verdict)->verdict, TSMP_VERDICT_COMPLETE);
    assert_int_equal(tsmp_verdict_view_of(verdict)->proof & TSMP_PROOF_CANARY, 0);
    tsmp_verdict_free(verdict);
    for (size_t i = 100; i < MANY; i++)
        list[i] = &absent;
    assert_int_equal(tsmp_judge(run, &context, NULL, &verdict), TSMP_OK);
    assert_int_equal(tsmp_verdict_view_of(verdict)->verdict, TSMP_VERDICT_INCOMPLETE);
    assert_int_equal(tsmp_verdict_view_of(verdict)->evidence_count, 100);
    tsmp_verdict_free(verdict);
    context.size = offsetof(tsmp_context, canaries); /* an older caller */
    assert_int_equal(tsmp_judge(run, &context, NULL, &verdict), TSMP_OK);
    assert_int_equal(tsmp_verdict_view_of(verdict)->verdict, TSMP_VERDICT_COMPLETE);
    tsmp_verdict_free(verdict);
    tsmp_run_free(run);
}

/* A real question, from the rows of a query to the verdict. */
static void from_rows_to_verdict(void **state)
{
    (void)state;
    static const char rows[] =
        "IBM Tivoli Storage Manager\nCommand Line Backup-Archive Client Interface\n"
        "  Client Version 8, Release 1, Level 4.0 \n"
        "  Client date/time: 02/18/2031 09:00:00\n\n"
        "Node Name: LAPWING\nSession established with server ROOKERY: Linux/x86_64\n"
        "  Server Version 8, Release 1, Level 4.000\n"
        "  Server date/time: 02/18/2031 09:00:02  Last access: 02/17/2031 20:34:51\n\n"
        "             Size        Backup Date                Mgmt Class           A/I File\n"
        "             ----        -----------                ----------           --- ----\n"
        "         64  B  02/17/2031 20:34:%s             DEFAULT               A  /heath/.canary\n";
    tsmp_run *run = night(&(struct case_of){0});
    const tsmp_run_view *view = tsmp_run_view_of(run);
    for (size_t i = 0; i < 3; i++) {
        char text[1200];
        int length = snprintf(text, sizeof text, rows, i == 0 ? "22" : "12");
        tsmp_options options = {.size = sizeof options, .date_order = TSMP_ORDER_MDY};
        tsmp_canary_question question = {
            .size = sizeof question, .flags = TSMP_CANARY_UNTIL | TSMP_CANARY_CHANGES | TSMP_CANARY_KNOWN,
            .path = {LATE, sizeof LATE - 1}, .window_start = view->started, .window_end = view->ended};
        if (i == 2) /* another run's */
            question.window_start -= 7200 * SECOND, question.window_end -= 7200 * SECOND;
        tsmp_reader *reader;
        tsmp_batch *batch;
        tsmp_canary *canary;
        tsmp_verdict *verdict;
        assert_int_equal(tsmp_reader_new(&options, NULL, &reader), TSMP_OK);
        assert_int_equal(tsmp_canary_new(&question, NULL, &canary), TSMP_OK);
        assert_int_equal(tsmp_reader_feed(reader, text, (uint64_t)length), TSMP_OK);
        assert_int_equal(tsmp_reader_end(reader), TSMP_OK);
        while (tsmp_reader_next(reader, &batch) == TSMP_OK) {
            assert_int_equal(tsmp_canary_add(canary, batch), TSMP_OK);
            tsmp_batch_unref(batch);
        }
        assert_int_equal(tsmp_canary_end(canary), TSMP_OK);
        const tsmp_canary_view *answer = tsmp_canary_view_of(canary);
        if (i < 2)
            assert_int_equal(answer->answer, P);
        assert_int_equal(answer->path.length, sizeof LATE - 1);
        assert_int_equal(answer->window_start, question.window_start);
        assert_int_equal(answer->window_end, question.window_end);
        tsmp_context context = {.size = sizeof context, .canaries = &answer, .canary_count = 1};
        assert_int_equal(tsmp_judge(run, &context, NULL, &verdict), TSMP_OK);
        assert_int_equal(tsmp_verdict_view_of(verdict)->verdict, TSMP_VERDICT_COMPLETE);
        assert_int_equal((tsmp_verdict_view_of(verdict)->proof & TSMP_PROOF_CANARY) != 0,
                         i < 2);
        tsmp_verdict_free(verdict);
        tsmp_canary_free(canary);
        tsmp_reader_free(reader);
    }
    tsmp_run_free(run);
}

int main(void)
{
    static char name[] = "canary_evidence";
    const struct CMUnitTest tests[] = {cmocka_unit_test(answers), cmocka_unit_test(odd_lists),
                                       cmocka_unit_test(from_rows_to_verdict),
                                       cmocka_unit_test_prestate(said_as_before, name)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
