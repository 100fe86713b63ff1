/* SPDX-License-Identifier: BSD-2-Clause
 * tsmparse policy: is the file good, what holds for a node and a schedule, and when runs are expected. */
#include "policy.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define DAY INT64_C(86400)
enum { MOST_STARTS = 1000, NAME = 80 };

/* ---- what other verbs need of it ------------------------------------------------------------------------ */

bool take_at(struct options *options, const char *value)
{
    int64_t instant;
    if (!policy_moment(value, NULL, &instant))
        return wrong("--at takes a moment as 2026-03-29T04:00:00, not ", value);
    options->at = value;
    return true;
}

static struct policy loaded;

/* Zones are known for the years in which logs may have been written. */
static bool open_at(struct options *options, const char *path, int64_t ahead)
{
    int64_t now = policy_now(options, NULL);
    if (!policy_load(&loaded, path, now - 3660 * DAY, now + ahead))
        return false;
    options->policy = &loaded;
    return true;
}

bool policy_open(struct options *options)
{
    if (options->policy_path == NULL)
        return true;
    if (!open_at(options, options->policy_path, 400 * DAY))
        return false;
    policy_reader(&loaded, options);
    return true;
}

void policy_close(struct options *options)
{
    if (options->policy != NULL)
        policy_free(&loaded);
    options->policy = NULL;
}

/* ---- the report ------------------------------------------------------------------------------------------ */

struct question {
    struct options *options;
    const char *node, *schedule;
    long next;
};

static tsmp_text text_of(const char *string)
{
    return (tsmp_text){string, strlen(string)};
}

static bool is_over(const struct policy_harmless *harmless, int64_t local)
{
    return harmless->waiver.until < local * 1000000;
}

static size_t over_count(int64_t local)
{
    size_t count = 0;
    for (size_t i = 0; i < loaded.harmless_count; i++)
        count += is_over(&loaded.harmless[i], local);
    return count;
}

static void print_word(tsmp_text text)
{
    print_safe(stdout, text.bytes, (size_t)text.length, NAME);
}

static void print_day(int64_t time)
{
    char text[32] = "";
    FILE *out = fmemopen(text, sizeof text, "w");
    if (out == NULL)
        return;
    print_time(out, time, true, false);
    fclose(out);
    printf("%.10s", text);
}

static void print_duration(int64_t seconds)
{
    if (seconds % 3600 == 0)
        printf("%" PRId64 " h", seconds / 3600);
    else
        printf("%" PRId64 " h %" PRId64 " min", seconds / 3600, seconds % 3600 / 60);
}

static void text_rule(const struct policy_rule *rule)
{
    fputs("  proofs    ", stdout);
    if ((rule->gives & RULE_PROOFS) == 0)
        fputs("closed volumes summary (not said)", stdout);
    for (uint32_t bit = 1; bit != 0; bit <<= 1)
        if ((rule->proofs & bit) != 0)
            printf("%s ", tsmp_name("proof", bit));
    fputs("\n  domain    ", stdout);
    for (size_t i = 0; i < rule->domain_count; i++) {
        print_word(rule->domain[i]);
        putchar(' ');
    }
    puts(rule->domain_count == 0 ? "as the log says" : "");
    fputs("  fresh     ", stdout);
    print_duration(rule->fresh > 0 ? rule->fresh : DAY);
    puts(rule->fresh > 0 ? "" : " (not said)");
    fputs("  too_long  ", stdout);
    if (rule->limit > 0)
        print_duration(rule->limit);
    puts(rule->limit > 0 ? "" : "no limit");
    printf("  zone      %s\n", rule->zone != NULL ? rule->zone->name : "this machine's");
}

static void text_harmless(const struct policy_harmless *harmless, int64_t local)
{
    const tsmp_waiver *waiver = &harmless->waiver;
    fputs("  harmless  ", stdout);
    print_word(waiver->code);
    if (waiver->object.length > 0) {
        fputs((waiver->flags & TSMP_WAIVER_VOLUME) != 0 ? " volume '" : " '", stdout);
        print_word(waiver->object);
        putchar('\'');
    }
    fputs(is_over(harmless, local) ? " is over, it held until " : " until ", stdout);
    print_day(waiver->until);
    fputs(": ", stdout);
    print_safe(stdout, waiver->reason.bytes, (size_t)waiver->reason.length, SIZE_MAX);
    printf(" (line %u)\n", harmless->line);
}

static const char *kind_note(enum zone_kind kind)
{
    return kind == ZONE_GAP     ? "the clock skips this time: it is when the clock is set forward"
           : kind == ZONE_TWICE ? "the clock shows this time twice: it is the first"
                                : NULL;
}

