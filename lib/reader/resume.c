/* SPDX-License-Identifier: BSD-2-Clause
 * The reader's token: where it stands, what must stand before that place, and the state that the
 * records behind it depend on. Every member of the state is named here or in the list below
 * (tests/hygiene/resumed.py looks), and all that is read back is checked: a token may be forged. */
#include "resume.h"

#include "query.h"
#include "server.h"
#include "tail.h"

#include <string.h>

/* Not in a token. Options and what is made of them, compared instead: max_line batch_records repair
 * join_names patterns languages allocator ordinary raw_kept. Bytes behind the place, which are fed
 * again: input held held_length held_capacity raw raw_length raw_capacity lines line_count
 * lines_length waiting what facts_state facts_table. Things of this process: pool repeats pulled error
 * resumed way plain_bytes rows wanted hits hit_count. */

enum { FORMAT_MOST = TSMP_FORMAT_PICK_WINDOW, ORDERS = 7, PATTERNS_MOST = 65535 };
/* Years 0 to 9999 and a day, in microseconds. */
#define TIME_MOST INT64_C(400000000000000000)
#define STAMP_FLAGS (TSMP_FLAG_DATE_AMBIGUOUS | TSMP_FLAG_TIME_IMPOSSIBLE | TSMP_FLAG_TIME_BACK)

void pack_time(struct pack *pack, int64_t *time, bool none)
{
    pack_i64(pack, time);
    pack_need(pack, (*time >= -TIME_MOST && *time <= TIME_MOST) || (none && *time == INT64_MIN));
}

static void flags(struct pack *pack, uint32_t *value, uint32_t known)
{
    pack_u32(pack, value, UINT32_MAX);
    pack_need(pack, (*value & ~known) == 0);
}

static void walk_order(struct pack *pack, struct order *order)
{
    pack_same(pack, order->option);
    pack_u8(pack, &order->stamps, STAMP_FORMS);
    for (size_t i = 0; i < sizeof order->possible; i++)
        pack_u8(pack, &order->possible[i], ORDERS);
    pack_bool(pack, &order->running);
    pack_time(pack, &order->newest, false);
}

static void walk_stamp(struct pack *pack, struct line_state *state)
{
    struct stamp *stamp = &state->stamp;
    pack_size(pack, &state->stamp_length, sizeof state->stamp_text);
    if (!pack_good(pack))
        return;
    pack_bytes(pack, state->stamp_text, state->stamp_length);
    pack_time(pack, &stamp->time, false);
    flags(pack, &stamp->flags, STAMP_FLAGS);
    pack_u8(pack, &stamp->length, UINT8_MAX);
    pack_u8(pack, &stamp->orders, ORDERS);
    pack_u8(pack, &stamp->form, STAMP_FORMS - 1);
    pack_u32(pack, &state->stamp_known, ORDERS);
    pack_need(pack, state->stamp_length == 0 || state->stamp_length == stamp->length);
}

static void walk_line(struct pack *pack, struct line_state *state, uint64_t offset)
{
    uint8_t mode = (uint8_t)state->mode;
    pack_u8(pack, &mode, LINE_ADMIN);
    state->mode = (enum line_mode)mode;
    pack_same(pack, state->forced_format);
    pack_same(pack, state->decimal_given);
    if (state->decimal_given)
        pack_same(pack, state->decimal);
    else
        pack_u32(pack, &state->decimal, TSMP_DECIMAL_COMMA_BOTH);
    pack_u16(pack, &state->format, FORMAT_MOST);
    pack_bool(pack, &state->acceptor);
    pack_bool(pack, &state->in_status);
    pack_bool(pack, &state->after_open);
    pack_bool(pack, &state->name_open);
    pack_bool(pack, &state->foreign);
    pack_bool(pack, &state->language_seen);
    pack_u8(pack, &state->marks, UINT8_MAX);
    pack_u8(pack, &state->outcomes, LINE_OTHERS);
    pack_bool(pack, &state->admin_sure);
    pack_bool(pack, &state->in_action);
    walk_order(pack, &state->order);
    walk_stamp(pack, state);
    pack_bool(pack, &state->have_time);
    pack_time(pack, &state->last_time, false);
    flags(pack, &state->last_time_flags, STAMP_FLAGS | TSMP_FLAG_NO_TIME | TSMP_FLAG_TIME_CARRIED);
    pack_u64(pack, &state->last_offset, offset);
    pack_bool(pack, &state->have_last);
}

