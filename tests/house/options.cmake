# SPDX-License-Identifier: GPL-2.0-or-later
# the tables of keywords beside the pages; needs bgen_rooms
if(TARGET bgen_rooms AND NOT TARGET options)
  find_package(Python3 REQUIRED COMPONENTS Interpreter)
  add_executable(options ${CMAKE_CURRENT_LIST_DIR}/options.cpp
    ${CMAKE_SOURCE_DIR}/plugin/styles/columns.cpp ${CMAKE_SOURCE_DIR}/plugin/styles/modify_options.cpp)
  target_link_libraries(options PRIVATE bgen_rooms bgen_warnings)
  add_test(NAME house.options COMMAND ${Python3_EXECUTABLE} -B ${CMAKE_CURRENT_LIST_DIR}/test_options.py)
  set_tests_properties(house.options PROPERTIES LABELS house TIMEOUT 60
    ENVIRONMENT "OPTIONS=$<TARGET_FILE:options>;PAGES=${CMAKE_SOURCE_DIR}/plugin/doc")
endif()
