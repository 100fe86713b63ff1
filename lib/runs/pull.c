/* SPDX-License-Identifier: BSD-2-Clause
 * From a reader straight into runs. Plain object lines only move counts, so no records are made of
 * them. Other lines of a stamped log become one record at a time, in a place that is used again for
 * the next, and those that stood there before need not be read (repeat.h). All else takes the ordinary
 * way. The result is the same as that of tsmp_reader_next() and tsmp_runs_add(), and a test says so for
 * every case. */
#include "plain.h"
#include "reader.h"
#include "run_state.h"

/* Would the next plain object lines do no more than count? Of a log, see single_may(). */
static bool may_skim(const struct tsmp_runs *runs, const struct tsmp_reader *reader)
{
    const struct tsmp_run *run = runs->open;
    return run != NULL && !run->view.interactive && !run->stopped &&
           run->at[CLOSE_STATUS_BEGIN] == 0 && run->name_open == NAME_CLOSED &&
           !runs->block_open && runs->marker_end == 0 && reader->state.format == TSMP_FORMAT_SCHEDULE_LOG;
}

/* What body_object() and the rooms before it do for each of them. */
static void count(struct tsmp_runs *runs, const struct skim *skim, uint64_t last_line,
                  uint64_t end_offset)
{
    struct tsmp_run *run = runs->open;
    tsmp_run_view *view = &run->view;
    runs->last_line = view->last_line = last_line;
    view->end_offset = end_offset;
    if (skim->timed) {
        runs->last_time = view->ended = skim->time;
        if (run_is_active(run))
            run->clock = skim->time; /* plain_next_stamp() saw that it only went forward */
    }
    view->sent += skim->sent;
    view->updated += skim->updated;
    view->expired += skim->expired;
    view->rebound += skim->rebound;
    view->deleted += skim->deleted;
    run->bare |= skim->bare;
    run->lines.tries += skim->sent;
    run->lines.others += skim->updated + skim->expired + skim->rebound + skim->deleted;
}

static void skim(struct tsmp_runs *runs, struct tsmp_reader *reader, struct piece *piece)
{
    const char *text = piece->block->bytes + piece->at;
    size_t length = piece->block->length - piece->at;
    if (!plain_likely(&reader->state, text, length) || !may_skim(runs, reader))
        return;
    struct skim skim;
    plain_skim(reader, text, length, &skim);
    if (skim.lines == 0)
        return;
    line_skimmed(&reader->state, reader->offset + skim.last);
    reader->offset += skim.bytes;
    reader->line += skim.lines;
    piece->at += skim.bytes;
    piece->seen = 0;
    count(runs, &skim, reader->line - 1, reader->offset);
}

/* ---- line by line ------------------------------------------------------------------------------ */

/* Lines that are read before any is kept: a short text has none that come again. */
enum { KEPT_FROM = 24 };

/* The place of the record: one line, its fields, and where its text stands. */
struct single {
    struct tsmp_batch batch;
    tsmp_record record;
    const struct repeat *again; /* it was read before; NULL = it was not */
    tsmp_field fields[LINE_MAX_FIELDS];
};

/* Can each line that lies whole in the piece be read by itself? */
static bool single_may(const struct tsmp_reader *reader)
{
    return reader_is_plain(reader) && reader->state.languages == NULL && reader->patterns == NULL &&
           reader->table.query.asked == 0;
}

/* Does an empty line say nothing to the runs? */
static bool is_idle(const struct tsmp_runs *runs)
{
    return runs->marker_end == 0 && !runs->block_open &&
           (runs->open == NULL || runs->open->name_open == NAME_CLOSED);
}

/* A line that was read before, `stamp` bytes of stamp in front of it. */
static inline size_t take_again(struct tsmp_reader *reader, const struct repeat *again, size_t stamp,
                                const char *line, struct single *single)
{
    struct line_state *state = &reader->state;
    tsmp_record *record = &single->record;
    record->offset = reader->offset;
    record->line = reader->line;
    record->length = stamp + 1 + again->length;
    record->text_length = (uint32_t)(stamp + 1 + again->text_length);
    record->field_count = again->field_count;
    record->flags = TSMP_FLAG_STAMPED;
    record->kind = again->kind;
    record->format = TSMP_FORMAT_SCHEDULE_LOG;
    record->why = TSMP_WHY_NONE;
    record->time = state->stamp.time;
    record->stamp_length = (uint16_t)stamp;
    single->batch.view.text = line;
    single->batch.view.fields = again->fields;
    single->again = again;
    repeat_leave(again, state, record, line);
    return (size_t)record->length;
}

