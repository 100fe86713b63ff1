/* SPDX-License-Identifier: BSD-2-Clause
 * The values of a policy's keys: each is checked, and what is wrong is said with its place. */
#include "policy.h"

#include "cron.h"

#include <math.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

enum { MISTAKES = 20, LONGEST = 60 };

static const char *const type_names[] = {"a table", "an array", "a text", "a number", "a number",
                                         "true or false", "a date", "a time"};

bool policy_wrong(struct policy_reading *reading, unsigned line, unsigned column, const char *format,
                  ...)
{
    if (reading->mistakes++ >= MISTAKES)
        return false;
    char message[400];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(message, sizeof message, format, arguments);
    va_end(arguments);
    /* With a place it is as editors read it. */
    fputs(line > 0 ? "" : "tsmparse: ", stderr);
    print_safe(stderr, reading->policy->path, strlen(reading->policy->path), SIZE_MAX);
    if (line > 0)
        fprintf(stderr, ":%u:%u", line, column);
    fputs(": ", stderr);
    print_safe(stderr, message, strlen(message), SIZE_MAX);
    putc('\n', stderr);
    return false;
}

static bool mistyped(struct policy_reading *reading, const struct toml_node *node, const char *wanted)
{
    return policy_wrong(reading, node->line, node->column, "'%.*s' must be %s, not %s", LONGEST,
                        node->key != NULL ? node->key : "a member", wanted, type_names[node->type]);
}

/* ---- keys ---------------------------------------------------------------------------------------------- */

const char *policy_nearest(const char *key, const char *const *known)
{
    const char *best = known[0];
    size_t least = SIZE_MAX;
    for (; *known != NULL; known++) {
        size_t distance = letters_apart(key, strlen(key), *known);
        if (distance < least) {
            least = distance;
            best = *known;
        }
    }
    return best;
}

void policy_check_keys(struct policy_reading *reading, const struct toml_node *table, const char *what,
                       const char *const *known)
{
    for (size_t i = 0; i < table->count; i++) {
        const struct toml_node *member = &table->children[i];
        bool found = false;
        for (size_t k = 0; known[k] != NULL && !found; k++)
            found = strcmp(member->key, known[k]) == 0;
        if (!found)
            policy_wrong(reading, member->key_line, member->key_column,
                         "%s has no key '%.*s'; the nearest is '%s'", what, LONGEST, member->key,
                         policy_nearest(member->key, known));
    }
}

const struct toml_node *policy_find(const struct toml_node *table, const char *key)
{
    for (size_t i = 0; i < table->count; i++)
        if (strcmp(table->children[i].key, key) == 0)
            return &table->children[i];
    return NULL;
}

/* ---- texts ---------------------------------------------------------------------------------------------- */

bool policy_text(struct policy_reading *reading, const struct toml_node *node, const char **to)
{
    if (node->type != TOML_STRING)
        return mistyped(reading, node, "a text in quotes");
    if (node->text[strspn(node->text, " \t")] == '\0')
        return policy_wrong(reading, node->line, node->column, "'%s' is empty",
                            node->key != NULL ? node->key : "a member");
    *to = node->text;
    return true;
}

/* Texts of a text or an array of texts, one after the other. */
static const struct toml_node *members(const struct toml_node *node, size_t *count)
{
    *count = node->type == TOML_ARRAY ? node->count : 1;
    return node->type == TOML_ARRAY ? node->children : node;
}

bool policy_globs(struct policy_reading *reading, const struct toml_node *node, struct globs *to)
{
    size_t count;
    const struct toml_node *items = members(node, &count);
    if (node->type != TOML_ARRAY && node->type != TOML_STRING)
        return mistyped(reading, node, "a text in quotes, or an array of them");
    if (count == 0)
        return policy_wrong(reading, node->line, node->column, "'%s' names nothing", node->key);
    to->items = calloc(count, sizeof *to->items);
    if (to->items == NULL)
        return !(reading->no_memory = true);
    for (; to->count < count; to->count++)
        if (!policy_text(reading, &items[to->count], &to->items[to->count]))
            return false;
    return true;
}

int policy_word(struct policy_reading *reading, const struct toml_node *node, const char *const *words)
{
    const char *text = "";
    if (!policy_text(reading, node, &text))
        return -1;
    char list[200] = "";
    for (int i = 0; words[i] != NULL; i++) {
        if (strcmp(text, words[i]) == 0)
            return i;
        snprintf(list + strlen(list), sizeof list - strlen(list), " %s", words[i]);
    }
    policy_wrong(reading, node->line, node->column, "there is no '%.*s'; it is one of%s", LONGEST, text,
                 list);
    return -1;
}

