/* SPDX-License-Identifier: BSD-2-Clause
 * Each name that may be asked for against each that may be printed: which stands for which, what a
 * domain keeps and leaves out, and which path lies in an object of the schedule. The answers are in
 * tests/said/names.txt. */
#include "run_state.h"

#include "judge.h"
#include "nights.h"
#include "said.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#include <stdio.h>
#include <string.h>

static const char *const names[] = {
    "/", "/home", "/home/", "/home/*", "/homes", "/Home", "/home/ada", "/home/ada/x", "/home/bob/x", "/home/?da", "/*", "*",
    "/h*e", "/h**e", "/*a*a", "/ada/ada", "/home/*/x", "??home", "{/home}", "{/home}/", "{/home}/ada", "{/home}ada", "{/}home",
    "{/home", "{}", "{}x", "{", "c:", "C:", "c:\\", "c:/x", "C:\\Users", "c:\\users\\", "d:", "c:d", "\\\\host\\c$", "\\\\HOST\\C$",
    "\\\\host\\c$\\", "\\\\host\\c$\\users", "\\\\host\\d$", "\\\\host\\cc$", "\\\\host\\c$x", "\\\\host\\c", "\\\\host\\1$",
    "\\\\host\\", "\\\\host", "\\\\", "\\", "\\x", "@:", "[:", "{c:}", "{c:}\\users", "{\\\\host\\c$}\\users", "a", "A", "ab", "?", "??",
    "-", "-x", "all-local", "ALL-NFS", "all", "systemstate", "SystemServices", "systemobject", "systemobj", "a'b", ""};
enum { COUNT = sizeof names / sizeof *names };

static struct tsmp_run *run_with(const char *objects, const char *volume)
{
    tsmp_allocator allocator = memory_default();
    struct tsmp_run *run = run_new(&allocator);
    bool full;
    assert_non_null(run);
    run->view.action = TSMP_WORD_INCREMENTAL;
    assert_true(string_set(&allocator, &run->objects, objects, strlen(objects)));
    if (volume != NULL)
        volumes_get(&allocator, &run->volumes, volume, strlen(volume), 10, &full)->begins = 1;
    return run;
}

static void put_name(struct text *to, const char *name)
{
    text_put(to, " ");
    text_quoted(to, name, strlen(name), true);
}

/* Is all walked that is asked for when this one is printed? What is not is added to `said`. */
static bool is_answered(const char *objects, const char *options, const char *printed, struct text *said)
{
    struct tsmp_run *run = run_with(objects, printed);
    struct tsmp_verdict verdict = {.allocator = memory_default()};
    struct judging judging = {.run = run, .verdict = &verdict};
    assert_true(string_set(&run->allocator, &run->options, options, strlen(options)));
    bool all = expected_begun(&judging);
    for (size_t i = 0; i < verdict.count; i++) {
        const tsmp_evidence *evidence = &verdict.items[i];
        if (said != NULL) {
            text_put(said, "; ");
            text_number(said, evidence->strength);
            text_put(said, " ");
            text_add(said, evidence->text.bytes, (size_t)evidence->text.length);
        }
        memory_put(&verdict.allocator, (void *)(uintptr_t)evidence->text.bytes);
        memory_put(&verdict.allocator, (void *)(uintptr_t)evidence->lines);
    }
    memory_put(&verdict.allocator, verdict.items);
    tsmp_run_free(run);
    return all;
}

static bool domain_keeps(const char *word, const char *name, bool without)
{
    struct tsmp_run *run = run_with("", NULL);
    char minus[64] = "-";
    strcat(minus, word);
    const tsmp_text domain[] = {{"ALL-LOCAL", 9}, {minus, strlen(minus)}, {word, strlen(word)}};
    struct judging judging = {.run = run, .context = {.domain = domain + (without ? 0 : 2), .domain_count = without ? 2 : 1}};
    bool out = domain_leaves_out(&judging, (tsmp_text){name, strlen(name)});
    tsmp_run_free(run);
    return !out;
}

