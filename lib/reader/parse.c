/* SPDX-License-Identifier: BSD-2-Clause
 * Which rule takes a line: the rooms of the grammar (lines/, query/, server/) are asked in turn, and
 * what the line leaves behind for the next is remembered. */
#include "line.h"

#include "foreign.h"
#include "language.h"
#include "pattern.h"
#include "query.h"
#include "server.h"

static bool is_blank(const char *text, size_t length)
{
    for (size_t i = 0; i < length; i++)
        if (text[i] != ' ' && text[i] != '\t' && text[i] != '\r')
            return false;
    return true;
}

/* Text that no line of the client holds: refuse to call it readable. */
static bool is_binary(const char *text, size_t length)
{
    return length > 0 && memchr(text, '\0', length) != NULL;
}

static void carry_time(struct line_state *state, tsmp_record *record)
{
    record->flags |= state->have_time ? TSMP_FLAG_TIME_CARRIED | state->last_time_flags
                                      : TSMP_FLAG_NO_TIME;
    record->time = state->have_time ? state->last_time : 0;
}

/* A line that belongs to the record before it. */
static void continue_last(struct line *line, const char *text, size_t length)
{
    size_t end;
    line->record->kind = TSMP_KIND_MORE;
    line->record->why = TSMP_WHY_NO_STAMP;
    if (line_outcome(text, length, &end) != 0)
        line->record->flags |= TSMP_FLAG_OUTCOME_SEEN;
    line_add(line, TSMP_FIELD_OF, TSMP_TYPE_OFFSET, text, 0)->number =
        (int64_t)line->state->last_offset;
}

static bool unknown(struct line *line)
{
    struct line_state *state = line->state;
    tsmp_record *record = line->record;
    record->kind = TSMP_KIND_UNKNOWN;
    record->why = is_binary(line->text, line->length) ? TSMP_WHY_NOT_TEXT : TSMP_WHY_NO_RULE;
    return state->patterns == NULL || patterns_try(state->patterns, line);
}

static bool parse_stamped(struct line *line, size_t stamp_length)
{
    struct line_state *state = line->state;
    tsmp_record *record = line->record;
    state->mode = LINE_STAMPED;
    record->stamp_length = (uint16_t)stamp_length;
    record->flags |= TSMP_FLAG_STAMPED | state->stamp.flags;
    record->time = state->stamp.time;
    state->have_time = true;
    state->last_time = record->time;
    state->last_time_flags = state->stamp.flags;
    size_t skip = stamp_length < line->length ? stamp_length + 1 : stamp_length;
    line->text += skip;
    line->length -= skip;
    record->format = state->format;
    /* The acceptor marks each of its lines. So a forged one can't make the rest of a schedule log
     * pass for the acceptor's, where nothing counts. */
    bool marked = STARTS(line->text, line->length, "(dsmcad) ");
    state->acceptor = state->forced_format == 0 && marked;
    if (marked) {
        line->text += sizeof "(dsmcad) " - 1;
        line->length -= sizeof "(dsmcad) " - 1;
    }
    if (state->acceptor)
        record->format = TSMP_FORMAT_ACCEPTOR_LOG;
    if (is_blank(line->text, line->length)) {
        record->kind = TSMP_KIND_BLANK;
        return true;
    }
    if (state->format == TSMP_FORMAT_UNKNOWN && foreign_stamped(line))
        return true;
    if (state->languages != NULL)
        language_translate(line);
    /* In its block a statistic is likeliest, and no other rule takes a line that is one. */
    if (state->in_status && line_statistic_known(line))
        return true;
    bool capital = *line->text >= 'A' && *line->text <= 'Z'; /* all those rules begin with one */
    if (capital && (line_object(line) || line_message(line)))
        return true;
    if (line_schedule(line)) {
        /* These lines stand in no other log of the client. */
        if (state->forced_format == 0 && !state->acceptor)
            state->format = record->format = TSMP_FORMAT_SCHEDULE_LOG;
        return true;
    }
    if (line_console(line))
        return true;
    language_restore(line);
    if (record->format == TSMP_FORMAT_ERROR_LOG && !is_binary(line->text, line->length))
        return line_codeless(line);
    return unknown(line);
}

