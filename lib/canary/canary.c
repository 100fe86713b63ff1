/* SPDX-License-Identifier: BSD-2-Clause
 * The rows of one canary out of what `query backup` printed, each with the clocks of the banner
 * above it, and whatever in the text makes the answer doubtful. */
#include "canary.h"

#include <string.h>

enum { DEFAULT_VERSIONS = 4096, MAX_NIGHTS = 1 << 16 };
#define DEFAULT_SLACK (5 * CANARY_SECOND)
#define MAX_SLACK (600 * CANARY_SECOND)
/* Zones lie at most 26 hours apart: clocks that differ by more are wrong. */
#define MAX_SKEW (26 * CANARY_HOUR)

#define KNOWN_FLAGS (TSMP_CANARY_SIZE | TSMP_CANARY_MODIFIED | TSMP_CANARY_UNTIL | \
                     TSMP_CANARY_SKEW | TSMP_CANARY_KNOWN | TSMP_CANARY_CHANGES)

void seen_add(struct seen *seen, uint64_t line)
{
    if (seen->count < CANARY_LINES)
        seen->lines[seen->count++] = line;
}

int64_t canary_stored(const tsmp_canary_version *version)
{
    if (version->backup_time == TSMP_NO_TIME || version->skew == TSMP_NO_TIME)
        return TSMP_NO_TIME;
    return version->backup_time - version->skew;
}

/* ---- one record ------------------------------------------------------------------------------- */

static void see(struct tsmp_canary *canary, uint32_t reason, const tsmp_record *record)
{
    seen_add(&canary->seen[reason], record->line);
}

static const tsmp_field *find(const tsmp_view *view, const tsmp_record *record, uint16_t id)
{
    const tsmp_field *field = view->fields + record->first_field;
    for (uint32_t i = 0; i < record->field_count; i++)
        if (field[i].id == id)
            return &field[i];
    return NULL;
}

static uint32_t word_of(const tsmp_view *view, const tsmp_record *record)
{
    const tsmp_field *field = find(view, record, TSMP_FIELD_STATE);
    return field != NULL ? (uint32_t)field->number : 0;
}

static int64_t time_of(const tsmp_view *view, const tsmp_record *record, uint16_t id)
{
    const tsmp_field *field = find(view, record, id);
    bool known = field != NULL && (field->flags & (TSMP_FLAG_NO_TIME | TSMP_FLAG_DATE_AMBIGUOUS |
                                                   TSMP_FLAG_TIME_IMPOSSIBLE)) == 0;
    return known ? field->number : TSMP_NO_TIME;
}

/* Another query begins. What is tainted stays so: a name may have printed this banner, too. */
static void begin_query(struct tsmp_canary *canary)
{
    canary->rows = canary->last_is_canary = false;
    canary->session = 0;
    canary->client_time = canary->server_time = TSMP_NO_TIME;
}

static void take_banner(struct tsmp_canary *canary, const tsmp_view *view, const tsmp_record *record)
{
    switch (word_of(view, record)) {
    case TSMP_WORD_PRODUCT:
    case TSMP_WORD_INTERFACE:
        if (!canary->tainted)
            begin_query(canary);
        break;
    case TSMP_WORD_CLIENT_TIME:
        if (!canary->tainted && !canary->rows)
            canary->client_time = time_of(view, record, TSMP_FIELD_TIME);
        break;
    case TSMP_WORD_LOGIN:
    case TSMP_WORD_ACTION_REQUIRED: /* a key that must be typed */
        see(canary, TSMP_CANARY_REASON_PASSWORD, record);
        break;
    case TSMP_WORD_INTERRUPTED:
        see(canary, TSMP_CANARY_REASON_NOT_UNDERSTOOD, record);
        break;
    default:
        break;
    }
}

static void take_session(struct tsmp_canary *canary, const tsmp_view *view, const tsmp_record *record)
{
    uint32_t word = word_of(view, record);
    if (word == TSMP_WORD_SERVER)
        canary->session = record->line;
    else if (word == TSMP_WORD_SERVER_TIME && !canary->tainted && !canary->rows)
        canary->server_time = time_of(view, record, TSMP_FIELD_TIME);
}

