/* SPDX-License-Identifier: BSD-2-Clause
 * --where: which records are shown. A record that has no such field, or has it without a value
 * that may be used, never fits. A name that none of all records had is most likely mistyped, and that is said. */
#include "record.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* Is it digits with at most one point, and a sign? */
static bool is_decimal(const char *text)
{
    text += *text == '-' || *text == '+';
    size_t digits = 0, points = 0;
    for (; *text != '\0'; text++) {
        digits += *text >= '0' && *text <= '9';
        points += *text == '.';
        if ((*text < '0' || *text > '9') && *text != '.')
            return false;
    }
    return digits > 0 && points <= 1;
}

/* Digits left of the point without leading zeros, and where the point is. */
static const char *whole_part(const char *text, size_t *length)
{
    text += *text == '-' || *text == '+';
    while (*text == '0')
        text++;
    *length = strspn(text, "0123456789");
    return text;
}

static int sign_of(const char *text)
{
    return text[strspn(text, "+-0.")] == '\0' ? 0 : *text == '-' ? -1 : 1;
}

/* No floating point: 64-bit counts and byte sizes must compare exactly. */
int compare_decimals(const char *a, const char *b)
{
    int sign = sign_of(a);
    if (sign != sign_of(b))
        return sign < sign_of(b) ? -1 : 1;
    if (sign == 0)
        return 0;
    size_t a_length, b_length;
    a = whole_part(a, &a_length);
    b = whole_part(b, &b_length);
    if (a_length != b_length)
        return a_length < b_length ? -sign : sign;
    int order = memcmp(a, b, a_length);
    if (order != 0)
        return order < 0 ? -sign : sign;
    a += a_length + (a[a_length] == '.');
    b += b_length + (b[b_length] == '.');
    while (*a != '\0' || *b != '\0') {
        char x = *a != '\0' ? *a++ : '0', y = *b != '\0' ? *b++ : '0';
        if (x != y)
            return x < y ? -sign : sign;
    }
    return 0;
}

static bool contains(const char *text, size_t length, const char *wanted)
{
    size_t n = strlen(wanted);
    return n == 0 || (length >= n && memmem(text, length, wanted, n) != NULL);
}

static bool holds(const struct condition *condition, int order)
{
    switch (condition->test) {
    case IS_EQUAL: return order == 0;
    case IS_NOT: return order != 0;
    case IS_LESS: return order < 0;
    case IS_MOST: return order <= 0;
    case IS_MORE: return order > 0;
    default: return order >= 0;
    }
}

static bool text_fits(const struct condition *condition, const char *text, size_t length)
{
    if (condition->test == HAS)
        return contains(text, length, condition->value);
    size_t n = strlen(condition->value), common = length < n ? length : n;
    int order = common > 0 ? memcmp(text, condition->value, common) : 0;
    return holds(condition, order != 0 ? order : (length > n) - (length < n));
}

/* `text` ends with a NUL. */
static bool number_fits(const struct condition *condition, const char *text)
{
    if (condition->test == HAS)
        return contains(text, strlen(text), condition->value);
    return is_decimal(condition->value) && holds(condition, compare_decimals(text,
                                                                             condition->value));
}

static bool count_fits(const struct condition *condition, uint64_t value)
{
    char text[24];
    snprintf(text, sizeof text, "%" PRIu64, value);
    return number_fits(condition, text);
}

static bool time_fits(const struct condition *condition, int64_t time)
{
    char text[32] = "";
    FILE *out = fmemopen(text, sizeof text, "w");
    if (out == NULL)
        return false;
    print_time(out, time, true, false);
    fclose(out);
    /* People write a blank where ISO has a T; as text it would come before every hour of the day. */
    if (strlen(condition->value) > 10 && condition->value[10] == ' ')
        text[10] = ' ';
    return text_fits(condition, text, strlen(text));
}

static bool name_fits(const struct condition *condition, const char *name)
{
    return name != NULL && text_fits(condition, name, strlen(name));
}

/* One of the flags, or (for !=) none of them. */
static bool flags_fit(const struct condition *condition, uint32_t flags)
{
    bool any = false;
    for (uint32_t bit = 1; bit != 0 && bit <= flags; bit <<= 1) {
        const char *name = (flags & bit) != 0 ? tsmp_name("flag", bit) : NULL;
        any |= name != NULL && (condition->test == HAS ? strstr(name, condition->value) != NULL
                                                       : strcmp(name, condition->value) == 0);
    }
    return condition->test == IS_NOT ? !any : any;
}

static bool field_fits(const struct condition *condition, const struct row *row,
                       const tsmp_field *field)
{
    const char *word = field_word(row, field);
    if (word != NULL)
        return name_fits(condition, word);
    switch (field->type) {
    case TSMP_TYPE_NUMBER:
    case TSMP_TYPE_OFFSET: {
        size_t length;
        if (!number_is_known(field))
            return false;
        char *text = flat_value(row, field, &length);
        bool fits = text != NULL && number_fits(condition, text);
        free(text);
        return fits;
    }
    case TSMP_TYPE_TIME: return time_is_known(field->flags) && time_fits(condition, field->number);
    default: return text_fits(condition, field_bytes(row, field), field->length);
    }
}

/* `known`: the record has such a value at all. */
static bool fits(const struct condition *condition, const struct row *row, bool *known)
{
    const tsmp_record *record = row->record;
    const char *name = condition->field;
    *known = true;
    if (strcmp(name, "offset") == 0)
        return count_fits(condition, record->offset);
    if (strcmp(name, "line") == 0)
        return count_fits(condition, record->line);
    if (strcmp(name, "length") == 0)
        return count_fits(condition, record->length);
    if (strcmp(name, "kind") == 0)
        return name_fits(condition, tsmp_name("kind", record->kind));
    if (strcmp(name, "format") == 0)
        return name_fits(condition, tsmp_name("format", record->format));
    if (strcmp(name, "why") == 0)
        return record->why != TSMP_WHY_NONE && name_fits(condition, tsmp_name("why", record->why));
    if (strcmp(name, "time") == 0)
        return time_is_known(record->flags) && time_fits(condition, record->time);
    if (strcmp(name, "flags") == 0)
        return flags_fit(condition, row_flags(row));
    if (strcmp(name, "text") == 0 && shows_text(record))
        return text_fits(condition, row->view->text + record->text, record->text_length);
    *known = strcmp(name, "text") == 0;
    if (strncmp(name, "field_", 6) == 0) /* the JSON key of a field whose name was taken */
        name += 6;
    for (uint32_t i = 0; i < record->field_count; i++) {
        const tsmp_field *field = row_field(row, i);
        const char *other = field_name(row, field);
        if (other == NULL || strcmp(other, name) != 0)
            continue;
        *known = true;
        if (field_fits(condition, row, field))
            return true;
    }
    return false;
}

bool row_fits(const struct row *row, const struct options *options, atomic_bool *known)
{
    bool good = true;
    for (size_t i = 0; i < options->condition_count; i++) {
        bool has, asked = atomic_load_explicit(&known[i], memory_order_relaxed);
        if (!good && asked)
            continue;
        good &= fits(&options->conditions[i], row, &has);
        if (has && !asked)
            atomic_store_explicit(&known[i], true, memory_order_relaxed);
    }
    return good;
}
