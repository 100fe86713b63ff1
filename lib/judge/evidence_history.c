/* SPDX-License-Identifier: BSD-2-Clause
 * The run against earlier runs of its kind: were as many objects inspected as usual, in about the
 * usual time, on the volumes that are always there? What is unlike before is suspect, not proven
 * lost: data are deleted and disks retired on purpose. So it makes a verdict `unknown`, and a run
 * like those before it has the proof `baseline`. */
#include "judge.h"

#include <string.h>

enum {
    RUNS_MOST = 30,      /* the newest ones: a month of nights */
    RUNS_LEAST = 5,      /* fewer tell nothing */
    STAYED = 15,         /* a volume that came and went is missed again when it was there so often */
    VOLUMES_MOST = 1000, /* that are missed at once; of them NAMED_MOST are named */
    NAMED_MOST = 20,
    SLOW_LEAST = 60,     /* seconds: what usually takes less may well take a tenth */
    FAST = 20,           /* times the usual rate */
    FEW = 10             /* objects more or less are nothing */
};

/* Far above any real count, and low enough to be multiplied. */
#define COUNT_MOST (INT64_C(1) << 50)

struct past {
    tsmp_earlier runs[RUNS_MOST]; /* that can be relied on, newest first */
    int64_t times[RUNS_MOST];
    bool within[RUNS_MOST];       /* each of its volumes was walked by this run, too */
    bool same[RUNS_MOST];         /* and this run walked no other */
    size_t count;
};

struct values {
    int64_t items[RUNS_MOST];
    size_t count;
};

/* ---- numbers ------------------------------------------------------------------------------------ */

/* In order, so that all that follows can take them by place. */
static void put(struct values *values, int64_t value)
{
    size_t at = values->count++;
    for (; at > 0 && values->items[at - 1] > value; at--)
        values->items[at] = values->items[at - 1];
    values->items[at] = value;
}

static int64_t median(const struct values *values)
{
    int64_t low = values->items[(values->count - 1) / 2], high = values->items[values->count / 2];
    return low + (high - low) / 2;
}

/* The median of the distances from the median: one night of another kind does not move it. */
static int64_t spread(const struct values *values)
{
    int64_t middle = median(values);
    struct values distances = {.count = 0};
    for (size_t i = 0; i < values->count; i++)
        put(&distances, apart(values->items[i], middle));
    return median(&distances);
}

/* Runs of another kind may stand in one schedule (each Sunday): what came twice is no surprise. */
static bool was_as_low(const struct values *values, int64_t value)
{
    return value >= values->items[1];
}

static bool was_as_high(const struct values *values, int64_t value)
{
    return value <= values->items[values->count - 2];
}

static int64_t clamp(int64_t count)
{
    return count < COUNT_MOST ? count : COUNT_MOST;
}

/* Objects in a thousand seconds. */
static int64_t rate(int64_t inspected, int64_t elapsed)
{
    return clamp(inspected) * 1000 / (elapsed > 0 ? elapsed : 1);
}

/* ---- which earlier runs ------------------------------------------------------------------------- */

static int64_t time_of(int64_t started, int64_t scheduled)
{
    return started != TSMP_NO_TIME ? started : scheduled;
}

static bool is_good(const tsmp_earlier *run)
{
    return (run->flags & TSMP_EARLIER_PROVEN) != 0 || run->verdict == TSMP_VERDICT_COMPLETE ||
           run->verdict == TSMP_VERDICT_EXCEPTIONS;
}

/* Keep the newest ones, newest first. */
static void keep(struct past *past, const tsmp_earlier *run, int64_t time)
{
    if (past->count == RUNS_MOST && past->times[RUNS_MOST - 1] >= time)
        return;
    size_t at = past->count < RUNS_MOST ? past->count++ : RUNS_MOST - 1;
    for (; at > 0 && past->times[at - 1] < time; at--) {
        past->runs[at] = past->runs[at - 1];
        past->times[at] = past->times[at - 1];
    }
    past->runs[at] = *run;
    past->times[at] = time;
}

static bool is_walked(const struct tsmp_run *run, tsmp_text name)
{
    const struct run_volume *found = volumes_find(&run->volumes, name.bytes, (size_t)name.length);
    return found != NULL && (found->begins > 0 || found->ends > 0);
}

