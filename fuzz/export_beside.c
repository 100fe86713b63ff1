/* SPDX-License-Identifier: BSD-2-Clause
 * What the command prints where something lies beside the log: an answer about a canary, a policy, a history,
 * what the server says. The input is then two texts, the log and behind a line `%%` the other; without such
 * a line both are the same. */
#include "beside.h"
#include "shape.h"

#include "canary.h"
#include "join.h"
#include "policy.h"

#include <stdlib.h>
#include <string.h>

char beside_path[128];

void beside_split(struct beside *beside, const char *bytes, size_t length)
{
    static const char mark[] = "\n%%\n";
    *beside = (struct beside){.log = bytes, .log_length = length, .text = bytes, .length = length};
    for (size_t i = 0; i + sizeof mark - 1 <= length; i++) {
        if (memcmp(bytes + i, mark, sizeof mark - 1) != 0)
            continue;
        size_t behind = i + sizeof mark - 1;
        beside->log_length = i + 1;
        beside->text = bytes + behind;
        beside->length = length - behind;
        break;
    }
    /* An answer about a canary, and what names a run's node, is told by a first line. */
    const char *end = beside->length > 0 ? memchr(beside->text, '\n', beside->length) : NULL;
    size_t first = end != NULL ? (size_t)(end - beside->text) : 0;
    for (size_t i = 0; i < first && i + 1 < sizeof beside->name; i++)
        beside->name[i] = beside->text[i] != '\0' ? beside->text[i] : ' ';
    beside->rest = first > 0 ? first + 1 : 0;
}

/* Its name is no better than the log's; but no '=', which --canary takes for its end. */
void beside_write(const char *bytes, size_t length)
{
    const char *slash = strrchr(log_path, '/');
    snprintf(beside_path, sizeof beside_path, "%.*s/-b|\x1b[2J\xe2\x80\xae\",;\xff.side", (int)(slash - log_path), log_path);
    FILE *file = fopen(beside_path, "wb");
    CHECK(file != NULL && (length == 0 || fwrite(bytes, 1, length, file) == length));
    CHECK(fclose(file) == 0);
}

/* ---- lines of a report --------------------------------------------------------------------------- */

/* Takes what stands here off the line; false: it does not. */
bool take_text(struct line *line, const char *text)
{
    size_t n = strlen(text);
    if (line->length < n || memcmp(line->bytes, text, n) != 0)
        return false;
    line->bytes += n;
    line->length -= n;
    return true;
}

bool take_digits(struct line *line)
{
    size_t n = 0;
    while (n < line->length && line->bytes[n] >= '0' && line->bytes[n] <= '9')
        n++;
    line->bytes += n;
    line->length -= n;
    return n > 0;
}

/* A time, or - where none is known. */
bool take_time(struct line *line)
{
    size_t n = 0;
    while (n < line->length && line->bytes[n] != ' ' && line->bytes[n] != ';' && line->bytes[n] != ',')
        n++;
    bool good = (n == 1 && line->bytes[0] == '-') || shape_time(line->bytes, n);
    line->bytes += n;
    line->length -= n;
    return good;
}

bool take_word(struct line *line, const char *group)
{
    size_t n = 0;
    while (n < line->length && line->bytes[n] != ' ' && line->bytes[n] != ':' && line->bytes[n] != ')')
        n++;
    bool good = shape_word(line->bytes, n, group);
    line->bytes += n;
    line->length -= n;
    return good;
}

/* ---- canary -------------------------------------------------------------------------------------- */

static int canary_verb(const struct options *given)
{
    struct options options = *given;
    return canary_main(&options);
}

