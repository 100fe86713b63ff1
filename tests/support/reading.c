/* SPDX-License-Identifier: BSD-2-Clause */
#include "reading.h"
#include "said.h"
#include "show.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A piece that was lent: freed by its release, so that a later look at it is found. */
struct lent {
    char *bytes;
    bool released;
};

struct session {
    const char *name;
    const char *bytes;
    struct reading *out;
    unsigned want;
    struct showing showing;
    tsmp_reader *reader;
    tsmp_runs *runs;
    tsmp_batch **kept;
    size_t kept_count, kept_capacity;
    bool keep;
    struct lent *lent;
    size_t lent_count;
};

static void give_back(void *context)
{
    struct lent *lent = context;
    if (lent->released)
        fail_msg("a lent piece was released twice");
    lent->released = true;
    free(lent->bytes);
    lent->bytes = NULL;
}

static void look_at(struct session *session, const tsmp_batch *batch)
{
    const tsmp_view *view = tsmp_batch_view(batch);
    session->showing.fields = 0;
    for (uint64_t i = 0; i < view->record_count; i++) {
        const tsmp_record *record = &view->records[i];
        show_check(&session->showing, batch, record, session->bytes,
                   (session->want & WANT_RECORDS) != 0);
        if ((session->want & WANT_RECORDS) != 0)
            show_record(&session->showing, batch, record, &session->out->records);
        if ((session->want & WANT_EXACT) != 0)
            show_exact(view, record, &session->out->exact);
    }
    if (session->runs != NULL)
        assert_int_equal(tsmp_runs_add(session->runs, batch), TSMP_OK);
}

static int32_t pull(struct session *session)
{
    tsmp_batch *batch;
    int32_t status;
    while ((status = tsmp_reader_next(session->reader, &batch)) == TSMP_OK) {
        if (tsmp_batch_view(batch)->record_count == 0)
            fail_msg("%s: an empty batch", session->name);
        if (!session->keep) {
            look_at(session, batch);
            tsmp_batch_unref(batch);
            continue;
        }
        if (session->kept_count == session->kept_capacity) {
            session->kept_capacity = session->kept_capacity * 2 + 16;
            session->kept = realloc(session->kept, session->kept_capacity * sizeof *session->kept);
            assert_non_null(session->kept);
        }
        session->kept[session->kept_count++] = batch;
    }
    return status;
}

static void give(struct session *session, const char *bytes, size_t length, bool lend)
{
    if (!lend) {
        assert_int_equal(tsmp_reader_feed(session->reader, bytes, length), TSMP_OK);
        return;
    }
    struct lent *lent = &session->lent[session->lent_count++];
    lent->released = false;
    lent->bytes = malloc(length > 0 ? length : 1);
    assert_non_null(lent->bytes);
    memcpy(lent->bytes, bytes, length);
    assert_int_equal(tsmp_reader_lend(session->reader, lent->bytes, length, give_back, lent), TSMP_OK);
}

static size_t piece_length(const struct way *way, size_t at, size_t length)
{
    if (way->split > 0)
        return at == 0 && way->split < length ? way->split : length - at;
    return way->chunk > 0 && way->chunk < length - at ? way->chunk : length - at;
}

static void add_judged(struct reading *out, const tsmp_run_view *run, const tsmp_verdict_view *verdict)
{
    if (out->judged_count == out->judged_capacity) {
        out->judged_capacity = out->judged_capacity * 2 + 8;
        out->judged = realloc(out->judged, out->judged_capacity * sizeof *out->judged);
        assert_non_null(out->judged);
    }
    struct judged *judged = &out->judged[out->judged_count++];
    *judged = (struct judged){.claim = run->claim, .action = run->action, .attempts = run->attempts};
    assert_true(standing_make(&judged->standing, run, verdict));
    if (run->interactive)
        snprintf(judged->key, sizeof judged->key, "interactive");
    else
        snprintf(judged->key, sizeof judged->key, "%.*s @ %.*s", (int)run->schedule.length,
                 run->schedule.length > 0 ? run->schedule.bytes : "", (int)run->scheduled_text.length,
                 run->scheduled_text.length > 0 ? run->scheduled_text.bytes : "");
}

