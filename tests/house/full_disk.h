/* SPDX-License-Identifier: GPL-2.0-or-later */
/* full_disk.h - while it lives no file may be longer than n_bytes, as if the disk were full */

#ifndef BGEN_TESTS_HOUSE_FULL_DISK_H
#define BGEN_TESTS_HOUSE_FULL_DISK_H

#include <csignal>
#include <cstddef>
#include <sys/resource.h>

class FullDisk {
public:
  explicit FullDisk(size_t n_bytes)
  {
    signal(SIGXFSZ, SIG_IGN);
    getrlimit(RLIMIT_FSIZE, &before_);
    const rlimit now = {n_bytes, before_.rlim_max};
    setrlimit(RLIMIT_FSIZE, &now);
  }
  ~FullDisk() { setrlimit(RLIMIT_FSIZE, &before_); }
  FullDisk(const FullDisk &) = delete;
  FullDisk &operator=(const FullDisk &) = delete;

private:
  rlimit before_;
};

#endif
