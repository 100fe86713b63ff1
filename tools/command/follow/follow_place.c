/* SPDX-License-Identifier: BSD-2-Clause
 * The place that a follower has come to: what stands before it must still stand there, or it is looked for;
 * where it is in no file any more, that is said by a gap. */
#include "follow.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <zlib.h>

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
uint64_t place_in_file(struct follower *follower, uint64_t stream)
{
    const struct place *place = follower_place(follower);
    return place->file + (stream - place->stream) - place->removed;
}

/* The text goes on in another file, or at another place of this one. */
void place_new(struct follower *follower, uint64_t at)
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

void place_head(struct follower *follower)
{
    uint64_t most = follower->at < FOLLOW_HEAD ? follower->at : FOLLOW_HEAD;
    long n = file_read(follower->fd, follower->head, (size_t)most, 0);
    follower->head_length = n > 0 ? (size_t)n : 0;
}

void place_take(struct follower *follower, int fd, const struct stat *facts, bool left, bool unpacked)
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

void place_drop(struct follower *follower)
{
    if (follower->fd >= 0)
        close(follower->fd);
    follower->fd = -1;
}

/* So that the file is known again when it is compressed: the checksum of what was read of it. */
static void count_again(struct follower *follower)
{
    static char bytes[FOLLOW_CHUNK];
    uint64_t left = follower->at;
    follower->crc = 0;
    follower->crc_good = left <= FOLLOW_COUNTED;
    while (follower->crc_good && left > 0) {
        size_t wanted = left < sizeof bytes ? (size_t)left : sizeof bytes;
        long n = file_read(follower->fd, bytes, wanted, follower->at - left);
        follower->crc_good = n == (long)wanted;
        follower->crc = (uint32_t)crc32(follower->crc, (const Bytef *)bytes, (uInt)wanted);
        left -= wanted;
    }
}

bool follower_gap(struct follower *follower, enum gap_reason reason)
{
    uint64_t at = follower->at;
    bool lapped = follower->lapped && reason == GAP_LAPPED;
    if (!feed_end(follower))
        return false;
    place_new(follower, at);
    if (at > 0 && follower->fd >= 0) {
        place_head(follower);
        count_again(follower);
    }
    follower->lapped = lapped && at == 0;
    follower->told = true;
    follower->sink.gap(follower, reason, follower->sink.context);
    return feed_begin(follower);
}

/* The text that was read ends at `at` now: its front was cut off. */
bool place_moved(struct follower *follower, uint64_t at)
{
    uint64_t before = place_in_file(follower, follower->stream);
    if (at <= before)
        follower_place(follower)->removed += before - at;
    else
        place_new(follower, at);
    follower->at = at;
    follower->lapped = follower->at_end = follower->emptied = false;
    follower->doubt = follower->quiet = 0;
    place_head(follower);
    count_again(follower);
    return true;
}

/* A file beside the log in which the text before the place ends at `at`. */
static void take_beside(struct follower *follower, int fd, const struct stat *facts, bool unpacked, uint64_t at)
{
    bool told = follower->told && facts->st_dev == follower->id.dev && facts->st_ino == follower->id.ino;
    place_drop(follower);
    place_take(follower, fd, facts, true, unpacked);
    follower->told = told;
    place_moved(follower, at);
}

/* The renamed file, or a copy of it: is the place there? Then `follower->fd` is replaced. The client's own
 * file of pruned lines is not read: what was pruned of two files stands there as one text, and nothing
 * tells whether more of the first one was not pruned, and where it went. */
static bool place_beside(struct follower *follower, bool same)
{
    struct stat facts;
    bool unpacked = false;
    uint64_t at = place_in_file(follower, follower->stream);
    int fd = beside_holds(follower, at, same, &facts, &unpacked);
    if (fd >= 0)
        take_beside(follower, fd, &facts, unpacked, at);
    return fd >= 0;
}

/* Pruned and then renamed: the renamed file (`same`), or one that was written in its place, where the place is
 * found by its text alone. */
static bool place_pruned_beside(struct follower *follower, bool same)
{
    struct stat facts;
    bool unpacked = false;
    uint64_t at = 0;
    int fd = beside_finds(follower, same, &at, &facts, &unpacked);
    if (fd >= 0)
        take_beside(follower, fd, &facts, unpacked, at);
    return fd >= 0;
}