static void compare_volumes(struct past *past, const struct tsmp_run *run)
{
    uint64_t walked = 0;
    for (size_t i = 0; i < run->volumes.count; i++)
        walked += run->volumes.items[i].begins > 0 || run->volumes.items[i].ends > 0;
    for (size_t i = 0; i < past->count; i++) {
        const tsmp_earlier *earlier = &past->runs[i];
        bool within = true;
        for (uint64_t k = 0; within && k < earlier->volume_count; k++)
            within = is_walked(run, earlier->volumes[k]);
        past->within[i] = within;
        past->same[i] = within && earlier->volume_count == walked;
    }
}

static void find_past(struct past *past, const struct judging *judging)
{
    const tsmp_context *context = &judging->context;
    const tsmp_run_view *view = &judging->run->view;
    size_t stride = context->earlier_stride != 0 ? context->earlier_stride : sizeof(tsmp_earlier);
    int64_t now = time_of(view->started, view->scheduled);
    const char *at = (const char *)context->earlier;
    for (uint64_t i = 0; now != TSMP_NO_TIME && i < context->earlier_count; i++, at += stride) {
        tsmp_earlier run = {0};
        memcpy(&run, at, stride < sizeof run ? stride : sizeof run);
        int64_t time = time_of(run.started, run.scheduled);
        bool itself = run.scheduled != TSMP_NO_TIME && run.scheduled == view->scheduled;
        if (run.volumes == NULL)
            run.volume_count = 0;
        /* A clock that was set back makes runs stand in the future: they are of no use. */
        if (!itself && time != TSMP_NO_TIME && time < now && is_good(&run))
            keep(past, &run, time);
    }
    compare_volumes(past, judging->run);
}

static bool is_journal(const struct tsmp_run *run)
{
    for (size_t i = 0; i < run->volumes.count; i++)
        if (run->volumes.items[i].journal)
            return true;
    return false;
}

/* ---- volumes ------------------------------------------------------------------------------------ */

/* Those of the newest run that this one did not walk; only they can be missed. In the tree `begins`
 * becomes how many of the newest runs had it, `earlier` that it was gone before that. */
static bool find_candidates(const struct judging *judging, const struct past *past,
                            struct volumes *candidates)
{
    const tsmp_allocator *allocator = &judging->verdict->allocator;
    const tsmp_earlier *newest = &past->runs[0];
    bool full = false;
    for (uint64_t k = 0; k < newest->volume_count && !full; k++) {
        tsmp_text name = newest->volumes[k];
        if (name.length > 0 && !is_walked(judging->run, name) &&
            volumes_get(allocator, candidates, name.bytes, (size_t)name.length, VOLUMES_MOST,
                        &full) == NULL && !full)
            return false;
    }
    for (size_t i = 0; candidates->count > 0 && i < past->count; i++) {
        for (uint64_t k = 0; k < past->runs[i].volume_count; k++) {
            tsmp_text name = past->runs[i].volumes[k];
            struct run_volume *found = volumes_find(candidates, name.bytes, (size_t)name.length);
            if (found != NULL && found->begins >= i)
                found->begins = (uint32_t)i + 1;
            else if (found != NULL)
                found->earlier = true;
        }
    }
    return true;
}

/* Only where the client walks its whole domain can a volume be missed that nobody named. */
static bool walks_domain(const struct judging *judging)
{
    const struct tsmp_run *run = judging->run;
    bool known = run->definition_known || judging->context.domain_count > 0;
    return judge_incremental(run) && !run->view.interactive && known && run->objects.length == 0;
}

