/* SPDX-License-Identifier: BSD-2-Clause
 * The rooms of the command: one verb each, and what they share. */
#ifndef TSMPARSE_COMMAND_H
#define TSMPARSE_COMMAND_H

#include <tsmparse/runs.h>
#include <tsmparse/tsmparse.h>

#include <stdbool.h>
#include <stdio.h>

enum format { FORMAT_TEXT, FORMAT_JSON, FORMAT_CSV };

enum { MAX_DOMAIN = 256, MAX_PATTERNS = 32, MAX_CONDITIONS = 32, MAX_LANGUAGES = 16 };

/* One --where: FIELD OP VALUE. */
struct condition {
    char field[64];
    enum { IS_EQUAL, IS_NOT, IS_LESS, IS_MOST, IS_MORE, IS_LEAST, HAS } test;
    const char *value;
};

struct options {
    enum format format;
    bool last;   /* check: newest run of each schedule only */
    bool bad;    /* check, runs: those that are complete are not shown */
    bool joined; /* all files are one text, in this order */
    unsigned threads; /* at most; 0: as many as processors() */
    bool now;    /* windows that are over by now and had no run are missed */
    uint64_t max_bytes;
    const char *kinds; /* records: comma list, NULL = all */
    struct condition conditions[MAX_CONDITIONS];
    size_t condition_count;
    tsmp_options reader; /* what the caller said; the probe fills the rest */
    tsmp_context context;
    tsmp_text domain[MAX_DOMAIN];
    const char *patterns[MAX_PATTERNS]; /* NAME=REGEX */
    size_t pattern_count;
    tsmp_text languages[MAX_LANGUAGES]; /* tables, checked */
    size_t language_count;
    const char *policy_path; /* tsmparse.toml, NULL = none */
    const char *schedules;   /* what the server says of its schedules, NULL = nothing */
    const char *node;        /* whose logs these are, where they do not say it themselves */
    const char *at;          /* the moment from which all is looked at, checked; NULL = the clock */
    bool why;                /* check: what would change each verdict */
    const char *history_path; /* of the runs before, NULL = none */
    struct history_use *history;  /* of history_path, while it is open; or NULL */
    const char *canaries[64];     /* PATH=FILE */
    size_t canary_count;
    struct canary_file *canary_files; /* read; or NULL */
    bool canaries_bad;            /* not all could be read */
    bool server_bad;              /* the same, of what the server said */
    const struct policy *policy; /* of policy_path, once it was read; or NULL */
    struct server_file *server; /* what the server said: --events, --actlog, --filespaces */
    size_t server_count;
    bool load;                  /* reconcile: by night, hour, server and schedule */
    bool each;                  /* reconcile: nights that say the same are not put together */
    int file_count;
    char **files;
};

enum verb { VERB_CHECK, VERB_RUNS, VERB_RECORDS, VERB_PROBE, VERB_EXPLAIN, VERB_CANARY, VERB_POLICY, VERB_RECONCILE, VERB_HISTORY, VERB_FOLLOW, VERB_HELP, VERB_VERSION };

/* ---- options.c ---- */
/* Fill `options` from the command line. False: wrong usage, said on standard error. */
bool read_options(int argc, char **argv, enum verb *verb, struct options *options);
extern const char usage[];
/* One option with its value, of those that say how a text is read or shown. False: it was no use,
 * and that was said. */
bool take_option(struct options *options, enum verb verb, const char *name, const char *value);
/* ---- known.c ---- */
extern const char *const verb_names[];
/* Is `word` (--name or --name=value) an option of the verb, with a value (`next`, NULL behind the last
 * word, or behind =) where it takes one? False: no, and that was said. */
bool option_known(enum verb verb, const char *word, const char *next, bool *value);
/* Letters to change, add or take away to get from one word to the other; a large number for words that
 * are longer than names are. */
