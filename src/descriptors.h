/* What a session's transfers wait for, as descriptors for poll. */
#ifndef AZION_DESCRIPTORS_H
#define AZION_DESCRIPTORS_H

#include "session.h"

#include <curl/curl.h>
#include <stdbool.h>
#include <stddef.h>

struct azion_descriptors {
  struct curl_waitfd *list; /* the caller's */
  size_t capacity;
  size_t count;
};

/* Adds those of a session. False if there are others beside them, which have to be looked after
   by steps at short intervals. */
bool azion_descriptors_add(struct azion_descriptors *descriptors, struct azion_session *session);

#endif
