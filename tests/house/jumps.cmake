# SPDX-License-Identifier: GPL-2.0-or-later
# the report of jumps, of a chain that is filled by hand
bgen_add_house_test(jumps)
