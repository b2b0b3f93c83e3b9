/* SPDX-License-Identifier: GPL-2.0-or-later */
/* bgen_paths.h - the moves of a fix bgen that go by a path: driven ones of all atoms, annealed ones of its group

   The paths are run by rank 0, as everything of the core; all ranks evaluate the energies. */

#ifndef LMP_BGEN_PATHS_H
#define LMP_BGEN_PATHS_H

#include "pointers.h"
#include "sample/anneal.h"
#include "sample/drag.h"

#include <memory>
#include <vector>

namespace LAMMPS_NS {

class BgenPaths : protected Pointers {
public:
  BgenPaths(class LAMMPS *lmp, class FixBgen &fix);
  ~BgenPaths() override;
  BgenPaths(const BgenPaths &) = delete;
  BgenPaths &operator=(const BgenPaths &) = delete;

  void init(); // as Fix::init()

  /* One attempt of a move, of which it fills in what it knows; accepted: the atoms now are where it led. */
  void drive(struct BgenAttempt &attempt);
  void anneal(BgenAttempt &attempt);

  /* Another schedule for an annealed move, once enough of its paths have been seen. */
  void adapt(int move, std::vector<double> &lambda);

  bigint n_energy_calls() const;
  double memory_usage() const;

private:
  /* The ends of a driven move, and where the particles of its cv stand among all atoms. */
  struct Drag {
    std::vector<bgen_cv_term> terms;
    bgen_cv cv;
    int basin[2]; // at its ends, if they tell which way to go; -1: the middle between them does
  };

  FixBgen &fix;
  const bool root;
  std::unique_ptr<class BgenConfiguration> everything; // with driven moves only
  std::vector<int> place;                              // of the coordinates of the group among all
  std::vector<Drag> drags;                             // one for each move
  std::vector<double> variance;
  std::vector<double> x_now, grad_now, grad_old, x_group, escort_grad;
  /* Of one annealed move, while it adapts: the works of each step of the latest paths. */
  struct StepWorks {
    std::vector<std::vector<double>> of; // [n_steps], in the order from the flow
    size_t wanted;                       // paths before the next schedule
  };
  std::vector<StepWorks> step_works; // one for each move; rank 0
  double work_noted = 0.0;           // of the present path
  size_t at_noted = 0;
  bgen_path *path; // these two on rank 0
  bgen_anneal *annealed;

  void find_everything();
  void gather(BgenConfiguration &where);
  double present(BgenConfiguration &where);
  void prepare(const struct BgenMove &move, Drag &drag) const;
  int end_of(const BgenMove &move, const Drag &drag, const double *x) const;
  const double *group_of(const double *x);
  bgen_dynamics dynamics(BgenConfiguration &where, const BgenMove &move);
  double evaluate(BgenConfiguration &where, double *x, double *grad);
  double follow(const BgenMove &move, const Drag &drag, int from, BgenAttempt &attempt, double &u);

  /* A flow to go to, and what it costs that it is chosen with another probability than the present one. */
  struct Aim {
    int component;
    double log_weights;
  };
  Aim choose(const BgenMove &move, int from);
  bool start_at_flow(const BgenMove &move, int from, int to);
  void leave_flow(const BgenMove &move, int component);
  void seek_flow(const BgenMove &move, int component, double u);
  double follow_annealed(BgenAttempt &attempt, double &u);
  void note_step(int move);
  bool pass_flows(BgenAttempt &attempt, const Aim &aim, double &u, double &work);
};

} // namespace LAMMPS_NS

#endif
