/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "report/file.h"

#include "input/error.h"

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

using namespace bgen;

static constexpr size_t MOST_WAITING = 65536; // letters

/* another name of what this process has open: never replaced, not even where it is a file */
static int inherited(const std::string &path)
{
  if (path == "/dev/stdout") return 1;
  if (path == "/dev/stderr") return 2;
  const std::string numbered = "/dev/fd/";
  if (path.compare(0, numbered.size(), numbered) != 0) return -1;
  const std::string rest = path.substr(numbered.size());
  const bool is_number =
      !rest.empty() && rest.size() < 6 && rest.find_first_not_of("0123456789") == std::string::npos;
  return is_number ? std::stoi(rest) : -1;
}

static bool is_device(const std::string &path)
{
  struct stat found;
  return stat(path.c_str(), &found) == 0 && !S_ISREG(found.st_mode) && !S_ISDIR(found.st_mode);
}

/* An open that waits for nobody: a pipe that no process reads is an error.  Later writes wait. */
void File::open(Mode mode)
{
  const int how = mode == APPEND ? O_APPEND : O_TRUNC, own = inherited(path_);
  if (own >= 0) fflush(stdout);
  number_ = own >= 0
                ? dup(own)
                : ::open(path_.c_str(), O_WRONLY | O_CREAT | O_NONBLOCK | O_CLOEXEC | how, 0666);
  if (number_ < 0) fail(errno);
  if (own < 0) fcntl(number_, F_SETFL, fcntl(number_, F_GETFL) & ~O_NONBLOCK);
}

File::File(const std::string &path, Mode mode) : path_(path)
{
  if (path.empty()) return;
  if (mode == WHOLE && inherited(path) < 0 && !is_device(path))
    check(bgen_whole_file_open(path.c_str(), &whole_));
  else
    open(mode);
}

File::~File()
{
  abandon();
}

void File::abandon()
{
  if (number_ >= 0) ::close(number_);
  bgen_whole_file_close(whole_, BGEN_BAD_FILE);
  number_ = -1;
  whole_ = nullptr;
}

void File::fail(int number) const
{
  const char *reason = number == ENXIO ? "no process reads this pipe" : strerror(number);
  throw Error("bgen: cannot write " + path_ + ": " + reason);
}

void File::print(const std::string &text)
{
  if (whole_) check(bgen_whole_file_write(whole_, text.size(), text.data()));
  if (number_ < 0) return;
  waiting_ += text;
  if (waiting_.size() > MOST_WAITING) flush();
}

/* all that waits, or nothing of it: a file is cut off where it ended before */
void File::flush()
{
  if (number_ < 0) return;
  const std::string text = std::move(waiting_);
  waiting_.clear();
  for (size_t at = 0; at < text.size();) {
    const ssize_t n = write(number_, text.data() + at, text.size() - at);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) {
      const int reason = errno;
      const off_t end = lseek(number_, 0, SEEK_CUR);
      if (end >= 0 && ftruncate(number_, end - static_cast<off_t>(at))) errno = 0;
      fail(reason);
    }
    at += static_cast<size_t>(n);
  }
}

void File::close()
{
  bgen_whole_file *whole = whole_;
  whole_ = nullptr;
  check(bgen_whole_file_close(whole, BGEN_OK));
  flush();
  const int number = number_;
  number_ = -1;
  if (number >= 0 && ::close(number)) fail(errno);
}
