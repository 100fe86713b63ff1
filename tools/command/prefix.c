/* SPDX-License-Identifier: BSD-2-Clause
 * Lines of the client with something in front that it did not print: marks of a mail, line numbers of
 * grep or cat, stamps of syslog. They are not read, since what stands in front may be anything; that it
 * is so can be said. */
#include "command.h"

#include <string.h>

/* What only the client prints, and a run needs; further in it may be a name. */
enum { WINDOW = 200 };

static bool holds_ours(const char *text, size_t length)
{
    static const char *const ours[] = {
        "--- SCHEDULEREC ", "Incremental backup of volume '", "Successful incremental backup of '",
        "Total number of objects ", "Scheduled event '", "Schedule Name:", "Node Name: "};
    size_t n = length < WINDOW ? length : WINDOW;
    for (size_t i = 0; n > 1 && i < sizeof ours / sizeof *ours; i++)
        if (memmem(text + 1, n - 1, ours[i], strlen(ours[i])) != NULL)
            return true;
    return false;
}

enum prefix prefix_of(const char *text, size_t length)
{
    if (!holds_ours(text, length))
        return PREFIX_NONE;
    if (*text == '>' || *text == '#')
        return PREFIX_QUOTED;
    size_t blanks = 0;
    while (blanks < length && text[blanks] == ' ')
        blanks++;
    /* `--repair indented` takes four blanks away, or a tab; a number behind blanks may be cat's or the date's. */
    bool tab = memchr(text + blanks, '\t', length - blanks) != NULL;
    if (*text == '\t' || (blanks == 4 && !tab))
        return PREFIX_INDENTED;
    return PREFIX_OTHER;
}

const char *prefix_sentence(const uint64_t counts[PREFIX_COUNT])
{
    static const char *const sentences[PREFIX_COUNT] = {
        NULL,
        "the client's lines have marks in front, as in a mail: --repair quoted reads them",
        "the client's lines have blanks or a tab in front, as in a quoted text: --repair indented reads them",
        "the client's lines have something in front that it does not print (a line number, a stamp of syslog, a "
        "file's name): give the log as it was written"};
    enum prefix most = PREFIX_NONE;
    for (int i = PREFIX_NONE + 1; i < PREFIX_COUNT; i++)
        if (counts[i] > (most == PREFIX_NONE ? 0 : counts[most]))
            most = (enum prefix)i;
    return sentences[most];
}
