# SPDX-License-Identifier: GPL-2.0-or-later
# Energies and forces of Hamiltonians against numpy, of molecules against OpenMM's, in the LAMMPS of this build
if(LAMMPS_EXECUTABLE AND NOT BGEN_QUICK_TESTS)
  foreach(test potentials dimer_solvent molecules protein open_closed)
    add_test(NAME ${test}.${lammps_name}
      COMMAND /usr/bin/python3 -B ${CMAKE_CURRENT_LIST_DIR}/test_${test}.py)
    set_tests_properties(${test}.${lammps_name} PROPERTIES LABELS "plugin;LAMMPS-${lammps_name}" TIMEOUT 300
      ENVIRONMENT "LMP=${LAMMPS_EXECUTABLE};${lammps_environment}")
  endforeach()
endif()

# The converter of AMBER's files, once, where ParmEd is installed
set(BGEN_PARMED_PYTHON "" CACHE STRING "a Python that has ParmEd (cmake/setup.sh parmed), to test tools/amber_to_lammps.py with")
if(LAMMPS_EXECUTABLE AND BGEN_CORE_TESTS)
  set(python ${BGEN_PARMED_PYTHON})
  if(NOT python)
    set(python /usr/bin/python3)
  endif()
  add_test(NAME amber_to_lammps COMMAND ${python} -B ${CMAKE_CURRENT_LIST_DIR}/test_amber_to_lammps.py)
  set_tests_properties(amber_to_lammps PROPERTIES LABELS plugin TIMEOUT 300 SKIP_RETURN_CODE 77
    ENVIRONMENT "LMP=${LAMMPS_EXECUTABLE};${lammps_environment}")
endif()

# The analyses of parallel tempering and of umbrella sampling, which need no LAMMPS
if(BGEN_CORE_TESTS)
  foreach(test tempering wham)
    add_test(NAME ${test} COMMAND /usr/bin/python3 -B ${CMAKE_CURRENT_LIST_DIR}/test_${test}.py)
    set_tests_properties(${test} PROPERTIES LABELS plugin TIMEOUT 300)
  endforeach()
endif()
