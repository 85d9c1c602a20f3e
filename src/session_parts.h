/* What the files of the session share. */
#ifndef AZION_SESSION_PARTS_H
#define AZION_SESSION_PARTS_H

#include "session.h"

/* The transfer is left with code and message, and waits to be reported. */
void azion_session_end_transfer(struct azion_session *session, struct azion_transfer *transfer);

/* Ends all transfers; `code` is a static string. */
void azion_session_end_all(struct azion_session *session, const char *code, const char *message);

/* The same where libcurl itself failed; nothing if it did not. */
void azion_session_fail_all(struct azion_session *session, CURLMcode result);

/* After a fork, lets go of what belongs to the parent. */
void azion_session_leave_to_parent(struct azion_session *session);

/* Moves on the deadlines of the transfers, once each, if nobody has listened to them for long. */
void azion_session_forgive_absence(struct azion_session *session, double now);

#endif
