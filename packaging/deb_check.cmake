# SPDX-License-Identifier: GPL-2.0-or-later
# read by cpack: without dpkg-shlibdeps it would write a package that lacks LAMMPS, MPI and OpenBLAS
find_program(shlibdeps dpkg-shlibdeps)
if(CPACK_GENERATOR STREQUAL DEB AND NOT shlibdeps)
  message(FATAL_ERROR "cpack -G DEB needs dpkg-shlibdeps, of the Debian package dpkg-dev")
endif()
