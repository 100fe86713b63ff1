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
enum { STEM = 7, NO_KEY = -1 };

/* The number that a stem is; generate.py has the same, and the hash below. */
static int32_t key_of(const char *code)
{
    static const char prefixes[] = "SER";
    const char *prefix = code[2] != '\0' ? strchr(prefixes, code[2]) : NULL;
    if (code[0] != 'A' || code[1] != 'N' || prefix == NULL)
        return NO_KEY;
    int32_t number = 0;
    for (int i = 3; i < STEM; i++) {
        if (code[i] < '0' || code[i] > '9')
            return NO_KEY;
        number = number * 10 + (code[i] - '0');
    }
    return (int32_t)(prefix - prefixes) * 10000 + number;
}

static uint32_t mix(uint32_t key, uint32_t seed)
{
    uint32_t h = key + seed * 0x9E3779B9u;
    h = (h ^ h >> 15) * 0x2C1B3C6Du;
    h = (h ^ h >> 12) * 0x297A2D39u;
    return h ^ h >> 15;
}

/* The first row of a stem, NULL = none. Each stem of the table has a slot of its own; any other
 * text may meet one too, so it is compared. */
static const struct message *row_of(const char *code)
{
    int32_t key = key_of(code);
    if (key == NO_KEY)
        return NULL;
    uint32_t bucket = mix((uint32_t)key, 0) % (sizeof message_shifts / sizeof *message_shifts);
    uint32_t slot = mix((uint32_t)key, message_shifts[bucket]) %
                    (sizeof message_slots / sizeof *message_slots);
    uint32_t index = message_slots[slot];
    if (index == 0 || memcmp(messages[index - 1].code, code, STEM) != 0)
        return NULL;
    return &messages[index - 1];
}

int32_t tsmp_message_lookup(const char *code, uint64_t length, tsmp_message_info *info)
{
    if (!code || !info || info->size < sizeof *info) return TSMP_E_MISUSE;
    if (length != STEM && length != STEM + 1) return TSMP_END;
    const struct message *found = row_of(code), *end = messages + sizeof messages / sizeof *messages;
    /* Rows of one number follow each other; the one with the same letter is meant. */
    for (const struct message *row = found;
         length > STEM && row != NULL && row < end && memcmp(row->code, code, STEM) == 0; row++)
        if (row->code[STEM] == code[STEM])
            found = row;
    if (!found) return TSMP_END;
    info->confidence = (uint32_t)(unsigned char)found->confidence;
    info->code = found->code;
    info->meaning = found->meaning;
    info->category = found->category;
    info->weight = found->weight;
    info->source = found->source;
    return TSMP_OK;
}
