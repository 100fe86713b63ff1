/* SPDX-License-Identifier: BSD-2-Clause
 * Volumes, objects and messages of a run in order of time. Streams run side by side, so lines of
 * volumes stand between each other. */
#include "body.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum moment_kind { MOMENT_BEGIN, MOMENT_JOURNAL, MOMENT_OBJECT, MOMENT_MESSAGE, MOMENT_PROGRESS,
                   MOMENT_END };

/* Something that is printed at a time; the order of equal times is that of `order`. */
struct moment {
    int64_t time;
    uint32_t order;
    uint8_t kind;
    uint8_t part;
    uint16_t number;
    const char *text; /* of a message; %s is the volume's name */
};

enum { MOMENTS_MOST = 256 };

struct moments {
    struct moment items[MOMENTS_MOST];
    size_t count;
};

static void add(struct moments *moments, int64_t time, enum moment_kind kind, size_t part,
                uint64_t number, const char *text)
{
    if (moments->count == MOMENTS_MOST)
        return;
    moments->items[moments->count] = (struct moment){
        .time = time, .order = (uint32_t)moments->count, .kind = (uint8_t)kind, .part = (uint8_t)part,
        .number = (uint16_t)number, .text = text};
    moments->count++;
}

static int earlier(const void *a, const void *b)
{
    const struct moment *x = a, *y = b;
    if (x->time != y->time)
        return x->time < y->time ? -1 : 1;
    return x->order < y->order ? -1 : x->order > y->order;
}

void selection_name(const struct run *run, size_t index, char *to, size_t size)
{
    const struct volume *volume = &run->node->volumes[index];
    const char *name = volume->name;
    bool root = strcmp(name, "/") == 0;
    if (run->schedule->action == ACTION_IMAGE)
        snprintf(to, size, "%s", name);
    else
        snprintf(to, size, "%s%c*", root ? "" : name, run->node->windows ? '\\' : '/');
}

/* ---- what is printed ------------------------------------------------------------------------- */

static void object(struct sheet *sheet, const struct run *run, const struct moment *moment)
{
    static const char *const kinds[] = {"Normal File-->", "Normal File-->", "Directory-->",
                                        "Symbolic Link-->", "Normal File-->"};
    const struct part *part = &run->parts[moment->part];
    const char *kind = kinds[moment->number % 5];
    char size[64], mark = run->node->windows ? '\\' : '/';
    bool root = strcmp(part->volume->name, "/") == 0;
    uint64_t bytes = (uint64_t)moment->number * 7919 % 4000000;
    print_count(size, sheet->format, bytes);
    bool failed = moment->number >= part->stored;
    bool retried = moment->number == 0 && moment->part == 0;
    char path[160];
    snprintf(path, sizeof path, "%s%cpool%cfile-%u.dat", root ? "" : part->volume->name, mark, mark,
             (unsigned)moment->number);
    int width = (int)(32 - strlen(kind));
    for (uint64_t i = 0; retried && !run->node->old_statistics && i < run->retries; i++) {
        if (i == 0)
            sheet_say(sheet, TAG_NAMES, "%s%*s %s  Changed", kind, width, size, path);
        else
            sheet_say(sheet, TAG_NAMES, "Retry # %u  %s%*s %s  Changed", (unsigned)i, kind, width, size,
                      path);
    }
    if (retried && !run->node->old_statistics && run->retries > 0)
        sheet_say(sheet, TAG_NAMES, "Retry # %u  %s%*s %s [Sent]", (unsigned)run->retries, kind, width,
                  size, path);
    else
        sheet_say(sheet, TAG_NAMES | (failed ? (uint32_t)TAG_AGAINST : 0u), "%s%*s %s%s", kind, width,
                  size, path, failed ? " ** Unsuccessful **" : " [Sent]");
}

static void say_begin(struct sheet *sheet, const struct run *run, size_t index)
{
    const struct part *part = &run->parts[index];
    uint32_t against = part->fate == FATE_OPEN ? (uint32_t)TAG_AGAINST : 0u;
    if (!run->volumes_shown)
        return;
    if (run->schedule->action == ACTION_INCREMENTAL)
        sheet_say(sheet, TAG_NAMES | TAG_BEGIN | against, "Incremental backup of volume '%s'", part->volume->name);
    else if (run->schedule->action == ACTION_IMAGE)
        sheet_say(sheet, against, "Image backup of volume '%s'", part->volume->name);
    else if (index == 0)
        sheet_say(sheet, 0, "%s function invoked.",
                  run->schedule->action == ACTION_ARCHIVE ? "Archive" : "Selective Backup");
}

