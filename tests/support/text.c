/* SPDX-License-Identifier: BSD-2-Clause */
#include "text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void text_add(struct text *text, const void *bytes, size_t length)
{
    if (text->length + length + 1 > text->capacity) {
        text->capacity = 2 * (text->length + length + 1) + 64;
        text->bytes = realloc(text->bytes, text->capacity);
        if (text->bytes == NULL) {
            fputs("no memory for the test\n", stderr);
            exit(99);
        }
    }
    if (length > 0)
        memcpy(text->bytes + text->length, bytes, length);
    text->length += length;
    text->bytes[text->length] = '\0';
}

void text_put(struct text *text, const char *string)
{
    text_add(text, string, strlen(string));
}

void text_number(struct text *text, uint64_t number)
{
    char digits[24];
    text_add(text, digits, (size_t)snprintf(digits, sizeof digits, "%llu", (unsigned long long)number));
}

static bool plain(const char *bytes, size_t length)
{
    for (size_t i = 0; i < length; i++) {
        unsigned char c = (unsigned char)bytes[i];
        if (c <= ' ' || c >= 0x7F || c == '"' || c == '\\')
            return false;
    }
    return length > 0;
}

void text_quoted(struct text *text, const char *bytes, size_t length, bool bare)
{
    if (bare && plain(bytes, length)) {
        text_add(text, bytes, length);
        return;
    }
    text_put(text, "\"");
    for (size_t i = 0; i < length; i++) {
        unsigned char c = (unsigned char)bytes[i];
        char out[8];
        if (c == '"' || c == '\\')
            snprintf(out, sizeof out, "\\%c", c);
        else if (c < ' ' || c >= 0x7F)
            snprintf(out, sizeof out, "\\x%02x", c);
        else
            snprintf(out, sizeof out, "%c", c);
        text_put(text, out);
    }
    text_put(text, "\"");
}

void text_clear(struct text *text)
{
    text->length = 0;
    if (text->bytes != NULL)
        text->bytes[0] = '\0';
}

void text_free(struct text *text)
{
    free(text->bytes);
    *text = (struct text){0};
}

bool text_same(const struct text *a, const struct text *b)
{
    return a->length == b->length && (a->length == 0 || memcmp(a->bytes, b->bytes, a->length) == 0);
}

bool text_load(struct text *text, const char *path)
{
    FILE *file = fopen(path, "rb");
    if (file == NULL)
        return false;
    char chunk[65536];
    size_t n;
    text_clear(text);
    text_add(text, "", 0);
    while ((n = fread(chunk, 1, sizeof chunk, file)) > 0)
        text_add(text, chunk, n);
    bool good = ferror(file) == 0;
    fclose(file);
    return good;
}
