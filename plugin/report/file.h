/* SPDX-License-Identifier: GPL-2.0-or-later */
/* file.h - a text file of results: what cannot be written ends in one sentence, not in a shorter
   file */

#ifndef BGEN_REPORT_FILE_H
#define BGEN_REPORT_FILE_H

#include "base/whole_file.h"

#include <string>

namespace bgen {

class File {
public:
  /* WHOLE: there at close() alone (base/whole_file.h).  NOW and APPEND: line by line, for others to
     read while it grows; where a line cannot be written, the file ends with the line before. */
  enum Mode { WHOLE, NOW, APPEND };

  /* Opens it, before the work begins, or throws; an empty path: there is no file, and nothing is
     written.  A device, a pipe that somebody reads, and /dev/stdout are written to as they are. */
  explicit File(const std::string &path, Mode mode = WHOLE);
  ~File(); // without close(): of WHOLE nothing remains
  File(const File &) = delete;
  File &operator=(const File &) = delete;

  explicit operator bool() const { return whole_ || number_ >= 0; }
  const std::string &path() const { return path_; }

  void print(const std::string &text); // throws
  void flush();                        // throws
  void close();                        // throws; once
  void abandon();                      // what follows is not written, nor what waits

private:
  std::string path_, waiting_;
  bgen_whole_file *whole_ = nullptr;
  int number_ = -1; // of an open file that is not written whole

  void open(Mode mode);
  [[noreturn]] void fail(int number) const;
};

} // namespace bgen

#endif
