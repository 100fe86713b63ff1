/* SPDX-License-Identifier: BSD-2-Clause
 * What `tsmparse reconcile` and `tsmparse follow --once` print of a log. The server's side of the first is
 * what a witness takes out of the same bytes, so that its names are a stranger's as well. */
#include "export.h"
#include "strict.h"

#include <tsmparse/witness.h>

#include <signal.h>
#include <stdlib.h>
#include <string.h>

static tsmp_witness *witness_of(const struct log *log)
{
    tsmp_witness *witness = NULL;
    CHECK(tsmp_witness_new(NULL, NULL, &witness) == TSMP_OK);
    for (size_t i = 0; i < log->count; i++)
        CHECK(tsmp_witness_add(witness, log->batches[i]) == TSMP_OK);
    CHECK(tsmp_witness_end(witness) == TSMP_OK);
    return witness;
}

/* As text it is safe, which print_all() looks at; as JSON it is one object, with a difference for each entry. */
static void reconcile_as(struct options *options, enum format format)
{
    struct json json = {0};
    options->format = format;
    print_all(reconcile_main, options, false);
    CHECK(printed.length > 0 && printed.bytes[printed.length - 1] == '\n');
    if (format == FORMAT_JSON) {
        json_read(&json, printed.bytes, printed.length - 1);
        int differences = json_member(&json, 0, "differences");
        CHECK(json.values[differences].type == JSON_ARRAY);
        for (int one = json.values[differences].first; one >= 0; one = json.values[one].next)
            CHECK(json_member(&json, one, "server") >= 0 && json_member(&json, one, "log") >= 0 &&
                  json_member(&json, one, "verdict") >= 0);
        CHECK(!options->load || json_member(&json, 0, "load") >= 0);
    }
    json_free(&json);
}

void reconcile_verb(struct log *log)
{
    struct options options = log->options;
    tsmp_witness *witness = witness_of(log);
    options.context.witness = witness;
    options.server_count = 1; /* it was read */
    options.load = true;
    reconcile_as(&options, FORMAT_TEXT);
    reconcile_as(&options, FORMAT_JSON);
    options.load = false;
    options.each = true;
    reconcile_as(&options, FORMAT_TEXT);
    reconcile_as(&options, FORMAT_JSON);
    tsmp_witness_free(witness);
}

static int follow_once(const struct options *options)
{
    struct options own = *options; /* its words are taken out of `files` */
    struct sigaction interrupt, end;
    sigaction(SIGINT, NULL, &interrupt);
    sigaction(SIGTERM, NULL, &end);
    int code = follow_main(&own);
    sigaction(SIGINT, &interrupt, NULL);
    sigaction(SIGTERM, &end, NULL);
    return code;
}

/* Records and runs as JSON Lines, or a row for each run. */
void follow_verb(struct log *log)
{
    static const char *const formats[] = {"text", "jsonl"};
    for (int lines = 0; lines < 2; lines++) {
        struct options options = log->options;
        struct json json = {0};
        const char *line;
        size_t at = 0, length;
        char format[32];
        snprintf(format, sizeof format, "--format=%s", formats[lines]);
        char once[] = "--once", *words[] = {log_path, once, format};
        options.files = words;
        options.file_count = 3;
        print_all(follow_once, &options, false);
        while (next_line(&at, &line, &length)) {
            if (lines == 0) {
                CHECK(memchr(line, ' ', length) != NULL);
                continue;
            }
            json_read(&json, line, length);
            CHECK(json.values[0].type == JSON_OBJECT && json_member(&json, 0, "id") >= 0 &&
                  json_member(&json, 0, "kind") >= 0);
        }
        json_free(&json);
    }
}
