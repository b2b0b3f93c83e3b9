/* SPDX-License-Identifier: GPL-2.0-or-later */
/* lmp_bgen.cpp - LAMMPS' own program with bgen in it, for a LAMMPS that cannot load plugins */

#define LAMMPS_LIB_MPI

#include "bgenplugin.h"
#include "engine/lammps_compat.h"

#include <cstdio>
#include <cstdlib>
#include <dlfcn.h>
#include <exception>
#include <mpi.h>

using namespace LAMMPS_NS;

static void finish(int status)
{
  finalize_packages();
  MPI_Finalize();
  exit(status);
}

/* This program's definition hides the library's: LAMMPS comes here whenever it has made its tables
   of styles, at the start and again for the input command "clear". */
void LAMMPS_NS::LAMMPS::post_create()
{
  using PostCreate = void(LAMMPS *);
  auto *of_library =
      reinterpret_cast<PostCreate *>(dlsym(RTLD_NEXT, "_ZN9LAMMPS_NS6LAMMPS11post_createEv"));
  of_library(this);
  if (bgen_register(this) != 0) finish(1);
}

/* The LAMMPS found at run time may have its bgen, and this program still be built for another. */
static bool fits(void *lammps)
{
  const int version = lammps_version(lammps);
  if (version != LAMMPS_VERSION_NUMBER && lammps_extract_setting(lammps, "universe_rank") == 0)
    fprintf(stderr,
            "lmp_bgen was built for LAMMPS version %d and has found %d: build it for this one\n",
            LAMMPS_VERSION_NUMBER, version);
  return version == LAMMPS_VERSION_NUMBER;
}

/* False if it ended in an error that all ranks know of; LAMMPS has reported it. */
static bool run_input(LAMMPS *lmp)
{
  try {
    lmp->input->file();
    return true;
  } catch (const LAMMPSAbortException &) {
    MPI_Abort(MPI_COMM_WORLD, 1);
  } catch (const LAMMPSException &) {
  } catch (const std::exception &e) {
    fprintf(stderr, "lmp_bgen: %s\n", e.what());
    MPI_Abort(MPI_COMM_WORLD, 1);
  }
  return false;
}

int main(int argc, char **argv)
{
  MPI_Init(&argc, &argv);
  void *lammps = lammps_open(argc, argv, MPI_COMM_WORLD, nullptr);
  if (!lammps) return MPI_Abort(MPI_COMM_WORLD, 1);
  const bool done = fits(lammps) && run_input(static_cast<LAMMPS *>(lammps));
  if (done) lammps_close(lammps);
  finish(done ? 0 : 1);
}
