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
#include <sys/resource.h>
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

static void measure(struct matrix *matrix, struct settings *settings)
{
    struct nights nights = {0};
    struct judging_result result = {0};
    double making = 0, judging = 0;
    uint64_t bytes = 0;
    for (uint32_t index = 0; matrix->runs < settings->runs; index++) {
        double from = seconds();
        nights_make(&nights, settings->seed, index, (uint32_t)settings->nights, MIX_EVEN);
        double made = seconds();
        judge_nights(&result, &nights, 0);
        judging += seconds() - made;
        making += made - from;
        bytes += nights.log.length;
        for (uint32_t i = 0; i < nights.count; i++) {
            const struct run *run = &nights.runs[i];
            const char *wrong = matrix_add(matrix, run, &result.judged[i], SEEN_LOG);
            bool wanted = settings->only == NULL ||
                          strcmp(settings->only, shape_info(run->shape)->name) == 0;
            if (wrong != NULL && wanted && settings->show > 0) {
                show(&nights, run, &result.judged[i], wrong);
                settings->show--;
            }
        }
    }
    matrix->strangers = result.strangers;
    matrix->strangers_good = result.strangers_good;
    nights_free(&nights);
    judging_result_free(&result);
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    fprintf(stderr, "printing %.1f s, judging %.1f s (%.1f us a run), %.0f MB of text, peak %ld KB\n",
            making, judging, judging * 1e6 / (double)matrix->runs, (double)bytes / 1e6,
            usage.ru_maxrss);
}

int main(int argc, char **argv)
{
    static struct matrix matrix;
    struct settings settings = {.runs = 5000, .seed = 1, .nights = 30};
    for (int i = 1; i + 1 < argc; i += 2) {
        uint64_t number = strtoull(argv[i + 1], NULL, 10);
        if (strcmp(argv[i], "--runs") == 0)
            settings.runs = number;
        else if (strcmp(argv[i], "--seed") == 0)
            settings.seed = number;
        else if (strcmp(argv[i], "--nights") == 0)
            settings.nights = number;
        else if (strcmp(argv[i], "--show") == 0)
            settings.show = number;
        else if (strcmp(argv[i], "--only") == 0)
            settings.only = argv[i + 1];
        else
            return fprintf(stderr, "confusion: no option '%s'\n", argv[i]), 2;
    }
    measure(&matrix, &settings);
    matrix_print(&matrix);
    bool good = matrix.breaches == 0 && matrix.strangers_good == 0 &&
                matrix.false_alarms * 10000 <= matrix.good && matrix.misjudged == 0 &&
                matrix.misfired == 0;
    printf("%s\n", good ? "every goal is met" : "A GOAL IS MISSED");
    return good ? 0 : 1;
}