size_t letters_apart(const char *a, size_t a_length, const char *b);
/* Say on standard error what is wrong with the command line; always false. */
bool wrong(const char *what, const char *value);

/* ---- the verbs; each returns the exit code ---- */
int check_main(const struct options *options);
int runs_main(const struct options *options);
int records_main(const struct options *options);
int probe_main(const struct options *options);
int explain_main(char **words, int count);
/* Its words are options->files. */
int canary_main(struct options *options);
/* Its words are options->files. */
int follow_main(struct options *options);

/* Its words are options->files. */
int policy_main(struct options *options);

int reconcile_main(const struct options *options);

/* ---- server.c ---- */
/* --events, --actlog or --filespaces; false: it is another option. `*good` false: no memory. */
bool take_server(struct options *options, const char *name, const char *value, bool *good);
/* Read them into options->context.witness. False: one could not be read, or nothing in it was
 * understood, which was said; the witness is there all the same when there is memory for it.
 * `several`: logs of several nodes, so that a file space that names none can't be any run's. */
bool server_open(struct options *options, bool several);
void server_close(struct options *options);

/* ---- policy.c ---- */
/* --at: is it a moment? */
bool take_at(struct options *options, const char *value);
/* Read the policy that the command line names, if it names one. False: it is no use, and that was
 * said. */
bool policy_open(struct options *options);
void policy_close(struct options *options);

/* ---- explain.c ---- */
/* What an evidence id means, NULL when there is no such id. */
const char *evidence_meaning(const char *id);

/* ---- language.c ---- */
/* Read and check a table. False: it is no use, and that was said. */
bool load_language(struct options *options, const char *path);
/* Give the tables to a new reader; its status. */
int32_t add_languages(const struct options *options, tsmp_reader *reader);

/* ---- gather.c ---- */
/* How many threads are of use where nobody said it: processors that this process may have, at most 8. */
unsigned processors(void);

/* ---- input.c: files into batches, in order of time ---- */

/* ---- prefix.c: what stands in front of the client's lines ---- */

enum prefix { PREFIX_NONE, PREFIX_QUOTED, PREFIX_INDENTED, PREFIX_OTHER, PREFIX_COUNT };
/* Of a line that no rule fits: is it one of the client's, behind something? */
enum prefix prefix_of(const char *text, size_t length);
/* Why nothing was read, where most lines have the same; NULL: none has. */
const char *prefix_sentence(const uint64_t counts[PREFIX_COUNT]);

/* What was seen in a text while it was read, for the sentence that says why nothing is proven. */
struct tally {
    uint64_t records, bytes;
    uint64_t kinds[256];   /* by TSMP_KIND_ */
    uint64_t formats[256]; /* by TSMP_FORMAT_, blank lines left out */
    uint64_t not_text;     /* lines that hold bytes no text has */
    uint64_t queries;      /* polls of the scheduler */
    uint64_t prefixed[PREFIX_COUNT]; /* lines that no rule fits, for what stands in front of them */
    uint64_t last_line;
    bool transcoded;
    const char *utf16; /* it looks like UTF-16 without a mark: which option reads it; or NULL */
};

struct text {            /* one file, or several joined */
    char **paths;
    int count;
    int64_t age;         /* seconds since the last of them was written; known before reading */
    bool repeats;        /* it can be read a second time */
    bool wrapped;        /* was put in order of time */
    bool pulled;         /* its records were not seen: the tally has only its bytes */
    tsmp_options known;  /* what it was read with: the caller's options and what the probe found */
    bool held;           /* who reads it says why it could not be, when its turn has come */
    char error[320];     /* why it was not read to its end; empty: it was */
    int at;              /* the path that `error` is about */
    struct tally tally;
};

/* The second half of a large log, read by another thread meanwhile (ahead.c). */
struct ahead;
/* Do `runs` and `reader`, which have taken all before mark `index`, know what the other thread knew
 * there? Then what it has found since then is the rest of the text, once `lines` is added to its line
 * numbers. */
