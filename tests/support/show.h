/* SPDX-License-Identifier: BSD-2-Clause
 * Records and runs as text: for people, and exactly. */
#ifndef TEST_SHOW_H
#define TEST_SHOW_H

#include "text.h"

#include <tsmparse/runs.h>

/* What is remembered from one record to the next. */
struct showing {
    const char *name;  /* for messages */
    uint64_t base;         /* offset of the first byte */
    uint64_t length;       /* of the input */
    uint32_t encoding;     /* TSMP_ENCODING_... that was named */
    uint64_t offset, line; /* where the next record must begin */
    uint64_t fields;       /* of the batch, so far */
    bool any;              /* a heading was shown */
    int64_t time;
    uint32_t time_flags, format;
    struct {
        uint64_t offset, line;
    } *places; /* where records began */
    size_t place_count, place_capacity;
};

/* Fails the test when a record breaks an invariant. `bytes`: the input. `deep`: names and spans
 * too. */
void show_check(struct showing *showing, const tsmp_batch *batch, const tsmp_record *record,
                const char *bytes, bool deep);
void show_record(struct showing *showing, const tsmp_batch *batch, const tsmp_record *record,
                 struct text *to);
void show_exact(const tsmp_view *view, const tsmp_record *record, struct text *to);
void show_run(const tsmp_run_view *run, const tsmp_verdict_view *verdict, struct text *to);

/* YYYY-MM-DDTHH:MM:SS */
void show_time(struct text *to, int64_t microseconds);

#endif
