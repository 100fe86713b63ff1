/* SPDX-License-Identifier: BSD-2-Clause */
#include "pack.h"

#include "tail.h"

#include <string.h>

static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
static const char name[] = "tsmp" PACK_VERSION;
/* "tsmp" and the version, the kind, a dot. */
enum { HEAD = sizeof name + 1, SEAL = 8 };

void pack_writer(struct pack *pack, const tsmp_allocator *allocator)
{
    *pack = (struct pack){.allocator = allocator};
}

void pack_free(struct pack *pack)
{
    memory_put(pack->allocator, pack->bytes);
    pack->bytes = NULL;
}

static unsigned char *add(struct pack *pack, size_t length)
{
    void *items = pack->bytes;
    if (!memory_reserve(pack->allocator, &items, &pack->capacity, pack->length, length, 1))
        pack->nomem = true;
    pack->bytes = items;
    if (pack->nomem)
        return NULL;
    pack->length += length;
    return pack->bytes + pack->length - length;
}

void pack_bytes(struct pack *pack, void *bytes, size_t length)
{
    if (length == 0 || pack->dry || !pack_good(pack))
        return;
    if (!pack->reading) {
        unsigned char *to = add(pack, length);
        if (to != NULL)
            memcpy(to, bytes, length);
    } else if (pack->length - pack->at < length) {
        pack->bad = true;
    } else {
        memcpy(bytes, pack->bytes + pack->at, length);
        pack->at += length;
    }
}

static unsigned char take(struct pack *pack)
{
    unsigned char byte = 0;
    pack_bytes(pack, &byte, 1);
    return byte;
}

/* Seven bits a byte, the lowest first; each number in one way only. */
void pack_u64(struct pack *pack, uint64_t *value, uint64_t most)
{
    if (!pack->reading) {
        uint64_t left = *value;
        do {
            unsigned char byte = (unsigned char)((left & 0x7F) | (left > 0x7F ? 0x80 : 0));
            pack_bytes(pack, &byte, 1);
            left >>= 7;
        } while (left > 0);
        return;
    }
    uint64_t read = 0;
    for (unsigned shift = 0;; shift += 7) {
        unsigned char byte = take(pack);
        pack->bad |= shift == 63 && byte > 1;
        pack->bad |= shift > 0 && byte == 0;
        if (!pack_good(pack))
            return;
        read |= (uint64_t)(byte & 0x7F) << shift;
        if (byte < 0x80)
            break;
    }
    if (read > most)
        pack->bad = true;
    else
        *value = read;
}

void pack_i64(struct pack *pack, int64_t *value)
{
    uint64_t coded = *value < 0 ? ~((uint64_t)*value << 1) : (uint64_t)*value << 1;
    pack_u64(pack, &coded, UINT64_MAX);
    if (!pack->reading || !pack_good(pack))
        return;
    uint64_t half = coded >> 1;
    *value = (coded & 1) != 0 ? -(int64_t)half - 1 : (int64_t)half;
}

#define SMALLER(function, type)                                                                   \
    void function(struct pack *pack, type *value, type most)                                      \
    {                                                                                             \
        uint64_t wide = *value;                                                                   \
        pack_u64(pack, &wide, most);                                                              \
        if (pack->reading && pack_good(pack))                                                     \
            *value = (type)wide;                                                                  \
    }
SMALLER(pack_u32, uint32_t)
SMALLER(pack_u16, uint16_t)
SMALLER(pack_u8, uint8_t)
SMALLER(pack_size, size_t)

void pack_i32(struct pack *pack, int32_t *value, int32_t least, int32_t most)
{
    int64_t wide = *value;
    pack_i64(pack, &wide);
    if (!pack->reading || !pack_good(pack))
        return;
    if (wide < least || wide > most)
        pack->bad = true;
    else
        *value = (int32_t)wide;
}