bool ahead_meets(struct ahead *ahead, size_t index, tsmp_runs *runs, tsmp_reader *reader,
                 uint64_t *lines);
/* A run that it finished: itself, or the note that is kept of it; then `passed` good ones come before it of
 * which none is kept. */
struct note;
struct ahead_run {
    tsmp_run *run;     /* or NULL */
    struct note *note; /* or NULL */
    uint64_t passed, passed_commands, passed_with_volumes;
};
/* The next one behind that place; waits for it. False: there are no more. */
bool ahead_next(struct ahead *ahead, struct ahead_run *found);
/* The runs that it has not finished, to be ended by the caller. */
tsmp_runs *ahead_end(struct ahead *ahead);

typedef int32_t batch_handler(const tsmp_batch *batch, void *context);
/* Takes all that a reader has, in its own way; TSMP_OK or an error. */
typedef int32_t reader_handler(tsmp_reader *reader, void *context);
struct sink {
    batch_handler *batch;
    reader_handler *pull; /* the faster way, taken where nobody else must see the records; or NULL */
    void *context;
    void (*end)(void *context); /* after the last batch of a text; none may be kept any longer. Or NULL */
    /* With `pull` only, or NULL: what another thread may make runs with, and who is asked at each mark:
     * TSMP_OK: read on; TSMP_END: the rest was taken from `ahead`; or an error. */
    const tsmp_runs_options *ahead;
    /* What is kept of a run, asked on that other thread; NULL: it is handed on as it is. Or NULL */
    struct note *(*digest)(const tsmp_run *run, void *context);
    int32_t (*meet)(struct ahead *ahead, size_t index, tsmp_reader *reader, void *context);
};
/* Probe, then read the whole text in order of time. False: it could not be read to its end, or
 * the handler said something else than TSMP_OK; text->error says why, and that has been printed
 * unless it is held. */
bool read_text(struct text *text, const struct options *options, const struct sink *sink);
/* Count what stands in a text that was pulled, and so was not seen: text->tally. */
void read_tally(struct text *text, const struct options *options);
/* Once more from `offset` (0, or where a line begins), which is in line `line`, in file order,
 * until the handler says TSMP_END. */
bool read_again(struct text *text, const struct options *options, uint64_t offset, uint64_t line,
                batch_handler *handler, void *context);
/* "tsmparse: FILE: message" on standard error; the name is printed safely. */
void complain(const char *file, const char *message);

/* ---- print.c: nothing of the log reaches an output raw ---- */

/* True when text must be kept to ASCII: a terminal that is not in UTF-8 would take bytes of a
 * UTF-8 character for controls. Set once, before anything is printed. */
void print_setup(bool ascii);
/* For people. Control, format and bidi characters become \xNN or \u{N}, bytes that are no UTF-8
 * \xNN, a backslash that looks like one of these \x5c. At most `most` characters, then "...". */
void print_safe(FILE *out, const char *bytes, size_t length, size_t most);
/* The same for one cell of a table: at most `columns` columns of the terminal, an ellipsis where
 * something was cut. Returns the columns it took. */
size_t print_cell(FILE *out, const char *bytes, size_t length, size_t columns);
/* Cut a line that was made by these functions: nothing is escaped a second time. */
void print_cut(FILE *out, const char *line, size_t length, size_t columns);
/* A JSON string with quotes; bytes that are no UTF-8 become U+FFFD. True: all was UTF-8. */
bool print_json(FILE *out, const char *bytes, size_t length);
/* `"key":"text"`, and `"key_b64":` behind it where the text is not UTF-8. */
void print_json_pair(FILE *out, const char *key, const char *bytes, size_t length);
/* number x 10^power, exactly, without exponent. */
void print_number(FILE *out, int64_t number, int power);
/* 2019-03-26T03:07:11, or null (JSON) or - when it is not known. */
void print_time(FILE *out, int64_t time, bool known, bool json);

#endif
