/* SPDX-License-Identifier: BSD-2-Clause
 * A TOML document as a tree in C, with the place of everything in it, so that whoever reads it can
 * say where something is wrong. */
#ifndef TSMPARSE_POLICY_TOML_H
#define TSMPARSE_POLICY_TOML_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

enum toml_type {
    TOML_TABLE, TOML_ARRAY, TOML_STRING, TOML_INTEGER, TOML_REAL, TOML_BOOLEAN, TOML_DATE, TOML_OTHER
};

struct toml_node {
    enum toml_type type;
    char *key; /* of a table's member, NUL-terminated; else NULL */
    unsigned key_line, key_column;
    unsigned line, column; /* of the value, counted from 1; 0 = a table that no line begins */
    char *text;            /* TOML_STRING, NUL-terminated: one that holds a NUL is an error */
    int64_t integer;
    double real;
    bool boolean;
    int year, month, day;       /* TOML_DATE */
    struct toml_node *children; /* of a table or an array, in the order of keys or of the file */
    size_t count;
};

struct toml_failure {
    unsigned line, column; /* 0 = no place in the file */
    char message[300];
};

/* Is there a TOML reader in this build? */
bool toml_is_there(void);
/* The tree of a document of `length` bytes, to be freed with toml_free(); NULL: `failure` says why. */
struct toml_node *toml_read(const char *bytes, size_t length, struct toml_failure *failure);
/* Takes NULL. */
void toml_free(struct toml_node *root);

#ifdef __cplusplus
}
#endif
#endif
