# SPDX-License-Identifier: GPL-2.0-or-later
# the tables of keywords beside the pages; what of the styles is without LAMMPS
find_package(Python3 REQUIRED COMPONENTS Interpreter)
add_library(house_styles STATIC ${CMAKE_SOURCE_DIR}/plugin/styles/columns.cpp
  ${CMAKE_SOURCE_DIR}/plugin/styles/modify_options.cpp)
target_link_libraries(house_styles PUBLIC bgen_rooms PRIVATE bgen_warnings)

add_executable(options options.cpp)
target_link_libraries(options PRIVATE house_styles bgen_warnings)
add_test(NAME house.options COMMAND ${Python3_EXECUTABLE} -B ${CMAKE_CURRENT_LIST_DIR}/test_options.py)
set_tests_properties(house.options PROPERTIES LABELS house TIMEOUT 60
  ENVIRONMENT "OPTIONS=$<TARGET_FILE:options>;PAGES=${CMAKE_SOURCE_DIR}/plugin/doc")

bgen_add_house_test(columns rig.cpp)
target_link_libraries(house_columns PRIVATE house_styles)