/* What stands in front of the place is not what was read. */
enum step place_changed(struct follower *follower)
{
    const char *tail = NULL;
    if (follower->left) { /* nobody writes there by rights: what it held is read or lost */
        follower->gap_next = true;
        follower->gap = GAP_LOST;
        follower->at = 0;
    } else {
        size_t length = feed_tail(follower, &tail);
        uint64_t at = file_find(follower->fd, tail, length);
        if (at > 0)
            return step_worked(place_moved(follower, at));
    }
    struct stat facts;
    if (!follower->left && fstat(follower->fd, &facts) == 0 && facts.st_size == 0) {
        follower->emptied = true; /* there is nothing to read, so nothing to be decided */
        return rotate_look(follower);
    }
    if (++follower->doubt < PATIENCE)
        return STEP_WAIT;
    struct identity id = follower->id;
    if (!follower->left && !follower->lapped) {
        if (place_beside(follower, false)) {
            follower->gap_next = true;
            follower->gap = GAP_TRUNCATED;
            follower->cut = id;
            return STEP_WORK;
        }
    }
    beside_read(follower);
    if (!follower->left && stat(follower->path, &facts) == 0 && facts.st_dev == id.dev && facts.st_ino == id.ino)
        beside_learn(follower); /* what is there now was written before what comes in this one: copies */
    follower->at = 0;
    return step_worked(follower_gap(follower, follower->lapped ? GAP_LAPPED : GAP_TRUNCATED));
}

/* Behind a gap nothing stands in front of the place that could be compared, but the file's first bytes do. */
bool place_begins(const struct follower *follower, int fd)
{
    return file_holds(fd, follower->head_length, follower->head, follower->head_length);
}

static bool stands(struct follower *follower, int fd, const struct stat *facts, uint64_t at)
{
    const char *tail = NULL;
    size_t length = feed_tail(follower, &tail);
    if (length > 0)
        return file_holds(fd, at, tail, length);
    return facts->st_dev == follower->id.dev && facts->st_ino == follower->id.ino &&
           (uint64_t)facts->st_size >= at && place_begins(follower, fd);
}

enum step place_relocate(struct follower *follower)
{
    struct stat facts;
    const char *tail = NULL;
    uint64_t at = place_in_file(follower, follower->stream);
    size_t length = feed_tail(follower, &tail);
    int fd = file_open_log(follower, &facts);
    bool same = fd >= 0 && facts.st_dev == follower->id.dev && facts.st_ino == follower->id.ino;
    bool there = fd >= 0 && stands(follower, fd, &facts, at);
    /* The renamed one before another with the same text: their beginnings are often alike. */
    if (!(same && there) && (place_beside(follower, true) || (!there && place_pruned_beside(follower, true)))) {
        if (fd >= 0)
            close(fd);
        return STEP_WORK;
    }
    if (there) {
        bool told = follower->told; /* it is the same one */
        place_take(follower, fd, &facts, false, false);
        follower->told = told;
        follower->at = at;
        follower->doubt = 0;
        count_again(follower);
        return STEP_WORK;
    }
    uint64_t found = fd >= 0 ? file_find(fd, tail, length) : 0;
    if (found > 0) {
        place_take(follower, fd, &facts, false, false);
        return step_worked(place_moved(follower, found));
    }
    struct identity id = follower->id;
    if (place_beside(follower, false)) {
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
        return step_worked(follower_fail(follower, "the position was kept on another machine, and its text is not in this log"));
    }
    if (place_pruned_beside(follower, false)) {
        close(fd);
        return step_worked(follower_gap(follower, GAP_LOST));
    }
    /* What was never read goes on in the oldest file that nobody has read: it would come behind its time later. */
    struct stat oldest;
    bool unpacked = false;
    follower->id = (struct identity){0, 0}; /* its number may be another's by now */
    int unread = beside_between(follower, &facts, &oldest, &unpacked);
    follower->id = id;
    if (beside_unsure(follower)) {
        if (unread >= 0)
            close(unread);
        close(fd);
        return STEP_WAIT;
    }
    place_take(follower, unread >= 0 ? unread : fd, unread >= 0 ? &oldest : &facts, unread >= 0, unpacked);
    if (unread >= 0)
        close(fd);
    follower->at = 0;
    return step_worked(follower_gap(follower, GAP_LOST));
}
