/* SPDX-License-Identifier: BSD-2-Clause
 * A run against earlier runs of its kind: each reason where it is right, where it must stay silent
 * although something looks unusual, and where nothing can be known. */
#include "earlier.h"
#include "nights.h"
#include "said.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define HOUR (INT64_C(3600) * 1000000)
#define COUNT(list) (sizeof(list) / sizeof *(list))

struct case_of {
    const char *what;
    struct edit edits[5];
    struct group groups[GROUPS];
    const char *domain; /* between commas */
    uint32_t proofs;
    uint32_t verdict;   /* 0 = complete */
    const char *reasons; /* that must be given, -X must not */
    bool baseline;      /* does the proof stand? */
};

static void edited(struct text *text, const struct edit *edits)
{
    text_clear(text);
    text_put(text, GOOD_NIGHT);
    for (size_t i = 0; i < 5 && edits[i].from != NULL; i++) {
        struct text next = {0};
        text_add(text, "", 1);
        const char *place = strstr(text->bytes, edits[i].from);
        if (place == NULL)
            fail_msg("'%s' is not in the text", edits[i].from);
        text_add(&next, text->bytes, (size_t)(place - text->bytes));
        text_put(&next, edits[i].to);
        text_put(&next, place + strlen(edits[i].from));
        text_free(text);
        *text = next;
    }
}

/* The first run of the good night, changed. */
static tsmp_run *night(const struct edit *edits)
{
    struct text text = {0};
    edited(&text, edits);
    tsmp_run *run = reading_run(&text);
    text_free(&text);
    return run;
}

static bool gives(const tsmp_verdict_view *verdict, const char *name)
{
    for (uint64_t i = 0; i < verdict->evidence_count; i++)
        if (strcmp(tsmp_name("evidence", verdict->evidence[i].id), name) == 0)
            return true;
    return false;
}

static void show(const tsmp_verdict_view *view, struct text *to)
{
    text_clear(to);
    text_put(to, tsmp_name("verdict", view->verdict));
    for (uint64_t i = 0; i < view->evidence_count; i++) {
        text_put(to, "\n  ");
        text_put(to, tsmp_name("evidence", view->evidence[i].id));
        text_put(to, " ");
        text_add(to, view->evidence[i].text.bytes, (size_t)view->evidence[i].text.length);
    }
    text_add(to, "", 1);
}

static void check(const struct case_of *cases, size_t count)
{
    static struct made made;
    struct text shown = {0};
    for (size_t i = 0; i < count; i++) {
        const struct case_of *c = &cases[i];
        tsmp_run *run = night(c->edits);
        tsmp_text domain[NAMES_MOST];
        tsmp_context context = {.size = sizeof context, .proofs = c->proofs};
        earlier_make(&made, c->groups, tsmp_run_view_of(run));
        context.earlier = made.items;
        context.earlier_count = made.count;
        if (c->domain != NULL) {
            context.domain = domain;
            context.domain_count = earlier_split(c->domain, domain);
        }
        tsmp_verdict *verdict;
        assert_int_equal(tsmp_judge(run, &context, NULL, &verdict), TSMP_OK);
        const tsmp_verdict_view *view = tsmp_verdict_view_of(verdict);
        show(view, &shown);
        struct text said = {0};
        said_verdict(&said, view);
        said_row(c->what, &said);
        text_free(&said);
        if (view->verdict != (c->verdict != 0 ? c->verdict : TSMP_VERDICT_COMPLETE))
            fail_msg("%s: %s", c->what, shown.bytes);
        if (((view->proof & TSMP_PROOF_BASELINE) != 0) != c->baseline)
            fail_msg("%s: baseline stands: %d; %s", c->what, !c->baseline, shown.bytes);
        char words[100];
        snprintf(words, sizeof words, "%s", c->reasons != NULL ? c->reasons : "-E07 -E08 -E11 -E01");
        for (char *word = strtok(words, " "); word != NULL; word = strtok(NULL, " "))
            if (gives(view, word + (word[0] == '-')) == (word[0] == '-'))
                fail_msg("%s: %s; %s", c->what, word, shown.bytes);
        tsmp_verdict_free(verdict);
        tsmp_run_free(run);
    }
    text_free(&shown);
}
#define CHECK_CASES(cases) check(cases, COUNT(cases))

