/* SPDX-License-Identifier: BSD-2-Clause
 * Heads of server tables: one to five lines of headings, broken like values, over a rule of dashes.
 * The headings are the names of the columns; the ones of events and of the activity log are known. */
#include "server.h"

enum { HEAD_LINES = 6, NAME_ROOM = 256 };

static const struct {
    const char *name; /* large letters, without blanks and underscores */
    uint8_t role;
} role_names[] = {
    {"DATE/TIME", ROLE_DATE},           {"DATETIME", ROLE_DATE},
    {"MESSAGE", ROLE_MESSAGE},          {"DOMAINNAME", ROLE_DOMAIN},
    {"POLICYDOMAINNAME", ROLE_DOMAIN},  {"DOMAIN", ROLE_DOMAIN},
    {"SCHEDULENAME", ROLE_SCHEDULE},    {"SCHEDNAME", ROLE_SCHEDULE},
    {"NODENAME", ROLE_NODE},            {"SCHEDULEDSTART", ROLE_SCHEDULED},
    {"ACTUALSTART", ROLE_ACTUAL},       {"COMPLETED", ROLE_COMPLETED},
    {"STATUS", ROLE_STATUS},            {"RESULT", ROLE_RESULT},
    {"REASON", ROLE_REASON},            {"SESSION", ROLE_SESSION},
    {"SESSID", ROLE_SESSION},
};

enum server_role role_of(const char *name, size_t length)
{
    char flat[32];
    size_t n = 0;
    /* Another program that prints the tables anew shows by a mark that there is more to the right. */
    if (length > 2 && name[length - 1] == '>' && name[length - 2] == ' ')
        length -= 2;
    for (size_t i = 0; i < length; i++) {
        char c = name[i];
        if (c == ' ' || c == '_')
            continue;
        if (n == sizeof flat)
            return ROLE_OTHER;
        flat[n++] = c >= 'a' && c <= 'z' ? (char)(c - 'a' + 'A') : c;
    }
    for (size_t i = 0; i < sizeof role_names / sizeof *role_names; i++)
        /* cppcheck-suppress uninitvar ; no name is empty, so `flat` has as many bytes */
        if (strlen(role_names[i].name) == n && memcmp(role_names[i].name, flat, n) == 0)
            return role_names[i].role;
    return ROLE_OTHER;
}

enum server_meaning meaning_of(const uint8_t *roles, size_t count)
{
    bool has[ROLE_COUNT] = {false};
    for (size_t i = 0; i < count; i++)
        has[roles[i]] = true;
    if (has[ROLE_MESSAGE] && (has[ROLE_DATE] || count == 1))
        return MEANS_MESSAGE;
    if (has[ROLE_SCHEDULE] && (has[ROLE_SCHEDULED] || has[ROLE_ACTUAL]))
        return MEANS_EVENT;
    return MEANS_ROW;
}

uint16_t format_of(enum server_meaning meaning, enum server_shape shape)
{
    if (meaning == MEANS_EVENT)
        return TSMP_FORMAT_QUERY_EVENT;
    if (meaning == MEANS_MESSAGE)
        return TSMP_FORMAT_ACTIVITY_LOG;
    return shape == SHAPE_LIST ? TSMP_FORMAT_SERVER_LIST : TSMP_FORMAT_SERVER_TABLE;
}

static bool large(const char *text, size_t length)
{
    for (size_t i = 0; i < length; i++)
        if (text[i] >= 'a' && text[i] <= 'z')
            return false;
    return true;
}

/* What a line may be to a head, in the words of enum group_facts. `inner`: it without its box. */
static unsigned head_facts(const struct line_state *state, const struct group_line *line,
                           const struct group_line *inner)
{
    struct column rule[1];
    bool boxed = inner->text != line->text;
    if (blank_line(inner->text, inner->length) || admin_beside(inner->text, inner->length) ||
        (boxed ? line_client(state, inner->text, inner->length) : group_client(state, line)) ||
        stamp_read(inner->text, inner->length, 0).length > 0)
        return GROUP_LOOKED | GROUP_BREAKS;
    if (rule_read(inner->text, inner->length, rule, 1) > 0)
        return GROUP_LOOKED | GROUP_RULE;
    return GROUP_LOOKED | (large(inner->text, inner->length) ? GROUP_LARGE : 0u);
}

