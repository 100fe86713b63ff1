/* SPDX-License-Identifier: GPL-2.0-or-later
 * What a loadable module of the Zabbix agent and the agent hand each other, as the agent's manual on
 * loadable modules tells it (API version 2, agents 5.0 to 6.0). Names are our own. */
#ifndef TSM_ZABBIX_MODULE_H
#define TSM_ZABBIX_MODULE_H

#include <stdint.h>

enum { MODULE_API = 2, METRIC_PARAMETERS = 1, ITEM_OK = 0, ITEM_FAIL = 1,
       RESULT_NUMBER = 1, RESULT_STRING = 4, RESULT_MESSAGE = 32 };

struct agent_request {
    char *key;
    int count;
    char **parameters;
    uint64_t log_size;
    int log_time;
};

struct agent_result {
    uint64_t log_size;
    uint64_t number;
    double floating;
    char *string, *text, *message; /* from malloc; the agent frees them */
    void *log;
    int type; /* set of RESULT_... */
    int log_time;
};

struct agent_metric {
    const char *key;
    unsigned flags;
    int (*function)(struct agent_request *, struct agent_result *);
    const char *test_parameters;
};

int zbx_module_api_version(void);
int zbx_module_init(void);
struct agent_metric *zbx_module_item_list(void);
void zbx_module_item_timeout(int timeout);
int zbx_module_uninit(void);

#endif
