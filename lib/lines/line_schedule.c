/* SPDX-License-Identifier: BSD-2-Clause
 * Lines that stand only in a schedule log or the acceptor's: marks, events, the announced
 * schedule, the scheduler's own life. */
#include "line.h"

#include "number.h"

/* Where the date and time at the end of "NAME D T" begin, 0 = there is none. The name may hold
 * anything, so the tail is taken from the end: the longest one that is a whole stamp. `*decided`: what it
 * says, where no more is needed to know that; else its length is 0. */
static size_t tail_stamp(const struct order *order, const char *text, size_t length, struct stamp *decided)
{
    enum { USUAL = 19 };
    decided->length = 0;
    /* Of a date in ten columns and a time in eight no longer tail is a stamp. */
    if (length > USUAL && text[length - USUAL - 1] == ' ' &&
        order_read_decided(order, text + length - USUAL, USUAL, decided))
        return length - USUAL;
    size_t longest = length > 30 ? length - 30 : 1;
    for (size_t at = longest; at + 8 <= length; at++) {
        if (text[at - 1] != ' ')
            continue;
        struct stamp stamp = stamp_read(text + at, length - at, 0);
        if (stamp.length == length - at)
            return at;
    }
    return 0;
}

static bool schedrec(struct line *line, const char *text, size_t length)
{
    static const struct {
        const char *text;
        uint8_t length, word;
    } blocks[] = {{"QUERY ", 6, TSMP_WORD_QUERY}, {"OBJECT ", 7, TSMP_WORD_OBJECT},
                  {"STATUS ", 7, TSMP_WORD_STATUS}};
    for (size_t i = 0; i < 3; i++) {
        if (length < blocks[i].length || memcmp(text, blocks[i].text, blocks[i].length) != 0)
            continue;
        const char *edge = text + blocks[i].length;
        size_t left = trim_end(edge, length - blocks[i].length);
        bool begin = STARTS(edge, left, "BEGIN");
        if (!begin && !STARTS(edge, left, "END"))
            return false;
        size_t edge_length = begin ? 5 : 3;
        const char *rest = edge + edge_length;
        left -= edge_length;
        if (left > 0 && *rest != ' ')
            return false;
        if (left > 0)
            rest++, left--;
        if (blocks[i].word != TSMP_WORD_OBJECT && left > 0)
            return false;
        line->record->kind = TSMP_KIND_SCHEDREC;
        line_add_word(line, TSMP_FIELD_BLOCK, blocks[i].word, text, blocks[i].length - 1u);
        line_add_word(line, TSMP_FIELD_EDGE, begin ? TSMP_WORD_BEGIN : TSMP_WORD_END, edge,
                      edge_length);
        if (blocks[i].word == TSMP_WORD_STATUS)
            line->state->in_status = begin;
        if (blocks[i].word != TSMP_WORD_OBJECT)
            return true;
        struct stamp decided;
        size_t stamp = tail_stamp(&line->state->order, rest, left, &decided);
        if (stamp == 0) { /* an imitation: the client always prints the nominal start */
            line->record->flags |= TSMP_FLAG_FOREIGN;
            line_add_text(line, TSMP_FIELD_SCHEDULE, rest, left);
            return true;
        }
        line_add_text(line, TSMP_FIELD_SCHEDULE, rest, trim_end(rest, stamp));
        if (decided.length > 0) /* as line_add_time() would read it */
            line_add(line, TSMP_FIELD_SCHEDULED, TSMP_TYPE_TIME, rest + stamp, left - stamp)->number = decided.time;
        else
            line_add_time(line, TSMP_FIELD_SCHEDULED, rest + stamp, left - stamp);
        return true;
    }
    return false;
}

