/* SPDX-License-Identifier: BSD-2-Clause
 * A follower step by step, through what a writer does to its log: what comes out, in which order, and that
 * no descriptor is left open. Descriptor 0 is free here, so that the log itself may have it. All ways to mix
 * the two are test_follow's. */
#include "files.h"

#include <zlib.h>

/* ---- what comes out ------------------------------------------------------------------------------ */

static char out[2000], trace[400]; /* and what each single step came to */

/* Of each line its last letter. */
static void take_batch(struct follower *follower, const tsmp_batch *batch, void *context)
{
    (void)context;
    const tsmp_view *view = tsmp_batch_view(batch);
    for (uint64_t i = 0; i < view->record_count; i++) {
        const tsmp_record *record = &view->records[i];
        uint64_t generation, file;
        follower_name(follower, record->offset, &generation, &file);
        assert_int_equal(file % 22, 0); /* each line is 22 bytes, in each file */
        size_t n = strlen(out);
        out[n] = view->text[record->text + record->text_length - 1];
        out[n + 1] = '\0';
    }
}

static void take_gap(struct follower *follower, enum gap_reason reason, void *context)
{
    (void)follower;
    (void)context;
    snprintf(out + strlen(out), sizeof out - strlen(out), "<%s>", gap_names[reason]);
}

/* ---- a writer whose deeds are letters ---------------------------------------------------------------- */

static int writer = -1;

static void add(const char *bytes, size_t length)
{
    assert_int_equal(write(writer, bytes, length), length);
}

static void create(void)
{
    if (writer >= 0)
        close(writer);
    int fd = open(log_path, O_WRONLY | O_CREAT | O_APPEND, 0600);
    writer = fcntl(fd, F_DUPFD, 60); /* the low ones are the follower's */
    assert_true(writer >= 0);
    close(fd);
}

static void shift(void)
{
    rename(beside(".5"), beside(".6"));
    rename(beside(".4"), beside(".5"));
    rename(beside(".3"), beside(".4"));
    rename(beside(".2"), beside(".3"));
    rename(beside(".1"), beside(".2"));
    rename(beside(".1.gz"), beside(".2.gz"));
    assert_int_equal(rename(log_path, beside(".1")), 0);
}

static size_t whole(const char *suffix, char *to, size_t room)
{
    int fd = opened(suffix);
    long n = file_read(fd, to, room, 0);
    close(fd);
    assert_true(n >= 0);
    return (size_t)n;
}

static void copy(void)
{
    char text[4000];
    size_t n = whole("", text, sizeof text);
    write_file(beside(".1"), text, n);
}

/* The same, and the copy of before keeps its text. */
static void copy_next(void)
{
    rename(beside(".2"), beside(".3"));
    rename(beside(".1"), beside(".2"));
    copy();
}

static void compress_one(void)
{
    char text[4000];
    size_t n = whole(".1", text, sizeof text);
    gzFile packed = gzopen(beside(".1.gz"), "wb");
    assert_non_null(packed);
    assert_int_equal(gzwrite(packed, text, (unsigned)n), n);
    assert_int_equal(gzclose(packed), Z_OK);
    assert_int_equal(unlink(beside(".1")), 0);
}

/* A writer that still has the file of before. */
static void late(const char *suffix)
{
    int fd = open(beside(suffix), O_WRONLY | O_APPEND);
    assert_int_equal(write(fd, S2 "!\n", 22), 22);
    close(fd);
}

/* Somebody takes the rotation back. */
static void put_back(void)
{
    assert_int_equal(rename(beside(".1"), log_path), 0);
    create();
}

static void prune(void)
{
    char text[4000];
    size_t n = whole("", text, sizeof text);
    size_t front = n / 22 / 2 * 22;
    assert_int_equal(ftruncate(writer, 0), 0);
    add(text + front, n - front);
}

/* A log that wraps: the client's mark stands behind its newest line, and what it wrote days ago behind that. */
static off_t lap_at;

