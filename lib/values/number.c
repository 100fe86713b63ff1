/* SPDX-License-Identifier: BSD-2-Clause */
#include "number.h"

#include <tsmparse/tsmparse.h>

#include <string.h>

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* Length of a mark between digits, 0 = none. Blanks and quotes only ever group. */
static size_t mark_length(const char *text, size_t length)
{
    if (length == 0)
        return 0;
    unsigned char c = (unsigned char)text[0];
    if (c == ',' || c == '.' || c == '\'' || c == ' ')
        return 1;
    /* The no-break space: ISO 8859 and the ANSI pages have it at 0xA0, the OEM pages at 0xFF. */
    if (c == 0xA0 || c == 0xFF)
        return 1;
    if (length >= 2 && memcmp(text, "\xC2\xA0", 2) == 0) /* U+00A0 */
        return 2;
    /* U+202F narrow no-break space, U+2019 apostrophe */
    if (length >= 3 && (memcmp(text, "\xE2\x80\xAF", 3) == 0 || memcmp(text, "\xE2\x80\x99", 3) == 0))
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

/* The longest number at the start of a text, as it is printed:
 *     whole    = digits | 1 to 3 digits { mark 3 digits }    the same mark throughout, no leading 0
 *     fraction = mark digits                                  "." or ","
 * NUMBERFORMAT 2 has the comma in both places: three digits are a group then, others a fraction. */
struct shape {
    size_t whole;    /* bytes of digits and groups; 0 = no number here */
    size_t groups;
    size_t mark;     /* length of the mark of the groups */
    char mark_byte;  /* its first byte */
    char fraction;   /* the mark before the fraction, 0 = none */
    size_t decimals; /* digits behind it */
};

static struct shape shape_of(const char *text, size_t length)
{
    struct shape shape = {.whole = digits_at(text, length)};
    size_t first = shape.whole;
    if (first == 0)
        return shape;
    bool groups = first <= 3 && text[0] != '0';
    while (groups) {
        const char *mark = text + shape.whole;
        size_t left = length - shape.whole, n = mark_length(mark, left);
        groups = n > 0 && digits_at(mark + n, left - n) == 3 &&
                 (shape.groups == 0 || (n == shape.mark && memcmp(mark, text + first, n) == 0));
        if (!groups)
            break;
        shape.mark = n;
        shape.mark_byte = *mark;
        shape.whole += n + 3;
        shape.groups++;
    }
    char next = shape.whole < length ? text[shape.whole] : '\0';
    if (next != '.' && next != ',')
        return shape;
    shape.decimals = digits_at(text + shape.whole + 1, length - shape.whole - 1);
    /* One mark for both is the comma; "1.234.5" is no number. */
    if (shape.decimals > 0 && (next == ',' || shape.mark_byte != '.'))
        shape.fraction = next;
    else
        shape.decimals = 0;
    return shape;
}

static bool one_group(const struct shape *shape)
{
    return shape->groups == 1 && shape->fraction == 0 &&
           (shape->mark_byte == ',' || shape->mark_byte == '.');
}

static uint32_t decimal_evidence(const struct shape *shape)
{
    if (shape->fraction == ',')
        return shape->mark_byte == ',' ? TSMP_DECIMAL_COMMA_BOTH : TSMP_DECIMAL_COMMA;
    if (shape->fraction == '.')
        return TSMP_DECIMAL_POINT;
    if (shape->groups >= 2 && shape->mark_byte == '.')
        return TSMP_DECIMAL_COMMA;
    /* Of "1,234,567" the decimals may be either, but a lone ",234" is a group in both. */
    return shape->groups >= 2 && shape->mark_byte == ',' ? TSMP_DECIMAL_POINT : 0;
}

uint32_t number_decimal_evidence(const char *text, size_t length)
{
    struct shape shape = shape_of(text, length);
    return decimal_evidence(&shape);
}

uint32_t number_grouping(const char *text, size_t length, bool whole)
{
    size_t sign = length > 0 && text[0] == '-' ? 1 : 0;
    struct shape shape = shape_of(text + sign, length - sign);
    if (shape.groups == 0 || (one_group(&shape) && !whole))
        return 0;
    switch ((unsigned char)shape.mark_byte) {
    case 0xA0: case 0xFF: case 0xC2: return 0xA0;
    case 0xE2: {
        const char *mark = text + sign;
        while (*mark >= '0' && *mark <= '9')
            mark++;
        return (unsigned char)mark[2] == 0xAF ? 0x202F : 0x2019;
    }
    default: return (unsigned char)shape.mark_byte;
    }
}

uint32_t number_decimal_learn(uint32_t known, const char *text, size_t length)
{
    uint32_t shown = number_decimal_evidence(text, length);
    if (shown == 0 || (shown == TSMP_DECIMAL_COMMA && known == TSMP_DECIMAL_COMMA_BOTH))
        return known;
    return shown;
}

/* The number out of its digits. `digits`: of `whole` bytes and of the fraction. */
static struct number make(const char *text, const struct shape *shape, bool integer,
                          uint32_t decimal)
{
    struct number number = {.length = shape->whole};
    size_t whole = shape->whole, fraction_at = 0, decimals = 0;
    if (!integer && shape->fraction != 0) {
        fraction_at = whole + 1;
        decimals = shape->decimals;
        number.length = fraction_at + decimals;
    } else if (!integer && one_group(shape)) {
        uint32_t means = shape->mark_byte == '.' ? TSMP_DECIMAL_POINT : TSMP_DECIMAL_COMMA;
        if (decimal == 0)
            number.flags |= TSMP_FLAG_NUMBER_AMBIGUOUS;
        if (decimal == means) {
            whole -= 4;
            fraction_at = whole + 1;
            decimals = 3;
        }
    }
    for (size_t at = 0; at < whole;) {
        size_t digits = digits_at(text + at, whole - at);
        add_digits(&number, text + at, digits);
        at += digits + (at + digits < whole ? shape->mark : 0);
    }
    if (decimals > 18)
        number.flags |= TSMP_FLAG_OVERFLOW;
    else if (decimals > 0) {
        add_digits(&number, text + fraction_at, decimals);
        number.power = (int8_t)-(int)decimals;
    }
    return number;
}

struct number number_read(const char *text, size_t length, bool integer, uint32_t decimal)
{
    size_t sign = length > 0 && text[0] == '-' ? 1 : 0;
    struct shape shape = shape_of(text + sign, length - sign);
    struct number number = {0};
    if (shape.whole == 0)
        return number;
    number = make(text + sign, &shape, integer, decimal);
    if (number.flags & TSMP_FLAG_OVERFLOW)
        number.value = 0;
    if (sign)
        number.value = -number.value;
    number.length += sign;
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
    /* Digits and commas are nearly all there is. */
    size_t quick = 0, group = 0, commas = 0;
    uint64_t value = 0;
    for (; quick < length && quick < 20; quick++) {
        unsigned digit = (unsigned char)text[quick] - (unsigned)'0';
        if (digit < 10) {
            value = value * 10 + digit;
            group++;
        } else if (text[quick] == ',' && (commas == 0 ? group > 0 && group <= 3 : group == 3)) {
            commas++;
            group = 0;
        } else {
            break;
        }
    }
    /* at most 18 digits: no overflow. A blank may be a mark itself, if a group follows. */
    if (quick > 0 && quick < length && quick - commas <= 18 && text[quick] == ' ' &&
        (commas == 0 || group == 3) && quick + 1 < length && digits_at(text + quick + 1, 1) == 0) {
        number.value = (int64_t)value;
        number.length = quick;
        return number;
    }
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

/* Digits or groups of three by commas, decimals behind a point: what nearly every number of a summary
 * is, and what it means hangs on no mark that other numbers may have shown. Anything else is for
 * number_read(), which gives the same for these at three times the instructions. */
static bool plain_number(const char *text, size_t length, struct number *number)
{
    int64_t value = 0;
    size_t group = 0, commas = 0, at = 0, digits = 0;
    for (; at < length && at < 18; at++) {
        if (is_digit(text[at])) {
            value = value * 10 + (text[at] - '0');
            group++;
        } else if (text[at] == ',' && (commas == 0 ? group > 0 && group <= 3 : group == 3)) {
            commas++;
            group = 0;
        } else {
            break;
        }
    }
    if (at == 0 || (commas > 0 && (group != 3 || text[0] == '0')))
        return false;
    char next = at < length ? text[at] : '\0';
    *number = (struct number){.value = value, .length = at};
    if (next == '.') {
        digits = digits_at(text + at + 1, length - at - 1);
        if (digits == 0 || at + digits > 18 || (commas == 0 && digits == 3))
            return false;
        add_digits(number, text + at + 1, digits);
        number->length = at + 1 + digits;
        number->power = (int8_t)-(int)digits;
        return true;
    }
    /* A lone comma may be a decimal mark, and a blank one between thousands. */
    return at == length || (commas != 1 && (next == '%' || (next == ' ' && at + 1 < length &&
                                                            !is_digit(text[at + 1]))));
}

struct quantity quantity_read(const char *text, size_t length, uint32_t decimal)
{
    struct quantity quantity = {.unit = TSMP_WORD_COUNT};
    struct number number;
    if (!plain_number(text, length, &number)) {
        number = number_read(text, length, false, decimal);
    } else if (number.length == length && number.power == 0) {
        quantity.number = number;
        quantity.length = length;
        return quantity;
    }
    size_t unit_at = number.length;
    quantity.point = number.power != 0 && text[unit_at - 1 - (size_t)-number.power] == '.';
    if (number.length == 0)
        return quantity;
    while (unit_at < length && text[unit_at] == ' ')
        unit_at++;
    for (size_t i = 0; i < sizeof units / sizeof *units; i++) {
        const struct unit *unit = &units[i];
        size_t end = unit_at + unit->length;
        if (end > length || text[unit_at] != *unit->text ||
            memcmp(text + unit_at, unit->text, unit->length) != 0)
            continue;
        if (end < length && text[end] != ' ' && text[end] != '\r' && text[end] != '\t')
            continue;
        if (unit->kilos == 0 && unit->word == TSMP_WORD_BYTES) { /* there is no part of a byte */
            struct number whole = number_read(text, number.length, true, decimal);
            if (whole.length != number.length)
                continue;
            number = whole;
        }
        quantity.number = number;
        quantity.unit = unit->word;
        quantity.length = end;
        number_scale(&quantity.number, unit->kilos);
        return quantity;
    }
    quantity.number = number_read(text, length, true, decimal);
    quantity.length = quantity.number.length;
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
