/* SPDX-License-Identifier: BSD-2-Clause
 * tsmparse history: what is kept, what is usual, and which run a person accepts. */
#include "canary.h"
#include "history.h"
#include "join.h"
#include "out.h"
#include "policy.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum { NAME = 40, NEWEST = 30, GAPS = 30, LEAST = 5 };

struct question {
    struct options *options;
    const char *path, *node, *schedule;
    bool baseline, accept;
    int64_t at; /* nominal start, of --accept */
    bool first; /* nothing was printed yet */
    struct out out; /* CSV */
};

/* ---- one run ------------------------------------------------------------------------------------- */

static const char *word(const char *group, uint32_t id)
{
    const char *name = id != 0 ? tsmp_name(group, id) : NULL;
    return name != NULL ? name : "-";
}

static void text_name(tsmp_text name, size_t width)
{
    size_t columns = print_cell(stdout, name.length > 0 ? name.bytes : "-",
                                name.length > 0 ? (size_t)name.length : 1, width);
    printf("%*s", (int)(width - columns) + 1, "");
}

static void text_number(int64_t number)
{
    if (number < 0)
        printf(" %12s", "-");
    else
        printf(" %12" PRId64, number);
}

static void text_run(const struct stored *run)
{
    int64_t time = run->scheduled != TSMP_NO_TIME ? run->scheduled : run->started;
    text_name(run->node, 16);
    text_name(run->schedule, 16);
    print_time(stdout, time, time != TSMP_NO_TIME, false);
    printf("  %-10s", word("verdict", run->verdict));
    text_number(run->inspected);
    text_number(run->elapsed);
    puts(run->accepted > 0 ? "  accepted" : "");
}

static void json_name(const char *key, tsmp_text name)
{
    print_json_pair(stdout, key, name.bytes, (size_t)name.length);
    putchar(',');
}

static void json_number(const char *key, int64_t number)
{
    if (number < 0)
        printf("\"%s\":null,", key);
    else
        printf("\"%s\":%" PRId64 ",", key, number);
}

static void json_time(const char *key, int64_t time)
{
    printf("\"%s\":", key);
    print_time(stdout, time, time != TSMP_NO_TIME, true);
    putchar(',');
}

static void json_run(const struct stored *run)
{
    const char *comma = "";
    size_t count = volumes_unpack(run->volumes, NULL);
    tsmp_text *names = count > 0 ? malloc(count * sizeof *names) : NULL;
    putchar('{');
    json_name("node", run->node);
    json_name("schedule", run->schedule);
    printf("\"action\":\"%s\",", word("word", run->action));
    json_time("scheduled", run->scheduled);
    json_time("started", run->started);
    json_time("ended", run->ended);
    json_number("inspected", run->inspected);
    json_number("elapsed", run->elapsed);
    json_number("transferred", run->transferred);
    printf("\"verdict\":\"%s\",\"alone\":\"%s\",\"claim\":\"%s\",\"proof\":[", word("verdict", run->verdict),
           word("verdict", run->base), tsmp_name("claim", run->claim) != NULL ? tsmp_name("claim", run->claim) : "none");
    for (uint32_t bit = 1; bit != 0; bit <<= 1) {
        const char *name = (run->proof & bit) != 0 ? tsmp_name("proof", bit) : NULL;
        if (name != NULL)
            printf("%s\"%s\"", comma, name), comma = ",";
    }
    fputs("],\"volumes\":[", stdout);
    if (names != NULL)
        volumes_unpack(run->volumes, names);
    for (size_t i = 0; names != NULL && i < count; i++) {
        fputs(i > 0 ? "," : "", stdout);
        print_json(stdout, names[i].bytes, (size_t)names[i].length);
    }
    printf("],\"journal\":%s,\"interactive\":%s,\"accepted\":%s}",
           (run->flags & TSMP_EARLIER_JOURNAL) != 0 ? "true" : "false",
           (run->flags & HISTORY_FLAG_INTERACTIVE) != 0 ? "true" : "false",
           run->accepted > 0 ? "true" : "false");
    free(names);
}

