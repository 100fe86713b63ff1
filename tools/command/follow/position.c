/* SPDX-License-Identifier: BSD-2-Clause
 * Where a follower stands, in a file: lines of a word and numbers or text in base64, and a checksum.
 * It holds up to 4 KiB of the log's text, by which the place is known again, so only its owner may
 * read it; and only its owner may have written it, for whoever writes it can claim a run. */
#include "follow.h"
#include "write_all.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <zlib.h>

static const char first_line[] = "tsmparse-follow 2\n";
enum { POSITION_MOST = 256 * 1024 * 1024 };
static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/* ---- writing ------------------------------------------------------------------------------------ */

static void put_text(FILE *out, const char *word, const char *bytes, size_t length)
{
    const unsigned char *c = (const unsigned char *)bytes;
    fprintf(out, "%s %zu ", word, length);
    for (size_t i = 0; i < length; i += 3) {
        uint32_t three = (uint32_t)c[i] << 16 | (i + 1 < length ? (uint32_t)c[i + 1] << 8 : 0) |
                         (i + 2 < length ? c[i + 2] : 0u);
        for (int k = 18; k >= 0; k -= 6)
            putc(digits[three >> k & 63], out);
    }
    putc('\n', out);
}

static bool put_tokens(FILE *out, struct follower *follower)
{
    uint64_t length = 0, runs_length = 0;
    if (tsmp_reader_token(follower->reader, NULL, 0, &length) != TSMP_MORE ||
        tsmp_runs_token(follower->runs, NULL, 0, &runs_length) != TSMP_MORE)
        return false;
    char *token = malloc((size_t)(length + runs_length));
    bool good = token != NULL &&
                tsmp_reader_token(follower->reader, token, length, &length) == TSMP_OK &&
                tsmp_runs_token(follower->runs, token + length, runs_length, &runs_length) == TSMP_OK;
    if (good)
        fprintf(out, "reader %.*s\nruns %.*s\n", (int)length, token, (int)runs_length, token + length);
    free(token);
    return good;
}

static bool put_all(FILE *out, struct follower *follower)
{
    char host[256] = "";
    gethostname(host, sizeof host - 1);
    fputs(first_line, out);
    put_text(out, "path", follower->path, strlen(follower->path));
    put_text(out, "host", host, strlen(host));
    fprintf(out, "options %" PRIu32 " %" PRIu32 " %" PRIu32 " %" PRIu32 " %" PRIu32 "\n", follower->options.format,
            follower->options.date_order, follower->options.decimal, follower->options.encoding, follower->options.repair);
    fprintf(out, "file %" PRIu64 " %" PRIu64 " %d\n", follower->id.dev, follower->id.ino,
            follower->fd >= 0 || follower->lost);
    fprintf(out, "state %" PRIu64 " %" PRIu64 " %" PRIu64 " %d %d %d %d %d %d %d\n", follower->boundary, follower->stream,
            follower->line, follower->utf16, follower->lapped, follower->at_end, follower->gap_next,
            (int)follower->gap, follower->emptied, follower->told);
    fprintf(out, "pruned %" PRIu64 "\n", follower->pruned);
    fprintf(out, "cut %" PRIu64 " %" PRIu64 "\n", follower->cut.dev, follower->cut.ino);
    fprintf(out, "owner %d %" PRIu64 "\n", follower->owner_known, follower->owner);
    fprintf(out, "places %zu", follower->place_count);
    for (size_t i = 0; i < follower->place_count; i++) {
        const struct place *place = &follower->places[i];
        fprintf(out, " %" PRIu64 " %" PRIu64 " %" PRIu64 " %" PRIu64, place->generation, place->stream,
                place->file, place->removed);
    }
    fprintf(out, "\nknown %zu", follower->known_count);
    for (size_t i = 0; i < follower->known_count; i++) {
        const struct known *known = &follower->known[i];
        fprintf(out, " %" PRIu64 " %" PRIu64 " %" PRIu64 " %" PRIu64 " %" PRIu64 " %" PRIu32 " %d", known->id.dev,
                known->id.ino, known->head_length, known->head_hash, known->length, known->crc, known->read);
    }
    fprintf(out, "\nprinted %zu", follower->printed_count);
    for (size_t i = 0; i < follower->printed_count; i++) {
        const struct printed *printed = &follower->printed[i];
        fprintf(out, " %" PRIu64 " %" PRIu64 " %" PRIu32 " %" PRIu32, printed->offset, printed->end,
                printed->verdict, printed->attempts);
    }
    putc('\n', out);
    /* What the reader holds of the next record is kept too: its beginning may be in another file. */
    size_t held = (size_t)(follower->stream - follower->boundary), kept = follower->recent_length - held;
    size_t tail = kept < FOLLOW_TAIL ? kept : FOLLOW_TAIL;
    put_text(out, "tail", follower->recent + kept - tail, tail);
    put_text(out, "held", follower->recent + kept, held);
    put_text(out, "head", follower->head, follower->head_length);
    return put_tokens(out, follower);
}

