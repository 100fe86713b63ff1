/* SPDX-License-Identifier: BSD-2-Clause
 * What dsmc asks at the console and what stands around the answers: prompts, the login, the menu
 * of "User Action is Required". Answers that were typed stand on the prompt's line. */
#include "query.h"

static bool dialogue(struct line *line, uint16_t state, const char *text, size_t length)
{
    line->record->kind = TSMP_KIND_BANNER;
    line_add_word(line, TSMP_FIELD_STATE, state, text, 0);
    line_add_text(line, TSMP_FIELD_TEXT, text, length);
    return true;
}

/* A command at a prompt; it may ask for a query, which its answer does not name. */
static bool command(struct line *line, uint16_t state, size_t from, size_t length)
{
    const char *text = line->text;
    dialogue(line, state, text, length);
    from += blanks_at(text, length, from);
    if (from < length)
        line_add_text(line, TSMP_FIELD_COMMAND, text + from, length - from);
    line->state->table->query.asked = query_asked(text + from, length - from);
    return true;
}

static bool prompt(struct line *line, size_t length)
{
    static const char *const prompts[] = {"Protect>", "tsm>", "pick>"};
    for (size_t i = 0; i < sizeof prompts / sizeof *prompts; i++) {
        size_t n = strlen(prompts[i]);
        if (length >= n && memcmp(line->text, prompts[i], n) == 0 &&
            (length == n || line->text[n] == ' '))
            return command(line, TSMP_WORD_PROMPT, n, length);
    }
    return false;
}

/* "root@host:/# dsmc q sess": the shell's line, when what was recorded begins before dsmc. */
static bool shell(struct line *line, size_t length)
{
    static const char dsmc[] = "dsmc";
    const char *text = line->text;
    size_t n = sizeof dsmc - 1;
    size_t window = length < 199 + n ? length : 199 + n; /* a prompt is no longer */
    for (size_t at = 1; at + n <= window; at++) {
        const char *found = FIND(text + at, window - at, dsmc, 2);
        if (found == NULL)
            return false;
        at = (size_t)(found - text);
        if (at + n < length && text[at + n] != ' ')
            continue;
        size_t mark = at;
        if (mark >= 5 && memcmp(text + mark - 5, "sudo ", 5) == 0)
            mark -= 5;
        while (mark > 0 && text[mark - 1] == ' ')
            mark--;
        if (mark == 0 || text[mark - 1] == '\0' || strchr("#$%>", text[mark - 1]) == NULL)
            return false;
        return command(line, TSMP_WORD_SHELL, at + n, length);
    }
    return false;
}

/* "  1. Replace this object" */
static bool is_choice(const char *text, size_t length)
{
    size_t at = blanks_at(text, length, 0);
    return at > 0 && at + 3 < length && text[at + 1] == '.' && text[at + 2] == ' ' &&
           ((text[at] >= '0' && text[at] <= '9') || (text[at] >= 'A' && text[at] <= 'Z'));
}

static bool action(struct line *line, size_t length)
{
    static const char needs_key[] = " requires an encryption key.";
    const char *text = line->text;
    struct line_state *state = line->state;
    if (IS(text, length, "--- User Action is Required ---")) {
        state->in_action = true;
        return dialogue(line, TSMP_WORD_ACTION_REQUIRED, text, length);
    }
    if (STARTS(text, length, "Enter encryption key password:") ||
        STARTS(text, length, "Confirm encryption key password:") ||
        STARTS(text, length, "Enter Index of rule(s) to delete"))
        return dialogue(line, TSMP_WORD_ACTION_REQUIRED, text, length);
    if (STARTS(text, length, "Action [") && memchr(text, ']', length) != NULL) {
        state->in_action = false;
        return dialogue(line, TSMP_WORD_ACTION_REQUIRED, text, length);
    }
    if (!state->in_action)
        return false;
    if (IS(text, length, "Select an appropriate action") || is_choice(text, length))
        return dialogue(line, TSMP_WORD_ACTION_REQUIRED, text, length);
    if (!STARTS(text, length, "File: "))
        return false;
    dialogue(line, TSMP_WORD_ACTION_REQUIRED, text, length);
    size_t n = sizeof needs_key - 1;
    bool whole = length >= 6 + n && memcmp(text + length - n, needs_key, n) == 0;
    line_add_text(line, TSMP_FIELD_OBJECT, text + 6, whole ? length - 6 - n : length - 6);
    if (!whole) /* its name holds a newline */
        line->record->flags |= TSMP_FLAG_OPEN_NAME;
    return true;
}

bool line_dialogue(struct line *line)
{
    const char *text = line->text;
    size_t length = trim_end(text, line->length);
    if (action(line, length) || prompt(line, length))
        return true;
    if (STARTS(text, length, "Press 'Q' to quit"))
        return dialogue(line, TSMP_WORD_SCROLL, text, length);
    if (STARTS(text, length, "Please enter your user id <") ||
        STARTS(text, length, "Please enter password for user id \""))
        return dialogue(line, TSMP_WORD_LOGIN, text, length);
    if (IS(text, length, "Terminated")) /* the shell says so when dsmc was killed */
        return dialogue(line, TSMP_WORD_INTERRUPTED, text, length);
    return shell(line, length);
}
