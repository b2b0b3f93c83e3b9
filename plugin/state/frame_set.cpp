/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "state/frame_set.h"

#include "input/error.h"

#include <algorithm>
#include <set>

using namespace bgen;

FrameSet::FrameSet(size_t dim, int n_basins, double _temperature)
    : temperature(_temperature), basins(n_basins, bgen_frames_empty(dim)), n_folded(n_basins, 0),
      n_learned(n_basins, 0), ends(n_basins), walkers(n_basins), repeats(n_basins)
{
}

FrameSet::~FrameSet()
{
  for (bgen_frames &frames : basins) bgen_frames_free(&frames);
}

size_t FrameSet::n() const
{
  size_t sum = 0;
  for (const bgen_frames &frames : basins) sum += frames.n;
  return sum;
}

void FrameSet::add(int k, int walker, const double *x)
{
  check(bgen_frames_append(&basins[k], x));
  if (walkers[k].empty() || walkers[k].back() != walker) {
    walkers[k].push_back(walker);
    ends[k].push_back(0);
  }
  ends[k].back() = basins[k].n;
}

void FrameSet::insert(int k, int walker, const double *x, size_t n)
{
  const size_t dim = basins[k].dim;
  const auto found = std::find(walkers[k].begin(), walkers[k].end(), walker);
  const size_t r = found - walkers[k].begin();
  if (r + 1 >= ends[k].size()) { // there is none behind it
    for (size_t i = 0; i < n; i++) add(k, walker, x + i * dim);
    return;
  }
  const size_t at = ends[k][r], before = basins[k].n;
  for (size_t i = 0; i < n; i++) check(bgen_frames_append(&basins[k], x + i * dim));
  double *all = basins[k].x;
  std::rotate(all + at * dim, all + before * dim, all + (before + n) * dim);
  for (size_t i = r; i < ends[k].size(); i++) ends[k][i] += n;
  n_folded[k] = std::min(n_folded[k], at);
}

std::unique_ptr<bool[]> FrameSet::parts(int k) const
{
  const std::vector<int> &all = walkers[k];
  std::unique_ptr<bool[]> is_part(new bool[all.size() + 1]);
  for (size_t r = 0; r < all.size(); r++)
    is_part[r] = std::count(all.begin(), all.end(), all[r]) > 1;
  return is_part;
}

int FrameSet::n_walkers() const
{
  std::set<int> all;
  for (const std::vector<int> &of_basin : walkers) all.insert(of_basin.begin(), of_basin.end());
  return static_cast<int>(all.size());
}

void FrameSet::move(int k, const std::vector<char> &moved, FrameSet &to)
{
  bgen_frames all = basins[k];
  const std::vector<size_t> all_ends = ends[k];
  const std::vector<int> all_walkers = walkers[k];
  basins[k] = bgen_frames_empty(all.dim);
  ends[k].clear();
  walkers[k].clear();
  for (size_t r = 0, i = 0; r < all_ends.size(); r++) {
    std::vector<double> away;
    for (; i < all_ends[r]; i++) {
      const double *x = all.x + i * all.dim;
      if (moved[i])
        away.insert(away.end(), x, x + all.dim);
      else
        add(k, all_walkers[r], x);
    }
    to.insert(k, all_walkers[r], away.data(), away.size() / all.dim);
  }
  bgen_frames_free(&all);
}

void FrameSet::fold(int k, Model &model)
{
  bgen_frames &frames = basins[k];
  std::vector<double> x(frames.dim);
  for (size_t i = n_folded[k]; i < frames.n; i++) {
    double *frame = frames.x + i * frames.dim;
    bgen_generator_fold(model.generator(), model.workspace(), k, frame, x.data());
    std::copy(x.begin(), x.end(), frame);
  }
  n_folded[k] = frames.n;
}

size_t FrameSet::learn(int k)
{
  const size_t n_new = n(k) - n_learned[k];
  n_learned[k] = n(k);
  return n_new;
}

void FrameSet::forget()
{
  std::fill(n_learned.begin(), n_learned.end(), 0);
}
