/* SPDX-License-Identifier: BSD-2-Clause
 * Which volumes were asked for: by the schedule's Objects, or, when it names none, by the domain that
 * the caller knows and the one in the schedule's Options. Both are lists of names between blanks, in
 * quotes where a name holds blanks. */
#include "judge.h"

#include <string.h>

enum { WORD_MAX = 4096 };

struct list {
    const char *bytes;
    size_t length, at;
    char word[WORD_MAX]; /* the word found last, without its quotes */
    size_t word_length;
    bool too_long;
};

static bool next_word(struct list *list)
{
    char quote = '\0';
    while (list->at < list->length && list->bytes[list->at] == ' ')
        list->at++;
    if (list->at == list->length)
        return false;
    list->word_length = 0;
    for (; list->at < list->length; list->at++) {
        char c = list->bytes[list->at];
        if (quote == '\0' && c == ' ')
            break;
        if (c == quote) {
            quote = '\0';
        } else if (quote == '\0' && (c == '"' || c == '\'')) {
            quote = c;
        } else if (list->word_length < WORD_MAX) {
            list->word[list->word_length++] = c;
        } else {
            list->too_long = true;
        }
    }
    return true;
}

static char lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

static bool begins_with(const char *text, size_t length, const char *prefix)
{
    size_t n = strlen(prefix);
    if (length < n)
        return false;
    for (size_t i = 0; i < n; i++)
        if (lower(text[i]) != prefix[i])
            return false;
    return true;
}

bool options_gate(const struct tsmp_run *run, tsmp_text *option)
{
    static const char *const gates[] = {"-incrb", "-incrthreshold", "-snapd"};
    struct list list = {.bytes = run->options.bytes, .length = run->options.length};
    for (size_t from = 0; next_word(&list); from = list.at) {
        for (size_t i = 0; i < sizeof gates / sizeof *gates; i++) {
            if (!begins_with(list.word, list.word_length, gates[i]))
                continue;
            while (run->options.bytes[from] == ' ')
                from++;
            *option = (tsmp_text){run->options.bytes + from, list.at - from};
            return true;
        }
    }
    return false;
}

/* ---- names -------------------------------------------------------------------------------------- */

/* Two names of a volume, as Objects writes it and as the client prints it. Windows does not tell
 * case, and prints C:\dir as \\host\c$\dir. */
struct name {
    char bytes[WORD_MAX];
    size_t length;
    bool windows;
};

static bool is_letter(char c)
{
    return lower(c) >= 'a' && lower(c) <= 'z';
}

/* {file space}rest is written to say where the file space ends; the name is both together. */
static void plain_name(struct name *name, const char *bytes, size_t length)
{
    length = volume_key_length(bytes, length);
    name->windows = length >= 2 && ((bytes[1] == ':' && is_letter(bytes[0])) ||
                                    (bytes[0] == '\\' && bytes[1] == '\\'));
    name->length = 0;
    bool braces = length > 1 && bytes[0] == '{';
    for (size_t i = 0; i < length && name->length < WORD_MAX; i++)
        if (!braces || (bytes[i] != '{' && bytes[i] != '}'))
            name->bytes[name->length++] = name->windows ? lower(bytes[i]) : bytes[i];
    name->length = volume_key_length(name->bytes, name->length);
}

/* \\host\c$\dir has its drive letter at ..., 0 = it is none. */
static size_t share_drive(const struct name *name)
{
    if (!name->windows || name->bytes[0] != '\\')
        return 0;
    size_t at = 2;
    while (at < name->length && name->bytes[at] != '\\')
        at++;
    at++;
    bool drive = at + 1 < name->length && is_letter(name->bytes[at]) && name->bytes[at + 1] == '$' &&
                 (at + 2 == name->length || name->bytes[at + 2] == '\\');
    return drive ? at : 0;
}

static bool same_bytes(const char *a, size_t a_length, const char *b, size_t b_length)
{
    return a_length == b_length && memcmp(a, b, a_length) == 0;
}

static bool same_name(const struct name *printed, const struct name *asked)
{
    if (same_bytes(printed->bytes, printed->length, asked->bytes, asked->length))
        return true;
    size_t drive = share_drive(printed);
    if (drive == 0 || !asked->windows || asked->bytes[1] != ':')
        return false;
    return printed->bytes[drive] == asked->bytes[0] &&
           same_bytes(printed->bytes + drive + 2, printed->length - drive - 2, asked->bytes + 2,
                      asked->length - 2);
}

/* Does `text` fit the wildcards * and ? of `pattern`? Linear but for one place to go back to. */
static bool fits(const char *pattern, size_t m, const char *text, size_t n)
{
    size_t i = 0, k = 0, star = SIZE_MAX, from = 0;
    while (k < n) {
        if (i < m && (pattern[i] == '?' || (pattern[i] == text[k] && pattern[i] != '*'))) {
            i++;
            k++;
        } else if (i < m && pattern[i] == '*') {
            star = i++;
            from = k;
        } else if (star != SIZE_MAX) {
            i = star + 1;
            k = ++from;
        } else {
            return false;
        }
    }
    while (i < m && pattern[i] == '*')
        i++;
    return i == m;
}

static bool has_wildcard(const struct name *name)
{
    return memchr(name->bytes, '*', name->length) != NULL ||
           memchr(name->bytes, '?', name->length) != NULL;
}

/* ---- asked for ---------------------------------------------------------------------------------- */

