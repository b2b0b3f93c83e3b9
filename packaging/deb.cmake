# SPDX-License-Identifier: GPL-2.0-or-later
# cpack -G DEB - the package bgen for Debian 12 and its LAMMPS; what it needs is found from its files
set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_NAME bgen)
set(CPACK_PACKAGE_CONTACT "the bgen authors <bgen@localhost>")
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "${PROJECT_DESCRIPTION}")
set(CPACK_PACKAGE_DESCRIPTION "Normalizing flows inside LAMMPS: they learn from MD frames and energies, propose whole
configurations that an exact Metropolis test accepts or refuses, and give free energies with error bars.
The program lmp_bgen is LAMMPS with these styles.")
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_STRIP_FILES ON)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_SECTION science)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON) # liblammps0, OpenBLAS, Open MPI, cJSON
set(CPACK_DEBIAN_PACKAGE_DEPENDS "openmpi-bin, python3") # orted, which MPI_Init starts without mpirun; the command bgen
set(CPACK_DEBIAN_PACKAGE_RECOMMENDS "python3-matplotlib")
set(CPACK_DEBIAN_PACKAGE_SUGGESTS "lammps")
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS_PRIVATE_DIRS ${CMAKE_BINARY_DIR}/plugin ${CMAKE_BINARY_DIR}/core)
set(CPACK_PROJECT_CONFIG_FILE ${CMAKE_CURRENT_LIST_DIR}/deb_check.cmake)
include(CPack)
