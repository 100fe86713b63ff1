/* SPDX-License-Identifier: BSD-2-Clause
 * Runs that were to be and are not there: the caller knows of them, the text does not. */
#include "clock.h"
#include "run.h"

#include <string.h>

/* The judge tells them from windows that the log announced by their finding, which has no line; a
 * second one says that runs without a time may be it. */
static bool fill(struct tsmp_run *run, const tsmp_expected *expected)
{
    static const char until[] = " (to start until ";
    char text[2 * CLOCK_TEXT + sizeof until];
    size_t n = clock_text(expected->scheduled, true, text), key = n;
    memcpy(text + n, until, sizeof until - 1);
    n += sizeof until - 1;
    n += clock_text(expected->until, true, text + n);
    text[n++] = ')';
    static const tsmp_text none;
    run->missed = true;
    run->view.scheduled = expected->scheduled;
    return string_set(&run->allocator, &run->schedule, expected->schedule.bytes,
                      (size_t)expected->schedule.length) &&
           string_set(&run->allocator, &run->node, expected->node.bytes, (size_t)expected->node.length) &&
           string_set(&run->allocator, &run->key, text, key) &&
           run_find(run, 2, TSMP_EVIDENCE_E20, 0, none, (tsmp_text){text, n}) &&
           (expected->unsure == 0 || run_find(run, 2, TSMP_EVIDENCE_E20, 0, none, none)) &&
           run_finish(run);
}

int32_t tsmp_run_expected(const tsmp_expected *expected, const tsmp_allocator *allocator,
                          tsmp_run **run)
{
    tsmp_expected known;
    tsmp_allocator chosen;
    if (run == NULL || expected == NULL || !memory_choose(allocator, &chosen) ||
        !memory_take_struct(expected, &known, sizeof known) || known.schedule.length == 0 ||
        known.schedule.bytes == NULL || (known.node.length > 0 && known.node.bytes == NULL) ||
        known.scheduled == TSMP_NO_TIME || known.until < known.scheduled)
        return TSMP_E_MISUSE;
    struct tsmp_run *made = run_new(&chosen);
    if (made == NULL || !fill(made, &known)) {
        tsmp_run_free(made);
        return TSMP_E_NOMEM;
    }
    *run = made;
    return TSMP_OK;
}
