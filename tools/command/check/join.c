/* SPDX-License-Identifier: BSD-2-Clause */
#include "join.h"

#include <stdlib.h>

bool join_run(const struct options *options, const tsmp_run_view *run, tsmp_context *context,
              struct joined *joined)
{
    *joined = (struct joined){0};
    if (!history_join(options, run, joined) || !canaries_ask(options, run, joined))
        return false;
    context->earlier = joined->earlier;
    context->earlier_count = joined->earlier_count;
    context->canaries = joined->list;
    context->canary_count = joined->canary_count;
    return true;
}

bool join_keep(const struct options *options, const tsmp_run *run, const tsmp_context *context,
               const tsmp_verdict_view *verdict)
{
    return history_keep(options, run, context, verdict);
}

void join_free(struct joined *joined)
{
    for (size_t i = 0; i < joined->earlier_count; i++)
        free((void *)(uintptr_t)joined->earlier[i].volumes);
    free(joined->earlier);
    for (size_t i = 0; i < joined->canary_count; i++)
        tsmp_canary_free(joined->answers[i].canary);
    free(joined->answers);
    free(joined->list);
}
