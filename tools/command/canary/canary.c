/* SPDX-License-Identifier: BSD-2-Clause
 * tsmparse canary: its own verbs and options, and the check from text to answer. */
#include "canary.h"
#include "source.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { MOST = 16 * 1024 * 1024, UNKNOWN = 3 };

/* ---- the command line ------------------------------------------------------------------------- */

bool canary_time(const char *text, int64_t *time)
{
    int year, month, day, hour, minute, second = 0, end = 0;
    char between;
    /* NOLINTNEXTLINE(cert-err34-c): so few digits fit */
    int n = sscanf(text, "%4d-%2d-%2d%c%2d:%2d%n", &year, &month, &day, &between, &hour, &minute, &end);
    if (n != 6 || (between != 'T' && between != ' ') || strspn(text, "0123456789-T :") != strlen(text))
        return false;
    if (text[end] != '\0') {
        int more = 0;
        /* NOLINTNEXTLINE(cert-err34-c): so do these */
        if (sscanf(text + end, ":%2d%n", &second, &more) != 1 || text[end + more] != '\0')
            return false;
    }
    struct tm parts = {.tm_year = year - 1900, .tm_mon = month - 1, .tm_mday = day,
                       .tm_hour = hour, .tm_min = minute, .tm_sec = second};
    struct tm asked = parts;
    time_t seconds = timegm(&parts); /* puts what is in no calendar elsewhere */
    if (year < 1980 || parts.tm_mon != asked.tm_mon || parts.tm_mday != asked.tm_mday ||
        parts.tm_hour != asked.tm_hour || parts.tm_min != asked.tm_min || parts.tm_sec != asked.tm_sec)
        return false;
    *time = (int64_t)seconds * SECOND;
    return true;
}

static bool read_whole(const char *text, long long least, long long most, long long *number)
{
    char *end;
    errno = 0;
    *number = strtoll(text, &end, 10);
    return end != text && *end == '\0' && errno == 0 && *number >= least && *number <= most;
}

static bool take_time(const char *name, const char *value, int64_t *time)
{
    if (canary_time(value, time))
        return true;
    char what[64];
    snprintf(what, sizeof what, "%s takes a time as 2026-03-14T22:00:00, not ", name);
    return wrong(what, value);
}

static bool take_number(const char *name, const char *value, long long least, long long most,
                        long long *number)
{
    if (read_whole(value, least, most, number))
        return true;
    char what[96];
    snprintf(what, sizeof what, "%s takes a number from %lld to %lld, not ", name, least, most);
    return wrong(what, value);
}

static bool take_word(struct ask *ask, const char *name, const char *value)
{
    tsmp_canary_question *question = &ask->question;
    long long number = 0;
    bool good;
    if (strcmp(name, "--path") == 0) {
        ask->path = value;
        return *value != '\0' || wrong("--path is empty", "");
    }
    if (strcmp(name, "--since") == 0)
        return ask->since = take_time(name, value, &question->window_start);
    if (strcmp(name, "--until") == 0) {
        question->flags |= TSMP_CANARY_UNTIL;
        return take_time(name, value, &question->window_end);
    }
    if (strcmp(name, "--modified") == 0) {
        question->flags |= TSMP_CANARY_MODIFIED;
        return take_time(name, value, &question->modified);
    }
    if (strcmp(name, "--night") == 0) {
        if (question->night_count == MAX_NIGHTS)
            return wrong("too many --night", "");
        return take_time(name, value, &ask->nights[question->night_count++]);
    }
    if (strcmp(name, "--size") == 0) {
        good = take_number(name, value, 0, INT64_MAX, &number);
        question->bytes = (uint64_t)number;
        question->flags |= TSMP_CANARY_SIZE;
        return good;
    }
    if (strcmp(name, "--skew") == 0) {
        good = take_number(name, value, -93600, 93600, &number);
        question->skew = number * SECOND;
        question->flags |= TSMP_CANARY_SKEW;
        return good;
    }
    if (strcmp(name, "--slack") == 0) {
        good = take_number(name, value, 1, 600, &number);
        question->slack = number * SECOND;
        return good;
    }
    if (strcmp(name, "--verexists") == 0) {
        good = take_number(name, value, 1, 9999, &number);
        question->versions_kept = (uint32_t)number;
        return good;
    }
    if (strcmp(name, "--retextra") == 0) {
        good = strcmp(value, "nolimit") == 0 || take_number(name, value, 1, 30000, &number);
        question->days_kept = number == 0 ? TSMP_CANARY_NO_LIMIT : (uint32_t)number;
        return good;
    }
    if (strcmp(name, "--timeout") == 0) {
        good = take_number(name, value, 1, 86400, &number);
        ask->timeout = (int)number;
        return good;
    }
    if (strcmp(name, "--dsmc") == 0) {
        ask->dsmc = value;
        return *value != '\0' || wrong("--dsmc is empty", "");
    }
    return take_option(ask->options, VERB_CANARY, name, value);
}

