/* SPDX-License-Identifier: BSD-2-Clause
 * What a whole text shows that one line can't: order of dates, decimal mark, format, the place
 * where a log wraps. */
#include "encoding.h"
#include "line.h"
#include "memory.h"
#include "paste.h"
#include "query.h"
#include "server.h"
#include "utf16.h"

/* Of a longer line only the beginning is looked at: memory stays bounded, and the answer does
 * not depend on how the input was cut. All that is looked for is shorter. */
enum { LOOK = 4096 };

struct seen {
    uint64_t dates;
    uint8_t possible;
    uint64_t only[3];  /* dates that are one under this order alone */
    int64_t last[3];   /* under MDY, DMY, YMD */
    bool backwards[3];
    bool seam;         /* the next stamp may be older */
};

/* An END OF DATA line: it counts only when what stands behind it is older. */
struct wrap {
    uint64_t offset, line; /* behind it */
    uint8_t form;
    bool waiting;       /* for the next stamp */
    bool known[3];      /* before[] was read, under MDY, DMY, YMD */
    int64_t before[3];  /* the last stamp before it */
    uint8_t older;      /* set of TSMP_ORDER_ under which time goes back at it */
    bool found;
};

struct probing {
    tsmp_probe_result *result;
    struct seen forms[STAMP_FORMS];
    uint64_t schedule_lines, error_lines, acceptor_lines, console_lines, stamped;
    uint32_t decimal;
    uint64_t lines;
    uint8_t last_form; /* of the last stamp */
    /* The last stamp: lines share one by the thousand, and it says nothing new the second time. */
    struct stamp stamp;
    char stamp_text[32];
    size_t stamp_length; /* 0 = it must be read anew */
    struct wrap open, wrap;
    /* Bytes over 0x7F, and whether they are UTF-8. */
    uint64_t not_ascii, not_utf8;
    struct paste paste;
};

struct tsmp_prober {
    tsmp_allocator allocator;
    struct probing probing;
    unsigned char head; /* the first byte, until the second tells whether it is UTF-16 */
    bool have_head, started, utf16;
    struct utf16 decoder;
    uint64_t offset;   /* behind the last whole line */
    uint64_t length;   /* of the line that is open */
    size_t held;       /* bytes of it in `line` */
    char line[LOOK];
};

/* Time must go back at a true marker. A name with a newline in it can print the marker's words,
 * but it can't make the client's next stamps older. */
static void look_behind_marker(struct probing *probing, const char *text, size_t length,
                               const struct stamp *stamp)
{
    struct wrap *open = &probing->open;
    open->waiting = false;
    if (stamp->form != open->form)
        return;
    for (unsigned i = 0; i < 3; i++) {
        struct stamp read = stamp_read(text, length, 1u << i);
        if ((stamp->orders & 1u << i) != 0 && read.flags == 0 && open->known[i] &&
            read.time < open->before[i])
            open->older |= (uint8_t)(1u << i);
    }
    if (open->older != 0)
        probing->wrap = *open;
    probing->wrap.found |= open->older != 0;
}

static void look_at_marker(struct probing *probing, uint64_t next)
{
    struct seen *seen = &probing->forms[probing->last_form];
    probing->open = (struct wrap){.offset = next, .line = probing->lines + 1,
                                  .form = probing->last_form, .waiting = true};
    for (unsigned i = 0; i < 3; i++) {
        probing->open.known[i] = seen->dates > 0;
        probing->open.before[i] = seen->last[i];
        seen->seam = true; /* going back here says nothing about the order of dates */
    }
}

/* A log only goes forward; a day of slack for clocks that are set. */
static bool look_at_stamp(struct probing *probing, const char *text, size_t length,
                          const struct stamp *stamp)
{
    if (stamp->form >= STAMP_FORMS || stamp->orders == 0)
        return false;
    struct seen *seen = &probing->forms[stamp->form];
    for (unsigned i = 0; i < 3; i++)
        seen->only[i] += stamp->orders == 1u << i;
    uint8_t both = seen->possible & stamp->orders;
    seen->possible = both != 0 ? both : stamp->orders;
    for (unsigned i = 0; i < 3; i++) {
        if ((stamp->orders & 1u << i) == 0)
            continue;
        struct stamp read = stamp_read(text, length, 1u << i);
        if (read.flags != 0)
            continue;
        if (seen->dates > 0 && !seen->seam && read.time < seen->last[i] - INT64_C(90000000000))
            seen->backwards[i] = true;
        seen->last[i] = read.time;
    }
    seen->seam = false;
    seen->dates++;
    probing->last_form = stamp->form;
    return true;
}

