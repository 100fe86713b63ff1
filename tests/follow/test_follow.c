/* SPDX-License-Identifier: BSD-2-Clause
 * Nothing is lost or read twice, whatever the writer of a log does between two looks at it, or a gap
 * says so: of each scenario all ways to mix six deeds of the writer with six steps of the follower
 * (924), each line with a number of its own. Once with one follower, once with one that is thrown
 * away and made again of its position behind every step.
 *
 * usage: test_follow EVERY [SCENARIO]   every EVERYth way; all scenarios, or the one of this name */
#include "follow.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <zlib.h>

/* The command's, of which nothing else is linked here. */
int32_t add_languages(const struct options *options, tsmp_reader *reader)
{
    (void)options;
    (void)reader;
    return TSMP_OK;
}

enum { MOST = 4096, LONGEST = 512 };

/* ---- the writer ---------------------------------------------------------------------------------- */

static struct writer {
    char folder[256], path[300];
    int fd;
    bool append;
    unsigned written; /* lines */
    unsigned heads;   /* lines without a number */
    uint64_t place, limit; /* of a log that wraps */
    char half[LONGEST];
} w;

static void die(const char *what)
{
    fprintf(stderr, "%s: %s\n", what, strerror(errno));
    exit(2);
}

static void need(bool good, const char *what)
{
    if (!good)
        die(what);
}

static const char *beside(const char *suffix)
{
    static char names[8][320];
    static int next;
    char *name = names[next++ % 8];
    snprintf(name, sizeof names[0], "%s%s", w.path, suffix);
    return name;
}

static const char *pru(void)
{
    static char name[300];
    snprintf(name, sizeof name, "%.*s.pru", (int)(strlen(w.path) - 4), w.path);
    return name;
}

static void create(void)
{
    if (w.fd >= 0)
        close(w.fd);
    w.fd = open(w.path, O_WRONLY | O_CREAT | (w.append ? O_APPEND : 0), 0600);
    need(w.fd >= 0, "create");
}

static void put(const char *bytes, size_t length)
{
    need(write(w.fd, bytes, length) == (ssize_t)length, "write");
}

static size_t make_line(char *to)
{
    unsigned n = w.written++;
    return (size_t)snprintf(to, LONGEST, "02/17/2031 %02u:%02u:%02u Normal File-->  1,0%02u /heath/seq=%06u= [Sent]\n",
                            n / 3600 % 24, n / 60 % 60, n % 60, n % 100, n);
}

static void lines(unsigned count)
{
    char line[LONGEST];
    for (unsigned i = 0; i < count; i++) {
        size_t n = make_line(line);
        put(line, n);
    }
}

static void one(void) { lines(1); }
static void two(void) { lines(2); }
static void three(void) { lines(3); }
static void many(void) { lines(9); }

static void half(void)
{
    make_line(w.half);
    put(w.half, 40);
}

static void rest(void)
{
    put(w.half + 40, strlen(w.half) - 40);
    w.half[0] = '\0';
}

static void shift(void)
{
    for (int i = 8; i > 0; i--) {
        char from[16], to[16];
        snprintf(from, sizeof from, ".%d", i);
        snprintf(to, sizeof to, ".%d", i + 1);
        rename(beside(from), beside(to));
        snprintf(from, sizeof from, ".%d.gz", i);
        snprintf(to, sizeof to, ".%d.gz", i + 1);
        rename(beside(from), beside(to));
    }
    need(rename(w.path, beside(".1")) == 0, "rename");
}

static void rotate(void)
{
    shift();
    create();
}

static void rotate_and_write(void)
{
    rotate();
    lines(2);
}

static size_t whole(const char *path, char *to, size_t room)
{
    int fd = open(path, O_RDONLY);
    need(fd >= 0, path);
    ssize_t n = read(fd, to, room);
    close(fd);
    return n > 0 ? (size_t)n : 0;
}