static void csv_number(struct out *out, int64_t number)
{
    out_char(out, ',');
    if (number >= 0)
        out_number(out, number, 0);
}

static void csv_time(struct out *out, int64_t time)
{
    out_char(out, ',');
    if (time != TSMP_NO_TIME)
        out_time(out, time);
}

/* Empty where there is none: a cell that begins with '-' is a spreadsheet's formula. */
static void csv_word(struct out *out, const char *group, uint32_t id)
{
    const char *name = id != 0 ? tsmp_name(group, id) : NULL;
    out_char(out, ',');
    if (name != NULL)
        out_text(out, name);
}

static void csv_run(struct out *out, const struct stored *run)
{
    out_csv(out, run->node.bytes, (size_t)run->node.length);
    out_char(out, ',');
    out_csv(out, run->schedule.bytes, (size_t)run->schedule.length);
    csv_word(out, "word", run->action);
    csv_time(out, run->scheduled);
    csv_time(out, run->started);
    csv_time(out, run->ended);
    csv_word(out, "verdict", run->verdict);
    csv_number(out, run->inspected);
    csv_number(out, run->elapsed);
    csv_number(out, run->transferred);
    csv_number(out, (int64_t)volumes_unpack(run->volumes, NULL));
    csv_number(out, run->accepted > 0);
    out_text(out, "\r\n");
}

static bool list_run(const struct stored *run, void *context)
{
    struct question *question = context;
    if (question->options->format == FORMAT_JSON) {
        fputs(question->first ? "" : ",", stdout);
        json_run(run);
    } else if (question->options->format == FORMAT_CSV) {
        csv_run(&question->out, run);
    } else {
        text_run(run);
    }
    question->first = false;
    return !ferror(stdout);
}

/* ---- what is usual ---------------------------------------------------------------------------------- */

struct ring {
    int64_t items[NEWEST];
    size_t count, next;
};

struct series {
    char *node, *schedule;
    size_t node_length, schedule_length;
    uint32_t action;
    uint64_t runs, good;
    int64_t last; /* when the newest began */
    struct ring inspected, elapsed, rate, transferred, gaps;
};

struct usual {
    struct question *question;
    struct series series;
    bool open, no_memory;
    int64_t now;
};

static void ring_add(struct ring *ring, int64_t value)
{
    ring->items[ring->next] = value;
    ring->next = (ring->next + 1) % NEWEST;
    ring->count += ring->count < NEWEST;
}

static int ascending(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
    return x < y ? -1 : x > y;
}

static int64_t middle(int64_t *values, size_t count)
{
    qsort(values, count, sizeof *values, ascending);
    return values[(count - 1) / 2] + (values[count / 2] - values[(count - 1) / 2]) / 2;
}

/* -1 where there are none. */
static int64_t ring_median(const struct ring *ring, int64_t *spread)
{
    int64_t values[NEWEST];
    *spread = -1;
    if (ring->count == 0)
        return -1;
    memcpy(values, ring->items, sizeof values);
    int64_t median = middle(values, ring->count);
    for (size_t i = 0; i < ring->count; i++)
        values[i] = ring->items[i] > median ? ring->items[i] - median : median - ring->items[i];
    *spread = middle(values, ring->count);
    return median;
}