static void walk_names(struct pack *pack, struct line_state *state)
{
    size_t count = state->names != NULL ? state->names->count : 0;
    pack_size(pack, &count, NAMES_MAX);
    for (size_t i = 0; i < count && pack_good(pack); i++) {
        if (!pack->reading) {
            pack_string(pack, &state->names->items[i]);
            continue;
        }
        struct string name = {0};
        bool full;
        pack_string(pack, &name);
        uint16_t id = 0;
        if (pack_good(pack)) {
            id = names_add(state->allocator, &state->names, name.length > 0 ? name.bytes : "",
                           name.length, &full);
            pack->nomem = id == 0;
        }
        pack->bad |= pack_good(pack) && id != TSMP_FIELD_CUSTOM + i; /* a name twice */
        string_clear(state->allocator, &name);
    }
}

static void walk_field(struct pack *pack, const struct line_state *state, uint16_t *field)
{
    pack_u16(pack, field, TSMP_FIELD_CUSTOM + NAMES_MAX);
    if (!pack->reading || *field == 0)
        return;
    size_t own = *field < TSMP_FIELD_CUSTOM ? 0 : (size_t)*field - TSMP_FIELD_CUSTOM + 1;
    pack_need(pack, own > 0 ? state->names != NULL && own <= state->names->count
                            : tsmp_name("field", *field) != NULL);
}

static void walk_query(struct pack *pack, struct query *query, uint64_t offset)
{
    pack_same(pack, query->forced);
    pack_u16(pack, &query->asked, FORMAT_MOST);
    pack_bool(pack, &query->row_open);
    pack_u32(pack, &query->row_width, UINT32_MAX);
    pack_u32(pack, &query->colon, UINT32_MAX);
    pack_u64(pack, &query->row, offset);
}

static void walk_table(struct pack *pack, struct table *table, const struct line_state *state,
                       uint64_t offset)
{
    uint8_t separator = (uint8_t)table->separator;
    pack_u16(pack, &table->format, FORMAT_MOST);
    pack_u8(pack, &table->room, TABLE_QUERY);
    pack_u8(pack, &table->shape, SHAPE_LOOSE);
    pack_u8(pack, &table->meaning, MEANS_MESSAGE);
    pack_bool(pack, &table->boxed);
    pack_u8(pack, &separator, UINT8_MAX);
    table->separator = (char)separator;
    pack_u8(pack, &table->tab, UINT8_MAX);
    pack_u8(pack, &table->aside, UINT8_MAX);
    pack_u16(pack, &table->count, TABLE_MAX_COLUMNS);
    /* Other shapes only count their columns. */
    size_t columns = table->shape == SHAPE_TABLE || table->shape == SHAPE_LIST ? table->count : 0;
    for (size_t i = 0; i < columns && pack_good(pack); i++) {
        struct column *column = &table->columns[i];
        pack_u32(pack, &column->from, UINT32_MAX);
        pack_u32(pack, &column->to, UINT32_MAX);
        walk_field(pack, state, &column->field);
        pack_u8(pack, &column->role, ROLE_COUNT - 1);
        /* Cells are cut from the left to the right. */
        pack_need(pack, table->shape != SHAPE_TABLE ||
                            (column->from < column->to &&
                             (i == 0 || column->from >= column[-1].to)));
    }
    pack_u16(pack, &table->select_count, TABLE_MAX_COLUMNS);
    for (size_t i = 0; i < table->select_count && pack_good(pack); i++) {
        walk_field(pack, state, &table->select[i]);
        pack_u8(pack, &table->select_role[i], ROLE_COUNT - 1);
    }
    pack_u8(pack, &table->select_meaning, MEANS_MESSAGE);
    walk_order(pack, &table->inner);
    walk_query(pack, &table->query, offset);
    bool open = table->format != 0;
    pack_need(pack, open ? table->room == (query_owns(table->format) ? TABLE_QUERY : TABLE_SERVER)
                         : table->room == TABLE_CLOSED && table->count == 0);
    pack_need(pack, table->room != TABLE_SERVER || (server_format(table->format) && table->shape != 0));
}

