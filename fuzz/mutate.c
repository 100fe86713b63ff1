/* SPDX-License-Identifier: BSD-2-Clause
 * Changes a log as logs are changed: by lines. Blind byte changes seldom get past a line's fixed
 * words; a doubled, missing, moved, forged or half line does. libFuzzer calls this in place of its
 * own changes, which it keeps for one time in three. What a stranger's name may hold is put in as well:
 * line breaks with lines of the client's behind them, parts of whole nights, and bytes that act on a
 * terminal, in a spreadsheet or in a parser. */
#include "fuzz.h"
#include "night.h"

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

/* The stamp of a line that is there, with its blank; where there is none, that of the nights that night.c
 * makes, into which some targets print what they are given. */
static size_t some_stamp(struct text *text, char stamp[20])
{
    size_t length, at = some_line(text, &length);
    bool there = length >= 20 && text->bytes[at] >= '0' && text->bytes[at] <= '9' && text->bytes[at + 19] == ' ';
    memcpy(stamp, there ? (const char *)text->bytes + at : "09/17/2025 22:04:11 ", 20);
    return 20;
}

/* A line as the client prints it, mostly with a stamp. */
static size_t make_line(struct text *text, char *line)
{
    size_t length = roll(text, 4) != 0 ? some_stamp(text, line) : 0;
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

/* 1,204 becomes 1.204, 1 204 or 1'204: in a plain line's size, where a hot path looks for one of them. */
static void change_separators(struct text *text, size_t at, size_t length)
{
    static const char separators[] = ",. '";
    for (size_t i = at + 1; i + 1 < at + length; i++)
        if (text->bytes[i - 1] >= '0' && text->bytes[i - 1] <= '9' && text->bytes[i + 1] >= '0' &&
            text->bytes[i + 1] <= '9' && memchr(separators, text->bytes[i], 4) != NULL)
            text->bytes[i] = (uint8_t)separators[roll(text, 4)];
}

/* Lines of one kind behind each other, as a verbose log has them by the thousand: what looks at many at
 * once is not reached by one. */
static bool repeat(struct text *text, size_t at, size_t length)
{
    char line[ROOM];
    if (length == 0 || length > ROOM)
        return false;
    memcpy(line, text->bytes + at, length);
    for (uint32_t times = 1 + roll(text, 6); times > 0; times--) {
        if (!splice(text, at + length, 0, line, length))
            return false;
        if (roll(text, 2) == 0)
            change_digits(text, at + length + (length > 20 ? 20 : 0), length - (length > 20 ? 20 : 0));
    }
    return true;
}

/* A line break of some kind, and a line or some behind it, in the middle of another, as a name prints
 * them; and at times what the client prints at the end of a name. */
static bool forge(struct text *text, size_t at, size_t length)
{
    static const char *const breaks[] = {"\n", "\r\n", "\r", "\x0b", "\x0c", "\xc2\x85", "\xe2\x80\xa8"};
    static const char *const tails[] = {" [Sent]", "  ** Unsuccessful **", "  Changed", "' failed.", "\n", ""};
    char line[ROOM];
    const char *mark = breaks[roll(text, 2) == 0 ? 0 : roll(text, sizeof breaks / sizeof *breaks)];
    size_t where = at + roll(text, length + 1);
    for (uint32_t more = 1 + roll(text, 3); more > 0; more--) {
        size_t made = make_line(text, line);
        const char *tail = more == 1 && roll(text, 2) == 0 ? tails[roll(text, sizeof tails / sizeof *tails)] : "";
        made -= made > 0 && line[made - 1] == '\n';
        if (!splice(text, where, 0, tail, strlen(tail)) || !splice(text, where, 0, line, made) ||
            !splice(text, where, 0, mark, strlen(mark)))
            return false;
    }
    return true;
}

/* Some lines of a night, behind a line or within one. */
static bool forge_night(struct text *text, size_t at, size_t length)
{
    static struct night_log logs[NIGHT_COUNT];
    uint32_t night = roll(text, NIGHT_COUNT);
    struct night_log *log = &logs[night];
    if (log->count == 0)
        night_make(log, (enum night)night);
    size_t first = roll(text, log->count), most = log->count - first;
    size_t count = 1 + roll(text, roll(text, 3) == 0 ? 30 : 6);
    size_t last = first + (count < most ? count : most) - 1, where = at + (roll(text, 2) == 0 ? length : roll(text, length));
    size_t from = log->lines[first].from, to = log->lines[last].to;
    return splice(text, where, 0, log->text.bytes + from, to - from - roll(text, 2)) &&
           splice(text, where, 0, "\n", where > 0 && text->bytes[where - 1] != '\n');
}

/* What acts where a name is shown. */
static bool put_hostile(struct text *text, size_t at, size_t length)
{
    static const char *const bytes[] = {
        ";=1+1", ";+1", ";-x", ";@x", "=1+1", ";\xef\xbc\x9d" "1", "\t=1", "\"", "\"\"", ",", "\",\"", "|", "\\", "\\x1b",
        "\x1b[2J", "\x1b]0;x\x07", "\x9b" "2J", "\xc2\x9b" "2J", "\x7f", "\b", "\r", "\xe2\x80\xae", "\xe2\x81\xa6",
        "\xe2\x80\x8f", "\xe2\x80\xa8", "\xe2\x80\x8b", "\xef\xbb\xbf", "\xff", "\xc3", "\xed\xa0\x80", "\xc0\xaf",
        "\xf4\x90\x80\x80", "\xf0\x9f\x90\xa6", "'", "''", "{{x}}", "${x}", "<b>", "%s%n"};
    const char *chosen = bytes[roll(text, sizeof bytes / sizeof *bytes)];
    return splice(text, at + roll(text, length), 0, chosen, strlen(chosen));
}

static bool change(struct text *text)
{
    char line[ROOM];
    size_t length, length2;
    bool defining = roll(text, 4) == 0;
    size_t at = defining ? some_definition(text, &length) : some_line(text, &length);
    switch (defining && roll(text, 2) == 0 ? 1 : roll(text, 16)) {
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
    case 8:
        change_separators(text, at, length);
        return true;
    case 9:
        return repeat(text, at, length);
    case 10:
    case 11:
        return forge_night(text, at, length);
    case 12:
    case 13:
        return put_hostile(text, at, length);
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
