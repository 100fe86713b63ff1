/* SPDX-License-Identifier: BSD-2-Clause
 * A log and what lies beside it, for fuzz_export. */
#ifndef FUZZ_BESIDE_H
#define FUZZ_BESIDE_H

#include "export.h"

/* What is made of the second text. */
enum what { NOTHING, CANARY, CHECK_CANARY, POLICY, CHECK_POLICY, HISTORY, CHECK_HISTORY, CHECK_SERVER };

struct beside {
    const char *log, *text;
    size_t log_length, length;
    char name[200]; /* the first line of `text`, empty where there is none */
    size_t rest;    /* of `text`: where the second line begins */
};

extern char beside_path[128];

/* Of a report's line, what is left of it. */
struct line {
    const char *bytes;
    size_t length;
};
bool take_text(struct line *line, const char *text);
bool take_digits(struct line *line);
bool take_time(struct line *line);
bool take_word(struct line *line, const char *group);

/* ---- export_beside.c ---- */
void beside_split(struct beside *beside, const char *bytes, size_t length);
void beside_write(const char *bytes, size_t length);
void beside_canary(struct log *log, struct beside *beside, uint32_t how);
void beside_policy(struct log *log, struct beside *beside, uint32_t how);
void beside_check(struct log *log, struct beside *beside, enum what what, uint32_t how);
/* The report of a check with these options, as text and as JSON. */
void check_with(struct log *log, const struct options *options);

/* ---- export_kept.c ---- */
void beside_history(struct log *log, struct beside *beside, enum what what, uint32_t how);

#endif
