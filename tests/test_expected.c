/* SPDX-License-Identifier: BSD-2-Clause
 * Which volumes are asked for, and which printed name answers to what was asked. */
#include "run_state.h"

#include "judge.h"
#include "text.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct asked {
    const char *objects, *options;
    const char *domain[4];
    const char *begun[4];
    uint32_t verdict; /* what is left when only this is weighed: 0 = nothing against the run */
};

static void begin(struct tsmp_run *run, const char *name)
{
    bool full;
    struct run_volume *volume = volumes_get(&run->allocator, &run->volumes, name, strlen(name), 100,
                                            &full);
    assert_non_null(volume);
    volume->begins = 1;
}

static void answers(void **state)
{
    (void)state;
    const uint32_t in = TSMP_VERDICT_INCOMPLETE, un = TSMP_VERDICT_UNKNOWN;
    const struct asked rows[] = {
        {"", "", {0}, {"/"}, 0},
        {"/", "", {0}, {"/"}, 0},
        {"/ /home", "", {0}, {"/"}, in},
        {"/home/", "", {0}, {"/home"}, 0},
        {"/home", "", {0}, {"/home/*"}, 0},
        {"/home/*", "", {0}, {"/home/"}, 0},
        {"  /a   \"/b c/\"  ", "", {0}, {"/a", "/b c"}, 0},
        {"\"/b c/\" /d", "", {0}, {"/b c/"}, in},
        {"'/b c'", "", {0}, {"/b c"}, 0},
        {"\"/never closed", "", {0}, {"/never closed"}, 0},
        {"{/fs}/sub", "", {0}, {"/fs/sub"}, 0},
        {"{/fs}/sub/", "", {0}, {"/fs/sub/*"}, 0},
        {"{/fs}", "", {0}, {"/fs"}, 0},
        {"{/fs}/sub", "", {0}, {"/fs"}, in},
        {"/home/*/data", "", {0}, {"/home/ada/data"}, 0},
        {"/home/?a/", "", {0}, {"/home/xa"}, 0},
        {"/home/*/data", "", {0}, {"/srv"}, un},
        {"c:", "", {0}, {"\\\\host\\c$"}, 0},
        {"C:\\Users\\", "", {0}, {"\\\\HOST\\c$\\users"}, 0},
        {"d:", "", {0}, {"\\\\host\\c$"}, in},
        {"\\\\host\\c$\\data\\*", "", {0}, {"\\\\host\\C$\\Data"}, 0},
        {"/Home", "", {0}, {"/home"}, in},
        {"/a", "", {"/b"}, {"/a"}, 0},
        {"", "", {"/a", "/b"}, {"/a", "/b"}, 0},
        {"", "", {"/a", "/b"}, {"/a"}, in},
        {"", "", {"ALL-LOCAL", "-/tmp"}, {"/a"}, 0},
        {"", "", {"all-local", "/nfs"}, {"/a"}, in},
        {"", "", {"/a", "/tmp", "-/tmp/"}, {"/a"}, 0},
        {"", "", {"SYSTEMSTATE", "/a"}, {"/a"}, un},
        {"", "", {"SYSTEMSTATE", "c:"}, {"\\\\host\\c$", "SystemState"}, 0},
        {"", "", {"systemstate"}, {"\\\\host\\System State"}, 0},
        {"", "", {"systemobject"}, {"\\\\host\\systemobject\\0"}, un},
        {"", "", {"systemstat"}, {"/a"}, in},
        {"", "-dom=/b", {0}, {"/a"}, in},
        {"", "-DO=\"/a /b\"", {0}, {"/a"}, in},
        {"", "-d=/b -domain.image=/b -domai /b", {0}, {"/a"}, 0},
        {"", "-quiet -domain=/a", {0}, {"/b"}, in},
        {"", "-domain=\"/a /b\" -subdir=yes", {0}, {"/a", "/b"}, 0},
        {"", "-DOMAIN='ALL-LOCAL -/tmp \"/c d\"'", {0}, {"/c d"}, 0},
        {"", "-domain=\"/a '/c d'\"", {0}, {"/a"}, in},
        {"", "-domain=-/b", {"/a", "/b"}, {"/a"}, 0},
        {"/x", "-domain=/a", {0}, {"/x"}, 0},
        {"/data*", "", {0}, {"/data"}, 0},
        {"/da?a**", "", {0}, {"/data"}, 0},
        {"*/b", "", {0}, {"/a/b/b"}, 0},
        {"*/b/c", "", {0}, {"/a/b/b"}, un},
        {"-/a /b", "", {0}, {"/b"}, 0},
        {"", "-domain=", {0}, {"/b"}, 0},
        {"", "-domain=\"", {0}, {"/b"}, 0},
        {"", "", {"-", "/a"}, {"/a"}, 0},
        {"c:\\dir", "", {0}, {"\\\\host\\C$\\DIR"}, 0},
        {"d:", "", {0}, {"\\\\host\\c$"}, in},
        {"c:", "", {0}, {"\\\\host\\c$x"}, in},
        {"\\\\host\\c$", "", {0}, {"\\\\HOST\\c$"}, 0},
        {"c:", "", {0}, {"\\\\host"}, in},
    };
    tsmp_allocator allocator = memory_default();
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct tsmp_run *run = run_new(&allocator);
        tsmp_text words[4];
        struct tsmp_verdict verdict = {.allocator = allocator};
        struct judging judging = {.run = run, .verdict = &verdict,
                                  .context = {.domain = words}};
        assert_non_null(run);
        run->view.action = TSMP_WORD_INCREMENTAL;
        assert_true(string_set(&allocator, &run->objects, rows[i].objects, strlen(rows[i].objects)));
        assert_true(string_set(&allocator, &run->options, rows[i].options, strlen(rows[i].options)));
        for (size_t k = 0; k < 4 && rows[i].domain[k] != NULL; k++, judging.context.domain_count++)
            words[k] = (tsmp_text){rows[i].domain[k], strlen(rows[i].domain[k])};
        for (size_t k = 0; k < 4 && rows[i].begun[k] != NULL; k++)
            begin(run, rows[i].begun[k]);
        bool all = expected_begun(&judging);
        settle(&judging);
        uint32_t got = judging.all.incomplete ? in : judging.all.unsure ? un : 0;
        if (got != rows[i].verdict || all != (rows[i].verdict == 0))
            fail_msg("row %zu: objects '%s' options '%s': %u", i, rows[i].objects, rows[i].options,
                     (unsigned)got);
        for (size_t k = 0; k < verdict.count; k++) {
            free((void *)(uintptr_t)verdict.items[k].text.bytes);
            free((void *)(uintptr_t)verdict.items[k].lines);
        }
        free(verdict.items);
        tsmp_run_free(run);
    }
}

