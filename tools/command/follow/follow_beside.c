/* SPDX-License-Identifier: BSD-2-Clause
 * Files beside the log: what it was called before it was rotated, compressed or pruned. */
#include "follow.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <zlib.h>

enum { BESIDE_HEAD = 256, BESIDE_MOST = 256 };

struct beside {
    char path[4096];
    int fd; /* of the file, or of an unpacked copy */
    bool packed;
    bool partial;      /* its end is missing: it is being packed */
    bool foreign;      /* packed in a way that is not known */
    struct stat facts; /* of the file itself */
    uint64_t length;   /* of its text */
    struct known key;
    bool known;
};

/* dsmsched.log.1, dsmsched.log-20310217.gz: the log's name, and more. */
static bool is_beside(const char *base, const char *name)
{
    size_t n = strlen(base);
    return strncmp(base, name, n) == 0 && name[n] != '\0' && strstr(name + n, ".token") == NULL &&
           strchr(".-_~", name[n]) != NULL;
}

static void fold(char *path, size_t size, const char *of, const char *name)
{
    const char *slash = strrchr(of, '/');
    snprintf(path, size, "%.*s%s", slash != NULL ? (int)(slash + 1 - of) : 0, of, name);
}

/* Take bytes up to where a file that was read ended, and see whether this is it. */
static size_t add_crc(struct follower *follower, struct beside *beside, uint32_t *crc, uint64_t *at,
                      const char *bytes, size_t length)
{
    size_t step = length;
    for (size_t i = 0; i < follower->known_count; i++) {
        const struct known *known = &follower->known[i];
        if (known->read && known->length > *at && known->length - *at < step)
            step = (size_t)(known->length - *at);
    }
    *crc = (uint32_t)crc32(*crc, (const Bytef *)bytes, (uInt)step);
    *at += step;
    for (size_t i = 0; i < follower->known_count; i++) {
        bool same = follower->known[i].read && follower->known[i].length == *at && follower->known[i].crc == *crc;
        beside->known |= same;
        follower->own_seen |= same && i + 1 == follower->known_count;
    }
    return step;
}

/* A temporary copy of a gzip file's text, so that the rest can read it like any file. */
static int unpack(struct follower *follower, int fd, struct beside *beside)
{
    static char buffer[FOLLOW_CHUNK];
    FILE *copy = tmpfile();
    int own = dup(fd);
    gzFile packed = own >= 0 ? gzdopen(own, "rb") : NULL;
    int made = -1;
    bool good = copy != NULL && packed != NULL;
    uint32_t crc = 0;
    uint64_t most = follower->command != NULL ? follower->command->max_bytes : UINT64_MAX;
    for (int n; good && (n = gzread(packed, buffer, sizeof buffer)) != 0;) {
        good = n > 0 && fwrite(buffer, 1, (size_t)n, copy) == (size_t)n && beside->length <= most;
        for (int at = 0; good && at < n;)
            at += (int)add_crc(follower, beside, &crc, &beside->length, buffer + at, (size_t)(n - at));
    }
    int error = Z_OK;
    if (good)
        gzerror(packed, &error);
    beside->partial = error == Z_BUF_ERROR;
    if (good && fflush(copy) == 0)
        made = fcntl(fileno(copy), F_DUPFD_CLOEXEC, 3);
    if (packed != NULL)
        gzclose(packed);
    else if (own >= 0)
        close(own);
    if (copy != NULL)
        fclose(copy);
    return made;
}

static bool is_known(const struct follower *follower, struct beside *beside)
{
    char head[BESIDE_HEAD];
    long n = file_read(beside->fd, head, sizeof head, 0);
    beside->key = (struct known){.id = {beside->facts.st_dev, beside->facts.st_ino},
                                 .head_length = n > 0 ? (uint64_t)n : 0};
    beside->key.head_hash = hash_of(head, (size_t)beside->key.head_length);
    for (size_t i = 0; i < follower->known_count; i++) {
        const struct known *known = &follower->known[i];
        if (known->id.dev == beside->key.id.dev && known->id.ino == beside->key.id.ino &&
            known->head_length > 0 && known->head_length <= beside->key.head_length &&
            known->head_hash == hash_of(head, (size_t)known->head_length))
            return true;
    }
    return false;
}