static void write_over(char letter)
{
    char text[100];
    int fd = open(log_path, O_WRONLY);
    int length = snprintf(text, sizeof text, S1 "%c\n" S2 "END OF DATA\n", letter);
    assert_int_equal(pwrite(fd, text, (size_t)length, lap_at), length);
    close(fd);
    lap_at += 22;
}

static void wrapped(void)
{
    for (char letter = 'k'; letter <= 'z'; letter++)
        assert_int_equal(dprintf(writer, "03/10/2031 20:00:01 %c\n", letter), 22);
    lap_at = 0;
    write_over('a');
    write_over('b');
}

/* ---- and the follower's ------------------------------------------------------------------------------ */

static void begin(struct follower *follower)
{
    *follower = (struct follower){.path = log_path, .sink = {take_batch, no_run, take_gap, NULL},
                                  .options = {.size = sizeof follower->options, .date_order = TSMP_ORDER_MDY}};
}

static enum step one_step(struct follower *follower)
{
    enum step step = follower_step(follower);
    if (step == STEP_FAILED)
        snprintf(out + strlen(out), sizeof out - strlen(out), "<%s>", follower->error);
    return step;
}

static void traced(struct follower *follower)
{
    size_t n = strlen(trace);
    trace[n] = ".kwF"[one_step(follower)];
    trace[n + 1] = '\0';
}

static void steps(struct follower *follower)
{
    enum step step = STEP_IDLE;
    for (int idle = 0, i = 0; step != STEP_FAILED && idle < 3 && i < 300; i++) {
        step = one_step(follower);
        idle = step == STEP_IDLE ? idle + 1 : 0;
    }
}

static void again(struct follower *follower)
{
    assert_true(position_save(follower, beside(".token")));
    follower_free(follower);
    begin(follower);
    assert_int_equal(position_load(follower, beside(".token")), TSMP_OK);
}

/* The same on another machine, to which log and position were brought: its name is not the one that was kept. */
static void elsewhere(struct follower *follower)
{
    char text[20000];
    assert_true(position_save(follower, beside(".token")));
    size_t length = whole(".token", text, sizeof text - 1);
    text[length] = '\0';
    char *host = strstr(text, "\nhost "), *end = strstr(text, "\nend ") + 1;
    host += strcspn(host + 6, " ") + 7;
    *host = *host == 'b' ? 'c' : 'b';
    snprintf(end, 14, "end %08lx\n", crc32(0, (const Bytef *)text, (uInt)(end - text)));
    write_file(beside(".token"), text, length);
    follower_free(follower);
    begin(follower);
    assert_int_equal(position_load(follower, beside(".token")), TSMP_OK);
    assert_true(follower->foreign);
}

/* A copy takes the log's place. */
static void replace(void)
{
    char text[4000];
    size_t n = whole("", text, sizeof text);
    write_file(beside("x"), text, n);
    assert_int_equal(rename(beside("x"), log_path), 0);
    create();
}

static int files_open(void)
{
    int count = 0;
    for (int fd = 0; fd < 64; fd++)
        count += fcntl(fd, F_GETFD) >= 0;
    return count;
}

static void play(const char *deeds)
{
    static struct follower follower;
    out[0] = trace[0] = '\0';
    create();
    begin(&follower);
    assert_true(follower_begin(&follower));
    for (const char *deed = deeds; *deed != '\0'; deed++) {
        char line[23];
        switch (*deed) {
        case ' ': break;
        case '.': traced(&follower); break;
        case '$': steps(&follower); break;
        case '!': again(&follower); break;
        case 'M': elsewhere(&follower); break;
        case 'I': replace(); break;
        case 'R': shift(); create(); break;
        case 'N': shift(); break;
        case 'C': create(); break;
        case 'K': copy(); break;
        case 'Q': copy_next(); break;
        case 'T': assert_int_equal(ftruncate(writer, 0), 0); break;
        case 'D': assert_int_equal(unlink(log_path), 0); create(); break;
        case 'Z': compress_one(); break;
        case 'X': assert_int_equal(unlink(beside(".1")), 0); break;
        case 'P': prune(); break;
        case 'B': put_back(); break;
        case 'W': wrapped(); break;
        case 'V': write_over('v'); break;
        case 'L': late(".1"); break;
        case '3': late(".3"); break;
        case '4': late(".4"); break;
        case '5': late(".5"); break;
        case 'H': assert_int_equal(ftruncate(writer, 22 * 30000), 0); break;
        case '1': add("\0", 1); break;
        case '0': add("\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0", 22); break;
        default:
            snprintf(line, sizeof line, S1 "%c\n", *deed);
            add(line, 22);
        }
    }
    follower_free(&follower);
}

