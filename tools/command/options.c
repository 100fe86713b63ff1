/* SPDX-License-Identifier: BSD-2-Clause
 * The command line. */
#include "command.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

const char usage[] =
    "usage: tsmparse check   [--last] [--now] [--bad] [--joined] [--domain \"/ /home\"] [--fresh HOURS]\n"
    "                        [--history FILE] [--canary PATH=FILE]...\n"
    "                        [--policy FILE] [--schedules FILE] [--node NAME] [--at TIME]\n"
    "                        [--events FILE] [--actlog FILE] [--filespaces FILE] [--skew SECONDS]\n"
    "                        [--why] [--format text|json] FILE...\n"
    "       tsmparse runs    [--now] [--bad] [--joined] [--format text|json] FILE...  (judged with check's\n"
    "                        --domain --fresh --policy --node --at and what the server says)\n"
    "       tsmparse records [--kind A,B] [--where 'FIELD OP VALUE'] [--format table|jsonl|csv]\n"
    "                        [--pattern NAME=REGEX] [--joined] FILE...\n"
    "       tsmparse probe   [--format text|json] FILE...\n"
    "       tsmparse explain CODE|EVIDENCE|VERDICT...\n"
    "       tsmparse canary  touch|list [--format text|json] DIR...\n"
    "       tsmparse canary  check --path PATH --since TIME [--until TIME] [--size BYTES]\n"
    "                        [--modified TIME] [--skew SECONDS] [--slack SECONDS] [--known]\n"
    "                        [--night TIME]... [--changes] [--verexists N] [--retextra DAYS|nolimit]\n"
    "                        [--format text|json] FILE | --dsmc PROGRAM [--timeout SECONDS]\n"
    "       tsmparse policy  [--node NAME] [--schedule NAME] [--next N] [--at TIME]\n"
    "                        [--format text|json] FILE\n"
    "       tsmparse reconcile --events FILE [--actlog FILE] [--filespaces FILE]\n"
    "                        [--load | --each] [--skew SECONDS] [--policy FILE]\n"
    "                        [--format text|json] LOG...\n"
    "       tsmparse history [--node NAME] [--schedule NAME] [--baseline [--at TIME]]\n"
    "                        [--format text|json|csv] FILE\n"
    "       tsmparse history --accept --node NAME --schedule NAME --scheduled TIME FILE\n"
    "       tsmparse follow  [--token FILE [--restart]] [--once] [--poll] [--now] [--kind A,B]\n"
    "                        [--history FILE] [--policy FILE] [--node NAME] [--format text|jsonl] FILE\n"
    "       tsmparse --version | --help\n"
    "\n"
    "FILE is what the TSM client printed (dsmsched.log, console output of dsmc), plain, gzip or\n"
    "zstd; '-' is standard input.\n"
    "  --last       judge only the newest run of each schedule\n"
    "  --now        an announced window that is over by now and had no run is missed, even if the log\n"
    "               ends before it: for the log in use, not for old ones\n"
    "  --bad        show only runs that are not complete; the answer counts all of them\n"
    "  --joined     the files are one text, in this order: dsmsched.pru dsmsched.log\n"
    "  --domain     the volumes that a run over the default domain must show\n"
    "  --fresh      an open run in a log that was not written for HOURS is not running (24)\n"
    "  --history    keep the runs in FILE (SQLite), and set each against those before; docs/history.md\n"
    "  --canary     PATH is rewritten before each run; FILE holds what dsmc query backup says of it\n"
    "  --policy     tsmparse.toml: proofs, limits, schedules, known-harmless messages; docs/policy.md\n"
    "  --schedules  what dsmadmc's `query event` or `query schedule` prints: expected starts\n"
    "  --node       whose logs these are, where they do not say it themselves\n"
    "  --at         look at it from this moment of the node's clock, 2026-03-29T04:00:00, not from now\n"
    "  --events, --actlog, --filespaces   what the server says (query event, query actlog, query\n"
    "               filespace), each any number of times; docs/reconcile.md\n"
    "  --skew       the server's clock minus the client's\n"
    "  --load       were the false and unproven successes those of the busy hours?\n"
    "  --each       each night by itself, also where many nights of a schedule say the same\n"
    "  --why        which rule spoke, on which lines, and what would change each verdict\n"
    "  --where      only records for which this holds; OP is = != < <= > >= or ~ (contains);\n"
    "               more than once: all must hold\n"
    "  --threads    most threads that read files, or print records (one a processor, at most 8)\n"
    "  --max-bytes  most bytes that are read of a file, unpacked (64G)\n"
    "  --date-order mdy|dmy|ymd, --decimal point|comma|comma_both   where the text does not tell\n"
    "  --input-format NAME, --encoding NAME   what the text is, e.g. error_log, cp850\n"
    "  --language FILE   a table of what the client prints in another language\n"
    "  --repair quoted,indented,...   read pastes too; what was repaired is flagged\n"
    "\n"
    "canary: was this one file stored by that run? touch writes canaries, check reads what\n"
    "`dsmc query backup PATH -inactive -detail` printed, or runs it; it ends with 0 present,\n"
    "2 absent, 3 unknown. TIME is the client's, 2026-03-14T22:00:00; see docs/canary.md.\n"
    "\n"
    "check ends with 0 complete, 1 exceptions, 2 incomplete, failed or missed, 3 unknown, running\n"
    "or unusable; the others with 0, or 1 when some input could not be read. 2 is also wrong usage.\n";