/* Headings over a rule, or between two. In a stream that nothing has shown to be the server's yet,
 * one column under a line of prose is an underlined title, no table. */
size_t head_frame(const struct line_state *state, struct group *group, bool last)
{
    struct column columns[TABLE_MAX_COLUMNS];
    bool admin = state->mode == LINE_ADMIN, boxed = false, capitals = true;
    size_t above = 0; /* columns of a rule over the headings */
    for (size_t i = 0; i < group->count && i < HEAD_LINES; i++) {
        struct group_line line = group->lines[i];
        bool inner = box_inner(&line);
        if (i > 0 && inner != boxed)
            return above > 0 ? 1 : SIZE_MAX;
        uint8_t *kept = line.facts;
        unsigned facts = kept != NULL && (*kept & GROUP_LOOKED) != 0
                             ? *kept : head_facts(state, &group->lines[i], &line);
        if (kept != NULL)
            *kept |= (uint8_t)facts;
        if ((facts & GROUP_BREAKS) != 0)
            return above > 0 ? 1 : SIZE_MAX;
        boxed = inner;
        size_t count = (facts & GROUP_RULE) == 0
                           ? 0 : rule_read(line.text, line.length, columns, TABLE_MAX_COLUMNS);
        if (count == 0) {
            capitals &= (facts & GROUP_LARGE) != 0;
        } else if (i == 0) {
            if (count == 1 && !admin)
                return SIZE_MAX;
            above = count;
        } else if (above > 0) {
            return i > 1 && count == above ? i + 1 : 1;
        } else {
            return count > 1 || admin || capitals ? i + 1 : SIZE_MAX;
        }
    }
    if (group->count >= HEAD_LINES || last)
        return above > 0 ? 1 : SIZE_MAX;
    return 0;
}

/* TABs as blanks. */
static size_t widen(const struct group_line *line, size_t tab, char *wide, size_t room)
{
    size_t used = 0;
    for (size_t i = 0; i < line->length; i++) {
        size_t n = line->text[i] == '\t' ? tab - used % tab : 1;
        if (n > room - used)
            break;
        memset(wide + used, line->text[i] == '\t' ? ' ' : line->text[i], n);
        used += n;
    }
    return used;
}

/* All words of the line stand over dashes? */
static bool over_dashes(const struct table *table, const char *text, size_t length)
{
    for (size_t at = 0; at < length; at++) {
        bool over = text[at] == ' ';
        for (size_t i = 0; i < table->count && !over; i++)
            over = at >= table->columns[i].from && at < table->columns[i].to;
        if (!over)
            return false;
    }
    return true;
}

/* How wide the TABs were that somebody's editor made of blanks: 0 = there are none, or it can't be
 * told. */
static uint8_t tab_width(const struct table *table, const struct group *group)
{
    static const uint8_t widths[] = {8, 4, 2};
    char wide[1024];
    uint8_t fits = 0;
    size_t how_many = 0;
    for (size_t k = 0; k < sizeof widths; k++) {
        bool good = true, any = false;
        for (size_t i = 0; i + 1 < group->count; i++) {
            if (memchr(group->lines[i].text, '\t', group->lines[i].length) == NULL)
                continue;
            any = true;
            size_t n = widen(&group->lines[i], widths[k], wide, sizeof wide);
            good &= over_dashes(table, wide, n);
        }
        if (any && good) {
            fits = widths[k];
            how_many++;
        }
    }
    return how_many == 1 ? fits : 0;
}

