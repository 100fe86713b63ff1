/* SPDX-License-Identifier: BSD-2-Clause
 * Which volumes were asked for: by the schedule's Objects, or, when it names none, by the domain that
 * the caller knows and the one in the schedule's Options. Both are lists of names between blanks, in
 * quotes where a name holds blanks. */
#include "judge.h"

#include <string.h>

/* More words than any schedule has: each may be looked for in every volume. */
enum { WORDS_MAX = 1000 };

struct list {
    const char *bytes;
    size_t length, at;
    tsmp_text word; /* the one found last, without its quotes */
};

/* Where the stretch that begins here ends: at its closing quote, or at a blank. */
static size_t stretch_end(const struct list *list, size_t at, bool quoted, char quote)
{
    while (at < list->length && list->bytes[at] != (quoted ? quote : ' '))
        at++;
    return at;
}

static bool is_quote(const struct list *list, size_t at)
{
    return at < list->length && (list->bytes[at] == '"' || list->bytes[at] == '\'');
}

static bool next_word(struct list *list)
{
    while (list->at < list->length && list->bytes[list->at] == ' ')
        list->at++;
    if (list->at == list->length)
        return false;
    bool quoted = is_quote(list, list->at);
    size_t from = list->at + quoted;
    size_t to = stretch_end(list, from, quoted, list->bytes[list->at]);
    list->word = (tsmp_text){list->bytes + from, to - from};
    list->at = quoted && to < list->length ? to + 1 : to;
    return true;
}

static char lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

/* `name` is in small letters. */
static bool same_letters(const char *bytes, const char *name, size_t length)
{
    for (size_t i = 0; i < length; i++)
        if (lower(bytes[i]) != name[i])
            return false;
    return true;
}

static bool begins_with(tsmp_text text, const char *prefix)
{
    size_t n = strlen(prefix);
    return text.length >= n && same_letters(text.bytes, prefix, n);
}

/* The next of the schedule's options; one with a value in quotes is a single word. */
static bool next_option(struct list *list)
{
    while (list->at < list->length && list->bytes[list->at] == ' ')
        list->at++;
    if (list->at == list->length)
        return false; /* also for no options at all, which have no bytes to count from */
    size_t from = list->at, at = from;
    while (at < list->length && list->bytes[at] != ' ') {
        bool quoted = is_quote(list, at);
        at = quoted ? stretch_end(list, at + 1, true, list->bytes[at]) : at;
        at += at < list->length;
    }
    list->word = (tsmp_text){list->bytes + from, at - from};
    list->at = at;
    return true;
}

/* How much of the word is this option's name, or a short form of it of at least `least` letters, as the
 * client takes it (-dom for -domain); 0 = it is another option. A name ends where its letters end: what
 * somebody put behind it, and is no blank either, must not make another option of it. */
static size_t option_name(tsmp_text word, const char *name, size_t least)
{
    size_t n = 1;
    while (n < word.length && lower(word.bytes[n]) >= 'a' && lower(word.bytes[n]) <= 'z')
        n++;
    bool same = n >= least && n <= strlen(name) && same_letters(word.bytes, name, n);
    return same ? n : 0;
}

struct option_form {
    const char *name;
    size_t least;
};

static bool has_option(const struct tsmp_run *run, const struct option_form *forms, size_t count,
                       tsmp_text *option)
{
    struct list list = {.bytes = run->options.bytes, .length = run->options.length};
    while (next_option(&list)) {
        for (size_t i = 0; i < count; i++) {
            if (option_name(list.word, forms[i].name, forms[i].least) > 0) {
                *option = list.word;
                return true;
            }
        }
    }
    return false;
}

bool options_gate(const struct tsmp_run *run, tsmp_text *option)
{
    static const struct option_form forms[] = {
        {"-incrbydate", 6}, {"-incrthreshold", 6}, {"-snapdiff", 6}, {"-filelist", 6}};
    return has_option(run, forms, sizeof forms / sizeof *forms, option);
}

/* These walk all that was asked for, and pass over one kind of object on the way. */
bool options_one_kind(const struct tsmp_run *run, tsmp_text *option)
{
    static const struct option_form forms[] = {{"-dirsonly", 3}, {"-filesonly", 7}};
    return has_option(run, forms, sizeof forms / sizeof *forms, option);
}

/* ---- names -------------------------------------------------------------------------------------- */

/* A volume's name, as Objects writes it or as the client prints it. {file space}rest is written to
 * say where the file space ends: it is both together. Windows does not tell case, and prints
 * C:\dir as \\host\c$\dir. */