/* The answering volume: begun, or, where the action prints no begin lines, ended. */
static bool answered(const struct tsmp_run *run, const struct name *asked)
{
    bool incremental = judge_incremental(run);
    const struct run_volume *same = volumes_find(&run->volumes, asked->bytes, asked->length);
    if (same != NULL && (incremental ? same->begins : same->ends) > 0)
        return true;
    for (size_t i = 0; i < run->volumes.count; i++) {
        const struct run_volume *volume = &run->volumes.items[i];
        struct name printed;
        if (incremental ? volume->begins == 0 : volume->ends == 0)
            continue;
        plain_name(&printed, volume->name.bytes, volume->name.length);
        if (same_name(&printed, asked) ||
            (has_wildcard(asked) &&
             fits(asked->bytes, asked->length, printed.bytes, printed.length)))
            return true;
    }
    return false;
}

static bool weigh_name(struct judging *judging, const char *bytes, size_t length)
{
    const struct tsmp_run *run = judging->run;
    struct name asked;
    tsmp_text shown = {bytes, length};
    plain_name(&asked, bytes, length);
    if (answered(run, &asked))
        return true;
    if (!judge_incremental(run)) {
        reason_named(judging, TSMP_EVIDENCE_E08, 3, "'%' was asked for, and no line says that it was "
                     "done", shown, run->at[CLOSE_BEGIN], run->at[CLOSE_STATUS_BEGIN]);
        judging->unsure = true;
    } else if (has_wildcard(&asked)) {
        reason_named(judging, TSMP_EVIDENCE_E08, 3, "'%' was asked for, and which volumes it stands "
                     "for can't be told", shown, run->at[CLOSE_BEGIN], 0);
        judging->unsure = true;
    } else {
        reason_named(judging, TSMP_EVIDENCE_E08, 4, "volume '%' was asked for, but its walk was never "
                     "begun", shown, run->at[CLOSE_BEGIN], run->at[CLOSE_STATUS_BEGIN]);
        judging->incomplete = true;
    }
    return false;
}

/* ALL-LOCAL and its like stand for what only that machine knows. */
static bool is_keyword(const char *bytes, size_t length)
{
    return begins_with(bytes, length, "all-") || begins_with(bytes, length, "systemstate") ||
           begins_with(bytes, length, "systemservices") || begins_with(bytes, length, "systemobject");
}

/* A word of a domain: a name, or -name for what is left out of it. */
struct domain_word {
    const char *bytes;
    size_t length;
    bool excluded;
};

struct domain {
    const struct judging *judging;
    uint64_t given;     /* of the caller's words, how many were handed out */
    struct list options, words;
    bool inside;        /* `words` walks through a -domain of the options */
};

static bool next_domain_word(struct domain *domain, struct domain_word *word)
{
    const tsmp_context *context = &domain->judging->context;
    *word = (struct domain_word){0};
    if (domain->given < context->domain_count) {
        const tsmp_text *text = &context->domain[domain->given++];
        word->bytes = text->bytes;
        word->length = (size_t)text->length;
    } else {
        static const char option[] = "-domain=";
        while (!domain->inside || !next_word(&domain->words)) {
            domain->inside = false;
            if (!next_word(&domain->options))
                return false;
            if (!begins_with(domain->options.word, domain->options.word_length, option))
                continue;
            size_t skip = sizeof option - 1;
            domain->words = (struct list){.bytes = domain->options.word + skip,
                                          .length = domain->options.word_length - skip};
            domain->inside = true;
        }
        word->bytes = domain->words.word;
        word->length = domain->words.word_length;
    }
    word->excluded = word->length > 1 && word->bytes[0] == '-';
    word->bytes += word->excluded;
    word->length -= word->excluded;
    return true;
}

static void walk_domain(struct domain *domain, const struct judging *judging)
{
    const struct string *options = &judging->run->options;
    *domain = (struct domain){.judging = judging,
                              .options = {.bytes = options->bytes, .length = options->length}};
}

static bool is_excluded(const struct judging *judging, const char *bytes, size_t length)
{
    struct domain domain;
    struct domain_word word;
    struct name name, other;
    plain_name(&name, bytes, length);
    walk_domain(&domain, judging);
    while (next_domain_word(&domain, &word)) {
        if (!word.excluded)
            continue;
        plain_name(&other, word.bytes, word.length);
        if (same_name(&name, &other) || same_name(&other, &name))
            return true;
    }
    return false;
}

static bool domain_begun(struct judging *judging)
{
    struct domain domain;
    struct domain_word word;
    bool all = true;
    walk_domain(&domain, judging);
    while (next_domain_word(&domain, &word)) {
        if (word.length == 0 || word.excluded || is_keyword(word.bytes, word.length) ||
            is_excluded(judging, word.bytes, word.length))
            continue;
        all &= weigh_name(judging, word.bytes, word.length);
    }
    return all;
}

bool expected_begun(struct judging *judging)
{
    const struct string *objects = &judging->run->objects;
    struct list list = {.bytes = objects->bytes, .length = objects->length};
    bool all = true, any = false;
    while (next_word(&list)) {
        any = true;
        if (list.word_length > 0 && list.word[0] != '-')
            all &= weigh_name(judging, list.word, list.word_length);
    }
    if (list.too_long) {
        reason_plain(judging, TSMP_EVIDENCE_LIMIT, 0, "a name in the schedule's Objects is too long to "
                     "be looked for", judging->run->at[CLOSE_BEGIN], 0);
        judging->unsure = true;
    }
    if (any)
        return all;
    /* The domain only counts when the schedule names no objects, and only for an incremental. */
    return !judge_incremental(judging->run) || domain_begun(judging);
}
