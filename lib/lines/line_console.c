/* SPDX-License-Identifier: BSD-2-Clause
 * Lines that dsmc prints on the console and into the schedule log alike: volumes, session and
 * banner lines, functions. None of them has a message code; a language other than English
 * translates them, and then they stay unknown. */
#include "line.h"

static bool volume(struct line *line, const char *text, size_t length)
{
    static const struct {
        const char *prefix, *suffix;
        uint8_t before, after, kind, outcome;
    } forms[] = {
#define F(prefix, suffix, kind, outcome) \
    {prefix, suffix, sizeof(prefix) - 1, sizeof(suffix) - 1, TSMP_KIND_##kind, outcome}
        F("Incremental backup of volume '", "'", VOLUME_BEGIN, 0),
        F("Image backup of volume '", "'", VOLUME_BEGIN, 0),
        F("Successful incremental backup of '", "'", VOLUME_END, TSMP_WORD_SUCCESSFUL),
        F("Selective Backup processing of '", "' finished without failure.", VOLUME_END,
          TSMP_WORD_SUCCESSFUL),
        F("Archive processing of '", "' finished without failure.", VOLUME_END,
          TSMP_WORD_SUCCESSFUL),
        F("Image Backup processing of '", "' finished without failure.", VOLUME_END,
          TSMP_WORD_SUCCESSFUL),
#undef F
    };
    if (length == 0 || (*text != 'I' && *text != 'S' && *text != 'A'))
        return false;
    const char *name;
    size_t n;
    for (size_t i = 0; i < sizeof forms / sizeof *forms; i++) {
        if (text[0] != forms[i].prefix[0] || length < 2 || text[1] != forms[i].prefix[1] ||
            !line_between(text, length, forms[i].prefix, forms[i].before, forms[i].suffix,
                          forms[i].after, &name, &n))
            continue;
        line->record->kind = forms[i].kind;
        line_add_text(line, TSMP_FIELD_VOLUME, name, n);
        if (forms[i].outcome != 0)
            line_add_word(line, TSMP_FIELD_OUTCOME, forms[i].outcome, text, 0);
        return true;
    }
    return false;
}

/* "Starting Full VM backup of VM 'X'": clients differ in the words between, so they are kept as text. None
 * of these lines is known from a real log, only that there are such: they never prove anything (run_body.c),
 * but a volume that they begin and nothing ends is missed. */
static bool worded_volume(struct line *line, const char *text, size_t length)
{
    static const struct {
        const char *before;
        uint16_t kind, outcome;
    } forms[] = {{"Incremental by ", TSMP_KIND_VOLUME_BEGIN, 0},
                 {"Successful incremental by ", TSMP_KIND_VOLUME_END, TSMP_WORD_SUCCESSFUL},
                 {"Starting ", TSMP_KIND_VOLUME_BEGIN, 0},
                 {"Successful ", TSMP_KIND_VOLUME_END, TSMP_WORD_SUCCESSFUL}};
    if (length == 0 || (*text != 'I' && *text != 'S') || text[length - 1] != '\'')
        return false;
    const char *quote = memchr(text, '\'', length - 1);
    if (quote == NULL || quote == text || quote[-1] != ' ')
        return false;
    size_t words = (size_t)(quote - text);
    for (size_t i = 0; i < sizeof forms / sizeof *forms; i++) {
        size_t from = strlen(forms[i].before);
        if (words <= from || memcmp(text, forms[i].before, from) != 0)
            continue;
        const char *rest = text + from;
        size_t n = words - from;
        bool dated = i < 2 && FIND(rest, n, "of ", 0) != NULL;
        bool machine = i >= 2 && FIND(rest, n, "backup of ", 0) != NULL &&
                       (FIND(rest, n, "VM ", 0) != NULL || FIND(rest, n, "irtual ", 2) != NULL);
        if (!dated && !machine)
            continue;
        line->record->kind = forms[i].kind;
        line_add_text(line, TSMP_FIELD_VOLUME, quote + 1, length - words - 2);
        if (forms[i].outcome != 0)
            line_add_word(line, TSMP_FIELD_OUTCOME, forms[i].outcome, text, 0);
        line_add_text(line, TSMP_FIELD_TEXT, rest, n - 1);
        return true;
    }
    return false;
}

static bool state_name(struct line *line, uint16_t kind, uint16_t state, const char *text,
                       size_t length)
{
    line->record->kind = kind;
    line_add_word(line, TSMP_FIELD_STATE, state, line->text, 0);
    if (length > 0)
        line_add_text(line, TSMP_FIELD_NAME, text, length);
    return true;
}

static bool session(struct line *line, const char *text, size_t length)
{
    static const char server[] = "Session established with server ";
    if (length == 0 || (*text != ' ' && *text != 'N' && *text != 'A' && *text != 'S'))
        return false;
    if (STARTS(text, length, "Node Name: "))
        return state_name(line, TSMP_KIND_SESSION, TSMP_WORD_NODE, text + 11, length - 11);
    if (STARTS(text, length, "Accessing as node: "))
        return state_name(line, TSMP_KIND_SESSION, TSMP_WORD_AS_NODE, text + 19, length - 19);
    if (STARTS(text, length, "Session established with server ")) {
        const char *name = text + sizeof server - 1;
        size_t n = length - (sizeof server - 1);
        const char *colon = memchr(name, ':', n);
        return state_name(line, TSMP_KIND_SESSION, TSMP_WORD_SERVER, name,
                          colon != NULL ? (size_t)(colon - name) : n);
    }
    while (length > 0 && *text == ' ')
        text++, length--;
    if (STARTS(text, length, "Server Version ")) {
        state_name(line, TSMP_KIND_SESSION, TSMP_WORD_SERVER_VERSION, text, 0);
        line_add_text(line, TSMP_FIELD_VERSION, text + 15, length - 15);
        return true;
    }
    if (STARTS(text, length, "Server date/time: ")) {
        const char *time = text + 18;
        size_t n = length - 18, at = 0;
        while (at + 13 <= n && memcmp(time + at, "Last access: ", 13) != 0)
            at++;
        bool access = at + 13 <= n;
        state_name(line, TSMP_KIND_SESSION, TSMP_WORD_SERVER_TIME, text, 0);
        line_add_time(line, TSMP_FIELD_TIME, time, trim_end(time, access ? at : n));
        if (access)
            line_add_time(line, TSMP_FIELD_LAST_ACCESS, time + at + 13, n - at - 13);
        return true;
    }
    return false;
}

static bool banner_text(struct line *line, uint16_t state, const char *text, size_t length)
{
    line->record->kind = TSMP_KIND_BANNER;
    line_add_word(line, TSMP_FIELD_STATE, state, text, 0);
    line_add_text(line, TSMP_FIELD_TEXT, text, length);
    return true;
}

static bool product(struct line *line, const char *text, size_t length)
{
    static const char *const names[] = {"ADSTAR Distributed Storage Manager",
                                        "IBM Tivoli Storage Manager", "Tivoli Storage Manager",
                                        "IBM Spectrum Protect", "IBM Storage Protect"};
    bool named = *text == 'A' || *text == 'I' || *text == 'T';
    for (size_t i = 0; named && i < sizeof names / sizeof *names; i++)
        if (length == strlen(names[i]) && memcmp(text, names[i], length) == 0)
            return banner_text(line, TSMP_WORD_PRODUCT, text, length);
    static const char version[] = " Client Version ";
    enum { V = 8 };
    /* One byte must stand behind it. */
    const char *words = length > 0 ? FIND(text, length - 1, version, V) : NULL;
    if (words == NULL)
        return false;
    size_t at = (size_t)(words - text);
    if (FIND(text, at, "Backup-Archive", 0) == NULL && FIND(text, at, "Backup/Archive", 0) == NULL)
        return false;
    banner_text(line, TSMP_WORD_PRODUCT, text, length);
    line_add_text(line, TSMP_FIELD_VERSION, words + sizeof version - 1,
                  length - at - (sizeof version - 1));
    return true;
}

/* "Command Line Backup-Archive Client Interface"; up to 5.1 the version stands here. */
static bool interface(struct line *line, const char *text, size_t length)
{
    static const char mark[] = " - Version ";
    banner_text(line, TSMP_WORD_INTERFACE, text, length);
    const char *found = FIND(text, length - 1, mark, 3);
    if (found != NULL) {
        const char *version = found + sizeof mark - 1;
        line_add_text(line, TSMP_FIELD_VERSION, version, length - (size_t)(version - text));
    }
    return true;
}

static bool journal(struct line *line, const char *text, size_t length)
{
    banner_text(line, TSMP_WORD_JOURNAL, text, length);
    const char *quote = memchr(text, '\'', length);
    size_t from = (size_t)(quote - text) + 1;
    if (text[length - 1] == '\'' && length > from)
        line_add_text(line, TSMP_FIELD_VOLUME, text + from, length - from - 1);
    return true;
}

static bool is_function(const char *text, size_t length)
{
    return IS(text, length, "Selective Backup function invoked.") ||
           IS(text, length, "Archive function invoked.") ||
           IS(text, length, "Restore function invoked.") ||
           IS(text, length, "Retrieve function invoked.") ||
           IS(text, length, "Restore processing finished.") ||
           IS(text, length, "Retrieve processing finished.");
}

/* The word for a line of the banner that its first byte and a few more tell, 0 = none. */
static uint16_t banner_word(const char *text, size_t length)
{
    switch (*text) {
    case '(':
        return STARTS(text, length, "(c) Copyright ") || STARTS(text, length, "(C) Copyright ")
                   ? TSMP_WORD_COPYRIGHT : 0;
    case 'A': case 'R': return is_function(text, length) ? TSMP_WORD_FUNCTION : 0;
    case 'B':
        if (STARTS(text, length, "Backup VM "))
            return TSMP_WORD_OTHER;
        return STARTS(text, length, "Backup System State") || STARTS(text, length, "Backup System Services")
                   ? TSMP_WORD_SNAPSHOT : 0;
    case 'C':
        return STARTS(text, length, "Command Line Backup")       ? TSMP_WORD_INTERFACE
               : STARTS(text, length, "Client Acceptor - Built ") ? TSMP_WORD_CLIENT_VERSION
                                                                  : 0;
    case 'D': return STARTS(text, length, "Dsmcad is working in") ? TSMP_WORD_CLIENT_VERSION : 0;
    case 'P':
        if (STARTS(text, length, "Processing ") &&
            FIND(text, length, " Journal entries for '", 1) != NULL)
            return TSMP_WORD_JOURNAL;
        return STARTS(text, length, "Preparing to backup ") ? TSMP_WORD_SNAPSHOT : 0;
    case 'Q': return STARTS(text, length, "Querying Journal for '") ? TSMP_WORD_JOURNAL : 0;
    case 'S': return is_function(text, length) ? TSMP_WORD_FUNCTION : 0;
    case 'V':
        return STARTS(text, length, "Version ") && FIND(text, length, ", Release ", 2) != NULL
                   ? TSMP_WORD_CLIENT_VERSION : 0;
    case '>':
        return STARTS(text, length, ">>>>>> ") && FIND(text, length, " Interrupted!! ", 1) != NULL
                   ? TSMP_WORD_INTERRUPTED : 0;
    default: return 0;
    }
}

static bool banner(struct line *line, const char *text, size_t length)
{
    if (length == 0)
        return false;
    if (product(line, text, length))
        return true;
    uint16_t word = banner_word(text, length);
    switch (word) {
    case 0: break;
    case TSMP_WORD_INTERFACE: return interface(line, text, length);
    case TSMP_WORD_JOURNAL: return journal(line, text, length);
    default: return banner_text(line, word, text, length);
    }
    /* The wrapper of GPFS starts the client and prints a summary of its own, in the client's words:
     * "mmbackup: TSM Summary Information:", "Tue Aug  6 21:39:22 2019 mmbackup:Scanning ...". */
    if (STARTS(text, length, "mmbackup:") ||
        (length > 34 && text[3] == ' ' && FIND(text + 19, 15, " mmbackup:", 1) != NULL))
        return banner_text(line, TSMP_WORD_OTHER, text, length);
    while (length > 0 && *text == ' ')
        text++, length--;
    if (length == 0 || *text != 'C')
        return false;
    if (STARTS(text, length, "Client Version "))
        return banner_text(line, TSMP_WORD_CLIENT_VERSION, text + 15, length - 15);
    if (STARTS(text, length, "Client date/time: ")) {
        banner_text(line, TSMP_WORD_CLIENT_TIME, text, length);
        line_add_time(line, TSMP_FIELD_TIME, text + 18, length - 18);
        return true;
    }
    return false;
}

bool line_console(struct line *line)
{
    const char *text = line->text;
    size_t length = trim_end(text, line->length);
    return volume(line, text, length) || line_statistic(line) || session(line, text, length) ||
           banner(line, text, length) || worded_volume(line, text, length);
}