/* A copy of a file that was read, or that file and what its writer added. */
static void compare_read(struct follower *follower, struct beside *beside)
{
    static char buffer[FOLLOW_CHUNK];
    uint32_t crc = 0;
    uint64_t at = 0;
    for (long n; !beside->known && (n = file_read(beside->fd, buffer, sizeof buffer, at)) > 0;)
        for (long from = 0; from < n;)
            from += (long)add_crc(follower, beside, &crc, &at, buffer + from, (size_t)(n - from));
}

static bool is_ours(const struct follower *follower, const struct stat *facts)
{
    return follower->id.dev == facts->st_dev && follower->id.ino == facts->st_ino;
}

/* By its first bytes; text has none of these. */
static bool is_foreign(const char *magic, size_t length)
{
    static const struct {
        const char *bytes;
        size_t length;
    } packers[] = {{"\xFD" "7zXZ", 5}, {"\x28\xB5\x2F\xFD", 4}, {"BZh", 3}, {"\x04\x22\x4D\x18", 4}, {"\x1F\x9D", 2}};
    for (size_t i = 0; i < sizeof packers / sizeof *packers; i++)
        if (length >= packers[i].length && memcmp(magic, packers[i].bytes, packers[i].length) == 0)
            return true;
    return false;
}

enum depth { PLAIN, OURS, ALL }; /* what is unpacked */

/* Open what a name beside the log stands for. */
static bool look(struct follower *follower, const char *name, enum depth depth, struct beside *beside)
{
    const char *why;
    char magic[6];
    *beside = (struct beside){.fd = -1};
    fold(beside->path, sizeof beside->path, follower->path, name);
    beside->fd = file_open(follower, beside->path, &beside->facts, &why);
    if (beside->fd < 0)
        return false;
    beside->length = (uint64_t)beside->facts.st_size;
    long n = file_read(beside->fd, magic, sizeof magic, 0);
    beside->packed = n >= 2 && memcmp(magic, "\x1F\x8B", 2) == 0;
    beside->foreign = is_foreign(magic, n > 0 ? (size_t)n : 0);
    beside->known = is_known(follower, beside);
    if (!beside->packed || depth == PLAIN || (depth == ALL && beside->known) ||
        (depth == OURS && !is_ours(follower, &beside->facts)))
        return true;
    int file = beside->fd;
    beside->length = 0;
    beside->fd = unpack(follower, file, beside);
    close(file);
    return beside->fd >= 0;
}

static void learn(struct follower *follower, const struct known *known)
{
    if (follower->known_count == FOLLOW_KNOWN) {
        memmove(follower->known, follower->known + 1, (FOLLOW_KNOWN - 1) * sizeof *known);
        follower->known_count--;
    }
    follower->known[follower->known_count++] = *known;
}

/* Every file beside the log, one by one; stops when `each` says so. */
static bool walk(struct follower *follower, enum depth depth,
                 bool (*each)(struct follower *follower, struct beside *beside, void *context), void *context)
{
    char folder[4096];
    const char *slash = strrchr(follower->path, '/');
    fold(folder, sizeof folder, follower->path, ".");
    DIR *dir = opendir(folder);
    struct dirent *entry;
    bool found = false;
    int count = 0;
    while (dir != NULL && !found && (entry = readdir(dir)) != NULL && count < BESIDE_MOST) {
        static struct beside beside;
        if (!is_beside(slash != NULL ? slash + 1 : follower->path, entry->d_name))
            continue;
        count++;
        if (!look(follower, entry->d_name, depth, &beside))
            continue;
        found = each(follower, &beside, context);
        if (beside.fd >= 0)
            close(beside.fd);
    }
    if (dir != NULL)
        closedir(dir);
    return found;
}

/* Its text, too, so that it is known when it is compressed: not of files that are too long to be read now. */
static bool learn_one(struct follower *follower, struct beside *beside, void *context)
{
    static char bytes[FOLLOW_CHUNK];
    enum { MOST = 64 * 1024 * 1024 };
    (void)context;
    if (beside->known || is_ours(follower, &beside->facts))
        return false;
    struct known *key = &beside->key;
    uint32_t crc = 0;
    for (long n; !beside->packed && beside->length <= MOST &&
                 (n = file_read(beside->fd, bytes, sizeof bytes, key->length)) > 0; key->length += (uint64_t)n)
        crc = (uint32_t)crc32(crc, (const Bytef *)bytes, (uInt)n);
    key->read = key->length > 0;
    key->crc = crc;
    learn(follower, key);
    return false;
}

