/* SPDX-License-Identifier: BSD-2-Clause
 * A policy's tables. All mistakes of a file are looked for, not only the first. */
#include "policy.h"
#include "source.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum { LARGEST = 1024 * 1024, WINDOW = 3600 };

static bool read_file(struct policy_reading *reading, char **bytes, size_t *length)
{
    FILE *file = fopen(reading->policy->path, "rb");
    *bytes = malloc(LARGEST + 1);
    *length = 0;
    if (file == NULL || *bytes == NULL) {
        policy_wrong(reading, 0, 0, "%s", file == NULL ? source_why_not(errno) : "no memory");
    } else {
        *length = fread(*bytes, 1, LARGEST + 1, file);
        if (ferror(file))
            policy_wrong(reading, 0, 0, "%s", errno == EISDIR ? "this is a directory; name the file in it" : strerror(errno));
        else if (*length > LARGEST)
            policy_wrong(reading, 0, 0, "it is larger than 1 MB, which no policy is");
    }
    if (file != NULL)
        fclose(file);
    return reading->mistakes == 0;
}

/* The tables of an array [[name]]; their number. */
static const struct toml_node *tables(struct policy_reading *reading, const char *name, size_t *count)
{
    const struct toml_node *node = policy_find(reading->root, name);
    *count = 0;
    if (node == NULL)
        return NULL;
    bool good = node->type == TOML_ARRAY;
    for (size_t i = 0; good && i < node->count; i++)
        good = node->children[i].type == TOML_TABLE;
    if (!good) {
        policy_wrong(reading, node->line, node->column, "'%s' must be written as [[%s]]", name, name);
        return NULL;
    }
    *count = node->count;
    return node->children;
}

/* ---- rules --------------------------------------------------------------------------------------------- */

static void read_rule(struct policy_reading *reading, const struct toml_node *table,
                      struct policy_rule *rule)
{
    static const char *const orders[] = {"mdy", "dmy", "ymd", NULL};
    static const char *const decimals[] = {"point", "comma", "comma_both", NULL};
    const struct toml_node *node;
    rule->line = table->line;
    if ((node = policy_find(table, "nodes")) != NULL)
        policy_globs(reading, node, &rule->nodes);
    if ((node = policy_find(table, "schedules")) != NULL)
        policy_globs(reading, node, &rule->schedules);
    if ((node = policy_find(table, "proofs")) != NULL &&
        policy_proofs(reading, node, &rule->proofs))
        rule->gives |= RULE_PROOFS;
    if ((node = policy_find(table, "domain")) != NULL &&
        policy_domain(reading, node, &rule->domain, &rule->domain_count))
        rule->gives |= RULE_DOMAIN;
    if ((node = policy_find(table, "fresh")) != NULL && policy_duration(reading, node, &rule->fresh))
        rule->gives |= RULE_FRESH;
    if ((node = policy_find(table, "too_long")) != NULL &&
        policy_duration(reading, node, &rule->limit))
        rule->gives |= RULE_LIMIT;
    if ((node = policy_find(table, "zone")) != NULL && policy_zone(reading, node, &rule->zone))
        rule->gives |= RULE_ZONE;
    if ((node = policy_find(table, "date_order")) != NULL) {
        int order = policy_word(reading, node, orders);
        rule->date_order = order < 0 ? 0 : 1u << order;
        rule->gives |= RULE_ORDER;
    }
    if ((node = policy_find(table, "decimal")) != NULL) {
        rule->decimal = (uint32_t)(policy_word(reading, node, decimals) + 1);
        rule->gives |= RULE_DECIMAL;
    }
}

static void read_rules(struct policy_reading *reading)
{
    static const char *const defaults_keys[] = {"proofs", "domain", "fresh", "too_long", "zone",
                                                "date_order", "decimal", NULL};
    static const char *const rule_keys[] = {"nodes", "schedules", "proofs", "domain", "fresh",
                                            "too_long", "zone", "date_order", "decimal", NULL};
    struct policy *policy = reading->policy;
    const struct toml_node *defaults = policy_find(reading->root, "defaults");
    size_t count;
    const struct toml_node *rules = tables(reading, "rule", &count);
    policy->rules = calloc(count + 1, sizeof *policy->rules);
    if (policy->rules == NULL) {
        reading->no_memory = true;
        return;
    }
    if (defaults != NULL && defaults->type != TOML_TABLE) {
        policy_wrong(reading, defaults->line, defaults->column, "'defaults' must be written as [defaults]");
    } else if (defaults != NULL) {
        policy_check_keys(reading, defaults, "[defaults]", defaults_keys);
        read_rule(reading, defaults, &policy->rules[policy->rule_count++]);
    }
    for (size_t i = 0; i < count; i++) {
        policy_check_keys(reading, &rules[i], "[[rule]]", rule_keys);
        read_rule(reading, &rules[i], &policy->rules[policy->rule_count++]);
        if (policy->rules[policy->rule_count - 1].gives == 0)
            policy_wrong(reading, rules[i].line, rules[i].column, "this rule asks for nothing");
    }
}

