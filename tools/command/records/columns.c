/* SPDX-License-Identifier: BSD-2-Clause
 * Which fields a kind of record has: the columns of its table. A field that is not named here is
 * shown in the last column, "other", so that nothing is lost. */
#include "record.h"

#include <string.h>

static const struct {
    const char *kind, *fields;
} kinds[] = {
    {"message", "code severity text object"},
    {"object", "action object_type size path status retry destination"},
    {"volume_begin", "volume"},
    {"volume_end", "volume outcome failures code severity text"},
    {"statistic", "name value unit node session"},
    {"progress", "objects"},
    {"schedrec", "block edge schedule scheduled"},
    {"event", "schedule outcome return_code code severity text"},
    {"schedule_field", "label value scheduled"},
    {"scheduler", "state schedule"},
    {"command", "state return_code command"},
    {"session", "state name version time last_access"},
    {"banner", "state text version volume time"},
    {"label", "label value"},
    {"marker", "state code severity text"},
    {"custom", "name"},
    {"backup_version", "size unit backup_time management_class state path api modified accessed "
                       "inode_changed object_type"},
    {"archive_version", "size unit archive_time path expires description management_class"},
    {"filespace", "number last_incremental fs_type name"},
    {"server_event", "domain schedule node scheduled actual completed status result reason"},
    {"server_message", "code severity text node session schedule"},
    {"table_row", ""}, /* its columns are its own: all in "other" */
    {"table_head", "text"},
    {"more", "of text"},
    {"unknown", "text"},
    {"blank", ""},
};

static const struct {
    const char *type_name;
    int type;
    const char *fields;
} types[] = {
    {"number", COLUMN_NUMBER, " size retry failures value objects return_code of number result "},
    {"time", COLUMN_TIME, " scheduled time last_access backup_time archive_time last_incremental "
                          "actual completed modified accessed inode_changed "},
    {"word", COLUMN_WORD, " severity action object_type status outcome unit block edge state code "
                          "api "},
};

static bool holds(const char *list, const char *name)
{
    char wanted[80];
    snprintf(wanted, sizeof wanted, " %.70s ", name);
    return strstr(list, wanted) != NULL;
}

static void add(struct column *columns, size_t *count, const char *name, uint32_t id)
{
    for (size_t i = 0; i < *count; i++)
        if (strcmp(columns[i].name, name) == 0)
            return;
    if (*count == MAX_COLUMNS)
        return;
    columns[*count] = (struct column){.name = name, .id = id, .type = COLUMN_TEXT};
    for (size_t i = 0; i < sizeof types / sizeof *types; i++)
        if (holds(types[i].fields, name))
            columns[*count].type = (unsigned)types[i].type;
    (*count)++;
}

bool kind_is_chosen(const char *chosen, const char *kind)
{
    size_t n = strlen(kind);
    for (const char *at = chosen; at != NULL && *at != '\0';) {
        size_t length = strcspn(at, ",");
        if (length == n && memcmp(at, kind, n) == 0)
            return true;
        at += length + (at[length] == ',');
    }
    return chosen == NULL;
}

/* The schema's field of this name, 0 = a library that is older than the table above. */
static uint32_t field_id(const char *at, size_t length)
{
    for (uint32_t id = 1; id < 512; id++) {
        const char *name = tsmp_name("field", id);
        if (name != NULL && strlen(name) == length && memcmp(name, at, length) == 0)
            return id;
    }
    return 0;
}

size_t columns_of(const char *chosen, struct column *columns)
{
    size_t count = 0;
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        if (!kind_is_chosen(chosen, kinds[i].kind))
            continue;
        for (const char *at = kinds[i].fields; *at != '\0';) {
            size_t n = strcspn(at, " ");
            uint32_t id = field_id(at, n);
            if (id != 0)
                add(columns, &count, tsmp_name("field", id), id);
            at += n + (at[n] == ' ');
        }
    }
    return count;
}
