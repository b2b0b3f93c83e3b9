/* SPDX-License-Identifier: GPL-2.0-or-later */
/* partition.h - a double well in a partition of a pool, and what all partitions ended in */

#ifndef BGEN_TESTS_HOUSE_PARTITION_H
#define BGEN_TESTS_HOUSE_PARTITION_H

#include "double_well.h"
#include "thread_pool.h"

namespace bgen {

struct Partition : DoubleWell {
  explicit Partition(Pool &pool, const std::string &more = "") : DoubleWell(more, 3.0, 0.5, &pool)
  {
  }
  /* n frames as MD brings them */
  void collect(FrameUse use, size_t n, uint64_t first)
  {
    state.frames.use = use;
    for (size_t i = 0; i < n; i++) {
      double x[2];
      const Wells one = {{wells.wells[i % 2]}};
      one.draw(first + i, x);
      state.meeting.take_frame(x);
    }
  }
};

inline void expect_none(const std::vector<std::string> &sentences)
{
  for (const std::string &sentence : sentences) expect_same("sentence", sentence, "");
}

inline void expect_all(const std::vector<std::string> &sentences, const std::string &parts)
{
  for (const std::string &sentence : sentences) {
    expect_same("that of the first", sentence, sentences[0]);
    expect_says("sentence", sentence, parts);
  }
}

} // namespace bgen

#endif
