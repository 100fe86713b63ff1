/* SPDX-License-Identifier: BSD-2-Clause
 * This tsmparse was built without SQLite: what would use it says so. */
#include "join.h"

static const char none[] = "this tsmparse was built without a history (SQLite)";
static bool asked;

bool history_begin(struct options *options)
{
    asked = options->history_path != NULL;
    if (asked)
        complain(options->history_path, none);
    return true;
}

void history_end(struct options *options)
{
    (void)options;
}

bool history_join(const struct options *options, const tsmp_run_view *run, struct joined *joined)
{
    (void)options, (void)run, (void)joined;
    return true;
}

bool history_keep(const struct options *options, const tsmp_run *run, const tsmp_context *context,
                  const tsmp_verdict_view *verdict)
{
    (void)options, (void)run, (void)context, (void)verdict;
    return true;
}

void history_file(const struct options *options, bool good)
{
    (void)options, (void)good;
}

const char *history_failed(const struct options *options)
{
    (void)options;
    return asked ? "the history could not be used" : NULL;
}

void history_json(const struct options *options)
{
    (void)options;
    if (asked)
        fputs("\"history\":{\"usable\":false,\"kept\":0,\"without_node\":0,\"without_time\":0},", stdout);
}

int history_main(struct options *options)
{
    (void)options;
    complain(NULL, none);
    return 1;
}
