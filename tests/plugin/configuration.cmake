# SPDX-License-Identifier: GPL-2.0-or-later
# What only the plugin's configuration knows of LAMMPS, tested inside a LAMMPS on 1, 2 and 4 ranks

if(NOT TARGET LAMMPS::library)
  message(STATUS "no LAMMPS library found: configurations are not tested")
  return()
endif()
pkg_check_modules(CMOCKA REQUIRED IMPORTED_TARGET cmocka)

add_library(configuration_fixture STATIC plugin/fixture.cpp plugin/systems.cpp)
target_compile_definitions(configuration_fixture PRIVATE BGEN_POTENTIALS="${CMAKE_SOURCE_DIR}/potentials")
target_link_libraries(configuration_fixture PUBLIC bgen_objects LAMMPS::library PkgConfig::CMOCKA
  PRIVATE bgen_warnings)

function(add_configuration_test test ranks pass_sentence)
  add_test(NAME ${test}.${LAMMPS_VERSION} COMMAND ${MPIEXEC_EXECUTABLE} ${MPIEXEC_NUMPROC_FLAG} ${ranks} ${ARGN})
  set_tests_properties(${test}.${LAMMPS_VERSION} PROPERTIES
    LABELS plugin PROCESSORS ${ranks} TIMEOUT 900 ENVIRONMENT "${lammps_environment}")
  if(pass_sentence)
    set_tests_properties(${test}.${LAMMPS_VERSION} PROPERTIES PASS_REGULAR_EXPRESSION "${pass_sentence}"
      FAIL_REGULAR_EXPRESSION "went on")
  endif()
endfunction()

foreach(program test_configuration test_refused test_visit test_jump_invisible test_frame_sets test_points bench_configuration)
  add_executable(${program} plugin/${program}.cpp)
  target_link_libraries(${program} PRIVATE configuration_fixture bgen_warnings)
endforeach()

foreach(program test_configuration test_refused test_visit test_jump_invisible test_points)
  string(REPLACE test_ "" name ${program})
  foreach(ranks 1 2 4)
    add_configuration_test(plugin.${name}.${ranks} ${ranks} "" $<TARGET_FILE:${program}>)
  endforeach()
endforeach()

add_configuration_test(plugin.frame_sets 1 "" $<TARGET_FILE:test_frame_sets>)

# What must end in one sentence; LAMMPS then ends the program.
foreach(stop
    "shake:fix rods .shake. constrains atoms of group moved"
    "rigid:fix body .rigid. constrains atoms of group moved"
    "empty:there is no atom in group moved"
    "dynamic:a dynamic group cannot be moved"
    "flat:coords xyz in a 2-d system"
    "no_ids:atoms need IDs"
    "ellipsoid:atom styles ellipsoid, line, tri and body are not supported"
    "more:group moved had 42 atoms, now it has 43, of which 42 are as they were"
    "others:group moved had 42 atoms, now it has 43, of which 41 are as they were")
  string(REGEX MATCH "^[a-z_]+" name ${stop})
  string(REGEX REPLACE "^[a-z_]+:" "" sentence ${stop})
  add_configuration_test(plugin.stop.${name} 2 "ERROR: fix bgen: ${sentence}" $<TARGET_FILE:test_refused> --stop ${name})
endforeach()
