/* SPDX-License-Identifier: BSD-2-Clause
 * The machine that follows a log: what stands before the place must still stand there, or the place
 * is looked for; where it is in no file any more, that is said by a gap. */
#include "follow.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <zlib.h>

const char *const gap_names[GAP_REASONS] = {"truncated", "lost", "hole", "late", "lapped"};

struct place *follower_place(struct follower *follower)
{
    return &follower->places[follower->place_count - 1];
}

void follower_name(const struct follower *follower, uint64_t stream, uint64_t *generation, uint64_t *file)
{
    size_t i = follower->place_count - 1;
    while (i > 0 && follower->places[i].stream > stream)
        i--;
    *generation = follower->places[i].generation;
    *file = follower->places[i].file + (stream - follower->places[i].stream);
}

/* Where a byte of the text lies in the present file, as it is now. */
static uint64_t physical(struct follower *follower, uint64_t stream)
{
    const struct place *place = follower_place(follower);
    return place->file + (stream - place->stream) - place->removed;
}

/* The text goes on in another file, or at another place of this one. */
static void new_place(struct follower *follower, uint64_t at)
{
    if (follower->place_count == FOLLOW_PLACES) {
        memmove(follower->places, follower->places + 1, (FOLLOW_PLACES - 1) * sizeof *follower->places);
        follower->place_count--;
    }
    uint64_t generation = follower->place_count > 0 ? follower_place(follower)->generation : 0;
    follower->places[follower->place_count++] =
        (struct place){.generation = generation + 1, .stream = follower->stream, .file = at};
    follower->at = at;
    follower->head_length = 0;
    follower->crc = 0;
    follower->crc_good = at == 0;
    follower->lapped = follower->at_end = follower->told = false;
    follower->doubt = follower->quiet = follower->hole = follower->stuck = 0;
}

static void read_head(struct follower *follower)
{
    uint64_t most = follower->at < FOLLOW_HEAD ? follower->at : FOLLOW_HEAD;
    long n = file_read(follower->fd, follower->head, (size_t)most, 0);
    follower->head_length = n > 0 ? (size_t)n : 0;
}

static void take_file(struct follower *follower, int fd, const struct stat *facts, bool left, bool unpacked)
{
    follower->fd = fd;
    follower->id = (struct identity){facts->st_dev, facts->st_ino};
    follower->left = left;
    follower->unpacked = unpacked;
    follower->lost = follower->emptied = follower->told = false;
    const struct stat *next = &follower->next;
    if (follower->next_fd >= 0 && next->st_dev == facts->st_dev && next->st_ino == facts->st_ino) {
        close(follower->next_fd); /* this is it: it must not come once more */
        follower->next_fd = -1;
    }
}

static void drop_file(struct follower *follower)
{
    if (follower->fd >= 0)
        close(follower->fd);
    follower->fd = -1;
}

bool follower_begin(struct follower *follower)
{
    follower->fd = follower->next_fd = -1;
    for (size_t i = 0; i < FOLLOW_LATE; i++)
        follower->late[i].fd = -1;
    follower->line = 1;
    new_place(follower, 0);
    beside_learn(follower);
    follower->pruned = follower->pruned_now = beside_pruned(follower);
    return feed_begin(follower);
}

void follower_free(struct follower *follower)
{
    drop_file(follower);
    if (follower->next_fd >= 0)
        close(follower->next_fd);
    for (size_t i = 0; i < FOLLOW_LATE; i++)
        if (follower->late[i].fd >= 0)
            close(follower->late[i].fd);
    tsmp_reader_free(follower->reader);
    tsmp_runs_free(follower->runs);
    free(follower->recent);
}

bool follower_gap(struct follower *follower, enum gap_reason reason)
{
    uint64_t at = follower->at;
    bool lapped = follower->lapped && reason == GAP_LAPPED;
    if (!feed_end(follower))
        return false;
    new_place(follower, at);
    if (at > 0 && follower->fd >= 0)
        read_head(follower);
    follower->lapped = lapped && at == 0;
    follower->told = true;
    follower->sink.gap(follower, reason, follower->sink.context);
    return feed_begin(follower);
}