/* The good night inspects 1,204 objects in 41 seconds and sends 11.20 KB. */
#define INSPECTED "inspected:        1,204"
#define ELAPSED "00:00:41"
#define USUAL {.nights = 10, .inspected = 1200, .elapsed = 40, .transferred = 11000}
#define PROOFS 7u
#define UNLIKE TSMP_VERDICT_UNKNOWN

static void too_few_objects(void **state)
{
    (void)state;
    static const struct case_of cases[] = {
        {.what = "as many as ever", .groups = {USUAL}, .baseline = true},
        {.what = "less than half", .groups = {{10, 2500, 40, 11000}}, .verdict = UNLIKE, .reasons = "E07 -E11"},
        {.what = "just half", .groups = {{10, 2408, 40, 11000}}},
        {.what = "one below half", .groups = {{10, 2409, 40, 11000}}, .verdict = UNLIKE, .reasons = "E07"},
        {.what = "five earlier runs are enough", .groups = {{5, 2500, 40, 11000}}, .verdict = UNLIKE,
         .reasons = "E07"},
        {.what = "four are not", .groups = {{4, 2500, 40, 11000}}},
        {.what = "the first run", .groups = {{0}}},
        {.what = "runs that failed are no measure", .groups = {{4, 2500, 40, 11000}, {20, 2500, 40, 11000, NULL,
         TSMP_VERDICT_INCOMPLETE}, {20, 9000, 40, 11000, NULL, TSMP_VERDICT_UNKNOWN}}},
        {.what = "accepted ones are", .groups = {{10, 2500, 40, 11000, NULL, TSMP_VERDICT_UNKNOWN,
         TSMP_EARLIER_PROVEN}}, .verdict = UNLIKE, .reasons = "E07"},
        {.what = "exceptions are good enough", .groups = {{10, 2500, 40, 11000, NULL,
         TSMP_VERDICT_EXCEPTIONS}}, .verdict = UNLIKE, .reasons = "E07"},
        {.what = "false runs with few objects do not hide the loss", .groups = {{20, 1204, 40, 11000, NULL,
         TSMP_VERDICT_UNKNOWN}, {10, 2500, 40, 11000}}, .verdict = UNLIKE, .reasons = "E07"},
        {.what = "accepted once, and once more: usual", .groups = {{1, 1204, 40, 11000, NULL,
         TSMP_VERDICT_UNKNOWN, TSMP_EARLIER_PROVEN}, {1, 1204, 40, 11000}, {10, 2500, 40, 11000}}},
        {.what = "one other low night does not blind", .groups = {{1, 900, 40, 11000}, {10, 2500, 40, 11000}},
         .verdict = UNLIKE, .reasons = "E07"},
        {.what = "each Sunday is low", .groups = {{6, 5000, 40, 11000}, {1, 1100, 40, 11000},
         {6, 5000, 40, 11000}, {1, 1150, 40, 11000}, {6, 5000, 40, 11000}}},
        {.what = "only the newest thirty count", .groups = {{30, 1200, 40, 11000}, {34, 9000, 40, 11000}},
         .baseline = true},
        {.what = "counts that are not known", .groups = {{10, -1, 40, 11000}}},
        {.what = "a few objects of few", .edits = {{INSPECTED, "inspected:            4"}},
         .groups = {{10, 13, 40, 11000}}, .baseline = true},
        {.what = "none at all has its own reason", .edits = {{INSPECTED, "inspected:            0"},
         {"backed up:            3", "backed up:            0"}}, .groups = {USUAL},
         .verdict = TSMP_VERDICT_INCOMPLETE, .reasons = "E07"},
        {.what = "huge counts", .groups = {{10, INT64_MAX, INT64_MAX, -1}}, .verdict = UNLIKE,
         .reasons = "E07 E11"},
        {.what = "walked by journal", .edits = {{"20:34:20 Normal File-->                 4,096 /heath/a [Sent]",
         "20:34:11 Querying Journal for '/heath'\n02/17/2031 20:34:20 Normal File-->                 4,096 /heath/a [Sent]"}},
         .groups = {{10, 2500, 40, 11000}}},
        {.what = "earlier ones walked by journal", .groups = {{10, 2500, 40, 11000, NULL, 0,
         TSMP_EARLIER_JOURNAL}}},
        {.what = "incrbydate", .edits = {{"-verbose", "-incrbydate"}}, .groups = {{10, 2500, 40, 11000}},
         .verdict = TSMP_VERDICT_UNKNOWN, .reasons = "partial_by_options -E07"},
        {.what = "another list of objects", .edits = {{"Objects:               ", "Objects:               / /heath"}},
         .groups = {{10, 2500, 40, 11000, "/,/heath,/moor"}}},
        {.what = "the same list of objects", .edits = {{"Objects:               ", "Objects:               / /heath"}},
         .groups = {{10, 2500, 40, 11000}}, .verdict = UNLIKE, .reasons = "E07"},
        {.what = "a new volume, and the others lost", .groups = {{10, 2500, 40, 11000, "/"}},
         .verdict = UNLIKE, .reasons = "E07"},
        {.what = "a new volume: nothing to compare the sum with", .groups = {{10, 1200, 40, 11000, "/"}}},
        {.what = "volumes that the caller does not know", .groups = {{10, 2500, 40, 11000, ""}},
         .verdict = UNLIKE, .reasons = "E07"},
        {.what = "the same volume, printed with a slash", .groups = {{10, 1200, 40, 11000, "/,/heath/"}},
         .baseline = true},
    };
    CHECK_CASES(cases);
}

