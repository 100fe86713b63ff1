/* SPDX-License-Identifier: BSD-2-Clause
 * How good is the judge? confusion [--runs N] [--seed N] [--nights N] [--show N] [--only SHAPE]
 * Ends with 1 when a goal is missed. */
#define _POSIX_C_SOURCE 200809L /* clock_gettime */

#include "matrix.h"

#include <tsmparse/runs.h>

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#ifndef _WIN32
#include <sys/resource.h>
#endif
#include <time.h>

struct settings {
    uint64_t runs, seed, nights, show;
    const char *only;
};

static void show(const struct nights *nights, const struct run *run, const struct judged *judged,
                 const char *wrong)
{
    printf("node %" PRIu32 ", run %" PRIu32 " (%s, %s, key %s): %s; verdict %s, evidence",
           nights->node.index, run->id, shape_info(run->shape)->name,
           damage_name((enum damage)run->damage), run->key, wrong,
           judged->verdict != 0 ? tsmp_name("verdict", judged->verdict) : "none");
    for (uint32_t id = 1; id < 64; id++)
        if ((judged->evidence >> id & 1) != 0)
            printf(" %s", tsmp_name("evidence", id));
    printf("\n");
    bool inside = false;
    for (size_t i = 0; i < nights->log.count; i++) {
        const struct sheet_line *line = &nights->log.lines[i];
        if (line->run == run->id || (inside && line->run == NO_RUN))
            printf("    %.*s", (int)line->length, nights->log.bytes + line->at);
        inside = line->run == run->id;
    }
}

static double seconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

/* What the judge is given besides the log, or instead of nothing else. */
static const struct {
    const char *name;
    uint32_t given;
    bool asked;
} sets[] = {{"log", SEEN_LOG},
            {"+history", SEEN_LOG | SEEN_HISTORY},
            {"+canary", SEEN_LOG | SEEN_CANARY},
            {"+filespace", SEEN_LOG | SEEN_FILESPACE},
            {"+server", SEEN_LOG | SEEN_SERVER},
            {"all", SEEN_ALL},
            {"all asked", SEEN_ALL, true}}; /* and each is asked for: without it nothing is complete */
enum { SETS = sizeof sets / sizeof *sets };

static void add_nights(struct matrix *matrix, const struct nights *nights, const struct judging_result *result,
                       struct settings *settings)
{
    for (uint32_t i = 0; i < nights->count; i++) {
        const struct run *run = &nights->runs[i];
        const char *wrong = matrix_add(matrix, run, &result->judged[i]);
        bool wanted = settings->only == NULL || strcmp(settings->only, shape_info(run->shape)->name) == 0;
        if (wrong != NULL && wanted && settings->show > 0) {
            printf("%s: ", matrix->name);
            show(nights, run, &result->judged[i], wrong);
            settings->show--;
        }
    }
}

static void measure(struct matrix *matrices, struct settings *settings)
{
    static struct proofs proofs;
    static struct judging_result results[SETS];
    struct nights nights = {0};
    double making = 0, judging[SETS] = {0};
    uint64_t bytes = 0;
    for (uint32_t index = 0; matrices[0].runs < settings->runs; index++) {
        double from = seconds();
        nights_make(&nights, settings->seed, index, (uint32_t)settings->nights, MIX_EVEN);
        making += seconds() - from;
        bytes += nights.log.length;
        for (size_t i = 0; i < SETS; i++) {
            proofs.given = sets[i].given;
            proofs.asked = sets[i].asked;
            from = seconds();
            judge_nights(&results[i], &nights, &proofs);
            judging[i] += seconds() - from;
            add_nights(&matrices[i], &nights, &results[i], settings);
        }
    }
    fprintf(stderr, "%.0f MB of logs printed in %.1f s", (double)bytes / 1e6, making);
#ifndef _WIN32
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    fprintf(stderr, ", peak %ld KB", usage.ru_maxrss);
#endif
    fprintf(stderr, "; us for each run:");
    for (size_t i = 0; i < SETS; i++) {
        matrices[i].strangers = results[i].strangers;
        matrices[i].strangers_good = results[i].strangers_good;
        fprintf(stderr, " %s %.1f", sets[i].name, judging[i] * 1e6 / (double)matrices[0].runs);
        judging_result_free(&results[i]);
    }
    fprintf(stderr, "\n");
    nights_free(&nights);
    proofs_free(&proofs);
}

int main(int argc, char **argv)
{
    static struct matrix matrices[SETS];
    struct settings settings = {.runs = 5000, .seed = 1, .nights = 30};
    for (int i = 1; i + 1 < argc; i += 2) {
        uint64_t number = strtoull(argv[i + 1], NULL, 10);
        if (strcmp(argv[i], "--runs") == 0)
            settings.runs = number;
        else if (strcmp(argv[i], "--seed") == 0)
            settings.seed = number;
        else if (strcmp(argv[i], "--nights") == 0 && number > 0 && number <= 100)
            settings.nights = number;
        else if (strcmp(argv[i], "--show") == 0)
            settings.show = number;
        else if (strcmp(argv[i], "--only") == 0)
            settings.only = argv[i + 1];
        else
            return fprintf(stderr, "confusion: no option '%s', or not with this value\n", argv[i]), 2;
    }
    for (size_t i = 0; i < SETS; i++) {
        matrices[i].name = sets[i].name;
        matrices[i].given = sets[i].given;
        matrices[i].asked = sets[i].asked;
    }
    measure(matrices, &settings);
    matrix_print(&matrices[0]);
    matrix_print(&matrices[SETS - 2]);
    matrix_print_evidence(&matrices[SETS - 2]);
    printf("\n");
    matrix_compare(matrices, SETS);
    bool good = true;
    for (size_t i = 0; i < SETS; i++)
        good &= matrix_is_good(&matrices[i]);
    printf("%s\n", good ? "every goal is met" : "A GOAL IS MISSED");
    return good ? 0 : 1;
}
