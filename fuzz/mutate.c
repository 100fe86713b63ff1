/* SPDX-License-Identifier: BSD-2-Clause
 * Changes a log as logs are changed: by lines. Blind byte changes seldom get past a line's fixed
 * words; a doubled, missing, moved, forged or half line does. libFuzzer calls this in place of its
 * own changes, which it keeps for one time in three. */
#include "fuzz.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "lines.inc"

size_t LLVMFuzzerMutate(uint8_t *data, size_t size, size_t max_size);
size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max_size, unsigned int seed);

enum { LINES = sizeof lines / sizeof *lines, ROOM = 512 };

struct text {
    uint8_t *bytes; /* behind the head */
    size_t length, most;
    uint32_t random;
};

static uint32_t roll(struct text *text, size_t below)
{
    uint32_t x = text->random;
    x ^= x << 13;
    x ^= x >> 17;
    x ^= x << 5;
    text->random = x;
    return below > 0 ? (uint32_t)(x % below) : 0;
}

static bool splice(struct text *text, size_t at, size_t remove, const void *bytes, size_t length)
{
    if (text->length - remove + length > text->most)
        return false;
    memmove(text->bytes + at + length, text->bytes + at + remove, text->length - at - remove);
    if (length > 0)
        memcpy(text->bytes + at, bytes, length);
    text->length += length - remove;
    return true;
}

/* Start and length (with its newline) of a line chosen at random. */
static size_t some_line(struct text *text, size_t *length)
{
    size_t at = roll(text, text->length), end = at;
    while (at > 0 && text->bytes[at - 1] != '\n')
        at--;
    while (end < text->length && text->bytes[end++] != '\n')
        continue;
    *length = end - at;
    return at;
}

/* A line of a schedule's definition if there is one: who reads those keeps a state between them, and
 * a long log has few. */
static size_t some_definition(struct text *text, size_t *length)
{
    static const char *const labels[] = {"Schedule Name:", "Action:", "Objects:", "Server Window", "Next operation"};
    const char *label = labels[roll(text, sizeof labels / sizeof *labels)];
    size_t label_length = strlen(label), start = roll(text, text->length);
    for (size_t i = 0; i < text->length; i++) {
        size_t at = (start + i) % text->length;
        if (text->length - at < label_length || memcmp(text->bytes + at, label, label_length) != 0)
            continue;
        size_t end = at;
        while (at > 0 && text->bytes[at - 1] != '\n')
            at--;
        while (end < text->length && text->bytes[end++] != '\n')
            continue;
        *length = end - at;
        return at;
    }
    return some_line(text, length);
}

/* A line as the client prints it, mostly with the stamp of a line that is there. */
static size_t make_line(struct text *text, char *line)
{
    size_t length = 0, other;
    if (roll(text, 4) != 0) {
        size_t at = some_line(text, &other);
        length = other >= 20 && roll(text, 8) != 0 ? 20 : 0;
        memcpy(line, text->bytes + at, length);
        if (memchr(line, '\n', length) != NULL)
            length = 0;
    }
    const char *words = lines[roll(text, LINES)];
    memcpy(line + length, words, strlen(words));
    length += strlen(words);
    if (roll(text, 8) != 0)
        line[length++] = '\n';
    return length;
}

static void change_digits(struct text *text, size_t at, size_t length)
{
    for (size_t i = at; i < at + length; i++)
        if (text->bytes[i] >= '0' && text->bytes[i] <= '9' && roll(text, 4) == 0)
            text->bytes[i] = (uint8_t)('0' + roll(text, 10));
}

/* A name that prints lines: a line break of some kind, and a line, in the middle of another. */
static bool forge(struct text *text, size_t at, size_t length)
{
    static const char *const breaks[] = {"\n", "\r\n", "\r", "\x0b", "\x0c", "\xc2\x85", "\xe2\x80\xa8"};
    char line[ROOM];
    const char *mark = breaks[roll(text, sizeof breaks / sizeof *breaks)];
    size_t made = make_line(text, line), where = at + roll(text, length);
    return splice(text, where, 0, line, made) && splice(text, where, 0, mark, strlen(mark));
}

static bool change(struct text *text)
{
    char line[ROOM];
    size_t length, length2;
    bool defining = roll(text, 4) == 0;
    size_t at = defining ? some_definition(text, &length) : some_line(text, &length);
    switch (defining && roll(text, 2) == 0 ? 1 : roll(text, 9)) {
    case 0: /* missing */
        return splice(text, at, length, NULL, 0);
    case 1: { /* doubled, here or elsewhere */
        uint8_t *copy = malloc(length + 1);
        if (copy == NULL)
            return false;
        memcpy(copy, text->bytes + at, length);
        size_t to = roll(text, 2) == 0 ? at : some_line(text, &length2);
        bool good = splice(text, to, 0, copy, length);
        free(copy);
        return good;
    }
    case 2: { /* changed with its neighbour */
        size_t next = at + length;
        if (next >= text->length || length > ROOM)
            return false;
        size_t end = next;
        while (end < text->length && text->bytes[end++] != '\n')
            continue;
        memcpy(line, text->bytes + at, length);
        memmove(text->bytes + at, text->bytes + next, end - next);
        memcpy(text->bytes + at + (end - next), line, length);
        return true;
    }
    case 3: /* a known line put in */
        return splice(text, at, 0, line, make_line(text, line));
    case 4: /* a line made a known one */
        return splice(text, at, length, line, make_line(text, line));
    case 5:
        change_digits(text, at, length);
        return true;
    case 6: /* its end cut off */
        length2 = roll(text, length + 1);
        return splice(text, at + length2, length - length2, NULL, 0);
    case 7: /* half of it moved into one with another */
        return splice(text, at + length - (length > 0), length > 0, NULL, 0);
    default:
        return forge(text, at, length);
    }
}

size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max_size, unsigned int seed)
{
    struct text text = {.random = seed * 0x9E3779B9u + 1};
    if (text.random == 0)
        text.random = 1;
    if (size <= HEAD || max_size < HEAD + ROOM || roll(&text, 3) == 0)
        return LLVMFuzzerMutate(data, size, max_size);
    if (roll(&text, 4) == 0)
        data[roll(&text, HEAD)] = (uint8_t)('0' + roll(&text, 64));
    text.bytes = data + HEAD;
    text.length = size - HEAD;
    text.most = max_size - HEAD;
    for (uint32_t more = 1 + roll(&text, 3); more > 0 && text.length > 0; more--)
        if (!change(&text))
            break;
    return HEAD + text.length;
}
