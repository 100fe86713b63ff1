/* SPDX-License-Identifier: BSD-2-Clause
 * The position of a follower in its file: all of it comes back, and what no follower has written is
 * refused. */
#include "files.h"

#include <errno.h>
#include <signal.h>
#include <sys/resource.h>
#include <zlib.h>

/* ---- the place in a file ------------------------------------------------------------------------- */

/* A follower that has read a line and a half, with all that a position keeps set to something. */
static struct follower halfway(void)
{
    struct follower follower = fresh();
    static const char text[] = S1 "a\n" S2 "b and no";
    follower.sink = nowhere;
    assert_true(feed_begin(&follower));
    assert_true(feed_bytes(&follower, text, sizeof text - 1));
    follower.id = (struct identity){UINT64_MAX, 7};
    follower.lost = follower.utf16 = follower.lapped = follower.at_end = follower.gap_next = true;
    follower.emptied = follower.told = follower.owner_known = true;
    follower.gap = GAP_REASONS - 1;
    follower.pruned = UINT64_MAX;
    follower.cut = (struct identity){3, UINT64_MAX};
    follower.owner = UINT64_MAX;
    follower.places[0] = (struct place){.generation = 3, .stream = 0, .file = 20, .removed = 5};
    follower.places[follower.place_count++] = (struct place){.generation = 4, .stream = 10, .file = 0, .removed = 20};
    for (size_t i = 0; i < FOLLOW_KNOWN; i++)
        follower.known[i] = (struct known){{UINT64_MAX, i}, 256, UINT64_MAX, UINT64_MAX, UINT32_MAX, i % 2 == 0};
    follower.known_count = FOLLOW_KNOWN;
    for (size_t i = 0; i < FOLLOW_PRINTED; i++)
        follower.printed[i] = (struct printed){i, UINT64_MAX, UINT32_MAX, UINT32_MAX};
    follower.printed_count = FOLLOW_PRINTED;
    return follower;
}

static void positions(void **state)
{
    (void)state;
    struct follower one = halfway(), other = {.path = log_path, .sink = nowhere};
    other.options.size = sizeof other.options;
    const char *path = beside(".position");
    assert_true(position_save(&one, path));
    assert_int_equal(position_load(&other, path), TSMP_OK);
    assert_int_equal(access(beside(".position.new"), F_OK), -1);
    assert_true(other.id.dev == one.id.dev && other.id.ino == one.id.ino && other.cut.dev == 3 && other.cut.ino == UINT64_MAX);
    assert_true(other.lost && other.utf16 && other.lapped && other.at_end && other.gap_next && other.emptied && other.told);
    assert_true(other.gap == one.gap && other.pruned == one.pruned && other.owner_known && other.owner == one.owner);
    assert_true(other.boundary == 22 && other.stream == one.stream && other.line == 2 && !other.foreign);
    assert_int_equal(other.place_count, 2);
    assert_memory_equal(other.places, one.places, 2 * sizeof *one.places);
    assert_int_equal(other.known_count, FOLLOW_KNOWN);
    for (size_t i = 0; i < FOLLOW_KNOWN; i++)
        assert_true(other.known[i].id.ino == i && other.known[i].id.dev == UINT64_MAX && other.known[i].head_length == 256 &&
                    other.known[i].crc == UINT32_MAX && other.known[i].read == (i % 2 == 0));
    assert_int_equal(other.printed_count, FOLLOW_PRINTED);
    assert_memory_equal(other.printed, one.printed, sizeof one.printed);
    assert_int_equal(other.recent_length, one.recent_length);
    assert_memory_equal(other.recent, one.recent, one.recent_length);
    assert_int_equal(other.head_length, one.head_length);
    assert_memory_equal(other.head, one.head, one.head_length);
    assert_true(other.fd == -1 && other.next_fd == -1 && other.late[FOLLOW_LATE - 1].fd == -1 && other.at == 0);
    follower_free(&one);
    follower_free(&other);
}

/* The n-th number of the line that begins with this word is another one; the checksum is right. */
static int32_t load_with(const char *saved, const char *word, int nth, const char *value, char error[256])
{
    static char changed[20000];
    char line[64];
    snprintf(line, sizeof line, "\n%s ", word);
    const char *at = strstr(saved, line) + 1;
    for (int i = 0; i <= nth; i++)
        at += strcspn(at, " ") + 1;
    size_t body = (size_t)(strstr(saved, "\nend ") + 1 - saved);
    int head = (int)(at - saved), rest = (int)strcspn(at, " \n");
    int length = snprintf(changed, sizeof changed, "%.*s%s%.*s", head, saved, value, (int)body - head - rest, at + rest);
    length += snprintf(changed + length, sizeof changed - (size_t)length, "end %08lx\n", crc32(0, (const Bytef *)changed, (uInt)length));
    write_file(beside(".position"), changed, (size_t)length);
    struct follower follower = {.path = log_path, .sink = nowhere};
    follower.options.size = sizeof follower.options;
    int32_t status = position_load(&follower, beside(".position"));
    snprintf(error, 256, "%s", follower.error);
    follower_free(&follower);
    return status;
}

