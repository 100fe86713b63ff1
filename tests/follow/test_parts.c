/* SPDX-License-Identifier: BSD-2-Clause
 * The parts of a follower one by one, with files as they may be: what of a log may be read, where its
 * text stands, which file beside it is which. How they work together is test_follow's. */
#include "follow.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

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

#define COUNT(list) (sizeof(list) / sizeof *(list))

static char folder[] = "/tmp/tsmparse-parts-XXXXXX";
static char log_path[64];

static const char *beside(const char *suffix)
{
    static char names[4][128];
    static int next;
    char *name = names[next++ % 4];
    snprintf(name, sizeof names[0], "%s%s", log_path, suffix);
    return name;
}

static void write_file(const char *path, const char *bytes, size_t length)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, bytes, length), length);
    assert_int_equal(close(fd), 0);
}

static void put_file(const char *suffix, const char *text)
{
    write_file(beside(suffix), text, strlen(text));
}

static void set_time(const char *suffix, time_t seconds, long nanoseconds)
{
    const struct timespec times[] = {{seconds, nanoseconds}, {seconds, nanoseconds}};
    assert_int_equal(utimensat(AT_FDCWD, beside(suffix), times, 0), 0);
}

static int opened(const char *suffix)
{
    int fd = open(beside(suffix), O_RDONLY);
    assert_true(fd >= 0);
    return fd;
}

static struct follower fresh(void)
{
    struct follower follower = {.path = log_path, .fd = -1, .next_fd = -1, .line = 1};
    follower.options.size = sizeof follower.options;
    for (size_t i = 0; i < FOLLOW_LATE; i++)
        follower.late[i].fd = -1;
    place_new(&follower, 0);
    return follower;
}

static int remove_one(const char *path, const struct stat *facts, int kind, struct FTW *at)
{
    (void)facts;
    (void)kind;
    return at->level > 0 ? remove(path) : 0;
}

static int clear(void **state)
{
    (void)state;
    nftw(folder, remove_one, 8, FTW_DEPTH | FTW_PHYS);
    return 0;
}

/* ---- what may be read --------------------------------------------------------------------------- */

#define S1 "03/14/2031 20:00:01 "
#define S2 "03/14/2031 20:00:02 "
#define OLD "03/10/2031 20:00:02 "
#define END "END OF DATA"
#define ON "Continued at beginning of file"

static void usable(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        bool end, lapped;
        long usable; /* from the end when below 0 */
        bool marker, unmarked;
    } rows[] = {
        {"", true, false, 0, false, false},
        {S1 "a\n", true, false, 22, false, false},
        {S1 "a\n" S2 "b", false, false, 43, false, false},
        {S1 "a\n" S2 END, true, false, 22, false, false},
        {S1 "a\n" S2 END "\n", true, false, 22, false, false},
        {S1 "a\n" S2 END " \t\r\n", true, false, 22, false, false},
        {S1 "a\n" S2 END, false, false, 53, false, false},
        {S1 "a\n" S2 END " x\n", true, false, 56, false, false},
        {S1 "a\n" S2 " x" END "\n", true, false, 56, false, false},
        {S1 "a\n" END "\n", true, false, 34, false, false},
        {S1 "a\n" "x " S2 END "\n", true, false, 56, false, false},
        {S1 "a\n" S2 END "\n" S2 "c\n", true, false, 76, false, false},
        {S1 "a\n" S2 END "\n" OLD "c\n", true, false, 22, false, false},
        {S1 "a\n" S2 END "\n" OLD "c\n" OLD "d\n", false, false, 22, false, false},
        {S1 "a\n" S2 END "x\n" OLD "c\n", true, false, 77, false, false},
        {S1 "a\n" S2 ON "\n", true, false, 73, true, false},
        {S1 "a\n" S2 ON, true, false, 72, false, false},
        {S1 "a\n" S2 ON "\n", false, false, 73, false, false},
        {S1 "a\n" S2 ON "\n" S2 "b\n", true, false, 95, false, false},
        {S1 "a\n" S2 ON "\n" S2 "b\n", true, true, 73, true, false},
        {S1 "a\n" S2 "b\n", true, true, 0, false, true},
        {S1 "a\n" S2 END "\n" OLD "b\n", true, true, 22, false, false},
        {"", true, true, 0, false, true},
    };
    struct follower follower = fresh();
    for (size_t i = 0; i < COUNT(rows); i++) {
        follower.lapped = rows[i].lapped;
        size_t got = lap_usable(&follower, rows[i].text, strlen(rows[i].text), rows[i].end);
        if ((long)got != rows[i].usable || follower.marker_read != rows[i].marker || follower.unmarked != rows[i].unmarked)
            fail_msg("row %zu: %zu %d %d: %s", i, got, follower.marker_read, follower.unmarked, rows[i].text);
    }
    /* A mark is short. */
    char longer[400];
    for (int blanks = 0; blanks < 200; blanks++) {
        int n = snprintf(longer, sizeof longer, S1 "a\n" S2 "%*s" END "%*s\n", blanks / 2, "", blanks - blanks / 2, "");
        bool mark = 20 + blanks / 2 + 11 <= 120 && n - 22 < 160;
        follower.lapped = false;
        assert_int_equal(lap_usable(&follower, longer, (size_t)n, true), mark ? 22 : n);
    }
}

