/* SPDX-License-Identifier: BSD-2-Clause
 * Peer of the benchmark: one combined PCRE2 pattern, JIT compiled, line by line.
 * usage: peer_pcre2 FILE; prints "objects bytes sent". */
#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char pattern[] =
    "^\\d{4}-\\d\\d-\\d\\d \\d\\d:\\d\\d:\\d\\d "
    "(?:Retry # \\d+  )?(Normal File|Directory|Symbolic Link|Special File|Updating|Expiring|Rebinding|Deleting)--> *"
    "([\\d,]+) (.*?)( \\[Sent\\]|  Changed)?$";

int main(int argc, char **argv)
{
    enum { SIZE = 256 * 1024 };
    FILE *file = argc == 2 ? fopen(argv[1], "rb") : NULL;
    int code;
    PCRE2_SIZE at;
    pcre2_code *compiled = pcre2_compile((PCRE2_SPTR)pattern, PCRE2_ZERO_TERMINATED, 0, &code, &at, NULL);
    if (file == NULL || compiled == NULL || pcre2_jit_compile(compiled, PCRE2_JIT_COMPLETE) != 0)
        return 1;
    pcre2_match_data *data = pcre2_match_data_create_from_pattern(compiled, NULL);
    char *buffer = malloc(SIZE);
    size_t kept = 0, n;
    uint64_t objects = 0, bytes = 0, sent = 0;
    while ((n = fread(buffer + kept, 1, SIZE - kept, file)) > 0) {
        size_t length = kept + n, from = 0;
        char *newline;
        while ((newline = memchr(buffer + from, '\n', length - from)) != NULL) {
            size_t end = (size_t)(newline - buffer);
            if (pcre2_jit_match(compiled, (PCRE2_SPTR)(buffer + from), end - from, 0, 0, data, NULL) > 0) {
                const PCRE2_SIZE *span = pcre2_get_ovector_pointer(data);
                uint64_t size = 0;
                for (PCRE2_SIZE i = span[4]; i < span[5]; i++)
                    if (buffer[from + i] != ',')
                        size = size * 10 + (uint64_t)(buffer[from + i] - '0');
                objects++;
                bytes += size;
                sent += pcre2_get_ovector_count(data) > 4 && span[8] != PCRE2_UNSET &&
                        buffer[from + span[8] + 1] == '[';
            }
            from = end + 1;
        }
        kept = length - from;
        memmove(buffer, buffer + from, kept);
    }
    printf("%" PRIu64 " %" PRIu64 " %" PRIu64 "\n", objects, bytes, sent);
    pcre2_match_data_free(data);
    pcre2_code_free(compiled);
    free(buffer);
    fclose(file);
    return 0;
}
