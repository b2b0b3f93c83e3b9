# SPDX-License-Identifier: GPL-2.0-or-later
# python/bgen_torch beside libbgen: in numpy and in PyTorch, both those of Debian. PyPI's PyTorch has 5 GB with its CUDA.
find_program(BGEN_SYSTEM_PYTHON python3 PATHS /usr/bin NO_DEFAULT_PATH) # the one that Debian's numpy is for
set(BGEN_TORCH_PYTHON "" CACHE STRING "a Python with another PyTorch than Debian's")

add_library(bgen_double SHARED $<TARGET_OBJECTS:bgen_core_double>) # comparisons to 1e-9
target_link_libraries(bgen_double PRIVATE bgen_core_double)
set_target_properties(bgen_double PROPERTIES LINKER_LANGUAGE C)

set(libraries_single bgen)
set(libraries_double bgen_double)
foreach(arrays numpy torch)
  set(python ${BGEN_SYSTEM_PYTHON})
  if(arrays STREQUAL torch AND BGEN_TORCH_PYTHON)
    set(python ${BGEN_TORCH_PYTHON})
  endif()
  foreach(networks single double)
    set(environment "ARRAYS=${arrays};NETWORKS=${networks};LIBBGEN=$<TARGET_FILE:${libraries_${networks}}>")
    add_test(NAME python.${arrays}_${networks}
      COMMAND ${python} -B ${CMAKE_CURRENT_LIST_DIR}/test_bgen_torch.py)
    set_tests_properties(python.${arrays}_${networks} PROPERTIES LABELS python TIMEOUT 300 SKIP_RETURN_CODE 77
      ENVIRONMENT "${environment};EXAMPLES=${CMAKE_SOURCE_DIR}/examples/library;PYTHONPATH=${CMAKE_SOURCE_DIR}/python;OPENBLAS_NUM_THREADS=1;OMP_NUM_THREADS=1")
  endforeach()
endforeach()
