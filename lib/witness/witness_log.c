/* SPDX-License-Identifier: BSD-2-Clause
 * The activity log: the server's own messages, the statistics of clients, and where a name may have
 * printed what looks like them. */
#include "witness.h"

#include <string.h>

/* A path has at most 32,767 UTF-16 units (Windows), less than 96 KB, and what a table puts between its
 * pieces is not counted but for a mark where a word is broken: what is printed further away is no name's.
 * Else one name would take all statistics of a night away. */
#define NAME_REACH (128 * 1024)

/* Gaps that are kept apart; what comes behind them makes the last one wider. */
enum { GAPS_MOST = 1000 };

static bool same_text(tsmp_text a, tsmp_text b)
{
    return a.length == b.length && (a.length == 0 || memcmp(a.bytes, b.bytes, (size_t)a.length) == 0);
}

static void saw_log(struct tsmp_witness *witness, int64_t time)
{
    struct witness_text *text = witness_text_of(witness);
    witness_saw_time(witness, time);
    if (text->log_first == TSMP_NO_TIME || time < text->log_first)
        text->log_first = time;
    if (text->log_last == TSMP_NO_TIME || time > text->log_last)
        text->log_last = time;
}

/* ---- what a name may have printed ---------------------------------------------------------------- */

/* The bytes that a line prints, without the blanks around them: a table sets its cells apart by those. */
uint64_t witness_width(const tsmp_view *view, const tsmp_record *record)
{
    const char *text = view->text + record->text;
    size_t length = record->text_length, from = 0;
    while (length > 0 && memchr(" \t\r\n", text[length - 1], 4) != NULL)
        length--;
    while (from < length && text[from] == ' ')
        from++;
    return length - from < record->length ? length - from : record->length;
}

void witness_mark(struct tsmp_witness *witness)
{
    witness->before.at = witness->printed;
    witness->before.events = witness->events.count;
    witness->before.sets = witness->sets.count;
    witness->before.messages = witness->messages.count;
    witness->before.owners = witness->owners.count;
}

static bool ends_with_session(tsmp_text text, uint64_t *session)
{
    static const char label[] = "(SESSION: ";
    size_t n = (size_t)text.length, end = n;
    if (n == 0 || text.bytes[n - 1] != ')')
        return false;
    for (n--, end = n; n > 0 && text.bytes[n - 1] >= '0' && text.bytes[n - 1] <= '9'; n--)
        continue;
    *session = 0;
    for (size_t i = n; i < end; i++)
        *session = *session * 10 + (uint64_t)(text.bytes[i] - '0'); /* one too large is none that stands in front */
    return end > n && n >= sizeof label - 1 &&
           memcmp(text.bytes + n - (sizeof label - 1), label, sizeof label - 1) == 0;
}

/* "(Session: n, Node: N)" in front, as older servers write it: the server's own, as what stands behind
 * should be. */
static bool begins_with_session(tsmp_text text, uint64_t *session)
{
    static const char label[] = "(Session: ";
    size_t at = sizeof label - 1;
    if (text.length < at || memcmp(text.bytes, label, at) != 0)
        return false;
    for (*session = 0; at < text.length && text.bytes[at] >= '0' && text.bytes[at] <= '9'; at++)
        *session = *session * 10 + (uint64_t)(text.bytes[at] - '0');
    return at > sizeof label - 1;
}

static bool is_timed(const tsmp_record *record)
{
    return (record->flags & (TSMP_FLAG_NO_TIME | TSMP_FLAG_TIME_CARRIED | TSMP_FLAG_DATE_AMBIGUOUS |
                             TSMP_FLAG_TIME_IMPOSSIBLE)) == 0;
}

