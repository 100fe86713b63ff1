/* SPDX-License-Identifier: BSD-2-Clause
 * What a run claims against what it proves. Every rule adds evidence; the verdict is the worst
 * that the evidence allows, and `complete` only what is left when every proof stands. */
#include "run.h"

#include <stdio.h>
#include <string.h>

enum { DEFAULT_FRESH = 24 * 3600, TEXT = 480 };

struct tsmp_verdict {
    tsmp_allocator allocator;
    tsmp_verdict_view view;
    tsmp_evidence *items;
    size_t count, capacity;
};

struct judging {
    const struct tsmp_run *run;
    const tsmp_context *context;
    struct tsmp_verdict *verdict;
    bool incomplete, failed, unsure, exceptions, running;
    bool nomem;
};

void tsmp_verdict_free(tsmp_verdict *verdict)
{
    if (verdict == NULL)
        return;
    for (size_t i = 0; i < verdict->count; i++) {
        memory_put(&verdict->allocator, (void *)(uintptr_t)verdict->items[i].text.bytes);
        memory_put(&verdict->allocator, (void *)(uintptr_t)verdict->items[i].lines);
    }
    memory_put(&verdict->allocator, verdict->items);
    tsmp_allocator allocator = verdict->allocator;
    memory_put(&allocator, verdict);
}

const tsmp_verdict_view *tsmp_verdict_view_of(const tsmp_verdict *verdict)
{
    return verdict != NULL ? &verdict->view : NULL;
}

uint32_t tsmp_verdict_worse(uint32_t a, uint32_t b)
{
    static const uint8_t rank[] = {
        [TSMP_VERDICT_COMPLETE] = 1, [TSMP_VERDICT_EXCEPTIONS] = 2, [TSMP_VERDICT_RUNNING] = 3,
        [TSMP_VERDICT_UNKNOWN] = 4, [TSMP_VERDICT_MISSED] = 5, [TSMP_VERDICT_INCOMPLETE] = 6,
        [TSMP_VERDICT_FAILED] = 7};
    uint8_t ranks[2] = {a < sizeof rank ? rank[a] : 8, b < sizeof rank ? rank[b] : 8};
    return ranks[0] >= ranks[1] ? a : b;
}

/* Add one reason: "before'name'after", resting on up to two lines (0 = none). */
static void reason(struct judging *judging, uint32_t id, uint32_t strength, const char *before,
                   const struct string *name, const char *after, uint64_t line, uint64_t line2)
{
    struct tsmp_verdict *verdict = judging->verdict;
    void *items = verdict->items;
    bool good = memory_reserve(&verdict->allocator, &items, &verdict->capacity, verdict->count, 1,
                               sizeof *verdict->items);
    verdict->items = items;
    size_t shown = name != NULL ? (name->length < TEXT / 2 ? name->length : TEXT / 2) : 0;
    size_t length = strlen(before) + shown + strlen(after);
    char *text = memory_get(&verdict->allocator, length);
    uint64_t *lines = memory_get(&verdict->allocator, 2 * sizeof *lines);
    if (!good || text == NULL || lines == NULL) {
        memory_put(&verdict->allocator, text);
        memory_put(&verdict->allocator, lines);
        judging->nomem = true;
        return;
    }
    memcpy(text, before, strlen(before));
    if (shown > 0)
        memcpy(text + strlen(before), name->bytes, shown);
    memcpy(text + strlen(before) + shown, after, strlen(after));
    size_t count = 0;
    if (line != 0)
        lines[count++] = line;
    if (line2 != 0 && line2 != line)
        lines[count++] = line2;
    verdict->items[verdict->count++] = (tsmp_evidence){
        .id = id, .strength = strength, .text = {text, length}, .lines = lines,
        .line_count = count};
}

static void say(struct judging *judging, uint32_t id, uint32_t strength, const char *text,
                uint64_t line, uint64_t line2)
{
    reason(judging, id, strength, text, NULL, "", line, line2);
}

static const tsmp_statistic *statistic(const struct tsmp_run *run, uint32_t name)
{
    for (size_t i = 0; i < run->statistic_count; i++)
        if (run->statistics[i].name == name)
            return &run->statistics[i];
    return NULL;
}

