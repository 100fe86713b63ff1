/* SPDX-License-Identifier: BSD-2-Clause
 * Which option is of which verb, and what is said of one that is not: an option that does nothing
 * would leave its caller in the belief that it did. */
#include "command.h"

#include <string.h>

#define OF(verb) (1u << VERB_##verb)

enum {
    ROWS = OF(CHECK) | OF(RUNS) | OF(RECORDS),
    JUDGES = OF(CHECK) | OF(RUNS) | OF(RECONCILE),
    READS = ROWS | OF(PROBE) | OF(CANARY) | OF(RECONCILE) | OF(FOLLOW)
};

static const struct known {
    const char *name;
    bool value;
    unsigned verbs;
} all[] = {
    {"--accept", false, OF(HISTORY)},
    {"--actlog", true, JUDGES},
    {"--at", true, JUDGES | OF(POLICY) | OF(HISTORY)},
    {"--bad", false, OF(CHECK) | OF(RUNS)},
    {"--baseline", false, OF(HISTORY)},
    {"--canary", true, OF(CHECK)},
    {"--changes", false, OF(CANARY)},
    {"--date-order", true, READS},
    {"--decimal", true, READS},
    {"--domain", true, JUDGES | OF(FOLLOW)},
    {"--dsmc", true, OF(CANARY)},
    {"--each", false, OF(RECONCILE)},
    {"--encoding", true, READS},
    {"--events", true, JUDGES},
    {"--filespaces", true, JUDGES},
    {"--format", true, READS | OF(POLICY) | OF(HISTORY)},
    {"--fresh", true, JUDGES | OF(FOLLOW)},
    {"--history", true, OF(CHECK) | OF(FOLLOW)},
    {"--input-format", true, READS},
    {"--joined", false, ROWS},
    {"--kind", true, OF(RECORDS) | OF(FOLLOW)},
    {"--known", false, OF(CANARY)},
    {"--language", true, READS},
    {"--last", false, OF(CHECK)},
    {"--load", false, OF(RECONCILE)},
    {"--max-bytes", true, READS},
    {"--modified", true, OF(CANARY)},
    {"--next", true, OF(POLICY)},
    {"--night", true, OF(CANARY)},
    {"--node", true, JUDGES | OF(RECORDS) | OF(PROBE) | OF(FOLLOW) | OF(POLICY) | OF(HISTORY)},
    {"--now", false, JUDGES | OF(FOLLOW)},
    {"--once", false, OF(FOLLOW)},
    {"--path", true, OF(CANARY)},
    {"--pattern", true, JUDGES | OF(RECORDS) | OF(FOLLOW)},
    {"--policy", true, JUDGES | OF(RECORDS) | OF(PROBE) | OF(FOLLOW)},
    {"--poll", false, OF(FOLLOW)},
    {"--repair", true, READS},
    {"--restart", false, OF(FOLLOW)},
    {"--retextra", true, OF(CANARY)},
    {"--schedule", true, OF(POLICY) | OF(HISTORY)},
    {"--scheduled", true, OF(HISTORY)},
    {"--schedules", true, OF(CHECK)},
    {"--since", true, OF(CANARY)},
    {"--size", true, OF(CANARY)},
    {"--skew", true, JUDGES | OF(CANARY)},
    {"--slack", true, OF(CANARY)},
    {"--threads", true, READS},
    {"--timeout", true, OF(CANARY)},
    {"--token", true, OF(FOLLOW)},
    {"--until", true, OF(CANARY)},
    {"--verexists", true, OF(CANARY)},
    {"--where", true, OF(RECORDS)},
    {"--why", false, OF(CHECK)},
};
enum { COUNT = sizeof all / sizeof *all, LONGEST = 60 };

const char *const verb_names[] = {"check", "runs", "records", "probe", "explain", "canary", "policy",
                                  "reconcile", "history", "follow", NULL};

size_t letters_apart(const char *a, size_t a_length, const char *b)
{
    size_t row[LONGEST + 1], b_length = strlen(b);
    if (a_length > LONGEST || b_length > LONGEST)
        return LONGEST;
    for (size_t k = 0; k <= b_length; k++)
        row[k] = k;
    for (size_t i = 0; i < a_length; i++) {
        size_t corner = row[0]++;
        for (size_t k = 0; k < b_length; k++) {
            size_t best = corner + (a[i] != b[k]);
            corner = row[k + 1];
            best = best < row[k] + 1 ? best : row[k] + 1;
            row[k + 1] = best < corner + 1 ? best : corner + 1;
        }
    }
    return row[b_length];
}

static bool say_unknown(enum verb verb, const char *word, size_t length)
{
    const struct known *nearest = NULL;
    size_t least = 3; /* two letters that changed places are two differences */
    for (size_t i = 0; i < COUNT; i++) {
        size_t far = letters_apart(word, length, all[i].name);
        /* Of two that are as near the one that this verb takes. */
        bool own = (all[i].verbs >> verb & 1u) != 0;
        if (far < least || (far == least && nearest != NULL && own)) {
            nearest = &all[i];
            least = far;
        }
    }
    char message[200];
    snprintf(message, sizeof message, "no such option: %.*s%s%s%s; see tsmparse --help",
             length < 100 ? (int)length : 100, word, nearest != NULL ? "; is it " : "",
             nearest != NULL ? nearest->name : "", nearest != NULL ? "?" : "");
    complain(NULL, message);
    return false;
}

/* "--load is an option of reconcile, not of check". */
static bool say_other_verb(enum verb verb, const struct known *known)
{
    char message[256];
    snprintf(message, sizeof message, "%s is an option of", known->name);
    const char *between = " ";
    for (size_t i = 0; verb_names[i] != NULL; i++)
        if ((known->verbs >> i & 1u) != 0) {
            size_t n = strlen(message);
            snprintf(message + n, sizeof message - n, "%s%s", between, verb_names[i]);
            between = ", ";
        }
    size_t n = strlen(message);
    snprintf(message + n, sizeof message - n, ", not of %s", verb_names[verb]);
    return wrong(message, "");
}

bool option_known(enum verb verb, const char *word, const char *next, bool *value)
{
    size_t length = strcspn(word, "=");
    const struct known *known = NULL;
    for (size_t i = 0; i < COUNT && known == NULL; i++)
        if (strlen(all[i].name) == length && memcmp(all[i].name, word, length) == 0)
            known = &all[i];
    if (known == NULL)
        return say_unknown(verb, word, length);
    if ((known->verbs >> verb & 1u) == 0)
        return say_other_verb(verb, known);
    *value = known->value;
    if (!known->value && word[length] == '=')
        return wrong(known->name, " takes no value");
    if (known->value && word[length] != '=' && next == NULL)
        return wrong(known->name, " needs a value");
    return true;
}
