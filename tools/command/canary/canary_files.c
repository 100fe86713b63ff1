/* SPDX-License-Identifier: BSD-2-Clause
 * tsmparse canary touch and list: two small files in each folder, one whose name sorts first and
 * one whose name sorts last, with the time of their writing inside. */
#include "canary.h"
#include "write_all.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

static const char *const names[] = {"!tsmparse-canary-first", "~tsmparse-canary-last"};
static const char mark[] = "tsmparse canary, written ";

struct canary {
    int64_t modified; /* local */
    int64_t size;
};

static int64_t local_time(time_t seconds)
{
    struct tm parts;
    if (localtime_r(&seconds, &parts) == NULL)
        return TSMP_NO_TIME;
    return (int64_t)timegm(&parts) * SECOND;
}

/* NULL, or why what stands there is none of ours: it is never overwritten. */
static const char *look(int folder, const char *name, struct canary *canary)
{
    char head[sizeof mark];
    struct stat status;
    int file = openat(folder, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
    if (file < 0)
        return strerror(errno);
    const char *error = NULL;
    if (fstat(file, &status) != 0)
        error = strerror(errno);
    else if (!S_ISREG(status.st_mode) || read(file, head, sizeof mark - 1) != (ssize_t)sizeof mark - 1 ||
             memcmp(head, mark, sizeof mark - 1) != 0)
        error = "is no canary; it is left alone";
    close(file);
    if (error == NULL) {
        canary->modified = local_time(status.st_mtime);
        canary->size = (int64_t)status.st_size;
    }
    return error;
}

/* Whole or not at all: a backup that comes in between never stores half a canary. */
static const char *put(int folder, const char *name)
{
    char text[128], temporary[64];
    struct timespec now;
    struct tm parts;
    clock_gettime(CLOCK_REALTIME, &now);
    if (gmtime_r(&now.tv_sec, &parts) == NULL)
        return "the clock is out of its range";
    size_t n = strftime(text, sizeof text, "tsmparse canary, written %Y-%m-%dT%H:%M:%S", &parts);
    snprintf(text + n, sizeof text - n, ".%09ldZ\n", now.tv_nsec);
    snprintf(temporary, sizeof temporary, ".tsmparse-canary-%ld-%09ld", (long)getpid(), now.tv_nsec);
    int file = openat(folder, temporary, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0644);
    if (file < 0)
        return strerror(errno);
    bool good = write_all(file, text, strlen(text)) && fsync(file) == 0;
    int problem = errno;
    if (close(file) != 0 && good) {
        good = false;
        problem = errno;
    }
    if (good && renameat(folder, temporary, folder, name) != 0) {
        good = false;
        problem = errno;
    }
    if (good)
        return fsync(folder) == 0 || errno == EINVAL ? NULL : strerror(errno);
    unlinkat(folder, temporary, 0);
    return strerror(problem);
}

static const char *one(int folder, const char *name, bool write, struct canary *canary)
{
    if (write) {
        struct stat status;
        const char *error = NULL;
        if (fstatat(folder, name, &status, AT_SYMLINK_NOFOLLOW) == 0)
            error = look(folder, name, canary);
        if (error == NULL)
            error = put(folder, name);
        if (error != NULL)
            return error;
    }
    return look(folder, name, canary);
}

static void print_one(const struct options *options, const char *path, const char *error,
                      const struct canary *canary, bool first)
{
    if (options->format == FORMAT_JSON) {
        fputs(first ? "{" : ",{", stdout);
        print_json_pair(stdout, "path", path, strlen(path));
        fputs(",\"modified\":", stdout);
        print_time(stdout, canary->modified, error == NULL, true);
        if (error == NULL) {
            printf(",\"size\":%" PRId64 ",\"error\":null}", canary->size);
        } else {
            fputs(",\"size\":null,", stdout);
            print_json_pair(stdout, "error", error, strlen(error));
            putchar('}');
        }
    } else if (error == NULL) {
        print_time(stdout, canary->modified, true, false);
        printf("  %" PRId64 "  ", canary->size);
        print_safe(stdout, path, strlen(path), SIZE_MAX);
        putchar('\n');
    }
    if (error != NULL)
        complain(path, error);
}

int canary_files(const struct options *options, bool write, char **words, int count)
{
    int bad = 0;
    if (options->format == FORMAT_JSON)
        fputs("{\"schema\":1,\"canaries\":[", stdout);
    for (int i = 0; i < count; i++) {
        /* The client prints where a file really lies. */
        char *real = realpath(words[i], NULL);
        int folder = open(real != NULL ? real : words[i], O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        const char *problem = folder < 0 ? strerror(errno) : NULL;
        for (size_t k = 0; k < sizeof names / sizeof *names; k++) {
            struct canary canary = {0};
            const char *base = real != NULL ? real : words[i];
            size_t size = strlen(base) + strlen(names[k]) + 2;
            char *path = malloc(size);
            const char *error = problem != NULL ? problem : one(folder, names[k], write, &canary);
            if (path == NULL) {
                complain(base, "no memory");
                bad = 1;
                continue;
            }
            bool ends = *base != '\0' && base[strlen(base) - 1] == '/';
            snprintf(path, size, "%s%s%s", base, ends ? "" : "/", names[k]);
            print_one(options, path, error, &canary, i == 0 && k == 0);
            bad |= error != NULL;
            free(path);
        }
        if (folder >= 0)
            close(folder);
        free(real);
    }
    if (options->format == FORMAT_JSON)
        puts("]}");
    return bad;
}
