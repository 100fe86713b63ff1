/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef TSMPARSE_STANDARD_H
#define TSMPARSE_STANDARD_H

/* All three are open, and standard output goes on where it is interrupted or must wait. Called
 * first of all. */
void standard_streams(void);

#endif
