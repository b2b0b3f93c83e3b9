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

# The tables of reduced potentials, read by alchemlyb and pymbar where they are installed
add_executable(house_write_tables write_tables.cpp two_wells.cpp double_well.cpp)
target_link_libraries(house_write_tables PRIVATE house_engine bgen_warnings PkgConfig::CMOCKA)
if(BGEN_PYMBAR_PYTHON)
  set(python ${BGEN_PYMBAR_PYTHON})
else()
  set(python ${Python3_EXECUTABLE})
endif()
add_test(NAME house.tables COMMAND ${python} -B ${CMAKE_SOURCE_DIR}/tests/estimate/test_tables.py)
set_tests_properties(house.tables PROPERTIES LABELS house TIMEOUT 300 SKIP_RETURN_CODE 77
  ENVIRONMENT "WRITE_TABLES=$<TARGET_FILE:house_write_tables>;PYTHONPATH=${CMAKE_SOURCE_DIR}/python;OPENBLAS_NUM_THREADS=1;OMP_NUM_THREADS=1")