static void holes(void **state)
{
    (void)state;
    static const struct {
        const char *bytes;
        size_t length;
        uint32_t encoding;
        uint64_t stream, at;
        bool utf16_before;
        size_t usable;
        bool utf16;
    } rows[] = {
        {"abc\0def\n", 8, 0, 0, 0, false, 3, false},
        {"\0bc", 3, 0, 0, 0, false, 0, false},
        {"abc\n", 4, 0, 0, 0, false, 4, false},
        {"\xFF\xFE" "a\0", 4, 0, 0, 0, false, 4, true},
        {"\xFE\xFF\0a", 4, 0, 0, 0, false, 4, true},
        {"\xFF\xFE", 2, 0, 0, 0, false, 2, true},
        {"\xFF", 1, 0, 0, 0, false, 1, false},
        {"\xFE\xFE\0\0", 4, 0, 0, 0, false, 2, false},
        {"a\0b\0", 4, TSMP_ENCODING_UTF_16LE, 0, 0, false, 4, false},
        {"\0a\0b", 4, TSMP_ENCODING_UTF_16BE, 0, 0, false, 4, false},
        {"a\0b\0", 4, TSMP_ENCODING_UTF_8, 0, 0, false, 1, false},
        {"a\0b\0", 4, 0, 8, 8, true, 4, true},   /* as it began */
        {"a\0b\0", 4, 0, 8, 0, true, 1, false},  /* another file */
        {"a\0b\0", 4, 0, 0, 8, true, 1, false},  /* another text */
        {"\xFF\xFE" "a\0", 4, 0, 8, 8, false, 3, false},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct follower follower = fresh();
        follower.options.encoding = rows[i].encoding;
        follower.stream = rows[i].stream;
        follower.at = rows[i].at;
        follower.utf16 = rows[i].utf16_before;
        size_t got = lap_usable(&follower, rows[i].bytes, rows[i].length, true);
        if (got != rows[i].usable || follower.utf16 != rows[i].utf16)
            fail_msg("row %zu: %zu %d", i, got, follower.utf16);
    }
}

/* ---- logs that wrap ------------------------------------------------------------------------------ */

#define NEW4 "03/14/2031 20:00:01 a\n03/14/2031 20:00:02 b\n03/14/2031 20:00:03 c\n"
#define OLD4 "03/10/2031 20:00:01 d\n03/10/2031 20:00:02 e\n03/10/2031 20:00:03 f\n"

