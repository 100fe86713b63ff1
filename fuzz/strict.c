/* SPDX-License-Identifier: BSD-2-Clause */
#include "strict.h"

#include <stdlib.h>
#include <string.h>

/* Length of the UTF-8 character here, by the table of RFC 3629; 0 = it is none. */
static size_t character(const char *text, size_t length, uint32_t *point)
{
    static const struct {
        unsigned char from, to, second_from, second_to;
        size_t length;
    } forms[] = {{0x00, 0x7F, 0, 0, 1}, {0xC2, 0xDF, 0x80, 0xBF, 2}, {0xE0, 0xE0, 0xA0, 0xBF, 3},
                 {0xE1, 0xEC, 0x80, 0xBF, 3}, {0xED, 0xED, 0x80, 0x9F, 3}, {0xEE, 0xEF, 0x80, 0xBF, 3},
                 {0xF0, 0xF0, 0x90, 0xBF, 4}, {0xF1, 0xF3, 0x80, 0xBF, 4}, {0xF4, 0xF4, 0x80, 0x8F, 4}};
    const unsigned char *s = (const unsigned char *)text;
    for (size_t i = 0; length > 0 && i < sizeof forms / sizeof *forms; i++) {
        if (s[0] < forms[i].from || s[0] > forms[i].to)
            continue;
        if (forms[i].length > length ||
            (forms[i].length > 1 && (s[1] < forms[i].second_from || s[1] > forms[i].second_to)))
            return 0;
        *point = forms[i].length == 1 ? s[0] : s[0] & (0x7Fu >> forms[i].length);
        for (size_t k = 1; k < forms[i].length; k++) {
            if (s[k] < 0x80 || s[k] > 0xBF)
                return 0;
            *point = *point << 6 | (s[k] & 0x3F);
        }
        return forms[i].length;
    }
    return 0;
}

bool text_is_utf8(const char *text, size_t length)
{
    uint32_t c;
    for (size_t at = 0, n; at < length; at += n)
        if ((n = character(text + at, length - at, &c)) == 0)
            return false;
    return true;
}

void text_is_safe(const char *text, size_t length, bool returns)
{
    for (size_t at = 0, n; at < length; at += n) {
        uint32_t c = 0;
        n = character(text + at, length - at, &c);
        CHECK(n > 0);
        bool newline = c == '\n' || (returns && c == '\r' && at + 1 < length && text[at + 1] == '\n');
        CHECK(c >= 0x20 || newline);
        CHECK(c < 0x7F || c > 0x9F);
        CHECK(c != 0x61C && (c < 0x200E || c > 0x200F) && (c < 0x2028 || c > 0x202E) &&
              (c < 0x2066 || c > 0x2069) && c != 0xFEFF);
    }
}

/* ---- JSON ------------------------------------------------------------------------------------ */

static int peek(const struct json *json)
{
    return json->at < json->length ? (unsigned char)json->text[json->at] : -1;
}

static void expect(struct json *json, const char *written)
{
    size_t n = strlen(written);
    CHECK(json->length - json->at >= n && memcmp(json->text + json->at, written, n) == 0);
    json->at += n;
}

