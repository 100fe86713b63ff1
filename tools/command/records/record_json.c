/* SPDX-License-Identifier: BSD-2-Clause
 * A record as one line of JSON. The keys are a contract: they may be added to, never renamed. */
#include "record.h"

#include <string.h>

enum { KEY = 120 }; /* bytes of a key, with all that is put before and behind a name */

/* Keys that every record has. A field or a user's group of the same name must not take their
 * place: it becomes `field_NAME`. */
static const char *const taken[] = {"offset", "line", "length", "kind", "format", "time", "flags",
                                    "stamp", "why", NULL};

static bool is_taken(const char *name)
{
    for (size_t i = 0; taken[i] != NULL; i++)
        if (strcmp(name, taken[i]) == 0)
            return true;
    return false;
}

/* Fields of one name. Ids are compared where the schema has them: no two there have one name. */
static bool same_name(const struct row *row, const tsmp_field *a, const tsmp_field *b)
{
    if (a->id < TSMP_FIELD_CUSTOM && b->id < TSMP_FIELD_CUSTOM)
        return a->id == b->id;
    const char *name = field_name(row, a), *other = field_name(row, b);
    return name != NULL && other != NULL && strcmp(name, other) == 0;
}

static unsigned count_before(const struct row *row, uint32_t index)
{
    unsigned before = 0;
    for (uint32_t i = 0; i < index; i++)
        before += same_name(row, row_field(row, i), row_field(row, index));
    return before;
}

/* The key of a field: its name, which in one record may come twice. */
static void key_of(const struct row *row, uint32_t index, char key[KEY])
{
    const char *name = field_name(row, row_field(row, index));
    unsigned before = count_before(row, index);
    bool text = shows_text(row->record) && strcmp(name, "text") == 0;
    const char *prefix = text || is_taken(name) ? "field_" : "";
    if (before > 0)
        snprintf(key, KEY, "%s%.90s_%u", prefix, name, before + 1);
    else
        snprintf(key, KEY, "%s%.90s", prefix, name);
}

static void json_key(struct out *out, const struct row *row, uint32_t index)
{
    char key[KEY];
    key_of(row, index, key);
    out_char(out, ',');
    out_json(out, key, strlen(key));
    out_char(out, ':');
}

/* `,"key":` of a field of the schema that has its record's only field of this name, made once. A
 * fixed length is copied, and the part that counts kept: that takes no call. `seen`: the ids below
 * 64 that came before; all, where a name may come twice under another id. */
static bool json_known_key(struct out *out, uint32_t id, uint64_t *seen)
{
    static _Thread_local struct {
        char text[48];
        size_t length;
    } made[64];
    if (id >= 64) {
        *seen = UINT64_MAX;
        return false;
    }
    bool first = (*seen >> id & 1) == 0;
    *seen |= UINT64_C(1) << id;
    if (first && made[id].length == 0) {
        const char *name = name_of(NAME_FIELD, id);
        if (name == NULL || strlen(name) > 30)
            return false;
        made[id].length = (size_t)snprintf(made[id].text, sizeof made[id].text, ",\"%s%s\":",
                                           is_taken(name) ? "field_" : "", name);
    }
    if (first) {
        memcpy(out_room(out, sizeof made[id].text), made[id].text, sizeof made[id].text);
        out->used += made[id].length;
    }
    return first;
}

/* A word of the schema, plain letters in quotes, made once as the keys are. */
static void json_word(struct out *out, enum name_group group, uint32_t id, const char *word)
{
    static _Thread_local struct {
        char text[32];
        size_t length;
    } made[2][256];
    size_t at = group == NAME_STATISTIC, length = id < 256 ? made[at][id].length : 0;
    if (length == 0) {
        length = strlen(word) + 2;
        if (id >= 256 || length > sizeof made[at][id].text) {
            out_char(out, '"');
            out_text(out, word);
            out_char(out, '"');
            return;
        }
        made[at][id].text[0] = made[at][id].text[length - 1] = '"';
        memcpy(made[at][id].text + 1, word, length - 2);
        made[at][id].length = length;
    }
    memcpy(out_room(out, sizeof made[at][id].text), made[at][id].text, sizeof made[at][id].text);
    out->used += length;
}

/* What the log prints, beside a value that is not known. */
static void json_printed(struct out *out, const struct row *row, uint32_t index)
{
    const tsmp_field *field = row_field(row, index);
    char key[KEY], second[128];
    key_of(row, index, key);
    snprintf(second, sizeof second, "%.110s_text", key);
    out_char(out, ',');
    out_json_pair(out, second, field_bytes(row, field), field->length);
}

/* A text whose key has been printed. */
static void json_text(struct out *out, const struct row *row, uint32_t index, const char *bytes,
                      size_t length)
{
    char key[KEY];
    if (out_json(out, bytes, length))
        return;
    key_of(row, index, key);
    out_json_b64(out, key, bytes, length);
}

static void json_time(struct out *out, int64_t time)
{
    out_char(out, '"');
    out_time(out, time);
    out_char(out, '"');
}