static enum step worked(bool good)
{
    return good ? STEP_WORK : STEP_FAILED;
}

/* So that the file is known again when it is compressed: the checksum of what was read of it. */
static void count_again(struct follower *follower)
{
    static char bytes[FOLLOW_CHUNK];
    enum { MOST = 256 * 1024 * 1024 };
    uint64_t at = 0;
    follower->crc = 0;
    while (at < follower->at && follower->at <= MOST) {
        size_t left = follower->at - at < sizeof bytes ? (size_t)(follower->at - at) : sizeof bytes;
        long n = file_read(follower->fd, bytes, left, at);
        if (n <= 0)
            break;
        follower->crc = (uint32_t)crc32(follower->crc, (const Bytef *)bytes, (uInt)n);
        at += (uint64_t)n;
    }
    follower->crc_good = at == follower->at;
}

/* The text that was read ends at `at` now: its front was cut off. */
static bool moved(struct follower *follower, uint64_t at)
{
    uint64_t before = physical(follower, follower->stream);
    if (at <= before)
        follower_place(follower)->removed += before - at;
    else
        new_place(follower, at);
    follower->at = at;
    follower->lapped = follower->at_end = follower->emptied = false;
    follower->doubt = follower->quiet = 0;
    read_head(follower);
    count_again(follower);
    return true;
}

/* The renamed file, or a copy of it: is the place there? Then `follower->fd` is replaced. The client's own
 * file of pruned lines is not read: what was pruned of two files stands there as one text, and nothing
 * tells whether more of the first one was not pruned, and where it went. */
static bool found_beside(struct follower *follower, bool same)
{
    struct stat facts;
    bool unpacked = false;
    uint64_t at = physical(follower, follower->stream);
    int fd = beside_holds(follower, at, same, &facts, &unpacked);
    if (fd < 0)
        return false;
    drop_file(follower);
    take_file(follower, fd, &facts, true, unpacked);
    follower->at = at;
    follower->lapped = follower->at_end = follower->emptied = false;
    follower->doubt = follower->quiet = 0;
    read_head(follower);
    count_again(follower);
    return true;
}

static enum step look_at_path(struct follower *follower);

/* What stands in front of the place is not what was read. */
static enum step changed(struct follower *follower)
{
    const char *tail = NULL;
    if (follower->left) { /* nobody writes there by rights: what it held is read or lost */
        follower->gap_next = true;
        follower->gap = GAP_LOST;
        follower->at = 0;
        follower->left = true;
    } else {
        size_t length = feed_tail(follower, &tail);
        uint64_t at = file_find(follower->fd, tail, length);
        if (at > 0)
            return worked(moved(follower, at));
    }
    struct stat facts;
    if (!follower->left && fstat(follower->fd, &facts) == 0 && facts.st_size == 0) {
        follower->emptied = true; /* there is nothing to read, so nothing to be decided */
        return look_at_path(follower);
    }
    if (++follower->doubt < PATIENCE)
        return STEP_WAIT;
    struct identity id = follower->id;
    if (!follower->left && !follower->lapped) {
        if (found_beside(follower, false)) {
            follower->gap_next = true;
            follower->gap = GAP_TRUNCATED;
            follower->cut = id;
            return STEP_WORK;
        }
    }
    beside_read(follower);
    follower->at = 0;
    return worked(follower_gap(follower, follower->lapped ? GAP_LAPPED : GAP_TRUNCATED));
}

/* Bytes that nobody has written, for a long time now. */
static enum step skip_hole(struct follower *follower, bool *skipped)
{
    static char bytes[FOLLOW_CHUNK];
    uint64_t at = follower->at;
    *skipped = ++follower->hole >= HOLE_PATIENCE;
    if (!*skipped)
        return STEP_WAIT;
    for (;;) {
        long n = file_read(follower->fd, bytes, sizeof bytes, at);
        long nulls = 0;
        while (nulls < n && bytes[nulls] == '\0')
            nulls++;
        at += nulls > 0 ? (uint64_t)nulls : 0;
        if (n <= 0) { /* nothing but them up to the end: they may still be filled */
            *skipped = false;
            return STEP_IDLE;
        }
        if (nulls < n)
            break;
    }
    follower->at = at;
    return worked(follower_gap(follower, GAP_HOLE));
}