/* ---- messages known to be harmless --------------------------------------------------------------------- */

static bool is_code(const char *text)
{
    bool good = strlen(text) == 8 && strncmp(text, "ANS", 3) == 0;
    for (int i = 3; good && i < 7; i++)
        good = text[i] >= '0' && text[i] <= '9';
    return good && text[7] >= 'A' && text[7] <= 'Z';
}

static const struct toml_node *required(struct policy_reading *reading, const struct toml_node *table,
                                        const char *what, const char *key)
{
    const struct toml_node *node = policy_find(table, key);
    if (node == NULL)
        policy_wrong(reading, table->line, table->column, "%s needs the key '%s'", what, key);
    return node;
}

static void read_harmless(struct policy_reading *reading, const struct toml_node *table,
                          struct policy_harmless *harmless)
{
    static const char *const keys[] = {"code", "object", "volume", "nodes", "schedules", "reason",
                                       "until", NULL};
    static const char what[] = "[[harmless]]";
    const struct toml_node *node, *volume = policy_find(table, "volume");
    const char *text = "";
    tsmp_waiver *waiver = &harmless->waiver;
    policy_check_keys(reading, table, what, keys);
    harmless->line = table->line;
    if ((node = required(reading, table, what, "code")) != NULL && policy_text(reading, node, &text)) {
        waiver->code = (tsmp_text){text, strlen(text)};
        if (!is_code(text))
            policy_wrong(reading, node->line, node->column, "'code' is a client's message, as \"ANS4037E\"");
    }
    if ((node = required(reading, table, what, "reason")) != NULL && policy_text(reading, node, &text))
        waiver->reason = (tsmp_text){text, strlen(text)};
    if ((node = required(reading, table, what, "until")) != NULL)
        policy_until(reading, node, &waiver->until);
    if ((node = policy_find(table, "object")) != NULL && policy_text(reading, node, &text))
        waiver->object = (tsmp_text){text, strlen(text)};
    if (volume != NULL && node != NULL) {
        policy_wrong(reading, volume->key_line, volume->key_column, "'object' and 'volume' exclude each other");
    } else if (volume != NULL && policy_text(reading, volume, &text)) {
        waiver->object = (tsmp_text){text, strlen(text)};
        waiver->flags = TSMP_WAIVER_VOLUME;
    }
    if ((node = policy_find(table, "nodes")) != NULL)
        policy_globs(reading, node, &harmless->nodes);
    if ((node = policy_find(table, "schedules")) != NULL)
        policy_globs(reading, node, &harmless->schedules);
}

/* ---- schedules ----------------------------------------------------------------------------------------- */

static void read_start(struct policy_reading *reading, const struct toml_node *table,
                       struct policy_schedule *schedule)
{
    const struct toml_node *start = policy_find(table, "start"), *cron = policy_find(table, "cron");
    const struct toml_node *days = policy_find(table, "days");
    if ((start == NULL) == (cron == NULL)) {
        policy_wrong(reading, table->line, table->column,
                     "[[schedule]] needs 'start' or 'cron', one of them");
        return;
    }
    if (!policy_text(reading, start != NULL ? start : cron, &schedule->text))
        return;
    size_t at = 0;
    const char *why = "";
    if (cron != NULL && !cron_read(&schedule->cron, schedule->text, &at, &why))
        policy_wrong(reading, cron->line, cron->column + 1 + (unsigned)at, "'cron': %s", why);
    if (start != NULL && !cron_daily(&schedule->cron, schedule->text))
        policy_wrong(reading, start->line, start->column, "'start' is a time of day, as \"22:00\"");
    if (days == NULL)
        return;
    if (cron != NULL) {
        policy_wrong(reading, days->key_line, days->key_column, "'days' goes with 'start', not with 'cron'");
        return;
    }
    struct globs words = {0};
    schedule->cron.weekdays = 0;
    if (policy_globs(reading, days, &words))
        for (size_t i = 0; i < words.count; i++) {
            int day = cron_weekday(words.items[i], strlen(words.items[i]));
            if (day < 0)
                policy_wrong(reading, days->line, days->column, "there is no day '%.60s'; days are mon to sun",
                             words.items[i]);
            else
                schedule->cron.weekdays |= 1u << day;
        }
    schedule->cron.any_weekday = false;
    free(words.items);
}

