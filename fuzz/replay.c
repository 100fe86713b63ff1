/* SPDX-License-Identifier: BSD-2-Clause
 * An ordinary main for a fuzz target: runs it over files and over all files of folders, so that what
 * fuzzing once found is tried in every build. Folders that hold nothing are an error: a test that
 * tried nothing has not passed. */
#define _POSIX_C_SOURCE 200809L
#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static long count;

static void replay(const char *path)
{
    DIR *folder = opendir(path);
    if (folder != NULL) {
        for (struct dirent *entry; (entry = readdir(folder)) != NULL;) {
            size_t length = strlen(path) + strlen(entry->d_name) + 2;
            char *inner = malloc(length);
            if (inner == NULL || entry->d_name[0] == '.') {
                free(inner);
                continue;
            }
            snprintf(inner, length, "%s/%s", path, entry->d_name);
            replay(inner);
            free(inner);
        }
        closedir(folder);
        return;
    }
    FILE *file = fopen(path, "rb");
    if (file == NULL || fseek(file, 0, SEEK_END) != 0) {
        perror(path);
        exit(1);
    }
    long size = ftell(file);
    rewind(file);
    uint8_t *data = malloc(size > 0 ? (size_t)size : 1);
    if (size < 0 || data == NULL || fread(data, 1, (size_t)size, file) != (size_t)size) {
        perror(path);
        exit(1);
    }
    fclose(file);
    fprintf(stderr, "%s\n", path); /* so that a crash has a name */
    LLVMFuzzerTestOneInput(data, (size_t)size);
    free(data);
    count++;
}

int main(int argc, char **argv)
{
    for (int i = 1; i < argc; i++)
        replay(argv[i]);
    printf("%ld inputs\n", count);
    return count > 0 ? 0 : 1;
}
