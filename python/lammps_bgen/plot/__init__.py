# SPDX-License-Identifier: GPL-2.0-or-later
"""Pictures of the tables of bgen; each kind is a function of tables and options that returns a figure."""
