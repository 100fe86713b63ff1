/* SPDX-License-Identifier: BSD-2-Clause
 * ANS, ANE and ANR messages. The code decides, the text differs between products and versions;
 * the few that carry a fact of a run become records of that fact's kind. */
#include "line.h"

#include "number.h"

/* Bytes of a message code at the start of text (AN, S E or R, four digits, a letter), 0 = none. */
static size_t code_length(const char *text, size_t length)
{
    if (length < 8 || text[0] != 'A' || text[1] != 'N' ||
        (text[2] != 'S' && text[2] != 'E' && text[2] != 'R'))
        return 0;
    for (int i = 3; i < 7; i++)
        if (text[i] < '0' || text[i] > '9')
            return 0;
    if (text[7] < 'A' || text[7] > 'Z' || (length > 8 && text[8] != ' '))
        return 0;
    return 8;
}

static size_t find(const char *text, size_t length, const char *wanted)
{
    size_t n = strlen(wanted);
    for (size_t at = 0; at + n <= length; at++)
        if (memcmp(text + at, wanted, n) == 0)
            return at;
    return SIZE_MAX;
}

static size_t find_last(const char *text, size_t length, const char *wanted)
{
    size_t n = strlen(wanted);
    for (size_t at = length >= n ? length - n + 1 : 0; at > 0; at--)
        if (memcmp(text + at - 1, wanted, n) == 0)
            return at - 1;
    return SIZE_MAX;
}

/* What stands between the first quote and the last: one object a message, and names hold quotes. */
static bool between_quotes(const char *text, size_t length, const char **name, size_t *n)
{
    size_t first = find(text, length, "'"), last = find_last(text, length, "'");
    if (first == SIZE_MAX || last <= first)
        return false;
    *name = text + first + 1;
    *n = last - first - 1;
    return true;
}

/* Does a name begin here and not end? A quote inside a word is an apostrophe. */
static bool opens_quote(const char *text, size_t length)
{
    size_t at = find(text, length, "'");
    return at != SIZE_MAX && at + 1 < length && text[at + 1] != ' ' &&
           (at == 0 || text[at - 1] == ' ' || text[at - 1] == '(');
}

static void add_code(struct line *line)
{
    line_add_text(line, TSMP_FIELD_CODE, line->text, 8);
}

/* In another language the code says what it says in English; where the name and the number stand
 * depends on the language, but the name is in quotes and a number is one. */
static struct number number_outside(const char *text, size_t length, const char *name, size_t n,
                                    const char **where)
{
    const char *rest = name + n;
    *where = rest; /* also without a number: the caller hands it on */
    for (size_t pass = 0; pass < 2; pass++) {
        size_t left = pass == 0 ? length - (size_t)(rest - text) : (size_t)(name - text);
        const char *from = pass == 0 ? rest : text;
        for (size_t at = 0; at < left; at++) {
            struct number number = number_read(from + at, left - at, true, 0);
            if (number.length > 0 && from[at] != '-') {
                *where = from + at;
                return number;
            }
        }
    }
    return (struct number){0};
}

static bool volume_failures(struct line *line, const char *name, size_t n, const char *outcome,
                            size_t outcome_length, const struct number *count, const char *where)
{
    line->record->kind = TSMP_KIND_VOLUME_END;
    line_add_text(line, TSMP_FIELD_VOLUME, name, n);
    line_add_word(line, TSMP_FIELD_OUTCOME, TSMP_WORD_FAILURES, outcome, outcome_length);
    if (count->length > 0)
        line_add_number(line, TSMP_FIELD_FAILURES, count, where, count->length);
    add_code(line);
    return true;
}

/* "ANS1802E Incremental backup of 'X' finished with N failure(s)"; in another language the number
 * that stands outside of the quotes. */
static bool finished_with(struct line *line, const char *text, size_t length)
{
    static const char middle[] = "' finished with ";
    size_t quote = find(text, length, "'"), at = find_last(text, length, middle);
    const char *name, *where;
    size_t n;
    if (quote != SIZE_MAX && at == SIZE_MAX && between_quotes(text, length, &name, &n)) {
        struct number count = number_outside(text, length, name, n, &where);
        return volume_failures(line, name, n, text + length, 0, &count, where);
    }
    if (quote == SIZE_MAX || at == SIZE_MAX || at <= quote)
        return false;
    where = text + at + sizeof middle - 1;
    struct number count = number_read(where, length - (size_t)(where - text), true, 0);
    return volume_failures(line, text + quote + 1, at - quote - 1, text + at + 2, length - at - 2,
                           &count, where);
}

/* "ANS1999E Incremental processing of 'X' stopped." */
static bool stopped(struct line *line, const char *text, size_t length)
{
    const char *name;
    size_t n;
    if (!between_quotes(text, length, &name, &n))
        return false;
    line->record->kind = TSMP_KIND_VOLUME_END;
    line_add_text(line, TSMP_FIELD_VOLUME, name, n);
    line_add_word(line, TSMP_FIELD_OUTCOME, TSMP_WORD_STOPPED, text + length, 0);
    add_code(line);
    return true;
}

