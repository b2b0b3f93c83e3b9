/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "engine/build.h"

#include "engine/lammps_compat.h"

#include <cstring>
#include <mpi.h>

using namespace LAMMPS_NS;

const char *bgen::build_mismatch(void *lammps)
{
  if (lammps_extract_setting(lammps, "tagint") != sizeof(tagint) ||
      lammps_extract_setting(lammps, "bigint") != sizeof(bigint))
    return "bgen was built with other integer sizes than this LAMMPS: set LAMMPS_SIZES to the "
           "value of LAMMPS' build";

  char library[1 << 14]; // if it is another MPI, our MPI_MAX_LIBRARY_VERSION_STRING is not its own
  int length = 0;
  MPI_Get_library_version(library, &length);
#if defined(OPEN_MPI)
  const bool same_mpi = strstr(library, "Open MPI") != nullptr;
#else
  const bool same_mpi = strstr(library, "Open MPI") == nullptr;
#endif
  if (same_mpi) return nullptr;
  return "bgen was built with another MPI than this LAMMPS: build it with the MPI of LAMMPS";
}