/* What the reasons make of the run, each by itself, is the verdict. */
static void check_effects(const char *name, const tsmp_verdict_view *view)
{
    uint32_t worst = 0;
    for (uint64_t i = 0; i < view->evidence_count; i++)
        if (view->evidence[i].effect != 0)
            worst = tsmp_verdict_worse(worst, view->evidence[i].effect);
    if (worst != (view->verdict == TSMP_VERDICT_COMPLETE ? 0 : view->verdict))
        fail_msg("%s: it is %s, and its reasons make it %s", name, tsmp_name("verdict", view->verdict),
                 worst != 0 ? tsmp_name("verdict", worst) : "complete");
}

static void judge(struct session *session, const struct setup *setup)
{
    tsmp_run *run;
    int32_t status;
    assert_int_equal(tsmp_runs_end(session->runs), TSMP_OK);
    while ((status = tsmp_runs_next(session->runs, &run)) == TSMP_OK) {
        tsmp_verdict *verdict;
        const tsmp_context *context = setup != NULL ? &setup->context : NULL;
        assert_int_equal(tsmp_judge(run, context, NULL, &verdict), TSMP_OK);
        const tsmp_verdict_view *view = tsmp_verdict_view_of(verdict);
        if (tsmp_name("verdict", view->verdict) == NULL)
            fail_msg("%s: a verdict without a name", session->name);
        check_effects(session->name, view);
        if ((session->want & WANT_RUNS) != 0)
            show_run(tsmp_run_view_of(run), view, &session->out->runs);
        if ((session->want & WANT_SAID) != 0)
            said_verdict(&session->out->said, view);
        add_judged(session->out, tsmp_run_view_of(run), view);
        tsmp_run_free(run);
        tsmp_verdict_free(verdict);
    }
    assert_int_equal(status, TSMP_END);
    tsmp_runs_free(session->runs);
    session->runs = NULL;
}

void reading_probe(const char *bytes, size_t length, tsmp_options *options)
{
    tsmp_probe_result result = {.size = sizeof result};
    assert_int_equal(tsmp_probe(bytes, length, NULL, &result), TSMP_OK);
    uint32_t order = result.date_order;
    options->date_order = (order & (order - 1)) == 0 ? order : 0;
    options->decimal = result.decimal;
    if (result.format == TSMP_FORMAT_ERROR_LOG)
        options->format = result.format;
}

void reading_make(struct reading *reading, const char *name, const char *bytes, size_t length,
                  const struct setup *setup, const struct way *way, unsigned want)
{
    text_clear(&reading->exact);
    text_clear(&reading->records);
    text_clear(&reading->runs);
    text_clear(&reading->said);
    reading->judged_count = 0;
    struct session session = {.name = name, .bytes = bytes, .out = reading, .want = want,
                              .keep = way->keep};
    tsmp_options options = {.size = sizeof options};
    if (setup != NULL)
        options = setup->options;
    if (setup != NULL && setup->probe)
        reading_probe(bytes, length, &options);
    session.showing = (struct showing){.name = name, .base = options.first_offset,
                                       .length = length, .encoding = options.encoding,
                                       .offset = options.first_offset,
                                       .line = options.first_line > 0 ? options.first_line : 1};
    size_t pieces = way->split > 0 ? 2 : way->chunk > 0 ? length / way->chunk + 1 : 1;
    if (way->lend) {
        session.lent = calloc(pieces, sizeof *session.lent);
        assert_non_null(session.lent);
    }
    assert_int_equal(tsmp_reader_new(&options, NULL, &session.reader), TSMP_OK);
    if (setup != NULL && setup->language.length > 0)
        assert_int_equal(tsmp_reader_add_language(session.reader, setup->language.bytes,
                                                  setup->language.length), TSMP_OK);
    if ((want & (WANT_RUNS | WANT_JUDGED)) != 0)
        assert_int_equal(tsmp_runs_new(NULL, NULL, &session.runs), TSMP_OK);
    for (size_t at = 0, n; at < length; at += n) {
        n = piece_length(way, at, length);
        give(&session, bytes + at, n, way->lend);
        if (!way->late)
            assert_int_equal(pull(&session), TSMP_MORE);
    }
    assert_int_equal(tsmp_reader_end(session.reader), TSMP_OK);
    assert_int_equal(pull(&session), TSMP_END);
    tsmp_reader_free(session.reader);
    for (size_t i = 0; i < session.kept_count; i++) {
        look_at(&session, session.kept[i]);
        tsmp_batch_unref(session.kept[i]);
    }
    if (session.showing.offset != options.first_offset + length)
        fail_msg("%s: the records end at %llu, the input at %llu", name,
                 (unsigned long long)session.showing.offset,
                 (unsigned long long)(options.first_offset + length));
    for (size_t i = 0; i < session.lent_count; i++)
        if (!session.lent[i].released)
            fail_msg("%s: lent piece %zu was never released", name, i);
    if (session.runs != NULL)
        judge(&session, setup);
    free(session.kept);
    free(session.lent);
    free(session.showing.places);
}

