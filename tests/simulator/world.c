/* SPDX-License-Identifier: BSD-2-Clause */
#include "world.h"

#include <stdio.h>
#include <string.h>

const char *action_name(enum action action)
{
    static const char *const names[] = {"Incremental", "Selective", "Archive", "Command", "Macro",
                                        "Image Backup"};
    return names[action];
}

static void volumes_make(struct node *node, struct chance *chance)
{
    static const struct {
        const char *name, *type;
        uint64_t least, most;
    } unix_like[] = {{"/", "EXT4", 60000, 180000}, {"/home", "XFS", 900, 800000},
                     {"/var", "EXT4", 5000, 90000}, {"/srv/mail", "XFS", 20000, 2000000},
                     {"/opt", "EXT4", 800, 40000}, {"/data 01", "GPFS", 1000, 900000}};
    node->volume_count = (size_t)chance_between(chance, 1, node->windows ? 3 : VOLUMES_MOST);
    for (size_t i = 0; i < node->volume_count; i++) {
        struct volume *volume = &node->volumes[i];
        uint64_t least = 5000, most = 300000;
        if (node->windows) {
            char letter = (char)('c' + i);
            snprintf(volume->name, sizeof volume->name, "\\\\%s\\%c$", node->name, letter);
            for (char *c = volume->name; *c != '\0'; c++)
                *c = *c >= 'A' && *c <= 'Z' ? (char)(*c - 'A' + 'a') : *c;
            snprintf(volume->asked, sizeof volume->asked, "%c:", letter);
            volume->type = "NTFS";
        } else {
            snprintf(volume->name, sizeof volume->name, "%s", unix_like[i].name);
            bool blank = strchr(volume->name, ' ') != NULL;
            snprintf(volume->asked, sizeof volume->asked, "%s%s%s", blank ? "\"" : "",
                     volume->name, blank ? "\"" : "");
            volume->type = unix_like[i].type;
            least = unix_like[i].least;
            most = unix_like[i].most;
        }
        volume->objects = (uint64_t)chance_between(chance, (int64_t)least, (int64_t)most);
        volume->growth = (uint32_t)chance_below(chance, 120);
        volume->changes = (uint32_t)chance_between(chance, 5, 1500);
        volume->canaries = chance_happens(chance, 7, 10);
    }
}

static void schedules_make(struct node *node, struct chance *chance)
{
    static const char *const nightly[] = {"NIGHTLY", "INC_2200", "DAILY_INC", "UX_DAILY"};
    static const char *const others[] = {"", "SEL_HOME", "ARC_WEEK", "CMD_DUMP", "MAC_CLEAN", "IMG_VOL"};
    struct schedule *first = &node->schedules[0];
    snprintf(first->name, sizeof first->name, "%s", nightly[chance_below(chance, 4)]);
    first->action = ACTION_INCREMENTAL;
    first->asking = (enum asking)chance_below(chance, 4);
    first->clock = 20 * 3600 + 1800 * chance_between(chance, 0, 6);
    node->schedule_count = 1;
    if (!chance_happens(chance, 2, 5))
        return;
    struct schedule *second = &node->schedules[1];
    second->action = (enum action)chance_between(chance, ACTION_SELECTIVE, ACTION_IMAGE);
    snprintf(second->name, sizeof second->name, "%s", others[second->action]);
    second->asking = ASK_OBJECTS;
    second->clock = 12 * 3600 + 1800 * chance_between(chance, 0, 8);
    node->schedule_count = 2;
}

void node_make(struct node *node, uint64_t seed, uint32_t index)
{
    static const char *const birds[] = {"AVOCET", "BITTERN", "CURLEW", "DUNLIN", "EIDER", "FULMAR"};
    static const struct {
        const char *product;
        bool old;
    } clients[] = {
        {"TSM Backup-Archive Client Version 5, Release 1, Level 6.0", true},
        {"TSM Backup-Archive Client Version 6, Release 4, Level 1.0", false},
        {"IBM Spectrum Protect Backup-Archive Client Version 8, Release 1, Level 9.0", false},
        {"IBM Storage Protect Backup-Archive Client Version 8, Release 1, Level 22.0", false}};
    struct chance chance = chance_of(seed, index);
    *node = (struct node){.index = index};
    snprintf(node->name, sizeof node->name, "%s%04u", birds[chance_below(&chance, 6)], index);
    snprintf(node->server, sizeof node->server, "SERVER%u", (unsigned)chance_below(&chance, 4) + 1);
    size_t client = (size_t)chance_below(&chance, 4);
    node->product = clients[client].product;
    node->old_statistics = clients[client].old;
    node->windows = chance_happens(&chance, 1, 4);
    node->verbose = chance_happens(&chance, 1, 3);
    node->journal = node->windows && chance_happens(&chance, 1, 3);
    node->acceptor = chance_happens(&chance, 3, 4);
    node->streams = chance_happens(&chance, 1, 3);
    node->format = (struct format){.date = (uint8_t)chance_between(&chance, 1, 8),
                                   .time = (uint8_t)chance_between(&chance, 1, 5),
                                   .number = (uint8_t)chance_between(&chance, 1, 7),
                                   .crlf = node->windows};
    /* In another zone, or off by a little. */
    node->skew = chance_happens(&chance, 1, 4) ? 3600 : chance_between(&chance, -300, 300);
    volumes_make(node, &chance);
    schedules_make(node, &chance);
}

uint64_t volume_objects(const struct volume *volume, uint32_t night, struct chance *chance)
{
    uint64_t grown = volume->objects + volume->objects * volume->growth / 100000 * night;
    return grown - grown / 500 + chance_below(chance, grown / 250 + 1);
}

uint32_t server_load(uint64_t seed, const char *server, uint32_t night)
{
    uint64_t name = (uint64_t)(unsigned char)server[strlen(server) - 1];
    struct chance chance = chance_of(seed ^ 0x10AD, name * 100000 + night);
    /* One night in six is a busy one. */
    return (uint32_t)(chance_happens(&chance, 1, 6) ? chance_between(&chance, 70, 100)
                                                    : chance_between(&chance, 0, 40));
}
