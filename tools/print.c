/* SPDX-License-Identifier: BSD-2-Clause */
#include "command.h"

#include <inttypes.h>
#include <string.h>

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

/* Characters that act on a terminal or turn the direction of text. */
static bool is_unsafe(uint32_t c)
{
    return c < 0x20 || (c >= 0x7F && c < 0xA0) || c == 0x061C || c == 0x200E || c == 0x200F ||
           (c >= 0x2028 && c <= 0x202E) || (c >= 0x2066 && c <= 0x2069) || c == 0xFEFF;
}

void print_safe(FILE *out, const char *bytes, size_t length, size_t most)
{
    const unsigned char *s = (const unsigned char *)bytes;
    for (size_t i = 0, shown = 0; i < length; shown++) {
        if (shown == most) {
            fputs("...", out);
            return;
        }
        uint32_t c;
        size_t n = utf8(s + i, length - i, &c);
        if (n == 0)
            fprintf(out, "\\x%02x", s[i]);
        else if (is_unsafe(c))
            fprintf(out, c < 0x100 ? "\\x%02" PRIx32 : "\\u{%" PRIx32 "}", c);
        else
            fwrite(s + i, 1, n, out);
        i += n == 0 ? 1 : n;
    }
}

bool print_json(FILE *out, const char *bytes, size_t length)
{
    const unsigned char *s = (const unsigned char *)bytes;
    bool valid = true;
    putc('"', out);
    for (size_t i = 0; i < length;) {
        uint32_t c;
        size_t n = utf8(s + i, length - i, &c);
        if (n == 0) {
            fputs("\xEF\xBF\xBD", out);
            valid = false;
            i++;
            continue;
        }
        if (c == '"' || c == '\\')
            fprintf(out, "\\%c", (int)c);
        else if (is_unsafe(c))
            fprintf(out, "\\u%04" PRIx32, c);
        else
            fwrite(s + i, 1, n, out);
        i += n;
    }
    putc('"', out);
    return valid;
}

void print_base64(FILE *out, const char *bytes, size_t length)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    const unsigned char *s = (const unsigned char *)bytes;
    putc('"', out);
    for (size_t i = 0; i < length; i += 3) {
        unsigned long v = (unsigned long)s[i] << 16;
        if (i + 1 < length)
            v |= (unsigned long)s[i + 1] << 8;
        if (i + 2 < length)
            v |= s[i + 2];
        putc(digits[v >> 18 & 63], out);
        putc(digits[v >> 12 & 63], out);
        putc(i + 1 < length ? digits[v >> 6 & 63] : '=', out);
        putc(i + 2 < length ? digits[v & 63] : '=', out);
    }
    putc('"', out);
}

void print_csv(FILE *out, const char *bytes, size_t length)
{
    putc('"', out);
    /* A spreadsheet must not read a file's name as a formula. */
    if (length > 0 && strchr("=+-@\t\r", bytes[0]) != NULL)
        putc('\'', out);
    for (size_t i = 0; i < length; i++) {
        if (bytes[i] == '"')
            putc('"', out);
        putc(bytes[i], out);
    }
    putc('"', out);
}

void print_number(FILE *out, int64_t number, int power)
{
    char digits[32];
    uint64_t value = number < 0 ? 0 - (uint64_t)number : (uint64_t)number;
    int n = snprintf(digits, sizeof digits, "%" PRIu64, value);
    int places = power < 0 ? -power : 0;
    if (number < 0)
        putc('-', out);
    if (n <= places) {
        fputs("0.", out);
        for (int i = n; i < places; i++)
            putc('0', out);
        fputs(digits, out);
        return;
    }
    fwrite(digits, 1, (size_t)(n - places), out);
    if (places > 0)
        fprintf(out, ".%s", digits + n - places);
    for (int i = 0; i < power; i++)
        putc('0', out);
}

void print_time(FILE *out, int64_t time, bool known, bool json)
{
    if (!known) {
        fputs(json ? "null" : "-", out);
        return;
    }
    int64_t seconds = time / 1000000, days = seconds / 86400, rest = seconds % 86400;
    if (rest < 0) {
        rest += 86400;
        days--;
    }
    /* civil date from days since 1970-01-01, in eras of 400 years that begin in March */
    int64_t z = days + 719468, era = (z >= 0 ? z : z - 146096) / 146097;
    int64_t doe = z - era * 146097;
    int64_t yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
    int64_t doy = doe - (365 * yoe + yoe / 4 - yoe / 100), mp = (5 * doy + 2) / 153;
    int64_t day = doy - (153 * mp + 2) / 5 + 1, month = mp < 10 ? mp + 3 : mp - 9;
    int64_t year = yoe + era * 400 + (month <= 2);
    fprintf(out, "%s%04" PRId64 "-%02" PRId64 "-%02" PRId64 "T%02" PRId64 ":%02" PRId64
            ":%02" PRId64 "%s", json ? "\"" : "", year, month, day, rest / 3600, rest / 60 % 60,
            rest % 60, json ? "\"" : "");
}
