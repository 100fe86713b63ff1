/* SPDX-License-Identifier: BSD-2-Clause
 * Following a log while the client writes it. follow_step.c is the machine: one step is one look at
 * the files, it never sleeps, so that a test can put it between any two deeds of a writer.
 * follow_place.c finds the place again, follow_rotate.c goes to the next file,
 * follow_file.c opens files and finds places in them, follow_feed.c hands bytes to the reader,
 * follow_lap.c knows logs that wrap, position.c keeps the place in a file, follow.c is the verb. */
#ifndef TSMPARSE_FOLLOW_H
#define TSMPARSE_FOLLOW_H

#include "command.h"

#include <sys/stat.h>

enum {
    FOLLOW_TAIL = 4096,  /* bytes before a place that must be there again */
    FOLLOW_HEAD = 1024,  /* first bytes of a file, to see a log that wraps */
    FOLLOW_CHUNK = 256 * 1024,
    FOLLOW_COUNTED = 256 * 1024 * 1024, /* bytes of a file that are read again for their checksum */
    FOLLOW_PLACES = 8,   /* generations whose records may still be named */
    FOLLOW_KNOWN = 64,   /* other files beside the log that are not to be read */
    FOLLOW_LATE = 4,     /* files left behind that are still looked at */
    FOLLOW_PRINTED = 16, /* runs whose verdict was printed and may change */
    PATIENCE = 3,        /* looks at a file that shrank or changed before it counts as lost */
    QUIET = 2,           /* looks at a file that was renamed before it is left */
    HOLE_PATIENCE = 10,  /* looks at bytes that are not there yet */
    LATE_LOOKS = 50,
};

/* A stretch of the text that lies in one file. Its bytes have a place in the text that was followed
 * as a whole (`stream`) and one in the file; a client that prunes its log moves the latter. */
struct place {
    uint64_t generation;
    uint64_t stream;  /* of its first byte */
    uint64_t file;    /* the same in the file as it was then: records are named by this */
    uint64_t removed; /* bytes that were taken out of the file's front since */
};

struct identity {
    uint64_t dev, ino;
};

/* A file beside the log that was there before, or was read: by its first bytes, since numbers of
 * files are used again. */
struct known {
    struct identity id;
    uint64_t head_length, head_hash;
    uint64_t length;    /* of one that was read, and ... */
    uint32_t crc;       /* ... this of all its bytes, so that it is known when it was compressed */
    bool read;
};

struct printed {
    uint64_t offset, end; /* of the run, in the stream */
    uint32_t verdict, attempts;
};

enum gap_reason {
    GAP_TRUNCATED, /* the file was cut and written anew: what stood in it last is not known */
    GAP_LOST,      /* the place is in no file any more */
    GAP_HOLE,      /* bytes that were never written */
    GAP_LATE,      /* the writer went on in a file that was left */
    GAP_LAPPED,    /* a log that wraps overtook us */
    GAP_REASONS
};
extern const char *const gap_names[GAP_REASONS];

struct follower;
/* What comes out, in order. `context` is the sink's own. */
struct follow_sink {
    void (*batch)(struct follower *follower, const tsmp_batch *batch, void *context);
    void (*run)(struct follower *follower, const tsmp_run *run, bool open, void *context);
    void (*gap)(struct follower *follower, enum gap_reason reason, void *context);
    void *context;
};

struct follower {
    const char *path;
    tsmp_options options;   /* of the reader */
    const struct options *command; /* patterns and languages; may be NULL */
    struct follow_sink sink;

