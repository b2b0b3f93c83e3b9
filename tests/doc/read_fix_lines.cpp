/* SPDX-License-Identifier: GPL-2.0-or-later */
/* read_fix_lines.cpp - reads lines "fix ID group bgen ..." and "compute ID group bgen FIXID ..."
   from stdin with the parser of the plugin; prints a sentence for each line that it refuses */

#include "input/error.h"
#include "input/fix_options.h"
#include "styles/columns.h"

#include <cstdio>
#include <iostream>
#include <map>
#include <sstream>

using namespace bgen;

/* as LAMMPS splits a line: a part in quotes is one word, without them */
static std::vector<std::string> words_of(const std::string &line)
{
  std::vector<std::string> words;
  std::istringstream rest(line);
  std::string word;
  while (rest >> std::ws && !rest.eof()) {
    if (rest.peek() == '"') {
      rest.get();
      std::getline(rest, word, '"');
    } else
      rest >> word;
    words.push_back(word);
  }
  return words;
}

static Line line_from(std::vector<std::string> &words, size_t first, const char *subject)
{
  std::vector<char *> arguments;
  for (size_t i = first; i < words.size(); i++) arguments.push_back(&words[i][0]);
  return Line(subject, static_cast<int>(arguments.size()), arguments.data());
}

/* in order, for a compute names cvs of its fix */
static void read(std::vector<std::string> &words, std::map<std::string, Settings> &fixes)
{
  if (words.size() < 5) throw Error("too few words");
  Line line = line_from(words, words[0] == "fix" ? 4 : 5, words[0].c_str());
  if (words[0] == "fix")
    fixes[words[1]] = read_fix_settings(line, 3);
  else
    read_columns(line, fixes[words[4]]);
}

int main()
{
  std::map<std::string, Settings> fixes;
  int n_refused = 0;
  for (std::string line; std::getline(std::cin, line);) {
    std::vector<std::string> words = words_of(line);
    try {
      read(words, fixes);
    } catch (const Error &error) {
      printf("%s\n  in: %s\n", error.what(), line.c_str());
      n_refused++;
    }
  }
  return n_refused > 0;
}