/* ---- messages -------------------------------------------------------------------------------- */

static bool listed(const char *code, const char *const *list)
{
    for (; *list != NULL; list++)
        if (memcmp(code, *list, 7) == 0)
            return true;
    return false;
}

static void weigh_message(struct judging *judging, const struct finding *finding)
{
    static const char *const dropped[] = {"ANS1999", "ANS1149", "ANS4000", "ANS4021", "ANS4081",
                                          "ANS1071", NULL};
    static const char *const aborts[] = {"ANS2820", "ANS1074", "ANS1810", "ANS1811", "ANS1075",
                                         "ANS1030", "ANS1028", NULL};
    static const char *const sessions[] = {"ANS1809", "ANS1005", "ANS1017", "ANS1029", NULL};
    const char *code = finding->name.bytes;
    bool success = judging->run->view.claim == TSMP_CLAIM_SUCCESS ||
                   judging->run->view.interactive != 0;
    tsmp_message_info info = {.size = sizeof info};
    bool known = tsmp_message_lookup(code, 8, &info) == TSMP_OK;
    bool object = known && (strcmp(info.category, "file-failed") == 0 ||
                            strcmp(info.category, "file-skipped") == 0);
    if (listed(code, dropped)) {
        reason(judging, TSMP_EVIDENCE_E03, 5, "a file system was left out: message ",
               &finding->name, success ? " inside a run that claims success" : "", finding->line, 0);
        judging->incomplete |= success;
    } else if (listed(code, aborts) || (code[7] == 'S' && memcmp(code, "ANS1330", 7) != 0)) {
        reason(judging, TSMP_EVIDENCE_E04, 5, "the client was stopped or gave up: message ",
               &finding->name, success ? " inside a run that claims success" : "", finding->line, 0);
        judging->incomplete |= success;
    } else if (listed(code, sessions)) {
        reason(judging, TSMP_EVIDENCE_E13, 1, "the session was lost for a while: message ",
               &finding->name, "", finding->line, 0);
    } else if (known && info.confidence != 'C' && code[7] == 'E' &&
               strcmp(info.weight, "yes") == 0) {
        reason(judging, TSMP_EVIDENCE_E04, 5, "work of this run was not done: message ",
               &finding->name, success ? " inside a run that claims success" : "", finding->line, 0);
        judging->incomplete |= success;
    } else if (object && code[7] == 'E') {
        reason(judging, TSMP_EVIDENCE_OBJECTS_NOT_STORED, 2, "an object was not stored: message ",
               &finding->name, "", finding->line, 0);
        judging->exceptions = true;
    }
}

static void weigh_findings(struct judging *judging)
{
    const struct tsmp_run *run = judging->run;
    size_t objects = 0;
    for (size_t i = 0; i < run->finding_count; i++) {
        const struct finding *f = &run->findings[i];
        switch (f->id) {
        case TSMP_EVIDENCE_OBJECTS_NOT_STORED:
            if (++objects <= 100) /* enough to read; the statistics have the count */
                weigh_message(judging, f);
            else
                judging->exceptions = true;
            break;
        case TSMP_EVIDENCE_E03:
            reason(judging, f->id, 5, "the walk of volume '", &f->name, "' was stopped", f->line, 0);
            judging->incomplete = true;
            break;
        case TSMP_EVIDENCE_E16:
            reason(judging, f->id, 3, "an event line for '", &f->name,
                   "' has no begin and end record of the same name and time", f->line, 0);
            judging->unsure = true;
            break;
        case TSMP_EVIDENCE_E17:
            say(judging, f->id, 3, "two schedulers write into this log, or a mark is doubled: "
                "their lines cannot be told apart", f->line, run->at[CLOSE_BEGIN]);
            judging->unsure = true;
            break;
        case TSMP_EVIDENCE_HEAD_MISSING:
            say(judging, f->id, 0, "the text begins inside this run", f->line, 0);
            judging->unsure = true;
            break;
        case TSMP_EVIDENCE_FOREIGN:
            say(judging, f->id, 3, "this block is not printed as the client prints it", f->line, 0);
            judging->unsure = true;
            break;
        case TSMP_EVIDENCE_INTERRUPTED:
            say(judging, f->id, 5, "the command was interrupted", f->line, 0);
            judging->incomplete = true;
            break;
        case TSMP_EVIDENCE_LIMIT:
            say(judging, f->id, 0, "a limit was passed, so not everything was looked at", f->line, 0);
            judging->unsure = true;
            break;
        default:
            say(judging, TSMP_EVIDENCE_FORGEABLE, 3, "a line stands where the client does not print "
                "it: a name or a command's output may have made it", f->line, 0);
            judging->unsure = true;
        }
    }
}

