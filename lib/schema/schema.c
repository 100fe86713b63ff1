/* SPDX-License-Identifier: BSD-2-Clause
 * Names of the constants, the schema as JSON, and the version. */
#include <tsmparse/arrow.h>
#include <tsmparse/canary.h>
#include <tsmparse/runs.h>
#include <tsmparse/tsmparse.h>
#include <tsmparse/witness.h>

#include <stddef.h>
#include <string.h>

struct name {
    uint32_t id;
    const char *name;
};

struct group {
    const char *name;
    const struct name *names;
    size_t count;
};

/* Two levels, so that a macro is replaced before it is put between quotes. */
#define STRING_OF(x) #x
#define STRING(x) STRING_OF(x)

#include "names.inc"

const char *tsmp_version(void)
{
    return STRING(TSMP_VERSION_MAJOR) "." STRING(TSMP_VERSION_MINOR) "." STRING(TSMP_VERSION_PATCH);
}

uint32_t tsmp_abi_version(void)
{
    return TSMP_ABI_VERSION;
}

const char *tsmp_schema_json(void)
{
    return schema_json;
}

const char *tsmp_name(const char *group, uint32_t id)
{
    if (!group) return NULL;
    for (size_t i = 0; i < sizeof groups / sizeof *groups; i++) {
        if (*groups[i].name != *group || strcmp(groups[i].name, group) != 0) continue;
        /* Most groups number their names one by one; the command asks for several of each run. */
        const struct name *names = groups[i].names;
        size_t place = id - names->id;
        if (place < groups[i].count && names[place].id == id) return names[place].name;
        for (size_t k = 0; k < groups[i].count; k++)
            if (names[k].id == id) return names[k].name;
        return NULL;
    }
    return NULL;
}