/* The words of the question: when is of the head, what is of the text. */
static void ask_canary(struct options *options, struct beside *beside, uint32_t how, char **words, enum format format)
{
    static char path[sizeof beside->name + 8], as[16];
    static const char *const fixed[] = {"--since=2025-09-17T22:00:05", "--slack=5", "--until=2025-09-17T22:05:00",
                                        "--modified=2025-09-17T21:50:00", "--size=56", "--known", "--changes",
                                        "--night=2025-09-16T22:00:00", "--night=2025-09-17T22:00:00"};
    static char room[sizeof fixed / sizeof *fixed][40];
    int count = 0;
    snprintf(path, sizeof path, "--path=%s", beside->name);
    snprintf(as, sizeof as, "--format=%s", format == FORMAT_JSON ? "json" : "text");
    static char check[] = "check";
    words[count++] = check;
    words[count++] = path;
    words[count++] = as;
    for (size_t i = 0; i < sizeof fixed / sizeof *fixed; i++) {
        snprintf(room[i], sizeof room[i], "%s", fixed[i]);
        if (i == 0 || (how >> (i < 7 ? i - 1 : 6) & 1) != 0)
            words[count++] = room[i];
    }
    words[count++] = beside_path;
    options->files = words;
    options->file_count = count;
}

struct counts {
    int reasons, nights;
};

static void canary_lines(struct counts *counts, int code)
{
    const char *bytes;
    size_t at = 0, length;
    CHECK(next_line(&at, &bytes, &length));
    struct line first = {bytes, length};
    CHECK(take_text(&first, code == 0 ? "PRESENT: " : code == 2 ? "ABSENT: " : "UNKNOWN: "));
    while (next_line(&at, &bytes, &length)) {
        struct line line = {bytes, length};
        if (take_text(&line, "    line ")) {
            CHECK(counts->reasons > 0 && take_digits(&line) && take_text(&line, ": "));
        } else if (take_text(&line, "  night ")) {
            CHECK(take_time(&line) && take_text(&line, "  ") && take_word(&line, "canary"));
            while (take_text(&line, " "))
                continue;
            CHECK(take_digits(&line) && (take_text(&line, " version (") || take_text(&line, " versions (")));
            CHECK(take_word(&line, "canary_reason") && take_text(&line, ")") && line.length == 0);
            counts->nights++;
        } else if (take_text(&line, "  the server's clock is ")) {
            CHECK(take_digits(&line) && (take_text(&line, " s ahead of the client's") || take_text(&line, " s behind the client's")));
            CHECK(line.length == 0);
        } else if (!take_text(&line, "  unread: it ")) {
            CHECK(take_text(&line, "  ") && take_word(&line, "canary_reason") && take_text(&line, ": "));
            counts->reasons++;
        }
    }
}

static void canary_json(const struct beside *beside, const struct counts *counts, int code)
{
    struct json json = {0};
    CHECK(printed.length > 0 && printed.bytes[printed.length - 1] == '\n');
    json_read(&json, printed.bytes, printed.length - 1);
    shape_canary(&json);
    CHECK(json_is(&json, json_member(&json, 0, "answer"), code == 0 ? "present" : code == 2 ? "absent" : "unknown"));
    CHECK(json.values[json_member(&json, 0, "reasons")].count == counts->reasons);
    CHECK(json.values[json_member(&json, 0, "nights")].count == counts->nights);
    char asked[sizeof beside->name];
    CHECK(canary_path(beside->name, asked, sizeof asked));
    says_text(&json, 0, "path", asked, strlen(asked));
    /* Only a row that was stored in the run proves that it is there. */
    bool inside = false;
    int versions = json_member(&json, 0, "versions");
    for (int one = json.values[versions].first; one >= 0; one = json.values[one].next)
        inside |= json_is(&json, json_member(&json, one, "in_window"), "true") &&
                  json_is(&json, json_member(&json, one, "forgeable"), "false");
    CHECK(inside || !json_is(&json, json_member(&json, 0, "window"), "present"));
    json_free(&json);
}

