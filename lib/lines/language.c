/* SPDX-License-Identifier: BSD-2-Clause */
#include "language.h"

#include <stdio.h>
#include <tsmparse/tsmparse.h>

#include "language.inc"

enum { MAX_HOLES = 2, MAX_FORM = 160, MAX_TABLE = 1024 * 1024, MAX_FORMS = 1024 };

struct piece {
    const char *text;
    size_t length;
};

/* A line with holes: literal, hole, literal ... */
struct form {
    struct piece literal[MAX_HOLES + 1];
    size_t holes;
};

struct pair {
    struct form english, translated;
};

struct language {
    struct language *next;
    char *bytes; /* the forms point into it */
    struct pair *pairs;
    size_t count, capacity;
};

const char *tsmp_language_template(void)
{
    return language_template;
}

/* ---- reading a table ------------------------------------------------------------------------- */

static bool parse_form(const char *text, size_t length, struct form *form)
{
    *form = (struct form){0};
    form->literal[0].text = text;
    for (size_t at = 0; at < length; at++) {
        if (text[at] != '{' || at + 1 == length || text[at + 1] != '}') {
            form->literal[form->holes].length++;
            continue;
        }
        if (form->holes == MAX_HOLES)
            return false;
        form->literal[++form->holes].text = text + at + 2;
        at++;
    }
    /* Something must be printed, and holes must be told apart. */
    if (length == 0 || length > MAX_FORM || (length == 2 && form->holes == 1))
        return false;
    return form->holes < 2 || form->literal[1].length > 0;
}

/* Is it the left side of a line of the template? */
static bool is_reference(const char *text, size_t length)
{
    for (const char *line = language_template; line != NULL && *line != '\0';) {
        const char *end = strchr(line, '\n'), *tab = strchr(line, '\t');
        if (line[0] != '#' && tab != NULL && (size_t)(tab - line) == length &&
            memcmp(line, text, length) == 0)
            return true;
        line = end != NULL ? end + 1 : NULL;
    }
    return false;
}

/* One line of the table; NULL or what is wrong with it. */
static const char *take_line(const tsmp_allocator *allocator, struct language *language,
                             const char *text, size_t length, bool *named, bool *nomem)
{
    if (length > 0 && text[length - 1] == '\r')
        length--;
    if (length == 0 || text[0] == '#')
        return NULL;
    const char *tab = memchr(text, '\t', length);
    if (tab == NULL || memchr(tab + 1, '\t', length - (size_t)(tab + 1 - text)) != NULL)
        return "there must be one tab, between the English text and its translation";
    size_t left = (size_t)(tab - text), right = length - left - 1;
    if (!*named) {
        *named = true;
        return left == 8 && memcmp(text, "language", 8) == 0 && right > 0
                   ? NULL : "the first line must be: language, tab, its name";
    }
    if (!is_reference(text, left))
        return "the English text is none of the template's";
    struct pair pair;
    if (!parse_form(text, left, &pair.english) || !parse_form(tab + 1, right, &pair.translated) ||
        pair.english.holes != pair.translated.holes)
        return "both sides must have the same number of {}";
    bool tail = pair.english.holes > 0 && pair.english.literal[0].length == 0;
    if (tail != (pair.translated.holes > 0 && pair.translated.literal[0].length == 0))
        return "only ends of object lines begin with {}";
    if (language->count == MAX_FORMS)
        return "too many lines";
    void *items = language->pairs;
    *nomem = !memory_reserve(allocator, &items, &language->capacity, language->count, 1,
                             sizeof *language->pairs);
    language->pairs = items;
    if (!*nomem)
        language->pairs[language->count++] = pair;
    return NULL;
}

void language_free(const tsmp_allocator *allocator, struct language *languages)
{
    while (languages != NULL) {
        struct language *next = languages->next;
        memory_put(allocator, languages->pairs);
        memory_put(allocator, languages->bytes);
        memory_put(allocator, languages);
        languages = next;
    }
}

int32_t language_add(const tsmp_allocator *allocator, struct language **languages, const char *bytes,
                     size_t length, char *error, size_t error_size)
{
    if (length > MAX_TABLE) {
        snprintf(error, error_size, "language table: longer than 1 MiB");
        return TSMP_E_LANGUAGE;
    }
    struct language *made = memory_get_zeroed(allocator, sizeof *made);
    bool nomem = made == NULL || (made->bytes = memory_get(allocator, length + 1)) == NULL;
    const char *wrong = NULL;
    size_t number = 0;
    bool named = false;
    if (!nomem && length > 0)
        memcpy(made->bytes, bytes, length);
    size_t bom = !nomem && length >= 3 && memcmp(made->bytes, "\xEF\xBB\xBF", 3) == 0 ? 3 : 0;
    for (size_t at = bom; !nomem && wrong == NULL && at < length;) {
        const char *text = made->bytes + at, *newline = memchr(text, '\n', length - at);
        size_t n = newline != NULL ? (size_t)(newline - text) : length - at;
        number++;
        wrong = take_line(allocator, made, text, n, &named, &nomem);
        at += n + 1;
    }
    if (!nomem && wrong == NULL && made->count == 0)
        wrong = "nothing is translated";
    if (nomem || wrong != NULL) {
        language_free(allocator, made);
        if (nomem)
            return TSMP_E_NOMEM;
        snprintf(error, error_size, "language table, line %zu: %s", number, wrong);
        return TSMP_E_LANGUAGE;
    }
    while (*languages != NULL) /* the first one that fits is taken */
        languages = &(*languages)->next;
    *languages = made;
    return TSMP_OK;
}

