/* SPDX-License-Identifier: BSD-2-Clause
 * Lines about one object: "Normal File-->   85,113 /var/log/secure [Sent]". A name may hold
 * anything, so size is read from the left, outcome from the right; the rest is the name. */
#include "line.h"

#include "foreign.h"
#include "number.h"

static const struct outcome {
    const char *text;
    uint8_t length;
    uint8_t word;
} outcomes[] = {
    {" [Sent]", 7, TSMP_WORD_SENT},
    {"  Changed", 9, TSMP_WORD_CHANGED},
    {" ** Unsuccessful **", 19, TSMP_WORD_FAILED},
    {" [Skipped]", 10, TSMP_WORD_SKIPPED},
    {" [Done]", 7, TSMP_WORD_SENT},
    {" [Targetless]", 13, TSMP_WORD_SKIPPED},
    {" [Failed]", 9, TSMP_WORD_FAILED},
};

uint16_t line_outcome(const char *text, size_t length, size_t *path_end)
{
    *path_end = length;
    if (length < 7)
        return 0;
    char last = text[length - 1];
    if (last != ']' && last != 'd' && last != '*')
        return 0;
    if (memcmp(text + length - 7, " [Sent]", 7) == 0) { /* nearly always */
        *path_end = length - 7;
        return TSMP_WORD_SENT;
    }
    for (size_t i = 0; i < sizeof outcomes / sizeof *outcomes; i++) {
        const struct outcome *o = &outcomes[i];
        if (length >= o->length && memcmp(text + length - o->length, o->text, o->length) == 0) {
            *path_end = length - o->length;
            return o->word;
        }
    }
    return 0;
}

static const struct object_kind {
    const char *text;
    uint8_t length;
    uint8_t action;
    uint8_t type;
} kinds[] = {
    /* Those of a letter stand together: letters() says where. */
    {"Archiving-->", 12, TSMP_WORD_ARCHIVE, TSMP_WORD_UNKNOWN},
    {"Archiving ", 10, TSMP_WORD_ARCHIVE, TSMP_WORD_UNKNOWN},
    {"Directory-->", 12, TSMP_WORD_SEND, TSMP_WORD_DIRECTORY},
    {"Deleting-->", 11, TSMP_WORD_DELETE, TSMP_WORD_UNKNOWN},
    {"Deleting ", 9, TSMP_WORD_DELETE, TSMP_WORD_UNKNOWN},
    {"Expiring-->", 11, TSMP_WORD_EXPIRE, TSMP_WORD_UNKNOWN},
    {"Normal File-->", 14, TSMP_WORD_SEND, TSMP_WORD_FILE},
    {"Rebinding-->", 12, TSMP_WORD_REBIND, TSMP_WORD_UNKNOWN},
    {"Restoring-->", 12, TSMP_WORD_RESTORE, TSMP_WORD_UNKNOWN},
    {"Restoring ", 10, TSMP_WORD_RESTORE, TSMP_WORD_UNKNOWN},
    {"Retrieving-->", 13, TSMP_WORD_RETRIEVE, TSMP_WORD_UNKNOWN},
    {"Retrieving ", 11, TSMP_WORD_RETRIEVE, TSMP_WORD_UNKNOWN},
    {"Symbolic Link-->", 16, TSMP_WORD_SEND, TSMP_WORD_SYMLINK},
    {"Special File-->", 15, TSMP_WORD_SEND, TSMP_WORD_SPECIAL},
    {"Updating-->", 11, TSMP_WORD_UPDATE, TSMP_WORD_UNKNOWN},
};

/* Which of the kinds can begin with this letter: [*first, result). */
static size_t letters(char letter, size_t *first)
{
    switch (letter) {
    case 'A': *first = 0; return 2;
    case 'D': *first = 2; return 5;
    case 'E': *first = 5; return 6;
    case 'N': *first = 6; return 7;
    case 'R': *first = 7; return 12;
    case 'S': *first = 12; return 14;
    case 'U': *first = 14; return 15;
    default: *first = 0; return 0;
    }
}

/* The kind at the start of text; also kinds of the same build that are not in the table. */
static bool find_kind(const char *text, size_t length, struct object_kind *found)
{
    if (text[0] < 'A' || text[0] > 'Z')
        return false;
    size_t first, end = letters(text[0], &first);
    for (size_t i = first; i < end; i++) {
        if (length > kinds[i].length && text[2] == kinds[i].text[2] &&
            memcmp(text, kinds[i].text, kinds[i].length) == 0) {
            *found = kinds[i];
            return true;
        }
    }
    size_t most = length < 34 ? length : 34;
    const char *arrow = most > 3 ? memchr(text + 1, '-', most - 3) : NULL;
    if (arrow == NULL || arrow[1] != '-' || arrow[2] != '>')
        return false;
    for (const char *c = text + 1; c < arrow; c++)
        if (!((*c >= 'A' && *c <= 'Z') || (*c >= 'a' && *c <= 'z') || *c == ' '))
            return false;
    *found = (struct object_kind){text, (uint8_t)(arrow - text + 3), TSMP_WORD_SEND,
                                  TSMP_WORD_UNKNOWN};
    return true;
}

