/* SPDX-License-Identifier: BSD-2-Clause
 * The hot path of `query backup`: a row that is laid out as the one before it.
 *
 *         67,717  B  2024-01-01 00:00:00             STANDARD             A  /srv/data/a.dat
 *
 * Clients have printed three layouts, and in each the distances from the date are the same; where the
 * date stands, how it is written and what groups the digits of a size is learned from the last row.
 * A row that is so again is recognised by a handful of wide compares. Whatever differs, however little,
 * takes the ordinary way through line_parse(), and what is known is made anew from what that found. So
 * none of it changes an answer, and none is in a token. A test holds the two ways together. */
#ifndef TSMP_ROWS_H
#define TSMP_ROWS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <tsmparse/tsmparse.h>

enum rows_layout { ROWS_NONE, ROWS_BARE, ROWS_UNIT, ROWS_WIDE };

struct rows {
    uint8_t layout; /* enum rows_layout */
    uint8_t form;   /* of the date */
    char mark;      /* between thousands */
    uint32_t order; /* TSMP_ORDER_... that dates are read by */
    uint32_t time_at; /* the column of the date */
    /* From there on: what the bytes must be, with '0' for digits; which parts of the sum each byte
     * may be more; and which byte is which digit of century, year, month, day, hour, minute, second. */
    char stamp[32], stamp_above[32], stamp_digits[32];
    char size[16], size_above[16]; /* the same of the bytes that a size ends in */
    char before[16];               /* which of these stand before the line: 0xFF */
    char blanks[32];               /* they are: a constant that compilers make anew for each row */
    tsmp_field fields[6]; /* what is the same in each row; `text` counts from its start */
};

struct tsmp_reader;
struct piece;
struct tsmp_batch;
/* Keep how the record is laid out, if it is a row. */
void rows_learn(struct tsmp_reader *reader, const struct tsmp_batch *batch, const tsmp_record *record);
/* May such a row begin at `line`? A cheap guess. `piece` has the line; the reader is direct. */
bool rows_likely(const struct tsmp_reader *reader, const struct piece *piece, const char *line);
/* Records of them, up to the first other line or until the batch is full. Where that is. */
const char *rows_records(struct tsmp_reader *reader, const struct piece *piece, const char *line,
                         struct tsmp_batch *batch);

#endif