/* Is it a line of one of `rules`? Tried on copies, so that nothing is left behind. */
static bool would_fit(const struct line_state *state, const char *text, size_t length,
                      bool (*const *rules)(struct line *), bool tables)
{
    tsmp_field fields[LINE_MAX_FIELDS * 2];
    tsmp_record record = {.text_length = (uint32_t)length};
    struct tsmp_batch batch = {.fields = fields};
    struct line_state scratch = *state;
    struct table table;
    if (tables) { /* only rules of tables write into it, and it is large */
        table = *state->table;
        scratch.table = &table;
    }
    struct line line = {.state = &scratch, .batch = &batch, .record = &record, .base = text,
                        .text = text, .length = length};
    for (; *rules != NULL; rules++)
        if ((*rules)(&line))
            return true;
    return false;
}

bool line_client(const struct line_state *state, const char *text, size_t length)
{
    static bool (*const rules[])(struct line *) = {line_object, line_console, NULL};
    static bool (*const queries[])(struct line *) = {line_dialogue, query_head, NULL};
    return would_fit(state, text, length, rules, false) ||
           (state->mode == LINE_UNDECIDED && would_fit(state, text, length, queries, true));
}

bool line_logged(const struct line_state *state, const char *text, size_t length)
{
    static bool (*const rules[])(struct line *) = {line_object, line_message, line_schedule,
                                                   line_console, NULL};
    size_t stamp = stamp_read(text, length, 0).length;
    if (stamp == 0 || stamp + 1 >= length || text[stamp] != ' ')
        return false;
    text += stamp + 1;
    length -= stamp + 1;
    return server_code(text, length) == 0 &&
           (STARTS(text, length, "(dsmcad) ") || would_fit(state, text, length, rules, false));
}

/* Does the line show that the stream is the console of a backup client? Messages and half of the
 * banner are the administrative client's as well. */
static bool shows_client(const struct line *line)
{
    const tsmp_record *record = line->record;
    if (record->kind == TSMP_KIND_MESSAGE)
        return false;
    if (record->kind != TSMP_KIND_BANNER && record->kind != TSMP_KIND_SESSION)
        return true;
    int64_t state = line->batch->fields[record->first_field].number;
    return state != TSMP_WORD_PRODUCT && state != TSMP_WORD_COPYRIGHT &&
           state != TSMP_WORD_SERVER && state != TSMP_WORD_SERVER_VERSION &&
           state != TSMP_WORD_SERVER_TIME;
}

/* Is a stamped line behind output of the server a client's log? In the rows of a table with a head
 * dates stand in front of texts that may hold anything. */
static bool log_begins(const struct line_state *state, const char *text, size_t length)
{
    return state->mode != LINE_ADMIN || !state->admin_sure ||
           (!server_typed(state->table) && line_logged(state, text, length));
}

