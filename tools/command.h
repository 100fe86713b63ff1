/* SPDX-License-Identifier: BSD-2-Clause
 * The rooms of the command: one verb each, and what they share. */
#ifndef TSMPARSE_COMMAND_H
#define TSMPARSE_COMMAND_H

#include <tsmparse/runs.h>
#include <tsmparse/tsmparse.h>

#include <stdbool.h>
#include <stdio.h>

enum format { FORMAT_TEXT, FORMAT_JSON, FORMAT_CSV };

struct options {
    enum format format;
    bool last;             /* check: newest run of each schedule only */
    const char *kinds;     /* records: comma list, NULL = all */
    tsmp_options reader;   /* what the caller said; the probe fills the rest */
    tsmp_context context;
    tsmp_text domain[256];
    const char *patterns[32]; /* NAME=REGEX */
    size_t pattern_count;
};

/* ---- source.c: bytes of a file, unpacked ---------------------------------------------------- */
struct source;
/* Open FILE or "-". NULL: `error` says in one line what to do. */
struct source *source_open(const char *path, char *error, size_t error_size);
/* Bytes read, 0 at the end, -1 on an error (then `source_error`). */
long source_read(struct source *source, char *to, size_t size);
const char *source_error(const struct source *source);
/* Seconds since the file was last written, 0 when that is not known. */
int64_t source_age(const struct source *source);
/* True when the same path can be opened again and gives the same bytes uncompressed. */
bool source_plain(const struct source *source);
void source_close(struct source *source);

/* ---- reading a file into batches ------------------------------------------------------------ */
struct file_facts {
    int64_t age;   /* seconds since it was written */
    bool plain;    /* its lines can be read again by number */
    uint64_t bytes;
};
typedef int32_t batch_handler(const tsmp_batch *batch, void *context);
/* Probe, then read the whole file in order of time. 0, or 1 with a message on stderr. */
int read_file(const char *path, const struct options *options, batch_handler *handler,
              void *context, struct file_facts *facts);

/* ---- print.c: nothing of the log reaches an output raw ---------------------------------------- */
/* For a terminal: control and bidi characters and bytes that are no UTF-8 become \xNN. */
void print_safe(FILE *out, const char *bytes, size_t length, size_t most);
/* A JSON string with quotes; bytes that are no UTF-8 become U+FFFD. True: all was UTF-8. */
bool print_json(FILE *out, const char *bytes, size_t length);
void print_base64(FILE *out, const char *bytes, size_t length);
void print_csv(FILE *out, const char *bytes, size_t length);
/* number x 10^power, exactly, without exponent. */
void print_number(FILE *out, int64_t number, int power);
/* 2019-03-26T03:07:11, or null. */
void print_time(FILE *out, int64_t time, bool known, bool json);

int records_main(const struct options *options, char **files, int count);
int runs_main(const struct options *options, char **files, int count);
int check_main(const struct options *options, char **files, int count);
int explain_main(char **codes, int count);

#endif
