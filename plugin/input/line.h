/* SPDX-License-Identifier: GPL-2.0-or-later */
/* line.h - the arguments of an input line, read one after the other; what cannot be read is thrown
   as one sentence */

#ifndef BGEN_INPUT_LINE_H
#define BGEN_INPUT_LINE_H

#include <climits>
#include <string>
#include <vector>

namespace bgen {

class Line {
public:
  /* subject begins every sentence, as in "fix bgen" or "bgen train" */
  Line(const std::string &subject, int narg, char **arg);

  const std::string &subject() const { return subject_; }
  void set_subject(const std::string &subject) { subject_ = subject; }

  bool more() const { return at_ < args_.size(); }
  bool number_follows() const;
  std::string peek() const { return more() ? args_[at_] : ""; }
  bool next_is(const char *keyword);      // and if so it has been read
  size_t position() const { return at_; } // of the next argument, from 0 on

  /* The next argument; meaning says what it must be, as in "a batch size". */
  std::string text(const char *meaning);
  double number(const char *meaning); // inf and -inf are numbers, NaN is none
  double number_finite(const char *meaning);
  double number_above(double least, const char *meaning);
  double number_from(double least, const char *meaning);
  long long integer(long long least, const char *meaning, long long most = INT_MAX);
  /* its place among them */
  int choice(const std::vector<const char *> &choices, const char *meaning);
  bool yes(const char *meaning); // of "no" and "yes"
  /* The name of a file that is written; throws if it is empty or the line has named it before. */
  std::string file(const char *meaning = "a file name");
  /* What names of files begin with, each of which will_write() is told; throws if it is empty. */
  std::string beginning_of_files();
  void will_write(const std::string &path); // a file that follows from another word
  void end() const;                         // no argument may be left

  /* Throws unless this process may have so much memory; what: "1000 samples". */
  void need_memory(double n_bytes, const std::string &what) const;
  std::string text_of_all() const;               // the whole line, as it was typed but for quotes
  std::string text_since(size_t position) const; // what has been read from there on

  [[noreturn]] void fail(const std::string &sentence) const; // throws "subject: sentence"

private:
  std::string subject_;
  std::vector<std::string> args_;
  std::vector<std::string> files_; // that it will write
  size_t at_ = 0;

  /* the argument that has just been read */
  [[noreturn]] void invalid(const std::string &expected, const char *meaning) const;
};

} // namespace bgen

#endif