static void laps(void **state)
{
    (void)state;
    put_file("", NEW4 S2 END "\n" OLD4);
    int fd = opened("");
    assert_int_equal(lap_seam(fd), strlen(NEW4 S2 END "\n"));
    close(fd);
    put_file("", NEW4);
    fd = opened("");
    assert_int_equal(lap_seam(fd), 0);
    /* Has the client begun again at the front? */
    struct follower follower = fresh();
    enum step step = STEP_IDLE;
    follower.fd = fd;
    follower.at_end = true;
    follower.head_length = 30;
    memcpy(follower.head, NEW4, 30);
    assert_false(lap_begun(&follower, &step));
    assert_int_equal(step, STEP_IDLE);
    follower.head[29] ^= 1;
    assert_true(lap_begun(&follower, &step));
    assert_int_equal(step, STEP_WORK);
    follower.left = true;
    assert_false(lap_begun(&follower, &step));
    follower.left = false;
    follower.at_end = false;
    assert_false(lap_begun(&follower, &step));
    follower.at_end = true;
    follower.fd = -1;
    assert_false(lap_begun(&follower, &step));
    close(fd);
    put_file("", "short");
    follower.fd = opened("");
    assert_true(lap_begun(&follower, &step));
    close(follower.fd);
}

/* The client wrote over all but the last bytes of what was read. */
static void left_of_a_lap(void **state)
{
    (void)state;
    static const char front[] = NEW4 S2 END "\n";
    size_t new_length = sizeof front - 1, old_length = strlen(OLD4);
    put_file("", NEW4 S2 END "\n" OLD4);
    char now[300], tail[300];
    snprintf(now, sizeof now, "%s%s", front, OLD4);
    memset(tail, 'x', sizeof tail);
    memcpy(tail + new_length, OLD4, old_length);
    struct follower follower = fresh();
    size_t all = new_length + old_length;
    follower.fd = opened("");
    follower.at = all;
    assert_int_equal(lap_left(&follower, now, tail, all), old_length);
    for (size_t same = 20; same < 30; same++) /* too few bytes may stand anywhere */
        assert_int_equal(lap_left(&follower, now, memset(tail, 'x', all - same), all), 0);
    follower.left = true;
    memcpy(tail + new_length, OLD4, old_length);
    assert_int_equal(lap_left(&follower, now, tail, all), 0);
    follower.left = false;
    follower.at = all - 1; /* behind the seam there are fewer bytes than are the same */
    assert_int_equal(lap_left(&follower, now, tail, all), 0);
    close(follower.fd);
}

/* ---- bytes of files ------------------------------------------------------------------------------ */

static void bytes_of_files(void **state)
{
    (void)state;
    char bytes[64];
    put_file("", "0123456789abcdefghijklmnopqrstuvwxyz");
    int fd = opened("");
    assert_int_equal(file_read(fd, bytes, 4, 2), 4);
    assert_memory_equal(bytes, "2345", 4);
    assert_int_equal(file_read(fd, bytes, 10, 33), 3);
    assert_int_equal(file_read(fd, bytes, 10, 36), 0);
    assert_int_equal(file_read(-1, bytes, 10, 0), -1);
    assert_true(file_holds(fd, 4, "0123", 4));
    assert_true(file_holds(fd, 4, "", 0));
    assert_false(file_holds(fd, 4, "0124", 4));
    assert_false(file_holds(fd, 3, "0123", 4));
    assert_false(file_holds(fd, 40, "yz", 2));
    close(fd);
    assert_true(hash_of("", 0) == UINT64_C(0xCBF29CE484222325));
    assert_true(hash_of("a", 1) == UINT64_C(0xAF63DC4C8601EC8C)); /* FNV-1a's own */
    assert_true(hash_of("foobar", 6) == UINT64_C(0x85944171F73967E8));
}

static void holds_up_to_a_tail(void **state)
{
    (void)state;
    static char big[FOLLOW_TAIL + 2];
    memset(big, 'x', sizeof big);
    write_file(log_path, big, sizeof big);
    int fd = opened("");
    assert_true(file_holds(fd, sizeof big, big, FOLLOW_TAIL));
    assert_false(file_holds(fd, sizeof big, big, FOLLOW_TAIL + 1));
    close(fd);
}

static uint64_t found_in(const char *text, const char *bytes)
{
    put_file("", text);
    int fd = opened("");
    uint64_t found = file_find(fd, bytes, strlen(bytes));
    close(fd);
    return found;
}

