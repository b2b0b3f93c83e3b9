/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "input/text.h"

#include <cstdarg>
#include <cstdio>

std::string bgen::text(const char *format, ...)
{
  va_list values, again;
  va_start(values, format);
  va_copy(again, values);
  const int length = vsnprintf(nullptr, 0, format, values);
  va_end(values);
  std::string text(length > 0 ? length : 0, ' ');
  vsnprintf(&text[0], text.size() + 1, format, again);
  va_end(again);
  return text;
}
