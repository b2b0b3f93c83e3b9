# SPDX-License-Identifier: GPL-2.0-or-later
# lammps_environment: what a test needs that runs LAMMPS, on more ranks than cores, as root, in a container

find_package(LAMMPS REQUIRED)
set(lammps_name ${LAMMPS_VERSION}) # in the names of tests, and a label: ctest sums up a line for each
if(LAMMPS_MPI STREQUAL serial)
  string(APPEND lammps_name -serial)
endif()
if(LAMMPS_KOKKOS)
  string(APPEND lammps_name -kokkos)
endif()
option(BGEN_QUICK_TESTS "of the plugin, only what shows that it works in this LAMMPS" OFF)

set(lammps_environment
  LD_LIBRARY_PATH=${LAMMPS_MPI_FOLDER} # liblammps and lmp_bgen of the Python packages do not know where its MPI is
  OMP_NUM_THREADS=1
  OPENBLAS_NUM_THREADS=1
  OMPI_ALLOW_RUN_AS_ROOT=1
  OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1
  OMPI_MCA_rmaps_base_oversubscribe=1
  OMPI_MCA_hwloc_base_binding_policy=none
  OMPI_MCA_btl_vader_single_copy_mechanism=none
  OMPI_MCA_mpi_yield_when_idle=1
  # a start takes a third of the time without the daemon of a single rank and the search for networks
  OMPI_MCA_ess_singleton_isolated=1
  OMPI_MCA_pml=ob1
  # MPICH: ranks that wait sleep; without it 4 ranks on 2 cores take 50 times as long
  MPIR_CVAR_CH4_PROGRESS_THROTTLE=1
  MPIR_CVAR_CH4_PROGRESS_THROTTLE_NO_PROGRESS_COUNT=10)
