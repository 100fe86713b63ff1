/* SPDX-License-Identifier: BSD-2-Clause
 * A history that somebody else made, or damaged: read, used and written to. What is refused is left
 * as it is, byte by byte; what is taken never gives more than it holds.
 *
 * Head: 0 odd = the rest is the whole file; even = a good history, of which the rest changes bytes:
 * 3 bytes of place, 1 of value, again and again. */
#include "fuzz.h"

#include "history.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { NIGHTS = 40, MOST = 1 << 20 };

static char folder[64], path[96];
static unsigned char *good, *now, *after;
static size_t good_length;

static void remove_files(void)
{
    static const char *const ends[] = {"", "-wal", "-shm", "-journal"};
    for (size_t i = 0; i < sizeof ends / sizeof *ends; i++) {
        char name[128];
        snprintf(name, sizeof name, "%s%s", path, ends[i]);
        unlink(name);
    }
}

static void clean_up(void)
{
    remove_files();
    rmdir(folder);
    free(good);
    free(now);
    free(after);
}

static size_t load(unsigned char *to)
{
    FILE *file = fopen(path, "rb");
    CHECK(file != NULL);
    size_t length = fread(to, 1, MOST, file);
    fclose(file);
    return length;
}

static struct stored night(int number)
{
    static const char volumes[] = "\1\0\0\0/\5\0\0\0/moor";
    return (struct stored){
        .node = {"OTTER", 5}, .schedule = {number % 3 == 0 ? "WEEK" : "NIGHT", number % 3 == 0 ? 4 : 5},
        .volumes = {volumes, sizeof volumes - 1}, .scheduled = INT64_C(86400000000) * (19000 + number),
        .started = INT64_C(86400000000) * (19000 + number) + 5, .ended = INT64_C(86400000000) * (19000 + number) + 900,
        .elapsed = 60, .inspected = 5000 + number, .transferred = 1000, .action = TSMP_WORD_INCREMENTAL,
        .verdict = TSMP_VERDICT_COMPLETE, .claim = TSMP_CLAIM_SUCCESS, .proof = 7, .base = TSMP_VERDICT_COMPLETE};
}

static void make_good(void)
{
    char error[320];
    const char *root = access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp";
    snprintf(folder, sizeof folder, "%s/fuzz-history-XXXXXX", root);
    CHECK(mkdtemp(folder) != NULL);
    snprintf(path, sizeof path, "%s/h", folder);
    good = malloc(MOST);
    now = malloc(MOST);
    after = malloc(MOST);
    CHECK(good != NULL && now != NULL && after != NULL);
    struct history *history = history_open(path, true, error, sizeof error);
    CHECK(history != NULL);
    for (int i = 0; i < NIGHTS; i++) {
        struct stored run = night(i);
        CHECK(history_add(history, &run));
    }
    CHECK(history_flush(history, true));
    history_close(history);
    good_length = load(good);
    CHECK(good_length > 4096);
    atexit(clean_up);
}

struct sum {
    uint64_t rows, bytes;
};

static void touch(struct sum *sum, tsmp_text text)
{
    for (uint64_t i = 0; i < text.length; i++)
        sum->bytes += (unsigned char)text.bytes[i];
}

static bool look(const struct stored *run, void *context)
{
    struct sum *sum = context;
    size_t count = volumes_unpack(run->volumes, NULL);
    CHECK(count <= run->volumes.length);
    tsmp_text *names = malloc((count + 1) * sizeof *names);
    if (names == NULL)
        return false;
    CHECK(volumes_unpack(run->volumes, names) == count);
    for (size_t i = 0; i < count; i++) {
        CHECK(names[i].bytes >= run->volumes.bytes);
        CHECK(names[i].bytes + names[i].length <= run->volumes.bytes + run->volumes.length);
        touch(sum, names[i]);
    }
    free(names);
    touch(sum, run->node);
    touch(sum, run->schedule);
    CHECK(run->elapsed >= -1 && run->inspected >= -1 && run->transferred >= -1);
    return ++sum->rows < 10000;
}

static void use(bool changed)
{
    char error[320];
    struct sum sum = {0};
    struct stored run = night(NIGHTS);
    struct history *history = history_open(path, true, error, sizeof error);
    CHECK(history != NULL || changed);
    if (history == NULL) {
        CHECK(error[0] != '\0');
        return;
    }
    bool all = history_earlier(history, &run, run.started, look, &sum);
    CHECK(sum.rows <= HISTORY_EARLIER);
    bool added = history_add(history, &run) && history_flush(history, true);
    sum.rows = 0;
    all &= history_each(history, NULL, NULL, look, &sum);
    CHECK(changed || (all && added && sum.rows == NIGHTS + 1));
    uint64_t count = 0;
    all &= history_accept(history, "OTTER", "NIGHT", run.scheduled, &count);
    CHECK(all || history_error(history)[0] != '\0');
    history_close(history);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char error[320];
    if (size < HEAD)
        return 0;
    if (good == NULL)
        make_good();
    size_t length = good_length;
    bool whole = (head_byte(data, 0) & 1) != 0;
    data += HEAD;
    size -= HEAD;
    if (whole) {
        length = size < MOST ? size : MOST;
        memcpy(now, data, length);
    } else {
        memcpy(now, good, length);
        for (size_t i = 0; i + 4 <= size; i += 4)
            now[((size_t)data[i] << 16 | (size_t)data[i + 1] << 8 | data[i + 2]) % length] = data[i + 3];
    }
    remove_files();
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    CHECK(fd >= 0 && write(fd, now, length) == (ssize_t)length);
    close(fd);

    /* Looked at, nothing is changed, whatever is found. */
    struct history *history = history_open(path, false, error, sizeof error);
    if (history != NULL) {
        struct sum sum = {0};
        (void)history_each(history, NULL, "NIGHT", look, &sum);
        history_close(history);
    }
    CHECK(load(after) == length && memcmp(after, now, length) == 0);
    bool refused = history == NULL && length > 0;
    use(length == 0 || length != good_length || memcmp(now, good, length) != 0);
    if (refused)
        CHECK(load(after) == length && memcmp(after, now, length) == 0);
    return 0;
}
