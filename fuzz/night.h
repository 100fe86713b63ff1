/* SPDX-License-Identifier: BSD-2-Clause
 * A schedule log of two nights whose truth is known, into which a fuzz target prints what a
 * stranger may make the client print. */
#ifndef FUZZ_NIGHT_H
#define FUZZ_NIGHT_H

#include "drive.h"

/* What really happened in the second night. */
enum night {
    NIGHT_GOOD, NIGHT_VOLUME_LOST, NIGHT_VOLUME_STOPPED, NIGHT_NO_SUMMARY, NIGHT_CONTRADICTION,
    NIGHT_FAILURES, NIGHT_EVENT_FAILED, NIGHT_KILLED, NIGHT_NO_VOLUMES, NIGHT_COMMAND_GOOD,
    NIGHT_COMMAND_BAD, NIGHT_COMMAND_LOST, NIGHT_COUNT
};

enum mark { MARK_PROOF = 1, MARK_NAMES = 2, MARK_OUTPUT = 4, MARK_ONCE = 8 };

/* One line of the log, in the order of the file. */
struct night_line {
    size_t from, to; /* in the text, with the newline */
    uint32_t marks;  /* PROOF: speaks for a run. NAMES, OUTPUT: behind it, the client prints names
                        of objects, or what a command says. ONCE: the client prints it once in a run */
};

struct night_log {
    struct notes text;
    struct night_line lines[160];
    size_t count;
};

void night_make(struct night_log *log, enum night night);
/* How good the second night may be called: standing_level() of the verdict the log by itself has. */
int night_level(enum night night);

#endif
