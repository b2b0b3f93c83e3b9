# SPDX-License-Identifier: GPL-2.0-or-later
# Energies and forces of Hamiltonians against numpy, of molecules against OpenMM's, in the LAMMPS of this build
if(LAMMPS_EXECUTABLE)
  foreach(test potentials dimer_solvent molecules)
    add_test(NAME ${test}.${LAMMPS_VERSION}
      COMMAND /usr/bin/python3 -B ${CMAKE_CURRENT_LIST_DIR}/test_${test}.py)
    set_tests_properties(${test}.${LAMMPS_VERSION} PROPERTIES LABELS plugin TIMEOUT 300
      ENVIRONMENT "LMP=${LAMMPS_EXECUTABLE};${lammps_environment}")
  endforeach()
endif()
