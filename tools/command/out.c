/* SPDX-License-Identifier: BSD-2-Clause */
#include "out.h"

#include <inttypes.h>

static void write_out(struct out *out, const char *bytes, size_t length)
{
    if (out->before != NULL)
        out->before(out);
    fwrite(bytes, 1, length, out->file);
}

void out_flush(struct out *out)
{
    if (out->used > 0)
        write_out(out, out->start, out->used);
    out->used = 0;
}

void out_long(struct out *out, const char *bytes, size_t length)
{
    out_flush(out);
    if (length > out->size) {
        write_out(out, bytes, length);
        return;
    }
    memcpy(out->start, bytes, length);
    out->used = length;
}

enum { DIGITS = 20 }; /* of the greatest uint64_t */

/* How many digits it has. Compares, since a division each costs more. */
static size_t digit_count(uint64_t value)
{
    size_t count = 1;
    for (uint64_t power = 10; value >= power; power *= 10)
        if (++count == DIGITS)
            break;
    return count;
}

static const char pairs[] = "00010203040506070809101112131415161718192021222324"
                            "25262728293031323334353637383940414243444546474849"
                            "50515253545556575859606162636465666768697071727374"
                            "75767778798081828384858687888990919293949596979899";

/* The digits before `end`. Two at a time: divisions are what it costs, and four numbers are printed
 * for every line of a log. */
static void write_digits(uint64_t value, char *end)
{
    for (; value >= 100; value /= 100)
        memcpy(end -= 2, pairs + 2 * (value % 100), 2);
    if (value >= 10)
        memcpy(end - 2, pairs + 2 * value, 2);
    else
        end[-1] = (char)('0' + value);
}

/* Written where they stay: bytes that are copied at once after they were written one by one must
 * wait until all of them have left the processor. */
void out_unsigned(struct out *out, uint64_t value)
{
    char *to = out_room(out, DIGITS);
    size_t count = digit_count(value);
    write_digits(value, to + count);
    out->used += count;
}

void out_growing(struct out *out, struct out_before *before, uint64_t value)
{
    uint64_t high = value / 10000;
    unsigned low = (unsigned)(value % 10000);
    if (high == 0) {
        out_unsigned(out, value);
        return;
    }
    if (high != before->high) {
        before->high = high;
        before->length = digit_count(high);
        write_digits(high, before->text + before->length);
    }
    char *to = out_room(out, DIGITS);
    memcpy(to, before->text, sizeof before->text); /* a fixed length: no call */
    memcpy(to + before->length, pairs + 2 * (low / 100), 2);
    memcpy(to + before->length + 2, pairs + 2 * (low % 100), 2);
    out->used += before->length + 4;
}

void out_number(struct out *out, int64_t number, int power)
{
    uint64_t value = number < 0 ? 0 - (uint64_t)number : (uint64_t)number;
    if (number < 0)
        out_char(out, '-');
    if (power == 0) {
        out_unsigned(out, value);
        return;
    }
    char at[DIGITS];
    size_t length = digit_count(value), places = power < 0 ? (size_t)-power : 0;
    write_digits(value, at + length);
    if (length <= places) {
        out_text(out, "0.");
        for (size_t i = length; i < places; i++)
            out_char(out, '0');
        out_bytes(out, at, length);
        return;
    }
    out_bytes(out, at, length - places);
    if (places > 0) {
        out_char(out, '.');
        out_bytes(out, at + length - places, places);
    }
    for (int i = 0; i < power && value != 0; i++)
        out_char(out, '0');
}

static size_t write_date(int64_t days, char *to, size_t size)
{
    /* civil date from days since 1970-01-01, in eras of 400 years that begin in March */
    int64_t z = days + 719468, era = (z >= 0 ? z : z - 146096) / 146097;
    int64_t doe = z - era * 146097;
    int64_t yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
    int64_t doy = doe - (365 * yoe + yoe / 4 - yoe / 100), mp = (5 * doy + 2) / 153;
    int64_t day = doy - (153 * mp + 2) / 5 + 1, month = mp < 10 ? mp + 3 : mp - 9;
    int64_t year = yoe + era * 400 + (month <= 2);
    return (size_t)snprintf(to, size, "%04" PRId64 "-%02" PRId64 "-%02" PRId64 "T", year, month, day);
}

static void write_pair(char *to, int64_t value)
{
    to[0] = (char)('0' + value / 10);
    to[1] = (char)('0' + value % 10);
}

void out_time(struct out *out, int64_t time)
{
    char *text = out->last.text;
    int64_t second = time / 1000000 - (time % 1000000 < 0); /* the one that has begun, before 1970 too */
    if (second != out->last.second || !out->last.known) {
        int64_t day = second / 86400, rest = second % 86400;
        if (rest < 0) {
            rest += 86400;
            day--;
        }
        if (day != out->last.day || !out->last.known)
            out->last.date = write_date(day, text, OUT_PIECE - sizeof "00:00:00");
        char *at = text + out->last.date;
        write_pair(at, rest / 3600);
        write_pair(at + 3, rest / 60 % 60);
        write_pair(at + 6, rest % 60);
        at[2] = at[5] = ':';
        out->last.second = second;
        out->last.day = day;
        out->last.known = true;
    }
    memcpy(out_room(out, OUT_PIECE), text, OUT_PIECE); /* a fixed length: no call */
    out->used += out->last.date + sizeof "00:00:00" - 1;
}
