/* SPDX-License-Identifier: BSD-2-Clause
 * Is a text a paste: quoted, indented, or with its runs of blanks gone? */
#ifndef TSMP_PASTE_H
#define TSMP_PASTE_H

#include <stddef.h>
#include <stdint.h>

struct paste {
    uint64_t full; /* lines that are not blank */
    /* Lines with a mark in front, and those of them with what only the client prints behind it. */
    uint64_t quoted, indented, quoted_ours, indented_ours;
    /* Lines in which the client prints two blanks or more, and that have them or have one. */
    uint64_t padded, collapsed;
};

/* A line; `text`: what stands behind its stamp, with trailing blanks left out. */
void paste_look(struct paste *paste, const char *line, size_t length, const char *text, size_t left);
/* Set of TSMP_REPAIR_... */
uint32_t paste_repairs(const struct paste *paste);

#endif
