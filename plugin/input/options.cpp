/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "input/options.h"

#include "input/text.h"

#include <algorithm>

using namespace bgen;

static std::string left_column(const Keyword &keyword)
{
  const std::string values = keyword.values;
  return keyword.word + (values.empty() ? "" : " " + values);
}

static std::string right_column(const Keyword &keyword)
{
  const std::string value = keyword.default_value;
  return keyword.help + (value == "-" ? "" : " (default: " + value + ")");
}

std::string CommandHelp::text() const
{
  size_t width = 0;
  for (const Keyword &keyword : keywords) width = std::max(width, left_column(keyword).size());
  std::string text = head + "\n";
  for (const Keyword &keyword : keywords)
    text += bgen::text("  %-*s  %s\n", static_cast<int>(width), left_column(keyword).c_str(),
                       right_column(keyword).c_str());
  return text;
}

void bgen::fail_unknown(const Line &line, const std::string &word,
                        const std::vector<Keyword> &keywords, const std::vector<OldWord> &old,
                        const char *kind)
{
  for (const OldWord &one : old)
    if (word == one.word) line.fail(kind + (" '" + word + "' no longer exists: ") + one.instead);
  if (keywords.empty()) line.fail("unexpected argument '" + word + "'");
  line.fail(std::string("unknown ") + kind + " '" + word + "': expected one of " +
            joined(keywords, ", ", [](const Keyword &keyword) { return keyword.word; }));
}

void bgen::fail_if_last_is_twice(const Line &line, const std::vector<std::string> &seen)
{
  if (!seen.empty() && std::count(seen.begin(), seen.end(), seen.back()) > 1)
    line.fail("keyword '" + seen.back() + "' is given twice: give it once");
}
