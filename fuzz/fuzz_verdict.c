/* SPDX-License-Identifier: BSD-2-Clause
 * Nothing a stranger prints, and nothing that is taken from a log, makes a verdict better, and what made
 * a run bad stays shown: a false alarm may become worse, a true one never becomes "not known". The truth
 * of the night is known (night.c); the input holds the names of the stranger's files, divided by
 * NUL, the one byte a name can't hold. Then the log may be cut, or lose a proof, or double a line.
 * Who reads a schedule's definition has a state between its lines, so those are doubled most.
 *
 * Head: 0 which night (NIGHT_COUNT or more: the input is the log itself, and only a doubled line is
 * tried), 1 where the first name is printed, 2 how, 3 what is done to the log, 4-5 where,
 * 6 whether the log is probed first. */
#include "night.h"
#include "fuzz.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum deed { DEED_NONE, DEED_HEAD_CUT, DEED_TAIL_CUT, DEED_REMOVE, DEED_DOUBLE, DEED_COUNT };

/* What the client prints around a name. */
static const struct {
    const char *before, *after;
} prints[] = {
    {"Normal File-->             1,204 ", " [Sent]"},
    {"Directory-->                   0 ", " [Sent]"},
    {"Normal File-->             1,204 ", "  ** Unsuccessful **"},
    {"Normal File-->             1,204 ", "  Changed"},
    {"Retry # 1  Normal File-->             1,204 ", " [Sent]"},
    {"Updating-->                  512 ", " [Sent]"},
    {"Expiring-->                1,204 ", " [Sent]"},
    {"Normal File-->                 0 ", " [Skipped]"},
    {"ANS1228E Sending of object '", "' failed."},
    {"ANS4007E Error processing '", "': access to the object is denied"},
    {"ANS4987E Error processing '", "': the object is in use by another process"},
    {"Symbolic Link-->               9 ", " [Failed]"},
};
enum { PRINTS = sizeof prints / sizeof *prints };

static void add_names(struct notes *to, const char *names, size_t length, uint32_t how)
{
    const char *stamp = "09/17/2025 22:04:11 ";
    for (uint32_t which = how;; which++) {
        const char *end = memchr(names, '\0', length);
        size_t name = end != NULL ? (size_t)(end - names) : length;
        note_bytes(to, stamp, strlen(stamp));
        note_bytes(to, prints[which % PRINTS].before, strlen(prints[which % PRINTS].before));
        note_bytes(to, names, name);
        note_bytes(to, prints[which % PRINTS].after, strlen(prints[which % PRINTS].after));
        note_bytes(to, "\n", 1);
        if (end == NULL)
            return;
        names += name + 1;
        length -= name + 1;
    }
}

/* What a command says is the stranger's from the first byte to the last. */
static void add_output(struct notes *to, const char *bytes, size_t length)
{
    note_bytes(to, bytes, length);
    if (length > 0 && bytes[length - 1] != '\n')
        note_bytes(to, "\n", 1);
}

/* The line of the log, at or behind `from`, that bears one of `marks`; count when there is none. */
static size_t marked(const struct night_log *log, size_t from, uint32_t marks)
{
    for (size_t i = 0; i < log->count; i++)
        if ((log->lines[(from + i) % log->count].marks & marks) != 0)
            return (from + i) % log->count;
    return log->count;
}

/* May the end of the object that the client prints be the name's own? Only then do the lines behind it count
 * as the client's, and the true end is what gives the name away: the run is unknown (docs/security.md). */
static bool ends_itself(const char *name, size_t length, bool message)
{
    static const char *const ends[] = {"]", "**", "Changed"};
    const char *end = name + length, *line = memchr(name, '\n', length);
    message |= memchr(name, 'A', line != NULL ? (size_t)(line - name) : length) != NULL;
    while (line != NULL) {
        const char *next = ++line < end ? memchr(line, '\n', (size_t)(end - line)) : NULL;
        size_t left = (size_t)((next != NULL ? next : end) - line);
        if (message && memchr(line, '\'', left) != NULL)
            return true;
        message |= memchr(line, 'A', left) != NULL; /* one that the name prints, whose object goes on */
        while (left > 0 && line[left - 1] == '\r')
            left--;
        for (size_t i = 0; i < sizeof ends / sizeof *ends; i++) {
            size_t n = strlen(ends[i]);
            if (left >= n && memcmp(line + left - n, ends[i], n) == 0)
                return true;
        }
        line = next;
    }
    return false;
}

static bool one_ends_itself(const char *names, size_t length, uint32_t how)
{
    for (uint32_t which = how;; which++) {
        const char *end = memchr(names, '\0', length);
        size_t name = end != NULL ? (size_t)(end - names) : length;
        char first = prints[which % PRINTS].before[0];
        /* Whether these have an end is not known of every client, so none is waited for. */
        bool endless = (first == 'U' || first == 'E') && memchr(names, '\n', name) != NULL;
        if (endless || ends_itself(names, name, first == 'A'))
            return true;
        if (end == NULL)
            return false;
        names += name + 1;
        length -= name + 1;
    }
}

