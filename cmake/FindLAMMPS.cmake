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
# MPI must be the one that LAMMPS uses: MPI_HOME or MPI_CXX_COMPILER chooses it. A LAMMPS that was
# built without MPI needs none: its library or program tells, or else LAMMPS_MPI=serial.
#
# Output
#   LAMMPS_VERSION       yyyymmdd
#   LAMMPS_MPI           openmpi, mpich or serial
#   LAMMPS_EXECUTABLE    lmp, if there is one
#   LAMMPS_MPI_FOLDER    where the library of its MPI is, if it has one
#   LAMMPS_MPIEXEC       what starts it on several ranks; empty if nothing here does
#   LAMMPS_HAS_PLUGIN    whether lmp has the command "plugin"
#   LAMMPS_KOKKOS        the backends of its package KOKKOS: Serial, OpenMP; empty without it
#   LAMMPS::headers      for code that a LAMMPS loads: folders and definitions, nothing to link
#   LAMMPS::library      for programs: liblammps and MPI too; only if there is a shared library

set(LAMMPS_SOURCE_DIR "" CACHE PATH "LAMMPS source tree to build for, if not an installed LAMMPS")

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

# What the library itself tells: a LAMMPS without MPI has stubs of it, and one that was compiled on
# an old Linux (the Python packages until 2024) has the std::string of before C++11.
if(LAMMPS_LIBRARY)
  set(_lammps_binary ${LAMMPS_LIBRARY})
else()
  set(_lammps_binary ${LAMMPS_EXECUTABLE})
endif()
if(_lammps_binary AND NOT DEFINED LAMMPS_HAS_OLD_STRINGS)
  execute_process(COMMAND ${CMAKE_NM} -D --defined-only ${_lammps_binary}
    OUTPUT_VARIABLE _lammps_symbols ERROR_QUIET)
  if(_lammps_symbols MATCHES " T _Z8MPI_Init| T MPI_Init\n")
    set(LAMMPS_MPI serial CACHE STRING "MPI of LAMMPS: openmpi, mpich or serial")
  endif()
  set(_lammps_old_strings FALSE)
  if(_lammps_symbols MATCHES "LAMMPS_NS5Input3oneERKSs")
    set(_lammps_old_strings TRUE)
  endif()
  set(LAMMPS_HAS_OLD_STRINGS ${_lammps_old_strings} CACHE INTERNAL "std::string of before C++11")
endif()
if(LAMMPS_MPI STREQUAL serial)
  set(MPI_CXX_FOUND TRUE)
else()
  find_package(MPI QUIET COMPONENTS CXX)
  set(_lammps_mpi mpich) # and what has its interface: MVAPICH, Intel MPI
  foreach(_lammps_folder IN LISTS MPI_CXX_INCLUDE_DIRS MPI_CXX_COMPILER_INCLUDE_DIRS)
    if(EXISTS ${_lammps_folder}/mpi.h)
      file(STRINGS ${_lammps_folder}/mpi.h _lammps_text REGEX "define OPEN_MPI ")
      if(_lammps_text)
        set(_lammps_mpi openmpi)
      endif()
    endif()
  endforeach()
  set(LAMMPS_MPI ${_lammps_mpi} CACHE STRING "MPI of LAMMPS: openmpi, mpich or serial")
endif()

# The Python packages until 2024 have an MPICH of their own, without mpiexec: their programs are
# linked to it, with headers of a newer MPICH, whose interface is the same for what bgen calls.
set(LAMMPS_MPIEXEC "${MPIEXEC_EXECUTABLE}")
get_filename_component(LAMMPS_MPI_FOLDER "${MPI_mpi_LIBRARY}" DIRECTORY)
set(_lammps_own_mpi)
if(LAMMPS_ROOT)
  file(GLOB _lammps_own_mpi ${LAMMPS_ROOT}/../lammps.libs/libmpi*-*.so*)
  list(FILTER _lammps_own_mpi INCLUDE REGEX "/libmpi(ch)?-[0-9a-f]+[.]so")
endif()
if(_lammps_own_mpi)
  get_filename_component(LAMMPS_MPI_FOLDER ${_lammps_own_mpi} DIRECTORY)
endif()
if(_lammps_own_mpi OR LAMMPS_MPI STREQUAL serial)
  set(LAMMPS_MPIEXEC "")
endif()

include(FindPackageHandleStandardArgs)
find_package_handle_standard_args(LAMMPS
  REQUIRED_VARS LAMMPS_INCLUDE_DIR LAMMPS_VERSION MPI_CXX_FOUND VERSION_VAR LAMMPS_VERSION
  REASON_FAILURE_MESSAGE
  "install liblammps-dev and an MPI, or set LAMMPS_SOURCE_DIR or LAMMPS_ROOT")

if(LAMMPS_FOUND AND NOT TARGET LAMMPS::headers)
  string(TOUPPER LAMMPS_${LAMMPS_SIZES} _lammps_sizes)
  add_library(LAMMPS::headers INTERFACE IMPORTED GLOBAL)
  target_include_directories(LAMMPS::headers INTERFACE ${LAMMPS_INCLUDE_DIR})
  target_compile_definitions(LAMMPS::headers INTERFACE ${_lammps_sizes}
    LAMMPS_VERSION_NUMBER=${LAMMPS_VERSION} OMPI_SKIP_MPICXX MPICH_SKIP_MPICXX
    $<$<BOOL:${LAMMPS_HAS_OLD_STRINGS}>:_GLIBCXX_USE_CXX11_ABI=0>)
  if(NOT LAMMPS_MPI STREQUAL serial)
    get_target_property(_lammps_mpi_include MPI::MPI_CXX INTERFACE_INCLUDE_DIRECTORIES)
    target_include_directories(LAMMPS::headers INTERFACE ${_lammps_mpi_include})
  endif()

  if(LAMMPS_LIBRARY)
    add_library(LAMMPS::library UNKNOWN IMPORTED GLOBAL)
    set_target_properties(LAMMPS::library PROPERTIES IMPORTED_LOCATION ${LAMMPS_LIBRARY})
    target_link_libraries(LAMMPS::library INTERFACE LAMMPS::headers)
    if(_lammps_own_mpi)
      target_link_libraries(LAMMPS::library INTERFACE ${_lammps_own_mpi})
      target_link_options(LAMMPS::library INTERFACE -Wl,-rpath-link,${LAMMPS_MPI_FOLDER})
    elseif(NOT LAMMPS_MPI STREQUAL serial)
      target_link_libraries(LAMMPS::library INTERFACE MPI::MPI_CXX)
    endif()
  endif()

  if(LAMMPS_EXECUTABLE AND NOT DEFINED LAMMPS_KOKKOS)
    execute_process(COMMAND ${LAMMPS_EXECUTABLE} -h OUTPUT_VARIABLE _lammps_help ERROR_QUIET)
    set(_lammps_plugin FALSE)
    if(_lammps_help MATCHES "[ \n]PLUGIN[ \n]") # among the installed packages
      set(_lammps_plugin TRUE)
    endif()
    set(LAMMPS_HAS_PLUGIN ${_lammps_plugin} CACHE INTERNAL "whether lmp has the command plugin")
    set(_lammps_kokkos)
    if(_lammps_help MATCHES "KOKKOS package API: ([A-Za-z ]+)")
      set(_lammps_kokkos ${CMAKE_MATCH_1})
    endif()
    set(LAMMPS_KOKKOS "${_lammps_kokkos}" CACHE INTERNAL "backends of KOKKOS")
  endif()
endif()
