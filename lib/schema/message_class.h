/* SPDX-License-Identifier: BSD-2-Clause
 * What a client message means for the run that it stands in. */
#ifndef TSMP_MESSAGE_CLASS_H
#define TSMP_MESSAGE_CLASS_H

#include <tsmparse/tsmparse.h>

#include <stdbool.h>

enum message_class {
    MESSAGE_NEUTRAL,
    MESSAGE_ABORT,    /* the client was stopped or gave up, or the server had no session for it */
    MESSAGE_LEFT_OUT, /* a file system or what was asked for was not looked at */
    MESSAGE_SESSION,  /* the session was lost; clients reconnect */
    MESSAGE_OBJECT,   /* one object was not stored */
    MESSAGE_ERROR,    /* an error of which no more is known */
};

/* `code` has 8 bytes, as ANS1228E. */
enum message_class message_class(const char *code);
/* Of MESSAGE_ABORT: does it say that a session was refused or ended? */
bool message_refuses(const char *code);
/* TSMP_EVIDENCE_... under which a message of this class is kept; 0 = it is not. */
uint32_t message_evidence(enum message_class class);

#endif
