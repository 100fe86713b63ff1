/* SPDX-License-Identifier: BSD-2-Clause */
#include "matrix.h"

#include <tsmparse/runs.h>

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* Two lists of evidence out of a shape's words. */
static void evidence_of(const struct shape_info *info, uint64_t *must, uint64_t *may)
{
    *must = *may = 0;
    for (const char *word = info->evidence; *word != '\0';) {
        bool optional = *word == '?';
        word += optional;
        size_t n = strcspn(word, " ");
        for (uint32_t id = 1; id < 64; id++) {
            const char *name = tsmp_name("evidence", id);
            if (name == NULL || strlen(name) != n || memcmp(name, word, n) != 0)
                continue;
            *must |= optional ? 0 : UINT64_C(1) << id;
            *may |= UINT64_C(1) << id;
        }
        word += n + (word[n] == ' ');
    }
}

static bool is_good(uint32_t verdict)
{
    return verdict == TSMP_VERDICT_COMPLETE || verdict == TSMP_VERDICT_EXCEPTIONS;
}

/* Is the truth worse than that? */
static bool too_good(const struct run *run, uint32_t verdict)
{
    return run->truth == TRUTH_EXCEPTIONS ? verdict == TSMP_VERDICT_COMPLETE
                                          : run->truth != TRUTH_COMPLETE && is_good(verdict);
}

/* Is it called worse than it is? */
static bool too_bad(const struct run *run, uint32_t verdict)
{
    bool bad = verdict == TSMP_VERDICT_INCOMPLETE || verdict == TSMP_VERDICT_FAILED ||
               verdict == TSMP_VERDICT_MISSED || verdict == TSMP_VERDICT_RUNNING;
    return (run->truth == TRUTH_COMPLETE && (bad || verdict == TSMP_VERDICT_EXCEPTIONS)) ||
           (run->truth == TRUTH_EXCEPTIONS && bad);
}

#define BIT(id) (UINT64_C(1) << TSMP_EVIDENCE_##id)

/* Evidence that proofs besides the log may give for this run, and of it what they must. */
static void further(const struct run *run, uint32_t given, uint64_t *must, uint64_t *may)
{
    bool never = false;
    for (size_t i = 0; i < run->part_count; i++)
        never |= run->parts[i].fate == FATE_NEVER;
    bool lost = run->truth == TRUTH_INCOMPLETE || run->truth == TRUTH_FAILED;
    if ((given & SEEN_HISTORY) != 0)
        *may |= (never ? BIT(E08) : 0) | (lost ? BIT(E07) | BIT(E11) : 0);
    if ((given & SEEN_CANARY) != 0) {
        /* One in a volume that was asked for and never begun is said to prove nothing. */
        *may |= (run->seen & SEEN_CANARY) != 0 || lost ? BIT(E01) | BIT(PROOF_MISSING) : 0;
        *must |= (run->shape == SHAPE_WALK_CUT || run->shape == SHAPE_STALE) &&
                 (run->seen & SEEN_CANARY) != 0 ? BIT(E01) : 0;
    }
    if ((given & SEEN_FILESPACE) != 0) {
        *may |= (run->seen & SEEN_FILESPACE) != 0 || lost ? BIT(E09) : 0;
        *must |= run->shape == SHAPE_WALK_CUT && (run->seen & SEEN_FILESPACE) != 0 ? BIT(E09) : 0;
    }
    if ((given & SEEN_SERVER) == 0)
        return;
    bool open = run->shape == SHAPE_SESSION_LOST || run->shape == SHAPE_CRASH;
    *may |= run->shape == SHAPE_EARLY_QUIT ? BIT(E06) : 0;
    *must |= run->shape == SHAPE_EARLY_QUIT ? BIT(E06) : 0;
    *may |= run->distress || run->shape == SHAPE_SESSION_BACK || open ? BIT(E12) : 0;
    *must |= run->distress ? BIT(E12) : 0;
    *may |= run->distress && !run->status ? BIT(E13) : 0;
    *may |= open || run->truth == TRUTH_FAILED ? BIT(E10) : 0; /* the server says otherwise */
    *may |= BIT(E19);                                          /* of the nights before, too */
    *may |= run->shape == SHAPE_UNSENT || run->truth == TRUTH_RUNNING ? BIT(E21) : 0;
}

static bool fired_well(const struct run *run, const struct judged *judged, uint32_t given)
{
    uint64_t must, may;
    evidence_of(shape_info(run->shape), &must, &may);
    further(run, given, &must, &may);
    if (run->damage == DAMAGE_SUMMER_TIME) {
        may |= BIT(CLOCK_BACK);
        must &= ~(BIT(E06) | BIT(E12)); /* the server's clock may go back over them */
        may |= (given & SEEN_CANARY) != 0 ? BIT(PROOF_MISSING) : 0; /* and a canary's window, too */
    }
    return (judged->evidence & must) == must && (judged->evidence & ~(may | must)) == 0;
}

