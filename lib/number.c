/* SPDX-License-Identifier: BSD-2-Clause */
#include "number.h"

#include <tsmparse/tsmparse.h>

#include <string.h>

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* Length of a thousands or decimal mark here, 0 = none. A blank counts only between digits. */
static size_t mark_length(const char *text, size_t length)
{
    if (length == 0)
        return 0;
    unsigned char c = (unsigned char)text[0];
    if (c == ',' || c == '.' || c == '\'' || c == ' ' || c == 0xA0)
        return 1;
    if (length >= 2 && c == 0xC2 && (unsigned char)text[1] == 0xA0)
        return 2;
    if (length >= 3 && c == 0xE2 && (unsigned char)text[1] == 0x80 &&
        (unsigned char)text[2] == 0xAF)
        return 3;
    return 0;
}

static size_t digits_at(const char *text, size_t length)
{
    size_t n = 0;
    while (n < length && is_digit(text[n]))
        n++;
    return n;
}

static void add_digits(struct number *number, const char *text, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        int digit = text[i] - '0';
        if (number->value > (INT64_MAX - digit) / 10) {
            number->flags |= TSMP_FLAG_OVERFLOW;
            return;
        }
        number->value = number->value * 10 + digit;
    }
}

/* The marks of a number: which bytes, how often, how many digits stand behind the last. */
struct shape {
    size_t length;     /* bytes of the whole number */
    size_t last_mark;  /* where the last mark begins */
    size_t mark_size;
    size_t marks;
    size_t tail;       /* digits behind the last mark */
    bool mixed;        /* the last mark differs from the one before it */
};

static struct shape shape_of(const char *text, size_t length)
{
    struct shape shape = {0};
    size_t at = digits_at(text, length);
    if (at == 0)
        return shape;
    shape.length = at;
    size_t first = at;
    for (;;) {
        size_t mark = mark_length(text + at, length - at);
        size_t digits = mark > 0 ? digits_at(text + at + mark, length - at - mark) : 0;
        if (digits == 0)
            break;
        /* blanks and quotes only ever group: exactly three digits, at most three before */
        bool groups_only = text[at] != ',' && text[at] != '.';
        if (groups_only && (digits != 3 || (shape.marks == 0 && first > 3)))
            break;
        shape.mixed = shape.marks > 0 && (mark != shape.mark_size ||
                                          memcmp(text + at, text + shape.last_mark, mark) != 0);
        /* a mark of another kind ends the groups: it is the decimal one, nothing may follow */
        shape.last_mark = at;
        shape.mark_size = mark;
        shape.marks++;
        shape.tail = digits;
        at += mark + digits;
        shape.length = at;
        if (shape.mixed || digits != 3)
            break;
    }
    return shape;
}

uint32_t number_decimal_evidence(const char *text, size_t length)
{
    struct shape shape = shape_of(text, length);
    if (shape.marks == 0)
        return 0;
    char mark = text[shape.last_mark];
    if (mark != ',' && mark != '.')
        return 0;
    bool decimal = shape.mixed || shape.tail != 3;
    if (decimal)
        return mark == '.' ? TSMP_DECIMAL_POINT : TSMP_DECIMAL_COMMA;
    if (shape.marks >= 2) /* the same mark twice groups, so the other one is the decimal mark */
        return mark == '.' ? TSMP_DECIMAL_COMMA : TSMP_DECIMAL_POINT;
    return 0;
}

struct number number_read(const char *text, size_t length, bool integer, uint32_t decimal)
{
    struct number number = {0};
    size_t sign = length > 0 && text[0] == '-' ? 1 : 0;
    text += sign;
    length -= sign;
    struct shape shape = shape_of(text, length);
    if (shape.length == 0)
        return number;

    bool fraction = false;
    if (!integer && shape.marks > 0) {
        char mark = text[shape.last_mark];
        if (mark == '.' || mark == ',') {
            uint32_t means = mark == '.' ? TSMP_DECIMAL_POINT : TSMP_DECIMAL_COMMA;
            if (shape.mixed || shape.tail != 3)
                fraction = true;
            else if (shape.marks == 1 && decimal == 0)
                number.flags |= TSMP_FLAG_NUMBER_AMBIGUOUS;
            else if (shape.marks == 1)
                fraction = means == decimal;
        }
    }
    size_t whole = fraction ? shape.last_mark : shape.length;
    for (size_t at = 0; at < whole;) {
        size_t digits = digits_at(text + at, whole - at);
        add_digits(&number, text + at, digits);
        at += digits;
        if (at < whole)
            at += mark_length(text + at, whole - at);
    }
    if (fraction) {
        add_digits(&number, text + shape.last_mark + shape.mark_size, shape.tail);
        if (shape.tail > 18)
            number.flags |= TSMP_FLAG_OVERFLOW;
        else
            number.power = (int8_t)-(int)shape.tail;
    }
    if (number.flags & TSMP_FLAG_OVERFLOW)
        number.value = 0;
    if (sign)
        number.value = -number.value;
    number.length = sign + shape.length;
    return number;
}