static void print_series(struct usual *usual)
{
    const struct series *s = &usual->series;
    const struct {
        const char *name;
        const struct ring *ring;
    } rows[] = {{"inspected", &s->inspected}, {"elapsed", &s->elapsed}, {"rate", &s->rate},
                {"transferred", &s->transferred}, {"interval", &s->gaps}};
    int64_t spread, gap = ring_median(&s->gaps, &spread);
    /* A night without a run leaves no log line: only that the next one does not come tells of it. */
    bool overdue = s->gaps.count >= LEAST && gap > 0 && usual->now > s->last &&
                   usual->now / 1000000 - s->last / 1000000 > 2 * gap; /* a stranger's time may be any number */
    bool json = usual->question->options->format == FORMAT_JSON;
    if (json) {
        fputs(usual->question->first ? "{" : ",{", stdout);
        json_name("node", (tsmp_text){s->node, s->node_length});
        json_name("schedule", (tsmp_text){s->schedule, s->schedule_length});
        printf("\"action\":\"%s\",\"runs\":%" PRIu64 ",\"good\":%" PRIu64 ",", word("word", s->action), s->runs, s->good);
        json_time("last", s->last);
    } else {
        print_safe(stdout, s->node, s->node_length, NAME);
        putchar(' ');
        print_safe(stdout, s->schedule_length > 0 ? s->schedule : "(no schedule)",
                   s->schedule_length > 0 ? s->schedule_length : 13, NAME);
        printf(", %s: %" PRIu64 " runs, %" PRIu64 " good, the last at ", word("word", s->action), s->runs, s->good);
        print_time(stdout, s->last, s->last != TSMP_NO_TIME, false);
        puts(overdue ? "; OVERDUE" : "");
    }
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        int64_t median = ring_median(rows[i].ring, &spread);
        if (json && median < 0)
            printf("\"%s\":null,", rows[i].name);
        else if (json)
            printf("\"%s\":{\"median\":%" PRId64 ",\"spread\":%" PRId64 ",\"count\":%zu},", rows[i].name, median,
                   spread, rows[i].ring->count);
        else if (median >= 0)
            printf("  %-12s median %" PRId64 ", spread %" PRId64 " (%zu)\n", rows[i].name, median, spread,
                   rows[i].ring->count);
    }
    if (json)
        printf("\"overdue\":%s}", overdue ? "true" : "false");
    usual->question->first = false;
}

static void end_series(struct usual *usual)
{
    if (usual->open)
        print_series(usual);
    free(usual->series.node);
    free(usual->series.schedule);
    usual->series = (struct series){.last = TSMP_NO_TIME};
    usual->open = false;
}

static bool same_series(const struct series *s, const struct stored *run)
{
    return s->node_length == run->node.length && s->schedule_length == run->schedule.length &&
           memcmp(s->node, run->node.bytes, s->node_length) == 0 &&
           memcmp(s->schedule, run->schedule.bytes, s->schedule_length) == 0;
}

static char *copy(tsmp_text text)
{
    char *bytes = malloc((size_t)text.length + 1);
    if (bytes != NULL && text.length > 0)
        memcpy(bytes, text.bytes, (size_t)text.length);
    return bytes;
}

static bool sum_run(const struct stored *run, void *context)
{
    struct usual *usual = context;
    struct series *s = &usual->series;
    if (!usual->open || !same_series(s, run)) {
        end_series(usual);
        s->node = copy(run->node);
        s->schedule = copy(run->schedule);
        s->node_length = (size_t)run->node.length;
        s->schedule_length = (size_t)run->schedule.length;
        usual->no_memory = s->node == NULL || s->schedule == NULL;
        usual->open = !usual->no_memory;
        if (usual->no_memory)
            return false;
    }
    int64_t time = run->started != TSMP_NO_TIME ? run->started : run->scheduled;
    s->runs++;
    s->action = run->action != 0 ? run->action : s->action;
    if (s->last != TSMP_NO_TIME && time > s->last && time / 1000000 - s->last / 1000000 < INT32_MAX)
        ring_add(&s->gaps, time / 1000000 - s->last / 1000000);
    if (s->last == TSMP_NO_TIME || time > s->last)
        s->last = time;
    if (run->accepted == 0 && run->base != TSMP_VERDICT_COMPLETE && run->base != TSMP_VERDICT_EXCEPTIONS)
        return true;
    s->good++;
    if (run->inspected >= 0)
        ring_add(&s->inspected, run->inspected);
    if (run->elapsed >= 0)
        ring_add(&s->elapsed, run->elapsed);
    if (run->inspected >= 0 && run->elapsed >= 0)
        ring_add(&s->rate, run->inspected / (run->elapsed > 0 ? run->elapsed : 1));
    if (run->transferred >= 0)
        ring_add(&s->transferred, run->transferred);
    return !ferror(stdout);
}

/* ---- the verb --------------------------------------------------------------------------------------- */