static uint32_t four_digits(const struct json *json, size_t at)
{
    uint32_t value = 0;
    CHECK(json->length - at >= 4);
    for (size_t i = 0; i < 4; i++) {
        char c = json->text[at + i];
        CHECK((c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'));
        value = value << 4 | (uint32_t)(c <= '9' ? c - '0' : (c | 32) - 'a' + 10);
    }
    return value;
}

/* The character at `*at` of a string, an escape or not. */
static uint32_t next_point(const struct json *json, size_t *at)
{
    static const char letters[] = "\"\\/bfnrt", meant[] = "\"\\/\b\f\n\r\t";
    uint32_t c = 0;
    CHECK(*at < json->length);
    if (json->text[*at] != '\\') {
        size_t n = character(json->text + *at, json->length - *at, &c);
        CHECK(n > 0 && c >= 0x20);
        *at += n;
        return c;
    }
    CHECK(json->length - *at >= 2);
    char kind = json->text[*at + 1];
    *at += 2;
    if (kind != 'u') {
        const char *found = kind != '\0' ? strchr(letters, kind) : NULL;
        CHECK(found != NULL);
        return (unsigned char)meant[found - letters];
    }
    c = four_digits(json, *at);
    *at += 4;
    CHECK(c < 0xDC00 || c > 0xDFFF);
    if (c < 0xD800 || c > 0xDBFF)
        return c;
    CHECK(json->length - *at >= 6 && json->text[*at] == '\\' && json->text[*at + 1] == 'u');
    uint32_t low = four_digits(json, *at + 2);
    CHECK(low >= 0xDC00 && low <= 0xDFFF);
    *at += 6;
    return 0x10000 + ((c - 0xD800) << 10) + (low - 0xDC00);
}

static void read_string(struct json *json, size_t *from, size_t *to)
{
    expect(json, "\"");
    *from = json->at;
    while (peek(json) != '"')
        (void)next_point(json, &json->at);
    *to = json->at++;
}

static void read_digits(struct json *json)
{
    CHECK(peek(json) >= '0' && peek(json) <= '9');
    while (peek(json) >= '0' && peek(json) <= '9')
        json->at++;
}

static void read_number(struct json *json)
{
    json->at += peek(json) == '-';
    if (peek(json) == '0')
        json->at++;
    else
        read_digits(json);
    if (peek(json) == '.') {
        json->at++;
        read_digits(json);
    }
    if (peek(json) == 'e' || peek(json) == 'E') {
        json->at++;
        json->at += peek(json) == '+' || peek(json) == '-';
        read_digits(json);
    }
}

static int add_value(struct json *json)
{
    if (json->count == json->capacity) {
        json->capacity = json->capacity * 2 + 64;
        json->values = realloc(json->values, (size_t)json->capacity * sizeof *json->values);
        CHECK(json->values != NULL);
    }
    json->values[json->count] = (struct json_value){.first = -1, .next = -1};
    return json->count++;
}

static int read_value(struct json *json, int depth);

static void read_values(struct json *json, int holder, int depth, bool object)
{
    int last = -1;
    json->at++;
    while (peek(json) != (object ? '}' : ']')) {
        size_t from = 0, to = 0;
        if (last >= 0)
            expect(json, ",");
        if (object) {
            read_string(json, &from, &to);
            expect(json, ":");
            for (int i = json->values[holder].first; i >= 0; i = json->values[i].next)
                CHECK(json->values[i].key_to - json->values[i].key_from != to - from ||
                      memcmp(json->text + json->values[i].key_from, json->text + from, to - from) != 0);
        }
        int one = read_value(json, depth + 1);
        json->values[one].key_from = from;
        json->values[one].key_to = to;
        *(last >= 0 ? &json->values[last].next : &json->values[holder].first) = one;
        json->values[holder].count++;
        last = one;
    }
    json->at++;
}

static int read_value(struct json *json, int depth)
{
    int place = add_value(json);
    size_t from = json->at, to = 0;
    enum json_type type = JSON_NUMBER;
    CHECK(depth < 32);
    switch (peek(json)) {
    case '{': type = JSON_OBJECT; read_values(json, place, depth, true); break;
    case '[': type = JSON_ARRAY; read_values(json, place, depth, false); break;
    case '"': type = JSON_STRING; read_string(json, &from, &to); break;
    case 't': type = JSON_TRUE; expect(json, "true"); break;
    case 'f': type = JSON_FALSE; expect(json, "false"); break;
    case 'n': type = JSON_NULL; expect(json, "null"); break;
    default: read_number(json);
    }
    json->values[place].type = type;
    json->values[place].from = from;
    json->values[place].to = type == JSON_STRING ? to : json->at;
    return place;
}

void json_read(struct json *json, const char *text, size_t length)
{
    json->text = text;
    json->length = length;
    json->at = 0;
    json->count = 0;
    (void)read_value(json, 0);
    CHECK(json->at == length);
}

void json_free(struct json *json)
{
    free(json->values);
    *json = (struct json){0};
}

int json_member(const struct json *json, int object, const char *name)
{
    size_t n = strlen(name);
    CHECK(object >= 0 && json->values[object].type == JSON_OBJECT);
    for (int i = json->values[object].first; i >= 0; i = json->values[i].next)
        if (json->values[i].key_to - json->values[i].key_from == n &&
            memcmp(json->text + json->values[i].key_from, name, n) == 0)
            return i;
    return -1;
}

bool json_is(const struct json *json, int value, const char *written)
{
    size_t n = strlen(written);
    return value >= 0 && json->values[value].to - json->values[value].from == n &&
           memcmp(json->text + json->values[value].from, written, n) == 0;
}

void json_say(const struct json *json, int value, struct notes *to)
{
    CHECK(value >= 0 && json->values[value].type == JSON_STRING);
    for (size_t at = json->values[value].from; at < json->values[value].to;) {
        uint32_t c = next_point(json, &at);
        size_t n = c < 0x80 ? 1 : c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
        char bytes[4];
        for (size_t i = n; i-- > 1; c >>= 6)
            bytes[i] = (char)(0x80 | (c & 0x3F));
        bytes[0] = (char)(n == 1 ? c : (0xF00u >> n & 0xFF) | c);
        note_bytes(to, bytes, n);
    }
}

void json_base64(const struct json *json, int value, struct notes *to)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    CHECK(value >= 0 && json->values[value].type == JSON_STRING);
    const char *from = json->text + json->values[value].from;
    size_t length = json->values[value].to - json->values[value].from;
    CHECK(length % 4 == 0);
    for (size_t i = 0; i < length; i += 4) {
        uint32_t group = 0;
        size_t pads = 0;
        for (size_t k = 0; k < 4; k++) {
            bool pad = from[i + k] == '=' && i + 4 == length && k >= 2;
            const char *digit = from[i + k] != '\0' ? strchr(digits, from[i + k]) : NULL;
            CHECK(pad ? true : digit != NULL && pads == 0);
            pads += pad;
            group = group << 6 | (pad ? 0 : (uint32_t)(digit - digits));
        }
        const char bytes[3] = {(char)(group >> 16), (char)(group >> 8), (char)group};
        note_bytes(to, bytes, 3 - pads);
    }
}

/* ---- CSV ------------------------------------------------------------------------------------- */

static void end_cell(struct csv *csv, size_t from, bool quoted)
{
    if (csv->count == csv->capacity) {
        csv->capacity = csv->capacity * 2 + 128;
        csv->cells = realloc(csv->cells, csv->capacity * sizeof *csv->cells);
        CHECK(csv->cells != NULL);
    }
    csv->cells[csv->count++] = (struct cell){from, csv->said.length - from, quoted};
}

size_t csv_read(struct csv *csv, const char *text, size_t length, size_t at)
{
    csv->count = 0;
    csv->said.length = 0;
    for (;;) {
        size_t from = csv->said.length;
        bool quoted = at < length && text[at] == '"';
        at += quoted;
        for (; quoted; at++) {
            CHECK(at < length && text[at] != '\r' && text[at] != '\n');
            if (text[at] == '"' && (at + 1 == length || text[at + 1] != '"'))
                break;
            at += text[at] == '"';
            note_bytes(&csv->said, text + at, 1);
        }
        at += quoted;
        for (; at < length && text[at] != ',' && text[at] != '\r'; at++) {
            CHECK(!quoted && text[at] != '"' && text[at] != '\n');
            note_bytes(&csv->said, text + at, 1);
        }
        end_cell(csv, from, quoted);
        CHECK(at < length);
        if (text[at++] == ',')
            continue;
        CHECK(at < length && text[at] == '\n');
        return at + 1;
    }
}

void csv_free(struct csv *csv)
{
    free(csv->said.bytes);
    free(csv->cells);
    *csv = (struct csv){0};
}
