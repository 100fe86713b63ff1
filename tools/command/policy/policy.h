/* SPDX-License-Identifier: BSD-2-Clause
 * tsmparse.toml: what a site asks of its nodes and schedules. docs/policy.md tells the file. It is the
 * administrator's and trusted, but every mistake in it is said with its place. */
#ifndef TSMPARSE_POLICY_H
#define TSMPARSE_POLICY_H

#include "command.h"
#include "cron.h"
#include "policy_toml.h"

/* Names with * and ?, of which one must fit. None: all do. */
struct globs {
    const char **items; /* in the tree */
    size_t count;
};

/* What a rule gives; each only where its bit is set. */
enum {
    RULE_PROOFS = 1, RULE_DOMAIN = 2, RULE_FRESH = 4, RULE_LIMIT = 8, RULE_ZONE = 16, RULE_ORDER = 32,
    RULE_DECIMAL = 64
};

struct policy_rule {
    struct globs nodes, schedules;
    uint32_t gives; /* RULE_... */
    uint32_t proofs, date_order, decimal;
    int64_t fresh, limit; /* seconds */
    tsmp_text *domain;
    size_t domain_count;
    const struct zone *zone;
    unsigned line;
};

struct policy_harmless {
    struct globs nodes, schedules;
    tsmp_waiver waiver;
    unsigned line;
};

struct policy_schedule {
    const char *name;
    struct globs nodes;
    struct cron cron;
    const char *text;        /* its start or cron, as written */
    int64_t window;          /* seconds */
    const struct zone *zone; /* NULL: the node's */
    unsigned line;
};

struct policy {
    const char *path;
    struct toml_node *root;
    struct policy_rule *rules; /* in the order of the file: a later one wins, key by key */
    size_t rule_count;
    struct policy_harmless *harmless;
    size_t harmless_count;
    struct policy_schedule *schedules;
    size_t schedule_count;
    struct zone **zones; /* the first is this machine's */
    size_t zone_count;
    int64_t begin, end; /* instants between which zones are known */
};

/* ---- policy_read.c ---- */
/* Read and check a file; zones are known between two instants. False: it is no use, and each mistake
 * was said on standard error. Only while there is one thread. */
bool policy_load(struct policy *policy, const char *path, int64_t begin, int64_t end);
void policy_free(struct policy *policy);

/* ---- policy_keys.c: the values of keys, checked ---- */
struct policy_reading {
    struct policy *policy;
    const struct toml_node *root;
    size_t mistakes;
    bool no_memory;
};
/* "FILE:LINE:COLUMN: MESSAGE" on standard error; always false. */
bool policy_wrong(struct policy_reading *reading, unsigned line, unsigned column, const char *format,
                  ...) __attribute__((format(printf, 4, 5)));
/* Of the keys that a table may have, the one that looks most like `key`. `known`: ended by NULL. */
const char *policy_nearest(const char *key, const char *const *known);
/* Say so of every key that is not in `known`. */
void policy_check_keys(struct policy_reading *reading, const struct toml_node *table, const char *what,
                       const char *const *known);
const struct toml_node *policy_find(const struct toml_node *table, const char *key);
bool policy_text(struct policy_reading *reading, const struct toml_node *node, const char **to);
bool policy_globs(struct policy_reading *reading, const struct toml_node *node, struct globs *to);
bool policy_proofs(struct policy_reading *reading, const struct toml_node *node, uint32_t *to);
/* 12 or 1.5 are hours; "90m", "4h", "1d", "1h30m" say it. */
bool policy_duration(struct policy_reading *reading, const struct toml_node *node, int64_t *seconds);
/* The last microsecond of a TOML date. */
bool policy_until(struct policy_reading *reading, const struct toml_node *node, int64_t *to);
bool policy_domain(struct policy_reading *reading, const struct toml_node *node, tsmp_text **to,
                   size_t *count);
bool policy_zone(struct policy_reading *reading, const struct toml_node *node, const struct zone **to);
/* One of several words; its place in `words`, or -1. */
int policy_word(struct policy_reading *reading, const struct toml_node *node, const char *const *words);

/* ---- policy_apply.c ---- */
bool globs_fit(const struct globs *globs, tsmp_text name);
/* What holds for a node and a schedule: the rules put together. */
struct policy_rule policy_rule_of(const struct policy *policy, tsmp_text node, tsmp_text schedule);
const struct zone *policy_zone_of(const struct policy *policy, tsmp_text node, tsmp_text schedule);
/* What the command line leaves open about how a text is read. */
void policy_reader(const struct policy *policy, struct options *options);
/* The context for one run; what the command line says goes before. `*memory` is the caller's to free
 * when the run has been judged. False: no memory. */
bool policy_context(const struct options *options, const tsmp_run_view *run, tsmp_context *context,
                    void **memory);
/* "2026-03-29T04:00:00" of the wall clock in a zone, or with Z or +01:00 behind it; false: it is none. */
bool policy_moment(const char *text, const struct zone *zone, int64_t *instant);
/* The moment from which the report looks: --at, else the clock. */
int64_t policy_now(const struct options *options, const struct zone *zone);
/* The same on the wall clock, as the client prints it: microseconds since 1970 as if it were UTC. */
int64_t policy_local_now(const struct options *options);

#endif
