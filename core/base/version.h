/* SPDX-License-Identifier: MIT
   version.h - which libbgen this is. */
#ifndef BGEN_BASE_VERSION_H
#define BGEN_BASE_VERSION_H

#include "base/api.h"

BGEN_API_BEGIN

/* "MAJOR.MINOR.PATCH" of the library that runs.  Libraries of one MAJOR may take each other's
   place: MAJOR is in the SONAME. */
const char *bgen_version(void);

BGEN_API_END
#endif