static void numbers_of_a_position(void **state)
{
    (void)state;
    static const struct {
        const char *word;
        int nth;
        const char *most, *more;
    } rows[] = {
        {"file", 0, "18446744073709551615", "18446744073709551616"}, {"file", 1, "18446744073709551615", "18446744073709551620"},
        {"file", 2, "1", "2"}, {"state", 3, "1", "2"}, {"state", 4, "1", "2"}, {"state", 5, "1", "2"}, {"state", 6, "1", "2"},
        {"state", 7, "4", "5"}, {"state", 8, "1", "2"}, {"state", 9, "1", "2"}, {"pruned", 0, "18446744073709551615", "x"},
        {"cut", 0, "18446744073709551615", "184467440737095516150"}, {"cut", 1, "0", ""}, {"owner", 0, "1", "2"}, {"owner", 1, "0", "-1"},
        {"places", 1, "9223372036854775807", "9223372036854775808"}, {"places", 2, "0", "11"}, {"places", 3, "9223372036854775000", "9223372036854775808"},
        {"places", 4, "70", "71"}, {"places", 6, "20", "99"}, {"places", 8, "40", "41"}, {"places", 0, "2", "1"}, {"places", 0, "2", "0"},
        {"places", 0, "2", "9"}, {"known", 3, "256", "257"}, {"known", 6, "4294967295", "4294967296"}, {"known", 7, "1", "2"},
        {"known", 0, "64", "65"}, {"printed", 0, "16", "17"}, {"printed", 3, "4294967295", "4294967296"}, {"printed", 4, "4294967295", "4294967296"},
        {"options", 1, "3", "4294967296"}, {"tail", 0, "22", "21"}, {"held", 0, "28", "27"}, {"held", 0, "28", "29"},
        {"state", 1, "50", "9223372036854775807"}, {"state", 1, "50", "21"}, {"state", 0, "22", "9223372036854775808"},
    };
    struct follower one = halfway();
    char saved[20000], error[256];
    assert_true(position_save(&one, beside(".position")));
    int fd = opened(".position");
    long length = file_read(fd, saved, sizeof saved - 1, 0);
    assert_in_range(length, 1000, sizeof saved - 2);
    saved[length] = '\0';
    close(fd);
    follower_free(&one);
    for (size_t i = 0; i < COUNT(rows); i++) {
        (void)load_with(saved, rows[i].word, rows[i].nth, rows[i].most, error);
        if (strcmp(error, "it is damaged") == 0)
            fail_msg("row %zu: %s %s is refused", i, rows[i].word, rows[i].most);
        if (load_with(saved, rows[i].word, rows[i].nth, rows[i].more, error) != TSMP_E_TOKEN || strcmp(error, "it is damaged") != 0)
            fail_msg("row %zu: %s %s is taken: %s", i, rows[i].word, rows[i].more, error);
    }
    /* A byte that is another one, nearly anywhere, and the end that is missing. */
    struct follower follower;
    for (long at = 0; at <= length; at += at < 40 || at > length - 40 ? 1 : 7) {
        char before = saved[at];
        if (at < length)
            saved[at] ^= 1;
        write_file(beside(".position"), saved, at < length ? (size_t)length : (size_t)length - 1);
        follower = (struct follower){.path = log_path, .sink = nowhere};
        assert_int_equal(position_load(&follower, beside(".position")), TSMP_E_TOKEN);
        assert_string_equal(follower.error, at < 16   ? "it is no position"
                                            : at < 18 ? "it is of another version of tsmparse" : "it is damaged");
        follower_free(&follower);
        saved[at] = before;
    }
    write_file(beside(".position"), saved, (size_t)length);
    assert_int_equal(chmod(beside(".position"), 0620), 0);
    follower = (struct follower){.path = log_path, .sink = nowhere};
    assert_int_equal(position_load(&follower, beside(".position")), TSMP_E_TOKEN);
    assert_string_equal(follower.error, "others may have written it");
    follower = (struct follower){.path = "/of/another.log", .sink = nowhere};
    assert_int_equal(chmod(beside(".position"), 0600), 0);
    assert_int_equal(position_load(&follower, beside(".position")), TSMP_E_TOKEN);
    assert_string_equal(follower.error, "it is of another log");
    follower = (struct follower){.path = log_path, .sink = nowhere};
    assert_int_equal(position_load(&follower, folder), TSMP_E_TOKEN);
    assert_string_equal(follower.error, "it is no position");
    assert_int_equal(position_load(&follower, beside(".none")), TSMP_END);
    /* One that was left by a follower that was killed is in no one's way; a folder is. */
    follower = halfway();
    put_file(".position.new", "half");
    assert_true(position_save(&follower, beside(".position")));
    assert_int_equal(mkdir(beside(".position.new"), 0700), 0);
    assert_false(position_save(&follower, beside(".position")));
    assert_true(follower.failed);
    follower_free(&follower);
}

