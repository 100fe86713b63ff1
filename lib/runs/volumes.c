/* SPDX-License-Identifier: BSD-2-Clause */
#include "volumes.h"

#include <string.h>

/* A reference is a node (index x 2) or an item (index x 2 + 1). */
struct volume_node {
    uint32_t child[2];
    uint32_t at;   /* the byte that decides ... */
    uint32_t mask; /* ... and its bit */
};

size_t volume_key_length(const char *name, size_t length)
{
    size_t end = length;
    if (end > 1 && name[end - 1] == '*' && (name[end - 2] == '/' || name[end - 2] == '\\'))
        end--;
    while (end > 1 && (name[end - 1] == '/' || name[end - 1] == '\\'))
        end--;
    return end;
}

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

struct run_volume *volumes_find(const struct volumes *volumes, const char *name, size_t length)
{
    if (volumes->count == 0)
        return NULL;
    length = volume_key_length(name, length);
    struct run_volume *found = &volumes->items[walk(volumes, name, length)];
    if (found->key_length != length)
        return NULL;
    for (size_t i = 0; i < length; i++)
        if (symbol(found->name.bytes, length, i) != symbol(name, length, i))
            return NULL;
    return found;
}

/* Hang the item behind the last one into the tree. */
static void hang(struct volumes *volumes, const char *key, size_t length)
{
    uint32_t made = (uint32_t)volumes->count << 1 | 1u;
    if (volumes->count == 0) {
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
    struct volume_node *node = &volumes->nodes[volumes->count - 1];
    bool right = (symbol(key, length, at) & mask) != 0;
    *node = (struct volume_node){.at = (uint32_t)at, .mask = mask};
    node->child[right] = made;
    node->child[!right] = *place;
    *place = (uint32_t)(volumes->count - 1) << 1;
}

struct run_volume *volumes_get(const tsmp_allocator *allocator, struct volumes *volumes,
                               const char *name, size_t length, size_t most, bool *full)
{
    *full = false;
    struct run_volume *found = volumes_find(volumes, name, length);
    if (found != NULL)
        return found;
    if (volumes->count >= most || volumes->count >= UINT32_MAX / 2 || length >= UINT32_MAX) {
        *full = true;
        return NULL;
    }
    void *items = volumes->items, *nodes = volumes->nodes;
    bool good = memory_reserve(allocator, &items, &volumes->capacity, volumes->count, 1,
                               sizeof *volumes->items) &&
                memory_reserve(allocator, &nodes, &volumes->node_capacity, volumes->count, 1,
                               sizeof *volumes->nodes);
    volumes->items = items;
    volumes->nodes = nodes;
    if (!good)
        return NULL;
    struct run_volume *volume = &volumes->items[volumes->count];
    *volume = (struct run_volume){.key_length = volume_key_length(name, length)};
    if (!string_set(allocator, &volume->name, name, length))
        return NULL;
    hang(volumes, name, volume->key_length);
    volumes->count++;
    return volume;
}

void volumes_clear(const tsmp_allocator *allocator, struct volumes *volumes)
{
    for (size_t i = 0; i < volumes->count; i++)
        string_clear(allocator, &volumes->items[i].name);
    memory_put(allocator, volumes->items);
    memory_put(allocator, volumes->nodes);
    *volumes = (struct volumes){0};
}
