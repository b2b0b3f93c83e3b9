/* SPDX-License-Identifier: GPL-2.0-or-later */
/* pool.h - the partitions of a program whose fixes bgen of the same ID work as one; knows no LAMMPS

   Serial code, on the rank that leads in its partition.  All functions but n() and number() are
   collective: it calls the same ones in the same order in all partitions.  What they give is the
   same in all of them, bit for bit.

     pool.together([&] { ... pool.gather(own) ... pool.sum(n, gradient) ... });

   Where partitions call others nevertheless, or with other numbers of values, all of them throw one
   sentence that says so.

   An Error that one partition throws within together() is thrown by all of them, as an AgreedError:
   who waits in another collective function learns it there, so that nobody waits in vain.  The same
   happens to those who wait for a partition that has left its pool. */

#ifndef BGEN_ENGINE_POOL_H
#define BGEN_ENGINE_POOL_H

#include "base/real.h"
#include "input/error.h"

#include <cstring>
#include <new>
#include <string>
#include <vector>

namespace bgen {

/* Thrown by all partitions, with the sentence of the first one that had one. */
class AgreedError : public Error {
public:
  using Error::Error;
};

/* A pool of one, in which nothing has to be done. */
class Pool {
public:
  Pool() = default;
  virtual ~Pool() = default;
  Pool(const Pool &) = delete;
  Pool &operator=(const Pool &) = delete;

  virtual int n() const { return 1; }
  virtual int number() const { return 0; } // of this partition, from 0 on
  bool is_shared() const { return n() > 1; }
  bool is_first() const { return number() == 0; } // the one that writes files
  /* "", which is no file, in the others */
  std::string to_write(const std::string &path) const { return is_first() ? path : ""; }

  /* What each partition brings, in their order: all[n()], of lengths that may differ.  what: the
     same in all, as in "gather values". */
  template <class T>
  std::vector<std::vector<T>> gather(const std::vector<T> &own,
                                     const std::string &what = "gather values");
  /* The same, one after the other. */
  template <class T> std::vector<T> joined(const std::vector<T> &own);
  /* Each value becomes its sum over all partitions, in their order. */
  void sum(size_t n, bgen_real *values);
  double sum(double value);

  template <class Work> void together(Work work);

  /* values[n_points][n_each], of which each partition has those of its part: then all have all. */
  void complete(size_t n_points, size_t n_each, double *values);

  /* Which points of n this partition evaluates. */
  size_t part_begin(size_t n_points) const { return part_begin(n_points, number()); }
  size_t part_end(size_t n_points) const { return part_begin(n_points, number() + 1); }

protected:
  void leave(); // at its end, where exchange() still works
  size_t part_begin(size_t n_points, int part) const;

private:
  /* Bytes of each partition, and sums; in a pool of one they are its own. */
  virtual std::vector<std::string> exchange(const std::string &own) { return {own}; }
  virtual void add_up(size_t, bgen_real *) {}
  virtual void say(const std::string &) {} // before all stop with this sentence

  bool has_failed_ = false; // and ends: nobody waits for those who leave

  /* what: they do, and must all do, as in "add up 3 values" */
  std::vector<std::string> meet(const std::string &what, const std::string &own);
  [[noreturn]] void stop_all(const std::string &sentence);
  void agree(const std::string &sentence);
};

/* One value of each partition. */
template <class T> std::vector<T> one_of_each(Pool &pool, const T &own)
{
  std::vector<T> all;
  for (const std::vector<T> &one : pool.gather(std::vector<T>(1, own), "gather one value each"))
    all.push_back(one[0]);
  return all;
}

/* Whether it is so in one of them. */
inline bool any(Pool &pool, bool own)
{
  return pool.sum(own ? 1.0 : 0.0) > 0.0;
}

/* ---- what is a template ---- */

template <class T>
std::vector<std::vector<T>> Pool::gather(const std::vector<T> &own, const std::string &what)
{
  std::vector<std::vector<T>> all;
  const char *bytes = reinterpret_cast<const char *>(own.data());
  for (const std::string &one : meet(what + " of " + std::to_string(sizeof(T)) + " bytes",
                                     std::string(bytes, own.size() * sizeof(T)))) {
    all.emplace_back(one.size() / sizeof(T));
    if (!one.empty()) std::memcpy(all.back().data(), one.data(), one.size());
  }
  return all;
}

template <class T> std::vector<T> Pool::joined(const std::vector<T> &own)
{
  if (!is_shared()) return own;
  std::vector<T> all;
  for (const std::vector<T> &one : gather(own)) all.insert(all.end(), one.begin(), one.end());
  return all;
}

template <class Work> void Pool::together(Work work)
{
  if (!is_shared()) return work();
  std::string sentence;
  try {
    work();
  } catch (const AgreedError &) {
    throw;
  } catch (const Error &e) {
    sentence = e.what();
  } catch (const std::bad_alloc &) {
    sentence = "bgen: no memory is left in one of the partitions";
  }
  agree(sentence);
}

} // namespace bgen

#endif