bool policy_proofs(struct policy_reading *reading, const struct toml_node *node, uint32_t *to)
{
    const char *words[33] = {NULL};
    uint32_t bits[32];
    int known = 0;
    for (uint32_t bit = 1; bit != 0; bit <<= 1)
        if (tsmp_name("proof", bit) != NULL) {
            bits[known] = bit;
            words[known++] = tsmp_name("proof", bit);
        }
    if (node->type != TOML_ARRAY)
        return mistyped(reading, node, "an array of proofs");
    *to = 0;
    for (size_t i = 0; i < node->count; i++) {
        int word = policy_word(reading, &node->children[i], words);
        if (word < 0)
            return false;
        *to |= bits[word];
    }
    return *to != 0 || policy_wrong(reading, node->line, node->column,
                                    "'proofs' asks for nothing: then any run would be good");
}

bool policy_domain(struct policy_reading *reading, const struct toml_node *node, tsmp_text **to,
                   size_t *count)
{
    struct globs words = {0};
    bool good = policy_globs(reading, node, &words);
    *to = good ? calloc(words.count, sizeof **to) : NULL;
    *count = *to != NULL ? words.count : 0;
    for (size_t i = 0; i < *count; i++)
        (*to)[i] = (tsmp_text){words.items[i], strlen(words.items[i])};
    reading->no_memory |= good && *to == NULL;
    free(words.items);
    return *to != NULL;
}

/* ---- times ---------------------------------------------------------------------------------------------- */

static bool read_duration(const char *text, int64_t *seconds)
{
    *seconds = 0;
    if (*text == '\0')
        return false;
    while (*text != '\0') {
        char *end;
        if (*text < '0' || *text > '9')
            return false;
        long long number = strtoll(text, &end, 10);
        int64_t unit = *end == 'd' ? 86400 : *end == 'h' ? 3600 : *end == 'm' ? 60 : *end == 's' ? 1 : 0;
        if (unit == 0 || number > 100000)
            return false;
        *seconds += number * unit;
        text = end + 1;
    }
    return true;
}

bool policy_duration(struct policy_reading *reading, const struct toml_node *node, int64_t *seconds)
{
    bool good = false;
    *seconds = 0;
    if (node->type == TOML_INTEGER) {
        good = node->integer > 0 && node->integer <= 100000;
        *seconds = good ? node->integer * 3600 : 0;
    } else if (node->type == TOML_REAL) {
        good = node->real > 0 && node->real <= 100000; /* also not for NaN */
        *seconds = good ? (int64_t)(node->real * 3600) : 0;
    } else if (node->type == TOML_STRING) {
        good = read_duration(node->text, seconds);
    } else {
        return mistyped(reading, node, "hours, or a text as \"90m\"");
    }
    if (good && *seconds > 0 && *seconds <= INT64_C(366) * 86400)
        return true;
    return policy_wrong(reading, node->line, node->column,
                        "'%s' must be hours over 0, or a text as \"90m\", \"4h\" or \"1h30m\", up to a year",
                        node->key);
}

bool policy_until(struct policy_reading *reading, const struct toml_node *node, int64_t *to)
{
    if (node->type != TOML_DATE)
        return mistyped(reading, node, "a date without quotes, as 2027-03-31");
    if (node->year < 1971)
        return policy_wrong(reading, node->line, node->column, "'until' is before all logs");
    int64_t year = node->month > 2 ? node->year : node->year - 1;
    int64_t month = node->month > 2 ? node->month - 3 : node->month + 9;
    int64_t day = year * 365 + year / 4 - year / 100 + year / 400 + (153 * month + 2) / 5 +
                  node->day - 1 - 719468;
    *to = (day + 1) * INT64_C(86400000000) - 1;
    return true;
}

bool policy_zone(struct policy_reading *reading, const struct toml_node *node, const struct zone **to)
{
    struct policy *policy = reading->policy;
    const char *name = "";
    if (!policy_text(reading, node, &name))
        return false;
    for (size_t i = 1; i < policy->zone_count; i++)
        if (strcmp(policy->zones[i]->name, name) == 0) {
            *to = policy->zones[i];
            return true;
        }
    struct zone **bigger = realloc(policy->zones, (policy->zone_count + 1) * sizeof *bigger);
    if (bigger == NULL)
        return !(reading->no_memory = true);
    policy->zones = bigger;
    struct zone *zone = zone_load(name, policy->begin, policy->end);
    if (zone == NULL)
        return policy_wrong(reading, node->line, node->column,
                            "this machine knows no time zone '%.*s' (IANA names, as Europe/Berlin; is "
                            "tzdata installed?)", LONGEST, name);
    policy->zones[policy->zone_count++] = zone;
    *to = zone;
    return true;
}