/* The name of a position must mean the old one or the new one at any time: also to a machine that
 * loses its power. */
static bool replace(const char *path, const char *bytes, size_t length)
{
    char name[4096], folder[4096];
    file_folder(path, folder, sizeof folder);
    if ((size_t)snprintf(name, sizeof name, "%s.new", path) >= sizeof name) {
        errno = ENAMETOOLONG;
        return false;
    }
    int fd = open(name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
    if (fd < 0 && errno == EEXIST && unlink(name) == 0) /* of a follower that was killed */
        fd = open(name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
    if (fd < 0)
        return false;
    bool good = write_all(fd, bytes, length) && fsync(fd) == 0;
    good = close(fd) == 0 && good && rename(name, path) == 0;
    int error = errno;
    if (!good)
        unlink(name);
    int dir = good ? open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC) : -1;
    if (dir >= 0) {
        (void)fsync(dir); /* some file systems can't */
        close(dir);
    }
    errno = error;
    return good;
}

bool position_save(struct follower *follower, const char *path)
{
    char *bytes = NULL;
    size_t length = 0;
    FILE *out = open_memstream(&bytes, &length);
    bool good = out != NULL && put_all(out, follower) && fflush(out) == 0;
    if (good) {
        fprintf(out, "end %08lx\n", crc32(0, (const Bytef *)bytes, (uInt)length));
        good = fflush(out) == 0;
    }
    if (out != NULL)
        fclose(out);
    if (good) {
        good = replace(path, bytes, length);
        if (!good)
            follower_fail(follower, strerror(errno));
    } else {
        follower_fail(follower, "no memory for the position");
    }
    free(bytes);
    return good;
}

/* ---- reading ---------------------------------------------------------------------------------------- */

struct parser {
    const char *at, *end;
    bool bad;
};

static void word(struct parser *parser, const char *expected)
{
    size_t n = strlen(expected);
    parser->bad |= (size_t)(parser->end - parser->at) < n || memcmp(parser->at, expected, n) != 0;
    if (!parser->bad)
        parser->at += n;
}

/* A number behind a blank. */
static uint64_t number(struct parser *parser, uint64_t most)
{
    uint64_t value = 0;
    int count = 0;
    word(parser, " ");
    while (!parser->bad && parser->at < parser->end && *parser->at >= '0' && *parser->at <= '9') {
        unsigned digit = (unsigned)(*parser->at++ - '0');
        parser->bad |= value > (UINT64_MAX - digit) / 10;
        value = value * 10 + digit;
        count++;
    }
    parser->bad |= count == 0 || value > most;
    return parser->bad ? 0 : value;
}

static size_t text(struct parser *parser, const char *name, char *to, size_t room)
{
    word(parser, name);
    size_t length = (size_t)number(parser, room), made = 0;
    word(parser, " ");
    while (!parser->bad && made < length) {
        uint32_t three = 0;
        for (int i = 0; i < 4; i++) {
            const char *digit = parser->at < parser->end && *parser->at != '\0' ? strchr(digits, *parser->at) : NULL;
            parser->bad |= digit == NULL;
            three = three << 6 | (digit != NULL ? (uint32_t)(digit - digits) : 0);
            parser->at += digit != NULL;
        }
        for (int k = 16; k >= 0 && made < length; k -= 8)
            to[made++] = (char)(unsigned char)(three >> k & 255);
    }
    word(parser, "\n");
    return parser->bad ? 0 : length;
}

static const char *line(struct parser *parser, const char *name, size_t *length)
{
    word(parser, name);
    const char *from = parser->at;
    const char *newline = parser->bad ? NULL : memchr(from, '\n', (size_t)(parser->end - from));
    parser->bad |= newline == NULL;
    if (parser->bad)
        return NULL;
    *length = (size_t)(newline - from);
    parser->at = newline + 1;
    return from;
}

static void take_lists(struct parser *parser, struct follower *follower)
{
    word(parser, "places");
    follower->place_count = (size_t)number(parser, FOLLOW_PLACES);
    parser->bad |= follower->place_count == 0;
    for (size_t i = 0; i < follower->place_count; i++) {
        struct place *place = &follower->places[i];
        place->generation = number(parser, INT64_MAX);
        place->stream = number(parser, follower->stream);
        place->file = number(parser, INT64_MAX);
        place->removed = number(parser, INT64_MAX);
        parser->bad |= i > 0 && place->stream < place[-1].stream;
        parser->bad |= !parser->bad && place->removed > place->file + (follower->stream - place->stream);
    }
    word(parser, "\nknown");
    follower->known_count = (size_t)number(parser, FOLLOW_KNOWN);
    for (size_t i = 0; i < follower->known_count; i++) {
        struct known *known = &follower->known[i];
        known->id.dev = number(parser, UINT64_MAX);
        known->id.ino = number(parser, UINT64_MAX);
        known->head_length = number(parser, 256);
        known->head_hash = number(parser, UINT64_MAX);
        known->length = number(parser, UINT64_MAX);
        known->crc = (uint32_t)number(parser, UINT32_MAX);
        known->read = number(parser, 1) != 0;
    }
    word(parser, "\nprinted");
    follower->printed_count = (size_t)number(parser, FOLLOW_PRINTED);
    for (size_t i = 0; i < follower->printed_count; i++) {
        struct printed *printed = &follower->printed[i];
        printed->offset = number(parser, UINT64_MAX);
        printed->end = number(parser, UINT64_MAX);
        printed->verdict = (uint32_t)number(parser, UINT32_MAX);
        printed->attempts = (uint32_t)number(parser, UINT32_MAX);
    }
    word(parser, "\n");
}

/* Everything between the first line and the checksum. */
static const char *take_all(struct parser *parser, struct follower *follower)
{
    char path[4096], host[256], here[256] = "";
    size_t path_length = text(parser, "path", path, sizeof path), host_length = text(parser, "host", host, sizeof host);
    if (!parser->bad && (path_length != strlen(follower->path) || memcmp(path, follower->path, path_length) != 0))
        return "it is of another log";
    gethostname(here, sizeof here - 1);
    follower->foreign = host_length != strlen(here) || memcmp(host, here, host_length) != 0;
    word(parser, "options");
    follower->options.format = (uint32_t)number(parser, UINT32_MAX);
    follower->options.date_order = (uint32_t)number(parser, UINT32_MAX);
    follower->options.decimal = (uint32_t)number(parser, UINT32_MAX);
    follower->options.encoding = (uint32_t)number(parser, UINT32_MAX);
    follower->options.repair = (uint32_t)number(parser, UINT32_MAX);
    word(parser, "\nfile");
    follower->id.dev = number(parser, UINT64_MAX);
    follower->id.ino = number(parser, UINT64_MAX);
    follower->lost = number(parser, 1) != 0;
    word(parser, "\nstate");
    follower->boundary = number(parser, INT64_MAX);
    follower->stream = number(parser, INT64_MAX);
    /* What is held stands behind here, and takes more room than it has bytes. */
    parser->bad |= follower->stream < follower->boundary ||
                   follower->stream - follower->boundary > (uint64_t)(parser->end - parser->at);
    follower->line = number(parser, INT64_MAX);
    follower->utf16 = number(parser, 1) != 0;
    follower->lapped = number(parser, 1) != 0;
    follower->at_end = number(parser, 1) != 0;
    follower->gap_next = number(parser, 1) != 0;
    follower->gap = (enum gap_reason)number(parser, GAP_REASONS - 1);
    follower->emptied = number(parser, 1) != 0;
    follower->told = number(parser, 1) != 0;
    word(parser, "\npruned");
    follower->pruned = number(parser, UINT64_MAX);
    word(parser, "\ncut");
    follower->cut.dev = number(parser, UINT64_MAX);
    follower->cut.ino = number(parser, UINT64_MAX);
    word(parser, "\nowner");
    follower->owner_known = number(parser, 1) != 0;
    follower->owner = number(parser, UINT64_MAX);
    word(parser, "\n");
    take_lists(parser, follower);
    size_t held = parser->bad ? 0 : (size_t)(follower->stream - follower->boundary);
    follower->recent = malloc(FOLLOW_TAIL + held);
    if (follower->recent == NULL)
        return "no memory";
    follower->recent_capacity = FOLLOW_TAIL + held;
    follower->recent_length = text(parser, "tail", follower->recent, FOLLOW_TAIL);
    size_t before = follower->recent_length;
    parser->bad |= text(parser, "held", follower->recent + before, held) != held;
    follower->head_length = text(parser, "head", follower->head, FOLLOW_HEAD);
    size_t reader_length = 0, runs_length = 0;
    const char *reader = line(parser, "reader ", &reader_length), *runs = line(parser, "runs ", &runs_length);
    if (parser->bad || parser->at != parser->end || before > follower->boundary)
        return "it is damaged";
    if (!feed_resume(follower, reader, reader_length, runs, runs_length))
        return follower->error;
    if (held > 0 && tsmp_reader_feed(follower->reader, follower->recent + before, held) != TSMP_OK)
        return tsmp_reader_error(follower->reader);
    follower->recent_length += held;
    return NULL;
}

static char *load(const char *path, size_t *length, const char **why)
{
    struct stat facts;
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK | O_NOFOLLOW);
    *why = NULL;
    if (fd < 0) {
        *why = errno == ENOENT ? NULL : strerror(errno);
        return NULL;
    }
    char *bytes = NULL;
    if (fstat(fd, &facts) != 0 || !S_ISREG(facts.st_mode))
        *why = "it is no position";
    else if (facts.st_size > POSITION_MOST)
        *why = "it is too large";
    else if (facts.st_uid != geteuid() || (facts.st_mode & (S_IWGRP | S_IWOTH)) != 0)
        *why = "others may have written it";
    else if ((bytes = malloc((size_t)facts.st_size + 1)) == NULL)
        *why = "no memory";
    else if (file_read(fd, bytes, (size_t)facts.st_size, 0) != (long)facts.st_size)
        *why = "it can't be read";
    *length = (size_t)facts.st_size;
    close(fd);
    if (*why != NULL) {
        free(bytes);
        bytes = NULL;
    }
    return bytes;
}

