/* SPDX-License-Identifier: BSD-2-Clause
 * Any text as a log, and all that the command prints of it: as text nothing acts on a terminal and a
 * record has one line; JSON and CSV keep to their grammars, by readers that are not ours (strict.c),
 * and say what the records and runs hold; the first line of `check` is one that a monitor can take,
 * and names no object.
 *
 * Head: 0 which output (0 all; its low three bits: of check, records, runs and probe, the next two: 1 reconcile,
 * 2 follow, which all leaves out), 1 date order, 2 more options, 3 longest line, 4 what is repaired, 5 what lies
 * beside the log (its low three bits: enum what; then only that is looked at), 6 how that is asked. */
#include "beside.h"
#include "fuzz.h"
#include "source.h"
#include "strict.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum { OPTION_WHY = 1, OPTION_LAST = 2, OPTION_PATTERN = 4 };

/* ---- check and runs ---------------------------------------------------------------------------- */

static const char *const verdicts[] = {"complete", "exceptions", "incomplete", "failed", "missed", "running",
                                       "unknown"};
static const int codes[] = {0, 1, 2, 2, 2, 3, 3};
enum { VERDICTS = sizeof codes / sizeof *codes };

/* The verdict whose name stands here, in capitals for the first line. */
static int verdict_of(const char *text, size_t length, bool capitals)
{
    for (int i = 0; i < VERDICTS; i++) {
        size_t k = 0;
        while (k < length && verdicts[i][k] != '\0' && text[k] == (capitals ? verdicts[i][k] - 32 : verdicts[i][k]))
            k++;
        if (verdicts[i][k] == '\0' && k == length)
            return i;
    }
    return -1;
}

static bool holds(const char *text, size_t length, const char *part, size_t part_length)
{
    for (size_t i = 0; i + part_length <= length; i++)
        if (memcmp(text + i, part, part_length) == 0)
            return true;
    return false;
}

/* A monitor takes the first line, numbers behind a '|', and shows it to whoever is called at night.
 * It says what is bad by counts and by names of volumes and schedules, which an administrator chose;
 * a name of an object is whoever's. Volumes may be named as an object is. */
static void check_first_line(struct log *log, const char *line, size_t length)
{
    struct row row;
    const char *colon = memchr(line, ':', length);
    CHECK(colon != NULL && verdict_of(line, (size_t)(colon - line), true) >= 0);
    CHECK(memchr(line, '|', length) == NULL && line[length - 1] == '.');
    for (first_row(log); next_row(log, &row);)
        for (uint32_t i = 0; row.record->kind == TSMP_KIND_OBJECT && i < row.record->field_count; i++) {
            const tsmp_field *field = &row.view->fields[row.record->first_field + i];
            char named[96];
            if (field->id != TSMP_FIELD_PATH || field->length < 4 || field->length > 80)
                continue;
            int n = snprintf(named, sizeof named, "object '%.*s'", (int)field->length, row.view->text + field->text);
            CHECK(!holds(line, length, named, (size_t)n));
        }
}

void check_as_text(struct log *log, int (*verb)(const struct options *))
{
    const char *line;
    size_t at = 0, length;
    log->options.format = FORMAT_TEXT;
    int code = print_all(verb, &log->options, false);
    CHECK(next_line(&at, &line, &length));
    check_first_line(log, line, length);
    const char *colon = memchr(line, ':', length);
    CHECK(codes[verdict_of(line, (size_t)(colon - line), true)] == code);
}

/* A text of a run, or null where it has none. */
static void run_says(const struct json *json, int run, const char *key, tsmp_text text)
{
    char beside[64];
    struct notes said = {0};
    int member = json_member(json, run, key);
    snprintf(beside, sizeof beside, "%s_b64", key);
    if (json_member(json, run, beside) >= 0)
        json_base64(json, json_member(json, run, beside), &said);
    else if (text.length > 0)
        json_say(json, member, &said);
    CHECK(text.length > 0 || json->values[member].type == JSON_NULL);
    CHECK(said.length == text.length && (said.length == 0 || memcmp(said.bytes, text.bytes, said.length) == 0));
    free(said.bytes);
}

static void number_is(const struct json *json, int holder, const char *key, uint64_t number)
{
    char value[32];
    snprintf(value, sizeof value, "%" PRIu64, number);
    CHECK(json_is(json, json_member(json, holder, key), value));
}

