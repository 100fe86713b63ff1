/* SPDX-License-Identifier: BSD-2-Clause
 * Which of the client's queries is open, from its head to the first line that can't be part of
 * it. Messages, empty lines and the prompt of a full screen stand between rows. */
#include "query.h"

bool query_owns(uint32_t format)
{
    return (format >= TSMP_FORMAT_QUERY_BACKUP && format <= TSMP_FORMAT_QUERY_ACCESS) ||
           format == TSMP_FORMAT_PICK_WINDOW;
}

/* ---- the command ------------------------------------------------------------------------------ */

static bool abbreviates(const char *word, size_t length, const char *name, size_t least)
{
    size_t n = strlen(name);
    if (length < least || length > n)
        return false;
    for (size_t i = 0; i < length; i++) {
        char c = word[i] >= 'A' && word[i] <= 'Z' ? (char)(word[i] + 32) : word[i];
        if (c != name[i])
            return false;
    }
    return true;
}

uint16_t query_asked(const char *text, size_t length)
{
    static const struct {
        const char *name;
        uint8_t least;
        uint16_t format;
    } queries[] = {
        {"access", 2, TSMP_FORMAT_QUERY_ACCESS}, {"archive", 2, TSMP_FORMAT_QUERY_ARCHIVE},
        {"backup", 1, TSMP_FORMAT_QUERY_BACKUP}, {"filespace", 1, TSMP_FORMAT_QUERY_FILESPACE},
        {"inclexcl", 2, TSMP_FORMAT_QUERY_INCLEXCL}, {"mgmtclass", 1, TSMP_FORMAT_QUERY_MGMTCLASS},
        {"options", 1, TSMP_FORMAT_QUERY_OPTIONS}, {"schedule", 2, TSMP_FORMAT_QUERY_SCHEDULE},
        {"session", 2, TSMP_FORMAT_QUERY_SESSION},
    };
    size_t at = blanks_at(text, length, 0), verb = word_at(text, length, at);
    bool removes = abbreviates(text + at, verb, "delete", 3);
    if (!removes && !abbreviates(text + at, verb, "query", 1))
        return 0;
    at += verb;
    at += blanks_at(text, length, at);
    size_t noun = word_at(text, length, at);
    for (size_t i = 0; i < sizeof queries / sizeof *queries; i++)
        if (abbreviates(text + at, noun, queries[i].name, queries[i].least))
            return removes && queries[i].format != TSMP_FORMAT_QUERY_ACCESS ? 0 : queries[i].format;
    return 0;
}

/* ---- the table that is open ------------------------------------------------------------------ */

static void open_table(struct line *line, uint16_t format)
{
    struct table *table = line->state->table;
    table->format = format;
    table->room = TABLE_QUERY;
    table->query.row_open = false;
}

static void close_table(struct line *line)
{
    struct table *table = line->state->table;
    table_close(table);
    if (table->query.forced != 0)
        open_table(line, table->query.forced);
}

/* Dashes and blanks, and nothing else: the line below a head. */
static bool is_rule(const char *text, size_t length)
{
    size_t at = blanks_at(text, length, 0);
    if (length - at < 3 || memcmp(text + at, "---", 3) != 0)
        return false;
    for (; at < length; at++)
        if (text[at] != '-' && text[at] != ' ')
            return false;
    return true;
}

static bool row_of(struct line *line, uint16_t format)
{
    switch (format) {
    case TSMP_FORMAT_QUERY_BACKUP: return backup_row(line);
    case TSMP_FORMAT_QUERY_ARCHIVE: return archive_row(line, false);
    case TSMP_FORMAT_QUERY_FILESPACE: return filespace_row(line);
    case TSMP_FORMAT_QUERY_INCLEXCL: return inclexcl_row(line);
    case TSMP_FORMAT_QUERY_ACCESS: return access_row(line);
    case TSMP_FORMAT_PICK_WINDOW: return pick_row(line) || (!line->nomem && pick_line(line));
    default: return false;
    }
}

/* What every record of a table has. */
static void dress(struct line *line)
{
    struct line_state *state = line->state;
    line->record->format = (uint16_t)(state->forced_format != 0 ? state->forced_format
                                                                : state->table->format);
    line->record->flags |= state->have_time ? TSMP_FLAG_TIME_CARRIED | state->last_time_flags
                                            : TSMP_FLAG_NO_TIME;
    line->record->time = state->have_time ? state->last_time : 0;
    if (state->mode == LINE_UNDECIDED)
        state->mode = LINE_CONSOLE;
}

bool query_line(struct line *line)
{
    if (line->state->name_open || line->state->mode == LINE_STAMPED)
        return false;
    uint16_t format = line->state->table->format;
    const char *text = line->text; /* of the line alone */
    size_t length = line->length;
    bool joined = wrap_join(line);
    if (!row_of(line, format) && (line->nomem || !detail_line(line))) {
        line->text = text;
        line->length = length;
        return false;
    }
    if (joined)
        wrap_mark(line, text, length);
    dress(line);
    return true;
}

/* ---- heads ------------------------------------------------------------------------------------- */