static void missing_volumes(void **state)
{
    (void)state;
#define WITH_MOOR "/,/heath,/moor"
    static const struct case_of cases[] = {
        {.what = "always there, and now not", .groups = {{10, 1200, 40, 11000, WITH_MOOR}}, .verdict = UNLIKE,
         .reasons = "E08"},
        {.what = "five times is always", .groups = {{5, 1200, 40, 11000, WITH_MOOR}}, .verdict = UNLIKE,
         .reasons = "E08"},
        {.what = "four times is not", .groups = {{4, 1200, 40, 11000, WITH_MOOR}}},
        {.what = "new, and there for five nights", .groups = {{5, 1200, 40, 11000, WITH_MOOR},
         {10, 1200, 40, 11000}}, .verdict = UNLIKE, .reasons = "E08"},
        {.what = "new, and there for four", .groups = {{4, 1200, 40, 11000, WITH_MOOR}, {10, 1200, 40, 11000}},
         .baseline = true},
        {.what = "came and went", .groups = {{6, 1200, 40, 11000, WITH_MOOR}, {1, 1200, 40, 11000},
         {6, 1200, 40, 11000, WITH_MOOR}}},
        {.what = "came and went, then stayed", .groups = {{15, 1200, 40, 11000, WITH_MOOR},
         {1, 1200, 40, 11000}, {6, 1200, 40, 11000, WITH_MOOR}}, .verdict = UNLIKE, .reasons = "E08"},
        {.what = "came and went, longer ago than thirty runs", .groups = {{6, 1200, 40, 11000, WITH_MOOR},
         {24, 1200, 40, 11000}, {6, 1200, 40, 11000, WITH_MOOR}}, .verdict = UNLIKE, .reasons = "E08"},
        {.what = "came and went, thirty runs ago", .groups = {{6, 1200, 40, 11000, WITH_MOOR},
         {23, 1200, 40, 11000}, {6, 1200, 40, 11000, WITH_MOOR}}, .baseline = true},
        {.what = "gone since a night that was accepted", .groups = {{1, 1200, 40, 11000, NULL,
         TSMP_VERDICT_UNKNOWN, TSMP_EARLIER_PROVEN}, {10, 1200, 40, 11000, WITH_MOOR}}},
        {.what = "gone since a night that nobody accepted", .groups = {{20, 1200, 40, 11000, NULL,
         TSMP_VERDICT_UNKNOWN}, {10, 1200, 40, 11000, WITH_MOOR}}, .verdict = UNLIKE, .reasons = "E08"},
        {.what = "left out by the domain", .groups = {{10, 1200, 40, 11000, WITH_MOOR}},
         .domain = "ALL-LOCAL,-/moor"},
        {.what = "not in a domain of names", .groups = {{10, 1200, 40, 11000, WITH_MOOR}}, .domain = "/,/heath"},
        {.what = "in a domain of everything", .groups = {{10, 1200, 40, 11000, WITH_MOOR}},
         .domain = "ALL-LOCAL", .verdict = UNLIKE, .reasons = "E08"},
        {.what = "left out by the schedule", .edits = {{"-verbose", "-domain=\"-/moor\""}},
         .groups = {{10, 1200, 40, 11000, WITH_MOOR}}},
        {.what = "the schedule names objects", .edits = {{"Objects:               ", "Objects:               / /heath"}},
         .groups = {{10, 1200, 40, 11000, WITH_MOOR}}},
        {.what = "begun only by an earlier attempt", .edits = {{D17 "20:34:10 \nExecuting scheduled command now.\n", BEGIN(D17, "HEATH_INC")
         D17 "20:34:10 Incremental backup of volume '/moor'\n" D17 "20:34:10 Scheduler has been started by Dsmcad.\n" HEATH_17
         D17 "20:34:10 \nExecuting scheduled command now.\n"}}, .groups = {{10, 1200, 40, 11000, WITH_MOOR}},
         .verdict = TSMP_VERDICT_INCOMPLETE, .reasons = "E08"},
        {.what = "by journal a volume is missed all the same",
         .edits = {{"20:34:20 Normal File-->                 4,096 /heath/a [Sent]",
         "20:34:11 Querying Journal for '/heath'\n02/17/2031 20:34:20 Normal File-->                 4,096 /heath/a [Sent]"}},
         .groups = {{10, 1200, 40, 11000, WITH_MOOR}}, .verdict = UNLIKE, .reasons = "E08 -E07"},
    };
    CHECK_CASES(cases);
}

