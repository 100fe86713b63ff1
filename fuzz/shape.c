/* SPDX-License-Identifier: BSD-2-Clause */
#include "shape.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- one value ---------------------------------------------------------------------------------- */

static bool digits(const char *text, size_t length)
{
    for (size_t i = 0; i < length; i++)
        if (text[i] < '0' || text[i] > '9')
            return false;
    return length > 0;
}

static int two(const char *text)
{
    return (text[0] - '0') * 10 + text[1] - '0';
}

/* A year of four digits or more, negative ones too, then -MM-DD. */
bool shape_day(const char *text, size_t length)
{
    static const int days[] = {31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    if (length > 0 && text[0] == '-') { /* the sign takes the place of a digit */
        text++;
        if (--length < 9)
            return false;
    } else if (length < 10) {
        return false;
    }
    const char *end = text + length - 6;
    if (end[0] != '-' || end[3] != '-' || !digits(text, length - 6) || !digits(end + 1, 2) || !digits(end + 4, 2))
        return false;
    return two(end + 1) >= 1 && two(end + 1) <= 12 && two(end + 4) >= 1 && two(end + 4) <= days[two(end + 1) - 1];
}

bool shape_time(const char *text, size_t length)
{
    const char *end = text + length - 9;
    return length > 9 && shape_day(text, length - 9) && end[0] == 'T' && end[3] == ':' && end[6] == ':' &&
           digits(end + 1, 2) && digits(end + 4, 2) && digits(end + 7, 2) && two(end + 1) < 24 &&
           two(end + 4) < 60 && two(end + 7) < 60;
}

bool shape_number(const char *text, size_t length, bool sign)
{
    size_t minus = sign && length > 1 && text[0] == '-';
    return digits(text + minus, length - minus);
}

/* A set's names stand at its bits, the others' at small numbers. */
bool shape_word(const char *text, size_t length, const char *group)
{
    for (uint32_t i = 0; i < 256 + 32; i++) {
        const char *name = tsmp_name(group, i < 256 ? i : UINT32_C(1) << (i - 256));
        if (name != NULL && strlen(name) == length && memcmp(name, text, length) == 0)
            return true;
    }
    return false;
}

static bool fits(const struct json *json, const struct json_value *value, char is, const char *group)
{
    const char *text = json->text + value->from;
    size_t length = value->to - value->from;
    switch (is) {
    case 'n': return value->type == JSON_NULL;
    case 't': return value->type == JSON_STRING && shape_time(text, length);
    case 'd': return value->type == JSON_STRING && shape_day(text, length);
    case 's': return value->type == JSON_STRING;
    case 'i': return value->type == JSON_NUMBER && shape_number(text, length, false);
    case 'z': return value->type == JSON_NUMBER && shape_number(text, length, true);
    case 'b': return value->type == JSON_TRUE || value->type == JSON_FALSE;
    case 'a': return value->type == JSON_ARRAY;
    case 'o': return value->type == JSON_OBJECT;
    case 'w': return value->type == JSON_STRING && shape_word(text, length, group);
    case '-': return value->type == JSON_STRING && ((length == 1 && text[0] == '-') || (length == 5 && memcmp(text, "other", 5) == 0));
    default: return false;
    }
}

static bool fits_one(const struct json *json, int value, const char *is, const char *group)
{
    bool good = false;
    for (; *is != '\0' && !good; is++)
        good = fits(json, &json->values[value], *is, group);
    return good;
}

/* ---- objects and arrays ------------------------------------------------------------------------- */

void shape_object(const struct json *json, int object, const struct member *members)
{
    int known = 0;
    CHECK(object >= 0 && json->values[object].type == JSON_OBJECT);
    for (const struct member *m = members; m->key != NULL; m++) {
        int value = json_member(json, object, m->key);
        CHECK(value >= 0 || m->is[0] == '?');
        if (value < 0)
            continue;
        CHECK(fits_one(json, value, m->is + (m->is[0] == '?'), m->group));
        known++;
        char beside[64];
        snprintf(beside, sizeof beside, "%s_b64", m->key);
        int packed = strchr(m->is, 's') != NULL ? json_member(json, object, beside) : -1;
        if (packed >= 0) {
            struct notes said = {0};
            json_base64(json, packed, &said);
            CHECK(!text_is_utf8(said.bytes, said.length)); /* else it is of no use */
            free(said.bytes);
            known++;
        }
    }
    CHECK(json->values[object].count == known);
}

int shape_objects(const struct json *json, int object, const char *key, const struct member *members)
{
    int array = json_member(json, object, key), count = 0;
    CHECK(array >= 0 && json->values[array].type == JSON_ARRAY);
    for (int one = json->values[array].first; one >= 0; one = json->values[one].next, count++)
        shape_object(json, one, members);
    return count;
}

void shape_values(const struct json *json, int object, const char *key, const char *is, const char *group)
{
    int array = json_member(json, object, key);
    CHECK(array >= 0 && json->values[array].type == JSON_ARRAY);
    for (int one = json->values[array].first; one >= 0; one = json->values[one].next)
        CHECK(fits_one(json, one, is, group));
}

static int first_of(const struct json *json, int object, const char *key)
{
    return json->values[json_member(json, object, key)].first;
}

/* ---- check -------------------------------------------------------------------------------------- */

static const struct member of_check[] = {
    {"schema", "i", NULL}, {"verdict", "w", "verdict"}, {"unreadable_files", "i", NULL}, {"runs_left_out", "i", NULL},
    {"files", "a", NULL}, {"history", "?o", NULL}, {"runs", "a", NULL}, {NULL, NULL, NULL}};
static const struct member of_file[] = {
    {"file", "s", NULL}, {"verdict", "w", "verdict"}, {"runs", "i", NULL}, {"bytes", "i", NULL}, {"wrapped", "b", NULL},
    {"error", "ns", NULL}, {"why", "ns", NULL}, {NULL, NULL, NULL}};
static const struct member of_use[] = {
    {"usable", "b", NULL}, {"kept", "i", NULL}, {"without_node", "i", NULL}, {"without_time", "i", NULL},
    {NULL, NULL, NULL}};
static const struct member of_run[] = {
    {"schedule", "ns", NULL}, {"node", "ns", NULL}, {"action", "nw", "word"}, {"scheduled", "nt", NULL},
    {"scheduled_text", "ns", NULL}, {"started", "nt", NULL}, {"ended", "nt", NULL}, {"claim", "w", "claim"},
    {"return_code", "nz", NULL}, {"verdict", "w", "verdict"}, {"proof", "a", NULL}, {"evidence", "a", NULL},
    {"why", "?a", NULL}, {"volumes", "a", NULL}, {"statistics", "o", NULL}, {"objects", "o", NULL}, {"messages", "o", NULL},
    {"interactive", "b", NULL}, {"attempts", "i", NULL}, {"volumes_left_out", "i", NULL}, {"file", "s", NULL},
    {"first_line", "i", NULL}, {"last_line", "i", NULL}, {NULL, NULL, NULL}};
static const struct member of_evidence[] = {
    {"id", "w-", "evidence"}, {"strength", "i", NULL}, {"text", "s", NULL}, {"lines", "a", NULL}, {NULL, NULL, NULL}};
static const struct member of_rule[] = {
    {"rule", "w-", "evidence"}, {"makes", "w", "verdict"}, {"text", "s", NULL}, {"change", "s", NULL}, {"lines", "a", NULL},
    {NULL, NULL, NULL}};
static const struct member of_ground[] = {
    {"proof", "w-", "proof"}, {"stands", "b", NULL}, {"asked", "b", NULL}, {"text", "s", NULL}, {"lines", "a", NULL},
    {NULL, NULL, NULL}};
static const struct member of_volume[] = {
    {"name", "ns", NULL}, {"outcome", "s", NULL}, {"failures", "i", NULL}, {"begin_line", "ni", NULL},
    {"end_line", "ni", NULL}, {NULL, NULL, NULL}};
static const struct member of_objects[] = {
    {"sent", "i", NULL}, {"updated", "i", NULL}, {"expired", "i", NULL}, {"rebound", "i", NULL}, {"deleted", "i", NULL},
    {"failed", "i", NULL}, {"skipped", "i", NULL}, {"retried", "i", NULL}, {NULL, NULL, NULL}};
static const struct member of_messages[] = {
    {"I", "i", NULL}, {"W", "i", NULL}, {"E", "i", NULL}, {"S", "i", NULL}, {NULL, NULL, NULL}};

static void shape_run(const struct json *json, int run)
{
    shape_object(json, run, of_run);
    shape_values(json, run, "proof", "w", "proof");
    shape_objects(json, run, "evidence", of_evidence);
    for (int one = first_of(json, run, "evidence"); one >= 0; one = json->values[one].next)
        shape_values(json, one, "lines", "i", NULL);
    int why = json_member(json, run, "why");
    for (int one = why >= 0 ? json->values[why].first : -1; one >= 0; one = json->values[one].next) {
        shape_object(json, one, json_member(json, one, "rule") >= 0 ? of_rule : of_ground);
        shape_values(json, one, "lines", "i", NULL);
    }
    shape_objects(json, run, "volumes", of_volume);
    shape_object(json, json_member(json, run, "objects"), of_objects);
    shape_object(json, json_member(json, run, "messages"), of_messages);
    int statistics = json_member(json, run, "statistics");
    for (int one = json->values[statistics].first; one >= 0; one = json->values[one].next) {
        const struct json_value *value = &json->values[one];
        CHECK(value->type == JSON_NUMBER || value->type == JSON_NULL);
        CHECK(shape_word(json->text + value->key_from, value->key_to - value->key_from, "statistic"));
    }
}

void shape_check(const struct json *json)
{
    shape_object(json, 0, of_check);
    shape_objects(json, 0, "files", of_file);
    int history = json_member(json, 0, "history");
    if (history >= 0)
        shape_object(json, history, of_use);
    for (int one = first_of(json, 0, "runs"); one >= 0; one = json->values[one].next)
        shape_run(json, one);
}

/* ---- canary ------------------------------------------------------------------------------------- */

static const struct member of_answer[] = {
    {"schema", "i", NULL}, {"answer", "w", "canary"}, {"window", "w", "canary"}, {"path", "s", NULL}, {"since", "t", NULL},
    {"until", "nt", NULL}, {"asked", "nt", NULL}, {"skew", "nz", NULL}, {"exit", "nz", NULL}, {"error", "ns", NULL},
    {"reasons", "a", NULL}, {"versions", "a", NULL}, {"nights", "a", NULL}, {"versions_left_out", "i", NULL},
    {NULL, NULL, NULL}};
static const struct member of_reason[] = {
    {"id", "w", "canary_reason"}, {"text", "s", NULL}, {"lines", "a", NULL}, {NULL, NULL, NULL}};
static const struct member of_version[] = {
    {"line", "i", NULL}, {"state", "w", "word"}, {"size", "ni", NULL}, {"backup_time", "nt", NULL}, {"modified", "nt", NULL},
    {"rounded", "b", NULL}, {"in_window", "b", NULL}, {"forgeable", "b", NULL}, {NULL, NULL, NULL}};
static const struct member of_night[] = {
    {"start", "t", NULL}, {"answer", "w", "canary"}, {"reason", "w", "canary_reason"}, {"versions", "i", NULL},
    {NULL, NULL, NULL}};

void shape_canary(const struct json *json)
{
    shape_object(json, 0, of_answer);
    CHECK(shape_objects(json, 0, "reasons", of_reason) > 0);
    for (int one = first_of(json, 0, "reasons"); one >= 0; one = json->values[one].next)
        shape_values(json, one, "lines", "i", NULL);
    shape_objects(json, 0, "versions", of_version);
    shape_objects(json, 0, "nights", of_night);
}

/* ---- policy ------------------------------------------------------------------------------------- */

static const struct member of_policy[] = {
    {"schema", "i", NULL}, {"file", "s", NULL}, {"rules", "i", NULL}, {"schedules", "i", NULL}, {"node", "ns", NULL},
    {"schedule", "ns", NULL}, {"applies", "o", NULL}, {"next", "a", NULL}, {NULL, NULL, NULL}};
static const struct member of_applies[] = {
    {"proofs", "a", NULL}, {"domain", "a", NULL}, {"fresh", "i", NULL}, {"too_long", "ni", NULL}, {"zone", "ns", NULL},
    {"harmless", "a", NULL}, {NULL, NULL, NULL}};
static const struct member of_harmless[] = {
    {"line", "i", NULL}, {"code", "s", NULL}, {"object", "ns", NULL}, {"volume", "ns", NULL}, {"reason", "s", NULL},
    {"until", "d", NULL}, {"over", "b", NULL}, {NULL, NULL, NULL}};
static const struct member of_start[] = {
    {"schedule", "s", NULL}, {"start", "t", NULL}, {"utc", "t", NULL}, {"until", "t", NULL}, {"clock", "s", NULL},
    {"zone", "ns", NULL}, {NULL, NULL, NULL}};

void shape_policy(const struct json *json)
{
    shape_object(json, 0, of_policy);
    int applies = json_member(json, 0, "applies");
    shape_object(json, applies, of_applies);
    shape_values(json, applies, "proofs", "w", "proof");
    shape_values(json, applies, "domain", "s", NULL);
    shape_objects(json, applies, "harmless", of_harmless);
    shape_objects(json, 0, "next", of_start);
    for (int one = first_of(json, 0, "next"); one >= 0; one = json->values[one].next) {
        int clock = json_member(json, one, "clock");
        CHECK(json_is(json, clock, "once") || json_is(json, clock, "gap") || json_is(json, clock, "twice"));
    }
}

/* ---- history ------------------------------------------------------------------------------------ */

static const struct member of_runs[] = {{"schema", "i", NULL}, {"runs", "a", NULL}, {NULL, NULL, NULL}};
static const struct member of_baseline[] = {{"schema", "i", NULL}, {"baseline", "a", NULL}, {NULL, NULL, NULL}};
static const struct member of_stored[] = {
    {"node", "s", NULL}, {"schedule", "s", NULL}, {"action", "w-", "word"}, {"scheduled", "nt", NULL}, {"started", "nt", NULL},
    {"ended", "nt", NULL}, {"inspected", "ni", NULL}, {"elapsed", "ni", NULL}, {"transferred", "ni", NULL},
    {"verdict", "w-", "verdict"}, {"alone", "w-", "verdict"}, {"claim", "w", "claim"}, {"proof", "a", NULL},
    {"volumes", "a", NULL}, {"journal", "b", NULL}, {"interactive", "b", NULL}, {"accepted", "b", NULL}, {NULL, NULL, NULL}};
static const struct member of_series[] = {
    {"node", "s", NULL}, {"schedule", "s", NULL}, {"action", "w-", "word"}, {"runs", "i", NULL}, {"good", "i", NULL},
    {"last", "nt", NULL}, {"inspected", "no", NULL}, {"elapsed", "no", NULL}, {"rate", "no", NULL},
    {"transferred", "no", NULL}, {"interval", "no", NULL}, {"overdue", "b", NULL}, {NULL, NULL, NULL}};
static const struct member of_usual[] = {
    {"median", "i", NULL}, {"spread", "i", NULL}, {"count", "i", NULL}, {NULL, NULL, NULL}};

void shape_history(const struct json *json, bool baseline)
{
    shape_object(json, 0, baseline ? of_baseline : of_runs);
    if (!baseline) {
        shape_objects(json, 0, "runs", of_stored);
        for (int one = first_of(json, 0, "runs"); one >= 0; one = json->values[one].next) {
            shape_values(json, one, "proof", "w", "proof");
            shape_values(json, one, "volumes", "s", NULL);
        }
        return;
    }
    shape_objects(json, 0, "baseline", of_series);
    for (int one = first_of(json, 0, "baseline"); one >= 0; one = json->values[one].next)
        for (const struct member *m = of_series; m->key != NULL; m++)
            if (strchr(m->is, 'o') != NULL && json->values[json_member(json, one, m->key)].type == JSON_OBJECT)
                shape_object(json, json_member(json, one, m->key), of_usual);
}
