/* SPDX-License-Identifier: BSD-2-Clause */
#include "driver.h"

#include "plain.h"
#include "reader.h"

#include <stdlib.h>
#include <string.h>

bool again(struct driver *driver, int32_t status)
{
    struct heap *heap = driver->plan->heap;
    if (status != TSMP_E_NOMEM) {
        driver->tries = 0;
        return false;
    }
    CHECK(heap != NULL && heap->failed > driver->failed);
    if (++driver->tries > 3 && heap->fail_count == UINT64_MAX)
        heap->fail_at = 0;
    before(driver);
    return true;
}

/* ---- input ----------------------------------------------------------------------------------- */

struct lent {
    struct driver *driver;
    char *bytes;
};

static void give_back(void *context)
{
    struct lent *lent = context;
    CHECK(lent->driver->lent > 0);
    lent->driver->lent--;
    free(lent->bytes);
    free(lent);
}

static uint32_t roll(struct driver *driver)
{
    uint32_t x = driver->random; /* xorshift: same answer everywhere */
    x ^= x << 13;
    x ^= x >> 17;
    x ^= x << 5;
    return driver->random = x;
}

static size_t piece_length(struct driver *driver, size_t left)
{
    size_t chunk = driver->plan->chunk;
    if (driver->plan->jitter != 0)
        chunk = roll(driver) % (chunk + 1);
    else if (chunk == 0)
        return left;
    return chunk < left ? chunk : left;
}

/* Each piece lies in a block of its own exact size, freed as soon as it may be. */
static void give_piece(struct driver *driver, tsmp_reader *reader, const char *from, size_t length)
{
    bool lend = driver->plan->way == WAY_LEND ||
                (driver->plan->way == WAY_MIXED && (roll(driver) & 1) != 0);
    int32_t status;
    char *bytes = malloc(length > 0 ? length : 1);
    CHECK(bytes != NULL);
    if (length > 0)
        memcpy(bytes, from, length);
    before(driver);
    if (!lend) {
        do {
            status = tsmp_reader_feed(reader, bytes, length);
        } while (again(driver, status));
        CHECK(status == TSMP_OK);
        free(bytes);
        return;
    }
    struct lent *lent = malloc(sizeof *lent);
    CHECK(lent != NULL);
    *lent = (struct lent){driver, bytes};
    driver->lent++;
    uint64_t out = driver->lent;
    do {
        status = tsmp_reader_lend(reader, bytes, length, give_back, lent);
        CHECK(status == TSMP_OK || driver->lent == out);
    } while (again(driver, status));
    CHECK(status == TSMP_OK);
}

static void keep(struct driver *driver, tsmp_batch *batch)
{
    if (driver->kept_count == driver->kept_capacity) {
        driver->kept_capacity = driver->kept_capacity * 2 + 16;
        driver->kept = realloc(driver->kept, driver->kept_capacity * sizeof(tsmp_batch *));
        CHECK(driver->kept != NULL);
    }
    driver->kept[driver->kept_count++] = batch;
}

static void take_runs(struct driver *driver)
{
    tsmp_run *run = NULL;
    while (tsmp_runs_next(driver->runs, &run) == TSMP_OK)
        judge(driver, run);
}

static void take_all(struct driver *driver, tsmp_reader *reader, int32_t last)
{
    int32_t pulled;
    while (driver->plan->pull && (pulled = tsmp_runs_pull(driver->runs, reader)) != last) {
        CHECK(pulled == TSMP_OK);
        take_runs(driver);
    }
    while (!driver->plan->pull) {
        tsmp_batch *batch = NULL;
        before(driver);
        int32_t status = tsmp_reader_next(reader, &batch);
        if (again(driver, status))
            continue;
        if (status == TSMP_OK && driver->plan->late) {
            keep(driver, batch);
        } else if (status == TSMP_OK) {
            take_batch(driver, batch);
            give_regions(driver, batch);
            give_runs(driver, batch);
            tsmp_batch_unref(batch);
        } else {
            CHECK(status == last && batch == NULL);
            return;
        }
    }
}

/* The widest that there is, though no input is long enough to be worth it. */
static enum plain_way hot_way(void)
{
    static enum plain_way way = PLAIN_UNASKED;
    if (way == PLAIN_UNASKED)
        way = plain_is_wide() ? PLAIN_IS_WIDE : PLAIN_IS_NARROW;
    return way;
}

