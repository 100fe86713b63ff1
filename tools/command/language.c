/* SPDX-License-Identifier: BSD-2-Clause
 * --language FILE: tables of translated lines for every reader. */
#include "command.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum { MOST = 4 * 1024 * 1024 };

bool load_language(struct options *options, const char *path)
{
    FILE *file = fopen(path, "rb");
    char *bytes = file != NULL ? malloc(MOST) : NULL;
    size_t length = bytes != NULL ? fread(bytes, 1, MOST, file) : 0;
    const char *wrong = file == NULL ? strerror(errno)
                        : bytes == NULL ? "no memory"
                        : ferror(file) ? "can't be read"
                        : length == MOST ? "too long for a language table"
                        : options->language_count == MAX_LANGUAGES ? "too many --language" : NULL;
    if (file != NULL)
        fclose(file);
    tsmp_reader *reader = NULL;
    char message[300];
    if (wrong == NULL && tsmp_reader_new(NULL, NULL, &reader) != TSMP_OK)
        wrong = "no memory";
    /* What is wrong with a table is said once, before anything is read. */
    if (wrong == NULL && tsmp_reader_add_language(reader, bytes, length) != TSMP_OK) {
        snprintf(message, sizeof message, "%s", tsmp_reader_error(reader));
        wrong = message;
    }
    tsmp_reader_free(reader);
    if (wrong != NULL) {
        complain(path, wrong);
        free(bytes);
        return false;
    }
    options->languages[options->language_count++] = (tsmp_text){bytes, length};
    return true;
}

int32_t add_languages(const struct options *options, tsmp_reader *reader)
{
    int32_t status = TSMP_OK;
    for (size_t i = 0; i < options->language_count && status == TSMP_OK; i++)
        status = tsmp_reader_add_language(reader, options->languages[i].bytes,
                                          options->languages[i].length);
    return status;
}
