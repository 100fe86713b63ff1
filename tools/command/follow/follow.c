/* SPDX-License-Identifier: BSD-2-Clause
 * tsmparse follow: the loop around the machine. It wakes when something happens in the log's folder,
 * and once a second anyhow: inotify says nothing of network file systems, and may have been full. */
#include "follow_print.h"
#include "join.h"
#include "policy.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#ifdef __linux__
#include <sys/inotify.h>
#endif
#include <time.h>
#include <unistd.h>

enum { SECOND = 1000, SOON = 50, EXIT_NO_INPUT = 1, EXIT_USAGE = 2, EXIT_REFUSED = 3 };

struct following {
    struct options *options;
    struct follower follower;
    struct follow_print print;
    const char *token;
    bool once, poll, restart;
    int watch; /* inotify, -1 = none */
    bool dirty; /* something was printed, or read, since the position was kept */
    int64_t saved;
    bool fresh; /* runs may have changed since they were shown last */
};

static volatile sig_atomic_t stopped;

static void stop(int signal_number)
{
    (void)signal_number;
    stopped = 1;
}

static int64_t clock_now(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * INT64_C(1000) + now.tv_nsec / 1000000;
}

static bool read_words(struct following *following)
{
    static const char *const formats[] = {"text", "jsonl"};
    struct options *options = following->options;
    char **words = options->files;
    int count = options->file_count, files = 0;
    for (int i = 0; i < count; i++) {
        char *word = words[i];
        if (strncmp(word, "--", 2) != 0) {
            words[files++] = word;
            continue;
        }
        bool takes;
        if (!option_known(VERB_FOLLOW, word, i + 1 < count ? words[i + 1] : NULL, &takes))
            return false;
        bool *const switches[] = {&following->once, &following->poll, &following->restart, &options->now};
        static const char *const names[] = {"--once", "--poll", "--restart", "--now"};
        size_t s = 0;
        while (s < 4 && strcmp(word, names[s]) != 0)
            s++;
        if (s < 4) {
            *switches[s] = true;
            continue;
        }
        char *value = strchr(word, '=');
        if (value != NULL)
            *value++ = '\0';
        else
            value = words[++i];
        if (strcmp(word, "--token") == 0) {
            following->token = value;
        } else if (strcmp(word, "--format") == 0) {
            if (strcmp(value, formats[0]) != 0 && strcmp(value, formats[1]) != 0)
                return wrong("--format must be text or jsonl, not ", value);
            following->print.json = strcmp(value, formats[1]) == 0;
        } else if (!take_option(options, VERB_FOLLOW, word, value)) {
            return false;
        }
    }
    options->file_count = files;
    return files == 1 || wrong("follow takes one FILE", "");
}

/* What the log's beginning shows of its dates, as all verbs ask first. */
static void look_through(struct following *following)
{
    static char head[1024 * 1024];
    struct stat facts;
    const char *why;
    tsmp_options *known = &following->follower.options;
    tsmp_probe_result result = {.size = sizeof result};
    int fd = file_open(&following->follower, following->follower.path, &facts, &why);
    long n = fd >= 0 ? file_read(fd, head, sizeof head, 0) : 0;
    if (fd >= 0)
        close(fd);
    if (n <= 0 || tsmp_probe(head, (uint64_t)n, NULL, &result) != TSMP_OK)
        return;
    if (known->date_order == 0 && (result.date_order & (result.date_order - 1)) == 0)
        known->date_order = result.date_order;
    if (known->decimal == 0)
        known->decimal = result.decimal;
    if (known->format == 0 && result.format == TSMP_FORMAT_ERROR_LOG)
        known->format = result.format;
}

/* The place of before, or the beginning. 0, or what to exit with. */
static int begin(struct following *following)
{
    struct follower *follower = &following->follower;
    if (following->token != NULL && following->restart && unlink(following->token) != 0 && errno != ENOENT) {
        complain(following->token, strerror(errno));
        return EXIT_REFUSED;
    }
    int32_t status = following->token != NULL ? position_load(follower, following->token) : TSMP_END;
    if (status == TSMP_OK)
        return 0;
    if (status != TSMP_END) {
        char message[400];
        snprintf(message, sizeof message, "the position can't be used: %.250s (--restart begins anew)", follower->error);
        complain(following->token, message);
        return EXIT_REFUSED;
    }
    look_through(following);
    if (!follower_begin(follower)) {
        complain(follower->path, follower->error);
        return EXIT_NO_INPUT;
    }
    return 0;
}

/* Output first, then the history, then the position: who is killed between two of them prints some records
 * twice, with the same ids, and keeps a run again, which is the same row. Without its history no run is past. */