    int fd;                 /* of the file that is read; -1 = none */
    struct identity id;
    int next_fd;            /* of the file that was seen at the path when this one was renamed; -1 = none */
    struct stat next;       /* it may be gone from there before this one is at its end */
    bool left;              /* it is not the one at the path any more, or a copy of what was */
    bool unpacked;          /* the descriptor is of a temporary copy */
    struct place places[FOLLOW_PLACES]; /* the last one is the present */
    size_t place_count;
    uint64_t at;            /* the next byte of the file that the reader has not got */
    uint64_t stream;        /* and its place in the text */
    uint64_t boundary;      /* behind the last record, in the text */
    char *recent;           /* the text from 4 KiB before the boundary up to `stream` */
    size_t recent_length, recent_capacity;
    char head[FOLLOW_HEAD];
    size_t head_length;
    uint32_t crc;           /* of the file's bytes so far */
    bool crc_good;
    bool utf16;
    bool lapped;            /* what stands behind the place is older text, up to a marker */
    bool at_end;            /* the client said that it goes on at the file's beginning */
    bool marker_read;       /* that is the last line of what may be read */
    bool unmarked;          /* it should end at a marker, and there is none */
    int doubt, quiet, hole, stuck;
    bool lost;              /* the descriptor is of no use: find the place again */
    bool foreign;           /* the place was kept by another machine */
    struct identity cut;    /* the file that is cut when it is rotated, 0 = none */
    uint64_t pruned;        /* the .pru as it was before all of the log was read while it was at the path: what
                             * is in it is known to be of files whose beginning was seen */
    uint64_t pruned_now;    /* the same, when this look began */
    bool told;              /* a gap stands right before the first byte of this file that was read */
    bool emptied;           /* the file has no bytes now, and had some: it is cut or being written anew */
    bool own_seen;          /* a file beside the log has the text of the one that was read last */
    bool next_seen;         /* the text of `next_fd` is in one of them */
    bool unsettled;         /* files were renamed or written beside the log while they were looked through */
    bool unreadable;        /* one that may be unread is packed in a way that is not known */
    bool closing;           /* runs that come out now were cut by a gap */
    bool gap_next;          /* when this file is at its end, ... */
    enum gap_reason gap;    /* ... text is missing */
    bool owner_known;
    uint64_t owner;
    bool refused;           /* what is at the path now is not read, and `error` says why */

    struct known known[FOLLOW_KNOWN];
    size_t known_count;
    struct {
        int fd, looks;
        uint64_t size;
    } late[FOLLOW_LATE];
    struct printed printed[FOLLOW_PRINTED];
    size_t printed_count;

    tsmp_reader *reader;
    tsmp_runs *runs;
    uint64_t line;          /* of the next record */
    char error[256];
    bool failed;
};

/* ---- follow_step.c ---- */
enum step { STEP_IDLE, STEP_WORK, STEP_WAIT, STEP_FAILED };
/* Zero it, set path, options and sink; then begin, or position_load() and follower_resume(). */
bool follower_begin(struct follower *follower);
/* One look. IDLE: nothing is new; WAIT: something is in doubt, look again soon. */
enum step follower_step(struct follower *follower);
void follower_free(struct follower *follower);
/* Runs as they stand now: what is closed but may still be joined is shown, too. */
bool follower_snapshot(struct follower *follower, int64_t now);
/* Generation and place in its file of a byte of the text. */
void follower_name(const struct follower *follower, uint64_t stream, uint64_t *generation, uint64_t *file);
struct place *follower_place(struct follower *follower);
/* Text is missing here: end what was read so far, and begin anew at this place of the file. */
bool follower_gap(struct follower *follower, enum gap_reason reason);
bool follower_fail(struct follower *follower, const char *what);

/* ---- follow_place.c ---- */
static inline enum step step_worked(bool good)
{
    return good ? STEP_WORK : STEP_FAILED;
}
/* Where a byte of the text lies in the present file, as it is now. */
uint64_t place_in_file(struct follower *follower, uint64_t stream);
/* The text goes on in another file, or at another place of this one. */
void place_new(struct follower *follower, uint64_t at);
/* Read the file's first bytes again. */
void place_head(struct follower *follower);
/* The descriptor is the follower's from now on; the one before must be given away. */
void place_take(struct follower *follower, int fd, const struct stat *facts, bool left, bool unpacked);
void place_drop(struct follower *follower);
/* The text that was read ends at `at` now: its front was cut off. */
bool place_moved(struct follower *follower, uint64_t at);
/* Are the first bytes of this file those of the one that is read? */
bool place_begins(const struct follower *follower, int fd);
/* What stands in front of the place is not what was read. */
enum step place_changed(struct follower *follower);
/* No file is open: find the one that has the place. */
enum step place_relocate(struct follower *follower);

/* ---- follow_rotate.c ---- */
/* The present file is at its end: is another one at the path? */
enum step rotate_look(struct follower *follower);
/* A writer that went on in a file that was left: its lines are not read, but that is said. */
bool rotate_late(struct follower *follower);

