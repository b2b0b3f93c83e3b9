/* SPDX-License-Identifier: GPL-2.0-or-later */
/* analytic_box.h - the box of an AnalyticHost */

#ifndef BGEN_TESTS_HOUSE_ANALYTIC_BOX_H
#define BGEN_TESTS_HOUSE_ANALYTIC_BOX_H

#include "engine/box.h"

namespace bgen {

/* A cube from 0 to its length, periodic if that is not 0. */
class AnalyticBox : public Box {
public:
  double length = 0.0;
  std::string text() const override;
  bgen_cell cell() const override
  {
    const bool wraps = length > 0.0;
    return {length, length, length, 0.0, 0.0, 0.0, {wraps, wraps, wraps}};
  }
  void hold() override;
  std::string change() const override;
  std::string lengths() const override;
  bool is_sampled() const override { return false; }

private:
  double held_ = -1.0;
};

} // namespace bgen

#endif
