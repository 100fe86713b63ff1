/* SPDX-License-Identifier: BSD-2-Clause */
#include "join.h"
#include "policy.h"

#include <stdlib.h>

int32_t join_judge(const struct options *options, const tsmp_run *run, int64_t age, struct joined *joined,
                   tsmp_verdict **verdict)
{
    const tsmp_run_view *view = tsmp_run_view_of(run);
    *joined = (struct joined){.context = options->context};
    tsmp_context *context = &joined->context;
    context->age = age;
    if (options->why)
        context->want |= TSMP_WANT_WHY;
    if (!history_join(options, view, joined) || !canaries_ask(options, view, joined) ||
        !policy_context(options, view, context, &joined->waivers))
        return TSMP_E_NOMEM;
    context->earlier = joined->earlier;
    context->earlier_count = joined->earlier_count;
    context->canaries = joined->list;
    context->canary_count = joined->canary_count;
    return tsmp_judge(run, context, NULL, verdict);
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
    free(joined->waivers);
}
