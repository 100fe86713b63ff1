/* SPDX-License-Identifier: BSD-2-Clause
 * What the administrative client prints around tables: banner, prompts with what was typed, the
 * pager, answers. An order that is a SELECT also tells the columns of rows that have no head. */
#include "server.h"

static bool prompt(const char *text, size_t length, size_t *end)
{
    static const char *const starts[] = {"tsm: ", "Protect: ", "Storage Protect: "};
    if (length == 0 || (*text != 't' && *text != 'P' && *text != 'S'))
        return false;
    for (size_t i = 0; i < sizeof starts / sizeof *starts; i++) {
        size_t at = strlen(starts[i]);
        if (length <= at || memcmp(text, starts[i], at) != 0)
            continue;
        size_t from = at;
        while (at < length && at - from <= 64 && text[at] != '>' && text[at] != ' ')
            at++;
        if (at == from || at == length || text[at] != '>')
            continue;
        *end = at + 1;
        return true;
    }
    return false;
}

static bool pager(const char *text, size_t length)
{
    return STARTS(text, length, "more...") && trim_end(text, length) > 7 && text[7] == ' ';
}

/* Questions that wait for an answer; what was typed is not shown, or stands behind them. */
static bool question(const char *text, size_t length)
{
    if (length == 0 || (*text != 'E' && *text != 'D'))
        return false;
    return STARTS(text, length, "Enter your user id:") || STARTS(text, length, "Enter your password:") ||
           STARTS(text, length, "Do you wish to proceed? (Y");
}

static bool code_at_start(const char *text, size_t length)
{
    return server_code(text, length) > 0 ||
           (length >= 8 && text[0] == 'A' && text[1] == 'N' && text[2] == 'S' && text[3] >= '0' &&
            text[3] <= '9' && text[7] >= 'A' && text[7] <= 'Z' && (length == 8 || text[8] == ' '));
}

bool admin_beside(const char *text, size_t length)
{
    size_t end;
    return code_at_start(text, length) || prompt(text, length, &end) || pager(text, length) ||
           question(text, length) || STARTS(text, length, "Command Line ") || box_edge(text, length);
}

static bool product(const char *text, size_t length)
{
    length = trim_end(text, length);
    return IS(text, length, "IBM Tivoli Storage Manager") ||
           IS(text, length, "Tivoli Storage Manager") || IS(text, length, "IBM Spectrum Protect") ||
           IS(text, length, "IBM Storage Protect");
}

size_t admin_frame(const struct line_state *state, struct group *group, bool last)
{
    const struct group_line *first = &group->lines[0];
    const char *text = first->text;
    size_t end;
    struct group_line inner = *first;
    (void)state;
    if (STARTS(text, first->length, "Command Line Administrative Interface") ||
        pager(text, first->length) || question(text, first->length) ||
        box_edge(text, first->length) ||
        (box_inner(&inner) && blank_line(inner.text, inner.length)))
        return 1;
    if (product(text, first->length)) {
        if (group->count < 2)
            return last ? SIZE_MAX : 0;
        return STARTS(group->lines[1].text, group->lines[1].length,
                      "Command Line Administrative Interface") ? 1 : SIZE_MAX;
    }
    if (!prompt(text, first->length, &end))
        return SIZE_MAX;
    /* An order goes on where its line ends in "-". */
    for (size_t i = 0;; i++) {
        const struct group_line *line = &group->lines[i];
        size_t length = trim_end(line->text, line->length);
        if (length == 0 || line->text[length - 1] != '-')
            return i > 0 && length == 0 ? i : i + 1;
        if (i + 1 == group->count)
            return last ? i + 1 : 0;
    }
}

/* ---- SELECT -------------------------------------------------------------------------------------- */

static size_t skip_blanks(const char *text, size_t length, size_t at)
{
    while (at < length && (text[at] == ' ' || text[at] == '\t'))
        at++;
    return at;
}

