# SPDX-License-Identifier: GPL-2.0-or-later
# The house rules that a program can check: for all files at once in the build tree without the plugin, for clang-tidy
# where the sources are compiled
find_package(Python3 REQUIRED COMPONENTS Interpreter)

function(add_tidy_test name)
  file(GLOB sources RELATIVE ${CMAKE_SOURCE_DIR} CONFIGURE_DEPENDS ${ARGN})
  add_test(NAME style.${name}
    COMMAND clang-tidy --quiet -p ${CMAKE_BINARY_DIR} ${sources} WORKING_DIRECTORY ${CMAKE_SOURCE_DIR})
  set_tests_properties(style.${name} PROPERTIES LABELS style TIMEOUT 600)
endfunction()

if(BGEN_PLUGIN)
  foreach(room actions engine input loader report state styles)
    add_tidy_test(tidy_${room} ${CMAKE_SOURCE_DIR}/plugin/${room}/*.cpp ${CMAKE_SOURCE_DIR}/plugin/${room}/*.c)
  endforeach()
else()
  foreach(rule includes licences lengths functions classes format selftest)
    add_test(NAME style.${rule}
      COMMAND ${Python3_EXECUTABLE} -B ${CMAKE_SOURCE_DIR}/tests/style/check_style.py ${rule})
    set_tests_properties(style.${rule} PROPERTIES LABELS style TIMEOUT 600)
  endforeach()
  add_tidy_test(tidy ${CMAKE_SOURCE_DIR}/core/*/*.c)
endif()
