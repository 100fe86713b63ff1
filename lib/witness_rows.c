/* SPDX-License-Identifier: BSD-2-Clause
 * What the server's records say, row by row, and whether a name may have printed them. */
#include "witness.h"

#include "server.h"

#include <string.h>

/* A name has at most 128 KB (run_doubt.c), which a table wraps and indents to a few times of that:
 * what stands further away is no name's. Else one name would take all statistics of a night away. */
#define NAME_REACH (512 * 1024)

struct entry {
    struct tsmp_witness *witness;
    const tsmp_batch *batch;
    const tsmp_view *view;
    const tsmp_record *record;
};

static const tsmp_field *field_of(const struct entry *entry, uint16_t id)
{
    const tsmp_field *field = entry->view->fields + entry->record->first_field;
    for (uint32_t i = 0; i < entry->record->field_count; i++)
        if (field[i].id == id)
            return &field[i];
    return NULL;
}

static tsmp_text text_of(const struct entry *entry, const tsmp_field *field)
{
    if (field == NULL)
        return (tsmp_text){NULL, 0};
    return (tsmp_text){entry->view->text + field->text, field->length};
}

static tsmp_text text_at(const struct entry *entry, uint16_t id)
{
    return text_of(entry, field_of(entry, id));
}

static bool is_ambiguous(const struct entry *entry, uint16_t id)
{
    const tsmp_field *field = field_of(entry, id);
    return field != NULL && (field->flags & TSMP_FLAG_TEXT_AMBIGUOUS) != 0;
}

/* `*undecided` when there is a date, and which one it is can't be told. */
static int64_t time_at(const struct entry *entry, uint16_t id, bool *undecided)
{
    const tsmp_field *field = field_of(entry, id);
    if (field == NULL || (field->flags & TSMP_FLAG_NO_TIME) != 0)
        return TSMP_NO_TIME;
    if ((field->flags & (TSMP_FLAG_DATE_AMBIGUOUS | TSMP_FLAG_TIME_IMPOSSIBLE)) == 0)
        return field->number;
    *undecided = true;
    return TSMP_NO_TIME;
}

static bool number_at(const struct entry *entry, uint16_t id, int64_t *number)
{
    const tsmp_field *field = field_of(entry, id);
    if (field == NULL || field->power != 0 ||
        (field->flags & (TSMP_FLAG_OVERFLOW | TSMP_FLAG_NUMBER_AMBIGUOUS)) != 0)
        return false;
    *number = field->number;
    return true;
}

static uint32_t doubt_flag(const struct tsmp_witness *witness)
{
    return witness->forgeable ? TSMP_WITNESS_FORGEABLE : 0;
}

static bool same_text(tsmp_text a, tsmp_text b)
{
    return a.length == b.length && (a.length == 0 || memcmp(a.bytes, b.bytes, (size_t)a.length) == 0);
}

/* ---- texts ------------------------------------------------------------------------------------ */

static struct witness_text *current(struct tsmp_witness *witness)
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
static void saw_time(struct tsmp_witness *witness, int64_t time)
{
    struct witness_text *text = current(witness);
    if (time != TSMP_NO_TIME && (text->newest == TSMP_NO_TIME || time > text->newest))
        text->newest = time;
}

static void saw_log(struct tsmp_witness *witness, int64_t time)
{
    struct witness_text *text = current(witness);
    saw_time(witness, time);
    if (text->log_first == TSMP_NO_TIME || time < text->log_first)
        text->log_first = time;
    if (text->log_last == TSMP_NO_TIME || time > text->log_last)
        text->log_last = time;
}

