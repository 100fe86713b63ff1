/* SPDX-License-Identifier: BSD-2-Clause
 *
 * tsmparse.h - read what the IBM TSM client prints (Spectrum Protect, Storage Protect)
 *
 * Bytes go in, in any pieces; records come out in batches:
 *
 *     tsmp_reader_new(NULL, NULL, &reader);
 *     do {
 *         n = read(fd, buf, sizeof buf);
 *         if (n > 0) tsmp_reader_feed(reader, buf, n); else if (n == 0) tsmp_reader_end(reader);
 *         while (tsmp_reader_next(reader, &batch) == TSMP_OK) {
 *             ... tsmp_batch_view(batch) ...
 *             tsmp_batch_unref(batch);
 *         }
 *     } while (n > 0);
 *     tsmp_reader_free(reader);
 *
 * (A read that failed is no end: do not end the reader, or the last line counts as whole.) What a
 * record says stands in its fields, schema.h tells which kind has which:
 *
 *     record = (const tsmp_record *)((const char *)view->records + i * view->record_stride);
 *     field = (const tsmp_field *)((const char *)view->fields
 *                                  + (record->first_field + k) * (size_t)view->field_stride);
 *     ... field->id, tsmp_batch_field_name(batch, field->id), view->text + field->text ...
 *
 * Rules for all of it
 *   - Every input byte belongs to exactly one record; records come in input order.
 *   - Text is never an error: what no rule fits is a record of kind TSMP_KIND_UNKNOWN.
 *   - Names are bytes, not characters. Lengths are in bytes. Nothing is NUL-terminated unless said.
 *   - A handle belongs to one thread at a time, and may be handed on. A batch is immutable: any
 *     threads may read it, and each that keeps it holds a reference.
 *   - A result's pointer is sure to be set on TSMP_OK only: begin with NULL, then _free always works.
 *   - Nothing here touches locale, environment, standard streams, signals or files.
 *   - Every _free and _unref takes NULL.
 *   - Functions that return int32_t return a TSMP_ status; negative ones are errors.
 */
#ifndef TSMPARSE_TSMPARSE_H
#define TSMPARSE_TSMPARSE_H

#include <stddef.h>
#include <stdint.h>

#include <tsmparse/schema.h>