/* Nothing was read yet: no number can be told by those that follow from it. */
static void position_of_nothing(void **state)
{
    (void)state;
    struct follower follower = fresh();
    char saved[2000], error[256];
    follower.sink = nowhere;
    assert_true(feed_begin(&follower));
    assert_true(position_save(&follower, beside(".position")));
    follower_free(&follower);
    int fd = opened(".position");
    long length = file_read(fd, saved, sizeof saved - 1, 0);
    close(fd);
    assert_in_range(length, 100, sizeof saved - 2);
    saved[length] = '\0';
    assert_int_equal(load_with(saved, "state", 1, "0", error), TSMP_OK);
    assert_int_equal(load_with(saved, "state", 1, "9223372036854775808", error), TSMP_E_TOKEN);
    assert_string_equal(error, "it is damaged");
}

/* A path as long as the reader takes, and one more: none of them can be opened. */
static void long_paths(void **state)
{
    (void)state;
    static char path[4098];
    for (size_t length = 4095; length <= 4097; length++) {
        memset(path, 'x', length);
        struct follower follower = fresh(), other = {.path = path, .options = {.size = sizeof other.options}};
        follower.path = path;
        assert_true(feed_begin(&follower));
        assert_true(position_save(&follower, beside(".position")));
        assert_int_equal(position_load(&other, beside(".position")), length <= 4096 ? TSMP_OK : TSMP_E_TOKEN);
        follower_free(&follower);
        follower_free(&other);
    }
}

/* The name of a position that is too long is said to be so, also where only the new file's name is. */
static void long_names(void **state)
{
    (void)state;
    static char name[5001];
    static const size_t lengths[] = {4090, 4091, 4092, 4093, 4095, 4096, 5000};
    struct follower one = halfway();
    for (size_t i = 0; i < COUNT(lengths); i++) {
        size_t at = (size_t)snprintf(name, sizeof name, "%s/", folder);
        while (at + 2 < lengths[i]) {
            name[at++] = '.';
            name[at++] = '/';
        }
        memset(name + at, 'p', lengths[i] - at);
        name[lengths[i]] = '\0';
        one.failed = false;
        errno = 0;
        assert_int_equal(position_save(&one, name), lengths[i] < 4092);
        if (lengths[i] >= 4092)
            assert_string_equal(one.error, strerror(ENAMETOOLONG));
    }
    follower_free(&one);
}

static void sizes_of_a_position(void **state)
{
    (void)state;
    static const struct {
        off_t size;
        const char *error;
    } rows[] = {{0, "it is no position"}, {256 * 1024 * 1024, "it is no position"}, {256 * 1024 * 1024 + 1, "it is too large"}};
    put_file(".position", "");
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct follower follower = {.path = log_path};
        assert_int_equal(truncate(beside(".position"), rows[i].size), 0);
        assert_int_equal(position_load(&follower, beside(".position")), TSMP_E_TOKEN);
        assert_string_equal(follower.error, rows[i].error);
        follower_free(&follower);
    }
}

/* A disk that is full, after some bytes or none: the old position stays, and that is said. */
static void full_disk(void **state)
{
    (void)state;
    struct rlimit before;
    struct follower one = halfway();
    char old[10];
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
    signal(SIGXFSZ, SIG_IGN);
    put_file(".position", "the old 1");
    for (rlim_t room = 0; room < 200; room += 100) {
        struct rlimit less = before;
        less.rlim_cur = room;
        one.failed = false;
        assert_int_equal(setrlimit(RLIMIT_FSIZE, &less), 0);
        bool saved = position_save(&one, beside(".position"));
        assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
        assert_false(saved);
        assert_string_equal(one.error, strerror(EFBIG));
        assert_int_equal(access(beside(".position.new"), F_OK), -1);
        int fd = opened(".position");
        assert_int_equal(file_read(fd, old, sizeof old, 0), 9);
        close(fd);
        assert_memory_equal(old, "the old 1", 9);
    }
    follower_free(&one);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(positions, clear),
        cmocka_unit_test_teardown(numbers_of_a_position, clear),
        cmocka_unit_test_teardown(position_of_nothing, clear),
        cmocka_unit_test_teardown(long_paths, clear),
        cmocka_unit_test_teardown(long_names, clear),
        cmocka_unit_test_teardown(sizes_of_a_position, clear),
        cmocka_unit_test_teardown(full_disk, clear)};
    return RUN(tests);
}
