/* SPDX-License-Identifier: BSD-2-Clause */
#include "night.h"

#include <string.h>

#define ALL ((1u << NIGHT_COUNT) - 1)
#define ONLY(night) (1u << (night))
#define COMMANDS (ONLY(NIGHT_COMMAND_GOOD) | ONLY(NIGHT_COMMAND_BAD) | ONLY(NIGHT_COMMAND_LOST))
#define BACKUPS (ALL & ~COMMANDS)
#define KILLED ONLY(NIGHT_KILLED)

/* A line, and the nights in which it is printed. `@` at its start stands for a stamp. */
struct row {
    uint32_t nights;
    uint32_t marks;
    const char *text;
};

static const struct row poll[] = {
    {ALL, 0, "@IBM Storage Protect Backup-Archive Client Version 8, Release 1, Level 22.0"},
    {ALL, 0, "@Querying server for next scheduled event."},
    {ALL, 0, "@Node Name: OSPREY"},
    {ALL, 0, "@Session established with server HERON: Linux/x86_64"},
    {ALL, 0, "@  Server Version 8, Release 1, Level 22.000"},
    {ALL, 0, ""},
    {ALL, 0, "@--- SCHEDULEREC QUERY BEGIN"},
    {ALL, 0, "@--- SCHEDULEREC QUERY END"},
    {ALL, 0, "@Next operation scheduled:"},
    {ALL, 0, "@------------------------------------------------------------"},
    {ALL, 0, "@Schedule Name:         NIGHT_INC"},
    {BACKUPS, 0, "@Action:                Incremental"},
    {COMMANDS, 0, "@Action:                Command"},
    {ALL, 0, "@Objects:               "},
    {ALL, 0, "@Options:               "},
    {ALL, 0, "@Server Window Start:   22:00:00 on %"},
    {ALL, 0, "@------------------------------------------------------------"},
};

