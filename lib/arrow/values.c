/* SPDX-License-Identifier: BSD-2-Clause
 * Single values at the end of a column. */
#include "table.h"

#include <stdlib.h>
#include <string.h>

/* Bytes of the valid UTF-8 character here; 0 = it is not valid. */
static size_t character(const unsigned char *s, uint64_t length)
{
    if (s[0] < 0x80)
        return 1;
    size_t n = s[0] >= 0xC2 && s[0] < 0xE0 ? 2 : s[0] >= 0xE0 && s[0] < 0xF0 ? 3
               : s[0] >= 0xF0 && s[0] < 0xF5 ? 4 : 0;
    if (n == 0 || n > length)
        return 0;
    for (size_t i = 1; i < n; i++)
        if ((s[i] & 0xC0) != 0x80)
            return 0;
    bool overlong = (s[0] == 0xE0 && s[1] < 0xA0) || (s[0] == 0xF0 && s[1] < 0x90);
    bool beyond = (s[0] == 0xED && s[1] >= 0xA0) || (s[0] == 0xF4 && s[1] >= 0x90);
    return overlong || beyond ? 0 : n;
}

static uint64_t valid_length(const char *bytes, uint64_t length)
{
    uint64_t at = 0;
    for (uint64_t eight; at + 8 <= length; at += 8) { /* nearly all of a log is ASCII */
        memcpy(&eight, bytes + at, 8);
        if ((eight & UINT64_C(0x8080808080808080)) != 0)
            break;
    }
    while (at < length) {
        size_t n = character((const unsigned char *)bytes + at, length - at);
        if (n == 0)
            break;
        at += n;
    }
    return at;
}

static ArrowErrorCode put_bytes(struct ArrowArray *column, const char *bytes, uint64_t length)
{
    struct ArrowBufferView view = {{.data = length > 0 ? bytes : ""}, (int64_t)length};
    return ArrowArrayAppendBytes(column, view);
}

ArrowErrorCode put_utf8(struct ArrowArray *column, const char *bytes, uint64_t length)
{
    if (valid_length(bytes, length) == length)
        return put_bytes(column, bytes, length);
    char *made = malloc((size_t)length * 3);
    if (made == NULL)
        return ENOMEM;
    size_t at = 0;
    for (uint64_t i = 0; i < length;) {
        size_t n = character((const unsigned char *)bytes + i, length - i);
        memcpy(made + at, n > 0 ? bytes + i : "\xEF\xBF\xBD", n > 0 ? n : 3);
        at += n > 0 ? n : 3;
        i += n > 0 ? n : 1;
    }
    ArrowErrorCode code = put_bytes(column, made, at);
    free(made);
    return code;
}

ArrowErrorCode put_text(struct ArrowArray **columns, const char *bytes, uint64_t length)
{
    if (valid_length(bytes, length) == length) {
        NANOARROW_RETURN_NOT_OK(put_bytes(columns[0], bytes, length));
        return ArrowArrayAppendNull(columns[1], 1);
    }
    NANOARROW_RETURN_NOT_OK(put_utf8(columns[0], bytes, length));
    return put_bytes(columns[1], bytes, length);
}

ArrowErrorCode put_name(struct ArrowArray *column, const char *name)
{
    return name != NULL ? put_bytes(column, name, strlen(name)) : ArrowArrayAppendNull(column, 1);
}

ArrowErrorCode put_set(struct ArrowArray *column, const char *group, uint32_t set)
{
    char names[256];
    size_t length = 0;
    for (uint32_t bit = 1; bit != 0; bit <<= 1) {
        const char *name = (set & bit) != 0 ? tsmp_name(group, bit) : NULL;
        size_t n = name != NULL ? strlen(name) : 0;
        if (n == 0 || length + n + 1 > sizeof names)
            continue;
        if (length > 0)
            names[length++] = ',';
        memcpy(names + length, name, n);
        length += n;
    }
    return put_bytes(column, names, length);
}

ArrowErrorCode put_time(struct ArrowArray *column, int64_t time, bool known)
{
    return known ? ArrowArrayAppendInt(column, time) : ArrowArrayAppendNull(column, 1);
}

double value_of(int64_t number, int power)
{
    double value = (double)number;
    for (; power > 0; power--)
        value *= 10;
    double divisor = 1;
    for (; power < 0; power++)
        divisor *= 10;
    return value / divisor;
}

bool whole_of(int64_t number, int power, int64_t *whole)
{
    for (; power > 0; power--) {
        if (number > INT64_MAX / 10 || number < INT64_MIN / 10)
            return false;
        number *= 10;
    }
    bool half = false;
    for (; power < 0 && number != 0; power++) {
        half = number % 10 >= 5 || number % 10 <= -5;
        number /= 10;
    }
    half = half && power == 0;
    *whole = !half ? number : number < 0 ? number - 1 : number + 1;
    return true;
}
