/* SPDX-License-Identifier: BSD-2-Clause
 * tsmparse records: every record, as a table, JSON Lines or CSV. */
#include "command.h"

#include <inttypes.h>
#include <string.h>

static bool wanted(const char *kinds, const char *kind)
{
    size_t n = strlen(kind);
    for (const char *at = kinds; at != NULL && *at != '\0';) {
        size_t length = strcspn(at, ",");
        if (length == n && memcmp(at, kind, n) == 0)
            return true;
        at += length + (at[length] == ',');
    }
    return kinds == NULL;
}

static bool time_known(uint32_t flags)
{
    return (flags & (TSMP_FLAG_NO_TIME | TSMP_FLAG_DATE_AMBIGUOUS | TSMP_FLAG_TIME_IMPOSSIBLE)) == 0;
}

static void json_text(const char *name, const char *bytes, size_t length)
{
    printf(",\"%s\":", name);
    if (!print_json(stdout, bytes, length)) {
        printf(",\"%s_b64\":", name);
        print_base64(stdout, bytes, length);
    }
}

static const char *word_of(const tsmp_record *record, const tsmp_field *field)
{
    bool statistic = record->kind == TSMP_KIND_STATISTIC && field->id == TSMP_FIELD_NAME;
    return tsmp_name(statistic ? "statistic" : "word", (uint32_t)field->number);
}

static void json_field(const tsmp_batch *batch, const tsmp_view *view, const tsmp_record *record,
                       const tsmp_field *field)
{
    const char *name = tsmp_batch_field_name(batch, field->id);
    const char *bytes = view->text + field->text;
    if (name == NULL)
        return;
    if (record->kind == TSMP_KIND_CUSTOM && field->id == TSMP_FIELD_NAME) {
        const char *pattern = tsmp_batch_field_name(batch,
                                                    (uint32_t)field->number);
        json_text(name, pattern, strlen(pattern));
        return;
    }
    bool bad = (field->flags & (TSMP_FLAG_OVERFLOW | TSMP_FLAG_NUMBER_AMBIGUOUS)) != 0;
    switch (field->type) {
    case TSMP_TYPE_WORD: {
        const char *word = word_of(record, field);
        if (word != NULL)
            printf(",\"%s\":\"%s\"", name, word);
        else
            printf(",\"%s\":null", name);
        break;
    }
    case TSMP_TYPE_NUMBER:
    case TSMP_TYPE_OFFSET:
        printf(",\"%s\":", name);
        if (bad)
            fputs("null", stdout);
        else
            print_number(stdout, field->number, field->power);
        if (bad) {
            char key[64];
            snprintf(key, sizeof key, "%s_text", name);
            json_text(key, bytes, field->length);
        }
        break;
    case TSMP_TYPE_TIME:
        printf(",\"%s\":", name);
        print_time(stdout, field->number, time_known(field->flags), true);
        if (!time_known(field->flags)) {
            char key[64];
            snprintf(key, sizeof key, "%s_text", name);
            json_text(key, bytes, field->length);
        }
        break;
    default:
        json_text(name, bytes, field->length);
    }
}

static void print_flags(uint32_t flags)
{
    const char *comma = "";
    fputs(",\"flags\":[", stdout);
    for (uint32_t bit = 1; bit != 0 && bit <= flags; bit <<= 1) {
        const char *name = (flags & bit) != 0 ? tsmp_name("flag", bit) : NULL;
        if (name == NULL)
            continue;
        printf("%s\"%s\"", comma, name);
        comma = ",";
    }
    putchar(']');
}

static bool shows_text(const tsmp_record *record)
{
    return record->kind == TSMP_KIND_UNKNOWN || record->kind == TSMP_KIND_MORE;
}

static void json_record(const tsmp_batch *batch, const tsmp_view *view, const tsmp_record *record)
{
    printf("{\"offset\":%" PRIu64 ",\"line\":%" PRIu64 ",\"length\":%" PRIu64
           ",\"kind\":\"%s\",\"format\":\"%s\",\"time\":",
           record->offset, record->line, record->length, tsmp_name("kind", record->kind),
           tsmp_name("format", record->format));
    print_time(stdout, record->time, time_known(record->flags), true);
    print_flags(record->flags);
    if ((record->flags & TSMP_FLAG_DATE_AMBIGUOUS) != 0 && record->stamp_length > 0)
        json_text("stamp", view->text + record->text, record->stamp_length);
    if (shows_text(record)) {
        if (record->why != TSMP_WHY_NONE)
            printf(",\"why\":\"%s\"", tsmp_name("why", record->why));
        json_text("text", view->text + record->text, record->text_length);
    }
    for (uint32_t i = 0; i < record->field_count; i++)
        json_field(batch, view, record, &view->fields[record->first_field + i]);
    fputs("}\n", stdout);
}

