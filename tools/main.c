/* SPDX-License-Identifier: BSD-2-Clause */
#include "command.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

/* How much of a file is looked at before it is read: enough to see a day over 12. */
enum { HEAD = 4 * 1024 * 1024, CHUNK = 256 * 1024 };
#define WRAPPED_HEAD ((size_t)256 * 1024 * 1024)

static const char usage[] =
    "usage: tsmparse check   [--last] [--domain \"/ /home\"] [--fresh HOURS] [--format text|json] FILE...\n"
    "       tsmparse runs    [--format text|json] FILE...\n"
    "       tsmparse records [--kind A,B] [--format table|jsonl|csv] [--pattern NAME=REGEX] FILE...\n"
    "       tsmparse explain CODE...\n"
    "       tsmparse --version | --help\n"
    "\n"
    "FILE is a log of the TSM client (dsmsched.log, console output of dsmc), plain, gzip or zstd;\n"
    "'-' is standard input.\n"
    "For all: --date-order mdy|dmy|ymd, --decimal point|comma where the text does not tell.\n"
    "check ends with 0 complete, 1 exceptions, 2 incomplete, failed or missed, 3 unknown or\n"
    "unusable; the others with 0, 1 when some input could not be read, 2 for wrong usage.\n";

static int give(tsmp_reader *reader, batch_handler *handler, void *context)
{
    tsmp_batch *batch;
    int32_t status;
    while ((status = tsmp_reader_next(reader, &batch)) == TSMP_OK) {
        status = handler(batch, context);
        tsmp_batch_unref(batch);
        if (status != TSMP_OK)
            return status;
    }
    return status < 0 ? status : TSMP_OK;
}

static tsmp_reader *new_reader(const struct options *options, const tsmp_options *known,
                               const char *path)
{
    tsmp_reader *reader;
    if (tsmp_reader_new(known, NULL, &reader) != TSMP_OK) {
        fprintf(stderr, "tsmparse: %s: no memory\n", path);
        return NULL;
    }
    for (size_t i = 0; i < options->pattern_count; i++) {
        const char *equals = strchr(options->patterns[i], '=');
        char name[65] = "";
        size_t n = (size_t)(equals - options->patterns[i]);
        memcpy(name, options->patterns[i], n < sizeof name - 1 ? n : sizeof name - 1);
        if (tsmp_reader_add_pattern(reader, name, equals + 1, strlen(equals + 1)) != TSMP_OK) {
            fprintf(stderr, "tsmparse: %s\n", tsmp_reader_error(reader));
            tsmp_reader_free(reader);
            return NULL;
        }
    }
    return reader;
}

/* Bytes [from, to) of the source through a reader; what was read already stands in `head`. */
struct stretch {
    const char *path;
    const char *head;
    size_t head_length;
    struct source *source; /* NULL: the head is all */
};

static int read_stretch(const struct options *options, const tsmp_options *known,
                        struct stretch *stretch, batch_handler *handler, void *context,
                        uint64_t *bytes)
{
    tsmp_reader *reader = new_reader(options, known, stretch->path);
    char *chunk = malloc(CHUNK);
    int32_t status = reader == NULL || chunk == NULL ? TSMP_E_NOMEM : TSMP_OK;
    int bad = reader == NULL;
    for (size_t at = 0; status == TSMP_OK && at < stretch->head_length;) {
        size_t n = stretch->head_length - at < CHUNK ? stretch->head_length - at : CHUNK;
        status = tsmp_reader_feed(reader, stretch->head + at, n);
        if (status == TSMP_OK)
            status = give(reader, handler, context);
        at += n;
    }
    *bytes += stretch->head_length;
    while (status == TSMP_OK && stretch->source != NULL) {
        long n = source_read(stretch->source, chunk, CHUNK);
        if (n < 0) {
            fprintf(stderr, "tsmparse: %s: %s\n", stretch->path, source_error(stretch->source));
            bad = 1;
        }
        if (n <= 0)
            break;
        *bytes += (uint64_t)n;
        status = tsmp_reader_feed(reader, chunk, (uint64_t)n);
        if (status == TSMP_OK)
            status = give(reader, handler, context);
    }
    if (status == TSMP_OK)
        status = tsmp_reader_end(reader);
    if (status == TSMP_OK)
        status = give(reader, handler, context);
    if (status != TSMP_OK && !bad) {
        fprintf(stderr, "tsmparse: %s: no memory\n", stretch->path);
        bad = 1;
    }
    free(chunk);
    tsmp_reader_free(reader);
    return bad;
}