/* Rows come in any order, so a date in one only says which orders are possible. */
static void look_at_row(struct probing *probing, const struct stamp *stamp)
{
    if (stamp->form >= STAMP_FORMS || stamp->orders == 0)
        return;
    struct seen *seen = &probing->forms[stamp->form];
    for (unsigned i = 0; i < 3; i++)
        seen->only[i] += stamp->orders == 1u << i;
    uint8_t both = seen->possible & stamp->orders;
    seen->possible = both != 0 ? both : stamp->orders;
    seen->dates++;
}

/* A row of the server's begins with a date too: of the activity log, of events of schedules. */
static bool is_row(const char *line, size_t length, size_t stamp_length)
{
    const char *text = line + stamp_length;
    size_t left = length - stamp_length;
    if (left < 2)
        return false;
    if (*text != ' ' || text[1] == ' ')
        return true;
    return server_code(text + 1, left - 1) > 0;
}

/* Dates inside a line without a stamp: the clocks of a banner, rows of a query. */
static void look_inside(struct probing *probing, const char *text, size_t length)
{
    size_t at = blanks_at(text, length, 0);
    struct stamp stamp = {0};
    struct row_start start;
    static const struct order nothing;
    if (STARTS(text + at, length - at, "Client date/time: ") ||
        STARTS(text + at, length - at, "Server date/time: ")) {
        stamp = stamp_read(text + at + 18, length - at - 18, 0);
    } else {
        if (STARTS(text + at, length - at, "API "))
            at += 3 + blanks_at(text, length, at + 3);
        if (at == length || text[at] < '0' || text[at] > '9')
            return;
        if (row_start_read(&nothing, text, length, at, &start))
            stamp = start.stamp;
    }
    if (stamp.length > 0)
        look_at_row(probing, &stamp);
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
    const char *colon = probing->decimal == 0 ? memchr(text, ':', length) : NULL;
    if (colon == NULL || !(holds(text, length, " sec") || holds(text, length, "B/sec") ||
                           holds(text, length, "MB") || holds(text, length, "GB") ||
                           holds(text, length, "KB")))
        return;
    const char *value = colon + 1, *end = text + length;
    while (value < end && *value == ' ')
        value++;
    probing->decimal = number_decimal_evidence(value, (size_t)(end - value));
}

