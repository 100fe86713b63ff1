/* SPDX-License-Identifier: BSD-2-Clause
 * Files as a follower sees them: what it opens, where it finds text again, and which of the files beside
 * the log is which. */
#include "files.h"

#include <zlib.h>

static void set_time(const char *suffix, time_t seconds, long nanoseconds)
{
    const struct timespec times[] = {{seconds, nanoseconds}, {seconds, nanoseconds}};
    assert_int_equal(utimensat(AT_FDCWD, beside(suffix), times, 0), 0);
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
    assert_string_equal(why, "it is a symbolic link to nowhere");
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

/* What packs logs in a way that is not known here: its text is not read, and that is known. */
static void packed_otherwise(void **state)
{
    (void)state;
    static const struct {
        const char *bytes;
        bool foreign;
    } rows[] = {
        {"\xFD" "7zXZ\1\2", true}, {"\x28\xB5\x2F\xFD\x24\x10", true}, {"BZh91A", true}, {"\x04\x22\x4D\x18\x64\x40", true},
        {"\x1F\x9D\x90\x30", true}, {"\xFD" "7zX and text", false}, {"\x28\xB5\x2F and text", false}, {"BZ and text", false},
        {"\x04\x22\x4D and text", false}, {"\x1F and text", false}, {"BZh", true}, {"\x1F\x9D", true},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct follower follower = fresh();
        put_file(".1", rows[i].bytes);
        const char *next = next_text(&follower, NULL);
        if (follower.unreadable != rows[i].foreign || (next[0] == '\0') != rows[i].foreign)
            fail_msg("row %zu: %d '%s'", i, follower.unreadable, next);
        clear(NULL);
    }
}

/* No more is unpacked than the command line allows, to the next piece that is read. */
static void unpacked_at_most(void **state)
{
    (void)state;
    static char text[FOLLOW_CHUNK + 2];
    struct options options = {.max_bytes = FOLLOW_CHUNK};
    struct follower follower = fresh();
    memset(text, 'x', FOLLOW_CHUNK + 1);
    put_packed(".1.gz", text);
    assert_string_equal(next_text(&follower, NULL), "xxxxxxxxxxxxxxx");
    follower.command = &options;
    assert_string_equal(next_text(&follower, NULL), "xxxxxxxxxxxxxxx");
    options.max_bytes--;
    assert_string_equal(next_text(&follower, NULL), "");
}

static void pruned_lines(void **state)
{
    (void)state;
    struct follower follower = fresh();
    char pruned[96];
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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(bytes_of_files, clear),
        cmocka_unit_test_teardown(holds_up_to_a_tail, clear),
        cmocka_unit_test_teardown(finding, clear),
        cmocka_unit_test_teardown(finding_across, clear),
        cmocka_unit_test_teardown(opening, clear),
        cmocka_unit_test_teardown(which_is_next, clear),
        cmocka_unit_test_teardown(which_are_known, clear),
        cmocka_unit_test_teardown(which_holds, clear),
        cmocka_unit_test_teardown(packed_otherwise, clear),
        cmocka_unit_test_teardown(unpacked_at_most, clear),
        cmocka_unit_test_teardown(pruned_lines, clear)};
    return RUN(tests);
}