void beside_learn(struct follower *follower)
{
    walk(follower, PLAIN, learn_one, NULL);
}

void beside_read(struct follower *follower)
{
    struct known known = {.id = follower->id, .length = follower->at, .crc = follower->crc,
                          .read = follower->crc_good};
    known.head_length = follower->head_length < BESIDE_HEAD ? follower->head_length : BESIDE_HEAD;
    known.head_hash = hash_of(follower->head, (size_t)known.head_length);
    const struct known *last = follower->known_count > 0 ? &follower->known[follower->known_count - 1] : NULL;
    if (last == NULL || memcmp(&last->id, &known.id, sizeof known.id) != 0 || last->length != known.length ||
        last->crc != known.crc || last->read != known.read)
        learn(follower, &known);
}

struct wanted {
    const struct stat *current; /* of the path, may be NULL */
    struct timespec after; /* our file was written last, if it is there ... */
    struct beside ours;    /* ... and its name beside the log, if it has one: somebody may have gone on in it */
    struct beside best;
    uint64_t at;
    bool same;
};

/* Which one is older, by their names: .2 is older than .1, and -20310218 is younger than -20310217. Below 0: the
 * first one; 0: they don't tell. */
static int by_name(const struct beside *a, const struct beside *b)
{
    const char *x = a->path + strlen(a->path), *y = b->path + strlen(b->path);
    size_t m, n;
    if (a->packed && x - a->path > 3)
        x -= 3; /* .gz */
    if (b->packed && y - b->path > 3)
        y -= 3;
    for (m = 0; x > a->path && x[-1] >= '0' && x[-1] <= '9'; m++)
        x--;
    for (n = 0; y > b->path && y[-1] >= '0' && y[-1] <= '9'; n++)
        y--;
    if (m > 0 && m < 4 && n > 0 && n < 4) {
        unsigned long one = strtoul(x, NULL, 10), other = strtoul(y, NULL, 10);
        return one > other ? -1 : one < other;
    }
    return m >= 4 && n == m ? memcmp(x, y, m) : 0;
}

/* Their names tell better than their times. */
static bool is_older(const struct beside *a, const struct beside *b)
{
    int order = by_name(a, b);
    return order != 0 ? order < 0 : file_before(a->facts.st_mtim, b->facts.st_mtim);
}

static void keep(struct wanted *wanted, struct beside *beside)
{
    if (wanted->best.fd >= 0)
        close(wanted->best.fd);
    wanted->best = *beside;
    beside->fd = -1;
}

/* A copy of the file that is lost, made before all of it was read: else it would have its place. */
static bool begins_alike(const struct follower *follower, const struct beside *beside)
{
    char head[FOLLOW_HEAD];
    long n = file_read(beside->fd, head, follower->head_length, 0);
    return n > 0 && memcmp(head, follower->head, (size_t)n) == 0;
}

static bool take_between(struct follower *follower, struct beside *beside, void *context)
{
    struct wanted *wanted = context;
    bool current = wanted->current != NULL && wanted->current->st_ino == beside->facts.st_ino &&
                   wanted->current->st_dev == beside->facts.st_dev;
    int order = wanted->ours.path[0] != '\0' ? by_name(&wanted->ours, beside) : 0;
    bool earlier = order != 0 ? order > 0 : file_before(beside->facts.st_mtim, wanted->after);
    if (beside->known || current || is_ours(follower, &beside->facts) || earlier)
        return false;
    follower->unsettled |= beside->partial;
    if (beside->foreign) { /* said once */
        follower->unreadable = true;
        learn(follower, &beside->key);
        return false;
    }
    if (beside->length == 0) /* nothing is lost with it, and who learned it now would know anything that comes there */
        return false;
    if (!beside->packed)
        compare_read(follower, beside);
    if (beside->known)
        return false;
    if (follower->fd < 0 && begins_alike(follower, beside)) {
        learn(follower, &beside->key);
        return false;
    }
    follower->next_seen |= follower->next_fd >= 0 && file_same(beside->fd, follower->next_fd);
    if (wanted->best.fd < 0 || is_older(beside, &wanted->best))
        keep(wanted, beside);
    return false;
}

