/* SPDX-License-Identifier: BSD-2-Clause
 * The documents of tests/cases: each holds inputs with the records and runs they must give. The
 * format is told in tests/cases/README.md. */
#ifndef TEST_CASE_H
#define TEST_CASE_H

#include "text.h"

#include <tsmparse/witness.h>

enum { CASE_MAX_DOMAIN = 8 };

/* What an input is read and judged with. */
struct setup {
    tsmp_options options;
    struct text language; /* a table, when there is one */
    bool probe; /* ask tsmp_probe first, as the command does */
    tsmp_context context;
    tsmp_text domain[CASE_MAX_DOMAIN];
    tsmp_waiver waiver; /* one, when there is one */
    struct text *server; /* what the server printed, a text each; context.witness is made of them */
    size_t server_count;
    tsmp_witness *witness;
};

/* A block of the document: where its text stands, for --update. */
struct block_text {
    bool present;
    size_t from, to; /* of the lines between the fences, in the document */
};

/* One input and what it must give. */
struct input {
    char name[160]; /* "schedule_log/good-night.md:12", for messages */
    struct text bytes;
    struct setup setup;
    struct block_text records, runs;
};

struct document {
    char path[512];
    char name[128]; /* "schedule_log/good-night.md" */
    struct text source;
    struct input *inputs;
    size_t count;
};

struct documents {
    struct document *items;
    size_t count;
};

/* Every document of folder `root`/`format` in order of name; all formats when it is NULL. Ends
 * the program with a message when one can't be read or is malformed. */
struct documents documents_load(const char *root, const char *format);
void documents_free(struct documents *documents);

#endif