/* Of a proof that is able to see more, a worse verdict than the log's is right. */
static bool judged_well(const struct run *run, const struct judged *judged, uint32_t given)
{
    uint32_t right = shape_info(run->shape)->verdicts;
    if (given != SEEN_LOG && run->truth == TRUTH_INCOMPLETE)
        right |= 1u << TSMP_VERDICT_INCOMPLETE | 1u << TSMP_VERDICT_UNKNOWN;
    /* What a command's run should have taken is told nowhere. */
    if (run->damage == DAMAGE_SUMMER_TIME && !run->status)
        right |= 1u << TSMP_VERDICT_UNKNOWN;
    return (right >> judged->verdict & 1) != 0;
}

/* Said to be good although a proof that was asked for does not stand. */
static bool unproven(const struct matrix *matrix, const struct judged *judged)
{
    uint32_t asked = TSMP_PROOF_CLOSED | TSMP_PROOF_VOLUMES | TSMP_PROOF_SUMMARY | TSMP_PROOF_BASELINE |
                     TSMP_PROOF_CANARY | TSMP_PROOF_FILESPACE | TSMP_PROOF_SERVER;
    return matrix->asked && (judged->lacking & asked) != 0;
}

static const char *add_clean(struct matrix *matrix, const struct run *run, const struct judged *judged)
{
    bool good = run->truth == TRUTH_COMPLETE || run->truth == TRUTH_EXCEPTIONS;
    matrix->good += good;
    matrix->unknown += good && judged->verdict == TSMP_VERDICT_UNKNOWN;
    if (too_bad(run, judged->verdict)) {
        matrix->false_alarms++;
        return "false alarm";
    }
    if (run->beside || matrix->asked)
        return NULL;
    for (uint32_t id = 0; id < EVIDENCE_MOST; id++)
        matrix->fired[run->shape][id] += judged->evidence >> id & 1;
    if (!judged_well(run, judged, matrix->given)) {
        matrix->misjudged++;
        return "another verdict than this shape's";
    }
    if (!fired_well(run, judged, matrix->given)) {
        matrix->misfired++;
        return "other evidence than this shape's";
    }
    return NULL;
}

const char *matrix_add(struct matrix *matrix, const struct run *run, const struct judged *judged)
{
    bool visible = (run->seen & matrix->given) != 0, harmless = damage_is_harmless((enum damage)run->damage);
    const char *wrong = NULL;
    if (run->gone)
        return NULL;
    matrix->runs++;
    matrix->bad += run->truth != TRUTH_COMPLETE;
    if (judged->runs > 0 && too_good(run, judged->best)) {
        matrix->blind[run->shape] += !visible && harmless;
        matrix->breaches += visible;
        wrong = visible ? "said to be better than it is" : NULL;
    }
    if (judged->runs > 0 && unproven(matrix, judged)) {
        matrix->breaches++;
        wrong = "said to be good without a proof that was asked for";
    }
    if (!harmless) {
        matrix->damaged[run->damage][run->truth][judged->verdict]++;
        return wrong;
    }
    matrix->clean[run->shape][judged->verdict]++;
    return wrong != NULL ? wrong : add_clean(matrix, run, judged);
}

bool matrix_is_good(const struct matrix *matrix)
{
    return matrix->breaches == 0 && matrix->strangers_good == 0 && matrix->misjudged == 0 &&
           matrix->misfired == 0 && matrix->false_alarms * 10000 <= matrix->good;
}

static void head(const char *what)
{
    static const char *const names[VERDICTS] = {"no run", "complete", "except.", "incompl.", "failed",
                                                "running", "missed", "unknown"};
    printf("%-28s %-10s", what, "truth");
    for (size_t i = 0; i < VERDICTS; i++)
        printf(" %8s", names[(i + 1) % VERDICTS]);
    printf("\n");
}

static void row(const uint64_t *counts)
{
    for (size_t i = 0; i < VERDICTS; i++)
        if (counts[(i + 1) % VERDICTS] > 0)
            printf(" %8" PRIu64, counts[(i + 1) % VERDICTS]);
        else
            printf(" %8s", ".");
}

