# SPDX-License-Identifier: GPL-2.0-or-later
# the report of jumps, of a chain that is filled by hand
bgen_add_house_test(jumps)
bgen_add_house_test(exchange rig.cpp double_well.cpp thread_pool.cpp)
target_link_libraries(house_exchange PRIVATE Threads::Threads)
