/* SPDX-License-Identifier: BSD-2-Clause
 * What the server of the good night (nights.h) may say of it: rows of its events, its activity log, and
 * the file spaces as a client lists them. */
#ifndef TEST_ANSWERS_H
#define TEST_ANSWERS_H

/* LAPWING's HEATH_INC of 02/17/2031 20:30, from 20:34:10 to 20:34:51 (nights.h). */
#define ROW(node, schedule, scheduled, actual, completed, status)                                 \
    "MOOR," schedule "," node "," scheduled "," actual "," completed "," status "\n"
#define OWN(status)                                                                               \
    ROW("LAPWING", "HEATH_INC", "02/17/2031 20:30:00", "02/17/2031 20:34:10", "02/17/2031 20:34:52", status)
#define DONE OWN("Completed,0,All operations completed successfully.")
/* A date that decides the order of all others. */
#define OTHERS ROW("RUFF", "HEATH_INC", "02/17/2031 20:30:00", "02/17/2031 20:31:00", "02/17/2031 20:32:00", "Completed,0,-")

#define LOGGED(time, code, node, session, text)                                                   \
    time "\t" code " (Session: " session ", Node: " node ")  " text "  (SESSION: " session ")\n"
#define TOTALS_WITH(time, node, session, inspected, stored, failed, bytes, elapsed)               \
    LOGGED(time, "ANE4952I", node, session, "Total number of objects inspected: " inspected)      \
    LOGGED(time, "ANE4954I", node, session, "Total number of objects backed up: " stored)         \
    LOGGED(time, "ANE4958I", node, session, "Total number of objects updated: 0")                 \
    LOGGED(time, "ANE4960I", node, session, "Total number of objects rebound: 0")                 \
    LOGGED(time, "ANE4957I", node, session, "Total number of objects deleted: 0")                 \
    LOGGED(time, "ANE4970I", node, session, "Total number of objects expired: 0")                 \
    LOGGED(time, "ANE4959I", node, session, "Total number of objects failed: " failed)            \
    LOGGED(time, "ANE4961I", node, session, "Total number of bytes transferred: " bytes)          \
    LOGGED(time, "ANE4964I", node, session, "Elapsed processing time: " elapsed)
#define TOTALS(time, node, session, inspected)                                                    \
    TOTALS_WITH(time, node, session, inspected, "3", "0", "11.20 KB", "00:00:41")
#define OPENED "02/17/2031 19:00:00\tANR0406I Session 100 started for node RUFF (AIX) (Tcp/Ip 192.0.2.4(40000)). (SESSION: 100)\n"
#define CLOSED "02/17/2031 22:00:00\tANR0403I Session 190 ended for node RUFF (AIX). (SESSION: 190)\n"
#define OF_RUFF TOTALS("02/17/2031 20:32:00", "RUFF", "190", "77,001")
#define GOOD TOTALS("02/17/2031 20:34:51", "LAPWING", "168", "1,204")
#define LOG(middle) OPENED middle OF_RUFF CLOSED
#define CLOSED_BY(code, why)                                                                      \
    "02/17/2031 20:34:30\t" code " Session 151 for node LAPWING (Linux x86-64) " why " (SESSION: 151)\n"
#define ALL_FOUR (TSMP_PROOF_CLOSED | TSMP_PROOF_VOLUMES | TSMP_PROOF_SUMMARY | TSMP_PROOF_SERVER)
#define NAME_ENDS "': access to the object is denied  (SESSION: 150)\n"
#define NAME_BEGINS "02/17/2031 20:34:20\tANE4007E (Session: 150, Node: LAPWING)  Error processing '/heath/x\n"

#define TIMED_OUT CLOSED_BY("ANR0481W", "terminated - client did not respond within 60 seconds.")
#define IDLE CLOSED_BY("ANR0482W", "terminated - idle for more than 15 minutes.")
#define TURNED_AWAY(node) "02/17/2031 20:34:09\tANR2568E A session for node " node " was turned away. (SESSION: 149)\n"

#define CLIENT(time) "IBM Storage Protect\nCommand Line Backup-Archive Client Interface\n" \
    "  Client Version 8, Release 1, Level 23.0 \n  Client date/time: " time "\n\n"
#define SERVER(node, time) "Node Name: " node "\nSession established with server PLOVER: Linux/x86_64\n" \
    "  Server Version 8, Release 1, Level 23.000\n  Server date/time: " time "  Last access: 2031-02-17 20:34:51\n\n"
#define HEAD "  #     Last Incr Date          Type    File Space Name\n" \
    "--------------------------------------------------------------------------------\n"
#define SPACE(time, type, name) "  1     " time "     " type "     " name "\n"
#define ASKED CLIENT("2031-02-18 06:00:00") SERVER("LAPWING", "2031-02-18 06:00:01") HEAD
#define ROOT SPACE("2031-02-17 20:34:51", "EXT4", "/")
#define HEATH(time) SPACE(time, "XFS", "/heath")
#define SPACES (TSMP_PROOF_CLOSED | TSMP_PROOF_VOLUMES | TSMP_PROOF_SUMMARY | TSMP_PROOF_FILESPACE)

#endif