void beside_canary(struct log *log, struct beside *beside, uint32_t how)
{
    char *words[16];
    struct counts counts = {0};
    if (beside->name[0] == '\0')
        return;
    beside_write(beside->text + beside->rest, beside->length - beside->rest);
    for (int as = 0; as < 2; as++) {
        struct options options = log->options;
        options.format = as == 0 ? FORMAT_TEXT : FORMAT_JSON;
        ask_canary(&options, beside, how, words, options.format);
        int code = print_all(canary_verb, &options, false);
        if (printed.length == 0)
            CHECK(code == 2 && complained.length > 0); /* wrong usage, as by a path that is braces alone */
        else if (as == 0)
            canary_lines(&counts, code);
        else
            canary_json(beside, &counts, code);
    }
}

/* ---- policy -------------------------------------------------------------------------------------- */

/* Each complaint has its file, and mostly its place in it, as editors read them. */
static void policy_complaints(void)
{
    static const char end[] = ".side:";
    for (size_t at = 0; at < complained.length;) {
        const char *newline = memchr(complained.bytes + at, '\n', complained.length - at);
        struct line line = {complained.bytes + at, (size_t)(newline - complained.bytes) - at};
        at += line.length + 1;
        if (take_text(&line, "tsmparse: "))
            continue;
        while (line.length > 0 && !take_text(&line, end)) {
            line.bytes++;
            line.length--;
        }
        CHECK(take_digits(&line) && take_text(&line, ":") && take_digits(&line) && take_text(&line, ": ") && line.length > 0);
    }
}

static int policy_verb(const struct options *given)
{
    struct options options = *given;
    int code = policy_main(&options);
    policy_close(&options);
    return code;
}

static void policy_lines(long most)
{
    static const char *const heads[] = {"  proofs    ", "  domain    ", "  fresh     ", "  too_long  ", "  zone      "};
    const char *bytes;
    size_t at = 0, length;
    long starts = 0;
    CHECK(next_line(&at, &bytes, &length) && next_line(&at, &bytes, &length) && length == 0);
    CHECK(next_line(&at, &bytes, &length));
    struct line line = {bytes, length};
    CHECK(take_text(&line, "node ") && bytes[length - 1] == ':');
    for (size_t i = 0; i < sizeof heads / sizeof *heads; i++) {
        CHECK(next_line(&at, &bytes, &length));
        line = (struct line){bytes, length};
        CHECK(take_text(&line, heads[i]) && line.length > 0);
    }
    bool listed = false;
    while (next_line(&at, &bytes, &length)) {
        line = (struct line){bytes, length};
        if (listed) {
            CHECK(take_text(&line, "  ") && (take_text(&line, "none") || (take_time(&line) && take_text(&line, "  ") && ++starts)));
        } else if (length == 0) {
            CHECK(next_line(&at, &bytes, &length) && length == 12 && memcmp(bytes, "next starts:", 12) == 0);
            listed = true;
        } else {
            CHECK(take_text(&line, "  harmless  ANS"));
        }
    }
    CHECK(listed == (most > 0) && starts <= most);
}

static void policy_json(const char *node, long most)
{
    struct json json = {0};
    json_read(&json, printed.bytes, printed.length - 1);
    shape_policy(&json);
    says_text(&json, 0, "file", beside_path, strlen(beside_path));
    says_text(&json, 0, "node", node, strlen(node));
    int next = json_member(&json, 0, "next"), before = -1;
    CHECK(json.values[next].count <= most);
    for (int one = json.values[next].first; one >= 0; one = json.values[one].next) {
        int utc = json_member(&json, one, "utc");
        const struct json_value *now = &json.values[utc], *then = before >= 0 ? &json.values[before] : NULL;
        CHECK(then == NULL || now->to - now->from != then->to - then->from ||
              memcmp(json.text + then->from, json.text + now->from, now->to - now->from) <= 0);
        before = utc;
    }
    json_free(&json);
}