static void times(void **state)
{
    (void)state;
    static const struct case_of cases[] = {
        {.what = "a tenth of the usual time", .groups = {{10, 1200, 420, 11000}}, .verdict = UNLIKE,
         .reasons = "E11 -E07"},
        {.what = "just a tenth", .groups = {{10, 1200, 410, 11000}}, .baseline = true},
        {.what = "twice it was as fast", .groups = {{2, 1200, 40, 11000}, {8, 1200, 420, 11000}},
         .baseline = true},
        {.what = "once is not usual", .groups = {{1, 1200, 40, 11000}, {9, 1200, 420, 11000}},
         .verdict = UNLIKE, .reasons = "E11"},
        {.what = "far less was sent", .groups = {{10, 1200, 420, 200000}}, .baseline = true},
        {.what = "a tenth of it was sent", .groups = {{10, 1200, 420, 114600}}, .verdict = UNLIKE, .reasons = "E11"},
        {.what = "what was sent is not known", .groups = {{10, 1200, 420, -1}}, .verdict = UNLIKE,
         .reasons = "E11"},
        {.what = "times that are not known", .groups = {{10, 1200, -1, 11000}}, .baseline = true},
        {.what = "short runs vary", .edits = {{ELAPSED, "00:00:02"}, {"20:34:10 --- SCHEDULEREC OBJECT BEGIN",
         "20:34:49 --- SCHEDULEREC OBJECT BEGIN"}}, .groups = {{10, 1200, 59, 11000}}, .baseline = true},
        {.what = "a rate of more than twenty times", .groups = {{10, 130, 100, 11000}}, .verdict = UNLIKE,
         .reasons = "E11"},
        {.what = "a rate of less than twenty times", .groups = {{10, 160, 100, 11000}}},
        {.what = "no time at all went by", .edits = {{ELAPSED, "00:00:00"}, {"20:34:10 --- SCHEDULEREC OBJECT BEGIN",
         "20:34:51 --- SCHEDULEREC OBJECT BEGIN"}}, .groups = {{10, 1200, 420, 11000}}, .verdict = UNLIKE,
         .reasons = "E11"},
    };
    CHECK_CASES(cases);
}

