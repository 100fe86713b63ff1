/* SPDX-License-Identifier: BSD-2-Clause
 * Nothing is lost or read twice, whatever the writer of a log does between two looks at it, or a gap
 * says so: of each scenario all ways to mix six deeds of the writer with six steps of the follower
 * (924), each line with a number of its own. Once with one follower, once with one that is thrown
 * away and made again of its position behind every step.
 *
 * The scenarios stand with the deeds they are made of: rotating.c, pruning.c, elsewhere.c.
 *
 * usage: test_follow EVERY [SCENARIO]   every EVERYth way; all scenarios, or the one of this name */
#include "writer.h"

#include <ftw.h>

/* The command's, of which nothing else is linked here. */
int32_t add_languages(const struct options *options, tsmp_reader *reader)
{
    (void)options;
    (void)reader;
    return TSMP_OK;
}

static char position[320];

static void start(struct follower *follower)
{
    *follower = (struct follower){.path = w.path, .sink = taken,
                                  .options = {.size = sizeof follower->options, .date_order = TSMP_ORDER_MDY}};
    need(follower_begin(follower) && follower_step(follower) == STEP_WORK, "begin"); /* it looks once first */
}

static void again(struct follower *follower)
{
    if (!position_save(follower, position)) {
        fprintf(stderr, "no position: %s\n", follower->error);
        exit(2);
    }
    follower_free(follower);
    *follower = (struct follower){.path = w.path, .sink = taken,
                                  .options = {.size = sizeof follower->options, .date_order = TSMP_ORDER_MDY}};
    if (position_load(follower, position) != TSMP_OK) {
        fprintf(stderr, "a position is refused: %s\n", follower->error);
        exit(2);
    }
}

static int remove_one(const char *path, const struct stat *facts, int type, struct FTW *walk)
{
    (void)facts, (void)type, (void)walk;
    return remove(path);
}

static enum step step(struct follower *follower, bool anew)
{
    enum step done = follower_step(follower);
    if (done == STEP_FAILED) {
        fprintf(stderr, "the follower failed: %s\n", follower->error);
        exit(2);
    }
    if (anew && done != STEP_WAIT) /* what it waits for it would have to learn again */
        again(follower);
    return done;
}

static const char *mix(const struct scenario *scenario, unsigned ways, bool anew, const char *base)
{
    static unsigned session;
    static struct follower follower;
    outcome_clear();
    w = (struct writer){.fd = -1, .append = !scenario->no_append, .limit = 600};
    snprintf(w.folder, sizeof w.folder, "%s/%u", base, session++);
    snprintf(w.path, sizeof w.path, "%s/dsmsched.log", w.folder);
    snprintf(position, sizeof position, "%s/position", base);
    need(mkdir(w.folder, 0700) == 0, "mkdir");
    if (strcmp(scenario->name, "symlink") == 0)
        need(symlink(beside("-a"), w.path) == 0, "symlink");
    create();
    scenario->begin();
    start(&follower);
    int deed = 0;
    for (int i = 0; i < 12; i++) {
        if ((ways >> i & 1) != 0)
            scenario->deeds[deed++]();
        else
            step(&follower, anew);
    }
    for (int idle = 0, steps = 0; idle < 3 && steps < 600; steps++)
        idle = step(&follower, anew) == STEP_IDLE ? idle + 1 : 0;
    follower_free(&follower);
    close(w.fd);
    outcome_look_beside();
    nftw(w.folder, remove_one, 8, FTW_DEPTH | FTW_PHYS);
    return outcome_judge(scenario);
}

static int files_open(void)
{
    int count = 0;
    for (int fd = 0; fd < 64; fd++)
        count += fcntl(fd, F_GETFD) >= 0;
    return count;
}

/* Every `every`th way of one scenario, in both manners. */
static bool try(const struct scenario *scenario, unsigned every, unsigned first, const char *base)
{
    unsigned count[2] = {0, 0}, bad = 0, gaps = 0;
    int before = files_open();
    for (int anew = 0; anew < 2; anew++) {
        for (unsigned ways = 0, nth = 0; ways < 1u << 12; ways++) {
            if (__builtin_popcount(ways) != 6 || nth++ % every != first)
                continue;
            const char *why = mix(scenario, ways, anew != 0, base);
            if (why == NULL && files_open() != before)
                why = "a file is left open";
            count[anew]++;
            gaps += outcome_gaps() > 0;
            if (why == NULL || bad++ >= 3)
                continue;
            printf("%s, ", scenario->name);
            for (int i = 0; i < 12; i++)
                putchar((ways >> i & 1) != 0 ? 'w' : '.');
            printf("%s: %s; order:", anew ? ", made again" : "", why);
            outcome_print();
        }
    }
    printf("%s %s: %u and %u ways, %u of them with a gap, %u wrong\n", bad > 0 ? "not ok" : "ok", scenario->name,
           count[0], count[1], gaps, bad);
    return bad == 0;
}

int main(int argc, char **argv)
{
    static const struct scenario *const subjects[] = {rotating, pruning, elsewhere};
    unsigned every = argc > 1 ? (unsigned)strtoul(argv[1], NULL, 10) : 1, nth = 0;
    bool good = true;
    char base[64] = "/dev/shm/tsmparse-follow-XXXXXX"; /* in memory: positions are synced thousands of times */
    if (access("/dev/shm", W_OK) != 0)
        snprintf(base, sizeof base, "/tmp/tsmparse-follow-XXXXXX");
    if (every == 0 || mkdtemp(base) == NULL)
        return 2;
    close(0); /* so that a log may be descriptor 0 */
    setvbuf(stdout, NULL, _IOLBF, 0);
    for (size_t s = 0; s < sizeof subjects / sizeof *subjects; s++)
        for (const struct scenario *scenario = subjects[s]; scenario->name != NULL; scenario++, nth++)
            if (argc < 3 || strcmp(argv[2], scenario->name) == 0)
                good &= try(scenario, every, nth % every, base);
    nftw(base, remove_one, 8, FTW_DEPTH | FTW_PHYS);
    return !good;
}