bool wrong(const char *what, const char *value)
{
    char message[256];
    snprintf(message, sizeof message, "%s%.120s; see tsmparse --help", what, value);
    complain(NULL, message);
    return false;
}

/* Place of `value` in `names`, or -1 with a message that lists them. */
static int pick(const char *option, const char *value, const char *const *names)
{
    char list[256] = "";
    for (int i = 0; names[i] != NULL; i++) {
        if (strcmp(value, names[i]) == 0)
            return i;
        snprintf(list + strlen(list), sizeof list - strlen(list), " %s", names[i]);
    }
    char message[512];
    snprintf(message, sizeof message, "%s %.100s: must be one of%s", option, value, list);
    complain(NULL, message);
    return -1;
}

static bool take_domain(struct options *options, const char *value)
{
    while (*value != '\0') {
        size_t n = strcspn(value, " ");
        if (n > 0) {
            if (options->context.domain_count == MAX_DOMAIN)
                return wrong("too many volumes in --domain", "");
            options->domain[options->context.domain_count++] = (tsmp_text){value, n};
        }
        value += n + (value[n] == ' ');
    }
    options->context.domain = options->domain;
    return true;
}

/* The constant of this name in a group of the schema; 0 with a message that lists them. `bits`: its
 * constants are bits of a set. */
static uint32_t named(const char *option, const char *group, const char *name, size_t length,
                      bool bits)
{
    char list[900] = "there is no such value; there are";
    for (uint32_t id = 1; id != 0 && id < (bits ? UINT32_MAX : 256); id = bits ? id << 1 : id + 1) {
        const char *known = tsmp_name(group, id);
        if (known == NULL)
            continue;
        if (strlen(known) == length && memcmp(known, name, length) == 0)
            return id;
        snprintf(list + strlen(list), sizeof list - strlen(list), " %s", known);
    }
    complain(option, list);
    return 0;
}

static bool take_repairs(struct options *options, const char *value)
{
    for (const char *at = value; *at != '\0';) {
        size_t n = strcspn(at, ",");
        uint32_t bit = named("--repair", "repair", at, n, true);
        if (bit == 0)
            return false;
        options->reader.repair |= bit;
        at += n + (at[n] == ',');
    }
    return true;
}