/* ---- from one file to the next ------------------------------------------------------------------ */

static void leave_behind(struct follower *follower)
{
    if (follower->unpacked || follower->gap_next) {
        drop_file(follower);
        return;
    }
    size_t oldest = 0;
    for (size_t i = 0; i < FOLLOW_LATE; i++) {
        if (follower->late[i].fd < 0) {
            oldest = i;
            break;
        }
        if (follower->late[i].looks < follower->late[oldest].looks)
            oldest = i;
    }
    if (follower->late[oldest].fd >= 0)
        close(follower->late[oldest].fd);
    follower->late[oldest].fd = follower->fd;
    follower->late[oldest].size = follower->at;
    follower->late[oldest].looks = LATE_LOOKS;
    follower->fd = -1;
}

static bool is_at_path(const struct follower *follower, const struct stat *facts)
{
    struct stat now;
    return stat(follower->path, &now) == 0 && now.st_dev == facts->st_dev && now.st_ino == facts->st_ino;
}

/* Was the first one written last before the other was? */
static bool is_before(const struct stat *a, const struct stat *b)
{
    return a->st_mtim.tv_sec != b->st_mtim.tv_sec ? a->st_mtim.tv_sec < b->st_mtim.tv_sec
                                                  : a->st_mtim.tv_nsec < b->st_mtim.tv_nsec;
}

static bool same_text(int a, int b)
{
    char x[FOLLOW_TAIL], y[FOLLOW_TAIL];
    struct stat one, other;
    long n = file_read(a, x, sizeof x, 0);
    return fstat(a, &one) == 0 && fstat(b, &other) == 0 && one.st_size == other.st_size && n >= 0 &&
           file_read(b, y, sizeof y, 0) == n && memcmp(x, y, (size_t)n) == 0;
}

/* The present file is at its end, and another one is at the path. */
static enum step leave(struct follower *follower)
{
    struct stat facts, ours, between;
    const char *why = NULL, *tail = NULL;
    int fd = file_open(follower, follower->path, &facts, &why);
    if (fd < 0)
        return STEP_IDLE;
    size_t length = feed_tail(follower, &tail);
    ours.st_nlink = 1;
    if (!follower->unpacked && fstat(follower->fd, &ours) == 0 && ours.st_nlink == 0) {
        /* nobody else has the old one: it may have been written anew under another name */
        uint64_t found = file_find(fd, tail, length);
        if (found > 0) {
            drop_file(follower);
            take_file(follower, fd, &facts, false, false);
            return worked(moved(follower, found));
        }
    }
    bool unpacked = false, gone = ours.st_nlink == 0;
    beside_read(follower);
    int next = beside_between(follower, &facts, &between, &unpacked);
    if (!is_at_path(follower, &facts)) { /* it goes on while we look */
        close(fd);
        if (next >= 0)
            close(next);
        return STEP_WAIT;
    }
    const struct stat *seen = &follower->next;
    if (follower->next_fd >= 0) {
        bool there = seen->st_dev == facts.st_dev && seen->st_ino == facts.st_ino;
        bool chosen = next >= 0 && seen->st_dev == between.st_dev && seen->st_ino == between.st_ino;
        struct stat now;
        if (!there && !chosen && next >= 0 && fstat(follower->next_fd, &now) == 0 &&
            ((unpacked && same_text(next, follower->next_fd)) || is_before(&now, &between))) {
            close(next); /* it is found again, in its turn */
            next = -1;
        }
        if (!there && next < 0) { /* it was at the path, and is nowhere now, or only compressed */
            next = follower->next_fd;
            between = *seen;
            unpacked = false;
            follower->next_fd = -1;
        } else if (chosen || next < 0) {
            close(follower->next_fd);
            follower->next_fd = -1;
        }
    }
    uint64_t at = gone && next >= 0 ? file_find(next, tail, length) : 0;
    if (at > 0) { /* the same, and rotated since */
        close(fd);
        drop_file(follower);
        take_file(follower, next, &between, true, unpacked);
        return worked(moved(follower, at));
    }
    bool cut = facts.st_dev == follower->cut.dev && facts.st_ino == follower->cut.ino;
    /* When the old file is nowhere any more, others may have come and gone with it. */
    bool gap = follower->gap_next || follower->emptied || (gone && !follower->own_seen);
    enum gap_reason reason = follower->gap_next ? follower->gap : follower->emptied ? GAP_TRUNCATED : GAP_LOST;
    leave_behind(follower);
    if (next >= 0)
        close(fd);
    take_file(follower, next >= 0 ? next : fd, next >= 0 ? &between : &facts, next >= 0, unpacked);
    follower->gap_next = next >= 0 && cut;
    follower->gap = GAP_TRUNCATED;
    follower->at = 0;
    if (gap)
        return worked(follower_gap(follower, reason));
    new_place(follower, 0);
    return STEP_WORK;
}