static void json_field(struct out *out, const struct row *row, uint32_t index, uint64_t *seen)
{
    const tsmp_field *field = row_field(row, index);
    if (!json_known_key(out, field->id, seen)) {
        if (field_name(row, field) == NULL)
            return;
        json_key(out, row, index);
    }
    const char *word = field_word(row, field);
    bool known = true;
    if (word != NULL && row->record->kind != TSMP_KIND_CUSTOM) {
        bool statistic = row->record->kind == TSMP_KIND_STATISTIC && field->id == TSMP_FIELD_NAME;
        json_word(out, statistic ? NAME_STATISTIC : NAME_WORD, (uint32_t)field->number, word);
        return;
    }
    if (word != NULL) {
        json_text(out, row, index, word, strlen(word));
        return;
    }
    if (field->type == TSMP_TYPE_TEXT) {
        json_text(out, row, index, field_bytes(row, field), field->length);
        return;
    }
    switch (field->type) {
    case TSMP_TYPE_NUMBER:
    case TSMP_TYPE_OFFSET:
        known = number_is_known(field);
        if (known)
            out_number(out, field->number, field->power);
        break;
    case TSMP_TYPE_TIME:
        known = time_is_known(field->flags);
        if (known)
            json_time(out, field->number);
        break;
    default: known = false;
    }
    if (!known) { /* what the log prints stands beside it */
        out_text(out, "null");
        json_printed(out, row, index);
    }
}

/* Ways to split a row, of which none is known to be the right one: an array of objects. Returns
 * how many fields it took. */
static uint32_t json_candidates(struct out *out, const struct row *row, uint32_t first)
{
    uint32_t i = first + 1, count = row->record->field_count;
    out_text(out, ",\"candidates\":[");
    for (uint64_t way = 0; i + 2 < count && row_field(row, i)->id == TSMP_FIELD_PATH; way++, i += 3) {
        const tsmp_field *path = row_field(row, i), *expires = row_field(row, i + 1),
                         *description = row_field(row, i + 2);
        out_text(out, way > 0 ? ",{" : "{");
        out_json_pair(out, "path", field_bytes(row, path), path->length);
        out_char(out, ',');
        out_json_pair(out, "expires", field_bytes(row, expires), expires->length);
        out_char(out, ',');
        out_json_pair(out, "description", field_bytes(row, description), description->length);
        out_char(out, '}');
    }
    out_char(out, ']');
    return i - first - 1;
}

static void json_flags(struct out *out, uint32_t flags)
{
    const char *comma = "";
    out_text(out, ",\"flags\":[");
    for (uint32_t bit = 1; bit != 0 && bit <= flags; bit <<= 1) {
        const char *name = (flags & bit) != 0 ? flag_name(bit) : NULL;
        if (name == NULL)
            continue;
        out_text(out, comma);
        out_char(out, '"');
        out_text(out, name);
        out_char(out, '"');
        comma = ",";
    }
    out_char(out, ']');
}

/* `,"kind":...,"flags":[...]`. Most lines have it as the line before had it. */
static void json_head(struct out *out, const struct row *row)
{
    enum { KEPT = 160 };
    static _Thread_local struct {
        uint32_t kind, format, flags;
        bool timed;
        int64_t second;
        size_t length; /* 0: none is kept */
        char text[KEPT];
    } last;
    const tsmp_record *record = row->record;
    uint32_t flags = row_flags(row);
    bool timed = time_is_known(record->flags);
    int64_t second = timed ? record->time / 1000000 - (record->time % 1000000 < 0) : 0;
    char *to = out_room(out, OUT_SMALL);
    if (last.length > 0 && last.kind == record->kind && last.format == record->format &&
        last.flags == flags && last.timed == timed && last.second == second) {
        memcpy(to, last.text, KEPT); /* a fixed length: no call */
        out->used += last.length;
        return;
    }
    size_t from = out->used;
    const char *kind = name_of(NAME_KIND, record->kind), *format = name_of(NAME_FORMAT, record->format);
    out_text(out, ",\"kind\":\"");
    out_text(out, kind != NULL ? kind : "unknown");
    out_text(out, "\",\"format\":\"");
    out_text(out, format != NULL ? format : "unknown");
    out_text(out, "\",\"time\":");
    if (timed)
        json_time(out, record->time);
    else
        out_text(out, "null");
    json_flags(out, flags);
    last.length = 0;
    if (out->used <= from || out->used - from > KEPT)
        return; /* it is long, or the buffer was handed on meanwhile */
    last.kind = record->kind;
    last.format = record->format;
    last.flags = flags;
    last.timed = timed;
    last.second = second;
    last.length = out->used - from;
    memcpy(last.text, out->start + from, last.length);
}

void json_record_members(struct out *out, const struct row *row)
{
    static _Thread_local struct out_before offset, line;
    const tsmp_record *record = row->record;
    out_text(out, "\"offset\":");
    out_growing(out, &offset, record->offset);
    out_text(out, ",\"line\":");
    out_growing(out, &line, record->line);
    out_text(out, ",\"length\":");
    out_unsigned(out, record->length);
    json_head(out, row);
    const char *text = row->view->text + record->text;
    if (!time_is_known(record->flags) && record->stamp_length > 0) {
        out_char(out, ',');
        out_json_pair(out, "stamp", text, record->stamp_length);
    }
    if (record->why != TSMP_WHY_NONE && tsmp_name("why", record->why) != NULL) {
        out_text(out, ",\"why\":\"");
        out_text(out, tsmp_name("why", record->why));
        out_char(out, '"');
    }
    if (shows_text(record)) {
        out_char(out, ',');
        out_json_pair(out, "text", text, record->text_length);
    }
    /* A record that shows its text may have a field of that name, too. */
    uint64_t seen = shows_text(record) ? UINT64_MAX : 0;
    for (uint32_t i = 0; i < record->field_count; i++) {
        if (row_field(row, i)->id == TSMP_FIELD_CANDIDATES) {
            i += json_candidates(out, row, i);
            seen = UINT64_MAX; /* its paths were not counted */
        } else {
            json_field(out, row, i, &seen);
        }
    }
    out_text(out, "}\n");
}

void json_record(struct out *out, const struct row *row)
{
    out_char(out, '{');
    json_record_members(out, row);
}
