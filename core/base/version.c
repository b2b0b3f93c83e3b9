/* SPDX-License-Identifier: MIT */
#include "base/version.h"

const char *bgen_version(void)
{
  return BGEN_VERSION;
}
