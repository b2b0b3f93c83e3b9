# SPDX-License-Identifier: GPL-2.0-or-later
# FindLAMMPS.cmake - the LAMMPS that bgen is built for
#
# Input, one of
#   nothing              the installed LAMMPS (Debian: liblammps-dev)
#   LAMMPS_ROOT          the folder of another installed LAMMPS, or of the Python package lammps
#   LAMMPS_SOURCE_DIR    a LAMMPS source tree or its src folder; the shared library and lmp are
#                        looked for in the tree and its lib, bin, build and src folders, unless
#                        LAMMPS_LIBRARY and LAMMPS_EXECUTABLE name them, and LAMMPS_SIZES
#                        (smallbig, bigbig) says how they were built
# MPI must be the one that LAMMPS uses: MPI_HOME or MPI_CXX_COMPILER chooses it.
#
# Output
#   LAMMPS_VERSION       yyyymmdd
#   LAMMPS_EXECUTABLE    lmp, if there is one
#   LAMMPS_HAS_PLUGIN    whether lmp has the command "plugin"
#   LAMMPS::headers      for code that a LAMMPS loads: folders and definitions, nothing to link
#   LAMMPS::library      for programs: liblammps and MPI too; only if there is a shared library

set(LAMMPS_SOURCE_DIR "" CACHE PATH "LAMMPS source tree to build for, if not an installed LAMMPS")
find_package(MPI QUIET COMPONENTS CXX)

# Never half of one LAMMPS and half of another: a build folder keeps to the place that it began
# with, and where a place is named, only that place is searched.
set(_lammps_place "${LAMMPS_SOURCE_DIR}:${LAMMPS_ROOT}")
if(NOT LAMMPS_PLACE)
  set(LAMMPS_PLACE "${_lammps_place}" CACHE INTERNAL "where this LAMMPS was looked for")
elseif(NOT LAMMPS_PLACE STREQUAL _lammps_place)
  message(FATAL_ERROR "${CMAKE_BINARY_DIR} is for another LAMMPS: remove it, or use another folder")
endif()
set(_lammps_where)
if(LAMMPS_SOURCE_DIR)
  get_filename_component(_lammps_root ${LAMMPS_SOURCE_DIR} ABSOLUTE)
  if(_lammps_root MATCHES "/src$")
    get_filename_component(_lammps_root ${_lammps_root} DIRECTORY)
  endif()
  set(_lammps_where PATHS ${_lammps_root} NO_DEFAULT_PATH)
elseif(LAMMPS_ROOT)
  set(_lammps_where PATHS ${LAMMPS_ROOT} NO_DEFAULT_PATH)
endif()
find_path(LAMMPS_INCLUDE_DIR lammps.h ${_lammps_where} PATH_SUFFIXES src lammps include/lammps)
find_library(LAMMPS_LIBRARY lammps ${_lammps_where} PATH_SUFFIXES lib build src)
find_program(LAMMPS_EXECUTABLE lmp ${_lammps_where} PATH_SUFFIXES bin build src)

# Only a source tree has version.h; an installed LAMMPS says its version and sizes in a file for
# pkg-config beside the library.
set(_lammps_sizes smallbig)
if(EXISTS "${LAMMPS_INCLUDE_DIR}/version.h")
  set(_lammps_months Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec)
  file(STRINGS ${LAMMPS_INCLUDE_DIR}/version.h _lammps_text REGEX "define LAMMPS_VERSION")
  if(_lammps_text MATCHES "([0-9]+) ([A-Z][a-z][a-z])[a-z]* ([0-9]+)") # 4 Feb 2025
    list(FIND _lammps_months ${CMAKE_MATCH_2} _lammps_month)
    math(EXPR LAMMPS_VERSION
      "${CMAKE_MATCH_3} * 10000 + (${_lammps_month} + 1) * 100 + ${CMAKE_MATCH_1}")
  endif()
elseif(LAMMPS_LIBRARY)
  get_filename_component(_lammps_folder ${LAMMPS_LIBRARY} DIRECTORY)
  set(_lammps_text)
  if(EXISTS ${_lammps_folder}/pkgconfig/liblammps.pc)
    file(STRINGS ${_lammps_folder}/pkgconfig/liblammps.pc _lammps_text REGEX "^Version:|^Cflags:")
  endif()
  if(_lammps_text MATCHES "Version: *([0-9]+)\\.([0-9]+)\\.([0-9]+)") # 2025.7.22.4, update 4
    math(EXPR LAMMPS_VERSION "${CMAKE_MATCH_1} * 10000 + ${CMAKE_MATCH_2} * 100 + ${CMAKE_MATCH_3}")
  elseif(_lammps_text MATCHES "Version: *([0-9]+)") # 20210929
    set(LAMMPS_VERSION ${CMAKE_MATCH_1})
  endif()
  if(_lammps_text MATCHES "-DLAMMPS_([A-Z]+BIG)")
    string(TOLOWER ${CMAKE_MATCH_1} _lammps_sizes)
  endif()
endif()
set(LAMMPS_SIZES ${_lammps_sizes} CACHE STRING "integer sizes of LAMMPS: smallbig or bigbig")

include(FindPackageHandleStandardArgs)
find_package_handle_standard_args(LAMMPS
  REQUIRED_VARS LAMMPS_INCLUDE_DIR LAMMPS_VERSION MPI_CXX_FOUND VERSION_VAR LAMMPS_VERSION
  REASON_FAILURE_MESSAGE
  "install liblammps-dev and an MPI, or set LAMMPS_SOURCE_DIR or LAMMPS_ROOT")

if(LAMMPS_FOUND AND NOT TARGET LAMMPS::headers)
  string(TOUPPER LAMMPS_${LAMMPS_SIZES} _lammps_sizes)
  get_target_property(_lammps_mpi_include MPI::MPI_CXX INTERFACE_INCLUDE_DIRECTORIES)
  add_library(LAMMPS::headers INTERFACE IMPORTED GLOBAL)
  target_include_directories(LAMMPS::headers INTERFACE ${LAMMPS_INCLUDE_DIR} ${_lammps_mpi_include})
  target_compile_definitions(LAMMPS::headers INTERFACE ${_lammps_sizes}
    LAMMPS_VERSION_NUMBER=${LAMMPS_VERSION} OMPI_SKIP_MPICXX MPICH_SKIP_MPICXX)

  if(LAMMPS_LIBRARY)
    add_library(LAMMPS::library UNKNOWN IMPORTED GLOBAL)
    set_target_properties(LAMMPS::library PROPERTIES IMPORTED_LOCATION ${LAMMPS_LIBRARY})
    target_link_libraries(LAMMPS::library INTERFACE LAMMPS::headers MPI::MPI_CXX)
  endif()

  if(LAMMPS_EXECUTABLE AND NOT DEFINED LAMMPS_HAS_PLUGIN)
    execute_process(COMMAND ${LAMMPS_EXECUTABLE} -h OUTPUT_VARIABLE _lammps_help ERROR_QUIET)
    set(_lammps_plugin FALSE)
    if(_lammps_help MATCHES "[ \n]PLUGIN[ \n]") # among the installed packages
      set(_lammps_plugin TRUE)
    endif()
    set(LAMMPS_HAS_PLUGIN ${_lammps_plugin} CACHE INTERNAL "whether lmp has the command plugin")
  endif()
endif()
