/* SPDX-License-Identifier: GPL-2.0-or-later */
/* options.h - the keywords of a command, in one table: what the parser reads, what an error lists,
   what "help" prints and what the page's syntax block says (tests/house/test_options compares)

     static const std::vector<Option<Settings>> KEYWORDS = {
         {"steps", "N", "1000", "number of training steps",
          from_one(&Settings::n_steps, "the number of steps")},
     }; */

#ifndef BGEN_INPUT_OPTIONS_H
#define BGEN_INPUT_OPTIONS_H

#include "input/line.h"

#include <functional>
#include <string>
#include <utility>
#include <vector>

namespace bgen {

/* A row as it is shown; default_value is "-" where there is none. */
struct Keyword {
  const char *word, *values, *default_value, *help;
};

/* Reads the values of a keyword, once the word has been read. */
template <class Settings> using Reader = std::function<void(Line &line, Settings &to)>;

/* How often a line of read_options() may have it. */
enum class Times { ONCE, MANY };

template <class Settings> struct Option : Keyword {
  Reader<Settings> read;
  Times times;

  Option(const char *word, const char *values, const char *default_value, const char *help,
         Reader<Settings> _read, Times _times = Times::ONCE)
      : Keyword{word, values, default_value, help}, read(std::move(_read)), times(_times)
  {
  }
};

/* ---- readers of one value into a member; meaning as in line.h ---- */

template <class Of, class Value> Reader<Of> positive(Value Of::*member, const char *meaning)
{
  return [=](Line &line, Of &to) { to.*member = line.number_above(0.0, meaning); };
}

template <class Of, class Value>
Reader<Of> from_one(Value Of::*member, const char *meaning, long long most = INT_MAX)
{
  return [=](Line &line, Of &to) { to.*member = line.integer(1, meaning, most); };
}

/* the number of the choice, from 0 on */
template <class Of, class Value>
Reader<Of> one_of(Value Of::*member, const std::vector<const char *> &choices, const char *meaning)
{
  return
      [=](Line &line, Of &to) { to.*member = static_cast<Value>(line.choice(choices, meaning)); };
}

template <class Of> Reader<Of> word(std::string Of::*member, const char *meaning)
{
  return [=](Line &line, Of &to) { to.*member = line.text(meaning); };
}

/* into a part of the settings */
template <class Of, class Part> Reader<Of> within(Part Of::*part, const Reader<Part> &read)
{
  return [=](Line &line, Of &to) { read(line, to.*part); };
}

/* ---- tables ---- */

/* A word that there was once, and what to write now: "use steps". */
struct OldWord {
  const char *word, *instead;
};

/* A command as the pages show it: its head is what stands before the keywords, as in
   "bgen ID train". */
struct CommandHelp {
  std::string head;
  std::vector<Keyword> keywords;
  std::string text() const; // a line for each keyword
};

/* Throws: the word is none of the keywords, or of whatever kind they are; an old word ends in the
   sentence that names the new one. */
[[noreturn]] void fail_unknown(const Line &line, const std::string &word,
                               const std::vector<Keyword> &keywords,
                               const std::vector<OldWord> &old, const char *kind = "keyword");

/* Throws. */
void fail_if_last_is_twice(const Line &line, const std::vector<std::string> &seen);

template <class Settings>
std::vector<Keyword> keywords_of(const std::vector<Option<Settings>> &table)
{
  return std::vector<Keyword>(table.begin(), table.end());
}

/* Reads the keyword that comes next; false, and nothing is read, if it is none of the table. */
template <class Settings>
bool read_option(Line &line, const std::vector<Option<Settings>> &table, Settings &to)
{
  for (const Option<Settings> &option : table)
    if (line.next_is(option.word)) {
      option.read(line, to);
      return true;
    }
  return false;
}

/* Reads all that is left of the line. */
template <class Settings>
void read_options(Line &line, const std::vector<Option<Settings>> &table,
                  const std::vector<OldWord> &old, Settings &to)
{
  std::vector<std::string> seen;
  while (line.more()) {
    const std::string word = line.peek();
    for (const Option<Settings> &option : table)
      if (word == option.word && option.times == Times::ONCE) seen.push_back(word);
    fail_if_last_is_twice(line, seen);
    if (!read_option(line, table, to)) fail_unknown(line, word, keywords_of(table), old);
  }
}

} // namespace bgen

#endif
