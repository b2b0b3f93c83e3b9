/* SPDX-License-Identifier: MIT */
#include "base/status.h"

#include <stdarg.h>
#include <stdio.h>

static _Thread_local char sentence[2048];

const char *bgen_last_error(void)
{
  return sentence;
}

bgen_status bgen_fail(bgen_status status, const char *format, ...)
{
  va_list values;
  va_start(values, format);
  vsnprintf(sentence, sizeof sentence, format, values);
  va_end(values);
  return status;
}
