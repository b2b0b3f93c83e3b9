# SPDX-License-Identifier: GPL-2.0-or-later
# the input lines of the fix, without LAMMPS
find_package(PkgConfig REQUIRED)
pkg_check_modules(CMOCKA REQUIRED IMPORTED_TARGET cmocka)
file(GLOB input_sources CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/plugin/input/*.cpp)
foreach(name input mistakes)
  add_executable(test_${name} ${CMAKE_CURRENT_LIST_DIR}/test_${name}.cpp
    ${CMAKE_CURRENT_LIST_DIR}/input_lines.cpp ${input_sources})
  target_include_directories(test_${name} PRIVATE ${CMAKE_SOURCE_DIR}/plugin)
  target_link_libraries(test_${name} PRIVATE bgen_core bgen_warnings PkgConfig::CMOCKA)
  add_test(NAME house.${name} COMMAND test_${name})
  set_tests_properties(house.${name} PROPERTIES LABELS house TIMEOUT 60)
endforeach()