/* A mistyped kind would silently select nothing. */
static bool take_kinds(struct options *options, const char *value)
{
    for (const char *at = value; *at != '\0';) {
        size_t n = strcspn(at, ",");
        if (named("--kind", "kind", at, n, false) == 0)
            return false;
        at += n + (at[n] == ',');
    }
    options->kinds = value;
    return true;
}

static int operator_at(const char *text, size_t *length)
{
    static const struct {
        const char *text;
        int test;
    } operators[] = {{"!=", IS_NOT}, {"<=", IS_MOST}, {">=", IS_LEAST}, {"=", IS_EQUAL},
                     {"<", IS_LESS}, {">", IS_MORE}, {"~", HAS}};
    for (size_t i = 0; i < sizeof operators / sizeof *operators; i++) {
        *length = strlen(operators[i].text);
        if (strncmp(text, operators[i].text, *length) == 0)
            return operators[i].test;
    }
    return -1;
}

/* "FIELD OP VALUE" in one word, with or without blanks. */
static bool take_where(struct options *options, const char *value)
{
    if (options->condition_count == MAX_CONDITIONS)
        return wrong("too many --where", "");
    struct condition *condition = &options->conditions[options->condition_count++];
    size_t field = strspn(value, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_");
    const char *at = value + field + strspn(value + field, " ");
    size_t length;
    int test = operator_at(at, &length);
    if (field == 0 || field >= sizeof condition->field || test < 0)
        return wrong("--where takes 'FIELD OP VALUE', OP one of = != < <= > >= ~, not ", value);
    memcpy(condition->field, value, field);
    condition->test = (unsigned)test;
    condition->value = at + length + strspn(at + length, " ");
    return true;
}

static bool take_bytes(struct options *options, const char *value)
{
    static const char units[] = "KMGT";
    char *end;
    errno = 0;
    unsigned long long number = strtoull(value, &end, 10);
    const char *unit = *end != '\0' ? strchr(units, *end & ~0x20) : NULL;
    unsigned shift = unit != NULL ? 10u * (unsigned)(unit - units + 1) : 0;
    if (unit != NULL)
        end++;
    if (end == value || *end != '\0' || errno != 0 || strchr(value, '-') != NULL || number == 0 ||
        number > UINT64_MAX >> shift)
        return wrong("--max-bytes takes a number, or one with K M G T, not ", value);
    options->max_bytes = (uint64_t)number << shift;
    return true;
}

static bool take_hours(struct options *options, const char *value)
{
    char *end;
    long hours = strtol(value, &end, 10);
    if (end == value || *end != '\0' || hours < 1 || hours > 100000)
        return wrong("--fresh takes hours, not ", value);
    options->context.fresh = (int64_t)hours * 3600;
    return true;
}

static bool take_threads(struct options *options, const char *value)
{
    char *end;
    unsigned long threads = strtoul(value, &end, 10);
    if (end == value || *end != '\0' || strchr(value, '-') != NULL || threads < 1 || threads > 64)
        return wrong("--threads takes a number from 1 to 64, not ", value);
    options->threads = (unsigned)threads;
    return true;
}

/* Zones lie at most 26 hours apart. */
static bool take_skew(struct options *options, const char *value)
{
    char *end;
    long seconds = strtol(value, &end, 10);
    if (end == value || *end != '\0' || seconds < -93600 || seconds > 93600)
        return wrong("--skew takes seconds, server's clock minus client's, not ", value);
    options->context.skew = (int64_t)seconds * 1000000;
    return true;
}

static bool take_canary(struct options *options, const char *value)
{
    const char *equals = strrchr(value, '=');
    if (equals == NULL || equals == value || equals[1] == '\0')
        return wrong("--canary takes PATH=FILE, not ", value);
    if (options->canary_count == sizeof options->canaries / sizeof *options->canaries)
        return wrong("too many --canary", "");
    options->canaries[options->canary_count++] = value;
    return true;
}

/* Which formats a verb knows; the first is its default. */
static bool take_format(struct options *options, enum verb verb, const char *value)
{
    static const char *const report[] = {"text", "json", NULL};
    static const char *const rows[] = {"text", "json", "jsonl", NULL};
    static const char *const history[] = {"text", "json", "csv", NULL};
    static const char *const records[] = {"table", "jsonl", "json", "csv", NULL};
    int chosen = pick("--format", value, verb == VERB_RECORDS ? records
                                         : verb == VERB_HISTORY ? history
                                         : verb == VERB_RUNS ? rows : report);
    if (chosen < 0)
        return false;
    options->format = chosen == 0 ? FORMAT_TEXT : strcmp(value, "csv") == 0 ? FORMAT_CSV
                                                                            : FORMAT_JSON;
    return true;
}

bool take_option(struct options *options, enum verb verb, const char *name, const char *value)
{
    static const char *const orders[] = {"mdy", "dmy", "ymd", NULL};
    static const char *const decimals[] = {"point", "comma", "comma_both", NULL};
    int chosen;
    if (strcmp(name, "--format") == 0)
        return take_format(options, verb, value);
    if (strcmp(name, "--date-order") == 0) {
        chosen = pick(name, value, orders);
        options->reader.date_order = chosen < 0 ? 0 : 1u << chosen;
        return chosen >= 0;
    }
    if (strcmp(name, "--decimal") == 0) {
        chosen = pick(name, value, decimals);
        options->reader.decimal = (uint32_t)(chosen + 1);
        return chosen >= 0;
    }
    if (strcmp(name, "--input-format") == 0) {
        options->reader.format = named(name, "format", value, strlen(value), false);
        return options->reader.format != 0;
    }
    if (strcmp(name, "--encoding") == 0) {
        options->reader.encoding = named(name, "encoding", value, strlen(value), false);
        return options->reader.encoding != 0;
    }
    if (strcmp(name, "--language") == 0)
        return load_language(options, value);
    if (strcmp(name, "--repair") == 0)
        return take_repairs(options, value);
    if (strcmp(name, "--kind") == 0)
        return take_kinds(options, value);
    if (strcmp(name, "--where") == 0)
        return take_where(options, value);
    if (strcmp(name, "--domain") == 0)
        return take_domain(options, value);
    if (strcmp(name, "--fresh") == 0)
        return take_hours(options, value);
    if (strcmp(name, "--threads") == 0)
        return take_threads(options, value);
    if (strcmp(name, "--history") == 0 && (verb == VERB_CHECK || verb == VERB_FOLLOW))
        return options->history_path = value, true;
    if (strcmp(name, "--canary") == 0 && verb == VERB_CHECK)
        return take_canary(options, value);
    if (strcmp(name, "--policy") == 0)
        return options->policy_path = value, true;
    if (strcmp(name, "--schedules") == 0)
        return options->schedules = value, true;
    if (strcmp(name, "--node") == 0) {
        options->context.node = (tsmp_text){value, strlen(value)};
        return options->node = value, true;
    }
    if (strcmp(name, "--skew") == 0)
        return take_skew(options, value);
    bool good;
    if (take_server(options, name, value, &good))
        return good;
    if (strcmp(name, "--at") == 0)
        return take_at(options, value);
    if (strcmp(name, "--max-bytes") == 0)
        return take_bytes(options, value);
    if (strcmp(name, "--pattern") == 0) {
        if (strchr(value, '=') == NULL || options->pattern_count == MAX_PATTERNS)
            return wrong("--pattern takes NAME=REGEX, at most 32 times, not ", value);
        options->patterns[options->pattern_count++] = value;
        return true;
    }
    return wrong("no such option: ", name);
}

static bool read_verb(int argc, char **argv, enum verb *verb)
{
    if (argc < 2)
        return wrong("nothing to do", "");
    if (strcmp(argv[1], "--version") == 0 || strcmp(argv[1], "-V") == 0)
        return *verb = VERB_VERSION, true;
    if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0 || strcmp(argv[1], "help") == 0)
        return *verb = VERB_HELP, true;
    int chosen = pick("verb", argv[1], verb_names);
    *verb = chosen < 0 ? VERB_HELP : (enum verb)chosen;
    return chosen >= 0;
}