/* ---- proofs ---------------------------------------------------------------------------------- */

static bool prove_closed(struct judging *judging)
{
    const struct tsmp_run *run = judging->run;
    if (run->view.interactive) {
        if (!run->head_seen)
            say(judging, TSMP_EVIDENCE_HEAD_MISSING, 0, "what came before this command is not in "
                "the text", run->view.first_line, 0);
        if (run->elapsed_line == 0)
            say(judging, TSMP_EVIDENCE_NOT_CLOSED, 0, "the command's summary does not come to its "
                "end", run->view.last_line, 0);
        return run->head_seen && run->elapsed_line != 0;
    }
    bool command = run->view.action == TSMP_WORD_COMMAND;
    bool all = !run->disorder;
    for (int step = 0; step < CLOSE_COUNT; step++)
        if (run->at[step] == 0 &&
            !(command && (step == CLOSE_STATUS_BEGIN || step == CLOSE_STATUS_END)))
            all = false;
    if (command) { /* order without the status block that it may not have */
        uint64_t last = 0;
        all = run->at[CLOSE_BEGIN] != 0 && run->at[CLOSE_END] != 0 && run->at[CLOSE_EVENT] != 0 &&
              run->at[CLOSE_SENDING] != 0 && run->at[CLOSE_SENT] != 0;
        for (int step = 0; step < CLOSE_COUNT; step++) {
            if (run->at[step] != 0 && run->at[step] < last)
                all = false;
            last = run->at[step] != 0 ? run->at[step] : last;
        }
    }
    uint64_t event = run->at[CLOSE_EVENT];
    if (event != 0 && run->view.claim == TSMP_CLAIM_SUCCESS && run->at[CLOSE_SENT] == 0)
        say(judging, TSMP_EVIDENCE_E15, 3, "the event is said to be completed, but its results "
            "were not sent to the server", event, run->at[CLOSE_SENDING]);
    else if (!all && run->at[CLOSE_BEGIN] != 0 && event != 0)
        say(judging, TSMP_EVIDENCE_NOT_CLOSED, 0, "the lines that close the run are not whole or "
            "not in order", event, 0);
    return all;
}

/* Does volume `name` (as begun) answer to what was asked for? */
static bool answers(const struct string *name, const char *asked, size_t length)
{
    while (length > 0 && (asked[length - 1] == '*'))
        length--;
    length = volume_name_length(asked, length);
    size_t n = name->length;
    while (n > 1 && name->bytes[n - 1] == '*')
        n--;
    n = volume_name_length(name->bytes, n);
    return n == length && memcmp(name->bytes, asked, n) == 0;
}

static bool seen(struct judging *judging, const char *asked, size_t length)
{
    const struct tsmp_run *run = judging->run;
    if (length >= 2 && asked[0] == '{' && memchr(asked, '}', length) != NULL)
        asked++, length--; /* {fs}rest */
    char plain[4096];
    size_t n = 0;
    for (size_t i = 0; i < length && n < sizeof plain; i++)
        if (asked[i] != '}')
            plain[n++] = asked[i];
    for (size_t i = 0; i < run->volume_count; i++)
        if ((run->volumes[i].begins > 0 || run->view.action != TSMP_WORD_INCREMENTAL) &&
            answers(&run->volumes[i].name, plain, n))
            return true;
    struct string name = {(char *)(uintptr_t)asked, length};
    reason(judging, TSMP_EVIDENCE_E08, 4, "volume '", &name,
           "' was asked for, but its walk was never begun", run->at[CLOSE_BEGIN],
           run->at[CLOSE_STATUS_BEGIN]);
    judging->incomplete = true;
    return false;
}

