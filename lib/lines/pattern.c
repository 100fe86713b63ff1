/* SPDX-License-Identifier: BSD-2-Clause */
#define PCRE2_CODE_UNIT_WIDTH 8
#include "pattern.h"

#include <pcre2.h>
#include <stdio.h>

/* What a pattern may cost on one line, and how often it may hit that before it is switched off:
 * a million lines that each burn the match limit would hold the caller for half an hour. */
enum { MATCH_LIMIT = 10000, DEPTH_LIMIT = 1000, HEAP_LIMIT_KIB = 1024, HITS_ALLOWED = 100 };

struct pattern {
    pcre2_code *code;
    pcre2_match_data *data;
    uint16_t name;    /* its own, as a field id */
    uint32_t hits;
    uint32_t groups;
    uint16_t *fields; /* by group number: field id, 0 = not named */
};

struct patterns {
    tsmp_allocator allocator;
    struct names **names;
    pcre2_general_context *general;
    pcre2_match_context *match;
    struct pattern *items;
    size_t count;
    size_t capacity;
    size_t max_groups;
};

static void *pcre_get(PCRE2_SIZE size, void *context)
{
    return memory_get(context, size);
}

static void pcre_put(void *memory, void *context)
{
    memory_put(context, memory);
}

struct patterns *patterns_new(const tsmp_allocator *allocator, struct names **names)
{
    struct patterns *patterns = memory_get_zeroed(allocator, sizeof *patterns);
    if (patterns == NULL)
        return NULL;
    patterns->allocator = *allocator;
    patterns->names = names;
    patterns->general = pcre2_general_context_create(pcre_get, pcre_put, &patterns->allocator);
    if (patterns->general != NULL)
        patterns->match = pcre2_match_context_create(patterns->general);
    if (patterns->match == NULL) {
        patterns_free(patterns);
        return NULL;
    }
    pcre2_set_match_limit(patterns->match, MATCH_LIMIT);
    pcre2_set_depth_limit(patterns->match, DEPTH_LIMIT);
    pcre2_set_heap_limit(patterns->match, HEAP_LIMIT_KIB);
    return patterns;
}

static void pattern_clear(struct patterns *patterns, struct pattern *pattern)
{
    pcre2_match_data_free(pattern->data);
    pcre2_code_free(pattern->code);
    memory_put(&patterns->allocator, pattern->fields);
}

void patterns_free(struct patterns *patterns)
{
    if (patterns == NULL)
        return;
    for (size_t i = 0; i < patterns->count; i++)
        pattern_clear(patterns, &patterns->items[i]);
    memory_put(&patterns->allocator, patterns->items);
    pcre2_match_context_free(patterns->match);
    pcre2_general_context_free(patterns->general);
    tsmp_allocator allocator = patterns->allocator;
    memory_put(&allocator, patterns);
}

size_t patterns_max_fields(const struct patterns *patterns)
{
    return patterns->max_groups + 1;
}

static int32_t name_groups(struct patterns *patterns, struct pattern *pattern)
{
    uint32_t count = 0, entry = 0;
    PCRE2_SPTR table = NULL;
    pcre2_pattern_info(pattern->code, PCRE2_INFO_CAPTURECOUNT, &pattern->groups);
    pcre2_pattern_info(pattern->code, PCRE2_INFO_NAMECOUNT, &count);
    pcre2_pattern_info(pattern->code, PCRE2_INFO_NAMEENTRYSIZE, &entry);
    pcre2_pattern_info(pattern->code, PCRE2_INFO_NAMETABLE, &table);
    pattern->fields = memory_get_zeroed(&patterns->allocator,
                                        (pattern->groups + 1) * sizeof *pattern->fields);
    if (pattern->fields == NULL)
        return TSMP_E_NOMEM;
    for (uint32_t i = 0; i < count; i++) {
        PCRE2_SPTR row = table + (size_t)i * entry;
        unsigned group = (unsigned)row[0] << 8 | row[1];
        const char *name = (const char *)row + 2;
        bool full;
        pattern->fields[group] = names_add(&patterns->allocator, patterns->names, name,
                                           strlen(name), &full);
        if (pattern->fields[group] == 0)
            return TSMP_E_NOMEM;
    }
    return TSMP_OK;
}

