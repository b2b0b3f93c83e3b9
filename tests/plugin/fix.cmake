# SPDX-License-Identifier: GPL-2.0-or-later
# fix bgen and the command bgen in a whole LAMMPS (tests/plugin/test_fix_bgen.py), through the launcher
if(TARGET lmp_bgen)
  foreach(case Mistakes Models Chains Restarts Refusals Statistics)
    add_test(NAME fix.${case}.${LAMMPS_VERSION}
      COMMAND ${Python3_EXECUTABLE} -B ${CMAKE_CURRENT_LIST_DIR}/test_fix_bgen.py ${case})
    set_tests_properties(fix.${case}.${LAMMPS_VERSION} PROPERTIES LABELS plugin PROCESSORS 2 TIMEOUT 400
      ENVIRONMENT "LMP_BGEN=$<TARGET_FILE:lmp_bgen>;MPIEXEC=${MPIEXEC_EXECUTABLE};\
POTENTIALS=${CMAKE_SOURCE_DIR}/potentials;LD_LIBRARY_PATH=${mpi_folder};OMP_NUM_THREADS=1;\
OMPI_ALLOW_RUN_AS_ROOT=1;OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1;OMPI_MCA_rmaps_base_oversubscribe=1;\
OMPI_MCA_hwloc_base_binding_policy=none;OMPI_MCA_btl_vader_single_copy_mechanism=none")
  endforeach()
endif()