static void finding(void **state)
{
    (void)state;
#define LINE "the line that is looked for\n"
    assert_int_equal(found_in(LINE "x", LINE), strlen(LINE));
    assert_int_equal(found_in("abc" LINE "x", LINE), 3 + strlen(LINE));
    assert_int_equal(found_in(LINE LINE "x", LINE), 2 * strlen(LINE)); /* the last one */
    assert_int_equal(found_in("other", LINE), 0);
    assert_int_equal(found_in("0123456789012345678901234", "012345678901234567890123"), 24);
    assert_int_equal(found_in("0123456789012345678901234", "01234567890123456789012"), 0); /* too short */
    /* The front was cut off: what is left begins the file, and a line of what was read. */
    assert_int_equal(found_in(LINE "more", "gone\n" LINE), strlen(LINE));
    assert_int_equal(found_in(LINE "more", "gone" LINE), 0);
    assert_int_equal(found_in("0123456789012345678901234", "x\n012345678901234567890123"), 24);
    assert_int_equal(found_in("0123456789012345678901234", "xyzu\n01234567890123456789012"), 0);
    assert_int_equal(found_in("aaaaaaaaaaaaaaaaaaaaaaaaaaaa", "aaaaaaaaaaaaaaaaaaaaaaaaa"), 28); /* they overlap */
    int fd = open(folder, O_RDONLY);
    assert_int_equal(file_find(fd, LINE, strlen(LINE)), 0);
    close(fd);
}

/* Across the pieces that are read, at each place of the seam. */
static void finding_across(void **state)
{
    (void)state;
    static char text[FOLLOW_CHUNK * 2];
    for (int by = -30; by <= 2; by++) {
        memset(text, '.', sizeof text);
        size_t at = (size_t)(FOLLOW_CHUNK + by);
        memcpy(text + at, LINE, strlen(LINE));
        write_file(log_path, text, sizeof text);
        int fd = opened("");
        assert_int_equal(file_find(fd, LINE, strlen(LINE)), at + strlen(LINE));
        close(fd);
    }
    static char tail[FOLLOW_TAIL + 2];
    memset(tail, '.', sizeof tail);
    int fd = opened("");
    assert_true(file_find(fd, tail, FOLLOW_TAIL) > 0);
    assert_int_equal(file_find(fd, tail, FOLLOW_TAIL + 1), 0);
    close(fd);
}

static void opening(void **state)
{
    (void)state;
    struct follower follower = fresh();
    struct stat facts;
    const char *why = "unset";
    assert_int_equal(file_open(&follower, beside("none"), &facts, &why), -1);
    assert_null(why);
    assert_int_equal(file_open(&follower, folder, &facts, &why), -1);
    assert_string_equal(why, "it is no regular file");
    put_file("", "x");
    int fd = file_open(&follower, log_path, &facts, &why);
    assert_true(fd >= 0 && why == NULL && facts.st_size == 1);
    assert_true(follower.owner_known && follower.owner == geteuid());
    close(fd);
    assert_int_equal(symlink(log_path, beside(".link")), 0);
    fd = file_open(&follower, beside(".link"), &facts, &why);
    assert_true(fd >= 0);
    close(fd);
    assert_int_equal(symlink(beside("nowhere"), beside(".dangling")), 0);
    assert_int_equal(file_open(&follower, beside(".dangling"), &facts, &why), -1);
    assert_null(why);
    assert_int_equal(mkfifo(beside(".fifo"), 0600), 0);
    assert_int_equal(file_open(&follower, beside(".fifo"), &facts, &why), -1);
    assert_string_equal(why, "it is no regular file");
    if (geteuid() != 0)
        return;
    /* Of another owner than before: only root's and our own. */
    assert_int_equal(chown(log_path, 1000, 1000), 0);
    assert_int_equal(file_open(&follower, log_path, &facts, &why), -1);
    assert_string_equal(why, "its owner is another one than before");
    follower.owner = 1000;
    fd = file_open(&follower, log_path, &facts, &why);
    assert_true(fd >= 0 && follower.owner == 1000);
    close(fd);
    assert_int_equal(lchown(beside(".link"), 1000, 1000), 0); /* the file's own owner may link to it */
    fd = file_open(&follower, beside(".link"), &facts, &why);
    assert_true(fd >= 0);
    close(fd);
    assert_int_equal(lchown(beside(".link"), 1001, 1001), 0);
    assert_int_equal(file_open(&follower, beside(".link"), &facts, &why), -1);
    assert_string_equal(why, "it is a symbolic link of a stranger");
}

