# SPDX-License-Identifier: GPL-2.0-or-later
# the input lines of the fix, without LAMMPS
if(TARGET test_input)
  return()
endif()
find_package(PkgConfig REQUIRED)
pkg_check_modules(CMOCKA REQUIRED IMPORTED_TARGET cmocka)
add_executable(test_input ${CMAKE_CURRENT_LIST_DIR}/test_input.cpp)
file(GLOB input_sources CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/plugin/input/*.cpp)
target_sources(test_input PRIVATE ${input_sources})
target_include_directories(test_input PRIVATE ${CMAKE_SOURCE_DIR}/plugin)
target_link_libraries(test_input PRIVATE bgen_core bgen_warnings PkgConfig::CMOCKA)
add_test(NAME house.input COMMAND test_input)
set_tests_properties(house.input PROPERTIES LABELS house TIMEOUT 60)
