/* SPDX-License-Identifier: BSD-2-Clause */
#include "clock.h"
#include "line.h"
#include "number.h"

static bool is_code(const char *text, size_t length)
{
    if (length != 8 || text[0] != 'A' || text[1] != 'N' ||
        (text[2] != 'S' && text[2] != 'E' && text[2] != 'R') || text[7] < 'A' || text[7] > 'Z')
        return false;
    for (int i = 3; i < 7; i++)
        if (text[i] < '0' || text[i] > '9')
            return false;
    return true;
}

/* The token at the start of `text`; its offset counts from there. */
static tsmp_token one(const char *text, size_t length)
{
    size_t word = 0;
    while (word < length && text[word] != ' ' && text[word] != '\t')
        word++;
    tsmp_token token = {.length = (uint32_t)word, .type = TSMP_TOKEN_WORD};
    char c = text[0];
    if (c == '\'' || c == '"') {
        const char *end = length > 1 ? memchr(text + 1, c, length - 1) : NULL;
        if (end != NULL) {
            token.type = TSMP_TOKEN_QUOTED;
            token.offset = 1;
            token.length = (uint32_t)(end - text - 1);
        }
        return token;
    }
    if (is_code(text, word)) {
        token.type = TSMP_TOKEN_CODE;
        return token;
    }
    if ((c >= '0' && c <= '9') || (c == '-' && length > 1 && text[1] >= '0' && text[1] <= '9')) {
        int64_t seconds = duration_read(text, word);
        if (seconds >= 0) {
            token.type = TSMP_TOKEN_DURATION;
            token.number = seconds;
            return token;
        }
        struct quantity quantity = quantity_read(text, length, 0);
        size_t n = quantity.length;
        if (n > 0 && (n == length || text[n] == ' ' || text[n] == '\t')) {
            token.type = quantity.unit == TSMP_WORD_BYTES ? TSMP_TOKEN_SIZE
                         : quantity.unit == TSMP_WORD_BYTES_PER_SECOND ? TSMP_TOKEN_RATE
                         : quantity.unit == TSMP_WORD_PERCENT ? TSMP_TOKEN_PERCENT
                                                              : TSMP_TOKEN_NUMBER;
            token.length = (uint32_t)n;
            token.number = quantity.number.value;
            token.power = quantity.number.power; /* NOLINT(bugprone-signed-char-misuse,cert-str34-c): a number, no letter */
            token.flags = quantity.number.flags;
        }
        return token;
    }
    bool drive = word >= 3 && ((c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z')) &&
                 text[1] == ':' && text[2] == '\\';
    if (c == '/' || drive || (c == '\\' && word > 2 && text[1] == '\\'))
        token.type = TSMP_TOKEN_PATH;
    return token;
}

uint32_t tsmp_tokenize(const char *line, uint64_t length, tsmp_token *tokens, uint32_t capacity)
{
    if (line == NULL || tokens == NULL || capacity == 0 || length > UINT32_MAX)
        return 0;
    size_t at = 0, end = (size_t)length;
    uint32_t count = 0;
    struct stamp stamp = stamp_read(line, end, 0);
    size_t behind = stamp.length;
    while (behind < end && (line[behind] == ' ' || line[behind] == '\t'))
        behind++;
    if (stamp.length > 0 && (capacity > 1 || behind == end)) {
        tokens[count++] = (tsmp_token){.length = stamp.length, .type = TSMP_TOKEN_STAMP,
                                       .number = stamp.time, .flags = stamp.flags};
        at = stamp.length;
    }
    for (;;) {
        while (at < end && (line[at] == ' ' || line[at] == '\t'))
            at++;
        if (at == end)
            return count;
        tsmp_token token = one(line + at, end - at);
        size_t used = token.offset + token.length + (token.type == TSMP_TOKEN_QUOTED ? 1 : 0);
        size_t rest = at + used;
        while (rest < end && (line[rest] == ' ' || line[rest] == '\t'))
            rest++;
        if (count + 1 == capacity && rest < end) {
            tokens[count++] = (tsmp_token){.offset = (uint32_t)at, .length = (uint32_t)(end - at),
                                           .type = TSMP_TOKEN_REST};
            return count;
        }
        token.offset += (uint32_t)at;
        tokens[count++] = token;
        at += used;
    }
}