static void take_message(struct tsmp_canary *canary, const tsmp_view *view, const tsmp_record *record)
{
    const tsmp_field *code = find(view, record, TSMP_FIELD_CODE);
    const char *text = code != NULL ? view->text + code->text : "";
    size_t length = code != NULL ? code->length : 0;
    if (length == 8 && memcmp(text, "ANS1092", 7) == 0) {
        /* below a prompt the reader knows which query it answers */
        if (record->format != TSMP_FORMAT_QUERY_ARCHIVE)
            see(canary, TSMP_CANARY_REASON_NO_MATCH, record);
    } else if (length == 8 && memcmp(text, "ANS1051", 7) == 0) {
        see(canary, TSMP_CANARY_REASON_PASSWORD, record);
    } else if (length > 0 && (text[length - 1] == 'E' || text[length - 1] == 'S')) {
        see(canary, TSMP_CANARY_REASON_ERROR_MESSAGE, record);
    }
}

/* ---- rows ------------------------------------------------------------------------------------- */

static bool same_but_case(const char *a, const char *b, size_t length)
{
    for (size_t i = 0; i < length; i++) {
        unsigned char x = (unsigned char)a[i], y = (unsigned char)b[i];
        x = (unsigned char)(x >= 'A' && x <= 'Z' ? x + 32 : x);
        y = (unsigned char)(y >= 'A' && y <= 'Z' ? y + 32 : y);
        if (x != y)
            return false;
    }
    return true;
}

static int64_t skew_of(struct tsmp_canary *canary, const tsmp_record *record)
{
    if ((canary->question.flags & TSMP_CANARY_SKEW) != 0)
        return canary->question.skew;
    if (canary->client_time == TSMP_NO_TIME || canary->server_time == TSMP_NO_TIME)
        return TSMP_NO_TIME;
    int64_t skew = canary->server_time - canary->client_time;
    if (skew >= -MAX_SKEW && skew <= MAX_SKEW)
        return skew;
    if (record != NULL)
        see(canary, TSMP_CANARY_REASON_SKEW_LARGE, record);
    return TSMP_NO_TIME;
}

/* A row of another file. Its name is somebody's own choice where the canary's directory is not. */
static void other_row(struct tsmp_canary *canary, const char *path, size_t length,
                      const tsmp_record *record)
{
    const struct string *own = &canary->path;
    if (length == own->length && same_but_case(path, own->bytes, length)) {
        see(canary, TSMP_CANARY_REASON_OTHER_CASE, record);
    } else {
        see(canary, TSMP_CANARY_REASON_OTHER_PATHS, record);
    }
    size_t n = canary->directory;
    bool beside = length > n && memcmp(path, own->bytes, n) == 0 &&
                  memchr(path + n, n > 0 ? own->bytes[n - 1] : '/', length - n) == NULL;
    if (!beside)
        canary->tainted = true;
}

static void read_size(tsmp_canary_version *version, const tsmp_view *view, const tsmp_record *record)
{
    const tsmp_field *size = find(view, record, TSMP_FIELD_SIZE);
    const tsmp_field *unit = find(view, record, TSMP_FIELD_UNIT);
    if (size == NULL || size->number < 0 || size->power != 0 ||
        ((size->flags | record->flags) & (TSMP_FLAG_NUMBER_AMBIGUOUS | TSMP_FLAG_OVERFLOW)) != 0)
        return;
    version->bytes = (uint64_t)size->number;
    version->flags |= TSMP_CANARY_VERSION_HAS_SIZE;
    if ((record->flags & TSMP_FLAG_ROUNDED) == 0)
        return;
    version->flags |= TSMP_CANARY_VERSION_ROUNDED;
    static const char order[] = {'K', 'M', 'G', 'T'};
    const char *letter = unit != NULL && unit->length == 2
                             ? memchr(order, view->text[unit->text], sizeof order) : NULL;
    for (const char *at = order; at <= (letter != NULL ? letter : order); at++)
        version->unit *= 1024;
}