/* Every volume of the schedule's Objects, or of the caller's domain, must have been begun. */
static bool expected_seen(struct judging *judging)
{
    const struct string *objects = &judging->run->objects;
    bool all = true;
    for (size_t at = 0; at < objects->length;) {
        if (objects->bytes[at] == ' ') {
            at++;
            continue;
        }
        bool quoted = objects->bytes[at] == '"';
        size_t from = at + quoted, to = from;
        while (to < objects->length && objects->bytes[to] != (quoted ? '"' : ' '))
            to++;
        if (to > from && objects->bytes[from] != '-')
            all &= seen(judging, objects->bytes + from, to - from);
        at = to + quoted;
    }
    const tsmp_context *context = judging->context;
    if (objects->length > 0 || context == NULL)
        return all;
    for (uint64_t i = 0; i < context->domain_count; i++) {
        const tsmp_text *volume = &context->domain[i];
        if (volume->length == 0 || volume->bytes[0] == '-' ||
            (volume->length >= 4 && memcmp(volume->bytes, "ALL-", 4) == 0))
            continue;
        all &= seen(judging, volume->bytes, (size_t)volume->length);
    }
    return all;
}

static bool prove_volumes(struct judging *judging, bool closed_block)
{
    const struct tsmp_run *run = judging->run;
    bool incremental = run->view.action == TSMP_WORD_INCREMENTAL || run->view.action == 0;
    bool all = true;
    size_t begun = 0, ended = 0;
    for (size_t i = 0; i < run->volume_count; i++) {
        const struct run_volume *v = &run->volumes[i];
        begun += v->begins > 0;
        ended += v->ends > 0;
        if (v->outcome == TSMP_WORD_STOPPED)
            all = false;
        if (v->outcome == TSMP_WORD_FAILURES)
            judging->exceptions = true;
        if (v->begins > 0 && v->ends == 0) {
            all = false;
            if (!closed_block && !run->stopped)
                continue; /* it may still be walking */
            reason(judging, TSMP_EVIDENCE_E02, 5, "volume '", &v->name,
                   "' was begun and never finished", v->begin_line, run->at[CLOSE_STATUS_BEGIN]);
            judging->incomplete = true;
        } else if (incremental && v->begins == 0) {
            all = false;
            reason(judging, TSMP_EVIDENCE_FORGEABLE, 3, "volume '", &v->name,
                   "' has an end line but no begin line", v->end_line, 0);
        }
    }
    if (closed_block && begun + ended == 0)
        say(judging, TSMP_EVIDENCE_E14, 1, "there are statistics but no volume lines: nothing "
            "proves that the volumes were walked", run->at[CLOSE_STATUS_BEGIN],
            run->at[CLOSE_STATUS_END]);
    bool domain = judging->context != NULL && judging->context->domain_count > 0;
    if (!run->definition_known && !domain && run->at[CLOSE_BEGIN] != 0) {
        say(judging, TSMP_EVIDENCE_DEFINITION_UNKNOWN, 0, "the schedule's definition is not in the "
            "text, so it is not known which volumes were asked for", run->at[CLOSE_BEGIN], 0);
        all = false;
    }
    if (closed_block && !run->view.interactive && (incremental || run->objects.length > 0))
        all &= expected_seen(judging);
    return all && (incremental ? begun > 0 : ended > 0);
}

static bool count_known(const struct tsmp_run *run, uint32_t name, int64_t *count)
{
    const tsmp_statistic *s = statistic(run, name);
    if (s == NULL || s->flags != 0)
        return false;
    *count = s->number;
    return true;
}

