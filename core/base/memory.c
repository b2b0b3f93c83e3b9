/* SPDX-License-Identifier: MIT */
#include "base/memory.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <sys/resource.h>
#include <unistd.h>

double bgen_memory_limit(void)
{
  const long pages = sysconf(_SC_PHYS_PAGES), page = sysconf(_SC_PAGESIZE);
  struct rlimit limit;
  double most = pages > 0 && page > 0 ? (double) pages * (double) page : INFINITY;
  if (!getrlimit(RLIMIT_AS, &limit) && limit.rlim_cur != RLIM_INFINITY)
    most = fmin(most, (double) limit.rlim_cur);
  return most;
}

bgen_status bgen_memory_check(double n_bytes, const char *format, ...)
{
  static const double GIB = 1024.0 * 1024.0 * 1024.0;
  const double most = bgen_memory_limit();
  char what[256];
  va_list values;
  if (n_bytes <= most) return BGEN_OK;
  va_start(values, format);
  vsnprintf(what, sizeof what, format, values);
  va_end(values);
  return bgen_fail(BGEN_NO_MEMORY,
                   "%s would take %.3g GiB of memory, but this process may have only %.3g GiB",
                   what, n_bytes / GIB, most / GIB);
}
