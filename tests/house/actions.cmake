# SPDX-License-Identifier: GPL-2.0-or-later
# actions, their reports, and what they evaluate
bgen_add_house_test(report double_well.cpp)
bgen_add_house_test(points double_well.cpp)
bgen_add_house_test(train one_basin.cpp double_well.cpp)
bgen_add_house_test(train_more one_basin.cpp double_well.cpp known_molecule.cpp)
bgen_add_house_test(train_verdicts one_basin.cpp double_well.cpp)
bgen_add_house_test(whitening double_well.cpp)
bgen_add_house_test(supercell double_well.cpp)
bgen_add_house_test(population double_well.cpp)
bgen_add_house_test(actions double_well.cpp)
if(NOT BGEN_SANITIZE) # which ends a program where there is no memory
  bgen_add_house_test(largest double_well.cpp)
endif()
bgen_add_house_test(twice double_well.cpp)
bgen_add_house_test(files double_well.cpp)
# partitions are threads
find_package(Threads REQUIRED)
bgen_add_house_test(pool double_well.cpp thread_pool.cpp)
target_link_libraries(house_pool PRIVATE Threads::Threads)
bgen_add_house_test(pool_errors double_well.cpp thread_pool.cpp)
target_link_libraries(house_pool_errors PRIVATE Threads::Threads)
bgen_add_house_test(pool_estimates two_wells.cpp double_well.cpp thread_pool.cpp)
target_link_libraries(house_pool_estimates PRIVATE Threads::Threads)