#ifdef __cplusplus
extern "C" {
#endif

#if defined(_WIN32) && defined(TSMP_BUILD)
#define TSMP_API __declspec(dllexport)
#elif defined(_WIN32)
#define TSMP_API /* functions only, so a program needs no dllimport */
#elif defined(__GNUC__)
#define TSMP_API __attribute__((visibility("default")))
#else
#define TSMP_API
#endif

#define TSMP_VERSION_MAJOR 0
#define TSMP_VERSION_MINOR 1
#define TSMP_VERSION_PATCH 0
/* Grows when a program built against an older header would break. */
#define TSMP_ABI_VERSION 1

/* Status of a call. */
#define TSMP_OK 0         /* done; there is a result */
#define TSMP_MORE 1       /* no result yet: give more input (or end it) */
#define TSMP_END 2        /* no result, and none will come: all input was read */
#define TSMP_E_NOMEM (-1) /* the allocator said no; see each call for what is still usable */
#define TSMP_E_MISUSE (-2) /* a NULL, an impossible option, or a call out of order; nothing changed */
#define TSMP_E_PATTERN (-3) /* a user pattern did not compile; tsmp_reader_error() says where */
#define TSMP_E_ENCODING (-4) /* this build or this system can't convert the encoding named */
#define TSMP_E_LANGUAGE (-5) /* a language table is malformed; tsmp_reader_error() says where */
#define TSMP_E_TOKEN (-6) /* a token is damaged, of another version, or of other options or bytes */


/* Version of the library that runs, as "major.minor.patch"; static storage. */
TSMP_API const char *tsmp_version(void);
/* TSMP_ABI_VERSION of the library that runs. A binding refuses another number than its own. */
TSMP_API uint32_t tsmp_abi_version(void);
/* Every constant, name and struct offset as JSON (UTF-8, NUL-terminated, static storage). */
TSMP_API const char *tsmp_schema_json(void);
/* The name of constant `id` in group `group` ("kind", "field", "word", "statistic", ...: the
 * groups of tsmp_schema_json()), in ASCII, lower case; of a set ("flag", "proof", "repair") `id` is
 * one bit. NULL when there is none. Static storage. */
TSMP_API const char *tsmp_name(const char *group, uint32_t id);

/* Bytes that somebody else owns: how long they live is said where they are handed out. */
typedef struct tsmp_text {
    const char *bytes; /* may be NULL when length is 0 */
    uint64_t length;
} tsmp_text;

/* Where the library's memory comes from. All three are needed; they follow malloc, realloc and
 * free (realloc with NULL allocates). They are called on the thread of the call that needs them,
 * and for batches also from whichever thread drops the last reference. PCRE2 gets them too. */
typedef struct tsmp_allocator {
    void *(*alloc)(uint64_t size, void *context);
    void *(*resize)(void *memory, uint64_t size, void *context);
    void (*release)(void *memory, void *context);
    void *context;
} tsmp_allocator;

/* ---- options ------------------------------------------------------------------------------- */

/* Order of the parts of a printed date, as a set: what is still possible. 0 = find out. */
#define TSMP_ORDER_MDY 1u
#define TSMP_ORDER_DMY 2u
#define TSMP_ORDER_YMD 4u

/* The mark before the decimals. 0 = find out. */
#define TSMP_DECIMAL_POINT 1u
#define TSMP_DECIMAL_COMMA 2u
#define TSMP_DECIMAL_COMMA_BOTH 3u /* before decimals and between thousands: NUMBERFORMAT 2 */

/* Zero it, set `size`, set what is wanted: 0 always means the default. Members may be added at
 * the end; a library refuses (TSMP_E_MISUSE) a longer struct whose unknown tail is not zero. */
typedef struct tsmp_options {
    uint32_t size;          /* sizeof(tsmp_options) */
    uint32_t format;        /* TSMP_FORMAT_...: which text this is; 0 = found per line */
    uint32_t date_order;    /* one TSMP_ORDER_... when it is known, else 0 */
    uint32_t decimal;       /* TSMP_DECIMAL_..., or 0 */
    uint64_t max_line;      /* bytes of a line that are read as one; default 1 MiB, least 16. The
                               rest of a longer line becomes `more` records flagged `cut` */
    uint32_t batch_records; /* most records in a batch; default 512. Lines that make one record (a
                               server's wrapped table, at most 128) stay together all the same */
    uint32_t reserved;
    uint64_t first_offset;  /* offset and line of the first byte that will be fed; line 0 means 1 */
    uint64_t first_line;
    uint32_t encoding; /* TSMP_ENCODING_...: what the input's bytes are; 0 = unknown, they stay as
                          they are. Lines are cut first and converted then: their text is UTF-8,
                          flagged `transcoded` where it differs from the input; offsets and lengths
                          stay those of the input. Bytes that are no character of it stay as they
                          are, flagged `undecodable`. `utf_8` converts nothing, but flags. A byte
                          order mark at the very start wins over what is named: name UTF-16 only
                          to go on in the middle of such a file */
    uint32_t repair;   /* set of TSMP_REPAIR_...; what was repaired is flagged. `wrapped_name`: the
                          terminal broke a row of a query, and its name goes on in the next line:
                          the row's fields show it whole, flagged `joined`, and the next line is a
                          `more` record all the same; never done by itself. `quoted`: marks of a
                          paste in front of lines (`>` or `#`, each with a blank or without);
                          `indented`: four blanks or a tab there. They stay part of the record, its
                          text begins behind them, and it is flagged `prefixed`. `collapsed` is only
                          noticed (tsmp_probe): blanks that are gone can't be put back */
} tsmp_options;

/* What tsmp_probe() found. */
typedef struct tsmp_probe_result {
    uint32_t size;       /* set by the caller: sizeof(tsmp_probe_result) */
    uint32_t format;     /* TSMP_FORMAT_..., 0 = not decided */
    uint32_t date_order; /* a set of TSMP_ORDER_...; one bit = decided, 0 = no date seen */
    uint32_t decimal;    /* TSMP_DECIMAL_..., 0 = not decided */
    uint64_t lines;      /* lines looked at */
    uint64_t dates;      /* stamps that spoke for the order */
    uint64_t wrap_offset; /* of the byte behind the END OF DATA line of a log that wraps
                             (SCHEDLOGMAX), 0 = it does not wrap. Only a whole line with a stamp,
                             behind which time goes back, counts */
    uint64_t wrap_line;   /* line number there */
    uint64_t not_utf8;    /* lines that are not UTF-8 */
    uint32_t encoding;    /* TSMP_ENCODING_...: UTF-16 by its mark, utf_8 when some bytes are over
                             0x7F and all lines are well formed, else bytes: a code page can't be
                             told from its bytes, so it is never guessed */
    uint32_t repair;      /* set of TSMP_REPAIR_...: it is a paste, and tsmp_options.repair would
                             help; `collapsed` is only told: runs of blanks are gone, and with them
                             the columns of tables */
} tsmp_probe_result;

/* Look through `bytes` (a whole file or its beginning) for what the options need: the order of
 * dates (a part over 12; the order of the lines), the decimal mark, the format. Stateless, keeps
 * no pointer. `allocator` NULL = malloc. TSMP_OK, TSMP_E_MISUSE, TSMP_E_NOMEM. */
TSMP_API int32_t tsmp_probe(const char *bytes, uint64_t length, const tsmp_allocator *allocator,
                            tsmp_probe_result *result);

/* The same for text that comes in pieces, in constant memory: new, feed any number of times,
 * result, free. How the text is cut does not change the result. */
typedef struct tsmp_prober tsmp_prober;
/* `allocator` NULL = malloc; it is copied. TSMP_OK, TSMP_E_MISUSE, TSMP_E_NOMEM. */
TSMP_API int32_t tsmp_prober_new(const tsmp_allocator *allocator, tsmp_prober **prober);
TSMP_API void tsmp_prober_free(tsmp_prober *prober);
/* Look at the next piece; it is not kept. Never fails but for TSMP_E_MISUSE. */
TSMP_API int32_t tsmp_prober_feed(tsmp_prober *prober, const void *bytes, uint64_t length);
/* What all pieces so far show. A last line without newline is taken as ended here, so what is fed
 * afterwards begins a new line. `result->size` is set by the caller. */
TSMP_API int32_t tsmp_prober_result(tsmp_prober *prober, tsmp_probe_result *result);

/* ---- tokens -------------------------------------------------------------------------------- */

#define TSMP_TOKEN_STAMP 1  /* date and time at the start of the line */
#define TSMP_TOKEN_CODE 2   /* message code, ANS1228E */
#define TSMP_TOKEN_WORD 3   /* run of other bytes between blanks */
#define TSMP_TOKEN_NUMBER 4 /* grouped number without unit; `number` x 10^power */
#define TSMP_TOKEN_SIZE 5   /* number with B KB MB GB TB: bytes */
#define TSMP_TOKEN_RATE 6   /* number with KB/sec ...: bytes per second */
#define TSMP_TOKEN_PATH 7   /* starts like a path; runs to the next blank */
#define TSMP_TOKEN_QUOTED 8 /* between single or double quotes, quotes not in the span */
#define TSMP_TOKEN_PERCENT 9
#define TSMP_TOKEN_DURATION 10 /* HH:MM:SS behind the stamp; hours may pass 23; seconds */
#define TSMP_TOKEN_REST 11     /* what was left when the array was full */

typedef struct tsmp_token {
    uint32_t offset; /* from the start of the line */
    uint32_t length;
    uint32_t type;  /* TSMP_TOKEN_... */
    int32_t power;  /* number x 10^power */
    int64_t number; /* STAMP: microseconds, local, since 1970 as if UTC */
    uint32_t flags; /* TSMP_FLAG_... of a number or stamp */
    uint32_t reserved;
} tsmp_token;

/* One line (without its newline; at most 4 GiB - 1) into typed spans, left to right, not
 * overlapping; the bytes between them are blanks or quotes. Returns how many were written, at
 * most `capacity`; when the array is too small the last one is a REST. Stateless, allocates
 * nothing, reads only the line. 0 for NULL or capacity 0. */
TSMP_API uint32_t tsmp_tokenize(const char *line, uint64_t length, tsmp_token *tokens,
                                uint32_t capacity);

/* ---- batches ------------------------------------------------------------------------------- */

/* One line of the input, or a cut piece of one. */
typedef struct tsmp_record {
    uint64_t offset;      /* of its first byte in the input */
    uint64_t length;      /* in input bytes, with its newline */
    uint64_t line;        /* line number, from 1 */
    int64_t time;         /* local, microseconds since 1970-01-01 as if UTC; not to be used with
                             TSMP_FLAG_NO_TIME, DATE_AMBIGUOUS or TIME_IMPOSSIBLE */
    uint64_t text;        /* where its text begins in the view's text */
    uint32_t text_length; /* without newline; differs from length when transcoded */
    uint32_t first_field;
    uint32_t field_count;
    uint32_t flags;  /* TSMP_FLAG_... */
    uint16_t kind;   /* TSMP_KIND_... */
    uint16_t format; /* TSMP_FORMAT_... */
    uint16_t why;    /* TSMP_WHY_...: why it is unknown, or more */
    uint16_t stamp_length; /* bytes of the printed stamp at the start of the text, 0 = none */
} tsmp_record;

/* One fact of a record. An archive_version flagged split_ambiguous has no path, expires and
 * description that are sure: the field `candidates` (number: how many ways there are to split the
 * row; text: all of it behind the time) is followed by path, expires and description of each way,
 * of the first 8 at most. In JSON they are an array of objects. */
typedef struct tsmp_field {
    uint64_t text; /* span in the view's text; inside its record */
    uint32_t length;
    uint16_t id;     /* TSMP_FIELD_... ; from TSMP_FIELD_CUSTOM on: tsmp_batch_field_name() */
    uint8_t type;    /* TSMP_TYPE_... */
    int8_t power;    /* NUMBER: value is number x 10^power */
    int64_t number;  /* NUMBER; WORD: TSMP_WORD_... or, for `name`, TSMP_STATISTIC_... (in a custom
                        record: what tsmp_batch_field_name() takes for the pattern's name); TIME:
                        microseconds; OFFSET: of the record that this one continues */
    uint32_t flags;  /* TSMP_FLAG_NO_TIME, DATE_AMBIGUOUS, TIME_IMPOSSIBLE, NUMBER_AMBIGUOUS,
                        OVERFLOW: number not to be used. TSMP_FLAG_JOINED, TEXT_AMBIGUOUS */
    uint32_t reserved;
} tsmp_field;

#define TSMP_FIELD_CUSTOM 0x4000u

typedef struct tsmp_view {
    uint32_t size; /* sizeof(tsmp_view) of the library */
    uint32_t record_stride;
    uint32_t field_stride;
    uint32_t reserved;
    uint64_t record_count;
    uint64_t field_count;
    uint64_t text_length;
    const tsmp_record *records;
    const tsmp_field *fields;
    const char *text;
} tsmp_view;

typedef struct tsmp_batch tsmp_batch;
typedef struct tsmp_reader tsmp_reader;

/* The batch's arrays; they live as long as a reference to the batch. Step by the strides. Never
 * fails; NULL for NULL. */
TSMP_API const tsmp_view *tsmp_batch_view(const tsmp_batch *batch);
/* Name of a field, also of a user pattern's group; lives with the batch. NULL = no such field. */
TSMP_API const char *tsmp_batch_field_name(const tsmp_batch *batch, uint32_t id);
/* Counted, from any thread; _ref gives `batch` back. The batch outlives its reader. */
TSMP_API tsmp_batch *tsmp_batch_ref(tsmp_batch *batch);
TSMP_API void tsmp_batch_unref(tsmp_batch *batch);

/* ---- regions ------------------------------------------------------------------------------- */

/* A stretch of the input that is of one kind, as the reader's records tell. */
typedef struct tsmp_region {
    uint32_t size;       /* set by the caller: sizeof(tsmp_region) */
    uint32_t format;     /* TSMP_FORMAT_... */
    uint64_t offset;     /* and length, in input bytes */
    uint64_t length;
    uint64_t line;       /* number of its first line */
    uint64_t lines;
    uint64_t records;
    uint64_t unknown;    /* records among them that are unknown */
    uint64_t clue_line;  /* the line that decided the format */
    uint32_t clue;       /* TSMP_CLUE_...: what it was */
    uint32_t brand;      /* TSMP_BRAND_... of the client, 0 = no banner said it */
    uint32_t version;    /* of the client, 8.1.22.0 as four numbers; version 0 = not said */
    uint32_t release;
    uint32_t level;
    uint32_t sublevel;
    uint32_t date_order; /* set of TSMP_ORDER_... that its dates allow; 0 = no dates */
    uint32_t decimal;    /* TSMP_DECIMAL_..., 0 = not decided */
    uint32_t language;   /* TSMP_LANGUAGE_...: whether its words were understood */
    uint32_t grouping;   /* the mark between thousands as a code point, 0 = none was seen */
} tsmp_region;

/* Batches in, regions out: new, add each batch of a reader in order, end, get. Another region
 * begins where the format changes, where stamps are written in another form, and where another
 * brand or version of the client speaks; a client's banner belongs to the answer below it. */
typedef struct tsmp_regions tsmp_regions;
/* `most`: regions that are kept, 0 = 256; `allocator` NULL = malloc, it is copied. */
TSMP_API int32_t tsmp_regions_new(uint64_t most, const tsmp_allocator *allocator,
                                  tsmp_regions **regions);
TSMP_API void tsmp_regions_free(tsmp_regions *regions);
/* Look at a batch; it is not kept. After TSMP_E_NOMEM the handle is of no more use. */
TSMP_API int32_t tsmp_regions_add(tsmp_regions *regions, const tsmp_batch *batch);
/* No more batches: the last region is one now. */
TSMP_API int32_t tsmp_regions_end(tsmp_regions *regions);
/* Copy region `index` (from 0) into `region`, whose `size` is set. TSMP_OK; TSMP_END: there are no
 * more. */
TSMP_API int32_t tsmp_regions_get(const tsmp_regions *regions, uint64_t index, tsmp_region *region);
/* How many were not kept. */
TSMP_API uint64_t tsmp_regions_left(const tsmp_regions *regions);

/* ---- reader -------------------------------------------------------------------------------- */

/* `options` and `allocator` may be NULL (defaults, malloc); both are copied. */
TSMP_API int32_t tsmp_reader_new(const tsmp_options *options, const tsmp_allocator *allocator,
                                 tsmp_reader **reader);
TSMP_API void tsmp_reader_free(tsmp_reader *reader);

/* Add a pattern (PCRE2, UTF off, `length` bytes) that is tried on lines no built-in rule fits;
 * its named groups become fields of a `custom` record whose `name` is `name`. Only before the
 * first input. Match, depth and heap limits hold; a pattern that hits them 100 times is switched
 * off and its lines stay unknown with TSMP_WHY_PATTERN_LIMIT. Patterns are trusted: never make
 * them from log text. */
TSMP_API int32_t tsmp_reader_add_pattern(tsmp_reader *reader, const char *name,
                                         const char *pattern, uint64_t length);

/* Add a table of what the client prints in another language: UTF-8 or the log's own bytes, in the
 * form that tsmp_language_template() tells. Lines that fit one of its forms give the records that
 * their English lines would give; fields whose text was put together so are flagged `joined`. Only
 * before the first input; of several tables the first form that fits counts. Tables are trusted.
 * TSMP_OK, TSMP_E_LANGUAGE, TSMP_E_MISUSE, TSMP_E_NOMEM; when it fails nothing was added. */
TSMP_API int32_t tsmp_reader_add_language(tsmp_reader *reader, const char *bytes, uint64_t length);
/* Every English line that can be translated, as a table to fill in, with its rules in comments.
 * NUL-terminated, static storage. */
TSMP_API const char *tsmp_language_template(void);

/* Give a piece of input; the bytes are copied. Pieces may end anywhere, also within a character;
 * an empty one does nothing. TSMP_OK; TSMP_E_NOMEM: nothing of the piece was taken, give it again;
 * TSMP_E_MISUSE: NULL, or behind tsmp_reader_end(); of a resumed reader TSMP_E_TOKEN. */
TSMP_API int32_t tsmp_reader_feed(tsmp_reader *reader, const void *bytes, uint64_t length);
/* Give a piece without a copy: the bytes stay as they are until `release(context)`, which comes
 * exactly once: when no batch needs them any more, or, when the call fails, never. It may come
 * from within this call, tsmp_reader_next, tsmp_reader_free or tsmp_batch_unref, on that thread. */
TSMP_API int32_t tsmp_reader_lend(tsmp_reader *reader, const void *bytes, uint64_t length,
                                  void (*release)(void *context), void *context);
/* No more input: a last line without newline is a record now. Afterwards only next, token and free;
 * again it does nothing. TSMP_OK, TSMP_E_MISUSE, TSMP_E_NOMEM (call again); of a resumed reader
 * TSMP_E_TOKEN. */
TSMP_API int32_t tsmp_reader_end(tsmp_reader *reader);
/* The next batch (TSMP_OK; the reference is the caller's, drop it with tsmp_batch_unref), TSMP_MORE,
 * or TSMP_END behind tsmp_reader_end(). On TSMP_E_NOMEM nothing is lost: call again. */
TSMP_API int32_t tsmp_reader_next(tsmp_reader *reader, tsmp_batch **batch);
/* What went wrong last, for people; lives until the next call on the reader. Never NULL. */
TSMP_API const char *tsmp_reader_error(const tsmp_reader *reader);

/* ---- going on later -------------------------------------------------------------------------- */

/* A token is a reader's place and state behind the last record that it gave, as a line of printable
 * ASCII without blanks (letters, digits, `.`, `-`, `_`): some 250 bytes for a log, at most some
 * kilobytes in the middle of a table. A reader made of it gives the records that the first one would
 * have given from there on. It is sealed against accident, not against forgery: keep it where only
 * its owner can write. A forged one can't do harm to the process, but may begin anywhere.
 *
 *     tsmp_token_view_of(token, n, &view);
 *     read view.tail_length bytes before view.offset of the file; fewer: the log was rotated
 *     status = tsmp_reader_resume(&options, NULL, token, n, before, view.tail_length, &reader);
 *     TSMP_E_TOKEN: it is not that text any more; else feed the reader from view.offset on
 *
 * What was fed behind the last record is fed again, and so comes from the file, or from where the
 * caller kept it. With runs take both tokens at one place, when all finished runs were asked for:
 * tsmp_reader_token(), tsmp_runs_token(); and resume both.
 */
typedef struct tsmp_token_view {
    uint32_t size;        /* set by the caller: sizeof(tsmp_token_view) */
    uint32_t reserved;
    uint64_t offset;      /* of the next record, in the input's bytes */
    uint64_t line;        /* its line number */
    uint64_t tail_length; /* bytes before `offset` that are known, 4,096 at most */
    uint64_t tail_hash;   /* and a hash of them */
} tsmp_token_view;

/* Write the token of what tsmp_reader_next (or tsmp_runs_pull) gave last into `buffer`, without a
 * NUL. TSMP_OK; TSMP_MORE: `size` is too small, nothing was written; `*length` tells both times how
 * many bytes it has (`buffer` may be NULL with 0). TSMP_E_MISUSE, among others behind a last line
 * that has no newline: what follows it later is the rest of that line. Behind tsmp_reader_end() the
 * token holds for a text that grows no more. TSMP_E_NOMEM: nothing changed. */
TSMP_API int32_t tsmp_reader_token(tsmp_reader *reader, char *buffer, uint64_t size,
                                   uint64_t *length);
/* A reader that goes on where the token's was. `options`: those of the first reader, but for
 * batch_records, first_offset and first_line, which do not matter; patterns and languages are added
 * again, the same in the same order, before the first input (which else gives TSMP_E_TOKEN).
 * `before`: the bytes that stand before the token's offset now, tail_length of them at least (the
 * last ones count). TSMP_OK; TSMP_E_TOKEN: damaged, of another version of the library, other options
 * or other bytes, `*reader` is NULL; TSMP_E_MISUSE, TSMP_E_NOMEM, TSMP_E_ENCODING. */
TSMP_API int32_t tsmp_reader_resume(const tsmp_options *options, const tsmp_allocator *allocator,
                                    const char *token, uint64_t length, const void *before,
                                    uint64_t before_length, tsmp_reader **reader);
/* What the token says of its place; `view->size` is set by the caller. TSMP_OK, TSMP_E_TOKEN,
 * TSMP_E_MISUSE, TSMP_E_NOMEM. */
TSMP_API int32_t tsmp_token_view_of(const char *token, uint64_t length, tsmp_token_view *view);
/* Look for the bytes before the token's place in a text whose front was cut off (the client prunes
 * its logs): TSMP_OK and `*at` is behind the first stretch of `bytes` that has their length and
 * hash; TSMP_END: there is none; a token without a tail is nowhere. TSMP_E_TOKEN, TSMP_E_MISUSE,
 * TSMP_E_NOMEM. One pass, no copy. */
TSMP_API int32_t tsmp_token_find(const char *token, uint64_t length, const void *bytes,
                                 uint64_t count, uint64_t *at);

/* ---- message catalogue --------------------------------------------------------------------- */

typedef struct tsmp_message_info {
    uint32_t size;         /* set by the caller: sizeof(tsmp_message_info) */
    uint32_t confidence;   /* 'A' read in a named source, 'B' derived, 'C' from memory */
    const char *code;      /* static storage, NUL-terminated, all of them */
    const char *meaning;
    const char *category;
    const char *weight;    /* "yes" the run or a file system is not done, "maybe", "no" */
    const char *source;
} tsmp_message_info;

/* What is known of a message code ("ANS1802E"; the number decides, the letter may differ).
 * TSMP_OK, TSMP_END when it is not in the catalogue, TSMP_E_MISUSE. */
TSMP_API int32_t tsmp_message_lookup(const char *code, uint64_t length, tsmp_message_info *info);

#ifdef __cplusplus
}
#endif
#endif