/* Lines that stand between rows of the log, or between one query of the log and the next. */
static bool belongs(const tsmp_record *record)
{
    switch (record->kind) {
    case TSMP_KIND_BLANK: case TSMP_KIND_MORE:
        return true;
    case TSMP_KIND_SERVER_MESSAGE: case TSMP_KIND_STATISTIC: case TSMP_KIND_TABLE_HEAD:
        return record->format == TSMP_FORMAT_ACTIVITY_LOG;
    case TSMP_KIND_MESSAGE: case TSMP_KIND_BANNER: case TSMP_KIND_SESSION:
        return record->format == TSMP_FORMAT_SERVER_TABLE;
    default:
        return false;
    }
}

/* A gap begins at `from`, and nothing tells yet where it ends. */
static bool begin_gap(struct tsmp_witness *witness, int64_t from)
{
    struct rows *rows = &witness->gaps;
    if (!witness->gap && rows->count < GAPS_MOST) {
        if (!memory_reserve(&witness->allocator, &rows->items, &rows->capacity, rows->count, 1,
                            sizeof(struct witness_gap)))
            return false;
        ((struct witness_gap *)rows->items)[rows->count++] = (struct witness_gap){from, 0, TSMP_NO_TIME};
    }
    struct witness_gap *last = (struct witness_gap *)rows->items + rows->count - 1;
    if (!witness->gap && last->to != 0)
        last->before = last->to > last->before ? last->to : last->before;
    last->from = from < last->from ? from : last->from;
    last->to = INT64_MAX;
    witness->gap = true;
    return true;
}

/* A client's message that holds a name, and is read as nothing: what it holds made it so. */
static bool hides_message(const struct witness_entry *entry)
{
    const tsmp_record *record = entry->record;
    const char *text = entry->view->text + record->text;
    if (record->kind != TSMP_KIND_UNKNOWN || record->format != TSMP_FORMAT_ACTIVITY_LOG)
        return false;
    for (uint32_t i = 0; i + 4 <= record->text_length && i < 64; i++)
        if (memcmp(text + i, "ANE4", 4) == 0)
            return true;
    return false;
}

static bool in_reach(const struct tsmp_witness *witness)
{
    return witness->printed - witness->before.at <= NAME_REACH;
}

bool witness_place(const struct witness_entry *entry)
{
    struct tsmp_witness *witness = entry->witness;
    const tsmp_record *record = entry->record;
    bool row = record->format == TSMP_FORMAT_ACTIVITY_LOG && is_timed(record) &&
               (record->kind == TSMP_KIND_SERVER_MESSAGE || record->kind == TSMP_KIND_STATISTIC);
    if (row && witness->gap) {
        struct witness_gap *gap = (struct witness_gap *)witness->gaps.items + witness->gaps.count - 1;
        witness->gap = false;
        gap->to = record->time > gap->from ? record->time : gap->from;
        gap->to = gap->before > gap->to ? gap->before : gap->to;
    }
    if (hides_message(entry) && witness_text_of(witness)->log_last != TSMP_NO_TIME) {
        witness_mark(witness);
        witness->before.named = witness->open = true;
        witness->open_at = witness->printed;
        witness->before.time = witness_text_of(witness)->log_last;
    }
    if (!witness->before.named || belongs(record) || witness->before.time == TSMP_NO_TIME ||
        !in_reach(witness))
        return true;
    return begin_gap(witness, witness->before.time);
}

/* What stands behind the last message with a name may be that name. */
static void doubt_since_mark(struct tsmp_witness *witness)
{
    for (size_t i = witness->before.events; i < witness->events.count; i++)
        ((tsmp_witness_event *)witness->events.items)[i].flags |= TSMP_WITNESS_FORGEABLE;
    for (size_t i = witness->before.messages; i < witness->messages.count; i++)
        ((tsmp_witness_message *)witness->messages.items)[i].flags |= TSMP_WITNESS_FORGEABLE;
    for (size_t i = witness->before.sets; i < witness->sets.count; i++)
        ((struct witness_set *)witness->sets.items)[i].view.flags |= TSMP_WITNESS_FORGEABLE;
    witness->owners.count = witness->before.owners < witness->owners.count ? witness->before.owners
                                                                           : witness->owners.count;
    witness->open = witness->forgeable = true;
    witness->open_at = witness->printed;
}

