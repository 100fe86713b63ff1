/* SPDX-License-Identifier: BSD-2-Clause
 * Files that were rewritten before the run: did the server get them? One that is absent proves that
 * the walk did not come to it. One that is present proves only itself: the walk may have stopped
 * behind it, which is why a canary stands late in the walk's order, too. */
#include "judge.h"

#include <tsmparse/canary.h>

#include <string.h>

/* Canaries that are named one by one; the others are weighed all the same. */
enum { NAMED_MOST = 100 };

/* The longest slack that a question may have. */
#define SLACK (INT64_C(600) * 1000000)

/* What was asked about is as long as the run? An answer about a longer time may be the work of
 * another run, one about a shorter time misses what this one did. */
static bool window_fits(const tsmp_run_view *run, const tsmp_canary_view *canary)
{
    return run->started != TSMP_NO_TIME && run->ended != TSMP_NO_TIME &&
           canary->window_start == run->started && canary->window_end != TSMP_NO_TIME &&
           canary->window_end >= run->ended &&
           (uint64_t)canary->window_end - (uint64_t)run->ended <= (uint64_t)SLACK;
}

/* Open or locked: the walk came to it, and said so. */
static const struct finding *named_as_failed(const struct tsmp_run *run, tsmp_text path)
{
    for (size_t i = 0; i < run->finding_count; i++)
        if (run->findings[i].id == TSMP_EVIDENCE_OBJECTS_NOT_STORED &&
            string_is(&run->findings[i].name, path.bytes, (size_t)path.length))
            return &run->findings[i];
    return NULL;
}

/* In a volume that was begun? Of the root that can't be told: other file spaces hang below it. */
static bool is_walked(const struct tsmp_run *run, tsmp_text path)
{
    for (size_t i = 0; i < run->volumes.count; i++) {
        const struct run_volume *volume = &run->volumes.items[i];
        size_t length = volume->key_length;
        if (volume->begins > 0 && length > 1 && length < path.length &&
            memcmp(path.bytes, volume->name.bytes, length) == 0 &&
            (path.bytes[length] == '/' || path.bytes[length] == '\\'))
            return true;
    }
    return false;
}

/* Was the walk to come to it? Of a schedule that names its objects only those are walked; of one that
 * does not the caller says that the canary lies in the domain. */
static bool is_asked_for(const struct judging *judging, tsmp_text path)
{
    const struct tsmp_run *run = judging->run;
    bool known = !run->view.interactive && (run->definition_known || judging->context.domain_count > 0);
    if (!judge_incremental(run) && run->view.action != TSMP_WORD_SELECTIVE)
        return false;
    if (run->objects.length > 0)
        return objects_hold(run, path);
    return known && judge_incremental(run) ? true : is_walked(run, path);
}

static const char *why_nothing(const struct judging *judging, const tsmp_canary_view *canary)
{
    const struct tsmp_run *run = judging->run;
    if (canary->answer != TSMP_CANARY_PRESENT && canary->answer != TSMP_CANARY_ABSENT)
        return NULL; /* says so itself */
    if (!window_fits(&run->view, canary))
        return "it was asked for another time than that of this run";
    if (canary->answer == TSMP_CANARY_ABSENT && !is_asked_for(judging, canary->path))
        return "it is not among what this run was to store";
    return NULL;
}

static tsmp_text first_reason(const tsmp_canary_view *canary)
{
    return canary->reason_count > 0 ? canary->reasons[0].text : (tsmp_text){"no answer", 9};
}

/* One canary: true when it is proof. `*named`: how many reasons were given. */
static bool weigh_answer(struct judging *judging, const tsmp_canary_view *canary, size_t *named)
{
    const struct tsmp_run *run = judging->run;
    const struct finding *failed = named_as_failed(run, canary->path);
    const char *nothing = why_nothing(judging, canary);
    tsmp_text arguments[] = {canary->path, first_reason(canary)};
    if (nothing == NULL && canary->answer == TSMP_CANARY_PRESENT)
        return true;
    if (nothing == NULL && canary->answer == TSMP_CANARY_ABSENT && failed == NULL) {
        if (++*named <= NAMED_MOST)
            reason(judging, TSMP_EVIDENCE_E01, 5, "the canary '%' was not stored by this run: %",
                   arguments, run->view.first_line, run->view.last_line);
        judging->incomplete = true;
        return false;
    }
    if (nothing != NULL)
        arguments[1] = (tsmp_text){nothing, strlen(nothing)};
    else if (failed != NULL && canary->answer == TSMP_CANARY_ABSENT)
        arguments[1] = (tsmp_text){"the walk came to it, and could not store it", 43};
    if (++*named <= NAMED_MOST)
        reason(judging, TSMP_EVIDENCE_PROOF_MISSING, 0, "the canary '%' proves nothing: %", arguments,
               failed != NULL ? failed->line : 0, 0);
    judging->explained |= TSMP_PROOF_CANARY;
    return false;
}

bool prove_canary(struct judging *judging)
{
    const tsmp_context *context = &judging->context;
    bool all = context->canary_count > 0;
    size_t named = 0;
    if (!judging->over) /* it may yet come to them */
        return false;
    for (uint64_t i = 0; i < context->canary_count; i++) {
        if (context->canaries[i] != NULL)
            all &= weigh_answer(judging, context->canaries[i], &named);
        else
            all = false;
    }
    if (!all)
        proof_missing(judging, TSMP_PROOF_CANARY, context->canary_count > 0
                          ? "the proof 'canary' is asked for, and not every canary answered"
                          : "the proof 'canary' is asked for, and no canary was asked", NULL);
    return all;
}