size_t patterns_count(const struct patterns *patterns)
{
    return patterns->count;
}

uint32_t *patterns_hits(struct patterns *patterns, size_t index)
{
    return &patterns->items[index].hits;
}

int32_t patterns_add(struct patterns *patterns, const char *name, const char *pattern,
                     size_t length, char *error, size_t error_size)
{
    void *items = patterns->items;
    if (!memory_reserve(&patterns->allocator, &items, &patterns->capacity, patterns->count, 1,
                        sizeof *patterns->items))
        return TSMP_E_NOMEM;
    patterns->items = items;
    struct pattern *added = &patterns->items[patterns->count];
    *added = (struct pattern){0};
    pcre2_compile_context *compile = pcre2_compile_context_create(patterns->general);
    if (compile == NULL)
        return TSMP_E_NOMEM;
    int code = 0;
    PCRE2_SIZE where = 0;
    added->code = pcre2_compile((PCRE2_SPTR)(length > 0 ? pattern : ""), length, PCRE2_NEVER_BACKSLASH_C, &code,
                                &where, compile);
    pcre2_compile_context_free(compile);
    if (added->code == NULL) {
        if (code == 121) /* PCRE2_ERROR_HEAP_FAILED, which old headers do not name */
            return TSMP_E_NOMEM;
        PCRE2_UCHAR text[128];
        if (pcre2_get_error_message(code, text, sizeof text) < 0)
            text[0] = '\0';
        snprintf(error, error_size, "pattern %s: %s at byte %lu", name, (const char *)text,
                 (unsigned long)where);
        return TSMP_E_PATTERN;
    }
    added->data = pcre2_match_data_create_from_pattern(added->code, patterns->general);
    bool full;
    added->name = names_add(&patterns->allocator, patterns->names, name, strlen(name), &full);
    int32_t status = added->data == NULL || added->name == 0 ? TSMP_E_NOMEM
                                                             : name_groups(patterns, added);
    if (status != TSMP_OK) {
        pattern_clear(patterns, added);
        return status;
    }
    if (added->groups > patterns->max_groups)
        patterns->max_groups = added->groups;
    patterns->count++;
    return TSMP_OK;
}

static void take_match(const struct pattern *pattern, struct line *line)
{
    const PCRE2_SIZE *spans = pcre2_get_ovector_pointer(pattern->data);
    line->record->kind = TSMP_KIND_CUSTOM;
    line->record->why = TSMP_WHY_NONE;
    line_add_word(line, TSMP_FIELD_NAME, 0, line->text, 0)->number = pattern->name;
    for (uint32_t group = 1; group <= pattern->groups; group++) {
        PCRE2_SIZE from = spans[2 * group], to = spans[2 * group + 1];
        if (pattern->fields[group] == 0 || from == PCRE2_UNSET || to < from)
            continue;
        line_add_text(line, pattern->fields[group], line->text + from, to - from);
    }
}

bool patterns_try(struct patterns *patterns, struct line *line)
{
    for (size_t i = 0; i < patterns->count; i++) {
        struct pattern *pattern = &patterns->items[i];
        if (pattern->hits >= HITS_ALLOWED) {
            line->record->why = TSMP_WHY_PATTERN_LIMIT;
            continue;
        }
        int result = pcre2_match(pattern->code, (PCRE2_SPTR)line->text, line->length, 0, 0,
                                 pattern->data, patterns->match);
        if (result > 0) {
            take_match(pattern, line);
            return true;
        }
        if (result == PCRE2_ERROR_NOMEMORY)
            return false;
        if (result == PCRE2_ERROR_MATCHLIMIT || result == PCRE2_ERROR_DEPTHLIMIT ||
            result == PCRE2_ERROR_HEAPLIMIT) {
            pattern->hits++;
            line->record->why = TSMP_WHY_PATTERN_LIMIT;
        }
    }
    return true;
}
