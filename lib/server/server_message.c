/* SPDX-License-Identifier: BSD-2-Clause
 * Messages of the server's activity log. Only their start decides what they are, and what they name
 * is read where the message of that number has it: the echo of a command (ANR2017I), an ISSUE
 * MESSAGE (ANR1496I-1499S) and names of files in ANE messages may hold any text, that of other
 * messages too. */
#include "server.h"

#include "number.h"

/* Placeholders: %S schedule, %D domain, %N node, %I session, %R return code, %A actual start,
 * %C completed, %* anything that follows. */
static const struct {
    uint16_t number;
    const char *text;
} forms[] = {
    {400, "Session %I started for node %N (%*"},
    {403, "Session %I ended for node %N (%*"},
    {406, "Session %I started for node %N (%*"},
    {480, "Session %I for node %N (%*"},
    {481, "Session %I for node %N (%*"},
    {482, "Session %I for node %N (%*"},
    {483, "Session %I for node %N (%*"},
    {484, "Session %I for node %N (%*"},
    {522, "Transaction failed for session %I for node %N (%*"},
    {839, "Session %I started for node %N (%*"},
    {2507, "Schedule %S for domain %D started at %A for node %N completed successfully at %C.%*"},
    {2571, "Scheduled session from node %N (%*"},
    {2578, "Schedule %S in domain %D for node %N has missed %*"},
    {2579, "Schedule %S in domain %D for node %N failed (return code %R).%*"},
    {3440, "The client operation was not completed successfully for node %N in schedule %S. The "
           "schedule is associated with policy domain %D, and the client node is on host %*"},
};

size_t server_code(const char *text, size_t length)
{
    if (length < 8 || text[0] != 'A' || text[1] != 'N' || (text[2] != 'E' && text[2] != 'R') ||
        text[7] < 'A' || text[7] > 'Z' || (length > 8 && text[8] != ' '))
        return 0;
    for (int i = 3; i < 7; i++)
        if (text[i] < '0' || text[i] > '9')
            return 0;
    return 8;
}

static uint32_t number_of(const char *code)
{
    uint32_t number = 0;
    for (int i = 3; i < 7; i++)
        number = number * 10 + (uint32_t)(code[i] - '0');
    return number;
}

bool message_keeps(const char *code)
{
    for (size_t i = 0; code[2] == 'R' && i < sizeof forms / sizeof *forms; i++)
        if (forms[i].number == number_of(code))
            return true;
    return code[2] == 'E';
}

/* What a message names. */
struct facts {
    struct cell schedule, domain, node, session, result, actual, completed;
};

static struct cell *fact(struct facts *facts, char letter)
{
    switch (letter) {
    case 'S': return &facts->schedule;
    case 'D': return &facts->domain;
    case 'N': return &facts->node;
    case 'I': return &facts->session;
    case 'R': return &facts->result;
    case 'A': return &facts->actual;
    default: return &facts->completed;
    }
}

/* Does the text have the form? All of it up to %* must fit; only times hold blanks. */
static bool fits(const char *form, const char *text, size_t length, struct facts *facts)
{
    size_t at = 0;
    while (*form != '\0') {
        if (*form != '%') {
            if (at >= length || text[at] != *form)
                return false;
            at++;
            form++;
            continue;
        }
        char letter = form[1];
        if (letter == '*')
            return true;
        form += 2;
        size_t literal = strcspn(form, "%"), from = at;
        bool blanks = letter == 'A' || letter == 'C';
        while (at + literal <= length && memcmp(text + at, form, literal) != 0 &&
               (blanks || text[at] != ' '))
            at++;
        if (at == from || at + literal > length || memcmp(text + at, form, literal) != 0)
            return false;
        *fact(facts, letter) = (struct cell){text + from, at - from, 0};
    }
    return at == length;
}

static bool digits_only(const struct cell *cell)
{
    size_t n = 0;
    while (n < cell->length && cell->text[n] >= '0' && cell->text[n] <= '9')
        n++;
    return n > 0 && n == cell->length;
}

/* "(SESSION: n)" at the very end, put there by the server: its digits, and where it begins. */
static struct cell session_behind(const char *text, size_t length, size_t *begin)
{
    static const char label[] = "(SESSION: ";
    struct cell none = {text, 0, 0};
    *begin = length;
    if (length == 0 || text[length - 1] != ')')
        return none;
    size_t at = length - 1;
    while (at > 0 && text[at] != '(')
        at--;
    if (length - at <= sizeof label || memcmp(text + at, label, sizeof label - 1) != 0)
        return none;
    struct cell digits = {text + at + sizeof label - 1, 0, 0};
    while (digits.text[digits.length] >= '0' && digits.text[digits.length] <= '9')
        digits.length++;
    char behind = digits.text[digits.length];
    if (digits.length == 0 || (behind != ')' && behind != ','))
        return none;
    *begin = at;
    return digits;
}