/* Options are taken out of `words`; those that are left are files or folders. -1: wrong usage. */
static int take_words(struct ask *ask, char **words, int count)
{
    int left = 0;
    bool plain = false, takes;
    for (int i = 0; i < count; i++) {
        char *word = words[i];
        if (plain || word[0] != '-' || word[1] == '\0') {
            words[left++] = word;
        } else if (strcmp(word, "--") == 0) {
            plain = true;
        } else if (!option_known(VERB_CANARY, word, i + 1 < count ? words[i + 1] : NULL, &takes)) {
            return -1;
        } else if (strcmp(word, "--known") == 0) {
            ask->question.flags |= TSMP_CANARY_KNOWN;
        } else if (strcmp(word, "--changes") == 0) {
            ask->question.flags |= TSMP_CANARY_CHANGES;
        } else {
            char *equals = strchr(word, '=');
            if (equals != NULL)
                *equals = '\0';
            if (!take_word(ask, word, equals != NULL ? equals + 1 : words[++i]))
                return -1;
        }
    }
    return left;
}

bool canary_path(const char *asked, char *to, size_t size)
{
    const char *close = *asked == '{' ? strchr(asked, '}') : NULL;
    size_t n = close != NULL ? (size_t)(close - asked - 1) : 0;
    const char *rest = close != NULL ? close + 1 : asked;
    if (n > 0 && *rest == '/' && asked[n] == '/')
        n--;
    int length = snprintf(to, size, "%.*s%s", (int)n, asked + 1, rest);
    return length > 0 && (size_t)length < size;
}

static bool is_sound(const struct ask *ask, int files)
{
    const tsmp_canary_question *question = &ask->question;
    if (ask->path == NULL)
        return wrong("name the canary with --path", "");
    if (!ask->since)
        return wrong("name the start of the run with --since", "");
    if ((question->flags & TSMP_CANARY_UNTIL) != 0 && question->window_end < question->window_start)
        return wrong("--until lies before --since", "");
    for (uint64_t i = 1; i < question->night_count; i++)
        if (ask->nights[i] <= ask->nights[i - 1])
            return wrong("each --night must be later than the one before", "");
    if (ask->dsmc == NULL && files != 1)
        return wrong("name one FILE with the query's output ('-' is standard input), or --dsmc", "");
    if (ask->dsmc != NULL && files != 0)
        return wrong("--dsmc runs the query itself: name no FILE", "");
    if (ask->dsmc != NULL && (*ask->path == '-' || strpbrk(ask->path, "*?\n") != NULL))
        return wrong("--path with --dsmc must name one file, without * and ?: ", ask->path);
    return true;
}

/* ---- the text --------------------------------------------------------------------------------- */

void canary_read(const struct options *options, const char *path, struct said *said)
{
    uint64_t most = options->max_bytes < MOST ? options->max_bytes : MOST;
    struct source *source = source_open(path, most, said->error, sizeof said->error);
    size_t capacity = 0;
    if (source == NULL)
        return;
    for (;;) {
        if (said->length == capacity) {
            capacity = capacity == 0 ? 64 * 1024 : capacity * 2;
            char *bigger = realloc(said->bytes, capacity);
            if (bigger == NULL) {
                snprintf(said->error, sizeof said->error, "no memory");
                break;
            }
            said->bytes = bigger;
        }
        long n = source_read(source, said->bytes + said->length, capacity - said->length);
        if (n < 0)
            snprintf(said->error, sizeof said->error, "%s", source_error(source));
        if (n <= 0)
            break;
        said->length += (size_t)n;
    }
    source_close(source);
}