/* `cut`: the line is longer than `length` bytes. `next`: offset behind it. */
static void look_at_line(struct probing *probing, const char *line, size_t length, bool cut,
                         uint64_t next)
{
    if (probing->lines == 0 && STARTS(line, length, "\xEF\xBB\xBF")) {
        line += 3;
        length -= 3;
    }
    if (!is_ascii(line, length)) {
        probing->not_ascii++;
        probing->not_utf8 += !cut && !is_utf8(line, length);
    }
    size_t same = probing->stamp_length;
    bool again = same > 0 && length > same && line[same] == ' ' && !probing->open.waiting &&
                 memcmp(line, probing->stamp_text, same) == 0;
    struct stamp stamp = again ? probing->stamp : stamp_read(line, length, 0);
    const char *text = line;
    size_t left = length;
    if (stamp.length > 0) {
        size_t skip = stamp.length < length ? stamp.length + 1u : stamp.length;
        text += skip;
        left -= skip;
    }
    left = trim_end(text, left);
    paste_look(&probing->paste, line, length, text, left);
    probing->lines++;
    if (stamp.length > 0) {
        probing->stamped++;
        /* Its own stamp is left out: the client writes the marker anew behind each line. */
        if (!cut && IS(text, left, "END OF DATA")) {
            look_at_marker(probing, next);
            probing->stamp_length = 0;
            return;
        }
        if (probing->open.waiting)
            look_behind_marker(probing, line, length, &stamp);
        if (is_row(line, length, stamp.length))
            look_at_row(probing, &stamp);
        else if (again)
            probing->forms[stamp.form].dates++;
        else if (look_at_stamp(probing, line, length, &stamp) &&
                 stamp.length <= sizeof probing->stamp_text) {
            probing->stamp = stamp;
            probing->stamp_length = stamp.length;
            memcpy(probing->stamp_text, line, stamp.length);
        }
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
    } else if (left > 0 && (*text == ' ' || *text == 'C' || *text == 'S' || *text == 'A' ||
                            (*text >= '0' && *text <= '9')) &&
               !STARTS(text, left, "Command Line Backup")) {
        look_inside(probing, text, left);
    } else if (STARTS(text, left, "Command Line Backup") || STARTS(text, left, "Total number of ")) {
        probing->console_lines++;
    }
    if (!cut && left > 10 && (*text == 'T' || *text == 'N' || *text == 'A' || *text == 'D'))
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
    uint32_t shown = 0;
    for (unsigned i = 0; i < 3; i++)
        shown |= most->only[i] > 0 ? 1u << i : 0;
    if ((shown & (shown - 1)) != 0) { /* two formats that look the same: the reader sees which is when */
        probing->result->date_order = shown;
        return;
    }
    probing->result->date_order = forward != 0 ? forward : possible;
}

static void decide(const struct probing *given, tsmp_probe_result *result)
{
    struct probing probing = *given;
    *result = (tsmp_probe_result){.size = sizeof *result, .lines = probing.lines,
                                  .decimal = probing.decimal};
    probing.result = result;
    decide_order(&probing);
    if (probing.wrap.found && (probing.wrap.older & result->date_order) == result->date_order) {
        result->wrap_offset = probing.wrap.offset;
        result->wrap_line = probing.wrap.line;
    }
    if (probing.schedule_lines > 0)
        result->format = TSMP_FORMAT_SCHEDULE_LOG;
    else if (probing.acceptor_lines > 0)
        result->format = TSMP_FORMAT_ACCEPTOR_LOG;
    else if (probing.error_lines > 0)
        result->format = TSMP_FORMAT_ERROR_LOG;
    else if (probing.console_lines > 0)
        result->format = TSMP_FORMAT_CONSOLE;
    result->not_utf8 = probing.not_utf8;
    result->encoding = probing.not_ascii > 0 && probing.not_utf8 == 0 ? TSMP_ENCODING_UTF_8
                                                                     : TSMP_ENCODING_BYTES;
    result->repair = paste_repairs(&probing.paste);
}

static void finish_line(struct tsmp_prober *prober, uint64_t next)
{
    bool cut = prober->length > prober->held;
    size_t shown = prober->held;
    if (!cut && shown > 0 && prober->line[shown - 1] == '\r')
        shown--;
    look_at_line(&prober->probing, prober->line, shown, cut, next);
    prober->held = 0;
    prober->length = 0;
}

/* Input bytes that this much text stands for. */
static uint64_t raw_length(const struct tsmp_prober *prober, const char *text, size_t length)
{
    return prober->utf16 ? utf16_length(text, length, NULL) : length;
}

static void take(struct tsmp_prober *prober, const char *bytes, size_t length)
{
    for (size_t at = 0; at < length;) {
        const char *line = bytes + at;
        const char *newline = memchr(line, '\n', length - at);
        size_t n = newline != NULL ? (size_t)(newline - line) : length - at;
        at += n + (newline != NULL);
        if (newline != NULL && prober->length == 0 && n <= LOOK) { /* nearly always */
            prober->offset += raw_length(prober, line, n + 1);
            size_t shown = n > 0 && line[n - 1] == '\r' ? n - 1 : n;
            look_at_line(&prober->probing, line, shown, false, prober->offset);
            continue;
        }
        size_t kept = n < LOOK - prober->held ? n : LOOK - prober->held;
        memcpy(prober->line + prober->held, line, kept);
        prober->held += kept;
        prober->length += n;
        prober->offset += raw_length(prober, line, n + (newline != NULL));
        if (newline != NULL) {
            finish_line(prober, prober->offset);
        }
    }
}