static bool take_row(struct tsmp_canary *canary, const tsmp_view *view, const tsmp_record *record)
{
    const tsmp_field *path = find(view, record, TSMP_FIELD_PATH);
    canary->rows = true;
    canary->last_is_canary = false;
    /* Without its newline the text is cut, perhaps within a longer name. */
    if (path == NULL || (record->flags & TSMP_FLAG_NO_NEWLINE) != 0)
        return true;
    const char *bytes = view->text + path->text;
    if (find(view, record, TSMP_FIELD_API) != NULL) {
        /* Of a program that chose the name itself, and not of the walk. */
        see(canary, TSMP_CANARY_REASON_API_ROWS, record);
        canary->tainted |= !string_is(&canary->path, bytes, path->length);
        return true;
    }
    if (!string_is(&canary->path, bytes, path->length)) {
        other_row(canary, bytes, path->length, record);
        return true;
    }
    if (canary->count >= canary->question.max_versions) {
        canary->left_out++;
        see(canary, TSMP_CANARY_REASON_LIMIT, record);
        return true;
    }
    void *items = canary->versions;
    bool good = memory_reserve(&canary->allocator, &items, &canary->capacity, canary->count, 1,
                               sizeof *canary->versions);
    canary->versions = items;
    if (!good)
        return false;
    tsmp_canary_version *version = &canary->versions[canary->count++];
    *version = (tsmp_canary_version){
        .state = word_of(view, record), .modified = TSMP_NO_TIME, .unit = 1,
        .backup_time = time_of(view, record, TSMP_FIELD_BACKUP_TIME),
        .skew = skew_of(canary, record), .line = record->line,
        .flags = canary->tainted ? TSMP_CANARY_VERSION_FORGEABLE : 0};
    read_size(version, view, record);
    canary->last_row = record->offset;
    canary->last_is_canary = true;
    canary->name_over = false;
    return true;
}

/* A line of -detail, or the rest of a name that somebody broke. */
static void take_more(struct tsmp_canary *canary, const tsmp_view *view, const tsmp_record *record)
{
    const tsmp_field *of = find(view, record, TSMP_FIELD_OF);
    bool detail = record->field_count > 1;
    if (!detail) {
        see(canary, TSMP_CANARY_REASON_NOT_UNDERSTOOD, record);
        canary->tainted = true;
    }
    if (!canary->last_is_canary || of == NULL || of->number < 0 ||
        (uint64_t)of->number != canary->last_row)
        return;
    tsmp_canary_version *version = &canary->versions[canary->count - 1];
    if (detail) {
        canary->name_over = true;
        if (find(view, record, TSMP_FIELD_MODIFIED) != NULL)
            version->modified = time_of(view, record, TSMP_FIELD_MODIFIED);
        return;
    }
    if (canary->name_over)
        return;
    /* The row's name goes on, so it is not the canary's. */
    canary->count--;
    canary->last_is_canary = false;
}

static bool take(struct tsmp_canary *canary, const tsmp_view *view, const tsmp_record *record)
{
    switch (record->kind) {
    case TSMP_KIND_BANNER: take_banner(canary, view, record); break;
    case TSMP_KIND_SESSION: take_session(canary, view, record); break;
    case TSMP_KIND_MESSAGE: take_message(canary, view, record); break;
    case TSMP_KIND_BACKUP_VERSION:
        if (!take_row(canary, view, record))
            return false;
        break;
    case TSMP_KIND_MORE: take_more(canary, view, record); break;
    case TSMP_KIND_BLANK:
    case TSMP_KIND_PROGRESS:
        break;
    case TSMP_KIND_TABLE_HEAD:
        if (record->format == TSMP_FORMAT_QUERY_BACKUP)
            break;
        /* fall through */
    default:
        see(canary, TSMP_CANARY_REASON_NOT_UNDERSTOOD, record);
        canary->tainted = true;
        break;
    }
    if ((record->flags & (TSMP_FLAG_OPEN_NAME | TSMP_FLAG_CUT)) != 0)
        canary->tainted = true;
    if ((record->flags & TSMP_FLAG_NO_NEWLINE) != 0)
        see(canary, TSMP_CANARY_REASON_NOT_UNDERSTOOD, record);
    return true;
}

int32_t tsmp_canary_add(tsmp_canary *canary, const tsmp_batch *batch)
{
    if (canary == NULL || batch == NULL || canary->ended || canary->failed)
        return TSMP_E_MISUSE;
    const tsmp_view *view = tsmp_batch_view(batch);
    for (uint64_t i = 0; i < view->record_count; i++)
        if (!take(canary, view, &view->records[i])) {
            canary->failed = true;
            return TSMP_E_NOMEM;
        }
    return TSMP_OK;
}

/* ---- the handle ------------------------------------------------------------------------------- */

/* Far enough from the ends that sums of times can't overflow. */
static bool is_time(int64_t time)
{
    return time > INT64_MIN / 4 && time < INT64_MAX / 4;
}

