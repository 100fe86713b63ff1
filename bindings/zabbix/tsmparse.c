/* SPDX-License-Identifier: GPL-2.0-or-later
 * A module of the Zabbix agent (6.0). See README.md for the licence.
 *
 *     tsm.verdict[FILE]        complete, exceptions, incomplete, failed, running, missed, unknown
 *     tsm.status[FILE]         0 complete, 1 exceptions, 2 incomplete, failed or missed, 3 the rest
 *     tsm.number[FILE,WHAT]    false_success, schedules, inspected, backed_up, failed, sent_bytes
 *
 * over the newest run of each schedule. A log that cannot be read makes the item unsupported. */
#include "module.h"

#include "../hosts/log.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int refuse(struct agent_result *result, const char *text)
{
    result->message = strdup(text); /* the agent frees it */
    result->type |= RESULT_MESSAGE;
    return ITEM_FAIL;
}

static bool ask(const struct agent_request *request, int parameters, struct log_answer *answer,
                struct agent_result *result)
{
    char error[320];
    if (request->count != parameters || request->parameters[0][0] == '\0') {
        refuse(result, parameters == 1 ? "one parameter is wanted: the log"
                                       : "two parameters are wanted: the log, and what of it");
        return false;
    }
    if (log_check(request->parameters[0], answer, error, sizeof error))
        return true;
    refuse(result, error);
    return false;
}

static int verdict(struct agent_request *request, struct agent_result *result)
{
    struct log_answer answer;
    if (!ask(request, 1, &answer, result))
        return ITEM_FAIL;
    result->string = strdup(tsmp_name("verdict", answer.verdict));
    if (result->string == NULL)
        return ITEM_FAIL;
    result->type |= RESULT_STRING;
    return ITEM_OK;
}

static int status(struct agent_request *request, struct agent_result *result)
{
    struct log_answer answer;
    if (!ask(request, 1, &answer, result))
        return ITEM_FAIL;
    result->number = (uint64_t)log_exit_code(answer.verdict);
    result->type |= RESULT_NUMBER;
    return ITEM_OK;
}

static int number(struct agent_request *request, struct agent_result *result)
{
    struct log_answer answer;
    if (!ask(request, 2, &answer, result))
        return ITEM_FAIL;
    const struct {
        const char *name;
        uint64_t value;
    } values[] = {{"false_success", answer.false_successes}, {"schedules", answer.schedules},
                  {"inspected", answer.inspected}, {"backed_up", answer.backed_up},
                  {"failed", answer.failed}, {"sent_bytes", answer.sent_bytes}};
    for (size_t i = 0; i < sizeof values / sizeof *values; i++) {
        if (strcmp(values[i].name, request->parameters[1]) != 0)
            continue;
        result->number = values[i].value;
        result->type |= RESULT_NUMBER;
        return ITEM_OK;
    }
    return refuse(result, "the second parameter must be false_success, schedules, inspected, "
                          "backed_up, failed or sent_bytes");
}

static struct agent_metric metrics[] = {
    {"tsm.verdict", METRIC_PARAMETERS, verdict, NULL},
    {"tsm.status", METRIC_PARAMETERS, status, NULL},
    {"tsm.number", METRIC_PARAMETERS, number, NULL},
    {NULL, 0, NULL, NULL}};

TSMP_API int zbx_module_api_version(void)
{
    return MODULE_API;
}

TSMP_API int zbx_module_init(void)
{
    return tsmp_abi_version() == TSMP_ABI_VERSION ? 0 : -1;
}

TSMP_API struct agent_metric *zbx_module_item_list(void)
{
    return metrics;
}

TSMP_API void zbx_module_item_timeout(int timeout)
{
    (void)timeout;
}

TSMP_API int zbx_module_uninit(void)
{
    return 0;
}
