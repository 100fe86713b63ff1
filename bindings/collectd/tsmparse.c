/* SPDX-License-Identifier: BSD-2-Clause
 * A collectd plugin: for each log, the verdict over the newest run of each schedule, as numbers.
 *
 *     LoadPlugin tsmparse
 *     <Plugin tsmparse>
 *       Log "node1" "/var/log/dsmsched.log"
 *     </Plugin>
 *
 * Values, all of type gauge, by type instance: verdict (0 complete, 1 exceptions, 2 incomplete, failed
 * or missed, 3 unknown, running or unreadable), false_success, schedules, inspected, backed_up, failed,
 * sent_bytes, and ended (local seconds of the newest end). A log that cannot be read has only its
 * verdict, 3, so that it is never taken for a good night. */
#include "collectd.h"
#include "plugin.h"

#include "../hosts/log.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define PLUGIN "tsmparse"

struct watched {
    char *name, *path;
};

static struct watched *logs;
static size_t log_count;

static int configure(oconfig_item_t *config)
{
    for (int i = 0; i < config->children_num; i++) {
        const oconfig_item_t *item = &config->children[i];
        if (strcasecmp(item->key, "Log") != 0 || item->values_num != 2 ||
            item->values[0].type != OCONFIG_TYPE_STRING ||
            item->values[1].type != OCONFIG_TYPE_STRING) {
            plugin_log(LOG_ERR, PLUGIN ": Log \"NAME\" \"FILE\" is wanted, not %s", item->key);
            return -1;
        }
        struct watched *more = realloc(logs, (log_count + 1) * sizeof *logs);
        if (more == NULL)
            return -1;
        logs = more;
        logs[log_count].name = strdup(item->values[0].value.string);
        logs[log_count].path = strdup(item->values[1].value.string);
        if (logs[log_count].name == NULL || logs[log_count].path == NULL)
            return -1;
        log_count++;
    }
    return 0;
}

static void submit(const char *name, const char *what, double number)
{
    value_t value = {.gauge = number};
    value_list_t list = VALUE_LIST_INIT;
    list.values = &value;
    list.values_len = 1;
    snprintf(list.plugin, sizeof list.plugin, "%s", PLUGIN);
    snprintf(list.plugin_instance, sizeof list.plugin_instance, "%s", name);
    snprintf(list.type, sizeof list.type, "gauge");
    snprintf(list.type_instance, sizeof list.type_instance, "%s", what);
    plugin_dispatch_values(&list);
}

static int read_logs(void)
{
    for (size_t i = 0; i < log_count; i++) {
        const char *name = logs[i].name;
        struct log_answer answer;
        char error[320];
        if (!log_check(logs[i].path, &answer, error, sizeof error)) {
            plugin_log(LOG_WARNING, PLUGIN ": %s: %s", logs[i].path, error);
            submit(name, "verdict", 3);
            continue;
        }
        submit(name, "verdict", log_exit_code(answer.verdict));
        submit(name, "false_success", (double)answer.false_successes);
        submit(name, "schedules", (double)answer.schedules);
        submit(name, "inspected", (double)answer.inspected);
        submit(name, "backed_up", (double)answer.backed_up);
        submit(name, "failed", (double)answer.failed);
        submit(name, "sent_bytes", (double)answer.sent_bytes);
        if (answer.ended >= 0)
            submit(name, "ended", (double)answer.ended);
    }
    return 0;
}

static int stop(void)
{
    for (size_t i = 0; i < log_count; i++) {
        free(logs[i].name);
        free(logs[i].path);
    }
    free(logs);
    logs = NULL;
    log_count = 0;
    return 0;
}

void module_register(void);
TSMP_API void module_register(void)
{
    plugin_register_complex_config(PLUGIN, configure);
    plugin_register_read(PLUGIN, read_logs);
    plugin_register_shutdown(PLUGIN, stop);
}
