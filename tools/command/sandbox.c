/* SPDX-License-Identifier: BSD-2-Clause
 * Landlock: a bug in what reads hostile text must not become a way to write files, to run programs
 * or to talk to others. Four system calls and no library; the numbers are the kernel's interface
 * (Documentation/userspace-api/landlock.rst), so that no new header is needed to build. */
#include "sandbox.h"

#include <sys/syscall.h>

#if defined(SANDBOX) && defined(SYS_landlock_create_ruleset)

#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <unistd.h>

enum { CREATE_VERSION = 1, RULE_PATH_BENEATH = 1 };

enum {
    FS_EXECUTE = 1 << 0,
    FS_WRITE_FILE = 1 << 1,
    FS_REMOVE_FILE = 1 << 5,
    FS_MAKE_REG = 1 << 8,
    FS_CHANGES_1 = 0x1FF0 | FS_WRITE_FILE, /* all makes and removes of the first version */
    FS_REFER = 1 << 13,                    /* version 2 */
    FS_TRUNCATE = 1 << 14,                 /* version 3 */
    NET_BIND_CONNECT = 3                   /* version 4 */
};

struct ruleset {
    uint64_t filesystem, network;
};

struct path_beneath {
    uint64_t allowed;
    int32_t parent;
} __attribute__((packed));

static bool allow_temporary(int rules, uint64_t allowed)
{
    int folder = open(P_tmpdir, O_PATH | O_DIRECTORY | O_CLOEXEC);
    if (folder < 0)
        return true; /* there will be no temporary file, either */
    struct path_beneath beneath = {allowed, folder};
    bool good = syscall(SYS_landlock_add_rule, rules, RULE_PATH_BENEATH, &beneath, 0) == 0;
    close(folder);
    return good;
}

bool sandbox_enter(void)
{
    long version = syscall(SYS_landlock_create_ruleset, NULL, 0, CREATE_VERSION);
    if (version < 1)
        return false;
    struct ruleset ruleset = {FS_EXECUTE | FS_CHANGES_1, 0};
    uint64_t temporary = FS_WRITE_FILE | FS_MAKE_REG | FS_REMOVE_FILE;
    if (version >= 2)
        ruleset.filesystem |= FS_REFER;
    if (version >= 3) {
        ruleset.filesystem |= FS_TRUNCATE;
        temporary |= FS_TRUNCATE;
    }
    if (version >= 4)
        ruleset.network = NET_BIND_CONNECT;
    int rules = (int)syscall(SYS_landlock_create_ruleset, &ruleset, sizeof ruleset, 0);
    if (rules < 0)
        return false;
    bool good = allow_temporary(rules, temporary) && prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 &&
                syscall(SYS_landlock_restrict_self, rules, 0) == 0;
    close(rules);
    return good;
}

#else

bool sandbox_enter(void)
{
    return false;
}

#endif
