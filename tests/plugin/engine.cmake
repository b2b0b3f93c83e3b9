# SPDX-License-Identifier: GPL-2.0-or-later
# plugin/engine, which alone knows of LAMMPS how atoms are moved, tested inside a LAMMPS on 1, 2 and 4 ranks

if(NOT TARGET LAMMPS::library)
  message(STATUS "no LAMMPS library found: the engine is not tested")
  return()
endif()
pkg_check_modules(CMOCKA REQUIRED IMPORTED_TARGET cmocka)

add_library(engine_fixture STATIC plugin/fixture.cpp plugin/systems.cpp)
target_compile_definitions(engine_fixture PRIVATE BGEN_POTENTIALS="${CMAKE_SOURCE_DIR}/potentials")
target_link_libraries(engine_fixture PUBLIC bgen_engine LAMMPS::library PkgConfig::CMOCKA
  PRIVATE bgen_warnings)

function(add_engine_test test ranks pass_sentence)
  set(numproc_flag ${MPIEXEC_NUMPROC_FLAG})
  set(ranks_or_none ${ranks})
  if(NOT LAMMPS_MPIEXEC)
    set(numproc_flag)
    set(ranks_or_none)
  endif()
  add_test(NAME ${test}.${lammps_name}
    COMMAND ${LAMMPS_MPIEXEC} ${numproc_flag} ${ranks_or_none} ${ARGN})
  set_tests_properties(${test}.${lammps_name} PROPERTIES
    LABELS "plugin;LAMMPS-${lammps_name}" PROCESSORS ${ranks} TIMEOUT 900 ENVIRONMENT "${lammps_environment}")
  if(pass_sentence)
    set_tests_properties(${test}.${lammps_name} PROPERTIES
      PASS_REGULAR_EXPRESSION "${pass_sentence}" FAIL_REGULAR_EXPRESSION "went on" TIMEOUT 120)
  endif()
endfunction()

function(add_engine_program name)
  if(TARGET test_${name})
    return()
  endif()
  add_executable(test_${name} plugin/test_${name}.cpp)
  target_link_libraries(test_${name} PRIVATE engine_fixture bgen_warnings)
endfunction()

set(engine_tests engine refused trial jump_invisible lead)
set(all_ranks 1 2 4)
if(BGEN_QUICK_TESTS)
  set(engine_tests engine refused trial)
  set(all_ranks 1)
endif()
foreach(name ${engine_tests})
  add_engine_program(${name})
  foreach(ranks ${all_ranks})
    add_engine_test(plugin.${name}.${ranks} ${ranks} "" $<TARGET_FILE:test_${name}>)
  endforeach()
endforeach()
if(NOT LAMMPS_KOKKOS) # this program plays the package itself
  add_engine_program(copies)
  add_engine_test(plugin.copies.1 1 "" $<TARGET_FILE:test_copies>)
endif()

# Two threads add forces in any order; with one, runs repeat themselves to the bit. KOKKOS has no lists of style nsq, and
# in 2021 neither right energies of two walls nor a box that may change twice in a step.
if(LAMMPS_KOKKOS)
  add_engine_program(jump_invisible)
  set(kokkos_tests "engine 1 1" "trial 1 1" "jump_invisible 1 1") # ranks, threads
  if(LAMMPS_KOKKOS MATCHES OpenMP)
    set(kokkos_tests "engine 1 2" "engine 2 1" "trial 1 1" "jump_invisible 1 1")
  endif()
  foreach(test ${kokkos_tests})
    separate_arguments(test)
    list(GET test 0 name)
    list(GET test 1 ranks)
    list(GET test 2 threads)
    set(systems melt triclinic chains)
    if(NOT name STREQUAL jump_invisible)
      list(APPEND systems levels columns real)
    endif()
    add_engine_test(kokkos.${name}.${ranks} ${ranks} "" $<TARGET_FILE:test_${name}> ${systems})
    set_tests_properties(kokkos.${name}.${ranks}.${lammps_name} PROPERTIES
      ENVIRONMENT "${lammps_environment};OMP_PROC_BIND=false;BGEN_TEST_SWITCHES=-k on t ${threads} -sf kk")
  endforeach()
endif()
add_executable(bench_engine plugin/bench_engine.cpp)
target_compile_definitions(bench_engine PRIVATE BGEN_POTENTIALS="${CMAKE_SOURCE_DIR}/potentials")
target_link_libraries(bench_engine PRIVATE engine_fixture bgen_warnings)

if(BGEN_QUICK_TESTS)
  return()
endif()

# What must end in one sentence; LAMMPS then ends the program.
foreach(stop
    "shake:fix rods .shake. constrains atoms of group moved"
    "rigid:fix body .rigid. constrains atoms of group moved"
    "empty:there is no atom in group moved"
    "dynamic:a dynamic group cannot be moved"
    "flat:coords xyz in a 2-d system"
    "no_ids:atoms need IDs"
    "ellipsoid:atom styles ellipsoid, line, tri and body are not supported"
    "more:group moved had 42 atoms, now it has 43, of which 42 have the ID and type they had"
    "others:group moved had 42 atoms, now it has 43, of which 41 have the ID and type they had")
  string(REGEX MATCH "^[a-z_]+" name ${stop})
  string(REGEX REPLACE "^[a-z_]+:" "" sentence ${stop})
  add_engine_test(plugin.stop.${name} 2 "ERROR: fix bgen: ${sentence}"
    $<TARGET_FILE:test_refused> --stop ${name})
endforeach()

# The same of what the leading rank finds out, or one that obeys: no rank waits for ever.
foreach(stop
    "leader=bgen: the leader says so"
    "group=fix bgen: there is no group 'nothing'"
    "lammps=Unknown command: no_such_command"
    "memory=bgen: no memory is left"
    "observing=bgen: v_seen depends on more than positions"
    "inner=bgen: the inner work says so"
    "gone=bgen: 'unfix bg' of perturb has removed fix bg")
  string(REGEX MATCH "^[a-z_]+" name ${stop})
  string(REGEX REPLACE "^[a-z_]+=" "" sentence ${stop})
  foreach(ranks 1 4)
    add_engine_test(plugin.lead_stop.${name}.${ranks} ${ranks} "ERROR: ${sentence}"
      $<TARGET_FILE:test_lead> --stop ${name})
  endforeach()
endforeach()