/* A size with commas is what nearly every line has; other marks go the long way. */
static struct number read_size(const char *text, size_t length)
{
    struct number size = {0};
    int64_t value = 0;
    size_t at = 0;
    for (; at < length && at < 18; at++) {
        unsigned digit = (unsigned char)text[at] - (unsigned)'0';
        if (digit < 10)
            value = value * 10 + digit;
        else if (text[at] != ',')
            break;
    }
    bool plain = at > 0 && at < 18 && at < length && text[at] == ' ' && text[at - 1] != ',' &&
                 text[0] != ',' && !(at + 3 < length && text[at + 1] >= '0' && text[at + 1] <= '9');
    if (!plain)
        return number_read(text, length, true, 0);
    size.value = value;
    size.length = at;
    return size;
}

bool line_object(struct line *line)
{
    const char *text = line->text;
    size_t length = line->length;
    int64_t retry = 0;
    const char *retry_at = text;
    size_t retry_length = 0;
    if (length < 12)
        return false;
    if (text[0] == 'R' && STARTS(text, length, "Retry # ")) {
        struct number number = number_read(text + 8, length - 8, true, 0);
        if (number.length == 0 || (number.flags & TSMP_FLAG_OVERFLOW) != 0)
            return false;
        retry = number.value;
        retry_at = text + 8;
        retry_length = number.length;
        size_t at = 8 + number.length;
        while (at < length && text[at] == ' ')
            at++;
        text += at;
        length -= at;
        if (length < 12)
            return false;
    }
    struct object_kind kind;
    if (!find_kind(text, length, &kind) ||
        (kind.type == TSMP_WORD_UNKNOWN && kind.action == TSMP_WORD_SEND &&
         language_is_unknown(line->state)))
        return false;
    size_t at = kind.length;
    while (at < length && text[at] == ' ')
        at++;
    struct number size = read_size(text + at, length - at);
    size_t after = at + size.length;
    /* no size, or no blank behind it: not a line of this kind */
    if (size.length == 0 || after >= length || text[after] != ' ')
        return false;
    size_t path_end;
    uint16_t status = line_outcome(text, length, &path_end);
    if (path_end < after + 1)
        return false;
    const char *path = text + after + 1;
    size_t path_length = path_end - after - 1;
    size_t size_length = size.length;
    if (kind.action == TSMP_WORD_RESTORE || kind.action == TSMP_WORD_RETRIEVE)
        while (path_length > 0 && *path == ' ')
            path++, path_length--;

    tsmp_record *record = line->record;
    record->kind = TSMP_KIND_OBJECT;
    /* Whether the other kinds end in an outcome is learned (parse.c): no client's manual says so. */
    if (status == 0 && (kind.action == TSMP_WORD_SEND || (line->state->outcomes & line_other(kind.action)) != 0))
        record->flags |= TSMP_FLAG_OPEN_NAME;
    const char *destination = NULL;
    size_t destination_length = 0;
    if (kind.action == TSMP_WORD_RESTORE || kind.action == TSMP_WORD_RETRIEVE) {
        for (size_t i = path_length; i >= 5; i--) {
            if (memcmp(path + i - 5, " --> ", 5) == 0) {
                destination = path + i;
                destination_length = path_length - i;
                path_length = i - 5;
                break;
            }
        }
    }
    line_add_word(line, TSMP_FIELD_ACTION, kind.action, text, kind.length);
    line_add_word(line, TSMP_FIELD_OBJECT_TYPE, kind.type, text, kind.length);
    line_add_number(line, TSMP_FIELD_SIZE, &size, text + at, size_length);
    line_add_text(line, TSMP_FIELD_PATH, path, path_length);
    line_add_word(line, TSMP_FIELD_STATUS, status != 0 ? status : TSMP_WORD_NONE, text + path_end,
                  length - path_end);
    tsmp_field *field = line_add(line, TSMP_FIELD_RETRY, TSMP_TYPE_NUMBER, retry_at, retry_length);
    field->number = retry;
    if (destination != NULL)
        line_add_text(line, TSMP_FIELD_DESTINATION, destination, destination_length);
    return true;
}
