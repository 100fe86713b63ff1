/* SPDX-License-Identifier: BSD-2-Clause
 * What the server's records say, row by row: texts and their banners, events, file spaces. */
#include "witness.h"

#include "server.h"

#include <string.h>

const tsmp_field *witness_field_of(const struct witness_entry *entry, uint16_t id)
{
    const tsmp_field *field = entry->view->fields + entry->record->first_field;
    for (uint32_t i = 0; i < entry->record->field_count; i++)
        if (field[i].id == id)
            return &field[i];
    return NULL;
}

static tsmp_text text_of(const struct witness_entry *entry, const tsmp_field *field)
{
    if (field == NULL)
        return (tsmp_text){NULL, 0};
    return (tsmp_text){entry->view->text + field->text, field->length};
}

tsmp_text witness_text_at(const struct witness_entry *entry, uint16_t id)
{
    return text_of(entry, witness_field_of(entry, id));
}

static bool is_ambiguous(const struct witness_entry *entry, uint16_t id)
{
    const tsmp_field *field = witness_field_of(entry, id);
    return field != NULL && (field->flags & TSMP_FLAG_TEXT_AMBIGUOUS) != 0;
}

/* `*undecided` when there is a date, and which one it is can't be told. */
int64_t witness_time_at(const struct witness_entry *entry, uint16_t id, bool *undecided)
{
    const tsmp_field *field = witness_field_of(entry, id);
    if (field == NULL || (field->flags & TSMP_FLAG_NO_TIME) != 0)
        return TSMP_NO_TIME;
    if ((field->flags & (TSMP_FLAG_DATE_AMBIGUOUS | TSMP_FLAG_TIME_IMPOSSIBLE)) == 0)
        return field->number;
    *undecided = true;
    return TSMP_NO_TIME;
}

bool witness_number_at(const struct witness_entry *entry, uint16_t id, int64_t *number)
{
    const tsmp_field *field = witness_field_of(entry, id);
    if (field == NULL || field->power != 0 ||
        (field->flags & (TSMP_FLAG_OVERFLOW | TSMP_FLAG_NUMBER_AMBIGUOUS)) != 0)
        return false;
    *number = field->number;
    return true;
}

uint32_t witness_doubt_flag(const struct tsmp_witness *witness)
{
    return witness->forgeable ? TSMP_WITNESS_FORGEABLE : 0;
}

/* Rows of another query behind messages that hold names. */
static uint32_t behind_names(const struct tsmp_witness *witness)
{
    return witness->before.named ? TSMP_WITNESS_FORGEABLE : 0;
}

/* ---- texts ------------------------------------------------------------------------------------ */

struct witness_text *witness_text_of(struct tsmp_witness *witness)
{
    return (struct witness_text *)witness->texts.items + witness->texts.count - 1;
}

static bool begin_text(struct tsmp_witness *witness)
{
    bool full;
    witness->node = witness->server = (tsmp_text){NULL, 0};
    witness->client_time = witness->server_time = TSMP_NO_TIME;
    witness->any = false;
    order_init(&witness->dates, 0);
    struct witness_text *text = witness_row(witness, &witness->texts, sizeof *text, &full);
    if (text != NULL)
        *text = (struct witness_text){TSMP_NO_TIME, TSMP_NO_TIME, TSMP_NO_TIME, TSMP_NO_TIME, 0};
    return text != NULL || full;
}

/* The newest date that the server shows: the question was not asked before it. Rows that a name may
 * have printed count here: the more the log covers, the more is missing in it. */
void witness_saw_time(struct tsmp_witness *witness, int64_t time)
{
    struct witness_text *text = witness_text_of(witness);
    if (time != TSMP_NO_TIME && (text->newest == TSMP_NO_TIME || time > text->newest))
        text->newest = time;
}