/* Each word may be looked for in every volume: past a thousand the rest is not, and that is said. */
static void many_words(void **state)
{
    (void)state;
    tsmp_allocator allocator = memory_default();
    for (int which = 0; which < 4; which++) {
        struct text words = {0};
        for (int i = 0; i < (which < 2 ? 1000 : 1001); i++)
            text_put(&words, "/a ");
        struct text option = {0};
        text_put(&option, "-domain=\"");
        text_put(&option, words.bytes);
        text_put(&option, "\"");
        struct tsmp_run *run = run_new(&allocator);
        struct tsmp_verdict verdict = {.allocator = allocator};
        struct judging judging = {.run = run, .verdict = &verdict};
        const struct text *text = which % 2 == 0 ? &words : &option;
        assert_non_null(run);
        run->view.action = TSMP_WORD_INCREMENTAL;
        assert_true(string_set(&allocator, which % 2 == 0 ? &run->objects : &run->options,
                               text->bytes, text->length));
        begin(run, "/a");
        run->at[CLOSE_BEGIN] = 7;
        assert_int_equal(expected_begun(&judging), which < 2);
        assert_int_equal(judging.unsure, which >= 2);
        assert_int_equal(verdict.count, which < 2 ? 0 : 1);
        if (verdict.count > 0) {
            const tsmp_evidence *limit = &verdict.items[0];
            assert_true(limit->id == TSMP_EVIDENCE_LIMIT && limit->strength == 0);
            assert_true(limit->line_count == 1 && limit->lines[0] == 7);
            free((void *)(uintptr_t)verdict.items[0].text.bytes);
            free((void *)(uintptr_t)verdict.items[0].lines);
        }
        free(verdict.items);
        tsmp_run_free(run);
        text_free(&words);
        text_free(&option);
    }
}