static bool prove_summary(struct judging *judging)
{
    static const uint32_t needed[] = {
        TSMP_STATISTIC_OBJECTS_UPDATED, TSMP_STATISTIC_OBJECTS_REBOUND,
        TSMP_STATISTIC_OBJECTS_DELETED, TSMP_STATISTIC_OBJECTS_EXPIRED,
        TSMP_STATISTIC_BYTES_TRANSFERRED, TSMP_STATISTIC_ELAPSED_TIME};
    const struct tsmp_run *run = judging->run;
    bool archive = run->view.action == TSMP_WORD_ARCHIVE;
    bool all = true;
    int64_t inspected = 0, stored = 0, failed = 0;
    for (size_t i = 0; i < sizeof needed / sizeof *needed; i++)
        all &= statistic(run, needed[i]) != NULL || (archive && i < 4);
    all &= count_known(run, TSMP_STATISTIC_OBJECTS_INSPECTED, &inspected);
    all &= count_known(run, archive ? TSMP_STATISTIC_OBJECTS_ARCHIVED
                                    : TSMP_STATISTIC_OBJECTS_BACKED_UP, &stored);
    all &= count_known(run, TSMP_STATISTIC_OBJECTS_FAILED, &failed);
    if (!all) {
        if (run->at[CLOSE_STATUS_END] != 0 || run->view.interactive)
            say(judging, TSMP_EVIDENCE_SUMMARY_MISSING, 0, "the statistics are not all there",
                run->at[CLOSE_STATUS_BEGIN], run->at[CLOSE_STATUS_END]);
        return false;
    }
    uint64_t at = statistic(run, TSMP_STATISTIC_OBJECTS_INSPECTED)->line;
    uint64_t failed_at = statistic(run, TSMP_STATISTIC_OBJECTS_FAILED)->line;
    bool consistent = true;
    if (failed > inspected || stored > inspected) {
        say(judging, TSMP_EVIDENCE_E10, 3, "the statistics contradict each other: more objects "
            "failed or stored than inspected", at, failed_at);
        consistent = false;
    }
    if (inspected == 0 && !run->journal && !archive) {
        say(judging, TSMP_EVIDENCE_E07, 4, "the client inspected no object at all", at, 0);
        judging->incomplete = true;
    }
    if (failed > 0) {
        say(judging, TSMP_EVIDENCE_OBJECTS_NOT_STORED, 2, "the statistics count objects that "
            "failed", failed_at, 0);
        judging->exceptions = true;
    } else if (judging->exceptions) {
        say(judging, TSMP_EVIDENCE_E10, 3, "lines name objects that were not stored, yet the "
            "statistics count none as failed", failed_at, 0);
    }
    if (run->begin_time != TSMP_NO_TIME && run->status_time != TSMP_NO_TIME) {
        int64_t elapsed = statistic(run, TSMP_STATISTIC_ELAPSED_TIME)->number;
        int64_t apart = (run->status_time - run->begin_time) / 1000000 - elapsed;
        if (apart > 2 || apart < -2)
            say(judging, TSMP_EVIDENCE_E10, 2, "elapsed time and the stamps of begin and "
                "statistics differ", run->elapsed_line, run->at[CLOSE_BEGIN]);
    }
    return consistent;
}

/* ---- the verdict ------------------------------------------------------------------------------ */

static void judge_command(struct judging *judging)
{
    const struct tsmp_run *run = judging->run;
    if (!run->command_finished && run->at[CLOSE_EVENT] != 0) {
        say(judging, TSMP_EVIDENCE_E18, 4, "the scheduled command's return code is not in the log: "
            "the event line only says that it was started", run->at[CLOSE_EVENT], 0);
        judging->failed = true;
    } else if (run->command_finished && run->view.return_code != 0) {
        say(judging, TSMP_EVIDENCE_E18, 4, "the scheduled command ended with a return code that is "
            "not zero", run->view.last_line, 0);
        judging->failed = true;
    }
}

