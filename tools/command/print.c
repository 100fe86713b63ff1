/* SPDX-License-Identifier: BSD-2-Clause
 * Everything from a log, or from the command line, reaches an output through here. */
#include "command.h"
#include "out.h"

#include <inttypes.h>
#include <string.h>
#include <wchar.h>

static bool ascii_only;

void print_setup(bool ascii)
{
    ascii_only = ascii;
}

/* Length of the valid UTF-8 character here and its code point; 0 = not valid. */
static size_t utf8(const unsigned char *s, size_t length, uint32_t *point)
{
    static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
    size_t n = s[0] < 0x80 ? 1 : s[0] >= 0xF0 && s[0] < 0xF8 ? 4 : s[0] >= 0xE0 && s[0] < 0xF0 ? 3
               : s[0] >= 0xC2 && s[0] < 0xE0 ? 2 : 0;
    if (n == 0 || n > length)
        return 0;
    uint32_t c = n == 1 ? s[0] : s[0] & (0x7Fu >> n);
    for (size_t i = 1; i < n; i++) {
        if ((s[i] & 0xC0) != 0x80)
            return 0;
        c = c << 6 | (s[i] & 0x3F);
    }
    if (c < least[n] || c > 0x10FFFF || (c >= 0xD800 && c <= 0xDFFF))
        return 0;
    *point = c;
    return n;
}

/* Characters that act on a terminal, turn the direction of text, or can't be seen: Unicode's
 * controls, format characters, line separators, fillers and non-characters. */
static bool is_unsafe(uint32_t c)
{
    static const uint32_t ranges[][2] = {
        {0, 0x1F}, {0x7F, 0x9F}, {0xAD, 0xAD}, {0x34F, 0x34F}, {0x600, 0x605}, {0x61C, 0x61C},
        {0x6DD, 0x6DD}, {0x70F, 0x70F}, {0x8E2, 0x8E2}, {0x115F, 0x1160}, {0x17B4, 0x17B5},
        {0x180B, 0x180F}, {0x200B, 0x200F}, {0x2028, 0x202E}, {0x2060, 0x206F}, {0x3164, 0x3164},
        {0xFDD0, 0xFDEF}, {0xFE00, 0xFE0F}, {0xFEFF, 0xFEFF}, {0xFFA0, 0xFFA0}, {0xFFF0, 0xFFFB},
        {0x110BD, 0x110BD}, {0x110CD, 0x110CD}, {0x13430, 0x1343F}, {0x1BCA0, 0x1BCA3},
        {0x1D173, 0x1D17A}, {0xE0000, 0xE0FFF}};
    if (c >= 0x20 && c < 0x7F)
        return false;
    for (size_t i = 0; i < sizeof ranges / sizeof *ranges; i++)
        if (c >= ranges[i][0] && c <= ranges[i][1])
            return true;
    return (c & 0xFFFE) == 0xFFFE;
}

/* A backslash that would read as one of our own escapes. */
static bool is_escape(const unsigned char *s, size_t length)
{
    return length >= 3 && s[0] == '\\' && (s[1] == 'x' || (s[1] == 'u' && s[2] == '{'));
}

/* One character as it is shown: what to write in `to` (16 bytes are enough), and its columns. */
static size_t shown(const unsigned char *s, size_t length, char *to, size_t *to_length,
                    size_t *columns, bool ascii)
{
    uint32_t c = 0;
    size_t n = utf8(s, length, &c);
    int written = 0;
    if (n == 0 || (c < 0x80 && is_unsafe(c)) || is_escape(s, length))
        written = snprintf(to, 16, "\\x%02x", s[0]);
    else if (is_unsafe(c) || (ascii && c >= 0x80))
        written = snprintf(to, 16, "\\u{%" PRIx32 "}", c);
    if (written > 0) {
        *to_length = *columns = (size_t)written;
        return n == 0 ? 1 : n;
    }
    memcpy(to, s, n);
    *to_length = n;
    int width = c < 0x80 ? 1 : wcwidth((wchar_t)c);
    *columns = width < 0 ? 1 : (size_t)width;
    return n;
}

/* Is one of these eight bytes not plain? Looked at together, since nearly all of nearly every name
 * is plain: each sum sets the high bit of a byte that is out of bounds, or equal to what it is
 * compared with. The carries that they hand on come only from bytes that set it themselves. */
