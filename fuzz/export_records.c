/* SPDX-License-Identifier: BSD-2-Clause
 * What `tsmparse records` prints, set against the records themselves. */
#include "export.h"
#include "strict.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* ---- values as they must be written, made the slow way ------------------------------------------ */

enum { WRITTEN = 400 };

static void write_decimal(char to[WRITTEN], int64_t number, int32_t power)
{
    char digits[24];
    CHECK(power >= -300 && power <= 300);
    snprintf(digits, sizeof digits, "%" PRId64, number);
    const char *sign = digits[0] == '-' ? "-" : "", *figures = digits + strlen(sign);
    int count = (int)strlen(figures);
    if (power >= 0 || number == 0) {
        snprintf(to, WRITTEN, "%s%s", sign, figures);
        for (int i = 0; number != 0 && i < power; i++)
            strcat(to, "0");
        if (number == 0 && power < 0) {
            strcat(to, ".");
            for (int i = 0; i < -power; i++)
                strcat(to, "0");
        }
    } else if (count > -power) {
        snprintf(to, WRITTEN, "%s%.*s.%s", sign, count + power, figures, figures + count + power);
    } else {
        snprintf(to, WRITTEN, "%s0.", sign);
        for (int i = count; i < -power; i++)
            strcat(to, "0");
        strcat(to, figures);
    }
}