struct name {
    const char *bytes;
    size_t length; /* without braces */
    size_t close;  /* of the closing brace, 0 = there are none */
    bool share;    /* \\host\... */
    bool windows;  /* one, or C:\... */
};

static bool is_letter(char c)
{
    return lower(c) >= 'a' && lower(c) <= 'z';
}

static struct name name_of(const char *bytes, size_t length)
{
    size_t n = volume_key_length(bytes, length);
    struct name name = {.bytes = bytes, .length = n};
    const char *close = n > 1 && bytes[0] == '{' ? memchr(bytes, '}', n) : NULL;
    if (close != NULL) {
        name.close = (size_t)(close - bytes);
        name.length -= 2;
        if (name.close == n - 1) /* the file space alone: its own tail counts as little */
            name.length = volume_key_length(bytes + 1, name.length);
    }
    const char *first = bytes + (name.close > 0);
    name.share = name.length >= 2 && first[0] == '\\' && first[1] == '\\';
    name.windows = name.share || (name.length >= 2 && first[1] == ':' && is_letter(first[0]));
    return name;
}

static char at(const struct name *name, size_t i)
{
    if (name->close > 0)
        i += i + 1 < name->close ? 1 : 2;
    return name->windows ? lower(name->bytes[i]) : name->bytes[i];
}

static bool same_from(const struct name *a, size_t from_a, const struct name *b, size_t from_b)
{
    if (a->length - from_a != b->length - from_b)
        return false;
    for (size_t i = 0; from_a + i < a->length; i++)
        if (at(a, from_a + i) != at(b, from_b + i))
            return false;
    return true;
}

/* Where the drive letter of \\host\c$\dir stands, 0 = it has none. */
static size_t share_drive(const struct name *name)
{
    if (!name->share)
        return 0;
    size_t i = 2;
    while (i < name->length && at(name, i) != '\\')
        i++;
    i++;
    bool drive = i + 1 < name->length && is_letter(at(name, i)) && at(name, i + 1) == '$' &&
                 (i + 2 == name->length || at(name, i + 2) == '\\');
    return drive ? i : 0;
}

static bool same_name(const struct name *printed, const struct name *asked)
{
    if (same_from(printed, 0, asked, 0))
        return true;
    size_t drive = share_drive(printed);
    return drive > 0 && asked->windows && at(asked, 1) == ':' &&
           at(printed, drive) == at(asked, 0) && same_from(printed, drive + 2, asked, 2);
}

/* Do the wildcards * and ? of `asked` stand for `name`? With one place to go back to. */
static bool fits(const struct name *asked, const struct name *name)
{
    size_t i = 0, k = 0, star = SIZE_MAX, from = SIZE_MAX;
    while (k < name->length) {
        char wanted = i < asked->length ? at(asked, i) : '\0';
        if (i < asked->length && wanted == '*') {
            star = i++;
            from = k;
        } else if (i < asked->length && (wanted == '?' || wanted == at(name, k))) {
            i++;
            k++;
        } else if (star != SIZE_MAX) {
            i = star + 1;
            k = ++from;
        } else {
            return false;
        }
    }
    while (i < asked->length && at(asked, i) == '*')
        i++;
    return i == asked->length;
}

static bool has_wildcard(const struct name *name)
{
    for (size_t i = 0; i < name->length; i++)
        if (at(name, i) == '*' || at(name, i) == '?')
            return true;
    return false;
}

/* ---- asked for ---------------------------------------------------------------------------------- */

/* Begun, or, where the action prints no begin lines, ended. */
static bool was_seen(const struct tsmp_run *run, const struct run_volume *volume)
{
    return (judge_incremental(run) ? volume->begins : volume->ends) > 0;
}

