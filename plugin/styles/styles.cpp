/* SPDX-License-Identifier: GPL-2.0-or-later */
/* styles.cpp - bgen-<version>-<mpi>.so: the styles, for the one LAMMPS they were compiled for */

#include "engine/lammps_compat.h"
#include "engine/requirements.h"
#include "styles/command_bgen.h"
#include "styles/compute_bgen.h"
#include "styles/fix_bgen.h"

using namespace LAMMPS_NS;

/* lammpsplugin_t of LAMMPS, whose header is not installed with it; there the creator is a union of
   pointers. */
struct Plugin {
  const char *version, *style, *name, *info, *author; // LAMMPS keeps the pointers
  void (*creator)();
  void *dso;
};
using AddFunction = void(Plugin *, void *lammps);

template <class Base, class Style, class... T> static Base *create(LAMMPS *lmp, T... arguments)
{
  return new Style(lmp, arguments...);
}

/* What LAMMPS' plugin loader does, for a LAMMPS without one. */
static void add_directly(Plugin *plugin, void *lammps)
{
  add_style(static_cast<LAMMPS *>(lammps), plugin->style, plugin->name, plugin->creator);
}

/* For bgenplugin.c: adds all styles through LAMMPS' regfunc, or without it. Returns nullptr, or why
   nothing was added. */
extern "C" const char *bgen_add_styles(void *lammps, void *dso, void *regfunc)
{
  const char *refusal = bgen::build_mismatch(lammps);
  if (refusal) return refusal;

  auto *add = regfunc ? reinterpret_cast<AddFunction *>(regfunc) : add_directly;
  const char *version = static_cast<LAMMPS *>(lammps)->version, *author = "the bgen authors";
  auto *fix_creator = reinterpret_cast<void (*)()>(create<Fix, FixBgen, int, char **>);
  auto *compute_creator = reinterpret_cast<void (*)()>(create<Compute, ComputeBgen, int, char **>);
  auto *command_creator = reinterpret_cast<void (*)()>(create<Command, CommandBgen>);
  Plugin styles[] = {
      {version, "fix", "bgen", "Boltzmann generator", author, fix_creator, dso},
      {version, "compute", "bgen", "what a generator says", author, compute_creator, dso},
      {version, "command", "bgen", "training and use of it", author, command_creator, dso},
  };
  for (auto &style : styles) add(&style, lammps);
  return nullptr;
}
