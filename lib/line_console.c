/* SPDX-License-Identifier: BSD-2-Clause
 * Lines that dsmc prints on the console and into the schedule log alike: volumes, session and
 * banner lines, functions. None of them has a message code; a language other than English
 * translates them, and then they stay unknown. */
#include "line.h"

static bool between(const char *text, size_t length, const char *prefix, const char *suffix,
                    const char **name, size_t *n)
{
    size_t before = strlen(prefix), after = strlen(suffix);
    if (length < before + after || memcmp(text, prefix, before) != 0 ||
        memcmp(text + length - after, suffix, after) != 0)
        return false;
    *name = text + before;
    *n = length - before - after;
    return true;
}

static bool volume(struct line *line, const char *text, size_t length)
{
    static const struct {
        const char *prefix, *suffix;
        uint8_t kind, outcome;
    } forms[] = {
        {"Incremental backup of volume '", "'", TSMP_KIND_VOLUME_BEGIN, 0},
        {"Image backup of volume '", "'", TSMP_KIND_VOLUME_BEGIN, 0},
        {"Successful incremental backup of '", "'", TSMP_KIND_VOLUME_END, TSMP_WORD_SUCCESSFUL},
        {"Selective Backup processing of '", "' finished without failure.", TSMP_KIND_VOLUME_END,
         TSMP_WORD_SUCCESSFUL},
        {"Archive processing of '", "' finished without failure.", TSMP_KIND_VOLUME_END,
         TSMP_WORD_SUCCESSFUL},
        {"Image Backup processing of '", "' finished without failure.", TSMP_KIND_VOLUME_END,
         TSMP_WORD_SUCCESSFUL},
    };
    const char *name;
    size_t n;
    for (size_t i = 0; i < sizeof forms / sizeof *forms; i++) {
        if (!between(text, length, forms[i].prefix, forms[i].suffix, &name, &n))
            continue;
        line->record->kind = forms[i].kind;
        line_add_text(line, TSMP_FIELD_VOLUME, name, n);
        if (forms[i].outcome != 0)
            line_add_word(line, TSMP_FIELD_OUTCOME, forms[i].outcome, text, 0);
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

static bool contains(const char *text, size_t length, const char *wanted)
{
    size_t n = strlen(wanted);
    for (size_t at = 0; at + n <= length; at++)
        if (text[at] == *wanted && memcmp(text + at, wanted, n) == 0)
            return true;
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
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (length == strlen(names[i]) && memcmp(text, names[i], length) == 0)
            return banner_text(line, TSMP_WORD_PRODUCT, text, length);
    static const char version[] = " Client Version ";
    for (size_t at = 0; at + sizeof version <= length; at++) {
        if (memcmp(text + at, version, sizeof version - 1) != 0)
            continue;
        if (!contains(text, at, "Backup-Archive") && !contains(text, at, "Backup/Archive"))
            return false;
        banner_text(line, TSMP_WORD_PRODUCT, text, length);
        line_add_text(line, TSMP_FIELD_VERSION, text + at + sizeof version - 1,
                      length - at - (sizeof version - 1));
        return true;
    }
    return false;
}

static bool banner(struct line *line, const char *text, size_t length)
{
    if (product(line, text, length))
        return true;
    if (STARTS(text, length, "Command Line Backup")) {
        static const char mark[] = " - Version "; /* up to 5.1 the version stands here */
        banner_text(line, TSMP_WORD_INTERFACE, text, length);
        for (size_t at = 0; at + sizeof mark <= length; at++) {
            if (memcmp(text + at, mark, sizeof mark - 1) != 0)
                continue;
            line_add_text(line, TSMP_FIELD_VERSION, text + at + sizeof mark - 1,
                          length - at - (sizeof mark - 1));
            break;
        }
        return true;
    }
    if (STARTS(text, length, "(c) Copyright ") || STARTS(text, length, "(C) Copyright "))
        return banner_text(line, TSMP_WORD_COPYRIGHT, text, length);
    if (STARTS(text, length, "Client Acceptor - Built "))
        return banner_text(line, TSMP_WORD_CLIENT_VERSION, text, length);
    if (STARTS(text, length, "Version ") && contains(text, length, ", Release "))
        return banner_text(line, TSMP_WORD_CLIENT_VERSION, text, length);
    if (STARTS(text, length, "Dsmcad is working in"))
        return banner_text(line, TSMP_WORD_CLIENT_VERSION, text, length);
    if (STARTS(text, length, "Querying Journal for '") ||
        (STARTS(text, length, "Processing ") && contains(text, length, " Journal entries for '"))) {
        banner_text(line, TSMP_WORD_JOURNAL, text, length);
        const char *quote = memchr(text, '\'', length);
        size_t from = (size_t)(quote - text) + 1;
        if (text[length - 1] == '\'' && length > from)
            line_add_text(line, TSMP_FIELD_VOLUME, text + from, length - from - 1);
        return true;
    }
    if (STARTS(text, length, "Preparing to backup ") || STARTS(text, length, "Backup System State "))
        return banner_text(line, TSMP_WORD_SNAPSHOT, text, length);
    if (STARTS(text, length, ">>>>>> ") && contains(text, length, " Interrupted!! "))
        return banner_text(line, TSMP_WORD_INTERRUPTED, text, length);
    /* The wrapper of GPFS starts the client and prints a summary of its own, in the client's words:
     * "mmbackup: TSM Summary Information:", "Tue Aug  6 21:39:22 2019 mmbackup:Scanning ...". */
    if (STARTS(text, length, "mmbackup:") ||
        (length > 34 && text[3] == ' ' && contains(text + 19, 15, " mmbackup:")))
        return banner_text(line, TSMP_WORD_OTHER, text, length);
    static const char *const functions[] = {
        "Selective Backup function invoked.", "Archive function invoked.",
        "Restore function invoked.", "Retrieve function invoked.", "Restore processing finished.",
        "Retrieve processing finished."};
    for (size_t i = 0; i < sizeof functions / sizeof *functions; i++)
        if (length == strlen(functions[i]) && memcmp(text, functions[i], length) == 0)
            return banner_text(line, TSMP_WORD_FUNCTION, text, length);
    while (length > 0 && *text == ' ')
        text++, length--;
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
           banner(line, text, length);
}