/* The parts of Windows that are asked for by a name of their own. */
static bool is_system(tsmp_text word)
{
    static const char *const names[] = {"systemstate", "systemservices", "systemobject"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (word.length == strlen(names[i]) && begins_with(word, names[i]))
            return true;
    return false;
}

/* Printed as SYSTEMSTATE, and as System State or \\host\SystemState where its file space is told. */
static bool prints_system(tsmp_text printed, tsmp_text word)
{
    size_t from = (size_t)printed.length, same = 0;
    while (from > 0 && printed.bytes[from - 1] != '\\')
        from--;
    for (; from < printed.length; from++) {
        char c = printed.bytes[from];
        if (c == ' ')
            continue;
        if (same == word.length || lower(c) != lower(word.bytes[same]))
            return false;
        same++;
    }
    return same == word.length;
}

static bool answered(const struct tsmp_run *run, tsmp_text word, const struct name *asked)
{
    const struct run_volume *same = volumes_find(&run->volumes, word.bytes, (size_t)word.length);
    if (same != NULL && was_seen(run, same))
        return true;
    bool wildcard = has_wildcard(asked);
    for (size_t i = 0; i < run->volumes.count; i++) {
        const struct run_volume *volume = &run->volumes.items[i];
        struct name printed = name_of(volume->name.bytes, volume->name.length);
        if (was_seen(run, volume) &&
            (same_name(&printed, asked) || (wildcard && fits(asked, &printed)) ||
             (is_system(word) &&
              prints_system((tsmp_text){volume->name.bytes, volume->name.length}, word))))
            return true;
    }
    return false;
}

/* Objects were inspected, and there is no line of any volume: such lines were taken out of the text,
 * so that one of them is missing shows nothing. */
static bool is_filtered(const struct tsmp_run *run)
{
    int64_t inspected;
    return run->volumes.count == 0 &&
           judge_count(run, TSMP_STATISTIC_OBJECTS_INSPECTED, &inspected) && inspected > 0;
}

static bool weigh_name(struct judging *judging, tsmp_text word)
{
    const struct tsmp_run *run = judging->run;
    struct name asked = name_of(word.bytes, (size_t)word.length);
    if (answered(run, word, &asked))
        return true;
    if (!judge_incremental(run)) {
        reason_named(judging, TSMP_EVIDENCE_E08, 3, "'%' was asked for, and no line says that it was "
                     "done", word, run->at[CLOSE_BEGIN], run->at[CLOSE_STATUS_BEGIN]);
        judging->unsure = true;
    } else if (is_filtered(run)) {
        reason_named(judging, TSMP_EVIDENCE_E08, 3, "volume '%' was asked for, and the text has no line "
                     "of any volume", word, run->at[CLOSE_BEGIN], run->at[CLOSE_STATUS_BEGIN]);
        judging->unsure = true;
    } else if (is_system(word)) {
        reason_named(judging, TSMP_EVIDENCE_E08, 3, "'%' was asked for, and no line says that it was "
                     "begun", word, run->at[CLOSE_BEGIN], run->at[CLOSE_STATUS_BEGIN]);
        judging->unsure = true;
    } else if (has_wildcard(&asked)) {
        reason_named(judging, TSMP_EVIDENCE_E08, 3, "'%' was asked for, and which volumes it stands "
                     "for can't be told", word, run->at[CLOSE_BEGIN], 0);
        judging->unsure = true;
    } else {
        reason_named(judging, TSMP_EVIDENCE_E08, 4, "volume '%' was asked for, but its walk was never "
                     "begun", word, run->at[CLOSE_BEGIN], run->at[CLOSE_STATUS_BEGIN]);
        judging->incomplete = true;
    }
    settle_proof(judging, TSMP_PROOF_VOLUMES, false);
    return false;
}

static bool too_many(struct judging *judging)
{
    reason_plain(judging, TSMP_EVIDENCE_LIMIT, 0, "more volumes were asked for than are looked for",
                 judging->run->at[CLOSE_BEGIN], 0);
    judging->unsure = true;
    return false;
}

/* ALL-LOCAL and its like stand for what only that machine knows. */
static bool is_keyword(tsmp_text word)
{
    return begins_with(word, "all-");
}

/* The words of the caller's domain and then of each -domain= in the schedule's options, which are
 * put together. */
struct domain {
    const tsmp_context *context;
    uint64_t given; /* of the caller's words, how many were handed out */
    struct list options, words;
};

static struct domain domain_of(const struct judging *judging)
{
    const struct string *options = &judging->run->options;
    return (struct domain){.context = &judging->context,
                           .options = {.bytes = options->bytes, .length = options->length}};
}

static bool next_of_domain(struct domain *domain, tsmp_text *word)
{
    if (domain->given < domain->context->domain_count) {
        *word = domain->context->domain[domain->given++];
        return true;
    }
    while (!next_word(&domain->words)) {
        if (!next_option(&domain->options))
            return false;
        tsmp_text value = domain->options.word;
        size_t from = option_name(value, "-domain", 3) + 1, to = (size_t)value.length;
        if (from == 1 || from > to || value.bytes[from - 1] != '=')
            continue;
        struct list whole = {.bytes = value.bytes, .length = to};
        if (is_quote(&whole, from)) {
            to -= to > from + 1 && value.bytes[to - 1] == value.bytes[from];
            from++;
        }
        domain->words = (struct list){.bytes = value.bytes + from, .length = to - from};
    }
    *word = domain->words.word;
    return true;
}

/* "-/tmp" leaves /tmp out. */
static bool is_excluded(const struct judging *judging, const struct name *name)
{
    struct domain domain = domain_of(judging);
    tsmp_text word;
    for (size_t i = 0; i < WORDS_MAX && next_of_domain(&domain, &word); i++) {
        if (word.length < 2 || word.bytes[0] != '-')
            continue;
        struct name other = name_of(word.bytes + 1, (size_t)word.length - 1);
        if (same_name(name, &other) || same_name(&other, name))
            return true;
    }
    return false;
}

static bool domain_begun(struct judging *judging)
{
    struct domain domain = domain_of(judging);
    tsmp_text word;
    bool all = true;
    for (size_t i = 0; next_of_domain(&domain, &word); i++) {
        if (i == WORDS_MAX)
            return too_many(judging);
        if (word.length == 0 || word.bytes[0] == '-' || is_keyword(word))
            continue;
        struct name name = name_of(word.bytes, (size_t)word.length);
        if (!is_excluded(judging, &name))
            all &= weigh_name(judging, word);
    }
    return all;
}

/* Of a volume that earlier runs had: do the schedule or the caller's domain say that it is not asked
 * for any more? A domain with ALL-LOCAL or its like leaves nothing out but by name. */
bool domain_leaves_out(const struct judging *judging, tsmp_text volume)
{
    struct name name = name_of(volume.bytes, (size_t)volume.length);
    if (is_excluded(judging, &name))
        return true;
    if (judging->context.domain_count == 0)
        return false;
    struct domain domain = domain_of(judging);
    tsmp_text word;
    for (size_t i = 0; i < WORDS_MAX && next_of_domain(&domain, &word); i++) {
        if (word.length == 0 || word.bytes[0] == '-')
            continue;
        struct name asked = name_of(word.bytes, (size_t)word.length);
        if (is_keyword(word) || same_name(&name, &asked) || fits(&asked, &name) ||
            (is_system(word) && prints_system(volume, word)))
            return false;
    }
    return true;
}

/* Is `whole` the name from its place on, or inside of it? */
static bool holds_from(const struct name *name, size_t from, const struct name *whole, size_t from_whole)
{
    size_t length = name->length - from;
    if (name->length == 0 || length > whole->length - from_whole)
        return false;
    for (size_t k = 0; k < length; k++)
        if (at(name, from + k) != at(whole, from_whole + k))
            return false;
    char last = length > 0 ? at(name, name->length - 1) : 0;
    char next = from_whole + length < whole->length ? at(whole, from_whole + length) : '/';
    return last == '/' || last == '\\' || next == '/' || next == '\\';
}

/* Does one of the schedule's Objects hold this path? By its name alone: where file spaces begin is not
 * known. On Windows c:\dir holds \\host\c$\dir\file. */
bool objects_hold(const struct tsmp_run *run, tsmp_text path)
{
    struct list list = {.bytes = run->objects.bytes, .length = run->objects.length};
    struct name whole = name_of(path.bytes, (size_t)path.length);
    size_t drive = share_drive(&whole);
    for (size_t i = 0; i < WORDS_MAX && next_word(&list); i++) {
        struct name name = name_of(list.word.bytes, (size_t)list.word.length);
        bool letter = drive > 0 && name.windows && at(&name, 1) == ':' && at(&name, 0) == at(&whole, drive);
        if (holds_from(&name, 0, &whole, 0) || (letter && holds_from(&name, 2, &whole, drive + 2)))
            return true;
    }
    return false;
}

bool expected_begun(struct judging *judging)
{
    const struct string *objects = &judging->run->objects;
    struct list list = {.bytes = objects->bytes, .length = objects->length};
    bool all = true;
    size_t count = 0;
    for (; next_word(&list); count++) {
        if (count == WORDS_MAX)
            return too_many(judging);
        if (list.word.length > 0 && list.word.bytes[0] != '-')
            all &= weigh_name(judging, list.word);
    }
    /* The domain only counts when the schedule names no objects, and only for an incremental. */
    return count > 0 || !judge_incremental(judging->run) ? all : domain_begun(judging);
}