static void check_run(const struct json *json, int object, const tsmp_run_view *run)
{
    int volumes = json_member(json, object, "volumes"), verdict = json_member(json, object, "verdict");
    run_says(json, object, "schedule", run->schedule);
    run_says(json, object, "node", run->node);
    run_says(json, object, "scheduled_text", run->scheduled_text);
    number_is(json, object, "first_line", run->first_line);
    number_is(json, object, "last_line", run->last_line);
    CHECK(verdict_of(json->text + json->values[verdict].from, json->values[verdict].to - json->values[verdict].from,
                     false) >= 0);
    CHECK(json->values[volumes].type == JSON_ARRAY && (uint64_t)json->values[volumes].count == run->volume_count);
    int one = json->values[volumes].first;
    for (uint64_t i = 0; i < run->volume_count; i++, one = json->values[one].next)
        run_says(json, one, "name", run->volumes[i].name);
    int objects = json_member(json, object, "objects");
    number_is(json, objects, "sent", run->sent);
    number_is(json, objects, "failed", run->failed);
}

/* The runs of a log that was read once to its end; each is given once. */
static tsmp_run *take_run(struct log *log)
{
    tsmp_run *run = NULL;
    int32_t status = tsmp_runs_next(log->runs, &run);
    CHECK(status == TSMP_OK || status == TSMP_END);
    return run;
}

static void check_as_json(struct log *log)
{
    struct json json = {0};
    log->options.format = FORMAT_JSON;
    int code = print_all(check_main, &log->options, false);
    CHECK(printed.length > 0 && printed.bytes[printed.length - 1] == '\n');
    json_read(&json, printed.bytes, printed.length - 1);
    int verdict = json_member(&json, 0, "verdict"), files = json_member(&json, 0, "files");
    int which = verdict_of(json.text + json.values[verdict].from, json.values[verdict].to - json.values[verdict].from,
                           false);
    CHECK(which >= 0 && codes[which] == code);
    CHECK(json.values[files].type == JSON_ARRAY && json.values[files].count == 1);
    run_says(&json, json.values[files].first, "file", (tsmp_text){log_path, strlen(log_path)});
    int runs = json_member(&json, 0, "runs");
    CHECK(json.values[runs].type == JSON_ARRAY);
    if (log->whole && log->in_order && !log->options.last) {
        tsmp_run *run;
        int one = json.values[runs].first;
        for (; (run = take_run(log)) != NULL; one = json.values[one].next) {
            CHECK(one >= 0);
            check_run(&json, one, tsmp_run_view_of(run));
            tsmp_run_free(run);
        }
        CHECK(one < 0);
    }
    json_free(&json);
}

static void runs_as_lines(struct log *log, enum format format)
{
    struct json json = {0};
    const char *line;
    size_t at = 0, length;
    log->options.format = format;
    print_all(runs_main, &log->options, false);
    while (next_line(&at, &line, &length)) {
        const char *blank = memchr(line, ' ', length);
        if (format == FORMAT_JSON) {
            json_read(&json, line, length);
            CHECK(json.values[0].type == JSON_OBJECT && json_member(&json, 0, "evidence") >= 0);
        } else {
            CHECK(blank != NULL && verdict_of(line, (size_t)(blank - line), false) >= 0);
        }
    }
    json_free(&json);
}

/* ---- probe --------------------------------------------------------------------------------------- */

static uint64_t whole_number(const struct json *json, int value)
{
    uint64_t number = 0;
    CHECK(value >= 0 && json->values[value].type == JSON_NUMBER);
    for (size_t i = json->values[value].from; i < json->values[value].to; i++) {
        CHECK(json->text[i] >= '0' && json->text[i] <= '9');
        number = number * 10 + (uint64_t)(json->text[i] - '0');
    }
    return number;
}

/* The regions lie behind each other. */
static void probe_as(struct log *log, enum format format, size_t bytes)
{
    struct json json = {0};
    uint64_t next = 0;
    log->options.format = format;
    if (print_all(probe_main, &log->options, false) != 0 || format != FORMAT_JSON)
        return;
    CHECK(printed.length > 0);
    json_read(&json, printed.bytes, printed.length - 1);
    int regions = json_member(&json, 0, "regions"), left = json_member(&json, 0, "regions_left");
    run_says(&json, 0, "file", (tsmp_text){log_path, strlen(log_path)});
    for (int one = json.values[regions].first; one >= 0; one = json.values[one].next) {
        CHECK(whole_number(&json, json_member(&json, one, "offset")) == next);
        next += whole_number(&json, json_member(&json, one, "length"));
    }
    CHECK(whole_number(&json, left) > 0 || next == bytes);
    json_free(&json);
}