static void write_time(char to[WRITTEN], int64_t time)
{
    static const int lengths[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    int64_t seconds = time / 1000000 - (time % 1000000 < 0), days = seconds / 86400 - (seconds % 86400 < 0);
    int64_t left = seconds - days * 86400;
    int year = 1970, month = 0;
    for (bool back;; year += back ? -1 : 1) {
        int length = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 366 : 365;
        int before = (year - 1) % 4 == 0 && ((year - 1) % 100 != 0 || (year - 1) % 400 == 0) ? 366 : 365;
        if (days >= 0 && days < length) {
            for (int in = 0; days >= (in = lengths[month] + (month == 1 && length == 366)); month++)
                days -= in;
            break;
        }
        back = days < 0;
        days += back ? before : -length;
    }
    snprintf(to, WRITTEN, "%04d-%02d-%02dT%02d:%02d:%02d", year, month + 1, (int)days + 1, (int)(left / 3600),
             (int)(left / 60 % 60), (int)(left % 60));
}

static bool doubtful(uint32_t flags)
{
    return (flags & (TSMP_FLAG_NO_TIME | TSMP_FLAG_DATE_AMBIGUOUS | TSMP_FLAG_TIME_IMPOSSIBLE)) != 0;
}

/* A number, time or word as it is written; false: it is text, or not known. */
static bool write_value(const struct row *row, const tsmp_field *field, char to[WRITTEN])
{
    const tsmp_record *record = row->record;
    bool statistic = record->kind == TSMP_KIND_STATISTIC && field->id == TSMP_FIELD_NAME;
    const char *word = NULL;
    if (record->kind == TSMP_KIND_CUSTOM && field->id == TSMP_FIELD_NAME)
        word = tsmp_batch_field_name(row->batch, (uint32_t)field->number);
    else if (field->type == TSMP_TYPE_WORD)
        word = tsmp_name(statistic ? "statistic" : "word", (uint32_t)field->number);
    if (word != NULL)
        snprintf(to, WRITTEN, "%s", word);
    else if (field->type == TSMP_TYPE_TIME && !doubtful(field->flags))
        write_time(to, field->number);
    else if ((field->type == TSMP_TYPE_NUMBER || field->type == TSMP_TYPE_OFFSET) &&
             (field->flags & (TSMP_FLAG_OVERFLOW | TSMP_FLAG_NUMBER_AMBIGUOUS)) == 0)
        write_decimal(to, field->number, field->power);
    else
        return false;
    return true;
}

static const char *name_here(const struct row *row, const tsmp_field *field)
{
    return tsmp_batch_field_name(row->batch, field->id);
}

/* ---- records ------------------------------------------------------------------------------------ */

static bool is_text(const tsmp_record *record)
{
    return record->kind == TSMP_KIND_UNKNOWN || record->kind == TSMP_KIND_MORE;
}

/* A text of the log stands in the member whole: in it, or as base64 in the one beside it. */
void says_text(const struct json *json, int object, const char *key, const char *bytes, uint64_t length)
{
    char beside[160];
    struct notes said = {0};
    snprintf(beside, sizeof beside, "%s_b64", key);
    int packed = json_member(json, object, beside), plain = json_member(json, object, key);
    if (packed >= 0)
        json_base64(json, packed, &said);
    else
        json_say(json, plain, &said);
    CHECK(said.length == length && (length == 0 || memcmp(said.bytes, bytes, (size_t)length) == 0));
    free(said.bytes);
}

static void check_member(const struct json *json, const struct row *row, uint32_t index)
{
    static const char *const own[] = {"offset", "line", "length", "kind", "format", "time", "flags", "stamp", "why"};
    const tsmp_field *field = &row->view->fields[row->record->first_field + index];
    const char *name = name_here(row, field);
    char key[128], value[WRITTEN], beside[160];
    unsigned before = 0;
    CHECK(name != NULL);
    for (uint32_t i = 0; i < index; i++)
        before += strcmp(name_here(row, field - (index - i)), name) == 0;
    bool taken = is_text(row->record) && strcmp(name, "text") == 0;
    for (size_t i = 0; i < sizeof own / sizeof *own; i++)
        taken |= strcmp(own[i], name) == 0;
    if (strlen(name) > 80 || strpbrk(name, "\"\\") != NULL)
        return; /* its key is another */
    for (const char *c = name; *c != '\0'; c++)
        if ((unsigned char)*c < 0x20 || (unsigned char)*c > 0x7E)
            return;
    snprintf(key, sizeof key, before > 0 ? "%s%s_%u" : "%s%s", taken ? "field_" : "", name, before + 1);
    int member = json_member(json, 0, key);
    CHECK(member >= 0);
    if (write_value(row, field, value)) {
        CHECK(json_is(json, member, value));
    } else if (field->type == TSMP_TYPE_TEXT) {
        says_text(json, 0, key, row->view->text + field->text, field->length);
    } else {
        CHECK(json->values[member].type == JSON_NULL);
        snprintf(beside, sizeof beside, "%s_text", key);
        says_text(json, 0, beside, row->view->text + field->text, field->length);
    }
}

static void number_is(const struct json *json, const char *key, uint64_t number)
{
    char value[WRITTEN];
    snprintf(value, sizeof value, "%" PRIu64, number);
    CHECK(json_is(json, json_member(json, 0, key), value));
}

static void check_record(const struct json *json, const struct row *row)
{
    const tsmp_record *record = row->record;
    char value[WRITTEN];
    number_is(json, "offset", record->offset);
    number_is(json, "line", record->line);
    number_is(json, "length", record->length);
    CHECK(json_is(json, json_member(json, 0, "kind"), tsmp_name("kind", record->kind)));
    CHECK(json_is(json, json_member(json, 0, "format"), tsmp_name("format", record->format)));
    if (doubtful(record->flags))
        snprintf(value, sizeof value, "null");
    else
        write_time(value, record->time);
    CHECK(json_is(json, json_member(json, 0, "time"), value));
    CHECK(json->values[json_member(json, 0, "flags")].type == JSON_ARRAY);
    if (is_text(record))
        says_text(json, 0, "text", row->view->text + record->text, record->text_length);
    for (uint32_t i = 0; i < record->field_count; i++) {
        if (row->view->fields[record->first_field + i].id == TSMP_FIELD_CANDIDATES) {
            CHECK(json->values[json_member(json, 0, "candidates")].type == JSON_ARRAY);
            return; /* which one is right is not known, nor which keys come behind */
        }
        check_member(json, row, i);
    }
}

void records_json(struct log *log)
{
    struct json json = {0};
    struct row row;
    const char *line;
    size_t at = 0, length;
    log->options.format = FORMAT_JSON;
    print_all(records_main, &log->options, false);
    first_row(log);
    while (next_line(&at, &line, &length)) {
        CHECK(next_row(log, &row));
        json_read(&json, line, length);
        if (log->in_order)
            check_record(&json, &row);
    }
    CHECK(!next_row(log, &row));
    json_free(&json);
}

void is_no_formula(const char *cell, size_t length)
{
    static const char *const starts[] = {"=", "+", "-", "@", "\t", "\r", "\xEF\xBC\x9D", "\xEF\xBC\x8B",
                                         "\xEF\xBC\x8D", "\xEF\xBC\xA0"};
    size_t figures = length > 0 && cell[0] == '-';
    while (figures < length && strchr("0123456789.", cell[figures]) != NULL && cell[figures] != '\0')
        figures++;
    bool number = figures == length && length > 1;
    for (size_t i = 0; i < length; i++)
        for (size_t k = 0; (i == 0 || cell[i - 1] == ';') && k < sizeof starts / sizeof *starts; k++) {
            size_t n = strlen(starts[k]);
            CHECK(number || length - i < n || memcmp(cell + i, starts[k], n) != 0);
        }
}

static bool cell_is(const struct csv *csv, size_t index, const char *bytes, size_t length)
{
    return csv->cells[index].length == length &&
           (length == 0 || memcmp(csv->said.bytes + csv->cells[index].from, bytes, length) == 0);
}

/* A cell shows nothing else than its bytes where nothing has to be made safe. */
static bool is_plain(const char *bytes, size_t length)
{
    for (size_t i = 0; i < length; i++)
        if ((unsigned char)bytes[i] < 0x20 || (unsigned char)bytes[i] > 0x7E || bytes[i] == '\\' || bytes[i] == ';' ||
            (i == 0 && strchr("=+-@ '", bytes[i]) != NULL))
            return false;
    return true;
}

static void check_cells(const struct csv *csv, const struct row *row, char *const *heads, size_t count)
{
    const tsmp_record *record = row->record;
    const uint64_t numbers[] = {record->line, record->offset, record->length};
    char value[WRITTEN];
    for (size_t i = 0; i < 3; i++) {
        snprintf(value, sizeof value, "%" PRIu64, numbers[i]);
        CHECK(cell_is(csv, i, value, strlen(value)));
    }
    value[0] = '\0';
    if (!doubtful(record->flags))
        write_time(value, record->time);
    CHECK(cell_is(csv, 3, value, strlen(value)));
    CHECK(cell_is(csv, 4, tsmp_name("kind", record->kind), strlen(tsmp_name("kind", record->kind))));
    for (size_t i = 7; i + 1 < count; i++) {
        const tsmp_field *found = NULL;
        bool candidates = false;
        for (uint32_t k = 0; k < record->field_count && found == NULL && !candidates; k++) {
            const tsmp_field *field = &row->view->fields[record->first_field + k];
            candidates = field->id == TSMP_FIELD_CANDIDATES;
            found = !candidates && field->id < TSMP_FIELD_CUSTOM && name_here(row, field) != NULL &&
                    strcmp(name_here(row, field), heads[i]) == 0 ? field : NULL;
        }
        if (found != NULL && write_value(row, found, value))
            CHECK(cell_is(csv, i, value, strlen(value)));
        else if (found != NULL && is_plain(row->view->text + found->text, (size_t)found->length))
            CHECK(cell_is(csv, i, row->view->text + found->text, (size_t)found->length));
        else if (found == NULL && !(is_text(record) && strcmp(heads[i], "text") == 0))
            CHECK(csv->cells[i].length == 0);
    }
}

void records_csv(struct log *log)
{
    char *heads[256];
    struct csv csv = {0};
    struct row row;
    log->options.format = FORMAT_CSV;
    print_all(records_main, &log->options, true);
    size_t at = csv_read(&csv, printed.bytes, printed.length, 0), count = csv.count;
    CHECK(count > 8 && count < sizeof heads / sizeof *heads);
    for (size_t i = 0; i < count; i++) {
        const char *name = csv.said.bytes + csv.cells[i].from;
        size_t length = csv.cells[i].length;
        if (length > 6 && memcmp(name, "field_", 6) == 0) {
            name += 6;
            length -= 6;
        }
        heads[i] = calloc(1, length + 1);
        CHECK(heads[i] != NULL);
        memcpy(heads[i], name, length);
    }
    first_row(log);
    while (at < printed.length) {
        at = csv_read(&csv, printed.bytes, printed.length, at);
        CHECK(csv.count == count && next_row(log, &row));
        for (size_t i = 0; i < count; i++)
            is_no_formula(csv.said.bytes + csv.cells[i].from, csv.cells[i].length);
        if (log->in_order)
            check_cells(&csv, &row, heads, count);
    }
    CHECK(!next_row(log, &row));
    for (size_t i = 0; i < count; i++)
        free(heads[i]);
    csv_free(&csv);
}

void records_table(struct log *log)
{
    struct row row;
    const char *line;
    size_t at = 0, length;
    log->options.format = FORMAT_TEXT;
    print_all(records_main, &log->options, false);
    CHECK(next_line(&at, &line, &length)); /* the head */
    for (first_row(log); next_row(log, &row);)
        CHECK(next_line(&at, &line, &length));
    CHECK(!next_line(&at, &line, &length));
}
