/* SPDX-License-Identifier: BSD-2-Clause
 * tsmparse records: every record, as a table, JSON Lines or CSV. */
#include "record.h"

#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

const char *field_word(const struct row *row, const tsmp_field *field)
{
    if (row->record->kind == TSMP_KIND_CUSTOM && field->id == TSMP_FIELD_NAME)
        return tsmp_batch_field_name(row->batch, (uint32_t)field->number);
    if (field->type != TSMP_TYPE_WORD)
        return NULL;
    bool statistic = row->record->kind == TSMP_KIND_STATISTIC && field->id == TSMP_FIELD_NAME;
    return name_of(statistic ? NAME_STATISTIC : NAME_WORD, (uint32_t)field->number);
}

uint32_t row_flags(const struct row *row)
{
    uint32_t flags = row->record->flags;
    for (uint32_t i = 0; i < row->record->field_count; i++)
        flags |= row_field(row, i)->flags & (TSMP_FLAG_OVERFLOW | TSMP_FLAG_NUMBER_AMBIGUOUS |
                                             TSMP_FLAG_DATE_AMBIGUOUS | TSMP_FLAG_TIME_IMPOSSIBLE |
                                             TSMP_FLAG_JOINED);
    return flags;
}

enum { ALONE = 32 }; /* batches that are printed before threads are worth their start */

struct showing {
    const struct options *options;
    struct out out; /* JSON Lines and CSV; a table goes straight to standard output */
    struct printers *printers; /* NULL: this thread prints */
    unsigned threads, batches;
    bool terminal;
    struct column columns[MAX_COLUMNS];
    size_t count;
    struct table table;
    bool kinds[256];
    atomic_bool *known; /* MAX_CONDITIONS: a record had the field that the condition asks for */
};

/* Columns of the terminal; 0: the output is none, so nothing is cut. */
static size_t terminal_width(void)
{
    struct winsize size;
    if (!isatty(STDOUT_FILENO))
        return 0;
    const char *wanted = getenv("COLUMNS");
    long columns = wanted != NULL ? strtol(wanted, NULL, 10) : 0;
    if (columns <= 0 && ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0)
        columns = size.ws_col;
    return columns <= 0 ? 80 : columns < 20 ? 20 : (size_t)columns;
}

static void show_batch(void *context, struct out *out, const tsmp_batch *batch)
{
    const struct showing *showing = context;
    const struct options *options = showing->options;
    struct row row = {batch, tsmp_batch_view(batch), NULL};
    for (uint64_t i = 0; i < row.view->record_count; i++) {
        row.record = &row.view->records[i];
        if (!showing->kinds[row.record->kind & 255u] ||
            (options->condition_count > 0 && !row_fits(&row, options, showing->known)))
            continue;
        if (options->format == FORMAT_JSON)
            json_record(out, &row);
        else if (options->format == FORMAT_CSV)
            csv_record(out, &row, showing->columns, showing->count);
        else
            table_record(stdout, &row, &showing->table);
    }
}

/* A full disk: no use in reading on. */
static int32_t show(const tsmp_batch *batch, void *context)
{
    struct showing *showing = context;
    if (showing->threads > 1 && ++showing->batches == ALONE) {
        out_flush(&showing->out);
        showing->printers = printers_new(showing->threads, stdout, show_batch, showing);
        showing->threads = 1;
    }
    if (showing->printers != NULL)
        return printers_add(showing->printers, batch) ? TSMP_OK : TSMP_END;
    show_batch(showing, &showing->out, batch);
    if (showing->terminal) /* nobody waits there for a buffer to be full */
        out_flush(&showing->out);
    return ferror(stdout) ? TSMP_END : TSMP_OK;
}

/* A --where with a name that nothing has shows nothing, which looks like an answer. */
static void tell_unknown(const struct options *options, const atomic_bool *known)
{
    for (size_t i = 0; i < options->condition_count; i++) {
        char message[sizeof options->conditions[i].field + 32];
        snprintf(message, sizeof message, "no record has a field %s", options->conditions[i].field);
        if (!known[i])
            complain("--where", message);
    }
}

static void show_end(void *context)
{
    struct showing *showing = context;
    if (showing->printers != NULL)
        printers_drain(showing->printers);
}

int records_main(const struct options *options)
{
    static struct showing showing;
    static char buffer[256 * 1024];
    atomic_bool known[MAX_CONDITIONS] = {0};
    int result = 0, count = options->joined ? 1 : options->file_count;
    showing = (struct showing){.options = options, .known = known};
    showing.terminal = isatty(STDOUT_FILENO);
    showing.out = (struct out){.file = stdout, .start = buffer, .size = sizeof buffer};
    if (options->format == FORMAT_TEXT)
        setvbuf(stdout, buffer, showing.terminal ? _IOLBF : _IOFBF, sizeof buffer);
    else
        setvbuf(stdout, NULL, _IONBF, 0); /* no second buffer behind ours */
    if (options->format != FORMAT_TEXT && !showing.terminal)
        showing.threads = options->threads != 0 ? options->threads : processors();
    showing.count = columns_of(options->kinds, showing.columns);
    table_plan(&showing.table, showing.columns, showing.count, terminal_width(),
               options->kinds != NULL && strchr(options->kinds, ',') == NULL);
    for (uint32_t kind = 0; kind < 256; kind++) {
        const char *name = tsmp_name("kind", kind);
        showing.kinds[kind] = name != NULL ? kind_is_chosen(options->kinds, name)
                                           : options->kinds == NULL;
    }
    if (options->format == FORMAT_CSV)
        csv_head(&showing.out, showing.columns, showing.count);
    if (showing.terminal)
        out_flush(&showing.out);
    if (options->format == FORMAT_TEXT)
        table_first_line(stdout, &showing.table);
    for (int i = 0; i < count && !ferror(stdout); i++) {
        struct text text = {.paths = options->files + i,
                            .count = options->joined ? options->file_count : 1};
        result |= !read_text(&text, options, &(struct sink){show, NULL, &showing, show_end});
    }
    if (showing.printers != NULL)
        printers_free(showing.printers);
    out_flush(&showing.out);
    if (!ferror(stdout))
        tell_unknown(options, known);
    return result;
}
