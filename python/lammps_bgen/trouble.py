# SPDX-License-Identifier: GPL-2.0-or-later


class Trouble(Exception):
    """Something that the user can put right, in one sentence."""