void number_scale(struct number *number, unsigned kilos)
{
    while (kilos-- > 0) {
        if (number->value > INT64_MAX / 1024 || number->value < INT64_MIN / 1024) {
            number->flags |= TSMP_FLAG_OVERFLOW;
            number->value = 0;
            return;
        }
        number->value *= 1024;
    }
}

struct number count_read(const char *text, size_t length)
{
    struct number number = {0};
    size_t at = digits_at(text, length), mark = 0, mark_at = 0;
    add_digits(&number, text, at);
    /* A blank or another mark goes on with the number only before a group of three. */
    while (at > 0 && at < length && (number.length > 0 || at <= 3)) {
        size_t here = mark_length(text + at, length - at);
        if (here == 0 || digits_at(text + at + here, length - at - here) != 3 ||
            (mark > 0 && (mark != here || memcmp(text + mark_at, text + at, here) != 0)))
            break;
        mark = here;
        mark_at = at;
        add_digits(&number, text + at + here, 3);
        at += here + 3;
        number.length = at;
    }
    number.length = at;
    /* "1.5", "12,34": the mark means something else. */
    if (at < length && text[at] != ' ' && text[at] != '\t' && mark_length(text + at, length - at) > 0)
        number.length = 0;
    if ((number.flags & TSMP_FLAG_OVERFLOW) != 0)
        number.value = 0;
    return number;
}

/* Units, longest first. "/s" forms are rates. */
static const struct unit {
    const char *text;
    uint8_t length;
    uint8_t kilos;
    uint8_t word;
} units[] = {
    {"KB/sec", 6, 1, TSMP_WORD_BYTES_PER_SECOND}, {"MB/sec", 6, 2, TSMP_WORD_BYTES_PER_SECOND},
    {"GB/sec", 6, 3, TSMP_WORD_BYTES_PER_SECOND}, {"TB/sec", 6, 4, TSMP_WORD_BYTES_PER_SECOND},
    {"B/sec", 5, 0, TSMP_WORD_BYTES_PER_SECOND},  {"sec", 3, 0, TSMP_WORD_SECONDS},
    {"KB", 2, 1, TSMP_WORD_BYTES},                {"MB", 2, 2, TSMP_WORD_BYTES},
    {"GB", 2, 3, TSMP_WORD_BYTES},                {"TB", 2, 4, TSMP_WORD_BYTES},
    {"PB", 2, 5, TSMP_WORD_BYTES},                {"B", 1, 0, TSMP_WORD_BYTES},
    {"%", 1, 0, TSMP_WORD_PERCENT},
};

struct quantity quantity_read(const char *text, size_t length, uint32_t decimal)
{
    struct quantity quantity = {.unit = TSMP_WORD_COUNT};
    struct shape shape = shape_of(text + (length > 0 && text[0] == '-'),
                                  length - (length > 0 && text[0] == '-'));
    size_t at = shape.length + (length > 0 && text[0] == '-');
    if (shape.length == 0)
        return quantity;
    quantity.length = at;
    size_t unit_at = at;
    while (unit_at < length && text[unit_at] == ' ')
        unit_at++;
    for (size_t i = 0; i < sizeof units / sizeof *units; i++) {
        const struct unit *unit = &units[i];
        size_t end = unit_at + unit->length;
        if (end > length || memcmp(text + unit_at, unit->text, unit->length) != 0)
            continue;
        if (end < length && text[end] != ' ' && text[end] != '\r' && text[end] != '\t')
            continue;
        quantity.number = number_read(text, at, unit->kilos == 0 && unit->word == TSMP_WORD_BYTES,
                                      decimal);
        quantity.unit = unit->word;
        quantity.length = end;
        number_scale(&quantity.number, unit->kilos);
        return quantity;
    }
    quantity.number = number_read(text, at, true, decimal);
    return quantity;
}

int64_t duration_read(const char *text, size_t length)
{
    size_t hours = digits_at(text, length);
    if (hours < 2 || hours > 9 || length != hours + 6)
        return -1;
    char mark = text[hours];
    const char *rest = text + hours;
    if ((mark != ':' && mark != '.' && mark != ',') || rest[3] != mark || !is_digit(rest[1]) ||
        !is_digit(rest[2]) || !is_digit(rest[4]) || !is_digit(rest[5]))
        return -1;
    int64_t seconds = 0;
    for (size_t i = 0; i < hours; i++)
        seconds = seconds * 10 + (text[i] - '0');
    int minute = (rest[1] - '0') * 10 + (rest[2] - '0');
    int second = (rest[4] - '0') * 10 + (rest[5] - '0');
    if (minute > 59 || second > 59)
        return -1;
    return seconds * 3600 + minute * 60 + second;
}