/* A line of a client's statistics (ANE49nnI), read as one or not: it holds no word of a stranger, so no name is
 * broken in it. */
static bool counts(tsmp_text code)
{
    return memcmp(code.bytes, "ANE49", 5) == 0 && code.bytes[7] == 'I';
}

/* Two sessions in one message: another in front than behind, or a second one behind statistics. Its begin was
 * printed by a name, and its end is the rest of the message that the name broke. */
static bool has_two_sessions(tsmp_text code, tsmp_text text)
{
    static const char label[] = "(SESSION: ";
    uint64_t front, behind, labels = 0;
    if (code.bytes[2] != 'E' || !ends_with_session(text, &behind))
        return false;
    if (begins_with_session(text, &front) && front != behind)
        return true;
    for (uint64_t i = 0; counts(code) && i + sizeof label - 1 <= text.length; i++)
        labels += memcmp(text.bytes + i, label, sizeof label - 1) == 0;
    return labels > 1;
}

/* A server that puts the session behind each message of a client does so behind all of them. One that
 * lacks it was broken, by a newline in a name: what follows may be that name, as far as a name can
 * reach. Servers that never do show no such thing. */
static void see_end(const struct witness_entry *entry, tsmp_text code, tsmp_text text, bool statistic)
{
    struct tsmp_witness *witness = entry->witness;
    uint64_t behind = 0;
    bool ends = ends_with_session(text, &behind), of_object = !statistic && code.bytes[2] == 'E' && !counts(code);
    bool two = has_two_sessions(code, text);
    bool breaks = of_object && (!ends || two);
    if (witness->open && witness->printed - witness->open_at > NAME_REACH)
        witness->open = witness->forgeable = false;
    if (two && witness->before.named && in_reach(witness))
        doubt_since_mark(witness);
    witness->forgeable |= witness->open && (witness->suffixed || ends);
    witness->suffixed |= ends;
    witness->open |= breaks;
    if (breaks)
        witness->open_at = witness->printed;
    if (of_object) {
        witness_mark(witness);
        witness->before.named = true;
        witness->before.time = is_timed(entry->record) ? entry->record->time : witness_text_of(witness)->log_last;
    }
}

/* A line that is no row, and ends as a client's message does: the rest of one that was broken. What
 * stands between may be the name that broke it. */