static bool is_held(const char *objects, const char *path)
{
    struct tsmp_run *run = run_with(objects, NULL);
    bool held = objects_hold(run, (tsmp_text){path, strlen(path)});
    tsmp_run_free(run);
    return held;
}

/* Words that stand in no list: a list has them between quotes. */
static bool is_one_word(const char *name)
{
    return name[0] != '\0' && strpbrk(name, " '\"") == NULL;
}

static void each_against_each(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT; i++) {
        struct text said = {0};
        const char *const heads[] = {"  asked for, answered by:", "\n  as domain, keeps:", "\n  left out:", "\n  as objects, hold:"};
        for (size_t which = 0; which < 4; which++) {
            text_put(&said, heads[which]);
            for (size_t k = 0; k < COUNT; k++) {
                bool fits = which == 0   ? is_one_word(names[i]) && is_answered(names[i], "", names[k], NULL)
                            : which == 1 ? domain_keeps(names[i], names[k], false)
                            : which == 2 ? !domain_keeps(names[i], names[k], true)
                                         : is_one_word(names[i]) && is_held(names[i], names[k]);
                if (fits)
                    put_name(&said, names[k]);
            }
        }
        text_put(&said, "\n");
        said_row(names[i], &said);
        text_free(&said);
    }
}

/* How lists of names and of options are cut into words. */
static void lists(void **state)
{
    (void)state;
    static const char *const objects[] = {"", " ", "a", " a", "a ", "'a'", "\"a\"", "'a", "a'", "'a'b", "a'b'", "''", "\"\"", "'", "'a b'",
                                          "\"a b\" 'c'", "'a\"b'", "b a", "b 'a' c", "  b   a  ", "-a", "-a b", "'-a'"};
    static const char *const options[] = {"", "-domain=a", "-DOMAIN=a", "-domain='a b'", "-domain=\"a b\" -x", "-domain='a", "-domain=a'", "-domain='",
                                          "-domain=''", "-domain=", "-domain=\"a'", "-x -domain=b", "-x='-domain=a'", "-domain=b -domain=a",
                                          "-domain='b \"a c\"'", "-domain=\"b 'a c' d\"", "x-domain=a", "-domain", "-domain=-a", "-domain='all-local -a'",
                                          " -domain=a ", "-domain=ab", "-dirsonly", "-dirs", "-dir", "-di", "-filesonly", "-fileson", "-fileso", "-files", "-incrbydate", "-incrb{x", "-x'y -incrb z'", "-x'y' -incrb", "-incr", "-SNAPDIFF", "'-snapd"};
    struct text said = {0};
    for (size_t i = 0; i < sizeof objects / sizeof *objects; i++) {
        put_name(&said, objects[i]);
        text_put(&said, is_answered(objects[i], "", "a", &said) ? " answered" : " not");
        text_put(&said, is_held(objects[i], "a/x") ? " holds\n" : "\n");
    }
    said_row("objects", &said);
    text_clear(&said);
    for (size_t i = 0; i < sizeof options / sizeof *options; i++) {
        tsmp_allocator allocator = memory_default();
        struct tsmp_run *run = run_with("", NULL);
        tsmp_text gate = {NULL, 0};
        assert_true(string_set(&allocator, &run->options, options[i], strlen(options[i])));
        struct judging judging = {.run = run};
        put_name(&said, options[i]);
        text_put(&said, domain_leaves_out(&judging, (tsmp_text){"a", 1}) ? " out" : " in");
        text_put(&said, is_answered("", options[i], "zz", &said) ? " answered" : " not");
        bool gated = options_gate(run, &gate);
        if (gated || options_one_kind(run, &gate)) {
            text_put(&said, gated ? " gate " : " one kind ");
            text_quoted(&said, gate.bytes, (size_t)gate.length, true);
        }
        text_put(&said, "\n");
        tsmp_run_free(run);
    }
    said_row("options", &said);
    text_free(&said);
}