void reading_free(struct reading *reading)
{
    text_free(&reading->exact);
    text_free(&reading->records);
    text_free(&reading->runs);
    text_free(&reading->said);
    free(reading->judged);
    *reading = (struct reading){0};
}

int reading_best(const struct reading *reading, const char *key)
{
    int best = 0;
    for (size_t i = 0; i < reading->judged_count; i++) {
        int level = standing_level(reading->judged[i].standing.verdict);
        if (strcmp(reading->judged[i].key, key) == 0 && level > best)
            best = level;
    }
    return best;
}

/* Several runs may have one key, and be bad for different reasons: one that is still so for this one's is enough. */
static bool is_lost(const struct judged *was, const struct reading *after, uint64_t removed, unsigned excuse)
{
    bool there = false;
    for (size_t i = 0; i < after->judged_count; i++) {
        if (strcmp(after->judged[i].key, was->key) != 0)
            continue;
        there = true;
        if (!standing_lost(&was->standing, &after->judged[i].standing, removed, excuse))
            return false;
    }
    return there || standing_lost(&was->standing, NULL, removed, excuse);
}

const struct judged *reading_lost(const struct reading *before, const struct reading *after, uint64_t removed,
                                  unsigned excuse)
{
    bool moved = false;
    for (size_t i = 0; i < after->judged_count; i++)
        moved |= (excuse & EXCUSE_MOVED) != 0 && standing_bad(after->judged[i].standing.verdict);
    for (size_t i = 0; i < before->judged_count && !moved; i++) {
        const struct judged *was = &before->judged[i];
        bool named = strcmp(was->key, " @ ") != 0 && strcmp(was->key, "interactive") != 0;
        if (named && is_lost(was, after, removed, excuse))
            return was;
    }
    return NULL;
}

/* ---- for whole programs ----------------------------------------------------------------------- */

int reading_main(int argc, char **argv, struct CMUnitTest *tests, size_t count)
{
    if (argc != 2 && argc != 3)
        return 2;
    if (argc == 3)
        cmocka_set_test_filter(argv[2]);
    struct documents documents = documents_load(CASES, argv[1]);
    if (documents.count == 0)
        return 99;
    for (size_t i = 0; i < count; i++)
        tests[i].initial_state = &documents;
    int failed = _cmocka_run_group_tests("tests", tests, count, NULL, NULL);
    documents_free(&documents);
    return failed;
}

tsmp_run *reading_run(const struct text *text)
{
    tsmp_options options = {.size = sizeof options, .date_order = TSMP_ORDER_MDY};
    tsmp_reader *reader;
    tsmp_runs *runs;
    tsmp_run *run;
    assert_int_equal(tsmp_reader_new(&options, NULL, &reader), TSMP_OK);
    assert_int_equal(tsmp_runs_new(NULL, NULL, &runs), TSMP_OK);
    assert_int_equal(tsmp_reader_feed(reader, text->bytes, text->length), TSMP_OK);
    assert_int_equal(tsmp_reader_end(reader), TSMP_OK);
    while (tsmp_runs_pull(runs, reader) == TSMP_OK)
        ;
    assert_int_equal(tsmp_runs_end(runs), TSMP_OK);
    assert_int_equal(tsmp_runs_next(runs, &run), TSMP_OK);
    tsmp_runs_free(runs);
    tsmp_reader_free(reader);
    return run;
}
