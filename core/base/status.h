/* SPDX-License-Identifier: MIT
   status.h - what a function of the core answers when the world (file, memory, user) is at fault.

   A caller's mistake is an assert.  Numbers that overflow flow through as inf or NaN; only
   acceptance, training steps and estimators look at them.  Everything else returns a status, leaves
   its outputs untouched, and leaves one sentence for the user in bgen_last_error(). */
#ifndef BGEN_BASE_STATUS_H
#define BGEN_BASE_STATUS_H

#include "base/api.h"

BGEN_API_BEGIN

typedef enum bgen_status {
  BGEN_OK = 0,
  BGEN_NO_MEMORY,
  BGEN_BAD_INPUT,  /* what the user wrote or gave */
  BGEN_BAD_FILE,   /* a file that cannot be read, written or understood */
  BGEN_NOT_FINITE, /* no finite number could be made of the data */
  BGEN_NO_CONVERGENCE
} bgen_status;

/* The sentence of the latest failure in this thread, with the offending value; "" before any. */
const char *bgen_last_error(void);

/* Records the sentence and returns status:  return bgen_fail(BGEN_BAD_FILE, "%s: ...", path); */
#if defined(__GNUC__)
__attribute__((format(printf, 2, 3)))
#endif
bgen_status
bgen_fail(bgen_status status, const char *format, ...);

BGEN_API_END
#endif
