/* SPDX-License-Identifier: BSD-2-Clause
 * What a whole text shows that one line can't: order of dates, decimal mark, format, the place
 * where a log wraps. */
#include "line.h"
#include "number.h"

struct seen {
    uint64_t dates;
    uint8_t possible;
    int64_t last[3];   /* under MDY, DMY, YMD */
    bool backwards[3];
};

struct probing {
    tsmp_probe_result *result;
    struct seen forms[STAMP_FORMS];
    uint64_t schedule_lines, error_lines, acceptor_lines, console_lines, stamped;
    uint32_t decimal;
};

/* A log only goes forward; a day of slack for clocks that are set. */
static void look_at_stamp(struct probing *probing, const char *text, size_t length,
                          const struct stamp *stamp)
{
    if (stamp->form >= STAMP_FORMS || stamp->orders == 0)
        return;
    struct seen *seen = &probing->forms[stamp->form];
    uint8_t both = seen->possible & stamp->orders;
    seen->possible = both != 0 ? both : stamp->orders;
    for (unsigned i = 0; i < 3; i++) {
        if ((stamp->orders & 1u << i) == 0)
            continue;
        struct stamp read = stamp_read(text, length, 1u << i);
        if (read.flags != 0)
            continue;
        if (seen->dates > 0 && read.time < seen->last[i] - INT64_C(90000000000))
            seen->backwards[i] = true;
        seen->last[i] = read.time;
    }
    seen->dates++;
}

static bool holds(const char *text, size_t length, const char *wanted)
{
    size_t n = strlen(wanted);
    const char *end = text + length;
    for (const char *at = text; (size_t)(end - at) >= n; at++) {
        at = memchr(at, wanted[0], (size_t)(end - at) - n + 1);
        if (at == NULL)
            return false;
        if (memcmp(at, wanted, n) == 0)
            return true;
    }
    return false;
}

static void look_at_number(struct probing *probing, const char *text, size_t length)
{
    if (probing->decimal != 0 || !(holds(text, length, " sec") || holds(text, length, "B/sec") ||
                                   holds(text, length, "MB") || holds(text, length, "GB") ||
                                   holds(text, length, "KB")))
        return;
    const char *colon = memchr(text, ':', length);
    if (colon == NULL)
        return;
    const char *value = colon + 1, *end = text + length;
    while (value < end && *value == ' ')
        value++;
    probing->decimal = number_decimal_evidence(value, (size_t)(end - value));
}

static void look_at_line(struct probing *probing, const char *line, size_t length, uint64_t next)
{
    struct stamp stamp = stamp_read(line, length, 0);
    const char *text = line;
    size_t left = length;
    if (stamp.length > 0) {
        probing->stamped++;
        look_at_stamp(probing, line, length, &stamp);
        size_t skip = stamp.length < length ? stamp.length + 1u : stamp.length;
        text += skip;
        left -= skip;
    }
    left = trim_end(text, left);
    if (IS(text, left, "END OF DATA")) {
        probing->result->wrap_offset = next;
        probing->result->wrap_line = probing->result->lines + 1;
    }
    if (stamp.length > 0) {
        if (STARTS(text, left, "(dsmcad) "))
            probing->acceptor_lines++;
        else if (STARTS(text, left, "--- SCHEDULEREC ") || STARTS(text, left, "Scheduler has been ") ||
                 STARTS(text, left, "Querying server for next ") ||
                 STARTS(text, left, "Incremental backup of volume '") ||
                 STARTS(text, left, "Successful incremental ") ||
                 STARTS(text, left, "Scheduled event '"))
            probing->schedule_lines++;
        else if (STARTS(text, left, "ANS") && left > 8)
            probing->error_lines++;
    } else if (STARTS(text, left, "Command Line Backup") || STARTS(text, left, "Total number of ")) {
        probing->console_lines++;
    }
    if (left > 10 && (*text == 'T' || *text == 'N' || *text == 'A' || *text == 'D'))
        look_at_number(probing, text, left);
}

static void decide_order(struct probing *probing)
{
    const struct seen *most = NULL;
    for (size_t i = 0; i < STAMP_FORMS; i++)
        if (probing->forms[i].dates > 0 && (most == NULL || probing->forms[i].dates > most->dates))
            most = &probing->forms[i];
    if (most == NULL)
        return;
    uint8_t possible = most->possible, forward = 0;
    for (unsigned i = 0; i < 3; i++)
        if ((possible & 1u << i) != 0 && !most->backwards[i])
            forward |= (uint8_t)(1u << i);
    probing->result->dates = most->dates;
    probing->result->date_order = forward != 0 ? forward : possible;
}

int32_t tsmp_probe(const char *bytes, uint64_t length, const tsmp_allocator *allocator,
                   tsmp_probe_result *result)
{
    (void)allocator; /* nothing needs to be kept between lines */
    if (result == NULL || result->size < sizeof *result || (bytes == NULL && length > 0) ||
        length > SIZE_MAX / 2)
        return TSMP_E_MISUSE;
    *result = (tsmp_probe_result){.size = sizeof *result};
    struct probing probing = {.result = result};
    for (size_t at = 0; at < length;) {
        const char *line = bytes + at;
        const char *newline = memchr(line, '\n', (size_t)length - at);
        size_t n = newline != NULL ? (size_t)(newline - line) : (size_t)length - at;
        size_t next = at + n + (newline != NULL);
        result->lines++;
        size_t shown = n > 0 && line[n - 1] == '\r' ? n - 1 : n;
        look_at_line(&probing, line, shown, next);
        at = next;
    }
    decide_order(&probing);
    result->decimal = probing.decimal;
    if (probing.schedule_lines > 0)
        result->format = TSMP_FORMAT_SCHEDULE_LOG;
    else if (probing.acceptor_lines > 0)
        result->format = TSMP_FORMAT_ACCEPTOR_LOG;
    else if (probing.error_lines > 0)
        result->format = TSMP_FORMAT_ERROR_LOG;
    else if (probing.console_lines > 0)
        result->format = TSMP_FORMAT_CONSOLE;
    return TSMP_OK;
}
