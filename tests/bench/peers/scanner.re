/* SPDX-License-Identifier: BSD-2-Clause
 * Peer of the benchmark: a scanner made by re2c. usage: peer_re2c FILE; prints "objects bytes sent".
 * Built as: re2c -o scanner.c scanner.re */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static uint64_t objects, bytes, sent;

/* One line; its newline is there. */
static void scan(const unsigned char *line)
{
    const unsigned char *YYCURSOR = line, *YYMARKER = line, *a, *b, *c;
    /*!stags:re2c format = 'const unsigned char *@@;'; */
    /*!re2c
        re2c:define:YYCTYPE = "unsigned char";
        re2c:yyfill:enable = 0;
        re2c:flags:tags = 1;
        d = [0-9];
        stamp = d{4} "-" d{2} "-" d{2} " " d{2} ":" d{2} ":" d{2} " ";
        kind = "Normal File" | "Directory" | "Symbolic Link" | "Special File" | "Updating" | "Expiring" |
               "Rebinding" | "Deleting";
        stamp ("Retry # " d+ "  ")? kind "-->" " "* @a [0-9,]+ @b " " [^\n]* "\n" {
            c = YYCURSOR - 1;
            uint64_t size = 0;
            for (; a < b; a++)
                if (*a != ',')
                    size = size * 10 + (uint64_t)(*a - '0');
            objects++;
            bytes += size;
            sent += c - b >= 7 && memcmp(c - 7, " [Sent]", 7) == 0;
            return;
        }
        * { return; }
    */
}

int main(int argc, char **argv)
{
    enum { SIZE = 256 * 1024 };
    FILE *file = argc == 2 ? fopen(argv[1], "rb") : NULL;
    char *buffer = malloc(SIZE);
    size_t kept = 0, n;
    if (file == NULL || buffer == NULL)
        return 1;
    while ((n = fread(buffer + kept, 1, SIZE - kept, file)) > 0) {
        size_t length = kept + n, from = 0;
        char *newline;
        while ((newline = memchr(buffer + from, '\n', length - from)) != NULL) {
            scan((const unsigned char *)buffer + from);
            from = (size_t)(newline - buffer) + 1;
        }
        kept = length - from;
        memmove(buffer, buffer + from, kept);
    }
    printf("%" PRIu64 " %" PRIu64 " %" PRIu64 "\n", objects, bytes, sent);
    free(buffer);
    fclose(file);
    return 0;
}
