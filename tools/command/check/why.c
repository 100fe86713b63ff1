/* SPDX-License-Identifier: BSD-2-Clause */
#include "why.h"

#include "command.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_RULES = 20, MOST_LINES = 16, SENTENCE = 600 };

struct item {
    uint32_t id, effect; /* of a reason; or a proof, whether it stands, and is asked for */
    bool stands, asked;
    char *text;
    uint64_t lines[MOST_LINES];
    size_t count;     /* of all lines */
};

struct why {
    struct item *rules, *proofs;
    size_t rule_count, proof_count;
    uint64_t rules_left;
};

/* ---- kept ---------------------------------------------------------------------------------------------- */

static bool fill(struct item *item, tsmp_text text, const uint64_t *lines, uint64_t count, size_t *cost)
{
    size_t length = text.length < SENTENCE * 4 ? (size_t)text.length : SENTENCE * 4;
    item->text = malloc(length + 1);
    if (item->text == NULL)
        return false;
    if (length > 0)
        memcpy(item->text, text.bytes, length);
    for (size_t i = 0; i < length; i++)
        if (item->text[i] == '\0') /* a name may hold one */
            item->text[i] = '\x01';
    item->text[length] = '\0';
    item->count = (size_t)count;
    for (size_t i = 0; i < count && i < MOST_LINES; i++)
        item->lines[i] = lines[i];
    *cost += length + 1;
    return true;
}

static const tsmp_evidence *evidence_at(const tsmp_verdict_view *view, uint64_t i)
{
    return (const tsmp_evidence *)(const void *)((const char *)view->evidence + i * view->evidence_stride);
}

static const tsmp_ground *ground_at(const tsmp_verdict_view *view, uint64_t i)
{
    return (const tsmp_ground *)(const void *)((const char *)view->grounds + i * view->ground_stride);
}

bool why_copy(struct why **to, const tsmp_verdict_view *view, size_t *cost)
{
    *to = NULL;
    bool asked = view->ground_count > 0;
    for (uint64_t i = 0; i < view->evidence_count && !asked; i++)
        asked = evidence_at(view, i)->change.length > 0;
    if (!asked)
        return true;
    struct why *why = *to = calloc(1, sizeof *why);
    if (why == NULL)
        return false;
    why->rules = calloc(MOST_RULES, sizeof *why->rules);
    why->proofs = calloc((size_t)view->ground_count + 1, sizeof *why->proofs);
    *cost += sizeof *why + MOST_RULES * sizeof *why->rules + ((size_t)view->ground_count + 1) * sizeof *why->proofs;
    if (why->rules == NULL || why->proofs == NULL)
        return false;
    for (uint64_t i = 0; i < view->evidence_count; i++) {
        const tsmp_evidence *e = evidence_at(view, i);
        if (e->effect == 0)
            continue;
        if (why->rule_count == MOST_RULES) {
            why->rules_left++;
            continue;
        }
        struct item *item = &why->rules[why->rule_count++];
        *item = (struct item){.id = e->id, .effect = e->effect};
        if (!fill(item, e->change, e->lines, e->line_count, cost))
            return false;
    }
    for (uint64_t i = 0; i < view->ground_count; i++) {
        const tsmp_ground *g = ground_at(view, i);
        struct item *item = &why->proofs[why->proof_count++];
        *item = (struct item){.id = g->proof, .stands = g->stands != 0, .asked = g->asked != 0};
        if (!fill(item, g->text, g->lines, g->line_count, cost))
            return false;
    }
    return true;
}

static void free_items(struct item *items, size_t count)
{
    for (size_t i = 0; items != NULL && i < count; i++)
        free(items[i].text);
    free(items);
}

void why_free(struct why *why)
{
    if (why == NULL)
        return;
    free_items(why->rules, why->rule_count);
    free_items(why->proofs, why->proof_count);
    free(why);
}

/* ---- shown ----------------------------------------------------------------------------------------------- */

static const char *known(const char *name)
{
    return name != NULL ? name : "other";
}

static void print_lines(const struct item *item)
{
    size_t shown = item->count < MOST_LINES ? item->count : MOST_LINES;
    for (size_t i = 0; i < shown; i++)
        printf("%s%" PRIu64, i > 0 ? ", " : item->count == 1 ? " (line " : " (lines ", item->lines[i]);
    if (item->count > shown)
        printf(" and %zu more", item->count - shown);
    if (shown > 0)
        putchar(')');
}

void why_print(const struct why *why, uint32_t verdict)
{
    if (why == NULL)
        return;
    printf("  why %s:\n", known(tsmp_name("verdict", verdict)));
    for (size_t i = 0; i < why->rule_count; i++) {
        const struct item *item = &why->rules[i];
        printf("    %s makes it %s", known(tsmp_name("evidence", item->id)),
               known(tsmp_name("verdict", item->effect)));
        print_lines(item);
        fputs("; it would take ", stdout);
        print_safe(stdout, item->text, strlen(item->text), SENTENCE);
        putchar('\n');
    }
    if (why->rules_left > 0)
        printf("    and %" PRIu64 " more; --format=json has them all\n", why->rules_left);
    for (size_t i = 0; i < why->proof_count; i++) {
        const struct item *item = &why->proofs[i];
        printf("    proof %s %s%s", known(tsmp_name("proof", item->id)),
               item->stands ? "stands" : "does not stand", item->asked ? "" : ", and is not asked for");
        print_lines(item);
        fputs(": ", stdout);
        print_safe(stdout, item->text, strlen(item->text), SENTENCE);
        putchar('\n');
    }
}

static void json_lines(FILE *out, const uint64_t *lines, uint64_t count)
{
    fputs(",\"lines\":[", out);
    for (uint64_t i = 0; i < count; i++)
        fprintf(out, "%s%" PRIu64, i > 0 ? "," : "", lines[i]);
    fputs("]}", out);
}

void why_json(FILE *out, const tsmp_verdict_view *view)
{
    struct why *why;
    size_t cost = 0;
    bool good = why_copy(&why, view, &cost), asked = why != NULL;
    why_free(why);
    if (good && !asked)
        return;
    const char *comma = "";
    fputs("\"why\":[", out);
    for (uint64_t i = 0; i < view->evidence_count; i++) {
        const tsmp_evidence *e = evidence_at(view, i);
        if (e->effect == 0)
            continue;
        fprintf(out, "%s{\"rule\":\"%s\",\"makes\":\"%s\",", comma, known(tsmp_name("evidence", e->id)),
                known(tsmp_name("verdict", e->effect)));
        print_json_pair(out, "text", e->text.bytes, (size_t)e->text.length);
        putc(',', out);
        print_json_pair(out, "change", e->change.bytes, (size_t)e->change.length);
        json_lines(out, e->lines, e->line_count);
        comma = ",";
    }
    for (uint64_t i = 0; i < view->ground_count; i++) {
        const tsmp_ground *g = ground_at(view, i);
        fprintf(out, "%s{\"proof\":\"%s\",\"stands\":%s,\"asked\":%s,", comma, known(tsmp_name("proof", g->proof)),
                g->stands ? "true" : "false", g->asked ? "true" : "false");
        print_json_pair(out, "text", g->text.bytes, (size_t)g->text.length);
        json_lines(out, g->lines, g->line_count);
        comma = ",";
    }
    fputs("],", out);
}
