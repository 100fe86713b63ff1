/* SPDX-License-Identifier: BSD-2-Clause
 * Which rules hold for a node and a schedule, and what the judge is told of them. A loaded policy is
 * only read here: any number of threads may. */
#include "policy.h"

#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { LONGEST_NAME = 255 };

/* Names of a log are hostile: one that holds a NUL or is longer than any name fits nothing. IBM's
 * names do not tell case. */
bool globs_fit(const struct globs *globs, tsmp_text name)
{
    char text[LONGEST_NAME + 1];
    if (globs->count == 0)
        return true;
    if (name.length > LONGEST_NAME || (name.length > 0 && memchr(name.bytes, '\0', (size_t)name.length) != NULL))
        return false;
    if (name.length > 0)
        memcpy(text, name.bytes, (size_t)name.length);
    text[name.length] = '\0';
    for (size_t i = 0; i < globs->count; i++)
        if (fnmatch(globs->items[i], text, FNM_NOESCAPE | FNM_CASEFOLD) == 0)
            return true;
    return false;
}

struct policy_rule policy_rule_of(const struct policy *policy, tsmp_text node, tsmp_text schedule)
{
    struct policy_rule all = {.proofs = 0};
    for (size_t i = 0; i < policy->rule_count; i++) {
        const struct policy_rule *rule = &policy->rules[i];
        if (!globs_fit(&rule->nodes, node) || !globs_fit(&rule->schedules, schedule))
            continue;
        all.gives |= rule->gives;
        if ((rule->gives & RULE_PROOFS) != 0)
            all.proofs = rule->proofs;
        if ((rule->gives & RULE_DOMAIN) != 0) {
            all.domain = rule->domain;
            all.domain_count = rule->domain_count;
        }
        if ((rule->gives & RULE_FRESH) != 0)
            all.fresh = rule->fresh;
        if ((rule->gives & RULE_LIMIT) != 0)
            all.limit = rule->limit;
        if ((rule->gives & RULE_ZONE) != 0)
            all.zone = rule->zone;
        if ((rule->gives & RULE_ORDER) != 0)
            all.date_order = rule->date_order;
        if ((rule->gives & RULE_DECIMAL) != 0)
            all.decimal = rule->decimal;
    }
    return all;
}

const struct zone *policy_zone_of(const struct policy *policy, tsmp_text node, tsmp_text schedule)
{
    const struct zone *zone = policy_rule_of(policy, node, schedule).zone;
    return zone != NULL ? zone : policy->zones[0];
}

static tsmp_text node_of(const struct options *options, tsmp_text node)
{
    return options->node != NULL ? (tsmp_text){options->node, strlen(options->node)} : node;
}

void policy_reader(const struct policy *policy, struct options *options)
{
    struct policy_rule rule = policy_rule_of(policy, node_of(options, (tsmp_text){"", 0}),
                                             (tsmp_text){"", 0});
    if (options->reader.date_order == 0)
        options->reader.date_order = rule.date_order;
    if (options->reader.decimal == 0)
        options->reader.decimal = rule.decimal;
}

/* The waivers that hold for this run; NULL with a count of 0 when there are none. */
static tsmp_waiver *waivers_of(const struct policy *policy, tsmp_text node, tsmp_text schedule,
                               uint64_t *count)
{
    tsmp_waiver *waivers = calloc(policy->harmless_count + 1, sizeof *waivers);
    *count = 0;
    for (size_t i = 0; waivers != NULL && i < policy->harmless_count; i++) {
        const struct policy_harmless *harmless = &policy->harmless[i];
        if (globs_fit(&harmless->nodes, node) && globs_fit(&harmless->schedules, schedule))
            waivers[(*count)++] = harmless->waiver;
    }
    return waivers;
}