#define ELSEWHERE "the position was kept on another machine, and its text is not in this log"

static void deeds(void **state)
{
    (void)state;
    static const struct {
        const char *deeds, *out, *trace;
    } rows[] = {
        {"a$b$", "ab"},
        {"a$!b$", "ab"},
        {"a$bRc$", "abc"},
        {"a$bR!c$", "abc"},
        {"a$bRcRdRe$", "abcde"},
        {"a$!bRcRdRe$", "abcde"},
        {"a$!bRcRd!$e$", "abcde"},
        {"a$bNb$Cc$d$", "abbcd"},
        {"a$bRZc$", "abc"},
        {"a$!bRZcRZd$e$", "abcde"},
        {"a$bKTc$d$", "ab<truncated>cd"},
        {"a$!bKTc$d$", "ab<truncated>cd"},
        {"a$bTc$", "a<truncated>c"},
        {"a$bRXc$", "ab<lost>c"},
        {"abcd$Pe$f$", "abcdef"},
        {"abcd$!Pe$f$", "abcdef"},
        {"a$0$b$", "a<hole>b"},
        {"a$0b$", "a<hole>b"},
        {"a$Hb$", "a<hole>b"},
        {"a$bKT!c$", "ab<truncated>c"},
        {"a$bKZT!c$", "ab<truncated>c"},
        {"a$bRZ!c$", "abc"},
        {"a$bNZ!$Cc$", "abc"},
        {"abcd$PR!e$", "abcde"},
        {"abcd$PN!$Ce$", "abcde"},
        {"abcd$PfR!e$", "abcdfe"},
        {"abcdef$PfRZ!e$", "abcdef<lost>fe"},
        {"abcd$PKD!e$", "abcd<lost>e"},
        {"abcd$PKDe!$", "abcd<lost>e"},
        {"abcd$PfKZDe!$", "abcd<lost>fe"},
        {"a$bRcRd!e$", "abcde"},
        {"a$bRcRZd!e$", "abcde"},
        {"a$bNXCc!$", "a<lost>c"},
        {"a$b!T!$c$", "a<lost>c"},
        {"a$bKT$Kc$d$", "a<truncated>cd"},
        {"a$bKTc$KTd$e$", "ab<truncated>c<truncated>de"},
        {"a$!bKTc!$KTd!$e$", "ab<truncated>c<truncated>de"},
        {"a$bQTcQxTd$", "ab<truncated>c<truncated>d"},
        {"a$bQTcQxTd!$e$", "ab<truncated>c<truncated>de"},
        {"a$bQyT!cQxTd$!e$", "ab<truncated>c<truncated>de"},
        {"a$0b$RZc$", "a<hole>bc"},
        {"a$0b$Rc$RZd$", "a<hole>bcd"},
        {"a$Rb$Lc$RZd$", "ab<late>cd"},
        {"a$Rb$Lc$!RZd$!RZe$", "ab<late>cde"},
        {"ab$cTd$RZe$", "ab<truncated>de"},
        {"a$Rb$L$!c$", "ab<late>c"},
        {"a$Rb$L$Tc$", "ab<late><truncated>c"},
        {"a$Rb$L$T!c$", "ab<late><lost>c"},
        {"a$Rb$L$Tcd$", "ab<late><truncated>cd"},
        {"a$Rb$L$Rc$", "ab<late>c"},
        {"a$Rb$L$RZc$", "ab<late>c"},
        {"a$Rb$L$!RZc$", "ab<late><lost>c"},
        {"a$Rb$L$T$c$", "ab<late><truncated>c"},
        {"ab$0c$Tde$", "ab<hole>c<truncated>de"},
        {"a$bD$c$", "ab<lost>c"},
        {"ab$!N!$Cc!$d", "abc"},
        {"a$Rb$LRc$LRd$", "ab<late>c<late>d"},
        {"a$Rb$Rc$Rd$Re$Rf$Lg$", "abcdef<late>g"},
        {"a$Rb$Rc$Rd$3e$", "abcd<late>e"},
        {"a$Rb$Rc$Rd$3.3e$", "abcd<late>e"},
        {"a$Rb$Rc$Rd$Re$Rf$4g$", "abcdef<late>g"}, /* four are looked at, ... */
        {"a$Rb$Rc$Rd$Re$Rf$L34g$", "abcdef<late>g"},
        {"a$Rb$Rc$Rd$Re$Rf$5g$", "abcdefg"},       /* ... and no more */
        {"ab$NX!......", "ab", "......"},
        {"ab$NX!$Cc$", "ab<lost>c"},
        {"ab$NXCcRdRe!$", "ab<lost>cde"},
        {"ab$NXCcRZdRZe!$", "ab<lost>cde"},
        {"ab$NXCcRdRe!$RZf$", "ab<lost>cdef"},
        {"ab$!NXCc$RdRe!$", "ab<lost>cde"},
        {"ab$RLc$", "ab!c"},
        {"a$bR0c$", "ab<hole>c"},
        {"a$HbRc$", "a<hole>bc"},
        {"a$Kb$Z$c$", "abc"},
        {"a$KbRc$", "abc"},
        {"ab$I!c$", "abc"},
        {"ab$Mc$", "abc"},
        {"ab$IMc$d$", "abcd"},
        {"abcd$PMe$f$", "abcdef"},
        {"ab$cRIMd$", "abcd"},
        {"ab$TMxyz$", "ab<" ELSEWHERE ">"},
        {"ab$TMx...", "ab<" ELSEWHERE ">", "wwF"},
        {"ab$DM$xyz$", "ab<" ELSEWHERE ">"},
        {"W$", "<lapped>ab"},
        {"W$V$", "<lapped>abv"},
        {"W$V!$V$!", "<lapped>abvv"},
        {"W................", "<lapped>ab", "kk.............."},
        {"a$R.Bb$", "ab"},
        {"a$R..B..b$", "ab"},
        {"a$R.B.R.Bb$", "ab"},
        {"a$Rb$Lc$", "ab<late>c"},
        {"a$Rb$LXRc$", "ab<late>c"},
        /* A byte that is not there yet may come at any time. */
        {"a.1................", "a", "kwwwwwwwww......."},
        {"a.0b...............", "a<hole>b", "kwwwwwwwwwk....."},
        {"a.R..............", "a", "kwwk..........."},
        {"a.T..............", "a", "k.............."},
        {"a.Tb..............", "a<truncated>b", "kwwk..........."},
        {"ab.D..............", "ab<lost>", "kwwk..........."},
    };
    int before = files_open(), bad = 0;
    for (size_t i = 0; i < COUNT(rows); i++) {
        play(rows[i].deeds);
        close(writer);
        writer = -1;
        clear(NULL);
        bool good = strcmp(out, rows[i].out) == 0 && (rows[i].trace == NULL || strcmp(trace, rows[i].trace) == 0);
        int open = files_open();
        if (!good || open != before)
            fprintf(stderr, "row %zu: %s: %s %s, %d files are open, not %d\n", i, rows[i].deeds, out, trace, open, before);
        bad += !good || open != before;
    }
    assert_int_equal(bad, 0);
}

int main(void)
{
    close(0);
    const struct CMUnitTest tests[] = {cmocka_unit_test_teardown(deeds, clear)};
    return RUN(tests);
}
