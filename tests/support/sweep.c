/* SPDX-License-Identifier: BSD-2-Clause */
#include "sweep.h"

#include "said.h"
#include "server.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static void show_number(char shown[24], int64_t number, enum swept_as as)
{
    unsigned seconds = (unsigned)(number % 86400);
    if (as == AS_CLOCK)
        snprintf(shown, 24, "%02u:%02u:%02u", seconds / 3600, seconds / 60 % 60, seconds % 60);
    else
        snprintf(shown, 24, "%" PRId64, number);
}

static void put_filled(struct text *to, const char *from, const char *shown)
{
    for (const char *mark; (mark = strchr(from, '@')) != NULL; from = mark + 1) {
        text_add(to, from, (size_t)(mark - from));
        text_put(to, shown);
    }
    text_put(to, from);
}

static void edit_text(struct text *text, const char *what, const struct edit *edit, const char *shown)
{
    struct text next = {0};
    bool everywhere = edit->from[0] == '*';
    const char *from = edit->from + everywhere;
    text_add(text, "", 1);
    const char *at = text->bytes, *place = strstr(at, from);
    if (place == NULL)
        fail_msg("%s: '%s' is not in the text", what, from);
    for (; place != NULL; place = everywhere ? strstr(at, from) : NULL) {
        text_add(&next, at, (size_t)(place - at));
        put_filled(&next, edit->to, shown);
        at = place + strlen(from);
    }
    text_put(&next, at);
    text_free(text);
    *text = next;
}

static tsmp_run *run_of(const struct sweep *sweep, const char *shown)
{
    struct text text = {0};
    put_filled(&text, sweep->text != NULL ? sweep->text : GOOD_NIGHT, shown);
    for (size_t i = 0; i < 6 && sweep->edits[i].from != NULL; i++)
        edit_text(&text, sweep->what, &sweep->edits[i], shown);
    tsmp_run *run = reading_run(&text);
    text_free(&text);
    return run;
}

static tsmp_witness *witness_of(const struct sweep *sweep, const char *shown)
{
    struct text answers[4] = {{0}};
    size_t count = 0;
    tsmp_witness *witness = NULL;
    for (; count < 4 && sweep->server[count] != NULL; count++)
        put_filled(&answers[count], sweep->server[count], shown);
    if (count > 0)
        assert_int_equal(server_make(answers, count, 0, NULL, NULL, &witness), TSMP_OK);
    while (count > 0)
        text_free(&answers[--count]);
    return witness;
}

static void fill_groups(struct group to[GROUPS], const struct group from[GROUPS], int64_t number)
{
    for (size_t i = 0; i < GROUPS; i++) {
        to[i] = from[i];
        if (to[i].nights == NIGHTS_SWEPT)
            to[i].nights = (int)number;
        int64_t *numbers[] = {&to[i].inspected, &to[i].elapsed, &to[i].transferred};
        for (size_t k = 0; k < 3; k++)
            if (*numbers[k] == SWEPT)
                *numbers[k] = number;
    }
}

/* All but the numbers in the sentences, which change with the one that is swept. */
static void put_key(struct text *to, const tsmp_verdict_view *view)
{
    text_add(to, (const char *)&view->verdict, sizeof view->verdict);
    text_add(to, (const char *)&view->proof, sizeof view->proof);
    for (uint64_t i = 0; i < view->evidence_count; i++) {
        const tsmp_evidence *evidence = &view->evidence[i];
        text_add(to, (const char *)&evidence->id, sizeof evidence->id);
        text_add(to, (const char *)&evidence->strength, sizeof evidence->strength);
        text_add(to, (const char *)evidence->lines, (size_t)evidence->line_count * sizeof *evidence->lines);
        for (uint64_t k = 0; k < evidence->text.length; k++)
            if (evidence->text.bytes[k] < '0' || evidence->text.bytes[k] > '9')
                text_add(to, evidence->text.bytes + k, 1);
    }
}

static void sweep_one(const struct sweep *sweep)
{
    static struct made made;
    struct text said = {0}, before = {0}, key = {0};
    struct group groups[GROUPS];
    for (int64_t number = sweep->from; number <= sweep->to; number++) {
        char shown[24];
        show_number(shown, number, sweep->as);
        tsmp_text domain[NAMES_MOST];
        tsmp_run *run = run_of(sweep, shown);
        tsmp_witness *witness = witness_of(sweep, shown);
        tsmp_context context = {.size = sizeof context, .proofs = sweep->proofs, .witness = witness,
                                .skew = sweep->skew * 1000000, .now = sweep->now * 1000000};
        context.fresh = sweep->fresh != SWEPT ? sweep->fresh : number;
        context.age = sweep->age != SWEPT ? sweep->age : number;
        context.limit = sweep->limit != SWEPT ? sweep->limit : number;
        fill_groups(groups, sweep->groups, number);
        earlier_make(&made, groups, tsmp_run_view_of(run));
        for (size_t i = 0; sweep->oldest_first && i < made.count / 2; i++) {
            tsmp_earlier other = made.items[i];
            made.items[i] = made.items[made.count - 1 - i];
            made.items[made.count - 1 - i] = other;
        }
        context.earlier = made.items;
        context.earlier_count = made.count;
        if (sweep->domain != NULL) {
            context.domain = domain;
            context.domain_count = earlier_split(sweep->domain, domain);
        }
        tsmp_verdict *verdict;
        assert_int_equal(tsmp_judge(run, &context, NULL, &verdict), TSMP_OK);
        text_clear(&key);
        put_key(&key, tsmp_verdict_view_of(verdict));
        if (key.length != before.length || memcmp(key.bytes, before.bytes, key.length) != 0) {
            text_put(&said, " from ");
            text_put(&said, shown);
            text_put(&said, " on\n");
            said_verdict(&said, tsmp_verdict_view_of(verdict));
            struct text other = before;
            before = key;
            key = other;
        }
        tsmp_verdict_free(verdict);
        tsmp_witness_free(witness);
        tsmp_run_free(run);
    }
    said_row(sweep->what, &said);
    text_free(&said);
    text_free(&before);
    text_free(&key);
}

void sweep_all(const struct sweep *sweeps, size_t count)
{
    for (size_t i = 0; i < count; i++)
        sweep_one(&sweeps[i]);
}
