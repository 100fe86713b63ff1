/* SPDX-License-Identifier: BSD-2-Clause
 * Regions: stretches of a text that are of one kind. They come out of the records, so that they say
 * what the reader itself made of the text. */
#include "block.h"
#include "clock.h"
#include "number.h"

#include <string.h>
#include <tsmparse/tsmparse.h>

enum { DEFAULT_MOST = 256 };

struct tsmp_regions {
    tsmp_allocator allocator;
    tsmp_region *items;
    size_t count, capacity, most;
    uint64_t left; /* not kept: there were more than `most` */
    tsmp_region now; /* format 0: nothing has told yet */
    bool open;
    bool stamped; /* a log: its lines have stamps */
    uint16_t said; /* format of its messages, when there is nothing else */
    uint64_t said_line;
    bool head;    /* only what stands above an answer: banner, session */
    uint8_t form; /* of the stamps, and 1 */
};

int32_t tsmp_regions_new(uint64_t most, const tsmp_allocator *allocator, tsmp_regions **regions)
{
    tsmp_allocator chosen;
    if (regions == NULL || most > 1u << 20 || !memory_choose(allocator, &chosen))
        return TSMP_E_MISUSE;
    *regions = memory_get_zeroed(&chosen, sizeof **regions);
    if (*regions == NULL)
        return TSMP_E_NOMEM;
    (*regions)->allocator = chosen;
    (*regions)->most = most > 0 ? (size_t)most : DEFAULT_MOST;
    return TSMP_OK;
}

void tsmp_regions_free(tsmp_regions *regions)
{
    if (regions == NULL)
        return;
    tsmp_allocator allocator = regions->allocator;
    memory_put(&allocator, regions->items);
    memory_put(&allocator, regions);
}

/* ---- what one record tells ------------------------------------------------------------------- */

struct told {
    uint16_t format; /* 0 = nothing */
    uint16_t clue;
    uint16_t said;   /* a message's, which stands anywhere */
    uint16_t brand;  /* 0 = no banner */
    uint32_t version[4];
    bool stamped, head;
};

static bool starts(const char *text, size_t length, const char *wanted)
{
    return length >= strlen(wanted) && memcmp(text, wanted, strlen(wanted)) == 0;
}

static uint16_t brand_of(const char *text, size_t length)
{
    static const struct {
        const char *text;
        uint16_t brand;
    } names[] = {
        {"IBM Spectrum Protect", TSMP_BRAND_SPECTRUM_PROTECT},
        {"IBM Storage Protect", TSMP_BRAND_STORAGE_PROTECT},
        {"IBM Tivoli Storage Manager", TSMP_BRAND_TIVOLI_STORAGE_MANAGER},
        {"Tivoli Storage Manager", TSMP_BRAND_TIVOLI_STORAGE_MANAGER},
        {"TSM ", TSMP_BRAND_TIVOLI_STORAGE_MANAGER},
        {"ADSTAR Distributed Storage Manager", TSMP_BRAND_ADSM},
        {"ADSM ", TSMP_BRAND_ADSM},
    };
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (starts(text, length, names[i].text))
            return names[i].brand;
    return 0;
}

/* "8, Release 1, Level 22.0": the first four numbers; the words between are translated. */
static void version_of(const char *text, size_t length, uint32_t version[4])
{
    size_t at = 0;
    for (size_t i = 0; i < 4; i++) {
        while (at < length && (text[at] < '0' || text[at] > '9'))
            at++;
        uint32_t number = 0;
        while (at < length && text[at] >= '0' && text[at] <= '9' && number < 1000000)
            number = number * 10 + (uint32_t)(text[at++] - '0');
        version[i] = number;
    }
}

static void look_at_banner(const tsmp_view *view, const tsmp_record *record, struct told *told)
{
    for (uint32_t i = 0; i < record->field_count; i++) {
        const tsmp_field *field = &view->fields[record->first_field + i];
        const char *text = view->text + field->text;
        size_t length = field->length;
        if (field->id == TSMP_FIELD_VERSION)
            version_of(text, length, told->version);
        if (field->id != TSMP_FIELD_TEXT)
            continue;
        told->brand = brand_of(text, length);
        /* "8, Release 1 ...", "Version 8, ..." or, before 5.2, "... Interface - Version 5, ..." */
        int64_t state = view->fields[record->first_field].number;
        if (state == TSMP_WORD_INTERFACE)
            for (; length > 0 && !starts(text, length, "Version "); length--)
                text++;
        if ((state == TSMP_WORD_CLIENT_VERSION || state == TSMP_WORD_INTERFACE) && length > 0 &&
            ((*text >= '0' && *text <= '9') || starts(text, length, "Version ")))
            version_of(text, length, told->version);
    }
}