static tsmp_reader *make_reader(struct driver *driver)
{
    const struct plan *plan = driver->plan;
    tsmp_options options = plan->options;
    tsmp_reader *reader = NULL;
    int32_t status;
    if (plan->probe) {
        tsmp_probe_result found = {.size = sizeof found};
        before(driver);
        do {
            status = tsmp_probe(plan->bytes, plan->length, driver->given, &found);
        } while (again(driver, status));
        CHECK(status == TSMP_OK);
        options.size = sizeof options;
        if ((found.date_order & (found.date_order - 1)) == 0)
            options.date_order = found.date_order;
        options.decimal = found.decimal;
        options.format = found.format;
        CHECK(found.wrap_offset <= plan->length);
    }
    before(driver);
    do {
        status = tsmp_reader_new(options.size > 0 ? &options : NULL, driver->given, &reader);
    } while (again(driver, status));
    if (status == TSMP_E_ENCODING) { /* not on this system: then as it is */
        options.encoding = 0;
        status = tsmp_reader_new(&options, NULL, &reader);
    }
    CHECK(status == TSMP_OK);
    reader->ordinary = plan->ordinary;
    reader->way = hot_way();
    before(driver);
    if (plan->language) {
        const char *table = tsmp_language_template();
        do {
            status = tsmp_reader_add_language(reader, table, strlen(table));
        } while (again(driver, status));
        CHECK(status == TSMP_OK);
    }
    for (size_t i = 0; i < plan->pattern_count; i++) {
        const struct pattern_text *pattern = &plan->patterns[i];
        before(driver);
        do {
            status = tsmp_reader_add_pattern(reader, pattern->name, pattern->pattern,
                                             pattern->length);
        } while (again(driver, status));
        CHECK(status == TSMP_OK || status == TSMP_E_PATTERN);
        CHECK(status == TSMP_OK || tsmp_reader_error(reader)[0] != '\0');
        driver->answer->refused |= status == TSMP_E_PATTERN;
    }
    return reader;
}

static void read_all(struct driver *driver, tsmp_reader *reader)
{
    const struct plan *plan = driver->plan;
    for (size_t at = 0; at < plan->length;) {
        size_t length = piece_length(driver, plan->length - at);
        give_piece(driver, reader, plan->bytes + at, length);
        at += length;
        if (!plan->late)
            take_all(driver, reader, TSMP_MORE);
    }
    int32_t status;
    before(driver);
    do {
        status = tsmp_reader_end(reader);
    } while (again(driver, status));
    CHECK(status == TSMP_OK);
    take_all(driver, reader, TSMP_END);
    tsmp_reader_free(reader);
    for (size_t i = 0; i < driver->kept_count; i++) { /* the reader is gone: batches live on */
        take_batch(driver, driver->kept[i]);
        give_regions(driver, driver->kept[i]);
        give_runs(driver, driver->kept[i]);
        tsmp_batch_unref(driver->kept[i]);
    }
    CHECK(plan->pull || driver->next_offset == driver->first_offset + plan->length);
    CHECK(driver->lent == 0);
    give_regions(driver, NULL);
    give_runs(driver, NULL);
}

void drive(const struct plan *plan, struct answer *answer)
{
    struct driver driver = {.plan = plan, .answer = answer, .random = plan->jitter | 1};
    *answer = (struct answer){.records_good = !plan->pull, .verdicts_good = !plan->no_runs,
                               .regions_good = !plan->no_runs && !plan->pull};
    if (plan->heap != NULL) {
        driver.allocator = heap_allocator(plan->heap);
        driver.given = &driver.allocator;
    }
    driver.first_offset = driver.next_offset = plan->options.first_offset;
    driver.next_line = plan->options.first_line > 0 ? plan->options.first_line : 1;
    driver.starts = calloc(plan->length + 1, 1);
    CHECK(driver.starts != NULL);
    if (!plan->no_runs) {
        int32_t status;
        before(&driver);
        do {
            status = tsmp_runs_new(plan->runs_options.size > 0 ? &plan->runs_options : NULL,
                                   driver.given, &driver.runs);
        } while (again(&driver, status));
        CHECK(status == TSMP_OK);
    }
    if (!plan->no_runs && !plan->pull) {
        int32_t status;
        before(&driver);
        do {
            status = tsmp_regions_new(5, driver.given, &driver.regions);
        } while (again(&driver, status));
        CHECK(status == TSMP_OK);
    }
    read_all(&driver, make_reader(&driver));
    tsmp_regions_free(driver.regions);
    tsmp_runs_free(driver.runs);
    free(driver.kept);
    free(driver.starts);
    CHECK(plan->heap == NULL || (plan->heap->live == 0 && plan->heap->bytes == 0));
}
