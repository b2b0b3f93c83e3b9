/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "one_basin.h"

#include <algorithm>
#include <csetjmp>
#include <cstdarg>
#include <cstddef>
#include <cstdint>

extern "C" {
#include <cmocka.h>
}

using namespace bgen;

double bgen::last(const std::string &path, const std::string &name)
{
  const std::vector<std::string> lines = lines_of(content_of(path));
  const std::vector<double> values = numbers_of(lines.back());
  std::string names = lines[1].substr(1);
  for (size_t c = 0, at = 0; c < values.size(); c++) {
    at = names.find_first_not_of(' ', at);
    const size_t end = std::min(names.find(' ', at), names.size());
    if (names.substr(at, end - at) == name) return values[c];
    at = end;
  }
  fail_msg("no column %s in %s", name.c_str(), lines[1].c_str());
  return NAN;
}
