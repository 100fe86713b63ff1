/* SPDX-License-Identifier: BSD-2-Clause
 * Print the files of many machines over many nights, and the truth beside them:
 * simulate --out DIR [--seed N] [--nodes N] [--nights N] [--mix month|even]
 * DIR must be there. A machine's log is DIR/NODE.dsmsched.log; the truth is DIR/truth.jsonl. */
#include "truth.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

struct wish {
    uint64_t seed;
    uint32_t nodes, nights;
    enum mix mix;
    const char *out;
};

static FILE *create(const struct wish *wish, const char *name)
{
    char path[4096];
    snprintf(path, sizeof path, "%s/%s", wish->out, name);
    FILE *file = fopen(path, "wb");
    if (file == NULL) {
        fprintf(stderr, "simulate: %s: %s\n", path, strerror(errno));
        exit(1);
    }
    return file;
}

static void finish(FILE *file)
{
    if (ferror(file) | fclose(file)) {
        fprintf(stderr, "simulate: could not write: %s\n", strerror(errno));
        exit(1);
    }
}

static void print_node(const struct wish *wish, const struct nights *nights, FILE *truth)
{
    char name[64];
    snprintf(name, sizeof name, "%s.dsmsched.log", nights->node.name);
    FILE *log = create(wish, name);
    fwrite(nights->log.bytes, 1, nights->log.length, log);
    finish(log);
    for (uint32_t i = 0; i < nights->count; i++)
        truth_print(truth, nights, &nights->runs[i]);
}

static bool read_wish(struct wish *wish, int argc, char **argv)
{
    for (int i = 1; i < argc; i += 2) {
        if (i + 1 == argc)
            return false;
        char *end;
        uint64_t number = strtoull(argv[i + 1], &end, 10);
        bool whole = end != argv[i + 1] && *end == '\0';
        if (strcmp(argv[i], "--out") == 0)
            wish->out = argv[i + 1];
        else if (strcmp(argv[i], "--mix") == 0 && strcmp(argv[i + 1], "even") == 0)
            wish->mix = MIX_EVEN;
        else if (strcmp(argv[i], "--mix") == 0 && strcmp(argv[i + 1], "month") == 0)
            wish->mix = MIX_MONTH;
        else if (strcmp(argv[i], "--seed") == 0 && whole)
            wish->seed = number;
        else if (strcmp(argv[i], "--nodes") == 0 && whole && number < 100000)
            wish->nodes = (uint32_t)number;
        else if (strcmp(argv[i], "--nights") == 0 && whole && number > 0 && number <= 3650)
            wish->nights = (uint32_t)number;
        else
            return false;
    }
    return wish->out != NULL;
}

int main(int argc, char **argv)
{
    struct wish wish = {.seed = 1, .nodes = 10, .nights = 30, .mix = MIX_MONTH};
    if (!read_wish(&wish, argc, argv)) {
        fputs("usage: simulate --out DIR [--seed N] [--nodes N] [--nights N] [--mix month|even]\n", stderr);
        return 2;
    }
    struct nights nights = {0};
    FILE *truth = create(&wish, "truth.jsonl");
    for (uint32_t index = 0; index < wish.nodes; index++) {
        nights_make(&nights, wish.seed, index, wish.nights, wish.mix);
        print_node(&wish, &nights, truth);
    }
    finish(truth);
    nights_free(&nights);
    return 0;
}
