# SPDX-License-Identifier: GPL-2.0-or-later
# Energies and forces of potentials/*.lmp against numpy, in the LAMMPS of this build
if(LAMMPS_EXECUTABLE)
  add_test(NAME potentials.${LAMMPS_VERSION}
    COMMAND /usr/bin/python3 -B ${CMAKE_CURRENT_LIST_DIR}/test_potentials.py)
  set_tests_properties(potentials.${LAMMPS_VERSION} PROPERTIES LABELS plugin TIMEOUT 300
    ENVIRONMENT "LMP=${LAMMPS_EXECUTABLE};${lammps_environment}")
endif()
