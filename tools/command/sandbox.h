/* SPDX-License-Identifier: BSD-2-Clause
 * The command gives up what reading a log does not need. */
#ifndef TSMPARSE_SANDBOX_H
#define TSMPARSE_SANDBOX_H

#include <stdbool.h>

/* From now on this process, its later threads and children can create and write no file but below
 * /tmp (where what does not fit into memory waits, in files without a name), run no program, and, as
 * far as the kernel knows how, open no TCP connection. What is open stays usable. For good.
 * False: nothing is restricted, since the kernel has no Landlock or does not allow it here. */
bool sandbox_enter(void);

#endif