static enum step look_at_path(struct follower *follower)
{
    struct stat facts;
    bool other = follower->left ||
                 (stat(follower->path, &facts) == 0 &&
                  (facts.st_dev != follower->id.dev || facts.st_ino != follower->id.ino));
    if (!other) {
        follower->quiet = 0;
        if (follower->next_fd >= 0)
            close(follower->next_fd);
        follower->next_fd = -1;
        if (!follower->emptied && follower->at > 0) /* an empty file may have been pruned just now */
            follower->pruned = follower->pruned_now;
        return STEP_IDLE;
    }
    if (follower->quiet == 0 && follower->next_fd < 0) {
        const char *why;
        follower->next_fd = file_open(follower, follower->path, &follower->next, &why);
    }
    if (++follower->quiet <= QUIET)
        return STEP_WAIT;
    return leave(follower);
}

/* A writer that went on in a file that was left: its lines are not read, but that is said. */
static bool look_at_late(struct follower *follower)
{
    bool late = false;
    for (size_t i = 0; i < FOLLOW_LATE; i++) {
        struct stat facts;
        if (follower->late[i].fd < 0)
            continue;
        late |= fstat(follower->late[i].fd, &facts) == 0 && (uint64_t)facts.st_size > follower->late[i].size;
        if (late || --follower->late[i].looks == 0) {
            close(follower->late[i].fd);
            follower->late[i].fd = -1;
        }
    }
    if (!late)
        return true;
    uint64_t pending = follower->stream - follower->boundary;
    if (!feed_rewind(follower)) /* the line that is open stays whole */
        return false;
    follower->at -= pending;
    bool lapped = follower->lapped;
    if (!follower_gap(follower, GAP_LATE))
        return false;
    follower->lapped = lapped;
    return true;
}

/* ---- the place is not known -------------------------------------------------------------------- */

static bool stands(struct follower *follower, int fd, const struct stat *facts, uint64_t at)
{
    const char *tail = NULL;
    size_t length = feed_tail(follower, &tail);
    if (length > 0)
        return file_holds(fd, at, tail, length);
    return facts->st_dev == follower->id.dev && facts->st_ino == follower->id.ino &&
           (uint64_t)facts->st_size >= at;
}