static bool take_banner(const struct witness_entry *entry)
{
    struct tsmp_witness *witness = entry->witness;
    const tsmp_field *state = witness_field_of(entry, TSMP_FIELD_STATE);
    bool undecided = false;
    /* Behind a message that holds a name it may be the name's: one that divides the log in two leaves a
     * hole in the time that it covers. */
    if (state == NULL || witness->forgeable || witness->before.named)
        return true;
    switch (state->number) {
    case TSMP_WORD_PRODUCT:
    case TSMP_WORD_INTERFACE: /* another question, with a banner of its own */
        return !witness->any || begin_text(witness);
    case TSMP_WORD_CLIENT_TIME:
        witness->client_time = witness_time_at(entry, TSMP_FIELD_TIME, &undecided);
        return true;
    case TSMP_WORD_SERVER_TIME:
        witness->any = true;
        witness->server_time = witness_time_at(entry, TSMP_FIELD_TIME, &undecided);
        witness_text_of(witness)->asked = witness->server_time;
        return true;
    case TSMP_WORD_SERVER:
        witness->any = true;
        return witness_keep(witness, witness_text_at(entry, TSMP_FIELD_NAME), &witness->server);
    case TSMP_WORD_NODE:
    case TSMP_WORD_AS_NODE: /* whose file spaces these are */
        return witness_keep(witness, witness_text_at(entry, TSMP_FIELD_NAME), &witness->node);
    default:
        return true;
    }
}

/* ---- events ------------------------------------------------------------------------------------ */

static uint32_t state_of(tsmp_text status)
{
    static const struct {
        const char *word;
        uint32_t state;
    } words[] = {
        {"Completed", TSMP_EVENT_COMPLETED}, {"Failed", TSMP_EVENT_FAILED},
        {"Failed - no restart", TSMP_EVENT_FAILED_NO_RESTART}, {"Future", TSMP_EVENT_FUTURE},
        {"In Progress", TSMP_EVENT_IN_PROGRESS}, {"Missed", TSMP_EVENT_MISSED},
        {"Pending", TSMP_EVENT_PENDING}, {"Restarted", TSMP_EVENT_RESTARTED},
        {"Severed", TSMP_EVENT_SEVERED}, {"Started", TSMP_EVENT_STARTED},
        {"Uncertain", TSMP_EVENT_UNCERTAIN},
    };
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (strlen(words[i].word) == status.length &&
            memcmp(words[i].word, status.bytes, (size_t)status.length) == 0)
            return words[i].state;
    return TSMP_EVENT_OTHER;
}

bool witness_keep_event(const struct witness_entry *entry, const tsmp_witness_event *event)
{
    struct tsmp_witness *witness = entry->witness;
    bool full;
    tsmp_witness_event *row = witness_row(witness, &witness->events, sizeof *row, &full);
    if (row == NULL)
        return full;
    *row = *event;
    row->order = witness->texts.count - 1;
    row->line = entry->record->line;
    row->flags |= witness_doubt_flag(witness);
    row->asked = TSMP_NO_TIME;
    row->server = witness->server;
    return witness_keep(witness, event->domain, &row->domain) &&
           witness_keep(witness, event->schedule, &row->schedule) &&
           witness_keep(witness, event->node, &row->node) &&
           witness_keep(witness, event->status, &row->status) &&
           witness_keep(witness, event->reason, &row->reason);
}