static void compress_one(void)
{
    static char text[MOST * LONGEST];
    if (access(beside(".1"), F_OK) != 0)
        return;
    size_t n = whole(beside(".1"), text, sizeof text);
    gzFile out = gzopen(beside(".1.gz"), "wb");
    need(out != NULL && (n == 0 || gzwrite(out, text, (unsigned)n) == (int)n) && gzclose(out) == Z_OK, "gzip");
    need(unlink(beside(".1")) == 0, "unlink");
}

static void copy(void)
{
    static char text[MOST * LONGEST];
    rename(beside(".1"), beside(".2"));
    size_t n = whole(w.path, text, sizeof text);
    int fd = open(beside(".1"), O_WRONLY | O_CREAT | O_TRUNC, 0600);
    need(fd >= 0 && write(fd, text, n) == (ssize_t)n && close(fd) == 0, "copy");
}

static void cut(void) { need(ftruncate(w.fd, 0) == 0, "truncate"); }

static void cut_and_write(void)
{
    cut();
    lines(2);
}

static void delete_and_create(void)
{
    need(unlink(w.path) == 0, "unlink");
    create();
}

/* A kilobyte that is the same in each file. */
static void head(void)
{
    for (int i = 0; i < 16; i++, w.heads++)
        put("IBM Tivoli Storage Manager Command Line Backup-Archive Client !!\n", 65);
}

static void rotate_with_head(void)
{
    rotate();
    head();
}

static void odd_bytes(void) { make_line(w.half); put(w.half, 41); put("\xC3", 1); }
static void odd_rest(void) { put("\xBC", 1); put(w.half + 41, strlen(w.half) - 42); put("\r", 1); }
static void line_feed(void) { put("\n", 1); }

/* The client prunes: the front goes to the .pru, in the old version by writing the file anew. */
static char pruned[MOST * LONGEST];
static size_t pruned_length;

static size_t front_of(const char *text, size_t n)
{
    size_t front = n / 2;
    while (front > 0 && text[front - 1] != '\n')
        front--;
    return front;
}

static void prune_copy(void)
{
    pruned_length = whole(w.path, pruned, sizeof pruned);
    size_t front = front_of(pruned, pruned_length);
    int fd = open(pru(), O_WRONLY | O_CREAT | O_APPEND, 0600);
    need(fd >= 0 && write(fd, pruned, front) == (ssize_t)front && close(fd) == 0, "pru");
    memmove(pruned, pruned + front, pruned_length - front);
    pruned_length -= front;
}

static void prune_write(void) { put(pruned, pruned_length); }

static void prune_in_place(void)
{
    prune_copy();
    cut();
    prune_write();
}

static void prune_by_rename(void)
{
    prune_copy();
    int fd = open(beside("tmp"), O_WRONLY | O_CREAT | O_TRUNC, 0600);
    need(fd >= 0 && write(fd, pruned, pruned_length) == (ssize_t)pruned_length && close(fd) == 0, "prune");
    need(rename(beside("tmp"), w.path) == 0, "rename");
    create();
}

static void remove_pru(void)
{
    unlink(pru());
}

/* A log that wraps: IBM's words, not a client that was watched. */
static void wrap_lines(unsigned count)
{
    char line[LONGEST], mark[LONGEST];
    for (unsigned i = 0; i < count; i++) {
        unsigned n = w.written;
        size_t length = make_line(line);
        size_t marked = (size_t)snprintf(mark, sizeof mark, "02/17/2031 %02u:%02u:%02u END OF DATA\n", n / 3600 % 24,
                                         n / 60 % 60, n % 60);
        if (w.place + length + 60 > w.limit) {
            size_t end = (size_t)snprintf(mark, sizeof mark, "02/17/2031 %02u:%02u:%02u Continued at beginning of file\n",
                                          n / 3600 % 24, n / 60 % 60, n % 60);
            need(pwrite(w.fd, mark, end, (off_t)w.place) == (ssize_t)end, "pwrite");
            w.place = 0;
            marked = (size_t)snprintf(mark, sizeof mark, "02/17/2031 %02u:%02u:%02u END OF DATA\n", n / 3600 % 24,
                                      n / 60 % 60, n % 60);
        }
        memcpy(line + length, mark, marked);
        need(pwrite(w.fd, line, length + marked, (off_t)w.place) == (ssize_t)(length + marked), "pwrite");
        w.place += length;
    }
}