static bool parse_unstamped(struct line *line)
{
    struct line_state *state = line->state;
    tsmp_record *record = line->record;
    state->table->aside = 0;
    carry_time(state, record);
    record->format = state->mode != LINE_STAMPED ? TSMP_FORMAT_CONSOLE
                     : state->acceptor           ? TSMP_FORMAT_ACCEPTOR_LOG
                                                 : state->format;
    if (state->mode == LINE_ADMIN)
        record->format = state->table->format != 0 ? state->table->format
                                                   : TSMP_FORMAT_SERVER_TABLE;
    if (state->forced_format != 0)
        record->format = (uint16_t)state->forced_format;
    if (is_blank(line->text, line->length)) {
        record->kind = TSMP_KIND_BLANK;
        return true;
    }
    if (state->mode == LINE_STAMPED) {
        /* In a stamped log nothing without a stamp is structure, but for this one line: the
         * message begins with a newline, so its stamp stands alone on the line before. */
        if (state->languages != NULL)
            language_translate(line);
        if (IS(line->text, trim_end(line->text, line->length), "Executing scheduled command now.")) {
            record->kind = TSMP_KIND_SCHEDULER;
            line_add_word(line, TSMP_FIELD_STATE, TSMP_WORD_EXECUTING, line->text, line->length);
            return true;
        }
        language_restore(line);
        if (state->have_last)
            continue_last(line, line->text, line->length);
        else
            return unknown(line);
        return true;
    }
    if ((state->mode == LINE_UNDECIDED || state->mode == LINE_ADMIN) && (admin_parse(line) || line->nomem))
        return !line->nomem;
    bool admin = state->mode == LINE_ADMIN && state->admin_sure;
    if (state->languages != NULL)
        language_translate(line);
    if (!admin && (line_object(line) || line_message(line) || line_console(line) ||
                                      line_dialogue(line))) {
        if (state->forced_format == 0)
            record->format = TSMP_FORMAT_CONSOLE;
        if (shows_client(line))
            state->mode = LINE_CONSOLE;
        return true;
    }
    language_restore(line);
    if (table_head(line))
        return true;
    if (line->nomem)
        return false;
    if (state->mode == LINE_UNDECIDED)
        record->format = (uint16_t)state->forced_format;
    if (state->have_last && state->after_open && !is_binary(line->text, line->length)) {
        continue_last(line, line->text, line->length);
        return true;
    }
    return unknown(line);
}

/* Fields that were read out of a translation lie in no record, but what they copy does. */
static void flag_translated(tsmp_batch *batch, const tsmp_record *record)
{
    for (uint32_t i = 0; i < record->field_count; i++) {
        tsmp_field *field = &batch->fields[record->first_field + i];
        if (field->text < record->text ||
            field->text + field->length > record->text + record->text_length)
            field->flags |= TSMP_FLAG_JOINED;
    }
}

/* An object that is not sent, and the line ends in what became of it: then others of its kind, if they do not,
 * are not at their end. Not in a name that is open, or who made that name would say how the client prints. */
static void learn_outcome(struct line_state *state, const tsmp_record *record, const tsmp_field *fields)
{
    if (record->kind == TSMP_KIND_OBJECT && !state->name_open && fields[4].number != TSMP_WORD_NONE)
        state->outcomes |= line_other(fields[0].number);
}

/* What the line leaves behind for the next one. */
static void remember(struct line_state *state, const tsmp_record *record)
{
    if (record->kind == TSMP_KIND_MARKER)
        order_seam(&state->order);
    if (record->kind != TSMP_KIND_MORE && record->kind != TSMP_KIND_BLANK) {
        state->last_offset = record->offset;
        state->have_last = true;
        state->after_open = record->kind == TSMP_KIND_MESSAGE ||
                            record->kind == TSMP_KIND_VOLUME_END ||
                            (record->flags & TSMP_FLAG_OPEN_NAME) != 0;
        /* dsmadmc breaks what it says at the width of the screen, and nowhere else. */
        if (state->mode == LINE_ADMIN && state->admin_sure &&
            (record->text_length < 72 || record->text_length > 80))
            state->after_open = false;
    } else if ((record->flags & TSMP_FLAG_OUTCOME_SEEN) != 0) {
        state->after_open = false;
        state->name_open = false;
    }
    if (record->kind != TSMP_KIND_MORE && record->kind != TSMP_KIND_BLANK &&
        record->kind != TSMP_KIND_UNKNOWN)
        state->name_open = (record->flags & TSMP_FLAG_OPEN_NAME) != 0;
}