/* Is it a line of a volume or of the statistics? */
static bool is_body(const struct item *item)
{
    uint16_t kind = item->record->kind;
    return kind == TSMP_KIND_VOLUME_BEGIN || kind == TSMP_KIND_STATISTIC ||
           (kind == TSMP_KIND_VOLUME_END && item_field(item, TSMP_FIELD_CODE) == NULL);
}

/* Keep what was read. */
static void keep(struct tsmp_reader *reader, uint32_t key, const char *text, size_t length,
                 const struct single *single)
{
    const struct item item = {NULL, &single->batch.view, &single->record};
    bool plain = doubt_ends_plain(&item);
    repeat_keep(reader->repeats, key, &reader->state, text, length, &single->record, single->fields, plain,
                plain && is_body(&item));
}

/* The next record, out of the line at `line`, and its length with its end; 0: the line is not here as a
 * whole. `*good` false: no memory. */
static size_t read_single(struct tsmp_reader *reader, const char *line, const char *end,
                          struct single *single, bool *good)
{
    struct line_state *state = &reader->state;
    struct repeats *repeats = reader->repeats;
    const char *newline = plain_newline(line, end);
    if (newline == NULL || (size_t)(newline - line) > reader->max_line)
        return 0;
    size_t length = (size_t)(newline - line) + 1, text = length - 1;
    text -= text > 0 && newline[-1] == '\r' ? 1 : 0;
    bool stamped = text > 0 && line_take_stamp(state, line, text);
    size_t skip = stamped ? state->stamp.length + (size_t)1 : 0;
    bool keeps = stamped && repeats != NULL && length > skip && repeat_may(state);
    uint32_t key = keeps ? repeat_key(state, skip - 1) : REPEAT_NO_KEY;
    const struct repeat *again = keeps ? repeat_find(repeats, key, line + skip, length - skip) : NULL;
    if (again != NULL)
        return take_again(reader, again, skip - 1, line, single);
    single->record = (tsmp_record){.offset = reader->offset, .line = reader->line, .length = length,
                                   .text_length = (uint32_t)text};
    single->batch.view.text = line;
    single->batch.view.fields = single->fields;
    single->batch.view.field_count = 0;
    single->again = NULL;
    if (repeats != NULL && !keeps)
        repeat_pass(repeats);
    *good = line_parse_taken(state, &single->batch, &single->record, stamped);
    if (keeps && *good)
        keep(reader, key, line + skip, length - skip, single);
    if (++reader->pulled == KEPT_FROM && repeats == NULL && reader->max_line > REPEAT_BYTES + 64)
        reader->repeats = repeats_new(&reader->allocator); /* without memory for it none are kept */
    return length;
}

/* What lines are kept under in the reader's state, if their stamp is the last one. */
static uint32_t key_now(const struct tsmp_reader *reader)
{
    const struct line_state *state = &reader->state;
    return reader->repeats != NULL && state->stamp_length >= 16 && state->stamp_length <= 24 && repeat_may(state)
               ? repeat_key(state, state->stamp_length) : REPEAT_NO_KEY;
}

/* The same for a line with the stamp of the one before it, and that came behind that the last time, too.
 * `*key`: key_now() before it and behind it. */
static inline size_t read_again(struct tsmp_reader *reader, const char *line, const char *end, uint32_t *key,
                                struct single *single)
{
    struct line_state *state = &reader->state;
    size_t left = (size_t)(end - line), stamp = *key & 0xFF;
    if (*key == REPEAT_NO_KEY || left <= stamp + REPEAT_LEAST || !line_same_usual_stamp(state, line, stamp))
        return 0;
    struct repeat *again = repeat_expected(reader->repeats);
    if (again == NULL || !repeat_comes(reader->repeats, again, *key, line + stamp + 1, end))
        return 0;
    *key = again->after;
    return take_again(reader, again, stamp, line, single);
}

/* Behind such a line the others of the run's body, as long as they come as they did, under its stamp.
 * Whatever is asked of every line elsewhere is asked once: nothing that they say changes the answer.
 * False: no memory. */
