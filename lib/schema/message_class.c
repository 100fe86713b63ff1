/* SPDX-License-Identifier: BSD-2-Clause */
#include "message_class.h"

#include <string.h>

/* Prefix and number; the letter behind them may differ between versions. */
static bool listed(const char *code, const char *const *list)
{
    for (; *list != NULL; list++)
        if (memcmp(code, *list, 7) == 0)
            return true;
    return false;
}

/* Rows of the catalogue that nobody has seen printed (C) are labels, no ground for a verdict: for
 * them, and for codes that are not in it, the letter has to do. */
static enum message_class by_catalogue(const char *code)
{
    char letter = code[7];
    tsmp_message_info info = {.size = sizeof info};
    bool known = tsmp_message_lookup(code, 8, &info) == TSMP_OK;
    bool seen = known && info.confidence != 'C';
    bool object = known && strncmp(info.category, "file-", 5) == 0;
    if (seen && strcmp(info.weight, "no") == 0)
        return MESSAGE_NEUTRAL;
    if (letter == 'W')
        return seen && object && info.confidence == 'A' && strcmp(info.weight, "maybe") == 0
                   ? MESSAGE_OBJECT
                   : MESSAGE_NEUTRAL;
    if (seen && strcmp(info.weight, "yes") == 0)
        return object ? MESSAGE_LEFT_OUT : MESSAGE_ABORT;
    return object ? MESSAGE_OBJECT : MESSAGE_ERROR;
}

enum message_class message_class(const char *code)
{
    /* ANS1076 and ANS1092: the path does not exist, or nothing matched: it was asked for in vain. */
    static const char *const left_out[] = {"ANS1999", "ANS1149", "ANS4000", "ANS4021", "ANS4081",
                                           "ANS1071", "ANS1076", "ANS1092", NULL};
    static const char *const aborts[] = {"ANS2820", "ANS1074", "ANS1811", "ANS1075", "ANS1030",
                                         "ANS1028", NULL};
    /* Steps of a reconnection, which the client makes by itself: the session is lost, the server does
     * not answer yet, the session is back. ANS1810 is known from memory only. Were it an end of the
     * client, as another memory has it, no run with it would have whole statistics; and without them
     * none of these is neutral. */
    static const char *const sessions[] = {"ANS1809", "ANS1005", "ANS1017", "ANS1029", "ANS1810", NULL};
    /* "Active object not found": no warning that can be passed over, it went with wrong expirations. */
    static const char *const errors[] = {"ANS1304", NULL};
    if (memcmp(code, "ANS", 3) != 0)
        return MESSAGE_NEUTRAL;
    if (listed(code, aborts))
        return MESSAGE_ABORT;
    if (code[7] == 'I')
        return MESSAGE_NEUTRAL;
    if (listed(code, left_out))
        return MESSAGE_LEFT_OUT;
    if (listed(code, sessions))
        return MESSAGE_SESSION;
    if (listed(code, errors))
        return MESSAGE_ERROR;
    return code[7] == 'S' ? MESSAGE_ABORT : by_catalogue(code);
}

bool message_refuses(const char *code)
{
    static const char *const others[] = {"ANS1025", "ANS1026", "ANS9020", NULL};
    bool rejected = memcmp(code, "ANS13", 5) == 0 && memcmp(code + 5, "51", 2) >= 0 && memcmp(code + 5, "71", 2) <= 0;
    return rejected || listed(code, others);
}

uint32_t message_evidence(enum message_class class)
{
    switch (class) {
    case MESSAGE_ABORT: return TSMP_EVIDENCE_E04;
    case MESSAGE_LEFT_OUT: return TSMP_EVIDENCE_E03;
    case MESSAGE_SESSION: return TSMP_EVIDENCE_E13;
    case MESSAGE_OBJECT:
    case MESSAGE_ERROR: return TSMP_EVIDENCE_OBJECTS_NOT_STORED;
    default: return 0;
    }
}