static bool take_event(const struct witness_entry *entry)
{
    struct tsmp_witness *witness = entry->witness;
    bool undecided = false;
    tsmp_witness_event event = {
        .domain = witness_text_at(entry, TSMP_FIELD_DOMAIN), .schedule = witness_text_at(entry, TSMP_FIELD_SCHEDULE),
        .node = witness_text_at(entry, TSMP_FIELD_NODE), .status = witness_text_at(entry, TSMP_FIELD_STATUS),
        .reason = witness_text_at(entry, TSMP_FIELD_REASON),
        .scheduled = witness_time_at(entry, TSMP_FIELD_SCHEDULED, &undecided),
        .actual = witness_time_at(entry, TSMP_FIELD_ACTUAL, &undecided),
        .completed = witness_time_at(entry, TSMP_FIELD_COMPLETED, &undecided)};
    if (event.node.length == 0)
        return true; /* an administrative schedule */
    if (undecided) {
        witness->view.undated++;
        return true;
    }
    event.state = state_of(event.status);
    if (witness_number_at(entry, TSMP_FIELD_RESULT, &event.result))
        event.flags |= TSMP_WITNESS_HAS_RESULT;
    /* A reason with a comma of its own, not quoted, is the last thing in its row: what stands before it
     * is whole. A row that ends in the middle is not. */
    bool whole = entry->record->why == 0 ||
                 (event.state != TSMP_EVENT_OTHER && (event.flags & TSMP_WITNESS_HAS_RESULT) != 0);
    bool cut = (entry->record->flags & TSMP_FLAG_NO_NEWLINE) != 0 && event.reason.length == 0;
    if (!whole || cut || event.scheduled == TSMP_NO_TIME || event.schedule.length == 0 ||
        is_ambiguous(entry, TSMP_FIELD_NODE) || is_ambiguous(entry, TSMP_FIELD_SCHEDULE) ||
        is_ambiguous(entry, TSMP_FIELD_STATUS)) {
        witness->view.damaged++;
        return true;
    }
    event.flags |= behind_names(witness);
    witness_saw_time(witness, event.actual);
    witness_saw_time(witness, event.completed);
    return witness_keep_event(entry, &event);
}

/* ---- file spaces ------------------------------------------------------------------------------------ */

static bool keep_space(const struct witness_entry *entry, const tsmp_witness_filespace *space)
{
    struct tsmp_witness *witness = entry->witness;
    bool full;
    if (space->name.length == 0 ||
        (space->node.length == 0 && (witness->options.flags & TSMP_WITNESS_NAMED_ONLY) != 0)) {
        witness->view.damaged++;
        return true;
    }
    witness_saw_time(witness, space->last_incremental);
    tsmp_witness_filespace *row = witness_row(witness, &witness->spaces, sizeof *row, &full);
    if (row == NULL)
        return full;
    *row = *space;
    row->order = witness->texts.count - 1;
    row->line = entry->record->line;
    row->flags |= witness_doubt_flag(witness) | behind_names(witness);
    row->asked = row->skew = TSMP_NO_TIME;
    if (witness->client_time != TSMP_NO_TIME && witness->server_time != TSMP_NO_TIME)
        row->skew = witness->server_time - witness->client_time;
    if (row->type.length >= 4 && memcmp(row->type.bytes, "API:", 4) == 0)
        row->flags |= TSMP_WITNESS_API;
    return witness_keep(witness, space->node, &row->node) &&
           witness_keep(witness, space->name, &row->name) &&
           witness_keep(witness, space->type, &row->type);
}

/* A row of dsmc's `query filespace`. */
static bool take_filespace(const struct witness_entry *entry)
{
    bool undecided = false;
    tsmp_witness_filespace space = {
        .node = entry->witness->node, .name = witness_text_at(entry, TSMP_FIELD_NAME),
        .type = witness_text_at(entry, TSMP_FIELD_FS_TYPE),
        .last_incremental = witness_time_at(entry, TSMP_FIELD_LAST_INCREMENTAL, &undecided)};
    if (undecided) {
        entry->witness->view.undated++;
        return true;
    }
    /* Without its newline the text is cut, perhaps within a longer name. */
    if (entry->record->why != 0 ||
        (entry->record->flags & (TSMP_FLAG_NO_NEWLINE | TSMP_FLAG_CUT | TSMP_FLAG_OPEN_NAME)) != 0) {
        entry->witness->view.damaged++;
        return true;
    }
    if (space.last_incremental == TSMP_NO_TIME)
        space.flags |= TSMP_WITNESS_NEVER;
    return keep_space(entry, &space);
}

/* Columns of dsmadmc, by name: letters and digits count. */
static bool is_named(const char *name, const char *wanted)
{
    for (;; name++) {
        while (*name == '_' || *name == ' ' || *name == '/')
            name++;
        char c = *name >= 'a' && *name <= 'z' ? (char)(*name - 'a' + 'A') : *name;
        if (c != *wanted)
            return false;
        if (c == '\0')
            return true;
        wanted++;
    }
}

