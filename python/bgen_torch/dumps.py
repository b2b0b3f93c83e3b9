# SPDX-License-Identifier: MIT
"""Frames of LAMMPS text dumps, as bgen sees them."""
import numpy as np

from .files import ModelError


def read_dump(path, columns="x y z"):
    """frames[n][atoms * columns], atoms in the order of their IDs; where there is xu, it is taken for x."""
    frames = []
    try:
        with open(path, encoding="utf-8") as file:
            while line := file.readline():
                if line.startswith("ITEM: NUMBER OF ATOMS"):
                    n_atoms = int(file.readline())
                if line.startswith("ITEM: ATOMS"):
                    names = line.split()[2:]
                    rows = np.array([file.readline().split() for _ in range(n_atoms)])
                    order = np.argsort(rows[:, names.index("id")].astype(int))
                    wanted = [names.index(word + "u" if word + "u" in names else word) for word in columns.split()]
                    frames.append(rows[order][:, wanted].astype(float).ravel())
        frames = np.array(frames)
    except OSError as error:
        raise ModelError(f"cannot read {path}: {error.strerror}") from None
    except (ValueError, IndexError, NameError):
        raise ModelError(f"{path}: frame {len(frames) + 1} is cut off, or has no columns id {columns}") from None
    if frames.ndim != 2:
        raise ModelError(f"{path} has no frames of equally many atoms")
    return frames
