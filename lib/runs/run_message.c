/* SPDX-License-Identifier: BSD-2-Clause
 * Messages of the client in a log: which run they speak of, and what they may mean for it. */
#include "run_state.h"

#include "message_class.h"

#include <string.h>

/* Does it hold a line that a name may have printed? */
static bool is_doubted(const struct tsmp_run *run)
{
    for (size_t i = 0; i < run->finding_count; i++)
        if (run->findings[i].id == TSMP_EVIDENCE_FORGEABLE)
            return true;
    return false;
}

/* Not over, though it may hold forged lines: that it is stopped is not believed of such a one, or what speaks
 * against it would be lost. */
static bool may_go_on(const struct tsmp_run *run)
{
    return !run->view.interactive && !run->missed && run->at[CLOSE_EVENT] == 0 && is_doubted(run);
}

/* One that is over has no messages any more. */
static bool goes_on(const struct tsmp_run *run)
{
    return run_is_active(run) || may_go_on(run);
}

/* The last of those before this one of which it is so; NULL = of none. */
static struct tsmp_run *earlier(const struct tsmp_runs *runs, bool (*is)(const struct tsmp_run *run))
{
    for (size_t i = runs->retired_count; i-- > 0;)
        if (is(runs->retired[i]))
            return runs->retired[i];
    return NULL;
}

/* The run that a message speaks of. Where a name has printed a whole run into another, that one is over and
 * the true one behind it goes on. */
static struct tsmp_run *spoken_of(const struct item *item)
{
    struct tsmp_runs *runs = item->runs;
    struct tsmp_run *run = runs->open;
    if (run == NULL || run->view.interactive != item_interactive(item))
        return NULL;
    if (run->view.interactive)
        return run->elapsed_line == 0 ? run : NULL;
    return goes_on(run) ? run : earlier(runs, goes_on);
}

static bool take_message(const struct item *item, struct tsmp_run *run, tsmp_text code)
{
    char letter = code.bytes[7];
    run->view.informational += letter == 'I';
    run->view.warnings += letter == 'W';
    run->view.errors += letter == 'E';
    run->view.severe += letter == 'S';
    if (run->view.action == TSMP_WORD_COMMAND && run->in_command)
        return true; /* the command's own business; its return code decides */
    run->lines.failed += memcmp(code.bytes, "ANS1228", 7) == 0;
    /* What it means for the verdict is the judge's to say: the claim is still to come. */
    uint32_t id = message_evidence(message_class(code.bytes));
    if (id == 0)
        return true;
    if (!run_find(run, item->runs->max_findings, id, item->record->line, code,
                  item_text(item, TSMP_FIELD_OBJECT)))
        return false;
    /* Where it was past the limit this marks another one, which is then only judged more strictly. */
    if ((item->record->flags & (TSMP_FLAG_OPEN_NAME | TSMP_FLAG_CUT)) != 0 && run->finding_count > 0)
        run->findings[run->finding_count - 1].broken = true;
    return true;
}

bool body_message(const struct item *item)
{
    struct tsmp_run *run = spoken_of(item), *other = NULL;
    tsmp_text code = item_text(item, TSMP_FIELD_CODE);
    if (run == NULL || code.length != 8)
        return true;
    run_extend(item, run);
    /* The run that is open may be one that a name printed into another: then it is said of that one, too. */
    if (run == item->runs->open && !run->view.interactive)
        other = earlier(item->runs, may_go_on);
    return take_message(item, run, code) && (other == NULL || take_message(item, other, code));
}
