/* SPDX-License-Identifier: BSD-2-Clause
 * The message catalogue. */
#include <tsmparse/tsmparse.h>

#include <stdbool.h>
#include <string.h>

struct message {
    const char *code, *meaning, *category, *weight, *source;
    char confidence;
};

#include "messages.inc"

/* Prefix and number; the letter behind them may differ between versions. */
#define STEM 7

int32_t tsmp_message_lookup(const char *code, uint64_t length, tsmp_message_info *info)
{
    if (!code || !info || info->size < sizeof *info) return TSMP_E_MISUSE;
    if (length != STEM && length != STEM + 1) return TSMP_END;
    /* The first row that is not below the stem. */
    size_t low = 0, high = sizeof messages / sizeof *messages;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (strncmp(messages[middle].code, code, STEM) < 0) low = middle + 1;
        else high = middle;
    }
    const struct message *found = NULL;
    for (size_t i = low; i < sizeof messages / sizeof *messages; i++) {
        if (strncmp(messages[i].code, code, STEM) != 0) break;
        bool exact = length > STEM && messages[i].code[STEM] == code[STEM];
        if (!found || exact) found = &messages[i];
        if (exact) break;
    }
    if (!found) return TSMP_END;
    info->confidence = (uint32_t)(unsigned char)found->confidence;
    info->code = found->code;
    info->meaning = found->meaning;
    info->category = found->category;
    info->weight = found->weight;
    info->source = found->source;
    return TSMP_OK;
}
