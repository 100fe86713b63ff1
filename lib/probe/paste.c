/* SPDX-License-Identifier: BSD-2-Clause */
#include "paste.h"

#include "line.h"

/* Something that only the client prints, at the start of a line. */
static bool is_ours(const char *text, size_t length)
{
    static const char *const starts[] = {
        "IBM Tivoli Storage Manager", "IBM Spectrum Protect", "IBM Storage Protect", "Node Name: ",
        "Session established with server ", "Total number of ", "Incremental backup of volume '",
        "Normal File-->", "tsm> ", "tsm: ", "Protect> ", "Protect: "};
    for (size_t i = 0; i < sizeof starts / sizeof *starts; i++)
        if (length >= strlen(starts[i]) && memcmp(text, starts[i], strlen(starts[i])) == 0)
            return true;
    if (length > 8 && text[0] == 'A' && text[1] == 'N' && text[7] >= 'A' && text[7] <= 'Z' && text[8] == ' ')
        return true;
    return stamp_read(text, length, 0).length > 0;
}

static void look_at_marks(struct paste *paste, const char *line, size_t length)
{
    size_t mark = 0, indent = 0;
    if (trim_end(line, length) == 0)
        return;
    paste->full++;
    while (mark < length && (line[mark] == '>' || line[mark] == '#'))
        mark += mark + 1 < length && line[mark + 1] == ' ' ? 2 : 1;
    if (line[0] == '\t')
        indent = 1;
    else if (length > 4 && memcmp(line, "    ", 4) == 0)
        indent = 4;
    paste->quoted += mark > 0;
    paste->quoted_ours += mark > 0 && is_ours(line + mark, length - mark);
    paste->indented += indent > 0;
    paste->indented_ours += indent > 0 && is_ours(line + indent, length - indent);
}

/* Blanks that the client always prints: behind a short date, before a number of the summary. */
static void look_at_blanks(struct paste *paste, const char *line, size_t length,
                           const char *text, size_t left)
{
    size_t at = 0;
    bool one = false, two = false;
    if (text != line && line[2] < '0' && length > 9 && line[8] == ' ') {
        one = line[9] != ' ';
        two = !one;
    }
    if (STARTS(text, left, "Total number of ")) {
        const char *colon = memchr(text, ':', left);
        at = colon != NULL ? (size_t)(colon - text) + 1 : left;
        bool blank = at + 1 < left && text[at] == ' ';
        one |= blank && text[at + 1] != ' ' && left - at < 9; /* a longer number may fill its field */
        two |= blank && text[at + 1] == ' ';
    }
    size_t blanks = 0;
    while (blanks < left && text[blanks] == ' ')
        blanks++;
    if (blanks < left && (text[blanks] == 'C' || text[blanks] == 'S')) {
        const char *word = text + blanks;
        size_t n = left - blanks;
        bool indented = STARTS(word, n, "Client Version ") || STARTS(word, n, "Client date/time: ") ||
                        STARTS(word, n, "Server Version ") || STARTS(word, n, "Server date/time: ");
        one |= indented && blanks < 2;
        two |= indented && blanks >= 2;
    }
    paste->collapsed += one && !two;
    paste->padded += two;
}

uint32_t paste_repairs(const struct paste *paste)
{
    uint32_t set = 0;
    if (paste->quoted_ours > 0 && paste->quoted * 10 >= paste->full * 9)
        set |= TSMP_REPAIR_QUOTED;
    if (paste->indented_ours > 0 && paste->indented * 10 >= paste->full * 9)
        set |= TSMP_REPAIR_INDENTED;
    if (paste->collapsed >= 2 && paste->padded == 0)
        set |= TSMP_REPAIR_COLLAPSED;
    return set;
}

void paste_look(struct paste *paste, const char *line, size_t length, const char *text, size_t left)
{
    look_at_marks(paste, line, length);
    look_at_blanks(paste, line, length, text, left);
}
