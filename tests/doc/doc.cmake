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
