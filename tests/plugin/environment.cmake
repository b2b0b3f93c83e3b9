# SPDX-License-Identifier: GPL-2.0-or-later
# lammps_environment: what a test needs that runs LAMMPS, on more ranks than cores, as root, in a container

get_filename_component(mpi_folder "${MPI_mpi_LIBRARY}" DIRECTORY)
set(lammps_environment
  LD_LIBRARY_PATH=${mpi_folder} # liblammps of the Python package does not know where its MPI is
  OMP_NUM_THREADS=1
  OPENBLAS_NUM_THREADS=1
  OMPI_ALLOW_RUN_AS_ROOT=1
  OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1
  OMPI_MCA_rmaps_base_oversubscribe=1
  OMPI_MCA_hwloc_base_binding_policy=none
  OMPI_MCA_btl_vader_single_copy_mechanism=none
  OMPI_MCA_mpi_yield_when_idle=1
  # MPICH: ranks that wait sleep; without it 4 ranks on 2 cores take 50 times as long
  MPIR_CVAR_CH4_PROGRESS_THROTTLE=1
  MPIR_CVAR_CH4_PROGRESS_THROTTLE_NO_PROGRESS_COUNT=10)
