/* SPDX-License-Identifier: BSD-2-Clause
 * What `tsmparse history` prints of a history whose every name and number a stranger chose, and of one that is
 * damaged; and what `check --history` makes of it: nothing that was kept is lost. A row of the text is
 *
 *     node TAB schedule TAB number,number,... TAB volume TAB volume ...
 *
 * the numbers being nominal start, start, last stamp, seconds, objects, bytes, action, verdict, the verdict by
 * the log alone, claim, proofs and flags; `x` is a time that is not known. */
#include "beside.h"
#include "shape.h"

#include "history.h"
#include "join.h"

#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#ifdef WITH_HISTORY

enum { ROWS = 32, NUMBERS = 12, VOLUMES = 2048, MOST = 1 << 20 };

struct kept {
    struct stored rows[ROWS];
    char volumes[ROWS][VOLUMES];
    size_t count;
};

/* ---- rows of the text ---------------------------------------------------------------------------- */

static tsmp_text cell(const char **at, const char *end)
{
    const char *from = *at;
    while (*at < end && **at != '\t')
        (*at)++;
    tsmp_text text = {from, (uint64_t)(*at - from)};
    *at += *at < end;
    return text;
}

static int64_t number(tsmp_text *text)
{
    uint64_t value = 0;
    bool minus = text->length > 0 && *text->bytes == '-', none = text->length > 0 && *text->bytes == 'x';
    while (text->length > 0 && *text->bytes != ',') {
        if (*text->bytes >= '0' && *text->bytes <= '9')
            value = value * 10 + (uint64_t)(*text->bytes - '0');
        text->bytes++;
        text->length--;
    }
    text->bytes += text->length > 0;
    text->length -= text->length > 0;
    return none ? TSMP_NO_TIME : (int64_t)(minus ? 0 - value : value);
}

static int64_t known(int64_t value)
{
    return value < 0 ? -1 : value;
}

static void take_row(struct kept *kept, const char *at, const char *end)
{
    int64_t numbers[NUMBERS];
    struct stored *row = &kept->rows[kept->count];
    char *packed = kept->volumes[kept->count];
    size_t length = 0;
    tsmp_text node = cell(&at, end), schedule = cell(&at, end), list = cell(&at, end);
    for (int i = 0; i < NUMBERS; i++)
        numbers[i] = number(&list);
    while (at < end) {
        tsmp_text name = cell(&at, end);
        if (name.length > VOLUMES - 4 - length)
            break;
        for (unsigned k = 0; k < 4; k++)
            packed[length++] = (char)(name.length >> (8 * k) & 0xFF);
        memcpy(packed + length, name.bytes, (size_t)name.length);
        length += (size_t)name.length;
    }
    /* Of each row its own start, or rows of one run would take each other's place. */
    *row = (struct stored){
        .node = node, .schedule = schedule, .volumes = {packed, length}, .scheduled = numbers[0],
        .started = (int64_t)((uint64_t)numbers[1] / 64 * 64 + ROWS + kept->count), .ended = numbers[2],
        .elapsed = known(numbers[3]), .inspected = known(numbers[4]), .transferred = known(numbers[5]),
        .action = (uint32_t)numbers[6], .verdict = (uint32_t)numbers[7], .base = (uint32_t)numbers[8],
        .claim = (uint32_t)numbers[9], .proof = (uint32_t)numbers[10], .flags = (uint32_t)numbers[11]};
    kept->count++;
}

static void take_rows(struct kept *kept, const char *bytes, size_t length)
{
    const char *end = bytes + length;
    kept->count = 0;
    while (bytes < end && kept->count < ROWS) {
        const char *newline = memchr(bytes, '\n', (size_t)(end - bytes));
        const char *to = newline != NULL ? newline : end;
        take_row(kept, bytes, to);
        bytes = to + (newline != NULL);
    }
}

/* In the order in which they are listed. */
static int by_name(tsmp_text a, tsmp_text b)
{
    size_t n = (size_t)(a.length < b.length ? a.length : b.length);
    int order = n > 0 ? memcmp(a.bytes, b.bytes, n) : 0;
    return order != 0 ? order : (a.length > b.length) - (a.length < b.length);
}

static int in_order(const void *one, const void *other)
{
    const struct stored *a = one, *b = other;
    int order = by_name(a->node, b->node);
    if (order == 0)
        order = by_name(a->schedule, b->schedule);
    return order != 0 ? order : (a->started > b->started) - (a->started < b->started);
}