/* The good night with an object that could not be stored. */
static tsmp_run *night_without(const char *object)
{
    static const char line[] = D17 "20:34:20 Normal File-->                 4,096 /heath/b [Sent]\n";
    static const char none[] = "failed:               0";
    const char *at = strstr(GOOD_NIGHT, line), *count = strstr(GOOD_NIGHT, none);
    struct text text = {0};
    text_add(&text, GOOD_NIGHT, (size_t)(at - GOOD_NIGHT));
    text_put(&text, D17 "20:34:20 ANS1228E Sending of object '");
    text_put(&text, object);
    text_put(&text, "' failed.\n" D17 "20:34:20 ANS4037E Object '");
    text_put(&text, object);
    text_put(&text, "' changed during processing.\n");
    at += sizeof line - 1;
    text_add(&text, at, (size_t)(count - at));
    text_put(&text, "failed:               1");
    text_put(&text, count + sizeof none - 1);
    tsmp_run *run = reading_run(&text);
    text_free(&text);
    return run;
}

/* Which objects a waiver passes over; names that may have printed more than themselves by none. */
static void waivers(void **state)
{
    (void)state;
    static const char *const globs[] = {
        "", "a", "/a", "*", "**", "***", "?", "??", "/?", "/*", "/**", "/a*", "/a**", "/a***", "/a/*", "/a/**", "/*/b", "/**/b", "/**b", "*b", "**b",
        "/a?b", "a*b*", "/*b*c", "/**b*c", "/*b**c", "/a/*/", "\\*", "\\a\\*", "*?", "**?", "?**", "?*", "/a/b**", "/a/b*", "/a/b?", "**c", "*c", "/*/*/c",
        "/**/**", "/a*b", "**/b/**", "**b**", "*b*", "/a/b/c/d", "//", "x"};
    static const char *const objects[] = {"a", "/a", "/ab", "/a/b", "/a/b/c", "/a/bc", "/a/b/b/c", "\\a", "\\a\\b", "/a*b", "aab", "/", "/a/", "/bbb",
                                          "/a\x01", "/a\x1F", "/a b", "/a\x7F", "/a\x80", "/a'b", "/a'"};
    enum { OBJECTS = sizeof objects / sizeof *objects };
    tsmp_run *runs[OBJECTS];
    for (size_t k = 0; k < OBJECTS; k++)
        runs[k] = night_without(objects[k]);
    for (size_t i = 0; i < sizeof globs / sizeof *globs; i++) {
        struct text said = {0};
        char more[16]; /* what stands behind a pattern is no part of it */
        snprintf(more, sizeof more, "%s*", globs[i]);
        text_put(&said, "  waives:");
        for (size_t k = 0; k < OBJECTS; k++) {
            tsmp_waiver waiver = {.code = {"ANS4037E", 8}, .object = {more, strlen(globs[i])}, .reason = {"known", 5},
                                  .until = INT64_C(4000000000) * 1000000};
            tsmp_context context = {.size = sizeof context, .waivers = &waiver, .waiver_count = 1};
            tsmp_verdict *verdict;
            assert_int_equal(tsmp_judge(runs[k], &context, NULL, &verdict), TSMP_OK);
            if (tsmp_verdict_view_of(verdict)->verdict == TSMP_VERDICT_COMPLETE)
                put_name(&said, objects[k]);
            tsmp_verdict_free(verdict);
        }
        text_put(&said, "\n");
        said_row(globs[i], &said);
        text_free(&said);
    }
    for (size_t k = 0; k < OBJECTS; k++)
        tsmp_run_free(runs[k]);
}

