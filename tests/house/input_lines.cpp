/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "input_lines.h"

#include "input/error.h"

#include <sstream>
#include <vector>

#include <csetjmp>
#include <cstdarg>
#include <cstddef>
#include <cstdint>

extern "C" {
#include <cmocka.h>
}

using namespace bgen;

std::set<std::string> read_words;

static std::vector<std::string> split(const std::string &line)
{
  std::vector<std::string> words;
  bool quoted = false, inside = false;
  for (const char c : line) {
    if (c == '"') quoted = !quoted;
    const bool space = c == ' ' && !quoted;
    if (!space && !inside) words.emplace_back();
    if (!space && c != '"') words.back() += c;
    inside = !space;
  }
  return words;
}

Line line_of(const char *subject, const std::string &text)
{
  std::vector<std::string> words = split(text);
  read_words.insert(words.begin(), words.end());
  std::vector<char *> arg;
  for (std::string &word : words) arg.push_back(&word[0]);
  return Line(subject, static_cast<int>(arg.size()), arg.data());
}

Settings read(const std::string &text, int dimension)
{
  Line line = line_of("fix bgen", text);
  return read_fix_settings(line, dimension);
}

Settings settings(const std::string &keywords, int dimension)
{
  return read("2 1.0 4711 " + keywords, dimension);
}

std::string sentence(const std::string &text, int dimension)
{
  try {
    read(text, dimension);
  } catch (const Error &error) {
    return error.what();
  }
  return "";
}

void expect(const std::string &what, const std::string &found, const std::string &expected)
{
  if (found != expected)
    fail_msg("%s: '%s', not '%s'", what.c_str(), found.c_str(), expected.c_str());
}

void expect_words(const std::string &line, const std::string &found, const std::string &words)
{
  std::istringstream all(words);
  for (std::string word; std::getline(all, word, '|');)
    if (found.find(word) == std::string::npos)
      fail_msg("'%s': '%s' does not say '%s'", line.c_str(), found.c_str(), word.c_str());
}

void expect_refused(const std::string &line, const std::string &words, int dimension)
{
  expect_words(line, sentence(line, dimension), "fix bgen: |" + words);
}
