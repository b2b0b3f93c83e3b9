# SPDX-License-Identifier: GPL-2.0-or-later
# libbgen as somebody else finds it: installed into a folder of the build tree, used from outside the checkout.
find_package(Python3 REQUIRED COMPONENTS Interpreter)
find_program(BGEN_SYSTEM_PYTHON python3 PATHS /usr/bin NO_DEFAULT_PATH) # the one that Debian's numpy is for

set(prefix ${CMAKE_CURRENT_BINARY_DIR}/library)
add_test(NAME library.install
  COMMAND ${CMAKE_COMMAND} --install ${CMAKE_BINARY_DIR} --component library --prefix ${prefix})
set_tests_properties(library.install PROPERTIES LABELS library FIXTURES_SETUP library)
foreach(part symbols headers c cxx cmake python)
  add_test(NAME library.${part} COMMAND ${Python3_EXECUTABLE} -B ${CMAKE_CURRENT_LIST_DIR}/test_library.py
    ${part} ${prefix} --libdir ${CMAKE_INSTALL_LIBDIR} --examples ${CMAKE_SOURCE_DIR}/examples/library
    --version ${PROJECT_VERSION} --cc ${CMAKE_C_COMPILER} --cxx ${CMAKE_CXX_COMPILER} --cmake ${CMAKE_COMMAND}
    --python ${BGEN_SYSTEM_PYTHON})
  set_tests_properties(library.${part} PROPERTIES LABELS library FIXTURES_REQUIRED library TIMEOUT 300
    ENVIRONMENT "OPENBLAS_NUM_THREADS=1;OMP_NUM_THREADS=1")
endforeach()