/* In a sentence a name is cut where nobody would read on. */
static void long_names(void **state)
{
    (void)state;
    struct text said = {0};
    for (size_t length = 999; length < 1003; length++) {
        char object[1003] = "/";
        memset(object + 1, 'x', length - 1);
        tsmp_run *run = night_without(object);
        const tsmp_context context = {.size = sizeof context, .want = TSMP_WANT_WHY};
        tsmp_verdict *verdict;
        assert_int_equal(tsmp_judge(run, &context, NULL, &verdict), TSMP_OK);
        const tsmp_verdict_view *view = tsmp_verdict_view_of(verdict);
        tsmp_text text = view->evidence[0].text;
        text_put(&said, "  ");
        text_number(&said, length);
        text_put(&said, " bytes: a sentence of ");
        text_number(&said, text.length);
        text_put(&said, " that ends in ");
        text_quoted(&said, text.bytes + text.length - 50, 50, true);
        text_put(&said, "\n");
        tsmp_verdict_free(verdict);
        tsmp_run_free(run);
    }
    said_row("long names", &said);
    text_free(&said);
}

static int32_t judge_with(const tsmp_run *run, const tsmp_context *context)
{
    tsmp_verdict *verdict = NULL;
    int32_t status = tsmp_judge(run, context, NULL, &verdict);
    tsmp_verdict_free(verdict);
    return status;
}

/* Each thing that a caller may do wrong, by itself. */
static void misuse(void **state)
{
    (void)state;
    tsmp_run *run = night_without("/a");
    const tsmp_waiver good = {.code = {"ANS4037E", 8}, .object = {"a", 1}, .reason = {"known", 5}, .until = 1};
    tsmp_waiver bad[8];
    for (size_t i = 0; i < 8; i++)
        bad[i] = good;
    bad[0].code.length = 7;
    bad[1].reason.length = 0;
    bad[2].until = 0;
    bad[3].reserved = 1;
    bad[4].flags = 2 * TSMP_WAIVER_VOLUME;
    bad[5].flags = TSMP_WAIVER_VOLUME;
    bad[5].object.length = 0;
    bad[6].flags = TSMP_WAIVER_VOLUME; /* is right */
    bad[7].object.length = 0;          /* so is this */
    for (size_t i = 0; i < 8; i++) {
        tsmp_waiver two[] = {good, bad[i]};
        tsmp_context context = {.size = sizeof context, .waivers = two, .waiver_count = 2};
        assert_int_equal(judge_with(run, &context), i < 6 ? TSMP_E_MISUSE : TSMP_OK);
    }
    const int64_t most = INT64_C(26) * 3600 * 1000000;
    tsmp_witness *unfinished;
    tsmp_text domain = {"/a", 2};
    assert_int_equal(tsmp_witness_new(NULL, NULL, &unfinished), TSMP_OK);
    const tsmp_context wrong[] = {
        {.size = sizeof *wrong, .domain_count = 1}, {.size = sizeof *wrong, .earlier_count = 1}, {.size = sizeof *wrong, .canary_count = 1},
        {.size = sizeof *wrong, .waiver_count = 1}, {.size = sizeof *wrong, .skew = most + 1}, {.size = sizeof *wrong, .skew = -most - 1},
        {.size = sizeof *wrong, .witness = unfinished}, {.size = 1}};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        assert_int_equal(judge_with(run, &wrong[i]), TSMP_E_MISUSE);
    const tsmp_context right[] = {
        {.size = sizeof *right, .skew = most}, {.size = sizeof *right, .skew = -most}, {.size = sizeof *right, .domain = &domain},
        {.size = sizeof *right, .domain = &domain, .domain_count = 1}, {.size = sizeof *right}};
    for (size_t i = 0; i < sizeof right / sizeof *right; i++)
        assert_int_equal(judge_with(run, &right[i]), TSMP_OK);
    tsmp_verdict *verdict;
    assert_int_equal(tsmp_judge(NULL, NULL, NULL, &verdict), TSMP_E_MISUSE);
    assert_int_equal(tsmp_judge(run, NULL, NULL, NULL), TSMP_E_MISUSE);
    tsmp_witness_free(unfinished);
    tsmp_run_free(run);
}

int main(void)
{
    static char name[] = "names";
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_against_each), cmocka_unit_test(lists), cmocka_unit_test(waivers), cmocka_unit_test(long_names), cmocka_unit_test(misuse),
        cmocka_unit_test_prestate(said_as_before, name)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