static bool has_special(const unsigned char *s)
{
    const uint64_t ones = UINT64_C(0x0101010101010101);
    uint64_t x;
    memcpy(&x, s, sizeof x);
    return ((x | (x + ones) | (x - 0x20 * ones) | ((x ^ '"' * ones) - ones) |
             ((x ^ '\\' * ones) - ones) | ((x ^ ';' * ones) - ones)) & 0x80 * ones) != 0;
}

/* Bytes that every output shows as they are, from here on. */
static size_t plain(const unsigned char *s, size_t length)
{
    size_t n = 0;
    while (length - n >= 8 && !has_special(s + n))
        n += 8;
    if (n > 0 && length - n < 8 && !has_special(s + length - 8)) /* the rest, and some again */
        return length;
    while (n < length && s[n] >= 0x20 && s[n] < 0x7F && s[n] != '"' && s[n] != '\\' &&
           s[n] != ';')
        n++;
    return n;
}

void print_safe(FILE *out, const char *bytes, size_t length, size_t most)
{
    const unsigned char *s = (const unsigned char *)bytes;
    for (size_t i = 0, count = 0; i < length; count++) {
        char to[16];
        size_t n = plain(s + i, length - i), columns;
        if (n > 0 && n <= most - count) {
            fwrite(s + i, 1, n, out);
            i += n;
            count += n - 1;
            continue;
        }
        if (count == most) {
            fputs("...", out);
            return;
        }
        i += shown(s + i, length - i, to, &n, &columns, ascii_only);
        fwrite(to, 1, n, out);
    }
}

/* One character, as it is (`made_safe`: it went through here before) or as it is shown. */
static size_t piece(const unsigned char *s, size_t length, char *to, size_t *to_length,
                    size_t *columns, bool made_safe)
{
    uint32_t c = 0;
    if (!made_safe || *s >= 0x80)
        return shown(s, length, to, to_length, columns, ascii_only && !made_safe);
    size_t n = utf8(s, length, &c);
    to[0] = (char)*s;
    *to_length = *columns = 1;
    return n == 0 ? 1 : n;
}

static size_t fit(FILE *out, const char *bytes, size_t length, size_t most, bool made_safe)
{
    const unsigned char *s = (const unsigned char *)bytes;
    char to[16];
    size_t n, columns, total = 0, kept = 0; /* kept: what fits beside an ellipsis */
    for (size_t i = 0; i < length && total <= most;) {
        i += piece(s + i, length - i, to, &n, &columns, made_safe);
        total += columns;
        kept = total < most ? total : kept;
    }
    bool cut = total > most;
    size_t done = 0;
    for (size_t i = 0; i < length;) {
        i += piece(s + i, length - i, to, &n, &columns, made_safe);
        if (cut && done + columns > kept)
            break;
        fwrite(to, 1, n, out);
        done += columns;
    }
    if (cut && most > 0) {
        fputs(ascii_only ? "~" : "\xE2\x80\xA6", out);
        done++;
    }
    return done;
}

size_t print_cell(FILE *out, const char *bytes, size_t length, size_t columns)
{
    return fit(out, bytes, length, columns, false);
}

void print_cut(FILE *out, const char *line, size_t length, size_t columns)
{
    fit(out, line, length, columns, true);
}

bool out_json(struct out *out, const char *bytes, size_t length)
{
    const unsigned char *s = (const unsigned char *)bytes;
    bool valid = true;
    out_char(out, '"');
    for (size_t i = 0; i < length;) {
        size_t n = plain(s + i, length - i);
        if (n > 0) {
            out_bytes(out, bytes + i, n);
            i += n;
            continue;
        }
        uint32_t c = 0;
        char *to = out_room(out, OUT_PIECE);
        int written = 0;
        n = utf8(s + i, length - i, &c);
        if (n == 0) {
            out_text(out, "\xEF\xBF\xBD");
            valid = false;
            i++;
            continue;
        }
        if (c == '"' || c == '\\')
            written = snprintf(to, OUT_PIECE, "\\%c", (int)c);
        else if (is_unsafe(c) && c > 0xFFFF)
            written = snprintf(to, OUT_PIECE, "\\u%04" PRIx32 "\\u%04" PRIx32,
                               0xD800 + ((c - 0x10000) >> 10), 0xDC00 + ((c - 0x10000) & 0x3FF));
        else if (is_unsafe(c))
            written = snprintf(to, OUT_PIECE, "\\u%04" PRIx32, c);
        else
            out_bytes(out, bytes + i, n);
        out->used += (size_t)written;
        i += n;
    }
    out_char(out, '"');
    return valid;
}