/* ---- places ------------------------------------------------------------------------------------- */

static void places(void **state)
{
    (void)state;
    struct follower follower = fresh();
    uint64_t generation, file;
    for (uint64_t i = 1; i < 2 * FOLLOW_PLACES; i++) {
        assert_int_equal(follower_place(&follower)->generation, i);
        follower.stream = 100 * i;
        follower.crc = 1;
        follower.head_length = 5;
        follower.lapped = follower.at_end = follower.told = true;
        follower.doubt = follower.quiet = follower.hole = follower.stuck = 2;
        place_new(&follower, i % 2 == 0 ? 0 : 1000 + i);
        assert_true(follower.crc_good == (i % 2 == 0) && follower.crc == 0 && follower.head_length == 0);
        assert_true(!follower.lapped && !follower.at_end && !follower.told);
        assert_int_equal(follower.doubt + follower.quiet + follower.hole + follower.stuck, 0);
        assert_int_equal(follower.at, i % 2 == 0 ? 0 : 1000 + i);
        assert_int_equal(follower.place_count, i + 1 < FOLLOW_PLACES ? i + 1 : FOLLOW_PLACES);
        follower_name(&follower, 100 * i + 7, &generation, &file);
        assert_true(generation == i + 1 && file == (i % 2 == 0 ? 0 : 1000 + i) + 7);
        follower_name(&follower, 100 * i, &generation, &file);
        assert_int_equal(generation, i + 1);
        follower_name(&follower, 100 * i - 1, &generation, &file);
        assert_int_equal(generation, i);
    }
    follower.place_count = 1;
    follower.places[0] = (struct place){.generation = 3, .stream = 100, .file = 50, .removed = 20};
    assert_int_equal(place_in_file(&follower, 130), 60);
}

/* Bytes in front of the place that are in the present file. */
static void tails(void **state)
{
    (void)state;
    static char recent[20000];
    static const struct {
        uint64_t stream, recent, place_stream, file, removed;
        size_t length;
    } rows[] = {
        {0, 0, 0, 0, 0, 0},       {10, 10, 0, 0, 0, 10},   {10, 4, 0, 0, 0, 4},       {5000, 5000, 0, 0, 0, 4096},
        {4096, 4096, 0, 0, 0, 4096}, {4097, 4097, 0, 0, 0, 4096}, {5000, 5000, 4000, 0, 0, 1000},
        {5000, 5000, 5000, 0, 0, 0}, {5000, 5000, 4999, 7, 0, 1}, {5000, 5000, 0, 0, 4500, 500}, {5000, 5000, 0, 0, 904, 4096},
        {5000, 5000, 0, 0, 905, 4095}, {5000, 5000, 4000, 600, 700, 900}, {5000, 5000, 4000, 600, 600, 1000},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct follower follower = fresh();
        const char *bytes = NULL;
        follower.recent = recent;
        follower.stream = rows[i].stream;
        follower.recent_length = rows[i].recent;
        follower.places[0] = (struct place){.generation = 1, .stream = rows[i].place_stream, .file = rows[i].file,
                                            .removed = rows[i].removed};
        size_t length = feed_tail(&follower, &bytes);
        if (length != rows[i].length)
            fail_msg("row %zu: %zu", i, length);
        if (length > 0)
            assert_ptr_equal(bytes + length, recent + rows[i].recent);
    }
}

/* ---- files beside the log ------------------------------------------------------------------------- */

static void put_packed(const char *suffix, const char *text)
{
    gzFile packed = gzopen(beside(suffix), "wb");
    assert_non_null(packed);
    assert_int_equal(gzputs(packed, text), strlen(text));
    assert_int_equal(gzclose(packed), Z_OK);
}