static bool is_sound(const tsmp_canary_question *question)
{
    if (question->path.bytes == NULL || question->path.length == 0 ||
        question->path.length > 1u << 20 || !is_time(question->window_start) ||
        (question->flags & ~KNOWN_FLAGS) != 0 || question->slack < 0 || question->slack > MAX_SLACK ||
        question->night_count > MAX_NIGHTS || (question->night_count > 0 && question->nights == NULL))
        return false;
    if ((question->flags & TSMP_CANARY_UNTIL) != 0 &&
        (question->window_end < question->window_start || !is_time(question->window_end)))
        return false;
    if ((question->flags & TSMP_CANARY_MODIFIED) != 0 && !is_time(question->modified))
        return false;
    if ((question->flags & TSMP_CANARY_SKEW) != 0 &&
        (question->skew < -MAX_SKEW || question->skew > MAX_SKEW))
        return false;
    for (uint64_t i = 0; i < question->night_count; i++)
        if (!is_time(question->nights[i]) ||
            (i > 0 && question->nights[i] <= question->nights[i - 1]))
            return false;
    return true;
}

/* Behind the last separator is the file's own name. */
static size_t directory_of(const struct string *path)
{
    size_t n = path->length;
    while (n > 0 && path->bytes[n - 1] != '/' && path->bytes[n - 1] != '\\')
        n--;
    return n;
}

int32_t tsmp_canary_new(const tsmp_canary_question *question, const tsmp_allocator *allocator,
                        tsmp_canary **canary)
{
    tsmp_allocator chosen;
    tsmp_canary_question known;
    if (question == NULL || canary == NULL || !memory_choose(allocator, &chosen) ||
        !memory_take_struct(question, &known, sizeof known) || !is_sound(&known))
        return TSMP_E_MISUSE;
    *canary = NULL;
    struct tsmp_canary *made = memory_get_zeroed(&chosen, sizeof *made);
    if (made == NULL)
        return TSMP_E_NOMEM;
    made->allocator = chosen;
    made->question = known;
    size_t nights = (size_t)known.night_count;
    bool good = string_set(&chosen, &made->path, known.path.bytes, (size_t)known.path.length);
    if (good && nights > 0) {
        made->nights = memory_get(&chosen, nights * sizeof *made->nights);
        made->night_items = memory_get_zeroed(&chosen, nights * sizeof *made->night_items);
        good = made->nights != NULL && made->night_items != NULL;
    }
    if (!good) {
        tsmp_canary_free(made);
        return TSMP_E_NOMEM;
    }
    if (nights > 0)
        memcpy(made->nights, known.nights, nights * sizeof *made->nights);
    made->question.path = (tsmp_text){made->path.bytes, made->path.length};
    made->question.nights = made->nights;
    if (known.slack == 0)
        made->question.slack = DEFAULT_SLACK;
    if (known.max_versions == 0)
        made->question.max_versions = DEFAULT_VERSIONS;
    made->directory = directory_of(&made->path);
    begin_query(made);
    *canary = made;
    return TSMP_OK;
}

void tsmp_canary_free(tsmp_canary *canary)
{
    if (canary == NULL)
        return;
    tsmp_allocator allocator = canary->allocator;
    string_clear(&allocator, &canary->path);
    memory_put(&allocator, canary->versions);
    memory_put(&allocator, canary->nights);
    memory_put(&allocator, canary->night_items);
    memory_put(&allocator, canary);
}

int32_t tsmp_canary_end(tsmp_canary *canary)
{
    if (canary == NULL || canary->failed)
        return TSMP_E_MISUSE;
    if (canary->ended)
        return TSMP_OK;
    canary->ended = true;
    canary->view = (tsmp_canary_view){
        .size = sizeof canary->view, .version_stride = sizeof *canary->versions,
        .reason_stride = sizeof *canary->reasons, .night_stride = sizeof *canary->night_items,
        .skew = skew_of(canary, NULL), .asked = canary->client_time,
        .versions = canary->versions, .version_count = canary->count,
        .versions_left_out = canary->left_out, .reasons = canary->reasons,
        .nights = canary->night_items, .night_count = canary->question.night_count,
        .path = {canary->path.bytes, canary->path.length},
        .window_start = canary->question.window_start,
        .window_end = (canary->question.flags & TSMP_CANARY_UNTIL) != 0 ? canary->question.window_end
                                                                        : TSMP_NO_TIME};
    canary_answer(canary);
    canary_nights(canary);
    return TSMP_OK;
}

const tsmp_canary_view *tsmp_canary_view_of(const tsmp_canary *canary)
{
    return canary != NULL && canary->ended ? &canary->view : NULL;
}
