/* SPDX-License-Identifier: GPL-2.0-or-later */
/* one_basin.h - two wells in one basin, frames drawn exactly, and a flow to be trained on them */

#ifndef BGEN_TESTS_ONE_BASIN_H
#define BGEN_TESTS_ONE_BASIN_H

#include "double_well.h"

#include <cmath>
#include <string>

namespace bgen {

enum { N_FRAMES = 2000, N_TEST = 1000 };

/* Two wells so near each other that one flow must bridge them, in one basin. */
struct OneBasin : DoubleWell {
  /* energies are as many times larger as the temperature is: u is the same */
  explicit OneBasin(double temperature = 1.0, int n_frames = N_FRAMES, int n_test = N_TEST,
                    double distance = 1.0)
      : DoubleWell("", distance, 0.5), one("bg", settings_of(LINE, 2), host, host.all())
  {
    world.temperature = temperature;
    world.energy = [this](const double *x, double *grad) {
      const double energy = wells.energy(x, grad);
      for (int c = 0; c < 2; c++) grad[c] *= world.temperature;
      return energy * world.temperature;
    };
    for (int i = 0; i < n_frames + n_test; i++) add(i, i < n_frames, temperature);
  }
  void add(int i, bool trains, double temperature = 1.0)
  {
    double x[2];
    wells.draw(i, x);
    one.frames.add(trains ? FrameUse::TRAIN : FrameUse::TEST, x, temperature);
  }
  static constexpr char LINE[] =
      "0 1.0 4711 cv s coordinate 1 x threads 1 flow \"whiten; realnvp blocks 4 width 16\" ";
  State one;

  void train(const std::string &words) { act_on_one("train " + words); }
  void act_on_one(const std::string &words)
  {
    Line line = line_of("bgen", words);
    bgen::act(one, line, *this);
  }
  double log_z() const { return std::log(2.0 * M_PI * 1.2); } // of shares 1 and 0.2
  /* mean of -log p of the test frames, the least that a flow can reach */
  double entropy() const
  {
    const bgen_frames &frames = one.frames.test(0);
    double sum = 0.0, grad[2];
    for (size_t i = 0; i < frames.n; i++) sum += wells.energy(frames.x + 2 * i, grad) + log_z();
    return sum / frames.n;
  }
};

/* a column of the last line of a file of training */
double last(const std::string &path, const std::string &name);

} // namespace bgen

#endif