static void read_log(const char *bytes, size_t length, bool probe, struct answer *answer)
{
    char *exact = malloc(length > 0 ? length : 1);
    CHECK(exact != NULL);
    if (length > 0)
        memcpy(exact, bytes, length);
    struct plan plan = {.bytes = exact, .length = length, .probe = probe};
    drive(&plan, answer);
    free(exact);
}

/* `fair`: the level that a run may have at all, since its text may go on behind a cut. A run that lost
 * its name is better than another without one that was there before; then there must be as many fewer
 * of those that are named. */
static void not_better(const struct answer *before, const struct answer *after, int fair,
                       const char *what, const struct notes *text)
{
    for (size_t i = 0; i < after->judged_count; i++) {
        int now = standing_level(after->judged[i].standing.verdict);
        int then = best_level(before, &after->judged[i].key);
        if (now <= then || now <= (then < 0 ? 1 : fair))
            continue;
        if (!after->judged[i].named && count_level(after, now) <= count_level(before, now))
            continue;
        fprintf(stderr, "%s: run %zu is %s, it was of level %d. The log:\n%.*s", what, i,
                tsmp_name("verdict", after->judged[i].standing.verdict), then, (int)text->length,
                text->bytes);
        broken(__FILE__, __LINE__, "a verdict never gets better");
    }
}

static void not_lost(const struct answer *before, const struct answer *after, uint64_t removed, unsigned excuse,
                     const char *what, const struct notes *text)
{
    const struct judged *lost = lost_against(before, after, removed, excuse);
    if (lost == NULL)
        return;
    fprintf(stderr, "%s: a run was %s by evidence", what, tsmp_name("verdict", lost->standing.verdict));
    for (size_t i = 0; i < lost->standing.against_count; i++)
        fprintf(stderr, " %s", tsmp_name("evidence", lost->standing.against[i].id));
    for (size_t i = 0; i < after->judged_count; i++)
        fprintf(stderr, "; now run %zu is %s", i, tsmp_name("verdict", after->judged[i].standing.verdict));
    fprintf(stderr, ". The log:\n");
    fwrite(text->bytes, 1, text->length, stderr);
    broken(__FILE__, __LINE__, "a bad verdict stays bad, and says why");
}

static bool holds(const char *text, size_t length, const char *wanted)
{
    size_t n = strlen(wanted);
    for (size_t at = 0; at + n <= length; at++)
        if (memcmp(text + at, wanted, n) == 0)
            return true;
    return false;
}

/* Nothing tells a command's lines from the client's: it may print what ends a run, or the scheduler. */
static unsigned may_play(const char *output, size_t length)
{
    static const char *const marks[] = {"SCHEDULEREC", "Schedule", "Querying server", "Finished command", "Results sent"};
    for (size_t i = 0; i < sizeof marks / sizeof *marks; i++)
        if (holds(output, length, marks[i]))
            return EXCUSE_OTHER | EXCUSE_UNKNOWN;
    return EXCUSE_OTHER;
}

/* A line of a schedule's definition: one of its labels stands in it. */
static bool defines(const char *line, size_t length)
{
    static const char *const labels[] = {"Schedule Name:", "Action:", "Objects:", "Options:", "Server Window Start:",
                                         "Next operation scheduled:"};
    for (size_t i = 0; i < sizeof labels / sizeof *labels; i++)
        if (holds(line, length, labels[i]))
            return true;
    return false;
}

static size_t line_end(const char *text, size_t length, size_t at)
{
    const char *newline = memchr(text + at, '\n', length - at);
    return newline != NULL ? (size_t)(newline - text) + 1 : length;
}

/* The text with the line from `at` to `end` printed twice, and one of a definition thrice: what two of them
 * have made worse, a third does not mend. */
static void print_again(const struct answer *once, const char *text, size_t length, size_t at, size_t end, bool defining,
                        bool probe)
{
    int most = defining ? 3 : 2;
    struct answer answers[2];
    const struct answer *before = once;
    for (int times = 2; times <= most; times++) {
        struct answer *after = &answers[times - 2];
        struct notes more = {0};
        note_bytes(&more, text, at);
        for (int i = 0; i < times; i++)
            note_bytes(&more, text + at, end - at);
        note_bytes(&more, text + end, length - end);
        read_log(more.bytes, more.length, probe, after);
        not_better(before, after, 0, "a line printed again", &more);
        if (!defining) /* else it is not known any more what the schedule does */
            not_lost(before, after, 0, EXCUSE_NONE, "a line printed again", &more);
        before = after;
        free(more.bytes);
    }
    for (int times = 2; times <= most; times++)
        answer_free(&answers[times - 2]);
}

