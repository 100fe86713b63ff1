/* SPDX-License-Identifier: BSD-2-Clause
 * The bytes of a file, of standard input, or of what is packed in them. */
#ifndef TSMPARSE_SOURCE_H
#define TSMPARSE_SOURCE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct source;

/* Open PATH, or standard input for "-". `max_bytes`: most bytes (unpacked) that are read; more is
 * an error. NULL: `error` says in one line what is wrong and what to do. */
struct source *source_open(const char *path, uint64_t max_bytes, char *error, size_t error_size);
void source_close(struct source *source);

/* Bytes read, 0 at the end, -1 on an error, which then stays (source_error). A file that could
 * not be read to its end never ends with 0. */
long source_read(struct source *source, char *to, size_t size);
const char *source_error(const struct source *source);

/* As source_read(), but from `offset` on, on any thread, without moving the reading place; an error is
 * put into `error` and does not stay. Only where source_size() is not 0. */
long source_read_at(const struct source *source, uint64_t offset, char *to, size_t size, char *error,
                    size_t error_size);
/* Bytes of a plain regular file when it was opened; 0 for all else. */
uint64_t source_size(const struct source *source);

/* Seconds since the file was last written, 0 when that is not known. */
int64_t source_age(const struct source *source);
/* A regular file: it can be read a second time. */
bool source_repeats(const struct source *source);
/* The next read gives the byte at `offset` (of the unpacked text). Only when source_repeats(). */
bool source_seek(struct source *source, uint64_t offset);
/* Up to `size` bytes from the end of a plain regular file, without moving the reading place; 0
 * when the source is not that, or is empty. */
size_t source_tail(struct source *source, char *to, size_t size);

/* ---- unpack.c -------------------------------------------------------------------------------- */

/* Why a file can't be opened, and what to do. */
const char *source_why_not(int error);

enum packing { PACKING_NONE, PACKING_GZIP, PACKING_ZSTD };
/* What to do with a file that is packed in a way that is not read; NULL: it is not. */
const char *packed_otherwise(const char *head, size_t length);
struct unpacker;

/* What the first bytes say; four are enough. */
enum packing packing_of(const char *head, size_t length);
/* NULL: no memory. */
struct unpacker *unpacker_new(enum packing packing);
void unpacker_free(struct unpacker *unpacker);
/* Start over: the next bytes are the first ones. */
void unpacker_reset(struct unpacker *unpacker);
/* Take from `in` (moving it) and put into `to`. Bytes put; 0: more input is needed; -1: damaged,
 * and `error` says how (static text). */
long unpacker_step(struct unpacker *unpacker, const char **in, size_t *in_length, char *to,
                   size_t size, const char **error);
/* True where the packed data may end. */
bool unpacker_at_end(const struct unpacker *unpacker);
const char *unpacker_name(const struct unpacker *unpacker);

#endif
