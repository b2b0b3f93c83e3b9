/* SPDX-License-Identifier: GPL-2.0-or-later */
/* bgen_sample.h - "bgen fix-ID sample": draws configurations and writes down what they are worth */

#ifndef LMP_BGEN_SAMPLE_H
#define LMP_BGEN_SAMPLE_H

#include "bgen_observables.h"
#include "pointers.h"

#include <string>

namespace LAMMPS_NS {

class BgenSample : protected Pointers {
public:
  BgenSample(LAMMPS *lmp, class FixBgen &fix, class BgenWords &words);
  void run();

private:
  FixBgen &fix;
  const double temperature;
  size_t n_samples;
  int only; // the basin whose flow is asked; -1: the mixture
  std::string path, dump_path;
  BgenObservables observables;

  void report(const class BgenPoints &points);
};

} // namespace LAMMPS_NS

#endif
