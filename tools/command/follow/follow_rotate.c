/* SPDX-License-Identifier: BSD-2-Clause
 * From one file to the next: which one it is, and what may have stood between. */
#include "follow.h"

#include <string.h>
#include <unistd.h>

static void leave_behind(struct follower *follower)
{
    if (follower->unpacked || follower->gap_next) {
        place_drop(follower);
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

/* The present file is at its end, and another one is at the path. */
static enum step rotate_leave(struct follower *follower)
{
    struct stat facts, ours, between;
    const char *tail = NULL;
    int fd = file_open_log(follower, &facts);
    if (fd < 0)
        return STEP_IDLE;
    size_t length = feed_tail(follower, &tail);
    ours.st_nlink = 1;
    if (!follower->unpacked && fstat(follower->fd, &ours) == 0 && ours.st_nlink == 0) {
        /* nobody else has the old one: it may have been written anew under another name */
        uint64_t found = file_find(fd, tail, length);
        if (found > 0) {
            place_drop(follower);
            place_take(follower, fd, &facts, false, false);
            return step_worked(place_moved(follower, found));
        }
    }
    bool unpacked = false, gone = ours.st_nlink == 0;
    beside_read(follower);
    int next = beside_between(follower, &facts, &between, &unpacked);
    if (!is_at_path(follower, &facts) || beside_unsure(follower)) { /* it goes on while we look */
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
            ((unpacked && file_same(next, follower->next_fd)) || (!follower->next_seen && file_before(now.st_mtim, between.st_mtim)))) {
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
        place_drop(follower);
        place_take(follower, next, &between, true, unpacked);
        return step_worked(place_moved(follower, at));
    }
    bool cut = facts.st_dev == follower->cut.dev && facts.st_ino == follower->cut.ino;
    /* When the old file is nowhere any more, others may have come and gone with it. */
    bool gap = follower->gap_next || follower->emptied || follower->unreadable || (gone && !follower->own_seen);
    enum gap_reason reason = follower->gap_next ? follower->gap : follower->emptied ? GAP_TRUNCATED : GAP_LOST;
    leave_behind(follower);
    if (next >= 0)
        close(fd);
    place_take(follower, next >= 0 ? next : fd, next >= 0 ? &between : &facts, next >= 0, unpacked);
    follower->gap_next = next >= 0 && cut;
    follower->gap = GAP_TRUNCATED;
    follower->at = 0;
    if (gap)
        return step_worked(follower_gap(follower, reason));
    place_new(follower, 0);
    return STEP_WORK;
}

enum step rotate_look(struct follower *follower)
{
    struct stat facts;
    bool there = stat(follower->path, &facts) == 0;
    if (!follower->left && !there) { /* between a rename and what is made then: nothing is known yet */
        follower->refused = false;
        return STEP_IDLE;
    }
    if (!follower->left && facts.st_dev == follower->id.dev && facts.st_ino == follower->id.ino) {
        follower->quiet = 0;
        follower->refused = false;
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
    return rotate_leave(follower);
}

/* A writer that went on in a file that was left: its lines are not read, but that is said. */
bool rotate_late(struct follower *follower)
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