/* "(Session: n, Node: N)" in front, in ANE messages of older servers. Where the text goes on. */
static size_t session_before(const char *text, size_t length, struct facts *facts)
{
    static const char label[] = "(Session: ", middle[] = ", Node: ";
    if (!STARTS(text, length, "(Session: "))
        return 0;
    const char *close = memchr(text, ')', length);
    size_t at = sizeof label - 1;
    struct cell session = {text + at, 0, 0};
    while (at < length && text[at] >= '0' && text[at] <= '9')
        at++;
    session.length = (size_t)(text + at - session.text);
    if (close == NULL || session.length == 0 || length - at < sizeof middle ||
        memcmp(text + at, middle, sizeof middle - 1) != 0)
        return 0;
    at += sizeof middle - 1;
    facts->session = session;
    facts->node = cell_trim(text + at, (size_t)(close - text) - at);
    return (size_t)(close - text) + 1;
}

static void add_number(struct line *line, uint16_t id, const struct cell *cell)
{
    if (cell->length == 0)
        return;
    struct number number = number_read(cell->text, cell->length, true, 0);
    if (number.length == cell->length)
        line_add_number(line, id, &number, cell->text, cell->length);
}

/* Dates inside a message are in the server's format: they prove nothing of those of the rows. */
static void add_inner_time(struct line *line, uint16_t id, const struct cell *cell)
{
    if (cell->length == 0)
        return;
    struct order *order = &line->state->table->inner;
    struct stamp stamp = server_stamp(cell->text, cell->length, 0);
    tsmp_field *field = line_add(line, id, TSMP_TYPE_TIME, cell->text, cell->length);
    field->flags = TSMP_FLAG_NO_TIME;
    if (stamp.length != cell->length)
        return;
    order_learn(order, &stamp);
    stamp = server_stamp(cell->text, cell->length, order_known(order, stamp.form));
    field->number = stamp.time;
    field->flags = stamp.flags;
}

static const struct cell *first_of(const struct cell *column, const struct cell *found)
{
    return column != NULL && column->length > 0 ? column : found;
}

static void add_named(struct line *line, uint16_t id, const struct cell *cell)
{
    if (cell->length > 0)
        line_add_text(line, id, cell->text, cell->length);
}

bool message_add(struct line *line, const struct cell *message, const struct cell *node,
                 const struct cell *session, const struct cell *schedule)
{
    const char *code = message->text;
    const struct cell body = cell_trim(code + 8, message->length - 8);
    struct facts facts = {{NULL, 0, 0}};
    size_t end;
    struct cell behind = session_behind(body.text, body.length, &end);
    size_t begin = code[2] == 'E' ? session_before(body.text, body.length, &facts) : 0;
    for (size_t i = 0; code[2] == 'R' && i < sizeof forms / sizeof *forms; i++) {
        struct facts found = {{NULL, 0, 0}};
        if (forms[i].number == number_of(code) && fits(forms[i].text, body.text, body.length, &found) &&
            (found.session.length == 0 || digits_only(&found.session)))
            facts = found;
    }
    if (behind.length > 0)
        facts.session = behind;
    struct cell text = cell_trim(body.text + begin, end > begin ? end - begin : 0);
    bool statistic = code[2] == 'E' && line_statistic_text(line, text.text, text.length);
    if (!statistic)
        line->record->kind = TSMP_KIND_SERVER_MESSAGE;
    line_add_text(line, TSMP_FIELD_CODE, code, 8);
    line_add_text(line, TSMP_FIELD_SEVERITY, code + 7, 1);
    /* A place in the server's own "(SESSION: n)" is no place of doubt: it was recognised. */
    size_t before = (size_t)(body.text - code);
    bool doubt = message->doubt > 0 &&
                 (behind.length == 0 || message->doubt - 1 <= before + end);
    line_add_text(line, TSMP_FIELD_TEXT, body.text, body.length);
    if (doubt) {
        line->batch->fields[line->batch->view.field_count - 1].flags |= TSMP_FLAG_TEXT_AMBIGUOUS;
        line->record->flags |= TSMP_FLAG_TEXT_AMBIGUOUS;
    }
    add_named(line, TSMP_FIELD_NODE, first_of(node, &facts.node));
    add_number(line, TSMP_FIELD_SESSION, first_of(session, &facts.session));
    add_named(line, TSMP_FIELD_SCHEDULE, first_of(schedule, &facts.schedule));
    add_named(line, TSMP_FIELD_DOMAIN, &facts.domain);
    add_inner_time(line, TSMP_FIELD_ACTUAL, &facts.actual);
    add_inner_time(line, TSMP_FIELD_COMPLETED, &facts.completed);
    add_number(line, TSMP_FIELD_RETURN_CODE, &facts.result);
    return true;
}
