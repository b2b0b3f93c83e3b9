/* SPDX-License-Identifier: GPL-2.0-or-later */
/* known_body.h - a body whose partition function is known: exact frames, no LAMMPS */

#ifndef BGEN_TESTS_KNOWN_BODY_H
#define BGEN_TESTS_KNOWN_BODY_H

#include "actions/actions.h"
#include "analytic_engine.h"
#include "state/state.h"

namespace bgen {

/* A body of which exact frames are known: draw(i, x) puts it anywhere. */
struct KnownBody : Surroundings {
  static constexpr double SIDE = 6.0; // of the box
  static constexpr int N_TRAIN = 500, N_TEST = 1000;
  using Draw = std::function<void(bgen_rng &rng, double *x)>;

  KnownBody(int n_particles, const std::string &coords, const Draw &draw,
            const std::function<double(const double *, double *)> &energy,
            const std::string &more = "", double side = SIDE)
      : world(n_particles, coords.back() == 'y' ? 2 : 1), host((world.energy = energy, world)),
        state("bg", settings_of("1 1.0 7 coords " + coords + " flow whiten threads 1 " + more, 2),
              host, host.all())
  {
    host.cube.length = side;
    for (int i = 0; i < N_TRAIN + N_TEST; i++) {
      bgen_rng rng = bgen_rng_at(5, BGEN_STREAM_TEST, i);
      draw(rng, world.x.data());
      state.frames.add(i < N_TRAIN ? FrameUse::TRAIN : FrameUse::TEST, world.x.data(), 1.0);
    }
    state.frames.prepare(0, Frames::KEEP);
    state.model.changed();
  }

  State *find(const std::string &) override { return nullptr; }

  World world;
  AnalyticHost host;
  State state;
  std::string sentence, n_samples = "2000";

  bool act(const std::string &words)
  {
    return act_as("free_energy samples " + n_samples + " " + words);
  }

  bool act_as(const std::string &words)
  {
    Line line = line_of("bgen", words);
    host.printed.clear();
    host.warned.clear();
    sentence.clear();
    try {
      bgen::act(state, line, *this);
    } catch (const Error &error) {
      sentence = error.what();
    }
    return sentence.empty();
  }
};

} // namespace bgen

#endif