/* The last word that is looked at is the thousandth. */
static void words_that_hold(void **state)
{
    (void)state;
    tsmp_allocator allocator = memory_default();
    for (int before = 998; before < 1002; before++) {
        struct text words = {0};
        for (int i = 0; i < before; i++)
            text_put(&words, "/a ");
        text_put(&words, "/b");
        struct tsmp_run *run = run_new(&allocator);
        assert_non_null(run);
        assert_true(string_set(&allocator, &run->objects, words.bytes, words.length));
        assert_int_equal(objects_hold(run, (tsmp_text){"/b/x", 4}), before < 1000);
        tsmp_text *domain = calloc((size_t)before + 1, sizeof *domain);
        assert_non_null(domain);
        for (int i = 0; i < before; i++)
            domain[i] = (tsmp_text){"/a", 2};
        domain[before] = (tsmp_text){"/b", 2};
        struct judging judging = {.run = run, .context = {.domain = domain, .domain_count = (uint64_t)before + 1}};
        assert_int_equal(domain_leaves_out(&judging, (tsmp_text){"/b", 2}), before >= 1000);
        domain[before] = (tsmp_text){"-/a", 3};
        assert_int_equal(domain_leaves_out(&judging, (tsmp_text){"/a", 2}), before < 1000);
        free(domain);
        tsmp_run_free(run);
        text_free(&words);
    }
}

static void options(void **state)
{
    (void)state;
    static const struct {
        const char *options, *found;
    } rows[] = {
        {"", NULL}, {"-quiet -subdir=yes", NULL}, {"-incrbydate", "-incrbydate"},
        {"-quiet  -INCRB -x", "-INCRB"}, {"-incrthreshold=5", "-incrthreshold=5"},
        {"-snapdiff", "-snapdiff"}, {"-domain=\"/a -incrbydate\"", NULL},
    };
    tsmp_allocator allocator = memory_default();
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct tsmp_run *run = run_new(&allocator);
        tsmp_text option = {"", 0};
        assert_non_null(run);
        assert_true(string_set(&allocator, &run->options, rows[i].options, strlen(rows[i].options)));
        assert_int_equal(options_gate(run, &option), rows[i].found != NULL);
        if (rows[i].found != NULL) {
            assert_int_equal(option.length, strlen(rows[i].found));
            assert_memory_equal(option.bytes, rows[i].found, (size_t)option.length);
        }
        tsmp_run_free(run);
    }
}

/* Names that share long beginnings, and every tail that does not count. */
static void tree(void **state)
{
    (void)state;
    enum { MANY = 2000 };
    tsmp_allocator allocator = memory_default();
    struct volumes volumes = {0};
    char name[64];
    bool full;
    for (int pass = 0; pass < 2; pass++) {
        for (unsigned i = 0; i < MANY; i++) {
            int n = snprintf(name, sizeof name, "/deep/%u/%.*s%s", i * 2654435761u, (int)(i % 7),
                             "aaaaaaa", pass == 0 ? "" : "/");
            struct run_volume *volume = volumes_get(&allocator, &volumes, name, (size_t)n, MANY, &full);
            assert_non_null(volume);
            if (pass == 0)
                volume->begin_line = i + 1;
            assert_int_equal(volume->begin_line, i + 1);
        }
    }
    assert_int_equal(volumes.count, MANY);
    assert_null(volumes_find(&volumes, "/deep", 5));
    assert_null(volumes_get(&allocator, &volumes, "/one more", 9, MANY, &full));
    assert_true(full);
    /* Names that differ in single bits, in every order of them. */
    static const char bytes[] = "\x01\x02\x04\x08\x10\x20\x40\x80\xff";
    for (int pass = 0; pass < 2; pass++) {
        for (unsigned i = 0; i < 729; i++) {
            unsigned k = i * 380u % 729u;
            char odd[3] = {bytes[k % 9], bytes[k / 9 % 9], bytes[k / 81]};
            struct run_volume *volume = pass == 0
                ? volumes_get(&allocator, &volumes, odd, 3, 2 * MANY, &full)
                : volumes_find(&volumes, odd, 3);
            assert_non_null(volume);
            assert_memory_equal(volume->name.bytes, odd, 3);
        }
        assert_int_equal(volumes.count, MANY + 729);
    }
    /* A name and one that goes on with a NUL byte are two. */
    assert_non_null(volumes_get(&allocator, &volumes, "/n", 2, 2 * MANY, &full));
    assert_non_null(volumes_get(&allocator, &volumes, "/n\0", 3, 2 * MANY, &full));
    assert_int_equal(volumes.count, MANY + 731);
    volumes_clear(&allocator, &volumes);
    /* What was cleared can be used again. */
    assert_null(volumes_find(&volumes, "/n", 2));
    assert_non_null(volumes_get(&allocator, &volumes, "/n", 2, 1, &full));
    assert_int_equal(volumes.count, 1);
    assert_non_null(volumes_find(&volumes, "/n", 2));
    volumes_clear(&allocator, &volumes);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(answers), cmocka_unit_test(options), cmocka_unit_test(many_words), cmocka_unit_test(words_that_hold),
                                       cmocka_unit_test(tree)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
