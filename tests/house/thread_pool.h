/* SPDX-License-Identifier: GPL-2.0-or-later */
/* thread_pool.h - partitions that are threads: a Pool without MPI

     const std::vector<std::string> sentences = in_partitions(3, [&](Pool &pool) { ... });

   Work runs in each of them; what it has thrown is a sentence, "" if nothing.  cmocka's checks
   belong to the main thread. */

#ifndef BGEN_TESTS_HOUSE_THREAD_POOL_H
#define BGEN_TESTS_HOUSE_THREAD_POOL_H

#include "engine/pool.h"

#include <condition_variable>
#include <functional>
#include <mutex>
#include <string>
#include <vector>

namespace bgen {

/* Where threads wait for each other. */
class Rendezvous {
public:
  explicit Rendezvous(int n) : coming_(n) {}
  std::vector<std::string> exchange(int number, const std::string &own);

private:
  std::mutex mutex_;
  std::condition_variable all_there_;
  std::vector<std::string> coming_, come_;
  size_t n_here_ = 0, n_times_ = 0;
};

class ThreadPool : public Pool {
public:
  ThreadPool(Rendezvous &place, int n, int number) : place_(place), n_(n), number_(number) {}
  int n() const override { return n_; }
  int number() const override { return number_; }
  void end() { leave(); } // as a partition that has no pool any more

private:
  Rendezvous &place_;
  const int n_, number_;

  std::vector<std::string> exchange(const std::string &own) override
  {
    return place_.exchange(number_, own);
  }
  void add_up(size_t n, bgen_real *values) override;
};

std::vector<std::string> in_partitions(int n, const std::function<void(Pool &)> &work);

} // namespace bgen

#endif
