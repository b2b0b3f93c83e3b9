/* SPDX-License-Identifier: GPL-2.0-or-later */
/* lammps_compat.h - what differs between LAMMPS releases; the only file with version #ifs

   LAMMPS_VERSION_NUMBER is the release whose headers are used (cmake/FindLAMMPS.cmake). A header
   that an installed LAMMPS may lack is in compat/. The same everywhere from Sep 2021 on are
   error->all, one, warning and utils::logmesg with a finished std::string, modify->find_fix() and
   find_compute(), domain->unmap() and remap(). */

#ifndef BGEN_ENGINE_LAMMPS_COMPAT_H
#define BGEN_ENGINE_LAMMPS_COMPAT_H

#include "command.h"
#include "fix.h"
#include "input.h"
#include "library.h"
#include "modify.h"

#include <cstring>

#if __has_include("exceptions.h")
#include "exceptions.h"
#else
namespace LAMMPS_NS {
class LAMMPSException : public std::exception {
}; // never thrown: this LAMMPS ends the process itself
class LAMMPSAbortException : public LAMMPSException {};
} // namespace LAMMPS_NS
#endif

namespace LAMMPS_NS {

/* Since 2026 the styles are known to the process, before that to each Modify and Input. */
#if __has_include("creator_registry.h")
inline void add_style(LAMMPS *, const char *style, const char *name, void (*creator)())
{
  if (strcmp(style, "fix") == 0)
    Modify::fix_styles().set_plugin(name, reinterpret_cast<Modify::FixCreator>(creator));
  else if (strcmp(style, "compute") == 0)
    Modify::compute_styles().set_plugin(name, reinterpret_cast<Modify::ComputeCreator>(creator));
  else
    Input::command_styles().set_plugin(name, reinterpret_cast<Input::CommandCreator>(creator));
}
#else
inline void add_style(LAMMPS *lmp, const char *style, const char *name, void (*creator)())
{
  if (strcmp(style, "fix") == 0)
    (*lmp->modify->fix_map)[name] = reinterpret_cast<Modify::FixCreator>(creator);
  else if (strcmp(style, "compute") == 0)
    (*lmp->modify->compute_map)[name] = reinterpret_cast<Modify::ComputeCreator>(creator);
  else
    (*lmp->input->command_map)[name] = reinterpret_cast<Input::CommandCreator>(creator);
}
#endif

/* While a fix is defined anew its place is empty, which Modify::find_fix() of 2021 does not expect.
   nullptr: there is none. */
inline Fix *fix_named(const Modify *modify, const char *id)
{
  for (int i = 0; i < modify->nfix; i++)
    if (modify->fix[i] && strcmp(modify->fix[i]->id, id) == 0) return modify->fix[i];
  return nullptr;
}

/* What LAMMPS' own main() calls before MPI_Finalize(). */
inline void finalize_packages()
{
  lammps_kokkos_finalize();
  lammps_python_finalize();
#if LAMMPS_VERSION_NUMBER >= 20250612
  lammps_plugin_finalize();
#endif
}

} // namespace LAMMPS_NS

#endif
