/* SPDX-License-Identifier: BSD-2-Clause
 * tsmparse probe: what a file is, region by region, and why it is taken for that. */
#include "command.h"
#include "source.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum { CHUNK = 256 * 1024 };

struct probing {
    tsmp_prober *prober;
    tsmp_reader *reader;
    tsmp_regions *regions;
    tsmp_probe_result result;
};

static const char *name_of(const char *group, uint32_t id)
{
    const char *name = tsmp_name(group, id);
    return name != NULL ? name : "unknown";
}

/* A set of bits by name; "none" when it is empty. */
static void print_set(const char *group, uint32_t set, const char *between, const char *quote)
{
    const char *comma = "";
    for (uint32_t bit = 1; bit != 0 && bit <= set; bit <<= 1) {
        if ((set & bit) == 0)
            continue;
        printf("%s%s%s%s", comma, quote, name_of(group, bit), quote);
        comma = between;
    }
}

static const char *order_of(uint32_t set)
{
    static const char *const names[8] = {"none", "mdy", "dmy", "mdy or dmy",
                                         "ymd", "mdy or ymd", "dmy or ymd", "mdy, dmy or ymd"};
    return names[set & 7u];
}

static const char *decimal_of(uint32_t decimal)
{
    static const char *const names[] = {"none", "point", "comma", "comma_both"};
    return names[decimal & 3u];
}

/* ---- text ------------------------------------------------------------------------------------ */

static void print_client(const tsmp_region *region)
{
    if (region->brand != 0)
        printf(", %s", name_of("brand", region->brand));
    if (region->version != 0)
        printf(" %" PRIu32 ".%" PRIu32 ".%" PRIu32 ".%" PRIu32, region->version, region->release,
               region->level, region->sublevel);
}

static void print_text(const char *path, const struct probing *probing)
{
    const tsmp_probe_result *result = &probing->result;
    print_safe(stdout, path, strlen(path), 4096);
    printf(": %" PRIu64 " lines, dates %s, decimals %s, encoding %s", result->lines,
           order_of(result->date_order), decimal_of(result->decimal),
           name_of("encoding", result->encoding));
    if (result->not_utf8 > 0)
        printf(" (%" PRIu64 " lines are not UTF-8: name it with --encoding)", result->not_utf8);
    if (result->repair != 0) {
        printf(", a paste: ");
        print_set("repair", result->repair, " ", "");
        if ((result->repair & ~(uint32_t)TSMP_REPAIR_COLLAPSED) != 0)
            printf(" (read it with --repair)");
    }
    if (result->wrap_offset != 0)
        printf(", wraps at line %" PRIu64, result->wrap_line);
    putchar('\n');
    tsmp_region region = {.size = sizeof region};
    for (uint64_t i = 0; tsmp_regions_get(probing->regions, i, &region) == TSMP_OK; i++) {
        printf("  lines %" PRIu64 "-%" PRIu64 "  %s", region.line, region.line + region.lines - 1,
               name_of("format", region.format));
        print_client(&region);
        printf(", dates %s, decimals %s", order_of(region.date_order), decimal_of(region.decimal));
        if (region.grouping > ' ' && region.grouping < 0x7F)
            printf(", thousands by '%c'", (char)region.grouping);
        else if (region.grouping != 0)
            printf(", thousands by %s", region.grouping == ' ' ? "a blank" : region.grouping == 0x2019
                                            ? "U+2019" : region.grouping == 0xA0 ? "U+00A0" : "U+202F");
        if (region.language != 0)
            printf(", language %s", name_of("language", region.language));
        if (region.unknown > 0)
            printf(", %" PRIu64 " of %" PRIu64 " records unknown", region.unknown, region.records);
        if (region.clue != 0)
            printf("; because of %s in line %" PRIu64, name_of("clue", region.clue), region.clue_line);
        putchar('\n');
    }
    if (tsmp_regions_left(probing->regions) > 0)
        printf("  and %" PRIu64 " more\n", tsmp_regions_left(probing->regions));
}

/* ---- JSON ------------------------------------------------------------------------------------ */

static void print_orders(uint32_t set)
{
    static const char *const names[] = {"mdy", "dmy", "ymd"};
    const char *comma = "";
    fputs("\"date_order\":[", stdout);
    for (unsigned i = 0; i < 3; i++)
        if ((set & 1u << i) != 0) {
            printf("%s\"%s\"", comma, names[i]);
            comma = ",";
        }
    putchar(']');
}