static void read_schedule(struct policy_reading *reading, const struct toml_node *table,
                          struct policy_schedule *schedule)
{
    static const char *const keys[] = {"name", "nodes", "start", "days", "cron", "window", "zone", NULL};
    const struct toml_node *node;
    policy_check_keys(reading, table, "[[schedule]]", keys);
    schedule->line = table->line;
    schedule->name = "";
    schedule->window = WINDOW;
    if ((node = required(reading, table, "[[schedule]]", "name")) != NULL)
        policy_text(reading, node, &schedule->name);
    if ((node = policy_find(table, "nodes")) != NULL)
        policy_globs(reading, node, &schedule->nodes);
    if ((node = policy_find(table, "window")) != NULL)
        policy_duration(reading, node, &schedule->window);
    if ((node = policy_find(table, "zone")) != NULL)
        policy_zone(reading, node, &schedule->zone);
    read_start(reading, table, schedule);
}

/* ---- the file ------------------------------------------------------------------------------------------ */

static void read_tables(struct policy_reading *reading)
{
    static const char *const keys[] = {"defaults", "rule", "harmless", "schedule", NULL};
    struct policy *policy = reading->policy;
    size_t harmless_count, schedule_count;
    policy_check_keys(reading, reading->root, "a policy", keys);
    read_rules(reading);
    const struct toml_node *harmless = tables(reading, "harmless", &harmless_count);
    const struct toml_node *schedules = tables(reading, "schedule", &schedule_count);
    policy->harmless = calloc(harmless_count + 1, sizeof *policy->harmless);
    policy->schedules = calloc(schedule_count + 1, sizeof *policy->schedules);
    if (policy->harmless == NULL || policy->schedules == NULL) {
        reading->no_memory = true;
        return;
    }
    while (policy->harmless_count < harmless_count) {
        size_t i = policy->harmless_count++;
        read_harmless(reading, &harmless[i], &policy->harmless[i]);
    }
    while (policy->schedule_count < schedule_count) {
        size_t i = policy->schedule_count++;
        read_schedule(reading, &schedules[i], &policy->schedules[i]);
    }
}

bool policy_load(struct policy *policy, const char *path, int64_t begin, int64_t end)
{
    *policy = (struct policy){.path = path, .begin = begin, .end = end};
    struct policy_reading reading = {.policy = policy};
    struct toml_failure failure;
    char *bytes;
    size_t length;
    if (!toml_is_there()) {
        toml_free(toml_read("", 0, &failure));
        return policy_wrong(&reading, 0, 0, "%s", failure.message);
    }
    if (read_file(&reading, &bytes, &length)) {
        policy->root = toml_read(bytes, length, &failure);
        if (policy->root == NULL)
            policy_wrong(&reading, failure.line, failure.column, "%s", failure.message);
    }
    free(bytes);
    policy->zones = calloc(1, sizeof *policy->zones);
    if (policy->zones != NULL && (policy->zones[0] = zone_load(NULL, begin, end)) != NULL)
        policy->zone_count = 1;
    reading.no_memory |= policy->zone_count == 0;
    reading.root = policy->root;
    if (policy->root != NULL && !reading.no_memory)
        read_tables(&reading);
    if (reading.no_memory)
        policy_wrong(&reading, 0, 0, "no memory");
    if (reading.mistakes == 0)
        return true;
    policy_free(policy);
    return false;
}

static void globs_free(struct globs *globs)
{
    free(globs->items);
}

void policy_free(struct policy *policy)
{
    for (size_t i = 0; i < policy->rule_count; i++) {
        globs_free(&policy->rules[i].nodes);
        globs_free(&policy->rules[i].schedules);
        free(policy->rules[i].domain);
    }
    for (size_t i = 0; i < policy->harmless_count; i++) {
        globs_free(&policy->harmless[i].nodes);
        globs_free(&policy->harmless[i].schedules);
    }
    for (size_t i = 0; i < policy->schedule_count; i++)
        globs_free(&policy->schedules[i].nodes);
    for (size_t i = 0; i < policy->zone_count; i++)
        zone_free(policy->zones[i]);
    free(policy->rules);
    free(policy->harmless);
    free(policy->schedules);
    free(policy->zones);
    toml_free(policy->root);
    *policy = (struct policy){0};
}