static enum step relocate(struct follower *follower)
{
    struct stat facts;
    const char *why = NULL, *tail = NULL;
    uint64_t at = physical(follower, follower->stream);
    size_t length = feed_tail(follower, &tail);
    int fd = file_open(follower, follower->path, &facts, &why);
    bool same = fd >= 0 && facts.st_dev == follower->id.dev && facts.st_ino == follower->id.ino;
    bool there = fd >= 0 && stands(follower, fd, &facts, at);
    /* The renamed one before another with the same text: their beginnings are often alike. */
    if (!(same && there) && found_beside(follower, true)) {
        if (fd >= 0)
            close(fd);
        return STEP_WORK;
    }
    if (there) {
        bool told = follower->told; /* it is the same one */
        take_file(follower, fd, &facts, false, false);
        follower->told = told;
        follower->at = at;
        follower->doubt = 0;
        count_again(follower);
        return STEP_WORK;
    }
    uint64_t found = fd >= 0 ? file_find(fd, tail, length) : 0;
    if (found > 0) {
        take_file(follower, fd, &facts, false, false);
        return worked(moved(follower, found));
    }
    struct identity id = follower->id;
    if (found_beside(follower, false)) {
        /* A copy: the file itself was cut, and what was written in between is not known. */
        if (same || !follower->unpacked) {
            follower->gap_next = true;
            follower->gap = GAP_TRUNCATED;
            if (same)
                follower->cut = id;
        }
        if (fd >= 0)
            close(fd);
        return STEP_WORK;
    }
    if (fd < 0)
        return STEP_IDLE;
    bool empty = fstat(fd, &facts) == 0 && facts.st_size == 0;
    if (empty || ++follower->doubt < PATIENCE) {
        close(fd);
        return empty ? STEP_IDLE : STEP_WAIT;
    }
    if (follower->foreign) {
        close(fd);
        return worked(follower_fail(follower, "the position was kept on another machine, and its text is not in this log"));
    }
    take_file(follower, fd, &facts, false, false);
    follower->at = 0;
    return worked(follower_gap(follower, GAP_LOST));
}

/* ---- one look ---------------------------------------------------------------------------------- */

static enum step open_first(struct follower *follower)
{
    struct stat facts;
    const char *why = NULL;
    int fd = file_open(follower, follower->path, &facts, &why);
    if (fd < 0) {
        if (why != NULL && !follower->refused)
            snprintf(follower->error, sizeof follower->error, "%s", why);
        follower->refused = why != NULL;
        return STEP_IDLE;
    }
    follower->refused = false;
    take_file(follower, fd, &facts, false, false);
    return STEP_WORK;
}

static enum step lost(struct follower *follower)
{
    drop_file(follower);
    follower->lost = true;
    return STEP_WAIT;
}

static enum step look(struct follower *follower)
{
    static char buffer[FOLLOW_TAIL + FOLLOW_CHUNK];
    const char *tail = "";
    size_t known = feed_tail(follower, &tail), before = known;
    if (before > follower->at)
        before = (size_t)follower->at;
    tail += known - before;
    long n = file_read(follower->fd, buffer, before + FOLLOW_CHUNK, follower->at - before);
    if (n < 0)
        return lost(follower);
    if ((size_t)n < before)
        return changed(follower);
    const char *bytes = buffer + before;
    size_t length = (size_t)n - before;
    if (memcmp(buffer, tail, before) != 0) {
        size_t left = lap_left(follower, buffer, tail, before);
        if (left == 0)
            return changed(follower);
        tail += before - left;
        before = left;
    }
    /* The bytes were read of the same file as the tail only if that is still there. */
    if (length > 0 && before > 0 && !file_holds(follower->fd, follower->at, tail, before))
        return changed(follower);
    follower->doubt = 0;
    follower->emptied = false;
    /* Nothing of this file was read yet, and what is oldest in it does not stand at its beginning. */
    if (length > 0 && follower->at == 0 && !follower->lapped && !follower->left && lap_seam(follower->fd) > 0) {
        follower->lapped = true;
        return worked(follower_gap(follower, GAP_LAPPED));
    }
    /* Something was pruned since the file before this one was last seen complete: it may have been the first
     * lines of this one. The bytes are read again, for they may be older than that. */
    if (length > 0 && follower->at == 0 && !follower->lapped && !follower->told &&
        beside_pruned(follower) != follower->pruned)
        return worked(follower_gap(follower, GAP_LOST));
    bool end = length < FOLLOW_CHUNK;
    size_t usable = lap_usable(follower, bytes, length, end);
    if (usable > 0) {
        bool at_end = follower->marker_read;
        follower->hole = follower->stuck = follower->quiet = 0;
        if (!feed_bytes(follower, bytes, usable))
            return STEP_FAILED;
        follower->at_end = at_end;
        return STEP_WORK;
    }
    enum step step = STEP_IDLE;
    if (lap_begun(follower, &step)) {
        new_place(follower, 0);
        follower->lapped = true;
        return step;
    }
    if (length > 0 && bytes[0] == '\0' && !follower->utf16 && !follower->unmarked) {
        bool skipped;
        step = skip_hole(follower, &skipped);
        if (skipped || step == STEP_WAIT)
            return step;
    }
    if (length > 0 && follower->unmarked && !follower->at_end) {
        if (++follower->stuck < HOLE_PATIENCE)
            return STEP_WAIT;
        bool good = follower_gap(follower, GAP_LAPPED);
        follower->lapped = false;
        return worked(good);
    }
    return look_at_path(follower);
}

