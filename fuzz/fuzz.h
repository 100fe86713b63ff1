/* SPDX-License-Identifier: BSD-2-Clause
 * What the fuzz targets share. An input of a target is a head of HEAD bytes that choose options,
 * and behind it the text. The digit '0' in the head means the default, so that a corpus file can be
 * read, and written by hand: eight zeros, a newline, the log. */
#ifndef FUZZ_FUZZ_H
#define FUZZ_FUZZ_H

#include "drive.h"

enum { HEAD = 9 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Option byte `i` of the head. */
static inline uint32_t head_byte(const uint8_t *data, size_t i)
{
    return (uint8_t)(data[i] - (uint8_t)'0');
}

#endif
