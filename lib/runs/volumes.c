/* SPDX-License-Identifier: BSD-2-Clause */
#include "volumes.h"

#include <string.h>

/* A reference is a node (index x 2) or an item (index x 2 + 1). */
struct volume_node {
    uint32_t child[2];
    uint32_t at;   /* the byte that decides ... */
    uint32_t mask; /* ... and its bit */
};

/* Unix names begin with a slash; the names of Windows and of its parts (SYSTEMSTATE) are the same in
 * whatever case they are written. Behind the end of a key stands a symbol that no byte has, so that no
 * key is a prefix of another. */
static uint32_t symbol(const char *key, size_t length, size_t at)
{
    if (at >= length)
        return 0;
    unsigned char c = (unsigned char)key[at];
    if (key[0] != '/' && c >= 'A' && c <= 'Z')
        c = (unsigned char)(c - 'A' + 'a');
    return 0x100u | c;
}

static uint32_t walk(const struct volumes *volumes, const char *key, size_t length)
{
    uint32_t ref = volumes->root;
    while ((ref & 1) == 0) {
        const struct volume_node *node = &volumes->nodes[ref >> 1];
        ref = node->child[(symbol(key, length, node->at) & node->mask) != 0];
    }
    return ref >> 1;
}

/* The same in other letters? Its key is as long. */
static bool is_spelt(const struct run_volume *volume, const char *key, size_t length)
{
    for (size_t i = 0; i < length; i++)
        if (symbol(volume->name.bytes, length, i) != symbol(key, length, i))
            return false;
    return true;
}

/* Is it the volume of this key? */
static inline bool is_named(const struct run_volume *volume, const char *key, size_t length)
{
    return volume->key_length == length &&
           (length == 0 || memcmp(volume->name.bytes, key, length) == 0 ||
            (*key != '/' && is_spelt(volume, key, length)));
}

static inline struct run_volume *find(const struct volumes *volumes, const char *key, size_t length)
{
    if (volumes->count > VOLUMES_FEW) {
        struct run_volume *volume = &volumes->items[walk(volumes, key, length)];
        return is_named(volume, key, length) ? volume : NULL;
    }
    for (size_t i = 0; i < volumes->count; i++)
        if (is_named(&volumes->items[i], key, length))
            return &volumes->items[i];
    return NULL;
}

struct run_volume *volumes_find(const struct volumes *volumes, const char *name, size_t length)
{
    return find(volumes, name, volume_key_length(name, length));
}

/* Hang the item of this number, the next one, into the tree. */
static void hang(struct volumes *volumes, size_t number)
{
    const char *key = volumes->items[number].name.bytes;
    size_t length = volumes->items[number].key_length;
    uint32_t made = (uint32_t)number << 1 | 1u;
    if (number == 0) {
        volumes->root = made;
        return;
    }
    const struct run_volume *near = &volumes->items[walk(volumes, key, length)];
    size_t at = 0;
    while (symbol(key, length, at) == symbol(near->name.bytes, near->key_length, at))
        at++;
    uint32_t differ = symbol(key, length, at) ^ symbol(near->name.bytes, near->key_length, at);
    uint32_t mask = 0x100;
    while ((differ & mask) == 0)
        mask >>= 1;
    uint32_t *place = &volumes->root;
    while ((*place & 1) == 0) {
        struct volume_node *node = &volumes->nodes[*place >> 1];
        if (node->at > at || (node->at == at && node->mask < mask))
            break;
        place = &node->child[(symbol(key, length, node->at) & node->mask) != 0];
    }
    struct volume_node *node = &volumes->nodes[number - 1];
    bool right = (symbol(key, length, at) & mask) != 0;
    *node = (struct volume_node){.at = (uint32_t)at, .mask = mask};
    node->child[right] = made;
    node->child[!right] = *place;
    *place = (uint32_t)(number - 1) << 1;
}

/* Room for one more, and for its node where there is a tree. */
static bool reserve(const tsmp_allocator *allocator, struct volumes *volumes)
{
    size_t count = volumes->count, hung = count > VOLUMES_FEW ? count - 1 : 0;
    void *items = volumes->items, *nodes = volumes->nodes;
    bool good = memory_reserve(allocator, &items, &volumes->capacity, count, 1, sizeof *volumes->items) &&
                (count < VOLUMES_FEW || memory_reserve(allocator, &nodes, &volumes->node_capacity, hung,
                                                       count - hung, sizeof *volumes->nodes));
    volumes->items = items;
    volumes->nodes = nodes;
    return good;
}

static struct run_volume *add(const tsmp_allocator *allocator, struct volumes *volumes, const char *name,
                              size_t length, size_t key_length)
{
    if (!reserve(allocator, volumes))
        return NULL;
    struct run_volume *volume = &volumes->items[volumes->count];
    *volume = (struct run_volume){.key_length = key_length};
    if (!string_set(allocator, &volume->name, name, length))
        return NULL;
    for (size_t i = 0; volumes->count == VOLUMES_FEW && i < VOLUMES_FEW; i++)
        hang(volumes, i);
    if (volumes->count >= VOLUMES_FEW)
        hang(volumes, volumes->count);
    volumes->count++;
    return volume;
}

struct run_volume *volumes_get(const tsmp_allocator *allocator, struct volumes *volumes,
                               const char *name, size_t length, size_t most, bool *full)
{
    size_t key_length = volume_key_length(name, length);
    struct run_volume *found = find(volumes, name, key_length);
    *full = found == NULL && (volumes->count >= most || volumes->count >= UINT32_MAX / 2 || length >= UINT32_MAX);
    return found != NULL || *full ? found : add(allocator, volumes, name, length, key_length);
}

void volumes_clear(const tsmp_allocator *allocator, struct volumes *volumes)
{
    for (size_t i = 0; i < volumes->count; i++)
        string_clear(allocator, &volumes->items[i].name);
    memory_put(allocator, volumes->items);
    memory_put(allocator, volumes->nodes);
    *volumes = (struct volumes){0};
}
