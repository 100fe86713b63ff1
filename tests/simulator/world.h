/* SPDX-License-Identifier: BSD-2-Clause
 * The modelled machines: what they hold, what their schedules ask for, how their client prints. All
 * of it follows from a seed and the machine's number. Times are seconds since 1970 as if UTC, of the
 * client's own clock. */
#ifndef SIMULATOR_WORLD_H
#define SIMULATOR_WORLD_H

#include "chance.h"
#include "sheet.h"

enum { VOLUMES_MOST = 6, SCHEDULES_MOST = 2, NIGHT = 86400 };

struct volume {
    char name[40];     /* as the client prints it */
    char asked[40];    /* as Objects and DOMAIN name it */
    const char *type;  /* of the file system */
    uint64_t objects;  /* in the first night */
    uint32_t growth;   /* objects more per night, in 100,000 */
    uint32_t changes;  /* objects that are new or changed in a night, in 100,000 */
    bool canaries;     /* one early and one late in walk order */
};

enum action { ACTION_INCREMENTAL, ACTION_SELECTIVE, ACTION_ARCHIVE, ACTION_COMMAND, ACTION_MACRO,
              ACTION_IMAGE };

/* How the volumes are asked for. */
enum asking { ASK_OBJECTS, ASK_OPTION, ASK_ALL_LOCAL, ASK_NOTHING };

struct schedule {
    char name[24];
    enum action action;
    enum asking asking;
    int64_t clock; /* of its window's start, seconds into the day */
};

struct node {
    char name[24], server[16];
    uint32_t index;
    const char *product; /* with its version, as the log's poll prints it */
    bool windows, old_statistics, verbose, journal, acceptor, streams;
    struct format format;
    struct volume volumes[VOLUMES_MOST];
    size_t volume_count;
    struct schedule schedules[SCHEDULES_MOST];
    size_t schedule_count;
    int64_t skew; /* the server's clock minus this one's */
};

void node_make(struct node *node, uint64_t seed, uint32_t index);
/* Objects of this volume in a night, by its growth and a little weather. */
uint64_t volume_objects(const struct volume *volume, uint32_t night, struct chance *chance);
/* How loaded is this server in this night: 0 idle to 100 hardly alive. */
uint32_t server_load(uint64_t seed, const char *server, uint32_t night);
const char *action_name(enum action action);

#endif
