/* SPDX-License-Identifier: BSD-2-Clause
 * Text that is not ours to understand: output of other products that use the client's words, and
 * the client's own lines in a language for which there is no table. */
#ifndef TSMP_FOREIGN_H
#define TSMP_FOREIGN_H

#include "line.h"

/* A line without a stamp: does it belong to another product? From its banner on all lines do, until
 * a banner of the client comes. Then the record is made: unknown, with the reason. */
bool foreign_line(struct line *line);
/* The same for the text of a stamped line, in a log that has shown no line of the client. */
bool foreign_stamped(struct line *line);

/* What the finished record says of the language; `text`: what stands behind its stamp. A stream's marks (SCHEDULEREC, the product's name)
 * are the same in all languages; when no line that we know comes between them, the language is not
 * known: then unknown records and labels get TSMP_WHY_LANGUAGE. */
void language_hear(struct line_state *state, tsmp_record *record, const tsmp_field *fields,
                   const char *base, const char *text, size_t length);
/* Is it so now? Then kinds of objects that are not in the table are not guessed. */
bool language_is_unknown(const struct line_state *state);

#endif
