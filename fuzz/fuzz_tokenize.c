/* SPDX-License-Identifier: BSD-2-Clause
 * The tokenizer over any line: tokens in order, inside, not overlapping; between them only blanks
 * and quotes; a smaller array gives the same tokens and then the rest.
 *
 * First byte: room in the array. The rest: the line. */
#include "fuzz.h"

#include <stdlib.h>
#include <string.h>

static bool gap_is_fair(const char *line, size_t from, size_t to)
{
    for (size_t i = from; i < to; i++)
        if (strchr(" \t'\"", line[i]) == NULL || line[i] == '\0')
            return false;
    return true;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < 1)
        return 0;
    size_t length = size - 1;
    uint32_t room = head_byte(data, 0), most = (uint32_t)length + 1;
    char *line = malloc(length > 0 ? length : 1);
    tsmp_token *tokens = malloc((most + 1) * sizeof *tokens);
    tsmp_token *fewer = malloc((room + 1) * sizeof *fewer);
    CHECK(line != NULL && tokens != NULL && fewer != NULL);
    if (length > 0)
        memcpy(line, data + 1, length);

    memset(tokens, 0xEE, (most + 1) * sizeof *tokens);
    uint32_t count = tsmp_tokenize(line, length, tokens, most);
    CHECK(count <= length); /* each token has a byte of its own: quotes, if nothing else */
    size_t at = 0;
    for (uint32_t i = 0; i < count; i++) {
        const tsmp_token *token = &tokens[i];
        CHECK(token->offset >= at && token->offset <= length);
        CHECK(token->length <= length - token->offset);
        CHECK(token->type >= TSMP_TOKEN_STAMP && token->type < TSMP_TOKEN_REST);
        CHECK(token->length > 0 || token->type == TSMP_TOKEN_QUOTED);
        CHECK(gap_is_fair(line, at, token->offset));
        CHECK(token->power <= 0);
        CHECK((token->flags & TSMP_FLAG_OVERFLOW) == 0 || token->number == 0);
        at = token->offset + token->length;
    }
    CHECK(gap_is_fair(line, at, length));

    memset(fewer, 0xEE, (room + 1) * sizeof *fewer);
    uint32_t got = tsmp_tokenize(line, length, fewer, room);
    CHECK(got == (room < count ? room : count));
    for (uint32_t i = 0; i < got; i++) {
        if (i + 1 == room && room < count) {
            CHECK(fewer[i].type == TSMP_TOKEN_REST);
            CHECK(fewer[i].offset + fewer[i].length == length);
        } else {
            CHECK(memcmp(&fewer[i], &tokens[i], sizeof *fewer) == 0);
        }
    }
    free(line);
    free(tokens);
    free(fewer);
    return 0;
}