static bool take_banner(const struct entry *entry)
{
    struct tsmp_witness *witness = entry->witness;
    const tsmp_field *state = field_of(entry, TSMP_FIELD_STATE);
    bool undecided = false;
    if (state == NULL || witness->forgeable)
        return true;
    switch (state->number) {
    case TSMP_WORD_PRODUCT:
    case TSMP_WORD_INTERFACE: /* another question, with a banner of its own */
        return !witness->any || begin_text(witness);
    case TSMP_WORD_CLIENT_TIME:
        witness->client_time = time_at(entry, TSMP_FIELD_TIME, &undecided);
        return true;
    case TSMP_WORD_SERVER_TIME:
        witness->any = true;
        witness->server_time = time_at(entry, TSMP_FIELD_TIME, &undecided);
        current(witness)->asked = witness->server_time;
        return true;
    case TSMP_WORD_SERVER:
        witness->any = true;
        return witness_keep(witness, text_at(entry, TSMP_FIELD_NAME), &witness->server);
    case TSMP_WORD_NODE:
    case TSMP_WORD_AS_NODE: /* whose file spaces these are */
        return witness_keep(witness, text_at(entry, TSMP_FIELD_NAME), &witness->node);
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

static bool keep_event(const struct entry *entry, const tsmp_witness_event *event)
{
    struct tsmp_witness *witness = entry->witness;
    bool full;
    tsmp_witness_event *row = witness_row(witness, &witness->events, sizeof *row, &full);
    if (row == NULL)
        return full;
    *row = *event;
    row->order = witness->texts.count - 1;
    row->line = entry->record->line;
    row->flags |= doubt_flag(witness);
    row->asked = TSMP_NO_TIME;
    row->server = witness->server;
    return witness_keep(witness, event->domain, &row->domain) &&
           witness_keep(witness, event->schedule, &row->schedule) &&
           witness_keep(witness, event->node, &row->node) &&
           witness_keep(witness, event->status, &row->status) &&
           witness_keep(witness, event->reason, &row->reason);
}

static bool take_event(const struct entry *entry)
{
    struct tsmp_witness *witness = entry->witness;
    bool undecided = false;
    tsmp_witness_event event = {
        .domain = text_at(entry, TSMP_FIELD_DOMAIN), .schedule = text_at(entry, TSMP_FIELD_SCHEDULE),
        .node = text_at(entry, TSMP_FIELD_NODE), .status = text_at(entry, TSMP_FIELD_STATUS),
        .reason = text_at(entry, TSMP_FIELD_REASON),
        .scheduled = time_at(entry, TSMP_FIELD_SCHEDULED, &undecided),
        .actual = time_at(entry, TSMP_FIELD_ACTUAL, &undecided),
        .completed = time_at(entry, TSMP_FIELD_COMPLETED, &undecided)};
    if (event.node.length == 0)
        return true; /* an administrative schedule */
    if (undecided) {
        witness->view.undated++;
        return true;
    }
    if (entry->record->why != 0 || event.scheduled == TSMP_NO_TIME || event.schedule.length == 0 ||
        is_ambiguous(entry, TSMP_FIELD_NODE) || is_ambiguous(entry, TSMP_FIELD_SCHEDULE) ||
        is_ambiguous(entry, TSMP_FIELD_STATUS)) {
        witness->view.damaged++;
        return true;
    }
    event.state = state_of(event.status);
    if (number_at(entry, TSMP_FIELD_RESULT, &event.result))
        event.flags |= TSMP_WITNESS_HAS_RESULT;
    saw_time(witness, event.actual);
    saw_time(witness, event.completed);
    return keep_event(entry, &event);
}

/* ---- the activity log --------------------------------------------------------------------------- */

static bool ends_with_session(tsmp_text text)
{
    static const char label[] = "(SESSION: ";
    size_t n = (size_t)text.length, digits = 0;
    if (n == 0 || text.bytes[n - 1] != ')')
        return false;
    for (n--; n > 0 && text.bytes[n - 1] >= '0' && text.bytes[n - 1] <= '9'; n--)
        digits++;
    return digits > 0 && n >= sizeof label - 1 &&
           memcmp(text.bytes + n - (sizeof label - 1), label, sizeof label - 1) == 0;
}

/* A server that puts the session behind each message of a client does so behind all of them. One that
 * lacks it was broken, by a newline in a name: what follows may be that name, as far as a name can
 * reach. Servers that never do show no such thing. */
static void see_end(struct tsmp_witness *witness, uint64_t offset, tsmp_text code, tsmp_text text,
                    bool statistic)
{
    bool ends = ends_with_session(text), breaks = !ends && !statistic && code.bytes[2] == 'E';
    if (witness->open && offset > witness->open_offset && offset - witness->open_offset > NAME_REACH)
        witness->open = witness->forgeable = false;
    witness->forgeable |= witness->open && (witness->suffixed || ends);
    witness->suffixed |= ends;
    witness->open |= breaks;
    if (breaks)
        witness->open_offset = offset;
}

/* The word behind " node ", in messages whose exact form is not known. */
static tsmp_text node_in(tsmp_text text)
{
    static const char label[] = " node ";
    size_t n = sizeof label - 1;
    for (size_t at = 0; at + n < text.length; at++) {
        if (memcmp(text.bytes + at, label, n) != 0)
            continue;
        size_t from = at + n, to = from;
        while (to < text.length && text.bytes[to] != ' ' && text.bytes[to] != '(' && text.bytes[to] != ',')
            to++;
        while (to > from && (text.bytes[to - 1] == '.' || text.bytes[to - 1] == ':'))
            to--;
        return (tsmp_text){text.bytes + from, to - from};
    }
    return (tsmp_text){NULL, 0};
}

static bool keep_owner(const struct entry *entry, uint64_t session)
{
    struct tsmp_witness *witness = entry->witness;
    bool full;
    tsmp_text node = text_at(entry, TSMP_FIELD_NODE);
    if (node.length == 0 || session == 0 || witness->forgeable ||
        (entry->record->flags & TSMP_FLAG_TEXT_AMBIGUOUS) != 0)
        return true;
    struct witness_owner *owner = witness_row(witness, &witness->owners, sizeof *owner, &full);
    if (owner == NULL)
        return full;
    owner->session = session;
    owner->time = entry->record->time;
    return witness_keep(witness, node, &owner->node);
}

static bool keep_message(const struct entry *entry, uint32_t number, uint64_t session)
{
    struct tsmp_witness *witness = entry->witness;
    bool full;
    tsmp_text node = text_at(entry, TSMP_FIELD_NODE);
    if (node.length == 0)
        node = node_in(text_at(entry, TSMP_FIELD_TEXT));
    tsmp_witness_message *row = witness_row(witness, &witness->messages, sizeof *row, &full);
    if (row == NULL)
        return full;
    *row = (tsmp_witness_message){.session = session, .time = entry->record->time, .number = number,
                                  .flags = doubt_flag(witness), .line = entry->record->line,
                                  .server = witness->server};
    return witness_keep(witness, text_at(entry, TSMP_FIELD_CODE), &row->code) &&
           witness_keep(witness, node, &row->node) &&
           witness_keep(witness, text_at(entry, TSMP_FIELD_SCHEDULE), &row->schedule);
}

/* ANR2507I, ANR2578W, ANR2579E: the event as the log tells it. Dates in their text may be of
 * another format; then only the time of the message is known. */
static bool keep_logged(const struct entry *entry, uint32_t number)
{
    bool undecided = false;
    tsmp_witness_event event = {
        .domain = text_at(entry, TSMP_FIELD_DOMAIN), .schedule = text_at(entry, TSMP_FIELD_SCHEDULE),
        .node = text_at(entry, TSMP_FIELD_NODE), .status = text_at(entry, TSMP_FIELD_CODE),
        .scheduled = TSMP_NO_TIME, .actual = time_at(entry, TSMP_FIELD_ACTUAL, &undecided),
        .completed = entry->record->time, .flags = TSMP_WITNESS_LOGGED,
        .state = number == 2507 ? TSMP_EVENT_COMPLETED
                 : number == 2578 ? TSMP_EVENT_MISSED : TSMP_EVENT_FAILED};
    if (event.node.length == 0 || event.schedule.length == 0 ||
        (entry->record->flags & TSMP_FLAG_TEXT_AMBIGUOUS) != 0) {
        entry->witness->view.damaged++;
        return true;
    }
    if (number_at(entry, TSMP_FIELD_RETURN_CODE, &event.result))
        event.flags |= TSMP_WITNESS_HAS_RESULT;
    return keep_event(entry, &event);
}

/* ---- statistics of clients ------------------------------------------------------------------------ */

static struct witness_set *set_at(struct tsmp_witness *witness, uint32_t place)
{
    return (struct witness_set *)witness->sets.items + place;
}

/* The set that these statistics belong to. NULL: no memory, or `*full`. */
static struct witness_set *find_set(const struct entry *entry, uint64_t session, tsmp_text node, bool *full)
{
    struct tsmp_witness *witness = entry->witness;
    *full = false;
    for (size_t i = 0; i < WITNESS_RING; i++) {
        uint32_t place = witness->ring[(witness->ring_at + WITNESS_RING - i) % WITNESS_RING];
        if (place == 0)
            continue;
        struct witness_set *set = set_at(witness, place - 1);
        int64_t apart = entry->record->time - set->view.last;
        if (set->view.session == session && same_text(set->view.node, node) &&
            apart <= WITNESS_HOUR && apart >= -WITNESS_HOUR &&
            (set->view.flags & TSMP_WITNESS_FORGEABLE) == doubt_flag(witness))
            return set;
    }
    struct witness_set *set = witness_row(witness, &witness->sets, sizeof *set, full);
    if (set == NULL)
        return NULL;
    set->view.session = session;
    set->view.first = set->view.last = entry->record->time;
    set->view.flags = doubt_flag(witness);
    if (!witness_keep(witness, node, &set->view.node))
        return NULL;
    witness->ring_at = (witness->ring_at + 1) % WITNESS_RING;
    witness->ring[witness->ring_at] = (uint32_t)witness->sets.count;
    current(witness)->sets++;
    return set;
}

static bool same_value(const tsmp_statistic *a, const tsmp_statistic *b)
{
    return a->number == b->number && a->power == b->power && a->flags == b->flags;
}

static bool add_statistic(const struct entry *entry, struct witness_set *set)
{
    const tsmp_field *name = field_of(entry, TSMP_FIELD_NAME);
    const tsmp_field *value = field_of(entry, TSMP_FIELD_VALUE);
    const tsmp_field *unit = field_of(entry, TSMP_FIELD_UNIT);
    if (name == NULL || value == NULL || unit == NULL || value->type != TSMP_TYPE_NUMBER)
        return true;
    tsmp_statistic one = {
        .name = (uint32_t)name->number, .unit = (uint32_t)unit->number, .number = value->number,
        .power = value->power, .line = entry->record->line,
        .flags = value->flags & (TSMP_FLAG_OVERFLOW | TSMP_FLAG_NUMBER_AMBIGUOUS)};
    tsmp_statistic *known = set->statistics.items;
    for (size_t i = 0; i < set->statistics.count; i++) {
        if (known[i].name != one.name)
            continue;
        if (!same_value(&known[i], &one)) /* the same line twice is a log that was given twice */
            set->view.flags |= TSMP_WITNESS_TWICE;
        return true;
    }
    if (set->statistics.count >= WITNESS_STATISTICS)
        return true;
    if (!memory_reserve(&entry->witness->allocator, &set->statistics.items, &set->statistics.capacity,
                        set->statistics.count, 1, sizeof one))
        return false;
    ((tsmp_statistic *)set->statistics.items)[set->statistics.count++] = one;
    return true;
}

static bool take_statistic(const struct entry *entry, uint64_t session, bool understood)
{
    bool full;
    /* A name that was broken at the width of its cell is no name: the session tells. */
    tsmp_text node = (entry->record->flags & TSMP_FLAG_TEXT_AMBIGUOUS) != 0
                         ? (tsmp_text){NULL, 0} : text_at(entry, TSMP_FIELD_NODE);
    struct witness_set *set = find_set(entry, session, node, &full);
    if (set == NULL)
        return full;
    int64_t time = entry->record->time;
    set->view.first = time < set->view.first ? time : set->view.first;
    set->view.last = time > set->view.last ? time : set->view.last;
    if (understood)
        return add_statistic(entry, set);
    set->view.unread++;
    set->view.flags |= TSMP_WITNESS_DAMAGED;
    return true;
}

static bool take_logged(const struct entry *entry)
{
    struct tsmp_witness *witness = entry->witness;
    const tsmp_record *record = entry->record;
    tsmp_text code = text_at(entry, TSMP_FIELD_CODE);
    int64_t session = 0;
    if (code.length != 8)
        return true;
    bool statistic = record->kind == TSMP_KIND_STATISTIC;
    see_end(witness, record->offset, code, text_at(entry, TSMP_FIELD_TEXT), statistic);
    if ((record->flags & (TSMP_FLAG_NO_TIME | TSMP_FLAG_TIME_CARRIED | TSMP_FLAG_DATE_AMBIGUOUS |
                          TSMP_FLAG_TIME_IMPOSSIBLE)) != 0) {
        witness->view.undated++;
        return true;
    }
    saw_log(witness, record->time);
    (void)number_at(entry, TSMP_FIELD_SESSION, &session);
    uint64_t of = session > 0 ? (uint64_t)session : 0;
    uint32_t number = 0;
    for (int i = 3; i < 7; i++)
        number = number * 10 + (uint32_t)(code.bytes[i] - '0');
    if (code.bytes[2] == 'E')
        return statistic || number >= 4940 ? take_statistic(entry, of, statistic) : true;
    switch (number) {
    case 400: case 403: case 406: case 839:
        return keep_owner(entry, of);
    case 2507: case 2578: case 2579:
        return keep_logged(entry, number);
    case 444: case 480: case 481: case 482: case 483: case 484: case 2568: case 2571: case 2576:
        return keep_message(entry, number, of);
    default:
        return true;
    }
}

/* ---- file spaces ------------------------------------------------------------------------------------ */

static bool keep_space(const struct entry *entry, const tsmp_witness_filespace *space)
{
    struct tsmp_witness *witness = entry->witness;
    bool full;
    if (space->name.length == 0 ||
        (space->node.length == 0 && (witness->options.flags & TSMP_WITNESS_NAMED_ONLY) != 0)) {
        witness->view.damaged++;
        return true;
    }
    saw_time(witness, space->last_incremental);
    tsmp_witness_filespace *row = witness_row(witness, &witness->spaces, sizeof *row, &full);
    if (row == NULL)
        return full;
    *row = *space;
    row->order = witness->texts.count - 1;
    row->line = entry->record->line;
    row->flags |= doubt_flag(witness);
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
static bool take_filespace(const struct entry *entry)
{
    bool undecided = false;
    tsmp_witness_filespace space = {
        .node = entry->witness->node, .name = text_at(entry, TSMP_FIELD_NAME),
        .type = text_at(entry, TSMP_FIELD_FS_TYPE),
        .last_incremental = time_at(entry, TSMP_FIELD_LAST_INCREMENTAL, &undecided)};
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

static tsmp_text column(const struct entry *entry, const char *const *names, bool *found)
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

static bool take_table_row(const struct entry *entry)
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
    struct entry entry = {witness, batch, view, record};
    if (witness->texts.count == 0 || record->offset <= witness->offset) {
        witness->forgeable = witness->suffixed = witness->open = false;
        if (!begin_text(witness))
            return false;
    }
    witness->offset = record->offset;
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
        return record->format != TSMP_FORMAT_ACTIVITY_LOG || take_logged(&entry);
    case TSMP_KIND_FILESPACE:
        witness->any = true;
        return take_filespace(&entry);
    case TSMP_KIND_TABLE_ROW:
        witness->any = true;
        return take_table_row(&entry);
    default:
        return true;
    }
}