bool policy_context(const struct options *options, const tsmp_run_view *run, tsmp_context *context,
                    void **memory)
{
    const struct policy *policy = options->policy;
    *memory = NULL;
    if (policy == NULL)
        return true;
    tsmp_text node = node_of(options, run->node);
    struct policy_rule rule = policy_rule_of(policy, node, run->schedule);
    tsmp_waiver *waivers = waivers_of(policy, node, run->schedule, &context->waiver_count);
    context->waivers = *memory = waivers;
    context->proofs |= rule.proofs;
    if (context->domain_count == 0) {
        context->domain = rule.domain;
        context->domain_count = rule.domain_count;
    }
    if (context->fresh <= 0)
        context->fresh = rule.fresh;
    context->limit = rule.limit;
    const struct zone *zone = rule.zone != NULL ? rule.zone : policy->zones[0];
    if (rule.limit > 0 && run->started != TSMP_NO_TIME) {
        /* The time that went by, also where the clock was set between: as if it had not been. */
        enum zone_kind kind;
        int64_t begun = zone_instant(zone, run->started / 1000000, false, &kind);
        context->now = run->started + (policy_now(options, zone) - begun) * 1000000;
    }
    return waivers != NULL;
}

/* ---- moments --------------------------------------------------------------------------------------------- */

static bool digits(const char **text, int count, int *number)
{
    *number = 0;
    for (; count > 0; count--, (*text)++) {
        if (**text < '0' || **text > '9')
            return false;
        *number = *number * 10 + **text - '0';
    }
    return true;
}

static bool sign(const char **text, char wanted)
{
    return **text == wanted && *(*text)++ != '\0';
}

/* "Z", "+01:00"; false where it is neither. */
static bool read_offset(const char *text, int64_t *offset)
{
    int hours, minutes, way = text[0] == '-' ? -1 : 1;
    *offset = 0;
    if (strcmp(text, "Z") == 0)
        return true;
    if (*text != '+' && *text != '-')
        return false;
    text++;
    if (!digits(&text, 2, &hours) || !sign(&text, ':') || !digits(&text, 2, &minutes) || *text != '\0')
        return false;
    *offset = way * (hours * 3600 + minutes * 60);
    return true;
}

bool policy_moment(const char *text, const struct zone *zone, int64_t *instant)
{
    struct tm parts = {.tm_isdst = 0}, made;
    if (!digits(&text, 4, &parts.tm_year) || !sign(&text, '-') || !digits(&text, 2, &parts.tm_mon) ||
        !sign(&text, '-') || !digits(&text, 2, &parts.tm_mday) ||
        (*text != 'T' && *text != ' ') || !digits((text++, &text), 2, &parts.tm_hour) ||
        !sign(&text, ':') || !digits(&text, 2, &parts.tm_min) ||
        (sign(&text, ':') && !digits(&text, 2, &parts.tm_sec)))
        return false;
    parts.tm_year -= 1900;
    parts.tm_mon--;
    made = parts;
    int64_t local = (int64_t)timegm(&made), offset;
    /* What is in no calendar comes back as another day. */
    if (made.tm_mday != parts.tm_mday || made.tm_mon != parts.tm_mon || made.tm_hour != parts.tm_hour ||
        made.tm_min != parts.tm_min || made.tm_sec != parts.tm_sec || parts.tm_year < 70)
        return false;
    enum zone_kind kind;
    if (*text == '\0')
        *instant = zone != NULL ? zone_instant(zone, local, true, &kind) : local;
    else if (read_offset(text, &offset))
        *instant = local - offset;
    else
        return false;
    return true;
}

int64_t policy_now(const struct options *options, const struct zone *zone)
{
    int64_t instant;
    if (options->at != NULL && policy_moment(options->at, zone, &instant))
        return instant;
    return (int64_t)time(NULL);
}

int64_t policy_local_now(const struct options *options)
{
    int64_t instant;
    if (options->policy == NULL) {
        if (options->at != NULL && policy_moment(options->at, NULL, &instant))
            return instant * 1000000;
        time_t now = time(NULL);
        struct tm parts;
        return localtime_r(&now, &parts) != NULL ? (int64_t)timegm(&parts) * 1000000 : 0;
    }
    const struct zone *zone = policy_zone_of(options->policy, node_of(options, (tsmp_text){"", 0}),
                                             (tsmp_text){"", 0});
    return zone_local(zone, policy_now(options, zone)) * 1000000;
}