static bool miss_volumes(struct judging *judging, const struct past *past)
{
    const struct tsmp_run *run = judging->run;
    struct volumes candidates = {0};
    uint64_t missed = 0;
    if (past->count < RUNS_LEAST || !walks_domain(judging))
        return false;
    if (!find_candidates(judging, past, &candidates))
        judging->nomem = true;
    for (size_t i = 0; i < candidates.count; i++) {
        const struct run_volume *volume = &candidates.items[i];
        tsmp_text name = text_of_string(&volume->name);
        bool stays = volume->begins >= RUNS_LEAST && (!volume->earlier || volume->begins >= STAYED);
        if (!stays || domain_leaves_out(judging, name))
            continue;
        char buffer[NUMBER_TEXT];
        tsmp_text arguments[] = {name, number_text(volume->begins, buffer)};
        if (++missed <= NAMED_MOST)
            reason(judging, TSMP_EVIDENCE_E08, 4, "volume '%' was walked by each of the last % good "
                   "runs, and this one did not begin it", arguments, run->at[CLOSE_BEGIN],
                   run->at[CLOSE_STATUS_BEGIN]);
    }
    char buffer[NUMBER_TEXT];
    if (missed > NAMED_MOST)
        reason_named(judging, TSMP_EVIDENCE_E08, 4, "% more volumes were walked by each of the last good "
                     "runs, and this one did not begin them",
                     number_text((int64_t)(missed - NAMED_MOST), buffer), run->at[CLOSE_BEGIN], 0);
    volumes_clear(&judging->verdict->allocator, &candidates);
    return missed > 0;
}

/* ---- counts and times --------------------------------------------------------------------------- */

static uint64_t line_of(const struct tsmp_run *run, uint32_t name)
{
    const tsmp_statistic *statistic = judge_statistic(run, name);
    return statistic != NULL ? statistic->line : 0;
}

static bool is_counted(const struct past *past, size_t i)
{
    return past->within[i] && past->runs[i].inspected >= 0 &&
           (past->runs[i].flags & TSMP_EARLIER_JOURNAL) == 0;
}

/* More volumes than before may only add objects, so that runs with fewer of them still give the
 * least that is usual. */
static bool too_few(struct judging *judging, const struct past *past, int64_t inspected)
{
    struct values counts = {.count = 0};
    for (size_t i = 0; i < past->count; i++)
        if (is_counted(past, i))
            put(&counts, past->runs[i].inspected);
    if (counts.count < RUNS_LEAST)
        return false;
    int64_t usual = median(&counts);
    if (inspected >= usual - inspected || usual - inspected < FEW || was_as_low(&counts, inspected))
        return false;
    char buffers[3][NUMBER_TEXT];
    tsmp_text arguments[] = {number_text(inspected, buffers[0]), number_text(usual, buffers[1]),
                             number_text((int64_t)counts.count, buffers[2])};
    /* None at all has a sentence of its own already. */
    if (inspected > 0 || !judge_incremental(judging->run))
        reason(judging, TSMP_EVIDENCE_E07, 4, inspected == 1
               ? "the client inspected % object, less than half of the % that are usual (% earlier runs)"
               : "the client inspected % objects, less than half of the % that are usual (% earlier runs)", arguments,
               line_of(judging->run, TSMP_STATISTIC_OBJECTS_INSPECTED), 0);
    return true;
}

/* Where little was sent, sending took little time. */
static bool sent_little(const struct tsmp_run *run, const struct past *past)
{
    struct values sent = {.count = 0};
    int64_t bytes;
    for (size_t i = 0; i < past->count; i++)
        if (is_counted(past, i) && past->runs[i].transferred >= 0)
            put(&sent, past->runs[i].transferred);
    return sent.count >= RUNS_LEAST && judge_whole(judge_statistic(run, TSMP_STATISTIC_BYTES_TRANSFERRED), &bytes) &&
           bytes < median(&sent) / 10;
}

static bool too_fast(struct judging *judging, const struct past *past, int64_t inspected)
{
    const struct tsmp_run *run = judging->run;
    struct values times = {.count = 0}, rates = {.count = 0};
    int64_t elapsed;
    for (size_t i = 0; i < past->count; i++) {
        if (!is_counted(past, i) || past->runs[i].elapsed < 0)
            continue;
        put(&times, past->runs[i].elapsed);
        put(&rates, rate(past->runs[i].inspected, past->runs[i].elapsed));
    }
    if (times.count < RUNS_LEAST || !judge_count(run, TSMP_STATISTIC_ELAPSED_TIME, &elapsed) ||
        elapsed < 0 || median(&times) < SLOW_LEAST || sent_little(run, past))
        return false;
    char buffers[3][NUMBER_TEXT];
    int64_t usual = median(&times), fast = rate(inspected, elapsed);
    tsmp_text arguments[] = {number_text(elapsed, buffers[0]), number_text(usual, buffers[1]),
                             number_text((int64_t)times.count, buffers[2])};
    if (elapsed <= (usual - 1) / 10 && !was_as_low(&times, elapsed)) {
        reason(judging, TSMP_EVIDENCE_E11, 3, "the run took % seconds, less than a tenth of the % that "
               "are usual (% earlier runs)", arguments, run->elapsed_line, 0);
        return true;
    }
    if (fast / FAST <= median(&rates) || was_as_high(&rates, fast))
        return false;
    arguments[0] = number_text(fast / 1000, buffers[0]);
    arguments[1] = number_text(median(&rates) / 1000, buffers[1]);
    reason(judging, TSMP_EVIDENCE_E11, 3, "the client inspected % objects a second, more than 20 times "
           "the % that are usual (% earlier runs)", arguments, run->elapsed_line, 0);
    return true;
}