static const struct row run[] = {
    {ALL, 0, "@"},
    {ALL, 0, "Executing scheduled command now."},
    {ALL, MARK_PROOF | MARK_ONCE, "@--- SCHEDULEREC OBJECT BEGIN NIGHT_INC % 22:00:00"},
    {BACKUPS & ~ONLY(NIGHT_NO_VOLUMES), MARK_ONCE, "@Incremental backup of volume '/'"},
    {BACKUPS & ~ONLY(NIGHT_NO_VOLUMES), MARK_ONCE | MARK_NAMES, "@Incremental backup of volume '/srv/mail'"},
    {BACKUPS, MARK_NAMES, "@Normal File-->             4,096 /srv/mail/index [Sent]"},
    {ONLY(NIGHT_FAILURES), MARK_NAMES, "@Normal File-->        11,204 /srv/mail/queue  ** Unsuccessful **"},
    {ONLY(NIGHT_FAILURES), MARK_NAMES, "@ANS1228E Sending of object '/srv/mail/queue' failed."},
    {BACKUPS & ~KILLED & ~ONLY(NIGHT_NO_VOLUMES), MARK_PROOF | MARK_ONCE | MARK_NAMES,
     "@Successful incremental backup of '/'"},
    {BACKUPS & ~KILLED, MARK_NAMES, ""},
    {ONLY(NIGHT_VOLUME_STOPPED), MARK_NAMES, "@ANS1999E Incremental processing of '/srv/mail' stopped."},
    {ONLY(NIGHT_FAILURES), MARK_NAMES, "@ANS1802E Incremental backup of '/srv/mail' finished with 1 failure(s)"},
    {ONLY(NIGHT_GOOD) | ONLY(NIGHT_NO_SUMMARY) | ONLY(NIGHT_CONTRADICTION) | ONLY(NIGHT_EVENT_FAILED),
     MARK_PROOF | MARK_ONCE | MARK_NAMES, "@Successful incremental backup of '/srv/mail'"},
    {BACKUPS & ~KILLED & ~ONLY(NIGHT_NO_SUMMARY), MARK_PROOF | MARK_ONCE, "@--- SCHEDULEREC STATUS BEGIN"},
    {BACKUPS & ~KILLED & ~ONLY(NIGHT_NO_SUMMARY) & ~ONLY(NIGHT_CONTRADICTION), MARK_PROOF | MARK_ONCE,
     "@Total number of objects inspected:      184,220"},
    {ONLY(NIGHT_CONTRADICTION), MARK_ONCE, "@Total number of objects inspected:            2"},
    {BACKUPS & ~KILLED & ~ONLY(NIGHT_NO_SUMMARY), MARK_PROOF | MARK_ONCE, "@Total number of objects backed up:            3"},
    {BACKUPS & ~KILLED & ~ONLY(NIGHT_NO_SUMMARY), MARK_PROOF | MARK_ONCE, "@Total number of objects updated:              0"},
    {BACKUPS & ~KILLED & ~ONLY(NIGHT_NO_SUMMARY), MARK_PROOF | MARK_ONCE, "@Total number of objects rebound:              0"},
    {BACKUPS & ~KILLED & ~ONLY(NIGHT_NO_SUMMARY), MARK_PROOF | MARK_ONCE, "@Total number of objects deleted:              0"},
    {BACKUPS & ~KILLED & ~ONLY(NIGHT_NO_SUMMARY), MARK_PROOF | MARK_ONCE, "@Total number of objects expired:              2"},
    {BACKUPS & ~KILLED & ~ONLY(NIGHT_NO_SUMMARY) & ~ONLY(NIGHT_FAILURES), MARK_PROOF | MARK_ONCE,
     "@Total number of objects failed:               0"},
    {ONLY(NIGHT_FAILURES), MARK_ONCE, "@Total number of objects failed:               1"},
    {BACKUPS & ~KILLED & ~ONLY(NIGHT_NO_SUMMARY), MARK_PROOF | MARK_ONCE, "@Total number of bytes transferred:         1.23 MB"},
    {BACKUPS & ~KILLED & ~ONLY(NIGHT_NO_SUMMARY), MARK_PROOF | MARK_ONCE, "@Elapsed processing time:               00:00:00"},
    {BACKUPS & ~KILLED & ~ONLY(NIGHT_NO_SUMMARY), MARK_PROOF | MARK_ONCE, "@--- SCHEDULEREC STATUS END"},
    {COMMANDS, MARK_ONCE | MARK_OUTPUT, "@Executing Operating System command or script:"},
    {COMMANDS, MARK_OUTPUT, "   /usr/local/bin/nightly.sh"},
    {ONLY(NIGHT_COMMAND_GOOD), MARK_PROOF | MARK_ONCE, "@Finished command.  Return code is: 0"},
    {ONLY(NIGHT_COMMAND_BAD), MARK_ONCE, "@Finished command.  Return code is: 8"},
    {ALL & ~KILLED, MARK_PROOF | MARK_ONCE, "@--- SCHEDULEREC OBJECT END NIGHT_INC % 22:00:00"},
    {ALL & ~KILLED & ~ONLY(NIGHT_EVENT_FAILED), MARK_PROOF | MARK_ONCE, "@Scheduled event 'NIGHT_INC' completed successfully."},
    {ONLY(NIGHT_EVENT_FAILED), MARK_ONCE, "@ANS1512E Scheduled event 'NIGHT_INC' failed.  Return code = 12."},
    {ALL & ~KILLED, MARK_PROOF | MARK_ONCE, "@Sending results for scheduled event 'NIGHT_INC'."},
    {ALL & ~KILLED, MARK_PROOF | MARK_ONCE, "@Results sent to server for scheduled event 'NIGHT_INC'."},
    {KILLED, 0, "@Scheduler has been started by Dsmcad."},
    {ALL, 0, ""},
};

static void put(struct night_log *log, const char *date, const struct row *row, bool marked)
{
    struct night_line *line = &log->lines[log->count++];
    CHECK(log->count <= sizeof log->lines / sizeof *log->lines);
    *line = (struct night_line){.from = log->text.length, .marks = marked ? row->marks : 0};
    for (const char *at = row->text; *at != '\0'; at++) {
        if (*at == '@' && at == row->text) {
            note_bytes(&log->text, date, strlen(date));
            note_bytes(&log->text, " 22:04:11 ", 10);
        } else if (*at == '%' && at[1] != '\'') {
            note_bytes(&log->text, date, strlen(date));
        } else {
            note_bytes(&log->text, at, 1);
        }
    }
    note_bytes(&log->text, "\n", 1);
    line->to = log->text.length;
}

static void part(struct night_log *log, const char *date, enum night night, const struct row *rows,
                 size_t count, bool marked)
{
    for (size_t i = 0; i < count; i++)
        if ((rows[i].nights & ONLY(night)) != 0)
            put(log, date, &rows[i], marked);
}

void night_make(struct night_log *log, enum night night)
{
    enum { POLL = sizeof poll / sizeof *poll, RUN = sizeof run / sizeof *run };
    log->text.length = 0;
    log->count = 0;
    part(log, "09/16/2025", NIGHT_GOOD, poll, POLL, false);
    part(log, "09/16/2025", NIGHT_GOOD, run, RUN, false);
    part(log, "09/17/2025", night, poll, POLL, false);
    part(log, "09/17/2025", night, run, RUN, true);
    part(log, "09/18/2025", NIGHT_GOOD, poll, POLL, false);
}

int night_level(enum night night)
{
    return night == NIGHT_GOOD || night == NIGHT_COMMAND_GOOD ? 3 : night == NIGHT_FAILURES ? 2 : 0;
}