static void the_proof(void **state)
{
    (void)state;
#define ASKED (PROOFS | TSMP_PROOF_BASELINE)
    static const struct case_of cases[] = {
        {.what = "asked for and given", .groups = {USUAL}, .proofs = ASKED, .baseline = true,
         .reasons = "-proof_missing"},
        {.what = "asked for, no earlier runs", .proofs = ASKED, .verdict = TSMP_VERDICT_UNKNOWN,
         .reasons = "proof_missing"},
        {.what = "asked for, too few", .groups = {{4, 1200, 40, 11000}}, .proofs = ASKED,
         .verdict = TSMP_VERDICT_UNKNOWN, .reasons = "proof_missing"},
        {.what = "a fifth below is near", .groups = {{10, 1505, 40, 11000}}, .proofs = ASKED, .baseline = true},
        {.what = "more is not", .groups = {{10, 1508, 40, 11000}}, .proofs = ASKED,
         .verdict = TSMP_VERDICT_UNKNOWN, .reasons = "proof_missing -E07"},
        {.what = "where nights differ, it is", .groups = {{3, 1500, 40, 11000}, {3, 1700, 40, 11000},
         {3, 1900, 40, 11000}}, .proofs = ASKED, .baseline = true},
        {.what = "within 4.5 times what they differ by", .groups = {{2, 1760, 40, 11000}, {1, 1600, 40, 11000},
         {2, 1504, 40, 11000}}, .proofs = ASKED, .baseline = true},
        {.what = "twice as many is near", .groups = {{10, 602, 40, 11000}}, .proofs = ASKED, .baseline = true},
        {.what = "more than twice is not", .groups = {{10, 601, 40, 11000}}, .proofs = ASKED,
         .verdict = TSMP_VERDICT_UNKNOWN, .reasons = "proof_missing -E07"},
        {.what = "a new volume may hide a loss", .groups = {{10, 1200, 40, 11000, "/"}}, .proofs = ASKED,
         .verdict = TSMP_VERDICT_UNKNOWN, .reasons = "proof_missing"},
        {.what = "by journal", .edits = {{"20:34:20 Normal File-->                 4,096 /heath/a [Sent]",
         "20:34:11 Querying Journal for '/heath'\n02/17/2031 20:34:20 Normal File-->                 4,096 /heath/a [Sent]"}},
         .groups = {USUAL}, .proofs = ASKED, .verdict = TSMP_VERDICT_UNKNOWN, .reasons = "proof_missing"},
        {.what = "proofs that nobody gave", .groups = {USUAL}, .proofs = ASKED | 1u << 20,
         .verdict = TSMP_VERDICT_UNKNOWN, .reasons = "proof_missing", .baseline = true},
        {.what = "a failed run is failed", .edits = {{"Scheduled event 'HEATH_INC' completed successfully.",
         "ANS1512E Scheduled event 'HEATH_INC' failed.  Return code = 12."}},
         .groups = {USUAL}, .proofs = ASKED, .verdict = TSMP_VERDICT_FAILED, .reasons = "-proof_missing -E07"},
        {.what = "a volume without its end", .edits = {{END_HEATH(D17), ""}}, .groups = {USUAL}, .proofs = ASKED,
         .verdict = TSMP_VERDICT_INCOMPLETE, .reasons = "E02 -proof_missing", .baseline = true},
        {.what = "statistics that contradict", .edits = {{"objects failed:               0",
         "objects failed:           9,000"}}, .groups = {USUAL}, .verdict = TSMP_VERDICT_UNKNOWN, .reasons = "E10"},
    };
    CHECK_CASES(cases);
}

/* ---- the array ---------------------------------------------------------------------------------- */

static uint32_t verdict_of(const tsmp_run *run, const tsmp_context *context, uint32_t *proof)
{
    tsmp_verdict *verdict;
    assert_int_equal(tsmp_judge(run, context, NULL, &verdict), TSMP_OK);
    uint32_t found = tsmp_verdict_view_of(verdict)->verdict;
    *proof = tsmp_verdict_view_of(verdict)->proof;
    tsmp_verdict_free(verdict);
    return found;
}

