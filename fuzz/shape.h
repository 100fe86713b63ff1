/* SPDX-License-Identifier: BSD-2-Clause
 * What a JSON object of the command must be: which members, and of what kind each is. */
#ifndef FUZZ_SHAPE_H
#define FUZZ_SHAPE_H

#include "strict.h"

/* `is`: letters of what it may be, one is enough. n null, t a time, d a day, s any text (its bytes in base64
 * may stand beside it, as KEY_b64), i a number of digits, z the same with a sign, b true or false, a an array,
 * o an object, w a word of the schema's `group`, - a text that stands for none; in front of all, ?: it may
 * be missing. */
struct member {
    const char *key, *is, *group;
};

/* An object has these members and no other. `members` ends with a key of NULL. */
void shape_object(const struct json *json, int object, const struct member *members);
/* Each member of the array `key` of an object is such an object; how many there are. */
int shape_objects(const struct json *json, int object, const char *key, const struct member *members);
/* Each member of the array `key` of an object is such a value. */
void shape_values(const struct json *json, int object, const char *key, const char *is, const char *group);

bool shape_time(const char *text, size_t length);
bool shape_day(const char *text, size_t length);
/* Of digits, with a sign in front where `sign`. */
bool shape_number(const char *text, size_t length, bool sign);
/* Is this a word of the group? */
bool shape_word(const char *text, size_t length, const char *group);

/* ---- what the command prints as one JSON text ---- */
void shape_check(const struct json *json);
void shape_canary(const struct json *json);
void shape_policy(const struct json *json);
/* Runs of a history, or what is usual. */
void shape_history(const struct json *json, bool baseline);

#endif