enum step follower_step(struct follower *follower)
{
    /* Before anything is read: what is pruned while we look must not pass for something known. */
    follower->pruned_now = beside_pruned(follower);
    if (follower->failed || !look_at_late(follower))
        return STEP_FAILED;
    if (follower->fd < 0) {
        enum step step = follower->lost ? relocate(follower) : open_first(follower);
        if (step != STEP_WORK || follower->fd < 0)
            return step;
        step = look(follower);
        return step == STEP_IDLE ? STEP_WORK : step;
    }
    uint64_t generation = follower_place(follower)->generation;
    enum step step = look(follower);
    /* A file of which nothing is known yet but its number is a place that is easily lost. */
    if (step == STEP_WORK && follower_place(follower)->generation != generation && look(follower) == STEP_FAILED)
        return STEP_FAILED;
    return step;
}

/* Is it a run that more text may belong to? The one that began last is, until it is closed in order or
 * has failed; what is shown of it earlier would have to be taken back. */
static bool is_open(const tsmp_run *run, uint64_t newest)
{
    const tsmp_run_view *view = tsmp_run_view_of(run);
    tsmp_verdict *verdict;
    if (view->first_offset != newest || tsmp_judge(run, NULL, NULL, &verdict) != TSMP_OK)
        return false;
    const tsmp_verdict_view *judged = tsmp_verdict_view_of(verdict);
    bool open = (judged->proof & TSMP_PROOF_CLOSED) == 0 && view->claim != TSMP_CLAIM_FAILURE &&
                judged->verdict != TSMP_VERDICT_MISSED;
    tsmp_verdict_free(verdict);
    return open;
}

bool follower_snapshot(struct follower *follower, int64_t now)
{
    enum { MOST = 256 }; /* the open one, four before it, and one for each schedule at most */
    tsmp_run *all[MOST];
    size_t count = 0;
    uint64_t length = 0, newest = 0;
    if (follower->runs == NULL || tsmp_runs_token(follower->runs, NULL, 0, &length) != TSMP_MORE)
        return true;
    char *token = malloc((size_t)length);
    tsmp_runs *runs = NULL;
    tsmp_runs_options options = {.size = sizeof options, .now = now};
    bool good = token != NULL && tsmp_runs_token(follower->runs, token, length, &length) == TSMP_OK &&
                tsmp_runs_resume(&options, NULL, token, length, &runs) == TSMP_OK &&
                tsmp_runs_end(runs) == TSMP_OK;
    while (good && count < MOST && tsmp_runs_next(runs, &all[count]) == TSMP_OK) {
        uint64_t offset = tsmp_run_view_of(all[count])->first_offset;
        newest = offset > newest ? offset : newest;
        count++;
    }
    for (size_t i = 0; i < count; i++) {
        if (!is_open(all[i], newest))
            follower->sink.run(follower, all[i], true, follower->sink.context);
        tsmp_run_free(all[i]);
    }
    tsmp_runs_free(runs);
    free(token);
    return good || follower_fail(follower, "no memory");
}