/* UTF-16 in steps of a bounded size, else as it is. */
static void take_text(struct tsmp_prober *prober, const char *bytes, size_t length)
{
    enum { STEP = 1024 };
    char text[STEP / 2 * 3 + 8];
    while (prober->utf16 && length > 0) {
        size_t step = length < STEP ? length : STEP;
        take(prober, text, utf16_decode(&prober->decoder, bytes, step, text));
        bytes += step;
        length -= step;
    }
    if (length > 0)
        take(prober, bytes, length);
}

/* The first two bytes tell UTF-16 by its mark, as for the reader. */
static void take_input(struct tsmp_prober *prober, const char *bytes, size_t length)
{
    if (!prober->started) {
        unsigned char first = prober->have_head ? prober->head : (unsigned char)bytes[0];
        bool may = first == 0xFF || first == 0xFE;
        if (may && length + prober->have_head < 2) {
            prober->head = first;
            prober->have_head = true;
            return;
        }
        unsigned char second = may ? (unsigned char)bytes[prober->have_head ? 0 : 1] : 0;
        prober->started = true;
        prober->utf16 = may && (first ^ second) == 1;
        if (prober->utf16)
            utf16_init(&prober->decoder, first == 0xFE);
        if (prober->have_head)
            take_text(prober, (const char *)&prober->head, 1);
    }
    take_text(prober, bytes, length);
}

int32_t tsmp_prober_new(const tsmp_allocator *allocator, tsmp_prober **prober)
{
    tsmp_allocator chosen;
    if (prober == NULL || !memory_choose(allocator, &chosen))
        return TSMP_E_MISUSE;
    *prober = memory_get_zeroed(&chosen, sizeof **prober);
    if (*prober == NULL)
        return TSMP_E_NOMEM;
    (*prober)->allocator = chosen;
    return TSMP_OK;
}

void tsmp_prober_free(tsmp_prober *prober)
{
    if (prober == NULL)
        return;
    tsmp_allocator allocator = prober->allocator;
    memory_put(&allocator, prober);
}

int32_t tsmp_prober_feed(tsmp_prober *prober, const void *bytes, uint64_t length)
{
    if (prober == NULL || (bytes == NULL && length > 0) || length > SIZE_MAX / 2)
        return TSMP_E_MISUSE;
    if (length > 0)
        take_input(prober, bytes, (size_t)length);
    return TSMP_OK;
}

/* Older callers know the members up to here. */
#define FIRST_SIZE offsetof(tsmp_probe_result, not_utf8)

int32_t tsmp_prober_result(tsmp_prober *prober, tsmp_probe_result *result)
{
    if (prober == NULL || result == NULL || result->size < FIRST_SIZE)
        return TSMP_E_MISUSE;
    if (prober->have_head && !prober->started) {
        prober->started = true;
        take(prober, (const char *)&prober->head, 1);
    }
    if (prober->length > 0) /* the last line has no newline */
        finish_line(prober, prober->offset);
    tsmp_probe_result found;
    decide(&prober->probing, &found);
    if (prober->utf16)
        found.encoding = prober->decoder.big ? TSMP_ENCODING_UTF_16BE : TSMP_ENCODING_UTF_16LE;
    if (result->size < found.size)
        found.size = result->size;
    memcpy(result, &found, found.size);
    return TSMP_OK;
}

int32_t tsmp_probe(const char *bytes, uint64_t length, const tsmp_allocator *allocator,
                   tsmp_probe_result *result)
{
    tsmp_prober *prober;
    if (result == NULL || result->size < FIRST_SIZE || (bytes == NULL && length > 0) ||
        length > SIZE_MAX / 2)
        return TSMP_E_MISUSE;
    int32_t status = tsmp_prober_new(allocator, &prober);
    if (status != TSMP_OK)
        return status;
    status = tsmp_prober_feed(prober, bytes, length);
    if (status == TSMP_OK)
        status = tsmp_prober_result(prober, result);
    tsmp_prober_free(prober);
    return status;
}