/* The same with a return code, in the form of ANS1512E: "... completed successfully.  Return code = 0." */
static bool completed_with(struct line *line, const char *text, size_t length)
{
    static const char before[] = "Scheduled event '", after[] = "' completed successfully.", label[] = "Return code = ";
    enum { BEFORE = sizeof before - 1, AFTER = sizeof after - 1, LABEL = sizeof label - 1 };
    if (length < BEFORE + AFTER + LABEL || memcmp(text, before, BEFORE) != 0 || text[length - 1] != '.')
        return false;
    /* From the end, since the name may hold anything: a number, its label, what stands before it. */
    size_t at = length - 1;
    while (at > 0 && text[at - 1] >= '0' && text[at - 1] <= '9')
        at--;
    struct number code = number_read(text + at, length - 1 - at, true, 0);
    if (code.length == 0 || code.length != length - 1 - at || at < BEFORE + AFTER + LABEL ||
        memcmp(text + at - LABEL, label, LABEL) != 0)
        return false;
    size_t end = trim_end(text, at - LABEL);
    if (end < BEFORE + AFTER || memcmp(text + end - AFTER, after, AFTER) != 0)
        return false;
    line->record->kind = TSMP_KIND_EVENT;
    line_add_text(line, TSMP_FIELD_SCHEDULE, text + BEFORE, end - AFTER - BEFORE);
    line_add_word(line, TSMP_FIELD_OUTCOME, TSMP_WORD_COMPLETED, text + end - AFTER + 2, 9);
    line_add_number(line, TSMP_FIELD_RETURN_CODE, &code, text + at, code.length);
    return true;
}

static bool event(struct line *line, const char *text, size_t length)
{
    const char *name;
    size_t n;
    tsmp_record *record = line->record;
    if (BETWEEN(text, length, "Scheduled event '", "' completed successfully.", &name, &n)) {
        record->kind = TSMP_KIND_EVENT;
        line_add_text(line, TSMP_FIELD_SCHEDULE, name, n);
        line_add_word(line, TSMP_FIELD_OUTCOME, TSMP_WORD_COMPLETED, name + n + 2, 9);
        return true;
    }
    if (completed_with(line, text, length))
        return true;
    uint16_t state = 0;
    if (BETWEEN(text, length, "Sending results for scheduled event '", "'.", &name, &n))
        state = TSMP_WORD_SENDING_RESULTS;
    else if (BETWEEN(text, length, "Results sent to server for scheduled event '", "'.", &name, &n))
        state = TSMP_WORD_RESULTS_SENT;
    if (state == 0)
        return false;
    record->kind = TSMP_KIND_SCHEDULER;
    line_add_word(line, TSMP_FIELD_STATE, state, text, 0);
    line_add_text(line, TSMP_FIELD_SCHEDULE, name, n);
    return true;
}

/* A line of the announced schedule: the label, blanks, a value. */
static bool schedule_field(struct line *line, const char *text, size_t length, const char *words,
                           size_t label)
{
    if (length < label || memcmp(text, words, label) != 0)
        return false;
    size_t at = label;
    while (at < length && text[at] == ' ')
        at++;
    if (at == label && at < length)
        return false;
    size_t end = trim_end(text, length);
    size_t value = end > at ? end - at : 0;
    line->record->kind = TSMP_KIND_SCHEDULE_FIELD;
    line_add_text(line, TSMP_FIELD_LABEL, text, label - 1);
    line_add_text(line, TSMP_FIELD_VALUE, text + at, value);
    if (STARTS(words, label, "Server") && value > 0)
        line_add_time(line, TSMP_FIELD_SCHEDULED, text + at, value);
    return true;
}

#define FIELD(literal) schedule_field(line, text, length, literal, sizeof(literal) - 1)

static bool state_line(struct line *line, uint16_t kind, uint16_t state)
{
    line->record->kind = kind;
    line_add_word(line, TSMP_FIELD_STATE, state, line->text, line->length);
    return true;
}

static bool command_begins(struct line *line, const char *text, size_t length)
{
    static const char words[] = "Executing Operating System command or script:";
    if (!STARTS(text, length, words))
        return false;
    state_line(line, TSMP_KIND_COMMAND, TSMP_WORD_BEGIN);
    size_t at = sizeof words - 1;
    while (at < length && text[at] == ' ')
        at++;
    if (at < length)
        line_add_text(line, TSMP_FIELD_COMMAND, text + at, length - at);
    return true;
}