/* A log that wraps ends with this record; then the marker may stand anywhere. */
static bool wraps(const char *path)
{
    static const char mark[] = "Continued at beginning of file";
    char tail[4096];
    FILE *file = fopen(path, "rb");
    if (file == NULL)
        return false;
    size_t n = 0;
    if (fseek(file, 0, SEEK_END) == 0) {
        long size = ftell(file);
        if (fseek(file, size > (long)sizeof tail ? size - (long)sizeof tail : 0, SEEK_SET) == 0)
            n = fread(tail, 1, sizeof tail, file);
    }
    fclose(file);
    return memmem(tail, n, mark, sizeof mark - 1) != NULL;
}

int read_file(const char *path, const struct options *options, batch_handler *handler,
              void *context, struct file_facts *facts)
{
    char error[256];
    struct source *source = source_open(path, error, sizeof error);
    if (source == NULL) {
        fprintf(stderr, "tsmparse: %s: %s\n", path, error);
        return 1;
    }
    *facts = (struct file_facts){source_age(source), source_plain(source), 0};
    size_t wanted = facts->plain && wraps(path) ? WRAPPED_HEAD : HEAD, length = 0, capacity = CHUNK;
    char *head = malloc(capacity);
    bool end = false;
    int bad = head == NULL;
    while (!bad && !end && length < wanted) {
        if (length == capacity) {
            char *bigger = realloc(head, capacity * 2);
            if (bigger == NULL)
                break;
            head = bigger;
            capacity *= 2;
        }
        long n = source_read(source, head + length, capacity - length);
        if (n < 0) {
            fprintf(stderr, "tsmparse: %s: %s\n", path, source_error(source));
            bad = 1;
        }
        end = n <= 0;
        length += n > 0 ? (size_t)n : 0;
    }
    if (head == NULL)
        fprintf(stderr, "tsmparse: %s: no memory\n", path);
    if (!bad) {
        tsmp_probe_result probe = {.size = sizeof probe};
        tsmp_probe(head, length, NULL, &probe);
        tsmp_options known = options->reader;
        uint32_t order = probe.date_order;
        if (known.date_order == 0 && order != 0 && (order & (order - 1)) == 0)
            known.date_order = order;
        if (known.decimal == 0)
            known.decimal = probe.decimal;
        if (known.format == 0 && probe.format == TSMP_FORMAT_ERROR_LOG)
            known.format = probe.format;
        struct stretch whole = {path, head, length, end ? NULL : source};
        if (end && probe.wrap_offset > 0 && probe.wrap_offset < length) {
            /* older lines stand behind the marker: order of time, not of the file */
            struct stretch older = {path, head + probe.wrap_offset,
                                    length - (size_t)probe.wrap_offset, NULL};
            tsmp_options place = known;
            place.first_offset = probe.wrap_offset;
            place.first_line = probe.wrap_line;
            bad = read_stretch(options, &place, &older, handler, context, &facts->bytes);
            whole.head_length = (size_t)probe.wrap_offset;
        }
        bad |= read_stretch(options, &known, &whole, handler, context, &facts->bytes);
    }
    free(head);
    source_close(source);
    return bad;
}

static int wrong(const char *what, const char *value)
{
    fprintf(stderr, "tsmparse: %s%s; see tsmparse --help\n", what, value);
    return -1;
}

static int pick(const char *option, const char *value, const char *const *names)
{
    for (int i = 0; names[i] != NULL; i++)
        if (strcmp(value, names[i]) == 0)
            return i;
    fprintf(stderr, "tsmparse: %s %s: must be one of", option, value);
    for (int i = 0; names[i] != NULL; i++)
        fprintf(stderr, " %s", names[i]);
    fputc('\n', stderr);
    return -1;
}

static int take_domain(struct options *options, const char *value)
{
    while (*value != '\0') {
        size_t n = strcspn(value, " ");
        if (n > 0) {
            if (options->context.domain_count == sizeof options->domain / sizeof *options->domain)
                return wrong("too many volumes in --domain", "");
            options->domain[options->context.domain_count++] = (tsmp_text){value, n};
        }
        value += n + (value[n] == ' ');
    }
    options->context.domain = options->domain;
    return 0;
}