static void out_base64(struct out *out, const char *bytes, size_t length)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    const unsigned char *s = (const unsigned char *)bytes;
    out_char(out, '"');
    for (size_t i = 0; i < length; i += 3) {
        uint32_t v = (uint32_t)s[i] << 16;
        if (i + 1 < length)
            v |= (uint32_t)s[i + 1] << 8;
        if (i + 2 < length)
            v |= s[i + 2];
        out_char(out, digits[v >> 18 & 63]);
        out_char(out, digits[v >> 12 & 63]);
        out_char(out, i + 1 < length ? digits[v >> 6 & 63] : '=');
        out_char(out, i + 2 < length ? digits[v & 63] : '=');
    }
    out_char(out, '"');
}

void out_json_b64(struct out *out, const char *key, const char *bytes, size_t length)
{
    char second[128];
    snprintf(second, sizeof second, "%.100s_b64", key);
    out_char(out, ',');
    out_json(out, second, strlen(second));
    out_char(out, ':');
    out_base64(out, bytes, length);
}

void out_json_pair(struct out *out, const char *key, const char *bytes, size_t length)
{
    out_json(out, key, strlen(key));
    out_char(out, ':');
    if (!out_json(out, bytes, length))
        out_json_b64(out, key, bytes, length);
}

/* Spreadsheets run a cell that begins with one of these (CWE-1236). A cell that begins with the
 * quote that disarms it gets one too, so that taking one off always gives the text back. */
static bool is_formula(const unsigned char *s, size_t length)
{
    static const char wide[][4] = {"\xEF\xBC\x9D", "\xEF\xBC\x8B", "\xEF\xBC\x8D", "\xEF\xBC\xA0"};
    if (length == 0)
        return false;
    if (memchr("=+-@'", s[0], 5) != NULL)
        return true;
    for (size_t i = 0; i < 4; i++)
        if (length >= 3 && memcmp(s, wide[i], 3) == 0)
            return true;
    return false;
}

void out_csv(struct out *out, const char *bytes, size_t length)
{
    const unsigned char *s = (const unsigned char *)bytes;
    out_char(out, '"');
    if (is_formula(s, length))
        out_char(out, '\'');
    for (size_t i = 0; i < length;) {
        char to[16];
        size_t n = plain(s + i, length - i), columns;
        if (n > 0) {
            out_bytes(out, bytes + i, n);
            i += n;
            continue;
        }
        /* Where the list separator is ';' a cell would begin anew behind it. */
        if (s[i] == ';' && is_formula(s + i + 1, length - i - 1)) {
            out_text(out, "\\x3b");
            i++;
            continue;
        }
        if (s[i] == '"')
            out_char(out, '"');
        i += shown(s + i, length - i, to, &n, &columns, false);
        out_bytes(out, to, n);
    }
    out_char(out, '"');
}

/* ---- the same to a stream, for what is printed once -------------------------------------------- */

bool print_json(FILE *file, const char *bytes, size_t length)
{
    char room[OUT_SMALL];
    struct out out = {.file = file, .start = room, .size = sizeof room};
    bool valid = out_json(&out, bytes, length);
    out_flush(&out);
    return valid;
}

void print_json_pair(FILE *file, const char *key, const char *bytes, size_t length)
{
    char room[OUT_SMALL];
    struct out out = {.file = file, .start = room, .size = sizeof room};
    out_json_pair(&out, key, bytes, length);
    out_flush(&out);
}

void print_number(FILE *file, int64_t number, int power)
{
    char room[OUT_SMALL];
    struct out out = {.file = file, .start = room, .size = sizeof room};
    out_number(&out, number, power);
    out_flush(&out);
}

void print_time(FILE *file, int64_t time, bool known, bool json)
{
    char room[OUT_SMALL];
    struct out out = {.file = file, .start = room, .size = sizeof room};
    if (!known)
        out_text(&out, json ? "null" : "-");
    else if (json)
        out_char(&out, '"');
    if (known)
        out_time(&out, time);
    if (known && json)
        out_char(&out, '"');
    out_flush(&out);
}
