/* SPDX-License-Identifier: BSD-2-Clause
 * The reader's own room: reader.c takes options and input, framing.c and whole.c make batches of it. */
#ifndef TSMP_READER_H
#define TSMP_READER_H

#include "encoding.h"
#include "input.h"
#include "line.h"
#include "pattern.h"
#include "repeat.h"
#include "rows.h"
#include "table.h"

/* Where a line ends. */
struct found {
    size_t length; /* of the stretch that makes the record, with its newline, in input bytes (of
                      UTF-16: as UTF-8) */
    size_t text;   /* the same stretch as text: differs where it was converted */
    bool newline;
    bool cut;     /* over the limit: the line goes on */
    bool changed; /* converted, and not the same */
    bool undecodable;
    uint8_t facts; /* enum group_facts, as long as the state stays what it is */
};

/* By how many bytes plain.c compares. Asking the processor takes as long as some thousand lines where
 * it is a virtual one, so it is asked only when more than that have come. */
enum plain_way { PLAIN_UNASKED, PLAIN_IS_NARROW, PLAIN_IS_WIDE };

struct tsmp_reader {
    tsmp_allocator allocator;
    uint64_t max_line;
    uint32_t batch_records;
    uint32_t repair;
    struct encoding encoding;
    struct language *languages;
    struct line_state state;
    struct table table;
    struct patterns *patterns;
    struct input input;

    char *held; /* whole lines that wait for the next one, and the beginning of a further line */
    size_t held_length, held_capacity;
    char *raw; /* what is held as it was read, where it is converted; for the tail */
    size_t raw_length, raw_capacity;
    bool raw_kept;
    struct found lines[TABLE_MAX_LINES]; /* the whole ones */
    size_t line_count, lines_length;     /* and the bytes they make */
    size_t waiting; /* so many whole lines were not enough to tell what belongs together */
    uint8_t what;   /* what the lines are that belong together, in the words of their table */
    struct line_state facts_state; /* what the facts of held lines rest on */
    struct table facts_table;

    struct pool *pool;   /* of batches */
    struct repeats *repeats; /* of pull.c; NULL = no lines are kept */
    uint64_t pulled; /* lines that it read one by one */
    bool ordinary; /* no hot path: for tests that compare */
    enum plain_way way;   /* of plain.c */
    uint64_t plain_bytes; /* that it took */
    struct rows rows;     /* how the last row of a query was laid out */

    uint64_t added;  /* hash of the patterns and languages */
    bool resumed;    /* and they are not compared with the token's yet, whose hash is ... */
    uint64_t wanted; /* ... this */
    uint32_t *hits;  /* of the patterns that will be added */
    size_t hit_count;

    bool in_cut;
    uint64_t offset, line; /* of the next record */
    bool first_record;
    char error[192];
};

/* Remember `text` for tsmp_reader_error() and hand on the status. */
int32_t reader_fail(struct tsmp_reader *reader, int32_t status, const char *text);
/* Must lines be converted to become text? */
bool converts(const struct tsmp_reader *reader);
/* Must they be copied, for that or to have room for a translation behind them? */
static inline bool copies(const struct tsmp_reader *reader)
{
    return converts(reader) || reader->languages != NULL;
}
/* One record out of one line at text offset `at`. False: no memory, and nothing was added. */
bool frame_line(struct tsmp_reader *reader, tsmp_batch *batch, size_t at, const struct found *found,
                const struct group *group, char *joined, size_t *joined_length);
/* Room for the fields of one more record, and for `others` that have one field each. */
bool frame_reserve(struct tsmp_reader *reader, tsmp_batch *batch, size_t others);
/* Where a line over the limit is cut: at the limit, but converted text is UTF-8 and stays so. The
 * byte at the limit must be there. */
size_t frame_cut(const struct tsmp_reader *reader, const char *text);
int32_t frame_finish(struct tsmp_reader *reader, tsmp_batch *made, tsmp_batch **batch);
int32_t frame_no_batch(struct tsmp_reader *reader, tsmp_batch *made);
/* Lines that lie whole in the piece, as many as fit in a batch; they stay where they are. `skims`:
 * up to one that plain_skim() may take. TSMP_MORE: there is not one. */
int32_t next_whole(struct tsmp_reader *reader, struct piece *piece, bool skims,
                   tsmp_batch **batch);
/* The next batch by whichever way is due: tsmp_reader_next(), or one of the steps of a pull. */
int32_t reader_next(struct tsmp_reader *reader, bool skims, tsmp_batch **batch);
/* Do bytes of the input stand in the text as they are, at the start of a line, with nothing that
 * the line before leaves open? */
static inline bool reader_is_direct(const struct tsmp_reader *reader)
{
    return !reader->ordinary && !reader->input.utf16 &&
           reader->encoding.id == TSMP_ENCODING_BYTES && !reader->in_cut &&
           reader->held_length == 0 && reader->repair == 0 && !reader->first_record;
}
/* And is it a log, so that plain.c may look at them? */
static inline bool reader_is_plain(const struct tsmp_reader *reader)
{
    return reader_is_direct(reader) && reader->table.format == 0 && !reader->state.foreign &&
           reader->state.mode == LINE_STAMPED;
}
/* Lines that are held, in groups that belong together. TSMP_OK without a batch: nothing is held
 * any more. TSMP_MORE: the next line must be seen first; TSMP_END: there is none. */
int32_t next_held(struct tsmp_reader *reader, tsmp_batch **batch);
/* Hold the beginning of a line whose end is in a later piece. */
bool put_held(struct tsmp_reader *reader, const char *bytes, size_t length);

#endif