/* ---- follow_feed.c ---- */
bool feed_begin(struct follower *follower);
/* `length` bytes behind what the reader has. */
bool feed_bytes(struct follower *follower, const char *bytes, size_t length);
bool feed_drain(struct follower *follower);
/* End the text: a last line without newline is a record, an open run is one that was cut. */
bool feed_end(struct follower *follower);
/* Back to the boundary: what the reader got of the next record is given again. */
bool feed_rewind(struct follower *follower);
/* Make reader and runs of tokens; `before` are the bytes in front. */
bool feed_resume(struct follower *follower, const char *reader, size_t reader_length, const char *runs,
                 size_t runs_length);
/* Bytes in front of the place that lie in the present file; how many. */
size_t feed_tail(const struct follower *follower, const char **bytes);

/* ---- follow_lap.c ---- */
/* How many of the bytes behind the place may be read: not what a log that wraps has not yet written
 * over, nor bytes that are not there yet. `end`: there is nothing behind them in the file. */
size_t lap_usable(struct follower *follower, const char *bytes, size_t length, bool end);
/* The client has gone on at the file's beginning. */
bool lap_begun(struct follower *follower, enum step *step);
/* Where in a file that wraps its oldest text begins, 0 = it does not wrap. */
uint64_t lap_seam(int fd);
/* The bytes before the place are not all there: how many of the last ones are, behind what the client
 * has written over; 0 = the place is gone. `now`: what stands there. */
size_t lap_left(struct follower *follower, const char *now, const char *tail, size_t length);

/* ---- follow_file.c ---- */
/* Open a log: a regular file, never a device or a pipe; of the owner of before, of root or our own; a
 * symbolic link only when its owner is one of these or the file's. -1, and `*why` when it is there
 * and was refused. */
int file_open(struct follower *follower, const char *path, struct stat *facts, const char **why);
/* The one at the follower's path; sets `refused`. */
int file_open_log(struct follower *follower, struct stat *facts);
/* As many bytes as there are, at most `length`; -1 is an error. */
long file_read(int fd, char *to, size_t length, uint64_t at);
/* Do these bytes stand in the file in front of `at`? */
bool file_holds(int fd, uint64_t at, const char *bytes, size_t length);
/* Where does a text that ended in these bytes go on in the file, when its front was cut off? Behind the
 * last place that has them, or behind the file's first bytes, when they are the last of these and begin a
 * line. 0 = nowhere; a few bytes alone may stand anywhere, and are nowhere. */
uint64_t file_find(int fd, const char *bytes, size_t length);
/* Files of one length that begin alike. */
bool file_same(int a, int b);
uint64_t hash_of(const char *bytes, size_t length);
/* The folder that a file of this path is in, with its slash. */
void file_folder(const char *path, char *folder, size_t size);
/* Was the file with time `a` written last before the one with `b`? */
bool file_before(struct timespec a, struct timespec b);

/* ---- follow_beside.c ---- */
/* All files beside the log are known from now on. */
void beside_learn(struct follower *follower);
/* This file was read to its end. */
void beside_read(struct follower *follower);
/* A file beside the log, unread, that was written behind ours and before the one at the path; the
 * oldest; without a file of ours the oldest of all. -1 = there is none. Ask beside_unsure() before it is
 * believed. Sets `own_seen`, `next_seen` and
 * `unreadable`. */
int beside_between(struct follower *follower, const struct stat *current, struct stat *facts, bool *unpacked);
/* They were being renamed or compressed meanwhile: look again before anything is decided. Not for ever. */
bool beside_unsure(struct follower *follower);
/* A file beside the log in which the text before the place ends at `at`. `same`: the renamed one. */
int beside_holds(struct follower *follower, uint64_t at, bool same, struct stat *facts, bool *unpacked);
/* One where that text ends anywhere, for its front was cut off: the renamed one, or else one that was not read. */
int beside_finds(struct follower *follower, bool same, uint64_t *at, struct stat *facts, bool *unpacked);
/* A hash of all that changes when the client appends to its file of pruned lines or makes it anew; 0 = there
 * is none. */
uint64_t beside_pruned(const struct follower *follower);

/* ---- position.c: a text file, replaced as a whole, that ends in a checksum of all before ---- */
/* Take up what stands in `path` instead of follower_begin(). TSMP_OK; TSMP_END: there is no such file;
 * else follower->error says why it is of no use. */
int32_t position_load(struct follower *follower, const char *path);
/* Replace it in one go. */
bool position_save(struct follower *follower, const char *path);

#endif
