# SPDX-License-Identifier: GPL-2.0-or-later
# free energies of two wells that are known by quadrature
bgen_add_house_test(free_energy two_wells.cpp double_well.cpp)
bgen_add_house_test(split two_wells.cpp double_well.cpp known_molecule.cpp)
bgen_add_house_test(absolute double_well.cpp)
bgen_add_house_test(absolute_molecule double_well.cpp known_molecule.cpp)
bgen_add_house_test(gibbs two_wells.cpp double_well.cpp)
bgen_add_house_test(free_energy_files two_wells.cpp double_well.cpp)
bgen_add_house_test(no_overlap two_wells.cpp double_well.cpp)
bgen_add_house_test(works two_wells.cpp double_well.cpp)
