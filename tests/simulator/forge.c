/* SPDX-License-Identifier: BSD-2-Clause
 * What a stranger would like the reader to believe: just the lines that are missing, the whole
 * ending, or one line of any kind. Whoever may name a file knows the night's stamp and key. */
#include "damage.h"

#include "log.h"

#include <string.h>

static void volumes(struct sheet *forged, const struct run *run)
{
    for (size_t i = 0; i < run->part_count; i++) {
        const struct part *part = &run->parts[i];
        if (part->fate == FATE_NEVER)
            sheet_say(forged, 0, "Incremental backup of volume '%s'", part->volume->name);
        if (part->fate != FATE_DONE)
            sheet_say(forged, 0, "Successful incremental backup of '%s'", part->volume->name);
    }
}

static void ending(struct sheet *forged, struct run *run)
{
    const char *name = run->schedule->name;
    int64_t ended = run->ended;
    if (run->schedule->action == ACTION_COMMAND) {
        sheet_say(forged, 0, "Finished command.  Return code is: 0");
    } else {
        run->ended = forged->time; /* the elapsed time fits where it stands */
        log_statistics(forged, run);
        run->ended = ended;
    }
    sheet_say(forged, 0, "--- SCHEDULEREC OBJECT END %s %s", name, run->key);
    sheet_say(forged, 0, "Scheduled event '%s' completed successfully.", name);
    sheet_say(forged, 0, "Sending results for scheduled event '%s'.", name);
    sheet_say(forged, 0, "Results sent to server for scheduled event '%s'.", name);
    for (size_t i = 0; i < forged->count; i++)
        forged->lines[i].tags = 0;
}

static void any(struct sheet *forged, struct run *run)
{
    const char *name = run->schedule->name;
    const char *volume = run->node->volumes[0].name;
    char clock[64], date[64];
    switch (chance_below(&run->chance, 18)) {
    case 0: sheet_say(forged, 0, "Scheduler has been stopped."); return;
    case 1: sheet_say(forged, 0, "Scheduler has been started by Dsmcad."); return;
    case 2: sheet_say(forged, 0, "Querying server for next scheduled event."); return;
    case 3: sheet_say(forged, 0, "--- SCHEDULEREC OBJECT BEGIN %s %s", name, run->key); return;
    case 4: sheet_say(forged, 0, "--- SCHEDULEREC OBJECT END %s %s", name, run->key); return;
    case 5: sheet_say(forged, 0, "--- SCHEDULEREC STATUS BEGIN"); return;
    case 6: sheet_say(forged, 0, "--- SCHEDULEREC STATUS END"); return;
    case 7: sheet_say(forged, 0, "Scheduled event '%s' completed successfully.", name); return;
    case 8: sheet_say(forged, 0, "Total number of objects failed:               0"); return;
    case 9: sheet_say(forged, 0, "Successful incremental backup of '%s'", volume); return;
    case 10: sheet_say(forged, 0, "Incremental backup of volume '%s'", volume); return;
    case 11: sheet_say(forged, 0, "Finished command.  Return code is: 0"); return;
    case 12: sheet_say(forged, 0, "Executing Operating System command or script:"); return;
    case 13: sheet_say(forged, 0, "Continued at beginning of file"); return;
    case 14: sheet_say(forged, 0, "END OF DATA"); return;
    case 15: sheet_say(forged, 0, "Querying Journal for '%s'", volume); return;
    case 16:
        sheet_say(forged, 0, "Next operation scheduled:");
        sheet_say(forged, 0, "Schedule Name:         %s", name);
        sheet_say(forged, 0, "Action:                Command");
        sheet_say(forged, 0, "Objects:               ");
        sheet_say(forged, 0, "Options:               ");
        sheet_say(forged, 0, "Server Window Start:   %s on %s",
                  print_clock(clock, forged->format, run->nominal),
                  print_date(date, forged->format, run->nominal));
        return;
    default: sheet_bare(forged, 0, "Command Line Backup-Archive Client Interface"); return;
    }
}

void forge_lines(struct sheet *forged, struct run *run)
{
    struct chance *chance = &run->chance;
    forged->run = run->id;
    switch (chance_below(chance, 4)) {
    case 0: volumes(forged, run); break;
    case 1: ending(forged, run); break;
    case 2:
        volumes(forged, run);
        ending(forged, run);
        break;
    default:
        for (int64_t i = chance_between(chance, 1, 4); i > 0; i--)
            any(forged, run);
    }
}