static void wrap_two(void) { wrap_lines(2); }
static void wrap_three(void) { wrap_lines(3); }
static void wrap_lap(void) { wrap_lines(11); }

static void to_max(void) /* from retention: all goes to the .pru */
{
    pruned_length = whole(w.path, pruned, sizeof pruned);
    int fd = open(pru(), O_WRONLY | O_CREAT | O_APPEND, 0600);
    need(fd >= 0 && write(fd, pruned, pruned_length) == (ssize_t)pruned_length && close(fd) == 0, "pru");
    cut();
    w.place = 0;
}

static void hide_folder(void)
{
    char other[300];
    snprintf(other, sizeof other, "%s-away", w.folder);
    need(rename(w.folder, other) == 0, "rename");
}
static void show_folder(void)
{
    char other[300];
    snprintf(other, sizeof other, "%s-away", w.folder);
    need(rename(other, w.folder) == 0, "rename");
}

static void link_other(void)
{
    need(symlink(beside("-b"), beside("-new")) == 0, "symlink");
    w.fd = (close(w.fd), open(beside("-b"), O_WRONLY | O_CREAT | O_APPEND, 0600));
    need(w.fd >= 0 && rename(beside("-new"), w.path) == 0, "rename");
}

/* The size comes first, what is written later. */
static void grow(void)
{
    struct stat facts;
    make_line(w.half);
    need(fstat(w.fd, &facts) == 0 && ftruncate(w.fd, facts.st_size + (off_t)strlen(w.half)) == 0, "grow");
    w.place = (uint64_t)facts.st_size;
}

static void fill_in(void)
{
    int fd = open(w.path, O_WRONLY); /* not at the end */
    need(fd >= 0 && pwrite(fd, w.half, strlen(w.half), (off_t)w.place) == (ssize_t)strlen(w.half) && close(fd) == 0,
         "fill");
}

static void nothing(void) {}

