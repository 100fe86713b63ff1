/* SPDX-License-Identifier: BSD-2-Clause
 * Names of the schema, each asked of the library once: tsmp_name() searches its lists, and every
 * line of a log needs a dozen names. */
#include "record.h"

enum { NAMES = 256 }; /* ids below this are remembered; the schema's are, but a library may be newer */

static const char *const groups[] = {[NAME_KIND] = "kind", [NAME_FORMAT] = "format",
                                     [NAME_FIELD] = "field", [NAME_STATISTIC] = "statistic",
                                     [NAME_WORD] = "word"};

const char *name_of(enum name_group group, uint32_t id)
{
    static _Thread_local const char *names[sizeof groups / sizeof *groups][NAMES];
    if (id >= NAMES)
        return tsmp_name(groups[group], id);
    if (names[group][id] == NULL) /* an id that has no name is asked anew: it is rare */
        names[group][id] = tsmp_name(groups[group], id);
    return names[group][id];
}

const char *flag_name(uint32_t bit)
{
    static _Thread_local const char *names[32];
    size_t place = 0;
    while (bit >> place != 1)
        place++;
    if (names[place] == NULL)
        names[place] = tsmp_name("flag", bit);
    return names[place];
}