/* One option with its value; 0, or -1 with a message. */
static int take_option(struct options *options, const char *name, const char *value)
{
    static const char *const orders[] = {"mdy", "dmy", "ymd", NULL};
    static const char *const decimals[] = {"point", "comma", NULL};
    static const char *const formats[] = {"text", "table", "json", "jsonl", "csv", NULL};
    int chosen;
    if (strcmp(name, "--format") == 0) {
        if ((chosen = pick(name, value, formats)) < 0)
            return -1;
        options->format = chosen < 2 ? FORMAT_TEXT : chosen < 4 ? FORMAT_JSON : FORMAT_CSV;
    } else if (strcmp(name, "--date-order") == 0) {
        if ((chosen = pick(name, value, orders)) < 0)
            return -1;
        options->reader.date_order = 1u << chosen;
    } else if (strcmp(name, "--decimal") == 0) {
        if ((chosen = pick(name, value, decimals)) < 0)
            return -1;
        options->reader.decimal = (uint32_t)chosen + 1;
    } else if (strcmp(name, "--kind") == 0) {
        options->kinds = value;
    } else if (strcmp(name, "--domain") == 0) {
        return take_domain(options, value);
    } else if (strcmp(name, "--fresh") == 0) {
        char *end;
        long hours = strtol(value, &end, 10);
        if (end == value || *end != '\0' || hours < 1 || hours > 100000)
            return wrong("--fresh takes hours, not ", value);
        options->context.fresh = hours * 3600;
    } else if (strcmp(name, "--pattern") == 0) {
        if (strchr(value, '=') == NULL || options->pattern_count == 32)
            return wrong("--pattern takes NAME=REGEX, at most 32 times, not ", value);
        options->patterns[options->pattern_count++] = value;
    } else {
        return wrong("no such option: ", name);
    }
    return 0;
}

int main(int argc, char **argv)
{
    /* A reader of our output that goes away is no news: say nothing, stop. */
    signal(SIGPIPE, SIG_DFL);
    static struct options options;
    options.reader.size = sizeof options.reader;
    options.context.size = sizeof options.context;
    if (argc >= 2 && strcmp(argv[1], "--version") == 0) {
        printf("tsmparse %s\n", tsmp_version());
        return 0;
    }
    if (argc < 2 || strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0) {
        fputs(usage, argc < 2 ? stderr : stdout);
        return argc < 2 ? 2 : 0;
    }
    if (tsmp_abi_version() != TSMP_ABI_VERSION)
        return fprintf(stderr, "tsmparse: the library has another ABI; install both anew\n"), 2;
    static const char *const verbs[] = {"check", "runs", "records", "explain", NULL};
    int verb = pick("verb", argv[1], verbs);
    if (verb < 0)
        return 2;
    int count = 0;
    char **files = argv + 2;
    bool plain = false;
    for (int i = 2; i < argc; i++) {
        char *word = argv[i];
        if (plain || word[0] != '-' || word[1] == '\0') {
            files[count++] = word;
        } else if (strcmp(word, "--") == 0) {
            plain = true;
        } else if (strcmp(word, "--help") == 0) {
            fputs(usage, stdout);
            return 0;
        } else if (strcmp(word, "--last") == 0) {
            options.last = true;
        } else {
            char *equals = strchr(word, '=');
            if (equals == NULL && i + 1 == argc)
                return wrong(word, " needs a value"), 2;
            if (equals != NULL)
                *equals = '\0';
            if (take_option(&options, word, equals != NULL ? equals + 1 : argv[++i]) != 0)
                return 2;
        }
    }
    if (count == 0)
        return wrong("nothing to read: name a file, or '-'", ""), 2;
    int result = verb == 0 ? check_main(&options, files, count)
                 : verb == 1 ? runs_main(&options, files, count)
                 : verb == 2 ? records_main(&options, files, count)
                             : explain_main(files, count);
    if (fflush(stdout) != 0 || ferror(stdout)) {
        fprintf(stderr, "tsmparse: the output could not be written: %s\n", strerror(errno));
        return verb == 0 ? 3 : 1;
    }
    return result;
}