static const struct scenario {
    const char *name;
    void (*begin)(void);
    void (*deeds[6])(void);
    bool no_append, wraps;
    bool loses; /* lines may be lost, and then a gap says so; else no gap is allowed, ... */
    bool doubt; /* ... but here one may stand though nothing is lost: all that was read may be pruned */
} scenarios[] = {
    {"rename", two, {two, rotate, one, two, rotate, one}, false, false, false, false},
    {"rename-late-writer", two, {one, shift, one, create, two, one}, false, false, false, false},
    {"two-rotations", two, {rotate_and_write, rotate_and_write, one, rotate_and_write, rotate, two}, false, false, false, false},
    {"compress", two, {two, rotate_and_write, compress_one, one, rotate_and_write, compress_one}, false, false, false, false},
    {"two-rotations-compress", two, {rotate_and_write, compress_one, rotate_and_write, one, two, one}, false, false, false, false},
    {"copytruncate", three, {one, copy, one, cut, two, one}, false, false, true, false},
    {"copytruncate-twice", three, {one, copy, cut_and_write, copy, cut_and_write, one}, false, false, true, false},
    {"copytruncate-hole", three, {one, copy, cut, one, two, one}, true, false, true, false},
    {"truncate-regrow", two, {two, cut, many, one, cut, many}, false, false, true, false},
    {"delete-create", two, {two, delete_and_create, two, one, delete_and_create, two}, false, false, true, false},
    {"same-head", head, {two, rotate_with_head, one, two, rotate_with_head, one}, false, false, false, false},
    {"half-line", two, {half, shift, rest, create, two, one}, false, false, false, false},
    {"half-line-over", two, {half, rotate, rest, two, one, one}, false, false, false, false},
    {"odd-cuts", two, {odd_bytes, odd_rest, line_feed, odd_bytes, odd_rest, line_feed}, false, false, false, false},
    {"prune-in-pieces", many, {one, prune_copy, cut, prune_write, one, two}, false, false, false, false},
    {"prune-in-place", many, {two, prune_in_place, one, two, prune_in_place, one}, false, false, false, true},
    {"prune-rotate-prune", many, {one, prune_in_place, rotate_and_write, prune_in_place, one, two}, false, false, true, false},
    {"prune-each-file", two, {rotate_and_write, prune_in_place, rotate_and_write, prune_in_place, one, one}, false, false, true, false},
    {"prune-unread-rotate", two, {many, prune_in_place, rotate_and_write, prune_in_place, one, one}, false, false, true, false},
    {"prune-rename-rotate", two, {many, prune_by_rename, rotate_and_write, prune_by_rename, one, one}, false, false, true, false},
    {"prune-drop-pru", many, {one, prune_in_place, rotate_and_write, remove_pru, prune_in_place, one}, false, false, true, false},
    {"prune-by-rename", many, {two, prune_by_rename, one, two, prune_by_rename, one}, false, false, false, true},
    {"wrap", wrap_three, {wrap_two, wrap_three, wrap_two, wrap_three, wrap_two, wrap_two}, true, true, true, false},
    {"wrap-lapped", wrap_three, {wrap_two, wrap_lap, wrap_two, wrap_lap, wrap_two, wrap_two}, true, true, true, false},
    {"retention-to-max", many, {two, to_max, wrap_two, wrap_three, wrap_two, wrap_three}, true, true, true, false},
    {"folder-away", two, {one, hide_folder, one, show_folder, rotate, one}, false, false, false, false},
    {"symlink", two, {one, link_other, two, one, one, two}, false, false, false, false},
    {"size-first", two, {grow, fill_in, one, grow, fill_in, one}, false, false, false, false},
    {"idle", two, {nothing, one, nothing, two, nothing, one}, false, false, false, false},
};

/* ---- what came out -------------------------------------------------------------------------------- */

static struct {
    int seen[MOST];       /* how often */
    unsigned order[MOST]; /* as they came; UINT_MAX is a gap */
    size_t count;
    unsigned heads, gaps;
    char ids[MOST][40];
} got;

#define A_GAP 0xFFFFFFFFu

static void take_batch(struct follower *follower, const tsmp_batch *batch, void *context)
{
    (void)context;
    const tsmp_view *view = tsmp_batch_view(batch);
    for (uint64_t i = 0; i < view->record_count; i++) {
        const tsmp_record *record = &view->records[i];
        const char *text = view->text + record->text;
        size_t left = record->text_length;
        uint64_t generation, file;
        follower_name(follower, record->offset, &generation, &file);
        got.heads += left > 4 && memcmp(text, "IBM ", 4) == 0;
        for (const char *at; (at = memmem(text, left, "/seq=", 5)) != NULL;) {
            unsigned n = 0;
            left -= (size_t)(at + 5 - text);
            text = at + 5;
            if (left >= 7 && text[6] == '=')
                n = (unsigned)strtoul(text, NULL, 10);
            else
                continue;
            if (n >= MOST || got.count == MOST)
                die("too many lines");
            got.seen[n]++;
            snprintf(got.ids[n], sizeof got.ids[n], "%llu:%llu", (unsigned long long)generation,
                     (unsigned long long)file);
            got.order[got.count++] = n;
        }
    }
}

static void take_run(struct follower *follower, const tsmp_run *run, bool open, void *context)
{
    (void)follower, (void)run, (void)open, (void)context;
}

static void take_gap(struct follower *follower, enum gap_reason reason, void *context)
{
    (void)follower, (void)context, (void)reason;
    got.order[got.count++] = A_GAP;
    got.gaps++;
}

