# SPDX-License-Identifier: GPL-2.0-or-later
# fix bgen and the command bgen in a whole LAMMPS (tests/plugin/test_fix_bgen.py), through the launcher
if(TARGET lmp_bgen)
  foreach(case Mistakes Models Variables Chains Restarts Refusals Statistics Temperatures Annealing Exploration)
    add_test(NAME fix.${case}.${LAMMPS_VERSION}
      COMMAND ${Python3_EXECUTABLE} -B ${CMAKE_CURRENT_LIST_DIR}/test_fix_bgen.py ${case})
    set_tests_properties(fix.${case}.${LAMMPS_VERSION} PROPERTIES LABELS plugin PROCESSORS 2 TIMEOUT 400
      ENVIRONMENT "${lammps_environment};LMP_BGEN=$<TARGET_FILE:lmp_bgen>;MPIEXEC=${MPIEXEC_EXECUTABLE};\
POTENTIALS=${CMAKE_SOURCE_DIR}/potentials")
  endforeach()
endif()
