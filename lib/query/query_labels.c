/* SPDX-License-Identifier: BSD-2-Clause
 * Queries that print labels: schedule (right-aligned), session (dots), mgmtclass (filled with
 * blanks), options. A line is one when its colon stands where the list's first one does, or when
 * its fill or its label is the list's own; "word: text" alone is printed by everything. */
#include "query.h"

enum fill { FILL_NONE, FILL_BLANKS, FILL_DOTS };

struct label {
    const char *text, *value;
    size_t length, value_length;
    size_t colon, indent;
    enum fill fill;
};

/* Letters, digits and what labels hold: no path or sentence. By a switch, which is a look into a set
 * of bits: strchr() was called for each byte of every line that nothing else knew. */
static bool no_label(char c)
{
    switch (c) {
    case '\'': case '"': case '\t': case ',': case ';': case '=': case '<': case '>': case '[':
    case ']': case '{': case '}': case '!': case '?': case '*': case '\\': case '\0': return true;
    default: return false;
    }
}

static bool read_label(const struct line *line, struct label *label)
{
    const char *text = line->text;
    size_t length = trim_end(text, line->length);
    size_t at = blanks_at(text, length, 0);
    if (at == length || memchr(text + at, ':', length - at) == NULL)
        return false;
    *label = (struct label){.text = text + at, .indent = at};
    while (at < length && text[at] != ':') {
        if (no_label(text[at]) || at - label->indent > 60)
            return false;
        at++;
    }
    if (at == length || at == label->indent || (at + 1 < length && text[at + 1] != ' '))
        return false;
    label->colon = at;
    size_t end = at, dots = 0;
    while (end > label->indent && text[end - 1] == '.')
        end--, dots++;
    if (dots > 1) {
        label->fill = FILL_DOTS;
    } else {
        end = at;
        while (end > label->indent && text[end - 1] == ' ')
            end--;
        if (end < at)
            label->fill = FILL_BLANKS;
    }
    if (end == label->indent)
        return false;
    label->length = end - label->indent;
    at++;
    at += blanks_at(text, length, at);
    label->value = text + at;
    label->value_length = length - at;
    return true;
}

static bool is_label(const struct label *label, const char *text)
{
    return label->length == strlen(text) && memcmp(label->text, text, label->length) == 0;
}

/* Labels that were seen in each list; the lists may have others. */
static const struct known {
    uint16_t format;
    const char *text;
} knowns[] = {
    {TSMP_FORMAT_QUERY_SCHEDULE, "Schedule Name"}, {TSMP_FORMAT_QUERY_SCHEDULE, "Description"},
    {TSMP_FORMAT_QUERY_SCHEDULE, "Schedule Style"}, {TSMP_FORMAT_QUERY_SCHEDULE, "Action"},
    {TSMP_FORMAT_QUERY_SCHEDULE, "Options"}, {TSMP_FORMAT_QUERY_SCHEDULE, "Objects"},
    {TSMP_FORMAT_QUERY_SCHEDULE, "Priority"}, {TSMP_FORMAT_QUERY_SCHEDULE, "Next Execution"},
    {TSMP_FORMAT_QUERY_SCHEDULE, "Duration"}, {TSMP_FORMAT_QUERY_SCHEDULE, "Period"},
    {TSMP_FORMAT_QUERY_SCHEDULE, "Day of Week"}, {TSMP_FORMAT_QUERY_SCHEDULE, "Month"},
    {TSMP_FORMAT_QUERY_SCHEDULE, "Day of Month"}, {TSMP_FORMAT_QUERY_SCHEDULE, "Week of Month"},
    {TSMP_FORMAT_QUERY_SCHEDULE, "Expire"},
    {TSMP_FORMAT_QUERY_MGMTCLASS, "Domain Name"},
    {TSMP_FORMAT_QUERY_MGMTCLASS, "Activated Policy Set Name"},
    {TSMP_FORMAT_QUERY_MGMTCLASS, "Activation date/time"},
    {TSMP_FORMAT_QUERY_MGMTCLASS, "Default Mgmt Class Name"},
    {TSMP_FORMAT_QUERY_MGMTCLASS, "Grace Period Backup Retn."},
    {TSMP_FORMAT_QUERY_MGMTCLASS, "Grace Period Archive Retn."},
    {TSMP_FORMAT_QUERY_MGMTCLASS, "MgmtClass Name"}, {TSMP_FORMAT_QUERY_MGMTCLASS, "Description"},
};

