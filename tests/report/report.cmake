# SPDX-License-Identifier: GPL-2.0-or-later
# The command bgen of python/: its pictures and its report. Neither depends on a LAMMPS.
find_package(Python3 REQUIRED COMPONENTS Interpreter)
find_program(BGEN_SYSTEM_PYTHON python3 PATHS /usr/bin NO_DEFAULT_PATH) # the one that Debian's matplotlib is for

foreach(part plot report)
  add_test(NAME report.${part} COMMAND ${BGEN_SYSTEM_PYTHON} -B ${CMAKE_CURRENT_LIST_DIR}/test_${part}.py)
  set_tests_properties(report.${part} PROPERTIES LABELS report TIMEOUT 300)
endforeach()

find_program(BGEN_CHROMIUM chromium)
if(BGEN_CHROMIUM)
  add_test(NAME report.browser COMMAND ${BGEN_SYSTEM_PYTHON} -B ${CMAKE_CURRENT_LIST_DIR}/test_browser.py ${BGEN_CHROMIUM})
  set_tests_properties(report.browser PROPERTIES LABELS report TIMEOUT 300)
endif()

set(prefix ${CMAKE_CURRENT_BINARY_DIR}/command)
add_test(NAME report.install
  COMMAND ${CMAKE_COMMAND} --install ${CMAKE_BINARY_DIR} --component python --prefix ${prefix})
add_test(NAME report.installed COMMAND ${BGEN_SYSTEM_PYTHON} -B ${prefix}/bin/bgen plot profile
  ${CMAKE_SOURCE_DIR}/examples/double_well/reference_profile.dat -o ${prefix}/profile)
set_tests_properties(report.install PROPERTIES LABELS report FIXTURES_SETUP command)
set_tests_properties(report.installed PROPERTIES LABELS report FIXTURES_REQUIRED command TIMEOUT 120)

if(TARGET lmp_bgen) # what it writes to a terminal is the same with every LAMMPS
  add_test(NAME report.live COMMAND ${BGEN_SYSTEM_PYTHON} -B ${CMAKE_CURRENT_LIST_DIR}/test_live.py
    $<TARGET_FILE:lmp_bgen> ${CMAKE_SOURCE_DIR}/potentials ${MPIEXEC_EXECUTABLE})
  include(plugin/environment.cmake)
  set_tests_properties(report.live PROPERTIES LABELS report TIMEOUT 120 ENVIRONMENT "${lammps_environment}")
endif()
