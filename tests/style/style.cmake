# SPDX-License-Identifier: GPL-2.0-or-later
# The house rules that a program can check, for all files at once
find_package(Python3 REQUIRED COMPONENTS Interpreter)
foreach(rule includes licences lengths format)
  add_test(NAME style.${rule}
    COMMAND ${Python3_EXECUTABLE} -B ${CMAKE_SOURCE_DIR}/tests/style/check_style.py ${rule})
endforeach()
file(GLOB tidy_sources RELATIVE ${CMAKE_SOURCE_DIR} CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/core/*/*.c)
add_test(NAME style.tidy
  COMMAND clang-tidy --quiet -p ${CMAKE_BINARY_DIR} ${tidy_sources} WORKING_DIRECTORY ${CMAKE_SOURCE_DIR})
set_tests_properties(style.includes style.licences style.lengths style.format style.tidy
  PROPERTIES LABELS style TIMEOUT 600)
