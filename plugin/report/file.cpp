/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "report/file.h"

#include "input/error.h"

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <sys/stat.h>

using namespace bgen;

/* where a link leads; what is no plain file, as a terminal or a device, cannot be replaced */
static bool can_be_replaced(const std::string &path, std::string &target)
{
  target = path;
  struct stat found;
  if (stat(path.c_str(), &found)) return true; // there is none yet
  if (char *real = realpath(path.c_str(), nullptr)) {
    target = real;
    free(real);
  }
  return S_ISREG(found.st_mode);
}

File::File(const std::string &path, Mode mode) : path_(path)
{
  if (path.empty()) return;
  const bool replaces = mode == WHOLE && can_be_replaced(path, target_);
  if (replaces) beside_ = target_ + ".new";
  file_ = fopen(replaces ? beside_.c_str() : path.c_str(), mode == APPEND ? "a" : "w");
  if (!file_) fail(errno);
}

File::~File()
{
  if (file_) fclose(file_);
  if (!beside_.empty()) remove(beside_.c_str());
}

void File::fail(int number) const
{
  throw Error("bgen: cannot write " + path_ + ": " + strerror(number));
}

void File::print(const std::string &text)
{
  if (file_ && fwrite(text.data(), 1, text.size(), file_) != text.size()) fail(errno);
}

void File::flush()
{
  if (file_ && fflush(file_)) fail(errno);
}

void File::close()
{
  if (!file_) return;
  FILE *file = file_;
  file_ = nullptr;
  if (fclose(file)) fail(errno);
  if (beside_.empty()) return;
  if (rename(beside_.c_str(), target_.c_str())) fail(errno);
  beside_.clear();
}