void matrix_print(const struct matrix *matrix)
{
    printf("proofs: %s\n", matrix->name);
    head("what happened");
    for (int shape = 0; shape < SHAPE_COUNT; shape++) {
        const struct shape_info *info = shape_info((enum shape)shape);
        printf("%-28s %-10s", info->name, truth_name(info->truth));
        row(matrix->clean[shape]);
        if (matrix->blind[shape] > 0)
            printf("  %" PRIu64 " that no proof here can see", matrix->blind[shape]);
        printf("\n");
    }
    printf("\n");
    head("text is not whole, or not the client's");
    for (int damage = DAMAGE_NONE + 1; damage < DAMAGE_COUNT; damage++) {
        for (int truth = 0; truth < TRUTH_COUNT; truth++) {
            uint64_t all = 0;
            for (size_t i = 0; i < VERDICTS; i++)
                all += matrix->damaged[damage][truth][i];
            if (all == 0)
                continue;
            printf("%-28s %-10s", damage_name((enum damage)damage), truth_name((enum truth)truth));
            row(matrix->damaged[damage][truth]);
            printf("\n");
        }
    }
    printf("\n");
}

/* ---- several sets of proofs ------------------------------------------------------------------- */

static uint64_t sum(const uint64_t *counts)
{
    uint64_t all = 0;
    for (size_t i = 0; i < VERDICTS; i++)
        all += counts[i];
    return all;
}

static void line(const struct matrix *matrices, size_t count, const char *what,
                 uint64_t (*number)(const struct matrix *))
{
    printf("%-46s", what);
    for (size_t i = 0; i < count; i++)
        printf(" %10" PRIu64, number(&matrices[i]));
    printf("\n");
}

static uint64_t runs_of(const struct matrix *matrix) { return matrix->runs; }
static uint64_t bad_of(const struct matrix *matrix) { return matrix->bad; }
static uint64_t breaches_of(const struct matrix *matrix) { return matrix->breaches; }
static uint64_t good_of(const struct matrix *matrix) { return matrix->good; }
static uint64_t alarms_of(const struct matrix *matrix) { return matrix->false_alarms; }
static uint64_t unknown_of(const struct matrix *matrix) { return matrix->unknown; }
static uint64_t misjudged_of(const struct matrix *matrix) { return matrix->misjudged; }
static uint64_t misfired_of(const struct matrix *matrix) { return matrix->misfired; }
static uint64_t strangers_of(const struct matrix *matrix) { return matrix->strangers; }
static uint64_t believed_of(const struct matrix *matrix) { return matrix->strangers_good; }

void matrix_compare(const struct matrix *matrices, size_t count)
{
    printf("%-28s %-10s %6s", "said to be good, of all", "truth", "runs");
    for (size_t i = 0; i < count; i++)
        printf(" %10s", matrices[i].name);
    printf("\n");
    for (int shape = 0; shape < SHAPE_COUNT; shape++) {
        const struct shape_info *info = shape_info((enum shape)shape);
        printf("%-28s %-10s %6" PRIu64, info->name, truth_name(info->truth), sum(matrices[0].clean[shape]));
        for (size_t i = 0; i < count; i++) {
            const uint64_t *counts = matrices[i].clean[shape];
            uint64_t all = sum(counts), good = counts[TSMP_VERDICT_COMPLETE];
            if (info->truth != TRUTH_EXCEPTIONS)
                good += info->truth == TRUTH_COMPLETE ? 0 : counts[TSMP_VERDICT_EXCEPTIONS];
            printf(" %9.1f%%", all > 0 ? 100.0 * (double)good / (double)all : 0.0);
        }
        printf("\n");
    }
    printf("\n%-46s", "");
    for (size_t i = 0; i < count; i++)
        printf(" %10s", matrices[i].name);
    printf("\n");
    line(matrices, count, "runs", runs_of);
    line(matrices, count, "not all good", bad_of);
    line(matrices, count, "of them visible, and said to be good", breaches_of);
    line(matrices, count, "good, and the text is whole", good_of);
    line(matrices, count, "of them said to be bad: false alarms", alarms_of);
    line(matrices, count, "of them not proven: unknown", unknown_of);
    line(matrices, count, "another verdict than their shape's", misjudged_of);
    line(matrices, count, "other evidence than their shape's", misfired_of);
    line(matrices, count, "runs that never were", strangers_of);
    line(matrices, count, "of them said to be good", believed_of);
}

void matrix_print_evidence(const struct matrix *matrix)
{
    printf("evidence, by shape (%s)\n", matrix->name);
    for (uint32_t id = 1; id < EVIDENCE_MOST; id++) {
        const char *between = NULL;
        for (int shape = 0; shape < SHAPE_COUNT; shape++) {
            if (matrix->fired[shape][id] == 0)
                continue;
            if (between == NULL)
                printf("%s:", tsmp_name("evidence", id));
            printf("%s %s %" PRIu64, between != NULL ? between : "", shape_info((enum shape)shape)->name,
                   matrix->fired[shape][id]);
            between = ",";
        }
        if (between != NULL)
            printf("\n");
    }
}
