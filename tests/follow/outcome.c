/* SPDX-License-Identifier: BSD-2-Clause
 * What came out of the follower, and whether it is what was written. */
#include "writer.h"

#include <dirent.h>
#include <zlib.h>

static struct {
    int seen[MOST];       /* how often */
    bool there[MOST];     /* in the log or beside it when all was done */
    unsigned order[MOST]; /* as they came; UINT_MAX is a gap */
    size_t count;
    unsigned heads, gaps, old;
    char ids[MOST][40];
} got;

#define A_GAP 0xFFFFFFFFu

static void take_batch(struct follower *follower, const tsmp_batch *batch, void *context)
{
    (void)context;
    const tsmp_view *view = tsmp_batch_view(batch);
    for (uint64_t i = 0; i < view->record_count; i++) {
        const tsmp_record *record = &view->records[i];
        const char *text = view->text + record->text;
        size_t left = record->text_length;
        uint64_t generation, file;
        follower_name(follower, record->offset, &generation, &file);
        got.old += memmem(text, left, "/old=", 5) != NULL;
        got.heads += left > 4 && memcmp(text, "IBM ", 4) == 0;
        for (const char *at; (at = memmem(text, left, "/seq=", 5)) != NULL;) {
            unsigned n = 0;
            left -= (size_t)(at + 5 - text);
            text = at + 5;
            if (left >= 7 && text[6] == '=')
                n = (unsigned)strtoul(text, NULL, 10);
            else
                continue;
            if (n >= MOST || got.count == MOST)
                need(false, "too many lines");
            got.seen[n]++;
            snprintf(got.ids[n], sizeof got.ids[n], "%llu:%llu", (unsigned long long)generation,
                     (unsigned long long)file);
            got.order[got.count++] = n;
        }
    }
}

static void take_run(struct follower *follower, const tsmp_run *run, bool open, void *context)
{
    (void)follower, (void)run, (void)open, (void)context;
}

static void take_gap(struct follower *follower, enum gap_reason reason, void *context)
{
    (void)follower, (void)context, (void)reason;
    got.order[got.count++] = A_GAP;
    got.gaps++;
}

/* Are the lines between these numbers, which did not come, covered by a gap? */
const char *outcome_judge(const struct scenario *scenario)
{
    static char why[200];
    long last = -1;
    bool gap = false;
    for (size_t i = 0; i <= got.count; i++) {
        long n = i < got.count ? (got.order[i] == A_GAP ? -2 : (long)got.order[i]) : (long)w.written;
        if (n == -2) {
            gap = true;
            continue;
        }
        if (n <= last) {
            snprintf(why, sizeof why, "line %ld came behind line %ld", n, last);
            return why;
        }
        if (n > last + 1 && !gap) {
            snprintf(why, sizeof why, "lines %ld to %ld are lost without a word", last + 1, n - 1);
            return why;
        }
        if (n > last + 1 && !scenario->loses) {
            snprintf(why, sizeof why, "lines %ld to %ld are lost", last + 1, n - 1);
            return why;
        }
        last = n;
        gap = false;
    }
    for (unsigned n = 0; n < w.written && !scenario->wraps; n++) { /* there what stands behind the end is older */
        if (got.there[n] && got.seen[n] == 0) {
            snprintf(why, sizeof why, "line %u is lost, and stands in a file that could be read", n);
            return why;
        }
    }
    if (got.old > 0)
        return "text came that is not the log's";
    if (got.gaps > 0 && !scenario->loses && !scenario->doubt)
        return "a gap where nothing was lost";
    if (got.heads != w.heads && got.gaps == 0)
        return "the heads of the files came another time";
    return NULL;
}

const struct follow_sink taken = {take_batch, take_run, take_gap, NULL};

void outcome_look_beside(void)
{
    static char text[MOST * LONGEST];
    DIR *folder = opendir(w.folder);
    struct dirent *entry;
    need(folder != NULL, w.folder);
    while ((entry = readdir(folder)) != NULL) {
        char path[600];
        if (strncmp(entry->d_name, "dsmsched.log", 12) != 0)
            continue;
        snprintf(path, sizeof path, "%s/%s", w.folder, entry->d_name);
        gzFile file = gzopen(path, "rb"); /* it reads what is not packed, too */
        int n = file != NULL ? gzread(file, text, sizeof text) : 0;
        if (file != NULL)
            gzclose(file);
        const char *from = text, *end = text + (n > 0 ? n : 0);
        for (const char *at; (at = memmem(from, (size_t)(end - from), "/seq=", 5)) != NULL; from = at + 5)
            if (end - at > 11 && at[11] == '=')
                got.there[strtoul(at + 5, NULL, 10) % MOST] = true;
    }
    closedir(folder);
}

void outcome_clear(void)
{
    memset(&got, 0, sizeof got);
}

unsigned outcome_gaps(void)
{
    return got.gaps;
}

void outcome_print(void)
{
    for (size_t i = 0; i < got.count; i++)
        got.order[i] == A_GAP ? printf(" gap") : printf(" %u", got.order[i]);
    putchar('\n');
}
