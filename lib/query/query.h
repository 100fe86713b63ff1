/* SPDX-License-Identifier: BSD-2-Clause
 * What `dsmc query ...` prints: one room for each kind of table. Names stand at the end of a row
 * and may hold anything, so rows are taken apart from the left and must fit to the last byte. The
 * columns of header lines and rules say nothing: they moved between versions. */
#ifndef TSMP_QUERY_H
#define TSMP_QUERY_H

#include "number.h"
#include "table.h"

/* Is `format` one of the client's queries? */
bool query_owns(uint32_t format);
/* A row, or what belongs to one, of the query that is open. Tried before all other rules, so its
 * grammar must fit no line that is structure of a run. */
bool query_line(struct line *line);
/* What no other rule fits: the head of a table, a label of an open list, a row of a certain form
 * without a head, the rest of a name that the terminal broke. */
bool query_head(struct line *line);
/* Another rule took the line: does it stand between the rows of the open table, or end it? */
void query_passed(struct line *line);
/* The command behind a prompt ("q ba /home/x"): which query it asks for, 0 = none. */
uint16_t query_asked(const char *text, size_t length);

/* A prompt with what was typed, the login, the menu of "User Action is Required". */
bool line_dialogue(struct line *line);

/* ---- the rooms: each false when its grammar does not fit ---- */

bool backup_row(struct line *line);
bool archive_row(struct line *line, bool headless);
bool filespace_row(struct line *line);
bool inclexcl_row(struct line *line);
bool access_row(struct line *line);
bool pick_row(struct line *line);
/* Other lines of the open window; a line that opens one. */
bool pick_line(struct line *line);
bool pick_head(const char *text, size_t length);
bool label_row(struct line *line);
/* Does a label begin one of the queries that print labels? Its format, 0 = no. */
uint16_t label_head(struct line *line);
/* "Modified: ...", "Media Class: ...": lines of -detail behind a row. */
bool detail_line(struct line *line);

/* ---- names that the terminal broke ---- */

/* How many of the held lines are one row; 0 = the next one must be seen to tell. */
size_t query_frame(const struct line_state *state, struct group *group, bool last);
/* Let the line be the whole of such a row. False: it is none. */
bool wrap_join(struct line *line);
/* The fields of a row that was put together: those that lie in its first line, at `text`, point
 * there, the others are flagged. */
void wrap_mark(struct line *line, const char *text, size_t length);
/* A line that fits no rule behind a row: a cut row, or the rest of the name. */
bool wrap_rest(struct line *line);

/* ---- what they share ---- */

/* Is it a head, or the rule below one? */
bool query_words(const char *text, size_t length);
/* Does a line of -detail begin so (its blanks left out)? */
bool detail_begins(const char *text, size_t length);

/* The left of a row: size, unit, date and time. */
struct row_start {
    const char *size_text, *unit, *time_text;
    size_t unit_length;
    struct number size;
    struct stamp stamp;
    size_t end; /* behind the time */
};
/* Read it at `at`; false: it is none. `order`: what is known of dates. */
bool row_start_read(const struct order *order, const char *text, size_t length, size_t at,
                    struct row_start *start);
/* Its fields; `time_field` is the field of date and time. */
void row_start_add(struct line *line, const struct row_start *start, uint16_t time_field);
/* Learn the date order from a stamp that was read without it, and read it again with it. */
void row_stamp(struct line *line, const char *text, size_t length, struct stamp *stamp);
/* A time field, with what is wrong with it on the record as well. */
void row_add_time(struct line *line, uint16_t id, const struct stamp *stamp, const char *text,
                  size_t length);
/* Are the words of `text`, with any blanks between, those of `words` (one blank between)? */
bool same_words(const char *text, size_t length, const char *words);
/* The record is a row of the open table. */
void row_made(struct line *line, uint16_t kind);
/* A `more` record of the last row. */
void row_more(struct line *line);

static inline size_t blanks_at(const char *text, size_t length, size_t at)
{
    return at < length ? line_blanks(text + at, length - at) : 0;
}

static inline size_t word_at(const char *text, size_t length, size_t at)
{
    size_t from = at;
    while (at < length && text[at] != ' ' && text[at] != '\t')
        at++;
    return at - from;
}

#endif