static void flat_field(const tsmp_view *view, const tsmp_record *record, const tsmp_field *field,
                       FILE *out)
{
    const char *bytes = view->text + field->text;
    if (field->type == TSMP_TYPE_WORD && word_of(record, field) != NULL)
        fputs(word_of(record, field), out);
    else if (field->type == TSMP_TYPE_NUMBER && field->flags == 0)
        print_number(out, field->number, field->power);
    else if (field->type == TSMP_TYPE_TIME && time_known(field->flags))
        print_time(out, field->number, true, false);
    else if (field->type == TSMP_TYPE_OFFSET)
        fprintf(out, "%" PRId64, field->number);
    else
        print_safe(out, bytes, field->length, 200);
}

static void table_record(const tsmp_batch *batch, const tsmp_view *view, const tsmp_record *record)
{
    printf("%7" PRIu64 "  ", record->line);
    print_time(stdout, record->time, time_known(record->flags), false);
    printf("%s  %-14s", time_known(record->flags) ? "" : "                  ",
           tsmp_name("kind", record->kind));
    for (uint32_t i = 0; i < record->field_count; i++) {
        const tsmp_field *field = &view->fields[record->first_field + i];
        const char *name = tsmp_batch_field_name(batch, field->id);
        printf(" %s=", name != NULL ? name : "?");
        flat_field(view, record, field, stdout);
    }
    if (shows_text(record)) {
        putchar(' ');
        print_safe(stdout, view->text + record->text, record->text_length, 100);
    }
    putchar('\n');
}

/* The columns of the CSV: the facts of records that people put into tables. */
static const uint16_t columns[] = {
    TSMP_FIELD_CODE, TSMP_FIELD_SEVERITY, TSMP_FIELD_ACTION, TSMP_FIELD_OBJECT_TYPE,
    TSMP_FIELD_SIZE, TSMP_FIELD_PATH, TSMP_FIELD_STATUS, TSMP_FIELD_RETRY, TSMP_FIELD_VOLUME,
    TSMP_FIELD_OUTCOME, TSMP_FIELD_NAME, TSMP_FIELD_VALUE, TSMP_FIELD_UNIT, TSMP_FIELD_SCHEDULE,
    TSMP_FIELD_SCHEDULED, TSMP_FIELD_STATE, TSMP_FIELD_LABEL, TSMP_FIELD_TEXT, TSMP_FIELD_OBJECT};

static void csv_head(void)
{
    fputs("line,offset,length,time,kind", stdout);
    for (size_t i = 0; i < sizeof columns / sizeof *columns; i++)
        printf(",%s", tsmp_name("field", columns[i]));
    fputs("\r\n", stdout);
}

static void csv_record(const tsmp_view *view, const tsmp_record *record)
{
    printf("%" PRIu64 ",%" PRIu64 ",%" PRIu64 ",", record->line, record->offset, record->length);
    if (time_known(record->flags))
        print_time(stdout, record->time, true, false);
    printf(",%s", tsmp_name("kind", record->kind));
    for (size_t i = 0; i < sizeof columns / sizeof *columns; i++) {
        putchar(',');
        for (uint32_t k = 0; k < record->field_count; k++) {
            const tsmp_field *field = &view->fields[record->first_field + k];
            if (field->id != columns[i])
                continue;
            if (field->type == TSMP_TYPE_TEXT)
                print_csv(stdout, view->text + field->text, field->length);
            else
                flat_field(view, record, field, stdout);
            break;
        }
        if (columns[i] == TSMP_FIELD_TEXT && shows_text(record))
            print_csv(stdout, view->text + record->text, record->text_length);
    }
    fputs("\r\n", stdout);
}

static int32_t show(const tsmp_batch *batch, void *context)
{
    const struct options *options = context;
    const tsmp_view *view = tsmp_batch_view(batch);
    for (uint64_t i = 0; i < view->record_count; i++) {
        const tsmp_record *record = &view->records[i];
        if (!wanted(options->kinds, tsmp_name("kind", record->kind)))
            continue;
        if (options->format == FORMAT_JSON)
            json_record(batch, view, record);
        else if (options->format == FORMAT_CSV)
            csv_record(view, record);
        else
            table_record(batch, view, record);
    }
    return TSMP_OK;
}

int records_main(const struct options *options, char **files, int count)
{
    int result = 0;
    struct options copy = *options;
    if (options->format == FORMAT_CSV)
        csv_head();
    for (int i = 0; i < count; i++) {
        struct file_facts facts;
        result |= read_file(files[i], options, show, &copy, &facts);
    }
    return result;
}