static tsmp_text column(const struct witness_entry *entry, const char *const *names, bool *found)
{
    const tsmp_field *field = entry->view->fields + entry->record->first_field;
    for (uint32_t i = 0; i < entry->record->field_count; i++) {
        const char *name = field[i].id == TSMP_FIELD_NODE ? "NODENAME"
                                                          : tsmp_batch_field_name(entry->batch, field[i].id);
        for (size_t k = 0; name != NULL && names[k] != NULL; k++)
            if (is_named(name, names[k])) {
                *found = (field[i].flags & TSMP_FLAG_TEXT_AMBIGUOUS) == 0;
                return text_of(entry, &field[i]);
            }
    }
    *found = false;
    return (tsmp_text){NULL, 0};
}

static bool take_table_row(const struct witness_entry *entry)
{
    static const char *const nodes[] = {"NODENAME", NULL};
    static const char *const names[] = {"FILESPACENAME", NULL};
    static const char *const types[] = {"FILESPACETYPE", NULL};
    static const char *const ends[] = {"BACKUPEND", "LASTBACKUPCOMPLETIONDATETIME", NULL};
    struct tsmp_witness *witness = entry->witness;
    bool has_node, has_name, has_type, has_end;
    tsmp_witness_filespace space = {.last_incremental = TSMP_NO_TIME};
    tsmp_text end = column(entry, ends, &has_end);
    if (!has_end)
        return true;
    space.node = column(entry, nodes, &has_node);
    space.name = column(entry, names, &has_name);
    space.type = column(entry, types, &has_type);
    if (!has_name || entry->record->why != 0 || (!has_node && space.node.length > 0)) {
        witness->view.damaged++;
        return true;
    }
    if (end.length == 0) {
        space.flags |= TSMP_WITNESS_NEVER;
        return keep_space(entry, &space);
    }
    struct stamp stamp = server_stamp(end.bytes, (size_t)end.length, 0);
    order_learn(&witness->dates, &stamp);
    stamp = server_stamp(end.bytes, (size_t)end.length, order_known(&witness->dates, stamp.form));
    if (stamp.length != end.length || stamp.flags != 0) {
        witness->view.undated++;
        return true;
    }
    space.last_incremental = stamp.time;
    return keep_space(entry, &space);
}

bool witness_record(struct tsmp_witness *witness, const tsmp_batch *batch, const tsmp_view *view,
                    const tsmp_record *record)
{
    struct witness_entry entry = {witness, batch, view, record};
    if (witness->texts.count == 0 || record->offset <= witness->offset) {
        witness->forgeable = witness->suffixed = witness->open = false;
        witness->printed = witness->width = 0;
        witness_mark(witness);
        witness->before.named = witness->gap = false;
        if (!begin_text(witness))
            return false;
    }
    witness->offset = record->offset;
    witness->printed += witness->width;
    witness->width = witness_width(view, record);
    if (!witness_place(&entry))
        return false;
    switch (record->kind) {
    case TSMP_KIND_BANNER:
    case TSMP_KIND_SESSION:
        return take_banner(&entry);
    case TSMP_KIND_SERVER_EVENT:
        witness->any = true;
        return record->format != TSMP_FORMAT_QUERY_EVENT || take_event(&entry);
    case TSMP_KIND_SERVER_MESSAGE:
    case TSMP_KIND_STATISTIC:
        witness->any = true;
        return record->format != TSMP_FORMAT_ACTIVITY_LOG || witness_logged(&entry);
    case TSMP_KIND_FILESPACE:
        witness->any = true;
        return take_filespace(&entry);
    case TSMP_KIND_UNKNOWN:
        if (record->format == TSMP_FORMAT_ACTIVITY_LOG)
            witness_rest(&entry);
        return true;
    case TSMP_KIND_TABLE_ROW:
        witness->any = true;
        return take_table_row(&entry);
    default:
        return true;
    }
}