/* The heading of column `index`, in one line. */
static size_t heading(const struct table *table, const struct group *group, size_t index,
                      char *name, bool *sure)
{
    char wide[1024];
    size_t used = 0;
    bool broken = false;
    for (size_t i = 0; i < group->count; i++) {
        struct group_line line = group->lines[i];
        struct column rule[1];
        struct cell cells[TABLE_MAX_COLUMNS];
        if (table->boxed)
            (void)box_inner(&line);
        if (rule_read(line.text, line.length, rule, 1) > 0)
            continue;
        if (memchr(line.text, '\t', line.length) != NULL) {
            if (table->tab == 0) {
                *sure = false;
                continue;
            }
            line.length = widen(&line, table->tab, wide, sizeof wide);
            line.text = wide;
        }
        *sure &= cells_cut(table->columns, table->count, line.text, line.length, cells);
        const struct cell *cell = &cells[index];
        if (cell->length == 0 || used + cell->length + 1 > NAME_ROOM)
            continue;
        if (broken)
            used--;
        else if (used > 0)
            name[used++] = ' ';
        for (size_t k = 0; k < cell->length; k++)
            if (cell->text[k] != ' ' || cell->text[k - 1] != ' ') /* cells begin with no blank */
                name[used++] = cell->text[k];
        size_t width = table->columns[index].to - table->columns[index].from;
        broken = name[used - 1] == '-' && cell->length >= width && cell->length > 1;
    }
    return used;
}

static uint16_t name_column(struct line *line, const struct table *table, size_t index,
                            const char *name, size_t length)
{
    char numbered[NAME_ROOM + 8];
    if (length == 0)
        return row_unnamed(line, index);
    uint16_t id = line_name(line, name, length);
    for (unsigned n = 2; n < 10 && id != 0; n++) {
        bool taken = false;
        for (size_t i = 0; i < index; i++)
            taken |= table->columns[i].field == id;
        if (!taken)
            break;
        memcpy(numbered, name, length);
        numbered[length] = ' ';
        numbered[length + 1] = (char)('0' + n);
        id = line_name(line, numbered, length + 2);
    }
    return id != 0 ? id : TSMP_FIELD_VALUE;
}

bool head_line(struct line *line)
{
    struct table *table = line->state->table;
    const struct group *group = line->group;
    struct group_line rule = group->lines[group->count - 1];
    uint8_t roles[TABLE_MAX_COLUMNS] = {0};
    table_close(table);
    table->boxed = box_inner(&rule);
    table->count = (uint16_t)rule_read(rule.text, rule.length, table->columns, TABLE_MAX_COLUMNS);
    table->tab = tab_width(table, group);
    bool sure = group->count > 1;
    line->record->kind = TSMP_KIND_TABLE_HEAD;
    size_t room = 0;
    for (size_t i = 0; i < group->count; i++)
        room += group->lines[i].length + 1;
    room += 2 * (size_t)table->count;
    char *names = line_join(line, room);
    size_t used = 0;
    for (size_t i = 0; i < table->count; i++) {
        char name[NAME_ROOM];
        size_t n = heading(table, group, i, name, &sure);
        table->columns[i].field = name_column(line, table, i, name, n);
        if (line->nomem)
            return false;
        table->columns[i].role = roles[i] = (uint8_t)role_of(name, n);
        if (names == NULL || n + 2 > room - used)
            continue;
        if (i > 0) {
            names[used++] = ',';
            names[used++] = ' ';
        }
        memcpy(names + used, name, n);
        used += n;
    }
    table->meaning = (uint8_t)meaning_of(roles, table->count);
    if (table->meaning == MEANS_ROW)
        for (size_t i = 0; i < table->count; i++)
            table->columns[i].role = ROLE_OTHER;
    table->room = TABLE_SERVER;
    table->shape = SHAPE_TABLE;
    server_found(line, format_of((enum server_meaning)table->meaning, SHAPE_TABLE));
    if (names != NULL && group->count > 1)
        line_add_text(line, TSMP_FIELD_TEXT, names, used);
    if (!sure)
        line->record->why = TSMP_WHY_DAMAGED;
    return true;
}
