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

static const char *add_clean(struct matrix *matrix, const struct run *run, const struct judged *judged,
                             uint32_t proofs)
{
    const struct shape_info *info = shape_info(run->shape);
    bool good = run->truth == TRUTH_COMPLETE || run->truth == TRUTH_EXCEPTIONS;
    uint64_t must, may;
    matrix->clean[run->shape][judged->verdict]++;
    matrix->good += good;
    if (good && judged->verdict == TSMP_VERDICT_UNKNOWN)
        matrix->unknown++;
    if (too_bad(run, judged->verdict)) {
        matrix->false_alarms++;
        return "false alarm";
    }
    if (proofs != SEEN_LOG || run->beside)
        return NULL;
    /* What a command's run should have taken is told nowhere. */
    bool summer = run->damage == DAMAGE_SUMMER_TIME;
    bool untold = summer && !run->status && judged->verdict == TSMP_VERDICT_UNKNOWN;
    if ((info->verdicts & (1u << judged->verdict)) == 0 && !untold) {
        matrix->misjudged++;
        return "another verdict than this shape's";
    }
    evidence_of(info, &must, &may);
    if (summer)
        may |= UINT64_C(1) << TSMP_EVIDENCE_CLOCK_BACK;
    if ((judged->evidence & must) != must || (judged->evidence & ~may) != 0) {
        matrix->misfired++;
        return "other evidence than this shape's";
    }
    return NULL;
}

const char *matrix_add(struct matrix *matrix, const struct run *run, const struct judged *judged,
                       uint32_t proofs)
{
    bool visible = (run->seen & proofs) != 0;
    const char *wrong = NULL;
    if (run->gone)
        return NULL;
    matrix->runs++;
    matrix->bad += run->truth != TRUTH_COMPLETE;
    if (judged->runs > 0 && too_good(run, judged->best)) {
        matrix->blind[run->shape] += !visible;
        matrix->breaches += visible;
        wrong = visible ? "said to be better than it is" : NULL;
    }
    if (!damage_is_harmless((enum damage)run->damage))
        matrix->damaged[run->damage][run->truth][judged->verdict]++;
    else if (wrong == NULL)
        wrong = add_clean(matrix, run, judged, proofs);
    else
        matrix->clean[run->shape][judged->verdict]++;
    return wrong;
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
    printf("\n%" PRIu64 " runs, %" PRIu64 " of them bad\n", matrix->runs, matrix->bad);
    printf("%" PRIu64 " bad runs that a proof at hand can see are said to be good\n", matrix->breaches);
    printf("%" PRIu64 " false alarms on %" PRIu64 " good runs with a whole text\n",
           matrix->false_alarms, matrix->good);
    printf("%" PRIu64 " of them are unknown\n", matrix->unknown);
    printf("%" PRIu64 " with another verdict, %" PRIu64 " with other evidence than their shape's\n",
           matrix->misjudged, matrix->misfired);
    printf("%" PRIu64 " runs that never were, %" PRIu64 " of them said to be good\n", matrix->strangers,
           matrix->strangers_good);
}