/* What is left to do when a record has its kind and fields. */
static void finish(struct line *line)
{
    struct line_state *state = line->state;
    tsmp_record *record = line->record;
    /* With no mark since the last line that was understood there is nothing to learn. */
    if (state->marks != 0 || !state->language_seen || record->kind == TSMP_KIND_SCHEDREC ||
        record->kind == TSMP_KIND_BANNER)
        language_hear(state, record, line->batch->fields + record->first_field, line->base,
                      line->text, line->length);
    learn_outcome(state, record, line->batch->fields + record->first_field);
    remember(state, record);
    /* A stamp in the middle of a name makes its last line look like one of the log's. */
    size_t end;
    if (state->name_open && record->kind == TSMP_KIND_UNKNOWN && line_outcome(line->text, line->length, &end) != 0)
        state->name_open = false;
}

bool line_parse_taken(struct line_state *state, tsmp_batch *batch, tsmp_record *record, bool stamped)
{
    struct line line = {.state = state, .batch = batch, .record = record, .base = batch->view.text,
                        .text = batch->view.text + record->text, .length = record->text_length};
    bool good = stamped ? parse_stamped(&line, state->stamp.length) : parse_unstamped(&line);
    if (!good || line.nomem)
        return false;
    if (state->table->format != 0 || state->table->query.asked != 0)
        table_passed(&line);
    finish(&line);
    return true;
}

bool line_parse_logged(struct line_state *state, tsmp_batch *batch, tsmp_record *record)
{
    const char *text = batch->view.text + record->text;
    bool stamped = record->text_length > 0 && line_take_stamp(state, text, record->text_length);
    return line_parse_taken(state, batch, record, stamped);
}

bool line_parse(struct line_state *state, tsmp_batch *batch, tsmp_record *record,
                const struct group *group, char *joined, size_t *joined_length)
{
    const char *base = batch->view.text;
    struct line line = {.state = state, .batch = batch, .record = record, .base = base,
                        .text = base + record->text, .length = record->text_length,
                        .group = group, .joined = joined, .joined_capacity = *joined_length};
    record->first_field = (uint32_t)batch->view.field_count;
    *joined_length = 0;
    bool good = true;
    bool grouped = group != NULL && group->what != 0;
    bool in_table = false;
    if (state->mode != LINE_STAMPED && line.length > 0 && !grouped && foreign_line(&line))
        carry_time(state, record);
    else if ((in_table = (grouped || state->table->format != 0) && table_line(&line)))
        ;
    else if (line.nomem)
        good = false;
    else if (line.length > 0 && line_take_stamp(state, line.text, line.length) &&
             log_begins(state, line.text, line.length))
        good = parse_stamped(&line, state->stamp.length);
    else
        good = parse_unstamped(&line);
    if (!good || line.nomem)
        return false;
    if (!in_table && (state->table->format != 0 || state->table->query.asked != 0))
        table_passed(&line);
    *joined_length = line.joined_length;
    if (line.printed != NULL)
        flag_translated(batch, record);
    finish(&line);
    return true;
}

void line_skimmed(struct line_state *state, uint64_t last_offset)
{
    state->have_time = state->have_last = true;
    state->last_time = state->stamp.time;
    state->last_time_flags = state->stamp.flags;
    state->last_offset = last_offset;
    state->after_open = state->acceptor = state->name_open = false;
    state->language_seen = true;
    state->marks = 0;
}

void line_more(struct line_state *state, tsmp_batch *batch, tsmp_record *record)
{
    struct line line = {.state = state, .batch = batch, .record = record,
                        .base = batch->view.text, .text = batch->view.text + record->text,
                        .length = record->text_length};
    record->first_field = (uint32_t)batch->view.field_count;
    record->format = batch->view.record_count > 0
                         ? batch->records[batch->view.record_count - 1].format
                         : state->format;
    carry_time(state, record);
    continue_last(&line, line.text, line.length);
    record->why = TSMP_WHY_NONE;
}

bool line_holds(const struct line_state *state)
{
    return state->mode == LINE_UNDECIDED || state->mode == LINE_ADMIN ||
           (state->join_names && state->table->room == TABLE_QUERY);
}

size_t line_most_fields(const struct line_state *state)
{
    return line_holds(state) || state->table->format != 0 ? TABLE_MAX_FIELDS : LINE_MAX_FIELDS;
}