struct listing {
    uint64_t sum; /* of names, files, and how long they are */
    struct beside *ours;
};

static bool list_one(struct follower *follower, struct beside *beside, void *context)
{
    struct listing *listing = context;
    uint64_t facts[] = {(uint64_t)beside->facts.st_dev, (uint64_t)beside->facts.st_ino, (uint64_t)beside->facts.st_size};
    listing->sum += hash_of(beside->path, strlen(beside->path)) ^ hash_of((const char *)facts, sizeof facts);
    if (is_ours(follower, &beside->facts))
        *listing->ours = *beside; /* for its name */
    return false;
}

int beside_between(struct follower *follower, const struct stat *current, struct stat *facts, bool *unpacked)
{
    static struct wanted wanted;
    struct stat ours;
    struct listing before = {0, &wanted.ours}, behind = before;
    wanted = (struct wanted){.current = current, .best = {.fd = -1}};
    follower->own_seen = follower->next_seen = follower->unreadable = follower->unsettled = false;
    if (!follower->unpacked && fstat(follower->fd, &ours) == 0)
        wanted.after = ours.st_mtim;
    walk(follower, PLAIN, list_one, &before);
    walk(follower, ALL, take_between, &wanted);
    walk(follower, PLAIN, list_one, &behind);
    follower->unsettled |= before.sum != behind.sum;
    *facts = wanted.best.facts;
    *unpacked = wanted.best.packed;
    return wanted.best.fd;
}

bool beside_unsure(struct follower *follower)
{
    return follower->unsettled && ++follower->stuck < HOLE_PATIENCE;
}

static bool take_holding(struct follower *follower, struct beside *beside, void *context)
{
    struct wanted *wanted = context;
    const char *tail = NULL;
    size_t length = feed_tail(follower, &tail);
    if (wanted->same && !is_ours(follower, &beside->facts))
        return false;
    if (length == 0 ? !wanted->same || wanted->at != 0 : !file_holds(beside->fd, wanted->at, tail, length))
        return false;
    keep(wanted, beside);
    return true;
}

int beside_holds(struct follower *follower, uint64_t at, bool same, struct stat *facts, bool *unpacked)
{
    static struct wanted wanted;
    wanted = (struct wanted){.best = {.fd = -1}, .at = at, .same = same};
    walk(follower, same ? OURS : ALL, take_holding, &wanted);
    *facts = wanted.best.facts;
    *unpacked = wanted.best.packed;
    return wanted.best.fd;
}

static bool take_finding(struct follower *follower, struct beside *beside, void *context)
{
    struct wanted *wanted = context;
    const char *tail = NULL;
    size_t length = feed_tail(follower, &tail);
    bool ours = is_ours(follower, &beside->facts);
    if (beside->foreign || (wanted->same ? !ours : ours || beside->known))
        return false;
    wanted->at = file_find(beside->fd, tail, length);
    if (wanted->at == 0)
        return false;
    keep(wanted, beside);
    return true;
}

int beside_finds(struct follower *follower, bool same, uint64_t *at, struct stat *facts, bool *unpacked)
{
    static struct wanted wanted;
    wanted = (struct wanted){.best = {.fd = -1}, .same = same};
    walk(follower, same ? OURS : ALL, take_finding, &wanted);
    *at = wanted.at;
    *facts = wanted.best.facts;
    *unpacked = wanted.best.packed;
    return wanted.best.fd;
}

static void pruned_name(const struct follower *follower, char *name, size_t size)
{
    const char *slash = strrchr(follower->path, '/');
    const char *base = slash != NULL ? slash + 1 : follower->path, *dot = strrchr(base, '.');
    snprintf(name, size, "%.*s.pru", dot != NULL ? (int)(dot - follower->path) : (int)strlen(follower->path),
             follower->path);
}

uint64_t beside_pruned(const struct follower *follower)
{
    char name[4096];
    struct stat facts;
    pruned_name(follower, name, sizeof name);
    if (stat(name, &facts) != 0)
        return 0;
    uint64_t all[] = {(uint64_t)facts.st_dev, (uint64_t)facts.st_ino, (uint64_t)facts.st_size,
                      (uint64_t)facts.st_mtim.tv_sec, (uint64_t)facts.st_mtim.tv_nsec};
    return hash_of((const char *)all, sizeof all);
}