int32_t position_load(struct follower *follower, const char *path)
{
    enum { END = 13 }; /* "end 01234567\n" */
    size_t length = 0;
    const char *why;
    char *bytes = load(path, &length, &why);
    if (bytes == NULL && why == NULL)
        return TSMP_END;
    follower->fd = follower->next_fd = -1;
    for (size_t i = 0; i < FOLLOW_LATE; i++)
        follower->late[i].fd = -1;
    if (why == NULL && (length < sizeof first_line - 1 || memcmp(bytes, first_line, 16) != 0))
        why = "it is no position";
    else if (why == NULL && memcmp(bytes, first_line, sizeof first_line - 1) != 0)
        why = "it is of another version of tsmparse";
    if (why == NULL) {
        char end[END + 1];
        size_t body = length > END ? length - END : 0;
        snprintf(end, sizeof end, "end %08lx\n", crc32(0, (const Bytef *)bytes, (uInt)body));
        struct parser parser = {bytes + sizeof first_line - 1, bytes + body, false};
        if (body < sizeof first_line || memcmp(bytes + body, end, END) != 0)
            why = "it is damaged";
        else
            why = take_all(&parser, follower);
    }
    if (why != NULL && why != follower->error)
        snprintf(follower->error, sizeof follower->error, "%s", why);
    follower->at = why == NULL ? follower->places[follower->place_count - 1].file : 0;
    free(bytes);
    return why == NULL ? TSMP_OK : TSMP_E_TOKEN;
}
