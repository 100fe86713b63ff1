/* SPDX-License-Identifier: BSD-2-Clause */
#include "foreign.h"

/* ---- other products -------------------------------------------------------------------------- */

/* The consoles of the Data Protection family, FlashCopy Manager and Snapshot. */
static bool is_banner(const char *text, size_t length)
{
    static const char *const starts[] = {
        "IBM Tivoli Storage Manager for ",        "Tivoli Storage Manager for ",
        "IBM Spectrum Protect for ",              "IBM Storage Protect for ",
        "IBM Tivoli Storage FlashCopy Manager",   "Tivoli Storage FlashCopy Manager",
        "IBM Tivoli FlashCopy Manager",           "IBM Spectrum Protect Snapshot",
        "IBM Storage Protect Snapshot",           "Data Protection for ",
        "Tivoli Data Protection for ",            "IBM Tivoli Data Protection for ",
        "FlashCopy Manager "};
    size_t blanks = line_blanks(text, length);
    text += blanks;
    length -= blanks;
    if (length == 0 || (*text != 'I' && *text != 'T' && *text != 'D' && *text != 'F'))
        return false; /* as nearly all lines of a query do */
    for (size_t i = 0; i < sizeof starts / sizeof *starts; i++)
        if (length >= strlen(starts[i]) && memcmp(text, starts[i], strlen(starts[i])) == 0)
            return true;
    return false;
}

/* "ACO5436I ", "FMM16014I ": messages of the same build as the client's, by other components. */
static bool is_message(const char *text, size_t length)
{
    static const char families[][4] = {"ACD", "ACN", "ACO", "BKI", "BKT", "EEP",
                                       "FMF", "FMM", "FMQ", "FMV", "FMX", "FMY"};
    size_t digits = 3;
    while (digits < length && text[digits] >= '0' && text[digits] <= '9')
        digits++;
    if (digits < 7 || digits > 8 || digits >= length || memchr("IWESD", text[digits], 5) == NULL ||
        (digits + 1 < length && text[digits + 1] != ' ' && text[digits + 1] != ':'))
        return false;
    for (size_t i = 0; i < sizeof families / sizeof *families; i++)
        if (memcmp(text, families[i], 3) == 0)
            return true;
    return false;
}

static bool is_clients_banner(const char *text, size_t length)
{
    static const char *const names[] = {"IBM Tivoli Storage Manager", "Tivoli Storage Manager",
                                        "IBM Spectrum Protect", "IBM Storage Protect"};
    length = trim_end(text, length);
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (length == strlen(names[i]) && memcmp(text, names[i], length) == 0)
            return true;
    return STARTS(text, length, "Command Line Backup");
}

static bool make(struct line *line)
{
    line->state->foreign = true;
    line->record->kind = TSMP_KIND_UNKNOWN;
    line->record->why = TSMP_WHY_FOREIGN_PRODUCT;
    line->record->format = TSMP_FORMAT_FOREIGN;
    return true;
}

bool foreign_line(struct line *line)
{
    struct line_state *state = line->state;
    if (state->mode == LINE_STAMPED || state->forced_format != 0)
        return false;
    if (state->foreign) {
        state->foreign = !is_clients_banner(line->text, line->length);
        return state->foreign && make(line);
    }
    /* Not in the middle of what may be a name. Messages count where nothing was seen before. */
    bool begins = !state->name_open &&
                  (is_banner(line->text, line->length) ||
                   (state->mode == LINE_UNDECIDED && is_message(line->text, line->length)));
    return begins && make(line);
}

bool foreign_stamped(struct line *line)
{
    struct line_state *state = line->state;
    if (state->format != TSMP_FORMAT_UNKNOWN || state->forced_format != 0 ||
        (!state->foreign && !is_message(line->text, line->length) &&
         !is_banner(line->text, line->length)))
        return false;
    return make(line);
}

/* ---- languages ------------------------------------------------------------------------------- */

/* In English at most two marks follow each other without a line that we know (QUERY BEGIN and END;
 * a run of a kind that is not known, up to its STATUS). */
enum { MARKS = 3 };

bool language_is_unknown(const struct line_state *state)
{
    return state->marks >= (state->language_seen ? MARKS : 1);
}

/* A line whose words were understood; messages and marks are so in any language. */
static bool is_understood(const tsmp_record *record, const tsmp_field *fields)
{
    switch (record->kind) {
    case TSMP_KIND_VOLUME_BEGIN:
    case TSMP_KIND_STATISTIC:
    case TSMP_KIND_SCHEDULE_FIELD:
    case TSMP_KIND_SCHEDULER:
    case TSMP_KIND_COMMAND:
    case TSMP_KIND_SESSION:
        return true;
    case TSMP_KIND_VOLUME_END:
    case TSMP_KIND_EVENT:
        for (uint32_t i = 0; i < record->field_count; i++)
            if (fields[i].id == TSMP_FIELD_CODE)
                return false;
        return true;
    case TSMP_KIND_BANNER:
        return fields[0].number != TSMP_WORD_PRODUCT && fields[0].number != TSMP_WORD_COPYRIGHT;
    case TSMP_KIND_OBJECT: /* of a kind in the table */
        return fields[0].number != TSMP_WORD_SEND || fields[1].number != TSMP_WORD_UNKNOWN;
    default:
        return false;
    }
}

/* Words that no rule fits: they begin with a letter, of any alphabet. */
static bool is_prose(const char *text, size_t length)
{
    while (length > 0 && *text == ' ')
        text++, length--;
    unsigned char c = length > 0 ? (unsigned char)*text : 0;
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c >= 0x80;
}

void language_hear(struct line_state *state, tsmp_record *record, const tsmp_field *fields,
                   const char *base, const char *text, size_t length)
{
    bool product = record->kind == TSMP_KIND_BANNER && fields[0].number == TSMP_WORD_PRODUCT;
    if (record->kind == TSMP_KIND_SCHEDREC || product) {
        state->marks = (uint8_t)(state->marks + (state->marks < MARKS));
    } else if (is_understood(record, fields) ||
               (record->kind == TSMP_KIND_LABEL && state->in_status &&
                line_statistic_label(base + fields[0].text, fields[0].length + 1))) {
        state->marks = 0;
        state->language_seen = true;
    } else if (((record->kind == TSMP_KIND_UNKNOWN && record->why == TSMP_WHY_NO_RULE) ||
                (record->kind == TSMP_KIND_LABEL && state->in_status)) &&
               language_is_unknown(state) && is_prose(text, length)) {
        record->why = TSMP_WHY_LANGUAGE;
    }
}
