# SPDX-License-Identifier: GPL-2.0-or-later
# The pages: Sphinx builds them without a warning, and they keep the form, the words and the links
# that check_pages.py knows.
find_package(Python3 REQUIRED COMPONENTS Interpreter)
find_program(SPHINX_BUILD sphinx-build REQUIRED)

add_test(NAME doc.sphinx COMMAND ${SPHINX_BUILD} -W -n -q -E --keep-going -b html
  -d ${CMAKE_BINARY_DIR}/doc/trees ${CMAKE_SOURCE_DIR}/plugin/doc ${CMAKE_BINARY_DIR}/doc/html)
foreach(rule form words spelling links)
  add_test(NAME doc.${rule}
    COMMAND ${Python3_EXECUTABLE} -B ${CMAKE_CURRENT_LIST_DIR}/check_pages.py ${rule})
endforeach()
set_tests_properties(doc.sphinx doc.form doc.words doc.spelling doc.links
  PROPERTIES LABELS doc TIMEOUT 120)

if(TARGET options) # of tests/house
  add_executable(read_fix_lines ${CMAKE_CURRENT_LIST_DIR}/read_fix_lines.cpp)
  target_link_libraries(read_fix_lines PRIVATE house_styles bgen_warnings)
  add_test(NAME doc.examples
    COMMAND ${Python3_EXECUTABLE} -B ${CMAKE_CURRENT_LIST_DIR}/test_examples.py)
  set_tests_properties(doc.examples PROPERTIES LABELS doc TIMEOUT 120
    ENVIRONMENT "READ_FIX_LINES=$<TARGET_FILE:read_fix_lines>;OPTIONS=$<TARGET_FILE:options>")
endif()
