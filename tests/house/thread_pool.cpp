/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "thread_pool.h"

#include <cstring>
#include <thread>

namespace bgen {

std::vector<std::string> Rendezvous::exchange(int number, const std::string &own)
{
  std::unique_lock<std::mutex> lock(mutex_);
  const size_t time = n_times_;
  coming_[number] = own;
  if (++n_here_ == coming_.size()) {
    come_ = coming_;
    n_here_ = 0;
    n_times_++;
    all_there_.notify_all();
  }
  all_there_.wait(lock, [&] { return n_times_ != time; });
  return come_; // nobody comes again before the last has left
}

void ThreadPool::add_up(size_t n, bgen_real *values)
{
  const std::string own(reinterpret_cast<const char *>(values), n * sizeof *values);
  const std::vector<std::string> all = place_.exchange(number_, own);
  std::vector<bgen_real> one(n);
  std::fill_n(values, n, bgen_real(0));
  for (const std::string &bytes : all) {
    std::memcpy(one.data(), bytes.data(), bytes.size());
    for (size_t i = 0; i < n; i++) values[i] += one[i];
  }
}

std::vector<std::string> in_partitions(int n, const std::function<void(Pool &)> &work)
{
  Rendezvous place(n);
  std::vector<std::string> sentences(n);
  std::vector<std::thread> threads;
  for (int p = 0; p < n; p++)
    threads.emplace_back([&, p] {
      ThreadPool pool(place, n, p);
      try {
        work(pool);
      } catch (const Error &error) {
        sentences[p] = error.what();
      }
      pool.end();
    });
  for (std::thread &thread : threads) thread.join();
  return sentences;
}

} // namespace bgen