/* The first bytes of the file that is next, "" = none. */
static const char *next_text(struct follower *follower, const struct stat *current)
{
    static char text[16];
    struct stat facts;
    bool unpacked;
    int fd = beside_between(follower, current, &facts, &unpacked);
    memset(text, 0, sizeof text);
    if (fd >= 0) {
        assert_true(file_read(fd, text, sizeof text - 1, 0) >= 0);
        close(fd);
    }
    return text;
}

struct file {
    const char *suffix, *text;
    time_t time;
    long nanoseconds;
    bool packed;
};

static void which_is_next(void **state)
{
    (void)state;
    static const struct {
        struct file files[4];
        const char *next;
    } rows[] = {
        {{{".1", "one", 20}}, "one"},
        {{{".1", "one", 9}}, ""},                  /* written before ours */
        {{{".1", "one", 10}}, "one"},
        {{{".1", "one", 10, 4}}, ""},
        {{{".1", "one", 10, 5}}, "one"},
        {{{".1", "one", 20}, {".2", "two", 30}}, "two"},  /* by number, not by time */
        {{{".9", "nine", 20}, {".10", "ten", 30}}, "ten"},
        {{{".999", "old", 30}, {".1", "one", 20}}, "old"},
        {{{"-20310217", "one", 30}, {"-20310218", "two", 20}}, "one"},
        {{{"-20310217", "one", 30}, {"-1", "two", 20}}, "two"},
        {{{"-2031", "one", 30}, {"-20310218", "two", 20}}, "two"},
        {{{"-20310217.gz", "one", 30, 0, true}, {"-20310218.gz", "two", 20, 0, true}}, "one"},
        {{{".1.gz", "one", 20, 0, true}, {".2.gz", "two", 30, 0, true}}, "two"},
        {{{".1", "one", 20}, {".2.gz", "two", 30, 0, true}}, "two"},
        {{{".a", "one", 20, 7}, {".b", "two", 20, 6}}, "two"},
        {{{".a", "one", 20}, {".b", "two", 30}}, "one"},
        {{{".a", "one", 30}, {".b", "two", 20}}, "two"},
        {{{"x", "one", 20}}, ""},                  /* another name */
        {{{".token", "one", 20}}, ""},
        {{{".token.1", "one", 20}}, ""},
        {{{"_1", "one", 20}}, "one"},
        {{{"~", "one", 20}}, "one"},
        {{{".1", "", 20}}, ""},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        clear(NULL);
        struct follower follower = fresh();
        struct stat facts;
        put_file("", "log");
        set_time("", 10, 5);
        follower.fd = opened("");
        assert_int_equal(fstat(follower.fd, &facts), 0);
        follower.id = (struct identity){facts.st_dev, facts.st_ino};
        for (size_t k = 0; k < 4 && rows[i].files[k].suffix != NULL; k++) {
            const struct file *file = &rows[i].files[k];
            file->packed ? put_packed(file->suffix, file->text) : put_file(file->suffix, file->text);
            set_time(file->suffix, file->time, file->nanoseconds != 0 ? file->nanoseconds : 5);
        }
        if (strcmp(next_text(&follower, &facts), rows[i].next) != 0)
            fail_msg("row %zu: '%s'", i, next_text(&follower, &facts));
        close(follower.fd);
    }
}