/* Near: by no more than a fifth below the median, or by 4.5 times the spread (three standard
 * deviations, were it a normal one) but half of it at most; and at most twice the median. */
static bool is_near(const struct values *counts, int64_t inspected)
{
    int64_t usual = median(counts), usually_apart = spread(counts);
    int64_t below = usually_apart > usual / 9 ? usual / 2 : usually_apart * 9 / 2;
    if (inspected <= usual)
        return usual - inspected <= larger(below, larger(usual / 5, FEW));
    return inspected - usual <= larger(usual, FEW);
}

static bool is_like_before(struct judging *judging, const struct past *past, int64_t inspected)
{
    struct values counts = {.count = 0};
    char buffers[2][NUMBER_TEXT];
    for (size_t i = 0; i < past->count; i++)
        if (is_counted(past, i) && past->same[i])
            put(&counts, past->runs[i].inspected);
    if (counts.count < RUNS_LEAST) {
        tsmp_text known = number_text((int64_t)counts.count, buffers[0]);
        proof_missing(judging, TSMP_PROOF_BASELINE, "the proof 'baseline' is asked for, and of earlier "
                      "runs with the same volumes only % are known to be good; 5 are needed", &known);
        return false;
    }
    if (is_near(&counts, inspected))
        return true;
    tsmp_text arguments[] = {number_text(inspected, buffers[0]), number_text(median(&counts), buffers[1])};
    proof_missing(judging, TSMP_PROOF_BASELINE, "the proof 'baseline' is asked for, and the objects "
                  "inspected, %, are not near the % that are usual", arguments);
    return false;
}

/* ---- the proof ---------------------------------------------------------------------------------- */

/* Why the counts of this run can't be set against those of others, NULL = they can. */
static const char *not_comparable(const struct judging *judging, bool summary)
{
    const struct tsmp_run *run = judging->run;
    tsmp_text option;
    if (judging->context.earlier_count == 0)
        return "the proof 'baseline' is asked for, and no earlier runs are known";
    if (!judge_incremental(run) && run->view.action != TSMP_WORD_SELECTIVE)
        return "the proof 'baseline' is asked for, and runs with this action are not alike";
    if (is_journal(run))
        return "the proof 'baseline' is asked for, and a walk by journal counts only what changed";
    if (options_gate(run, &option))
        return "the proof 'baseline' is asked for, and an option asks the client not to look at "
               "every object";
    if (!summary)
        return "the proof 'baseline' is asked for, and the statistics of this run prove nothing";
    return NULL;
}

bool prove_baseline(struct judging *judging, bool summary)
{
    const struct tsmp_run *run = judging->run;
    struct past past; /* large */
    int64_t inspected;
    /* A run that says itself that it failed need not be like the others. */
    if (!judging->over || run->view.claim == TSMP_CLAIM_FAILURE)
        return false;
    const char *why = not_comparable(judging, summary);
    past.count = 0;
    if (judging->context.earlier_count > 0) {
        find_past(&past, judging);
        judging->suspect |= miss_volumes(judging, &past);
    }
    if (why != NULL) {
        proof_missing(judging, TSMP_PROOF_BASELINE, why, NULL);
        return false;
    }
    if (!judge_count(run, TSMP_STATISTIC_OBJECTS_INSPECTED, &inspected) || inspected < 0)
        return false;
    judging->suspect |= too_few(judging, &past, inspected);
    judging->suspect |= too_fast(judging, &past, inspected);
    return is_like_before(judging, &past, inspected) && !judging->suspect && !judging->all.suspect &&
           !judging->unsure && !judging->all.unsure;
}