/* UTF-16 is found out from the first bytes, and they come again until there is a record. */
static void walk_input(struct pack *pack, struct tsmp_reader *reader)
{
    struct input *input = &reader->input;
    bool utf16 = reader->first_record ? input->named : input->utf16;
    bool big = utf16 && input->decoder.big, converts = reader->encoding.converter != NULL;
    pack_bool(pack, &reader->first_record);
    pack_bool(pack, &utf16);
    pack_bool(pack, &big);
    pack_bool(pack, &converts);
    if (!pack->reading)
        return;
    pack_need(pack, utf16 || !(big || input->named));
    pack_need(pack, !reader->first_record || utf16 == input->named);
    pack_need(pack, !converts || reader->encoding.converter != NULL);
    input->started = !reader->first_record;
    input->utf16 = utf16;
    if (utf16)
        utf16_init(&input->decoder, big);
    if (!converts)
        encoding_close(&reader->encoding); /* the text's mark said that it is another */
}

static void walk_patterns(struct pack *pack, struct tsmp_reader *reader)
{
    pack_u64(pack, &reader->wanted, UINT64_MAX);
    size_t count = pack->reading || reader->patterns == NULL ? 0 : patterns_count(reader->patterns);
    pack_size(pack, &count, PATTERNS_MOST);
    if (pack->reading && pack_good(pack) && count > 0) {
        pack_need(pack, count <= pack->length - pack->at); /* a byte each at least */
        reader->hits = pack_good(pack) ? memory_get_zeroed(&reader->allocator, count * sizeof *reader->hits)
                                       : NULL;
        pack->nomem |= !pack->bad && reader->hits == NULL;
        reader->hit_count = reader->hits != NULL ? count : 0;
    }
    for (size_t i = 0; i < count && pack_good(pack); i++)
        pack_u32(pack, pack->reading ? &reader->hits[i] : patterns_hits(reader->patterns, i), UINT32_MAX);
}

void resume_state(struct pack *pack, struct tsmp_reader *reader)
{
    struct line_state *state = &reader->state;
    pack_same(pack, reader->max_line);
    pack_same(pack, reader->repair);
    pack_same(pack, reader->encoding.id);
    pack_same(pack, reader->input.named);
    pack_bool(pack, &reader->in_cut);
    walk_input(pack, reader);
    walk_patterns(pack, reader);
    walk_names(pack, state);
    walk_line(pack, state, reader->offset);
    walk_table(pack, &reader->table, state, reader->offset);
}

bool resume_begin(struct tsmp_reader *reader)
{
    size_t count = reader->patterns != NULL ? patterns_count(reader->patterns) : 0;
    if (reader->wanted != reader->added || reader->hit_count != count)
        return false;
    for (size_t i = 0; i < count; i++)
        *patterns_hits(reader->patterns, i) = reader->hits[i];
    memory_put(&reader->allocator, reader->hits);
    reader->hits = NULL;
    reader->hit_count = 0;
    reader->resumed = false;
    return true;
}

/* ---- the token -------------------------------------------------------------------------------- */

struct place {
    uint64_t offset, line, tail_length, tail_hash;
};

static void walk_place(struct pack *pack, struct place *place)
{
    pack_u64(pack, &place->offset, INT64_MAX);
    pack_u64(pack, &place->line, INT64_MAX);
    pack_u64(pack, &place->tail_length, TAIL_MOST);
    pack_u64(pack, &place->tail_hash, UINT64_MAX);
    pack_need(pack, place->line > 0 && place->tail_length <= place->offset);
}

/* Has the input ended in a line that has no newline? What may follow there is no line's begin. */
static bool broken_end(const struct tsmp_reader *reader)
{
    const struct input *input = &reader->input;
    size_t unit = input->utf16 ? 2 : 1;
    if (!input->ended || reader->first_record || reader->in_cut)
        return false;
    char last[2] = {0};
    if (input->tail.length < unit)
        return true;
    tail_copy(&input->tail, last, unit);
    return unit == 1 ? last[0] != '\n'
                     : last[input->decoder.big] != '\n' || last[!input->decoder.big] != 0;
}