/* --where FIELD OP VALUE may come as three words: the shell's blanks are no trap. */
static bool take_where_words(struct options *options, int argc, char **argv, int *at)
{
    static char joined[MAX_CONDITIONS][1024];
    size_t length;
    const char *field = argv[*at];
    if (*at + 2 < argc && strpbrk(field, "=!<>~") == NULL &&
        operator_at(argv[*at + 1], &length) >= 0 && argv[*at + 1][length] == '\0' &&
        options->condition_count < MAX_CONDITIONS) {
        char *to = joined[options->condition_count];
        int n = snprintf(to, sizeof *joined, "%s %s %s", field, argv[*at + 1], argv[*at + 2]);
        if (n < 0 || (size_t)n >= sizeof *joined)
            return wrong("--where is too long: ", field);
        *at += 2;
        return take_where(options, to);
    }
    return take_where(options, field);
}

bool read_options(int argc, char **argv, enum verb *verb, struct options *options)
{
    *options = (struct options){.max_bytes = (uint64_t)64 << 30};
    options->reader.size = sizeof options->reader;
    options->context.size = sizeof options->context;
    if (!read_verb(argc, argv, verb))
        return false;
    options->files = argv + 2;
    if (*verb == VERB_CANARY || *verb == VERB_POLICY || *verb == VERB_HISTORY || *verb == VERB_FOLLOW) { /* reads its words itself */
        for (int i = 2; i < argc && strcmp(argv[i], "--") != 0; i++)
            if (strcmp(argv[i], "--help") == 0 || strcmp(argv[i], "-h") == 0)
                *verb = VERB_HELP;
        options->file_count = argc - 2;
        return true;
    }
    bool plain = false, value;
    for (int i = 2; i < argc; i++) {
        char *word = argv[i];
        if (plain || word[0] != '-' || word[1] == '\0') {
            options->files[options->file_count++] = word;
        } else if (strcmp(word, "--") == 0) {
            plain = true;
        } else if (strcmp(word, "--help") == 0 || strcmp(word, "-h") == 0) {
            *verb = VERB_HELP;
            return true;
        } else if (!option_known(*verb, word, i + 1 < argc ? argv[i + 1] : NULL, &value)) {
            return false;
        } else if (strcmp(word, "--last") == 0) {
            options->last = true;
        } else if (strcmp(word, "--now") == 0) {
            options->now = true;
        } else if (strcmp(word, "--bad") == 0) {
            options->bad = true;
        } else if (strcmp(word, "--load") == 0) {
            options->load = true;
        } else if (strcmp(word, "--each") == 0) {
            options->each = true;
        } else if (strcmp(word, "--why") == 0) {
            options->why = true;
        } else if (strcmp(word, "--joined") == 0) {
            options->joined = true;
        } else {
            char *equals = strchr(word, '=');
            if (equals != NULL)
                *equals = '\0';
            else
                i++;
            bool where = strcmp(word, "--where") == 0 && equals == NULL;
            if (where ? !take_where_words(options, argc, argv, &i)
                      : !take_option(options, *verb, word, equals != NULL ? equals + 1 : argv[i]))
                return false;
        }
    }
    if (options->file_count == 0 && (*verb <= VERB_EXPLAIN || *verb == VERB_RECONCILE))
        return wrong(*verb == VERB_EXPLAIN ? "nothing to explain: name a message code"
                                           : "nothing to read: name a file, or '-'", "");
    return true;
}
