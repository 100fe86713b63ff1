/* SPDX-License-Identifier: BSD-2-Clause
 * Random numbers that are the same on every machine: SplitMix64 (public domain, S. Vigna). */
#ifndef SIMULATOR_CHANCE_H
#define SIMULATOR_CHANCE_H

#include <stdbool.h>
#include <stdint.h>

struct chance {
    uint64_t state;
};

static inline uint64_t chance_next(struct chance *chance)
{
    uint64_t z = chance->state += UINT64_C(0x9E3779B97F4A7C15);
    z = (z ^ (z >> 30)) * UINT64_C(0xBF58476D1CE4E5B9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94D049BB133111EB);
    return z ^ (z >> 31);
}

/* 0 to `count` - 1; `count` is small against 2^64, so that no value is noticeably more likely. */
static inline uint64_t chance_below(struct chance *chance, uint64_t count)
{
    return chance_next(chance) % count;
}

static inline int64_t chance_between(struct chance *chance, int64_t least, int64_t most)
{
    return least + (int64_t)chance_below(chance, (uint64_t)(most - least) + 1);
}

/* Does it happen, `times` in `of`? */
static inline bool chance_happens(struct chance *chance, uint64_t times, uint64_t of)
{
    return chance_below(chance, of) < times;
}

/* Numbers of its own for the `index`-th thing, whatever was drawn before. */
static inline struct chance chance_of(uint64_t seed, uint64_t index)
{
    struct chance chance = {seed * UINT64_C(0xD1342543DE82EF95) + index};
    struct chance made = {chance_next(&chance)};
    return made;
}

#endif