static struct told look_at(const tsmp_view *view, const tsmp_record *record)
{
    struct told told = {.stamped = (record->flags & TSMP_FLAG_STAMPED) != 0};
    switch (record->kind) {
    case TSMP_KIND_BLANK: case TSMP_KIND_MORE:
        return told;
    case TSMP_KIND_UNKNOWN:
        if (record->why == TSMP_WHY_FOREIGN_PRODUCT) {
            told.format = TSMP_FORMAT_FOREIGN;
            told.clue = TSMP_CLUE_FOREIGN_BANNER;
        }
        return told;
    case TSMP_KIND_MESSAGE: /* stands anywhere; alone with stamps it makes an error log */
        told.said = record->format;
        if (!told.stamped)
            return told;
        told.clue = TSMP_CLUE_MESSAGES;
        break;
    case TSMP_KIND_BANNER: case TSMP_KIND_SESSION:
        told.head = !told.stamped;
        told.clue = TSMP_CLUE_BANNER;
        if (record->kind == TSMP_KIND_BANNER) /* a session tells the server's version */
            look_at_banner(view, record, &told);
        break;
    case TSMP_KIND_SCHEDREC: case TSMP_KIND_SCHEDULER: case TSMP_KIND_SCHEDULE_FIELD:
    case TSMP_KIND_EVENT:
        told.clue = TSMP_CLUE_SCHEDULE_LINES;
        break;
    case TSMP_KIND_TABLE_HEAD:
        told.clue = told.stamped ? 0 : TSMP_CLUE_TABLE_HEAD;
        break;
    case TSMP_KIND_BACKUP_VERSION: case TSMP_KIND_ARCHIVE_VERSION: case TSMP_KIND_FILESPACE:
    case TSMP_KIND_TABLE_ROW: case TSMP_KIND_SERVER_EVENT: case TSMP_KIND_SERVER_MESSAGE:
        told.clue = TSMP_CLUE_ROWS;
        break;
    default:
        told.clue = TSMP_CLUE_CLIENT_LINES;
    }
    told.format = record->format;
    if (told.format == TSMP_FORMAT_ACCEPTOR_LOG)
        told.clue = TSMP_CLUE_ACCEPTOR_MARK;
    return told;
}

/* ---- regions --------------------------------------------------------------------------------- */

static bool close_region(struct tsmp_regions *regions)
{
    tsmp_region *now = &regions->now;
    if (!regions->open)
        return true;
    if (now->format == TSMP_FORMAT_UNKNOWN && now->clue == TSMP_CLUE_MESSAGES)
        now->format = TSMP_FORMAT_ERROR_LOG;
    if (now->format == TSMP_FORMAT_UNKNOWN && regions->said != 0) {
        now->format = regions->said;
        now->clue = TSMP_CLUE_MESSAGES;
        now->clue_line = regions->said_line;
    }
    if (regions->count == regions->most) {
        regions->left++;
        regions->open = false;
        return true;
    }
    void *items = regions->items;
    if (!memory_reserve(&regions->allocator, &items, &regions->capacity, regions->count, 1,
                        sizeof *regions->items))
        return false;
    regions->items = items;
    regions->items[regions->count++] = *now;
    regions->open = false;
    return true;
}

static void open_region(struct tsmp_regions *regions, const tsmp_record *record)
{
    tsmp_region before = regions->now;
    regions->now = (tsmp_region){.size = sizeof(tsmp_region), .offset = record->offset,
                                 .line = record->line};
    regions->open = true;
    regions->form = 0;
    regions->said = 0;
    regions->stamped = regions->head = false;
    /* One session may ask for several things; its client stays the same. */
    regions->now.brand = before.brand;
    regions->now.version = before.version;
    regions->now.release = before.release;
    regions->now.level = before.level;
    regions->now.sublevel = before.sublevel;
}

static bool same_version(const tsmp_region *now, const struct told *told)
{
    bool known = now->version != 0 && told->version[0] != 0;
    return (now->brand == 0 || told->brand == 0 || now->brand == told->brand) &&
           (!known || (now->version == told->version[0] && now->release == told->version[1] &&
                       now->level == told->version[2] && now->sublevel == told->version[3]));
}

/* Does the record begin another region? */
static bool begins(const struct tsmp_regions *regions, const struct told *told, uint8_t form)
{
    const tsmp_region *now = &regions->now;
    if (told->stamped) {
        if (!regions->stamped)
            return now->format != TSMP_FORMAT_UNKNOWN || regions->head;
        bool acceptor = now->format == TSMP_FORMAT_ACCEPTOR_LOG;
        return (form != 0 && regions->form != 0 && form != regions->form) ||
               (told->format != 0 && now->format != 0 &&
                acceptor != (told->format == TSMP_FORMAT_ACCEPTOR_LOG)) ||
               !same_version(now, told);
    }
    if (told->format == 0)
        return false;
    if (regions->stamped)
        return told->format != now->format && told->clue != 0 && told->head;
    if (now->format == 0 || (regions->head && !told->head))
        return false; /* the banner belongs to what it stands above */
    return told->format != now->format || (told->head && !regions->head && told->brand != 0);
}