void beside_policy(struct log *log, struct beside *beside, uint32_t how)
{
    static const char *const schedules[] = {"NIGHT_INC", "WEEK", "night_\xe4", "*"};
    static const long numbers[] = {0, 3, 40, 7};
    char node[64], schedule[64], next[32], at[32], as[16];
    long most = numbers[how >> 2 & 3];
    bool named = beside->name[0] != '\0';
    int codes[2];
    beside_write(beside->text, beside->length);
    for (int json = 0; json < 2; json++) {
        struct options options = log->options;
        snprintf(node, sizeof node, "--node=%.40s", named ? beside->name : "OTTER");
        snprintf(schedule, sizeof schedule, "--schedule=%s", schedules[how & 3]);
        snprintf(next, sizeof next, "--next=%ld", most);
        snprintf(at, sizeof at, "--at=2026-03-28T00:00:00");
        snprintf(as, sizeof as, "--format=%s", json ? "json" : "text");
        char given[sizeof node];
        snprintf(given, sizeof given, "%s", node + strlen("--node="));
        char *words[] = {node, schedule, next, at, as, beside_path};
        options.format = FORMAT_TEXT;
        options.files = words;
        options.file_count = sizeof words / sizeof *words;
        codes[json] = print_all(policy_verb, &options, false);
        policy_complaints();
        CHECK((codes[json] == 0) == (printed.length > 0) && (codes[json] == 0) == (complained.length == 0));
        if (codes[json] == 0 && json == 0)
            policy_lines(most);
        else if (codes[json] == 0)
            policy_json(given, most);
    }
    CHECK(codes[0] == codes[1]);
}

/* ---- check, with something beside the log ---------------------------------------------------------- */

/* As main() does it: what is named is read, used, and let go. */
static int check_all(const struct options *given)
{
    struct options options = *given;
    if (!policy_open(&options)) {
        puts("UNKNOWN: the policy can't be used, so no run was judged.");
        return 3;
    }
    bool good = options.server == NULL && options.server_count == 0;
    for (int i = 0; given->each && i < 3; i++) {
        static const char *const names[] = {"--events", "--actlog", "--filespaces"};
        CHECK(take_server(&options, names[i], beside_path, &good) && good);
    }
    options.server_bad = !server_open(&options, false);
    options.canaries_bad = !canaries_open(&options);
    CHECK(history_begin(&options));
    int code = check_main(&options);
    server_close(&options);
    history_end(&options);
    canaries_close(&options);
    policy_close(&options);
    return code;
}

void check_with(struct log *log, const struct options *options)
{
    struct options before = log->options;
    log->options = *options;
    check_as_text(log, check_all);
    struct json json = {0};
    log->options.format = FORMAT_JSON;
    int code = print_all(check_all, &log->options, false);
    if (printed.length > 0 && printed.bytes[0] == '{') {
        json_read(&json, printed.bytes, printed.length - 1);
        shape_check(&json);
    } else {
        CHECK(code == 3 && options->policy_path != NULL && complained.length > 0);
    }
    json_free(&json);
    log->options = before;
}

void beside_check(struct log *log, struct beside *beside, enum what what, uint32_t how)
{
    struct options options = log->options;
    char canary[sizeof beside->name + sizeof beside_path + 2];
    bool named = what == CHECK_CANARY;
    if (named && beside->name[0] == '\0')
        return;
    beside_write(beside->text + (named ? beside->rest : 0), beside->length - (named ? beside->rest : 0));
    options.why = (how & 1) != 0;
    options.at = "2025-09-18T12:00:00";
    options.node = (how & 2) != 0 ? "OTTER" : NULL;
    if (what == CHECK_CANARY) {
        snprintf(canary, sizeof canary, "%s=%s", beside->name, beside_path);
        options.canaries[0] = options.canaries[1] = canary;
        options.canary_count = 1 + (how >> 2 & 1);
    } else if (what == CHECK_POLICY) {
        options.policy_path = beside_path;
    } else {
        options.schedules = (how & 4) != 0 ? beside_path : NULL;
        options.each = true; /* reconcile's; here: what the server says is read */
    }
    check_with(log, &options);
}
