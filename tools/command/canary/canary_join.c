/* SPDX-License-Identifier: BSD-2-Clause
 * check --canary PATH=FILE: PATH is rewritten before each run, FILE holds what
 * `dsmc query backup PATH -inactive` printed. Each run asks about its own window. */
#include "canary.h"
#include "join.h"

#include <stdlib.h>
#include <string.h>

/* The path may hold a '=', the file's name hardly does. */
static bool read_one(const struct options *options, const char *word, struct canary_file *file)
{
    const char *equals = strrchr(word, '=');
    size_t length = equals != NULL ? (size_t)(equals - word) : 0;
    struct said said = {0};
    file->path = malloc(length + 2); /* a sound path has grown by at most its end */
    char *asked = malloc(length + 1);
    bool good = file->path != NULL && asked != NULL;
    if (good) {
        memcpy(asked, word, length);
        asked[length] = '\0';
        good = canary_path(asked, file->path, length + 2);
        canary_read(options, equals + 1, &said);
        if (said.error[0] != '\0')
            complain(equals + 1, said.error);
        good = good && said.error[0] == '\0';
    }
    free(asked);
    file->bytes = said.bytes;
    file->length = good ? said.length : 0;
    return good;
}

bool canaries_open(struct options *options)
{
    bool good = true;
    if (options->canary_count == 0)
        return true;
    options->canary_files = calloc(options->canary_count, sizeof *options->canary_files);
    if (options->canary_files == NULL) {
        complain(NULL, "no memory");
        options->canary_count = 0;
        return false;
    }
    for (size_t i = 0; i < options->canary_count; i++)
        good &= read_one(options, options->canaries[i], &options->canary_files[i]);
    return good;
}

void canaries_close(struct options *options)
{
    for (size_t i = 0; options->canary_files != NULL && i < options->canary_count; i++) {
        free(options->canary_files[i].path);
        free(options->canary_files[i].bytes);
    }
    free(options->canary_files);
    options->canary_files = NULL;
}

/* ---- one run ------------------------------------------------------------------------------------ */

/* The text through reader and question; TSMP_OK, or why not. */
static int32_t ask(const struct options *options, const struct canary_file *file,
                   const tsmp_canary_question *question, tsmp_canary **canary)
{
    tsmp_options known = options->reader;
    tsmp_reader *reader = NULL;
    tsmp_batch *batch;
    known.format = 0; /* of the log, not of this text */
    int32_t status = tsmp_canary_new(question, NULL, canary);
    if (status == TSMP_OK)
        status = canary_reader(options, file->bytes, file->length, &known, &reader);
    while (status == TSMP_OK && (status = tsmp_reader_next(reader, &batch)) == TSMP_OK) {
        status = tsmp_canary_add(*canary, batch);
        tsmp_batch_unref(batch);
    }
    tsmp_reader_free(reader);
    return status == TSMP_END ? tsmp_canary_end(*canary) : status;
}

static const tsmp_canary_reason no_window = {.id = TSMP_CANARY_REASON_NOT_YET,
                                             .text = {"when this run was is not known", 30}};
static const tsmp_canary_reason no_answer = {.id = TSMP_CANARY_REASON_NO_ANSWER,
                                             .text = {"the answer could not be read", 28}};

/* That it is rewritten before each run is what --canary says, so that a night without a version is
 * absent where versions from before are there. */
static void by_night(tsmp_canary_view *view)
{
    const tsmp_canary_night *night = view->night_count == 1 ? view->nights : NULL;
    if (night == NULL || view->answer != TSMP_CANARY_UNKNOWN)
        return;
    if (night->answer == TSMP_CANARY_ABSENT)
        view->answer = TSMP_CANARY_ABSENT;
    for (uint64_t i = 0; i < view->reason_count; i++) {
        if (view->reasons[i].id == night->reason) {
            view->reasons += i;
            view->reason_count = 1;
            return;
        }
    }
}

bool canaries_ask(const struct options *options, const tsmp_run_view *run, struct joined *joined)
{
    size_t count = options->canary_files != NULL ? options->canary_count : 0;
    if (count == 0)
        return true;
    joined->answers = calloc(count, sizeof *joined->answers);
    joined->list = calloc(count, sizeof *joined->list);
    if (joined->answers == NULL || joined->list == NULL)
        return false;
    for (size_t i = 0; i < count; i++) {
        const struct canary_file *file = &options->canary_files[i];
        tsmp_canary **canary = &joined->answers[i].canary;
        tsmp_canary_view *view = &joined->answers[i].view;
        if (file->path == NULL)
            return false;
        tsmp_canary_question question = {
            .size = sizeof question, .flags = TSMP_CANARY_UNTIL | TSMP_CANARY_CHANGES,
            .path = {file->path, strlen(file->path)}, .window_start = run->started,
            .window_end = run->ended, .nights = &run->started, .night_count = 1};
        bool timed = run->started != TSMP_NO_TIME && run->ended != TSMP_NO_TIME && run->started <= run->ended;
        joined->canary_count = i + 1;
        int32_t status = timed ? ask(options, file, &question, canary) : TSMP_END;
        if (status == TSMP_E_NOMEM)
            return false;
        if (status == TSMP_OK)
            *view = *tsmp_canary_view_of(*canary);
        else
            *view = (tsmp_canary_view){.size = sizeof *view, .answer = TSMP_CANARY_UNKNOWN,
                                       .path = question.path, .reason_count = 1,
                                       .reasons = timed ? &no_answer : &no_window};
        by_night(view);
        joined->list[i] = view;
    }
    return true;
}