static void take(struct tsmp_regions *regions, const struct told *told, const tsmp_record *record)
{
    tsmp_region *now = &regions->now;
    if (told->stamped)
        regions->stamped = true;
    if (told->said != 0 && regions->said == 0) {
        regions->said = told->said;
        regions->said_line = record->line;
    }
    bool first = now->format == TSMP_FORMAT_UNKNOWN;
    if (told->format != 0 && (first || (regions->head && !told->head))) {
        now->format = told->format;
        first = true;
    }
    bool better = now->clue == TSMP_CLUE_BANNER && told->clue == TSMP_CLUE_SCHEDULE_LINES;
    if (told->clue != 0 && (now->clue == 0 || (first && told->format != 0) || better)) {
        now->clue = told->clue;
        now->clue_line = record->line;
    }
    if (told->format != 0)
        regions->head = told->head && (regions->head || first);
    if (told->brand != 0)
        now->brand = told->brand;
    if (told->version[0] != 0) {
        now->version = told->version[0];
        now->release = told->version[1];
        now->level = told->version[2];
        now->sublevel = told->version[3];
    }
}

static void look_at_words(const tsmp_view *view, const tsmp_record *record, tsmp_region *now)
{
    bool coded = record->kind == TSMP_KIND_MESSAGE || record->kind == TSMP_KIND_UNKNOWN ||
                 record->kind == TSMP_KIND_BLANK || record->kind == TSMP_KIND_MORE ||
                 record->kind == TSMP_KIND_SCHEDREC || record->kind == TSMP_KIND_LABEL ||
                 record->kind == TSMP_KIND_PROGRESS || record->kind == TSMP_KIND_MARKER;
    if (record->why == TSMP_WHY_LANGUAGE)
        now->language = TSMP_LANGUAGE_NOT_KNOWN;
    else if (!coded && now->language == 0)
        now->language = TSMP_LANGUAGE_KNOWN;
    for (uint32_t i = 0; i < record->field_count; i++) {
        const tsmp_field *field = &view->fields[record->first_field + i];
        const char *text = view->text + field->text;
        bool sure = (field->flags & (TSMP_FLAG_NUMBER_AMBIGUOUS | TSMP_FLAG_OVERFLOW)) == 0;
        uint32_t mark = field->type == TSMP_TYPE_NUMBER
                            ? number_grouping(text, field->length, sure && field->power == 0) : 0;
        if (mark != 0)
            now->grouping = mark;
        if (field->type == TSMP_TYPE_NUMBER && field->id == TSMP_FIELD_VALUE)
            now->decimal = number_decimal_learn(now->decimal, text, field->length);
        if (field->type != TSMP_TYPE_TIME)
            continue;
        struct stamp stamp = stamp_read_inner(text, field->length, 0);
        if (stamp.orders != 0 && (record->flags & TSMP_FLAG_STAMPED) == 0)
            now->date_order = now->date_order & stamp.orders ? now->date_order & stamp.orders
                                                             : stamp.orders;
    }
}

int32_t tsmp_regions_add(tsmp_regions *regions, const tsmp_batch *batch)
{
    if (regions == NULL || batch == NULL)
        return TSMP_E_MISUSE;
    const tsmp_view *view = &batch->view;
    for (uint64_t i = 0; i < view->record_count; i++) {
        const tsmp_record *record = &view->records[i];
        struct told told = look_at(view, record);
        struct stamp stamp = {0};
        if (told.stamped)
            stamp = stamp_read(view->text + record->text, record->text_length, 0);
        uint8_t form = stamp.length > 0 ? (uint8_t)(stamp.form + 1) : 0;
        if (regions->open && begins(regions, &told, form) && !close_region(regions))
            return TSMP_E_NOMEM;
        if (!regions->open)
            open_region(regions, record);
        take(regions, &told, record);
        tsmp_region *now = &regions->now;
        if (form != 0 && stamp.orders != 0) {
            regions->form = form;
            now->date_order = now->date_order & stamp.orders ? now->date_order & stamp.orders
                                                             : stamp.orders;
        }
        look_at_words(view, record, now);
        now->length = record->offset + record->length - now->offset;
        now->lines = record->line - now->line + 1;
        now->records++;
        now->unknown += record->kind == TSMP_KIND_UNKNOWN;
    }
    return TSMP_OK;
}

int32_t tsmp_regions_end(tsmp_regions *regions)
{
    if (regions == NULL)
        return TSMP_E_MISUSE;
    return close_region(regions) ? TSMP_OK : TSMP_E_NOMEM;
}

uint64_t tsmp_regions_left(const tsmp_regions *regions)
{
    return regions != NULL ? regions->left : 0;
}

int32_t tsmp_regions_get(const tsmp_regions *regions, uint64_t index, tsmp_region *region)
{
    if (regions == NULL || region == NULL || region->size < 8)
        return TSMP_E_MISUSE;
    if (index >= regions->count)
        return TSMP_END;
    uint32_t size = region->size < sizeof *region ? region->size : (uint32_t)sizeof *region;
    memcpy(region, &regions->items[index], size);
    region->size = size;
    return TSMP_OK;
}
