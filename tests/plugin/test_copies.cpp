// SPDX-License-Identifier: GPL-2.0-or-later
// test_copies.cpp - the KOKKOS package of a device, played by this program: its copy of the atoms
// is another memory, and each style finds there only what was brought to it
//
// In the real one both copies are the same memory, unless there is a GPU.

#include "fixture.h"

#include "angle.h"
#include "atom.h"
#include "bond.h"
#include "dihedral.h"
#include "engine/copies.h"
#include "engine/lammps_compat.h"
#include "force.h"
#include "improper.h"
#include "kspace.h"
#include "pair.h"

#include <algorithm>
#include <cmath>

using namespace LAMMPS_NS;
using bgen::DataMask;

/* ---- the device ---- */

static constexpr DataMask X = 1, F = 4; // LAMMPS' atom_masks.h

struct Gpu {
  Point x, f;
  std::vector<DataMask> brought, taken; // in the order in which it was told
};
static Gpu gpu;

namespace LAMMPS_NS {

class AtomKokkos : public Atom {
public:
  void sync(ExecutionSpace space, DataMask mask);
  void modified(ExecutionSpace space, DataMask mask);
};

void AtomKokkos::sync(ExecutionSpace, DataMask mask)
{
  const size_t n = 3 * static_cast<size_t>(nlocal);
  gpu.brought.push_back(mask);
  if (mask & X) gpu.x.assign(x[0], x[0] + n);
  if (mask & F) gpu.f.assign(f[0], f[0] + n);
}

void AtomKokkos::modified(ExecutionSpace, DataMask mask)
{
  gpu.taken.push_back(mask);
  if (mask & F) std::copy(gpu.f.begin(), gpu.f.end(), f[0]);
}

} // namespace LAMMPS_NS

static constexpr double STRENGTH = 3.0;

// fix ID all springs: STRENGTH |x|^2 of all atoms, on the device
class Springs : public Fix {
public:
  Springs(LAMMPS *lmp, int narg, char **arg) : Fix(lmp, narg, arg)
  {
    scalar_flag = extscalar = global_freq = energy_global_flag = thermo_energy = 1;
    datamask_read = X | F;
    datamask_modify = F;
  }
  int setmask() override { return FixConst::POST_FORCE; }
  void post_force(int) override
  {
    energy = 0.0;
    for (size_t c = 0; c < gpu.x.size(); c++) {
      energy += STRENGTH * gpu.x[c] * gpu.x[c];
      gpu.f[c] -= 2.0 * STRENGTH * gpu.x[c];
    }
  }
  double compute_scalar() override { return energy; }
  double energy = 0.0;
};

static Fix *new_springs(LAMMPS *lmp, int narg, char **arg)
{
  return new Springs(lmp, narg, arg);
}

/* ---- tests ---- */

// A configuration a little elsewhere; KOKKOS is there while it is evaluated, and LAMMPS' own
// commands do not know it.
struct Evaluated {
  Evaluated(bgen::LammpsEngine &engine, LAMMPS *lmp) : grad(engine.body().dim()), in_box(grad)
  {
    static char there;
    Point x(grad);
    engine.gather(x.data());
    for (double &c : x) c += 0.01 * std::sin(1e3 * c);
    gpu = {};
    lmp->kokkos = reinterpret_cast<KokkosLMP *>(&there);
    energy = engine.energy(x.data()).value;
    lmp->kokkos = nullptr;
    engine.gradient(grad.data());
    for (size_t c = 0; c < grad.size(); c++)
      in_box[c] =
          lmp->atom->x[lmp->atom->map(static_cast<tagint>(engine.body().tags[c / 3]))][c % 3];
  }
  double energy = NAN;
  Point grad, in_box;
};

// An energy on the device is that of the positions proposed, and its forces come back.
static void test_device(void **)
{
  Simulation simulation(*system_under_test);
  LAMMPS *lmp = simulation.lmp;
  add_style(lmp, "fix", "springs", reinterpret_cast<void (*)()>(new_springs));
  bgen::LammpsEngine engine(lmp, simulation.moved_group(), 3);
  engine.begin_session();
  const Evaluated without(engine, lmp);
  engine.end_session();
  simulation.commands("fix springs all springs");
  engine.begin_session();
  const Evaluated with(engine, lmp);
  double springs = 0.0;
  for (int i = 0; i < lmp->atom->nlocal; i++)
    for (int c = 0; c < 3; c++) springs += STRENGTH * lmp->atom->x[i][c] * lmp->atom->x[i][c];
  engine.end_session();

  CHECK_CLOSE(with.energy, without.energy + springs, 1e-12 * springs);
  CHECK(with.in_box == without.in_box);
  for (size_t c = 0; c < with.grad.size(); c++)
    CHECK_CLOSE(with.grad[c], without.grad[c] + 2.0 * STRENGTH * with.in_box[c], 1e-9);
}

// Each style gets what it reads, and what it writes is taken, in the order in which they work.
static void test_each_style(void **)
{
  Simulation simulation(*system_under_test);
  LAMMPS *lmp = simulation.lmp;
  bgen::LammpsEngine engine(lmp, simulation.moved_group(), 3);
  engine.begin_session();
  std::vector<DataMask> read, written;
  const auto mark = [&](auto *style) { // with what the device above does not know
    style->datamask_read = static_cast<DataMask>(1024) << read.size();
    style->datamask_modify = style->datamask_read * 1024;
    read.push_back(style->datamask_read);
    written.push_back(style->datamask_modify);
  };
  mark(lmp->force->pair);
  mark(lmp->force->bond);
  mark(lmp->force->angle);
  mark(lmp->force->dihedral);
  mark(lmp->force->improper);
  mark(lmp->force->kspace);
  const Evaluated point(engine, lmp);
  CHECK(std::isfinite(point.energy));
  CHECK(gpu.brought == read);
  CHECK(gpu.taken == written);
  engine.end_session();
}

int main(int argc, char **argv)
{
  return run_program(
      argc, argv,
      {{cmocka_unit_test(test_device), cmocka_unit_test(test_each_style)}, {"chains"}, {}});
}
