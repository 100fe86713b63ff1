/* SPDX-License-Identifier: BSD-2-Clause
 * tsmparse explain: what a message code means and what the verdict does with it. */
#include "command.h"

#include <string.h>

static const char *severity(char letter)
{
    switch (letter) {
    case 'I': return "information";
    case 'W': return "warning";
    case 'E': return "error";
    case 'S': return "severe error";
    case 'K': return "kernel message";
    case 'D': return "diagnostic";
    default: return "unknown severity";
    }
}

static const struct {
    const char *id, *text;
} evidence[] = {
    {"E02", "A volume has a begin line but no end line in a closed run: it was not walked to its end."},
    {"E03", "A message says that a volume was left out or stopped although the event claims success."},
    {"E04", "An abort or severe message stands inside a run that claims success."},
    {"E05", "A run began but has neither statistics nor an event line."},
    {"E07", "The client inspected no object at all."},
    {"E08", "A volume that the schedule or domain names was never begun."},
    {"E10", "Numbers of one run contradict each other."},
    {"E13", "The session was lost and may have been found again; a note, no verdict."},
    {"E14", "The run has statistics but no volume lines: nothing proves that volumes were walked."},
    {"E15", "The event completed but its results were not sent to the server."},
    {"E16", "An event line without a begin and end record of the same name and time."},
    {"E17", "Two schedulers write into this log; their lines cannot be told apart."},
    {"E18", "A scheduled command ended non-zero, or its return code is not in the log."},
    {"E20", "An announced window passed without a run."},
};

static int explain_evidence(const char *id)
{
    for (size_t i = 0; i < sizeof evidence / sizeof *evidence; i++) {
        if (strcmp(evidence[i].id, id) == 0) {
            printf("%s: %s\n", id, evidence[i].text);
            return 0;
        }
    }
    fprintf(stderr, "tsmparse: %s: not a message code (like ANS1802E) or evidence id (like E02)\n",
            id);
    return 1;
}

static void say_weight(const char *weight)
{
    if (strcmp(weight, "yes") == 0)
        puts("  verdict: the run, or a whole file system, is not done; with a claimed success this "
             "is evidence of an incomplete run");
    else if (strcmp(weight, "maybe") == 0)
        puts("  verdict: single objects, or it depends on what follows");
    else
        puts("  verdict: neutral");
}

static int explain_code(const char *code)
{
    tsmp_message_info info = {.size = sizeof info};
    size_t length = strlen(code);
    bool shaped = length == 8 && code[0] == 'A' && code[1] == 'N';
    if (!shaped)
        return explain_evidence(code);
    if (tsmp_message_lookup(code, length, &info) != TSMP_OK) {
        printf("%s: not in the catalogue; its letter says: %s\n", code, severity(code[7]));
        return 1;
    }
    printf("%s (%s): %s\n", code, severity(code[7]), info.meaning);
    if (strcmp(info.code, code) != 0)
        printf("  known as %s; the letter changes between versions, the number decides\n",
               info.code);
    printf("  category: %s\n", info.category);
    if (info.confidence == 'C') {
        puts("  from memory, not verified: shown here, never used alone for a verdict");
    } else {
        say_weight(info.weight);
        printf("  %s: %s\n", info.confidence == 'A' ? "read in" : "derived from", info.source);
    }
    return 0;
}

int explain_main(char **codes, int count)
{
    int result = 0;
    for (int i = 0; i < count; i++)
        result |= explain_code(codes[i]);
    return result;
}
