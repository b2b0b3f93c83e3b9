# SPDX-License-Identifier: GPL-2.0-or-later
# The estimators beside those of pymbar, where that is installed
find_package(Python3 REQUIRED COMPONENTS Interpreter)
set(BGEN_PYMBAR_PYTHON "" CACHE STRING "a Python that has pymbar (cmake/setup.sh pymbar), to compare with")

add_executable(estimates ${CMAKE_CURRENT_LIST_DIR}/estimates.c)
target_link_libraries(estimates PRIVATE bgen_core bgen_warnings)
if(BGEN_PYMBAR_PYTHON)
  set(python ${BGEN_PYMBAR_PYTHON})
else()
  set(python ${Python3_EXECUTABLE})
endif()
add_test(NAME core.pymbar COMMAND ${python} -B ${CMAKE_CURRENT_LIST_DIR}/test_pymbar.py)
set_tests_properties(core.pymbar PROPERTIES LABELS core TIMEOUT 300 SKIP_RETURN_CODE 77
  ENVIRONMENT "ESTIMATES=$<TARGET_FILE:estimates>;OPENBLAS_NUM_THREADS=1")

# Whether error bars of barely overlapping data cover; with an argument, of more data sets
add_executable(coverage ${CMAKE_CURRENT_LIST_DIR}/coverage.c)
target_link_libraries(coverage PRIVATE bgen_core bgen_warnings)
add_test(NAME core.coverage COMMAND coverage 200)
set_tests_properties(core.coverage PROPERTIES LABELS core TIMEOUT 300 ENVIRONMENT "OPENBLAS_NUM_THREADS=1")