static bool is_word(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

static bool word_is(const char *text, size_t length, size_t at, const char *word)
{
    for (; *word != '\0'; word++, at++)
        if (at >= length || (text[at] | 0x20) != *word)
            return false;
    return at >= length || !is_word(text[at]);
}

/* "select a,b from t": the names of its columns, as the server would print them. Only plain names:
 * what an expression is called differs between versions. */
static void learn_select(struct line *line, const char *text, size_t length)
{
    struct table *table = line->state->table;
    table->select_count = 0;
    size_t at = skip_blanks(text, length, 0), count = 0;
    if (!word_is(text, length, at, "select"))
        return;
    at += 6;
    for (;;) {
        char name[64];
        size_t n = 0;
        at = skip_blanks(text, length, at);
        while (at < length && is_word(text[at]) && n < sizeof name) {
            char c = text[at++];
            name[n++] = c >= 'a' && c <= 'z' ? (char)(c - 'a' + 'A') : c;
        }
        at = skip_blanks(text, length, at);
        bool end = word_is(text, length, at, "from");
        if (n == 0 || n == sizeof name || count == TABLE_MAX_COLUMNS ||
            (!end && (at >= length || text[at] != ',')))
            return;
        uint16_t id = line_name(line, name, n);
        if (id == 0)
            return;
        table->select[count] = id;
        table->select_role[count++] = (uint8_t)role_of(name, n);
        if (end)
            break;
        at++;
    }
    table->select_meaning = (uint8_t)meaning_of(table->select_role, count);
    table->select_count = (uint16_t)count;
}

/* ---- records --------------------------------------------------------------------------------------- */

static bool banner(struct line *line, uint16_t state, const char *text, size_t length)
{
    line->record->kind = TSMP_KIND_BANNER;
    line_add_word(line, TSMP_FIELD_STATE, state, text, 0);
    line_add_text(line, TSMP_FIELD_TEXT, text, length);
    return true;
}

static bool prompt_line(struct line *line, size_t end)
{
    struct table *table = line->state->table;
    const struct group *group = line->group;
    struct cell command = cell_trim(line->text + end, line->length - end);
    size_t bytes = 0;
    for (size_t i = 0; i < group->count; i++)
        bytes += group->lines[i].length + 1;
    char *room = group->count > 1 ? line_join(line, bytes) : NULL;
    if (room != NULL) {
        size_t used = 0;
        for (size_t i = 0; i < group->count; i++) {
            struct cell piece = i == 0 ? command
                                       : cell_trim(group->lines[i].text, group->lines[i].length);
            if (i + 1 < group->count || (piece.length > 0 && piece.text[piece.length - 1] == '-'))
                piece.length = trim_end(piece.text, piece.length - (piece.length > 0));
            if (used > 0)
                room[used++] = ' ';
            memcpy(room + used, piece.text, piece.length);
            used += piece.length;
        }
        command = (struct cell){room, used, 0};
    }
    table_close(table);
    server_found(line, TSMP_FORMAT_SERVER_TABLE);
    line->state->admin_sure = true;
    banner(line, TSMP_WORD_PROMPT, line->text, trim_end(line->text, line->length));
    if (command.length > 0)
        line_add_text(line, TSMP_FIELD_COMMAND, command.text, command.length);
    learn_select(line, command.text, command.length);
    table->aside = command.length > 0;
    return !line->nomem;
}

bool admin_line(struct line *line)
{
    const char *text = line->text;
    size_t length = trim_end(text, line->length), end;
    if (prompt(text, length, &end))
        return prompt_line(line, end);
    if (pager(text, length) || question(text, length)) {
        line->record->format = line->state->table->format != 0 ? line->state->table->format
                                                               : TSMP_FORMAT_SERVER_TABLE;
        return banner(line, TSMP_WORD_PROMPT, text, length);
    }
    if (STARTS(text, length, "Command Line Administrative Interface") || product(text, length)) {
        table_close(line->state->table);
        server_found(line, TSMP_FORMAT_SERVER_TABLE);
        line->state->admin_sure = true;
        bool interface = text[0] == 'C';
        banner(line, interface ? TSMP_WORD_INTERFACE : TSMP_WORD_PRODUCT, text, length);
        static const char version[] = " - Version ";
        for (size_t at = 0; interface && at + sizeof version <= length; at++)
            if (memcmp(text + at, version, sizeof version - 1) == 0) {
                at += sizeof version - 1;
                line_add_text(line, TSMP_FIELD_VERSION, text + at, length - at);
            }
        return true;
    }
    /* A box's edge, or an empty line in it. */
    line->record->format = TSMP_FORMAT_SERVER_TABLE;
    line->record->kind = TSMP_KIND_TABLE_HEAD;
    return true;
}

/* Answers behind which data may follow at once, without a head. */
static bool data_follow(const char *code)
{
    return memcmp(code, "ANS8000", 7) == 0 || memcmp(code, "ANR1687", 7) == 0;
}

/* Answers that end what was printed. */
static bool ends(const char *code)
{
    static const char *const codes[] = {"ANS8000", "ANS8001", "ANS8002", "ANR1687", "ANR1688",
                                        "ANR1694", "ANR1697", "ANR1699"};
    for (size_t i = 0; i < sizeof codes / sizeof *codes; i++)
        if (memcmp(code, codes[i], 7) == 0)
            return true;
    return false;
}

/* "ANS8000I Server command: 'q ev'": what stands between the outer quotes. */
static struct cell command_of(const char *text, size_t length)
{
    static const char label[] = "Server command: '";
    size_t end = trim_end(text, length);
    if (end > 0 && text[end - 1] == '.')
        end--;
    if (!STARTS(text, end, "Server command: '") || end <= sizeof label - 1 || text[end - 1] != '\'')
        return (struct cell){text, 0, 0};
    return (struct cell){text + sizeof label - 1, end - sizeof label, 0};
}

static bool message(struct line *line)
{
    struct table *table = line->state->table;
    const char *text = line->text;
    size_t length = trim_end(text, line->length);
    struct cell whole = {text, length, 0};
    if (server_code(text, length) > 0 && message_keeps(text)) {
        server_found(line, TSMP_FORMAT_ACTIVITY_LOG);
        return message_add(line, &whole, NULL, NULL, NULL);
    }
    if (ends(text))
        table_close(table);
    line->record->kind = TSMP_KIND_MESSAGE;
    line->record->format = table->format != 0 ? table->format : TSMP_FORMAT_SERVER_TABLE;
    struct cell body = cell_trim(text + 8, length - 8);
    line_add_text(line, TSMP_FIELD_CODE, text, 8);
    line_add_text(line, TSMP_FIELD_SEVERITY, text + 7, 1);
    line_add_text(line, TSMP_FIELD_TEXT, body.text, body.length);
    struct cell command = command_of(body.text, body.length);
    if (memcmp(text, "ANS8000", 7) == 0) {
        if (command.length > 0)
            line_add_text(line, TSMP_FIELD_COMMAND, command.text, command.length);
        learn_select(line, command.text, command.length);
    }
    table->aside = data_follow(text);
    return true;
}

bool admin_parse(struct line *line)
{
    struct line_state *state = line->state;
    const char *text = line->text;
    size_t length = line->length;
    if (client_format(state->forced_format))
        return false;
    /* A backup client's banner: what follows is its console. */
    if (state->mode == LINE_ADMIN && STARTS(text, length, "Command Line Backup")) {
        table_close(state->table);
        state->mode = LINE_CONSOLE;
        state->admin_sure = false;
        line->record->format = TSMP_FORMAT_CONSOLE;
        return false;
    }
    if (!state->admin_sure) {
        /* What a backup client never says. Its own messages decide nothing: both have them. */
        if (!code_at_start(text, length) ||
            (server_code(text, length) == 0 && !STARTS(text, length, "ANS8")))
            return false;
        server_found(line, TSMP_FORMAT_SERVER_TABLE);
        state->admin_sure = true;
        return message(line);
    }
    if (code_at_start(text, length))
        return message(line);
    /* Lines of the banner that both clients have. */
    if (state->table->format != 0)
        return false;
    uint64_t before = line->batch->view.field_count;
    tsmp_record *record = line->record;
    if (line_console(line) &&
        (record->kind == TSMP_KIND_BANNER || record->kind == TSMP_KIND_SESSION)) {
        record->format = TSMP_FORMAT_SERVER_TABLE;
        return true;
    }
    line->batch->view.field_count = before;
    record->field_count = 0;
    record->kind = 0;
    return false;
}