void pack_bool(struct pack *pack, bool *value)
{
    uint8_t byte = *value ? 1 : 0;
    pack_u8(pack, &byte, 1);
    if (pack->reading && pack_good(pack))
        *value = byte != 0;
}

void pack_string(struct pack *pack, struct string *string)
{
    size_t length = string->length;
    pack_size(pack, &length, SIZE_MAX / 2);
    if (!pack->reading) {
        pack_bytes(pack, string->bytes, length);
        return;
    }
    if (!pack_good(pack))
        return;
    if (pack->length - pack->at < length) {
        pack->bad = true;
        return;
    }
    pack->nomem |= !string_set(pack->allocator, string, (const char *)pack->bytes + pack->at, length);
    pack->at += length;
}

void pack_same(struct pack *pack, uint64_t value)
{
    uint64_t read = value;
    pack_u64(pack, &read, UINT64_MAX);
    pack_need(pack, read == value);
}

/* ---- printable ----------------------------------------------------------------------------------- */

static void seal(const unsigned char *bytes, size_t length, unsigned char out[SEAL])
{
    uint64_t hash = hash_bytes(length, bytes, length);
    for (size_t i = 0; i < SEAL; i++)
        out[i] = (unsigned char)(hash >> (8 * i));
}

int32_t pack_print(struct pack *pack, char kind, char *buffer, uint64_t size, uint64_t *length)
{
    unsigned char sealed[SEAL];
    if (!pack->nomem)
        seal(pack->bytes, pack->length, sealed);
    pack_bytes(pack, sealed, SEAL);
    if (pack->nomem)
        return TSMP_E_NOMEM;
    *length = HEAD + (pack->length * 8 + 5) / 6;
    if (size < *length || buffer == NULL)
        return TSMP_MORE;
    memcpy(buffer, name, sizeof name - 1);
    buffer[sizeof name - 1] = kind;
    buffer[sizeof name] = '.';
    char *to = buffer + HEAD;
    uint32_t bits = 0;
    unsigned held = 0;
    for (size_t i = 0; i < pack->length; i++) {
        bits = (bits << 8 | pack->bytes[i]) & 0xFFFF;
        for (held += 8; held >= 6; held -= 6)
            *to++ = digits[bits >> (held - 6) & 63];
    }
    if (held > 0)
        *to = digits[bits << (6 - held) & 63];
    return TSMP_OK;
}

bool pack_reader(struct pack *pack, const tsmp_allocator *allocator, char kind, const char *token,
                 uint64_t length)
{
    *pack = (struct pack){.allocator = allocator, .reading = true, .bad = true};
    if (length < HEAD + SEAL || length > SIZE_MAX / 8 ||
        memcmp(token, name, sizeof name - 1) != 0 || token[sizeof name - 1] != kind ||
        token[sizeof name] != '.')
        return false;
    size_t count = (size_t)length - HEAD;
    pack->bytes = memory_get(allocator, count);
    if (pack->bytes == NULL) {
        pack->nomem = true;
        return false;
    }
    uint32_t bits = 0;
    unsigned held = 0;
    for (size_t i = 0; i < count; i++) {
        const char *place = token[HEAD + i] != '\0' ? strchr(digits, token[HEAD + i]) : NULL;
        if (place == NULL)
            return false;
        bits = (bits << 6 | (uint32_t)(place - digits)) & 0xFFFF;
        held += 6;
        if (held >= 8) {
            held -= 8;
            pack->bytes[pack->length++] = (unsigned char)(bits >> held);
        }
    }
    /* One text a token: no bits are left over that nobody looked at. */
    if (held >= 6 || (bits & ((1u << held) - 1)) != 0 || pack->length < SEAL)
        return false;
    unsigned char sealed[SEAL];
    pack->length -= SEAL;
    seal(pack->bytes, pack->length, sealed);
    pack->bad = memcmp(sealed, pack->bytes + pack->length, SEAL) != 0;
    return !pack->bad;
}