int32_t tsmp_reader_token(tsmp_reader *reader, char *buffer, uint64_t size, uint64_t *length)
{
    if (reader == NULL || length == NULL || (buffer == NULL && size > 0))
        return TSMP_E_MISUSE;
    if (reader->resumed && !resume_begin(reader))
        return reader_fail(reader, TSMP_E_MISUSE, "first add the patterns and languages of before");
    input_settle(&reader->input);
    if (broken_end(reader) || reader->offset > INT64_MAX || reader->line > INT64_MAX)
        return reader_fail(reader, TSMP_E_MISUSE, "nothing can follow a line without a newline");
    struct pack pack;
    struct place place = {reader->offset, reader->line, reader->input.tail.length,
                          tail_hash(&reader->input.tail)};
    pack_writer(&pack, &reader->allocator);
    walk_place(&pack, &place);
    reader->wanted = reader->added;
    resume_state(&pack, reader);
    int32_t status = pack_print(&pack, 'r', buffer, size, length);
    pack_free(&pack);
    return status == TSMP_E_NOMEM ? reader_fail(reader, status, "no memory for a token") : status;
}

/* Open a token and read its place. */
static int32_t open_token(struct pack *pack, const tsmp_allocator *allocator, const char *token,
                          uint64_t length, struct place *place)
{
    *place = (struct place){0};
    if (pack_reader(pack, allocator, 'r', token, length))
        walk_place(pack, place);
    if (pack_good(pack))
        return TSMP_OK;
    pack_free(pack);
    return pack->nomem ? TSMP_E_NOMEM : TSMP_E_TOKEN;
}

int32_t tsmp_token_view_of(const char *token, uint64_t length, tsmp_token_view *view)
{
    tsmp_token_view known;
    if (token == NULL || view == NULL || !memory_take_struct(view, &known, sizeof known))
        return TSMP_E_MISUSE;
    tsmp_allocator allocator = memory_default();
    struct pack pack;
    struct place place;
    int32_t status = open_token(&pack, &allocator, token, length, &place);
    if (status != TSMP_OK)
        return status;
    pack_free(&pack);
    uint32_t size = view->size;
    known = (tsmp_token_view){.size = size, .offset = place.offset, .line = place.line,
                              .tail_length = place.tail_length, .tail_hash = place.tail_hash};
    memcpy(view, &known, size < sizeof known ? size : sizeof known);
    return TSMP_OK;
}

int32_t tsmp_token_find(const char *token, uint64_t length, const void *bytes, uint64_t count,
                        uint64_t *at)
{
    tsmp_token_view view = {.size = sizeof view};
    if (at == NULL || (bytes == NULL && count > 0) || count > SIZE_MAX / 2)
        return TSMP_E_MISUSE;
    *at = 0;
    int32_t status = tsmp_token_view_of(token, length, &view);
    if (status != TSMP_OK)
        return status;
    *at = hash_find(bytes, (size_t)count, view.tail_hash, (size_t)view.tail_length);
    return *at > 0 ? TSMP_OK : TSMP_END;
}

int32_t tsmp_reader_resume(const tsmp_options *options, const tsmp_allocator *allocator,
                           const char *token, uint64_t length, const void *before,
                           uint64_t before_length, tsmp_reader **reader)
{
    if (reader == NULL || token == NULL || (before == NULL && before_length > 0) ||
        before_length > SIZE_MAX / 2)
        return TSMP_E_MISUSE;
    tsmp_reader *made;
    *reader = NULL;
    int32_t status = tsmp_reader_new(options, allocator, &made);
    if (status != TSMP_OK)
        return status;
    struct pack pack;
    struct place place;
    status = open_token(&pack, &made->allocator, token, length, &place);
    if (status != TSMP_OK) {
        tsmp_reader_free(made);
        return status;
    }
    pack_need(&pack, before_length >= place.tail_length);
    if (pack_good(&pack)) {
        size_t tail = (size_t)place.tail_length;
        if (tail > 0)
            tail_push(&made->input.tail, (const char *)before + (before_length - tail), tail);
        pack_need(&pack, tail_hash(&made->input.tail) == place.tail_hash);
        made->offset = place.offset;
        made->line = place.line;
        resume_state(&pack, made);
        pack_need(&pack, pack.at == pack.length);
        made->resumed = true;
    }
    status = pack.nomem ? TSMP_E_NOMEM : pack.bad ? TSMP_E_TOKEN : TSMP_OK;
    pack_free(&pack);
    if (status == TSMP_OK)
        *reader = made;
    else
        tsmp_reader_free(made);
    return status;
}
