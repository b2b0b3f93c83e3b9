# SPDX-License-Identifier: GPL-2.0-or-later
"""bgen report: one HTML page about a run."""