static void judge_open(struct judging *judging)
{
    const struct tsmp_run *run = judging->run;
    int64_t age = judging->context != NULL ? judging->context->age : 0;
    int64_t fresh = judging->context != NULL ? judging->context->fresh : 0;
    if (run->view.interactive || run->at[CLOSE_BEGIN] == 0 || run->at[CLOSE_EVENT] != 0 ||
        run->at[CLOSE_STATUS_END] != 0)
        return;
    if (run->end_of_text && !run->stopped && age <= (fresh > 0 ? fresh : DEFAULT_FRESH)) {
        say(judging, TSMP_EVIDENCE_NOT_CLOSED, 0, "the run has begun and goes on as far as the text "
            "tells", run->at[CLOSE_BEGIN], 0);
        judging->running = true;
        return;
    }
    say(judging, TSMP_EVIDENCE_E05, 5, "the run was begun, but it has neither statistics nor an "
        "event line", run->at[CLOSE_BEGIN], run->view.last_line);
    judging->incomplete = true;
}

static uint32_t decide(struct judging *judging)
{
    const struct tsmp_run *run = judging->run;
    tsmp_verdict_view *view = &judging->verdict->view;
    if (run->missed) {
        uint64_t later = run->finding_count > 1 ? run->findings[1].line : 0;
        reason(judging, TSMP_EVIDENCE_E20, 4, "the window '", &run->key, "' was announced, and the "
               "log goes on past it without a run", run->view.first_line, later);
        return TSMP_VERDICT_MISSED;
    }
    weigh_findings(judging);
    bool command = run->view.action == TSMP_WORD_COMMAND;
    bool closed_block = run->at[CLOSE_STATUS_END] != 0 ||
                        (run->view.interactive && run->elapsed_line != 0);
    uint32_t proof = 0;
    if (prove_closed(judging) && !judging->unsure)
        proof |= TSMP_PROOF_CLOSED;
    if (command)
        judge_command(judging);
    if (!command && prove_volumes(judging, closed_block))
        proof |= TSMP_PROOF_VOLUMES;
    judging->exceptions |= run->view.failed > 0 || run->view.skipped > 0;
    if (!command && prove_summary(judging))
        proof |= TSMP_PROOF_SUMMARY;
    judge_open(judging);
    view->proof = proof;
    if (run->view.claim == TSMP_CLAIM_FAILURE) {
        say(judging, TSMP_EVIDENCE_REPORTED_FAILURE, 5, "the client itself says that the event "
            "failed", run->at[CLOSE_EVENT], 0);
        return TSMP_VERDICT_FAILED;
    }
    if (judging->failed)
        return TSMP_VERDICT_FAILED;
    if (judging->incomplete)
        return TSMP_VERDICT_INCOMPLETE;
    if (judging->running)
        return TSMP_VERDICT_RUNNING;
    uint32_t asked = judging->context != NULL && judging->context->proofs != 0
                         ? judging->context->proofs
                         : TSMP_PROOF_CLOSED | TSMP_PROOF_VOLUMES | TSMP_PROOF_SUMMARY;
    if (command) /* a command has no volumes: its return code is all that it can prove */
        asked = TSMP_PROOF_CLOSED;
    if (judging->unsure || (proof & asked) != asked)
        return TSMP_VERDICT_UNKNOWN;
    return judging->exceptions ? TSMP_VERDICT_EXCEPTIONS : TSMP_VERDICT_COMPLETE;
}

int32_t tsmp_judge(const tsmp_run *run, const tsmp_context *context,
                   const tsmp_allocator *allocator, tsmp_verdict **verdict)
{
    tsmp_allocator chosen;
    if (run == NULL || verdict == NULL || !memory_choose(allocator, &chosen) ||
        (context != NULL && context->size < sizeof *context))
        return TSMP_E_MISUSE;
    *verdict = NULL;
    struct tsmp_verdict *made = memory_get_zeroed(&chosen, sizeof *made);
    if (made == NULL)
        return TSMP_E_NOMEM;
    made->allocator = chosen;
    struct judging judging = {.run = run, .context = context, .verdict = made};
    made->view = (tsmp_verdict_view){.size = sizeof made->view,
                                     .evidence_stride = sizeof(tsmp_evidence),
                                     .claim = run->view.claim};
    made->view.verdict = decide(&judging);
    if (judging.nomem) {
        tsmp_verdict_free(made);
        return TSMP_E_NOMEM;
    }
    made->view.evidence_count = made->count;
    made->view.evidence = made->items;
    *verdict = made;
    return TSMP_OK;
}