/* Files that were there before, are at the path or were read, also as a copy, are not read again. */
static void which_are_known(void **state)
{
    (void)state;
    struct follower follower = fresh();
    struct stat facts, other;
    put_file("", "log");
    put_file(".1", "one and some more");
    beside_learn(&follower);
    assert_int_equal(follower.known_count, 1);
    assert_string_equal(next_text(&follower, NULL), "");
    put_file(".1", "one and some more, added"); /* the same file, grown */
    assert_string_equal(next_text(&follower, NULL), "");
    put_file(".1", "another text"); /* its number was used again */
    assert_string_equal(next_text(&follower, NULL), "another text");
    assert_int_equal(stat(beside(".1"), &other), 0);
    assert_string_equal(next_text(&follower, &other), ""); /* that is at the path now */
    other.st_ino++;
    assert_string_equal(next_text(&follower, &other), "another text");
    other.st_ino--;
    other.st_dev++;
    assert_string_equal(next_text(&follower, &other), "another text");
    /* Ours was read: a copy of it is known by all its bytes, also compressed, also with more behind. */
    follower.fd = opened("");
    assert_int_equal(fstat(follower.fd, &facts), 0);
    follower.id = (struct identity){facts.st_dev, facts.st_ino};
    follower.at = follower.head_length = 3;
    memcpy(follower.head, "log", 3);
    follower.crc = (uint32_t)crc32(0, (const Bytef *)"log", 3);
    follower.crc_good = true;
    remove(beside(".1"));
    size_t count = follower.known_count;
    beside_read(&follower);
    beside_read(&follower); /* twice is once */
    assert_int_equal(follower.known_count, count + 1);
    put_file(".2", "log");
    assert_string_equal(next_text(&follower, NULL), "");
    assert_true(follower.own_seen);
    put_file(".2", "logs");
    assert_string_equal(next_text(&follower, NULL), "");
    put_file(".2", "lag");
    assert_string_equal(next_text(&follower, NULL), "lag");
    assert_false(follower.own_seen);
    put_file(".2", "lo");
    assert_string_equal(next_text(&follower, NULL), "lo");
    remove(beside(".2"));
    put_packed(".2.gz", "log");
    assert_string_equal(next_text(&follower, NULL), "");
    assert_true(follower.own_seen);
    put_packed(".2.gz", "logging");
    assert_string_equal(next_text(&follower, NULL), "");
    put_packed(".2.gz", "lugging");
    assert_string_equal(next_text(&follower, NULL), "lugging");
    follower.at = 2; /* read anew: what was known before stays */
    follower.crc = 7;
    beside_read(&follower);
    assert_int_equal(follower.known_count, count + 2);
    put_packed(".2.gz", "log");
    assert_string_equal(next_text(&follower, NULL), "");
    assert_false(follower.own_seen); /* the last one is another */
    follower.crc_good = false;
    beside_read(&follower);
    assert_int_equal(follower.known_count, count + 3);
    for (uint64_t i = 0; i < 2 * FOLLOW_KNOWN; i++) {
        follower.at = 1000 + i;
        beside_read(&follower);
        assert_true(follower.known_count <= FOLLOW_KNOWN);
        assert_int_equal(follower.known[follower.known_count - 1].length, 1000 + i);
    }
    assert_int_equal(follower.known[0].length, 1000 + FOLLOW_KNOWN);
    close(follower.fd);
}

static void which_holds(void **state)
{
    (void)state;
    struct follower follower = fresh();
    struct stat facts, log;
    bool unpacked;
    char text[] = "the text that was read so far";
    uint64_t length = sizeof text - 1;
    put_file("", text);
    assert_int_equal(stat(log_path, &log), 0);
    follower.id = (struct identity){log.st_dev, log.st_ino};
    follower.recent = text;
    follower.recent_length = (size_t)length;
    follower.stream = follower.at = length;
    assert_int_equal(beside_holds(&follower, length, false, &facts, &unpacked), -1);
    put_file(".1", "the text that was read so far, and more");
    int fd = beside_holds(&follower, length, false, &facts, &unpacked);
    assert_true(fd >= 0 && !unpacked);
    close(fd);
    assert_int_equal(beside_holds(&follower, length, true, &facts, &unpacked), -1); /* not the same file */
    assert_int_equal(beside_holds(&follower, length + 1, false, &facts, &unpacked), -1);
    remove(beside(".1"));
    assert_int_equal(rename(log_path, beside(".1")), 0);
    fd = beside_holds(&follower, length, true, &facts, &unpacked);
    assert_true(fd >= 0 && facts.st_ino == log.st_ino);
    close(fd);
    follower.recent_length = 0; /* nothing of it was read: only the file itself can be it, from its front */
    follower.stream = 0;
    fd = beside_holds(&follower, 0, true, &facts, &unpacked);
    assert_true(fd >= 0);
    close(fd);
    assert_int_equal(beside_holds(&follower, 1, true, &facts, &unpacked), -1);
    assert_int_equal(beside_holds(&follower, 0, false, &facts, &unpacked), -1);
    follower.recent_length = (size_t)length;
    follower.stream = length;
    remove(beside(".1"));
    put_packed(".1.gz", "the text that was read so far, and more");
    fd = beside_holds(&follower, length, false, &facts, &unpacked);
    assert_true(fd >= 0 && unpacked);
    close(fd);
}