/* ---- the file ------------------------------------------------------------------------------------ */

static void remove_kept(void)
{
    static const char *const ends[] = {"", "-wal", "-shm", "-journal"};
    for (size_t i = 0; i < sizeof ends / sizeof *ends; i++) {
        char name[sizeof beside_path + 16];
        snprintf(name, sizeof name, "%s%s", beside_path, ends[i]);
        unlink(name);
    }
}

static void write_kept(const struct kept *kept)
{
    char error[320];
    beside_write("", 0); /* for its name */
    remove_kept();
    struct history *history = history_open(beside_path, true, error, sizeof error);
    CHECK(history != NULL);
    for (size_t i = 0; i < kept->count; i++)
        CHECK(history_add(history, &kept->rows[i]));
    CHECK(history_flush(history, true));
    history_close(history);
}

/* 3 bytes of place, 1 of value, again and again. */
static void damage(const char *changes, size_t length)
{
    int fd = open(beside_path, O_RDWR | O_CLOEXEC);
    CHECK(fd >= 0);
    off_t size = lseek(fd, 0, SEEK_END);
    for (size_t i = 0; i + 4 <= length && size > 0; i += 4) {
        const unsigned char *c = (const unsigned char *)changes + i;
        CHECK(pwrite(fd, changes + i + 3, 1, (off_t)(c[0] << 16 | c[1] << 8 | c[2]) % size) == 1);
    }
    close(fd);
}

/* ---- what is printed ----------------------------------------------------------------------------- */

static int history_verb(const struct options *given)
{
    struct options options = *given;
    return history_main(&options);
}

static int history_as(struct log *log, const char *format, bool baseline)
{
    char as[32], usual[] = "--baseline", at[] = "--at=2026-03-28T00:00:00";
    char *words[] = {as, beside_path, at, usual};
    struct options options = log->options;
    snprintf(as, sizeof as, "--format=%s", format);
    options.format = FORMAT_TEXT;
    options.files = words;
    options.file_count = baseline ? 4 : 2;
    int code = print_all(history_verb, &options, strcmp(format, "csv") == 0);
    CHECK(code == 0 ? complained.length == 0 : code == 1 && complained.length > 0);
    return code;
}

static void says_number(const struct json *json, int run, const char *key, int64_t number)
{
    char value[32];
    snprintf(value, sizeof value, "%" PRId64, number);
    CHECK(json_is(json, json_member(json, run, key), number < 0 ? "null" : value));
}

static void is_row(const struct json *json, int run, const struct stored *row)
{
    says_text(json, run, "node", row->node.bytes, row->node.length);
    says_text(json, run, "schedule", row->schedule.bytes, row->schedule.length);
    says_number(json, run, "elapsed", row->elapsed);
    says_number(json, run, "inspected", row->inspected);
    says_number(json, run, "transferred", row->transferred);
    CHECK((json->values[json_member(json, run, "scheduled")].type == JSON_NULL) == (row->scheduled == TSMP_NO_TIME));
    int volumes = json_member(json, run, "volumes"), one = json->values[volumes].first;
    for (uint64_t at = 0; at < row->volumes.length; one = json->values[one].next) {
        struct notes said = {0};
        uint64_t length = 0;
        for (unsigned k = 0; k < 4; k++)
            length |= (uint64_t)(unsigned char)row->volumes.bytes[at++] << (8 * k);
        CHECK(one >= 0);
        json_say(json, one, &said); /* what is no UTF-8 has no bytes beside it here */
        CHECK(!text_is_utf8(row->volumes.bytes + at, (size_t)length) ||
              (said.length == length && (length == 0 || memcmp(said.bytes, row->volumes.bytes + at, (size_t)length) == 0)));
        free(said.bytes);
        at += length;
    }
    CHECK(one < 0);
}

/* How many runs there are; those of `kept`, if it is given, and no others. -1: not to be read. */
static int list_json(struct log *log, const struct kept *kept)
{
    struct json json = {0};
    int count = -1;
    if (history_as(log, "json", false) == 0) {
        json_read(&json, printed.bytes, printed.length - 1);
        shape_history(&json, false);
        int runs = json_member(&json, 0, "runs"), one = json.values[runs].first;
        count = json.values[runs].count;
        for (size_t i = 0; kept != NULL && i < kept->count; i++, one = json.values[one].next) {
            CHECK(one >= 0);
            is_row(&json, one, &kept->rows[i]);
        }
        CHECK(kept == NULL || one < 0);
    }
    json_free(&json);
    return count;
}