/* Unpacked by what stands in front, a log is another one; where nothing unpacks it, it is not read. */
static bool is_packed(const uint8_t *bytes, size_t length)
{
    if (packed_otherwise((const char *)bytes, length) != NULL)
        return true;
    static const uint8_t starts[][4] = {{0x1F, 0x8B}, {0x28, 0xB5, 0x2F, 0xFD}};
    return length >= 2 && (memcmp(bytes, starts[0], 2) == 0 || memcmp(bytes, starts[1], 2) == 0 ||
                           (bytes[0] >= 0x50 && bytes[0] <= 0x5F && bytes[1] == 0x2A));
}

static void look_beside(struct log *log, struct beside *beside, enum what what, uint32_t how)
{
    switch (what) {
    case CANARY: beside_canary(log, beside, how); break;
    case POLICY: beside_policy(log, beside, how); break;
    case HISTORY:
    case CHECK_HISTORY: beside_history(log, beside, what, how); break;
    case CHECK_CANARY:
    case CHECK_POLICY:
    case CHECK_SERVER: beside_check(log, beside, what, how); break;
    default: break;
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *paths[] = {log_path};
    struct log log = {0};
    struct beside beside;
    if (size < HEAD || is_packed(data + HEAD, size - HEAD))
        return 0;
    enum what what = head_byte(data, 5) & 7;
    beside_split(&beside, (const char *)data + HEAD, size - HEAD);
    if (what == NOTHING)
        beside.log_length = size - HEAD;
    else if (is_packed((const uint8_t *)beside.text, beside.length) ||
             is_packed((const uint8_t *)beside.text + beside.rest, beside.length - beside.rest))
        return 0;
    uint32_t which = head_byte(data, 0), order = head_byte(data, 1) & 3, more = head_byte(data, 2);
    uint32_t line = head_byte(data, 3);
    log.options = (struct options){.max_bytes = 1 << 24, .threads = 1, .files = paths, .file_count = 1,
                                   .why = (more & OPTION_WHY) != 0, .last = (more & OPTION_LAST) != 0};
    log.options.reader = (tsmp_options){.size = sizeof(tsmp_options),
                                        .date_order = order < 3 ? order : TSMP_ORDER_YMD,
                                        .max_line = line > 0 ? 15 + line : 0,
                                        .repair = head_byte(data, 4) & (TSMP_REPAIR_WRAPPED_NAME | TSMP_REPAIR_QUOTED |
                                                                         TSMP_REPAIR_INDENTED)};
    log.options.context.size = sizeof log.options.context;
    if ((more & OPTION_PATTERN) != 0) {
        log.options.patterns[0] = "gate=(?<stamp>\\S*) Normal File-->(?<path>.*)";
        log.options.pattern_count = 1;
    }
    write_log(beside.log, beside.log_length);
    read_log(&log, beside.log, beside.log_length);
    if (what != NOTHING) {
        look_beside(&log, &beside, what, head_byte(data, 6));
        forget_log(&log);
        return 0;
    }
    if (which == 0 || which % 8 == 1)
        records_json(&log);
    if (which == 0 || which % 8 == 2)
        records_csv(&log);
    if (which == 0 || which % 8 == 3)
        records_table(&log);
    if (which == 0 || which % 8 == 4)
        check_as_text(&log, check_main);
    if (which == 0 || which % 8 == 5)
        check_as_json(&log);
    if (which == 0 || which % 8 == 6)
        runs_as_lines(&log, FORMAT_TEXT);
    if (which == 0 || which % 8 == 7)
        runs_as_lines(&log, FORMAT_JSON);
    if (which % 8 == 0) {
        probe_as(&log, FORMAT_TEXT, size - HEAD);
        probe_as(&log, FORMAT_JSON, size - HEAD);
    }
    if (which == 0 || (which >> 3 & 3) == 1)
        reconcile_verb(&log);
    if ((which >> 3 & 3) == 2) /* not with all: it waits a moment for a line that may still be written */
        follow_verb(&log);
    forget_log(&log);
    return 0;
}
