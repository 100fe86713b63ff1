/* SPDX-License-Identifier: BSD-2-Clause */
#include "said.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct text kept;

void said_verdict(struct text *to, const tsmp_verdict_view *verdict)
{
    text_put(to, "  ");
    text_put(to, tsmp_name("verdict", verdict->verdict));
    text_put(to, ", proof ");
    text_number(to, verdict->proof);
    text_put(to, "\n");
    for (uint64_t i = 0; i < verdict->evidence_count; i++) {
        const tsmp_evidence *evidence = &verdict->evidence[i];
        text_put(to, "    ");
        text_number(to, evidence->strength);
        text_put(to, " ");
        text_put(to, tsmp_name("evidence", evidence->id));
        text_put(to, ":");
        text_put(to, evidence->effect != 0 ? tsmp_name("verdict", evidence->effect) : "-");
        for (uint64_t k = 0; k < evidence->line_count; k++) {
            text_put(to, k > 0 ? "," : " ");
            text_number(to, evidence->lines[k]);
        }
        text_put(to, " ");
        text_quoted(to, evidence->text.bytes, (size_t)evidence->text.length, false);
        text_put(to, "\n");
    }
}

void said_row(const char *row, const struct text *what)
{
    text_put(&kept, row);
    text_put(&kept, "\n");
    text_add(&kept, what->length > 0 ? what->bytes : "", what->length);
}

static size_t line_number(const char *from, size_t at)
{
    size_t number = 1;
    for (size_t i = 0; i < at; i++)
        number += from[i] == '\n';
    return number;
}

/* From the start of the line that holds `at` to its end. */
static int line_around(const struct text *text, size_t at, size_t *from)
{
    size_t to = at;
    for (*from = at; *from > 0 && text->bytes[*from - 1] != '\n';)
        --*from;
    while (to < text->length && text->bytes[to] != '\n')
        to++;
    return (int)(to - *from);
}

void said_as_before(void **state)
{
    char path[1000];
    struct text before = {0};
    snprintf(path, sizeof path, "%s/%s.txt", SAID, (const char *)*state);
    assert_true(kept.length > 0);
    if (getenv("SAID_UPDATE") != NULL) {
        FILE *out = fopen(path, "wb");
        assert_non_null(out);
        assert_int_equal(fwrite(kept.bytes, 1, kept.length, out), kept.length);
        assert_int_equal(fclose(out), 0);
    }
    if (!text_load(&before, path))
        fail_msg("%s can't be read", path);
    size_t at = 0, a, b;
    while (at < before.length && at < kept.length && before.bytes[at] == kept.bytes[at])
        at++;
    if (at < before.length || at < kept.length) {
        int was = line_around(&before, at, &a), is = line_around(&kept, at, &b);
        fail_msg("line %zu of %s (meant so? set SAID_UPDATE)\nwas: %.*s\nis:  %.*s", line_number(before.bytes, at),
                 path, was, before.bytes + a, is, kept.bytes + b);
    }
    text_free(&before);
    text_free(&kept);
}