static void say_end(struct sheet *sheet, const struct run *run, size_t index)
{
    static const char *const done[] = {"", "Selective Backup processing", "Archive processing", "", "",
                                       "Image Backup processing"};
    const struct part *part = &run->parts[index];
    const char *name = part->volume->name;
    char selection[64];
    enum action action = run->schedule->action;
    if (!run->volumes_shown)
        return;
    switch (part->fate) {
    case FATE_DONE:
        if (action == ACTION_INCREMENTAL) {
            sheet_say(sheet, TAG_FOR, "Successful incremental backup of '%s'", name);
            sheet_bare(sheet, 0, "%s", "");
            return;
        }
        selection_name(run, index, selection, sizeof selection);
        sheet_say(sheet, TAG_FOR, "%s of '%s' finished without failure.", done[action], selection);
        return;
    case FATE_FAILURES:
        sheet_say(sheet, TAG_AGAINST, "ANS1802E Incremental backup of '%s' finished with %u failure(s)",
                  name, (unsigned)part->failed);
        sheet_bare(sheet, 0, "%s", "");
        return;
    case FATE_STOPPED:
        sheet_say(sheet, TAG_AGAINST, "ANS1999E Incremental processing of '%s' stopped.", name);
        return;
    default: return;
    }
}

static void say_failed(struct sheet *sheet, const struct run *run, const struct moment *moment)
{
    const char *name = run->parts[moment->part].volume->name;
    char mark = run->node->windows ? '\\' : '/', path[128];
    snprintf(path, sizeof path, "%s%cspool%cqueue-%u", strcmp(name, "/") == 0 ? "" : name, mark, mark,
             (unsigned)moment->number);
    sheet_say(sheet, TAG_AGAINST | TAG_NAMES, "ANS1228E Sending of object '%s' failed.", path);
    if (run->node->windows) {
        sheet_say(sheet, TAG_AGAINST, "ANS4037E Object '%s' changed during processing.  Object skipped.",
                  path);
        return;
    }
    sheet_say(sheet, TAG_AGAINST, "ANS4037E Object '%s' changed during processing.", path);
    sheet_bare(sheet, TAG_AGAINST, "Object skipped.");
}

static void say(struct sheet *sheet, const struct run *run, const struct moment *moment)
{
    const char *name = run->parts[moment->part].volume->name;
    switch (moment->kind) {
    case MOMENT_BEGIN: say_begin(sheet, run, moment->part); return;
    case MOMENT_JOURNAL:
        sheet_say(sheet, 0, "Querying Journal for '%s'", name);
        sheet_say(sheet, 0, "Processing %u Journal entries for '%s'",
                  (unsigned)run->parts[moment->part].inspected, name);
        return;
    case MOMENT_OBJECT: object(sheet, run, moment); return;
    case MOMENT_PROGRESS: {
        char number[64];
        print_count(number, sheet->format, moment->number);
        sheet_say(sheet, TAG_NAMES, "ANS1898I ***** Processed %9s files *****", number);
        return;
    }
    case MOMENT_MESSAGE:
        if (moment->text == NULL) {
            say_failed(sheet, run, moment);
        } else {
            /* The texts are this file's own. */
            const char *volume = strstr(moment->text, "%");
            sheet_say(sheet, TAG_AGAINST, "%.*s%s%s",
                      (int)(volume != NULL ? (size_t)(volume - moment->text) : strlen(moment->text)),
                      moment->text, volume != NULL ? name : "", volume != NULL ? volume + 1 : "");
        }
        return;
    default: say_end(sheet, run, moment->part);
    }
}

/* ---- when ------------------------------------------------------------------------------------ */

static const char abort_text[] = "ANS2820E An interrupt has occurred. The current operation will end "
                                 "and the client will shut down.";
static const char lost_text[] = "ANS1809W A session with the server has been disconnected. An attempt "
                                "will be made to reestablish the connection.";

