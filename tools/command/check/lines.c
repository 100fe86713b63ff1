/* SPDX-License-Identifier: BSD-2-Clause
 * The log's own lines behind a report's reasons, fetched in one pass. They go through a reader, so
 * that they are the library's lines: converted, and counted, as it did. */
#include "report.h"

#include <stdlib.h>
#include <string.h>

enum { LONGEST = 800 }; /* bytes: 160 characters are shown */

static int by_number(const void *a, const void *b)
{
    uint64_t x = ((const struct shown_line *)a)->line, y = ((const struct shown_line *)b)->line;
    return (x > y) - (x < y);
}

static bool want(struct lines *lines, uint64_t line)
{
    if (lines->count == lines->capacity) {
        size_t wanted = lines->capacity * 2 + 64;
        struct shown_line *bigger = realloc(lines->items, wanted * sizeof *bigger);
        if (bigger == NULL)
            return false;
        lines->items = bigger;
        lines->capacity = wanted;
    }
    lines->items[lines->count++] = (struct shown_line){.line = line};
    return true;
}

static void sort_once(struct lines *lines)
{
    if (lines->count == 0)
        return;
    qsort(lines->items, lines->count, sizeof *lines->items, by_number);
    size_t kept = 1;
    for (size_t i = 1; i < lines->count; i++)
        if (lines->items[i].line != lines->items[kept - 1].line)
            lines->items[kept++] = lines->items[i];
    lines->count = kept;
}

struct fetching {
    struct lines *lines;
    size_t next;
};

static int32_t fetch(const tsmp_batch *batch, void *context)
{
    struct fetching *fetching = context;
    const tsmp_view *view = tsmp_batch_view(batch);
    struct lines *lines = fetching->lines;
    for (uint64_t i = 0; i < view->record_count; i++) {
        const tsmp_record *record = &view->records[i];
        while (fetching->next < lines->count &&
               lines->items[fetching->next].line < record->line)
            fetching->next++; /* it is not there any more */
        if (fetching->next == lines->count)
            return TSMP_END;
        struct shown_line *line = &lines->items[fetching->next];
        if (line->line != record->line)
            continue;
        line->length = record->text_length < LONGEST ? record->text_length : LONGEST;
        line->text = malloc(line->length + 1);
        if (line->text == NULL)
            return TSMP_E_NOMEM;
        memcpy(line->text, view->text + record->text, line->length);
        fetching->next++;
    }
    return TSMP_OK;
}

void lines_read(struct lines *lines, const struct report *report, int file)
{
    struct text text = report->files[file].text; /* its state stays as it was after reading */
    *lines = (struct lines){0};
    for (size_t i = 0; i < report->note_count; i++) {
        const struct note *note = report->notes[i];
        for (size_t k = 0; note->file == file && k < note->reason_count; k++)
            for (size_t m = 0; m < SHOWN_LINES && m < note->reasons[k].line_count; m++)
                if (!want(lines, note->reasons[k].lines[m]))
                    return;
    }
    sort_once(lines);
    if (lines->count == 0 || !text.repeats)
        return;
    /* Begin at the last run that starts before the first line that is wanted: most often the log's
     * last run is all that is asked about, and the log is long. */
    uint64_t offset = 0, line = 1;
    for (size_t i = 0; i < report->note_count && text.count == 1 && !text.tally.transcoded; i++) {
        const struct note *note = report->notes[i];
        if (note->file == file && note->first_line <= lines->items[0].line &&
            note->first_line > line) {
            offset = note->first_offset;
            line = note->first_line;
        }
    }
    struct fetching fetching = {lines, 0};
    read_again(&text, report->options, offset, line, fetch, &fetching);
}

const struct shown_line *lines_find(const struct lines *lines, uint64_t line)
{
    struct shown_line key = {.line = line};
    if (lines->count == 0)
        return NULL;
    const struct shown_line *found = bsearch(&key, lines->items, lines->count,
                                             sizeof *lines->items, by_number);
    return found != NULL && found->text != NULL ? found : NULL;
}

void lines_free(struct lines *lines)
{
    for (size_t i = 0; i < lines->count; i++)
        free(lines->items[i].text);
    free(lines->items);
}