/* The text as it is, with one line printed twice: the one that the head chooses, and each of the
 * first lines of a definition that stand behind it, which is then also printed thrice. */
static void doubled_line(const uint8_t *data, const char *text, size_t length)
{
    enum { DEFINING = 3 };
    struct answer before;
    if (length == 0)
        return;
    size_t at = (head_byte(data, 4) << 8 | head_byte(data, 5)) % length, end;
    while (at > 0 && text[at - 1] != '\n')
        at--;
    bool probe = head_byte(data, 6) != 0, chosen = true;
    read_log(text, length, probe, &before);
    for (size_t tried = 0; at < length && tried < DEFINING; at = end) {
        end = line_end(text, length, at);
        bool defining = defines(text + at, end - at);
        if (text[end - 1] == '\n' && (chosen || defining))
            print_again(&before, text, length, at, end, defining, probe);
        tried += defining;
        chosen = false;
    }
    answer_free(&before);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < HEAD)
        return 0;
    const char *input = (const char *)data + HEAD;
    size_t length = size - HEAD;
    uint32_t night = head_byte(data, 0), where = head_byte(data, 4) << 8 | head_byte(data, 5);
    if (night >= NIGHT_COUNT) {
        doubled_line(data, input, length);
        return 0;
    }
    if (night == NIGHT_COMMAND_LOST && holds(input, length, "Finished command."))
        return 0; /* in place of the true one, which is lost: nothing tells them apart */
    struct night_log log = {0};
    struct notes text = {0};
    struct answer before, after;
    night_make(&log, (enum night)night);
    read_log(log.text.bytes, log.text.length, false, &before);
    CHECK(before.judged_count == 2 && standing_level(before.judged[0].standing.verdict) == 3);
    CHECK(standing_level(before.judged[1].standing.verdict) == night_level((enum night)night));

    uint32_t deed = head_byte(data, 3) % DEED_COUNT;
    size_t change = deed == DEED_REMOVE ? marked(&log, where % log.count, MARK_PROOF)
                    : deed == DEED_DOUBLE && (where & 1) == 0 ? marked(&log, where / 2 % log.count, MARK_ONCE)
                    : deed == DEED_DOUBLE ? where / 2 % log.count : log.count;
    size_t names = marked(&log, head_byte(data, 1) % log.count, MARK_NAMES | MARK_OUTPUT);
    for (size_t i = 0; i < log.count; i++) {
        const struct night_line *line = &log.lines[i];
        for (int twice = i == change && deed == DEED_DOUBLE; twice >= 0; twice--)
            if (i != change || deed != DEED_REMOVE)
                note_bytes(&text, log.text.bytes + line->from, line->to - line->from);
        if (i == names && (line->marks & MARK_OUTPUT) != 0)
            add_output(&text, input, length);
        else if (i == names)
            add_names(&text, input, length, head_byte(data, 2));
    }
    size_t from = deed == DEED_HEAD_CUT ? where % (text.length + 1) : 0;
    size_t to = deed == DEED_TAIL_CUT ? where % (text.length + 1) : text.length;
    read_log(text.bytes + from, to - from, head_byte(data, 6) != 0, &after);
    not_better(&before, &after, deed == DEED_NONE || deed == DEED_DOUBLE ? 0 : 1,
               deed == DEED_NONE ? "names" : "names and a changed log", &text);
    const struct night_line *changed = &log.lines[change < log.count ? change : 0];
    const char *line = log.text.bytes + changed->from;
    size_t line_length = change < log.count ? changed->to - changed->from : 0;
    /* What is counted stands only within its block, and what is asked for only in a whole definition. */
    bool frames = defines(line, line_length) ||
                  (deed == DEED_REMOVE && holds(line, line_length, "SCHEDULEREC STATUS"));
    if (change < log.count && deed == DEED_DOUBLE && (log.lines[change].marks & MARK_ONCE) != 0)
        CHECK(best_level(&after, &before.judged[1].key) < 3); /* else a forged one would do for a true one */
    if (deed != DEED_HEAD_CUT && deed != DEED_TAIL_CUT && !frames) {
        bool output = names < log.count && (log.lines[names].marks & MARK_OUTPUT) != 0;
        unsigned excuse = output ? may_play(input, length) : EXCUSE_NONE;
        if (!output && one_ends_itself(input, length, head_byte(data, 2)))
            excuse |= EXCUSE_OTHER | EXCUSE_UNKNOWN;
        if (holds(input, length, "OBJECT BEGIN")) /* what is behind it is that run's */
            excuse |= EXCUSE_OTHER | EXCUSE_UNKNOWN | EXCUSE_MOVED;
        not_lost(&before, &after, deed == DEED_REMOVE && change < log.count ? change + 1 : 0, excuse,
                 deed == DEED_NONE ? "names" : "names and a changed log", &text);
    }
    answer_free(&before);
    answer_free(&after);
    free(text.bytes);
    free(log.text.bytes);
    return 0;
}