/* What the shape has to say in the middle of the run. */
static void add_messages(struct moments *moments, const struct run *run)
{
    static const char *const memory[] = {"ANS1030E The operating system refused a request for memory "
                                         "allocation.", "ANS1074W The operation was stopped by the "
                                         "user."};
    static const char *const full[] = {"ANS1329S Server out of data storage space",
                                       "ANS1311E Server out of data storage space"};
    static const char *const unready[] = {"ANS4021E Error processing '%': file system not ready",
                                          "ANS4000E Error processing '%': file space does not exist",
                                          ("ANS4081E Error processing '%': file space type is not "
                                          "supported")};
    int64_t middle = run->started + (run->ended - run->started) / 2;
    size_t lost = 0, pick = run->id;
    for (size_t i = 0; i < run->part_count; i++)
        lost = run->parts[i].fate == FATE_NEVER ? i : lost;
    switch (run->shape) {
    case SHAPE_SESSION_BACK: add(moments, middle, MOMENT_MESSAGE, 0, 0, lost_text); return;
    case SHAPE_WARNED:
        add(moments, middle, MOMENT_MESSAGE, 0, 0, "ANS7900W The deduplication cache is out of sync "
            "with the server.");
        return;
    case SHAPE_SESSION_LOST: add(moments, run->ended, MOMENT_MESSAGE, 0, 0, lost_text); return;
    case SHAPE_USER_ABORT: add(moments, run->ended - 1, MOMENT_MESSAGE, 0, 0, abort_text); return;
    case SHAPE_MEMORY_OUT: add(moments, middle, MOMENT_MESSAGE, 0, 0, memory[pick % 2]); return;
    case SHAPE_NO_DOMAIN:
        add(moments, run->started, MOMENT_MESSAGE, 0, 0, "ANS1149E No domain is available for "
            "incremental backup.");
        return;
    case SHAPE_NOT_READY: add(moments, middle, MOMENT_MESSAGE, lost, 0, unready[pick % 3]); return;
    case SHAPE_STORAGE_FULL: add(moments, middle, MOMENT_MESSAGE, 0, 0, full[pick % 2]); return;
    case SHAPE_NOT_FOUND:
        add(moments, middle, MOMENT_MESSAGE, lost, 0, "ANS1076E The specified directory path '%' could "
            "not be found.");
        return;
    default: return;
    }
}

/* Objects of the part, spread over its walk; a quiet client prints none of them. */
static void add_objects(struct moments *moments, const struct run *run, size_t index)
{
    const struct part *part = &run->parts[index];
    int64_t begins = part->begins, ends = part->fate == FATE_OPEN ? run->ended : part->ends;
    bool told = run->shape != SHAPE_JOURNAL_DISAGREES; /* IT22781 names no object */
    uint64_t failed = told ? part->failed : 0, all = part->stored + failed;
    for (uint64_t i = 0; i < failed; i++)
        add(moments, ends, MOMENT_MESSAGE, index, i, NULL);
    if (!run->node->verbose || run->schedule->action == ACTION_IMAGE ||
        run->schedule->action == ACTION_ARCHIVE)
        return;
    for (uint64_t i = 0; i < all && i < 40; i++)
        add(moments, begins + (ends - begins) * (int64_t)(i + 1) / (int64_t)(all + 1), MOMENT_OBJECT,
            index, i, NULL);
    if (part->inspected >= 500)
        add(moments, begins + (ends - begins) / 2, MOMENT_PROGRESS, index, 500, NULL);
}

/* Streams pass on what they print a moment late, but a volume's end comes behind all of it. */
static void add_part(struct moments *moments, const struct run *run, size_t index)
{
    const struct part *part = &run->parts[index];
    if (part->fate == FATE_NEVER)
        return;
    add(moments, part->begins, MOMENT_BEGIN, index, 0, NULL);
    if (run->node->journal && run->schedule->action == ACTION_INCREMENTAL)
        add(moments, part->begins, MOMENT_JOURNAL, index, 0, NULL);
    add_objects(moments, run, index);
    if (part->fate != FATE_OPEN)
        add(moments, part->ends, MOMENT_END, index, 0, NULL);
}

static void say_pre_command(struct sheet *sheet, const struct run *run)
{
    sheet_say(sheet, TAG_OUTPUT, "Executing Operating System command or script:");
    sheet_bare(sheet, TAG_OUTPUT, "   /opt/tools/freeze.sh");
    sheet_say(sheet, 0, "Finished command.  Return code is: %u", run->id % 3 == 0 ? 1u : 0u);
}

void log_body(struct sheet *sheet, const struct run *run)
{
    static struct moments moments;
    moments.count = 0;
    if (run->shape == SHAPE_PRE_COMMAND)
        say_pre_command(sheet, run);
    for (size_t i = 0; i < run->part_count; i++)
        add_part(&moments, run, i);
    add_messages(&moments, run);
    qsort(moments.items, moments.count, sizeof *moments.items, earlier);
    for (size_t i = 0; i < moments.count; i++) {
        sheet->time = moments.items[i].time;
        say(sheet, run, &moments.items[i]);
    }
}
