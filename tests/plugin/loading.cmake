# SPDX-License-Identifier: GPL-2.0-or-later
# The doors through which bgen comes into the LAMMPS of this build, one test each
find_package(Python3 REQUIRED COMPONENTS Interpreter)

if(NOT LAMMPS_LIBRARY OR NOT LAMMPS_EXECUTABLE)
  message(STATUS "no LAMMPS library or program found: loading into it is not tested")
  return()
endif()

set(loading_doors Launcher Library)
if(LAMMPS_HAS_PLUGIN)
  list(APPEND loading_doors PluginLoad)
  if(LAMMPS_VERSION GREATER_EQUAL 20220324)
    list(APPEND loading_doors PluginPath)
  endif()
endif()

set(loading_environment
  BGEN_PLUGIN=$<TARGET_FILE_DIR:bgenplugin>
  LMP=${LAMMPS_EXECUTABLE}
  LMP_BGEN=$<TARGET_FILE:lmp_bgen>
  LIBLAMMPS=${LAMMPS_LIBRARY}
  LAMMPS_VERSION=${LAMMPS_VERSION}
  LAMMPS_MPI=${LAMMPS_MPI}
  MPIEXEC=${LAMMPS_MPIEXEC})

foreach(door IN LISTS loading_doors)
  add_test(NAME loading.${door}.${lammps_name}
    COMMAND ${Python3_EXECUTABLE} -B ${CMAKE_CURRENT_LIST_DIR}/test_loading.py -v ${door})
  set_tests_properties(loading.${door}.${lammps_name} PROPERTIES
    LABELS "plugin;LAMMPS-${lammps_name}" PROCESSORS 2 TIMEOUT 300 ENVIRONMENT "${lammps_environment};${loading_environment}")
endforeach()