static void pruned_lines(void **state)
{
    (void)state;
    struct follower follower = fresh();
    char pruned[64];
    assert_int_equal(beside_pruned(&follower), 0);
    snprintf(pruned, sizeof pruned, "%s/dsmsched.pru", folder);
    write_file(pruned, "x", 1);
    uint64_t first = beside_pruned(&follower);
    assert_true(first != 0);
    const struct timespec times[2][2] = {{{100, 7}, {100, 7}}, {{100, 8}, {100, 8}}};
    assert_int_equal(utimensat(AT_FDCWD, pruned, times[0], 0), 0);
    uint64_t second = beside_pruned(&follower);
    assert_int_equal(utimensat(AT_FDCWD, pruned, times[1], 0), 0);
    uint64_t third = beside_pruned(&follower);
    assert_true(first != second && second != third);
    assert_int_equal(utimensat(AT_FDCWD, pruned, times[0], 0), 0);
    assert_true(beside_pruned(&follower) == second);
    write_file(pruned, "xy", 2);
    assert_int_equal(utimensat(AT_FDCWD, pruned, times[0], 0), 0);
    assert_true(beside_pruned(&follower) != second);
    follower.path = "no-dot-and-no-such-file";
    assert_int_equal(beside_pruned(&follower), 0);
}

/* ---- from one file to the next ---------------------------------------------------------------------- */

static void taking(void **state)
{
    (void)state;
    struct follower follower = fresh();
    struct stat facts;
    put_file("", "log");
    put_file(".1", "one");
    follower.next_fd = opened("");
    assert_int_equal(fstat(follower.next_fd, &follower.next), 0);
    follower.lost = follower.emptied = follower.told = true;
    int fd = opened(".1");
    assert_int_equal(fstat(fd, &facts), 0);
    place_take(&follower, fd, &facts, true, false);
    assert_true(follower.fd == fd && follower.left && !follower.unpacked && follower.next_fd >= 0);
    assert_true(!follower.lost && !follower.emptied && !follower.told);
    assert_true(follower.id.dev == facts.st_dev && follower.id.ino == facts.st_ino);
    place_drop(&follower);
    assert_int_equal(follower.fd, -1);
    assert_int_equal(fcntl(fd, F_GETFD), -1);
    place_drop(&follower);
    fd = opened("");
    assert_int_equal(fstat(fd, &facts), 0);
    place_take(&follower, fd, &facts, false, true); /* the next one is this one */
    assert_true(follower.next_fd == -1 && !follower.left && follower.unpacked);
    follower.at = 2000;
    place_head(&follower);
    assert_int_equal(follower.head_length, 3);
    follower.at = 2;
    place_head(&follower);
    assert_int_equal(follower.head_length, 2);
    place_drop(&follower);
}

int main(void)
{
    if (mkdtemp(folder) == NULL)
        return 2;
    snprintf(log_path, sizeof log_path, "%s/dsmsched.log", folder);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(usable, clear),          cmocka_unit_test_teardown(holes, clear),
        cmocka_unit_test_teardown(laps, clear),            cmocka_unit_test_teardown(left_of_a_lap, clear),
        cmocka_unit_test_teardown(bytes_of_files, clear),  cmocka_unit_test_teardown(holds_up_to_a_tail, clear),
        cmocka_unit_test_teardown(finding, clear),         cmocka_unit_test_teardown(finding_across, clear),
        cmocka_unit_test_teardown(opening, clear),         cmocka_unit_test_teardown(places, clear),
        cmocka_unit_test_teardown(tails, clear),           cmocka_unit_test_teardown(which_is_next, clear),
        cmocka_unit_test_teardown(which_are_known, clear), cmocka_unit_test_teardown(which_holds, clear),
        cmocka_unit_test_teardown(pruned_lines, clear),    cmocka_unit_test_teardown(taking, clear)};
    int result = cmocka_run_group_tests(tests, NULL, NULL);
    rmdir(folder);
    return result;
}