void witness_rest(const struct witness_entry *entry)
{
    struct tsmp_witness *witness = entry->witness;
    uint64_t session;
    tsmp_text text = {entry->view->text + entry->record->text, entry->record->text_length};
    if (witness->suffixed && in_reach(witness) && ends_with_session(text, &session))
        doubt_since_mark(witness);
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

static bool keep_owner(const struct witness_entry *entry, uint64_t session)
{
    struct tsmp_witness *witness = entry->witness;
    bool full;
    tsmp_text node = witness_text_at(entry, TSMP_FIELD_NODE);
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

static bool keep_message(const struct witness_entry *entry, uint32_t number, uint64_t session)
{
    struct tsmp_witness *witness = entry->witness;
    bool full;
    tsmp_text node = witness_text_at(entry, TSMP_FIELD_NODE);
    if (node.length == 0)
        node = node_in(witness_text_at(entry, TSMP_FIELD_TEXT));
    tsmp_witness_message *row = witness_row(witness, &witness->messages, sizeof *row, &full);
    if (row == NULL)
        return full;
    *row = (tsmp_witness_message){.session = session, .time = entry->record->time, .number = number,
                                  .flags = witness_doubt_flag(witness), .line = entry->record->line,
                                  .server = witness->server};
    return witness_keep(witness, witness_text_at(entry, TSMP_FIELD_CODE), &row->code) &&
           witness_keep(witness, node, &row->node) &&
           witness_keep(witness, witness_text_at(entry, TSMP_FIELD_SCHEDULE), &row->schedule);
}

/* ANR2507I, ANR2578W, ANR2579E: the event as the log tells it. Dates in their text may be of
 * another format; then only the time of the message is known. */
static bool keep_logged(const struct witness_entry *entry, uint32_t number)
{
    bool undecided = false;
    tsmp_witness_event event = {
        .domain = witness_text_at(entry, TSMP_FIELD_DOMAIN), .schedule = witness_text_at(entry, TSMP_FIELD_SCHEDULE),
        .node = witness_text_at(entry, TSMP_FIELD_NODE), .status = witness_text_at(entry, TSMP_FIELD_CODE),
        .scheduled = TSMP_NO_TIME, .actual = witness_time_at(entry, TSMP_FIELD_ACTUAL, &undecided),
        .completed = entry->record->time, .flags = TSMP_WITNESS_LOGGED,
        .state = number == 2507 ? TSMP_EVENT_COMPLETED
                 : number == 2578 ? TSMP_EVENT_MISSED : TSMP_EVENT_FAILED};
    /* In a table they are broken as a rule, perhaps within a name; `query event` has the same. */
    if (event.node.length == 0 || event.schedule.length == 0 ||
        (entry->record->flags & TSMP_FLAG_TEXT_AMBIGUOUS) != 0)
        return true;
    if (witness_number_at(entry, TSMP_FIELD_RETURN_CODE, &event.result))
        event.flags |= TSMP_WITNESS_HAS_RESULT;
    return witness_keep_event(entry, &event);
}

/* ---- statistics of clients ------------------------------------------------------------------------ */

static struct witness_set *set_at(struct tsmp_witness *witness, uint32_t place)
{
    return (struct witness_set *)witness->sets.items + place;
}

/* The set that these statistics belong to. NULL: no memory, or `*full`. */
static struct witness_set *find_set(const struct witness_entry *entry, uint64_t session, tsmp_text node, bool *full)
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
            (set->view.flags & TSMP_WITNESS_FORGEABLE) == witness_doubt_flag(witness))
            return set;
    }
    struct witness_set *set = witness_row(witness, &witness->sets, sizeof *set, full);
    if (set == NULL)
        return NULL;
    set->view.session = session;
    set->view.first = set->view.last = entry->record->time;
    set->view.flags = witness_doubt_flag(witness);
    if (!witness_keep(witness, node, &set->view.node))
        return NULL;
    witness->ring_at = (witness->ring_at + 1) % WITNESS_RING;
    witness->ring[witness->ring_at] = (uint32_t)witness->sets.count;
    witness_text_of(witness)->sets++;
    return set;
}

static bool same_value(const tsmp_statistic *a, const tsmp_statistic *b)
{
    return a->number == b->number && a->power == b->power && a->flags == b->flags;
}

static bool add_statistic(const struct witness_entry *entry, struct witness_set *set)
{
    const tsmp_field *name = witness_field_of(entry, TSMP_FIELD_NAME);
    const tsmp_field *value = witness_field_of(entry, TSMP_FIELD_VALUE);
    const tsmp_field *unit = witness_field_of(entry, TSMP_FIELD_UNIT);
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

static bool take_statistic(const struct witness_entry *entry, uint64_t session, bool understood)
{
    bool full;
    /* A name that was broken at the width of its cell is no name: the session tells. */
    tsmp_text node = (entry->record->flags & TSMP_FLAG_TEXT_AMBIGUOUS) != 0
                         ? (tsmp_text){NULL, 0} : witness_text_at(entry, TSMP_FIELD_NODE);
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

bool witness_logged(const struct witness_entry *entry)
{
    struct tsmp_witness *witness = entry->witness;
    const tsmp_record *record = entry->record;
    tsmp_text code = witness_text_at(entry, TSMP_FIELD_CODE);
    int64_t session = 0;
    if (code.length != 8)
        return true;
    bool statistic = record->kind == TSMP_KIND_STATISTIC;
    see_end(entry, code, witness_text_at(entry, TSMP_FIELD_TEXT), statistic);
    if (!is_timed(record)) {
        witness->view.undated++;
        return true;
    }
    saw_log(witness, record->time);
    (void)witness_number_at(entry, TSMP_FIELD_SESSION, &session);
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
