/* SPDX-License-Identifier: BSD-2-Clause
 * The parts of a follower one by one: how much of a log may be read, logs that wrap, and where its text
 * stands. How they work together is test_follow's. */
#include "files.h"

#include <sys/mman.h>
#include <zlib.h>

/* ---- what may be read --------------------------------------------------------------------------- */

#define OLD "03/10/2031 20:00:02 "
#define END "END OF DATA"
#define ON "Continued at beginning of file"

/* A copy where no byte in front of it, or behind it, may be looked at. */
static const char *alone(const char *text, size_t length, bool in_front)
{
    static char *pages;
    size_t page = (size_t)sysconf(_SC_PAGESIZE);
    if (pages == NULL) {
        pages = mmap(NULL, 3 * page, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        assert_true(pages != MAP_FAILED && mprotect(pages + page, page, PROT_READ | PROT_WRITE) == 0);
    }
    char *at = in_front ? pages + page : pages + 2 * page - length;
    memcpy(at, text, length);
    return at;
}

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
        {"\n", true, false, 1, false, false},
        {" \t\r\n\n ", true, false, 6, false, false},
        {S1 "a\n", true, false, 22, false, false},
        {S1 "a\n" S2 "b", false, false, 43, false, false},
        {S1 "a\n" S2 END, true, false, 22, false, false},
        {S1 "a\n" S2 END "\n", true, false, 22, false, false},
        {S1 "a\n" S2 END " \t\r\n", true, false, 22, false, false},
        {S1 "a\n" S2 END, false, false, 53, false, false},
        {S1 "a\n" S2 END " x\n", true, false, 56, false, false},
        {S1 "a\n" S2 " x" END "\n", true, false, 56, false, false},
        {S1 "a\n" END "\n", true, false, 34, false, false},
        {S1 "a\n" "x " END "\n", true, false, 36, false, false},
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
        size_t length = strlen(rows[i].text);
        assert_int_equal(lap_usable(&follower, alone(rows[i].text, length, true), length, rows[i].end),
                         lap_usable(&follower, rows[i].text, length, rows[i].end));
        size_t got = lap_usable(&follower, alone(rows[i].text, length, false), length, rows[i].end);
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
        {"\xFF\xFE", 1, 0, 0, 0, false, 1, false}, /* what stands behind is not ours */
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
    follower_name(&follower, 0, &generation, &file); /* further back than is known */
    assert_int_equal(generation, FOLLOW_PLACES + 1);
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
        uint64_t stream;
        size_t recent;
        uint64_t place_stream, file, removed;
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

/* The reader has had hundreds of kilobytes: what is kept is the place's own, and no more than is needed. */
static void tail_of_much(void **state)
{
    (void)state;
    static char text[FOLLOW_CHUNK * 2];
    struct follower follower = fresh();
    follower.sink = nowhere;
    assert_true(feed_begin(&follower));
    size_t length = 0;
    for (int i = 0; length + 100 < sizeof text; i++)
        length += (size_t)snprintf(text + length, 100, S1 "line %d of many\n", i);
    for (size_t at = 0, piece; at < length; at += piece) {
        const char *tail = NULL;
        piece = length - at < 5000 ? length - at : 5000;
        assert_true(feed_bytes(&follower, text + at, piece));
        size_t known = at + piece < FOLLOW_TAIL ? at + piece : FOLLOW_TAIL;
        assert_int_equal(feed_tail(&follower, &tail), known);
        assert_memory_equal(tail, text + at + piece - known, known);
        assert_in_range(follower.recent_length, known, FOLLOW_TAIL + FOLLOW_CHUNK / 4 + 5100);
    }
    assert_int_equal(follower.head_length, FOLLOW_HEAD);
    assert_memory_equal(follower.head, text, FOLLOW_HEAD);
    follower_free(&follower);
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
    for (follower.at = 0; follower.at < 3; follower.at++) {
        place_head(&follower);
        assert_int_equal(follower.head_length, follower.at);
    }
    place_drop(&follower);
}

/* The front of the file was cut off: its bytes are counted anew, but not those of a huge one. */
static void moved(void **state)
{
    (void)state;
    static char text[FOLLOW_CHUNK + 100];
    static const uint64_t lengths[] = {1, 2, FOLLOW_CHUNK - 1, FOLLOW_CHUNK, FOLLOW_CHUNK + 1, FOLLOW_CHUNK + 100};
    memset(text, 'x', sizeof text);
    write_file(log_path, text, sizeof text);
    struct follower follower = fresh();
    follower.fd = opened("");
    for (size_t i = 0; i < COUNT(lengths); i++) {
        follower.stream = sizeof text;
        follower.places[0] = (struct place){.generation = 1};
        follower.place_count = 1;
        follower.doubt = follower.quiet = 2;
        follower.lapped = follower.at_end = follower.emptied = true;
        assert_true(place_moved(&follower, lengths[i]));
        assert_true(follower.crc_good && follower.crc == crc32(0, (const Bytef *)text, (uInt)lengths[i]));
        assert_true(follower.at == lengths[i] && follower.places[0].removed == sizeof text - lengths[i]);
        assert_int_equal(follower.place_count, 1);
        assert_true(follower.doubt + follower.quiet == 0 && !follower.lapped && !follower.at_end && !follower.emptied);
    }
    assert_true(place_moved(&follower, sizeof text + 1)); /* more than there was: another text */
    assert_int_equal(follower.place_count, 2);
    assert_false(follower.crc_good); /* and more than there is */
    for (uint64_t more = 0; more < 2; more++) {
        follower.stream = follower.places[1].file = FOLLOW_COUNTED + more;
        assert_int_equal(truncate(log_path, FOLLOW_COUNTED + 1), 0);
        follower.places[1].stream = follower.stream;
        assert_true(place_moved(&follower, follower.stream));
        assert_true(follower.crc_good == (more == 0));
    }
    place_drop(&follower);
}

static void folders_and_times(void **state)
{
    (void)state;
    static const char *const paths[][2] = {{"log", "./"}, {"/log", "/"}, {"a/log", "a/"}, {"/a/b/log", "/a/b/"}, {"", "./"}};
    char name[20];
    for (size_t i = 0; i < COUNT(paths); i++) {
        file_folder(paths[i][0], name, sizeof name);
        assert_string_equal(name, paths[i][1]);
    }
    static const struct timespec times[] = {{9, 7}, {10, 4}, {10, 5}, {11, 3}};
    for (size_t i = 0; i < COUNT(times); i++)
        for (size_t k = 0; k < COUNT(times); k++)
            assert_true(file_before(times[i], times[k]) == (i < k));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(usable, clear),
        cmocka_unit_test_teardown(holes, clear),
        cmocka_unit_test_teardown(laps, clear),
        cmocka_unit_test_teardown(left_of_a_lap, clear),
        cmocka_unit_test_teardown(places, clear),
        cmocka_unit_test_teardown(tails, clear),
        cmocka_unit_test_teardown(tail_of_much, clear),
        cmocka_unit_test_teardown(moved, clear),
        cmocka_unit_test_teardown(folders_and_times, clear),
        cmocka_unit_test_teardown(taking, clear)};
    return RUN(tests);
}
