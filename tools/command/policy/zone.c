/* SPDX-License-Identifier: BSD-2-Clause */
#include "zone.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { DAY = 86400, LONGEST_PATH = 400 };

/* The C library takes a name that it does not know for UTC, so the file is looked for first. */
static bool is_there(const char *name)
{
    static const char *const folders[] = {NULL, "/usr/share/zoneinfo", "/usr/lib/zoneinfo",
                                          "/usr/share/lib/zoneinfo", "/etc/zoneinfo"};
    size_t n = strspn(name, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_+-/");
    if (n == 0 || name[n] != '\0' || name[0] == '/' || name[n - 1] == '/' || strstr(name, "//") != NULL)
        return false;
    for (size_t i = 0; i < sizeof folders / sizeof *folders; i++) {
        char path[LONGEST_PATH], magic[4] = "";
        const char *folder = i == 0 ? getenv("TZDIR") : folders[i];
        if (folder == NULL)
            continue;
        int length = snprintf(path, sizeof path, "%s/%s", folder, name);
        FILE *file = length > 0 && length < LONGEST_PATH ? fopen(path, "rb") : NULL;
        if (file == NULL)
            continue;
        bool good = fread(magic, 1, 4, file) == 4 && memcmp(magic, "TZif", 4) == 0;
        fclose(file);
        if (good)
            return true;
    }
    return false;
}

static int64_t offset_at(int64_t instant)
{
    time_t time = (time_t)instant;
    struct tm parts;
    return localtime_r(&time, &parts) != NULL ? (int64_t)parts.tm_gmtoff : 0;
}

static bool add_span(struct zone *zone, size_t *capacity, int64_t from, int64_t offset)
{
    if (zone->count == *capacity) {
        size_t wanted = *capacity * 2 + 16;
        struct zone_span *bigger = realloc(zone->spans, wanted * sizeof *bigger);
        if (bigger == NULL)
            return false;
        zone->spans = bigger;
        *capacity = wanted;
    }
    zone->spans[zone->count++] = (struct zone_span){from, offset};
    return true;
}

/* No zone changes twice in a day and back: its offset is looked at once a day, and where that
 * differs the second of the change is searched. */
static bool read_spans(struct zone *zone)
{
    size_t capacity = 0;
    int64_t offset = offset_at(zone->begin);
    if (!add_span(zone, &capacity, zone->begin, offset))
        return false;
    for (int64_t at = zone->begin; at < zone->end; at += DAY) {
        int64_t low = at, high = at + DAY, next = offset_at(high);
        if (next == offset)
            continue;
        while (high - low > 1) {
            int64_t middle = low + (high - low) / 2;
            if (offset_at(middle) == offset)
                low = middle;
            else
                high = middle;
        }
        offset = offset_at(high);
        if (!add_span(zone, &capacity, high, offset))
            return false;
        if (offset != next && !add_span(zone, &capacity, at + DAY, next))
            return false;
        offset = next;
    }
    return true;
}

struct zone *zone_load(const char *name, int64_t begin, int64_t end)
{
    bool here = name == NULL || name[0] == '\0';
    struct zone *zone = calloc(1, sizeof *zone);
    const char *before = getenv("TZ");
    char *kept = before != NULL ? strdup(before) : NULL;
    bool good = zone != NULL && (before == NULL || kept != NULL) &&
                (here || (strlen(name) < sizeof zone->name && is_there(name)));
    if (good) {
        zone->begin = begin;
        zone->end = end;
        if (!here) {
            char value[sizeof zone->name + 1];
            strcpy(zone->name, name);
            snprintf(value, sizeof value, ":%s", name);
            setenv("TZ", value, 1);
        }
        tzset();
        good = read_spans(zone);
        if (kept != NULL)
            setenv("TZ", kept, 1);
        else
            unsetenv("TZ");
        tzset();
    }
    free(kept);
    if (!good) {
        zone_free(zone);
        return NULL;
    }
    return zone;
}

void zone_free(struct zone *zone)
{
    if (zone == NULL)
        return;
    free(zone->spans);
    free(zone);
}

int64_t zone_local(const struct zone *zone, int64_t instant)
{
    size_t i = zone->count - 1;
    while (i > 0 && zone->spans[i].from > instant)
        i--;
    return instant + zone->spans[i].offset;
}

int64_t zone_instant(const struct zone *zone, int64_t local, bool second, enum zone_kind *kind)
{
    int64_t found[2] = {0, 0}, after = 0;
    int count = 0;
    for (size_t i = 0; i < zone->count; i++) {
        const struct zone_span *span = &zone->spans[i];
        int64_t instant = local - span->offset;
        bool from = i == 0 || instant >= span->from;
        bool to = i + 1 == zone->count || instant < zone->spans[i + 1].from;
        if (from && to && count < 2)
            found[count++] = instant;
        if (!from && count == 0 && after == 0)
            after = span->from; /* before this one it is past the span, in it not yet begun */
    }
    *kind = count == 2 ? ZONE_TWICE : count == 1 ? ZONE_ONCE : ZONE_GAP;
    return count == 0 ? after : count == 2 && second ? found[1] : found[0];
}