static bool command_ends(struct line *line, const char *text, size_t length)
{
    size_t at = sizeof "Finished command." - 1;
    if (!STARTS(text, length, "Finished command."))
        return false;
    while (at < length && text[at] == ' ')
        at++;
    if (!STARTS(text + at, length - at, "Return code is:"))
        return false;
    at += sizeof "Return code is:" - 1;
    while (at < length && text[at] == ' ')
        at++;
    struct number code = number_read(text + at, length - at, true, 0);
    if (code.length == 0 || at + code.length != length)
        return false;
    state_line(line, TSMP_KIND_COMMAND, TSMP_WORD_FINISHED);
    line_add_number(line, TSMP_FIELD_RETURN_CODE, &code, text + at, code.length);
    return true;
}

static bool scheduler(struct line *line, const char *text, size_t length)
{
    uint16_t state = 0;
    switch (length > 0 ? *text : '\0') {
    case 'S':
        state = STARTS(text, length, "Scheduler has been started") ? TSMP_WORD_STARTED
                : IS(text, length, "Scheduler has been stopped.")  ? TSMP_WORD_STOPPED
                                                                   : 0;
        break;
    case 'Q':
        state = IS(text, length, "Querying server for next scheduled event.") ? TSMP_WORD_QUERYING : 0;
        break;
    case 'E':
        if (IS(text, length, "END OF DATA"))
            return state_line(line, TSMP_KIND_MARKER, TSMP_WORD_WRAP);
        if (command_begins(line, text, length))
            return true;
        state = IS(text, length, "Executing scheduled command now.") ? TSMP_WORD_EXECUTING : 0;
        break;
    case 'N':
        state = IS(text, length, "Next operation scheduled:")              ? TSMP_WORD_NEXT_OPERATION
                : STARTS(text, length, "No schedule returned from server") ? TSMP_WORD_NO_SCHEDULE
                                                                           : 0;
        break;
    case 'W':
        state = STARTS(text, length, "Waiting to be contacted by the server") ? TSMP_WORD_WAITING : 0;
        break;
    case 'C':
        if (IS(text, length, "Continued at beginning of file"))
            return state_line(line, TSMP_KIND_MARKER, TSMP_WORD_WRAP);
        state = STARTS(text, length, "Command will be executed") ? TSMP_WORD_COUNTDOWN : 0;
        break;
    case 'T':
        state = STARTS(text, length, "Time remaining until ") ? TSMP_WORD_COUNTDOWN : 0;
        break;
    case 'F': return command_ends(line, text, length);
    default: break;
    }
    return state != 0 && state_line(line, TSMP_KIND_SCHEDULER, state);
}

static bool is_rule(const char *text, size_t length)
{
    return length >= 20 && *text == '-' && memcmp(text, text + 1, length - 1) == 0;
}

bool line_schedule(struct line *line)
{
    const char *text = line->text;
    size_t length = trim_end(text, line->length);
    switch (length > 0 ? *text : '\0') { /* a line of another kind meets no compare at all */
    case '-':
        if (STARTS(text, length, "--- SCHEDULEREC "))
            return schedrec(line, text + 16, length - 16);
        if (!is_rule(text, length))
            return false;
        line->record->kind = TSMP_KIND_TABLE_HEAD;
        return true;
    case 'A': return FIELD("Action:");
    case 'O': return FIELD("Objects:") || FIELD("Options:");
    case 'R': return event(line, text, length);
    case 'S': /* Schedule, Scheduler, Sending, Server: nearly all others are ends of volumes */
        if (length < 2 || (text[1] != 'c' && text[1] != 'e'))
            return false;
        return event(line, text, length) || FIELD("Schedule Name:") || FIELD("Server Window Start:") ||
               scheduler(line, text, length);
    default: return scheduler(line, text, length);
    }
}