static uint16_t head_of(const char *text, size_t length)
{
    static const struct {
        const char *words;
        uint16_t format;
    } heads[] = {
        {"Size Backup Date Mgmt Class A/I File", TSMP_FORMAT_QUERY_BACKUP},
        {"Size Archive Date - Time File - Expires on - Description", TSMP_FORMAT_QUERY_ARCHIVE},
        {"# Last Incr Date Type File Space Name", TSMP_FORMAT_QUERY_FILESPACE},
        {"*** FILE INCLUDE/EXCLUDE ***", TSMP_FORMAT_QUERY_INCLEXCL},
        {"Mode Function Pattern (match from top down) Source File", TSMP_FORMAT_QUERY_INCLEXCL},
        {"Type Node User Path", TSMP_FORMAT_QUERY_ACCESS},
        {"Index Type Node User Path", TSMP_FORMAT_QUERY_ACCESS},
    };
    size_t at = blanks_at(text, length, 0);
    char begins = at < length ? text[at] : '\0'; /* as one of these, or there is no need to compare */
    for (size_t i = 0; i < sizeof heads / sizeof *heads; i++)
        if (begins == *heads[i].words && same_words(text, length, heads[i].words))
            return heads[i].format;
    return pick_head(text, length) ? TSMP_FORMAT_PICK_WINDOW : 0;
}

bool query_words(const char *text, size_t length)
{
    return head_of(text, trim_end(text, length)) != 0 || is_rule(text, trim_end(text, length));
}

static bool head_line(struct line *line)
{
    const char *text = line->text;
    size_t length = trim_end(text, line->length);
    struct table *table = line->state->table;
    uint16_t format = head_of(text, length);
    if (format != 0)
        open_table(line, format);
    else if (table->room != TABLE_QUERY ||
             !(is_rule(text, length) ||
               (table->format == TSMP_FORMAT_QUERY_INCLEXCL && length > 35 && STARTS(text, length, "No ") &&
                memcmp(text + length - 36, " include/exclude statements defined.", 36) == 0)))
        return false;
    table->query.row_open = false;
    line->record->kind = TSMP_KIND_TABLE_HEAD;
    line_add_text(line, TSMP_FIELD_TEXT, text, length);
    return true;
}

static bool list_line(struct line *line)
{
    struct table *table = line->state->table;
    bool open = table->format >= TSMP_FORMAT_QUERY_SCHEDULE &&
                table->format <= TSMP_FORMAT_QUERY_MGMTCLASS && table->format != TSMP_FORMAT_QUERY_INCLEXCL;
    uint16_t begun = label_head(line);
    if (begun != 0 && begun != table->format) {
        open_table(line, begun);
        open = true;
    }
    return open && label_row(line);
}

/* A row whose form is so much its own that it needs no head. */
static bool headless_row(struct line *line)
{
    if (line->state->mode == LINE_ADMIN)
        return false;
    uint16_t format = backup_row(line) ? TSMP_FORMAT_QUERY_BACKUP
                      : archive_row(line, true) ? TSMP_FORMAT_QUERY_ARCHIVE : 0;
    if (format == 0)
        return false;
    line->state->table->format = format;
    line->state->table->room = TABLE_QUERY;
    return true;
}

bool query_head(struct line *line)
{
    struct line_state *state = line->state;
    if (state->name_open || state->mode == LINE_STAMPED)
        return false;
    uint16_t format = state->table->format;
    bool rows = format == TSMP_FORMAT_QUERY_BACKUP || format == TSMP_FORMAT_QUERY_ARCHIVE ||
                format == TSMP_FORMAT_QUERY_FILESPACE || format == TSMP_FORMAT_PICK_WINDOW;
    if (head_line(line) || list_line(line) || headless_row(line) || (rows && wrap_rest(line))) {
        dress(line);
        return true;
    }
    return false;
}

void query_passed(struct line *line)
{
    struct table *table = line->state->table;
    tsmp_record *record = line->record;
    const tsmp_field *field = line->batch->fields + record->first_field;
    bool answer = false, between = record->kind == TSMP_KIND_BLANK;
    switch (record->kind) {
    case TSMP_KIND_MESSAGE: {
        const char *code = line->base + field[0].text;
        answer = memcmp(code, "ANS1092", 7) == 0 || memcmp(code, "ANS1302", 7) == 0;
        between = true;
        break;
    }
    case TSMP_KIND_BANNER:
        between = field[0].number == TSMP_WORD_SCROLL;
        if (field[0].number == TSMP_WORD_INTERFACE)
            table->query.asked = 0;
        break;
    case TSMP_KIND_MORE:
    case TSMP_KIND_PROGRESS:
        between = true;
        break;
    default:
        break;
    }
    if (line->state->forced_format != 0 || (table->room == TABLE_QUERY && record->format == table->format))
        return; /* forced, or a table's own */
    if (table->room == TABLE_QUERY) {
        if (between)
            record->format = table->format;
        else
            close_table(line);
    } else if (answer && table->query.asked != 0) {
        record->format = table->query.asked;
    }
}