static void text_start(const struct policy_schedule *schedule, const struct zone *zone,
                       const struct start *start)
{
    fputs("  ", stdout);
    print_time(stdout, start->local * 1000000, true, false);
    fputs("  ", stdout);
    print_word(text_of(schedule->name));
    fputs(", starts until ", stdout);
    print_time(stdout, zone_local(zone, start->instant + schedule->window) * 1000000, true, false);
    if (kind_note(start->kind) != NULL)
        printf(" (%s)", kind_note(start->kind));
    putchar('\n');
}

static void json_text(const char *key, const char *value)
{
    if (value == NULL)
        printf("\"%s\":null", key);
    else
        print_json_pair(stdout, key, value, strlen(value));
}

static void json_rule(const struct policy_rule *rule)
{
    const char *comma = "";
    fputs("\"proofs\":[", stdout);
    for (uint32_t bit = 1; bit != 0; bit <<= 1) {
        uint32_t proofs = (rule->gives & RULE_PROOFS) != 0 ? rule->proofs : 7;
        if ((proofs & bit) == 0)
            continue;
        printf("%s\"%s\"", comma, tsmp_name("proof", bit));
        comma = ",";
    }
    fputs("],\"domain\":[", stdout);
    for (size_t i = 0; i < rule->domain_count; i++) {
        fputs(i > 0 ? "," : "", stdout);
        print_json(stdout, rule->domain[i].bytes, (size_t)rule->domain[i].length);
    }
    printf("],\"fresh\":%" PRId64 ",\"too_long\":", rule->fresh > 0 ? rule->fresh : DAY);
    if (rule->limit > 0)
        printf("%" PRId64 ",", rule->limit);
    else
        fputs("null,", stdout);
    json_text("zone", rule->zone != NULL ? rule->zone->name : NULL);
}

static void json_harmless(const struct policy_harmless *harmless, int64_t local, const char *comma)
{
    const tsmp_waiver *waiver = &harmless->waiver;
    bool volume = (waiver->flags & TSMP_WAIVER_VOLUME) != 0;
    printf("%s{\"line\":%u,", comma, harmless->line);
    json_text("code", waiver->code.bytes);
    putchar(',');
    json_text("object", !volume && waiver->object.length > 0 ? waiver->object.bytes : NULL);
    putchar(',');
    json_text("volume", volume ? waiver->object.bytes : NULL);
    putchar(',');
    json_text("reason", waiver->reason.bytes);
    fputs(",\"until\":\"", stdout);
    print_day(waiver->until);
    printf("\",\"over\":%s}", is_over(harmless, local) ? "true" : "false");
}

static void json_start(const struct policy_schedule *schedule, const struct zone *zone,
                       const struct start *start, const char *comma)
{
    static const char *const kinds[] = {"once", "gap", "twice"};
    fputs(comma, stdout);
    putchar('{');
    json_text("schedule", schedule->name);
    fputs(",\"start\":", stdout);
    print_time(stdout, start->local * 1000000, true, true);
    fputs(",\"utc\":", stdout);
    print_time(stdout, start->instant * 1000000, true, true);
    fputs(",\"until\":", stdout);
    print_time(stdout, zone_local(zone, start->instant + schedule->window) * 1000000, true, true);
    printf(",\"clock\":\"%s\",", kinds[start->kind]);
    json_text("zone", zone->name[0] != '\0' ? zone->name : NULL);
    putchar('}');
}

/* The next starts of all schedules that fit, in order of time. */
static void print_starts(const struct question *ask, int64_t now, bool json)
{
    tsmp_text node = text_of(ask->node);
    const char *comma = "";
    int64_t *from = calloc(loaded.schedule_count + 1, sizeof *from);
    for (size_t i = 0; from != NULL && i < loaded.schedule_count; i++)
        from[i] = now;
    for (long n = 0; from != NULL && n < ask->next; n++) {
        struct start best = {.instant = INT64_MAX};
        size_t of = SIZE_MAX;
        for (size_t i = 0; i < loaded.schedule_count; i++) {
            const struct policy_schedule *schedule = &loaded.schedules[i];
            const struct zone *zone = schedule->zone;
            struct start start;
            if (zone == NULL)
                zone = policy_zone_of(&loaded, node, text_of(schedule->name));
            if (!globs_fit(&schedule->nodes, node) ||
                (ask->schedule[0] != '\0' && strcmp(ask->schedule, schedule->name) != 0) ||
                !cron_next(&schedule->cron, zone, from[i], loaded.end, &start) ||
                start.instant >= best.instant)
                continue;
            best = start;
            of = i;
        }
        if (of == SIZE_MAX)
            break;
        const struct policy_schedule *schedule = &loaded.schedules[of];
        const struct zone *zone = schedule->zone != NULL
                                      ? schedule->zone
                                      : policy_zone_of(&loaded, node, text_of(schedule->name));
        if (json)
            json_start(schedule, zone, &best, comma);
        else
            text_start(schedule, zone, &best);
        comma = ",";
        from[of] = best.instant + 1;
    }
    if (!json && comma[0] == '\0')
        puts("  none");
    free(from);
}