static bool keep(struct following *following)
{
    out_flush(&following->print.out);
    if (fflush(stdout) != 0 || ferror(stdout))
        return false; /* main says why */
    history_file(following->options, true);
    if (history_failed(following->options) != NULL)
        return false;
    following->saved = clock_now();
    following->dirty = false;
    if (following->token == NULL || position_save(&following->follower, following->token))
        return true;
    complain(following->token, following->follower.error);
    return false;
}

static bool show_runs(struct following *following)
{
    following->fresh = false;
    return follower_snapshot(&following->follower,
                             following->options->now ? policy_local_now(following->options) : 0) &&
           keep(following);
}

static void start_watch(struct following *following)
{
    char folder[4096];
    following->watch = -1;
    if (following->poll || following->once)
        return;
#ifdef __linux__
    file_folder(following->follower.path, folder, sizeof folder);
    following->watch = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
    if (following->watch >= 0 &&
        inotify_add_watch(following->watch, folder, IN_MODIFY | IN_CREATE | IN_DELETE | IN_MOVE | IN_ATTRIB) < 0) {
        close(following->watch);
        following->watch = -1;
    }
#else
    (void)folder;
#endif
}

static void wait_for_news(struct following *following, int milliseconds)
{
    char events[4096];
    struct pollfd what = {.fd = following->watch, .events = POLLIN};
    if (following->watch < 0 || milliseconds < SECOND) {
        poll(NULL, 0, milliseconds);
        return;
    }
    poll(&what, 1, milliseconds);
    while (read(following->watch, events, sizeof events) > 0) /* what happened is seen by looking */
        continue;
}

static int follow(struct following *following)
{
    struct follower *follower = &following->follower;
    int idle = 0, waits = 0;
    bool found = false, awaited = false, refused = false;
    while (!stopped) {
        enum step step = follower_step(follower);
        if (step == STEP_FAILED) {
            complain(follower->path, follower->error);
            return EXIT_REFUSED;
        }
        found |= follower->fd >= 0;
        if (follower->refused && !refused) /* each time anew: it may be put right */
            complain(follower->path, follower->error);
        refused = follower->refused;
        if (refused && !found)
            return EXIT_REFUSED;
        if (!found && !awaited && step == STEP_IDLE && !following->once) {
            complain(follower->path, "there is no such file; waiting for it");
            awaited = true; /* a mistyped name would else look like a quiet night */
        }
        if (step == STEP_WORK) {
            following->dirty = following->fresh = true;
            idle = waits = 0;
            if (clock_now() - following->saved >= SECOND && !keep(following))
                return EXIT_NO_INPUT;
            continue;
        }
        if (following->dirty && !keep(following))
            return EXIT_NO_INPUT;
        idle = step == STEP_IDLE ? idle + 1 : 0;
        waits = step == STEP_WAIT ? waits + 1 : 0;
        if (following->once && idle > 0) {
            if (follower->fd < 0 && !refused)
                complain(follower->path, "there is no such file");
            if (!show_runs(following))
                return EXIT_NO_INPUT;
            return refused ? EXIT_REFUSED : follower->fd < 0 ? EXIT_NO_INPUT : 0;
        }
        /* A second without news: what is closed now may be shown, though a retry may still join it. */
        if (idle > 1 && following->fresh && !show_runs(following))
            return EXIT_NO_INPUT;
        wait_for_news(following, step == STEP_WAIT ? SOON : SECOND);
    }
    return keep(following) ? 0 : EXIT_NO_INPUT;
}

int follow_main(struct options *options)
{
    static struct following following;
    static char buffer[256 * 1024], stream[512 * 1024];
    following = (struct following){.options = options};
    if (!read_words(&following))
        return EXIT_USAGE;
    if (!policy_open(options) || !history_begin(options))
        return EXIT_USAGE;
    if (history_failed(options) != NULL)
        return EXIT_REFUSED;
    setvbuf(stdout, stream, _IOFBF, sizeof stream); /* what is written ends with a line */
    following.print.options = options;
    following.print.kinds = options->kinds;
    following.print.out = (struct out){.file = stdout, .start = buffer, .size = sizeof buffer};
    following.follower = (struct follower){
        .path = options->files[0], .options = options->reader, .command = options,
        .sink = {follow_print_batch, follow_print_run, follow_print_gap, &following.print}};
    struct sigaction action = {.sa_handler = stop};
    sigaction(SIGTERM, &action, NULL);
    sigaction(SIGINT, &action, NULL);
    int result = begin(&following);
    if (result == 0) {
        start_watch(&following);
        result = follow(&following);
    }
    follower_free(&following.follower);
    return history_failed(options) != NULL ? EXIT_REFUSED : result;
}
