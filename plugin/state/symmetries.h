/* SPDX-License-Identifier: GPL-2.0-or-later */
/* symmetries.h - what the user has said leaves the energy as it is: exchange of identical atoms,
   mirrors */

#ifndef BGEN_STATE_SYMMETRIES_H
#define BGEN_STATE_SYMMETRIES_H

#include "engine/engine.h"
#include "engine/host.h"
#include "input/fix_options.h"
#include "state/variables.h"

#include <string>
#include <vector>

namespace bgen {

/* x[dim] of a configuration with all of its identical atoms exchanged in turn, or reflected. */
struct Image {
  std::string name; // "exchanging the identical atoms (types 1)", "mirror x"
  std::vector<double> x;
};

/* Reflection of one component about a plane. */
std::vector<double> reflected(const bgen_mirror &mirror, size_t n_space,
                              const std::vector<double> &x);

class Symmetries {
public:
  Symmetries(const Settings &settings, const Variables &variables, Host &host, Engine &engine);

  std::vector<Image> images(const std::vector<double> &x) const;

  /* Relabelling is exact only if the energy cannot tell identical atoms apart: throws if an image
     of the present configuration has another energy or basin.  Once after each forget(), then it
     does nothing.  Within a trial.  Where it looks, it gathers the present configuration into x. */
  void check(std::vector<double> &x);
  void forget() { checked_ = false; } // the energy may be another one

private:
  const Settings &settings_;
  const Variables &variables_;
  Host &host_;
  Engine &engine_;
  bool checked_ = false;

  std::vector<double> exchanged(const std::vector<double> &x) const;
  void check_same_energy(const Image &image);
};

} // namespace bgen

#endif
