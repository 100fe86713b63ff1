/* SPDX-License-Identifier: BSD-2-Clause
 * The machine that follows a log: one look at the files (follow_place.c, follow_rotate.c), and what the
 * runs come to after it. */
#include "follow.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

const char *const gap_names[GAP_REASONS] = {"truncated", "lost", "hole", "late", "lapped"};

bool follower_begin(struct follower *follower)
{
    follower->fd = follower->next_fd = -1;
    for (size_t i = 0; i < FOLLOW_LATE; i++)
        follower->late[i].fd = -1;
    follower->line = 1;
    place_new(follower, 0);
    beside_learn(follower);
    follower->pruned = follower->pruned_now = beside_pruned(follower);
    return feed_begin(follower);
}

void follower_free(struct follower *follower)
{
    place_drop(follower);
    if (follower->next_fd >= 0)
        close(follower->next_fd);
    for (size_t i = 0; i < FOLLOW_LATE; i++)
        if (follower->late[i].fd >= 0)
            close(follower->late[i].fd);
    tsmp_reader_free(follower->reader);
    tsmp_runs_free(follower->runs);
    free(follower->recent);
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
    return step_worked(follower_gap(follower, GAP_HOLE));
}

static enum step open_first(struct follower *follower)
{
    struct stat facts;
    int fd = file_open_log(follower, &facts);
    if (fd < 0)
        return STEP_IDLE;
    place_take(follower, fd, &facts, false, false);
    return STEP_WORK;
}

static enum step lost(struct follower *follower)
{
    place_drop(follower);
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
        return place_changed(follower);
    if (known == 0 && !place_begins(follower, follower->fd))
        return place_changed(follower);
    const char *bytes = buffer + before;
    size_t length = (size_t)n - before;
    if (memcmp(buffer, tail, before) != 0) {
        size_t left = lap_left(follower, buffer, tail, before);
        if (left == 0)
            return place_changed(follower);
        tail += before - left;
        before = left;
    }
    /* The bytes were read of the same file as the tail only if that is still there. */
    if (length > 0 && before > 0 && !file_holds(follower->fd, follower->at, tail, before))
        return place_changed(follower);
    follower->doubt = 0;
    follower->emptied = false;
    /* Nothing of this file was read yet, and what is oldest in it does not stand at its beginning. */
    if (length > 0 && follower->at == 0 && !follower->lapped && !follower->left && lap_seam(follower->fd) > 0) {
        follower->lapped = true;
        return step_worked(follower_gap(follower, GAP_LAPPED));
    }
    /* Something was pruned since the file before this one was last seen complete: it may have been the first
     * lines of this one. The bytes are read again, for they may be older than that. */
    if (length > 0 && follower->at == 0 && !follower->lapped && !follower->told &&
        beside_pruned(follower) != follower->pruned)
        return step_worked(follower_gap(follower, GAP_LOST));
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
        place_new(follower, 0);
        follower->lapped = true;
        return step;
    }
    /* UTF-16 has no holes: all of it is usable, or it is unmarked. */
    if (length > 0 && bytes[0] == '\0' && !follower->unmarked) {
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
        return step_worked(good);
    }
    return rotate_look(follower);
}

enum step follower_step(struct follower *follower)
{
    /* Before anything is read: what is pruned while we look must not pass for something known. */
    follower->pruned_now = beside_pruned(follower);
    if (follower->failed || !rotate_late(follower))
        return STEP_FAILED;
    if (follower->fd < 0) {
        enum step step = follower->lost ? place_relocate(follower) : open_first(follower);
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
