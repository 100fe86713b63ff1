/* SPDX-License-Identifier: BSD-2-Clause */
#include "case.h"
#include "server.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct parsing {
    struct document *document;
    size_t line;
};

static void malformed(const struct parsing *parsing, const char *why)
{
    fprintf(stderr, "%s:%zu: %s\n", parsing->document->path, parsing->line, why);
    exit(99);
}

/* ---- the input block ------------------------------------------------------------------------- */

struct input_style {
    bool crlf, escapes, no_newline, bom, utf16le, utf16be;
};

static int hex(char c)
{
    return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10
         : c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

static void add_line(struct parsing *parsing, struct text *to, const char *line, size_t length,
                     const struct input_style *style)
{
    for (size_t i = 0; i < length; i++) {
        char c = line[i];
        if (style->escapes && c == '\\') {
            char next = i + 1 < length ? line[++i] : '\0';
            if (next == 'x' && i + 2 < length && hex(line[i + 1]) >= 0 && hex(line[i + 2]) >= 0) {
                c = (char)(hex(line[i + 1]) * 16 + hex(line[i + 2]));
                i += 2;
            } else {
                c = next == 'r' ? '\r' : next == 't' ? '\t' : next == 's' ? ' '
                  : next == '\\' ? '\\' : '\0';
                if (c == '\0')
                    malformed(parsing, "escapes are \\r \\t \\s \\\\ and \\xHH");
            }
        }
        text_add(to, &c, 1);
    }
    text_put(to, style->crlf ? "\r\n" : "\n");
}

/* UTF-8 (well formed: it is ours) to UTF-16 with its byte order mark. */
static void to_utf16(struct text *text, bool big)
{
    struct text out = {0};
    const unsigned char *s = (const unsigned char *)text->bytes;
    uint32_t units[2] = {0xFEFF, 0};
    size_t at = 0, count = 1;
    for (;;) {
        for (size_t i = 0; i < count; i++) {
            char pair[2] = {(char)(big ? units[i] >> 8 : units[i] & 0xFF),
                            (char)(big ? units[i] & 0xFF : units[i] >> 8)};
            text_add(&out, pair, 2);
        }
        if (at >= text->length)
            break;
        uint32_t c = s[at];
        size_t more = c >= 0xF0 ? 3 : c >= 0xE0 ? 2 : c >= 0xC0 ? 1 : 0;
        c &= more == 3 ? 7u : more == 2 ? 15u : more == 1 ? 31u : 127u;
        for (at++; more > 0; more--, at++)
            c = c << 6 | (s[at] & 63u);
        count = c >= 0x10000 ? 2 : 1;
        units[0] = count == 2 ? 0xD800 + ((c - 0x10000) >> 10) : c;
        units[1] = 0xDC00 + ((c - 0x10000) & 0x3FF);
    }
    text_free(text);
    *text = out;
}

static bool value_of(const char *word, const char *key, const char **value)
{
    size_t n = strlen(key);
    if (strncmp(word, key, n) != 0 || word[n] != '=')
        return false;
    *value = word + n + 1;
    return true;
}

static char *copy_of(const char *value)
{
    size_t n = strlen(value) + 1;
    char *copy = malloc(n);
    if (copy == NULL)
        exit(99);
    memcpy(copy, value, n);
    return copy;
}

static void add_domain(struct parsing *parsing, struct setup *setup, const char *value)
{
    uint64_t *count = &setup->context.domain_count;
    if (*count == CASE_MAX_DOMAIN)
        malformed(parsing, "too many domain= words");
    setup->domain[(*count)++] = (tsmp_text){copy_of(value), strlen(value)};
}

/* CODE:GLOB:YEAR, known as harmless until that year begins; an empty GLOB is any object. */
static void add_waiver(struct parsing *parsing, struct setup *setup, const char *value)
{
    static const char reason[] = "known on this machine";
    const char *glob = strchr(value, ':'), *year = strrchr(value, ':');
    size_t length = strlen(value);
    char *copy = malloc(length + 1);
    if (copy == NULL)
        exit(99);
    memcpy(copy, value, length + 1);
    if (glob == NULL || year == glob || setup->context.waiver_count > 0)
        malformed(parsing, "waiver= is CODE:GLOB:YEAR, once");
    setup->waiver = (tsmp_waiver){
        .code = {copy, (size_t)(glob - value)},
        .object = {copy + (glob - value) + 1, (size_t)(year - glob) - 1},
        .reason = {reason, sizeof reason - 1},
        .until = (strtoll(year + 1, NULL, 10) - 1970) * INT64_C(31556952000000)};
    setup->context.waiver_count = 1;
}

static void add_proofs(struct parsing *parsing, struct setup *setup, const char *value)
{
    for (uint32_t bit = 1; bit < 1u << 16; bit <<= 1) {
        const char *name = tsmp_name("proof", bit);
        if (name != NULL && strcmp(name, value) == 0) {
            setup->context.proofs |= bit;
            return;
        }
    }
    malformed(parsing, "no such proof");
}

static uint32_t constant(struct parsing *parsing, const char *group, const char *value)
{
    for (uint32_t i = 0; i < 64; i++)
        if (tsmp_name(group, i) != NULL && strcmp(tsmp_name(group, i), value) == 0)
            return i;
    malformed(parsing, "no such encoding or repair");
    return 0;
}

static void take_word(struct parsing *parsing, const char *word, struct input_style *style,
                      struct setup *setup)
{
    static const char *const orders[] = {"mdy", "dmy", "ymd"};
    const char *value;
    if (strcmp(word, "crlf") == 0)
        style->crlf = true;
    else if (strcmp(word, "escapes") == 0)
        style->escapes = true;
    else if (strcmp(word, "no-newline") == 0)
        style->no_newline = true;
    else if (strcmp(word, "bom") == 0)
        style->bom = true;
    else if (strcmp(word, "utf16le") == 0)
        style->utf16le = true;
    else if (strcmp(word, "utf16be") == 0)
        style->utf16be = true;
    else if (strcmp(word, "probe") == 0)
        setup->probe = true;
    else if (value_of(word, "order", &value)) {
        for (unsigned i = 0; i < 3; i++)
            if (strcmp(value, orders[i]) == 0)
                setup->options.date_order = 1u << i;
        if (setup->options.date_order == 0)
            malformed(parsing, "order is mdy, dmy or ymd");
    } else if (value_of(word, "decimal", &value))
        setup->options.decimal = value[0] == 'c' ? TSMP_DECIMAL_COMMA : TSMP_DECIMAL_POINT;
    else if (value_of(word, "format", &value)) {
        for (uint32_t i = 1; i < 64 && setup->options.format == 0; i++)
            if (tsmp_name("format", i) != NULL && strcmp(tsmp_name("format", i), value) == 0)
                setup->options.format = i;
        if (setup->options.format == 0)
            malformed(parsing, "no such format");
    } else if (value_of(word, "encoding", &value)) {
        setup->options.encoding = constant(parsing, "encoding", value);
    } else if (value_of(word, "language", &value)) {
        char path[700]; /* beside the document */
        const char *slash = strrchr(parsing->document->path, '/');
        int folder = slash != NULL ? (int)(slash - parsing->document->path) + 1 : 0;
        snprintf(path, sizeof path, "%.*s%s.tsv", folder, parsing->document->path, value);
        if (!text_load(&setup->language, path))
            malformed(parsing, "no such table in tests/cases/language");
    } else if (value_of(word, "repair", &value)) {
        setup->options.repair |= constant(parsing, "repair", value);
    } else if (value_of(word, "max-line", &value))
        setup->options.max_line = strtoull(value, NULL, 10);
    else if (value_of(word, "offset", &value))
        setup->options.first_offset = strtoull(value, NULL, 10);
    else if (value_of(word, "line", &value))
        setup->options.first_line = strtoull(value, NULL, 10);
    else if (value_of(word, "age", &value))
        setup->context.age = strtoll(value, NULL, 10);
    else if (value_of(word, "domain", &value))
        add_domain(parsing, setup, value);
    else if (value_of(word, "proof", &value))
        add_proofs(parsing, setup, value);
    else if (value_of(word, "limit", &value))
        setup->context.limit = strtoll(value, NULL, 10);
    else if (value_of(word, "waiver", &value))
        add_waiver(parsing, setup, value);
    else if (value_of(word, "skew", &value))
        setup->context.skew = strtoll(value, NULL, 10) * 1000000;
    else if (value_of(word, "node", &value))
        setup->context.node = (tsmp_text){copy_of(value), strlen(value)};
    else
        malformed(parsing, "unknown word behind ```input");
}

static void begin_input(struct parsing *parsing, char *words, struct input_style *style)
{
    struct document *document = parsing->document;
    document->inputs = realloc(document->inputs, (document->count + 1) * sizeof(struct input));
    if (document->inputs == NULL)
        exit(99);
    struct input *input = &document->inputs[document->count++];
    *input = (struct input){0};
    snprintf(input->name, sizeof input->name, "%s:%zu", document->name, parsing->line);
    input->setup.options.size = sizeof input->setup.options;
    input->setup.context.size = sizeof input->setup.context;
    *style = (struct input_style){0};
    for (char *word = strtok(words, " "); word != NULL; word = strtok(NULL, " "))
        take_word(parsing, word, style, &input->setup);
    text_put(&input->bytes, style->bom ? "\xEF\xBB\xBF" : "");
}

static void end_input(struct input *input, const struct input_style *style)
{
    if (style->no_newline && input->bytes.length > 0)
        input->bytes.length -= style->crlf ? 2 : 1;
    if (style->utf16le || style->utf16be)
        to_utf16(&input->bytes, style->utf16be);
}

/* ---- the document ---------------------------------------------------------------------------- */

enum place { PROSE, INPUT, SERVER, RECORDS, RUNS, OTHER };

static void begin_server(struct parsing *parsing, char *words, struct input_style *style)
{
    if (parsing->document->count == 0)
        malformed(parsing, "an input must come first");
    struct setup *setup = &parsing->document->inputs[parsing->document->count - 1].setup;
    struct setup none = {0};
    setup->server = realloc(setup->server, (setup->server_count + 1) * sizeof *setup->server);
    if (setup->server == NULL)
        exit(99);
    setup->server[setup->server_count++] = (struct text){0};
    *style = (struct input_style){0};
    for (char *word = strtok(words, " "); word != NULL; word = strtok(NULL, " "))
        take_word(parsing, word, style, &none);
}

static enum place open_fence(struct parsing *parsing, const char *info, size_t length,
                             struct input_style *style)
{
    char words[256];
    if (length >= sizeof words)
        malformed(parsing, "fence line too long");
    memcpy(words, info, length);
    words[length] = '\0';
    if (strncmp(words, "input", 5) == 0 && (words[5] == ' ' || words[5] == '\0')) {
        begin_input(parsing, words + 5, style);
        return INPUT;
    }
    if (strncmp(words, "server", 6) == 0 && (words[6] == ' ' || words[6] == '\0')) {
        begin_server(parsing, words + 6, style);
        return SERVER;
    }
    bool records = strcmp(words, "records") == 0;
    if (!records && strcmp(words, "runs") != 0)
        return OTHER;
    if (parsing->document->count == 0)
        malformed(parsing, "an input must come first");
    struct input *input = &parsing->document->inputs[parsing->document->count - 1];
    struct block_text *block = records ? &input->records : &input->runs;
    if (block->present)
        malformed(parsing, "a second block of this kind for one input");
    block->present = true;
    return records ? RECORDS : RUNS;
}

static void parse(struct document *document)
{
    struct parsing parsing = {document, 0};
    const char *source = document->source.bytes;
    struct input_style style = {0};
    enum place place = PROSE;
    if (strncmp(source, "# ", 2) != 0)
        malformed(&parsing, "a case begins with its title");
    for (size_t at = 0; at < document->source.length;) {
        const char *line = source + at;
        const char *newline = memchr(line, '\n', document->source.length - at);
        parsing.line++;
        if (newline == NULL)
            malformed(&parsing, "the last line has no newline");
        size_t length = (size_t)(newline - line), next = at + length + 1;
        struct input *input = document->count > 0 ? &document->inputs[document->count - 1] : NULL;
        if (place == PROSE) {
            if (length >= 3 && memcmp(line, "```", 3) == 0) {
                place = open_fence(&parsing, line + 3, length - 3, &style);
                input = document->count > 0 ? &document->inputs[document->count - 1] : NULL;
                if (place == RECORDS)
                    input->records.from = input->records.to = next;
                if (place == RUNS)
                    input->runs.from = input->runs.to = next;
            }
        } else if (length == 3 && memcmp(line, "```", 3) == 0) {
            if (place == INPUT)
                end_input(input, &style);
            place = PROSE;
        } else if (place == INPUT) {
            add_line(&parsing, &input->bytes, line, length, &style);
        } else if (place == SERVER) {
            add_line(&parsing, &input->setup.server[input->setup.server_count - 1], line, length, &style);
        } else if (place == RECORDS) {
            input->records.to = next;
        } else if (place == RUNS) {
            input->runs.to = next;
        }
        at = next;
    }
    if (place != PROSE)
        malformed(&parsing, "a fence is not closed");
    if (document->count == 0)
        malformed(&parsing, "no ```input block");
    for (size_t i = 0; i < document->count; i++) {
        struct setup *setup = &document->inputs[i].setup;
        if (!document->inputs[i].records.present && !document->inputs[i].runs.present)
            malformed(&parsing, "an input without ```records or ```runs");
        setup->context.domain = setup->context.domain_count > 0 ? setup->domain : NULL;
        setup->context.waivers = setup->context.waiver_count > 0 ? &setup->waiver : NULL;
        if (setup->server_count > 0 &&
            server_make(setup->server, setup->server_count, 0, NULL, NULL, &setup->witness) != TSMP_OK)
            malformed(&parsing, "what the server says can't be read");
        setup->context.witness = setup->witness;
    }
}

static int by_name(const void *a, const void *b)
{
    return strcmp(((const struct document *)a)->path, ((const struct document *)b)->path);
}

/* Without iconv, naming an encoding is refused, and these inputs do. */
#ifdef TSMP_ICONV
enum { CONVERSION = 1 };
#else
enum { CONVERSION = 0 };
#endif

static void load_folder(struct documents *documents, const char *root, const char *format)
{
    char folder[400];
    snprintf(folder, sizeof folder, "%s/%s", root, format);
    DIR *dir = opendir(folder);
    if (dir == NULL) {
        fprintf(stderr, "%s: no such folder\n", folder);
        exit(99);
    }
    for (struct dirent *entry; (entry = readdir(dir)) != NULL;) {
        size_t n = strlen(entry->d_name);
        if (n < 4 || n > 60 || strcmp(entry->d_name + n - 3, ".md") != 0)
            continue;
        documents->items = realloc(documents->items, (documents->count + 1) * sizeof(struct document));
        if (documents->items == NULL)
            exit(99);
        struct document *document = &documents->items[documents->count++];
        *document = (struct document){0};
        snprintf(document->path, sizeof document->path, "%s/%.60s", folder, entry->d_name);
        snprintf(document->name, sizeof document->name, "%.40s/%.60s", format, entry->d_name);
    }
    closedir(dir);
}

struct documents documents_load(const char *root, const char *format)
{
    struct documents documents = {0};
    if (format != NULL) {
        load_folder(&documents, root, format);
    } else {
        DIR *dir = opendir(root);
        if (dir == NULL)
            exit(99);
        for (struct dirent *entry; (entry = readdir(dir)) != NULL;)
            if (strchr(entry->d_name, '.') == NULL && strncmp(entry->d_name, "__", 2) != 0 &&
                (CONVERSION || strcmp(entry->d_name, "encoding") != 0))
                load_folder(&documents, root, entry->d_name);
        closedir(dir);
    }
    if (documents.count > 0)
        qsort(documents.items, documents.count, sizeof(struct document), by_name);
    for (size_t i = 0; i < documents.count; i++) {
        if (!text_load(&documents.items[i].source, documents.items[i].path)) {
            fprintf(stderr, "%s: cannot be read\n", documents.items[i].path);
            exit(99);
        }
        parse(&documents.items[i]);
    }
    return documents;
}

void documents_free(struct documents *documents)
{
    for (size_t i = 0; i < documents->count; i++) {
        struct document *document = &documents->items[i];
        for (size_t k = 0; k < document->count; k++) {
            struct input *input = &document->inputs[k];
            for (uint64_t d = 0; d < input->setup.context.domain_count; d++)
                free((void *)(uintptr_t)input->setup.domain[d].bytes);
            text_free(&input->bytes);
            free((void *)(uintptr_t)input->setup.waiver.code.bytes);
            text_free(&input->setup.language);
            for (size_t t = 0; t < input->setup.server_count; t++)
                text_free(&input->setup.server[t]);
            free(input->setup.server);
            free((void *)(uintptr_t)input->setup.context.node.bytes);
            tsmp_witness_free(input->setup.witness);
        }
        free(document->inputs);
        text_free(&document->source);
    }
    free(documents->items);
    *documents = (struct documents){0};
}
