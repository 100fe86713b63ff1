/* SPDX-License-Identifier: BSD-2-Clause
 * A record as one line of JSON. The keys are a contract: they may be added to, never renamed. */
#include "record.h"

#include <inttypes.h>
#include <string.h>

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

/* The key of a field: its name, which in one record may come twice. */
static void key_of(const struct row *row, uint32_t index, const char *name, char *key, size_t size)
{
    unsigned before = 0;
    for (uint32_t i = 0; i < index; i++) {
        const char *other = field_name(row, row_field(row, i));
        before += other != NULL && strcmp(other, name) == 0;
    }
    bool text = shows_text(row->record) && strcmp(name, "text") == 0;
    const char *prefix = text || is_taken(name) ? "field_" : "";
    if (before > 0)
        snprintf(key, size, "%s%.90s_%u", prefix, name, before + 1);
    else
        snprintf(key, size, "%s%.90s", prefix, name);
}

static void json_printed(FILE *out, const char *key, const char *bytes, size_t length)
{
    char second[128];
    snprintf(second, sizeof second, "%.110s_text", key);
    putc(',', out);
    print_json_pair(out, second, bytes, length);
}

static void json_field(FILE *out, const struct row *row, uint32_t index)
{
    const tsmp_field *field = row_field(row, index);
    const char *name = field_name(row, field), *bytes = field_bytes(row, field);
    char key[120];
    if (name == NULL)
        return;
    key_of(row, index, name, key, sizeof key);
    putc(',', out);
    const char *word = field_word(row, field);
    bool known = true;
    if (word != NULL) {
        print_json_pair(out, key, word, strlen(word));
        return;
    }
    if (field->type == TSMP_TYPE_TEXT) {
        print_json_pair(out, key, bytes, field->length);
        return;
    }
    print_json(out, key, strlen(key));
    putc(':', out);
    switch (field->type) {
    case TSMP_TYPE_NUMBER:
    case TSMP_TYPE_OFFSET:
        known = number_is_known(field);
        if (known)
            print_number(out, field->number, field->power);
        break;
    case TSMP_TYPE_TIME:
        known = time_is_known(field->flags);
        if (known)
            print_time(out, field->number, true, true);
        break;
    default: known = false;
    }
    if (!known) { /* what the log prints stands beside it */
        fputs("null", out);
        json_printed(out, key, bytes, field->length);
    }
}

/* Ways to split a row, of which none is known to be the right one: an array of objects. Returns
 * how many fields it took. */
static uint32_t json_candidates(FILE *out, const struct row *row, uint32_t first)
{
    uint32_t i = first + 1, count = row->record->field_count;
    fputs(",\"candidates\":[", out);
    for (uint64_t way = 0; i + 2 < count && row_field(row, i)->id == TSMP_FIELD_PATH; way++, i += 3) {
        const tsmp_field *path = row_field(row, i), *expires = row_field(row, i + 1),
                         *description = row_field(row, i + 2);
        fputs(way > 0 ? ",{" : "{", out);
        print_json_pair(out, "path", field_bytes(row, path), path->length);
        putc(',', out);
        print_json_pair(out, "expires", field_bytes(row, expires), expires->length);
        putc(',', out);
        print_json_pair(out, "description", field_bytes(row, description), description->length);
        putc('}', out);
    }
    putc(']', out);
    return i - first - 1;
}

static void json_flags(FILE *out, const struct row *row)
{
    const char *comma = "";
    uint32_t flags = row_flags(row);
    fputs(",\"flags\":[", out);
    for (uint32_t bit = 1; bit != 0 && bit <= flags; bit <<= 1) {
        const char *name = (flags & bit) != 0 ? tsmp_name("flag", bit) : NULL;
        if (name == NULL)
            continue;
        fprintf(out, "%s\"%s\"", comma, name);
        comma = ",";
    }
    putc(']', out);
}

void json_record(FILE *out, const struct row *row)
{
    const tsmp_record *record = row->record;
    const char *kind = tsmp_name("kind", record->kind), *format = tsmp_name("format", record->format);
    fprintf(out, "{\"offset\":%" PRIu64 ",\"line\":%" PRIu64 ",\"length\":%" PRIu64
            ",\"kind\":\"%s\",\"format\":\"%s\",\"time\":", record->offset, record->line,
            record->length, kind != NULL ? kind : "unknown", format != NULL ? format : "unknown");
    print_time(out, record->time, time_is_known(record->flags), true);
    json_flags(out, row);
    const char *text = row->view->text + record->text;
    if (!time_is_known(record->flags) && record->stamp_length > 0) {
        putc(',', out);
        print_json_pair(out, "stamp", text, record->stamp_length);
    }
    if (record->why != TSMP_WHY_NONE && tsmp_name("why", record->why) != NULL)
        fprintf(out, ",\"why\":\"%s\"", tsmp_name("why", record->why));
    if (shows_text(record)) {
        putc(',', out);
        print_json_pair(out, "text", text, record->text_length);
    }
    for (uint32_t i = 0; i < record->field_count; i++) {
        if (row_field(row, i)->id == TSMP_FIELD_CANDIDATES)
            i += json_candidates(out, row, i);
        else
            json_field(out, row, i);
    }
    fputs("}\n", out);
}