/* The run itself, and runs behind it, are no earlier runs; order does not matter. */
static void which_are_earlier(void **state)
{
    (void)state;
    static struct made made;
    static const struct group five[GROUPS] = {{5, 1200, 40, 11000}}, low[GROUPS] = {{10, 2500, 40, 11000}};
    tsmp_run *run = night((struct edit[5]){{0}});
    const tsmp_run_view *view = tsmp_run_view_of(run);
    uint32_t proof;
    tsmp_context context = {.size = sizeof context, .earlier = made.items, .earlier_count = 5};
    earlier_make(&made, five, view);
    assert_int_equal(verdict_of(run, &context, &proof), TSMP_VERDICT_COMPLETE);
    assert_true(proof & TSMP_PROOF_BASELINE);
    static const struct {
        int64_t scheduled, started; /* from the run's own */
        bool counts;
    } rows[] = {{0, 0, false}, {-DAY, 0, false}, {-DAY, 1, false}, {DAY, DAY, false}, {-DAY, -1, true},
                {0, -DAY, false}, {-2 * DAY, -DAY, true}};
    for (size_t i = 0; i < COUNT(rows); i++) {
        made.items[2].scheduled = view->scheduled + rows[i].scheduled;
        made.items[2].started = view->started + rows[i].started;
        (void)verdict_of(run, &context, &proof);
        if (((proof & TSMP_PROOF_BASELINE) != 0) != rows[i].counts)
            fail_msg("row %zu", i);
    }
    made.items[2].started = TSMP_NO_TIME; /* its nominal start stands for it */
    (void)verdict_of(run, &context, &proof);
    assert_true(proof & TSMP_PROOF_BASELINE);
    made.items[2].scheduled = TSMP_NO_TIME;
    (void)verdict_of(run, &context, &proof);
    assert_false(proof & TSMP_PROOF_BASELINE);

    earlier_make(&made, low, view);
    context.earlier_count = 10;
    for (size_t turn = 0; turn < 10; turn++) {
        tsmp_earlier first = made.items[0];
        memmove(made.items, made.items + 1, 9 * sizeof first);
        made.items[turn] = first;
        assert_int_equal(verdict_of(run, &context, &proof), TSMP_VERDICT_UNKNOWN);
    }
    tsmp_run_free(run);
}

/* A caller with longer or shorter items, and one whose context ends before them. */
static void other_sizes(void **state)
{
    (void)state;
    static struct made made;
    static const struct group low[GROUPS] = {{10, 2500, 40, 11000, ""}};
    enum { LONG = sizeof(tsmp_earlier) + 24, SHORT = offsetof(tsmp_earlier, volume_count) };
    static int64_t room[10 * LONG / 8];
    tsmp_run *run = night((struct edit[5]){{0}});
    uint32_t proof;
    earlier_make(&made, low, tsmp_run_view_of(run));
    tsmp_context context = {.size = sizeof context, .earlier = (const tsmp_earlier *)(void *)room,
                            .earlier_count = 10};
    for (size_t i = 0; i < 2; i++) {
        size_t stride = i == 0 ? LONG : SHORT;
        memset(room, 0xEE, sizeof room);
        for (size_t k = 0; k < 10; k++)
            memcpy((char *)room + k * stride, &made.items[k],
                   stride < sizeof(tsmp_earlier) ? stride : sizeof(tsmp_earlier));
        context.earlier_stride = (uint32_t)stride;
        assert_int_equal(verdict_of(run, &context, &proof), TSMP_VERDICT_UNKNOWN);
    }
    context.size = offsetof(tsmp_context, earlier);
    assert_int_equal(verdict_of(run, &context, &proof), TSMP_VERDICT_COMPLETE);
    tsmp_verdict *verdict;
    context = (tsmp_context){.size = sizeof context, .earlier_count = 1};
    assert_int_equal(tsmp_judge(run, &context, NULL, &verdict), TSMP_E_MISUSE);
    context = (tsmp_context){.size = sizeof context, .canary_count = 1};
    assert_int_equal(tsmp_judge(run, &context, NULL, &verdict), TSMP_E_MISUSE);
    tsmp_run_free(run);
}