/* Are the lines between these numbers, which did not come, covered by a gap? */
static const char *judge(const struct scenario *scenario)
{
    static char why[200];
    long last = -1;
    bool gap = false;
    for (size_t i = 0; i <= got.count; i++) {
        long n = i < got.count ? (got.order[i] == A_GAP ? -2 : (long)got.order[i]) : (long)w.written;
        if (n == -2) {
            gap = true;
            continue;
        }
        if (n <= last) {
            snprintf(why, sizeof why, "line %ld came behind line %ld", n, last);
            return why;
        }
        if (n > last + 1 && !gap) {
            snprintf(why, sizeof why, "lines %ld to %ld are lost without a word", last + 1, n - 1);
            return why;
        }
        if (n > last + 1 && !scenario->loses) {
            snprintf(why, sizeof why, "lines %ld to %ld are lost", last + 1, n - 1);
            return why;
        }
        last = n;
        gap = false;
    }
    if (got.gaps > 0 && !scenario->loses && !scenario->doubt)
        return "a gap where nothing was lost";
    if (got.heads != w.heads && got.gaps == 0)
        return "the heads of the files came another time";
    return NULL;
}

/* ---- the mixing ------------------------------------------------------------------------------------ */

static char position[320];

static void start(struct follower *follower)
{
    *follower = (struct follower){.path = w.path, .sink = {take_batch, take_run, take_gap, NULL},
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
    *follower = (struct follower){.path = w.path, .sink = {take_batch, take_run, take_gap, NULL},
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
    memset(&got, 0, sizeof got);
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
    nftw(w.folder, remove_one, 8, FTW_DEPTH | FTW_PHYS);
    return judge(scenario);
}

int main(int argc, char **argv)
{
    unsigned every = argc > 1 ? (unsigned)strtoul(argv[1], NULL, 10) : 1, failed = 0;
    char base[64] = "/dev/shm/tsmparse-follow-XXXXXX"; /* in memory: positions are synced thousands of times */
    if (access("/dev/shm", W_OK) != 0)
        snprintf(base, sizeof base, "/tmp/tsmparse-follow-XXXXXX");
    if (every == 0 || mkdtemp(base) == NULL)
        return 2;
    setvbuf(stdout, NULL, _IOLBF, 0);
    int lowest = dup(0);
    close(lowest);
    for (size_t s = 0; s < sizeof scenarios / sizeof *scenarios; s++) {
        const struct scenario *scenario = &scenarios[s];
        unsigned count[2] = {0, 0}, bad = 0, gaps = 0;
        if (argc > 2 && strcmp(argv[2], scenario->name) != 0)
            continue;
        for (int anew = 0; anew < 2; anew++) {
            for (unsigned ways = 0, nth = 0; ways < 1u << 12; ways++) {
                if (__builtin_popcount(ways) != 6 || nth++ % every != (unsigned)(s % every))
                    continue;
                const char *why = mix(scenario, ways, anew != 0, base);
                int next = dup(0);
                close(next);
                if (why == NULL && next != lowest)
                    why = "a file is left open";
                count[anew]++;
                gaps += got.gaps > 0;
                if (why == NULL)
                    continue;
                if (bad++ < 3) {
                    printf("%s, ", scenario->name);
                    for (int i = 0; i < 12; i++)
                        putchar((ways >> i & 1) != 0 ? 'w' : '.');
                    printf("%s: %s; order:", anew ? ", made again" : "", why);
                    for (size_t i = 0; i < got.count; i++)
                        got.order[i] == A_GAP ? printf(" gap") : printf(" %u", got.order[i]);
                    putchar('\n');
                }
            }
        }
        printf("%s %s: %u and %u ways, %u of them with a gap, %u wrong\n", bad > 0 ? "not ok" : "ok", scenario->name,
               count[0], count[1], gaps, bad);
        failed += bad > 0;
    }
    nftw(base, remove_one, 8, FTW_DEPTH | FTW_PHYS);
    return failed > 0;
}