static bool take_words(struct question *question, char **words, int count)
{
    bool plain = false, timed = false, takes;
    for (int i = 0; i < count; i++) {
        char *text = words[i];
        if (plain || text[0] != '-' || text[1] == '\0') {
            if (question->path != NULL)
                return wrong("history takes one FILE, not also ", text);
            question->path = text;
        } else if (strcmp(text, "--") == 0) {
            plain = true;
        } else if (!option_known(VERB_HISTORY, text, i + 1 < count ? words[i + 1] : NULL, &takes)) {
            return false;
        } else if (strcmp(text, "--baseline") == 0) {
            question->baseline = true;
        } else if (strcmp(text, "--accept") == 0) {
            question->accept = true;
        } else {
            char *equals = strchr(text, '=');
            if (equals != NULL)
                *equals = '\0';
            const char *value = equals != NULL ? equals + 1 : words[++i];
            if (strcmp(text, "--node") == 0)
                question->node = value;
            else if (strcmp(text, "--schedule") == 0)
                question->schedule = value;
            else if (strcmp(text, "--scheduled") == 0)
                timed = canary_time(value, &question->at);
            else if (!take_option(question->options, VERB_HISTORY, text, value))
                return false;
            if (strcmp(text, "--scheduled") == 0 && !timed)
                return wrong("--scheduled takes a nominal start as 2026-03-14T22:00:00, not ", value);
        }
    }
    if (question->path == NULL)
        return wrong("name the history's FILE", "");
    if (question->accept && (question->node == NULL || question->schedule == NULL || !timed))
        return wrong("--accept needs --node, --schedule and --scheduled: it is for one run", "");
    if (question->baseline && (question->accept || question->options->format == FORMAT_CSV))
        return wrong("--baseline goes with --format text or json, and not with --accept", "");
    return true;
}

static bool report(struct question *question, struct history *history)
{
    bool json = question->options->format == FORMAT_JSON, good;
    struct usual usual = {.question = question, .series = {.last = TSMP_NO_TIME},
                          .now = policy_local_now(question->options)};
    question->first = true;
    if (json)
        printf("{\"schema\":1,\"%s\":[", question->baseline ? "baseline" : "runs");
    else if (question->options->format == FORMAT_CSV)
        fputs("node,schedule,action,scheduled,started,ended,verdict,inspected,elapsed,transferred,volumes,accepted\r\n",
              stdout);
    else if (!question->baseline)
        printf("%-16s %-16s %-19s  %-10s %12s %12s\n", "node", "schedule", "scheduled", "verdict", "inspected", "seconds");
    if (question->baseline) {
        good = history_each(history, question->node, question->schedule, sum_run, &usual) && !usual.no_memory;
        end_series(&usual);
        if (usual.no_memory)
            complain(NULL, "no memory");
    } else {
        good = history_each(history, question->node, question->schedule, list_run, question);
        out_flush(&question->out);
    }
    if (json) /* what is not whole is no JSON */
        fputs(good ? "]}\n" : "\n", stdout);
    if (!good && !usual.no_memory)
        complain(question->path, history_error(history));
    return good;
}

static bool accept(struct question *question, struct history *history)
{
    uint64_t count = 0;
    if (!history_accept(history, question->node, question->schedule, question->at, &count)) {
        complain(question->path, history_error(history));
        return false;
    }
    if (count == 0) {
        complain(question->path, "no run of this node and schedule has this nominal start");
        return false;
    }
    printf("%" PRIu64 " run%s accepted: %s a measure for those to come\n", count, count == 1 ? " is" : "s are",
           count == 1 ? "it is" : "they are");
    return true;
}

int history_main(struct options *options)
{
    static char room[65536];
    struct question question = {.options = options,
                                .out = {.file = stdout, .start = room, .size = sizeof room}};
    char error[320];
    if (!take_words(&question, options->files, options->file_count))
        return 2;
    struct history *history = NULL;
    /* Not made by being looked at. */
    history = history_open(question.path, false, error, sizeof error);
    if (history != NULL && question.accept) {
        history_close(history);
        history = history_open(question.path, true, error, sizeof error);
    }
    if (history == NULL) {
        complain(question.path, error);
        return 1;
    }
    bool good = question.accept ? accept(&question, history) : report(&question, history);
    history_close(history);
    return good ? 0 : 1;
}
