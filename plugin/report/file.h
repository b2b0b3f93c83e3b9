/* SPDX-License-Identifier: GPL-2.0-or-later */
/* file.h - a text file of results: what cannot be written ends in one sentence, not in a shorter
   file */

#ifndef BGEN_REPORT_FILE_H
#define BGEN_REPORT_FILE_H

#include <cstdio>
#include <string>

namespace bgen {

class File {
public:
  /* WHOLE: written under another name beside it, and there at close() alone.  NOW and APPEND: line
     by line, for others to read while it grows. */
  enum Mode { WHOLE, NOW, APPEND };

  /* Opens it, before the work begins, or throws; an empty path: there is no file, and nothing is
     written. */
  explicit File(const std::string &path, Mode mode = WHOLE);
  ~File(); // without close(): of WHOLE nothing remains
  File(const File &) = delete;
  File &operator=(const File &) = delete;

  explicit operator bool() const { return file_ != nullptr; }
  const std::string &path() const { return path_; }

  void print(const std::string &text); // throws
  void flush();                        // throws
  void close();                        // throws; once

private:
  std::string path_, target_, beside_;
  FILE *file_ = nullptr;

  [[noreturn]] void fail(int number) const;
};

} // namespace bgen

#endif