static void print_text(const struct question *ask, int64_t now, int64_t local)
{
    struct policy_rule rule = policy_rule_of(&loaded, text_of(ask->node), text_of(ask->schedule));
    size_t over = over_count(local);
    print_safe(stdout, loaded.path, strlen(loaded.path), SIZE_MAX);
    printf(": good: %zu rules, %zu messages known as harmless", loaded.rule_count, loaded.harmless_count);
    if (over > 0)
        printf(" (%zu of them over)", over);
    printf(", %zu schedules\n\nnode ", loaded.schedule_count);
    print_word(text_of(ask->node[0] != '\0' ? ask->node : "not named"));
    fputs(", schedule ", stdout);
    print_word(text_of(ask->schedule[0] != '\0' ? ask->schedule : "not named"));
    puts(":");
    text_rule(&rule);
    for (size_t i = 0; i < loaded.harmless_count; i++)
        if (globs_fit(&loaded.harmless[i].nodes, text_of(ask->node)) &&
            globs_fit(&loaded.harmless[i].schedules, text_of(ask->schedule)))
            text_harmless(&loaded.harmless[i], local);
    if (ask->next > 0) {
        puts("\nnext starts:");
        print_starts(ask, now, false);
    }
}

static void print_as_json(const struct question *ask, int64_t now, int64_t local)
{
    struct policy_rule rule = policy_rule_of(&loaded, text_of(ask->node), text_of(ask->schedule));
    const char *comma = "";
    fputs("{\"schema\":1,", stdout);
    json_text("file", loaded.path);
    printf(",\"rules\":%zu,\"schedules\":%zu,", loaded.rule_count, loaded.schedule_count);
    json_text("node", ask->node[0] != '\0' ? ask->node : NULL);
    putchar(',');
    json_text("schedule", ask->schedule[0] != '\0' ? ask->schedule : NULL);
    fputs(",\"applies\":{", stdout);
    json_rule(&rule);
    fputs(",\"harmless\":[", stdout);
    for (size_t i = 0; i < loaded.harmless_count; i++)
        if (globs_fit(&loaded.harmless[i].nodes, text_of(ask->node)) &&
            globs_fit(&loaded.harmless[i].schedules, text_of(ask->schedule))) {
            json_harmless(&loaded.harmless[i], local, comma);
            comma = ",";
        }
    fputs("]},\"next\":[", stdout);
    print_starts(ask, now, true);
    puts("]}");
}

/* ---- the command line ------------------------------------------------------------------------------------- */

static bool take_next(struct question *ask, const char *value)
{
    char *end;
    ask->next = strtol(value, &end, 10);
    return (end != value && *end == '\0' && ask->next >= 0 && ask->next <= MOST_STARTS) ||
           wrong("--next takes a number up to 1000, not ", value);
}

static bool take_words(struct question *ask, int count, char **words, const char **path)
{
    for (int i = 0; i < count; i++) {
        char *word = words[i], *equals = strchr(word, '=');
        if (word[0] != '-') {
            if (*path != NULL)
                return wrong("policy takes one file, not also ", word);
            *path = word;
            continue;
        }
        bool takes;
        if (!option_known(VERB_POLICY, word, i + 1 < count ? words[i + 1] : NULL, &takes))
            return false;
        const char *value = equals != NULL ? equals + 1 : words[++i];
        if (equals != NULL)
            *equals = '\0';
        bool good = true;
        if (strcmp(word, "--node") == 0)
            ask->node = value;
        else if (strcmp(word, "--schedule") == 0)
            ask->schedule = value;
        else if (strcmp(word, "--next") == 0)
            good = take_next(ask, value);
        else
            good = take_option(ask->options, VERB_POLICY, word, value);
        if (!good)
            return false;
    }
    return *path != NULL || wrong("policy needs a file", "");
}

int policy_main(struct options *options)
{
    struct question ask = {.options = options, .node = "", .schedule = ""};
    const char *path = NULL;
    if (!take_words(&ask, options->file_count, options->files, &path))
        return 2;
    if (!open_at(options, path, 3660 * DAY))
        return 1;
    const struct zone *zone = policy_zone_of(&loaded, text_of(ask.node), text_of(ask.schedule));
    int64_t now = policy_now(options, zone), local = zone_local(zone, now);
    if (options->format == FORMAT_JSON)
        print_as_json(&ask, now, local);
    else
        print_text(&ask, now, local);
    return 0;
}