static void list_csv(struct log *log, int count)
{
    struct csv csv = {0};
    bool whole = history_as(log, "csv", false) == 0;
    size_t at = whole ? csv_read(&csv, printed.bytes, printed.length, 0) : 0;
    int rows = 0;
    CHECK(!whole || csv.count == 12);
    for (; whole && at < printed.length; rows++) {
        at = csv_read(&csv, printed.bytes, printed.length, at);
        CHECK(csv.count == 12);
        for (size_t i = 0; i < csv.count; i++) /* a year before 0 begins with '-', and is none */
            if (i < 3 || i > 5)
                is_no_formula(csv.said.bytes + csv.cells[i].from, csv.cells[i].length);
        for (size_t i = 3; i < 6; i++)
            CHECK(csv.cells[i].length == 0 || shape_time(csv.said.bytes + csv.cells[i].from, csv.cells[i].length));
        for (size_t i = 7; i < 12; i++)
            CHECK(csv.cells[i].length == 0 || shape_number(csv.said.bytes + csv.cells[i].from, csv.cells[i].length, false));
    }
    CHECK(!whole || count < 0 || rows == count);
    csv_free(&csv);
}

/* A head, and a line for each. */
static void list_text(struct log *log, int count)
{
    const char *bytes;
    size_t at = 0, length;
    int lines = -1;
    bool whole = history_as(log, "text", false) == 0;
    while (next_line(&at, &bytes, &length))
        lines++;
    CHECK(!whole || lines == count);
}

/* "  inspected    median 5040, spread 2 (7)" */
static bool is_figure(struct line line)
{
    if (!take_text(&line, "  "))
        return false;
    while (line.length > 0 && *line.bytes >= 'a' && *line.bytes <= 'z') {
        line.bytes++;
        line.length--;
    }
    while (take_text(&line, " "))
        continue;
    return take_text(&line, "median ") && take_digits(&line) && take_text(&line, ", spread ") && take_digits(&line) &&
           take_text(&line, " (") && take_digits(&line) && take_text(&line, ")") && line.length == 0;
}

/* In JSON a series is what any other line is in the text: it may begin with blanks, as a node's name may. */
static void usual(struct log *log, bool sound)
{
    const char *bytes;
    size_t at = 0, length;
    int series = 0;
    bool whole = history_as(log, "text", true) == 0;
    while (next_line(&at, &bytes, &length))
        series += !is_figure((struct line){bytes, length});
    struct json json = {0};
    bool same = history_as(log, "json", true) == 0;
    CHECK(!sound || (whole && same));
    if (same) {
        json_read(&json, printed.bytes, printed.length - 1);
        shape_history(&json, true);
        CHECK(!sound || json.values[json_member(&json, 0, "baseline")].count == series);
    }
    json_free(&json);
}

/* ---- both ---------------------------------------------------------------------------------------- */

void beside_history(struct log *log, struct beside *beside, enum what what, uint32_t how)
{
    static struct kept kept;
    bool damaged = what == HISTORY && (how & 4) != 0;
    take_rows(&kept, beside->text, beside->length);
    write_kept(&kept);
    qsort(kept.rows, kept.count, sizeof *kept.rows, in_order);
    if (damaged)
        damage(beside->log, beside->log_length);
    if (what == CHECK_HISTORY) {
        struct options options = log->options;
        options.history_path = beside_path;
        options.node = "OTTER";
        options.why = (how & 1) != 0;
        options.at = "2025-09-18T12:00:00";
        check_with(log, &options);
        CHECK(list_json(log, NULL) >= (int)kept.count);
    } else {
        int count = list_json(log, damaged ? NULL : &kept);
        CHECK(damaged || count == (int)kept.count);
        list_csv(log, count);
        if (!damaged)
            list_text(log, count);
        usual(log, !damaged);
    }
    remove_kept();
}

#else

void beside_history(struct log *log, struct beside *beside, enum what what, uint32_t how)
{
    (void)log, (void)beside, (void)what, (void)how;
}

#endif