static bool is_known(uint16_t format, const struct label *label)
{
    for (size_t i = 0; i < sizeof knowns / sizeof *knowns; i++)
        if (knowns[i].format == format && is_label(label, knowns[i].text))
            return true;
    return false;
}

/* Which list a label begins, 0 = none. */
static uint16_t begins(const struct line *line, const struct label *label)
{
    if (label->fill == FILL_DOTS)
        return is_label(label, "Server Name") || is_label(label, "Home Server Name")
                   ? TSMP_FORMAT_QUERY_SESSION : 0;
    if (label->fill == FILL_BLANKS && label->indent == 0)
        return is_label(label, "Domain Name") || is_label(label, "MgmtClass Name")
                   ? TSMP_FORMAT_QUERY_MGMTCLASS : 0;
    if (label->fill == FILL_NONE && is_label(label, "Schedule Name"))
        return TSMP_FORMAT_QUERY_SCHEDULE;
    /* Options have no label of their own to begin with: they must have been asked for. */
    return line->state->table->query.asked == TSMP_FORMAT_QUERY_OPTIONS ? TSMP_FORMAT_QUERY_OPTIONS : 0;
}

static bool heading(const char *text, size_t length)
{
    static const char words[] = " Server Connection Information", second[] = "Secondary Server Information";
    size_t n = sizeof words - 1;
    return IS(text, length, second) ||
           (length > n && text[0] != ' ' && memcmp(text + length - n, words, n) == 0);
}

uint16_t label_head(struct line *line)
{
    struct label label;
    if (heading(line->text, trim_end(line->text, line->length)))
        return TSMP_FORMAT_QUERY_SESSION;
    if (!read_label(line, &label))
        return 0;
    uint16_t format = begins(line, &label);
    if (format != 0)
        line->state->table->query.colon = (uint32_t)label.colon;
    return format;
}

static bool belongs(const struct line *line, const struct label *label)
{
    const struct table *table = line->state->table;
    if (table->query.forced == table->format || label->colon == table->query.colon)
        return true;
    if (label->fill == FILL_DOTS || is_known(table->format, label))
        return true;
    return label->fill == FILL_BLANKS && table->format == TSMP_FORMAT_QUERY_MGMTCLASS;
}

static void add_label(struct line *line, const char *text, size_t length, const char *value,
                      size_t value_length)
{
    line->record->kind = TSMP_KIND_LABEL;
    line_add_text(line, TSMP_FIELD_LABEL, text, length);
    /* Yes, No and a few names stand between quotes, which are the print's, not the value's. */
    if (value_length > 1 && value[0] == '"' && value[value_length - 1] == '"')
        value++, value_length -= 2;
    line_add_text(line, TSMP_FIELD_VALUE, value, value_length);
}

bool label_row(struct line *line)
{
    size_t length = trim_end(line->text, line->length);
    bool session = line->state->table->format == TSMP_FORMAT_QUERY_SESSION;
    if (session && heading(line->text, length)) {
        line->record->kind = TSMP_KIND_TABLE_HEAD;
        line_add_text(line, TSMP_FIELD_TEXT, line->text, length);
        return true;
    }
    if (session && IS(line->text, length, "Not configured for failover")) {
        add_label(line, line->text, 0, line->text, length);
        return true;
    }
    struct label label;
    if (!read_label(line, &label) || !belongs(line, &label))
        return false;
    /* dots fill in a session only; elsewhere one is the end of "Retn." */
    size_t n = label.length;
    if (session)
        while (n > 1 && label.text[n - 1] == '.')
            n--;
    add_label(line, label.text, n, label.value, label.value_length);
    return true;
}
