/* SPDX-License-Identifier: MIT
   memory.h - is there so much memory?  Linux gives more than there is and ends the program when it
   is used, so what a user may make large is looked at before it is asked for. */
#ifndef BGEN_BASE_MEMORY_H
#define BGEN_BASE_MEMORY_H

#include "base/status.h"

BGEN_API_BEGIN

/* Bytes that this process may have: the memory of the machine, or less by a limit (ulimit -v). */
double bgen_memory_limit(void);

/* BGEN_NO_MEMORY unless so many bytes (a product of doubles does not overflow) may be had; the
   format says what for: "%zu paths". */
#if defined(__GNUC__)
__attribute__((format(printf, 2, 3)))
#endif
bgen_status
bgen_memory_check(double n_bytes, const char *format, ...);

BGEN_API_END
#endif
