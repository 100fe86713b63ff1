/* SPDX-License-Identifier: BSD-2-Clause
 * A witness out of what the server printed: each text with a reader of its own, probed first. */
#ifndef TEST_SERVER_H
#define TEST_SERVER_H

#include "text.h"

#include <tsmparse/witness.h>

/* In pieces of `chunk` bytes, 0 = whole. Fails the test on any status but TSMP_OK and, with an
 * allocator, TSMP_E_NOMEM, which it gives back. */
int32_t server_make(const struct text *texts, size_t count, size_t chunk,
                    const tsmp_witness_options *options, const tsmp_allocator *allocator,
                    tsmp_witness **witness);

#endif
