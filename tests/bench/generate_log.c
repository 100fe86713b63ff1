/* SPDX-License-Identifier: BSD-2-Clause
 * A realistic text of a given size, always the same: a schedule log with a line for each object or
 * without, or the answer to `dsmc query backup`.
 * usage: generate_log verbose|quiet|query BYTES */
#include <inttypes.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static uint64_t seed = 88172645463325252u;
static uint64_t written;
static long second, day;

static uint64_t next(uint64_t below)
{
    seed ^= seed << 13;
    seed ^= seed >> 7;
    seed ^= seed << 17;
    return seed % below;
}

static void stamp(char *to, size_t size)
{
    snprintf(to, size, "%ld-%02ld-%02ld %02ld:%02ld:%02ld", 2024 + day / 336, day / 28 % 12 + 1, day % 28 + 1,
             second / 3600 % 24, second / 60 % 60, second % 60);
}

static void line(const char *text)
{
    char now[64];
    stamp(now, sizeof now);
    written += (uint64_t)printf("%s %s\n", now, text);
}

static const char *grouped(uint64_t number, char *to)
{
    char plain[32];
    size_t n = (size_t)snprintf(plain, sizeof plain, "%" PRIu64, number), at = 0;
    for (size_t i = 0; i < n; i++) {
        if (i > 0 && (n - i) % 3 == 0)
            to[at++] = ',';
        to[at++] = plain[i];
    }
    to[at] = '\0';
    return to;
}

static uint64_t sent, updated, expired, retries; /* of the night */

static const char *file_name(char *path, size_t size)
{
    static const char *const parts[] = {"usr", "share", "projects", "mail", "Inbox", "cache", "2023",
                                        "node_modules", "data set", "logs", "report", "img"};
    int n = 0;
    for (uint64_t i = 0, depth = 3 + next(5); i < depth; i++)
        n += snprintf(path + n, size - (size_t)n, "/%s", parts[next(12)]);
    snprintf(path + n, size - (size_t)n, "/file%" PRIu64 ".dat", next(100000));
    return path;
}

static void object(void)
{
    static const char *const kinds[] = {"Normal File-->", "Normal File-->", "Normal File-->",
                                        "Normal File-->", "Directory-->", "Symbolic Link-->",
                                        "Updating-->", "Expiring-->"};
    char text[512], size[48], path[384];
    const char *kind = kinds[next(8)];
    bool stored = kind[0] != 'U' && kind[0] != 'E';
    grouped(kind[0] == 'D' ? 4096 : next(1) + next(1u << (4 + next(22))), size);
    file_name(path, sizeof path);
    /* A file that changes while it is read is tried again. */
    bool changed = stored && kind[0] == 'N' && next(100) == 0;
    snprintf(text, sizeof text, "%s%*s %s%s", kind, (int)(32 - strlen(kind)), size, path,
             changed ? "  Changed" : " [Sent]");
    line(text);
    if (changed) {
        snprintf(text, sizeof text, "Retry # 1  %s%*s %s [Sent]", kind, (int)(32 - strlen(kind)),
                 size, path);
        line(text);
        retries++;
    }
    sent += stored;
    updated += kind[0] == 'U';
    expired += kind[0] == 'E';
    if (next(40) == 0)
        second++;
}

static void statistic(const char *label, const char *value, const char *unit)
{
    char text[512];
    snprintf(text, sizeof text, "%s%*s%s", label, (int)(47 - strlen(label)), value, unit);
    line(text);
}

static void poll_server(void)
{
    static const char *const lines[] = {
        "IBM Storage Protect Backup-Archive Client Version 8, Release 1, Level 22.0",
        "Querying server for next scheduled event.", "Node Name: BENCH",
        "Session established with server S1: Linux/x86_64",
        "  Server Version 8, Release 1, Level 22.000", "--- SCHEDULEREC QUERY BEGIN",
        "--- SCHEDULEREC QUERY END", "Next operation scheduled:",
        "------------------------------------------------------------",
        "Schedule Name:         NIGHT", "Action:                Incremental", "Objects:",
        "Options:", NULL};
    char text[128], now[64];
    for (int i = 0; lines[i] != NULL; i++)
        line(lines[i]);
    stamp(now, sizeof now);
    snprintf(text, sizeof text, "Server Window Start:   21:00:00 on %.10s", now);
    line(text);
    line("------------------------------------------------------------");
}

/* Versions of files, in the columns of 8.1. Most were stored by the first backup, one after the other;
 * others when they had changed, on any day of the years since. Every fourth row is an older version of
 * the file in the row before. Which class a file is bound to can't be foreseen, which is harder than
 * in life; a few names are longer than a line of a terminal; a size too wide for its column is in KB. */