/* ---- matching -------------------------------------------------------------------------------- */

/* Does the text begin with the literal? Blanks of it stand for as many or more. Where the text
 * goes on, SIZE_MAX = no. */
static size_t begins(const struct piece *literal, const char *text, size_t length)
{
    size_t at = 0;
    for (size_t i = 0; i < literal->length; i++) {
        if (literal->text[i] == ' ') {
            /* A label may have nothing behind it. */
            bool last = i + 1 == literal->length;
            if (at == length && last)
                return at;
            if (at == length || text[at] != ' ')
                return SIZE_MAX;
            at++;
            if (last || literal->text[i + 1] != ' ')
                while (at < length && text[at] == ' ')
                    at++;
            continue;
        }
        if (at == length || text[at] != literal->text[i])
            return SIZE_MAX;
        at++;
    }
    return at;
}

static bool match(const struct form *form, const char *text, size_t length,
                  struct piece holes[MAX_HOLES])
{
    size_t at = begins(&form->literal[0], text, length);
    if (at == SIZE_MAX)
        return false;
    if (form->holes == 0)
        return at == length;
    const struct piece *last = &form->literal[form->holes];
    if (length - at < last->length ||
        memcmp(text + length - last->length, last->text, last->length) != 0)
        return false;
    size_t end = length - last->length;
    if (form->holes == 1) {
        holes[0] = (struct piece){text + at, end - at};
        return true;
    }
    const struct piece *middle = &form->literal[1];
    for (size_t i = at; i + middle->length <= end; i++) {
        if (memcmp(text + i, middle->text, middle->length) != 0)
            continue;
        holes[0] = (struct piece){text + at, i - at};
        holes[1] = (struct piece){text + i + middle->length, end - i - middle->length};
        return true;
    }
    return false;
}

/* ---- putting together ------------------------------------------------------------------------ */

struct output {
    char *bytes;
    size_t length, capacity;
    bool full;
};

static void put(struct output *output, const char *text, size_t length)
{
    output->full |= output->capacity - output->length < length;
    if (output->full || length == 0)
        return;
    memcpy(output->bytes + output->length, text, length);
    output->length += length;
}

static bool is_literal(const struct piece *piece, const char *text)
{
    return piece->length == strlen(text) && memcmp(piece->text, text, piece->length) == 0;
}

static const struct pair *find(const struct language *languages, const char *text, size_t length,
                               bool tails, struct piece holes[MAX_HOLES])
{
    for (const struct language *language = languages; language != NULL; language = language->next)
        for (size_t i = 0; i < language->count; i++) {
            const struct pair *pair = &language->pairs[i];
            bool tail = pair->english.holes > 0 && pair->english.literal[0].length == 0;
            if (tail == tails && match(&pair->translated, text, length, holes))
                return pair;
        }
    return NULL;
}

/* What stands behind the beginning of an object's line: size, name and outcome. */
static void put_object(const struct language *languages, const struct piece *rest,
                       struct output *output)
{
    struct piece name;
    struct piece holes[MAX_HOLES];
    const struct pair *tail = find(languages, rest->text, rest->length, true, holes);
    name = tail != NULL ? holes[0] : *rest;
    put(output, name.text, name.length);
    if (tail != NULL)
        put(output, tail->english.literal[1].text, tail->english.literal[1].length);
}

static void put_pair(const struct language *languages, const struct pair *pair,
                     const struct piece holes[MAX_HOLES], struct output *output)
{
    const struct form *english = &pair->english;
    const struct piece *head = &english->literal[0];
    put(output, head->text, head->length);
    if (is_literal(head, "Retry # ")) {
        /* "1  Normal File-->..." is what the hole has */
        struct piece rest = holes[0], inner[MAX_HOLES];
        size_t skip = 0;
        while (skip < rest.length && ((rest.text[skip] >= '0' && rest.text[skip] <= '9') ||
                                      rest.text[skip] == ' '))
            skip++;
        put(output, rest.text, skip);
        rest.text += skip;
        rest.length -= skip;
        const struct pair *object = find(languages, rest.text, rest.length, false, inner);
        if (object != NULL && !is_literal(&object->english.literal[0], "Retry # "))
            put_pair(languages, object, inner, output);
        else
            put_object(languages, &rest, output);
        return;
    }
    bool object = head->length > 3 && memcmp(head->text + head->length - 3, "-->", 3) == 0;
    for (size_t i = 0; i < english->holes; i++) {
        if (object)
            put_object(languages, &holes[i], output);
        else
            put(output, holes[i].text, holes[i].length);
        put(output, english->literal[i + 1].text, english->literal[i + 1].length);
    }
}

bool language_translate(struct line *line)
{
    const struct language *languages = line->state->languages;
    size_t length = trim_end(line->text, line->length);
    struct piece holes[MAX_HOLES];
    const struct pair *pair =
        languages != NULL ? find(languages, line->text, length, false, holes) : NULL;
    if (pair == NULL)
        return false;
    size_t room = length + LANGUAGE_ROOM;
    char *to = line_join(line, room);
    if (to == NULL)
        return false;
    struct output output = {.bytes = to, .capacity = room};
    put_pair(languages, pair, holes, &output);
    line->joined_length -= room - output.length;
    if (output.full)
        return false;
    line->printed = line->text;
    line->printed_length = line->length;
    line->text = to;
    line->length = output.length;
    return true;
}

void language_restore(struct line *line)
{
    if (line->printed == NULL)
        return;
    line->text = line->printed;
    line->length = line->printed_length;
    line->printed = NULL;
}
