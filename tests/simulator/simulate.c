/* SPDX-License-Identifier: BSD-2-Clause
 * Print the files of many machines over many nights, and the truth beside them:
 * simulate --out DIR [--seed N] [--nodes N] [--nights N] [--mix month|even]
 * DIR must be there. DIR/NODE.dsmsched.log is a machine's log; DIR/SERVERn.events.csv, .actlog.tab and
 * .filespaces.txt are what a server says of its machines, the last as dsmc prints it on each of them
 * behind each run; DIR/truth.jsonl is the truth. */
#include "answers.h"
#include "server.h"
#include "truth.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

struct wish {
    uint64_t seed;
    uint32_t nodes, nights;
    enum mix mix;
    const char *out;
    int64_t first_day;
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

enum { SERVERS = 4 };

/* What the servers say of all machines. */
struct servers {
    struct sheet events[SERVERS], logs[SERVERS], filespaces[SERVERS];
};

static void save(const struct wish *wish, const char *of, const char *what, const struct sheet *sheet)
{
    char name[64];
    snprintf(name, sizeof name, "%s.%s", of, what);
    FILE *file = create(wish, name);
    fwrite(sheet->bytes, 1, sheet->length, file);
    finish(file);
}

static int earlier(const void *a, const void *b)
{
    const struct sheet_line *x = a, *y = b;
    if (x->time != y->time)
        return x->time < y->time ? -1 : 1;
    return x->at < y->at ? -1 : 1;
}

static void save_server(const struct wish *wish, size_t index, struct servers *servers)
{
    char name[16];
    struct sheet *log = &servers->logs[index], sorted = {0};
    snprintf(name, sizeof name, "SERVER%zu", index + 1);
    sorted.format = log->format = server_format(name);
    server_noise(log, wish->first_day, wish->nights + 1);
    qsort(log->lines, log->count, sizeof *log->lines, earlier);
    sheet_copy(&sorted, log, 0, log->count);
    save(wish, name, "events.csv", &servers->events[index]);
    save(wish, name, "actlog.tab", &sorted);
    save(wish, name, "filespaces.txt", &servers->filespaces[index]);
    sheet_free(&servers->filespaces[index]);
    sheet_free(&sorted);
    sheet_free(log);
    sheet_free(&servers->events[index]);
}

static void print_node(struct wish *wish, const struct nights *nights, struct servers *servers, FILE *truth)
{
    size_t server = (size_t)(nights->node.server[strlen(nights->node.server) - 1] - '1');
    wish->first_day = nights->first_day;
    save(wish, nights->node.name, "dsmsched.log", &nights->log);
    server_events(&servers->events[server], nights);
    server_log(&servers->logs[server], nights, 0, nights->events);
    for (uint32_t i = 0; i < nights->events; i++)
        if (nights->runs[i].truth != TRUTH_MISSED && nights->runs[i].schedule->action == ACTION_INCREMENTAL)
            answer_filespaces(&servers->filespaces[server], nights, &nights->runs[i]);
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
    static struct servers servers;
    FILE *truth = create(&wish, "truth.jsonl");
    for (uint32_t index = 0; index < wish.nodes; index++) {
        nights_make(&nights, wish.seed, index, wish.nights, wish.mix);
        print_node(&wish, &nights, &servers, truth);
    }
    finish(truth);
    for (size_t i = 0; i < SERVERS; i++)
        save_server(&wish, i, &servers);
    nights_free(&nights);
    return 0;
}