/* "ANS1512E Scheduled event 'X' failed.  Return code = 12." */
static bool event_failed(struct line *line, const char *text, size_t length)
{
    static const char middle[] = "' failed.";
    size_t quote = find(text, length, "'"), at = find_last(text, length, middle);
    const char *name, *where;
    size_t n;
    if (quote != SIZE_MAX && at == SIZE_MAX && between_quotes(text, length, &name, &n)) {
        struct number code = number_outside(text, length, name, n, &where);
        line->record->kind = TSMP_KIND_EVENT;
        line_add_text(line, TSMP_FIELD_SCHEDULE, name, n);
        line_add_word(line, TSMP_FIELD_OUTCOME, TSMP_WORD_FAILED, text + length, 0);
        if (code.length > 0)
            line_add_number(line, TSMP_FIELD_RETURN_CODE, &code, where, code.length);
        add_code(line);
        return true;
    }
    if (quote == SIZE_MAX || at == SIZE_MAX || at <= quote)
        return false;
    line->record->kind = TSMP_KIND_EVENT;
    line_add_text(line, TSMP_FIELD_SCHEDULE, text + quote + 1, at - quote - 1);
    line_add_word(line, TSMP_FIELD_OUTCOME, TSMP_WORD_FAILED, text + at + 2, 6);
    const char *rest = text + at;
    size_t equals = find(rest, length - at, "=");
    if (equals != SIZE_MAX) {
        const char *value = rest + equals + 1;
        size_t left = length - at - equals - 1;
        while (left > 0 && *value == ' ')
            value++, left--;
        struct number code = number_read(value, left, true, 0);
        if (code.length > 0)
            line_add_number(line, TSMP_FIELD_RETURN_CODE, &code, value, code.length);
    }
    add_code(line);
    return true;
}

/* "ANS1898I ***** Processed     1,000 files *****" */
static bool progress(struct line *line, const char *text, size_t length)
{
    size_t at = find(text, length, "Processed");
    if (at == SIZE_MAX) { /* another language: what stands before the first number */
        for (at = 0; at < length && (text[at] < '0' || text[at] > '9');)
            at++;
    } else {
        at += sizeof "Processed" - 1;
    }
    while (at < length && text[at] == ' ')
        at++;
    struct number count = number_read(text + at, length - at, true, 0);
    if (count.length == 0 || length < 5 || memcmp(text + length - 5, "*****", 5) != 0)
        return false; /* something stands behind it that the client does not print */
    line->record->kind = TSMP_KIND_PROGRESS;
    line_add_number(line, TSMP_FIELD_OBJECTS, &count, text + at, count.length);
    add_code(line);
    return true;
}

bool line_codeless(struct line *line)
{
    size_t length = trim_end(line->text, line->length), n;
    const char *name;
    line->record->kind = TSMP_KIND_MESSAGE;
    line_add_text(line, TSMP_FIELD_TEXT, line->text, length);
    if (between_quotes(line->text, length, &name, &n))
        line_add_text(line, TSMP_FIELD_OBJECT, name, n);
    return true;
}

static uint32_t code_number(const char *code)
{
    uint32_t number = 0;
    for (int i = 3; i < 7; i++)
        number = number * 10 + (uint32_t)(code[i] - '0');
    return number;
}

bool line_message(struct line *line)
{
    const char *code = line->text;
    size_t length = trim_end(line->text, line->length);
    if (code_length(code, length) == 0)
        return false;
    size_t at = 8;
    while (at < length && code[at] == ' ')
        at++;
    const char *text = code + at;
    size_t left = length - at;
    bool client = code[2] == 'S';
    switch (client ? code_number(code) : 0) {
    case 1512:
        if (event_failed(line, text, left))
            return true;
        break;
    case 1802: case 1803: case 1804: case 1813:
        if (finished_with(line, text, left))
            return true;
        break;
    case 1898: case 1899:
        if (progress(line, text, left))
            return true;
        break;
    case 1999:
        if (stopped(line, text, left))
            return true;
        break;
    default:
        break;
    }
    line->record->kind = TSMP_KIND_MESSAGE;
    if (client && (code_number(code) == 1483 || code_number(code) == 1484)) {
        line->record->kind = TSMP_KIND_MARKER;
        line_add_word(line, TSMP_FIELD_STATE, TSMP_WORD_PRUNE, text, left);
    }
    add_code(line);
    line_add_text(line, TSMP_FIELD_SEVERITY, code + 7, 1);
    line_add_text(line, TSMP_FIELD_TEXT, text, left);
    const char *name;
    size_t n;
    if (between_quotes(text, left, &name, &n))
        line_add_text(line, TSMP_FIELD_OBJECT, name, n);
    else if (opens_quote(text, left)) /* the name goes on in the next line */
        line->record->flags |= TSMP_FLAG_OPEN_NAME;
    return true;
}