static bool take_body(struct tsmp_runs *runs, struct tsmp_reader *reader, struct piece *piece, const char *end,
                      uint32_t *key, struct single *single)
{
    struct tsmp_run *run = runs->open;
    const char *from = piece->block->bytes + piece->at, *line = from, *last_at = NULL;
    const struct repeat *last = NULL;
    struct item item = {runs, &single->batch.view, &single->record};
    uint64_t number = reader->line, last_number = 0;
    size_t stamp = *key & 0xFF;
    bool good = true;
    if (*key == REPEAT_NO_KEY || !body_goes_on(runs) || reader->state.marks != 0 || !reader->state.language_seen)
        return true;
    while (good && line != end) {
        if (*line == '\n') {
            line++;
            number++;
            continue;
        }
        size_t left = (size_t)(end - line);
        struct repeat *again = repeat_expected(reader->repeats);
        if (again == NULL || !again->body || !body_in_place(run, again->kind) || left <= stamp + REPEAT_LEAST ||
            !line_same_usual_stamp(&reader->state, line, stamp) ||
            !repeat_comes(reader->repeats, again, *key, line + stamp + 1, end))
            break;
        *key = again->after;
        single->record.line = number;
        single->record.kind = again->kind;
        single->record.field_count = again->field_count;
        single->batch.view.text = line;
        single->batch.view.fields = again->fields;
        good = body_again(&item, run);
        last = again;
        last_at = line;
        last_number = number++;
        line += stamp + 1 + again->length;
    }
    uint64_t offset = reader->offset;
    if (last != NULL) {
        reader->offset = offset + (uint64_t)(last_at - from);
        reader->line = last_number;
        take_again(reader, last, stamp, last_at, single);
        doubt_clock(run, single->record.time, last_number); /* the run may have begun with the line before them */
        run_extend(&item, run);
        runs->last_line = last_number;
    }
    reader->offset = offset + (uint64_t)(line - from);
    reader->line = number;
    piece->at += (size_t)(line - from);
    return good;
}

/* Lines of the piece, up to one that ends a run or is not for this room; empty ones that say nothing,
 * and plain objects, without a record. */
static int32_t take_lines(struct tsmp_runs *runs, struct tsmp_reader *reader, struct piece *piece)
{
    struct single single;
    struct item item = {.runs = runs, .view = &single.batch.view, .record = &single.record};
    const char *end = piece->block->bytes + piece->block->length;
    uint32_t key = key_now(reader);
    memset(&single, 0, offsetof(struct single, fields));
    single.batch.fields = single.fields;
    for (bool may = true; may && runs->ready_first == runs->ready_count;) {
        const char *line = piece->block->bytes + piece->at;
        bool good = true;
        if (line == end)
            break;
        if (*line == '\n' && is_idle(runs)) {
            reader->table.aside = 0; /* as of any line without a stamp */
            reader->offset++;
            reader->line++;
            piece->at++;
            continue;
        }
        size_t length = read_again(reader, line, end, &key, &single); /* leaves the reader as it is */
        if (length == 0) {
            skim(runs, reader, piece); /* the line behind them, if there is one, is no such line */
            line = piece->block->bytes + piece->at;
            length = line != end ? read_single(reader, line, end, &single, &good) : 0;
            may = single.again != NULL || single_may(reader); /* none of those changes it */
            key = key_now(reader);
        }
        if (!good)
            return frame_no_batch(reader, NULL);
        if (length == 0) {
            piece->seen = (size_t)(end - line);
            break;
        }
        reader->offset += length;
        reader->line++;
        piece->at += length;
        const struct repeat *again = single.again;
        good = again != NULL && again->plain && runs_are_usual(runs, again->kind) ? runs_take_usual(&item)
                                                                                 : runs_take(&item);
        if (!good || (again != NULL && again->body && !take_body(runs, reader, piece, end, &key, &single))) {
            runs->failed = true;
            return TSMP_E_NOMEM;
        }
    }
    return TSMP_OK;
}

int32_t tsmp_runs_pull(tsmp_runs *runs, tsmp_reader *reader)
{
    if (runs == NULL || reader == NULL || runs->ended || runs->failed)
        return TSMP_E_MISUSE;
    while (runs->ready_first == runs->ready_count) {
        struct piece *piece = single_may(reader) ? input_piece(&reader->input) : NULL;
        if (piece != NULL && piece->seen == 0) {
            int32_t status = take_lines(runs, reader, piece);
            if (status != TSMP_OK || runs->ready_first < runs->ready_count)
                return status;
        }
        tsmp_batch *batch; /* what is left there is for the ordinary way */
        int32_t status = reader_next(reader, true, &batch);
        if (status != TSMP_OK)
            return status;
        status = tsmp_runs_add(runs, batch);
        tsmp_batch_unref(batch);
        if (status != TSMP_OK)
            return status;
    }
    return TSMP_OK;
}
