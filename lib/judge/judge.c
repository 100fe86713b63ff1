/* SPDX-License-Identifier: BSD-2-Clause
 * What a run claims against what it proves. Every rule adds evidence; the verdict is the worst
 * that the evidence allows, and `complete` only what is left when every proof stands. */
#include "judge.h"

#include <stdio.h>
#include <string.h>

/* Of a name in a sentence: more would not be read, and sentences must stay bounded. */
enum { NAME_SHOWN = 1000 };

/* Zones lie at most 26 hours apart; with more, times could run over. */
#define SKEW_MOST (INT64_C(26) * 3600 * 1000000)

/* ---- the verdict as an object ----------------------------------------------------------------- */

void tsmp_verdict_free(tsmp_verdict *verdict)
{
    if (verdict == NULL)
        return;
    for (size_t i = 0; i < verdict->count; i++) {
        memory_put(&verdict->allocator, (void *)(uintptr_t)verdict->items[i].text.bytes);
        memory_put(&verdict->allocator, (void *)(uintptr_t)verdict->items[i].change.bytes);
        memory_put(&verdict->allocator, (void *)(uintptr_t)verdict->items[i].lines);
    }
    for (size_t i = 0; i < verdict->ground_count; i++) {
        memory_put(&verdict->allocator, (void *)(uintptr_t)verdict->grounds[i].text.bytes);
        memory_put(&verdict->allocator, (void *)(uintptr_t)verdict->grounds[i].lines);
    }
    memory_put(&verdict->allocator, verdict->grounds);
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

/* ---- reasons -------------------------------------------------------------------------------------- */

/* The sentence into `to`, or only its length when that is NULL. */
static size_t fill_in(char *to, const char *text, const tsmp_text *arguments)
{
    size_t length = 0;
    for (; *text != '\0'; text++) {
        if (*text != '%') {
            if (to != NULL)
                to[length] = *text;
            length++;
            continue;
        }
        bool cut = arguments->length > NAME_SHOWN;
        size_t n = cut ? NAME_SHOWN : (size_t)arguments->length;
        if (to != NULL && n > 0)
            memcpy(to + length, arguments->bytes, n);
        if (to != NULL && cut)
            memcpy(to + length + n, "...", 3);
        length += n + (cut ? 3 : 0);
        arguments++;
    }
    return length;
}

/* What would change it, in words of its own; kept until settle() knows whether it has an effect. */
static void add_change(struct judging *judging, tsmp_evidence *evidence, const char *text,
                       const tsmp_text *arguments)
{
    const char *change = change_text(evidence->id, text);
    size_t length = fill_in(NULL, change, arguments);
    char *sentence = memory_get(&judging->verdict->allocator, length);
    if (sentence == NULL) {
        judging->nomem = true;
        return;
    }
    fill_in(sentence, change, arguments);
    evidence->change = (tsmp_text){sentence, length};
}

void reason(struct judging *judging, uint32_t id, uint32_t strength, const char *text,
            const tsmp_text *arguments, uint64_t line, uint64_t line2)
{
    struct tsmp_verdict *verdict = judging->verdict;
    void *items = verdict->items;
    bool good = memory_reserve(&verdict->allocator, &items, &verdict->capacity, verdict->count, 1,
                               sizeof *verdict->items);
    verdict->items = items;
    size_t length = fill_in(NULL, text, arguments);
    char *sentence = memory_get(&verdict->allocator, length);
    uint64_t *lines = memory_get(&verdict->allocator, 2 * sizeof *lines);
    if (!good || sentence == NULL || lines == NULL) {
        memory_put(&verdict->allocator, sentence);
        memory_put(&verdict->allocator, lines);
        judging->nomem = true;
        return;
    }
    fill_in(sentence, text, arguments);
    size_t count = 0;
    if (line != 0)
        lines[count++] = line;
    if (line2 != 0 && line2 != line)
        lines[count++] = line2;
    verdict->items[verdict->count++] = (tsmp_evidence){
        .id = id, .strength = strength, .text = {sentence, length}, .lines = lines,
        .line_count = count};
    if ((judging->context.want & TSMP_WANT_WHY) != 0)
        add_change(judging, &verdict->items[verdict->count - 1], text, arguments);
}

static uint32_t effect_of(const struct marks *marks)
{
    return marks->failed ? TSMP_VERDICT_FAILED
           : marks->incomplete ? TSMP_VERDICT_INCOMPLETE
           : marks->unsure || marks->suspect ? TSMP_VERDICT_UNKNOWN
           : marks->exceptions ? TSMP_VERDICT_EXCEPTIONS : 0;
}

/* Evidence that says how it is, and not what is wrong. */
static bool only_tells(const tsmp_evidence *evidence)
{
    return evidence->id == TSMP_EVIDENCE_WAIVED || evidence->id == TSMP_EVIDENCE_WAIVER_VOID ||
           (evidence->id == TSMP_EVIDENCE_OBJECTS_NOT_STORED && evidence->strength == 0);
}

void settle_reasons(struct judging *judging, uint32_t lost)
{
    struct marks now = {judging->incomplete, judging->failed, judging->unsure, judging->suspect,
                        judging->exceptions};
    struct marks *all = &judging->all;
    struct tsmp_verdict *verdict = judging->verdict;
    uint32_t effect = effect_of(&now);
    /* What is still to come is not missed yet. */
    bool missed = !judging->running && (asked_for(judging) & lost) != 0;
    if (missed && (effect == 0 || effect == TSMP_VERDICT_EXCEPTIONS))
        effect = TSMP_VERDICT_UNKNOWN;
    for (; judging->settled < verdict->count; judging->settled++) {
        tsmp_evidence *evidence = &verdict->items[judging->settled];
        evidence->effect = only_tells(evidence) ? 0 : effect;
        if (evidence->effect == 0) {
            memory_put(&verdict->allocator, (void *)(uintptr_t)evidence->change.bytes);
            evidence->change = (tsmp_text){NULL, 0};
        }
    }
    all->incomplete |= now.incomplete;
    all->failed |= now.failed;
    all->unsure |= now.unsure;
    all->suspect |= now.suspect;
    all->exceptions |= now.exceptions;
    judging->incomplete = judging->failed = judging->unsure = judging->suspect = judging->exceptions = false;
}

void reason_plain(struct judging *judging, uint32_t id, uint32_t strength, const char *text,
                  uint64_t line, uint64_t line2)
{
    reason(judging, id, strength, text, NULL, line, line2);
}

void reason_named(struct judging *judging, uint32_t id, uint32_t strength, const char *text,
                  tsmp_text name, uint64_t line, uint64_t line2)
{
    reason(judging, id, strength, text, &name, line, line2);
}

void proof_missing(struct judging *judging, uint32_t proof, const char *text,
                   const tsmp_text *arguments)
{
    bool open = judging->run->view.claim != TSMP_CLAIM_FAILURE && !judging->incomplete && !judging->all.incomplete &&
                !judging->all.failed;
    if (!open || (asked_for(judging) & proof & ~judging->explained) == 0)
        return;
    judging->explained |= proof;
    reason(judging, TSMP_EVIDENCE_PROOF_MISSING, 0, text, arguments, judging->run->view.first_line,
           0);
}

tsmp_text number_text(int64_t number, char buffer[NUMBER_TEXT])
{
    uint64_t rest = number < 0 ? 0 - (uint64_t)number : (uint64_t)number;
    size_t at = NUMBER_TEXT;
    do
        buffer[--at] = (char)('0' + rest % 10);
    while ((rest /= 10) > 0);
    if (number < 0)
        buffer[--at] = '-';
    return (tsmp_text){buffer + at, NUMBER_TEXT - at};
}

/* ---- the verdict ------------------------------------------------------------------------------------- */

/* The reason given last makes this verdict by itself. */
static uint32_t have_effect(struct judging *judging, uint32_t verdict)
{
    if (!judging->nomem)
        judging->verdict->items[judging->verdict->count - 1].effect = verdict;
    return verdict;
}

static uint32_t missed(struct judging *judging)
{
    const struct tsmp_run *run = judging->run;
    const struct finding *f = &run->findings[0];
    bool expected = f->line == 0; /* by the caller's word, not by the log's */
    if (run->finding_count > 1) {
        reason_named(judging, TSMP_EVIDENCE_E20, 2, "a run was expected at %, and those of its schedule whose "
                     "time is not known may or may not be it", text_of_string(&f->name), 0, 0);
        return have_effect(judging, TSMP_VERDICT_UNKNOWN);
    }
    reason_named(judging, TSMP_EVIDENCE_E20, 4, expected
                     ? "a run was expected at %, and there is none"
                     : "the window '%' was announced and passed without a run",
                 text_of_string(&f->name), f->line, f->line2);
    return have_effect(judging, TSMP_VERDICT_MISSED);
}

static void reported_failure(struct judging *judging, uint32_t proof)
{
    const struct tsmp_run *run = judging->run;
    char buffer[NUMBER_TEXT];
    bool whole = (proof & WALKED) == WALKED;
    if (run->view.has_return_code)
        reason_named(judging, TSMP_EVIDENCE_REPORTED_FAILURE, 5, whole
                         ? "the client itself says that the event failed with return code %, although "
                           "every volume was walked to its end"
                         : "the client itself says that the event failed with return code %",
                     number_text(run->view.return_code, buffer), run->at[CLOSE_EVENT], 0);
    else
        reason_plain(judging, TSMP_EVIDENCE_REPORTED_FAILURE, 5, "the client itself says that the event "
                     "failed", run->at[CLOSE_EVENT], 0);
    judging->failed = true;
}

/* "completed successfully", with another return code than 0: skipped objects (4) and warnings (8) are
 * completed, too. A command's code is weighed with the command. */
static void coded_success(struct judging *judging)
{
    const struct tsmp_run *run = judging->run;
    char buffer[NUMBER_TEXT];
    if (!run->view.has_return_code || run->view.return_code == 0 || run->view.action == TSMP_WORD_COMMAND)
        return;
    tsmp_text code = number_text(run->view.return_code, buffer);
    if (run->view.return_code == 4 || run->view.return_code == 8) {
        reason_named(judging, TSMP_EVIDENCE_OBJECTS_NOT_STORED, 2, "the event is said to be completed with return "
                     "code %: objects were skipped, or there were warnings", code, run->at[CLOSE_EVENT], 0);
        judging->exceptions = true;
        return;
    }
    reason_named(judging, TSMP_EVIDENCE_REPORTED_FAILURE, 5, "the event is said to be completed, but with return "
                 "code %, as one that failed", code, run->at[CLOSE_EVENT], 0);
    judging->failed = true;
}

/* The proofs that the caller asks for, without those that this action can't give: a command's
 * return code is all that it shows. */
uint32_t asked_for(const struct judging *judging)
{
    uint32_t all = TSMP_PROOF_CLOSED | TSMP_PROOF_VOLUMES | TSMP_PROOF_SUMMARY;
    uint32_t asked = judging->context.proofs != 0 ? judging->context.proofs : all;
    return judging->run->view.action == TSMP_WORD_COMMAND
               ? (asked & ~(uint32_t)(TSMP_PROOF_VOLUMES | TSMP_PROOF_SUMMARY)) | TSMP_PROOF_CLOSED
               : asked;
}

static uint32_t weigh(struct judging *judging)
{
    const struct tsmp_run *run = judging->run;
    bool command = run->view.action == TSMP_WORD_COMMAND;
    uint32_t proof = 0;
    find_running(judging);
    weigh_open(judging);
    settle(judging);
    weigh_findings(judging);
    bool closed = prove_closed(judging);
    settle_proof(judging, TSMP_PROOF_CLOSED, closed);
    if (command) {
        weigh_command(judging);
        settle(judging);
    } else {
        proof |= prove_volumes(judging) ? TSMP_PROOF_VOLUMES : 0u;
        settle_proof(judging, TSMP_PROOF_VOLUMES, (proof & TSMP_PROOF_VOLUMES) != 0);
        proof |= prove_summary(judging) ? TSMP_PROOF_SUMMARY : 0u;
        settle_proof(judging, TSMP_PROOF_SUMMARY, (proof & TSMP_PROOF_SUMMARY) != 0);
    }
    weigh_clock(judging);
    settle(judging);
    weigh_limit(judging);
    settle(judging);
    proof |= prove_baseline(judging, (proof & TSMP_PROOF_SUMMARY) != 0) ? TSMP_PROOF_BASELINE : 0u;
    settle_proof(judging, TSMP_PROOF_BASELINE, (proof & TSMP_PROOF_BASELINE) != 0);
    proof |= prove_canary(judging) ? TSMP_PROOF_CANARY : 0u;
    settle_proof(judging, TSMP_PROOF_CANARY, (proof & TSMP_PROOF_CANARY) != 0);
    if (closed && !judging->all.unsure)
        proof |= TSMP_PROOF_CLOSED;
    if (run->view.claim == TSMP_CLAIM_FAILURE)
        reported_failure(judging, proof);
    else if (run->view.claim == TSMP_CLAIM_SUCCESS)
        coded_success(judging);
    settle(judging);
    if (judging->context.witness != NULL) {
        proof |= weigh_server(judging, proof);
        settle(judging);
        proof |= weigh_filespaces(judging);
        settle(judging);
    }
    return proof;
}

static uint32_t decide(const struct judging *judging, uint32_t proof)
{
    const struct marks *all = &judging->all;
    if (judging->run->view.claim == TSMP_CLAIM_FAILURE || all->failed)
        return TSMP_VERDICT_FAILED;
    if (all->incomplete)
        return TSMP_VERDICT_INCOMPLETE;
    /* A run whose text can't be believed is not said to go on, either. */
    if (judging->running && !all->unsure)
        return TSMP_VERDICT_RUNNING;
    uint32_t asked = asked_for(judging);
    if (all->unsure || all->suspect || (proof & asked) != asked)
        return TSMP_VERDICT_UNKNOWN;
    return all->exceptions ? TSMP_VERDICT_EXCEPTIONS : TSMP_VERDICT_COMPLETE;
}

/* Each proof that was asked for, does not stand, and of which no room has said why; for those of the
 * text other evidence does. */
static void name_missing(struct judging *judging, uint32_t proof)
{
    const struct tsmp_run *run = judging->run;
    uint32_t missing = asked_for(judging) & ~proof & ~judging->explained;
    for (uint32_t bit = 1; bit != 0 && bit <= missing; bit <<= 1) {
        const char *name = (missing & bit) != 0 ? tsmp_name("proof", bit) : "";
        if ((missing & bit) == 0)
            continue;
        if (name == NULL)
            reason_plain(judging, TSMP_EVIDENCE_PROOF_MISSING, 0, "a proof is asked for that this library "
                         "does not know", run->view.first_line, 0);
        const char *why = bit == TSMP_PROOF_SERVER ? judging->server.no_proof
                          : bit == TSMP_PROOF_FILESPACE ? judging->server.no_spaces : NULL;
        tsmp_text arguments[] = {{name, name != NULL ? strlen(name) : 0}, {why, why != NULL ? strlen(why) : 0}};
        if (name != NULL)
            reason(judging, TSMP_EVIDENCE_PROOF_MISSING, 0, why != NULL
                       ? "the proof '%' is asked for and does not stand: %"
                       : "the proof '%' is asked for and does not stand", arguments, run->view.first_line,
                   run->view.last_line);
    }
}

static void weigh_and_decide(struct judging *judging)
{
    const struct tsmp_run *run = judging->run;
    tsmp_verdict_view *view = &judging->verdict->view;
    view->proof = weigh(judging);
    view->verdict = decide(judging, view->proof);
    if (view->verdict == TSMP_VERDICT_UNKNOWN && judging->context.proofs != 0)
        name_missing(judging, view->proof);
    if (view->verdict == TSMP_VERDICT_UNKNOWN && judging->verdict->count == 0)
        reason_plain(judging, TSMP_EVIDENCE_NOT_CLOSED, 0, "not every proof that is asked for is "
                     "in the text", run->view.first_line, run->view.last_line);
    judging->unsure = true; /* they say why it is unknown */
    settle(judging);
    if (view->verdict == TSMP_VERDICT_RUNNING) {
        reason_plain(judging, TSMP_EVIDENCE_NOT_CLOSED, 0, "the run has begun and goes on as far as "
                     "the text tells", run->view.first_line, 0);
        have_effect(judging, TSMP_VERDICT_RUNNING);
    }
    if ((judging->context.want & TSMP_WANT_WHY) != 0)
        say_grounds(judging, view->proof);
}

int32_t tsmp_judge(const tsmp_run *run, const tsmp_context *context,
                   const tsmp_allocator *allocator, tsmp_verdict **verdict)
{
    tsmp_allocator chosen;
    struct judging judging = {.run = run};
    if (run == NULL || verdict == NULL || !memory_choose(allocator, &chosen) ||
        !memory_take_struct(context, &judging.context, sizeof judging.context) ||
        (judging.context.domain == NULL && judging.context.domain_count > 0) ||
        (judging.context.earlier == NULL && judging.context.earlier_count > 0) ||
        (judging.context.canaries == NULL && judging.context.canary_count > 0) ||
        !waivers_good(&judging.context) ||
        judging.context.skew < -SKEW_MOST || judging.context.skew > SKEW_MOST ||
        (judging.context.witness != NULL && tsmp_witness_view_of(judging.context.witness) == NULL))
        return TSMP_E_MISUSE;
    *verdict = NULL;
    struct tsmp_verdict *made = memory_get_zeroed(&chosen, sizeof *made);
    if (made == NULL)
        return TSMP_E_NOMEM;
    made->allocator = chosen;
    judging.verdict = made;
    made->view = (tsmp_verdict_view){.size = sizeof made->view,
                                     .evidence_stride = sizeof(tsmp_evidence),
                                     .ground_stride = sizeof(tsmp_ground),
                                     .claim = run->view.claim};
    if (run->missed)
        made->view.verdict = missed(&judging);
    else
        weigh_and_decide(&judging);
    waivers_free(&judging);
    if (judging.nomem) {
        tsmp_verdict_free(made);
        return TSMP_E_NOMEM;
    }
    made->view.evidence_count = made->count;
    made->view.evidence = made->items;
    made->view.ground_count = made->ground_count;
    made->view.grounds = made->grounds;
    *verdict = made;
    return TSMP_OK;
}