static void print_region(const tsmp_region *region)
{
    printf("{\"offset\":%" PRIu64 ",\"length\":%" PRIu64 ",\"line\":%" PRIu64 ",\"lines\":%" PRIu64
           ",\"records\":%" PRIu64 ",\"unknown\":%" PRIu64 ",\"format\":\"%s\",\"brand\":",
           region->offset, region->length, region->line, region->lines, region->records,
           region->unknown, name_of("format", region->format));
    if (region->brand != 0)
        printf("\"%s\"", name_of("brand", region->brand));
    else
        fputs("null", stdout);
    if (region->version != 0)
        printf(",\"version\":\"%" PRIu32 ".%" PRIu32 ".%" PRIu32 ".%" PRIu32 "\",", region->version,
               region->release, region->level, region->sublevel);
    else
        fputs(",\"version\":null,", stdout);
    print_orders(region->date_order);
    printf(",\"grouping\":");
    if (region->grouping != 0)
        printf("\"\\u%04" PRIX32 "\"", region->grouping);
    else
        fputs("null", stdout);
    printf(",\"decimal\":\"%s\",\"language\":\"%s\",\"why\":\"%s\",\"why_line\":%" PRIu64 "}",
           decimal_of(region->decimal), name_of("language", region->language),
           name_of("clue", region->clue), region->clue_line);
}

static void print_probe_json(const char *path, const struct probing *probing)
{
    const tsmp_probe_result *result = &probing->result;
    putchar('{');
    print_json_pair(stdout, "file", path, strlen(path));
    printf(",\"lines\":%" PRIu64 ",\"format\":\"%s\",", result->lines,
           name_of("format", result->format));
    print_orders(result->date_order);
    printf(",\"decimal\":\"%s\",\"encoding\":\"%s\",\"not_utf8\":%" PRIu64 ",\"repair\":[",
           decimal_of(result->decimal), name_of("encoding", result->encoding), result->not_utf8);
    print_set("repair", result->repair, ",", "\"");
    if (result->wrap_offset != 0)
        printf("],\"wrap_line\":%" PRIu64 ",\"regions\":[", result->wrap_line);
    else
        fputs("],\"wrap_line\":null,\"regions\":[", stdout);
    tsmp_region region = {.size = sizeof region};
    for (uint64_t i = 0; tsmp_regions_get(probing->regions, i, &region) == TSMP_OK; i++) {
        if (i > 0)
            putchar(',');
        print_region(&region);
    }
    printf("],\"regions_left\":%" PRIu64 "}\n", tsmp_regions_left(probing->regions));
}

/* ---- reading --------------------------------------------------------------------------------- */

static int32_t take_batches(struct probing *probing)
{
    tsmp_batch *batch;
    int32_t status;
    while ((status = tsmp_reader_next(probing->reader, &batch)) == TSMP_OK) {
        status = tsmp_regions_add(probing->regions, batch);
        tsmp_batch_unref(batch);
        if (status != TSMP_OK)
            return status;
    }
    return status < 0 ? status : TSMP_OK;
}

static const char *read_source(struct probing *probing, struct source *source,
                               const struct options *options)
{
    static char chunk[CHUNK];
    long n;
    int32_t status = tsmp_reader_new(&options->reader, NULL, &probing->reader);
    if (status == TSMP_E_ENCODING)
        return "this system can't convert the encoding that was named";
    if (status == TSMP_OK)
        status = add_languages(options, probing->reader);
    if (status == TSMP_E_LANGUAGE)
        return tsmp_reader_error(probing->reader);
    if (status == TSMP_OK)
        status = tsmp_prober_new(NULL, &probing->prober);
    if (status == TSMP_OK)
        status = tsmp_regions_new(0, NULL, &probing->regions);
    while (status == TSMP_OK && (n = source_read(source, chunk, sizeof chunk)) != 0) {
        if (n < 0)
            return source_error(source);
        tsmp_prober_feed(probing->prober, chunk, (uint64_t)n);
        status = tsmp_reader_feed(probing->reader, chunk, (uint64_t)n);
        if (status == TSMP_OK)
            status = take_batches(probing);
    }
    if (status == TSMP_OK)
        status = tsmp_reader_end(probing->reader);
    if (status == TSMP_OK)
        status = take_batches(probing);
    if (status == TSMP_OK)
        status = tsmp_regions_end(probing->regions);
    if (status == TSMP_OK)
        status = tsmp_prober_result(probing->prober, &probing->result);
    return status == TSMP_OK ? NULL : "no memory";
}

int probe_main(const struct options *options)
{
    int bad = 0;
    for (int i = 0; i < options->file_count; i++) {
        const char *path = options->files[i];
        char error[320] = "";
        struct probing probing = {.result = {.size = sizeof probing.result}};
        struct source *source = source_open(path, options->max_bytes, error, sizeof error);
        const char *wrong = source != NULL ? read_source(&probing, source, options) : error;
        if (wrong != NULL) {
            complain(path, wrong);
            bad = 1;
        } else if (options->format == FORMAT_JSON) {
            print_probe_json(path, &probing);
        } else {
            print_text(path, &probing);
        }
        if (source != NULL)
            source_close(source);
        tsmp_regions_free(probing.regions);
        tsmp_prober_free(probing.prober);
        tsmp_reader_free(probing.reader);
    }
    return bad;
}