static void query(uint64_t size)
{
    static const char *const classes[] = {"STANDARD", "STANDARD", "STANDARD", "LONGTERM_7Y", "DEFAULT"};
    char path[600] = "/", now[64], number[48];
    written += (uint64_t)printf(
        "             Size        Backup Date                Mgmt Class           A/I File\n"
        "             ----        -----------                ----------           --- ----\n");
    const long whole_backup = 2 * 336; /* its day */
    for (bool active = true; written < size; active = next(4) != 0) {
        long first = second;
        day = whole_backup;
        if (!active || next(4) == 0) {
            day = (long)next(336) + (active ? whole_backup : (long)next(336));
            second = (long)next(86400);
        }
        stamp(now, sizeof now);
        second = first + (next(3) == 0 ? (long)next(7) : 0);
        if (active) {
            file_name(path, sizeof path);
            size_t n = strlen(path);
            if (next(50) == 0)
                snprintf(path + n, sizeof path - n, " (%0*u)", (int)(40 + next(120)), 7u);
        }
        bool large = next(2000) == 0;
        grouped(large ? UINT64_C(97656250) + next(2000000000) : next(1u << (4 + next(22))), number);
        written += (uint64_t)printf("%14s %2s  %s             %-20s %c  %s\n", number,
                                    large ? "KB" : "B", now, classes[next(5)], active ? 'A' : 'I', path);
    }
}

int main(int argc, char **argv)
{
    if (argc != 3)
        return fprintf(stderr, "usage: generate_log verbose|quiet|query BYTES\n"), 2;
    int verbose = strcmp(argv[1], "verbose") == 0;
    uint64_t size = strtoull(argv[2], NULL, 10);
    if (strcmp(argv[1], "query") == 0)
        return query(size), 0;
    static const char *const volumes[] = {"/", "/home", "/var", "/opt", "/srv/data"};
    for (; written < size; day++) {
        char text[256], now[64], number[48];
        second = 21 * 3600 + 300;
        long begun = second;
        sent = updated = expired = retries = 0;
        line("Scheduler has been started by Dsmcad.");
        poll_server();
        stamp(now, sizeof now);
        line("");
        written += (uint64_t)printf("Executing scheduled command now.\n");
        snprintf(text, sizeof text, "--- SCHEDULEREC OBJECT BEGIN NIGHT %.10s 21:00:00", now);
        line(text);
        for (int i = 0; i < 5; i++) {
            snprintf(text, sizeof text, "Incremental backup of volume '%s'", volumes[i]);
            line(text);
        }
        uint64_t objects = verbose ? 60000 : 0;
        for (uint64_t i = 1; i <= objects && written < size; i++) {
            object();
            if (i % 1000 == 0) {
                snprintf(text, sizeof text, "ANS1898I ***** Processed %9s files *****",
                         grouped(i, number));
                line(text);
            }
        }
        second += 600;
        for (int i = 4; i >= 0; i--) {
            snprintf(text, sizeof text, "Successful incremental backup of '%s'", volumes[i]);
            line(text);
            written += (uint64_t)printf("\n");
        }
        line("--- SCHEDULEREC STATUS BEGIN");
        static const char *const counts[] = {"inspected", "backed up", "updated", "rebound",
                                             "deleted", "expired", "failed", "encrypted", "grew"};
        const uint64_t values[] = {184220, sent, updated, 0, 0, expired, 0, 0, 0};
        for (int i = 0; i < 9; i++) {
            snprintf(text, sizeof text, "Total number of objects %s:", counts[i]);
            statistic(text, grouped(values[i], number), "");
        }
        statistic("Total number of retries:", grouped(retries, number), "");
        statistic("Total number of bytes inspected:", "9.41", " GB");
        statistic("Total number of bytes transferred:", "1.23", " MB");
        statistic("Data transfer time:", "0.21", " sec");
        statistic("Network data transfer rate:", "5,997.40", " KB/sec");
        statistic("Aggregate data transfer rate:", "13.26", " KB/sec");
        statistic("Objects compressed by:", "0", "%");
        statistic("Total data reduction ratio:", "99.98", "%");
        snprintf(text, sizeof text, "%02ld:%02ld:%02ld", (second - begun) / 3600,
                 (second - begun) / 60 % 60, (second - begun) % 60);
        statistic("Elapsed processing time:", text, "");
        line("--- SCHEDULEREC STATUS END");
        snprintf(text, sizeof text, "--- SCHEDULEREC OBJECT END NIGHT %.10s 21:00:00", now);
        line(text);
        line("Scheduled event 'NIGHT' completed successfully.");
        line("Sending results for scheduled event 'NIGHT'.");
        line("Results sent to server for scheduled event 'NIGHT'.");
        line("Scheduler has been stopped.");
    }
    return 0;
}