/* What the caller left open, the probe tells. */
int32_t canary_reader(const struct options *options, const char *bytes, size_t length, tsmp_options *known,
                      tsmp_reader **reader)
{
    tsmp_probe_result found = {.size = sizeof found};
    int32_t status = tsmp_probe(bytes != NULL ? bytes : "", length, NULL, &found);
    if (status == TSMP_OK && known->date_order == 0 && (found.date_order & (found.date_order - 1)) == 0)
        known->date_order = found.date_order;
    if (known->decimal == 0)
        known->decimal = found.decimal;
    if (status == TSMP_OK)
        status = tsmp_reader_new(known, NULL, reader);
    if (status == TSMP_OK)
        status = add_languages(options, *reader);
    if (status == TSMP_OK && length > 0)
        status = tsmp_reader_lend(*reader, bytes, length, NULL, NULL);
    return status == TSMP_OK ? tsmp_reader_end(*reader) : status;
}

/* Through reader and canary; NULL: `said->error` says why. */
static tsmp_canary *read_rows(const struct ask *ask, struct said *said, tsmp_options *known)
{
    tsmp_reader *reader = NULL;
    tsmp_canary *canary = NULL;
    tsmp_batch *batch;
    *known = ask->options->reader;
    int32_t status = tsmp_canary_new(&ask->question, NULL, &canary);
    if (status == TSMP_OK)
        status = canary_reader(ask->options, said->bytes, said->length, known, &reader);
    while (status == TSMP_OK && (status = tsmp_reader_next(reader, &batch)) == TSMP_OK) {
        status = tsmp_canary_add(canary, batch);
        tsmp_batch_unref(batch);
    }
    tsmp_reader_free(reader);
    if (status == TSMP_END)
        status = tsmp_canary_end(canary);
    if (status == TSMP_OK)
        return canary;
    snprintf(said->error, sizeof said->error, "%s", status == TSMP_E_NOMEM ? "no memory"
             : status == TSMP_E_ENCODING ? "this system can't convert the encoding that was named"
                                         : "the library does not take these options together");
    tsmp_canary_free(canary);
    return NULL;
}

static int check(struct ask *ask, const char *file)
{
    static char path[8192];
    struct said said = {0};
    tsmp_options known;
    if (!canary_path(ask->path, path, sizeof path)) {
        wrong("--path is empty or too long: ", ask->path);
        return 2;
    }
    ask->question.path = (tsmp_text){path, strlen(path)};
    ask->question.nights = ask->nights;
    if (ask->dsmc != NULL)
        run_dsmc(ask->dsmc, ask->path, ask->timeout, &said);
    else
        canary_read(ask->options, file, &said);
    bool whole = said.error[0] == '\0';
    tsmp_canary *canary = read_rows(ask, &said, &known);
    if (said.error[0] != '\0')
        complain(ask->dsmc != NULL ? ask->dsmc : file, said.error);
    int code = canary_report(ask, &said, tsmp_canary_view_of(canary), &known);
    tsmp_canary_free(canary);
    free(said.bytes);
    return whole ? code : UNKNOWN;
}

int canary_main(struct options *options)
{
    static struct ask ask; /* too large for a stack */
    char **words = options->files;
    int count = options->file_count;
    memset(&ask, 0, sizeof ask);
    ask.timeout = 120;
    ask.question.size = sizeof ask.question;
    ask.options = options;
    bool is_check = count > 0 && strcmp(words[0], "check") == 0;
    bool is_touch = count > 0 && strcmp(words[0], "touch") == 0;
    if (!is_check && !is_touch && (count == 0 || strcmp(words[0], "list") != 0)) {
        wrong("canary does touch, list or check", "");
        return 2;
    }
    int left = take_words(&ask, ++words, count - 1);
    if (left < 0)
        return 2;
    if (is_check)
        return is_sound(&ask, left) ? check(&ask, words[0]) : 2;
    if (left == 0) {
        wrong("name the folders of the canaries", "");
        return 2;
    }
    return canary_files(options, is_touch, words, left);
}