/* A volume list without names, and more missing volumes than are named. */
static void many_volumes(void **state)
{
    (void)state;
    enum { MANY = 1500 };
    static struct made made;
    static char names[MANY][16];
    static tsmp_text list[MANY];
    static const struct group usual[GROUPS] = {{10, 1200, 40, 11000}};
    tsmp_run *run = night((struct edit[5]){{0}});
    tsmp_verdict *verdict;
    earlier_make(&made, usual, tsmp_run_view_of(run));
    for (size_t i = 0; i < MANY; i++)
        list[i] = (tsmp_text){names[i], (uint64_t)snprintf(names[i], sizeof *names, "/v%zu", i)};
    for (size_t i = 0; i < 10; i++) {
        made.items[i].volumes = list;
        made.items[i].volume_count = MANY;
    }
    tsmp_context context = {.size = sizeof context, .earlier = made.items, .earlier_count = 10};
    assert_int_equal(tsmp_judge(run, &context, NULL, &verdict), TSMP_OK);
    const tsmp_verdict_view *view = tsmp_verdict_view_of(verdict);
    assert_int_equal(view->verdict, TSMP_VERDICT_UNKNOWN);
    assert_int_equal(view->evidence_count, 21);
    assert_memory_equal(view->evidence[20].text.bytes, "980 more volumes", 16);
    tsmp_verdict_free(verdict);
    for (size_t i = 0; i < 10; i++)
        made.items[i].volumes = NULL; /* a count without names */
    assert_int_equal(tsmp_judge(run, &context, NULL, &verdict), TSMP_OK);
    assert_int_equal(tsmp_verdict_view_of(verdict)->verdict, TSMP_VERDICT_COMPLETE);
    tsmp_verdict_free(verdict);
    tsmp_run_free(run);
}

/* ---- no memory ---------------------------------------------------------------------------------- */

struct budget {
    int64_t left, live;
};

static void *take(uint64_t size, void *context)
{
    struct budget *budget = context;
    if (budget->left-- <= 0)
        return NULL;
    budget->live++;
    return malloc((size_t)size);
}

static void *resize(void *memory, uint64_t size, void *context)
{
    struct budget *budget = context;
    if (budget->left-- <= 0)
        return NULL;
    budget->live += memory == NULL;
    return realloc(memory, (size_t)size);
}

static void put_back(void *memory, void *context)
{
    ((struct budget *)context)->live--;
    free(memory);
}

static void every_allocation_fails_once(void **state)
{
    (void)state;
    static struct made made;
    static const struct group all[GROUPS] = {{10, 25000, 820, -1, "/,/heath,/moor,/fell,/dale"}};
    tsmp_run *run = night((struct edit[5]){{0}});
    earlier_make(&made, all, tsmp_run_view_of(run));
    tsmp_context context = {.size = sizeof context, .earlier = made.items, .earlier_count = 10,
                            .proofs = ASKED};
    int32_t status = TSMP_E_NOMEM;
    int64_t n = 0;
    for (; status == TSMP_E_NOMEM; n++) {
        struct budget budget = {.left = n};
        tsmp_allocator allocator = {take, resize, put_back, &budget};
        tsmp_verdict *verdict;
        status = tsmp_judge(run, &context, &allocator, &verdict);
        if (status == TSMP_OK) {
            assert_int_equal(tsmp_verdict_view_of(verdict)->evidence_count, 4);
            tsmp_verdict_free(verdict);
        }
        assert_int_equal(budget.live, 0);
    }
    assert_int_equal(status, TSMP_OK);
    assert_true(n > 10);
    tsmp_run_free(run);
}

int main(void)
{
    static char name[] = "history_evidence";
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(too_few_objects), cmocka_unit_test(missing_volumes), cmocka_unit_test(times),
        cmocka_unit_test(the_proof), cmocka_unit_test(which_are_earlier), cmocka_unit_test(other_sizes),
        cmocka_unit_test(many_volumes), cmocka_unit_test(every_allocation_fails_once),
        cmocka_unit_test_prestate(said_as_before, name)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
