# SPDX-License-Identifier: GPL-2.0-or-later
# what tests/soak.sh runs: statistics and kills that are too slow for the tests, hidden from a plain ctest by their configuration
if(TARGET lmp_bgen)
  function(bgen_add_soak name program)
    add_test(NAME soak.${name} CONFIGURATIONS soak
      COMMAND ${Python3_EXECUTABLE} -B ${CMAKE_CURRENT_SOURCE_DIR}/soak/${program} ${ARGN})
    set_tests_properties(soak.${name} PROPERTIES LABELS soak TIMEOUT 7200
      ENVIRONMENT "${lammps_environment};LMP_BGEN=$<TARGET_FILE:lmp_bgen>;MPIEXEC=${LAMMPS_MPIEXEC};\
POTENTIALS=${CMAKE_SOURCE_DIR}/potentials")
  endfunction()
  bgen_add_soak(exactness exactness.py 200000 1 2)
  bgen_add_soak(kill9 kill9.py 10 1 2)
endif()
if(TARGET coverage) # estimate/coverage.c
  add_test(NAME soak.coverage CONFIGURATIONS soak COMMAND coverage 4000)
  set_tests_properties(soak.coverage PROPERTIES LABELS soak TIMEOUT 7200 ENVIRONMENT "OPENBLAS_NUM_THREADS=1")
endif()
